"""Averages into China: against sums of single lines, and against the steps of the WTO's totals."""

from __future__ import annotations

import csv
import json
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import TODAY, duty_on, engine_seen_from
from tests.law.test_china_lists import STEPS, WTO_DAYS, table
from typer.testing import CliRunner

from tidewaiter import Regime
from tidewaiter.assess.errors import LineError
from tidewaiter.averages.series import Average, AverageOptions, Averages
from tidewaiter.averages.table import counted
from tidewaiter.averages.weights import Weights, default_weights, read_weights
from tidewaiter.bulk.kernel import Kernel
from tidewaiter.cli.app import app
from tidewaiter.ledger.instants import end_of_day, parse_instant

VALUE = Decimal(1_000_000)
ZONE = "Asia/Shanghai"
SUBHEADINGS = [("120190", 5_000), ("382499", 43), ("870323", 2_000), ("271112", 777), ("030489", 321)]
# Of the first a quarter of the lines is listed, the second is shared by three annexes.
SUBHEADINGS += [("010620", 900), ("130239", 1_234)]
LINES = [("12019020", 800), ("87032362", 4_000), ("01062090", 55), ("27111200", 1_000)]


@cache
def kernel(scenario: str = "law") -> Kernel:
    engine = engine_seen_from(TODAY, scenario)
    return Kernel(engine.regime, engine.schedule_of("CN"), "CN")


@cache
def shipped(scenario: str = "law") -> Averages:
    law = kernel(scenario)
    return Averages(law, default_weights(law.regime.ledger.jurisdictions["CN"]))


def weights_of(tmp_path: Path, rows: list[tuple[str, str, Any]]) -> Weights:
    path = tmp_path / "weights.csv"
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("hts", "partner", "value"))
        writer.writerows(rows)
    return read_weights(path, frozenset())


def on(averages: Averages, day: str, **options: Any) -> list[Average]:
    instant = end_of_day(date.fromisoformat(day), ZONE)
    return averages.series(AverageOptions(instant, instant + 1, **options))


@pytest.mark.parametrize("scenario", ["law", "as-reported"])
@pytest.mark.parametrize("day", ["2018-09-25", "2019-12-31", "2024-07-01", "2025-03-10", "2025-04-11", "2026-11-22"])
def test_an_average_is_the_sum_of_single_lines(day: str, scenario: str, tmp_path: Path) -> None:
    """At the precision of the tariff of the day: lines of eight digits to 2021, subheadings since."""
    rows = SUBHEADINGS if day >= "2022" else LINES
    asked = {"into": "CN", "origin": "US", "value": str(VALUE), "entered_at": day}
    answers = [(duty_on(TODAY, scenario, hts=hts, **asked), value) for hts, value in rows]
    whole = sum(value for _, value in answers)

    def near(found: Decimal, amounts: list[tuple[Decimal, int]]) -> bool:
        said = sum((amount / VALUE * value for amount, value in amounts), Decimal(0)) / whole
        # What falls on shares of a subheading is rounded to the millionth for each program.
        return abs(found - said) <= Decimal("0.000005")

    weights = weights_of(tmp_path, [(hts, "United States", value) for hts, value in rows])
    (found,) = on(Averages(kernel(scenario), weights), day)
    assert (found.weight, found.uncovered, found.left_out) == (whole, 0, 0)
    assert near(found.total, [(one.total_duty, value) for one, value in answers])
    assert near(found.base, [(one.base.amount, value) for one, value in answers])
    assert found.owed == found.total
    charged = {layer.program for one, _ in answers for layer in one.layers if layer.amount}
    assert {*found.programs} == charged
    for program, rate in found.programs.items():
        amounts = [
            (sum((layer.amount for layer in one.layers if layer.program == program), Decimal(0)), value)
            for one, value in answers
        ]
        assert near(rate, amounts), program


def test_the_steps_are_those_of_the_totals_of_the_wto() -> None:
    """+0.93, +1.02, 0, +84, +41, -115, -1.02 and 0 points between the WTO's nine dates, with the shipped weights."""
    totals = [on(shipped(), day)[0].total * 100 for day in WTO_DAYS]
    steps = [(after - before).quantize(Decimal("0.01"), ROUND_HALF_UP) for before, after in pairwise(totals)]
    assert [str(step) for step in steps] == list(STEPS.values())


def test_the_level_is_that_of_the_table_of_the_wto(sources: Path, tmp_path: Path) -> None:
    """16.88% (docs/coverage.md), without the twelve subheadings of film for which the table has no total."""
    rows = table(sources / "cn" / "china_applied_on_us_hs6_by_date_wto_ttd.csv")
    told = [(row["hs_code"], "US", row["imports_usd_base_year"]) for row in rows if row[WTO_DAYS[0]]]
    (found,) = on(Averages(kernel(), weights_of(tmp_path, told)), WTO_DAYS[0])
    assert round(found.total * 100, 2) == Decimal("16.88")


