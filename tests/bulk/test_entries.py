"""Entries in a stream: wherever the file is cut into frames, lines filed together are priced together, and never twice.

The fees of an entry are 19 CFR 24.23(b)(1): 0.3464 percent of the value of all its lines, with a least and a most.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import profiles
from tests.bulk.test_one_equals_many import frame_of, kernel, one_by_one
from tests.conftest import TODAY, TOY

from tidewaiter.bulk import entries
from tidewaiter.bulk.entries import SeenEntries, entry_names, gathered, whole_entries
from tidewaiter.bulk.frames import answers, price
from tidewaiter.bulk.stream import Options, Summary

profiles.load()

LINE = {"hts": TOY, "origin": "CN", "value": "10000", "entered_at": "2026-08-01"}
names = st.lists(st.sampled_from(["A", "A", "B", "C", "", None]), max_size=14)
cuts = st.lists(st.integers(1, 5), min_size=1, max_size=14)


def frames_of(cells: list[str | None], sizes: list[int]) -> Iterator[pl.DataFrame]:
    frame = pl.DataFrame({"entry_id": cells, "row": range(len(cells))}, schema={"entry_id": pl.String, "row": pl.Int64})
    start = 0
    for size in [*sizes, len(cells)]:
        if start < len(cells):
            yield frame[start : start + size]
            start += size


def expected(cells: list[str | None]) -> tuple[list[list[int]], list[bool]]:
    """The runs of lines filed together, and the lines of entries that stood somewhere before."""
    runs: list[list[int]] = []
    apart: list[bool] = []
    seen: set[str] = set()
    for name, several in groupby(range(len(cells)), key=lambda row: cells[row] or None):
        rows = [*several]
        runs += [rows] if name else [[row] for row in rows]
        apart += [name in seen] * len(rows)
        seen |= {name} if name else set()
    return runs, apart


@given(names, cuts)
def test_frames_are_cut_where_entries_end(cells: list[str | None], sizes: list[int]) -> None:
    runs, apart = expected(cells)
    found: list[list[int]] = []
    not_together: list[bool] = []
    with SeenEntries() as seen:
        for one in whole_entries(frames_of(cells, sizes), seen):
            assert one.frame.height == len(one.entry) == len(one.not_together) > 0
            assert one.entry[0] == 0
            rows = one.frame["row"].to_list()
            found += [[rows[place] for place in np.flatnonzero(one.entry == number)] for number in np.unique(one.entry)]
            not_together += one.not_together.tolist()
    assert found == runs
    assert not_together == apart


@given(st.lists(st.lists(st.integers(0, 60), min_size=1, max_size=20), max_size=12), st.integers(1, 8))
def test_entries_met_before_in_memory_and_on_disk(frames: list[list[int]], in_memory: int) -> None:
    before, entries._IN_MEMORY = entries._IN_MEMORY, in_memory
    try:
        seen: set[int] = set()
        with SeenEntries() as known:
            for numbers in frames:
                again = []
                for number in numbers:
                    again.append(number in seen)
                    seen.add(number)
                assert known.met_before(pl.Series([f"E{number}" for number in numbers])).tolist() == again
            folder = known._folder
        assert folder is None or not Path(folder.name).exists()
    finally:
        entries._IN_MEMORY = before


def test_many_entries_leave_memory_and_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "_IN_MEMORY", 10_000)
    with SeenEntries() as seen:
        for start in range(0, 100_000, 10_000):
            assert not seen.met_before(pl.Series(range(start, start + 10_000)).cast(pl.String)).any()
        assert seen._folder is not None
        folder = Path(seen._folder.name)
        assert len(list(folder.iterdir())) == len(seen._runs)
        assert all(isinstance(run, np.memmap) and len(run) < 30_000 for run in seen._runs)
        assert seen.met_before(pl.Series(["99999", "100000", "0"])).tolist() == [True, False, True]
    assert not folder.exists()


@given(st.data())
def test_a_hash_that_two_entries_share_refuses_the_later(data: st.DataObject) -> None:
    """Never priced wrongly: here every name has the same hash."""

    class OneHash(pl.Series):
        def hash(self, *args: Any, **kwargs: Any) -> pl.Series:
            return pl.Series([7] * len(self), dtype=pl.UInt64)

        def gather(self, *args: Any, **kwargs: Any) -> pl.Series:
            return OneHash(super().gather(*args, **kwargs))

    several = data.draw(st.lists(st.text(), min_size=1, max_size=5))
    with SeenEntries() as seen:
        assert seen.met_before(OneHash(several)).tolist() == [False] + [True] * (len(several) - 1)


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (pl.Series([1, 1, None, 2]), ["1", "1", None, "2"]),
        (pl.Series([1.0, None, float("nan"), 2.0]), ["1.0", None, None, "2.0"]),
        (pl.Series(["A", "", " ", None]), ["A", None, None, None]),
        (pl.Series([" A", "A "]), ["A", "A"]),
        (pl.Series([date(2026, 8, 1), None]), ["2026-08-01", None]),
        (pl.Series(["A", None], dtype=pl.Categorical), ["A", None]),
        (pl.Series([True, None]), ["true", None]),
        (pl.Series([None, None]), [None, None]),
    ],
)
def test_entry_ids_of_any_type(cells: pl.Series, told: list[str | None]) -> None:
    found = entry_names(cells.alias("entry_id").to_frame())
    assert found is not None
    assert found.to_list() == told


def test_no_column_no_entries() -> None:
    assert entry_names(pl.DataFrame({"a": [1]})) is None
    assert gathered(pl.DataFrame({"a": [1, 2]})).tolist() == [0, 1]


@given(names)
def test_gathered_lines_stand_together_in_the_order_of_the_file(cells: list[str | None]) -> None:
    frame = next(frames_of(cells, [99]), pl.DataFrame(schema={"entry_id": pl.String}))
    order = gathered(frame).tolist()
    assert sorted(order) == [*range(len(cells))]
    assert not any(expected([cells[row] for row in order])[1])
    first = [
        next(row for row, name in enumerate(cells) if (row == at if not cells[at] else name == cells[at]))
        for at in order
    ]
    assert first == sorted(first)


# Through the pricing: the fee of the whole entry, whatever the frames


def fees(lines: list[dict[str, Any]], size: int) -> tuple[list[Decimal | None], list[str | None]]:
    found = pl.concat(list(answers(kernel(), frame_of(lines).iter_slices(size), Options(), Summary())))
    return found["mpf"].to_list(), found["error"].to_list()


@pytest.mark.parametrize("size", [1, 2, 3, 10])
def test_one_fee_for_an_entry_however_the_file_is_cut(size: int) -> None:
    """0.3464 percent of 3,000 dollars is 10.39, less than the least of fiscal year 2026, 33.58 (19 USC 58c(a)(9)).

    That is spread over the three lines, the cent left over on the first; each line of its own owes 33.58.
    """
    lines = [{**LINE, "value": "1000", "entry_id": "A"}] * 3 + [{**LINE, "value": "1000", "entry_id": None}] * 2
    found, errors = fees(lines, size)
    assert found == [Decimal(amount) for amount in ("11.20", "11.19", "11.19", "33.58", "33.58")]
    assert errors == [None] * 5


@pytest.mark.parametrize("size", [1, 2, 3, 10])
def test_an_entry_torn_apart_is_refused_where_it_stands_again(size: int) -> None:
    lines = [{**LINE, "entry_id": name} for name in ("A", "B", "A", "A", None, "B")]
    assert fees(lines, size)[1] == [None, None, *["entry_not_together"] * 2, None, "entry_not_together"]


def test_blank_entry_ids_are_no_entry_and_blanks_around_one_say_nothing() -> None:
    """A column padded with blanks, as old systems write it, gives the fees of the same column without them."""
    padded = [{**LINE, "entry_id": name} for name in ("A  ", "A", " ", "  ", "B", " ")]
    bare = [{**LINE, "entry_id": name} for name in ("A", "A", None, None, "B", None)]
    assert fees(padded, 10) == fees(bare, 10)
    single = [[one.assessment.total_fees for one in one_by_one(lines, TODAY)] for lines in (padded, bare)]  # type: ignore[union-attr]
    assert single[0] == single[1] == fees(padded, 10)[0]


def test_sixty_thousand_lines_in_one_entry() -> None:
    """600 million dollars: the fee is the most of one entry, 651.50 in fiscal year 2026 (19 USC 58c(a)(9)), to the cent."""
    lines = pl.DataFrame({name: [cell] * 60_000 for name, cell in {**LINE, "entry_id": "A"}.items()})
    found = price(kernel(), lines)
    assert found["mpf"].sum() == Decimal("651.50")
    assert (found["mpf"].max() - found["mpf"].min()) <= Decimal("0.01")  # type: ignore[operator]


def test_an_entry_of_no_value() -> None:
    """Nothing to spread by: the least fee (33.58) is shared evenly, the duty is zero, and the rate is not known."""
    lines = [{**LINE, "value": "0", "entry_id": "A"}] * 3
    found = price(kernel(), frame_of(lines))
    assert found["mpf"].to_list() == [Decimal(amount) for amount in ("11.20", "11.19", "11.19")]
    assert found["total_duty"].to_list() == [0, 0, 0]
    assert found["effective_rate"].to_list() == [None] * 3
    assert all("value_is_zero" in said for said in found["warnings"])
