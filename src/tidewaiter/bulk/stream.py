"""Frames priced one after another: whole entries at a time, the kernel a frame ahead of whoever reads the answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from queue import Queue
from threading import Event, Lock, Semaphore, Thread
from typing import TypeVar

import numpy as np
import polars as pl
import pyarrow as pa

from tidewaiter.bulk.codes import ERRORS
from tidewaiter.bulk.entries import EntryFrame, SeenEntries, whole_entries
from tidewaiter.bulk.kernel import Kernel
from tidewaiter.bulk.lines import Lines
from tidewaiter.bulk.long import long
from tidewaiter.bulk.output import CodedWords, Columns, stored, wide, wide_tables
from tidewaiter.bulk.pricing import Amounts, Priced, Pricing

FRAME_ROWS = 250_000
"""Lines priced at once: enough that the fixed cost of a frame is small, few enough that several fit in memory."""
_FIRST_ROWS = 50_000
"""Fewer lines at first: most of what is compiled is compiled for them, and then all stages soon have work."""
_SLICE_ROWS = 100_000
_GROUP_ROWS = 250_000
"""Rows of a row group of a Parquet file."""
READING, PRICING = Lock(), Lock()
"""Kernels remember what they have read and compiled, and share it: in one process frames are read one after another, and
priced one after another, whichever threads ask."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Options:
    """How lines are priced and told: rates beside amounts, a row for each layer, values rounded to dollars first."""

    rates: bool = False
    long: bool = False
    whole_dollars: bool = False


@dataclass(slots=True)
class Summary:
    """What a run came to: lines, refusals by code, dollars by program and fee."""

    lines: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    base: int = 0
    duties: Counter[str] = field(default_factory=Counter)
    fees: Counter[str] = field(default_factory=Counter)
    voided: int = 0
    unread: dict[str, str] = field(default_factory=dict)
    """Columns that are passed through, though their names are nearly those of fields."""

    def add(self, priced: Priced) -> None:
        """Count a frame. Amounts are cents."""
        self.lines += priced.count
        counts = np.bincount(priced.error)
        self.refused.update({ERRORS[number]: int(counts[number]) for number in np.flatnonzero(counts) if number})
        self.base += int(priced.base.sum())
        self.voided += int(priced.voided.sum())
        self.duties.update({program: int(cents.sum()) for program, cents in priced.duties.items()})
        self.fees.update({code: int(cents.sum()) for code, cents in priced.fees.items()})

    @property
    def answered(self) -> int:
        """Lines that were priced."""
        return self.lines - self.refused.total()

    @property
    def total(self) -> Decimal:
        """All duty assessed, in dollars."""
        return dollars(self.base + self.duties.total())


def dollars(cents: int) -> Decimal:
    """Cents as dollars."""
    return Decimal(cents).scaleb(-2)


def priced_frames(
    kernel: Kernel, frames: Iterable[pl.DataFrame], columns: Columns, options: Options, summary: Summary
) -> Iterator[pl.DataFrame]:
    """The answers for frames of lines, in order, cut into slices that a reader takes one by one.

    Lines of one entry must stand together, across frames too; those that do not are refused (``entry_not_together``).
    """
    for frame, told, before in _told(kernel, frames, options, summary):
        if isinstance(told, Pricing):
            yield from long(frame, told, before).iter_slices(_SLICE_ROWS)
        else:
            yield from wide(frame, told, columns, _SLICE_ROWS)
        # Nothing of a frame stays while the next is awaited.
        del frame, told


def priced_tables(
    kernel: Kernel, frames: Iterable[pl.DataFrame], columns: Columns, options: Options, summary: Summary
) -> Iterator[pa.Table]:
    """The same as Arrow tables, for a writer of files."""
    words = CodedWords()
    for frame, told, before in _told(kernel, frames, options, summary):
        if isinstance(told, Pricing):
            yield stored(long(frame, told, before))
        else:
            yield from wide_tables(frame, told, columns, _GROUP_ROWS, words)
        del frame, told


def _told(
    kernel: Kernel, frames: Iterable[pl.DataFrame], options: Options, summary: Summary
) -> Iterator[tuple[pl.DataFrame, Amounts | Pricing, int]]:
    """Each frame with its pricing, counted; and how many lines stood before it."""
    # Three frames are at work: one is read, one is priced, and one is put into the columns of the answer.
    for frame, told in ahead(lambda: _priced(kernel, frames, options)):
        before = summary.lines
        summary.add(told.priced)
        yield frame, told, before
        del frame, told


def _priced(
    kernel: Kernel, frames: Iterable[pl.DataFrame], options: Options
) -> Iterator[tuple[pl.DataFrame, Amounts | Pricing]]:
    """Each frame with what an answer of its form needs of its pricing."""
    with SeenEntries() as seen:
        for one, lines in ahead(lambda: _read(kernel, frames, seen)):
            pricing = _price(kernel, one, lines, options)
            yield one.frame, pricing if options.long else pricing.amounts
            del one, lines, pricing


def _read(kernel: Kernel, frames: Iterable[pl.DataFrame], seen: SeenEntries) -> Iterator[tuple[EntryFrame, Lines]]:
    if not kernel.classes:  # nothing is compiled yet
        frames = _few_first(frames)
    for one in whole_entries(frames, seen):
        with READING:
            lines = kernel.read(one.frame)
        yield one, lines
        del one, lines


def _few_first(frames: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    for number, frame in enumerate(frames):
        if number == 0:
            yield frame[:_FIRST_ROWS]
            frame = frame[_FIRST_ROWS:]
        if frame.height:
            yield frame
        del frame


def _price(kernel: Kernel, one: EntryFrame, lines: Lines, options: Options) -> Pricing:
    with PRICING:
        return kernel.price(
            lines,
            one.entry,
            one.not_together,
            whole_dollars=options.whole_dollars,
            rates=options.rates,
            layers=options.long,
        )


@contextmanager
def _closed_after(made: Iterator[T]) -> Generator[Iterator[T], None, None]:
    """The iterator; if it is a generator, it is closed in the thread in which it ran."""
    try:
        yield made
    finally:
        if isinstance(made, Generator):
            made.close()


def ahead(make: Callable[[], Iterator[T]], items: int = 1) -> Generator[T, None, None]:
    """What an iterator makes, made in a thread of its own, so many items ahead of the reader. Errors come through."""
    waiting: Queue[T | BaseException | None] = Queue()
    room, stopped = Semaphore(items), Event()

    def work() -> None:
        try:
            with _closed_after(make()) as made:
                while True:
                    # An item is begun only when there is room for it: no more stand in memory than asked.
                    room.acquire()
                    item = None if stopped.is_set() else next(made, None)
                    waiting.put(item)
                    if item is None:
                        return
        except BaseException as error:
            waiting.put(error)

    thread = Thread(target=work, name="tidewaiter-ahead", daemon=True)
    thread.start()
    try:
        while True:
            item = waiting.get()
            if item is None:
                return
            if isinstance(item, BaseException):
                raise item
            room.release()
            yield item
            del item
    finally:
        stopped.set()
        room.release()
        thread.join()
