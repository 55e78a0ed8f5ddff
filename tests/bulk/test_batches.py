"""Arrow batches in, Arrow batches out, and a regime sent as bytes: what Spark's workers do, without Spark."""

from __future__ import annotations

import polars as pl
import pyarrow as pa
import pytest
from polars.testing import assert_frame_equal
from tests.bulk.any_lines import any_lines
from tests.conftest import TOY, engine_seen_from

from tidewaiter.bulk.batches import priced_batches
from tidewaiter.bulk.frames import price
from tidewaiter.bulk.kernel import Kernel
from tidewaiter.bulk.shipped import OtherVersionError, kept_kernel, key_of, pack, unpack
from tidewaiter.bulk.stream import Options


def kernel() -> Kernel:
    engine = engine_seen_from()
    return Kernel(engine.regime, engine.schedule)


def in_batches(
    frame: pl.DataFrame, options: Options, rows: int, frame_rows: int, hidden: tuple[str, ...] = ()
) -> pl.DataFrame:
    """A frame priced as Arrow batches of so many rows, gathered into frames of so many lines."""
    batches = frame.to_arrow(compat_level=pl.CompatLevel.oldest()).to_batches(max_chunksize=rows)
    found = pl.from_arrow(
        pa.Table.from_batches(
            priced_batches(unpack(pack(engine_seen_from().regime)), batches, options, hidden, frame_rows)
        )
    )
    assert isinstance(found, pl.DataFrame)
    return found


def plain(frame: pl.DataFrame) -> pl.DataFrame:
    words = [name for name, kind in frame.schema.items() if isinstance(kind, pl.Enum | pl.Categorical)]
    return frame.with_columns(pl.col(name).cast(pl.String) for name in words)


@pytest.mark.parametrize(("rows", "frame_rows"), [(37, 100), (1000, 1), (5, 10_000)])
def test_batches_of_any_size_are_answered_as_one_frame(rows: int, frame_rows: int) -> None:
    """Entries of up to 40 lines lie over several batches and frames."""
    frame = any_lines(seed=7, count=700)
    ours = plain(price(kernel(), frame, Options(rates=True)))
    assert_frame_equal(in_batches(frame, Options(rates=True), rows, frame_rows), ours)


def test_rows_of_layers_do_not_tell_the_number_of_a_line() -> None:
    frame = any_lines(seed=8, count=200)
    ours = plain(price(kernel(), frame, Options(long=True))).drop("line")
    assert_frame_equal(in_batches(frame, Options(long=True), 30, 50), ours)


def test_hidden_columns_stay_behind_and_others_pass_untouched() -> None:
    line = {"hts": [TOY], "origin": ["CN"], "value": ["10000"], "entered_at": ["2026-08-01"]}
    frame = pl.DataFrame({**line, "place": [1], "seen": [[{"a": 1, "b": None}]]})
    found = in_batches(frame, Options(), 10, 10, hidden=("place",))
    assert found.columns[:5] == [*line, "seen"]
    assert found["seen"].to_list() == [[{"a": 1, "b": None}]]
    # 12.5 percent: 9903.05.31, forced labor, 91 FR 47318.
    assert str(found["total_duty"].item()) == "1250.00"


def test_a_regime_is_unpacked_once() -> None:
    packed = pack(engine_seen_from().regime)
    assert kept_kernel(key_of(packed), packed) is kept_kernel(key_of(packed), packed)


def test_another_version_of_the_program_is_refused() -> None:
    packed = pack(engine_seen_from().regime)
    with pytest.raises(OtherVersionError, match="install one version"):
        unpack(b"tidewaiter 0.0.9\n" + packed.partition(b"\n")[2])
