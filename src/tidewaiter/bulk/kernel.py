"""The kernel: a frame of lines priced at once, stage by stage, as ``assess/engine.py`` prices one.

Lines that state no fact which their headings ask for are priced from the plans of ``plain.py``; the others by the waterfall
on columns. Numbers that fit no int64 take the same waterfall with Python ints. All three are the same law.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from tidewaiter.assess.countries import country_codes
from tidewaiter.assess.errors import LineError
from tidewaiter.assess.facts import ENTRY_VALUE
from tidewaiter.assess.layers import PLAINTIFF
from tidewaiter.assess.line import MONEY_FIELDS, TRANSPORTS
from tidewaiter.assess.names import check_sayings
from tidewaiter.assess.special import COLUMN_2
from tidewaiter.bulk.arrays import Bools, Exact, Ints
from tidewaiter.bulk.base import NOT_AD_VALOREM, ManyBaseDuties, Texts, charge_texts
from tidewaiter.bulk.basis import ManyBases, OpenRules
from tidewaiter.bulk.cautions import Cautions
from tidewaiter.bulk.classes import OriginClasses, ProductClasses
from tidewaiter.bulk.codes import warning_bit
from tidewaiter.bulk.duties import ManyQuantities
from tidewaiter.bulk.facts import MISSING, Judge, ManyFacts, Numbers
from tidewaiter.bulk.fees import FeeLines, FeeSchedule
from tidewaiter.bulk.laws import Laws
from tidewaiter.bulk.lines import Lines, Reader
from tidewaiter.bulk.names import check_names
from tidewaiter.bulk.plain import OPEN, PLAINTIFFS, SMALLEST, VOID, PlainLaw
from tidewaiter.bulk.products import Products
from tidewaiter.bulk.quantities import UnitCells, check_quantities, quantities_of
from tidewaiter.bulk.rates import MILLION
from tidewaiter.bulk.special import NO_RATE, ManyClaims, SpecialPrograms
from tidewaiter.bulk.waterfall import Answers, ManyBasis, ManyOutcomes, ManySettings, ask_programs
from tidewaiter.ledger.instants import local_day
from tidewaiter.ledger.model import BASE
from tidewaiter.ledger.regime import Regime
from tidewaiter.schedule.store import Schedule

_CENT_PLACES = 2


@dataclass(slots=True)
class RowTable:
    """What the kernel needs of product rows, by their number, as columns."""

    products: Products
    classes: ProductClasses
    texts: Texts
    cells: UnitCells
    error: list[str] = field(default_factory=list)
    product_class: list[int] = field(default_factory=list)
    general: list[int] = field(default_factory=list)
    column2: list[int] = field(default_factory=list)
    units: list[int] = field(default_factory=list)
    flags: list[int] = field(default_factory=list)
    _columns: tuple[Ints, ...] = ()

    def columns(self) -> tuple[Ints, Ints, Ints, Ints, Ints]:
        """Product class, general text, column 2 text, unit cells and warnings of the line itself."""
        if len(self.error) < len(self.products.rows):
            for row in self.products.rows[len(self.error) :]:
                self._add(row)
            lists = (self.product_class, self.general, self.column2, self.units, self.flags)
            self._columns = tuple(np.array(one, dtype=np.int64) for one in lists)
        return self._columns  # type: ignore[return-value]

    def _add(self, row: object) -> None:
        from tidewaiter.bulk.products import ProductRow

        assert isinstance(row, ProductRow)
        line = row.line
        self.error.append(row.error)
        if line is None:
            for one in (self.product_class, self.general, self.column2, self.units, self.flags):
                one.append(0)
            return
        self.product_class.append(self.classes.of(row.digits))
        self.general.append(self.texts.number(line.general))
        self.column2.append(self.texts.number(line.column2))
        self.units.append(self.cells.number(line.units))
        flags = warning_bit("suffix_unchecked") if line.suffix_unchecked else 0
        flags |= warning_bit("number_omitted") if line.omitted else 0
        flags |= warning_bit("quota_line") if row.quota_line else 0
        self.flags.append(flags)


@dataclass(slots=True)
class Priced:
    """The answer for a frame, as columns. Money is cents; ``error`` is a number of ``codes.ERRORS``, 0 where answered.

    ``duties`` holds the cents of each program that charges anything here, ``rates`` (parts per million, -1 where there is no
    such rate) what it charges them at, if asked; ``voided`` what is assessed and not owed.
    """

    error: Ints
    warnings: Ints
    value: Exact
    places: int
    base: Ints
    duties: dict[str, Ints]
    rates: dict[str, Ints]
    voided: Ints
    fees: dict[str, Ints]
    layers: list[Layers] = field(default_factory=list)


@dataclass(slots=True)
class Layers:
    """One heading's answer on some rows of the frame, with what is owed of it."""

    answers: Answers
    rows: Ints
    owed: Ints


