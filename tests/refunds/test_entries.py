"""Entries from rows and lines: facts once, contradictions named, missing days estimated and marked."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from tests.refunds.entry_frames import NOTHING, entered, frames, process

from tidewaiter.refunds.entries import AUTHORITIES, entries
from tidewaiter.refunds.frames import DUTIES, ENTRIES


def test_the_frame_is_as_agreed() -> None:
    assert entered({}).schema == pl.Schema({**ENTRIES, AUTHORITIES: pl.String()})


def test_facts_are_told_once_and_blanks_are_filled_by_other_rows() -> None:
    rows, lines = frames({"drawback": None}, {"drawback": None})
    rows = rows.with_columns(entry_number=pl.lit("ABC00000000"), drawback=pl.Series([None, True]))
    found = entries(rows, lines.head(1), process=process())
    assert found["drawback"].to_list() == [True] and found["incomplete"].to_list() == [None]


def test_facts_that_contradict_each_other_are_named() -> None:
    rows, lines = frames({"entry_type": "01", "port": "2704"}, {"entry_type": "06", "port": "1001"}, {})
    rows = rows.with_columns(entry_number=pl.Series(["ABC00000000", "ABC00000000", "ABC00000020"]))
    found = entries(rows, lines.filter(pl.col("entry_number") != "ABC00000010"), process=process())
    assert found["entry_number"].to_list() == ["ABC00000000", "ABC00000020"]
    assert found["incomplete"].to_list() == ["entry_type, port", None]
    assert found["entry_type"].to_list() == ["01", "01"]


def test_a_later_report_of_the_liquidation_is_no_contradiction() -> None:
    """One report has the entry unliquidated, with the day on which it is scheduled; a later one has it liquidated before."""
    scheduled = {"liquidation_status": "unliquidated", "liquidation_date": date(2026, 10, 11)}
    settled = {"liquidation_status": "liquidated", "liquidation_date": date(2026, 10, 9)}
    for several in ((scheduled, settled), (settled, scheduled), (settled, {"liquidation_status": None})):
        rows, lines = frames(*several)
        found = entries(rows.with_columns(entry_number=pl.lit("ABC00000000")), lines.head(1), process=process())
        assert found["liquidation_status"].to_list() == ["liquidated"]
        assert found["liquidation_date"].to_list() == [date(2026, 10, 9)]
        assert found["incomplete"].to_list() == [None]
    rows, lines = frames(settled, {**settled, "liquidation_date": date(2026, 10, 16)})
    found = entries(rows.with_columns(entry_number=pl.lit("ABC00000000")), lines.head(1), process=process())
    assert found["incomplete"].to_list() == ["liquidation_date"]


def test_words_that_repeat_may_be_categories() -> None:
    rows, lines = frames({}, {"hold": "extended"})
    rows = rows.with_columns(pl.col("entry_type", "hold", "importer").cast(pl.Categorical()))
    found = entries(rows, lines, process=process())
    assert found.schema["hold"] == pl.String() and found["hold"].to_list() == ["none", "extended"]


def test_a_missing_deposit_is_estimated_and_marked() -> None:
    """Ten working days after the summary (10 December 2025; Christmas does not count), or the monthly statement."""
    given = {"deposit_date": date(2025, 12, 12)}
    found = entered({}, given, {"summary_date": None}, NOTHING)
    assert found["deposit_date"].to_list() == [date(2025, 12, 24), date(2025, 12, 12), date(2025, 12, 15), None]
    assert found["deposit_estimated"].to_list() == [True, False, True, False]
    monthly = entries(*frames({}), process=process(), monthly=True)
    assert monthly["deposit_date"].to_list() == [date(2026, 1, 23)]


def test_a_missing_liquidation_is_estimated_and_marked() -> None:
    """Day 314; an informal entry at once; none while it is held, nor for a warehouse withdrawal."""
    day = date(2025, 12, 1)
    found = entered(
        {},
        {"entry_type": "11"},
        {"hold": "extended"},
        {"entry_type": "31"},
        {"liquidation_date": date(2026, 9, 4), "liquidation_status": "liquidated"},
        {"hold": "extended", "liquidation_status": "liquidated"},
    )
    assert found["liquidation_date"].to_list() == [
        date(2026, 10, 11), day, None, None, date(2026, 9, 4), date(2026, 10, 11),
    ]  # fmt: skip
    assert found["liquidation_estimated"].to_list() == [True, True, False, False, False, True]


@pytest.mark.parametrize(
    ("voided", "total"), [([100, 50], 150), ([None, 50], 50), ([None, 0], None), ([None, None], None), ([0, 0], 0)]
)
def test_what_is_refundable_is_the_sum_of_the_lines(voided: list[int | None], total: int | None) -> None:
    """A line of which nobody can tell leaves open whether anything is, but not that something is."""
    rows, lines = frames({})
    lines = pl.concat([lines, lines]).with_columns(voided=pl.Series(voided, dtype=pl.Int64()))
    found = entries(rows, lines, process=process())
    assert found["voided"].to_list() == [total]
    assert found["lines"].to_list() == [2] and found["paid"].to_list() == [300_00]


def test_the_authorities_under_which_it_was_paid() -> None:
    rows, lines = frames({}, {}, {})
    numbers = rows["entry_number"]
    duties = pl.DataFrame(
        [
            {"entry_number": numbers[0], "authority": "IEEPA", "voided": 10},
            {"entry_number": numbers[0], "authority": "Section 122", "voided": 10},
            {"entry_number": numbers[1], "authority": "Section 122", "voided": 0},
        ],
        schema=DUTIES,
    )
    found = entries(rows, lines, duties, process=process())
    assert found[AUTHORITIES].to_list() == ["IEEPA, Section 122", None, None]
    nothing = entries(rows, lines.with_columns(voided=0 * pl.col("voided")), duties, process=process())
    assert nothing[AUTHORITIES].to_list() == ["IEEPA, Section 122", "", ""]
    assert entries(rows, lines, process=process())[AUTHORITIES].to_list() == [None, None, None]
