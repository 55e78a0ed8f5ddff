"""Excel workbooks as frames: what a spreadsheet damages is refused with a code, and never mended into another number."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter
from tests.bulk.reading import LINE, answers, read, refusal
from tests.conftest import TOY

from tidewaiter.bulk import sheet_damage
from tidewaiter.bulk.inputs import open_lines
from tidewaiter.bulk.lines import MARK

HEAD = ["hts", "origin", "value", "entered_at"]
ROW = [TOY, "CN", 10000, "2026-08-01"]
Book = Callable[..., Path]


@pytest.fixture
def book(tmp_path: Path) -> Book:
    def put(*rows: Sequence[Any], name: str = "lines.xlsx", at: tuple[int, int] = (0, 0), **options: Any) -> Path:
        workbook = xlsxwriter.Workbook(tmp_path / name, options)
        days = workbook.add_format({"num_format": "yyyy-mm-dd"})
        times = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        sheet = workbook.add_worksheet("Lines")
        for down, row in enumerate(rows, start=at[0]):
            for across, cell in enumerate(row, start=at[1]):
                if isinstance(cell, tuple):
                    sheet.write_formula(down, across, cell[0], None, cell[1])
                elif isinstance(cell, datetime | date | time):
                    plain = isinstance(cell, date) and not isinstance(cell, datetime)
                    sheet.write_datetime(down, across, cell, days if plain else times)
                elif isinstance(cell, str):
                    sheet.write_string(down, across, cell)
                elif cell is not None:
                    sheet.write(down, across, cell)
        workbook.close()
        return tmp_path / name

    return put


def changed(path: Path, old: str, new: str) -> Path:
    """The same workbook with other text in its first sheet, as other programs write it."""
    other = path.with_stem(f"{path.stem} changed")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(other, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            content = source.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                assert old.encode() in content
                content = content.replace(old.encode(), new.encode())
            target.writestr(part, content)
    return other


def test_numbers_dates_and_texts(book: Book) -> None:
    path = book(
        [*HEAD, "entry_id", "steel_value", "sku", "weight", "fragile", "fact.chip_tpp"],
        [8507600090, "CN", 10000, date(2026, 8, 1), 7, 5.5, 12345, 1.5, True, 15000],
        [TOY, "CN", 0.1, datetime(2026, 7, 24, 0, 1), "E8", None, 3, 2, False, None],  # noqa: DTZ001
    )
    lines = open_lines(path)
    assert lines.rows == 2
    assert dict(lines.schema) == {
        **dict.fromkeys(["hts", "origin"], pl.String()),
        "value": pl.Float64(),
        **dict.fromkeys(["entered_at", "entry_id"], pl.String()),
        "steel_value": pl.Float64(),
        "sku": pl.Int64(),
        "weight": pl.Float64(),
        "fragile": pl.Boolean(),
        "fact.chip_tpp": pl.String(),
    }
    assert [tuple(row.values()) for row in read(path)] == [
        ("8507600090", "CN", 10000.0, "2026-08-01", "7", 5.5, 12345, 1.5, True, "15000"),
        (TOY, "CN", 0.1, "2026-07-24T00:01:00", "E8", None, 3, 2.0, False, None),
    ]


def test_answers(book: Book) -> None:
    # Lithium-ion batteries of China, README: 3.4% base, 25% 9903.91.06, 12.5% 9903.05.31.
    midnight = datetime(2026, 7, 24)  # noqa: DTZ001
    path = book(HEAD, ROW, [8507600090, "CN", "10000", date(2026, 8, 1)], [TOY, "CN", 10000.0, midnight])
    assert answers(path) == ["1250.00", "4090.00", "1250.00"]


@pytest.mark.parametrize(
    "hts",
    [
        101210010,  # 0101.21.0010 without its zero
        1012100,  # 0101.21.00 without its zero
        101.3,  # 0101.30 read as a number
        701.1,  # 0701.10 (potatoes, seed): no number of heading 7011 (glass envelopes)
        8507.6,  # 8507.60 read as a number
        8.5076e19,  # a number with more digits than a spreadsheet keeps
        "8.50760E+09",
        "8.5076E+09",
        date(2030, 1, 1),  # 0101.30 read as a month and a year
        datetime(2030, 1, 1),  # noqa: DTZ001
        time(1, 1, 30),
        "8507–60–0090",  # dashes of a word processor
        "8507-60-0090",
        "８５０７６０００９０",
        "O101210010",
        True,
        ("=1/0", "#DIV/0!"),
        ("=Sheet9!A1", "#REF!"),
        ("=VLOOKUP(1,A1,1)", "#N/A"),
        ("=B2*0.5", ""),  # never computed
    ],
)
def test_damaged_tariff_numbers(book: Book, hts: Any) -> None:
    assert answers(book(HEAD, ROW, [hts, "CN", 10000, "2026-08-01"], ROW)) == ["1250.00", "malformed_number", "1250.00"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("origin", "unknown_origin"),
        ("value", "bad_number"),
        ("entered_at", "bad_date"),
        ("quantity", "bad_number"),
        ("steel_value", "bad_number"),
        ("exported_at", "bad_date"),
        ("transport", "bad_field"),
        ("claims", "unknown_claim"),
        ("scope", "unknown_scope"),
        ("spi", "unknown_spi"),
        ("ch98", "bad_field"),
        ("fact.chip_tpp", "bad_number"),
    ],
)
@pytest.mark.parametrize("formula", [("=1/0", "#REF!"), ("=B2*0.5", "")])
def test_an_error_is_not_an_empty_cell(book: Book, name: str, code: str, formula: tuple[str, str]) -> None:
    """An empty cell says "not given", and another duty would be the answer."""
    fields = {**dict(zip(HEAD, ROW, strict=True)), name: formula}
    assert answers(book([*fields], [*fields.values()])) == [code]


@pytest.mark.parametrize(
    ("name", "cell", "code"),
    [
        ("value", True, "bad_number"),
        ("value", date(2026, 8, 1), "bad_number"),
        ("value", "1,000", "bad_number"),
        ("value", "$5", "bad_number"),
        ("value", -5, "negative_number"),
        ("entered_at", 46235, "bad_date"),  # a day whose cell was formatted as a number
        ("entered_at", 0.5, "bad_date"),
        ("entered_at", time(9), "bad_date"),
        ("entered_at", "08/01/2026", "bad_date"),
        ("origin", 5, "unknown_origin"),
    ],
)
def test_other_cells_that_say_nothing(book: Book, name: str, cell: Any, code: str) -> None:
    fields = {**dict(zip(HEAD, ROW, strict=True)), name: cell}
    assert answers(book([*fields], [*fields.values()])) == [code]
    assert answers(book([*fields], [*fields.values()], ROW)) == [code, "1250.00"]


def test_a_day_as_digits_in_a_number_cell(book: Book) -> None:
    assert answers(book(HEAD, [*ROW[:3], 20260801])) == ["1250.00"]


def test_errors_beyond_all_other_cells(book: Book) -> None:
    path = book([*HEAD, "spi", "note"], [*ROW, ("=1/0", "#REF!")], [None] * 4 + [None, ("=A1", "")])
    assert [row["spi"] for row in read(path)] == ["#REF!", None]
    assert [row["note"] for row in read(path)] == [None, "=A1"]


def test_a_computed_empty_text_is_an_empty_cell(book: Book) -> None:
    path = book([*HEAD, "spi"], [*ROW, ("=1+1", "")])
    empty = changed(path, '<c r="E2"><f>1+1</f><v></v></c>', '<c r="E2" t="str"><f>IF(1,"","")</f><v></v></c>')
    assert answers(empty) == ["1250.00"]


@pytest.mark.parametrize(
    "cell",
    [
        '<c t="e" s="0" r="E2"><v>#REF!</v></c>',
        "<c r='E2' t='e'><f t=\"shared\" si=\"0\"/><v>#REF!</v></c>",
        '<c r="E2" t="e"/>',
        '<c r="E2"><f t="shared" si="0"/></c>',
        '<c r="E2"><f>A1&amp;"x"</f><v/></c>',
    ],
)
def test_errors_and_formulas_as_other_programs_write_them(book: Book, cell: str) -> None:
    path = book([*HEAD, "spi"], [*ROW, ("=1+1", "")])
    assert answers(changed(path, '<c r="E2"><f>1+1</f><v></v></c>', cell)) == ["unknown_spi"]


def test_computed_cells_are_their_results(book: Book) -> None:
    assert answers(book(HEAD, [TOY, ('="C"&"N"', "CN"), ("=5000*2", 10000), "2026-08-01"])) == ["1250.00"]


def test_every_minute_of_a_day_is_read_exactly(book: Book) -> None:
    """A spreadsheet keeps times as fractions of a day; a duty begins at 00:01, and 00:00:59.999 would miss it."""
    minutes = [datetime(2026, 7, 24, minute // 60, minute % 60) for minute in range(24 * 60)]  # noqa: DTZ001
    for early in (False, True):
        path = book(["entered_at"], *([minute] for minute in minutes), date_1904=early)
        said = [row["entered_at"] for row in read(path)]
        assert said == ["2026-07-24", *(minute.isoformat() for minute in minutes[1:])]


# The shape of the sheet


def test_the_header_is_the_first_row_with_a_cell(book: Book) -> None:
    path = book(HEAD, ROW, [None], [" ", *ROW[1:]], at=(3, 2))
    assert read(path)[0] == {**LINE, "value": 10000.0}
    assert answers(path) == ["1250.00", "missing_field"]


def test_columns_without_a_name_are_kept_if_they_hold_a_cell(book: Book) -> None:
    path = book([*HEAD, None, None, "sku"], [*ROW, None, "see below", 1])
    assert [*read(path)[0]] == [*HEAD, "column F", "sku"]


def test_columns_of_mixed_types_are_text(book: Book) -> None:
    path = book([*HEAD, "sku"], [*ROW, 5], [*ROW[:2], "n/a", ROW[3], "A5"], [*ROW[:2], 0.1, ROW[3], True])
    assert [row["value"] for row in read(path)] == ["10000", "n/a", "0.1"]
    assert [row["sku"] for row in read(path)] == ["5", "A5", "True"]
    assert answers(path) == ["1250.00", "bad_number", "0.01"]


def test_a_sheet_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "two sheets.xlsx"
    workbook = xlsxwriter.Workbook(path)
    hidden = workbook.add_worksheet("Lookup")
    hidden.write_row(0, 0, ["secret"])
    for name in ("First", "Q3 #2"):
        sheet = workbook.add_worksheet(name)
        sheet.write_row(0, 0, ["sku"])
        sheet.write_row(1, 0, [name])
        sheet.write_formula(2, 0, "=1/0", None, "#REF!")
    workbook.get_worksheet_by_name("First").activate()
    workbook.get_worksheet_by_name("First").set_first_sheet()
    hidden.hide()
    workbook.close()
    assert read(path) == [{"sku": "First"}, {"sku": "#REF!"}]
    assert read(f"{path}#First") == read(path)
    assert read(f"{path}#Lookup") == []
    error = refusal(f"{path}#Nothing")
    assert (error.code, error.hint) == ("file_not_found", "it has: Lookup, First, Q3 #2")


def test_a_file_with_a_number_sign_in_its_name(book: Book) -> None:
    assert answers(book(HEAD, ROW, name="lines #2.xlsx")) == ["1250.00"]
    assert answers(f"{book(HEAD, ROW, name='lines #3.xlsx')}#Lines") == ["1250.00"]


@pytest.mark.parametrize(
    ("rows", "said"),
    [([], "empty"), ([[*HEAD, "value"], ROW], "value"), ([[*HEAD, MARK], ROW], MARK)],
)
def test_sheets_that_are_no_table(book: Book, rows: list[list[Any]], said: str) -> None:
    error = refusal(book(*rows))
    assert error.code == "malformed_file"
    assert said in error.message


def test_a_head_only(book: Book) -> None:
    lines = open_lines(book(HEAD))
    assert (lines.rows, [*lines.frames(10)], lines.schema.names()) == (0, [], HEAD)


def test_files_that_are_no_workbooks(tmp_path: Path, book: Book) -> None:
    whole = book(HEAD, ROW).read_bytes()
    for name, content in (
        ("text", b"hts,value\n"),
        ("empty", b""),
        ("cut", whole[:-200]),
        ("compound", b"\xd0\xcf\x11\xe0" * 512),
    ):
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(content)
        assert refusal(path).code == "malformed_file", name
    with zipfile.ZipFile(tmp_path / "zip.xlsx", "w") as other:
        other.writestr("readme.txt", "nothing")
    assert refusal(tmp_path / "zip.xlsx").code == "malformed_file"


def test_sheets_too_large_for_a_workbook(book: Book) -> None:
    path = book(HEAD, ROW)
    far = changed(path, '<c r="D2"', '<c r="XFD1048576"><v>1</v></c><c r="D2"').with_name("lines changed.xlsx")
    tall = changed(far, '<row r="2"', '<row r="1048576"')
    error = refusal(tall)
    assert error.code == "file_too_long"
    assert "Parquet" in error.hint


def test_formatted_cells_without_content_span_nothing(book: Book) -> None:
    path = changed(book(HEAD, ROW), "</sheetData>", '<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>')
    assert answers(path) == ["1250.00"]


def test_a_sheet_looked_through_in_small_pieces(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_damage, "_PIECE", 50)
    path = book([*HEAD, "spi"], *([*ROW, ("=1/0", "#REF!")] for _ in range(30)), [*ROW, ("=A1", "")])
    assert [row["spi"] for row in read(path)] == ["#REF!"] * 30 + ["=A1"]


def test_frames_have_the_rows_that_were_asked_for(book: Book) -> None:
    lines = open_lines(book(HEAD, *[ROW] * 25))
    assert [frame.height for frame in lines.frames(10)] == [10, 10, 5]
    assert lines.done == 1.0
