"""The algebra of duty expressions: each can compute itself and say itself.

Amounts are USD, rates are fractions (0.034 is 3.4%), and nothing is rounded here. One algebra serves the base duties of
chapters 1 to 98 and the rates of chapter 99, where an expression such as ``Added`` says what a heading adds to the duty
of the subheading it rides on.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar

from tidewaiter.schedule.units import MissingQuantityError, per_unit, units

DEGREES = "sugar degrees"
"""The quantity under which the polarimeter reading of a sugar is given (96 for 96 degrees)."""

_UNDERLYING = "The duty provided in the applicable subheading"
_ZERO = Decimal(0)
Quantities = Mapping[str, Decimal]


class DutyInNoteError(Exception):
    """A duty that stands elsewhere (a legal note, another subheading): it cannot be computed from the text alone."""

    code = "duty_in_note"

    def __init__(self, text: str) -> None:
        super().__init__(f"the duty stands elsewhere: {text}")
        self.text = text
        self.message = str(self)
        self.hint = "look the duty up in the note or subheading named, and assess that"


class UndefinedEquivalentError(Exception):
    """A duty that is not zero on a value that is: it has no ad valorem equivalent."""

    code = "undefined_equivalent"

    def __init__(self, text: str) -> None:
        super().__init__(f"{text} has no ad valorem equivalent at value 0")
        self.message = str(self)
        self.hint = "give the value of the line"


class Expression(ABC):
    """A duty expression.

    ``kind`` is one of free, ad_valorem, specific, compound, minimum, maximum, per_part, see_note, and in chapter 99
    no_change and added.
    """

    __slots__ = ()
    kind: ClassVar[str]

    @abstractmethod
    def duty(self, value: Decimal, quantities: Quantities) -> Decimal:
        """The duty in USD, exact and unrounded.

        ``quantities`` maps unit names to quantities, and ``value of the <part>`` to USD. Raises
        ``MissingQuantityError`` naming what is missing, ``DutyInNoteError`` if the duty is not in the expression.
        """

    @abstractmethod
    def say(self) -> str:
        """The expression in the schedule's own notation; ``parse`` reads it back to an equal expression."""

    def units(self) -> tuple[str, ...]:
        """The keys that ``duty`` needs in ``quantities``, in the order of the text."""
        return ()

    def ad_valorem_equivalent(self, value: Decimal, quantities: Quantities) -> Decimal:
        """The duty as a fraction of ``value``. Raises as ``duty`` does, and ``UndefinedEquivalentError`` at value 0."""
        duty = self.duty(value, quantities)
        if duty and not value:
            raise UndefinedEquivalentError(self.say())
        return duty / value if value else _ZERO

    def __str__(self) -> str:
        return self.say()


@dataclass(frozen=True, slots=True)
class Free(Expression):
    """No duty. ``condition`` is what the text adds ("under bond, as prescribed in U.S. note 1 to this subchapter").

    >>> Free().duty(Decimal(100), {}), Free().say()
    (Decimal('0'), 'Free')
    """

    kind: ClassVar[str] = "free"
    condition: str = ""

    def duty(self, value: Decimal, quantities: Quantities) -> Decimal:
        return _ZERO

    def say(self) -> str:
        comma = "" if self.condition.startswith("(") else ","
        return f"Free{comma} {self.condition}" if self.condition else "Free"


@dataclass(frozen=True, slots=True)
class AdValorem(Expression):
    """A share of the value.

    >>> AdValorem(Decimal("0.034")).duty(Decimal(10000), {}), AdValorem(Decimal("0.034")).say()
    (Decimal('340.000'), '3.4%')
    """

    kind: ClassVar[str] = "ad_valorem"
    rate: Decimal

    def duty(self, value: Decimal, quantities: Quantities) -> Decimal:
        return value * self.rate

    def ad_valorem_equivalent(self, value: Decimal, quantities: Quantities) -> Decimal:
        return self.rate

    def say(self) -> str:
        return _percent(self.rate)


