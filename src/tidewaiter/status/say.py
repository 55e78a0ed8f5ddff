"""Words that all of a status shares: percent, days as people write them, names of countries."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tidewaiter.assess.assessment import say_decimal
from tidewaiter.assess.countries import country_codes


def say_percent(share: Decimal) -> str:
    """A share of the value in percent.

    >>> say_percent(Decimal("0.125"))
    '12.5%'
    """
    return f"{say_decimal(share * 100)}%"


def say_day(iso: str) -> str:
    """An ISO date as it is written in a sentence.

    >>> say_day("2025-06-02")
    '2 June 2025'
    """
    day = date.fromisoformat(iso)
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def say_month(iso: str) -> str:
    """A month (``2026-11``) as it is written in a sentence.

    >>> say_month("2026-11")
    'November 2026'
    """
    return say_day(f"{iso}-01").partition(" ")[2]


def place(code: str) -> str:
    """The name of a country."""
    return country_codes().get(code, code)


_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
