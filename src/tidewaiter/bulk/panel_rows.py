"""The rows of a panel: for each tariff line, the stretches of time in which nothing that is shown changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tidewaiter.bulk.arrays import Bools, Ints
from tidewaiter.bulk.panel_products import ProductRuns

_SHIFT = 1 << 32
"""More seconds than any panel has."""


@dataclass(frozen=True, slots=True)
class Changes:
    """By stretch of equal codes of a kind of product: the kind, the interval in which it begins, and the code.

    A code says what is charged, as far as it matters, by interval and kind; a negative one that there is nothing to show.
    """

    kind: Ints
    interval: Ints
    code: Ints


@dataclass(frozen=True, slots=True)
class Rows:
    """Stretches by tariff line (place in the numbers) and time, each with its entry; by entry code, what is shown of it, and
    the text of the base duty.

    ``until`` is that of the panel where nothing changes to its end.
    """

    number: Ints
    start: Ints
    until: Ints
    entry: Ints
    code: Ints
    shown: Ints
    text: Ints


def stretches(
    runs: ProductRuns, changes: Changes, second: Bools, starts: Ints, end: int, shown: Ints | None = None
) -> Rows:
    """The rows of one origin.

    ``second`` says where column 2 is paid, by interval; ``starts`` are the first instants of the intervals, the first one that of
    the panel. ``shown`` stands for the codes of the changes, where not all that differs in them is shown (``-1``: no row).
    """
    start = int(starts[0])
    kind, interval = changes.kind, changes.interval
    code = changes.code if shown is None else shown
    text = texts_of(runs, changes, second)
    began = starts[interval]
    ended = np.append(began[1:], end)
    ended[np.append(kind[1:] != kind[:-1], True)] = end
    here = np.flatnonzero((runs.until > start) & (runs.start < end))
    from_, to = np.maximum(runs.start[here], start), np.minimum(runs.until[here], end)
    most = min(end - start, _SHIFT - 1)
    keys = kind * _SHIFT + (began - start)
    own = runs.kind[here] * _SHIFT
    first = np.searchsorted(keys, own + (from_ - start), side="right") - 1
    last = np.searchsorted(keys, own + np.minimum(to - start, most), side="left")
    counts = last - first
    run = np.repeat(np.arange(len(here)), counts)
    entry = np.arange(len(run)) - np.repeat(np.cumsum(counts) - counts, counts) + first[run]
    number = runs.number[here][run]
    valid_from, valid_until = np.maximum(began[entry], from_[run]), np.minimum(ended[entry], to[run])
    new = np.ones(len(run), dtype=np.bool_)
    new[1:] = number[1:] != number[:-1]
    new[1:] |= (code[entry][1:] != code[entry][:-1]) | (text[entry][1:] != text[entry][:-1])
    new[1:] |= valid_from[1:] != valid_until[:-1]
    kept = np.flatnonzero(new)
    until = valid_until[np.append(kept[1:], len(run)) - 1] if len(run) else valid_until
    there = code[entry[kept]] >= 0
    kept, until = kept[there], until[there]
    return Rows(number[kept], valid_from[kept], until, entry[kept], changes.code, code, text)


def texts_of(runs: ProductRuns, changes: Changes, second: Bools) -> Ints:
    """The text of the base duty of each stretch of a kind."""
    kinds = runs.kinds
    return np.where(second[changes.interval], kinds.column2[changes.kind], kinds.general[changes.kind])


def changes_of(codes: npt.NDArray[Any]) -> Changes:
    """The stretches of equal codes, kind by kind."""
    by_kind = np.ascontiguousarray(codes.T)
    change = np.ones(by_kind.shape, dtype=np.bool_)
    change[:, 1:] = by_kind[:, 1:] != by_kind[:, :-1]
    flat = np.flatnonzero(change)
    kind, interval = np.divmod(flat, by_kind.shape[1])
    return Changes(kind, interval, by_kind.reshape(-1)[flat].astype(np.int64))
