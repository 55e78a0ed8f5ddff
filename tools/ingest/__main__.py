"""Rebuild everything that is built from the source data: the schedule, its side tables, and the product lists.

``python -m tools.ingest`` reads the folder named by TIDEWAITER_SOURCES (default: ``../shared/data`` beside the repository) and
writes into ``src/tidewaiter/law``; unchanged sources give unchanged bytes.
"""

from __future__ import annotations

import subprocess
import sys

from tools.ingest.common import sources

SCRIPTS = (
    "us_301_china",
    "us_301_exclusions",
    "us_exempt_lists",
    "us_232_metals",
    "us_232_other",
    "cn_tariff",
    "cn_retaliation",
    "schedule_concordance",
    "schedule_unread",
)


def main() -> None:
    """Run every step in order, each told before it starts; the first failure ends it."""
    if not sources().is_dir():
        sys.exit(f"no source data at {sources()} (set TIDEWAITER_SOURCES)")
    steps = [["tidewaiter", "schedule", "build", str(sources() / "hts")]]
    steps += [[f"tools.ingest.{name}"] for name in SCRIPTS]
    for step in steps:
        print(f"== {' '.join(step)}", flush=True)
        subprocess.run([sys.executable, "-m", *step], check=True)


if __name__ == "__main__":
    main()
