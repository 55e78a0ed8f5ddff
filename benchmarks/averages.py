"""A what-if average in a running session: ``python -m benchmarks.averages SCENARIO.yaml [--panel FOLDER]``.

The law is loaded and asked once; then a scenario is read, folded, compiled and averaged over everything, as at an analyst's
prompt. The same for its panel.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tidewaiter import Regime

DAYS = {"start": "2025-01-01", "end": "2026-12-31"}


def timed(name: str, call: Callable[[], Any]) -> Any:
    """What a call gives; its seconds are printed."""
    started = time.perf_counter()
    found = call()
    print(f"  {name:66} {time.perf_counter() - started:6.2f} s", flush=True)
    return found


def main() -> None:
    """Time the law's averages, then those of the scenario, then its panel."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.averages", description="Averages in a running session.")
    parser.add_argument("scenario")
    parser.add_argument("--panel", type=Path, help="the law's panel over the same days")
    asked = parser.parse_args()
    print("in one Python session:")
    regime = timed("load the law", lambda: Regime.load(known_on="2026-11-22"))
    timed("averages at every change of 2025-2026, the first time", lambda: regime.averages(**DAYS))
    timed("the same again", lambda: regime.averages(**DAYS))
    changed = timed("read and fold the what-if", lambda: regime.what_if(asked.scenario))
    timed("its averages", lambda: changed.averages(**DAYS))
    again = regime.what_if(asked.scenario)
    timed("the same with the what-if read anew", lambda: again.averages(**DAYS))
    if asked.panel:
        folder = Path(tempfile.mkdtemp(dir=asked.panel.parent)) / "panel"
        timed("its panel", lambda: again.write_panel(folder, changed_from=asked.panel, **DAYS))
        shutil.rmtree(folder.parent)


if __name__ == "__main__":
    main()
