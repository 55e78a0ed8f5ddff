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
from tidewaiter.bulk.arrays import Bools, Exact, Ints, where
from tidewaiter.bulk.codes import warning_bit
from tidewaiter.bulk.facts import MISSING, Said, Sayings
from tidewaiter.bulk.waterfall import Answers, ManyOutcomes, Told, refused
from tidewaiter.ledger.regime import Regime

if TYPE_CHECKING:
    from tidewaiter.bulk.pricing import Asked, Pricing

_MIX = np.uint64(0x9E3779B97F4A7C15)
_NONE: Bools = np.zeros(0, dtype=np.bool_)


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


class OtherSayings:
    """For every way of claiming, the ways that leave one claim out or add a finding, by number; found once and kept."""

    def __init__(self, regime: Regime) -> None:
        declared = regime.ledger.facts.values()
        self._findings = [fact.name for fact in declared if fact.warn_when == SHIPPED_FROM_DIFFERS]
        self._without: dict[int, list[int]] = {}
        self._with: dict[int, list[int]] = {}

    def without(self, sayings: Sayings, number: int) -> list[int]:
        """The numbers of the same without one of its claims."""
        found = self._without.get(number)
        if found is None:
            one = sayings.said[number]
            claims = sorted(claim for claim in one.claims if not claim.startswith(DENIED))
            found = [sayings.number(Said(one.claims - {claim}, one.scope)) for claim in claims]
            self._without[number] = found
        return found

    def with_finding(self, sayings: Sayings, number: int) -> list[int]:
        """The numbers of the same with a finding that it neither states nor denies."""
        found = self._with.get(number)
        if found is None:
            one = sayings.said[number]
            names = (name for name in self._findings if name not in one.claims and name not in one.denied)
            found = self._with[number] = [sayings.number(Said(one.claims | {name}, one.scope)) for name in names]
        return found


def ghosts_of(pricing: Pricing, rows: Ints) -> Ghosts:
    """A ghost for every claim on these lines, without it; and where goods came by way of another country, with the finding."""
    sayings, others = pricing.lines.sayings, pricing.kernel.other_sayings
    said = pricing.lines.said[rows]
    claiming, by_another = where(said), where(came_by_another(pricing, rows))
    without = [others.without(sayings, number) for number in said[claiming].tolist()]
    findings = [others.with_finding(sayings, number) for number in said[by_another].tolist()]
    parts = ((claiming, without, False), (by_another, findings, True))
    places = [np.repeat(places, [len(one) for one in numbers]) for places, numbers, _ in parts]
    numbers = [number for _, several, _ in parts for one in several for number in one]
    finding = np.concatenate([np.full(len(each), kind) for each, (_, _, kind) in zip(places, parts, strict=True)])
    return Ghosts(np.concatenate(places), np.array(numbers, dtype=np.int64), finding)


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
    told = Told.of(outcomes.answers)
    codes = np.array([crc32(one.code.encode()) for one in outcomes.answers], dtype=np.uint64)[told.which]
    zeros = [crc32((one.row.zero or one.row.code).encode()) if one.row else 0 for one in outcomes.answers]
    at_zero = np.concatenate([_none(one) if one.zero is None else one.zero for one in outcomes.answers] or [_NONE])
    codes = np.where(at_zero, np.array(zeros, dtype=np.uint64)[told.which], codes)
    mixed = (_unsigned(told.basis) ^ codes * _MIX) * _MIX
    mixed ^= mixed >> np.uint64(29)
    mixed = (mixed ^ _unsigned(told.amount) * _MIX) * _MIX
    np.add.at(found, told.rows, mixed ^ mixed >> np.uint64(32))
    return found


def _none(answers: Answers) -> Bools:
    return np.zeros(len(answers.rows), dtype=np.bool_)


def _unsigned(column: Exact) -> npt.NDArray[np.uint64]:
    if column.dtype == object:
        return np.array([int(one) % 2**64 for one in column], dtype=np.uint64)
    return column.astype(np.uint64)
