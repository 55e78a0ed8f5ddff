"""What lines say about themselves, column by column, in the form in which conditions ask."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from threading import Lock
from typing import TypeVar

import numpy as np

from tidewaiter.assess.facts import DENIED, ENTRY_VALUE
from tidewaiter.bulk.arrays import Bools, Exact, Ints, every, present, some
from tidewaiter.bulk.exact import times
from tidewaiter.ledger.conditions import (
    All,
    AnyOf,
    Claim,
    Condition,
    DatedBefore,
    Denied,
    Measure,
    Not,
    Scope,
    Word,
)
from tidewaiter.ledger.instants import local_day

MISSING = -1
Found = TypeVar("Found", Ints, Bools)
OPEN = "open"
"""Beside a condition: the question whether it hangs on a claim or description of which nothing is said."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text column: the code of each row's word (``MISSING`` for none), and the words by code."""

    codes: Ints
    words: tuple[str, ...]

    def among(self, wanted: frozenset[str], rows: Ints | None = None) -> Bools:
        """Where the word is one of these, of all or of some rows."""
        held = np.array([word in wanted for word in self.words] + [False], dtype=np.bool_)
        found: Bools = held[self.codes if rows is None else self.codes[rows]]
        return found


@dataclass(frozen=True, slots=True)
class Numbers:
    """A column of numbers: whole multiples of ``10**-places``, and where one is given."""

    values: Exact
    places: int
    given: Bools


@dataclass(frozen=True, slots=True)
class Moments:
    """A column of points in time: the instant, the calendar day (ordinal) where only that is known, and where given.

    ``table`` holds the different instants of the column, and ``codes`` which of them each row has, where that is known.
    """

    instants: Ints
    days: Ints
    given: Bools
    codes: Ints | None = None
    table: Ints | None = None

    def each(self, find: Callable[[Ints], Found]) -> Found:
        """What is found of each instant; looked for once for each different one where those are known."""
        if self.codes is None or self.table is None:
            return find(self.instants)
        return find(self.table).take(self.codes)

    def before(self, instant: int, zone: str, rows: Ints) -> Bools:
        """Where it surely lies before a cut of the law, of some rows; the day of the cut does not."""
        days = self.days[rows]
        earlier = np.where(days != MISSING, days < _ordinal(instant, zone), self.instants[rows] < instant)
        found: Bools = self.given[rows] & earlier
        return found

    def unsure(self, instant: int, zone: str, rows: Ints) -> Bools:
        """Where it is not given, or only known to the day of the cut, of some rows."""
        found: Bools = ~self.given[rows] | (self.days[rows] == _ordinal(instant, zone))
        return found


@lru_cache(maxsize=1024)
def _ordinal(instant: int, zone: str) -> int:
    return local_day(instant, zone).toordinal()


@dataclass(frozen=True, slots=True)
class Said:
    """Everything one line says by claims and descriptions: those made, those met, and those denied."""

    claims: frozenset[str]
    scope: frozenset[str]

    @property
    def denied(self) -> frozenset[str]:
        """The claims and descriptions answered with no."""
        words = (word for word in self.claims | self.scope if word.startswith(DENIED))
        return frozenset(word[len(DENIED) :] for word in words)


NOTHING = Said(frozenset(), frozenset())


class Sayings:
    """The different ways of claiming and describing met so far, by number; number 0 says nothing.

    What a condition makes of each is found once and kept.
    """

    def __init__(self, said: Iterable[Said] = (NOTHING,)) -> None:
        self.said = list(said)
        self._number: dict[Said, int] = {one: number for number, one in enumerate(self.said)}
        self._known: dict[object, Bools] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self.said)

    def number(self, said: Said) -> int:
        """The number of a way of saying."""
        with self._lock:
            found = self._number.get(said)
            if found is None:
                found = self._number[said] = len(self.said)
                self.said.append(said)
            return found

    def where(self, question: object, holds: Callable[[Said], bool]) -> Bools:
        """Of each way of saying, whether it fulfils something; ``question`` names that something."""
        known = self._known.get(question)
        if known is None or len(known) < len(self.said):
            before = 0 if known is None else len(known)
            more: Bools = np.array([holds(one) for one in self.said[before:]], dtype=np.bool_)
            known = self._known[question] = more if known is None else np.concatenate([known, more])
        return known


