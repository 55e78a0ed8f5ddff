"""Number columns of any type say what ``read_decimal`` says of each cell: the same number to the last digit, or the same code."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import profiles

from tidewaiter.assess.errors import LineError
from tidewaiter.assess.line import read_decimal
from tidewaiter.bulk.numbers import MONEY_PLACES, OTHER_PLACES, read_numbers

profiles.load()

PLACES = (MONEY_PLACES, OTHER_PLACES)
Cells = list[Any]


def expected(cell: Any) -> Decimal | str | None:
    """What one line reads: a number, the code of the refusal, or nothing."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    try:
        return read_decimal(cell, "value")
    except LineError as error:
        return error.code


def said(column: pl.Series, places: int) -> list[Decimal | str | None]:
    """What the column says, row by row."""
    found = read_numbers(column, "value", places)
    assert not set(found.beside) & set(found.refused)
    return [found.refused.get(row, found.at(row)) if found.given[row] else None for row in range(len(column))]


def check(column: pl.Series) -> None:
    cells = [expected(cell) for cell in column.to_list()]
    for places in PLACES:
        assert said(column, places) == cells


def listed(cells: st.SearchStrategy[Any]) -> st.SearchStrategy[Cells]:
    """Columns, some of them nearly empty: those take another way."""
    full = st.lists(cells, min_size=1, max_size=12)
    return st.one_of(full, full.map(lambda some: [*some, *[None] * (2 * len(some))]))


def some(cells: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), cells)


floats = st.one_of(
    st.floats(),
    st.floats(0, 1e6),
    st.integers(0, 10**12).map(lambda cents: cents / 100),
    st.sampled_from([0.0, -0.0, 1e-5, 1e-4, 0.1, 1.005, 9999999999.99, 1e10, 1e13, 2.0**53, 1e16, 1e300, float("nan")]),
)
texts = st.one_of(
    st.from_regex(r"[+-]?\d{0,14}\.?\d{0,8}", fullmatch=True),
    st.integers(0, 10**14).map(str),
    st.decimals(0, 10**11, places=2).map(str),
    st.decimals(0, 10, places=7).map(str),
    st.text(max_size=6),
    st.sampled_from(
        [" 7 ", "+5", ".5", "5.", ".", "-0", "-1", "1e5", "1,000", "$5", "NaN", "inf", "٣", "1_000", "0x1"]
    ),
)


@given(listed(some(floats)))
def test_floats(cells: Cells) -> None:
    check(pl.Series("value", cells, dtype=pl.Float64))


@given(listed(some(st.one_of(st.floats(width=32), st.floats(0, 1e6, width=32)))))
def test_floats_of_half_the_width(cells: Cells) -> None:
    check(pl.Series("value", cells, dtype=pl.Float32))


@pytest.mark.parametrize("dtype", [pl.Int8, pl.UInt8, pl.Int32, pl.UInt32, pl.Int64, pl.UInt64, pl.Int128])
@given(st.data())
def test_whole_numbers(dtype: Any, data: st.DataObject) -> None:
    bits = int("".join(letter for letter in str(dtype) if letter.isdigit()))
    signed = not str(dtype).startswith("U")
    least, most = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    cells = st.one_of(st.integers(least, most), st.integers(max(least, -5), min(most, 10**11)))
    check(pl.Series("value", data.draw(listed(some(cells))), dtype=dtype))


@given(st.integers(0, 12), st.data())
def test_decimals(scale: int, data: st.DataObject) -> None:
    whole = st.one_of(st.integers(-(10**4), 10**15), st.integers(0, 10**25))
    cells = data.draw(listed(some(whole.map(lambda number: Decimal(number).scaleb(-scale)))))
    check(pl.Series("value", cells, dtype=pl.Decimal(38, scale)))


@given(listed(some(texts)))
def test_texts(cells: Cells) -> None:
    check(pl.Series("value", cells, dtype=pl.String))


@given(listed(some(texts)))
def test_coded_texts(cells: Cells) -> None:
    check(pl.Series("value", cells, dtype=pl.String).cast(pl.Categorical))


@pytest.mark.parametrize(
    ("column", "code"),
    [
        (pl.Series([True, False]), "bad_number"),
        (pl.Series([date(2026, 8, 1)]), "bad_number"),
        (pl.Series([b"5"]), "bad_number"),
        (pl.Series([[1]]), "bad_number"),
        (pl.Series([float("inf"), float("nan"), 1e13, 1e22]), "bad_number"),
        (pl.Series([-0.01, -1e-300]), None),
        (pl.Series(["9" * 10_000_000]), "bad_number"),
    ],
)
def test_cells_that_are_no_numbers(column: pl.Series, code: str | None) -> None:
    found = read_numbers(column, "value", MONEY_PLACES)
    assert [found.refused[row] for row in range(len(column))] == [code or expected(cell) for cell in column.to_list()]


@pytest.mark.parametrize("cell", ["9999999999", "10000000000", "500000000000", "999999999999.99", "9223372036855"])
@pytest.mark.parametrize("places", PLACES)
def test_large_numbers_as_text(cell: str, places: int) -> None:
    """Ten digits fit the quick way; more stand beside, and are never cut off nor multiplied past 64 bits."""
    found = read_numbers(pl.Series([cell]), "value", places)
    assert found.at(0) == Decimal(cell)
    assert (0 in found.beside) == (len(cell.split(".")[0]) > 10)


@pytest.mark.parametrize("cell", ["٥٠٠", "５００", "५", "१.५", ".٥", "1٠"])
def test_digits_of_other_scripts_are_no_number_and_never_zero(cell: str) -> None:
    assert said(pl.Series([cell, "1"]), MONEY_PLACES) == ["bad_number", Decimal(1)]


def test_a_column_of_nothing() -> None:
    for column in (
        pl.Series(["\x1f", "\x1c \x1d"]),
        pl.Series([None, None]),
        pl.Series([None], dtype=pl.Float64),
        pl.Series(["", " "]),
        pl.Series([], dtype=pl.String),
    ):
        found = read_numbers(column, "value", MONEY_PLACES)
        assert (found.given.any(), found.beside, found.refused) == (np.False_, {}, {})


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        # The file says 1.005, though the nearest float lies below: a broker's 1.005 is no 1.00.
        (1.005, "1.005"),
        (0.1 + 0.2, "0.30000000000000004"),
        (9999999999.99, "9999999999.99"),
        (10000000000.01, "10000000000.01"),
        (9999999999999.0, "9999999999999"),
        (Decimal("0E-7"), "0"),  # zero in a column of seven decimal places
        (Decimal("0.0000001"), "0.0000001"),
    ],
)
def test_a_number_is_the_one_that_it_is_written_as(cell: float | Decimal, number: str) -> None:
    assert said(pl.Series([cell]), MONEY_PLACES) == [Decimal(number)]
