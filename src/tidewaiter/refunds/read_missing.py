"""Columns that a report lacks: without duty nothing is known of what was paid; without others an answer has gaps, and says so."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import polars as pl

from tidewaiter.assess.errors import FileError
from tidewaiter.refunds.frames import PROBLEMS
from tidewaiter.refunds.read_headers import HOW_TO_MAP, known_columns, nearest, nearly, plain
from tidewaiter.refunds.read_problems import WARNING, file_problem
from tidewaiter.refunds.words import in_words

NOT_READ = "column_not_read"
_REPORT = ("entry_number", "hts", "duty")
"""The fields without which a table is no report."""
_MAP = f"if it is meant, rename the column, or map it: {HOW_TO_MAP}"
_ADD = f"add it to the report; a column of another name is renamed, or mapped: {HOW_TO_MAP}"
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


def no_duty(name: str, headers: Sequence[str]) -> FileError:
    """The error of a report that does not tell what was paid: nothing paid is another thing."""
    columns = known_columns()
    duty = columns.fields["duty"]
    known = ", ".join(columns.written[one] for one in (*duty.all_names("ace"), *duty.all_names("also"))[:6])
    return FileError(
        "missing_column",
        f"{name} has no column that tells the duty paid on a line{_like(headers, 'duty')}",
        f"these headers, among others, are read as duty: {known}; another one is renamed, or mapped: {HOW_TO_MAP}",
    )


def not_found(headers: Sequence[str]) -> list[str]:
    """What a table lacks to be a report, each with the header that is most like it; nothing where no header is like any."""
    known = known_columns()
    there = {known.by_name.get(plain(header)) for header in headers}
    lacking = [one for one in _REPORT if one not in there]
    if len(lacking) == len(_REPORT) and not any(nearest(headers, one) for one in lacking):
        return []
    return [f"no column is the {in_words(one)}{_like(headers, one)}" for one in lacking]


def not_read(file: int, headers: Sequence[str], places: Mapping[str, int]) -> pl.DataFrame:
    """Warnings (PROBLEMS) for columns of a report that are not read though their name is nearly a known one."""
    found = [pl.DataFrame(schema=PROBLEMS)]
    for place, meant in nearly(headers, places).items():
        said = f"the column {headers[place].strip()!r} is not read: its name is nearly {meant!r}"
        found.append(file_problem(file, NOT_READ, said, _MAP, severity=WARNING))
    return pl.concat(found)


def _like(headers: Sequence[str], field: str) -> str:
    near = nearest(headers, field)
    return f" ({near[0]!r} is nearly {near[1]!r})" if near else ""


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
