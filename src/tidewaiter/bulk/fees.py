"""User fees on columns: computed entry by entry, spread over the lines by value (``assess/fees.py``)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from tidewaiter.bulk.arrays import Bools, Exact, Ints
from tidewaiter.bulk.basis import FIRST_REST, NO, YES, hangs_on_product
from tidewaiter.bulk.exact import half_up, product, times
from tidewaiter.bulk.facts import Judge, ManyFacts
from tidewaiter.bulk.laws import Laws
from tidewaiter.ledger.conditions import Condition
from tidewaiter.ledger.model import Fee


@dataclass(frozen=True, slots=True)
class FeeLines:
    """The lines answered, in the order of the file: their entries (runs of equal numbers), and what fees depend on."""

    entry: Ints
    instants: Ints
    origin_class: Ints
    product_class: Ints
    facts: ManyFacts


@dataclass(slots=True)
class ManyFees:
    """Cents by fee code, and where the fixed amount of an informal entry is not known."""

    cents: dict[str, Ints]
    unknown_informal: Bools


class FeeSchedule:
    """The fees of one importing country."""

    def __init__(self, laws: Laws) -> None:
        self._laws = laws
        self._codes: dict[tuple[int, int], int] = {}
        self._rests: list[Condition] = []
        self.codes = tuple(dict.fromkeys(fee.code for fee in laws.regime.ledger.fees))

    def charge(self, lines: FeeLines) -> ManyFees:
        """The fees of every line. The rate is that of the entry's earliest entry."""
        count = len(lines.entry)
        found = ManyFees(
            {code: np.zeros(count, dtype=np.int64) for code in self.codes}, np.zeros(count, dtype=np.bool_)
        )
        if not count:
            return found
        starts = np.flatnonzero(np.diff(lines.entry, prepend=lines.entry[0] - 1))
        sizes = np.diff(starts, append=count)
        earliest = np.repeat(np.minimum.reduceat(lines.instants, starts), sizes)
        # What conditions on the value see is the value of all lines answered.
        whole = np.repeat(np.add.reduceat(lines.facts.value, starts), sizes)
        judge = Judge(_of_entry(lines.facts, whole))
        for fee in self._laws.regime.ledger.fees:
            rows = np.flatnonzero((earliest >= fee.start) & (earliest < fee.until))
            if rows.size:
                rows = rows[self._applies(fee, lines, rows, judge)]
            if rows.size:
                self._charge(fee, lines, rows, found)
        return found

    def _applies(self, fee: Fee, lines: FeeLines, rows: Ints, judge: Judge) -> Bools:
        """Where a fee falls on a line."""
        origins = lines.origin_class[rows]
        products = lines.product_class[rows] if hangs_on_product(fee.when) else np.zeros_like(origins)
        intervals = np.searchsorted(self._laws.regime.cuts, lines.instants[rows], side="right")
        keys = (products * len(self._laws.origins) + origins) * len(self._laws.starts) + intervals
        different, inverse = np.unique(keys, return_inverse=True)
        codes = np.array([self._code(fee, key) for key in different.tolist()], dtype=np.int64)[inverse]
        held: Bools = codes == YES
        for code in np.unique(codes[codes >= FIRST_REST]):
            hanging = np.flatnonzero(codes == code)
            held[hanging] = judge(self._rests[code - FIRST_REST], rows[hanging])
        return held

    def _code(self, fee: Fee, key: int) -> int:
        """What is left of a fee's condition: ``NO``, ``YES``, or from ``FIRST_REST`` on a condition on facts."""
        known = self._codes.get((id(fee), key))
        if known is None:
            laws = self._laws
            place, interval = divmod(key, len(laws.starts))
            product_class, origin = divmod(place, len(laws.origins))
            digits, country = laws.products.representatives[product_class], laws.origins.representatives[origin]
            rest = laws.regime.settle(fee.when, digits, country, laws.starts[interval])
            known = (YES if rest else NO) if isinstance(rest, bool) else self._number(rest)
            self._codes[id(fee), key] = known
        return known

    def _number(self, rest: Condition) -> int:
        if rest not in self._rests:
            self._rests.append(rest)
        return self._rests.index(rest) + FIRST_REST

    def _charge(self, fee: Fee, lines: FeeLines, rows: Ints, found: ManyFees) -> None:
        value, places = lines.facts.value[rows], lines.facts.places
        cents = found.cents[fee.code]
        rate = Fraction(fee.rate)
        if not fee.per_entry:
            cents[rows] += half_up(times(value, 100 * rate.numerator), rate.denominator * 10**places).astype(np.int64)
            return
        starts = np.flatnonzero(np.diff(lines.entry[rows], prepend=-1))
        sizes = np.diff(starts, append=len(rows))
        whole = np.add.reduceat(value, starts)
        amount = half_up(times(whole, 100 * rate.numerator), rate.denominator * 10**places)
        if fee.minimum is not None:
            amount = np.maximum(amount, int(fee.minimum * 100))
        if fee.maximum is not None:
            amount = np.minimum(amount, int(fee.maximum * 100))
        informal = self._informal(fee, lines, rows, starts)
        if fee.informal is not None:
            amount = np.where(informal, int(fee.informal * 100), amount)
        else:
            found.unknown_informal[rows[np.repeat(informal, sizes)]] = True
        cents[rows] += spread(amount, value, starts, sizes)

    def _informal(self, fee: Fee, lines: FeeLines, rows: Ints, starts: Ints) -> Bools:
        types = lines.facts.words.get("entry_type")
        if types is None:
            return np.zeros(len(starts), dtype=np.bool_)
        return np.logical_and.reduceat(types.among(fee.informal_types)[rows], starts)


