"""The answer as a frame: the input's own columns, then the money columns, totals, warnings and the error code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pyarrow as pa

from tidewaiter.assess.errors import FileError
from tidewaiter.bulk.arrays import Bools, Ints, Small
from tidewaiter.bulk.arrow import bits, decimals, whole_numbers
from tidewaiter.bulk.coded import CodeTable
from tidewaiter.bulk.codes import ERRORS, WARNINGS, warnings_of
from tidewaiter.bulk.lines import MARK
from tidewaiter.bulk.pricing import NO_RATE_SAID, Amounts

if TYPE_CHECKING:
    from tidewaiter.bulk.kernel import Kernel

MONEY = pl.Decimal(18, 2)
RATE = pl.Decimal(9, 6)
SHARE = pl.Decimal(18, 4)
CENTS, MILLIONTHS, TEN_THOUSANDTHS = pa.decimal64(18, 2), pa.decimal64(9, 6), pa.decimal64(18, 4)
"""The same as Arrow keeps them in eight bytes."""
ERROR_CODES = pl.Enum(list(ERRORS[1:]))
TOTALS = ("total_duty", "total_owed", "refundable", "total_fees", "total")
EFFECTIVE_RATE, WARNED, REFUSED = "effective_rate", "warnings", "error"
BASE_DUTY = "base_duty"
_NO_WORD = -1
_MOST_SHARE = 10**17
_MOST_DUTY = 10**14


@dataclass(frozen=True, slots=True)
class Columns:
    """The names of the columns of an answer. ``programs`` and ``fees`` map what the law calls them to their columns.

    ``into`` is the place of the importing country that each program and fee is of.
    """

    programs: dict[str, str]
    fees: dict[str, str]
    into: dict[str, int]
    rates: bool = False

    @classmethod
    def of(cls, kernels: Sequence[Kernel], rates: bool = False) -> Columns:
        """The columns for the programs and fees of these: ``us-301-china`` is ``us_301_china``, ``MPF`` is ``mpf``."""
        into = {one: place for place, kernel in enumerate(kernels) for one in (*kernel.programs, *kernel.fees.codes)}
        programs = (one for kernel in kernels for one in kernel.programs)
        fees = (one for kernel in kernels for one in kernel.fees.codes)
        return cls({one: column_name(one) for one in programs}, {one: one.lower() for one in fees}, into, rates)

    @property
    def sparse(self) -> frozenset[str]:
        """The columns in which most lines have nothing: those of the programs."""
        names = self.programs.values()
        return frozenset([*names, *(f"{name}_rate" for name in names)])

    def schema(self) -> dict[str, pl.DataType]:
        """The columns added to the input's, with their types, in order."""
        found: dict[str, pl.DataType] = {BASE_DUTY: MONEY}
        for name in self.programs.values():
            found[name] = MONEY
            if self.rates:
                found[f"{name}_rate"] = RATE
        found |= dict.fromkeys(self.fees.values(), MONEY)
        found |= dict.fromkeys(TOTALS, MONEY)
        return found | {EFFECTIVE_RATE: SHARE, WARNED: pl.Categorical(), REFUSED: ERROR_CODES}


def column_name(program: str) -> str:
    """The column of a program: its id, with underscores, so that SQL needs no quotes."""
    return program.replace("-", "_")


def wide(frame: pl.DataFrame, amounts: Amounts, columns: Columns, rows: int) -> Iterator[pl.DataFrame]:
    """The frame with a column for each program (dollars, missing where the line was refused), in slices of so many rows."""
    kept = _own(frame)
    for part in _parts(frame.height, rows):
        yield kept[part].with_columns(one.series().alias(name) for name, one in _added(amounts, part, columns).items())


def wide_tables(
    frame: pl.DataFrame, amounts: Amounts, columns: Columns, rows: int, words: CodedWords
) -> Iterator[pa.Table]:
    """The same as Arrow tables for a writer of files, decimals as the whole numbers that the kernel has: nothing is copied."""
    kept = stored(_own(frame), words)
    for part in _parts(frame.height, rows):
        table = kept.slice(part.start, part.stop - part.start)
        for name, one in _added(amounts, part, columns).items():
            table = table.append_column(name, one.stored())
        yield table


