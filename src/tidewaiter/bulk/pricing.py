"""One frame of lines on its way from the base duty to the fees."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from tidewaiter.assess.layers import PLAINTIFF
from tidewaiter.assess.line import MONEY_FIELDS, TRANSPORTS
from tidewaiter.bulk.arrays import Bools, Exact, Ints, of, where
from tidewaiter.bulk.base import NOT_AD_VALOREM, ManyBaseDuties, charge_texts, equivalent_room
from tidewaiter.bulk.basis import NONE, REPLACED, ManyBases
from tidewaiter.bulk.codes import warning_bit
from tidewaiter.bulk.duties import ManyQuantities
from tidewaiter.bulk.exact import half_up, product, times
from tidewaiter.bulk.facts import MISSING, Judge, ManyFacts, Moments, Numbers, Words
from tidewaiter.bulk.fees import FeeLines
from tidewaiter.bulk.ghosts import ghosts_of, warn
from tidewaiter.bulk.lines import Lines
from tidewaiter.bulk.numbers import MONEY_PLACES, NumberColumn
from tidewaiter.bulk.plain import PLAINTIFFS, SMALLEST, VOID
from tidewaiter.bulk.quantities import quantities_of
from tidewaiter.bulk.rates import MILLION
from tidewaiter.bulk.special import NO_RATE, ManyClaims
from tidewaiter.bulk.waterfall import Answers, ManyBasis, ManySettings, Told, ask_programs
from tidewaiter.ledger.model import BASE, PROHIBITION

if TYPE_CHECKING:
    from tidewaiter.bulk.kernel import Kernel

_STATED = ("spi", "ch98", "ftz_status", "shipped_from")
"""Text fields that take a line off the quick way whatever its headings ask for."""
_MEANS_BITS: Ints = np.array([0, *(2 << place for place in range(len(TRANSPORTS)))], dtype=np.int64)
"""The bit of a means of transport, as plans have them, by its number."""
NO_RATE_SAID = -1
"""The rate of a program that charges, but not at a share of the value."""


@dataclass(slots=True)
class Layers:
    """One heading's answer on some rows of the frame, with what is owed of it."""

    answers: Answers
    rows: Ints
    owed: Ints
    places: int


@dataclass(slots=True)
class Priced:
    """The answer for a frame, as columns. Money is cents; ``error`` is a number of ``codes.ERRORS``, 0 where answered.

    ``duties`` holds the cents of each program that charges anything here, ``rates`` (parts per million) what it charges them
    at, if asked; ``voided`` what is assessed and not owed.
    """

    count: int
    error: Ints
    warnings: Ints
    base: Ints
    duties: dict[str, Ints] = field(default_factory=dict)
    rates: dict[str, Ints] = field(default_factory=dict)
    voided: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    fees: dict[str, Ints] = field(default_factory=dict)
    layers: list[Layers] = field(default_factory=list)

    @classmethod
    def nothing(cls, count: int) -> Priced:
        """No amounts yet."""
        zeros = np.zeros(count, dtype=np.int64)
        return cls(count, zeros, zeros.copy(), zeros.copy(), voided=zeros.copy())

    def part(self, rows: slice) -> Priced:
        """The answer for some of the lines, without layers."""
        return Priced(
            rows.stop - rows.start,
            self.error[rows],
            self.warnings[rows],
            self.base[rows],
            {program: cents[rows] for program, cents in self.duties.items()},
            {program: rates[rows] for program, rates in self.rates.items()},
            self.voided[rows],
            {code: cents[rows] for code, cents in self.fees.items()},
        )

    def refuse(self, error: Ints) -> None:
        """Keep the errors of all lines; lines that are refused owe nothing."""
        self.error = error
        rows = where(error)
        for cents in (self.base, self.voided, *self.duties.values(), *self.rates.values(), *self.fees.values()):
            cents[rows] = 0

    def column(self, program: str) -> Ints:
        """The cents of a program, to be filled in."""
        return _grown(self.duties, program, self.count)

    def rate_column(self, program: str) -> Ints:
        """The rates of a program, to be filled in."""
        return _grown(self.rates, program, self.count)


