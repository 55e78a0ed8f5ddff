"""What is covered: for which origins and days the additional duties are known. The rest is refused, not guessed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from tidewaiter.assess.amounts import Charge
from tidewaiter.assess.assessment import Caution, say_money
from tidewaiter.assess.errors import LineError
from tidewaiter.assess.line import Line
from tidewaiter.ledger.instants import Instant, end_of_day, local_day
from tidewaiter.ledger.model import ANYWHERE, Coverage
from tidewaiter.ledger.regime import Regime


class NotCoveredError(LineError):
    """The additional duties are not covered; the base duty that could be computed is in ``base``."""

    def __init__(self, message: str, hint: str, base: Charge) -> None:
        super().__init__("not_covered", message, hint)
        self.base = base


def coverage_of(regime: Regime, line: Line) -> Coverage | None:
    """The coverage row for the line's importing country and origin."""
    places = {line.origin, ANYWHERE}
    rows = (row for row in regime.ledger.coverage if row.into == line.into and row.origins & places)
    return next(rows, None)


def check_into(regime: Regime, into: str) -> None:
    """Raises ``LineError`` ``not_covered`` for an importing country whose tariff is not at hand."""
    covered = sorted({row.into for row in regime.ledger.coverage})
    if into not in covered:
        raise LineError("not_covered", f"imports into {into} are not covered", f"covered: {', '.join(covered)}")


def covered_since(regime: Regime, into: str) -> Instant:
    """The first instant at which any imports into a country are covered."""
    return min(row.start for row in regime.ledger.coverage if row.into == into)


def first_day(regime: Regime, into: str) -> date:
    """The first day on which any imports into a country are covered, there."""
    return local_day(covered_since(regime, into), regime.zone(into))


def eve(regime: Regime, into: str) -> Instant:
    """The end of the day before imports into a country are covered: all that changes after it is known."""
    return end_of_day(first_day(regime, into) - timedelta(days=1), regime.zone(into))


def _say_covered_from(regime: Regime, intos: Iterable[str]) -> str:
    """From when imports into these countries are covered, in words."""
    said = (f"imports into {into} are covered from {first_day(regime, into)} on" for into in intos)
    return ", ".join(said)


def before_coverage(regime: Regime, intos: Iterable[str]) -> LineError:
    """The refusal of days before imports into any of these countries are covered: nothing is known, which is not zero."""
    return LineError("date_before_coverage", _say_covered_from(regime, intos), "give a later day; see docs/coverage.md")


def partly_covered(regime: Regime, intos: Iterable[str]) -> Caution:
    """The caution on a time that begins before imports into these countries are covered: its changes may not be all told."""
    return Caution("date_before_coverage", f"{_say_covered_from(regime, intos)}: what changed before may be missing")


def uncovered(regime: Regime, spans: Mapping[str, tuple[Instant, Instant]], *, known: bool) -> tuple[str, ...]:
    """Of spans of time in importing countries, the countries that are covered only from a later day than theirs begins.

    Raises ``LineError`` ``date_before_coverage`` where all of them end before that and nothing of them is ``known`` all the same.
    """
    if not known and all(until < covered_since(regime, into) for into, (_, until) in spans.items()):
        raise before_coverage(regime, spans)
    return tuple(into for into, (since, _) in spans.items() if since < eve(regime, into))


def check_coverage(regime: Regime, line: Line, base: Charge) -> None:
    """Raises ``NotCoveredError`` for an origin not covered, ``LineError`` for a day before coverage begins."""
    coverage = coverage_of(regime, line)
    if coverage is None:
        rows = (row for row in regime.ledger.coverage if row.into == line.into)
        origins = ", ".join(sorted({origin for row in rows for origin in row.origins}))
        raise NotCoveredError(
            f"additional duties of {line.into} on products of {line.origin} are not covered; "
            f"the base duty alone is {say_money(base.amount)} ({base.expression.say()})",
            f"covered origins: {origins}; see docs/coverage.md",
            base,
        )
    fixed_at = line.moments.get("admitted_at", line.entered) if line.fixed_at_admission else line.entered
    if min(fixed_at.instant, line.entered.instant) < coverage.start:
        first = local_day(coverage.start, regime.zone(line.into))
        raise LineError("date_before_coverage", f"entries before {first} are not covered", "see docs/coverage.md")
