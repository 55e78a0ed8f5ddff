"""Interest on refunds: 19 USC 1505(c), compounded daily (26 USC 6622) at the quarterly rates of 26 USC 6621."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.refunds.entry_frames import regime

from tidewaiter.refunds.interest import Rates, UnpublishedRateError, interest


def rates(known_on: str = "2026-11-22") -> Rates:
    return Rates.load(regime(known_on))


@pytest.mark.parametrize(
    ("principal", "start", "until", "corporation", "other"),
    [
        ("100000", "2025-06-15", "2026-07-01", "6197.69", "7311.84"),
        ("10000", "2025-03-10", "2026-03-31", "655.03", "768.29"),
        ("100000", "2025-03-20", "2026-06-05", "7344.28", "8651.84"),
        ("3543", "2025-11-20", "2026-08-14", "149.74", "176.84"),
    ],
)
def test_the_published_examples_to_the_cent(
    principal: str, start: str, until: str, corporation: str, other: str
) -> None:
    """Worked with 6% and 7%, in the second quarter of 2026 5% and 6%: deposit day counted, liquidation day not, 365 days."""
    first, last = date.fromisoformat(start), date.fromisoformat(until)
    assert rates().on(principal, first, last, corporate=True) == Decimal(corporation)
    assert rates().on(principal, first, last, corporate=False) == Decimal(other)


def test_the_deposit_day_counts_and_the_day_of_liquidation_does_not() -> None:
    """One day at 6%: 36,500 dollars bear 6 dollars a day."""
    day = date(2026, 1, 5)
    assert rates().on("36500", day, day, corporate=True) == 0
    assert rates().on("36500", day, day + timedelta(days=1), corporate=True) == Decimal("6.00")


def test_a_rate_changes_with_the_first_day_of_its_quarter() -> None:
    """5% from 1 April 2026 to corporations (2026-8 I.R.B.), 6% before (Rev. Rul. 2025-22)."""
    assert rates().on("36500", date(2026, 3, 31), date(2026, 4, 1), corporate=True) == Decimal("6.00")
    assert rates().on("36500", date(2026, 4, 1), date(2026, 4, 2), corporate=True) == Decimal("5.00")


def test_a_leap_year_has_366_days() -> None:
    """7% in the last quarter of 2024 (89 FR 77879); the tables of Rev. Proc. 95-17 for leap years."""
    assert rates().on("36600", date(2024, 12, 31), date(2025, 1, 1), corporate=True) == Decimal("7.00")
    assert rates().on("36500", date(2025, 1, 1), date(2025, 1, 2), corporate=True) == Decimal("6.00")


def test_interest_is_earned_on_interest_across_quarters() -> None:
    """26 USC 6622(a): a sum of the quarters' own interest on the principal alone would be less."""
    first, middle, last = date(2025, 6, 15), date(2025, 10, 1), date(2026, 1, 1)
    whole = rates().on("100000", first, last, corporate=True)
    parts = rates().on("100000", first, middle, corporate=True) + rates().on("100000", middle, last, corporate=True)
    assert whole > parts


def test_a_quarter_that_is_not_published_is_refused_or_assumed_on_request() -> None:
    start, until = date(2026, 12, 1), date(2027, 1, 10)
    with pytest.raises(UnpublishedRateError, match="2027-01-01"):
        rates().on("36500", start, until, corporate=True)
    assert rates().on("36500", start, until, corporate=True, assume=True) > 0
    assert rates().on("36500", start, date(2027, 1, 1), corporate=True) > 0


def test_a_rate_is_known_when_it_is_announced() -> None:
    """Rev. Rul. 2025-22 stands in the bulletin of 24 November 2025."""
    assert rates("2025-11-23").last == date(2025, 12, 31)
    assert rates("2025-11-24").last == date(2026, 3, 31)


def frame(*rows: tuple[int | None, date | None, date | None]) -> pl.DataFrame:
    schema = {"principal": pl.Int64(), "interest_from": pl.Date(), "interest_to": pl.Date()}
    return pl.DataFrame(rows, schema=schema, orient="row")


def test_many_at_once_with_what_must_be_said() -> None:
    found = interest(
        frame(
            (10_000_000, date(2025, 6, 15), date(2026, 7, 1)),
            (10_000_000, date(2026, 12, 1), date(2027, 1, 2)),
            (10_000_000, None, date(2026, 7, 1)),
            (None, date(2025, 6, 15), date(2026, 7, 1)),
            (10_000_000, date(2024, 9, 30), date(2025, 7, 1)),
            (10_000_000, date(2025, 6, 15), date(2026, 4, 1)),
        ),
        rates(),
        corporate=True,
    )
    assert found["interest"].to_list()[:5] == [619_769, None, None, None, None]
    notes = found["interest_note"].to_list()
    assert notes[0] == "interest rests on a derived rate (2026 Q2)"
    assert notes[1] == "no interest: no rate is published after 2026-12-31"
    assert notes[4] == "no interest: no rate is at hand before 2024-10-01"
    assert notes[5] is None


def test_what_is_assumed_is_marked() -> None:
    found = interest(frame((10_000_000, date(2026, 12, 1), date(2027, 1, 2))), rates(), corporate=False, assume=True)
    # 32 days at 7%: 613.70 dollars simple, 1.82 and some by compounding.
    assert found["interest"].to_list() == [61_553]
    assert found["interest_note"].item() == (
        "interest rests on a rate as reported (2026 Q4); interest assumes the last published rate after 2026-12-31"
    )


def test_half_a_cent_is_rounded_up() -> None:
    """91.25 dollars at 6% for one day are 1.5 cents exactly, 91.24 dollars a little less."""
    day, following = date(2026, 1, 5), date(2026, 1, 6)
    found = interest(frame((91_25, day, following), (91_24, day, following)), rates(), corporate=True)
    assert found["interest"].to_list() == [2, 1]


DAYS = st.dates(date(2024, 10, 1), date(2026, 12, 31))


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10**12), DAYS, DAYS, st.booleans())
def test_many_is_one_and_one_is_exact(cents: int, one: date, other: date, corporate: bool) -> None:
    start, until = sorted((one, other))
    growth = Fraction(1)
    day = start
    while day < until:
        quarter = next(each for each in rates().law.quarters if each.start <= day.isoformat() < each.until)
        growth *= 1 + quarter.rates["corporation" if corporate else "other"] / (366 if day.year == 2024 else 365)
        day += timedelta(days=1)
    exact = int(cents * (growth - 1) + Fraction(1, 2))
    assert interest(frame((cents, start, until)), rates(), corporate=corporate)["interest"].item() == exact
    single = rates().on(Decimal(cents) / 100, start, until, corporate=corporate)
    assert (single * 100).to_integral_value(ROUND_HALF_UP) == exact


def test_the_quarters_follow_each_other_and_cite() -> None:
    """A gap between quarters is an error of the loader; every quarter has its citation and sources."""
    quarters = rates().law.quarters
    assert quarters[0].start == "2024-10-01" and quarters[-1].until == "2027-01-01"
    assert all(one.citation and one.sources for one in quarters)
    assert all(
        len(one.rates) == 2 and one.rates["other"] - one.rates["corporation"] == Fraction(1, 100) for one in quarters
    )
    assert {one.start for one in quarters if one.derived} == {"2026-04-01", "2026-07-01", "2026-10-01"}
