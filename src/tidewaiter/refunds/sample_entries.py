"""The entries of the synthetic reports: numbers, dates and states, ordinary ones and one for each case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import yaml

from tidewaiter.bulk.arrays import Ints
from tidewaiter.refunds.entry_numbers import with_check_digits
from tidewaiter.refunds.frames import FACTS

SAMPLE_FILE = Path(__file__).parent / "sample.yaml"
_CASES_AT_MOST = 0.5
"""Of the entries, when there are many: each case comes again and again, but half of the entries are ordinary."""
_BAD_CHECK_DIGITS = 200


@dataclass(frozen=True, slots=True)
class Recipe:
    """``sample.yaml``: what the reports are made of."""

    on: date
    days: Mapping[str, int]
    entered: tuple[date, date]
    given: Mapping[str, Any]
    cases: Mapping[str, Mapping[str, Any]]

    @classmethod
    def load(cls) -> Recipe:
        """The shipped one."""
        given = yaml.load(SAMPLE_FILE.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        first, last = map(date.fromisoformat, given["entered"])
        days = {name: int(count) for name, count in given["days"].items()}
        cases = {one["name"]: one for one in given["cases"]}
        return cls(date.fromisoformat(given["on"]), days, (first, last), given, cases)


def made_entries(
    recipe: Recipe, count: int, random: np.random.Generator, *, first: int = 0, cases: bool = True
) -> pl.DataFrame:
    """So many entries: ``case``, ``placed`` (the report it must stand in), ``bad_check_digit``, and their facts."""
    wanted = list(recipe.cases) if cases else []
    special = wanted * max(1, int(count * _CASES_AT_MOST) // max(1, len(wanted)) // 4) if wanted else []
    special = special[:count]
    ordinary = _ordinary(recipe, count - len(special), random)
    made = [_case(recipe, recipe.cases[name], random) for name in special]
    frame = pl.concat([_frame(made, recipe), ordinary]) if made else ordinary
    return _numbered(recipe, frame, random, first)


def _frame(made: list[dict[str, Any]], recipe: Recipe) -> pl.DataFrame:
    return pl.DataFrame(made, schema={"case": pl.String, "placed": pl.String, **FACTS})


def _ordinary(recipe: Recipe, count: int, random: np.random.Generator) -> pl.DataFrame:
    start, end = recipe.entered
    entered = _days(start, random.integers(0, (end - start).days + 1, count))
    # Notices of liquidation are posted on Fridays, some days after the cycle ends.
    liquidated = pl.col("entry_date") + pl.duration(days=recipe.days["liquidation"])
    liquidated = liquidated + pl.duration(days=(12 - liquidated.dt.weekday()) % 7)
    done = pl.col("liquidation_date") <= recipe.on
    frame = pl.DataFrame({"entry_date": entered}).with_columns(liquidated.alias("liquidation_date"))
    frame = frame.with_columns(
        pl.when(done).then(pl.lit("liquidated")).otherwise(pl.lit("unliquidated")).alias("liquidation_status"),
        pl.when(done).then("liquidation_date").alias("liquidation_date"),
        pl.lit("ordinary").alias("case"),
        pl.lit("01").alias("entry_type"),
        (pl.col("entry_date") + pl.duration(days=10)).alias("summary_date"),
        (pl.col("entry_date") - pl.duration(days=1)).alias("import_date"),
        (pl.col("entry_date") + pl.duration(days=recipe.days["deposit"])).alias("deposit_date"),
    )
    columns = {"case": pl.String(), "placed": pl.String(), **FACTS}
    return frame.select(
        pl.col(name).cast(kind) if name in frame.columns else pl.lit(None, kind).alias(name)
        for name, kind in columns.items()
    )


def _case(recipe: Recipe, case: Mapping[str, Any], random: np.random.Generator) -> dict[str, Any]:
    """One entry of a case."""
    cycle = timedelta(days=recipe.days["liquidation"])
    if "ago" in case:
        low, high = map(int, case["ago"])
        liquidated: date | None = recipe.on - timedelta(days=int(random.integers(low, high + 1)))
        entered = recipe.on if liquidated is None else liquidated - cycle
    else:
        start, end = map(date.fromisoformat, case["entered"])
        entered = start + timedelta(days=int(random.integers(0, (end - start).days + 1)))
        liquidated = entered if case.get("liquidated") == "at entry" else None
    made: dict[str, Any] = {
        "case": case["name"], "placed": case.get("file"), "entry_type": case.get("type", "01"), "entry_date": entered,
        "summary_date": entered + timedelta(days=10), "import_date": entered - timedelta(days=1),
        "deposit_date": entered + timedelta(days=recipe.days["deposit"]), "liquidation_date": liquidated,
        "liquidation_status": "liquidated" if liquidated else "unliquidated",
    }  # fmt: skip
    for name, said in case.get("set", {}).items():
        made[name] = _fact(recipe, name, said)
    return made | dict.fromkeys(case.get("blank", ()))


def _fact(recipe: Recipe, name: str, said: str) -> Any:
    if FACTS[name] == pl.Date():
        return recipe.on + timedelta(days=int(said))
    return said == "yes" if FACTS[name] == pl.Boolean() else said


def _days(start: date, offsets: Ints) -> pl.Series:
    return pl.Series(offsets + (start - date(1970, 1, 1)).days, dtype=pl.Int32).cast(pl.Date)


def _numbered(recipe: Recipe, frame: pl.DataFrame, random: np.random.Generator, first: int) -> pl.DataFrame:
    """The entries with numbers, two importers and two filers."""
    count = frame.height
    filers, importers, ports = (recipe.given[name] for name in ("filers", "importers", "ports"))
    filer = pl.Series(filers).gather(random.integers(0, len(filers), count))
    # Steps of 37 through seven digits: all different, and not in a row.
    sequence = pl.Series((np.arange(first, first + count) * 37 + 1_000_003) % 10_000_000).cast(pl.String).str.zfill(7)
    numbers = with_check_digits(filer + sequence)
    bad = pl.Series(np.arange(count) % _BAD_CHECK_DIGITS == _BAD_CHECK_DIGITS - 1) & (frame["case"] == "ordinary")
    other = ((numbers.str.slice(10).cast(pl.Int8) + 1) % 10).cast(pl.String)
    numbers = numbers.zip_with(~bad, numbers.str.slice(0, 10) + other)
    return frame.with_columns(
        numbers.alias("entry_number"),
        bad.alias("bad_check_digit"),
        filer.alias("filer"),
        pl.Series(importers).gather(random.integers(0, len(importers), count)).alias("importer"),
        pl.Series(ports).gather(random.integers(0, len(ports), count)).alias("port"),
    )
