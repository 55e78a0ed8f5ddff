"""The programs asked in turn: each takes its portion of the value, or yields to one that has answered.

This is the whole of stacking. Which program is asked, which of its headings may answer and who yields to whom is data;
here stand only the rules of the game (DESIGN, section 4): a waterfall of headings, portions of the value, one heading for
each portion, and winners before losers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from tidewaiter.assess.amounts import ZERO, Charge, charge, rate_of, share_to_cent, to_cent
from tidewaiter.assess.basis import BasisTable
from tidewaiter.assess.errors import LineError
from tidewaiter.assess.facts import LineFacts
from tidewaiter.ledger.model import NONE, PROHIBITION, Interaction, Program, Row
from tidewaiter.ledger.regime import Candidate, Law, ProgramLaw

PROHIBITED = "importation prohibited"


@dataclass(slots=True)
class Answer:
    """One heading that answered for a portion of the value: a duty, a cap, a relief or a prohibition (amount 0)."""

    program: Program
    code: str
    kind: str
    basis: Decimal
    basis_name: str
    amount: Decimal = ZERO
    row: Row | None = None
    candidate: Candidate | None = None
    charge: Charge | None = None
    cap: Decimal | None = None
    base_rate: Decimal | None = None
    displaced_by: Interaction | None = None
    winners: tuple[str, ...] = ()


@dataclass(slots=True)
class Outcome:
    """All answers of a line, in the order in which programs were asked, and the open questions by name."""

    answers: list[Answer] = field(default_factory=list)
    questions: dict[str, list[str]] = field(default_factory=dict)
    pooled: dict[str, list[str]] = field(default_factory=dict)

    @property
    def prohibition(self) -> Answer | None:
        """The heading that excludes the goods from importation, if one answered: then no amount may be told."""
        return next((answer for answer in self.answers if answer.kind == PROHIBITION), None)

    @property
    def duty(self) -> Decimal:
        """The sum of all amounts."""
        return sum((answer.amount for answer in self.answers), ZERO)


@dataclass(frozen=True, slots=True)
class Setting:
    """All that is fixed for a line before programs are asked."""

    law: Law
    yielding: Mapping[str, tuple[Interaction, ...]]
    value: Decimal
    base: Charge | LineError
    applied_base: Charge
    quantities: Mapping[str, Decimal]
    basis: BasisTable


def ask_programs(setting: Setting, facts: LineFacts) -> Outcome:
    """Every program's answer for the line. Raises ``MissingQuantity`` where a specific rate lacks its quantity.

    A cap on a base duty that cannot be computed raises the ``LineError`` that says why.
    """
    asking = _Asking(setting, facts)
    for program_law in setting.law:
        asking.program(program_law)
    return asking.outcome


class _Asking:
    """One pass over the programs of a line."""

    def __init__(self, setting: Setting, facts: LineFacts) -> None:
        self.setting = setting
        self.facts = facts
        self.basis = setting.basis.on(facts)
        self.outcome = Outcome()
        self.pools: dict[str, Decimal] = {}

    def program(self, law: ProgramLaw) -> None:
        """One program: first what it yields, then its waterfall on what is left."""
        whole, basis_name = self.basis(law.program.id)
        if basis_name == NONE:
            return
        left = self._yield(law.program, law.program.id, whole, basis_name)
        if left <= 0 < whole or (left < 0):
            return
        for candidate in law.candidates:
            if candidate.rest is not None:
                holds, questions = candidate.rest.judge(self.facts)
                for question in questions:
                    self._ask(question, candidate.row.code)
                if not holds:
                    continue
            row = candidate.row
            if row.key in self.setting.yielding:
                left = self._yield(law.program, row.key, left, basis_name)
                if left < 0 or left <= 0 < whole:
                    return
            taken = self._portion(row, left) if candidate.share is None else self._shared(candidate.share, whole, left)
            if taken or not whole:
                self._take(law.program, candidate, taken, basis_name)
            left -= taken
            if (row.portion.closes and candidate.share is None) or left <= 0:
                return

    def _ask(self, question: str, code: str) -> None:
        codes = self.outcome.questions.setdefault(question, [])
        if code not in codes:
            codes.append(code)

    def _yield(self, program: Program, who: str, left: Decimal, basis_name: str) -> Decimal:
        """What is left of the value after the portions that headings asked before have taken for themselves.

        Returns -1 where a program yields as a whole on a value of zero, so that it stays silent there too.
        """
        for interaction in self.setting.yielding.get(who, ()):
            winners = [
                answer
                for answer in self.outcome.answers
                if answer.row is not None
                and answer.row.key in interaction.over
                and (answer.amount > 0 or not interaction.charged)
            ]
            if not winners:
                continue
            covered = left if interaction.whole else min(left, sum((one.basis for one in winners), ZERO))
            self._report(program, interaction, covered, basis_name, winners)
            left -= covered
            if left <= 0 and (interaction.whole or not self.setting.value):
                return Decimal(-1)
        return left

    def _report(
        self, program: Program, interaction: Interaction, covered: Decimal, basis_name: str, winners: list[Answer]
    ) -> None:
        codes = tuple(dict.fromkeys(winner.code for winner in winners))
        for answer in self.outcome.answers:
            if answer.program is program and answer.displaced_by and answer.displaced_by.report == interaction.report:
                answer.basis += covered
                answer.winners = tuple(dict.fromkeys(answer.winners + codes))
                return
        self.outcome.answers.append(
            Answer(program, interaction.report, "relief", covered, basis_name, displaced_by=interaction, winners=codes)
        )

    @staticmethod
    def _shared(share: Fraction, whole: Decimal, left: Decimal) -> Decimal:
        """For a number too short to say which tariff line it is: the share of the lines below it that the heading covers."""
        return min(left, share_to_cent(share, whole))

    def _portion(self, row: Row, left: Decimal) -> Decimal:
        """How much of what is left the heading takes."""
        portion = row.portion
        if portion.kind == "rest":
            return left
        stated = self.facts.number(portion.fact)
        if stated is None:
            self._ask(portion.fact, row.code)
            if self.facts.assumes(portion.fact):
                stated = left if portion.kind == "less" else ZERO
        if portion.kind == "fact":
            most = left if portion.upto is None else min(left, to_cent(portion.upto * self.setting.value))
            return min(most, stated or ZERO)
        if portion.kind == "less":
            return left if stated is None else max(ZERO, left - stated)
        room = self.pools.get(portion.pool, self.setting.value) if portion.pool else left
        taken = min(left, room, left if stated is None else stated)
        if portion.pool:
            self.pools[portion.pool] = room - taken
            if stated is None:
                self.outcome.pooled.setdefault(portion.pool, []).append(portion.fact)
        return taken

    def _take(self, program: Program, candidate: Candidate, taken: Decimal, basis_name: str) -> None:
        row = candidate.row
        name = basis_name if row.portion.kind == "rest" else row.portion.fact
        answer = Answer(program, row.code, row.kind, taken, name, row=row, candidate=candidate)
        if row.kind == "duty":
            answer.charge = charge(rate_of(candidate.state.rate), taken, self.setting.quantities)
            answer.amount = answer.charge.amount
        elif row.kind == "cap":
            self._cap(answer, candidate)
        self.outcome.answers.append(answer)

    def _counted(self, row: Row, cap: Decimal) -> Fraction:
        """The base rate that counts towards a cap: the one charged, but column 1 general where that alone reaches the cap."""
        charged = self.setting.applied_base.equivalent
        if row.cap_on == "applied":
            return charged
        if isinstance(self.setting.base, LineError):
            raise self.setting.base
        general = self.setting.base.equivalent
        return general if general >= Fraction(cap) else charged

    def _cap(self, answer: Answer, candidate: Candidate) -> None:
        """All-in: the cap less the base duty's ad valorem equivalent, on the portion; never below zero."""
        row = candidate.row
        answer.cap = rate_of(candidate.state.rate).duty(Decimal(1), {})
        counted = self._counted(row, answer.cap)
        answer.base_rate = Decimal(counted.numerator) / counted.denominator
        added = max(Fraction(0), Fraction(answer.cap) - counted)
        answer.amount = share_to_cent(added, answer.basis)
        if not added:
            answer.code = row.zero or row.code
