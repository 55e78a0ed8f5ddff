"""Records from files: JSON Lines, CSV and Parquet, one mapping a line; a bad record becomes an error, not an end."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import IO, Any

from tidewaiter.assess.errors import FileError, LineError
from tidewaiter.assess.files import check_file, check_separator, file_and_sheet
from tidewaiter.assess.line import FIELDS

LARGEST_CELL = 64 * 1024 * 1024
"""The longest cell of a CSV file that is read; a longer one is an open quote that swallowed the rest of the file."""
_SCALARS = (
    "int",
    "uint",
    "float",
    "double",
    "decimal",
    "string",
    "large_string",
    "date",
    "timestamp",
    "bool",
    "null",
    "dictionary",
)
STDIN = "-"


@dataclass(frozen=True, slots=True)
class Record:
    """One line as given: its number in the file, and its fields or why they cannot be read."""

    number: int
    given: Mapping[str, Any]
    error: LineError | None = None

    def with_defaults(self, defaults: Mapping[str, Any]) -> Record:
        """The record, saying in addition what it does not say itself."""
        missing = {name: said for name, said in defaults.items() if self.given.get(name) in (None, "")}
        return replace(self, given={**self.given, **missing}) if missing and self.error is None else self

    @property
    def line_id(self) -> str:
        """The line's own id, or its number in the file."""
        said = self.given.get("line_id")
        return str(self.number) if said is None or said == "" else str(said)

    @property
    def entry_id(self) -> str | None:
        """The entry it belongs to, if any."""
        said = self.given.get("entry_id")
        if said is None or said != said or not str(said).strip():  # blank, or NaN as data frames write it
            return None
        return str(said).strip()

    def extra(self) -> dict[str, Any]:
        """Fields that the contract does not know: kept, and passed through."""
        return {
            name: plain(value)
            for name, value in self.given.items()
            if name not in FIELDS and not str(name).startswith("fact.")
        }


