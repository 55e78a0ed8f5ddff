"""Section 232 on metals by origin: exemptions and quotas of 2018 to 2025, the United Kingdom, USMCA, Russia, aircraft."""

from __future__ import annotations

import csv
from functools import cache
from typing import Any

import pytest
from tests.conftest import TODAY, duty_on, headings, shipped_schedule
from tests.law.cases import Case, law

from tidewaiter.ledger.snapshot import LAW_DIR

SHEET, NAILS = "7208.39.0030", "7317.00.5503"
INGOT, CABLE = "7601.10.3000", "7614.90.2030"
DOZER, TUBE = "8429.11.0010", "7304.31.3000"


def of(
    origin: str, hts: str, day: str, expected: dict[str, int | None], source: str, known: str = TODAY, **facts: Any
) -> Case:
    """1,000 dollars of one origin; known today unless ``known`` is said."""
    return Case(hts, day, dict(expected), source, {"origin": origin, **facts}, "1000", known)


def on_both_sides(hts: str, heading: str, amount: int, table: list[tuple[str, str, str, bool, bool]]) -> list[Case]:
    """Cases from rows (origin, last day before, first day after, paid before, paid after)."""
    return [
        of(origin, hts, day, {heading: amount if paid else None}, f"{heading}: {origin} on {day}")
        for origin, before, after, paid_before, paid_after in table
        for day, paid in ((before, paid_before), (after, paid_after))
    ]


EVER = ("2018-07-06", "2025-03-11")
NEVER_EXEMPT = [(origin, *EVER, True, True) for origin in ("IN", "VN", "TW", "RU", "ZA", "TH", "NO", "CN")]


@law(
    # Clause 2 of Proc 9705 as Proc 10896 restates it; Proc 9894 for 20 May 2019; steel within tariff-rate quotas apart.
    *on_both_sides(
        SHEET,
        "9903.80.01",
        250,
        [
            *NEVER_EXEMPT,
            ("AU", *EVER, False, False),
            ("AR", *EVER, False, False),
            ("BR", *EVER, False, False),
            ("KR", *EVER, False, False),
            ("CA", "2019-05-19", "2019-05-20", True, False),
            ("MX", "2019-05-19", "2019-05-20", True, False),
            ("TR", "2018-08-12", "2018-08-13", True, False),
            ("TR", "2019-05-20", "2019-05-21", False, True),
            ("UA", "2022-05-31", "2022-06-01", True, False),
            ("DE", *EVER, True, True),
            ("JP", *EVER, True, True),
            ("GB", *EVER, True, True),
        ],
    ),
    of("TR", SHEET, "2018-08-13", {"9903.80.02": 500}, "Proc 9772"),
    of("TR", SHEET, "2019-05-20", {"9903.80.02": 500}, "Proc 9886: to 20 May 2019"),
)
def test_steel_of_each_origin_by_date(case: Case) -> None:
    case.check()


@law(
    # Clause 1 of Proc 9980 as Procs 10895 and 10896 restate it.
    *on_both_sides(
        NAILS,
        "9903.80.03",
        250,
        [
            ("IN", "2020-02-07", "2020-02-08", False, True),
            ("DE", "2021-12-31", "2022-01-01", True, False),
            ("JP", "2022-03-31", "2022-04-01", True, False),
            ("GB", "2022-05-31", "2022-06-01", True, False),
            ("UA", "2022-05-31", "2022-06-01", True, False),
            *((origin, "2020-02-08", "2025-03-11", False, False) for origin in ("AR", "AU", "BR", "CA", "KR")),
        ],
    ),
    *on_both_sides(
        CABLE,
        "9903.85.03",
        100,
        [
            ("IN", "2020-02-07", "2020-02-08", False, True),
            ("KR", "2020-02-07", "2020-02-08", False, True),
            ("BR", "2020-02-07", "2020-02-08", False, True),
            ("DE", "2021-12-31", "2022-01-01", True, False),
            ("GB", "2022-05-31", "2022-06-01", True, False),
            ("RU", "2023-03-09", "2023-03-10", True, False),
            *((origin, "2020-02-08", "2025-03-11", False, False) for origin in ("AR", "AU", "CA", "MX")),
        ],
    ),
)
def test_first_derivatives_of_each_origin_by_date(case: Case) -> None:
    case.check()


