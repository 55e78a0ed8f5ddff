"""Series of average rates: by origin, program, chapter or section, at every change or every day, for one regime or several."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import numpy as np

from tidewaiter.assess.countries import origin_code
from tidewaiter.assess.coverage import before_coverage, covered_since
from tidewaiter.assess.errors import LineError
from tidewaiter.averages.items import Basket
from tidewaiter.averages.sections import section_of
from tidewaiter.averages.sums import Sums, Weighed, sums
from tidewaiter.averages.weights import Weights
from tidewaiter.bulk.arrays import Exact, Ints
from tidewaiter.bulk.kernel import Kernel
from tidewaiter.bulk.panel import members_of
from tidewaiter.bulk.panel_cells import Charges, PanelLaw, charges_of
from tidewaiter.bulk.panel_products import product_runs
from tidewaiter.ledger.instants import FOREVER, Instant, end_of_day, local_day
from tidewaiter.ledger.regime import Regime

ALL = "all"
GROUPINGS = (ALL, "origin", "program", "chapter", "section")
_SHARE = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class AverageOptions:
    """What is averaged. ``by`` is one of ``GROUPINGS``; ``origins`` are partners (countries, or groups of the law), empty for
    all; ``start`` and ``end`` instants (the end is out). A series begins with coverage, if later than ``start``."""

    start: Instant
    end: Instant = FOREVER
    by: str = ALL
    origins: tuple[str, ...] = ()
    daily: bool = False


@dataclass(frozen=True, slots=True)
class Average:
    """One group's average in [start, until), or on ``day``. Rates are shares of the value, to the millionth.

    ``programs`` holds those that charge anything, ``owed_of`` what is owed of those of which not all is; ``weight`` is dollars
    (lines, where simple). ``left_out`` is the share of the weight whose duty is not counted whole (it goes by quantity, and no
    unit value tells), ``prohibited`` the share of the group's imports that may not be imported, which no rate counts, and
    ``uncovered`` the share of all weights that the edition has no line for (of the partner's, by origin).
    """

    group: str
    start: Instant
    until: Instant
    base: Decimal
    programs: Mapping[str, Decimal]
    total: Decimal
    owed: Decimal
    weight: int
    uncovered: Decimal
    left_out: Decimal
    prohibited: Decimal
    day: date | None = None
    owed_of: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(slots=True)
class Averages:
    """Averages over one basket of weights. Keep it: what is found for one regime is not looked for again."""

    kernel: Kernel
    weights: Weights | None
    basket: Basket = field(init=False)
    unequal: set[str] = field(default_factory=set)
    """Partners that are groups of countries which the law does not treat alike: their weight is split evenly."""

    def __post_init__(self) -> None:
        self.basket = Basket.of(self.kernel, product_runs(self.kernel), self.weights)

    def series(self, options: AverageOptions, kernel: Kernel | None = None) -> list[Average]:
        """The averages of every group, in order of group and time. ``kernel`` is another regime's, over the same classes.

        Raises ``LineError`` for an origin that has no weight, or days that cannot be or come before coverage.
        """
        if options.by not in GROUPINGS:
            raise LineError("bad_field", f"no grouping {options.by!r}", f"one of {', '.join(GROUPINGS)}")
        options = replace(options, start=first_of(self.kernel.regime, self.kernel.into, options.start, options.end))
        law = kernel or self.kernel
        partners = self._partners(options)
        finder = _Finder(self, PanelLaw(law, self.basket.runs.kinds), options, partners)
        found = list(finder.found())
        return list(_daily(found, law, options)) if options.daily else found

    def _partners(self, options: AverageOptions) -> dict[str, tuple[str, ...]]:
        """The partners that count, each with its countries."""
        kernel = self.kernel
        known = kernel.known_origins if self.weights is None else self.weights.partners
        wanted = list(known)
        if options.origins:
            wanted = []
            for typed in options.origins:
                name = typed.strip().upper()
                own = name if name in known else ""
                several = [] if own else [one for one in members_of(kernel, typed, options.end) if one in known]
                wanted += [own] if own else several or [origin_code(typed)]
        missing = [one for one in wanted if one not in known]
        if missing:
            raise LineError("no_weight", f"the weights have no imports from {', '.join(missing)}", "see --weights none")
        at = min(options.end, kernel.laws.starts[-1] + 1) - 1
        found: dict[str, tuple[str, ...]] = {}
        for one in dict.fromkeys(wanted):
            inside = kernel.regime.members(one, at)
            found[one] = (one,) if inside is None else tuple(sorted(inside))
        beyond = {country for several in found.values() for country in several}.difference(kernel.known_origins)
        if beyond:
            raise LineError("not_covered", f"duties on products of {', '.join(sorted(beyond))} are not covered")
        return found


def first_of(regime: Regime, into: str, start: Instant, end: Instant) -> Instant:
    """Where a series asked for in [start, end) begins: with coverage, if that is later.

    Raises ``LineError``: ``bad_date`` for days in the wrong order, ``date_before_coverage`` where none of them is covered.
    """
    if start >= end:
        raise LineError("bad_date", "the series ends before it begins", "give the earlier day as --from")
    begins = covered_since(regime, into)
    if end <= begins:
        raise before_coverage(regime, [into])
    return max(start, begins)


class _Finder:
    """One series under one regime."""

    def __init__(
        self, averages: Averages, law: PanelLaw, options: AverageOptions, partners: Mapping[str, tuple[str, ...]]
    ) -> None:
        self.averages = averages
        self.law = law
        self.options = options
        self.partners = partners
        countries = sorted({one for several in partners.values() for one in several})
        law.compile(countries, options.start, options.end)
        self.charges: Charges = charges_of(law.kernel)
        self.programs = law.kernel.programs
        place = law.kernel.plain.place
        self._order = np.array([place[one] for one in self.programs], dtype=np.int64)
        self._segments()
        self._names, self._bucket_of = self._buckets()

    def _segments(self) -> None:
        """Stretches of time in which neither law nor tariff change: starts, ends, place of the interval, stretch of editions."""
        options, basket, kernel = self.options, self.averages.basket, self.law.kernel
        cuts = [one for one in kernel.laws.starts if options.start < one < options.end]
        edges = [int(one) for one in basket.edges if options.start < one < options.end]
        self.starts = sorted({options.start, *cuts, *edges})
        self.untils = [*self.starts[1:], options.end]
        intervals = kernel.intervals(np.array(self.starts, dtype=np.int64))
        self.interval: Ints = intervals - int(self.law.intervals(options.start, options.end)[0])
        self.stretch: Ints = np.array([basket.stretch(one) for one in self.starts], dtype=np.int64)

    def _buckets(self) -> tuple[list[str], Ints]:
        """The names of the groups that are buckets of chapters, and the bucket of each chapter."""
        chapters = sorted({int(one) for one in self.averages.basket.chapters})
        bucket_of = np.zeros(chapters[-1] + 1, dtype=np.int64)
        if self.options.by not in ("chapter", "section"):
            return [ALL], bucket_of
        said = {one: f"{one:02}" if self.options.by == "chapter" else section_of(one) for one in chapters}
        names = list(dict.fromkeys(said.values()))
        bucket_of[chapters] = [names.index(said[one]) for one in chapters]
        return names, bucket_of

    def found(self) -> Iterator[Average]:
        """The averages, group by group."""
        names = self._names
        together = Sums.nothing(len(self.starts), len(names), len(self.programs))
        missing = np.zeros(len(self.starts), dtype=np.int64)
        for several, found, uncovered in self._each():
            if self.options.by == "origin":
                for partner in several:
                    yield from self._merged(self._averages(partner, 0, found, uncovered))
                continue
            together = together.plus(found, len(several))
            missing = missing + len(several) * uncovered
        if self.options.by == "origin":
            return
        # What has no line has no chapter either: it is a share of all weights.
        everything = missing + (together.weight + together.prohibited).sum(axis=1)
        for bucket, name in enumerate(names):
            rows = self._averages(name, bucket, together, missing, None if len(names) == 1 else everything)
            yield from self._by_program(rows) if self.options.by == "program" else self._merged(rows)

    def _each(self) -> Iterator[tuple[list[str], Sums, Ints]]:
        """Partners with their sums, and the weight that has no line; those that are the same in everything together."""
        basket = self.averages.basket
        alike: dict[object, list[str]] = {}
        keys: dict[str, dict[str, object]] = {}
        for partner, countries in self.partners.items():
            keys[partner] = {one: self.law.key(one, self.options.start, self.options.end) for one in countries}
            same = frozenset(keys[partner].values())
            alike.setdefault(same if self.averages.weights is None else partner, []).append(partner)
        for several in alike.values():
            by_country = keys[several[0]]
            different = len(set(by_country.values())) > 1
            if different:
                self.averages.unequal.add(several[0])
            chosen = list(by_country) if different else list(by_country)[:1]
            found = self._sums(several[0], chosen[0], (0, len(chosen)))
            for number, country in enumerate(chosen[1:], start=1):
                found = found.plus(self._sums(several[0], country, (number, len(chosen))))
            items = basket.items(several[0])
            if self.options.by == "origin" and self.averages.weights is None:
                several = sorted(several)
            yield several, found, items.uncovered[self.stretch]

    def _sums(self, partner: str, country: str, part: tuple[int, int]) -> Sums:
        """One of several even parts (number, how many) of a partner's weight, at the rates of one country."""
        items, options = self.averages.basket.items(partner), self.options
        codes, row_of = self.law.codes(country, options.start, options.end, items.kind, self.charges.of_plan)
        pairs = np.stack([row_of[self.interval], self.stretch])
        different, segment_of = np.unique(pairs, axis=1, return_inverse=True)
        code = codes[different[0]].astype(np.int64)
        base = np.where(code % 4 >= 2, items.column2, items.general)
        base = np.where(code % 2 == 1, 0, base)
        weight = items.weight[different[1]]
        if part[1] > 1:
            share, rest = np.divmod(weight, part[1])
            weight = share + (part[0] < rest)
        weighed = Weighed(code // 4, base, weight, self._bucket_of[items.chapter], len(self._names))
        found = sums(weighed, self.charges)
        found.programs, found.void = found.programs[:, :, self._order], found.void[:, :, self._order]
        return found.at(segment_of.reshape(-1))

    def _averages(
        self, name: str, bucket: int, found: Sums, uncovered: Ints, everything: Exact | None = None
    ) -> Iterator[Average]:
        """The averages of one bucket; ``everything`` is the weight of which what has no line is a share."""
        total = found.total
        for place, (start, until) in enumerate(zip(self.starts, self.untils, strict=True)):
            weight, banned = int(found.weight[place, bucket]), int(found.prohibited[place, bucket])
            missing = int(uncovered[place])
            whole = weight + banned + missing if everything is None else int(everything[place])
            if not weight + banned:
                continue
            programs = {
                program: _share(int(each), weight)
                for program, each in zip(self.programs, found.programs[place, bucket], strict=True)
                if each
            }
            owed_of = {
                program: _share(int(charged) - int(void), weight)
                for program, charged, void in zip(
                    self.programs, found.programs[place, bucket], found.void[place, bucket], strict=True
                )
                if void
            }
            yield Average(
                name,
                start,
                until,
                _share(int(found.base[place, bucket]), weight),
                programs,
                _share(int(total[place, bucket]), weight),
                _share(int(found.owed[place, bucket]), weight),
                weight,
                _part_of(missing, whole),
                _part_of(int(found.left_out[place, bucket]), weight),
                _part_of(banned, weight + banned),
                owed_of=owed_of,
            )

    def _merged(self, rows: Iterator[Average]) -> Iterator[Average]:
        """Rows that say the same, one after another, as one."""
        last: Average | None = None
        for row in rows:
            if last is not None and last.until == row.start and _but_for_days(last) == _but_for_days(row):
                last = _from_until(last, last.start, row.until)
                continue
            if last is not None:
                yield last
            last = row
        if last is not None:
            yield last

    def _by_program(self, rows: Iterator[Average]) -> Iterator[Average]:
        """One group for each program (and the base duty): its own rate is the total, and what is owed of it."""
        several = list(rows)
        charging = [one for one in self.programs if any(one in row.programs for row in several)]
        for program in ["base", *charging]:
            yield from self._merged(_of_program(row, program) for row in several)


def _of_program(row: Average, program: str) -> Average:
    rate = row.base if program == "base" else row.programs.get(program, Decimal(0))
    nothing = Decimal(0)
    return Average(
        program,
        row.start,
        row.until,
        rate if program == "base" else nothing,
        {} if program == "base" or not rate else {program: rate},
        rate,
        row.owed_of.get(program, rate),
        row.weight,
        row.uncovered,
        row.left_out,
        row.prohibited,
    )


def _daily(rows: Sequence[Average], kernel: Kernel, options: AverageOptions) -> Iterator[Average]:
    """One row a day: what holds at the end of the day, as an entry with a bare date finds it."""
    zone = kernel.regime.zone(kernel.into)
    last = local_day(options.end - 1, zone) if options.end < FOREVER else local_day(kernel.laws.starts[-1], zone)
    for row in rows:
        day = local_day(row.start, zone)
        while day <= last and end_of_day(day, zone) < row.until:
            if end_of_day(day, zone) >= row.start:
                yield _from_until(row, row.start, row.until, day)
            day += timedelta(days=1)


def _from_until(row: Average, start: Instant, until: Instant, day: date | None = None) -> Average:
    return Average(
        row.group, start, until, row.base, row.programs, row.total, row.owed, row.weight, row.uncovered, row.left_out,
        row.prohibited, day, row.owed_of,
    )  # fmt: skip


def _but_for_days(row: Average) -> tuple[object, ...]:
    shares = (row.uncovered, row.left_out, row.prohibited)
    rates = (row.base, *row.programs.items(), row.total, row.owed, *row.owed_of.items())
    return row.group, rates, row.weight, shares


def _share(millionths: int, weight: int) -> Decimal:
    """A sum of weight times parts per million over the weight, half-up to the millionth."""
    if not weight:
        return Decimal(0)
    return Decimal((2 * millionths + weight) // (2 * weight)).scaleb(-6)


def _part_of(part: int, whole: int) -> Decimal:
    return (Decimal(part) / Decimal(whole)).quantize(_SHARE, ROUND_HALF_UP) if whole else Decimal(0)


__all__ = ["ALL", "GROUPINGS", "Average", "AverageOptions", "Averages"]
