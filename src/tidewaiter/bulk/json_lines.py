"""JSON Lines as frames: the file is read twice, once for the names of its columns and once for its cells.

Cells become text, exactly as :func:`~tidewaiter.assess.line.read_line` would write them, so that a column may mix numbers
and text: ``10000``, ``"10000"`` and ``1e4`` are three different texts, and the last is refused, as it is in a single line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from tidewaiter.assess.errors import FileError
from tidewaiter.assess.line import FIELDS, LIST_FIELDS, MONEY_FIELDS, NUMBER_FIELDS, plain_text
from tidewaiter.assess.records import Record, json_records, plain
from tidewaiter.bulk.byte_source import ByteSource
from tidewaiter.bulk.lines import MARK
from tidewaiter.bulk.portions import check_names, in_portions

_MOST_NAMES = 2_000
_BATCH_BYTES = 8 * 1024 * 1024
_FACTS = "facts"
_FACT = "fact."
_NUMBERS = frozenset(("value", *MONEY_FIELDS, *NUMBER_FIELDS))
_LISTS = pl.List(pl.String)


class JsonLines:
    """The lines of a JSON Lines file. Columns are text, ``claims`` and ``scope`` lists of text, ``facts`` a struct of text.

    A line that is no JSON object is marked ``malformed_json``, one that is not UTF-8 ``bad_encoding``, one whose ``facts``
    are no object ``bad_field``. What the contract does not know is passed through: text as it is, anything else as JSON.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._source: ByteSource | None = None
        names: dict[str, None] = {}
        self._facts: dict[str, None] = {}
        self.rows: int | None = 0
        with ByteSource(path) as source:
            for text in _Text(source):
                self.rows += bool(text.strip())
                self._learn(text, names)
        self._columns = frozenset(names)
        self._facts = {name: None for name in self._facts if f"{_FACT}{name}" not in names}
        if not self._facts:
            names.pop(_FACTS, None)
        check_names(list(names), path.name)
        self.schema = pl.Schema({name: self._type(name) for name in names})

    @property
    def done(self) -> float | None:
        """The fraction of the file that has been read."""
        return self._source.done if self._source else 0.0

    def frames(self, rows: int) -> Iterator[pl.DataFrame]:
        """The lines in the order of the file; blank ones are none."""
        with ByteSource(self._path) as source:
            self._source = source
            yield from in_portions(self._batches(source, rows), rows)

    def _learn(self, text: str, names: dict[str, None]) -> None:
        """The names on a line, if it can be read."""
        try:
            given = json.loads(text) if text.strip() else None
            if isinstance(given, dict):
                said = given.get(_FACTS)
                facts: dict[str, Any] = said if isinstance(said, dict) else {}
                json.dumps([*given, *facts], ensure_ascii=False).encode()  # half a surrogate pair is no name
                self._facts.update(dict.fromkeys(facts))
                names.update(dict.fromkeys(given))
        except (ValueError, RecursionError):
            return
        if len(names) + len(self._facts) > _MOST_NAMES:
            raise FileError(
                "malformed_file",
                f"{self._path.name}: more than {_MOST_NAMES} different names",
                "the lines of a shipment share their names",
            )

    def _type(self, name: str) -> pl.DataType:
        if name == _FACTS:
            return pl.Struct(dict.fromkeys(self._facts, pl.String()))
        return _LISTS if name in LIST_FIELDS else pl.String()

    def _batches(self, source: ByteSource, rows: int) -> Iterator[pl.DataFrame]:
        text = _Text(source)
        batch: list[dict[str, Any]] = []
        for record in json_records(text):
            batch.append(self._cells(record, text.damaged))
            if len(batch) == rows or text.taken >= _BATCH_BYTES:
                yield self._frame(batch)
                batch, text.taken = [], 0
        yield self._frame(batch)

    def _cells(self, record: Record, damaged: bool) -> dict[str, Any]:
        given = dict(record.given)
        refused = "bad_encoding" if damaged else record.error.code if record.error else None
        facts = given.pop(_FACTS, None)
        if isinstance(facts, dict):
            given[_FACTS] = {name: _as_read(facts.get(name)) for name in self._facts}
            self._move_facts(facts, given)
        elif facts not in (None, [], "") and str(facts).strip():
            refused = refused or "bad_field"
        cells = {name: _cell(name, value) for name, value in given.items()}
        return {**cells, MARK: refused}

    def _move_facts(self, facts: dict[str, Any], given: dict[str, Any]) -> None:
        """A fact that other lines give as ``fact.NAME`` moves there, unless this line says something there itself."""
        for name, value in facts.items():
            column = f"{_FACT}{name}"
            if column in self._columns and _says_nothing(given.get(column)):
                given[column] = value

    def _frame(self, batch: list[dict[str, Any]]) -> pl.DataFrame:
        types = {**self.schema, MARK: pl.String()}
        columns = [_series([cells.get(name) for cells in batch], dtype) for name, dtype in types.items()]
        frame = pl.DataFrame({str(place): column for place, column in enumerate(columns)})
        frame.columns = [*types]  # Polars makes no frame with an empty name, but keeps one
        return frame


def _series(cells: list[Any], dtype: pl.DataType) -> pl.Series:
    if dtype != _LISTS:
        return pl.Series(cells, dtype=dtype)
    column = pl.from_arrow(pa.array(cells, pa.list_(pa.string())))  # Polars makes a series of each list
    assert isinstance(column, pl.Series)
    return column


class _Text:
    """The lines of a source as text; ``damaged`` says whether the last one was not UTF-8."""

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
            text = line.decode()
            self.damaged = False
        except UnicodeDecodeError:
            text = line.decode(errors="replace")
            self.damaged = True
        return text


def _says_nothing(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def _cell(name: str, value: Any) -> Any:
    if value is None or name == _FACTS:
        return value
    if name in LIST_FIELDS:
        parts = value if isinstance(value, list) else str(value).split(";")
        return [str(part) for part in parts if part is not None]
    if name in _NUMBERS and value != []:
        return plain_text(value)
    if name in FIELDS or name.startswith(_FACT):
        return _as_read(value)
    return value if isinstance(value, str) else json.dumps(plain(value), ensure_ascii=False)


def _as_read(value: Any) -> str | None:
    """A value as the reader of one line sees it; an empty list says nothing."""
    return None if value is None or value == [] else str(value)
