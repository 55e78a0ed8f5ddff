"""Section 232 (except metals) and Section 201 by origin: quotas, caps, USMCA, exempt countries, on both sides of each day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from tests.conftest import duty_on, engine_seen_from, headings
from tests.law.cases import Case, law


def words(text: str) -> list[str]:
    """The words of a text."""
    return text.split()


EU = words(
    """
    AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE
    """
)
CAR, TRUCK, LISTED, PART = "8703.23.0190", "8704.21.0100", "8708.30.5090", "8708.95.1000"
SOFA, CABINET, PINE = "9401.61.4011", "9403.40.9060", "4407.11.0002"
DRUG, HEAVY, LIGHT, WAFER = "3004.90.9201", "8806.24.0000", "8806.23.0000", "8541.42.0010"
WASHER, MODULE, QUARTZ = "8450.20.0040", "8541.43.0010", "6810.99.0020"

# (origin, act's day, first day, heading of vehicles, heading of listed parts, heading of certified parts, its first day)
DEALS = [
    ("JP", "2025-09-16", "2025-09-16", "9903.94.41", "9903.94.43", "9903.94.55", "2025-11-01"),
    *[(eu, "2025-09-25", "2025-08-01", "9903.94.51", "9903.94.53", "9903.94.45", "2025-11-01") for eu in EU],
    ("KR", "2025-12-04", "2025-11-01", "9903.94.61", "9903.94.63", "9903.94.65", "2025-11-01"),
]
SOURCES = {"JP": "90 FR 44638", "KR": "90 FR 55964"}


def day_before(day: str) -> str:
    """The day before an ISO date."""
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


def answered(hts: str, entered: str, known: str = "2026-11-22", **facts: Any) -> dict[str, Any]:
    """Headings and amounts for 10,000 dollars."""
    return headings(duty_on(known, "law", hts=hts, entered_at=entered, value="10000", **facts))


@pytest.mark.parametrize(("origin", "act", "first", "cars", "parts", "certified", "certified_from"), DEALS)
def test_vehicles_and_parts_of_the_deals(
    origin: str, act: str, first: str, cars: str, parts: str, certified: str, certified_from: str
) -> None:
    """U.S. notes 33(k)-(t): 15% in all; 25% the day before, and as seen before the notice."""
    notice = SOURCES.get(origin, "FR Doc. 2025-18660")
    for hts, heading, other in ((CAR, cars, "9903.94.01"), (LISTED, parts, "9903.94.05")):
        after = answered(hts, first, origin=origin)
        assert after[heading] == 1250, f"{notice}: 15% less the base duty of 2.5%: {after}"
        assert other not in after
        before = answered(hts, day_before(first), origin=origin)
        assert before[other] == 2500, f"{notice}: from {first}: {before}"
        assert heading not in before
        if act > first:
            unseen = answered(hts, first, day_before(act), origin=origin)
            assert unseen[other] == 2500, f"{notice}: known from {act}: {unseen}"
    claim: dict[str, Any] = {"origin": origin, "claims": ["auto-production-part"]}
    found = answered("8504.40.9540", certified_from, **claim)
    assert found[certified] == 1500, f"U.S. note 33(r): {found}"
    assert certified not in answered("8504.40.9540", "2025-10-31", **claim)
    assert certified not in answered("7318.15.8055", certified_from, **claim), "note 33(r)(i): not chapter 73"


@law(
    Case(
        CAR,
        "2025-06-29",
        {"9903.94.01": 2500, "9903.94.31": None},
        "90 FR 27851: 30 June 2025",
        {"origin": "GB", "claims": ["uk-auto-quota"]},
        total=2750,
    ),
    Case(
        CAR,
        "2025-06-30",
        {"9903.94.31": 750, "9903.94.01": None, "9903.01.25": None},
        "note 33(i)",
        {"origin": "GB", "claims": ["uk-auto-quota"]},
        total=1000,
    ),
    Case(
        CAR,
        "2025-06-30",
        {"9903.94.31": 750},
        "the heading claimed by number",
        {"origin": "GB", "claims": ["9903.94.31"]},
        total=1000,
    ),
    Case(
        CAR,
        "2025-06-30",
        {"9903.94.01": 2500},
        "EO 14309 sec. 2(a): in excess of the quota",
        {"origin": "GB"},
        total=2750,
    ),
    Case(
        CAR,
        "2026-03-01",
        {"9903.94.31": 750, "9903.03.01": None, "9903.03.06": 0},
        "note 2(aa)(v)(2)",
        {"origin": "GB", "claims": ["uk-auto-quota"]},
        total=1000,
    ),
    Case(
        CAR,
        "2026-08-01",
        {"9903.94.31": 750, "9903.05.90": 0},
        "note 52(f)",
        {"origin": "GB", "claims": ["uk-auto-quota"]},
        total=1000,
    ),
    Case(
        TRUCK,
        "2025-07-01",
        {"9903.94.01": 2500, "9903.94.31": None},
        "note 33(i): heading 8703 only",
        {"origin": "GB", "claims": ["uk-auto-quota"]},
    ),
    Case(
        CAR,
        "2025-07-01",
        {"9903.94.01": 2500, "9903.94.31": None},
        "note 33(i): products of the United Kingdom",
        {"origin": "CN", "claims": ["uk-auto-quota"]},
    ),
    Case(LISTED, "2025-06-29", {"9903.94.05": 2500, "9903.94.32": None}, "90 FR 27851", {"origin": "GB"}),
    Case(
        LISTED,
        "2025-06-30",
        {"9903.94.32": 750, "9903.94.05": None, "9903.01.33": 0},
        "note 33(j): 10% in all",
        {"origin": "GB"},
    ),
    Case(
        PART, "2025-06-30", {"9903.94.32": None, "9903.94.05": None}, "note 33(j): only parts of cars", {"origin": "GB"}
    ),
    Case(
        PART,
        "2025-06-30",
        {"9903.94.32": 1000},
        "note 33(j): base duty free",
        {"origin": "GB", "scope": ["auto-part"]},
        total=1000,
    ),
    Case(
        "8708.95.1500",
        "2025-07-01",
        {"9903.94.05": 2500, "9903.94.32": None},
        "8708.95.15 is in note 33(g), not in 33(j)",
        {"origin": "GB", "scope": ["auto-part"]},
    ),
    Case(
        "8504.40.9540",
        "2025-10-31",
        {"9903.94.33": None},
        "note 33(q), from 1 November 2025",
        {"origin": "GB", "claims": ["uk-auto-production-part"]},
    ),
    Case(
        "8504.40.9540",
        "2025-11-01",
        {"9903.94.33": 1000},
        "note 33(q)",
        {"origin": "GB", "claims": ["uk-auto-production-part"]},
    ),
    Case(
        "8504.40.9540",
        "2025-11-01",
        {"9903.94.33": None, "9903.94.07": 2500},
        "note 33(p): for production in the United States",
        {"origin": "GB", "claims": ["auto-production-part"]},
    ),
)
def test_united_kingdom_vehicles(case: Case) -> None:
    """EO 14309, 90 FR 27851."""
    case.check()


def state_of(thing: str, on: str) -> str:
    """What the acts known on a day say last of a thing."""
    acts = engine_seen_from().regime.ledger.acts.values()
    said = [
        (act.announced, act.sequence, act.id, f"{effect.word}: {effect.said}")
        for act in acts
        if act.announced <= on and act.confidence == "published"
        for effect in act.effects
        if effect.verb == "state" and effect.ref == thing
    ]
    return max(said)[-1] if said else ""


QUOTA, DRUGS, SECTORS = (
    f"deal:us-uk:{one}" for one in ("steel-and-aluminum-quota", "pharmaceuticals", "other-section-232-sectors")
)


@pytest.mark.parametrize(
    ("thing", "on", "words"),
    [
        # General Terms of 8 May 2025, paragraphs 1(c)(ii)-(iv), 1(d).
        (QUOTA, "2025-05-07", ""),
        (QUOTA, "2025-05-08", "security of the supply chains"),
        (QUOTA, "2025-05-08", "ownership of production facilities"),
        (DRUGS, "2025-05-08", "supply chain security"),
        (SECTORS, "2025-05-08", "security of supply chains"),
        ("deal:us-uk:third-countries", "2025-05-08", "non-participants"),
        # Proclamation 10947, clause 7: from 9 July 2025 quotas, or 50 percent if the United Kingdom does not comply.
        (QUOTA, "2025-06-02", "ownership"),
        (QUOTA, "2025-06-03", "50% if the UK has not complied"),
        # EO 14309, section 4: at a future time.
        (QUOTA, "2025-06-16", "not open: to be designed once the UK meets"),
        ("deal:us-uk", "2025-06-29", "ordered"),
        ("deal:us-uk", "2025-06-30", "in force: for cars within the quota"),
        # Proclamation 11021, clauses 2(b) and 3(b).
        (QUOTA, "2026-04-01", "to be designed"),
        (QUOTA, "2026-11-22", "not open: lower rates in its place"),
        # Proclamation 11020, paragraph 9 and clause 3(c); 91 FR 49406.
        (DRUGS, "2026-04-02", "agreed: in principle on 1 December 2025"),
        (DRUGS, "2026-08-03", "0%"),
        # Proclamation 10976, clause 7; Proclamation 11055, clause 4.
        (SECTORS, "2025-09-29", "10%"),
        (SECTORS, "2026-08-13", "China not among them"),
    ],
)
def test_conditions_of_the_deal_with_the_united_kingdom(thing: str, on: str, words: str) -> None:
    """What the deal reaches of other countries, China first, stands in its supply chain conditions: recorded by date."""
    assert words in state_of(thing, on)
    assert bool(state_of(thing, on)) is bool(words)


@law(
    Case(LISTED, "2026-04-30", {"9903.94.05": 2500}, "91 FR 31818: from 1 May 2026", {"origin": "TW"}),
    Case(LISTED, "2026-05-01", {"9903.94.67": 1250, "9903.94.05": None}, "note 33(u)", {"origin": "TW"}),
    Case(LISTED, "2026-05-01", {"9903.94.05": 2500}, "known from 28 May 2026", {"origin": "TW"}, known="2026-05-27"),
    Case(CAR, "2026-05-01", {"9903.94.01": 2500}, "Taiwan: parts only", {"origin": "TW"}),
    Case(
        "8504.40.9540",
        "2026-04-30",
        {"9903.94.69": None, "9903.94.07": 2500},
        "91 FR 31818",
        {"origin": "TW", "claims": ["auto-production-part"]},
    ),
    Case(
        "8504.40.9540",
        "2026-05-01",
        {"9903.94.69": 1500, "9903.94.07": None},
        "note 33(r), (u)",
        {"origin": "TW", "claims": ["auto-production-part"]},
    ),
    Case(
        CAR,
        "2025-12-05",
        {"9903.94.61": 1500},
        "note 33(s): the base duty as claimed",
        {"origin": "KR", "spi": "KR"},
        total=1500,
    ),
    Case(
        TRUCK,
        "2025-12-05",
        {"9903.94.60": 0, "9903.94.61": None},
        "8704.21: 25%, column 1 at 15% or more",
        {"origin": "KR"},
        total=2500,
    ),
    Case(
        TRUCK,
        "2025-12-05",
        {"9903.94.40": 0, "9903.94.41": None, "9903.94.01": None},
        "note 33(k), (m)",
        {"origin": "JP"},
        total=2500,
    ),
    Case(TRUCK, "2025-12-05", {"9903.94.50": 0}, "note 33(n), (m)", {"origin": "DE"}, total=2500),
    Case(CAR, "2025-08-10", {"9903.94.01": 2500}, "a Swiss car: no deal on vehicles", {"origin": "CH"}, total=2750),
    Case(
        CAR,
        "2025-12-05",
        {"9903.94.41": None, "9903.94.04": 0},
        "note 33(e) for every country",
        {"origin": "JP", "claims": ["vehicle-25-years-old"]},
    ),
    Case(
        "8708.70.4560",
        "2025-12-05",
        {"9903.74.08": 2500, "9903.94.43": None, "9903.94.06": 0},
        "notes 33(h)(ii), 38(i)",
        {"origin": "JP", "scope": ["truck-part"]},
    ),
)
def test_vehicles_taiwan_korea_and_high_base_duties(case: Case) -> None:
    """A cap leaves a base duty of 15% or more alone."""
    case.check()


@law(
    Case(
        CAR,
        "2025-04-02",
        {"9903.94.03": None, "9903.94.01": None},
        "Proc. 10908",
        {"origin": "MX", "spi": "S", "claims": ["usmca-vehicle-content"], "us_content_value": "4000"},
        total=0,
    ),
    Case(
        CAR,
        "2025-04-03",
        {"9903.94.02": 0, "9903.94.03": 1500, "9903.94.01": None},
        "note 33(d)",
        {"origin": "MX", "spi": "S", "claims": ["usmca-vehicle-content"], "us_content_value": "4000"},
        total=1500,
    ),
    Case(
        CAR,
        "2025-04-03",
        {"9903.94.03": 2500, "9903.94.02": None},
        "no US content stated",
        {"origin": "CA", "spi": "S", "claims": ["usmca-vehicle-content"]},
    ),
    Case(
        CAR,
        "2025-04-03",
        {"9903.94.01": 2500, "9903.94.03": None},
        "note 33(d): upon approval",
        {"origin": "CA", "spi": "S"},
    ),
    Case(
        CAR,
        "2025-04-03",
        {"9903.94.01": 2500, "9903.94.03": None},
        "not under USMCA",
        {"origin": "CA", "claims": ["usmca-vehicle-content"], "us_content_value": "4000"},
    ),
    Case(
        LISTED, "2025-05-02", {"9903.94.06": None}, "Proc. 10908: parts from 3 May 2025", {"origin": "MX", "spi": "S"}
    ),
    Case(
        LISTED,
        "2025-05-03",
        {"9903.94.06": 0, "9903.94.05": None},
        "note 33(h)(i)",
        {"origin": "MX", "spi": "S"},
        total=0,
    ),
    Case(LISTED, "2025-05-03", {"9903.94.05": 2500}, "note 33(f)", {"origin": "MX"}),
    Case(
        LISTED,
        "2025-05-03",
        {"9903.94.05": 2500, "9903.94.06": None},
        "note 33(h)(i): other than knock-down kits",
        {"origin": "MX", "spi": "S", "claims": ["auto-knock-down-kit"]},
    ),
    Case(
        "8701.21.0080",
        "2025-10-31",
        {"9903.74.03": None},
        "Proc. 10984",
        {"origin": "MX", "spi": "S", "claims": ["usmca-vehicle-content"], "us_content_value": "4000"},
    ),
    Case(
        "8701.21.0080",
        "2025-11-01",
        {"9903.74.06": 0, "9903.74.03": 1500, "9903.74.01": None},
        "note 38(d), (f)",
        {"origin": "MX", "spi": "S", "claims": ["usmca-vehicle-content"], "us_content_value": "4000"},
        total=1500,
    ),
    Case("8701.21.0080", "2025-11-01", {"9903.74.01": 2500}, "note 38(d): upon approval", {"origin": "MX", "spi": "S"}),
    Case("8702.10.3100", "2025-11-01", {"9903.74.02": 1000}, "buses have no relief", {"origin": "MX", "spi": "S"}),
    Case(
        "8708.99.4850",
        "2025-11-01",
        {"9903.74.10": 0, "9903.74.08": None},
        "note 38(k)",
        {"origin": "CA", "spi": "S", "scope": ["truck-part"]},
    ),
    Case(
        "8708.99.4850",
        "2025-11-01",
        {"9903.74.08": 2500, "9903.74.10": None},
        "note 38(k): other than knock-down kits",
        {"origin": "CA", "spi": "S", "scope": ["truck-part"], "claims": ["truck-knock-down-kit"]},
    ),
    Case("8701.21.0080", "2026-06-01", {"9903.74.01": 2500}, "note 38: no deal caps trucks", {"origin": "JP"}),
    Case("8701.21.0080", "2026-06-01", {"9903.74.01": 2500}, "note 38: no deal caps trucks", {"origin": "DE"}),
)
def test_usmca_vehicles_trucks_and_parts(case: Case) -> None:
    """Notes 33(c), (d), (h) and 38(d), (f), (k)."""
    case.check()


WOOD = [
    ("GB", "9903.76.20", "2025-10-14", "2025-10-14", 1000, "note 37(h)"),
    ("JP", "9903.76.21", "2025-10-14", "2025-10-14", 1500, "note 37(i)"),
    *[(eu, "9903.76.22", "2025-10-14", "2025-10-14", 1500, "note 37(j)") for eu in EU],
    ("KR", "9903.76.23", "2025-11-14", "2025-12-04", 1500, "note 37(l)"),
    ("TW", "9903.76.24", "2026-05-01", "2026-05-28", 1500, "heading 9903.76.24"),
]


@pytest.mark.parametrize(("origin", "heading", "first", "act", "amount", "source"), WOOD)
def test_wood_of_the_deals(origin: str, heading: str, first: str, act: str, amount: int, source: str) -> None:
    """Furniture, cabinets and vanities: the deal's rate, also after the rise of 2027; softwood pays 10% from everywhere."""
    for hts, other in ((SOFA, "9903.76.02"), (CABINET, "9903.76.03")):
        for day in (first, "2027-01-01"):
            found = answered(hts, day, origin=origin)
            assert found[heading] == amount, f"{source}: {found}"
            assert other not in found
        before = answered(hts, day_before(first), origin=origin)
        assert heading not in before, source
        assert (other in before) == (first > "2025-10-14"), source
        if act > first:
            assert other in answered(hts, first, day_before(act), origin=origin), f"{source}: known from {act}"
    assert answered(PINE, first, origin=origin)["9903.76.01"] == 1000
    assert "9903.76.02" in answered(SOFA, "2026-06-01", origin="VN")


