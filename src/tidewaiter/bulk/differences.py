"""Where two regimes over one ledger differ: which headings' rows, and for which origins that can matter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tidewaiter.ledger.edges import lists_of, places_in, settle_place
from tidewaiter.ledger.fold import Track
from tidewaiter.ledger.instants import ALWAYS, FOREVER, Instant
from tidewaiter.ledger.model import Row, Version
from tidewaiter.ledger.regime import Regime

_NO_TRACK = Track()


def changed_rows(one: Regime, other: Regime) -> Mapping[str, tuple[Row, ...]]:
    """By program, the rows of which two regimes may say different things; programs without any are left out."""
    apart = frozenset(one.acts) ^ frozenset(other.acts)
    lists = {name for name, index in one.list_names.items() if any(act in apart for _, act in index.edges)}
    groups = {row.group for row in one.ledger.groups if _hangs_on(row.version, apart)}
    keys = {key for key in one.tracks.keys() | other.tracks.keys() if not same_track(one, other, key)}
    found: dict[str, tuple[Row, ...]] = {}
    for program in one.ledger.programs.values():
        rows = tuple(
            row
            for row in program.rows
            if row.key in keys
            or _hangs_on(row.version, apart)
            or not lists.isdisjoint(lists_of(row.when))
            or not groups.isdisjoint(places_in(row.when))
        )
        if rows:
            found[program.id] = rows
    return found


def bound_alike(one: Regime, other: Regime) -> bool:
    """Whether what binds programs together (interactions, basis rules, groups of countries) is the same under both."""
    ledger = one.ledger
    apart = frozenset(one.acts) ^ frozenset(other.acts)
    binding = [each.version for each in ledger.interactions]
    binding += [each.version for each in ledger.bases] + [each.version for each in ledger.groups]
    return ledger is other.ledger and not any(_hangs_on(version, apart) for version in binding)


def changed_origins(one: Regime, other: Regime, origins: Iterable[str]) -> frozenset[str]:
    """The origins for which two regimes over one ledger may say different things; all where what binds programs differs."""
    origins = frozenset(origins)
    if not bound_alike(one, other):
        return origins
    rows = [row for several in changed_rows(one, other).values() for row in several]
    may_answer = MayAnswer(one)
    return frozenset(origin for origin in origins if any(may_answer(row, origin) for row in rows))


class MayAnswer:
    """Whether a row may ever hold for products of an origin, as far as that hangs on the origin."""

    def __init__(self, regime: Regime) -> None:
        self._regime = regime
        self._groups = sorted({row.group for row in regime.ledger.groups})
        self._members: dict[Instant, dict[str, frozenset[str]]] = {}

    def __call__(self, row: Row, origin: str) -> bool:
        """Whether it may, on any day on which the groups that its condition names change."""
        places = places_in(row.when)
        dated = [member.version for member in self._regime.ledger.groups if member.group in places]
        edges = {ALWAYS, *(version.start for version in dated), *(version.until for version in dated)} - {FOREVER}
        return any(settle_place(row.when, origin, edge, self._at(edge).get) is not False for edge in edges)

    def _at(self, instant: Instant) -> dict[str, frozenset[str]]:
        found = self._members.get(instant)
        if found is None:
            found = {name: self._regime.members(name, instant) or frozenset() for name in self._groups}
            self._members[instant] = found
        return found


def changed_at(one: Regime, other: Regime, row: Row, instants: Sequence[Instant]) -> list[bool]:
    """At which instants a changed row may charge otherwise under two regimes: as it lives, at its rate, or by a court's word."""
    apart = frozenset(one.acts) ^ frozenset(other.acts)
    lists = [one.list_names[name] for name in lists_of(row.when)]
    if _hangs_on(row.version, apart) or any(act in apart for index in lists for _, act in index.edges):
        return [True] * len(instants)
    return [_charged(one, row.key, each) != _charged(other, row.key, each) for each in instants]


def _charged(regime: Regime, key: str, instant: Instant) -> tuple[object, ...]:
    state, void = regime.state(key, instant), regime.void(key, instant)
    return state.live, state.rate, void and void.for_all, regime.collected(key, instant)


def same_track(one: Regime, other: Regime, key: str) -> bool:
    """Whether two regimes say the same of a heading at every instant."""
    ours, theirs = one.tracks.get(key, _NO_TRACK), other.tracks.get(key, _NO_TRACK)
    return ours.says_as(theirs)


def _hangs_on(version: Version, apart: frozenset[str]) -> bool:
    return version.act in apart or version.until_act in apart
