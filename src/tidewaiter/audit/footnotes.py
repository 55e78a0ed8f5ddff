"""The footnotes "See 9903.88.15." of tariff lines, held against the product lists whose classes are headings."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from itertools import groupby

from tidewaiter.audit import difference as kinds
from tidewaiter.audit.difference import Difference
from tidewaiter.audit.printed import Printed
from tidewaiter.audit.scope import FootnotedList
from tidewaiter.ledger.instants import Instant
from tidewaiter.ledger.regime import Regime
from tidewaiter.schedule.numbers import dotted

NONE = "none"
DESCRIBED = "?"
"""Marks a heading that covers only a described article."""
_EIGHT = 8
_Sides = tuple[frozenset[str], frozenset[str]]


class ListSide:
    """What a list of the ledger says of a number: the headings, by number and by interval in which it stands still."""

    def __init__(self, regime: Regime, listed: FootnotedList) -> None:
        self._regime = regime
        self._list = listed
        self.named = frozenset(listed.headings)
        self._cuts = sorted(regime.list_names[listed.id].known_edges(regime.knows))
        self._said: dict[tuple[str, int], frozenset[str]] = {}

    def headings(self, digits: str, instant: Instant) -> frozenset[str]:
        """The headings on whose list the number stands."""
        key = (digits, bisect_right(self._cuts, instant))
        if key not in self._said:
            self._said[key] = frozenset(self._find(digits, instant))
        return self._said[key]

    def _find(self, digits: str, instant: Instant) -> Iterator[str]:
        for match in self._regime.matches(self._list.id, digits, instant):
            if self._list.holds(match.klass):
                yield match.klass + (DESCRIBED if match.scope or match.claim else "")


def footnote_differences(printed: Printed, ledger: ListSide) -> Iterator[Difference]:
    """Every tariff line on which footnote and list disagree; 8 digits where all lines below disagree alike."""
    for eight, below in groupby(printed.named_on_lines(ledger.named), key=lambda line: line[0][:_EIGHT]):
        sides = {number: (named, ledger.headings(number, printed.instant)) for number, named in below}
        if all(named == listed for named, listed in sides.values()):
            continue
        for number, (named, listed) in _together(eight, sides).items():
            if named != listed:
                kind = _kind(named, listed)
                yield Difference(
                    printed.name, printed.place, printed.on, kind, dotted(number), _said(named), _said(listed)
                )


def _together(eight: str, sides: Mapping[str, _Sides]) -> Mapping[str, _Sides]:
    return {eight: next(iter(sides.values()))} if len(set(sides.values())) == 1 else sides


def _kind(named: frozenset[str], listed: frozenset[str]) -> str:
    if not listed:
        return kinds.FOOTNOTE_WITHOUT_LIST
    return kinds.FOOTNOTE_DIFFERS if named else kinds.LIST_WITHOUT_FOOTNOTE


def _said(headings: frozenset[str]) -> str:
    return " ".join(sorted(headings)) or NONE
