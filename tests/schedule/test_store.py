"""Finding a tariff line, and what is said of a number that is not there."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tidewaiter.schedule.errors import (
    AmbiguousNumberError,
    EndedNumberError,
    FutureNumberError,
    UnknownNumberError,
)
from tidewaiter.schedule.store import Schedule

EASTERN = ZoneInfo("America/New_York")
JANUARY_2026 = datetime(2026, 1, 31, 12, tzinfo=EASTERN)
MARCH_2026 = datetime(2026, 3, 1, 12, tzinfo=EASTERN)


@pytest.mark.parametrize("written", ["8507600090", "8507.60.0090", "8507.60.00.90", " 8507.60.00 90 "])
def test_a_number_is_found_however_it_is_written(schedule: Schedule, written: str) -> None:
    line = schedule.resolve(written, MARCH_2026)
    assert line.written == "8507.60.0090"
    assert line.number10 == "8507600090"


def test_a_ten_digit_row_inherits_the_rates_of_its_eight_digits(schedule: Schedule) -> None:
    line = schedule.resolve("8507.60.0090", MARCH_2026)
    assert (line.general, line.column2, line.rates_on) == ("3.4%", "40%", "85076000")
    assert line.special_duty("KR") is not None
    assert line.special_duty("JP") is None
    assert line.codes == ("9903.88.15", "9903.91.06")
    assert line.units == ("No.", "kg")
    assert line.parents[-2:] == ("Lithium-ion batteries", "Other:")


def test_a_ten_digit_row_that_stands_alone_carries_its_rates(schedule: Schedule) -> None:
    line = schedule.resolve("8471.30.01.00", MARCH_2026)
    assert (line.general, line.column2, line.rates_on) == ("Free", "35%", "8471300100")


def test_a_row_that_prints_one_column_inherits_the_others(schedule: Schedule) -> None:
    """9006.59.15.20 repeats column 2 only."""
    line = schedule.resolve("9006.59.1520", MARCH_2026)
    assert (line.general, line.column2) == ("Free", "20%")


def test_a_short_number_with_one_line_below_is_that_line(schedule: Schedule) -> None:
    assert schedule.resolve("0101.30", MARCH_2026).written == "0101.30.0000"
    assert schedule.resolve("0101.30.00", MARCH_2026).written == "0101.30.0000"


def test_a_short_number_with_several_lines_is_ambiguous(schedule: Schedule) -> None:
    with pytest.raises(AmbiguousNumberError) as caught:
        schedule.resolve("8507.60.00", MARCH_2026)
    assert [child.number for child in caught.value.children] == ["8507.60.0010", "8507.60.0030", "8507.60.0090"]
    assert caught.value.code == "ambiguous_number"
    line = schedule.resolve("8507.60.00", MARCH_2026, allow_prefix=True)
    assert (line.written, line.number10, line.general) == ("8507.60.00", None, "3.4%")
    assert line.children == caught.value.children


def test_an_ended_number_names_its_successors_the_mapped_one_first(schedule: Schedule) -> None:
    """8507.60.0020 ended on 31 January 2026; its wording ("Other") went to .90, .30 came beside it, .10 stayed."""
    assert schedule.resolve("8507.60.0020", JANUARY_2026).general == "3.4%"
    with pytest.raises(EndedNumberError) as caught:
        schedule.resolve("8507.60.0020", MARCH_2026)
    error = caught.value
    assert (error.code, error.last_day, error.left_in) == ("ended_number", "2026-01-31", "2026 rev 2")
    assert [each.number for each in error.successors] == ["8507.60.0090", "8507.60.0030", "8507.60.0010"]


def test_a_number_that_begins_later_says_when(schedule: Schedule) -> None:
    with pytest.raises(FutureNumberError) as caught:
        schedule.resolve("8507.60.0030", JANUARY_2026)
    assert (caught.value.code, caught.value.first_day) == ("future_number", "2026-02-01")


def test_an_unknown_number_names_its_siblings_first(schedule: Schedule) -> None:
    with pytest.raises(UnknownNumberError) as caught:
        schedule.resolve("8507.60.0099", MARCH_2026)
    assert caught.value.code == "unknown_number"
    nearest = [each.number for each in caught.value.nearest]
    assert nearest[0] == "8507.60.0090"
    assert set(nearest[:3]) == {"8507.60.0010", "8507.60.0030", "8507.60.0090"}


def test_a_misspelt_number_is_offered_mended(schedule: Schedule) -> None:
    with pytest.raises(UnknownNumberError) as caught:
        schedule.resolve("4871.30.0100", MARCH_2026)
    assert "8471.30.0100" in [each.number for each in caught.value.nearest]


def test_the_last_two_digits_may_come_from_a_statistical_note(schedule: Schedule) -> None:
    """Chapter 91, statistical note 1: watches are reported in parts, the suffixes stand in the note only."""
    line = schedule.resolve("9101.11.4010", MARCH_2026)
    assert line.suffix_unchecked
    assert (line.number, line.number10) == ("91011140", "9101114010")
    assert line.general_duty().kind == "per_part"


def test_a_misprint_without_rate_is_not_free(schedule: Schedule) -> None:
    """2025 rev 16 prints 9401.99.30.30 (for 9401.99.90.30) without any rate."""
    line = schedule.line("9401993030", schedule.edition("2025 rev 16"))
    assert line is not None
    assert line.general == ""


@pytest.mark.parametrize(
    ("number", "edition", "rate"),
    [
        ("4420.19.0000", "2025 basic", "3.2%"),
        ("9401.69.6031", "2025 basic", "Free"),
        ("7602.00.0035", "2026 rev 2", "Free"),
    ],
)
def test_a_number_left_out_of_one_export_by_mistake_is_taken_from_the_next(
    schedule: Schedule, number: str, edition: str, rate: str
) -> None:
    line = schedule.resolve(number, schedule.edition(edition))
    assert (line.general, line.omitted) == (rate, True)
    assert not schedule.resolve(number, schedule.last_edition).omitted


def test_chapter_99_keeps_headings_and_rates_by_edition(schedule: Schedule) -> None:
    """9903.01.63: 34, 84, 125 percent, and 34 again from 14 May 2025 (EO 14298)."""
    rates = [
        dict(schedule.headings(schedule.edition(f"2025 rev {revision}")))["99030163"].general.rpartition("+ ")[2]
        for revision in (7, 8, 9, 12)
    ]
    assert rates == ["34%", "84%", "125%", "34%"]


def test_every_tariff_line_of_chapters_1_to_97_has_a_general_rate(schedule: Schedule) -> None:
    lines = [line for line in schedule.lines(schedule.last_edition) if line.chapter < 98]
    assert len({line.number8 for line in lines}) == 11_414
    assert all(line.general and line.column2 for line in lines)


def test_numbered_parents_are_prefixes(schedule: Schedule) -> None:
    """The tree of indents agrees with the numbers."""
    edition = schedule.last_edition
    for name in schedule.chapters:
        chapter = schedule.chapter(name)
        for place in chapter.places(edition.index):
            key = chapter.key(place)
            above = [chapter.key(parent) for parent in chapter.parents(place, edition.index)]
            numbered = [each.number for each in above if not each.before]
            if not key.before and numbered and name < "98":
                assert key.number.startswith(numbered[-1])


@pytest.mark.parametrize("chapter", ["02", "48", "72", "85", "99"])
def test_the_rows_above_a_row_are_the_nearest_before_it_that_are_indented_less(
    schedule: Schedule, chapter: str
) -> None:
    content = schedule.chapter(chapter)
    for edition in (0, 12, schedule.last_edition.index):
        open_rows: list[int] = []
        for place in content.places(edition):
            while open_rows and content.indent(open_rows[-1]) >= content.indent(place):
                open_rows.pop()
            assert content.parents(place, edition) == open_rows
            open_rows.append(place)
