"""The shipped schedule: which edition, which line, what stands below it.

>>> schedule = Schedule.load()
>>> line = schedule.resolve("8507.60.0090", schedule.last_edition)
>>> line.general, line.text, line.parents[-2:]
('3.4%', 'Other', ('Lithium-ion batteries', 'Other:'))
"""

from __future__ import annotations

import io
import json
import zipfile
from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from tidewaiter.schedule.chapter import Chapter
from tidewaiter.schedule.editions import Edition, Omission, seconds
from tidewaiter.schedule.encoding import EDITIONS_MEMBER, FORMAT, SCHEDULE_FILE, Version
from tidewaiter.schedule.errors import (
    AmbiguousNumberError,
    BuildError,
    ScheduleError,
    Suggestion,
    UnknownEditionError,
)
from tidewaiter.schedule.line import ScheduleLine
from tidewaiter.schedule.numbers import digits, dotted
from tidewaiter.schedule.rows import Key, Row
from tidewaiter.schedule.suggest import not_in_edition

_EIGHT, _TEN = 8, 10
_RATES = ("general", "special", "other", "additional", "quota")
_IN_A_NOTE = "statistical note"
Instant = datetime | float
DEFAULT_INTO = "US"
"""The importing country whose tariff is meant where none is named."""


class Schedule:
    """The tariff schedule of an importing country in all editions at hand. A chapter is read when first asked for.

    Some schedules are known to six or eight digits only (``shortest_line``) and let longer numbers stand as given.
    """

    def __init__(self, archive: zipfile.ZipFile) -> None:
        head = json.loads(archive.read(EDITIONS_MEMBER))
        if head["format"] != FORMAT:
            raise BuildError(f"the schedule is of format {head['format']}, not {FORMAT}")
        self._archive = archive
        self._chapters: dict[str, Chapter] = {}
        self._lines: dict[tuple[str, int], ScheduleLine] = {}
        listed = head["editions"]
        ends = [start for _, _, _, start in listed[1:]]
        self.editions = tuple(
            Edition(index, name, published, in_force_from, start, end)
            for index, ((name, published, in_force_from, start), end) in enumerate(
                zip(listed, [*ends, None], strict=True)
            )
        )
        self.missing_from: int | None = head["missing_from"]
        self.into: str = head.get("into", DEFAULT_INTO)
        self.title: str = head.get("title", "Harmonized Tariff Schedule")
        self._shortest: int = head.get("shortest_line", _EIGHT)
        self.open_ended: bool = head.get("longer_numbers") == "as given"
        self._omissions: list[Omission] = [(number, gap, other) for number, gap, other in head["omissions"]]
        self._starts = [edition.starts for edition in self.editions]
        self._names = frozenset(name.removesuffix(".json") for name in archive.namelist()) - {"editions"}

    @classmethod
    def load(cls, path: Path = SCHEDULE_FILE) -> Schedule:
        """Open the schedule (by default the packaged one)."""
        return cls(zipfile.ZipFile(io.BytesIO(path.read_bytes())))

    # Editions

    @property
    def last_edition(self) -> Edition:
        """The last edition at hand; from ``missing_from`` on a later one is known to be in force."""
        return self.editions[-1]

    def edition_at(self, at: Instant) -> Edition:
        """The edition whose numbers are in force at an instant (aware datetime, or seconds since 1970).

        Before the first edition at hand that is the first one.
        """
        return self.editions[max(0, bisect_right(self._starts, seconds(at)) - 1)]

    def edition(self, name: str) -> Edition:
        """The edition of that name ("2025 rev 12", "2025_rev_12"). Raises ``UnknownEditionError``."""
        wanted = " ".join(name.replace("_", " ").split()).casefold()
        for edition in self.editions:
            if edition.name.casefold() == wanted:
                return edition
        raise UnknownEditionError(f"no edition {name!r}", f"from {self.editions[0].name} to {self.last_edition.name}")

    @property
    def omissions(self) -> list[tuple[str, int]]:
        """The numbers that official exports leave out by mistake, each with the index of the edition that does."""
        return [(number, gap) for number, gap, _ in self._omissions]

    # Lines

    def resolve(self, hts: str, at: Instant | Edition, allow_prefix: bool = False) -> ScheduleLine:
        """The tariff line of a number, with points or without, of 4 to 10 digits.

        A short number (4, 6 or 8 digits) with exactly one tariff line below it is that line: 0101.30 is 0101.30.0000,
        for there is nothing else it could be. One with several lines below it raises ``AmbiguousNumberError``, or with
        ``allow_prefix`` gives the row of the short number itself with its ``children``.

        Raises ``MalformedNumberError``, ``UnknownNumberError``, ``EndedNumberError``, ``FutureNumberError``.
        """
        number = digits(hts)
        edition = at if isinstance(at, Edition) else self.edition_at(at)
        line = self._resolve(number, edition, allow_prefix)
        if isinstance(at, Edition):
            return line
        instant = seconds(at)
        reconstructed = instant < self._starts[0]
        stale = self.missing_from is not None and instant >= self.missing_from
        return _marked(line, reconstructed, stale) if reconstructed or stale else line

    def line(self, number: str, edition: Edition) -> ScheduleLine | None:
        """The line of exactly these digits in an edition, ``None`` if it has no such row."""
        key = (number, edition.index)
        found = self._lines.get(key)
        if found is None:
            found = self._read_line(number, edition)
            if found is not None:  # there is no end of numbers that no edition has
                self._lines[key] = found
        return found

    def lines(self, edition: Edition, chapter: str | None = None) -> Iterator[ScheduleLine]:
        """Every tariff line of an edition (10 digits, or 8 where the row has no 10-digit rows below it)."""
        for name in [chapter] if chapter else sorted(self._names):
            for number in self.chapter(name).leaves("", edition.index):
                line = self.line(number, edition)
                if line is not None:
                    yield line

    def numbers(self) -> list[str]:
        """Every number that any edition has and that may be a tariff line, chapters 98 and 99 left out."""
        chapters = (self.chapter(name) for name in self.chapters if name < "98")
        return [number for chapter in chapters for number in chapter.numbers() if len(number) >= self._shortest]

    # Rows

    def rows(self, edition: Edition, chapter: str | None = None) -> Iterator[tuple[Key, Row]]:
        """Every row of an edition, tidied, in order, omissions filled in; ``chapter`` is two digits ("99")."""
        for name in [chapter] if chapter else sorted(self._names):
            content = self.chapter(name)
            for place in content.places(edition.index):
                yield content.key(place), content.row(place)

    def headings(self, edition: Edition, prefix: str = "9903") -> Iterator[tuple[str, Row]]:
        """The 8-digit rows of chapter 99 (or 98) in an edition: number without points, and the row."""
        for key, row in self.rows(edition, prefix[:2]):
            if key.before == 0 and len(key.number) == _EIGHT and key.number.startswith(prefix):
                yield key.number, row

    def versions(self, chapter: str) -> Iterator[tuple[Key, Version]]:
        """Every wording of every row of a chapter, with the first and last edition (indices) that print it."""
        content = self.chapter(chapter)
        for place in range(len(content)):
            yield content.key(place), content.version(place)

    def chapter(self, name: str) -> Chapter:
        """The rows of a chapter ("01" to "99"); a chapter that no edition has is empty."""
        if name not in self._chapters:
            empty = b'{"values":[],"rows":[]}'
            member = self._archive.read(f"{name}.json") if name in self._names else empty
            omissions = [each for each in self._omissions if each[0][:2] == name]
            self._chapters[name] = Chapter(member, omissions, self._shortest)
        return self._chapters[name]

    @property
    def chapters(self) -> list[str]:
        """The names of the chapters that have rows, in order."""
        return sorted(self._names)

    def _resolve(self, number: str, edition: Edition, allow_prefix: bool) -> ScheduleLine:
        found = self.find(number, edition, allow_prefix)
        if found is None:
            raise self.missing(number, edition)
        return found

    def missing(self, number: str, edition: Edition) -> ScheduleError:
        """Why an edition does not have a number (bare digits), with what may be meant instead."""
        return not_in_edition(self, number, edition, "" if self.into == DEFAULT_INTO else self.into)

    def find(self, number: str, edition: Edition, allow_prefix: bool = False) -> ScheduleLine | None:
        """As ``resolve``, for the bare digits of a number; ``None`` where the edition does not have it."""
        content = self.chapter(number[:2])
        leaves = content.leaves(number, edition.index) if len(number) < _TEN else []
        line = self.line(number, edition)
        if len(leaves) == 1:
            only = self.line(leaves[0], edition)
            assert only is not None
            return only
        if leaves:
            children = tuple(self._suggestion(leaf, edition) for leaf in leaves)
            if allow_prefix and line is not None:
                return _with_children(line, children)
            raise AmbiguousNumberError(dotted(number), children)
        if line is None and self.open_ended:
            return self._as_given(number, edition)
        if line is None and len(number) == _TEN:
            return self._with_suffix(number, edition)
        return line

    def _as_given(self, number: str, edition: Edition) -> ScheduleLine | None:
        """The line above a number that the schedule does not divide as far."""
        content = self.chapter(number[:2])
        for length in (_EIGHT, 6):
            if length < len(number) and content.is_line(number[:length], edition.index):
                line = self.line(number[:length], edition)
                return None if line is None else _with_number10(line, number)
        return None

    def _with_suffix(self, number: str, edition: Edition) -> ScheduleLine | None:
        line = self.line(number[:_EIGHT], edition)
        if line is None or self.chapter(number[:2]).leaves(number[:_EIGHT], edition.index):
            return None
        if not any(_IN_A_NOTE in note.text for note in line.footnotes):
            return None
        return _with_number10(line, number)

    def _suggestion(self, number: str, edition: Edition) -> Suggestion:
        line = self.line(number, edition)
        return Suggestion(dotted(number), line.text if line else "", "below it")

    def _read_line(self, number: str, edition: Edition) -> ScheduleLine | None:
        content = self.chapter(number[:2])
        place = content.place(number, edition.index)
        if place is None:
            return None
        row = content.row(place)
        above = self._above(number, edition)
        standing, rates_on = _standing(number, row, above)
        rows = [each for _, each in above] + [row]
        notes = tuple(dict.fromkeys(note for each in rows for note in each.footnotes))
        return ScheduleLine(
            number=number,
            number10=number if len(number) == _TEN else None,
            text=row.text,
            parents=tuple(content.text(parent) for parent in content.parents(place, edition.index)),
            units=row.units,
            general=standing.general,
            special=standing.special,
            column2=standing.other,
            rates_on=rates_on,
            codes=tuple(dict.fromkeys(code for each in rows for code in each.codes)),
            footnotes=notes,
            additional=standing.additional,
            quota=standing.quota,
            edition=edition,
            omitted=any(each[:2] == (number, edition.index) for each in self._omissions),
        )

    def _above(self, number: str, edition: Edition) -> list[tuple[str, Row]]:
        content = self.chapter(number[:2])
        shorter = [number[:length] for length in (4, 6, _EIGHT) if length < len(number)]
        places = [(short, content.place(short, edition.index)) for short in shorter]
        return [(short, content.row(place)) for short, place in places if place is not None]


def _standing(number: str, row: Row, above: list[tuple[str, Row]]) -> tuple[Row, str]:
    """The rates of a line, and the number whose row prints the general rate.

    A 10-digit row that prints a general rate stands for itself; else what it leaves empty comes from the 8-digit row.
    """
    carrier = dict(above).get(number[:_EIGHT])
    if row.general or carrier is None:
        return row, number
    printed = {name: getattr(row, name) or getattr(carrier, name) for name in _RATES}
    return row._replace(**printed), number[:_EIGHT]


def _marked(line: ScheduleLine, reconstructed: bool, stale: bool) -> ScheduleLine:
    from dataclasses import replace

    return replace(line, reconstructed=reconstructed, stale=stale)


def _with_children(line: ScheduleLine, children: tuple[Suggestion, ...]) -> ScheduleLine:
    from dataclasses import replace

    return replace(line, children=children)


def _with_number10(line: ScheduleLine, number: str) -> ScheduleLine:
    from dataclasses import replace

    return replace(line, number10=number, suffix_unchecked=True)
