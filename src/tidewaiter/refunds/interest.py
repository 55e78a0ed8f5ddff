"""Interest on refunds, compounded daily over the quarters' rates: exact, and rounded half-up to the cent once, at the end.

19 USC 1505(c), 26 USC 6621 and 6622: from the day of deposit, which counts, to the day of (re)liquidation, which does not. A day
bears the rate of its quarter divided by the days of its year. A quarter whose rate is not published is refused, or takes the last
published rate where that is asked for, and the answer says so.

>>> from tidewaiter.refunds.interest import Rates
>>> from tidewaiter.ledger.regime import Regime
>>> rates = Rates.load(Regime.load("2026-11-22"))
>>> rates.on("100000.00", date(2025, 6, 15), date(2026, 7, 1), corporate=True)
Decimal('6197.69')
"""

from __future__ import annotations

from calendar import isleap
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from functools import cached_property

import polars as pl

from tidewaiter.ledger.refund_law import InterestLaw, Quarter
from tidewaiter.refunds.seen import Known, law_of

CORPORATION, OTHER = "corporation", "other"
PUBLISHED = "published"
DERIVED = "interest rests on a derived rate"
"""How ``notes`` begins to name the quarters whose rate no source states."""
_EXACT = Context(prec=80)
_CENT = Decimal("0.01")
_SCALE = 24
_NEAR = Decimal("0.000001")


class UnpublishedRateError(Exception):
    """The rate of a quarter is not published (or lies before the data)."""

    code = "rate_not_published"

    def __init__(self, day: date, first: date) -> None:
        self.before = day < first
        if self.before:
            super().__init__(
                f"the rate of interest for {day.isoformat()} is not at hand: the rates begin on {first.isoformat()}"
            )
            self.hint = f"ask from {first.isoformat()} on"
        else:
            super().__init__(f"the rate of interest for {day.isoformat()} is not published")
            self.hint = "assume the last published rate, or ask for an earlier day"


@dataclass(frozen=True)
class Rates:
    """The rates of interest that a regime knows, quarter by quarter."""

    law: InterestLaw

    @classmethod
    def load(cls, regime: Known, into: str = "US") -> Rates:
        """The rates known on the regime's day of knowledge. Raises ``KeyError`` where no interest is written for the country."""
        known = law_of(regime)
        assert known.ledger.refunds is not None
        law = known.ledger.refunds.interest[into]
        quarters = tuple(one for one in law.quarters if one.announced <= known.known_on)
        return cls(replace(law, quarters=quarters))

    @property
    def first(self) -> date:
        """The first day with a rate."""
        return date.fromisoformat(self.law.quarters[0].start)

    @property
    def last(self) -> date:
        """The last day whose rate is published."""
        return date.fromisoformat(self.law.quarters[-1].until) - timedelta(days=1)

    def on(
        self, principal: Decimal | str, start: date, until: date, *, corporate: bool, assume: bool = False
    ) -> Decimal:
        """The interest on dollars deposited on ``start`` and (re)liquidated on ``until``, in dollars and cents.

        Raises ``UnpublishedRateError``, unless ``assume`` takes the last published rate for later quarters.
        """
        self.covers(start, until, assume)
        growth = self.growth(CORPORATION if corporate else OTHER, max(until, start))
        factor = _growth_between(growth, self.first, start, until)
        return _EXACT.multiply(Decimal(principal), factor - 1).quantize(_CENT, ROUND_HALF_UP)

    def covers(self, start: date, until: date, assume: bool) -> None:
        """Raises ``UnpublishedRateError`` where a day of the span has no rate."""
        if start < self.first and start < until:
            raise UnpublishedRateError(start, self.first)
        if not assume and until > self.last + timedelta(days=1):
            raise UnpublishedRateError(self.last + timedelta(days=1), self.first)

    def growth(self, klass: str, until: date) -> list[Decimal]:
        """What a dollar has grown to by each day from the first to ``until``, in 80 digits."""
        found = [Decimal(1)]
        day, end = self.first, until.toordinal()
        for quarter in self._quarters(until):
            stop = min(date.fromisoformat(quarter.until).toordinal(), end)
            while day.toordinal() < stop:
                step = Fraction(1) + quarter.rates[klass] / self._days(day.year)
                grown = _EXACT.divide(Decimal(step.numerator), Decimal(step.denominator))
                year_end = min(stop, date(day.year + 1, 1, 1).toordinal())
                for _ in range(year_end - day.toordinal()):
                    found.append(_EXACT.multiply(found[-1], grown))
                day = date.fromordinal(year_end)
        return found

    def exactly(self, klass: str, start: date, until: date) -> Fraction:
        """The growth of a dollar as an exact fraction."""
        found, day = Fraction(1), start
        for quarter in self._quarters(until):
            while day < min(until, date.fromisoformat(quarter.until)):
                stop = min(until, date.fromisoformat(quarter.until), date(day.year + 1, 1, 1))
                found *= (1 + quarter.rates[klass] / self._days(day.year)) ** (stop - day).days
                day = stop
        return found

    def _quarters(self, until: date) -> tuple[Quarter, ...]:
        """The quarters, the last prolonged until the day where that lies beyond it."""
        *before, last = self.law.quarters
        return (*before, replace(last, until=max(last.until, until.isoformat())))

    def _days(self, year: int) -> int:
        return self.law.days_in_leap_year if isleap(year) else self.law.days_in_year

    def rows(self, klass: str, start: date, until: date) -> list[dict[str, str]]:
        """The published quarters of a span: from, until (the first day after it), rate, citation, confidence of the rate.

        A rate that no source states for the class is ``derived``.
        """
        return [
            {
                "quarter": _name(one),
                "from": max(one.start, start.isoformat()),
                "until": min(one.until, until.isoformat()),
                "rate": f"{Decimal(one.rates[klass].numerator * 100) / one.rates[klass].denominator:f}%",
                "citation": one.citation,
                "confidence": "derived" if klass in one.derived else one.confidence,
            }
            for one in self._touched(start, until)
        ]

    def marks(self, klass: str, start: date, until: date) -> list[str]:
        """What must be said of the rates of a span: quarters assumed, derived or merely reported."""
        said: list[str] = []
        touched = self._touched(start, until)
        derived = [_name(one) for one in touched if klass in one.derived]
        reported = [_name(one) for one in touched if one.confidence != PUBLISHED and klass not in one.derived]
        if derived:
            said.append(f"{DERIVED} ({', '.join(derived)})")
        if reported:
            said.append(f"interest rests on a rate as reported ({', '.join(reported)})")
        if until > self.last + timedelta(days=1):
            said.append(f"interest assumes the last published rate after {self.last.isoformat()}")
        return said

    def _touched(self, start: date, until: date) -> list[Quarter]:
        """The published quarters of a span."""
        return [one for one in self.law.quarters if one.until > start.isoformat() and one.start < until.isoformat()]

    @cached_property
    def refused(self) -> str:
        """What is said where a rate is not published."""
        return f"no interest: no rate is published after {self.last.isoformat()}"


