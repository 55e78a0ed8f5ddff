"""The made-up lines of the measurements: their columns, how many state facts, entries that stand together, the seed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow.parquet as pq
import pytest
from benchmarks.catalog import ORIGINS, Catalog
from benchmarks.data import COLUMNS, KNOWN_ON, MOST_LINES, make_block, make_lines
from benchmarks.facts import FACT_COLUMNS
from tests.conftest import engine_seen_from

from tidewaiter.assess.countries import origin_code
from tidewaiter.assess.line import MONEY_FIELDS, read_line
from tidewaiter.assess.names import check_names

LINES = 1000
Row = dict[str, Any]


@cache
def rows(seed: int = 1) -> list[Row]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "lines.parquet"
        make_lines(path, LINES, seed)
        table = pq.read_table(path)
    assert table.schema.names == list(COLUMNS)
    assert table.schema.types == list(COLUMNS.values())
    found: list[Row] = table.to_pylist()
    return found


def test_lines_are_numbered_and_in_range() -> None:
    assert [row["line_id"] for row in rows()] == list(range(1, LINES + 1))
    assert {row["origin"] for row in rows()} == set(ORIGINS)
    assert all(date(2025, 1, 1) <= row["entered_at"] <= date(2026, 11, 22) for row in rows())
    assert all(row["value"] > 0 and row["quantity"] > 0 for row in rows())
    assert {row["transport"] for row in rows()} == {"vessel", "air", "truck", None}


def test_values_are_about_8000_dollars() -> None:
    values = sorted(row["value"] for row in rows())
    assert Decimal(6000) < values[LINES // 2] < Decimal(10000)


def test_half_of_the_lines_stand_in_entries_and_these_stand_together() -> None:
    entries = [row["entry_id"] for row in rows()]
    assert 0.35 < sum(entry is not None for entry in entries) / LINES < 0.65
    runs = [entry for before, entry in zip([None, *entries], entries, strict=False) if entry not in (None, before)]
    assert len(runs) == len(set(runs))
    assert max(entries.count(entry) for entry in runs) <= MOST_LINES


def test_one_line_in_twenty_states_facts() -> None:
    stating = [row for row in rows() if any(row[name] is not None for name in FACT_COLUMNS)]
    assert 0.03 < len(stating) / LINES < 0.07


def test_the_engine_knows_every_word_said() -> None:
    engine = engine_seen_from(KNOWN_ON)
    for row in rows():
        check_names(read_line(row, engine.regime.ledger.zones, origin_code), engine.regime)


def test_contents_are_part_of_the_value() -> None:
    for row in rows():
        assert all(row[name] is None or row[name] <= row["value"] for name in MONEY_FIELDS)
        assert sum(row[name] or 0 for name in ("steel_value", "aluminum_value", "copper_value")) <= row["value"]


def test_the_same_seed_gives_the_same_lines() -> None:
    again = rows.__wrapped__()
    assert again == rows()
    assert rows(2) != rows()


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.load(KNOWN_ON)


def test_every_number_of_ten_digits_is_drawn_from(catalog: Catalog) -> None:
    schedule = engine_seen_from(KNOWN_ON).schedule
    wanted = [
        line.number
        for line in schedule.lines(schedule.last_edition)
        if line.number10 is not None and line.chapter <= 97
    ]
    assert catalog.numbers == wanted


def test_no_entry_number_comes_back_in_another_block(catalog: Catalog) -> None:
    entries = [set(make_block(catalog, number, 0, LINES, 1).words["entry_id"]) for number in (0, 1, 999)]
    assert len(set.union(*entries)) == sum(len(one) for one in entries)
