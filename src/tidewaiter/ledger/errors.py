"""Errors in the law's own data files: always with the file and the line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_LONGEST = 100


def likest_first(names: Iterable[str], typed: str) -> list[str]:
    """All the names, those most like what was typed first: for the hint where the list is short."""
    from difflib import SequenceMatcher

    return sorted(names, key=lambda name: (-SequenceMatcher(None, name, typed[:_LONGEST]).ratio(), name))


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with the law as data: where it stands, what it is, what to do about it."""

    file: str
    line: int
    message: str
    hint: str = ""

    def __str__(self) -> str:
        text = f"{self.file}:{self.line}: {self.message}"
        return f"{text} ({self.hint})" if self.hint else text


class LawError(Exception):
    """The law's data cannot be used. ``problems`` holds every problem found, not only the first."""

    code = "law_invalid"

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class UnknownScenarioError(LawError):
    """No scenario of that name is shipped, and no file is there under it. A slip of the caller's, not of the law's data."""

    code = "unknown_scenario"

    def __init__(self, name: str, message: str, hint: str) -> None:
        super().__init__([Problem(name, 0, message, hint)])
        self.args = (f"{message} ({hint})",)
        self.message = message
        self.hint = hint
