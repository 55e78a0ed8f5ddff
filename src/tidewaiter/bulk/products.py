"""Tariff numbers by edition: what each number written in the data is on each day, found once for a stretch of editions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from tidewaiter.assess.product import NO_ARTICLES, is_quota_line
from tidewaiter.bulk.arrays import Ints
from tidewaiter.schedule.editions import Edition
from tidewaiter.schedule.errors import AmbiguousNumberError, MalformedNumberError
from tidewaiter.schedule.line import ScheduleLine
from tidewaiter.schedule.numbers import digits, dotted
from tidewaiter.schedule.store import Schedule
from tidewaiter.schedule.suggest import why_not_in

_PARENTS = (4, 6, 8)


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A number in a stretch of editions: its line, or the code of the refusal.

    ``children`` are the lines below a short number that several share: it is answered only where the law treats them alike,
    and refused (``error``) where it does not.
    """

    digits: str
    error: str = ""
    line: ScheduleLine | None = None
    children: tuple[str, ...] = ()
    quota_line: bool = False

    @property
    def number(self) -> str:
        """The number as filed."""
        return self.line.written if self.line else dotted(self.digits)


class Products:
    """The numbers met so far. ``row_of[number, edition]`` is the place of each in ``rows``."""

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule
        self.rows: list[ProductRow] = []
        self._numbers: dict[str, int] = {}
        self._refused: dict[str, int] = {}
        self._row_of: list[Ints] = []
        self._stacked: Ints | None = None
        self._parents: dict[str, frozenset[int]] = {}
        self._omitted: dict[str, list[int]] = {}
        for number, gap in schedule.omissions:
            self._omitted.setdefault(number, []).append(gap)

    def __len__(self) -> int:
        return len(self._row_of)

    @property
    def row_of(self) -> Ints:
        """The row of each number in each edition."""
        if self._stacked is None or len(self._stacked) != len(self._row_of):
            self._stacked = np.stack(self._row_of)
        return self._stacked

    def numbers(self, texts: Iterable[str]) -> list[int]:
        """The places of numbers as written (with points or without), each looked up when first met."""
        return [self._number(text) for text in texts]

    def _number(self, text: str) -> int:
        found = self._numbers.get(text)
        if found is None:
            try:
                bare = digits(text)
            except MalformedNumberError as error:
                return self._refused_as(error.code)
            found = self._numbers.get(bare)
            if found is None:
                stretches = self._stretches(bare)
                row = stretches[0][1]
                if len(stretches) == 1 and row.error and not row.children:
                    return self._refused_as(row.error)
                found = self._keep(bare, stretches)
            self._numbers[text] = found
        return found

    def _refused_as(self, code: str) -> int:
        """The one place of all numbers that every edition refuses alike: there may be millions, and none is remembered."""
        found = self._refused.get(code)
        if found is None:
            found = self._refused[code] = len(self._row_of)
            self._row_of.append(np.full(len(self.schedule.editions), len(self.rows), dtype=np.int64))
            self.rows.append(ProductRow("", code))
        return found

    def _keep(self, text: str, stretches: list[tuple[int, ProductRow]]) -> int:
        row_of = np.empty(len(self.schedule.editions), dtype=np.int64)
        for first, row in stretches:
            row_of[first:] = len(self.rows)
            self.rows.append(row)
        self._numbers[text] = len(self._row_of)
        self._row_of.append(row_of)
        return self._numbers[text]

    def _stretches(self, number: str) -> list[tuple[int, ProductRow]]:
        """The number's rows, each with the first edition of its stretch."""
        edges = {0, *self._edges(number)}
        editions = self.schedule.editions
        return [(first, self._row(number, editions[first])) for first in sorted(edges) if first < len(editions)]

    def _edges(self, number: str) -> set[int]:
        """The editions with which anything may change: the number itself, those below it and those that carry its rates."""
        below = self.schedule.chapter(number[:2]).starting_with(number)
        return set().union(*map(self._own_edges, below), *self._edges_above(number))

    def _edges_above(self, number: str) -> list[frozenset[int]]:
        """Those of the numbers that may carry its rates. They are kept, for many share them; not those that no edition has, of
        which a file may name any number."""
        found: list[frozenset[int]] = []
        for parent in (number[:length] for length in _PARENTS if length < len(number)):
            edges = self._parents.get(parent)
            if edges is None:
                edges = frozenset(self._own_edges(parent))
                if edges:
                    self._parents[parent] = edges
            found.append(edges)
        return found

    def _own_edges(self, number: str) -> list[int]:
        edges = [edge for first, last in self.schedule.chapter(number[:2]).runs(number) for edge in (first, last + 1)]
        return edges + [edge for gap in self._omitted.get(number, ()) for edge in (gap, gap + 1)]

    def _row(self, number: str, edition: Edition) -> ProductRow:
        try:
            line = self.schedule.find(number, edition)
        except AmbiguousNumberError as error:
            return self._shared(number, edition, error)
        if line is None:
            return ProductRow(number, why_not_in(self.schedule, number, edition).code)
        return _found(line)

    def _shared(self, number: str, edition: Edition, error: AmbiguousNumberError) -> ProductRow:
        """A short number: refused, unless one base duty is that of all lines below it (and, later, one law too)."""
        line = self._with_children(number, edition)
        children = [self.schedule.find(digits(child.number), edition) for child in line.children] if line else []
        if line is None or not children or any(child is None or child.general != line.general for child in children):
            return ProductRow(number, error.code)
        row = _found(line)
        below = tuple(child.number10 or child.number for child in children if child is not None)
        return row if row.error else ProductRow(row.digits, error.code, line, below, row.quota_line)

    def _with_children(self, number: str, edition: Edition) -> ScheduleLine | None:
        try:
            return self.schedule.find(number, edition, allow_prefix=True)
        except AmbiguousNumberError:
            return None


def _found(line: ScheduleLine) -> ProductRow:
    number = line.number10 or line.number
    if line.number.startswith(NO_ARTICLES):
        return ProductRow(number, "not_an_article")
    return ProductRow(number, "", line, (), is_quota_line(line))
