"""Sections 232 and 201: what metals, vehicles, wood, chips, drugs, drones, polysilicon, solar and quartz pay from China."""

from __future__ import annotations

from tests.law.cases import Case, law


@law(
    Case("7208.39.0030", "2025-03-11", {"9903.80.01": 250}, "Proc. 9705", value="1000"),
    Case("7208.39.0030", "2025-03-12", {"9903.81.87": 250, "9903.80.01": None}, "Proc. 10896", value="1000"),
    Case("7208.39.0030", "2025-06-04", {"9903.81.87": 500}, "Proc. 10947", value="1000"),
    Case("7208.39.0030", "2026-04-06", {"9903.82.02": 500, "9903.81.87": None}, "Proc. 11021", value="1000"),
    Case("7317.00.5503", "2020-02-07", {"9903.80.03": None}, "Proc. 9980: 8 February 2020", value="1000"),
    Case("7317.00.5503", "2020-02-08", {"9903.80.03": 250}, "Proc. 9980", value="1000"),
    Case(
        "7318.15.8055",
        "2025-04-20",
        {"9903.81.90": 250, "9903.01.33": 0, "9903.01.63": None},
        "EO 14257 3(b)",
        value="1000",
    ),
    Case(
        "7318.15.8055",
        "2025-06-04",
        {"9903.81.90": 450, "9903.01.25": 10},
        "Proc. 10947 cl. 6: on the steel content; the rest pays reciprocal",
        {"steel_value": "900"},
        "1000",
    ),
    Case(
        "7318.15.8055",
        "2025-07-20",
        {"9903.81.92": 0, "9903.81.90": None},
        "9903.81.92: melted and poured in the United States",
        {"steel_value": "900", "melt_country": "US"},
        "1000",
    ),
    Case("7604.29.1090", "2019-06-01", {"9903.85.01": 100}, "Proc. 9704: 10%", value="1000"),
    Case("7604.29.1090", "2025-12-01", {"9903.85.67": 2000}, "Proc. 10522", {"smelt_country": "RU"}, "1000"),
    Case("7612.90.1090", "2025-04-03", {"9903.85.07": None}, "90 FR 14786: 4 April 2025", value="1000"),
    Case("7612.90.1090", "2025-04-04", {"9903.85.07": 250}, "90 FR 14786", value="1000"),
    Case(
        "7411.10.1030",
        "2025-09-01",
        {"9903.78.01": 400, "9903.01.25": 20},
        "Proc. 10962: on the copper content",
        {"copper_value": "800"},
        "1000",
    ),
    Case("7411.10.1030", "2026-05-01", {"9903.82.02": 500}, "Proc. 11021: full value", {"copper_value": "800"}, "1000"),
    Case(
        "8544.42.9090",
        "2025-09-01",
        {"9903.78.01": 150, "9903.85.08": 50, "9903.01.25": 60},
        "notes 36, 19(k): each metal on its content",
        {"copper_value": "300", "aluminum_value": "100"},
        "1000",
    ),
)
def test_metals_by_date(case: Case) -> None:
    case.check()


FRIDGE = "8418.10.0030"


@law(
    Case(
        FRIDGE,
        "2026-02-10",
        {"9903.81.91": 150, "9903.01.33": 0, "9903.01.25": 70, "9903.01.24": 100, "9903.88.03": 250},
        "Proc. 10947 cl. 6: 50% on steel, reciprocal on the rest, the others on all of it",
        {"steel_value": "300", "aluminum_value": "0"},
        "1000",
        total=570,
    ),
    Case(
        FRIDGE,
        "2026-02-10",
        {"9903.81.91": 500, "9903.85.08": None},
        "content unknown: charged once",
        value="1000",
        total=850,
    ),
    Case(
        FRIDGE,
        "2026-03-10",
        {"9903.81.91": 150, "9903.85.08": 50, "9903.03.01": 60},
        "note 2(aa)(v): section 122 on the part that section 232 leaves",
        {"steel_value": "300", "aluminum_value": "100"},
        "1000",
    ),
    Case(
        FRIDGE, "2026-05-01", {"9903.82.09": 250, "9903.03.06": 0}, "note 16(c)", {"metal_weight_share": "0.40"}, "1000"
    ),
    Case(
        FRIDGE,
        "2026-05-01",
        {"9903.82.03": 0, "9903.03.01": 100},
        "note 16(c): less than 15% metal by weight; .03 does not relieve section 122",
        {"metal_weight_share": "0.10"},
        "1000",
    ),
    Case(
        FRIDGE, "2026-08-01", {"9903.82.09": 250, "9903.05.90": 0}, "note 52(f)", {"metal_weight_share": "0.40"}, "1000"
    ),
    Case(
        FRIDGE, "2026-08-01", {"9903.82.03": 0, "9903.05.31": 125}, "note 52(f)", {"metal_weight_share": "0.10"}, "1000"
    ),
)
def test_a_refrigerator_with_some_steel(case: Case) -> None:
    case.check()


