"""Averages both ways: what each side charges on the other's goods, as headline, simple and weighted rate, with its acts.

One row for each side, measure and change. The headline rate is what the country-wide programs charge on a generic good; the
others are all-in: base duty and every program, over all tariff lines alike or weighted by fixed imports.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from tidewaiter.assess.countries import country_codes
from tidewaiter.assess.engine import Engine
from tidewaiter.assess.errors import FileError, LineError
from tidewaiter.averages.headline import Part, stretches
from tidewaiter.averages.series import Average, AverageOptions, Averages, first_of
from tidewaiter.averages.sides import Turn, coverage, directions, turns
from tidewaiter.averages.weights import Weights, default_weights, read_weights
from tidewaiter.bulk.days import Day, first_instant, instant_after
from tidewaiter.bulk.kernel import Kernel
from tidewaiter.ledger.instants import FOREVER, Instant
from tidewaiter.ledger.model import Act, Coverage
from tidewaiter.ledger.regime import Regime

HEADLINE, SIMPLE, WEIGHTED = "headline", "simple", "weighted"
MEASURES = (HEADLINE, SIMPLE, WEIGHTED)
_STEP = Decimal("0.000001")
_BASE = "base"


@dataclass(frozen=True, slots=True)
class BothOptions:
    """What is asked: days (both in; ``end`` ``None`` for as far as the law is written) and ``measures``."""

    start: Day
    end: Day | None = None
    measures: tuple[str, ...] = MEASURES


@dataclass(frozen=True, slots=True)
class Cause:
    """An act that made a change, and what it did to which program (its id and title), in words."""

    act: Act
    program: str
    title: str
    what: str


@dataclass(frozen=True, slots=True)
class BothRow:
    """One side's rate by one measure in [start, until): shares of the value, to the millionth.

    ``total`` is what is assessed: ``base`` (0 in a headline rate) and ``programs``; ``owed`` leaves out what courts have voided.
    ``average`` has the weight and what no rate counts (``None`` for a headline rate). ``causes`` are the acts that made the rate
    another than before, ``edition`` the tariff whose numbers came into force at ``start``, if one did. ``reconstructed`` says
    that the lists or the base duty of some of the time are not those of the time.
    """

    scenario: str
    into: str
    origin: str
    measure: str
    start: Instant
    until: Instant
    total: Decimal
    owed: Decimal
    base: Decimal
    programs: Mapping[str, Decimal]
    average: Average | None = None
    causes: tuple[Cause, ...] = ()
    edition: str = ""
    reconstructed: bool = False

    @property
    def acts(self) -> tuple[Act, ...]:
        """The acts that made the change, each once."""
        return tuple(dict.fromkeys(one.act for one in self.causes))


@dataclass(frozen=True, slots=True)
class Side:
    """Goods of one country entering another, and what is known of that: a series begins with ``coverage``, not before."""

    into: str
    origin: str
    zone: str
    coverage: Coverage
    weights_title: str
    """What weighs in the weighted series, in words; empty where no imports are at hand, and there is none."""

    @property
    def title(self) -> str:
        """As it is said: China on the United States."""
        names = country_codes()
        article = "the " if names[self.origin].startswith("United ") else ""
        return f"{names[self.into]} on {article}{names[self.origin]}"


@dataclass(frozen=True, slots=True)
class OwnWeights:
    """Weights of a user's own, and what they are called."""

    weights: Weights
    title: str


def own_weights(regime: Regime, files: Mapping[str, Path]) -> dict[str, OwnWeights]:
    """A user's files of weights by importing country. Raises ``FileError``, for a country that has no side too."""
    groups = frozenset(row.group for row in regime.ledger.groups)
    places = [into for into, _ in directions(regime)]
    for into in files:
        if into not in places:
            raise FileError("bad_field", f"weights for {into}: no importing country", f"{' or '.join(places)}")
    return {into: OwnWeights(read_weights(file, groups), file.name) for into, file in files.items()}


