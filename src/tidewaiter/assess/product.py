"""The product: its line of the tariff in the edition in force on the day of entry."""

from __future__ import annotations

from dataclasses import dataclass

from tidewaiter.assess.coverage import covered_since, first_day
from tidewaiter.assess.errors import LineError
from tidewaiter.assess.line import Line
from tidewaiter.ledger.regime import Regime
from tidewaiter.schedule.errors import AmbiguousNumberError, ScheduleError, UnknownNumberError
from tidewaiter.schedule.line import ScheduleLine
from tidewaiter.schedule.store import Schedule

NO_ARTICLES = ("98", "99")
"""The chapters of special and temporary provisions: reported beside the number of an article, never instead of it."""

_QUOTA_WORDS = "pursuant to its provisions"
"""How the schedule describes the in-quota lines of its tariff-rate quotas."""


@dataclass(frozen=True, slots=True)
class Product:
    """A tariff line found: its digits, the number as filed, its text with the texts above it, and the line itself."""

    digits: str
    number: str
    description: str
    line: ScheduleLine


def find_product(schedule: Schedule, line: Line, regime: Regime) -> Product:
    """The line of the tariff that the number names on the day of entry.

    A short number that several tariff lines share is answered where the law treats them all alike, and refused
    (``ambiguous_number``, with the lines) where it does not. Raises ``LineError`` with the schedule's own code:
    ``unknown_number``, ``ended_number``, ``ambiguous_number`` ...
    """
    try:
        found = schedule.resolve(line.hts, line.entered.instant)
    except AmbiguousNumberError as error:
        shared = _all_alike(schedule, line, regime)
        if shared is None:
            raise LineError(error.code, error.message, error.hint) from error
        found = shared
    except UnknownNumberError as error:
        missing = schedule.missing_from
        later = missing is not None and line.entered.instant >= missing
        more = f"; numbers of editions after {schedule.last_edition.name} are not known here" if later else ""
        raise LineError(error.code, error.message, f"{_early(line, regime)}{error.hint}{more}") from error
    except ScheduleError as error:
        raise LineError(error.code, error.message, f"{_early(line, regime)}{error.hint}") from error
    if found.number.startswith(NO_ARTICLES):
        raise LineError(
            "not_an_article",
            f"{found.written} is a provision of chapter {found.number[:2]}, not the number of an article",
            "give the article's own number (chapters 1 to 97) as hts, a chapter 98 number as ch98, a heading of 99 as a claim",
        )
    return Product(found.number10 or found.number, found.written, description(found), found)


def _early(line: Line, regime: Regime) -> str:
    """What to know first of a number that is not there on a day before coverage: no other number would be answered either."""
    if line.entered.instant >= covered_since(regime, line.into):
        return ""
    return f"{line.entered.written} lies before {first_day(regime, line.into)}, the first day covered; "


def description(line: ScheduleLine) -> str:
    """The text of a line with the texts above it."""
    return " > ".join(text.rstrip(":") for text in (*line.parents, line.text) if text)


def is_quota_line(line: ScheduleLine) -> bool:
    """Whether the line is for goods within a tariff-rate quota (additional U.S. notes)."""
    return any(_QUOTA_WORDS in text for text in (*line.parents, line.text))


def _all_alike(schedule: Schedule, line: Line, regime: Regime) -> ScheduleLine | None:
    """The row of a short number, if the base duty and every program treat all tariff lines below it alike."""
    try:
        found = schedule.resolve(line.hts, line.entered.instant, allow_prefix=True)
    except ScheduleError:
        return None
    interval = regime.interval(line.entered.instant)
    numbers = [child.number.replace(".", "") for child in found.children]
    laws = {id(regime.law(number, line.origin, line.into, interval)) for number in numbers}
    duties = {schedule.resolve(number, line.entered.instant).general for number in numbers}
    alike = len(laws) == 1 and duties == {found.general}
    # The short number itself must find the same law (a list may name its lines one by one).
    return found if alike and id(regime.law(found.number, line.origin, line.into, interval)) in laws else None
