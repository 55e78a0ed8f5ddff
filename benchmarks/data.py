"""Made-up lines of shipments in any number: the input of the measurements, a Parquet file of the line contract.

``python -m benchmarks.data OUT.parquet --lines 20000000``

Real numbers, twelve origins, days from January 2025 to November 2026, values about 8,000 dollars. Half of the lines stand in
entries of 1 to 40 lines (mostly of one origin and day), the others are their own entry; one line in twenty states facts. The
file is written block by block, so memory does not grow with it, and the same seed gives the same lines.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.catalog import NONE, ORIGINS, Catalog, Ints
from benchmarks.facts import state_facts

KNOWN_ON = "2026-11-22"
BLOCK = 250_000
"""Lines made, and written as one row group, at a time. No entry crosses it."""

TRANSPORTS = ("vessel", "air", "truck")
FIRST, LAST = date(2025, 1, 1), date(2026, 11, 22)
MOST_LINES = 40
MEDIAN_CENTS, SPREAD = 800_000, 1.4
MEDIAN_PRICE, PRICE_SPREAD = 2_000, 1.5
_EPOCH = date(1970, 1, 1)
_FILERS = ("ABC", "9QX", "T4W", "K2L", "M77")
_BLOCK_SERIALS = 1 << 14
_SERIALS = 10_000_000
_OTHER_ORIGIN, _OTHER_DAY, _NO_TRANSPORT = 0.08, 0.03, 0.1

MONEY, QUANTITY, SHARE = pa.decimal128(18, 2), pa.decimal128(18, 3), pa.decimal128(18, 4)
COLUMNS: dict[str, pa.DataType] = {
    "line_id": pa.int64(),
    "entry_id": pa.string(),
    "hts": pa.string(),
    "origin": pa.string(),
    "value": MONEY,
    "entered_at": pa.date32(),
    "transport": pa.string(),
    "quantity": QUANTITY,
    "unit": pa.string(),
    "quantity_2": QUANTITY,
    "unit_2": pa.string(),
    "loaded_at": pa.date32(),
    "spi": pa.string(),
    "claims": pa.string(),
    "scope": pa.string(),
    "steel_value": MONEY,
    "aluminum_value": MONEY,
    "copper_value": MONEY,
    "metal_weight_share": SHARE,
    "us_content_value": MONEY,
    "ch98": pa.string(),
    "ch98_value": MONEY,
    "ftz_status": pa.string(),
    "admitted_at": pa.date32(),
    "shipped_from": pa.string(),
    "entry_type": pa.string(),
}
"""The columns of the file. Money is exact to the cent; an empty cell is null."""


@dataclass
class Block:
    """Lines being made, column by column: codes into ``words`` for text, whole cents, thousandths, days since 1970."""

    cells: dict[str, Ints]
    words: dict[str, list[str]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many lines."""
        return len(self.cells["line_id"])

    def column(self, name: str) -> Ints:
        """The cells of a column, to be written to; empty until then."""
        found = self.cells.get(name)
        if found is None:
            found = self.cells[name] = np.full(self.count, NONE, dtype=np.int64)
        return found

    def say(self, name: str, rows: Ints, codes: Ints, words: list[str]) -> None:
        """Write words of a list on some rows; the column's own list grows by it."""
        known = self.words.setdefault(name, [])
        self.column(name)[rows] = codes + len(known)
        known.extend(words)


def make_lines(path: Path, lines: int, seed: int, told: Callable[[int], None] = lambda done: None) -> None:
    """Write a Parquet file of made-up lines. ``told`` is called with the number of lines written so far."""
    catalog = Catalog.load(KNOWN_ON)
    schema = pa.schema(list(COLUMNS.items()))
    text = [name for name, kind in COLUMNS.items() if pa.types.is_string(kind)]
    with pq.ParquetWriter(path, schema, use_dictionary=text, store_decimal_as_integer=True) as writer:
        for number, first in enumerate(range(0, lines, BLOCK)):
            block = make_block(catalog, number, first, min(BLOCK, lines - first), seed)
            writer.write_table(table_of(block, schema))
            told(first + block.count)


def make_block(catalog: Catalog, number: int, first: int, count: int, seed: int) -> Block:
    """The lines ``first + 1`` to ``first + count`` of a file."""
    dice = np.random.default_rng([seed, number])
    block = Block({"line_id": np.arange(first + 1, first + count + 1, dtype=np.int64)})
    group, is_entry = _groups(dice, count)
    _number_entries(block, number, group, is_entry)
    _draw_shared(block, dice, group, is_entry)
    block.cells["hts"] = dice.integers(0, len(catalog.numbers), count)
    block.words["hts"] = catalog.numbers
    block.cells["value"] = draw_values(dice, count)
    state_facts(block, catalog, dice)
    _draw_quantities(block, catalog, dice)
    return block


