"""Records from files: what is malformed becomes an error beside the answers, or one error for the whole file."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.conftest import TOY, engine_seen_from

from tidewaiter.assess.batch import assess_records
from tidewaiter.assess.errors import FileError
from tidewaiter.assess.records import Record, read_records

LINE = {"hts": TOY, "origin": "CN", "value": 10000, "entered_at": "2026-08-01"}
Write = Callable[[str, str | bytes], str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def put(name: str, content: str | bytes) -> str:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return put


def totals(source: str) -> list[str]:
    """The total duty of each line, or its error's code."""
    found = []
    for result in assess_records(engine_seen_from(), read_records(source)):
        said = json.loads(json.dumps(result.as_json(), ensure_ascii=False, allow_nan=False).encode())
        found.append(said["error"]["code"] if "error" in said else said["total_duty"])
    return found


def whole_file_error(source: str) -> FileError:
    with pytest.raises(FileError) as caught:
        list(read_records(source))
    return caught.value


def lines_of(*lines: Any) -> str:
    return "".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines)


# JSON Lines


def test_json_lines_with_broken_lines(write: Write) -> None:
    source = write(
        "lines.jsonl",
        lines_of(
            LINE,
            '{"hts": ',
            "",
            "[1, 2]",
            '"text"',
            "null",
            '{"hts": "x"} {"hts": "y"}',
            '{"value": 1, "value": 2}',
            '{"facts": {"chip_tpp": 1, "chip_tpp": 2}}',
            f'{{"value": {"9" * 5000}}}',
            "[" * 100_000,
            '{"line_id": "\\ud800"}',
            {**LINE, "value": "NaN"},
            LINE,
        ),
    )
    bad = ["malformed_json"] * 10
    assert totals(source) == ["1250.00", *bad, "bad_number", "1250.00"]


def test_the_error_names_the_line_of_the_file(write: Write) -> None:
    records = list(read_records(write("lines.jsonl", "\n\n{\n")))
    assert [record.number for record in records] == [3]
    assert records[0].error is not None and "line 3" in records[0].error.message


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_constants_that_are_no_json(write: Write, constant: str) -> None:
    line = json.dumps(LINE).replace("10000", constant)
    assert totals(write("lines.jsonl", line)) == ["bad_number"]


def test_json_numbers_are_read_exactly(write: Write) -> None:
    line = json.dumps(LINE).replace("10000", "0.1000000000000000055")
    (record,) = read_records(write("lines.jsonl", line))
    assert record.given["value"] == Decimal("0.1000000000000000055")
    assert totals(write("lines.jsonl", json.dumps(LINE).replace("10000", "1e5"))) == ["bad_number"]


def test_byte_order_marks_and_line_ends(write: Write) -> None:
    line = json.dumps(LINE)
    assert totals(write("bom.jsonl", b"\xef\xbb\xbf" + line.encode() + b"\r\n" + line.encode())) == ["1250.00"] * 2
    table = "hts,origin,value,entered_at\r\n9503.00.0073,CN,10000,2026-08-01\r\n"
    assert totals(write("bom.csv", b"\xef\xbb\xbf" + table.encode())) == ["1250.00"]


def test_line_separators_inside_a_text_do_not_cut_the_line(write: Write) -> None:
    line = json.dumps({**LINE, "note": "a\u2028b\x85c"}, ensure_ascii=False)
    assert totals(write("lines.jsonl", line)) == ["1250.00"]


def test_extras_of_every_kind_can_be_said(write: Write) -> None:
    line = json.dumps(LINE)[:-1] + ', "rate": 1.50, "deep": {"list": [1.5, null, {"x": 0.1}]}}'
    assert totals(write("lines.jsonl", line)) == ["1250.00"]


@pytest.mark.parametrize("name", ["lines.jsonl", "lines.csv"])
def test_what_is_not_utf8(write: Write, name: str) -> None:
    error = whole_file_error(write(name, b"hts,origin\n\xff\xfe,CN\n"))
    assert (error.code, "UTF-8" in error.message) == ("bad_encoding", True)
    assert whole_file_error(write(name, "hts,value\n8507,1\n".encode("utf-16"))).code == "bad_encoding"


def test_an_empty_json_file_has_no_lines(write: Write) -> None:
    assert list(read_records(write("empty.jsonl", ""))) == []


# CSV

