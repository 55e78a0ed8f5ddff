"""What to say of a number that an edition does not have: ended, not yet begun, or unknown, with the numbers like it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tidewaiter.schedule.editions import Edition
from tidewaiter.schedule.errors import (
    EndedNumberError,
    FutureNumberError,
    ScheduleError,
    Suggestion,
    UnknownNumberError,
)
from tidewaiter.schedule.numbers import dotted

if TYPE_CHECKING:
    from tidewaiter.schedule.store import Schedule

CONCORDANCE_FILE = Path(__file__).parent.parent / "law" / "schedule" / "concordance.csv"
_EIGHT, _SIX, _FOUR, _TEN = 8, 6, 4, 10
_MOST = 12
_SAME, _NEW = "same wording", "new when it ended"
_TAKE_OVER = frozenset({_SAME, _NEW})


def why_not_in(schedule: Schedule, number: str, edition: Edition) -> type[ScheduleError]:
    """Why ``edition`` does not have a number: it ended before, begins after, or is unknown to all."""
    runs = _runs(schedule, number)
    if any(last < edition.index for _, last in runs):
        return EndedNumberError
    return FutureNumberError if any(first > edition.index for first, _ in runs) else UnknownNumberError


def not_in_edition(schedule: Schedule, number: str, edition: Edition, into: str = "") -> ScheduleError:
    """The error for a number that ``edition`` does not have, with the numbers that a person may mean instead; ``into`` names a
    tariff that is not the one searched by default."""
    why, runs, written = why_not_in(schedule, number, edition), _runs(schedule, number), dotted(number)
    if why is EndedNumberError:
        left = schedule.editions[max(last for _, last in runs if last < edition.index) + 1]
        last_day = (date.fromisoformat(left.in_force_on) - timedelta(days=1)).isoformat()
        return EndedNumberError(written, last_day, left.name, _successors(schedule, number, left, edition))
    nearest = _nearest(schedule, number, edition)
    if why is FutureNumberError:
        begins = schedule.editions[min(first for first, _ in runs if first > edition.index)]
        return FutureNumberError(written, begins.in_force_on, begins.name, nearest)
    return UnknownNumberError(written, edition.name, nearest, into)


def _runs(schedule: Schedule, number: str) -> list[tuple[int, int]]:
    """The editions that have the number or, for a short number, any tariff line below it."""
    content = schedule.chapter(number[:2])
    own = content.runs(number)
    if own or len(number) == _TEN:
        return own
    return [run for other in content.numbers() if other.startswith(number) for run in content.runs(other)]


def _successors(schedule: Schedule, number: str, left: Edition, edition: Edition) -> list[Suggestion]:
    """Numbers of ``edition`` for what a number covered that left with ``left``, best first."""
    before = schedule.editions[left.index - 1]
    reasons: dict[str, str] = {}
    for new in _concordance().get(number, ()):
        reasons.setdefault(new, _SAME)
    for shared in (_EIGHT, _SIX):
        beside = _beside(schedule, number, shared, edition)
        for other in beside:
            if schedule.line(other, left) is not None and schedule.line(other, before) is None:
                reasons.setdefault(other, _NEW)
        if shared == _EIGHT or not reasons:
            for other in beside:
                reasons.setdefault(other, "beside it")
        if reasons:
            break
    if not reasons:
        reasons = dict.fromkeys(_beside(schedule, number, _FOUR, edition), "in the same heading")
    return _suggestions(schedule, reasons.items(), edition)


def heirs(schedule: Schedule, number: str, edition: Edition) -> list[str]:
    """The numbers of ``edition`` that took over from one that ended: by its wording, or new beside it when it ended.

    A hint, as the concordance is; written as filed, best first.
    """
    error = not_in_edition(schedule, number, edition)
    offered = error.successors if isinstance(error, EndedNumberError) else ()
    return [one.number for one in offered if one.why in _TAKE_OVER]


def predecessors(schedule: Schedule, number: str, edition: Edition) -> list[str]:
    """The numbers that ended when one began with ``edition``, and that it took over from; written as filed."""
    if not edition.index:
        return []
    content, before = schedule.chapter(number[:2]), schedule.editions[edition.index - 1]
    own = [old for old, new in _concordance().items() if number in new]
    beside = content.starting_with(number[:_EIGHT])
    ended = (old for old in [*own, *beside] if old != number and len(old) == len(number))
    left = (
        old for old in dict.fromkeys(ended) if _stands(schedule, old, before) and not _stands(schedule, old, edition)
    )
    return [dotted(old) for old in left if dotted(number) in heirs(schedule, old, edition)]


def _stands(schedule: Schedule, number: str, edition: Edition) -> bool:
    return schedule.chapter(number[:2]).place(number, edition.index) is not None


def _nearest(schedule: Schedule, number: str, edition: Edition) -> list[Suggestion]:
    """Numbers of ``edition`` like an unknown one: with the same 8, 6 or 4 digits, or the line of just these; then those one digit
    or one swap away."""
    reasons: dict[str, str] = {}
    for shared in (_EIGHT, _SIX, _FOUR):
        if shared < len(number) and not reasons:
            beside = _beside(schedule, number, shared, edition)
            reasons = dict.fromkeys(sorted(beside, key=lambda other: _distance(number, other)), f"same {shared} digits")
            if schedule.chapter(number[:2]).is_line(number[:shared], edition.index):
                reasons = {number[:shared]: "above it"}
    for other in _misspelt(number):
        if schedule.line(other, edition) is not None:
            reasons.setdefault(other, "one digit away")
    return _suggestions(schedule, reasons.items(), edition)


def _beside(schedule: Schedule, number: str, shared: int, edition: Edition) -> list[str]:
    return schedule.chapter(number[:2]).leaves(number[:shared], edition.index) if shared < len(number) else []


def _distance(one: str, other: str) -> int:
    return sum(a != b for a, b in zip(one, other, strict=False)) + abs(len(one) - len(other))


def _misspelt(number: str) -> Iterator[str]:
    for place, digit in enumerate(number):
        for other in "0123456789":
            if other != digit:
                yield number[:place] + other + number[place + 1 :]
    for place in range(len(number) - 1):
        yield number[:place] + number[place + 1] + number[place] + number[place + 2 :]


def _suggestions(schedule: Schedule, reasons: Iterable[tuple[str, str]], edition: Edition) -> list[Suggestion]:
    found: list[Suggestion] = []
    for number, why in reasons:
        line = schedule.line(number, edition)
        if line is not None and len(found) < _MOST:
            found.append(Suggestion(dotted(number), line.text, why))
    return found


@cache
def _concordance() -> dict[str, tuple[str, ...]]:
    """Ended numbers and the numbers that took over their wording, as shipped."""
    found: dict[str, tuple[str, ...]] = {}
    with CONCORDANCE_FILE.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(line for line in stream if not line.startswith("#")):
            found[row["old"]] = (*found.get(row["old"], ()), row["new"])
    return found
