"""Averages against sums done line by line with the single-line engine, and against what is published."""

from __future__ import annotations

import csv
import json
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.bulk.panels import VALUE, kernel, single
from tests.bulk.test_panel_files import scenario_of
from tests.conftest import TODAY, engine_seen_from, shipped_schedule
from typer.testing import CliRunner

from tidewaiter import Regime
from tidewaiter.assess.errors import FileError, LineError
from tidewaiter.averages.sections import section_of, sections
from tidewaiter.averages.series import Average, AverageOptions, Averages
from tidewaiter.averages.table import counted
from tidewaiter.averages.weights import Weights, default_weights, read_weights
from tidewaiter.bulk.kernel import Kernel
from tidewaiter.cli.app import app
from tidewaiter.ledger.instants import end_of_day, local_day, parse_instant
from tidewaiter.ledger.model import Effect

FIRST = parse_instant("2025-01-01")
ROWS = [
    ("9503000073", "CN", 1_000),
    ("8507600090", "CN", 2_500),
    ("7208101500", "CN", 700),
    ("8703230190", "DE", 9_000),
    ("8507600090", "DE", 1_234),
    ("6109100012", "VN", 5_678),
    ("8703230190", "JP", 4_321),
    ("9503000073", "RU", 99),
]
DAYS = ("2025-04-20", "2025-09-20", "2026-03-02", "2026-11-22")


def weights_of(tmp_path: Path, rows: list[tuple[Any, ...]], columns: str = "hts,partner,value") -> Weights:
    path = tmp_path / "weights.csv"
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(columns.split(","))
        writer.writerows(rows)
    return read_weights(path, frozenset({"EU"}))


def on(averages: Averages, day: str, **options: Any) -> list[Average]:
    instant = end_of_day(date.fromisoformat(day), "America/New_York")
    return averages.series(AverageOptions(instant, instant + 1, **options))


def half_up(number: Decimal) -> Decimal:
    return number.quantize(Decimal("0.000001"), ROUND_HALF_UP)


@pytest.mark.parametrize("day", DAYS)
def test_an_average_is_the_sum_of_single_lines(day: str, tmp_path: Path) -> None:
    rows = [row for row in ROWS if row[0] != "8507600090" or day >= "2026-02-01"]
    instant = end_of_day(date.fromisoformat(day), "America/New_York")
    answers = [(single(hts, origin, instant), value) for hts, origin, value in rows]
    whole = sum(value for _, value in answers)

    def share(amounts: list[tuple[Decimal, int]]) -> Decimal:
        return half_up(sum((amount / VALUE * value for amount, value in amounts), Decimal(0)) / whole)

    (found,) = on(Averages(kernel(), weights_of(tmp_path, rows)), day)
    assert found.weight == whole
    assert found.total == share([(one.total_duty, value) for one, value in answers])
    assert found.owed == share([(one.total_owed, value) for one, value in answers])
    assert found.base == share([(one.base.amount, value) for one, value in answers])
    for program, rate in found.programs.items():
        amounts = [
            (sum((layer.amount for layer in one.layers if layer.program == program), Decimal(0)), value)
            for one, value in answers
        ]
        assert rate == share(amounts)
    assert (found.uncovered, found.left_out) == (0, 0)


def test_groups_add_up_to_the_whole(tmp_path: Path) -> None:
    averages = Averages(kernel(), weights_of(tmp_path, ROWS))
    (whole,) = on(averages, "2026-11-22")
    for by in ("origin", "chapter", "section"):
        groups = on(averages, "2026-11-22", by=by)
        assert sum(one.weight for one in groups) == whole.weight
        total = sum(one.total * one.weight for one in groups) / whole.weight
        assert abs(total - whole.total) < Decimal("0.000002")
        together = counted(groups, by)
        assert together.weight == whole.weight
        for share in ("uncovered", "left_out", "prohibited"):
            assert abs(getattr(together, share) - getattr(whole, share)) < Decimal("0.000002")
    programs = on(averages, "2026-11-22", by="program")
    assert counted(programs, "program").weight == whole.weight
    assert abs(sum(one.total for one in programs) - whole.total) < Decimal("0.00001")
    # Of what the Supreme Court has voided (24-1287) nothing is owed; the total leaves out the same.
    (whole,) = on(averages, "2025-04-20")
    programs = on(averages, "2025-04-20", by="program")
    void = {"us-fentanyl-china", "us-fentanyl-canada", "us-fentanyl-mexico", "us-reciprocal"}
    charged = {one.group: one for one in programs}
    assert {name for name, one in charged.items() if one.owed != one.total} == void & {*charged} != set()
    assert all(charged[name].owed == 0 for name in void & {*charged})
    assert 0 < whole.owed < whole.total
    assert abs(sum(one.owed for one in programs) - whole.owed) < Decimal("0.00001")
    assert {one.group for one in on(averages, "2026-11-22", by="chapter")} == {"61", "72", "85", "87", "95"}


