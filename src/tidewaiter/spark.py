"""Many lines on Apache Spark: the same kernel on every executor, and the same answers to the cent.

>>> from tidewaiter.spark import price                                          # doctest: +SKIP
>>> answers = price(spark.read.parquet("lines.parquet"), known_on="2026-11-22")  # doctest: +SKIP
>>> answers.write.parquet("answers.parquet")                                     # doctest: +SKIP

Needs the extra ``tidewaiter[spark]``, on the driver and on the executors. How to run it on a cluster: docs/spark.md.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from tidewaiter.assess.errors import FileError
from tidewaiter.assess.line import FIELDS

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa
    from pyspark import Broadcast
    from pyspark.sql import Column, DataFrame
    from pyspark.sql.types import DataType, StructField, StructType

    from tidewaiter.api import Regime
    from tidewaiter.bulk.several import AnyPricer
    from tidewaiter.bulk.stream import Options

ENTRY, LINE_ID = "entry_id", "line_id"
_ORDER = "__tidewaiter_order"
_SALTED = (LINE_ID, "hts", "origin", "value", "entered_at")
_FACT = "fact."
_THREADS = "POLARS_MAX_THREADS"


def price(
    lines: DataFrame,
    regime: Regime | None = None,
    *,
    known_on: str | None = None,
    scenario: str = "law",
    rates: bool = False,
    long: bool = False,
    whole_dollars: bool = False,
    together: bool = False,
    order: str | None = None,
    partitions: int | None = None,
    into: Iterable[str] = (),
) -> DataFrame:
    """The lines of a Spark frame with their duties, fees, totals, warnings and errors beside them; lazy, as Spark is.

    The columns are those of ``regime.price`` on a Polars frame, with words as strings. ``regime`` is a loaded regime, or
    ``known_on`` and ``scenario`` say which to load. ``rates`` adds a rate to each program's amount; with ``long`` there is a row
    for each layer, and ``line_id`` must be there to name its line. ``whole_dollars`` rounds values half-up first.

    Lines of one entry (``entry_id``) are brought together first, by one shuffle into ``partitions`` (default: Spark's own
    number); within an entry they stand in the order of the column ``order``, else as Spark reads them. Which cent of an
    entry's fee falls on which line can hang on that order. ``together`` says that every entry already stands in one
    partition, its lines next to each other: nothing is moved then, and an entry cut by the edge of a partition would pay its
    fees twice. A frame without ``entry_id`` is never shuffled.

    ``into`` are the importing countries that are answered and have columns, the first that of lines which name none (default: the
    United States, or every covered country where the frame has a column ``into``).

    Raises ``FileError`` (``column_exists``, ``missing_field``), ``LineError`` for a country not covered and, where the scenario
    cannot be read, ``LawError``.
    """
    from tidewaiter.api import Regime as Loaded
    from tidewaiter.bulk.kernel import Kernel
    from tidewaiter.bulk.several import pricer
    from tidewaiter.bulk.shipped import key_of, pack
    from tidewaiter.bulk.stream import Options

    engine = (regime or Loaded.load(known_on, scenario)).engine
    options = Options(rates=rates, long=long, whole_dollars=whole_dollars)
    _check_names(lines.columns, options)
    law = engine.regime
    kernels = pricer(lambda one: Kernel(law, engine.schedule_of(one), one), law, tuple(into), lines.columns)
    lines = _with_days(lines)
    schema = _schema(lines, kernels, options)
    packed = pack(law, (one.schedule for one in kernels.kernels))
    if ENTRY in lines.columns and not together:
        lines = _gathered(lines, order, partitions)
    # One copy for each executor, whatever number of tasks it runs.
    shipped = lines.sparkSession.sparkContext.broadcast(packed)
    names = lines.columns
    # Spark hands columns over by name and takes a point in one for a struct; so they travel by place.
    by_place = lines.toDF(*(f"c{place}" for place in range(len(names))))
    return by_place.mapInArrow(_pricer(shipped, key_of(packed), options, names), schema)


def _pricer(
    shipped: Broadcast[bytes], key: str, options: Options, names: list[str]
) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """What a Python worker does with a partition. The worker keeps its kernel: a partition compiles nothing anew."""
    rates, long, whole_dollars = options.rates, options.long, options.whole_dollars

    def priced(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        # Spark runs a worker for each core: a worker that takes all cores would only be in the way of the others.
        os.environ.setdefault(_THREADS, "1")
        from tidewaiter.bulk.batches import priced_batches
        from tidewaiter.bulk.shipped import kept_kernel
        from tidewaiter.bulk.stream import Options

        told = Options(rates=rates, long=long, whole_dollars=whole_dollars)
        named = (batch.rename_columns(names) for batch in batches)
        yield from priced_batches(kept_kernel(key, shipped.value), named, told, (_ORDER,))

    return priced


# Lines filed together stand together


def _gathered(lines: DataFrame, order: str | None, partitions: int | None) -> DataFrame:
    """The lines with each entry in one partition and in a row. Lines that are their own entry are spread by what they say.

    The partition of a line hangs on nothing but its own cells, so that a task that Spark runs again finds the same lines.
    """
    from pyspark.sql import functions as sql

    lines = lines.withColumn(_ORDER, sql.col(_quoted(order)) if order else sql.monotonically_increasing_id())
    entry = sql.col(ENTRY)
    alone = entry.isNull() | (entry.cast("string") == "")
    cells = [sql.col(name) for name in _SALTED if name in lines.columns]
    keys: list[Column] = [sql.when(~alone, entry), sql.when(alone, sql.xxhash64(*cells))] if cells else [entry]
    spread = lines.repartition(partitions, *keys) if partitions else lines.repartition(*keys)
    return spread.sortWithinPartitions(entry, _ORDER)


def _with_days(lines: DataFrame) -> DataFrame:
    """Timestamps without zone that hold midnights only are bare dates, as in any data frame. Looks through such columns."""
    from pyspark.sql import functions as sql
    from pyspark.sql.types import TimestampNTZType

    names = [
        field.name
        for field in lines.schema.fields
        if isinstance(field.dataType, TimestampNTZType) and (field.name in FIELDS or field.name.startswith(_FACT))
    ]
    if not names:
        return lines
    columns = {name: sql.col(_quoted(name)) for name in names}
    checks = (
        sql.coalesce(sql.bool_and(column == column.cast("date").cast("timestamp_ntz")), sql.lit(True))
        for column in columns.values()
    )
    found = lines.select(*checks).first()
    days = {name: columns[name].cast("date") for name, bare in zip(names, found or (), strict=False) if bare}
    return lines.withColumns(days) if days else lines


def _quoted(name: str) -> str:
    """A name of one column, which may hold points."""
    return "`" + name.replace("`", "``") + "`"


# Columns


def _schema(lines: DataFrame, kernel: AnyPricer, options: Options) -> StructType:
    """The columns of the answer. Raises ``FileError``."""
    from pyspark.sql.types import StructField, StructType

    from tidewaiter.bulk.frames import columns_of
    from tidewaiter.bulk.lines import MARK
    from tidewaiter.bulk.long import KEPT, LAYER_COLUMNS

    fields = {field.name: field for field in lines.schema.fields if field.name != MARK}
    kept = [fields[name] for name in (KEPT if options.long else fields) if name in fields]
    added = LAYER_COLUMNS if options.long else columns_of(kernel, options).schema()
    _check_new({field.name for field in kept}, added)
    return StructType([*map(_nullable, kept), *(StructField(name, _spark_type(kind)) for name, kind in added.items())])


def _check_names(names: list[str], options: Options) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise FileError("column_exists", f"columns stand twice: {', '.join(twice)}", "give each a name of its own")
    if options.long and LINE_ID not in names:
        raise FileError(
            "missing_field",
            "rows of layers need line_id, to name the line they belong to",
            'lines.withColumn("line_id", functions.monotonically_increasing_id())',
        )


def _nullable(field: StructField) -> StructField:
    from pyspark.sql.types import StructField

    return StructField(field.name, field.dataType, True, field.metadata)


def _check_new(kept: set[str], added: dict[str, pl.DataType]) -> None:
    doubled = sorted(kept & added.keys())
    if doubled:
        raise FileError(
            "column_exists",
            f"the input has columns named as the answer's: {', '.join(doubled)}",
            "rename them, or leave them out (an answer is no input)",
        )


def _spark_type(kind: pl.DataType) -> DataType:
    import polars as pl
    from pyspark.sql.types import DecimalType, StringType

    return DecimalType(kind.precision or 38, kind.scale) if isinstance(kind, pl.Decimal) else StringType()


__all__ = ["price"]
