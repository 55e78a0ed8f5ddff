"""What stands inside a condition: the instants at which it changes its mind, the words of a fact and the numbers it knows."""

from __future__ import annotations

from tidewaiter.ledger.conditions import All, AnyOf, Condition, EnteredBefore, Not, OnList, Origin, Prefix, Word
from tidewaiter.ledger.instants import Instant
from tidewaiter.ledger.model import Ledger


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
            return next((found for part in parts if (found := places_of(part)) is not None), None)
    return None


def all_places(condition: Condition) -> frozenset[str]:
    """All origins and groups named anywhere inside the condition."""
    match condition:
        case Origin(places):
            return places
        case Not(part):
            return all_places(part)
        case All(parts) | AnyOf(parts):
            return frozenset().union(*(all_places(part) for part in parts))
    return frozenset()


def lists_of(condition: Condition) -> set[str]:
    """All product lists named inside the condition."""
    match condition:
        case OnList(list_id, _):
            return {list_id}
        case Not(part):
            return lists_of(part)
        case All(parts) | AnyOf(parts):
            return set().union(*(lists_of(part) for part in parts))
    return set()


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


def written_edges(ledger: Ledger) -> frozenset[Instant]:
    """The instants that conditions of headings and bases name; a compiled ledger has them at hand."""
    if ledger.written_edges is None:
        whens = [row.when for program in ledger.programs.values() for row in program.rows]
        whens += [rule.when for rule in ledger.bases]
        ledger.written_edges = frozenset().union(*(condition_edges(when) for when in whens))
    return ledger.written_edges


def named_prefixes(ledger: Ledger) -> tuple[str, ...]:
    """The beginnings of tariff numbers that conditions of headings name; a compiled ledger has them at hand."""
    if ledger.named_prefixes is None:
        rows = (row for program in ledger.programs.values() for row in program.rows)
        ledger.named_prefixes = tuple(sorted(set().union(*(prefixes_of(row.when) for row in rows))))
    return ledger.named_prefixes
