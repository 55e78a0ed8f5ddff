"""What cannot be computed is refused with a stable code and a hint, never answered with zero."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.assess.contract import answer, answers, faults, refused
from tests.conftest import TODAY, TOY, engine_seen_from, shipped_schedule
from tests.ledger.lawdir import regime_of

from tidewaiter.assess.batch import assess_records
from tidewaiter.assess.engine import Engine
from tidewaiter.assess.records import Record
from tidewaiter.schedule.expressions import parse

AUGUST = "2026-08-01"


def refusal(**given: Any) -> dict[str, Any]:
    return refused(**{"entered_at": AUGUST, **given})


@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        ({"hts": "8507.60.0091"}, "unknown_number", "8507.60.0090"),  # the nearest ones are named
        ({"hts": "9503.00.0074"}, "unknown_number", TOY),
        ({"hts": "0000.00.0000"}, "unknown_number", "schedule search"),
        ({"hts": "8507.60.0020"}, "ended_number", "8507.60.0090"),  # its successors are named
        ({"hts": "8507.60.0090", "entered_at": "2025-06-01"}, "future_number", "8507.60.0010"),
        ({"hts": "8507.60"}, "ambiguous_number", "8507.60.0090"),  # its children are named
        ({"hts": "8507"}, "ambiguous_number", "and 14 more"),
        ({"hts": "850760009"}, "malformed_number", "0850.76.0009"),  # a leading zero lost
        ({"hts": "85"}, "malformed_number", "4, 6, 8 or 10 digits"),
        ({"hts": "85O7.60.0090"}, "malformed_number", "digits and points"),
        ({"hts": "8507,60,0090"}, "malformed_number", "digits and points"),
        ({"hts": "٨٥٠٧.٦٠.٠٠٩٠"}, "malformed_number", "digits and points"),
        ({"hts": 8507.6}, "malformed_number", "4, 6, 8 or 10 digits"),
        ({"hts": "9903.88.03"}, "not_an_article", "claim"),
        ({"hts": "9802.00.50"}, "not_an_article", "ch98"),
        ({"hts": "9817.00.96"}, "not_an_article", "ch98"),
        ({"origin": "Chinna"}, "unknown_origin", "CN"),
        ({"origin": "Congo"}, "unknown_origin", "CG"),
        ({"origin": "Chnia"}, "unknown_origin", "CN"),
        ({"origin": "XX"}, "unknown_origin", "ISO 3166"),
        ({"origin": 5}, "unknown_origin", "ISO 3166"),
        ({"into": "CN"}, "not_covered", "US"),
        ({"into": "FR"}, "not_covered", "US"),
        ({"spi": "S"}, "spi_not_open", "not for products of CN"),
        ({"spi": "XX"}, "unknown_spi", "no special program indicator"),
        ({"spi": "N"}, "not_covered", "general notes"),
        ({"value": "-1"}, "negative_number", "never below zero"),
        ({"value": "10,000"}, "bad_number", "without separators"),
        ({"entered_at": "2018-07-05"}, "date_before_coverage", "coverage.md"),
        ({"entered_at": "2018-07-06T00:00:59-04:00"}, "date_before_coverage", "coverage.md"),
        ({"entered_at": "1999-12-31"}, "date_before_coverage", "coverage.md"),
        ({"entered_at": "2016"}, "bad_date", "a year is not enough: write a day, such as 2016-01-01"),
        ({"entered_at": "2016-05"}, "bad_date", "a month is not enough: write a day, such as 2016-05-01"),
        # Numbers that began later: that the day lies before coverage comes first, and not the numbers of its time.
        (
            {"hts": "8507.60.0090", "entered_at": "2016-01-01"},
            "future_number",
            "2016-01-01 lies before 2018-07-06, the first day",
        ),
        (
            {"hts": "8507.60.0091", "entered_at": "2016-01-01"},
            "unknown_number",
            "2016-01-01 lies before 2018-07-06, the first day",
        ),
        ({"hts": "2204.21.5040"}, "missing_quantity", "--unit liter"),
        ({"hts": "2204.21.5040", "quantity": "5", "unit": "kg"}, "missing_quantity", "liter"),
        ({"hts": "1701.13.1000", "quantity": "5"}, "missing_quantity", "sugar degrees"),
        ({"hts": "7801.10.0000"}, "missing_quantity", '--set "value of the lead content=..."'),
        ({"hts": "8541.42.0010", "entered_at": "2026-12-05"}, "missing_quantity", "W"),
        ({"quantity": "5", "unit": "furlong"}, "unknown_unit", "kg"),
        (
            {"hts": "2204.21.5040", "quantity": "5", "unit": "liter", "quantity_2": "7", "unit_2": "l"},
            "bad_field",
            "liter",
        ),
        ({"ch98": "9802.00.80"}, "missing_ch98_value", "ch98_value"),
        ({"ch98": "9802.00.99"}, "not_covered", "9802.00.80"),
        ({"claims": "9903.88.6"}, "unknown_claim", "9903.88.69"),
        ({"claims": "donations"}, "unknown_claim", "donation"),
        ({"claims": "not:donations"}, "unknown_claim", "donation"),
        ({"claims": "not:"}, "unknown_claim", "law claims"),
        ({"claims": "auto-part"}, "unknown_claim", "scope"),
        ({"claims": "9903.88.05"}, "not_covered", "cannot be decided"),
        ({"claims": {"a": 1}}, "unknown_claim", "law claims"),
        ({"claims": 5}, "unknown_claim", "law claims"),
        ({"scope": "auto-parts"}, "unknown_scope", "auto-part"),
        ({"facts": {"chip_tp": 1}}, "unknown_fact", "chip_tpp"),
        ({"facts": {"chip_tpp": "15,000"}}, "bad_number", "plain number"),
        ({"facts": {"chip_tpp": True}}, "bad_number", "plain number"),
        ({"facts": {"chip_tpp": {"a": 1}}}, "bad_number", "plain number"),
        ({"facts": {"us_metal_share": 95}}, "bad_number", "0.15"),
        ({"facts": {"value of the battery": "much"}}, "bad_number", "plain number"),
        ({"facts": {"value": 5}}, "unknown_fact", ""),
        ({"facts": {"transport": "air"}}, "unknown_fact", ""),
        ({"ftz_status": "PF"}, "missing_field", "admission"),
        ({"ftz_status": "PF", "admitted_at": "2026-09-01"}, "bad_date", "after entry"),
        ({"ftz_status": "PF", "admitted_at": "2018-07-05"}, "date_before_coverage", "coverage.md"),
    ],
)
def test_refusals(given: dict[str, Any], code: str, said: str) -> None:
    error = refusal(**given)
    assert error["code"] == code
    assert said in f"{error['message']} {error['hint']}"


def test_a_line_into_another_country_before_it_changes_nothing() -> None:
    """9802.00.80 is the United States' own: a line of the same number and origin into China is asked without it."""
    engine = Engine(engine_seen_from(TODAY).regime, shipped_schedule())
    line = {"hts": TOY, "origin": "US", "value": "10000", "entered_at": AUGUST}
    both = [Record(1, {**line, "into": "CN"}), Record(2, {**line, "ch98": "9802.00.80"})]
    china, us = (result.as_json() for result in assess_records(engine, both))
    assert "error" not in china
    assert us["error"]["code"] == "missing_ch98_value"


