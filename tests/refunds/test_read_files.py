"""Whole files: of any kind, damaged in any way, each with an error of its own; the other files are read."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from tests.refunds.reports import ES003, GOOD, ROW, codes, failure, read_one, write_csv, write_xlsx

from tidewaiter.refunds import read_headers
from tidewaiter.refunds.frames import PROBLEMS, ROWS
from tidewaiter.refunds.read import read_reports


def code_of(path: Path | str) -> str:
    error = failure(path).error
    assert error is not None
    return error.code


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "good.csv", [ROW, GOOD])


def test_a_csv_and_a_workbook_say_the_same(tmp_path: Path, good: Path) -> None:
    book = write_xlsx(tmp_path / "good.xlsx", [ROW, GOOD])
    report = read_one(good)
    assert dict(report.rows.schema) == ROWS
    assert dict(report.problems.schema) == PROBLEMS
    assert report.rows.equals(read_one(book).rows)
    row = report.rows.row(1, named=True)
    assert {name: row[name] for name in ("row", "line_number", "ordinal", "entry_type", "importer", "filer", "port")} == {
        "row": 3, "line_number": 1, "ordinal": 2, "entry_type": "01", "importer": "12-345678901", "filer": "BII", "port": "2704",
    }  # fmt: skip
    assert (row["hts"], row["origin"], row["value"], row["duty"], str(row["quantity"]), row["unit"]) == (
        "3923900080", "CN", 1283745, 38512, "1500.000000", "KG",
    )  # fmt: skip


def test_a_title_above_the_header(tmp_path: Path) -> None:
    above = ["Entry Summary Line Tariff Details", "Entry Date: 01/01/2025 - 12/31/2025", ""]
    report = read_one(write_xlsx(tmp_path / "t.xlsx", [ROW, GOOD], above=above))
    assert report.rows["row"].to_list() == [5, 6]
    text = good_text = write_csv(tmp_path / "t.csv", [ROW, GOOD]).read_text()
    (tmp_path / "t.csv").write_text(f'"Report ""ES-003""\nof April"\n\nEntry Date,from,to\n{good_text}')
    assert read_one(tmp_path / "t.csv").rows["row"].to_list() == [5, 6]
    assert text.count("\n") == 3


def test_the_sheet_with_the_report_is_found(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "b.xlsx", [ROW], before=["Notes", "Prompt Summary"])
    assert read_one(path).files[0].name == "b.xlsx#Main Report"
    assert read_one(tmp_path / "b.xlsx#Main Report").rows.height == 1


def test_a_report_that_goes_on_on_another_sheet(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "two.xlsx")
    for name, row in (("Main Report", ROW), ("Main Report(1)", GOOD)):
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, ES003)
        sheet.write_row(1, 0, [row[header] for header in ES003])
    book.close()
    report = read_reports([tmp_path / "two.xlsx"])
    assert [(file.name, file.rows) for file in report.files] == [
        ("two.xlsx#Main Report", 1),
        ("two.xlsx#Main Report(1)", 1),
    ]
    assert report.rows["file"].to_list() == [0, 1]


def test_the_wrong_sheet(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "b.xlsx", [ROW], before=["Notes"])
    file = failure(f"{path}#Notes")
    assert file.error is not None
    assert (file.error.code, file.error.hint) == ("wrong_sheet", "the report is b.xlsx#Main Report")
    assert code_of(f"{path}#Nots") == "wrong_sheet"


def test_other_separators_and_encodings(tmp_path: Path, good: Path) -> None:
    wanted = read_one(good).rows
    for comma in (";", "\t", "|"):
        assert read_one(write_csv(tmp_path / "s.csv", [ROW, GOOD], delimiter=comma)).rows.equals(wanted)
    for encoding in ("utf-8-sig", "utf-16"):
        assert read_one(write_csv(tmp_path / "e.csv", [ROW, GOOD], encoding=encoding)).rows.equals(wanted)
    for ends in ("\r\n", "\r"):
        (tmp_path / "l.csv").write_bytes(good.read_bytes().replace(b"\r\n", ends.encode()))
        assert read_one(tmp_path / "l.csv").rows.equals(wanted)
    (tmp_path / "z.csv.gz").write_bytes(gzip.compress(good.read_bytes()))
    assert read_one(tmp_path / "z.csv.gz").rows.equals(wanted)
    (tmp_path / "report.txt").write_bytes(good.read_bytes())
    assert read_one(tmp_path / "report.txt").rows.equals(wanted)
    (tmp_path / "lies.csv").write_bytes(write_xlsx(tmp_path / "g.xlsx", [ROW, GOOD]).read_bytes())
    assert read_one(tmp_path / "lies.csv").rows.equals(wanted)


def test_tidewaiters_own_lines(tmp_path: Path) -> None:
    line = {
        "entry_id": "BII-0599285-4", "hts": "3923.90.0080", "origin": "CN", "value": "12837.45", "entered_at": "2025-04-08",
        "duty_paid": "385.12", "paid.9903.01.24": "2567.49", "paid.9903.01.63": None, "deposited_at": "2025-04-22",
    }  # fmt: skip
    frame = pl.DataFrame([line, {**line, "hts": "9503000073", "duty_paid": "0"}])
    frame.write_csv(tmp_path / "l.csv")
    frame.write_parquet(tmp_path / "l.parquet")
    frame.write_ndjson(tmp_path / "l.jsonl")
    reports = [read_one(tmp_path / name) for name in ("l.csv", "l.parquet", "l.jsonl")]
    rows = reports[0].rows
    assert all(report.files[0].kind == "lines" for report in reports)
    assert rows.select("entry_number", "line_number", "hts", "value", "duty").rows() == [
        ("BII05992854", 1, "3923900080", 1283745, 38512), ("BII05992854", 1, "99030124", 0, 256749),
        ("BII05992854", 2, "9503000073", 1283745, 0), ("BII05992854", 2, "99030124", 0, 256749),
    ]  # fmt: skip
    assert rows["deposit_date"].cast(pl.String).unique().to_list() == ["2025-04-22"]
    assert all(report.rows.equals(rows) for report in reports)


def test_numbers_of_a_parquet_file(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        [{"Entry Number": "BII05992854", "HTS": 99030124, "Duty": 2567.49, "Entry Date": "2025-04-08", "Line": 1}]
    )
    frame.with_columns(pl.col("Entry Date").str.to_date()).write_parquet(tmp_path / "n.parquet")
    row = read_one(tmp_path / "n.parquet").rows.row(0, named=True)
    assert (row["hts"], row["duty"], str(row["entry_date"])) == ("99030124", 256749, "2025-04-08")


# What cannot be read


def test_other_files_are_read_beside_broken_ones(tmp_path: Path, good: Path) -> None:
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "page.xls").write_text("<html><table></table></html>")
    report = read_reports([tmp_path / "none.csv", tmp_path / "empty.csv", good, tmp_path / "page.xls"])
    assert [file.error.code if file.error else file.rows for file in report.files] == [
        "file_not_found", "empty_file", 2, "bad_file_type",
    ]  # fmt: skip
    assert report.rows["file"].unique().to_list() == [2]
    assert report.problems.select("file", "code").rows() == [
        (0, "file_not_found"),
        (1, "empty_file"),
        (3, "bad_file_type"),
    ]


def test_empty_files(tmp_path: Path) -> None:
    for number, text in enumerate(("", "\n\n \n", "\ufeff")):
        path = tmp_path / f"{number}.csv"
        path.write_text(text, encoding="utf-8")
        assert code_of(path) == "empty_file"
    assert code_of(write_csv(tmp_path / "header.csv", [])) == "no_rows"
    assert code_of(write_xlsx(tmp_path / "header.xlsx", [])) == "no_rows"
    (tmp_path / "blanks.csv").write_text(",".join(ES003) + "\n,,,\n\n")
    assert read_reports([tmp_path / "blanks.csv"]).rows.height == 0
    xlsxwriter.Workbook(tmp_path / "blank.xlsx").close()
    assert code_of(tmp_path / "blank.xlsx") in ("empty_file", "wrong_layout")


def test_a_workbook_with_a_password(tmp_path: Path) -> None:
    # An encrypted workbook is a compound file (MS-OFFCRYPTO 2.3.4.4): a stream named EncryptedPackage, in UTF-16.
    content = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(1024 * 1024 - 30)
        + "EncryptedPackage".encode("utf-16-le")
        + bytes(999)
    )
    (tmp_path / "locked.xlsx").write_bytes(content)
    assert code_of(tmp_path / "locked.xlsx") == "password_protected"
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096))
    assert code_of(tmp_path / "old.xls") == "bad_file_type"


def test_truncated_files(tmp_path: Path) -> None:
    book = write_xlsx(tmp_path / "b.xlsx", [ROW] * 50).read_bytes()
    for size in (len(book) // 2, len(book) - 10, 100):
        (tmp_path / "cut.xlsx").write_bytes(book[:size])
        assert code_of(tmp_path / "cut.xlsx") == "malformed_file"
    text = write_csv(tmp_path / "t.csv", [ROW, GOOD]).read_bytes()
    (tmp_path / "cut.csv").write_bytes(text[: text.rindex(b'"')])  # an open quote: nobody knows where the row ends
    assert code_of(tmp_path / "cut.csv") == "malformed_file"
    (tmp_path / "cut.csv.gz").write_bytes(gzip.compress(text * 100)[:-20])
    assert code_of(tmp_path / "cut.csv.gz") == "malformed_file"
    pl.DataFrame({"Entry Number": ["BII05992854"] * 99, "HTS": ["99030124"] * 99, "Duty": ["1"] * 99}).write_parquet(
        tmp_path / "p.parquet"
    )
    (tmp_path / "cut.parquet").write_bytes((tmp_path / "p.parquet").read_bytes()[:-30])
    assert code_of(tmp_path / "cut.parquet") == "malformed_file"


def test_a_text_cut_off_within_a_row(tmp_path: Path) -> None:
    text = write_csv(tmp_path / "t.csv", [ROW, GOOD]).read_text()
    (tmp_path / "cut.csv").write_text(text[: text.rindex("CN,2,")])
    report = read_one(tmp_path / "cut.csv")
    assert report.rows["row"].to_list() == [2]
    assert codes(report) == [(3, "", "short_row")]
    assert report.problems["entry_number"].to_list() == ["BII05992854"]


def test_a_damaged_workbook(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "b.xlsx", [ROW])
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(tmp_path / "d.xlsx", "w") as target:
        for part in source.infolist():
            content = source.read(part)
            target.writestr(part, content[: len(content) // 2] if part.filename.endswith("sheet1.xml") else content)
    assert read_reports([tmp_path / "d.xlsx"]).rows.height == 0
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as target:
        target.writestr("report.csv", "x")
    assert code_of(tmp_path / "a.zip") == "bad_file_type"


def test_wrong_layouts(tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("Invoice,Amount,Customer\n1,2,3\n")
    file = failure(tmp_path / "other.csv")
    assert file.error is not None
    assert file.error.code == "wrong_layout"
    assert "Invoice, Amount, Customer" in file.error.message
    assert code_of(write_xlsx(tmp_path / "o.xlsx", [], ["Invoice", "Amount", "Customer"])) == "wrong_layout"
    pl.DataFrame({"invoice": [1]}).write_parquet(tmp_path / "o.parquet")
    assert code_of(tmp_path / "o.parquet") == "wrong_layout"
    (tmp_path / "list.json").write_text(json.dumps([{"entry_id": 1}]))
    assert code_of(tmp_path / "list.json") == "wrong_layout"
    (tmp_path / "r.pdf").write_bytes(b"%PDF-1.7 ...")
    assert code_of(tmp_path / "r.pdf") == "bad_file_type"
    (tmp_path / "b.csv").write_bytes(b"Entry\x00Number,HTS,Duty\n")
    assert code_of(tmp_path / "b.csv") == "bad_file_type"


def test_a_workbook_that_is_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = read_headers.known_columns()
    small = type(known)(
        **{name: getattr(known, name) for name in known.__slots__} | {"most_rows": 10, "header_within": 5}
    )
    for module in ("read_tables", "read_headers"):
        monkeypatch.setattr(f"tidewaiter.refunds.{module}.known_columns", lambda: small)
    file = failure(write_xlsx(tmp_path / "long.xlsx", [ROW] * 40))
    assert file.error is not None
    assert (file.error.code, "CSV" in file.error.hint) == ("file_too_long", True)


def test_no_files_at_all() -> None:
    report = read_reports([])
    assert (dict(report.rows.schema), dict(report.problems.schema), report.files) == (ROWS, PROBLEMS, [])
