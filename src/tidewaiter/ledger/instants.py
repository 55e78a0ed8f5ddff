"""Instants in law: written as local time with a zone, kept as whole seconds since 1970 (UTC).

>>> parse_instant("2025-05-14 00:01 America/New_York")
1747195260
>>> say_instant(1747195260, "America/New_York")
'2025-05-14T00:01:00-04:00'
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Instant = int
"""Seconds since 1970-01-01T00:00:00Z. Law is written to the minute; entries can be given to the second."""

FOREVER: Instant = 1 << 40
"""Later than any law: the end of an interval that has no end."""

ALWAYS: Instant = -(1 << 40)
"""Earlier than any law: the start of an interval that has no start."""

_WRITTEN = re.compile(r"(\d{4}-\d{2}-\d{2})(?: (\d{2}:\d{2}(?::\d{2})?) ([A-Za-z_]+/[A-Za-z_]+|UTC))?$")
_START_OF_LAW = "00:01"  # "effective ... 12:01 a.m.": the usual first minute of a measure


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """The named time zone. Raises ``ValueError`` for a name the zone database does not have."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"unknown time zone {name!r}") from error


@lru_cache(maxsize=8192)
def parse_instant(text: str, default_zone: str = "America/New_York") -> Instant:
    """Read ``2025-05-14 00:01 America/New_York``; a bare date is 00:01 in ``default_zone``.

    Raises ``ValueError`` if the text is not of that form or names no real time.
    """
    match = _WRITTEN.match(text.strip())
    if match is None:
        raise ValueError(f"not an instant: {text!r} (write 2025-05-14 00:01 America/New_York)")
    day, clock, zone_name = match.groups()
    moment = datetime.combine(date.fromisoformat(day), time.fromisoformat(clock or _START_OF_LAW))
    return int(moment.replace(tzinfo=zone(zone_name or default_zone)).timestamp())


@lru_cache(maxsize=8192)
def say_instant(instant: Instant, zone_name: str) -> str | None:
    """ISO 8601 with the offset of ``zone_name``; ``None`` for the two ends of time."""
    if instant in (FOREVER, ALWAYS):
        return None
    return datetime.fromtimestamp(instant, UTC).astimezone(zone(zone_name)).isoformat()


@lru_cache(maxsize=8192)
def local_day(instant: Instant, zone_name: str) -> date:
    """The calendar day of the instant in that zone."""
    return datetime.fromtimestamp(instant, UTC).astimezone(zone(zone_name)).date()


@lru_cache(maxsize=8192)
def end_of_day(day: date, zone_name: str) -> Instant:
    """The last second of a calendar day in that zone: how a bare entry date is read (DESIGN, section 5)."""
    next_midnight = datetime.combine(day + timedelta(days=1), time(0), tzinfo=zone(zone_name))
    return int(next_midnight.timestamp()) - 1