@law(
    *on_both_sides(
        INGOT,
        "9903.85.01",
        100,
        [
            *((origin, *EVER, True, True) for origin in ("IN", "AE", "BR", "KR", "JP", "DE", "GB", "CN")),
            *((origin, *EVER, False, False) for origin in ("AU", "AR")),
            ("CA", "2019-05-19", "2019-05-20", True, False),
            ("MX", "2019-05-19", "2019-05-20", True, False),
            ("RU", "2023-03-09", "2023-03-10", True, False),
        ],
    ),
    of("CA", INGOT, "2020-08-15", {"9903.85.21": None}, "Proc 10060"),
    of("CA", INGOT, "2020-08-16", {"9903.85.21": 100}, "Proc 10060"),
    of("CA", INGOT, "2020-08-31", {"9903.85.21": 100}, "Proc 10106: to 31 August 2020"),
    of("CA", INGOT, "2020-09-01", {"9903.85.21": None}, "Proc 10106, retroactive"),
    of("CA", "7601.20.9045", "2020-08-20", {"9903.85.21": None}, "note 19(a)(iv): not alloyed only"),
    Case(INGOT, "2020-09-10", {"9903.85.21": 100}, "not yet known", {"origin": "CA"}, "1000", known="2020-10-26"),
    Case(INGOT, "2020-09-10", {"9903.85.21": None}, "known", {"origin": "CA"}, "1000", known="2020-10-27"),
    of("AR", INGOT, "2024-06-01", {"9903.85.05": 0}, "note 19(e)"),
    of("AR", "7604.29.1090", "2024-06-01", {"9903.85.06": 0}, "note 19(e)"),
    of("AR", INGOT, "2025-03-12", {"9903.85.05": None, "9903.85.02": 250}, "Proc 10895"),
    of("RU", INGOT, "2023-03-10", {"9903.85.67": 2000}, "Proc 10522"),
    of("RU", INGOT, "2026-04-06", {"9903.85.67": 2000, "9903.82.02": None}, "Proc 11021 clause 8"),
    of("RU", CABLE, "2023-03-10", {"9903.85.68": 2000}, "Proc 10522"),
)
def test_aluminum_of_each_origin_by_date(case: Case) -> None:
    case.check()


ALL_EXEMPT = ("AR", "AU", "BR", "CA", "MX", "KR", "DE", "JP", "GB", "UA")


@law(
    *(
        of(origin, hts, "2025-03-12", {heading: 250}, source, **({"spi": "S"} if origin in ("CA", "MX") else {}))
        for hts, heading, source in (
            (SHEET, "9903.81.87", "Proc 10896 clause 1"),
            (NAILS, "9903.81.89", "Proc 10896 clause 1"),
            (INGOT, "9903.85.02", "Proc 10895 clause 1"),
        )
        for origin in ALL_EXEMPT
    ),
    *(
        Case(SHEET, "2025-03-12", {"9903.81.87": None}, "not known before 10 February 2025", {"origin": origin}, "1000",
             known="2025-02-09")
        for origin in ("AU", "CA", "KR")
    ),
)  # fmt: skip
def test_every_exemption_ended_on_12_march_2025(case: Case) -> None:
    case.check()


RUSSIAN_TOO = {"secondary_smelt_country": "RU"}


@law(
    *(
        of(
            "IN",
            hts,
            day,
            {heading: paid},
            "notes 19(a)(vii), 19(m); Proc 11021 clause 8: any amount",
            facts=RUSSIAN_TOO,
        )
        for hts, heading in ((INGOT, "9903.85.67"), (CABLE, "9903.85.68"), ("7616.10.9090", "9903.85.68"))
        for day, paid in (
            ("2023-04-09", None),
            ("2023-04-10", 2000 if hts != "7616.10.9090" else None),
            ("2025-03-11", 2000 if hts != "7616.10.9090" else None),
            ("2025-03-12", 2000),
            ("2026-04-06", 2000),
        )
    ),
    # Note 19(f): aluminum of all countries other than products of the United States.
    of("US", INGOT, "2025-03-11", {"9903.85.01": None}, "note 19(a)(i)"),
    of("US", INGOT, "2025-03-12", {"9903.85.02": None}, "note 19(f)"),
    of("US", INGOT, "2025-06-04", {"9903.85.02": None}, "note 19(f)"),
    of("US", INGOT, "2026-04-05", {"9903.85.02": None}, "note 19(f)"),
    of("US", CABLE, "2025-03-12", {"9903.85.04": 250}, "note 19(h): derivatives from all countries"),
    of("US", INGOT, "2026-04-06", {"9903.82.02": 500}, "note 16(a)-(c): no country left out"),
)
def test_metal_of_russia_in_part_and_of_the_united_states(case: Case) -> None:
    case.check()


