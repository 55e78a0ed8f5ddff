"""A regime: what the ledger says, seen from a day of knowledge and under a scenario. Immutable once made."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from tidewaiter.ledger.conditions import Condition, Match
from tidewaiter.ledger.edges import condition_edges, named_prefixes, places_of, words_of, written_edges
from tidewaiter.ledger.fold import Said, State, Track, fold, stayed_acts
from tidewaiter.ledger.instants import ALWAYS, FOREVER, Instant
from tidewaiter.ledger.listindex import ListIndex
from tidewaiter.ledger.model import (
    CHARGING_KINDS,
    Act,
    BasisRule,
    Fee,
    Interaction,
    Ledger,
    Program,
    Row,
    Scenario,
    Version,
)
from tidewaiter.ledger.order import order_programs

LAW = "law"
_DEAD = State(ALWAYS, FOREVER, False, "", ())


@dataclass(frozen=True, slots=True)
class Candidate:
    """A heading that may answer for a product and origin in an interval: its row, its state, and what is left to judge."""

    row: Row
    state: State
    rest: Condition | None
    acts: tuple[str, ...]
    share: Fraction | None = None
    """What share of the tariff lines below a short number the heading covers (``None``: all of them)."""

    @property
    def takes_all(self) -> bool:
        """Whether nothing is left to the headings behind it, whatever the facts."""
        return self.rest is None and self.share is None and self.row.portion.kind == "rest"


@dataclass(frozen=True, slots=True)
class ProgramLaw:
    """What one program says about a product and origin in an interval: its candidates, in waterfall order."""

    program: Program
    candidates: tuple[Candidate, ...]


Law = tuple[ProgramLaw, ...]
Yielding = dict[str, tuple[Interaction, ...]]


class Regime:
    """The ledger folded: asked for the law on a product, an origin and an instant."""

    def __init__(self, ledger: Ledger, indexes: dict[str, ListIndex], known_on: str, scenario: Scenario) -> None:
        self.ledger = ledger
        self.known_on = known_on
        self.scenario = scenario
        self._indexes = indexes
        folded = {"published", "reported"} if scenario.include_reported else {"published"}
        known = [act for act in ledger.acts.values() if act.announced <= known_on and act.confidence in folded]
        # A hypothesis folds after all that is known, whatever day it gives itself.
        known += [_after(act, known_on) for act in scenario.acts]
        self.acts: dict[str, Act] = {act.id: act for act in known}
        self.tracks: dict[str, Track] = fold(known)
        self.stayed = frozenset(stayed_acts(known))
        self._classes: dict[tuple[Hashable, ...], int] = {}
        self._class_of: dict[tuple[str, str], int] = {}
        self._lists_of: dict[str, tuple[ListIndex, ...]] = {}
        self._rows_for: dict[tuple[str, str], tuple[Row, ...]] = {}
        self._laws: dict[tuple[int, str, int], Law] = {}
        self._same: dict[ProgramLaw, ProgramLaw] = {}
        self._same_law: dict[Law, Law] = {}
        self._members: dict[tuple[str, int], frozenset[str] | None] = {}
        self._programs_at: dict[int, tuple[Program, ...]] = {}
        self._orders: dict[tuple[int, ...], tuple[Program, ...]] = {}
        self._yields_at: dict[int, Yielding] = {}
        self._same_yields: dict[tuple[int, ...], Yielding] = {}

    @classmethod
    def load(cls, known_on: str | None = None, scenario: str = LAW) -> Regime:
        """The shipped law as known on a day (ISO date; default: everything in the ledger) under a scenario.

        ``scenario`` is the name of a shipped one (``law``, ``as-reported`` ...) or the path of a YAML file.
        Raises ``LawError`` for a scenario that cannot be read.
        """
        from tidewaiter.ledger.snapshot import load_regime

        return load_regime(known_on, scenario)

    def under(self, scenario: Scenario) -> Regime:
        """The same ledger on the same day of knowledge, under another scenario."""
        return Regime(self.ledger, self._indexes, self.known_on, scenario)

    def seen_from(self, known_on: str) -> Regime:
        """The same ledger and scenario, seen from another day."""
        return Regime(self.ledger, self._indexes, known_on, self.scenario)

    def knows(self, act: str) -> bool:
        """Whether the act is part of what is known; the empty name stands for what needs no act."""
        return not act or act in self.acts

    def zone(self, into: str) -> str:
        """The time zone in which the law of the importing country is written."""
        return self.ledger.zones[into]

    def state(self, key: str, instant: Instant) -> State:
        """The state of a heading at an instant."""
        track = self.tracks.get(key)
        return track.at(instant) if track else _DEAD

    def void(self, key: str, instant: Instant) -> Said | None:
        """The court's word on what was assessed under a heading for entries of that instant, if any."""
        track = self.tracks.get(key)
        return track.void.at(instant) if track else None

    @cached_property
    def voided(self) -> tuple[str, ...]:
        """The headings of which a court has said anything, at whatever time, in order."""
        return tuple(sorted(key for key, track in self.tracks.items() if any(track.void.values)))

    def collected(self, key: str, entered: Instant) -> bool:
        """Whether customs collects under a heading on entries of that instant, whenever their law was fixed."""
        track = self.tracks.get(key)
        return track is None or not track.uncollected.at(entered)

    def in_force(self, version: Version, instant: Instant) -> bool:
        """Whether a dated row is law at the instant, as far as known."""
        if not (self.knows(version.act) and version.start <= instant):
            return False
        return instant < version.until or not self.knows(version.until_act)

    def matches(self, list_id: str, digits: str, instant: Instant) -> list[Match]:
        """The rows of a product list that cover the number."""
        return self._indexes[list_id].matches(digits, instant, self.knows)

    def fees(self, into: str) -> list[Fee]:
        """The fees of an importing country, in the order of the law's data."""
        return [fee for fee in self.ledger.fees if fee.into == into]

    def lists_of(self, into: str) -> dict[str, ListIndex]:
        """The product lists of an importing country: all but those named after another one."""
        others = tuple(f"{country.lower()}-" for country in self.ledger.zones if country != into)
        return {name: index for name, index in self._indexes.items() if not name.startswith(others)}

    def zone_of_list(self, name: str) -> str:
        """The time zone in which a product list is written."""
        return self.zone(next(into for into in self.ledger.zones if name in self.lists_of(into)))

    @property
    def list_names(self) -> dict[str, ListIndex]:
        """The product lists by name."""
        return self._indexes

    @cached_property
    def ch98_numbers(self) -> frozenset[str]:
        """The chapter 98 numbers for which the law's data says what value a program sees."""
        return frozenset(word for rule in self.ledger.bases for word in words_of(rule.when, "ch98"))

    @cached_property
    def list_claims(self) -> frozenset[str]:
        """The claims on which rows of product lists depend (exclusion items)."""
        return frozenset(name for index in self._indexes.values() for name in index.claims())

    def members(self, group: str, instant: Instant) -> frozenset[str] | None:
        """The countries of a group at the instant; ``None`` if there is no such group."""
        key = (group, self.interval(instant))
        if key not in self._members:
            rows = self._groups.get(group)
            inside = (country for country, version in rows or () if self.in_force(version, instant))
            self._members[key] = None if rows is None else frozenset(inside)
        return self._members[key]

    @cached_property
    def _groups(self) -> dict[str, list[tuple[str, Version]]]:
        groups: dict[str, list[tuple[str, Version]]] = {}
        for row in self.ledger.groups:
            groups.setdefault(row.group, []).append((row.country, row.version))
        return groups

    @cached_property
    def cuts(self) -> list[Instant]:
        """Every instant at which any law known changes, in order: between two of them the law stands still."""
        edges = set(written_edges(self.ledger)).union(*map(self._edges, self.ledger.zones))
        return sorted(edges - {ALWAYS, FOREVER})

    def _edges(self, into: str) -> set[Instant]:
        """The instants at which the law of an importing country changes, those that conditions name left out."""
        own = f"{into.lower()}/"
        edges = {edge for key, track in self.tracks.items() if key.startswith(own) for edge in track.edges()}
        for index in self.lists_of(into).values():
            edges |= index.known_edges(self.knows)
        versions = [row.version for row in self._rows_into(into)]
        versions += [one.version for one in self.ledger.interactions if any(key.startswith(own) for key in one.over)]
        versions += [rule.version for rule in self.ledger.bases if rule.into in ("", into)]
        versions += [row.version for row in self.ledger.groups]
        for version in versions:
            if self.knows(version.act):
                edges.add(version.start)
                if self.knows(version.until_act):
                    edges.add(version.until)
        return edges | {coverage.start for coverage in self.ledger.coverage if coverage.into == into}

    def _rows_into(self, into: str) -> Iterator[Row]:
        return (row for program in self.ledger.programs.values() if program.into == into for row in program.rows)

    def stands_since(self, into: str, instant: Instant) -> Instant:
        """Since when the law of an importing country has stood as it does at an instant."""
        whens = [row.when for row in self._rows_into(into)]
        whens += [rule.when for rule in self.ledger.bases if rule.into in ("", into)]
        whens += [fee.when for fee in self.fees(into)]
        edges = self._edges(into).union(*map(condition_edges, whens))
        return max((edge for edge in edges if edge <= instant), default=ALWAYS)

    def interval(self, instant: Instant) -> int:
        """The number of the interval without change in which the instant lies."""
        return bisect_right(self.cuts, instant)

    def interval_start(self, interval: int) -> Instant:
        """The first instant of an interval."""
        return self.cuts[interval - 1] if interval else ALWAYS

    def rows_for(self, program: Program, origin: str) -> tuple[Row, ...]:
        """The program's rows that may ever hold for an origin: most rows of a country measure are for another country."""
        key = (program.id, origin)
        found = self._rows_for.get(key)
        if found is None:
            rows = (row for row in program.rows if self._may_hold(row, origin))
            found = self._rows_for[key] = tuple(rows)
        return found

    def _may_hold(self, row: Row, origin: str) -> bool:
        places = places_of(row.when)
        if places is None or origin in places:
            return True
        return any(origin == country for place in places for country, _ in self._groups.get(place, ()))

    def product_class(self, digits: str, into: str = "US") -> int:
        """A number for how an importing country's law treats a product: those that the same list rows ever cover share it."""
        key = (digits, into)
        found = self._class_of.get(key)
        if found is None:
            lists = self._lists_of.get(into)
            if lists is None:
                lists = self._lists_of[into] = tuple(self.lists_of(into).values())
            listed = tuple(index.covering(digits) for index in lists)
            named = tuple(digits.startswith(prefix) for prefix in self._named_prefixes)
            found = self._class_of[key] = self._classes.setdefault((into, listed, named), len(self._classes))
        return found

    @cached_property
    def _named_prefixes(self) -> list[str]:
        """The beginnings of numbers that conditions name themselves (chapters, mostly)."""
        return list(named_prefixes(self.ledger))

    def law(self, digits: str, origin: str, into: str, interval: int) -> Law:
        """What every program says about a product and origin in an interval; equal answers are one object."""
        key = (self.product_class(digits, into), origin + into, interval)
        found = self._laws.get(key)
        if found is None:
            start = self.interval_start(interval)
            view = _View(self, digits, origin, start)
            parts = [view.program(program) for program in self.programs(interval) if program.into == into]
            law = tuple(self._same.setdefault(part, part) for part in parts if part is not None)
            found = self._laws[key] = self._same_law.setdefault(law, law)
        return found

    def holding(self, program: Program, digits: str, origin: str, interval: int) -> list[Candidate]:
        """Every heading of a program that may answer here, those hidden behind an earlier one that takes all included."""
        view = _View(self, digits, origin, self.interval_start(interval))
        return list(view.candidates(program))

    def candidate(
        self, row: Row, state: State, when: Condition | bool, digits: str, origin: str, instant: Instant
    ) -> Candidate | None:
        """A heading that lives for the origin at the instant, given what is left of its condition; ``None`` if it says nothing
        of the product."""
        return _View(self, digits, origin, instant).candidate(row, state, when)

    def programs(self, interval: int) -> tuple[Program, ...]:
        """The programs in an order in which whoever wins an interaction is asked before whoever yields."""
        found = self._programs_at.get(interval)
        if found is None:
            several = self.interactions(interval)
            key = tuple(id(one) for one in several)
            if key not in self._orders:
                self._orders[key] = tuple(order_programs(self.ledger.programs, several))
            found = self._programs_at[interval] = self._orders[key]
        return found

    def interactions(self, interval: int) -> list[Interaction]:
        """The interactions that are law in an interval."""
        start = self.interval_start(interval)
        return [one for one in self.ledger.interactions if self.in_force(one.version, start)]

    def yielding(self, interval: int) -> Yielding:
        """The interactions in an interval by who yields (a program id, or a heading key); equal answers are one object."""
        found = self._yields_at.get(interval)
        if found is None:
            several = self.interactions(interval)
            by_who: dict[str, tuple[Interaction, ...]] = {}
            for one in several:
                for who in one.yields:
                    by_who[who] = (*by_who.get(who, ()), one)
            same = self._same_yields.setdefault(tuple(id(one) for one in several), by_who)
            found = self._yields_at[interval] = same
        return found

    def open_rules(
        self, digits: str, origin: str, into: str, interval: int
    ) -> list[tuple[BasisRule, Condition | None]]:
        """The basis rules that may hold for a product and origin in an interval, with what is left to judge."""
        start = self.interval_start(interval)
        left: list[tuple[BasisRule, Condition | None]] = []
        for rule in self.ledger.bases:
            if rule.into not in ("", into):
                continue
            rest = self.in_force(rule.version, start) and self.settle(rule.when, digits, origin, start)
            if rest is not False:
                left.append((rule, None if rest is True else rest))
        return left

    def settle(self, condition: Condition, digits: str, origin: str, instant: Instant) -> Condition | bool:
        """What the product, origin and day leave open of a condition that belongs to no heading (fees, bases)."""
        return condition.specialise(_View(self, digits, origin, instant))

    @cached_property
    def reported(self) -> Regime | None:
        """The same day of knowledge with what is only reported folded in; ``None`` where nothing is."""
        if self.scenario.id != LAW:
            return None
        if not self.only_reported:
            return None
        shipped = self.ledger.scenarios.values()
        return self.under(next(one for one in shipped if one.include_reported and not one.acts))

    @cached_property
    def only_reported(self) -> frozenset[str]:
        """The headings that acts which are only reported, and known by now, would change."""
        return frozenset(
            target
            for act in self.ledger.acts.values()
            if act.confidence == "reported" and act.announced <= self.known_on
            for effect in act.effects
            for target in effect.targets
        )


