"""What the programs say of many products at every change of the law, found class by class and told by numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tidewaiter.assess.countries import country_codes
from tidewaiter.bulk.arrays import Ints
from tidewaiter.bulk.classes import OriginClasses, ProductClasses
from tidewaiter.bulk.laws import Laws
from tidewaiter.ledger.regime import Law, Regime


class LawTable:
    """The law on products (digits) and origins over some intervals: equal numbers mean that the law stands still."""

    def __init__(self, regime: Regime, into: str, products: Sequence[str], intervals: Sequence[int]) -> None:
        self._regime = regime
        self._classes = ProductClasses(regime, into)
        self._classes.of_all(list(products))
        self._origins = OriginClasses(regime.ledger, country_codes())
        self._laws = Laws(regime, into, self._classes, self._origins)
        self._intervals = np.array(intervals, dtype=np.int64)
        self._rows: dict[tuple[int, int], Ints] = {}
        self._programs = list(self._laws.tables)
        # What answers are remembered by must not be forgotten.
        self._outgrown: list[object] = []

    def numbers(self, digits: str, origin: str) -> Ints:
        """A row for each interval, a column for each program: the number of what the program says."""
        product, place = self._classes.of(digits), int(self._origins.of[self._origins.place[origin]])
        tables = self._laws.tables
        if self._laws.refresh():  # a number of a class not met before: all are numbered anew
            self._rows.clear()
            self._outgrown.append(tables)
        found = self._rows.get((product, place))
        if found is None:
            count = len(self._intervals)
            products, origins = np.full(count, product, dtype=np.int64), np.full(count, place, dtype=np.int64)
            columns = [self._laws.numbers(one, products, origins, self._intervals) for one in self._programs]
            found = self._rows[product, place] = np.stack(columns, axis=1)
        return found

    def law(self, numbers: Ints, interval: int) -> Law:
        """The law behind a row of numbers, in the order in which programs are asked in the interval."""
        said = dict(zip(self._programs, numbers.tolist(), strict=True))
        several = (
            self._laws.tables[one.id].laws[said[one.id]] for one in self._regime.programs(interval) if one.id in said
        )
        return tuple(law for law in several if law is not None)
