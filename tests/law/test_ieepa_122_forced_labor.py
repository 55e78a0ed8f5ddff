"""Emergency duties, section 122 and forced-labor 301: reliefs, courts, parcels, chapter 98 and fees."""

from __future__ import annotations

import pytest
from tests.conftest import duty_on
from tests.law.cases import Case, law

from tidewaiter.assess.errors import LineError

TOY = "9503.00.0073"
ABOARD = {"loaded_at": "2025-04-01", "transport": "vessel"}


@law(
    Case(TOY, "2025-05-27", {"9903.01.28": 0, "9903.01.25": None}, "9903.01.28", ABOARD),
    Case(TOY, "2025-06-10", {"9903.01.28": 0}, "CSMS 65201773: entered before 16 June 2025", ABOARD),
    Case(TOY, "2025-06-10", {"9903.01.25": 1000}, "before CSMS 65201773", ABOARD, known="2025-05-29"),
    Case(TOY, "2025-06-16", {"9903.01.25": 1000}, "CSMS 65201773", ABOARD),
    Case(
        TOY,
        "2025-04-20",
        {"9903.01.63": 12500},
        "9903.01.28: by vessel only",
        {"loaded_at": "2025-04-01", "transport": "air"},
    ),
    Case("8471.30.0100", "2025-04-08", {"9903.01.25": 1000}, "EO 14257 Annex II", known="2025-04-10"),
    Case(
        "8471.30.0100", "2025-04-08", {"9903.01.32": 0}, "memorandum of 11 April 2025, from 5 April", known="2025-04-11"
    ),
    Case("7408.11.3000", "2025-07-31", {"9903.01.32": 0}, "EO 14257 Annex II: copper"),
    Case("7408.11.3000", "2025-08-01", {"9903.01.32": None}, "Proc. 10962: copper leaves Annex II"),
    Case("4407.11.0001", "2025-10-13", {"9903.01.32": 0}, "EO 14257 Annex II: wood"),
    Case("4407.11.0001", "2025-10-14", {"9903.01.32": None}, "Proc. 10976: wood leaves Annex II"),
    Case("3910.00.0000", "2025-09-07", {"9903.01.32": 0}, "EO 14346"),
    Case("3910.00.0000", "2025-09-08", {"9903.01.25": 1000}, "EO 14346: resins of silicone leave"),
    Case("0901.11.0025", "2025-11-13", {"9903.01.25": 1000}, "not yet announced", known="2025-11-13"),
    Case(
        "0901.11.0025",
        "2025-11-13",
        {"9903.01.32": 0},
        "order of 14 November 2025, from 13 November",
        known="2025-11-14",
    ),
    Case("2008.99.2140", "2025-12-01", {"9903.02.78": 0}, "note 2(v)(iii)(b)", {"scope": "acai"}),
    Case("2008.99.2140", "2026-03-01", {"9903.03.04": 0}, "note 2(aa)(iii)", {"scope": "acai"}),
    Case("2008.99.2140", "2026-08-01", {"9903.05.87": 0}, "note 52(c)", {"scope": "acai"}),
    Case("2008.99.2140", "2026-08-01", {"9903.05.31": 1250}, "described only"),
    Case(TOY, "2025-09-01", {"9903.01.24": 2000, "9903.02.01": 4000}, "EO 14326 sec. 3", {"claims": "transshipped"}),
    Case(TOY, "2025-06-01", {"9903.01.21": 0, "9903.01.30": 0}, "50 USC 1702(b)", {"claims": "donation"}, total=0),
    Case("8411.91.9085", "2026-03-01", {"9903.03.01": 1000}, "note 2(aa)(iv): civil aircraft only"),
    Case("8411.91.9085", "2026-03-01", {"9903.03.05": 0}, "note 2(aa)(iv)", {"claims": "civil-aircraft"}),
    Case("8541.10.0050", "2026-03-01", {"9903.03.03": 0}, "note 2(aa)(ii)"),
    Case("8541.10.0050", "2026-08-01", {"9903.05.86": 0}, "note 52(b)"),
    Case("2933.39.4100", "2026-08-01", {"9903.05.31": 1250}, "note 52(e): pharmaceutical use only"),
    Case("2933.39.4100", "2026-08-01", {"9903.05.89": 0}, "note 52(e)", {"claims": "pharmaceutical-use"}),
    Case(TOY, "2026-08-01", {"9903.05.43": 1250}, "91 FR 47318: Hong Kong", {"origin": "HK"}, total=1250),
    Case(TOY, "2026-08-01", {}, "Macau is none of the 60 economies", {"origin": "MO"}, total=0),
)
def test_reliefs_on_both_sides_of_their_dates(case: Case) -> None:
    case.check()


LOADED = {"loaded_at": "2026-07-20T12:00-04:00", "transport": "vessel"}


@law(
    Case(TOY, "2026-07-27T23:00-04:00", {"9903.05.85": 0}, "9903.05.85: entered before 28 July", LOADED),
    Case(TOY, "2026-07-28T00:01-04:00", {"9903.05.31": 1250}, "9903.05.85", LOADED),
    Case(TOY, "2026-07-27T23:00-04:00", {"9903.05.31": 1250}, "by vessel only", {**LOADED, "transport": "air"}),
    Case(
        TOY,
        "2026-07-27T23:00-04:00",
        {"9903.05.31": 1250},
        "loaded before",
        {**LOADED, "loaded_at": "2026-07-24T00:01-04:00"},
    ),
    Case(TOY, "2026-07-27T23:00-04:00", {"9903.05.31": 1250}, "not withdrawals", {**LOADED, "entry_type": "31"}),
)
def test_in_transit_when_forced_labor_301_began(case: Case) -> None:
    case.check()


