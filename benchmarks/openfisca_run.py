"""Price lines with OpenFisca: ``python -m benchmarks.openfisca_run FOLDER/lines.parquet`` in the environment of the peer.

Expects ``rates.csv`` and ``pairs.csv`` beside the lines (``benchmarks.openfisca_rates`` writes all three). Writes line_id and
total_duty as computed, and prints seconds for a million lines: of the calculation alone (inputs set, duty calculated), and of all
from file to file. A simulation is of one day, so the lines of each day are one simulation.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from openfisca_core.simulations import SimulationBuilder

from benchmarks.agreement import compare
from benchmarks.machine import machine
from benchmarks.openfisca_tariff.parameters import variable_name
from benchmarks.openfisca_tariff.system import ImportDuties
from benchmarks.openfisca_tariff.variables import LOOKUPS

Array = np.ndarray[Any, Any]
TOTAL = "total_duty"


def read_pairs(path: Path) -> tuple[pa.Array, dict[str, Array]]:
    """The sampled pairs as text (number and origin), and the class of each by program."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    programs = [name for name in rows[0] if name not in ("hts", "origin")]
    classes = {variable_name(name): np.array([row[name] for row in rows], dtype=np.int32) for name in programs}
    return pa.array([row["hts"] + row["origin"] for row in rows]), classes


def read_lines(path: Path, pairs: pa.Array) -> tuple[Array, Array, Array, Array]:
    """Number, pair, day and value of each line."""
    table = pq.read_table(path)
    pair = pc.index_in(pc.binary_join_element_wise(table["hts"], table["origin"], ""), pairs)
    value = table["value"].cast(pa.float64())
    return table["line_id"].to_numpy(), pair.to_numpy(), table["entered_at"].to_numpy(), value.to_numpy()


def runs_of(days: Array) -> Iterator[tuple[str, Array]]:
    """Each day, and the rows of its lines."""
    order = np.argsort(days, kind="stable")
    different, starts = np.unique(days[order], return_index=True)
    for day, rows in zip(different, np.split(order, starts[1:]), strict=True):
        yield str(day), rows


def price(system: ImportDuties, day: str, value: Array, classes: dict[str, Array]) -> Array:
    """The duty on lines of one day."""
    simulation = SimulationBuilder().build_default_simulation(system, count=len(value))
    simulation.set_input("value", day, value)
    for program, codes in classes.items():
        simulation.set_input(f"{program}_class", day, codes)
    duty: Array = simulation.calculate(TOTAL, day)
    return duty


def run(lines: Path, out: Path, lookup: str, wide: bool) -> tuple[int, float, float]:
    """Price a file into another. Gives the count of lines, and the seconds of the calculation and of everything."""
    started = time.perf_counter()
    pairs, members = read_pairs(lines.with_name("pairs.csv"))
    system = ImportDuties(lines.with_name("rates.csv"), LOOKUPS[lookup], wide)
    line_id, pair, days, value = read_lines(lines, pairs)
    duties = np.zeros(len(value), dtype=np.float64)
    calculating = 0.0
    for day, rows in runs_of(days):
        classes = {program: several[pair[rows]] for program, several in members.items()}
        begun = time.perf_counter()
        duties[rows] = price(system, day, value[rows], classes)
        calculating += time.perf_counter() - begun
    pq.write_table(pa.table({"line_id": line_id, TOTAL: duties}), out)
    return len(value), calculating, time.perf_counter() - started


def main() -> None:
    """Price, tell the times, and compare with the exact duties if they lie beside the lines."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.openfisca_run", description="Price with OpenFisca.")
    parser.add_argument("lines", type=Path)
    parser.add_argument("--out", type=Path, help="default: openfisca.parquet beside the lines")
    parser.add_argument(
        "--lookup", choices=list(LOOKUPS), default="take", help="how a formula finds the rate of a line"
    )
    parser.add_argument("--wide", action="store_true", help="64-bit floats in place of OpenFisca's 32-bit ones")
    asked = parser.parse_args()
    out = asked.out or asked.lines.with_name("openfisca.parquet")
    print(machine(("openfisca-core", "numpy", "pyarrow")))
    count, calculating, everything = run(asked.lines, out, asked.lookup, asked.wide)
    millions = count / 1_000_000
    print(f"{count} lines, lookup {asked.lookup}, {'64' if asked.wide else '32'}-bit floats")
    print(f"calculation {calculating / millions:.2f} s, file to file {everything / millions:.2f} s for a million lines")
    exact = asked.lines.with_name("exact.parquet")
    if exact.exists():
        print(compare(exact, out))


if __name__ == "__main__":
    main()
