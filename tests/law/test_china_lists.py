"""China's lists against their sources, line by line, and its import-weighted total against the WTO's, step by step.

Sources: the lists of the announcements as tabulated by Bown, Jung and Zhang (PIIE, 2019); the annexes of Announcement 2025 No. 2;
the WTO-IMF Tariff Tracker's totals on goods of the United States at nine dates. None of them is part of the project.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections import Counter
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from tests.conftest import engine_seen_from, line_of

from tidewaiter.ledger.instants import end_of_day

STEPS = {
    "2025-02-10": "0.93",
    "2025-03-10": "1.02",
    "2025-03-20": "0.00",
    "2025-04-10": "84.00",
    "2025-04-12": "41.00",
    "2025-05-14": "-115.00",
    "2025-11-10": "-1.02",
    "2026-05-01": "0.00",
}
WTO_DAYS = ("2025-01-01", *STEPS)
LISTS_OF_2018 = {"cn-301-2018"}
DAYS_OF_LISTS = {
    "reta_2018Jul06": "2018-07-06",
    "reta_2018Aug23": "2018-08-23",
    "reta_2018Sep24": "2018-09-24",
    "reta_2019Jan01": "2019-01-01",
    "reta_2019Jun01": "2019-06-01",
}


def table(path: Path) -> list[dict[str, str]]:
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


class Points:
    """Points added to a number at the end of a day in Beijing, by some programs or all; what is treated alike is asked once."""

    def __init__(self, scenario: str = "law") -> None:
        self.engine = engine_seen_from(scenario=scenario)
        self._known: dict[tuple[int, frozenset[str]], Decimal] = {}
        self._laws: list[object] = []

    def __call__(self, number: str, day: str, programs: set[str] | None = None) -> Decimal:
        regime = self.engine.regime
        interval = regime.interval(end_of_day(date.fromisoformat(day), "Asia/Shanghai"))
        law = regime.law(number, "US", "CN", interval)
        key = (id(law), frozenset(programs or ()))
        if key not in self._known:
            self._laws.append(law)  # kept, so that its identity is nobody else's
            line = line_of(into="CN", origin="US", hts=number, entered_at=day, value="1000000")
            answers = self.engine.work(line).outcome.answers
            duty = sum(one.amount for one in answers if programs is None or one.program.id in programs)
            self._known[key] = Decimal(duty) / 10_000
        return self._known[key]


def test_the_lists_of_2018_line_by_line(sources: Path) -> None:
    """Announcements [2018] Nos. 5, 7, 8 and 10, [2019] No. 3: the points on 6,085 tariff lines at five dates."""
    points = Points()
    rows = table(sources / "cn" / "china_retaliation_2018_2019_hs8_bown.csv")
    assert len(rows) == 545 + 333 + 5207
    wrong = [
        (row["hs08"], day)
        for row in rows
        for column, day in DAYS_OF_LISTS.items()
        if points(row["hs08"], day, LISTS_OF_2018) != Decimal(row[column])
    ]
    assert wrong == []


def test_no_other_line_of_2018_is_charged_and_the_counts_are_those_of_the_law(sources: Path) -> None:
    """120 and 8 (Notice [2018] No. 13), 545, 333; 2,493, 1,078, 974 and 662 (No. 8), of them 211 with vehicles (No. 10)."""
    points = Points()
    rows = table(sources / "cn" / "china_mfn_and_retaliation_2018_2019_hs10_bown.csv.gz")
    numbers = sorted({row["hs10"][:8] for row in rows})
    assert len(numbers) == 8547
    assert Counter(points(number, "2018-04-02") for number in numbers) == {0: 8547 - 128, 15: 120, 25: 8}
    of_lists = {
        day: Counter(points(number, day, LISTS_OF_2018) for number in numbers) for day in DAYS_OF_LISTS.values()
    }
    assert of_lists["2018-07-06"] == {0: 8547 - 545, 25: 545}
    assert of_lists["2018-08-23"] == {0: 8547 - 545 - 333, 25: 545 + 333}
    assert of_lists["2018-09-24"] == {0: 8547 - 6085, 25: 878, 10: 2493 + 1078, 5: 974 + 662}
    assert of_lists["2019-06-01"] == {0: 8547 - 6085 + 211, 25: 878 - 144 + 2493, 20: 1078, 10: 974, 5: 662 - 67}


def test_the_answer_to_section_232_line_by_line(sources: Path) -> None:
    """Notice [2018] No. 13."""
    points = Points()
    for row in table(sources / "cn" / "china_mfn_and_retaliation_2018_2019_hs10_bown.csv.gz"):
        number = row["hs10"][:8]
        assert points(number, "2018-04-02", {"cn-232"}) == Decimal(row["ret232_2018_04_02"]), number


def test_the_base_rates_of_2018_and_2019_line_by_line(sources: Path) -> None:
    """Most-favored-nation rates of five tariffs; specific duties, in the table as equivalents of three places, are refused."""
    engine = engine_seen_from()
    schedule = engine.schedule_of("CN")
    changes = ("dmfn_2018_05_01", "dmfn_2018_07_01", "dmfn_2018_11_01", "dmfn_2019_01_01")
    tried = refused = 0
    for row in table(sources / "cn" / "china_mfn_and_retaliation_2018_2019_hs10_bown.csv.gz"):
        if not row["mfn_2018_01_01"] or not row["hs10"].isdigit():
            continue
        rate = Decimal(row["mfn_2018_01_01"]).quantize(Decimal("0.0001"))
        for edition, change in zip(schedule.editions, ("", *changes), strict=False):
            rate += Decimal(row[change]).quantize(Decimal("0.0001")) if change else 0
            text = schedule.resolve(row["hs10"], edition).general
            if text == "specific duty, not at hand":
                refused += 1
                continue
            assert (0 if text == "Free" else Decimal(text.removesuffix("%"))) == rate, (row["hs10"], edition.name)
            tried += 1
    assert tried > 58_000
    assert refused == 27 * 5


def test_the_farm_list_line_by_line(sources: Path) -> None:
    """Announcement 2025 No. 2: 29 tariff lines at 15%, 711 at 10%, to 13:01 on 10 November 2025 (No. 9)."""
    points = Points()
    rows = table(sources / "cn" / "china_retaliation_2025-03-10_hs8.csv")
    assert Counter(row["add_rate_pct"] for row in rows) == {"10": 711, "15": 29}
    for row in rows:
        assert points(row["hs8"], "2025-03-09", {"cn-2025-farm"}) == 0
        assert points(row["hs8"], "2025-03-10", {"cn-2025-farm"}) == Decimal(row["add_rate_pct"]), row["hs8"]
        assert points(row["hs8"], "2025-11-10", {"cn-2025-farm"}) == 0


def test_the_steps_of_2025_by_subheading(sources: Path) -> None:
    """Announcements 2025 Nos. 1 and 2, as the WTO's totals show them: 55 and 518 subheadings."""
    points = Points()
    rows = table(sources / "cn" / "china_2025_list_deltas_hs6_from_wto.csv")
    assert len(rows) == 573
    for row in rows:
        number = row["hs6"]
        near = Decimal("0.0001")
        assert abs(points(number, "2025-02-10", {"cn-2025-energy"}) - Decimal(row["feb2025_add"])) < near, number
        assert abs(points(number, "2025-03-10", {"cn-2025-farm"}) - Decimal(row["mar2025_add"])) < near, number


