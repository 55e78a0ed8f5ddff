"""Every heading that stands otherwise at two moments: for whom, from what to what, and by which acts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tidewaiter.assess.assessment import Json
from tidewaiter.assess.countries import country_codes, names_several
from tidewaiter.assess.layers import cite
from tidewaiter.changes.acts import rate_said, responsible
from tidewaiter.diff.moment import Side
from tidewaiter.ledger.edges import places_in, places_of, settle_place
from tidewaiter.ledger.fold import Said, State, Track
from tidewaiter.ledger.instants import Instant
from tidewaiter.ledger.model import ANYWHERE, CHARGING_KINDS, Row
from tidewaiter.ledger.regime import Regime

_FEW = 8
NOT_IN_FORCE, SUSPENDED = "not in force", "suspended"
_NO_TRACK = Track()


@dataclass(frozen=True, slots=True)
class HeadingDiff:
    """A heading at two moments. ``origins`` are ISO codes, empty for every origin; ``was`` and ``now`` say how it stands."""

    heading: str
    program: str
    kind: str
    text: str
    origins: tuple[str, ...]
    was: str
    now: str
    acts: tuple[str, ...]
    citation: str

    @property
    def what(self) -> str:
        """What happens to it, in words."""
        if self.was == NOT_IN_FORCE:
            return f"begins: {self.now}"
        if self.now.startswith(f"{self.was}, "):
            return f"stays {self.now}"
        if self.now == NOT_IN_FORCE:
            return f"ends, {self.was} until then" if self.was.startswith(SUSPENDED) else f"ends: {self.was}"
        return f"{self.was} becomes {self.now}"

    def as_json(self) -> Json:
        """One object of ``headings``."""
        return {
            "heading": self.heading,
            "program": self.program,
            "kind": self.kind,
            "text": self.text,
            "origins": list(self.origins) or [ANYWHERE],
            "was": self.was,
            "now": self.now,
            "acts": list(self.acts),
            "citation": self.citation,
        }


def heading_diffs(before: Side, after: Side, intos: Iterable[str], origin: str = "") -> list[HeadingDiff]:
    """The headings that stand otherwise, in the order of programs and of their waterfalls; of one origin where asked."""
    found = [one for into in intos for one in _of_country(before, after, into)]
    return [one for one in found if not (origin and one.origins) or origin in one.origins]


def _of_country(before: Side, after: Side, into: str) -> Iterator[HeadingDiff]:
    ledger = after.regime.ledger
    programs = [one for one in ledger.programs.values() if one.into == into]
    for program in sorted(programs, key=lambda one: (one.reporting_order, one.id)):
        rows: dict[str, list[Row]] = {}
        for row in program.rows:
            rows.setdefault(row.key, []).append(row)
        for several in rows.values():
            yield from _heading(before, after, into, several)


def _heading(before: Side, after: Side, into: str, rows: list[Row]) -> Iterator[HeadingDiff]:
    first = rows[0]
    sides = [_Standing.of(side, into, rows) for side in (before, after)]
    was, now = sides
    if was == now:
        return
    acts = tuple(dict.fromkeys(_acts(before, after, into, first.key)))
    if was.said == now.said or not acts:
        acts = tuple(dict.fromkeys((*acts, *_row_acts(was.rows, now.rows))))
    if was.origins != now.origins:
        acts = tuple(dict.fromkeys((*acts, *_group_acts(before, after, into, (*was.rows, *now.rows)))))
    there, side = (now, after) if now.said != NOT_IN_FORCE else (was, before)
    # A day that the heading itself names (goods loaded before it ...) was set by the act that made the heading.
    acts = acts or side.regime.state(first.key, side.at(into)).acts
    yield HeadingDiff(
        first.code,
        first.program,
        first.kind,
        (there.rows or rows)[0].text or after.regime.ledger.programs[first.program].title,
        there.origins,
        was.said,
        now.said if was.said != now.said else f"{now.said}{_otherwise(was, now)}",
        acts,
        cite(acts, _knowing(acts, before, after)),
    )


@dataclass(frozen=True, slots=True)
class _Standing:
    """How a heading stands, for whom, and by which of its rows."""

    said: str
    origins: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()

    @classmethod
    def of(cls, side: Side, into: str, rows: list[Row]) -> _Standing:
        at = side.at(into)
        in_force = tuple(
            row for row in rows if side.regime.in_force(row.version, at) and _may_hold(row, side.regime, at)
        )
        said = standing(side.regime, rows[0].key, at, rows[0].kind) if in_force else NOT_IN_FORCE
        if said == NOT_IN_FORCE:
            return cls(said)
        return cls(said, origins_of(in_force, side.regime, at), in_force)


def _otherwise(was: _Standing, now: _Standing) -> str:
    """What differs where the rate does not: for whom, or on what."""
    if was.origins == now.origins:
        return ", on other conditions"
    joined, left = (sorted(set(one.origins) - set(other.origins)) for one, other in ((now, was), (was, now)))
    parts = [f"also for {', '.join(joined)}"] * bool(joined) + [f"no longer for {', '.join(left)}"] * bool(left)
    return f", {' and '.join(parts)}" if was.origins and now.origins else ", for other origins"


def _row_acts(was: tuple[Row, ...], now: tuple[Row, ...]) -> Iterator[str]:
    """The acts that put other rows in the place of some."""
    for row in now:
        if row not in was and row.version.act:
            yield row.version.act
    for row in was:
        if row not in now and (row.version.until_act or row.version.act):
            yield row.version.until_act or row.version.act


def _group_acts(before: Side, after: Side, into: str, rows: Iterable[Row]) -> Iterator[str]:
    """The acts by which countries join or leave, in between, the groups that the rows name."""
    since, until = before.at(into), after.at(into)
    places = set().union(*(places_in(row.when) for row in rows))
    for member in after.regime.ledger.groups:
        version = member.version
        if member.group not in places or not after.regime.knows(version.act):
            continue
        for at, act in ((version.start, version.act), (version.until, version.until_act)):
            if act and since < at <= until and after.regime.knows(act):
                yield act


def _knowing(acts: tuple[str, ...], before: Side, after: Side) -> Regime:
    """The regime that knows the acts: a scenario's acts are known to its own side only."""
    return after.regime if all(act in after.regime.acts for act in acts) else before.regime


