"""The base duty on columns: the texts of the schedule's columns read once, and charged on many lines at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import gcd

import numpy as np

from tidewaiter.bulk.arrays import Bools, Exact, Ints, alike, where
from tidewaiter.bulk.duties import Duty, ManyQuantities, duty_of
from tidewaiter.bulk.exact import Ratio, half_up, narrow, product, times
from tidewaiter.bulk.rates import MILLION, whole_millionths
from tidewaiter.schedule.duties import AdValorem, Compound, Expression, Free, Specific
from tidewaiter.schedule.expressions import UnparsedDutyError, parse

NOT_AD_VALOREM = -1
UNREAD = -2
NO_UNIT = -1
_WIDE = 2**62
AMOUNT = 10**8
"""Amounts of plain specific duties are whole multiples of a hundred-millionth of a dollar."""


class Texts:
    """Duty expressions by number: those that are a plain share of the value by their parts per million."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self.expressions: list[Expression | None] = []
        self.unit_names: list[str] = []
        self._millionths: list[int] = []
        self._units: list[int] = []
        self._amounts: list[int] = []
        self._shares: list[int] = []
        self._in_note: list[int] = []
        self._columns: dict[str, Ints] = {}

    def number(self, text: str) -> int:
        """The number of a column's text."""
        found = self._numbers.get(text)
        if found is None:
            found = self._numbers[text] = len(self.expressions)
            try:
                self._keep(parse(text))
            except UnparsedDutyError:
                self._keep(None)
        return found

    def _keep(self, expression: Expression | None) -> None:
        self.expressions.append(expression)
        self._millionths.append(UNREAD if expression is None else _millionths(expression))
        unit, amount, share = NO_UNIT, 0, 0
        plain = _by_unit(expression)
        if plain is not None:
            name, amount, share = plain
            if name not in self.unit_names:
                self.unit_names.append(name)
            unit = self.unit_names.index(name)
        self._units.append(unit)
        self._amounts.append(amount)
        self._shares.append(share)
        self._in_note.append(expression is not None and expression.kind == "see_note")

    @property
    def units(self) -> Ints:
        """By number: the number of the unit of a duty by one unit (and perhaps a share of the value), else ``NO_UNIT``."""
        return self._column("units", self._units)

    @property
    def amounts(self) -> Ints:
        """By number: dollars for each unit of a duty by one unit, over ``AMOUNT``."""
        return self._column("amounts", self._amounts)

    @property
    def shares(self) -> Ints:
        """By number: the parts per million of the value that a duty by one unit takes beside."""
        return self._column("shares", self._shares)

    @property
    def written(self) -> list[str]:
        """The texts by number."""
        return list(self._numbers)

    @property
    def in_note(self) -> Bools:
        """By number: whether the text is read and says that the duty stands elsewhere."""
        return self._column("in_note", self._in_note).astype(np.bool_)

    @property
    def millionths(self) -> Ints:
        """By number: parts per million, ``NOT_AD_VALOREM``, or ``UNREAD``."""
        return self._column("millionths", self._millionths)

    def _column(self, name: str, numbers: list[int]) -> Ints:
        """Numbers as a column, made anew only when there are more."""
        found = self._columns.get(name)
        if found is None or len(found) < len(numbers):
            found = self._columns[name] = np.array(numbers, dtype=np.int64)
        return found


def _millionths(expression: Expression) -> int:
    if isinstance(expression, Free):
        return 0
    if isinstance(expression, AdValorem):
        found = whole_millionths(expression.rate)
        return NOT_AD_VALOREM if found is None else found
    return UNREAD if expression.kind == "see_note" else NOT_AD_VALOREM