API = "2933.59.5300"
"""6.5% general, Free (K and others)."""


@pytest.mark.parametrize(
    ("origin", "spi", "heading", "amount"),
    [
        # Proclamation 11020, clause 7: the added duty and the "applicable" column 1 rate are 15 (or 100) percent together.
        ("DE", None, "9903.04.62", 850),
        ("DE", "K", "9903.04.62", 1500),
        ("CH", "K", "9903.04.62", 1500),
        ("JP", "K", "9903.04.62", 1500),
        ("KR", "KR", "9903.04.62", 1500),
        ("IN", None, "9903.04.60", 9350),
        ("IN", "K", "9903.04.60", 10000),
        ("SG", "SG", "9903.04.60", 10000),
    ],
)
def test_a_preference_does_not_lower_the_total_on_drugs(
    origin: str, spi: str | None, heading: str, amount: int
) -> None:
    found = duty_on(hts=API, entered_at="2026-10-01", origin=origin, spi=spi, scope=["patented-drug"], value="10000")
    assert headings(found)[heading] == amount
    assert found.total_duty == (1500 if heading == "9903.04.62" else 10000)


@pytest.mark.parametrize(
    ("origin", "spi", "claim", "heading", "total"),
    [
        # Headings 9903.94.33, .45, .55, .65, .69: 15% (10%) in the general and in the special subcolumn; notes 33(m), (r).
        ("DE", "C", "auto-production-part", "9903.94.45", 1500),
        ("JP", "C", "auto-production-part", "9903.94.55", 1500),
        ("KR", "KR", "auto-production-part", "9903.94.65", 1500),
        ("TW", "C", "auto-production-part", "9903.94.69", 1500),
        ("GB", "C", "uk-auto-production-part", "9903.94.33", 1000),
    ],
)
def test_a_preference_does_not_lower_the_total_on_parts(
    origin: str, spi: str, claim: str, heading: str, total: int
) -> None:
    part = {"hts": "8483.90.5080", "entered_at": "2026-05-02", "origin": origin, "claims": [claim]}
    for program in (spi, None):
        found = duty_on(**part, spi=program, value="10000")
        assert heading in headings(found)
        assert found.total_duty == total, program


