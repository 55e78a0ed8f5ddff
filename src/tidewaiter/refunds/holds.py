"""Conditions that hang on what reports tell of an entry, as expressions over a whole frame: what is not told does not hold."""

from __future__ import annotations

import polars as pl

from tidewaiter.ledger.refund_law import FLAGS, NO, YES, AllOf, EntryCondition, Is, Not, OneOf

_FOUND = {"liquidated": ~pl.col("open"), "refundable": pl.col("voided") > 0}
"""Flags that the desk finds itself: see ``coded.standing``."""


def holds(condition: EntryCondition) -> pl.Expr:
    """Whether a condition holds, for each entry of a frame that ``coded.standing`` has seen.

    Raises ``TypeError`` for a condition that asks for more than the facts of ``refund_law.TOLD``.
    """
    match condition:
        case Is(fact, words) if fact in FLAGS:
            flag = _FOUND.get(fact, pl.col(fact))
            return ((flag & pl.lit(YES in words)) | (~flag & pl.lit(NO in words))).fill_null(False)
        case Is(fact, words):
            return pl.col(fact).is_in(list(words)).fill_null(False)
        case AllOf(parts):
            return pl.all_horizontal(pl.lit(True), *map(holds, parts))
        case OneOf(parts):
            return pl.any_horizontal(pl.lit(False), *map(holds, parts))
        case Not(part):
            return ~holds(part)
    raise TypeError(f"{condition} does not hang on what is told of an entry alone")
