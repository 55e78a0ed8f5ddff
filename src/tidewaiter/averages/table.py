"""Averages told: as a frame with a column for each program, as JSON objects, as a table for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import polars as pl

from tidewaiter.averages.series import Average
from tidewaiter.bulk.output import column_name
from tidewaiter.ledger.instants import FOREVER, say_instant

RATE = pl.Decimal(12, 6)
_TIME = pl.Datetime("ms", "UTC")
_SHARES = ("base", "total", "owed", "uncovered", "left_out", "prohibited")


@dataclass(frozen=True, slots=True)
class Counted:
    """The weight of all groups together, and the shares that no rate counts (see :class:`Average`)."""

    weight: int
    uncovered: Decimal
    left_out: Decimal
    prohibited: Decimal


def counted(rows: Sequence[Average], by: str) -> Counted:
    """What the groups of one time weigh together: one row for each group, by what they are grouped."""
    # Each program is a group of the same weight; a group of which nothing may be imported weighs nothing.
    groups = [row for row in (rows[:1] if by == "program" else rows) if row.weight]
    if not groups:
        return Counted(0, rows[0].uncovered, Decimal(0), rows[0].prohibited)
    weight = sum(row.weight for row in groups)
    imports = sum((_imports(row) for row in groups), Decimal(0))
    uncovered = groups[0].uncovered
    if by == "origin":
        uncovered = 1 - imports / sum((_imports(row) / (1 - row.uncovered) for row in groups), Decimal(0))
    left_out = sum((row.left_out * row.weight for row in groups), Decimal(0))
    return Counted(weight, uncovered, left_out / weight, 1 - weight / imports)


def _imports(row: Average) -> Decimal:
    """What weighs, and what may not be imported."""
    return row.weight / (1 - row.prohibited)


def as_frame(rows: Iterable[tuple[str, Average]], programs: Sequence[str], *, daily: bool = False) -> pl.DataFrame:
    """Averages (each with the name of its scenario) as a frame. Rates are shares of the value; ``valid_until`` is null where no
    change is known. Programs that charge nothing anywhere have no column."""
    several = list(rows)
    charging = [one for one in programs if any(one in row.programs for _, row in several)]
    when: dict[str, Any] = {"day": pl.Date} if daily else {"valid_from": _TIME, "valid_until": _TIME}
    schema: dict[str, Any] = {
        "scenario": pl.String,
        "group": pl.String,
        **when,
        "total": RATE,
        "owed": RATE,
        "base": RATE,
    }
    schema |= {column_name(one): RATE for one in charging}
    schema |= {"weight": pl.Int64, "uncovered": RATE, "left_out": RATE, "prohibited": RATE}
    return pl.DataFrame([_as_row(name, row, charging, daily) for name, row in several], schema=schema)


def _as_row(scenario: str, row: Average, programs: Sequence[str], daily: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"scenario": scenario, "group": row.group, "weight": row.weight}
    if daily:
        found["day"] = row.day
    else:
        found["valid_from"] = datetime.fromtimestamp(row.start, UTC)
        found["valid_until"] = None if row.until >= FOREVER else datetime.fromtimestamp(row.until, UTC)
    found |= {name: getattr(row, name) for name in _SHARES}
    return found | {column_name(one): row.programs.get(one, 0) for one in programs}


def as_object(scenario: str, row: Average, zone: str) -> dict[str, Any]:
    """One average for JSON: rates as texts of decimals, instants in the zone of the law."""
    when: dict[str, Any] = {"day": row.day.isoformat()} if row.day else {}
    if not row.day:
        when = {"valid_from": say_instant(row.start, zone), "valid_until": say_instant(row.until, zone)}
    return {
        "scenario": scenario,
        "group": row.group,
        **when,
        **{name: str(getattr(row, name)) for name in ("total", "owed", "base")},
        "programs": {program: str(rate) for program, rate in row.programs.items()},
        "weight": row.weight,
        **{name: str(getattr(row, name)) for name in ("uncovered", "left_out", "prohibited")},
    }
