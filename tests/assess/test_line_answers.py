"""Claims and denials, quantities and units, whole dollars, rounding, and goods from a foreign trade zone."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tests.assess.contract import answer, answers
from tests.conftest import duty_on, headings, line_of

from tidewaiter.assess.amounts import to_cent, to_dollar
from tidewaiter.assess.assessment import Assessment
from tidewaiter.assess.errors import LineError

WINE = {"hts": "2204.21.5040", "entered_at": "2026-08-01"}  # 6.3 cents a liter


def facts_asked(found: Assessment) -> list[str]:
    return [question.fact for question in found.questions]


def charged(found: Assessment) -> dict[str, Decimal]:
    return {heading: amount for heading, amount in headings(found).items() if amount}


# Claims and scopes

TRUCK_PART = {"hts": "8708.29.5160", "entered_at": "2026-08-01"}


def test_a_scope_is_asked_and_both_answers_end_the_question() -> None:
    # U.S. note 33(g): 25 percent on parts of passenger vehicles; the number alone does not settle it.
    silent = duty_on(**TRUCK_PART)
    asked = [fact for fact in facts_asked(silent) if fact.startswith("scope:")]
    assert asked, silent.as_json()
    for fact in asked:
        name = fact.removeprefix("scope:")
        yes, no = duty_on(**TRUCK_PART, scope=name), duty_on(**TRUCK_PART, scope=f"not:{name}")
        assert fact not in facts_asked(yes)
        assert fact not in facts_asked(no)
        assert charged(no) == charged(silent)  # a no may report a heading of its own, at nothing
        assert headings(yes) != headings(silent)


def test_an_idle_claim_is_said() -> None:
    found = duty_on(entered_at="2026-08-01", claims="9903.88.69")
    assert "claim_not_applied" in [warning.code for warning in found.warnings]


# Quantities and units


@pytest.mark.parametrize(
    ("given", "amount"),
    [
        ({"quantity": "100"}, "6.30"),  # without a unit: the tariff's own
        ({"quantity": "100", "unit": "liter"}, "6.30"),
        ({"quantity": "100", "unit": "L"}, "6.30"),
        ({"quantity": "5", "unit": "kg", "quantity_2": "100", "unit_2": "liters"}, "6.30"),
        ({"quantity": "0"}, "0.00"),
        ({"quantity": "0.0793"}, "0.00"),  # 0.4996 cents
        ({"quantity": "0.0794"}, "0.01"),  # 0.5002 cents
        ({"quantity": 100}, "6.30"),
        ({"quantity": 100.0}, "6.30"),
    ],
)
def test_quantities(given: dict[str, Any], amount: str) -> None:
    assert answer(**WINE, **given)["base"]["amount"] == amount


def test_the_same_quantity_twice_in_one_unit_is_no_contradiction() -> None:
    said = answer(**WINE, quantity="100", unit="liter", quantity_2="100", unit_2="l")
    assert said["base"]["amount"] == "6.30"


def test_exact_multiples_convert_and_content_units_do_not() -> None:
    lead = {"hts": "0402.99.9000", "entered_at": "2026-08-01"}  # 46.3 cents/kg + 14.9%
    assert answer(**lead, quantity="2", unit="t")["base"]["amount"] == "2416.00"
    assert answer(**lead, quantity="2000000", unit="g")["base"]["amount"] == "2416.00"
    with pytest.raises(LineError) as caught:
        duty_on(**lead, quantity="2", unit="kg cmsc")
    assert caught.value.code == "missing_quantity"


def test_a_quantity_in_another_unit_is_told_in_that_of_the_duty() -> None:
    # Milk powder, 0402.10.1000: 3.3 cents/kg. The value is no quantity.
    milk = {"hts": "0402.10.1000", "origin": "NZ", "entered_at": "2026-08-01", "value": "2500"}
    for quantity, unit, kilograms, amount in [
        ("2", "t", "2000", "66.00"),
        ("2000", "kg", "2000", "66.00"),
        ("0.5", "g", "0.0005", "0.00"),
    ]:
        base = answer(**milk, quantity=quantity, unit=unit)["base"]
        assert (base["basis"], base["basis_value"], base["unit"]) == ("quantity", kilograms, "kg")
        assert (base["rate"], base["amount"]) == ("0.033", amount)


def test_a_heading_by_quantity_tells_it_in_its_own_unit() -> None:
    # Polysilicon, $21/kg from 4 December 2026 (Proclamation of August 6, 2026).
    silicon = {"hts": "2804.61.0000", "entered_at": "2026-12-10", "value": "50000"}
    for quantity, unit in [("1", "t"), ("1000", "kg")]:
        layers = answer(**silicon, quantity=quantity, unit=unit)["layers"]
        (found,) = [one for one in layers if one["rate_kind"] == "specific"]
        assert (found["basis"], found["basis_value"], found["unit"]) == ("quantity", "1000", "kg")
        assert found["amount"] == "21000.00"


# Rounding


@pytest.mark.parametrize(
    ("exact", "cents"),
    [("0.004", "0.00"), ("0.005", "0.01"), ("0.015", "0.02"), ("410.985", "410.99"), ("1.994999", "1.99")],
)
def test_half_a_cent_goes_up(exact: str, cents: str) -> None:
    assert to_cent(Decimal(exact)) == Decimal(cents)


@pytest.mark.parametrize(("value", "dollars"), [("0.49", "0"), ("0.50", "1"), ("1.50", "2"), ("2.50", "3")])
def test_half_a_dollar_goes_up(value: str, dollars: str) -> None:
    assert to_dollar(Decimal(value)) == Decimal(dollars)


def test_each_heading_is_rounded_by_itself_and_then_summed() -> None:
    # 20 percent and 10 percent of 0.04: 0.008 and 0.004, each rounded: 0.01 and 0.00, not 0.012.
    found = duty_on(entered_at="2025-06-01", value="0.04")
    assert headings(found) == {"9903.01.24": Decimal("0.01"), "9903.01.25": Decimal("0.00")}
    assert found.total_duty == Decimal("0.01")


def test_whole_dollars_round_the_value_first() -> None:
    given = {"value": "10000.50", "entered_at": "2026-08-01"}
    plain, whole = answers(given)[0].assessment, answers(given, whole_dollars=True)[0].assessment
    assert plain is not None and whole is not None
    assert (plain.value, plain.total_duty) == (Decimal("10000.50"), Decimal("1250.06"))
    assert (whole.value, whole.total_duty) == (Decimal("10001"), Decimal("1250.13"))
    assert "value_has_cents" in [warning.code for warning in plain.warnings]
    assert "value_has_cents" not in [warning.code for warning in whole.warnings]


# Foreign trade zones (19 CFR 146.41: privileged foreign status fixes the law at admission)

ZONE = {"entered_at": "2026-08-01", "ftz_status": "PF"}


def test_privileged_foreign_status_fixes_the_law_at_admission() -> None:
    # Admitted on 1 March 2026 under Section 122 (Proclamation 11012: 10 percent); at entry it would be 12.5 percent.
    assert headings(duty_on(**ZONE, admitted_at="2026-03-01")) == {"9903.03.01": 1000}
    assert headings(duty_on(**{**ZONE, "ftz_status": "pf"}, admitted_at="2026-03-01")) == {"9903.03.01": 1000}


def test_nonprivileged_foreign_status_does_not() -> None:
    for status in ("NPF", "D"):
        found = duty_on(**{**ZONE, "ftz_status": status}, admitted_at="2026-03-01")
        assert headings(found) == {"9903.05.31": 1250}


def test_admission_on_the_day_of_entry() -> None:
    morning = duty_on(entered_at="2026-07-24T00:00:30-04:00", ftz_status="PF", admitted_at="2026-07-24")
    assert headings(morning) == {"9903.03.01": 1000}  # it was admitted before it was entered


def test_what_customs_stopped_collecting_is_not_collected_whenever_the_law_was_fixed() -> None:
    # CSMS 67834313: collection of the IEEPA duties ended on 24 February 2026, for withdrawals from zones as well.
    line = line_of(**ZONE, admitted_at="2025-06-01")
    assert line.fixed_at_admission
    assert not {"9903.01.24", "9903.01.25"} & set(headings(duty_on(**ZONE, admitted_at="2025-06-01")))


def test_a_program_that_yields_its_whole_value_stays_silent_at_value_zero() -> None:
    # A truck part of value 0: what yields takes no portion below zero, and no duty is negative.
    found = duty_on(known_on="2025-05-28", hts="8708.29.5160", entered_at="2025-05-14", value="0")
    assert all(layer.basis_value == 0 and layer.amount == 0 for layer in found.layers)
    assert found.total_duty == 0


# Chapter 98


def test_each_program_sees_what_chapter_98_leaves_of_the_value() -> None:
    # 9802.00.80: the value less the US components; 9802.00.50: the value of the repair; 9801.00.10: nothing.
    def of(ch98: str, **given: str) -> tuple[Decimal, dict[str, Decimal]]:
        found = duty_on(entered_at="2026-08-01", hts="8507.60.0090", ch98=ch98, **given)
        return found.base.amount, headings(found)

    assert of("9802.00.80", ch98_value="2000") == (272, {"9903.91.06": 2000, "9903.05.31": 1000})
    assert of("9802.00.50", ch98_value="2000") == (68, {"9903.91.06": 500, "9903.05.31": 250})
    assert of("9801.00.10") == (0, {})
