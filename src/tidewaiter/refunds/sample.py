"""Synthetic reports: entries of every kind that the desk knows, with duties as the law had them, and the defects of real files.

The same seed makes the same files. What each entry was made to be stands in ``.expected.json`` beside them, out
of the way of ``DIR/*``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from tidewaiter.refunds.sample_entries import Recipe, made_entries
from tidewaiter.refunds.sample_files import write_broker, write_report, write_workbook
from tidewaiter.refunds.sample_lines import made_rows

if TYPE_CHECKING:
    from tidewaiter.api import Regime

EXPECTED = ".expected.json"
REPORTS = ("es003-2025.xlsx", "es003-2026.csv", "es003-extended.csv", "broker.xlsx")
BIG = "es003-big.csv"
_MOST_IN_WORKBOOK = 3_000
_ROWS_AN_ENTRY = 8
_PORTION = 40_000


def sample(
    folder: str | Path, entries: int, seed: int, *, big: bool = False, regime: Regime | None = None
) -> list[Path]:
    """Write synthetic reports of so many entries into a folder, and give their paths.

    The reports are an ES-003 workbook and CSV that overlap, an extended ES-003 with named extra columns, and a broker's
    spreadsheet; every case of ``sample.yaml`` is there as long as ``entries`` allows, and every defect. With ``big`` it is one
    ES-003 CSV of ordinary entries instead (some nine rows an entry), for measuring.
    """
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    if regime is None:
        from tidewaiter.api import Regime as Shipped

        regime = Shipped.load()
    recipe = Recipe.load()
    return _big(target, recipe, entries, seed, regime) if big else _small(target, recipe, entries, seed, regime)


def _big(folder: Path, recipe: Recipe, entries: int, seed: int, regime: Regime) -> list[Path]:
    path = folder / BIG
    with path.open("wb") as stream:
        for number, first in enumerate(range(0, entries, _PORTION)):
            random = np.random.default_rng([seed, number])
            count = min(_PORTION, entries - first)
            made = made_entries(recipe, count, random, first=first, cases=False)
            write_report(stream, recipe, "standard", made_rows(recipe, made, random, regime), header=first == 0)
    return [path]


def _small(folder: Path, recipe: Recipe, entries: int, seed: int, regime: Regime) -> list[Path]:
    random = np.random.default_rng(seed)
    made = made_entries(recipe, entries, random)
    rows = made_rows(recipe, made, random, regime)
    where = _placed(made, random)
    rows = rows.join(where, on="entry_number", how="left", maintain_order="left")
    defects: list[dict[str, Any]] = []
    paths = [folder / name for name in REPORTS]
    # What the workbook says of some entries, the CSV says again: exports overlap.
    early = rows.filter(pl.col("file") == "workbook")
    again = early.filter(pl.col("entry_number").is_in(early["entry_number"].unique().sort().gather_every(25).implode()))
    write_workbook(paths[0], recipe, "standard", early)
    with paths[1].open("wb") as stream:
        part = pl.concat([again, rows.filter(pl.col("file") == "csv")])
        write_report(stream, recipe, "standard", part, damage=defects, name=paths[1].name)
    with paths[2].open("wb") as stream:
        write_report(stream, recipe, "extended", rows.filter(pl.col("file") == "extended"))
    write_broker(paths[3], recipe, rows.filter(pl.col("file") == "broker"), defects)
    _write_expected(folder / EXPECTED, recipe, made.join(where, on="entry_number"), rows, defects, again.height)
    return paths


def _placed(made: pl.DataFrame, random: np.random.Generator) -> pl.DataFrame:
    """The report in which each entry stands."""
    drawn = pl.Series("drawn", random.random(made.height))
    ordinary = pl.col("case") == "ordinary"
    early = ordinary & (pl.col("drawn") < 0.35) & (pl.int_range(pl.len()) < _MOST_IN_WORKBOOK)
    # Numbers that begin with a zero stand in the broker's spreadsheet, which strips it.
    broker = ordinary & (pl.col("drawn") > 0.9) & pl.col("entry_number").str.starts_with("0")
    file = (
        pl.when(pl.col("placed") == "extended").then(pl.lit("extended"))
        .when(broker & (pl.int_range(pl.len()) < _MOST_IN_WORKBOOK)).then(pl.lit("broker"))
        .when(early).then(pl.lit("workbook"))
        .when(ordinary & (pl.col("drawn") > 0.75)).then(pl.lit("extended"))
        .otherwise(pl.lit("csv"))
    )  # fmt: skip
    return made.with_columns(drawn).select("entry_number", file.alias("file"))


def _write_expected(
    path: Path, recipe: Recipe, made: pl.DataFrame, rows: pl.DataFrame, defects: list[dict[str, Any]], doubled: int
) -> None:
    """What each entry was made to be: its case, the buckets it may be in, and what of its duty is refundable, in cents."""
    sums = rows.group_by("entry_number").agg(
        pl.col("value").sum(), pl.col("duty").sum().alias("paid"), pl.col("voided").sum(),
        pl.col("mistake").drop_nulls().unique().sort().alias("mistakes"), pl.len().alias("rows"),
    )  # fmt: skip
    found = made.join(sums, on="entry_number", how="left", maintain_order="left")
    entries = {row["entry_number"]: _expected(recipe, row) for row in found.iter_rows(named=True)}
    told = {
        "on": recipe.on.isoformat(), "rows": rows.height, "doubled_rows": doubled, "entries": entries, "defects": defects,
    }  # fmt: skip
    path.write_text(json.dumps(told, indent=1, default=str) + "\n", encoding="utf-8")


def _expected(recipe: Recipe, row: Mapping[str, Any]) -> dict[str, Any]:
    case = recipe.cases.get(row["case"])
    buckets = list(case["bucket"]) if case else [_bucket(recipe, row)]
    if case and not row["voided"]:
        buckets = ["not eligible"]
    kept = ("case", "file", "importer", "value", "paid", "voided", "mistakes", "rows", "bad_check_digit")
    return {"buckets": buckets, **{name: row[name] for name in kept}}


def _bucket(recipe: Recipe, row: Mapping[str, Any]) -> str:
    """The bucket of an ordinary entry."""
    liquidated: date | None = row["liquidation_date"]
    if not row["voided"]:
        return "not eligible"
    if liquidated is None or liquidated + timedelta(days=recipe.days["claim"]) >= recipe.on:
        return "claim now"
    return "protest" if liquidated + timedelta(days=recipe.days["protest"]) >= recipe.on else "court"
