"""The tables of a file, whatever kind of file it is: where their header stands, and their cells as text with row numbers."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import polars as pl
from python_calamine import SheetTypeEnum, SheetVisibleEnum

from tidewaiter.assess.errors import FileError
from tidewaiter.assess.records import LARGEST_CELL
from tidewaiter.bulk.byte_source import ByteSource
from tidewaiter.bulk.csv_lines import CsvForm, CsvLines
from tidewaiter.bulk.inputs import LineFile, open_lines
from tidewaiter.bulk.lines import MARK
from tidewaiter.bulk.sheet_lines import SheetCells, cell_text, opened
from tidewaiter.refunds.read_headers import HOW_TO_MAP, ColumnMap, Layout, known_columns, layout_of, looks_like_headers
from tidewaiter.refunds.read_missing import not_found
from tidewaiter.refunds.read_problems import check_report

ROW = "__row"
"""The column of row numbers, as a spreadsheet counts."""
_HEAD = 1024 * 1024
_COMMAS = (",", "\t", ";", "|")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OLE, _ZIP, _PARQUET, _PDF, _GZIP = b"\xd0\xcf\x11\xe0", b"PK\x03\x04", b"PAR1", b"%PDF", b"\x1f\x8b"
_BOMS = (b"\xff\xfe", b"\xfe\xff")
_BATCH = 20_000
_EXPORT = "export the report as Excel (.xlsx) or CSV"
_NAMES_SHOWN = 12


class Cells(Protocol):
    """Something that hands out cells."""

    def frames(self, rows: int) -> Iterator[pl.DataFrame]:
        """Frames of text columns named by their place (``"0"``), with ``ROW`` and, where rows are refused, ``MARK``."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a file: what it is called, its headers, what they say, and its cells."""

    name: str
    headers: tuple[str, ...]
    layout: Layout
    cells: Cells
    full: bool = False
    """Whether each row has all its cells, blank ones too: then a cell that is not there was cut off."""


def open_tables(path: Path, columns: ColumnMap | None = None) -> list[Table]:
    """The tables of a file that are reports.

    Raises ``FileError``: ``file_not_found``, ``is_folder``, ``empty_file``, ``password_protected``, ``bad_file_type``,
    ``malformed_file``,
    ``bad_encoding``, ``file_too_long``, ``wrong_sheet``, ``wrong_layout``, ``bad_column_map``, ``cannot_read``.
    """
    file, sheet = _file_and_sheet(path)
    kind = _kind(file)
    if kind == "workbook":
        return _sheets(file, sheet, columns)
    if kind in ("parquet", "json"):
        return [_lines(file, columns)]
    return [_csv(file, columns)]


def heads(path: Path) -> list[tuple[str, list[list[str]]]]:
    """The first rows of each table of a file, by its name: for proposing what its columns are. Raises as :func:`open_tables`."""
    file, sheet = _file_and_sheet(path)
    kind = _kind(file)
    if kind == "workbook":
        return [(name, _sheet_head(cells)) for name, cells in _sheet_cells(file, sheet)]
    if kind in ("parquet", "json"):
        return [(file.name, [list(open_lines(file).schema)])]
    head, _ = _head_text(file)
    return [(f"{file.name}{comma!r}", [row for row, _ in _records(head, comma)]) for comma in _COMMAS]


def _file_and_sheet(path: Path) -> tuple[Path, str | None]:
    if path.is_file() or "#" not in path.name:
        return path, None
    name, _, sheet = path.name.rpartition("#")
    return path.with_name(name), sheet


def _kind(file: Path) -> str:
    """What a file is, by its first bytes: the ending of its name may lie."""
    check_report(file, "give the reports as .xlsx or .csv files; tidewaiter refunds --help names the commands")
    try:
        with file.open("rb") as stream:
            head = stream.read(4096)
    except OSError as error:
        raise FileError("cannot_read", f"{file}: {error.strerror}") from error
    bare = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not bare:
        raise FileError("empty_file", f"{file.name} is empty", "export the report again")
    if head.startswith(_OLE):
        raise _old_workbook(file)
    if head.startswith(_ZIP):
        return _zip_kind(file)
    if head.startswith(_PARQUET):
        return "parquet"
    if head.startswith(_PDF) or bare[:1] == b"<":
        what = "a PDF" if head.startswith(_PDF) else "a web page or XML"
        raise FileError("bad_file_type", f"{file.name} is {what}, not a table", _EXPORT)
    if bare[:1] == b"{" or file.suffix.lower() in (".jsonl", ".ndjson"):
        return "json"
    if head.startswith(_GZIP) and file.suffix.lower() == ".gz":
        return "csv"
    if (b"\x00" in head and not head.startswith(_BOMS)) or head.startswith(_GZIP):
        raise FileError("bad_file_type", f"{file.name} is neither a workbook nor text", _EXPORT)
    return "csv"


