"""The clocks of the process, and the process as it was known."""

from __future__ import annotations

from datetime import date

import pytest
from tests.refunds.entry_frames import process

from tidewaiter.ledger.model import Scenario
from tidewaiter.ledger.refund_law import BUCKETS, WORDED
from tidewaiter.refunds import frames
from tidewaiter.refunds.process import Process, kept_on


@pytest.mark.parametrize(
    ("entry", "liquidation", "claim", "reliquidation", "protest"),
    [
        ("2025-02-04", "2025-12-15", "2026-03-05", "2026-03-15", "2026-06-13"),
        ("2025-04-10", "2026-02-18", "2026-05-09", "2026-05-19", "2026-08-17"),
        ("2025-11-10", "2026-09-20", "2026-12-09", "2026-12-19", "2027-03-19"),
        ("2026-02-23", "2027-01-03", "2027-03-24", "2027-04-03", "2027-07-02"),
    ],
)
def test_the_clocks_of_an_entry(entry: str, liquidation: str, claim: str, reliquidation: str, protest: str) -> None:
    """314 days (19 USC 1504(a) and practice), 80 and 90 (19 USC 1501), 180 (19 USC 1514(c)(3))."""
    known = process()
    liquidated = known.last_day("liquidation", date.fromisoformat(entry))
    days = [known.last_day(clock, liquidated) for clock in ("claim-window", "reliquidation", "protest")]
    assert [day.isoformat() for day in (liquidated, *days)] == [liquidation, claim, reliquidation, protest]


def test_corrections_and_suits() -> None:
    """300 days from entry and 15 before liquidation (post summary corrections); two years (28 USC 2636(i))."""
    known = process()
    assert known.last_day("correction", date(2025, 2, 4)) == date(2025, 12, 1)
    assert known.last_day("correction-before-liquidation", date(2025, 12, 15)) == date(2025, 11, 30)
    assert known.last_day("two-year-bar", date(2025, 2, 4)) == date(2027, 2, 4)
    assert known.last_day("deemed-liquidation", date(2025, 2, 4)) == date(2026, 2, 4)


def test_the_deposit_is_due_ten_working_days_after() -> None:
    """19 CFR 142.12(b), 19 CFR 101.6: Thanksgiving (27 November 2025) does not count, nor do Saturdays and Sundays."""
    assert process().last_day("deposit", date(2025, 11, 18)) == date(2025, 12, 3)
    assert process().last_day("deposit", date(2025, 3, 1)) == date(2025, 3, 14)


def test_a_monthly_statement_is_due_on_the_15th_working_day() -> None:
    """19 USC 1505(a), 70 FR 45736; the days of 2025 on which customs debited, from a broker's copy of the calendar that customs
    publish (grf-chb.com/payments-1)."""
    days = ["03-21", "04-21", "05-21", "06-23", "07-22", "08-21", "09-22", "10-22", "11-24", "12-19"]
    for month, day in enumerate(days, start=2):
        assert process().last_day("deposit-monthly", date(2025, month, 6)) == date.fromisoformat(f"2025-{day}")


def test_holidays_are_kept_on_working_days() -> None:
    """5 USC 6103(b): 4 July 2026 is a Saturday, kept on the Friday; 19 June 2027 too; 4 July 2027 a Sunday."""
    law = process().known.ledger.refunds
    assert law is not None
    kept = {kept_on(one, year).isoformat() for one in law.working_days["US"].holidays for year in (2026, 2027)}
    assert {"2026-07-03", "2027-06-18", "2027-07-05", "2026-05-25", "2026-11-26", "2026-01-19", "2026-10-12"} <= kept
    assert len(kept) == 22


def test_the_process_opens_with_its_first_phase() -> None:
    """CSMS 68396594: 20 April 2026, 8 a.m. Eastern; as known the month before there is none."""
    assert process().serves(date(2026, 4, 19)) == frozenset()
    assert process().serves(date(2026, 4, 20)) == {"IEEPA"}
    assert process(known_on="2026-03-31").serves(date(2026, 11, 22)) == frozenset()
    assert [act.id for act in process().opening_acts(date(2026, 4, 20))] == ["us-cape-phase-1"]


def test_a_process_that_no_law_has() -> None:
    with pytest.raises(KeyError):
        Process.load(process().known, "us-none")
    with pytest.raises(KeyError):
        process().clock("no-such-clock")


def test_the_words_of_the_frames_are_those_of_the_law() -> None:
    assert frames.BUCKETS == BUCKETS
    assert {frozenset(frames.HOLDS), frozenset(frames.PROTESTS), frozenset(frames.AD_CVD)} <= set(WORDED.values())


def test_the_scenario_does_not_change_what_is_known() -> None:
    supposed = process().known.under(Scenario("x", "x", "x", True, ()))
    assert Process.load(supposed).stands("refunds:ieepa-finally-liquidated", date(2026, 11, 22)) == "contested"
    assert process().stands("refunds:ieepa-finally-liquidated", date(2026, 11, 22)) == ""
