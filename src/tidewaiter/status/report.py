"""The nouns of a status: what is told, each with the act that says so."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tidewaiter.assess.assessment import Json, say_decimal
from tidewaiter.ledger.instants import Instant, local_day, say_instant
from tidewaiter.ledger.matters import Standing
from tidewaiter.ledger.model import Act, Matter, NextDate

PUBLISHED = "published"
_AN_HOUR = 3600
_FIRST_MINUTES = frozenset({"", "00:00", "00:01"})
_BY_TEXT = frozenset({"truce", "control", "measure"})
"""The kinds of matters that stand where the published texts have put them, whatever is reported."""


@dataclass(frozen=True, slots=True)
class Day:
    """A moment of law with the clock it is written in; ``day`` is the date there."""

    instant: Instant
    zone: str

    @property
    def day(self) -> str:
        """The ISO date in that zone."""
        return local_day(self.instant, self.zone).isoformat()

    @property
    def hour(self) -> str:
        """The hour there (13:01), empty where it is the first minute of a day: then the day says it all."""
        clock = (say_instant(self.instant, self.zone) or "")[11:16]
        return "" if clock in _FIRST_MINUTES else clock

    def as_json(self) -> str | None:
        """ISO 8601 with the offset of the zone; ``None`` for the two ends of time."""
        return say_instant(self.instant, self.zone)


def cite(act: Act) -> Json:
    """An act as it is cited: id, title, day, citation, confidence."""
    return {
        "act": act.id,
        "title": act.title,
        "announced": act.announced,
        "citation": act.citation,
        "confidence": act.confidence,
    }


@dataclass(frozen=True, slots=True)
class RatePart:
    """What one program adds to a headline rate."""

    program: str
    title: str
    heading: str
    rate: Decimal
    acts: tuple[Act, ...]

    def as_json(self) -> Json:
        """One object of ``made_of``."""
        acts = [cite(act) for act in self.acts]
        return {
            "program": self.program,
            "title": self.title,
            "heading": self.heading,
            "rate": say_decimal(self.rate),
            "acts": acts,
        }


@dataclass(frozen=True, slots=True)
class Step:
    """A headline rate from an instant on, until the next."""

    start: Day
    rate: Decimal

    def as_json(self) -> Json:
        """One object of ``history`` or ``ahead``."""
        return {"from": self.start.as_json(), "rate": say_decimal(self.rate)}


@dataclass(frozen=True, slots=True)
class Suspended:
    """A heading that is suspended: what it would charge, until when, by which act."""

    heading: str
    rate: str
    until: Day
    act: Act

    def as_json(self) -> Json:
        """One object of ``suspended``."""
        return {"heading": self.heading, "rate": self.rate, "until": self.until.as_json(), **cite(self.act)}


@dataclass(frozen=True, slots=True)
class HeadlineRate:
    """The headline rate of one country on another on the day, what it is made of, what it was and what it will be.

    Rates are shares of the value. ``as_reported`` is the same with acts counted that are only reported, where that differs.
    """

    into: str
    origin: str
    rate: Decimal
    history: tuple[Step, ...]
    ahead: tuple[Step, ...]
    made_of: tuple[RatePart, ...]
    suspended: tuple[Suspended, ...]
    before_truce: Step | None
    as_reported: HeadlineRate | None = None

    @property
    def before(self) -> Step | None:
        """The rate before this one; what held for minutes only, between two measures, is left out."""
        steps = zip(self.history, self.history[1:], strict=False)
        held = [one for one, following in steps if following.start.instant - one.start.instant >= _AN_HOUR]
        return held[-1] if held else None

    def as_json(self) -> Json:
        """One object of ``rates``."""
        return {
            "into": self.into,
            "origin": self.origin,
            "rate": say_decimal(self.rate),
            "from": self.history[-1].start.as_json(),
            "before": self.before.as_json() if self.before else None,
            "before_truce": self.before_truce.as_json() if self.before_truce else None,
            "made_of": [one.as_json() for one in self.made_of],
            "suspended": [one.as_json() for one in self.suspended],
            "history": [one.as_json() for one in self.history],
            "ahead": [one.as_json() for one in self.ahead],
            "as_reported": self.as_reported.as_json() if self.as_reported else None,
        }


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A headline rate that is not told, for the day asked about lies before ``first``, the first day that is covered (ISO)."""

    into: str
    origin: str
    first: str

    def as_json(self) -> Json:
        """One object of ``not_covered``."""
        return {"into": self.into, "origin": self.origin, "from": self.first}


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a matter stands by the acts counted, with the act that says so and the act whose term has run out, if one has."""

    standing: Standing
    zone: str
    act: Act
    ran_out: Act | None

    def next(self, passed_before: str) -> list[tuple[NextDate, bool]]:
        """What comes next, and whether its day has passed without a later act."""
        return [(one, bool(one.day or one.month) and _last_day(one) < passed_before) for one in self.standing.next]

    def as_json(self, on: str) -> Json:
        """``state`` or ``as_reported`` of a matter."""
        until = Day(self.standing.until, self.zone).as_json()
        upcoming = [
            {
                "day": one.day or None,
                "month": one.month or None,
                "at": say_instant(one.at, self.zone) if one.at else None,
                "what": one.what,
                "passed": past,
            }
            for one, past in self.next(on)
        ]
        return {
            "is": self.standing.word,
            "says": self.standing.said,
            "from": Day(self.standing.start, self.zone).as_json(),
            "until": until,
            "next": upcoming,
            **cite(self.act),
            "ran_out": cite(self.ran_out) if self.ran_out else None,
        }


@dataclass(frozen=True, slots=True)
class MatterStatus:
    """A matter with its state by the acts that the scenario counts, as reported where that differs, and what acts say of it.

    ``events`` are the acts that are about it, the latest first.
    """

    matter: Matter
    state: Stand | None
    as_reported: Stand | None
    events: tuple[Act, ...]

    @property
    def stand(self) -> Stand:
        """The state to tell first: by the acts counted, if they say any."""
        found = self.state or self.as_reported
        assert found is not None
        return found

    @property
    def latest(self) -> Stand:
        """The state by all that is known, reported acts included."""
        return self.as_reported or self.stand

    @property
    def told(self) -> tuple[Stand, ...]:
        """The states to tell: where a text is needed to change it, by the acts counted and as reported; else the latest."""
        if self.matter.kind in _BY_TEXT and self.state is not None and self.as_reported is not None:
            return (self.state, self.as_reported)
        return (self.latest,)

    def as_json(self, on: str) -> Json:
        """One object of ``truce``, ``talks``, ``cases``, ``controls``, ``measures`` or ``deals``."""
        return {
            "matter": self.matter.id,
            "title": self.matter.title,
            "bears": self.matter.bears,
            "state": self.state.as_json(on) if self.state else None,
            "as_reported": self.as_reported.as_json(on) if self.as_reported else None,
            "events": [{"kind": act.kind, "by": act.by, **cite(act), "summary": act.summary} for act in self.events],
        }


@dataclass(frozen=True, slots=True)
class Ahead:
    """Something that the law or a matter has written for a day to come. ``reported`` marks what only reported acts say.

    ``cite`` is the citation where it is not that of the acts.
    """

    at: Day
    timed: bool
    what: str
    acts: tuple[Act, ...]
    reported: bool = False
    matter: str = ""
    cite: str = ""

    def as_json(self) -> Json:
        """One object of ``ahead``."""
        return {
            "day": self.at.day,
            "at": self.at.as_json() if self.timed else None,
            "what": self.what,
            "matter": self.matter or None,
            "reported": self.reported,
            "acts": [cite(act) for act in self.acts],
        }


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """What an act leaves open, from the day on which it matters."""

    since: str
    question: str
    act: Act

    def as_json(self) -> Json:
        """One object of ``open_questions``."""
        return {"from": self.since, "question": self.question, **cite(self.act)}


@dataclass(frozen=True, slots=True)
class Status:
    """The state of the war on a day, as known on a day, under a scenario. Dates are ISO.

    ``uncovered`` are the rates that are not among ``rates``, for nothing is known of them yet on that day.
    """

    on: str
    known_on: str
    scenario: str
    rates: tuple[HeadlineRate, ...]
    matters: tuple[MatterStatus, ...]
    ahead: tuple[Ahead, ...]
    open_questions: tuple[OpenQuestion, ...]
    last_act: str
    uncovered: tuple[Uncovered, ...] = ()

    def of(self, *kinds: str) -> list[MatterStatus]:
        """The matters of these kinds."""
        return [one for one in self.matters if one.matter.kind in kinds]

    def as_json(self) -> Json:
        """The whole status as one JSON object."""
        said = {
            key: [one.as_json(self.on) for one in self.of(*kinds)]
            for key, kinds in (
                ("truce", ("truce",)),
                ("talks", ("talks",)),
                ("cases", ("case", "refunds")),
                ("controls", ("control",)),
                ("measures", ("measure",)),
                ("deals", ("deal",)),
            )
        }
        return {
            "on": self.on,
            "known_on": self.known_on,
            "scenario": self.scenario,
            "rates": [one.as_json() for one in self.rates],
            "not_covered": [one.as_json() for one in self.uncovered],
            **said,
            "ahead": [one.as_json() for one in self.ahead],
            "open_questions": [one.as_json() for one in self.open_questions],
            "last_act": self.last_act,
        }


def _last_day(one: NextDate) -> str:
    """The day after which it has passed: its own, or the end of its month (as ISO dates compare)."""
    return one.day or f"{one.month}-31"
