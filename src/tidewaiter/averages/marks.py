"""What a chart of both sides marks: changes large enough to be seen, their acts in a line of words, and where to put them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from tidewaiter.averages.both import BothRow, Cause
from tidewaiter.ledger.instants import Instant

LEAST = Decimal("0.005")
"""Half a point: what moves less is not marked."""
_MOST_PROGRAMS = 2
_MOST_WORDS = 3
_DAY = 86400
_BESIDE = 60 * _DAY
"""What is left beside a stretch that is drawn short."""
_HARDLY = 60 * _DAY
_QUIET_SHARE = 0.07
_ASIDE = re.compile(r"relief|^gains|^loses|its conditions|combine|stays")
_REFERENCES = re.compile(r"( \(|;|, (?=\d+ FR )|, (?=FR Doc)|(?<=\d) of \d+ \w+ \d{4}).*")
_EXPLAINED = re.compile(r"( \(|:|, to \d).*")


@dataclass(frozen=True, slots=True)
class Mark:
    """A change of one side that is marked: its number, its instant, and its acts in words."""

    number: int
    into: str
    at: Instant
    words: str


def marks(rows: Sequence[BothRow], least: Decimal = LEAST) -> list[Mark]:
    """The changes of ``least`` or more in any of some series, numbered in order of time, both sides together."""
    moved: dict[tuple[Instant, str], dict[str, Decimal]] = {}
    causes: dict[tuple[Instant, str], dict[Cause, None]] = {}
    tariffs: dict[tuple[Instant, str], str] = {}
    for before, row in _steps(rows):
        parts = moved_parts(before, row)
        if before is not None and abs(row.total - before.total) < least:
            continue
        if not row.causes and (before is None or not row.edition):
            continue
        key = (row.start, row.into)
        known = moved.setdefault(key, {})
        known |= {name: max(part, known.get(name, Decimal(0))) for name, part in parts.items()}
        causes.setdefault(key, {}).update(dict.fromkeys(row.causes))
        if before is not None and row.edition:
            tariffs[key] = f"tariff {row.edition}: base duty {_percent(before.base)} becomes {_percent(row.base)}"
    order = list(dict.fromkeys(row.into for row in rows))
    return [
        Mark(number, into, at, words(list(causes[at, into]), moved[at, into]) or tariffs[at, into])
        for number, (at, into) in enumerate(sorted(moved, key=lambda key: (key[0], order.index(key[1]))), start=1)
    ]


def _steps(rows: Sequence[BothRow]) -> Iterable[tuple[BothRow | None, BothRow]]:
    """Every row with the one before it in the same series."""
    before: BothRow | None = None
    for row in rows:
        yield (before if before is not None and series_of(before) == series_of(row) else None), row
        before = row


def series_of(row: BothRow) -> tuple[str, str, str]:
    """What makes rows one series: scenario, side, measure."""
    return (row.scenario, row.into, row.measure)


def moved_parts(before: BothRow | None, row: BothRow) -> dict[str, Decimal]:
    """By how much each program's part of the rate moved."""
    was = before.programs if before is not None else {}
    names = {*was, *row.programs}
    return {name: abs(row.programs.get(name, Decimal(0)) - was.get(name, Decimal(0))) for name in names}


def words(causes: Sequence[Cause], moved: Mapping[str, Decimal]) -> str:
    """The programs that moved most, each with the act behind it and what that did."""
    by_program: dict[str, list[Cause]] = {}
    for one in sorted(causes, key=lambda one: -moved.get(one.program, Decimal(0))):
        by_program.setdefault(one.program, []).append(one)
    told = {program: _plain(several) for program, several in by_program.items()}
    # A program that only frees or lists beside one that charges is no news of its own.
    news = [several for several in told.values() if several] or list(by_program.values())
    said: list[str] = []
    cited = ""
    for several in news[:_MOST_PROGRAMS]:
        by = short(several[0].act.citation)
        said.append(f"{'' if by == cited else f'{by}: '}{_in_words(several)}")
        cited = by
    more = len(news) - _MOST_PROGRAMS
    return "; ".join(said) + (f"; and {more} more" if more > 0 else "")


def _percent(rate: Decimal) -> str:
    return f"{rate * 100:.1f}%"


