"""CSV as frames: the cells are those of ``assess/records.py``, however the file is cut into blocks."""

from __future__ import annotations

import csv
import gzip
import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.bulk.reading import LINE, answers, marks, read, refusal, rows_of
from tests.conftest import TOY

from tidewaiter.assess.errors import FileError
from tidewaiter.assess.records import read_records
from tidewaiter.bulk import byte_source
from tidewaiter.bulk.csv_lines import CsvLines
from tidewaiter.bulk.inputs import open_lines
from tidewaiter.bulk.lines import MARK

HEAD = "hts,origin,value,entered_at"
ROW = f"{TOY},CN,10000,2026-08-01"
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def put(content: str | bytes, name: str = "lines.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return put


# The same cells as one line at a time

Row = tuple[dict[str, Any], str | None]


def as_records(path: Path) -> tuple[list[Row], str]:
    """What the reader of single lines yields: cells and refusals, and why it stopped (without the file's name)."""
    found: list[Row] = []
    try:
        for record in read_records(str(path)):
            found.append((dict(record.given), record.error.code if record.error else None))
    except FileError as error:
        return found, _said(error)
    return found, ""


def _said(error: FileError) -> str:
    """The code and what is wrong; not the line's number, for records do not count the blank lines before it."""
    return f"{error.code}: {error.message.rpartition(': ')[2]}"


def as_frames(path: Path, block: int, rows: int = 3) -> tuple[list[Row], str]:
    """The same from frames."""
    found: list[Row] = []
    try:
        for frame in CsvLines(path, block).frames(rows):
            for row in frame.iter_rows(named=True):
                refused = row.pop(MARK)
                found.append((row, refused))
    except FileError as error:
        return found, _said(error)
    return found, ""


marks_and_ends = [",", ",", ",", '"', '""', '"a,b"', '"x\ny"', ',"q"\n', "\n", "\n", "\r\n", "\r", "8507600090,CN,"]
odd_characters = [
    "a",
    "5",
    " ",
    "é",
    "\u2028",
    "\x85",
    "\x00",
    "\x0b",
    "\x0c",
    "\x1c",
    "\ufeff",
    "=1",
    "'",
    "𝄞",
    "\\",
    "NA",
]
pieces = st.sampled_from([*marks_and_ends, *odd_characters, "null", "\t"])
cells = st.text(st.sampled_from('",\n\r\x00 aé\u2028;=') | st.characters(codec="utf-8"), max_size=6)
blocks = st.sampled_from([1, 2, 5, 16, 50, 1000])


def check_same(content: bytes, block: int, piece: int) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(byte_source, "_PIECE", piece)
        path = Path(folder) / "lines.csv"
        path.write_bytes(content)
        assert as_frames(path, block) == as_records(path)


@settings(max_examples=400, deadline=None)
@given(st.lists(pieces, max_size=30).map("".join), blocks, st.sampled_from([3, 20, 1 << 20]))
@example('x"y,5" pipe\n"a","b"\n', 1000, 1 << 20)
@example('a,b,c\n\ufeff"b",c,d\n', 6, 1 << 20)
@example('"a\r', 2, 3)
@example("a\r\nb\r", 2, 3)
@example("\n\n\n", 1000, 1 << 20)
@example("1\n2,3,4,5\n\n\n1,2,3\n6", 1000, 1 << 20)
def test_any_text_has_the_cells_that_records_have(text: str, block: int, piece: int) -> None:
    check_same(f"hts,origin,note\n{text}".encode(), block, piece)


@settings(max_examples=200, deadline=None)
@given(st.lists(pieces, max_size=12).map("".join), blocks)
def test_any_head_is_read_as_records_read_it(text: str, block: int) -> None:
    if not text.startswith("\x00") and text[1:2] != "\x00":  # that is what UTF-16 without a mark looks like
        check_same(text.encode(), block, 1 << 20)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.lists(cells, min_size=1, max_size=5), max_size=12),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    blocks,
)
def test_any_table_written_as_csv_is_read_back(rows: list[list[str]], quoting: Any, end: str, block: int) -> None:
    stream = io.StringIO()
    csv.writer(stream, quoting=quoting, lineterminator=end).writerows([["hts", "origin", "note"], *rows])
    check_same(stream.getvalue().encode(), block, 1 << 20)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.lists(st.sampled_from([b"a", b'"x,""y"', b"\xe9", b"\xc3\xa9", b'"\xff\n"', b"\xed\xa0\x80"]), max_size=4)
    ),
    blocks,
)
def test_bytes_that_are_no_text_refuse_their_row_only(rows: list[list[bytes]], block: int) -> None:
    content = b"\n".join([b"hts,origin,note", *(b",".join(row) for row in rows)])
    with tempfile.TemporaryDirectory() as folder:
        path, shown = Path(folder) / "lines.csv", Path(folder) / "shown.csv"
        path.write_bytes(content)
        shown.write_text(content.decode(errors="replace"), encoding="utf-8", newline="")
        expected = [
            (cells, "bad_encoding" if any("\ufffd" in cell for cell in row if cell) else code)
            for (cells, code), row in zip(as_records(shown)[0], (row for row in _parsed(shown) if row), strict=True)
        ]
        assert as_frames(path, block) == (expected, "")


