"""CSV files as frames: whole blocks at once where a block is plain, row by row where it is not, the cells alike.

A block is read by Arrow if its quotes stand where CSV has them, its bytes are UTF-8 and its rows have as many cells as
there are columns. Any other block is read by the ``csv`` module, as :mod:`tidewaiter.assess.records` reads a whole file.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
from pyarrow import csv as arrow_csv

from tidewaiter.assess.errors import FileError
from tidewaiter.assess.records import LARGEST_CELL
from tidewaiter.bulk.byte_source import ByteSource
from tidewaiter.bulk.lines import MARK
from tidewaiter.bulk.portions import check_names, in_portions

_BLOCK = 8 * 1024 * 1024
_QUOTE, _COMMA, _FEED, _RETURN = b'",\n\r'
_AROUND = (_QUOTE, _COMMA, _FEED, _RETURN)
"""What may stand before a quote that opens a cell, and after one that closes it (a quote: that of a doubled pair)."""


class CsvLines:
    """The lines of a CSV file. All columns are text; a blank cell is an empty text, a cell that is not there is null.

    Rows with more cells than there are columns are marked ``malformed_row``, rows with bytes that are no UTF-8
    ``bad_encoding`` (the bytes become replacement characters). Where quotes cannot be followed, nobody knows where the next
    row begins: that ends the reading with ``FileError`` ``malformed_file``, after the rows before.
    """

    def __init__(self, path: Path, block: int = _BLOCK) -> None:
        self._path, self._block = path, block
        self._source: ByteSource | None = None
        with ByteSource(path) as source:
            self._names = self._header(source)
        self.schema = pl.Schema({name: pl.String() for name in self._names})
        self.rows: int | None = None

    @property
    def done(self) -> float | None:
        """The fraction of the file that has been read."""
        return self._source.done if self._source else 0.0

    def frames(self, rows: int) -> Iterator[pl.DataFrame]:
        """The lines in the order of the file."""
        with ByteSource(self._path) as source:
            self._source = source
            self._header(source)
            yield from in_portions(self._blocks(source), rows)

    def _header(self, source: ByteSource) -> list[str]:
        text = _Text(source)
        csv.field_size_limit(LARGEST_CELL)
        try:
            names = [_shown(name) for name in next(csv.reader(text, strict=True), [])]
        except csv.Error as error:
            raise self._no_csv(1, error) from error
        if not names:
            raise FileError(
                "malformed_file", f"{self._path.name}: the file is empty", "the first line names the columns"
            )
        check_names(names, self._path.name)
        return names

    def _blocks(self, source: ByteSource) -> Iterator[pl.DataFrame]:
        while source.peek(1):
            frame = self._whole_block(source)
            if frame is None:
                yield from self._row_by_row(source)
            else:
                yield frame

    # Whole blocks

    def _whole_block(self, source: ByteSource) -> pl.DataFrame | None:
        """The rows of the next block; ``None`` if it must be read row by row."""
        size = self._block
        while True:
            block = source.peek(size)
            last = source.all_of_it(size)
            end = _end_of_rows(block, last)
            if end or last or size >= LARGEST_CELL:
                break
            size = min(4 * size, LARGEST_CELL)
        block = block[:end]
        frame = self._read_by_arrow(block) if end else None
        if frame is not None:
            source.take(block)
        return frame

    def _read_by_arrow(self, block: bytes) -> pl.DataFrame | None:
        quoted = b'"' in block
        if (quoted and not _well_quoted(block)) or block.startswith(codecs.BOM_UTF8):
            return None
        try:
            table = arrow_csv.read_csv(
                pa.BufferReader(block),
                arrow_csv.ReadOptions(column_names=self._names, block_size=len(block) + 1),
                arrow_csv.ParseOptions(newlines_in_values=quoted),
                arrow_csv.ConvertOptions(
                    column_types=dict.fromkeys(self._names, pa.string()), strings_can_be_null=False
                ),
            )
        except pa.ArrowInvalid:
            return None
        frame = pl.from_arrow(table)
        assert isinstance(frame, pl.DataFrame)
        return frame.with_columns(pl.lit(None, pl.String).alias(MARK))

    # Row by row

    def _row_by_row(self, source: ByteSource) -> Iterator[pl.DataFrame]:
        """The rows of about one block. Raises ``FileError`` where the text is no CSV, after the rows before."""
        text = _Text(source)
        reader = csv.reader(text, strict=True)
        rows: list[list[str | None]] = []
        trouble: FileError | None = None
        while text.taken < self._block:
            start, text.damaged = source.line, False
            try:
                row = next(reader, None)
            except csv.Error as error:
                trouble = self._no_csv(start, error)
                trouble.__cause__ = error
                break
            except FileError as error:
                trouble = error
                break
            if row is None:
                break
            if row:
                rows.append(self._cells(row, text.damaged))
        if rows:
            names = [*self._names, MARK]
            columns = zip(*rows, strict=True)
            yield pl.DataFrame([pl.Series(name, cells, pl.String) for name, cells in zip(names, columns, strict=True)])
        if trouble:
            raise trouble

    def _cells(self, row: list[str], damaged: bool) -> list[str | None]:
        """The cells of a row, one for each column, and why it is refused."""
        width = len(self._names)
        refused = "bad_encoding" if damaged else "malformed_row" if len(row) > width else None
        cells = [_shown(cell) for cell in row[:width]] if damaged else row[:width]
        return [*cells, *[None] * (width - len(row)), refused]

    def _no_csv(self, line: int, error: csv.Error) -> FileError:
        return FileError(
            "malformed_file",
            f"{self._path.name}: the row that begins on line {line} is not CSV: {error}",
            "save it as comma-separated text",
        )


class _Text:
    """The lines of a source as text, for the ``csv`` module; ``damaged`` is set by a line that is not UTF-8."""

    def __init__(self, source: ByteSource) -> None:
        self._source = source
        self.taken = 0
        self.damaged = False

    def __iter__(self) -> _Text:
        return self

    def __next__(self) -> str:
        line = self._source.readline()
        if not line:
            raise StopIteration
        self.taken += len(line)
        try:
            return line.decode()
        except UnicodeDecodeError:
            self.damaged = True
            return line.decode(errors="surrogateescape")


def _shown(cell: str) -> str:
    """A cell with replacement characters for the bytes that are no text."""
    return cell.encode(errors="surrogateescape").decode(errors="replace")


def _end_of_rows(block: bytes, last: bool) -> int:
    """Where the last whole row of a block ends, if its quotes are those of CSV; 0 if none does."""
    if last and block.count(b'"') % 2 == 0:
        return len(block)
    feed = b"\n" if b"\n" in block else b"\r"
    if b'"' not in block:
        return block.rfind(feed, 0, None if feed == b"\n" else -1) + 1
    content = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(content[: None if feed == b"\n" else -1] == feed[0])
    outside = ends[np.searchsorted(np.flatnonzero(content == _QUOTE), ends) % 2 == 0]
    return int(outside[-1]) + 1 if outside.size else 0


def _well_quoted(block: bytes) -> bool:
    """Whether every quote opens a cell, closes one, or is one of a pair within one: then all readers of CSV agree."""
    content = np.frombuffer(block, np.uint8)
    quotes = np.flatnonzero(content == _QUOTE)
    if quotes.size % 2:
        return False
    before = content[quotes[0::2] - 1]
    after = content[np.minimum(quotes[1::2] + 1, content.size - 1)]
    if quotes[0] == 0:
        before = before[1:]
    return bool(np.isin(before, _AROUND).all() and np.isin(after, _AROUND).all())
