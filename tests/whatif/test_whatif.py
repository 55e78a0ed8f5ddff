"""A portfolio under several scenarios by month of arrival: the same cents as the engine of one line."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from python_calamine import CalamineWorkbook
from tests.conftest import TODAY, TOY, duty_on, engine_seen_from
from typer.testing import CliRunner

from tidewaiter import Regime
from tidewaiter.assess.errors import FileError, LineError
from tidewaiter.cli.app import app
from tidewaiter.ledger.snapshot import LAW_DIR
from tidewaiter.whatif.answer import WhatIf, as_csv, write
from tidewaiter.whatif.arrivals import arrivals, entered_on
from tidewaiter.whatif.run import reasons

SCENARIOS = ["as-reported", "truce-extended", "forced-labor-struck", "return-to-145-125"]
BAGS = "3923.21.0095"
LINES: list[dict[str, Any]] = [
    {"sku": "toy", "hts": TOY, "origin": "CN", "value": "1000.50"},
    {"sku": "bags", "hts": BAGS, "origin": "CN", "value": "2000", "claims": "9903.88.69:iii-8"},
    {"sku": "toy", "hts": TOY, "origin": "VN", "value": "333.33"},
    {"sku": "screws", "hts": "7318.15.2065", "origin": "CN", "value": "777"},
]


@cache
def regime() -> Regime:
    return Regime.load(known_on=TODAY)


def portfolio(*lines: dict[str, Any], scenarios: list[str] | None = None, **options: Any) -> WhatIf:
    frame = pl.DataFrame(list(lines) or LINES)
    return regime().portfolio(frame, SCENARIOS if scenarios is None else scenarios, **options)


def one_by_one(scenario: str, day: date, line: dict[str, Any]) -> tuple[Decimal, Decimal]:
    """Duty and refundable by the engine of one line."""
    given = {name: cell for name, cell in line.items() if cell is not None and name != "sku"}
    found = duty_on(TODAY, scenario, entered_at=day.isoformat(), **given)
    return found.total_duty, found.total_duty - found.total_owed


def test_every_cell_is_the_sum_of_single_lines() -> None:
    found = portfolio(start="2026-11-22", months=4)
    assert [one.day for one in found.study.months] == [
        date(2026, 11, 30),
        date(2026, 12, 31),
        date(2027, 1, 31),
        date(2027, 2, 28),
    ]
    skus = found.skus(monthly=True)
    for row in skus.iter_rows(named=True):
        day = next(one.day for one in found.study.months if one.month == row["month"])
        several = [one_by_one(row["scenario"], day, line) for line in LINES if line["sku"] == row["sku"]]
        assert (row["duty"], row["refundable"]) == (sum(duty for duty, _ in several), sum(back for _, back in several))
        by_law = sum(one_by_one("law", day, line)[0] for line in LINES if line["sku"] == row["sku"])
        assert row["change"] == row["duty"] - by_law
    assert skus.height == 5 * 4 * 3


def test_the_breakdowns_add_up() -> None:
    found = portfolio(months=3)
    months, programs, skus = found.months(), found.programs(), found.skus()
    for name in ("law", *SCENARIOS):
        wanted = months.filter(scenario=name)["duty"].sum()
        assert programs.filter(scenario=name)["duty"].sum() == wanted
        assert skus.filter(scenario=name)["duty"].sum() == wanted
        assert months.filter(scenario=name)["change"].sum() == programs.filter(scenario=name)["change"].sum()
    assert months["lines"].to_list() == [4] * 15
    assert set(months["value"]) == {Decimal("4110.83")}
    assert (months["duty"] - months["refundable"] == months["owed"]).all()


def test_what_is_collected_before_the_court_speaks_is_refundable() -> None:
    # 12.5% on both toys from 24 July 2026 (note 52); not collected from 1 January 2027 on, as the scenario supposes.
    months = portfolio(LINES[0], scenarios=["forced-labor-struck"], start="2026-08", months=6).months()
    struck = months.filter(scenario="forced-labor-struck")
    assert struck["refundable"].to_list() == [Decimal("125.06")] * 5 + [Decimal(0)]
    assert struck["change"].to_list() == [Decimal(0)] * 5 + [Decimal("-125.06")]
    assert months.filter(scenario="law")["refundable"].sum() == 0


def test_another_scenario_to_hold_against() -> None:
    found = regime().what_if("as-reported").portfolio(pl.DataFrame([LINES[1]]), ["exclusions-lapse"], months=2)
    # 25% of 2,000 dollars: what the exclusion is worth in November and December 2026.
    assert found.months().filter(scenario="exclusions-lapse")["change"].to_list() == [Decimal(500)] * 2
    assert list(found.explanations) == ["as-reported", "exclusions-lapse"]


def test_the_day_of_the_month() -> None:
    assert [one.day.isoformat() for one in arrivals("2026-12-10", 3, "last")] == [
        "2026-12-31",
        "2027-01-31",
        "2027-02-28",
    ]
    assert [one.month for one in arrivals("2026-12-10", 2, "first")] == ["2027-01", "2027-02"]
    assert [one.day.isoformat() for one in arrivals("2027-01", 3, 30)] == ["2027-01-30", "2027-02-28", "2027-03-30"]
    assert [one.month for one in arrivals(date(2026, 12, 15), 1, "15")] == ["2026-12"]
    for start, months, day in (
        ("soon", 1, "last"),
        ("2026-12", 0, "last"),
        ("2026-12", 1, "32"),
        ("2026-12", 1, "mid"),
    ):
        with pytest.raises(LineError):
            arrivals(start, months, day)


def test_other_dates_move_with_the_day_of_entry() -> None:
    given = pl.DataFrame(
        {
            "entered_at": ["2026-07-26", "20260726", "", None],
            "loaded_at": ["2026-07-20", "20260720", "2026-07-20", "2026-07-20T08:00-04:00"],
            "exported_at": [date(2026, 7, 21)] * 4,
        }
    )
    moved = entered_on(given, date(2027, 1, 26))
    assert moved["entered_at"].to_list() == ["2027-01-26"] * 4
    # Where there is no day of entry to move from, the others stay.
    assert moved["loaded_at"].to_list() == ["2027-01-20", "2027-01-20", "2026-07-20", "2026-07-20T08:00-04:00"]
    assert moved["exported_at"].to_list() == [date(2027, 1, 21)] * 2 + [date(2026, 7, 21)] * 2


def test_a_shipment_in_transit_is_not_in_transit_every_month() -> None:
    """9903.05.85: loaded before 24 July 2026 and entered before 28 July 2026. Entered in March, it was loaded in March."""
    line = {"hts": TOY, "origin": "CN", "value": "1000", "transport": "vessel"}
    line |= {"entered_at": "2026-07-26", "loaded_at": "2026-07-20"}
    months = portfolio(line, scenarios=[], start="2026-07-26", months=2, day=26).months()
    assert months["duty"].to_list() == [Decimal(0), Decimal(125)]


def test_refused_lines_are_listed_and_left_out() -> None:
    wrong = {"sku": "gone", "hts": "8507.60.0020", "origin": "CN", "value": "10"}
    found = portfolio(*LINES, wrong, months=2)
    assert found.refused().rows() == [(5, "gone", "8507.60.0020", "CN", "ended_number", "all", "all")]
    assert set(found.months()["lines"]) == {4}
    assert found.skus().filter(sku="gone")["duty"].sum() == 0


def test_a_line_into_another_country_is_refused_with_where_to_ask() -> None:
    soybeans = {"sku": "soybeans", "into": "CN", "hts": "1201.90.11", "origin": "US", "value": "10"}
    found = portfolio({**LINES[0], "into": "US"}, soybeans, months=1, into="US")
    assert found.refused()["error"].to_list() == ["not_covered"]
    ((message, hint),) = reasons(found, engine_seen_from(TODAY))
    assert "CN" in message
    assert "--into US,CN" in hint


def test_lines_into_both_countries() -> None:
    """Each at the end of the month of its own clock, under the law of its own country; soybeans of the United States: 3 percent,
    25 (2018), and in November 2026 34 by the published text, 10 as reported or if the truce is extended."""
    soybeans = {"sku": "soybeans", "into": "CN", "hts": "1201.90.11", "origin": "US", "value": "1000"}
    both = [{**LINES[0], "into": "US"}, soybeans]
    scenarios = ["truce-extended", "as-reported", "both-to-zero"]
    found = portfolio(*both, scenarios=scenarios, start="2026-11-22", months=3)
    assert found.refused().is_empty()
    months = found.skus(monthly=True).filter(sku="soybeans")
    assert months.filter(scenario="law", month="2026-11")["duty"].to_list() == [Decimal(620)]
    assert months.filter(scenario="truce-extended", month="2026-11")["duty"].to_list() == [Decimal(380)]
    for row in found.skus(monthly=True).iter_rows(named=True):
        day = next(one.day for one in found.study.months if one.month == row["month"])
        line = both[0] if row["sku"] == "toy" else soybeans
        assert (row["duty"], row["refundable"]) == one_by_one(row["scenario"], day, line)
    programs = found.programs().filter(scenario="law")
    assert {"us-301-forced-labor", "cn-301-2018", "cn-2025-all"} <= {*programs["program"]}


def test_a_line_that_one_scenario_refuses_counts_under_none(tmp_path: Path) -> None:
    """Wine of Canada may not be imported since 29 September 2026 (Proclamation 11061); supposed to end with 2026."""
    ends = tmp_path / "ends.yaml"
    ends.write_text(
        "id: ends\ntitle: The exclusion ends\nexplanation: It ends.\nacts:\n  - id: ends\n    kind: hypothesis\n    by: US\n"
        "    title: It ends\n    announced: 2026-11-22\n    citation: supposed\n    confidence: unverified\n    effects:\n"
        '      - {at: "2027-01-01 00:01 America/New_York", end: "program:us-338-exclusion"}\n'
    )
    wine = {"sku": "wine", "hts": "2204.21.2000", "origin": "CA", "value": "100", "quantity": "10", "unit": "liter"}
    found = portfolio(LINES[0], wine, scenarios=[str(ends)], start="2027-01", months=2)
    assert found.refused().select("sku", "error", "months", "scenarios").rows() == [
        ("wine", "import_prohibited", "all", "law")
    ]
    assert set(found.months()["lines"]) == {1}


def test_two_files_with_one_id_are_told_apart(tmp_path: Path) -> None:
    shipped = (LAW_DIR / "scenarios" / "both-to-zero.yaml").read_text().replace("id: if-both-to-zero", "id: own")
    files = [tmp_path / "one.yaml", tmp_path / "two.yaml"]
    for path in files:
        path.write_text(shipped)
    found = portfolio(LINES[0], scenarios=["law", *map(str, files)], months=1)
    assert list(found.study.kernels) == ["law", "both-to-zero", str(files[1])]


def test_entries_are_kept_together_in_every_month() -> None:
    lines = [LINES[0] | {"entry_id": "A"}, LINES[1] | {"entry_id": "A"}, LINES[3] | {"entry_id": "B"}]
    assert not portfolio(*lines, months=2).refused().height
    apart = portfolio(lines[0], lines[2], lines[1], months=2).refused()
    assert apart["error"].to_list() == ["entry_not_together"]


def test_a_file_without_the_columns_is_refused() -> None:
    with pytest.raises(FileError) as refused:
        portfolio({"sku": "x", "hts": TOY, "origin": "CN"})
    assert refused.value.code == "missing_column"
    assert "value" in refused.value.message


def test_a_workbook_has_numbers_and_no_formulas(tmp_path: Path) -> None:
    found = portfolio(LINES[0] | {"sku": "=1+1"}, LINES[1] | {"sku": "@SUM(A1)"}, LINES[3] | {"sku": "-5"}, months=2)
    write(found, tmp_path / "out.xlsx")
    book = CalamineWorkbook.from_path(str(tmp_path / "out.xlsx"))
    assert book.sheet_names == ["scenarios", "months", "programs", "products", "refused"]
    rows = book.get_sheet_by_name("products").to_python()
    assert rows[0] == ["scenario", "sku", "hts", "origin", "lines", "value", "duty", "change", "owed", "refundable"]
    assert [row[1] for row in rows[1:4]] == ["'=1+1", "'@SUM(A1)", "-5"]
    assert rows[1][5] == 2001.0  # twice 1,000.50: a number
    assert rows[1][2] == TOY  # and a tariff number is none
    assert all(isinstance(row[6], float) for row in rows[1:])


def test_csv_is_guarded() -> None:
    found = portfolio(LINES[0] | {"sku": "=1+1"}, months=1, scenarios=[])
    assert "'=1+1" in as_csv(found.table("sku")).decode()


@pytest.mark.parametrize("name", ["out.csv", "out.json", "out.parquet"])
def test_files_are_written_whole(tmp_path: Path, name: str) -> None:
    found = portfolio(LINES[0], months=1, scenarios=["both-to-zero"])
    write(found, tmp_path / name, "program")
    assert (tmp_path / name).stat().st_size
    assert [path.name for path in tmp_path.iterdir()] == [name]
    with pytest.raises(FileError):
        write(found, tmp_path / "out.doc")


def test_base_rates_of_ones_own(tmp_path: Path) -> None:
    """China's rate on soybeans is 3% (tariff of China 2025); a file of one's own says 1%."""
    beans, rates = tmp_path / "beans.csv", tmp_path / "rates.csv"
    beans.write_text("sku,hts,origin,value\nbeans,1201.90.11,US,10000\n", encoding="utf-8")
    rates.write_text("hts,rate\n1201.90.11,1%\n", encoding="utf-8")
    asked = [
        "whatif",
        str(beans),
        "--into",
        "CN",
        "--scenarios",
        "as-reported",
        "--known-on",
        TODAY,
        "--months",
        "1",
        "--json",
    ]

    def base(*options: str) -> list[str]:
        found = CliRunner().invoke(app, [*asked, *options])
        assert found.exit_code == 0, found.output
        programs = json.loads(found.stdout)["programs"]
        return [one["duty"] for one in programs if one["scenario"] == "law" and one["program"] == "base duty"]

    assert (base(), base("--schedule", str(rates))) == (["300.00"], ["100.00"])