@dataclass(frozen=True, slots=True)
class PartRate(Expression):
    """A share of the value of a named part or content: "6% on the case", "25% on the steel content".

    >>> battery = PartRate(Decimal("0.053"), "battery")
    >>> battery.units(), battery.duty(Decimal(20), {"value of the battery": Decimal(2)})
    (('value of the battery',), Decimal('0.106'))
    """

    kind: ClassVar[str] = "per_part"
    rate: Decimal
    part: str

    @property
    def key(self) -> str:
        """The name under which ``quantities`` holds the value of the part, in USD."""
        return f"value of the {self.part}"

    def duty(self, value: Decimal, quantities: Quantities) -> Decimal:
        if self.key not in quantities:
            raise MissingQuantityError(self.key)
        return quantities[self.key] * self.rate

    def units(self) -> tuple[str, ...]:
        return (self.key,)

    def say(self) -> str:
        return f"{_percent(self.rate)} on the {self.part}"


@dataclass(frozen=True, slots=True)
class Specific(Expression):
    """An amount of USD for each unit; ``unit`` is a name on the closed list of ``units.csv``.

    >>> Specific(Decimal("1.13"), "m3").duty(Decimal(0), {"m3": Decimal(10)}), Specific(Decimal("0.145"), "m2").say()
    (Decimal('11.30'), '14.5¢/m2')
    """

    kind: ClassVar[str] = "specific"
    amount: Decimal
    unit: str

    def duty(self, value: Decimal, quantities: Quantities) -> Decimal:
        return per_unit(self.amount, self.unit, quantities)

    def units(self) -> tuple[str, ...]:
        return (self.unit,)

    def say(self) -> str:
        return _money(self.amount) + units()[self.unit].after_amount


@dataclass(frozen=True, slots=True)
class MinimumPrice(Expression):
    """A minimum import price: what the value falls short of an amount for each unit, never below zero.

    >>> MinimumPrice(Specific(Decimal(21), "kg")).duty(Decimal(9000), {"kg": Decimal(500)})
    Decimal('1500')
    """

    kind: ClassVar[str] = "minimum_price"
    price: Specific

    def duty(self, value: Decimal, quantities: Quantities) -> Decimal:
        return max(_ZERO, self.price.duty(value, quantities) - value)

    def units(self) -> tuple[str, ...]:
        return self.price.units()

    def say(self) -> str:
        return f"minimum price {self.price.say()}"


@dataclass(frozen=True, slots=True)
class LessPerDegree(Expression):
    """Raw sugar: an amount for each unit, less a step for each polarimeter degree under 100, fractions in proportion.

    >>> sugar = LessPerDegree(Decimal("0.014606"), Decimal("0.00020668"), "kg")
    >>> sugar.duty(Decimal(0), {"kg": Decimal(1000), "sugar degrees": Decimal(96)})
    Decimal('13.77928000')
    """

    kind: ClassVar[str] = "specific"
    amount: Decimal
    step: Decimal
    unit: str

    def duty(self, value: Decimal, quantities: Quantities) -> Decimal:
        if DEGREES not in quantities:
            raise MissingQuantityError(DEGREES)
        amount = self.amount - self.step * (100 - quantities[DEGREES])
        return per_unit(amount, self.unit, quantities)

    def units(self) -> tuple[str, ...]:
        return (self.unit, DEGREES)

    def say(self) -> str:
        per = units()[self.unit].after_amount
        return (
            f"{_money(self.amount)}{per} less {_money(self.step)}{per} "
            "for each degree under 100 degrees (and fractions of a degree in proportion)"
        )


@dataclass(frozen=True, slots=True)
class Compound(Expression):
    """A sum of simpler expressions: "14.5¢/kg + 4.5%".

    >>> both = Compound((Specific(Decimal("0.145"), "kg"), AdValorem(Decimal("0.045"))))
    >>> both.duty(Decimal(100), {"kg": Decimal(10)})
    Decimal('5.950')
    """

    parts: tuple[Expression, ...]

    @property
    def kind(self) -> str:  # type: ignore[override]
        """``per_part`` if a part is charged on the value of a component, else ``compound``."""
        return "per_part" if any(part.kind == "per_part" for part in self.parts) else "compound"

    def duty(self, value: Decimal, quantities: Quantities) -> Decimal:
        return sum((part.duty(value, quantities) for part in self.parts), _ZERO)

    def units(self) -> tuple[str, ...]:
        return _all_units(*self.parts)

    def say(self) -> str:
        return " + ".join(part.say() for part in self.parts)


