"""The answer as a frame: the input's own columns, then the money columns, totals, warnings and the error code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa

from tidewaiter.bulk.arrays import Bools, Ints
from tidewaiter.bulk.codes import ERRORS, WARNINGS, warnings_of
from tidewaiter.bulk.lines import MARK
from tidewaiter.bulk.pricing import NO_RATE_SAID, Priced, Pricing

MONEY = pl.Decimal(18, 2)
RATE = pl.Decimal(9, 6)
SHARE = pl.Decimal(18, 4)
ERROR_CODES = pl.Enum(list(ERRORS[1:]))
TOTALS = ("total_duty", "total_owed", "refundable", "total_fees", "total")
EFFECTIVE_RATE, WARNED, REFUSED = "effective_rate", "warnings", "error"
BASE_DUTY = "base_duty"
_MOST_SHARE = 10**17
_MOST_DUTY = 10**14


@dataclass(frozen=True, slots=True)
class Columns:
    """The names of the columns of an answer. ``programs`` and ``fees`` map what the law calls them to their columns."""

    programs: dict[str, str]
    fees: dict[str, str]
    rates: bool = False

    @classmethod
    def of(cls, programs: tuple[str, ...], fees: tuple[str, ...], rates: bool = False) -> Columns:
        """The columns for these programs and fees: ``us-301-china`` is ``us_301_china``, ``MPF`` is ``mpf``."""
        return cls({one: column_name(one) for one in programs}, {one: one.lower() for one in fees}, rates)

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


def wide(frame: pl.DataFrame, pricing: Pricing, columns: Columns, rows: int) -> Iterator[pl.DataFrame]:
    """The frame with a column for each program (dollars, missing where the line was refused), in slices of so many rows."""
    kept = frame.drop(MARK) if MARK in frame.columns else frame
    for start in range(0, frame.height, rows):
        part = slice(start, min(start + rows, frame.height))
        yield kept[part].with_columns(_added(pricing, pricing.priced.part(part), part, columns))


def _added(pricing: Pricing, priced: Priced, part: slice, columns: Columns) -> list[pl.Series]:
    valid = priced.error == 0
    money = _Money(None if valid.all() else valid, priced.count)
    added: dict[str, pl.Series] = {BASE_DUTY: money(priced.base)}
    duty = priced.base.copy()
    for program, name in columns.programs.items():
        amounts = priced.duties.get(program)
        added[name] = money.zero() if amounts is None else money(amounts)
        if amounts is not None:
            duty += amounts
        if columns.rates:
            added[f"{name}_rate"] = _rates(priced.rates.get(program), valid)
    fees = np.zeros(priced.count, dtype=np.int64)
    for code, name in columns.fees.items():
        added[name] = money(priced.fees[code])
        fees += priced.fees[code]
    totals = (duty, duty - priced.voided, priced.voided, fees, duty + fees)
    added |= {name: money(amounts) for name, amounts in zip(TOTALS, totals, strict=True)}
    added[EFFECTIVE_RATE] = _effective(pricing, duty, valid, part)
    added[WARNED] = _warnings(priced.warnings)
    added[REFUSED] = error_words().gather(priced.error)
    return [series.alias(name) for name, series in added.items()]


class _Money:
    """Columns of cents as decimals of two places."""

    def __init__(self, valid: Bools | None, count: int) -> None:
        self._count = count
        self._zero: pl.Series | None = None
        self._nulls = None if valid is None else pa.py_buffer(np.packbits(valid, bitorder="little"))

    def __call__(self, cents: Ints) -> pl.Series:
        return self._decimals(cents, 18, 2)

    def zero(self) -> pl.Series:
        """A column of nothing."""
        if self._zero is None:
            self._zero = self(np.zeros(self._count, dtype=np.int64))
        return self._zero

    def _decimals(self, whole: Ints, digits: int, places: int) -> pl.Series:
        return decimals(whole, digits, places, self._nulls)


def decimals(whole: Ints, digits: int, places: int, nulls: pa.Buffer | None = None) -> pl.Series:
    """Whole multiples of ``10**-places`` as decimals, without a copy on the way into the frame."""
    wide_ints = np.empty((len(whole), 2), dtype=np.int64)
    wide_ints[:, 0] = whole
    np.right_shift(whole, 63, out=wide_ints[:, 1])
    kind = pa.decimal128(digits, places)
    array = pa.Array.from_buffers(kind, len(whole), [nulls, pa.py_buffer(wide_ints)])
    found = pl.from_arrow(array)
    assert isinstance(found, pl.Series)
    return found


def _rates(rates: Ints | None, valid: Bools) -> pl.Series:
    """Rates as fractions; missing where the program charges nothing, or not at a share of the value."""
    if rates is None:
        return pl.Series([None] * len(valid), dtype=RATE)
    given = valid & (rates != 0) & (rates != NO_RATE_SAID)
    return decimals(np.where(given, rates, 0), 9, 6, pa.py_buffer(np.packbits(given, bitorder="little")))


def _effective(pricing: Pricing, duty: Ints, valid: Bools, part: slice) -> pl.Series:
    """Assessed duty as a share of the value, to four places, half-up; missing at value 0."""
    value, values = pricing.lines.value, pricing.lines.value.values[part]
    whole = np.where(values > 0, values, 1)
    small = duty < _MOST_DUTY
    shares = (20_000 * np.where(small, duty, 0) + whole) // (2 * whole)
    given = valid & (values > 0)
    beside = {row - part.start for row in value.beside if part.start <= row < part.stop}
    for row in {*beside, *np.flatnonzero(~small & valid).tolist()}:
        number = value.at(row + part.start)
        if number and valid[row]:
            share = int((int(duty[row]) * 10_000 + 50 * number) // (100 * number))
            given[row] = share < _MOST_SHARE
            shares[row] = share if given[row] else 0
    return decimals(shares, 18, 4, pa.py_buffer(np.packbits(given, bitorder="little")))


class _Warned:
    """The warning codes of lines, joined by semicolons: each set of bits is put into words once."""

    def __init__(self) -> None:
        self._number = np.full(1 << len(WARNINGS), -1, dtype=np.int32)
        self._words: list[str | None] = []
        self._series = pl.Series([], dtype=pl.Categorical())

    def __call__(self, bits: Ints) -> pl.Series:
        numbers = self._number.take(bits)
        if numbers.size and numbers.min() < 0:
            for one in np.unique(bits[numbers < 0]).tolist():
                self._number[one] = len(self._words)
                self._words.append(warnings_of(one) or None)
            self._series = pl.Series(self._words, dtype=pl.Categorical())
            numbers = self._number.take(bits)
        return self._series.gather(numbers)


_warnings = _Warned()


def error_words() -> pl.Series:
    """The error codes by their numbers; none for 0."""
    return pl.Series([None, *ERRORS[1:]], dtype=ERROR_CODES)