def _by_unit(expression: Expression | None) -> tuple[str, int, int] | None:
    """The unit, amount and parts per million of a specific duty, alone or with a share of the value; else ``None``."""
    match expression:
        case Specific(amount, unit):
            share: int | None = 0
        case Compound((AdValorem(rate), Specific(amount, unit)) | (Specific(amount, unit), AdValorem(rate))):
            share = whole_millionths(rate)
        case _:
            return None
    return None if share is None or (amount * AMOUNT) % 1 else (unit, int(amount * AMOUNT), share)


@dataclass(slots=True)
class ManyBaseDuties:
    """Base duties: cents; where the text cannot be computed, where a quantity is missing; and what a cap needs of them.

    ``millionths`` is the rate where it is a share of the value. ``others`` are the rows where it is none, in order, and
    ``exact`` their unrounded duty in dollars over ``denominator``.
    """

    cents: Exact
    basis: Exact
    millionths: Ints
    others: Ints
    exact: Exact
    denominator: Exact
    unread: Bools
    missing: Bools

    def unrounded(self, rows: Ints) -> tuple[Exact, Exact]:
        """Dollars over a denominator on some rows; 0 over 1 on those that are none of the others."""
        exact = np.zeros(len(rows), dtype=self.exact.dtype)
        over = np.ones(len(rows), dtype=self.denominator.dtype)
        if self.others.size:
            place = np.minimum(np.searchsorted(self.others, rows), len(self.others) - 1)
            hit = where(self.others.take(place) == rows)
            exact[hit], over[hit] = self.exact[place[hit]], self.denominator[place[hit]]
        return exact, over

    def replaced(self, rows: Ints, part: ManyBaseDuties) -> ManyBaseDuties:
        """The same with other base duties on some rows (in order); the basis is the same."""
        own = np.ones(len(self.cents), dtype=np.bool_)
        own[rows] = False
        kept = where(own.take(self.others))
        others = np.concatenate([self.others.take(kept), rows.take(part.others)])
        order = np.argsort(others)
        exact = np.concatenate([self.exact.take(kept), part.exact]).take(order)
        denominator = np.concatenate([self.denominator.take(kept), part.denominator]).take(order)
        cents, rates = _put_on(self.cents, rows, part.cents), _put_on(self.millionths, rows, part.millionths)
        unread, missing = _put_on(self.unread, rows, part.unread), _put_on(self.missing, rows, part.missing)
        return ManyBaseDuties(cents, self.basis, rates, others.take(order), exact, denominator, unread, missing)


def _put_on(column: Exact, rows: Ints, part: Exact) -> Exact:
    found = column.astype(np.result_type(column, part))
    found[rows] = part
    return found


