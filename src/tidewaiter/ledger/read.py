"""The whole law directory, read, linked and validated: every problem found is reported, with file and line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from tidewaiter.ledger.errors import LawError, Problem
from tidewaiter.ledger.link_refunds import link_problems
from tidewaiter.ledger.model import ALL_PROGRAMS, BASE, Act, Effect, Interaction, Ledger, Version
from tidewaiter.ledger.read_acts import read_act, read_scenario
from tidewaiter.ledger.read_conditions import Context
from tidewaiter.ledger.read_programs import (
    read_bases,
    read_coverage,
    read_facts,
    read_fees,
    read_groups,
    read_interactions,
    read_jurisdictions,
    read_list,
    read_matters,
    read_program,
    read_special,
)
from tidewaiter.ledger.read_refunds import (
    read_contested,
    read_interest,
    read_process,
    read_working_days,
)
from tidewaiter.ledger.refund_law import RefundLaw
from tidewaiter.ledger.targets import Catalogue

T = TypeVar("T")
_COUNTRY = re.compile("[A-Z]{2}")

# Facts that every line has by the contract itself, whatever the law files declare.
CONTRACT_FACTS = frozenset(
    [
        "value",
        "entry_value",
        "loaded_at",
        "exported_at",
        "imported_at",
        "admitted_at",
        "withdrawn_at",
        "items",
        "quantity",
        "quantity_2",
        "transport",
        "spi",
        "ch98",
        "ch98_value",
        "entry_type",
    ]
)


def read_ledger(root: Path) -> Ledger:
    """Read every law file under ``root``. Raises ``LawError`` with all problems at once."""
    reading = _Reading(root)
    ledger = reading.all_files()
    if not reading.problems:
        _link(ledger, reading)
    if reading.problems:
        raise LawError(reading.problems)
    return ledger


class _Reading:
    """Reads file after file, collecting problems instead of stopping at the first."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[Problem] = []
        self.uses: list[Context] = []

    def each(self, pattern: str, read: Callable[[Path, str], T]) -> list[T]:
        """``read`` applied to every file that matches, in order of name."""
        found: list[T] = []
        for path in sorted(self.root.glob(pattern)):
            shown = path.relative_to(self.root).as_posix()
            try:
                found.append(read(path, shown))
            except LawError as error:
                self.problems.extend(error.problems)
        return found

    def keyed(self, items: Iterable[T], of: Callable[[T], tuple[str, str]]) -> dict[str, T]:
        """The items by id; an id that stands twice is a problem."""
        found: dict[str, T] = {}
        for item in items:
            name, file = of(item)
            if name in found:
                self.problems.append(Problem(file, 1, f"id {name!r} stands twice", of(found[name])[1]))
            found[name] = item
        return found

    def all_files(self) -> Ledger:
        ledger = Ledger()
        for jurisdiction, statutes in read_jurisdictions(self.root / "jurisdictions.yaml", "jurisdictions.yaml"):
            ledger.jurisdictions[jurisdiction.code] = jurisdiction
            ledger.zones[jurisdiction.code] = jurisdiction.zone
            ledger.authorities.update(statutes)
        zones = ledger.zones

        # Lists, bases and groups of a country lie in files named after it (us-annex-ii.csv); the prefix gives the zone.
        def into_of(path: Path) -> str:
            country = path.stem.split("-")[0].upper()
            return country if country in zones else "US"

        def zone_for(path: Path) -> str:
            return zones[into_of(path)]

        uses = self.uses
        ledger.acts = self.keyed(
            self.each("acts/*/*.yaml", lambda path, shown: read_act(path, shown, zones)), lambda act: (act.id, act.file)
        )
        ledger.matters = self.keyed(
            _flat(self.each("matters/*.yaml", lambda path, shown: list(read_matters(path, shown)))),
            lambda matter: (matter.id, matter.file),
        )
        ledger.programs = self.keyed(
            self.each("programs/*.yaml", lambda path, shown: read_program(path, shown, zones, uses)),
            lambda program: (program.id, program.file),
        )
        ledger.lists = self.keyed(
            self.each("lists/*.csv", lambda path, shown: read_list(path, shown, zone_for(path))),
            lambda one: (one.id, one.file),
        )
        ledger.interactions = _flat(
            self.each("interactions/*.yaml", lambda path, shown: list(read_interactions(path, shown, zone_for(path))))
        )
        ledger.bases = _flat(
            self.each(
                "bases/*.yaml", lambda path, shown: list(read_bases(path, shown, zone_for(path), uses, into_of(path)))
            )
        )
        ledger.fees = _flat(self.each("fees.yaml", lambda path, shown: list(read_fees(path, shown, zones, uses))))
        names = _flat(self.each("facts/*.yaml", lambda path, shown: list(read_facts(path, shown))))
        ledger.facts = {f"{name.group}:{name.name}": name for name in names}
        ledger.groups = _flat(self.each("groups.yaml", lambda path, shown: list(read_groups(path, shown, zones["US"]))))
        programs = _flat(
            self.each("special_programs.yaml", lambda path, shown: list(read_special(path, shown, zones["US"])))
        )
        by_code = [(code, program) for program in programs for code in program.codes]
        ledger.special = dict(self.keyed(by_code, lambda pair: (pair[0], "special_programs.yaml")).values())
        ledger.coverage = _flat(self.each("coverage.yaml", lambda path, shown: list(read_coverage(path, shown, zones))))
        ledger.scenarios = self.keyed(
            self.each("scenarios/*.yaml", lambda path, shown: read_scenario(path, shown, zones)),
            lambda scenario: (scenario.id, f"scenarios/{scenario.id}.yaml"),
        )
        ledger.refunds = self._refunds(zones)
        return ledger

    def _refunds(self, zones: dict[str, str]) -> RefundLaw:
        """Processes, interest, working days and contested rights: those of the files that there are."""
        processes = self.each("refunds/*.yaml", lambda path, shown: read_process(path, shown, zones))
        interest = self.each("interest.yaml", lambda path, shown: read_interest(path, shown, zones))
        days = self.each("working_days.yaml", lambda path, shown: list(read_working_days(path, shown, zones)))
        return RefundLaw(
            self.keyed(processes, lambda one: (one.id, one.file)),
            {one.into: one for one in interest},
            {one.into: one for one in _flat(days)},
            _flat(self.each("rights.yaml", lambda path, shown: list(read_contested(path, shown)))),
        )