def plain(value: Any) -> Any:
    """A value that JSON can say: decimals, dates, bytes and what is no number (NaN) become text, at any depth."""
    if isinstance(value, dict):
        return {str(name): plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if isinstance(value, str | int | None) or (isinstance(value, float) and isfinite(value)):
        return value
    return str(value)


def read_records(source: str) -> Iterator[Record]:
    """The records of a file by its suffix (.jsonl, .ndjson, .json, .csv, .parquet), or of standard input (``-``: JSON Lines).

    Raises ``FileError``: ``file_not_found``, ``is_folder``, ``bad_file_type``, ``bad_encoding``, ``malformed_file``,
    ``bad_column_type``.
    """
    if source == STDIN:
        yield from _standard_input()
        return
    path, _ = file_and_sheet(Path(source))
    check_file(path, "give a .jsonl, .csv or .parquet file, or - for standard input")
    suffix = path.suffix.lower()
    if suffix in (".jsonl", ".ndjson", ".json"):
        yield from _text(path, json_records)
    elif suffix == ".csv":
        yield from _text(path, lambda stream: _csv(stream, path.name))
    elif suffix == ".parquet":
        yield from _parquet(path)
    else:
        hint = "give .jsonl, .csv or .parquet; tidewaiter price reads .xlsx and .csv.gz as well"
        raise FileError("bad_file_type", f"{path.name}: a file of this type is not read", hint)


def _standard_input() -> Iterator[Record]:
    stream = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8-sig", newline="")
    try:
        yield from json_records(stream)
    except UnicodeDecodeError as error:
        raise FileError("bad_encoding", "standard input is not UTF-8", "send it as UTF-8") from error
    finally:
        stream.detach()


def _text(path: Path, read: Callable[[IO[str]], Iterator[Record]]) -> Iterator[Record]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            yield from read(stream)
    except UnicodeDecodeError as error:
        raise FileError("bad_encoding", f"{path.name} is not UTF-8 (byte {error.start})", "save it as UTF-8") from error
    except OSError as error:
        raise FileError("cannot_read", f"{path}: {error.strerror}") from error


def json_records(lines: Iterable[str]) -> Iterator[Record]:
    """The records of JSON Lines: blank lines are none, a line that is no JSON object is a record with its error."""
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        try:
            given = json.loads(text, parse_float=Decimal, parse_constant=str, object_pairs_hook=_object)
            if "\\u" in text:
                json.dumps(given, ensure_ascii=False, default=str).encode()  # half a surrogate pair is no text
        except (ValueError, RecursionError) as error:
            said = _said(error)
            problem = LineError("malformed_json", f"line {number} is not JSON: {said}", "one JSON object a line")
            yield Record(number, {}, problem)
            continue
        if not isinstance(given, dict):
            problem = LineError("malformed_json", f"line {number} is not a JSON object", "one JSON object a line")
            yield Record(number, {}, problem)
            continue
        yield Record(number, given)


class _TwiceError(ValueError):
    """A name that stands twice in a JSON object: nobody can tell which of the two is meant."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object. Raises ``_TwiceError``."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise _TwiceError(f"{next(name for name in names if names.count(name) > 1)!r} stands twice")
    return found


def _said(error: Exception) -> str:
    """What is wrong with a line of JSON, in few words."""
    if isinstance(error, json.JSONDecodeError):
        return error.msg
    if isinstance(error, RecursionError):
        return "nested too deeply"
    if isinstance(error, UnicodeEncodeError):
        return "half a surrogate pair"
    return str(error) if isinstance(error, _TwiceError) else "a number has too many digits"


def _csv(stream: IO[str], name: str) -> Iterator[Record]:
    check_separator(stream.readline(), name)
    stream.seek(0)
    csv.field_size_limit(LARGEST_CELL)
    reader = csv.DictReader(stream, strict=True)
    try:
        names = reader.fieldnames
        if not names:
            raise FileError("malformed_file", "the file is empty", "the first line names the columns")
        doubled = sorted({name for name in names if names.count(name) > 1})
        if doubled:
            raise FileError("malformed_file", f"columns stand twice: {', '.join(doubled)}")
        for number, row in enumerate(reader, start=1):
            if None in row:
                problem = LineError("malformed_row", f"row {number} has more cells than there are columns")
                cells = {name: value for name, value in row.items() if isinstance(name, str)}
                yield Record(number, cells, problem)
            else:
                yield Record(number, row)
    except csv.Error as error:
        raise FileError(
            "malformed_file",
            f"the row that begins on line {reader.line_num + 1} is not CSV: {error}",
            "save it as comma-separated text",
        ) from error


def _parquet(path: Path) -> Iterator[Record]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise FileError("missing_extra", "Parquet needs pyarrow", "pip install pyarrow") from error
    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise FileError("malformed_file", f"{path.name} is not a Parquet file: {error}") from error
    check_column_types(file.schema_arrow)
    try:
        days = _day_columns(file)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise FileError("malformed_file", f"{path.name}: {error}") from error
    number = 0
    batches = file.iter_batches(batch_size=8192)
    while True:
        try:
            rows = _in_microseconds(next(batches)).to_pylist()
        except StopIteration:
            return
        except (pa.ArrowException, OSError, ValueError) as error:
            raise FileError("malformed_file", f"{path.name}, after row {number}: {error}") from error
        for given in rows:
            number += 1
            for name in days:
                given[name] = given[name] and given[name].date()
            yield Record(number, given)


def _in_microseconds(batch: Any) -> Any:
    """The batch with its times as Python knows them; whether pandas is there or not. Raises ``ValueError`` if one is finer."""
    import pyarrow as pa

    def known(kind: Any) -> Any:
        return pa.timestamp("us", kind.tz) if pa.types.is_timestamp(kind) else kind

    return batch.cast(pa.schema([field.with_type(known(field.type)) for field in batch.schema]))


def check_column_types(fields: Iterable[Any]) -> None:
    """Raises ``FileError`` ``bad_column_type`` where an Arrow field that is a field of the contract says nothing."""
    for field in fields:
        listed = field.name in ("claims", "scope") and str(field.type).startswith(("list", "large_list"))
        ours = field.name.startswith("fact.") or (field.name in FIELDS and field.name != "facts")
        if ours and not listed and not str(field.type).startswith(_SCALARS):
            raise FileError(
                "bad_column_type",
                f"column {field.name} has type {field.type}",
                "use text, numbers, dates or timestamps",
            )


def _day_columns(file: Any) -> list[str]:
    """Timestamp columns without zone that hold midnights only: that is how data frames store bare dates."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found: list[str] = []
    for field in file.schema_arrow:
        ours = field.name in FIELDS or field.name.startswith("fact.")
        if ours and pa.types.is_timestamp(field.type) and field.type.tz is None:
            column = file.read(columns=[field.name])[field.name]
            if pc.all(pc.equal(column, pc.floor_temporal(column, unit="day"))).as_py():
                found.append(field.name)
    return found
