"""Classes: products that the law's lists treat alike, and origins that its places and groups treat alike.

Both depend on the ledger alone, not on the day of knowledge or the scenario, so every regime shares them.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from tidewaiter.bulk.arrays import Ints
from tidewaiter.ledger.edges import places_in
from tidewaiter.ledger.model import Ledger
from tidewaiter.ledger.regime import Regime


class ProductClasses:
    """Numbers (digits) by class; a class is known by one representative number."""

    def __init__(self, regime: Regime) -> None:
        self._regime = regime
        self._of: dict[str, int] = {}
        self._index: dict[int, int] = {}
        self.representatives: list[str] = []

    def __len__(self) -> int:
        return len(self.representatives)

    def of(self, digits: str) -> int:
        """The class of a number."""
        found = self._of.get(digits)
        if found is None:
            raw = self._regime.product_class(digits)
            found = self._index.get(raw)
            if found is None:
                found = self._index[raw] = len(self.representatives)
                self.representatives.append(digits)
            self._of[digits] = found
        return found

    def of_all(self, numbers: Iterable[str]) -> Ints:
        """The classes of several numbers."""
        return np.fromiter((self.of(number) for number in numbers), dtype=np.int64)


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
