"""Parquet as frames: types, days and times, large row groups, spoilt pages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.bulk.reading import LINE, answers, read, refusal
from tests.conftest import TOY

from tidewaiter.assess.errors import FileError
from tidewaiter.bulk import parquet_lines
from tidewaiter.bulk.inputs import open_lines
from tidewaiter.bulk.lines import MARK


@pytest.fixture(params=["by group", "by page"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways of reading: row groups as a whole, and page by page."""
    if request.param == "by page":
        monkeypatch.setattr(parquet_lines, "_LARGE_GROUP", -1)
    return str(request.param)


def parquet(path: Path, row_group_size: int | None = None, **columns: Any) -> Path:
    pq.write_table(pa.table(columns), path, row_group_size=row_group_size)
    return path


def test_columns_of_every_readable_type(tmp_path: Path, way: str) -> None:
    source = parquet(
        tmp_path / "lines.parquet",
        hts=pa.array([TOY] * 4).dictionary_encode(),
        origin=pa.array(["CN"] * 4, pa.large_string()),
        value=pa.array([Decimal("10000.00"), Decimal("0.10"), None, Decimal("1")], pa.decimal128(18, 2)),
        entered_at=pa.array([date(2026, 8, 1)] * 4),
        quantity=pa.array([1.5, float("nan"), None, 2.0]),
        items=pa.array([1, 2, None, 3], pa.int8()),
        claims=pa.array([["donation"], [], None, [None]]),
        scope=pa.array([[None]] * 4, pa.list_(pa.null())),
        spi=pa.nulls(4),
        loaded_at=pa.array([datetime(2026, 7, 1, 12, tzinfo=UTC)] * 4),
        facts=pa.array([{"chip_tpp": 1.0}, {"chip_tpp": None}, None, {"chip_tpp": None}]),
        photo=pa.array([b"\x00\xff"] * 4),
        seen=pa.array([datetime(2026, 7, 1)] * 4),  # noqa: DTZ001
        grade=pa.array(["a", "b", "a", None]).dictionary_encode(),
        deep=pa.array([[{"x": 1}]] * 4),
    )
    lines = open_lines(source)
    assert lines.rows == 4
    assert dict(lines.schema) == {
        "hts": pl.String(),
        "origin": pl.String(),
        "value": pl.Decimal(18, 2),
        "entered_at": pl.Date(),
        "quantity": pl.Float64(),
        "items": pl.Int8(),
        "claims": pl.List(pl.String()),
        "scope": pl.List(pl.String()),
        "spi": pl.String(),
        "loaded_at": pl.Datetime("us", "UTC"),
        "facts": pl.Struct({"chip_tpp": pl.Float64()}),
        "photo": pl.Binary(),
        "seen": pl.Datetime("us"),
        "grade": pl.String(),
        "deep": pl.List(pl.Struct({"x": pl.Int64()})),
    }
    assert answers(source) == ["0.00", "bad_number", "missing_field", "0.13"]
    assert read(source)[0]["value"] == Decimal("10000.00")
    assert lines.done == 0.0
    assert [frame.height for frame in lines.frames(3)] == [3, 1]
    assert lines.done == 1.0


def test_no_row_is_marked(tmp_path: Path) -> None:
    (frame,) = open_lines(parquet(tmp_path / "lines.parquet", hts=[TOY])).frames(10)
    assert MARK not in frame.columns


def test_times(tmp_path: Path, way: str) -> None:
    # The 12.5 percent of 91 FR 47318 begin at 00:01 Eastern on 24 July 2026, which is 04:01 UTC.
    eastern = [datetime(2026, 7, 24, 0, minute) for minute in (0, 1)]  # noqa: DTZ001
    universal = [datetime(2026, 7, 24, 4, minute, tzinfo=UTC) for minute in (0, 1)]
    arrays = {
        "naive": pa.array(eastern),
        "nanoseconds": pa.array(eastern, pa.timestamp("ns")),
        "utc": pa.array(universal),
        "new york": pa.array(universal, pa.timestamp("us", "America/New_York")),
        "offset": pa.array(universal, pa.timestamp("us", "-04:00")),
    }
    for name, times in arrays.items():
        columns = {"hts": [TOY] * 2, "origin": ["CN"] * 2, "value": [10000.0] * 2, "entered_at": times}
        assert answers(parquet(tmp_path / f"{name}.parquet", **columns)) == ["1000.00", "1250.00"], name


def test_midnights_over_the_whole_file_are_bare_dates(tmp_path: Path, way: str) -> None:
    """Data frames store dates as timestamps at midnight; on a day of change they take the law that bit that day."""
    days = [datetime(2026, 7, 23), datetime(2026, 7, 24), None]  # noqa: DTZ001
    columns: dict[str, Any] = {"hts": [TOY] * 3, "origin": ["CN"] * 3, "value": [10000.0] * 3}
    other = {"arrived": days, "fact.contract_date": days}
    source = parquet(tmp_path / "days.parquet", **columns, entered_at=days, **other)
    assert open_lines(source).schema["entered_at"] == pl.Date()
    assert open_lines(source).schema["fact.contract_date"] == pl.Date()
    assert open_lines(source).schema["arrived"] == pl.Datetime("us")  # nothing that we know
    assert [row["entered_at"] for row in read(source)] == [date(2026, 7, 23), date(2026, 7, 24), None]


