"""A user's own rates, put over a shipped schedule."""

from __future__ import annotations

from pathlib import Path

import pytest

from tidewaiter.schedule.encoding import SCHEDULE_FILE
from tidewaiter.schedule.errors import AmbiguousNumberError, UnknownNumberError
from tidewaiter.schedule.own import OwnRatesError, OwnSchedule, read_own_rates
from tidewaiter.schedule.store import Schedule

CHINA = SCHEDULE_FILE.with_name("cn.zip")
IN_2026 = 1_780_000_000


def own(tmp_path: Path, text: str) -> OwnSchedule:
    path = tmp_path / "mine.csv"
    path.write_text(text, encoding="utf-8")
    return OwnSchedule.over(CHINA, path)


def test_the_longest_own_number_gives_the_rate(tmp_path: Path) -> None:
    schedule = own(tmp_path, "hts,rate,name\n85076000,10,a\n8507.60.00.90,12%,b\n")
    found = {number: schedule.resolve(number, IN_2026) for number in ("8507600010", "8507600090", "8507.60.00")}
    assert [line.general for line in found.values()] == ["10%", "12%", "10%"]
    assert [line.precision for line in found.values()] == ["HS8", "HS10", "HS8"]
    assert {line.edition.name for line in found.values()} == {"mine.csv"}


def test_other_numbers_keep_the_shipped_rate(tmp_path: Path) -> None:
    schedule, shipped = own(tmp_path, "hts,rate\n85076000,10\n"), Schedule.load(CHINA)
    assert schedule.resolve("85065000", IN_2026) == shipped.resolve("85065000", IN_2026)


def test_a_number_that_own_rates_divide_is_ambiguous(tmp_path: Path) -> None:
    with pytest.raises(AmbiguousNumberError) as refused:
        own(tmp_path, "hts,rate\n85076000,10\n").resolve("8507.60", IN_2026)
    assert [child.number for child in refused.value.children] == ["8507.60.00"]


def test_a_number_that_no_subheading_has_stays_unknown(tmp_path: Path) -> None:
    with pytest.raises(UnknownNumberError):
        own(tmp_path, "hts,rate\n99999999,10\n").resolve("99999999", IN_2026)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("number,rate\n85076000,10\n", "has no columns hts and rate"),
        ("hts,rate\n", "has no rates"),
        ("hts,rate\n85076000,little\n", "line 2"),
        ("hts,rate\n85076,10\n", "line 2"),
        ("hts,rate\n85076000,10\n8507.60.00,11\n", "85076000 has two rates, 10% and 11%"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(OwnRatesError, match=said) as refused:
        read_own_rates(path)
    assert (refused.value.code, bool(refused.value.hint)) == ("bad_schedule", True)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OwnRatesError, match="cannot be read"):
        read_own_rates(tmp_path / "none.csv")
