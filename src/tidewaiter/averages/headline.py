"""The headline rate: what the country-wide programs charge on a generic good, the number that a newspaper prints.

A generic good stands on no product list and is free of base duty, and the line states no facts. Which programs are
country-wide is a field of the program.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from tidewaiter.assess.amounts import Charge
from tidewaiter.assess.basis import BasisTable
from tidewaiter.assess.facts import LineFacts
from tidewaiter.assess.line import read_line
from tidewaiter.assess.waterfall import Answer, Setting, ask_programs
from tidewaiter.ledger.conditions import All, Condition, OnList
from tidewaiter.ledger.edges import condition_edges
from tidewaiter.ledger.instants import ALWAYS, FOREVER, Instant
from tidewaiter.ledger.model import Program
from tidewaiter.ledger.regime import Regime
from tidewaiter.schedule.expressions import Free

_NO_LIST = "0000000000"
"""Digits that stand on no list, for they are no number."""
_VALUE = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Headline:
    """A headline rate (a share of the value) in [start, until)."""

    start: Instant
    until: Instant
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Part:
    """What one country-wide program adds to a headline rate: a share of the value, by the acts that set it.

    ``owed`` is that share without what courts have voided.
    """

    program: Program
    heading: str
    rate: Decimal
    acts: tuple[str, ...]
    owed: Decimal


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a headline rate is made of in [start, until)."""

    start: Instant
    until: Instant
    parts: tuple[Part, ...]

    @property
    def rate(self) -> Decimal:
        """The headline rate, as assessed."""
        return sum((part.rate for part in self.parts), Decimal(0))


def headline(
    regime: Regime, origin: str, into: str = "US", start: Instant = ALWAYS, end: Instant = FOREVER
) -> list[Headline]:
    """The headline rates of an origin in [start, end), change by change, as assessed. ``origin`` is an ISO code."""
    found: list[Headline] = []
    for one in stretches(regime, origin, into, start, end):
        began = found.pop().start if found and found[-1].rate == one.rate else one.start
        found.append(Headline(began, one.until, one.rate))
    return found


def stretches(
    regime: Regime, origin: str, into: str = "US", start: Instant = ALWAYS, end: Instant = FOREVER
) -> list[Stretch]:
    """What the headline rates of an origin in [start, end) are made of, change by change; parts in the order of programs."""
    found: list[Stretch] = []
    turns = _turns(regime, origin, into)
    for interval in range(regime.interval(start), regime.interval(end - 1) + 1):
        if found and regime.interval_start(interval) not in turns:
            continue
        began = max(start, regime.interval_start(interval))
        parts = tuple(_parts(regime, origin, into, interval))
        if found and _said(found[-1].parts) == _said(parts):
            continue
        if found:
            found[-1] = replace(found[-1], until=began)
        found.append(Stretch(began, end, parts))
    return found


def _said(parts: Iterable[Part]) -> list[tuple[str, str, Decimal, Decimal]]:
    """What makes one stretch another than the one before: not which acts say so."""
    return [(part.program.id, part.heading, part.rate, part.owed) for part in parts]


def _turns(regime: Regime, origin: str, into: str) -> set[Instant]:
    """The instants at which the law on a generic good may change: those of rows that hang on no product list."""
    turns: set[Instant] = set()
    versions = [one.version for one in regime.ledger.interactions]
    versions += [rule.version for rule in regime.ledger.bases]
    versions += [row.version for row in regime.ledger.groups]
    for rule in regime.ledger.bases:
        turns |= condition_edges(rule.when)
    for program in regime.ledger.programs.values():
        for row in regime.rows_for(program, origin) if program.into == into else ():
            if not _needs_list(row.when):
                versions.append(row.version)
                turns |= condition_edges(row.when)
                turns |= regime.tracks[row.key].edges() if row.key in regime.tracks else set()
    return turns.union(*((version.start, version.until) for version in versions))


def _needs_list(condition: Condition) -> bool:
    """Whether a condition can only hold for products on a list."""
    match condition:
        case OnList():
            return True
        case All(parts):
            return any(_needs_list(part) for part in parts)
    return False


def headline_parts(regime: Regime, origin: str, into: str, instant: Instant) -> list[Part]:
    """What the headline rate is made of at an instant, in the order in which it would be reported."""
    parts = _parts(regime, origin, into, regime.interval(instant))
    return sorted(parts, key=lambda part: (part.program.reporting_order, part.heading))


def _parts(regime: Regime, origin: str, into: str, interval: int) -> list[Part]:
    given = {"into": into, "hts": _NO_LIST, "origin": origin, "value": str(_VALUE), "entered_at": "2025-01-01"}
    facts = LineFacts(read_line(given, regime.ledger.zones, lambda code: code), _VALUE)
    nothing = Charge(Free(), _VALUE, {}, Decimal(0))
    rules = regime.open_rules(_NO_LIST, origin, into, interval)
    setting = Setting(
        law=regime.law(_NO_LIST, origin, into, interval),
        yielding=regime.yielding(interval),
        value=_VALUE,
        base=nothing,
        applied_base=nothing,
        quantities={},
        basis=BasisTable(rules),
    )
    at = regime.interval_start(interval)
    return [
        _part(regime, one, at)
        for one in ask_programs(setting, facts).answers
        if one.program.country_wide and one.amount
    ]


def _part(regime: Regime, answer: Answer, at: Instant) -> Part:
    rate = answer.amount / _VALUE
    void = regime.void(answer.row.key, at) if answer.row else None
    owed = Decimal(0) if void is not None and void.for_all else rate
    return Part(answer.program, answer.code, rate, answer.candidate.state.acts if answer.candidate else (), owed)
