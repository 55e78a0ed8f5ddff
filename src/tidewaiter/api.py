"""The Python interface: a regime asked about lines.

>>> from tidewaiter import Line, Regime
>>> regime = Regime.load(known_on="2026-11-22")
>>> answer = regime.assess(Line(hts="8507.60.0090", origin="CN", value="10000", entered_at="2026-11-22"))
>>> answer.total_duty, [layer.heading for layer in answer.layers]
(Decimal('4090.00'), ['9903.91.06', '9903.05.31'])
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, overload

from tidewaiter.assess.assessment import Assessment
from tidewaiter.assess.batch import Result, assess_one, assess_records
from tidewaiter.assess.countries import origin_code
from tidewaiter.assess.engine import Engine
from tidewaiter.assess.errors import LineError
from tidewaiter.assess.line import read_line
from tidewaiter.assess.records import Record
from tidewaiter.ledger.regime import Regime as FoldedLaw
from tidewaiter.schedule.encoding import SCHEDULE_FILE
from tidewaiter.schedule.store import Schedule

if TYPE_CHECKING:
    from polars import DataFrame, LazyFrame

    from tidewaiter.averages.both import BothRow, BothWays
    from tidewaiter.averages.series import Averages
    from tidewaiter.bulk.kernel import Kernel
    from tidewaiter.bulk.panel import Panel
    from tidewaiter.bulk.panel_files import Written
    from tidewaiter.bulk.several import AnyPricer
    from tidewaiter.diff.whole import Diff
    from tidewaiter.status.report import Status
    from tidewaiter.whatif.answer import WhatIf

Number = str | int | Decimal
Day = str | date | datetime


@dataclass(frozen=True, kw_only=True)
class Line:
    """One tariff line of a shipment, with the fields of the contract. Money is US dollars.

    ``entered_at`` is an ISO date (read as the end of that day in the importing country) or an instant; ``value`` the customs
    value, CIF into China.
    ``facts`` holds the rarer facts that ``tidewaiter law claims`` lists. What is absent is not known, not "no".
    """

    hts: str
    origin: str
    value: Number
    entered_at: Day
    into: str = "US"
    line_id: str | None = None
    entry_id: str | None = None
    loaded_at: Day | None = None
    transport: str | None = None
    quantity: Number | None = None
    unit: str | None = None
    quantity_2: Number | None = None
    unit_2: str | None = None
    spi: str | None = None
    claims: Iterable[str] = ()
    scope: Iterable[str] = ()
    steel_value: Number | None = None
    aluminum_value: Number | None = None
    copper_value: Number | None = None
    metal_weight_share: Number | None = None
    us_content_value: Number | None = None
    ch98: str | None = None
    ch98_value: Number | None = None
    exported_at: Day | None = None
    imported_at: Day | None = None
    smelt_country: str | None = None
    melt_country: str | None = None
    cast_country: str | None = None
    shipped_from: str | None = None
    ftz_status: str | None = None
    admitted_at: Day | None = None
    withdrawn_at: Day | None = None
    entry_type: str | None = None
    items: Number | None = None
    deposited_at: Day | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    def as_given(self) -> dict[str, Any]:
        """The line as a mapping of contract fields."""
        given = {one.name: getattr(self, one.name) for one in fields(self)}
        return {**given, "claims": list(self.claims), "scope": list(self.scope), "facts": dict(self.facts)}


class Regime:
    """What the ledger says, seen from a day of knowledge and under a scenario; immutable.

    Make one with :meth:`load`; it keeps what it learns about products, so keep it.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._kernels: dict[str, Kernel] = {}
        self._like: Regime | None = None
        self._source: str | None = None
        self._baskets: dict[tuple[str, str], Averages] = {}

    @classmethod
    def load(
        cls,
        known_on: str | None = None,
        scenario: str = "law",
        schedules: Mapping[str, Path | str] | None = None,
    ) -> Regime:
        """The shipped law as known on a day (ISO date; default: all that is in the ledger), under a scenario.

        ``scenario`` is a shipped name (``law``, ``as-reported``) or the path of a YAML file of hypothetical acts. ``schedules``
        are files of your own base rates by importing country (``{"CN": "china-2026.csv"}``): CSV with the columns ``hts`` and
        ``rate``, put over the shipped tariff in every answer. Raises ``tidewaiter.ledger.errors.LawError``, ``OwnRatesError``
        for such a file that cannot be used, ``LineError`` ``not_covered`` for a country that is not covered.
        """
        law = FoldedLaw.load(known_on, scenario)
        found = cls(Engine(law, _schedule(), [_own_schedule(law, *one) for one in (schedules or {}).items()]))
        found._source = scenario
        return found

    @property
    def known_on(self) -> str:
        """The day of knowledge."""
        return self.engine.regime.known_on

    def assess(self, line: Line | Mapping[str, Any]) -> Assessment:
        """One line as an entry of its own, with fees. Raises ``LineError`` (``code``, ``message``, ``hint``)."""
        given = line.as_given() if isinstance(line, Line) else line
        return assess_one(self.engine, read_line(given, self.engine.regime.ledger.zones, origin_code))

    def status(self, on: Day | None = None) -> Status:
        """Where the tariff war stands at the end of a day (default: the day of knowledge), each statement with its acts.

        Headline rates are shares of the value, both ways; ``as_json()`` gives everything as one object. docs/status.md has the
        words. Raises ``ValueError`` for what is no date, ``LineError`` for a day before anything is covered.
        """
        from tidewaiter.status.status import status

        asked = self.known_on if on is None else on
        if isinstance(asked, datetime):
            return status(self.engine.regime, asked.date())
        return status(self.engine.regime, asked if isinstance(asked, date) else date.fromisoformat(asked))

    def what_if(self, scenario: str) -> Regime:
        """The same day of knowledge under another scenario (a shipped name or a YAML file).

        It takes over what this regime has compiled wherever the two say the same. Raises ``LawError``.
        """
        from tidewaiter.ledger.snapshot import find_scenario

        law = self.engine.regime
        regime = law.under(find_scenario(law.ledger, scenario))
        other = Regime(self.engine.under(regime))
        other._like = self
        other._source = scenario
        return other

    @property
    def kernel(self) -> Kernel:
        """The regime compiled for many lines into the United States."""
        return self.kernel_into(Line.into)

    def kernel_into(self, into: str) -> Kernel:
        """The regime compiled for many lines into a country, made when first asked for. Raises ``LineError`` ``not_covered``."""
        from tidewaiter.assess.coverage import check_into
        from tidewaiter.bulk.kernel import Kernel

        check_into(self.engine.regime, into)
        like = None if self._like is None else self._like.kernel_into(into)
        with _COMPILING:
            if into not in self._kernels:
                self._kernels[into] = Kernel(self.engine.regime, self.engine.schedule_of(into), into, like)
            return self._kernels[into]

    @overload
    def price(
        self,
        lines: DataFrame,
        *,
        rates: bool = ...,
        long: bool = ...,
        whole_dollars: bool = ...,
        into: Iterable[str] = ...,
    ) -> DataFrame: ...

    @overload
    def price(
        self,
        lines: LazyFrame,
        *,
        rates: bool = ...,
        long: bool = ...,
        whole_dollars: bool = ...,
        into: Iterable[str] = ...,
    ) -> LazyFrame: ...

    def price(
        self,
        lines: DataFrame | LazyFrame,
        *,
        rates: bool = False,
        long: bool = False,
        whole_dollars: bool = False,
        into: Iterable[str] = (),
    ) -> DataFrame | LazyFrame:
        """Many lines: a Polars frame with the fields of the contract as columns, answered line by line to the same cent.

        The frame's own columns are kept; added are ``base_duty``, one column for each program (dollars), fees, ``total_duty``
        (assessed), ``total_owed``, ``refundable``, ``total_fees``, ``total``, ``effective_rate``, ``warnings`` and ``error``.
        ``rates`` adds the rate of each program; ``long`` gives one row for each layer instead. A lazy frame is priced as it is
        read, in bounded memory. The lines of an entry (``entry_id``) must stand together. ``into`` are the importing countries
        that are answered and have columns, the first that of lines which name none (default: the United States, or every
        covered country where the frame has a column ``into``). Raises ``FileError``: ``missing_column``, ``bad_column_type``, and
        ``column_exists`` where a column has the name of one that is added; ``LineError`` for a country not covered.
        docs/price.md has the schema.
        """
        from tidewaiter.bulk.frames import names_of, price
        from tidewaiter.bulk.stream import Options

        kernels = self._pricer(into, names_of(lines))
        return price(kernels, lines, Options(rates=rates, long=long, whole_dollars=whole_dollars))

    def panel(
        self,
        *,
        origins: Iterable[str] = (),
        products: Iterable[str] = (),
        start: Day | None = None,
        end: Day | None = None,
        programs: Iterable[str] = (),
        layers: bool = False,
        unit_values: Path | str | None = None,
        into: str = "US",
    ) -> DataFrame:
        """The rates of every product of every origin from change to change, as a Polars frame: meant for a few of either.

        ``origins`` are countries or groups (``EU``), ``products`` beginnings of tariff numbers, ``start`` and ``end`` days (both
        in) or instants, ``programs`` the ones that get a column; each empty for all. ``layers`` gives one row for each heading
        instead; ``unit_values`` is a file of what a unit is worth (:func:`tidewaiter.bulk.panel_equivalents.read_unit_values`).
        ``into`` is the importing country. The schema is in docs/panel.md. Rates are shares of the value, exact to the millionth.
        Raises ``LineError``.
        """
        return self._panel(origins, products, start, end, programs, layers, unit_values, into).frame()

    def write_panel(
        self,
        folder: Path | str,
        *,
        origins: Iterable[str] = (),
        products: Iterable[str] = (),
        start: Day | None = None,
        end: Day | None = None,
        programs: Iterable[str] = (),
        layers: bool = False,
        unit_values: Path | str | None = None,
        changed_from: Path | str | None = None,
        into: str = "US",
    ) -> Written:
        """The same as Parquet partitioned by origin in a folder, which is replaced when the panel is whole.

        ``changed_from`` is a panel of the same shape under another scenario: origins on which the two do not differ are linked
        from it. Raises ``LineError``, ``FileError``.
        """
        from tidewaiter.bulk.panel_files import write_panel

        panel = self._panel(origins, products, start, end, programs, layers, unit_values, into)
        return write_panel(panel, folder, changed_from=changed_from, scenario_source=self._source)

    def averages(
        self,
        *,
        start: Day = "2025-01-01",
        end: Day | None = None,
        daily: bool = False,
        by: str = "all",
        origins: Iterable[str] = (),
        weights: Path | str | None = "default",
        what_if: Iterable[str] = (),
        into: str = "US",
    ) -> DataFrame:
        """Average rates over time, as a Polars frame: one row for each group and change, or with ``daily`` each day.

        ``by`` is all, origin, program, chapter or section. ``weights`` is ``"default"`` (the country's imports of 2024), a file,
        or ``None`` for simple averages; ``what_if`` are scenarios whose series stand beside this regime's; ``into`` is the
        importing country. Rates are shares of the value; a series begins with coverage, if that is later than ``start``.
        docs/averages.md has the schema and what is left out. Raises ``LineError``, ``FileError``, ``LawError``.
        """
        from tidewaiter.averages.series import AverageOptions
        from tidewaiter.averages.table import as_frame
        from tidewaiter.bulk.days import first_instant, instant_after
        from tidewaiter.ledger.instants import FOREVER

        found = self._averages(weights, into)
        zone = self.engine.regime.zone(into)
        until = FOREVER if end is None else instant_after(end, zone)
        options = AverageOptions(first_instant(start, zone), until, by, tuple(origins), daily)
        rows = [(self.engine.regime.scenario.id, row) for row in found.series(options)]
        for name in what_if:
            rows += [(name, row) for row in found.series(options, self.what_if(name).kernel_into(into))]
        return as_frame(rows, found.kernel.programs, daily=daily)

    def averages_both(
        self,
        *,
        start: Day = "2018-01-01",
        end: Day | None = None,
        measures: Iterable[str] = (),
        weights: Mapping[str, Path | str] | None = None,
        what_if: Iterable[str] = (),
    ) -> DataFrame:
        """Both sides' rates on each other's goods, as a Polars frame: a row for each side, measure and change, with its acts.

        ``measures`` are ``headline``, ``simple`` and ``weighted`` (none given: all); ``weights`` files by importing country in
        place of the shipped ones; ``what_if`` scenarios beside this regime's. A side's series begin with coverage, if that is
        later than ``start``. Rates are shares of the value (``Decimal(12, 6)``), instants UTC, ``acts``, ``citations`` and
        ``titles`` lists. docs/averages.md has the schema. Raises ``LineError``, ``FileError``, ``LawError``.
        """
        from tidewaiter.averages.both_table import as_frame

        both, rows = self._both(start, end, measures, weights, what_if)
        return as_frame(rows, both.programs(), {side.into: side.zone for side in both.sides})

    def plot_averages_both(
        self,
        file: Path | str,
        *,
        start: Day = "2018-01-01",
        end: Day | None = None,
        measures: Iterable[str] = ("headline", "weighted"),
        weights: Mapping[str, Path | str] | None = None,
        what_if: Iterable[str] = (),
    ) -> None:
        """The same as a step chart, by the name of the file PNG or SVG: a panel for each measure, every large change numbered.

        Needs Matplotlib (``pip install 'tidewaiter[plot]'``). Raises as :meth:`averages_both`; ``FileError`` ``missing_extra``,
        ``bad_field`` for another kind of file, ``cannot_write``.
        """
        from tidewaiter.averages.chart import Chart, draw

        both, rows = self._both(start, end, measures, weights, what_if)
        draw(Chart.of(both, rows), Path(file))

    def portfolio(
        self,
        lines: DataFrame,
        scenarios: Iterable[str],
        *,
        start: str | date | None = None,
        months: int = 12,
        day: str | int = "last",
        into: Iterable[str] = (),
    ) -> WhatIf:
        """Lines under several scenarios, each entered again in every month of arrival, held against this regime.

        ``lines`` is a Polars frame with the fields of the contract; ``entered_at`` is not needed. ``start`` is a day or a month
        (default: the day of knowledge), ``day`` the day of entry in each month: ``"last"``, ``"first"`` or a number. The answer
        has the frames ``months()``, ``programs()``, ``skus()`` and ``refused()``, in dollars; a line refused under one scenario
        in a month counts under none in it. ``into`` are importing countries, as of :meth:`price`. docs/what-if.md. Raises
        ``LineError``, ``FileError``, ``LawError``.
        """
        from tidewaiter.whatif.arrivals import arrivals
        from tidewaiter.whatif.run import bare_days, whatif

        asked = arrivals(start or self.known_on, months, day)
        frame = bare_days(lines)
        countries = into if isinstance(into, str) else tuple(into)
        kernels = self._pricer(countries, lines.columns)
        under = {name: self.what_if(name)._pricer(countries, lines.columns) for name in scenarios}
        return whatif(kernels, frame.schema, [frame], tuple(under), asked, under=lambda name: under[name])

    def _pricer(self, into: Iterable[str], names: Collection[str]) -> AnyPricer:
        from tidewaiter.bulk.several import pricer

        asked = (into,) if isinstance(into, str) else tuple(into)
        return pricer(self.kernel_into, self.engine.regime, asked, names)

    def diff(
        self,
        since: str | datetime,
        until: str | datetime,
        *,
        later: Regime | None = None,
        line: Line | Mapping[str, Any] | None = None,
        into: Iterable[str] = (),
    ) -> Diff:
        """What stands otherwise in the law at two moments: headings, list rows, rules, fees, tariff numbers.

        ``since`` and ``until`` are days (their ends where the goods are imported) or instants. ``later`` is the regime in which
        the second is seen: another day of knowledge, or a scenario of :meth:`what_if`. With ``line``, whose ``entered_at`` does
        not count, ``.product`` has the change in its duty and a ``sentence()`` that names the acts. ``into`` limits it to
        importing countries. ``.as_json()`` is what ``tidewaiter diff --json`` prints. Raises ``LineError``.
        """
        from tidewaiter.diff.whole import diff

        given = line.as_given() if isinstance(line, Line) else line
        other = None if later is None else later.engine.regime
        return diff(self.engine, since, until, later=other, line=given, into=into)

    def _both(
        self,
        start: Day,
        end: Day | None,
        measures: Iterable[str],
        weights: Mapping[str, Path | str] | None,
        what_if: Iterable[str],
    ) -> tuple[BothWays, list[BothRow]]:
        from tidewaiter.averages.both import MEASURES, BothOptions, BothWays, own_weights

        files = {into: Path(file) for into, file in (weights or {}).items()}
        both = BothWays(self.engine, own_weights(self.engine.regime, files), self.kernel_into)
        options = BothOptions(start, end, tuple(measures) or MEASURES)
        rows = both.rows(options)
        for name in what_if:
            rows += both.rows(options, self.what_if(name).engine.regime)
        return both, rows

    def _averages(self, weights: Path | str | None, into: str) -> Averages:
        from tidewaiter.averages.series import Averages
        from tidewaiter.averages.weights import default_weights, read_weights

        key = (into, str(weights))
        if key not in self._baskets:
            kernel, ledger = self.kernel_into(into), self.engine.regime.ledger
            if weights is None or weights == "default":
                told = None if weights is None else default_weights(ledger.jurisdictions[into])
            else:
                told = read_weights(Path(weights), frozenset(row.group for row in ledger.groups))
            self._baskets[key] = Averages(kernel, told)
        return self._baskets[key]

    def _panel(
        self,
        origins: Iterable[str],
        products: Iterable[str],
        start: Day | None,
        end: Day | None,
        programs: Iterable[str],
        layers: bool,
        unit_values: Path | str | None,
        into: str,
    ) -> Panel:
        from tidewaiter.bulk.days import first_instant, instant_after
        from tidewaiter.bulk.panel import Panel, PanelOptions
        from tidewaiter.bulk.panel_equivalents import read_unit_values

        kernel, zone = self.kernel_into(into), self.engine.regime.zone(into)
        options = PanelOptions(
            tuple(origins),
            tuple(products),
            None if start is None else first_instant(start, zone),
            None if end is None else instant_after(end, zone),
            tuple(programs),
            layers,
            None if unit_values is None else read_unit_values(Path(unit_values)),
        )
        return Panel(kernel, options)

    def assess_all(self, lines: Iterable[Line | Mapping[str, Any]]) -> list[Result]:
        """Several lines, entry by entry; a line that is refused carries its error, the others are answered."""
        given = (line.as_given() if isinstance(line, Line) else line for line in lines)
        return list(assess_records(self.engine, (Record(number, one) for number, one in enumerate(given, start=1))))


_COMPILING = Lock()


@cache
def _schedule() -> Schedule:
    return Schedule.load()


def _own_schedule(law: FoldedLaw, into: str, own: Path | str) -> Schedule:
    from tidewaiter.assess.coverage import check_into
    from tidewaiter.schedule.own import OwnSchedule

    check_into(law, into)
    return OwnSchedule.over(SCHEDULE_FILE.with_name(law.ledger.jurisdictions[into].schedule), Path(own))


__all__ = ["Assessment", "Line", "LineError", "Regime"]