HEAD = "hts,origin,value,entered_at"
ROW = f"{TOY},CN,10000,2026-08-01"


def test_csv(write: Write) -> None:
    source = write(
        "lines.csv",
        f'{HEAD},claims,fact.chip_tpp,sku\n{ROW},,,a\n{ROW},"donation; 9903.88.69",,"b, c"\n{ROW},x,,\n{ROW},,"15,000",\n',
    )
    records = list(read_records(source))
    assert [record.extra() for record in records] == [{"sku": "a"}, {"sku": "b, c"}, {"sku": ""}, {"sku": ""}]
    assert totals(source) == ["1250.00", "0.00", "unknown_claim", "bad_number"]


def test_rows_with_too_many_and_too_few_cells(write: Write) -> None:
    source = write("lines.csv", f"{HEAD}\n{ROW}\n{ROW},surplus\n{TOY},CN\n{TOY},CN,10,000,2026-08-01\n{ROW}\n")
    assert totals(source) == ["1250.00", "malformed_row", "missing_field", "malformed_row", "1250.00"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "empty"),
        ("\n\n", "empty"),
        (f"{HEAD},value\n{ROW},5\n", "value"),
        (f'{HEAD}\n{ROW}\n{TOY},CN,"10000,2026-08-01\n{ROW}\n', "line 3"),  # an open quote would swallow the rest
        (f'{HEAD}\n{TOY},CN,"10"000,2026-08-01\n', "line 2"),
    ],
)
def test_csv_that_nobody_can_read(write: Write, content: str, said: str) -> None:
    error = whole_file_error(write("lines.csv", content))
    assert error.code == "malformed_file"
    assert said in error.message


def test_a_file_with_a_head_only_has_no_lines(write: Write) -> None:
    assert totals(write("lines.csv", f"{HEAD}\n")) == []


def test_a_cell_of_ten_megabytes(write: Write) -> None:
    huge = "x" * 10_000_000
    source = write("lines.csv", f"{HEAD},note\n{ROW},{huge}\n{TOY},CN,{huge},2026-08-01,\n{TOY},{huge},1,2026-08-01,\n")
    assert totals(source) == ["1250.00", "bad_number", "unknown_origin"]


# Parquet


def parquet(path: Path, **columns: Any) -> str:
    pq.write_table(pa.table(columns), path)
    return str(path)


def test_parquet_columns_of_every_readable_type(tmp_path: Path) -> None:
    days = [date(2026, 8, 1)] * 4
    source = parquet(
        tmp_path / "lines.parquet",
        hts=pa.array([TOY] * 4).dictionary_encode(),
        origin=pa.array(["CN"] * 4, pa.large_string()),
        value=pa.array([Decimal("10000.00"), Decimal("0.10"), None, Decimal("1")], pa.decimal128(18, 2)),
        entered_at=pa.array(days),
        quantity=pa.array([1.5, float("nan"), None, 2.0]),
        items=pa.array([1, 2, None, 3], pa.int8()),
        claims=pa.array([["donation"], [], None, [None]]),
        loaded_at=pa.array([datetime(2026, 7, 1, 12, tzinfo=UTC)] * 4),
        facts=pa.array([{"chip_tpp": 1.0}, {"chip_tpp": None}, None, {"chip_tpp": None}]),
        photo=pa.array([b"\x00\xff"] * 4),
        seen=pa.array([datetime(2026, 7, 1)] * 4),  # noqa: DTZ001
        weight=pa.array([float("nan"), float("inf"), 1.0, None]),
    )
    assert totals(source) == ["0.00", "bad_number", "missing_field", "0.13"]
    records = list(read_records(source))
    result = list(assess_records(engine_seen_from(), records))[3]
    assert result.as_json()["extra"] == {"photo": "b'\\x00\\xff'", "seen": "2026-07-01 00:00:00", "weight": None}