def _name(quarter: Quarter) -> str:
    day = date.fromisoformat(quarter.start)
    return f"{day.year} Q{(day.month + 2) // 3}"


def _growth_between(growth: list[Decimal], first: date, start: date, until: date) -> Decimal:
    if until <= start:
        return Decimal(1)
    return _EXACT.divide(growth[(until - first).days], growth[(start - first).days])


def interest(frame: pl.DataFrame, rates: Rates, *, corporate: bool, assume: bool = False) -> pl.DataFrame:
    """Interest on a frame's ``principal`` (cents) from ``interest_from`` to ``interest_to`` (days): columns ``interest``
    (cents, null where a day or a rate is not known) and ``interest_note`` (text, null where there is nothing to say).

    One power per distinct pair of days; the products are exact to the half cent.
    """
    klass = CORPORATION if corporate else OTHER
    pairs = frame.select("interest_from", "interest_to").unique().drop_nulls()
    factors = _factors(pairs, rates, klass, assume)
    found = frame.select("principal", "interest_from", "interest_to").join(
        factors, on=["interest_from", "interest_to"], how="left", maintain_order="left"
    )
    exact = pl.col("principal").cast(pl.Decimal(38, 0)) * pl.col("factor")
    found = found.with_columns(exact=exact).with_columns(
        interest=(pl.col("exact") + pl.lit(Decimal("0.5")).cast(pl.Decimal(38, _SCALE))).cast(pl.Int64),
    )
    return frame.with_columns(_ties_settled(found, rates, klass), found["note"].alias("interest_note"))


def _factors(pairs: pl.DataFrame, rates: Rates, klass: str, assume: bool) -> pl.DataFrame:
    """Interest on one, for each pair of days that can be answered, with what must be said of it."""
    last = max((until for _, until in pairs.iter_rows()), default=rates.last)
    growth = rates.growth(klass, max(last, rates.last + timedelta(days=1)))
    places = Decimal(1).scaleb(-_SCALE)
    factors: list[Decimal | None] = []
    notes: list[str | None] = []
    marks: dict[tuple[int, int], str] = {}
    for start, until in pairs.iter_rows():
        try:
            rates.covers(start, until, assume)
        except UnpublishedRateError:
            factors.append(None)
            notes.append(
                rates.refused if start >= rates.first else f"no interest: no rate is at hand before {rates.first}"
            )
            continue
        factors.append((_growth_between(growth, rates.first, start, until) - 1).quantize(places, context=_EXACT))
        quarters = (_quarter_of(start), _quarter_of(until - timedelta(days=1)))
        if quarters not in marks:
            marks[quarters] = "; ".join(rates.marks(klass, start, until))
        notes.append(marks[quarters] or None)
    return pairs.with_columns(
        pl.Series("factor", factors, pl.Decimal(38, _SCALE)), pl.Series("note", notes, pl.String())
    )


def _quarter_of(day: date) -> int:
    return day.year * 4 + (day.month - 1) // 3


def _ties_settled(found: pl.DataFrame, rates: Rates, klass: str) -> pl.Series:
    """The cents, those that lie next to a half computed again as fractions."""
    cents = found["interest"]
    half = pl.lit(Decimal("0.5")).cast(pl.Decimal(38, _SCALE))
    above = pl.col("exact") + half - pl.col("interest").cast(pl.Decimal(38, _SCALE))
    near = pl.lit(_NEAR).cast(pl.Decimal(38, _SCALE))
    one = pl.lit(Decimal(1)).cast(pl.Decimal(38, _SCALE))
    close = found.with_row_index().filter((above < near) | (above > one - near)).filter(pl.col("factor") != 0)
    if close.is_empty():
        return cents
    again = [
        int(row["principal"] * (rates.exactly(klass, row["interest_from"], row["interest_to"]) - 1) + Fraction(1, 2))
        for row in close.iter_rows(named=True)
    ]
    return cents.scatter(close["index"], again)
