"""What lines say about themselves, column by column, in the form in which conditions ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache

import numpy as np

from tidewaiter.assess.facts import DENIED, ENTRY_VALUE
from tidewaiter.bulk.arrays import Bools, Exact, Ints
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


@dataclass(frozen=True, slots=True)
class Words:
    """A text column: the code of each row's word (``MISSING`` for none), and the words by code."""

    codes: Ints
    words: tuple[str, ...]

    def among(self, wanted: frozenset[str]) -> Bools:
        """Where the word is one of these."""
        held = np.array([word in wanted for word in self.words] + [False], dtype=np.bool_)
        return held[self.codes]


@dataclass(frozen=True, slots=True)
class Numbers:
    """A column of numbers: whole multiples of ``10**-places``, and where one is given."""

    values: Exact
    places: int
    given: Bools


@dataclass(frozen=True, slots=True)
class Moments:
    """A column of points in time: the instant, the calendar day (ordinal) where only that is known, and where given."""

    instants: Ints
    days: Ints
    given: Bools

    def before(self, instant: int, zone: str) -> Bools:
        """Where it surely lies before a cut of the law; the day of the cut does not."""
        bare = self.days != MISSING
        return self.given & np.where(bare, self.days < _ordinal(instant, zone), self.instants < instant)


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


@dataclass(slots=True)
class ManyFacts:
    """The facts of many lines. ``value`` and ``entry_value`` are whole multiples of ``10**-places`` dollars.

    ``said`` is the number of each line's claims and descriptions in ``sayings``; a fact that no line gives is in no table.
    """

    value: Exact
    entry_value: Exact
    places: int
    said: Ints
    sayings: list[Said]
    words: Mapping[str, Words] = field(default_factory=dict)
    numbers: Mapping[str, Numbers] = field(default_factory=dict)
    moments: Mapping[str, Moments] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.value)

    def number(self, fact: str) -> Numbers | None:
        """A numeric fact; the value itself and that of the whole entry are always given."""
        if fact == "value":
            return Numbers(self.value, self.places, np.ones(len(self), dtype=np.bool_))
        if fact == ENTRY_VALUE:
            return Numbers(self.entry_value, self.places, np.ones(len(self), dtype=np.bool_))
        return self.numbers.get(fact)

    def saying(self, holds: Callable[[Said], bool]) -> Bools:
        """Where what is claimed and described fulfils something, asked once for each way of saying it."""
        return np.array([holds(said) for said in self.sayings], dtype=np.bool_)[self.said]

    def take(self, rows: Ints) -> ManyFacts:
        """The facts of some of the lines."""
        return ManyFacts(
            self.value[rows],
            self.entry_value[rows],
            self.places,
            self.said[rows],
            self.sayings,
            {name: Words(one.codes[rows], one.words) for name, one in self.words.items()},
            {name: Numbers(one.values[rows], one.places, one.given[rows]) for name, one in self.numbers.items()},
            {name: Moments(one.instants[rows], one.days[rows], one.given[rows]) for name, one in self.moments.items()},
        )


class Judge:
    """Judges conditions on many lines; each condition is judged once on all of them, and remembered."""

    def __init__(self, facts: ManyFacts) -> None:
        self.facts = facts
        self._known: dict[Condition, Bools] = {}

    def __call__(self, condition: Condition) -> Bools:
        """Where the condition holds. On a missing fact it does not (DESIGN, section 4)."""
        found = self._known.get(condition)
        if found is None:
            found = self._known[condition] = self._judge(condition)
        return found

    def _judge(self, condition: Condition) -> Bools:
        facts = self.facts
        match condition:
            case All(parts):
                return _all([self(part) for part in parts])
            case AnyOf(parts):
                return _any([self(part) for part in parts])
            case Not(part):
                return ~self(part)
            case DatedBefore(fact, instant, zone):
                moments = facts.moments.get(fact)
                return self._nowhere() if moments is None else moments.before(instant, zone)
            case Claim(names):
                return facts.saying(lambda said: not said.claims.isdisjoint(names))
            case Scope(name):
                return facts.saying(lambda said: name in said.scope)
            case Denied(name):
                return facts.saying(lambda said: name not in said.scope and name in said.denied)
            case Word(fact, words, _):
                column = facts.words.get(fact)
                return self._nowhere() if column is None else column.among(words)
            case Measure():
                return self._measure(condition)
        raise TypeError(f"{type(condition).__name__} cannot be judged on columns")

    def _measure(self, condition: Measure) -> Bools:
        amount = self.facts.number(condition.fact)
        if amount is None:
            return self._nowhere()
        bound = Fraction(condition.bound)
        left = times(amount.values, bound.denominator)
        if not condition.of_value:
            right = np.asarray(bound.numerator * 10**amount.places, dtype=object)
            if left.dtype != object and abs(int(right)) < 2**62:
                right = right.astype(np.int64)
            return amount.given & _compare(condition.compare, left, right)
        value = self.facts.value
        left = times(left, 10**self.facts.places)
        right = times(value, bound.numerator * 10**amount.places)
        return amount.given & (value > 0).astype(np.bool_) & _compare(condition.compare, left, right)

    def open(self, condition: Condition) -> Bools:
        """Where the condition hangs on a fact that is missing: where a person would be asked."""
        facts = self.facts
        match condition:
            case All(parts):
                failed = _any([~self(part) & ~self.open(part) for part in parts])
                return _any([self.open(part) for part in parts]) & ~failed
            case AnyOf(parts):
                settled = _any([self(part) & ~self.open(part) for part in parts])
                return _any([self.open(part) for part in parts]) & ~settled
            case Not(part):
                return self.open(part)
            case DatedBefore(fact, instant, zone):
                moments = facts.moments.get(fact)
                return (
                    ~self._nowhere() if moments is None else ~moments.given | (moments.days == _ordinal(instant, zone))
                )
            case Claim(names):
                return facts.saying(lambda said: said.claims.isdisjoint(names) and said.denied.isdisjoint(names))
            case Scope(name):
                return facts.saying(lambda said: name not in said.scope and name not in said.denied)
            case Word(fact, _, asked):
                column = facts.words.get(fact)
                missing = ~self._nowhere() if column is None else column.codes == MISSING
                return missing if asked else self._nowhere()
            case Measure(fact):
                amount = facts.number(fact)
                return ~self._nowhere() if amount is None else ~amount.given
        return self._nowhere()

    def _nowhere(self) -> Bools:
        return np.zeros(len(self.facts), dtype=np.bool_)


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
