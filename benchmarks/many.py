"""Many lines, measured in one run: ``python -m benchmarks.many`` (``make bench-many``); each step is a process of its own.

(a) pricing files of 2, 20 and 60 million lines, beside copying the answer with the same engine; (b) the full panel and a what-if;
(c) averages; (d) one line (``benchmarks.run``); (e) OpenFisca on the lines it can price; (f) a hand-written join over the panel.
Every figure is wall seconds, CPU seconds and peak memory as the system reports them for that process.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.machine import machine

ROOT = Path(__file__).resolve().parent.parent
COMMAND = str(Path(sys.executable).parent / "tidewaiter")
PEER = ROOT / ".venv-bench" / "bin" / "python"
KNOWN = ["--known-on", "2026-11-22"]
COPY = "import polars as pl, sys; pl.scan_parquet(sys.argv[1]).sink_parquet(sys.argv[2])"
SCENARIO = """id: forced-labor-at-25
title: The forced-labor duty on China is 25 percent
explanation: A what-if that touches one program.
acts:
  - id: us-what-if-forced-labor
    kind: hypothesis
    by: US
    title: 25 percent on China
    announced: 2026-11-23
    citation: none
    sources: [{note: made up, kind: primary}]
    confidence: unverified
    summary: A made-up act.
    effects:
      - {at: "2026-12-15 00:01 America/New_York", set_rate: us/9903.05.31, rate: 25%}
"""


@dataclass(frozen=True)
class Run:
    """What one process took."""

    wall: float
    cpu: float
    peak_mb: float

    def __str__(self) -> str:
        return f"{self.wall:8.1f} s  {self.cpu:8.1f} s CPU  {self.peak_mb:7.0f} MB"


def run(*command: str, okay: tuple[int, ...] = (0,), quiet: bool = True) -> Run:
    """Run a command to its end. Raises ``SystemExit`` if it ends otherwise than expected."""
    started = time.perf_counter()
    sink = os.open(os.devnull, os.O_WRONLY)
    actions = [(os.POSIX_SPAWN_DUP2, sink, 1)] if quiet else []
    child = os.posix_spawn(command[0], command, dict(os.environ), file_actions=actions)
    _, status, used = os.wait4(child, 0)
    os.close(sink)
    if os.waitstatus_to_exitcode(status) not in okay:
        sys.exit(f"{' '.join(command)}: ended with {status}")
    return Run(time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def say(name: str, found: Run, more: str = "") -> None:
    """One row of the table."""
    print(f"{name:58} {found}  {more}", flush=True)


def pricing(folder: Path, millions: list[int]) -> None:
    """(a) Pricing against copying its own answer, and how both grow."""
    for count in millions:
        lines, answer, copy = (folder / f"{name}-{count}.parquet" for name in ("lines", "answer", "copy"))
        if not lines.exists():
            run(sys.executable, "-m", "benchmarks.data", str(lines), "--lines", str(count * 1_000_000))
        priced = run(COMMAND, "price", str(lines), "-o", str(answer), *KNOWN, okay=(0, 1))
        copied = run(sys.executable, "-c", COPY, str(answer), str(copy))
        say(f"price {count} million lines", priced, f"{priced.wall / count:.2f} s a million")
        say(
            f"copy its answer ({answer.stat().st_size / 1e6:,.0f} MB)",
            copied,
            f"price / copy = {priced.wall / copied.wall:.2f}",
        )
        copy.unlink()
        if count != min(millions):
            answer.unlink()


def panels(folder: Path) -> None:
    """(b) The panel of every product, origin and change of 2025-2026, and a what-if that touches one program."""
    whole, changed, scenario = folder / "panel", folder / "panel-what-if", folder / "what-if.yaml"
    for old in (whole, changed):
        shutil.rmtree(old, ignore_errors=True)
    scenario.write_text(SCENARIO, encoding="utf-8")
    days = ["--from", "2025-01-01", "--to", "2026-12-31"]
    say("panel, every product, origin and change of 2025-2026", run(COMMAND, "panel", "-o", str(whole), *days, *KNOWN))
    what_if = ["--scenario", str(scenario), "--changed-from", str(whole)]
    say("panel of a what-if", run(COMMAND, "panel", "-o", str(changed), *days, *KNOWN, *what_if))


def averages(folder: Path) -> None:
    """(c) Averages at every change of 2025-2026, and those of a what-if beside them."""
    days = ["--from", "2025-01-01", "--to", "2026-12-31", "-o", str(folder / "averages.csv")]
    say("averages at every change, whole process", run(COMMAND, "averages", *days, *KNOWN))
    both = ["--scenario", f"law,{folder / 'what-if.yaml'}"]
    say("averages of the law and a what-if, whole process", run(COMMAND, "averages", *days, *KNOWN, *both))
    panel = ["--panel", str(folder / "panel")] if (folder / "panel").exists() else []
    run(sys.executable, "-m", "benchmarks.averages", str(folder / "what-if.yaml"), *panel, quiet=False)


def peer(folder: Path) -> None:
    """(e) The same ad valorem lines by OpenFisca, and whether the answers agree."""
    if not PEER.exists():
        print("OpenFisca: no .venv-bench (benchmarks/README.md says how to make it); left out")
        return
    lines = folder / "peer" / "lines.parquet"
    if not lines.exists():
        run(sys.executable, "-m", "benchmarks.openfisca_rates", str(folder / "peer"))
    run(str(PEER), "-m", "benchmarks.openfisca_run", str(lines), quiet=False)
    run(str(PEER), "-m", "benchmarks.openfisca_run", str(lines), "--lookup", "fancy", quiet=False)
    run(sys.executable, "-m", "benchmarks.same_lines", str(lines), quiet=False)


def floor(folder: Path) -> None:
    """(f) A hand-written DuckDB join over the panel: rates looked up and multiplied, and nothing else."""
    run(
        sys.executable,
        "-m",
        "benchmarks.duckdb_join",
        str(folder / "lines-2.parquet"),
        str(folder / "panel"),
        quiet=False,
    )


def main() -> None:
    """Run all of it, or the parts named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("out/bench"))
    parser.add_argument("--millions", default="2,20,60", help="how many million lines, by commas")
    parser.add_argument("--only", default="price,panel,averages,line,peer,floor")
    told = parser.parse_args()
    told.folder.mkdir(parents=True, exist_ok=True)
    parts = told.only.split(",")
    print(machine(), flush=True)
    millions = [int(one) for one in told.millions.split(",")]
    steps = {
        "price": lambda: pricing(told.folder, millions),
        "panel": lambda: panels(told.folder),
        "averages": lambda: averages(told.folder),
        "line": lambda: say("one line and whole processes", run(sys.executable, "-m", "benchmarks.run", quiet=False)),
        "peer": lambda: peer(told.folder),
        "floor": lambda: floor(told.folder),
    }
    for name, step in steps.items():
        if name in parts:
            step()
    print(json.dumps({"load": os.getloadavg()}), flush=True)


if __name__ == "__main__":
    main()
