"""Series of average rates: by origin, program, chapter or section, at every change or every day, for one regime or several."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import numpy as np

from tidewaiter.assess.countries import origin_code
from tidewaiter.assess.errors import LineError
from tidewaiter.averages.items import Basket, Items
from tidewaiter.averages.sections import section_of
from tidewaiter.averages.sums import Sums, Told, sums, told
from tidewaiter.averages.weights import Weights
from tidewaiter.bulk.arrays import Ints
from tidewaiter.bulk.kernel import Kernel
from tidewaiter.bulk.panel import members_of
from tidewaiter.bulk.panel_cells import Cells, Charges, PanelLaw, charges_of
from tidewaiter.bulk.panel_products import product_runs
from tidewaiter.ledger.instants import FOREVER, Instant, end_of_day, local_day

ALL = "all"
GROUPINGS = (ALL, "origin", "program", "chapter", "section")
_SHARE = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class AverageOptions:
    """What is averaged. ``by`` is one of ``GROUPINGS``; ``origins`` are partners (countries, or groups of the law), empty for
    all; ``start`` and ``end`` instants (the end is out)."""

    start: Instant
    end: Instant = FOREVER
    by: str = ALL
    origins: tuple[str, ...] = ()
    daily: bool = False


@dataclass(frozen=True, slots=True)
class Average:
    """One group's average in [start, until), or on ``day``. Rates are shares of the value, to the millionth.

    ``programs`` holds those that charge anything; ``weight`` is dollars (lines, where simple). ``uncovered`` is the share of
    weights that the edition has no line for, ``left_out`` the share whose duty is not counted whole (it goes by quantity, and no
    unit value tells), ``prohibited`` the share that may not be imported, which no rate counts.
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