def _flat(parts: list[list[T]]) -> tuple[T, ...]:
    return tuple(item for part in parts for item in part)


def link_acts(acts: Iterable[Act], catalogue: Catalogue, ledger: Ledger, problems: list[Problem]) -> dict[str, Act]:
    """The acts with their targets spelled out as heading keys; unknown targets and references are problems."""
    linked: dict[str, Act] = {}
    for act in acts:
        effects: list[Effect] = []
        for effect in act.effects:
            try:
                effects.append(replace(effect, targets=catalogue.expand(effect.targets)))
            except ValueError as error:
                problems.append(Problem(act.file, effect.line, str(error)))
            if effect.verb == "stay" and effect.ref not in ledger.acts:
                problems.append(Problem(act.file, effect.line, f"no act {effect.ref!r}"))
        for matter in act.matters:
            if matter not in ledger.matters:
                line = next((one.line for one in act.effects if one.ref == matter), 1)
                problems.append(Problem(act.file, line, f"no matter {matter!r}", "declare it in matters/"))
        for question in act.answers:
            if question not in ledger.acts:
                problems.append(Problem(act.file, 1, f"no act {question!r}"))
        try:
            touches = catalogue.expand(act.touches)
        except ValueError as error:
            problems.append(Problem(act.file, 1, str(error)))
            touches = ()
        linked[act.id] = replace(act, effects=tuple(effects), touches=touches)
    return linked


