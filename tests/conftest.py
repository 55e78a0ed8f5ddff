"""Shared pieces of the tests: the shipped law, seen from a fixed day, and one way to ask about a line."""

from __future__ import annotations

import os
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tidewaiter.assess.assessment import Assessment
from tidewaiter.assess.batch import assess_one
from tidewaiter.assess.countries import origin_code
from tidewaiter.assess.engine import Engine
from tidewaiter.assess.line import Line, read_line
from tidewaiter.ledger.regime import Regime
from tidewaiter.schedule.store import Schedule

TODAY = "2026-11-22"
"""The day from which the tests see the law, unless they say otherwise: tests never read a clock."""

TOY = "9503.00.0073"
"""A product free of base duty on which no China-301 duty was ever collected (list 4B never was)."""


@cache
def shipped_schedule() -> Schedule:
    return Schedule.load()


@cache
def engine_seen_from(known_on: str = TODAY, scenario: str = "law") -> Engine:
    return Engine(Regime.load(known_on, scenario), shipped_schedule())


def line_of(**given: Any) -> Line:
    """A line from contract fields: the toy of China worth 10,000 dollars, unless said otherwise."""
    fields = {"hts": TOY, "origin": "CN", "value": "10000", **given}
    return read_line(fields, engine_seen_from().regime.ledger.zones, origin_code)


def duty_on(known_on: str = TODAY, scenario: str = "law", **given: Any) -> Assessment:
    """The assessment of :func:`line_of`."""
    return assess_one(engine_seen_from(known_on, scenario), line_of(**given))


def amounts_on(known_on: str = TODAY, scenario: str = "law", **given: Any) -> tuple[dict[str, Decimal], Decimal]:
    """Amount by heading and the total duty of :func:`line_of`, without the telling (questions, cautions, next changes).

    Some ten times as fast as :func:`duty_on`: for tables of rates.
    """
    engine = engine_seen_from(known_on, scenario)
    work = engine.work(line_of(**given))
    amounts = {answer.code: answer.amount for answer in work.outcome.answers if answer.code}
    return amounts, work.base.amount + work.outcome.duty


def rate_on(**given: Any) -> Decimal:
    """All duty, base included, as a share of 10,000 dollars."""
    return duty_on(**given).total_duty / 10_000


def headings(assessment: Assessment) -> dict[str, Decimal]:
    """Amount by heading, reliefs included."""
    return {layer.heading: layer.amount for layer in assessment.layers}


@pytest.fixture
def engine() -> Engine:
    """The law as published, seen from today."""
    return engine_seen_from()


@pytest.fixture
def ask() -> Callable[..., Assessment]:
    """:func:`duty_on`, as a fixture."""
    return duty_on


@pytest.fixture(scope="session")
def sources() -> Path:
    """The folder of source data; tests that need it skip where it is absent."""
    told = os.environ.get("TIDEWAITER_SOURCES")
    path = Path(told) if told else Path(__file__).resolve().parents[2] / "shared" / "data"
    if not path.is_dir():
        pytest.skip("the source data is not beside the project (TIDEWAITER_SOURCES)")
    return path
