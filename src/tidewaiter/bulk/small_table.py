"""Small tables of the user's, read whole: weights, and what a unit is worth."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from tidewaiter.assess.errors import FileError
from tidewaiter.assess.files import OTHER_WORKBOOKS, WORKBOOKS, check_file, check_separator

_GIVE = "give a .csv or .parquet file"


def read_table(path: Path) -> pl.DataFrame:
    """A .parquet file as it is, or a CSV file with all cells as text. Raises ``FileError``.

    Codes: ``file_not_found``, ``is_folder``, ``bad_file_type``, ``malformed_file``.
    """
    check_file(path, _GIVE)
    if path.suffix.lower() in WORKBOOKS + OTHER_WORKBOOKS:
        raise FileError("bad_file_type", f"{path.name}: a workbook is not read here", "save its sheet as .csv")
    try:
        if path.suffix.lower() == ".parquet":
            return pl.read_parquet(path, glob=False)
        with path.open(encoding="utf-8-sig", errors="replace") as stream:
            check_separator(stream.readline(), path.name)
        return pl.read_csv(path, infer_schema=False, glob=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise FileError("malformed_file", f"{path}: {error}", _GIVE) from error