def _after(act: Act, known_on: str) -> Act:
    from dataclasses import replace

    return replace(act, announced=max(act.announced, known_on), sequence=1_000_000 + act.sequence)


def cut(program: Program, candidates: Iterable[Candidate | None]) -> ProgramLaw | None:
    """What a program says, given its candidates in waterfall order: those up to the first that takes all that is left, whatever
    the facts; ``None`` if there is none."""
    found: list[Candidate] = []
    for candidate in candidates:
        if candidate is None:
            continue
        found.append(candidate)
        if candidate.takes_all:
            break
    return ProgramLaw(program, tuple(found)) if found else None


class _View:
    """Product, origin and interval, as conditions see them while a heading is specialised."""

    __slots__ = ("_share", "_used", "code", "digits", "origin", "regime", "start")

    def __init__(self, regime: Regime, digits: str, origin: str, start: Instant) -> None:
        self.regime = regime
        self.digits = digits
        self.origin = origin
        self.start = start
        self.code = ""
        self._used: dict[str, None] = {}
        self._share: Fraction | None = None

    def matches(self, list_id: str) -> Sequence[Match]:
        return self.regime.matches(list_id, self.digits, self.start)

    def members(self, group: str) -> frozenset[str] | None:
        return self.regime.members(group, self.start)

    def used(self, act: str) -> None:
        self._used[act] = None

    def shared(self, share: Fraction) -> None:
        self._share = share

    def program(self, program: Program) -> ProgramLaw | None:
        """The program's candidates here, or ``None`` if it has none."""
        return cut(program, self.candidates(program))

    def candidates(self, program: Program) -> Iterator[Candidate]:
        """The program's headings that may answer here, in waterfall order."""
        for row in self.regime.rows_for(program, self.origin):
            state = self.regime.state(row.key, self.start)
            if state.live and self.regime.in_force(row.version, self.start):
                candidate = self.candidate(row, state, row.when)
                if candidate is not None:
                    yield candidate

    def candidate(self, row: Row, state: State, when: Condition | bool) -> Candidate | None:
        """The heading, if its condition (or what is left of it) may hold here."""
        self.code = row.code
        self._used = {}
        self._share = None
        rest = when if isinstance(when, bool) else when.specialise(self)
        if rest is False:
            return None
        # What is relieved is relieved whole: which of the tariff lines are listed no longer matters.
        share = self._share if row.kind in CHARGING_KINDS else None
        return Candidate(row, state, None if rest is True else rest, tuple(self._used), share)
