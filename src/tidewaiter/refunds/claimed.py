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
_FACT = "fact."

Said = tuple[str, str]
"""A column of the line format, and the word in it."""
Statement = frozenset[Said]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What must be said for a condition to come out as wanted."""

    said: Statement = frozenset()
    measures: tuple[Measure, ...] = ()

    def __add__(self, other: _Wanted) -> _Wanted:
        return _Wanted(self.said | other.said, self.measures + other.measures)


def statement(law: ProgramLaw, code: str, facts: dict[str, FactName]) -> Statement | None:
    """What a line says by reporting a heading of a program; ``None`` where the program cannot answer with it here.

    Of the ways in which the heading may be the answer the first counts. Headings that would have answered before it, if
    nothing were said, are held not to have: goods in transit are entered under the heading of the earlier rate.
    """
    for place, candidate in enumerate(law.candidates):
        if code not in (candidate.row.code, candidate.row.zero):
            continue
        found = _settled(_all_wanted(candidate, law.candidates[:place], facts), facts)
        if found is not None:
            return found
    return None


def _all_wanted(candidate: Candidate, before: Iterable[Candidate], facts: dict[str, FactName]) -> _Wanted | None:
    wanted = _Wanted() if candidate.rest is None else _want(candidate.rest, True)
    for earlier in before:
        if wanted is None:
            return None
        if earlier.row.portion.kind == "fact":
            continue  # takes its part of the value, and leaves the rest to the others
        if earlier.rest is None:
            return None
        said = _settled(wanted, facts)
        if said is None:
            return None
        if earlier.rest.judge(Stated(said))[0]:
            denied = _want(earlier.rest, False)
            wanted = None if denied is None else wanted + denied
    return wanted


def _want(condition: Condition, holds: bool) -> _Wanted | None:
    """The least that must be said for a condition to hold, or not to hold; ``None`` where nothing said would do."""
    match condition:
        case All(parts) | AnyOf(parts) if isinstance(condition, All) == holds:
            each = [_want(part, holds) for part in parts]
            if None in each:
                return None
            return sum((one for one in each if one is not None), _Wanted())
        case All(parts) | AnyOf(parts):
            ways = [one for part in parts if (one := _want(part, holds)) is not None]
            return min(ways, key=lambda one: len(one.said) + len(one.measures), default=None)
        case Not(part):
            return _want(part, not holds)
    return _want_leaf(condition) if holds else _Wanted()


def _want_leaf(condition: Condition) -> _Wanted | None:
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
            return _Wanted() if fact in REPORTED else _says(_column(fact), min(words))
        case Measure(fact):
            return _Wanted() if fact in REPORTED else _Wanted(measures=(condition,))
    return _Wanted()


def _says(column: str, word: str) -> _Wanted:
    return _Wanted(frozenset({(column, word)}))


def _column(fact: str) -> str:
    return fact if fact in FACT_FIELDS or fact == TRANSPORT else f"{_FACT}{fact}"


def _settled(wanted: _Wanted | None, facts: dict[str, FactName]) -> Statement | None:
    """The words and numbers that fulfil all that is wanted; ``None`` where they contradict each other."""
    if wanted is None:
        return None
    said = wanted.said
    by_fact: dict[str, list[Measure]] = {}
    for one in wanted.measures:
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