def _link(ledger: Ledger, reading: _Reading) -> None:
    problems = reading.problems
    catalogue = Catalogue.of(ledger.programs.values())
    ledger.acts = link_acts(ledger.acts.values(), catalogue, ledger, problems)
    for scenario_id, scenario in ledger.scenarios.items():
        acts = tuple(link_acts(scenario.acts, catalogue, ledger, problems).values())
        ledger.scenarios[scenario_id] = replace(scenario, acts=acts)
    ledger.interactions = tuple(_linked_interaction(one, catalogue, ledger, problems) for one in ledger.interactions)
    for program in ledger.programs.values():
        if program.authority not in ledger.authorities:
            problems.append(Problem(program.file, 1, f"no authority {program.authority!r} in jurisdictions.yaml"))
    if ledger.refunds is not None:
        problems += link_problems(ledger.refunds, ledger.acts, ledger.matters, ledger.programs, ledger.authorities)
    _check_acts_exist(ledger, problems)
    _check_names(ledger, reading)


def _linked_interaction(one: Interaction, catalogue: Catalogue, ledger: Ledger, problems: list[Problem]) -> Interaction:
    try:
        over = frozenset(catalogue.expand(sorted(one.over)))
        yields: list[str] = []
        for name in one.yields:
            yields.extend([name] if name in ledger.programs else catalogue.expand((name,)))
    except ValueError as error:
        problems.append(Problem(one.file, one.line, str(error)))
        return one
    return replace(one, over=over, yields=tuple(yields), report=one.report.partition("/")[2] or one.report)


def _check_acts_exist(ledger: Ledger, problems: list[Problem]) -> None:
    """Every dated row names acts that exist; a list line always does (no list line without an act)."""
    missing: dict[tuple[str, str], list[int]] = {}
    for version, file, line in _dated_rows(ledger):
        for act in {version.act, version.until_act}:
            if act and act not in ledger.acts:
                missing.setdefault((act, file), []).append(line)
    for (act, file), lines in missing.items():
        more = f" (and {len(lines) - 1} more lines)" if len(lines) > 1 else ""
        problems.append(Problem(file, lines[0], f"no act {act!r}{more}"))
    known = {BASE, ALL_PROGRAMS, *ledger.programs}
    for rule in ledger.bases:
        for name in rule.programs - known:
            problems.append(Problem(f"bases ({rule.id})", 1, f"no program {name!r}"))


def _dated_rows(ledger: Ledger) -> Iterator[tuple[Version, str, int]]:
    """Every row that has a version, with where it stands."""
    for program in ledger.programs.values():
        yield from ((row.version, program.file, row.line) for row in program.rows)
    for one in ledger.lists.values():
        yield from ((row.version, one.file, row.line) for row in one.rows)
    yield from ((one.version, one.file, one.line) for one in ledger.interactions)
    yield from ((rule.version, f"bases ({rule.id})", 1) for rule in ledger.bases)
    yield from ((row.version, f"groups.yaml ({row.group})", 1) for row in ledger.groups)
    for special in ledger.special.values():
        yield from ((row.version, f"special_programs.yaml ({row.group})", 1) for row in special.members)


def _check_names(ledger: Ledger, reading: _Reading) -> None:
    """Every name under claim, scope, fact, share or portion is declared; every list and class that is asked exists."""
    groups = {row.group for row in ledger.groups}
    classes = {name: {row.klass for row in one.rows} for name, one in ledger.lists.items()}
    for context in reading.uses:
        for group, name, where in context.names_used:
            if f"{group}:{name}" not in ledger.facts and name not in CONTRACT_FACTS:
                reading.problems.append(Problem(where.file, where.line, f"{name!r} is not declared under {group}:"))
        for place, where in context.places_used:
            if place not in groups and not _COUNTRY.fullmatch(place):
                reading.problems.append(Problem(where.file, where.line, f"no country or group {place!r}"))
        for list_id, klass, where in context.lists_used:
            if list_id not in classes:
                reading.problems.append(Problem(where.file, where.line, f"no product list {list_id!r}"))
            elif klass and klass not in classes[list_id]:
                reading.problems.append(Problem(where.file, where.line, f"list {list_id!r} has no class {klass!r}"))
    for matter in ledger.matters.values():
        for place in sorted(matter.concerns):
            if place not in groups and not _COUNTRY.fullmatch(place):
                reading.problems.append(Problem(matter.file, matter.line, f"no country or group {place!r}"))
    for one in ledger.lists.values():
        for row in one.rows:
            if row.scope and f"scopes:{row.scope}" not in ledger.facts:
                reading.problems.append(Problem(one.file, row.line, f"scope {row.scope!r} is not declared"))
