"""User fees on columns: computed entry by entry, spread over the lines by value (``assess/fees.py``)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from tidewaiter.assess.line import TRANSPORTS
from tidewaiter.bulk.arrays import Bools, Exact, Ints, Small, alike, begins, of, some, where
from tidewaiter.bulk.basis import FIRST_REST, NO, YES, hangs_on_product
from tidewaiter.bulk.exact import half_up, product, sums, times
from tidewaiter.bulk.facts import Judge, ManyFacts, Moments
from tidewaiter.bulk.laws import Laws
from tidewaiter.bulk.plain import by_means
from tidewaiter.ledger.conditions import Condition
from tidewaiter.ledger.model import Fee

_NOT_YET = -1


@dataclass(frozen=True, slots=True)
class FeeLines:
    """All lines of a frame: their entries (runs of equal numbers), and what fees depend on.

    ``answered`` are the rows that have fees at all; ``plain`` marks lines that state no facts, of which only the means of
    transport (``means``, by number, 0 for none) and the value are left to look at. ``duty`` is the duty assessed in cents, where
    a fee asks for it.
    """

    answered: Ints
    entry: Ints
    entered: Moments
    origin_class: Ints
    product_class: Ints
    interval: Ints
    facts: ManyFacts
    plain: Bools
    means: Ints
    duty: Ints | None = None


@dataclass(slots=True)
class ManyFees:
    """Cents by fee code, the rows where the fixed amount of an informal entry is not known, and those of which something is
    assumed."""

    cents: dict[str, Ints]
    unknown_informal: Bools
    assumed: Bools


class FeeSchedule:
    """The fees of one importing country."""

    def __init__(self, laws: Laws) -> None:
        self._laws = laws
        self._answers: Small = np.zeros((0, 0), dtype=np.int32)
        self._codes: dict[int, Ints] = {}
        self._rests: list[Condition] = []
        self._fees = laws.regime.fees(laws.into)
        self.codes = tuple(dict.fromkeys(fee.code for fee in self._fees))
        self.on_duty = any(fee.on_duty for fee in self._fees)
        self.rate_facts = frozenset(fee.rate_fact for fee in self._fees if fee.rate_fact)

    def charge(self, lines: FeeLines) -> ManyFees:
        """The fees of every line. The rate is that of the entry's earliest entry."""
        count, rows = len(lines.entry), lines.answered
        found = ManyFees(
            {code: np.zeros(count, dtype=np.int64) for code in self.codes},
            *(np.zeros(count, dtype=np.bool_) for _ in range(2)),
        )
        if not rows.size:
            return found
        entry, value = of(lines.entry, rows), of(lines.facts.value, rows)
        new = begins(entry)
        starts = where(new)
        alone = len(starts) == len(rows)
        sizes = np.diff(starts, append=len(rows))
        earliest = of(lines.entered.instants, rows)
        # What conditions on the value see is the value of all lines answered.
        whole = value
        if not alone:
            whole = np.repeat(sums(value, starts), sizes)
            if some(begins(earliest) & ~new):
                earliest = np.repeat(np.minimum.reduceat(earliest, starts), sizes)
        judge = Judge(_of_entry(lines.facts, rows, whole))
        keys = lines.origin_class * len(self._laws.starts) + lines.interval
        first, last = int(earliest.min()), int(earliest.max())
        for fee in self._fees:
            if fee.start <= last and first < fee.until:
                its = where((earliest >= fee.start) & (earliest < fee.until), rows)
                if its.size:
                    its = where(self._applies(fee, lines, its, keys.take(its), judge), its)
                if its.size:
                    self._charge(fee, lines, its, found)
        return found

    def _applies(self, fee: Fee, lines: FeeLines, rows: Ints, keys: Ints, judge: Judge) -> Bools:
        """Where a fee falls on a line; ``keys`` number origin class and interval together."""
        codes = self._left(fee, lines, rows, keys)
        answers = self._plain_answers().reshape(-1).take(codes * (1 + len(TRANSPORTS)) + of(lines.means, rows))
        held: Bools = answers == 1
        hanging = where((codes >= FIRST_REST) & ((answers < 0) | ~of(lines.plain, rows)))
        for places in alike(codes[hanging]):
            its = hanging[places]
            held[its] = judge(self._rests[int(codes[its[0]]) - FIRST_REST], rows[its])
        return held

    def _plain_answers(self) -> Small:
        """By code and means of transport: whether a fee falls on a line that states nothing else; -1 where one must look."""
        if len(self._answers) != len(self._rests) + FIRST_REST:
            settled = [[code] * (1 + len(TRANSPORTS)) for code in (NO, YES)]
            self._answers = np.array([*settled, *map(by_means, self._rests)], dtype=np.int32)
        return self._answers

    def _left(self, fee: Fee, lines: FeeLines, rows: Ints, keys: Ints) -> Ints:
        """What is left of a fee's condition on each row: ``NO``, ``YES``, or from ``FIRST_REST`` on a condition on facts."""
        laws = self._laws
        if hangs_on_product(fee.when):
            keys = keys * len(laws.products) + lines.product_class[rows]
            different, inverse = np.unique(keys, return_inverse=True)
            several = (divmod(int(key), len(laws.products)) for key in different)
            return np.array([self._settle(fee, place, product) for place, product in several], dtype=np.int64)[inverse]
        table = self._codes.get(id(fee))
        if table is None:
            table = self._codes[id(fee)] = np.full(len(laws.origins) * len(laws.starts), _NOT_YET, dtype=np.int64)
        found = table.take(keys)
        if found.min() == _NOT_YET:
            new = np.unique(keys[found == _NOT_YET])
            table[new] = [self._settle(fee, int(key), 0) for key in new]
            found = table.take(keys)
        return found

    def _settle(self, fee: Fee, place: int, product: int) -> int:
        laws = self._laws
        origin, interval = divmod(place, len(laws.starts))
        digits, country = laws.products.representatives[product], laws.origins.representatives[origin]
        rest = laws.regime.settle(fee.when, digits, country, laws.starts[interval])
        if isinstance(rest, bool):
            return YES if rest else NO
        if rest not in self._rests:
            self._rests.append(rest)
        return self._rests.index(rest) + FIRST_REST

    def _charge(self, fee: Fee, lines: FeeLines, rows: Ints, found: ManyFees) -> None:
        value, places = of(lines.facts.value, rows), lines.facts.places
        cents = found.cents[fee.code]
        rate = Fraction(fee.rate)
        if fee.warning:
            found.assumed[rows] = True
        if not fee.per_entry:
            if fee.on_duty:
                assert lines.duty is not None
                value = value + times(of(lines.duty, rows), 10 ** (places - 2))
            amounts = half_up(times(value, 100 * rate.numerator), rate.denominator * 10**places).astype(np.int64)
            _at_stated_rates(fee, lines, rows, value, amounts)
            cents[rows] += amounts
            return
        starts = where(begins(of(lines.entry, rows)))
        sizes = np.diff(starts, append=len(rows))
        whole = value if len(starts) == len(rows) else sums(value, starts)
        amount = half_up(times(whole, 100 * rate.numerator), rate.denominator * 10**places)
        if fee.minimum is not None:
            amount = np.maximum(amount, int(fee.minimum * 100))
        if fee.maximum is not None:
            amount = np.minimum(amount, int(fee.maximum * 100))
        informal = self._informal(fee, lines, rows, starts)
        if informal is not None and fee.informal is not None:
            amount = np.where(informal, int(fee.informal * 100), amount)
        elif informal is not None:
            found.unknown_informal[rows[np.repeat(informal, sizes)]] = True
        cents[rows] += spread(amount, value, starts, sizes)

    def _informal(self, fee: Fee, lines: FeeLines, rows: Ints, starts: Ints) -> Bools | None:
        """The entries all of whose lines are informal; ``None`` where there is none."""
        types = lines.facts.words.get("entry_type")
        if types is None:
            return None
        among = types.among(fee.informal_types, rows)
        return np.logical_and.reduceat(among, starts) if among.any() else None


