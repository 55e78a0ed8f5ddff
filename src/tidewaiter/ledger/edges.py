"""What stands inside a condition: the instants at which it changes its mind, the words of a fact and the numbers it knows."""

from __future__ import annotations

from tidewaiter.ledger.conditions import All, AnyOf, Condition, EnteredBefore, Not, Origin, Prefix, Word
from tidewaiter.ledger.instants import Instant


def words_of(condition: Condition, fact: str) -> set[str]:
    """All words of a text fact named inside the condition."""
    match condition:
        case Word(name, words, _):
            return set(words) if name == fact else set()
        case Not(part):
            return words_of(part, fact)
        case All(parts) | AnyOf(parts):
            return set().union(*(words_of(part, fact) for part in parts))
    return set()


def prefixes_of(condition: Condition) -> set[str]:
    """All beginnings of tariff numbers named inside the condition."""
    match condition:
        case Prefix(prefixes):
            return set(prefixes)
        case Not(part):
            return prefixes_of(part)
        case All(parts) | AnyOf(parts):
            return set().union(*(prefixes_of(part) for part in parts))
    return set()


def places_of(condition: Condition) -> frozenset[str] | None:
    """The origins outside which the condition can never hold; ``None`` where it does not say at its top."""
    match condition:
        case Origin(places):
            return places
        case All(parts):
            said = [places for part in parts if (places := places_of(part)) is not None]
            return said[0] if said else None
    return None


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
