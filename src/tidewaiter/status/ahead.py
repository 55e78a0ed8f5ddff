"""What is written ahead: changes of headline rates and headings, states that end or begin, deadlines and dates of matters."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from tidewaiter.averages.sides import directions, rows_against
from tidewaiter.changes.acts import HeadingChange, ListChange, changes_by_act
from tidewaiter.changes.window import Window
from tidewaiter.ledger.edges import lists_of
from tidewaiter.ledger.instants import FOREVER, Instant, parse_instant
from tidewaiter.ledger.matters import History
from tidewaiter.ledger.model import LAPSED, Row
from tidewaiter.ledger.regime import Regime
from tidewaiter.status.matters import Told
from tidewaiter.status.report import PUBLISHED, Ahead, Day, HeadlineRate, MatterStatus, Stand
from tidewaiter.status.say import place, say_percent

_MOST_HEADINGS = 3
_MOST_LETTERS = 60
_PENDING = "pending:"
Change = TypeVar("Change", HeadingChange, ListChange)


def ahead(told: Told, rates: Iterable[HeadlineRate]) -> tuple[Ahead, ...]:
    """All that is written for after the day, in order; what only reported acts say is marked."""
    by_law = _law(told.regime, told.instant, rates)
    found = [*by_law, *_matters(told)]
    if told.regime.reported is not None:
        known = {(one.at.instant, one.what) for one in by_law}
        others = [rate.as_reported or rate for rate in rates]
        reported = _law(told.regime.reported, told.instant, others)
        found += [replace(one, reported=True) for one in reported if (one.at.instant, one.what) not in known]
    return tuple(sorted(found, key=lambda one: (one.at.instant, one.reported)))


def _law(regime: Regime, after: Instant, rates: Iterable[HeadlineRate]) -> list[Ahead]:
    """Headline rates that change, with the headings that make them, and all other headings and lists between the countries."""
    headings = list(_headings(regime, after))
    country_wide = {(one.into, one.title) for one in regime.ledger.programs.values() if one.country_wide}
    found: list[Ahead] = []
    made: set[int] = set()
    for rate in rates:
        was = rate.rate
        for step in rate.ahead:
            by = [
                one
                for one in headings
                if one.at.instant == step.start.instant and (rate.into, one.what.partition(":")[0]) in country_wide
            ]
            made.update(map(id, by))
            change = f"{say_percent(was)} becomes {say_percent(step.rate)}"
            why = "; ".join(one.what.partition(": ")[2] for one in by)
            what = f"headline rate of {place(rate.into)} on {place(rate.origin)}: {change}{f' ({why})' if why else ''}"
            acts = dict.fromkeys(act for one in by for act in one.acts)
            found.append(Ahead(step.start, True, what, tuple(acts)))
            was = step.rate
    return [*found, *(one for one in headings if id(one) not in made)]


def _headings(regime: Regime, after: Instant) -> Iterator[Ahead]:
    """Headings between the importing countries that change, and their lists, by act, instant and program."""
    titles: dict[str, str] = {}
    names: dict[str, str] = {}
    lists: dict[str, str] = {}
    for into, origin in directions(regime):
        for row in rows_against(regime, into, origin):
            titles[row.code] = regime.ledger.programs[row.program].title
            names.setdefault(row.code, _name(row))
            lists |= dict.fromkeys(lists_of(row.when), titles[row.code])
    for changes in changes_by_act(regime, Window(after, FOREVER, after + 1, "")):
        zone = regime.ledger.zones.get(changes.act.by, "UTC")
        told = _by_program(changes.headings, lambda one: titles.get(one.heading))
        for (at, title), several in told.items():
            shown = "; ".join(f"{names[one.heading]} {one.what}" for one in several[:_MOST_HEADINGS])
            more = f" and {len(several) - _MOST_HEADINGS} more headings" if len(several) > _MOST_HEADINGS else ""
            yield Ahead(Day(at, zone), True, f"{title}: {shown}{more}", (changes.act,))
        for (at, title), rows in _by_program(changes.lists, lambda one: lists.get(one.name)).items():
            if (at, title) not in told:
                added, removed = sum(len(one.added) for one in rows), sum(len(one.removed) for one in rows)
                what = f"{title}: list changes, {added} numbers on, {removed} off"
                yield Ahead(Day(at, zone), True, what, (changes.act,))


def _name(row: Row) -> str:
    """A heading by its number and words, by its words alone while its number is not published."""
    words = textwrap.shorten(row.text, _MOST_LETTERS, placeholder=" ...")
    if row.code.startswith(_PENDING):
        return words or row.code
    return f"{row.code} ({words})" if words else row.code


def _by_program(
    several: Iterable[Change], title_of: Callable[[Change], str | None]
) -> dict[tuple[Instant, str], list[Change]]:
    """Changes by instant and the title of their program; those of programs that are not told left out."""
    found: dict[tuple[Instant, str], list[Change]] = {}
    for one in several:
        title = title_of(one)
        if title is not None:
            found.setdefault((one.at, title), []).append(one)
    return found


def _matters(told: Told) -> Iterator[Ahead]:
    for one in told.matters:
        by_law = set(_turns(told, one, told.counted.get(one.matter.id)))
        yield from sorted(by_law, key=lambda turn: turn.at.instant)
        for turn in _turns(told, one, told.all.get(one.matter.id)):
            if turn not in by_law:
                yield replace(turn, reported=turn.acts[0].confidence != PUBLISHED)
        seen: set[tuple[str, str]] = set()
        for stand in one.told:
            for date_ahead in _dates(told, one, stand):
                if (date_ahead.at.day, date_ahead.what) not in seen:
                    seen.add((date_ahead.at.day, date_ahead.what))
                    yield date_ahead


def _turns(told: Told, one: MatterStatus, history: History | None) -> Iterator[Ahead]:
    """The states of a matter that begin after the day, those included into which it falls back by itself."""
    for state in history.states() if history else ():
        if state.start <= told.instant:
            continue
        act = told.acts[state.ran_out or state.act]
        again = " again" if state.ran_out and state.word != LAPSED else ""
        says = f" ({state.said})" if state.said and not state.ran_out else ""
        zone = told.regime.ledger.zones.get(act.by, "UTC")
        yield Ahead(
            Day(state.start, zone), True, f"{one.matter.title}: {state.word}{again}{says}", (act,), matter=one.matter.id
        )


def _dates(told: Told, one: MatterStatus, stand: Stand) -> Iterator[Ahead]:
    for upcoming, passed in stand.next(told.on):
        if not upcoming.day or passed:
            continue
        at = upcoming.at if upcoming.at is not None else parse_instant(f"{upcoming.day} 00:00 {stand.zone}")
        yield Ahead(
            Day(at, stand.zone),
            upcoming.at is not None,
            f"{one.matter.title}: {upcoming.what}",
            (stand.act,),
            stand.act.confidence != PUBLISHED,
            one.matter.id,
        )
