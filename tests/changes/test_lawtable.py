"""The table of laws says what the regime says, of products known beforehand and of others."""

from __future__ import annotations

from tests.conftest import engine_seen_from

from tidewaiter.changes.lawtable import LawTable

KNOWN = ["9503000073", "8507600020"]
OTHERS = ["7318152065", "8708295160", "2203000030", "7601103000"]


def test_the_table_and_the_regime_agree() -> None:
    regime = engine_seen_from().regime
    intervals = range(len(regime.cuts) - 60, len(regime.cuts) + 1)
    table = LawTable(regime, "US", KNOWN, intervals)
    for digits in (*KNOWN, *OTHERS, *KNOWN):
        for origin in ("CN", "CA", "DE"):
            rows = table.numbers(digits, origin)
            for row, interval in list(zip(rows, intervals, strict=True))[::9]:
                assert table.law(row, interval) == regime.law(digits, origin, "US", interval)


def test_equal_numbers_are_one_law() -> None:
    regime = engine_seen_from().regime
    intervals = range(len(regime.cuts) - 20, len(regime.cuts) + 1)
    rows = LawTable(regime, "US", KNOWN, intervals).numbers(KNOWN[0], "CN")
    for before, after, interval in zip(rows, rows[1:], intervals, strict=False):
        alike = regime.law(KNOWN[0], "CN", "US", interval) is regime.law(KNOWN[0], "CN", "US", interval + 1)
        assert alike == (before.tolist() == after.tolist())
