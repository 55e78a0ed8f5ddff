"""What changed in the whole law, act by act: headings, list rows, court rulings; and tariff numbers, edition by edition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tidewaiter.assess.assessment import Json
from tidewaiter.assess.waterfall import PROHIBITED
from tidewaiter.changes.window import Window
from tidewaiter.ledger.fold import State, Track
from tidewaiter.ledger.instants import FOREVER, Instant, say_instant
from tidewaiter.ledger.model import CHARGING_KINDS, PROHIBITION, Act
from tidewaiter.ledger.regime import Regime
from tidewaiter.schedule.numbers import dotted
from tidewaiter.schedule.store import Schedule

_NO_ARTICLES = ("98", "99")
_EIGHT, _TEN = 8, 10
RELIEF = "relief"


@dataclass(frozen=True, slots=True)
class HeadingChange:
    """A heading that begins, ends, is suspended, revives, or changes its rate; or, ``void``, what a court says of it."""

    at: Instant
    heading: str
    what: str
    void: bool = False


@dataclass(slots=True)
class ListChange:
    """Numbers put on a list or taken off it at one instant, each with its class."""

    at: Instant
    name: str
    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)


@dataclass(slots=True)
class ActChanges:
    """What an act changes within the window, told by the clock of the country whose law it is."""

    act: Act
    zone: str
    headings: list[HeadingChange] = field(default_factory=list)
    lists: list[ListChange] = field(default_factory=list)

    @property
    def first(self) -> Instant:
        """The first instant at which it changes anything."""
        return min([one.at for one in self.headings] + [one.at for one in self.lists])

    def as_json(self) -> Json:
        """One object of ``acts``."""
        return {
            "act": self.act.id,
            "title": self.act.title,
            "announced": self.act.announced,
            "citation": self.act.citation,
            "headings": [
                {"at": say_instant(one.at, self.zone), "heading": one.heading, "what": one.what}
                for one in self.headings
            ],
            "lists": [
                {"at": say_instant(one.at, self.zone), "list": one.name, "added": one.added, "removed": one.removed}
                for one in self.lists
            ],
        }


@dataclass(slots=True)
class EditionChanges:
    """The tariff numbers that end and begin with an edition, and the general rates that it prints otherwise.

    ``comparable`` is false for an edition of which only subheadings are at hand: its tariff lines have not ended.
    """

    edition: str
    at: Instant
    into: str = ""
    comparable: bool = False
    ended: list[str] = field(default_factory=list)
    began: list[str] = field(default_factory=list)
    rates: list[tuple[str, str, str]] = field(default_factory=list)

    def as_json(self, zone: str) -> Json:
        """One object of ``editions``."""
        rates = [{"number": number, "was": was, "now": now} for number, was, now in self.rates]
        return {
            "edition": self.edition,
            "into": self.into,
            "at": say_instant(self.at, zone),
            "comparable": self.comparable,
            "ended": self.ended,
            "began": self.began,
            "rates": rates,
        }


def changes_by_act(regime: Regime, window: Window) -> list[ActChanges]:
    """The acts that change something within the window, in the order in which they first do."""
    found: dict[str, ActChanges] = {}

    def of(act: str, zone: str) -> ActChanges:
        return found.setdefault(act, ActChanges(regime.acts[act], zone))

    rows = regime.ledger.rows()
    for key, track in regime.tracks.items():
        heading, zone = key.partition("/")[2], regime.zone(key.partition("/")[0].upper())
        kind = rows[key][0].kind if rows.get(key) else RELIEF
        for at, act, what in _states(track, kind, window):
            of(act, zone).headings.append(HeadingChange(at, heading, what))
        for at, act, what in _voids(track, window, zone) if kind in CHARGING_KINDS else ():
            of(act, zone).headings.append(HeadingChange(at, heading, what, void=True))
    for name in regime.list_names:
        for (act, _), change in _list_changes(regime, name, window).items():
            of(act, regime.zone_of_list(name)).lists.append(change)
    for one in found.values():
        one.headings.sort(key=lambda change: (change.at, change.heading))
        one.lists.sort(key=lambda change: (change.at, change.name))
    return sorted(found.values(), key=lambda one: (one.first, one.act.order))


def _states(track: Track, kind: str, window: Window) -> Iterator[tuple[Instant, str, str]]:
    """Instant, act and words for each change of a heading's state."""
    starts, states = track.states()
    for at, before, after in zip(starts[1:], states, states[1:], strict=False):
        if window.holds(at) and before.start != after.start:
            yield at, responsible(before, after), _said(before, after, kind)


