"""A portfolio of 10,000 lines under five scenarios in twelve months: 720,000 answers. The aim is 10 s for the whole command."""

from __future__ import annotations

import random
from typing import Any

import polars as pl
from tests.conftest import TODAY, shipped_schedule

from tidewaiter import Regime

SCENARIOS = ["as-reported", "truce-lapses", "truce-extended", "forced-labor-struck", "return-to-145-125"]
LINES = 10_000


def portfolio(count: int = LINES, seed: int = 1) -> pl.DataFrame:
    """Lines over all products and a few origins, three for each product's name or so."""
    dice = random.Random(seed)
    schedule = shipped_schedule()
    numbers = [line.number for line in schedule.lines(schedule.last_edition) if len(line.number) == 10]
    origins = ("CN", "CN", "CN", "VN", "MX", "DE", "IN", "HK")
    rows = [
        {
            "sku": f"S{dice.randrange(count // 3)}",
            "hts": dice.choice(numbers),
            "origin": dice.choice(origins),
            "value": f"{dice.randrange(100, 100_000)}.{dice.randrange(100):02}",
            "transport": "vessel",
            "quantity": "100",
            "unit": "kg",
            "quantity_2": "100",
            "unit_2": "No.",
        }
        for _ in range(count)
    ]
    return pl.DataFrame(rows)


def test_a_portfolio(benchmark: Any) -> None:
    """From lines to sums, the law loaded but the scenarios not yet compiled."""
    lines = portfolio()

    def run() -> int:
        found = Regime.load(known_on=TODAY).portfolio(lines, SCENARIOS)
        return found.months().height

    assert benchmark.pedantic(run, rounds=3) == (1 + len(SCENARIOS)) * 12
