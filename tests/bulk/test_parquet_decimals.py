"""Amounts in Parquet: written as whole numbers, told to be decimals, and read as decimals by every reader."""

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

from tidewaiter.bulk.parquet_decimals import arrow_schema, tell_decimals

CENTS = pa.decimal64(18, 2)


def write(path: Path, table: pa.Table, *decimals: str) -> Path:
    """A file whose columns of these names are whole numbers told to be cents."""
    told = pa.schema([one.with_type(CENTS) if one.name in decimals else one for one in table.schema])
    with pq.ParquetWriter(path, table.schema, store_schema=False) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata(arrow_schema(told))
    tell_decimals(path, dict.fromkeys(decimals, CENTS))
    return path


def test_every_reader_reads_decimals(tmp_path: Path) -> None:
    table = pa.table({"name": ["a", "b", "c"], "amount": pa.array([1, None, -123456789012345678], pa.int64())})
    path = write(tmp_path / "told.parquet", table, "amount")
    expected = [Decimal("0.01"), None, Decimal("-1234567890123456.78")]
    assert pl.read_parquet(path)["amount"].to_list() == expected
    assert pl.read_parquet(path).schema["amount"] == pl.Decimal(18, 2)
    assert pq.read_table(path)["amount"].to_pylist() == expected
    assert [row[0] for row in duckdb.sql(f"select amount from '{path}'").fetchall()] == expected
    assert duckdb.sql(f"select typeof(amount) from '{path}' limit 1").fetchall() == [("DECIMAL(18,2)",)]
    assert pl.read_parquet(path)["name"].to_list() == ["a", "b", "c"]


def test_the_file_says_what_the_format_says(tmp_path: Path) -> None:
    """DECIMAL annotates INT64 (Parquet format, LogicalTypes.md), with the converted type that older readers look at."""
    path = write(tmp_path / "told.parquet", pa.table({"amount": pa.array([1], pa.int64())}), "amount")
    column = pq.ParquetFile(path).schema.column(0)
    assert (column.physical_type, column.precision, column.scale) == ("INT64", 18, 2)
    assert (column.converted_type, column.max_definition_level) == ("DECIMAL", 1)
    assert str(column.logical_type) == "Decimal(precision=18, scale=2)"


def test_fields_inside_other_columns_stay_as_they_are(tmp_path: Path) -> None:
    """A user's own struct may have a field of the name of an amount; lists and lists of structs stand between the amounts."""
    nested = pa.array(
        [{"amount": 7, "deep": {"amount": 8}}],
        pa.struct([("amount", pa.int64()), ("deep", pa.struct([("amount", pa.int64())]))]),
    )
    table = pa.table(
        {
            "own": nested,
            "amount": pa.array([1], pa.int64()),
            "list": pa.array([[{"amount": 5}]], pa.list_(pa.struct([("amount", pa.int64())]))),
            "other": pa.array([2], pa.int64()),
        }
    )
    path = write(tmp_path / "told.parquet", table, "amount", "other")
    (row,) = pq.read_table(path).to_pylist()
    assert row == {
        "own": {"amount": 7, "deep": {"amount": 8}},
        "amount": Decimal("0.01"),
        "list": [{"amount": 5}],
        "other": Decimal("0.02"),
    }


@given(st.lists(st.text(min_size=1, max_size=200), min_size=1, max_size=40, unique=True))
def test_whatever_the_columns_are_called(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    names = [name for name in names if name.isprintable()] or ["x"]
    table = pa.table({name: pa.array([place], pa.int64()) for place, name in enumerate(names)})
    path = write(tmp_path_factory.mktemp("names") / "told.parquet", table, *names[::2])
    (row,) = pq.read_table(path).to_pylist()
    assert list(row.values()) == [Decimal(place).scaleb(-2) if place % 2 == 0 else place for place in range(len(names))]


def test_what_is_no_such_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "text.parquet"
    path.write_bytes(b"no Parquet at all")
    with pytest.raises(ValueError, match="no Parquet file"):
        tell_decimals(path, {"amount": CENTS})
    pq.write_table(pa.table({"amount": ["x"]}), path)
    with pytest.raises(ValueError, match="amount is no nullable INT64"):
        tell_decimals(path, {"amount": CENTS})
    with pytest.raises(ValueError, match="other did not become decimals"):
        tell_decimals(path, {"other": CENTS})