def responsible(before: State, after: State) -> str:
    """The act that makes a state another: a new one if there is one, else the one whose suspension or word ran out."""
    new = [act for act in after.acts if act not in before.acts]
    if after.suspended_by and after.suspended_by != before.suspended_by:
        return after.suspended_by
    return (new or ([before.suspended_by] if before.suspended_by else []) or [*after.acts, *before.acts])[-1]


def _said(before: State, after: State, kind: str) -> str:
    was, now = rate_said(before, kind), rate_said(after, kind)
    if after.suspended_by and before.suspended_by and before.live == after.live:
        return f"stays suspended, leaving {now}" if after.live else "stays suspended"
    if after.suspended_by and not before.suspended_by:
        if not before.live:
            return "begins, suspended" + (f" but for {now}" if after.live else "")
        return f"suspended, leaving {now}" if after.live else f"suspended: {was}"
    if before.suspended_by and not after.suspended_by:
        return f"revives: {now}" if after.live else "ends"
    if not before.live:
        return f"begins: {now}"
    return f"{was} becomes {now}" if after.live else f"ends: {was}"


def rate_said(state: State, kind: str) -> str:
    if kind == PROHIBITION:
        return PROHIBITED
    return f"{'all-in ' if kind == 'cap' else ''}{state.rate}" if state.rate else kind


def _voids(track: Track, window: Window, zone: str) -> Iterator[tuple[Instant, str, str]]:
    """What courts have said of entries within the window, while the heading was in force."""
    ends = [*track.void.starts[1:], FOREVER]
    lives = [(state.start, state.until) for state in track.states()[1] if state.live]
    for start, end, said in zip(track.void.starts, ends, track.void.values, strict=True):
        for born, died in dict.fromkeys(lives) if said is not None else ():
            first, last = max(start, born, window.begins), min(end, died, window.until)
            if said is not None and first < last:
                whom = "" if said.for_all else " to the plaintiffs"
                until = say_instant(last, zone)
                span = f"from {say_instant(first, zone)}" + (f" until {until}" if until else " on")
                yield first, said.act, f"void: what is assessed on entries {span} is not owed{whom}"


def _list_changes(regime: Regime, name: str, window: Window) -> dict[tuple[str, Instant], ListChange]:
    """The rows of a list that begin or end within the window, by act and instant; a row that goes on is no change."""
    found: dict[tuple[str, Instant], ListChange] = {}
    for prefix, rows in sorted(regime.list_names[name].entries.items()):
        if not any(window.holds(row[0]) or window.holds(row[1]) for row in rows):
            continue
        known = [row for row in rows if regime.knows(row[2])]
        begins = {(start, match.klass, match.scope, match.claim) for start, _, _, _, match in known}
        ends = {
            (until, match.klass, match.scope, match.claim)
            for _, until, _, until_act, match in known
            if regime.knows(until_act)
        }
        for start, until, act, until_act, match in known:
            said = f"{prefix} {match.klass}".strip()
            kind = (match.klass, match.scope, match.claim)
            if window.holds(start) and (start, *kind) not in ends:
                found.setdefault((act, start), ListChange(start, name)).added.append(said)
            if window.holds(until) and regime.knows(until_act) and (until, *kind) not in begins:
                found.setdefault((until_act or act, until), ListChange(until, name)).removed.append(said)
    return {key: one for key, one in found.items() if key[0] in regime.acts}


def changes_by_edition(schedule: Schedule, window: Window, into: str = "") -> list[EditionChanges]:
    """What the editions that come into force within the window change in the numbers and general rates of articles."""
    found = {edition.index: EditionChanges(edition.name, edition.starts, into) for edition in window.editions(schedule)}
    for name in schedule.chapters if found else ():
        if name not in _NO_ARTICLES:
            for index, changes in found.items():
                _compare(schedule, name, index, changes)
    for one in found.values():
        if not one.comparable:
            one.ended.clear()
    return [one for one in found.values() if one.ended or one.began or one.rates or not one.comparable]


def _compare(schedule: Schedule, name: str, index: int, changes: EditionChanges) -> None:
    """An edition against the one in force before it, for one chapter."""
    chapter = schedule.chapter(name)
    before = index - 1
    while before > 0 and schedule.editions[before].ends == schedule.editions[before].starts:
        before -= 1
    for number in chapter.numbers():
        if len(number) not in (_EIGHT, _TEN):
            continue
        was, now = chapter.place(number, before), chapter.place(number, index)
        changes.comparable = changes.comparable or now is not None
        if was == now:
            continue
        if was is None or now is None:
            (changes.began if was is None else changes.ended).append(dotted(number))
            continue
        old, new = chapter.row(was).general, chapter.row(now).general
        if old != new:
            changes.rates.append((dotted(number), old, new))
