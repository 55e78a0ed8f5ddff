"""Apache Spark gives the answers of the one-machine path, bit for bit: on a real local Spark, in several partitions."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from tests.bulk.any_lines import any_lines
from tests.conftest import TODAY, TOY

import tidewaiter
from tidewaiter.api import Regime
from tidewaiter.assess.errors import FileError
from tidewaiter.bulk.frames import price as priced_here
from tidewaiter.bulk.kernel import Kernel
from tidewaiter.bulk.stream import Options

pyspark = pytest.importorskip("pyspark", reason="pyspark is not installed (the extra tidewaiter[spark])")
pytest.importorskip("pandas", reason="Spark's Arrow functions need pandas")
if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
    pytest.skip("no Java on this machine, which Spark needs", allow_module_level=True)

from pyspark.sql import SparkSession  # noqa: E402

from tidewaiter.spark import price  # noqa: E402

pytestmark = pytest.mark.slow

TOY_LINE: dict[str, Any] = {"hts": TOY, "origin": "CN", "value": "10000", "entered_at": "2026-08-01"}


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    """A Spark of two cores. Its session zone is far from the law's, and its batches are small."""
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["PYTHONPATH"] = str(Path(tidewaiter.__file__).parents[1])
    session = (
        SparkSession.builder.master("local[2]")
        .appName("tidewaiter")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "1g")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.sql.session.timeZone", "Asia/Tokyo")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "500")
        .config("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
        .getOrCreate()
    )
    yield session
    session.stop()


@pytest.fixture(scope="module")
def regime() -> Regime:
    return Regime.load(TODAY)


def here(regime: Regime, frame: pl.DataFrame, **options: bool) -> pl.DataFrame:
    """The answers of Polars, with words as plain strings."""
    kernel = Kernel(regime.engine.regime, regime.engine.schedule)
    return _plain(priced_here(kernel, frame, Options(**options)))


def there(spark: SparkSession, regime: Regime, frame: pl.DataFrame, path: Path, **options: Any) -> pl.DataFrame:
    """The answers of Spark for the same file, in which the lines may lie in any order."""
    frame.write_parquet(path / "lines.parquet", row_group_size=300)
    lines = spark.read.parquet(str(path / "lines.parquet"))
    price(lines, regime, **options).write.parquet(str(path / "answers.parquet"))
    return _plain(pl.read_parquet(path / "answers.parquet" / "*.parquet"))


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    words = [name for name, kind in frame.schema.items() if isinstance(kind, pl.Enum | pl.Categorical)]
    return frame.with_columns(pl.col(name).cast(pl.String) for name in words)


def test_every_kind_of_line(spark: SparkSession, regime: Regime, tmp_path: Path) -> None:
    frame = any_lines(seed=1930, count=3_000)
    ours = here(regime, frame, rates=True)
    theirs = there(spark, regime, frame, tmp_path, rates=True)
    assert_frame_equal(theirs.sort("line_id"), ours.sort("line_id"))
    # The comparison says something only if lines were answered, warned of, and refused for several reasons.
    assert ours["error"].n_unique() > 8
    assert ours["warnings"].n_unique() > 8
    assert ours.filter(pl.col("error").is_null() & (pl.col("total_duty") > 0)).height > 1_000


def test_rows_of_layers(spark: SparkSession, regime: Regime, tmp_path: Path) -> None:
    frame = any_lines(seed=1, count=600)
    keys = ["line_id", "program", "heading", "basis", "amount", "basis_value"]
    ours = here(regime, frame, long=True).drop("line")
    assert_frame_equal(there(spark, regime, frame, tmp_path, long=True).sort(keys), ours.sort(keys))


def test_entries_scattered_over_the_file_are_brought_together(
    spark: SparkSession, regime: Regime, tmp_path: Path
) -> None:
    """Shuffled lines, put back in order within their entry by a column, are priced as the lines that stand together."""
    frame = any_lines(seed=2, count=1_500).with_row_index("place")
    ours = here(regime, frame)
    theirs = there(spark, regime, frame.sample(fraction=1, shuffle=True, seed=3), tmp_path, order="place", partitions=5)
    assert_frame_equal(theirs.sort("place").cast({"place": pl.UInt32}), ours.sort("place"))