def _at_stated_rates(fee: Fee, lines: FeeLines, rows: Ints, basis: Exact, amounts: Ints) -> None:
    """Put in the amounts of lines that state their own rate."""
    stated = lines.facts.numbers.get(fee.rate_fact) if fee.rate_fact else None
    if stated is None:
        return
    its = where(of(stated.given, rows))
    if its.size:
        over = 10 ** (lines.facts.places + stated.places)
        exact = times(product(basis[its], stated.values[rows[its]]), 100)
        amounts[its] = half_up(exact, over).astype(np.int64)


def spread(amounts: Exact, values: Exact, starts: Ints, sizes: Ints) -> Ints:
    """Each entry's amount spread over its lines by value, exact to the cent; the largest remainders get the cents left over."""
    alone = sizes == 1
    parts = np.repeat(amounts, sizes)
    if alone.all():
        return parts.astype(np.int64)
    several = np.repeat(~alone, sizes)
    rows = where(several)
    its_sizes, its_amounts = where(~alone, sizes), amounts.take(where(~alone))
    its_starts = np.cumsum(its_sizes) - its_sizes
    value = values.take(rows)
    whole = sums(value, its_starts)
    weights = value + np.repeat(whole == 0, its_sizes)
    whole = whole + (whole == 0) * its_sizes
    exact = product(np.repeat(its_amounts, its_sizes), weights)
    over = np.repeat(whole, its_sizes)
    cents, remainders = exact // over, exact % over
    short = its_amounts - sums(cents, its_starts)
    entry = np.repeat(np.arange(len(its_sizes)), its_sizes)
    # By remainder from the largest, ties in the order of the lines: the first ones of each entry get a cent more.
    rank = np.arange(len(rows)) - np.repeat(its_starts, its_sizes)
    order = _by_remainder(remainders, entry, rank)
    more = np.zeros(len(rows), dtype=np.int64)
    more[order] = rank < np.repeat(short, its_sizes)
    parts[rows] = cents + more
    return parts.astype(np.int64)


def _by_remainder(remainders: Exact, entry: Ints, rank: Ints) -> Ints:
    """The order of lines by entry, then by remainder from the largest, then as they stand (``rank`` in the entry)."""
    most, longest = int(remainders.max()) + 1, int(rank.max()) + 1
    if remainders.dtype != object and (int(entry[-1]) + 1) * most * longest < 2**62:
        # All three in one number: one sort instead of two.
        return np.argsort((entry * most + (most - 1 - remainders)) * longest + rank)
    keys = -remainders
    if keys.dtype == object:
        keys = np.unique(keys, return_inverse=True)[1]
    return np.lexsort((keys, entry))


def _of_entry(facts: ManyFacts, rows: Ints, whole: Exact) -> ManyFacts:
    """The facts with the value of the whole entry as the value of the line."""
    value = whole
    if len(rows) != len(facts):
        value = facts.value.copy()
        value[rows] = whole
    return replace(facts, value=value)
