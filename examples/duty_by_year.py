"""What the lines of a priced file were charged by year of entry, and what is refundable of it.

After ``tidewaiter price examples/lines.csv -o out/priced.parquet``: ``python examples/duty_by_year.py out/priced.parquet``.
"""

import sys

import polars as pl

priced = pl.read_parquet(sys.argv[1])
# The input's own columns are kept as they were read: from a CSV file as text.
by_year = (
    priced.filter(pl.col("error").is_null())
    .group_by(pl.col("entered_at").str.head(4).alias("year"))
    .agg(
        pl.len().alias("lines"), pl.col("value").cast(pl.Decimal(18, 2)).sum(), pl.col("total_duty", "refundable").sum()
    )
    .with_columns((100 * pl.col("total_duty") / pl.col("value")).cast(pl.Decimal(9, 1)).alias("percent"))
    .sort("year")
)
with pl.Config(
    tbl_formatting="NOTHING",
    tbl_hide_column_data_types=True,
    tbl_hide_dataframe_shape=True,
    tbl_rows=-1,
    tbl_cell_numeric_alignment="RIGHT",
):
    print(by_year)
