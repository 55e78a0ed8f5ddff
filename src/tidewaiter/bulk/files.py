"""A file of lines in, a file of answers out: in bounded memory, written beside and renamed when whole."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import IO, TypeVar

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from tidewaiter.assess.errors import FileError
from tidewaiter.bulk.arrays import Ints
from tidewaiter.bulk.columns import unread_columns
from tidewaiter.bulk.entries import gathered
from tidewaiter.bulk.frames import amount_columns, answer_schema, answers, columns_of, tables
from tidewaiter.bulk.inputs import LineFile, open_lines
from tidewaiter.bulk.long import LINE
from tidewaiter.bulk.output import as_table
from tidewaiter.bulk.parquet_decimals import arrow_schema, tell_decimals
from tidewaiter.bulk.parquet_lines import ParquetLines
from tidewaiter.bulk.safe_csv import flat, guarded
from tidewaiter.bulk.several import AnyPricer
from tidewaiter.bulk.stream import FRAME_ROWS, Options, Summary, ahead

STDOUT = "-"
_PAGE_ROWS = 128 * 1024
Part = TypeVar("Part", pl.DataFrame, pa.Table)
Told = Callable[[int, float | None], None]
"""Told how many lines are priced and, where it is known, what part of the file that is."""


def price_file(
    kernel: AnyPricer,
    source: str | Path | LineFile,
    output: str | Path,
    options: Options,
    told: Told = lambda lines, part: None,
    *,
    sort: bool = False,
) -> Summary:
    """Price every line of a file (or of its name). ``output`` is .parquet or .csv, or ``-`` for CSV on standard output.

    ``sort`` gathers the lines of each entry first, in memory; the answers keep the order of the file. Raises ``FileError``;
    then nothing stands under the name of the output that did not stand there before.
    """
    write = _writer(output)
    file = open_lines(source) if isinstance(source, str | Path) else source
    summary = Summary()
    schema = answer_schema(kernel, file.schema, options)
    summary.unread = unread_columns(file.schema.names(), kernel.kernels[0].regime.ledger)
    write(_Answers(kernel, file, schema, options, summary, told, sort))
    return summary


@dataclass(frozen=True, slots=True)
class _Answers:
    """The answers of a file, as frames or as Arrow tables; they can be asked for once."""

    kernel: AnyPricer
    file: LineFile
    schema: pl.Schema
    options: Options
    summary: Summary
    told: Told
    sort: bool

    def frames(self) -> Iterator[pl.DataFrame]:
        """For text."""
        if self.sort:
            return iter([_sorted(self.kernel, self.file, self.schema, self.options, self.summary)])
        return self._watched(answers(self.kernel, self.file.frames(FRAME_ROWS), self.options, self.summary))

    def tables(self) -> Iterator[pa.Table]:
        """For Parquet."""
        if self.sort:
            return (as_table(frame) for frame in self.frames())
        file = self.file
        if isinstance(file, ParquetLines) and not self.options.long:
            frames = file.coded_frames(FRAME_ROWS)
        else:
            frames = file.frames(FRAME_ROWS)
        return self._watched(tables(self.kernel, frames, self.options, self.summary))

    def _watched(self, parts: Iterator[Part]) -> Iterator[Part]:
        for part in parts:
            yield part
            rows = self.file.rows
            self.told(self.summary.lines, self.file.done if rows is None else self.summary.lines / max(1, rows))


def _sorted(kernel: AnyPricer, file: LineFile, schema: pl.Schema, options: Options, summary: Summary) -> pl.DataFrame:
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


Write = Callable[[_Answers], None]


def _writer(output: str | Path) -> Write:
    if str(output) == STDOUT:
        return _to_stdout
    path = Path(output)
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        return lambda answers: write_beside(path, lambda file: _write_parquet(file, answers))
    if suffix == ".csv":
        return lambda answers: write_beside(path, lambda file: _csv_file(file, answers))
    raise FileError(
        "bad_file_type", f"{path.name}: answers are not written to a file of this type", "give .parquet or .csv"
    )


def write_beside(path: Path, write: Callable[[Path], None]) -> None:
    """Write beside, then rename: no half-written file ever stands under the final name."""

    def sent(file: Path) -> None:
        with _meanwhile_to_disk(file):
            write(file)

    _renamed(path, sent)


def put_beside(path: Path, content: bytes | str) -> None:
    """Write bytes, or text as UTF-8 with its line ends as they are, as :func:`write_beside` does."""
    written = content.encode() if isinstance(content, str) else content

    def write(file: Path) -> None:
        file.write_bytes(written)

    _renamed(path, write)


def _renamed(path: Path, write: Callable[[Path], None]) -> None:
    """Write beside, see it on the disk, and rename."""
    beside = path.with_name(f".{path.name}.tmp")
    try:
        with _alone(beside, path):
            try:
                with beside.open("rb") as stream:
                    write(beside)
                    os.fsync(stream.fileno())
                beside.replace(path)
            except BaseException:
                with suppress(OSError):
                    beside.unlink()
                raise
    except OSError as error:
        raise FileError("cannot_write", f"{path}: {error.strerror or error}") from error


@contextmanager
def _meanwhile_to_disk(file: Path) -> Iterator[None]:
    """Send what is written of a file to the disk as it grows, so that there is little to wait for at its end."""
    done = Event()

    def send() -> None:
        with suppress(OSError), file.open("rb") as stream:  # of a full disk the writer itself tells
            while not done.wait(1.0):
                os.fsync(stream.fileno())

    sender = Thread(target=send, name="tidewaiter-to-disk", daemon=True)
    sender.start()
    try:
        yield
    finally:
        done.set()
        sender.join()


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


def _write_parquet(path: Path, answers: _Answers) -> None:
    """Parquet, its columns as they lie in memory: statistics are kept of dates and numbers, by which rows are looked for, and
    not of amounts."""
    own = as_table(pl.DataFrame(schema=answers.schema)).schema
    amounts = amount_columns(answers.kernel, answers.options)
    sparse = columns_of(answers.kernel, answers.options).sparse
    ranged = (name for name, kind in answers.schema.items() if kind.is_numeric() or kind.is_temporal())
    looked_for = [name for name in ranged if name not in amounts]
    decimals: dict[str, pa.DataType] = {}
    writer: pq.ParquetWriter | None = None
    with ExitStack() as open_files:
        for table in ahead(answers.tables, 2):
            if writer is None:
                found = _named_as(own, table.schema)
                whole = [name for name in found.names if pa.types.is_int64(found.field(name).type)]
                decimals = {name: own.field(name).type for name in whole if pa.types.is_decimal(own.field(name).type)}
                words = [one.name for one in found if pa.types.is_dictionary(one.type)]
                texts = {
                    name: own.field(name).type for name in words if not pa.types.is_dictionary(own.field(name).type)
                }
                told = pa.schema([one.with_type({**decimals, **texts}.get(one.name, one.type)) for one in found])
                writer = open_files.enter_context(_writer_of(path, found, told, looked_for, sparse))
            writer.write_table(table.cast(writer.schema))
            del table
        if writer is None:
            open_files.enter_context(_writer_of(path, own, own, looked_for, sparse))
    tell_decimals(path, decimals)


@contextmanager
def _writer_of(
    path: Path, schema: pa.Schema, told: pa.Schema, looked_for: list[str], sparse: frozenset[str]
) -> Iterator[pq.ParquetWriter]:
    """A writer of tables of a schema; ``told`` is the schema that readers are told, ``sparse`` are columns mostly of nothing."""
    whole = [field.name for field in schema if pa.types.is_integer(field.type)]
    coded = [field.name for field in schema if not pa.types.is_decimal(field.type) and field.name not in whole]
    with pq.ParquetWriter(
        path,
        schema,
        compression="zstd",
        # Much faster than the default and, on columns of amounts, hardly larger.
        compression_level=-2,
        use_dictionary=coded,
        # Half the time of numbers as they lie in memory, and as small; runs of zeros are better left to the compression.
        column_encoding={name: "DELTA_BINARY_PACKED" for name in whole if name not in sparse},
        write_statistics=looked_for,
        store_decimal_as_integer=True,
        store_schema=False,
        # Many values at a time: a column has no small pages.
        write_batch_size=_PAGE_ROWS,
        max_rows_per_page=_PAGE_ROWS,
        data_page_size=8 * _PAGE_ROWS,
    ) as writer:
        yield writer
        writer.add_key_value_metadata(arrow_schema(told))


def _named_as(own: pa.Schema, found: pa.Schema) -> pa.Schema:
    """The types found, with what Polars says of closed lists of words beside them, so that it reads them as such."""
    return pa.schema([field.with_metadata(own.field(field.name).metadata) for field in found])


def _to_stdout(answers: _Answers) -> None:
    """CSV on standard output. A reader that closes the pipe is no error of ours (``BrokenPipeError``)."""
    try:
        _write_csv(sys.stdout.buffer, answers)
    except BrokenPipeError:
        raise
    except OSError as error:
        # What could not be written is not tried again when the interpreter ends.
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise FileError("cannot_write", f"standard output: {error.strerror or error}") from error


def _csv_file(path: Path, answers: _Answers) -> None:
    with path.open("wb") as stream:
        _write_csv(stream, answers)


def _write_csv(stream: IO[bytes], answers: _Answers) -> None:
    """CSV whose text cells a spreadsheet does not take for formulas."""
    stream.write(_csv(pl.DataFrame(schema=answers.schema), header=True))
    for frame in ahead(answers.frames):
        stream.write(_csv(frame, header=False))
    stream.flush()


def _csv(frame: pl.DataFrame, header: bool) -> bytes:
    # Polars would hide what kind of error a stream raises.
    found = io.BytesIO()
    guarded(flat(frame)).write_csv(found, include_header=header)
    return found.getvalue()