def test_the_shipped_weights() -> None:
    """All of them stand in the tariff since 2022; in that of 2019 the numbers of the nomenclature of 2022 have no line."""
    weights = shipped().weights
    assert weights is not None
    assert (weights.partners, int(weights.value.sum())) == (("US",), 164_388_432_531)
    (today,), (before) = on(shipped(), TODAY), on(shipped(), "2019-06-01")
    # Film pays by the square meter, and the rate is not at hand.
    assert (today.uncovered, today.left_out) == (0, Decimal("0.001910"))
    assert Decimal("0.038") < before[0].uncovered < Decimal("0.039")


def test_groups_add_up_to_the_whole() -> None:
    (whole,) = on(shipped(), "2025-04-11")
    for by in ("origin", "chapter", "section"):
        groups = on(shipped(), "2025-04-11", by=by)
        assert counted(groups, by).weight == whole.weight
        total = sum(one.total * one.weight for one in groups) / whole.weight
        assert abs(total - whole.total) < Decimal("0.000002")
    programs = on(shipped(), "2025-04-11", by="program")
    assert abs(sum(one.total for one in programs) - whole.total) < Decimal("0.00001")


def test_simple_averages_count_every_line_of_the_one_origin_that_is_covered() -> None:
    (found,) = on(Averages(kernel(), None), TODAY)
    lines = engine_seen_from().schedule_of("CN")
    assert found.weight == sum(1 for one in lines.lines(lines.last_edition) if one.chapter < 98)


def test_an_origin_that_is_not_covered_has_no_average(tmp_path: Path) -> None:
    averages = Averages(kernel(), weights_of(tmp_path, [("120190", "US", 1), ("120190", "BR", 1)]))
    with pytest.raises(LineError) as caught:
        on(averages, TODAY)
    assert caught.value.code == "not_covered"
    assert on(averages, TODAY, origins=("US",))[0].weight == 1


def test_a_series_begins_with_coverage() -> None:
    """China's answer to section 232 came on 2 April 2018: nothing is said of earlier days."""
    rows = shipped().series(AverageOptions(parse_instant("2018-01-01"), parse_instant("2018-06-01")))
    assert rows[0].start == parse_instant("2018-04-02 00:01 Asia/Shanghai")
    with pytest.raises(LineError, match="imports into CN are covered from 2018-04-02 on") as refused:
        shipped().series(AverageOptions(parse_instant("2017-01-01"), parse_instant("2017-06-01")))
    assert refused.value.code == "date_before_coverage"
    result = CliRunner().invoke(app, ["averages", "--into", "CN", "--from", "2018-01-01", "--to", "2018-04-03"])
    assert "begins on 2018-04-02, the first day on which imports into CN are covered\n" in result.stderr


def test_the_command_says_whose_imports_of_which_year_weigh(tmp_path: Path) -> None:
    few = ["averages", "--into", "CN", "--from", "2026-11-01", "--to", "2026-11-01", "--known-on", TODAY]
    said = CliRunner().invoke(app, few).stderr.splitlines()
    imports = "China's imports from the United States in 2024, by subheading (WTO-IMF Tariff Tracker)"
    assert said[0] == f"weighted by {imports}, the same for every day: 164,388,432,531 dollars"
    assert said[1] == "left out beside them: 0.00% of these imports, under numbers that the tariff has no line for"
    (tmp_path / "mine.csv").write_text("hts,partner,value\n100790,US,1000\n", encoding="utf-8")
    said = CliRunner().invoke(app, [*few, "--weights", str(tmp_path / "mine.csv")]).stderr.splitlines()
    assert said[0] == "weighted by mine.csv, the same for every day: 1,000 dollars"
    said = CliRunner().invoke(app, [*few, "--weights", "none"]).stderr.splitlines()
    assert said[0].startswith("simple: ")
    assert said[0].endswith(" lines of the tariff, each counted once for each origin")
    assert not any("weight" in line for line in said)


def test_the_command_and_python_say_the_same() -> None:
    few = ["--from", "2025-04-01", "--to", "2025-05-31", "--known-on", TODAY, "--into", "cn"]
    result = CliRunner().invoke(app, ["averages", *few, "--json"])
    assert result.exit_code == 0, result.output
    told = [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]
    # Announcements 2025 Nos. 4 and 5, 6, 7: 84, 125 and 10 percent on all goods.
    assert [row["programs"].get("cn-2025-all") for row in told] == [None, "0.840000", "1.250000", "0.100000"]
    assert [row["valid_from"] for row in told][1:] == [
        "2025-04-10T12:01:00+08:00",
        "2025-04-12T00:01:00+08:00",
        "2025-05-14T12:01:00+08:00",
    ]
    frame = Regime.load(TODAY).averages(start="2025-04-01", end="2025-05-31", into="CN")
    assert [str(one) for one in frame["total"]] == [row["total"] for row in told]
    result = CliRunner().invoke(app, ["averages", "--into", "JP"])
    assert (result.exit_code, "not_covered" in result.output) == (2, True)
