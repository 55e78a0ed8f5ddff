"""Averages both ways: the headline series to the minute, the WTO's steps, published figures, and the acts behind each change."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.averages.test_headline import ON_CHINA
from tests.bulk.panels import kernel
from tests.conftest import TODAY, engine_seen_from
from tests.law.test_china_lists import STEPS, WTO_DAYS
from typer.testing import CliRunner

from tidewaiter import Regime
from tidewaiter.assess.errors import FileError, LineError
from tidewaiter.averages.both import HEADLINE, MEASURES, SIMPLE, WEIGHTED, BothOptions, BothRow, BothWays
from tidewaiter.averages.both_notes import notes
from tidewaiter.bulk.kernel import Kernel
from tidewaiter.cli.app import app
from tidewaiter.ledger.instants import end_of_day, say_instant

WHOLE = BothOptions("2018-01-01", "2026-12-31")
ZONES = {"US": "America/New_York", "CN": "Asia/Shanghai"}


@cache
def both(known_on: str = TODAY) -> BothWays:
    compiled = {"US": kernel()} if known_on == TODAY else {}
    engine = engine_seen_from(known_on)
    return BothWays(
        engine, kernel_into=lambda into: compiled.get(into) or Kernel(engine.regime, engine.schedule_of(into), into)
    )


@cache
def rows() -> tuple[BothRow, ...]:
    return tuple(both().rows(WHOLE))


def series(into: str, measure: str, several: tuple[BothRow, ...] | None = None) -> list[BothRow]:
    return [row for row in several or rows() if (row.into, row.measure) == (into, measure)]


def on(into: str, measure: str, day: str) -> BothRow:
    """The row of the end of a day, where the goods are imported."""
    from datetime import date

    at = end_of_day(date.fromisoformat(day), ZONES[into])
    return next(row for row in series(into, measure) if row.start <= at < row.until)


def at(row: BothRow) -> str:
    return (say_instant(row.start, ZONES[row.into]) or "")[:16]


def percents(several: list[BothRow]) -> list[tuple[str, Decimal]]:
    return [(at(row), row.total * 100) for row in several]


def test_the_headline_rate_of_the_united_states_on_china() -> None:
    assert percents(series("US", HEADLINE)) == [("2018-07-06T00:01", 0), *ON_CHINA]


def test_the_headline_rate_of_china_on_the_united_states() -> None:
    """Announcements 2025 Nos. 4 and 5, 6, 7; the suspension of No. 10 runs out on 10 November 2026."""
    assert percents(series("CN", HEADLINE)) == [
        ("2018-04-02T00:01", 0),
        ("2025-04-10T12:01", 84),
        ("2025-04-12T00:01", 125),
        ("2025-05-14T12:01", 10),
        ("2026-11-10T13:01", 34),
    ]


def test_the_lapse_of_the_truce_as_it_was_known_in_june_2025() -> None:
    """EO 14298 and China's Announcement No. 7 suspend 24 points for 90 days: then 20 and 34 percent, and 34."""
    known = tuple(both("2025-06-02").rows(BothOptions("2025-06-02", "2025-09-01", (HEADLINE,))))
    assert percents(series("US", HEADLINE, known)) == [("2025-06-02T00:01", 30), ("2025-08-12T00:01", 54)]
    assert percents(series("CN", HEADLINE, known)) == [("2025-06-02T00:01", 10), ("2025-08-12T12:01", 34)]


def test_as_reported_the_truce_runs_to_january_2027() -> None:
    """Two months more, announced to the press on 23 September 2026: the texts are not at hand."""
    regime = engine_seen_from().regime.reported
    assert regime is not None
    found = both().rows(BothOptions("2026-09-01", "2027-02-01", (HEADLINE,)), regime)
    assert {row.scenario for row in found} == {"as-reported"}
    assert percents(series("CN", HEADLINE, tuple(found))) == [("2026-09-01T00:01", 10), ("2027-01-10T13:01", 34)]
    assert any("see the scenario as-reported" in note for note in notes(both(), list(rows())))
    assert not any("see the scenario as-reported" in note for note in notes(both(), [*rows(), *found]))


def test_the_steps_of_china_are_those_of_the_totals_of_the_wto() -> None:
    """+0.93, +1.02, 0, +84, +41, -115, -1.02 and 0 points between the WTO's nine dates, weighted by China's imports."""
    totals = [on("CN", WEIGHTED, day).total * 100 for day in WTO_DAYS]
    assert [str(round(after - before, 2)) for before, after in pairwise(totals)] == list(STEPS.values())


@pytest.mark.parametrize(
    ("into", "before", "after", "published", "near"),
    [
        # Bown (PIIE), US-China Trade War Tariffs, 14 February 2020: from 21.0 to 19.3 percent as list 4A was halved.
        ("US", "2020-02-13", "2020-02-14", "-1.7", "0.1"),
        # The same: 20.8 percent in January 2025, 124.1 in mid-April.
        ("US", "2025-01-20", "2025-04-12", "103.3", "2"),
        # The same, 20 September 2019: from 7.2 to 18.3 percent from July through September 2018.
        ("CN", "2018-07-05", "2018-09-25", "11.1", "0.5"),
    ],
)
def test_the_steps_are_near_those_published(into: str, before: str, after: str, published: str, near: str) -> None:
    """Their weights are imports of 2017: steps of lists that cover much the same share of trade agree, levels do not."""
    step = (on(into, WEIGHTED, after).total - on(into, WEIGHTED, before).total) * 100
    assert abs(step - Decimal(published)) < Decimal(near)


