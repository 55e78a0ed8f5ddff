"""``tidewaiter timeline``: acts in order, filters, and a calendar of the days ahead that follows RFC 5545."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import TODAY
from typer.testing import CliRunner

from tidewaiter.cli.app import app
from tidewaiter.ledger.regime import Regime
from tidewaiter.status.report import Ahead, Day
from tidewaiter.timeline.entries import DEADLINE, Asked, Timeline, timeline
from tidewaiter.timeline.ical import calendar

ALL = Asked("0001-01-01", "9999-12-31")


def told(known_on: str = TODAY, asked: Asked = ALL) -> Timeline:
    return timeline(Regime.load(known_on), asked)


def test_every_act_known_is_told_in_order_and_none_that_is_not() -> None:
    acts = told("2025-06-02").acts
    known = [act for act in Regime.load(TODAY).ledger.acts.values() if act.announced <= "2025-06-02"]
    assert len(acts) == len(known)
    assert all(one.order <= other.order for one, other in pairwise(acts))


def test_the_weeks_before_2_june_2025_by_kind() -> None:
    """Geneva on 12 May; CELAC on 13 May; China on the US-UK deal on 14 May; Bessent on Fox News on 29 May."""
    kinds = frozenset({"talks", "call", "statement", "press"})
    acts = told("2025-06-02", Asked("2025-05-01", "2025-06-02", kinds)).acts
    assert [act.id for act in acts] == [
        "us-joint-statement-geneva",
        "cn-celac-2025-05-13",
        "cn-fm-2025-05-14-us-uk-deal",
        "us-press-2025-05-29-bessent",
    ]


def test_only_those_of_china() -> None:
    acts = told(TODAY, Asked("2025-10-01", "2025-10-31", by=frozenset({"CN"}))).acts
    assert {"cn-mofcom-2025-10-09", "cn-mot-2025-54"} <= {act.id for act in acts}
    assert {act.by for act in acts if act.kind not in ("talks", "call")} == {"CN"}
    assert "us-talks-2025-10-26-kuala-lumpur" in {act.id for act in acts}  # both sides talk


def test_deadlines_are_what_lies_ahead_of_the_day_of_knowledge() -> None:
    """The plaintiffs' response (order of 29 May 2025), the end of the truce (EO 14298)."""
    found = told("2025-06-02", Asked("2025-06-01", "2025-08-31", frozenset({DEADLINE})))
    assert found.acts == ()
    days = [one.at.day for one in found.ahead]
    assert days == sorted(days)
    assert days[0] == "2025-06-05"
    assert any("headline rate of United States on China: 30% becomes 54%" in one.what for one in found.ahead)
    assert told("2025-06-02", Asked("2025-06-01", "2025-08-31", frozenset({"talks"}))).ahead == ()


# The calendar.


def unfolded(text: str) -> list[str]:
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    return text.replace("\r\n ", "").split("\r\n")[:-1]


