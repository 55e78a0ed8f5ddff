"""Entries in a stream: lines filed together stand together, whatever the size of the frames they come in."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import numpy as np
import polars as pl

from tidewaiter.bulk.arrays import Bools, Ints, where

ENTRY = "entry_id"
_IN_MEMORY = 4_000_000


@dataclass(frozen=True, slots=True)
class EntryFrame:
    """A frame that ends where an entry ends: the number of each line's entry, in runs, and lines that stand apart."""

    frame: pl.DataFrame
    entry: Ints
    not_together: Bools


def whole_entries(frames: Iterable[pl.DataFrame], seen: SeenEntries) -> Iterator[EntryFrame]:
    """The frames cut where an entry ends; what is left of one goes to the front of the next."""
    waiting: pl.DataFrame | None = None
    for arriving in frames:
        frame = arriving if waiting is None else pl.concat([waiting, arriving], how="vertical_relaxed")
        names = entry_names(frame)
        if names is None:
            yield _framed(frame, None, seen)
            continue
        cut = _last_start(names)
        waiting = frame[cut:]
        if cut:
            yield _framed(frame[:cut], names[:cut], seen)
    if waiting is not None and waiting.height:
        yield _framed(waiting, entry_names(waiting), seen)


def entry_names(frame: pl.DataFrame) -> pl.Series | None:
    """The entry of each line as text, missing where the line is its own entry; ``None`` where no line names one."""
    if ENTRY not in frame.columns:
        return None
    names = frame[ENTRY]
    if names.dtype.is_float():
        names = names.fill_nan(None)
    if names.dtype != pl.String:
        names = names.cast(pl.String)
    names = names.str.strip_chars()
    return names.set(names == "", None)


def gathered(lines: pl.DataFrame) -> Ints:
    """The order in which the lines of each entry stand together: an entry stands where its first line does."""
    places = np.arange(lines.height)
    names = entry_names(lines)
    if names is None:
        return places
    table = pl.DataFrame({"name": names, "place": places})
    first = table.select(
        pl.when(pl.col("name").is_null()).then(pl.col("place")).otherwise(pl.col("place").min().over("name"))
    )
    return np.argsort(first.to_series().to_numpy(), kind="stable")


def _last_start(names: pl.Series) -> int:
    """The first row of the last entry; all rows where the last line is its own entry."""
    count = len(names)
    last = names[count - 1]
    if last is None:
        return count
    apart = (names != last).fill_null(True).to_numpy()
    others = where(apart)
    return int(others[-1]) + 1 if others.size else 0


def _framed(frame: pl.DataFrame, names: pl.Series | None, seen: SeenEntries) -> EntryFrame:
    if names is None:
        return EntryFrame(frame, np.arange(frame.height), np.zeros(frame.height, dtype=np.bool_))
    begins = (names.is_null() | (names != names.shift(1)).fill_null(True)).to_numpy()
    begins = begins.copy()
    if begins.size:
        begins[0] = True
    entry = np.cumsum(begins) - 1
    firsts = names.filter(pl.Series(begins))
    return EntryFrame(frame, entry.astype(np.int64), seen.met_before(firsts).take(entry))


class SeenEntries(AbstractContextManager["SeenEntries"]):
    """The entries met so far, as 64-bit hashes: sorted runs in memory, and beyond that in a temporary file on disk.

    Two entries with one hash (one chance in a hundred thousand for ten million entries) are taken for one, and the later is
    refused, never priced wrongly.
    """

    def __init__(self) -> None:
        self._runs: list[np.ndarray[tuple[int], np.dtype[np.uint64]]] = []
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._files = 0

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._runs.clear()
        if self._folder is not None:
            self._folder.cleanup()

    def met_before(self, names: pl.Series) -> Bools:
        """Which of these entries (in order, one for each run of lines) were met before, here or in an earlier frame."""
        found = np.zeros(len(names), dtype=np.bool_)
        named = where(names.is_not_null().to_numpy())
        if not named.size:
            return found
        hashes = names.gather(named).hash(seed=1930).to_numpy()
        # In order, so that the runs are gone through once and not at random.
        different, first = np.unique(hashes, return_index=True)
        met = np.zeros(len(different), dtype=np.bool_)
        for run in self._runs:
            place = np.minimum(np.searchsorted(run, different), len(run) - 1)
            met |= run[place] == different
        again = np.ones(len(hashes), dtype=np.bool_)
        again[first] = met
        found[named] = again
        self._keep(different[~met])
        return found

    def _keep(self, run: np.ndarray[tuple[int], np.dtype[np.uint64]]) -> None:
        """Runs of about one size are merged, so that there are few to look through; those on disk stay as they are."""
        while self._runs and not isinstance(self._runs[-1], np.memmap) and len(self._runs[-1]) <= 2 * len(run):
            run = np.sort(np.concatenate([self._runs.pop(), run]))
        if len(run):
            self._runs.append(run if len(run) < _IN_MEMORY else self._on_disk(run))

    def _on_disk(self, run: np.ndarray[tuple[int], np.dtype[np.uint64]]) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="tidewaiter-")
        path = Path(self._folder.name) / f"{self._files}.npy"
        self._files += 1
        np.save(path, run)
        return np.load(path, mmap_mode="r")  # type: ignore[no-any-return]
