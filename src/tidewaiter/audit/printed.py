"""An edition as it is printed: its headings, and the headings that the footnotes of each tariff line name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tidewaiter.ledger.instants import Instant
from tidewaiter.schedule.build import read_edition
from tidewaiter.schedule.editions import OMISSIONS_FILE, EditionEntry, first_minute, read_omissions, read_table
from tidewaiter.schedule.errors import ScheduleError
from tidewaiter.schedule.numbers import heading_code
from tidewaiter.schedule.rows import Key, Row
from tidewaiter.schedule.store import Schedule

_EIGHT, _TEN = 8, 10
_FILE_NAME = re.compile(r"(?:hts_)?(\d{4})_(basic|rev_\d+)\.json(?:\.gz)?$", re.IGNORECASE)


class UndatedEditionError(ScheduleError):
    """An edition whose legal date is not known: it must be given."""

    code = "undated_edition"


@dataclass(frozen=True, slots=True)
class Mark:
    """A row of chapters 1 to 98 as far as footnotes go: ``named`` are the headings that its own footnotes name.

    ``first`` and ``last`` are the indices of the editions that print it so.
    """

    number: str
    indent: int
    named: frozenset[str]
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Printed:
    """One edition: its name, its place in the table of editions, the legal date against which it is held.

    ``headings`` are the rows of chapter 99 that carry a number, by code; ``marks`` the rows of all other chapters, of
    which those count that are printed in edition ``index``. ``omitted`` are numbers that the edition leaves out by mistake
    and the shipped schedule puts back: they are not printed.
    """

    name: str
    place: int
    on: str
    instant: Instant
    headings: dict[str, Row]
    marks: Sequence[Mark]
    index: int
    omitted: frozenset[str] = frozenset()

    def named_on_lines(self, among: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
        """Each tariff line with those headings ``among`` which its footnotes name, or, if none, those of the rows above."""
        above: list[frozenset[str]] = []
        waiting: tuple[str, frozenset[str]] | None = None
        for mark in self.marks:
            if not mark.first <= self.index <= mark.last or mark.number in self.omitted:
                continue
            del above[mark.indent :]
            above += [above[-1] if above else frozenset()] * (mark.indent - len(above))
            above.append((mark.named & among) or (above[-1] if above else frozenset()))
            if not mark.number:
                continue
            if waiting and not mark.number.startswith(waiting[0]):
                yield waiting
            waiting = (mark.number, above[-1]) if len(mark.number) == _EIGHT else None
            if len(mark.number) == _TEN:
                yield mark.number, above[-1]
        if waiting:
            yield waiting


def shipped_editions(
    schedule: Schedule, prefix: str, named: re.Pattern[str], on: str | None = None, only: str | None = None
) -> Iterator[Printed]:
    """Every edition of the schedule (or ``only`` the one of that name), on its own legal date or on ``on`` (ISO)."""
    places = {entry.name: place for place, entry in enumerate(read_table())}
    headings = [(key, version) for key, version in schedule.versions(prefix[:2]) if _is_heading(key, prefix)]
    marks = [
        _mark(key, version.row, named, version.first, version.last)
        for chapter in schedule.chapters
        if chapter != prefix[:2]
        for key, version in schedule.versions(chapter)
    ]
    omissions = read_omissions(schedule.editions, OMISSIONS_FILE)
    for edition in schedule.editions:
        if only not in (None, edition.name):
            continue
        omitted = frozenset(number for number, gap, _ in omissions if gap == edition.index)
        rows = {
            heading_code(key.number): version.row
            for key, version in headings
            if version.first <= edition.index <= version.last and key.number not in omitted
        }
        day, instant = (on, first_minute(on)) if on else (edition.in_force_on, edition.starts)
        yield Printed(edition.name, places[edition.name], day, instant, rows, marks, edition.index, omitted)


def edition_of_file(file: Path, prefix: str, named: re.Pattern[str], on: str | None = None) -> Printed:
    """An official JSON export. Its date is ``on`` (ISO), or that of the edition after which the file is named.

    Raises ``BuildError`` if the file is no export, ``UndatedEditionError`` if there is no date.
    """
    rows = list(read_edition(file))
    name, place, day = _dated(file, on, read_table())
    headings = {heading_code(key.number): row for key, row in rows if _is_heading(key, prefix)}
    marks = [_mark(key, row, named, 0, 0) for key, row in rows if not key.number.startswith(prefix[:2])]
    return Printed(name, place, day, first_minute(day), headings, marks, 0)


def _is_heading(key: Key, prefix: str) -> bool:
    return key.before == 0 and len(key.number) == _EIGHT and key.number.startswith(prefix)


def _mark(key: Key, row: Row, named: re.Pattern[str], first: int, last: int) -> Mark:
    texts = (code for note in row.footnotes for code in (*note.codes, note.text))
    found = frozenset(match for text in texts for match in named.findall(text))
    return Mark("" if key.before else key.number, row.indent, found, first, last)


def _dated(file: Path, on: str | None, table: Sequence[EditionEntry]) -> tuple[str, int, str]:
    """Name, place in the table of editions, and legal date of a file."""
    match = _FILE_NAME.search(file.name)
    name = f"{match[1]} {match[2].lower().replace('_', ' ')}" if match else file.name
    names = [entry.name for entry in table]
    if name in names:
        place = names.index(name)
        return name, place, on or table[place].in_force_from
    if on is None:
        raise UndatedEditionError(f"the legal date of {file.name} is not known", "give it with --on 2026-07-01")
    return name, _place_on(on, table), on


def _place_on(on: str, table: Iterable[EditionEntry]) -> int:
    """The last edition of the table that is law on a day."""
    return max((place for place, entry in enumerate(table) if entry.in_force_from <= on), default=0)
