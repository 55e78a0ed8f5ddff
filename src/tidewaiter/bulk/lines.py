"""Lines as columns: the fields of the contract read from a frame, each cell as ``assess/line.py`` reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl

from tidewaiter.assess.base import is_duty_fact
from tidewaiter.assess.countries import origin_code
from tidewaiter.assess.errors import LineError
from tidewaiter.assess.line import (
    COUNTRY_FIELDS,
    DATE_FIELDS,
    FACT_FIELDS,
    MONEY_FIELDS,
    NUMBER_FIELDS,
    SHARE_FIELDS,
    WORD_FIELDS,
    read_fact,
    read_moment,
    read_transport,
    read_word,
    words_of,
)
from tidewaiter.bulk.arrays import Bools, Ints, Small, where
from tidewaiter.bulk.codes import error_number
from tidewaiter.bulk.facts import MISSING, Moments, Said, Sayings, Words
from tidewaiter.bulk.interner import Interner
from tidewaiter.bulk.numbers import MONEY_PLACES, OTHER_PLACES, NumberColumn, read_numbers
from tidewaiter.ledger.model import Ledger
from tidewaiter.schedule.units import UnknownUnitError, canonical_unit

MARK = "__refused"
"""A column by which a reader of files marks rows that it could not read, with the code of the refusal."""
_FACT = "fact."
_UNITS = ("unit", "unit_2")


@dataclass(slots=True)
class FactColumn:
    """A named fact: the word on each row, and the number or moment it is, where it has that form."""

    words: Words
    numbers: NumberColumn
    moments: Moments


@dataclass(slots=True)
class Lines:
    """What a frame says, column by column. ``error`` is 0 where the line could be read."""

    count: int
    error: Small
    into: Words
    hts: Ints
    origin: Ints
    value: NumberColumn
    entered: Moments
    transport: Words
    said: Ints
    sayings: Sayings
    words: dict[str, Words] = field(default_factory=dict)
    numbers: dict[str, NumberColumn] = field(default_factory=dict)
    moments: dict[str, Moments] = field(default_factory=dict)
    facts: dict[str, FactColumn] = field(default_factory=dict)
    units: dict[str, Words] = field(default_factory=dict)
    same_unit: Bools = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))

    @property
    def readable(self) -> Bools:
        """Where the line could be read."""
        found: Bools = self.error == 0
        return found

    def refuse(self, rows: Bools | Ints, code: str) -> None:
        """Mark rows with an error, unless an earlier check has already refused them."""
        if rows.dtype == np.bool_:
            rows = np.flatnonzero(rows)
        open_rows = rows[self.error[rows] == 0]
        self.error[open_rows] = error_number(code)

    def refuse_each(self, refused: Mapping[int, str]) -> None:
        """Mark single rows, each with its code."""
        for row, code in refused.items():
            if not self.error[row]:
                self.error[row] = error_number(code)


class Reader:
    """Reads frames into lines, and remembers every different cell it has read."""

    def __init__(self, ledger: Ledger, into: str, number_of: Callable[[str], int], places: Mapping[str, int]) -> None:
        """``into`` is the importing country of lines that name none; bare dates are days of its clock."""
        self._default, self._zone = into, ledger.zones[into]
        self._known = frozenset(ledger.zones)
        self._hts = Interner(lambda cell: number_of(text) if (text := str(cell).strip()) else None)
        self._origins: Interner[Any] = Interner(lambda cell: _country(cell, places))
        self._into = Interner(lambda cell: str(cell).strip().upper() or None)
        self._dates: dict[str, Interner[tuple[int, int] | str]] = {}
        self._transports = Interner(lambda cell: _read(lambda: read_transport(cell), cell))
        self._lists: Interner[frozenset[str]] = Interner(lambda cell: words_of(cell) or None)
        self._words: dict[str, Interner[str | tuple[str]]] = {}
        self._units = Interner(_unit)
        self._facts: dict[str, Interner[Any]] = {}
        self._sayings = Sayings()

    def read(self, frame: pl.DataFrame) -> Lines:
        """The lines of a frame, in order. The order of the checks is that of one line, so the codes are the same."""
        for each in self._interners():
            each.trim()
        frame = _unnested(frame)
        said = _Frame(frame)
        count = frame.height
        lines = Lines(
            count,
            np.zeros(count, dtype=np.int32),
            *(None,) * 8,  # type: ignore[arg-type]
        )
        self._marks(frame, lines)
        doubled = said.move_facts()
        lines.refuse(doubled, "bad_field")
        if "facts" in frame.columns:
            lines.refuse(self._blank(said.column("facts")) == 0, "bad_field")
        lines.into = self._read_into(said, lines)
        lines.value = read_numbers(said.column("value"), "value", MONEY_PLACES)
        lines.hts = self._numbers(said.column("hts"))
        lines.origin = self._origins.numbers(said.column("origin"))
        entered = said.column("entered_at")
        missing = (lines.hts == MISSING) | (lines.origin == MISSING) | ~lines.value.given | self._blank(entered)
        lines.refuse(missing, "missing_field")
        self._read_moments(said, lines)
        self._read_numbers(said, lines)
        self._read_words(said, lines)
        self._read_facts(said, lines)
        lines.entered = self._moments("entered_at", entered, None)
        self._withdrawn(lines)
        lines.refuse(lines.entered.days == _BAD, "bad_date")
        lines.refuse_each(lines.value.refused)
        self._check_money(lines)
        lines.refuse(self._refused(self._origins, lines.origin), "unknown_origin")
        lines.origin = self._codes(self._origins, lines.origin)
        lines.transport = self._word_column(self._transports, said.column("transport"), lines)
        self._read_sayings(said, lines)
        return lines

    def _interners(self) -> Iterator[Interner[Any]]:
        yield from (self._hts, self._origins, self._into, self._transports, self._lists, self._units)
        for several in (self._dates, self._words, self._facts):
            yield from several.values()

    # Parts of a line, in the order of the checks

    def _marks(self, frame: pl.DataFrame, lines: Lines) -> None:
        if MARK in frame.columns:
            for code in frame[MARK].unique().drop_nulls().to_list():
                lines.refuse((frame[MARK] == code).fill_null(False).to_numpy(), code)

    def _read_into(self, said: _Frame, lines: Lines) -> Words:
        codes = self._into.numbers(said.column("into"))
        words = (*self._into.found, self._default)
        codes = np.where(codes == MISSING, len(words) - 1, codes)
        into = Words(codes, words)
        lines.refuse(~into.among(self._known), "not_covered")
        return into

    def _read_moments(self, said: _Frame, lines: Lines) -> None:
        for name in DATE_FIELDS:
            if said.has(name):
                lines.moments[name] = self._moments(name, said.column(name), lines)

    def _read_numbers(self, said: _Frame, lines: Lines) -> None:
        for name in (*MONEY_FIELDS, *NUMBER_FIELDS):
            if said.has(name):
                places = MONEY_PLACES if name in MONEY_FIELDS else OTHER_PLACES
                lines.numbers[name] = read_numbers(said.column(name), name, places)
                lines.refuse_each(lines.numbers[name].refused)
        for name in SHARE_FIELDS:
            if name in lines.numbers:
                lines.refuse(_above(lines.numbers[name], 1), "bad_number")
        for name in _UNITS:
            if said.has(name):
                lines.units[name] = Words(self._units.numbers(said.column(name)), tuple(self._units.found))
        lines.same_unit = np.zeros(lines.count, dtype=np.bool_)
        if len(lines.units) == len(_UNITS):
            one, other = (lines.units[name].codes for name in _UNITS)
            # What is written alike is read alike.
            both = where((one == other) & (one != MISSING))
            if both.size:
                first, second = (_as_text(said.column(name).gather(both)) for name in _UNITS)
                lines.same_unit[both] = (first == second).fill_null(False).to_numpy()

    def _read_words(self, said: _Frame, lines: Lines) -> None:
        countries: list[str] = []
        for name in WORD_FIELDS:
            if not said.has(name):
                continue
            if name in COUNTRY_FIELDS:
                countries.append(name)
            else:
                reader = self._words.setdefault(name, Interner(_word_reader(name)))
                lines.words[name] = self._word_column(reader, said.column(name), lines)
        for name in countries:
            codes = self._origins.numbers(said.column(name))
            lines.refuse(self._refused(self._origins, codes), "unknown_origin")
            lines.words[name] = Words(codes, tuple(self._country_codes()))

    def _read_facts(self, said: _Frame, lines: Lines) -> None:
        for name, column in said.facts().items():
            reader = self._facts.setdefault(name, Interner(_fact_reader(name, self._zone)))
            codes = reader.numbers(column)
            errors = np.array([one if isinstance(one, str) else "" for one in reader.found] + [""])
            for code in set(errors[codes]) - {""}:
                lines.refuse(errors[codes] == code, str(code))
            lines.facts[name] = _fact_column(reader.found, codes)

    def _withdrawn(self, lines: Lines) -> None:
        """A withdrawal from warehouse or zone is the entry."""
        withdrawn = lines.moments.get("withdrawn_at")
        if withdrawn is not None:
            given = withdrawn.given
            if not given.any():
                return
            lines.entered = Moments(
                np.where(given, withdrawn.instants, lines.entered.instants),
                np.where(given, withdrawn.days, lines.entered.days),
                lines.entered.given | given,
            )

    def _check_money(self, lines: Lines) -> None:
        """No content is worth more than the line."""
        value = lines.value
        for name in MONEY_FIELDS:
            money = lines.numbers.get(name)
            if money is None:
                continue
            rows = set(money.beside) | set(value.beside)
            lines.refuse(
                money.given & value.given & (money.values > value.values) & _not_among(rows, lines.count), "bad_number"
            )
            lines.refuse_each({row: "bad_number" for row in rows if money.given[row] and money.at(row) > value.at(row)})

    def _read_sayings(self, said: _Frame, lines: Lines) -> None:
        claims, scope = (self._lists.numbers(said.column(name)) for name in ("claims", "scope"))
        lines.said = np.zeros(lines.count, dtype=np.int64)
        lines.sayings = self._sayings
        saying = np.flatnonzero((claims != MISSING) | (scope != MISSING))
        pairs = claims[saying] * (len(self._lists.found) + 2) + scope[saying]
        _, first, inverse = np.unique(pairs, return_index=True, return_inverse=True)
        numbers = [self._saying(int(claims[row]), int(scope[row])) for row in saying[first]]
        lines.said[saying] = np.array(numbers, dtype=np.int64)[inverse]

    def _saying(self, claims: int, scope: int) -> int:
        words = (frozenset() if one == MISSING else self._lists.found[one] for one in (claims, scope))
        return self._sayings.number(Said(*words))

    # Kinds of columns

    def _moments(self, name: str, column: pl.Series, lines: Lines | None) -> Moments:
        zone = self._zone
        quick = _from_datetimes(column, zone)
        if quick is not None:
            return quick
        reader = self._dates.setdefault(name, Interner(lambda cell: _moment(cell, zone, name)))
        codes = _date_codes(column, reader) if column.dtype == pl.Date else reader.numbers(column)
        found = [(0, _BAD) if isinstance(one, str) else one for one in reader.found]
        moments = _by_code(np.array([*found, (0, MISSING)], dtype=np.int64), codes)
        if lines is not None:
            lines.refuse(moments.days == _BAD, "bad_date")
        return moments

    def _word_column(self, reader: Interner[Any], column: pl.Series, lines: Lines) -> Words:
        codes = reader.numbers(column)
        lines.refuse(self._refused(reader, codes), "bad_field")
        return Words(codes, tuple(one if isinstance(one, str) else "" for one in reader.found))

    def _refused(self, reader: Interner[Any], codes: Ints) -> Bools:
        """Where a cell was read as a refusal (kept as a tuple with the code)."""
        refused = np.array([isinstance(one, tuple) for one in reader.found] + [False], dtype=np.bool_)
        return np.asarray(refused[codes], dtype=np.bool_)

    def _codes(self, reader: Interner[Any], codes: Ints) -> Ints:
        places = np.array([0 if isinstance(one, tuple) else one for one in reader.found] + [0], dtype=np.int64)
        return np.asarray(places[codes], dtype=np.int64)

    def _numbers(self, column: pl.Series) -> Ints:
        """The places of tariff numbers among the products."""
        codes = self._hts.numbers(column)
        places: Ints = np.array([*self._hts.found, MISSING], dtype=np.int64)
        return places.take(codes)

    def _blank(self, column: pl.Series) -> Bools:
        if column.dtype == pl.String:
            column = column.str.strip_chars()
            return (column.is_null() | (column == "")).to_numpy()
        return column.is_null().to_numpy()

    def _country_codes(self) -> list[str]:
        from tidewaiter.assess.countries import country_codes

        codes = list(country_codes())
        return ["" if isinstance(one, tuple) else codes[one] for one in self._origins.found]


_LONG_SPAN = 100_000
_BAD = -9
"""The day of a moment that is no date."""


class _Frame:
    """A frame asked for columns it may not have; facts that are fields of the contract stand with the fields."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self._frame = frame

    def has(self, name: str) -> bool:
        return name in self._frame.columns

    def column(self, name: str) -> pl.Series:
        if name in self._frame.columns:
            return self._frame[name]
        return pl.Series(name, [], dtype=pl.String).extend_constant(None, self._frame.height)

    def facts(self) -> dict[str, pl.Series]:
        """The columns of named facts, without the names that are fields."""
        names = (name for name in self._frame.columns if name.startswith(_FACT))
        return {name[len(_FACT) :]: self._frame[name] for name in names}

    def move_facts(self) -> Bools:
        """Move facts that are fields to their fields; returns where a name is given twice."""
        doubled = np.zeros(self._frame.height, dtype=np.bool_)
        for name in [*self._frame.columns]:
            bare = name.removeprefix(_FACT)
            if name == bare or bare not in FACT_FIELDS:
                continue
            fact = _as_text(self._frame[name])
            own = _as_text(self.column(bare)) if self.has(bare) else None
            self._frame = self._frame.drop(name)
            if own is None:
                self._frame = self._frame.with_columns(fact.alias(bare))
                continue
            doubled |= (fact.is_not_null() & own.is_not_null()).to_numpy()
            self._frame = self._frame.with_columns(own.fill_null(fact).alias(bare))
        return doubled


