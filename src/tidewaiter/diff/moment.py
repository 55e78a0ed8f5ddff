"""Two moments held against each other: a day, as seen from a day of knowledge and under a scenario."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tidewaiter.assess.errors import LineError
from tidewaiter.assess.line import Moment, read_moment
from tidewaiter.ledger.instants import Instant
from tidewaiter.ledger.regime import Regime

Day = str | datetime


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: a day or an instant as it was asked for, and the regime that is asked.

    A bare day is its end, in the zone of each importing country: what bit on that day counts.
    """

    regime: Regime
    said: str

    def at(self, into: str) -> Instant:
        """The instant, for goods into a country."""
        return self.moment(into).instant

    def moment(self, into: str) -> Moment:
        """The moment of entry of a line into a country."""
        return read_moment(self.said, self.regime.zone(into), "day")

    def knows_more_than(self, other: Side) -> frozenset[str]:
        """The acts that are part of the law here and not there."""
        return frozenset(self.regime.acts) - frozenset(other.regime.acts)


def sides(regime: Regime, since: Day, until: Day, later: Regime | None = None) -> tuple[Side, Side]:
    """Both sides, checked: ``later`` is the regime of the second (default: the same).

    Raises ``LineError`` ``bad_date``: no date, or a second day before the first.
    """
    before, after = Side(regime, _said(since)), Side(later or regime, _said(until))
    for into in regime.ledger.zones:
        if after.at(into) < before.at(into):
            raise LineError("bad_date", f"{after.said} lies before {before.said}", "give the earlier day first")
    return before, after


def _said(day: Day) -> str:
    return day.isoformat() if isinstance(day, datetime) else day
