"""The time asked about: after an edition or a day began, up to a day or as far as the law is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from tidewaiter.ledger.instants import FOREVER, Instant, end_of_day, zone
from tidewaiter.schedule.editions import Edition
from tidewaiter.schedule.store import Schedule


@dataclass(frozen=True, slots=True)
class Window:
    """Changes in (since, until] are told; ``begins`` is the first instant, ``said`` how it was asked for."""

    since: Instant
    until: Instant
    begins: Instant
    said: str

    def holds(self, instant: Instant) -> bool:
        """Whether something that bites at an instant is told."""
        return self.since < instant <= self.until and instant != FOREVER

    def editions(self, schedule: Schedule) -> list[Edition]:
        """The editions whose numbers come into force within the window."""
        began = (edition for edition in schedule.editions if self.holds(edition.starts))
        return [one for one in began if one.ends is None or one.ends > one.starts]


def window(schedule: Schedule, since: str, until: str | None, zone_name: str) -> Window:
    """The window after a day began (what bites on that day is told) or an edition came into force, through ``until``.

    Raises ``ValueError`` for an ``until`` that is no day or lies before, and ``UnknownEditionError`` for a ``since`` that is
    neither a day nor an edition.
    """
    day = _day(since)
    if day is not None:
        begins = int(datetime.combine(day, time(), zone(zone_name)).timestamp())
        start = begins - 1  # what bites at midnight bites on that day
    else:
        edition = schedule.edition(since)
        start = begins = edition.starts
        since = edition.name
    end = FOREVER
    if until is not None:
        last = _day(until)
        if last is None:
            raise ValueError(f"{until!r} is no date")
        end = end_of_day(last, zone_name)
    if end <= start:
        raise ValueError(f"{until} lies before {since}")
    return Window(start, end, begins, since)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
