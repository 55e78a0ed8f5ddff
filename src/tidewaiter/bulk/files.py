"""A file of lines in, a file of answers out: in bounded memory, written beside and renamed when whole."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

import polars as pl

from tidewaiter.assess.errors import FileError
from tidewaiter.bulk.entries import ENTRY, entry_names
from tidewaiter.bulk.frames import answer_schema, answers, streamed
from tidewaiter.bulk.inputs import LineFile, open_lines
from tidewaiter.bulk.kernel import Kernel
from tidewaiter.bulk.safe_csv import guarded
from tidewaiter.bulk.stream import FRAME_ROWS, Options, Summary, ahead

STDOUT = "-"
Told = Callable[[int, float | None], None]
"""Told how many lines are priced and, where it is known, what part of the file that is."""
_PLACE = "__place"


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
    if sort:
        write(schema, lambda: iter([_sorted(kernel, file, options, summary)]))
    else:
        write(schema, lambda: _watched(answers(kernel, file.frames(FRAME_ROWS), options, summary), file, summary, told))
    return summary


def _watched(frames: Iterator[pl.DataFrame], file: LineFile, summary: Summary, told: Told) -> Iterator[pl.DataFrame]:
    for frame in frames:
        yield frame
        part = file.done if file.rows is None else summary.lines / max(1, file.rows)
        told(summary.lines, part)


def _sorted(kernel: Kernel, file: LineFile, options: Options, summary: Summary) -> pl.DataFrame:
    """All answers, the lines of each entry gathered while they are priced."""
    lines = pl.concat(list(file.frames(FRAME_ROWS)), how="diagonal_relaxed").with_row_index(_PLACE)
    names = entry_names(lines)
    if names is not None:
        # A line without an entry is its own; an entry stands where its first line does.
        own = pl.when(pl.col(ENTRY).is_null()).then(pl.col(_PLACE)).otherwise(pl.col(_PLACE).min().over(ENTRY))
        lines = lines.with_columns(names.alias(ENTRY)).with_columns(own.alias("__entry"))
        lines = lines.sort("__entry", _PLACE).drop("__entry")
    if options.long:
        return _long_sorted(kernel, lines, options, summary)
    found = pl.concat(list(answers(kernel, lines.iter_slices(FRAME_ROWS), options, summary)))
    return found.sort(_PLACE).drop(_PLACE)


def _long_sorted(kernel: Kernel, lines: pl.DataFrame, options: Options, summary: Summary) -> pl.DataFrame:
    places = lines[_PLACE].cast(pl.Int64) + 1
    found = pl.concat(list(answers(kernel, lines.drop(_PLACE).iter_slices(FRAME_ROWS), options, summary)))
    return found.with_columns(places.gather(found["line"] - 1).alias("line")).sort("line", maintain_order=True)


Write = Callable[[pl.Schema, Callable[[], Iterator[pl.DataFrame]]], None]


def _writer(output: str | Path) -> Write:
    if str(output) == STDOUT:
        return lambda schema, make: _write_csv(sys.stdout.buffer, schema, make())
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
        write(beside)
        with beside.open("rb") as stream:
            os.fsync(stream.fileno())
        beside.replace(path)
    except OSError as error:
        raise FileError("cannot_write", f"{path}: {error.strerror or error}") from error
    finally:
        with suppress(OSError):
            beside.unlink()


def _sink_parquet(path: Path, schema: pl.Schema, make: Callable[[], Iterator[pl.DataFrame]]) -> None:
    failed: list[BaseException] = []
    try:
        frames = streamed(schema, lambda: _noting(make(), failed))
        # Level 1 is faster than the default and, on columns of amounts, no larger.
        frames.sink_parquet(path, maintain_order=True, compression="zstd", compression_level=1)
    except pl.exceptions.PolarsError:
        # What went wrong in the reader or the kernel comes through Polars as an error of its own.
        if failed:
            raise failed[0] from None
        raise


def _noting(frames: Iterator[pl.DataFrame], failed: list[BaseException]) -> Iterator[pl.DataFrame]:
    try:
        yield from frames
    except Exception as error:
        failed.append(error)
        raise


def _sink_csv(path: Path, schema: pl.Schema, make: Callable[[], Iterator[pl.DataFrame]]) -> None:
    with path.open("wb") as stream:
        _write_csv(stream, schema, make())


def _write_csv(stream: IO[bytes], schema: pl.Schema, frames: Iterator[pl.DataFrame]) -> None:
    """CSV whose text cells a spreadsheet does not take for formulas."""
    stream.write(guarded(pl.DataFrame(schema=schema)).write_csv().encode())
    for frame in ahead(lambda: frames):
        told = guarded(frame)
        lists = [name for name, kind in told.schema.items() if isinstance(kind, pl.List)]
        told.with_columns(pl.col(name).list.join(";") for name in lists).write_csv(stream, include_header=False)
    stream.flush()
