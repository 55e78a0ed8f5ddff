"""The wide panel: one row for each tariff line and stretch of time, one column for each program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tidewaiter.assess.amounts import rate_of
from tidewaiter.bulk.arrays import Bools, Ints, Small
from tidewaiter.bulk.arrow import bits, decimals
from tidewaiter.bulk.base import NOT_AD_VALOREM, UNREAD
from tidewaiter.bulk.kernel import Kernel
from tidewaiter.bulk.output import column_name
from tidewaiter.bulk.panel_cells import Cells, Charges
from tidewaiter.bulk.panel_columns import (
    EQUIVALENT,
    PER_UNIT,
    RATE,
    TIME,
    WORD,
    instants,
    nothing,
    rates,
    words_of,
)
from tidewaiter.bulk.panel_equivalents import NOT_KNOWN, UnitValues
from tidewaiter.bulk.panel_products import ProductRuns
from tidewaiter.bulk.panel_rows import Changes, Rows, changes_of, stretches, texts_of
from tidewaiter.bulk.rates import MILLION
from tidewaiter.schedule.duties import AdValorem, Expression, Specific

COLUMNS = ("general", "column2")
REPLACED = "replaced"
ERRORS = (None, "base_not_computable", "import_prohibited")
_REFUSED_BASE, _PROHIBITED = 1, 2
_BEFORE = {
    "hts": WORD,
    "valid_from": TIME,
    "valid_until": TIME,
    "error": WORD,
    "base_column": WORD,
    "base_text": WORD,
    "base_kind": WORD,
    "base_rate": RATE,
    "base_specific": PER_UNIT,
    "base_unit": WORD,
}
_AFTER = {"cap_rate": RATE, "cap_program": WORD, "specific_layers": WORD, "total_rate": RATE, "owed_rate": RATE}
_EQUIVALENTS = dict.fromkeys(("base_equivalent", "total_equivalent", "owed_equivalent"), EQUIVALENT)
_PER_UNIT_PLACES = 8


def wide_schema(programs: Sequence[str], equivalents: bool) -> pa.Schema:
    """The columns of the wide panel with columns for these programs."""
    of_programs = {column_name(one): RATE for one in programs}
    return pa.schema({**_BEFORE, **of_programs, **_AFTER, **(_EQUIVALENTS if equivalents else {})})


class BaseTexts:
    """By text of the base duty: parts per million (or ``NOT_AD_VALOREM``, ``UNREAD``), kind, words, and amount for a unit."""

    def __init__(self, kernel: Kernel) -> None:
        self.expressions = list(kernel.texts.expressions)
        self.words = [
            one.say() if one is not None else text
            for one, text in zip(self.expressions, kernel.texts.written, strict=True)
        ]
        self.kinds = ["unread" if one is None else one.kind for one in self.expressions]
        self.millionths: Small = np.array([_millionths(one) for one in self.expressions], dtype=np.int32)
        specific = [one if isinstance(one, Specific) else None for one in self.expressions]
        self.units = [one.unit if one else None for one in specific]
        scaled = [int(Decimal(one.amount).scaleb(_PER_UNIT_PLACES)) if one else 0 for one in specific]
        self.amounts: Ints = np.array(scaled, dtype=np.int64)


def _millionths(expression: Expression | None) -> int:
    """Parts per million; a share of the value that is no whole number of them (33 1/3%) is rounded half-up."""
    if expression is None or expression.kind == "see_note":
        return UNREAD
    if isinstance(expression, AdValorem):
        return int((expression.rate * MILLION).to_integral_value(ROUND_HALF_UP))
    return 0 if expression.kind == "free" else NOT_AD_VALOREM


@dataclass(frozen=True, slots=True)
class WideLaw:
    """What the rows of every origin are told with."""

    runs: ProductRuns
    charges: Charges
    texts: BaseTexts
    places: tuple[int, ...]
    """The places of all programs, in the order in which they are reported."""
    names: tuple[str, ...]
    """Their ids, in that order."""
    shown: tuple[str, ...]
    """The programs that have a column."""
    unit_values: UnitValues | None = None
    _seen: dict[bytes, int] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        kernel: Kernel,
        runs: ProductRuns,
        charges: Charges,
        shown: Sequence[str],
        unit_values: UnitValues | None = None,
    ) -> WideLaw:
        """The law of a kernel whose plans are all found."""
        names = kernel.programs
        places = tuple(kernel.plain.place[one] for one in names)
        return cls(runs, charges, BaseTexts(kernel), places, names, tuple(shown), unit_values)

    def rows(self, cells: Cells, end: int) -> Rows:
        """The rows of one origin, cut only where something shown changes."""
        changes = changes_of(cells.codes(self.charges.of_plan))
        text = texts_of(self.runs, changes, cells.column2)
        return stretches(self.runs, changes, cells.column2, cells.starts, end, self._shown(changes, text))

    def _shown(self, changes: Changes, text: Ints) -> Ints:
        """What is shown of each stretch: charges whose all-in rates come to the same beside the base duty are one."""
        charge, told = np.divmod(changes.code, 4)
        base = np.where(told % 2 == 1, 0, np.maximum(self.texts.millionths[text], -1))
        any_cap: Bools = np.asarray(self.charges.capped.any(axis=1))
        base = np.where(any_cap[charge], base, 0)
        pairs, alike = np.unique(charge * MILLION * 100 + base + 1, return_inverse=True)
        which, share = np.divmod(pairs, MILLION * 100)
        share = (share - 1)[:, None]
        rate, capped = self.charges.rates[which], self.charges.capped[which]
        within = capped & (share >= 0)
        added = np.where(within, np.maximum(rate - share, 0), rate)
        void = self.charges.void[which] & (added > 0)
        more = np.stack([self.charges.prohibited[which], self.charges.specific[which]], axis=1)
        seen = np.concatenate([added, void, capped & ~within, more], axis=1).astype(np.int64)
        numbers = [self._seen.setdefault(one.tobytes(), len(self._seen)) for one in seen]
        return np.array(numbers, dtype=np.int64)[alike.reshape(-1)] * 4 + told

    @property
    def schema(self) -> pa.Schema:
        """The columns."""
        return wide_schema(self.shown, self.unit_values is not None)


class WideTable:
    """One origin's rows as columns. What depends on the entry only is worked out by entry, and told by row."""

    def __init__(self, law: WideLaw, rows: Rows, end: int) -> None:
        self._law = law
        self._rows = rows
        self._end = end
        charge, told = np.divmod(rows.code, 4)
        self._charge: Ints = charge
        self._second: Ints = told // 2
        self._replaced: Bools = told % 2 == 1
        self._base = np.where(self._replaced, np.int32(0), law.texts.millionths[rows.text])
        self._prohibited = law.charges.prohibited[charge]

    def table(self) -> pa.Table:
        """The columns of the schema."""
        law = self._law
        columns: dict[str, pa.Array] = {
            "hts": law.runs.words(self._rows.number),
            "valid_from": instants(self._rows.start),
            "valid_until": instants(self._rows.until, self._rows.until < self._end),
            **self._told_base(),
        }
        owed = self._base.copy()
        total = self._base.copy()
        for place, name in zip(law.places, law.names, strict=True):
            rate = self._rate(place)
            if rate is not None:
                total += rate
                owed += np.where(law.charges.void[:, place].take(self._charge), np.int32(0), rate)
            if name in law.shown:
                columns[column_name(name)] = self._nothing(RATE) if rate is None else self._share(rate, rate != 0)
        columns |= self._caps()
        columns["specific_layers"] = self._word(law.charges.texts, law.charges.specific[self._charge])
        whole = (self._base >= 0) & (law.charges.specific[self._charge] == 0) & ~self._prohibited
        columns |= {"total_rate": self._share(total, whole), "owed_rate": self._share(owed, whole)}
        if law.unit_values is not None:
            columns |= _Equivalents(law, self._rows, self._base, self._charge, law.unit_values).columns()
        return pa.table([columns[name] for name in law.schema.names], schema=law.schema)

    def _told_base(self) -> dict[str, pa.Array]:
        texts, text = self._law.texts, self._rows.text
        kinds = [*texts.kinds, REPLACED]
        kind = np.where(self._replaced, len(texts.kinds), text)
        error = np.where(self._base == UNREAD, _REFUSED_BASE, 0)
        error = np.where(self._prohibited, _PROHIBITED, error)
        specific = (texts.amounts[text] > 0) & ~self._replaced
        amounts = decimals(PER_UNIT, texts.amounts[text][self._rows.entry], bits(specific[self._rows.entry]))
        return {
            "error": self._word(ERRORS, error),
            "base_column": self._word(COLUMNS, self._second),
            "base_text": self._word(texts.words, text),
            "base_kind": self._word(kinds, kind),
            "base_rate": self._share(self._base, self._base >= 0),
            "base_specific": amounts,
            "base_unit": self._word([*texts.units, None], np.where(specific, text, len(texts.units))),
        }

    def _rate(self, place: int) -> Small | None:
        """What a program adds, by entry; ``None`` where it adds nothing anywhere."""
        charges = self._law.charges
        by_charge: Small = charges.rates[:, place]
        if not by_charge.any():
            return None
        rate: Small = by_charge.take(self._charge)
        if not rate.any():
            return None
        if charges.capped[:, place].any():
            capped = charges.capped[:, place].take(self._charge)
            # Beside a base duty that is no share of the value, an all-in rate adds what hangs on the value.
            room = np.where(self._base >= 0, np.maximum(rate - self._base, 0), 0)
            rate = np.where(capped, room, rate).astype(np.int32)
        return rate

    def _caps(self) -> dict[str, pa.Array]:
        """All-in rates where the base duty is no share of the value."""
        charges, law = self._law.charges, self._law
        open_caps = charges.capped[self._charge] & (self._base < 0)[:, None]
        found = open_caps.any(axis=1)
        if not found.any():
            return {"cap_rate": self._nothing(RATE), "cap_program": self._nothing(WORD)}
        names: list[str | None] = [None]
        number = np.zeros(len(self._base), dtype=np.int64)
        rate = np.zeros(len(self._base), dtype=np.int32)
        for charge in np.unique(self._charge[found]):
            here = found & (self._charge == charge)
            capping = [place for place in law.places if charges.capped[charge, place]]
            number[here] = len(names)
            names.append(";".join(law.names[law.places.index(place)] for place in capping))
            # Several all-in rates at once are told by name only: they do not add up to one.
            rate[here] = charges.rates[charge, capping[0]] if len(capping) == 1 else 0
        return {"cap_rate": self._share(rate, rate > 0), "cap_program": self._word(names, number)}

    # From entries to rows

    def _share(self, rate: npt.NDArray[Any], given: Bools) -> pa.Array:
        return rates(rate, given, self._rows.entry)

    def _word(self, words: Sequence[str | None], numbers: npt.NDArray[Any]) -> pa.Array:
        return words_of(words, numbers, self._rows.entry)

    def _nothing(self, kind: pa.DataType) -> pa.Array:
        return nothing(kind, len(self._rows.entry))


