"""Several reports together: overlapping exports, lists of entries, numbers that a spreadsheet shortened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.refunds.reports import ES003, GOOD, ROW, codes, read_one, write_csv, write_xlsx

from tidewaiter.refunds.entry_numbers import check_digit
from tidewaiter.refunds.read import Report, read_reports


def number(ten: str) -> str:
    return f"{ten}{check_digit(ten)}"


def told(report: Report, *columns: str) -> list[tuple[Any, ...]]:
    return report.problems.select(columns).rows()


def test_rows_of_overlapping_exports_count_once(tmp_path: Path) -> None:
    other = {**GOOD, "Entry Summary Line Number": "2"}
    first = write_csv(tmp_path / "a.csv", [ROW, GOOD])
    second = write_xlsx(tmp_path / "b.xlsx", [GOOD, other, ROW])
    report = read_reports([first, second])
    assert report.rows.select("file", "row").rows() == [(0, 2), (0, 3), (1, 3)]
    assert told(report, "file", "row", "severity", "code") == [
        (1, 2, "warning", "duplicate_row"),
        (1, 4, "warning", "duplicate_row"),
    ]
    assert [file.rows for file in report.files] == [2, 3]


def test_a_newer_export_counts(tmp_path: Path) -> None:
    headers = [*ES003, "Liquidation Status", "Liquidation Date"]
    old = write_csv(tmp_path / "a.csv", [{**ROW, "Liquidation Status": "Unliquidated"}], headers)
    new = write_csv(
        tmp_path / "b.csv", [{**ROW, "Liquidation Status": "Liquidated", "Liquidation Date": "02/13/2026"}], headers
    )
    report = read_reports([old, new])
    assert report.rows["liquidation_status"].to_list() == ["liquidated"]
    assert told(report, "file", "row", "code") == [(0, 2, "superseded_row")]


def test_an_export_that_goes_back_to_what_an_older_one_said(tmp_path: Path) -> None:
    paths = [
        write_csv(tmp_path / f"{number}.csv", [{**ROW, "Liquidation Status": status}], [*ES003, "Liquidation Status"])
        for number, status in enumerate(["Unliquidated", "Liquidated", "Unliquidated"])
    ]
    report = read_reports(paths)
    assert report.rows["liquidation_status"].to_list() == ["unliquidated"]
    assert sorted(told(report, "file", "code")) == [(1, "superseded_row"), (2, "duplicate_row")]


def test_what_one_export_does_not_tell_another_may(tmp_path: Path) -> None:
    more = write_csv(tmp_path / "a.csv", [{**ROW, "Deposit Date": "04/22/2025"}, GOOD], [*ES003, "Deposit Date"])
    less = write_csv(tmp_path / "b.csv", [ROW, GOOD])
    for paths in ([more, less], [less, more]):
        report = read_reports(paths)
        assert report.rows["deposit_date"].dt.to_string().to_list() == ["2025-04-22", None]
        assert told(report, "file", "row", "code") == [(1, 2, "duplicate_row"), (1, 3, "duplicate_row")]


def test_a_corrected_entry_is_what_the_later_export_says(tmp_path: Path) -> None:
    """A post summary correction took a heading away: the numbers move up, and the old ones count no more."""
    other = {**ROW, "Entry Summary Number": "BII05999206"}
    old = write_csv(tmp_path / "a.csv", [ROW, {**ROW, "Tariff Ordinal Number": "2", "HTS Number - Full": "99030125"},
                                         {**GOOD, "Tariff Ordinal Number": "3"}, other])  # fmt: skip
    new = write_csv(tmp_path / "b.csv", [ROW, GOOD])
    report = read_reports([old, new])
    assert report.rows.select("file", "row").rows() == [(0, 5), (1, 2), (1, 3)]
    assert told(report, "file", "row", "code") == [(0, row, "superseded_row") for row in (2, 3, 4)]


def test_a_newer_spreadsheet_without_line_numbers_counts(tmp_path: Path) -> None:
    headers = (*BROKER, "Liq Status")
    old = write_csv(tmp_path / "a.csv", [{**LISTED, "Liq Status": "Open"}, {**OWN, "Liq Status": "Open"}], headers)
    new = write_csv(
        tmp_path / "b.csv", [{**LISTED, "Liq Status": "Liquidated"}, {**OWN, "Liq Status": "Liquidated"}], headers
    )
    report = read_reports([old, new])
    assert report.rows.select("file", "liquidation_status", "duty").rows() == [
        (1, "liquidated", 256749),
        (1, "liquidated", 38512),
    ]
    assert report.problems["code"].to_list() == ["lines_numbered", "superseded_row", "superseded_row", "lines_numbered"]


def test_the_same_file_twice(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [ROW, GOOD])
    report = read_reports([path, path])
    assert report.rows.height == 2
    assert report.problems["code"].unique().to_list() == ["duplicate_row"]


BROKER = ("Entry No", "Date of Entry", "HTS", "Value", "Duty")
LISTED = {
    "Entry No": "BII-0599285-4",
    "Date of Entry": "04/08/2025",
    "HTS": "9903.01.24",
    "Value": "0",
    "Duty": "2567.49",
}
OWN = {**LISTED, "HTS": "3923900080", "Value": "12837.45", "Duty": "385.12"}


def test_lines_are_numbered_where_the_report_does_not(tmp_path: Path) -> None:
    report = read_one(
        write_csv(
            tmp_path / "b.csv", [LISTED, OWN, {**LISTED, "HTS": "99030125"}, {**OWN, "HTS": "9503000073"}], BROKER
        )
    )
    assert report.rows.select("line_number", "ordinal").rows() == [(1, 1), (1, 2), (2, 1), (2, 2)]
    assert codes(report) == [(2, "", "lines_numbered")]
    # Where the article's number stands first, it begins the line.
    report = read_one(
        write_csv(
            tmp_path / "b.csv", [OWN, LISTED, {**OWN, "HTS": "9503000073"}, {**LISTED, "HTS": "99030125"}], BROKER
        )
    )
    assert report.rows.select("line_number", "ordinal").rows() == [(1, 1), (1, 2), (2, 1), (2, 2)]


def test_two_lines_that_say_the_same_are_two_lines(tmp_path: Path) -> None:
    """Without line numbers nobody can tell them from a doubled row, unless another file has them as often."""
    first = write_csv(tmp_path / "a.csv", [OWN, OWN], BROKER)
    second = write_csv(tmp_path / "b.csv", [OWN, OWN, OWN], BROKER)
    assert read_one(first).rows.height == 2
    report = read_reports([first, second])
    assert report.rows.select("file", "row").rows() == [(0, 2), (0, 3), (1, 4)]
    assert report.problems.filter(pl.col("code") == "duplicate_row").height == 2


def test_an_entry_in_a_spreadsheet_and_in_es003_counts_once(tmp_path: Path) -> None:
    report = read_reports(
        [write_csv(tmp_path / "b.csv", [LISTED, OWN], BROKER), write_csv(tmp_path / "a.csv", [ROW, GOOD])]
    )
    assert report.rows["file"].to_list() == [1, 1]
    assert report.problems.filter(pl.col("code") == "in_other_report").height == 2


# Lists of entries

FACTS = ("Entry Number", "Liquidation Status", "Liquidation Date", "Recon Flag", "Protest Status", "Deposit Date")


def test_facts_come_from_a_list_of_entries(tmp_path: Path) -> None:
    lists = write_csv(
        tmp_path / "liquidations.csv",
        [
            {
                "Entry Number": "BII-0599285-4",
                "Liquidation Status": "Suspended",
                "Recon Flag": "N",
                "Deposit Date": "04/22/2025",
            },
            {"Entry Number": "BII-0599920-6", "Liquidation Status": "Liquidated"},
        ],
        FACTS,
    )
    report = read_reports([lists, write_csv(tmp_path / "a.csv", [ROW, GOOD])])
    assert [file.kind for file in report.files] == ["entries", "ace"]
    assert report.rows.select("liquidation_status", "hold", "recon_flagged", "entry_type").unique().rows() == [
        ("unliquidated", "suspended", False, "01")
    ]
    assert report.rows["deposit_date"].dt.to_string().to_list() == ["2025-04-22"] * 2
    assert told(report, "file", "row", "entry_number", "code") == [(0, 3, "BII05999206", "entry_not_in_reports")]


def test_a_list_counts_where_a_report_says_otherwise(tmp_path: Path) -> None:
    lists = write_csv(
        tmp_path / "l.csv", [{"Entry Number": "BII05992854", "Entry Type": "06"}], ("Entry Number", "Entry Type")
    )
    report = read_reports([write_csv(tmp_path / "a.csv", [ROW, GOOD]), lists])
    assert report.rows["entry_type"].to_list() == ["06", "06"]
    assert told(report, "file", "row", "field", "code", "given") == [(0, 2, "entry_type", "fact_differs", "01")]


# What spreadsheets strip


def test_zeros_of_entry_numbers_come_back_where_that_is_certain(tmp_path: Path) -> None:
    sure, other, wrong = number("0160012345"), number("0160099999"), number("0770012345")
    bad = f"{sure[:10]}{(int(sure[10]) + 1) % 10}"
    rows = [
        {**OWN, "Entry No": int(one) if one != other else one, "Date of Entry": None}
        for one in (sure, other, wrong, bad)
    ]
    report = read_one(write_xlsx(tmp_path / "b.xlsx", rows, BROKER))
    # The filer 016 is known from a number that is whole; 077 from nothing; and the last has another check digit.
    assert report.rows["entry_number"].to_list() == [sure, other]
    found = told(report, "row", "severity", "code", "given")
    assert [one for one in found if one[2] != "lines_numbered"] == [
        (2, "warning", "zeros_restored", sure[1:]),
        (4, "error", "stripped_zeros", wrong[1:]),
        (5, "error", "stripped_zeros", bad[1:]),
    ]


def test_the_filer_column_makes_it_certain(tmp_path: Path) -> None:
    sure = number("0160012345")
    rows = [{**OWN, "Entry No": int(sure), "Filer Code": 16}]
    report = read_one(write_xlsx(tmp_path / "b.xlsx", rows, (*BROKER, "Filer Code")))
    assert report.rows.select("entry_number", "filer").rows() == [(sure, "016")]


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("811100050", "0811100050"),
        ("101210010", "0101210010"),
        ("101210011", None),
        ("4081100", "04081100"),
        ("4081109", None),
    ],
)
def test_the_zero_of_a_tariff_number_comes_back_where_the_tariff_has_it(
    tmp_path: Path, given: str, read: str | None
) -> None:
    report = read_one(write_csv(tmp_path / "a.csv", [ROW, {**GOOD, "HTS Number - Full": given}]))
    assert report.rows["hts"].to_list() == ["99030124", *([read] if read else [])]
    assert codes(report) == [(3, "hts", "zeros_restored" if read else "stripped_zeros")]


# Filers and check digits


def test_a_wrong_check_digit_is_a_warning_once_for_each_entry(tmp_path: Path) -> None:
    report = read_one(
        write_csv(tmp_path / "a.csv", [{**row, "Entry Summary Number": "BII-0599285-5"} for row in (ROW, GOOD)])
    )
    assert report.rows.height == 2
    assert told(report, "row", "severity", "code", "entry_number") == [(2, "warning", "check_digit", "BII05992855")]


def test_the_filer_is_that_of_the_entry_number(tmp_path: Path) -> None:
    headers = (*ES003, "Filer Code")
    report = read_one(
        write_csv(tmp_path / "a.csv", [{**ROW, "Filer Code": "XYZ"}, {**GOOD, "Filer Code": "BII"}], headers)
    )
    assert report.rows["filer"].to_list() == ["BII", "BII"]
    assert codes(report) == [(2, "filer", "filer_differs")]
