"""Frames priced one after another: whole entries at a time, the kernel a frame ahead of whoever reads the answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from queue import Empty, Full, Queue
from threading import Event, Lock, Thread
from typing import TypeVar

import numpy as np
import polars as pl

from tidewaiter.bulk.codes import ERRORS
from tidewaiter.bulk.entries import SeenEntries, whole_entries
from tidewaiter.bulk.kernel import Kernel
from tidewaiter.bulk.long import long
from tidewaiter.bulk.output import Columns, wide
from tidewaiter.bulk.pricing import Pricing

FRAME_ROWS = 1_000_000
"""Lines priced at once: enough that the fixed cost of a frame is small, few enough that several fit in memory."""
_SLICE_ROWS = 100_000
_AHEAD = 2
_ONE_AT_A_TIME = Lock()
"""Kernels remember what they have read and compiled, and share it: in one process frames are priced one after another."""
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

    def add(self, pricing: Pricing) -> None:
        """Count a frame. Amounts are cents."""
        priced = pricing.priced
        self.lines += priced.count
        numbers, counts = np.unique(priced.error, return_counts=True)
        self.refused.update(
            {ERRORS[number]: int(count) for number, count in zip(numbers, counts, strict=True) if number}
        )
        self.base += _sum(priced.base, priced)
        self.voided += _sum(priced.voided, priced)
        self.duties.update({program: _sum(cents, priced) for program, cents in priced.duties.items()})
        self.fees.update({code: _sum(cents, priced) for code, cents in priced.fees.items()})

    @property
    def answered(self) -> int:
        """Lines that were priced."""
        return self.lines - self.refused.total()

    @property
    def total(self) -> Decimal:
        """All duty assessed, in dollars."""
        return dollars(self.base + self.duties.total())


def _sum(cents: np.ndarray[tuple[int, ...], np.dtype[np.int64]], priced: object) -> int:
    from tidewaiter.bulk.pricing import Priced

    assert isinstance(priced, Priced)
    return int(cents[priced.error == 0].sum())


def dollars(cents: int) -> Decimal:
    """Cents as dollars."""
    return Decimal(cents).scaleb(-2)


def priced_frames(
    kernel: Kernel, frames: Iterable[pl.DataFrame], columns: Columns, options: Options, summary: Summary
) -> Iterator[pl.DataFrame]:
    """The answers for frames of lines, in order, cut into slices that a writer takes one by one.

    Lines of one entry must stand together, across frames too; those that do not are refused (``entry_not_together``).
    """
    with SeenEntries() as seen:
        for one in whole_entries(frames, seen):
            with _ONE_AT_A_TIME:
                pricing = kernel.price(
                    one.frame,
                    one.entry,
                    one.not_together,
                    whole_dollars=options.whole_dollars,
                    rates=options.rates,
                    layers=options.long,
                )
            before = summary.lines
            summary.add(pricing)
            if options.long:
                yield from long(one.frame, pricing, before).iter_slices(_SLICE_ROWS)
            else:
                yield from wide(one.frame, pricing, columns, _SLICE_ROWS)


def ahead(make: Callable[[], Iterator[T]]) -> Generator[T, None, None]:
    """What an iterator makes, made in a thread of its own a little ahead of the reader. Errors come through."""
    waiting: Queue[T | BaseException | None] = Queue(maxsize=_AHEAD)
    stopped = Event()

    def put(item: T | BaseException | None) -> bool:
        while not stopped.is_set():
            try:
                waiting.put(item, timeout=0.1)
            except Full:
                continue
            return True
        return False

    def work() -> None:
        try:
            for item in make():
                if not put(item):
                    return
            put(None)
        except BaseException as error:
            put(error)

    thread = Thread(target=work, name="tidewaiter-pricing", daemon=True)
    thread.start()
    try:
        while True:
            item = waiting.get()
            if item is None:
                return
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stopped.set()
        while thread.is_alive():
            try:
                waiting.get_nowait()
            except Empty:
                thread.join(timeout=0.05)
