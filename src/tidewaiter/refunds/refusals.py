"""Why the engine refuses a line, and what to do about it, in its own words for one line."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from tidewaiter.assess.batch import assess_one
from tidewaiter.assess.countries import origin_code
from tidewaiter.assess.engine import Engine
from tidewaiter.assess.errors import LineError
from tidewaiter.assess.line import read_line
from tidewaiter.refunds.compared import SEVERAL_NUMBERS
from tidewaiter.refunds.words import in_words

MOST = 300
"""So many different refusals are told in full; the others name their code, which docs/price.md explains."""
_SEVERAL = (
    "the line has several numbers of goods, and what falls on each part of the value is not told: check it by hand"
)
_SHORT = "see the codes of refusals in docs/price.md"
_KEY = ("error", "hts", "origin")


@dataclass(slots=True)
class Refusals:
    """Refusals in words, each asked of the engine once."""

    engine: Engine
    _told: dict[tuple[object, ...], str] = field(default_factory=dict)

    def told(self, refused: pl.DataFrame) -> pl.DataFrame:
        """A sentence (``told``) for each different refusal: error, number and origin of the lines refused."""
        first = refused.unique(_KEY, maintain_order=True)
        words = [self._sentence(row) for row in first.iter_rows(named=True)]
        return first.select(*_KEY).with_columns(told=pl.Series(words, dtype=pl.String))

    def _sentence(self, row: dict[str, object]) -> str:
        key = tuple(row[name] for name in _KEY)
        found = self._told.get(key)
        if found is None:
            found = _asked(row, self.engine) if len(self._told) < MOST or row["hts"] is None else _SHORT
            self._told[key] = found
        return found


def _asked(row: dict[str, object], engine: Engine) -> str:
    if row["error"] == SEVERAL_NUMBERS:
        return _SEVERAL
    missing = [name for name in ("hts", "origin", "value", "entry_date") if row[name] is None]
    if missing:
        return f"the report does not tell {', '.join(map(in_words, missing))} of this line"
    line = {name: row[name] for name in ("hts", "origin", "spi", "entry_type", "ch98") if row[name] is not None}
    line |= {"value": f"{int(str(row['value'])) / 100:.2f}", "entered_at": str(row["entry_date"])}
    try:
        assess_one(engine, read_line(line, engine.regime.ledger.zones, origin_code))
    except LineError as error:
        return f"{error.message}. {error.hint}".removesuffix(". ")
    return _SHORT
