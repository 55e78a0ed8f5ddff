"""China on the United States: the announcements of the State Council Tariff Commission, to the minute in Beijing and to the cent.

Value 10,000 dollars, of the United States, into China. The sources of each act are in its file.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tests.assess.contract import check_sums, faults
from tests.conftest import TODAY, amounts_on, duty_on, engine_seen_from, headings

from tidewaiter.assess.assessment import Assessment
from tidewaiter.assess.errors import LineError
from tidewaiter.averages.headline import headline
from tidewaiter.ledger.instants import parse_instant, say_instant

BEIJING = "+08:00"
FROM_US: dict[str, Any] = {"into": "CN", "origin": "US", "value": "10000"}
UNLISTED = "8542.31.90"
"""Processors: on no list of 2018, 2019 or 2025."""
AS_REPORTED = "as-reported"


def into_china(known_on: str = TODAY, scenario: str = "law", **given: Any) -> Assessment:
    return duty_on(known_on, scenario, **{**FROM_US, **given})


def added(known_on: str = TODAY, scenario: str = "law", **given: Any) -> dict[str, Decimal]:
    """Amounts by heading, those that charge."""
    amounts, _ = amounts_on(known_on, scenario, **{**FROM_US, **given})
    return {code: amount for code, amount in amounts.items() if amount}


def codes(found: Assessment) -> list[str]:
    return [warning.code for warning in found.warnings]


# number, entered in Beijing, {heading: amount}, where it is written
CASES: list[tuple[str, str, dict[str, int], str]] = [
    (
        "0802.51.00",
        "2018-04-02T00:01",
        {"TC2018-13.1": 1500},
        "Notice [2018] No. 13: pistachios, 15% from 2 April 2018",
    ),
    ("0203.29.00", "2018-04-02T00:01", {"TC2018-13.2": 2500}, "Notice [2018] No. 13: frozen pork, 25%"),
    ("1201.90.10", "2018-07-06T12:00", {}, "[2018] No. 5: from 6 July 2018, 12:01"),
    ("1201.90.10", "2018-07-06T12:01", {"TC2018-5": 2500}, "[2018] No. 5: yellow soybeans, 25%"),
    ("0203.29.00", "2018-07-06T12:01", {"TC2018-13.2": 2500, "TC2018-5": 2500}, "[2018] No. 5: on top of the duty due"),
    ("2701.11.00", "2018-08-23T12:00", {}, "[2018] No. 7: from 12:01 on 23 August 2018"),
    ("2701.11.00", "2018-08-23T12:01", {"TC2018-7": 2500}, "[2018] No. 7: anthracite, 25%"),
    ("0505.10.00", "2018-09-24T12:00", {}, "[2018] No. 8: from 12:01 on 24 September 2018"),
    ("0505.10.00", "2018-09-24T12:01", {"TC2018-8.2": 1000}, "[2018] No. 8, annex 2: down, 10%"),
    ("0505.10.00", "2019-05-31T23:59", {"TC2018-8.2": 1000}, "[2019] No. 3: from 0:00 on 1 June 2019"),
    ("0505.10.00", "2019-06-01T00:00", {"TC2018-8.2": 2000}, "[2019] No. 3, annex 2: 20%"),
    ("7609.00.00", "2018-09-24T12:01", {"TC2018-8.3": 500}, "[2018] No. 8, annex 3: tube fittings of aluminum, 5%"),
    ("7609.00.00", "2019-06-01T00:00", {"TC2018-8.3": 1000}, "[2019] No. 3, annex 3: 10%"),
    ("2804.29.00", "2018-09-24T12:01", {"TC2018-8.4": 500}, "[2018] No. 8, annex 4: rare gases, 5%"),
    ("2804.29.00", "2019-06-01T00:00", {"TC2018-8.4": 500}, "[2019] No. 3, annex 4: still 5%"),
    ("8703.23.62", "2018-12-31T23:59", {"TC2018-5.autos": 2500}, "14 December 2018: suspended from 1 January 2019"),
    ("8703.23.62", "2019-01-01T00:00", {}, "14 December 2018: 25% on vehicles suspended to 31 March 2019"),
    ("8703.23.62", "2019-04-01T00:00", {}, "31 March 2019: the suspension goes on without a day"),
    ("8703.23.62", "2019-12-15T12:01", {}, "[2019] No. 7: vehicles stay suspended"),
    ("2701.11.00", "2025-02-09T23:59", {"TC2018-7": 2500}, "2025 No. 1: from 10 February 2025"),
    ("2701.11.00", "2025-02-10T00:01", {"TC2018-7": 2500, "TC2025-1.1": 1500}, "2025 No. 1, annex 1: coal, 15% on top"),
    ("2709.00.00", "2025-02-10T00:01", {"TC2025-1.2": 1000}, "2025 No. 1, annex 2: crude oil, 10%"),
    ("1001.99.00", "2025-03-09T23:59", {"TC2018-5": 2500}, "2025 No. 2: from 10 March 2025"),
    ("1001.99.00", "2025-03-10T00:01", {"TC2018-5": 2500, "TC2025-2.1": 1500}, "2025 No. 2, annex 1: wheat, 15%"),
    ("1007.90.00", "2025-03-10T00:01", {"TC2018-5": 2500, "TC2025-2.2": 1000}, "2025 No. 2, annex 2: sorghum, 10%"),
    ("1007.90.00", "2025-11-10T13:00", {"TC2018-5": 2500, "TC2025-2.2": 1000, "TC2025-4": 1000}, "2025 No. 9"),
    ("1007.90.00", "2025-11-10T13:01", {"TC2018-5": 2500, "TC2025-4": 1000}, "2025 No. 9: ended at 13:01"),
    ("2701.11.00", "2025-11-10T13:01", {"TC2018-7": 2500, "TC2025-1.1": 1500, "TC2025-4": 1000}, "No. 1 is not ended"),
    (UNLISTED, "2025-04-10T12:00", {}, "2025 No. 4: from 12:01 on 10 April 2025"),
    (UNLISTED, "2025-04-10T12:01", {"TC2025-4": 8400}, "2025 No. 5: 34% raised to 84% from the same minute"),
    (UNLISTED, "2025-04-12T00:00", {"TC2025-4": 8400}, "2025 No. 6: from 12 April 2025"),
    (UNLISTED, "2025-04-12T00:01", {"TC2025-4": 12500}, "2025 No. 6: 125%"),
    (UNLISTED, "2025-05-14T12:00", {"TC2025-4": 12500}, "2025 No. 7: from 12:01 on 14 May 2025"),
    (UNLISTED, "2025-05-14T12:01", {"TC2025-4": 1000}, "2025 No. 7: 24 points suspended, 10% stay"),
    (UNLISTED, "2025-08-12T12:01", {"TC2025-4": 1000}, "2025 No. 8: for another 90 days"),
    (UNLISTED, "2025-11-10T12:30", {"TC2025-4": 1000}, "2025 Nos. 8 and 10: no hour between them"),
    (UNLISTED, "2025-11-10T13:01", {"TC2025-4": 1000}, "2025 No. 10: for a year"),
    (UNLISTED, "2026-11-10T13:00", {"TC2025-4": 1000}, "2025 No. 10: until 13:01 on 10 November 2026"),
    (UNLISTED, "2026-11-10T13:01", {"TC2025-4": 3400}, "2025 No. 4 by the published text"),
]


@pytest.mark.parametrize(("number", "entered", "expected", "source"), CASES, ids=lambda value: str(value)[:60])
def test_both_sides_of_each_day(number: str, entered: str, expected: dict[str, int], source: str) -> None:
    assert added(hts=number, entered_at=f"{entered}{BEIJING}") == expected, source


def series(known_on: str = TODAY, scenario: str = "law") -> list[tuple[str, Decimal]]:
    """The headline rate in percent from each instant in Beijing on."""
    regime = engine_seen_from(known_on, scenario).regime
    rows = headline(regime, "US", "CN", start=parse_instant("2018-01-01 00:00 Asia/Shanghai"))
    return [((say_instant(one.start, "Asia/Shanghai") or "")[:16], one.rate * 100) for one in rows]


def test_the_headline_rate_to_the_minute() -> None:
    """Announcements 2025 Nos. 4 to 8 and 10: the published series."""
    assert series() == [
        ("2018-01-01T00:00", 0),
        ("2025-04-10T12:01", 84),
        ("2025-04-12T00:01", 125),
        ("2025-05-14T12:01", 10),
        ("2026-11-10T13:01", 34),
    ]


def test_the_headline_rate_as_reported() -> None:
    """The press of 23 to 25 September 2026: two months more."""
    assert series(scenario=AS_REPORTED)[-2:] == [("2025-05-14T12:01", 10), ("2027-01-10T13:01", 34)]


@pytest.mark.parametrize(
    ("known_on", "last"),
    [
        ("2025-04-08", ("2025-04-10T12:01", 34)),  # No. 5 was announced on the 9th
        ("2025-04-10", ("2025-04-10T12:01", 84)),
        ("2025-06-02", ("2025-08-12T12:01", 34)),  # the truce lapses by itself
        ("2025-09-01", ("2025-11-10T13:01", 34)),
    ],
)
def test_the_headline_rate_as_known_then(known_on: str, last: tuple[str, int]) -> None:
    assert series(known_on)[-1] == last


def test_the_vehicles_of_2019_as_known_then() -> None:
    """In September 2019 the duty was to come back on 15 December ([2019] No. 5); [2019] No. 7 came on that day."""
    line = {"hts": "8703.23.62", "entered_at": "2019-12-20"}
    assert added("2019-09-01", **line) == {"TC2018-5.autos": 2500}
    assert added("2019-12-15", **line) == {}
    assert added("2018-12-20", hts="8703.23.62", entered_at="2019-04-02") == {"TC2018-5.autos": 2500}


@pytest.mark.parametrize(
    ("entered", "exported", "expected"),
    [
        ("2025-04-12T23:59+08:00", "2025-03-09", {"TC2018-5": 2500}),
        ("2025-04-13T00:00+08:00", "2025-03-09", {"TC2018-5": 2500, "TC2025-2.1": 1500}),
        ("2025-04-12T23:59+08:00", "2025-03-10", {"TC2018-5": 2500, "TC2025-2.1": 1500}),
    ],
)
def test_farm_goods_in_transit(entered: str, exported: str, expected: dict[str, int]) -> None:
    """2025 No. 2, section 4: left before 10 March, imported to 12 April 2025. Wheat, in transit for No. 4 as well."""
    assert added(hts="1001.99.00", entered_at=entered, exported_at=exported) == expected


@pytest.mark.parametrize(
    ("entered", "exported", "amount"),
    [
        ("2025-04-10T12:01+08:00", "2025-04-10T12:00+08:00", 0),
        ("2025-05-13T23:59+08:00", "2025-04-09", 0),
        ("2025-05-14T00:00+08:00", "2025-04-09", 12500),
        ("2025-05-13T23:59+08:00", "2025-04-10T12:01+08:00", 12500),
    ],
)
def test_all_goods_in_transit(entered: str, exported: str, amount: int) -> None:
    """2025 No. 4, section 3: left before 12:01 on 10 April, imported to the end of 13 May 2025; Nos. 5 and 6 keep it."""
    assert sum(added(hts=UNLISTED, entered_at=entered, exported_at=exported).values()) == amount


def test_a_bare_day_of_export_on_the_day_of_the_cut_is_asked() -> None:
    found = into_china(hts=UNLISTED, entered_at="2025-05-01", exported_at="2025-04-10")
    assert headings(found) == {"TC2025-4": 12500}
    assert [question.fact for question in found.questions] == ["exported_at"]


def test_an_exclusion_lifts_the_answer_to_section_301_alone() -> None:
    """[2020] No. 2: the duties in answer to section 301; not those to section 232, nor those of 2025."""
    pork = {"hts": "0203.29.00", "entered_at": "2025-10-01"}
    assert added(**pork) == {"TC2018-13.2": 2500, "TC2018-5": 2500, "TC2025-2.2": 1000, "TC2025-4": 1000}
    excluded = into_china(**pork, claims="cn-exclusion")
    assert headings(excluded) == {
        "TC2018-13.2": 2500,
        "TC2020-2": 0,
        "TC2025-2.2": 1000,
        "TC2025-4": 1000,
    }
    before = into_china(hts="0203.29.00", entered_at="2020-03-01", claims="cn-exclusion")
    assert headings(before)["TC2018-5"] == 2500  # from 2 March 2020
    assert "claim_not_applied" in codes(before)


def test_a_list_of_exclusions_is_asked_where_totals_show_one() -> None:
    """WTO, 1 January 2025: soybeans at 10% in all, not at 3% and 25%."""
    found = into_china(hts="1201.90.10", entered_at="2025-01-15")
    (question,) = found.questions
    assert question.fact == "claim:cn-listed-exclusion"
    assert question.effect.startswith("-2500.00")


def test_the_list_of_september_2019_counts_as_reported() -> None:
    """[2019] No. 4 and [2020] No. 1: crude oil, 5% to February 2020 and 2.5% since; the lines are read from totals."""
    oil = {"hts": "2709.00.00", "entered_at": "2019-10-01"}
    assert added(**oil) == {}
    assert added(scenario=AS_REPORTED, **oil) == {"TC2019-4.5": 500}
    assert added(scenario=AS_REPORTED, hts="2709.00.00", entered_at="2020-02-14T13:00+08:00") == {"TC2019-4.5": 500}
    assert added(scenario=AS_REPORTED, hts="2709.00.00", entered_at="2020-02-14T13:01+08:00") == {"TC2019-4.5": 250}
    found = into_china(**oil)
    (said,) = [warning.message for warning in found.warnings if warning.code == "as_reported_differs"]
    assert "(cn-reported-2019-4-lines)" in said


@pytest.mark.parametrize(
    ("entered", "facts", "amount"),
    [
        ("2018-04-30", {}, 1700),  # Decree No. 691: 17%
        ("2018-05-01", {}, 1600),  # Caishui [2018] No. 32
        ("2019-03-31", {}, 1600),
        ("2019-04-01", {}, 1300),  # Announcement [2019] No. 39
        ("2019-04-01", {"facts": {"vat_rate": "0.09"}}, 900),
    ],
)
def test_value_added_tax(entered: str, facts: dict[str, Any], amount: int) -> None:
    """On the value and the duty; pure-bred breeding horses are free of duty."""
    found = into_china(hts="0101.21.00", entered_at=entered, **facts)
    assert found.total_duty == 0
    assert [(fee.code, fee.amount) for fee in found.fees] == [("VAT", amount)]
    assert "fee_assumed" in codes(found)


def test_value_added_tax_falls_on_the_duty_too() -> None:
    """13% of 10,000 and 1,000 (2025 No. 10)."""
    found = into_china(hts=UNLISTED, entered_at="2026-10-01")
    assert (found.total_duty, found.total_fees) == (1000, 1430)


def test_the_precision_is_said() -> None:
    exact = into_china(hts="8703.23.62", entered_at="2018-08-01")
    assert (exact.precision, exact.base.edition) == ("HS8", "2018 from 1 July")
    assert exact.base.text == "15%"  # 25% until the cut of 1 July 2018
    average = into_china(hts="8703.23.62", entered_at="2025-08-01")
    assert average.precision == "HS6 average"
    assert {"average_rate", "suffix_unchecked"} <= set(codes(average))


def test_a_subheading_listed_in_part_is_an_average() -> None:
    """2025 No. 1: one of the three tariff lines of 8703.23 (engines over 2.5 l) at 10%: 3.33 points."""
    found = into_china(hts="8703.23", entered_at="2025-03-01")
    assert headings(found) == {"TC2025-1.2": Decimal("333.33")}
    assert "on 1/3 of the value" in found.layers[0].why
    line = into_china(hts="8703.23.62", entered_at="2025-03-01")
    assert headings(line) == {}
    assert [question.fact for question in line.questions] == ["scope:cn-line-listed-2025-1"]
    named = into_china(hts="8703.23.62", entered_at="2025-03-01", scope="cn-line-listed-2025-1")
    assert headings(named) == {"TC2025-1.2": 1000}


def test_a_short_number_of_2019_that_lines_share_is_refused() -> None:
    """The tariff of 2019 is known by line: where the lines differ a subheading is no answer."""
    with pytest.raises(LineError) as refused:
        into_china(hts="0302.89", entered_at="2019-08-01")
    assert refused.value.code == "ambiguous_number"


def test_a_specific_duty_that_is_not_at_hand_is_refused() -> None:
    """Frozen chicken feet pay by the kilogram."""
    with pytest.raises(LineError) as refused:
        into_china(hts="0207.14.22", entered_at="2019-08-01")
    assert refused.value.code == "base_not_computable"


@pytest.mark.parametrize(("origin", "code"), [("DE", "not_covered"), ("RU", "not_covered"), ("CN", "not_covered")])
def test_other_origins_are_refused(origin: str, code: str) -> None:
    with pytest.raises(LineError) as refused:
        into_china(hts=UNLISTED, entered_at="2026-10-01", origin=origin)
    assert refused.value.code == code


def test_years_between_the_tariffs_at_hand_are_reconstructed() -> None:
    assert "reconstructed" not in codes(into_china(hts=UNLISTED, entered_at="2019-12-31"))
    assert "reconstructed" in codes(into_china(hts=UNLISTED, entered_at="2020-06-01"))
    assert "reconstructed" in codes(into_china(hts=UNLISTED, entered_at="2024-12-31"))
    assert "reconstructed" not in codes(into_china(hts=UNLISTED, entered_at="2025-01-01"))


def test_what_is_open_in_november_2026_is_said() -> None:
    found = into_china(hts="1007.90.00", entered_at="2026-11-22")
    said = [warning.message for warning in found.warnings if warning.code in ("open_question", "as_reported_differs")]
    assert any("24 of the 34 points" in message for message in said)
    assert any("1,619" in message for message in said)
    assert any("cn-reported-2026-09-24-truce" in message for message in said)


REACHED = {
    "cn-232": ("0802.51.00", "2018-05-01", "law"),
    "cn-301-2018": ("2701.11.00", "2018-09-01", "law"),
    "cn-301-2019": ("2709.00.00", "2019-10-01", AS_REPORTED),
    "cn-2025-energy": ("2709.00.00", "2025-02-11", "law"),
    "cn-2025-farm": ("1001.99.00", "2025-03-20", "law"),
    "cn-2025-all": (UNLISTED, "2025-06-01", "law"),
}


@pytest.mark.parametrize(
    "program", sorted(one.id for one in engine_seen_from().regime.ledger.programs.values() if one.into == "CN")
)
def test_every_program_is_reached_and_keeps_the_contract(program: str) -> None:
    number, entered, scenario = REACHED[program]
    found = into_china(scenario=scenario, hts=number, entered_at=entered)
    assert any(layer.program == program and layer.amount for layer in found.layers)
    said = found.as_json()
    assert faults("assessment", said) == []
    check_sums(said)
