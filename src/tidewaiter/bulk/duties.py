"""Duty expressions on columns: the same algebra as ``schedule/duties.py``, in exact fractions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import lcm

import numpy as np

from tidewaiter.bulk.arrays import Bools, Exact, Ints, every
from tidewaiter.bulk.exact import CENTS, Ratio, half_up, product, select, times
from tidewaiter.schedule.duties import (
    DEGREES,
    Added,
    AdValorem,
    AtLeast,
    AtMost,
    Compound,
    Expression,
    Free,
    LessPerDegree,
    MinimumPrice,
    NoChange,
    PartRate,
    SeeNote,
    Specific,
)
from tidewaiter.schedule.units import units


@dataclass(frozen=True, slots=True)
class Duty:
    """Dollars as exact fractions, and the places (if any) where a quantity is missing or the text gives no duty."""

    ratio: Ratio
    missing: Bools | None = None
    unread: bool = False


@dataclass(slots=True)
class ManyQuantities:
    """Quantities by canonical unit (or ``value of the PART``, ``sugar degrees``): whole multiples of ``10**-places``.

    ``order`` is the rank of each unit on each line, for where several of one group are given: the first is taken, as for one
    line.
    """

    given: Mapping[str, Bools] = field(default_factory=dict)
    values: Mapping[str, Exact] = field(default_factory=dict)
    rank: Mapping[str, Ints] = field(default_factory=dict)
    places: int = 0
    lines: Ints | None = None
    """The lines spoken of among those of the columns; ``None`` for all."""

    def of(self, lines: Ints) -> ManyQuantities:
        """The quantities of some of the lines."""
        return replace(self, lines=lines if self.lines is None else self.lines.take(lines))

    def per_unit(self, amount: Fraction, unit: str, rows: Ints) -> Duty:
        """``amount`` dollars for each unit, by the quantity in that unit or in an exact multiple of it."""
        rows = rows if self.lines is None else self.lines.take(rows)
        found = np.zeros(len(rows), dtype=np.bool_)
        sources = self._sources(unit)
        denominator = lcm(1, *(factor.denominator for _, factor in sources))
        total: Exact = np.zeros(len(rows), dtype=np.int64)
        best = np.full(len(rows), np.iinfo(np.int64).max, dtype=np.int64)
        for name, factor in sources:
            rank = np.full(len(rows), -1, dtype=np.int64) if name == unit else self.rank[name][rows]
            better = self.given[name][rows] & (rank < best)
            scaled = times(self.values[name][rows], int(factor * denominator))
            total = select(better, scaled, total)
            best = np.where(better, rank, best)
            found |= better
        ratio = Ratio(times(total, amount.numerator), amount.denominator * denominator * 10**self.places)
        return Duty(ratio, None if every(found) else ~found)

    def _sources(self, unit: str) -> list[tuple[str, Fraction]]:
        """The units given that convert exactly, with what one of them is in the unit wanted."""
        wanted = units().get(unit)
        found = [(unit, Fraction(1))] if unit in self.given else []
        for name in self.given:
            other = units().get(name)
            if name == unit or other is None or wanted is None or not wanted.group or other.group != wanted.group:
                continue
            if other.factor is not None and wanted.factor is not None:
                found.append((name, Fraction(other.factor) / Fraction(wanted.factor)))
        return found


def cents_of(
    expression: Expression, basis: Exact, places: int, quantities: ManyQuantities, rows: Ints
) -> tuple[Exact, Bools | None]:
    """The duty of one expression in cents, rounded half-up, and where (if anywhere) a quantity is missing."""
    if isinstance(expression, AdValorem):
        rate = _fraction(expression.rate)
        return half_up(basis, rate.denominator * 10**places, rate.numerator * CENTS), None
    duty = duty_of(expression, basis, places, quantities, rows)
    return duty.ratio.cents(), duty.missing


@lru_cache(maxsize=4096)
def _fraction(rate: Decimal) -> Fraction:
    return Fraction(rate)


def duty_of(expression: Expression, basis: Exact, places: int, quantities: ManyQuantities, rows: Ints) -> Duty:
    """The duty of one expression on many lines, unrounded. ``basis`` is whole multiples of ``10**-places`` dollars.

    ``rows`` are the places of these lines in the quantities.
    """

    def of(part: Expression) -> Duty:
        return duty_of(part, basis, places, quantities, rows)

    match expression:
        case Free() | NoChange():
            return Duty(Ratio(np.zeros(len(rows), dtype=np.int64), 1))
        case AdValorem(rate):
            return Duty(Ratio(basis, 10**places).scaled(_fraction(rate)))
        case Specific(amount, unit):
            return quantities.per_unit(Fraction(amount), unit, rows)
        case PartRate(rate, _):
            return quantities.per_unit(Fraction(rate), expression.key, rows)
        case MinimumPrice(price):
            priced = of(price)
            short = priced.ratio.plus(Ratio(-basis, 10**places))
            return Duty(Ratio(np.maximum(short.numerator, 0), short.denominator), priced.missing)
        case LessPerDegree(amount, step, unit):
            return _less_per_degree(
                Fraction(amount), Fraction(step), quantities.per_unit(Fraction(1), unit, rows), quantities, rows
            )
        case Compound(parts):
            return _joined([of(part) for part in parts], Ratio.plus)
        case AtLeast(main, floor):
            return _joined([of(main), of(floor)], Ratio.larger)
        case AtMost(main, ceiling):
            return _joined([of(main), of(ceiling)], Ratio.smaller)
        case Added(extra, _):
            return of(extra)
        case SeeNote():
            return Duty(Ratio(np.zeros(len(rows), dtype=np.int64), 1), unread=True)
    raise TypeError(f"{type(expression).__name__} cannot be charged on columns")


def _less_per_degree(amount: Fraction, step: Fraction, weight: Duty, quantities: ManyQuantities, rows: Ints) -> Duty:
    degrees = quantities.per_unit(Fraction(1), DEGREES, rows)
    common = lcm(amount.denominator, step.denominator) * degrees.ratio.denominator
    per_degree = times(degrees.ratio.numerator, int(step * common) // degrees.ratio.denominator)
    rate = per_degree + int((amount - 100 * step) * common)
    ratio = Ratio(product(weight.ratio.numerator.astype(object), rate), weight.ratio.denominator * common)
    return Duty(ratio, _either(weight.missing, degrees.missing))


def _joined(parts: list[Duty], join: object) -> Duty:
    found = parts[0]
    for part in parts[1:]:
        ratio = join(found.ratio, part.ratio)  # type: ignore[operator]
        found = Duty(ratio, _either(found.missing, part.missing), found.unread or part.unread)
    return found


def _either(one: Bools | None, other: Bools | None) -> Bools | None:
    if one is None or other is None:
        return other if one is None else one
    return one | other