def _old_workbook(file: Path) -> FileError:
    """Workbooks with a password are stored in the old container, and so are the workbooks of before 2007."""
    before = b""
    with file.open("rb") as stream:
        while piece := stream.read(_HEAD):
            if _ENCRYPTED in before + piece:
                hint = "open it in Excel and save it without a password"
                return FileError("password_protected", f"{file.name} is protected by a password", hint)
            before = piece[-len(_ENCRYPTED) :]
    return FileError("bad_file_type", f"{file.name} is a workbook of the old kind (.xls)", "save it as .xlsx or CSV")


def _zip_kind(file: Path) -> str:
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError) as error:
        raise FileError("malformed_file", f"{file.name} is damaged or cut off: {error}", "export it again") from error
    if "xl/workbook.xml" in names:
        return "workbook"
    raise FileError(
        "bad_file_type", f"{file.name} is an archive, not a workbook", "unpack it, and give the files in it"
    )


def _not_a_report(what: str, headers: Sequence[str]) -> FileError:
    shown = ", ".join(header[:40] for header in headers[:_NAMES_SHOWN])
    said = "; ".join(not_found(headers)) or "no row names an entry number with tariff numbers and duty"
    return FileError(
        "wrong_layout",
        f"{what}: {said}" + (f"; the columns seem to be {shown}" if shown else ""),
        f"give the entry summary line tariff report ES-003; a column of another name is renamed, or mapped: {HOW_TO_MAP}",
    )


def _found(rows: Sequence[Sequence[str]], columns: ColumnMap | None) -> tuple[int, Layout] | None:
    """The row that is a header, and what it says: of lines if there is one, else of entries."""
    best: tuple[int, Layout] | None = None
    for place, row in enumerate(rows):
        layout = layout_of(row, columns) if sum(bool(cell) for cell in row) > 1 else None
        if layout is not None and layout.kind != "entries":
            return place, layout
        best = best or (None if layout is None else (place, layout))
    return best


def likely_headers(rows: Sequence[Sequence[str]]) -> Sequence[str]:
    """The row that seems to name columns, though nobody knows the names."""
    return next((row for row in rows if looks_like_headers(row)), ())


# Text


def _head_text(file: Path) -> tuple[str, bool]:
    with ByteSource(file) as source:
        return source.peek(_HEAD).decode(errors="replace"), source.all_of_it(_HEAD)


def _records(head: str, comma: str) -> list[tuple[list[str], int]]:
    """The first rows of a text, each with the number of lines above it."""
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=comma)
    csv.field_size_limit(LARGEST_CELL)
    found, above = [], 0
    try:
        for row in islice(reader, known_columns().header_within):
            found.append((row, above))
            above = reader.line_num
    except csv.Error:
        pass  # what can be read of it may hold the header; the reader of the whole file says what is wrong
    return found


def _csv(file: Path, columns: ColumnMap | None) -> Table:
    head, _ = _head_text(file)
    for comma in _COMMAS:
        records = _records(head, comma)
        found = _found([row for row, _ in records], columns)
        if found is not None:
            place, layout = found
            headers, above = records[place]
            cells = _Csv(file, headers, layout, above, place + 1, comma)
            return Table(file.name, tuple(headers), layout, cells, full=True)
    raise _not_a_report(file.name, likely_headers([row for row, _ in _records(head, ",")]))


class _Csv:
    def __init__(self, file: Path, headers: list[str], layout: Layout, above: int, header_row: int, comma: str) -> None:
        names = tuple(str(place) for place in range(len(headers)))
        form = CsvForm(above, names, _wanted(layout), comma, blanks=True)
        self._lines, self._header_row = CsvLines(file, form=form), header_row

    def frames(self, rows: int) -> Iterator[pl.DataFrame]:
        return _numbered(self._lines.frames(rows), self._header_row + 1)


def _wanted(layout: Layout) -> tuple[int, ...]:
    return tuple(sorted({*layout.places.values(), *layout.paid.values()}))


def _numbered(frames: Iterator[pl.DataFrame], first: int) -> Iterator[pl.DataFrame]:
    for frame in frames:
        yield frame.with_row_index(ROW, first)
        first += frame.height


# Line files


