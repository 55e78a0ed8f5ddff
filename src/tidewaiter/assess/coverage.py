"""What is covered: for which origins and days the additional duties are known. The rest is refused, not guessed."""

from __future__ import annotations

from tidewaiter.assess.amounts import Charge
from tidewaiter.assess.assessment import say_money
from tidewaiter.assess.errors import LineError
from tidewaiter.assess.line import Line
from tidewaiter.ledger.instants import local_day
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
