"""Rates of the law as whole numbers."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from tidewaiter.assess.amounts import rate_of

MILLION = 1_000_000


@lru_cache(maxsize=1024)
def all_in(rate: str) -> Fraction:
    """The rate of a cap as a fraction of the value."""
    return Fraction(rate_of(rate).duty(Decimal(1), {}))


def whole_millionths(rate: Decimal | Fraction) -> int | None:
    """A rate as parts per million; ``None`` where it is not a whole number of them."""
    exact = Fraction(rate) * MILLION
    return int(exact) if exact.denominator == 1 else None
