"""The calendar of cliffs: how much falls out of each window, week by week, from the day asked on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import polars as pl

from tidewaiter.ledger.instants import end_of_day
from tidewaiter.ledger.refund_law import Clock
from tidewaiter.refunds.coded import LIQUIDATED_ON, standing
from tidewaiter.refunds.holds import holds
from tidewaiter.refunds.process import Process
from tidewaiter.refunds.waterfall import LIQUIDATION, Waterfall
from tidewaiter.status.report import PUBLISHED, Ahead, Day

CLIFFS: dict[str, pl.DataType] = {
    "week": pl.Date(),  # its Monday
    "clock": pl.String(),  # the id of the clock in law/refunds
    "what": pl.String(),
    "first": pl.Date(),  # the first last day of that week
    "entries": pl.Int64(),
    "principal": pl.Int64(),  # cents
}
"""One row for each week and window in which something falls out; in order of time."""


def cliffs(desk: pl.DataFrame, process: Process, on: date) -> pl.DataFrame:
    """CLIFFS: the entries of DESK whose last day by a clock lies in each week, with their refundable principal.

    A clock counts the entries of the buckets that its ``cliff:`` names, unless what was filed keeps the claim; one that stands in
    for another counts those for which the other has no day. An entry falls
    out of one window after the other, so the windows are not to be added up.
    """
    stood = _stood(desk, process, on)
    found = [_of(stood, process, on, clock) for clock in _clocks(process, on)]
    return pl.concat([pl.DataFrame(schema=CLIFFS), *found]).sort("week", "first", "clock")


def cliff_days(found: pl.DataFrame, process: Process, on: date) -> list[Ahead]:
    """CLIFFS as days written ahead, for a calendar (``tidewaiter.timeline.ical``): one for each week and window."""
    zone = process.known.zone(process.law.into)
    acts = process.opening_acts(on)
    clocks = {clock.id: clock for clock in _clocks(process, on)}
    return [
        Ahead(
            Day(end_of_day(row["first"], zone), zone),
            False,
            _say(row),
            acts,
            reported=clocks[row["clock"]].confidence != PUBLISHED,
            cite=clocks[row["clock"]].cite,
        )
        for row in found.iter_rows(named=True)
    ]


def last_days(frame: pl.DataFrame, process: Process, on: date, clock: str) -> pl.Series:
    """The last day of each entry by a clock, as the entries stand on the day; null where no day can be told."""
    return process.ends(_stood(frame, process, on), clock, on)


def _stood(frame: pl.DataFrame, process: Process, on: date) -> pl.DataFrame:
    """The entries as they stand on the day, with the day of liquidation that counts."""
    stood = standing(frame, Waterfall(process, on))
    return stood.with_columns(pl.col(LIQUIDATED_ON).alias(LIQUIDATION))


def _clocks(process: Process, on: date) -> Iterator[Clock]:
    names = dict.fromkeys(one.id for one in process.law.clocks if one.cliff)
    return (process.clock(name, on) for name in names)


def _of(stood: pl.DataFrame, process: Process, on: date, clock: Clock) -> pl.DataFrame:
    assert clock.cliff is not None
    kept = [one.id for one in process.law.routes if one.kept]
    stood = stood.with_columns(process.ends(stood, clock.id, on).alias("last"))
    counted = pl.col("bucket").is_in(list(clock.cliff.buckets)) & ~pl.col("route").is_in(kept).fill_null(False)
    falling = stood.filter(counted & holds(clock.cliff.when) & (pl.col("last") >= on) & (pl.col("voided") > 0))
    if clock.cliff.instead_of:
        falling = falling.filter(process.ends(falling, clock.cliff.instead_of, on).is_null())
    by_week = falling.group_by(pl.col("last").dt.truncate("1w").alias("week")).agg(
        pl.lit(clock.id).alias("clock"),
        pl.lit(clock.cliff.what).alias("what"),
        pl.col("last").min().alias("first"),
        pl.len().cast(pl.Int64()).alias("entries"),
        pl.col("voided").sum().alias("principal"),
    )
    return by_week.select(*CLIFFS)


def _say(row: dict[str, object]) -> str:
    dollars = Decimal(int(str(row["principal"]))) / 100
    many = "entry" if row["entries"] == 1 else "entries"
    return f"refunds: {row['entries']} {many} ({dollars:,.2f} dollars) {row['what']} after this day or a later one of the week"