@pytest.mark.parametrize("day", ["2025-04-20", "2026-10-15"])
def test_what_is_left_out_of_groups_is_that_of_the_whole(day: str) -> None:
    """The shipped weights, goods of Canada that may not be imported among them."""
    (whole,) = on(shipped(), day)
    for by in ("origin", "chapter", "section", "program"):
        found = counted(on(shipped(), day, by=by), by)
        assert found.weight == whole.weight
        for share in ("uncovered", "left_out", "prohibited"):
            assert abs(getattr(found, share) - getattr(whole, share)) < Decimal("0.00001"), (by, share)


def test_a_number_that_the_edition_lacks_is_spread(tmp_path: Path) -> None:
    """8507.60.0020 ended on 31 January 2026: from February its weight falls evenly on .10, .30 and .90, in whole dollars.

    Each pays 3.4 percent, 25 (89 FR 76581) and 12.5 (91 FR 47318). 9801.00.10 is no article.
    """
    weights = weights_of(tmp_path, [("8507600020", "CN", 100), ("9801001012", "CN", 100)])
    averages = Averages(kernel(), weights)
    (found,) = on(averages, "2026-11-22")
    assert (found.weight, found.uncovered) == (100, Decimal("0.5"))
    assert found.total == Decimal("0.409")
    items = averages.basket.items("CN")
    # The vehicle battery is of another kind than the other two: 34 dollars, and twice 33.
    assert sorted(items.weight[-1][items.weight[-1] > 0].tolist()) == [34, 66]
    assert items.weight[0][items.weight[0] > 0].tolist() == [100]


def test_the_same_six_digits_take_what_has_no_eight(tmp_path: Path) -> None:
    """9503.00.99 is no subheading: its weight is spread over the lines of 9503.00, all free of base duty."""
    (found,) = on(Averages(kernel(), weights_of(tmp_path, [("9503009999", "CN", 1_000)])), "2026-11-22")
    assert (found.weight, found.uncovered, found.base, found.total) == (1_000, 0, 0, Decimal("0.125"))


def test_the_union_is_weighted_as_a_group(tmp_path: Path) -> None:
    averages = Averages(kernel(), weights_of(tmp_path, [("8703230190", "EU", 1_000), ("8703230190", "Germany", 500)]))
    union, germany = (on(averages, "2026-11-22", origins=(one,))[0] for one in ("EU", "DE"))
    # 15 percent all-in (90 FR 46136: note 33(e) and 9903.94.50/.51).
    assert union.total == germany.total == Decimal("0.15")
    assert averages.unequal == set()


def test_countries_that_the_law_does_not_treat_alike_share_evenly(tmp_path: Path) -> None:
    """Column 2: Cuba and North Korea, since April 2022 Belarus and Russia (Public Law 117-110)."""
    path = tmp_path / "weights.csv"
    path.write_text("hts,partner,value\n9503000073,COL2,1001\n")
    averages = Averages(kernel(), read_weights(path, frozenset({"COL2"})))
    (found,) = on(averages, "2026-11-22")
    assert averages.unequal == {"COL2"}
    assert found.weight == 1001
    instant = end_of_day(date(2026, 11, 22), "America/New_York")
    each = [single("9503000073", one, instant) for one in ("BY", "CU", "KP", "RU")]
    parts = [251, 250, 250, 250]
    expected = sum((one.total_duty / VALUE * part for one, part in zip(each, parts, strict=True)), Decimal(0)) / 1001
    assert found.total == half_up(expected)


