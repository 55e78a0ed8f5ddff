"""The default weights of averages: US imports for consumption of 2024, by tariff number and partner, in whole dollars.

Reads the Census Bureau's table (partner codes of Schedule C) and writes ``src/tidewaiter/data/us_imports_2024.parquet`` with the
columns ``hts``, ``partner`` (ISO code, or a group of ``groups.yaml``) and ``value``. Run twice, it writes the same bytes.

One partner of the table is the European Union, and Slovakia stands beside it: no number has more from Slovakia than from the
Union, and all of its 2,468 numbers are there. It is one of the members that the Union's row already counts, so it is left out.
"""

from __future__ import annotations

import csv

import polars as pl
import yaml
from tools.ingest.common import LAW, REPOSITORY, sources

SOURCE = "trade/us_imports_hs10_by_country_2024_census.csv.gz"
FILE = REPOSITORY / "src" / "tidewaiter" / "data" / "us_imports_2024.parquet"
GROUPS = {"0003": "EU"}


def partners() -> dict[str, str]:
    """ISO codes by Schedule C code."""
    with (LAW / "countries.csv").open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(line for line in stream if not line.startswith("#"))
        codes = {word: row["code"] for row in rows for word in row["census"].split(";") if word.isdigit()}
    return codes | GROUPS


def members(group: str) -> set[str]:
    """The countries that a group of the law holds to this day."""
    rows = yaml.safe_load((LAW / "groups.yaml").read_text(encoding="utf-8"))[group]
    listed = (row["country"] if isinstance(row, dict) else row for row in rows if "until" not in row)
    return {code for each in listed for code in (each if isinstance(each, list) else [each])}


def main() -> None:
    """Read, map the partners, leave out those counted twice, write."""
    table = pl.read_csv(sources() / SOURCE, schema_overrides={"HS10": pl.String, "CTY_CODE": pl.String})
    unknown = set(table["CTY_CODE"].unique()) - set(partners())
    if unknown:
        raise SystemExit(f"no country for the partners {', '.join(sorted(unknown))}")
    partner = pl.col("CTY_CODE").replace_strict(partners()).alias("partner")
    mapped = table.select(pl.col("HS10").alias("hts"), partner, pl.col("imports").round().cast(pl.Int64).alias("value"))
    twice = set().union(*(members(group) for group in GROUPS.values()))
    kept = mapped.filter(~pl.col("partner").is_in(sorted(twice)) & (pl.col("value") > 0)).sort("hts", "partner")
    left_out = mapped.filter(pl.col("partner").is_in(sorted(twice)))["value"].sum()
    FILE.parent.mkdir(exist_ok=True)
    kept.write_parquet(FILE, compression="zstd", compression_level=19)
    print(f"{kept.height:,} rows, {kept['value'].sum():,} dollars; counted twice and left out: {left_out:,}")


if __name__ == "__main__":
    main()