def events(text: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for line in unfolded(text):
        if line == "BEGIN:VEVENT":
            found.append({})
        elif found and line != "END:VEVENT" and not line.startswith("END:VCALENDAR"):
            name, _, value = line.partition(":")
            found[-1][name] = value
    return found


def test_the_calendar_has_every_day_once_with_its_source() -> None:
    found = told("2025-06-02", Asked("2025-06-01", "2025-12-31"))
    text = calendar(found.ahead, "2025-06-02")
    lines = unfolded(text)
    assert lines[:3] == ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Tidewaiter//Timeline//EN"]
    assert lines[-1] == "END:VCALENDAR"
    several = events(text)
    assert len(several) == len(found.ahead)
    assert len({one["UID"] for one in several}) == len(several)
    assert {one["DTSTAMP"] for one in several} == {"20250602T000000Z"}
    response = several[0]
    assert (response["DTSTART;VALUE=DATE"], response["DTEND;VALUE=DATE"]) == ("20250605", "20250606")
    assert "us-cafc-25-1812-administrative-stay" in response["DESCRIPTION"]
    assert response["STATUS"] == "CONFIRMED"


def test_a_calendar_written_anew_names_the_same_days_the_same() -> None:
    """UIDs hang on what is said, not on the day of writing: a program replaces what it has."""
    uids = [{one["UID"] for one in events(calendar(told(day).ahead, day))} for day in ("2025-06-02", "2025-06-02")]
    assert uids[0] == uids[1]
    day = Asked("2025-08-12", "2025-08-12")
    one, other = (
        {event["SUMMARY"]: event["UID"] for event in events(calendar(told(known, day).ahead, known))}
        for known in ("2025-06-02", "2025-06-04")
    )
    assert one
    assert one == other


def ahead(what: str, at: int = 0, timed: bool = True, reported: bool = False) -> Ahead:
    return Ahead(Day(at, "Asia/Shanghai"), timed, what, (), reported)


def test_an_hour_is_written_in_universal_time_and_the_first_minute_is_the_whole_day() -> None:
    from tidewaiter.ledger.instants import parse_instant

    hour = parse_instant("2026-11-10 13:01 Asia/Shanghai")
    minute = parse_instant("2026-11-27 00:00 Asia/Shanghai")
    timed, whole = events(calendar([ahead("a", hour), ahead("b", minute, reported=True)], "2026-11-01"))
    assert timed["DTSTART"] == "20261110T050100Z"
    assert whole["DTSTART;VALUE=DATE"] == "20261127"
    assert (whole["STATUS"], whole["SUMMARY"]) == ("TENTATIVE", "As reported: b")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_text_is_escaped_folded_and_can_be_read_back(what: str) -> None:
    text = f"{what}, a; b\\ c\nd"
    (event,) = events(calendar([ahead(text)], "2026-11-01"))
    read = re.sub(r"\\([\\;,nN])", lambda one: {"n": "\n", "N": "\n"}.get(one[1], one[1]), event["SUMMARY"])
    assert read == text


# The command.


def run(*words: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["timeline", "--known-on", "2025-06-02", *words])
    assert result.exit_code == code, result.output
    return result.output


def test_the_command_prints_text_and_json() -> None:
    text = run()
    assert "2025-05-29  US  press: Treasury Secretary Bessent" in text
    assert "2025-05-12  US/CN  talks: Joint Statement" in text
    assert "AHEAD, as known on 2025-06-02" in text
    found = json.loads(run("--from", "2025-05-29", "--to", "2025-05-29", "--kind", "press", "--json"))
    (act,) = found["acts"]
    assert act["states"] == [
        {
            "matter": "talks:us-china",
            "is": "stalled",
            "says": "the Treasury Secretary says that the two presidents, Trump and Xi, may need to speak",
            "from": "2025-05-29T00:00:00-04:00",
            "until": None,
            "next": [
                {"day": None, "month": None, "what": "more talks, expected in the coming weeks"},
                {"day": None, "month": None, "what": "a call of the two presidents, at some point"},
            ],
        }
    ]
    assert run("--from", "2017-01-01", "--to", "2017-02-01") == "nothing is known of these days\n"


def test_the_command_writes_a_calendar(tmp_path: Path) -> None:
    path = tmp_path / "days.ics"
    said = run("--ics", str(path))
    text = path.read_bytes().decode()
    assert f"{len(events(text))} days ahead" in said
    assert text.startswith("BEGIN:VCALENDAR\r\n")
    assert "error: cannot_write" in run("--ics", str(tmp_path / "none" / "days.ics"), code=1)


def test_what_is_ahead_of_a_day_before_coverage_is_told() -> None:
    """Proclamations 9704 and 9705 of 8 March 2018: duties on steel and aluminum from 23 March."""
    ahead = told("2018-03-10").ahead
    assert {act.id for one in ahead for act in one.acts if one.at.day == "2018-03-23"} == {
        "us-proc-9704",
        "us-proc-9705",
    }


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--kind", "rumour"), "bad_kind"),
        (("--by", "FR"), "bad_country"),
        (("--from", "soon"), "bad_date"),
        (("--from", "2025-06-01", "--to", "2025-05-01"), "bad_date"),
    ],
)
def test_what_cannot_be_asked_is_refused(words: tuple[str, ...], code: str) -> None:
    said = run(*words, code=2)
    assert f"error: {code}" in said
    assert "\n  hint: " in said


def test_the_hints_fit_what_was_typed(tmp_path: Path) -> None:
    assert "hint: give --from too: " in run("--to", "2024-12-31", code=2)
    assert "hint: give the earlier day as --from\n" in run("--from", "2025-06-01", "--to", "2025-05-01", code=2)
    assert "hint: kinds: statement, " in run("--kind", "statements", code=2)
    assert "hint: acts are told of US, CN\n" in run("--by", "FR", code=2)
    assert "hint: name a file in a folder that is there" in run("--ics", str(tmp_path / "none" / "days.ics"), code=1)