def _lines(file: Path, columns: ColumnMap | None) -> Table:
    lines = open_lines(file)
    headers = list(lines.schema)
    layout = layout_of(headers, columns)
    if layout is None:
        raise _not_a_report(file.name, headers)
    return Table(file.name, tuple(headers), layout, _Lines(lines, headers, layout))


class _Lines:
    def __init__(self, lines: LineFile, headers: list[str], layout: Layout) -> None:
        self._lines, self._headers, self._layout = lines, headers, layout

    def frames(self, rows: int) -> Iterator[pl.DataFrame]:
        cells = [pl.col(self._headers[place]).cast(pl.String).alias(str(place)) for place in _wanted(self._layout)]
        marked = (
            frame.select(*cells, *([MARK] if MARK in frame.columns else [])) for frame in self._lines.frames(rows)
        )
        return _numbered(marked, 2)


# Workbooks


def _sheet_cells(file: Path, sheet: str | None) -> Iterator[tuple[str, SheetCells]]:
    """The sheets that are shown, or the one asked for, with their cells."""
    book = opened(file)
    shown = [
        one.name
        for one in book.sheets_metadata
        if one.typ == SheetTypeEnum.WorkSheet and (one.visible == SheetVisibleEnum.Visible or one.name == sheet)
    ]
    if sheet is not None and sheet not in shown:
        raise FileError("wrong_sheet", f"no sheet {sheet!r} in {file.name}", f"it has: {', '.join(shown)}")
    most = known_columns().most_rows
    for name in shown if sheet is None else [sheet]:
        try:
            yield name, SheetCells(book, file, name, most + known_columns().header_within)
        except FileError as error:
            if error.code != "file_too_long":
                raise
            said = f"{file.name}, sheet {name!r} has more than {most:,} rows"
            raise FileError("file_too_long", said, "export the report as CSV, which may be of any length") from error


def _sheet_head(cells: SheetCells) -> list[list[str]]:
    rows = islice(cells.rows(), known_columns().header_within)
    return [["" if cell is None else cell_text(cell) for cell in row] for row in rows]


def _sheets(file: Path, sheet: str | None, columns: ColumnMap | None) -> list[Table]:
    found: list[tuple[str, list[str], Layout, SheetCells, int]] = []
    others: list[str] = []
    likely: Sequence[str] = ()
    for name, cells in _sheet_cells(file, sheet):
        head = _sheet_head(cells)
        header = _found(head, columns)
        if header is None:
            others.append(name)
            likely = likely or likely_headers(head)
        else:
            found.append((name, head[header[0]], header[1], cells, header[0]))
    if not found:
        raise _no_sheet(file, sheet, others, likely, columns)
    # A report may go on on further sheets; a list of entries beside it is read with it.
    names = {name: file.name if len(found) == 1 and not others else f"{file.name}#{name}" for name, *_ in found}
    return [
        Table(names[name], tuple(headers), layout, _Sheet(cells, layout, place))
        for name, headers, layout, cells, place in found
    ]


def _no_sheet(
    file: Path, sheet: str | None, others: list[str], likely: Sequence[str], columns: ColumnMap | None
) -> FileError:
    if sheet is None:
        error = _not_a_report(f"{file.name} (sheets: {', '.join(others)})" if len(others) > 1 else file.name, likely)
        return (
            FileError("empty_file", f"{file.name} is empty", "export it again") if not likely and not others else error
        )
    try:
        right = [table.name for table in _sheets(file, None, columns)]
    except FileError:
        return _not_a_report(f"{file.name}, sheet {sheet!r}", likely)
    said = f"sheet {sheet!r} of {file.name} is no report"
    return FileError("wrong_sheet", said, f"the report is {' and '.join(right)}")


class _Sheet:
    def __init__(self, cells: SheetCells, layout: Layout, header: int) -> None:
        self._cells, self._places, self._header = cells, _wanted(layout), header

    def frames(self, rows: int) -> Iterator[pl.DataFrame]:
        lines = islice(self._cells.rows(), self._header + 1, None)
        first = self._header + 2
        while batch := list(islice(lines, min(rows, _BATCH))):
            yield _text_frame(batch, self._places).with_row_index(ROW, first)
            first += len(batch)


def _text_frame(batch: list[list[Any]], places: Sequence[int]) -> pl.DataFrame:
    columns = {}
    for place in places:
        cells = [row[place] if place < len(row) else None for row in batch]
        texts = [cell if cell is None or cell.__class__ is str else cell_text(cell) for cell in cells]
        columns[str(place)] = pl.Series(texts, dtype=pl.String)
    return pl.DataFrame(columns)
