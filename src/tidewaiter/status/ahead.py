"""What is written ahead: changes of headline rates and headings, states that end or begin, deadlines and dates of matters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from tidewaiter.changes.acts import ActChanges, HeadingChange, ListChange, changes_by_act
from tidewaiter.changes.window import Window
from tidewaiter.ledger.edges import lists_of
from tidewaiter.ledger.instants import FOREVER, Instant, parse_instant
from tidewaiter.ledger.model import Act
from tidewaiter.ledger.regime import Regime
from tidewaiter.status.matters import Told
from tidewaiter.status.rates import directions, rows_against
from tidewaiter.status.report import PUBLISHED, Ahead, Day, HeadlineRate, MatterStatus, Stand
from tidewaiter.status.say import place, say_percent

_MOST_HEADINGS = 3


def ahead(told: Told, rates: Iterable[HeadlineRate]) -> tuple[Ahead, ...]:
    """All that is written for after the day, in order; what only reported acts say is marked."""
    regime, after = told.regime, told.instant
    by_law = [*_headlines(rates), *_headings(regime, after)]
    found = [*by_law, *_matters(told)]
    if regime.reported is not None:
        known = {(one.at.instant, one.what) for one in by_law}
        others = (rate.as_reported for rate in rates)
        reported = [*_headlines(rate for rate in others if rate), *_headings(regime.reported, after)]
        found += [replace(one, reported=True) for one in reported if (one.at.instant, one.what) not in known]
    return tuple(sorted(found, key=lambda one: (one.at.instant, one.reported)))


def _headlines(rates: Iterable[HeadlineRate]) -> Iterator[Ahead]:
    for rate in rates:
        was = rate.rate
        for step in rate.ahead:
            what = (
                f"headline rate of {place(rate.into)} on {place(rate.origin)}: "
                f"{say_percent(was)} becomes {say_percent(step.rate)}"
            )
            was = step.rate
            yield Ahead(step.start, True, what, ())


def _headings(regime: Regime, after: Instant) -> Iterator[Ahead]:
    """Headings between the importing countries that change, and their lists, by act and instant."""
    window = Window(after, FOREVER, after + 1, "")
    titles: dict[str, str] = {}
    lists: dict[str, str] = {}
    for into, origin in directions(regime):
        for row in rows_against(regime, into, origin):
            titles[row.code] = regime.ledger.programs[row.program].title
            lists |= dict.fromkeys(lists_of(row.when), regime.ledger.programs[row.program].title)
    for changes in changes_by_act(regime, window):
        yield from _of_act(regime, changes, titles, lists)


def _of_act(
    regime: Regime, changes: ActChanges, titles: dict[str, str], lists: dict[str, str]
) -> Iterator[Ahead]:
    zone = regime.ledger.zones.get(changes.act.by, "UTC")
    told: dict[tuple[Instant, str], list[HeadingChange]] = {}
    for one in changes.headings:
        if one.heading in titles:
            told.setdefault((one.at, titles[one.heading]), []).append(one)
    for (at, title), several in told.items():
        shown = "; ".join(f"{one.heading} {one.what}" for one in several[:_MOST_HEADINGS])
        more = f" and {len(several) - _MOST_HEADINGS} more headings" if len(several) > _MOST_HEADINGS else ""
        yield Ahead(Day(at, zone), True, f"{title}: {shown}{more}", (changes.act,))
    moved: dict[tuple[Instant, str], list[ListChange]] = {}
    for change in changes.lists:
        if change.name in lists and (change.at, lists[change.name]) not in told:
            moved.setdefault((change.at, lists[change.name]), []).append(change)
    for (at, title), rows in moved.items():
        added, removed = sum(len(one.added) for one in rows), sum(len(one.removed) for one in rows)
        yield Ahead(
            Day(at, zone), True, f"{title}: list changes, {added} numbers on, {removed} off", (changes.act,)
        )


def _matters(told: Told) -> Iterator[Ahead]:
    for one in told.matters:
        by_law = set(_turns(told, one, told.counted.get(one.matter.id)))
        yield from sorted(by_law, key=lambda turn: turn.at.instant)
        for turn in _turns(told, one, told.all.get(one.matter.id)):
            if turn not in by_law:
                yield replace(turn, reported=turn.acts[0].confidence != PUBLISHED)
        stands = [one.state, one.as_reported]
        seen: set[tuple[str, str]] = set()
        for stand in stands:
            for date_ahead in _dates(told, one, stand) if stand else ():
                if (date_ahead.at.day, date_ahead.what) not in seen:
                    seen.add((date_ahead.at.day, date_ahead.what))
                    yield date_ahead


def _turns(told: Told, one: MatterStatus, history: object) -> Iterator[Ahead]:
    """The states of a matter that begin after the day, those included into which it falls back by itself."""
    from tidewaiter.ledger.matters import History

    states = history.states() if isinstance(history, History) else []
    for state in states:
        if state.start <= told.instant:
            continue
        act: Act = told.acts[state.ran_out or state.act]
        again = " again" if state.ran_out and state.word != "lapsed" else ""
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
