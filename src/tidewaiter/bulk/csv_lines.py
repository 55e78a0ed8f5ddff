"""CSV files as frames: whole blocks at once where a block is plain, row by row where it is not, the cells alike.

A block is read by Arrow if its quotes stand where CSV has them, its bytes are UTF-8 and its rows have as many cells as
there are columns. Any other block is read by the ``csv`` module, as :mod:`tidewaiter.assess.records` reads a whole file.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
from pyarrow import csv as arrow_csv

from tidewaiter.assess.errors import FileError
from tidewaiter.assess.files import check_separator
from tidewaiter.assess.records import LARGEST_CELL
from tidewaiter.bulk.arrays import Ints
from tidewaiter.bulk.byte_source import ByteSource
from tidewaiter.bulk.lines import MARK
from tidewaiter.bulk.portions import check_names, in_portions

_BLOCK = 8 * 1024 * 1024
_HEAD = 64 * 1024
"""So much of a file holds the names of its columns."""
_QUOTE, _FEED, _RETURN = b'"\n\r'

Bytes = npt.NDArray[np.uint8]
_NONE: Ints = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class CsvForm:
    """How a table stands in its file, where it is not simply a header and its rows.

    ``skip`` lines stand above the header; ``names`` are used in place of those in the header; only the columns at the places
    ``keep`` are wanted; ``comma`` separates the cells; ``blanks``: a blank line is a row of cells that are not there.
    """

    skip: int = 0
    names: tuple[str, ...] | None = None
    keep: tuple[int, ...] | None = None
    comma: str = ","
    blanks: bool = False


class CsvLines:
    """The lines of a CSV file. All columns are text; a blank cell is an empty text, a cell that is not there is null.

    Rows with more cells than there are columns are marked ``malformed_row``, rows with bytes that are no UTF-8
    ``bad_encoding`` (the bytes become replacement characters). Where quotes cannot be followed, nobody knows where the next
    row begins: that ends the reading with ``FileError`` ``malformed_file``, after the rows before.
    """

    def __init__(self, path: Path, block: int = _BLOCK, form: CsvForm | None = None) -> None:
        self._path, self._block, self._form = path, block, form or CsvForm()
        self._source: ByteSource | None = None
        # What may stand before a quote that opens a cell, and after one that closes it (a quote: that of a doubled pair).
        self._before = (ord(self._form.comma), _FEED, _RETURN)
        with ByteSource(path) as source:
            self._names = self._header(source)
        self._places = [str(place) for place in range(len(self._names))]
        self._kept = list(range(len(self._names)) if self._form.keep is None else self._form.keep)
        self.schema = pl.Schema({self._names[place]: pl.String() for place in self._kept})
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
        if self._form == CsvForm():
            check_separator(source.peek(_HEAD).decode(errors="replace"), self._path.name)
        for _ in range(self._form.skip):
            source.readline()
        text = _Text(source)
        csv.field_size_limit(LARGEST_CELL)
        try:
            names = [_shown(name) for name in next(csv.reader(text, strict=True, delimiter=self._form.comma), [])]
        except csv.Error as error:
            raise self._no_csv(1, error) from error
        if not names:
            raise FileError(
                "malformed_file", f"{self._path.name}: the file is empty", "the first line names the columns"
            )
        if self._form.names is not None:
            return list(self._form.names)
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
            end = _end_of_rows(block, last, self._before)
            if end or last or size >= LARGEST_CELL:
                break
            size = min(4 * size, LARGEST_CELL)
        block = block[:end]
        frame = self._read_by_arrow(block) if end else None
        if frame is not None:
            source.take(block)
        return frame

    def _read_by_arrow(self, block: bytes) -> pl.DataFrame | None:
        if not _well_quoted(block, self._before) or block.startswith(codecs.BOM_UTF8):
            return None
        odd: list[tuple[int, list[str | None]]] = []

        def keep(row: Any) -> str:
            """A row with more or fewer cells than columns: kept aside, with its number."""
            cells = next(csv.reader(io.StringIO(row.text, newline=""), delimiter=self._form.comma), [])
            odd.append((row.number - 1, self._cells(cells, False)))
            return "skip"

        try:
            try:
                return self._arrow_table(block, None)
            except pa.ArrowInvalid:
                block.decode()
                return self._with_odd(self._arrow_table(block, keep), odd)
        except (pa.ArrowInvalid, UnicodeDecodeError):
            return None

    def _arrow_table(self, block: bytes, invalid: Callable[[Any], str] | None) -> pl.DataFrame:
        table = arrow_csv.read_csv(
            pa.BufferReader(block),
            arrow_csv.ReadOptions(column_names=self._places, block_size=len(block) + 1, use_threads=invalid is None),
            arrow_csv.ParseOptions(
                delimiter=self._form.comma,
                newlines_in_values=True,
                ignore_empty_lines=not self._form.blanks,
                invalid_row_handler=invalid,
            ),
            arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(self._places, pa.string()),
                strings_can_be_null=False,
                include_columns=[str(place) for place in self._kept],
            ),
        )
        frame = pl.from_arrow(table)
        assert isinstance(frame, pl.DataFrame)
        return self._named(frame.with_columns(pl.lit(None, pl.String).alias(MARK)))

    def _with_odd(self, frame: pl.DataFrame, odd: list[tuple[int, list[str | None]]]) -> pl.DataFrame:
        """The rows kept aside put back in their places."""
        if not odd:
            return frame
        count = frame.height + len(odd)
        places = np.fromiter((place for place, _ in odd), np.int64, len(odd))
        order = np.empty(count, np.int64)
        order[np.setdiff1d(np.arange(count), places, assume_unique=True)] = np.arange(frame.height)
        order[places] = np.arange(frame.height, count)
        return pl.concat([frame, self._frame([row for _, row in odd])])[order]

    # Row by row

    def _row_by_row(self, source: ByteSource) -> Iterator[pl.DataFrame]:
        """The rows of about one block. Raises ``FileError`` where the text is no CSV, after the rows before."""
        text = _Text(source)
        reader = csv.reader(text, strict=True, delimiter=self._form.comma)
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
            if row or self._form.blanks:
                rows.append(self._cells(row, text.damaged))
        if rows:
            yield self._frame(rows)
        if trouble:
            raise trouble

    def _frame(self, rows: list[list[str | None]]) -> pl.DataFrame:
        columns = dict(zip([*self._places, MARK], zip(*rows, strict=True), strict=True))
        kept = [*(str(place) for place in self._kept), MARK]
        return self._named(pl.DataFrame({place: pl.Series(columns[place], dtype=pl.String) for place in kept}))

    def _named(self, frame: pl.DataFrame) -> pl.DataFrame:
        """A frame with its names in place of numbers: Polars makes no frame with an empty name, but keeps one."""
        frame.columns = [*(self._names[place] for place in self._kept), MARK]
        return frame

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


def _quotes(content: Bytes, before_cell: tuple[int, ...]) -> Ints:
    """The places of the quotes of a block; none where no quote begins a cell (inches: ``5" pipe``), for then they are text."""
    quotes = np.flatnonzero(content == _QUOTE)
    before = content[quotes - 1]
    if quotes.size and quotes[0] and not np.isin(before, before_cell).any():
        return quotes[:0]
    return quotes


def _end_of_rows(block: bytes, last: bool, before_cell: tuple[int, ...]) -> int:
    """Where the last whole row of a block ends, if its quotes are those of CSV; 0 if none does."""
    feed = _FEED if b"\n" in block else _RETURN
    content = np.frombuffer(block, np.uint8)
    quotes = _quotes(content, before_cell) if b'"' in block else _NONE
    if last and quotes.size % 2 == 0:
        return len(block)
    until = len(block) if feed == _FEED else len(block) - 1  # after a last \r, a \n may follow
    if not quotes.size:
        return block.rfind(feed, 0, until) + 1
    ends = np.flatnonzero(content[:until] == feed)
    outside = ends[np.searchsorted(quotes, ends) % 2 == 0]
    return int(outside[-1]) + 1 if outside.size else 0


def _well_quoted(block: bytes, before_cell: tuple[int, ...]) -> bool:
    """Whether every quote opens a cell, closes one, or is one of a pair within one: then all readers of CSV agree."""
    if b'"' not in block:
        return True
    content = np.frombuffer(block, np.uint8)
    quotes = _quotes(content, before_cell)
    if not quotes.size or quotes.size % 2:
        return not quotes.size
    before = content[quotes[0::2] - 1]
    after = content[np.minimum(quotes[1::2] + 1, content.size - 1)]
    if quotes[0] == 0:
        before = before[1:]
    around = (_QUOTE, *before_cell)
    return bool(np.isin(before, around).all() and np.isin(after, around).all())