def _plain(several: Sequence[Cause]) -> list[Cause]:
    """Of what was done to a program, what charges: the first act that does, and of what ends and begins what begins."""
    plain = [one for one in several if not _ASIDE.search(one.what)]
    by_one = [one for one in plain if one.act == plain[0].act]
    return [one for one in by_one if not one.what.startswith("ends")] or by_one


def _in_words(several: Sequence[Cause]) -> str:
    """A program and what is done to it; what begins at several rates is said once."""
    by_verb: dict[str, list[str]] = {}
    # What ends without a rate of its own, beside what had one, is not said.
    for one in [one for one in several if one.what != "ends"] or several:
        verb, _, rate = one.what.rpartition(": ")
        by_verb.setdefault(verb, []).append(rate)
    said = []
    for verb, rates in by_verb.items():
        different = list(dict.fromkeys(rates))
        some = ", ".join(different[:_MOST_WORDS]) + (" ..." if len(different) > _MOST_WORDS else "")
        said.append(f"{verb}: {some}" if verb else some)
    title = _EXPLAINED.sub("", several[0].title)
    return f"{title} {', '.join(said)}".strip()


def short(citation: str) -> str:
    """A citation without its further references.

    >>> short("EO 14195, 90 FR 9121 (FR Doc. 2025-02408)")
    'EO 14195'
    >>> short("Proclamation 10895 of 10 February 2025, 90 FR 9807")
    'Proclamation 10895'
    """
    return _REFERENCES.sub("", citation)


@dataclass(frozen=True, slots=True)
class Time:
    """Time as it is drawn, in days from the first instant: a long stretch without a mark is drawn short.

    >>> day = 86400
    >>> time = Time.of(0, 1000 * day, [0, 100 * day, 900 * day])
    >>> [round(time(at * day)) for at in (0, 100, 900, 1000)]
    [0, 100, 242, 342]
    """

    first: Instant
    last: Instant
    quiet: tuple[Instant, Instant] | None = None

    @classmethod
    def of(cls, first: Instant, last: Instant, marked: Sequence[Instant]) -> Time:
        """The time of a chart. Short is drawn the longest stretch between marks, where it is most of a third of the whole."""
        stops = sorted({first, *marked, last})
        start, end = max(pairwise(stops), key=lambda two: two[1] - two[0])
        if (end - start) * 3 < last - first or end == last:
            return cls(first, last)
        return cls(first, last, (start + _BESIDE, end - _BESIDE) if end - start > 4 * _BESIDE else None)

    def __call__(self, at: Instant) -> float:
        """Where an instant is drawn."""
        if self.quiet is None:
            return (at - self.first) / _DAY
        start, end = self.quiet
        before, within, after = min(at, start) - self.first, min(max(at - start, 0), end - start), max(at - end, 0)
        return (before + after + within * self._squeezed) / _DAY

    @property
    def _squeezed(self) -> float:
        assert self.quiet is not None
        start, end = self.quiet
        return (self.last - self.first - (end - start)) * _QUIET_SHARE / (end - start)

    @property
    def width(self) -> float:
        """How wide the whole is."""
        return self(self.last)

    def middle(self, start: Instant, end: Instant) -> float | None:
        """The middle of a stretch as far as it is not drawn short; ``None`` where hardly anything of it is left."""
        low, high = self.quiet or (end, end)
        parts = (start, min(end, low)), (max(start, high), end)
        start, end = max(parts, key=lambda two: two[1] - two[0])
        return (self(start) + self(end)) / 2 if end - start > _HARDLY else None


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places at least ``gap`` apart between ``low`` and ``high``, in order, each as near as can be to where it is wanted.

    >>> spread([1.0, 1.0, 5.0], 1.0, 0.0, 6.0)
    [0.5, 1.5, 5.0]
    """
    # Less the room that those before it take, places need only rise: neighbors that do not are put at their mean.
    runs: list[tuple[float, int]] = []
    for number, place in enumerate(wanted):
        mean, count = place - number * gap, 1
        while runs and runs[-1][0] > mean:
            other, several = runs.pop()
            mean, count = (mean * count + other * several) / (count + several), count + several
        runs.append((mean, count))
    highest = max(low, high - gap * (len(wanted) - 1))
    level = [min(max(mean, low), highest) for mean, count in runs for _ in range(count)]
    return [place + number * gap for number, place in enumerate(level)]
