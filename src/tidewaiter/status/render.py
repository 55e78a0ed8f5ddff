"""A status as text for a screen, or as Markdown: the same sections and sentences, written down in two ways."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from tidewaiter.ledger.instants import FOREVER
from tidewaiter.ledger.model import LAPSED, Act
from tidewaiter.status.report import PUBLISHED, Ahead, Day, HeadlineRate, MatterStatus, OpenQuestion, Stand, Status
from tidewaiter.status.say import place, say_day, say_percent

_MOST_EVENTS = 5
_MOST_RULINGS = 2
_MOST_AHEAD = 14
_SILENCE = 30
_EVENT_KINDS = frozenset({"talks", "call", "statement", "press", "announcement", "deal"})


@dataclass(slots=True)
class Section:
    """A heading with its items; an item has a first line and what belongs to it."""

    title: str
    items: list[Item] = field(default_factory=list)


@dataclass(slots=True)
class Item:
    """A sentence with sentences under it."""

    text: str
    under: list[str] = field(default_factory=list)


def as_text(status: Status, width: int) -> Iterator[str]:
    """The lines of a screen of that many columns."""
    yield from textwrap.wrap(_title(status), width)
    for section in sections(status):
        yield ""
        yield section.title.upper()
        for item in section.items:
            yield from textwrap.wrap(item.text, width, initial_indent="  ", subsequent_indent="    ")
            for text in item.under:
                yield from textwrap.wrap(text, width, initial_indent="      ", subsequent_indent="        ")


def as_markdown(status: Status) -> Iterator[str]:
    """The same as Markdown, a list under each heading."""
    yield f"# {_title(status)}"
    for section in sections(status):
        yield ""
        yield f"## {section.title}"
        yield ""
        for item in section.items:
            yield f"- {item.text}"
            yield from (f"  - {text}" for text in item.under)


def sections(status: Status) -> list[Section]:
    """What is told, in order; a section without anything to tell is left out."""
    found = [
        Section("Headline rates", _rates(status)),
        Section("Truce", [_truce(one, status) for one in status.of("truce")]),
        Section("Talks", [_talks(one, status) for one in status.of("talks")]),
        Section("Courts and refunds", [_case(one, status) for one in status.of("case", "refunds")]),
        Section("Controls on exports and lists of firms", [_matter(one, status) for one in status.of("control")]),
        Section("Other measures", [_matter(one, status) for one in status.of("measure")]),
        Section("Deals with third countries", _deals(status)),
        Section("Ahead", _ahead(status)),
        Section("Open questions", [_question(one) for one in status.open_questions]),
        Section("Notes", list(_notes(status))),
    ]
    return [section for section in found if section.items]


def _title(status: Status) -> str:
    scenario = "" if status.scenario == "law" else f", scenario {status.scenario}"
    return f"The tariff war on {say_day(status.on)}, as known on {say_day(status.known_on)}{scenario}"


def _cited(acts: Iterable[Act]) -> str:
    """The citations of acts in brackets, those that are only reported marked."""
    said = [_name(act) for act in acts]
    return f" [{'; '.join(dict.fromkeys(said))}]" if said else ""


def _name(act: Act) -> str:
    mark = "" if act.confidence == PUBLISHED else f", {act.confidence}"
    return f"{(act.citation or act.title).partition(';')[0]}{mark}"


# Rates.


def _rates(status: Status) -> list[Item]:
    return [item for rate in status.rates for item in _rate(rate, status)]


def _rate(rate: HeadlineRate, status: Status) -> Iterator[Item]:
    who = f"{place(rate.into)} on {place(rate.origin)}"
    yield Item(f"{who}: {say_percent(rate.rate)}{_since(rate)}", list(_under_rate(rate, status)))
    other = rate.as_reported
    if other is not None:
        yield Item(f"as reported: {say_percent(other.rate)}{_since(other)}", list(_under_rate(other, status)))


def _since(rate: HeadlineRate) -> str:
    start = rate.history[-1].start
    said = f", since {_when(start)}" if start.as_json() else ""
    truce = rate.before_truce
    if rate.before is not None and rate.before != truce:
        said += f"; {say_percent(rate.before.rate)} before that"
    if truce is not None:
        said += f"; {say_percent(truce.rate)} before the truce"
    return said


def _under_rate(rate: HeadlineRate, status: Status) -> Iterator[str]:
    for part in rate.made_of:
        yield f"{say_percent(part.rate)} {part.title}, {part.heading}{_cited(part.acts)}"
    for one in rate.suspended:
        yield f"suspended until {_when(one.until)}{_days_to(status, one.until.day)}: {one.rate} of {one.heading}{_cited([one.act])}"
    if len(rate.history) > 1:
        steps = [
            say_percent(step.rate) + (f" ({say_day(step.start.day)})" if step.start.as_json() else "")
            for step in rate.history
        ]
        yield f"step by step: {', '.join(steps)}"


def _when(day: Day) -> str:
    """The day as written, with the hour where a measure does not begin in the first minutes of it."""
    text = day.as_json() or ""
    hour = text[11:16]
    return say_day(day.day) + ("" if hour in ("00:00", "00:01") else f", {hour} there")


def _days_to(status: Status, day: str) -> str:
    days = (date.fromisoformat(day) - date.fromisoformat(status.on)).days
    return f" (in {days} day{'' if days == 1 else 's'})" if days > 0 else ""


# Matters.


def _matter(one: MatterStatus, status: Status) -> Item:
    first, *others = one.told
    item = Item(f"{one.matter.title}: {_state(first, status)}", list(_under(first, status)))
    for other in others:
        item.under += [f"as reported: {_state(other, status)}", *_under(other, status)]
    return item


def _truce(one: MatterStatus, status: Status) -> Item:
    """With what comes back on the instant on which it ends."""
    item = _matter(one, status)
    ends = one.stand.standing.until
    for rate in status.rates:
        item.under += [
            f"if it lapses: {place(rate.into)} on {place(rate.origin)} {say_percent(step.rate)}"
            for step in rate.ahead
            if step.start.instant == ends
        ]
    return item


def _case(one: MatterStatus, status: Status) -> Item:
    """With the last words of the courts before the present one."""
    item = _matter(one, status)
    earlier = [act for act in one.events if act not in [stand.act for stand in one.told]]
    item.under += [_event(act, one) for act in earlier[:_MOST_RULINGS]]
    return item


def _state(stand: Stand, status: Status) -> str:
    standing = stand.standing
    start = Day(standing.start, stand.zone)
    if stand.ran_out is not None:
        how = LAPSED if standing.word == LAPSED else f"{standing.word} again"
        return f"{how} since {_when(start)}: the term has run out, and no text goes on from there{_cited([stand.ran_out])}"
    link = "from" if start.day > status.on else "on" if standing.word in _ON_A_DAY else "since"
    until = ""
    if standing.until < FOREVER and standing.word not in _STEPS:
        end = Day(standing.until, stand.zone)
        until = f" until {_when(end)}{_days_to(status, end.day)}"
    said = f": {standing.said}" if standing.said else ""
    return f"{standing.word} {link} {_when(start)}{until}{said}{_cited([stand.act])}"


_ON_A_DAY = frozenset({"filed", "argued", "ruled", "affirmed", "reversed", "dismissed", "agreed", "signed", "announced", "proposed"})
_STEPS = frozenset({"filed", "argued", "ruled", "stayed", "affirmed", "open", "stalled", "agreed"})
"""States whose end is only that another came: known in hindsight, and not told as a term."""


def _under(stand: Stand, status: Status) -> Iterator[str]:
    for upcoming, passed in stand.next(status.on):
        if not upcoming.day:
            yield f"next: {upcoming.what}"
        elif passed:
            yield f"due on {say_day(upcoming.day)}, no later act known: {upcoming.what}"
        else:
            yield f"next: {say_day(upcoming.day)}{_days_to(status, upcoming.day)}, {upcoming.what}"


def _talks(one: MatterStatus, status: Status) -> Item:
    item = _matter(one, status)
    earlier = [act for act in one.events if act.kind in _EVENT_KINDS and act is not one.latest.act]
    item.under += [_event(act, one) for act in earlier[:_MOST_EVENTS]]
    return item


def _event(act: Act, one: MatterStatus) -> str:
    """What an act did to a matter, or what it says of it."""
    states = (f"{effect.word}: {effect.said}" for effect in act.effects if effect.ref == one.matter.id and effect.said)
    said = next(states, (act.summary or act.title).rstrip("."))
    return f"{say_day(act.announced)}, {act.kind.replace('_', ' ')}: {said}{_cited([act])}"


def _deals(status: Status) -> list[Item]:
    """Those that bear on the war one by one, with what was said of them; the others by name."""
    deals = status.of("deal")
    found: list[Item] = []
    for one in deals:
        if one.matter.bears:
            item = _matter(one, status)
            item.under.insert(0, f"bears on it: {one.matter.bears}")
            said = [act for act in one.events if not any(effect.ref == one.matter.id for effect in act.effects)]
            item.under += [_event(act, one) for act in said if act.kind in _EVENT_KINDS]
            found.append(item)
    others = [f"{one.matter.title} ({one.stand.standing.word})" for one in deals if not one.matter.bears]
    return [*found, *([Item(f"others: {', '.join(others)}")] if others else [])]


# What lies ahead.


def _ahead(status: Status) -> list[Item]:
    items = [Item(_ahead_line(one, status)) for one in status.ahead[:_MOST_AHEAD]]
    left = len(status.ahead) - len(items)
    return [*items, Item(f"and {left} more, later: --json has them all")] if left > 0 else items


def _ahead_line(one: Ahead, status: Status) -> str:
    mark = "as reported, " if one.reported else ""
    when = _when(one.at) if one.timed else say_day(one.at.day)
    return f"{when}{_days_to(status, one.at.day)}: {mark}{one.what}{_cited(one.acts)}"


def _question(one: OpenQuestion) -> Item:
    return Item(f"{one.question}{_cited([one.act])}")


def _notes(status: Status) -> Iterator[Item]:
    yield Item("A headline rate is what country-wide programs charge on any good; base duty and duties on listed goods come on top.")
    if status.on > status.known_on:
        yield Item(f"{say_day(status.on)} lies ahead of what is known: this is the law as written on {say_day(status.known_on)}.")
    elif (date.fromisoformat(status.on) - date.fromisoformat(status.last_act)).days > _SILENCE:
        yield Item(f"No act after {say_day(status.last_act)} is known here: what came since is missing.")
    yield Item("[reported] marks what rests on the press or on officials' words, without a published text at hand.")
