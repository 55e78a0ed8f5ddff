"""Which value a program sees: the line's own, or what chapter 98 and the parcel rules leave of it."""

from __future__ import annotations

from decimal import Decimal

from tidewaiter.assess.amounts import ZERO
from tidewaiter.assess.errors import LineError
from tidewaiter.assess.facts import LineFacts
from tidewaiter.ledger.conditions import Condition
from tidewaiter.ledger.model import BasisRule
from tidewaiter.ledger.read_programs import ALL_PROGRAMS


class BasisTable:
    """The basis rules left open for a product, origin and instant; asked per program, first match wins."""

    __slots__ = ("_rules",)

    def __init__(self, rules: list[tuple[BasisRule, Condition | None]]) -> None:
        self._rules = rules

    def rule(self, program: str, facts: LineFacts) -> BasisRule | None:
        """The rule that governs the program on these facts, if any."""
        for rule, rest in self._rules:
            if self._names(rule, program) and (rest is None or rest.judge(facts)[0]):
                return rule
        return None

    def open_questions(self, facts: LineFacts) -> dict[str, list[str]]:
        """The missing facts on which rules hang, each with the rules that ask for it."""
        asked: dict[str, list[str]] = {}
        for rule, rest in self._rules:
            for question in rest.judge(facts)[1] if rest is not None else ():
                asked.setdefault(question, []).append(rule.id)
        return asked

    def __call__(self, program: str, facts: LineFacts) -> tuple[Decimal, str]:
        """The value the program sees and its name. Raises ``LineError`` where a needed amount was not given."""
        rule = self.rule(program, facts)
        if rule is None or rule.basis == "value":
            return facts.value, "value"
        if rule.basis == "none":
            return ZERO, "none"
        stated = facts.number("ch98_value")
        if stated is None:
            raise LineError(
                "missing_ch98_value",
                f"{rule.cite or rule.id}: the value under chapter 98 is missing",
                "give ch98_value: the value of the repair, alteration or processing, or of the US components",
            )
        if stated > facts.value:
            raise LineError("bad_number", "ch98_value is larger than the value of the line")
        if rule.basis == "ch98_value":
            return stated, "ch98_value"
        return facts.value - stated, "value_less_ch98"

    @staticmethod
    def _names(rule: BasisRule, program: str) -> bool:
        named = program in rule.programs or ALL_PROGRAMS in rule.programs
        return named != rule.excepting
