"""What is averaged: for each stretch of editions, the kinds of products with their weights, partner by partner.

A number of the weights that the edition does not have is spread, in even parts of whole dollars, over the edition's lines of the
same eight digits, else of the same six; what has none is not covered.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from tidewaiter.averages.weights import Weights
from tidewaiter.bulk.arrays import Ints
from tidewaiter.bulk.kernel import Kernel
from tidewaiter.bulk.panel_equivalents import NOT_KNOWN, UnitValues
from tidewaiter.bulk.panel_products import ProductRuns
from tidewaiter.bulk.panel_wide import BaseTexts
from tidewaiter.ledger.instants import Instant

_TEN = 10
_BELOW = ((10, 1), (8, 10**2), (6, 10**4))
"""Digits that must be the same, and how many ten-digit numbers there are to each."""


@dataclass(frozen=True, slots=True)
class Items:
    """One partner's products: kind, chapter, and the base duty's ad valorem equivalents; weights by stretch of editions and item.

    ``general`` and ``column2`` are parts per million, or as in ``BaseTexts`` where no equivalent is known. ``uncovered`` is
    the weight of numbers that the editions of a stretch have no line for.
    """

    kind: Ints
    chapter: Ints
    general: Ints
    column2: Ints
    weight: Ints
    uncovered: Ints


@dataclass(slots=True)
class Basket:
    """The weights on the lines of every stretch of editions. ``edges`` are the first instants of the stretches."""

    kernel: Kernel
    runs: ProductRuns
    weights: Weights | None
    texts: BaseTexts
    edges: Ints
    chapters: Ints
    _lines: dict[int, tuple[Ints, Ints]] = field(default_factory=dict)
    _items: dict[str, Items] = field(default_factory=dict)
    _spread: dict[int, _Spread] = field(default_factory=dict)

    @classmethod
    def of(cls, kernel: Kernel, runs: ProductRuns, weights: Weights | None) -> Basket:
        """The weights (``None``: every line counts the same) on a schedule's lines."""
        edges = np.unique(np.concatenate([runs.start, runs.until]))[:-1]
        chapters = np.fromiter((int(one[:2]) for one in runs.numbers), dtype=np.int64, count=len(runs.numbers))
        return cls(kernel, runs, weights, BaseTexts(kernel), edges, chapters)

    def stretch(self, instant: Instant) -> int:
        """The number of the stretch of editions in which an instant lies."""
        return int(np.searchsorted(self.edges, instant, side="right")) - 1

    def items(self, partner: str) -> Items:
        """A partner's products."""
        key = partner if self.weights is not None else ""
        if key not in self._items:
            self._items[key] = self._found(partner)
        return self._items[key]

    def _found(self, partner: str) -> Items:
        parts: list[Ints] = []
        uncovered: list[int] = []
        for stretch in range(len(self.edges)):
            number, kind = self._lines_of(stretch)
            line, weight, missing = self._weighed(stretch, partner, len(number))
            parts.append(np.stack([np.full(len(line), stretch), kind[line], number[line], weight]))
            uncovered.append(missing)
        stretch_of, kind, number, weight = np.concatenate(parts, axis=1)
        units = None if self.weights is None else self.weights.unit_values.get(partner)
        base = [self._base(number, text[kind], units) for text in (self.runs.kinds.general, self.runs.kinds.column2)]
        columns = np.stack([kind, self.chapters[number], *base])
        # The columns as one number each: products of one kind, chapter and equivalent count together.
        alike = np.zeros(len(kind), dtype=np.int64)
        for column in columns:
            different, place = np.unique(column, return_inverse=True)
            alike = np.unique(alike * len(different) + place, return_inverse=True)[1]
        first = np.unique(alike, return_index=True)[1]
        weights = np.zeros((len(self.edges), len(first)), dtype=np.int64)
        np.add.at(weights, (stretch_of, alike), weight)
        kinds, chapter, general, column2 = columns[:, first]
        return Items(kinds, chapter, general, column2, weights, np.array(uncovered, dtype=np.int64))

    def _weighed(self, stretch: int, partner: str, lines: int) -> tuple[Ints, Ints, int]:
        """Lines (places) of a stretch with a partner's weights, and the weight that has no line."""
        if self.weights is None:
            return np.arange(lines), np.ones(lines, dtype=np.int64), 0
        if stretch not in self._spread:
            self._spread[stretch] = _Spread.of(self.weights, self.runs.numbers, self._lines_of(stretch)[0])
        return self._spread[stretch].of_partner(self.weights, self.weights.partners.index(partner))

    def _lines_of(self, stretch: int) -> tuple[Ints, Ints]:
        """The numbers (places) that stand in a stretch, in order, and their kinds."""
        if stretch not in self._lines:
            at = self.edges[stretch]
            here = np.flatnonzero((self.runs.start <= at) & (at < self.runs.until))
            self._lines[stretch] = self.runs.number[here], self.runs.kind[here]
        return self._lines[stretch]

    def _base(self, number: Ints, text: Ints, units: UnitValues | None) -> Ints:
        found = self.texts.millionths[text].astype(np.int64)
        for place in np.flatnonzero(found < 0).tolist() if units is not None else ():
            expression = self.texts.expressions[int(text[place])]
            assert units is not None
            if expression is not None and expression.kind != "see_note":
                share = units.equivalent(expression, self.runs.numbers[int(number[place])])
                found[place] = found[place] if share == NOT_KNOWN else share
        return found


@dataclass(frozen=True, slots=True)
class _Spread:
    """Which lines (of a stretch) each number of the weights is spread over: ``count`` of them from ``first`` on; 0 for none."""

    first: Ints
    count: Ints

    @classmethod
    def of(cls, weights: Weights, numbers: tuple[str, ...], lines: Ints) -> _Spread:
        """Each number's own line, or those of the same eight or six digits."""
        standing, wanted = _as_tens(numbers)[lines], _as_tens(weights.numbers)
        length = np.array([len(one) for one in weights.numbers], dtype=np.int64)
        first = np.zeros(len(wanted), dtype=np.int64)
        count = np.zeros(len(wanted), dtype=np.int64)
        for digits, span in _BELOW:
            open_ = (count == 0) & (length >= digits)
            begin = wanted // span * span
            low, high = np.searchsorted(standing, begin), np.searchsorted(standing, begin + span)
            first = np.where(open_, low, first)
            count = np.where(open_, high - low, count)
        return cls(first, count)

    def of_partner(self, weights: Weights, partner: int) -> tuple[Ints, Ints, int]:
        """Lines and weights of one partner, and the weight that has no line."""
        rows = np.flatnonzero(weights.partner == partner)
        number, value = weights.number[rows], weights.value[rows]
        count = self.count[number]
        uncovered = int(value[count == 0].sum())
        number, value, count = number[count > 0], value[count > 0], count[count > 0]
        rank = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
        line = np.repeat(self.first[number], count) + rank
        share, rest = np.divmod(value, np.maximum(count, 1))
        return line, np.repeat(share, count) + (rank < np.repeat(rest, count)), uncovered


@lru_cache(maxsize=8)
def _as_tens(numbers: tuple[str, ...]) -> Ints:
    """Numbers as numbers of ten digits, shorter ones filled up with zeros."""
    return np.array([int(one.ljust(_TEN, "0")) for one in numbers], dtype=np.int64)
