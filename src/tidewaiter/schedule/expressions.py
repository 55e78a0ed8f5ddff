"""The duty expressions in one place: ``parse`` and the kinds it returns.

>>> from decimal import Decimal
>>> parse("14.5¢/kg + 4.5%").duty(Decimal(100), {"kg": Decimal(10)})
Decimal('5.950')
"""

from __future__ import annotations

from tidewaiter.schedule.duties import (
    DEGREES,
    Added,
    AdValorem,
    AtLeast,
    AtMost,
    Compound,
    DutyInNoteError,
    Expression,
    Free,
    LessPerDegree,
    MinimumPrice,
    NoChange,
    PartRate,
    RateOf,
    SeeNote,
    Specific,
    UndefinedEquivalentError,
)
from tidewaiter.schedule.parsing import Refused, UnparsedDutyError, parse
from tidewaiter.schedule.units import MissingQuantityError, UnknownUnitError, canonical_unit

__all__ = [
    "DEGREES",
    "AdValorem",
    "Added",
    "AtLeast",
    "AtMost",
    "Compound",
    "DutyInNoteError",
    "Expression",
    "Free",
    "LessPerDegree",
    "MinimumPrice",
    "MissingQuantityError",
    "NoChange",
    "PartRate",
    "RateOf",
    "Refused",
    "SeeNote",
    "Specific",
    "UndefinedEquivalentError",
    "UnknownUnitError",
    "UnparsedDutyError",
    "canonical_unit",
    "parse",
]
