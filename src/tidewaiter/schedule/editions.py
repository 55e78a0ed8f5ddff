"""The published editions of the schedule, and which one's numbers are in force at an instant.

The table ``law/schedule/editions.csv`` gives each edition, in the order of publication, the day from which its main
change was law (00:01 Eastern). An edition may reach back behind the one before it (2026 rev 9, published 28 May 2026,
was law from 1 May, before rev 8 of 22 May): with hindsight it displaces that one, so an edition is in force from its
own day or, if earlier, from the day of any later edition. An edition displaced from its first instant is never in
force.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

EDITIONS_FILE = Path(__file__).parent.parent / "law" / "schedule" / "editions.csv"
OMISSIONS_FILE = EDITIONS_FILE.with_name("omissions.csv")
ZONE = "America/New_York"
_FIRST_MINUTE = time(0, 1)
_COLUMNS = ("edition", "published", "in_force_from", "at_hand", "note")


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition. ``starts`` and ``ends`` (exclusive, ``None`` for the last) are seconds since 1970, UTC.

    ``in_force_from`` is the first instant as ISO 8601 with its offset, ``published`` an ISO date or empty if not known.
    """

    index: int
    name: str
    published: str
    in_force_from: str
    starts: int
    ends: int | None

    @property
    def in_force_on(self) -> str:
        """The first day, ISO."""
        return self.in_force_from[:10]


@dataclass(frozen=True, slots=True)
class EditionEntry:
    """One row of the table of editions; ``at_hand`` is false for an edition known of but not in the schedule."""

    name: str
    published: str
    in_force_from: str
    at_hand: bool
    note: str


def read_table(path: Path = EDITIONS_FILE) -> list[EditionEntry]:
    """The table of editions in the order of publication."""
    with path.open(encoding="utf-8", newline="") as stream:
        return [
            EditionEntry(row["edition"], row["published"], row["in_force_from"], row["at_hand"] == "yes", row["note"])
            for row in csv.DictReader(stream)
        ]


Omission = tuple[str, int, int]
"""A number, the index of an edition that leaves it out by mistake, and that of a neighbour to take it from."""


def read_omissions(editions: Sequence[Edition], path: Path) -> list[Omission]:
    """The numbers that an official export leaves out though they were law; of editions at hand only."""
    index = {edition.name: edition.index for edition in editions}
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        rows = [
            (row["number"], index.get(row["omitted_in"]), index.get(row["as_in"])) for row in csv.DictReader(stream)
        ]
    return [(number, gap, other) for number, gap, other in rows if gap is not None and other is not None]


def write_table(entries: Iterable[EditionEntry], path: Path = EDITIONS_FILE) -> None:
    """Write the table of editions as ``read_table`` reads it."""
    beside = path.with_name(f"{path.name}.tmp")
    with beside.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(_COLUMNS)
        for entry in entries:
            at_hand = "yes" if entry.at_hand else "no"
            writer.writerow((entry.name, entry.published, entry.in_force_from, at_hand, entry.note))
    beside.replace(path)


def first_minute(day: str) -> int:
    """00:01 Eastern of an ISO date, in seconds since 1970. Raises ``ValueError``.

    >>> first_minute("2025-05-14")
    1747195260
    """
    return int(_eastern(day).timestamp())


def _eastern(day: str) -> datetime:
    from zoneinfo import ZoneInfo

    return datetime.combine(date.fromisoformat(day), _FIRST_MINUTE, ZoneInfo(ZONE))


def editions_in_force(entries: Sequence[EditionEntry]) -> list[Edition]:
    """The editions at hand with the time each is in force, later ones displacing earlier ones they reach behind.

    >>> table = [EditionEntry("rev 8", "", "2026-05-22", True, ""), EditionEntry("rev 9", "", "2026-05-01", True, "")]
    >>> [edition.in_force_on for edition in editions_in_force(table)]
    ['2026-05-01', '2026-05-01']
    """
    at_hand = [entry for entry in entries if entry.at_hand]
    starts = [_eastern(entry.in_force_from) for entry in at_hand]
    for index in range(len(starts) - 2, -1, -1):
        starts[index] = min(starts[index], starts[index + 1])
    ends = [int(start.timestamp()) for start in starts[1:]]
    return [
        Edition(index, entry.name, entry.published, start.isoformat(), int(start.timestamp()), end)
        for index, (entry, start, end) in enumerate(zip(at_hand, starts, [*ends, None], strict=True))
    ]


def missing_from(entries: Sequence[EditionEntry]) -> int | None:
    """The first instant (seconds since 1970) of an edition later than all at hand, or ``None`` if none is known."""
    last = max((index for index, entry in enumerate(entries) if entry.at_hand), default=-1)
    return min((first_minute(entry.in_force_from) for entry in entries[last + 1 :]), default=None)


def seconds(at: datetime | float) -> int:
    """An instant as seconds since 1970. Raises ``ValueError`` for a datetime without a time zone."""
    if isinstance(at, datetime):
        if at.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return int(at.astimezone(UTC).timestamp())
    return int(at)