PHARMA_15 = ["JP", "KR", "CH", "LI", *EU]
SPECIALTY = [*words("AR BD KH EC SV GT IN ID JP JO MY MK KR CH LI TW TH GB VN"), *EU]


@pytest.mark.parametrize("origin", PHARMA_15)
def test_patented_drugs_of_partners(origin: str) -> None:
    """Note 40(f): 15% in all; note 40(e): .61 relieves companies outside Annex III to 28 September 2026."""
    patented: dict[str, Any] = {"origin": origin, "scope": ["patented-drug"]}
    listed = patented | {"claims": ["pharma-annex-iii-company"]}
    assert "9903.04.62" not in answered(DRUG, "2026-07-30", **listed)
    assert answered(DRUG, "2026-07-31", **listed)["9903.04.62"] == 1500
    assert answered(DRUG, "2026-09-28", **patented)["9903.04.61"] == 0
    found = answered(DRUG, "2026-09-29", **patented)
    assert found["9903.04.62"] == 1500, found
    assert "9903.04.60" not in found
    assert answered(DRUG, "2026-10-01", **patented, claims=["pharma-onshoring-plan"])["9903.04.62"] == 1500


@law(
    Case(
        DRUG,
        "2026-08-10",
        {"9903.04.63": 0, "9903.04.60": None},
        "91 FR 49406: 0%",
        {"origin": "GB", "scope": ["patented-drug"], "claims": ["pharma-annex-iii-company"]},
        total=0,
    ),
    Case(
        DRUG,
        "2026-08-01",
        {"9903.04.63": 1000},
        "Proc. 11020, clause 3(c), before 91 FR 49406",
        {"origin": "GB", "scope": ["patented-drug"], "claims": ["pharma-annex-iii-company"]},
        known="2026-08-02",
    ),
    Case(
        DRUG,
        "2026-08-01",
        {"9903.04.63": 0},
        "91 FR 49406: back to 31 July 2026",
        {"origin": "GB", "scope": ["patented-drug"], "claims": ["pharma-annex-iii-company"]},
        known="2026-08-03",
    ),
    Case(DRUG, "2026-10-01", {"9903.04.60": 10000}, "note 40(c), (d)", {"origin": "SG", "scope": ["patented-drug"]}),
    Case(
        DRUG,
        "2026-10-01",
        {"9903.04.64": 2000},
        "note 40(h)(i)",
        {"origin": "SG", "scope": ["patented-drug"], "claims": ["pharma-onshoring-plan"]},
    ),
    Case(
        DRUG,
        "2026-10-01",
        {"9903.04.66": None, "9903.04.60": 10000},
        "not among the jurisdictions of .66",
        {"origin": "SG", "scope": ["patented-drug"], "claims": ["specialty-pharmaceutical"]},
    ),
)
def test_patented_drugs_of_others(case: Case) -> None:
    """The United Kingdom, and a country without deal."""
    case.check()


