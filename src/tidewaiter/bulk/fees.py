"""User fees on columns: computed entry by entry, spread over the lines by value (``assess/fees.py``)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from tidewaiter.assess.line import TRANSPORTS
from tidewaiter.bulk.arrays import Bools, Exact, Ints, Small, add_to, alike, begins, of, some, where
from tidewaiter.bulk.basis import FIRST_REST, NO, YES, hangs_on_product
from tidewaiter.bulk.exact import half_up, product, sums, times
from tidewaiter.bulk.facts import Judge, ManyFacts, Moments
from tidewaiter.bulk.laws import Laws
from tidewaiter.bulk.plain import by_means
from tidewaiter.ledger.conditions import Condition
from tidewaiter.ledger.model import Fee

_NOT_YET = -1
_MEANS = 1 + len(TRANSPORTS)
_NO_MOST = 2**63 - 1
_ASKED, _HANGS = 2, 4
"""Added to whether a fee falls on a line: where a line that states facts must be asked, and where every line must."""


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
    pair: Ints
    product_class: Ints
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


class _Fee:
    """One fee with its amounts over time: rows of the law that differ in nothing but those, and their windows.

    ``codes`` tell what origin class and interval leave of its condition, ``answers``, by these and the means of transport,
    whether it falls on a line that states nothing else.
    """

    def __init__(self, rows: Sequence[Fee], pairs: int) -> None:
        self.rows = sorted(rows, key=lambda row: row.start)
        self.first = self.rows[0]
        self.codes: Small = np.full(pairs, _NOT_YET, dtype=np.int32)
        self.answers: Small = np.full(pairs * _MEANS, _NOT_YET, dtype=np.int32)
        self._starts = _column(row.start for row in self.rows)
        self._untils = _column(row.until for row in self.rows)
        self._least = _column(int((row.minimum or 0) * 100) for row in self.rows)
        self._most = _column(_NO_MOST if row.maximum is None else int(row.maximum * 100) for row in self.rows)
        self._fixed = _column(_NOT_YET if row.informal is None else int(row.informal * 100) for row in self.rows)

    def at(self, instants: Ints) -> Ints:
        """The number of the row that is law at each instant; -1 where none is."""
        first, last = int(instants.min()), int(instants.max())
        for number, row in enumerate(self.rows):
            if row.start <= first and last < row.until:
                return np.full(len(instants), number, dtype=np.int64)
        found = np.searchsorted(self._starts, instants, side="right") - 1
        found[instants >= self._untils.take(found)] = -1
        return found

    def clamped(self, amounts: Exact, numbers: Ints) -> Exact:
        """Amounts in cents between the minimum and the maximum of the rows with these numbers."""
        return np.minimum(np.maximum(amounts, self._least.take(numbers)), self._most.take(numbers))

    def fixed(self, numbers: Ints) -> Ints:
        """The fixed amount of an informal entry in cents; -1 where it is not known."""
        return self._fixed.take(numbers)


def _sizes(starts: Ints, count: int) -> Ints:
    """How many lines each entry has; a single 1 where each has one."""
    return np.diff(starts, append=count) if len(starts) < count else np.ones(1, dtype=np.int64)


def _column(numbers: Iterable[int]) -> Ints:
    return np.array([min(number, _NO_MOST) for number in numbers], dtype=np.int64)


_AMOUNTS: dict[str, Any] = {
    "minimum": None,
    "maximum": None,
    "informal": None,
    "start": 0,
    "until": 0,
    "title": "",
    "cite": "",
}
"""What rows of one fee may differ in."""


def _fees(rows: Iterable[Fee], pairs: int) -> list[_Fee]:
    """The fees of the law, those put together that one look at a line decides."""
    alike: dict[object, list[Fee]] = {}
    for row in rows:
        alike.setdefault(replace(row, **_AMOUNTS), []).append(row)
    return [_Fee(several, pairs) for several in alike.values()]


class FeeSchedule:
    """The fees of one importing country."""

    def __init__(self, laws: Laws) -> None:
        self._laws = laws
        self._rests: list[Condition] = []
        self._by_means: list[list[int]] = []
        rows = laws.regime.fees(laws.into)
        self._fees = _fees(rows, len(laws.origins) * len(laws.starts))
        self.codes = tuple(dict.fromkeys(row.code for row in rows))
        self.on_duty = any(row.on_duty for row in rows)
        self.rate_facts = frozenset(row.rate_fact for row in rows if row.rate_fact)

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
        sizes = _sizes(starts, len(rows))
        earliest = of(lines.entered.instants, rows)
        # Where all lines of an entry are entered together, the instant of each line tells.
        together = alone or not some(begins(earliest) & ~new)
        # What conditions on the value see is the value of all lines answered.
        whole = value if alone else np.repeat(sums(value, starts), sizes)
        judge = Judge(_of_entry(lines.facts, rows, whole))
        places = lines.pair * _MEANS + lines.means
        for fee in self._fees:
            if together:
                numbers = of(lines.entered.each(fee.at), rows)
            else:
                numbers = np.repeat(fee.at(np.minimum.reduceat(earliest, starts)), sizes)
            its = where(numbers >= 0)
            if its.size:
                its = where(self._applies(fee, lines, of(rows, its), places, judge), its)
            if its.size:
                self._charge(fee, lines, of(rows, its), of(numbers, its), found)
        return found

    def _applies(self, fee: _Fee, lines: FeeLines, rows: Ints, places: Ints, judge: Judge) -> Bools:
        """Where a fee falls on a line; ``places`` number origin class, interval and means of transport together."""
        if hangs_on_product(fee.first.when):
            return self._judged(self._by_product(fee, lines, rows), rows, judge)
        answers = fee.answers.take(of(places, rows))
        if answers.min() == _NOT_YET:
            for pair in np.unique(of(places, rows)[answers == _NOT_YET] // _MEANS).tolist():
                fee.codes[pair] = code = self._settle(fee, pair, 0)
                fee.answers[pair * _MEANS : (pair + 1) * _MEANS] = self._answers(code)
            answers = fee.answers.take(of(places, rows))
        held: Bools = (answers & 1) == 1
        hanging = where((answers >= _HANGS) | ((answers >= _ASKED) & ~of(lines.plain, rows)))
        if hanging.size:
            asked = rows.take(hanging)
            held[hanging] = self._judged(fee.codes.take(places.take(asked) // _MEANS), asked, judge)
        return held

    def _answers(self, code: int) -> list[int]:
        """By means of transport: whether a fee falls on a line that states nothing else, and who else must be asked."""
        if code < FIRST_REST:
            return [int(code == YES)] * _MEANS
        return [_ASKED + held if held >= 0 else _HANGS for held in self._by_means[code - FIRST_REST]]

    def _judged(self, codes: Ints | Small, rows: Ints, judge: Judge) -> Bools:
        """Where what is left of a condition on each row holds."""
        held: Bools = codes == YES
        hanging = where(codes >= FIRST_REST)
        for places in alike(codes[hanging]):
            its = hanging[places]
            held[its] = judge(self._rests[int(codes[its[0]]) - FIRST_REST], rows[its])
        return held

    def _by_product(self, fee: _Fee, lines: FeeLines, rows: Ints) -> Ints:
        """What is left on each row of a condition that looks at the product."""
        count = len(self._laws.products)
        keys = lines.pair[rows] * count + lines.product_class[rows]
        different, inverse = np.unique(keys, return_inverse=True)
        told = [self._settle(fee, *divmod(key, count)) for key in different.tolist()]
        return np.array(told, dtype=np.int64)[inverse]

    def _settle(self, fee: _Fee, pair: int, product: int) -> int:
        """What is left of a fee's condition for a pair of origin class and interval: ``NO``, ``YES``, or from ``FIRST_REST`` on a
        condition on facts."""
        laws = self._laws
        origin, interval = divmod(pair, len(laws.starts))
        digits, country = laws.products.representatives[product], laws.origins.representatives[origin]
        rest = laws.regime.settle(fee.first.when, digits, country, laws.starts[interval])
        if isinstance(rest, bool):
            return YES if rest else NO
        if rest not in self._rests:
            self._rests.append(rest)
            self._by_means.append(by_means(rest))
        return self._rests.index(rest) + FIRST_REST

    def _charge(self, fee: _Fee, lines: FeeLines, rows: Ints, numbers: Ints, found: ManyFees) -> None:
        """Put a fee on lines; ``numbers`` tell which row of it is law for each."""
        value, places = of(lines.facts.value, rows), lines.facts.places
        cents = found.cents[fee.first.code]
        rate = Fraction(fee.first.rate)
        if fee.first.warning:
            found.assumed[rows] = True
        if not fee.first.per_entry:
            if fee.first.on_duty:
                assert lines.duty is not None
                value = value + times(of(lines.duty, rows), 10 ** (places - 2))
            amounts = _narrow(half_up(times(value, 100 * rate.numerator), rate.denominator * 10**places))
            _at_stated_rates(fee.first, lines, rows, value, amounts)
            add_to(cents, rows, amounts)
            return
        starts = where(begins(of(lines.entry, rows)))
        sizes = _sizes(starts, len(rows))
        whole = value if len(starts) == len(rows) else sums(value, starts)
        numbers = of(numbers, starts)
        amount = half_up(times(whole, 100 * rate.numerator), rate.denominator * 10**places)
        amount = fee.clamped(amount, numbers)
        informal = self._informal(fee.first, lines, rows, starts)
        if informal is not None:
            fixed = fee.fixed(numbers)
            amount = np.where(informal & (fixed >= 0), fixed, amount)
            unknown = informal & (fixed < 0)
            if some(unknown):
                found.unknown_informal[rows[np.repeat(unknown, sizes)]] = True
        add_to(cents, rows, spread(amount, value, starts, sizes))

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
    if len(starts) == len(values):
        return _narrow(amounts)
    alone = sizes == 1
    parts = np.repeat(amounts, sizes)
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
    cents = exact // over
    remainders = exact - cents * over  # quicker than a second division
    short = its_amounts - sums(cents, its_starts)
    entry = np.repeat(np.arange(len(its_sizes)), its_sizes)
    # By remainder from the largest, ties in the order of the lines: the first ones of each entry get a cent more.
    rank = np.arange(len(rows)) - np.repeat(its_starts, its_sizes)
    order = _by_remainder(remainders, entry, rank)
    more = np.zeros(len(rows), dtype=np.int64)
    more[order] = rank < np.repeat(short, its_sizes)
    parts[rows] = cents + more
    return _narrow(parts)


def _narrow(cents: Exact) -> Ints:
    """Amounts as int64; the same, not a copy, where they are."""
    return cents.astype(np.int64, copy=False)


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