def _as_text(column: pl.Series) -> pl.Series:
    """A column as the text of its cells, blank ones missing."""
    if isinstance(column.dtype, pl.Categorical | pl.Enum):
        column = column.cast(pl.String)
    if column.dtype != pl.String:
        column = pl.Series(
            column.name, [None if cell is None else str(cell) for cell in column.to_list()], dtype=pl.String
        )
    column = column.str.strip_chars()
    return column.set(column == "", None)


def _unnested(frame: pl.DataFrame) -> pl.DataFrame:
    """A ``facts`` struct as one column for each fact."""
    if "facts" not in frame.columns or not isinstance(frame.schema["facts"], pl.Struct):
        return frame
    facts = frame["facts"].struct.unnest()
    facts = facts.rename({name: f"{_FACT}{name}" for name in facts.columns})
    # Where a fact stands in the struct and in a column of its own, the column counts, unless it is blank.
    both = [name for name in facts.columns if name in frame.columns]
    facts = facts.with_columns(_as_text(frame[name]).fill_null(_as_text(facts[name])).alias(name) for name in both)
    return frame.drop("facts").with_columns(*facts.get_columns())


def _read(read: Callable[[], Any], cell: Any) -> Any:
    """What a cell is read as; ``None`` if blank, a tuple with the code if refused."""
    if not str(cell).strip():
        return None
    try:
        return read()
    except LineError as error:
        return (error.code,)


