"""The panel: the rates of every product of every origin, from change to change, under one regime.

A row of a panel is about a line that states no facts: contents unknown (the full value), no description met, nothing claimed,
not mail. It says what the engine answers for such a line at any instant of the row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

import polars as pl
import pyarrow as pa

from tidewaiter.assess.countries import origin_code
from tidewaiter.assess.errors import LineError
from tidewaiter.bulk.kernel import Kernel
from tidewaiter.bulk.output import column_name
from tidewaiter.bulk.panel_cells import Cells, Charges, PanelLaw, charges_of
from tidewaiter.bulk.panel_equivalents import UnitValues
from tidewaiter.bulk.panel_layers import LAYERS_SCHEMA, LayersLaw
from tidewaiter.bulk.panel_products import ProductRuns, product_runs
from tidewaiter.bulk.panel_wide import WideLaw, WideTable, wide_schema
from tidewaiter.ledger.instants import FOREVER, Instant, say_instant
from tidewaiter.ledger.model import ANYWHERE

ORIGIN = "origin"


@dataclass(frozen=True, slots=True)
class PanelOptions:
    """What a panel holds. Empty fields mean all: all origins covered, all products, all programs, the days of coverage.

    ``origins`` are countries as people type them, or names of the law's groups (EU); ``products`` beginnings of tariff numbers;
    ``start`` and ``end`` instants (the end is out). ``programs`` chooses columns: totals are always those of all programs.
    ``layers`` gives one row for each heading instead.
    """

    origins: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    start: Instant | None = None
    end: Instant | None = None
    programs: tuple[str, ...] = ()
    layers: bool = False
    unit_values: UnitValues | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Group:
    """Origins whose rows are the same, the first standing for all."""

    origins: tuple[str, ...]

    @property
    def first(self) -> str:
        """The origin that stands for all."""
        return self.origins[0]


class Panel:
    """A panel under one kernel's regime. Raises ``LineError`` for an origin, product, day or program that it cannot have."""

    def __init__(self, kernel: Kernel, options: PanelOptions) -> None:
        self.kernel = kernel
        self.options = options
        self.programs = _programs(kernel, options.programs)
        self.prefixes = tuple(_prefix(one) for one in options.products)
        unknown = LineError("unknown_number", f"no tariff line begins with {', '.join(options.products)}")
        if self.prefixes and not any(one.startswith(self.prefixes) for one in kernel.schedule.numbers()):
            raise unknown
        self.runs: ProductRuns = product_runs(kernel, self.prefixes)
        if not self.runs.numbers:
            raise unknown
        self.end = FOREVER if options.end is None else options.end
        self.law = PanelLaw(kernel, self.runs.kinds)
        self.origins = tuple(self._origins())
        for origin in self.origins:
            self._check_start(self.start_of(origin))
        self._charges: Charges | None = None
        self._wide: WideLaw | None = None
        self._layers: LayersLaw | None = None

    @property
    def schema(self) -> pa.Schema:
        """The columns, but for the origin."""
        if self.options.layers:
            return LAYERS_SCHEMA
        return wide_schema(self.programs, self.options.unit_values is not None)

    def start_of(self, origin: str) -> Instant:
        """The first instant of the panel for an origin: the one asked for, or the day that coverage names."""
        if self.options.start is not None:
            return self.options.start
        for row in self.kernel.regime.ledger.coverage:
            for first in row.panel if row.into == self.kernel.into else ():
                if origin in first.origins or ANYWHERE in first.origins:
                    return first.start
        return min(self.kernel.coverage_starts)

    def groups(self, origins: Sequence[str] | None = None) -> list[Group]:
        """The origins (of some, or of all), those with the same rows together."""
        chosen = self.origins if origins is None else tuple(origins)
        self._compile(chosen)
        found: dict[object, list[str]] = {}
        shown: dict[object, object] = {}
        for origin in chosen:
            cells = self.law.key(origin, self.start_of(origin), self.end)
            if self.options.layers or cells not in shown:
                shown[cells] = self._key(origin)
            found.setdefault(shown[cells], []).append(origin)
        return [Group(tuple(several)) for several in found.values()]

    def table(self, origin: str) -> pa.Table:
        """The rows of one origin, in order of number and time. Its group must have been asked for first."""
        cells = self._cells(origin)
        if self.options.layers:
            assert self._layers is not None
            return self._layers.table(origin, cells, self.law.intervals(self.start_of(origin), self.end), self.end)
        assert self._wide is not None
        return WideTable(self._wide, self._wide.rows(cells, self.end), self.end).table()

    def frames(self) -> Iterator[pl.DataFrame]:
        """The rows of every origin, with a column for the origin before them."""
        for group in self.groups():
            frame = as_frame(self.table(group.first))
            for origin in group.origins:
                yield frame.select(pl.lit(origin, dtype=pl.String).alias(ORIGIN), pl.all())

    def frame(self) -> pl.DataFrame:
        """The whole panel in memory: meant for a few origins or products."""
        return pl.concat(self.frames()).sort(ORIGIN, maintain_order=True)

    # Parts

    def _compile(self, origins: Sequence[str]) -> None:
        for start in {self.start_of(origin) for origin in origins}:
            self.law.compile([one for one in origins if self.start_of(one) == start], start, self.end)
        self._charges = charges_of(self.kernel)
        if self.options.layers:
            self._layers = LayersLaw.of(self.law, self.runs, self.programs)
        else:
            self._wide = WideLaw.of(self.kernel, self.runs, self._charges, self.programs, self.options.unit_values)

    def _cells(self, origin: str) -> Cells:
        return self.law.cells(origin, self.start_of(origin), self.end)

    def _key(self, origin: str) -> object:
        """Equal for origins whose rows are the same."""
        if self.options.layers:
            # Acts and headings are told too: only origins of one class share them surely.
            return int(self.kernel.origins.of[self.kernel.origins.place[origin]]), self.start_of(origin)
        assert self._charges is not None
        cells = self._cells(origin)
        said = blake2b(cells.codes(self._charges.of_plan).tobytes(), digest_size=16)
        said.update(cells.starts.tobytes())
        return said.digest()

    def _origins(self) -> list[str]:
        known = self.kernel.known_origins
        if not self.options.origins:
            return list(known)
        found: dict[str, None] = {}
        for typed in self.options.origins:
            several = members_of(self.kernel, typed, self.end)
            for origin in several or [origin_code(typed)]:
                if origin not in known:
                    raise LineError("not_covered", f"duties on products of {origin} are not covered")
                found[origin] = None
        return sorted(found)

    def _check_start(self, start: Instant) -> None:
        first = min(self.kernel.coverage_starts)
        if start < first:
            said = say_instant(first, self.kernel.regime.zone(self.kernel.into))
            raise LineError("date_before_coverage", f"duties are covered from {said} on", "begin the panel then")
        if start >= self.end:
            raise LineError("bad_date", "the panel ends before it begins")


