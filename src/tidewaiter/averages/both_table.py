"""Averages both ways told: as a typed frame with a column for each program, for CSV, as JSON objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import polars as pl

from tidewaiter.averages.both import BothRow
from tidewaiter.averages.table import RATE
from tidewaiter.bulk.output import column_name
from tidewaiter.ledger.instants import FOREVER, Instant, say_instant

_TIME = pl.Datetime("ms", "UTC")
_BEFORE: dict[str, Any] = {
    "scenario": pl.String,
    "into": pl.String,
    "origin": pl.String,
    "measure": pl.String,
    "valid_from": _TIME,
    "valid_until": _TIME,
    "local_from": pl.String,
    "total": RATE,
    "owed": RATE,
    "base": RATE,
}
_AFTER: dict[str, Any] = {
    "weight": pl.Int64,
    "uncovered": RATE,
    "left_out": RATE,
    "prohibited": RATE,
    "reconstructed": pl.Boolean,
    "edition": pl.String,
    "acts": pl.List(pl.String),
    "citations": pl.List(pl.String),
    "titles": pl.List(pl.String),
}
_SHARES = ("weight", "uncovered", "left_out", "prohibited")


def as_frame(rows: Sequence[BothRow], programs: Mapping[str, Sequence[str]], zones: Mapping[str, str]) -> pl.DataFrame:
    """Rows as a frame. Rates are shares of the value, ``Decimal(12, 6)``; ``valid_until`` is null where no change is known.

    ``programs`` are those of each importing country: one that charges anything has a column, null on the other side.
    ``local_from`` is ``valid_from`` by the clock of the importing country (``zones``), with its offset. ``weight`` and the shares
    that no rate counts are null for headline rates. ``acts``, ``citations`` and ``titles`` have an element for each act.
    """
    charging = {
        into: [one for one in several if any(row.into == into and one in row.programs for row in rows)]
        for into, several in programs.items()
    }
    columns = {column_name(one): RATE for several in charging.values() for one in several}
    schema = {**_BEFORE, **columns, **_AFTER}
    return pl.DataFrame([_as_row(row, charging[row.into], zones[row.into]) for row in rows], schema=schema)


def for_csv(frame: pl.DataFrame) -> pl.DataFrame:
    """A frame without lists: their elements stand between semicolons."""
    return frame.with_columns(pl.col(pl.List(pl.String)).list.join("; "))


def _as_row(row: BothRow, programs: Sequence[str], zone: str) -> dict[str, Any]:
    shares = {name: getattr(row.average, name) if row.average else None for name in _SHARES}
    return {
        "scenario": row.scenario,
        "into": row.into,
        "origin": row.origin,
        "measure": row.measure,
        "valid_from": datetime.fromtimestamp(row.start, UTC),
        "valid_until": None if row.until >= FOREVER else datetime.fromtimestamp(row.until, UTC),
        "local_from": say_instant(row.start, zone),
        "total": row.total,
        "owed": row.owed,
        "base": row.base,
        **{column_name(one): row.programs.get(one, 0) for one in programs},
        **shares,
        "reconstructed": row.reconstructed,
        "edition": row.edition or None,
        "acts": [act.id for act in row.acts],
        "citations": [act.citation for act in row.acts],
        "titles": [act.title for act in row.acts],
    }


def as_object(row: BothRow, zone: str) -> dict[str, Any]:
    """One row for JSON: rates as texts of decimals, instants by the clock of the importing country."""
    shares = {name: getattr(row.average, name) for name in _SHARES if row.average}
    return {
        "scenario": row.scenario,
        "into": row.into,
        "origin": row.origin,
        "measure": row.measure,
        "valid_from": say_instant(row.start, zone),
        "valid_until": _end(row.until, zone),
        **{name: str(getattr(row, name)) for name in ("total", "owed", "base")},
        "programs": {program: str(rate) for program, rate in row.programs.items()},
        **{name: value if isinstance(value, int) else str(value) for name, value in shares.items()},
        "reconstructed": row.reconstructed,
        "edition": row.edition or None,
        "acts": [
            {
                "act": act.id,
                "title": act.title,
                "citation": act.citation,
                "announced": act.announced,
                "did": _did(row, act.id),
            }
            for act in row.acts
        ],
    }


def _did(row: BothRow, act: str) -> list[str]:
    return [f"{one.program} {one.what}".strip() for one in row.causes if one.act.id == act]


def _end(until: Instant, zone: str) -> str | None:
    return say_instant(until, zone) if until < FOREVER else None
