"""Cents of the frames as dollars, where they are printed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from tidewaiter.assess.assessment import say_money
from tidewaiter.bulk.stream import dollars

_DOLLARS = pl.Decimal(38, 2)
"""Wide enough for all cents that a frame can hold."""
MONEY = frozenset(
    [
        *("value", "paid", "assessed", "owed", "voided", "due", "amount", "interest", "principal"),
        *("kept", "lost", "keep_by_paid", "expected", "short"),
        *("principal_expected", "interest_expected", "principal_paid", "interest_paid", "amount_paid"),
    ]
)
"""The columns of the frames that are whole cents."""


def in_dollars(cents: pl.Expr) -> pl.Expr:
    """Whole cents as decimals of dollars.

    >>> pl.select(in_dollars(pl.lit(2**63 - 1))).item()
    Decimal('92233720368547758.07')
    """
    return cents.cast(pl.Int64).cast(_DOLLARS) / 100


def as_dollars(frame: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """The frame with these columns of whole cents (default: all that are money) as decimals of dollars.

    >>> as_dollars(pl.DataFrame({"paid": [123456, None]}))["paid"].to_list()
    [Decimal('1234.56'), None]
    """
    named = columns or tuple(name for name, kind in frame.schema.items() if name in MONEY and kind.is_integer())
    return frame.with_columns(in_dollars(pl.col(name)) for name in named)


def say_cents(cents: int) -> str:
    """Cents as dollars for JSON.

    >>> say_cents(-123456)
    '-1234.56'
    """
    return say_money(dollars(cents))


def show_cents(cents: int | None) -> str:
    """Cents as dollars for a page; nothing where they are not known.

    >>> show_cents(123456), show_cents(None)
    ('1,234.56', '')
    """
    return "" if cents is None else f"{dollars(cents):,.2f}"


def as_json_rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """The rows of a small frame as JSON objects."""
    return [{name: _said(cell) for name, cell in row.items()} for row in as_dollars(frame).iter_rows(named=True)]


def _said(cell: Any) -> Any:
    if isinstance(cell, Decimal):
        return say_money(cell)
    return cell.isoformat() if isinstance(cell, date) else cell
