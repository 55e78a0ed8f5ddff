"""Section 301 on China: lists, steps, transitions, exclusions, cranes and chassis, on both sides of each date.

Source of each expectation beside it. Amounts are on 10,000 dollars.
"""

from __future__ import annotations

import pytest
from tests.conftest import duty_on
from tests.law.cases import Case, law

from tidewaiter.assess.errors import LineError


@law(
    Case("8401.10.0000", "2018-07-06T00:01-04:00", {"9903.88.01": 2500}, "83 FR 28710"),
    Case("8486.20.0000", "2018-08-22", {"9903.88.02": None}, "83 FR 40823: 23 August 2018"),
    Case("8486.20.0000", "2018-08-23", {"9903.88.02": 2500}, "83 FR 40823"),
    Case("0304.72.5000", "2019-01-01", {"9903.88.03": 2500}, "83 FR 47974: 25% from 2019-01-01", known="2018-12-01"),
    Case("0304.72.5000", "2019-01-01", {"9903.88.03": 1000}, "83 FR 65198: postponed", known="2018-12-20"),
    Case("0304.72.5000", "2019-03-02", {"9903.88.03": 2500}, "83 FR 65198: 25% from 2 March", known="2018-12-20"),
    Case("0304.72.5000", "2019-03-02", {"9903.88.03": 1000}, "84 FR 7966: until further notice", known="2019-03-01"),
    Case("0304.72.5000", "2019-05-10T00:00-04:00", {"9903.88.03": 1000}, "84 FR 20459: 12:01 a.m. 10 May 2019"),
    Case("0304.72.5000", "2019-05-10T00:01-04:00", {"9903.88.03": 2500}, "84 FR 20459"),
    Case(
        "0304.72.5000",
        "2019-05-20",
        {"9903.88.09": 1000, "9903.88.03": None},
        "84 FR 21892: exported before 10 May 2019",
        {"exported_at": "2019-05-09"},
    ),
    Case("0304.72.5000", "2019-05-20", {"9903.88.03": 2500}, "84 FR 21892", {"exported_at": "2019-05-11"}),
    Case(
        "0304.72.5000",
        "2019-06-05",
        {"9903.88.03": 2500},
        "84 FR 21892: entered before 1 June 2019",
        {"exported_at": "2019-05-09"},
        known="2019-05-20",
    ),
    Case(
        "0304.72.5000",
        "2019-06-05",
        {"9903.88.09": 1000},
        "84 FR 26930: extended to 15 June 2019",
        {"exported_at": "2019-05-09"},
        known="2019-06-05",
    ),
    Case("0304.72.5000", "2019-06-15", {"9903.88.03": 2500}, "84 FR 26930", {"exported_at": "2019-05-09"}),
    Case("0101.21.0010", "2019-09-01", {"9903.88.15": 1000}, "84 FR 43304: 10%", known="2019-08-20"),
    Case("0101.21.0010", "2019-09-01", {"9903.88.15": 1500}, "84 FR 45821: 15%"),
    Case("0101.21.0010", "2020-02-13", {"9903.88.15": 1500}, "85 FR 3741: 14 February 2020"),
    Case("0101.21.0010", "2020-02-14", {"9903.88.15": 750}, "85 FR 3741"),
)
def test_lists_1_to_4a_as_they_were_imposed_and_raised(case: Case) -> None:
    case.check()


@law(
    Case("8471.30.0100", "2019-12-16", {"9903.88.16": 1000}, "84 FR 43304", known="2019-08-20"),
    Case("8471.30.0100", "2019-12-16", {"9903.88.16": 1500}, "84 FR 45821", known="2019-12-01"),
    Case(
        "8471.30.0100", "2019-12-16", {"9903.88.16": None}, "84 FR 69447: suspended before it began", known="2019-12-15"
    ),
    Case("8471.30.0100", "2024-01-01", {"9903.88.16": None}, "84 FR 69447"),
)
def test_list_4b_was_announced_and_never_collected(case: Case) -> None:
    case.check()


@law(
    Case("8703.80.0020", "2024-09-26", {"9903.88.01": 2500, "9903.91.03": None}, "89 FR 76581: 27 September 2024"),
    Case("8703.80.0020", "2024-09-27", {"9903.88.01": None, "9903.91.03": 10000}, "89 FR 76581: 100%"),
    Case("8541.10.0080", "2024-12-31", {"9903.88.02": 2500}, "89 FR 76581: semiconductors from 2025"),
    Case("8541.10.0080", "2025-01-01", {"9903.88.02": None, "9903.91.05": 5000}, "89 FR 76581: 50%"),
    Case("8541.10.0080", "2025-06-01", {"9903.88.02": 2500}, "89 FR 76581 not yet announced", known="2024-09-12"),
    Case("8541.10.0080", "2027-07-01", {"9903.91.05": 5000}, "90 FR 60848: increase of 23 June 2027 not set"),
    Case("2804.61.0000", "2025-06-01", {"9903.88.03": 2500}, "89 FR 101682 not yet known", known="2024-12-10"),
    Case("2804.61.0000", "2025-06-01", {"9903.91.05": 5000, "9903.88.03": None}, "89 FR 101682", known="2024-12-11"),
    Case("8101.94.0000", "2025-01-01", {"9903.91.11": 2500}, "89 FR 101682: tungsten"),
    Case("8507.60.0010", "2025-06-01", {"9903.91.01": 2500}, "89 FR 76581: batteries of electric vehicles"),
    Case("8507.60.0020", "2025-12-31", {"9903.88.15": 750}, "89 FR 76581: others from 2026"),
    Case("8507.60.0090", "2026-02-02", {"9903.91.06": 2500, "9903.88.15": None}, "note 31(g)"),
    Case("6307.90.9870", "2025-06-01", {"9903.91.04": 2500}, "note 31(e)"),
    Case("6307.90.9870", "2026-06-01", {"9903.91.07": 5000, "9903.91.04": None}, "note 31(h)"),
    Case("4015.12.1010", "2025-06-01", {"9903.91.05": 5000}, "note 31(f)"),
    Case("4015.12.1010", "2026-06-01", {"9903.91.08": 10000, "9903.91.05": None}, "note 31(i)"),
    Case("9018.31.0080", "2025-06-01", {"9903.91.03": 10000, "9903.91.10": None}, "note 31(d)"),
    Case(
        "9018.31.0080",
        "2025-06-01",
        {"9903.91.10": 0, "9903.91.03": None},
        "9903.91.10: enteral syringes before 2026",
        {"scope": "enteral-syringe"},
    ),
    Case("9018.31.0080", "2026-01-01", {"9903.91.03": 10000}, "9903.91.10", {"scope": "enteral-syringe"}),
    Case("8517.62.0020", "2026-10-01", {"9903.88.04": 2500, "9903.88.15": None}, "note 20(g)"),
    Case("8517.62.0090", "2026-10-01", {"9903.88.15": 750, "9903.88.04": None}, "note 20(s)(ii)"),
)
def test_the_four_year_review_replaces_lists_line_by_line(case: Case) -> None:
    case.check()


