"""What a declaration looks like, what customs answers to it, and how the later reports say it: data, read once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from tidewaiter.assess.errors import FileError
from tidewaiter.ledger.located import Fields, Located, read_yaml

_FOLDER = Path(__file__).parent
_YES = "true"


@dataclass(frozen=True, slots=True)
class Layout:
    """The form of a declaration file while it is in force: one column under ``header``, an entry a row."""

    name: str
    header: str
    most_entries: int
    most_bytes: int
    citation: str
    confidence: str
    start: date


@dataclass(frozen=True, slots=True)
class Message:
    """What customs answers to an entry of a declaration; ``again`` says that it may be declared again after the action."""

    text: str
    means: str
    action: str
    again: bool
    start: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Status:
    """A status of a refund as the reports print it, and what it comes to."""

    text: str
    comes_to: str
    action: str


@dataclass(frozen=True, slots=True)
class Reports:
    """How the later reports name their columns, and their statuses."""

    columns: dict[str, tuple[str, ...]]
    statuses: tuple[Status, ...]


def layout(on: date) -> Layout:
    """The form in force on a day. Raises ``FileError`` ``no_process``: no declarations are taken that day."""
    standing = [one for one in _layouts() if one.start <= on]
    if not standing:
        first = min(one.start for one in _layouts())
        raise FileError("no_process", f"no declarations are taken on {on}", f"the first could be made on {first}")
    return max(standing, key=lambda one: one.start)


def message(text: str, on: date) -> Message | None:
    """What an answer means on a day; of several that the text contains the longest. ``None``: it is not known."""
    said = " ".join(text.upper().split())
    found = [
        one for one in _messages() if one.text in said and one.start <= on and (one.until is None or on < one.until)
    ]
    return max(found, key=lambda one: len(one.text), default=None)


@cache
def reports() -> Reports:
    """The columns and statuses of the later reports."""
    fields = Fields(read_yaml(_FOLDER / "reports.yaml", "refunds/reports.yaml"))
    columns = {
        name: tuple(one.text() for one in words.items()) for name, words in fields.need("columns").entries().items()
    }
    statuses = tuple(_status(one) for one in fields.need("statuses").items())
    fields.take("source")
    fields.done()
    return Reports(columns, statuses)


@cache
def _layouts() -> tuple[Layout, ...]:
    return tuple(_layout(one) for one in _declarations()["layouts"].items())


@cache
def _messages() -> tuple[Message, ...]:
    return tuple(_message(one) for one in _declarations()["messages"].items())


@cache
def _declarations() -> dict[str, Located]:
    return read_yaml(_FOLDER / "declarations.yaml", "refunds/declarations.yaml").entries()


def _layout(given: Located) -> Layout:
    fields = Fields(given)
    found = Layout(
        fields.need("name").text(),
        fields.need("header").text(),
        fields.integer("most_entries"),
        fields.integer("most_bytes"),
        fields.need("citation").text(),
        fields.need("confidence").text(),
        fields.need("from").read(date.fromisoformat),
    )
    _cited(fields, ("act", "sources"))
    return found


def _message(given: Located) -> Message:
    fields = Fields(given)
    until = fields.take("until")
    found = Message(
        fields.need("text").text().upper(),
        fields.need("means").text(),
        fields.need("action").text(),
        fields.need("again").text() == _YES,
        fields.need("from").read(date.fromisoformat),
        None if until is None else until.read(date.fromisoformat),
    )
    fields.done()
    return found


def _status(given: Located) -> Status:
    fields = Fields(given)
    found = Status(fields.need("text").text(), fields.need("is").text(), fields.text("action"))
    fields.done()
    return found


def _cited(fields: Fields, names: Iterable[str]) -> None:
    """Where it is said: for who reads the data."""
    for name in names:
        fields.need(name)
    fields.done()