@dataclass(slots=True)
class _Segment:
    """A stretch of time in which neither law nor tariff change."""

    start: Instant
    until: Instant
    interval: int
    stretch: int


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

        Raises ``LineError`` for an origin that has no weight, or days that cannot be.
        """
        if options.by not in GROUPINGS:
            raise LineError("bad_field", f"no grouping {options.by!r}", f"one of {', '.join(GROUPINGS)}")
        if options.start < min(self.kernel.coverage_starts) or options.start >= options.end:
            raise LineError("bad_date", "the series begins before coverage, or ends before it begins")
        law = kernel or self.kernel
        partners = self._partners(options)
        finder = _Finder(self, PanelLaw(law, self.basket.runs.kinds), options, partners)
        found = list(finder.found())
        return list(_daily(found, law, options)) if options.daily else found

    def _partners(self, options: AverageOptions) -> dict[str, tuple[str, ...]]:
        """The partners that count, each with its countries."""
        kernel = self.kernel
        known = kernel.countries if self.weights is None else self.weights.partners
        wanted = list(known)
        if options.origins:
            wanted = []
            for typed in options.origins:
                name = typed.strip().upper()
                own = name if name in known else ""
                several = [] if own else [one for one in members_of(kernel, typed) if one in known]
                wanted += [own] if own else several or [origin_code(typed)]
        missing = [one for one in wanted if one not in known]
        if missing:
            raise LineError("no_weight", f"the weights have no imports from {', '.join(missing)}", "see --weights none")
        at = min(options.end, kernel.laws.starts[-1] + 1) - 1
        found: dict[str, tuple[str, ...]] = {}
        for one in dict.fromkeys(wanted):
            inside = kernel.regime.members(one, at)
            found[one] = (one,) if inside is None else tuple(sorted(inside))
        return found


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
        self.segments = list(self._segments())

    def found(self) -> Iterator[Average]:
        """The averages, group by group."""
        names, buckets = self._buckets()
        by_partner = self.options.by == "origin"
        together = [Sums.nothing(buckets, len(self.programs)) for _ in self.segments]
        uncovered = [0] * len(self.segments)
        for partner, sums_, missing in self._each(buckets):
            if by_partner:
                yield from self._merged(self._averages(partner, 0, sums_, missing))
                continue
            for number, one in enumerate(sums_):
                together[number].add(one)
                uncovered[number] += missing[number]
        if by_partner:
            return
        for bucket, name in enumerate(names):
            rows = self._averages(name, bucket, together, uncovered)
            yield from self._by_program(rows) if self.options.by == "program" else self._merged(rows)

    def _segments(self) -> Iterator[_Segment]:
        options, basket = self.options, self.averages.basket
        cuts = [one for one in self.law.kernel.laws.starts if options.start < one < options.end]
        edges = [int(one) for one in basket.edges if options.start < one < options.end]
        starts = sorted({options.start, *cuts, *edges})
        for start, until in zip(starts, [*starts[1:], options.end], strict=True):
            interval = int(self.law.kernel.intervals(np.array([start]))[0])
            yield _Segment(start, until, interval, basket.stretch(start))

    def _buckets(self) -> tuple[list[str], int]:
        match self.options.by:
            case "chapter":
                names = [f"{chapter:02}" for chapter in self._chapters()]
            case "section":
                names = list(dict.fromkeys(section_of(chapter) for chapter in self._chapters()))
            case _:
                names = [ALL]
        return names, len(names)

    def _chapters(self) -> list[int]:
        return sorted({int(one) for one in self.averages.basket.chapters})

    def _bucket(self, items: Items) -> Ints:
        chapters = self._chapters()
        match self.options.by:
            case "chapter":
                return np.searchsorted(chapters, items.chapter)
            case "section":
                names = self._buckets()[0]
                place = np.array([names.index(section_of(one)) for one in chapters], dtype=np.int64)
                return place[np.searchsorted(chapters, items.chapter)]
            case _:
                return np.zeros(len(items.kind), dtype=np.int64)

    def _each(self, buckets: int) -> Iterator[tuple[str, list[Sums], list[int]]]:
        """Every partner's sums by segment, and the weight that has no line."""
        simple = self.averages.weights is None
        alike: dict[object, list[Sums]] = {}
        for partner, countries in self.partners.items():
            shares = self._shares(partner, countries)
            if simple and len(shares) == 1:
                key, _ = shares[0]
                if key not in alike:
                    alike[key] = self._sums(partner, [countries[0]], buckets)
                found = alike[key]
            else:
                found = self._sums(partner, [origin for _, origin in shares], buckets)
            basket = self.averages.basket
            yield partner, found, [basket.items(one.stretch, partner).uncovered for one in self.segments]

    def _shares(self, partner: str, countries: Sequence[str]) -> list[tuple[object, str]]:
        """The countries of a partner that stand for it: one where the law treats all alike, else all of them."""
        keys = {one: self.law.key(one, self.options.start, self.options.end) for one in countries}
        if len(set(keys.values())) == 1:
            return [(keys[countries[0]], countries[0])]
        self.averages.unequal.add(partner)
        return [(key, one) for one, key in keys.items()]

    def _sums(self, partner: str, origins: Sequence[str], buckets: int) -> list[Sums]:
        found = [Sums.nothing(buckets, len(self.programs)) for _ in self.segments]
        for number, origin in enumerate(origins):
            cells = self.law.cells(origin, self.options.start, self.options.end)
            codes = cells.codes(self.charges.of_plan)
            known: tuple[_Segment, Told, Sums] | None = None
            for segment, sums_ in zip(self.segments, found, strict=True):
                items = self.averages.basket.items(segment.stretch, partner)
                if len(origins) > 1:
                    items = _part(items, number, len(origins))
                said = told(items, codes[segment.interval - self._first(cells)])
                if known is not None and known[0].stretch == segment.stretch and _same(known[1], said):
                    one = known[2]
                else:
                    one = sums(items, said, self.charges, self._bucket(items), buckets)
                    one.programs = one.programs[:, self._order]
                known = (segment, said, one)
                sums_.add(one)
        return found

    def _first(self, cells: Cells) -> int:
        return int(self.law.intervals(self.options.start, self.options.end)[0])

    @property
    def _order(self) -> Ints:
        place = self.law.kernel.plain.place
        return np.array([place[one] for one in self.programs], dtype=np.int64)

    def _averages(self, name: str, bucket: int, sums_: Sequence[Sums], uncovered: Sequence[int]) -> Iterator[Average]:
        for segment, one, missing in zip(self.segments, sums_, uncovered, strict=True):
            weight, total = int(one.weight[bucket]), int(one.total[bucket])
            everything = weight + int(one.prohibited[bucket]) + missing
            if not everything:
                continue
            programs = {
                program: _share(int(each), weight)
                for program, each in zip(self.programs, one.programs[bucket], strict=True)
                if each
            }
            yield Average(
                name,
                segment.start,
                segment.until,
                _share(int(one.base[bucket]), weight),
                programs,
                _share(total, weight),
                _share(int(one.owed[bucket]), weight),
                weight,
                _part_of(missing, everything),
                _part_of(int(one.left_out[bucket]), everything),
                _part_of(int(one.prohibited[bucket]), everything),
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
        """One group for each program (and the base duty): its own rate is the total."""
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
        rate,
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
        row.prohibited, day,
    )  # fmt: skip


def _but_for_days(row: Average) -> tuple[object, ...]:
    shares = (row.uncovered, row.left_out, row.prohibited)
    return row.group, row.base, tuple(row.programs.items()), row.total, row.owed, row.weight, shares


def _same(one: Told, other: Told) -> bool:
    return np.array_equal(one.charge, other.charge) and np.array_equal(one.base, other.base)


def _part(items: Items, number: int, parts: int) -> Items:
    """One of several even parts of a partner's weight, in whole dollars."""
    share, rest = np.divmod(items.weight, parts)
    weight = share + (number < rest)
    return Items(items.kind, items.chapter, weight, items.general, items.column2, items.uncovered)


def _share(millionths: int, weight: int) -> Decimal:
    """A sum of weight times parts per million over the weight, half-up to the millionth."""
    if not weight:
        return Decimal(0)
    return Decimal((2 * millionths + weight) // (2 * weight)).scaleb(-6)


def _part_of(part: int, whole: int) -> Decimal:
    return (Decimal(part) / Decimal(whole)).quantize(_SHARE, ROUND_HALF_UP) if whole else Decimal(0)


__all__ = ["ALL", "GROUPINGS", "Average", "AverageOptions", "Averages"]
