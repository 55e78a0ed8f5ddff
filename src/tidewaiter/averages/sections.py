"""Chapters and sections of the Harmonized System."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent.parent / "data" / "hs_sections.csv"


@dataclass(frozen=True, slots=True)
class Section:
    """A section: its Roman number, its chapters, its title."""

    number: str
    first: int
    last: int
    title: str


@cache
def sections() -> tuple[Section, ...]:
    """The 21 sections, in order."""
    with _FILE.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(line for line in stream if not line.startswith("#"))
        return tuple(Section(row["section"], int(row["first"]), int(row["last"]), row["title"]) for row in rows)


def section_of(chapter: int) -> str:
    """The number of the section that a chapter belongs to.

    >>> section_of(85)
    'XVI'
    """
    return next(one.number for one in sections() if one.first <= chapter <= one.last)