def test_parquet_times(tmp_path: Path) -> None:
    # The 12.5 percent of 91 FR 47318 begin at 00:01 Eastern on 24 July 2026, which is 04:01 UTC.
    eastern = [datetime(2026, 7, 24, 0, minute) for minute in (0, 1)]  # noqa: DTZ001
    universal = [datetime(2026, 7, 24, 4, minute, tzinfo=UTC) for minute in (0, 1)]
    for name, times in (("naive", eastern), ("utc", universal)):
        columns = {"hts": [TOY] * 2, "origin": ["CN"] * 2, "value": [10000.0] * 2, "entered_at": times}
        assert totals(parquet(tmp_path / f"{name}.parquet", **columns)) == ["1000.00", "1250.00"]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("hts", pa.array([["9503.00.0073"]])),
        ("value", pa.array([{"usd": 1}])),
        ("origin", pa.array([b"CN"])),
        ("entered_at", pa.array([1], pa.time64("us"))),
        ("claims", pa.array([{"a": "donation"}])),
        ("fact.chip_tpp", pa.array([[1]])),
    ],
)
def test_parquet_columns_of_types_that_say_nothing(tmp_path: Path, name: str, values: pa.Array) -> None:
    columns = {"hts": [TOY], "origin": ["CN"], "value": [1], "entered_at": ["2026-08-01"], name: values}
    error = whole_file_error(parquet(tmp_path / "lines.parquet", **columns))
    assert error.code == "bad_column_type"
    assert name in error.message


def test_parquet_that_is_none(write: Write, tmp_path: Path) -> None:
    assert whole_file_error(write("lines.parquet", "hts,value\n")).code == "malformed_file"
    assert whole_file_error(write("empty.parquet", "")).code == "malformed_file"
    whole = Path(parquet(tmp_path / "whole.parquet", hts=[TOY] * 10_000, note=[str(n) for n in range(10_000)]))
    content = bytearray(whole.read_bytes())
    content[40:4000] = b"\xff" * 3960
    assert whole_file_error(write("spoilt.parquet", bytes(content))).code == "malformed_file"


def test_parquet_times_finer_than_python_knows(tmp_path: Path) -> None:
    times = pa.array([1], pa.timestamp("ns"))
    error = whole_file_error(parquet(tmp_path / "lines.parquet", hts=[TOY], entered_at=times))
    assert error.code == "malformed_file"


def test_parquet_without_pyarrow(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "pyarrow"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    error = whole_file_error(write("lines.parquet", b"PAR1"))
    assert (error.code, error.hint) == ("missing_extra", "pip install pyarrow")


# Where it comes from


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("none.csv", "file_not_found"),
        (".", "is_folder"),
        ("lines.xls", "bad_file_type"),
        ("lines", "bad_file_type"),
    ],
)
def test_files_that_are_not_read(tmp_path: Path, name: str, code: str) -> None:
    for existing in ("lines.xls", "lines"):
        (tmp_path / existing).touch()
    assert whole_file_error(str(tmp_path / name)).code == code


def standard_input(monkeypatch: pytest.MonkeyPatch, content: bytes) -> io.BytesIO:
    raw = io.BytesIO(content)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(raw, encoding="ascii"))
    return raw


def test_standard_input_is_utf8_whatever_the_terminal_says(monkeypatch: pytest.MonkeyPatch) -> None:
    line = json.dumps({**LINE, "sku": "é"}, ensure_ascii=False).encode()
    raw = standard_input(monkeypatch, b"\xef\xbb\xbf" + line + b"\n" + line)
    assert [record.extra() for record in read_records("-")] == [{"sku": "é"}] * 2
    assert not raw.closed


def test_standard_input_that_is_not_utf8(monkeypatch: pytest.MonkeyPatch) -> None:
    standard_input(monkeypatch, b"\xff\n")
    assert whole_file_error("-").code == "bad_encoding"


@pytest.mark.parametrize(
    ("given", "line_id", "entry_id"),
    [({}, "5", None), ({"line_id": "", "entry_id": ""}, "5", None), ({"line_id": 0, "entry_id": 0}, "0", "0")],
)
def test_a_line_without_an_id_goes_by_its_number(given: dict[str, Any], line_id: str, entry_id: str | None) -> None:
    record = Record(5, given)
    assert (record.line_id, record.entry_id) == (line_id, entry_id)


def test_a_parquet_column_of_midnights_is_a_column_of_bare_dates(tmp_path: Path) -> None:
    """Data frames store dates as timestamps at midnight; on a day of change they take the law that bit that day."""
    days = [datetime(2026, 7, 23), datetime(2026, 7, 24)]  # noqa: DTZ001
    columns = {"hts": [TOY] * 2, "origin": ["CN"] * 2, "value": [10000.0] * 2, "entered_at": days}
    assert totals(parquet(tmp_path / "days.parquet", **columns)) == ["1000.00", "1250.00"]
