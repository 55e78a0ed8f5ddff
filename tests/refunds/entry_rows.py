"""Rows of entry reports made for tests: by hand, or as an honest broker would report what the engine answers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any

import polars as pl
from tests.conftest import TODAY

from tidewaiter import Regime
from tidewaiter.refunds.frames import ROWS
from tidewaiter.refunds.paid import Paid, paid

Row = tuple[str, int, int | None]
"""Tariff number in digits, value and duty in cents."""


def rows(*lines: dict[str, Any]) -> pl.DataFrame:
    """ROWS of lines, each with ``date``, ``rows`` (tuples of :data:`Row`) and any field of ROWS; an entry each unless named."""
    told: list[dict[str, Any]] = []
    for place, line in enumerate(lines, start=1):
        own = {"entry_number": f"ABC{place:07d}1", "line_number": 1, "entry_type": "01", "origin": "CN", **line}
        own["entry_date"] = own.pop("date")
        for ordinal, (hts, value, duty) in enumerate(own.pop("rows"), start=1):
            told.append({**own, "ordinal": ordinal, "hts": hts, "value": value, "duty": duty})
    return pl.DataFrame(told, schema_overrides=ROWS, infer_schema_length=None).select(_all(told))


def _all(told: Iterable[dict[str, Any]]) -> list[pl.Expr]:
    given = {name for row in told for name in row}
    return [pl.col(name) if name in given else pl.lit(None, kind).alias(name) for name, kind in ROWS.items()]


def as_filed(lines: pl.DataFrame, regime: Regime) -> pl.DataFrame:
    """ROWS of lines in the engine's format (``entry_id``, ``line_number`` among them) as the law has them filed.

    One row for each heading that the engine reports, with its duty and no value, then the goods with value and base duty.
    Lines that are refused are left out.
    """
    numbered = lines.with_columns(line=pl.int_range(1, pl.len() + 1))
    layers = regime.price(lines, long=True).filter(pl.col("error").is_null() & (pl.col("kind") != "fee"))
    goods = pl.col("kind") == "base"
    told = layers.drop("line_id", strict=False).join(
        numbered, on="line", how="left", maintain_order="left", suffix="_own"
    )
    told = told.with_columns(
        entry_number="entry_id",
        ordinal=pl.int_range(1, pl.len() + 1).over("line"),
        entry_date="entered_at",
        hts=pl.when(goods).then("hts").otherwise("heading").str.replace_all(".", "", literal=True),
        value=pl.when(goods).then((pl.col("value").cast(pl.Decimal(18, 2)) * 100).cast(pl.Int64)).otherwise(0),
        duty=(pl.col("amount") * 100).cast(pl.Int64),
        entry_type=pl.col("entry_type") if "entry_type" in told.columns else pl.lit("01"),
    )
    missing = [pl.lit(None, kind).alias(name) for name, kind in ROWS.items() if name not in told.columns]
    return told.with_columns(missing).select(pl.col(name).cast(kind) for name, kind in ROWS.items())


BATTERY, BATTERY_2026 = "8507600020", "8507600090"
"""Lithium-ion batteries: the number to 31 January 2026, and one after."""


def battery(on: date, *headings: Row, duty: int = 3_400_00, **more: Any) -> dict[str, Any]:
    """A line of 100,000 dollars of batteries of China, with the additional duties reported on it."""
    number = BATTERY if on < date(2026, 2, 1) else BATTERY_2026
    return {"date": on, "rows": [*headings, (number, 100_000_00, duty)], **more}


def regime_of(known_on: str = TODAY, scenario: str = "law") -> Regime:
    """A regime seen from a day, loaded once."""
    return _regime(known_on, scenario)


@cache
def _regime(known_on: str, scenario: str) -> Regime:
    return Regime.load(known_on=known_on, scenario=scenario)


def held(*lines: dict[str, Any], known_on: str = TODAY) -> Paid:
    """Lines of :func:`rows` held against the law as known on a day."""
    return paid(rows(*lines), regime_of(known_on))


def told(answer: Paid, *kinds: str) -> list[tuple[str, str | None, str | None, int | None]]:
    """Kind, heading, expected and amount (cents) of the findings; of all but what may be available, unless kinds are named."""
    frame = answer.findings.filter(
        pl.col("kind").is_in(kinds) if kinds else ~pl.col("kind").is_in(["exclusion available", "exemption available"])
    )
    return sorted(frame.select("kind", "heading", "expected", "amount").rows())
