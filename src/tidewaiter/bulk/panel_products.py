"""The products of a panel: every tariff line of every edition as stretches of time with one wording of its rates.

Lines that every program treats alike and that print the same rates are of one *kind*: what is found for a kind is found for all
of its lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from tidewaiter.bulk.arrays import Bools, Ints
from tidewaiter.bulk.kernel import Kernel
from tidewaiter.ledger.instants import ALWAYS, FOREVER
from tidewaiter.schedule.store import Schedule

_TEN = 10


@dataclass(frozen=True, slots=True)
class Kinds:
    """By kind: the product class, and the numbers of the texts of column 1 general and column 2."""

    product_class: Ints
    general: Ints
    column2: Ints

    def __len__(self) -> int:
        return len(self.product_class)


@dataclass(frozen=True)
class ProductRuns:
    """Stretches of time of tariff lines: place in ``numbers``, kind, from and until (seconds), in order of number and time.

    ``numbers`` are digits: ten, or eight where the tariff prints the last two in a statistical note only.
    """

    numbers: tuple[str, ...]
    number: Ints
    kind: Ints
    start: Ints
    until: Ints
    kinds: Kinds

    def words(self, number: Ints) -> pa.Array:
        """Numbers by place, as words of one dictionary."""
        return pa.DictionaryArray.from_arrays(pa.array(number.astype(np.int32)), self._dictionary)

    @cached_property
    def _dictionary(self) -> pa.Array:
        return pa.array(self.numbers, pa.string())


def compiled_for(kernel: Kernel) -> Kernel:
    """The kernel, knowing the product classes of all numbers of all editions."""
    kernel.classes.of_all(kernel.numbers())
    kernel.rows.columns()
    if kernel.laws.refresh():
        kernel.plain.forget()
    return kernel


def product_runs(kernel: Kernel, prefixes: Sequence[str] = ()) -> ProductRuns:
    """The stretches of every tariff line (of those that begin with one of the prefixes, if any are given).

    Before the first edition at hand its lines are taken to have stood (such answers are reconstructed), after the last one
    its lines go on.
    """
    every = (one for one in kernel.schedule.numbers() if not prefixes or one.startswith(tuple(prefixes)))
    numbers = sorted(one for one in every if len(one) == _TEN or _stands_alone(kernel.schedule, one))
    places = kernel.products.numbers(numbers)
    row_of = kernel.products.row_of[places] if places else np.zeros((0, len(kernel.schedule.editions)), dtype=np.int64)
    compiled_for(kernel)
    edges = np.array([ALWAYS, *(edition.starts for edition in kernel.schedule.editions[1:]), FOREVER], dtype=np.int64)
    stands = _stands(kernel, numbers, row_of)
    product_class, general, column2 = kernel.rows.columns()[:3]
    texts = len(kernel.texts.expressions)
    keys = (product_class[row_of] * texts + general[row_of]) * texts + column2[row_of]
    different, kind_of = np.unique(keys, return_inverse=True)
    kind_of = np.where(stands, kind_of.reshape(row_of.shape), -1)
    number, edition, until = _runs(kind_of)
    kept, number = np.unique(number, return_inverse=True)
    return ProductRuns(
        tuple(numbers[int(one)] for one in kept),
        number,
        kind_of[kept[number], edition],
        edges[edition],
        edges[until],
        Kinds(different // texts**2, different // texts % texts, different % texts),
    )


def _stands_alone(schedule: Schedule, number: str) -> bool:
    """Whether a number of eight digits is a tariff line in some edition, with no longer number below it."""
    chapter = schedule.chapter(number[:2])
    if not chapter.runs(number):
        return True  # a user's own number
    own, *below = ({edition for first, last in chapter.runs(one) for edition in range(first, last + 1)}
                   for one in chapter.starting_with(number))  # fmt: skip
    return bool(own.difference(*below))


def _stands(kernel: Kernel, numbers: Sequence[str], row_of: Ints) -> Bools:
    """Whether each number is a tariff line of its own in each edition."""
    places = {digits: place for place, digits in enumerate(numbers)}
    lines = (
        places.get(row.digits, -1)
        if not row.error and not row.children and row.line is not None and not row.line.suffix_unchecked
        else -1
        for row in kernel.products.rows
    )
    place_of = np.fromiter(lines, dtype=np.int64, count=len(kernel.products.rows))
    found: Bools = place_of[row_of] == np.arange(len(numbers))[:, None]
    return found


def _runs(kind_of: Ints) -> tuple[Ints, Ints, Ints]:
    """Rows, first editions and editions after the last of the stretches of one kind (-1 is none)."""
    before = np.full((len(kind_of), 1), -1, dtype=np.int64)
    change = np.diff(kind_of, axis=1, prepend=before - 1, append=before - 1) != 0
    row, edge = np.nonzero(change)
    first = edge < kind_of.shape[1]
    row, start, until = row[first], edge[first], edge[np.flatnonzero(first) + 1]
    lives = kind_of[row, start] >= 0
    return row[lives], start[lives], until[lives]
