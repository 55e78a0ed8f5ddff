"""Every entry in one bucket, by the process as it stood (CSMS 68396594, 69035485, 69127837) and the statutes beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.refunds.entry_frames import AUTHORITIES, NOTHING, NOW, desked, entered, process, regime, routed

from tidewaiter.ledger.model import Act, Effect, Scenario, Version
from tidewaiter.ledger.refund_law import Served
from tidewaiter.ledger.regime import Regime
from tidewaiter.refunds.desk import desk, with_interest
from tidewaiter.refunds.frames import AD_CVD, BUCKETS, DESK, HOLDS, LIQUIDATION, PROTESTS
from tidewaiter.refunds.interest import Rates
from tidewaiter.refunds.process import Process

DAY = timedelta(days=1)


def liquidated(day: str, **facts: Any) -> dict[str, Any]:
    return {"liquidation_status": "liquidated", "liquidation_date": date.fromisoformat(day), **facts}


OPEN = {"liquidation_status": "unliquidated", "entry_date": date(2026, 2, 2)}


def one(on: date = NOW, **facts: Any) -> dict[str, Any]:
    (row,) = desked(facts, on=on)
    return row


def test_the_frame_is_as_agreed() -> None:
    found = desk(entered({}), process(), NOW)
    assert found.schema == pl.Schema({**DESK, AUTHORITIES: pl.String()})


# The acceptance stories.


def test_story_15_triage() -> None:
    """On 22 November 2026: unliquidated; liquidated 10 September, 1 August, 15 April; drawback (47); informal of 2025."""
    rows = desked(
        OPEN,
        liquidated("2026-09-10"),
        liquidated("2026-08-01"),
        liquidated("2026-04-15", entry_date=date(2025, 6, 5)),
        liquidated("2026-08-01", entry_type="47"),
        liquidated("2025-09-01", entry_type="11", entry_date=date(2025, 9, 1)),
    )
    assert [row["bucket"] for row in rows] == ["claim now", "claim now", "protest", "court", "not eligible", "court"]
    assert [str(row["deadline"]) for row in rows[1:3]] == ["2026-11-29", "2027-01-28"]
    assert [row["days_left"] for row in rows[1:3]] == [7, 67]
    assert rows[3]["deadline"] == date(2027, 6, 5) and "2636(i)" not in rows[3]["reason"]
    assert rows[4]["route"] == "type-drawback"


def test_story_17_reconciliation_drawback_warehouse() -> None:
    recon = {**OPEN, "recon_flagged": True, "recon_due": NOW + 20 * DAY}
    row = one(**recon)
    assert (row["bucket"], row["route"], row["days_left"]) == ("wait", "recon-first", 20)
    assert "09 first" in row["next_step"]
    later = one(**{**recon, "recon_due": NOW + 30 * DAY})
    assert (later["bucket"], later["route"]) == ("claim now", "recon-flagged")
    assert routed(**OPEN | {"entry_type": "22"}) == ("not eligible", "warehouse-entry")
    assert routed(date(2026, 7, 6), **OPEN | {"entry_type": "22"}) == ("claim now", "unliquidated")
    withdrawal = one(**OPEN | {"entry_type": "31"})
    assert withdrawal["bucket"] == "claim now" and "late" in withdrawal["next_step"]
    assert routed(**OPEN | {"drawback": True}) == ("not eligible", "drawback")


def test_story_18_the_payee_changes_no_bucket() -> None:
    assert routed(**OPEN | {"notify_party": "98-765432100"}) == routed(**OPEN)


# The windows.


@pytest.mark.parametrize(
    ("day", "bucket"),
    [("2026-09-03", "claim now"), ("2026-09-02", "protest"), ("2026-05-26", "protest"), ("2026-05-25", "court")],
)
def test_the_windows_on_22_november(day: str, bucket: str) -> None:
    assert one(**liquidated(day))["bucket"] == bucket


def test_an_entry_liquidating_on_day_314_has_its_last_day() -> None:
    """Entered on 10 November 2025: day 314 is 20 September 2026, the claim window closes with 9 December."""
    facts = {"entry_date": date(2025, 11, 10), "liquidation_status": None}
    assert one(**facts)["deadline"] == date(2026, 12, 9)
    assert one(**facts)["liquidation_estimated"] and "liquidation day estimated" in one(**facts)["notes"]
    assert "no report tells whether it is liquidated" in one(**facts)["notes"]
    assert "no report tells whether" not in (one(**facts | {"liquidation_status": "liquidated"})["notes"] or "")
    assert routed(date(2026, 12, 9), **facts) == ("claim now", "recently-liquidated")
    assert routed(date(2026, 12, 10), **facts) == ("protest", "protest")
    assert routed(date(2026, 9, 19), **facts) == ("claim now", "unliquidated")


def test_what_a_report_calls_unliquidated_is_so_past_the_usual_day() -> None:
    row = one(entry_date=date(2025, 12, 1), liquidation_status="unliquidated")
    assert (row["bucket"], row["deadline"]) == ("claim now", None)
    assert "unliquidated past the usual day" in row["notes"]


def test_a_year_after_entry_it_is_liquidated_by_law_unless_it_is_held() -> None:
    """19 USC 1504(a)(1): one year from entry; then the same 80 and 180 days run (19 USC 1501 and 1514(c)(3))."""
    facts = {"entry_date": date(2025, 8, 21), "liquidation_status": "unliquidated"}
    year = date(2026, 8, 21)
    assert routed(year, **facts) == ("claim now", "unliquidated")
    soon = one(year + DAY, **facts)
    assert (soon["bucket"], soon["route"], soon["deadline"]) == ("claim now", "deemed-recently", year + 80 * DAY)
    assert "extension or suspension" in one(year + DAY, **facts | {"hold": None})["notes"]
    assert routed(year + 80 * DAY, **facts) == ("claim now", "deemed-recently")
    row = one(**facts)
    assert (row["bucket"], row["route"], row["deadline"]) == ("wait", "deemed-liquidated", year + 180 * DAY)
    assert routed(**facts | {"hold": "extended"}) == ("wait", "held")
    assert routed(**facts | {"entry_type": "31"}) == ("claim now", "warehouse-withdrawal")
    assert routed(**facts | {"recon_flagged": True, "recon_due": NOW + 99 * DAY}) == ("claim now", "recon-flagged")


def test_two_years_from_entry() -> None:
    """28 USC 2636(i): an informal entry of 5 February 2025 is barred after 5 February 2027."""
    facts = liquidated("2025-02-05", entry_type="11", entry_date=date(2025, 2, 5))
    assert routed(date(2027, 2, 5), **facts) == ("court", "court")
    assert routed(date(2027, 2, 6), **facts) == ("court", "court-barred")


# What stands in the way.


@pytest.mark.parametrize(
    ("facts", "bucket", "route"),
    [
        ({"hold": "extended"}, "wait", "held"),
        ({"hold": "suspended"}, "wait", "held"),
        ({"hold": "review"}, "wait", "held"),
        ({"ad_cvd": "suspended"}, "wait", "ad-cvd-suspended"),
        ({"ad_cvd": "pending"}, "wait", "ad-cvd-pending"),
        ({"statement_paid": False}, "wait", "statement-unpaid"),
        ({"summary_accepted": False}, "wait", "summary-not-accepted"),
        ({"surety_paid": True}, "wait", "surety"),
        ({"indicator": "Y"}, "wait", "already-declared"),
        ({"indicator": "P"}, "wait", "already-declared"),
        ({"indicator": "N"}, "claim now", "unliquidated"),
        ({"recon_filed": True}, "wait", "recon-filed"),
        ({"recon_flagged": True, "entry_type": "03"}, "wait", "recon-other-types"),
        ({"entry_type": "09"}, "wait", "type-reconciliation"),
        ({"entry_type": "08"}, "not eligible", "type-deferred"),
        ({"entry_type": "23"}, "not eligible", "type-temporary"),
        ({"entry_type": "06"}, "claim now", "unliquidated"),
        ({"protest": "withdrawn"}, "claim now", "unliquidated"),
    ],
)
def test_what_stands_in_the_way_of_an_unliquidated_entry(facts: dict[str, Any], bucket: str, route: str) -> None:
    assert routed(**OPEN | facts) == (bucket, route)


@pytest.mark.parametrize(
    ("day", "protest", "filed", "bucket", "route"),
    [
        ("2026-09-10", "open", "2026-10-01", "wait", "protest-withdraw"),
        ("2026-08-01", "open", "2026-10-01", "wait", "protest-open"),
        ("2026-04-15", "suspended", "2026-05-01", "wait", "protest-open"),
        ("2026-08-01", "open", "2026-11-23", "protest", "protest"),
        ("2026-04-15", "approved", "2026-05-01", "wait", "protest-approved"),
        ("2026-02-15", "denied", "2026-05-27", "court", "protest-denied"),
        ("2026-02-15", "denied", "2026-05-25", "court", "court"),
        ("2026-09-10", "denied", "2026-10-01", "claim now", "recently-liquidated"),
    ],
)
def test_protests(day: str, protest: str, filed: str, bucket: str, route: str) -> None:
    """One that is filed after the day asked is not there yet; a denial is contested within 180 days (28 USC 2636(a))."""
    facts = liquidated(day, protest=protest, protest_date=date.fromisoformat(filed))
    assert routed(**facts) == (bucket, route)


def test_the_withdrawal_of_a_protest_has_the_deadline_of_the_claim_window() -> None:
    row = one(**liquidated("2026-09-10", protest="open"))
    assert (row["deadline"], row["deadline_what"]) == (date(2026, 11, 29), "claim window: 80 days after liquidation")


def test_nothing_to_refund() -> None:
    (row,) = desked(OPEN, voided=0)
    assert (row["bucket"], row["interest_from"]) == ("not eligible", None)


# The phases, as they opened and as they were known.


def test_a_flagged_entry_is_declared_while_thirty_days_are_left_to_its_reconciliation() -> None:
    """Later the 09 has to be filed first (CSMS 69035485), and the entry waits for another phase: that day governs."""
    facts = OPEN | {"recon_flagged": True, "recon_due": NOW + 40 * DAY}
    row = one(**facts)
    assert (row["route"], row["deadline"], row["days_left"]) == ("recon-flagged", NOW + 10 * DAY, 10)
    assert "30 days before" in row["deadline_what"]
    assert routed(NOW + 10 * DAY, **facts)[1] == "recon-flagged"
    assert routed(NOW + 11 * DAY, **facts) == ("wait", "recon-first")
    far = one(**facts | {"recon_due": NOW + 300 * DAY})
    assert far["deadline_what"] == "claim window: 80 days after liquidation"
    assert "the deadline is reported" in row["notes"] and "the deadline is" not in far["notes"]


@pytest.mark.parametrize(
    ("on", "facts", "bucket", "route"),
    [
        ("2026-04-19", OPEN, "wait", "not-open"),
        ("2026-04-20", OPEN, "claim now", "unliquidated"),
        ("2026-04-19", liquidated("2026-03-01"), "wait", "not-open"),
        ("2026-03-15", liquidated("2025-12-15"), "protest", "protest"),
        ("2026-04-19", OPEN | {"recon_flagged": True, "recon_due": date(2027, 5, 1)}, "wait", "not-open"),
        ("2026-06-28", OPEN | {"recon_flagged": True, "recon_due": date(2027, 5, 1)}, "wait", "recon-before-phase-2"),
        ("2026-06-29", OPEN | {"recon_flagged": True, "recon_due": date(2027, 5, 1)}, "claim now", "recon-flagged"),
        ("2026-07-07", OPEN | {"entry_type": "21"}, "not eligible", "warehouse-entry"),
    ],
)
def test_the_phases(on: str, facts: dict[str, Any], bucket: str, route: str) -> None:
    assert routed(date.fromisoformat(on), **facts) == (bucket, route)


@pytest.mark.parametrize(
    ("known_on", "facts", "route"),
    [
        ("2026-04-12", OPEN, "not-open"),
        ("2026-04-20", OPEN, "unliquidated"),
        ("2026-06-01", OPEN | {"recon_flagged": True, "recon_due": date(2027, 5, 1)}, "recon-before-phase-2"),
        ("2026-07-06", OPEN | {"entry_type": "22"}, "unliquidated"),
    ],
)
def test_the_process_as_it_was_known(known_on: str, facts: dict[str, Any], route: str) -> None:
    """Asked of a later day, by what was known then."""
    assert routed(NOW, known_on, **facts)[1] == route


# The next ruling is a change of data.


def supposed(*effects: Effect) -> Process:
    """The process under a scenario of one hypothetical act."""
    act = Act(
        "us-supposed", "ruling", "US", "A supposed ruling", "2026-11-20", 0, "supposed", (), "unverified", "", "", "", "", (),
        effects, "supposed.yaml",
    )  # fmt: skip
    return Process.load(regime().under(Scenario("supposed", "", "", False, (act,))))


def test_phase_3_opens_to_all() -> None:
    """An act that sets the state of the matter is enough."""
    at = process().instant(date(2026, 11, 20))
    opened = supposed(Effect("state", at, (), ref="refunds:ieepa-finally-liquidated", word="open"))
    late = entered(liquidated("2026-01-15"), liquidated("2026-08-01"))
    assert desk(late, process(), NOW)["bucket"].to_list() == ["court", "protest"]
    assert desk(late, opened, NOW)["bucket"].to_list() == ["claim now", "claim now"]
    assert desk(late, opened, date(2026, 11, 19))["bucket"].to_list() == ["court", "protest"]


PHASE_3_FOR_ALL = """
id: phase-3-for-all
title: Phase 3 opens to all
explanation: The appeal ends, and finally liquidated entries may be declared by whoever paid.
acts:
  - id: phase-3-for-all
    kind: customs_message
    by: US
    title: CAPE phase 3 opens to all
    announced: 2026-12-01
    confidence: unverified
    effects:
      - {at: "2026-12-01 00:00 America/New_York", state: "refunds:ieepa-finally-liquidated", is: open, says: "to all importers"}
