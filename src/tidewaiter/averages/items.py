"""What is averaged: for each stretch of editions, the kinds of products with their weights, partner by partner.

A number of the weights that the edition does not have is spread, in even parts of whole dollars, over the edition's lines of the
same eight digits, else of the same six; what has none is not covered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from tidewaiter.averages.weights import Weights
from tidewaiter.bulk.arrays import Ints
from tidewaiter.bulk.kernel import Kernel
from tidewaiter.bulk.panel_equivalents import NOT_KNOWN, UnitValues
from tidewaiter.bulk.panel_products import ProductRuns
from tidewaiter.bulk.panel_wide import BaseTexts
from tidewaiter.ledger.instants import Instant

_BELOW = ((10, 1), (8, 10**2), (6, 10**4))
"""Digits that must be the same, and how many ten-digit numbers there are to each."""


@dataclass(frozen=True, slots=True)
class Items:
    """One partner's products in a stretch of editions: kind, chapter, weight, and the base duty's ad valorem equivalents.

    ``general`` and ``column2`` are parts per million, or as in ``BaseTexts`` where no equivalent is known. ``uncovered`` is
    the weight of numbers that the edition has no line for.
    """

    kind: Ints
    chapter: Ints
    weight: Ints
    general: Ints
    column2: Ints
    uncovered: int


@dataclass(slots=True)
class Basket:
    """The weights on the lines of every stretch of editions."""

    kernel: Kernel
    runs: ProductRuns
    weights: Weights | None
    texts: BaseTexts
    edges: Ints
    chapters: Ints
    _lines: dict[int, tuple[Ints, Ints]] = field(default_factory=dict)
    _items: dict[tuple[int, str], Items] = field(default_factory=dict)
    _spread: dict[int, _Spread] = field(default_factory=dict)

    @classmethod
    def of(cls, kernel: Kernel, runs: ProductRuns, weights: Weights | None) -> Basket:
        """The weights (``None``: every line counts the same) on a schedule's lines."""
        edges = np.unique(np.concatenate([runs.start, runs.until]))
        chapters = np.fromiter((int(one[:2]) for one in runs.numbers), dtype=np.int64, count=len(runs.numbers))
        return cls(kernel, runs, weights, BaseTexts(kernel), edges, chapters)

    def stretch(self, instant: Instant) -> int:
        """The number of the stretch of editions in which an instant lies."""
        return int(np.searchsorted(self.edges, instant, side="right")) - 1

    def items(self, stretch: int, partner: str) -> Items:
        """A partner's products in a stretch."""
        key = (stretch, partner if self.weights is not None else "")
        if key not in self._items:
            self._items[key] = self._find(stretch, partner)
        return self._items[key]

    def _find(self, stretch: int, partner: str) -> Items:
        number, kind = self._lines_of(stretch)
        if self.weights is None:
            return self._joined(number, kind, np.ones(len(number), dtype=np.int64), 0, None)
        if stretch not in self._spread:
            self._spread[stretch] = _Spread.of(self.weights, self.runs.numbers, number)
        place = self.weights.partners.index(partner)
        line, weight, uncovered = self._spread[stretch].of_partner(self.weights, place)
        return self._joined(number[line], kind[line], weight, uncovered, self.weights.unit_values.get(partner))

    def _lines_of(self, stretch: int) -> tuple[Ints, Ints]:
        """The numbers (places) that stand in a stretch, in order, and their kinds."""
        if stretch not in self._lines:
            at = self.edges[stretch]
            here = np.flatnonzero((self.runs.start <= at) & (at < self.runs.until))
            self._lines[stretch] = self.runs.number[here], self.runs.kind[here]
        return self._lines[stretch]

    def _joined(self, number: Ints, kind: Ints, weight: Ints, uncovered: int, units: UnitValues | None) -> Items:
        """Products of one kind, chapter and equivalent counted together."""
        chapter = self.chapters[number]
        general, column2 = (self._base(number, text[kind], units) for text in (self.runs.kinds.general, self.runs.kinds.column2))
        columns = np.stack([kind, chapter, general, column2])
        order = np.lexsort(columns)
        columns, weight = columns[:, order], weight[order]
        new = np.ones(len(order), dtype=np.bool_)
        new[1:] = (columns[:, 1:] != columns[:, :-1]).any(axis=0)
        first = np.flatnonzero(new)
        summed = np.add.reduceat(weight, first) if len(first) else weight
        return Items(*columns[:2, first], summed, *columns[2:, first], uncovered)

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
    def of(cls, weights: Weights, numbers: Sequence[str], lines: Ints) -> _Spread:
        """Each number's own line, or those of the same eight or six digits."""
        standing = np.array([int(numbers[int(one)].ljust(10, "0")) for one in lines], dtype=np.int64)
        wanted = np.array([int(one.ljust(10, "0")) for one in weights.numbers], dtype=np.int64)
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
