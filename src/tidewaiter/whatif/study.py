"""A portfolio priced under each scenario in each month of arrival, and summed: by month, by program, by product.

Money is whole cents here. A line that any of the regimes refuses in a month counts under none of them in that month, so that
what is compared is the same goods.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import polars as pl

from tidewaiter.bulk.arrays import Bools, Ints
from tidewaiter.bulk.codes import ERRORS
from tidewaiter.bulk.entries import EntryFrame, SeenEntries, whole_entries
from tidewaiter.bulk.numbers import NumberColumn
from tidewaiter.bulk.pricing import Priced
from tidewaiter.bulk.several import AnyPricer
from tidewaiter.bulk.stream import PRICING, READING
from tidewaiter.whatif.arrivals import Arrival, entered_on

SKU, LINE_ID = "sku", "line_id"
BASE = "base duty"
_MOST = 10**15
"""Dollars beyond which the value of a line is no longer summed."""
Told = Callable[[int, float], None]
"""Told how many answers there are so far, and what part of the lines that have been read is done."""


@dataclass(frozen=True, slots=True)
class Product:
    """A product of the portfolio: the name that it goes by, with the tariff number and origin of its first line."""

    sku: str
    hts: str
    origin: str


@dataclass(slots=True)
class Refusal:
    """A line that is refused, the number of its row in the file, and in which months under which scenarios."""

    row: int
    product: Product
    code: str
    given: Mapping[str, object]
    months: dict[str, None] = field(default_factory=dict)
    scenarios: dict[str, None] = field(default_factory=dict)


class Sums:
    """Whole numbers (cents, or lines) by product, grown as products are met."""

    def __init__(self) -> None:
        self._sums: Ints = np.zeros(0, dtype=np.int64)

    def add(self, places: Ints, numbers: Ints, count: int) -> None:
        """Add the numbers of lines to their products, of which there are so many."""
        self._sums = self.of(count)
        np.add.at(self._sums, places, numbers)

    def of(self, count: int) -> Ints:
        """The sums of so many products."""
        missing = count - len(self._sums)
        return np.concatenate([self._sums, np.zeros(missing, dtype=np.int64)]) if missing else self._sums


@dataclass(slots=True)
class Cell:
    """One scenario in one month: cents by program (base duty among them), and by product."""

    programs: dict[str, int] = field(default_factory=dict)
    duty: Sums = field(default_factory=Sums)
    refundable: Sums = field(default_factory=Sums)


class Study:
    """The sums, filled by :meth:`add`. ``kernels`` are by name of scenario; the first is what the others are held against."""

    def __init__(self, kernels: Mapping[str, AnyPricer], months: Sequence[Arrival]) -> None:
        self.kernels = dict(kernels)
        self.months = tuple(months)
        self.products: list[Product] = []
        self.lines = 0
        self.cells = {(name, month.month): Cell() for name in self.kernels for month in self.months}
        self.values = {month.month: Sums() for month in self.months}
        self.counts = {month.month: Sums() for month in self.months}
        self.refused: dict[tuple[int, str], Refusal] = {}
        self._places: dict[str, int] = {}

    @property
    def against(self) -> str:
        """The scenario that the others are held against."""
        return next(iter(self.kernels))

    def add(self, frames: Iterable[pl.DataFrame], told: Told = lambda done, part: None) -> None:
        """Price all lines of some frames in every month under every scenario."""
        done = 0
        with SeenEntries() as seen:
            for whole in whole_entries(frames, seen):
                places = self._met(whole.frame)
                for count, month in enumerate(self.months, start=1):
                    self._month(whole, places, month)
                    done += whole.frame.height * len(self.kernels)
                    told(done, count / len(self.months))
                self.lines += whole.frame.height

    def _month(self, whole: EntryFrame, places: Ints, month: Arrival) -> None:
        frame = entered_on(whole.frame, month.day)
        priced: dict[str, Priced] = {}
        value: Ints = np.zeros(0, dtype=np.int64)
        for name, kernel in self.kernels.items():
            with READING:
                lines = kernel.read(frame)
            with PRICING:
                answer = kernel.price(lines, whole.entry, whole.not_together)
            value, priced[name] = cents(answer.amounts.value), answer.priced
        errors = np.stack([one.error for one in priced.values()])
        answered: Bools = np.logical_not(errors.any(axis=0))
        if not answered.all():
            self._refuse(frame, errors, places, month)
        rows = np.flatnonzero(answered)
        count = len(self.products)
        self.values[month.month].add(places[rows], value[rows], count)
        self.counts[month.month].add(places[rows], np.ones(len(rows), dtype=np.int64), count)
        for name, one in priced.items():
            self._sum(self.cells[name, month.month], one, rows, places, count)

    def _sum(self, cell: Cell, priced: Priced, rows: Ints, places: Ints, count: int) -> None:
        duty: Ints = priced.base[rows].copy()
        parts = {BASE: priced.base, **priced.duties}
        for program, cents in parts.items():
            kept = cents[rows]
            cell.programs[program] = cell.programs.get(program, 0) + int(kept.sum())
            if program != BASE:
                duty += kept
        cell.duty.add(places[rows], duty, count)
        cell.refundable.add(places[rows], priced.voided[rows], count)

    def _met(self, frame: pl.DataFrame) -> Ints:
        """The place of each line's product."""
        names = self._names(frame)
        shown = [_texts(frame, name) for name in ("hts", "origin")]
        places = np.empty(frame.height, dtype=np.int64)
        for row, name in enumerate(names):
            place = self._places.get(name)
            if place is None:
                place = self._places[name] = len(self.products)
                self.products.append(Product(name, shown[0][row], shown[1][row]))
            places[row] = place
        return places

    def _names(self, frame: pl.DataFrame) -> list[str]:
        """What lines go by: their ``sku``, else their ``line_id``, else the number of their row."""
        numbers = [str(self.lines + row + 1) for row in range(frame.height)]
        column = next((name for name in (SKU, LINE_ID) if name in frame.columns), None)
        if column is None:
            return numbers
        return [name or number for name, number in zip(_texts(frame, column), numbers, strict=True)]

    def _refuse(self, frame: pl.DataFrame, errors: Ints, places: Ints, month: Arrival) -> None:
        names = list(self.kernels)
        for row in np.flatnonzero(errors.any(axis=0)).tolist():
            where = [place for place, number in enumerate(errors[:, row].tolist()) if number]
            code = ERRORS[int(errors[where[0], row])]
            refusal = self.refused.get((self.lines + row, code))
            if refusal is None:
                given = {name: cell for name, cell in frame.row(row, named=True).items() if cell is not None}
                refusal = Refusal(self.lines + row + 1, self.products[int(places[row])], code, given)
                self.refused[self.lines + row, code] = refusal
            refusal.months[month.month] = None
            refusal.scenarios.update(dict.fromkeys(names[place] for place in where))


def cents(column: NumberColumn) -> Ints:
    """A column of money in cents; what stands beside it (more places, or too large) is rounded half-up."""
    found = column.values
    if column.beside:
        found = found.copy()
        for row, number in column.beside.items():
            found[row] = int(number.scaleb(2).quantize(Decimal(1), ROUND_HALF_UP)) if abs(number) < _MOST else 0
    return found


def _texts(frame: pl.DataFrame, name: str) -> list[str]:
    if name not in frame.columns:
        return [""] * frame.height
    return frame[name].cast(pl.String, strict=False).fill_null("").str.strip_chars().to_list()
