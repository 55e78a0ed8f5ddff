"""Our answers for the lines that the peer prices: ``python -m benchmarks.same_lines out/peer/lines.parquet``.

In memory, as the peer's calculation is measured, and file to file; then whether the duties are equal to the cent. The process is
settled as that of ``tidewaiter price`` is (memory that is freed is kept).
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from tidewaiter.cli.common import for_many_lines

for_many_lines()  # before Polars is imported

import polars as pl  # noqa: E402

from benchmarks.agreement import compare  # noqa: E402
from tidewaiter import Regime  # noqa: E402

ROUNDS = 6


def main() -> None:
    """Price the lines several times; the fastest is printed, as for the peer."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.same_lines", description="The peer's lines, by us.")
    parser.add_argument("lines", type=Path)
    lines = parser.parse_args().lines
    ours, exact, peer = (lines.with_name(f"{name}.parquet") for name in ("ours", "exact", "openfisca"))
    regime = Regime.load(known_on="2026-11-22")
    regime.kernel  # noqa: B018 - compiled before the clock starts, as the peer's parameters are
    frame = pl.read_parquet(lines)
    calculation, whole = [], []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        regime.price(frame)
        calculation.append(time.perf_counter() - started)
        started = time.perf_counter()
        regime.price(pl.read_parquet(lines)).write_parquet(ours, compression_level=1)
        whole.append(time.perf_counter() - started)
    millions = len(frame) / 1e6
    print(f"  ours: {min(calculation) / millions:.2f} s a million in memory, {min(whole) / millions:.2f} file to file")
    print(f"  ours and the exact duties: {compare(ours, exact)}")
    if peer.exists():
        print(f"  ours and the peer: {compare(ours, peer)}")


if __name__ == "__main__":
    main()
