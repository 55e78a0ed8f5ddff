"""The emergency duties and what replaced them, to the minute and the cent.

Value 10,000 dollars, a toy of China on which no section 301 list was ever collected (9503.00.00.73), so that every dollar
comes from the country-wide measures. Instants are Eastern, as the orders write them.
"""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.conftest import duty_on, headings, rate_on, shipped_schedule

EST, EDT = "-05:00", "-04:00"
ON_BOARD = {"loaded_at": "2025-01-30", "transport": "vessel"}

# entered, other facts, {heading: amount}, where it is written
CASES = [
    ("2025-02-03T23:59-05:00", {}, {}, "EO 14195 sec. 2(a): on or after 12:01 a.m. 4 February 2025"),
    ("2025-02-04T00:01-05:00", {}, {"9903.01.20": 1000}, "EO 14195 sec. 2(a): 10 percent"),
    ("2025-03-04T00:01-05:00", {}, {"9903.01.24": 2000}, "EO 14228: 10 replaced by 20 percent"),
    ("2025-03-05", ON_BOARD, {"9903.01.23": 0}, "9903.01.23: loaded on a vessel before 1 February 2025"),
    (
        "2025-03-05",
        {"loaded_at": "2025-01-30", "transport": "air"},
        {"9903.01.23": 0},
        "9903.01.23: or in transit on the final mode of transport, by any mode",
    ),
    ("2025-03-07T00:01-05:00", ON_BOARD, {"9903.01.24": 2000}, "9903.01.23: entered before 12:01 a.m. 7 March 2025"),
    ("2025-04-05T00:01-04:00", {}, {"9903.01.24": 2000, "9903.01.25": 1000}, "EO 14257 sec. 3(a)"),
    ("2025-04-09T00:01-04:00", {}, {"9903.01.24": 2000, "9903.01.63": 8400}, "EO 14259: 34 replaced by 84 percent"),
    ("2025-04-10T00:01-04:00", {}, {"9903.01.24": 2000, "9903.01.63": 12500}, "EO 14266: 84 replaced by 125 percent"),
    (
        "2025-04-20",
        {"loaded_at": "2025-04-07", "transport": "vessel"},
        {"9903.01.24": 2000, "9903.01.25": 1000},
        "9903.01.63: except goods loaded on a vessel and in transit before 10 April 2025",
    ),
    (
        "2025-05-14T00:00-04:00",
        {},
        {"9903.01.24": 2000, "9903.01.63": 12500},
        "EO 14298: on or after 12:01 a.m. 14 May",
    ),
    ("2025-05-14T00:01-04:00", {}, {"9903.01.24": 2000, "9903.01.25": 1000}, "EO 14298 sec. 2-3"),
    ("2025-11-09T23:59-05:00", {}, {"9903.01.24": 2000, "9903.01.25": 1000}, "EO 14357: on or after 10 November 2025"),
    ("2025-11-10T00:01-05:00", {}, {"9903.01.24": 1000, "9903.01.25": 1000}, "EO 14357: 20 replaced by 10 percent"),
    ("2026-02-23T23:59-05:00", {}, {"9903.01.24": 1000, "9903.01.25": 1000}, "CSMS 67834313: collected to 24 February"),
    ("2026-02-24T00:00:30-05:00", {}, {}, "CSMS 67834313 ends at 12:00, Proc. 11012 begins at 12:01 a.m."),
    ("2026-02-24T00:01-05:00", {}, {"9903.03.01": 1000}, "Proc. 11012: 10 percent"),
    (
        "2026-02-26",
        {"loaded_at": "2026-02-20", "transport": "vessel"},
        {"9903.03.02": 0},
        "9903.03.02: loaded before 24, entered before 28 February 2026",
    ),
    ("2026-07-24T00:00-04:00", {}, {"9903.03.01": 1000}, "Proc. 11012: through 12:01 a.m. 24 July 2026 (150 days)"),
    ("2026-07-24T00:01-04:00", {}, {"9903.05.31": 1250}, "91 FR 47318: China 12.5 percent"),
    ("2026-11-22", {}, {"9903.05.31": 1250}, "91 FR 47318: no end"),
    (
        "2025-06-01",
        {"us_content_value": "3000", "claims": "9903.01.34"},
        {"9903.01.24": 2000, "9903.01.34": 0, "9903.01.25": 700},
        "EO 14257 sec. 3(f): the duty on the non-US content only",
    ),
]


@pytest.mark.parametrize(("entered", "facts", "expected", "source"), CASES, ids=lambda value: str(value)[:60])
def test_country_wide_duties_on_both_sides_of_each_date(
    entered: str, facts: dict[str, str], expected: dict[str, int], source: str
) -> None:
    found = duty_on(entered_at=entered, **facts)
    assert headings(found) == expected, source
    assert found.total_duty == sum(expected.values())


def test_hong_kong_pays_fentanyl_and_reciprocal_macau_only_reciprocal() -> None:
    """EO 14195 names China and Hong Kong; EO 14257 and its amendments China, Hong Kong and Macau."""
    noon = "2025-04-10T12:00-04:00"
    assert duty_on(entered_at=noon, origin="HK").total_duty == 14500
    assert duty_on(entered_at=noon, origin="MO").total_duty == 12500


