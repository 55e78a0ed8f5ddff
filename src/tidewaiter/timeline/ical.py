"""Days written ahead as an iCalendar file (RFC 5545), for a calendar program to read.

No clock is read: the stamp of every event is the day of knowledge, and its identity hangs on what it says and on which day, so
that a calendar written anew takes the place of the old one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from tidewaiter.status.report import PUBLISHED, Ahead

_LINE_OCTETS = 75
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


@dataclass(frozen=True, slots=True)
class Event:
    """A day, or an instant in UTC, with what falls on it. ``identity`` is what makes it the same event when written again."""

    at: date | datetime
    what: str
    description: str
    identity: str
    sure: bool = True


def calendar(days: Iterable[Ahead], known_on: str) -> str:
    """The days ahead as the text of a file."""
    return calendar_of((_event(one, known_on) for one in days), known_on, "Timeline")


def calendar_of(events: Iterable[Event], known_on: str, product: str) -> str:
    """The text of the file, lines ended as the format wants (CRLF)."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//Tidewaiter//{product}//EN", "CALSCALE:GREGORIAN"]
    for one in events:
        lines += _lines(one, known_on)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _fold(line))


def _event(one: Ahead, known_on: str) -> Event:
    sources = "; ".join(
        f"{act.citation or act.title} ({act.id}{'' if act.confidence == PUBLISHED else f', {act.confidence}'})"
        for act in one.acts
    )
    return Event(
        # The instant where an hour is written that is not the first minute of the day; else the whole day.
        datetime.fromtimestamp(one.at.instant, UTC) if one.timed and one.at.hour else date.fromisoformat(one.at.day),
        f"{'As reported: ' if one.reported else ''}{one.what}",
        f"{sources}. As known on {known_on}.",
        f"{one.at.day}|{one.what}|{one.reported}|{'|'.join(act.id for act in one.acts)}",
        sure=not one.reported,
    )


def _lines(one: Event, known_on: str) -> list[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:{hashlib.sha256(one.identity.encode()).hexdigest()[:32]}@tidewaiter",
        f"DTSTAMP:{known_on.replace('-', '')}T000000Z",
        *_when(one.at),
        f"SUMMARY:{_escaped(one.what)}",
        f"DESCRIPTION:{_escaped(one.description)}",
        f"STATUS:{'CONFIRMED' if one.sure else 'TENTATIVE'}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _when(at: date | datetime) -> list[str]:
    if isinstance(at, datetime):
        return [f"DTSTART:{at:%Y%m%dT%H%M%SZ}"]
    return [f"DTSTART;VALUE=DATE:{at:%Y%m%d}", f"DTEND;VALUE=DATE:{at + timedelta(days=1):%Y%m%d}"]


def _escaped(text: str) -> str:
    return text.translate(_ESCAPES)


def _fold(line: str) -> Iterator[str]:
    """The line in pieces of at most 75 octets, those after the first begun with a blank; no character is cut."""
    piece, octets = "", 0
    for character in line:
        size = len(character.encode())
        if octets + size > _LINE_OCTETS:
            yield piece
            piece, octets = " ", 1
        piece += character
        octets += size
    yield piece
