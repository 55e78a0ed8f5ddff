"""A process of refund and the rates of interest told, each sentence with its citation."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from tidewaiter.ledger.instants import say_instant
from tidewaiter.ledger.model import Version
from tidewaiter.ledger.refund_law import Clock, InterestLaw, RefundProcess
from tidewaiter.ledger.regime import Regime


def show_process(regime: Regime, process: RefundProcess) -> Iterator[str]:
    """Whom a process serves, its clocks, its routes in order, and what must be checked."""
    zone = regime.zone(process.into)
    yield f"{process.id}: {process.title}, into {process.into}"
    for served in process.serves:
        yield f"  refunds duties under {served.authority}{_when(served.version, zone)}"
    for clock in process.clocks:
        types = f" of types {', '.join(sorted(clock.types))}" if clock.types else ""
        said = f"{clock.text}{types} ({_length(clock)}){_when(clock.version, zone)}"
        yield f"  clock {clock.id}: {said}{_cited(clock.cite, clock.confidence)}"
    for route in process.routes:
        yield f"  {route.id}: {route.bucket}{_when(route.version, zone)}. {route.reason}{_cited(route.cite, route.confidence)}"
    for caution in process.cautions:
        yield f"  caution {caution.id}{_when(caution.version, zone)}: {caution.text}{_cited(caution.cite, caution.confidence)}"


def show_interest(law: InterestLaw) -> Iterator[str]:
    """The yearly rates by quarter."""
    yield f"{law.title}, into {law.into} ({law.cite})"
    for quarter in law.quarters:
        rates = ", ".join(
            f"{name} {Decimal(rate.numerator * 100) / rate.denominator:f}%{' (derived)' if name in quarter.derived else ''}"
            for name, rate in quarter.rates.items()
        )
        yield f"  {quarter.start} to {quarter.until}: {rates}{_cited(quarter.citation, quarter.confidence)}"


def _length(clock: Clock) -> str:
    if clock.open:
        return "no day can be told"
    after = " or ".join(one.replace("_", " ") for one in clock.after)
    if clock.working_day_of_next_month is not None:
        return f"working day {clock.working_day_of_next_month} of the month after {after}"
    length = clock.years or clock.working_days or clock.days or 0
    unit = "year" if clock.years else "working day" if clock.working_days else "day"
    return f"{abs(length)} {unit}{'' if abs(length) == 1 else 's'} {'before' if length < 0 else 'after'} {after}"


def _when(version: Version, zone: str) -> str:
    start, until = say_instant(version.start, zone), say_instant(version.until, zone)
    said = (f" from {start}" if start else "") + (f" until {until}" if until else "")
    acts = ", ".join(dict.fromkeys(act for act in (version.act, version.until_act) if act))
    return said + (f" by {acts}" if acts else "")


def _cited(cite: str, confidence: str) -> str:
    return f" [{cite}{'' if confidence == 'published' else f'; {confidence}'}]"
