"""Conditions of law: what must hold for a heading to answer.

Each condition can do two things. ``specialise`` decides what the product, the origin and the day decide, and leaves the
rest; ``judge`` decides that rest from the facts of one line. A verdict is ``(holds, open)``: ``open`` names the missing facts
on which it hangs. A condition on a missing fact is false, and open (DESIGN, section 4).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

from tidewaiter.ledger.instants import Instant

Verdict = tuple[bool, tuple[str, ...]]
HOLDS: Verdict = (True, ())
FAILS: Verdict = (False, ())


class Noun:
    """A frozen noun of the ledger that is pickled by its fields in order, which loads faster than by their names."""

    __slots__ = ()

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return type(self), tuple(getattr(self, name) for name in self.__dataclass_fields__)  # type: ignore[attr-defined]


class Facts(Protocol):
    """What a line says about itself, as far as conditions ask."""

    def claims_any(self, names: tuple[str, ...]) -> bool | None:
        """Whether one of the names is claimed; ``None`` where nothing is said."""

    def meets(self, scope: str) -> bool | None:
        """Whether the article meets that description; ``None`` where nothing is said."""

    def before(self, fact: str, instant: Instant, zone: str) -> bool | None:
        """Whether the dated fact lies before the instant; ``None`` if unknown or only known to the day of the cut."""

    def number(self, fact: str) -> Decimal | None:
        """A numeric fact or money amount."""

    def word(self, fact: str) -> str | None:
        """A text fact (transport, spi, ch98, entry_type, country codes)."""

    def assumes(self, question: str) -> bool:
        """Whether the question is answered yes for the sake of argument (what the other answer would change)."""


@dataclass(frozen=True, slots=True)
class Match(Noun):
    """A product-list row that matched: its class, and the description or claim on which it depends."""

    klass: str
    scope: str
    claim: str
    act: str
    share: Fraction | None = None


class View(Protocol):
    """What is fixed while a heading is specialised: product, origin and an interval in which no law changes."""

    digits: str
    origin: str
    start: Instant
    code: str

    def matches(self, list_id: str) -> Sequence[Match]:
        """The rows of a list that cover the product, longest prefix first, down to the first unconditional one."""

    def members(self, group: str) -> frozenset[str] | None:
        """The countries of a group in the interval, or ``None`` if it is no group."""

    def used(self, act: str) -> None:
        """Takes note of the act behind a row that matched."""

    def shared(self, share: Fraction) -> None:
        """Takes note that the heading covers only this share of the tariff lines below the number."""


@dataclass(frozen=True, slots=True)
class Condition(Noun):
    """Base of all conditions; by itself it says nothing and holds."""

    def specialise(self, view: View) -> Condition | bool:
        """The part of the condition that the product, origin and interval leave open; or the answer."""
        return self

    def judge(self, facts: Facts) -> Verdict:
        """Whether it holds on these facts, and the questions on which that hangs."""
        return HOLDS


@dataclass(frozen=True, slots=True)
class All(Condition):
    """Every part holds."""

    parts: tuple[Condition, ...]

    def specialise(self, view: View) -> Condition | bool:
        left: list[Condition] = []
        for part in self.parts:
            rest = part.specialise(view)
            if rest is False:
                return False
            if rest is not True:
                left.append(rest)
        if not left:
            return True
        return left[0] if len(left) == 1 else All(tuple(left))

    def judge(self, facts: Facts) -> Verdict:
        holds = True
        questions: tuple[str, ...] = ()
        for part in self.parts:
            part_holds, part_open = part.judge(facts)
            if not part_holds and not part_open:
                return FAILS
            holds = holds and part_holds
            questions += part_open
        return holds, questions


@dataclass(frozen=True, slots=True)
class AnyOf(Condition):
    """At least one part holds."""

    parts: tuple[Condition, ...]

    def specialise(self, view: View) -> Condition | bool:
        left: list[Condition] = []
        for part in self.parts:
            rest = part.specialise(view)
            if rest is True:
                return True
            if rest is not False and rest not in left:
                left.append(rest)
        if not left:
            return False
        return left[0] if len(left) == 1 else AnyOf(tuple(left))

    def judge(self, facts: Facts) -> Verdict:
        holds = False
        questions: tuple[str, ...] = ()
        for part in self.parts:
            part_holds, part_open = part.judge(facts)
            if part_holds and not part_open:
                return HOLDS
            holds = holds or part_holds
            questions += part_open
        return holds, questions


@dataclass(frozen=True, slots=True)
class Not(Condition):
    """The part does not hold."""

    part: Condition

    def specialise(self, view: View) -> Condition | bool:
        rest = self.part.specialise(view)
        return (not rest) if isinstance(rest, bool) else Not(rest)

    def judge(self, facts: Facts) -> Verdict:
        holds, questions = self.part.judge(facts)
        return not holds, questions


@dataclass(frozen=True, slots=True)
class OnList(Condition):
    """The product is on a list (in one of the classes, if any are named)."""

    list_id: str
    classes: frozenset[str]

    def specialise(self, view: View) -> Condition | bool:
        parts: list[Condition] = []
        share = Fraction(0)
        for match in view.matches(self.list_id):
            if self.classes and match.klass not in self.classes:
                continue
            view.used(match.act)
            if match.share is not None:
                share += match.share
                continue
            needs: list[Condition] = []
            if match.scope:
                needs.append(Scope(match.scope))
            if match.claim:
                needs.append(Claim((match.claim, view.code)))
            if not needs:
                return True
            part = needs[0] if len(needs) == 1 else All(tuple(needs))
            if part not in parts:
                parts.append(part)
        if share:
            view.shared(share)
            return True
        if not parts:
            return False
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))


@dataclass(frozen=True, slots=True)
class Origin(Condition):
    """The country of origin is one of these (codes or dated groups)."""

    places: frozenset[str]

    def specialise(self, view: View) -> Condition | bool:
        if view.origin in self.places:
            return True
        return any(view.origin in (view.members(place) or ()) for place in self.places)


@dataclass(frozen=True, slots=True)
class Prefix(Condition):
    """The tariff number begins with one of these digits (chapters, mostly)."""

    prefixes: tuple[str, ...]

    def specialise(self, view: View) -> Condition | bool:
        return view.digits.startswith(self.prefixes)


@dataclass(frozen=True, slots=True)
class EnteredBefore(Condition):
    """Entered, or withdrawn from warehouse, before an instant."""

    instant: Instant

    def specialise(self, view: View) -> Condition | bool:
        return view.start < self.instant


@dataclass(frozen=True, slots=True)
class DatedBefore(Condition):
    """A dated fact (loading, export, admission, a contract) lies before an instant."""

    fact: str
    instant: Instant
    zone: str

    def judge(self, facts: Facts) -> Verdict:
        answer = facts.before(self.fact, self.instant, self.zone)
        if answer is None:
            return (facts.assumes(self.fact), (self.fact,))
        return HOLDS if answer else FAILS


@dataclass(frozen=True, slots=True)
class Claim(Condition):
    """Claimed on the entry under one of the names (its own, or the number of the heading)."""

    names: tuple[str, ...]

    def judge(self, facts: Facts) -> Verdict:
        answer = facts.claims_any(self.names)
        if answer is None:
            question = f"claim:{self.names[0]}"
            return (facts.assumes(question), (question,))
        return HOLDS if answer else FAILS


@dataclass(frozen=True, slots=True)
class Scope(Condition):
    """The article meets a description or use that its number alone does not settle."""

    name: str

    def judge(self, facts: Facts) -> Verdict:
        answer = facts.meets(self.name)
        if answer is None:
            question = f"scope:{self.name}"
            return (facts.assumes(question), (question,))
        return HOLDS if answer else FAILS


@dataclass(frozen=True, slots=True)
class Denied(Condition):
    """The line states that the article does not meet a description. Never asked: the description itself is."""

    name: str

    def judge(self, facts: Facts) -> Verdict:
        return HOLDS if facts.meets(self.name) is False else FAILS


@dataclass(frozen=True, slots=True)
class Word(Condition):
    """A text fact is one of these words. ``asked`` says whether its absence is a question or means no."""

    fact: str
    words: frozenset[str]
    asked: bool

    def judge(self, facts: Facts) -> Verdict:
        word = facts.word(self.fact)
        if word is None:
            return (facts.assumes(self.fact), (self.fact,)) if self.asked else FAILS
        return HOLDS if word in self.words else FAILS


@dataclass(frozen=True, slots=True)
class Measure(Condition):
    """A numeric fact (or its share of the line's value) compared with a bound of the law."""

    fact: str
    compare: str
    bound: Decimal
    of_value: bool = False

    def judge(self, facts: Facts) -> Verdict:
        amount = facts.number(self.fact)
        if amount is None:
            return (facts.assumes(self.fact), (self.fact,))
        if not self.of_value:
            return HOLDS if _COMPARE[self.compare](amount, self.bound) else FAILS
        value = facts.number("value")
        if not value:
            return FAILS
        return HOLDS if _COMPARE[self.compare](amount, self.bound * value) else FAILS


_COMPARE: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "below": lambda amount, bound: amount < bound,
    "upto": lambda amount, bound: amount <= bound,
    "from": lambda amount, bound: amount >= bound,
    "above": lambda amount, bound: amount > bound,
}
COMPARISONS = frozenset(_COMPARE)
