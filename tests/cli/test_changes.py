"""``tidewaiter law changes``: what it prints, what it writes for machines, and its exit codes."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from tests.conftest import TOY
from typer.testing import CliRunner, Result

from tidewaiter.cli.app import app

KNOWN = ["--known-on", "2026-11-22"]
CATALOGUE = f"sku,hts,origin,value\nB-1,8507.60.0020,CN,\nT-1,{TOY},China,2500\nT-2,9503.00.0071,CN,\n"


def run(*args: str) -> Result:
    return CliRunner().invoke(app, ["law", "changes", *args, *KNOWN])


@pytest.fixture
def catalogue(tmp_path: Path) -> str:
    path = tmp_path / "catalogue.csv"
    path.write_text(CATALOGUE)
    return str(path)


def test_a_table_of_products(catalogue: str) -> None:
    result = run("--since", "2025-12-01", "--skus", catalogue)
    assert result.exit_code == 0, result.output
    for said in (
        "9903.91.06",
        "begins: 25%",
        "89 FR 76581",
        "48.4%",
        "ended on 2026-01-31",
        "8507.60.0090, 8507.60.0030 CN",
    ):
        assert said in result.stdout
    # The two toys are treated alike and told once.
    assert f"{TOY} CN, 9503.00.0071 CN  (2 products: T-1, T-2)" in result.stdout
    assert "3 product(s): 3 change, 0 do not, 0 refused" in result.stdout


def test_products_that_do_not_change_are_said(catalogue: str) -> None:
    result = run("--since", "2026-08-01", "--until", "2026-08-31", "--skus", catalogue)
    assert result.exit_code == 0
    assert f"nothing changes: {TOY} CN, 9503.00.0071 CN" in result.stdout
    # A number that ended before is no number to file under: it is told with those that took over.
    assert "ended on 2026-01-31; now: 8507.60.0090, 8507.60.0030" in result.stdout
    assert "1 change, 2 do not, 0 refused" in result.stdout


def test_json_has_every_change_with_acts_and_rate(catalogue: str) -> None:
    result = run("--since", "2025-12-01", "--skus", catalogue, "--json")
    said = json.loads(result.stdout)
    assert (said["since"], said["until"], said["known_on"]) == ("2025-12-01T00:00:00-05:00", None, "2026-11-22")
    battery, toy, _ = said["products"]
    assert battery["changes"][1] == {
        "at": "2026-01-01T00:01:00-05:00",
        "kind": "heading",
        "subject": "9903.91.06",
        "what": "begins: 25%",
        "acts": ["us-fr-89-76581"],
        "citation": "89 FR 76581; CSMS 62411889",
        "rate": "0.484",
    }
    assert [one["hts"] for one in battery["other_numbers"]] == ["8507.60.0090", "8507.60.0030"]
    assert (toy["sku"], toy["origin"], toy["value"], toy["rate"]) == ("T-1", "CN", "2500", "0.2")


def test_csv_has_a_row_for_each_change_and_runs_in_no_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"hts,origin,sku\n{TOY},CN,=1+1\n")
    result = run("--since", "2026-07-01", "--until", "2026-07-31", "--skus", str(path), "--csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [(row["sku"], row["subject"], row["what"], row["rate"]) for row in rows] == [
        ("'=1+1", "9903.03.01", "ends: 10%", "0.125"),
        ("'=1+1", "9903.05.31", "begins: 12.5%", "0.125"),
    ]


def test_a_workbook_of_products(tmp_path: Path) -> None:
    xlsxwriter = pytest.importorskip("xlsxwriter")
    path = tmp_path / "catalogue.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate((("sku", "hts", "origin"), ("T", TOY, "CN"), ("N", 9503000073, "CN"))):
            sheet.write_row(row, 0, cells)
    said = json.loads(run("--since", "2026-07-01", "--skus", str(path), "--json").stdout)
    assert [one["hts"] for one in said["products"]] == [TOY, TOY]


def test_a_product_that_cannot_be_told_makes_the_exit_code_1(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"hts,origin\n{TOY},CN\n8507.60.9999,CN\n")
    result = run("--since", "2026-07-01", "--skus", str(path))
    assert result.exit_code == 1
    assert "refused: 2 (8507.60.9999 CN): unknown_number" in result.stdout
    assert "1 change, 0 do not, 1 refused" in result.stdout


def test_acts_without_a_list() -> None:
    result = run("--since", "2026-02-24", "--until", "2026-02-24")
    assert result.exit_code == 0
    for said in ("us-proc-11012", "9903.03.01  begins: 10%", "list us-122-exempt:", "CSMS 67834313"):
        assert said in result.stdout
    said = json.loads(run("--since", "2026-02-01", "--until", "2026-02-01", "--json").stdout)
    (edition,) = said["editions"]
    assert edition["edition"] == "2026 rev 2"
    assert "8507.60.0020" in edition["ended"]


def test_a_time_before_coverage_is_never_no_change() -> None:
    """coverage.yaml: the United States from 6 July 2018, China from 2 April 2018."""
    result = run("--since", "2016-01-01", "--until", "2016-02-01")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("error: date_before_coverage: imports into US are covered from 2018-07-06 on")
    result = run("--since", "2018-03-01", "--until", "2018-04-01")
    assert "us-proc-9705" in result.stdout
    assert "imports into CN are covered from 2018-04-02 on: what changed before may be missing" in result.stderr
    assert run("--since", "2018-07-06", "--until", "2018-07-06").stderr == ""


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--since", "last week"], "neither a day nor an edition"),
        (["--since", "2026-07-01", "--until", "soon"], "no date"),
        (["--since", "2026-07-01", "--until", "2026-06-01"], "lies before"),
        (["--since", "2026-07-01", "--csv"], "--csv goes with --skus"),
        (["--since", "2026-07-01", "--skus", "no-such.csv"], "no-such.csv"),
    ],
)
def test_wrong_use_ends_with_exit_code_2(args: list[str], said: str) -> None:
    result = run(*args)
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_list_without_its_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("number,country\n8507,CN\n")
    result = run("--since", "2026-07-01", "--skus", str(path))
    assert result.exit_code == 2
    assert "no column hts and origin" in result.stderr
