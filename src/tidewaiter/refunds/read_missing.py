"""Columns that a report lacks: without duty nothing is known of what was paid; without others an answer has gaps, and says so."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import polars as pl

from tidewaiter.assess.errors import FileError
from tidewaiter.refunds.frames import PROBLEMS
from tidewaiter.refunds.read_headers import known_columns
from tidewaiter.refunds.read_problems import WARNING, file_problem

_ADD = "add it to the report, or name it in a column map (tidewaiter refunds columns FILE)"
COLUMNS: dict[str, tuple[tuple[str, ...], str, str]] = {
    "no_liquidation_columns": (
        ("liquidation_status", "liquidation_date"),
        "no column tells the liquidation status or the liquidation date: the day of liquidation is estimated, and no entry is "
        "declared whose liquidation may be past or near",
        "export ES-003 with Liquidation Status and Liquidation Date, or give a list of entries that has them",
    ),
    "no_value_column": (("value",), "no column tells the value: what was due cannot be computed", _ADD),
    "no_origin_column": (("origin",), "no column tells the country of origin: what was due cannot be computed", _ADD),
    "no_entry_date_column": (
        ("entry_date",),
        "no column tells the entry date: neither what was due nor any deadline can be computed",
        _ADD,
    ),
}
"""By code: the fields of which a report has no column, what follows from it, and what to do."""


def no_duty(name: str) -> FileError:
    """The error of a report that does not tell what was paid: nothing paid is another thing."""
    known = ", ".join(name.title() for name in known_columns().fields["duty"].all_names()[:6])
    return FileError(
        "missing_column",
        f"{name} has no column that tells the duty paid on a line",
        f"these headers, among others, are read as duty: {known}; for another one write a column map: "
        "tidewaiter refunds columns FILE",
    )


def missing_columns(rows: pl.DataFrame, read: Mapping[int, Collection[str]]) -> pl.DataFrame:
    """Warnings (PROBLEMS) for reports that lack a column, unless a list of entries tells what they do not.

    ``read`` gives the fields that were read from each report, by its place among the files.
    """
    lacking = [
        (file, code)
        for file, fields in read.items()
        for code, (needed, _, _) in COLUMNS.items()
        if not set(needed) & set(fields)
    ]
    found = [pl.DataFrame(schema=PROBLEMS)]
    for file, code in lacking:
        needed, message, hint = COLUMNS[code]
        here = rows.filter(pl.col("file") == file)
        if here.height and all(here[name].null_count() == here.height for name in needed):
            field = ", ".join(needed)
            found.append(file_problem(file, code, message, hint, severity=WARNING, field=field))
    return pl.concat(found)
