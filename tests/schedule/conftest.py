"""What the schedule's tests share: the packaged schedule, and the official files where they are at hand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tidewaiter.schedule.store import Schedule

REPOSITORY = Path(__file__).resolve().parents[2]
SOURCES = Path(os.environ.get("TIDEWAITER_SOURCES") or REPOSITORY.parent / "shared" / "data")


@pytest.fixture(scope="session")
def schedule() -> Schedule:
    """The packaged schedule."""
    return Schedule.load()


@pytest.fixture(scope="session")
def official_files() -> Path:
    """The folder of the 44 official JSON editions; skips where it is absent."""
    folder = SOURCES / "hts"
    if not (folder / "hts_2025_basic.json.gz").exists():
        pytest.skip(f"the official JSON editions are not at hand ({folder})")
    return folder


@pytest.fixture(scope="session")
def tariff_database() -> Path:
    """The USITC tariff database of 6 June 2025; skips where it is absent."""
    file = SOURCES / "hts" / "usitc_tariff_database_2025_06_06.csv.gz"
    if not file.exists():
        pytest.skip(f"the USITC tariff database is not at hand ({file})")
    return file