def test_duties_by_quantity_are_left_out_or_counted_by_unit_value(tmp_path: Path) -> None:
    """0402.91.06 pays 3.3 cents a kilogram: of a good worth 2 dollars a kilogram 1.65 percent; Vietnam's 12.5 on top."""
    row = ("0402910600", "VN", 2_000)
    (left_out,) = on(Averages(kernel(), weights_of(tmp_path, [row])), "2026-11-22")
    assert (left_out.base, left_out.total, left_out.left_out) == (0, Decimal("0.125"), 1)
    counted = weights_of(tmp_path, [(*row, 1_000, "kg")], "hts,partner,value,quantity,unit")
    (found,) = on(Averages(kernel(), counted), "2026-11-22")
    assert (found.base, found.total, found.left_out) == (Decimal("0.0165"), Decimal("0.1415"), 0)


def test_goods_that_may_not_be_imported_are_no_part_of_it(tmp_path: Path) -> None:
    """Since 29 September 2026 motorcycles over 800 cc of Canada are excluded (section 338(b), Proclamation 11061)."""
    rows = [("8711500030", "CA", 300), ("9503000073", "CA", 700)]
    (found,) = on(Averages(kernel(), weights_of(tmp_path, rows)), "2026-11-22")
    assert (found.weight, found.prohibited) == (700, Decimal("0.3"))


def test_huge_weights_lose_nothing(tmp_path: Path) -> None:
    rows = [("9503000073", "CN", 10**18), ("9503000073", "VN", 10**18), ("8703230190", "JP", 1)]
    (found,) = on(Averages(kernel(), weights_of(tmp_path, rows)), "2026-11-22")
    assert (found.weight, found.total) == (2 * 10**18 + 1, Decimal("0.125"))


def test_simple_averages_count_every_line_once() -> None:
    (found,) = on(Averages(kernel(), None), "2026-11-22", origins=("CN",))
    lines = sum(1 for _ in shipped_schedule().lines(shipped_schedule().last_edition))
    extra = sum(1 for one in shipped_schedule().lines(shipped_schedule().last_edition) if one.chapter >= 98)
    assert found.weight == lines - extra


@cache
def shipped() -> Averages:
    return Averages(kernel(), shipped_weights())


def shipped_weights() -> Weights:
    return default_weights(kernel().regime.ledger.jurisdictions["US"])


def test_the_shipped_weights() -> None:
    weights = shipped_weights()
    assert int(weights.value.sum()) == 3_208_820_074_369
    assert len(weights.partners) == 50
    assert "EU" in weights.partners
    # Slovakia is counted in the Union's row.
    assert "SK" not in weights.partners
    (found,) = on(shipped(), "2026-11-22")
    # Chapters 98 and 99 (124.6 billion dollars) are no articles; hardly anything else has no line.
    assert Decimal("0.0388") <= found.uncovered < Decimal("0.0389")


def test_china_over_2025_moves_as_the_law_does() -> None:
    """Country-wide steps are the law's own points (EO 14195, 14228, 14357); published averages are near (docs/averages.md)."""
    rows = shipped().series(AverageOptions(FIRST, parse_instant("2026-01-01"), origins=("CN",)))
    rate = {str(local_day(one.start, "America/New_York")): one.total for one in rows}
    assert rate["2025-02-04"] - rate["2025-01-01"] == Decimal("0.1")
    assert rate["2025-03-04"] - rate["2025-02-04"] == Decimal("0.1")
    assert rate["2025-11-10"] - rate["2025-11-01"] == Decimal("-0.1")
    # Bown (PIIE): 103.3 points from January to mid-April 2025, weighted by the trade of before the tariffs.
    assert abs(rate["2025-04-10"] - rate["2025-01-01"] - Decimal("1.033")) < Decimal("0.03")


@pytest.mark.parametrize(("day", "published"), [("2025-04-15", "0.28"), ("2025-05-14", "0.178")])
def test_all_imports_are_near_what_is_published(day: str, published: str) -> None:
    """The Budget Lab at Yale, 15 April and 12 May 2025; it counts USMCA preferences, we do not."""
    (found,) = on(shipped(), day)
    assert Decimal(published) < found.total < Decimal(published) + Decimal("0.02")


