"""A process of refund as known on a day: what it serves, which routes are open on a day, and its clocks as arithmetic.

>>> from tidewaiter.ledger.regime import Regime
>>> process = Process.load(Regime.load("2026-11-22"))
>>> process.last_day("claim-window", date(2026, 9, 20))
datetime.date(2026, 12, 9)
>>> sorted(process.serves(date(2026, 4, 19))), sorted(process.serves(date(2026, 4, 20)))
([], ['IEEPA'])
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from tidewaiter.ledger.instants import Instant, end_of_day
from tidewaiter.ledger.matters import History, histories
from tidewaiter.ledger.model import Act
from tidewaiter.ledger.refund_law import ASKED, Caution, Clock, Holiday, RefundProcess, Route
from tidewaiter.ledger.regime import Regime as FoldedLaw
from tidewaiter.refunds.seen import Known, law_of

_SATURDAY, _SUNDAY = 5, 6
_YEARS = range(2015, 2041)


@dataclass(frozen=True)
class Process:
    """A process of refund, seen by a regime: only what that regime knows counts."""

    law: RefundProcess
    known: FoldedLaw

    @classmethod
    def load(cls, regime: Known, name: str = "") -> Process:
        """The process of that name (default: the only one). Raises ``KeyError`` for a name that the law's data lacks."""
        known = law_of(regime)
        assert known.ledger.refunds is not None
        processes = known.ledger.refunds.processes
        return cls(processes[name or next(iter(processes))], known)

    def instant(self, on: date) -> Instant:
        """The end of a day, as bare days are read."""
        return end_of_day(on, self.known.zone(self.law.into))

    def serves(self, on: date) -> frozenset[str]:
        """The authorities whose duties it refunds on a day."""
        at = self.instant(on)
        return frozenset(one.authority for one in self.law.serves if self.known.in_force(one.version, at))

    def may_be_void(self, entered: date) -> bool:
        """Whether a court has voided, for all, any duty that stood on the books for entries of a day."""
        at, into = self.instant(entered), f"{self.law.into.lower()}/"
        stood = (key for key in self.known.voided if key.startswith(into) and self.known.state(key, at).rate)
        return any(one is not None and one.for_all for one in (self.known.void(key, at) for key in stood))

    def opening_acts(self, on: date) -> tuple[Act, ...]:
        """The acts by which it serves whom it serves."""
        at = self.instant(on)
        names = {one.version.act: None for one in self.law.serves if self.known.in_force(one.version, at)}
        return tuple(self.known.acts[name] for name in names if name)

    def routes(self, on: date) -> tuple[Route, ...]:
        """The routes that are open on a day, in order."""
        at = self.instant(on)
        return tuple(one for one in self.law.routes if self.known.in_force(one.version, at))

    def cautions(self, on: date) -> tuple[Caution, ...]:
        """The cautions that count on a day."""
        at = self.instant(on)
        return tuple(one for one in self.law.cautions if self.known.in_force(one.version, at))

    def stands(self, matter: str, on: date) -> str:
        """The state of a matter on a day, by the acts that the regime counts; empty where none says."""
        history = self._histories.get(matter)
        found = history.at(self.instant(on)) if history else None
        return found.word if found else ""

    @cached_property
    def _histories(self) -> dict[str, History]:
        return histories(self.known.acts.values())

    def clock(self, name: str, on: date | None = None) -> Clock:
        """The clock of that name for every type of entry (the last that is in force on the day, where there are several)."""
        return next(one for one in self.variants(name, on) if not one.types)

    def variants(self, name: str, on: date | None = None) -> list[Clock]:
        """The clocks of that name in force on a day, those for some types of entry first. Raises ``KeyError``."""
        found = [one for one in self.law.clocks if one.id == name and self.known.knows(one.version.act)]
        if on is not None:
            found = [one for one in found if self.known.in_force(one.version, self.instant(on))]
        if not found:
            raise KeyError(name)
        found.reverse()
        return sorted(found, key=lambda one: not one.types)

    def last_day(self, name: str, start: date) -> date:
        """The last day by a clock that runs from ``start``."""
        return self.last_days(self.clock(name), pl.Series([start])).item()  # type: ignore[no-any-return]

    def last_days(self, clock: Clock, starts: pl.Series) -> pl.Series:
        """The last days by a clock that runs from each of these days; null where it has none."""
        if clock.days is not None:
            return starts + timedelta(days=clock.days)
        if clock.years is not None:
            return starts.dt.offset_by(f"{clock.years}y")
        if clock.open:
            return pl.Series(starts.name, [None], pl.Date()).new_from_index(0, len(starts))
        distinct = starts.unique().drop_nulls()
        if clock.working_days is not None:
            ends = self.working_days_after(distinct.to_list(), clock.working_days)
        else:
            assert clock.working_day_of_next_month is not None
            eves = distinct.dt.month_end().to_list()
            ends = self.working_days_after(eves, clock.working_day_of_next_month)
        return starts.replace_strict(distinct, pl.Series(ends, dtype=pl.Date()), default=None, return_dtype=pl.Date())

    def working_days_after(self, days: list[date], count: int) -> list[date]:
        """The ``count``-th working day after each day."""
        at = np.array(days, dtype="datetime64[D]")
        found = np.busday_offset(at, count, roll="backward", holidays=self.holidays)
        return [one.astype(object) for one in found]

    @cached_property
    def holidays(self) -> npt.NDArray[np.datetime64]:
        """The holidays of customs, as days on which they are kept."""
        assert self.known.ledger.refunds is not None
        law = self.known.ledger.refunds.working_days[self.law.into]
        return np.array(sorted(kept_on(one, year) for one in law.holidays for year in _YEARS), dtype="datetime64[D]")

    def ends(self, frame: pl.DataFrame, name: str, on: date | None) -> pl.Series:
        """The last days by a clock for each entry of a frame (columns of ENTRIES), by its type where the clock tells types
        apart; null where the day is not known from which it runs. Without a day asked about, all clocks known count."""
        found = pl.Series(name, [None], pl.Date()).new_from_index(0, frame.height)
        left = pl.Series("left", [True]).new_from_index(0, frame.height)
        for clock in self.variants(name, on):
            starts = frame.select(
                pl.coalesce(pl.lit(on) if one == ASKED else pl.col(one) for one in clock.after).alias(name)
            ).to_series()
            if len(starts) != frame.height:
                starts = starts.new_from_index(0, frame.height)
            mine = left & frame["entry_type"].is_in(list(clock.types)).fill_null(False) if clock.types else left
            found = self.last_days(clock, starts).zip_with(mine, found)
            left = left & ~mine
        return found.alias(name)

    def has_no_day(self, frame: pl.DataFrame, name: str) -> pl.Series:
        """For which entries no day can be told by a clock, for their type."""
        types = {word for one in self.variants(name) if one.open for word in one.types}
        return frame["entry_type"].is_in(list(types)).fill_null(False)


def kept_on(holiday: Holiday, year: int) -> date:
    """The day on which a holiday is kept in a year: one that falls on a Saturday the day before, on a Sunday the day after."""
    if holiday.day:
        day = date(year, holiday.month, holiday.day)
        return day - timedelta(days=1) if day.weekday() == _SATURDAY else day + timedelta(days=day.weekday() == _SUNDAY)
    if holiday.nth > 0:
        first = date(year, holiday.month, 1)
        return first + timedelta(days=(holiday.weekday - first.weekday()) % 7 + 7 * (holiday.nth - 1))
    last = date(year + holiday.month // 12, holiday.month % 12 + 1, 1) - timedelta(days=1)
    return last - timedelta(days=(last.weekday() - holiday.weekday) % 7 + 7 * (-holiday.nth - 1))
