"""Status on other days: the published series, what is reported, what lies ahead, the JSON, the cold start."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import TODAY
from typer.testing import CliRunner

from tidewaiter import Regime as Public
from tidewaiter.cli.app import app
from tidewaiter.ledger.regime import Regime
from tidewaiter.status.render import as_markdown, as_text
from tidewaiter.status.report import Status
from tidewaiter.status.status import status


@cache
def seen(known_on: str, on: str, scenario: str = "law") -> Status:
    return status(Regime.load(known_on, scenario), date.fromisoformat(on))


def today() -> Status:
    return seen(TODAY, TODAY)


def series(into: str) -> list[tuple[str | None, Decimal]]:
    (found,) = [one for one in today().rates if one.into == into]
    return [(step.start.as_json(), step.rate * 100) for step in (*found.history, *found.ahead)]


def test_the_published_series_of_the_us_on_china_to_the_minute() -> None:
    """EO 14195, 14228, 14257, 14259, 14266, 14298, 14357; CSMS 67834313; Proclamation 11012; 91 FR 47318."""
    assert series("US") == [
        (None, 0),
        ("2025-02-04T00:01:00-05:00", 10),
        ("2025-03-04T00:01:00-05:00", 20),
        ("2025-04-05T00:01:00-04:00", 30),
        ("2025-04-09T00:01:00-04:00", 104),
        ("2025-04-10T00:01:00-04:00", 145),
        ("2025-05-14T00:01:00-04:00", 30),
        ("2025-11-10T00:01:00-05:00", 20),
        ("2026-02-24T00:00:00-05:00", 0),
        ("2026-02-24T00:01:00-05:00", 10),
        ("2026-07-24T00:01:00-04:00", Decimal("12.5")),
    ]


def test_the_published_series_of_china_on_the_us_to_the_minute() -> None:
    """Tariff Commission Announcements Nos. 4, 5, 6, 7, 8 and 10 of 2025: 34 and 84 percent begin at one minute."""
    assert series("CN") == [
        (None, 0),
        ("2025-04-10T12:01:00+08:00", 84),
        ("2025-04-12T00:01:00+08:00", 125),
        ("2025-05-14T12:01:00+08:00", 10),
        ("2026-11-10T13:01:00+08:00", 34),
    ]


def test_the_minute_between_two_measures_is_no_rate_before() -> None:
    """Collection of the IEEPA duties ends at 00:00 on 24 February 2026 (CSMS 67834313), section 122 begins at 00:01."""
    (found,) = [one for one in seen("2026-02-25", "2026-02-25").rates if one.into == "US"]
    assert found.before is not None
    assert (found.rate, found.before.rate) == (Decimal("0.1"), Decimal("0.2"))


def test_only_country_wide_programs_count() -> None:
    """A headline rate leaves out the section 301 lists and section 232 (DESIGN, section 2)."""
    programs = Regime.load(TODAY).ledger.programs.values()
    assert {one.id for one in programs if one.country_wide and one.into == "US"} >= {
        "us-fentanyl-china",
        "us-reciprocal",
        "us-122",
        "us-301-forced-labor",
    }
    assert not any(one.country_wide for one in programs if one.authority in ("Section 232", "Section 201"))
    assert {part.program for rate in today().rates if rate.into == "US" for part in rate.made_of} == {
        "us-301-forced-labor"
    }


def test_by_the_published_texts_the_truce_has_lapsed_and_as_reported_it_has_not() -> None:
    """EO 14358: to 10 November 2026; two months more to the press on 23 and 24 September 2026, no text."""
    (truce,) = today().of("truce")
    assert truce.state is not None
    assert truce.as_reported is not None
    assert (truce.state.standing.word, truce.as_reported.standing.word) == ("lapsed", "extended")
    assert truce.as_reported.as_json(TODAY)["until"] == "2027-01-10T00:01:00-05:00"
    text = " ".join(" ".join(as_text(today(), 120)).split())
    assert "as reported: extended since 10 November 2026 until 10 January 2027 (in 49 days)" in text


def test_what_is_reported_ahead_is_marked_and_what_is_law_is_not() -> None:
    by_day = {(one.at.day, one.reported) for one in today().ahead}
    assert ("2027-01-01", False) in by_day  # Proclamation of 31 December 2025: furniture and cabinets
    assert ("2027-01-10", True) in by_day  # the two months of September 2026
    assert ("2027-01-10", False) not in by_day
    whole = status(Regime.load(TODAY, "as-reported"), date.fromisoformat(TODAY))
    assert ("2027-01-10", False) in {(one.at.day, one.reported) for one in whole.ahead if not one.matter}


def test_a_case_whose_day_has_passed_says_that_nothing_is_known() -> None:
    """Argument in the forced-labor cases was set for 30 September 2026; no outcome was found."""
    text = " ".join(" ".join(as_text(today(), 120)).split())
    assert "due on 30 September 2026, no later act known: argument" in text
    assert "No act after 7 October 2026 is known here" in text


def test_a_month_that_has_begun_is_no_longer_simply_next() -> None:
    # The APEC summit of November and the G20 summit of December 2026, as planned at the state visit of 25 September 2026.
    def talks(on: str) -> str:
        return " ".join(" ".join(as_text(seen(TODAY, on), 10_000)).split())

    assert "next: November 2026, the APEC summit in Shenzhen" in talks("2026-10-31")
    for on in ("2026-11-22", "2026-12-15"):
        assert "due in November 2026, no later act known: the APEC summit in Shenzhen" in talks(on)
    assert "next: December 2026, the G20 summit in Miami" in talks("2026-11-22")
    talk = seen(TODAY, "2026-12-01").as_json()["talks"]
    passed = {one["month"]: one["passed"] for matter in talk for one in matter["as_reported"]["next"]}
    assert passed == {"2026-11": True, "2026-12": False}


def test_third_country_measures_and_parts_of_deals_are_left_out() -> None:
    names = {one.matter.id for one in seen("2026-11-22", "2026-11-22").matters}
    assert {"measure:us-301-brazil", "measure:us-338-canada", "deal:us-uk:pharmaceuticals"}.isdisjoint(names)
    assert {"deal:us-uk", "deal:us-malaysia", "deal:us-japan", "control:cn-gallium"} <= names


def test_everything_in_the_json_has_its_act() -> None:
    told = today().as_json()
    assert json.loads(json.dumps(told)) == told
    for rate in told["rates"]:
        assert all(part["acts"] for part in rate["made_of"])
    for key in ("truce", "talks", "cases", "controls", "measures", "deals"):
        for one in told[key]:
            assert (one["state"] or one["as_reported"])["act"]
    assert all(one["acts"] for one in told["ahead"])
    assert all(one["act"] for one in told["open_questions"])


def test_what_is_ahead_is_in_order_and_after_the_day() -> None:
    for known_on, on in (("2025-06-02", "2025-06-02"), ("2025-06-02", "2025-08-13"), (TODAY, TODAY)):
        found = seen(known_on, on).ahead
        assert found
        assert all(one.at.instant <= other.at.instant for one, other in pairwise(found))
        assert found[0].at.day >= on


DAYS = st.dates(date(2025, 1, 1), date(2026, 12, 31)).map(date.isoformat)


@settings(max_examples=12, deadline=None)
@given(DAYS, DAYS, DAYS)
def test_knowing_more_changes_no_headline_unless_a_later_act_says_so(one: str, other: str, on: str) -> None:
    """Acts that set a heading of a country-wide program between two days of knowledge are the only reason for a change."""
    early, late = sorted((one, other))
    before, after = seen(early, on), seen(late, on)
    ledger = Regime.load(TODAY).ledger
    wide = {row.key for program in ledger.programs.values() if program.country_wide for row in program.rows}
    spoken = any(
        not wide.isdisjoint(effect.targets) or effect.verb == "stay"
        for act in ledger.acts.values()
        if early < act.announced <= late
        for effect in act.effects
    )
    if not spoken:
        assert [rate.rate for rate in before.rates] == [rate.rate for rate in after.rates]


@settings(max_examples=12, deadline=None)
@given(DAYS, DAYS)
def test_nothing_is_told_that_was_not_known(known_on: str, on: str) -> None:
    ledger = Regime.load(TODAY).ledger
    unknown = {act.id for act in ledger.acts.values() if act.announced > known_on}

    def acts(told: Any) -> set[str]:
        if isinstance(told, dict):
            own = {told["act"]} if isinstance(told.get("act"), str) else set()
            return own.union(*map(acts, told.values()))
        return set().union(*map(acts, told)) if isinstance(told, list) else set()

    assert unknown.isdisjoint(acts(seen(known_on, on).as_json()))


@pytest.mark.parametrize("on", ["2018-04-02", "2019-06-01", "2025-05-13", "2026-11-10", "2031-01-01"])
def test_every_day_can_be_asked(on: str) -> None:
    found = seen(TODAY, on)
    assert list(as_text(found, 80))
    assert all(len(line) <= 80 for line in as_text(found, 80, whole=True))
    assert next(iter(as_markdown(found))).startswith("# ")


def test_a_day_before_anything_was_known_has_nothing_to_say() -> None:
    found = seen("1980-01-01", "2018-07-06")
    assert [rate.rate for rate in found.rates] == [0] * len(found.rates)
    assert (found.matters, found.last_act) == ((), "")
    assert "0%" in "\n".join(as_text(found, 120))


def test_from_python() -> None:
    regime = Public.load(known_on="2025-06-02")
    assert regime.status().on == "2025-06-02"
    assert regime.status(on="2025-08-13").rates[0].rate == Decimal("0.54")
    assert regime.status(on=date(2025, 8, 13)) == regime.status(on="2025-08-13")
    with pytest.raises(ValueError, match="isoformat"):
        regime.status(on="August")


def run(*words: str) -> str:
    result = CliRunner().invoke(app, ["status", *words])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_command_prints_text_json_and_markdown() -> None:
    assert run("--known-on", "2025-06-02").startswith("The tariff war on 2 June 2025, as known on 2 June 2025\n")
    assert json.loads(run("--known-on", "2025-06-02", "--json"))["on"] == "2025-06-02"
    assert run("--known-on", "2025-06-02", "--on", "2025-08-13", "--md").startswith(
        "# The tariff war on 13 August 2025"
    )
    assert len(run("--known-on", TODAY, "--long")) > len(run("--known-on", TODAY))


def test_the_page_shows_what_is_printed() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "status.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```console\n\$ tidewaiter status --known-on 2025-06-02\n(.*?)\n```", page, re.DOTALL)
    printed = "\n".join(as_text(seen("2025-06-02", "2025-06-02"), 120))
    assert shown in printed


def test_the_snippet_of_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "status.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    exec(compile(block, "docs/status.md", "exec"), {})
    assert "US CN 0.54 ['9903.01.24', '9903.01.63']" in capsys.readouterr().out


def test_a_rate_is_not_told_before_it_is_covered() -> None:
    """coverage.yaml: China on the United States from 2 April 2018, the United States on China from 6 July 2018."""
    found = seen(TODAY, "2018-07-05")
    assert [one.into for one in found.rates] == ["CN"]
    assert found.as_json()["not_covered"] == [{"into": "US", "origin": "CN", "from": "2018-07-06"}]
    assert "  United States on China: not known here before 6 July 2018" in as_text(found, 120)
    assert seen(TODAY, "2018-07-06").uncovered == ()
    result = CliRunner().invoke(app, ["status", "--on", "2018-04-01"])
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(
        "error: date_before_coverage: imports into US are covered from 2018-07-06 on, imports into CN"
    )


@pytest.mark.parametrize("words", [("--on", "soon"), ("--known-on", "2025-13-01"), ("--json", "--md")])
def test_what_cannot_be_asked_is_refused(words: tuple[str, ...]) -> None:
    result = CliRunner().invoke(app, ["status", *words])
    assert result.exit_code == 2
    assert "error: bad_" in result.output


def test_a_cold_process_answers_without_frames() -> None:
    """What keeps it fast; how fast it is is measured by benchmarks.run."""
    heavy = "polars pyarrow numpy pandas duckdb pydantic"
    code = (
        "import sys; sys.argv = ['tidewaiter', 'status', '--known-on', '2026-11-22']\n"
        "from tidewaiter.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"sys.stderr.write(' '.join(set({heavy!r}.split()) & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=dict(os.environ), check=True
    )
    assert done.stderr == ""
    assert done.stdout.startswith("The tariff war on 22 November 2026")
