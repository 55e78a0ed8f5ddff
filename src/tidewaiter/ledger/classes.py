"""What a program tells apart: the products, origins and instants between which its answers can differ.

The law treats most origins alike, and most products. To try a program on everything it is enough to try it on one product
of each class, one origin of each class, and once between two changes.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from tidewaiter.ledger.edges import condition_edges, lists_of, places_in, prefixes_of
from tidewaiter.ledger.instants import ALWAYS, FOREVER, Instant
from tidewaiter.ledger.model import ANYWHERE, Program, Row
from tidewaiter.ledger.regime import Regime

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Cell:
    """One origin of a class, the products and the instants that the program's rows for it tell apart."""

    origin: str
    products: tuple[str, ...]
    instants: tuple[Instant, ...]


def cells(regime: Regime, program: Program, products: Iterable[str], origins: Iterable[str]) -> Iterator[Cell]:
    """One origin of each class that the program tells apart, each with what is to be tried on it."""
    products = list(products)
    for origin in origins_apart(regime, program, origins):
        rows = regime.rows_for(program, origin)
        if rows:
            yield Cell(origin, tuple(products_apart(regime, rows, products)), instants_apart(regime, rows))


def origins_apart(regime: Regime, program: Program, origins: Iterable[str]) -> list[str]:
    """One origin of each class: those of a class are named by the same conditions, themselves or by the same dated groups."""
    places = frozenset().union(*(places_in(row.when) for row in program.rows))
    groups = [row for row in regime.ledger.groups if row.group in places]

    def kind(origin: str) -> Hashable:
        members = ((row.group, row.version) for row in groups if row.country == origin)
        return (origin if origin in places else "", frozenset(members))

    return one_of_each(origins, kind)


def products_apart(regime: Regime, rows: Iterable[Row], products: Iterable[str]) -> list[str]:
    """One product of each class: those of a class stand on the same lines of the lists, and begin with the same digits."""
    whens = [row.when for row in rows]
    lists = [regime.list_names[name] for name in sorted(set().union(*map(lists_of, whens)))]
    prefixes = sorted(set().union(*map(prefixes_of, whens)))

    def kind(digits: str) -> Hashable:
        listed = tuple(index.covering(digits) for index in lists)
        return (listed, tuple(digits.startswith(prefix) for prefix in prefixes))

    return one_of_each(products, kind)


def instants_apart(regime: Regime, rows: Iterable[Row]) -> tuple[Instant, ...]:
    """The first instant of each stretch of time in which nothing changes for the rows."""
    edges: set[Instant] = {ALWAYS}
    for row in rows:
        track = regime.tracks.get(row.key)
        edges |= track.edges() if track else set()
        edges |= {row.version.start, row.version.until} | condition_edges(row.when)
        for name in lists_of(row.when):
            edges |= regime.list_names[name].known_edges(regime.knows)
        places = places_in(row.when)
        for member in regime.ledger.groups:
            if member.group in places:
                edges |= {member.version.start, member.version.until}
    return tuple(sorted(edges - {FOREVER}))


def covered_origins(regime: Regime, into: str, origins: Iterable[str]) -> list[str]:
    """Those of the origins for which the additional duties of an importing country are known."""
    known = {origin for row in regime.ledger.coverage if row.into == into for origin in row.origins}
    return sorted(origin for origin in origins if origin in known or ANYWHERE in known)


def named_origins(regime: Regime) -> frozenset[str]:
    """Every origin that the law's data names: in coverage, in groups, or in the condition of a heading."""
    rows = (row for program in regime.ledger.programs.values() for row in program.rows)
    groups = {row.group for row in regime.ledger.groups}
    named = frozenset().union(*(places_in(row.when) for row in rows), *(one.origins for one in regime.ledger.coverage))
    return (named | {row.country for row in regime.ledger.groups}) - groups - {ANYWHERE}


def one_of_each(several: Iterable[T], kind: Callable[[T], Hashable]) -> list[T]:
    """The first of each kind, in order."""
    found: dict[Hashable, T] = {}
    for one in several:
        found.setdefault(kind(one), one)
    return list(found.values())
