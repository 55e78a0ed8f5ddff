"""Files of lines as streams of frames, for pricing: memory stays bounded, and one bad line ends nothing.

The cells are those that :mod:`tidewaiter.assess.records` reads from the same file. Columns keep the names and the order they
have there. What a reader could not read is marked by the column ``MARK`` of :mod:`tidewaiter.bulk.lines`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import polars as pl

from tidewaiter.assess.errors import FileError
from tidewaiter.assess.files import OTHER_WORKBOOKS, WORKBOOKS, check_file, file_and_sheet

_GIVE = "give a .parquet, .csv, .csv.gz, .xlsx or .jsonl file"


class LineFile(Protocol):
    """A file of lines that can be read as frames, more than once."""

    schema: pl.Schema
    """The columns of the input, in order, without the mark."""
    rows: int | None
    """How many lines there are, where that is known before reading."""

    @property
    def done(self) -> float | None:
        """The fraction of the file that has been read, from 0 to 1."""

    def frames(self, rows: int) -> Iterator[pl.DataFrame]:
        """The lines in the order of the file, in frames of about ``rows`` rows with the columns of ``schema``.

        If rows of the file may be unreadable, a column ``MARK`` holds the code of the refusal of those that are.
        Raises ``FileError`` where nothing more can be read, after the lines before.
        """


def open_lines(path: str | Path) -> LineFile:
    """A file of lines, read by its suffix: .parquet, .csv, .csv.gz, .xlsx, .xlsm, .jsonl, .ndjson, .json.

    ``book.xlsx#Sheet`` names a sheet; without a name the first that is shown is read. Raises ``FileError``:
    ``file_not_found``, ``is_folder``, ``bad_file_type``, ``malformed_file``, ``bad_column_type``, ``bad_encoding``,
    ``file_too_long``, ``cannot_read``, ``missing_extra``.
    """
    file, sheet = file_and_sheet(Path(path))
    check_file(file, _GIVE)
    try:
        return _reader(file, sheet)
    except ImportError as error:
        package = (error.name or "").split(".")[0].replace("_", "-")
        raise FileError("missing_extra", f"{file.name} needs {package}", f"pip install {package}") from error


def _reader(file: Path, sheet: str | None) -> LineFile:
    """The reader of a file. Each brings in only the packages that it needs."""
    suffix = file.suffix.lower()
    if suffix == ".parquet":
        from tidewaiter.bulk.parquet_lines import ParquetLines

        return ParquetLines(file)
    if suffix == ".csv" or file.name.lower().endswith(".csv.gz"):
        from tidewaiter.bulk.csv_lines import CsvLines

        return CsvLines(file)
    if suffix in (".jsonl", ".ndjson", ".json"):
        from tidewaiter.bulk.json_lines import JsonLines

        return JsonLines(file)
    if suffix in WORKBOOKS:
        from tidewaiter.bulk.sheet_lines import SheetLines

        return SheetLines(file, sheet)
    hint = "save it as .xlsx, CSV or Parquet: error cells cannot be seen in it" if suffix in OTHER_WORKBOOKS else _GIVE
    raise FileError("bad_file_type", f"{file.name}: a file of this type is not read", hint)
