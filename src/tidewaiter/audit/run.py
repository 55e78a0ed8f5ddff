"""The audit: one edition or all of them, each on its legal date, against the regime that knows everything."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from tidewaiter.audit.difference import Difference
from tidewaiter.audit.footnotes import ListSide, footnote_differences
from tidewaiter.audit.headings import heading_differences
from tidewaiter.audit.printed import Printed, UndatedEditionError, edition_of_file, shipped_editions
from tidewaiter.audit.reasons import Reasons
from tidewaiter.audit.scope import Scope, read_scope
from tidewaiter.audit.standing import Headings
from tidewaiter.ledger.regime import Regime
from tidewaiter.schedule.store import Schedule

ALL = "all"
_FILE_ENDINGS = (".json", ".gz")


class Audit:
    """The ledger ready to be held against editions. Differences come with their reasons."""

    def __init__(self, regime: Regime, scope: Scope, reasons: Reasons) -> None:
        self.scope = scope
        self.reasons = reasons
        self._headings = Headings(regime, scope.into)
        self._lists = [ListSide(regime, one) for one in scope.lists]

    @classmethod
    def load(cls) -> Audit:
        """The shipped law, as known today with all that reaches back. Raises ``LawError``."""
        return cls(Regime.load(), read_scope(), Reasons.load())

    def editions(self, edition: str, on: str | None = None) -> Iterator[Printed]:
        """The editions that a name stands for, as ``audit_named`` takes it."""
        _check_date(on)
        path = Path(edition)
        if path.is_file() or path.suffix in _FILE_ENDINGS:
            yield edition_of_file(path, self.scope.prefix, self.scope.named, on)
            return
        schedule = Schedule.load()
        only = None if edition == ALL else schedule.edition(edition).name
        yield from shipped_editions(schedule, self.scope.prefix, self.scope.named, on, only)

    def of(self, printed: Printed) -> Iterator[Difference]:
        """Every difference between the ledger and one edition: headings, then footnotes."""
        yield from self.reasons.explain(heading_differences(printed, self._headings))
        for one in self._lists:
            yield from self.reasons.explain(footnote_differences(printed, one))


def audit_named(edition: str, on: str | None = None) -> list[Difference]:
    """Hold the shipped law against an edition: an official JSON export, the name of a shipped edition, or ``all``.

    ``on`` (ISO date) is the legal date; by default the edition's own. Raises ``ScheduleError`` if there is no such edition
    or no date for it, ``LawError`` if the law's data cannot be read.
    """
    audit = Audit.load()
    return [one for printed in audit.editions(edition, on) for one in audit.of(printed)]


def _check_date(on: str | None) -> None:
    try:
        date.fromisoformat(on or "2025-01-01")
    except ValueError as error:
        raise UndatedEditionError(f"{on!r} is no date", "write 2026-07-01") from error