def test_one_time_of_day_in_the_last_row_group_makes_all_midnights_times(tmp_path: Path) -> None:
    times = [datetime(2026, 7, 24)] * 2 + [datetime(2026, 7, 24, 9)]  # noqa: DTZ001
    columns: dict[str, Any] = {"hts": [TOY] * 3, "origin": ["CN"] * 3, "value": [10000.0] * 3}
    source = parquet(tmp_path / "times.parquet", row_group_size=1, **columns, entered_at=times)
    assert answers(source) == ["1000.00", "1000.00", "1250.00"]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("hts", pa.array([["9503.00.0073"]])),
        ("value", pa.array([{"usd": 1}])),
        ("origin", pa.array([b"CN"])),
        ("entered_at", pa.array([1], pa.time64("us"))),
        ("claims", pa.array([{"a": "donation"}])),
        ("claims", pa.array([[["donation"]]])),
        ("scope", pa.array([[b"auto-part"]])),
        ("fact.chip_tpp", pa.array([[1]])),
        ("facts", pa.array([{"chip_tpp": [1]}])),
        ("facts", pa.array([[("chip_tpp", 1)]], pa.map_(pa.string(), pa.int64()))),
        ("facts", pa.array([["chip_tpp"]])),
    ],
)
def test_types_that_say_nothing(tmp_path: Path, name: str, values: pa.Array) -> None:
    columns = {"hts": [TOY], "origin": ["CN"], "value": [1], "entered_at": ["2026-08-01"], name: values}
    error = refusal(parquet(tmp_path / "lines.parquet", **columns))
    assert error.code == "bad_column_type"
    assert name in error.message


def test_files_that_are_no_parquet(tmp_path: Path) -> None:
    for name, content in (("text", b"hts,value\n"), ("empty", b""), ("cut", b"PAR1" + b"\x00" * 100)):
        path = tmp_path / f"{name}.parquet"
        path.write_bytes(content)
        assert refusal(path).code == "malformed_file"


def test_spoilt_pages_end_the_reading_and_name_the_row(tmp_path: Path, way: str) -> None:
    columns: dict[str, Any] = {"hts": [TOY] * 40_000, "note": [f"{number * 7919}" for number in range(40_000)]}
    whole = parquet(tmp_path / "whole.parquet", row_group_size=10_000, **columns)
    third = pq.ParquetFile(whole).metadata.row_group(2).column(1)
    start = third.dictionary_page_offset or third.data_page_offset
    content = bytearray(whole.read_bytes())
    content[start : start + third.total_compressed_size] = b"\xff" * third.total_compressed_size
    spoilt = tmp_path / "spoilt.parquet"
    spoilt.write_bytes(content)
    rows = 0
    with pytest.raises(FileError) as caught:
        for frame in open_lines(spoilt).frames(1_000):
            rows += frame.height
    assert caught.value.code == "malformed_file"
    assert f"after row {rows}:" in caught.value.message
    assert rows <= 20_000
    assert rows == 20_000 or way == "by group"


def test_columns_that_stand_twice_and_the_name_of_the_mark(tmp_path: Path) -> None:
    table = pa.table([pa.array([TOY]), pa.array(["1"])], names=["hts", "hts"])
    pq.write_table(table, tmp_path / "twice.parquet")
    assert refusal(tmp_path / "twice.parquet").code == "malformed_file"
    assert refusal(parquet(tmp_path / "mark.parquet", **{"hts": [TOY], MARK: ["bad_date"]})).code == "malformed_file"


@pytest.mark.parametrize("group", [1, 7, 1000])
def test_row_groups_of_any_size(tmp_path: Path, way: str, group: int) -> None:
    numbers = [str(number) for number in range(100)]
    source = parquet(tmp_path / "lines.parquet", row_group_size=group, line_id=numbers)
    lines = open_lines(source)
    assert [frame.height for frame in lines.frames(30)] == [30, 30, 30, 10]
    assert [row["line_id"] for row in read(source, 13)] == numbers
    assert [row["line_id"] for row in read(source)] == numbers


def test_a_file_without_rows(tmp_path: Path, way: str) -> None:
    source = parquet(
        tmp_path / "none.parquet", hts=pa.array([], pa.string()), entered_at=pa.array([], pa.timestamp("us"))
    )
    assert (open_lines(source).rows, read(source)) == (0, [])


def test_cells_of_ten_megabytes(tmp_path: Path, way: str) -> None:
    huge = "x" * 10_000_000
    source = parquet(
        tmp_path / "huge.parquet",
        note=pa.array([huge, "a", huge + "b"]),
        **{name: [cell] * 3 for name, cell in LINE.items()},
    )
    assert [len(row["note"]) for row in read(source)] == [10_000_000, 1, 10_000_001]
    assert answers(source) == ["1250.00"] * 3


def test_a_name_with_signs_of_a_pattern(tmp_path: Path) -> None:
    source = parquet(tmp_path / "lines[1]*.parquet", hts=[TOY])
    assert read(source) == [{"hts": TOY}]
