"""What is asked of any file before it is read: that it is there, is a file, has commas, and is not the one to be written."""

from __future__ import annotations

import re
from pathlib import Path

from tidewaiter.assess.errors import FileError

WORKBOOKS, OTHER_WORKBOOKS = (".xlsx", ".xlsm"), (".xls", ".xlsb", ".ods")
"""The endings of workbooks that are read, and of those that are not."""
_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
_LINE_END = re.compile(r"[\r\n]")


def check_file(path: Path, hint: str) -> None:
    """Raises ``FileError`` ``is_folder``, or ``file_not_found`` with a hint at what may be given."""
    if path.is_dir():
        one = f"polars.scan_parquet({str(path)!r}).sink_parquet('one.parquet')"
        raise FileError(
            "is_folder",
            f"{str(path)!r} is a folder, not a file",
            f"give one of the files in it; if they are Parquet, Python makes one of them: import polars; {one}",
        )
    if not path.is_file():
        raise FileError("file_not_found", f"no file {str(path)!r}", hint)


def file_and_sheet(path: Path) -> tuple[Path, str | None]:
    """The workbook of ``book.xlsx#Sheet``, and the sheet; any other path as it is."""
    name, mark, sheet = path.name.rpartition("#")
    if not mark or path.is_file() or Path(name).suffix.lower() not in WORKBOOKS:
        return path, None
    return path.with_name(name), sheet


def check_separator(head: str, name: str) -> None:
    """Raises ``FileError`` ``malformed_file`` where the first line of a CSV file has another separator, and no comma.

    Such a file is not read: where cells are separated by semicolons, a comma may be the decimal point of a number.
    """
    names = _LINE_END.split(head, maxsplit=1)[0]
    found = next((said for mark, said in _SEPARATORS.items() if mark in names), None)
    if found and "," not in names:
        raise FileError(
            "malformed_file",
            f"{name}: {found} stand between the names of its columns, not commas",
            "save it with commas between the cells and points in the numbers, or as .xlsx for tidewaiter price",
        )


def check_output(output: Path, *inputs: Path) -> None:
    """Raises ``FileError`` ``output_is_input`` where what is to be written is what is read, by whatever name (a link too).

    What is read may be a sheet (``book.xlsx#Sheet``), or a word that is no file's name.
    """
    books = (Path(name) for name, mark, _ in (str(path).rpartition("#") for path in inputs) if mark)
    if any(_same(output, path) for path in (*inputs, *books)):
        raise FileError(
            "output_is_input",
            f"{str(output)!r} would be written over what is read from it",
            "give the answer another name",
        )


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:  # one of them is not there
        return False
