"""A file of lines in, a file of answers out: in bounded memory, written beside and renamed when whole."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import numpy as np
import polars as pl

from tidewaiter.assess.errors import FileError
from tidewaiter.bulk.arrays import Ints
from tidewaiter.bulk.columns import unread_columns
from tidewaiter.bulk.entries import gathered
from tidewaiter.bulk.frames import answer_schema, answers, streamed
from tidewaiter.bulk.inputs import LineFile, open_lines
from tidewaiter.bulk.kernel import Kernel
from tidewaiter.bulk.long import LINE
from tidewaiter.bulk.safe_csv import flat, guarded
from tidewaiter.bulk.stream import FRAME_ROWS, Options, Summary, ahead

STDOUT = "-"
Told = Callable[[int, float | None], None]
"""Told how many lines are priced and, where it is known, what part of the file that is."""


def price_file(
    kernel: Kernel,
    source: str | Path,
    output: str | Path,
    options: Options,
    told: Told = lambda lines, part: None,
    *,
    sort: bool = False,
) -> Summary:
    """Price every line of a file. ``output`` is .parquet or .csv, or ``-`` for CSV on standard output.

    ``sort`` gathers the lines of each entry first, in memory; the answers keep the order of the file. Raises ``FileError``;
    then nothing stands under the name of the output that did not stand there before.
    """
    write = _writer(output)
    file = open_lines(source)
    summary = Summary()
    schema = answer_schema(kernel, file.schema, options)
    summary.unread = unread_columns(file.schema.names(), kernel.regime.ledger)
    if sort:
        write(schema, lambda: iter([_sorted(kernel, file, schema, options, summary)]))
    else:
        write(schema, lambda: _watched(answers(kernel, file.frames(FRAME_ROWS), options, summary), file, summary, told))
    return summary


def _watched(frames: Iterator[pl.DataFrame], file: LineFile, summary: Summary, told: Told) -> Iterator[pl.DataFrame]:
    for frame in frames:
        yield frame
        part = file.done if file.rows is None else summary.lines / max(1, file.rows)
        told(summary.lines, part)


def _sorted(kernel: Kernel, file: LineFile, schema: pl.Schema, options: Options, summary: Summary) -> pl.DataFrame:
    """All answers, the lines of each entry gathered while they are priced."""
    frames = list(file.frames(FRAME_ROWS))
    if not frames:
        return pl.DataFrame(schema=schema)
    lines = pl.concat(frames)
    order = gathered(lines)
    found = pl.concat(list(answers(kernel, lines[order].iter_slices(FRAME_ROWS), options, summary)))
    if options.long:
        places = pl.Series(order + 1).gather(found[LINE] - 1)
        return found.with_columns(places.alias(LINE)).sort(LINE, maintain_order=True)
    back: Ints = np.empty_like(order)
    back[order] = np.arange(len(order))
    return found[back]


Write = Callable[[pl.Schema, Callable[[], Iterator[pl.DataFrame]]], None]


def _writer(output: str | Path) -> Write:
    if str(output) == STDOUT:
        return _to_stdout
    path = Path(output)
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        return lambda schema, make: _beside(path, lambda file: _sink_parquet(file, schema, make))
    if suffix == ".csv":
        return lambda schema, make: _beside(path, lambda file: _sink_csv(file, schema, make))
    raise FileError(
        "bad_file_type", f"{path.name}: answers are not written to a file of this type", "give .parquet or .csv"
    )


def _beside(path: Path, write: Callable[[Path], None]) -> None:
    """Write beside, then rename: no half-written file ever stands under the final name."""
    beside = path.with_name(f".{path.name}.tmp")
    try:
        with _alone(beside, path):
            try:
                write(beside)
                with beside.open("rb") as stream:
                    os.fsync(stream.fileno())
                beside.replace(path)
            except BaseException:
                with suppress(OSError):
                    beside.unlink()
                raise
    except OSError as error:
        raise FileError("cannot_write", f"{path}: {error.strerror or error}") from error


@contextmanager
def _alone(beside: Path, path: Path) -> Iterator[None]:
    """Keep a second run from writing the same file beside. A killed run holds nothing. Raises ``FileError``."""
    with beside.open("ab") as held:
        try:
            import fcntl

            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FileError("cannot_write", f"{path}: another run is writing it", "wait for it to end") from None
        except (ImportError, OSError):  # a system or a disk without locks
            pass
        yield


def _sink_parquet(path: Path, schema: pl.Schema, make: Callable[[], Iterator[pl.DataFrame]]) -> None:
    failed: list[BaseException] = []
    try:
        frames = streamed(schema, lambda: _noting(make(), failed))
        # Level 1 is faster than the default and, on columns of amounts, no larger.
        frames.sink_parquet(path, maintain_order=True, compression="zstd", compression_level=1)
    except pl.exceptions.PolarsError as error:
        # What went wrong in the reader or the kernel comes through Polars as an error of its own.
        if failed:
            raise failed[0] from None
        # So does a full disk, in more than one way.
        if isinstance(error, pl.exceptions.ComputeError):
            raise OSError(str(error)) from error
        raise


def _noting(frames: Iterator[pl.DataFrame], failed: list[BaseException]) -> Iterator[pl.DataFrame]:
    try:
        yield from frames
    except Exception as error:
        failed.append(error)
        raise


def _to_stdout(schema: pl.Schema, make: Callable[[], Iterator[pl.DataFrame]]) -> None:
    """CSV on standard output. A reader that closes the pipe is no error of ours (``BrokenPipeError``)."""
    try:
        _write_csv(sys.stdout.buffer, schema, make())
    except BrokenPipeError:
        raise
    except OSError as error:
        # What could not be written is not tried again when the interpreter ends.
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise FileError("cannot_write", f"standard output: {error.strerror or error}") from error


def _sink_csv(path: Path, schema: pl.Schema, make: Callable[[], Iterator[pl.DataFrame]]) -> None:
    with path.open("wb") as stream:
        _write_csv(stream, schema, make())


def _write_csv(stream: IO[bytes], schema: pl.Schema, frames: Iterator[pl.DataFrame]) -> None:
    """CSV whose text cells a spreadsheet does not take for formulas."""
    stream.write(_csv(pl.DataFrame(schema=schema), header=True))
    for frame in ahead(lambda: frames):
        stream.write(_csv(frame, header=False))
    stream.flush()


def _csv(frame: pl.DataFrame, header: bool) -> bytes:
    # Polars would hide what kind of error a stream raises.
    found = io.BytesIO()
    guarded(flat(frame)).write_csv(found, include_header=header)
    return found.getvalue()
