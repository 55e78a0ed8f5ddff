"""Which value a program sees: the line's own, or what chapter 98 and the parcel rules leave of it."""

from __future__ import annotations

from decimal import Decimal

from tidewaiter.assess.amounts import ZERO
from tidewaiter.assess.errors import LineError
from tidewaiter.assess.facts import LineFacts
from tidewaiter.ledger.conditions import Condition
from tidewaiter.ledger.model import ALL_PROGRAMS, NOTHING, BasisRule


class BasisTable:
    """The basis rules left open for a product, origin and instant."""

    __slots__ = ("_rules",)

    def __init__(self, rules: list[tuple[BasisRule, Condition | None]]) -> None:
        self._rules = rules

    def on(self, facts: LineFacts) -> Bases:
        """The rules that hold on these facts, ready to be asked program by program."""
        return Bases(facts, [rule for rule, rest in self._rules if rest is None or rest.judge(facts)[0]])

    def open_questions(self, facts: LineFacts) -> dict[str, list[str]]:
        """The missing facts on which rules hang, each with the rules that ask for it."""
        asked: dict[str, list[str]] = {}
        for rule, rest in self._rules:
            for question in rest.judge(facts)[1] if rest is not None else ():
                asked.setdefault(question, []).append(rule.id)
        return asked


class Bases:
    """What each program sees of a line's value: the first rule that holds and names the program wins."""

    __slots__ = ("_facts", "_rules")

    def __init__(self, facts: LineFacts, rules: list[BasisRule]) -> None:
        self._facts = facts
        self._rules = rules

    def __call__(self, program: str) -> tuple[Decimal, str]:
        """The value the program sees and its name. Raises ``LineError`` where a needed amount was not given."""
        value = self._facts.value
        rule = self.rule(program)
        if rule is None or rule.basis == "value":
            return value, "value"
        if rule.basis in NOTHING:
            return ZERO, rule.basis
        stated = self._facts.number("ch98_value")
        if stated is None:
            raise LineError(
                "missing_ch98_value",
                f"{rule.cite or rule.id}: the value under chapter 98 is missing",
                "give ch98_value: the value of the repair, alteration or processing, or of the US components",
            )
        if stated > value:
            raise LineError("bad_number", "ch98_value is larger than the value of the line")
        return (stated, "ch98_value") if rule.basis == "ch98_value" else (value - stated, "value_less_ch98")

    def rule(self, program: str) -> BasisRule | None:
        """The rule that says what the program sees; ``None`` where it sees the line's own value."""
        return next((rule for rule in self._rules if names_program(rule, program)), None)


def names_program(rule: BasisRule, program: str) -> bool:
    """Whether a basis rule speaks of a program (or of the base duty, under its own name)."""
    named = program in rule.programs or ALL_PROGRAMS in rule.programs
    return named != rule.excepting
