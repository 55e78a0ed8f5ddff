"""Reports that lack a column: without duty nothing is known of what was paid; the others are named."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.refunds.reports import ES003, GOOD, ROW, failure, read_one, write_csv

from tidewaiter.refunds.read import read_reports

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