def _parsed(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))[1:]


# Hostile files, one by one


def test_a_plain_file_and_its_columns(write: Write) -> None:
    path = write(f"sku,{HEAD}\na,{ROW}\n")
    lines = open_lines(path)
    assert lines.schema.names() == ["sku", "hts", "origin", "value", "entered_at"]
    assert (lines.rows, lines.done) == (None, 0.0)
    assert rows_of(lines) == [{"sku": "a", **LINE, MARK: None}]
    assert lines.done == 1.0
    assert rows_of(lines) == rows_of(lines)  # it can be read again


def test_more_and_fewer_cells_than_columns(write: Write) -> None:
    path = write(f"{HEAD}\n{ROW}\n{ROW},surplus\n{TOY},CN\n{TOY},CN,10,000,2026-08-01\n{ROW}\n")
    assert answers(path) == ["1250.00", "malformed_row", "missing_field", "malformed_row", "1250.00"]
    rows = read(path)
    assert rows[1] == rows[0]
    assert rows[2] == {"hts": TOY, "origin": "CN", "value": None, "entered_at": None}
    assert rows[3]["entered_at"] == "000"


def test_rows_of_another_encoding(write: Write) -> None:
    rows = [ROW.encode() + note for note in (b",ok", b",Stra\xdfe", ",Straße".encode(), b",\x80uro")]
    path = write(b"\n".join([f"{HEAD},note".encode(), *rows]))
    assert marks(path) == [None, "bad_encoding", None, "bad_encoding"]
    assert [row["note"] for row in read(path)] == ["ok", "Stra\ufffde", "Straße", "\ufffduro"]
    assert answers(path) == ["1250.00", "bad_encoding", "1250.00", "bad_encoding"]


def test_a_header_of_another_encoding_costs_no_line(write: Write) -> None:
    path = write(f"{HEAD},".encode() + b"Stra\xdfe\n" + f"{ROW},x\n".encode())
    assert read(path) == [{**LINE, "Stra\ufffde": "x"}]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_byte_order_marks(write: Write, encoding: str) -> None:
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    content = mark + f'{HEAD},note\r\n{ROW},"é\n𝄞"\r\n'.encode(encoding)
    assert read(write(content)) == [{**LINE, "note": "é\n𝄞"}]


