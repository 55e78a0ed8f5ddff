"""Every rate text of every edition is read, or is of a refused kind that is listed."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

import tidewaiter
from tidewaiter.schedule.parsing import Refused, UnparsedDutyError, parse
from tidewaiter.schedule.special import parse_special
from tidewaiter.schedule.store import Schedule

UNREAD = Path(tidewaiter.__file__).parent / "law" / "schedule" / "unread_rates.csv"


@pytest.fixture(scope="module")
def texts(schedule: Schedule) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {"general": set(), "column 2": set(), "special": set(), "additional": set()}
    for chapter in schedule.chapters:
        for _, version in schedule.versions(chapter):
            found["general"].add(version.row.general)
            found["column 2"].add(version.row.other)
            found["special"].add(version.row.special)
            found["additional"].add(version.row.additional)
    return {column: each - {""} for column, each in found.items()}


@pytest.mark.parametrize(
    ("column", "refused"),
    [
        ("general", {Refused.CAPPED_BY_ANOTHER_DUTY: 2, Refused.DRAWBACK_CEILING: 2}),
        ("column 2", {Refused.CAPPED_BY_ANOTHER_DUTY: 1, Refused.DRAWBACK_CEILING: 2, Refused.NOT_A_RATE: 1}),
        ("additional", {}),
        ("special", {}),
    ],
)
def test_every_text_parses_or_is_refused_for_a_listed_reason(
    texts: dict[str, set[str]], column: str, refused: dict[Refused, int]
) -> None:
    found: Counter[Refused] = Counter()
    for text in texts[column]:
        try:
            parse_special(text) if column == "special" else parse(text)
        except UnparsedDutyError as error:
            found[error.kind] += 1
    assert found == refused


def test_every_text_that_is_read_says_itself_back(texts: dict[str, set[str]]) -> None:
    for text in texts["general"] | texts["column 2"] | texts["additional"]:
        try:
            expression = parse(text)
        except UnparsedDutyError:
            continue
        assert parse(expression.say()) == expression, text


def test_the_list_of_unread_rates_is_complete(schedule: Schedule) -> None:
    with UNREAD.open(encoding="utf-8", newline="") as stream:
        listed = {(row["column"], row["text"]) for row in csv.DictReader(stream) if row["column"] == "general"}
    for chapter in schedule.chapters:
        for key, version in schedule.versions(chapter):
            text = version.row.general
            try:
                computes = not text or parse(text).kind != "see_note"
            except UnparsedDutyError:
                computes = False
            assert computes or ("general", text) in listed, key


def test_general_rates_of_chapters_1_to_97_did_not_change_from_2025_to_2026(schedule: Schedule) -> None:
    """Spelling and HTML differ between the editions; the rates of a number do not."""
    for chapter in schedule.chapters:
        if chapter < "98":
            rates: dict[str, set[str]] = {}
            for key, version in schedule.versions(chapter):
                if not key.before:
                    rates.setdefault(key.number, set()).add(version.row.general)
            assert not {number: texts for number, texts in rates.items() if len(texts) > 1}


def test_texts_of_the_columns_hold_no_markup(texts: dict[str, set[str]]) -> None:
    for column in texts.values():
        for text in column:
            assert "<" not in text
            assert "&" not in text
            assert "  " not in text
