"""Excel workbooks as frames: one sheet, its header in the first row that is not empty.

Spreadsheets damage tariff numbers: 0101.30 becomes the number 101.3 or a day in January, 8507600090 becomes 8.5076E+09.
Nothing of this is mended here. Every cell reaches the kernel as what stands in it, and what is no number is refused there.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from tidewaiter.assess.errors import FileError
from tidewaiter.assess.line import FIELDS, MONEY_FIELDS, NUMBER_FIELDS
from tidewaiter.bulk.portions import check_names, in_portions
from tidewaiter.bulk.sheet_damage import Spoilt, column_letters, spoilt_cells, too_long

_MOST_ROWS = 1_048_576
_EXACT = 2**53
_NUMBERS = frozenset(("value", *MONEY_FIELDS, *NUMBER_FIELDS))
_BATCH = 10_000


class SheetCells:
    """The cells of one sheet. Raises ``FileError``: ``malformed_file``, ``file_too_long`` (above ``most_rows`` rows)."""

    def __init__(self, book: CalamineWorkbook, path: Path, name: str, most_rows: int = _MOST_ROWS + 1) -> None:
        self._spoilt = spoilt_cells(path, name, most_rows)
        self._sheet = _loaded(book, path, name)
        if self._sheet.total_height > most_rows:
            raise too_long(path)

    def rows(self) -> Iterator[list[Any]]:
        """All rows from the first of the sheet, empty cells as ``None``, spoilt ones as the text that stands for them."""
        start = self._sheet.start
        before = [None] * (start[1] if start else 0)
        height = 0
        for row in self._sheet.iter_rows() if start else ():
            yield _with_spoilt([*before, *(None if cell == "" else cell for cell in row)], self._spoilt, height)
            height += 1
        for number in range(height, max(self._spoilt, default=-1) + 1):
            yield _with_spoilt([], self._spoilt, number)


class SheetLines:
    """The lines of one sheet: the one named, or the first that is shown.

    A column of numbers is numbers where the contract wants them or where it is passed through; everything else is text:
    whole numbers as digits (8507600090), dates as 2026-11-22, times as 2026-11-22T00:01:00. An empty cell is null, and a row
    without any cell is no line. A column with cells but without a name is passed through as ``column K``.
    """

    def __init__(self, path: Path, sheet: str | None = None) -> None:
        self._path = path
        book = opened(path)
        self._sheet = SheetCells(book, path, _sheet_name(book, path, sheet))
        self._passed = 0
        self.rows: int | None = 0
        self._columns = self._look()
        self.schema = pl.Schema(dict(self._columns.values()))

    @property
    def done(self) -> float | None:
        """The fraction of the lines that have been read."""
        return self._passed / self.rows if self.rows else 1.0

    def frames(self, rows: int) -> Iterator[pl.DataFrame]:
        """The lines in the order of the sheet."""
        self._passed = 0
        return in_portions(self._batches(), rows)

    def _batches(self) -> Iterator[pl.DataFrame]:
        lines = islice(filled(self._sheet.rows()), 1, None)
        while batch := list(islice(lines, _BATCH)):
            self._passed += len(batch)
            yield pl.DataFrame(
                [
                    pl.Series(name, [_as(dtype, row[place] if place < len(row) else None) for row in batch], dtype)
                    for place, (name, dtype) in self._columns.items()
                ]
            )

    def _look(self) -> dict[int, tuple[str, pl.DataType]]:
        """The columns that have a name or cells, by place, each with what all its cells are."""
        rows = filled(self._sheet.rows())
        header = next(rows, None)
        if header is None:
            raise FileError(
                "malformed_file", f"{self._path.name}: the sheet is empty", "the first row names the columns"
            )
        kinds: dict[int, set[str]] = {}
        count = 0
        for count, row in enumerate(rows, start=1):  # noqa: B007 - the count is wanted after the loop
            for place, cell in enumerate(row):
                if cell is not None:
                    kinds.setdefault(place, set()).add(_kind(cell))
        self.rows = count
        names = {place: cell_text(cell).strip() for place, cell in enumerate(header) if cell is not None}
        named = {place: names.get(place) or f"column {column_letters(place)}" for place in sorted({*names, *kinds})}
        check_names([*named.values()], self._path.name)
        return {place: (name, _dtype(name, kinds.get(place, set()))) for place, name in named.items()}


def opened(path: Path) -> CalamineWorkbook:
    """A workbook. Raises ``FileError`` ``malformed_file``."""
    try:
        return CalamineWorkbook.from_path(path)
    except PasswordError as error:
        raise FileError("malformed_file", f"{path.name} is protected by a password", "save it without one") from error
    except (CalamineError, OSError, ValueError) as error:
        raise FileError("malformed_file", f"{path.name} is not an Excel workbook: {error}") from error


def _sheet_name(book: CalamineWorkbook, path: Path, sheet: str | None) -> str:
    sheets = [one for one in book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
    if sheet is not None and sheet not in (one.name for one in sheets):
        raise FileError(
            "file_not_found", f"no sheet {sheet!r} in {path.name}", f"it has: {', '.join(one.name for one in sheets)}"
        )
    shown = [one for one in sheets if one.visible == SheetVisibleEnum.Visible]
    if sheet is None and not shown:
        raise FileError("malformed_file", f"{path.name} has no sheet that is shown", f"name one: {path.name}#Sheet1")
    return sheet if sheet is not None else shown[0].name


def _loaded(book: CalamineWorkbook, path: Path, name: str) -> CalamineSheet:
    try:
        return book.get_sheet_by_name(name)
    except (CalamineError, OSError, ValueError) as error:
        raise FileError("malformed_file", f"{path.name}, sheet {name!r}: {error}") from error


def _with_spoilt(row: list[Any], spoilt: Spoilt, number: int) -> list[Any]:
    for place, text in spoilt.get(number, {}).items():
        row.extend([None] * (place + 1 - len(row)))
        row[place] = text
    return row


def filled(rows: Iterator[list[Any]]) -> Iterator[list[Any]]:
    """The rows that have a cell."""
    return (row for row in rows if any(cell is not None for cell in row))


def _kind(cell: Any) -> str:
    if isinstance(cell, bool):
        return "bool"
    if isinstance(cell, int | float):
        return "whole" if cell == int(cell) and abs(cell) < _EXACT else "number"
    return "text"


def _dtype(name: str, kinds: set[str]) -> pl.DataType:
    """What a column is: numbers and truths where all its cells are such and nobody reads them as text."""
    if (name in FIELDS and name not in _NUMBERS) or name.startswith("fact.") or not kinds:
        return pl.String()
    if kinds == {"bool"}:
        return pl.Boolean()
    if kinds == {"whole"} and name not in _NUMBERS:
        return pl.Int64()
    return pl.Float64() if kinds <= {"whole", "number"} else pl.String()


def _as(dtype: pl.DataType, cell: Any) -> Any:
    if cell is None or isinstance(dtype, pl.Boolean):
        return cell
    if isinstance(dtype, pl.String):
        return cell_text(cell)
    return int(cell) if isinstance(dtype, pl.Int64) else float(cell)


def cell_text(cell: Any) -> str:
    """A cell as text: whole numbers as digits, a day at midnight as a bare date."""
    if isinstance(cell, bool | str):
        return str(cell)
    if isinstance(cell, int | float):
        return str(int(cell)) if _kind(cell) == "whole" else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)
