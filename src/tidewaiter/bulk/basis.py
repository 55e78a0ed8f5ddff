"""Which value a program sees, on columns: what chapter 98 and the parcel rules leave of it (``assess/basis.py``)."""

from __future__ import annotations

import numpy as np

from tidewaiter.assess.basis import names_program
from tidewaiter.bulk.arrays import Bools, Exact, Ints, present
from tidewaiter.bulk.exact import select
from tidewaiter.bulk.facts import Judge, ManyFacts, Numbers
from tidewaiter.bulk.laws import Laws
from tidewaiter.ledger.conditions import Condition, OnList, Prefix
from tidewaiter.ledger.edges import leaves, settle_place
from tidewaiter.ledger.model import BasisRule

VALUE, NONE, REPLACED, CH98, LESS_CH98 = range(5)
BASIS_NAMES = ("value", "none", "replaced", "ch98_value", "value_less_ch98")
BY_PRODUCT, NO, YES = -1, 0, 1
FIRST_REST = 2
"""From this code on a rule hangs on facts: the number of what is left to judge, more by this."""
_NOT_SETTLED = -2


class OpenRules:
    """What an origin class, an interval and (rarely) a product class leave open of each basis rule, found once."""

    def __init__(self, laws: Laws) -> None:
        self._laws = laws
        self.rules = laws.regime.ledger.bases
        self.rests: list[Condition] = []
        self._numbers: dict[Condition, int] = {}
        shape = (len(self.rules), len(laws.origins) * len(laws.starts))
        self._codes: Ints = np.full(shape, _NOT_SETTLED, dtype=np.int64)
        self._by_product: dict[tuple[int, int, int], Ints] = {}

    def holding(self, product_class: Ints, origin_class: Ints, interval: Ints, judge: Judge) -> list[Bools]:
        """Where each rule holds."""
        found: list[Bools] = []
        for place in range(len(self.rules)):
            codes = self.codes(place, product_class, origin_class, interval)
            held: Bools = codes == YES
            for code in (one for one in present(codes) if one >= FIRST_REST):
                rows = np.flatnonzero(codes == code)
                held[rows] = judge(self.rests[code - FIRST_REST], rows)
            found.append(held)
        return found

    def codes(self, place: int, product_class: Ints, origin_class: Ints, interval: Ints) -> Ints:
        """What is left of a rule on each row: ``NO``, ``YES``, or from ``FIRST_REST`` on a condition on facts."""
        where = origin_class * len(self._laws.starts) + interval
        codes = self._settled(place, where)
        by_product = np.flatnonzero(codes == BY_PRODUCT)
        for key in np.unique(where[by_product]).tolist():
            rows = by_product[where[by_product] == key]
            codes[rows] = self.product_codes(place, *divmod(key, len(self._laws.starts)))[product_class[rows]]
        return codes

    def _settled(self, place: int, where: Ints) -> Ints:
        known = self._codes[place]
        found: Ints = known[where]
        if found.size and found.min() == _NOT_SETTLED:
            for key in np.unique(where[found == _NOT_SETTLED]).tolist():
                self.code(place, *divmod(key, len(self._laws.starts)))
            found = known[where]
        return found

    def code(self, place: int, origin: int, interval: int) -> int:
        """What is left of a rule for an origin class in an interval; ``BY_PRODUCT`` where that hangs on the product."""
        where = origin * len(self._laws.starts) + interval
        if self._codes[place, where] == _NOT_SETTLED:
            self._codes[place, where] = self._settle(self.rules[place], origin, interval)
        return int(self._codes[place, where])

    def product_codes(self, place: int, origin: int, interval: int) -> Ints:
        """The same for every product class."""
        key = (place, origin, interval)
        found = self._by_product.get(key)
        if found is None or len(found) < len(self._laws.products):
            laws = self._laws
            country, start, when = laws.origins.representatives[origin], laws.starts[interval], self.rules[place].when
            rests = [laws.regime.settle(when, digits, country, start) for digits in laws.products.representatives]
            found = self._by_product[key] = np.array([self._number(rest) for rest in rests], dtype=np.int64)
        return found

    def _settle(self, rule: BasisRule, origin: int, interval: int) -> int:
        laws, start = self._laws, self._laws.starts[interval]
        if rule.into not in ("", laws.into) or not laws.regime.in_force(rule.version, start):
            return NO
        rest = settle_place(
            rule.when, laws.origins.representatives[origin], start, lambda group: laws.regime.members(group, start)
        )
        return BY_PRODUCT if not isinstance(rest, bool) and hangs_on_product(rest) else self._number(rest)

    def _number(self, rest: Condition | bool) -> int:
        if isinstance(rest, bool):
            return YES if rest else NO
        number = self._numbers.get(rest)
        if number is None:
            number = self._numbers[rest] = len(self.rests) + FIRST_REST
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