def draw_values(dice: np.random.Generator, count: int) -> Ints:
    """Values in whole cents, lognormal."""
    cents = np.rint(np.exp(dice.normal(np.log(MEDIAN_CENTS), SPREAD, count)))
    return np.maximum(1, cents.astype(np.int64))


def draw_days(dice: np.random.Generator, count: int) -> Ints:
    """Days from the first to the last, in days since 1970."""
    return dice.integers((FIRST - _EPOCH).days, (LAST - _EPOCH).days + 1, count)


def _groups(dice: np.random.Generator, count: int) -> tuple[Ints, np.ndarray]:
    """Which run each line belongs to, and which runs are entries: every other one, of the same length on average."""
    runs = 2 * (count // MOST_LINES + MOST_LINES)
    lengths = dice.integers(1, MOST_LINES + 1, runs)
    lengths[1::2] = dice.integers(0, MOST_LINES + 2, runs // 2)
    while lengths.sum() < count:
        lengths = np.concatenate([lengths, lengths])
    group = np.repeat(np.arange(len(lengths)), lengths)[:count]
    return group, group % 2 == 0


def _number_entries(block: Block, number: int, group: Ints, is_entry: np.ndarray) -> None:
    """Entry numbers of the usual form: filer, seven digits, a last digit (made up, like the filers)."""
    serials = number * _BLOCK_SERIALS + np.arange(int(group[-1]) // 2 + 1)
    filers = [_FILERS[serial // _SERIALS % len(_FILERS)] for serial in serials.tolist()]
    block.words["entry_id"] = [
        f"{filer}-{serial % _SERIALS:07d}-{serial * 7 % 10}"
        for filer, serial in zip(filers, serials.tolist(), strict=True)
    ]
    block.cells["entry_id"] = np.where(is_entry, group // 2, NONE)


def _draw_shared(block: Block, dice: np.random.Generator, group: Ints, is_entry: np.ndarray) -> None:
    """Origin, day and transport: of the entry as a whole, now and then another one for a single line of it."""
    runs, count = int(group[-1]) + 1, len(group)
    own = {"origin": dice.integers(0, len(ORIGINS), count), "entered_at": draw_days(dice, count)}
    shared = {"origin": dice.integers(0, len(ORIGINS), runs), "entered_at": draw_days(dice, runs)}
    for name, odds in (("origin", _OTHER_ORIGIN), ("entered_at", _OTHER_DAY)):
        alone = ~is_entry | (dice.random(count) < odds)
        block.cells[name] = np.where(alone, own[name], shared[name][group])
    transport = np.where(
        is_entry, dice.integers(0, len(TRANSPORTS), runs)[group], dice.integers(0, len(TRANSPORTS), count)
    )
    block.cells["transport"] = np.where(dice.random(count) < _NO_TRANSPORT, NONE, transport)
    block.words |= {"origin": list(ORIGINS), "transport": list(TRANSPORTS)}


def _draw_quantities(block: Block, catalog: Catalog, dice: np.random.Generator) -> None:
    """A quantity in each of the tariff's own units, in thousandths: whole pieces where the unit counts pieces."""
    for place, (quantity, unit) in enumerate((("quantity", "unit"), ("quantity_2", "unit_2"))):
        units = catalog.units[block.cells["hts"], place]
        price = np.exp(dice.normal(np.log(MEDIAN_PRICE), PRICE_SPREAD, block.count)).astype(np.int64) + 1
        amount = np.maximum(1, block.cells["value"] * 1000 // price)
        amount = np.where(catalog.whole[units], -(-amount // 1000) * 1000, amount)
        block.cells[quantity] = np.where(units == NONE, NONE, amount)
        block.cells[unit], block.words[unit] = units, catalog.unit_words


def table_of(block: Block, schema: pa.Schema) -> pa.Table:
    """The columns of a schema from a block; those that the block lacks are null."""
    columns = [_array(block.column(one.name), one.type, block.words.get(one.name, [])) for one in schema]
    return pa.Table.from_arrays(columns, schema=schema)


def _array(cells: Ints, kind: pa.DataType, words: list[str]) -> pa.Array:
    held = pa.array(cells, mask=cells == NONE)
    if pa.types.is_string(kind):
        return pa.array(words, pa.string()).take(held)
    if pa.types.is_date(kind):
        return held.cast(pa.int32()).cast(kind)
    if pa.types.is_decimal(kind):
        wide = np.stack([cells, cells >> 63], axis=1)
        return pa.Array.from_buffers(kind, len(cells), [held.buffers()[0], pa.py_buffer(np.ascontiguousarray(wide))])
    return held


def main() -> None:
    """Write a file of lines, with a progress bar."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    parser = argparse.ArgumentParser(prog="python -m benchmarks.data", description="Write made-up lines.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    columns = (TextColumn("lines"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns) as progress:
        task = progress.add_task("lines", total=asked.lines)
        make_lines(asked.out, asked.lines, asked.seed, lambda done: progress.update(task, completed=done))


if __name__ == "__main__":
    main()
