"""What stands inside a condition: the instants at which it changes its mind, the words of a fact and the numbers it knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tidewaiter.ledger.conditions import All, AnyOf, Condition, EnteredBefore, Not, OnList, Origin, Prefix, Word
from tidewaiter.ledger.instants import Instant
from tidewaiter.ledger.model import Ledger


def leaves(condition: Condition) -> Iterator[Condition]:
    """The simple conditions inside a condition, those under a ``not`` included."""
    match condition:
        case Not(part):
            yield from leaves(part)
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from leaves(part)
        case _:
            yield condition


def words_of(condition: Condition, fact: str) -> set[str]:
    """All words of a text fact named inside the condition."""
    words = (leaf.words for leaf in leaves(condition) if isinstance(leaf, Word) and leaf.fact == fact)
    return set().union(*words)


def prefixes_of(condition: Condition) -> set[str]:
    """All beginnings of tariff numbers named inside the condition."""
    return set().union(*(leaf.prefixes for leaf in leaves(condition) if isinstance(leaf, Prefix)))


def lists_of(condition: Condition) -> set[str]:
    """All product lists named inside the condition."""
    return {leaf.list_id for leaf in leaves(condition) if isinstance(leaf, OnList)}


def places_in(condition: Condition) -> set[str]:
    """All countries and groups named inside the condition."""
    return set().union(*(leaf.places for leaf in leaves(condition) if isinstance(leaf, Origin)))


def places_of(condition: Condition) -> frozenset[str] | None:
    """The origins outside which the condition can never hold; ``None`` where it does not say at its top."""
    match condition:
        case Origin(places):
            return places
        case All(parts):
            return next((found for part in parts if (found := places_of(part)) is not None), None)
    return None


def settle_place(
    condition: Condition, origin: str, start: Instant, members: Callable[[str], frozenset[str] | None]
) -> Condition | bool:
    """What an origin and a day leave open of a condition: products and facts. ``members`` gives the countries of a group."""
    match condition:
        case Origin(places):
            return origin in places or any(origin in (members(place) or ()) for place in places)
        case EnteredBefore(instant):
            return start < instant
        case Not(part):
            rest = settle_place(part, origin, start, members)
            return (not rest) if isinstance(rest, bool) else Not(rest)
        case All(parts):
            return _joined(parts, origin, start, members, all_of=True)
        case AnyOf(parts):
            return _joined(parts, origin, start, members, all_of=False)
    return condition


def _joined(
    parts: tuple[Condition, ...],
    origin: str,
    start: Instant,
    members: Callable[[str], frozenset[str] | None],
    all_of: bool,
) -> Condition | bool:
    left: list[Condition] = []
    for part in parts:
        rest = settle_place(part, origin, start, members)
        if rest is (not all_of):
            return rest
        if not isinstance(rest, bool):
            left.append(rest)
    if not left:
        return all_of
    if len(left) == 1:
        return left[0]
    return All(tuple(left)) if all_of else AnyOf(tuple(left))


def condition_edges(condition: Condition) -> set[Instant]:
    """All instants named by ``entered_before`` and ``entered_from`` inside the condition."""
    return {leaf.instant for leaf in leaves(condition) if isinstance(leaf, EnteredBefore)}


def written_edges(ledger: Ledger) -> frozenset[Instant]:
    """The instants that conditions of headings, bases and fees name; a compiled ledger has them at hand."""
    if ledger.written_edges is None:
        whens = [row.when for program in ledger.programs.values() for row in program.rows]
        whens += [rule.when for rule in ledger.bases]
        whens += [fee.when for fee in ledger.fees]
        ledger.written_edges = frozenset().union(*(condition_edges(when) for when in whens))
    return ledger.written_edges


def named_prefixes(ledger: Ledger) -> tuple[str, ...]:
    """The beginnings of tariff numbers that conditions of headings name; a compiled ledger has them at hand."""
    if ledger.named_prefixes is None:
        rows = (row for program in ledger.programs.values() for row in program.rows)
        ledger.named_prefixes = tuple(sorted(set().union(*(prefixes_of(row.when) for row in rows))))
    return ledger.named_prefixes
