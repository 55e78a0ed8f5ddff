"""The order in which programs are asked: whoever wins an interaction before whoever yields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

from tidewaiter.ledger.model import Interaction, Program


def order_programs(programs: Mapping[str, Program], interactions: Iterable[Interaction]) -> list[Program]:
    """The programs sorted so that winners come first, then by reporting order.

    Raises ``graphlib.CycleError`` if two programs each yield to the other at one instant (a fault of the law's data that
    ``law check`` reports).
    """
    home = {row.key: program.id for program in programs.values() for row in program.rows}
    before: dict[str, set[str]] = {program: set() for program in programs}
    for one in interactions:
        for who in one.yields:
            yielding = home.get(who, who)
            before[yielding].update(home[key] for key in one.over if key in home and home[key] != yielding)
    sorter = TopologicalSorter(before)
    sorter.prepare()
    ordered: list[Program] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=lambda name: (programs[name].reporting_order, name))
        ordered.extend(programs[name] for name in ready)
        sorter.done(*ready)
    return ordered


def cycle_among(programs: Mapping[str, Program], interactions: Iterable[Interaction]) -> list[str] | None:
    """The programs of a cycle, or ``None``."""
    try:
        order_programs(programs, interactions)
    except CycleError as error:
        return list(error.args[1])
    return None
