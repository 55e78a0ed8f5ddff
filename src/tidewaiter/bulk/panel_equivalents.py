"""Ad valorem equivalents: what duties that go by quantity come to as a share of the value, where the value of a unit is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from hashlib import blake2b
from math import floor
from pathlib import Path

from tidewaiter.assess.errors import FileError
from tidewaiter.bulk.rates import MILLION
from tidewaiter.bulk.small_table import read_table
from tidewaiter.schedule.errors import MalformedNumberError
from tidewaiter.schedule.expressions import (
    DutyInNoteError,
    Expression,
    MissingQuantityError,
    UndefinedEquivalentError,
    UnknownUnitError,
    canonical_unit,
)
from tidewaiter.schedule.numbers import digits

NOT_KNOWN = -1


@dataclass(frozen=True, slots=True)
class UnitValue:
    """What a unit of a product is worth in dollars; ``unit`` is empty where it is that of the duty."""

    value: Decimal
    unit: str = ""


@dataclass(slots=True)
class UnitValues:
    """Unit values by tariff number; those of a shorter number stand for all numbers below it that have none of their own."""

    by_number: Mapping[str, UnitValue]
    _known: dict[tuple[Expression, str], int] = field(default_factory=dict)

    @property
    def mark(self) -> str:
        """A short name for what is told."""
        said = sorted((number, str(one.value), one.unit) for number, one in self.by_number.items())
        return blake2b(repr(said).encode(), digest_size=12).hexdigest()

    def of(self, number: str) -> UnitValue | None:
        """The unit value of a number, or of the longest beginning of it that has one."""
        lengths = range(len(number), 3, -2)
        return next((found for length in lengths if (found := self.by_number.get(number[:length]))), None)

    def equivalent(self, expression: Expression, number: str) -> int:
        """The duty in parts per million of the value, half-up; ``NOT_KNOWN`` where no unit value tells."""
        key = (expression, number)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._find(expression, number)
        return found

    def _find(self, expression: Expression, number: str) -> int:
        worth, needed = self.of(number), expression.units()
        if worth is None:
            return NOT_KNOWN
        unit = worth.unit or (needed[0] if len(needed) == 1 else "")
        try:
            duty = expression.duty(worth.value, {unit: Decimal(1)} if unit else {})
        except (MissingQuantityError, DutyInNoteError, UndefinedEquivalentError):
            return NOT_KNOWN
        return floor(Fraction(duty) / Fraction(worth.value) * MILLION + Fraction(1, 2))


def read_unit_values(path: Path) -> UnitValues:
    """Unit values from a CSV or Parquet file: ``hts`` and ``unit_value`` (or ``value`` and ``quantity``), and perhaps ``unit``.

    Several rows of one number and unit count together. Raises ``FileError``.
    """
    frame = read_table(path)
    columns = set(frame.columns)
    if "hts" not in columns or not ({"unit_value"} <= columns or {"value", "quantity"} <= columns):
        raise FileError(
            "malformed_file",
            f"{path}: no columns of unit values",
            "hts, and unit_value or value and quantity; perhaps unit",
        )
    totals: dict[str, tuple[Decimal, Decimal, str]] = {}
    for place, row in enumerate(frame.iter_rows(named=True), start=2):
        try:
            number, worth, quantity, unit = _row(row)
        except (InvalidOperation, MalformedNumberError, UnknownUnitError) as error:
            raise FileError("malformed_row", f"{path}, row {place}: {error or 'not a number'}") from error
        value, count, known = totals.get(number, (Decimal(0), Decimal(0), unit))
        if known != unit:
            raise FileError("malformed_row", f"{path}, row {place}: {number} in two units, {known} and {unit}")
        totals[number] = (value + worth, count + quantity, unit)
    found = {
        number: UnitValue(value / count, unit) for number, (value, count, unit) in totals.items() if count and value
    }
    return UnitValues(found)


def _row(row: Mapping[str, object]) -> tuple[str, Decimal, Decimal, str]:
    unit = canonical_unit(str(row["unit"])) if row.get("unit") else ""
    if row.get("unit_value") is not None:
        return digits(str(row["hts"])), Decimal(str(row["unit_value"])), Decimal(1), unit
    return digits(str(row["hts"])), Decimal(str(row.get("value"))), Decimal(str(row.get("quantity"))), unit
