"""Where the official files are for the tests that compare with them; those tests skip where the files are absent."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
SOURCES = Path(os.environ.get("TIDEWAITER_SOURCES") or REPOSITORY.parent / "shared" / "data")
EDITIONS = SOURCES / "hts"
ORACLE = EDITIONS / "usitc_tariff_database_2025_06_06.csv.gz"

needs_editions = pytest.mark.skipif(
    not (EDITIONS / "hts_2025_basic.json.gz").exists(), reason="the 44 official JSON editions are not at hand"
)
needs_oracle = pytest.mark.skipif(not ORACLE.exists(), reason="the USITC tariff database of June 2025 is not at hand")
