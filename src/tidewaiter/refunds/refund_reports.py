"""The later reports read: what customs did with declarations and refunds (ES-022, REV-603, REV-613, REV-615 and their like).

Their exact headers are not public. Columns are found by the words in ``reports.yaml``, or by a map of your own; what was found in
which column, and what was not found, is told for each file.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import yaml
from python_calamine import CalamineError, CalamineWorkbook

from tidewaiter.assess.errors import FileError
from tidewaiter.refunds.forms import reports
from tidewaiter.refunds.read_problems import check_report

TEXTS = ("entry_number", "declaration", "refund", "status", "message", "trace", "payee")
AMOUNTS = ("principal", "interest", "amount")
SAID: dict[str, pl.DataType] = {
    "report": pl.UInt16(),
    "row": pl.UInt32(),
    **dict.fromkeys(TEXTS, pl.String()),
    **dict.fromkeys(AMOUNTS, pl.Int64()),
    "date": pl.Date(),
}
"""A row of a report: of an entry, or of a refund that may be of several entries. Amounts are cents."""
_HEADER_WITHIN = 40
_DAYS = ("%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y", "%Y-%m-%d %H:%M:%S", "%m/%d/%Y %H:%M:%S", "%Y%m%d")


@dataclass(slots=True)
class ReportRead:
    """A file: the header in which each field was found, the fields that were not, and rows that say nothing."""

    name: str
    rows: int = 0
    found: dict[str, str] = field(default_factory=dict)
    not_found: tuple[str, ...] = ()
    skipped: int = 0
    error: FileError | None = None


@dataclass(frozen=True, slots=True)
class RefundReports:
    """All that the reports say: rows as ``SAID``, in the order of the files."""

    said: pl.DataFrame
    files: tuple[ReportRead, ...]


def load_map(path: Path | None) -> dict[str, str]:
    """A map of your own: YAML, a field and its header a line. Raises ``FileError`` ``file_not_found``, ``bad_column_map``."""
    if path is None:
        return {}
    if not path.is_file():
        raise FileError("file_not_found", f"no file {str(path)!r}")
    try:
        given = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        found = {str(name): str(header) for name, header in given.items()}
    except (yaml.YAMLError, UnicodeDecodeError, AttributeError) as error:
        raise FileError(
            "bad_column_map", f"{path.name} is no map of columns: {error}", "a line each: field: header"
        ) from error
    unknown = sorted(set(found) - set(reports().columns))
    if unknown:
        fields = ", ".join(reports().columns)
        raise FileError("bad_column_map", f"no field is called {', '.join(unknown)}", f"the fields are {fields}")
    return found


def read_refunds(paths: Sequence[Path], columns: Mapping[str, str]) -> RefundReports:
    """Read reports (.csv, .xlsx). A file that cannot be read is among the files with its error; the others are read."""
    files: list[ReportRead] = []
    frames = [pl.DataFrame(schema=SAID)]
    for path in paths:
        read = ReportRead(path.name)
        files.append(read)
        try:
            frames.append(_frame(_table(path, columns, read), len(files) - 1, read))
        except FileError as error:
            read.error = error
    return RefundReports(pl.concat(frames), tuple(files))


def _table(path: Path, columns: Mapping[str, str], read: ReportRead) -> pl.DataFrame:
    """The columns that were found, as text, with the numbers of their rows."""
    rows = _rows(path)
    places, header = max(
        ((_places(row, columns), place) for place, row in enumerate(rows[:_HEADER_WITHIN])),
        key=lambda one: (len(one[0]), -one[1]),
        default=({}, 0),
    )
    if not ({"entry_number", "refund"} & places.keys()) or len(places) < 2:
        hint = "give a map of columns: --columns MAP, with a line such as entry_number: Entry Summary No"
        raise FileError("wrong_layout", f"{path.name}: no row names an entry or a refund, and what became of it", hint)
    read.found = {name: rows[header][place].strip() for name, place in places.items()}
    read.not_found = tuple(name for name in reports().columns if name not in places)
    body = rows[header + 1 :]
    cells = {name: [row[place] if place < len(row) else None for row in body] for name, place in places.items()}
    return pl.DataFrame(cells, schema=dict.fromkeys(cells, pl.String())).with_row_index("row", header + 2)


def _places(row: Sequence[str], columns: Mapping[str, str]) -> dict[str, int]:
    """In which place of a row each field is named: by the map, else by the first of its words that stands there."""
    where: dict[str, int] = {}
    for place, cell in enumerate(row):
        where.setdefault(_plain(cell), place)
    found = {name: where[_plain(header)] for name, header in columns.items() if _plain(header) in where}
    for name, words in reports().columns.items():
        named = [where[word] for word in words if word in where and where[word] not in found.values()]
        if name not in found and named:
            found[name] = named[0]
    return found


def _plain(cell: str) -> str:
    return " ".join(cell.replace("_", " ").lower().split())


def _frame(table: pl.DataFrame, number: int, read: ReportRead) -> pl.DataFrame:
    """The rows as ``SAID``; those that name neither an entry nor a refund are counted and left out."""
    cells = {name: pl.col(name).str.strip_chars() for name in table.columns if name != "row"}
    texts = [_filled(cells, name).alias(name) for name in TEXTS if name != "entry_number"]
    entry = _filled(cells, "entry_number").str.replace_all(r"[^0-9A-Za-z]", "").str.to_uppercase()
    frame = table.select(
        pl.lit(number, dtype=pl.UInt16()).alias("report"),
        pl.col("row").cast(pl.UInt32),
        pl.when(entry != "").then(entry).alias("entry_number"),
        *texts,
        *(_cents(_filled(cells, name)).alias(name) for name in AMOUNTS),
        pl.coalesce(_filled(cells, "date").str.to_date(form, strict=False) for form in _DAYS).alias("date"),
    ).select(*SAID)
    told = frame.filter(pl.col("entry_number").is_not_null() | pl.col("refund").is_not_null())
    read.rows, read.skipped = told.height, frame.height - told.height
    return told


def _filled(cells: Mapping[str, pl.Expr], name: str) -> pl.Expr:
    cell = cells.get(name)
    return pl.lit(None, dtype=pl.String) if cell is None else pl.when(cell != "").then(cell)


def _cents(text: pl.Expr) -> pl.Expr:
    """Dollars as reports print them: $2,567.49, or (12.00) for less than nothing."""
    bare = text.str.replace_all(r"[$,\s()]", "").str.strip_prefix("USD")
    cents = (bare.cast(pl.Decimal(18, 2), strict=False) * 100).cast(pl.Int64, strict=False)
    return pl.when(text.str.starts_with("(")).then(-cents).otherwise(cents)


def _rows(path: Path) -> list[list[str]]:
    """The rows of a file, cells as text; of a workbook those of all its sheets."""
    check_report(path, "give the reports as .csv or .xlsx files")
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        return list(_workbook_rows(path))
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise FileError("cannot_read", f"{path}: {error.strerror}", "look at its permissions") from error
    except UnicodeDecodeError as error:
        raise FileError(
            "bad_encoding", f"{path.name} is not UTF-8 text", "save it as CSV UTF-8, or as .xlsx"
        ) from error
    if not text.strip():
        raise FileError("empty_file", f"{path.name} is empty")
    try:
        return list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error as error:
        raise FileError("malformed_file", f"{path.name}: {error}", "save it as CSV again") from error


def _workbook_rows(path: Path) -> Iterator[list[str]]:
    try:
        book = CalamineWorkbook.from_path(path)
        for name in book.sheet_names:
            for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False):
                yield ["" if cell is None else str(cell) for cell in row]
    except (CalamineError, OSError) as error:
        hint = "open it, and save it without a password as .xlsx or CSV"
        raise FileError("malformed_file", f"{path.name} cannot be read: {error}", hint) from error
