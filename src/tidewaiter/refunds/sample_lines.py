"""The lines of the synthetic reports, with the duties that the engine finds, and the mistakes of brokers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from tidewaiter.refunds.frames import CENTS, FACTS
from tidewaiter.refunds.sample_entries import Recipe

if TYPE_CHECKING:
    from tidewaiter.api import Regime

_LINES = (1, 5)
"""An entry has from one to four lines."""
_SPREAD = 0.6
_HUNDRED = 100


def made_rows(recipe: Recipe, entries: pl.DataFrame, random: np.random.Generator, regime: Regime) -> pl.DataFrame:
    """A row for each tariff number of each line: the columns of ROWS, ``voided`` (cents) and ``mistake``."""
    lines = _lines(recipe, entries, random)
    layers = _layers(recipe, lines, random, regime)
    facts = entries.select("entry_number", *FACTS)
    # The engine priced an entry whose dates the report leaves out as well.
    return (
        layers.join(lines.drop("entered_at", "claims"), on="line", how="left", maintain_order="left")
        .with_columns(
            pl.when(pl.col("own")).then(pl.col("value") * _HUNDRED).otherwise(0).cast(CENTS).alias("value"),
            pl.when(pl.col("own")).then((pl.col("value") // 10).cast(pl.Decimal(18, 6))).alias("quantity"),
            pl.when(pl.col("own")).then(pl.lit(recipe.given["unit"])).alias("unit"),
            pl.col("origin").alias("export_country"),
        )
        .join(facts, on="entry_number", how="left", maintain_order="left")
        .sort("line", "ordinal", maintain_order=True)
    )


def _lines(recipe: Recipe, entries: pl.DataFrame, random: np.random.Generator) -> pl.DataFrame:
    products = pl.DataFrame(recipe.given["products"], schema_overrides={"value": pl.String})
    counts = random.integers(*_LINES, entries.height)
    # Cases speak of duties that were struck down, which every product of the first origin has paid.
    ordinary = (entries["case"] == "ordinary").to_numpy()
    entry = np.repeat(np.arange(entries.height), counts)
    product = random.integers(0, products.height, len(entry))
    drawn = random.random(len(entry))
    origins = products["origins"].to_list()
    place = [int(at * len(origins[one])) for one, at in zip(product.tolist(), drawn.tolist(), strict=True)]
    origin = [
        origins[one][at if any_origin else 0]
        for one, at, any_origin in zip(product.tolist(), place, ordinary[entry].tolist(), strict=True)
    ]
    typical = products["value"].cast(pl.Int64).to_numpy()[product]
    value = np.maximum(500, np.rint(typical * random.lognormal(0, _SPREAD, len(entry)))).astype(np.int64)
    claimed = random.random(len(entry)) < float(recipe.given["exclusion_claimed"])
    number = np.arange(len(entry)) - np.repeat(np.cumsum(counts) - counts, counts) + 1
    entered = entries["entry_date"].fill_null(recipe.entered[0])
    return pl.DataFrame(
        {
            "line": np.arange(1, len(entry) + 1), "entry_number": entries["entry_number"].gather(entry),
            "line_number": pl.Series(number, dtype=pl.Int32), "product": products["hts"].gather(product),
            "origin": origin, "value": value, "entered_at": entered.gather(entry),
            "claims": products["exclusion"].gather(product).set(pl.Series(~claimed), None),
        }
    )  # fmt: skip


def _layers(recipe: Recipe, lines: pl.DataFrame, random: np.random.Generator, regime: Regime) -> pl.DataFrame:
    """The numbers reported on each line in their order, with what was paid under each."""
    asked = lines.select(
        pl.col("product").alias("hts"), "origin", pl.col("value").cast(pl.String), "entered_at",
        pl.col("entry_number").alias("entry_id"), "claims",
    )  # fmt: skip
    found = regime.price(asked, long=True).filter(pl.col("kind") != "fee")
    found = found.select(
        "line", "heading", pl.col("heading").str.replace_all(".", "", literal=True).alias("hts"),
        (pl.col("kind") == "base").alias("own"), _cents("amount").alias("duty"),
        (_cents("amount") - _cents("owed")).alias("voided"),
    )  # fmt: skip
    # Additional duties stand before the number of the article (7501 instructions, block 29).
    found = found.sort("line", "own", maintain_order=True)
    found = _with_mistakes(recipe, found, lines, random)
    return found.with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("line").alias("ordinal")).drop(
        "heading"
    )


def _cents(name: str) -> pl.Expr:
    return (pl.col(name) * _HUNDRED).cast(CENTS)


def _with_mistakes(
    recipe: Recipe, found: pl.DataFrame, lines: pl.DataFrame, random: np.random.Generator
) -> pl.DataFrame:
    """Some lines with another heading or rate, or without a heading. What is refundable is what was paid under the voided one."""
    drawn = pl.DataFrame({"line": lines["line"], "drawn": random.random(lines.height)})
    found = found.join(drawn, on="line", how="left", maintain_order="left").with_columns(
        pl.lit(None, pl.String).alias("mistake")
    )
    low = 0.0
    for one in recipe.given["mistakes"]:
        high = low + float(one["share"])
        here = (
            (pl.col("heading") == one["heading"])
            & (pl.col("drawn") >= low)
            & (pl.col("drawn") < high)
            & (pl.col("duty") > 0)
        )
        mistake = pl.when(here).then(pl.lit(one["kind"])).otherwise("mistake").alias("mistake")
        if "instead" in one:
            digits = one["instead"].replace(".", "")
            found = found.with_columns(pl.when(here).then(pl.lit(digits)).otherwise("hts").alias("hts"), mistake)
        elif "times" in one:
            times = int(float(one["times"]) * 2)
            found = found.with_columns(
                *(
                    pl.when(here).then(pl.col(name) * times // 2).otherwise(name).alias(name)
                    for name in ("duty", "voided")
                ),
                mistake,
            )
        else:
            missing = found.filter(here)["line"]
            told = (
                pl.when(pl.col("own") & pl.col("line").is_in(missing.implode()))
                .then(pl.lit(one["kind"]))
                .otherwise("mistake")
            )
            found = found.with_columns(told.alias("mistake")).filter(~here)
        low = high
    return found.drop("drawn")
