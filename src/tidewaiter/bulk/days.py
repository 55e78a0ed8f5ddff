"""Days as instants: when a series or a panel begins and ends, as people write it."""

from __future__ import annotations

from datetime import date, datetime

from tidewaiter.assess.errors import LineError
from tidewaiter.ledger.instants import Instant, end_of_day, parse_instant

Day = str | date | datetime


def first_instant(day: Day, zone: str) -> Instant:
    """The first instant of a day of law (00:01 in the zone), or the instant itself. Raises ``LineError`` ``bad_date``."""
    if isinstance(day, datetime):
        return int(_aware(day).timestamp())
    return parse_instant(_date(day).isoformat(), zone)


def instant_after(day: Day, zone: str) -> Instant:
    """The first instant after a day (which is in), or the instant itself (which is out). Raises ``LineError`` ``bad_date``."""
    if isinstance(day, datetime):
        return int(_aware(day).timestamp())
    return end_of_day(_date(day), zone) + 1


def _date(day: str | date) -> date:
    if isinstance(day, date):
        return day
    try:
        return date.fromisoformat(day.strip())
    except ValueError:
        raise LineError("bad_date", f"{day!r} is no date", "write 2026-11-22") from None


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise LineError("bad_date", f"{instant} has no time zone", "give an aware instant, or a date")
    return instant
