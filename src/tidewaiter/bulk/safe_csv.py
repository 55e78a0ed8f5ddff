"""CSV that spreadsheets open without running it."""

from __future__ import annotations

import json
from typing import Any

import polars as pl

from tidewaiter.assess.records import plain

_DANGEROUS = r"^[=+\-@\t\r\n＝＋－＠]"
"""Beginnings that a spreadsheet may take for a formula, or may skip to find one."""
_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)$"


def flat(frame: pl.DataFrame) -> pl.DataFrame:
    """A frame that CSV can hold: lists as text with semicolons between, structs and lists of lists as JSON, bytes as text.

    >>> flat(pl.DataFrame({"claims": [["a", "b"]], "facts": [{"x": 1}]})).row(0)
    ('a;b', '{"x": 1}')
    """
    return frame.with_columns(
        _flat(frame[name], kind)
        for name, kind in frame.schema.items()
        if kind.is_nested() or kind in (pl.Binary, pl.Object)
    )


def _flat(column: pl.Series, kind: pl.DataType) -> pl.Series:
    inner = getattr(kind, "inner", None)
    if isinstance(kind, pl.List) and inner is not None and not (inner.is_nested() or inner in (pl.Binary, pl.Object)):
        return column.cast(pl.List(pl.String)).list.join(";")
    return pl.Series(column.name, [None if cell is None else _text(cell) for cell in column], dtype=pl.String)


def _text(cell: Any) -> str:
    if isinstance(cell, bytes):
        return cell.decode(errors="replace")
    cell = cell.to_list() if isinstance(cell, pl.Series) else cell
    return json.dumps(plain(cell), ensure_ascii=False) if isinstance(cell, dict | list) else str(cell)


def guarded(frame: pl.DataFrame) -> pl.DataFrame:
    """A frame whose text is safe to write as CSV: a cell that could be a formula gets an apostrophe before it.

    That is text which begins with ``= + - @``, their full-width forms, a tab or a line end. Plain numbers stay numbers
    (``-12.50``, in text columns too: a spreadsheet computes nothing from them), columns of other types stay as they are, and
    the names of columns are guarded like cells. Spreadsheets show the apostrophe when they open CSV; who reads the file with
    a program strips one apostrophe before those characters.

    >>> guarded(pl.DataFrame({"note": ["=1+1", "-5", "plain"]}))["note"].to_list()
    ["'=1+1", '-5', 'plain']
    """
    texts = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.String | pl.Categorical | pl.Enum)]
    frame = frame.with_columns(_guarded(pl.col(name).cast(pl.String)).alias(name) for name in texts)
    return frame.rename(_names(frame.columns))


def _guarded(cell: pl.Expr) -> pl.Expr:
    formula = cell.str.contains(_DANGEROUS) & ~cell.str.contains(_NUMBER)
    return pl.when(formula).then(pl.concat_str(pl.lit("'"), cell)).otherwise(cell)


def _names(names: list[str]) -> dict[str, str]:
    """The names that must change, each to one that no other column has."""
    taken = set(names)
    changed: dict[str, str] = {}
    safe = (
        pl.DataFrame({"name": pl.Series(names, dtype=pl.String)}).select(_guarded(pl.col("name"))).to_series().to_list()
    )
    for name, new in zip(names, safe, strict=True):
        if new != name:
            while new in taken:
                new = f"'{new}"
            taken.add(new)
            changed[name] = new
    return changed
