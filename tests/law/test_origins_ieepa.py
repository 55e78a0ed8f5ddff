"""Emergency duties (IEEPA) on every origin but China: country rates, caps, deals, Canada, Mexico, Brazil and India."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.conftest import TODAY, TOY, amounts_on, duty_on
from tests.law.cases import Case, law

from tidewaiter.assess.errors import LineError

# U.S. note 2(v)(xiii) of April 2025 (now (xviii)) and headings 9903.01.43-.62, .64-.76: one day, 9 April 2025.
APRIL = {
    "AO": ("9903.01.61", 32),
    "BA": ("9903.01.64", 35),
    "BD": ("9903.01.66", 37),
    "BN": ("9903.01.53", 24),
    "BW": ("9903.01.66", 37),
    "CD": ("9903.01.43", 11),
    "CH": ("9903.01.60", 31),
    "CI": ("9903.01.51", 21),
    "CM": ("9903.01.43", 11),
    "DZ": ("9903.01.59", 30),
    "EU": ("9903.01.50", 20),
    "FJ": ("9903.01.61", 32),
    "FK": ("9903.01.70", 41),
    "GQ": ("9903.01.44", 13),
    "GY": ("9903.01.67", 38),
    "ID": ("9903.01.61", 32),
    "IL": ("9903.01.48", 17),
    "IN": ("9903.01.55", 26),
    "IQ": ("9903.01.68", 39),
    "JO": ("9903.01.50", 20),
    "JP": ("9903.01.53", 24),
    "KH": ("9903.01.75", 49),
    "KR": ("9903.01.54", 25),
    "KZ": ("9903.01.56", 27),
    "LA": ("9903.01.74", 48),
    "LI": ("9903.01.66", 37),
    "LK": ("9903.01.71", 44),
    "LS": ("9903.01.76", 50),
    "LY": ("9903.01.60", 31),
    "MD": ("9903.01.60", 31),
    "MG": ("9903.01.73", 47),
    "MK": ("9903.01.62", 33),
    "MM": ("9903.01.71", 44),
    "MU": ("9903.01.69", 40),
    "MW": ("9903.01.48", 17),
    "MY": ("9903.01.53", 24),
    "MZ": ("9903.01.47", 16),
    "NA": ("9903.01.51", 21),
    "NG": ("9903.01.45", 14),
    "NI": ("9903.01.49", 18),
    "NO": ("9903.01.46", 15),
    "NR": ("9903.01.59", 30),
    "PH": ("9903.01.48", 17),
    "PK": ("9903.01.58", 29),
    "RS": ("9903.01.66", 37),
    "SY": ("9903.01.70", 41),
    "TD": ("9903.01.44", 13),
    "TH": ("9903.01.65", 36),
    "TN": ("9903.01.57", 28),
    "TW": ("9903.01.61", 32),
    "VE": ("9903.01.46", 15),
    "VN": ("9903.01.72", 46),
    "VU": ("9903.01.52", 22),
    "ZA": ("9903.01.59", 30),
    "ZM": ("9903.01.48", 17),
    "ZW": ("9903.01.49", 18),
}
# EO 14326 Annex I and headings 9903.02.02-.71: from 7 August 2025.
AUGUST = {
    "AF": ("9903.02.02", 15),
    "AO": ("9903.02.04", 15),
    "BA": ("9903.02.07", 30),
    "BD": ("9903.02.05", 20),
    "BN": ("9903.02.10", 25),
    "BO": ("9903.02.06", 15),
    "BR": ("9903.02.09", 10),
    "BW": ("9903.02.08", 15),
    "CD": ("9903.02.16", 15),
    "CH": ("9903.02.58", 39),
    "CI": ("9903.02.15", 15),
    "CM": ("9903.02.12", 15),
    "CR": ("9903.02.14", 15),
    "DZ": ("9903.02.03", 30),
    "EC": ("9903.02.17", 15),
    "FJ": ("9903.02.22", 15),
    "FK": ("9903.02.21", 10),
    "GB": ("9903.02.66", 10),
    "GH": ("9903.02.23", 15),
    "GQ": ("9903.02.18", 15),
    "GY": ("9903.02.24", 15),
    "ID": ("9903.02.27", 19),
    "IL": ("9903.02.29", 15),
    "IN": ("9903.02.26", 25),
    "IQ": ("9903.02.28", 35),
    "IS": ("9903.02.25", 15),
    "JO": ("9903.02.31", 15),
    "JP": ("9903.02.30", 15),
    "KH": ("9903.02.11", 19),
    "KR": ("9903.02.56", 15),
    "KZ": ("9903.02.32", 25),
    "LA": ("9903.02.33", 40),
    "LI": ("9903.02.36", 15),
    "LK": ("9903.02.57", 20),
    "LS": ("9903.02.34", 15),
    "LY": ("9903.02.35", 30),
    "MD": ("9903.02.41", 25),
    "MG": ("9903.02.37", 15),
    "MK": ("9903.02.49", 15),
    "MM": ("9903.02.43", 40),
    "MU": ("9903.02.40", 15),
    "MW": ("9903.02.38", 15),
    "MY": ("9903.02.39", 19),
    "MZ": ("9903.02.42", 15),
    "NA": ("9903.02.44", 15),
    "NG": ("9903.02.48", 15),
    "NI": ("9903.02.47", 18),
    "NO": ("9903.02.50", 15),
    "NR": ("9903.02.45", 15),
    "NZ": ("9903.02.46", 15),
    "PG": ("9903.02.52", 15),
    "PH": ("9903.02.53", 19),
    "PK": ("9903.02.51", 19),
    "RS": ("9903.02.54", 35),
    "SY": ("9903.02.59", 41),
    "TD": ("9903.02.13", 15),
    "TH": ("9903.02.61", 19),
    "TN": ("9903.02.63", 25),
    "TR": ("9903.02.64", 15),
    "TT": ("9903.02.62", 15),
    "TW": ("9903.02.60", 20),
    "UG": ("9903.02.65", 15),
    "VE": ("9903.02.68", 15),
    "VN": ("9903.02.69", 20),
    "VU": ("9903.02.67", 15),
    "ZA": ("9903.02.55", 30),
    "ZM": ("9903.02.70", 15),
    "ZW": ("9903.02.71", 15),
}
# Where an act replaced the flat rate: the day it took effect, looking back, and the day it was known.
REPLACED = {
    "JP": ("2025-08-07", "2025-09-04"),
    "KR": ("2025-11-14", "2025-12-04"),
    "CH": ("2025-11-14", "2025-12-18"),
    "LI": ("2025-11-14", "2025-12-18"),
}
SHIPPED = {"transport": "vessel"}


def asked(codes: tuple[str, ...], known: str = TODAY, **given: str) -> dict[str, Decimal]:
    """Those of the headings that answer, with what they charge."""
    amounts, _ = amounts_on(known, **given)
    return {code: amounts[code] for code in codes if code in amounts}


@pytest.mark.parametrize("origin", sorted(APRIL))
def test_the_rate_of_9_april_2025(origin: str) -> None:
    heading, rate = APRIL[origin]
    country = "DE" if origin == "EU" else origin
    cite = "U.S. note 2(v)(xiii) of April 2025; suspended by EO 14266 from 10 April"

    def ask(day: str, **more: str) -> dict[str, Decimal]:
        return asked((heading, "9903.01.25"), hts=TOY, origin=country, entered_at=day, **more)

    assert ask("2025-04-08") == {"9903.01.25": 1000}, cite
    assert ask("2025-04-09") == {heading: rate * 100}, cite
    assert ask("2025-04-09", loaded_at="2025-04-08", **SHIPPED) == {"9903.01.25": 1000}, "loaded before 9 April"
    assert ask("2025-04-10") == {"9903.01.25": 1000}, cite
    assert ask("2025-08-05") == {"9903.01.25": 1000}, "EO 14316; EO 14326 sec. 2(e)"
    assert heading not in ask("2025-08-07"), "EO 14326 sec. 2(e): terminated"
    assert heading not in ask("2026-02-20")
    # The pause as it was known then: the 90 days of EO 14266 end on 9 July, the time of EO 14316 on 1 August.
    assert ask("2025-07-08", known="2025-04-09") == {"9903.01.25": 1000}, "EO 14266 sec. 3(d): 90 days from 10 April"
    assert ask("2025-07-09", known="2025-04-09") == {heading: rate * 100}, "EO 14266 sec. 3(d): 90 days from 10 April"
    assert ask("2025-07-09", known="2025-07-07") == {"9903.01.25": 1000}, "EO 14316 sec. 2"
    assert ask("2025-08-01", known="2025-07-07") == {heading: rate * 100}, "EO 14316 sec. 2"


@pytest.mark.parametrize("origin", sorted(AUGUST))
def test_the_rate_of_eo_14326(origin: str) -> None:
    heading, rate = AUGUST[origin]
    known = "2025-08-31"
    cite = f"heading {heading}; EO 14326 Annex I, from 7 August 2025"

    def ask(day: str, on: str = known, **more: str) -> dict[str, Decimal]:
        return asked((heading, "9903.01.25"), on, hts=TOY, origin=origin, entered_at=day, **more)

    assert ask("2025-08-06") == {"9903.01.25": 1000}, cite
    assert ask("2025-08-07") == {heading: rate * 100}, cite
    aboard = {"loaded_at": "2025-08-06", **SHIPPED}
    assert ask("2025-10-04", **aboard) == {"9903.01.25": 1000}, "loaded before 7 August, entered before 5 October"
    assert ask("2025-10-05", **aboard) == {heading: rate * 100}, "entered on 5 October"
    assert ask("2025-09-01", loaded_at="2025-08-06", transport="air") == {heading: rate * 100}, "by vessel only"
    assert ask("2026-02-23") == {heading: rate * 100}, cite
    assert ask("2026-02-24", "2026-11-22") == {}, "CSMS 67834313"
    if origin in REPLACED:
        start, announced = REPLACED[origin]
        assert ask(start, announced) == {}, "replaced, looking back"
    else:
        assert ask("2026-02-23", "2026-11-22") == {heading: rate * 100}, cite


def test_every_heading_of_both_orders_is_asked() -> None:
    assert len(APRIL) == 56 and len({heading for heading, _ in APRIL.values()}) == 33
    assert len(AUGUST) == 68 and len({heading for heading, _ in AUGUST.values()}) == 68


@pytest.mark.parametrize("origin", ["AR", "AU", "CL", "CO", "EG", "SA", "SG", "TL", "UA", "UY", "PE", "MA", "KE"])
def test_origins_not_listed_pay_the_baseline(origin: str) -> None:
    for day in ("2025-04-05", "2025-04-09", "2025-06-01", "2025-08-07", "2026-02-23"):
        found = asked(("9903.01.25",), hts=TOY, origin=origin, entered_at=day)
        assert found == {"9903.01.25": 1000}, f"{day}: EO 14257; EO 14326 sec. 2(d)"
    for day in ("2025-04-04", "2026-02-24"):
        assert asked(("9903.01.25",), hts=TOY, origin=origin, entered_at=day) == {}, day


# (origin, cap heading, zero heading, first day, day known, what answered before it)
CAPS = [
    ("DE", "9903.02.20", "9903.02.19", "2025-08-07", "2025-07-31", "9903.01.25"),
    ("JP", "9903.02.73", "9903.02.72", "2025-08-07", "2025-09-04", "9903.01.25"),
    ("KR", "9903.02.80", "9903.02.79", "2025-11-14", "2025-12-04", "9903.02.56"),
    ("CH", "9903.02.83", "9903.02.82", "2025-11-14", "2025-12-18", "9903.02.58"),
    ("LI", "9903.02.88", "9903.02.87", "2025-11-14", "2025-12-18", "9903.02.36"),
]
DAY_BEFORE = {"2025-08-07": "2025-08-06", "2025-11-14": "2025-11-13"}


@pytest.mark.parametrize(("origin", "cap", "zero", "start", "known", "before"), CAPS)
def test_all_in_rates(origin: str, cap: str, zero: str, start: str, known: str, before: str) -> None:
    def ask(hts: str, day: str, on: str = "2026-11-22", **more: str) -> dict[str, Decimal]:
        return asked((cap, zero, before), on, hts=hts, origin=origin, entered_at=day, **more)

    cite = "U.S. note 2(v)(xix), (xxiv)-(xxv); EO 14326 sec. 2(c); EO 14345 sec. 2"
    assert ask(TOY, start, known) == {cap: 1500}, f"free of base duty: 15% ({cite})"
    assert ask("3924.10.4000", start) == {cap: 1160}, f"base 3.4%: 11.6% more ({cite})"
    assert ask("6109.10.0004", start) == {zero: 0}, f"base 16.5%: nothing more ({cite})"
    assert set(ask(TOY, DAY_BEFORE[start])) == {before}, cite
    assert ask(TOY, "2026-02-23") == {cap: 1500} and ask(TOY, "2026-02-24") == {}, "CSMS 67834313"


WINE = "2204.21.8060"
"""16.9 cents a liter."""


@law(
    *(
        Case(
            WINE,
            day,
            {cap: added, zero: None if added else 0},
            cite,
            {"origin": origin, "quantity": liters, "unit": "liter"},
        )
        for origin, cap, zero, day, cite in (
            ("FR", "9903.02.20", "9903.02.19", "2025-09-10", "EO 14326 sec. 2(c)"),
            ("JP", "9903.02.73", "9903.02.72", "2025-09-10", "EO 14345 sec. 2(a)"),
            ("KR", "9903.02.80", "9903.02.79", "2025-12-10", "U.S. note 2(v)(xix)"),
            ("CH", "9903.02.83", "9903.02.82", "2025-12-10", "U.S. note 2(v)(xix)"),
            ("LI", "9903.02.88", "9903.02.87", "2025-12-10", "U.S. note 2(v)(xix)"),
        )
        for liters, added in (("2000", 1162), ("8000", 148))
    ),
    *(
        Case(
            WINE,
            day,
            {cap: None, zero: 0},
            "15% or more by what it comes to",
            {"origin": origin, "quantity": "9000", "unit": "liter"},
        )
        for origin, cap, zero, day in (
            ("FR", "9903.02.20", "9903.02.19", "2025-09-10"),
            ("JP", "9903.02.73", "9903.02.72", "2025-09-10"),
            ("CH", "9903.02.83", "9903.02.82", "2025-12-10"),
        )
    ),
    Case(
        WINE,
        "2025-09-10",
        {"9903.02.55": 3000},
        "a flat rate does not look at the base",
        {"origin": "ZA", "quantity": "9000", "unit": "liter"},
    ),
)
def test_specific_duties_count_by_what_they_come_to(case: Case) -> None:
    case.check()


@law(
    Case(
        TOY,
        "2025-09-10",
        {"9903.02.30": 1500, "9903.02.73": None},
        "before EO 14345 was known",
        {"origin": "JP"},
        known="2025-09-03",
    ),
    Case(
        "6109.10.0004",
        "2025-09-01",
        {"9903.02.30": 1500},
        "before EO 14345 was known",
        {"origin": "JP"},
        known="2025-09-03",
    ),
    Case(
        "6109.10.0004",
        "2025-09-01",
        {"9903.02.30": None, "9903.02.72": 0},
        "EO 14345 sec. 2(d): retroactive",
        {"origin": "JP"},
    ),
    Case(TOY, "2025-11-20", {"9903.02.58": 3900}, "before 90 FR 59281", {"origin": "CH"}, known="2025-12-17"),
    Case(
        TOY,
        "2025-11-20",
        {"9903.02.58": None, "9903.02.83": 1500},
        "90 FR 59281, back to 14 November",
        {"origin": "CH"},
    ),
    Case(TOY, "2025-11-13", {"9903.02.58": 3900}, "90 FR 59281", {"origin": "CH"}),
    Case(TOY, "2025-11-20", {"9903.02.56": 1500}, "before 90 FR 55964", {"origin": "KR"}, known="2025-12-03"),
    Case(
        TOY,
        "2025-09-10",
        {"9903.01.25": 1000, "9903.02.20": None},
        "heading 9903.02.20: in transit",
        {"origin": "IT", "loaded_at": "2025-08-01", **SHIPPED},
    ),
    Case(
        TOY,
        "2025-10-05",
        {"9903.02.20": 1500},
        "heading 9903.02.20: in transit until 5 October",
        {"origin": "IT", "loaded_at": "2025-08-01", **SHIPPED},
    ),
    Case(
        TOY,
        "2025-09-10",
        {"9903.01.25": 1000},
        "heading 9903.02.73: in transit",
        {"origin": "JP", "loaded_at": "2025-08-01", **SHIPPED},
    ),
    Case(
        TOY,
        "2025-04-09",
        {"9903.01.28": 0, "9903.01.60": None},
        "heading 9903.01.28",
        {"origin": "CH", "loaded_at": "2025-04-01", **SHIPPED},
    ),
)
def test_retroactive_rates_and_goods_in_transit(case: Case) -> None:
    case.check()


WATCH = {
    "origin": "CH",
    "quantity": "10",
    "unit": "No.",
    "facts": {"value of the case": "300", "value of the strap, band or bracelet": "200", "value of the battery": "10"},
}
"""40 cents each + 8.5% on the case + 2.8% on the strap + 5.3% on the battery: 4 + 25.50 + 5.60 + 0.53 dollars on 1,000."""


@law(
    Case("9102.11.4510", "2025-11-13", {"9903.02.58": 390}, "39% on top", WATCH, value="1000", total="425.63"),
    Case("9102.11.4510", "2025-11-14", {"9903.02.83": "114.37"}, "U.S. note 2(v)(xix)", WATCH, value="1000", total=150),
    Case("9102.11.4510", "2026-02-23", {"9903.02.83": "114.37"}, "U.S. note 2(v)(xix)", WATCH, value="1000", total=150),
    Case("9102.11.4510", "2026-03-01", {"9903.03.01": 100}, "U.S. note 2(aa)(i)", WATCH, value="1000", total="135.63"),
    Case("9102.11.4510", "2026-08-01", {"9903.05.74": "89.37"}, "U.S. note 52(k)", WATCH, value="1000", total=125),
)
def test_a_swiss_watch(case: Case) -> None:
    case.check()


# Plastic pipes, 3.1%, Free as civil aircraft articles (C); rifle scopes, 14.9%, 7.45% under JP; ice cream, 20%, 10% under JP.
PIPE, SCOPE, ICE_CREAM = "3917.21.0000", "9013.10.1000", "2105.00.0500"
IN_ALL = "the headings print 15% in the special subcolumn too; CSMS 67045953"


@law(
    *(
        Case(PIPE, day, {cap: added}, IN_ALL, {"origin": origin, **spi}, total=1500)
        for origin, cap, day in (
            ("FR", "9903.02.20", "2025-08-20"),
            ("JP", "9903.02.73", "2025-08-20"),
            ("CH", "9903.02.83", "2025-11-20"),
            ("LI", "9903.02.88", "2025-11-20"),
            ("KR", "9903.02.80", "2025-11-20"),
        )
        for spi, added in (({}, 1190), ({"spi": "C"}, 1500))
    ),
    Case(SCOPE, "2025-08-20", {"9903.02.73": 10}, "column 1 general 14.9%", {"origin": "JP"}, total=1500),
    Case(SCOPE, "2025-08-20", {"9903.02.73": 755}, IN_ALL, {"origin": "JP", "spi": "JP"}, total=1500),
    # At 15% or more under column 1 general: the duty provided in the applicable subheading, the special one where claimed.
    Case(ICE_CREAM, "2025-08-20", {"9903.02.72": 0}, "heading 9903.02.72", {"origin": "JP"}, total=2000),
    Case(ICE_CREAM, "2025-08-20", {"9903.02.72": 0}, "note 2(v)(xix)", {"origin": "JP", "spi": "JP"}, total=1000),
)
def test_a_preference_does_not_lower_an_all_in_rate(case: Case) -> None:
    case.check()


@pytest.mark.parametrize("day", ["2025-09-10", "2026-08-01"])
def test_a_cap_asks_for_the_quantity_of_a_specific_duty(day: str) -> None:
    """Honey, 1.9 cents a kilogram: without the quantity nobody knows what the 15 (12.5) percent lack."""
    with pytest.raises(LineError) as refused:
        amounts_on(hts="0409.00.0065", origin="JP", entered_at=day)
    assert refused.value.code == "missing_quantity"


@pytest.mark.parametrize("origin", ["US", "PR", "GU", "VI", "AS", "MP"])
def test_the_united_states_and_its_possessions_are_no_country(origin: str) -> None:
    """CBP, IEEPA FAQ as updated on 8 May 2025: goods of the insular possessions owe it unless they are their products."""
    for day in ("2025-04-05", "2025-09-10", "2026-02-23"):
        assert asked(("9903.01.25",), hts=TOY, origin=origin, entered_at=day) == {}


@law(
    Case("4503.10.6000", "2025-08-31", {"9903.02.74": None}, "FR Doc. 2025-18660", {"origin": "PT"}),
    Case("4503.10.6000", "2025-09-01", {"9903.02.74": 0, "9903.02.20": None}, "U.S. note 2(v)(xx)", {"origin": "PT"}),
    Case(
        "4503.10.6000",
        "2025-09-01",
        {"9903.02.74": None, "9903.02.20": 1500},
        "not yet announced",
        {"origin": "PT"},
        known="2025-09-24",
    ),
    Case(
        "4503.10.6000", "2025-12-01", {"9903.02.74": None, "9903.02.84": 0}, "U.S. note 2(v)(xxv)(b)", {"origin": "CH"}
    ),
    Case("4503.10.6000", "2025-12-01", {"9903.02.89": 0}, "U.S. note 2(v)(xxv)(b)", {"origin": "LI"}),
    Case("4503.10.6000", "2025-11-13", {"9903.02.84": None, "9903.02.58": 3900}, "90 FR 59281", {"origin": "CH"}),
    Case(
        "4503.10.6000",
        "2025-12-01",
        {"9903.02.73": 1500},
        "cork is listed for the Union, Switzerland and Liechtenstein",
        {"origin": "JP"},
    ),
    *(
        Case(
            "8411.91.9085",
            day,
            {code: None if early else 0},
            cite,
            {"origin": origin, "claims": "civil-aircraft"},
        )
        for origin, code, first, last, cite in (
            ("GB", "9903.96.01", "2025-06-30", "2025-06-29", "90 FR 27851; U.S. note 35(a)"),
            ("JP", "9903.96.02", "2025-09-16", "2025-09-15", "90 FR 44638; U.S. note 35(b)"),
            ("FR", "9903.02.76", "2025-09-01", "2025-08-31", "FR Doc. 2025-18660; U.S. note 2(v)(xxii)"),
            ("KR", "9903.02.81", "2025-11-14", "2025-11-13", "90 FR 55964; U.S. note 2(v)(xxiv)(b)"),
            ("CH", "9903.02.85", "2025-11-14", "2025-11-13", "90 FR 59281; U.S. note 2(v)(xxv)(c)"),
            ("LI", "9903.02.90", "2025-11-14", "2025-11-13", "90 FR 59281; U.S. note 2(v)(xxv)(c)"),
            ("BR", "9903.01.82", "2025-08-06", "2025-08-05", "EO 14323; U.S. note 2(x)(iv)"),
        )
        for day, early in ((last, True), (first, False))
    ),
    Case("8411.91.9085", "2025-10-01", {"9903.96.01": None, "9903.02.66": 1000}, "no claim", {"origin": "GB"}),
    Case(
        "8411.91.9085",
        "2025-07-01",
        {"9903.96.01": 0, "9903.01.25": None},
        "U.S. note 35(a)",
        {"origin": "GB", "claims": "9903.96.01"},
    ),
    Case(
        "2936.27.0000",
        "2025-10-01",
        {"9903.02.77": None, "9903.01.32": 0},
        "Annex II comes first",
        {"origin": "IE", "claims": "non-patented-pharmaceutical-use"},
    ),
    Case(
        "3802.10.0050",
        "2025-10-01",
        {"9903.02.77": 0, "9903.02.20": None},
        "U.S. note 2(v)(xxiii)",
        {"origin": "IE", "claims": "non-patented-pharmaceutical-use"},
    ),
    Case(
        "3802.10.0050",
        "2025-10-01",
        {"9903.02.77": None, "9903.02.20": 1020},
        "U.S. note 2(v)(xxiii): by claim",
        {"origin": "IE"},
    ),
    Case(
        "3802.10.0050",
        "2025-12-01",
        {"9903.02.86": 0},
        "U.S. note 2(v)(xxv)(d)",
        {"origin": "CH", "claims": "non-patented-pharmaceutical-use"},
    ),
    Case(
        "3802.10.0050",
        "2025-12-01",
        {"9903.02.91": 0},
        "U.S. note 2(v)(xxv)(d)",
        {"origin": "LI", "claims": "non-patented-pharmaceutical-use"},
    ),
    Case("0901.11.0025", "2025-11-12", {"9903.01.32": None}, "EO 14360", {"origin": "VN"}),
    Case("0901.11.0025", "2025-11-13", {"9903.01.32": 0, "9903.02.69": None}, "EO 14360", {"origin": "VN"}),
    Case(
        "2008.99.2140",
        "2025-12-01",
        {"9903.02.78": 0, "9903.01.25": None},
        "U.S. note 2(v)(iii)(b)",
        {"origin": "EC", "scope": "acai"},
    ),
    Case(TOY, "2025-08-06", {"9903.02.01": None}, "EO 14326 sec. 3", {"origin": "VN", "claims": "transshipped"}),
    Case(
        TOY,
        "2025-08-07",
        {"9903.02.01": 4000, "9903.02.69": None},
        "EO 14326 sec. 3",
        {"origin": "VN", "claims": "transshipped"},
    ),
    Case(
        TOY,
        "2025-12-01",
        {"9903.02.01": 4000, "9903.02.20": None},
        "EO 14326 sec. 3",
        {"origin": "DE", "claims": "transshipped"},
    ),
    Case(
        TOY,
        "2025-12-01",
        {"9903.02.69": 1500, "9903.01.34": 0},
        "U.S. note 2(v)(xvii)",
        {"origin": "VN", "us_content_value": "2500"},
    ),
    Case(
        TOY,
        "2025-12-01",
        {"9903.02.69": 2000, "9903.01.34": None},
        "U.S. note 2(v)(xvii): at least 20%",
        {"origin": "VN", "us_content_value": "1900"},
    ),
    Case(TOY, "2025-06-01", {"9903.01.29": 0, "9903.01.25": None}, "heading 9903.01.29", {"origin": "RU"}),
    Case(TOY, "2025-06-01", {"9903.01.29": 0, "9903.01.25": None}, "heading 9903.01.29", {"origin": "BY"}),
)
def test_what_the_agreements_and_the_note_free(case: Case) -> None:
    case.check()


USMCA = {"spi": "S"}


@law(
    Case(TOY, "2025-03-03", {"9903.01.10": None}, "EO 14197: paused until 4 March 2025", {"origin": "CA"}, total=0),
    Case(
        TOY,
        "2025-02-10",
        {"9903.01.10": 2500},
        "EO 14193 as it stood before the pause",
        {"origin": "CA"},
        known="2025-02-02",
    ),
    Case(
        TOY,
        "2025-02-10",
        {"9903.01.01": 2500},
        "EO 14194 as it stood before the pause",
        {"origin": "MX"},
        known="2025-02-02",
    ),
    Case(TOY, "2025-03-04", {"9903.01.10": 2500}, "EO 14193; EO 14197", {"origin": "CA"}, total=2500),
    Case(
        TOY, "2025-03-06", {"9903.01.10": 2500, "9903.01.14": None}, "EO 14231: from 7 March", {"origin": "CA", **USMCA}
    ),
    Case(
        TOY,
        "2025-03-07",
        {"9903.01.10": None, "9903.01.14": 0},
        "EO 14231 sec. 2(a)",
        {"origin": "CA", **USMCA},
        total=0,
    ),
    Case(
        TOY,
        "2025-07-31",
        {"9903.01.10": 2500, "9903.01.26": 0},
        "U.S. notes 2(j), 2(v)(iv)",
        {"origin": "CA"},
        total=2500,
    ),
    Case(TOY, "2025-08-01", {"9903.01.10": 3500}, "EO 14325 sec. 2", {"origin": "CA"}, total=3500),
    Case(TOY, "2025-08-01", {"9903.01.10": 2500}, "before EO 14325 was known", {"origin": "CA"}, known="2025-07-30"),
    Case(TOY, "2026-02-23", {"9903.01.10": 3500}, "U.S. note 2(j)", {"origin": "CA"}),
    Case(TOY, "2026-02-24", {"9903.01.10": None}, "CSMS 67834313", {"origin": "CA"}),
    Case(
        TOY,
        "2025-07-31",
        {"9903.01.16": None},
        "EO 14325 sec. 3: from 1 August",
        {"origin": "CA", "claims": "transshipped"},
    ),
    Case(
        TOY,
        "2025-08-01",
        {"9903.01.16": 4000, "9903.01.10": None},
        "U.S. note 2(m)",
        {"origin": "CA", "claims": "transshipped"},
    ),
    Case(
        "2711.11.0000",
        "2025-03-04",
        {"9903.01.13": 1000, "9903.01.10": None},
        "heading 9903.01.13",
        {"origin": "CA"},
    ),
    Case(
        "2711.11.0000",
        "2025-09-01",
        {"9903.01.13": 1000},
        "EO 14325 sec. 2(c): energy stays at 10%",
        {"origin": "CA"},
    ),
    Case(
        "2711.11.0000",
        "2025-03-07",
        {"9903.01.13": None, "9903.01.14": 0},
        "EO 14231: USMCA",
        {"origin": "CA", **USMCA},
    ),
    Case("8110.10.0000", "2025-04-01", {"9903.01.10": 2500}, "described: critical minerals", {"origin": "CA"}),
    Case(
        "8110.10.0000",
        "2025-04-01",
        {"9903.01.13": 1000},
        "30 USC 1606(a)(3): antimony",
        {"origin": "CA", "scope": "canadian-energy-or-critical-mineral"},
    ),
    Case("3104.20.0050", "2025-03-06", {"9903.01.10": 2500}, "potash before 7 March", {"origin": "CA"}),
    Case(
        "3104.20.0050",
        "2025-03-07",
        {"9903.01.15": 1000, "9903.01.10": None},
        "EO 14231 sec. 2(b); U.S. note 2(l)",
        {"origin": "CA"},
    ),
    Case("3104.20.0050", "2025-09-01", {"9903.01.15": 1000}, "EO 14325 sec. 2(c)", {"origin": "CA"}),
    Case(
        "3104.20.0050",
        "2025-03-07",
        {"9903.01.05": 1000, "9903.01.01": None},
        "EO 14232; U.S. note 2(c)",
        {"origin": "MX"},
    ),
    Case(TOY, "2025-03-03", {"9903.01.01": None}, "EO 14198: paused until 4 March 2025", {"origin": "MX"}, total=0),
    Case(TOY, "2025-03-04", {"9903.01.01": 2500}, "EO 14194; EO 14198", {"origin": "MX"}, total=2500),
    Case(TOY, "2025-03-06", {"9903.01.01": 2500}, "EO 14232: from 7 March", {"origin": "MX", **USMCA}),
    Case(
        TOY,
        "2025-03-07",
        {"9903.01.04": 0, "9903.01.01": None},
        "EO 14232 sec. 2(a)",
        {"origin": "MX", **USMCA},
        total=0,
    ),
    Case(
        TOY,
        "2025-09-01",
        {"9903.01.01": 2500, "9903.01.27": 0},
        "U.S. notes 2(a), 2(v)(v)",
        {"origin": "MX"},
        total=2500,
    ),
    Case(TOY, "2026-02-23", {"9903.01.01": 2500}, "U.S. note 2(a)", {"origin": "MX"}),
    Case(TOY, "2026-02-24", {"9903.01.01": None}, "CSMS 67834313", {"origin": "MX"}),
    Case(
        TOY,
        "2025-06-01",
        {"9903.01.11": 0, "9903.01.10": None},
        "U.S. note 2(k)",
        {"origin": "CA", "claims": "donation"},
        total=0,
    ),
    Case(
        TOY,
        "2025-06-01",
        {"9903.01.02": 0, "9903.01.01": None},
        "U.S. note 2(b)",
        {"origin": "MX", "claims": "donation"},
        total=0,
    ),
)
def test_canada_and_mexico(case: Case) -> None:
    case.check()


STEEL = "7208.10.1500"
CAR = "8703.23.0190"
PART = "8708.29.5160"
DERIVATIVE = "8431.20.0000"
"""Parts of lift trucks, free of base duty: a derivative of steel outside chapter 73 since 18 August 2025 (90 FR 40326)."""
WIRE = "7408.11.6000"
"""Copper wire, 3%."""


@law(
    Case(STEEL, "2025-04-01", {"9903.01.10": 2500, "9903.81.87": None}, "EO 14289 sec. 3(a)(ii)", {"origin": "CA"}),
    Case(
        STEEL,
        "2025-04-01",
        {"9903.01.10": 2500, "9903.81.87": 2500},
        "before EO 14289 both were due",
        {"origin": "CA"},
        known="2025-04-28",
    ),
    Case(
        STEEL,
        "2025-04-01",
        {"9903.01.14": 0, "9903.81.87": 2500},
        "USMCA goods pay the metals duty",
        {"origin": "CA", **USMCA},
    ),
    Case(STEEL, "2025-06-03", {"9903.01.01": 2500, "9903.81.87": None}, "EO 14289 sec. 3(a)(ii)", {"origin": "MX"}),
    Case(STEEL, "2025-06-04", {"9903.01.01": None, "9903.81.87": 5000}, "Proc 10947 clause 5", {"origin": "MX"}),
    Case(STEEL, "2025-06-04", {"9903.01.10": None, "9903.81.87": 5000}, "Proc 10947 clause 5", {"origin": "CA"}),
    Case(CAR, "2025-04-02", {"9903.01.10": 2500}, "before Proc 10908", {"origin": "CA"}),
    Case(CAR, "2025-04-03", {"9903.01.10": None, "9903.94.01": 2500}, "EO 14289 sec. 3(a)(i)", {"origin": "CA"}),
    Case(CAR, "2025-04-03", {"9903.01.01": None, "9903.94.01": 2500}, "EO 14289 sec. 3(a)(i)", {"origin": "MX"}),
    Case(CAR, "2025-09-01", {"9903.01.10": None, "9903.94.01": 2500}, "U.S. note 33(a)(2)", {"origin": "CA"}),
    Case(
        STEEL,
        "2025-09-01",
        {"9903.01.77": None, "9903.01.83": 0, "9903.81.87": 5000},
        "U.S. note 2(x)(v)",
        {"origin": "BR"},
    ),
    Case(
        STEEL,
        "2025-09-01",
        {"9903.01.84": None, "9903.01.87": 0, "9903.81.87": 5000},
        "U.S. note 2(z)(iii)",
        {"origin": "IN"},
    ),
    Case(CAR, "2025-09-01", {"9903.01.84": None, "9903.01.87": 0}, "U.S. note 2(z)(vii)", {"origin": "IN"}),
    Case(CAR, "2025-09-01", {"9903.01.77": None, "9903.01.83": 0}, "U.S. note 2(x)(ix)", {"origin": "BR"}),
    # CBP, IEEPA FAQ as updated on 21 August 2025 (unstacking): content subject to section 232 on metals is not subject to the
    # duties on Brazil and India; the rest of a derivative is. Vehicles and their parts are spared as products.
    Case(
        DERIVATIVE,
        "2025-09-01",
        {"9903.01.77": 2800, "9903.01.83": 0, "9903.81.91": 1500, "9903.02.09": 700},
        "CBP IEEPA FAQ; U.S. note 2(x)(vi)",
        {"origin": "BR", "steel_value": "3000"},
        total=5000,
    ),
    Case(
        DERIVATIVE,
        "2025-09-01",
        {"9903.01.84": 1750, "9903.01.87": 0, "9903.81.91": 1500, "9903.02.26": 1750},
        "CBP IEEPA FAQ; U.S. note 2(z)(iv)",
        {"origin": "IN", "steel_value": "3000"},
        total=5000,
    ),
    Case(
        WIRE,
        "2025-09-01",
        {"9903.01.77": 800, "9903.78.01": 4000, "9903.02.09": 200},
        "CBP IEEPA FAQ; U.S. note 2(x)(xi)",
        {"origin": "BR", "copper_value": "8000"},
    ),
    Case(
        WIRE,
        "2025-09-01",
        {"9903.01.84": 500, "9903.78.01": 4000, "9903.02.26": 500},
        "CBP IEEPA FAQ; U.S. note 2(z)(ix)",
        {"origin": "IN", "copper_value": "8000"},
    ),
    # Nothing there frees copper content from the duties on Canada and Mexico; steel content it does.
    Case(
        WIRE,
        "2025-09-01",
        {"9903.01.10": 3500, "9903.78.01": 4000},
        "CBP IEEPA FAQ; Proclamation 10962 clauses 1, 4",
        {"origin": "CA", "copper_value": "8000"},
    ),
    Case(
        DERIVATIVE,
        "2025-09-01",
        {"9903.01.10": 2450, "9903.81.91": 1500},
        "CBP IEEPA FAQ; Proclamation 10947 clause 6",
        {"origin": "CA", "steel_value": "3000"},
    ),
    *(
        Case(
            "8431.42.0000",
            "2025-04-01",
            expected,
            cite,
            {"origin": "MX", "steel_value": "3000", **spi},
            known=known,
        )
        for expected, cite, spi, known in (
            ({"9903.01.01": 2500, "9903.81.91": None}, "EO 14289 sec. 3(a)(ii)", {}, TODAY),
            ({"9903.01.01": 2500, "9903.81.91": 750}, "before EO 14289 both were due", {}, "2025-04-28"),
            ({"9903.01.04": 0, "9903.81.91": 750}, "USMCA goods pay the metals duty", {"spi": "S"}, TODAY),
        )
    ),
    Case(PART, "2025-05-02", {"9903.01.10": 2500, "9903.94.05": None}, "parts from 3 May 2025", {"origin": "CA"}),
    Case(
        PART, "2025-05-03", {"9903.01.10": None, "9903.94.05": 2500}, "U.S. note 33(f)(2)", {"origin": "CA"}, total=2750
    ),
    Case(
        PART, "2026-03-01", {"9903.03.06": 0, "9903.94.05": 2500}, "U.S. note 2(aa)(v)(3)", {"origin": "CA"}, total=2750
    ),
    Case(PART, "2026-08-01", {"9903.05.90": 0, "9903.94.05": 2500}, "U.S. note 52(f)", {"origin": "CA"}, total=2750),
)
def test_section_232_against_canada_mexico_brazil_and_india(case: Case) -> None:
    case.check()


@law(
    Case(TOY, "2025-08-05", {"9903.01.77": None, "9903.01.25": 1000}, "EO 14323", {"origin": "BR"}, total=1000),
    Case(
        TOY,
        "2025-08-06",
        {"9903.01.77": 4000, "9903.01.25": 1000},
        "EO 14323, 90 FR 37739",
        {"origin": "BR"},
        total=5000,
    ),
    Case(
        TOY, "2025-08-07", {"9903.01.77": 4000, "9903.02.09": 1000}, "EO 14323; EO 14326", {"origin": "BR"}, total=5000
    ),
    Case(
        TOY,
        "2025-10-04",
        {"9903.01.78": 0, "9903.01.77": None},
        "heading 9903.01.78",
        {"origin": "BR", "loaded_at": "2025-08-05", **SHIPPED},
    ),
    Case(
        TOY,
        "2025-10-05",
        {"9903.01.77": 4000},
        "heading 9903.01.78",
        {"origin": "BR", "loaded_at": "2025-08-05", **SHIPPED},
    ),
    Case(
        "0801.21.0000",
        "2025-08-06",
        {"9903.01.81": 0, "9903.01.77": None},
        "U.S. note 2(x)(iii)(a): Brazil nuts",
        {"origin": "BR"},
    ),
    Case("0901.11.0025", "2025-11-12", {"9903.01.77": 4000}, "coffee before 13 November 2025", {"origin": "BR"}),
    Case("0901.11.0025", "2025-11-13", {"9903.01.81": 0}, "order of 20 November 2025", {"origin": "BR"}, total=0),
    Case("0901.11.0025", "2025-11-13", {"9903.01.77": 4000}, "not yet announced", {"origin": "BR"}, known="2025-11-19"),
    Case("2008.99.2140", "2025-12-01", {"9903.01.90": 0}, "U.S. note 2(x)(iii)(b)", {"origin": "BR", "scope": "acai"}),
    Case(
        "2008.99.2140",
        "2025-11-12",
        {"9903.01.90": None, "9903.01.77": 4000},
        "order of 20 November 2025",
        {"origin": "BR", "scope": "acai"},
    ),
    Case(TOY, "2025-09-01", {"9903.01.79": 0}, "U.S. note 2(x)(ii)", {"origin": "BR", "claims": "donation"}, total=0),
    Case(TOY, "2026-02-23", {"9903.01.77": 4000}, "U.S. note 2(x)", {"origin": "BR"}),
    Case(TOY, "2026-02-24", {"9903.01.77": None}, "CSMS 67834313", {"origin": "BR"}),
    Case(TOY, "2025-08-26", {"9903.01.84": None, "9903.02.26": 2500}, "U.S. note 2(z)", {"origin": "IN"}, total=2500),
    Case(TOY, "2025-08-27", {"9903.01.84": 2500, "9903.02.26": 2500}, "U.S. note 2(z)", {"origin": "IN"}, total=5000),
    Case(
        TOY,
        "2025-09-16",
        {"9903.01.85": 0},
        "heading 9903.01.85",
        {"origin": "IN", "loaded_at": "2025-08-26", **SHIPPED},
    ),
    Case(
        TOY,
        "2025-09-17",
        {"9903.01.84": 2500},
        "heading 9903.01.85",
        {"origin": "IN", "loaded_at": "2025-08-26", **SHIPPED},
    ),
    Case(
        "8471.30.0100",
        "2025-09-01",
        {"9903.01.86": 0, "9903.01.32": 0},
        "U.S. note 2(z)(ii)",
        {"origin": "IN"},
        total=0,
    ),
    Case(TOY, "2026-02-06", {"9903.01.84": 2500}, "ended from 7 February 2026", {"origin": "IN"}),
    Case(
        TOY,
        "2026-02-07",
        {"9903.01.84": None, "9903.02.26": 2500},
        "U.S. note 2(z), compiler's note",
        {"origin": "IN"},
        total=2500,
    ),
    Case(
        TOY,
        "2026-02-10",
        {"9903.01.84": 2500},
        "before the order of 6 February 2026",
        {"origin": "IN"},
        known="2026-02-05",
    ),
    Case(TOY, "2025-09-01", {"9903.01.88": 0}, "U.S. note 2(z)(xiv)", {"origin": "IN", "claims": "donation"}, total=0),
)
def test_brazil_and_india(case: Case) -> None:
    case.check()


@pytest.mark.parametrize("origin", ["CA", "MX", "BR", "IN", "VN", "DE", "JP", "KR", "CH", "LI", "GB", "TW"])
def test_all_of_it_is_void_and_refundable(origin: str) -> None:
    found = duty_on(hts=TOY, origin=origin, entered_at="2025-12-01")
    assert found.total_duty > 0
    assert found.total_owed == 0, "Nos. 24-1287 and 25-250, 20 February 2026"


def test_the_judgment_of_28_may_reached_canada_and_mexico() -> None:
    for origin in ("CA", "MX", "VN"):
        found = duty_on("2025-05-28", hts=TOY, origin=origin, entered_at="2025-05-20")
        assert found.total_duty > 0 and found.total_owed == 0, "CIT Slip Op. 25-66"
        found = duty_on("2025-05-29", hts=TOY, origin=origin, entered_at="2025-05-20")
        assert found.total_owed == found.total_duty, "stayed on 29 May 2025"


PARCEL = {"transport": "mail"}


@law(
    *(
        Case(
            TOY,
            "2025-09-10",
            {code: amount},
            "EO 14324 sec. 3(b)",
            {"origin": origin, **PARCEL},
            value="500",
            total=amount,
        )
        for origin, code, amount in (
            ("VN", "pending:us-postal-2y-r20", 100),
            ("GB", "pending:us-postal-2y-r10", 50),
            ("DE", "pending:us-postal-2y-r15", 75),
            ("JP", "pending:us-postal-2y-r15", 75),
            ("CA", "pending:us-postal-2y-r35", 175),
            ("MX", "pending:us-postal-2y-r25", 125),
            ("BR", "pending:us-postal-2y-r50", 250),
            ("IN", "pending:us-postal-2y-r50", 250),
            ("CH", "pending:us-postal-2y-r39", 195),
            ("AU", "pending:us-postal-2y-r10", 50),
        )
    ),
    *(
        Case(
            TOY,
            "2025-09-10",
            {},
            "EO 14324 sec. 3(c)",
            {"origin": origin, "claims": "postal-per-item", "items": "1", **PARCEL},
            value="500",
            total=amount,
        )
        for origin, amount in (("VN", 160), ("GB", 80), ("DE", 80), ("CA", 200), ("MX", 160), ("CH", 200))
    ),
    Case(TOY, "2025-11-20", {"pending:us-postal-2y-r15": 75}, "90 FR 59281", {"origin": "CH", **PARCEL}, value="500"),
    Case(
        TOY,
        "2026-02-08",
        {"pending:us-postal-2y-r25": 125},
        "order of 6 February 2026",
        {"origin": "IN", **PARCEL},
        value="500",
    ),
    Case(
        TOY,
        "2025-08-28",
        {"pending:us-postal-2y-r20": None},
        "EO 14324: from 29 August 2025",
        {"origin": "VN", **PARCEL},
        value="500",
    ),
    Case(
        TOY,
        "2026-02-24T00:30-05:00",
        {"pending:us-postal-2y-r20": None},
        "CSMS 67834313; EO 14388",
        {"origin": "VN", **PARCEL},
        value="500",
    ),
)
def test_postal_items_of_other_origins(case: Case) -> None:
    case.check()
