"""Number columns read exactly: whole multiples of a power of ten where they fit, the rest as decimals beside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl

from tidewaiter.assess.errors import LineError
from tidewaiter.assess.line import read_decimal
from tidewaiter.bulk.arrays import Bools, Exact, Ints, where
from tidewaiter.bulk.facts import Numbers

MONEY_PLACES = 2
OTHER_PLACES = 6
_WHOLE_DIGITS = 10
"""Numbers of up to ten digits before the point stay in int64 when a rate is applied to them; larger ones stand beside."""
_FITS = 10**_WHOLE_DIGITS
_FLOAT_EXACT = 2.0**52


@dataclass(slots=True)
class NumberColumn:
    """A column of numbers as read.

    ``values`` are multiples of ``10**-places``; ``beside`` holds the numbers that do not fit so, by row; ``refused`` the error
    codes of what is no number, by row.
    """

    values: Ints
    places: int
    given: Bools
    beside: Mapping[int, Decimal] = field(default_factory=dict)
    refused: Mapping[int, str] = field(default_factory=dict)

    def at(self, row: int) -> Decimal:
        """The exact number on a row."""
        found = self.beside.get(row)
        return found if found is not None else Decimal(int(self.values[row])).scaleb(-self.places)

    def take(self, rows: Ints | slice) -> Numbers:
        """The numbers of some rows, none of which stands beside."""
        return Numbers(self.values[rows], self.places, self.given[rows])

    def exactly(self, rows: Ints, places: int) -> Numbers:
        """The numbers of some rows as Python ints, whole multiples of ``10**-places``."""
        values: Exact = self.values[rows].astype(object) * 10 ** max(0, places - self.places)
        if self.beside:
            for place, row in enumerate(rows.tolist()):
                if row in self.beside:
                    values[place] = int(self.beside[row].scaleb(places))
        return Numbers(values, places, self.given[rows])

    def places_of(self, rows: Ints) -> int:
        """How many decimal places the numbers of these rows need."""
        if not self.beside:
            return self.places
        beside = (self.beside[row] for row in rows.tolist() if row in self.beside)
        return max(self.places, *(_places(number) for number in beside), 0)


def _places(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def read_numbers(column: pl.Series, name: str, places: int) -> NumberColumn:
    """Read a column as :func:`~tidewaiter.assess.line.read_decimal` reads a cell; blank cells are not given."""
    if isinstance(column.dtype, pl.Categorical | pl.Enum):
        column = column.cast(pl.String)
    if column.dtype == pl.String:
        column = column.str.strip_chars()
        column = column.set(column == "", None)
    given = _given(column)
    if 2 * column.null_count() > len(column):
        return _read_few(column, name, places, given)
    values, read = _fast(column, places)
    found = NumberColumn(values, places, given)
    slow = where(given & ~read)
    if slow.size:
        _read_one_by_one(found, column, slow, name)
    return found


def _given(column: pl.Series) -> Bools:
    """Where a column has a value."""
    return column.is_not_null().to_numpy() if column.null_count() else np.ones(len(column), dtype=np.bool_)


def _read_few(column: pl.Series, name: str, places: int, given: Bools) -> NumberColumn:
    """A column that few rows fill: those rows are read, and put back in their places."""
    rows = where(given)
    values = np.zeros(len(column), dtype=np.int64)
    if not rows.size:
        return NumberColumn(values, places, given)
    few = read_numbers(column.drop_nulls(), name, places)
    values[rows] = few.values
    given = given.copy()
    given[rows] = few.given
    beside = {int(rows[row]): number for row, number in few.beside.items()}
    return NumberColumn(values, places, given, beside, {int(rows[row]): code for row, code in few.refused.items()})


def _read_one_by_one(found: NumberColumn, column: pl.Series, rows: Ints, name: str) -> None:
    beside: dict[int, Decimal] = {}
    refused: dict[int, str] = {}
    found.values, found.given = found.values.copy(), found.given.copy()
    known: dict[Any, Decimal | str] = {}
    for row, cell in zip(rows.tolist(), column.gather(rows).to_list(), strict=True):
        if isinstance(cell, str) and not cell.strip():  # a separator (\x1f) is a blank to Python alone
            found.given[row] = False
            continue
        number = known.get(cell) if isinstance(cell, str | int | float) else None
        if number is None or isinstance(cell, bool):
            try:
                number = read_decimal(cell, name)
            except LineError as error:
                number = error.code
            if isinstance(cell, str | int | float):
                known[cell] = number
        if isinstance(number, str):
            refused[row] = number
        else:
            beside[row] = number
            # A number written otherwise than the quick way reads may still fit.
            if number < _FITS and _places(number) <= found.places:
                found.values[row] = int(number.scaleb(found.places))
                del beside[row]
    found.beside, found.refused = beside, refused


def _fast(column: pl.Series, places: int) -> tuple[Ints, Bools]:
    """The numbers that fit, scaled, and where they were read."""
    match column.dtype:
        case pl.String():
            return _from_text(column, places)
        case pl.Float64():
            return _from_floats(column.fill_null(-1.0).to_numpy(), places)
        case pl.Decimal():
            return _from_decimals(column, places)
        case dtype if dtype.is_integer():
            wide = column.cast(pl.Int64, strict=False).fill_null(-1).to_numpy()
            read = (wide >= 0) & (wide < _FITS)
            return np.where(read, wide, 0) * 10**places, read
    nothing = np.zeros(len(column), dtype=np.int64)
    return nothing, nothing.astype(np.bool_)


def _from_text(column: pl.Series, places: int) -> tuple[Ints, Bools]:
    # Not \d: that would be the digits of all scripts.
    plain = rf"^\+?([0-9]{{1,{_WHOLE_DIGITS}}}(\.[0-9]{{0,{places}}})?|\.[0-9]{{1,{places}}})$"
    read = column.str.contains(plain).fill_null(False)
    cells = column.set(~read, None)
    scaled = cells.cast(pl.Decimal(38, places), strict=False).to_physical().cast(pl.Int64, strict=False)
    return scaled.fill_null(0).to_numpy(), read.to_numpy()


def _from_floats(numbers: Any, places: int) -> tuple[Ints, Bools]:
    """Floats whose shortest decimal form has no more places: then that form is what the file says."""
    scale = float(10**places)
    safe = np.where((numbers >= 0) & (numbers < min(_FITS, _FLOAT_EXACT / scale)), numbers, -1.0)
    whole = np.rint(safe * scale)
    # Python writes small numbers with an exponent, which is refused; they are read one by one.
    read = (safe >= 0) & (whole / scale == safe) & ((safe == 0) | (safe >= 1e-4))
    return np.where(read, whole, 0).astype(np.int64), read


def _from_decimals(column: pl.Series, places: int) -> tuple[Ints, Bools]:
    scale = column.dtype.scale if isinstance(column.dtype, pl.Decimal) else 0
    physical = column.to_physical().cast(pl.Int64, strict=False)
    read = _given(physical)
    values = (physical.fill_null(0) if physical.null_count() else physical).to_numpy()
    most = int(values.max()) if values.size else 0
    if (
        scale <= places
        and most < _FITS * 10**scale
        and most < 2**62 // 10 ** (places - scale)
        and values.min(initial=0) >= 0
    ):
        return values * 10 ** (places - scale), read
    if scale > places:
        step = 10 ** (scale - places)
        read = read & (values % step == 0)
        values = values // step
    else:
        read = read & (values < 2**62 // 10 ** (places - scale))
        values = np.where(read, values, 0) * 10 ** (places - scale)
    read = read & (values >= 0) & (values < _FITS * 10**places)
    return np.where(read, values, 0), read