@dataclass(frozen=True, slots=True)
class AtLeast(Expression):
    """An expression "but not less than" another.

    >>> AtLeast(AdValorem(Decimal("0.1")), Specific(Decimal("0.02"), "kg")).duty(Decimal(100), {"kg": Decimal(600)})
    Decimal('12.00')
    """

    kind: ClassVar[str] = "minimum"
    expression: Expression
    floor: Expression

    def duty(self, value: Decimal, quantities: Quantities) -> Decimal:
        return max(self.expression.duty(value, quantities), self.floor.duty(value, quantities))

    def units(self) -> tuple[str, ...]:
        return _all_units(self.expression, self.floor)

    def say(self) -> str:
        return f"{self.expression.say()} but not less than {self.floor.say()}"


@dataclass(frozen=True, slots=True)
class AtMost(Expression):
    """An expression "but not more than" another.

    >>> AtMost(AdValorem(Decimal("0.1")), Specific(Decimal("0.02"), "kg")).duty(Decimal(100), {"kg": Decimal(300)})
    Decimal('6.00')
    """

    kind: ClassVar[str] = "maximum"
    expression: Expression
    ceiling: Expression

    def duty(self, value: Decimal, quantities: Quantities) -> Decimal:
        return min(self.expression.duty(value, quantities), self.ceiling.duty(value, quantities))

    def units(self) -> tuple[str, ...]:
        return _all_units(self.expression, self.ceiling)

    def say(self) -> str:
        return f"{self.expression.say()} but not more than {self.ceiling.say()}"


@dataclass(frozen=True, slots=True)
class SeeNote(Expression):
    """The duty stands in a note or another subheading; ``text`` is what the column prints.

    >>> SeeNote("See additional U.S. note 1").kind
    'see_note'
    """

    kind: ClassVar[str] = "see_note"
    text: str

    def duty(self, value: Decimal, quantities: Quantities) -> Decimal:
        raise DutyInNoteError(self.text)

    def say(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class RateOf(SeeNote):
    """The rate of another article or subheading: "The rate applicable to the natural juice in heading 2009"."""


@dataclass(frozen=True, slots=True)
class NoChange(Expression):
    """Chapter 99: the duty of the applicable subheading, and nothing added. ``duty`` is what is added: 0.

    >>> NoChange().say()
    'The duty provided in the applicable subheading'
    """

    kind: ClassVar[str] = "no_change"

    def duty(self, value: Decimal, quantities: Quantities) -> Decimal:
        return _ZERO

    def say(self) -> str:
        return _UNDERLYING


@dataclass(frozen=True, slots=True)
class Added(Expression):
    """Chapter 99: the duty of the applicable subheading plus ``extra``. ``duty`` is what is added: that of ``extra``.

    ``subheadings`` is empty for "the applicable subheading", else the subheadings the text names.

    >>> Added(AdValorem(Decimal("0.25"))).say()
    'The duty provided in the applicable subheading + 25%'
    """

    kind: ClassVar[str] = "added"
    extra: Expression
    subheadings: str = ""

    def duty(self, value: Decimal, quantities: Quantities) -> Decimal:
        return self.extra.duty(value, quantities)

    def units(self) -> tuple[str, ...]:
        return self.extra.units()

    def say(self) -> str:
        underlying = f"The duty provided in {self.subheadings}" if self.subheadings else _UNDERLYING
        return f"{underlying} + {self.extra.say()}"


def _all_units(*expressions: Expression) -> tuple[str, ...]:
    return tuple(dict.fromkeys(unit for expression in expressions for unit in expression.units()))


def _percent(rate: Decimal) -> str:
    percent = rate * 100
    if len(percent.as_tuple().digits) > 20:  # a repeating fraction, such as 33 1/3 percent
        fraction = Fraction(percent).limit_denominator(64)
        whole, rest = divmod(fraction.numerator, fraction.denominator)
        return f"{whole} {rest}/{fraction.denominator}%" if whole else f"{rest}/{fraction.denominator}%"
    return f"{_plain(percent)}%"


def _money(amount: Decimal) -> str:
    if abs(amount) < 1:
        return f"{_plain(amount * 100)}¢"
    text = _plain(amount)
    return f"${text}0" if "." in text and len(text.partition(".")[2]) == 1 else f"${text}"


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
