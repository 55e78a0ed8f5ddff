"""Arrow batches in, Arrow batches out: how other engines (Apache Spark) hand lines to the kernel.

Only the columns of the contract go through the kernel. All others are put beside the answers as they came.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator

import polars as pl
import pyarrow as pa

from tidewaiter.assess.line import FIELDS
from tidewaiter.bulk.lines import MARK
from tidewaiter.bulk.output import Columns
from tidewaiter.bulk.several import AnyPricer
from tidewaiter.bulk.stream import Options, Summary, priced_frames

FRAME_ROWS = 100_000
"""Lines priced at once: the cost of a frame is spread, and a worker stays small."""
BATCH_ROWS = 20_000
"""Rows of a batch that goes out."""
_OTHERS = frozenset({"facts", MARK})
_FACT = "fact."


def priced_batches(
    kernel: AnyPricer,
    batches: Iterable[pa.RecordBatch],
    options: Options,
    hidden: Collection[str] = (),
    frame_rows: int = FRAME_ROWS,
) -> Iterator[pa.RecordBatch]:
    """The answers for batches of lines, in order, with the lines' own columns but the ``hidden`` ones.

    With ``options.long`` the rows are layers, named by ``line_id`` and ``entry_id``; a line's number in a file is not told,
    for a batch does not know it. Lines of one entry must stand together.
    """
    columns = Columns.of(kernel.kernels, options.rates)
    own = _Own({*hidden, MARK})
    frames = (_frame(table) for table in own.seen(_tables(batches, frame_rows)))
    for answers in priced_frames(kernel, frames, columns, options, Summary()):
        if options.long:
            yield from _batches(_arrow(answers.drop("line")))
            continue
        added = _arrow(answers.select(list(columns.schema())))
        table = own.take(added.num_rows)
        for name in added.column_names:
            table = table.append_column(name, added[name])
        yield from _batches(table)


def is_read(name: str) -> bool:
    """Whether the kernel reads a column of that name."""
    return name in FIELDS or name in _OTHERS or name.startswith(_FACT)


class _Own:
    """The lines' own columns, waiting for their answers."""

    def __init__(self, hidden: Collection[str]) -> None:
        self._hidden = hidden
        self._waiting: deque[pa.Table] = deque()

    def seen(self, tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
        """The tables as they pass; what must be put beside the answers is kept."""
        for table in tables:
            self._waiting.append(table.select([name for name in table.column_names if name not in self._hidden]))
            yield table

    def take(self, rows: int) -> pa.Table:
        """The next rows."""
        taken: list[pa.Table] = []
        while rows:
            first = self._waiting.popleft()
            taken.append(first[:rows])
            if first.num_rows > rows:
                self._waiting.appendleft(first[rows:])
            rows -= taken[-1].num_rows
        return pa.concat_tables(taken)


def _tables(batches: Iterable[pa.RecordBatch], rows: int) -> Iterator[pa.Table]:
    """Batches gathered into tables of at least so many rows; the last may be shorter."""
    gathered: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        if batch.num_rows:
            gathered.append(batch)
            count += batch.num_rows
        if count >= rows:
            yield pa.Table.from_batches(gathered)
            gathered, count = [], 0
    if gathered:
        yield pa.Table.from_batches(gathered)


def _frame(table: pa.Table) -> pl.DataFrame:
    """The columns that the kernel reads, as a frame. Instants are told in UTC, whatever zone the sender names."""
    read = table.select([name for name in table.column_names if is_read(name)])
    for place, field in enumerate(read.schema):
        if pa.types.is_timestamp(field.type) and field.type.tz is not None:
            zoned = read.column(place).cast(pa.timestamp(field.type.unit, "UTC"))
            read = read.set_column(place, field.name, zoned)
    if not read.num_columns:
        return pl.DataFrame({MARK: pl.Series([None] * table.num_rows, dtype=pl.String)})
    found = pl.from_arrow(read)
    assert isinstance(found, pl.DataFrame)
    return found


def _arrow(frame: pl.DataFrame) -> pa.Table:
    """A frame as Arrow, with plain strings: closed lists of words are strings elsewhere."""
    words = [name for name, kind in frame.schema.items() if isinstance(kind, pl.Enum | pl.Categorical | pl.String)]
    table = frame.with_columns(pl.col(name).cast(pl.String) for name in words).to_arrow(
        compat_level=pl.CompatLevel.oldest()
    )
    plain = [pa.field(one.name, pa.string() if one.name in words else one.type) for one in table.schema]
    return table.cast(pa.schema(plain))


def _batches(table: pa.Table) -> Iterator[pa.RecordBatch]:
    return iter(table.combine_chunks().to_batches(max_chunksize=BATCH_ROWS))
