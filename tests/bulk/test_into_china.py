"""Lines into China in columns, alone and among lines into the United States: the same answers as one by one, to the cent."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from tests.bulk import lines as made
from tests.bulk.test_one_equals_many import (
    KNOWN,
    LINES_A_FILE,
    Json,
    check,
    check_layers,
    examples,
    frame_of,
    kernel,
)
from tests.conftest import TODAY
from typer.testing import CliRunner

from tidewaiter import Regime
from tidewaiter.assess.errors import LineError
from tidewaiter.bulk.frames import answers, price
from tidewaiter.bulk.several import Several
from tidewaiter.bulk.stream import Options, Summary
from tidewaiter.cli.app import app

INTO, BOTH = "CN", "US,CN"
into_china = made.files(LINES_A_FILE, made.lines_into_china())
mixed = made.files(LINES_A_FILE, made.st.one_of(made.lines(), made.lines_into_china()))
HOW = made.st.sampled_from([{"whole_dollars": True}, {"scenario": "as-reported"}])
SOYBEANS = {"hts": "1201.90.11", "origin": "US", "value": "10000", "entered_at": "2025-10-01"}
TOY = {"hts": "9503.00.0073", "origin": "CN", "value": "500", "entered_at": "2025-04-20"}


@settings(max_examples=examples(600))
@given(into_china)
def test_one_line_equals_many(lines: list[Json]) -> None:
    check(lines, into=INTO)


@settings(max_examples=examples(200))
@given(into_china, made.st.sampled_from([*KNOWN, "2018-07-01", "2019-12-01"]))
def test_one_line_equals_many_on_other_days_of_knowledge(lines: list[Json], known_on: str) -> None:
    check(lines, known_on, into=INTO)


@settings(max_examples=examples(200))
@given(into_china, HOW)
def test_one_line_equals_many_in_whole_dollars_and_under_a_scenario(lines: list[Json], how: Json) -> None:
    check(lines, into=INTO, **how)


@settings(max_examples=examples(200))
@given(into_china)
def test_the_layers_are_those_of_one_line(lines: list[Json]) -> None:
    check_layers(lines, INTO)


@settings(max_examples=examples(300))
@given(mixed)
def test_lines_into_both_countries_in_one_file(lines: list[Json]) -> None:
    """Entries may hold lines into both: the value of the entry is that of all its lines, fees are each country's own."""
    check(lines, into=BOTH)


@settings(max_examples=examples(100))
@given(mixed, HOW)
def test_lines_into_both_in_whole_dollars_and_under_a_scenario(lines: list[Json], how: Json) -> None:
    check(lines, into=BOTH, **how)


@settings(max_examples=examples(100))
@given(mixed)
def test_the_layers_of_lines_into_both(lines: list[Json]) -> None:
    check_layers(lines, BOTH)


def test_a_frame_of_both_may_be_cut_anywhere() -> None:
    lines = [
        {**SOYBEANS, "into": "CN", "entry_id": "A"},
        {**TOY, "into": None, "entry_id": "A"},
        {**SOYBEANS, "into": "JP", "entry_id": "A"},
        {**SOYBEANS, "into": " cn", "hts": "010620", "entry_id": None},
        {**TOY, "into": "US", "entry_id": "B"},
    ]
    frame, pricer = frame_of(lines), Several([kernel(), kernel(into=INTO)])
    whole = price(pricer, frame)
    parts = pl.concat(list(answers(pricer, frame.iter_slices(1), Options(), Summary())))
    assert parts.equals(whole)
    assert whole["error"].to_list() == [None, None, "not_covered", None, None]
    # A column of another country's program is empty, one of one's own program that charges nothing is zero.
    assert whole["cn_2025_all"].to_list() == [Decimal(1000), None, None, Decimal(1000), None]
    assert whole["us_301_china"].to_list() == [None, 0, None, None, 0]
    assert whole["vat"].is_null().to_list() == [False, True, True, False, True]


