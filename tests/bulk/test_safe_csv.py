"""Text that a spreadsheet would run as a formula: https://owasp.org/www-community/attacks/CSV_Injection."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewaiter.bulk.safe_csv import guarded


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "=cmd|' /C calc'!A0",
        "-",
        "+",
        "--5",
        "-5-",
        "＝1",
        "-1e5",
        "-1\n",
    ],
)
def test_what_begins_as_a_formula_gets_an_apostrophe(cell: str) -> None:
    assert guarded(pl.DataFrame({"note": [cell]}))["note"].to_list() == [f"'{cell}"]


@pytest.mark.parametrize(
    "cell", ["", " ", "a=1", "8507.60.0090", "'=1", "1-2", "-12.50", "+5", "-.5", "2026-08-01", None]
)
def test_other_text_stays(cell: str | None) -> None:
    assert guarded(pl.DataFrame({"note": pl.Series([cell], dtype=pl.String)}))["note"].to_list() == [cell]


def test_numbers_are_numbers_and_coded_text_is_text() -> None:
    frame = pl.DataFrame({"a": [-5], "b": [-0.5], "c": pl.Series(["=1"], dtype=pl.Categorical), "d": [True]})
    found = guarded(frame)
    assert found.row(0) == (-5, -0.5, "'=1", True)
    assert (found.schema["a"], found.schema["b"]) == (pl.Int64, pl.Float64)


def test_names_are_cells_too() -> None:
    frame = pl.DataFrame({"=a": [1], "'=a": [2], "-5": [3]})
    assert guarded(frame).columns == ["''=a", "'=a", "-5"]


@given(st.lists(st.text(max_size=5)))
def test_no_cell_that_could_be_a_formula_is_left(cells: list[str]) -> None:
    for before, after in zip(
        cells, guarded(pl.DataFrame({"note": pl.Series(cells, dtype=pl.String)}))["note"], strict=True
    ):
        assert after in (before, f"'{before}")
        assert not after.startswith(("=", "@", "\t", "\r"))
