"""The synthetic reports as files: as ACE and brokers print them, with what spreadsheets do to them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import IO, Any

import polars as pl
import xlsxwriter

from tidewaiter.refunds.entry_numbers import dashed
from tidewaiter.refunds.frames import FACTS
from tidewaiter.refunds.sample_entries import Recipe

_TITLE = ("Entry Summary Line Tariff Details", "Report ES-003", "")
_EPOCH = date(1899, 12, 30)
_WORDS = {"liquidated": "Liquidated", "unliquidated": "Unliquidated"}
_ACCEPTED = {"true": "Accepted", "false": "Rejected"}


def write_report(
    stream: IO[bytes], recipe: Recipe, layout: str, rows: pl.DataFrame, *,
    header: bool = True, damage: list[dict[str, Any]] | None = None, name: str = "",
) -> None:  # fmt: skip
    """Rows as ACE's CSV. With ``damage`` some cells are spoilt; what was done is put on the list."""
    frame = printed(recipe, layout, rows)
    if damage is not None:
        frame = _spoilt(frame, recipe.given["layouts"][layout], name, damage)
    frame.write_csv(stream, include_header=header)
    if damage is not None:
        total = "Total" + "," * (frame.width - 1)
        stream.write(f"\n{total}\n".encode())
        damage.append({"file": name, "code": "total_row"})