@pytest.fixture(scope="module")
def wto(sources: Path) -> list[dict[str, str]]:
    """The WTO's totals; twelve subheadings of film, which pay by the square meter, have none."""
    rows = table(sources / "cn" / "china_applied_on_us_hs6_by_date_wto_ttd.csv")
    found = [row for row in rows if row[WTO_DAYS[0]]]
    assert (len(rows), len(found)) == (5612, 5600)
    return found


def weighted(wto: list[dict[str, str]], points: dict[str, Decimal]) -> Decimal:
    """An average weighted by China's imports from the United States."""
    weight = {row["hs_code"]: Decimal(row["imports_usd_base_year"]) for row in wto}
    return sum((points[number] * weight[number] for number in weight), Decimal(0)) / sum(weight.values())


def test_the_steps_of_the_import_weighted_total(wto: list[dict[str, str]]) -> None:
    """+0.93, +1.02, 0, +84, +41, -115, -1.02 and 0 points between the WTO's nine dates."""
    points = Points()
    totals = [weighted(wto, {row["hs_code"]: points(row["hs_code"], day) for row in wto}) for day in WTO_DAYS]
    steps = [after - before for before, after in pairwise(totals)]
    assert [str(round(step, 2)) for step in steps] == list(STEPS.values())


def test_every_subheading_steps_as_the_wto_says(wto: list[dict[str, str]]) -> None:
    points = Points()
    for before, after in pairwise(WTO_DAYS):
        for row in wto:
            number = row["hs_code"]
            ours = points(number, after) - points(number, before)
            assert abs(ours - (Decimal(row[after]) - Decimal(row[before]))) < Decimal("0.0002"), (number, after)


def level(number: str, points: Points) -> Decimal:
    """Base rate and additions on 1 January 2025, in percent."""
    schedule = points.engine.schedule_of("CN")
    base = schedule.resolve(number, schedule.last_edition).general
    return points(number, "2025-01-01") + (Decimal(0) if base == "Free" else Decimal(base.removesuffix("%")))


def test_the_level_of_the_import_weighted_total(wto: list[dict[str, str]]) -> None:
    """As docs/coverage.md says: the level is an input, and differs by exclusions, the answer to section 232 and vehicles."""
    page = " ".join((Path(__file__).resolve().parents[2] / "docs" / "coverage.md").read_text(encoding="utf-8").split())
    said = {"the WTO's": weighted(wto, {row["hs_code"]: Decimal(row[WTO_DAYS[0]]) for row in wto})}
    for scenario in ("law", "as-reported"):
        points = Points(scenario)
        said[scenario] = weighted(wto, {row["hs_code"]: level(row["hs_code"], points) for row in wto})
    one, two, three = (round(value, 2) for value in said.values())
    assert f"the WTO's {one}% but {two}% ({three}% as reported)" in page


def test_the_level_differs_only_where_it_is_said_why(wto: list[dict[str, str]]) -> None:
    """The level is an input: each difference from it has its reason.

    The totals leave out the answer to section 232, and that to 301 where exclusions by list ran; they count suspended vehicles.
    """
    reported, law = Points("as-reported"), Points()
    excluded = set(law.engine.regime.list_names["cn-301-excluded"].entries)
    vehicles = {"8701", "8702", "8703", "8704", "8705", "8706", "8707", "8708", "8407", "8408", "8409", "8483", "8512"}
    for row in wto:
        number, total = row["hs_code"], Decimal(row[WTO_DAYS[0]])
        if number in excluded or number[:4] in vehicles or law(number, "2025-01-01", {"cn-232"}):
            continue
        assert abs(level(number, reported) - total) < Decimal("0.001"), number
        assert level(number, law) <= total + Decimal("0.001"), number
