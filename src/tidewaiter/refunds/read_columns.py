"""Columns of text as the columns of ROWS: each different cell is read once, and plain ones all at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from tidewaiter.bulk.arrays import Bools, Ints
from tidewaiter.bulk.interner import Interner
from tidewaiter.bulk.lines import MARK
from tidewaiter.refunds.frames import CENTS, PROBLEMS, ROWS
from tidewaiter.refunds.read_cells import Cell, hinted, reader_of
from tidewaiter.refunds.read_headers import Field, Layout, known_columns, plain
from tidewaiter.refunds.read_problems import CODES, problems
from tidewaiter.refunds.read_tables import ROW

_CODES = ["", *CODES]
_NUMBERS = {code: number for number, code in enumerate(_CODES)}
_ENTRY = r"^[A-Z0-9]{3}-?[0-9]{7}-?[0-9]$"
_MONEY = r"^\$?([0-9]{1,12}|[0-9]{1,3}(,[0-9]{3}){1,3})(\.[0-9]{1,2})?$"
_NUMBER = r"^[0-9]{1,12}(\.[0-9]{1,6})?$"
_COUNT = r"^[1-9][0-9]{0,8}$"
_REPLACED = "\ufffd"
Quick = Callable[[pl.Series], tuple[pl.Series, Bools]]


@dataclass(slots=True)
class Column:
    """What a column says: values, and by row the number of the code of what is wrong (0: nothing)."""

    values: pl.Series
    codes: Ints


class Reader:
    """Reads one field of one table, frame after frame."""

    def __init__(self, one: Field, dtype: pl.DataType, day_first: bool) -> None:
        self.field, self.dtype = one, dtype
        self._cells: Interner[Cell] = Interner(reader_of(one.kind, one.words, day_first))
        self._quick = _QUICK.get(one.kind)

    def read(self, column: pl.Series) -> Column:
        """The values and the codes of a column of text."""
        if self._quick is None:
            return self._read_by_cell(column)
        values, done = self._quick(column)
        rest = np.flatnonzero(~done & column.is_not_null().to_numpy())
        codes = np.zeros(len(column), dtype=np.int64)
        if rest.size:
            slow = self._read_by_cell(column.gather(rest))
            order = np.arange(len(column))
            order[rest] = np.arange(len(column), len(column) + len(rest))
            values = pl.concat([values, slow.values]).gather(order)
            codes[rest] = slow.codes
        return Column(values, codes)

    def _read_by_cell(self, column: pl.Series) -> Column:
        self._cells.trim()
        numbers = self._cells.numbers(column)
        kept, places = np.unique(numbers, return_inverse=True)
        found = [Cell(None) if number < 0 else self._cells.found[number] for number in kept.tolist()]
        values = pl.Series([cell.value for cell in found], dtype=self.dtype).gather(places)
        codes = np.array([_NUMBERS[cell.code] for cell in found], dtype=np.int64)
        return Column(values, codes[places])


def _entries(column: pl.Series) -> tuple[pl.Series, Bools]:
    done = column.str.contains(_ENTRY).fill_null(False)
    values = column.set(~done, None).str.replace_all("-", "", literal=True)
    return values, done.to_numpy()


def _cents(column: pl.Series) -> tuple[pl.Series, Bools]:
    done = column.str.contains(_MONEY).fill_null(False)
    cells = column.set(~done, None).str.replace("$", "", literal=True).str.replace_all(",", "", literal=True)
    return cells.cast(pl.Decimal(18, 2)).to_physical().cast(CENTS), done.to_numpy()


def _quantities(column: pl.Series) -> tuple[pl.Series, Bools]:
    done = column.str.contains(_NUMBER).fill_null(False)
    return column.set(~done, None).cast(ROWS["quantity"]), done.to_numpy()


def _counts(column: pl.Series) -> tuple[pl.Series, Bools]:
    done = column.str.contains(_COUNT).fill_null(False)
    return column.set(~done, None).cast(pl.Int32), done.to_numpy()


_QUICK: dict[str, Quick] = {"entry_number": _entries, "money": _cents, "quantity": _quantities, "count": _counts}


@dataclass(slots=True)
class Read:
    """Some rows of a table, and what is wrong with rows of it."""

    rows: pl.DataFrame
    problems: list[pl.DataFrame] = field(default_factory=list)


class TableReader:
    """Turns the text frames of one table into frames of ROWS."""

    def __init__(self, file: int, layout: Layout, headers: tuple[str, ...], full: bool = False) -> None:
        known = known_columns()
        self._file, self._layout, self._full = file, layout, full
        self._readers = {name: Reader(known.fields[name], ROWS[name], layout.day_first) for name in layout.places}
        self._paid = {heading: Reader(known.fields["duty"], CENTS, False) for heading in layout.paid}
        self._entry_header = plain(headers[layout.places["entry_number"]])
        self._hints = [
            (name, other, Interner[Cell](hinted(words)))
            for name, one in known.fields.items()
            for other, words in one.implied.items()
            if other in layout.places
        ]

    def read(self, frame: pl.DataFrame) -> Read:
        """The rows of a frame that can be read, and the problems of all."""
        read = Read(pl.DataFrame())
        frame = self._whole_rows(frame, read)
        columns = {name: one.read(frame[str(self._layout.places[name])]) for name, one in self._readers.items()}
        self._hint(frame, columns)
        entries = columns["entry_number"].values
        lost = np.zeros(frame.height, dtype=np.bool_)
        for name in self._readers:
            lost |= self._tell(frame, str(self._layout.places[name]), name, columns[name], entries, read)
        lost |= self._missing(frame, columns, lost, entries, read)
        paid = self._paid_duties(frame, entries, lost, read)
        rows = pl.DataFrame({"row": frame[ROW].cast(pl.UInt32), **{name: one.values for name, one in columns.items()}})
        read.rows = _as_rows(rows.with_columns(paid).filter(~lost), self._file)
        return read

    def _whole_rows(self, frame: pl.DataFrame, read: Read) -> pl.DataFrame:
        """The rows without those that are blank, refused by the reader of the file, or no rows of the report."""
        cells = [name for name in frame.columns if name not in (ROW, MARK)]
        entry = frame[str(self._layout.places["entry_number"])]
        odd = ~entry.str.contains(r"[0-9]").fill_null(False).to_numpy()
        dropped = odd & _blank(frame, cells) if odd.any() else np.zeros(frame.height, dtype=np.bool_)
        if MARK in frame.columns and frame[MARK].null_count() < frame.height:
            dropped = dropped | self._marked(frame, cells, read)
        if self._full:
            dropped = dropped | self._cut_off(frame, dropped, read)
        odd &= ~dropped
        if odd.any():
            dropped = dropped | self._no_rows(frame, cells, odd, read)
        return frame.filter(~dropped) if dropped.any() else frame

    def _cut_off(self, frame: pl.DataFrame, dropped: Bools, read: Read) -> Bools:
        """Rows of a text that end before a column that no row can do without: a cell that is blank is there."""
        known = known_columns()
        needed = [place for name, place in self._layout.places.items() if known.fields[name].needed]
        cut = np.zeros(frame.height, dtype=np.bool_)
        for place in needed:
            if frame[str(place)].null_count():
                cut |= frame[str(place)].is_null().to_numpy()
        cut &= ~dropped
        if cut.any():
            rows = np.flatnonzero(cut)
            entries = self._readers["entry_number"].read(frame[str(self._layout.places["entry_number"])].gather(rows))
            read.problems.append(problems(self._file, frame[ROW].gather(rows), "short_row", entries=entries.values))
        return cut

    def _marked(self, frame: pl.DataFrame, cells: list[str], read: Read) -> Bools:
        """Rows that the reader of the file refuses. Bytes that are no text do no harm in columns that nobody reads."""
        marks = frame[MARK]
        harmless = np.ones(frame.height, dtype=np.bool_)
        for name in cells:
            harmless &= ~frame[name].str.contains(_REPLACED, literal=True).fill_null(False).to_numpy()
        refused: Bools = marks.is_not_null().to_numpy() & ~(
            (marks == "bad_encoding").fill_null(False).to_numpy() & harmless
        )
        for code in marks.filter(refused).unique().to_list():
            here = frame.filter(refused & (marks == code).fill_null(False).to_numpy())
            told = code if code in CODES else "malformed_row"
            entries = self._readers["entry_number"].read(here[str(self._layout.places["entry_number"])]).values
            read.problems.append(problems(self._file, here[ROW], told, entries=entries))
        return refused

    def _no_rows(self, frame: pl.DataFrame, cells: list[str], odd: Bools, read: Read) -> Bools:
        """Totals, and the header once more."""
        known = known_columns()
        found = np.zeros(frame.height, dtype=np.bool_)
        few = frame.filter(odd)
        entry = str(self._layout.places["entry_number"])
        for place, row in zip(np.flatnonzero(odd).tolist(), few.select(cells).iter_rows(named=True), strict=True):
            words = {plain(cell) for cell in row.values() if cell}
            code = "repeated_header" if plain(row[entry] or "") == self._entry_header else ""
            code = code or ("total_row" if any(_is_total(word, known.total_rows) for word in words) else "")
            if code:
                found[place] = True
                read.problems.append(problems(self._file, frame[ROW].slice(place, 1), code, given=[row[entry]]))
        return found

    def _hint(self, frame: pl.DataFrame, columns: dict[str, Column]) -> None:
        """Fields that the words of another field's column say as well, where their own column does not."""
        for name, other, interner in self._hints:
            numbers = interner.numbers(frame[str(self._layout.places[other])])
            found = [*(cell.value for cell in interner.found), None]
            said = pl.Series(found, dtype=ROWS[name]).gather(np.where(numbers < 0, len(found) - 1, numbers))
            if name in columns:
                # "none" in the own column, and "suspended" in the other: the word that says something counts.
                own = columns[name].values
                own = own.set((own == "none").fill_null(False) & said.is_not_null(), None)
                columns[name] = Column(own.zip_with(own.is_not_null(), said), columns[name].codes)
            elif said.null_count() < len(said):
                columns[name] = Column(said, np.zeros(len(said), dtype=np.int64))

    def _tell(
        self, frame: pl.DataFrame, place: str, name: str, column: Column, entries: pl.Series, read: Read
    ) -> Bools:
        """Put the problems of a column on the list. Returns the rows that cannot be used because of them."""
        lost = np.zeros(frame.height, dtype=np.bool_)
        if not column.codes.any():
            return lost
        needed = known_columns().fields[name].needed
        for number in np.unique(column.codes[column.codes > 0]).tolist():
            code = _CODES[number]
            here = column.codes == number
            if code == "stripped_zeros":
                continue  # told when all rows are known: see read_merge
            unread = here & column.values.is_null().to_numpy()
            rows = np.flatnonzero(here)
            read.problems.append(
                problems(
                    self._file, frame[ROW].gather(rows), code, field=name, needed=needed,
                    entries=entries.gather(rows), given=frame[place].gather(rows),
                )
            )  # fmt: skip
            if needed:
                lost |= unread
        return lost

    def _missing(
        self, frame: pl.DataFrame, columns: dict[str, Column], lost: Bools, entries: pl.Series, read: Read
    ) -> Bools:
        """Rows without entry number, or without tariff number in a report of lines."""
        missing = np.zeros(frame.height, dtype=np.bool_)
        for name in ("entry_number", "hts"):
            column = columns.get(name)
            if column is None:
                continue
            here = ~lost & ~missing & (column.codes == 0) & column.values.is_null().to_numpy()
            if here.any():
                rows = np.flatnonzero(here)
                told = problems(
                    self._file, frame[ROW].gather(rows), f"missing_{name}", field=name, entries=entries.gather(rows)
                )
                read.problems.append(told)
                missing |= here
        return missing

    def _paid_duties(self, frame: pl.DataFrame, entries: pl.Series, lost: Bools, read: Read) -> Iterator[pl.Series]:
        for heading, reader in self._paid.items():
            place = str(self._layout.paid[heading])
            column = reader.read(frame[place])
            lost |= self._tell(frame, place, "duty", column, entries, read)
            yield column.values.alias(f"paid.{heading}")


def _blank(frame: pl.DataFrame, cells: list[str]) -> Bools:
    blank = np.ones(frame.height, dtype=np.bool_)
    for name in cells:
        blank &= (frame[name].is_null() | (frame[name].str.strip_chars() == "")).to_numpy()
    return blank


def _is_total(word: str, totals: frozenset[str]) -> bool:
    return word in totals or any(word.startswith(f"{total} ") for total in totals)


def _as_rows(frame: pl.DataFrame, file: int) -> pl.DataFrame:
    """A frame with the columns of ROWS, in their order and types, and further ones behind."""
    return frame.select(
        *(
            pl.lit(file, kind).alias(name)
            if name == "file"
            else pl.col(name).cast(kind)
            if name in frame.columns
            else pl.lit(None, kind).alias(name)
            for name, kind in ROWS.items()
        ),
        *(name for name in frame.columns if name not in ROWS),
    )


def no_rows() -> pl.DataFrame:
    """ROWS without a row."""
    return pl.DataFrame(schema=ROWS)


def no_problems() -> pl.DataFrame:
    """PROBLEMS without a row."""
    return pl.DataFrame(schema=PROBLEMS)
