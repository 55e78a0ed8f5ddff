"""Whole processes and warm lines, measured in one run: ``python -m benchmarks.run``.

Whole processes are run several times and the median is given, with the peak memory that the system reports for them.
"""

from __future__ import annotations

import resource
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.machine import machine

ROOT = Path(__file__).resolve().parent.parent
COMMAND = Path(sys.executable).parent / "tidewaiter"
PROCESSES = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "import tidewaiter": [sys.executable, "-c", "import tidewaiter"],
    "import the engine": [sys.executable, "-c", "import tidewaiter.assess.engine"],
    "tidewaiter duty (table)": [COMMAND, "duty", "8507.60.0090", "--origin", "CN", "--value", "10000", "--on", "2026-11-22"],
    "tidewaiter duty --json": [
        COMMAND, "duty", "8507.60.0090", "--origin", "CN", "--value", "10000", "--on", "2026-11-22", "--json"
    ],
    "tidewaiter assess examples/lines.csv": [COMMAND, "assess", ROOT / "examples" / "lines.csv"],
    "tidewaiter status": [COMMAND, "status", "--known-on", "2026-11-22"],
    "tidewaiter law check": [COMMAND, "law", "check"],
    "tidewaiter schedule search": [COMMAND, "schedule", "search", "lithium battery"],
}  # fmt: skip
TIMES = 9


def measure(command: list[str | Path]) -> tuple[float, float]:
    """Median wall seconds of several runs, and the largest peak memory in MB."""
    walls = []
    for _ in range(TIMES):
        started = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        walls.append(time.perf_counter() - started)
    return statistics.median(walls), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main() -> None:
    """Print the whole-process table, then run pytest-benchmark on the warm lines."""
    if shutil.which(str(COMMAND)) is None:
        sys.exit("run `make dev` first")
    print(machine())
    subprocess.run([COMMAND, "law", "check"], check=True, stdout=subprocess.DEVNULL)
    for name, command in PROCESSES.items():
        wall, peak = measure(command)
        print(f"{name:40} {wall * 1000:7.0f} ms   peak so far {peak:5.0f} MB", flush=True)
    arguments = ["benchmarks", "--benchmark-only", "--benchmark-columns=median,iqr,rounds"]
    arguments += ["-q", "-o", "addopts=--import-mode=importlib"]
    sys.exit(subprocess.run([sys.executable, "-m", "pytest", *arguments], cwd=ROOT, check=False).returncode)


if __name__ == "__main__":
    main()
