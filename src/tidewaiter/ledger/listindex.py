"""Product lists compiled for looking up one product on one day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from sys import intern

from tidewaiter.ledger.conditions import Match
from tidewaiter.ledger.instants import ALWAYS, FOREVER, Instant
from tidewaiter.ledger.model import ProductList

# start, until, act that put the line there, act that took it off, what it says
_Entry = tuple[Instant, Instant, str, str, Match]


@dataclass(slots=True)
class ListIndex:
    """The rows of one list by prefix, and the days on which the list changes (each with the act that says so)."""

    title: str
    citation: str
    lengths: tuple[int, ...]
    entries: dict[str, tuple[_Entry, ...]]
    edges: frozenset[tuple[Instant, str]]

    @classmethod
    def of(cls, source: ProductList) -> ListIndex:
        """The index of a list as read."""
        entries: dict[str, list[_Entry]] = {}
        matches: dict[Match, Match] = {}
        edges: set[tuple[Instant, str]] = set()
        for row in source.rows:
            version = row.version
            match = Match(intern(row.klass), intern(row.scope), intern(row.claim), intern(version.act), row.share)
            match = matches.setdefault(match, match)
            entries.setdefault(row.prefix, []).append(
                (version.start, version.until, match.act, intern(version.until_act), match)
            )
            edges.add((version.start, match.act))
            edges.add((version.until, version.until_act))
        lengths = tuple(sorted({len(prefix) for prefix in entries}, reverse=True))
        frozen = {prefix: tuple(rows) for prefix, rows in entries.items()}
        return cls(source.title, source.citation, lengths, frozen, frozenset(edges))

    def matches(self, digits: str, instant: Instant, knows: Callable[[str], bool]) -> list[Match]:
        """The rows that cover the number at the instant, longest prefix first.

        A row that depends on a description or a claim does not hide the shorter prefixes behind it; the first
        unconditional one does. Rows with a share speak of the number itself, not of longer ones, and alone where they do.
        """
        found: list[Match] = []
        for length in self.lengths:
            here: list[Match] = []
            for start, until, act, until_act, match in self.entries.get(digits[:length], ()):
                if len(digits) < length or not start <= instant or not knows(act):
                    continue
                if (until <= instant and knows(until_act)) or (match.share is not None and len(digits) > length):
                    continue
                here.append(match)
            shared = [match for match in here if match.share is not None]
            found += shared or here
            if shared or any(not (match.scope or match.claim) for match in here):
                break
        return found

    def covering(self, digits: str) -> tuple[tuple[int, tuple[_Entry, ...]], ...]:
        """All rows that ever cover the number, with the length of their prefix: equal for products treated alike."""
        lengths = [length for length in self.lengths if length <= len(digits)]
        rows = ((length, self.speaking_of(digits[:length], longer=len(digits) > length)) for length in lengths)
        return tuple((length, several) for length, several in rows if several)

    def speaking_of(self, prefix: str, *, longer: bool = False) -> tuple[_Entry, ...]:
        """The rows of a prefix that speak of the number itself, or of ``longer`` ones that begin with it."""
        rows = self.entries.get(prefix, ())
        return tuple(row for row in rows if row[-1].share is None) if longer else rows

    def known_edges(self, knows: Callable[[str], bool]) -> set[Instant]:
        """The instants at which the list changes, as far as known."""
        return {edge for edge, act in self.edges if knows(act)} - {ALWAYS, FOREVER}

    def claims(self) -> set[str]:
        """The claim names that rows of the list depend on."""
        return {match.claim for rows in self.entries.values() for *_, match in rows if match.claim}
