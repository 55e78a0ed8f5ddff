"""What the command line prints of the schedule."""

from __future__ import annotations

import json

import pytest

from tidewaiter.schedule.commands import schedule_search, schedule_show
from tidewaiter.schedule.errors import ScheduleError
from tidewaiter.schedule.store import Schedule


def test_search_finds_lithium_batteries_by_text_and_parents(schedule: Schedule) -> None:
    said: list[str] = []
    assert schedule_search("lithium battery", said.append, as_json=True, schedule=schedule) == 0
    found = [line["hts"] for line in json.loads(said[0])["lines"]]
    assert found[:3] == ["8507.60.0010", "8507.60.0030", "8507.60.0090"]
    assert "8506.50.0090" in found


def test_search_that_finds_nothing_says_so(schedule: Schedule) -> None:
    said: list[str] = []
    assert schedule_search("xylophagous battery", said.append, schedule=schedule) == 1
    assert "no tariff line" in said[0]


def test_show_prints_the_tree_as_of_a_day(schedule: Schedule) -> None:
    said: list[str] = []
    assert schedule_show("8507.60", said.append, on="2026-01-31", schedule=schedule) == 0
    assert "2026 rev 1 " in said[0]
    assert "8507.60.0020" in said[0]
    said.clear()
    schedule_show("8507.60", said.append, on="2026-02-01", as_json=True, schedule=schedule)
    rows = json.loads(said[0])["rows"]
    assert [each["hts"] for each in rows] == [
        "8507",
        "8507.60.00",
        "8507.60.0010",
        None,
        "8507.60.0030",
        "8507.60.0090",
    ]
    assert rows[1]["general"] == "3.4%"


@pytest.mark.parametrize("prefix", ["", "8", "abcd", "7777"])
def test_show_refuses_what_is_not_there(schedule: Schedule, prefix: str) -> None:
    with pytest.raises(ScheduleError):
        schedule_show(prefix, print, schedule=schedule)