@pytest.mark.parametrize("origin", SPECIALTY)
def test_specialty_drugs(origin: str) -> None:
    """Note 40(h)(iii): +0%, and no forced-labor duty (note 52(f)(8))."""
    found = answered(DRUG, "2026-10-01", origin=origin, scope=["patented-drug"], claims=["specialty-pharmaceutical"])
    assert found["9903.04.66"] == 0
    assert not {"9903.04.60", "9903.04.62", "9903.04.63"} & set(found)


@pytest.mark.parametrize("origin", ["JP", "KR", "TW", "CH", "LI", *EU])
def test_drones_of_partners(origin: str) -> None:
    """Note 43(d): 15% in all, only with certified components."""
    certified: dict[str, Any] = {"origin": origin, "claims": ["drone-trusted-components"]}
    for hts, heading, amount in ((HEAVY, "9903.08.21", 10000), (LIGHT, "9903.08.22", 2500)):
        assert answered(hts, "2026-09-03", **certified)["9903.08.24"] == 1500
        assert "9903.08.24" not in answered(hts, "2026-09-02", **certified)
        assert answered(hts, "2026-09-03", origin=origin)[heading] == amount


@law(
    Case(
        LIGHT,
        "2026-09-03",
        {"9903.08.23": 1000, "9903.08.22": None},
        "note 43(d)",
        {"origin": "GB", "claims": ["drone-trusted-components"]},
    ),
    Case(
        HEAVY,
        "2026-09-03",
        {"9903.08.23": 1000, "9903.08.21": None},
        "note 43(d)",
        {"origin": "GB", "claims": ["drone-trusted-components"]},
    ),
    Case(HEAVY, "2026-09-03", {"9903.08.21": 10000}, "note 43(c)", {"origin": "GB"}),
    Case(
        HEAVY,
        "2026-09-03",
        {"9903.08.21": 10000},
        "Israel is not among the partners",
        {"origin": "IL", "claims": ["drone-trusted-components"]},
    ),
    Case(
        "3818.00.0020",
        "2026-12-04",
        {"pending:us-232-polysilicon-derivatives-uk": 1000, "pending:us-232-polysilicon-derivatives": None},
        "Proclamation of August 6, 2026, cl. 5(c)",
        {"origin": "GB", "quantity": "100", "unit": "kg"},
    ),
    Case(
        "3818.00.0020",
        "2026-12-03",
        {"pending:us-232-polysilicon-derivatives-uk": None},
        "from 4 December 2026",
        {"origin": "GB", "quantity": "100", "unit": "kg"},
    ),
    Case(
        "3818.00.0020",
        "2026-12-04",
        {"pending:us-232-polysilicon-derivatives": 1500},
        "cl. 4",
        {"origin": "MY", "quantity": "100", "unit": "kg"},
    ),
    *[
        Case(
            "3818.00.0020",
            "2026-12-04",
            {"pending:us-232-polysilicon-derivatives-partners": 1500, "pending:us-232-polysilicon-derivatives": None},
            "cl. 5(b)",
            {"origin": one, "quantity": "100", "unit": "kg"},
        )
        for one in ("JP", "KR", "TW", "CH", "LI", "DE")
    ],
)
def test_drones_and_polysilicon(case: Case) -> None:
    """Proclamation 11055 clause 4; the proclamation on polysilicon, clause 5."""
    case.check()


