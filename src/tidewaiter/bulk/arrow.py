"""Columns as Arrow arrays: decimals from whole numbers, and where a column has no value."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tidewaiter.bulk.arrays import Bools


def bits(given: Bools) -> pa.Buffer | None:
    """Where a column has a value, as Arrow keeps it; ``None`` where it has one everywhere."""
    return None if given.all() else pa.py_buffer(np.packbits(given, bitorder="little"))


def decimals(kind: pa.DataType, whole: npt.NDArray[Any], given: pa.Buffer | None) -> pa.Array:
    """Decimals (or whole numbers) from whole multiples of their last place, as wide as the type, without a copy."""
    return pa.Array.from_buffers(kind, len(whole), [given, pa.py_buffer(np.ascontiguousarray(whole))])
