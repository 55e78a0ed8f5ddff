"""Whole-number arithmetic on columns that never overflows and never rounds but where it is told to.

Columns are int64 as long as the result surely fits, and Python ints in an object array where it might not: slower, and exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import lcm

import numpy as np

from tidewaiter.bulk.arrays import Bools, Exact, Ints

_MOST = 2**62
CENTS = 100


def largest(column: Exact) -> int:
    """The largest absolute value of a column; 0 if it is empty."""
    if not column.size:
        return 0
    return max(abs(int(column.max())), abs(int(column.min())))


def narrow(column: Exact) -> Exact:
    """A column of Python ints as int64 again, where all fit with room to spare."""
    return column.astype(np.int64) if column.dtype == object and largest(column) < _MOST else column


def times(column: Exact, factor: int) -> Exact:
    """A column times a whole number."""
    if factor == 1:
        return column
    if column.dtype != object and max(1, largest(column)) * abs(factor) >= _MOST:
        column = column.astype(object)
    return column * factor


def product(one: Exact, other: Exact) -> Exact:
    """Two columns multiplied place by place."""
    if one.dtype != object and other.dtype != object and largest(one) * largest(other) >= _MOST:
        one = one.astype(object)
    return one * other


def total(one: Exact, other: Exact) -> Exact:
    """Two columns added place by place."""
    if one.dtype != object and other.dtype != object and largest(one) + largest(other) >= _MOST:
        one = one.astype(object)
    return one + other


def sums(column: Exact, starts: Ints) -> Exact:
    """The sum of each run of a column, the runs beginning at ``starts`` (many times faster than ``reduceat``).

    The column as a whole must sum to less than 2**63: values do, of which none reaches a trillion cents.
    """
    if not column.size:
        return column
    upto: Exact = np.cumsum(column).take(np.append(starts[1:], len(column)) - 1)
    return np.diff(upto, prepend=upto.dtype.type(0) if upto.dtype != object else 0)


def half_up(numerator: Exact, denominator: int | Exact, factor: int = 1) -> Exact:
    """``numerator * factor / denominator`` rounded to whole numbers, halves away from zero (for numerators from zero up)."""
    if not isinstance(denominator, int):
        return total(times(numerator, 2 * factor), denominator) // times(denominator, 2)
    if numerator.dtype != object and max(1, largest(numerator)) * 2 * factor + denominator >= _MOST:
        numerator = numerator.astype(object)
    return (numerator * (2 * factor) + denominator) // (2 * denominator)


def select(condition: Bools, yes: Exact, no: Exact | int) -> Exact:
    """``numpy.where`` that keeps Python ints where either side has them."""
    return np.where(condition, yes, no)


@dataclass(frozen=True, slots=True)
class Ratio:
    """A column of exact fractions with one denominator."""

    numerator: Exact
    denominator: int

    def over(self, denominator: int) -> Exact:
        """The numerators over a multiple of the denominator."""
        return times(self.numerator, denominator // self.denominator)

    def plus(self, other: Ratio) -> Ratio:
        """The sum, place by place."""
        common = lcm(self.denominator, other.denominator)
        return Ratio(total(self.over(common), other.over(common)), common)

    def larger(self, other: Ratio) -> Ratio:
        """The larger of the two, place by place."""
        common = lcm(self.denominator, other.denominator)
        return Ratio(np.maximum(self.over(common), other.over(common)), common)

    def smaller(self, other: Ratio) -> Ratio:
        """The smaller of the two, place by place."""
        common = lcm(self.denominator, other.denominator)
        return Ratio(np.minimum(self.over(common), other.over(common)), common)

    def scaled(self, factor: Fraction | Decimal) -> Ratio:
        """The column times a number."""
        exact = factor if isinstance(factor, Fraction) else Fraction(factor)
        return Ratio(times(self.numerator, exact.numerator), self.denominator * exact.denominator)

    def cents(self) -> Exact:
        """Dollars as cents, rounded half-up."""
        return half_up(self.numerator, self.denominator, CENTS)
