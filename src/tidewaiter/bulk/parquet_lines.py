"""Parquet files as frames: by the streaming engine of Polars, or page by page where row groups are large."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from tidewaiter.assess.errors import FileError
from tidewaiter.assess.line import FIELDS, LIST_FIELDS, WORD_FIELDS
from tidewaiter.assess.records import check_column_types
from tidewaiter.bulk.portions import check_names, in_portions

_FACTS = "facts"
_LARGE_GROUP = 128 * 1024 * 1024
"""A row group of more bytes is read page by page: slower, but a group need not fit in memory."""
_CELL = 16
_BATCH_BYTES = 32 * 1024 * 1024
_BUFFER = 1024 * 1024
_WORDS = frozenset({"hts", "origin", "into", "transport", "unit", "unit_2", *LIST_FIELDS, *WORD_FIELDS})
"""The fields that hold few different words."""
_DICTIONARY, _DICTIONARIES = 256 * 1024, 32 * 1024 * 1024
"""Words that are coded take no more bytes than this in a row group, and in the file."""
_CODED_ROW, _CODED_GROUP = 3, 2 * 1024 * 1024
"""A column that is coded throughout has no more bytes a row, and a row group, than this."""
_TROUBLE = (pa.ArrowException, pl.exceptions.PolarsError, OSError, ValueError, pl.exceptions.PanicException)
"""What the readers raise where a file is not as it says."""


class ParquetLines:
    """The lines of a Parquet file. Numbers, dates, times and lists stay as they are, coded text becomes text.

    A column of timestamps without zone that holds midnights only is a column of bare dates, as data frames store them.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._passed = 0
        try:
            with pq.ParquetFile(path) as file:
                self._fields = file.schema_arrow
                meta = file.metadata
                self.rows: int | None = meta.num_rows
                groups = [meta.row_group(number) for number in range(meta.num_row_groups)]
                self._group = max((_weight(group, meta.num_columns) for group in groups), default=0)
                self._group_rows = [int(group.num_rows) for group in groups]
                self._bytes = sum(group.total_byte_size for group in groups)
        except _TROUBLE as error:
            raise FileError("malformed_file", f"{path.name} is not a Parquet file: {error}") from error
        check_names(self._fields.names, path.name)
        self._coded = _coded(groups, self._fields)
        check_column_types(self._fields)
        for field in self._fields:
            _check_nested(field)
        try:
            self._casts = self._plan()
            self.schema = pl.scan_parquet(path, glob=False).with_columns(self._casts).collect_schema()
        except _TROUBLE as error:
            raise FileError("malformed_file", f"{path.name}: {error}") from error

    @property
    def done(self) -> float | None:
        """The fraction of the rows that have been read."""
        return self._passed / self.rows if self.rows else 1.0

    def frames(self, rows: int) -> Iterator[pl.DataFrame]:
        """The lines in the order of the file."""
        return in_portions(self._batches(rows, []), rows)

    def coded_frames(self, rows: int) -> Iterator[pl.DataFrame]:
        """The same, words of the contract coded (``Categorical``) where the file codes them: quicker to read and to write."""
        coded = [name for name in self._coded if self.schema[name] == pl.String]
        return in_portions(self._batches(rows, coded), rows)

    def _batches(self, rows: int, coded: list[str]) -> Iterator[pl.DataFrame]:
        self._passed = 0
        batches = self._by_page(rows) if self._group > _LARGE_GROUP else self._by_group(rows, coded)
        while True:
            try:
                frame = next(batches, None)
            except _TROUBLE as error:
                said = f"{self._path.name}, after row {self._passed}: {error}"
                raise FileError("malformed_file", said) from error
            if frame is None:
                return
            self._passed += frame.height
            yield frame

    def _by_group(self, rows: int, coded: list[str]) -> Iterator[pl.DataFrame]:
        """Several row groups at a time: what is read ahead would be held in memory."""
        scan = pl.scan_parquet(self._path, glob=False).with_columns(self._casts).select(pl.exclude(coded))
        group = first = 0
        with pq.ParquetFile(self._path, read_dictionary=coded, pre_buffer=False) as file:
            for groups, length in _runs(self._group_rows, rows):
                frame = scan.slice(first, length).collect(engine="streaming")
                if coded:
                    words = file.read_row_groups(range(group, group + groups), columns=coded, use_threads=False)
                    frame = frame.hstack(pl.DataFrame(words)).select(self.schema.names())
                yield frame
                group, first = group + groups, first + length

    def _by_page(self, rows: int) -> Iterator[pl.DataFrame]:
        bytes_a_row = max(1, self._bytes // max(1, self.rows or 0))
        with pq.ParquetFile(self._path, pre_buffer=False, buffer_size=_BUFFER) as file:
            for batch in file.iter_batches(batch_size=max(1, min(rows, _BATCH_BYTES // bytes_a_row))):
                frame = pl.from_arrow(batch)
                assert isinstance(frame, pl.DataFrame)
                yield frame.with_columns(self._casts).cast(self.schema)

    def _plan(self) -> list[pl.Expr]:
        """How columns are turned into those that the kernel reads."""
        scan = pl.scan_parquet(self._path, glob=False)
        types = scan.collect_schema()
        days = self._day_columns(scan, types)
        return [pl.col(name).cast(to) for name, dtype in types.items() if (to := _target(name, dtype, name in days))]

    def _day_columns(self, scan: pl.LazyFrame, types: pl.Schema) -> set[str]:
        """Timestamp columns without zone that hold midnights only over the whole file."""
        names = [name for name, dtype in types.items() if _ours(name) and _has_no_zone(dtype)]
        if not names:
            return set()
        cells = [pl.col(name) for name in names]
        midnights = scan.select(((cell == cell.dt.truncate("1d")) | cell.is_null()).all() for cell in cells)
        return {name for name, day in midnights.collect(engine="streaming").row(0, named=True).items() if day}


def _runs(groups: list[int], rows: int) -> Iterator[tuple[int, int]]:
    """Runs of whole row groups, each of about so many rows, or of one group: how many groups, and how many rows."""
    waiting = several = 0
    for count in groups:
        if waiting and waiting + count > rows:
            yield several, waiting
            waiting = several = 0
        waiting, several = waiting + count, several + 1
    if waiting:
        yield several, waiting


def _coded(groups: list[Any], fields: Any) -> list[str]:
    """The columns of few words that the file codes, in all its row groups: a dictionary of words, and numbers in the rows."""
    names = [groups[0].column(place).path_in_schema for place in range(groups[0].num_columns)] if groups else []
    texts = {name: place for place, name in enumerate(names) if name in _WORDS and _is_text(fields.field(name).type)}
    return [name for name, place in texts.items() if _few([group.column(place) for group in groups])]


def _few(chunks: list[Any]) -> bool:
    if not all(one.has_dictionary_page for one in chunks):
        return False
    words = [one.data_page_offset - one.dictionary_page_offset for one in chunks]
    throughout = all(one.total_uncompressed_size <= _CODED_ROW * one.num_values + _CODED_GROUP for one in chunks)
    return throughout and max(words) <= _DICTIONARY and sum(words) <= _DICTIONARIES


def _is_text(kind: Any) -> bool:
    """Whether a column is text, not coded by whoever wrote the file."""
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _weight(group: Any, columns: int) -> int:
    """How much memory a row group takes at least when it is read."""
    return max(int(group.total_byte_size), int(group.num_rows) * columns * _CELL)


def _ours(name: str) -> bool:
    return name in FIELDS or name.startswith("fact.")


def _has_no_zone(dtype: pl.DataType) -> bool:
    return isinstance(dtype, pl.Datetime) and dtype.time_zone is None


def _check_nested(field: Any) -> None:
    """``facts`` is a struct of plain cells, ``claims`` and ``scope`` are lists of them. Raises ``FileError``."""
    inner: list[Any] = []
    if field.name == _FACTS and pa.types.is_struct(field.type):
        inner = [field.type.field(number) for number in range(field.type.num_fields)]
    elif field.name == _FACTS and pa.types.is_nested(field.type):
        raise FileError("bad_column_type", f"column facts has type {field.type}", "store facts as a struct")
    elif field.name in LIST_FIELDS and pa.types.is_nested(field.type):
        inner = [field.type.value_field]
    for part in inner:
        if pa.types.is_nested(part.type) or pa.types.is_binary(part.type) or pa.types.is_large_binary(part.type):
            raise FileError(
                "bad_column_type",
                f"column {field.name} has type {field.type}",
                "use text, numbers, dates or timestamps in it",
            )


def _target(name: str, dtype: pl.DataType, day: bool) -> pl.DataType | None:
    """What a column is turned into, if into anything."""
    if day:
        return pl.Date()
    if isinstance(dtype, pl.Categorical | pl.Enum):
        return pl.String()
    if not _ours(name):
        return None
    if isinstance(dtype, pl.Null):
        return pl.String()
    if isinstance(dtype, pl.List):
        inner = _target(name, _plain(dtype.inner), False)
        return pl.List(inner) if inner else None
    if isinstance(dtype, pl.Struct):
        fields = {field.name: _plain(field.dtype) for field in dtype.fields}
        return pl.Struct({part: _target(name, inner, False) or inner for part, inner in fields.items()})
    return None


def _plain(dtype: Any) -> pl.DataType:
    """A data type as an instance: Polars allows its class in its place."""
    found: pl.DataType = dtype() if isinstance(dtype, type) else dtype
    return found
