"""Frames in, frames out: the answers as a data frame, or as a lazy frame that is priced as it is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import overload

import polars as pl
import pyarrow as pa
from polars.io.plugins import register_io_source

from tidewaiter.assess.errors import FileError
from tidewaiter.assess.line import FIELDS
from tidewaiter.bulk.columns import check_columns
from tidewaiter.bulk.lines import MARK
from tidewaiter.bulk.long import LAYER_COLUMNS, long_schema
from tidewaiter.bulk.output import Columns
from tidewaiter.bulk.several import AnyPricer
from tidewaiter.bulk.stream import FRAME_ROWS, Options, Summary, ahead, priced_frames, priced_tables

_FACT = "fact."


@overload
def price(
    kernel: AnyPricer, lines: pl.DataFrame, options: Options = ..., summary: Summary | None = ...
) -> pl.DataFrame: ...


@overload
def price(
    kernel: AnyPricer, lines: pl.LazyFrame, options: Options = ..., summary: Summary | None = ...
) -> pl.LazyFrame: ...


def price(
    kernel: AnyPricer,
    lines: pl.DataFrame | pl.LazyFrame,
    options: Options | None = None,
    summary: Summary | None = None,
) -> pl.DataFrame | pl.LazyFrame:
    """The lines of a frame with their duties, fees, totals, warnings and errors beside them.

    A lazy frame is priced frame by frame as it is read, in bounded memory; its order is kept. Raises ``FileError``:
    ``missing_column``, ``bad_column_type``, or ``column_exists`` where a column of the input has the name of a column of the
    answer.
    """
    told = options or Options()
    if MARK in names_of(lines):
        raise FileError("column_exists", f"a column may not be named {MARK}", "rename the column")
    if isinstance(lines, pl.DataFrame):
        schema = answer_schema(kernel, lines.schema, told)
        whole_frame = lines.with_columns(pl.col(name).cast(pl.Date) for name in midnights(lines.lazy()))
        found = list(answers(kernel, _slices(whole_frame), told, summary or Summary()))
        return pl.concat(found) if found else pl.DataFrame(schema=schema)
    whole = lines.with_columns(pl.col(name).cast(pl.Date) for name in midnights(lines))
    schema = answer_schema(kernel, whole.collect_schema(), told)
    return streamed(
        schema,
        lambda: answers(
            kernel, whole.collect_batches(chunk_size=FRAME_ROWS, maintain_order=True), told, summary or Summary()
        ),
    )


def _slices(lines: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The frames to price. The first and the last are half as long: nobody prices while the one is read, nor while the columns
    of the other are made."""
    count = lines.height
    short = FRAME_ROWS if count <= FRAME_ROWS else FRAME_ROWS // 2
    edges = [0, *range(short, count - short, FRAME_ROWS), count - short, count]
    return (lines[first:last] for first, last in pairwise(sorted({max(0, edge) for edge in edges})))


def names_of(lines: pl.DataFrame | pl.LazyFrame) -> list[str]:
    """The columns of a frame. Raises ``TypeError`` for what is none."""
    if not isinstance(lines, pl.DataFrame | pl.LazyFrame):
        raise TypeError(f"price takes a Polars frame, not {type(lines).__name__}: polars.from_pandas(frame) makes one")
    return lines.collect_schema().names()


def answers(
    kernel: AnyPricer, frames: Iterable[pl.DataFrame], options: Options, summary: Summary
) -> Iterator[pl.DataFrame]:
    """The answers for frames of lines, slice by slice."""
    return priced_frames(kernel, frames, columns_of(kernel, options), options, summary)


def tables(kernel: AnyPricer, frames: Iterable[pl.DataFrame], options: Options, summary: Summary) -> Iterator[pa.Table]:
    """The same as Arrow tables, for a writer of files."""
    return priced_tables(kernel, frames, columns_of(kernel, options), options, summary)


def amount_columns(kernel: AnyPricer, options: Options) -> frozenset[str]:
    """The columns of an answer that hold amounts and rates, and no words."""
    added = LAYER_COLUMNS if options.long else columns_of(kernel, options).schema()
    return frozenset(name for name, kind in added.items() if isinstance(kind, pl.Decimal))


def columns_of(kernel: AnyPricer, options: Options) -> Columns:
    """The columns of an answer under a kernel's regime."""
    return Columns.of(kernel.kernels, options.rates)


def answer_schema(kernel: AnyPricer, own: pl.Schema, options: Options) -> pl.Schema:
    """The columns of the answer for lines with these columns.

    Raises ``FileError``: ``missing_column``, ``bad_column_type``, ``column_exists``.
    """
    kept = {name: kind for name, kind in own.items() if name != MARK}
    check_columns(kept)
    if options.long:
        return pl.Schema(long_schema(pl.Schema(kept)))
    added = columns_of(kernel, options).schema()
    doubled = sorted(kept.keys() & added.keys())
    if doubled:
        raise FileError(
            "column_exists",
            f"the input has columns named as the answer's: {', '.join(doubled)}",
            "rename them, or leave them out (an answer is no input)",
        )
    return pl.Schema({**kept, **added})


def streamed(schema: pl.Schema, make: object) -> pl.LazyFrame:
    """A lazy frame of what an iterator makes, which runs a little ahead of the reader."""
    assert callable(make)

    def source(
        with_columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None, batch_size: int | None
    ) -> Iterator[pl.DataFrame]:
        left = n_rows
        for frame in ahead(make):
            if left is not None:
                frame = frame.head(left)
                left -= frame.height
            if predicate is not None:
                frame = frame.filter(predicate)
            yield frame if with_columns is None else frame.select(with_columns)
            if left == 0:
                return

    return register_io_source(source, schema=schema)


def midnights(lines: pl.LazyFrame) -> list[str]:
    """Timestamp columns without zone that hold midnights only: that is how data frames store bare dates."""
    schema = lines.collect_schema()
    names = [
        name
        for name, kind in schema.items()
        if isinstance(kind, pl.Datetime) and kind.time_zone is None and (name in FIELDS or name.startswith(_FACT))
    ]
    if not names:
        return []
    checks = lines.select((pl.col(name) == pl.col(name).dt.truncate("1d")).all() for name in names).collect()
    return [name for name in names if checks[name].item()]
