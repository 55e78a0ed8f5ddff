"""JSON Lines as frames: text as one line reads it, errors by line, facts by name."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.bulk.reading import LINE, answers, marks, read, refusal, rows_of
from tests.conftest import TOY

from tidewaiter.assess.line import plain_text
from tidewaiter.assess.records import read_records
from tidewaiter.bulk.inputs import open_lines
from tidewaiter.bulk.lines import MARK


def written(folder: Path, *lines: Any, name: str = "lines.jsonl") -> Path:
    path = folder / name
    texts = [
        line if isinstance(line, bytes) else line.encode() if isinstance(line, str) else json.dumps(line).encode()
        for line in lines
    ]
    path.write_bytes(b"\n".join(texts))
    return path


def test_broken_lines_and_blank_ones(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        {**LINE, "value": 10000},
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
    )
    lines = open_lines(path)
    assert lines.rows == 13
    assert [row[MARK] for row in rows_of(lines)] == [None, *["malformed_json"] * 10, None, None]
    assert answers(path) == ["1250.00", *["malformed_json"] * 10, "bad_number", "1250.00"]


def test_cells_are_text_as_one_line_reads_them(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        '{"value": 0.1000000000000000055, "hts": 8507600090, "items": true, "claims": ["a", null, 2], "sku": 5}',
        '{"value": 1e5, "hts": ["8507"], "claims": "a;b", "scope": [], "sku": {"x": [1.50, null]}}',
        '{"value": NaN, "hts": "", "claims": 5, "sku": "text"}',
    )
    assert read(path) == [
        {
            "value": "0.1000000000000000055",
            "hts": "8507600090",
            "items": "True",
            "claims": ["a", "2"],
            "sku": "5",
            "scope": None,
        },
        {
            "value": "1E+5",
            "hts": "['8507']",
            "items": None,
            "claims": ["a", "b"],
            "sku": '{"x": ["1.50", null]}',
            "scope": [],
        },
        {"value": "NaN", "hts": "", "items": None, "claims": ["5"], "sku": "text", "scope": None},
    ]


def test_facts(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        {"facts": {"chip_tpp": 15000, "deal": "x"}},
        {"facts": {"chip_tpp": 1, "deal": "x"}, "fact.deal": "y"},
        {"facts": {"deal": "z"}, "fact.deal": " "},
        {"facts": "chip"},
        {"facts": None},
        {"facts": {}},
    )
    lines = open_lines(path)
    # A fact that some line gives as a column is a column on all lines.
    assert dict(lines.schema) == {"facts": pl.Struct({"chip_tpp": pl.String()}), "fact.deal": pl.String()}
    assert [(row["facts"], row["fact.deal"]) for row in read(path)] == [
        ({"chip_tpp": "15000"}, "x"),
        ({"chip_tpp": "1"}, "y"),
        ({"chip_tpp": None}, "z"),
        (None, None),
        (None, None),
        ({"chip_tpp": None}, None),
    ]
    assert marks(path) == [None, None, None, "bad_field", None, None]


def test_facts_answer_as_they_do_in_one_line(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        {**LINE, "facts": {"chip_tpp": "15,000"}},
        {**LINE, "facts": {"chip_tpp": 15000}},
        {**LINE, "facts": 5},
    )
    assert answers(path) == ["bad_number", "1250.00", "bad_field"]


def test_bytes_that_are_no_text_refuse_their_line_only(tmp_path: Path) -> None:
    line = json.dumps({**LINE, "sku": "?"}).encode()
    path = written(tmp_path, line, line.replace(b"?", b"\xe9"), b"\xff\xfe", line.replace(b"?", "é".encode()))
    assert marks(path) == [None, "bad_encoding", "bad_encoding", None]
    assert [row["sku"] for row in read(path)] == ["?", "\ufffd", None, "é"]


def test_marks_of_order_line_ends_and_separators(tmp_path: Path) -> None:
    line = json.dumps({**LINE, "note": "a\u2028b\x85c"}, ensure_ascii=False)
    path = written(tmp_path, f"\ufeff{line}\r\n{line}\r{line}", name="lines.ndjson")
    assert [row["note"] for row in read(path)] == ["a\u2028b\x85c"] * 3


def test_an_empty_file_has_no_lines(tmp_path: Path) -> None:
    assert read(written(tmp_path, "", name="lines.json")) == []
    assert marks(written(tmp_path, "{", "5")) == ["malformed_json"] * 2


def test_lines_that_share_no_names_are_no_table(tmp_path: Path) -> None:
    path = written(tmp_path, *({f"name {number}": 1} for number in range(3_000)))
    assert refusal(path).code == "malformed_file"
    assert refusal(written(tmp_path, {MARK: "bad_date"})).code == "malformed_file"


def test_frames_have_the_rows_that_were_asked_for(tmp_path: Path) -> None:
    lines = open_lines(written(tmp_path, *[LINE] * 25))
    assert [frame.height for frame in lines.frames(10)] == [10, 10, 5]
    assert lines.done == 1.0


def test_a_cell_of_ten_megabytes(tmp_path: Path) -> None:
    path = written(tmp_path, {**LINE, "note": "x" * 10_000_000}, {**LINE, "value": "9" * 10_000_000}, LINE)
    assert answers(path) == ["1250.00", "bad_number", "1250.00"]


@pytest.mark.parametrize("name", ["lines.jsonl", "lines.ndjson", "lines.json"])
def test_suffixes(tmp_path: Path, name: str) -> None:
    assert answers(
        written(tmp_path, {"hts": TOY, "origin": "CN", "value": 1, "entered_at": "2026-08-01"}, name=name)
    ) == ["0.13"]


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False).map(float)
    | st.text(max_size=5)
)
names = st.sampled_from(["hts", "value", "entered_at", "spi", "fact.x", ""])


@settings(max_examples=100, deadline=None)
@given(st.lists(st.dictionaries(names, scalars, max_size=4), max_size=6))
def test_any_scalar_is_the_text_that_one_line_reads(objects: list[dict[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder), *objects)
        expected = [dict(record.given) for record in read_records(str(path))]
        rows = read(path)
    assert len(rows) == len(expected)
    for row, given_ in zip(rows, expected, strict=True):
        said = {name: None if value is None else _said(name, value) for name, value in given_.items() if name}
        assert {name: cell for name, cell in row.items() if name and (cell is not None or name in said)} == said


def _said(name: str, value: Any) -> str:
    """A number field says 0.0000001 as it is, where Python would write an exponent."""
    return plain_text(value) if name == "value" else str(value)