SOLAR_EXEMPT = words(
    """
    AF AL AM AO AZ BA BF BI BJ BO BR BT BW BZ CD CF CG CI CM CV DJ DM DZ EC EG ER ET FJ GA GD GE GH GM
    GN GW GY HT ID IQ JM JO KE KG KH KI KM KZ LB LC LK LR LS MD ME MG MK ML MM MN MR MU MV MW MZ NA NE
    NG NP PG PK PY RS RW SB SL SN SO SR SS ST SZ TD TG TL TN TO TV TZ UA UG UZ VC VU WS XK YE ZA ZM ZW
    """
)


def test_solar_exempt_countries() -> None:
    """Note 18(b) names 99 developing countries; no others are exempt."""
    assert len(SOLAR_EXEMPT) == 99
    for origin in SOLAR_EXEMPT:
        assert not {"9903.45.22", "9903.45.25"} & set(answered(MODULE, "2025-06-01", origin=origin)), origin
    for origin in ("VN", "MY", "TH", "KR", "MX", "PH", "IN", "TR", "SG", "DE", "TW"):
        assert answered(MODULE, "2025-06-01", origin=origin)["9903.45.25"] == 1400, origin
        assert "9903.45.25" not in answered(MODULE, "2026-02-07", origin=origin), origin


