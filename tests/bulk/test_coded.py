"""Coded columns: read and written by their codes, and no answer is another for it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from tests.bulk.test_files import SHIPMENT
from tests.bulk.test_one_equals_many import kernel

from tidewaiter.assess.errors import FileError
from tidewaiter.bulk.arrow import whole_numbers
from tidewaiter.bulk.coded import CodeTable
from tidewaiter.bulk.files import price_file
from tidewaiter.bulk.output import stored
from tidewaiter.bulk.parquet_lines import ParquetLines
from tidewaiter.bulk.stream import Options

WORDS = st.lists(st.lists(st.sampled_from(["kg", "No.", "", "t", "m2", "電池"]) | st.none(), max_size=20), max_size=4)


@given(WORDS)
def test_a_word_has_the_number_it_was_given_when_first_met(columns: list[list[str | None]]) -> None:
    met: list[str] = []

    def read(words: list[str]) -> list[int]:
        met.extend(words)
        return [met.index(word) for word in words]

    table = CodeTable(read)
    for cells in columns:
        found = table.numbers(pl.Series("unit", cells, dtype=pl.Categorical()), -1)
        assert [None if number < 0 else met[number] for number in found.tolist()] == cells
    assert len(met) == len(set(met))


@given(st.lists(st.decimals(-(10**15), 10**15, places=2) | st.none()), st.integers(0, 3))
def test_decimals_are_whole_numbers_of_their_last_place(numbers: list[Decimal | None], dropped: int) -> None:
    column = pa.array(numbers, pa.decimal128(18, 2))[dropped:]
    expected = [None if number is None else int(number * 100) for number in numbers[dropped:]]
    assert whole_numbers(column).to_pylist() == expected


def test_a_number_longer_than_its_type_is_not_cut_off() -> None:
    longer = pa.array([Decimal(10) ** 20], pa.decimal128(38, 0))
    spoilt = pa.Array.from_buffers(pa.decimal128(18, 0), 1, longer.buffers())
    with pytest.raises(ValueError, match="more than 18 digits"):
        whole_numbers(spoilt)
    assert whole_numbers(longer) is longer


def test_a_file_says_which_column_holds_such_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def cut_off(column: pa.Array) -> pa.Array:
        raise ValueError("a number has more than 18 digits")

    monkeypatch.setattr("tidewaiter.bulk.output.whole_numbers", cut_off)
    with pytest.raises(FileError) as error:
        stored(pl.DataFrame({"price": [Decimal("1.50")]}))
    assert (error.value.code, "price" in error.value.message) == ("malformed_file", True)


@pytest.mark.parametrize("rows_in_group", [3, 1000])
def test_coded_words_are_answered_and_written_as_words(tmp_path: Path, rows_in_group: int) -> None:
    # Two groups of lines whose dictionaries begin otherwise, and a column of the user's own.
    price = pl.lit(Decimal("1.25"), dtype=pl.Decimal(18, 2))
    lines = pl.DataFrame([*SHIPMENT, *reversed(SHIPMENT)]).with_columns(
        pl.Series("entry_id", [None] * (2 * len(SHIPMENT)), dtype=pl.String), price=price
    )
    table = lines.to_arrow(compat_level=pl.CompatLevel.oldest())
    for name, coded in (("coded", True), ("plain", False)):
        pq.write_table(
            table, tmp_path / f"{name}.parquet", use_dictionary=coded, row_group_size=rows_in_group, store_schema=False
        )
        price_file(kernel(), tmp_path / f"{name}.parquet", tmp_path / f"{name}_out.parquet", Options())
    frame = next(ParquetLines(tmp_path / "coded.parquet").coded_frames(1000))
    assert {name for name, kind in frame.schema.items() if kind == pl.Categorical()} == {
        "hts",
        "origin",
        "transport",
        "claims",
    }
    coded, plain = (pl.read_parquet(tmp_path / f"{name}_out.parquet") for name in ("coded", "plain"))
    assert coded.schema["hts"] == pl.String and coded.schema["price"] == pl.Decimal(18, 2)
    assert_frame_equal(coded, plain)
    told = duckdb.sql(
        f"select typeof(hts), typeof(price), sum(total_duty) from '{tmp_path}/coded_out.parquet' group by all"
    ).fetchall()
    assert told == [("VARCHAR", "DECIMAL(18,2)", plain["total_duty"].sum())]
