"""The routes of a process on one day, as a waterfall over coded facts: which route an entry takes, and what is not known.

Every fact has a few codes (the words that routes tell apart, or how many of its clocks have run); an unknown fact is tried with
each. So what is asked is exactly what would change the bucket.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from tidewaiter.ledger.refund_law import (
    FLAGS,
    NO,
    YES,
    AllOf,
    EntryCondition,
    Is,
    Not,
    OneOf,
    Passed,
    Route,
    Stands,
)
from tidewaiter.refunds.process import Process

LIQUIDATED = "liquidated"
LIQUIDATION = "liquidation_date"
_DAYS_IN_YEAR = 365
Codes = Mapping[str, int | None]
"""The code of each fact; ``None`` where it is not known."""
Verdict = bool | str
"""Whether a condition holds, or the name of a fact on which that hangs."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A day after which a condition changes: the last day of a clock, less a margin; without a clock the day itself."""

    clock: str
    margin: int


Shape = str | tuple["str | Shape", ...]
"""A bucket; or a fact, and the shape for each of its codes: facts that make no difference do not stand in it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Where an entry goes: the routes that are possible, and how the bucket hangs on what is not known."""

    routes: frozenset[int]
    shape: Shape

    @property
    def hangs_on(self) -> frozenset[str]:
        """The facts on which the bucket hangs."""
        return frozenset(_asked(self.shape))


@dataclass(slots=True)
class _Node:
    """A question of the decision tree into which the waterfall unfolds, or its end."""

    known: dict[str, int]
    fact: str = ""
    settled: Taken | None = None
    children: dict[int, _Node] = field(default_factory=dict)


@dataclass(frozen=True)
class Waterfall:
    """The routes of a process that are open on a day."""

    process: Process
    on: date
    routes: tuple[Route, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "routes", self.process.routes(self.on))

    @cached_property
    def parts(self) -> list[EntryCondition]:
        """Every condition within the routes."""
        return [part for route in self.routes for part in route.when.parts()]

    @cached_property
    def words(self) -> dict[str, dict[str, int]]:
        """The code of each word that the routes tell apart, by fact: words that always stand together share one. A flag that
        is no, and every word that no route names, has code 0."""
        named: dict[str, list[frozenset[str]]] = {}
        for part in self.parts:
            if isinstance(part, Is) and part.fact != LIQUIDATED:
                named.setdefault(part.fact, []).append(part.words)
        return {fact: _classes(fact, groups) for fact, groups in sorted(named.items())}

    @cached_property
    def cuts(self) -> dict[str, list[Cut]]:
        """The cuts by the day from which their clocks run, in the order in which they are passed."""
        found: dict[str, dict[Cut, float]] = {LIQUIDATION: {Cut("", 0): float("-inf")}}
        for part in self.parts:
            if isinstance(part, Passed):
                clock = self.process.clock(part.clock, self.on)
                length = (clock.days or 0) + _DAYS_IN_YEAR * (clock.years or 0) - part.margin
                found.setdefault(clock.after[0], {})[Cut(part.clock, part.margin)] = length
        return {base: sorted(cuts, key=cuts.__getitem__) for base, cuts in found.items()}

    @cached_property
    def sizes(self) -> dict[str, int]:
        """How many codes each fact has."""
        words = {fact: 1 + max(known.values(), default=0) for fact, known in self.words.items()}
        return {**words, **{base: len(cuts) + 1 for base, cuts in self.cuts.items()}}

    def take(self, codes: Codes) -> Taken:
        """The way of an entry: each unknown fact is tried with all its codes."""
        return self._walk(self._root, codes)

    @cached_property
    def _root(self) -> _Node:
        return self._node({})

    def _node(self, known: dict[str, int]) -> _Node:
        """What is to be asked next where so much is known, or the route that is settled."""
        codes: Codes = {**dict.fromkeys(self.sizes), **known}
        for place, route in enumerate(self.routes):
            verdict = self._judge(route.when, codes)
            if verdict is True:
                return _Node(known, settled=Taken(frozenset({place}), route.bucket))
            if isinstance(verdict, str):
                return _Node(known, fact=verdict)
        raise AssertionError("the last route takes all")

    def _walk(self, node: _Node, codes: Codes) -> Taken:
        while node.settled is None:
            code = codes[node.fact]
            if code is None:
                return self._branch(node, codes)
            node = self._child(node, code)
        return node.settled

    def _child(self, node: _Node, code: int) -> _Node:
        found = node.children.get(code)
        if found is None:
            found = node.children[code] = self._node({**node.known, node.fact: code})
        return found

    def _branch(self, node: _Node, codes: Codes) -> Taken:
        ways = [self._walk(self._child(node, code), codes) for code in range(self.sizes[node.fact])]
        routes = frozenset[int]().union(*(one.routes for one in ways))
        shapes = [one.shape for one in ways]
        return Taken(routes, shapes[0] if len(set(shapes)) == 1 else (node.fact, *shapes))

    def buckets(self, routes: frozenset[int]) -> frozenset[str]:
        """The buckets of several routes."""
        return frozenset(self.routes[place].bucket for place in routes)

    def _judge(self, condition: EntryCondition, codes: Codes) -> Verdict:
        match condition:
            case Is(fact, words):
                return self._is(fact, words, codes)
            case Passed(clock, margin):
                base = self.process.clock(clock, self.on).after[0]
                code = codes[base]
                return base if code is None else code > self.cuts[base].index(Cut(clock, margin))
            case Stands(matter, words):
                return self.process.stands(matter, self.on) in words
            case Not(inner):
                verdict = self._judge(inner, codes)
                return verdict if isinstance(verdict, str) else not verdict
            case AllOf(several):
                return _all(self._judge(one, codes) for one in several)
            case OneOf(several):
                none = _all(_opposite(self._judge(one, codes)) for one in several)
                return _opposite(none)
        raise AssertionError(condition)

    def _is(self, fact: str, words: frozenset[str], codes: Codes) -> Verdict:
        if fact == LIQUIDATED:
            stage = codes[LIQUIDATION]
            return LIQUIDATION if stage is None else (YES if stage else NO) in words
        code = codes[fact]
        if code is None:
            return fact
        known = self.words[fact]
        return code in {known[word] for word in words}


def _asked(shape: Shape) -> Iterator[str]:
    if not isinstance(shape, str):
        fact, *shapes = shape
        yield str(fact)
        for one in shapes:
            yield from _asked(one)


def _classes(fact: str, groups: list[frozenset[str]]) -> dict[str, int]:
    if fact in FLAGS:
        return {NO: 0, YES: 1}
    alike: dict[tuple[bool, ...], int] = {}
    found: dict[str, int] = {}
    for word in sorted(frozenset[str]().union(*groups)):
        found[word] = alike.setdefault(tuple(word in group for group in groups), len(alike) + 1)
    return found


def _opposite(verdict: Verdict) -> Verdict:
    return verdict if isinstance(verdict, str) else not verdict


def _all(verdicts: Iterator[Verdict]) -> Verdict:
    """Whether all hold: one that fails settles it, else the first that hangs on a fact does."""
    hangs = ""
    for verdict in verdicts:
        if verdict is False:
            return False
        if isinstance(verdict, str):
            hangs = hangs or verdict
    return hangs or True
