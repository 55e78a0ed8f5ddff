"""A status as text for a screen, or as Markdown: the same sections and sentences, written down in two ways."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from tidewaiter.ledger.instants import FOREVER
from tidewaiter.ledger.model import LAPSED, Act, NextDate
from tidewaiter.status.report import Ahead, Day, HeadlineRate, MatterStatus, OpenQuestion, Stand, Status
from tidewaiter.status.say import place, say_day, say_month, say_percent

_MOST_AHEAD = 8
_MOST_QUESTIONS = 6
_OF_LATE, _LONG_GONE, _SILENCE = 60, 90, 30  # days
_SENTENCES = re.compile(r"(?<=\.) (?=[A-Z])")
_EVENT_KINDS = frozenset({"talks", "call", "statement", "press", "announcement"})
_TOLD_KINDS = _EVENT_KINDS | {"ruling", "court_order", "customs_message"}


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


def as_text(status: Status, width: int, whole: bool = False) -> Iterator[str]:
    """The lines of a screen of that many columns; ``whole`` leaves nothing out."""
    yield from textwrap.wrap(_title(status), width)
    for section in sections(status, whole):
        yield ""
        yield section.title.upper()
        for item in section.items:
            yield from textwrap.wrap(item.text, width, initial_indent="  ", subsequent_indent="    ")
            for text in item.under:
                yield from textwrap.wrap(text, width, initial_indent="      ", subsequent_indent="        ")


def as_markdown(status: Status, whole: bool = False) -> Iterator[str]:
    """The same as Markdown, a list under each heading."""
    yield f"# {_title(status)}"
    for section in sections(status, whole):
        yield ""
        yield f"## {section.title}"
        yield ""
        for item in section.items:
            yield f"- {item.text}"
            yield from (f"  - {text}" for text in item.under)


def sections(status: Status, whole: bool = False) -> list[Section]:
    """What is told, in order; a section without anything to tell is left out.

    Unless ``whole`` what is old or far off is left to one line: deals and cases on which nothing is moving, days far ahead.
    """
    telling = _Telling(status, whole)
    found = [
        Section("Headline rates", _rates(status)),
        Section("Truce", [telling.truce(one) for one in status.of("truce")]),
        Section("Talks", [telling.talks(one) for one in status.of("talks")]),
        Section("Courts and refunds", telling.each("case", "refunds")),
        Section("Controls on exports and lists of firms", telling.each("control")),
        Section("Other measures", telling.each("measure")),
        Section("Deals with third countries", telling.deals()),
        Section("Ahead", telling.ahead()),
        Section("Open questions", telling.questions()),
        Section("Notes", list(_notes(status))),
    ]
    return [section for section in found if section.items]


def _title(status: Status) -> str:
    scenario = "" if status.scenario == "law" else f", scenario {status.scenario}"
    return f"The tariff war on {say_day(status.on)}, as known on {say_day(status.known_on)}{scenario}"


def cited(acts: Iterable[Act]) -> str:
    """The citations of acts in brackets, those that are only reported marked."""
    said = [_name(act) for act in acts]
    return f" [{'; '.join(dict.fromkeys(said))}]" if said else ""


def _name(act: Act) -> str:
    return f"{(act.citation or act.title).partition(';')[0]}{act.mark}"


# Rates.


def _rates(status: Status) -> list[Item]:
    told = [item for rate in status.rates for item in _rate(rate, status)]
    for one in status.uncovered:
        told.append(Item(f"{place(one.into)} on {place(one.origin)}: not known here before {say_day(one.first)}"))
    return told


def _rate(rate: HeadlineRate, status: Status) -> Iterator[Item]:
    who = f"{place(rate.into)} on {place(rate.origin)}"
    yield Item(f"{who}: {say_percent(rate.rate)}{_since(rate)}", list(_under_rate(rate, status)))
    other = rate.as_reported
    if other is not None:
        yield Item(f"{who}, as reported: {say_percent(other.rate)}{_since(other)}", list(_under_rate(other, status)))


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
        yield f"{say_percent(part.rate)} {part.title}, {part.heading}{cited(part.acts)}"
    for one in rate.suspended:
        term = f"{_when(one.until)}{_days_to(status.on, one.until.day)}"
        yield f"suspended until {term}: {one.rate} of {one.heading}{cited([one.act])}"
    if len(rate.history) > 1:
        steps = [
            say_percent(step.rate) + (f" ({say_day(step.start.day)})" if step.start.as_json() else "")
            for step in rate.history
        ]
        yield f"step by step: {', '.join(steps)}"


def _when(day: Day) -> str:
    """The day as written, with the hour where a measure does not begin in the first minutes of it."""
    return say_day(day.day) + (f", {day.hour} there" if day.hour else "")


def _days_to(on: str, day: str) -> str:
    days = (date.fromisoformat(day) - date.fromisoformat(on)).days
    return f" (in {days} day{'' if days == 1 else 's'})" if days > 0 else ""


# Matters, and what lies ahead.


@dataclass(frozen=True, slots=True)
class _Telling:
    """How much is told of a status."""

    status: Status
    whole: bool

    def matter(self, one: MatterStatus) -> Item:
        first, *others = one.told
        item = Item(f"{one.matter.title}: {_state(first, self.status)}", list(self.under(first)))
        for other in others:
            item.under += [f"as reported: {_state(other, self.status)}", *self.under(other)]
        return item

    def under(self, stand: Stand) -> Iterator[str]:
        """What comes next; a day that has passed is told as long as it is not long gone."""
        for upcoming, passed in stand.next(self.status.on):
            if upcoming.month:
                yield from self._in_a_month(upcoming)
            elif not upcoming.day:
                yield f"next: {upcoming.what}"
            elif not passed:
                yield f"next: {say_day(upcoming.day)}{_days_to(self.status.on, upcoming.day)}, {upcoming.what}"
            elif self.whole or self._age(upcoming.day) <= _LONG_GONE:
                yield f"due on {say_day(upcoming.day)}, no later act known: {upcoming.what}"

    def _in_a_month(self, upcoming: NextDate) -> Iterator[str]:
        """Something of which no day is known: once its month has begun it may have been, and no act tells."""
        if upcoming.month > self.status.on[:7]:
            yield f"next: {say_month(upcoming.month)}, {upcoming.what}"
        elif self.whole or self._age(f"{upcoming.month}-28") <= _LONG_GONE:
            yield f"due in {say_month(upcoming.month)}, no later act known: {upcoming.what}"

    def truce(self, one: MatterStatus) -> Item:
        """With what comes back at the instant at which it ends, and the acts of late."""
        item = self.matter(one)
        for rate in self.status.rates:
            item.under += [
                f"if it lapses: {place(rate.into)} on {place(rate.origin)} {say_percent(step.rate)}"
                for step in rate.ahead
                if step.start.instant == one.stand.standing.until
            ]
        item.under += self._lately(one)
        return item

    def talks(self, one: MatterStatus) -> Item:
        """With what was said and done of late, or the last event before."""
        item = self.matter(one)
        earlier = [act for act in one.events if act.kind in _EVENT_KINDS and act is not one.latest.act]
        recent = [act for act in earlier if self._age(act.announced) <= _OF_LATE] or earlier[:1]
        item.under += [_event(act, one) for act in (earlier if self.whole else recent)]
        return item

    def each(self, *kinds: str) -> list[Item]:
        """The matters of these kinds on which something moves, one by one; the quiet ones by name."""
        several = self.status.of(*kinds)
        items = [self.recent(one) for one in several if not self.quiet(one)]
        return [*items, *self.by_name("nothing new of late", [one for one in several if self.quiet(one)])]

    def recent(self, one: MatterStatus) -> Item:
        """With the acts before the present one, if they are of late."""
        item = self.matter(one)
        item.under += self._lately(one)
        return item

    def _lately(self, one: MatterStatus) -> list[str]:
        earlier = [act for act in one.events if act is not one.latest.act and act.kind in _TOLD_KINDS]
        return [_event(act, one) for act in earlier if self.whole or self._age(act.announced) <= _OF_LATE]

    def deals(self) -> list[Item]:
        """Those that bear on the war, one by one where something moved of late; the others by name."""
        bearing = [one for one in self.status.of("deal") if one.matter.bears]
        items = []
        for one in bearing:
            if not self.quiet(one):
                item = self.recent(one)
                item.under.insert(0, f"bears on it: {one.matter.bears}")
                items.append(item)
        quiet = [one for one in bearing if self.quiet(one)]
        others = [one for one in self.status.of("deal") if not one.matter.bears]
        words = "with words on third countries"
        return [*items, *self.by_name(words, quiet), *self.by_name("others", others)]

    def quiet(self, one: MatterStatus) -> bool:
        """Nothing of late, no term that runs, none that has just run out, and no day ahead."""
        latest = max((act.announced for act in one.events), default="")
        if self.whole or (latest and self._age(latest) <= _OF_LATE):
            return False
        for stand in one.told:
            days = [upcoming.day for upcoming, _ in stand.next(self.status.on) if upcoming.day]
            if stand.ran_out is not None:
                days.append(Day(stand.standing.start, stand.zone).day)
            if stand.standing.until < FOREVER and stand.standing.word in _FOR_A_TERM:
                days.append(Day(stand.standing.until, stand.zone).day)
            if any(self._age(day) <= _OF_LATE for day in days):
                return False
        return True

    def by_name(self, words: str, several: list[MatterStatus]) -> list[Item]:
        said = [f"{one.matter.title} ({one.latest.standing.word})" for one in several]
        return [Item(f"{words}: {', '.join(said)}")] if said else []

    def ahead(self) -> list[Item]:
        """In order of time; what one act does to several matters on one day is one line."""
        lines: dict[tuple[str, bool, tuple[Act, ...]], list[Ahead]] = {}
        for one in self.status.ahead:
            lines.setdefault((one.at.day, one.reported, one.acts), []).append(one)
        told = list(lines.items()) if self.whole else list(lines.items())[:_MOST_AHEAD]
        items = [Item(ahead_line(several, self.status.on)) for _, several in told]
        left = sum(map(len, lines.values())) - sum(len(several) for _, several in told)
        return [*items, *([Item(f"and {left} more, later: see --long")] if left else [])]

    def questions(self) -> list[Item]:
        """Those that begin to matter nearest to the day, in their first sentence."""
        nearest = sorted(self.status.open_questions, key=lambda one: abs(self._age(one.since)))
        told = self.status.open_questions if self.whole else nearest[:_MOST_QUESTIONS]
        left = len(self.status.open_questions) - len(told)
        items = [Item(self._question(one)) for one in told]
        return [*items, *([Item(f"and {left} more: see --long")] if left else [])]

    def _question(self, one: OpenQuestion) -> str:
        since = f"from {say_day(one.since)}: " if one.since > self.status.on else ""
        said = one.question if self.whole else _SENTENCES.split(one.question)[0]
        return f"{since}{said}{cited([one.act])}"

    def _age(self, day: str) -> int:
        """Days from then to the day asked about, or to the day of knowledge where that is earlier: news stops there."""
        seen = min(self.status.on, self.status.known_on)
        return (date.fromisoformat(seen) - date.fromisoformat(day)).days


def _state(stand: Stand, status: Status) -> str:
    standing = stand.standing
    start = Day(standing.start, stand.zone)
    if stand.ran_out is not None:
        how = LAPSED if standing.word == LAPSED else f"{standing.word} again"
        return (
            f"{how} since {_when(start)}: the term has run out, and no text goes on from there{cited([stand.ran_out])}"
        )
    link = "from" if start.day > status.on else "on" if standing.word in _ON_A_DAY else "since"
    until = ""
    if standing.until < FOREVER and standing.word in _FOR_A_TERM:
        end = Day(standing.until, stand.zone)
        until = f" until {_when(end)}{_days_to(status.on, end.day)}"
    said = f": {standing.said}" if standing.said else ""
    return f"{standing.word} {link} {_when(start)}{until}{said}{cited([stand.act])}"


_ON_A_DAY = frozenset(
    ["filed", "argued", "ruled", "affirmed", "reversed", "dismissed", "agreed", "signed", "announced", "proposed"]
)
"""States told with the day on which they came; the others hold since then."""
_FOR_A_TERM = frozenset({"in force", "extended", "suspended"})
"""States that may have a term. What else ends, ends because another state came, which only hindsight knows."""


def ahead_line(several: list[Ahead], on: str) -> str:
    """What the same acts write for one day, in a line; days are counted from ``on``."""
    first = several[0]
    when = _when(first.at) if first.timed else say_day(first.at.day)
    mark = "as reported, " if first.reported else ""
    what = "; ".join(one.what for one in several)
    return f"{when}{_days_to(on, first.at.day)}: {mark}{what}{cited(first.acts)}"


def _event(act: Act, one: MatterStatus) -> str:
    """What an act did to a matter, or what it says of it."""
    states = (f"{effect.word}: {effect.said}" for effect in act.effects if effect.ref == one.matter.id and effect.said)
    said = next(states, (act.summary or act.title).rstrip("."))
    return f"{say_day(act.announced)}, {act.kind.replace('_', ' ')}: {said}{cited([act])}"


def _notes(status: Status) -> Iterator[Item]:
    yield Item(
        "A headline rate is what country-wide programs charge on any good; base duty and duties on listed goods come on top."
    )
    if status.on > status.known_on:
        yield Item(
            f"{say_day(status.on)} lies ahead of what is known: this is the law as written on {say_day(status.known_on)}."
        )
    elif status.last_act and (date.fromisoformat(status.on) - date.fromisoformat(status.last_act)).days > _SILENCE:
        yield Item(f"No act after {say_day(status.last_act)} is known here: what came since is missing.")
    yield Item("[reported] marks what rests on the press or on officials' words, without a published text at hand.")
