"""What must hold of every line into China: real numbers, days from 2018 to 2027, facts given or missing; and the command line."""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import profiles
from tests.assess.contract import check_sums, faults
from tests.conftest import TODAY, engine_seen_from, shipped_schedule
from typer.testing import CliRunner

from tidewaiter.api import Line as ApiLine
from tidewaiter.api import Regime as ApiRegime
from tidewaiter.assess.batch import assess_records
from tidewaiter.assess.records import Record
from tidewaiter.cli.app import app
from tidewaiter.ledger.check import OneDutyHeadingForOneGood
from tidewaiter.ledger.regime import Regime

profiles.load()

Json = dict[str, Any]
KNOWN = ["2018-07-01", "2019-12-01", "2025-04-08", "2025-06-02", TODAY]


@cache
def numbers() -> list[str]:
    """Every tariff line of 2019 and every subheading of 2025."""
    schedule = engine_seen_from().schedule_of("CN")
    return sorted({line.number for edition in schedule.editions[-2:] for line in schedule.lines(edition)})


@st.composite
def lines(draw: st.DrawFn) -> Json:
    day = date(2018, 4, 1) + timedelta(days=draw(st.integers(0, 3400)))
    line: Json = {
        "into": "CN",
        "hts": draw(st.sampled_from(numbers())),
        "origin": draw(st.sampled_from(["US", "US", "US", "DE"])),
        "value": str(Decimal(draw(st.integers(0, 10**9))) / 100),
        "entered_at": day.isoformat(),
    }
    for name, values in {
        "claims": [["cn-exclusion"], ["cn-listed-exclusion"]],
        "scope": [["cn-line-listed-2025-1"], ["not:cn-line-listed-301"]],
        "exported_at": ["2025-03-01", "2025-04-10"],
        "facts": [{"vat_rate": "0.09"}],
    }.items():
        said = draw(st.sampled_from([None, None, *values]))
        if said is not None:
            line[name] = said
    return line


@given(lines(), st.sampled_from(KNOWN))
def test_every_answer_keeps_the_contract_and_its_sums(line: Json, known_on: str) -> None:
    (result,) = assess_records(engine_seen_from(known_on), [Record(1, line)])
    said = json.loads(json.dumps(result.as_json(), ensure_ascii=False, allow_nan=False))
    if "error" in said:
        assert faults("error", said) == []
        return
    assert faults("assessment", said) == []
    check_sums(said)
    assert {fee["code"] for fee in said["fees"]} == {"VAT"}
    assert ("average_rate" in {warning["code"] for warning in said["warnings"]}) == ("average" in said["precision"])


@given(lines())
def test_a_program_charges_no_more_than_the_value(line: Json) -> None:
    (result,) = assess_records(engine_seen_from(), [Record(1, line)])
    if result.assessment is None:
        return
    charged: dict[str, Decimal] = {}
    for layer in result.assessment.layers:
        charged[layer.program] = charged.get(layer.program, Decimal(0)) + layer.basis_value
    assert all(basis <= result.assessment.value for basis in charged.values())


def test_no_two_duties_of_a_program_meet_on_one_line() -> None:
    """Every tariff line and subheading, between all changes."""
    regime = engine_seen_from(scenario="as-reported").regime
    problems = OneDutyHeadingForOneGood(numbers(), ["US"]).problems(regime)
    assert [problem for problem in problems if problem.file.startswith("programs/cn-")] == []


def test_lines_into_both_countries_are_answered_side_by_side() -> None:
    """In one entry too: each country's fees fall on its own lines."""
    given = [
        {
            "into": "CN",
            "hts": "8542.31.90",
            "origin": "US",
            "value": "10000",
            "entered_at": "2026-10-01",
            "entry_id": "a",
        },
        {"hts": "9503.00.0073", "origin": "CN", "value": "10000", "entered_at": "2026-10-01", "entry_id": "a"},
    ]
    records = [Record(number, line) for number, line in enumerate(given, start=1)]
    found = [result.as_json() for result in assess_records(engine_seen_from(), records)]
    assert [[fee["code"] for fee in one["fees"]] for one in found] == [["VAT"], ["MPF"]]
    assert [one["precision"] for one in found] == ["HS6 average", "HS8"]


def test_from_python() -> None:
    """Announcement 2025 No. 10: 10% on what is free of duty."""
    line = ApiLine(hts="8542.31.90", origin="US", into="CN", value="10000", entered_at="2026-10-01")
    assert ApiRegime.load(known_on=TODAY).assess(line).total_duty == 1000


def test_the_law_on_goods_of_china_is_not_touched() -> None:
    """A list of one importing country is nothing to another."""
    regime = engine_seen_from().regime
    assert not {name for name in regime.lists_of("US") if name.startswith("cn-")}
    assert {name for name in regime.lists_of("CN") if name.startswith("us-")} == set()
    assert shipped_schedule().into == "US"


def run(*words: str) -> Any:
    return CliRunner().invoke(app, [*words, "--known-on", TODAY])


def test_duty_says_where_to_and_how_exactly() -> None:
    said = run(
        "duty", "1201.90.11", "--into", "CN", "--origin", "US", "--value", "10000", "--on", "2025-10-01", "--vat", "9%"
    )
    text = " ".join(said.stdout.split())
    assert "origin US, into CN" in text
    assert "at HS6 average" in text
    assert "VAT 1,332.00" in text  # 9% of 10,000 and 4,800 duty


