"""Cents of the frames as dollars, where they are printed."""

from __future__ import annotations

import polars as pl

DOLLARS = pl.Decimal(18, 2)


def as_dollars(frame: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """The frame with these columns of whole cents as decimals of dollars.

    >>> as_dollars(pl.DataFrame({"paid": [123456, None]}), "paid")["paid"].to_list()
    [Decimal('1234.56'), None]
    """
    return frame.with_columns(pl.col(name).cast(pl.Int64).cast(DOLLARS) / 100 for name in columns)
