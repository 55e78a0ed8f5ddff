"""The rights ledger: duties that may fall next, their cases, and what keeps a claim alive (19 USC 1514(c)(3), 28 USC 2636(i))."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
from tests.refunds.entry_frames import NOW, entered, regime

from tidewaiter.ledger.instants import end_of_day
from tidewaiter.ledger.model import Act, Effect, Scenario
from tidewaiter.ledger.regime import Regime
from tidewaiter.refunds.frames import DUTIES
from tidewaiter.refunds.rights import BY_ENTRY, BY_WEEK, RIGHTS, rights, rights_by_entry, rights_by_week

SURCHARGE, LABOR = ("us-122", "Section 122"), ("us-301-forced-labor", "Section 301")
ENTRIES: tuple[dict[str, Any], ...] = (
    {"entry_date": date(2026, 3, 2), "liquidation_status": "unliquidated"},
    {"entry_date": date(2026, 2, 25), "entry_type": "11"},
    {"entry_date": date(2026, 3, 3), "liquidation_status": "liquidated", "liquidation_date": date(2026, 6, 5)},
    {"entry_date": date(2026, 3, 3), "liquidation_date": date(2026, 6, 5), "protest": "open"},
    {"entry_date": date(2026, 8, 3), "liquidation_status": "unliquidated"},
)


def paid(*several: tuple[int, tuple[str, str], int]) -> pl.DataFrame:
    """DUTIES: entry (by its place), program, cents."""
    line = {"line_number": 1, "voided": 0}
    rows = [
        {"entry_number": f"ABC{place:07d}0", "program": program, "authority": authority, "paid": cents, **line}
        for place, (program, authority), cents in several
    ]
    return pl.DataFrame(rows, schema=DUTIES)


def all_paid() -> pl.DataFrame:
    return paid(*((place, SURCHARGE, 100_00) for place in range(4)), (4, LABOR, 125_00))


def told(known: Regime | None = None, on: date = NOW) -> dict[str, dict[str, Any]]:
    found = rights(all_paid(), entered(*ENTRIES), known or regime(), on)
    assert found.schema == pl.Schema(RIGHTS)
    return {row["right"]: row for row in found.to_dicts()}


def test_what_was_paid_and_where_the_case_stands() -> None:
    """Section 122: judgment of 7 May stayed on 12 May 2026. Forced labor: challenged on 3 August (reported)."""
    surcharge, labor = told()["section-122"], told()["us-301-forced-labor"]
    assert (surcharge["entries"], surcharge["paid"], surcharge["case"]) == (4, 400_00, "case:section-122")
    assert (surcharge["state"], surcharge["act"]) == ("stayed", "us-cafc-26-1804-administrative-stay")
    assert surcharge["confidence"] == "published"
    assert (labor["state"], labor["confidence"], labor["paid"]) == ("filed", "reported", 125_00)
    assert "section-338" not in told()


def test_the_next_date_of_the_case() -> None:
    """Seen on 1 November: the reply brief of 12 November 2026. On 22 November nothing is written ahead."""
    before = told(on=date(2026, 11, 1))["section-122"]
    assert (before["next_date"], before["next_what"]) == (date(2026, 11, 12), "the government's reply brief is due")
    assert told()["section-122"]["next_date"] is None


def test_what_must_be_done_by_when() -> None:
    """Liquidated 5 June 2026: protest by 2 December. The informal entry of 25 February: only a suit, by 25 February 2028."""
    by_entry = rights_by_entry(all_paid(), entered(*ENTRIES), regime(), NOW)
    assert by_entry.schema == pl.Schema(BY_ENTRY)
    assert by_entry["keep_by"].to_list() == [
        date(2027, 7, 9), date(2028, 2, 25), date(2026, 12, 2), date(2026, 12, 2), date(2027, 12, 10),
    ]  # fmt: skip
    assert by_entry["kept"].to_list() == [False, False, False, True, False]
    assert by_entry["keep_what"].to_list()[1] == "suit: two years, counted from entry"
    surcharge = told()["section-122"]
    assert (surcharge["keep_by"], surcharge["keep_by_paid"]) == (date(2026, 12, 2), 100_00)
    assert (surcharge["kept"], surcharge["lost"]) == (100_00, 0)


def test_the_earliest_protests_against_the_surcharge_were_due_in_august() -> None:
    """An informal entry of 25 February 2026 liquidated with its payment: 24 August 2026."""
    by_entry = rights_by_entry(all_paid(), entered(*ENTRIES), regime(), date(2026, 8, 24))
    assert by_entry["keep_by"].to_list()[1] == date(2026, 8, 24)


def test_what_is_lost() -> None:
    """What is liquidated and can neither be protested nor sued for; what a report calls unliquidated can still be protested."""
    late = told(on=date(2028, 3, 4))["section-122"]
    assert (late["lost"], late["kept"], late["keep_by"]) == (200_00, 100_00, None)


def test_what_falls_out_by_week() -> None:
    found = rights_by_week(all_paid(), entered(*ENTRIES), regime(), NOW)
    assert found.schema == pl.Schema(BY_WEEK)
    assert found.select("right", "week", "entries", "paid").row(0) == ("section-122", date(2026, 11, 30), 1, 100_00)
    assert found["paid"].sum() == 525_00 - 100_00


def test_a_duty_that_is_void_is_no_longer_contested() -> None:
    """The desk has it: its part of what was paid is voided."""
    void = all_paid().with_columns(voided=pl.when(pl.col("program") == SURCHARGE[0]).then("paid").otherwise("voided"))
    assert rights(void, entered(*ENTRIES), regime(), NOW)["right"].to_list() == ["us-301-forced-labor"]


def test_a_ruling_to_come_is_told() -> None:
    at = end_of_day(date(2026, 11, 20), "America/New_York")
    ruled = Effect("state", at, (), ref="case:us-301-forced-labor", word="ruled", said="held unlawful")
    act = Act(
        "us-supposed", "ruling", "US", "A supposed ruling", "2026-11-20", 0, "supposed", (), "unverified", "", "", "", "", (),
        (ruled,), "supposed.yaml",
    )  # fmt: skip
    known = regime().under(Scenario("supposed", "", "", False, (act,)))
    labor = told(known, date(2026, 12, 1))["us-301-forced-labor"]
    assert (labor["state"], labor["says"], labor["act"]) == ("ruled", "held unlawful", "us-supposed")


def test_what_was_not_yet_proclaimed_is_not_contested() -> None:
    """The surcharge: Proclamation 11012 of 20 February 2026; on forced labor nothing was in force in March."""
    assert told(regime("2026-01-15")) == {}
    assert list(told(regime("2026-03-01"))) == ["section-122"]
