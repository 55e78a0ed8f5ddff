"""Money: how a rate becomes an amount, and how amounts are rounded.

Each heading's duty is rounded half-up to the cent, per line, and then summed (CBP Form 7501, box 38; DESIGN, section 5).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache
from math import floor

from tidewaiter.schedule.expressions import Expression, parse

CENT = Decimal("0.01")
DOLLAR = Decimal("1")
ZERO = Decimal("0.00")


def to_cent(amount: Decimal) -> Decimal:
    """Rounded half-up to the cent.

    >>> to_cent(Decimal("410.985"))
    Decimal('410.99')
    """
    return amount.quantize(CENT, ROUND_HALF_UP)


def share_to_cent(share: Fraction, amount: Decimal) -> Decimal:
    """An exact share of an amount, rounded half-up to the cent.

    >>> share_to_cent(Fraction(1, 3), Decimal("0.045"))
    Decimal('0.02')
    """
    cents = share * Fraction(amount) * 100
    return Decimal(floor(cents + Fraction(1, 2))).scaleb(-2)


def to_dollar(amount: Decimal) -> Decimal:
    """Rounded half-up to the whole dollar, as entered values are reported on CBP Form 7501."""
    return amount.quantize(DOLLAR, ROUND_HALF_UP)


@lru_cache(maxsize=4096)
def rate_of(text: str) -> Expression:
    """A rate of the law's data, parsed once."""
    return parse(text)


@dataclass(frozen=True, slots=True)
class Charge:
    """A rate applied: the expression, the value and quantities it saw, and what came out."""

    expression: Expression
    basis: Decimal
    quantities: Mapping[str, Decimal]
    amount: Decimal

    @property
    def equivalent(self) -> Fraction:
        """The ad valorem equivalent on that basis, exact and unrounded; 0 where the basis is 0."""
        if not self.basis:
            return Fraction(0)
        return Fraction(self.expression.duty(self.basis, self.quantities)) / Fraction(self.basis)


def charge(expression: Expression, basis: Decimal, quantities: Mapping[str, Decimal]) -> Charge:
    """The duty under an expression, rounded. Raises the expression's own errors (a quantity that is missing)."""
    return Charge(expression, basis, quantities, to_cent(expression.duty(basis, quantities)))
