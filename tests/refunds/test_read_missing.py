"""Reports that lack a column: without duty nothing is known of what was paid; the others are named."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.refunds.reports import ES003, GOOD, ROW, failure, read_one, write_csv

from tidewaiter.assess.errors import FileError
from tidewaiter.refunds.read import raise_if_lists, read_reports

DUTY = "Line Tariff Duty Amount"
LIQUIDATION = ("Liquidation Status", "Liquidation Date")


@pytest.mark.parametrize("instead", [(), ("Amt Paid",)])
def test_a_report_without_duty_is_refused(tmp_path: Path, instead: tuple[str, ...]) -> None:
    """What was paid is not told: that is another thing than that nothing was paid."""
    headers = [name for name in ES003 if name != DUTY]
    file = failure(write_csv(tmp_path / "a.csv", [ROW, GOOD], [*headers, *instead]))
    assert file.error is not None
    assert file.error.code == "missing_column"
    assert "duty" in file.error.message
    assert DUTY in file.error.hint and "refunds columns" in file.error.hint


@pytest.mark.parametrize(
    ("known", "given", "words"),
    [
        ("Entry Summary Number", "Entry Sumary Nbr", "entry number"),
        ("HTS Number - Full", "HTS Numbr Full", "tariff number"),
        ("HTS Number - Full", "Harmonised Tariff No", "tariff number"),
        (DUTY, "Line Tariff Duty Amt", "duty"),
    ],
)
def test_the_nearest_known_header_is_named_and_how_to_map_it(
    tmp_path: Path, known: str, given: str, words: str
) -> None:
    headers = [given if name == known else name for name in ES003]
    error = failure(write_csv(tmp_path / "a.csv", [ROW, GOOD], headers)).error
    assert error is not None and error.code in ("wrong_layout", "missing_column")
    assert words in error.message and f"({given!r} is nearly '" in error.message
    assert "refunds columns FILE -o map.yaml" in error.hint and "--columns map.yaml" in error.hint


def test_a_column_whose_name_is_nearly_known_is_not_passed_over_in_silence(tmp_path: Path) -> None:
    headers = [*ES003, "Liquidation Dt", "Filer Name", "Line Tariff Quantity (2)"]
    told = read_one(write_csv(tmp_path / "a.csv", [ROW, GOOD], headers)).problems
    assert told.select("severity", "code", "message").rows() == [
        ("warning", "column_not_read", "the column 'Liquidation Dt' is not read: its name is nearly 'Liquidation Date'")
    ]


def test_lists_of_entries_alone_are_no_desk(tmp_path: Path) -> None:
    """What was paid is told by no list."""
    facts = tmp_path / "facts.csv"
    facts.write_text("Entry Number,Liquidation Date\nBII05992854,03/01/2026\n", encoding="utf-8")
    files = read_reports([facts]).files
    with pytest.raises(FileError, match=r"nothing is known of what was paid: facts\.csv"):
        raise_if_lists(files)
    raise_if_lists(read_reports([write_csv(tmp_path / "a.csv", [ROW, GOOD]), facts]).files)


@pytest.mark.parametrize(
    ("header", "code", "field"),
    [
        ("Line Tariff Goods Value Amount", "no_value_column", "value"),
        ("Country of Origin Code", "no_origin_column", "origin"),
        ("Entry Date", "no_entry_date_column", "entry_date"),
    ],
)
def test_a_column_that_is_not_there_is_named(tmp_path: Path, header: str, code: str, field: str) -> None:
    headers = [name for name in (*ES003, *LIQUIDATION) if name != header]
    told = read_one(write_csv(tmp_path / "a.csv", [ROW, GOOD], headers)).missing_columns()
    assert told.select("severity", "code", "field").rows() == [("warning", code, field)]


def test_liquidation_may_be_told_by_a_list_of_entries(tmp_path: Path) -> None:
    report = write_csv(tmp_path / "a.csv", [ROW, GOOD])
    alone = read_one(report).missing_columns()
    assert alone["code"].to_list() == ["no_liquidation_columns"]
    assert "Liquidation Status" in alone["hint"][0]
    facts = tmp_path / "facts.csv"
    facts.write_text("Entry Number,Liquidation Date\nBII05992854,03/01/2026\n", encoding="utf-8")
    assert read_reports([report, facts]).missing_columns().is_empty()
