"""What a scenario changes against another regime on the same day of knowledge: each heading, from when until when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tidewaiter.assess.assessment import Json
from tidewaiter.diff.headings import origins_of, standing
from tidewaiter.ledger.fold import Track
from tidewaiter.ledger.instants import ALWAYS, FOREVER, Instant, say_instant
from tidewaiter.ledger.model import Row
from tidewaiter.ledger.regime import Regime

_NO_TRACK = Track()


@dataclass(frozen=True, slots=True)
class Window:
    """A heading that stands otherwise under a scenario in [start, until)."""

    heading: str
    text: str
    into: str
    origins: tuple[str, ...]
    start: Instant
    until: Instant
    was: str
    now: str

    def as_json(self, zone: str) -> Json:
        """One object of ``changes``."""
        return {
            "heading": self.heading,
            "text": self.text,
            "origins": list(self.origins) or ["any"],
            "from": say_instant(self.start, zone),
            "until": say_instant(self.until, zone),
            "was": self.was,
            "now": self.now,
        }


def changes_against(law: Regime, scenario: Regime) -> list[Window]:
    """The windows in which headings stand otherwise, by heading and time; ``was`` under ``law``, ``now`` under the scenario."""
    found: list[Window] = []
    for key, rows in scenario.ledger.rows().items():
        if rows:
            found.extend(_windows(law, scenario, key, rows))
    return found


def _windows(law: Regime, scenario: Regime, key: str, rows: list[Row]) -> Iterator[Window]:
    tracks = [regime.tracks.get(key, _NO_TRACK) for regime in (law, scenario)]
    if tracks[0].says_as(tracks[1]):
        return
    row = rows[0]
    edges = sorted({ALWAYS, *tracks[0].edges(), *tracks[1].edges()})
    runs: list[tuple[Instant, str, str]] = []
    for edge in edges:
        was, now = (standing(regime, key, edge, row.kind) for regime in (law, scenario))
        if not runs or runs[-1][1:] != (was, now):
            runs.append((edge, was, now))
    ends = [start for start, _, _ in runs[1:]] + [FOREVER]
    into = key.partition("/")[0].upper()
    title = row.text or scenario.ledger.programs[row.program].title
    for (start, was, now), until in zip(runs, ends, strict=True):
        if was != now:
            yield Window(row.code, title, into, origins_of(rows, scenario, start), start, until, was, now)