@dataclass(slots=True)
class BothWays:
    """Both sides over one engine. Keep it: what is compiled for one regime serves the next.

    ``weights`` are a user's own, by importing country, in place of the shipped ones; ``kernel_into`` gives kernels that are
    compiled already.
    """

    engine: Engine
    weights: Mapping[str, OwnWeights] = field(default_factory=dict)
    kernel_into: Callable[[str], Kernel] | None = None
    _averages: dict[tuple[str, bool], Averages] = field(default_factory=dict)

    @property
    def sides(self) -> list[Side]:
        """The sides, in the order of the law's data."""
        regime = self.engine.regime
        return [
            Side(into, origin, regime.zone(into), coverage(regime, into, origin), self._title_of(into))
            for into, origin in directions(regime)
        ]

    def programs(self) -> dict[str, tuple[str, ...]]:
        """The programs of each importing country, in the order in which they are reported."""
        return {into: self._of(into, weighted=False).kernel.programs for into, _ in directions(self.engine.regime)}

    def rows(self, options: BothOptions, regime: Regime | None = None) -> list[BothRow]:
        """The series of both sides, by side, measure and time; ``regime`` is another over the same ledger (a scenario).

        Raises ``LineError`` for a measure that is none, and for days before coverage or in the wrong order.
        """
        for one in options.measures:
            if one not in MEASURES:
                raise LineError("bad_field", f"no measure {one!r}", f"one of {', '.join(MEASURES)}")
        law = regime or self.engine.regime
        return [row for side in self.sides for row in self._side(side, options, law)]

    def _side(self, side: Side, options: BothOptions, law: Regime) -> Iterator[BothRow]:
        end = FOREVER if options.end is None else instant_after(options.end, side.zone)
        start = first_of(law, side.into, first_instant(options.start, side.zone), end)
        causes = turns(law, side.into, side.origin)
        for measure in MEASURES:
            if measure in options.measures and (measure != WEIGHTED or side.weights_title):
                series = self._series(side, measure, AverageOptions(start, end, origins=(side.origin,)), law)
                yield from self._explained(side, series, causes, law)

    def _series(self, side: Side, measure: str, options: AverageOptions, law: Regime) -> Iterable[BothRow]:
        about = (law.scenario.id, side.into, side.origin, measure)
        if measure == HEADLINE:
            for one in stretches(law, side.origin, side.into, options.start, options.end):
                owed = sum((part.owed for part in one.parts), Decimal(0))
                total, owed, base = _millionth(one.rate), _millionth(owed), _millionth(Decimal(0))
                yield BothRow(*about, one.start, one.until, total, owed, base, _by_program(one.parts))
            return
        found = self._of(side.into, weighted=measure == WEIGHTED)
        kernel = found.kernel if law is found.kernel.regime else found.kernel.under(law)
        for row in found.series(options, kernel):
            yield BothRow(*about, row.start, row.until, row.total, row.owed, row.base, row.programs, row)

    def _explained(
        self, side: Side, rows: Iterable[BothRow], causes: Mapping[Instant, Sequence[Turn]], law: Regime
    ) -> Iterator[BothRow]:
        """Rows with the acts that made each another than the one before."""
        editions = {one.starts: one.name for one in self.engine.schedule_of(side.into).editions}
        before: BothRow | None = None
        for row in rows:
            several = _of_moved(causes.get(row.start, ()), _moved(before, row))
            yield replace(
                row,
                causes=tuple(_cause(law, one) for one in several),
                edition=editions.get(row.start, "") if row.average is not None else "",
                reconstructed=_reconstructed(side.coverage, row),
            )
            before = row

    def _of(self, into: str, *, weighted: bool) -> Averages:
        key = (into, weighted)
        if key not in self._averages:
            other = self._averages.get((into, not weighted))
            kernel = other.kernel if other else self._kernel(into)
            self._averages[key] = Averages(kernel, self._weights_of(into) if weighted else None)
        return self._averages[key]

    def _kernel(self, into: str) -> Kernel:
        if self.kernel_into is not None:
            return self.kernel_into(into)
        return Kernel(self.engine.regime, self.engine.schedule_of(into), into)

    def _weights_of(self, into: str) -> Weights:
        own = self.weights.get(into)
        return own.weights if own else default_weights(self.engine.regime.ledger.jurisdictions[into])

    def _title_of(self, into: str) -> str:
        own = self.weights.get(into)
        return own.title if own else self.engine.regime.ledger.jurisdictions[into].imports_title


def _cause(law: Regime, turn: Turn) -> Cause:
    title = law.ledger.programs[turn.program].title if turn.program else ""
    return Cause(law.acts[turn.act], turn.program, title, turn.what)


def _by_program(parts: Sequence[Part]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for part in parts:
        found[part.program.id] = _millionth(found.get(part.program.id, Decimal(0)) + part.rate)
    return found


def _millionth(rate: Decimal) -> Decimal:
    return rate.quantize(_STEP)


def _moved(before: BothRow | None, row: BothRow) -> set[str]:
    """The programs (and the base duty) whose part of the rate is another than before."""
    was = {} if before is None else {_BASE: before.base, **before.programs}
    now = {_BASE: row.base, **row.programs}
    return {name for name in (*was, *now) if was.get(name, Decimal(0)) != now.get(name, Decimal(0))}


def _of_moved(several: Sequence[Turn], moved: set[str]) -> list[Turn]:
    """The changes of an instant that concern what moved; where none does, those that say how duties combine."""
    return [one for one in several if one.program in moved] or [one for one in several if not one.program and moved]


def _reconstructed(known: Coverage, row: BothRow) -> bool:
    return row.start < known.reconstructed_before and row.until > known.reconstructed_from
