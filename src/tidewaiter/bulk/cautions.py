"""Warnings on columns: what a reader must know before trusting the numbers (``assess/cautions.py``), as bits."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from tidewaiter.assess.cautions import SHIPPED_FROM_DIFFERS
from tidewaiter.assess.facts import DENIED
from tidewaiter.assess.line import SHIPPED_FROM
from tidewaiter.bulk.arrays import Bools, Ints
from tidewaiter.bulk.codes import warning_bit
from tidewaiter.bulk.facts import MISSING, Judge, Said
from tidewaiter.bulk.laws import SILENT
from tidewaiter.bulk.waterfall import ManyOutcomes, ManySettings, ask_programs
from tidewaiter.ledger.conditions import Word
from tidewaiter.ledger.edges import leaves
from tidewaiter.ledger.instants import end_of_day
from tidewaiter.ledger.model import PROHIBITION, Act
from tidewaiter.ledger.regime import Regime
from tidewaiter.schedule.store import Schedule

if TYPE_CHECKING:
    from tidewaiter.bulk.kernel import Kernel
    from tidewaiter.bulk.pricing import Pricing


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
        self._reconstructed = [row.reconstructed_before for row in regime.ledger.coverage if row.into == into]
        self._transship = [one.name for one in regime.ledger.facts.values() if one.warn_when == SHIPPED_FROM_DIFFERS]

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
        rows = np.flatnonzero(pricing.lines.error == 0)
        if not rows.size:
            return
        warnings = pricing.priced.warnings
        warnings[rows] |= kernel.rows.columns()[4][pricing.standing.row[rows]]
        self._days(pricing, rows, warnings)
        self._values(pricing, rows, warnings)
        self._of_the_law(kernel, pricing, rows, warnings)
        if pricing.special is not None:
            for code, several in pricing.special.caution.items():
                warnings[several] |= warning_bit(code)
        self._ghosts(kernel, pricing, warnings)
        self._incomplete(pricing, entry, warnings)
        warnings[pricing.lines.error != 0] = 0

    def _days(self, pricing: Pricing, rows: Ints, warnings: Ints) -> None:
        instants = pricing.lines.entered.instants[rows]
        for before in self._reconstructed:
            warnings[rows[instants < before]] |= warning_bit("reconstructed")
        if self._schedule.missing_from is not None:
            warnings[rows[instants >= self._schedule.missing_from]] |= warning_bit("schedule_stale")
        warnings[rows[instants >= self._after_last]] |= warning_bit("beyond_last_act")

    def _values(self, pricing: Pricing, rows: Ints, warnings: Ints) -> None:
        value = pricing.lines.value
        warnings[rows[value.values[rows] % 100 != 0]] |= warning_bit("value_has_cents")
        zero = value.values[rows] == 0
        for row, number in value.beside.items():
            if number:
                zero[rows == row] = False
            if number != number.to_integral_value():
                warnings[row] |= warning_bit("value_has_cents")
        warnings[rows[zero]] |= warning_bit("value_is_zero")

    def _of_the_law(self, kernel: Kernel, pricing: Pricing, rows: Ints, warnings: Ints) -> None:
        """Questions left open by acts, prohibitions that hang on facts, and what is only reported."""
        bits = _bits_at_entry(kernel, pricing, rows)
        fixed = np.flatnonzero(pricing.standing.governing[rows] != pricing.standing.interval[rows])
        for place in fixed.tolist():
            bits[place] = _mixed_bits(kernel, pricing, int(rows[place]))
        reported = self._regime.reported
        other = kernel.under(reported) if reported is not None else None
        if other is not None:
            bits |= _bits_at_entry(other, pricing, rows) & ~np.int64(kernel.plain.maybe_prohibited_bit)
        instants = pricing.lines.entered.instants[rows]
        for place, act in enumerate(self.open_acts):
            hit = (bits & (1 << place) != 0) & (instants >= self._open_from[place])
            if act.touches_numbers and hit.any():
                products = pricing.standing.row[rows]
                begins = {one: kernel.products.rows[int(one)].digits for one in np.unique(products[hit])}
                named = [one for one, digits in begins.items() if digits.startswith(act.touches_numbers)]
                hit &= np.isin(products, named)
            warnings[rows[hit]] |= warning_bit("open_question")
        self._prohibitions(kernel, pricing, rows, bits, warnings)
        if other is not None:
            watched = rows[bits & kernel.plain.watch_bit != 0]
            for several, exactly in pricing.by_size(watched):
                differs = self._differs(other, pricing, several, exactly)
                warnings[several[differs]] |= warning_bit("as_reported_differs")

    def _prohibitions(self, kernel: Kernel, pricing: Pricing, rows: Ints, bits: Ints, warnings: Ints) -> None:
        maybe = rows[bits & kernel.plain.maybe_prohibited_bit != 0]
        for several, exactly in pricing.by_size(maybe):
            judge = Judge(pricing.facts(several, exactly))
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
                            hit = (numbers == number) & judge.open(candidate.rest)
                            warnings[several[hit]] |= warning_bit("import_may_be_prohibited")

    def _differs(self, other: Kernel, pricing: Pricing, rows: Ints, exactly: bool) -> Bools:
        """Where the total would be another, or could not be computed, under the other regime."""
        ours = pricing.total(rows)
        setting = pricing.setting(rows, exactly).setting
        outcomes = ask_programs(
            other.laws, other.shifted(setting, pricing.lines.entered.instants[rows], pricing.fixing[rows])
        )
        theirs = setting.applied.cents.astype(np.int64) + _duty(outcomes, len(rows))
        differs: Bools = theirs != ours
        return differs | _refused(outcomes)

    # What other facts would change

    def _ghosts(self, kernel: Kernel, pricing: Pricing, warnings: Ints) -> None:
        """Claims that change nothing, and what a finding of transshipment would change."""
        for rows, settled, outcomes in pricing.outcomes:
            self._idle_claims(kernel, pricing, rows, settled, outcomes, warnings)
            self._shipped_from(kernel, pricing, rows, settled, outcomes, warnings)

    def _idle_claims(
        self,
        kernel: Kernel,
        pricing: Pricing,
        rows: Ints,
        setting: ManySettings,
        outcomes: ManyOutcomes,
        warnings: Ints,
    ) -> None:
        claimed = np.array([any(not claim.startswith(DENIED) for claim in one.claims) for one in setting.facts.sayings])
        here = np.flatnonzero(claimed[setting.facts.said] & (pricing.lines.error[rows] == 0))
        ghosts: list[tuple[int, Said]] = []
        for place in here.tolist():
            said = setting.facts.sayings[int(setting.facts.said[place])]
            for claim in said.claims:
                if not claim.startswith(DENIED):
                    ghosts.append((place, Said(said.claims - {claim}, said.scope)))
        same, refused = self._same(kernel, pricing, rows, setting, outcomes, ghosts)
        places = np.array([place for place, _ in ghosts], dtype=np.int64)
        warnings[rows[places[same & ~refused]]] |= warning_bit("claim_not_applied")

    def _shipped_from(
        self,
        kernel: Kernel,
        pricing: Pricing,
        rows: Ints,
        setting: ManySettings,
        outcomes: ManyOutcomes,
        warnings: Ints,
    ) -> None:
        words = pricing.lines.words.get(SHIPPED_FROM)
        if words is None:
            return
        origins = np.array(kernel.countries)[pricing.lines.origin[rows]]
        places = np.array([*words.words, ""])[words.codes[rows]]
        differs = (words.codes[rows] != MISSING) & (places != origins) & (pricing.lines.error[rows] == 0)
        warnings[rows[differs]] |= warning_bit("origin_not_shipped_from")
        ghosts: list[tuple[int, Said]] = []
        for place in np.flatnonzero(differs).tolist():
            said = setting.facts.sayings[int(setting.facts.said[place])]
            for name in self._transship:
                if name not in said.claims and name not in said.denied:
                    ghosts.append((place, Said(said.claims | {name}, said.scope)))
        same, refused = self._same(kernel, pricing, rows, setting, outcomes, ghosts)
        its = np.array([place for place, _ in ghosts], dtype=np.int64)
        warnings[rows[its[~same & ~refused]]] |= warning_bit("transshipment")

    def _same(
        self,
        kernel: Kernel,
        pricing: Pricing,
        rows: Ints,
        setting: ManySettings,
        outcomes: ManyOutcomes,
        ghosts: list[tuple[int, Said]],
    ) -> tuple[Bools, Bools]:
        """Whether each line, were this claimed on it, would report the same; and whether it would be refused."""
        if not ghosts:
            return np.zeros(0, dtype=np.bool_), np.zeros(0, dtype=np.bool_)
        places = np.array([place for place, _ in ghosts], dtype=np.int64)
        exactly = setting.facts.value.dtype == object
        said = np.arange(len(ghosts), dtype=np.int64)
        found = pricing.setting(rows[places], exactly, (said, [one for _, one in ghosts]))
        other = ask_programs(kernel.laws, found.setting)
        refused = _refused(other) | found.no_ch98_value | found.setting.applied.missing
        same = found.setting.applied.cents == setting.applied.cents[places]
        same &= fingerprints(other, len(ghosts)) == fingerprints(outcomes, len(rows))[places]
        return same.astype(np.bool_), refused

    def _incomplete(self, pricing: Pricing, entry: Ints, warnings: Ints) -> None:
        """Lines of entries of which other lines were refused: their fees leave those out."""
        refused = pricing.lines.error != 0
        if refused.any():
            incomplete = np.isin(entry, np.unique(entry[refused]))
            warnings[incomplete & ~refused] |= warning_bit("entry_incomplete")


def _bits_at_entry(kernel: Kernel, pricing: Pricing, rows: Ints) -> Ints:
    """The bits of what the headings touch that may answer for each line by the law of the day of entry."""
    standing = pricing.standing
    entered = kernel.intervals(pricing.lines.entered.instants[rows])
    cells = kernel.plain.cells(standing.product_class[rows], standing.origin_class[rows], entered)
    return kernel.plain.columns[2][cells]


def _mixed_bits(kernel: Kernel, pricing: Pricing, row: int) -> int:
    """The same for one line whose law was fixed at admission to a zone."""
    entered, governing = int(pricing.standing.interval[row]), int(pricing.standing.governing[row])
    bits = 0
    product, origin = (
        column[row : row + 1] for column in (pricing.standing.product_class, pricing.standing.origin_class)
    )
    for table in kernel.laws.tables.values():
        locked = table.program.locks_at_admission
        number = int(
            kernel.laws.numbers(table.program.id, product, origin, np.array([governing if locked else entered]))[0]
        )
        if locked and number != SILENT:
            number = kernel.laws.collected(table.program.id, number, entered)
        law = table.laws[number]
        for candidate in law.candidates if law else ():
            bits |= kernel.plain.touched(candidate)
    return bits


def _duty(outcomes: ManyOutcomes, count: int) -> Ints:
    duty = np.zeros(count, dtype=np.int64)
    for answers in outcomes.answers:
        np.add.at(duty, answers.rows, answers.amount.astype(np.int64))
    return duty


def _refused(outcomes: ManyOutcomes) -> Bools:
    refused = outcomes.no_ch98_value | outcomes.no_quantity | outcomes.no_base
    for answers in outcomes.answers:
        if answers.kind == PROHIBITION:
            refused = refused.copy()
            refused[answers.rows] = True
    return refused


_MIX = np.uint64(0x9E3779B97F4A7C15)


def fingerprints(outcomes: ManyOutcomes, count: int) -> Ints:
    """A number for what each line reports (headings, bases and amounts): equal for equal answers."""
    found = np.zeros(count, dtype=np.uint64)
    for answers in outcomes.answers:
        codes = np.full(len(answers.rows), _text(answers.code), dtype=np.uint64)
        if answers.zero is not None and answers.row is not None:
            codes[answers.zero] = _text(answers.row.zero or answers.row.code)
        mixed = (_unsigned(answers.basis) ^ codes * _MIX) * _MIX
        mixed ^= mixed >> np.uint64(29)
        mixed = (mixed ^ _unsigned(answers.amount) * _MIX) * _MIX
        np.add.at(found, answers.rows, mixed ^ mixed >> np.uint64(32))
    return found.astype(np.int64)


def _unsigned(column: Ints) -> np.ndarray[tuple[int, ...], np.dtype[np.uint64]]:
    if column.dtype == object:
        return np.array([int(one) % 2**64 for one in column], dtype=np.uint64)
    return column.astype(np.uint64)


def _text(code: str) -> int:
    from zlib import crc32

    return crc32(code.encode())
