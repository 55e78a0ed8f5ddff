"""Warnings on columns: what a reader must know before trusting the numbers (``assess/cautions.py``), as bits."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from tidewaiter.bulk.arrays import Bools, Ints, Small, of, where
from tidewaiter.bulk.codes import warning_bit
from tidewaiter.bulk.facts import Judge
from tidewaiter.bulk.laws import SILENT
from tidewaiter.bulk.waterfall import ManyOutcomes, Told, ask_programs, refused
from tidewaiter.ledger.conditions import Word
from tidewaiter.ledger.edges import leaves
from tidewaiter.ledger.instants import end_of_day
from tidewaiter.ledger.model import PROHIBITION, Act
from tidewaiter.ledger.regime import Regime
from tidewaiter.schedule.store import Schedule

if TYPE_CHECKING:
    from tidewaiter.bulk.kernel import Kernel
    from tidewaiter.bulk.pricing import Pricing

_NONE = np.zeros(0, dtype=np.int64)


class Cautions:
    """What can be said in warning under one regime."""

    def __init__(self, regime: Regime, schedule: Schedule, into: str) -> None:
        self._regime = regime
        self._schedule = schedule
        self._into = into
        zone = regime.zone(into)
        known = [act for act in regime.ledger.acts.values() if act.announced <= regime.known_on]
        answered = {question for act in known for question in act.answers}
        self.open_acts: tuple[Act, ...] = tuple(
            act for act in known if act.open_question and act.id not in answered and act.touches
        )
        self.watched: frozenset[str] = regime.only_reported if regime.reported is not None else frozenset()
        from datetime import date, timedelta

        day_before = timedelta(days=1)
        self._open_from = [end_of_day(date.fromisoformat(a.open_from) - day_before, zone) + 1 for a in self.open_acts]
        folded = (act for act in regime.ledger.acts.values() if act.id in regime.acts)
        last = max((act.announced for act in folded), default=regime.known_on)
        self._after_last = end_of_day(date.fromisoformat(last), zone) + 1
        coverage = [row for row in regime.ledger.coverage if row.into == into]
        self._reconstructed = [(row.reconstructed_from, row.reconstructed_before) for row in coverage]
        self._whole_units = regime.ledger.jurisdictions[into].whole_units
        self._minimum = any(fee.minimum is not None for fee in regime.fees(into))

    @cached_property
    def _words(self) -> dict[str, frozenset[str]]:
        ledger = self._regime.ledger
        whens = [row.when for program in ledger.programs.values() for row in program.rows]
        whens += [rule.when for rule in ledger.bases] + [fee.when for fee in ledger.fees]
        found: dict[str, set[str]] = {}
        for when in whens:
            for leaf in leaves(when):
                if isinstance(leaf, Word):
                    found.setdefault(leaf.fact, set()).update(leaf.words)
        return {fact: frozenset(words) for fact, words in found.items()}

    def words_named(self, fact: str) -> frozenset[str]:
        """The words of a text fact that the law names anywhere; any other word is to it as none."""
        return self._words.get(fact, frozenset())

    def add(self, kernel: Kernel, pricing: Pricing, entry: Ints) -> None:
        """Put the warnings on the lines that are answered."""
        rows = where(pricing.lines.error == 0)
        if not rows.size:
            return
        warnings = pricing.priced.warnings
        warnings[rows] |= kernel.rows.columns()[4].take(of(pricing.standing.row, rows))
        self._days(pricing, rows, warnings)
        self._values(pricing, rows, warnings)
        self._of_the_law(kernel, pricing, rows, warnings)
        if pricing.special is not None:
            for code, several in pricing.special.caution.items():
                warnings[several] |= warning_bit(code)
        mark_incomplete(pricing.lines.error, entry, warnings)
        warnings[where(pricing.lines.error != 0)] = 0

    def _days(self, pricing: Pricing, rows: Ints, warnings: Ints) -> None:
        bits = pricing.lines.entered.each(self._bits_of_days)
        warnings[rows] |= of(bits, rows)

    def _bits_of_days(self, instants: Ints) -> Ints:
        bits = np.where(instants >= self._after_last, warning_bit("beyond_last_act"), 0)
        for first, before in self._reconstructed:
            bits |= np.where((instants >= first) & (instants < before), warning_bit("reconstructed"), 0)
        if self._schedule.missing_from is not None:
            bits |= np.where(instants >= self._schedule.missing_from, warning_bit("schedule_stale"), 0)
        return bits

    def _values(self, pricing: Pricing, rows: Ints, warnings: Ints) -> None:
        value = pricing.lines.value
        if self._whole_units:
            values = of(value.values, rows)
            odd = values // 100 * 100 != values  # several times faster than a remainder
            warnings[where(odd, rows)] |= warning_bit("value_has_cents")
            for row, number in value.beside.items():
                if number != number.to_integral_value():
                    warnings[row] |= warning_bit("value_has_cents")
        if self._minimum:
            zero = value.values == 0
            zero[[row for row, number in value.beside.items() if number]] = False
            warnings[where(of(zero, rows), rows)] |= warning_bit("value_is_zero")

    def _of_the_law(self, kernel: Kernel, pricing: Pricing, rows: Ints, warnings: Ints) -> None:
        """Questions left open by acts, prohibitions that hang on facts, and what is only reported."""
        bits = _bits_at_entry(kernel, pricing, rows)
        fixed = where(of(pricing.standing.governing, rows) != of(pricing.standing.interval, rows))
        bits[fixed] = _mixed_bits(kernel, pricing, rows[fixed])
        reported = self._regime.reported
        other = kernel.under(reported) if reported is not None else None
        if other is not None:
            bits |= _bits_at_entry(other, pricing, rows) & ~np.int64(kernel.plain.maybe_prohibited_bit)
        self._open_questions(kernel, pricing, rows, bits, warnings)
        self._prohibitions(kernel, pricing, rows, bits, warnings)
        if other is not None:
            watched = where(bits & kernel.plain.watch_bit != 0, rows)
            for several, exactly in pricing.by_size(answered_otherwise(kernel, other, pricing, watched)):
                differs = self.differs(other, pricing, several, exactly)
                warnings[several[differs]] |= warning_bit("as_reported_differs")

    def _open_questions(self, kernel: Kernel, pricing: Pricing, rows: Ints, bits: Ints, warnings: Ints) -> None:
        """Acts that leave something open about a heading that may answer, from the day on which they do."""
        open_bits = of(pricing.lines.entered.each(self._open_bits), rows)
        certain = sum(1 << place for place, act in enumerate(self.open_acts) if not act.touches_numbers)
        hit = bits & open_bits
        warnings[where((hit & certain) != 0, rows)] |= warning_bit("open_question")
        for place, act in enumerate(self.open_acts):
            its = where(hit & (1 << place)) if act.touches_numbers else _NONE
            if its.size:
                products = pricing.standing.row[rows[its]]
                different = np.unique(products)
                digits = (kernel.products.rows[int(one)].digits for one in different)
                named = different[[one.startswith(act.touches_numbers) for one in digits]]
                warnings[rows[its[np.isin(products, named)]]] |= warning_bit("open_question")

    def _open_bits(self, instants: Ints) -> Ints:
        bits = np.zeros(len(instants), dtype=np.int64)
        for place, start in enumerate(self._open_from):
            bits |= np.where(instants >= start, 1 << place, 0)
        return bits

    def _prohibitions(self, kernel: Kernel, pricing: Pricing, rows: Ints, bits: Ints, warnings: Ints) -> None:
        maybe = where(bits & kernel.plain.maybe_prohibited_bit != 0, rows)
        for several, exactly in pricing.by_size(maybe):
            judge, everywhere = Judge(pricing.facts(several, exactly)), np.arange(len(several))
            standing = pricing.standing
            for table in kernel.laws.tables.values():
                if all(row.kind != PROHIBITION for row in table.program.rows):
                    continue
                numbers = kernel.laws.numbers(
                    table.program.id,
                    standing.product_class[several],
                    standing.origin_class[several],
                    standing.governing[several],
                )
                for number in np.unique(numbers[numbers != SILENT]):
                    law = table.laws[int(number)]
                    for candidate in law.candidates if law else ():
                        if candidate.row.kind == PROHIBITION and candidate.rest is not None:
                            hit = (numbers == number) & judge.open(candidate.rest, everywhere)
                            warnings[several[hit]] |= warning_bit("import_may_be_prohibited")

    def differs(self, other: Kernel, pricing: Pricing, rows: Ints, exactly: bool) -> Bools:
        """Where the total would be another, or could not be computed, under the other regime."""
        ours = pricing.total(rows)
        setting = pricing.setting(rows, exactly).setting
        outcomes = ask_programs(
            other.laws, other.shifted(setting, pricing.lines.entered.instants[rows], pricing.fixing[rows])
        )
        theirs = setting.applied.cents.astype(np.int64) + _duty(outcomes, len(rows))
        differs: Bools = theirs != ours
        return differs | refused(outcomes)


def mark_incomplete(error: Ints | Small, entry: Ints, warnings: Ints) -> None:
    """Put the warning on answered lines of entries of which other lines were refused: their fees leave those out."""
    refused = error != 0
    if refused.any():
        torn = np.zeros(int(entry[-1]) + 1, dtype=np.bool_)
        torn[where(refused, entry)] = True
        warnings[where(torn.take(entry) & ~refused)] |= warning_bit("entry_incomplete")


def _bits_at_entry(kernel: Kernel, pricing: Pricing, rows: Ints) -> Ints:
    """The bits of what the headings touch that may answer for each line by the law of the day of entry."""
    kinds: Ints = of(pricing.kind, rows)  # compiles what is missing, so before the kinds are looked at
    if kernel is not pricing.kernel:
        kinds = _kinds_beside(kernel, pricing, rows, kinds)
    return kernel.plain.kinds.acts.take(kinds)


def _kinds_beside(other: Kernel, pricing: Pricing, rows: Ints, kinds: Ints) -> Ints:
    """The kinds of cells by the law of another kernel, given those by the law that prices: looked up where they are others."""
    standing, plain, own = pricing.standing, other.plain, pricing.kernel.plain
    entered = of(pricing.lines.entered.each(other.intervals), rows)
    products, pairs = of(standing.product_class, rows), other.laws.pairs(of(standing.origin_class, rows), entered)
    if not plain.shares_cells(own):
        return plain.kinds_of(products, pairs)
    elsewhere = where(plain.slots_of(pairs) != own.slots_of(of(standing.pair, rows)))
    found = kinds.copy()
    found[elsewhere] = plain.kinds_of(products.take(elsewhere), pairs.take(elsewhere))
    return found


def answered_otherwise(kernel: Kernel, other: Kernel, pricing: Pricing, rows: Ints) -> Ints:
    """Of some rows, those for which any program has another answer by the law of the other kernel; where none has, nothing that
    is charged can be another."""
    standing, laws = pricing.standing, other.laws
    changed = laws.changed_from(kernel.laws)
    if changed is None or not rows.size:
        return rows
    product, origin = standing.product_class[rows], standing.origin_class[rows]
    own_days = standing.interval[rows], standing.governing[rows]
    days = other.intervals(pricing.lines.entered.instants[rows]), other.intervals(pricing.fixing[rows])
    apart = np.zeros(len(rows), dtype=np.bool_)
    for name in changed:
        program = laws.tables[name].program
        ours = kernel.laws.mixed(program, product, origin, *own_days)
        theirs = laws.mixed(program, product, origin, *days)
        apart |= laws.apart(name, theirs, kernel.laws, ours)
    return where(apart, rows)


def _mixed_bits(kernel: Kernel, pricing: Pricing, rows: Ints) -> Ints:
    """The same for lines whose law was fixed at admission to a zone."""
    bits = np.zeros(len(rows), dtype=np.int64)
    standing = pricing.standing
    for table in kernel.laws.tables.values():
        numbers = kernel.laws.mixed(
            table.program,
            standing.product_class[rows],
            standing.origin_class[rows],
            standing.interval[rows],
            standing.governing[rows],
        )
        bits |= kernel.plain.touched(table.program)[numbers]
    return bits


def _duty(outcomes: ManyOutcomes, count: int) -> Ints:
    duty = np.zeros(count, dtype=np.int64)
    told = Told.of(outcomes.answers)
    np.add.at(duty, told.rows, told.amount.astype(np.int64))
    return duty