@law(
    Case(
        "8504.34.0000",
        "2026-05-01",
        {"9903.82.10": 134},
        "16(f): 15% in all, base 1.6%",
        {"metal_weight_share": "0.6"},
        "1000",
    ),
    Case(
        "8504.34.0000",
        "2028-01-02",
        {"9903.82.09": 250},
        "Proc. 11021 cl. 7: to 2027-12-31",
        {"metal_weight_share": "0.6"},
        "1000",
    ),
    Case("8432.10.0020", "2026-08-01", {"9903.82.10": 150}, "Proc. 11032", {"metal_weight_share": "0.5"}, "1000"),
    Case(
        "8432.10.0020",
        "2026-08-01",
        {"9903.82.09": 250},
        "before Proc. 11032",
        {"metal_weight_share": "0.5"},
        "1000",
        "2026-05-01",
    ),
    Case(
        "8429.52.1010",
        "2026-08-01",
        {"9903.82.09": 250, "9903.05.90": 0},
        "note 16(c)(xi)",
        {"metal_weight_share": "0.6"},
        "1000",
    ),
    Case(
        "8431.49.1010", "2026-08-01", {"9903.82.25": 150}, "note 16(k)", {"scope": "industrial-equipment-part"}, "1000"
    ),
    Case(
        "3701.30.0000",
        "2026-05-01",
        {"9903.82.09": None},
        "Proc. 11032: 8 June 2026",
        {"metal_weight_share": "0.9"},
        "1000",
    ),
    Case("3701.30.0000", "2026-08-01", {"9903.82.09": 250}, "Proc. 11032", {"metal_weight_share": "0.9"}, "1000"),
)
def test_metals_annexes_and_caps(case: Case) -> None:
    case.check()


@law(
    Case("8703.80.0020", "2025-04-02", {"9903.94.01": None}, "Proc. 10908: 3 April 2025"),
    Case("8703.80.0020", "2025-04-04", {"9903.94.01": 2500}, "Proc. 10908"),
    Case(
        "8703.80.0020",
        "2025-05-20",
        {"9903.94.01": 2500, "9903.01.33": 0},
        "EO 14257 3(b)",
        {"origin": "HK"},
        total=4750,
    ),
    Case("8703.80.0020", "2025-05-20", {"9903.94.01": 2500}, "EO 14257 3(b)", {"origin": "MO"}, total=2750),
    Case(
        "8703.23.0190",
        "2026-11-22",
        {"9903.88.01": 2500, "9903.94.01": 2500, "9903.05.90": 0},
        "note 52(f)",
        total=5250,
    ),
    Case("8708.30.5040", "2025-05-02", {"9903.94.05": None}, "Proc. 10908: parts from 3 May 2025"),
    Case("8708.30.5040", "2025-05-04", {"9903.94.05": 2500}, "note 33(g)"),
    Case("8708.30.5040", "2026-11-22", {"9903.74.08": 2500, "9903.94.05": None}, "note 38(i)", {"scope": "truck-part"}),
    Case("8471.50.0150", "2026-11-22", {"9903.94.05": 2500}, "note 33(g)", {"scope": "auto-part"}, total=5000),
    Case("8701.21.0080", "2025-11-02", {"9903.74.01": 2500}, "Proc. 10984", total=7400),
    Case("8702.40.3100", "2026-11-22", {"9903.74.02": 1000}, "note 38(c): buses 10%", total=11200),
)
def test_vehicles_and_parts(case: Case) -> None:
    case.check()


@law(
    Case("9401.61.6011", "2026-02-01", {"9903.76.02": 3000}, "Proc. 10976: 30% from 2026", known="2025-12-30"),
    Case("9401.61.6011", "2026-02-01", {"9903.76.02": 2500}, "proclamation of 31 December 2025: to 2027"),
    Case("9401.61.6011", "2027-01-02", {"9903.76.02": 3000}, "proclamation of 31 December 2025"),
    Case("9403.40.9060", "2027-01-02", {"9903.76.03": 5000}, "proclamation of 31 December 2025"),
    Case("9403.60.8093", "2026-11-22", {"9903.76.03": 2500}, "note 37(f)", {"scope": "kitchen-cabinet"}, total=5000),
    Case("9403.60.8093", "2026-11-22", {"9903.76.03": None}, "note 37(f): cabinets only", total=3750),
    Case("4407.11.0043", "2026-11-22", {"9903.76.01": 1000}, "note 37(b)", total=3500),
)
def test_wood(case: Case) -> None:
    case.check()


