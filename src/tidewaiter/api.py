"""The Python interface: a regime asked about lines.

>>> from tidewaiter import Line, Regime
>>> regime = Regime.load(known_on="2026-11-22")
>>> answer = regime.assess(Line(hts="8507.60.0090", origin="CN", value="10000", entered_at="2026-11-22"))
>>> answer.total_duty, [layer.heading for layer in answer.layers]
(Decimal('4090.00'), ['9903.91.06', '9903.05.31'])
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal
from functools import cache
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
from tidewaiter.schedule.store import Schedule

if TYPE_CHECKING:
    from polars import DataFrame, LazyFrame

    from tidewaiter.bulk.kernel import Kernel

Number = str | int | Decimal
Day = str | date | datetime


@dataclass(frozen=True, kw_only=True)
class Line:
    """One tariff line of a shipment, with the fields of the contract. Money is US dollars.

    ``entered_at`` is an ISO date (read as the end of that day, Eastern) or an instant; ``value`` the customs value.
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
        self._kernel: Kernel | None = None

    @classmethod
    def load(cls, known_on: str | None = None, scenario: str = "law") -> Regime:
        """The shipped law as known on a day (ISO date; default: all that is in the ledger), under a scenario.

        ``scenario`` is a shipped name (``law``, ``as-reported``) or the path of a YAML file of hypothetical acts.
        Raises ``tidewaiter.ledger.errors.LawError``.
        """
        return cls(Engine(FoldedLaw.load(known_on, scenario), _schedule()))

    @property
    def known_on(self) -> str:
        """The day of knowledge."""
        return self.engine.regime.known_on

    def assess(self, line: Line | Mapping[str, Any]) -> Assessment:
        """One line as an entry of its own, with fees. Raises ``LineError`` (``code``, ``message``, ``hint``)."""
        given = line.as_given() if isinstance(line, Line) else line
        return assess_one(self.engine, read_line(given, self.engine.regime.ledger.zones, origin_code))

    @property
    def kernel(self) -> Kernel:
        """The regime compiled for many lines, made when first asked for."""
        from tidewaiter.bulk.kernel import Kernel

        with _COMPILING:
            if self._kernel is None:
                self._kernel = Kernel(self.engine.regime, self.engine.schedule)
            return self._kernel

    @overload
    def price(
        self, lines: DataFrame, *, rates: bool = ..., long: bool = ..., whole_dollars: bool = ...
    ) -> DataFrame: ...

    @overload
    def price(
        self, lines: LazyFrame, *, rates: bool = ..., long: bool = ..., whole_dollars: bool = ...
    ) -> LazyFrame: ...

    def price(
        self, lines: DataFrame | LazyFrame, *, rates: bool = False, long: bool = False, whole_dollars: bool = False
    ) -> DataFrame | LazyFrame:
        """Many lines: a Polars frame with the fields of the contract as columns, answered line by line to the same cent.

        The frame's own columns are kept; added are ``base_duty``, one column for each program (dollars), fees, ``total_duty``
        (assessed), ``total_owed``, ``refundable``, ``total_fees``, ``total``, ``effective_rate``, ``warnings`` and ``error``.
        ``rates`` adds the rate of each program; ``long`` gives one row for each layer instead. A lazy frame is priced as it is
        read, in bounded memory. The lines of an entry (``entry_id``) must stand together. Raises ``FileError``:
        ``missing_column``, ``bad_column_type``, and ``column_exists`` where a column has the name of one that is added.
        docs/price.md has the schema.
        """
        from tidewaiter.bulk.frames import price
        from tidewaiter.bulk.stream import Options

        return price(self.kernel, lines, Options(rates=rates, long=long, whole_dollars=whole_dollars))

    def assess_all(self, lines: Iterable[Line | Mapping[str, Any]]) -> list[Result]:
        """Several lines, entry by entry; a line that is refused carries its error, the others are answered."""
        given = (line.as_given() if isinstance(line, Line) else line for line in lines)
        return list(assess_records(self.engine, (Record(number, one) for number, one in enumerate(given, start=1))))


_COMPILING = Lock()


@cache
def _schedule() -> Schedule:
    return Schedule.load()


__all__ = ["Assessment", "Line", "LineError", "Regime"]