@dataclass(slots=True)
class Standing:
    """Where the lines stand in the law: product row, classes, day. A place for every line of the frame."""

    row: Ints
    product_class: Ints
    origin_class: Ints
    interval: Ints
    governing: Ints
    text: Ints
    general: Ints
    cells: Ints


class Kernel:
    """One regime and the schedule, compiled as lines are priced. Keep it: it remembers what it has compiled and read."""

    def __init__(
        self,
        regime: Regime,
        schedule: Schedule,
        into: str = "US",
        shared: tuple[ProductClasses, OriginClasses, Products] | None = None,
    ) -> None:
        self.regime = regime
        self.schedule = schedule
        self.into = into
        countries = tuple(country_codes())
        self.classes, self.origins, self.products = shared or (
            ProductClasses(regime),
            OriginClasses(regime.ledger, countries),
            Products(schedule),
        )
        self.countries = countries
        self.laws = Laws(regime, into, self.classes, self.origins)
        self.texts = Texts()
        self.cells = UnitCells()
        self.rows = RowTable(self.products, self.classes, self.texts, self.cells)
        self.reader = Reader(regime.ledger, lambda text: self.products.numbers([text])[0], self.origins.place)
        self.special = SpecialPrograms(regime, into, countries, self.texts)
        self.rules = OpenRules(self.laws)
        self.fees = FeeSchedule(self.laws)
        self.cautions = Cautions(regime, schedule, into)
        self.plain = PlainLaw(self.laws, self.cautions.open_acts, self.cautions.watched)
        self._edges = np.array([edition.starts for edition in schedule.editions], dtype=np.int64)
        self._cuts = np.array(regime.cuts, dtype=np.int64)
        self._saying_error: list[str] = []
        self._column2: Bools | None = None
        self._voids: dict[str, Ints] = {}
        self._others: dict[int, Kernel] = {}

    @property
    def programs(self) -> tuple[str, ...]:
        """The programs into the country, in the order in which they are reported."""
        found = (table.program for table in self.laws.tables.values())
        return tuple(one.id for one in sorted(found, key=lambda one: (one.reporting_order, one.id)))

    def under(self, regime: Regime) -> Kernel:
        """The kernel for another regime over the same schedule; it shares classes and products."""
        found = self._others.get(id(regime))
        if found is None:
            shared = (self.classes, self.origins, self.products)
            found = self._others[id(regime)] = Kernel(regime, self.schedule, self.into, shared)
        return found

    def price(
        self,
        frame: pl.DataFrame,
        entry: Ints,
        not_together: Bools,
        *,
        whole_dollars: bool = False,
        rates: bool = False,
        layers: bool = False,
    ) -> Priced:
        """The duties and fees of every line of a frame.

        ``entry`` numbers the entries in runs, ``not_together`` marks lines of entries that stand apart from their others.
        """
        lines = self.reader.read(frame)
        lines.error[not_together] = 0
        lines.refuse(not_together, "entry_not_together")
        readable = lines.readable | not_together
        entry_value = self._entry_value(lines, entry, readable)
        if whole_dollars:
            _to_whole_dollars(lines)
        standing = self._find(lines)
        said_error = self._check_names(lines)
        special = self._special(lines, standing)
        self._check_admission(lines, standing)
        check_quantities(lines, standing.cells, self.cells)
        priced = Priced(
            lines.error.astype(np.int64),
            np.zeros(lines.count, dtype=np.int64),
            lines.value.values,
            _CENT_PLACES,
            np.zeros(lines.count, dtype=np.int64),
            {},
            {},
            np.zeros(lines.count, dtype=np.int64),
            {},
        )
        del said_error
        pricing = _Pricing(self, lines, standing, special, entry_value, priced, rates, layers)
        pricing.run()
        priced.error = lines.error.astype(np.int64)
        pricing.charge_fees(entry)
        self.cautions.add(self, pricing, entry)
        return priced

    # Stages up to the base duty

    def _entry_value(self, lines: Lines, entry: Ints, readable: Bools) -> Exact:
        """The value of all lines of the entry that could be read, on each of its lines, in cents or as exact as needed."""
        if not lines.count:
            return lines.value.values
        places = lines.value.places_of(np.arange(lines.count))
        if lines.value.beside:
            values = lines.value.exactly(np.arange(lines.count), places).values
        else:
            values = lines.value.values
        counted = np.where(readable, values, 0)
        starts = np.flatnonzero(np.diff(entry, prepend=entry[0] - 1))
        if len(starts) == lines.count:
            return counted
        sums = np.add.reduceat(counted, starts)
        return np.repeat(sums, np.diff(starts, append=lines.count))

    def _find(self, lines: Lines) -> Standing:
        """The product of each line in the edition in force, and its place in the law."""
        instants = lines.entered.instants
        edition = np.maximum(np.searchsorted(self._edges, instants, side="right") - 1, 0)
        row = self.products.row_of[np.maximum(lines.hts, 0), edition] if len(self.products) else np.zeros_like(edition)
        product_class, general, column2, cells, _ = self.rows.columns() if len(self.products) else ([np.zeros(1, np.int64)] * 5)
        interval = np.searchsorted(self._cuts, instants, side="right")
        origin_class = self.origins.of[lines.origin]
        standing = Standing(
            row, product_class[row], origin_class, interval, interval, general[row], general[row], cells[row]
        )
        second = self._pays_column_2(origin_class, interval)
        if second.any():
            standing.text = np.where(second, column2[row], standing.text)
            standing.general = standing.text
        self._refuse_numbers(lines, standing)
        return standing

    def _refuse_numbers(self, lines: Lines, standing: Standing) -> None:
        errors = np.array(self.rows.error or [""])
        wrong = errors[standing.row] != ""
        if not wrong.any():
            return
        rows = np.flatnonzero(wrong & lines.readable)
        codes = errors[standing.row[rows]]
        shared = np.array([bool(self.products.rows[int(one)].children) for one in standing.row[rows]], dtype=np.bool_)
        if shared.any():
            alike = self._alike(standing, rows[shared])
            codes[np.flatnonzero(shared)[alike]] = ""
        for code in np.unique(codes):
            if code:
                lines.refuse(rows[codes == code], str(code))

    def _alike(self, standing: Standing, rows: Ints) -> Bools:
        """Whether every program treats all tariff lines below a short number, and the number itself, alike."""
        keys = np.stack([standing.row[rows], standing.origin_class[rows], standing.interval[rows]])
        different, inverse = np.unique(keys, axis=1, return_inverse=True)
        children = [self.products.rows[int(row)].children for row in different[0]]
        counts = np.array([len(each) + 1 for each in children], dtype=np.int64)
        own = self.rows.columns()[0]
        classes = [[own[int(row)], *self.classes.of_all(each)] for row, each in zip(different[0], children, strict=True)]
        product_class = np.array([one for each in classes for one in each], dtype=np.int64)
        origin_class, interval = (np.repeat(column, counts) for column in different[1:])
        starts = np.cumsum(counts) - counts
        alike = np.ones(len(counts), dtype=np.bool_)
        for program in self.laws.tables:
            numbers = self.laws.numbers(program, product_class, origin_class, interval)
            alike &= np.minimum.reduceat(numbers, starts) == np.maximum.reduceat(numbers, starts)
        return alike[inverse.reshape(-1)]

    def _pays_column_2(self, origin_class: Ints, interval: Ints) -> Bools:
        if self._column2 is None:
            self._column2 = np.array(
                [
                    [country in (self.regime.members(COLUMN_2, start) or ()) for start in self.laws.starts]
                    for country in self.origins.representatives
                ],
                dtype=np.bool_,
            )
        return np.asarray(self._column2[origin_class, interval])

    def _check_names(self, lines: Lines) -> None:
        """Refuse claims and descriptions that the law does not know, chapter 98 numbers not covered, and unknown facts."""
        for said in lines.sayings[len(self._saying_error) :]:
            try:
                check_sayings(said.claims, said.scope, self.regime)
            except LineError as error:
                self._saying_error.append(error.code)
            else:
                self._saying_error.append("")
        errors = np.array(self._saying_error)
        if any(self._saying_error):
            for code in set(self._saying_error) - {""}:
                lines.refuse(errors[lines.said] == code, code)
        check_names(lines, self.regime)

    def _special(self, lines: Lines, standing: Standing) -> ManyClaims | None:
        words = lines.words.get("spi")
        if words is None:
            return None
        rows = np.flatnonzero((words.codes != MISSING) & lines.readable)
        if not rows.size:
            return None
        found = self.special.read(
            words, rows, lines.origin, self.products.rows, standing.row, lines.entered.instants
        )
        for code, refused in found.error.items():
            lines.refuse(refused, code)
        return found

    def _check_admission(self, lines: Lines, standing: Standing) -> None:
        """Privileged foreign status fixes the law at admission (19 CFR 146.41)."""
        status = lines.words.get("ftz_status")
        if status is None:
            return
        fixed = status.among(frozenset({"PF"}))
        if not fixed.any():
            return
        admitted = lines.moments.get("admitted_at")
        if admitted is None:
            lines.refuse(fixed, "missing_field")
            return
        lines.refuse(fixed & ~admitted.given, "missing_field")
        zone = self.regime.zone(self.into)
        entered = lines.entered.instants
        for row in np.flatnonzero(fixed & admitted.given & (admitted.instants > entered)).tolist():
            if int(admitted.days[row]) != local_day(int(entered[row]), zone).toordinal():
                lines.refuse(np.array([row]), "bad_date")
        fixing = np.where(fixed & admitted.given, np.minimum(admitted.instants, entered), entered)
        standing.governing = np.searchsorted(self._cuts, fixing, side="right")

    def void_codes(self, key: str) -> Ints:
        """What courts have said of a heading, by interval of entry: ``OPEN``, ``VOID`` or ``PLAINTIFFS``."""
        found = self._voids.get(key)
        if found is None:
            said = (self.regime.void(key, start) for start in self.laws.starts)
            codes = [OPEN if one is None else VOID if one.for_all else PLAINTIFFS for one in said]
            found = self._voids[key] = np.array(codes, dtype=np.int64)
        return found


