"""Coded columns (``Categorical``): what each code stands for, found when its word is first met."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from tidewaiter.bulk.arrays import Ints, where

_NOT_MET = -2


class CodeTable:
    """Numbers for the words of coded columns of one kind. ``read`` gives those of words not met before (from -1 up).

    ``small`` keeps and gives them as int32.
    """

    def __init__(self, read: Callable[[list[str]], list[int]], *, small: bool = False) -> None:
        self._read = read
        self._numbers: npt.NDArray[Any] = np.empty(0, dtype=np.int32 if small else np.int64)
        self._holds: pl.Series | None = None

    def numbers(self, column: pl.Series, missing: int) -> npt.NDArray[Any]:
        """The number of each cell's word; ``missing`` for cells without one."""
        if self._holds is None:
            # As long as a column of the kind is held its codes go on meaning the same words.
            self._holds = column.clear()
        codes = column.to_physical()
        if not codes.null_count():
            return self._looked_up(column, codes.to_numpy())
        rows = where(column.is_not_null().to_numpy())
        found = np.full(len(column), missing, dtype=self._numbers.dtype)
        if rows.size:
            found[rows] = self._looked_up(column, codes.drop_nulls().to_numpy())
        return found

    def _looked_up(self, column: pl.Series, codes: Ints) -> npt.NDArray[Any]:
        """The numbers of the codes of the cells that have one, in order."""
        most = int(codes.max()) + 1 if codes.size else 0
        if most > len(self._numbers):
            more = np.full(max(most, 2 * len(self._numbers)), _NOT_MET, dtype=self._numbers.dtype)
            more[: len(self._numbers)] = self._numbers
            self._numbers = more
        found = self._numbers.take(codes)
        if found.size and found.min() == _NOT_MET:
            new = column.drop_nulls().filter(found == _NOT_MET).unique()
            self._numbers[new.to_physical().to_numpy()] = self._read(new.cast(pl.String).to_list())
            found = self._numbers.take(codes)
        return found
