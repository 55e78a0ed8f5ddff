"""Shared by the tests of the refund desk's readers: small reports, and what was read of them."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from tidewaiter.refunds.read import FileRead, Report, read_reports

# The headers of ES-003 as a working parser of it has them: jasonmeasures/Klearnow-Tariff, backend/src/es003.ts.
ES003 = (
    "Entry Summary Number", "Entry Summary Line Number", "Entry Type Code", "Importer Number", "Port of Entry Code",
    "Entry Date",
    "Entry Summary Date", "Country of Origin Code", "Country of Export Code", "Tariff Ordinal Number", "HTS Number - Full",
    "Line Tariff Goods Value Amount", "Line Tariff Duty Amount", "Line Tariff Quantity (1)", "Line Tariff UOM (1) Code",
)  # fmt: skip
ROW = {
    "Entry Summary Number": "BII05992854", "Entry Summary Line Number": "1", "Entry Type Code": "01",
    "Importer Number": "12-345678901",
    "Port of Entry Code": "2704", "Entry Date": "04/08/2025", "Entry Summary Date": "04/18/2025",
    "Country of Origin Code": "CN",
    "Country of Export Code": "CN", "Tariff Ordinal Number": "1", "HTS Number - Full": "99030124",
    "Line Tariff Goods Value Amount": "$0.00", "Line Tariff Duty Amount": "$2,567.49", "Line Tariff Quantity (1)": "",
    "Line Tariff UOM (1) Code": "",
}  # fmt: skip
GOOD = {
    **ROW, "Tariff Ordinal Number": "2", "HTS Number - Full": "3923900080", "Line Tariff Goods Value Amount": "$12,837.45",
    "Line Tariff Duty Amount": "$385.12", "Line Tariff Quantity (1)": "1500", "Line Tariff UOM (1) Code": "KG",
}  # fmt: skip
Cells = Mapping[str, Any]


def write_csv(path: Path, rows: Sequence[Cells], headers: Sequence[str] = ES003, **options: Any) -> Path:
    """Rows by header as a CSV file."""
    encoding = options.pop("encoding", "utf-8")
    with path.open("w", encoding=encoding, newline="") as stream:
        writer = csv.writer(stream, **options)
        writer.writerow(headers)
        writer.writerows([[row.get(name, "") for name in headers] for row in rows])
    return path


def write_xlsx(
    path: Path, rows: Sequence[Cells], headers: Sequence[str] = ES003, *, sheet: str = "Main Report", above: Sequence[str] = (),
    before: Sequence[str] = (),
) -> Path:  # fmt: skip
    """Rows by header as a workbook, with lines of title ``above`` the header and other sheets ``before``."""
    book = xlsxwriter.Workbook(path)
    for name in before:
        book.add_worksheet(name).write(0, 0, "Notes of the broker")
    page = book.add_worksheet(sheet)
    for down, title in enumerate(above):
        page.write(down, 0, title)
    page.write_row(len(above), 0, headers)
    for down, row in enumerate(rows, start=len(above) + 1):
        for across, name in enumerate(headers):
            cell = row.get(name)
            if isinstance(cell, str):
                page.write_string(down, across, cell)
            elif cell is not None:
                page.write(down, across, cell)
    book.close()
    return path


def read_one(path: Path, **options: Any) -> Report:
    """A report of one file, which could be read."""
    report = read_reports([path], **options)
    assert [file.error for file in report.files] == [None]
    return report


def failure(path: Path | str) -> FileRead:
    """A file that could not be read: it says so in both places, and no row of it counts."""
    report = read_reports([path])
    (file,) = report.files
    assert file.error is not None
    assert not report.rows.height
    assert report.problems.select("file", "row", "severity", "code").row(0) == (0, None, "error", file.error.code)
    assert file.error.message and file.error.hint
    return file


def codes(report: Report) -> list[tuple[int | None, str, str]]:
    """Row, field and code of each problem."""
    return [(row["row"], row["field"] or "", row["code"]) for row in report.problems.iter_rows(named=True)]
