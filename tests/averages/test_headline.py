"""The headline rate: what the newspapers print for a generic good."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from tests.conftest import engine_seen_from

from tidewaiter.averages.headline import headline
from tidewaiter.ledger.instants import parse_instant, say_instant

FIRST = parse_instant("2025-01-01")
ON_CHINA = [
    ("2025-02-04T00:01", 10),
    ("2025-03-04T00:01", 20),
    ("2025-04-05T00:01", 30),
    ("2025-04-09T00:01", 104),
    ("2025-04-10T00:01", 145),
    ("2025-05-14T00:01", 30),
    ("2025-11-10T00:01", 20),
    ("2026-02-24T00:00", 0),
    ("2026-02-24T00:01", 10),
    ("2026-07-24T00:01", Decimal("12.5")),
]
"""The published series: EO 14195, 14228, 14257, 14259, 14266, 14298, 14357; the end of collection (CSMS 67834313); Proclamation
11012; 91 FR 47318."""


def series(origin: str, known_on: str = "2026-11-22") -> list[tuple[str, Decimal]]:
    """Instants (Eastern) and percent."""
    rows = headline(engine_seen_from(known_on).regime, origin, start=FIRST)
    assert all(one.until == other.start for one, other in pairwise(rows))
    return [((say_instant(one.start, "America/New_York") or "")[:16], one.rate * 100) for one in rows]


def test_china() -> None:
    assert series("CN") == [("2025-01-01T00:01", 0), *ON_CHINA]


@pytest.mark.parametrize(
    ("origin", "rates"),
    [
        # EO 14257 (one day at the country rate), EO 14326 annex I, Proclamation 11012, 91 FR 47318.
        ("VN", [0, 10, 46, 10, 20, 0, 10, Decimal("12.5")]),
        # All-in 15 percent on a good free of duty (EO 14326); all-in 10 percent (91 FR 47318).
        ("DE", [0, 10, 20, 10, 15, 0, 10, 10]),
        # 10 percent throughout (EO 14257, 14326; Proclamation 11012)).
        ("GB", [0, 10, 0, 10]),
    ],
)
def test_others(origin: str, rates: list[Decimal]) -> None:
    said = [rate for _, rate in series(origin)]
    # Where two measures follow each other at one rate there is no change.
    merged = [one for place, one in enumerate(rates) if not place or one != rates[place - 1]]
    assert said == merged


def test_as_known_in_april_2025() -> None:
    """On 8 April 2025 nobody could know of the 125 percent of EO 14266."""
    assert series("CN", "2025-04-08")[-1] == ("2025-04-09T00:01", 104)
