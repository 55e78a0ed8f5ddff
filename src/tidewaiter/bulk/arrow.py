"""Columns as Arrow arrays: decimals from whole numbers and back, and where a column has no value."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tidewaiter.bulk.arrays import Bools, every

_MOST_DIGITS = 18
"""Decimals of more digits are kept in more than eight bytes."""


def bits(given: Bools) -> pa.Buffer | None:
    """Where a column has a value, as Arrow keeps it; ``None`` where it has one everywhere."""
    return None if given.all() else pa.py_buffer(np.packbits(given, bitorder="little"))


def decimals(kind: pa.DataType, whole: npt.NDArray[Any], given: pa.Buffer | None) -> pa.Array:
    """Decimals (or whole numbers) from whole multiples of their last place, as wide as the type, without a copy."""
    return pa.Array.from_buffers(kind, len(whole), [given, pa.py_buffer(np.ascontiguousarray(whole))])


def whole_numbers(column: pa.Array) -> pa.Array:
    """Decimals of up to 18 digits as whole multiples of their last place (64 bits); any other array as it is.

    Raises ``ValueError`` where a number is longer than its type says.
    """
    kind = column.type
    if not pa.types.is_decimal128(kind) or kind.precision > _MOST_DIGITS:
        return column
    given, numbers = column.buffers()
    words = np.frombuffer(numbers, dtype=np.int64).reshape(-1, 2)
    low = np.ascontiguousarray(words[:, 0])
    high = words[:, 1]
    if high.any() and not every(high == low >> 63):  # numbers below zero fill both words
        raise ValueError(f"a number has more than {kind.precision} digits")
    return pa.Array.from_buffers(pa.int64(), len(column), [given, pa.py_buffer(low)], offset=column.offset)
