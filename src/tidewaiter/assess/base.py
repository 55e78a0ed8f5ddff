"""The base duty: column 1 general (or column 2), on the value that chapter 98 leaves of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from tidewaiter.assess.amounts import ZERO, Charge, charge
from tidewaiter.assess.basis import BasisTable
from tidewaiter.assess.errors import LineError
from tidewaiter.assess.facts import LineFacts
from tidewaiter.assess.line import Line
from tidewaiter.assess.product import Product
from tidewaiter.assess.special import pays_column_2
from tidewaiter.ledger.model import BASE, NOTHING
from tidewaiter.ledger.regime import Regime
from tidewaiter.schedule.expressions import DEGREES, DutyInNoteError, Expression, UnparsedDutyError, parse
from tidewaiter.schedule.units import MissingQuantityError, UnknownUnitError, canonical_unit


@dataclass(frozen=True, slots=True)
class BaseDuty:
    """The base duty charged and the column it stands in; what column 1 general (or column 2) gives, for the caps.

    ``general`` is the error where that cannot be computed and the claimed rate can (a quantity that only it needs).
    """

    column: str
    charged: Charge
    general: Charge | LineError


def is_duty_fact(name: str) -> bool:
    """Whether a named fact is an amount that a base duty asks for by its own words (``value of the battery``)."""
    return name == DEGREES or name.startswith("value of the ")


def line_quantities(line: Line, product: Product) -> dict[str, Decimal]:
    """Quantities by canonical unit; those given without a unit take the tariff's own units, in order.

    Raises ``LineError`` ``unknown_unit``.
    """
    # The value of a part, or a sugar's degrees, is asked under the name that the duty itself uses.
    found = {name: number for name, number in line.numbers.items() if is_duty_fact(name)}
    if "items" in line.numbers:
        found["item"] = line.numbers["items"]
    try:
        for written, quantity in line.quantities.items():
            unit = canonical_unit(written)
            if found.setdefault(unit, quantity) != quantity:
                raise LineError("bad_field", f"two quantities in {unit}: {found[unit]} and {quantity}")
        # A few lines print their two units in one cell ("No. and kg").
        units = [unit for cell in product.line.units for unit in cell.split(" and ")]
        for unit, quantity in zip(units, line.unnamed_quantities, strict=False):
            found.setdefault(canonical_unit(unit), quantity)
    except UnknownUnitError as error:
        raise LineError(error.code, error.message, error.hint) from error
    return found


def base_duty(
    product: Product,
    facts: LineFacts,
    quantities: Mapping[str, Decimal],
    basis: BasisTable,
    regime: Regime,
    line: Line,
    special: Expression | None,
) -> BaseDuty:
    """The base duty under column 1 general (or column 2), or at the rate that a claimed program gives (``special``).

    Raises ``LineError``: ``missing_quantity`` names the unit; ``base_not_computable`` quotes the duty's own words.
    """
    column = "column2" if pays_column_2(regime, line) else "general"
    text = product.line.column2 if column == "column2" else product.line.general
    seen = basis.on(facts)(BASE)
    if special is None:
        found = _charged(product, text, seen, quantities)
        return BaseDuty(column, found, found)
    claimed = _charged(product, str(special), seen, quantities)
    try:
        return BaseDuty("special", claimed, _charged(product, text, seen, quantities))
    except LineError as error:
        return BaseDuty("special", claimed, error)


def charge_base(expression: Expression, seen: tuple[Decimal, str], quantities: Mapping[str, Decimal]) -> Charge:
    """The base duty on what it sees of the value (an amount and its name).

    Where it falls on nothing, nothing is charged by quantity either, and no quantity is needed. Raises the expression's own
    errors.
    """
    value, name = seen
    if name in NOTHING:
        return Charge(expression, ZERO, {}, ZERO)
    return charge(expression, value, quantities)


def _charged(product: Product, text: str, seen: tuple[Decimal, str], quantities: Mapping[str, Decimal]) -> Charge:
    try:
        return charge_base(parse(text), seen, quantities)
    except MissingQuantityError as error:
        raise LineError("missing_quantity", f"{product.number} pays {text}: {error.message}", error.hint) from error
    except (UnparsedDutyError, DutyInNoteError) as error:
        raise LineError(
            "base_not_computable",
            f"{product.number} pays {text!r}, which the engine does not compute",
            "work out this duty from the schedule's own note, then add the layers shown for a sister line",
        ) from error