def members_of(kernel: Kernel, typed: str, end: Instant) -> list[str]:
    """The countries of one of the law's groups on the last day before ``end`` on which law is known to change; none if there is
    no such group."""
    last = min(end, kernel.laws.starts[-1] + 1) - 1
    return sorted(kernel.regime.members(typed.strip().upper(), last) or ())


def as_frame(table: pa.Table) -> pl.DataFrame:
    """An Arrow table as a frame."""
    wider = [
        pa.field(one.name, pa.decimal128(one.type.precision, one.type.scale)) if pa.types.is_decimal(one.type) else one
        for one in table.schema
    ]
    frame = pl.from_arrow(table.cast(pa.schema(wider)))
    assert isinstance(frame, pl.DataFrame)
    return frame.with_columns(pl.col(pl.Categorical).cast(pl.String))


def _programs(kernel: Kernel, wanted: Sequence[str]) -> tuple[str, ...]:
    by_name = {name: one for one in kernel.programs for name in (one, column_name(one))}
    unknown = [one for one in wanted if one not in by_name]
    if unknown:
        raise LineError("unknown_program", f"no program {', '.join(unknown)}", f"one of {', '.join(kernel.programs)}")
    chosen = {by_name[one] for one in wanted}
    return tuple(one for one in kernel.programs if not wanted or one in chosen)


def _prefix(typed: str) -> str:
    bare = typed.strip().replace(".", "")
    if not bare.isdecimal() or not 2 <= len(bare) <= 10:
        raise LineError("malformed_number", f"{typed!r} is no beginning of a tariff number", "such as 8507 or 9503.00")
    return bare
