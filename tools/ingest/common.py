"""Shared by the ingest scripts: where the source tables are, how to read them, how law lists are written."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
LAW = REPOSITORY / "src" / "tidewaiter" / "law"


def sources() -> Path:
    """The folder of source tables: ``TIDEWAITER_SOURCES``, or ``../shared/data`` beside the repository."""
    return Path(os.environ.get("TIDEWAITER_SOURCES") or REPOSITORY.parent / "shared" / "data")


def read_table(name: str) -> list[dict[str, str]]:
    """The rows of a source CSV, named relative to ``sources()``."""
    with (sources() / name).open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def day_after(day: str) -> str:
    """The ISO date after ``day``: an inclusive last day as a half-open ``until``."""
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def write_list(name: str, head: Mapping[str, str], columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> int:
    """Write ``lists/NAME.csv`` with its comment header (title, citation, source); returns the number of rows."""
    path = LAW / "lists" / f"{name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    count = 0
    with path.open("w", encoding="utf-8", newline="") as stream:
        for key, value in head.items():
            stream.write(f"# {key}: {value}\n")
        writer = csv.DictWriter(stream, list(columns), lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow({column: row.get(column, "") for column in columns})
            count += 1
    return count