def test_the_columns_are_those_of_the_countries_that_may_be_there() -> None:
    """Without a column ``into``: the United States; with one: all that are covered; or what is asked."""
    regime = Regime.load(TODAY)
    regime._kernels |= {"US": kernel(), INTO: kernel(into=INTO)}
    american, both = frame_of([TOY]), frame_of([{**TOY, "into": "US"}])
    assert not {"vat", "cn_2025_all"} & {*regime.price(american).columns}
    assert {"vat", "mpf", "cn_2025_all", "us_reciprocal"} <= {*regime.price(both).columns}
    chinese = regime.price(frame_of([SOYBEANS]), into=["cn"])
    assert {"vat", "cn_2025_farm"} <= {*chinese.columns}
    assert not {"mpf", "us_reciprocal"} & {*chinese.columns}
    # 3 percent base, lists of 2018, March 2025 and April 2025: 25 + 10 + 10; value-added tax on it all.
    assert chinese.select("base_duty", "total_duty", "vat").row(0) == (Decimal(300), Decimal(4800), Decimal("1924.00"))
    assert regime.price(both.lazy(), into="US").collect()["total_duty"].to_list() == [Decimal("725.00")]
    with pytest.raises(LineError):
        regime.price(american, into="JP")


def test_the_command(tmp_path: Path) -> None:
    """The same columns as from Python, and a line of farm goods that states its value-added tax."""
    frame = frame_of([{**SOYBEANS, "fact.vat_rate": "0.09"}, {**SOYBEANS, "origin": "BR", "fact.vat_rate": None}])
    frame.write_csv(tmp_path / "lines.csv")
    asked = ["price", str(tmp_path / "lines.csv"), "--json", "--known-on", TODAY, "--into"]
    result = CliRunner().invoke(app, [*asked, "cn", "-o", str(tmp_path / "out.parquet")])
    assert result.exit_code == 1, result.output
    told = json.loads(result.stdout)
    assert (told["duties"]["cn-2025-farm"], told["fees"], told["refused"]) == (
        "1000.00",
        {"VAT": "1332.00"},
        {"not_covered": 1},
    )
    found = pl.read_parquet(tmp_path / "out.parquet")
    assert found["vat"].to_list() == [Decimal("1332.00"), None]
    assert found["error"].to_list() == [None, "not_covered"]
    result = CliRunner().invoke(app, [*asked, "JP", "-o", str(tmp_path / "other.csv")])
    assert (result.exit_code, "not_covered" in result.output) == (2, True)


def test_a_users_own_schedule(tmp_path: Path) -> None:
    """Own rates count in every answer alike, one line and many; a number that they give is no average and was checked."""
    (tmp_path / "mine.csv").write_text("hts,rate\n12019011,1.5%\n1201.90.19,9%\n854231,2\n", encoding="utf-8")
    regime = Regime.load(TODAY, schedules={"CN": tmp_path / "mine.csv"})
    numbers = ["1201.90.11", "1201.90.19.00", "1201.90", "8542.31", "8542.31.11", "8542.32", "12019099"]
    lines = [{**SOYBEANS, "hts": hts, "into": "CN"} for hts in numbers]
    found = regime.price(frame_of(lines))
    for line, row in zip(lines, found.to_dicts(), strict=True):
        try:
            single = regime.assess({**line, "line_id": None})
        except LineError as error:
            assert (row["error"], row["total_duty"]) == (error.code, None), line
            continue
        assert (row["base_duty"], row["total_duty"]) == (single.base.amount, single.total_duty), line
        codes = {one.code for one in single.warnings} - {"ad_cvd_not_computed"}
        assert {*row["warnings"].split(";")} == codes, line
    assert found["base_duty"].to_list()[:2] == [Decimal(150), Decimal(900)]
    assert found["error"].to_list()[2] == "ambiguous_number"
    assert "suffix_unchecked" not in found["warnings"][0]
    panel = regime.panel(products=["120190"], into="CN", start="2026-06-01", end="2026-06-01")
    # The subheading is the lines that are given of it.
    assert dict(panel.select("hts", "base_rate").iter_rows()) == {
        "12019011": Decimal("0.015"),
        "12019019": Decimal("0.09"),
    }
    average = regime.averages(into="CN", start="2026-06-01", end="2026-06-01", by="chapter").filter(group="12")
    assert average["uncovered"].to_list() == [0]