EXCLUDED = {"claims": "9903.88.69:i-5"}


@law(
    Case("8413.91.9096", "2024-06-14", {"9903.88.01": 2500}, "89 FR 46948: from 15 June 2024", EXCLUDED),
    Case("8413.91.9096", "2024-06-15", {"9903.88.69": 0, "9903.88.01": None}, "89 FR 46948", EXCLUDED),
    Case("8413.91.9096", "2026-11-09T23:59-05:00", {"9903.88.69": 0}, "90 FR 55232", EXCLUDED),
    Case("8413.91.9096", "2026-11-10T00:00-05:00", {"9903.88.01": 2500}, "through November 9, 2026", EXCLUDED),
    Case("8413.91.9096", "2026-11-22", {"9903.88.69": 0}, "reported only", EXCLUDED, scenario="as-reported"),
    Case("8413.91.9096", "2025-11-30", {"9903.88.01": 2500}, "not yet extended", EXCLUDED, known="2025-11-25"),
    Case("8413.91.9096", "2025-11-30", {"9903.88.69": 0}, "90 FR 55232", EXCLUDED, known="2025-11-26"),
    Case("8413.91.9096", "2025-06-01", {"9903.88.01": 2500}, "another item's exclusion", {"claims": "9903.88.69:i-7"}),
    Case("8413.91.9096", "2025-06-01", {"9903.88.01": 2500}, "an exclusion is claimed, never assumed"),
    Case("8486.20.0000", "2023-12-31", {"9903.88.02": 2500}, "9903.88.70: from 2024", {"claims": "9903.88.70:9"}),
    Case("8486.20.0000", "2024-02-01", {"9903.88.70": 0}, "89 FR 76581", {"claims": "9903.88.70:9"}),
)
def test_exclusions_are_claimed_item_by_item(case: Case) -> None:
    case.check()


@pytest.mark.parametrize(
    ("hts", "entered", "claim"),
    [("8413.91.9096", "2023-06-01", "9903.88.67"), ("8206.00.0000", "2025-06-01", "9903.88.21")],
)
def test_exclusions_the_data_cannot_decide_are_refused(hts: str, entered: str, claim: str) -> None:
    with pytest.raises(LineError) as refused:
        duty_on(hts=hts, entered_at=entered, claims=claim)
    assert refused.value.code == "not_covered"


CRANE = {"scope": "ship-to-shore-crane"}
CHASSIS = {"scope": "intermodal-chassis"}


@law(
    Case("8716.39.0090", "2025-11-09", {"9903.88.03": 2500, "9903.91.12": 10000}, "90 FR 48320", CHASSIS),
    Case("8716.39.0090", "2026-11-22", {"9903.88.03": 2500, "9903.91.12": None}, "scope unknown: asked, not covered"),
    Case("8716.39.0090", "2026-11-22", {"9903.91.12": None}, "China only", {**CHASSIS, "origin": "HK"}),
    Case("8426.19.0000", "2026-11-22", {"9903.92.10": 2500, "9903.91.14": 10000}, "note 31(l)(i)", CRANE),
    Case(
        "8426.19.0000",
        "2025-11-09",
        {"9903.91.09": 0, "9903.91.14": None},
        "note 31(l)(i): a crane of 9903.91.09 is not of .14",
        {**CRANE, "claims": "9903.91.09"},
    ),
    Case(
        "8426.19.0000",
        "2026-05-13",
        {"9903.91.09": 0, "9903.92.10": None},
        "9903.91.09: contract before 14 May 2024, entered before 14 May 2026",
        {**CRANE, "claims": "sts-crane-contract-2024"},
    ),
    Case(
        "8426.19.0000", "2026-05-14", {"9903.92.10": 2500}, "9903.91.09", {**CRANE, "claims": "sts-crane-contract-2024"}
    ),
    Case(
        "8426.19.0000",
        "2026-11-22",
        {"9903.92.10": 2500, "9903.91.16": 0, "9903.91.14": None},
        "9903.91.16: contract before 17 April 2025",
        {**CRANE, "claims": "sts-crane-contract-2025"},
    ),
    Case("8426.19.0000", "2026-06-01", {"9903.92.10": None, "9903.92.80": 0}, "9903.92.80: other cranes"),
)
def test_cranes_and_chassis(case: Case) -> None:
    case.check()
