"""The columns of a panel as Arrow arrays: rates as decimals in 32 bits, words by number, instants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tidewaiter.bulk.arrays import Bools, Ints
from tidewaiter.bulk.arrow import bits, decimals

RATE = pa.decimal32(9, 6)
"""A share of the value: parts per million."""
PER_UNIT = pa.decimal64(18, 8)
"""Dollars for a unit."""
EQUIVALENT = pa.decimal64(18, 6)
"""An ad valorem equivalent: it may be many times the value."""
TIME = pa.timestamp("ms", "UTC")
WORD = pa.dictionary(pa.int32(), pa.string())


def rates(millionths: npt.NDArray[Any], given: Bools, rows: Ints | None = None) -> pa.Array:
    """Shares of the value from parts per million (never negative), for some places (or all)."""
    told = np.where(given, millionths, -1).astype(np.int32)
    if rows is not None:
        told = told.take(rows)
    return decimals(RATE, told, bits(told >= 0))


def instants(seconds: Ints, given: Bools | None = None) -> pa.Array:
    """Instants from seconds since 1970."""
    where = None if given is None else bits(given)
    return pa.Array.from_buffers(TIME, len(seconds), [where, pa.py_buffer(seconds * 1000)])


def words_of(words: Sequence[str | None], numbers: npt.NDArray[Any], rows: Ints | None = None) -> pa.Array:
    """Words by number, for some places of ``numbers`` (or all); an empty word is none. The dictionary holds those in use."""
    place = np.full(max(1, len(words)), -1, dtype=np.int32)
    kept: dict[str, int] = {}
    for one in np.flatnonzero(np.bincount(numbers, minlength=len(words))):
        word = words[int(one)]
        if word:
            place[one] = kept.setdefault(word, len(kept))
    places = place[numbers]
    if rows is not None:
        places = places.take(rows)
    indices = pa.Array.from_buffers(pa.int32(), len(places), [bits(places >= 0), pa.py_buffer(places)])
    return pa.DictionaryArray.from_arrays(indices, pa.array(list(kept), pa.string()))


def nothing(kind: pa.DataType, count: int) -> pa.Array:
    """A column without any value."""
    known = _NOTHING.get(kind)
    if known is None or len(known) < count:
        known = _NOTHING[kind] = pa.nulls(2 * count, kind)
    return known.slice(0, count)


_NOTHING: dict[pa.DataType, pa.Array] = {}