"""


def test_phase_3_as_a_scenario_file(tmp_path: Path) -> None:
    """A few lines of YAML, no code: what a user writes the day the news breaks."""
    file = tmp_path / "phase-3.yaml"
    file.write_text(PHASE_3_FOR_ALL, encoding="utf-8")
    opened = Process.load(Regime.load("2026-11-22", str(file)))
    late = entered(liquidated("2026-01-15"))
    assert desk(late, opened, date(2026, 11, 30))["bucket"].item() == "court"
    row = desk(late, opened, date(2026, 12, 1)).to_dicts()[0]
    assert (row["bucket"], row["route"]) == ("claim now", "finally-liquidated-open")
    assert "the rule that decides is unverified, not published" in row["notes"]


def test_duties_of_another_authority_that_falls_go_through_the_same_desk() -> None:
    """Void, they are protested, sued for and waited for like the first ones; served, by one more row, they are claimed."""
    open_, late, final = OPEN, liquidated("2026-08-01"), liquidated("2026-01-15")
    frame = entered(open_, late, final).with_columns(pl.lit("Section 122").alias(AUTHORITIES))
    assert desk(frame, process(), NOW)["bucket"].to_list() == ["wait", "protest", "court"]
    assert desk(frame, process(), NOW)["route"].to_list()[0] == "not-open"
    known = process()
    row = Served("Section 122", Version(start=known.instant(date(2026, 11, 1)), act="us-cape-phase-1"))
    served = Process(replace(known.law, serves=(*known.law.serves, row)), known.known)
    assert desk(frame, served, NOW)["bucket"].to_list() == ["claim now", "protest", "court"]
    assert desk(frame, served, date(2026, 10, 31))["bucket"].to_list() == ["wait", "protest", "court"]


def test_what_the_process_does_not_refund_is_said() -> None:
    """An entry that paid under an authority that is served, and another that is not, is declared for the first alone."""
    frame = entered(OPEN, OPEN).with_columns(pl.Series(AUTHORITIES, ["IEEPA, Section 122", "IEEPA"]))
    both, one_alone = desk(frame, process(), NOW).to_dicts()
    assert both["bucket"] == one_alone["bucket"] == "claim now"
    assert "not refunded by this process: Section 122" in both["notes"]
    assert "not refunded" not in one_alone["notes"]


# What is not known.


def test_an_unknown_fact_that_changes_nothing_is_not_asked() -> None:
    """Drawback or not, nothing was paid; whatever the type, the entry is long final."""
    (row,) = desked(OPEN | {"entry_type": None}, voided=0)
    assert (row["bucket"], row["missing"]) == ("not eligible", None)


def test_an_unknown_fact_that_changes_the_bucket_is_missing() -> None:
    row = one(**OPEN | {"entry_type": None})
    assert (row["bucket"], row["missing"], row["route"]) == ("missing data", "entry_type", None)
    row = one(**OPEN | {"recon_flagged": True, "recon_due": None})
    assert (row["bucket"], row["missing"]) == ("missing data", "recon_due")
    row = one(entry_date=None, summary_date=None, liquidation_status="liquidated", liquidation_date=None)
    assert row["bucket"] == "missing data" and "liquidation_date" in row["missing"]
    (row,) = desked(OPEN, voided=None)
    assert (row["bucket"], row["missing"]) == ("missing data", "refundable")


def test_an_unknown_fact_whose_ways_end_in_one_bucket_leaves_the_bucket() -> None:
    """An unliquidated entry under a hold waits, whatever the antidumping case."""
    (row,) = desked(OPEN | {"hold": "extended", "ad_cvd": None}, strict=True)
    assert (row["bucket"], row["missing"]) == ("wait", None)


def test_what_no_report_tells_is_taken_as_usual_and_said() -> None:
    row = one(**NOTHING | {"entry_type": "01", "entry_date": date(2026, 2, 2)})
    assert row["bucket"] == "claim now"
    assert "no report tells, and taken as usual:" in row["notes"]
    for fact in (
        "drawback",
        "protest",
        "reconciliation flag",
        "statement paid",
        "paid by a surety",
        "extension or suspension",
    ):
        assert fact in row["notes"]
    (strict,) = desked(NOTHING | {"entry_type": "01", "entry_date": date(2026, 2, 2)}, strict=True)
    assert strict["bucket"] == "missing data" and "drawback" in strict["missing"]


def test_what_is_only_reported_is_said() -> None:
    """The day from which the two years count is argued; that a hold is accepted is told by law firms."""
    (court,) = desked(liquidated("2026-01-15"))
    assert "the deadline is reported (suit: two years, counted from entry)" in court["notes"]
    (held,) = desked({"hold": "extended"})
    assert "the rule that decides is reported, not published" in held["notes"]
    assert one(**OPEN)["notes"] == "deposit day estimated; liquidation day estimated"


def test_only_what_would_have_mattered_is_said() -> None:
    """Of an entry on drawback nothing else is asked, but whether it is declared already."""
    row = one(**OPEN | {"drawback": True, "protest": None, "hold": None, "surety_paid": None})
    assert row["notes"] == "deposit day estimated; liquidation day estimated"


def test_a_contradiction_is_not_assumed_away() -> None:
    frame = entered(OPEN | {"drawback": False}).with_columns(incomplete=pl.lit("drawback"))
    (row,) = desk(frame, process(), NOW).to_dicts()
    assert (row["bucket"], row["missing"]) == ("missing data", "drawback")
    assert "contradict each other: drawback" in row["notes"]


# Interest.


def test_interest_of_the_desk() -> None:
    facts = liquidated("2026-09-10", deposit_date=date(2025, 12, 15))
    frame = desk(entered(facts, voided=100_000_00), process(), NOW)
    found = with_interest(frame, Rates.load(regime()), corporate=True, assume=False).to_dicts()[0]
    known = Rates.load(regime()).on("100000", date(2025, 12, 15), NOW, corporate=True)
    assert (found["interest_from"], found["interest_to"]) == (date(2025, 12, 15), NOW)
    assert found["interest"] == int(known * 100)
    assert "derived rate" in found["notes"]


def test_no_interest_on_a_statement_that_is_not_paid() -> None:
    """19 USC 1505(c): interest runs from the day of the deposit, and there has been none."""
    row = one(**OPEN | {"statement_paid": False, "deposit_date": date(2026, 2, 20)})
    assert (row["route"], row["interest_from"], row["interest_to"]) == ("statement-unpaid", None, None)
    assert "no interest: its statement is not yet paid" in row["notes"]


def test_interest_to_the_expected_liquidation() -> None:
    """45 days after acceptance is 6 January 2027: a quarter without a published rate."""
    frame = desk(entered(OPEN, voided=100_000_00), process(), NOW, settle=True)
    assert frame["interest_to"].item() == date(2027, 1, 6)
    refused = with_interest(frame, Rates.load(regime()), corporate=True, assume=False)
    assert refused["interest"].item() is None and "no rate is published" in refused["notes"].item()
    assumed = with_interest(frame, Rates.load(regime()), corporate=True, assume=True)
    assert assumed["interest"].item() > 0 and "assumes the last published rate" in assumed["notes"].item()


# Properties.

SOME_DAY = st.dates(date(2025, 2, 4), date(2027, 3, 1))
MAYBE_DAY = st.none() | SOME_DAY
MAYBE = st.none() | st.booleans()
FACTS = st.fixed_dictionaries(
    {
        "entry_type": st.sampled_from(
            [None, "01", "02", "03", "06", "08", "09", "11", "21", "22", "23", "31", "38", "47", "99"]
        ),
        "entry_date": st.none() | st.dates(date(2025, 2, 4), date(2026, 2, 23)),
        "summary_date": MAYBE_DAY,
        "liquidation_status": st.sampled_from([None, *LIQUIDATION]),
        "liquidation_date": MAYBE_DAY,
        "hold": st.sampled_from([None, *HOLDS]),
        "recon_flagged": MAYBE,
        "recon_filed": MAYBE,
        "recon_due": MAYBE_DAY,
        "drawback": MAYBE,
        "protest": st.sampled_from([None, *PROTESTS]),
        "protest_date": MAYBE_DAY,
        "ad_cvd": st.sampled_from([None, *AD_CVD]),
        "statement_paid": MAYBE,
        "summary_accepted": MAYBE,
        "surety_paid": MAYBE,
        "indicator": st.sampled_from([None, "Y", "P", "N"]),
    }
)
ENTRY_FACTS = st.lists(FACTS, min_size=1, max_size=12)


@settings(deadline=None, max_examples=60)
@given(ENTRY_FACTS, SOME_DAY, st.booleans())
def test_every_entry_is_in_exactly_one_bucket(several: list[dict[str, Any]], on: date, strict: bool) -> None:
    rows = desked(*several, on=on, strict=strict)
    assert len(rows) == len(several)
    for row in rows:
        assert row["bucket"] in BUCKETS and row["reason"] and row["next_step"]
        assert (row["bucket"] == "missing data") == bool(row["missing"]) == (row["route"] is None)
        assert (row["deadline"] is None) == (row["days_left"] is None) == (row["deadline_what"] is None)


@settings(deadline=None, max_examples=40)
@given(ENTRY_FACTS, st.dates(date(2025, 2, 4), date(2026, 4, 19)))
def test_nothing_is_claimed_before_the_process_opens(several: list[dict[str, Any]], on: date) -> None:
    assert "claim now" not in {row["bucket"] for row in desked(*several, on=on)}


@settings(deadline=None, max_examples=60)
@given(FACTS, SOME_DAY)
def test_a_day_later_no_deadline_has_moved(facts: dict[str, Any], on: date) -> None:
    """What has expired stays expired; another clock may then govern (the protest after the claim window)."""
    (today,), (tomorrow,) = desked(facts, on=on), desked(facts, on=on + DAY)
    if today["deadline_what"] is not None and today["deadline_what"] == tomorrow["deadline_what"]:
        assert tomorrow["deadline"] == today["deadline"]
        assert tomorrow["days_left"] == today["days_left"] - 1


@settings(deadline=None, max_examples=40)
@given(FACTS, SOME_DAY)
def test_what_is_missing_decides_and_what_is_not_does_not(facts: dict[str, Any], on: date) -> None:
    """Told the answers, the bucket is known; where it is known, no answer to a flag changes it."""
    (row,) = desked(facts, on=on, strict=True)
    flags = [name for name in ("drawback", "recon_filed", "statement_paid", "surety_paid") if facts[name] is None]
    for name in flags:
        others = [desked({**facts, name: answer}, on=on, strict=True)[0] for answer in (True, False)]
        if row["bucket"] != "missing data":
            assert {one["bucket"] for one in others} == {row["bucket"]}
        elif name not in row["missing"].split(", "):
            assert len({(one["bucket"], one["missing"]) for one in others}) == 1
