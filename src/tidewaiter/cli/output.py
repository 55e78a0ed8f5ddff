"""Where a command puts its answer: standard output, or a file that is written beside and renamed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tidewaiter.cli.common import fail

if TYPE_CHECKING:
    from polars import DataFrame


def form_of(output: str | None, *, as_json: bool, as_csv: bool) -> str:
    """The form of an answer: json, parquet, csv or table, by what is asked for and by the name of the file."""
    suffix = Path(output).suffix.lower() if output and output != "-" else ""
    forms = {".json": "json", ".jsonl": "json", ".parquet": "parquet", ".csv": "csv"}
    if as_json:
        return "json"
    if output and output != "-" and suffix not in forms:
        fail("bad_file_type", f"{output}: no kind of file that is written", "give .csv, .jsonl or .parquet", status=2)
    return forms.get(suffix, "csv" if as_csv or output else "table")


def put_bytes(text: bytes, output: str | None) -> None:
    """Write to a file, or to standard output (``None`` or ``-``)."""
    if output is None or output == "-":
        sys.stdout.buffer.write(text)
        sys.stdout.buffer.flush()
    else:
        _put(output, lambda file: _write(file, text))


def put_frame(frame: DataFrame, output: str | None) -> None:
    """Write a frame as Parquet to a file."""
    assert output is not None
    _put(output, lambda file: frame.write_parquet(file))


def _put(output: str, write: Callable[[Path], None]) -> None:
    from tidewaiter.assess.errors import FileError
    from tidewaiter.bulk.files import write_beside

    try:
        write_beside(Path(output), write)
    except FileError as error:
        fail(error.code, error.message, error.hint, status=2)


def _write(file: Path, text: bytes) -> None:
    file.write_bytes(text)
