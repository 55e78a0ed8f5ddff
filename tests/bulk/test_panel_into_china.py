"""The panel into China: a row says what the single-line engine answers, at any instant of the row."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest
from tests.bulk.panels import row_at, written
from tests.bulk.test_one_equals_many import kernel
from tests.conftest import TODAY, duty_on
from typer.testing import CliRunner

from tidewaiter import LineError, Regime
from tidewaiter.bulk.output import column_name
from tidewaiter.bulk.panel import Panel, PanelOptions
from tidewaiter.bulk.panel_files import read_meta
from tidewaiter.cli.app import app
from tidewaiter.ledger.instants import parse_instant

VALUE = Decimal(1_000_000)
FIRST = parse_instant("2018-04-02 00:01 Asia/Shanghai")
# Subheadings of which lists cover a part, several annexes a part each, or all; film without a rate; lines of eight digits.
CORNERS = ("010620", "130239", "120190", "271112", "870323", "370110", "12019020", "87032362", "01062090")


def panel(scenario: str = "law", **options: Any) -> Panel:
    return Panel(kernel(TODAY, scenario, "CN"), PanelOptions(**options))


@cache
def numbers() -> list[str]:
    every = panel().runs.numbers
    return sorted({*Random(1784).sample(every, 60), *(one for one in CORNERS if one in every)})


@pytest.mark.parametrize("scenario", ["law", "as-reported"])
def test_a_row_is_the_answer_for_one_line(scenario: str) -> None:
    """At random instants, and at the first and last second around changes. What lists share is rounded to the millionth."""
    frame = panel(scenario, products=tuple(numbers())).frame()
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in frame.iter_rows(named=True):
        assert row["origin"] == "US"
        rows.setdefault(row["hts"], []).append(row)
    law = kernel(TODAY, scenario, "CN")
    edges = [edge for edge in (*law.regime.cuts, *(one.starts for one in law.schedule.editions)) if edge > FIRST]
    tried = 0
    random = Random(1899)
    for hts in numbers():
        for instant in random.sample(sorted({near for edge in edges for near in (edge - 1, edge)}), 8):
            row, given = row_at(rows[hts], instant), {"hts": hts, "origin": "US", "into": "CN", "value": str(VALUE)}
            try:
                single = duty_on(TODAY, scenario, entered_at=written(instant), **given)
            except LineError as error:
                assert row is None or row["error"] == error.code, (hts, written(instant))
                continue
            if row is None:
                # Another edition has the number as several lines, or one that is longer.
                assert single.hts.replace(".", "") != hts or single.precision != f"HS{len(hts)}", (
                    hts,
                    written(instant),
                )
                continue
            tried += 1
            near = Decimal("0.000003")
            assert abs(row["total_rate"] - single.total_duty / VALUE) <= near, (hts, written(instant))
            assert row["base_rate"] == single.base.amount / VALUE
            for program in law.programs:
                charged = sum((one.amount for one in single.layers if one.program == program), Decimal(0)) / VALUE
                assert abs((row[column_name(program)] or 0) - charged) <= Decimal("0.000001"), (hts, program)
    assert tried > 200


def test_headings_that_share_a_subheading_are_one_layer() -> None:
    """Of the four lines of 1302.39 a quarter each stands in annexes 1, 2 and 3 of Announcement [2018] No. 8, at the rates of
    Announcement [2019] No. 3: 25, 20 and 10 percent."""
    frame = panel(products=("130239",), layers=True).frame()
    (shared,) = frame.filter(pl.col("hts") == "130239", program="cn-301-2018").to_dicts()
    assert shared["heading"] == "TC2018-8.1;TC2018-8.2;TC2018-8.3"
    assert (shared["rate"], shared["rate_text"]) == (Decimal("0.1375"), "25% on 1/4; 20% on 1/4; 10% on 1/4")
    assert shared["acts"] == "cn-tc-2018-8;cn-tc-2019-3"


def test_the_command_and_python(tmp_path: Path) -> None:
    folder = tmp_path / "china"
    asked = ["panel", "-o", str(folder), "--into", "cn", "--products", "1201", "--known-on", TODAY]
    result = CliRunner().invoke(app, asked)
    assert result.exit_code == 0, result.output
    assert (read_meta(folder)["into"], list(read_meta(folder)["rows"])) == ("CN", ["US"])
    found = Regime.load(TODAY).panel(products=["1201"], into="CN", start="2025-04-11", end="2025-04-11")
    # Base 3 percent, lists of 2018 25, farm goods 10 on two of five lines, all goods 84 (Announcement 2025 No. 5) on that day.
    (soybeans,) = found.filter(hts="120190")["total_rate"].to_list()
    assert soybeans == Decimal("1.16")
    result = CliRunner().invoke(app, [*asked, "--origins", "BR"])
    assert (result.exit_code, "not_covered" in result.output) == (2, True)
