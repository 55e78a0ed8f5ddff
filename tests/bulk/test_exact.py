"""Whole-number arithmetic on columns, held against ``Fraction`` and ``Decimal`` place by place, int64 or beyond."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import profiles

from tidewaiter.bulk.duties import ManyQuantities, duty_of
from tidewaiter.bulk.exact import Ratio, half_up, largest, product, select, times, total
from tidewaiter.schedule.duties import (
    DEGREES,
    AdValorem,
    AtLeast,
    AtMost,
    Compound,
    Expression,
    Free,
    LessPerDegree,
    MinimumPrice,
    PartRate,
    SeeNote,
    Specific,
)

profiles.load()

MOST = 2**63 - 1
whole = st.one_of(st.integers(0, 10**6), st.integers(0, MOST), st.sampled_from([0, 1, 2**31, 2**62 - 1, 2**62, MOST]))
signed = st.one_of(whole, whole.map(lambda number: -number))
columns = st.lists(signed, min_size=1, max_size=6)
pairs = st.lists(st.tuples(signed, signed), min_size=1, max_size=6)
positive = st.one_of(st.integers(1, 10**4), st.integers(1, 2**62), st.integers(1, 10**25))


def ints(numbers: list[int]) -> Any:
    return np.array(numbers, dtype=np.int64)


def rounded(number: Fraction) -> int:
    """To a whole number, halves away from zero; for numbers from zero up."""
    return int(number + Fraction(1, 2))


@given(columns, st.one_of(st.integers(-(10**4), 10**4), st.integers(-(10**25), 10**25)))
def test_a_column_times_a_number(numbers: list[int], factor: int) -> None:
    assert [int(one) for one in times(ints(numbers), factor)] == [number * factor for number in numbers]


@given(pairs)
def test_products_and_sums(numbers: list[tuple[int, int]]) -> None:
    one, other = (ints([pair[side] for pair in numbers]) for side in (0, 1))
    assert [int(each) for each in product(one, other)] == [a * b for a, b in numbers]
    assert [int(each) for each in total(one, other)] == [a + b for a, b in numbers]
    assert largest(one) == max(abs(a) for a, _ in numbers)


def test_the_largest_of_nothing_and_of_the_smallest_int64() -> None:
    assert largest(ints([])) == 0
    assert largest(ints([-(2**63)])) == 2**63
    assert int(times(ints([-(2**63)]), 2)[0]) == -(2**64)


@given(st.lists(whole, min_size=1, max_size=6), positive)
def test_half_up_over_a_number(numbers: list[int], over: int) -> None:
    assert [int(one) for one in half_up(ints(numbers), over)] == [rounded(Fraction(one, over)) for one in numbers]


@given(st.lists(st.tuples(whole, st.integers(1, MOST)), min_size=1, max_size=6))
def test_half_up_over_a_column(numbers: list[tuple[int, int]]) -> None:
    above, below = (ints([pair[side] for pair in numbers]) for side in (0, 1))
    assert [int(one) for one in half_up(above, below)] == [rounded(Fraction(a, b)) for a, b in numbers]


@given(st.integers(0, 10**15), st.integers(0, 10**9))
def test_cents_are_those_of_decimal(cents: int, millionths: int) -> None:
    """A rate on a value, to the cent, half-up: what ``Decimal`` says."""
    found = Ratio(ints([cents]), 100).scaled(Decimal(millionths).scaleb(-6)).cents()
    exact = Decimal(cents) * Decimal(millionths) / 10**8
    assert Decimal(int(found[0])).scaleb(-2) == exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


@given(pairs, st.integers(1, 10**6), st.integers(1, 10**6), st.fractions(0, 1000, max_denominator=10**6))
def test_ratios(numbers: list[tuple[int, int]], under: int, below: int, factor: Fraction) -> None:
    one, other = (
        Ratio(ints([pair[side] for pair in numbers]), denominator) for side, denominator in ((0, under), (1, below))
    )
    exact = [(Fraction(a, under), Fraction(b, below)) for a, b in numbers]

    def told(ratio: Ratio) -> list[Fraction]:
        return [Fraction(int(each), ratio.denominator) for each in ratio.numerator]

    assert told(one.plus(other)) == [a + b for a, b in exact]
    assert told(one.larger(other)) == [max(pair) for pair in exact]
    assert told(one.smaller(other)) == [min(pair) for pair in exact]
    assert told(one.scaled(factor)) == [a * factor for a, _ in exact]
    assert told(Ratio(one.over(lcm(under, below)), lcm(under, below))) == [a for a, _ in exact]


def test_select_keeps_what_is_beyond_int64() -> None:
    beyond = np.array([10**30, 5], dtype=object)
    assert select(np.array([True, False]), beyond, ints([1, 2])).tolist() == [10**30, 2]
    assert select(np.array([False, False]), beyond, 0).tolist() == [0, 0]


# Duty expressions: the same algebra on columns as on one line

UNITS = ("kg", "No.")
rates = st.integers(0, 2 * 10**6).map(lambda number: Decimal(number).scaleb(-6))
amounts = st.integers(0, 10**7).map(lambda number: Decimal(number).scaleb(-5))
simple: st.SearchStrategy[Expression] = st.one_of(
    st.just(Free()),
    rates.map(AdValorem),
    st.tuples(amounts, st.sampled_from(UNITS)).map(lambda pair: Specific(*pair)),
    st.tuples(rates, st.just("case")).map(lambda pair: PartRate(*pair)),
)


def _joined(parts: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    return st.one_of(
        st.lists(parts, min_size=2, max_size=3).map(lambda several: Compound(tuple(several))),
        st.tuples(parts, parts).map(lambda pair: AtLeast(*pair)),
        st.tuples(parts, parts).map(lambda pair: AtMost(*pair)),
        parts.map(MinimumPrice),
    )


expressions = st.recursive(simple, _joined, max_leaves=5)
values = st.one_of(st.integers(0, 10**12), st.integers(0, 10**15))
measures = st.lists(
    st.tuples(values, *(st.one_of(st.none(), st.integers(0, 10**12)) for _ in range(3))), min_size=1, max_size=5
)


def expected(expression: Expression, value: Fraction, given: dict[str, Fraction | None]) -> Fraction | None:
    """The duty in dollars, ``None`` where a quantity is missing: what the words of the schedule say."""

    def of(part: Expression) -> Fraction | None:
        return expected(part, value, given)

    def all_of(*parts: Expression) -> list[Fraction] | None:
        found = [of(part) for part in parts]
        return None if None in found else [one for one in found if one is not None]

    match expression:
        case AdValorem(rate):
            return value * Fraction(rate)
        case Specific(amount, unit):
            return None if given[unit] is None else Fraction(amount) * given[unit]
        case PartRate(rate, _):
            part = given[expression.key]
            return None if part is None else Fraction(rate) * part
        case MinimumPrice(price):
            least = of(price)
            return None if least is None else max(least - value, Fraction(0))
        case Compound(parts):
            found = all_of(*parts)
            return None if found is None else sum(found, Fraction(0))
        case AtLeast(main, floor):
            found = all_of(main, floor)
            return None if found is None else max(found)
        case AtMost(main, ceiling):
            found = all_of(main, ceiling)
            return None if found is None else min(found)
    return Fraction(0)


@given(expressions, measures)
def test_any_expression_on_a_column(
    expression: Expression, lines: list[tuple[int, int | None, int | None, int | None]]
) -> None:
    names = (*UNITS, PartRate(Decimal(0), "case").key)
    quantities = ManyQuantities(
        {name: np.array([line[place] is not None for line in lines]) for place, name in enumerate(names, start=1)},
        {name: ints([line[place] or 0 for line in lines]) for place, name in enumerate(names, start=1)},
        {name: ints([place] * len(lines)) for place, name in enumerate(names, start=1)},
        places=6,
    )
    found = duty_of(expression, ints([line[0] for line in lines]), 2, quantities, np.arange(len(lines)))
    for row, (cents, *known) in enumerate(lines):
        told = {
            name: None if number is None else Fraction(number, 10**6) for name, number in zip(names, known, strict=True)
        }
        exact = expected(expression, Fraction(cents, 100), told)
        missing = found.missing is not None and bool(found.missing[row])
        assert missing == (exact is None)
        if exact is not None:
            assert Fraction(int(found.ratio.numerator[row]), found.ratio.denominator) == exact
            assert int(found.ratio.cents()[row]) == rounded(100 * exact)


def test_sugar_by_its_degrees() -> None:
    """1701.13.10: 1.4606 cents a kg, less 0.020668 a kg for each degree under 100, but not less than 0.943854 cents a kg.

    At 96 degrees that is 1.4606 - 4 x 0.020668 = 1.377928 cents a kg; at 60 it would be 0.63388, so the least counts.
    """
    sugar = AtLeast(
        LessPerDegree(Decimal("0.014606"), Decimal("0.00020668"), "kg"), Specific(Decimal("0.00943854"), "kg")
    )
    quantities = ManyQuantities(
        dict.fromkeys(("kg", DEGREES), np.array([True, True])),
        {"kg": ints([1000 * 10**6, 1000 * 10**6]), DEGREES: ints([96 * 10**6, 60 * 10**6])},
        dict.fromkeys(("kg", DEGREES), ints([1, 1])),
        places=6,
    )
    found = duty_of(sugar, ints([0, 0]), 2, quantities, np.arange(2))
    exact = [Fraction(int(each), found.ratio.denominator) for each in found.ratio.numerator]
    assert exact == [Fraction("13.77928"), Fraction("9.43854")]
    assert [int(cents) for cents in found.ratio.cents()] == [1378, 944]


def test_a_text_that_gives_no_duty_is_unread() -> None:
    quantities = ManyQuantities()
    both = Compound((AdValorem(Decimal("0.05")), SeeNote("See note 1")))
    found = duty_of(both, ints([100]), 2, quantities, np.arange(1))
    assert found.unread


def test_units_of_one_group_are_exact_multiples() -> None:
    """A tonne is 1,000 kg; a duty of 2 cents a kg on 3 t is 60 dollars."""
    quantities = ManyQuantities({"t": np.array([True])}, {"t": ints([3])}, {"t": ints([0])})
    found = duty_of(Specific(Decimal("0.02"), "kg"), ints([0]), 2, quantities, np.arange(1))
    assert [int(cents) for cents in found.ratio.cents()] == [6000]


@pytest.mark.parametrize("unit", ["kg", "m2"])
def test_a_unit_that_is_not_given_is_missing(unit: str) -> None:
    quantities = ManyQuantities({"No.": np.array([True])}, {"No.": ints([3])}, {"No.": ints([0])})
    found = duty_of(Specific(Decimal("0.02"), unit), ints([0]), 2, quantities, np.arange(1))
    assert found.missing is not None
    assert found.missing.tolist() == [True]
