"""``regime.price`` from Python: data frames and lazy frames, whatever the reader asks of them, from as many threads as come."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any, Literal

import polars as pl
import pytest
from tests.bulk import lines as made
from tests.conftest import TODAY, TOY

from tidewaiter import Regime

ROWS = 3000
Ask = Callable[[pl.LazyFrame], pl.LazyFrame]


@cache
def regime() -> Regime:
    return Regime.load(known_on=TODAY)


@cache
def lines() -> pl.DataFrame:
    number = pl.int_range(ROWS)
    return pl.select(number.alias("line_id")).with_columns(
        pl.when(number % 7 == 0).then(pl.lit("abcd")).otherwise(pl.lit(TOY)).alias("hts"),
        pl.when(number % 3 == 0).then(pl.lit("VN")).otherwise(pl.lit("CN")).alias("origin"),
        (number + 1).alias("value"),
        (pl.date(2025, 1, 1) + pl.duration(days=number % 600)).alias("entered_at"),
        pl.format("E{}", number // 7).alias("entry_id"),
    )


@cache
def priced() -> pl.DataFrame:
    return regime().price(lines())


ASKED: dict[str, Ask] = {
    "all": lambda frame: frame,
    "head": lambda frame: frame.head(5),
    "none": lambda frame: frame.head(0),
    "tail": lambda frame: frame.tail(5),
    "slice": lambda frame: frame.slice(1500, 700),
    "columns": lambda frame: frame.select("total_duty", "line_id"),
    "no column": lambda frame: frame.select(pl.len()),
    "filter": lambda frame: frame.filter(pl.col("error").is_null()),
    "filter on an own column": lambda frame: frame.filter(pl.col("origin") == "CN").select("total"),
    "filter, then head": lambda frame: frame.filter(pl.col("origin") == "CN").head(10),
    "head, then filter": lambda frame: frame.head(10).filter(pl.col("origin") == "CN"),
    "by origin": lambda frame: frame.group_by("origin").agg(pl.col("total_duty", "mpf").sum()).sort("origin"),
    "by warning": lambda frame: frame.group_by("warnings").len().sort("len", pl.col("warnings").cast(pl.String)),
    "joined with itself": lambda frame: frame.join(frame, on="line_id").select(pl.len()),
    "twice": lambda frame: pl.concat([frame, frame]).select("total_owed"),
    "sorted": lambda frame: frame.sort("total_duty", "line_id", nulls_last=True).select("line_id").head(20),
}


@pytest.mark.parametrize("engine", ["in-memory", "streaming"])
@pytest.mark.parametrize("asked", [*ASKED])
def test_a_lazy_answer_is_the_eager_one(asked: str, engine: Literal["in-memory", "streaming"]) -> None:
    found = ASKED[asked](regime().price(lines().lazy())).collect(engine=engine)
    assert found.equals(ASKED[asked](priced().lazy()).collect())


def test_a_lazy_answer_may_be_collected_twice() -> None:
    lazy = regime().price(lines().lazy())
    assert lazy.collect().equals(priced())
    assert lazy.collect().equals(priced())


@pytest.mark.parametrize("suffix", ["parquet", "csv", "ipc"])
def test_a_lazy_answer_goes_to_a_file(tmp_path: Path, suffix: str) -> None:
    lines().write_parquet(tmp_path / "lines.parquet")
    lazy = regime().price(pl.scan_parquet(tmp_path / "lines.parquet"))
    getattr(lazy, f"sink_{suffix}")(tmp_path / f"priced.{suffix}")
    if suffix == "csv":
        found = pl.read_csv(tmp_path / "priced.csv", schema=priced().schema)
    else:
        found = getattr(pl, f"read_{suffix}")(tmp_path / f"priced.{suffix}")
    assert found.equals(priced())


def test_layers_of_a_lazy_frame() -> None:
    found = regime().price(lines().lazy(), long=True).filter(pl.col("program") == "us-reciprocal").collect()
    assert found["amount"].sum() == priced()["us_reciprocal"].sum()
    assert found["owed"].sum() < found["amount"].sum()


def test_options_from_python() -> None:
    one = pl.DataFrame({"hts": [TOY], "origin": ["CN"], "value": ["99.50"], "entered_at": ["2026-08-01"]})
    assert (
        regime().price(one, whole_dollars=True)["total_duty"].to_list()
        == regime().price(one.with_columns(value=100))["total_duty"].to_list()
    )
    assert "us_301_china_rate" in regime().price(one, rates=True).columns


# Types that frames have


def total(**cells: Any) -> list[Any]:
    """Duty or refusal of a toy of China worth 10,000 dollars, for each cell of the columns given."""
    height = max((len(cell) for cell in cells.values()), default=1)
    own: dict[str, Any] = {"hts": [TOY], "origin": ["CN"], "value": [10000], "entered_at": ["2026-08-01"]}
    columns = {name: pl.Series(name, cell) for name, cell in {**own, **cells}.items()}
    frame = pl.DataFrame([one if len(one) == height else one.new_from_index(0, height) for one in columns.values()])
    found = regime().price(frame)
    return [error or int(duty) for error, duty in zip(found["error"], found["total_duty"], strict=True)]


# The forced-labor duties begin at 00:01 on 24 July 2026 (91 FR 47318); the ten percent of section 122 end then.
BEFORE, AFTER = 1000, 1250
EASTERN_SUMMER = timezone(timedelta(hours=-4))


def test_a_bare_date_is_the_end_of_its_day() -> None:
    assert total(entered_at=[date(2026, 7, 23), date(2026, 7, 24), None]) == [BEFORE, AFTER, "missing_field"]


def test_timestamps_without_a_zone_are_local_and_midnights_are_bare_dates() -> None:
    midnight, minute = datetime(2026, 7, 24), datetime(2026, 7, 24, 0, 1)  # noqa: DTZ001
    assert total(entered_at=[midnight, None]) == [AFTER, "missing_field"]
    assert total(entered_at=[midnight, minute]) == [BEFORE, AFTER]


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
def test_timestamps_with_a_zone_are_instants(unit: Literal["ms", "us", "ns"]) -> None:
    cells = pl.Series([datetime(2026, 7, 24, 4, 0), datetime(2026, 7, 24, 4, 1)], dtype=pl.Datetime(unit, "UTC"))  # noqa: DTZ001
    assert total(entered_at=cells) == [BEFORE, AFTER]
    assert total(entered_at=cells.dt.convert_time_zone("Asia/Shanghai")) == [BEFORE, AFTER]
    texts = [datetime(2026, 7, 24, 0, minute, tzinfo=EASTERN_SUMMER).isoformat() for minute in (0, 1)]
    assert total(entered_at=texts) == [BEFORE, AFTER]


@pytest.mark.parametrize(
    "cells",
    [
        [date(1899, 12, 31), date(1, 1, 1), date(9999, 12, 31)],
        ["1899-12-31", "0001-01-01", "9999-12-31"],
        [datetime(1899, 12, 31, 1), datetime(1, 1, 1, 1), datetime(9999, 12, 31, 1)],  # noqa: DTZ001
        pl.Series([datetime(1899, 12, 31, 1)] * 3, dtype=pl.Datetime("us", "UTC")),  # noqa: DTZ001
        [timedelta(days=1)] * 3,
        [True, False, True],
        [45870.0, 1e30, float("nan")],
    ],
)
def test_dates_of_no_shipment(cells: Any) -> None:
    assert total(entered_at=cells) == ["bad_date"] * 3


def test_dates_before_coverage_are_refused_as_such() -> None:
    assert total(entered_at=[date(2018, 7, 5), date(1901, 1, 1)]) == ["date_before_coverage"] * 2


@pytest.mark.parametrize("dtype", [pl.Categorical, pl.Enum([TOY, "abcd"])])
def test_coded_text(dtype: Any) -> None:
    assert total(hts=pl.Series([TOY, "abcd", None], dtype=dtype)) == [AFTER, "malformed_number", "missing_field"]


def test_coded_text_everywhere() -> None:
    text = pl.DataFrame(
        {"hts": [TOY], "origin": ["CN"], "value": ["10000"], "entered_at": ["2026-08-01"], "quantity": [""]}
    )
    assert regime().price(text.select(pl.all().cast(pl.Categorical)))["total_duty"].to_list() == [AFTER]


def test_lists_and_facts() -> None:
    assert total(claims=[["not:donation", None, " civil-aircraft "], [], None, ["bogus"]]) == [AFTER] * 3 + [
        "unknown_claim"
    ]
    assert total(claims=pl.Series([["not:donation"]], dtype=pl.Array(pl.String, 1))) == [AFTER]
    assert total(scope=[["not:auto-part"], ["bogus"]]) == [AFTER, "unknown_scope"]
    assert total(facts=[{"chip_tpp": 15000}, {"chip_tpp": None}, None]) == [AFTER] * 3
    assert total(facts=[{"bogus": "1"}, {"bogus": None}]) == ["unknown_fact", AFTER]
    assert total(facts=["chip_tpp", None]) == ["bad_field", AFTER]


def test_tariff_numbers_as_numbers() -> None:
    """Ten digits as a whole number are read; a float is no tariff number, whatever it was before a frame held a gap."""
    assert total(hts=[9503000073, 950300007, None]) == [AFTER, "malformed_number", "missing_field"]
    assert total(hts=[9503000073.0, None]) == ["malformed_number", "missing_field"]


# Threads


def wild(seed: int) -> pl.DataFrame:
    """Lines that a fresh kernel has met nothing of: other numbers, claims and facts in every frame."""
    numbers = made.numbers()
    count = 400
    number = pl.int_range(count)
    return pl.select(
        pl.Series("hts", [numbers[(seed * 7919 + 31 * row) % len(numbers)] for row in range(count)]),
        pl.Series("origin", [made.OWN[(seed + row) % len(made.OWN)] for row in range(count)]),
        (number * 97 % 10_000 + 1).alias("value"),
        (pl.date(2025, 1, 1) + pl.duration(days=(number + seed) % 600)).alias("entered_at"),
        pl.Series(
            "claims", [["not:donation", None, "civil-aircraft", f"bogus-{seed}-{row}"][row % 4] for row in range(count)]
        ),
        (number + seed * count).alias("fact.chip_tpp"),
    )


def test_threads_that_price_with_one_regime_do_not_mix() -> None:
    """A kernel remembers what it has read and compiled; here four threads fill one that has met nothing."""
    frames = [wild(seed) for seed in range(4)]
    alone = [regime().price(frame) for frame in frames]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        shared = Regime.load(known_on=TODAY)
        with ThreadPoolExecutor(4) as pool:
            eager = list(pool.map(shared.price, frames))
            lazy = pl.collect_all([shared.price(frame.lazy()) for frame in frames[:2]])
    finally:
        sys.setswitchinterval(before)
    for found, expected in zip([*eager, *lazy], [*alone, *alone[:2]], strict=True):
        assert found.equals(expected)
