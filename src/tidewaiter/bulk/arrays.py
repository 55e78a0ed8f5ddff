"""The kinds of arrays that the bulk path is made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
"""Whole numbers: cents, scaled quantities, indexes, instants."""
Small = npt.NDArray[np.int32]
"""Small whole numbers: codes, places, rates in parts per million."""
Bools = npt.NDArray[np.bool_]
Exact = npt.NDArray[Any]
"""Whole numbers of any size: int64, or Python ints in an object array where int64 could overflow."""


def present(numbers: Ints) -> list[int]:
    """The different numbers, from zero up, in order: for small numbers much faster than sorting them.

    >>> present(np.array([7, 3, 7]))
    [3, 7]
    """
    return np.flatnonzero(np.bincount(numbers)).tolist()


def where(held: Bools | Ints, rows: Ints | None = None) -> Ints:
    """The places that are held (or not zero), or the rows that stand there.

    Many times faster than a mask whose places follow no pattern.

    >>> where(np.array([True, False, True]), np.array([4, 5, 6]))
    array([4, 6])
    """
    places = held.nonzero()[0]
    return places if rows is None else rows.take(places)


def of(column: Any, rows: Ints) -> Any:
    """A column on some rows (in order, each once); the column itself, not a copy, where those are all."""
    return column if len(rows) == len(column) else column.take(rows)


def add_to(column: Ints, rows: Ints, more: Ints) -> None:
    """Add to a column on some rows (in order, each once); at once where those are all."""
    if len(rows) == len(column):
        column += more
    else:
        column[rows] += more


def some(held: Bools) -> bool:
    """Whether any place is held: on few places much faster than asking numpy's ``any``."""
    return bool(np.count_nonzero(held))


def every(held: Bools) -> bool:
    """Whether all places are held."""
    return bool(np.count_nonzero(held) == held.size)


def begins(numbers: Ints) -> Bools:
    """Where a number is not the one before it.

    >>> begins(np.array([7, 7, 3]))
    array([ True, False,  True])
    """
    found = np.ones(len(numbers), dtype=np.bool_)
    np.not_equal(numbers[1:], numbers[:-1], out=found[1:])
    return found


def alike(numbers: Ints | Small) -> Iterator[Ints]:
    """The places of equal numbers, number by number, each in order.

    >>> [places.tolist() for places in alike(np.array([7, 3, 7]))]
    [[1], [0, 2]]
    """
    order = np.argsort(numbers, kind="stable")
    edges = np.flatnonzero(np.diff(numbers[order])) + 1
    for first, last in zip([0, *edges.tolist()], [*edges.tolist(), len(order)], strict=True):
        if first < last:
            yield order[first:last]