def test_an_uncovered_origin_still_learns_its_base_duty(tmp_path: Path) -> None:
    # The shipped law covers every origin; a law of one's own may not.
    engine = Engine(regime_of(tmp_path), shipped_schedule())
    line = {"hts": "8507.60.0090", "origin": "VN", "value": "10000", "entered_at": AUGUST}
    said = next(assess_records(engine, [Record(1, line)])).as_json()
    assert said["error"]["code"] == "not_covered"
    assert said["base"] == {"text": "3.4%", "amount": "340.00"}
    assert faults("error", said) == []


def test_a_duty_that_stands_in_a_note_is_refused() -> None:
    # "The rate applicable to the natural juice in heading 2009": 269 lines of the last edition have a duty of that kind.
    schedule = shipped_schedule()
    found = {
        line.written: line.general
        for line in schedule.lines(schedule.last_edition)
        if line.number[:2] not in ("98", "99") and line.general and _kind(line.general) == "see_note"
    }
    assert len(found) > 200
    for number, text in list(found.items())[::20]:
        error = refusal(hts=number)
        assert error["code"] == "base_not_computable"
        assert text[:40] in error["message"]


def _kind(text: str) -> str:
    try:
        return parse(text).kind
    except Exception:
        return ""


def test_a_duty_that_follows_no_known_form_is_refused() -> None:
    assert refusal(hts="9110.90.4000", quantity="5")["code"] == "base_not_computable"


def test_the_other_lines_are_answered() -> None:
    results = answers(
        {"entered_at": AUGUST},
        {"entered_at": AUGUST, "value": "x"},
        {"entered_at": AUGUST, "hts": "1"},
        {"entered_at": AUGUST},
    )
    assert [result.error.code if result.error else None for result in results] == [
        None,
        "bad_number",
        "malformed_number",
        None,
    ]
    assert [result.record.line_id for result in results] == ["1", "2", "3", "4"]


def test_a_day_of_knowledge_before_the_first_act_is_answered_with_a_caution() -> None:
    said = answer(known_on="2010-01-01", entered_at=AUGUST)
    assert said["layers"] == []
    assert "beyond_last_act" in [warning["code"] for warning in said["warnings"]]


def test_far_ahead_the_answer_says_that_it_is_old() -> None:
    said = answer(entered_at="2099-01-01")
    assert {"beyond_last_act", "schedule_stale"} <= {warning["code"] for warning in said["warnings"]}


@pytest.mark.parametrize("value", ["0", 0, "0.00", "-0"])
def test_value_zero_is_answered_and_said(value: Any) -> None:
    said = answer(value=value, entered_at=AUGUST)
    assert (said["value"], said["total_duty"], said["effective_rate"]) == ("0.00", "0.00", None)
    assert [layer["heading"] for layer in said["layers"]] == ["9903.05.31"]
    assert "value_is_zero" in [warning["code"] for warning in said["warnings"]]


def test_the_largest_value_and_the_smallest() -> None:
    assert answer(value="9999999999999.99", entered_at=AUGUST)["total_duty"] == "1250000000000.00"
    tiny = answer(value="0.0000000000001", hts="2204.21.5040", quantity="1000000000000", entered_at=AUGUST)
    assert tiny["base"]["amount"] == "63000000000.00"
    assert tiny["effective_rate"].startswith("6300000")


def test_columns_that_the_contract_does_not_know_pass_through() -> None:
    extra = {"sku": "A-1", "weight": 1.5, "tags": ["x"], "deep": {"a": [None, True]}, "": "unnamed"}
    assert answer(entered_at=AUGUST, **extra)["extra"] == extra
    assert answer(entered_at="never", **extra)["extra"] == extra
