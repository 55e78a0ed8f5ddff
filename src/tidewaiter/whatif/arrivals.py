"""Months of arrival: the day of entry in each, and lines put on that day."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

import polars as pl

from tidewaiter.assess.errors import LineError
from tidewaiter.assess.line import DATE_FIELDS

ENTERED = "entered_at"
FIRST, LAST = "first", "last"
_MOST_MONTHS = 240
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Arrival:
    """A month, and the day on which its lines are entered (read as the end of that day, as any bare date)."""

    month: str
    day: date


def arrivals(start: str | date, months: int = _MONTHS, day: str | int = LAST) -> tuple[Arrival, ...]:
    """So many months of arrival, the first being that of ``start`` (a day, or a month as 2026-12).

    ``day`` is the day of entry in each month: ``last`` (the default: the month as it ends), ``first``, or a number, of which
    shorter months take their last day. A month whose day lies before ``start`` is left out at the front.
    Raises ``LineError``: ``bad_date``, ``bad_number``.
    """
    if not 1 <= months <= _MOST_MONTHS:
        raise LineError("bad_number", f"{months} months cannot be asked about", f"from 1 to {_MOST_MONTHS}")
    first = start if isinstance(start, date) else _date(start)
    wanted = _day_number(day)
    found: list[Arrival] = []
    year, month = first.year, first.month
    while len(found) < months:
        entered = date(year, month, min(wanted, monthrange(year, month)[1]))
        if entered >= first:
            found.append(Arrival(f"{year:04}-{month:02}", entered))
        year, month = (year + 1, 1) if month == _MONTHS else (year, month + 1)
    return tuple(found)


def _date(text: str) -> date:
    text = text.strip()
    try:
        return date.fromisoformat(f"{text}-01" if len(text) == len("2026-12") else text)
    except ValueError:
        raise LineError("bad_date", f"{text!r} is no day and no month", "write 2026-12-01 or 2026-12") from None


def _day_number(day: str | int) -> int:
    if day in (FIRST, LAST):
        return 1 if day == FIRST else 31
    try:
        number = int(day)
    except ValueError:
        number = 0
    if not 1 <= number <= monthrange(2026, 1)[1]:
        raise LineError("bad_number", f"{day!r} is no day of a month", "write first, last, or a number from 1 to 31")
    return number


def entered_on(lines: pl.DataFrame, day: date) -> pl.DataFrame:
    """The lines as entered on a day. Where they had an entry day of their own, their other dates move with it."""
    moved: list[pl.Expr] = []
    if ENTERED in lines.columns:
        by = (pl.lit(day) - _as_date(lines, ENTERED)).dt.total_days()
        moved = [_moved(lines, name, by) for name in DATE_FIELDS if name in lines.columns]
    return lines.with_columns(*moved, pl.lit(day.isoformat()).alias(ENTERED))


def _as_date(lines: pl.DataFrame, name: str) -> pl.Expr:
    if lines.schema[name].is_temporal():
        return pl.col(name).cast(pl.Date)
    day = pl.col(name).cast(pl.String).str.strip_chars()
    written = day.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    return pl.coalesce(written, day.str.slice(0, 8).str.to_date("%Y%m%d", strict=False))


def _moved(lines: pl.DataFrame, name: str, by: pl.Expr) -> pl.Expr:
    """A date so many days later; what is no date stays as it was, to be refused as it would have been."""
    if lines.schema[name].is_temporal():
        later = pl.col(name) + pl.duration(days=by)
    else:
        text = pl.col(name).cast(pl.String).str.strip_chars()
        rest = pl.when(text.str.contains(r"^\d{4}-")).then(text.str.slice(10)).otherwise(text.str.slice(8))
        shifted = (_as_date(lines, name) + pl.duration(days=by)).cast(pl.String)
        later = pl.concat_str(shifted, rest)
    return pl.coalesce(
        later, pl.col(name).cast(pl.String) if not lines.schema[name].is_temporal() else pl.col(name)
    ).alias(name)