class _Equivalents:
    """The equivalents of duties by quantity, row by row where they hang on the number, else by entry."""

    def __init__(self, law: WideLaw, rows: Rows, base: Small, charge: Ints, unit_values: UnitValues) -> None:
        self._law = law
        self._rows = rows
        self._values = unit_values
        self._charge = charge[rows.entry]
        self._base = self._of_bases(base[rows.entry].astype(np.int64))

    def columns(self) -> dict[str, pa.Array]:
        """Base duty, total and owed, as shares of the value."""
        charges, base = self._law.charges, self._base
        total, owed = base.copy(), base.copy()
        for place in self._law.places:
            by_charge = charges.rates[:, place]
            if not by_charge.any():
                continue
            rate = by_charge[self._charge].astype(np.int64)
            capped = charges.capped[self._charge, place]
            rate = np.where(capped, np.maximum(rate - base, 0), rate)
            total += rate
            owed += np.where(charges.void[self._charge, place], 0, rate)
        more = self._of_layers()
        known = (base >= 0) & (more >= 0) & ~charges.prohibited[self._charge]
        return {
            "base_equivalent": decimals(EQUIVALENT, base, bits(base >= 0)),
            "total_equivalent": decimals(EQUIVALENT, total + more, bits(known)),
            "owed_equivalent": decimals(EQUIVALENT, owed + more, bits(known)),
        }

    def _of_bases(self, base: Ints) -> Ints:
        texts, text = self._law.texts, self._rows.text[self._rows.entry]
        found = base.copy()
        open_rows = np.flatnonzero(base == NOT_AD_VALOREM)
        self._each(found, open_rows, text, lambda one: [texts.expressions[one]])
        found[base == UNREAD] = NOT_KNOWN
        return found

    def _of_layers(self) -> Ints:
        """What duties of chapter 99 that go by quantity come to."""
        found = np.zeros(len(self._charge), dtype=np.int64)
        layers = self._law.charges.layers
        open_rows = np.flatnonzero(self._law.charges.specific[self._charge] > 0)
        self._each(found, open_rows, self._charge, lambda one: [rate_of(layer.written) for layer in layers[one]])
        return found

    def _each(self, found: Ints, rows: Ints, of: Ints, expressions: Any) -> None:
        """Put the sum of the equivalents of some expressions on rows, number by number."""
        for row in rows.tolist():
            number = self._law.runs.numbers[int(self._rows.number[row])]
            each = [self._values.equivalent(one, number) for one in expressions(int(of[row])) if one is not None]
            found[row] = NOT_KNOWN if NOT_KNOWN in each else sum(each)
