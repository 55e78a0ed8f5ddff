"""The kinds of arrays that the bulk path is made of."""

from __future__ import annotations

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
