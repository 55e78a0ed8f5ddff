"""Fees of parcels after section 321, civil aircraft articles repaired abroad, the order of section 301, and the reported cuts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tests.conftest import duty_on, headings
from tests.law.cases import Case, law

from tidewaiter import Regime

PARCEL = {"value": "500", "transport": "air"}


@pytest.mark.parametrize(
    ("entered", "facts", "fees"),
    [
        # 19 USC 58c(b)(8)(B)(i) and 19 CFR 10.151: no fee while section 321 frees the shipment.
        ("2025-02-03", {"claims": "de-minimis"}, {}),
        ("2025-02-08", {"claims": "de-minimis"}, {}),  # EO 14200; CSMS 64082249
        ("2025-05-01", {"entry_type": "86"}, {}),  # EO 14256: until 2 May 2025
        ("2025-08-28", {"claims": "de-minimis", "origin": "MO"}, {}),  # EO 14256 names China and Hong Kong
        # 19 CFR 24.23(b)(1): entered like other merchandise once it does not.
        ("2025-02-05", {"claims": "de-minimis"}, {"MPF": "32.71"}),  # EO 14195 sec. 2(g)
        ("2025-05-02", {"claims": "de-minimis"}, {"MPF": "32.71"}),  # EO 14256
        ("2025-05-02", {"entry_type": "86", "origin": "HK"}, {"MPF": "32.71"}),  # EO 14256
        ("2025-08-29", {"claims": "de-minimis", "origin": "MO"}, {"MPF": "32.71"}),  # EO 14324
        ("2026-08-10", {"claims": "de-minimis"}, {"MPF": "33.58"}),  # 91 FR 37789
        # Covered by 50 USC 1702(b): never taken out (EO 14195 sec. 2(i); EO 14324 sec. 2(a)).
        ("2025-10-01", {"claims": ["de-minimis", "donation"]}, {}),
        # The informal entry of mail (91 FR 37801) does not owe the fee of a formal one.
        ("2026-08-10", {"transport": "mail"}, {}),
        ("2026-08-10", {"transport": "mail", "entry_type": "13"}, {"MPF": "2.69"}),
        ("2026-08-10", {"transport": "mail", "entry_type": "01"}, {"MPF": "33.58"}),
    ],
)
def test_a_parcel_owes_the_fee_once_it_must_be_entered(
    entered: str, facts: dict[str, Any], fees: dict[str, str]
) -> None:
    found = duty_on(entered_at=entered, **{**PARCEL, **facts})
    assert {fee.code: str(fee.amount) for fee in found.fees} == fees


REPAIRED = {"ch98": "9802.00.50", "ch98_value": "2000"}
FOR_AIRCRAFT = {**REPAIRED, "claims": "civil-aircraft"}


@law(
    Case(
        "8537.10.9170",
        "2026-03-10",
        {"9903.03.01": 200, "9903.03.05": None},
        "note 2(aa)(i): value of the repair",
        REPAIRED,
    ),
    Case(
        "8537.10.9170", "2026-03-10", {"9903.03.05": 0, "9903.03.01": None}, "note 2(aa)(iv): 9802.00.50", FOR_AIRCRAFT
    ),
    Case(
        "8537.10.9170",
        "2026-10-01",
        {"9903.05.88": 0, "9903.05.31": None, "9903.88.03": 500},
        "note 52(d): 9802.00.50; note 20(e): on the value of the repair",
        FOR_AIRCRAFT,
    ),
    Case("8537.10.9170", "2026-10-01", {"9903.05.31": 250}, "note 52(a): value of the repair", REPAIRED),
    # The notes name the chapter 98 numbers, not every article for aircraft.
    Case("8537.10.9170", "2026-03-10", {"9903.03.01": 1000}, "note 2(aa)(iv)", {"claims": "civil-aircraft"}),
)
def test_civil_aircraft_articles_repaired_abroad(case: Case) -> None:
    case.check()


def test_the_china_actions_are_reported_before_forced_labor() -> None:
    """Reporting order within section 301: the actions on China (notes 20 and 31) before note 52."""
    found = duty_on(hts="8716.39.0090", entered_at="2026-11-22", scope="intermodal-chassis")
    section_301 = [
        layer.heading for layer in found.layers if layer.heading.startswith(("9903.88", "9903.91", "9903.05"))
    ]
    assert section_301 == ["9903.88.03", "9903.91.12", "9903.05.90"]


@pytest.mark.parametrize(("entered", "asked"), [("2026-10-09", False), ("2026-11-22", True)])
def test_the_published_tariff_cuts_without_a_first_day_are_an_open_question(entered: str, asked: bool) -> None:
    """Lists of 28 September 2026 as reported: 77 US lines, no text that puts them in force; nothing is computed."""
    found = duty_on(entered_at=entered)
    texts = [caution.message for caution in found.warnings if caution.code == "open_question"]
    assert any("77 US tariff lines" in text for text in texts) is asked
    assert found.total_duty == 1250


def test_four_lines_of_one_shipment_are_no_four_parcels() -> None:
    """19 USC 1321(a)(2)(C): the value of what one person imports on one day, at most 800 dollars."""
    line = {"hts": "9503.00.0073", "origin": "CN", "value": "450", "entered_at": "2025-03-20", "claims": ["de-minimis"]}
    regime = Regime.load(known_on="2026-11-22")
    alone = regime.assess(line).total_duty
    several = regime.assess_all([{**line, "entry_id": "E1"}] * 4)
    assert alone == 0
    assert [one.assessment.total_duty for one in several if one.assessment] == [90] * 4


# Wine at 6.3 cents a liter (2204.21.50, HTS 2025 rev 2).
WINE = {"hts": "2204.21.5040", "origin": "FR", "value": "500", "entered_at": "2025-03-01"}


@pytest.mark.parametrize("free", [{"claims": ["de-minimis"]}, {"ch98": "9801.00.10"}])
@pytest.mark.parametrize("quantity", [{}, {"quantity": "100", "unit": "liters"}])
def test_what_is_free_of_duty_pays_none_by_quantity_either(free: dict[str, Any], quantity: dict[str, str]) -> None:
    """19 USC 1321(a)(2)(C), 9801.00.10 Free: no duty, and no quantity is asked."""
    found = duty_on(**WINE, **free, **quantity)
    assert (found.total_duty, found.base.basis, found.base.basis_value) == (0, "none", 0)
    assert duty_on(**WINE, quantity="100", unit="liters").total_duty == Decimal("6.30")


def test_two_metals_not_stated_are_charged_once_and_warned() -> None:
    """A refrigerator is listed for steel and for aluminum (notes 16(m), 19(k)): charged once on the full value."""
    found = duty_on(hts="8418.10.0030", entered_at="2026-02-10", value="1000")
    assert headings(found)["9903.81.91"] == 500
    assert "content_charged_once" in {warning.code for warning in found.warnings}
