"""What can be wrong with a row of a report: stable codes, what they say, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from tidewaiter.assess.errors import FileError
from tidewaiter.refunds.frames import PROBLEMS
from tidewaiter.refunds.words import in_words

ERROR, WARNING = "error", "warning"
_LONGEST_GIVEN = 200


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of problem. ``{field}`` in the message is the field in words."""

    message: str
    hint: str
    severity: str | None = None
    """``None``: an error where the field is one that a row cannot do without, otherwise a warning."""


CODES: dict[str, Code] = {
    # Rows
    "malformed_row": Code(
        "the row has more cells than there are columns", "look for a comma without quotes around its cell", ERROR
    ),
    "short_row": Code("the row ends before its last columns", "the file may be cut off: export it again", ERROR),
    "bad_encoding": Code("the row holds bytes that are no UTF-8 text", "save the file as UTF-8", ERROR),
    "malformed_json": Code("the line is not a JSON object", "one JSON object a line", ERROR),
    "total_row": Code("a row of totals, which is no entry", "nothing to do", WARNING),
    "repeated_header": Code("the header stands here again", "nothing to do", WARNING),
    "missing_entry_number": Code("the row has no entry number", "give the number on the row itself", ERROR),
    "missing_hts": Code("the row has no tariff number", "each row is one tariff number of a line", ERROR),
    "duplicate_row": Code("the same row was read before", "left out: exports overlap", WARNING),
    "superseded_row": Code(
        "the same tariff number of the same line says something else in a row read later",
        "the later row counts: give newer exports after older ones",
        WARNING,
    ),
    "in_other_report": Code(
        "another report has this entry with line and ordinal numbers", "left out: that report counts", WARNING
    ),
    "lines_numbered": Code(
        "the report has no line numbers: a line goes from one number of chapters 1 to 97 to the next",
        "add the column Entry Summary Line Number to the report",
        WARNING,
    ),
    # Entry numbers
    "bad_entry_number": Code(
        "{field} is not three characters, seven digits and a check digit", "such as BII-0599285-4"
    ),
    "check_digit": Code(
        "the last digit of the entry number is not its check digit", "compare it with the entry summary", WARNING
    ),
    "zeros_restored": Code(
        "{field} had lost its leading zeros to a spreadsheet; they are put back", "format the column as text", WARNING
    ),
    "stripped_zeros": Code(
        "{field} seems to have lost leading zeros, and which it had is not certain",
        "format the column as text and export again",
    ),
    "filer_differs": Code(
        "the filer code is not the first three characters of the entry number",
        "those of the entry number count",
        WARNING,
    ),
    "entry_not_in_reports": Code(
        "no report has lines of this entry", "add the report that has its tariff lines", WARNING
    ),
    "fact_differs": Code("{field} is not what the report of lines says", "the list of entries counts", WARNING),
    # Cells
    "scientific_notation": Code(
        "{field} was turned into scientific notation by a spreadsheet: digits are lost",
        "format the column as text and export again",
    ),
    "excel_date": Code("{field} was turned into a date by a spreadsheet", "format the column as text and export again"),
    "excel_error": Code("{field} is an error or a formula without result", "mend the cell"),
    "decimal_number": Code(
        "{field} was turned into a decimal number by a spreadsheet: final zeros are lost",
        "format the column as text and export again",
    ),
    "bad_hts": Code("{field} is not a tariff number of 8 or 10 digits", "such as 8507600090 or 99030124"),
    "bad_date": Code("{field} is not a date", "such as 04/08/2025 (month first) or 2025-04-08"),
    "day_first": Code(
        "{field} reads only as day, month, year", "say day_first in a column map if the whole table is so"
    ),
    "unlikely_date": Code("{field} is before 1990 or after 2100", "such as 04/08/2025 or 2025-04-08"),
    "bad_money": Code("{field} is not an amount of dollars", "such as $2,567.49 or 2567.49; (12.00) is below zero"),
    "rounded": Code("{field} has fractions of a cent; it is rounded half-up", "give whole cents", WARNING),
    "negative": Code("{field} is below zero", "look whether it is a correction", WARNING),
    "bad_number": Code("{field} is not a number", "a plain number"),
    "unknown_word": Code(
        "{field} has a word that is not known", "docs/refund-reports.md lists the words of each column"
    ),
    "unknown_country": Code("{field} is no country", "the ISO code, such as CN"),
    "bad_entry_type": Code("{field} is not an entry type of two digits", "such as 01"),
}
"""By code. The codes are stable; the words may change."""


def problems(
    file: int, rows: pl.Series, code: str, *, field: str = "", needed: bool = True,
    entries: pl.Series | None = None, given: pl.Series | Sequence[str | None] | None = None,
) -> pl.DataFrame:  # fmt: skip
    """One problem on each of some rows of a file, as a frame of PROBLEMS."""
    said = CODES[code]
    count = len(rows)
    cells = pl.Series(given, dtype=pl.String) if given is not None else pl.Series([None] * count, dtype=pl.String)
    fixed = {
        "file": file,
        "field": field or None,
        "severity": said.severity or (ERROR if needed else WARNING),
        "code": code,
        "message": said.message.format(field=in_words(field)),
        "hint": said.hint,
    }
    return pl.DataFrame(
        {
            "row": rows.cast(pl.UInt32),
            "entry_number": entries if entries is not None else pl.Series([None] * count, dtype=pl.String),
            "given": cells.str.slice(0, _LONGEST_GIVEN),
        }
    ).select(
        *(pl.lit(fixed[name], kind).alias(name) if name in fixed else pl.col(name) for name, kind in PROBLEMS.items())
    )


def file_problem(
    file: int, code: str, message: str, hint: str, *, severity: str = ERROR, field: str | None = None
) -> pl.DataFrame:
    """Something about a whole file, such as that it could not be read, as a row of PROBLEMS."""
    said = {"file": file, "severity": severity, "code": code, "message": message, "hint": hint, "field": field}
    row = dict.fromkeys(PROBLEMS) | said
    return pl.DataFrame([row], schema=PROBLEMS)


def check_report(path: Path, hint: str) -> None:
    """Raises ``FileError`` ``is_folder``, or ``file_not_found`` with a hint at what may be given."""
    if path.is_dir():
        raise FileError("is_folder", f"{str(path)!r} is a folder, not a report", f"name the files in it: {path}/*.csv")
    if not path.is_file():
        raise FileError("file_not_found", f"no file {str(path)!r}", hint)


def raise_if_none(files: Sequence[tuple[str, FileError | None]]) -> None:
    """Raises ``FileError`` where none of the files (name, error) could be read: nothing can be said then.

    It is the error of the first; what is wrong with the others stands in its message too.
    """
    errors = [(name, error) for name, error in files if error is not None]
    if not errors or len(errors) < len(files):
        return
    first, *others = [error for _, error in errors]
    said = [first.message, *(f"{error.code}: {error.message}" for error in others)]
    raise FileError(first.code, "; ".join(said), first.hint)


def unread(found: pl.DataFrame) -> pl.DataFrame:
    """The entries with rows that could not be read: entry_number, and how many (``unread``); from PROBLEMS."""
    errors = found.filter((pl.col("severity") == ERROR) & pl.col("entry_number").is_not_null())
    return errors.group_by("entry_number", maintain_order=True).agg(pl.len().alias("unread"))
