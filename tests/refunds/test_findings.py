"""Where a broker's heading, rate or amount differs from the law of the day: audit findings. Amounts are cents."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from tests.refunds.entry_rows import battery, held, told

from tidewaiter.refunds.findings import KINDS, dollars

FENTANYL_10, FENTANYL_20 = ("99030124", 0, 10_000_00), ("99030124", 0, 20_000_00)
BASELINE = ("99030125", 0, 10_000_00)
LIST_4A = ("99038815", 0, 7_500_00)
REVIEW_2026 = ("99039106", 0, 25_000_00)


def test_fentanyl_at_the_rate_of_the_day_before_is_part_of_the_refund_and_not_more() -> None:
    # EO 14357: 10% since 10 November 2025
    answer = held(battery(date(2025, 11, 15), LIST_4A, FENTANYL_20, BASELINE))
    assert told(answer) == [("rate differs", "9903.01.24", "10%", 10_000_00)]
    finding = answer.findings.row(0, named=True)
    assert finding["refundable"]
    assert "at 20%, its rate of another day" in finding["reason"]
    assert "part of the refund of all that was paid under it, not more" in finding["reason"]
    assert finding["acts"].split(",") == ["us-eo-14228", "us-eo-14357", "us-scotus-24-1287"]
    assert answer.lines["voided"].item() == 30_000_00


def test_a_heading_that_the_four_year_review_has_replaced() -> None:
    # 89 FR 76581: 9903.91.06 at 25% from 1 January 2026 in place of list 4A
    answer = held(battery(date(2026, 1, 15), LIST_4A, FENTANYL_10, BASELINE))
    assert told(answer) == [("wrong heading", "9903.88.15", "9903.91.06", -17_500_00)]
    finding = answer.findings.row(0, named=True)
    assert not finding["refundable"]
    assert "Duty may be owed" in finding["reason"]


def test_the_right_amount_under_a_heading_that_has_ended() -> None:
    # EO 14228: 9903.01.24 at 20% in place of 9903.01.20 from 4 March 2025
    answer = held(battery(date(2025, 3, 10), LIST_4A, ("99030120", 0, 20_000_00)))
    assert told(answer) == [("wrong heading", "9903.01.20", "9903.01.24", 0)]
    assert "The amount is right; correct the heading" in answer.findings["reason"].item()
    assert answer.lines["voided"].item() == 20_000_00


def test_a_missing_heading_of_a_voided_duty_is_no_bill() -> None:
    answer = held(battery(date(2026, 1, 15), REVIEW_2026, BASELINE))
    assert told(answer) == [("missing heading", "9903.01.24", "9903.01.24", -10_000_00)]
    assert "nothing more is owed" in answer.findings["reason"].item()


def test_annex_ii_goods_that_paid_the_reciprocal_tariff() -> None:
    # Semiconductors, 8542.31.00: EO 14257, Annex II
    line = {
        "date": date(2025, 9, 1),
        "origin": "VN",
        "rows": [("99030269", 0, 20_000_00), ("8542310045", 100_000_00, 0)],
    }
    answer = held(line)
    assert told(answer) == [("wrong heading", "9903.02.69", "9903.01.32", 20_000_00)]
    assert answer.findings["refundable"].item()


def test_vehicle_parts_of_canada_pay_no_fentanyl_duty_beside_section_232() -> None:
    # EO 14289 section 3(a)(i), back to 4 March 2025
    parts = ("8708295160", 100_000_00, 2_500_00)
    right = {"date": date(2025, 5, 10), "origin": "CA", "rows": [("99039405", 0, 25_000_00), ("99030126", 0, 0), parts]}
    wrong = {**right, "rows": [("99039405", 0, 25_000_00), ("99030110", 0, 25_000_00), ("99030126", 0, 0), parts]}
    assert told(held(right)) == []
    answer = held(wrong)
    assert told(answer) == [("overpaid", "9903.01.10", None, 25_000_00)]
    assert answer.findings["refundable"].item()


@pytest.mark.parametrize(
    ("day", "heading", "other"),
    [
        # EO 14289 section 3(a)(ii): the duty on Canada before that on steel
        (date(2025, 5, 10), ("99030110", 0, 25_000_00), ("99038187", 0, 25_000_00)),
        # Proclamation 10947 turns it round from 4 June 2025, steel at 50%
        (date(2025, 7, 10), ("99038187", 0, 50_000_00), ("99030110", 0, 25_000_00)),
    ],
)
def test_steel_of_canada_pays_one_of_two(day: date, heading: tuple[str, int, int], other: tuple[str, int, int]) -> None:
    goods = ("7208101500", 100_000_00, 0)
    line = {"date": day, "origin": "CA", "rows": [heading, ("99030126", 0, 0), goods]}
    assert told(held(line)) == []
    both = held({**line, "rows": [heading, other, ("99030126", 0, 0), goods]})
    assert [(kind, amount) for kind, _, _, amount in told(both)] == [("overpaid", other[2])]


def test_an_exclusion_that_was_not_claimed_is_available_under_its_condition() -> None:
    # Note 20(vvv)(iii)(1): the whole of 0304.72.5000
    fish = [("99030124", 0, 20_000_00), ("99030125", 0, 10_000_00), ("0304725000", 100_000_00, 0)]
    answer = held(
        {"date": date(2025, 9, 1), "rows": [("99038803", 0, 25_000_00), *fish]},
        {"date": date(2025, 9, 1), "rows": [("99038869", 0, 0), *fish]},
    )
    assert told(answer, "exclusion available") == [("exclusion available", "9903.88.03", "9903.88.69", 25_000_00)]
    finding = answer.findings.filter(kind="exclusion available").row(0, named=True)
    assert finding["entry_number"] == "ABC00000011"
    assert "note 20(vvv)(iii)(1)" in finding["reason"] and "Nothing of it is counted" in finding["reason"]
    assert not finding["refundable"]
    assert told(answer) == []


def test_an_exclusion_that_does_not_exist_for_the_goods() -> None:
    answer = held(battery(date(2025, 9, 1), ("99038869", 0, 0), FENTANYL_20, BASELINE))
    assert told(answer) == [("wrong heading", "9903.88.69", "9903.88.15", -7_500_00)]


def test_an_exclusion_that_has_run_out() -> None:
    # 90 FR 55232: through 9 November 2026, as published
    fish = [("99030531", 0, 12_500_00), ("0304725000", 100_000_00, 0)]
    claimed = {"rows": [("99038869", 0, 0), *fish]}
    assert told(held({"date": date(2026, 11, 9), **claimed})) == []
    late = held({"date": date(2026, 11, 10), **claimed})
    assert told(late) == [("wrong heading", "9903.88.69", "9903.88.03", -25_000_00)]


def test_an_exemption_that_hangs_on_what_the_article_is() -> None:
    answer = held(battery(date(2026, 8, 1), REVIEW_2026, ("99030531", 0, 12_500_00)))
    # Heading 9903.05.88, civil aircraft
    assert ("exemption available", "9903.05.31", "9903.05.88", 12_500_00) in told(answer, "exemption available")


def test_duty_that_is_void_has_no_exemptions_to_look_for() -> None:
    assert held(battery(date(2025, 12, 15), LIST_4A, FENTANYL_10, BASELINE)).findings.height == 0


def test_base_duty_that_differs() -> None:
    answer = held(battery(date(2025, 12, 15), LIST_4A, FENTANYL_10, BASELINE, duty=3_500_00))
    assert told(answer) == [("overpaid", "8507.60.0020", "3.4%", 100_00)]
    assert not answer.findings["refundable"].item()


def test_a_cent_of_rounding_and_what_half_a_dollar_explains_are_no_finding() -> None:
    # Duty of the invoice value 100,000.50 dollars, entered in whole dollars: 10% of 50 cents
    near = ("99030124", 0, 10_000_05)
    assert told(held(battery(date(2025, 12, 15), LIST_4A, near, BASELINE))) == []
    beyond = ("99030124", 0, 10_000_07)
    answer = held(battery(date(2025, 12, 15), LIST_4A, beyond, BASELINE))
    assert told(answer) == [("overpaid", "9903.01.24", "10%", 7)]


def test_a_heading_that_the_law_at_hand_does_not_have() -> None:
    answer = held(battery(date(2026, 8, 1), ("99031999", 0, 10_00), REVIEW_2026, ("99030531", 0, 12_500_00)))
    assert told(answer) == [("not computed", "9903.19.99", None, None)]


def test_before_2025_the_law_is_reconstructed_and_findings_say_so() -> None:
    # List 4A at 7.5% since 14 February 2020 (85 FR 3741); before 2025 the lists stand in later numbers (coverage.yaml)
    answer = held(
        battery(date(2024, 6, 3), ("99038815", 0, 15_000_00)), battery(date(2025, 1, 3), ("99038815", 0, 15_000_00))
    )
    assert told(answer) == [("rate differs", "9903.88.15", "7.5%", 7_500_00)] * 2
    assert ["Reconstructed" in reason for reason in answer.findings["reason"]] == [True, False]


def test_every_kind_is_declared() -> None:
    answer = held(battery(date(2025, 12, 15)), battery(date(2025, 12, 15), duty=1_00))
    assert set(answer.findings["kind"]) <= set(KINDS)


def test_cents_in_words() -> None:
    cents = pl.DataFrame({"cents": [5, 99_99, 1_234_50, 1_000_000_00, -12_00, 12_345_678_90]})
    words = ["$0.05", "$99.99", "$1,234.50", "$1,000,000.00", "-$12.00", "$12,345,678.90"]
    assert cents.select(said=dollars(pl.col("cents")))["said"].to_list() == words