@law(
    of("MX", SHEET, "2024-07-09", {"9903.81.85": None, "9903.80.01": None}, "Proc 9894"),
    of("MX", SHEET, "2024-07-10", {"9903.81.85": 250}, "Proc 10783: melted elsewhere", melt_country="BR"),
    *(of("MX", SHEET, "2024-07-10", {"9903.81.85": None}, "Proc 10783", melt_country=one) for one in ("MX", "CA", "US")),
    of("MX", NAILS, "2024-07-10", {"9903.81.86": 250}, "Proc 10783", melt_country="CN"),
    of("MX", NAILS, "2024-07-10", {"9903.81.86": None}, "Proc 10783", melt_country="MX"),
    *(
        of("MX", INGOT, "2024-07-10", {"9903.85.71": 100}, "Proc 10782", smelt_country=one)
        for one in ("CN", "BY", "IR")
    ),
    of("MX", INGOT, "2024-07-10", {"9903.85.71": 100}, "Proc 10782: cast", cast_country="CN"),
    of("MX", INGOT, "2024-07-10", {"9903.85.71": 100}, "note 19(a)(viii)", facts={"secondary_smelt_country": "CN"}),
    of("MX", INGOT, "2024-07-10", {"9903.85.67": 2000, "9903.85.71": None}, "note 19(a)(viii)", smelt_country="RU"),
    of("MX", INGOT, "2024-07-10", {"9903.85.67": 2000, "9903.85.71": None}, "note 19(a)(viii): any amount", facts=RUSSIAN_TOO),
    of("MX", CABLE, "2024-07-10", {"9903.85.68": 2000, "9903.85.72": None}, "note 19(a)(ix): any amount", facts=RUSSIAN_TOO),
    of("MX", INGOT, "2024-07-09", {"9903.85.71": None}, "Proc 10782", smelt_country="CN"),
    of("MX", CABLE, "2024-07-10", {"9903.85.72": 100}, "note 19(a)(ix)", smelt_country="CN"),
    of("MX", INGOT, "2024-07-10", {"9903.85.71": None}, "Proc 10782"),
    of("UA", SHEET, "2023-05-31", {"9903.81.83": None, "9903.80.01": None}, "Proc 10403"),
    of("UA", SHEET, "2023-06-01", {"9903.81.83": 250}, "Proc 10588: no certificate"),
    of("UA", SHEET, "2023-06-01", {"9903.81.83": None, "9903.80.01": None}, "Proc 10588", claims=["ukraine-certificate"]),
    of("UA", NAILS, "2025-03-11", {"9903.81.84": 250}, "Proc 10588: no certificate"),
    of("DE", SHEET, "2023-06-01", {"9903.81.82": 0}, "Proc 10588", claims=["ukraine-certificate"]),
    of("DE", SHEET, "2023-05-31", {"9903.80.01": 250}, "Proc 10588", claims=["ukraine-certificate"]),
    of("FR", SHEET, "2022-06-01", {"9903.81.81": 0}, "Proc 10406", claims=["steel-quota"], melt_country="GB"),
    of("KR", SHEET, "2024-06-01", {"9903.80.60": 0}, "Proc 9777", claims=["steel-quota-relief"]),
    of("BR", SHEET, "2024-06-01", {"9903.80.61": 250}, "Proc 9777", claims=["steel-quota-contract"]),
    of("BR", "7207.12.0050", "2024-06-01", {"9903.80.62": 0}, "Proc 10064", claims=["9903.80.62"]),
    of("JP", SHEET, "2024-06-01", {"9903.81.80": 0}, "heading 9903.81.80", claims=["steel-quota-exclusion"]),
    of("AR", INGOT, "2024-06-01", {"9903.85.11": 0}, "Proc 9776", claims=["aluminum-quota-exclusion"]),
    of("DE", INGOT, "2024-06-01", {"9903.85.25": 0}, "Proc 10327", claims=["aluminum-quota-exclusion"]),
    of("GB", INGOT, "2024-06-01", {"9903.85.50": 0}, "Proc 10405", claims=["aluminum-quota-exclusion"]),
)  # fmt: skip
def test_mexico_ukraine_and_what_commerce_let_in(case: Case) -> None:
    case.check()


