"""Units of quantity: one closed list, kept as data in ``law/schedule/units.csv``.

Conversions are made only inside a group (mass, count, pairs, length, area, volume) and only where they are exact by
definition. A content unit ("kg lead content") never converts from the weight of the article.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

UNITS_FILE = Path(__file__).parent.parent / "law" / "schedule" / "units.csv"


class UnknownUnitError(ValueError):
    """A unit that is not on the closed list."""

    code = "unknown_unit"

    def __init__(self, text: str) -> None:
        super().__init__(f"unknown unit {text!r}")
        self.text = text
        self.message = str(self)
        self.hint = "write it as the schedule does: kg, No., doz., pr., m2, m3, liter, t, g, pf.liter, bbl ..."


class MissingQuantityError(Exception):
    """A duty needs a quantity (or the value of a part) that was not given. ``unit`` names it."""

    code = "missing_quantity"

    def __init__(self, unit: str) -> None:
        super().__init__(f"the duty needs the {unit if unit.startswith('value ') else f'quantity in {unit}'}")
        self.unit = unit
        self.message = str(self)
        self.hint = _how_to_give(unit)


def _how_to_give(unit: str) -> str:
    """Where the missing amount goes: a quantity in a unit of the tariff, or a fact under the duty's own words."""
    if unit not in units():
        return f'give it as a fact: --set "{unit}=..." (a column "fact.{unit}" in a file)'
    return f"give quantity and unit: --quantity ... --unit {unit} (the fields quantity and unit in a file)"


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit: its name, how a rate per unit is written, and its place in a group of exact multiples."""

    name: str
    after_amount: str
    group: str
    factor: Decimal | None
    spellings: tuple[str, ...]


@cache
def units() -> dict[str, Unit]:
    """The closed list by name, in the order of the file."""
    import csv

    with UNITS_FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["unit"]: _unit(row) for row in rows}


def _unit(row: dict[str, str]) -> Unit:
    factor = Decimal(row["factor"]) if row["factor"] else None
    spellings = tuple(row["spellings"].split("|")) if row["spellings"] else ()
    after = row["after_amount"]
    return Unit(row["unit"], after if after.startswith("/") else f" {after.strip()}", row["group"], factor, spellings)


@cache
def _by_spelling() -> dict[str, str]:
    found: dict[str, str] = {}
    for unit in units().values():
        for spelling in (unit.name, unit.after_amount.removeprefix("/").strip(), *unit.spellings):
            if found.setdefault(spelling.casefold(), unit.name) != unit.name:
                raise ValueError(f"{spelling!r} spells two units: {found[spelling.casefold()]} and {unit.name}")
    return found


def canonical_unit(text: str) -> str:
    """The name on the closed list for any spelling of a unit. Raises ``UnknownUnitError``.

    >>> canonical_unit("prs."), canonical_unit("KG"), canonical_unit("each"), canonical_unit("Pb kg")
    ('pr.', 'kg', 'No.', 'kg lead content')
    """
    name = _by_spelling().get(" ".join(text.split()).casefold())
    if name is None:
        raise UnknownUnitError(text)
    return name


def per_unit(amount: Decimal, unit: str, quantities: Mapping[str, Decimal]) -> Decimal:
    """``amount`` USD for each ``unit``, times the quantity given in that unit or in an exact multiple of it.

    Raises ``MissingQuantityError`` if neither is among ``quantities`` (keys: any spelling of a unit).

    >>> per_unit(Decimal("0.12"), "doz.", {"No.": Decimal(5)})
    Decimal('0.05')
    """
    given = {canonical_unit(name): quantity for name, quantity in quantities.items() if not name.startswith("value ")}
    if unit in given:
        return amount * given[unit]
    wanted = units()[unit]
    for name, quantity in given.items():
        other = units()[name]
        if wanted.group and other.group == wanted.group and other.factor is not None and wanted.factor is not None:
            return amount * quantity * other.factor / wanted.factor
    raise MissingQuantityError(unit)