@law(
    Case(MODULE, "2019-05-16", {"9903.45.25": None}, "note 18(b) before Proc. 9887", {"origin": "TR"}),
    Case(MODULE, "2019-05-17", {"9903.45.25": 2500}, "Proc. 9887: 17 May 2019", {"origin": "TR"}),
    Case(MODULE, "2019-06-04", {"9903.45.25": None}, "note 18(b) before Proc. 9902", {"origin": "IN"}),
    Case(MODULE, "2019-06-05", {"9903.45.25": 2500}, "Proc. 9902: 5 June 2019", {"origin": "IN"}),
    Case(
        MODULE,
        "2022-01-31",
        {"9903.45.25": 1800, "9903.45.27": None},
        "FR Doc. 2022-15519: from 1 February 2022",
        {"origin": "CA", "claims": ["canada-solar-originating"]},
    ),
    Case(
        MODULE,
        "2022-02-01",
        {"9903.45.27": 0, "9903.45.25": None},
        "note 18(i)",
        {"origin": "CA", "claims": ["canada-solar-originating"]},
    ),
    Case(
        MODULE,
        "2022-02-10",
        {"9903.45.25": 1475},
        "known from 15 July 2022",
        {"origin": "CA", "claims": ["canada-solar-originating"]},
        known="2022-07-14",
    ),
    Case(MODULE, "2025-06-01", {"9903.45.25": 1400}, "note 18(i): not claimed", {"origin": "CA"}),
    Case(
        WASHER,
        "2020-06-01",
        {"9903.45.02": 4000},
        "note 17(e)",
        {"origin": "KR", "scope": ["large-residential-washer"]},
    ),
    Case(
        WASHER,
        "2020-06-01",
        {"9903.45.01": 1600},
        "note 17(d)",
        {"origin": "KR", "scope": ["large-residential-washer"], "claims": ["washer-in-quota"]},
    ),
    Case(
        WASHER,
        "2020-06-01",
        {"9903.45.02": 4000},
        "note 17(b): Mexico and Thailand are not exempt",
        {"origin": "MX", "scope": ["large-residential-washer"]},
    ),
    *[
        Case(
            WASHER,
            "2020-06-01",
            {"9903.45.02": None},
            "note 17(b)",
            {"origin": one, "scope": ["large-residential-washer"]},
        )
        for one in ("CA", "PH", "ID", "UA")
    ],
    Case(QUARTZ, "2026-08-15", {"9903.45.31": 5000}, "note 41", {"origin": "VN"}),
    Case(QUARTZ, "2026-08-15", {"9903.45.31": 5000}, "note 41(c): India is not exempt", {"origin": "IN"}),
    Case(QUARTZ, "2026-08-14", {"9903.45.31": None}, "Proc. 11051: 15 August 2026", {"origin": "IN"}),
    *[
        Case(QUARTZ, "2026-08-15", {"9903.45.31": None}, "note 41(c)", {"origin": one})
        for one in ("CA", "MX", "KR", "AU", "SG")
    ],
)
def test_safeguards_by_origin(case: Case) -> None:
    """Section 201: who is exempt, by date."""
    case.check()