@law(
    Case(TOY, "2025-11-10T00:01-05:00", {}, "EO 14334 runs out", known="2025-08-12", total=5400),
    Case(TOY, "2025-08-12T00:01-04:00", {}, "EO 14298 runs out", known="2025-06-01", total=5400),
)
def test_each_truce_runs_out_on_its_own_day(case: Case) -> None:
    case.check()


@pytest.mark.parametrize(
    ("known", "owed"),
    [("2025-05-28", 0), ("2025-05-29", 3000), ("2026-02-19", 3000), ("2026-02-20", 0)],
)
def test_what_courts_did_to_an_entry_of_may_2025(known: str, owed: int) -> None:
    """CIT Slip Op. 25-66 (28 May), stayed 29 May; affirmed without mandate; Supreme Court 20 February 2026."""
    found = duty_on(known_on=known, entered_at="2025-05-20")
    assert (found.total_duty, found.total_owed) == (3000, owed)


def test_between_the_ruling_and_the_end_of_collection_duty_is_assessed_and_not_owed() -> None:
    found = duty_on(entered_at="2026-02-22")
    assert (found.total_duty, found.total_owed) == (2000, 0)


DE_MINIMIS = {"claims": "de-minimis"}
MAIL = {"transport": "mail"}


@law(
    Case(TOY, "2025-01-15", {}, "19 USC 1321(a)(2)(C)", DE_MINIMIS, "120", total=0),
    Case(TOY, "2025-02-05", {}, "EO 14195 sec. 2(g)", DE_MINIMIS, "120", total=12),
    Case(TOY, "2025-02-08", {}, "EO 14200", DE_MINIMIS, "120", total=0),
    Case(TOY, "2025-05-01", {}, "EO 14256: until 2 May 2025", DE_MINIMIS, "120", total=0),
    Case(TOY, "2025-05-02", {}, "EO 14256: 20 + 125%", DE_MINIMIS, "120", total=174),
    Case(TOY, "2025-05-02", {}, "EO 14256 names China and Hong Kong", {**DE_MINIMIS, "origin": "MO"}, "120", total=0),
    Case(TOY, "2025-08-29", {}, "EO 14324", {**DE_MINIMIS, "origin": "MO"}, "120", total=12),
    Case(TOY, "2025-05-02", {}, "EO 14266: 120%", MAIL, "120", total=144),
    Case(TOY, "2025-05-14", {}, "EO 14298: 54%", MAIL, "120", total="64.80"),
    Case(TOY, "2025-08-29", {}, "EO 14324: the rate of the origin, 30%", MAIL, "120", total=36),
    Case(TOY, "2025-11-10", {}, "EO 14357: 20%", MAIL, "120", total=24),
    Case(TOY, "2026-03-10", {}, "EO 14388: the section 122 rate", MAIL, "120", total=12),
    Case(TOY, "2026-07-24", {"9903.05.31": 15}, "91 FR 37801: ordinary duties", MAIL, "120", total=15),
)
def test_parcels_by_date(case: Case) -> None:
    case.check()


@law(
    Case(
        "8541.43.0080",
        "2026-09-10",
        {"9903.91.02": 1000, "9903.05.31": 250},
        "notes 31(a), 52(a): on the value of the repair",
        {"ch98": "9802.00.50", "ch98_value": "2000"},
        "50000",
        total=1250,
    ),
    Case(
        TOY,
        "2025-06-01",
        {"9903.01.24": 1200, "9903.01.25": 600},
        "notes 2(u), 2(v): value less US components",
        {"ch98": "9802.00.80", "ch98_value": "4000"},
    ),
    Case(TOY, "2025-06-01", {}, "9801.00.10", {"ch98": "9801.00.10"}, total=0),
    Case(
        "8413.91.9096",
        "2018-08-10",
        {},
        "note 20(a) before 83 FR 40823",
        {"ch98": "9802.00.40", "ch98_value": "100"},
        total=0,
    ),
    Case("8413.91.9096", "2018-09-10", {"9903.88.01": 25}, "83 FR 40823", {"ch98": "9802.00.40", "ch98_value": "100"}),
    Case(
        "7208.10.1500",
        "2026-05-01",
        {"9903.91.01": 250, "9903.82.02": 5000},
        "CSMS 68253075: section 232 on the full value under 9802.00.60",
        {"ch98": "9802.00.60", "ch98_value": "1000"},
    ),
)
def test_chapter_98(case: Case) -> None:
    case.check()


def test_the_value_of_a_repair_is_asked_and_not_guessed() -> None:
    with pytest.raises(LineError) as refused:
        duty_on(hts="8541.43.0080", entered_at="2026-09-10", ch98="9802.00.50")
    assert refused.value.code == "missing_ch98_value"


@pytest.mark.parametrize(
    ("entered", "value", "transport", "fees"),
    [
        ("2026-09-30", "1000", "air", {"MPF": "33.58"}),
        ("2026-10-01", "1000", "air", {"MPF": "34.58"}),
        ("2026-10-01", "1000000", "vessel", {"MPF": "670.86", "HMF": "1250.00"}),
        ("2026-08-01", "10000", "vessel", {"MPF": "34.64", "HMF": "12.50"}),
    ],
)
def test_user_fees_by_fiscal_year(entered: str, value: str, transport: str, fees: dict[str, str]) -> None:
    """19 CFR 24.23, 24.24; CBP notices of adjusted fees (FY 2026: 33.58 to 651.50; FY 2027: 34.58 to 670.86)."""
    found = duty_on(entered_at=entered, value=value, transport=transport)
    assert {fee.code: str(fee.amount) for fee in found.fees} == fees
