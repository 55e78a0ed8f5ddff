"""The answer as an Excel workbook: a sheet for each breakdown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from tidewaiter.bulk.workbook import workbook

if TYPE_CHECKING:
    from tidewaiter.whatif.answer import WhatIf

_WIDTHS = {"scenario": 22, "month": 10, "sku": 22, "program": 22, "hts": 14, "explanation": 120, "error": 20}


def write_workbook(found: WhatIf, path: Path) -> None:
    """Sheets: scenarios, months, programs, products over all months, refused lines."""
    with workbook(path, _WIDTHS) as book:
        book.add("scenarios", _scenarios(found))
        book.add("months", found.months())
        book.add("programs", found.programs())
        book.add("products", found.skus())
        book.add("refused", found.refused())


def _scenarios(found: WhatIf) -> pl.DataFrame:
    entered = ", ".join(one.day.isoformat() for one in found.study.months)
    rows = [(name, said) for name, said in found.explanations.items()]
    rows += [
        ("known on", found.known_on),
        ("held against", found.study.against),
        ("entered on the end of", entered),
    ]
    return pl.DataFrame(rows, schema=["scenario", "explanation"], orient="row")