_VOID = {True: "void: not owed", False: "void for the plaintiffs"}


def standing(regime: Regime, key: str, at: Instant, kind: str) -> str:
    """How a heading stands at an instant: its rate, suspended, not in force, and what a court has said of it."""
    state, void = regime.state(key, at), regime.void(key, at)
    said = state_said(state, kind)
    if void is None or not state.live or kind not in CHARGING_KINDS:
        return said
    return f"{said} ({_VOID[void.for_all]})"


def state_said(state: State, kind: str) -> str:
    """The state of a heading in words."""
    if state.live:
        return f"{SUSPENDED} but for {rate_said(state, kind)}" if state.suspended_by else rate_said(state, kind)
    return SUSPENDED if state.suspended_by else NOT_IN_FORCE


def _acts(before: Side, after: Side, into: str, key: str) -> Iterator[str]:
    """The acts behind the difference: those that changed the heading in between, then those that only one side knows."""
    since, until = before.at(into), after.at(into)
    track = after.regime.tracks.get(key, _NO_TRACK)
    starts, states = track.states()
    for at, one, other in zip(starts[1:], states, states[1:], strict=False):
        if since < at <= until and one.start != other.start:
            yield responsible(one, other)
    voids = track.void
    for at, void in zip(voids.starts, voids.values, strict=True):
        if void is not None and since < at <= until:
            yield void.act
    if before.regime is after.regime:
        return
    was, now = (before.regime.state(key, until), after.regime.state(key, until))
    if (was.live, was.rate, was.suspended_by) != (now.live, now.rate, now.suspended_by):
        yield _newly_known(was, now, before, after)
    old, new = before.regime.void(key, until), after.regime.void(key, until)
    if old != new:
        yield from (one.act for one in _last((old, new)))


def _newly_known(was: State, now: State, before: Side, after: Side) -> str:
    """The act that only one side knows: the later side's where it has one."""
    apart = after.knows_more_than(before) | before.knows_more_than(after)
    told = [act for act in (*now.acts, now.suspended_by, *was.acts, was.suspended_by) if act in apart]
    return told[0] if told else responsible(was, now)


def _last(voids: Iterable[Said | None]) -> Iterator[Said]:
    given = [one for one in voids if one is not None]
    yield from given[-1:]


def origins_of(rows: Iterable[Row], regime: Regime, at: Instant) -> tuple[str, ...]:
    """The countries of origin for which one of the rows may hold at an instant; empty for every country."""
    conditions = [row.when for row in rows]
    if not any(places_in(when) for when in conditions):
        return ()
    found = tuple(
        code
        for code in country_codes()
        if any(settle_place(when, code, at, lambda name: regime.members(name, at)) is not False for when in conditions)
    )
    return () if len(found) == len(country_codes()) else found


def _may_hold(row: Row, regime: Regime, at: Instant) -> bool:
    """Whether a heading may hold for any origin at an instant: not so once its last day of entry has passed."""
    named = places_of(row.when)
    codes: Iterable[str] = (
        country_codes()
        if named is None
        else (code for place in named for code in regime.members(place, at) or (place,))
    )
    return any(settle_place(row.when, code, at, lambda name: regime.members(name, at)) is not False for code in codes)


def say_origins(origins: tuple[str, ...], regime: Regime, at: Instant) -> str:
    """The countries in words: every origin, all but few, or codes, with the name of a group in place of its members."""
    if not origins:
        return "every origin"
    wanted = frozenset(origins)
    others = _by_group([code for code in country_codes() if code not in wanted], regime, at)
    if not others:
        return "every origin"
    if len(others) <= _FEW:
        return f"every origin but {', '.join(others)}"
    told = _by_group(origins, regime, at)
    more = f" and {len(told) - 2 * _FEW} more" if len(told) > 2 * _FEW else ""
    return ", ".join(told[: 2 * _FEW]) + more


def _by_group(codes: Iterable[str], regime: Regime, at: Instant) -> list[str]:
    """Countries, those of a group as one: of a group that people know by its name (EU), not of any list of the law's own."""
    left = dict.fromkeys(codes)
    named: list[str] = []
    for group in dict.fromkeys(row.group for row in regime.ledger.groups):
        members = regime.members(group, at) or frozenset()
        if len(members) > _FEW and members <= left.keys() and names_several(group):
            named.append(group)
            left = {code: None for code in left if code not in members}
    return [*named, *left]
