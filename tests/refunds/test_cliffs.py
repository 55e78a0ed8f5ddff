"""How much falls out of each window, week by week (19 USC 1501, 1514(c)(3), 28 USC 2636(i)), and the days for a calendar."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
from tests.refunds.entry_frames import NOW, entered, process

from tidewaiter.refunds.cliffs import CLIFFS, cliff_days, cliffs
from tidewaiter.refunds.desk import desk
from tidewaiter.timeline.ical import calendar


def liquidated(day: str, **facts: Any) -> dict[str, Any]:
    return {"liquidation_status": "liquidated", "liquidation_date": date.fromisoformat(day), **facts}


def fallen(*several: dict[str, Any], on: date = NOW) -> pl.DataFrame:
    return cliffs(desk(entered(*several), process(), on), process(), on)


def test_an_entry_falls_out_of_one_window_after_the_other() -> None:
    """Liquidated 10 September 2026, entered 1 December 2025: 29 November 2026, 9 March 2027, 1 December 2027."""
    found = fallen(liquidated("2026-09-10"))
    assert found.schema == pl.Schema(CLIFFS)
    assert found.select("clock", "first", "week", "entries", "principal").rows() == [
        ("claim-window", date(2026, 11, 29), date(2026, 11, 23), 1, 100_00),
        ("protest", date(2027, 3, 9), date(2027, 3, 8), 1, 100_00),
        ("two-year-bar", date(2027, 12, 1), date(2027, 11, 29), 1, 100_00),
    ]


def test_weeks_are_added_up_and_what_is_past_is_left_out() -> None:
    """Liquidated 3 and 4 September: the last days are 22 (a Sunday) and 23 November; 1 August is out of the claim window."""
    found = fallen(
        liquidated("2026-09-03"), liquidated("2026-09-04"), liquidated("2026-09-05"), liquidated("2026-08-01")
    )
    claims = found.filter(pl.col("clock") == "claim-window")
    assert claims.select("week", "entries").rows() == [(date(2026, 11, 16), 1), (date(2026, 11, 23), 2)]
    protests = found.filter(pl.col("clock") == "protest")
    assert protests["entries"].sum() == 4


def test_what_is_kept_or_has_no_claim_falls_out_of_nothing() -> None:
    found = fallen(
        liquidated("2026-09-10", indicator="Y"),
        liquidated("2026-08-01", protest="open"),
        liquidated("2026-09-10", drawback=True),
        liquidated("2026-09-10", entry_type="47"),
    )
    assert found.is_empty()


def test_what_is_held_has_no_window_yet() -> None:
    assert fallen({"hold": "extended"})["clock"].to_list() == ["two-year-bar"]


def test_what_is_unliquidated_past_the_usual_day_falls_by_deemed_liquidation() -> None:
    """Entered 10 January 2026 and reported as unliquidated on day 316: liquidated by law on 10 January 2027 at the latest (19 USC
    1504(a)(1)), 80 and 180 days after which (445 and 545 after entry) are 31 March and 9 July 2027."""
    found = fallen({"entry_date": date(2026, 1, 10), "liquidation_status": "unliquidated"})
    assert found.select("clock", "first", "principal").rows() == [
        ("deemed-claim-window", date(2027, 3, 31), 100_00),
        ("deemed-protest", date(2027, 7, 9), 100_00),
        ("two-year-bar", date(2028, 1, 10), 100_00),
    ]
    assert [one for one in found["what"] if "deemed liquidation" in one] == found["what"].to_list()[:2]


def test_deemed_liquidation_reaches_neither_what_is_held_nor_what_has_a_day() -> None:
    """19 USC 1504(b) and (d): extended and suspended entries; withdrawals are liquidated with the warehouse entry."""
    entered_then = {"entry_date": date(2025, 10, 1), "liquidation_status": "unliquidated"}
    held: list[dict[str, Any]] = [
        {"hold": "extended"},
        {"hold": "suspended"},
        {"ad_cvd": "suspended"},
        {"entry_type": "31"},
    ]
    for one in held:
        assert fallen(entered_then | one)["clock"].to_list() == ["two-year-bar"], one
    assert fallen(entered_then)["clock"].to_list() == ["deemed-claim-window", "deemed-protest", "two-year-bar"]
    # Not yet at the usual day (26 December 2026): the estimate counts, as it does in the deadline.
    early = fallen({"entry_date": date(2026, 2, 15), "liquidation_status": "unliquidated"})
    assert early["clock"].to_list() == ["claim-window", "protest", "two-year-bar"]


def test_an_empty_desk() -> None:
    nothing = desk(entered({}).head(0), process(), NOW)
    assert nothing.is_empty() and cliffs(nothing, process(), NOW).is_empty()
    assert cliff_days(cliffs(nothing, process(), NOW), process(), NOW) == []


def test_the_days_for_a_calendar() -> None:
    stood = desk(entered(liquidated("2026-09-10"), liquidated("2026-09-11")), process(), NOW)
    first, *_ = days = cliff_days(cliffs(stood, process(), NOW), process(), NOW)
    assert (first.at.day, first.timed, [act.id for act in first.acts]) == ("2026-11-29", False, ["us-cape-phase-1"])
    assert (
        first.what
        == "refunds: 1 entry (100.00 dollars) can no longer be declared after this day or a later one of the week"
    )
    text = calendar(days, "2026-11-22")
    by_clock = {one.what.partition(") ")[2].partition(" after")[0]: (one.cite, one.reported) for one in days}
    assert by_clock["can no longer be protested"] == ("19 USC 1514(c)(3)", False)
    assert by_clock["can no longer be sued for"] == ("28 USC 1581(i) and 2636(i)", True)
    assert "DESCRIPTION:19 USC 1514(c)(3). As known on 2026-11-22." in text
    assert "DTSTART;VALUE=DATE:20261129" in text and text.count("BEGIN:VEVENT") == len(days)
