"""Special programs claimed on many lines: each different claim is read once, as ``assess/special.py`` reads it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from tidewaiter.assess.errors import LineError
from tidewaiter.assess.line import Line, Moment
from tidewaiter.assess.product import Product
from tidewaiter.assess.special import COLUMN_2, SPI, special_claim
from tidewaiter.bulk.arrays import Bools, Ints, alike
from tidewaiter.bulk.base import Texts
from tidewaiter.bulk.facts import MISSING, Words
from tidewaiter.bulk.products import ProductRow
from tidewaiter.ledger.instants import ALWAYS, FOREVER, Instant
from tidewaiter.ledger.regime import Regime

NO_RATE = -1


@dataclass(frozen=True, slots=True)
class ReadClaim:
    """What a claim came to: an error, a caution (the claim does not count), or the number of its rate's text."""

    error: str = ""
    caution: str = ""
    rate: int = NO_RATE


@dataclass(slots=True)
class ManyClaims:
    """The special programs of many lines: ``counts`` where one is in force, ``rate`` the text of its rate if it has one."""

    counts: Bools
    rate: Ints
    error: dict[str, Ints]
    caution: dict[str, Ints]


class SpecialPrograms:
    """Reads claims of special programs and remembers them by program, origin, product and stretch of time."""

    def __init__(self, regime: Regime, into: str, countries: tuple[str, ...], texts: Texts) -> None:
        self._regime = regime
        self._into = into
        self._countries = countries
        self._texts = texts
        self._known: dict[tuple[str, int, int, int], ReadClaim] = {}
        self._edges = np.array(sorted(self._stretches()), dtype=np.int64)

    def _stretches(self) -> set[Instant]:
        edges: set[Instant] = set()
        for program in self._regime.ledger.special.values():
            edges |= {*program.refused_within}
            for row in program.members:
                edges |= {row.version.start, row.version.until}
        for row in self._regime.ledger.groups:
            if row.group == COLUMN_2:
                edges |= {row.version.start, row.version.until}
        return edges - {ALWAYS, FOREVER}

    def read(
        self, words: Words, rows: Ints, origins: Ints, products: list[ProductRow], row_of: Ints, instants: Ints
    ) -> ManyClaims:
        """The claims on some rows; all columns but ``rows`` have a place for every line."""
        count = len(words.codes)
        found = ManyClaims(np.zeros(count, dtype=np.bool_), np.full(count, NO_RATE, dtype=np.int64), {}, {})
        stretches = np.searchsorted(self._edges, instants[rows], side="right")
        keys = np.stack([words.codes[rows], origins[rows], row_of[rows], stretches])
        _, first, inverse = np.unique(keys, axis=1, return_index=True, return_inverse=True)
        for number, places in enumerate(alike(inverse.reshape(-1))):
            row, same = int(rows[first[number]]), rows[places]
            word = words.words[int(words.codes[row])]
            claim = self._claim(
                word, int(origins[row]), int(row_of[row]), int(stretches[first[number]]), products, int(instants[row])
            )
            _note(found, claim, same)
        return found

    def _claim(
        self, code: str, origin: int, row: int, stretch: int, products: list[ProductRow], instant: int
    ) -> ReadClaim:
        key = (code, origin, row, stretch)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._read(code, self._countries[origin], products[row], instant)
        return known

    def _read(self, code: str, origin: str, row: ProductRow, instant: int) -> ReadClaim:
        assert row.line is not None
        moment = Moment(instant, None, "")
        line = Line(hts=row.digits, origin=origin, value=Decimal(0), entered=moment, into=self._into, words={SPI: code})
        try:
            claim = special_claim(self._regime, line, Product(row.digits, row.number, "", row.line))
        except LineError as error:
            return ReadClaim(error=error.code)
        assert claim is not None
        if not claim.counts:
            return ReadClaim(caution=claim.refusal)
        return ReadClaim(rate=NO_RATE if claim.rate is None else self._texts.number(str(claim.rate)))


def _note(found: ManyClaims, claim: ReadClaim, rows: Ints) -> None:
    if claim.error:
        found.error[claim.error] = np.concatenate([found.error.get(claim.error, rows[:0]), rows])
    elif claim.caution:
        found.caution[claim.caution] = np.concatenate([found.caution.get(claim.caution, rows[:0]), rows])
    else:
        found.counts[rows] = True
        found.rate[rows] = claim.rate


__all__ = ["MISSING", "ManyClaims", "ReadClaim", "SpecialPrograms"]
