"""Shared by the tests of readers: what a file says, as frames and as single lines."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.conftest import TOY, engine_seen_from

from tidewaiter.assess.batch import assess_records
from tidewaiter.assess.errors import FileError, LineError
from tidewaiter.assess.records import Record
from tidewaiter.bulk.inputs import LineFile, open_lines
from tidewaiter.bulk.lines import MARK

LINE = {"hts": TOY, "origin": "CN", "value": "10000", "entered_at": "2026-08-01"}
"""A line that is answered with 12.5 percent: 9903.05.31, 91 FR 47318."""


def rows_of(lines: LineFile, rows: int = 1000) -> list[dict[str, Any]]:
    """All rows, with their mark where the reader has one; the frames have the columns that the file says it has."""
    found: list[dict[str, Any]] = []
    for frame in lines.frames(rows):
        assert 0 < frame.height <= rows
        assert dict(frame.drop(MARK, strict=False).schema) == dict(lines.schema)
        found.extend(frame.iter_rows(named=True))
    return found


def read(path: str | Path, rows: int = 1000) -> list[dict[str, Any]]:
    """All rows of a file without their marks."""
    return [{name: cell for name, cell in row.items() if name != MARK} for row in rows_of(open_lines(path), rows)]


def marks(path: str | Path) -> list[str | None]:
    """The mark of each row."""
    return [row[MARK] for row in rows_of(open_lines(path))]


def answers(path: str | Path) -> list[str]:
    """The total duty of each row as a single line, or the code with which it is refused."""
    found = []
    for result in assess_records(engine_seen_from(), _records(rows_of(open_lines(path)))):
        said = json.loads(json.dumps(result.as_json(), ensure_ascii=False, allow_nan=False))
        found.append(said["error"]["code"] if "error" in said else said["total_duty"])
    return found


def _records(rows: Iterable[dict[str, Any]]) -> Iterable[Record]:
    for number, row in enumerate(rows, start=1):
        code = row.pop(MARK, None)
        yield Record(number, row, LineError(code, code) if code else None)


def refusal(path: str | Path) -> FileError:
    """Why a file cannot be read as a whole, or to its end."""
    with pytest.raises(FileError) as caught:
        for _ in open_lines(path).frames(1000):
            pass
    return caught.value


def texts(frame: pl.DataFrame) -> list[str]:
    """The names of the columns that are text."""
    return [name for name, dtype in frame.schema.items() if dtype == pl.String]
