"""Rows of entry reports as lines that the engine can be asked about, and the additional duties reported with each."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from tidewaiter.bulk.basis import BASIS_NAMES, CH98, LESS_CH98
from tidewaiter.ledger.edges import words_of
from tidewaiter.ledger.model import Ledger
from tidewaiter.schedule.numbers import heading_code
from tidewaiter.schedule.units import UnknownUnitError, canonical_unit

LINE = "line"
"""The place of a line among those asked together."""
KEY = ("entry_number", "line_number")
READ = (*KEY, "ordinal", "entry_type", "entry_date", "origin", "hts", "value", "duty", "quantity", "unit", "spi")
"""The columns of ROWS that count here."""
WORDS = ("entry_type", "origin", "unit", "spi")
ADDITIONAL, SPECIAL = "99", "98"
"""The chapters of additional duties and of special provisions: the others are of goods."""


@dataclass(frozen=True, slots=True)
class Reported:
    """Rows by line. ``lines`` has one row for each line, ``headings`` one for each heading of chapter 99 on it.

    ``lines``: line, entry_number, line_number, entry_type, entry_date, origin, spi, hts, numbers (of goods), quantity, unit,
    ch98, ch98_value, value, paid, paid_base (on its rows of other chapters), misplaced (the value stands on the row of an
    additional duty). ``headings``: line, heading (with points), paid.
    """

    lines: pl.DataFrame
    headings: pl.DataFrame


def reported(rows: pl.DataFrame, ledger: Ledger) -> Reported:
    """The lines of rows that stand in the order of entry and line; money is cents."""
    chapter = pl.col("hts").str.slice(0, 2).fill_null("")
    rows = rows.with_columns(pl.struct(KEY).rle_id().alias(LINE), chapter.alias("chapter"))
    additional = rows.filter(pl.col("chapter") == ADDITIONAL)
    special = rows.filter(pl.col("chapter") == SPECIAL)
    goods = rows.filter(~pl.col("chapter").is_in([ADDITIONAL, SPECIAL]))
    known = [pl.col(name).drop_nulls().first() for name in ("entry_type", "entry_date", "origin", "spi")]
    lines = (
        rows.group_by(LINE, maintain_order=True)
        .agg(*(pl.col(name).first() for name in KEY), *known, _sum("duty").alias("paid"))
        .join(_goods(goods), on=LINE, how="left", maintain_order="left")
        .join(_special(special), on=LINE, how="left", maintain_order="left")
        .join(_on_headings(additional), on=LINE, how="left", maintain_order="left")
    )
    return Reported(_valued(lines, ledger), _headings(additional))


def _sum(name: str) -> pl.Expr:
    """The sum of what is told; null where nothing is."""
    return pl.when(pl.col(name).is_not_null().any()).then(pl.col(name).sum())


def _goods(goods: pl.DataFrame) -> pl.DataFrame:
    several = goods[LINE].is_duplicated()
    if several.any():
        goods = goods.sort(LINE, "value", descending=[False, True], nulls_last=True, maintain_order=True)
    return goods.group_by(LINE, maintain_order=True).agg(
        pl.col("hts").first(),
        pl.col("hts").n_unique().alias("numbers"),
        pl.col("quantity").first(),
        pl.col("unit").first(),
        _sum("value").alias("goods_value"),
        pl.col("duty").sum().alias("goods_duty"),
    )


def _special(special: pl.DataFrame) -> pl.DataFrame:
    return special.group_by(LINE).agg(
        pl.col("hts").first().alias("ch98"),
        pl.col("value").sum().alias("special_value"),
        pl.col("duty").sum().alias("special_duty"),
    )


def _on_headings(additional: pl.DataFrame) -> pl.DataFrame:
    return additional.group_by(LINE).agg(pl.col("value").max().alias("heading_value"), pl.len().alias("reported"))


def _headings(additional: pl.DataFrame) -> pl.DataFrame:
    codes = additional["hts"].unique().to_frame()
    codes = codes.with_columns(pl.col("hts").map_elements(heading_code, return_dtype=pl.String).alias("heading"))
    return (
        additional.join(codes, on="hts", maintain_order="left")
        .group_by(LINE, "heading", maintain_order=True)
        .agg(pl.col("duty").sum().alias("paid"))
    )


def _valued(lines: pl.DataFrame, ledger: Ledger) -> pl.DataFrame:
    """The value of each line and, under chapter 98, the amount that its duty needs.

    Under a provision of chapter 98 the goods' own row carries what is dutiable, the provision's row the rest. Duty on nothing
    means that the report does not tell the value.
    """
    own = pl.col("goods_value").fill_null(0)
    beside = pl.col("special_value").fill_null(0)
    on_heading = pl.col("heading_value").fill_null(0)
    misplaced = (own + beside == 0) & (on_heading > 0)
    form = pl.col("ch98").str.slice(0, 8).replace_strict(_forms(ledger), default=None, return_dtype=pl.Int64)
    both = (own > 0) & (beside > 0)
    amount = pl.when(both & (form == CH98)).then(own).when(both & (form == LESS_CH98)).then(beside)
    told = pl.col("goods_value").is_not_null() | (beside > 0)
    told &= (own + beside > 0) | (pl.col("paid").fill_null(0) == 0)
    return lines.with_columns(
        pl.when(misplaced).then(on_heading).when(told).then(own + beside).alias("value"),
        misplaced.alias("misplaced"),
        amount.alias("ch98_value"),
        (pl.col("goods_duty").fill_null(0) + pl.col("special_duty").fill_null(0)).alias("paid_base"),
        (pl.col("reported").fill_null(0) > 0).alias("reported"),
    ).drop("goods_value", "special_value", "heading_value", "goods_duty", "special_duty")


def _forms(ledger: Ledger) -> dict[str, int]:
    """Of each number of chapter 98, in digits, which amount its duty falls on (``CH98``, ``LESS_CH98``)."""
    found: dict[str, int] = {}
    for rule in ledger.bases:
        form = BASIS_NAMES.index(rule.basis)
        if form in (CH98, LESS_CH98):
            for number in words_of(rule.when, "ch98"):
                found.setdefault(number.replace(".", ""), form)
    return found


def readable_units(lines: pl.DataFrame) -> pl.DataFrame:
    """The lines with quantities in units that are none left out: they matter only where a duty needs them."""
    known = {unit: _is_unit(unit) for unit in lines["unit"].unique().to_list() if unit is not None}
    readable = pl.col("unit").replace_strict(known, default=True, return_dtype=pl.Boolean)
    return lines.with_columns(pl.when(readable).then(pl.col(name)).alias(name) for name in ("quantity", "unit"))


def _is_unit(text: str) -> bool:
    try:
        canonical_unit(text)
    except UnknownUnitError:
        return False
    return True
