"""What the comparison with the peer rests on: the rates told by the engine, the exact duties under them, and the comparison."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from benchmarks.agreement import Agreement, compare
from benchmarks.openfisca_rates import (
    BASE,
    NotAdValoremError,
    Programs,
    assess,
    change_days,
    exact_duties,
    history_of,
    lines_of,
    rates_of,
    unlike_the_engine,
    write,
)
from tests.conftest import TOY, engine_seen_from, line_of

WIRE = "8544.11.0020"
"""Winding wire of copper: 3.5%."""


def test_rates_are_told_by_program() -> None:
    # 125% from 10 April 2025 (EO 14266) on top of the 20% of EO 14228.
    rates = rates_of(assess(engine_seen_from(), TOY, "CN", Decimal(10_000), date(2025, 4, 10)))
    assert rates == {BASE: (0, 0), "us-fentanyl-china": (200_000, 0), "us-reciprocal": (1_250_000, 0)}


def test_an_all_in_rate_is_told_as_such() -> None:
    # Switzerland: 15% in all since 14 November 2025 (9903.02.83, 90 FR 59281).
    rates = rates_of(assess(engine_seen_from(), WIRE, "CH", Decimal(10_000), date(2025, 12, 13)))
    assert rates == {BASE: (35_000, 0), "us-reciprocal": (0, 150_000)}


def test_a_duty_by_weight_is_no_percentage() -> None:
    # Dates with pits: 1 cent per kg.
    dates = line_of(hts="0804.10.4000", origin="MX", entered_at="2025-01-10", quantity="100", unit="kg")
    with pytest.raises(NotAdValoremError):
        rates_of(engine_seen_from().assess(dates))


def programs_of(days: list[date]) -> Programs:
    programs = Programs(days)
    engine = engine_seen_from()
    for hts, origin in ((TOY, "CN"), (WIRE, "CH")):
        programs.add((hts.replace(".", ""), origin), history_of(engine, hts, origin, days))
    return programs


def test_duties_are_rounded_by_program_and_an_all_in_rate_counts_the_base_rate() -> None:
    programs = programs_of([date(2025, 4, 10), date(2025, 12, 13)])
    day = programs.days[1].toordinal() - date(1970, 1, 1).toordinal()
    duties = exact_duties(programs, np.array([1]), np.array([day]), np.array([27_450_10]))
    # 3.5% of 27,450.10 is 960.7535; the 11.5% that are left of 15% are 3,156.7615.
    assert duties.tolist() == [960_75 + 3_156_76]


def test_the_rates_told_give_what_the_engine_says(tmp_path: Path) -> None:
    engine = engine_seen_from()
    programs = programs_of(change_days(engine))
    block, duties = write(programs, tmp_path, lines=200, days=0, seed=1)
    assert unlike_the_engine(engine, block, duties, many=50, seed=1) == []
    assert {path.name for path in tmp_path.iterdir()} == {"rates.csv", "pairs.csv", "lines.parquet", "exact.parquet"}


def test_lines_of_one_day() -> None:
    block, _ = lines_of(programs_of([date(2025, 4, 10)]), lines=50, days=1, seed=1)
    assert len(set(block.cells["entered_at"].tolist())) == 1


def agreement(tmp_path: Path, ours: list[str], peer: list[float]) -> Agreement:
    exact = pa.array([Decimal(amount) for amount in ours], pa.decimal128(18, 2))
    pq.write_table(pa.table({"line_id": range(len(ours)), "total_duty": exact}), tmp_path / "ours.parquet")
    other = pa.array(peer, pa.float32())
    pq.write_table(pa.table({"line_id": range(len(peer)), "total_duty": other}), tmp_path / "peer.parquet")
    return compare(tmp_path / "ours.parquet", tmp_path / "peer.parquet")


def test_floats_are_compared_as_cents(tmp_path: Path) -> None:
    assert agreement(tmp_path, ["0.00", "0.10", "8005.17"], [0.0, 0.1, 8005.17]).differ == 0


def test_what_32_bits_cannot_hold_differs(tmp_path: Path) -> None:
    # The 32-bit floats about 300,000 lie 1/32 apart: 300,000.02 becomes 300,000.03.
    found = agreement(tmp_path, ["300000.02", "10.00", "7.00"], [300_000.02, 9.99, 7.0])
    assert found == Agreement(lines=3, missing=0, differ=2, by_one_cent=2, large=1, largest_cents=1, sum_cents=0)
