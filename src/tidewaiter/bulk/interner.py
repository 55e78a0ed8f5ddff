"""Cells read once: each different cell of a column is read by the code that reads one line, and remembered by number."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

import numpy as np
import polars as pl

from tidewaiter.bulk.arrays import Ints
from tidewaiter.bulk.coded import CodeTable

Read = TypeVar("Read")
MISSING = -1
_MOST_KEPT = 2_000_000
"""A column with more different cells than this is read anew batch by batch: memory stays bounded."""
_MOST_FOUND = 200_000
_MOST_BYTES = 128 * 1024 * 1024
"""Cells of ten megabytes are not kept for long either."""


class Interner(Generic[Read]):
    """Numbers for the different cells of a column, and what each was read as.

    ``read`` gets a cell as a Python value and returns what it says, or ``None`` for a cell that says nothing. Cells that
    are read alike (8507.60.0090 and 8507600090) share a number.
    """

    def __init__(self, read: Callable[[Any], Read | None]) -> None:
        self._read = read
        self.found: list[Read] = []
        self._number: dict[Hashable, int] = {}
        self._tables: dict[pl.DataType, pl.DataFrame] = {}
        self._coded: dict[pl.DataType, CodeTable] = {}

    def trim(self) -> None:
        """Forget all cells where too many are kept. Between frames only: the numbers given out before mean nothing after."""
        kept = sum(table.estimated_size() for table in self._tables.values())
        if len(self.found) > _MOST_FOUND or kept > _MOST_BYTES:
            self.found = []
            self._number.clear()
            self._tables.clear()
            self._coded.clear()

    def numbers(self, column: pl.Series) -> Ints:
        """The number of each cell, ``MISSING`` for those that say nothing."""
        if column.null_count() == len(column):
            return np.full(len(column), MISSING, dtype=np.int64)
        if isinstance(column.dtype, pl.Categorical):
            return self._table_of(column.dtype).numbers(column, MISSING)
        given = np.flatnonzero(column.is_not_null().to_numpy())
        if len(given) == len(column):
            return self._looked_up(column)
        found = np.full(len(column), MISSING, dtype=np.int64)
        found[given] = self._looked_up(column.gather(given))
        return found

    def _table_of(self, kind: pl.DataType) -> CodeTable:
        if kind not in self._coded:
            self._coded[kind] = CodeTable(lambda cells: [self._number_of(cell) for cell in cells])
        return self._coded[kind]

    def _looked_up(self, column: pl.Series) -> Ints:
        table = self._tables.get(column.dtype)
        if table is None or len(table) > _MOST_KEPT:
            table = pl.DataFrame(schema={"cell": column.dtype, "number": pl.Int64})
        found = _joined(column, table)
        if found.null_count():
            new = column.filter(found.is_null()).unique()
            numbers = [self._number_of(cell) for cell in new.to_list()]
            table = table.vstack(pl.DataFrame({"cell": new, "number": pl.Series(numbers, dtype=pl.Int64)}))
            found = _joined(column, table)
        self._tables[column.dtype] = table
        return found.to_numpy()

    def _number_of(self, cell: Any) -> int:
        read = self._read(cell)
        if read is None:
            return MISSING
        if len(self.found) > _MOST_KEPT:
            self._number.clear()
        key = read if isinstance(read, Hashable) else id(read)
        number = self._number.get(key)
        if number is None:
            number = self._number[key] = len(self.found)
            self.found.append(read)
        return number


def _joined(column: pl.Series, table: pl.DataFrame) -> pl.Series:
    """The number of each cell; missing where the table does not have the cell."""
    return column.alias("cell").to_frame().join(table, on="cell", how="left", maintain_order="left")["number"]
