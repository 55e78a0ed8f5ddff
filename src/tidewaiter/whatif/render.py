"""The answer on a terminal: all months together, month by month, by program, and the products that change most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

import polars as pl
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tidewaiter.whatif.answer import WhatIf

_MONEY_WIDTH = 16
_LABEL_WIDTH = 22
_FEW = 10


def show(found: WhatIf, console: Console, *, products: int = _FEW) -> None:
    """Totals, then tables whose columns are scenarios; as many scenarios stand side by side as the terminal is wide."""
    months, programs, skus = found.months(), found.programs(), found.skus()
    against = found.study.against
    others = [name for name in found.study.kernels if name != against]
    _totals(found, months, console)
    for part in _side_by_side(others, console.width - _LABEL_WIDTH - _MONEY_WIDTH):
        _grid(console, "change by month of arrival", "month", months, against, part)
        _refundable(console, months, [against, *part])
        _grid(console, "change by program, all months", "program", programs, against, part)
        moved = _most(skus, part, products)
        if moved.height:
            title = f"change by product, all months: the {moved['sku'].n_unique()} that change most"
            _grid(console, title, "sku", moved, against, part)


def _side_by_side(scenarios: Sequence[str], width: int) -> Iterator[list[str]]:
    """The scenarios in groups whose columns stand beside each other."""
    part: list[str] = []
    used = 0
    for name in scenarios:
        column = max(len(name), _MONEY_WIDTH) + 2
        if part and used + column > width:
            yield part
            part, used = [], 0
        part.append(name)
        used += column
    if part:
        yield part


def _totals(found: WhatIf, months: pl.DataFrame, console: Console) -> None:
    summed = months.group_by("scenario", maintain_order=True).agg(
        pl.col("lines", "value", "duty", "change", "owed", "refundable").sum()
    )
    first, last = found.study.months[0], found.study.months[-1]
    said = first.day.isoformat() if first == last else f"{first.day} to {last.day}"
    lines, value = summed.row(0, named=True)["lines"], summed.row(0, named=True)["value"]
    console.print(
        Text(
            f"{found.study.lines:,} line(s) entered again in each of {len(found.study.months)} month(s), "
            f"at the end of the day, {said}: "
            f"{lines:,} entries worth {value:,.2f}; known on {found.known_on}",
        )
    )
    table = _table("scenario", ("duty", f"change against {found.study.against}", "owed", "refundable"))
    for row in summed.iter_rows(named=True):
        change = row["change"] if row["scenario"] != found.study.against else None
        table.add_row(
            row["scenario"], _money(row["duty"]), _change(change), _money(row["owed"]), _money(row["refundable"])
        )
    console.print(table)
    console.print()


def _grid(console: Console, title: str, key: str, frame: pl.DataFrame, against: str, scenarios: Sequence[str]) -> None:
    """One row for each value of ``key``: the duty of the scenario held against, and the change under each of the others."""
    summed = frame.group_by(key, "scenario", maintain_order=True).agg(pl.col("duty", "change").sum())
    duty = dict(summed.filter(pl.col("scenario") == against).select(key, "duty").iter_rows())
    changes = {(row[0], row[1]): row[3] for row in summed.iter_rows()}
    console.print(Text(title, style="bold"))
    table = _table(key, (against, *scenarios))
    for name, cents in duty.items():
        table.add_row(name, _money(cents), *(_change(changes[name, one]) for one in scenarios))
    console.print(table)
    console.print()


def _refundable(console: Console, months: pl.DataFrame, scenarios: Sequence[str]) -> None:
    """What is refundable of the duty of each month, under the scenarios under which anything is."""
    given = months.filter(pl.col("scenario").is_in(list(scenarios)) & (pl.col("refundable") > 0))
    if not given.height:
        return
    console.print(Text("refundable by month of arrival", style="bold"))
    names = given["scenario"].unique(maintain_order=True).to_list()
    cells = {(row["month"], row["scenario"]): row["refundable"] for row in given.iter_rows(named=True)}
    table = _table("month", names)
    for month in given["month"].unique(maintain_order=True).sort():
        table.add_row(month, *(_money(cells.get((month, name), Decimal(0))) for name in names))
    console.print(table)
    console.print()


def _most(skus: pl.DataFrame, scenarios: Sequence[str], count: int) -> pl.DataFrame:
    """The rows of the products that change most under any of the scenarios."""
    moved = skus.filter(pl.col("scenario").is_in(list(scenarios)))
    largest = moved.group_by("sku", maintain_order=True).agg(pl.col("change").abs().max().alias("most"))
    named = largest.filter(pl.col("most") > 0).sort("most", descending=True, maintain_order=True).head(count)
    order = {name: place for place, name in enumerate(named["sku"])}
    kept = skus.filter(pl.col("sku").is_in(list(order)))
    places = pl.Series([order[name] for name in kept["sku"]], dtype=pl.Int64)
    return kept[places.arg_sort()]


def show_refused(found: WhatIf, reasons: Iterator[tuple[str, str]], console: Console, most: int = _FEW) -> None:
    """The lines that were refused, each with why; of many the first few."""
    frame = found.refused()
    if not frame.height:
        return
    count = frame["row"].n_unique()
    console.print(
        Text(f"{count:,} line(s) refused in some month, and left out of it under every scenario:", style="red")
    )
    for row in frame.head(most).iter_rows(named=True):
        message, hint = next(reasons, ("", ""))
        why = f": {message}" + (f" ({hint})" if hint else "") if message else ""
        months = "every month" if row["months"] == "all" else row["months"].replace(";", ", ")
        under = "" if row["scenarios"] == "all" else f" under {row['scenarios'].replace(';', ', ')}"
        console.print(
            Text(
                f"  row {row['row']} {row['sku']} ({row['hts']} {row['origin']}): {row['error']}{why}, in {months}{under}"
            )
        )
    if frame.height > most:
        console.print(Text(f"  and {frame.height - most:,} more: all are in -o FILE.xlsx or --json"))


def _table(label: str, columns: Sequence[str]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    # On a narrow terminal a cell is folded; no number is cut off.
    table.add_column(label, overflow="fold")
    for name in columns:
        table.add_column(name, justify="right", overflow="fold")
    return table


def _money(amount: Decimal) -> str:
    return f"{amount:,.2f}"


def _change(amount: Decimal | None) -> str:
    if amount is None:
        return ""
    return f"{amount:+,.2f}" if amount else "0.00"
