"""One row for each entry: its facts once, what was paid on it, and the days that no report tells, estimated and marked.

Facts that contradict each other within an entry are named in ``incomplete``; the first that was read stands in the column.
"""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from tidewaiter.ledger.regime import Regime as FoldedLaw
from tidewaiter.refunds.frames import ENTRIES, FACTS
from tidewaiter.refunds.process import Process

DEPOSIT, MONTHLY, LIQUIDATION = "deposit", "deposit-monthly", "liquidation"
"""The clocks of a process by which missing days are estimated."""
UNLIQUIDATED = "unliquidated"
HELD = ("extended", "suspended", "review")
AUTHORITIES = "authorities"
"""The column, beside those of ENTRIES, that names the voided authorities under which duty was paid."""
_MONEY = ("value", "paid", "voided")
_JOINED = ", "
_LIQUIDATION = ("liquidation_date", "liquidation_status")
_STAGES = {UNLIQUIDATED: 0, "liquidated": 1, "reliquidated": 2}
"""Reports of different days tell how far an entry has come: the furthest counts, and is no contradiction."""


def entries(
    rows: pl.DataFrame,
    lines: pl.DataFrame,
    duties: pl.DataFrame | None = None,
    *,
    process: Process | None = None,
    monthly: bool = False,
    unread: Collection[str] = (),
) -> pl.DataFrame:
    """ENTRIES from ROWS and LINES, in the order in which the entries are first read.

    With ``duties`` (DUTIES) the column ``authorities`` tells under which voided authorities duty was paid (null: not told).
    ``process`` gives the clocks for the estimates (default: that of the shipped law, with all that is known). A missing
    deposit day is some working days after the summary, or with ``monthly`` the day of the monthly statement. Of entries with
    ``unread`` rows it is not known that nothing is refundable, unless nothing of their day is.
    """
    process = process or Process.load(FoldedLaw.load())
    found = _facts_once(rows)
    found = found.join(_sums(lines), on="entry_number", how="left", maintain_order="left")
    found = _with_gaps(found, unread, process)
    if duties is None:
        found = found.with_columns(pl.lit(None, pl.String()).alias(AUTHORITIES))
    else:
        found = found.join(_authorities(duties), on="entry_number", how="left", maintain_order="left")
        nothing = (pl.col("voided") == 0).fill_null(False)
        found = found.with_columns(pl.when(nothing).then(pl.col(AUTHORITIES).fill_null("")).otherwise(AUTHORITIES))
    return _estimated(found, process, MONTHLY if monthly else DEPOSIT).select(*ENTRIES, AUTHORITIES)


def _facts_once(rows: pl.DataFrame) -> pl.DataFrame:
    """Each entry's facts, the first that are told; those told twice and differently are named."""
    texts = [name for name, kind in FACTS.items() if kind == pl.String()]
    alike = rows.select("entry_number", *FACTS).unique(maintain_order=True)
    several = alike["entry_number"].is_duplicated()
    once = alike.filter(~several).with_columns(pl.col(texts).cast(pl.String()), incomplete=pl.lit(None, pl.String()))
    if not several.any():
        return once
    again = alike.filter(several).with_columns(pl.col(texts).cast(pl.String()))
    stage = pl.col("liquidation_status").replace_strict(_STAGES, default=0, return_dtype=pl.Int8())
    last = stage == stage.max().over("entry_number")
    again = again.with_columns(pl.when(last).then(name).alias(name) for name in _LIQUIDATION)
    told = again.group_by("entry_number", maintain_order=True).agg(
        *(pl.col(name).drop_nulls().first() for name in FACTS),
        *((pl.col(name).drop_nulls().n_unique() > 1).alias(f"{name} differs") for name in FACTS),
    )
    named = pl.concat_str(
        [pl.when(f"{name} differs").then(pl.lit(name)) for name in FACTS], separator=_JOINED, ignore_nulls=True
    )
    told = told.with_columns(pl.when(named != "").then(named).alias("incomplete")).select(once.columns)
    order = alike.select("entry_number").unique(maintain_order=True)
    return order.join(pl.concat([once, told]), on="entry_number", how="left", maintain_order="left")


def _sums(lines: pl.DataFrame) -> pl.DataFrame:
    """What the lines of each entry come to; null where no line tells, and refundable nothing is not known with a gap in it."""
    sums = {name: pl.col(name).sum().cast(pl.Int64()) for name in _MONEY}
    told = {name: pl.col(name).is_not_null().any() for name in _MONEY}
    gap = pl.col("voided").is_null().any() & (sums["voided"] == 0)
    return lines.group_by("entry_number").agg(
        pl.len().cast(pl.Int64()).alias("lines"),
        *(pl.when(told[name]).then(sums[name]).alias(name) for name in ("value", "paid")),
        pl.when(told["voided"] & ~gap).then(sums["voided"]).alias("voided"),
    )


def _with_gaps(found: pl.DataFrame, unread: Collection[str], process: Process) -> pl.DataFrame:
    """The entries, ``voided`` null where none was read and a row is missing that may have had it."""
    if not unread:
        return found
    doubtful = (pl.col("voided") == 0) & pl.col("entry_number").is_in(list(unread))
    days = found.filter(doubtful)["entry_date"].drop_nulls().unique()
    never = [day for day in days if not process.may_be_void(day)]
    unknown = doubtful & ~pl.col("entry_date").is_in(never).fill_null(False)
    return found.with_columns(pl.when(~unknown).then("voided").alias("voided"))


def _authorities(duties: pl.DataFrame) -> pl.DataFrame:
    named = duties.filter(pl.col("voided") > 0).select("entry_number", "authority").unique()
    return named.group_by("entry_number").agg(pl.col("authority").sort().str.join(_JOINED).alias(AUTHORITIES))


def _estimated(found: pl.DataFrame, process: Process, deposit: str) -> pl.DataFrame:
    """Missing days of deposit and of liquidation, estimated; an entry that is held has no day of liquidation."""
    paid, settled = process.ends(found, deposit, None), process.ends(found, LIQUIDATION, None)
    held = pl.col("hold").is_in(HELD) & pl.col("liquidation_status").fill_null(UNLIQUIDATED).eq(UNLIQUIDATED)
    found = found.with_columns(
        paid.alias("_paid"), pl.when(held.fill_null(False)).then(None).otherwise(settled).alias("_settled")
    )
    return found.with_columns(
        deposit_estimated=pl.col("deposit_date").is_null() & pl.col("_paid").is_not_null(),
        liquidation_estimated=pl.col("liquidation_date").is_null() & pl.col("_settled").is_not_null(),
        deposit_date=pl.coalesce("deposit_date", "_paid"),
        liquidation_date=pl.coalesce("liquidation_date", "_settled"),
    )
