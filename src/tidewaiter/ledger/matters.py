"""Where matters stand: the states of talks, cases, controls and deals, folded as headings are, over both clocks.

A state holds from its instant until its end, or until an act known by then says another. Where it ends by itself, what it
painted over holds again: a control whose suspension runs out is in force. Where there was nothing before, the matter has lapsed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tidewaiter.ledger.fold import Paint
from tidewaiter.ledger.instants import FOREVER, Instant
from tidewaiter.ledger.model import LAPSED, Act, Effect, NextDate

FOLDED = frozenset({"published", "reported"})
"""The confidences of acts whose states are told: no arithmetic hangs on them, and each is told with its confidence."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of a matter in [start, until): a word of its kind, a sentence, what comes next, and the act that says so.

    Where a suspension or a truce has run out ``ran_out`` is the act that had set its end.
    """

    start: Instant
    until: Instant
    word: str
    said: str
    next: tuple[NextDate, ...]
    act: str
    ran_out: str = ""


@dataclass(frozen=True, slots=True)
class _Said:
    at: Instant
    word: str
    said: str
    next: tuple[NextDate, ...]
    act: str


class History:
    """The states of one matter over time, as far as the acts given say."""

    __slots__ = ("_paint",)

    def __init__(self) -> None:
        self._paint: Paint[_Said] = Paint()

    def at(self, instant: Instant) -> Standing | None:
        """Where the matter stands at an instant; ``None`` before anything was said of it."""
        found: Standing | None = None
        for one in self.states():
            if one.start > instant:
                break
            found = one
        return found

    def states(self) -> list[Standing]:
        """All states in order of time, those included into which the matter falls back by itself."""
        starts, values = self._paint.starts[1:], self._paint.values[1:]
        ends = [*starts[1:], FOREVER] if starts else []
        found: list[Standing] = []
        for start, until, value in zip(starts, ends, values, strict=True):
            before = found[-1] if found else None
            if value is None:
                if before is not None:
                    found.append(Standing(start, until, LAPSED, "", (), before.act, before.act))
                continue
            ran_out = before.act if before is not None and start != value.at else ""
            found.append(Standing(start, until, value.word, value.said, value.next, value.act, ran_out))
        return found

    def paint(self, effect: Effect, act: str) -> None:
        """One state that an act says, over what was there."""
        self._paint.over(effect.at, effect.until, _Said(effect.at, effect.word, effect.said, effect.next, act))


def histories(acts: Iterable[Act]) -> dict[str, History]:
    """The history of every matter of which the acts say something, folded in the order (announced, sequence, id).

    A stay takes the effects of a ruling away, not the fact that the court has ruled: stayed acts count.
    """
    found: dict[str, History] = {}
    for act in sorted(acts, key=lambda one: one.order):
        for effect in act.effects:
            if effect.verb == "state":
                found.setdefault(effect.ref, History()).paint(effect, act.id)
    return found
