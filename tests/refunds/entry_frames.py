"""Small frames of entries for the tests: an ordinary one of which all is known, and what is said otherwise."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import polars as pl
from tests.conftest import TODAY

from tidewaiter.ledger.regime import Regime
from tidewaiter.refunds.desk import desk
from tidewaiter.refunds.entries import AUTHORITIES, entries
from tidewaiter.refunds.frames import FACTS, LINES, ROWS
from tidewaiter.refunds.process import Process

NOW = date.fromisoformat(TODAY)
TOLD: dict[str, Any] = {
    "entry_type": "01",
    "importer": "12-345678900",
    "filer": "ABC",
    "port": "2704",
    "entry_date": date(2025, 12, 1),
    "summary_date": date(2025, 12, 10),
    "hold": "none",
    "recon_flagged": False,
    "recon_filed": False,
    "drawback": False,
    "protest": "none",
    "ad_cvd": "none",
    "statement_paid": True,
    "summary_accepted": True,
    "surety_paid": False,
    "indicator": "N",
}
"""A consumption entry of which the reports tell all but its liquidation."""


@cache
def regime(known_on: str = TODAY, scenario: str = "law") -> Regime:
    return Regime.load(known_on, scenario)


def process(known_on: str = TODAY, scenario: str = "law") -> Process:
    return Process.load(regime(known_on, scenario))


def frames(*several: dict[str, Any], voided: int | None = 100_00) -> tuple[pl.DataFrame, pl.DataFrame]:
    """ROWS and LINES of entries: one line of one number each, on which so many cents were paid under a voided authority."""
    rows = [
        {"entry_number": f"ABC{place:07d}0", "line_number": 1, "ordinal": 1, **TOLD, **one}
        for place, one in enumerate(several)
    ]
    money = {"value": 1000_00, "paid": 150_00, "voided": voided}
    lines = [{"entry_number": row["entry_number"], "line_number": 1, **money} for row in rows]
    return pl.DataFrame(rows, schema=ROWS), pl.DataFrame(lines, schema=LINES)


def entered(*several: dict[str, Any], known_on: str = TODAY, voided: int | None = 100_00) -> pl.DataFrame:
    """ENTRIES of those."""
    return entries(*frames(*several, voided=voided), process=process(known_on))


def desked(*several: dict[str, Any], on: date = NOW, known_on: str = TODAY, **how: Any) -> list[dict[str, Any]]:
    """DESK of those on a day, as mappings."""
    voided = how.pop("voided", 100_00)
    found = desk(entered(*several, known_on=known_on, voided=voided), process(known_on), on, **how)
    return found.to_dicts()


def routed(on: date = NOW, known_on: str = TODAY, **facts: Any) -> tuple[str, str | None]:
    """Bucket and route of one entry."""
    (row,) = desked(facts, on=on, known_on=known_on)
    return row["bucket"], row["route"]


NOTHING: dict[str, Any] = dict.fromkeys(FACTS)
"""An entry of which the reports tell nothing."""
__all__ = ["AUTHORITIES", "NOTHING", "NOW", "TOLD", "desked", "entered", "frames", "process", "regime", "routed"]