def _country(cell: Any, places: Mapping[str, int]) -> int | tuple[str] | None:
    found = _read(lambda: places[origin_code(str(cell).strip())], cell)
    return found if found is None or isinstance(found, tuple) else int(found)


def _word_reader(name: str) -> Callable[[Any], str | tuple[str] | None]:
    return lambda cell: _read(lambda: read_word(name, str(cell)), cell)


def _unit(cell: Any) -> str | None:
    """The canonical name of a unit; empty where it is none."""
    text = str(cell).strip()
    if not text:
        return None
    try:
        return canonical_unit(text)
    except UnknownUnitError:
        return ""


def _moment(cell: Any, zone: str, name: str) -> tuple[int, int] | str | None:
    """Instant and day (``MISSING`` for an instant); the error's code; ``None`` if blank."""
    text = str(cell)
    if not text.strip():
        return None
    try:
        moment = read_moment(text, zone, name)
    except LineError as error:
        return error.code
    return moment.instant, moment.day.toordinal() if moment.day else MISSING


def _by_code(table: Ints, codes: Ints) -> Moments:
    """Moments by their numbers in a table of instants and days, whose last row stands for none."""
    given = codes != MISSING
    instants, days = np.ascontiguousarray(table[:, 0]), np.ascontiguousarray(table[:, 1])
    rows = np.flatnonzero(given)
    if 2 * len(rows) > len(codes):
        codes = np.where(given, codes, len(table) - 1)
        return Moments(instants.take(codes), days.take(codes), given, codes, instants)
    all_instants = np.zeros(len(codes), dtype=np.int64)
    all_days = np.full(len(codes), MISSING, dtype=np.int64)
    all_instants[rows], all_days[rows] = instants[codes[rows]], days[codes[rows]]
    return Moments(all_instants, all_days, given)


