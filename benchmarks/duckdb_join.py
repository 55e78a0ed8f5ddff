"""The floor: a hand-written DuckDB join of lines with the panel: ``python -m benchmarks.duckdb_join LINES PANEL``.

Rates of the day are looked up and multiplied with the value, a column for each program, and nothing else: no duties by quantity,
no facts, no claims, no entries, no fees, no errors, amounts rounded one by one. The panel is read from its files each time.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

import duckdb

JOIN = """
COPY (
  SELECT l.*, round(l.value * p.base_rate, 2) AS base_duty, {programs}, round(l.value * p.total_rate, 2) AS total_duty
  FROM (SELECT *, timezone('America/New_York', CAST(CAST(entered_at AS DATE) + 1 AS TIMESTAMP)) - INTERVAL 1 SECOND AS instant
        FROM read_parquet('{lines}')) l
  ASOF LEFT JOIN read_parquet('{panel}/*/*.parquet', hive_partitioning = true) p
    ON l.hts = p.hts AND l.origin = p.origin AND l.instant >= p.valid_from
) TO '{out}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)
"""


def main() -> None:
    """Join, and print the seconds."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.duckdb_join", description="The floor: a join.")
    parser.add_argument("lines", type=Path)
    parser.add_argument("panel", type=Path)
    asked = parser.parse_args()
    programs = json.loads((asked.panel / "panel.json").read_text(encoding="utf-8"))["programs"]
    columns = [name.replace("/", "_").replace("-", "_") for name in programs]
    amounts = ", ".join(f"round(l.value * p.{name}, 2) AS {name}" for name in columns)
    with tempfile.TemporaryDirectory(dir=asked.lines.parent) as folder:
        query = JOIN.format(programs=amounts, lines=asked.lines, panel=asked.panel, out=f"{folder}/joined.parquet")
        started = time.perf_counter()
        with duckdb.connect() as database:
            database.execute("SET TimeZone = 'UTC'")
            database.execute(query)
            count = database.execute(f"SELECT count(*) FROM '{asked.lines}'").fetchall()[0][0]
        wall = time.perf_counter() - started
    print(f"  DuckDB join over the panel: {count:,} lines in {wall:.1f} s, {wall / count * 1e6:.2f} s a million")


if __name__ == "__main__":
    main()