CHIP = {"facts": {"chip_tpp": "15000", "chip_dram_bandwidth": "4800"}}


@law(
    Case(
        "8471.50.0150",
        "2026-02-01",
        {"9903.79.01": 2500, "9903.01.24": None, "9903.01.33": 0},
        "note 39(a)(8): lifts China's fentanyl duty too",
        CHIP,
        total=5000,
    ),
    Case(
        "8471.50.0150",
        "2026-02-01",
        {"9903.79.03": 0, "9903.79.01": None, "9903.01.24": 1000},
        "note 39(d): US data centers",
        {**CHIP, "claims": "chip-us-data-center"},
        total=3500,
    ),
    Case("3004.90.9276", "2026-08-15", {"9903.04.61": 0}, "note 40(d)", {"scope": "patented-drug"}),
    Case(
        "3004.90.9276", "2026-10-15", {"9903.04.60": 10000, "9903.05.90": 0}, "note 40(d)", {"scope": "patented-drug"}
    ),
    Case("8806.22.0000", "2026-09-02", {"9903.08.22": None}, "Proc. 11055: 3 September 2026", total=3750),
    Case("8806.22.0000", "2026-09-04", {"9903.08.22": 2500, "9903.05.31": 1250}, "Proc. 11055", total=6250),
    Case(
        "8806.22.0000",
        "2026-09-04",
        {"9903.08.21": 10000},
        "note 43(c)(3)",
        {"scope": "drone-thermal-imager"},
        total=13750,
    ),
    Case("8806.24.0000", "2026-09-04", {"9903.08.21": 10000}, "note 43(c)(1)", total=13750),
)
def test_chips_drugs_and_drones(case: Case) -> None:
    case.check()


MODULE, WATTS = "8541.43.0010", {"quantity": "20000", "unit": "W"}
DOCUMENTED = {"claims": "minimum-price-documented"}


@law(
    Case(
        "2804.61.0000",
        "2026-12-05",
        {"pending:us-232-polysilicon-kg": 10500},
        "cl. 2(b): $21/kg",
        {"quantity": "500", "unit": "kg"},
    ),
    Case(
        MODULE,
        "2026-12-05",
        {"pending:us-232-module-watt": 7600, "pending:us-232-polysilicon-derivatives": 1500},
        "Proclamation of 6 August 2026 cl. 2(b), 4: $0.38/W and 15%",
        WATTS,
    ),
    Case(
        MODULE,
        "2026-12-05",
        {"pending:us-232-module-watt": None, "pending:us-232-module-watt-documented": 0},
        "cl. 2(c): documented at $0.50/W, above the minimum price",
        {**WATTS, **DOCUMENTED},
    ),
    Case(
        MODULE,
        "2026-12-05",
        {"pending:us-232-module-watt-documented": 1600},
        "cl. 2(c): 0.38 x 20,000 = 7,600 less 6,000",
        {**WATTS, **DOCUMENTED},
        "6000",
    ),
    Case(MODULE, "2018-08-01", {"9903.45.25": 3000}, "note 18(h): 30% in the first year"),
    Case(MODULE, "2025-06-01", {"9903.45.25": 1400}, "note 18(h): 14% in the last year"),
    Case(MODULE, "2026-02-06", {"9903.45.25": 1400}, "note 18(h): through 6 February 2026"),
    Case(MODULE, "2026-02-07", {"9903.45.25": None}, "note 18(h)"),
    Case("8541.42.0010", "2025-06-01", {"9903.45.21": 0}, "note 18(e)", {"claims": "solar-cell-in-quota"}),
    Case("6810.99.0020", "2026-11-22", {"9903.45.31": 5000}, "note 41: over quota"),
    Case("6810.99.0020", "2026-11-22", {"9903.45.30": 2500}, "note 41: in quota", {"claims": "quartz-in-quota"}),
    Case("6810.99.0020", "2027-08-16", {"9903.45.31": 4900}, "note 41(e): 49% in the second year"),
    Case("6810.99.0020", "2030-08-15", {"9903.45.31": None}, "note 41(e): ends with 14 August 2030"),
)
def test_polysilicon_solar_and_quartz(case: Case) -> None:
    case.check()
