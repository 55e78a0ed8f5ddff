"""What people send by mistake or on purpose: each bad row gets its code and its place, the others are read."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from tests.refunds.reports import ES003, GOOD, ROW, codes, read_one, write_csv, write_xlsx

from tidewaiter.refunds.read import read_reports


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"HTS Number - Full": "8.5076E+09"}, "scientific_notation"),
        ({"HTS Number - Full": "2030-01-01"}, "excel_date"),
        ({"HTS Number - Full": "#REF!"}, "excel_error"),
        ({"HTS Number - Full": "850760"}, "bad_hts"),
        ({"HTS Number - Full": ""}, "missing_hts"),
        ({"HTS Number - Full": "x" * 1000}, "bad_hts"),
        ({"Entry Summary Number": "5.99E+10"}, "scientific_notation"),
        ({"Entry Summary Number": "BII0599"}, "bad_entry_number"),
        ({"Entry Summary Number": ""}, "missing_entry_number"),
        ({"Entry Summary Number": "  "}, "missing_entry_number"),
        ({"Line Tariff Duty Amount": "1.234,56"}, "bad_money"),
        ({"Line Tariff Duty Amount": "=B2*0.2"}, "excel_error"),
        ({"Line Tariff Goods Value Amount": "1E+05"}, "scientific_notation"),
    ],
)
def test_a_row_that_cannot_be_read_is_left_out(tmp_path: Path, change: dict[str, str], code: str) -> None:
    report = read_one(write_csv(tmp_path / "a.csv", [ROW, {**GOOD, **change}, {**GOOD, "Tariff Ordinal Number": "3"}]))
    assert report.rows["row"].to_list() == [2, 4]
    assert report.problems.select("row", "severity", "code").rows() == [(3, "error", code)]


@pytest.mark.parametrize(
    ("header", "cell", "field", "code"),
    [
        ("Entry Date", "25/12/2025", "entry_date", "day_first"),
        ("Entry Date", "soon", "entry_date", "bad_date"),
        ("Entry Type Code", "Consumption", "entry_type", "bad_entry_type"),
        ("Country of Origin Code", "Chinaland", "origin", "unknown_country"),
        ("Line Tariff Quantity (1)", "many", "quantity", "bad_number"),
        ("Entry Summary Line Number", "#N/A", "line_number", "excel_error"),
        ("Liquidation Status", "Gone", "liquidation_status", "unknown_word"),
        ("Protest Status", "Perhaps", "protest", "unknown_word"),
        ("Drawback Flag", "Perhaps", "drawback", "unknown_word"),
    ],
)
def test_a_fact_that_cannot_be_read_is_not_known(tmp_path: Path, header: str, cell: str, field: str, code: str) -> None:
    headers = dict.fromkeys((*ES003, header))
    report = read_one(write_csv(tmp_path / "a.csv", [ROW, {**GOOD, header: cell}], [*headers]))
    assert report.rows.height == 2
    told = report.problems.filter(pl.col("code") != "lines_numbered")
    assert told.select("row", "field", "severity", "code", "given").rows() == [(3, field, "warning", code, cell)]


def test_words_of_one_column_say_another_fact_too(tmp_path: Path) -> None:
    words = ["Extended", "suspended", "Under Review", "Unliquidated", "Re-Liquidated", "LIQUIDATED", "", "N/A"]
    rows = [
        {**ROW, "Tariff Ordinal Number": place, "Liquidation Status": word} for place, word in enumerate(words, start=1)
    ]
    rows.append({**ROW, "Tariff Ordinal Number": 9, "Liquidation Status": "Suspended", "Hold": "None"})
    report = read_one(write_csv(tmp_path / "a.csv", rows, [*ES003, "Liquidation Status", "Hold"]))
    assert report.rows.select("liquidation_status", "hold").rows() == [
        ("unliquidated", "extended"), ("unliquidated", "suspended"), ("unliquidated", "review"), ("unliquidated", None),
        ("reliquidated", None), ("liquidated", None), (None, None), (None, None), ("unliquidated", "suspended"),
    ]  # fmt: skip
    assert codes(report) == []


def test_totals_blank_rows_and_the_header_again(tmp_path: Path) -> None:
    lines = write_csv(tmp_path / "a.csv", [ROW, GOOD]).read_text().splitlines()
    header, first, second = lines
    total = "Grand Total" + "," * 11 + '"$2,952.61",,'
    (tmp_path / "a.csv").write_text("\n".join([header, first, "", "", header, second, total, ""]))
    report = read_one(tmp_path / "a.csv")
    assert report.rows["row"].to_list() == [2, 6]
    assert codes(report) == [(5, "", "repeated_header"), (7, "", "total_row")]


def test_rows_with_too_many_cells(tmp_path: Path) -> None:
    lines = write_csv(tmp_path / "a.csv", [ROW, GOOD]).read_text().splitlines()
    (tmp_path / "a.csv").write_text("\n".join([lines[0], f"{lines[1]},more", lines[2]]) + "\n")
    report = read_one(tmp_path / "a.csv")
    assert report.rows["row"].to_list() == [3]
    assert report.problems.select("row", "entry_number", "code").rows() == [(2, "BII05992854", "malformed_row")]


def test_bytes_that_are_no_text_harm_only_the_cells_that_are_read(tmp_path: Path) -> None:
    headers = [*ES003, "Filer Name"]
    path = write_csv(
        tmp_path / "a.csv",
        [{**ROW, "Filer Name": "Caf\xe9"}, {**GOOD, "Importer Number": "Caf\xe9"}],
        headers,
        encoding="cp1252",
    )
    report = read_one(path)
    assert report.rows["row"].to_list() == [2]
    assert codes(report) == [(3, "", "bad_encoding")]


def test_large_cells(tmp_path: Path) -> None:
    """Ten megabytes in a cell that is read, and in one that is not."""
    huge = "x" * 10_000_000
    headers = [*ES003, "Filer Name"]
    path = write_csv(
        tmp_path / "a.csv", [{**ROW, "Filer Name": huge}, {**GOOD, "HTS Number - Full": huge}, GOOD], headers
    )
    report = read_one(path)
    assert report.rows["row"].to_list() == [2, 4]
    assert codes(report) == [(3, "hts", "bad_hts")]
    assert report.problems["given"].str.len_chars().to_list() == [200]


def test_quotes_in_cells(tmp_path: Path) -> None:
    headers = ["Filer Name", *ES003]
    path = write_csv(tmp_path / "a.csv", [{**ROW, "Filer Name": 'The "Harbor", Lane\nand Sons'}, GOOD], headers)
    assert read_one(path).rows["row"].to_list() == [2, 3]
    (tmp_path / "b.csv").write_text(path.read_text().replace('"The ""Harbor"", Lane\nand Sons"', '5" pipe'))
    assert read_one(tmp_path / "b.csv").rows["row"].to_list() == [2, 3]


def test_cells_that_are_formulas_in_a_text(tmp_path: Path) -> None:
    kept = {"Entry Summary Number": '="BII05992854"', "Importer Number": '=HYPERLINK("http://x")'}
    report = read_one(write_csv(tmp_path / "a.csv", [{**ROW, **kept}]))
    assert report.rows.select("entry_number", "importer").rows() == [("BII05992854", None)]
    assert codes(report) == [(2, "importer", "excel_error")]


def test_error_cells_and_formulas_of_a_workbook(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "f.xlsx")
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ES003)
    for down, formula in enumerate(("=1/0", "=2+3"), start=1):
        sheet.write_row(down, 0, [GOOD[header] for header in ES003])
        sheet.write_formula(down, 12, formula, None, "#DIV/0!" if down == 1 else 5)
    book.close()
    report = read_one(tmp_path / "f.xlsx")
    assert report.rows.select("row", "duty").rows() == [(3, 500)]
    assert codes(report) == [(2, "duty", "excel_error")]


def test_numbers_and_dates_as_excel_keeps_them(tmp_path: Path) -> None:
    row = {
        **GOOD,
        "Entry Summary Line Number": 1,
        "Entry Type Code": 1,
        "Port of Entry Code": 704,
        "Entry Date": 45755,
        "HTS Number - Full": 3923900080,
        "Line Tariff Goods Value Amount": 12837.45,
        "Line Tariff Duty Amount": 385.12,
        "Tariff Ordinal Number": 2,
        "Line Tariff Quantity (1)": 1500,
    }
    text = {**GOOD, "Port of Entry Code": "0704"}
    read = [read_one(write_xlsx(tmp_path / f"{number}.xlsx", [one])).rows for number, one in enumerate((row, text))]
    assert read[0].equals(read[1])


def test_columns_without_names_and_with_the_same_name(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [ROW])
    lines = path.read_text().splitlines()
    path.write_text(f"{lines[0]},,,Entry Date\n{lines[1]},x,y,12/31/2025\n")
    report = read_one(path)
    assert str(report.rows["entry_date"][0]) == "2025-04-08"  # the first of the two


def test_a_million_bad_cells_stay_bounded(tmp_path: Path) -> None:
    rows = "".join(f"BII{number:07}9,9903{number:07}x,{number}\n" for number in range(100_000))
    (tmp_path / "a.csv").write_text(f"Entry Number,HTS,Duty\n{rows}")
    tracemalloc.start()
    report = read_reports([tmp_path / "a.csv"])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (report.rows.height, report.problems.height) == (0, 100_000)
    assert peak < 150 * 1024 * 1024
