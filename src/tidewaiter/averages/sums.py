"""Exact sums of weight times rate: one partner in one stretch of time, by bucket (chapter, section, or all) and program."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tidewaiter.averages.items import Items
from tidewaiter.bulk.arrays import Bools, Exact, Ints, Small
from tidewaiter.bulk.panel_cells import Charges

_MOST = 2**62


@dataclass(slots=True)
class Sums:
    """By bucket: weight times parts per million, for the base duty, each program (place), the total and what is owed of it;
    the weight; what of it has a duty that is left out; and what may not be imported, which is no part of the weight."""

    base: Exact
    programs: Exact
    owed: Exact
    weight: Exact
    left_out: Exact
    prohibited: Exact

    @classmethod
    def nothing(cls, buckets: int, programs: int) -> Sums:
        """No sums yet, in Python ints: sums of many partners need not fit int64."""
        columns = [np.zeros(buckets, dtype=object) for _ in range(5)]
        return cls(columns[0], np.zeros((buckets, programs), dtype=object), *columns[1:])

    def add(self, other: Sums) -> None:
        """Count another's sums."""
        self.base = self.base + other.base
        self.programs = self.programs + other.programs
        self.owed = self.owed + other.owed
        self.weight = self.weight + other.weight
        self.left_out = self.left_out + other.left_out
        self.prohibited = self.prohibited + other.prohibited

    @property
    def total(self) -> Exact:
        """Base duty and all programs."""
        return self.base + self.programs.sum(axis=1)


@dataclass(frozen=True, slots=True)
class Told:
    """What is charged on each of a partner's items: charge, base duty (parts per million, negative where left out)."""

    charge: Ints
    base: Ints


def told(items: Items, codes: Small) -> Told:
    """The charges of items, given the codes of kinds (``Cells.codes``) at an instant."""
    code = codes[items.kind].astype(np.int64)
    base = np.where(code % 4 >= 2, items.column2, items.general)
    return Told(code // 4, np.where(code % 2 == 1, 0, base))


def sums(items: Items, said: Told, charges: Charges, bucket: Ints, buckets: int) -> Sums:
    """A partner's sums. Exact: in int64 where everything surely fits, else in Python ints."""
    most = int(items.weight.sum()) * max(1, int(charges.rates.max(initial=0)) * 4, int(said.base.max(initial=0)) * 4)
    weight: Exact = items.weight if most < _MOST else items.weight.astype(object)
    banned = charges.prohibited[said.charge]
    prohibited = _by(bucket, np.where(banned, weight, 0), buckets)
    weight = np.where(banned, 0, weight)
    base, charge = np.maximum(said.base, 0), said.charge
    used, place = np.unique(charge, return_inverse=True)
    by_charge = np.zeros((buckets, len(used)), dtype=weight.dtype)
    np.add.at(by_charge, (bucket, place.reshape(-1)), weight)
    flat = np.where(charges.capped[used], 0, charges.rates[used]).astype(weight.dtype)
    programs = by_charge @ flat
    voided = (by_charge @ np.where(charges.void[used], flat, 0)).sum(axis=1)
    voided = voided + _add_caps(programs, charges, said, (weight, bucket))
    base_sum = _by(bucket, weight * base, buckets)
    open_ = (said.base < 0) | (charges.specific[charge] > 0)
    left_out = _by(bucket, np.where(open_, weight, 0), buckets)
    total = base_sum + programs.sum(axis=1)
    return Sums(base_sum, programs, total - voided, _by(bucket, weight, buckets), left_out, prohibited)


def _add_caps(programs: Exact, charges: Charges, said: Told, weighed: tuple[Exact, Ints]) -> Exact:
    """All-in rates, less the base duty of each item; returns what of them is void, by bucket.

    Beside a base duty that is left out, what an all-in rate adds is left out too.
    """
    weight, bucket = weighed
    voided = np.zeros(len(programs), dtype=weight.dtype)
    any_cap: Bools = np.asarray(charges.capped.any(axis=1))
    capped = np.flatnonzero(any_cap[said.charge] & (said.base >= 0))
    charge, base = said.charge[capped], said.base[capped]
    for program in np.flatnonzero(charges.capped[np.unique(charge)].any(axis=0)):
        room = np.maximum(charges.rates[charge, program].astype(np.int64) - base, 0)
        added = np.where(charges.capped[charge, program], room, 0) * weight[capped]
        np.add.at(programs, (bucket[capped], program), added)
        np.add.at(voided, bucket[capped], np.where(charges.void[charge, program], added, 0))
    return voided


def _by(bucket: Ints, amounts: Exact, buckets: int) -> Exact:
    found = np.zeros(buckets, dtype=amounts.dtype)
    np.add.at(found, bucket, amounts)
    return found
