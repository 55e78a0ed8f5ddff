"""Whether two programs found the same duties to the cent: ``python -m benchmarks.agreement OURS.parquet PEER.parquet``."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

Ints = np.ndarray[Any, np.dtype[np.int64]]
LINE, DUTY = "line_id", "total_duty"
NARROW_CENTS = 2**24
"""Up to here a 32-bit float holds every whole number: above 167,772.16 dollars not every cent can be said in it."""


@dataclass(frozen=True)
class Agreement:
    """Lines that both answered, and those on which they differ: in all, by one cent, and on duties that 32 bits cannot hold."""

    lines: int
    missing: int
    differ: int
    by_one_cent: int
    large: int
    largest_cents: int
    sum_cents: int

    def __str__(self) -> str:
        if not self.differ:
            return f"{self.lines} lines compared ({self.missing} not answered by both): equal to the cent"
        share = 100 * self.differ / self.lines
        return (
            f"{self.lines} lines compared ({self.missing} not answered by both): {self.differ} differ ({share:.3f}%), "
            f"{self.by_one_cent} of them by one cent, {self.large} on duties above {NARROW_CENTS / 100:,.2f} dollars; "
            f"the largest by {self.largest_cents / 100:.2f}, all together (peer less ours) by {self.sum_cents / 100:.2f} dollars"
        )


def compare(ours: Path, peer: Path, our_column: str = DUTY, peer_column: str = DUTY) -> Agreement:
    """Compare two Parquet files line by line, amounts rounded half-up to cents. Lines of which one has no amount are left out."""
    line, cents = _read(ours, our_column)
    peer_line, peer_cents = _read(peer, peer_column)
    both, at, peer_at = np.intersect1d(line, peer_line, assume_unique=True, return_indices=True)
    found = peer_cents[peer_at] - cents[at]
    off = np.abs(found)
    return Agreement(
        lines=len(both),
        missing=len(line) + len(peer_line) - 2 * len(both),
        differ=int(np.count_nonzero(off)),
        by_one_cent=int(np.count_nonzero(off == 1)),
        large=int(np.count_nonzero((off > 0) & (cents[at] > NARROW_CENTS))),
        largest_cents=int(off.max(initial=0)),
        sum_cents=int(found.sum()),
    )


def _read(path: Path, column: str) -> tuple[Ints, Ints]:
    table = pq.read_table(path, columns=[LINE, column]).drop_null()
    return table[LINE].cast(pa.int64()).to_numpy(), _cents(table[column])


def _cents(amounts: pa.ChunkedArray) -> Ints:
    """Whole cents: exactly from decimals, half-up from floats."""
    if pa.types.is_floating(amounts.type):
        whole: Ints = np.floor(amounts.to_numpy().astype(np.float64) * 100 + 0.5).astype(np.int64)
        return whole
    cents = pc.multiply(amounts.cast(pa.decimal128(18, 2)), pa.scalar(100, pa.decimal128(3, 0)))
    exact: Ints = cents.cast(pa.int64()).to_numpy()
    return exact


def main() -> None:
    """Compare two files."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.agreement", description="Compare duties to the cent.")
    parser.add_argument("ours", type=Path)
    parser.add_argument("peer", type=Path)
    parser.add_argument("--our-column", default=DUTY)
    parser.add_argument("--peer-column", default=DUTY)
    asked = parser.parse_args()
    print(compare(asked.ours, asked.peer, asked.our_column, asked.peer_column))


if __name__ == "__main__":
    main()
