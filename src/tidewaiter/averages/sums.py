"""Exact sums of weight times rate: one partner, by stretch of time, bucket (a chapter, a section, or all) and program."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tidewaiter.bulk.arrays import Bools, Exact, Ints
from tidewaiter.bulk.panel_cells import Charges

_MOST = 2**62


@dataclass(slots=True)
class Sums:
    """By time and bucket: weight times parts per million, for the base duty, each program (place), and what of each is void;
    the weight; what of it has a duty that is left out; and what may not be imported, which is no part of the weight."""

    base: Exact
    programs: Exact
    void: Exact
    weight: Exact
    left_out: Exact
    prohibited: Exact

    @classmethod
    def nothing(cls, times: int, buckets: int, programs: int) -> Sums:
        """No sums yet."""
        columns = [np.zeros((times, buckets), dtype=np.int64) for _ in range(4)]
        by_program = [np.zeros((times, buckets, programs), dtype=np.int64) for _ in range(2)]
        return cls(columns[0], *by_program, *columns[1:])

    @property
    def total(self) -> Exact:
        """Base duty and all programs."""
        found: Exact = self.base + self.programs.sum(axis=2)
        return found

    @property
    def owed(self) -> Exact:
        """The total without what is void."""
        found: Exact = self.total - self.void.sum(axis=2)
        return found

    def plus(self, other: Sums, count: int = 1) -> Sums:
        """With another's sums, so many times; in Python ints where int64 might not hold them."""
        ours, theirs = self, other
        most = int(self.total.max(initial=0)) + count * int(other.total.max(initial=0))
        if most >= _MOST or int(self.weight.max(initial=0)) + count * int(other.weight.max(initial=0)) >= _MOST:
            ours, theirs = self._exactly(), other._exactly()
        return Sums(
            ours.base + count * theirs.base,
            ours.programs + count * theirs.programs,
            ours.void + count * theirs.void,
            ours.weight + count * theirs.weight,
            ours.left_out + count * theirs.left_out,
            ours.prohibited + count * theirs.prohibited,
        )

    def at(self, row: Ints) -> Sums:
        """The sums of some stretches of time, in the order asked."""
        columns = (self.base, self.programs, self.void, self.weight, self.left_out, self.prohibited)
        return Sums(*(one[row] for one in columns))

    def _exactly(self) -> Sums:
        columns = (self.base, self.programs, self.void, self.weight, self.left_out, self.prohibited)
        return Sums(*(one.astype(object) for one in columns))


@dataclass(frozen=True, slots=True)
class Weighed:
    """A partner's items in several stretches of time: by time and item the charge, the base duty (parts per million, negative
    where it is left out) and the weight; the bucket by item."""

    charge: Ints
    base: Ints
    weight: Ints
    bucket: Ints
    buckets: int


def sums(items: Weighed, charges: Charges) -> Sums:
    """A partner's sums. Exact: in int64 where everything surely fits, else in Python ints."""
    adding = _Adding(items, charges)
    base = adding.by_bucket(adding.weight * np.maximum(items.base, 0))
    programs, void = adding.programs()
    open_ = (items.base < 0) | (charges.specific[items.charge] > 0)
    return Sums(
        base,
        programs,
        void,
        adding.by_bucket(adding.weight),
        adding.by_bucket(np.where(open_, adding.weight, 0)),
        adding.by_bucket(np.where(adding.banned, items.weight, 0)),
    )


class _Adding:
    """One partner's sums on the way."""

    def __init__(self, items: Weighed, charges: Charges) -> None:
        self._items = items
        self._charges = charges
        rates = int(charges.rates.sum(axis=1).max(initial=1)) + int(items.base.max(initial=0))
        most = int(items.weight.sum(axis=1).max(initial=0)) * max(1, rates)
        weight: Exact = items.weight if most < _MOST else items.weight.astype(object)
        self.banned: Bools = charges.prohibited[items.charge]
        self.weight: Exact = np.where(self.banned, 0, weight)
        times = len(items.charge)
        self._time = np.repeat(np.arange(times), items.charge.shape[1]).reshape(items.charge.shape)
        self._place = self._time * items.buckets + items.bucket

    def by_bucket(self, amounts: Exact) -> Exact:
        """Amounts by time and item, added up by time and bucket."""
        times, buckets = len(self._items.charge), self._items.buckets
        if buckets == 1:
            found: Exact = amounts.sum(axis=1)[:, None]
            return found
        found = np.zeros(times * buckets, dtype=amounts.dtype)
        np.add.at(found, self._place.reshape(-1), amounts.reshape(-1))
        return found.reshape(times, buckets)

    def programs(self) -> tuple[Exact, Exact]:
        """What programs charge, and what of it is void, by time, bucket and program."""
        items, charges = self._items, self._charges
        times, buckets, dtype = len(items.charge), items.buckets, self.weight.dtype
        used, place = np.unique(items.charge, return_inverse=True)
        place = place.reshape(items.charge.shape)
        by_charge = np.zeros(times * buckets * len(used), dtype=dtype)
        np.add.at(by_charge, (self._place * len(used) + place).reshape(-1), self.weight.reshape(-1))
        weights: Exact = by_charge.reshape(times * buckets, len(used))
        flat = np.where(charges.capped[used], 0, charges.rates[used]).astype(dtype)
        found = np.zeros((times * buckets, flat.shape[1]), dtype=dtype)
        hit = np.flatnonzero(flat.any(axis=0))
        found[:, hit] = weights @ flat[:, hit]
        void, voided = np.where(charges.void[used], flat, 0), np.zeros_like(found)
        hit = np.flatnonzero(void.any(axis=0))
        voided[:, hit] = weights @ void[:, hit]
        self._add_caps(found, voided)
        return found.reshape(times, buckets, -1), voided.reshape(times, buckets, -1)

    def _add_caps(self, programs: Exact, voided: Exact) -> None:
        """All-in rates, less the base duty of each item.

        Beside a base duty that is left out, what an all-in rate adds is left out too.
        """
        items, charges = self._items, self._charges
        any_cap: Bools = np.asarray(charges.capped.any(axis=1))
        capped = np.flatnonzero((any_cap[items.charge] & (items.base >= 0)).reshape(-1))
        if not capped.size:
            return
        charge, base = items.charge.reshape(-1)[capped], items.base.reshape(-1)[capped]
        place, weight = self._place.reshape(-1)[capped], self.weight.reshape(-1)[capped]
        for program in np.flatnonzero(charges.capped[np.unique(charge)].any(axis=0)):
            room = np.maximum(charges.rates[charge, program].astype(np.int64) - base, 0)
            added = np.where(charges.capped[charge, program], room, 0) * weight
            np.add.at(programs, (place, program), added)
            np.add.at(voided, (place, program), np.where(charges.void[charge, program], added, 0))
