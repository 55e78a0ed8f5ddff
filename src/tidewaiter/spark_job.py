"""The Spark job: a file or folder of lines in, a folder of answers out.

``spark-submit examples/spark_price.py lines.parquet answers --known-on 2026-11-22``; docs/spark.md has the whole story.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tidewaiter.assess.errors import FileError, LineError
from tidewaiter.ledger.errors import LawError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_LAW_ZONE = "America/New_York"
_SUFFIXES = (".csv", ".csv.gz", ".json", ".jsonl", ".ndjson")


def main(given: Sequence[str] | None = None) -> int:
    """Run the job. The exit code is 0, or 2 where nothing could be priced; refused lines are counted, never fatal."""
    told = _arguments().parse_args(given)
    from pyspark.errors import AnalysisException
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.appName("tidewaiter").getOrCreate()
    # Instants as readers outside of Spark expect them.
    spark.conf.set("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
    try:
        _run(spark, told)
    except (FileError, LineError, LawError) as error:
        print(f"error: {error.code}: {error}", file=sys.stderr)
        return 2
    except AnalysisException as error:
        print(f"error: spark: {error}", file=sys.stderr)
        return 2
    finally:
        spark.stop()
    return 0


def _run(spark: SparkSession, told: argparse.Namespace) -> None:
    from tidewaiter.spark import price

    started = time.monotonic()
    answers = price(
        _read(spark, told.input, told.format),
        known_on=told.known_on or datetime.now(ZoneInfo(_LAW_ZONE)).date().isoformat(),
        scenario=told.scenario,
        rates=told.rates,
        long=told.long,
        whole_dollars=told.whole_dollars,
        together=told.together,
        order=told.order,
        partitions=told.partitions,
        into=tuple(told.into.split(",")) if told.into else (),
    )
    answers.write.mode("overwrite" if told.overwrite else "errorifexists").parquet(told.output)
    seconds = time.monotonic() - started
    if not told.long:
        _tell(spark.read.parquet(told.output), seconds)


def _read(spark: SparkSession, path: str, kind: str | None) -> DataFrame:
    """The lines. Everything in CSV and JSON Lines is text: the kernel reads the cells, as it does on one machine."""
    kind = kind or (
        "csv" if path.lower().endswith(_SUFFIXES[:2]) else "json" if path.lower().endswith(_SUFFIXES) else ""
    )
    if kind == "csv":
        return spark.read.csv(path, header=True, inferSchema=False, multiLine=True, escape='"', mode="FAILFAST")
    if kind == "json":
        return spark.read.json(path, primitivesAsString=True, mode="FAILFAST")
    return spark.read.parquet(path)


def _tell(answers: DataFrame, seconds: float) -> None:
    """A summary from the files as written: lines, duty, refusals by code."""
    from pyspark.sql import functions as sql

    totals = answers.groupBy("error").agg(sql.count("*").alias("lines"), sql.sum("total_duty").alias("duty")).collect()
    lines = sum(row["lines"] for row in totals)
    duty = sum((row["duty"] for row in totals if row["error"] is None and row["duty"] is not None), Decimal(0))
    refused = sorted((row["error"], row["lines"]) for row in totals if row["error"] is not None)
    print(f"{lines:,} lines in {seconds:,.0f} s, {lines / seconds:,.0f} a second; duty {duty:,.2f} USD")
    print(f"refused: {sum(count for _, count in refused):,}")
    for code, count in refused:
        print(f"  {code}: {count:,}")


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="spark_price.py", description="Duties and fees on every line of a file, on Apache Spark."
    )
    parser.add_argument(
        "input", help="a file or folder of lines that every executor can read: Parquet, CSV or JSON Lines"
    )
    parser.add_argument("output", help="the folder for the answers (Parquet); it must not exist")
    parser.add_argument(
        "--format", choices=("parquet", "csv", "json"), help="of the input (default: by its suffix, else Parquet)"
    )
    parser.add_argument("--known-on", metavar="DATE", help="the day of knowledge (default: today)")
    parser.add_argument(
        "--scenario", default="law", metavar="NAME|FILE", help="a shipped scenario, or a YAML file of the driver"
    )
    parser.add_argument(
        "--into",
        default="",
        metavar="COUNTRIES",
        help="importing countries, by commas; the first is that of lines which name none (default: US, or all that are covered "
        "if there is a column into)",
    )
    parser.add_argument("--partitions", type=int, metavar="N", help="into how many partitions entries are gathered")
    parser.add_argument("--order", metavar="COLUMN", help="the column that orders the lines of an entry")
    parser.add_argument(
        "--together", action="store_true", help="entries already stand together, each within one partition"
    )
    parser.add_argument("--rates", action="store_true", help="each program's rate beside its amount")
    parser.add_argument("--long", action="store_true", help="one row for each layer (needs line_id)")
    parser.add_argument("--whole-dollars", action="store_true", help="round values half-up to the dollar first")
    parser.add_argument("--overwrite", action="store_true", help="replace the output folder")
    return parser


if __name__ == "__main__":
    sys.exit(main())
