"""The terminal: a console that prints wide tables into pipes too, and a progress line for long work."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO, cast

from rich.console import Console

_PIPE_WIDTH = 160
_EVERY = 0.2
_BLANKS = re.compile(r"[ \t]+$", re.MULTILINE)


def console(*, err: bool = False) -> Console:
    """Standard output (or error); where it is no terminal as wide as a page, and without blanks at the ends of lines."""
    stream = sys.stderr if err else sys.stdout
    if stream.isatty():
        return Console(highlight=False, markup=False, stderr=err)
    return Console(file=cast(TextIO, _Pipe(stream)), width=_PIPE_WIDTH, highlight=False, markup=False)


class _Pipe:
    """A stream that leaves out the blanks with which a table fills its lines."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write what is there to be read."""
        self._stream.write(_BLANKS.sub("", text))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def progress(what: str) -> Iterator[Callable[[int], None]]:
    """A counter with its rate on standard error, only where that is a terminal and the work is long."""
    started = shown = time.monotonic()
    live = sys.stderr.isatty()

    def told(done: int) -> None:
        nonlocal shown
        now = time.monotonic()
        if live and now - shown > _EVERY:
            shown = now
            sys.stderr.write(f"\r{done:,} {what}, {done / (now - started):,.0f} a second ")
            sys.stderr.flush()

    try:
        yield told
    finally:
        if shown != started:
            sys.stderr.write("\r" + " " * 60 + "\r")


@contextmanager
def progress_bar(what: str, unit: str) -> Iterator[Callable[[int, float | None], None]]:
    """A bar with the rate and the time left on standard error, only where that is a terminal.

    It is told how many are done and, where that is known, what part of the whole that is.
    """
    if not sys.stderr.isatty():
        yield lambda done, part: None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, TextColumn("{task.fields[rate]}"), console=Console(stderr=True), transient=True) as bar:
        started = time.monotonic()
        task = bar.add_task(what, total=None, rate="")

        def told(done: int, part: float | None) -> None:
            rate = f"{done:,} {unit}, {done / max(1e-9, time.monotonic() - started):,.0f} a second"
            total = None if not part else 1.0
            bar.update(task, total=total, completed=part or 0.0, rate=rate)

        yield told
