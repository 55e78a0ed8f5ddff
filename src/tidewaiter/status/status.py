"""The state of the war: one call that gathers all its parts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from tidewaiter.averages.sides import directions, rows_against
from tidewaiter.ledger.instants import end_of_day
from tidewaiter.ledger.regime import Regime
from tidewaiter.status.ahead import ahead
from tidewaiter.status.matters import Told
from tidewaiter.status.rates import headline_rates
from tidewaiter.status.report import OpenQuestion, Status


def status(regime: Regime, on: date) -> Status:
    """Where things stand at the end of a day, by what the regime knows.

    Rates are those of the end of the day in the importing country; matters those of the end of the day wherever it ends last.
    """
    instant = max(end_of_day(on, zone) for zone in regime.ledger.zones.values())
    told = Told(regime, instant, on.isoformat())
    rates = headline_rates(regime, on, told.truce_began())
    return Status(
        on=on.isoformat(),
        known_on=regime.known_on,
        scenario=regime.scenario.id,
        rates=rates,
        matters=told.matters,
        ahead=ahead(told, rates),
        open_questions=tuple(_open_questions(told)),
        last_act=max((act.announced for act in told.acts.values() if act.announced <= regime.known_on), default=""),
    )


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
