"""Find a tariff line by words, and show what stands below a number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tidewaiter.schedule.chapter import Chapter
from tidewaiter.schedule.editions import Edition
from tidewaiter.schedule.errors import MalformedNumberError
from tidewaiter.schedule.line import ScheduleLine
from tidewaiter.schedule.numbers import dotted
from tidewaiter.schedule.store import Schedule

_WORD = re.compile(r"[a-z0-9]+")
_ENDINGS = ("ies", "es", "y", "s")
_SHORTEST_STEM = 3
_SPECIAL_CHAPTERS = frozenset({"98", "99"})
_ALL_IN_ONE_TEXT = 1.0


@dataclass(frozen=True, slots=True)
class Found:
    """A tariff line found by words; a higher ``score`` is a better match."""

    score: float
    line: ScheduleLine


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of the tree below a number: ``depth`` is its indent, ``number`` (with points) empty where it has none."""

    depth: int
    number: str
    text: str
    units: tuple[str, ...]
    general: str
    special: str
    column2: str
    codes: tuple[str, ...]


def search(schedule: Schedule, words: str, edition: Edition, limit: int = 20) -> list[Found]:
    """The tariff lines whose text or the texts above it have every word, best first; ties in the order of the schedule.

    A word counts more in a short text than in a long one, and most where one text has all of them. Words are compared
    by their beginning, without endings of the plural.
    """
    stems = [_stem(word) for word in _WORD.findall(words.casefold())]
    if not stems:
        return []
    scored = [each for name in schedule.chapters for each in _scored(schedule.chapter(name), name, stems, edition)]
    scored.sort(key=lambda each: (-each[0], each[1]))
    found = ((score, schedule.line(number, edition)) for score, number in scored[:limit])
    return [Found(round(score, 4), line) for score, line in found if line is not None]


def show(schedule: Schedule, prefix: str, edition: Edition) -> list[ShownRow]:
    """The rows whose number begins with ``prefix`` (2 digits or more, points allowed), under the rows above them.

    Raises ``MalformedNumberError``, ``UnknownNumberError``, ``EndedNumberError`` and ``FutureNumberError``.
    """
    wanted = prefix.strip().replace(".", "")
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) >= 2):
        raise MalformedNumberError(prefix, "give at least the two digits of a chapter")
    chapter = schedule.chapter(wanted[:2])
    places = [place for place in chapter.places(edition.index) if chapter.key(place).number.startswith(wanted)]
    numbered = [place for place in places if not chapter.key(place).before]
    if not numbered:
        raise schedule.missing(wanted, edition)
    above = chapter.parents(numbered[0], edition.index)
    return [_shown(chapter, place) for place in sorted({*above, *places})]


def _scored(chapter: Chapter, name: str, stems: list[str], edition: Edition) -> Iterator[tuple[float, str]]:
    """The tariff lines of a chapter that match, with their scores."""
    leaves = set(chapter.leaves("", edition.index))
    path: list[tuple[int, dict[str, float], float]] = []  # indent, best weight of each stem so far, best bonus so far
    for place in chapter.places(edition.index):
        indent = chapter.indent(place)
        while path and path[-1][0] >= indent:
            path.pop()
        weights, bonus = _weigh(chapter.text(place), stems)
        if path:
            _, above, best = path[-1]
            weights = {stem: max(weights.get(stem, 0), above.get(stem, 0)) for stem in {*weights, *above}}
            bonus = max(bonus, best)
        path.append((indent, weights, bonus))
        key = chapter.key(place)
        if len(weights) == len(set(stems)) and not key.before and key.number in leaves:
            score = sum(weights.values()) / len(weights) + bonus
            yield score * (0.3 if name in _SPECIAL_CHAPTERS else 1), key.number


def _weigh(text: str, stems: list[str]) -> tuple[dict[str, float], float]:
    lowered = text.casefold()
    if not any(stem in lowered for stem in stems):
        return {}, 0.0
    words = _WORD.findall(lowered)
    weight = 1 / len(words) ** 0.5
    weights = {stem: weight for stem in stems if any(word.startswith(stem) for word in words)}
    return weights, _ALL_IN_ONE_TEXT * weight if len(weights) == len(set(stems)) and len(weights) > 1 else 0.0


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word.removesuffix(ending)
    return word


def _shown(chapter: Chapter, place: int) -> ShownRow:
    key, row = chapter.key(place), chapter.row(place)
    number = "" if key.before else dotted(key.number)
    return ShownRow(row.indent, number, row.text, row.units, row.general, row.special, row.other, row.codes)