@dataclass(slots=True)
class ManyFacts:
    """The facts of many lines. ``value`` and ``entry_value`` are whole multiples of ``10**-places`` dollars.

    ``said`` is the number of each line's claims and descriptions in ``sayings``; a fact that no line gives is in no table.
    """

    value: Exact
    entry_value: Exact
    places: int
    said: Ints
    sayings: Sayings
    words: Mapping[str, Words] = field(default_factory=dict)
    numbers: Mapping[str, Numbers] = field(default_factory=dict)
    moments: Mapping[str, Moments] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.value)

    def gives(self, fact: str) -> bool:
        """Whether any line may give a numeric fact."""
        return fact in self.numbers or fact in ("value", ENTRY_VALUE)

    def number(self, fact: str) -> Numbers | None:
        """A numeric fact; the value itself and that of the whole entry are always given."""
        if fact == "value":
            return Numbers(self.value, self.places, np.ones(len(self), dtype=np.bool_))
        if fact == ENTRY_VALUE:
            return Numbers(self.entry_value, self.places, np.ones(len(self), dtype=np.bool_))
        return self.numbers.get(fact)

    def saying(self, question: object, holds: Callable[[Said], bool], rows: Ints | None = None) -> Bools:
        """Where what is claimed and described fulfils something (named ``question``), of all or of some rows."""
        found: Bools = self.sayings.where(question, holds)[self.said if rows is None else self.said[rows]]
        return found


