"""Section 232: the headings an entry must carry although they cost nothing, and goods that waited in a foreign trade zone."""

from __future__ import annotations

from tests.law.cases import Case, law

WIRING_SET = "8544.30.0000"
TRUCK_LINE = "8704.60.0000"
COMPUTER = "8471.50.0150"
COPPER_TUBE = "7411.10.1030"


@law(
    Case(WIRING_SET, "2026-08-20", {"9903.94.06": 0, "9903.05.31": 1250}, "note 33(h)(ii)", {"scope": "not:auto-part"}),
    Case(WIRING_SET, "2026-08-20", {"9903.94.05": 2500, "9903.94.06": None}, "note 33(g)", {"scope": "auto-part"}),
    Case(
        WIRING_SET,
        "2026-08-20",
        {"9903.74.08": 2500, "9903.94.06": 0, "9903.94.05": None},
        "notes 33(h)(ii), 38(i)",
        {"scope": "truck-part"},
    ),
    Case(
        "8708.30.5090", "2026-08-20", {"9903.94.05": 2500, "9903.74.11": 0}, "note 38(l)", {"scope": "not:truck-part"}
    ),
    Case(TRUCK_LINE, "2026-08-20", {"9903.94.01": 2500, "9903.74.05": 0}, "note 38(e)", {"scope": "not:truck"}),
    Case(TRUCK_LINE, "2026-08-20", {"9903.74.01": 2500, "9903.74.05": None}, "note 38(b)", {"scope": "truck"}),
    Case(
        "9403.60.8093",
        "2026-08-20",
        {"9903.76.04": 0, "9903.76.03": None, "9903.05.31": 1250},
        "notes 37(g), 52(f): .04 does not relieve",
        {"scope": "not:kitchen-cabinet"},
    ),
)
def test_an_article_that_is_not_what_its_number_may_hold_reports_that(case: Case) -> None:
    case.check()


@law(
    Case(
        COMPUTER,
        "2026-02-10",
        {"9903.79.02": 0, "9903.79.01": None, "9903.01.24": 1000},
        "note 39(c): a performance of 14,000 is not above 14,000",
        {"facts": {"chip_tpp": "14000", "chip_dram_bandwidth": "4800"}},
    ),
    Case(
        COMPUTER,
        "2026-02-10",
        {"9903.79.02": 0, "9903.79.01": None},
        "note 39(b): the performance of one window with the bandwidth of the other",
        {"facts": {"chip_tpp": "15000", "chip_dram_bandwidth": "6000"}},
    ),
    Case(
        COMPUTER,
        "2026-02-10",
        {"9903.79.01": 2500, "9903.79.02": None, "9903.01.24": None},
        "note 39(b)(1), 39(a)(8)",
        {"facts": {"chip_tpp": "15000", "chip_dram_bandwidth": "4800"}},
    ),
)
def test_chips_outside_the_parameters_report_9903_79_02(case: Case) -> None:
    case.check()


@law(
    Case(
        "8703.80.0020",
        "2026-07-25",
        {"9903.94.01": 2500, "9903.05.90": 0, "9903.05.31": None},
        "heading 9903.05.90 came with CSMS 69326983, before 91 FR 47318 was published on 28 July",
        known="2026-07-24",
    ),
)
def test_the_relief_from_forced_labor_is_known_as_early_as_the_duty(case: Case) -> None:
    case.check()


@law(
    Case(
        COPPER_TUBE,
        "2026-05-01",
        {"9903.82.02": 5000, "9903.78.01": None},
        "Proc. 11021 cl. 12: admitted before, the rate at entry",
        {"ftz_status": "PF", "admitted_at": "2025-09-01"},
    ),
    Case(
        COPPER_TUBE,
        "2026-02-01",
        {"9903.78.01": None},
        "Proc. 10962 cl. 6: admitted before 1 August 2025",
        {"ftz_status": "PF", "admitted_at": "2025-07-01"},
    ),
)
def test_copper_that_waited_in_a_zone_pays_once(case: Case) -> None:
    case.check()
