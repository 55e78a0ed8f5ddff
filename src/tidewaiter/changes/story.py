"""What is told of a product: what happens to it, when, and by which act; and the same as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tidewaiter.assess.assessment import Json, say_decimal
from tidewaiter.assess.errors import LineError
from tidewaiter.ledger.instants import Instant, say_instant

DEFAULT_VALUE = "10000"
HEADING, NUMBER, OPEN = "heading", "number", "open"
"""Kinds of events beside ``base``. ``open``: a heading that hangs on a description or fact which the product may have."""


@dataclass(frozen=True, slots=True)
class Sku:
    """A product of somebody's list: a tariff number and an origin, with their own name for it and a value in dollars."""

    hts: str
    origin: str
    sku: str = ""
    value: str = DEFAULT_VALUE


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that changes at an instant: of a heading, of the base duty, or of the tariff number itself.

    ``rate`` is all duty as a share of the value from then on, ``None`` where that needs a quantity or cannot be told.
    """

    at: Instant
    kind: str
    subject: str
    what: str
    acts: tuple[str, ...] = ()
    citation: str = ""
    rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Void:
    """What was assessed under a heading for entries from ``start`` until ``until`` is not owed, by a court's word."""

    heading: str
    start: Instant
    until: Instant
    act: str
    citation: str
    for_all: bool


@dataclass(slots=True)
class Story:
    """What happens to a tariff number in the window; ``others`` are the numbers that its goods stood or will stand under."""

    hts: str
    origin: str
    rate: Decimal | None = None
    events: list[Event] = field(default_factory=list)
    others: list[Story] = field(default_factory=list)
    voids: list[Void] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    error: LineError | None = None

    @property
    def changes(self) -> bool:
        """Whether anything changes, here or under the numbers before and after."""
        return bool(self.events) or any(one.changes for one in self.others)

    def all(self) -> Iterator[Story]:
        """This number and the others."""
        yield self
        for one in self.others:
            yield from one.all()


def story_json(sku: Sku, story: Story, zone: str) -> Json:
    """The object for one product."""
    said: Json = {"sku": sku.sku or None, "origin": story.origin, "value": sku.value}
    return {**said, **_number_json(story, zone)}


def _number_json(story: Story, zone: str) -> Json:
    error: Mapping[str, Any] | None = story.error.as_json() if story.error else None
    return {
        "hts": story.hts,
        "rate": _rate_json(story.rate),
        "changes": [
            {
                "at": say_instant(one.at, zone),
                "kind": one.kind,
                "subject": one.subject,
                "what": one.what,
                "acts": list(one.acts),
                "citation": one.citation,
                "rate": _rate_json(one.rate),
            }
            for one in story.events
        ],
        "void": [
            {
                "heading": one.heading,
                "from": say_instant(one.start, zone),
                "until": say_instant(one.until, zone),
                "for": "all" if one.for_all else "plaintiffs",
                "act": one.act,
                "citation": one.citation,
            }
            for one in story.voids
        ],
        "other_numbers": [_number_json(one, zone) for one in story.others],
        "notes": story.notes,
        "error": error,
    }


def _rate_json(rate: Decimal | None) -> str | None:
    return None if rate is None else say_decimal(rate)