@law(
    of("DE", SHEET, "2021-12-31", {"9903.80.65": None, "9903.80.01": 250}, "Proc 10328", claims=["steel-quota"]),
    of("DE", SHEET, "2022-01-01", {"9903.80.65": 0, "9903.80.01": None}, "Proc 10328", claims=["steel-quota"]),
    of("JP", SHEET, "2022-03-31", {"9903.81.25": None, "9903.80.01": 250}, "Proc 10356", claims=["steel-quota"]),
    of("JP", SHEET, "2022-04-01", {"9903.81.25": 0, "9903.80.01": None}, "Proc 10356", claims=["steel-quota"]),
    of("GB", SHEET, "2022-05-31", {"9903.81.25": None, "9903.80.01": 250}, "Proc 10406", claims=["steel-quota"]),
    of("GB", SHEET, "2022-06-01", {"9903.81.25": 0, "9903.80.01": None}, "Proc 10406", claims=["steel-quota"]),
    of("GB", SHEET, "2025-03-12", {"9903.81.25": None, "9903.81.87": 250}, "Proc 10896", claims=["steel-quota"]),
    of("DE", INGOT, "2021-12-31", {"9903.85.27": None, "9903.85.01": 100}, "Proc 10327", claims=["aluminum-quota"]),
    of("DE", INGOT, "2022-01-01", {"9903.85.27": 0, "9903.85.01": None}, "Proc 10327", claims=["aluminum-quota"]),
    of("GB", INGOT, "2022-05-31", {"9903.85.51": None, "9903.85.01": 100}, "Proc 10405", claims=["aluminum-quota"]),
    of("GB", INGOT, "2022-06-01", {"9903.85.51": 0, "9903.85.01": None}, "Proc 10405", claims=["aluminum-quota"]),
    of("GB", INGOT, "2025-03-12", {"9903.85.51": None, "9903.85.02": 250}, "Proc 10895", claims=["aluminum-quota"]),
)
def test_tariff_rate_quotas_on_both_sides(case: Case) -> None:
    case.check()


@cache
def one_line_of_each(name: str) -> dict[str, str]:
    """Class of a quota list -> a ten-digit line of it in the basic edition of 2025."""
    text = (LAW_DIR / "lists" / f"{name}.csv").read_text(encoding="utf-8").splitlines()
    schedule = shipped_schedule()
    edition = schedule.edition("2025 basic")
    lines = [line.number for chapter in ("72", "73", "76") for line in schedule.lines(edition, chapter)]
    plain = sorted(number.replace(".", "") for number in lines)
    found: dict[str, str] = {}
    for row in csv.DictReader(line for line in text if not line.startswith("#")):
        if row["class"] not in found:
            found[row["class"]] = next(number for number in plain if number.startswith(row["prefix"]))
    return found


def quota(first: int, count: int) -> list[str]:
    """Headings 9903.80.NN on, over the turn of the hundred (9903.80.99 is followed by 9903.81.01)."""
    numbers = [one for one in range(first, first + count + 1) if one != 8100][:count]
    return [f"9903.{one // 100}.{one % 100:02}" for one in numbers]


KOREA, EUROPE, JAPAN = quota(8005, 54), quota(8065, 54), quota(8125, 54)


@pytest.mark.parametrize("place", range(54))
def test_each_of_the_54_steel_quotas(place: int) -> None:
    """Headings 9903.80.05-.58, 9903.80.65-9903.81.19, 9903.81.25-.78: the same product three times."""
    line = one_line_of_each("us-232-steel-quotas")[KOREA[place][-2:]]
    for origin in ("AR", "BR", "KR"):
        assert headings(duty_on(hts=line, origin=origin, entered_at="2025-03-11")).get(KOREA[place]) == 0
    for origin, heading in (("IT", EUROPE[place]), ("JP", JAPAN[place]), ("GB", JAPAN[place])):
        asked = {"hts": line, "origin": origin, "entered_at": "2025-03-11"}
        assert headings(duty_on(**asked, claims=["steel-quota"])).get(heading) == 0
        assert headings(duty_on(**asked)).get("9903.80.01") == 2500


