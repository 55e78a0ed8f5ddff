"""Where a command puts its answer: standard output, or a file that is written beside and renamed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tidewaiter.cli.common import ended_by, fail

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
        from tidewaiter.assess.errors import FileError
        from tidewaiter.bulk.files import put_beside

        with ended_by(FileError):
            put_beside(Path(output), text)


def put_frame(frame: DataFrame, output: str | None) -> None:
    """Write a frame as Parquet to a file."""
    assert output is not None
    from tidewaiter.assess.errors import FileError
    from tidewaiter.bulk.files import write_beside

    with ended_by(FileError):
        write_beside(Path(output), lambda file: frame.write_parquet(file))
