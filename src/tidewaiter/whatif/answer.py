"""What a study came to, as it is given out: frames, one object for JSON, CSV, a workbook."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from tidewaiter.assess.assessment import Json, say_money
from tidewaiter.assess.errors import FileError
from tidewaiter.bulk.files import put_beside, write_beside
from tidewaiter.bulk.safe_csv import guarded
from tidewaiter.whatif.study import Study
from tidewaiter.whatif.tables import by_month, by_program, by_sku, refused

MONTH, PROGRAM, SKU = "month", "program", "sku"
BREAKDOWNS = (MONTH, PROGRAM, SKU)


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A portfolio under several scenarios. ``explanations`` says what each supposes; the first is what the others are held
    against. Frames: :meth:`months`, :meth:`programs`, :meth:`skus`, :meth:`refused`."""

    study: Study
    known_on: str
    explanations: Mapping[str, str]

    def months(self) -> pl.DataFrame:
        """scenario, month, entered_at, lines, value, duty, change, owed, refundable."""
        return by_month(self.study)

    def programs(self) -> pl.DataFrame:
        """scenario, month, program, duty, change."""
        return by_program(self.study)

    def skus(self, *, monthly: bool = False) -> pl.DataFrame:
        """scenario, (month,) sku, hts, origin, lines, value, duty, change, owed, refundable."""
        return by_sku(self.study, monthly=monthly)

    def refused(self) -> pl.DataFrame:
        """row, sku, hts, origin, error, months, scenarios."""
        return refused(self.study)

    def table(self, by: str) -> pl.DataFrame:
        """One of the three breakdowns, in each month."""
        if by == PROGRAM:
            return self.programs()
        return self.skus(monthly=True) if by == SKU else self.months()

    def as_json(self, *, monthly: bool = False) -> Json:
        """The object that ``tidewaiter whatif --json`` prints; money is text with its cents."""
        study = self.study
        return {
            "known_on": self.known_on,
            "against": study.against,
            "entered_on": {one.month: one.day.isoformat() for one in study.months},
            "scenarios": [{"id": name, "explanation": said} for name, said in self.explanations.items()],
            "lines": study.lines,
            "refused_lines": len({one.row for one in study.refused.values()}),
            "months": _rows(self.months()),
            "programs": _rows(self.programs()),
            "skus": _rows(self.skus(monthly=monthly)),
            "refused": _rows(self.refused()),
        }


def _rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    return [{name: _said(cell) for name, cell in row.items()} for row in frame.iter_rows(named=True)]


def _said(cell: Any) -> Any:
    if isinstance(cell, Decimal):
        return say_money(cell)
    return cell.isoformat() if hasattr(cell, "isoformat") else cell


def as_csv(frame: pl.DataFrame) -> bytes:
    """A frame as CSV that a spreadsheet opens without running it."""
    found = io.BytesIO()
    guarded(frame).write_csv(found)
    return found.getvalue()


FILE_TYPES = (".csv", ".xlsx", ".json", ".parquet")


def check_output(output: str | Path) -> None:
    """Raises ``FileError`` ``bad_file_type`` for a file that :func:`write` could not write."""
    path = Path(output)
    if path.suffix.lower() not in FILE_TYPES:
        hint = f"give {', '.join(FILE_TYPES[:-1])} or {FILE_TYPES[-1]}"
        raise FileError("bad_file_type", f"{path.name}: not written to a file of this type", hint)


def write(found: WhatIf, output: str | Path, by: str = MONTH) -> None:
    """Write a file, beside first and then renamed: .csv or .parquet (the breakdown ``by``), .json, or .xlsx (all of them).

    Raises ``FileError``: ``bad_file_type``, ``cannot_write``.
    """
    check_output(output)
    path = Path(output)
    suffix = path.suffix.lower()
    if suffix == ".csv":
        put_beside(path, as_csv(found.table(by)))
    elif suffix == ".parquet":
        write_beside(path, lambda file: found.table(by).write_parquet(file))
    elif suffix == ".json":
        text = json.dumps(found.as_json(monthly=by == SKU), ensure_ascii=False, indent=1)
        put_beside(path, f"{text}\n")
    else:
        from tidewaiter.whatif.workbook import write_workbook

        write_beside(path, lambda file: write_workbook(found, file))
