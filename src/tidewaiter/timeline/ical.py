"""Days written ahead as an iCalendar file (RFC 5545), for a calendar program to read.

No clock is read: the stamp of every event is the day of knowledge, and its identity hangs on what it says and on which day, so
that a calendar written anew takes the place of the old one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta

from tidewaiter.status.report import Ahead

_LINE_OCTETS = 75
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


def calendar(days: Iterable[Ahead], known_on: str) -> str:
    """The text of the file, lines ended as the format wants (CRLF)."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Tidewaiter//Timeline//EN", "CALSCALE:GREGORIAN"]
    for one in days:
        lines += _event(one, known_on)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _fold(line))


def _event(one: Ahead, known_on: str) -> list[str]:
    stamp = known_on.replace("-", "")
    sources = "; ".join(f"{act.citation or act.title} ({act.id}{act.mark})" for act in one.acts)
    what = f"{'As reported: ' if one.reported else ''}{one.what}"
    return [
        "BEGIN:VEVENT",
        f"UID:{_uid(one)}",
        f"DTSTAMP:{stamp}T000000Z",
        *_when(one),
        f"SUMMARY:{_escaped(what)}",
        f"DESCRIPTION:{_escaped(f'{one.cite or sources}. As known on {known_on}.')}",
        f"STATUS:{'TENTATIVE' if one.reported else 'CONFIRMED'}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _when(one: Ahead) -> list[str]:
    """The instant in UTC where an hour is written that is not the first minute of the day; else the whole day."""
    if one.timed and one.at.hour:
        return [f"DTSTART:{datetime.fromtimestamp(one.at.instant, UTC):%Y%m%dT%H%M%SZ}"]
    day = date.fromisoformat(one.at.day)
    return [f"DTSTART;VALUE=DATE:{day:%Y%m%d}", f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}"]


def _uid(one: Ahead) -> str:
    said = f"{one.at.day}|{one.what}|{one.reported}|{'|'.join(act.id for act in one.acts)}"
    return f"{hashlib.sha256(said.encode()).hexdigest()[:32]}@tidewaiter"


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