def _grown(columns: dict[str, Ints], name: str, count: int) -> Ints:
    found = columns.get(name)
    if found is None:
        found = columns[name] = np.zeros(count, dtype=np.int64)
    return found


@dataclass(frozen=True, slots=True)
class Amounts:
    """What the columns of an answer are made of: the rest of a pricing can be forgotten meanwhile.

    ``into`` is the place of each line's importing country, where the lines go into several.
    """

    priced: Priced
    value: NumberColumn
    into: Ints | None = None


@dataclass(slots=True)
class Standing:
    """Where the lines stand in the law: product row, classes, days. A place for every line of the frame.

    ``pair`` numbers origin class and interval of entry together; ``text`` is the number of the base duty's text; ``fixing`` the
    instant whose law governs (admission for privileged foreign goods, else entry); ``interval`` and ``governing`` are the
    intervals of entry and of that instant.
    """

    row: Ints
    product_class: Ints
    origin_class: Ints
    interval: Ints
    pair: Ints
    governing: Ints
    fixing: Ints
    text: Ints
    cells: Ints


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the waterfall, and where the amount under chapter 98 that the base duty needs is missing."""

    setting: ManySettings
    no_ch98_value: Bools


@dataclass(slots=True)
class Pricing:
    """A frame's lines with all that was found out about them on the way."""

    kernel: Kernel
    lines: Lines
    standing: Standing
    special: ManyClaims | None
    entry_value: Exact
    entry_places: int
    priced: Priced
    rates: bool
    layers: bool
    _is_plain: Bools = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    _beside: Bools | None = None
    _kind: Ints | None = None

    @property
    def fixing(self) -> Ints:
        """The instant whose law governs each line."""
        return self.standing.fixing

    @property
    def amounts(self) -> Amounts:
        """What stays of the pricing in the columns of an answer."""
        return Amounts(self.priced, self.lines.value)

    @property
    def pricings(self) -> tuple[tuple[Ints | None, Pricing], ...]:
        """The pricing alone, of all rows: lines into several countries have one for each."""
        return ((None, self),)

    def run(self) -> None:
        """Price the lines that can be read: from plans, by the waterfall, or by the waterfall with Python ints."""
        rows = where(self.lines.readable)
        self._is_plain = np.zeros(self.lines.count, dtype=np.bool_)
        for several, exactly in self.by_size(rows):
            plain = np.zeros(0, dtype=np.int64)
            if not exactly and not self.layers:
                plain, several = self._sorted(several)
            if plain.size:
                self._is_plain[plain] = True
                self._plain(plain)
            if several.size:
                self._general(several, exactly)

    def by_size(self, rows: Ints) -> Iterator[tuple[Ints, bool]]:
        """The rows whose numbers fit int64, and those (``True``) with a number that does not."""
        beside = self._stand_beside()[rows]
        for several, exactly in ((where(~beside, rows), False), (where(beside, rows), True)):
            if several.size:
                yield several, exactly

    def _stand_beside(self) -> Bools:
        if self._beside is None:
            self._beside = np.zeros(self.lines.count, dtype=np.bool_)
            facts = (one.numbers for one in self.lines.facts.values())
            for column in (self.lines.value, *self.lines.numbers.values(), *facts):
                self._beside[list(column.beside)] = True
        return self._beside

    def total(self, rows: Ints) -> Ints:
        """Base duty and all programs' duties on some lines, in cents."""
        found = self.priced.base[rows].copy()
        for column in self.priced.duties.values():
            found += column[rows]
        return found

    # The quick way

    def _sorted(self, rows: Ints) -> tuple[Ints, Ints]:
        """The rows that a plan prices, and those that state something their headings ask for."""
        plain = self.kernel.plain
        kind = of(self.kind, rows)
        stated = self._states_what_is_asked()[rows]
        stated |= (plain.kinds.means.take(kind) & (1 | _MEANS_BITS.take(of(self._means(), rows)))) != 0
        return where(~stated, rows), where(stated, rows)

    @property
    def kind(self) -> Ints:
        """The kind of each line's cell by the law of the day of entry."""
        if self._kind is None:
            one = self.standing
            self._kind = self.kernel.plain.kinds_of(one.product_class, one.pair)
        return self._kind

    def _states_what_is_asked(self) -> Bools:
        """Where a line states something that its headings ask for, or that changes what they see."""
        lines, bits = self.lines, self.kernel.plain.bits
        found: Bools = (lines.said != 0) | (lines.value.values < SMALLEST)
        for name in _STATED:
            if name in lines.words:
                found[where(lines.words[name].codes != MISSING)] = True
        asks = self.kernel.plain.kinds.asks
        columns = [(name, column.given) for name, column in lines.numbers.items()]
        columns += [(name, moments.given) for name, moments in lines.moments.items()]
        columns += [(name, fact.words.codes != MISSING) for name, fact in lines.facts.items()]
        named = self.kernel.cautions.words_named
        columns += [(name, words.among(named(name))) for name, words in lines.words.items() if name not in _STATED]
        for name, given in columns:
            asking = asks & bits.bit(name) != 0
            if asking.any():
                rows = where(given)
                found[rows[asking.take(self.kind[rows])]] = True
        return found

    def _means(self) -> Ints:
        """The number of each line's means of transport among those there are, from 1; 0 where none is said."""
        words = self.lines.transport.words
        numbers = np.array([1 + TRANSPORTS.index(word) if word else 0 for word in words] + [0], dtype=np.int64)
        found: Ints = numbers.take(self.lines.transport.codes)
        return found

    def _plain(self, rows: Ints) -> None:
        priced, plain = self.priced, self.kernel.plain
        value = of(self.lines.value.values, rows)
        texts = of(self.standing.text, rows)
        base = self._base(texts, value, MONEY_PLACES, lambda some: self._quantities(rows[some], exactly=False))
        self._refuse_base(rows, base)
        self._check_coverage(rows)
        priced.base[rows] = base.cents
        kind, kinds, tables = of(self.kind, rows), plain.kinds, plain.tables()
        plans = kinds.plan.take(kind)
        self.lines.refuse(where(tables.prohibited.take(plans), rows), "import_prohibited")
        pooled = (kinds.acts & plain.pooled_bit != 0).take(kind)
        priced.warnings[where(pooled, rows)] |= warning_bit("content_charged_once")
        for place, program in enumerate(plain.programs):
            rates, caps, voids = tables.rates[place], tables.caps[place], tables.voids[place]
            if rates is None:
                continue
            hit = where(tables.charging[place].take(plans))
            if not hit.size:
                continue
            its_plans = plans.take(hit)
            rate = rates.take(its_plans)
            cents: Ints
            if caps is not None:
                rate, cents = self._capped(value, base, hit, rate, caps.take(its_plans))
            else:
                cents = (value.take(hit) * rate + MILLION // 2) // MILLION
            its = rows.take(hit)
            priced.column(program.id)[its] = cents
            if self.rates:
                priced.rate_column(program.id)[its] = rate
            if voids is not None:
                self._void(its, voids.take(its_plans), cents)

    def _capped(self, value: Ints, base: ManyBaseDuties, hit: Ints, rate: Ints, caps: Bools) -> tuple[Ints, Ints]:
        """Rates and cents where some of the rates are all-in: less what the base duty comes to, never below zero."""
        share = base.millionths.take(hit)
        rate = np.maximum(rate - np.maximum(share, 0) * caps, 0)
        cents: Ints = (value.take(hit) * rate + MILLION // 2) // MILLION
        # A base duty that is no share of the value counts by its ad valorem equivalent.
        other = where(caps & (share == NOT_AD_VALOREM))
        for cap in np.unique(rate[other]):
            same = other[rate[other] == cap]
            room, over = equivalent_room(base, hit[same], int(cap), MILLION, MONEY_PLACES)
            cents[same] = half_up(product(room, value[hit[same]]), over).astype(np.int64)
            rate[same] = room * MILLION // over
        return rate, cents

    def _void(self, rows: Ints, said: Ints, cents: Ints) -> None:
        """What courts have said of amounts: not owed, or not by plaintiffs."""
        void = said == VOID
        np.add.at(self.priced.voided, rows[void], cents[void])
        self.priced.warnings[rows[(said == PLAINTIFFS) & (cents > 0)]] |= warning_bit("voided_for_plaintiffs")

    # The base duty

    def _base(
        self,
        texts: Ints,
        basis: Exact,
        places: int,
        quantities: Callable[[Ints], ManyQuantities],
        nothing: Bools | None = None,
    ) -> ManyBaseDuties:
        return charge_texts(self.kernel.texts, texts, basis, places, quantities, nothing)

    def _quantities(self, rows: Ints, exactly: bool) -> ManyQuantities:
        return quantities_of(self.lines, rows, self.standing.cells, self.kernel.cells, exactly)

    def _refuse_base(self, rows: Ints, base: ManyBaseDuties) -> None:
        """Refuse lines whose base duty cannot be charged (``base`` may hold ghosts after them)."""
        self.lines.refuse(rows[(base.missing & ~base.unread)[: len(rows)]], "missing_quantity")
        self.lines.refuse(rows[base.unread[: len(rows)]], "base_not_computable")

    # The full way

    def _general(self, rows: Ints, exactly: bool) -> None:
        """Lines that state facts: the waterfall on columns, with the ghosts of their claims beside them."""
        ghosts = ghosts_of(self, rows)
        said = np.concatenate([self.lines.said[rows], ghosts.said])
        asked = self.setting(np.concatenate([rows, rows[ghosts.places]]), exactly, said)
        setting, lines, count = asked.setting, self.lines, len(rows)
        lines.refuse(rows[asked.no_ch98_value[:count]], "missing_ch98_value")
        self._refuse_base(rows, setting.applied)
        self._check_coverage(rows)
        outcomes = ask_programs(self.kernel.laws, setting, exactly=self.layers)
        lines.refuse(rows[outcomes.no_ch98_value[:count]], "missing_ch98_value")
        lines.refuse(rows[outcomes.no_quantity[:count]], "missing_quantity")
        lines.refuse(rows[(outcomes.no_base & setting.general.unread)[:count]], "base_not_computable")
        lines.refuse(rows[outcomes.no_base[:count]], "missing_quantity")
        self.priced.base[rows] = setting.applied.cents[:count].astype(np.int64)
        warn(self, rows, ghosts, asked, outcomes)
        self._add(rows, setting, outcomes.answers)
        self.priced.warnings[rows[outcomes.pooled[:count]]] |= warning_bit("content_charged_once")
        for one in outcomes.answers:
            if one.candidate is not None and one.candidate.share is not None:
                self.priced.warnings[rows[one.rows[one.rows < count]]] |= warning_bit("average_rate")

    def _check_coverage(self, rows: Ints) -> None:
        """Origins not covered, and entries before coverage begins (for privileged foreign goods the day that governs)."""
        covered = self.kernel.covered_origins
        if covered is not None:
            self.lines.refuse(rows[~covered[self.lines.origin[rows]]], "not_covered")
        for start in self.kernel.coverage_starts:
            self.lines.refuse(rows[self.standing.fixing[rows] < start], "date_before_coverage")

    def setting(self, rows: Ints, exactly: bool, said: Ints | None = None) -> Asked:
        """What the waterfall needs to know of some lines; ``said`` puts other claims and descriptions on them."""
        kernel, standing = self.kernel, self.standing
        facts = self.facts(rows, exactly, said)
        product_class, origin_class = standing.product_class[rows], standing.origin_class[rows]
        entered = standing.interval[rows]
        held = kernel.rules.holding(product_class, origin_class, entered, Judge(facts))
        bases = ManyBases(kernel.rules, held, facts)
        basis, name, missing = bases(BASE)
        nothing = (name == NONE) | (name == REPLACED)
        general = charged = standing.text[rows]
        if self.special is not None:
            claimed = self.special.rate[rows]
            charged = np.where(claimed != NO_RATE, claimed, general)
        quantities = self._quantities(rows, exactly)
        applied = other = self._base(charged, basis, facts.places, quantities.of, nothing)
        differs = where(charged != general)
        if differs.size:
            alone = quantities.of(differs)
            part = self._base(general[differs], basis[differs], facts.places, alone.of, nothing[differs])
            other = applied.replaced(differs, part)
        setting = ManySettings(
            product_class,
            origin_class,
            entered,
            standing.governing[rows],
            facts,
            quantities,
            other,
            applied,
            lambda program: ManyBasis(*bases(program)),
        )
        return Asked(setting, missing)

    def facts(self, rows: Ints, exactly: bool, said: Ints | None = None) -> ManyFacts:
        """The facts of some lines. A special program that does not count is as if it were not claimed."""
        lines = self.lines
        # All lines as they stand need no copies.
        some: Ints | slice = slice(None) if len(rows) == lines.count and not exactly and said is None else rows
        money = [lines.value, *(lines.numbers[name] for name in MONEY_FIELDS if name in lines.numbers)]
        money += [fact.numbers for fact in lines.facts.values()]
        places = max([MONEY_PLACES, *(one.places_of(rows) for one in money)]) if exactly else MONEY_PLACES
        facts = {name: fact.numbers for name, fact in lines.facts.items()}
        words = {
            **lines.words,
            **{name: fact.words for name, fact in lines.facts.items()},
            "transport": lines.transport,
        }
        moments = {**lines.moments, **{name: fact.moments for name, fact in lines.facts.items()}}
        return ManyFacts(
            _given(lines.value, some, places, exactly).values,
            self._entry_value(some, places, exactly),
            places,
            lines.said[some] if said is None else said,
            lines.sayings,
            {name: self._words(name, one, some) for name, one in words.items()},
            {name: _given(column, some, places, exactly) for name, column in lines.numbers.items()}
            | {name: _numbers(column, some, places, exactly) for name, column in facts.items()},
            {name: Moments(one.instants[some], one.days[some], one.given[some]) for name, one in moments.items()},
        )

    def _words(self, name: str, words: Words, rows: Ints | slice) -> Words:
        codes = words.codes[rows]
        if name == "spi" and self.special is not None:
            codes = np.where(self.special.counts[rows], codes, MISSING)
        return Words(codes, words.words)

    def _entry_value(self, rows: Ints | slice, places: int, exactly: bool) -> Exact:
        found: Exact = self.entry_value[rows]
        if exactly:
            found = found.astype(object)
        if self.entry_places <= places:
            return times(found, 10 ** (places - self.entry_places))
        # Only compared with whole dollars: what is below a cent decides nothing but equality, so it is rounded up.
        up: Exact = -(-found // 10 ** (self.entry_places - places))
        return up

    def _add(self, rows: Ints, setting: ManySettings, answers: Sequence[Answers]) -> None:
        """The headings' amounts on the columns of the answer; what is said of ghosts, which stand after the rows, is left out."""
        for one in answers:
            if one.kind == PROHIBITION:
                self.lines.refuse(rows[one.rows[one.rows < len(rows)]], "import_prohibited")
        plaintiff = setting.facts.saying(PLAINTIFF, lambda said: PLAINTIFF in said.claims)
        by_program: dict[str, list[Answers]] = {}
        for one in answers:
            if one.row is not None:
                by_program.setdefault(one.program.id, []).append(one)
        for program, several in by_program.items():
            told = Told.of(several)
            kept = where((told.rows < len(rows)) & (told.amount != 0))
            if not kept.size:
                continue
            its, amount = told.rows[kept], told.amount[kept].astype(np.int64)
            np.add.at(self.priced.column(program), rows[its], amount)
            codes = self._court_codes(several, told.which[kept], setting.entered[its])
            if codes is not None:
                self._void(rows[its], np.where((codes == PLAINTIFFS) & plaintiff[its], VOID, codes), amount)
        if self.rates or self.layers:
            self._keep(rows, setting, answers, plaintiff)

    def _court_codes(self, answers: Sequence[Answers], which: Ints, entered: Ints) -> Ints | None:
        """What courts have said of each amount; ``None`` where they have said nothing of any of these headings."""
        said = [self.kernel.void_codes(one.row.key) if one.row else None for one in answers]
        spoken = [place for place, codes in enumerate(said) if codes is not None and codes.any()]
        if not spoken:
            return None
        found = np.zeros(len(which), dtype=np.int64)
        for place in spoken:
            its = where(which == place)
            codes = said[place]
            assert codes is not None
            found[its] = codes[entered[its]]
        return found

    def _keep(self, rows: Ints, setting: ManySettings, answers: Sequence[Answers], plaintiff: Bools) -> None:
        """The rates by program and the headings' answers, where they are asked for."""
        for each in answers:
            one = each.before(len(rows))
            its = rows[one.rows]
            owed = one.amount.astype(np.int64)
            if one.row is not None and one.amount.any():
                codes = self.kernel.void_codes(one.row.key)[setting.entered[one.rows]]
                owed = np.where((codes == VOID) | ((codes == PLAINTIFFS) & plaintiff[one.rows]), 0, owed)
                if self.rates:
                    self._rate(one.program.id, its, one)
            if self.layers and one.code:
                self.priced.layers.append(Layers(one, its, owed, setting.facts.places))

    def _rate(self, program: str, rows: Ints, answers: Answers) -> None:
        """The rate at which a program charges: of the first of its headings that does."""
        column = self.priced.rate_column(program)
        fresh = (answers.amount > 0) & (column[rows] == 0)
        column[rows[fresh]] = rates_of(answers)[fresh]

    # Fees

    def charge_fees(self, entry: Ints) -> None:
        """Put the fees of each entry on its lines that are answered."""
        lines, everything = self.lines, np.arange(self.lines.count)
        stated = (lines.facts[name].numbers for name in self.kernel.fees.rate_facts if name in lines.facts)
        fees = FeeLines(
            where(lines.error == 0),
            entry,
            lines.entered,
            self.standing.pair,
            self.standing.product_class,
            self.facts(everything, any(one.beside for one in (lines.value, *stated))),
            self._is_plain,
            self._means(),
            self.total(everything) if self.kernel.fees.on_duty else None,
        )
        charged = self.kernel.fees.charge(fees)
        self.priced.fees = charged.cents
        self.priced.warnings[charged.assumed] |= warning_bit("fee_assumed")
        self.priced.warnings[charged.unknown_informal] |= warning_bit("informal_fee_unknown")


def _given(column: NumberColumn, rows: Ints | slice, places: int, exactly: bool) -> Numbers:
    """The numbers of some rows."""
    if exactly:
        assert not isinstance(rows, slice)
        return column.exactly(rows, max(places, column.places_of(rows)))
    return column.take(rows)


def _numbers(column: NumberColumn, rows: Ints | slice, places: int, exactly: bool) -> Numbers:
    """The numbers of some rows. A named fact that is money stands in the places of the value, where it can."""
    found = _given(column, rows, places, exactly)
    if exactly:
        return found
    step = 10 ** max(0, found.places - places)
    if step > 1 and not (found.values % step).any():
        return Numbers(found.values // step, places, found.given)
    return found


def rates_of(answers: Answers) -> Ints:
    """What a heading charges, in parts per million of its basis; ``NO_RATE_SAID`` where that is no such share."""
    if answers.room is not None:
        room, over = answers.room
        return (room * MILLION // over).astype(np.int64)
    from tidewaiter.bulk.rates import whole_millionths
    from tidewaiter.schedule.duties import AdValorem

    rate = whole_millionths(answers.expression.rate) if isinstance(answers.expression, AdValorem) else None
    return np.full(len(answers.rows), NO_RATE_SAID if rate is None else rate, dtype=np.int64)