@dataclass(slots=True)
class _Pricing:
    """One frame on its way from the base duty to the fees."""

    kernel: Kernel
    lines: Lines
    standing: Standing
    special: ManyClaims | None
    entry_value: Exact
    priced: Priced
    rates: bool
    layers: bool
    general_rows: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    outcomes: list[tuple[Ints, ManySettings, ManyOutcomes]] = field(default_factory=list)
    cell: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def run(self) -> None:
        """Price the lines that may be priced: those of ordinary size together, the others with Python ints."""
        rows = np.flatnonzero(self.lines.readable)
        if not rows.size:
            return
        standing = self.standing
        self.cell = np.zeros(self.lines.count, dtype=np.int64)
        self.cell[rows] = self.kernel.plain.cells(
            standing.product_class[rows], standing.origin_class[rows], standing.interval[rows]
        )
        odd = self._beside()
        plain, others = self._sorted(rows[~odd[rows]])
        if plain.size:
            self._plain(plain)
        self.general_rows = np.concatenate([others, rows[odd[rows]]])
        for several, exactly in ((others, False), (rows[odd[rows]], True)):
            if several.size:
                self._general(several, exactly)

    def _beside(self) -> Bools:
        """Where a number fits no int64."""
        odd = np.zeros(self.lines.count, dtype=np.bool_)
        columns = [self.lines.value, *self.lines.numbers.values(), *(one.numbers for one in self.lines.facts.values())]
        for column in columns:
            odd[list(column.beside)] = True
        return odd

    # The quick way

    def _sorted(self, rows: Ints) -> tuple[Ints, Ints]:
        """The rows that a plan prices, and those that state something their headings ask for."""
        lines, kernel = self.lines, self.kernel
        _, asks, _, means = kernel.plain.columns
        cell = self.cell[rows]
        stated = (asks[cell] & self._stated()[rows]) != 0
        for name in ("spi", "ch98", "ftz_status", "shipped_from"):
            if name in lines.words:
                stated |= lines.words[name].codes[rows] != MISSING
        stated |= lines.said[rows] != 0
        stated |= lines.value.values[rows] < SMALLEST
        stated |= (means[cell] & (1 | self._means()[rows])) != 0
        # A cap on a base duty that is no share of the value is arithmetic of its own.
        if lines.count:
            rates = kernel.texts.millionths[self.standing.text[rows]]
            plans = kernel.plain.columns[0][cell]
            stated |= (rates == NOT_AD_VALOREM) & kernel.plain.capped[plans]
        return rows[~stated], rows[stated]

    def _stated(self) -> Ints:
        """The bits of the facts that each line states."""
        lines, bits = self.lines, self.kernel.plain.bits
        found = np.zeros(lines.count, dtype=np.int64)
        for name, column in lines.numbers.items():
            found |= np.where(column.given, bits.bit(name), 0)
        for name, moments in lines.moments.items():
            found |= np.where(moments.given, bits.bit(name), 0)
        for name, words in lines.words.items():
            known = self.kernel.cautions.words_named(name)
            found |= np.where(words.among(known) if known is not None else words.codes != MISSING, bits.bit(name), 0)
        for name, fact in lines.facts.items():
            found |= np.where(fact.words.codes != MISSING, bits.bit(name), 0)
        return found

    def _means(self) -> Ints:
        """The bit of each line's means of transport, as plans have them."""
        codes = np.array([2 << TRANSPORTS.index(word) if word else 0 for word in self.lines.transport.words] + [0])
        return np.asarray(codes[self.lines.transport.codes], dtype=np.int64)

    def _plain(self, rows: Ints) -> None:
        kernel, priced = self.kernel, self.priced
        value = self.lines.value.values[rows]
        base = self._base(rows, self.standing.text[rows], value, _CENT_PLACES, exactly=False)
        keep = ~(base.unread | base.missing)
        if not keep.all():
            self._refuse_base(rows, base)
        priced.base[rows] = base.cents
        plans = kernel.plain.columns[0][self.cell[rows]]
        tables = kernel.plain.tables()
        shares = np.maximum(base.millionths, 0)
        voided = np.zeros(len(rows), dtype=np.int64)
        for place, program in enumerate(kernel.plain.programs):
            rate_of_plan = tables.rates[place]
            if rate_of_plan is None:
                continue
            rate = rate_of_plan[plans]
            if tables.caps[place] is not None:
                rate = np.where(tables.caps[place][plans], np.maximum(rate - shares, 0), rate)
            hit = np.flatnonzero(rate)
            if not hit.size:
                continue
            cents = (value[hit] * rate[hit] + MILLION // 2) // MILLION
            column = self._column(program.id)
            column[rows[hit]] = cents
            if tables.voids[place] is not None:
                void = tables.voids[place][plans[hit]]
                voided[hit] += np.where(void == VOID, cents, 0)
                only = hit[(void == PLAINTIFFS) & (cents > 0)]
                priced.warnings[rows[only]] |= warning_bit("voided_for_plaintiffs")
            if self.rates:
                self._rate_column(program.id)[rows[hit]] = rate[hit]
        priced.voided[rows] += voided

    def _column(self, program: str) -> Ints:
        found = self.priced.duties.get(program)
        if found is None:
            found = self.priced.duties[program] = np.zeros(self.lines.count, dtype=np.int64)
        return found

    def _rate_column(self, program: str) -> Ints:
        found = self.priced.rates.get(program)
        if found is None:
            found = self.priced.rates[program] = np.zeros(self.lines.count, dtype=np.int64)
        return found

    # The base duty

    def _base(self, rows: Ints, texts: Ints, basis: Exact, places: int, *, exactly: bool) -> ManyBaseDuties:
        kernel = self.kernel
        quantities = ManyQuantities()
        if (kernel.texts.millionths[texts] == NOT_AD_VALOREM).any():
            quantities = quantities_of(self.lines, rows, self.standing.cells, kernel.cells, exactly)
        return charge_texts(kernel.texts, texts, basis, places, quantities)

    def _refuse_base(self, rows: Ints, base: ManyBaseDuties) -> None:
        self.lines.refuse(rows[base.missing & ~base.unread], "missing_quantity")
        self.lines.refuse(rows[base.unread], "base_not_computable")

    # The full way

    def _general(self, rows: Ints, exactly: bool) -> None:
        """Lines that state facts: the waterfall on columns."""
        setting = self._setting(rows, exactly)
        charged = setting.applied
        self._refuse_base(rows, charged)
        outcomes = ask_programs(self.kernel.laws, setting)
        self.lines.refuse(rows[outcomes.no_ch98_value], "missing_ch98_value")
        self.lines.refuse(rows[outcomes.no_quantity], "missing_quantity")
        self.lines.refuse(rows[outcomes.no_base & setting.general.unread], "base_not_computable")
        self.lines.refuse(rows[outcomes.no_base], "missing_quantity")
        self.priced.base[rows] = charged.cents.astype(np.int64)
        self.outcomes.append((rows, setting, outcomes))
        for answers in outcomes.answers:
            self._add(rows, setting, answers)
        self.priced.warnings[rows[outcomes.pooled]] |= warning_bit("content_charged_once")

    def _setting(self, rows: Ints, exactly: bool) -> ManySettings:
        kernel, lines, standing = self.kernel, self.lines, self.standing
        facts = self.facts(rows, exactly)
        judge = Judge(facts)
        product_class, origin_class = standing.product_class[rows], standing.origin_class[rows]
        entered, governing = standing.interval[rows], standing.governing[rows]
        held = kernel.rules.holding(product_class, origin_class, entered, judge)
        bases = ManyBases(kernel.rules, held, facts)
        basis, _, missing = bases(BASE)
        lines.refuse(rows[missing], "missing_ch98_value")
        general = standing.general[rows]
        charged = general
        if self.special is not None:
            rate = self.special.rate[rows]
            charged = np.where(rate != NO_RATE, rate, general)
        base = self._base(rows, charged, basis, facts.places, exactly=exactly)
        same = np.array_equal(charged, general)
        return ManySettings(
            product_class,
            origin_class,
            entered,
            governing,
            facts,
            quantities_of(lines, rows, standing.cells, kernel.cells, exactly),
            base if same else self._base(rows, general, basis, facts.places, exactly=exactly),
            base,
            lambda program: ManyBasis(*bases(program)),
        )

    def facts(self, rows: Ints, exactly: bool) -> ManyFacts:
        """The facts of some lines. A special program that does not count is as if it were not claimed."""
        lines = self.lines
        money = [lines.value, *(lines.numbers[name] for name in MONEY_FIELDS if name in lines.numbers)]
        money += [fact.numbers for fact in lines.facts.values()]
        places = max([_CENT_PLACES, *(one.places_of(rows) for one in money)]) if exactly else _CENT_PLACES
        value = self._numbers(lines.value, rows, places, exactly).values
        entry_value = self._entry(rows, places, exactly)
        numbers = {name: self._numbers(column, rows, places, exactly) for name, column in lines.numbers.items()}
        numbers |= {name: self._fact(fact.numbers, rows, places, exactly) for name, fact in lines.facts.items()}
        words = {name: _taken(column, rows) for name, column in lines.words.items()}
        if self.special is not None:
            codes = np.where(self.special.counts[rows], words["spi"].codes, MISSING)
            words["spi"] = type(words["spi"])(codes, words["spi"].words)
        words |= {name: _taken(fact.words, rows) for name, fact in lines.facts.items()}
        words["transport"] = _taken(lines.transport, rows)
        moments = {name: _moments(one, rows) for name, one in lines.moments.items()}
        moments |= {name: _moments(fact.moments, rows) for name, fact in lines.facts.items()}
        return ManyFacts(value, entry_value, places, lines.said[rows], lines.sayings, words, numbers, moments)

    def _numbers(self, column: object, rows: Ints, places: int, exactly: bool) -> Numbers:
        from tidewaiter.bulk.numbers import NumberColumn

        assert isinstance(column, NumberColumn)
        if exactly:
            return column.exactly(rows, max(places, column.places_of(rows)))
        return column.take(rows)

    def _fact(self, column: object, rows: Ints, places: int, exactly: bool) -> Numbers:
        """A named fact that is money may be a portion: then it stands in the places of the value, as far as it can."""
        found = self._numbers(column, rows, places, exactly)
        step = 10 ** (found.places - places)
        if found.places > places and not (found.values % step).any():
            return Numbers(found.values // step, places, found.given)
        return found

    def _entry(self, rows: Ints, places: int, exactly: bool) -> Exact:
        if exactly:
            own = self.lines.value.places_of(np.arange(self.lines.count)) if self.lines.value.beside else _CENT_PLACES
            if own > places:
                return self.entry_value[rows].astype(object) // 10 ** (own - places)
            return self.entry_value[rows].astype(object) * 10 ** (places - own)
        if self.entry_value.dtype == object:
            own = self.lines.value.places_of(np.arange(self.lines.count))
            return np.array([int(one) // 10 ** (own - _CENT_PLACES) for one in self.entry_value[rows]], dtype=object)
        return self.entry_value[rows]

    def _add(self, rows: Ints, setting: ManySettings, answers: Answers) -> None:
        """One heading's amounts on the columns of the answer."""
        its = rows[answers.rows]
        amount = answers.amount.astype(np.int64)
        owed = amount
        if answers.row is not None and answers.kind != "relief":
            np.add.at(self._column(answers.program.id), its, amount)
            codes = self.kernel.void_codes(answers.row.key)[setting.entered[answers.rows]]
            plaintiff = setting.facts.saying(lambda said: PLAINTIFF in said.claims)[answers.rows]
            void = (codes == VOID) | ((codes == PLAINTIFFS) & plaintiff)
            owed = np.where(void, 0, amount)
            self.priced.voided[its] += amount - owed
            only = its[(codes == PLAINTIFFS) & (amount > 0)]
            self.priced.warnings[only] |= warning_bit("voided_for_plaintiffs")
        if self.layers and answers.code:
            self.priced.layers.append(Layers(answers, its, owed))

    # Fees

    def charge_fees(self, entry: Ints) -> None:
        """Put the fees of each entry on its lines that are answered."""
        rows = np.flatnonzero(self.lines.error == 0)
        exactly = bool(self.lines.value.beside)
        if exactly:
            facts = self.facts(rows, True)
        else:
            facts = self.facts(rows, False)
        charged = self.kernel.fees.charge(
            FeeLines(
                entry[rows],
                self.lines.entered.instants[rows],
                self.standing.origin_class[rows],
                self.standing.product_class[rows],
                facts,
            )
        )
        for code, cents in charged.cents.items():
            column = np.zeros(self.lines.count, dtype=np.int64)
            column[rows] = cents
            self.priced.fees[code] = column
        self.priced.warnings[rows[charged.unknown_informal]] |= warning_bit("informal_fee_unknown")


def _taken(words: object, rows: Ints) -> object:
    from tidewaiter.bulk.facts import Words

    assert isinstance(words, Words)
    return Words(words.codes[rows], words.words)


def _moments(moments: object, rows: Ints) -> object:
    from tidewaiter.bulk.facts import Moments

    assert isinstance(moments, Moments)
    return Moments(moments.instants[rows], moments.days[rows], moments.given[rows])


def _to_whole_dollars(lines: Lines) -> None:
    """Values rounded half-up to the dollar, as CBP Form 7501 has them."""
    value = lines.value
    value.values = (value.values + 50) // 100 * 100
    value.beside = {row: number.quantize(1) for row, number in value.beside.items()}  # type: ignore[call-overload]


__all__ = ["ENTRY_VALUE", "Kernel", "Layers", "Priced", "Sequence", "Standing"]
