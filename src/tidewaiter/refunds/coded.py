"""The facts of many entries as codes of a waterfall, packed into one whole number for each entry.

Code 0 is not known, 1 not known and not to be assumed (the reports contradict each other), from 2 on the codes of the waterfall.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from tidewaiter.ledger.refund_law import FLAGS
from tidewaiter.refunds.entries import AUTHORITIES, HELD, UNLIQUIDATED
from tidewaiter.refunds.waterfall import LIQUIDATION, Cut, Waterfall

_UNKNOWN, _UNSURE, _FIRST = 0, 1, 2
_REFUNDABLE, _SERVED, _PROTEST = "refundable", "served", "protest"
LIQUIDATED_ON = "liquidated_on"
"""The day of liquidation as it counts on the day asked: an estimate that a report refutes is none."""
_STATED = ("liquidated", "reliquidated")


@dataclass(frozen=True)
class Coded:
    """A frame of entries with the key of each (column ``key``) and how to read a key."""

    waterfall: Waterfall
    keys: pl.Series

    def codes(self, key: int, assume: bool) -> dict[str, int | None]:
        """The codes behind a key; with ``assume`` what no report tells is as the process assumes."""
        found: dict[str, int | None] = {}
        for fact, size in self.waterfall.sizes.items():
            key, code = divmod(key, size + _FIRST)
            if code >= _FIRST:
                found[fact] = code - _FIRST
            else:
                found[fact] = self._assumed(fact) if assume and code == _UNKNOWN else None
        return found

    def _assumed(self, fact: str) -> int | None:
        word = self.waterfall.process.law.assume.get(fact)
        if word is None:
            return None
        return self.waterfall.words[fact].get(word, 0)


def standing(frame: pl.DataFrame, waterfall: Waterfall) -> pl.DataFrame:
    """Entries with the columns ``liquidated_on`` and ``open`` as they count on the day asked.

    What is stated or held as unliquidated is so, whatever the usual day, unless a report states a day that has passed. Types of
    which no day can be told are unliquidated until a report says otherwise.
    """
    on = pl.lit(waterfall.on)
    status, day, estimated = pl.col("liquidation_status"), pl.col("liquidation_date"), pl.col("liquidation_estimated")
    stated = status.is_in(_STATED).fill_null(False)
    never = waterfall.process.has_no_day(frame, "liquidation").alias("_never")
    held = pl.col("hold").is_in(HELD).fill_null(False) & ~stated
    said_open = (status == UNLIQUIDATED).fill_null(False) | held
    refuted = estimated & ((said_open & (day <= on)) | (stated & (day > on)))
    frame = frame.with_columns(never, pl.when(refuted.fill_null(False)).then(None).otherwise(day).alias(LIQUIDATED_ON))
    counted = pl.col(LIQUIDATED_ON)
    silent = counted.is_null() & ~stated & (said_open | pl.col("_never"))
    return frame.with_columns(open=silent | (counted > on).fill_null(False)).drop("_never")


def code(frame: pl.DataFrame, waterfall: Waterfall, strict: bool) -> Coded:
    """The key of each entry of a frame that :func:`standing` has seen."""
    sure = _contradicted(frame)
    key = pl.lit(0, pl.Int64())
    radix = 1
    for fact, size in waterfall.sizes.items():
        column = _staged(waterfall, fact) if fact in waterfall.cuts else _worded(frame, waterfall, fact)
        told = column.cast(pl.Int64()) + _FIRST
        unknown = pl.lit(_UNSURE if strict else _UNKNOWN, pl.Int64())
        told = pl.when(column.is_null()).then(unknown).otherwise(told)
        if fact in sure:
            contradicted = pl.col("incomplete").str.split(", ").list.contains(fact).fill_null(False)
            told = pl.when(contradicted).then(pl.lit(_UNSURE, pl.Int64())).otherwise(told)
        key = key + told * radix
        radix *= size + _FIRST
    return Coded(waterfall, frame.select(key.alias("key")).to_series())


def _contradicted(frame: pl.DataFrame) -> set[str]:
    """The facts that some entry's reports contradict each other about."""
    named = frame["incomplete"].unique().drop_nulls().str.split(", ").explode()
    found = set(named.to_list())
    return found | ({LIQUIDATION} if "liquidation_status" in found else set())


def _staged(waterfall: Waterfall, base: str) -> pl.Expr:
    """How many cuts of a day have been passed."""
    if base != LIQUIDATION:
        return _passed(waterfall, pl.col(base), waterfall.cuts[base])
    after = _passed(waterfall, pl.col(LIQUIDATED_ON), waterfall.cuts[base][1:]) + 1
    return pl.when(pl.col("open")).then(pl.lit(0, pl.Int64())).otherwise(after)


def _passed(waterfall: Waterfall, start: pl.Expr, cuts: list[Cut]) -> pl.Expr:
    total = start.is_null().cast(pl.Int64()) * 0
    for cut in cuts:
        clock = waterfall.process.clock(cut.clock, waterfall.on)
        last = start.dt.offset_by(f"{clock.years}y") if clock.years else start + timedelta(days=clock.days or 0)
        total = total + (last - timedelta(days=cut.margin) < pl.lit(waterfall.on)).cast(pl.Int64())
    return pl.when(start.is_not_null()).then(total)


def _worded(frame: pl.DataFrame, waterfall: Waterfall, fact: str) -> pl.Expr:
    """The code of the fact's word; null where it is not told."""
    if fact in FLAGS:
        return _flag(frame, waterfall, fact).cast(pl.Int64())
    word = pl.col(fact)
    if fact == _PROTEST:  # on a day before it was filed there was none
        later = (pl.col("protest_date") > pl.lit(waterfall.on)).fill_null(False)
        word = pl.when(later).then(pl.lit("")).otherwise(word)
    return pl.when(word.is_not_null()).then(
        word.replace_strict(waterfall.words[fact], default=0, return_dtype=pl.Int64())
    )


def _flag(frame: pl.DataFrame, waterfall: Waterfall, fact: str) -> pl.Expr:
    if fact == _REFUNDABLE:
        return pl.col("voided") > 0
    if fact != _SERVED:
        return pl.col(fact)
    serves = waterfall.process.serves(waterfall.on)
    if AUTHORITIES not in frame.columns:
        return pl.lit(bool(serves))
    named = frame[AUTHORITIES].unique().drop_nulls()
    served = [one for one in named if serves & set(one.split(", "))]
    return pl.col(AUTHORITIES).is_in(served).fill_null(bool(serves))