@pytest.mark.parametrize(("vat", "code"), [("nine", "bad_number"), ("-9", "negative_number")])
def test_a_rate_of_tax_that_is_none(vat: str, code: str) -> None:
    said = run(
        "duty", "1201.90.11", "--into", "CN", "--origin", "US", "--value", "1", "--on", "2025-10-01", f"--vat={vat}"
    )
    assert said.exit_code == 2
    assert code in said.output


def test_a_rate_of_tax_above_the_value_is_refused() -> None:
    said = run(
        "duty", "1201.90.11", "--into", "CN", "--origin", "US", "--value", "1", "--on", "2025-10-01", "--vat", "900"
    )
    assert said.exit_code == 1
    assert "bad_number" in said.output


def test_own_rates_and_defaults_of_a_file(tmp_path: Path) -> None:
    """What a line says itself counts; the options are for lines that say nothing."""
    (tmp_path / "mine.csv").write_text("hts,rate\n1201.90.11,1%\n", encoding="utf-8")
    (tmp_path / "lines.csv").write_text(
        "hts,origin,value,entered_at,into,fact.vat_rate\n"
        "1201.90.11,US,10000,2026-10-01,,\n"
        "1201.90.11,US,10000,2026-10-01,CN,0.13\n"
        "9503.00.0073,CN,10000,2026-10-01,US,\n",
        encoding="utf-8",
    )
    said = run(
        "assess",
        str(tmp_path / "lines.csv"),
        "--json",
        "--into",
        "CN",
        "--vat",
        "9",
        "--schedule",
        str(tmp_path / "mine.csv"),
    )
    found = [json.loads(line) for line in said.stdout.splitlines()]
    assert [(one["into"], one["base"]["text"], one["precision"]) for one in found] == [
        ("CN", "1%", "HS8"),
        ("CN", "1%", "HS8"),
        ("US", "Free", "HS8"),
    ]
    # 10,000, 1% base, 25% ([2018] No. 5) and 10% (2025 No. 10): 9% and 13% of 13,600.
    assert [one["total_fees"] for one in found[:2]] == ["1224.00", "1768.00"]


def test_own_rates_that_cannot_be_read_end_the_command(tmp_path: Path) -> None:
    said = run(
        "duty",
        "1201.90.11",
        "--into",
        "CN",
        "--origin",
        "US",
        "--value",
        "1",
        "--on",
        "2025-10-01",
        "--schedule",
        str(tmp_path / "no.csv"),
    )
    assert said.exit_code == 2
    assert "bad_schedule" in said.output


def test_lines_into_both_countries_stand_in_one_file(tmp_path: Path) -> None:
    """Soybeans: 3% and, by Announcements [2018] 5 (25%), 2025 Nos. 2 and 4 (10% each), 48%. Toys: free, 12.5% by U.S. note 52."""
    soybeans = {"hts": "1201.90.11", "origin": "US", "value": "10000", "entered_at": "2025-10-01", "into": "CN"}
    toys = {"hts": "9503.00.0073", "origin": "CN", "value": "10000", "entered_at": "2026-10-01", "into": "US"}
    (tmp_path / "lines.csv").write_text(
        "\n".join([",".join(soybeans), ",".join(soybeans.values()), ",".join(toys.values())]) + "\n", encoding="utf-8"
    )
    said = run("price", str(tmp_path / "lines.csv"), "-o", str(tmp_path / "priced.csv"))
    assert said.exit_code == 0
    with (tmp_path / "priced.csv").open(encoding="utf-8", newline="") as stream:
        priced = list(csv.DictReader(stream))
    assert [row["total_duty"] for row in priced] == ["4800.00", "1250.00"]
    assert [row["us_301_forced_labor"] for row in priced] == ["", "1250.00"]  # no program of the other country


def test_the_tariff_of_china_is_shown_and_searched() -> None:
    """15% on cars since 1 July 2018; the subheadings of 2025."""
    shown = CliRunner().invoke(app, ["schedule", "show", "8703.23", "--into", "CN", "--on", "2019-06-01"]).stdout
    assert shown.startswith("Tariff of China, 2019 (in force from 2019-01-01)")
    assert "8703.23.41    15%" in shown
    found = CliRunner().invoke(app, ["schedule", "search", "soybeans", "--into", "cn", "--json"])
    assert "1201.90" in [line["hts"] for line in json.loads(found.stdout)["lines"]]
    other = CliRunner().invoke(app, ["schedule", "show", "8703.23", "--into", "JP"])
    assert (other.exit_code, "not_covered" in other.output) == (1, True)


def _said(law: Regime, key: str, at: int) -> tuple[bool, str]:
    state = law.state(key, at)
    return state.live, state.rate


def test_a_later_day_of_knowledge_changes_only_what_a_later_act_says() -> None:
    """Heading by heading, from one announcement to the next: what is seen otherwise is named by an act announced in between."""
    whole = engine_seen_from(scenario="as-reported").regime
    mine = {
        key
        for program in whole.ledger.programs.values()
        if program.into == "CN"
        for key in (r.key for r in program.rows)
    }
    days = sorted({act.announced for act in whole.acts.values() if act.by == "CN"})
    before = whole.seen_from(days[0])
    changed = 0
    for day in days[1:]:
        after = whole.seen_from(day)
        said = {
            target
            for act in whole.acts.values()
            if before.known_on < act.announced <= day
            for effect in act.effects
            for target in effect.targets
        }
        for key in mine:
            edges = set().union(*(law.tracks[key].edges() for law in (before, after) if key in law.tracks))
            otherwise = any(_said(before, key, at) != _said(after, key, at) for at in edges)
            changed += otherwise
            assert not otherwise or key in said, (key, day)
        before = after
    assert changed > 20
