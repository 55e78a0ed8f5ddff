"""Small frames of a desk, made by hand: for what comes out of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

from tidewaiter.refunds.frames import DESK

ON = date(2026, 11, 22)
CLAIMED: dict[str, Any] = {
    "bucket": "claim now",
    "entry_type": "01",
    "importer": "12-3456789",
    "filer": "BII",
    "lines": 1,
    "value": 100_000,
    "paid": 30_000,
    "voided": 20_000,
    "interest": 1_234,
    "deadline": date(2026, 12, 9),
    "reason": "not liquidated",
    "next_step": "declare it",
    "deadline_estimated": False,
}


def number_of(number: int, filer: str = "BII") -> str:
    """An entry number of 11 characters; its last one is no check digit."""
    return f"{filer}{number:07}0"


def desk_of(rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """A DESK frame of these rows, each of them an entry to claim now unless it says otherwise."""
    full = [{name: {**CLAIMED, **row}.get(name) for name in DESK} for row in rows]
    return pl.DataFrame(full, schema=DESK, orient="row")


def claimed(count: int, **changed: Any) -> list[dict[str, Any]]:
    """So many entries to claim now."""
    return [{"entry_number": number_of(place), **changed} for place in range(count)]
