"""One explained line, warm: plain, with a metal content, in the busiest months, and a mix over products and dates."""

from __future__ import annotations

import random
from typing import Any

import pytest
from tests.conftest import engine_seen_from, line_of, shipped_schedule

from tidewaiter.assess.batch import assess_one
from tidewaiter.assess.errors import LineError
from tidewaiter.assess.line import Line

LINES: dict[str, dict[str, Any]] = {
    "batteries today": {"hts": "8507.60.0090", "entered_at": "2026-11-22"},
    "toy in the truce": {"entered_at": "2025-06-01"},
    "refrigerator with steel content": {"hts": "8418.10.0030", "entered_at": "2026-02-10", "steel_value": "300"},
    "car part": {"hts": "8708.30.5040", "entered_at": "2025-09-01"},
}


@pytest.mark.parametrize("name", LINES)
def test_one_line(benchmark: Any, name: str) -> None:
    engine, line = engine_seen_from(), line_of(**LINES[name])
    assert benchmark(assess_one, engine, line).total_duty > 0


def mixed_lines(count: int, seed: int = 1) -> list[Line]:
    """Lines over all products, three origins and 2025-2026 that the engine answers."""
    dice = random.Random(seed)
    schedule, engine = shipped_schedule(), engine_seen_from()
    numbers = [line.number for line in schedule.lines(schedule.last_edition) if len(line.number) == 10]
    found: list[Line] = []
    while len(found) < count:
        day = f"{dice.choice((2025, 2026))}-{dice.randint(1, 11):02}-{dice.randint(1, 28):02}"
        given = {"hts": dice.choice(numbers), "origin": dice.choice(("CN", "CN", "HK", "MO")), "entered_at": day}
        line = line_of(**given, quantity="100", unit="kg", quantity_2="100", unit_2="No.")
        try:
            assess_one(engine, line)
        except LineError:
            continue
        found.append(line)
    return found


def test_a_mix_of_lines(benchmark: Any) -> None:
    """Divide the figure by 200 for one line of the mix, products seen before."""
    engine, lines = engine_seen_from(), mixed_lines(200)
    benchmark(lambda: [assess_one(engine, line) for line in lines])