def printed(recipe: Recipe, layout: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows as text under the headers of a layout: $2,567.49, 04/08/2025, Y and N."""
    names = recipe.given["layouts"][layout]
    return rows.select(_text(recipe, name).alias(header) for name, header in names.items())


def _text(recipe: Recipe, name: str) -> pl.Expr:
    cell = pl.col(name)
    if name in ("value", "duty"):
        return _dollars(cell)
    if name == "filer_name":
        return pl.col("filer").replace_strict(recipe.given["filer_names"], return_dtype=pl.String)
    if name == "quantity":
        return cell.cast(pl.Int64).cast(pl.String)
    if name == "summary_accepted":
        return cell.cast(pl.String).replace_strict(_ACCEPTED, return_dtype=pl.String).fill_null("Accepted")
    if FACTS.get(name) == pl.Date():
        return cell.dt.strftime("%m/%d/%Y")
    if FACTS.get(name) == pl.Boolean():
        return pl.when(cell).then(pl.lit("Y")).when(~cell).then(pl.lit("N"))
    return cell.replace(_WORDS) if name == "liquidation_status" else cell.cast(pl.String)


def _dollars(cents: pl.Expr) -> pl.Expr:
    """Cents as ACE prints dollars, below a billion."""
    dollars, rest = cents // 100, (cents % 100).cast(pl.String).str.zfill(2)
    low = (dollars % 1000).cast(pl.String)
    middle = (dollars // 1000 % 1000).cast(pl.String)
    high = (dollars // 1_000_000).cast(pl.String)
    return (
        pl.when(dollars >= 1_000_000).then(pl.format("${},{},{}.{}", high, middle.str.zfill(3), low.str.zfill(3), rest))
        .when(dollars >= 1000).then(pl.format("${},{}.{}", middle, low.str.zfill(3), rest))
        .otherwise(pl.format("${}.{}", low, rest))
    )  # fmt: skip


def _spoilt(frame: pl.DataFrame, names: dict[str, str], file: str, damage: list[dict[str, Any]]) -> pl.DataFrame:
    """Some rows with one spoilt cell each, spread over the file; row numbers are those of the file."""
    wrong: tuple[tuple[str, str, str, str], ...] = (
        ("hts", "8.5076E+09", "scientific_notation", "error"),
        ("hts", "101210011", "stripped_zeros", "error"),
        ("hts", "2025-01-30", "excel_date", "error"),
        ("duty", "#REF!", "excel_error", "error"),
        ("entry_number", "3.21E+10", "scientific_notation", "error"),
        ("liquidation_date", "31/12/2025", "day_first", "warning"),
        ("origin", "Chinaland", "unknown_country", "warning"),
        ("duty", "(12.00)", "negative", "warning"),
    )
    # Only in the second half: the first rows are doubled ones, and those would no longer be.
    step = frame.height // 2 // len(wrong)
    for place, (field, cell, code, severity) in enumerate(wrong if step else ()):
        at = frame.height // 2 + place * step
        header = names[field]
        entry = frame[names["entry_number"]][at]
        frame = frame.with_columns(
            pl.when(pl.int_range(pl.len()) == at).then(pl.lit(cell)).otherwise(header).alias(header)
        )
        damage.append(
            {
                "file": file,
                "row": at + 2,
                "entry": entry,
                "field": field,
                "code": code,
                "severity": severity,
                "given": cell,
            }
        )
    return frame


def write_workbook(path: Path, recipe: Recipe, layout: str, rows: pl.DataFrame) -> None:
    """Rows as ACE's workbook: a title above the header, the sheet named as ACE names it, dates as dates, money as numbers."""
    names = recipe.given["layouts"][layout]
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    days, money = book.add_format({"num_format": "mm/dd/yyyy"}), book.add_format({"num_format": "$#,##0.00"})
    sheet = book.add_worksheet("Main Report")
    for down, title in enumerate(_TITLE):
        sheet.write(down, 0, title)
    sheet.write_row(len(_TITLE), 0, list(names.values()))
    texts = printed(recipe, layout, rows)
    dates = {place for place, name in enumerate(names) if FACTS.get(name) == pl.Date()}
    amounts = {place for place, name in enumerate(names) if name in ("value", "duty")}
    numbers = rows.select(pl.col(name) if name in rows.columns else pl.lit(None).alias(name) for name in names)
    for down, (row, own) in enumerate(zip(texts.iter_rows(), numbers.iter_rows(), strict=True), start=len(_TITLE) + 1):
        for across, cell in enumerate(row):
            if cell is None:
                continue
            if across in dates:
                sheet.write_number(down, across, (own[across] - _EPOCH).days, days)
            elif across in amounts:
                sheet.write_number(down, across, own[across] / 100, money)
            else:
                sheet.write_string(down, across, cell)
    book.close()


def write_broker(path: Path, recipe: Recipe, rows: pl.DataFrame, damage: list[dict[str, Any]]) -> None:
    """Rows as a broker's spreadsheet: no ordinals, entry numbers with dashes; some were turned into numbers by the program."""
    names = recipe.given["layouts"]["broker"]
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    days = book.add_format({"num_format": "yyyy-mm-dd"})
    book.add_worksheet("Notes").write(0, 0, "Entries of both importers. Ask Pat about the March statement.")
    sheet = book.add_worksheet("Entries")
    sheet.write_row(0, 0, list(names.values()))
    stripped: set[str] = set()
    for down, row in enumerate(rows.iter_rows(named=True), start=1):
        for across, name in enumerate(names):
            cell = row[name]
            if cell is None:
                continue
            if name == "entry_number":
                _write_entry(sheet, down, across, cell, stripped)
            elif name == "hts" and cell.startswith("0"):
                sheet.write_number(down, across, int(cell))
            elif FACTS.get(name) == pl.Date():
                sheet.write_number(down, across, (cell - _EPOCH).days, days)
            elif name in ("value", "duty"):
                sheet.write_number(down, across, cell / 100)
            else:
                sheet.write(down, across, cell)
    book.close()
    damage += [
        {"file": path.name, "entry": entry, "field": "entry_number", "code": "zeros_restored"}
        for entry in sorted(stripped)
    ]


def _write_entry(sheet: Any, down: int, across: int, number: str, stripped: set[str]) -> None:
    """One in three as a number, one in three with the dashes of a word processor."""
    kind = int(number[3:10]) % 3
    if kind == 0 and number.isdigit():
        stripped.add(number)
        sheet.write_number(down, across, int(number))
    else:
        sheet.write_string(down, across, dashed(number).replace("-", "\N{EN DASH}") if kind == 1 else dashed(number))