def as_table(frame: pl.DataFrame) -> pa.Table:
    """A frame as an Arrow table, its texts as they lie in memory (coded ones and those in lists cannot be)."""
    table = frame.to_arrow(compat_level=pl.CompatLevel.newest())
    for place, one in enumerate(frame):
        if one.dtype.is_nested() or isinstance(one.dtype, pl.Categorical | pl.Enum):
            table = table.set_column(place, one.name, one.to_arrow(compat_level=pl.CompatLevel.oldest()))
    return table


class _Words:
    """The dictionary of one coded column: the words met so far, in the order in which they were met."""

    def __init__(self) -> None:
        self.table = CodeTable(self._meet, small=True)
        self._words: list[str] = []
        self._stored: pa.Array = pa.array([], pa.string())

    def array(self, column: pl.Series) -> pa.Array:
        """The column as places in the dictionary."""
        places = self.table.numbers(column, _NO_WORD)
        given = bits(places != _NO_WORD) if column.null_count() else None
        numbers = pa.Array.from_buffers(pa.int32(), len(places), [given, pa.py_buffer(places)])
        return pa.DictionaryArray.from_arrays(numbers, self._stored)

    def _meet(self, words: list[str]) -> list[int]:
        first = len(self._words)
        self._words += words
        self._stored = pa.array(self._words, pa.string())
        return list(range(first, len(self._words)))


class CodedWords:
    """The dictionaries of the coded columns of a stream of frames: each word is put into that of its column once."""

    def __init__(self) -> None:
        self._columns: dict[str, _Words] = {}

    def array(self, column: pl.Series) -> pa.Array:
        """A coded column for a writer of files."""
        return self._columns.setdefault(column.name, _Words()).array(column)


def stored(frame: pl.DataFrame, words: CodedWords | None = None) -> pa.Table:
    """A frame as an Arrow table for a writer of files: its decimals as whole numbers, as far as they fit, coded columns as they
    are with the ``words`` met so far.

    Raises ``FileError`` ``malformed_file`` for a number that is longer than the type of its column says.
    """
    coded = [name for name, kind in frame.schema.items() if words is not None and isinstance(kind, pl.Categorical)]
    table = as_table(frame.with_columns(pl.lit(None).alias(name) for name in coded))
    for name in coded:
        assert words is not None
        table = table.set_column(frame.columns.index(name), name, words.array(frame[name]))
    for place, name in enumerate(table.column_names):
        column = table.column(place)
        if pa.types.is_decimal(column.type):
            try:
                whole = [whole_numbers(chunk) for chunk in column.chunks]
            except ValueError as error:
                raise FileError("malformed_file", f"column {name}: {error}", "store it with more digits") from error
            if whole:
                table = table.set_column(place, name, pa.chunked_array(whole))
    return table