def spread(amounts: Exact, values: Exact, starts: Ints, sizes: Ints) -> Ints:
    """Each entry's amount spread over its lines by value, exact to the cent; the largest remainders get the cents left over."""
    alone = sizes == 1
    parts = np.repeat(amounts, sizes)
    if alone.all():
        return parts.astype(np.int64)
    several = np.repeat(~alone, sizes)
    rows = np.flatnonzero(several)
    its_sizes, its_amounts = sizes[~alone], amounts[~alone]
    its_starts = np.cumsum(its_sizes) - its_sizes
    value = values[rows]
    whole = np.add.reduceat(value, its_starts)
    weights = np.where(np.repeat(whole == 0, its_sizes), 1, value)
    whole = np.where(whole == 0, its_sizes, whole)
    exact = product(np.repeat(its_amounts, its_sizes), weights)
    over = np.repeat(whole, its_sizes)
    cents, remainders = exact // over, exact % over
    short = its_amounts - np.add.reduceat(cents, its_starts)
    entry = np.repeat(np.arange(len(its_sizes)), its_sizes)
    # By remainder from the largest, ties in the order of the lines: the first ones of each entry get a cent more.
    order = np.lexsort((np.arange(len(rows)), _negative(remainders, over), entry))
    rank = np.arange(len(rows)) - np.repeat(its_starts, its_sizes)
    more = np.zeros(len(rows), dtype=np.int64)
    more[order] = rank < np.repeat(short, its_sizes)
    parts[rows] = cents + more
    return parts.astype(np.int64)


def _negative(remainders: Exact, over: Exact) -> Exact:
    """Keys that sort remainders from the largest; within one entry the denominator is the same."""
    keys = -remainders
    if keys.dtype == object:
        _, ranks = np.unique(keys, return_inverse=True)
        return ranks.astype(np.int64)
    return keys


def _of_entry(facts: ManyFacts, whole: Exact) -> ManyFacts:
    return ManyFacts(
        whole, facts.entry_value, facts.places, facts.said, facts.sayings, facts.words, facts.numbers, facts.moments
    )