class Judge:
    """Judges conditions on some of many lines."""

    def __init__(self, facts: ManyFacts) -> None:
        self.facts = facts
        self._everywhere = np.arange(len(facts))
        self._present = np.array(present(facts.said), dtype=np.int64)
        self._alike: dict[int, tuple[Condition, bool | None]] = {}

    def alike(self, condition: Condition) -> bool | None:
        """What the condition is on all lines, where few words tell that it is the same on each; else ``None``."""
        # By identity: the answers of the law hold their conditions, and comparing those costs more than judging them.
        known = self._alike.get(id(condition))
        if known is None:
            known = self._alike[id(condition)] = (condition, self._judged_alike(condition))
        return known[1]

    def _judged_alike(self, condition: Condition) -> bool | None:
        facts = self.facts
        match condition:
            case All(parts):
                each = [self.alike(part) for part in parts]
                return False if False in each else None if None in each else True
            case AnyOf(parts):
                each = [self.alike(part) for part in parts]
                return True if True in each else None if None in each else False
            case Not(part):
                found = self.alike(part)
                return None if found is None else not found
            case Claim() | Scope() | Denied():
                return _one(self._said(condition)[self._present])
            case Word(fact, words, _):
                column = facts.words.get(fact)
                return False if column is None or words.isdisjoint(column.words) else None
            case DatedBefore(fact):
                return None if fact in facts.moments else False
            case Measure(fact):
                return None if facts.gives(fact) else False
        return None

    def _said(self, condition: Claim | Scope | Denied) -> Bools:
        """Of each way of claiming and describing, whether it fulfils the condition."""
        match condition:
            case Claim(names):
                return self.facts.sayings.where(condition, lambda said: not said.claims.isdisjoint(names))
            case Scope(name):
                return self.facts.sayings.where(condition, lambda said: name in said.scope)
            case Denied(name):
                return self.facts.sayings.where(condition, lambda said: name not in said.scope and name in said.denied)

    def __call__(self, condition: Condition, rows: Ints | None = None) -> Bools:
        """Where the condition holds, of these rows (default: all). On a missing fact it does not (DESIGN, section 4)."""
        facts, rows = self.facts, self._everywhere if rows is None else rows
        match condition:
            case All(parts):
                return _all([self(part, rows) for part in parts])
            case AnyOf(parts):
                return _any([self(part, rows) for part in parts])
            case Not(part):
                return ~self(part, rows)
            case DatedBefore(fact, instant, zone):
                moments = facts.moments.get(fact)
                return _nowhere(rows) if moments is None else moments.before(instant, zone, rows)
            case Claim() | Scope() | Denied():
                return self._said(condition)[facts.said[rows]]
            case Word(fact, words, _):
                column = facts.words.get(fact)
                return _nowhere(rows) if column is None else column.among(words, rows)
            case Measure():
                return self._measure(condition, rows)
        raise TypeError(f"{type(condition).__name__} cannot be judged on columns")

    def _measure(self, condition: Measure, rows: Ints) -> Bools:
        amount = self.facts.number(condition.fact)
        if amount is None:
            return _nowhere(rows)
        given, bound = amount.given[rows], Fraction(condition.bound)
        left = times(amount.values[rows], bound.denominator)
        if not condition.of_value:
            right = np.asarray(bound.numerator * 10**amount.places, dtype=object)
            if left.dtype != object and abs(int(right)) < 2**62:
                right = right.astype(np.int64)
            return given & _compare(condition.compare, left, right)
        value = self.facts.value[rows]
        left = times(left, 10**self.facts.places)
        right = times(value, bound.numerator * 10**amount.places)
        return given & (value > 0).astype(np.bool_) & _compare(condition.compare, left, right)

    def open(self, condition: Condition, rows: Ints) -> Bools:
        """Where the condition hangs on a fact that is missing: where a person would be asked."""
        facts = self.facts
        match condition:
            case All(parts):
                failed = _any([~self(part, rows) & ~self.open(part, rows) for part in parts])
                return _any([self.open(part, rows) for part in parts]) & ~failed
            case AnyOf(parts):
                settled = _any([self(part, rows) & ~self.open(part, rows) for part in parts])
                return _any([self.open(part, rows) for part in parts]) & ~settled
            case Not(part):
                return self.open(part, rows)
            case DatedBefore(fact, instant, zone):
                moments = facts.moments.get(fact)
                return ~_nowhere(rows) if moments is None else moments.unsure(instant, zone, rows)
            case Claim(names):
                question = (OPEN, condition)
                return facts.saying(question, lambda said: (said.claims | said.denied).isdisjoint(names), rows)
            case Scope(name):
                return facts.saying((OPEN, condition), lambda said: name not in said.scope | said.denied, rows)
            case Word(fact, _, asked):
                column = facts.words.get(fact)
                missing = ~_nowhere(rows) if column is None else column.codes[rows] == MISSING
                return missing if asked else _nowhere(rows)
            case Measure(fact):
                amount = facts.number(fact)
                return ~_nowhere(rows) if amount is None else ~amount.given[rows]
        return _nowhere(rows)


def _one(held: Bools) -> bool | None:
    """What all are, if they are the same."""
    return None if some(held) and not every(held) else some(held)


def _nowhere(rows: Ints) -> Bools:
    return np.zeros(len(rows), dtype=np.bool_)


def _all(parts: list[Bools]) -> Bools:
    found: Bools = np.logical_and.reduce(parts)
    return found


def _any(parts: list[Bools]) -> Bools:
    found: Bools = np.logical_or.reduce(parts)
    return found


def _compare(how: str, left: Exact, right: Exact) -> Bools:
    match how:
        case "below":
            found = left < right
        case "upto":
            found = left <= right
        case "from":
            found = left >= right
        case _:
            found = left > right
    return np.asarray(found, dtype=np.bool_)
