"""Headline rates both ways: what they are, what they are made of, what they were, what is suspended, what is written ahead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from tidewaiter.averages.headline import Headline, headline, headline_parts
from tidewaiter.averages.sides import directions, rows_against
from tidewaiter.ledger.fold import State
from tidewaiter.ledger.instants import FOREVER, Instant, end_of_day
from tidewaiter.ledger.regime import Regime
from tidewaiter.status.report import Day, HeadlineRate, RatePart, Step, Suspended


def headline_rates(regime: Regime, on: date, truce_began: Instant | None) -> tuple[HeadlineRate, ...]:
    """The headline rate of every importing country with country-wide programs on each other one, at the end of the day there.

    ``truce_began`` is the instant from which the truce of that day runs, if there is one.
    """
    return tuple(_rate(regime, on, origin, into, truce_began) for into, origin in directions(regime))


def _rate(regime: Regime, on: date, origin: str, into: str, truce_began: Instant | None) -> HeadlineRate:
    law = _by(regime, on, origin, into, truce_began)
    reported = regime.reported
    keys = {row.key for row in rows_against(regime, into, origin, country_wide=True)}
    if reported is None or regime.only_reported.isdisjoint(keys):
        return law
    other = _by(reported, on, origin, into, truce_began)
    differs = (other.rate, other.ahead, other.suspended) != (law.rate, law.ahead, law.suspended)
    return replace(law, as_reported=other) if differs else law


def _by(regime: Regime, on: date, origin: str, into: str, truce_began: Instant | None) -> HeadlineRate:
    zone = regime.zone(into)
    instant = end_of_day(on, zone)
    series = headline(regime, origin, into)
    now = next(one for one in series if one.start <= instant < one.until)
    began = truce_began is not None and truce_began <= instant
    before = next((one for one in series if began and one.start < (truce_began or 0) <= one.until), None)
    return HeadlineRate(
        into=into,
        origin=origin,
        rate=now.rate,
        history=tuple(_step(one, zone) for one in series if one.start <= instant),
        ahead=tuple(_step(one, zone) for one in series if one.start > instant),
        made_of=tuple(
            RatePart(
                part.program.id,
                part.program.title,
                part.heading,
                part.rate,
                tuple(regime.acts[act] for act in part.acts),
            )
            for part in headline_parts(regime, origin, into, instant)
        ),
        suspended=tuple(_suspended(regime, origin, into, instant)),
        before_truce=_step(before, zone) if before else None,
    )


def _step(one: Headline, zone: str) -> Step:
    return Step(Day(one.start, zone), one.rate)


def _suspended(regime: Regime, origin: str, into: str, instant: Instant) -> Iterator[Suspended]:
    """The headings of country-wide programs that a suspension holds off, with the rate that comes back when it runs out."""
    keys = dict.fromkeys(row.key for row in rows_against(regime, into, origin, country_wide=True))
    for key in keys:
        state = regime.state(key, instant)
        if not state.suspended_by:
            continue
        last = _last_suspended(regime, key, state)
        after = regime.state(key, last.until) if last.until < FOREVER else None
        if after is not None and after.live:
            yield Suspended(
                key.partition("/")[2], after.rate, Day(last.until, regime.zone(into)), regime.acts[last.suspended_by]
            )


def _last_suspended(regime: Regime, key: str, state: State) -> State:
    """The last of a chain of suspensions that go on from each other."""
    while state.until < FOREVER and (following := regime.state(key, state.until)).suspended_by:
        state = following
    return state
