"""What the law of refunds names must be there: acts, authorities, matters, clocks, programs, processes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tidewaiter.ledger.errors import Problem
from tidewaiter.ledger.refund_law import Clock, Contested, Passed, RefundLaw, RefundProcess, Route, Stands

Names = frozenset[str]


def link_problems(
    law: RefundLaw,
    acts: Iterable[str],
    matters: Iterable[str],
    programs: Iterable[str],
    authorities: Iterable[str],
) -> Iterator[Problem]:
    """What the files name and the ledger, or the same file, lacks."""
    known_matters = frozenset(matters)
    for process in law.processes.values():
        yield from _unknown(process, frozenset(acts), frozenset(authorities))
        for route in process.routes:
            yield from _unknown_of(route, process, known_matters)
        if process.into not in law.working_days and any(_works(one) for one in process.clocks):
            yield Problem(process.file, 1, f"working_days.yaml does not know {process.into}")
        yield from _doubled(process)
        yield from _unknown_cliffs(process)
    for right in law.contested:
        yield from _unknown_right(right, law, frozenset(programs), known_matters)


def _unknown(process: RefundProcess, acts: Names, authorities: Names) -> Iterator[Problem]:
    """Acts and authorities that are not there."""
    for version, line in process.versions():
        for act in sorted({version.act, version.until_act} - {""} - acts):
            yield Problem(process.file, line, f"no act {act!r}")
    for served in process.serves:
        if served.authority not in authorities:
            yield Problem(process.file, served.line, f"no authority {served.authority!r} in jurisdictions.yaml")


def _unknown_of(route: Route, process: RefundProcess, matters: Names) -> Iterator[Problem]:
    """Clocks and matters of a route that are not there, or on which no condition can hang."""
    clocks = {one.id for one in process.clocks}
    parts = list(route.when.parts())
    named = {one.clock for one in parts if isinstance(one, Passed)}
    for clock in sorted((named | {*route.deadlines, route.settlement}) - {""} - clocks):
        yield Problem(process.file, route.line, f"no clock {clock!r}")
    for clock in sorted(named & clocks):
        if not _counts(process, clock):
            yield Problem(process.file, route.line, f"no condition can hang on the clock {clock!r}")
    for matter in sorted({one.matter for one in parts if isinstance(one, Stands)} - matters):
        yield Problem(process.file, route.line, f"no matter {matter!r}", "declare it in matters/")


def _unknown_cliffs(process: RefundProcess) -> Iterator[Problem]:
    """Cliffs that stand in for a clock that is not there."""
    clocks = {one.id for one in process.clocks}
    for clock in process.clocks:
        if clock.cliff and clock.cliff.instead_of and clock.cliff.instead_of not in clocks:
            yield Problem(process.file, clock.line, f"no clock {clock.cliff.instead_of!r}")


def _unknown_right(right: Contested, law: RefundLaw, programs: Names, matters: Names) -> Iterator[Problem]:
    """Programs, the case, the process and clocks of a contested right that are not there."""
    for program in sorted(set(right.programs) - programs):
        yield Problem(right.file, right.line, f"no program {program!r}")
    if right.case and right.case not in matters:
        yield Problem(right.file, right.line, f"no matter {right.case!r}", "declare it in matters/")
    process = law.processes.get(right.process)
    if process is None:
        yield Problem(right.file, right.line, f"no process {right.process!r}")
        return
    for clock in sorted(set(right.clocks) - {one.id for one in process.clocks}):
        yield Problem(right.file, right.line, f"no clock {clock!r} in {right.process}")


def _counts(process: RefundProcess, clock: str) -> bool:
    """Whether a condition can hang on the clock: days or years from one day of the entry, whatever its type."""
    found = [one for one in process.clocks if one.id == clock]
    plain = (one.days is not None or one.years is not None for one in found)
    return (
        all(plain)
        and len({one.after for one in found}) == 1 == len(found[0].after)
        and not any(one.types for one in found)
    )


def _doubled(process: RefundProcess) -> Iterator[Problem]:
    """A route, a caution or a clock that stands twice for the same time (and the same types of entry)."""
    rows = [("route", one.id, frozenset[str](), one.version, one.line) for one in process.routes]
    rows += [("caution", one.id, frozenset[str](), one.version, one.line) for one in process.cautions]
    rows += [("clock", one.id, one.types, one.version, one.line) for one in process.clocks]
    seen = set()
    for what, name, types, version, line in rows:
        if (what, name, types, version) in seen:
            yield Problem(process.file, line, f"the {what} {name!r} stands twice")
        seen.add((what, name, types, version))


def _works(clock: Clock) -> bool:
    return clock.working_days is not None or clock.working_day_of_next_month is not None
