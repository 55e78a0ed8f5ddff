"""Refusals: what cannot be computed is refused with a stable code, never answered with zero."""

from __future__ import annotations

from collections.abc import Callable

_LONGEST = 1000


def _short(text: str) -> str:
    """What a person can read: a message that quotes a cell of ten megabytes quotes its beginning."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


class LineError(Exception):
    """One line cannot be answered. ``code`` is stable; ``hint`` says what to do about it.

    A hint that takes a search (the words that may be meant) is given as a function, and sought when somebody reads it.
    """

    def __init__(self, code: str, message: str, hint: str | Callable[[], str] = "") -> None:
        self.code = code
        self.message = _short(message)
        self._hint = hint
        super().__init__(self.message)

    @property
    def hint(self) -> str:
        """What to do about it."""
        return _short(self._hint if isinstance(self._hint, str) else self._hint())

    def as_json(self) -> dict[str, str]:
        """The ``error`` object of the contract (DESIGN, section 6)."""
        return {"code": self.code, "message": self.message, "hint": self.hint}


class FileError(Exception):
    """A whole file cannot be read or written; nothing of it was answered."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