def test_a_fee_with_a_minimum_is_paid_once_for_an_entry(spark: SparkSession, regime: Regime, tmp_path: Path) -> None:
    """Two lines of 2,000 dollars filed together: 0.3464 percent is 13.86, below the minimum of fiscal 2026 of 33.58
    (19 CFR 24.23; CBP notice of adjusted fees for fiscal year 2026), which both lines share; a line alone pays it whole."""
    lines = [
        {**TOY_LINE, "value": "2000", "entry_id": entry, "line_id": str(n)}
        for n, entry in enumerate(["A", "B", "A", None])
    ]
    theirs = there(spark, regime, pl.DataFrame(lines), tmp_path, partitions=3).sort("line_id")
    assert theirs["mpf"].to_list() == [Decimal("16.79"), Decimal("33.58"), Decimal("16.79"), Decimal("33.58")]


def test_typed_columns(spark: SparkSession, regime: Regime, tmp_path: Path) -> None:
    """Decimals, floats, days, instants with and without zone, lists and structs: what each cell says is the same."""
    rows = 400
    frame = any_lines(seed=4, count=rows).select(
        "line_id",
        "entry_id",
        "hts",
        "origin",
        pl.col("value").cast(pl.Decimal(18, 3), strict=False),
        pl.col("steel_value").cast(pl.Float64, strict=False),
        pl.col("quantity").cast(pl.Float32),
        pl.col("items").cast(pl.Int16),
        pl.col("loaded_at").str.to_date(),
        pl.col("claims").str.split(";"),
        exported_at=pl.col("exported_at").str.to_datetime("%Y-%m-%d", time_unit="us"),
        entered_at=pl.Series([datetime(2026, 1, 1, 5, n % 3, tzinfo=UTC) for n in range(rows)]).cast(
            pl.Datetime("us", "UTC")
        ),
        facts=pl.struct(chip_tpp=pl.lit(4800), drug=pl.lit(None, dtype=pl.String)),
        beside=pl.Series([datetime.fromisoformat(f"2026-01-01T00:00:00.{n:06}") for n in range(rows)]).cast(
            pl.Datetime("us")
        ),
    )
    ours, theirs = here(regime, frame), there(spark, regime, frame, tmp_path)
    assert_frame_equal(theirs.sort("line_id"), ours.sort("line_id"))
    assert ours["error"].null_count() > 200


def test_bare_days_in_timestamps(spark: SparkSession, regime: Regime, tmp_path: Path) -> None:
    """Timestamps that hold midnights only are days, read as their end: a toy entered on 24 July 2026 pays the forced-labor
    duty from 00:01 on (91 FR 47318) and no longer section 122; where one cell has an hour, all are instants."""
    days = [*map(datetime.fromisoformat, ("2026-07-24", "2026-07-23"))]
    hours = [*map(datetime.fromisoformat, ("2026-07-24", "2026-07-23T12:00"))]
    for name, several, duty in (("days", days, ["1250.00", "1000.00"]), ("hours", hours, ["1000.00", "1000.00"])):
        frame = pl.DataFrame({**TOY_LINE, "line_id": ["1", "2"], "entered_at": several})
        (tmp_path / name).mkdir()
        theirs = there(spark, regime, frame, tmp_path / name)
        assert theirs.sort("line_id")["total_duty"].to_list() == [Decimal(one) for one in duty]
        assert_frame_equal(
            theirs.sort("line_id").select("total_duty", "error"), here(regime, frame).select("total_duty", "error")
        )


