"""What a reported heading says of the goods. The engine is asked as the importer has claimed; nothing is proved by it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.refunds.entry_rows import battery, held, told

FENTANYL_20 = ("99030124", 0, 20_000_00)
BASELINE = ("99030125", 0, 10_000_00)
LIST_4A = ("99038815", 0, 7_500_00)
ARTICLE = "9403999020"
"""Parts of furniture: derivatives of steel and of aluminum by content (notes 16(n), 19(k)), list 3."""


def says(answer: Any, heading: str) -> list[str]:
    found: list[str] = answer.claims.filter(heading=heading)["says"].to_list()
    return found


def test_goods_in_transit_before_the_fentanyl_duty() -> None:
    # 9903.01.23: loaded before 1 February and entered before 7 March 2025
    answer = held(battery(date(2025, 2, 20), LIST_4A, ("99030123", 0, 0)))
    assert answer.lines.select("assessed", "voided").row(0) == (10_900_00, 0)
    assert says(answer, "9903.01.23") == ["loaded_at 2025-01-31"]
    assert told(answer) == []


def test_goods_in_transit_before_the_baseline() -> None:
    answer = held(battery(date(2025, 4, 20), LIST_4A, FENTANYL_20, ("99030128", 0, 0)))
    assert answer.lines.select("assessed", "voided").row(0) == (30_900_00, 20_000_00)
    assert told(answer) == []


def test_the_baseline_in_april_says_that_the_goods_were_loaded_before_the_rise() -> None:
    # EO 14266: goods in transit before 10 April 2025 stay at 10%
    answer = held(battery(date(2025, 4, 20), LIST_4A, FENTANYL_20, BASELINE))
    assert says(answer, "9903.01.25") == ["loaded_at 2025-04-09; transport vessel"]
    assert told(answer) == []


def test_too_late_for_the_transit_heading() -> None:
    # CSMS 65201773: the relief of 9903.01.28 is given to entries before 16 June 2025
    answer = held(battery(date(2025, 6, 20), LIST_4A, FENTANYL_20, ("99030128", 0, 0)))
    assert told(answer) == [("wrong heading", "9903.01.28", "9903.01.25", -10_000_00)]


@pytest.mark.parametrize(("heading", "claim"), [("99030130", "donation"), ("99030131", "informational-materials")])
def test_donations_and_informational_materials(heading: str, claim: str) -> None:
    line = {"date": date(2025, 9, 1), "origin": "VN", "rows": [(heading, 0, 0), ("9503000073", 100_000_00, 0)]}
    answer = held(line)
    assert answer.lines["assessed"].item() == 0
    assert claim in answer.claims["says"].item()
    assert told(answer) == []


def test_content_of_the_united_states_on_a_line_of_its_own() -> None:
    # EO 14257 section 3(f): the duty falls on the rest (CBP's IEEPA FAQ: two lines)
    entry = {"date": date(2025, 7, 1), "origin": "VN", "entry_number": "ABC00000011"}
    own = {**entry, "line_number": 1, "rows": [("99030134", 0, 0), ("9503000073", 25_000_00, 0)]}
    rest = {**entry, "line_number": 2, "rows": [("99030125", 0, 7_500_00), ("9503000073", 75_000_00, 0)]}
    answer = held(own, rest)
    assert answer.lines["voided"].to_list() == [0, 7_500_00]
    assert told(answer) == []


def test_content_of_the_united_states_on_the_same_line() -> None:
    rows = [("99030134", 0, 0), ("99030125", 0, 7_500_00), ("9503000073", 100_000_00, 0)]
    answer = held({"date": date(2025, 7, 1), "origin": "VN", "rows": rows})
    assert answer.lines.select("assessed", "voided").row(0) == (7_500_00, 7_500_00)
    assert told(answer) == []


def test_metal_content_on_a_second_line() -> None:
    # Proclamation 10947 clause 6: 50% on the steel, the reciprocal tariff on the rest; 301 and fentanyl on all
    entry = {"date": date(2025, 9, 10), "entry_number": "ABC00000011"}
    rest = [("99038803", 0, 17_500_00), ("99030124", 0, 14_000_00), ("99030125", 0, 7_000_00), (ARTICLE, 70_000_00, 0)]
    steel = [("99038803", 0, 7_500_00), ("99030124", 0, 6_000_00), ("99030133", 0, 0), ("99038191", 0, 15_000_00)]
    answer = held(
        {**entry, "line_number": 1, "rows": rest},
        {**entry, "line_number": 2, "rows": [*steel, (ARTICLE, 30_000_00, 0)]},
    )
    assert answer.lines["voided"].to_list() == [21_000_00, 6_000_00]
    assert told(answer) == []


def test_metal_content_that_only_the_duty_tells() -> None:
    headings = [("99038803", 0, 25_000_00), FENTANYL_20, ("99030125", 0, 7_000_00), ("99030133", 0, 0)]
    line = {"date": date(2025, 9, 10), "rows": [*headings, ("99038191", 0, 15_000_00), (ARTICLE, 100_000_00, 0)]}
    answer = held(line)
    assert answer.lines.select("paid", "assessed", "voided").row(0) == (67_000_00, 67_000_00, 27_000_00)
    assert told(answer) == [("value differs", "9903.81.91", None, 0)]
    assert "$30,000.00 of the value of $100,000.00" in answer.findings.filter(kind="value differs")["reason"].item()


def test_the_old_rate_on_the_full_value_is_no_content() -> None:
    # 25% until 3 June 2025, 50% since (Proclamation 10947)
    headings = [("99038803", 0, 25_000_00), FENTANYL_20, ("99030133", 0, 0)]
    line = {"date": date(2025, 9, 10), "rows": [*headings, ("99038191", 0, 25_000_00), (ARTICLE, 100_000_00, 0)]}
    assert told(held(line)) == [("rate differs", "9903.81.91", "50%", -25_000_00)]


def test_less_than_fifteen_percent_of_metal_by_weight() -> None:
    # 9903.82.03, note 16(c): no metals duty, so the forced-labor duty falls on it
    rows = [("99038803", 0, 25_000_00), ("99030531", 0, 12_500_00), ("99038203", 0, 0), (ARTICLE, 100_000_00, 0)]
    answer = held({"date": date(2026, 8, 1), "rows": rows})
    assert answer.lines["assessed"].item() == 37_500_00
    assert told(answer) == []


def test_a_chip_under_section_232_lies_within_both_bounds() -> None:
    # Note 39(b): TPP above 14,000 and below 17,500, bandwidth above 4,500 and below 5,000 GB/s
    rows = [("99030133", 0, 0), ("99037901", 0, 25_000_00), ("8471804000", 100_000_00, 0)]
    answer = held({"date": date(2026, 1, 20), "origin": "TW", "rows": rows})
    assert answer.lines["assessed"].item() == 25_000_00
    assert told(answer) == []