def test_a_scenario_beside_the_law() -> None:
    law = engine_seen_from().regime
    regime = law.under(scenario_of(Effect("end", parse_instant("2026-12-15"), ("us/9903.05.31",))))
    options = AverageOptions(parse_instant("2026-12-14"), parse_instant("2026-12-17"), origins=("CN",))
    before = shipped().series(options)
    after = shipped().series(options, Kernel(regime, shipped_schedule(), like=kernel()))
    assert (len(before), len(after)) == (1, 2)
    assert after[0].total == before[0].total
    assert after[1].total == before[0].total - before[0].programs["us-301-forced-labor"]


def test_every_day_is_its_end() -> None:
    options = AverageOptions(parse_instant("2025-04-08"), parse_instant("2025-04-11"), origins=("CN",), daily=True)
    days = {one.day: one.programs["us-reciprocal"] for one in shipped().series(options)}
    assert list(days) == [date(2025, 4, 8), date(2025, 4, 9), date(2025, 4, 10)]
    # 84 points on the 9th (EO 14259), 125 from the 10th (EO 14266), 10 before.
    assert days[date(2025, 4, 9)] / days[date(2025, 4, 8)] == pytest.approx(Decimal("8.4"), abs=Decimal("0.01"))
    assert days[date(2025, 4, 10)] / days[date(2025, 4, 8)] == pytest.approx(Decimal("12.5"), abs=Decimal("0.01"))


def test_the_sections_hold_every_chapter() -> None:
    chapters = [chapter for one in sections() for chapter in range(one.first, one.last + 1)]
    assert chapters == list(range(1, 98))
    assert len(sections()) == 21
    assert [section_of(one) for one in (1, 63, 84, 97)] == ["I", "XI", "XVI", "XXI"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("hts,value\n8507,1\n", "malformed_file"),
        ("hts,partner,value\n8507600090,Narnia,1\n", "malformed_row"),
        ("hts,partner,value\n8507600090,CN,much\n", "malformed_row"),
        ("hts,partner,value\n8507600090,CN,-1\n", "malformed_row"),
        ("hts,partner,value\n85x,CN,1\n", "malformed_row"),
        ("hts,partner,value\n8507600090,CN,1e19\n", "malformed_file"),
    ],
)
def test_weights_that_cannot_be_read(tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / "weights.csv").write_text(text)
    with pytest.raises(FileError) as caught:
        read_weights(tmp_path / "weights.csv", frozenset())
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"origins": ("Narnia",)}, "unknown_origin"),
        ({"origins": ("AD",)}, "no_weight"),
        ({"by": "moon"}, "bad_field"),
    ],
)
def test_what_cannot_be_averaged(options: dict[str, Any], code: str) -> None:
    with pytest.raises(LineError) as caught:
        shipped().series(AverageOptions(FIRST, **options))
    assert caught.value.code == code


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    few = ["--from", "2026-11-22", "--to", "2026-11-22", "--known-on", TODAY, "--origins", "CN"]
    result = CliRunner().invoke(app, ["averages", *few, "--json"])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout.splitlines()[0])
    assert told["programs"]["us-301-forced-labor"] > "0.07"
    result = CliRunner().invoke(app, ["averages", *few, "-o", "china.parquet"])
    assert result.exit_code == 0, result.output
    assert pl.read_parquet("china.parquet")["total"][0] == Decimal(told["total"])
    result = CliRunner().invoke(app, ["averages", *few, "--scenario", "law,as-reported"])
    assert "as-reported" in result.output
    result = CliRunner().invoke(app, ["averages", "--by", "moon"])
    assert (result.exit_code, "bad_field" in result.output) == (2, True)


def test_from_python() -> None:
    regime = Regime.load(TODAY)
    regime._kernels["US"] = kernel()
    frame = regime.averages(start="2026-11-22", end="2026-11-22", origins=["CN", "VN"], by="origin")
    assert frame["group"].to_list() == ["CN", "VN"]
    assert frame.schema["total"] == pl.Decimal(12, 6)