def test_a_scenario_of_ones_own_reaches_the_workers(spark: SparkSession, tmp_path: Path) -> None:
    """The end of the forced-labor duties on 1 December 2026 as a hypothesis: the toy then pays nothing."""
    scenario = tmp_path / "lapse.yaml"
    scenario.write_text(
        "id: lapse\ntitle: The forced-labor duties end\nexplanation: Nothing else changes.\nacts:\n"
        "  - {id: hypothesis-end, kind: hypothesis, by: US, title: An end, announced: 2026-11-22, citation: hypothesis,\n"
        "     sources: [{note: none, kind: secondary}], confidence: published,\n"
        '     effects: [{at: "2026-12-01 00:01 America/New_York", end: "program:us-301-forced-labor"}]}\n'
    )
    lines = spark.createDataFrame([{**TOY_LINE, "entered_at": "2026-12-02"}])
    law = price(lines, known_on=TODAY).first()
    lapsed = price(lines, known_on=TODAY, scenario=str(scenario)).first()
    assert law is not None and lapsed is not None
    assert (law["total_duty"], lapsed["total_duty"]) == (Decimal("1250.00"), Decimal("0.00"))


def test_lines_said_to_stand_together_are_not_moved(spark: SparkSession, regime: Regime) -> None:
    lines = spark.createDataFrame([{**TOY_LINE, "entry_id": entry, "line_id": n} for n, entry in enumerate("ABA")])
    answered = price(lines.coalesce(1), regime, together=True).collect()
    assert {row["line_id"]: row["error"] for row in answered} == {0: None, 1: None, 2: "entry_not_together"}


def test_no_line_at_all(spark: SparkSession, regime: Regime) -> None:
    lines = spark.createDataFrame([TOY_LINE]).where("origin = 'none'")
    assert price(lines, regime).count() == 0


def test_columns_that_cannot_be_told_apart_are_refused(spark: SparkSession, regime: Regime) -> None:
    lines = spark.createDataFrame([TOY_LINE])
    for frame, options, code in (
        (lines.withColumnRenamed("hts", "total_duty"), {}, "column_exists"),
        (lines.select("*", "hts"), {}, "column_exists"),
        (lines, {"long": True}, "missing_field"),
    ):
        with pytest.raises(FileError) as caught:
            price(frame, regime, **options)
        assert caught.value.code == code


def test_the_job_prices_a_file_and_never_writes_over_another(tmp_path: Path) -> None:
    """In a process of its own, as ``spark-submit`` starts it."""
    lines = tmp_path / "lines.csv"
    lines.write_text(
        "line_id,hts,origin,value,entered_at,note\n"
        f'1,{TOY},CN,10000,2026-08-01,"two\nlines"\n'
        f"2,{TOY},Nowhere,10000,2026-08-01,\n"
    )
    job = Path(__file__).parents[2] / "examples" / "spark_price.py"
    command = [sys.executable, str(job), str(lines), str(tmp_path / "answers"), "--known-on", TODAY]
    path = {"PYTHONPATH": str(Path(tidewaiter.__file__).parents[1]), "PYSPARK_PYTHON": sys.executable}
    first = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **path})
    assert first.returncode == 0, first.stderr
    assert "2 lines in" in first.stdout
    assert "duty 1,250.00 USD" in first.stdout  # 12.5 percent: 9903.05.31, 91 FR 47318
    assert "unknown_origin: 1" in first.stdout
    answers = pl.read_parquet(tmp_path / "answers" / "*.parquet").sort("line_id")
    assert answers["note"].to_list() == ["two\nlines", None]
    second = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **path})
    assert second.returncode == 2
    assert "error: spark:" in second.stderr


def test_lines_into_both_countries(spark: SparkSession, tmp_path: Path) -> None:
    """A column ``into`` sends each line to its country's tariff, a user's own rates included."""
    own = tmp_path / "china-2026.csv"
    own.write_text("hts,rate\n1201.90.11,1%\n", encoding="utf-8")
    law = Regime.load(TODAY, schedules={"CN": own})
    soybeans = {"hts": "1201.90.11", "origin": "US", "value": "10000", "entered_at": "2025-10-01", "into": "CN"}
    frame = pl.DataFrame([{**TOY_LINE, "into": "US", "line_id": "toy"}, {**soybeans, "line_id": "beans"}])
    found = there(spark, law, frame, tmp_path).sort("line_id")
    assert_frame_equal(found, _plain(law.price(frame)).sort("line_id"))
    assert found["base_duty"].to_list() == [Decimal("100.00"), Decimal("0.00")]
    assert found["error"].to_list() == [None, None]
