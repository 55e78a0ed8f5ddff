"""The default weights of averages into China: its imports from the United States in 2024, by subheading, in whole dollars.

Reads the imports beside the totals of the WTO-IMF Tariff Tracker (China's own statistics, HS 2022) and writes
``src/tidewaiter/data/cn_imports_2024.parquet`` with the columns ``hts``, ``partner`` and ``value``. Run twice, it writes the same
bytes.

The table names no year. Held against what the United States reports to UN Comtrade as exports to China, it is by far nearest to
2024, and that is checked here. Those exports themselves would do less well: a tenth of them is in no subheading (aircraft among
it), and they are not what China's customs counts.
"""

from __future__ import annotations

import polars as pl
from tools.ingest.common import REPOSITORY, sources

SOURCE = "cn/china_applied_on_us_hs6_by_date_wto_ttd.csv"
MIRROR = "trade/us_china_trade_hs6_2015_2025_comtrade.csv.gz"
FILE = REPOSITORY / "src" / "tidewaiter" / "data" / "cn_imports_2024.parquet"
YEAR, PARTNER, FLOW = 2024, "US", "Export"


def distances(imports: pl.DataFrame) -> dict[int, float]:
    """By year, how far the imports are from the exports that the partner reports: 0 the same, 1 nothing in common."""
    mirror = pl.read_csv(sources() / MIRROR, schema_overrides={"hs6": pl.String}).filter(pl.col("us_flow") == FLOW)
    found: dict[int, float] = {}
    for (year,), exports in mirror.group_by("year"):
        both = imports.join(exports, left_on="hts", right_on="hs6", how="full").fill_null(0)
        apart = (both["value"] - both["value_usd"]).abs().sum()
        found[int(str(year))] = apart / (both["value"].sum() + both["value_usd"].sum())
    return found


def main() -> None:
    """Read, check the year, write."""
    table = pl.read_csv(sources() / SOURCE, schema_overrides={"hs_code": pl.String})
    value = pl.col("imports_usd_base_year").round().cast(pl.Int64).alias("value")
    imports = table.select(pl.col("hs_code").alias("hts"), pl.lit(PARTNER).alias("partner"), value)
    imports = imports.filter(pl.col("value") > 0).sort("hts")
    apart = distances(imports)
    if min(apart, key=apart.__getitem__) != YEAR:
        raise SystemExit(f"the imports are not those of {YEAR}: {apart}")
    imports.write_parquet(FILE, compression="zstd", compression_level=19)
    said = ", ".join(f"{year} {apart[year]:.2f}" for year in sorted(apart))
    print(f"{imports.height:,} subheadings, {imports['value'].sum():,} dollars; apart from exports of {said}")


if __name__ == "__main__":
    main()
