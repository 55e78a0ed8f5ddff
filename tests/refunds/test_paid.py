"""What was paid under duties since struck down: by heading, line and authority. Amounts are cents."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from tests.refunds.entry_rows import BATTERY, battery, held, regime_of, rows, told

from tidewaiter.refunds.paid import BASE_DUTY, CLAIMS, paid

FENTANYL_10, FENTANYL_20 = ("99030124", 0, 10_000_00), ("99030124", 0, 20_000_00)
BASELINE = ("99030125", 0, 10_000_00)
LIST_4A = ("99038815", 0, 7_500_00)
REVIEW_2026 = ("99039106", 0, 25_000_00)
LINE_YEAR_END = battery(date(2025, 12, 15), LIST_4A, FENTANYL_10, BASELINE)


def voided(*lines: dict[str, Any], known_on: str = "2026-11-22") -> list[int]:
    return held(*lines, known_on=known_on).lines["voided"].to_list()


@pytest.mark.parametrize(
    ("line", "percent", "refundable"),
    [
        # 3.4 + 7.5 (list 4A) + 10 (EO 14357) + 10 (EO 14358)
        (LINE_YEAR_END, "30.9", 20_000_00),
        # 301 on non-EV lithium-ion batteries 25% from 1 January 2026: 89 FR 76581, note 31(g)
        (battery(date(2026, 1, 15), REVIEW_2026, FENTANYL_10, BASELINE), "48.4", 20_000_00),
        # IEEPA collected to 23 February (CSMS 67834313), section 122 from the 24th (Proc 11012)
        (battery(date(2026, 3, 1), REVIEW_2026, ("99030301", 0, 10_000_00)), "38.4", 0),
        # Forced-labor 301 from 24 July 2026: 91 FR 47318
        (battery(date(2026, 8, 1), REVIEW_2026, ("99030531", 0, 12_500_00)), "40.9", 0),
    ],
)
def test_batteries_of_china_through_two_years(line: dict[str, Any], percent: str, refundable: int) -> None:
    answer = held(line)
    told_of = answer.lines.row(0, named=True)
    assert told_of["paid"] == told_of["assessed"] == round(float(percent) * 1_000_00)
    assert told_of["voided"] == told_of["assessed"] - told_of["owed"] == refundable
    assert told(answer) == []


@pytest.mark.parametrize(
    ("day", "headings", "refundable"),
    [
        (date(2025, 2, 10), [("99030120", 0, 10_000_00)], 10_000_00),  # EO 14195
        (date(2025, 3, 10), [FENTANYL_20], 20_000_00),  # EO 14228
        (date(2025, 4, 6), [FENTANYL_20, BASELINE], 30_000_00),  # EO 14257
        (date(2025, 4, 9), [FENTANYL_20, ("99030163", 0, 84_000_00)], 104_000_00),  # EO 14259
        (date(2025, 4, 10), [FENTANYL_20, ("99030163", 0, 125_000_00)], 145_000_00),  # EO 14266
        (date(2025, 5, 14), [FENTANYL_20, BASELINE], 30_000_00),  # EO 14298
        (date(2025, 11, 9), [FENTANYL_20, BASELINE], 30_000_00),
        (date(2025, 11, 10), [FENTANYL_10, BASELINE], 20_000_00),  # EO 14357
        (date(2026, 2, 23), [FENTANYL_10, BASELINE], 20_000_00),
    ],
)
def test_ieepa_headings_on_china_by_day(day: date, headings: list[tuple[str, int, int]], refundable: int) -> None:
    answer = held(battery(day, LIST_4A if day.year == 2025 else REVIEW_2026, *headings))
    assert told(answer) == []
    assert answer.lines["voided"].item() == refundable
    assert answer.duties.filter(pl.col("voided") > 0)["authority"].unique().to_list() == ["IEEPA"]


def test_the_cap_on_the_european_union_comes_to_fifteen_percent_with_the_base_duty() -> None:
    # EO 14326 section 2(c): 15% less 3.4%
    answer = held(battery(date(2025, 9, 20), ("99030220", 0, 11_600_00), origin="DE"))
    assert answer.lines.select("paid", "assessed", "voided").row(0) == (15_000_00, 15_000_00, 11_600_00)
    assert told(answer) == []


def test_the_base_duty_section_301_and_section_232_are_not_refundable() -> None:
    # 9903.94.05 on a part of a passenger vehicle (Proc 10908), 9903.88.03 and fentanyl on top of it (EO 14289 leaves China out)
    line = {
        "date": date(2025, 9, 1),
        "rows": [
            ("99038803", 0, 25_000_00),
            FENTANYL_20,
            ("99030133", 0, 0),
            ("99039405", 0, 25_000_00),
            ("8708295160", 100_000_00, 2_500_00),
        ],
    }
    answer = held(line)
    assert told(answer) == []
    assert dict(answer.summary.select("authority", "voided").rows()) == {
        BASE_DUTY: 0,
        "IEEPA": 20_000_00,
        "Section 232": 0,
        "Section 301": 0,
    }


def test_a_single_total_is_taken_apart_by_the_engine_if_it_comes_to_it() -> None:
    answer = held(battery(date(2025, 12, 15), duty=30_900_00))
    assert answer.lines.select("voided", "from_engine").row(0) == (20_000_00, True)
    assert answer.duties.select("heading", "paid", "voided", "from_engine").rows() == [
        ("9903.01.24", 10_000_00, 10_000_00, True),
        ("9903.01.25", 10_000_00, 10_000_00, True),
        ("9903.88.15", 7_500_00, 0, True),
    ]


def test_a_total_of_cents_on_a_value_of_whole_dollars_is_explained() -> None:
    # 30.9% of 100,000.40 dollars, entered as 100,000
    assert voided(battery(date(2025, 12, 15), duty=30_900_12)) == [20_000_00]


def test_headings_shown_as_free_with_the_duty_on_the_goods() -> None:
    free = [("99038815", 0, 0), ("99030124", 0, 0), ("99030125", 0, 0)]
    answer = held(battery(date(2025, 12, 15), *free, duty=30_900_00))
    assert answer.lines.select("voided", "from_engine").row(0) == (20_000_00, True)
    assert told(answer) == [("duty on another row", "8507.60.0020", None, 0)]


def test_a_total_that_the_law_does_not_come_to_is_not_taken_apart() -> None:
    answer = held(battery(date(2025, 12, 15), duty=20_000_00))
    assert answer.lines.select("voided", "from_engine").row(0) == (0, False)
    assert told(answer) == [("not computed", "8507.60.0020", None, None)]
    assert answer.findings["reason"].item().startswith("duty_not_explained: ")


def test_base_duty_alone_means_that_nothing_was_paid_under_the_headings() -> None:
    answer = held(battery(date(2025, 12, 15)))
    assert answer.lines.select("voided", "from_engine").row(0) == (0, False)
    assert [kind for kind, *_ in told(answer)] == ["missing heading"] * 3


def test_a_heading_of_relief_carries_no_duty_to_refund() -> None:
    # 9903.01.28, in transit before 5 April 2025
    answer = held(battery(date(2025, 4, 20), LIST_4A, FENTANYL_20, ("99030128", 0, 10_00)))
    assert answer.lines["voided"].item() == 20_000_00
    assert told(answer) == [("overpaid", "9903.01.28", "0%", 10_00)]
    assert not answer.findings["refundable"].any()


def test_what_was_paid_before_the_window_of_the_void_is_not_refundable() -> None:
    # The void reaches back to 00:01 of 4 February 2025; a heading of IEEPA on an entry of the day before is a mistake.
    assert voided(battery(date(2025, 2, 3), LIST_4A, ("99030120", 0, 10_000_00))) == [0]
    assert voided(battery(date(2025, 2, 4), LIST_4A, ("99030120", 0, 10_000_00))) == [10_000_00]


def test_on_24_february_2026_no_ieepa_duty_is_due_and_section_122_is() -> None:
    # Collection ended at 00:00 (CSMS 67834313), section 122 began at 00:01 (Proc 11012): a bare day is its end
    answer = held(battery(date(2026, 2, 24), REVIEW_2026, FENTANYL_10, BASELINE))
    assert answer.lines.select("assessed", "voided").row(0) == (38_400_00, 20_000_00)
    assert told(answer) == [
        ("missing heading", "9903.03.01", "9903.03.01", -10_000_00),
        ("overpaid", "9903.01.24", None, 10_000_00),
        ("overpaid", "9903.01.25", None, 10_000_00),
    ]
    missing = answer.findings.filter(kind="missing heading")["reason"].item()
    assert "the report tells no hour" in missing


def test_before_the_ruling_nothing_is_refundable() -> None:
    assert voided(LINE_YEAR_END, known_on="2026-02-19") == [0]
    assert voided(LINE_YEAR_END, known_on="2026-02-20") == [20_000_00]


def test_what_is_void_for_plaintiffs_is_not_refundable_to_others() -> None:
    # CIT 26-00058 of 7 May 2026, stayed on 12 May (Fed. Cir. 2026-1804)
    line = battery(date(2026, 3, 24), REVIEW_2026, ("99030301", 0, 10_000_00))
    answer = held(line, known_on="2026-05-08")
    assert answer.lines["voided"].item() == 0
    assert told(answer) == [("void for plaintiffs only", "9903.03.01", None, 0)]
    assert "us-cit-26-00058" in answer.findings.filter(kind="void for plaintiffs only")["acts"].item()
    assert told(held(line)) == []


def test_a_scenario_in_which_a_court_strikes_another_duty() -> None:
    line = battery(date(2026, 8, 1), REVIEW_2026, ("99030531", 0, 12_500_00))
    answer = paid(rows(line), regime_of(scenario="forced-labor-struck"))
    assert answer.lines["voided"].item() == 12_500_00


def test_a_line_that_the_engine_refuses_keeps_what_its_headings_tell() -> None:
    line = {"date": date(2025, 12, 15), "rows": [FENTANYL_10, BASELINE, ("8507600099", 100_000_00, 3_400_00)]}
    answer = held(line)
    assert answer.lines.select("assessed", "owed", "voided", "error").row(0) == (
        None,
        None,
        20_000_00,
        "unknown_number",
    )
    assert answer.duties["assessed"].to_list() == [None, None]
    reason = answer.findings["reason"].item()
    assert reason.startswith("unknown_number: ") and "8507.60.0020" in reason


def test_a_line_without_a_day_keeps_what_its_headings_tell() -> None:
    answer = held({**LINE_YEAR_END, "date": None})
    assert answer.lines.select("voided", "error").row(0) == (20_000_00, "missing_field")
    assert answer.findings["reason"].item() == "missing_field: the report does not tell entry date of this line"


def test_several_numbers_of_goods_on_one_line_are_not_computed() -> None:
    # Watches: case, strap and battery are reported apart
    line = {
        "date": date(2026, 1, 15),
        "rows": [("99030124", 0, 10_00), ("9102111010", 80_00, 4_00), ("9102111020", 20_00, 2_00)],
    }
    answer = held(line)
    assert answer.lines.select("hts", "value", "voided", "error").row(0) == (
        "9102111010",
        100_00,
        10_00,
        "several_numbers",
    )


def test_a_value_on_the_row_of_an_additional_duty_is_told() -> None:
    line = {
        "date": date(2025, 12, 15),
        "rows": [("99038815", 100_000_00, 7_500_00), FENTANYL_10, BASELINE, (BATTERY, 0, 3_400_00)],
    }
    answer = held(line)
    assert answer.lines.select("value", "assessed", "voided").row(0) == (100_000_00, 30_900_00, 20_000_00)
    assert told(answer) == [("duty on another row", "8507.60.0020", None, 0)]


@pytest.mark.parametrize("value", [0, None])
def test_duty_on_no_value_means_that_the_value_is_not_told(value: int | None) -> None:
    line = {
        "date": date(2025, 12, 15),
        "rows": [("99038815", 0, 7_500_00), FENTANYL_10, BASELINE, (BATTERY, value, 3_400_00)],
    }
    answer = held(line)
    assert answer.lines.select("value", "voided", "error").row(0) == (None, 20_000_00, "missing_field")
    assert answer.findings["reason"].item() == "missing_field: the report does not tell customs value of this line"


def test_a_repair_pays_on_the_value_of_the_repair() -> None:
    # 9802.00.50: value 50,000 dollars, repairs 2,000 on the row of the goods (notes 20(a), 31(a) and 52(a))
    line = {
        "date": date(2026, 9, 2),
        "rows": [
            ("98020050", 48_000_00, 0),
            ("99039102", 0, 1_000_00),
            ("99030531", 0, 250_00),
            ("8541430080", 2_000_00, 0),
        ],
    }
    answer = held(line)
    assert answer.lines.select("value", "paid", "assessed").row(0) == (50_000_00, 1_250_00, 1_250_00)
    assert told(answer) == []


def test_summary_totals_are_those_of_the_lines() -> None:
    answer = held(LINE_YEAR_END, battery(date(2025, 12, 15), duty=20_000_00), {**LINE_YEAR_END, "date": None})
    amounts = ("paid", "assessed", "owed", "voided")
    assert answer.summary.select(pl.col(amounts).sum()).row(0) == answer.lines.select(pl.col(amounts).sum()).row(0)


def test_rows_of_an_entry_may_stand_anywhere_and_chunks_do_not_matter() -> None:
    lines = [
        {**LINE_YEAR_END, "entry_number": f"ABC{place // 3:08d}", "line_number": 1 + place % 3} for place in range(9)
    ]
    frame = rows(*lines)
    whole = paid(frame, regime_of())
    assert whole.lines.height == 9
    for other in (
        paid(frame.sample(fraction=1, shuffle=True, seed=3), regime_of()),
        paid(frame, regime_of(), chunk_rows=5),
    ):
        assert other.lines.equals(whole.lines)
        assert other.duties.equals(whole.duties)
        assert other.findings.equals(whole.findings)


def test_no_rows_are_no_lines() -> None:
    answer = paid(rows(LINE_YEAR_END).clear(), regime_of())
    assert (answer.lines.height, answer.duties.height, answer.findings.height) == (0, 0, 0)
    assert answer.summary.select("authority", "voided").rows() == [(BASE_DUTY, 0)]


def test_what_headings_say_is_told() -> None:
    answer = held(battery(date(2025, 4, 20), LIST_4A, FENTANYL_20, ("99030128", 0, 0)))
    assert answer.claims.schema == pl.Schema(CLAIMS)
    assert answer.claims.select("heading", "says").rows() == [("9903.01.28", "loaded_at 2025-04-04; transport vessel")]