def _own(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.drop(MARK) if MARK in frame.columns else frame


def _parts(count: int, rows: int) -> Iterator[slice]:
    """Slices of about so many rows, none of them much smaller."""
    parts = max(1, round(count / rows))
    edges = [count * part // parts for part in range(parts + 1)]
    return (slice(first, last) for first, last in pairwise(edges) if first < last)


@dataclass(frozen=True, slots=True)
class Decimals:
    """A column of decimals: whole multiples of their last place, and where there is one."""

    kind: pa.DataType
    whole: Ints
    given: pa.Buffer | None

    def array(self) -> pa.Array:
        """For Arrow."""
        return decimals(self.kind, self.whole, self.given)

    def stored(self) -> pa.Array:
        """For a writer of files: the whole numbers."""
        return decimals(pa.int64(), self.whole, self.given)

    def series(self) -> pl.Series:
        """For Polars."""
        found = pl.from_arrow(self.array())
        assert isinstance(found, pl.Series)
        return found


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of few words by number, from 1; 0 is none."""

    numbers: Ints | Small
    words: pl.Series

    def stored(self) -> pa.Array:
        """For a writer of files: coded as well."""
        places = pa.array(self.numbers.astype(np.int32) - 1, mask=self.numbers == 0)
        return pa.DictionaryArray.from_arrays(places, self.words[1:].cast(pl.String).to_arrow())

    def series(self) -> pl.Series:
        """For Polars."""
        return self.words.gather(self.numbers)


def _added(amounts: Amounts, part: slice, columns: Columns) -> dict[str, Decimals | Coded]:
    """The columns of the answer for some of the lines."""
    priced = amounts.priced.part(part)
    valid = priced.error == 0
    answered, zeros = bits(valid), np.zeros(priced.count, dtype=np.int64)
    own = _answered_by_country(amounts, part, valid, len({*columns.into.values()}))

    def money(cents: Ints, told: pa.Buffer | None = answered) -> Decimals:
        return Decimals(CENTS, cents, told)

    added: dict[str, Decimals | Coded] = {BASE_DUTY: money(priced.base)}
    duty = priced.base.copy()
    for program, name in columns.programs.items():
        cents = priced.duties.get(program)
        added[name] = money(zeros if cents is None else cents, own[columns.into[program]] if own else answered)
        if cents is not None:
            duty += cents
        if columns.rates:
            added[f"{name}_rate"] = _rates(priced.rates.get(program, zeros), valid)
    fees = zeros.copy()
    for code, name in columns.fees.items():
        cents = priced.fees.get(code)
        added[name] = money(zeros if cents is None else cents, own[columns.into[code]] if own else answered)
        if cents is not None:
            fees += cents
    totals = (duty, duty - priced.voided, priced.voided, fees, duty + fees)
    added |= {name: money(cents) for name, cents in zip(TOTALS, totals, strict=True)}
    added[EFFECTIVE_RATE] = _effective(amounts, duty, valid, part)
    added[WARNED] = _warnings(priced.warnings)
    added[REFUSED] = refusals(priced.error)
    return added


def _answered_by_country(amounts: Amounts, part: slice, valid: Bools, countries: int) -> list[pa.Buffer | None]:
    """Where lines into each country are answered; nothing where all go into one."""
    if amounts.into is None:
        return []
    into = amounts.into[part]
    return [bits(valid & (into == place)) for place in range(countries)]


def _rates(rates: Ints, valid: Bools) -> Decimals:
    """Rates as fractions; missing where the program charges nothing, or not at a share of the value."""
    return Decimals(MILLIONTHS, rates, bits(valid & (rates != 0) & (rates != NO_RATE_SAID)))


def _effective(amounts: Amounts, duty: Ints, valid: Bools, part: slice) -> Decimals:
    """Assessed duty as a share of the value, to four places, half-up; missing at value 0."""
    value, values = amounts.value, amounts.value.values[part]
    whole = np.maximum(values, 1)
    small = duty < _MOST_DUTY
    shares = (20_000 * (duty * small) + whole) // (2 * whole)
    given = valid & (values > 0)
    beside = {row - part.start for row in value.beside if part.start <= row < part.stop}
    for row in {*beside, *np.flatnonzero(~small & valid).tolist()}:
        number = value.at(row + part.start)
        if number and valid[row]:
            share = int((int(duty[row]) * 10_000 + 50 * number) // (100 * number))
            given[row] = share < _MOST_SHARE
            shares[row] = share if given[row] else 0
    return Decimals(TEN_THOUSANDTHS, shares, bits(given))


class _Warned:
    """The warning codes of lines, joined by semicolons: each set of bits is put into words once."""

    def __init__(self) -> None:
        # Zeros are only put into memory where something is written.
        self._number = np.zeros(1 << len(WARNINGS), dtype=np.int32)
        self._words: list[str | None] = [None]
        self._series = pl.Series(self._words, dtype=pl.Categorical())

    def __call__(self, found: Ints) -> Coded:
        numbers = self._number.take(found)
        if np.count_nonzero(numbers) != np.count_nonzero(found):
            for one in np.unique(found[(numbers == 0) & (found != 0)]).tolist():
                self._number[one] = len(self._words)
                self._words.append(warnings_of(one))
            self._series = pl.Series(self._words, dtype=pl.Categorical())
            numbers = self._number.take(found)
        return Coded(numbers, self._series)


_warnings = _Warned()


def refusals(numbers: Ints) -> Coded:
    """The error codes by their numbers."""
    return Coded(numbers, pl.Series([None, *ERRORS[1:]], dtype=ERROR_CODES))
