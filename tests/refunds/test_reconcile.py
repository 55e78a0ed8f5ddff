"""Refund reports held against the log: acceptance story 19, refunds of several entries, and what is not found is told."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter
from tests.refunds.hand_made import ON, claimed, desk_of, number_of

from tidewaiter.assess.errors import FileError
from tidewaiter.refunds.forms import reports
from tidewaiter.refunds.hand_in import hand_in
from tidewaiter.refunds.log import LOG_NAME, Log, submit
from tidewaiter.refunds.reconcile import Reconciled, reconciled
from tidewaiter.refunds.refund_reports import load_map, read_refunds

LATER = date(2027, 2, 1)


@pytest.fixture
def log(tmp_path: Path) -> Log:
    """Six entries of 200 dollars and 12.34 dollars of interest each, handed in on 22 November 2026."""
    hand_in(desk_of(claimed(6)), tmp_path, Log.read(tmp_path / LOG_NAME), on=ON)
    submit(tmp_path, ON)
    return Log.read(tmp_path / LOG_NAME)


def held(log: Log, *texts: str, after: int = 120, columns: dict[str, str] | None = None) -> Reconciled:
    paths = []
    for place, text in enumerate(texts):
        paths.append(log.path.parent / f"report-{place}.csv")
        paths[-1].write_text(text, encoding="utf-8")
    return reconciled(log, read_refunds(paths, columns or {}), LATER, after)


def told(found: Reconciled, *columns: str) -> dict[str, Any]:
    frame = found.entries.sort("entry_number")
    return {
        row[0]: row[1] if len(columns) == 1 else row[1:] for row in frame.select("entry_number", *columns).iter_rows()
    }


def test_two_short_one_diverted_one_returned(log: Log) -> None:
    """Statuses as REV-603 prints them (CSMS 68536553)."""
    found = held(
        log,
        "Entry Summary Number,Refund Number,Principal Amount,Interest Amount,Refund Status,Status Date\n"
        f"{number_of(0)},R1,$200.00,$14.00,Treasury Issued,01/15/2027\n"
        f"{number_of(1)},R1,$150.00,$10.00,Treasury Issued,01/15/2027\n"
        f"{number_of(2)},R1,$200.00,$10.00,Treasury Issued,01/15/2027\n"
        f"{number_of(3)},R2,$200.00,$14.00,Funds Diverted,01/15/2027\n"
        f"{number_of(4)},R3,$200.00,$14.00,Treasury Issued,01/15/2027\n"
        f"{number_of(4)},R3,$0.00,$0.00,Check/ACH Returned,01/20/2027\n"
        f"{number_of(5)},R4,$200.00,$14.00,Sent to Treasury,01/28/2027\n",
    )
    assert told(found, "state", "short") == {
        number_of(0): ("paid", 0),
        number_of(1): ("short", 5_234),
        number_of(2): ("short", 234),
        number_of(3): ("diverted", 0),
        number_of(4): ("returned", 0),
        number_of(5): ("on the way", 0),
    }
    assert found.exceptions().height == 4
    assert found.states().row(0)[:2] == ("diverted", 1)
    assert "19 CFR 24.72" in told(found, "action")[number_of(3)]


def test_one_refund_of_several_entries(log: Log) -> None:
    """ES-022 tells the entries of a refund, REV-603 the refund: one payment is not one entry."""
    entries = "Entry Number,Refund Number,Principal,Interest\n" + "".join(
        f"{number_of(place)},R1,200.00,12.34\n" for place in range(6)
    )
    found = held(log, entries, 'Refund No,Status,Refund Amount\nR1,Treasury Issued,"1,200.00"\n')
    assert set(told(found, "state").values()) == {"paid"}
    assert found.refunds.row(0, named=True) == {
        "refund": "R1",
        "entries": 6,
        "status": "Treasury Issued",
        "amount": 120_000,
        "expected": 6 * 21_234,
        "short": 6 * 21_234 - 120_000,
    }
    diverted = held(log, entries, "Refund No,Status,Refund Amount\nR1,Funds Diverted,0.00\n")
    assert set(told(diverted, "state").values()) == {"diverted"}


def test_a_rejected_entry_has_the_message_in_words_and_may_go_again_where_it_can_be_mended(log: Log) -> None:
    found = held(
        log,
        "Entry Number,Status,Message\n"
        f"{number_of(0)},Rejected,STATEMENT PROCESSING NOT COMPLETE\n"
        f"{number_of(1)},Rejected,ENTRY SUMMARY IS IN FINAL LIQUIDATION STATUS\n"
        f"{number_of(2)},Rejected,SOMETHING NEW\n",
    )
    states = told(found, "state", "again", "action")
    assert states[number_of(0)] == ("rejected", True, "wait until it is paid and declare again")
    assert states[number_of(1)][:2] == ("rejected", False)
    assert states[number_of(2)] == ("rejected", False, "look the message up with customs")
    assert states[number_of(3)][0] == "waiting"
    assert found.release(log, LATER) == 1
    assert number_of(0) not in log.live()["entry_number"].to_list()
    assert number_of(1) in log.live()["entry_number"].to_list()


def test_what_is_not_paid_after_so_many_days_is_told(log: Log) -> None:
    accepted = f"Entry Number,Status\n{number_of(0)},Accepted\n"
    assert told(held(log, accepted, after=71), "state")[number_of(0)] == "accepted"
    late = held(log, accepted, after=70)
    assert told(late, "state", "why")[number_of(0)] == ("unpaid", "handed in 71 days ago")
    assert set(told(late, "state").values()) == {"unpaid"}


def test_entries_that_nobody_here_declared(log: Log) -> None:
    found = held(log, f"Entry Number,Status\nNKW01234561,Treasury Issued\n{number_of(0)},Accepted\n")
    assert told(found, "state")["NKW01234561"] == "not in the log"


def test_a_file_that_was_not_marked_is_found_by_its_report(tmp_path: Path) -> None:
    hand_in(desk_of(claimed(2)), tmp_path, Log.read(tmp_path / LOG_NAME), on=ON)
    found = held(Log.read(tmp_path / LOG_NAME), f"Entry Number,Status\n{number_of(0)},Accepted\n")
    assert told(found, "state") == {number_of(0): "not marked", number_of(1): "not handed in"}


def test_two_reports_of_the_same_money_do_not_add_up(log: Log) -> None:
    text = f"Entry Number,Principal,Interest,Status\n{number_of(0)},200.00,12.34,Treasury Issued\n"
    found = held(log, text, text)
    assert told(found, "principal_paid")[number_of(0)] == 20_000


def test_what_was_found_and_what_was_not_is_told(log: Log) -> None:
    found = held(log, "some title\n\nEntry No,Claim Status\nBII-0000000-0,Accepted\n,\n")
    read = found.files[0]
    assert read.found == {"entry_number": "Entry No", "status": "Claim Status"}
    assert set(read.not_found) == set(reports().columns) - {"entry_number", "status"}
    assert (read.rows, read.skipped) == (1, 1)
    assert told(found, "state")[number_of(0)] == "accepted"


def test_a_map_of_ones_own_goes_before_the_words(log: Log) -> None:
    text = f"Entry Number,Old,Status\n{number_of(0)},Accepted,Treasury Issued\n"
    assert told(held(log, text, columns={"status": "Old"}), "status")[number_of(0)] == "Accepted"
    path = log.path.parent / "map.yaml"
    path.write_text("colour: Blue\n", encoding="utf-8")
    with pytest.raises(FileError) as raised:
        load_map(path)
    assert raised.value.code == "bad_column_map"


def test_a_bad_file_is_told_and_the_others_are_read(log: Log, tmp_path: Path) -> None:
    found = held(log, "", "Colour,Size\nblue,12\n", f"Entry Number,Status\n{number_of(0)},Accepted\n")
    assert [one.error.code if one.error else "" for one in found.files] == ["empty_file", "wrong_layout", ""]
    assert found.refused
    assert told(found, "state")[number_of(0)] == "accepted"


def test_a_workbook_is_read_like_a_text(log: Log, tmp_path: Path) -> None:
    path = tmp_path / "rev615.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Entry Summary Number", "Principal", "Interest", "Status"])
        sheet.write_row(1, 0, [number_of(0), 200, 12.34, "Treasury Issued"])
    found = reconciled(log, read_refunds([path], {}), LATER)
    assert told(found, "state", "principal_paid", "interest_paid")[number_of(0)] == ("paid", 20_000, 1_234)


def test_the_words_of_the_columns_are_plain() -> None:
    words = [word for several in reports().columns.values() for word in several]
    assert pl.Series(words).is_duplicated().sum() == 0


def test_a_single_amount_is_not_told_apart(log: Log) -> None:
    """Two hundred dollars and 12.34 of interest in one sum: what was read is told, and no principal of zero."""
    found = held(log, f"Entry Number,Status,Refund Amount\n{number_of(0)},Treasury Issued,212.34\n")
    paid = found.states().filter(pl.col("state") == "paid").row(0, named=True)
    assert (paid["principal_paid"], paid["interest_paid"], paid["amount_paid"]) == (None, None, 21_234)


@pytest.mark.parametrize("message", ["SOMETHING NEW", ""])
def test_a_rejected_entry_always_has_a_why_and_a_next_step(log: Log, message: str) -> None:
    found = held(log, f"Entry Number,Status,Message\n{number_of(0)},Rejected,{message}\n")
    state, why, action = told(found, "state", "why", "action")[number_of(0)]
    assert state == "rejected"
    assert why and action
