"""What can be wrong with a tariff number: each error has a stable ``code``, a ``message`` and a ``hint``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class ScheduleError(Exception):
    """The schedule cannot answer. ``code`` is stable, ``message`` is for people, ``hint`` says what to do."""

    code = "schedule"

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A tariff number offered instead of another, with its text and why it is offered."""

    number: str
    text: str
    why: str


class MalformedNumberError(ScheduleError):
    """The text is no tariff number."""

    code = "malformed_number"

    def __init__(self, text: str, hint: str) -> None:
        super().__init__(f"{text!r} is not a tariff number", hint)
        self.text = text


class UnknownNumberError(ScheduleError):
    """No edition has the number. ``nearest`` holds the numbers like it, siblings first; ``into`` names a tariff that is not the
    one searched by default."""

    code = "unknown_number"

    def __init__(self, number: str, edition: str, nearest: Sequence[Suggestion], into: str = "") -> None:
        search = f"tidewaiter schedule search WORDS{f' --into {into}' if into else ''}"
        hint = _offer("nearest", nearest) or f"find it by its description: {search}"
        super().__init__(f"{number} is not in the schedule ({edition})", hint)
        self.number = number
        self.nearest = tuple(nearest)


class EndedNumberError(ScheduleError):
    """The number was in the schedule and has left it. ``last_day`` is ISO; ``successors`` come best first."""

    code = "ended_number"

    def __init__(self, number: str, last_day: str, left_in: str, successors: Sequence[Suggestion]) -> None:
        super().__init__(f"{number} ended on {last_day} (left in {left_in})", _offer("now", successors))
        self.number = number
        self.last_day = last_day
        self.left_in = left_in
        self.successors = tuple(successors)


class FutureNumberError(ScheduleError):
    """The number begins only with a later edition. ``first_day`` is ISO."""

    code = "future_number"

    def __init__(self, number: str, first_day: str, begins_in: str, nearest: Sequence[Suggestion]) -> None:
        super().__init__(f"{number} begins on {first_day} (with {begins_in})", _offer("before", nearest))
        self.number = number
        self.first_day = first_day
        self.begins_in = begins_in
        self.nearest = tuple(nearest)


class AmbiguousNumberError(ScheduleError):
    """A short number that several tariff lines share. ``children`` lists them."""

    code = "ambiguous_number"

    def __init__(self, number: str, children: Sequence[Suggestion]) -> None:
        super().__init__(f"{number} covers {len(children)} tariff lines", _offer("name one", children))
        self.number = number
        self.children = tuple(children)


class UnknownEditionError(ScheduleError):
    """No edition of that name."""

    code = "unknown_edition"


class BuildError(ScheduleError):
    """The official files and the table of editions do not fit together."""

    code = "schedule_build"


def _offer(lead: str, suggestions: Sequence[Suggestion], limit: int = 6) -> str:
    if not suggestions:
        return ""
    shown = [f"{each.number} {_short(each.text)}".rstrip() for each in suggestions[:limit]]
    more = f"; and {len(suggestions) - limit} more" if len(suggestions) > limit else ""
    return f"{lead}: {'; '.join(shown)}{more}"


def _short(text: str, width: int = 60) -> str:
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"