ALUMINUM = {
    "27": "51", "29": "52", "31": "53", "32": "54", "33": "55", "34": "56", "35": "57", "36": "58", "37": "59", "38": "60",
    "39": "65", "40": "66", "41": "61", "42": "62", "43": "63", "44": "64", "clad": "",
}  # fmt: skip


@pytest.mark.parametrize("product", ALUMINUM)
def test_each_of_the_aluminum_quotas(product: str) -> None:
    """Headings 9903.85.27-.44 (European Union) and 9903.85.51-.66 (United Kingdom; clad sheet has none)."""
    line = one_line_of_each("us-232-aluminum-quotas")[product]
    asked = {"hts": line, "entered_at": "2025-03-11", "claims": ["aluminum-quota"]}
    europe = headings(duty_on(**asked, origin="IT"))
    assert europe.get(f"9903.85.{'37' if product == 'clad' else product}") == 0
    kingdom = headings(duty_on(**asked, origin="GB"))
    if ALUMINUM[product]:
        assert kingdom.get(f"9903.85.{ALUMINUM[product]}") == 0
    else:
        assert kingdom.get("9903.85.01") == 1000


FASTENER, RACK = "7318.15.8055", "9403.20.0075"


@law(
    of("GB", SHEET, "2025-06-03", {"9903.81.87": 250}, "Proc 10896"),
    of("GB", SHEET, "2025-06-04", {"9903.81.94": 250, "9903.81.87": None}, "Proc 10947: United Kingdom 25%"),
    of("DE", SHEET, "2025-06-04", {"9903.81.87": 500}, "Proc 10947: 50%"),
    of("GB", NAILS, "2025-06-04", {"9903.81.96": 200}, "Proc 10947 clause 6: on the content", steel_value="800"),
    of("GB", FASTENER, "2025-06-04", {"9903.81.97": 250}, "note 16(t)"),
    of("GB", RACK, "2025-08-18", {"9903.81.98": 50}, "note 16(u)", steel_value="200", aluminum_value="0"),
    of("GB", INGOT, "2025-06-04", {"9903.85.12": 250}, "note 19(n)-(o)"),
    of("GB", CABLE, "2025-06-04", {"9903.85.13": 250}, "note 19(q)"),
    of("GB", "7616.10.9090", "2025-06-04", {"9903.85.14": 250}, "note 19(r)"),
    of("GB", SHEET, "2025-07-10", {"9903.81.95": 250}, "heading 9903.81.95", ftz_status="PF", admitted_at="2025-05-01"),
    of("GB", SHEET, "2025-07-10", {"9903.81.94": 250}, "admitted after", ftz_status="PF", admitted_at="2025-06-05"),
    of("GB", FASTENER, "2025-07-10", {"9903.81.99": 250}, "heading .99", ftz_status="PF", admitted_at="2025-05-01"),
    of("GB", SHEET, "2026-04-05", {"9903.81.94": 250}, "Proc 10947"),
    of("GB", SHEET, "2026-04-06", {"9903.82.02": 500}, "Proc 11021: not of British metal"),
    of("GB", SHEET, "2026-04-06", {"9903.82.04": 250}, "note 16(d)", facts={"uk_metal_share": "0.95"}),
    of("GB", SHEET, "2026-04-06", {"9903.82.02": 500}, "note 16(d): 95%", facts={"uk_metal_share": "0.94"}),
    of("GB", DOZER, "2026-04-06", {"9903.82.05": 150}, "note 16(d)", facts={"uk_metal_share": "1"}),
    of("GB", DOZER, "2026-04-06", {"9903.82.09": 250}, "note 16(d)"),
    of("FR", SHEET, "2026-04-06", {"9903.82.02": 500}, "note 16(d)", facts={"uk_metal_share": "1"}),
)
def test_the_united_kingdom(case: Case) -> None:
    case.check()


