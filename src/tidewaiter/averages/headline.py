"""The headline rate: what the country-wide programs charge on a generic good, the number that a newspaper prints.

A generic good stands on no product list and is free of base duty, and the line states no facts. Which programs are
country-wide is a field of the program.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tidewaiter.assess.amounts import Charge
from tidewaiter.assess.basis import BasisTable
from tidewaiter.assess.facts import LineFacts
from tidewaiter.assess.line import read_line
from tidewaiter.assess.waterfall import Setting, ask_programs
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
    """What one country-wide program adds to a headline rate: a share of the value, by the acts that set it."""

    program: Program
    heading: str
    rate: Decimal
    acts: tuple[str, ...]


def headline(
    regime: Regime, origin: str, into: str = "US", start: Instant = ALWAYS, end: Instant = FOREVER
) -> list[Headline]:
    """The headline rates of an origin in [start, end), change by change, as assessed. ``origin`` is an ISO code."""
    found: list[Headline] = []
    turns = _turns(regime, origin, into)
    for interval in range(regime.interval(start), regime.interval(end - 1) + 1):
        if found and regime.interval_start(interval) not in turns:
            continue
        began = max(start, regime.interval_start(interval))
        rate = _rate(regime, origin, into, interval)
        if found and found[-1].rate == rate:
            began = found.pop().start
        found.append(Headline(began, end, rate))
        if len(found) > 1 and found[-2].until == end:
            found[-2] = Headline(found[-2].start, began, found[-2].rate)
    return found


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


def _rate(regime: Regime, origin: str, into: str, interval: int) -> Decimal:
    return sum((part.rate for part in _parts(regime, origin, into, interval)), Decimal(0))


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
    return [
        Part(one.program, one.code, one.amount / _VALUE, one.candidate.state.acts if one.candidate else ())
        for one in ask_programs(setting, facts).answers
        if one.program.country_wide and one.amount
    ]
