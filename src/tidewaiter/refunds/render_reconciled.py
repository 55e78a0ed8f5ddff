"""What became of the declarations, on a terminal."""

from __future__ import annotations

import polars as pl
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tidewaiter.refunds.money import show_cents
from tidewaiter.refunds.reconcile import Reconciled

_MOST = 30


def show(found: Reconciled, console: Console) -> None:
    """Print what was read, the states, what somebody has to do something about, and refunds of several entries."""
    for one in found.files:
        if one.error is not None:
            hint = f" ({one.error.hint})" if one.error.hint else ""
            console.print(Text(f"{one.name}: NOT READ: {one.error.code}: {one.error.message}{hint}"))
            continue
        columns = ", ".join(f"{name} in {header!r}" for name, header in one.found.items())
        console.print(Text(f"{one.name}: {one.rows:,} rows; {columns}"))
        console.print(Text(f"  not found: {', '.join(one.not_found) or 'nothing'}"))
        if one.skipped:
            console.print(Text(f"  {one.skipped:,} rows name neither an entry nor a refund"))
    console.print()
    table = _table(("state",), ("entries", "principal expected", "principal paid", "interest paid", "paid in all"))
    for row in found.states().iter_rows(named=True):
        names = ("principal_expected", "principal_paid", "interest_paid", "amount_paid")
        # Of money that came in one sum the parts are not told; where none came they are nothing.
        unknown = "not told" if row["amount_paid"] else show_cents(0)
        amounts = (unknown if row[name] is None else show_cents(row[name]) for name in names)
        table.add_row(row["state"], f"{row['entries']:,}", *amounts)
    console.print(table)
    _exceptions(found.exceptions(), console)
    _refunds(found.refunds, console)


def _exceptions(frame: pl.DataFrame, console: Console) -> None:
    console.print()
    if not frame.height:
        console.print(Text("No entry needs anything."))
        return
    table = _table(("entry", "state", "why", "what to do", "file"), ())
    for row in frame.head(_MOST).iter_rows(named=True):
        table.add_row(*(row[name] or "" for name in ("entry_number", "state", "why", "action", "file")))
    console.print(table)
    if frame.height > _MOST:
        console.print(Text(f"and {frame.height - _MOST:,} more: -o FILE.csv has all"))


def _refunds(frame: pl.DataFrame, console: Console) -> None:
    several = frame.filter((pl.col("entries") != 1) | (pl.col("short") > 0))
    if not several.height:
        return
    console.print()
    table = _table(("refund", "status"), ("entries", "amount", "expected", "short"))
    for row in several.head(_MOST).iter_rows(named=True):
        amounts = (show_cents(row[name]) for name in ("amount", "expected", "short"))
        table.add_row(row["refund"], row["status"] or "", f"{row['entries']:,}", *amounts)
    console.print(table)


def _table(texts: tuple[str, ...], numbers: tuple[str, ...]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in texts:
        table.add_column(name, overflow="fold")
    for name in numbers:
        table.add_column(name, justify="right", overflow="fold")
    return table
