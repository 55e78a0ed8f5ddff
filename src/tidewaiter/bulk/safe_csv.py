"""CSV that spreadsheets open without running it."""

from __future__ import annotations

import polars as pl

_DANGEROUS = r"^[=+\-@\t\r\n＝＋－＠]"
"""Beginnings that a spreadsheet may take for a formula, or may skip to find one."""
_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)$"


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