def test_totals_are_base_and_programs() -> None:
    for row in rows():
        apart = row.total - row.base - sum(row.programs.values(), Decimal(0))
        # Each part is rounded to the millionth for itself.
        assert abs(apart) <= Decimal("0.0000005") * (len(row.programs) + 2), (row.into, row.measure, at(row))
        assert row.measure != HEADLINE or (apart, row.base) == (0, 0)


def test_series_have_no_gap_and_say_something_new_in_every_row() -> None:
    for into in ZONES:
        for measure in MEASURES:
            several = series(into, measure)
            assert all(one.until == other.start for one, other in pairwise(several))
            assert len(several) > 4


def test_a_series_begins_with_coverage_and_says_why() -> None:
    """83 FR 28710, the first section 301 list; Notice [2018] No. 13, China's answer to section 232."""
    assert {at(series("US", measure)[0]) for measure in MEASURES} == {"2018-07-06T00:01"}
    assert {at(series("CN", measure)[0]) for measure in MEASURES} == {"2018-04-02T00:01"}
    ours, theirs = notes(both(), list(rows()))[:2]
    assert "begins on 2018-07-06 00:01, the first day covered" in ours
    assert "begins on 2018-04-02 00:01, the first day covered" in theirs
    imports = "US imports for consumption of 2024 (Census Bureau)"
    assert f"Weighted by {imports}, the same for every day: 417,986,720,127 dollars." in ours
    assert "China's imports from the United States in 2024" in theirs
    later = both().rows(BothOptions("2025-01-02", "2025-02-01", (HEADLINE,)))
    assert not any("first day covered" in note or "Reconstructed" in note for note in notes(both(), later))


def test_what_is_reconstructed_is_marked() -> None:
    """docs/coverage.md: before 2025, the United States; from 2020 to 2024, China."""
    found = {(row.into, at(row)[:10]): row.reconstructed for row in rows() if row.measure == WEIGHTED}
    assert found["US", "2024-09-27"] and not found["US", "2025-01-01"]
    assert found["CN", "2022-01-01"] and not found["CN", "2019-01-01"] and not found["CN", "2025-02-10"]


@pytest.mark.parametrize(
    ("into", "measure", "day", "acts"),
    [
        ("US", WEIGHTED, "2018-09-24", ["us-fr-83-47974"]),
        ("US", HEADLINE, "2025-04-10", ["us-eo-14266"]),
        ("US", WEIGHTED, "2025-05-14", ["us-eo-14298"]),
        # 407 derivative numbers: a change of lists alone.
        ("US", SIMPLE, "2025-08-18", ["us-fr-90-40326"]),
        # The surcharge ends as the forced-labor duty begins.
        ("US", HEADLINE, "2026-07-24", ["us-memo-2026-07-23", "us-proc-11012"]),
        ("CN", WEIGHTED, "2019-06-01", ["cn-tc-2019-3"]),
        ("CN", HEADLINE, "2025-04-12", ["cn-tc-2025-6"]),
        ("CN", WEIGHTED, "2025-11-10", ["cn-tc-2025-9"]),
        # Nobody acts: what No. 10 suspended comes back.
        ("CN", WEIGHTED, "2026-11-10", ["cn-tc-2025-10"]),
        # China lowers its base duties for all: no act of this ledger, an edition of the tariff.
        ("CN", WEIGHTED, "2018-07-01", []),
    ],
)
def test_every_change_names_its_acts(into: str, measure: str, day: str, acts: list[str]) -> None:
    row = on(into, measure, day)
    assert at(row)[:10] == day
    assert sorted(act.id for act in row.acts) == acts
    assert acts or row.edition == "2018 from 1 July"


def test_every_change_that_is_seen_has_an_act_or_an_edition() -> None:
    for before, row in pairwise(rows()):
        if (before.into, before.measure) == (row.into, row.measure) and abs(row.total - before.total) > Decimal(
            "0.0001"
        ):
            assert row.causes or row.edition, (row.into, row.measure, at(row))


