"""Forced-labor 301 on 60 economies, 301 on Brazil and Nicaragua, 338 on Canada, 122: by origin, on both sides of each date.

The forced-labor table is written from section 1(a) of the memorandum of 23 July 2026 and the order of the headings in the
tariff (9903.05.20-.84, alphabetical, two for each economy that pays the net of column 1), not from the law as data.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import amounts_on, duty_on, engine_seen_from, headings
from tests.law.cases import Case, law

import tidewaiter
from tidewaiter.assess.assessment import Assessment
from tidewaiter.assess.batch import assess_records
from tidewaiter.assess.errors import LineError
from tidewaiter.assess.records import Record

LISTS = Path(tidewaiter.__file__).parent / "law" / "lists"
Amounts = dict[str, int | float | str | None]

TOY = "9503.00.0073"
SHIRT = "6109.10.0012"
BEFORE, FROM = "2026-07-24T00:00-04:00", "2026-07-24T00:01-04:00"
MEMO = "memorandum of 23 July 2026, section 1(a)"


def codes(text: str) -> list[str]:
    return text.split()


TEN = codes("AR BD KH CA EC SV GT HN IN ID JO MY MX PK LK GB TT")
# Dollars on 10,000, column 1 included.
NET = {"EU": 1000, "TW": 1000, "JP": 1250, "KR": 1250, "CH": 1250}
# The investigated economies in the order of the tariff's headings.
ORDER = codes(
    "DZ AO AR AU BS BH BD BR KH CA CL CN CO CR DO EC EG SV EU GT GY HN HK IN ID IQ IL JP JO KZ KW LY MY MX MA NZ NI NG NO OM "
    "PK PE PH QA RU SA SG ZA KR LK CH TW TH TT TR AE GB UY VE VN"
)
MEMBERS = codes("AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE")


def _numbered() -> Iterator[tuple[str, str, str]]:
    """Each economy, its heading, and the heading for column 1 at or above the sum (empty for a flat rate)."""
    number = 20
    for economy in ORDER:
        if economy in NET:
            yield economy, f"9903.05.{number + 1}", f"9903.05.{number}"
            number += 2
        else:
            yield economy, f"9903.05.{number}", ""
            number += 1
    assert number == 85


HEADING = {economy: heading for economy, heading, _ in _numbered()}
ZERO = {economy: zero for economy, _, zero in _numbered() if zero}
FLAT = [economy for economy in ORDER if economy not in NET]
COUNTRIES = [(economy, economy) for economy in NET if economy != "EU"] + [(member, "EU") for member in MEMBERS]


def flat(economy: str) -> int:
    """Dollars on 10,000."""
    return 1000 if economy in TEN else 1250


def test_sixty_economies() -> None:
    assert (len(ORDER), len(TEN), len(FLAT) - len(TEN), len(NET)) == (60, 17, 38, 5)


@pytest.mark.parametrize("economy", FLAT)
def test_flat_rate_on_both_sides_of_the_first_minute(economy: str) -> None:
    heading, amount = HEADING[economy], flat(economy)
    # Section 122 runs "through 12:01 a.m." of 24 July, the minute in which forced labor begins: never both.
    Case(TOY, BEFORE, {"9903.03.01": 1000, heading: None}, "note 2(aa)(i)", {"origin": economy}).check()
    Case(TOY, FROM, {"9903.03.01": None, heading: amount}, MEMO, {"origin": economy}).check()
    Case("6912.00.3510", FROM, {heading: amount}, "in addition to column 1", {"origin": economy}).check()
    Case(TOY, FROM, {heading: None}, "announced on 23 July 2026", {"origin": economy}, known="2026-07-22").check()
    Case(TOY, FROM, {heading: amount}, "announced on 23 July 2026", {"origin": economy}, known="2026-07-23").check()
    Case(TOY, "2027-12-31", {heading: amount}, f"{MEMO}: without an end", {"origin": economy}).check()


@pytest.mark.parametrize(("country", "economy"), COUNTRIES)
def test_net_rate_is_a_sum_with_column_1(country: str, economy: str) -> None:
    heading, zero, cap = HEADING[economy], ZERO[economy], NET[economy]
    facts = {"origin": country}
    Case(TOY, BEFORE, {"9903.03.01": 1000, heading: None}, "note 2(aa)(i)", facts).check()
    Case(TOY, FROM, {heading: cap, zero: None}, f"{MEMO}(ii): column 1 free", facts, total=cap).check()
    # Spectacle frames of plastics, 2.5%; ceramic tableware, 9.8%; cotton shirts, 16.5%.
    Case("9003.11.0000", FROM, {heading: cap - 250}, "note 52(k)", facts, total=cap).check()
    Case("6912.00.3510", FROM, {heading: cap - 980}, "note 52(k)", facts, total=cap).check()
    Case(SHIRT, FROM, {zero: 0, heading: None}, "note 52(k): at or above", facts, total=1650).check()
    Case(TOY, FROM, {heading: None, zero: None}, "announced on 23 July 2026", facts, known="2026-07-22").check()
    Case(TOY, FROM, {heading: cap}, "announced on 23 July 2026", facts, known="2026-07-23").check()
    Case(TOY, "2027-12-31", {heading: cap}, f"{MEMO}: without an end", facts).check()


@pytest.mark.parametrize(("country", "economy"), [("FR", "EU"), ("JP", "JP"), ("CH", "CH"), ("KR", "KR")])
def test_a_specific_duty_counts_by_what_is_payable(country: str, economy: str) -> None:
    """Wine at 6.3 cents a liter: the sum is the same whatever the liter is worth, until the specific duty reaches it."""
    cap = NET[economy]
    for liters, base in (("5000", 315), ("20000", 1260)):
        facts = {"origin": country, "quantity": liters, "unit": "liter"}
        rest = cap - base
        expected: Amounts = {HEADING[economy]: rest} if rest > 0 else {ZERO[economy]: 0, HEADING[economy]: None}
        Case("2204.21.5040", "2026-08-01", expected, "note 52(k)", facts, total=max(cap, base)).check()


def test_the_base_of_korea_is_the_rate_applied() -> None:
    """Note 52(k): column 1 special where properly claimed, for Korea; column 1 general for the others."""
    Case(SHIRT, FROM, {"9903.05.71": 1250}, "note 52(k)", {"origin": "KR", "spi": "KR"}, total=1250).check()
    Case(SHIRT, FROM, {"9903.05.70": 0}, "note 52(k)", {"origin": "KR"}, total=1650).check()


@pytest.mark.parametrize(("country", "economy"), COUNTRIES)
def test_a_preference_does_not_lower_the_sum(country: str, economy: str) -> None:
    """Plastic pipes, 3.1%, Free under C: the headings print the sum in the special subcolumn too."""
    heading, cap = HEADING[economy], NET[economy]
    Case("3917.21.0000", FROM, {heading: cap}, "note 52(k)", {"origin": country, "spi": "C"}, total=cap).check()


def test_column_1_general_says_whether_japan_reaches_the_sum() -> None:
    """Note 52(k). Chocolate, 10%, 5% under JP; rifle scopes, 14.9%, 7.45% under JP: at or above 12.5% nothing is added."""
    for spi, added, total in (({}, 250, 1250), ({"spi": "JP"}, 750, 1250)):
        facts = {"origin": "JP", **spi}
        Case("1806.20.7900", FROM, {"9903.05.49": added}, "heading 9903.05.49", facts, total=total).check()
    for spi, total in (({}, 1490), ({"spi": "JP"}, 745)):
        Case(
            "9013.10.1000", FROM, {"9903.05.48": 0}, "heading 9903.05.48", {"origin": "JP", **spi}, total=total
        ).check()


@pytest.mark.parametrize("origin", ["SG", "AU", "PE"])
def test_a_claimed_preference_does_not_spare(origin: str) -> None:
    facts = {"origin": origin, "spi": {"SG": "SG", "AU": "AU", "PE": "PE"}[origin]}
    Case(SHIRT, FROM, {HEADING[origin]: 1250}, "note 52(a)", facts, total=1250).check()


@pytest.mark.parametrize(
    "origin", ["MO", "LI", "KE", "UA", "IS", "PA", "PY", "BO", "MK", "RS", "CU", "BY", "KP", "LA", "MM", "GE"]
)
def test_an_economy_outside_of_the_sixty_owes_nothing(origin: str) -> None:
    found, _ = amounts_on(hts=TOY, origin=origin, entered_at=FROM)
    assert not any(heading.startswith(("9903.05", "9903.06")) for heading in found)
    assert amounts_on(hts=TOY, origin=origin, entered_at=BEFORE)[0]["9903.03.01"] == 1000


def test_russia_pays_on_top_of_column_2() -> None:
    Case(TOY, FROM, {"9903.05.66": 1250}, "heading 9903.05.66, column 2", {"origin": "RU"}, total=8250).check()


def rows_of(name: str) -> list[dict[str, str]]:
    with (LISTS / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(line for line in stream if not line.startswith("#")))


SPARED = {
    "us-301-fl-gb": ("GB", "9903.05.96", 49),
    "us-301-fl-eu": ("EU", "9903.05.97", 43),
    "us-301-fl-ch": ("CH", "9903.05.98", 134),
    "us-301-fl-my": ("MY", "9903.05.99", 101),
    "us-301-fl-kh": ("KH", "9903.06.02", 154),
    "us-301-fl-gt": ("GT", "9903.06.04", 109),
    "us-301-fl-sv": ("SV", "9903.06.07", 98),
    "us-301-fl-ar": ("AR", "9903.06.10", 90),
    "us-301-fl-bd": ("BD", "9903.06.12", 85),
    "us-301-fl-tw": ("TW", "9903.06.14", 114),
    "us-301-fl-id": ("ID", "9903.06.16", 147),
    "us-301-fl-ec": ("EC", "9903.06.18", 150),
    "us-301-fl-jo": ("JO", "9903.06.20", 1887),
}
CLAIMED = {"us-301-fl-gt": ("9903.06.06", 1737), "us-301-fl-sv": ("9903.06.09", 1707)}
PARTICULAR = {
    "9903.06.01": ("MY", ["1211.90.89", "1301.90.91", "1515.90.81"]),
    "9903.06.03": ("KH", ["1211.90.89", "1301.90.91", "1302.19.91"]),
    "9903.06.05": ("GT", ["1211.90.89", "1301.90.91", "1302.19.91"]),
    "9903.06.08": ("SV", ["1302.19.91"]),
    "9903.06.11": ("AR", ["1211.90.89", "1302.19.91", "1515.90.81"]),
    "9903.06.13": ("BD", ["1211.90.89", "1515.90.81"]),
    "9903.06.15": ("TW", ["1211.90.89", "1301.90.91", "1302.19.91", "1515.90.81"]),
    "9903.06.17": ("ID", ["1302.19.91"]),
    "9903.06.19": ("EC", ["1302.19.91"]),
    "9903.06.21": ("JO", ["1211.90.89", "1302.19.91"]),
}
SCOPE = {
    "1211.90.89": ("psyllium-seed-husks", "1211.90.8990"),
    "1301.90.91": ("boswellia", "1301.90.9190"),
    "1302.19.91": ("aloe-coconut-centella", "1302.19.9140"),
    "1515.90.81": ("argan-oil", "1515.90.8190"),
}


@pytest.mark.parametrize("name", SPARED)
def test_the_lists_of_single_economies_have_the_counts_of_the_note(name: str) -> None:
    _, heading, count = SPARED[name]
    assert len([row for row in rows_of(name) if row.get("class", heading) == heading]) == count
    if name in CLAIMED:
        heading, count = CLAIMED[name]
        assert len([row for row in rows_of(name) if row["class"] == heading]) == count


@pytest.mark.parametrize("name", SPARED)
def test_a_listed_article_is_spared_for_that_economy_only(name: str) -> None:
    economy, heading, _ = SPARED[name]
    origin = "DE" if economy == "EU" else economy
    for number in article_of(name, heading):
        Case(number, FROM, {heading: 0, HEADING[economy]: None}, "note 52(j)", {"origin": origin}).check()
        Case(number, BEFORE, {heading: None}, "note 52(j)", {"origin": origin}).check()
        Case(number, FROM, {"9903.05.84": 1250, heading: None}, "Vietnam has no list", {"origin": "VN"}).check()


def article_of(name: str, heading: str) -> list[str]:
    """One number of the list that Vietnam pays for without any question of quantity: that no general list spares."""
    for row in rows_of(name):
        if row.get("class", heading) != heading or row.get("scope"):
            continue
        number = row["prefix"]
        try:
            found, _ = amounts_on(hts=number, origin="VN", entered_at=FROM)
        except LineError:  # the edition at hand lacks the number, or its duty asks for a quantity
            continue
        if found.get("9903.05.84") == 1250:
            return [number]
    raise AssertionError(f"no example on {name}")


@pytest.mark.parametrize(("heading", "origin", "number"), [(h, o, n) for h, (o, ns) in PARTICULAR.items() for n in ns])
def test_a_particular_article_is_spared_only_if_it_is_that(heading: str, origin: str, number: str) -> None:
    scope, hts = SCOPE[number]
    cite = "note 52(j)(4)-(13)"
    Case(hts, FROM, {heading: 0}, cite, {"origin": origin, "scope": scope}).check()
    Case(hts, FROM, {heading: None}, cite, {"origin": origin}).check()
    Case(hts, FROM, {heading: None, "9903.05.84": 1250}, cite, {"origin": "VN", "scope": scope}).check()


@law(
    # Free trade agreements.
    Case(SHIRT, FROM, {"9903.05.93": 0}, "note 52(g)", {"origin": "CA", "spi": "S"}, total=0),
    Case(SHIRT, FROM, {"9903.05.94": 0}, "note 52(h)", {"origin": "MX", "spi": "S"}, total=0),
    Case(SHIRT, FROM, {"9903.05.29": 1000}, "note 52(a)", {"origin": "CA"}, total=2650),
    Case(SHIRT, FROM, {"9903.05.55": 1000}, "note 52(a)", {"origin": "MX"}, total=2650),
    Case(
        SHIRT,
        FROM,
        {"9903.05.95": 0},
        "note 52(i)",
        {"origin": "HN", "spi": "P", "claims": "cafta-dr-textile"},
        total=0,
    ),
    Case(SHIRT, FROM, {"9903.05.42": 1000}, "note 52(i)", {"origin": "HN", "spi": "P"}, total=1000),
    Case(SHIRT, FROM, {"9903.05.42": 1000}, "no claim of CAFTA-DR", {"origin": "HN", "claims": "cafta-dr-textile"}),
    Case(SHIRT, FROM, {"9903.05.33": 1250}, "note 52(i)", {"origin": "CR", "spi": "P"}),
    Case(SHIRT, FROM, {"9903.06.06": 0}, "note 52(j)(6)(iii)", {"origin": "GT", "spi": "P"}, total=0),
    Case(SHIRT, FROM, {"9903.06.09": 0}, "note 52(j)(7)(iii)", {"origin": "SV", "spi": "P"}, total=0),
    Case(SHIRT, FROM, {"9903.05.40": 1000}, "note 52(j)(6)(iii)", {"origin": "GT"}, total=2650),
    Case(SHIRT, FROM, {"9903.06.20": 0}, "note 52(j)(13)(i): no claim needed", {"origin": "JO"}, total=1650),
    # General reliefs hold for all; here economies other than China.
    Case("8541.10.0050", FROM, {"9903.05.86": 0}, "note 52(b)", {"origin": "MY"}),
    Case("8541.10.0050", FROM, {"9903.05.86": 0, "9903.05.49": None}, "note 52(b)", {"origin": "JP"}),
    Case("8411.91.9085", FROM, {"9903.05.88": 0}, "note 52(d)", {"origin": "SG", "claims": "civil-aircraft"}),
    Case("2933.39.4100", FROM, {"9903.05.89": 0}, "note 52(e)", {"origin": "IN", "claims": "pharmaceutical-use"}),
    Case("2933.39.4100", FROM, {"9903.05.44": 1000}, "note 52(e)", {"origin": "IN"}),
    # Section 232 goods.
    Case("7308.90.3000", FROM, {"9903.05.90": 0, "9903.05.84": None}, "note 52(f)(1)", {"origin": "VN"}),
)
def test_reliefs_of_forced_labor(case: Case) -> None:
    case.check()


LOADED = {"loaded_at": "2026-07-20T12:00-04:00", "transport": "vessel"}


@pytest.mark.parametrize(("origin", "economy"), [("GB", "GB"), ("DE", "EU"), ("KR", "KR"), ("VN", "VN")])
def test_in_transit_of_all_economies(origin: str, economy: str) -> None:
    facts, amount = {"origin": origin, **LOADED}, NET.get(economy, flat(economy))
    Case(TOY, "2026-07-28T00:00-04:00", {"9903.05.85": 0}, "heading 9903.05.85", facts, total=0).check()
    Case(TOY, "2026-07-28T00:01-04:00", {HEADING[economy]: amount}, "heading 9903.05.85", facts).check()


BR, BRAZIL = {"origin": "BR"}, "91 FR 45516; U.S. note 50(a)"
AFLOAT = {"origin": "BR", "loaded_at": "2026-07-20", "transport": "vessel"}


@law(
    Case(SHIRT, "2026-07-22T00:00-04:00", {"9903.05.01": None, "9903.03.01": 1000}, BRAZIL, BR),
    Case(SHIRT, "2026-07-22T00:01-04:00", {"9903.05.01": 2500, "9903.03.01": 1000}, f"{BRAZIL}(i)", BR, total=5150),
    Case(
        SHIRT,
        "2026-07-24T00:01-04:00",
        {"9903.05.01": 2500, "9903.05.27": 1250},
        "notes 50(a)(i), 52(a)",
        BR,
        total=5400,
    ),
    Case(SHIRT, "2026-07-22T00:01-04:00", {"9903.05.01": None}, "announced on 15 July", BR, known="2026-07-14"),
    Case(SHIRT, "2026-07-22T00:01-04:00", {"9903.05.01": 2500}, "announced on 15 July", BR, known="2026-07-15"),
    Case(SHIRT, "2026-08-01", {"9903.05.01": None}, "Brazil only", {"origin": "AR"}),
    Case(SHIRT, "2026-07-29T00:00-04:00", {"9903.05.02": 0, "9903.05.01": None}, "heading 9903.05.02", AFLOAT),
    Case(SHIRT, "2026-07-29T00:01-04:00", {"9903.05.01": 2500}, "heading 9903.05.02", AFLOAT),
    Case(SHIRT, "2026-07-28", {"9903.05.01": 2500}, "by vessel only", {**AFLOAT, "transport": "air"}),
    Case(
        SHIRT,
        "2026-07-28",
        {"9903.05.01": 2500},
        "loaded before 22 July",
        {**AFLOAT, "loaded_at": "2026-07-22T00:01-04:00"},
    ),
    Case("0901.11.0025", "2026-08-01", {"9903.05.03": 0, "9903.05.86": 0}, "notes 50(a)(ii), 52(b)", BR, total=0),
    Case(
        "4703.19.0000", "2026-08-01", {"9903.05.03": 0, "9903.05.27": 1250}, "listed in note 50 alone", BR, total=1250
    ),
    Case("2008.99.2140", "2026-08-01", {"9903.05.04": 0}, "note 50(a)(iii)", {**BR, "scope": "acai"}),
    Case("2008.99.2140", "2026-08-01", {"9903.05.01": 2500}, "note 50(a)(iii): described only", BR),
    Case(
        "8411.91.9085",
        "2026-08-01",
        {"9903.05.05": 0, "9903.05.88": 0},
        "note 50(a)(iv)",
        {**BR, "claims": "civil-aircraft"},
    ),
    Case("8411.91.9085", "2026-08-01", {"9903.05.01": 2500}, "note 50(a)(iv)", BR),
    Case("2933.39.4100", "2026-08-01", {"9903.05.06": 0}, "note 50(a)(v)", {**BR, "claims": "pharmaceutical-use"}),
    Case(
        TOY,
        "2026-08-01",
        {"9903.05.08": 0, "9903.05.91": 0},
        "heading 9903.05.08",
        {**BR, "claims": "donation"},
        total=0,
    ),
    Case("7308.90.3000", "2026-07-23", {"9903.05.07": 0, "9903.82.02": 5000}, "note 50(a)(vi)(1)", BR, total=5000),
    Case("8708.29.5160", "2026-07-23", {"9903.05.07": 0, "9903.94.05": 2500}, "note 50(a)(vi)(3)", BR),
)
def test_brazil(case: Case) -> None:
    case.check()


def test_the_lists_of_brazil_have_the_counts_of_the_note() -> None:
    names = ("exempt", "described", "aircraft", "pharma")
    assert [len(rows_of(f"us-301-brazil-{name}")) for name in names] == [864, 11, 546, 705]


NI, NICARAGUA = {"origin": "NI"}, "90 FR 57807; U.S. note 29(b)"


@law(
    Case(TOY, "2025-12-31T23:59-05:00", {"9903.89.01": None}, NICARAGUA, NI),
    Case(TOY, "2026-01-01T00:00-05:00", {"9903.89.01": 0}, NICARAGUA, NI),
    Case(TOY, "2026-12-31T23:59-05:00", {"9903.89.01": 0}, NICARAGUA, NI),
    Case(TOY, "2027-01-01T00:00-05:00", {"9903.89.01": 1000, "9903.05.58": 1250}, NICARAGUA, NI, total=2250),
    Case(TOY, "2027-12-31T23:59-05:00", {"9903.89.01": 1000}, NICARAGUA, NI),
    Case(TOY, "2028-01-01T00:00-05:00", {"9903.89.01": 1500}, NICARAGUA, NI),
    Case(
        SHIRT,
        "2027-06-01",
        {"9903.89.01": None, "9903.05.58": 1250},
        "note 29(a): CAFTA-DR",
        {**NI, "spi": "P"},
        total=1250,
    ),
    # Only products under column 1 general: the heading's Special column reads "No change". Tubes of plastics: 3.1%, Free (C).
    Case("3917.21.0000", "2027-06-01", {"9903.89.01": 1000}, "note 29(a)", {**NI, "quantity": "1"}, total=2560),
    Case(
        "3917.21.0000",
        "2027-06-01",
        {"9903.89.01": None, "9903.05.58": 1250},
        "heading 9903.89.01, Special: no change; note 29(a)",
        {**NI, "spi": "C", "quantity": "1"},
        total=1250,
    ),
    # In addition to the reciprocal tariff (note 29(a) names 9903.02.47), the surcharge and section 232 goods' duties.
    Case(TOY, "2026-01-02", {"9903.89.01": 0, "9903.02.47": 1800}, "note 29(a)", NI, total=1800),
    Case(TOY, "2026-03-01", {"9903.89.01": 0, "9903.03.01": 1000}, "note 29(a)", NI, total=1000),
    Case("7308.90.3000", "2027-06-01", {"9903.89.01": 1000, "9903.82.02": 5000}, "note 29(a)", NI, total=6000),
    Case(TOY, "2027-06-01", {"9903.89.01": None}, "Nicaragua only", {"origin": "HN"}),
    Case(TOY, "2027-06-01", {"9903.89.01": None}, "announced on 10 December 2025", NI, known="2025-12-09"),
    Case(TOY, "2027-06-01", {"9903.89.01": 1000}, "announced on 10 December 2025", NI, known="2025-12-10"),
)
def test_nicaragua(case: Case) -> None:
    case.check()


CA, USMCA = {"origin": "CA"}, {"origin": "CA", "spi": "S"}
S338 = "Proclamations 11046-11048, 11056; U.S. note 51"
# Paper bags of the list over alcohol, casein of the list over dairy, furniture of the list over motor vehicles.
ALCOHOL, DAIRY, VEHICLES = "4413.00.0000", "3502.20.0000", "9403.70.8031"


@law(
    *(
        case
        for number, heading in ((ALCOHOL, "9903.03.12"), (DAIRY, "9903.03.13"), (VEHICLES, "9903.03.14"))
        for case in (
            Case(number, "2026-08-22T00:00-04:00", {heading: None}, S338, CA),
            Case(number, "2026-08-22T00:01-04:00", {heading: 5000, "9903.05.29": 1000}, S338, CA),
            Case(number, "2026-08-22T00:01-04:00", {heading: 5000, "9903.05.93": 0}, "note 51(a): USMCA too", USMCA),
            Case(number, "2026-08-22T00:01-04:00", {heading: None}, "Canada only", {"origin": "MX"}),
            # As known before the proclamation of 18 August, they began on the 19th.
            Case(number, "2026-08-20", {heading: 5000}, "Proclamation 11046, clause 1", CA, known="2026-08-17"),
            Case(number, "2026-08-20", {heading: None}, "Proclamation 11056", CA, known="2026-08-18"),
            Case(number, "2026-08-19T00:00-04:00", {heading: None}, S338, CA, known="2026-08-17"),
            Case(number, "2026-10-01", {heading: None}, "not yet proclaimed", CA, known="2026-07-19"),
        )
    ),
    # The lists of 15 September.
    Case("2501.00.0000", "2026-09-15T00:00-04:00", {"9903.03.14": 5000}, "Proclamation 11065", CA),
    Case("2501.00.0000", "2026-09-15T00:01-04:00", {"9903.03.14": None}, "Proclamation 11065: salt leaves", CA),
    Case("2501.00.0000", "2026-09-20", {"9903.03.14": 5000}, "before Proclamation 11065", CA, known="2026-09-07"),
    Case("7604.10.1000", "2026-09-15T00:00-04:00", {"9903.03.14": None}, "Proclamation 11065", CA),
    # On that day the section 232 goods of the lists .12 and .14 lose their relief (note 51(c) as modified).
    Case(
        "7604.10.1000",
        "2026-09-15T00:01-04:00",
        {"9903.03.14": 5000, "9903.82.02": 5000, "9903.05.90": 0},
        "note 51(c)",
        CA,
    ),
    Case(
        "9403.60.8093",
        "2026-09-15T00:00-04:00",
        {"9903.03.15": 0, "9903.03.14": None},
        "note 51(c)(4)",
        {**CA, "scope": "kitchen-cabinet"},
    ),
    Case("9403.60.8093", "2026-09-15T00:01-04:00", {"9903.03.15": None, "9903.03.14": 5000}, "note 51(c)", CA),
    # A turbocharger: a part that section 232 frees under USMCA is spared of section 338 too, until 15 September.
    Case(
        "8414.80.0500",
        "2026-09-15T00:00-04:00",
        {"9903.03.15": 0},
        "note 51(c)(3)",
        {**USMCA, "scope": "auto-part"},
        total=0,
    ),
    Case("8414.80.0500", "2026-09-15T00:01-04:00", {"9903.03.14": 5000}, "note 51(c)", {**USMCA, "scope": "auto-part"}),
    Case("4823.90.6700", "2026-08-22T00:01-04:00", {"9903.03.16": 0}, "note 51(d)", {**CA, "claims": "civil-aircraft"}),
    Case("4823.90.6700", "2026-08-22T00:01-04:00", {"9903.03.14": 5000}, "note 51(d)", CA),
    Case(
        "4823.90.6700",
        "2026-08-22T00:01-04:00",
        {"9903.03.14": 5000},
        "note 51(d): not unmanned",
        {**CA, "claims": ["civil-aircraft", "unmanned-aircraft-article"]},
    ),
)
def test_section_338_on_canada(case: Case) -> None:
    case.check()


def test_the_lists_of_section_338_have_the_counts_of_the_note() -> None:
    rows = rows_of("us-338-canada")
    for day, counts in (("2026-08-22", (63, 52, 439)), ("2026-09-15", (101, 52, 513))):
        live = [row["class"] for row in rows if row["from"] <= day and (not row["until"] or day < row["until"])]
        assert tuple(live.count(f"9903.03.{number}") for number in (12, 13, 14)) == counts
    assert (len(rows_of("us-338-excluded")), len(rows_of("us-338-aircraft"))) == (68, 554)


# A motorcycle over 800 cc, wine in bottles, whey, and beer, which is excluded only where packaged for direct consumption.
MOTORCYCLE, WINE, WHEY, BEER = "8711.50.0060", "2204.21.5040", "0404.10.0500", "2203.00.0030"
EXCLUDED = ((MOTORCYCLE, "11063", "9903.03.14"), (WINE, "11061", "9903.03.12"), (WHEY, "11062", "9903.03.13"))


def from_canada(number: str, day: str, **given: Any) -> Assessment:
    return duty_on(**{"hts": number, "origin": "CA", "entered_at": day, "quantity": "10", **given})


@pytest.mark.parametrize(("number", "proclamation", "heading"), EXCLUDED)
def test_what_may_not_be_imported_is_refused_from_29_september(number: str, proclamation: str, heading: str) -> None:
    """Proclamations 11061-11063, CSMS 70050970: excluded from importation from 29 September 2026."""
    assert headings(from_canada(number, "2026-09-29T00:00-04:00"))[heading] == 5000
    with pytest.raises(LineError) as refused:
        from_canada(number, "2026-09-29T00:01-04:00")
    assert refused.value.code == "import_prohibited"
    assert f"Proclamation {proclamation}" in refused.value.message
    assert "since 2026-09-29" in refused.value.message
    # What lets it in, and what it then pays.
    assert "imported_at" in refused.value.hint
    assert heading in refused.value.hint
    assert from_canada(number, "2026-10-10", origin="MX").total_duty < 5000


@pytest.mark.parametrize(("number", "proclamation", "heading"), EXCLUDED)
def test_goods_imported_before_may_be_entered_at_50_percent(number: str, proclamation: str, heading: str) -> None:
    """CSMS 70050970: imported before 29 September 2026, into a warehouse or a foreign trade zone too."""
    assert headings(from_canada(number, "2026-11-10", imported_at="2026-09-28"))[heading] == 5000
    zone = {"ftz_status": "PF", "admitted_at": "2026-09-20"}
    assert headings(from_canada(number, "2026-11-10", **zone))[heading] == 5000
    for day in ("2026-09-29T00:01-04:00", "2026-10-05"):
        with pytest.raises(LineError) as refused:
            from_canada(number, "2026-11-10", imported_at=day)
        assert (refused.value.code, refused.value.hint) == ("import_prohibited", "")
    # A bare date on the day of the cut does not say on which side of it.
    with pytest.raises(LineError, match="may not be imported"):
        from_canada(number, "2026-11-10", imported_at="2026-09-29")


def test_beer_is_excluded_where_packaged_for_direct_consumption() -> None:
    """Proclamation 11061, annex, scope limitation: bulk keeps the 50%; what is not stated is asked, and warned of."""
    unsaid = from_canada(BEER, "2026-10-10")
    assert headings(unsaid)["9903.03.12"] == 5000
    assert "prohibited" in {one.fact: one.effect for one in unsaid.questions}["scope:packaged-beverage"]
    assert "import_may_be_prohibited" in {one.code for one in unsaid.warnings}
    bulk = from_canada(BEER, "2026-10-10", scope="not:packaged-beverage")
    assert headings(bulk)["9903.03.12"] == 5000
    assert "import_may_be_prohibited" not in {one.code for one in bulk.warnings}
    with pytest.raises(LineError, match="may not be imported"):
        from_canada(BEER, "2026-10-10", scope="packaged-beverage")


def test_a_prohibition_ahead_is_told_and_not_foreseen() -> None:
    """Announced on 8 September 2026; as known a day earlier the 50% goes on."""
    ahead = from_canada(MOTORCYCLE, "2026-09-20").next_changes[:1]
    assert [(one.what, one.acts) for one in ahead] == [("begins: importation prohibited", ("us-proc-11063",))]
    before = duty_on("2026-09-07", hts=MOTORCYCLE, origin="CA", entered_at="2026-10-10")
    assert headings(before)["9903.03.14"] == 5000


def test_one_prohibited_line_does_not_stop_the_others() -> None:
    lines = [{"hts": hts, "origin": "CA", "value": "100", "entered_at": "2026-10-10"} for hts in (MOTORCYCLE, ALCOHOL)]
    records = [Record(number, given) for number, given in enumerate(lines, start=1)]
    refused, answered = assess_records(engine_seen_from(), records)
    assert refused.as_json()["error"]["code"] == "import_prohibited"
    assert answered.assessment is not None


@law(
    *(
        Case(TOY, "2026-02-24T00:01-05:00", {"9903.03.01": 1000}, "note 2(aa)(i)", {"origin": origin})
        for origin in ("GB", "DE", "JP", "KR", "VN", "IN", "BR", "CA", "MX", "KE", "MO", "CU", "RU")
    ),
    *(
        Case(TOY, "2026-02-24T00:00-05:00", {"9903.03.01": None}, "note 2(aa)(i)", {"origin": origin})
        for origin in ("GB", "VN", "CA")
    ),
    Case(SHIRT, "2026-03-01", {"9903.03.07": 0}, "note 2(aa)(vi)", USMCA, total=0),
    Case(SHIRT, "2026-03-01", {"9903.03.08": 0}, "note 2(aa)(vii)", {"origin": "MX", "spi": "S"}, total=0),
    Case(SHIRT, "2026-03-01", {"9903.03.01": 1000}, "note 2(aa)(vi)", CA, total=2650),
    Case(
        SHIRT, "2026-03-01", {"9903.03.01": 1000}, "no such relief for KORUS", {"origin": "KR", "spi": "KR"}, total=1000
    ),
    *(
        case
        for origin in ("CR", "DO", "SV", "GT", "HN", "NI")
        for case in (
            Case(
                SHIRT,
                "2026-03-01",
                {"9903.03.09": 0, "9903.03.01": None},
                "note 2(aa)(viii)",
                {"origin": origin, "spi": "P", "claims": "cafta-dr-textile"},
            ),
            Case(SHIRT, "2026-03-01", {"9903.03.01": 1000}, "note 2(aa)(viii)", {"origin": origin}),
        )
    ),
)
def test_section_122_by_origin(case: Case) -> None:
    case.check()


def test_order_of_reporting() -> None:
    """CSMS 69668138 of 27 August 2026: section 301, then 338, then 232."""
    found = duty_on(hts="7604.10.1000", origin="CA", entered_at="2026-10-01")
    ours = [layer.heading for layer in found.layers if layer.heading.startswith("9903")]
    assert ours == ["9903.05.90", "9903.03.14", "9903.82.02"]
