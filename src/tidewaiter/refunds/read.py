"""Reports in, rows out: what people have, as the frame ROWS, with everything that could not be read beside it.

>>> import polars as pl, tempfile, pathlib
>>> folder = pathlib.Path(tempfile.mkdtemp())
>>> _ = (folder / "es003.csv").write_text(
...     "Entry Summary Number,Entry Date,HTS Number - Full,Line Tariff Duty Amount\\n"
...     'BII-0599285-4,04/08/2025,99030124,"$2,567.49"\\n'
... )
>>> report = read_reports([folder / "es003.csv"])
>>> report.rows.select("entry_number", "entry_date", "hts", "duty").row(0)
('BII05992854', datetime.date(2025, 4, 8), '99030124', 256749)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from tidewaiter.assess.errors import FileError
from tidewaiter.refunds.frames import PROBLEMS, ROWS
from tidewaiter.refunds.read_columns import TableReader
from tidewaiter.refunds.read_headers import HOW_TO_MAP, ColumnMap, MappedTable, layout_of, proposed
from tidewaiter.refunds.read_merge import by_heading, merged, numbered_lines
from tidewaiter.refunds.read_missing import missing_columns, no_duty, not_read
from tidewaiter.refunds.read_problems import file_problem
from tidewaiter.refunds.read_tables import Table, heads, likely_headers, open_tables

_PORTION = 131_072


@dataclass(slots=True)
class FileRead:
    """A file, or a sheet of one, and what became of it."""

    name: str
    kind: str = ""
    """ace, lines, broker, mapped, or entries (a list of facts without tariff lines); empty if it could not be read."""
    rows: int = 0
    """How many rows of it could be read, doubled ones included."""
    error: FileError | None = None
    columns: dict[str, str] = field(default_factory=dict)
    """The header from which each field was read."""
    unused: tuple[str, ...] = ()
    """Headers that say nothing to this program."""


@dataclass(slots=True)
class Report:
    """What the reports say."""

    rows: pl.DataFrame
    """ROWS, in the order of the files."""
    problems: pl.DataFrame
    """PROBLEMS: every row that could not be read or that somebody should look at, and every file."""
    files: list[FileRead]

    def missing_columns(self) -> pl.DataFrame:
        """PROBLEMS: what a whole report does not tell because it has no column for it."""
        told = {place: one.columns for place, one in enumerate(self.files) if one.rows and one.kind != "entries"}
        return missing_columns(self.rows, told)


def read_reports(
    paths: Iterable[str | Path], *, columns: ColumnMap | None = None, progress: Callable[[int], None] | None = None
) -> Report:
    """Read reports of any of the known layouts, and put them together.

    Each path is a file (``book.xlsx#Sheet`` names a sheet): an ACE ES-003 export, a spreadsheet whose columns have known names
    or are in the map ``columns``, lines in Tidewaiter's format with ``entry_id``, or a list of entries with facts about them.
    A file that cannot be read is in ``files`` with its ``error`` and in ``problems``; the others are read. ``progress`` is told
    how many rows of the files have been read. Raises nothing for what is in the files.
    """
    reading = _Reading(columns, progress)
    for path in paths:
        reading.read(Path(path))
    rows = merged(reading.frames, reading.lists, reading.told)
    told = pl.concat(reading.told) if reading.told else pl.DataFrame(schema=PROBLEMS)
    return Report(rows.select(*ROWS), told.sort("file", "row", maintain_order=True, nulls_last=False), reading.files)


def raise_if_lists(files: Sequence[FileRead]) -> None:
    """Raises ``FileError`` ``no_lines`` where nothing but lists of entries was read: nothing is told then of what was paid."""
    read = [one for one in files if one.error is None]
    if all(one.kind == "entries" for one in read):
        names = ", ".join(one.name for one in read)
        said = (
            f"no report has tariff lines, so nothing is known of what was paid: {names} is a list of entries with facts"
        )
        raise FileError(
            "no_lines", said, f"give the report ES-003 beside it; if it is one, its columns are mapped: {HOW_TO_MAP}"
        )


def propose_columns(paths: Sequence[str | Path]) -> ColumnMap:
    """A column map for files, to be corrected by hand: what their headers seem to say.

    Raises ``FileError`` where a file cannot be read, or has no row that may be a header (``wrong_layout``).
    """
    return ColumnMap(tuple(table for path in paths for table in _proposed(Path(path))))


def _proposed(path: Path) -> list[MappedTable]:
    found: dict[str, MappedTable] = {}
    for name, rows in heads(path):
        known = next((row for row in rows if layout_of(row) is not None), None)
        headers = known or likely_headers(rows)
        if headers:
            table = proposed(headers, name.split("'")[0])
            found.setdefault(table.fingerprint, table)
    # A text is tried with several separators: what was cut into the most columns is it.
    tables = sorted(found.values(), key=lambda one: -len(one.columns) - len(one.ignored))
    if not tables:
        raise FileError("wrong_layout", f"{path.name} has no row that names columns", "the names stand in one row")
    return tables if path.suffix.lower() == ".xlsx" else tables[:1]


class _Reading:
    """The files read so far."""

    def __init__(self, columns: ColumnMap | None, progress: Callable[[int], None] | None) -> None:
        self._columns, self._progress = columns, progress
        self.files: list[FileRead] = []
        self.frames: list[pl.DataFrame] = []
        self.lists: list[pl.DataFrame] = []
        self.told: list[pl.DataFrame] = []

    def read(self, path: Path) -> None:
        """The tables of one file. A file that ends in the middle of its rows counts for nothing."""
        try:
            tables = open_tables(path, self._columns)
        except FileError as error:
            self._failed(FileRead(path.name, error=error))
            return
        for table in tables:
            self._read_table(table)

    def _failed(self, file: FileRead) -> None:
        error = file.error
        assert error is not None
        error.hint = error.hint or "export the report again"
        self.told.append(file_problem(len(self.files), error.code, error.message, error.hint))
        self.files.append(file)

    def _read_table(self, table: Table) -> None:
        number = len(self.files)
        headers = {name: table.headers[place].strip() for name, place in table.layout.places.items()}
        file = FileRead(table.name, table.layout.kind, columns=headers, unused=table.layout.unused)
        reader = TableReader(number, table.layout, table.headers, table.full)
        frames: list[pl.DataFrame] = []
        told: list[pl.DataFrame] = []
        try:
            if table.layout.kind != "entries" and "duty" not in table.layout.places and not table.layout.paid:
                raise no_duty(table.name, table.headers)
            for frame in table.cells.frames(_PORTION):
                read = reader.read(frame)
                frames.append(read.rows)
                told += read.problems
                if self._progress is not None:
                    self._progress(frame.height)
            if not frames and not told:
                raise FileError(
                    "no_rows", f"{table.name} has a header and no rows", "look at the filters of the report"
                )
        except FileError as error:
            self._failed(FileRead(table.name, table.layout.kind, error=error))
            return
        file.rows = sum(frame.height for frame in frames)
        self.files.append(file)
        self.told += [not_read(number, table.headers, table.layout.places), *told]
        self._keep(table, frames)

    def _keep(self, table: Table, frames: list[pl.DataFrame]) -> None:
        if table.layout.kind == "entries":
            self.lists += frames
            return
        if table.layout.kind == "lines" and frames:
            frames = [numbered_lines(pl.concat(frames))]
        if table.layout.paid:
            frames = [by_heading(frame) for frame in frames]
        self.frames += frames
