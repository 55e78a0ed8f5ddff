"""Quantities on columns: by canonical unit, named ones first, then those that take the tariff's own units in order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tidewaiter.assess.base import is_duty_fact
from tidewaiter.bulk.arrays import Bools, Exact, Ints, where
from tidewaiter.bulk.duties import ManyQuantities
from tidewaiter.bulk.exact import times
from tidewaiter.bulk.facts import MISSING
from tidewaiter.bulk.lines import Lines
from tidewaiter.bulk.numbers import NumberColumn
from tidewaiter.schedule.units import UnknownUnitError, canonical_unit

_PAIRS = (("quantity", "unit"), ("quantity_2", "unit_2"))
ITEM = "item"
UNKNOWN = frozenset({""})
"""The canonical name of a unit that is none."""


class UnitCells:
    """The units that the schedule prints for a line, by number: their canonical names, or why they cannot be named."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, ...], int] = {}
        self.units: list[tuple[str, ...]] = []

    def number(self, cells: tuple[str, ...]) -> int:
        """The number of the units of a line."""
        found = self._numbers.get(cells)
        if found is None:
            found = self._numbers[cells] = len(self.units)
            self.units.append(tuple(_canonical(unit) for cell in cells for unit in cell.split(" and ")))
        return found


def _canonical(unit: str) -> str:
    try:
        return canonical_unit(unit)
    except UnknownUnitError:
        return ""


@dataclass(slots=True)
class _Given:
    unit: str
    rank: int
    where: Bools
    column: NumberColumn


def check_quantities(lines: Lines, cells: Ints, unit_cells: UnitCells) -> None:
    """Refuse lines whose units are unknown, or that give two quantities in one unit."""
    for quantity, unit in _PAIRS:
        column, named = lines.numbers.get(quantity), lines.units.get(unit)
        if column is not None and named is not None:
            lines.refuse(column.given & named.among(UNKNOWN), "unknown_unit")
    _check_twice(lines)
    _check_named(lines)
    if all(all(units) for units in unit_cells.units):
        return
    for place, _, held in _unnamed(lines, np.arange(lines.count)):
        unknown = np.array([units[place : place + 1] == ("",) for units in unit_cells.units], dtype=np.bool_)
        if unknown.any():
            lines.refuse(held & unknown[cells], "unknown_unit")


def _check_twice(lines: Lines) -> None:
    one, other = lines.numbers.get("quantity"), lines.numbers.get("quantity_2")
    if one is None or other is None or not {"unit", "unit_2"} <= lines.units.keys():
        return
    codes = lines.units["unit"].codes
    same = (codes == lines.units["unit_2"].codes) & (codes != MISSING) & ~lines.same_unit & one.given & other.given
    for row in where(same).tolist():
        if one.at(row) != other.at(row):
            lines.refuse_each({row: "bad_field"})


def _check_named(lines: Lines) -> None:
    """A quantity under the unit of a fact (items, sugar degrees) must be that of the fact."""
    facts = _fact_quantities(lines, np.arange(lines.count))
    for quantity, unit in _PAIRS:
        column, named = lines.numbers.get(quantity), lines.units.get(unit)
        if column is None or named is None:
            continue
        for one in facts:
            both = one.where & column.given & named.among(frozenset({one.unit}))
            for row in where(both).tolist():
                if column.at(row) != one.column.at(row):
                    lines.refuse_each({row: "bad_field"})


def _unnamed(lines: Lines, rows: Ints) -> list[tuple[int, NumberColumn, Bools]]:
    """The quantities that take the tariff's own units: the place in the list of units, the column, and where (of ``rows``)."""
    found: list[tuple[int, NumberColumn, Bools]] = []
    first = np.zeros(len(rows), dtype=np.bool_)
    for quantity, unit in _PAIRS:
        column = lines.numbers.get(quantity)
        if column is not None:
            named = lines.units.get(unit)
            bare = column.given[rows]
            if named is not None:
                bare = bare & (named.codes[rows] == MISSING)
            found += [(0, column, bare & ~first), (1, column, bare & first)]
            first = first | bare
    return [one for one in found if one[2].any()]


def quantities_of(lines: Lines, rows: Ints, cells: Ints, unit_cells: UnitCells, exactly: bool) -> ManyQuantities:
    """The quantities of some lines, as a person's words and the tariff's units have them.

    ``exactly`` keeps Python ints, for numbers that fit no int64.
    """
    given = _all_given(lines, rows, cells[rows], unit_cells)
    places = max([6, *(one.column.places_of(rows) for one in given)]) if exactly else 6
    values: dict[str, Exact] = {}
    held: dict[str, Bools] = {}
    ranks: dict[str, Ints] = {}
    for one in given:
        if one.unit not in held:
            held[one.unit] = np.zeros(len(rows), dtype=np.bool_)
            values[one.unit] = np.zeros(len(rows), dtype=object if exactly else np.int64)
            ranks[one.unit] = np.zeros(len(rows), dtype=np.int64)
        # Of several quantities in one unit the first counts.
        fresh = where(one.where & ~held[one.unit])
        held[one.unit][fresh] = True
        values[one.unit][fresh] = _numbers(one.column, rows[fresh], places, exactly)
        ranks[one.unit][fresh] = one.rank
    return ManyQuantities(held, values, ranks, places)


def _numbers(column: NumberColumn, rows: Ints, places: int, exactly: bool) -> Exact:
    if exactly:
        return column.exactly(rows, places).values
    return times(column.values[rows], 10 ** (places - column.places))


def _all_given(lines: Lines, rows: Ints, cells: Ints, unit_cells: UnitCells) -> list[_Given]:
    """Every quantity of some lines, the first of a unit before later ones: duty facts, items, named, then unnamed."""
    found = _fact_quantities(lines, rows)
    found += _named(lines, rows, len(found))
    return found + _by_tariff(lines, rows, cells, unit_cells, len(found) + 2)


def _fact_quantities(lines: Lines, rows: Ints) -> list[_Given]:
    """The quantities that facts give: the value of a part, sugar degrees, items."""
    facts = ((name, fact.numbers) for name, fact in lines.facts.items() if is_duty_fact(name))
    found = [_Given(name, rank, numbers.given[rows], numbers) for rank, (name, numbers) in enumerate(facts)]
    items = lines.numbers.get("items")
    return found if items is None else [*found, _Given(ITEM, len(found), items.given[rows], items)]


def _named(lines: Lines, rows: Ints, rank: int) -> list[_Given]:
    found: list[_Given] = []
    # Under one name given twice, the second counts.
    for place, (quantity, unit) in enumerate(_PAIRS):
        column, named = lines.numbers.get(quantity), lines.units.get(unit)
        if column is None or named is None:
            continue
        codes = named.codes[rows]
        where = column.given[rows] & (codes != MISSING)
        if place == 0 and "quantity_2" in lines.numbers:
            where = where & ~(lines.same_unit & lines.numbers["quantity_2"].given)[rows]
        for code in np.unique(codes[where]):
            word = named.words[int(code)]
            if word not in UNKNOWN:
                found.append(_Given(word, rank + place, where & (codes == code), column))
    return found


def _by_tariff(lines: Lines, rows: Ints, cells: Ints, unit_cells: UnitCells, rank: int) -> list[_Given]:
    found: list[_Given] = []
    for place, column, held in _unnamed(lines, rows):
        for number in np.unique(cells[held]):
            units = unit_cells.units[int(number)]
            if len(units) > place and units[place]:
                found.append(_Given(units[place], rank + place, held & (cells == number), column))
    return found
