"""``tidewaiter scenario``, ``whatif`` and ``diff``: what they print, what they write for machines, and their exit codes."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from tests.cli.desk import ROOT, SCENARIO
from typer.testing import CliRunner, Result

from tidewaiter.cli.app import app

KNOWN = ["--known-on", "2026-11-22"]
PORTFOLIO = str(ROOT / "examples" / "portfolio.csv")


def run(*args: str) -> Result:
    return CliRunner().invoke(app, [*args, *KNOWN])


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "my-acts.yaml"
    path.write_text(SCENARIO)
    return path


# scenario


def test_the_list_names_every_scenario_with_its_explanation() -> None:
    said = json.loads(CliRunner().invoke(app, ["scenario", "list", "--json"]).stdout)
    assert {"law", "as-reported", "truce-lapses", "thirty-billion"} <= {one["id"] for one in said}
    assert all(one["explanation"] for one in said)


def test_a_scenario_is_shown_with_what_it_changes() -> None:
    shown = run("scenario", "show", "truce-lapses").stdout
    assert "2026-11-10 00:00 to 2027-01-10 00:00: 9903.88.69, 9903.88.70 (CN): not in force becomes relief" in shown
    said = json.loads(run("scenario", "show", "return-to-145-125", "--json").stdout)
    assert {(one["heading"], one["was"], one["now"]) for one in said["changes"]} == {
        ("9903.05.31", "12.5%", "145%"),
        ("9903.05.43", "12.5%", "145%"),
        ("TC2025-4", "34%", "125%"),
    }


def test_a_scenario_against_another() -> None:
    shown = run("scenario", "show", "exclusions-lapse", "--against", "as-reported").stdout
    assert "2026-11-10 00:00 to 2027-01-10 00:00: 9903.88.69, 9903.88.70 (CN): relief becomes not in force" in shown


def test_a_sound_file_is_said_to_be_sound(own: Path) -> None:
    result = run("scenario", "check", str(own))
    assert result.exit_code == 0, result.output
    assert "is sound: 1 act(s), 1 effect(s)" in result.stdout


@pytest.mark.parametrize(
    "words",
    [
        ["scenario", "show"],
        ["scenario", "check"],
        ["status", "--scenario"],
        ["duty", "8507.60.0090", "--origin", "CN", "--value", "1", "--scenario"],
        ["whatif", PORTFOLIO, "--scenarios"],
        ["whatif", PORTFOLIO, "--against"],
        ["averages", "--from", "2026-11-01", "--scenario"],
    ],
)
def test_a_mistyped_scenario_is_told_as_such(words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(*words, "truce-extend")
    assert result.exit_code == 2
    looked = "it is none of those shipped, and there is no file"
    assert result.stderr.startswith(f"error: unknown_scenario: there is no scenario 'truce-extend': {looked}"), (
        result.output
    )
    assert f"{tmp_path / 'truce-extend.yaml'}'" in result.stderr
    assert "\n  hint: shipped: truce-extended, truce-lapses, " in result.stderr


def test_a_mistyped_file_of_a_scenario_is_told_as_such(own: Path) -> None:
    """A name with the ending left out, a file of another kind, and a file that is not there."""
    without = str(own.with_suffix(""))
    assert f"hint: did you mean the file {own}?" in run("scenario", "show", without).stderr
    other = own.with_suffix(".txt")
    other.write_text(own.read_text())
    assert "hint: a file of acts ends in .yaml or .yml; shipped: " in run("scenario", "show", str(other)).stderr
    missing = own.with_name("no-acts.yaml")
    said = run("scenario", "show", str(missing)).stderr
    assert said.startswith(f"error: unknown_scenario: there is no scenario file {str(missing)!r}\n  hint: shipped: ")
    assert "File name too long\n  hint: shipped: " in run("scenario", "show", "x" * 400).stderr


@pytest.mark.parametrize(
    ("was", "becomes", "status", "said"),
    [
        ("program:us-301-forced-labor", "us/9903.99.99", 2, "no program has"),
        ("explanation:", "programs: []\nexplanation:", 2, "unknown word 'programs'"),
        ('end: "program:us-301-forced-labor"', "impose: us/9903.03.01", 1, "lives without a rate"),
        ('end: "program:us-301-forced-labor"', "end: us/9903.01.24", 1, "changes nothing"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(own: Path, was: str, becomes: str, status: int, said: str) -> None:
    own.write_text(SCENARIO.replace(was, becomes))
    result = run("scenario", "check", str(own))
    assert result.exit_code == status
    assert said in result.output


# whatif


def test_the_tables_of_a_portfolio() -> None:
    result = run(
        "whatif", PORTFOLIO, "--scenarios", "truce-extended,forced-labor-struck", "--from", "2026-12", "--months", "2"
    )
    assert result.exit_code == 0, result.output
    for said in (
        "9 line(s) entered again in each of 2 month(s)",
        "2026-12-31 to 2027-01-31",
        "change by month of arrival",
        # 60,000 dollars of bags at 25% and 300,000 of chassis at 100%.
        "-315,000.00",
        "refundable by month of arrival",
        "us-301-maritime",
        "CHAS-1",
    ):
        assert said in result.stdout


def test_json_has_everything() -> None:
    result = run("whatif", PORTFOLIO, "--scenarios", "both-to-zero", "--from", "2027-02", "--months", "1", "--json")
    said = json.loads(result.stdout)
    assert said["against"] == "law"
    assert said["entered_on"] == {"2027-02": "2027-02-28"}
    assert [one["id"] for one in said["scenarios"]] == ["law", "both-to-zero"]
    assert (said["lines"], said["refused_lines"]) == (9, 0)
    toys = {one["scenario"]: one for one in said["skus"] if one["sku"] == "TOY-1"}
    # 12.5% of 120,000 dollars.
    assert (toys["law"]["duty"], toys["both-to-zero"]["change"]) == ("15000.00", "-15000.00")


@pytest.mark.parametrize(
    ("by", "columns"),
    [
        ("month", ["scenario", "month", "entered_at", "lines", "value", "duty", "change", "owed", "refundable"]),
        ("program", ["scenario", "month", "program", "duty", "change"]),
        (
            "sku",
            ["scenario", "month", "sku", "hts", "origin", "lines", "value", "duty", "change", "owed", "refundable"],
        ),
    ],
)
def test_csv_by_each_breakdown(by: str, columns: list[str]) -> None:
    result = run("whatif", PORTFOLIO, "--scenarios", "as-reported", "--months", "1", "--by", by, "--csv")
    rows = list(csv.reader(io.StringIO(result.stdout)))
    assert rows[0] == columns
    assert {row[0] for row in rows[1:]} == {"law", "as-reported"}


def test_refused_lines_are_told_with_the_reason_and_the_exit_code_is_1(tmp_path: Path) -> None:
    lines = tmp_path / "lines.csv"
    lines.write_text("sku,hts,origin,value\nA,8507.60.0020,CN,100\nB,9503.00.0073,CN,100\n")
    result = run("whatif", str(lines), "--scenarios", "as-reported", "--months", "1", "-o", str(tmp_path / "out.xlsx"))
    assert result.exit_code == 1
    assert "row 1 A (8507.60.0020 CN): ended_number: 8507.60.0020 ended on 2026-01-31" in result.output
    assert (tmp_path / "out.xlsx").is_file()
    as_csv = run("whatif", str(lines), "--scenarios", "as-reported", "--months", "1", "--csv")
    assert as_csv.exit_code == 1
    assert "ended_number" not in as_csv.stdout
    assert "ended_number" in as_csv.stderr


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--by", "year"], "bad_field"),
        (["--json", "--csv"], "bad_field"),
        (["--scenarios", "nobody"], "unknown_scenario"),
        (["--from", "soon"], "bad_date"),
        (["--day", "40"], "bad_number"),
        (["--months", "0"], "bad_number"),
        (["-o", "out.doc"], "bad_file_type"),
    ],
)
def test_wrong_options_end_with_2(options: list[str], code: str) -> None:
    result = (
        run("whatif", PORTFOLIO, "--months", "1", *options)
        if options[0] != "--months"
        else run("whatif", PORTFOLIO, *options)
    )
    assert result.exit_code == 2
    assert code in result.output


# diff


def test_the_law_between_two_days() -> None:
    shown = run("diff", "2025-05-13", "2025-05-14").stdout
    assert "us-eo-14298" in shown
    assert "125% (void: not owed) becomes suspended" in shown
    assert "CN, HK, MO" in shown
    assert "nothing in the law differs" in run("diff", "2026-09-01", "2026-09-01").stdout


def test_one_product_between_two_days_as_json() -> None:
    result = run("diff", "2026-07-23", "2026-07-24", "--hts", "8507.60.0090", "--origin", "China", "--json")
    said = json.loads(result.stdout)
    assert said["product"]["change"] == "250.00"
    assert said["before"] == {
        "day": "2026-07-23",
        "at": "2026-07-23T23:59:59-04:00",
        "known_on": "2026-11-22",
        "scenario": "law",
    }
    assert {one["heading"] for one in said["headings"]} >= {"9903.03.01", "9903.05.31"}


def test_what_became_known_needs_one_day() -> None:
    result = run("diff", "2025-08-13", "--known-from", "2025-08-10", "--known-to", "2025-08-12", "--csv")
    row, china = csv.DictReader(io.StringIO(result.stdout))
    assert (row["heading"], row["was"], row["now"], row["acts"]) == ("9903.01.63", "34%", "suspended", "us-eo-14334")
    assert (china["heading"], china["now"], china["acts"]) == ("TC2025-4", "suspended but for 10%", "cn-tc-2025-8")


def test_a_number_that_ended_gives_exit_code_1() -> None:
    result = run("diff", "2026-01-31", "2026-02-01", "--hts", "8507.60.0020", "--origin", "CN")
    assert result.exit_code == 1
    assert "ended_number" in result.stdout


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["2026-07-24"], "missing_field"),
        (["2026-07-24", "2026-07-23"], "bad_date"),
        (["2026-07-23", "soon"], "bad_date"),
        (["2026-07-23", "2026-07-24", "--hts", "8507.60.0090"], "missing_field"),
        (["2026-07-23", "2026-07-24", "--into", "XX"], "not_covered"),
        (["2016-01-01", "2016-02-01", "--into", "cn"], "date_before_coverage"),
        (["2026-07-23", "2026-07-24", "--hts", "8507.60.0090", "--origin", "Xland"], "unknown_origin"),
    ],
)
def test_wrong_words_end_with_2(words: list[str], code: str) -> None:
    result = run("diff", *words)
    assert result.exit_code == 2
    assert code in result.output
