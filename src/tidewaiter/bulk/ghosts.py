"""Ghosts: lines asked again with other claims, to tell which claims change nothing and what a finding would cost.

They run through the waterfall beside the lines they belong to, and are never part of the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np
import numpy.typing as npt

from tidewaiter.assess.cautions import SHIPPED_FROM_DIFFERS
from tidewaiter.assess.facts import DENIED
from tidewaiter.assess.line import SHIPPED_FROM
from tidewaiter.bulk.arrays import Bools, Exact, Ints
from tidewaiter.bulk.codes import warning_bit
from tidewaiter.bulk.facts import MISSING, Said, Sayings
from tidewaiter.bulk.waterfall import ManyOutcomes, refused

if TYPE_CHECKING:
    from tidewaiter.bulk.pricing import Asked, Pricing

_CLAIMED = "claimed"
"""The question whether anything is claimed at all."""
_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Ghosts:
    """Other ways of claiming, for some of the lines asked: the place of each line, what is said, and the warning at stake.

    ``finding`` ghosts warn where the answer differs, the others (a claim left out) where it does not.
    """

    places: Ints
    said: Ints
    finding: Bools

    def __len__(self) -> int:
        return len(self.places)


def ghosts_of(pricing: Pricing, rows: Ints) -> Ghosts:
    """A ghost for every claim on these lines, without it; and where goods came by way of another country, with the finding."""
    sayings = pricing.lines.sayings
    said = pricing.lines.said[rows]
    claimed = sayings.where(_CLAIMED, lambda one: any(not claim.startswith(DENIED) for claim in one.claims))
    found: list[tuple[int, int, bool]] = []
    for place in np.flatnonzero(claimed[said]).tolist():
        found += [(place, number, False) for number in _without(sayings, int(said[place]))]
    for place in np.flatnonzero(came_by_another(pricing, rows)).tolist():
        found += [(place, number, True) for number in _with(sayings, int(said[place]), pricing)]
    columns = np.array(found, dtype=np.int64).reshape(-1, 3)
    return Ghosts(columns[:, 0], columns[:, 1], columns[:, 2].astype(np.bool_))


def _without(sayings: Sayings, number: int) -> list[int]:
    one = sayings.said[number]
    claims = (claim for claim in one.claims if not claim.startswith(DENIED))
    return [sayings.number(Said(one.claims - {claim}, one.scope)) for claim in claims]


def _with(sayings: Sayings, number: int, pricing: Pricing) -> list[int]:
    one = sayings.said[number]
    declared = pricing.kernel.regime.ledger.facts.values()
    names = (fact.name for fact in declared if fact.warn_when == SHIPPED_FROM_DIFFERS)
    open_names = (name for name in names if name not in one.claims and name not in one.denied)
    return [sayings.number(Said(one.claims | {name}, one.scope)) for name in open_names]


def came_by_another(pricing: Pricing, rows: Ints) -> Bools:
    """Where the goods were shipped from another country than their origin."""
    words = pricing.lines.words.get(SHIPPED_FROM)
    if words is None:
        return np.zeros(len(rows), dtype=np.bool_)
    codes = words.codes[rows]
    places = np.array([*words.words, ""])[codes]
    differs: Bools = places != np.array(pricing.kernel.countries)[pricing.lines.origin[rows]]
    found: Bools = differs & (codes != MISSING)
    return found


def warn(pricing: Pricing, rows: Ints, ghosts: Ghosts, asked: Asked, outcomes: ManyOutcomes) -> None:
    """Warn of claims that change nothing, and of findings that would change something."""
    warnings = pricing.priced.warnings
    warnings[rows[came_by_another(pricing, rows)]] |= warning_bit("origin_not_shipped_from")
    if not len(ghosts):
        return
    count = len(rows)
    said = fingerprints(outcomes, count + len(ghosts))
    cents = asked.setting.applied.cents
    same = (said[count:] == said[:count][ghosts.places]) & (cents[count:] == cents[:count][ghosts.places])
    failed = (refused(outcomes) | asked.no_ch98_value | asked.setting.applied.missing)[count:]
    told = np.where(ghosts.finding, ~same.astype(np.bool_), same.astype(np.bool_)) & ~failed
    for finding, code in ((False, "claim_not_applied"), (True, "transshipment")):
        warnings[rows[ghosts.places[told & (ghosts.finding == finding)]]] |= warning_bit(code)


def fingerprints(outcomes: ManyOutcomes, count: int) -> npt.NDArray[np.uint64]:
    """A number for what each line reports (headings, bases and amounts): equal for equal answers."""
    found = np.zeros(count, dtype=np.uint64)
    for answers in outcomes.answers:
        codes = np.full(len(answers.rows), crc32(answers.code.encode()), dtype=np.uint64)
        if answers.zero is not None and answers.row is not None:
            codes[answers.zero] = crc32((answers.row.zero or answers.row.code).encode())
        mixed = (_unsigned(answers.basis) ^ codes * _MIX) * _MIX
        mixed ^= mixed >> np.uint64(29)
        mixed = (mixed ^ _unsigned(answers.amount) * _MIX) * _MIX
        np.add.at(found, answers.rows, mixed ^ mixed >> np.uint64(32))
    return found


def _unsigned(column: Exact) -> npt.NDArray[np.uint64]:
    if column.dtype == object:
        return np.array([int(one) % 2**64 for one in column], dtype=np.uint64)
    return column.astype(np.uint64)