QUARTZ_EXEMPT = words(
    """
    CA MX AU CO IL KR PA PE SG CR DO GT HN NI SV
    AG AW BB BS BZ CW DM GD GY HT JM KN LC MS TT VC VG
    """
)


def test_quartz_by_origin() -> None:
    """Proclamation 11051 clauses 2 and 3: agreement partners, CAFTA-DR, Caribbean Basin, developing countries are left out."""
    for origin in (*QUARTZ_EXEMPT, "JO", "BR", "ID", "PH", "PK", "EG", "ZA", "UA"):
        assert not {"9903.45.30", "9903.45.31"} & set(answered(QUARTZ, "2026-08-15", origin=origin)), origin
    for origin in ("CN", "IN", "VN", "TH", "MY", "TR", "TW", "JP", "ES", "IT", "GB", "CL", "MA", "OM", "BH"):
        assert answered(QUARTZ, "2026-08-15", origin=origin)["9903.45.31"] == 5000, origin
        claimed = answered(QUARTZ, "2026-08-15", origin=origin, claims=["quartz-in-quota"])
        assert claimed["9903.45.30"] == 2500, origin


STAMPING = "8708.29.2130"  # free of base duty


@law(
    Case(
        STAMPING,
        "2025-05-10",
        {"9903.94.05": 2500, "9903.81.89": None},
        "EO 14289 sec. 3(a)(i)",
        {"origin": "JP", "scope": ["auto-part"]},
    ),
    Case(
        STAMPING,
        "2025-12-05",
        {"9903.94.43": 1500, "9903.81.89": None, "9903.85.04": None, "9903.01.33": 0},
        "note 33(l)(1)",
        {"origin": "JP", "scope": ["auto-part"]},
        total=1500,
    ),
    Case(
        STAMPING,
        "2025-12-05",
        {"9903.94.53": 1500, "9903.81.89": None, "9903.85.04": None},
        "note 33(o)(1)",
        {"origin": "DE", "scope": ["auto-part"]},
        total=1500,
    ),
    Case(
        STAMPING,
        "2026-05-10",
        {"9903.94.67": 1500, "9903.82.09": None, "9903.03.06": 0},
        "note 33(u)(1)",
        {"origin": "TW", "scope": ["auto-part"]},
        total=1500,
    ),
    Case(
        STAMPING,
        "2026-09-01",
        {"9903.94.32": 1000, "9903.82.09": None, "9903.05.90": 0},
        "note 33(j)(1)",
        {"origin": "GB", "scope": ["auto-part"]},
        total=1000,
    ),
)
def test_deal_parts_displace_metals(case: Case) -> None:
    """Parts under a deal pay no metals duty, no surcharge and no forced-labor duty besides."""
    case.check()