def charge_texts(
    texts: Texts,
    numbers: Ints,
    basis: Exact,
    places: int,
    quantities: Callable[[Ints], ManyQuantities],
    nothing: Bools | None = None,
) -> ManyBaseDuties:
    """The duty of one text for each line. ``basis`` is whole multiples of ``10**-places`` dollars.

    ``quantities`` gives those of some of the lines. Where a duty falls on ``nothing`` of the value, nothing is charged by
    quantity either.
    """
    rates = texts.millionths.take(numbers)
    cents = half_up(_scaled(np.maximum(rates, 0), basis), MILLION * 10**places // 100)
    unread, charged = rates == UNREAD, rates == NOT_AD_VALOREM
    if nothing is not None:
        unread &= ~(nothing & (texts.in_note[numbers]))
        charged &= ~nothing
    others = where(charged)
    zeros, ones = np.zeros(len(others), dtype=np.int64), np.ones(len(others), dtype=np.int64)
    missing = np.zeros(len(numbers), dtype=np.bool_)
    found = ManyBaseDuties(cents, basis, rates, others, zeros, ones, unread, missing)
    if others.size:
        _charge_others(found, texts, numbers, places, quantities(others))
    return found


def _scaled(rates: Ints, basis: Exact) -> Exact:
    if basis.dtype == object:
        return rates.astype(object) * basis
    return rates * basis


def _charge_others(found: ManyBaseDuties, texts: Texts, numbers: Ints, places: int, quantities: ManyQuantities) -> None:
    """Specific, compound and other duties, one expression at a time; ``quantities`` are those of the others."""
    numbers = numbers.take(found.others)
    by_unit = texts.units.take(numbers)
    for here in alike(by_unit):
        unit = int(by_unit[here[0]])
        if unit != NO_UNIT:
            quantity = quantities.per_unit(Fraction(1), texts.unit_names[unit], here)
            _charge_by_unit(found, texts, numbers.take(here), here, places, quantity)
    left = where(by_unit == NO_UNIT)
    for among in alike(numbers.take(left)):
        here = left.take(among)
        same = found.others.take(here)
        expression = texts.expressions[int(numbers[here[0]])]
        assert expression is not None
        duty = duty_of(expression, found.basis[same], places, quantities, here)
        _put(found, here, duty.ratio)
        if duty.missing is not None:
            found.missing[same[duty.missing]] = True
        if duty.unread:
            found.unread[same] = True


def _charge_by_unit(
    found: ManyBaseDuties, texts: Texts, numbers: Ints, here: Ints, places: int, quantity: Duty
) -> None:
    """Duties by one unit: an amount of its own for each line times the quantity, and a share of its own of the value.

    ``here`` are the places among the others that are charged, ``numbers`` their texts, ``quantity`` their units.
    """
    amounts = texts.amounts.take(numbers)
    # In lowest terms, so that the numbers stay small.
    common = gcd(int(np.gcd.reduce(amounts)), AMOUNT)
    numerator = product(quantity.ratio.numerator, amounts // common)
    ratio = Ratio(numerator, quantity.ratio.denominator * (AMOUNT // common))
    shares = texts.shares.take(numbers)
    same = found.others.take(here)
    if shares.any():
        ratio = ratio.plus(Ratio(product(shares, found.basis[same]), MILLION * 10**places))
    _put(found, here, ratio)
    if quantity.missing is not None:
        found.missing[same[quantity.missing]] = True


def _put(found: ManyBaseDuties, here: Ints, ratio: Ratio) -> None:
    """Keep the duty of some of the others, in Python ints where it needs them."""
    cents = narrow(ratio.cents())
    found.cents, found.exact = _wide_as(found.cents, cents), _wide_as(found.exact, ratio.numerator)
    if ratio.denominator >= _WIDE:
        found.denominator = found.denominator.astype(object)
    found.cents[found.others.take(here)] = cents
    found.exact[here] = ratio.numerator
    found.denominator[here] = ratio.denominator


def _wide_as(column: Exact, other: Exact) -> Exact:
    return column.astype(object) if other.dtype == object and column.dtype != object else column


def equivalent_room(
    base: ManyBaseDuties, rows: Ints, cap_numerator: int, cap_denominator: int, places: int
) -> tuple[Exact, Exact]:
    """``cap - base`` as a share of the value, never below zero: numerators and denominators.

    The base counts by its ad valorem equivalent, unrounded; nothing where its basis is nothing.
    """
    basis, rates = base.basis.take(rows), base.millionths.take(rows)
    nothing = (basis == 0).astype(np.bool_)
    if (rates >= 0).all():
        share = np.where(nothing, 0, rates)
        room = cap_numerator * MILLION - share * cap_denominator
        return np.maximum(room, 0), np.full(len(rows), cap_denominator * MILLION, dtype=np.int64)
    share_rows = rates >= 0
    exact, unit = base.unrounded(rows)
    exact = np.where(share_rows, rates.astype(object) * basis.astype(object), exact)
    # The duty in dollars over its denominator, the basis in dollars over 10**places.
    unit = np.where(share_rows, MILLION * 10**places, unit).astype(object)
    whole = np.where(nothing, 1, basis.astype(object))
    exact = np.where(nothing, 0, exact)
    room = times(whole * unit, cap_numerator) - times(exact * 10**places, cap_denominator)
    return np.maximum(room, 0), whole * unit * cap_denominator
