"""The state of the war: one call that gathers all its parts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from tidewaiter.assess.coverage import before_coverage
from tidewaiter.averages.sides import coverage, directions, rows_against
from tidewaiter.ledger.instants import end_of_day, local_day
from tidewaiter.ledger.regime import Regime
from tidewaiter.status.ahead import ahead
from tidewaiter.status.matters import Told
from tidewaiter.status.rates import headline_rates
from tidewaiter.status.report import Ahead, OpenQuestion, Status, Uncovered


def status(regime: Regime, on: date) -> Status:
    """Where things stand at the end of a day, by what the regime knows.

    Rates are those of the end of the day in the importing country; matters those of the end of the day wherever it ends last.
    Raises ``LineError`` ``date_before_coverage`` for a day before any of the rates is covered.
    """
    told = _told(regime, on)
    rates = headline_rates(regime, on, told.truce_began())
    uncovered = tuple(_uncovered(regime, on))
    if len(uncovered) == len(rates):
        raise before_coverage(regime, [one.into for one in uncovered])
    missing = {(one.into, one.origin) for one in uncovered}
    return Status(
        on=on.isoformat(),
        known_on=regime.known_on,
        scenario=regime.scenario.id,
        rates=tuple(one for one in rates if (one.into, one.origin) not in missing),
        matters=told.matters,
        ahead=ahead(told, rates),
        open_questions=tuple(_open_questions(told)),
        last_act=max((act.announced for act in told.acts.values() if act.announced <= regime.known_on), default=""),
        uncovered=uncovered,
    )


def days_ahead(regime: Regime) -> tuple[Ahead, ...]:
    """What is written ahead of the day of knowledge, as in a status of that day; before the first day covered too."""
    on = date.fromisoformat(regime.known_on)
    told = _told(regime, on)
    return ahead(told, headline_rates(regime, on, told.truce_began()))


def _told(regime: Regime, on: date) -> Told:
    return Told(regime, max(end_of_day(on, zone) for zone in regime.ledger.zones.values()), on.isoformat())


def _uncovered(regime: Regime, on: date) -> Iterator[Uncovered]:
    """The sides of which nothing is known yet on a day."""
    for into, origin in directions(regime):
        start = coverage(regime, into, origin).start
        if end_of_day(on, regime.zone(into)) < start:
            yield Uncovered(into, origin, local_day(start, regime.zone(into)).isoformat())


def _open_questions(told: Told) -> Iterator[OpenQuestion]:
    """What acts leave open between the importing countries, in the order of the days from which it matters."""
    regime = told.regime
    known = [act for act in regime.ledger.acts.values() if act.announced <= regime.known_on]
    answered = {question for act in known for question in act.answers}
    between = {row.key for into, origin in directions(regime) for row in rows_against(regime, into, origin)}
    shown = {one.matter.id for one in told.matters}
    for act in sorted(known, key=lambda one: (one.open_from, one.order)):
        if not act.open_question or act.id in answered or act.announced > told.on:
            continue
        if not between.isdisjoint(act.touches) or (not act.touches and not shown.isdisjoint(act.matters)):
            yield OpenQuestion(act.open_from, act.open_question, act)
