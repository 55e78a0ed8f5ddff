"""What a reported heading says of the goods: a broker who reports a relief has claimed it.

Entry reports carry no claims and no descriptions, only headings. What must be true for a heading to be the answer is in its
condition, so the claim is read from there: for any heading, under any program, without naming one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from tidewaiter.assess.facts import DENIED, ENTRY_VALUE
from tidewaiter.assess.line import FACT_FIELDS, MONEY_FIELDS
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
from tidewaiter.ledger.edges import leaves
from tidewaiter.ledger.instants import Instant, local_day
from tidewaiter.ledger.model import FactName
from tidewaiter.ledger.regime import Candidate, ProgramLaw

CLAIMS, SCOPE, TRANSPORT = "claims", "scope", "transport"
SEVERAL = (CLAIMS, SCOPE)
"""Columns that take several words; the others take one."""
WHOLE, NOTHING = "whole", "nothing"
"""What is said of a money fact: all of the line's value, or none of it."""
REPORTED = ("spi", "ch98", "entry_type", ENTRY_VALUE, "value")
"""What the report tells itself: never supposed."""
FACT = "fact."
_FEW = 16
"""So many ways of fulfilling a condition are looked at."""

Said = tuple[str, str]
"""A column of the line format, and the word in it."""
Statement = frozenset[Said]


@dataclass(frozen=True, slots=True)
class _Way:
    """One way in which a condition comes out as wanted: what must be said for it."""

    said: Statement = frozenset()
    measures: tuple[Measure, ...] = ()

    def __add__(self, other: _Way) -> _Way:
        return _Way(self.said | other.said, self.measures + other.measures)

    @property
    def length(self) -> int:
        """How much must be said."""
        return len(self.said) + len(self.measures)


def statement(law: ProgramLaw, code: str, facts: dict[str, FactName]) -> Statement | None:
    """What a line says by reporting a heading of a program; ``None`` where the program cannot answer with it here.

    Of the ways in which the heading may be the answer the one that says least counts. Headings that would have answered before
    it, if nothing were said, are held not to have: goods in transit are entered under the heading of the earlier rate.
    """
    for place, candidate in enumerate(law.candidates):
        if code in (candidate.row.code, candidate.row.zero):
            ways = _ways_of(candidate, law.candidates[:place], facts)
            if ways:
                return ways[0]
    return None


def _ways_of(candidate: Candidate, before: Iterable[Candidate], facts: dict[str, FactName]) -> list[Statement]:
    """The statements under which a heading answers, and none of those before it."""
    ways = [_Way()] if candidate.rest is None else _ways(candidate.rest, True)
    for earlier in before:
        if earlier.row.portion.kind == "fact":
            continue  # takes its part of the value, and leaves the rest to the others
        if earlier.rest is None:
            return []
        ways = [kept for way in ways for kept in _without(way, earlier.rest, facts) if _answers(candidate, kept, facts)]
        ways = sorted(ways, key=lambda way: way.length)[:_FEW]
    return [said for way in ways if (said := _settled(way, facts)) is not None and _answers(candidate, way, facts)]


def _without(way: _Way, earlier: Condition, facts: dict[str, FactName]) -> list[_Way]:
    """The ways in which an earlier heading does not answer either."""
    if not _holds(earlier, way, facts):
        return [way]
    return [longer for denied in _ways(earlier, False) if not _holds(earlier, longer := way + denied, facts)]


def _answers(candidate: Candidate, way: _Way, facts: dict[str, FactName]) -> bool:
    """Whether a heading still answers; what hangs on words of the report itself is left to the engine."""
    if candidate.rest is None or any(
        isinstance(leaf, Word) and leaf.fact in REPORTED for leaf in leaves(candidate.rest)
    ):
        return True
    return _holds(candidate.rest, way, facts)


def _holds(condition: Condition, way: _Way, facts: dict[str, FactName]) -> bool:
    said = _settled(way, facts)
    return said is not None and condition.judge(Stated(said))[0]


