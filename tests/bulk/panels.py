"""Shared by the tests of panels and averages: one compiled kernel, and one line asked of the single-line engine."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from tests.conftest import TODAY, engine_seen_from, shipped_schedule

from tidewaiter.assess.assessment import Assessment
from tidewaiter.assess.batch import assess_one
from tidewaiter.assess.countries import origin_code
from tidewaiter.assess.line import read_line
from tidewaiter.bulk.kernel import Kernel
from tidewaiter.bulk.panel import Panel, PanelOptions

VALUE = Decimal(1_000_000)
"""Of such a line one cent is one hundredth of a millionth: a rate in parts per million is exact."""


@cache
def kernel(known_on: str = TODAY, scenario: str = "law") -> Kernel:
    """A kernel of its own for the shipped law."""
    return Kernel(engine_seen_from(known_on, scenario).regime, shipped_schedule())


def panel(**options: Any) -> Panel:
    """A panel under the shipped law."""
    return Panel(kernel(), PanelOptions(**options))


def single(hts: str, origin: str, instant: int, **more: Any) -> Assessment:
    """The single-line engine's answer for a line of a million dollars that states nothing (but ``more``)."""
    engine = engine_seen_from()
    given = {"hts": hts, "origin": origin, "value": str(VALUE), "entered_at": written(instant), **more}
    return assess_one(engine, read_line(given, engine.regime.ledger.zones, origin_code))


def written(instant: int) -> str:
    """An instant as the contract has it."""
    return datetime.fromtimestamp(instant, UTC).isoformat()


def row_at(rows: list[dict[str, Any]], instant: int) -> dict[str, Any] | None:
    """The row of one product and origin in which an instant lies."""
    at = datetime.fromtimestamp(instant, UTC)
    here = [row for row in rows if row["valid_from"] <= at and (row["valid_until"] is None or at < row["valid_until"])]
    assert len(here) <= 1, here
    return here[0] if here else None
