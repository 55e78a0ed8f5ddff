"""How a line is read: every field of the contract, from what people have."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from tests.conftest import TOY, duty_on, headings, line_of

from tidewaiter.assess.errors import LineError
from tidewaiter.assess.line import FIELDS, Line, read_decimal, read_line
from tidewaiter.ledger.instants import parse_instant

ZONES = {"US": "America/New_York", "CN": "Asia/Shanghai"}


def read(**given: Any) -> Line:
    return read_line({"hts": TOY, "origin": "CN", "value": "100", "entered_at": "2026-08-01", **given}, ZONES)


def code(**given: Any) -> str:
    with pytest.raises(LineError) as caught:
        read(**given)
    assert caught.value.message
    return caught.value.code


def test_every_field_lands_where_it_belongs() -> None:
    line = read(
        line_id="a",
        entry_id="e",
        into="us",
        transport=" Vessel ",
        quantity="5",
        unit="kg",
        quantity_2="7",
        unit_2="No.",
        items=3,
        spi="S",
        claims="9903.88.69; donation",
        scope=["auto-part"],
        steel_value="10",
        aluminum_value=Decimal("20.5"),
        copper_value=30,
        us_content_value="40",
        metal_weight_share="0.2",
        ch98="98020050",
        ch98_value="50",
        smelt_country="RU",
        melt_country="US",
        cast_country="CN",
        ftz_status="pf",
        entry_type=1,
        loaded_at="2026-07-01",
        exported_at="2026-07-02",
        admitted_at="2026-07-03",
        deposited_at="2026-07-04",
        facts={"chip_tpp": 15000},
    )
    assert (line.line_id, line.entry_id, line.into, line.transport) == ("a", "e", "US", "vessel")
    assert line.quantities == {"kg": 5, "No.": 7}
    assert line.claims == {"9903.88.69", "donation"}
    assert line.scope == {"auto-part"}
    assert {name: str(number) for name, number in line.numbers.items()} == {
        "quantity": "5",
        "quantity_2": "7",
        "items": "3",
        "steel_value": "10",
        "aluminum_value": "20.5",
        "copper_value": "30",
        "us_content_value": "40",
        "metal_weight_share": "0.2",
        "ch98_value": "50",
        "chip_tpp": "15000",
    }
    assert line.words == {
        "spi": "S",
        "ch98": "9802.00.50",
        "smelt_country": "RU",
        "melt_country": "US",
        "cast_country": "CN",
        "ftz_status": "PF",
        "entry_type": "01",
        "chip_tpp": "15000",
    }
    assert set(line.moments) == {"loaded_at", "exported_at", "admitted_at", "deposited_at"}
    assert line.fixed_at_admission


def test_withdrawal_stands_for_entry() -> None:
    line = read(entered_at="2026-01-01", withdrawn_at="2026-08-05")
    assert line.entered.written == "2026-08-05"


@pytest.mark.parametrize("empty", [None, "", "   ", []])
@pytest.mark.parametrize("name", sorted(FIELDS - {"hts", "origin", "value", "entered_at", "facts", "into"}))
def test_an_empty_field_counts_as_absent(name: str, empty: Any) -> None:
    assert read(**{name: empty}) == read()


@pytest.mark.parametrize("name", ["hts", "origin", "value", "entered_at"])
@pytest.mark.parametrize("empty", [None, "", " "])
def test_a_line_needs_four_fields(name: str, empty: Any) -> None:
    assert code(**{name: empty}) == "missing_field"


# Instants


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2026-07-24T00:01-04:00", "2026-07-24 00:01 America/New_York"),
        ("2026-07-24T12:01+08:00", "2026-07-24 00:01 America/New_York"),
        ("2026-07-24T12:01:00+08:00", "2026-07-24 12:01 Asia/Shanghai"),
        ("2026-07-24T04:01Z", "2026-07-24 00:01 America/New_York"),
        ("2026-07-24T00:01", "2026-07-24 00:01 America/New_York"),  # naive: Eastern
        ("2026-07-24 00:01:00", "2026-07-24 00:01 America/New_York"),  # as Parquet and databases say it
        ("2026-12-24T00:01", "2026-12-24 00:01 America/New_York"),
        ("2026-07-24", "2026-07-24 23:59:59 America/New_York"),
        (" 2026-07-24 ", "2026-07-24 23:59:59 America/New_York"),
        ("20260724", "2026-07-24 23:59:59 America/New_York"),
        ("2026-11-01", "2026-11-01 23:59:59 America/New_York"),  # a day of 25 hours
        ("2026-03-08", "2026-03-08 23:59:59 America/New_York"),  # a day of 23 hours
        (20260724, "2026-07-24 23:59:59 America/New_York"),
        (date(2026, 7, 24), "2026-07-24 23:59:59 America/New_York"),
        (datetime(2026, 7, 24, 0, 1), "2026-07-24 00:01 America/New_York"),  # noqa: DTZ001
    ],
)
def test_instants(written: Any, instant: str) -> None:
    assert read(entered_at=written).entered.instant == parse_instant(instant)


def test_a_bare_date_into_china_ends_in_beijing() -> None:
    line = read(into="CN", entered_at="2026-07-24")
    assert line.entered.instant == parse_instant("2026-07-24 23:59:59 Asia/Shanghai")


@pytest.mark.parametrize(
    "written",
    [
        "yesterday",
        "24.07.2026",
        "07/24/2026",
        "2026-13-01",
        "2026-02-30",
        "2026-7-4",
        "2026-W30-5",
        "2026-W30",
        "2026",
        "2026-07",
        "202607",
        "0001-01-01",
        "9999-12-31",
        "9999-12-31T23:59-05:00",
        "2206-11-22",
        "2026-07-24T25:00",
        "2026-07-24T00:01+99:00",
        "2026-07-24T",
        "2026-07-24T00:01 America/New_York",
        "２０２６-07-24",
        "1" * 10_000,
        True,
        0,
        [1],
    ],
)
def test_what_is_no_date(written: Any) -> None:
    assert code(entered_at=written) == "bad_date"
    assert code(loaded_at=written) == "bad_date"


def test_the_bare_day_takes_the_law_that_bit_that_day() -> None:
    # 91 FR 47318: 12.5 percent from 00:01 on 24 July 2026; Proclamation 11012 ended at the same minute.
    assert headings(duty_on(entered_at="2026-07-24")) == {"9903.05.31": 1250}
    assert headings(duty_on(entered_at="2026-07-24T00:00:59")) == {"9903.03.01": 1000}
    assert headings(duty_on(entered_at="2026-07-24T12:00:59+08:00")) == {"9903.03.01": 1000}
    assert headings(duty_on(entered_at="2026-07-24T12:01:00+08:00")) == {"9903.05.31": 1250}
    assert headings(duty_on(entered_at="2026-07-24T04:00:59Z")) == {"9903.03.01": 1000}


@pytest.mark.parametrize(
    ("loaded", "relieved", "asked"),
    [
        ("2025-04-09", True, False),
        ("2025-04-10", False, True),  # the day of the cut: which hour is not known
        ("2025-04-11", False, False),
        ("2025-04-10T00:00:59-04:00", True, False),
        ("2025-04-10T12:00:59+08:00", True, False),
        ("2025-04-10T00:01:00-04:00", False, False),
    ],
)
def test_a_bare_loading_day_on_the_cut_is_a_question_and_no_relief(loaded: str, relieved: bool, asked: bool) -> None:
    # 9903.01.63 (EO 14266): 125 percent, except goods loaded on a vessel before 00:01 on 10 April 2025.
    found = duty_on(entered_at="2025-04-20", loaded_at=loaded, transport="vessel")
    assert ("9903.01.63" not in headings(found)) is relieved
    assert ("loaded_at" in [question.fact for question in found.questions]) is asked


# Numbers


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ("0", "0"),
        (0, "0"),
        ("-0", "0"),
        ("-0.00", "0"),
        (-0.0, "0"),
        ("+5", "5"),
        ("10000.50", "10000.50"),
        (".5", ".5"),
        ("5.", "5"),
        (" 12 ", "12"),
        (1e5, "100000"),
        (0.1, "0.1"),
        (Decimal("1.10"), "1.10"),
        ("9999999999999.99", "9999999999999.99"),
    ],
)
def test_plain_numbers(given: Any, value: str) -> None:
    found = read_decimal(given, "value")
    assert found == Decimal(value)
    assert not found.is_signed()


@pytest.mark.parametrize(
    "given",
    [
        "10,000",
        "10.000,00",
        "10 000",
        "1_000",
        "$5",
        "5 USD",
        "1e5",
        "1E5",
        Decimal("1E+5"),
        1e22,
        float("nan"),
        float("inf"),
        "NaN",
        "Infinity",
        "0x10",
        "five",
        "",
        ".",
        "-",
        "--5",
        "١٢٣",
        "12\x00",
        "½",
        True,
        False,
        None,
        [1],
        {"a": 1},
        10**13,
        "9" * 5000,
    ],
)
def test_what_is_no_plain_number(given: Any) -> None:
    with pytest.raises(LineError) as caught:
        read_decimal(given, "value")
    assert caught.value.code == "bad_number"


@pytest.mark.parametrize("given", [-1, "-0.01", -1.5, Decimal(-3)])
def test_below_zero(given: Any) -> None:
    with pytest.raises(LineError) as caught:
        read_decimal(given, "value")
    assert caught.value.code == "negative_number"


@pytest.mark.parametrize(
    "name", ["quantity", "quantity_2", "items", "steel_value", "aluminum_value", "copper_value", "ch98_value"]
)
def test_all_amounts_are_checked_alike(name: str) -> None:
    assert code(**{name: "-5"}) == "negative_number"
    assert code(**{name: "1,5"}) == "bad_number"
    assert code(**{f"fact.{name}": "1e5"}) == "bad_number"
    assert code(facts={name: True}) == "bad_number"


@pytest.mark.parametrize("name", ["steel_value", "aluminum_value", "copper_value", "us_content_value", "ch98_value"])
def test_a_part_is_not_worth_more_than_the_whole(name: str) -> None:
    assert read(**{name: "100"}).numbers[name] == 100
    assert code(**{name: "100.01"}) == "bad_number"


def test_fifteen_percent_is_not_fifteen() -> None:
    assert read(metal_weight_share="0.15").numbers["metal_weight_share"] == Decimal("0.15")
    assert read(metal_weight_share=1).numbers["metal_weight_share"] == 1
    assert code(metal_weight_share="15") == "bad_number"
    assert code(facts={"metal_weight_share": "1.01"}) == "bad_number"


# Words and facts


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"into": "FR"}, "not_covered"),
        ({"into": 5}, "not_covered"),
        ({"transport": "ship"}, "bad_field"),
        ({"transport": ["vessel"]}, "bad_field"),
        ({"ch98": "9802"}, "bad_field"),
        ({"ch98": "repair"}, "bad_field"),
        ({"ftz_status": "privileged"}, "bad_field"),
        ({"entry_type": "formal"}, "bad_field"),
        ({"entry_type": "011"}, "bad_field"),
        ({"entry_type": 1.0}, "bad_field"),
        ({"facts": "chip_tpp=5"}, "bad_field"),
        ({"facts": [1]}, "bad_field"),
        ({"steel_value": 1, "fact.steel_value": 2}, "bad_field"),
    ],
)
def test_words_that_mean_nothing(given: dict[str, Any], expected: str) -> None:
    assert code(**given) == expected


def test_chapter_98_numbers_lose_their_suffix() -> None:
    for written in ("9802.00.50", "98020050", "9802.00.5060", " 9802.00.50 "):
        assert read(ch98=written).words["ch98"] == "9802.00.50"


def test_facts_as_an_object_and_as_columns_say_the_same() -> None:
    one = read(facts={"chip_tpp": 15000, "contract": "2026-01-02", "word": "x"})
    other = read(**{"fact.chip_tpp": "15000", "fact.contract": "2026-01-02", "fact.word": "x"})
    assert one == other
    assert one.numbers == {"chip_tpp": 15000}
    assert one.moments["contract"].day == date(2026, 1, 2)
    assert one.words["word"] == "x"


def test_a_fact_without_a_value_is_not_stated() -> None:
    assert read(facts={"chip_tpp": None, "word": ""}) == read()
    assert read(**{"fact.chip_tpp": None}) == read()


def test_fields_may_stand_among_the_facts() -> None:
    named = {"steel_value": "60", "loaded_at": "2026-07-01", "ch98": "98020050", "smelt_country": "RU"}
    assert read(facts=named) == read(**named)


def test_claims_come_as_text_or_as_a_list() -> None:
    for given in ("a;b", " a ; b ;", ["a", "b", None, ""], ("b", "a")):
        assert read(claims=given).claims == {"a", "b"}


def test_countries_of_the_metal_are_read_as_origins_are() -> None:
    # 9903.85.67: 200 percent where any of the primary aluminum was smelted in Russia.
    metal = {"hts": "7601.10.3000", "entered_at": "2026-08-01"}
    assert "9903.85.67" in headings(duty_on(**metal, smelt_country="ru"))
    assert duty_on(**metal, smelt_country="ru").total_duty == duty_on(**metal, smelt_country="RU").total_duty
    for name in ("smelt_country", "cast_country", "melt_country"):
        assert line_of(**metal, **{name: "Russia"}).words[name] == "RU"
        with pytest.raises(LineError) as caught:
            line_of(**metal, **{name: "Rusia"})
        assert (caught.value.code, "RU" in caught.value.hint) == ("unknown_origin", True)


def test_a_long_cell_is_not_quoted_whole() -> None:
    with pytest.raises(LineError) as caught:
        read(value="x" * 10_000_000)
    assert len(caught.value.message) < 1100