def _ways(condition: Condition, holds: bool) -> list[_Way]:
    """The ways in which a condition holds, or does not hold, that which says least first."""
    match condition:
        case All(parts) | AnyOf(parts) if isinstance(condition, All) == holds:
            found = [_Way()]
            for part in parts:
                found = [one + other for one in found for other in _ways(part, holds)][:_FEW]
        case All(parts) | AnyOf(parts):
            found = [way for part in parts for way in _ways(part, holds)]
        case Not(part):
            return _ways(part, not holds)
        case _:
            # Of what is not said nothing holds.
            return [_ways_leaf(condition) if holds else _Way()]
    return sorted(found, key=lambda way: way.length)[:_FEW]


def _ways_leaf(condition: Condition) -> _Way:
    """What is said where one condition holds; of what is not said none does."""
    match condition:
        case Claim(names):
            return _says(CLAIMS, names[0])
        case Scope(name):
            return _says(SCOPE, name)
        case Denied(name):
            return _says(SCOPE, f"{DENIED}{name}")
        case DatedBefore(fact, instant, zone):
            return _says(_column(fact), (local_day(instant, zone) - timedelta(days=1)).isoformat())
        case Word(fact, words, _):
            return _Way() if fact in REPORTED else _says(_column(fact), min(words))
        case Measure(fact):
            return _Way() if fact in REPORTED else _Way(measures=(condition,))
    return _Way()


def _says(column: str, word: str) -> _Way:
    return _Way(frozenset({(column, word)}))


def _column(fact: str) -> str:
    return fact if fact in FACT_FIELDS or fact == TRANSPORT else f"{FACT}{fact}"


def _settled(way: _Way, facts: dict[str, FactName]) -> Statement | None:
    """The words and numbers of a way; ``None`` where they contradict each other."""
    said = way.said
    by_fact: dict[str, list[Measure]] = {}
    for one in way.measures:
        by_fact.setdefault(one.fact, []).append(one)
    for fact, measures in by_fact.items():
        word = next((word for word in _numbers(measures, facts.get(f"facts:{fact}")) if _fits(word, measures)), None)
        if word is None:
            return None
        said |= {(_column(fact), word)}
    columns = [column for column, _ in said if column not in SEVERAL]
    return said if len(columns) == len(set(columns)) else None


def _numbers(measures: list[Measure], declared: FactName | None) -> Iterator[str]:
    if any(one.of_value for one in measures):
        yield from (WHOLE, NOTHING) if measures[0].fact in MONEY_FIELDS else ()
        return
    yield from (str(one.bound) for one in measures)
    yield from ("1",) if declared and declared.type == "share" else (str(one.bound + 1) for one in measures)
    yield "0"


def _fits(word: str, measures: Iterable[Measure]) -> bool:
    return all(one.judge(Stated(frozenset({(_column(one.fact), word)})))[0] for one in measures)


@dataclass(frozen=True, slots=True)
class Stated:
    """The facts of a line of value 1 of which nothing is known but a statement, as conditions ask for them."""

    said: Statement
    _one: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_one", {column: word for column, word in self.said if column not in SEVERAL})

    def claims_any(self, names: tuple[str, ...]) -> bool | None:
        """Whether one of the names is claimed."""
        return True if any((CLAIMS, name) in self.said for name in names) else None

    def meets(self, scope: str) -> bool | None:
        """Whether the article is said to meet a description."""
        if (SCOPE, scope) in self.said:
            return True
        return False if (SCOPE, f"{DENIED}{scope}") in self.said else None

    def before(self, fact: str, instant: Instant, zone: str) -> bool | None:
        """Whether a date is said to lie before an instant."""
        day = self._one.get(_column(fact))
        return None if day is None else day < local_day(instant, zone).isoformat()

    def number(self, fact: str) -> Decimal | None:
        """A number said."""
        if fact == "value":
            return Decimal(1)
        word = self._one.get(_column(fact))
        return None if word is None else Decimal({WHOLE: "1", NOTHING: "0"}.get(word, word))

    def word(self, fact: str) -> str | None:
        """A word said."""
        return self._one.get(_column(fact))

    def assumes(self, question: str) -> bool:
        """Nothing is supposed for the sake of argument."""
        return False
