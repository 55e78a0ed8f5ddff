"""Folding acts: each effect paints a half-open interval on a heading's track, over what was there.

A track has four layers of paint: life, rate, suspension and void. Cutting them at each other's edges gives the states of the
heading, each with the acts that made it so.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from tidewaiter.ledger.instants import ALWAYS, FOREVER, Instant
from tidewaiter.ledger.model import Act, Effect

T = TypeVar("T")


class Paint(Generic[T]):
    """Values over time: a list of edges, each beginning the value that holds until the next.

    >>> paint = Paint()
    >>> paint.over(10, 20, "a"); paint.over(15, FOREVER, "b")
    >>> [paint.at(t) for t in (9, 10, 15, 99)]
    [None, 'a', 'b', 'b']
    """

    __slots__ = ("starts", "values")

    def __init__(self) -> None:
        self.starts: list[Instant] = [ALWAYS]
        self.values: list[T | None] = [None]

    def over(self, start: Instant, until: Instant, value: T | None) -> None:
        """Paint ``value`` on [start, until)."""
        after = self.at(until) if until < FOREVER else None
        first, last = self._edge(start), self._edge(until)
        self.starts[first:last] = [start]
        self.values[first:last] = [value]
        if until < FOREVER and (len(self.starts) <= first + 1 or self.starts[first + 1] != until):
            self.starts.insert(first + 1, until)
            self.values.insert(first + 1, after)

    def at(self, instant: Instant) -> T | None:
        """The value that holds at the instant."""
        return self.values[bisect_right(self.starts, instant) - 1]

    def same_as(self, other: Paint[T]) -> bool:
        """Whether both say the same at every instant, with the same edges."""
        return self.starts == other.starts and self.values == other.values

    def _edge(self, instant: Instant) -> int:
        """The index of the first edge at or after the instant."""
        place = bisect_right(self.starts, instant)
        return place - 1 if self.starts[place - 1] == instant else place


@dataclass(frozen=True, slots=True)
class Said:
    """A word of law in force: a rate (or none) and the act that said it."""

    act: str
    rate: str = ""
    for_all: bool = True


@dataclass(frozen=True, slots=True)
class State:
    """A heading between two edges: whether it answers, at what rate, and by which acts.

    ``start`` and ``until`` are those of the rate in force: voids, which change what is owed but not what is charged, do not
    cut them.
    """

    start: Instant
    until: Instant
    live: bool
    rate: str
    acts: tuple[str, ...]
    suspended_by: str = ""


@dataclass(slots=True)
class Track:
    """All that the acts known have painted on one heading."""

    life: Paint[Said] = field(default_factory=Paint)
    rate: Paint[Said] = field(default_factory=Paint)
    suspension: Paint[Said] = field(default_factory=Paint)
    void: Paint[Said] = field(default_factory=Paint)
    uncollected: Paint[bool] = field(default_factory=Paint)
    ended: Paint[str] = field(default_factory=Paint)
    _states: tuple[list[Instant], list[State]] | None = None

    def paint(self, effect: Effect, act: str) -> None:
        """One effect of one act, over what was there."""
        at, until = effect.at, effect.until
        said = Said(act, effect.rate, effect.for_all)
        match effect.verb:
            case "impose":
                self.life.over(at, until, said)
                self.uncollected.over(at, until, None)
                self.ended.over(at, until, None)
                # A life that its own act limits is ended by that act, unless another goes on from there.
                if until < FOREVER and self.life.at(until) is None:
                    self.ended.over(until, FOREVER, act)
                if effect.rate:
                    self.rate.over(at, until, said)
            case "set_rate":
                self.rate.over(at, until, said)
            case "suspend":
                self.suspension.over(at, until, said)
            case "resume":
                self.suspension.over(at, until, None)
            case "end":
                self.life.over(at, FOREVER, None)
                self.suspension.over(at, FOREVER, None)
                self.ended.over(at, FOREVER, act)
                if effect.binds_entry:
                    self.uncollected.over(at, FOREVER, True)
            case "void":
                self.void.over(at, until, said)
            case _:
                raise ValueError(f"{effect.verb} does not paint")

    def states(self) -> tuple[list[Instant], list[State]]:
        """Edges and states, in order of time; states that say the same run on as one."""
        if self._states is None:
            self._states = self._cut()
        return self._states

    def at(self, instant: Instant) -> State:
        """The state at an instant."""
        starts, states = self.states()
        return states[bisect_right(starts, instant) - 1]

    def says_as(self, other: Track) -> bool:
        """Whether two tracks say the same of their heading at every instant."""
        alike = self.void.same_as(other.void) and self.uncollected.same_as(other.uncollected)
        return alike and self.states() == other.states()

    def edges(self) -> set[Instant]:
        """Every instant at which something about the heading changes."""
        return {*self.states()[0], *self.void.starts} - {ALWAYS, FOREVER}

    def _cut(self) -> tuple[list[Instant], list[State]]:
        edges = sorted({*self.life.starts, *self.rate.starts, *self.suspension.starts})
        pieces = [(edge, *self._said_at(edge)) for edge in edges]
        runs: list[list[tuple[Instant, bool, str, tuple[str, ...], str]]] = []
        for piece in pieces:
            if runs and runs[-1][-1][1:3] == piece[1:3] and runs[-1][-1][4] == piece[4]:
                runs[-1].append(piece)
            else:
                runs.append([piece])
        starts: list[Instant] = []
        states: list[State] = []
        for index, run in enumerate(runs):
            until = runs[index + 1][0][0] if index + 1 < len(runs) else FOREVER
            for edge, live, rate, acts, suspended_by in run:
                starts.append(edge)
                states.append(State(run[0][0], until, live, rate, acts, suspended_by))
        return starts, states

    def _said_at(self, edge: Instant) -> tuple[bool, str, tuple[str, ...], str]:
        life, rate, suspension = self.life.at(edge), self.rate.at(edge), self.suspension.at(edge)
        if life is None:
            ended_by = self.ended.at(edge)
            return (False, "", (ended_by,) if ended_by else (), "")
        said = [life, rate] if rate else [life]
        if suspension is None:
            return (True, rate.rate if rate else "", _acts(said), "")
        return (bool(suspension.rate), suspension.rate, _acts([*said, suspension]), suspension.act)


def _acts(said: Iterable[Said]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.act for one in said))


def fold(acts: Iterable[Act]) -> dict[str, Track]:
    """The tracks of all headings, from the acts known, folded in the order (announced, sequence, id).

    An act that stands stayed has no effects as long as the stay is known; a stay ends when the act named in its ``until`` is
    known.
    """
    known = sorted(acts, key=lambda act: act.order)
    stayed = stayed_acts(known)
    tracks: dict[str, Track] = {}
    for act in known:
        if act.id in stayed:
            continue
        for effect in act.effects:
            for target in effect.targets:
                track = tracks.get(target)
                if track is None:
                    track = tracks[target] = Track()
                track.paint(effect, act.id)
    return tracks


def stayed_acts(known: Iterable[Act]) -> set[str]:
    """The ids of acts under a stay that is known and not lifted."""
    known = list(known)
    ids = {act.id for act in known}
    return {
        effect.ref
        for act in known
        for effect in act.effects
        if effect.verb == "stay" and not (effect.said and effect.said in ids)
    }
