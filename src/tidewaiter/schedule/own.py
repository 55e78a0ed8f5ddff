"""A user's own rates, put over a shipped schedule: a CSV of tariff numbers and rates, for one year's tariff.

The columns are ``hts`` (4 to 10 digits, with or without points) and ``rate`` (``8%``, ``8`` for the same, ``Free``, or any duty
that a schedule could print); others are left aside. The longest number that begins a line's number gives its rate.
"""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from tidewaiter.schedule.editions import Edition
from tidewaiter.schedule.errors import AmbiguousNumberError, ScheduleError, Suggestion
from tidewaiter.schedule.expressions import UnparsedDutyError, parse
from tidewaiter.schedule.line import ScheduleLine
from tidewaiter.schedule.numbers import LENGTHS, digits, dotted
from tidewaiter.schedule.store import Schedule

NUMBER, RATE = "hts", "rate"


class OwnRatesError(ScheduleError):
    """A file of own rates that cannot be used as it stands."""

    code = "bad_schedule"


class OwnSchedule(Schedule):
    """A shipped schedule with a user's own rates (by digits) in the place of its general ones, under a name of their own."""

    def __init__(self, archive: zipfile.ZipFile, rates: dict[str, str], name: str) -> None:
        super().__init__(archive)
        self.rates = rates
        self.name = name

    @classmethod
    def over(cls, shipped: Path, own: Path) -> OwnSchedule:
        """The schedule of the file ``shipped`` with the rates of the CSV ``own``. Raises ``OwnRatesError``."""
        return cls(zipfile.ZipFile(io.BytesIO(shipped.read_bytes())), read_own_rates(own), own.name)

    def find(self, number: str, edition: Edition, allow_prefix: bool = False) -> ScheduleLine | None:
        """As of the shipped schedule, at the user's own rate where there is one. Raises ``AmbiguousNumberError``."""
        below = sorted(own for own in self.rates if own.startswith(number) and own != number)
        if below and not allow_prefix and number not in self.rates:
            raise AmbiguousNumberError(
                dotted(number), [Suggestion(dotted(own), self.rates[own], "own") for own in below]
            )
        line = super().find(number, edition, allow_prefix)
        own = next((number[:length] for length in sorted(LENGTHS, reverse=True) if number[:length] in self.rates), None)
        if line is None or own is None:
            return line
        return replace(
            line,
            general=self.rates[own],
            rates_on=own,
            footnotes=(),
            edition=replace(edition, name=self.name),
            suffix_unchecked=line.suffix_unchecked and own != number,
        )

    def numbers(self) -> list[str]:
        """Those of the shipped schedule, and the user's own."""
        return [*super().numbers(), *self.rates]


def read_own_rates(path: Path) -> dict[str, str]:
    """Rates by the digits of the number. Raises ``OwnRatesError`` naming the first line that is wrong."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise OwnRatesError(
            f"{path} cannot be read: {error}", "a CSV in UTF-8 with the columns hts and rate"
        ) from error
    reader = csv.DictReader(io.StringIO(text, newline=""))
    if not {NUMBER, RATE} <= set(reader.fieldnames or ()):
        raise OwnRatesError(f"{path} has no columns {NUMBER} and {RATE}", "a header such as: hts,rate")
    found: dict[str, str] = {}
    for number, row in enumerate(reader, start=2):
        own, rate = _row(row, path, number)
        if found.setdefault(own, rate) != rate:
            raise OwnRatesError(
                f"{path}, line {number}: {own} has two rates, {found[own]} and {rate}", "keep one of them"
            )
    if not found:
        raise OwnRatesError(f"{path} has no rates", "a line such as: 85076000,10%")
    return found


def _row(row: dict[str, Any], path: Path, number: int) -> tuple[str, str]:
    try:
        own = digits(str(row[NUMBER] or ""))
        rate = str(row[RATE] or "").strip()
        rate = f"{rate}%" if rate.replace(".", "", 1).isdigit() else rate
        parse(rate)
    except (ScheduleError, UnparsedDutyError) as error:
        raise OwnRatesError(f"{path}, line {number}: {error}", "such as: 85076000,10%") from error
    return own, rate