def test_half_a_pair_in_utf16_and_an_odd_byte_at_its_end(write: Write) -> None:
    content = b"\xff\xfe" + f"{HEAD},note\n{ROW},a\n{ROW},".encode("utf-16-le") + b"\x00\xd8\n\x00" + b"x"
    assert marks(write(content)) == [None, "bad_encoding", "bad_encoding"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32"])
def test_other_encodings_are_refused_with_a_hint(write: Write, encoding: str) -> None:
    error = refusal(write(f"{HEAD}\n{ROW}\n".encode(encoding)))
    assert (error.code, error.hint) == ("bad_encoding", "save it as UTF-8")


def test_cells_larger_than_any_block(write: Write) -> None:
    huge = "x" * 10_000_000
    quoted = f'"{huge}\n{huge}""{huge}"'
    path = write(f"{HEAD},note\n{ROW},{huge}\n{ROW},{quoted}\n{TOY},CN,{huge},2026-08-01,\n{ROW},a\n")
    assert answers(path) == ["1250.00", "1250.00", "bad_number", "1250.00"]
    assert [len(row["note"]) for row in read(path)] == [10_000_000, 30_000_002, 0, 1]


def test_nul_bytes_and_empty_lines_and_blank_cells(write: Write) -> None:
    path = write(f"{HEAD},note\r\n\r\n{ROW},a\x00b\r\n\r\n\r\n{ROW},\r\n , , , ,\r\n")
    assert [row["note"] for row in read(path)] == ["a\x00b", "", ""]
    assert answers(path) == ["1250.00", "1250.00", "missing_field"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_in_and_after_cells(write: Write, end: str) -> None:
    path = write(f'{HEAD},note{end}{ROW},"a{end}b"{end}{ROW},c')
    assert [row["note"] for row in read(path)] == [f"a{end}b", "c"]


def test_inches_are_no_quotes(write: Write) -> None:
    path = write(f'{HEAD},note\n{ROW},5" pipe\n{ROW},6" pipe\n{ROW},"7"" pipe"\n')
    assert [row["note"] for row in read(path)] == ['5" pipe', '6" pipe', '7" pipe']


@pytest.mark.parametrize(
    ("row", "line"),
    [
        (f'{TOY},CN,"10000,2026-08-01', 3),  # an open quote would swallow the rest
        (f'{TOY},CN,"10"000,2026-08-01', 3),  # nobody knows what is meant
    ],
)
def test_a_quote_that_cannot_be_followed_ends_the_file_after_the_rows_before(write: Write, row: str, line: int) -> None:
    path = write(f"{HEAD}\n{ROW}\n{row}\n{ROW}\n")
    frames = open_lines(path).frames(1000)
    assert next(frames).height == 1
    with pytest.raises(FileError) as caught:
        next(frames)
    assert caught.value.code == "malformed_file"
    assert f"line {line}" in caught.value.message


def test_an_open_quote_before_much_text_is_found_without_reading_it_all(write: Write) -> None:
    path = write(f'{HEAD}\n{ROW}\n"open,CN\n' + f"{ROW}\n" * 2_000_000)
    error = refusal(path)
    assert error.code == "malformed_file"
    assert "line 3" in error.message


@pytest.mark.parametrize(
    ("content", "said"), [("", "empty"), ("\n\n", "empty"), (f"{HEAD},value\n", "value"), ("\ufeff", "empty")]
)
def test_heads_that_name_no_columns(write: Write, content: str, said: str) -> None:
    error = refusal(write(content))
    assert error.code == "malformed_file"
    assert said in error.message


def test_a_head_only(write: Write) -> None:
    assert read(write(HEAD)) == []
    assert read(write(f"{HEAD}\n\n")) == []


def test_a_column_by_the_name_of_the_mark(write: Write) -> None:
    assert refusal(write(f"{HEAD},{MARK}\n{ROW},bad_number\n")).code == "malformed_file"


def test_gzip(write: Write) -> None:
    content = gzip.compress(f"{HEAD}\n{ROW}\n".encode())
    assert read(write(content, "lines.csv.gz")) == [LINE]
    assert refusal(write(content[:-9], "cut.csv.gz")).code == "malformed_file"
    assert refusal(write(b"hts,origin\n", "none.csv.gz")).code == "malformed_file"


def test_frames_have_the_rows_that_were_asked_for(write: Write) -> None:
    path = write(f"{HEAD}\n" + f"{ROW}\n" * 25)
    assert [frame.height for frame in CsvLines(path, 200).frames(10)] == [10, 10, 5]
    assert [frame.height for frame in open_lines(path).frames(1)] == [1] * 25


def test_one_bad_row_in_many_costs_neither_order_nor_rows(write: Write) -> None:
    rows = [f"{number},{ROW}" + (",surplus" if number % 7 == 0 else "") for number in range(1, 50_001)]
    path = write("\n".join([f"line_id,{HEAD}", *rows]))
    found = rows_of(open_lines(path), 10_000)
    assert [row["line_id"] for row in found] == [str(number) for number in range(1, 50_001)]
    assert all((row[MARK] == "malformed_row") == (int(row["line_id"]) % 7 == 0) for row in found)
