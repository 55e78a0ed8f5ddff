"""The terminal: a console that prints wide tables into pipes too, and a progress line for long work."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

_PIPE_WIDTH = 160
_EVERY = 0.2


def console() -> Console:
    """Standard output; as wide as a page where it is no terminal."""
    return Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH, highlight=False, markup=False)


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
