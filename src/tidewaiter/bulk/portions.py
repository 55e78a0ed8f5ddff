"""Frames of even size: what readers find in pieces of any size, in portions of about so many rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import polars as pl

from tidewaiter.assess.errors import FileError
from tidewaiter.bulk.lines import MARK

_LARGEST = 64 * 1024 * 1024
"""A portion is handed on when it holds so many bytes, however few its rows are."""


def check_names(names: list[str], file_name: str) -> None:
    """Raises ``FileError`` ``malformed_file`` where a name stands twice, or is one that the pricing itself uses."""
    doubled = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    if doubled:
        raise FileError("malformed_file", f"{file_name}: columns stand twice: {', '.join(doubled)}")
    if MARK in names:
        raise FileError("malformed_file", f"{file_name}: a column may not be named {MARK}", "rename the column")


def in_portions(frames: Iterable[pl.DataFrame], rows: int) -> Iterator[pl.DataFrame]:
    """The same rows in frames of ``rows`` rows (fewer at the end, and where rows are very long).

    If the source ends with a ``FileError``, what was read before is handed on first.
    """
    waiting: list[pl.DataFrame] = []
    try:
        for frame in frames:
            if not frame.height:
                continue
            waiting.append(frame)
            height = sum(one.height for one in waiting)
            if height >= rows or sum(one.estimated_size() for one in waiting) >= _LARGEST:
                whole = _joined(waiting)
                full = height - height % rows or height
                yield from whole[:full].iter_slices(rows)
                waiting = [whole[full:]] if full < height else []
    except FileError:
        if waiting:
            yield _joined(waiting)
        raise
    if waiting:
        yield _joined(waiting)


def _joined(frames: list[pl.DataFrame]) -> pl.DataFrame:
    return frames[0] if len(frames) == 1 else pl.concat(frames, rechunk=False)
