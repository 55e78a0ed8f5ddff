"""One line, stage by stage. Reading the list of stages in :meth:`Engine.assess` is enough to know the engine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from tidewaiter.assess.amounts import Charge, to_dollar
from tidewaiter.assess.assessment import Assessment
from tidewaiter.assess.base import base_duty, line_quantities
from tidewaiter.assess.basis import BasisTable
from tidewaiter.assess.cautions import cautions
from tidewaiter.assess.changes import changes_ahead
from tidewaiter.assess.coverage import check_coverage, check_into
from tidewaiter.assess.errors import LineError
from tidewaiter.assess.facts import LineFacts
from tidewaiter.assess.layers import base_line, layers_of
from tidewaiter.assess.line import Line
from tidewaiter.assess.names import check_names
from tidewaiter.assess.product import Product, find_product
from tidewaiter.assess.prohibition import prohibited, refuse_prohibited
from tidewaiter.assess.questions import questions_of
from tidewaiter.assess.special import SpecialClaim, special_claim, without_claim
from tidewaiter.assess.waterfall import Outcome, Setting, ask_programs
from tidewaiter.ledger.conditions import Condition
from tidewaiter.ledger.instants import Instant, local_day
from tidewaiter.ledger.model import BASE, BasisRule
from tidewaiter.ledger.regime import Law, ProgramLaw, Regime, Yielding
from tidewaiter.schedule.encoding import SCHEDULE_FILE
from tidewaiter.schedule.line import AVERAGE
from tidewaiter.schedule.store import Schedule
from tidewaiter.schedule.units import MissingQuantityError


@dataclass(slots=True)
class Work:
    """All that was found out about a line on the way to its assessment."""

    line: Line
    product: Product
    facts: LineFacts
    interval: int
    setting: Setting
    base: Charge
    column: str
    special: SpecialClaim | None
    outcome: Outcome

    @property
    def precision(self) -> str:
        """For how many digits of the number the answer is given: that of the base rate, or an average over what is below."""
        shared = any(one.candidate is not None and one.candidate.share is not None for one in self.outcome.answers)
        digits = f"HS{len(self.product.digits)} {AVERAGE}"
        return digits if shared else self.product.line.precision

    @property
    def program(self) -> str:
        """The special program whose rate is the base duty; empty where none is."""
        return self.special.code if self.special is not None and self.special.rate is not None else ""


class Engine:
    """A regime and a schedule, asked about lines. It keeps what it learns about products, and never reads a clock."""

    def __init__(self, regime: Regime, schedule: Schedule, others: Iterable[Schedule] = ()) -> None:
        """``schedule`` is the tariff of the country asked about most; those of others are read when first needed.

        ``others`` are schedules that take the place of the shipped ones (a user's own rates).
        """
        self.regime = regime
        self._schedules = {one.into: one for one in (schedule, *others)}
        self.schedule = self._schedules[schedule.into]
        self._bases: dict[tuple[str, str, str, int], list[tuple[BasisRule, Condition | None]]] = {}
        self._others: dict[int, Engine] = {}

    def under(self, regime: Regime) -> Engine:
        """The engine for another regime over the same schedule (what is reported, a scenario)."""
        found = self._others.get(id(regime))
        if found is None:
            found = self._others[id(regime)] = Engine(regime, self.schedule, self._schedules.values())
        return found

    def schedule_of(self, into: str) -> Schedule:
        """The tariff of an importing country."""
        found = self._schedules.get(into)
        if found is None:
            shipped = SCHEDULE_FILE.with_name(self.regime.ledger.jurisdictions[into].schedule)
            found = self._schedules[into] = Schedule.load(shipped)
        return found

    @cached_property
    def last_act(self) -> str:
        """The day of the last act known: nothing that happened later is in the answer."""
        folded = (act for act in self.regime.ledger.acts.values() if act.id in self.regime.acts)
        days = (act.announced for act in folded)
        return max(days, default=self.regime.known_on)

    def assess(self, line: Line, *, whole_dollars: bool = False) -> Assessment:
        """The assessment of one line, without entry-level fees. Raises ``LineError`` where it is refused.

        ``whole_dollars`` rounds the value half-up first, as CBP Form 7501 does.
        """
        return self.finish(self.work(line, whole_dollars=whole_dollars))

    def work(self, line: Line, *, whole_dollars: bool = False) -> Work:
        """The stages up to the amounts: everything but the telling."""
        check_into(self.regime, line.into)
        work = self.weigh(
            line, find_product(self.schedule_of(line.into), line, self.regime), whole_dollars=whole_dollars
        )
        refuse_prohibited(self, work)
        return work

    def weigh(self, line: Line, product: Product, *, whole_dollars: bool = False, law: Law | None = None) -> Work:
        """What the programs answer for a product found, one whose importation is prohibited too.

        ``law`` is what the programs say of the product and origin then, where that is known already.
        """
        value = to_dollar(line.value) if whole_dollars else line.value
        check_names(line, self.regime)
        special = special_claim(self.regime, line, product)
        if special is not None and not special.counts:
            line = without_claim(line)
        facts = LineFacts(line, value)
        interval = self.regime.interval(self._law_instant(line))
        quantities = line_quantities(line, product)
        basis = self._basis_table(product.digits, line)
        base = base_duty(product, facts, quantities, basis, self.regime, line, special.rate if special else None)
        check_coverage(self.regime, line, base.charged)
        setting = Setting(
            law=self._law(product, line, interval) if law is None else law,
            yielding=self._yielding(line, interval),
            value=value,
            base=base.general,
            applied_base=base.charged,
            quantities=quantities,
            basis=basis,
        )
        outcome = self.answers(setting, facts)
        for question, rules in basis.open_questions(facts).items():
            outcome.questions.setdefault(question, []).extend(rules)
        return Work(line, product, facts, interval, setting, base.charged, base.column, special, outcome)

    def finish(self, work: Work) -> Assessment:
        """The telling: layers, questions, cautions and what changes next."""
        line, regime = work.line, self.regime
        zone = regime.zone(line.into)
        return Assessment(
            line_id=line.line_id,
            entry_id=line.entry_id,
            into=line.into,
            hts=work.product.number,
            description=work.product.description,
            origin=line.origin,
            entered_at=line.entered.written,
            value=work.facts.value,
            base=base_line(
                work.product,
                work.column,
                work.program,
                work.base,
                work.setting.basis.on(work.facts)(BASE)[1],
                regime.ledger.jurisdictions[line.into],
            ),
            precision=work.precision,
            layers=layers_of(work.outcome, regime, line, zone),
            questions=questions_of(self, work),
            warnings=cautions(self, work),
            next_changes=changes_ahead(self, work),
            known_on=regime.known_on,
            scenario=regime.scenario.id,
        )

    def answers(self, setting: Setting, facts: LineFacts) -> Outcome:
        """The programs asked. A quantity that a rate needs and the line lacks is refused, and its unit named."""
        try:
            return ask_programs(setting, facts)
        except MissingQuantityError as error:
            raise LineError("missing_quantity", error.message, error.hint) from error

    def total(self, work: Work) -> Decimal:
        """The total duty of the same line in this engine's regime. Raises ``LineError`` where that refuses it."""
        interval = self.regime.interval(self._law_instant(work.line))
        law = self._law(work.product, work.line, interval)
        setting = replace(work.setting, law=law, yielding=self._yielding(work.line, interval))
        outcome = self.answers(setting, work.facts)
        if outcome.prohibition is not None:
            raise prohibited(self, work, outcome.prohibition)
        return work.base.amount + outcome.duty

    def law_at(self, work: Work, interval: int) -> Law:
        """What the programs say about the same line in another interval."""
        return self.regime.law(work.product.digits, work.line.origin, work.line.into, interval)

    def _law_instant(self, line: Line) -> Instant:
        """The instant whose law governs: admission for privileged foreign status (19 CFR 146.41), else entry."""
        if not line.fixed_at_admission:
            return line.entered.instant
        admitted = line.moments.get("admitted_at")
        if admitted is None:
            raise LineError(
                "missing_field", "admitted_at is missing", "privileged foreign status fixes the law at admission"
            )
        entered_on = local_day(line.entered.instant, self.regime.zone(line.into))
        if admitted.instant > line.entered.instant and admitted.day != entered_on:
            raise LineError("bad_date", f"admitted_at {admitted.written} lies after entry {line.entered.written}")
        return min(admitted.instant, line.entered.instant)

    def _law(self, product: Product, line: Line, interval: int) -> Law:
        law = self.regime.law(product.digits, line.origin, line.into, interval)
        entered = self.regime.interval(line.entered.instant)
        if entered == interval:
            return law
        # A program whose text says that the rates at entry apply is not locked at admission.
        at_entry = self.regime.law(product.digits, line.origin, line.into, entered)
        mixed = {one.program.id: self._collected(one, line) for one in law if one.program.locks_at_admission}
        mixed |= {one.program.id: one for one in at_entry if not one.program.locks_at_admission}
        # Winners are asked before those that yield to them, as at entry.
        return tuple(mixed[program.id] for program in self.regime.programs(entered) if program.id in mixed)

    def _yielding(self, line: Line, interval: int) -> Yielding:
        """Who yields to whom: by the law of the day that governs, and for privileged foreign goods of the day of entry too."""
        governing = self.regime.yielding(interval)
        entered = self.regime.interval(line.entered.instant)
        if entered == interval:
            return governing
        both = dict(self.regime.yielding(entered))
        for who, several in governing.items():
            both[who] = (*both.get(who, ()), *(one for one in several if one not in both.get(who, ())))
        return both

    def _collected(self, law: ProgramLaw, line: Line) -> ProgramLaw:
        """The program without the headings under which customs has stopped collecting by the day of entry."""
        entered = line.entered.instant
        kept = tuple(one for one in law.candidates if self.regime.collected(one.row.key, entered))
        return replace(law, candidates=kept)

    def _basis_table(self, digits: str, line: Line) -> BasisTable:
        interval = self.regime.interval(line.entered.instant)
        key = (digits, line.origin, line.into, interval)
        rules = self._bases.get(key)
        if rules is None:
            rules = self._bases[key] = self.regime.open_rules(digits, line.origin, line.into, interval)
        return BasisTable(rules)
