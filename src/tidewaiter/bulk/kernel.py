"""The kernel: a frame of lines priced at once, stage by stage, as ``assess/engine.py`` prices one.

Lines that state no fact which their headings ask for are priced from the plans of ``plain.py``; the others by the waterfall
on columns. Numbers that fit no int64 take the same waterfall with Python ints. All three are the same law.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property

import numpy as np
import polars as pl

from tidewaiter.assess.countries import country_codes
from tidewaiter.assess.errors import LineError
from tidewaiter.assess.names import check_sayings
from tidewaiter.assess.special import column_2
from tidewaiter.bulk.arrays import Bools, Exact, Ints, begins, present, where
from tidewaiter.bulk.base import Texts
from tidewaiter.bulk.basis import OpenRules
from tidewaiter.bulk.cautions import Cautions
from tidewaiter.bulk.classes import OriginClasses, ProductClasses
from tidewaiter.bulk.codes import ERRORS, error_number, warning_bit
from tidewaiter.bulk.exact import sums
from tidewaiter.bulk.facts import MISSING
from tidewaiter.bulk.fees import FeeSchedule
from tidewaiter.bulk.ghosts import OtherSayings
from tidewaiter.bulk.laws import Laws
from tidewaiter.bulk.lines import Lines, Reader
from tidewaiter.bulk.names import check_names
from tidewaiter.bulk.numbers import NumberColumn
from tidewaiter.bulk.plain import OPEN, PLAINTIFFS, VOID, PlainLaw
from tidewaiter.bulk.pricing import Priced, Pricing, Standing
from tidewaiter.bulk.products import ProductRow, Products
from tidewaiter.bulk.quantities import UnitCells, check_quantities
from tidewaiter.bulk.special import ManyClaims, SpecialPrograms
from tidewaiter.bulk.waterfall import ManySettings
from tidewaiter.ledger.instants import local_day
from tidewaiter.ledger.model import ANYWHERE, BASE
from tidewaiter.ledger.regime import Regime
from tidewaiter.schedule.line import AVERAGE, ScheduleLine
from tidewaiter.schedule.store import Schedule

_LONGEST = 10
"""Digits of the longest tariff number."""


@dataclass(slots=True)
class RowTable:
    """What the kernel needs of product rows, by their number, as columns."""

    products: Products
    classes: ProductClasses
    texts: Texts
    cells: UnitCells
    error: list[int] = field(default_factory=list)
    product_class: list[int] = field(default_factory=list)
    general: list[int] = field(default_factory=list)
    column2: list[int] = field(default_factory=list)
    units: list[int] = field(default_factory=list)
    flags: list[int] = field(default_factory=list)
    _columns: tuple[Ints, ...] = ()

    def columns(self) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints]:
        """Product class, general text, column 2 text, unit cells, warnings of the line itself, and the refusal."""
        if len(self.error) < len(self.products.rows):
            new = self.products.rows[len(self.error) :]
            classes = iter(self.classes.of_all([row.digits for row in new if row.line]).tolist())
            for row in new:
                self._add(row, next(classes) if row.line else 0)
            lists = (self.product_class, self.general, self.column2, self.units, self.flags, self.error)
            self._columns = tuple(np.array(one, dtype=np.int64) for one in lists)
        return self._columns  # type: ignore[return-value]

    def _add(self, row: ProductRow, product_class: int) -> None:
        line = row.line
        self.error.append(error_number(row.error))
        self.product_class.append(product_class)
        self.general.append(self.texts.number(line.general) if line else 0)
        self.column2.append(self.texts.number(line.column2) if line else 0)
        self.units.append(self.cells.number(line.units) if line else 0)
        self.flags.append(_flags(line, row.quota_line) if line else 0)


def _flags(line: ScheduleLine, quota_line: bool) -> int:
    """The warnings of a tariff line itself, as bits."""
    flags = warning_bit("suffix_unchecked") if line.suffix_unchecked else 0
    flags |= warning_bit("number_omitted") if line.omitted else 0
    flags |= warning_bit("quota_line") if quota_line else 0
    flags |= warning_bit("average_rate") if AVERAGE in line.precision else 0
    flags |= warning_bit("base_rate_note") if any(BASE in note.columns for note in line.footnotes) else 0
    return flags


class Kernel:
    """One regime and the schedule, compiled as lines are priced. Keep it: it remembers what it has compiled and read."""

    def __init__(
        self,
        regime: Regime,
        schedule: Schedule,
        into: str = "US",
        like: Kernel | None = None,
    ) -> None:
        """``like`` is a kernel for another regime over the same ledger and schedule, whose classes are shared."""
        self.regime = regime
        self.schedule = schedule
        self.into = into
        self.countries = tuple(country_codes())
        self.classes: ProductClasses = like.classes if like else ProductClasses(regime, into)
        self.origins: OriginClasses = like.origins if like else OriginClasses(regime.ledger, self.countries)
        self.products: Products = like.products if like else Products(schedule)
        self.texts: Texts = like.texts if like else Texts()
        self.cells: UnitCells = like.cells if like else UnitCells()
        self.rows: RowTable = like.rows if like else RowTable(self.products, self.classes, self.texts, self.cells)
        self.laws: Laws = Laws(regime, into, self.classes, self.origins, like.laws if like else None)
        self.reader = Reader(regime.ledger, into, lambda text: self.products.numbers([text])[0], self.origins.place)
        self.special = SpecialPrograms(regime, into, self.countries, self.texts)
        self.rules = OpenRules(self.laws)
        self.cautions = Cautions(regime, schedule, into)
        self.other_sayings = OtherSayings(regime)
        watching = like.cautions if like else self.cautions
        lender = like.plain if like else None
        self.plain: PlainLaw = PlainLaw(self.laws, self.rules, watching.open_acts, watching.watched, lender)
        self.fees = FeeSchedule(self.laws)
        coverage = [row for row in regime.ledger.coverage if row.into == into]
        self.coverage_starts = [row.start for row in coverage]
        anywhere = any(ANYWHERE in row.origins for row in coverage)
        origins = frozenset().union(*(row.origins for row in coverage))
        covered: Bools = np.array([code in origins for code in self.countries], dtype=np.bool_)
        self.covered_origins = None if anywhere else covered
        self._edges = np.array([edition.starts for edition in schedule.editions], dtype=np.int64)
        self._cuts = np.array(regime.cuts, dtype=np.int64)
        self._saying_error: list[str] = []
        self._voids: dict[str, Ints] = {}
        self._others: dict[int, Kernel] = {}

    @property
    def programs(self) -> tuple[str, ...]:
        """The programs into the country, in the order in which they are reported."""
        found = (table.program for table in self.laws.tables.values())
        return tuple(one.id for one in sorted(found, key=lambda one: (one.reporting_order, one.id)))

    @property
    def kernels(self) -> tuple[Kernel, ...]:
        """The kernel alone: what prices lines into several countries has more."""
        return (self,)

    @cached_property
    def known_origins(self) -> tuple[str, ...]:
        """The origins for whose products duties into the country are covered."""
        covered = self.covered_origins
        return tuple(one for place, one in enumerate(self.countries) if covered is None or covered[place])

    def under(self, regime: Regime) -> Kernel:
        """The kernel for another regime over the same schedule; it shares classes and products."""
        found = self._others.get(id(regime))
        if found is None:
            found = self._others[id(regime)] = Kernel(regime, self.schedule, self.into, self)
        return found

    def intervals(self, instants: Ints) -> Ints:
        """The intervals without change in which instants lie."""
        return np.searchsorted(self._cuts, instants, side="right")

    def shifted(self, setting: ManySettings, entered: Ints, fixing: Ints) -> ManySettings:
        """The setting of another regime's kernel, asked of this one: its intervals are numbered otherwise."""
        return replace(setting, entered=self.intervals(entered), governing=self.intervals(fixing))

    def read(self, frame: pl.DataFrame) -> Lines:
        """The lines of a frame. May run in another thread than :meth:`price`, a frame ahead of it."""
        return self.reader.read(frame)

    def price(
        self,
        lines: Lines,
        entry: Ints,
        not_together: Bools,
        *,
        whole_dollars: bool = False,
        rates: bool = False,
        layers: bool = False,
        entry_value: tuple[Exact, int] | None = None,
    ) -> Pricing:
        """The duties and fees of every line.

        ``entry`` numbers the entries in runs, ``not_together`` marks lines of entries that stand apart from their others.
        ``layers`` keeps every heading's answer (and takes every line the full way), ``rates`` the rates by program.
        ``entry_value`` is the value of each line's whole entry with its decimal places, where other lines belong to it too.
        """
        readable = lines.readable.copy()
        lines.error[not_together] = 0
        lines.refuse(not_together, "entry_not_together")
        whole, places = entry_value or entry_values(lines.value, entry, readable)
        if whole_dollars:
            to_whole_dollars(lines.value)
        lines.refuse(~lines.into.among(frozenset({self.into})), "not_covered")
        self._meet(lines)
        standing = self._find(lines)
        self._check_names(lines)
        special = self._special(lines, standing)
        self._check_admission(lines, standing)
        check_quantities(lines, standing.cells, self.cells)
        priced = Priced.nothing(lines.count)
        pricing = Pricing(self, lines, standing, special, whole, places, priced, rates, layers)
        pricing.run()
        pricing.charge_fees(entry)
        self.cautions.add(self, pricing, entry)
        priced.refuse(lines.error.astype(np.int64))
        return pricing

    def numbers(self) -> list[str]:
        """The numbers of all editions; where longer ones stand as given, those that lists name too, and one below each."""
        found = self.schedule.numbers()
        if self.schedule.open_ended:
            lists = self.regime.lists_of(self.into).values()
            found += [prefix for index in lists for prefix in index.entries]
            found += [number.ljust(_LONGEST, "9") for number in found]
        return found

    # Stages up to the base duty

    def _meet(self, lines: Lines) -> None:
        """Make sure that everything is compiled for the product classes of these lines."""
        if not self.classes:
            # All numbers at once: few lines ever bring another class.
            self.classes.of_all(self.numbers())
        self.rows.columns()
        for kernel in (self, *self._others.values()):
            if kernel.laws.refresh():
                kernel.plain.forget()

    def _find(self, lines: Lines) -> Standing:
        """The product of each line in the edition in force, and its place in the law."""
        instants = lines.entered.instants
        edition = np.maximum(lines.entered.each(lambda each: np.searchsorted(self._edges, each, side="right")) - 1, 0)
        row = np.zeros_like(edition)
        if len(self.products):
            row = self.products.row_of.reshape(-1).take(np.maximum(lines.hts, 0) * len(self._edges) + edition)
        product_class, general, column2, cells, _, _ = (
            self.rows.columns() if len(self.products) else ([np.zeros(1, np.int64)] * 6)
        )
        interval = lines.entered.each(self.intervals)
        origin_class = self.origins.of.take(lines.origin)
        pair = self.laws.pairs(origin_class, interval)
        standing = Standing(
            row,
            product_class.take(row),
            origin_class,
            interval,
            pair,
            interval,
            instants,
            general.take(row),
            cells.take(row),
        )
        second = self.column2.reshape(-1).take(pair)
        if second.any():
            its = where(second)
            standing.text[its] = column2.take(row.take(its))
        self._refuse_numbers(lines, standing)
        return standing

    def _refuse_numbers(self, lines: Lines, standing: Standing) -> None:
        errors = self.rows.columns()[5] if len(self.products) else np.zeros(1, dtype=np.int64)
        codes = errors.take(standing.row)
        rows = where((codes != 0) & lines.readable)
        if not rows.size:
            return
        codes = codes[rows]
        shared = np.array([bool(self.products.rows[int(one)].children) for one in standing.row[rows]], dtype=np.bool_)
        if shared.any():
            alike = self._alike(standing, rows[shared])
            codes[where(shared)[alike]] = 0
        for code in present(codes):
            if code:
                lines.refuse(rows[codes == code], ERRORS[code])

    def _alike(self, standing: Standing, rows: Ints) -> Bools:
        """Whether every program treats all tariff lines below a short number, and the number itself, alike."""
        keys = np.stack([standing.row[rows], standing.origin_class[rows], standing.interval[rows]])
        different, inverse = np.unique(keys, axis=1, return_inverse=True)
        children = [self.products.rows[int(row)].children for row in different[0]]
        counts = np.array([len(each) + 1 for each in children], dtype=np.int64)
        own = self.rows.columns()[0]
        classes = [
            [own[int(row)], *self.classes.of_all(each)] for row, each in zip(different[0], children, strict=True)
        ]
        product_class = np.array([one for each in classes for one in each], dtype=np.int64)
        origin_class, interval = (np.repeat(column, counts) for column in different[1:])
        starts = np.cumsum(counts) - counts
        alike = np.ones(len(counts), dtype=np.bool_)
        for program in self.laws.tables:
            numbers = self.laws.numbers(program, product_class, origin_class, interval)
            alike &= np.minimum.reduceat(numbers, starts) == np.maximum.reduceat(numbers, starts)
        return alike[inverse.reshape(-1)]

    @cached_property
    def column2(self) -> Bools:
        """By origin class and interval: whether the products pay the rates of column 2."""
        members = [column_2(self.regime, self.into, start) for start in self.laws.starts]
        paying = [[country in one for one in members] for country in self.origins.representatives]
        return np.array(paying, dtype=np.bool_)

    def _check_names(self, lines: Lines) -> None:
        """Refuse claims and descriptions that the law does not know, chapter 98 numbers not covered, and unknown facts."""
        for said in lines.sayings.said[len(self._saying_error) :]:
            try:
                check_sayings(said.claims, said.scope, self.regime)
            except LineError as error:
                self._saying_error.append(error.code)
            else:
                self._saying_error.append("")
        for code in set(self._saying_error) - {""}:
            lines.refuse(np.array([error == code for error in self._saying_error])[lines.said], code)
        check_names(lines, self.regime)

    def _special(self, lines: Lines, standing: Standing) -> ManyClaims | None:
        words = lines.words.get("spi")
        if words is None:
            return None
        rows = where((words.codes != MISSING) & lines.readable)
        if not rows.size:
            return None
        found = self.special.read(words, rows, lines.origin, self.products.rows, standing.row, lines.entered.instants)
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
        for row in where(fixed & admitted.given & (admitted.instants > entered)).tolist():
            if int(admitted.days[row]) != local_day(int(entered[row]), zone).toordinal():
                lines.refuse(np.array([row]), "bad_date")
        rows = where(fixed & admitted.given)
        standing.fixing, standing.governing = standing.fixing.copy(), standing.governing.copy()
        standing.fixing[rows] = np.minimum(admitted.instants[rows], entered[rows])
        standing.governing[rows] = self.intervals(standing.fixing[rows])

    def void_codes(self, key: str) -> Ints:
        """What courts have said of a heading, by interval of entry: ``OPEN``, ``VOID`` or ``PLAINTIFFS``."""
        found = self._voids.get(key)
        if found is None:
            said = (self.regime.void(key, start) for start in self.laws.starts)
            codes = [OPEN if one is None else VOID if one.for_all else PLAINTIFFS for one in said]
            found = self._voids[key] = np.array(codes, dtype=np.int64)
        return found


def entry_values(value: NumberColumn, entry: Ints, readable: Bools) -> tuple[Exact, int]:
    """The value of all lines of the entry that could be read, on each of its lines, and its decimal places."""
    count = len(entry)
    everything = np.arange(count)
    places = value.places_of(everything)
    values: Exact = value.values
    if value.beside:
        values = value.exactly(everything, places).values
    counted: Exact = values * readable
    starts = where(begins(entry))
    if len(starts) == count:
        return counted, places
    return np.repeat(sums(counted, starts), np.diff(starts, append=count)), places


def to_whole_dollars(value: NumberColumn) -> None:
    """Values rounded half-up to the dollar, as CBP Form 7501 has them."""
    value.values = (value.values + 50) // 100 * 100
    value.beside = {row: number.quantize(Decimal(1), ROUND_HALF_UP) for row, number in value.beside.items()}
