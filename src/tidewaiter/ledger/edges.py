"""The instants at which a condition itself changes its mind (``entered_before``), for cutting time into still intervals."""

from __future__ import annotations

from tidewaiter.ledger.conditions import All, AnyOf, Condition, EnteredBefore, Not
from tidewaiter.ledger.instants import Instant


def condition_edges(condition: Condition) -> set[Instant]:
    """All instants named by ``entered_before`` and ``entered_from`` inside the condition."""
    match condition:
        case EnteredBefore(instant):
            return {instant}
        case Not(part):
            return condition_edges(part)
        case All(parts) | AnyOf(parts):
            return set().union(*(condition_edges(part) for part in parts))
    return set()