PARTS_300 = {"us_equipment_content": "300"}
SOLD_AS_18: dict[str, Any] = {"spi": "S", "claims": ["9903.82.18"], "melt_country": "CA"}
SOLD_AS_19: dict[str, Any] = {
    "spi": "S", "claims": ["usmca-metal-authorised"], "smelt_country": "CA", "cast_country": "CA",
}  # fmt: skip
PARTNERS = ("AR", "EC", "SV", "GT", "JP", "KR", "LI", "CH", "TW", "GB", "FR", "IE")


@law(
    *(of(one, DOZER, "2026-06-07", {"9903.82.22": None, "9903.82.09": 250}, "Proc 11021") for one in PARTNERS),
    *(of(one, DOZER, "2026-06-08", {"9903.82.22": 150, "9903.82.09": None}, "Proc 11032 cl. 2(b)") for one in PARTNERS),
    *(of(one, DOZER, "2027-12-31", {"9903.82.22": 150}, "Proc 11032 clause 2") for one in PARTNERS[:2]),
    *(of(one, DOZER, "2028-01-01", {"9903.82.22": None, "9903.82.09": 250}, "clause 3(a)") for one in PARTNERS[:2]),
    *(of(one, DOZER, "2026-06-08", {"9903.82.09": 250}, "Proc 11032 cl. 2(a)") for one in ("IN", "CN", "CA", "MX", "NO")),
    *(of(one, DOZER, "2026-06-07", {"9903.82.20": None}, "Proc 11032", spi="S") for one in ("CA", "MX")),
    *(of(one, DOZER, "2026-06-08", {"9903.82.20": 250}, "clause 2(d)", spi="S") for one in ("CA", "MX")),
    of("MX", DOZER, "2026-06-08", {"9903.82.20": 175, "9903.82.21": 0}, "2(d)", spi="S", facts=PARTS_300),
    of("CA", DOZER, "2026-06-08", {"9903.82.20": 150}, "cl. 2(d): at least 15%", spi="S", facts={"us_equipment_content": "400"}),
    # US content above 40% of the value pays the 25% (note 16(j)), so that the whole never pays less than 15%.
    *(of("CA", DOZER, "2026-06-08", {"9903.82.20": 150, "9903.82.21": 0}, "16(j)", spi="S", facts={"us_equipment_content": one})
      for one in ("400.01", "600", "1000")),
    of("CA", DOZER, "2026-06-08", {"9903.82.06": 100}, "the lowest, clause 3(b)", spi="S", facts={"us_metal_share": "0.85"}),
    of("CA", DOZER, "2028-01-01", {"9903.82.20": None, "9903.82.09": 250}, "clause 3(a)", spi="S"),
    of("MX", SHEET, "2026-04-22", {"9903.82.18": None, "9903.82.02": 500}, "91 FR 21790: from 23 April 2026", **SOLD_AS_18),
    of("MX", SHEET, "2026-04-23", {"9903.82.18": 250, "9903.82.02": None}, "91 FR 21790; note 16(h)", **SOLD_AS_18),
    of("MX", SHEET, "2026-04-23", {"9903.82.02": 500}, "not yet known", known="2026-04-22", **SOLD_AS_18),
    of("MX", SHEET, "2026-04-23", {"9903.82.02": 500}, "16(h): melted there", **SOLD_AS_18 | {"melt_country": "CN"}),
    of("MX", SHEET, "2026-04-23", {"9903.82.02": 500}, "16(h): USMCA", **SOLD_AS_18 | {"spi": None}),
    of("IN", SHEET, "2026-04-23", {"9903.82.02": 500}, "16(h)", claims=["9903.82.18"], melt_country="MX"),
    of("CA", INGOT, "2026-04-22", {"9903.82.19": None, "9903.82.02": 500}, "91 FR 21790", **SOLD_AS_19),
    of("CA", INGOT, "2026-04-23", {"9903.82.19": 250, "9903.82.02": None}, "91 FR 21790; note 16(i)", **SOLD_AS_19),
    of("CA", INGOT, "2026-04-23", {"9903.82.02": 500}, "16(i): cast there", **SOLD_AS_19 | {"cast_country": "US"}),
    *(of(one, "8415.90.8010", "2026-06-08", {"9903.82.12": 250}, "heading .12") for one in ("BY", "CU", "KP")),
    of("RU", SHEET, "2026-04-06", {"9903.82.14": 500}, "heading 9903.82.14"),
    of("RU", SHEET, "2026-04-05", {"9903.81.87": 500}, "Proc 10947"),
    of("RU", DOZER, "2026-06-08", {"9903.82.16": 250}, "heading 9903.82.16"),
)  # fmt: skip
def test_since_april_2026(case: Case) -> None:
    case.check()


