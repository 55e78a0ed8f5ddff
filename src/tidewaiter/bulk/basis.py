"""Which value a program sees, on columns: what chapter 98 and the parcel rules leave of it (``assess/basis.py``)."""

from __future__ import annotations

import numpy as np

from tidewaiter.assess.basis import names_program
from tidewaiter.bulk.arrays import Bools, Exact, Ints
from tidewaiter.bulk.exact import select
from tidewaiter.bulk.facts import Judge, ManyFacts, Numbers
from tidewaiter.bulk.laws import Laws
from tidewaiter.ledger.conditions import Condition, OnList, Prefix
from tidewaiter.ledger.edges import leaves
from tidewaiter.ledger.model import BasisRule

VALUE, NONE, REPLACED, CH98, LESS_CH98 = range(5)
BASIS_NAMES = ("value", "none", "replaced", "ch98_value", "value_less_ch98")
NO, YES = 0, 1
FIRST_REST = 2
"""From this code on a rule hangs on facts: the number of what is left to judge, more by this."""


class OpenRules:
    """What an origin class and an interval leave open of each basis rule, found once."""

    def __init__(self, laws: Laws) -> None:
        self._laws = laws
        self.rules = laws.regime.ledger.bases
        shape = (len(self.rules), len(laws.products), len(laws.origins), len(laws.starts))
        self._by_product = [hangs_on_product(rule.when) for rule in self.rules]
        self._number = [dict[int, int]() for _ in self.rules]
        self._shape = shape
        self.rests: list[Condition] = []
        self._rest_number: dict[Condition, int] = {}

    def holding(self, product_class: Ints, origin_class: Ints, interval: Ints, judge: Judge) -> list[Bools]:
        """Where each rule holds."""
        return [self._holding(place, product_class, origin_class, interval, judge) for place in range(len(self.rules))]

    def _holding(self, place: int, product_class: Ints, origin_class: Ints, interval: Ints, judge: Judge) -> Bools:
        codes = self.codes(place, product_class, origin_class, interval)
        held: Bools = codes == YES
        for code in np.unique(codes[codes >= FIRST_REST]):
            held |= (codes == code) & judge(self.rests[code - FIRST_REST])
        return held

    def codes(self, place: int, product_class: Ints, origin_class: Ints, interval: Ints) -> Ints:
        """What is left of a rule on each row: ``NO``, ``YES``, or from ``FIRST_REST`` on a condition on facts."""
        _, _, origins, intervals = self._shape
        product = product_class if self._by_product[place] else np.zeros_like(product_class)
        different, inverse = np.unique((product * origins + origin_class) * intervals + interval, return_inverse=True)
        return np.array([self._code(place, int(key)) for key in different], dtype=np.int64)[inverse]

    def _code(self, place: int, key: int) -> int:
        known = self._number[place]
        found = known.get(key)
        if found is None:
            _, _, origins, intervals = self._shape
            rest, interval = divmod(key, intervals)
            product, origin = divmod(rest, origins)
            found = known[key] = self._settle(self.rules[place], product, origin, interval)
        return found

    def _settle(self, rule: BasisRule, product: int, origin: int, interval: int) -> int:
        laws, start = self._laws, self._laws.starts[interval]
        if not laws.regime.in_force(rule.version, start):
            return NO
        rest = laws.regime.settle(
            rule.when, laws.products.representatives[product], laws.origins.representatives[origin], start
        )
        if isinstance(rest, bool):
            return YES if rest else NO
        number = self._rest_number.get(rest)
        if number is None:
            number = self._rest_number[rest] = len(self.rests) + FIRST_REST
            self.rests.append(rest)
        return number


class ManyBases:
    """The rules that hold on lines, asked program by program: the first rule that holds and names the program wins."""

    def __init__(self, rules: OpenRules, held: list[Bools], facts: ManyFacts) -> None:
        self._rules = rules.rules
        self._held = held
        self._facts = facts
        self._known: dict[tuple[int, ...], tuple[Exact, Ints, Bools]] = {}

    def __call__(self, program: str) -> tuple[Exact, Ints, Bools]:
        """The basis, the number of its name, and where the chapter 98 value that it needs is missing."""
        naming = tuple(
            place for place, rule in enumerate(self._rules) if names_program(rule, program) and self._held[place].any()
        )
        found = self._known.get(naming)
        if found is None:
            found = self._known[naming] = self._find(naming)
        return found

    def _find(self, naming: tuple[int, ...]) -> tuple[Exact, Ints, Bools]:
        value = self._facts.value
        name = np.full(len(value), -1, dtype=np.int64)
        for place in naming:
            code = BASIS_NAMES.index(self._rules[place].basis)
            name = np.where((name < 0) & self._held[place], code, name)
        name = np.where(name < 0, VALUE, name)
        stated = self._facts.numbers.get("ch98_value")
        if stated is None:
            stated = Numbers(np.zeros_like(value), self._facts.places, np.zeros(len(value), dtype=np.bool_))
        amount = stated.values
        basis = select((name == NONE) | (name == REPLACED), np.zeros_like(value), value)
        basis = select(name == CH98, amount, basis)
        basis = select(name == LESS_CH98, value - amount, basis)
        return basis, name, (name >= CH98) & ~stated.given


def hangs_on_product(condition: Condition) -> bool:
    """Whether anything in a condition looks at the product."""
    return any(isinstance(leaf, OnList | Prefix) for leaf in leaves(condition))
