"""Which edition's numbers are in force."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tidewaiter.schedule.editions import editions_in_force, first_minute, read_table
from tidewaiter.schedule.errors import UnknownEditionError
from tidewaiter.schedule.store import Schedule

EASTERN = ZoneInfo("America/New_York")


def at(year: int, month: int, day: int, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=EASTERN)


def test_there_are_44_editions_in_order(schedule: Schedule) -> None:
    assert len(schedule.editions) == 44
    starts = [edition.starts for edition in schedule.editions]
    assert starts == sorted(starts)
    assert [edition.ends for edition in schedule.editions] == [*starts[1:], None]


def test_the_packaged_editions_are_those_of_the_table(schedule: Schedule) -> None:
    assert list(schedule.editions) == editions_in_force(read_table())


def test_an_edition_begins_one_minute_past_midnight_eastern(schedule: Schedule) -> None:
    """The renumbering of lithium batteries took effect on 1 February 2026."""
    assert schedule.edition_at(at(2026, 2, 1, 0, 0)).name == "2026 rev 1"
    assert schedule.edition_at(at(2026, 2, 1, 0, 1)).name == "2026 rev 2"
    assert schedule.edition_at(first_minute("2026-02-01")).name == "2026 rev 2"


def test_a_retroactive_edition_displaces_the_one_before_it(schedule: Schedule) -> None:
    """Rev 9, published on 28 May 2026, is law from 1 May; rev 8, published on 22 May, is never in force."""
    names = {schedule.edition_at(at(2026, month, day)).name for month in (4, 5, 6) for day in range(1, 31)}
    assert "2026 rev 8" not in names
    assert schedule.edition_at(at(2026, 5, 1)).name == "2026 rev 9"
    assert schedule.edition_at(at(2026, 5, 23)).name == "2026 rev 9"


def test_before_the_first_edition_its_numbers_are_used_and_marked(schedule: Schedule) -> None:
    line = schedule.resolve("8471.30.0100", at(2018, 7, 6))
    assert (line.edition.name, line.reconstructed, line.stale) == ("2025 basic", True, False)
    assert not schedule.resolve("8471.30.0100", at(2025, 1, 2)).reconstructed


def test_after_the_next_known_edition_answers_are_stale(schedule: Schedule) -> None:
    """2026 rev 11, of 1 July 2026, is known to exist and not at hand."""
    assert not schedule.resolve("8471.30.0100", at(2026, 6, 30)).stale
    assert schedule.resolve("8471.30.0100", at(2026, 7, 1)).stale
    assert schedule.last_edition.name == "2026 rev 10"


def test_editions_by_name(schedule: Schedule) -> None:
    assert schedule.edition("2025_rev_12") is schedule.edition("2025 rev 12")
    with pytest.raises(UnknownEditionError):
        schedule.edition("2024 basic")


def test_an_instant_needs_a_time_zone(schedule: Schedule) -> None:
    with pytest.raises(ValueError, match="time zone"):
        schedule.edition_at(datetime(2025, 5, 14))  # noqa: DTZ001
    assert schedule.edition_at(datetime(2025, 5, 14, 4, 1, tzinfo=UTC)).name == "2025 rev 12"
