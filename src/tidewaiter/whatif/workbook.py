"""The answer as an Excel workbook: a sheet for each breakdown, numbers as numbers, and no cell that is a formula."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import xlsxwriter

from tidewaiter.bulk.safe_csv import guarded

if TYPE_CHECKING:
    from tidewaiter.whatif.answer import WhatIf

_MOST_ROWS = 1_048_576
"""Rows of a sheet: what does not fit goes on in another."""
_WIDTHS = {"scenario": 22, "month": 10, "sku": 22, "program": 22, "hts": 14, "explanation": 120, "error": 20}
_WIDTH = 16


def write_workbook(found: WhatIf, path: Path) -> None:
    """Sheets: scenarios, months, programs, products over all months, refused lines."""
    # Text that begins with = stays text, and no address becomes a link.
    options = {"strings_to_formulas": False, "strings_to_urls": False, "constant_memory": True}
    with xlsxwriter.Workbook(str(path), options) as book:
        sheets = _Sheets(book)
        sheets.add("scenarios", _scenarios(found))
        sheets.add("months", found.months())
        sheets.add("programs", found.programs())
        sheets.add("products", found.skus())
        sheets.add("refused", found.refused())


def _scenarios(found: WhatIf) -> pl.DataFrame:
    entered = ", ".join(one.day.isoformat() for one in found.study.months)
    rows = [(name, said) for name, said in found.explanations.items()]
    rows += [
        ("known on", found.known_on),
        ("held against", found.study.against),
        ("entered on the end of", entered),
    ]
    return pl.DataFrame(rows, schema=["scenario", "explanation"], orient="row")


class _Sheets:
    """A workbook that is being filled."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._head = book.add_format({"bold": True})
        self._money = book.add_format({"num_format": "#,##0.00"})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})

    def add(self, name: str, frame: pl.DataFrame) -> None:
        """A frame as a sheet, or as several where it is longer than a sheet can be."""
        parts = list(frame.iter_slices(_MOST_ROWS - 1)) or [frame]
        for place, part in enumerate(parts, start=1):
            self._sheet(name if place == 1 else f"{name} {place}", part)

    def _sheet(self, name: str, frame: pl.DataFrame) -> None:
        sheet = self._book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(frame.columns):
            sheet.set_column(place, place, _WIDTHS.get(column, _WIDTH))
            sheet.write_string(0, place, column, self._head)
        for number, row in enumerate(guarded(frame).iter_rows(), start=1):
            for place, cell in enumerate(row):
                self._cell(sheet, number, place, cell)

    def _cell(self, sheet: Any, row: int, place: int, cell: Any) -> None:
        if cell is None:
            return
        if isinstance(cell, str):
            sheet.write_string(row, place, cell)
        elif isinstance(cell, date):
            sheet.write_datetime(row, place, cell, self._day)
        elif isinstance(cell, Decimal):
            # A spreadsheet has no other numbers than floats; up to 15 digits it shows these cents exactly.
            sheet.write_number(row, place, float(cell), self._money)
        else:
            sheet.write_number(row, place, cell)
