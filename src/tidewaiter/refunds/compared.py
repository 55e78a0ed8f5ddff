"""Lines as reported set beside what the engine says of them: the answer priced, and both joined by line and heading."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from tidewaiter.assess.line import MONEY_FIELDS
from tidewaiter.bulk.kernel import Kernel
from tidewaiter.bulk.long import BASE, FEE, long
from tidewaiter.bulk.stream import PRICING, READING
from tidewaiter.refunds.asked import LINE, Reported, readable_units, reported
from tidewaiter.refunds.headings import PLAINTIFFS, VOID, Headings
from tidewaiter.refunds.inferred import NOWHERE, Inference, Places, columns, contents, places
from tidewaiter.refunds.money import in_dollars

SEVERAL_NUMBERS = "several_numbers"
NOT_EXPLAINED = "duty_not_explained"
HALF_A_DOLLAR = 50
"""Cents by which a value in whole dollars may differ from the one that duty was charged on."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Lines and additional duties as reported and as the law has them; all money is cents.

    ``lines``: what :class:`~tidewaiter.refunds.asked.Reported` has, and error, base (the engine's base duty), base_rate,
    assessed, owed, from_engine (duty is not told by heading, and the engine's answer explains the total), unexplained (it does
    not), interval and opening (of the day of entry).

    ``duties``: line, heading, program, authority, reported, paid, told (as paid in the report), assessed, owed, basis, rate,
    kind (of the engine's answer), charges, void (what courts have said), voided, interval, opening, tolerance.
    """

    lines: pl.DataFrame
    duties: pl.DataFrame
    contents: pl.DataFrame
    said: pl.DataFrame
    places: Places


def compare(rows: pl.DataFrame, headings: Headings, inference: Inference) -> Compared:
    """Rows of whole entries, in the order of entry and line, held against the law."""
    told = reported(rows, headings.regime.ledger)
    where = places(headings.kernel, told.lines)
    said = inference.read(told.headings, where)
    rates = {code: headings.rates(code) for code in _codes(said, "content")}
    of_value = contents(said, told.lines, rates, headings.pools)
    layers = _priced(headings.kernel, _asked(told, columns(inference.statements, said, told.lines), of_value))
    lines = _answered(told.lines, layers).with_columns(
        pl.Series("interval", where.interval), pl.Series("opening", where.opening)
    )
    duties = _joined(said, layers, headings)
    lines = _placed(lines, duties)
    duties = _with_voids(_as_explained(duties, lines), headings)
    return Compared(lines, duties, of_value, said, where)


def _codes(said: pl.DataFrame, column: str) -> list[str]:
    found: list[str] = said.filter(pl.col(column).is_not_null())["heading"].unique().to_list()
    return found


# Asking the engine


def _asked(told: Reported, said: pl.DataFrame, of_value: pl.DataFrame) -> pl.DataFrame:
    """The lines in the engine's format. What cannot be one line of goods is asked without a number, and refused."""
    lines = readable_units(told.lines)
    number = pl.when(pl.col("numbers") == 1).then(pl.col("hts"))
    frame = lines.select(
        pl.col("entry_number").alias("entry_id"),
        number.alias("hts"),
        "origin",
        in_dollars(pl.col("value")).alias("value"),
        pl.col("entry_date").alias("entered_at"),
        "entry_type",
        "spi",
        "quantity",
        "unit",
        "ch98",
        in_dollars(pl.col("ch98_value")).alias("ch98_value"),
    )
    frame = pl.concat([frame, said.drop(LINE)], how="horizontal")
    for fact in of_value["fact"].unique().to_list():
        cents = lines.select(LINE).join(
            of_value.filter(pl.col("fact") == fact), on=LINE, how="left", maintain_order="left"
        )
        own = (
            frame[fact]
            if fact in frame.columns
            else pl.Series(fact, [None], dtype=pl.Int64).new_from_index(0, len(lines))
        )
        frame = frame.with_columns(pl.coalesce(cents["cents"], own).alias(fact))
    money = [name for name in MONEY_FIELDS if name in frame.columns and name != "ch98_value"]
    frame = frame.with_columns(in_dollars(pl.col(name)).alias(name) for name in money)
    empty = [name for name in frame.columns if frame[name].null_count() == len(frame)]
    return frame.drop(name for name in empty if name not in ("hts", "origin", "value", "entered_at"))


def _priced(kernel: Kernel, frame: pl.DataFrame) -> pl.DataFrame:
    """The engine's layers of each line; money in cents, lines by place."""
    entry = frame["entry_id"].rle_id().to_numpy().astype(np.int64)
    with READING:
        lines = kernel.read(frame)
    with PRICING:
        pricing = kernel.price(lines, entry, np.zeros(len(frame), dtype=np.bool_), layers=True)
    layers = long(frame.select("entry_id"), pricing, 0)
    return layers.select(
        (pl.col(LINE) - 1).cast(pl.UInt32),
        "program",
        "heading",
        "kind",
        "rate",
        *((pl.col(name) * 100).cast(pl.Int64).alias(name) for name in ("basis_value", "amount", "owed")),
        pl.col("error").cast(pl.String),
    )


def _answered(lines: pl.DataFrame, layers: pl.DataFrame) -> pl.DataFrame:
    """The lines with the engine's base duty, what is assessed and owed in all, or the refusal."""
    base = layers.filter(pl.col("kind") == BASE).select(LINE, base="amount", base_rate="rate", number="heading")
    errors = layers.filter(pl.col("error").is_not_null()).select(LINE, "error")
    totals = (
        layers.filter((pl.col("kind") != FEE) & pl.col("error").is_null())
        .group_by(LINE)
        .agg(assessed=pl.col("amount").sum(), owed=pl.col("owed").sum())
    )
    for one in (base, errors, totals):
        lines = lines.join(one, on=LINE, how="left", maintain_order="left")
    several = (pl.col("numbers") > 1) & pl.col("error").is_not_null()
    return lines.with_columns(error=pl.when(several).then(pl.lit(SEVERAL_NUMBERS)).otherwise(pl.col("error")))


# Reported and due, heading by heading


def _joined(said: pl.DataFrame, layers: pl.DataFrame, headings: Headings) -> pl.DataFrame:
    due = (
        layers.filter(~pl.col("kind").is_in([BASE, FEE]))
        .group_by(LINE, "heading")
        .agg(
            pl.col("program").first().alias("its_program"),
            pl.col("kind").first(),
            pl.col("rate").first(),
            pl.col("basis_value").sum().alias("basis"),
            pl.col("amount").sum().alias("assessed"),
            pl.col("owed").sum(),
        )
    )
    own = said.select(LINE, "heading", "program", "paid", reported=pl.lit(True))
    found = own.join(due, on=[LINE, "heading"], how="full", coalesce=True)
    found = found.with_columns(
        pl.coalesce("its_program", "program").alias("program"),
        pl.col("reported").fill_null(False),
        *(pl.col(name).fill_null(0) for name in ("paid", "assessed", "owed", "basis")),
    ).drop("its_program")
    codes = [code for code in found["heading"].unique().to_list() if code]
    programs = found["program"].unique().to_list()
    return found.with_columns(
        pl.col("heading")
        .replace_strict({code: headings.charges(code) for code in codes}, default=False, return_dtype=pl.Boolean)
        .alias("charges"),
        pl.col("program")
        .replace_strict({one: headings.authority(one) for one in programs if one}, default=None, return_dtype=pl.String)
        .alias("authority"),
        tolerance=tolerance(pl.col("assessed"), pl.col("basis")),
        told=pl.col("paid"),
    ).sort(LINE, maintain_order=True)


def tolerance(assessed: pl.Expr, basis: pl.Expr) -> pl.Expr:
    """By how many cents a duty may differ: one for rounding, and what half a dollar of its basis comes to."""
    return 1 + pl.when(basis > 0).then(assessed * HALF_A_DOLLAR // basis).otherwise(0)


def _placed(lines: pl.DataFrame, duties: pl.DataFrame) -> pl.DataFrame:
    """Which lines do not tell the duty by heading, and whether the engine's answer explains what was paid in all.

    That is so where no heading is reported though duties are due, or where one that charges is reported as free.
    """
    due = pl.col("assessed") > 0
    sums = duties.group_by(LINE).agg(
        pl.col("assessed").sum().alias("added"),
        (due & (pl.col("told") == 0) & (pl.col("reported"))).any().alias("free"),
        due.sum().alias("layers"),
    )
    lines = lines.join(sums, on=LINE, how="left", maintain_order="left")
    untold = pl.col("error").is_null() & (pl.col("added") > 0) & (~pl.col("reported") | pl.col("free"))
    whole = (pl.col("paid") - pl.col("assessed")).abs() <= pl.col("layers") + tolerance(
        pl.col("assessed"), pl.col("value")
    )
    bare = (pl.col("paid_base") - pl.col("base")).abs() <= tolerance(pl.col("base"), pl.col("value"))
    untold, whole, bare = (one.fill_null(False) for one in (untold, whole, bare))
    return lines.with_columns(from_engine=untold & whole, unexplained=untold & ~whole & ~bare).drop(
        "added", "free", "layers"
    )


def _as_explained(duties: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Where the engine explains the total, its layers are what was paid."""
    more = lines.select(LINE, "from_engine", "unexplained", "error", "interval", "opening")
    duties = duties.join(more, on=LINE, how="left", maintain_order="left")
    paid = pl.when(pl.col("from_engine")).then(pl.col("assessed")).otherwise(pl.col("told"))
    return duties.with_columns(paid=paid)


def _with_voids(duties: pl.DataFrame, headings: Headings) -> pl.DataFrame:
    """What courts have said of each duty, and what of the paid is void for all: only of headings that carry duty."""
    codes = duties["heading"]
    interval = duties["interval"].to_numpy()
    # The void of a duty does not hang on a day that the report lacks: the last one known stands for it.
    interval = np.where(interval == NOWHERE, len(headings.kernel.laws.starts) - 1, interval)
    different = codes.unique().to_list()
    places = codes.replace_strict(different, list(range(len(different))), return_dtype=pl.Int64).to_numpy()
    table = (
        np.stack([headings.void_codes(code) for code in different]) if different else np.zeros((1, 1), dtype=np.int64)
    )
    void = pl.Series("void", table[places, interval] if len(duties) else np.zeros(0, dtype=np.int64))
    duties = duties.with_columns(void)
    # A sum below zero takes back what another line of the entry reports.
    refundable = (pl.col("void") == VOID) & pl.col("charges") & pl.col("paid").is_not_null()
    return duties.with_columns(
        voided=pl.when(refundable).then(pl.col("paid")).otherwise(0),
        for_all=(pl.col("void") == VOID) & pl.col("charges"),
        for_plaintiffs=(pl.col("void") == PLAINTIFFS) & pl.col("charges") & (pl.col("paid") > 0),
    )