AIRCRAFT = [
    ("GB", "9903.96.01", "2025-06-29", "2025-06-30", "90 FR 27851"),
    ("DE", "9903.02.76", "2025-08-31", "2025-09-01", "FR Doc. 2025-18660"),
    ("JP", "9903.96.02", "2025-09-15", "2025-09-16", "90 FR 44638"),
    ("KR", "9903.02.81", "2025-11-13", "2025-11-14", "90 FR 55964"),
]
FLYING = ["civil-aircraft"]


@law(
    *(
        of(origin, TUBE, day, {heading: 0 if lifted else None, duty: None if lifted else paid}, source, claims=FLYING)
        for origin, heading, before, after, source in AIRCRAFT
        for duty, paid in [("9903.81.94", 250) if origin == "GB" else ("9903.81.87", 500)]
        for day, lifted in ((before, False), (after, True), ("2026-02-23", True), ("2026-02-24", True), ("2026-04-05", True))
    ),
    *(
        of(origin, TUBE, day, {heading: 0, "9903.82.02": None}, "note 35; note 2(v)", claims=FLYING)
        for origin, heading, *_ in AIRCRAFT
        for day in ("2026-04-06", "2026-10-01")
    ),
    of("TW", TUBE, "2026-04-30", {"9903.96.03": None, "9903.82.02": 500}, "91 FR 31818", claims=FLYING),
    of("TW", TUBE, "2026-05-01", {"9903.96.03": 0, "9903.82.02": None}, "91 FR 31818", claims=FLYING),
    *(of(origin, TUBE, "2026-05-01", {"9903.82.02": 500}, "not claimed") for origin in ("GB", "DE", "JP", "KR", "TW")),
    *(of(origin, TUBE, "2026-05-01", {"9903.82.02": 500}, "no agreement", claims=FLYING) for origin in ("CN", "CA", "CH")),
    of("GB", SHEET, "2026-05-01", {"9903.82.02": 500}, "note 35(a): not a listed article", claims=FLYING),
    of("GB", "7608.10.0030", "2025-07-01", {"9903.96.01": 0, "9903.85.12": None}, "note 35(a)", claims=FLYING),
    of("JP", "7413.00.9000", "2025-09-16", {"9903.96.02": 0, "9903.78.01": None}, "EO 14345 section 3", claims=FLYING),
    Case(TUBE, "2025-09-10", {"9903.81.87": 500}, "not yet known", {"origin": "DE", "claims": FLYING}, "1000",
         known="2025-09-24"),
    Case(TUBE, "2025-11-20", {"9903.81.87": 500}, "not yet known", {"origin": "KR", "claims": FLYING}, "1000",
         known="2025-12-03"),
)  # fmt: skip
def test_civil_aircraft_agreements(case: Case) -> None:
    case.check()


@law(
    *(
        of(origin, "7411.10.1030", "2025-08-01", {"9903.78.01": 400}, "Proc 10962: all countries", copper_value="800")
        for origin in ("CL", "MX", "CA", "GB", "DE", "JP", "KR", "IN", "AU")
    ),
    *(of(origin, "7411.10.1030", "2025-07-31", {"9903.78.01": None}, "Proc 10962") for origin in ("CL", "GB")),
    *(
        of(origin, "7411.10.1030", "2026-04-06", {"9903.82.02": 500}, "Proc 11021")
        for origin in ("CL", "MX", "GB", "DE")
    ),
)
def test_copper_for_all(case: Case) -> None:
    case.check()


AIRCO, MACHINING = "8415.10.9000", "8457.10.0025"


def all_in(origin: str, hts: str, amount: int, total: int, source: str, day: str = "2026-07-01", **facts: Any) -> Case:
    """1,000 dollars under 9903.82.10, with what all duty together comes to."""
    return Case(hts, day, {"9903.82.10": amount}, source, {"origin": origin, **facts}, "1000", total=total)


