"""An Excel workbook, a frame a sheet: numbers as numbers, and no cell that is a formula or a link."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter

from tidewaiter.bulk.safe_csv import guarded

_MOST_ROWS = 1_048_576
"""Rows of a sheet: what does not fit goes on in another."""
_WIDTH = 16


class Workbook:
    """A workbook that is being filled; ``widths`` are those of columns by name, in characters. See :func:`workbook`."""

    def __init__(self, book: Any, widths: Mapping[str, int]) -> None:
        self._book = book
        self._widths = widths
        self._head = book.add_format({"bold": True})
        self._money = book.add_format({"num_format": "#,##0.00"})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})

    def add(self, name: str, frame: pl.DataFrame) -> None:
        """A frame as a sheet, or as several where it is longer than a sheet can be. Decimals are shown as money."""
        parts = list(frame.iter_slices(_MOST_ROWS - 1)) or [frame]
        for place, part in enumerate(parts, start=1):
            self._sheet(name if place == 1 else f"{name} {place}", part)

    def _sheet(self, name: str, frame: pl.DataFrame) -> None:
        sheet = self._book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(frame.columns):
            sheet.set_column(place, place, self._widths.get(column, _WIDTH))
            sheet.write_string(0, place, column, self._head)
        for number, row in enumerate(guarded(frame).iter_rows(), start=1):
            for place, cell in enumerate(row):
                self._cell(sheet, number, place, cell)

    def _cell(self, sheet: Any, row: int, place: int, cell: Any) -> None:
        if cell is None:
            return
        if isinstance(cell, str):
            sheet.write_string(row, place, cell)
        elif isinstance(cell, bool):
            sheet.write_boolean(row, place, cell)
        elif isinstance(cell, date):
            sheet.write_datetime(row, place, cell, self._day)
        elif isinstance(cell, Decimal):
            # A spreadsheet has no other numbers than floats; up to 15 digits it shows these cents exactly.
            sheet.write_number(row, place, float(cell), self._money)
        else:
            sheet.write_number(row, place, cell)


@contextmanager
def workbook(path: Path, widths: Mapping[str, int], created: datetime | None = None) -> Iterator[Workbook]:
    """A workbook to add sheets to, written to ``path`` at the end. ``created`` is the time it bears (default: now)."""
    # Text that begins with = stays text, and no address becomes a link.
    options = {"strings_to_formulas": False, "strings_to_urls": False, "constant_memory": True}
    with xlsxwriter.Workbook(str(path), options) as book:
        if created is not None:
            book.set_properties({"created": created})
        yield Workbook(book, widths)