def _date_codes(column: pl.Series, reader: Interner[tuple[int, int] | str]) -> Ints:
    """The numbers of dates, looked up once for each day between the first and the last."""
    days = column.to_physical()
    first, last = days.min(), days.max()
    if not isinstance(first, int) or not isinstance(last, int) or last - first > _LONG_SPAN:
        return reader.numbers(column)
    codes = (days - first).fill_null(last - first + 1).to_numpy()
    met = where(np.bincount(codes, minlength=last - first + 2)[:-1])
    table = np.full(last - first + 2, MISSING, dtype=np.int64)
    table[met] = reader.numbers(pl.Series(met + first, dtype=pl.Int32).cast(pl.Date))
    return table.take(codes)


def _from_datetimes(column: pl.Series, zone: str) -> Moments | None:
    """A column of timestamps at once; ``None`` for any other column, or where the clock was changed."""
    if not isinstance(column.dtype, pl.Datetime):
        return None
    if column.dtype.time_zone is None:
        local = column.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
        if local.null_count() != column.null_count():
            return None
        column = local
    years = column.dt.year()
    if len(column) and not years.drop_nulls().is_between(1901, 2198).all():
        return None
    given = column.is_not_null().to_numpy()
    instants = column.dt.epoch("s").fill_null(0).to_numpy().astype(np.int64)
    return Moments(instants, np.full(len(column), MISSING, dtype=np.int64), given)


