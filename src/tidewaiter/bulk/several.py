"""Lines into several countries in one input: a kernel for each, which sees its own lines only."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Protocol, TypeVar

import numpy as np
import polars as pl

from tidewaiter.assess.coverage import check_into
from tidewaiter.bulk.arrays import Bools, Exact, Ints, present, where
from tidewaiter.bulk.cautions import mark_incomplete
from tidewaiter.bulk.kernel import Kernel, entry_values
from tidewaiter.bulk.lines import Lines
from tidewaiter.bulk.numbers import NumberColumn
from tidewaiter.bulk.pricing import Amounts, Priced, Pricing
from tidewaiter.ledger.regime import Regime

INTO = "into"
L = TypeVar("L")


class Answer(Protocol):
    """A frame's answer: the amounts on its columns, and the pricings behind them with the rows of each."""

    @property
    def priced(self) -> Priced: ...

    @property
    def amounts(self) -> Amounts: ...

    @property
    def pricings(self) -> tuple[tuple[Ints | None, Pricing], ...]: ...


class Pricer(Protocol[L]):
    """What prices frames: the kernel of one importing country, or those of several."""

    @property
    def kernels(self) -> tuple[Kernel, ...]: ...

    def read(self, frame: pl.DataFrame) -> L:
        """The lines of a frame. May run in another thread than :meth:`price`, a frame ahead of it."""

    def price(
        self,
        lines: L,
        entry: Ints,
        not_together: Bools,
        *,
        whole_dollars: bool = False,
        rates: bool = False,
        layers: bool = False,
    ) -> Answer:
        """The duties and fees of every line; see :meth:`Kernel.price`."""


AnyPricer = Pricer[Any]


def pricer(make: Callable[[str], Kernel], regime: Regime, asked: Sequence[str], names: Collection[str]) -> AnyPricer:
    """What prices lines with columns of these names into the countries ``asked``, of which the first is that of lines that name
    none. ``make`` gives the kernel of a country.

    Where nothing is asked: the first country of the law's data, or all that are covered if there is a column that names them.
    Raises ``LineError`` ``not_covered``.
    """
    covered = {row.into for row in regime.ledger.coverage}
    known = [one for one in regime.ledger.jurisdictions if one in covered]
    wanted = list(dict.fromkeys(one.strip().upper() for one in asked)) or (known if INTO in names else known[:1])
    for one in wanted:
        check_into(regime, one)
    return together([make(one) for one in wanted])


def together(kernels: Sequence[Kernel]) -> AnyPricer:
    """What prices lines into the countries of these kernels."""
    return kernels[0] if len(kernels) == 1 else Several(kernels)


@dataclass(frozen=True, slots=True)
class Parts:
    """A frame's lines, those into each country by themselves: the place of its kernel, the rows and the lines of each."""

    count: int
    places: tuple[int, ...]
    rows: tuple[Ints, ...]
    lines: tuple[Lines, ...]


class Several:
    """The kernels of several importing countries. Lines that name no country go to the first, and so do those into others."""

    def __init__(self, kernels: Sequence[Kernel]) -> None:
        self.kernels = tuple(kernels)
        self._place = {kernel.into: place for place, kernel in enumerate(self.kernels)}

    def read(self, frame: pl.DataFrame) -> Parts:
        """The lines of a frame, country by country."""
        place = self._places(frame)
        by_place = {one: where(place == one) for one in present(place)} or {0: place}
        lines = (
            self.kernels[one].read(frame if len(rows) == frame.height else frame[rows])
            for one, rows in by_place.items()
        )
        return Parts(frame.height, tuple(by_place), tuple(by_place.values()), tuple(lines))

    def price(
        self,
        lines: Parts,
        entry: Ints,
        not_together: Bools,
        *,
        whole_dollars: bool = False,
        rates: bool = False,
        layers: bool = False,
    ) -> Together:
        """The duties and fees of every line. An entry's value is that of all of its lines, whatever country they go into."""
        value, readable = _values(lines), np.zeros(lines.count, dtype=np.bool_)
        for rows, its in zip(lines.rows, lines.lines, strict=True):
            readable[rows] = its.readable
        entry_value, places = entry_values(value, entry, readable)
        pricings = [
            self.kernels[one].price(
                its,
                entry[rows],
                not_together[rows],
                whole_dollars=whole_dollars,
                rates=rates,
                layers=layers,
                entry_value=(entry_value[rows], places),
            )
            for one, rows, its in zip(lines.places, lines.rows, lines.lines, strict=True)
        ]
        into = np.zeros(lines.count, dtype=np.int64)
        for one, rows in zip(lines.places, lines.rows, strict=True):
            into[rows] = one
        # Pricing may have rounded the values.
        return Together(lines.count, tuple(zip(lines.rows, pricings, strict=True)), _values(lines), into, entry)

    def _places(self, frame: pl.DataFrame) -> Ints:
        """By row, the place of the kernel whose lines they are."""
        if INTO not in frame.columns:
            return np.zeros(frame.height, dtype=np.int64)
        words = frame[INTO].cast(pl.String, strict=False)
        place = {word: self._place.get(word.strip().upper(), 0) for word in words.unique().drop_nulls().to_list()}
        if not any(place.values()):
            return np.zeros(frame.height, dtype=np.int64)
        return words.replace_strict(place, default=0, return_dtype=pl.Int64).fill_null(0).to_numpy().astype(np.int64)


@dataclass
class Together:
    """A frame's pricings, one for each importing country, with the rows of each."""

    count: int
    pricings: tuple[tuple[Ints, Pricing], ...]
    value: NumberColumn
    into: Ints
    entry: Ints

    @cached_property
    def priced(self) -> Priced:
        """The answers on the rows of the frame."""
        found = Priced.nothing(self.count)
        for rows, pricing in self.pricings:
            own = pricing.priced
            for whole, part in ((found.error, own.error), (found.warnings, own.warnings), (found.base, own.base)):
                whole[rows] = part
            found.voided[rows] = own.voided
            for columns, parts in ((found.duties, own.duties), (found.rates, own.rates), (found.fees, own.fees)):
                for name, part in parts.items():
                    columns.setdefault(name, np.zeros(self.count, dtype=np.int64))[rows] = part
        mark_incomplete(found.error, self.entry, found.warnings)
        return found

    @property
    def amounts(self) -> Amounts:
        """What the columns of an answer are made of."""
        return Amounts(self.priced, self.value, self.into)


def _values(parts: Parts) -> NumberColumn:
    """The values of all lines, on the rows of the frame."""
    values: Exact = np.zeros(parts.count, dtype=np.int64)
    given = np.zeros(parts.count, dtype=np.bool_)
    beside: dict[int, Decimal] = {}
    for rows, lines in zip(parts.rows, parts.lines, strict=True):
        values[rows], given[rows] = lines.value.values, lines.value.given
        beside |= {int(rows[row]): number for row, number in lines.value.beside.items()}
    return NumberColumn(values, parts.lines[0].value.places, given, beside)