def test_what_the_supreme_court_voided_is_not_owed() -> None:
    """Nos. 24-1287 and 25-250, 20 February 2026: of 145 percent nothing; China's side knows no such thing."""
    peak = on("US", HEADLINE, "2025-04-12")
    assert (peak.total, peak.owed) == (Decimal("1.45"), 0)
    average = on("US", WEIGHTED, "2025-04-12")
    void = average.programs["us-fentanyl-china"] + average.programs["us-reciprocal"]
    assert abs(average.total - average.owed - void) <= Decimal("0.000002")
    assert all(row.owed == row.total for row in rows() if row.into == "CN")
    # On the day before the ruling nobody knew.
    known = both("2026-02-19").rows(BothOptions("2025-04-10", "2025-04-10", (HEADLINE,)))
    assert [(row.total, row.owed) for row in known if row.into == "US"] == [(Decimal("1.45"), Decimal("1.45"))]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (BothOptions("2025-01-01", None, ("median",)), "bad_field"),
        (BothOptions("2026-01-01", "2025-01-01"), "bad_date"),
        (BothOptions("2018-01-01", "2018-03-01"), "date_before_coverage"),
        (BothOptions("2018-05-01", "2018-06-01"), "date_before_coverage"),
        (BothOptions("yesterday"), "bad_date"),
    ],
)
def test_what_cannot_be_asked(options: BothOptions, code: str) -> None:
    with pytest.raises(LineError) as caught:
        both().rows(options)
    assert caught.value.code == code


def run(*said: str) -> Any:
    return CliRunner().invoke(app, ["averages", "--both", "--known-on", TODAY, *said])


def test_the_command_prints_and_writes_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    few = ["--from", "2025-04-09", "--to", "2025-05-31"]
    result = run(*few, "--json")
    assert result.exit_code == 0, result.output
    told = [json.loads(line) for line in result.stdout.splitlines()]
    result = run(*few, "--csv")
    table = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [row["total"] for row in table] == [row["total"] for row in told]
    assert [row["acts"] for row in table] == ["; ".join(act["act"] for act in row["acts"]) for row in told]
    assert [row["local_from"] for row in table] == [row["valid_from"] for row in told]
    peak = next(row for row in table if (row["into"], row["measure"], row["total"]) == ("CN", "headline", "1.250000"))
    assert (peak["cn_2025_all"], peak["us_reciprocal"]) == ("1.250000", "")
    assert peak["citations"].startswith("Announcement of the State Council Tariff Commission 2025 No. 6")
    assert run(*few, "-o", "both.parquet").exit_code == 0
    frame = pl.read_parquet("both.parquet")
    assert [str(one) for one in frame["total"]] == [row["total"] for row in told]
    result = run(*few)
    assert "China on the United States, scenario law" in result.stdout
    assert "145.00%" in result.stdout and "EO 14266: Reciprocal tariff 84% becomes 125%" in result.stdout
    assert "us-reciprocal" in run(*few, "--by", "program").stdout


def test_scenarios_stand_beside_each_other() -> None:
    result = run(
        "--from",
        "2026-11-01",
        "--to",
        "2026-12-31",
        "--measures",
        "headline",
        "--scenario",
        "law,as-reported",
        "--json",
    )
    told = [json.loads(line) for line in result.stdout.splitlines()]
    china = {row["scenario"]: row["total"] for row in told if row["into"] == "CN"}
    assert china == {"law": "0.340000", "as-reported": "0.100000"}


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (["--origins", "VN"], "cannot_combine"),
        (["--daily"], "cannot_combine"),
        (["--schedule", "mine.csv"], "cannot_combine"),
        (["--by", "chapter"], "cannot_combine"),
        (["--into", "CN"], "cannot_combine"),
        (["--measures", "median"], "bad_field"),
        (["--weights", "my.csv"], "bad_field"),
        (["--weights", "JP=my.csv"], "bad_field"),
        (["--plot", "chart.pdf"], "bad_field"),
        (["--from", "2026-01-01", "--to", "2025-01-01"], "bad_date"),
    ],
)
def test_what_the_command_refuses(said: list[str], code: str) -> None:
    result = run(*said)
    assert (result.exit_code, f"error: {code}" in result.output) == (2, True), result.output


def test_a_chart_is_of_both_sides() -> None:
    result = CliRunner().invoke(app, ["averages", "--plot", "chart.svg"])
    assert (result.exit_code, "cannot_combine" in result.output) == (2, True)


def test_from_python_with_weights_of_my_own(tmp_path: Path) -> None:
    """Grain sorghum alone: 25 percent of 2018 (Announcement No. 5), 10 of the farm list (2025 No. 2), 125 on all goods."""
    (tmp_path / "sorghum.csv").write_text("hts,partner,value\n100790,US,1000\n")
    regime = Regime.load(TODAY)
    regime._kernels["US"] = kernel()
    frame = regime.averages_both(
        start="2025-04-12", end="2025-04-12", measures=["weighted"], weights={"CN": tmp_path / "sorghum.csv"}
    )
    assert frame.schema["total"] == pl.Decimal(12, 6)
    assert frame.schema["valid_from"] == pl.Datetime("ms", "UTC")
    assert frame.schema["acts"] == pl.List(pl.String)
    row = frame.row(by_predicate=pl.col("into") == "CN", named=True)
    assert row["weight"] == 1000
    assert row["cn_2025_all"] == Decimal("1.25")
    assert (row["cn_301_2018"], row["cn_2025_farm"]) == (Decimal("0.25"), Decimal("0.1"))
    assert row["us_reciprocal"] is None
    with pytest.raises(FileError):
        regime.averages_both(weights={"JP": tmp_path / "sorghum.csv"})
