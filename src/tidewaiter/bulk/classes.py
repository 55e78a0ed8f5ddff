"""Classes: products that the law's lists treat alike, and origins that its places and groups treat alike.

Both depend on the ledger alone, not on the day of knowledge or the scenario, so every regime shares them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

import numpy as np

from tidewaiter.bulk.arrays import Ints
from tidewaiter.ledger.edges import named_prefixes, places_in
from tidewaiter.ledger.model import Ledger
from tidewaiter.ledger.regime import Regime


class ProductClasses:
    """Numbers (digits) by class; a class is known by one representative number.

    Two numbers share a class if the same rows of every product list cover them, and the same of the beginnings of numbers that
    conditions name.
    """

    def __init__(self, regime: Regime, into: str) -> None:
        lists = regime.lists_of(into)
        self._lists = list(lists.values())
        self._place = {name: place for place, name in enumerate(lists)}
        self._named = named_prefixes(regime.ledger)
        self._of: dict[str, int] = {}
        self._index: dict[tuple[int, ...], int] = {}
        self._marks: dict[object, int] = {}
        self._covering: list[list[tuple[int, ...]]] = []
        self.representatives: list[str] = []

    def __len__(self) -> int:
        return len(self.representatives)

    def covering(self, name: str) -> list[tuple[int, ...]]:
        """By class: what rows of a list ever cover it, as numbers."""
        if not self._covering or len(self._covering[0]) < len(self):
            places = [what[0] if isinstance(what, tuple) else None for what in self._marks]
            found: list[list[list[int]]] = [[[] for _ in self._index] for _ in self._lists]
            for number, marks in enumerate(self._index):
                for mark in marks:
                    place = places[mark]
                    if place is not None:
                        found[place][number].append(mark)
            self._covering = [[tuple(sorted(marks)) for marks in column] for column in found]
        return self._covering[self._place[name]]

    def of(self, digits: str) -> int:
        """The class of a number."""
        return int(self.of_all([digits])[0])

    def of_all(self, numbers: Sequence[str]) -> Ints:
        """The classes of several numbers."""
        new = sorted({number for number in numbers if number not in self._of})
        if new:
            for number, marks in zip(new, self._marked(new), strict=True):
                self._of[number] = self._class(number, tuple(marks))
        return np.fromiter((self._of[number] for number in numbers), dtype=np.int64, count=len(numbers))

    def _class(self, number: str, marks: tuple[int, ...]) -> int:
        found = self._index.get(marks)
        if found is None:
            found = self._index[marks] = len(self.representatives)
            self.representatives.append(number)
        return found

    def _marked(self, numbers: list[str]) -> list[list[int]]:
        """For each number (sorted), what covers it: prefix by prefix, for there are fewer prefixes than pairs."""
        found: list[list[int]] = [[] for _ in numbers]
        for place, index in enumerate(self._lists):
            for prefix, rows in index.entries.items():
                first, last = _beginning_with(prefix, numbers)
                if first < last and any(row[-1].share is not None for row in rows):
                    # Rows with a share speak of the number itself, not of longer ones.
                    own = first + (numbers[first] == prefix)
                    self._mark(found, range(first, own), (place, len(prefix), rows))
                    first, rows = own, index.speaking_of(prefix, longer=True)
                self._mark(found, range(first, last), (place, len(prefix), rows))
        for prefix in self._named:
            self._mark(found, range(*_beginning_with(prefix, numbers)), prefix)
        return found

    def _mark(self, found: list[list[int]], numbers: range, what: object) -> None:
        if numbers:
            mark = self._marks.setdefault(what, len(self._marks))
            for number in numbers:
                found[number].append(mark)


def _beginning_with(prefix: str, numbers: list[str]) -> tuple[int, int]:
    """The places of the numbers (sorted) that begin with a prefix: from, until."""
    first = bisect_left(numbers, prefix)
    return first, bisect_left(numbers, prefix + ":", first)  # ":" comes after "9"


class OriginClasses:
    """Countries by class, a class being known by one representative country.

    Two countries share a class if no condition names either and the same group rows (and windows) hold them.
    """

    def __init__(self, ledger: Ledger, countries: Iterable[str]) -> None:
        self.countries = tuple(countries)
        named = _named_places(ledger)
        groups: dict[str, list[tuple[object, ...]]] = {}
        for row in ledger.groups:
            groups.setdefault(row.country, []).append((row.group, row.version))
        keys: list[object] = [(code if code in named else "", tuple(groups.get(code, ()))) for code in self.countries]
        first: dict[object, int] = {}
        self.of: Ints = np.array([first.setdefault(key, len(first)) for key in keys], dtype=np.int64)
        self.representatives = [self.countries[keys.index(key)] for key in first]
        self.place = {code: index for index, code in enumerate(self.countries)}

    def __len__(self) -> int:
        return len(self.representatives)


def _named_places(ledger: Ledger) -> frozenset[str]:
    """Every place that a condition of a heading, a basis rule or a fee names."""
    whens = [row.when for program in ledger.programs.values() for row in program.rows]
    whens += [rule.when for rule in ledger.bases]
    whens += [fee.when for fee in ledger.fees]
    return frozenset().union(*(places_in(when) for when in whens))