def test_when_the_truce_lapses_34_percent_returns_and_not_125() -> None:
    """EO 14298 set the rate back to 34 percent and suspended it; the increases of EO 14259 and 14266 were removed.

    Seen from 1 December 2025 (EO 14358: suspended until 10 November 2026), before the Supreme Court ruled.
    """
    found = duty_on(known_on="2025-12-01", entered_at="2026-11-22")
    assert headings(found) == {"9903.01.24": 1000, "9903.01.63": 3400}
    assert found.total_duty == 4400


@pytest.mark.parametrize(
    ("known_on", "last_day", "order"),
    [("2025-06-01", "2025-08-12", "EO 14298"), ("2025-08-12", "2025-11-10", "EO 14334")],
)
def test_the_truce_ends_when_the_order_known_then_says(known_on: str, last_day: str, order: str) -> None:
    zone = EDT if last_day < "2025-11-02" else EST
    before = duty_on(known_on=known_on, entered_at=f"{last_day}T00:00{zone}")
    after = duty_on(known_on=known_on, entered_at=f"{last_day}T00:01{zone}")
    assert headings(before)["9903.01.25"] == 1000, order
    assert headings(after)["9903.01.63"] == 3400, order


def test_125_percent_replaces_the_10_percent_baseline() -> None:
    """EO 14266 sec. 2: 84 is replaced by 125 percent in heading 9903.01.63; 9903.01.25 excepts goods of 9903.01.63."""
    assert "9903.01.25" not in headings(duty_on(entered_at="2025-04-10T00:01-04:00"))


@pytest.mark.parametrize(
    ("known_on", "owed", "why"),
    [
        ("2025-06-02", 3000, "the trade court's ruling of 28 May 2025 is stayed since 29 May"),
        ("2025-05-28", 0, "CIT Slip Op. 25-66, not yet stayed"),
        ("2026-02-19", 3000, "the day before the Supreme Court ruled"),
        ("2026-11-22", 0, "Learning Resources v. Trump, 20 February 2026"),
    ],
)
def test_assessed_and_owed_are_two_things(known_on: str, owed: int, why: str) -> None:
    found = duty_on(known_on=known_on, entered_at="2025-06-01" if known_on > "2025-05-28" else "2025-05-20")
    assert found.total_duty == 3000
    assert found.total_owed == owed, why
    assert found.as_json()["refundable"] == f"{3000 - owed}.00"


@pytest.mark.parametrize(
    ("entered", "rate", "sum_of"),
    [
        ("2025-12-15", "0.309", "3.4 + 7.5 (list 4A) + 10 + 10"),
        ("2026-01-01", "0.484", "3.4 + 25 (note 31(g) from 1 January 2026, 89 FR 76581) + 10 + 10"),
        ("2026-02-24", "0.384", "3.4 + 25 + 10 (section 122)"),
        ("2026-07-24", "0.409", "3.4 + 25 + 12.5 (forced labor)"),
    ],
)
def test_lithium_ion_batteries_not_for_vehicles(entered: str, rate: str, sum_of: str) -> None:
    number = "8507.60.0020" if entered < "2026-02-01" else "8507.60.0090"
    assert rate_on(hts=number, entered_at=entered) == Decimal(rate), sum_of


CHASSIS = {"hts": "8716.39.0090", "scope": "intermodal-chassis"}


@pytest.mark.parametrize(
    ("entered", "scenario", "pays"),
    [
        ("2025-11-08", "law", False),
        ("2025-11-09", "law", True),
        ("2025-11-10", "law", False),
        ("2026-11-09", "law", False),
        ("2026-11-22", "law", True),
        ("2026-11-22", "as-reported", False),
    ],
)
def test_intermodal_chassis_pay_100_percent_while_the_action_is_not_suspended(
    entered: str, scenario: str, pays: bool
) -> None:
    """90 FR 48320 from 9 November 2025; 90 FR 50947 suspends it from 10 November 2025 through 9 November 2026."""
    found = headings(duty_on(entered_at=entered, scenario=scenario, **CHASSIS))
    assert found.get("9903.91.12") == (Decimal(10000) if pays else None)


@pytest.mark.parametrize(
    ("entered", "scenario", "relieved"),
    [
        ("2026-11-09", "law", True),
        ("2026-11-09T23:59-05:00", "law", True),
        ("2026-11-10T00:00-05:00", "law", False),
        ("2026-11-22", "law", False),
        ("2026-11-22", "as-reported", True),
    ],
)
def test_exclusions_run_through_9_november_2026(entered: str, scenario: str, relieved: bool) -> None:
    """9903.88.69: entries "through November 9, 2026" (90 FR 55232); the press reports two more months."""
    found = headings(duty_on(hts="8483.50.9040", entered_at=entered, scenario=scenario, claims="9903.88.69"))
    assert ("9903.88.69" in found) is relieved
    assert found.get("9903.88.01") == (None if relieved else Decimal(2500))


def test_a_line_that_prints_two_units_in_one_cell_takes_both_quantities() -> None:
    """Some lines of the schedule print "No. and kg" as one unit (2026 rev 10); a quantity without a unit is its first."""
    found = duty_on(hts=_number_with_two_units(), entered_at="2026-06-10", quantity="10", quantity_2="5")
    assert found.base.edition == "2026 rev 10"


def _number_with_two_units() -> str:
    schedule = shipped_schedule()
    return next(line.number for line in schedule.lines(schedule.last_edition) if line.units == ("No. and kg",))