def _fact_reader(name: str, zone: str) -> Callable[[Any], Any]:
    return lambda cell: _fact(name, cell, zone)


def _fact(name: str, cell: Any, zone: str) -> tuple[str, Decimal | None, tuple[int, int] | None] | str | None:
    if isinstance(cell, str) and not cell.strip():
        return None
    try:
        word, number, moment = read_fact(name, cell, zone)
    except LineError as error:
        return error.code
    at = None if moment is None else (moment.instant, moment.day.toordinal() if moment.day else MISSING)
    return word, number, at


def _fact_column(found: list[Any], codes: Ints) -> FactColumn:
    read = [one if isinstance(one, tuple) else ("", None, None) for one in found]
    words = Words(codes, tuple(one[0] for one in read))
    decimals = pl.Series("fact", [None if one[1] is None else str(one[1]) for one in read] + [None], dtype=pl.String)
    each = read_numbers(decimals, "fact", OTHER_PLACES)
    beside = {row: each.beside[code] for row, code in enumerate(codes.tolist()) if code in each.beside}
    numbers = NumberColumn(each.values[codes], OTHER_PLACES, each.given[codes], beside)
    moments = np.array([one[2] or (0, MISSING) for one in read] + [(0, MISSING)], dtype=np.int64)
    held = np.array([one[2] is not None for one in read] + [False], dtype=np.bool_)
    return FactColumn(words, numbers, Moments(moments[codes, 0], moments[codes, 1], held[codes]))


def _above(numbers: NumberColumn, bound: int) -> Bools:
    above: Bools = numbers.given & (numbers.values > bound * 10**numbers.places)
    for row, number in numbers.beside.items():
        above[row] = number > bound
    return above


def _not_among(rows: set[int], count: int) -> Bools:
    found = np.ones(count, dtype=np.bool_)
    found[list(rows)] = False
    return found


__all__ = ["MARK", "FactColumn", "Lines", "Reader", "datetime", "is_duty_fact"]