@law(
    # Note 16(f): the "applicable" column 1 rate and the duty "will total 15 percent"; 15% stands in the special subcolumn too.
    all_in("KR", AIRCO, 128, 150, "2.2% general"),
    all_in("KR", AIRCO, 150, 150, "free under KORUS", spi="KR"),
    all_in("MX", AIRCO, 150, 150, "free under USMCA", spi="S"),
    all_in("JP", MACHINING, 108, 150, "4.2% general"),
    all_in("JP", MACHINING, 150, 150, "free under the agreement with Japan", spi="JP"),
    Case(AIRCO, "2026-07-01", {"9903.82.07": 100}, "note 16(e), 10%", {"origin": "KR", "spi": "KR",
         "facts": {"us_metal_share": "0.85"}}, "1000", total=100),
)  # fmt: skip
def test_annex_iii_counts_the_column_1_rate_that_applies(case: Case) -> None:
    case.check()


def rack(day: str, steel: str, expected: dict[str, int | None], source: str, known: str = TODAY) -> Case:
    """A rack of Vietnam worth 1,000 dollars with so much steel and no aluminum."""
    return of("VN", RACK, day, expected, source, known, steel_value=steel, aluminum_value="0")


@law(
    # Order 14257 section 3(b)(ii): not on derivatives "subject to the duties" of section 232; Proclamation 10947 clause 6: since
    # 4 June 2025 on their other content. CBP before: on derivatives without any metal. Order 14289 does not list Order 14257.
    rack("2025-04-05", "200", {"9903.01.33": 0, "9903.01.25": None, "9903.81.91": 50}, "section 3(b)(ii)"),
    rack("2025-06-03", "200", {"9903.01.33": 0, "9903.01.25": None, "9903.81.91": 50}, "section 3(b)(ii)"),
    rack("2025-06-03", "0", {"9903.01.33": None, "9903.01.25": 100}, "no metal"),
    rack("2025-06-04", "200", {"9903.01.25": 80, "9903.81.91": 100}, "clause 6"),
    rack("2025-06-04", "200", {"9903.01.25": 80}, "clause 6, known on 3 June", "2025-06-03"),
    rack("2025-06-04", "200", {"9903.01.25": None}, "not yet known", "2025-06-02"),
    rack("2025-05-15", "200", {"9903.01.25": None}, "before Order 14289 was known", "2025-04-28"),
)
def test_derivatives_and_the_reciprocal_tariff_around_4_june_2025(case: Case) -> None:
    case.check()


@law(
    *(
        of(origin, TUBE, day, {heading: 0 if lifted else None, other: None if lifted else paid}, source, claims=FLYING)
        for origin, heading, other, paid, before, after, source in (
            ("GB", "9903.96.01", "9903.81.94", 250, "2025-06-29", "2025-06-30", "90 FR 27851"),
            ("DE", "9903.02.76", "9903.81.87", 500, "2025-08-31", "2025-09-01", "FR Doc. 2025-18660"),
        )
        for day, lifted in ((before, False), (after, True))
    ),
    # The same claim lifts the reciprocal tariff from an aircraft article that no metals duty reaches.
    of("GB", "4011.30.0010", "2025-06-29", {"9903.01.25": 100, "9903.96.01": None}, "90 FR 27851", claims=FLYING),
    of("GB", "4011.30.0010", "2025-06-30", {"9903.01.25": None, "9903.96.01": 0}, "note 35(a)", claims=FLYING),
    of("GB", "4011.30.0010", "2025-06-30", {"9903.01.25": 100, "9903.96.01": None}, "note 35(a): if claimed"),
    of("JP", "4011.30.0010", "2025-09-15", {"9903.96.02": None}, "90 FR 44638", claims=FLYING),
    of("JP", "4011.30.0010", "2025-09-16", {"9903.02.73": None, "9903.96.02": 0}, "note 35(b)", claims=FLYING),
    of("DE", "4011.30.0010", "2025-09-01", {"9903.02.20": None, "9903.02.76": 0}, "note 2(v)(xxii)", claims=FLYING),
    of("KR", "4011.30.0010", "2025-11-14", {"9903.02.80": None, "9903.02.81": 0}, "note 2(v)(xxiv)(b)", claims=["9903.02.81"]),
)  # fmt: skip
def test_one_claim_lifts_metals_and_reciprocal_duties(case: Case) -> None:
    case.check()
