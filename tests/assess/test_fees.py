"""Fees belong to the entry: minimum, maximum, informal entries, spreading over lines; and lines that stand apart."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.assess.contract import answer, answers
from tests.conftest import engine_seen_from

from tidewaiter.assess.batch import Result
from tidewaiter.assess.fees import fees_in_force, spread
from tidewaiter.ledger.instants import parse_instant

AUGUST = "2026-08-01"


def fee(result: Result, code: str) -> Decimal | None:
    assert result.assessment is not None
    return next((one.amount for one in result.assessment.fees if one.code == code), None)


def mpf(*lines: dict[str, Any], **options: bool) -> list[Decimal | None]:
    return [fee(result, "MPF") for result in answers(*({"entered_at": AUGUST, **one} for one in lines), **options)]


# 19 USC 58c(a)(9), fiscal year 2026: 0.3464 percent, at least 33.58, at most 651.50.


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        ("0", "33.58"),
        ("100", "33.58"),
        ("9694", "33.58"),
        ("10000", "34.64"),
        ("188077", "651.50"),
        ("9000000", "651.50"),
    ],
)
def test_minimum_and_maximum(value: str, amount: str) -> None:
    assert mpf({"value": value}) == [Decimal(amount)]


def test_the_minimum_is_the_entrys_and_is_spread_over_its_lines_by_value() -> None:
    lines = [{"entry_id": "A", "value": value} for value in ("100", "100", "100")]
    assert mpf(*lines) == [Decimal("11.20"), Decimal("11.19"), Decimal("11.19")]
    lines = [{"entry_id": "A", "value": value} for value in ("1", "99")]
    assert mpf(*lines) == [Decimal("0.34"), Decimal("33.24")]
    assert mpf({"value": "100"}, {"value": "100"}) == [Decimal("33.58")] * 2  # without an entry: each its own


def test_the_maximum_is_the_entrys() -> None:
    found = mpf(*({"entry_id": "A", "value": "300000"} for _ in range(4)))
    assert sum(part for part in found if part) == Decimal("651.50")


def test_the_rate_is_that_of_the_earliest_line() -> None:
    # From 1 October 2026 (fiscal year 2027) the minimum is 34.58 (CSMS 69915041).
    lines = [{"entry_id": "A", "value": "1", "entered_at": day} for day in ("2026-10-01", "2026-09-30")]
    assert sum(part for part in mpf(*lines) if part) == Decimal("33.58")
    assert sum(part for part in mpf(lines[0]) if part) == Decimal("34.58")


def test_an_informal_entry_pays_the_fixed_amount() -> None:
    assert mpf({"value": "2000", "entry_type": "11"}) == [Decimal("2.69")]
    assert mpf({"value": "2000", "entry_type": 11}) == [Decimal("2.69")]


def test_a_program_that_does_not_count_frees_of_no_fee() -> None:
    """19 CFR 24.23(c)(3): USMCA goods owe no MPF; before its first day (1 July 2020) its claim is none."""
    screws = {"hts": "7318.15.2065", "origin": "MX", "value": "10000", "spi": "S"}
    assert mpf({**screws, "entered_at": AUGUST}) == [None]
    assert mpf({**screws, "entered_at": "2020-06-01"}) == [Decimal("34.64")]


def test_harbor_maintenance_is_each_lines_own_and_by_vessel_only() -> None:
    results = answers(
        {"entered_at": AUGUST, "entry_id": "A", "transport": "vessel"},
        {"entered_at": AUGUST, "entry_id": "A", "transport": "air"},
    )
    assert [fee(result, "HMF") for result in results] == [Decimal("12.50"), None]
    asked = answer(entered_at=AUGUST)["questions"]
    assert ("transport", "HMF 12.50 if by vessel") in [(one["fact"], one["effect"]) for one in asked]


def test_the_lines_of_an_entry_stand_together() -> None:
    lines = [
        {"entered_at": AUGUST, "entry_id": entry, "line_id": str(number)} for number, entry in enumerate("ABA", start=1)
    ]
    apart = answers(*lines)
    assert [result.error.code if result.error else None for result in apart] == [None, None, "entry_not_together"]
    assert apart[2].error is not None and "--sort" in apart[2].error.hint
    together = answers(*lines, sort=True)
    assert [result.record.line_id for result in together] == ["1", "2", "3"]
    assert [fee(result, "MPF") for result in together] == [Decimal("34.64")] * 3


def test_a_refused_line_leaves_a_warning_on_the_others_of_its_entry() -> None:
    results = answers(
        {"entered_at": AUGUST, "entry_id": "A", "line_id": "ok"},
        {"entered_at": AUGUST, "entry_id": "A", "line_id": "bad", "value": "x"},
        {"entered_at": AUGUST, "line_id": "alone"},
    )
    warned = [
        any(one.code == "entry_incomplete" and "bad" in one.message for one in result.assessment.warnings)
        for result in results
        if result.assessment is not None
    ]
    assert warned == [True, False]


def test_every_day_of_coverage_has_one_row_of_each_fee() -> None:
    regime = engine_seen_from().regime
    for year in range(2018, 2028):
        for day in ("07-06", "09-30", "10-01", "12-31"):
            codes = [one.code for one in fees_in_force(regime, "US", parse_instant(f"{year}-{day}"))]
            assert sorted(codes) == ["HMF", "MPF"], (year, day)
            assert [one.code for one in fees_in_force(regime, "CN", parse_instant(f"{year}-{day}"))] == ["VAT"]


@given(
    total=st.integers(0, 10**6).map(lambda cents: Decimal(cents) / 100),
    values=st.lists(st.integers(0, 10**12).map(lambda cents: Decimal(cents) / 100), min_size=1, max_size=30),
)
def test_spreading_loses_no_cent_and_is_fair_to_the_cent(total: Decimal, values: list[Decimal]) -> None:
    parts = spread(total, values)
    assert sum(parts) == total
    whole = sum(values)
    for part, value in zip(parts, values, strict=True):
        exact = total * value / whole if whole else total / len(values)
        assert part >= 0
        assert abs(part - exact) < Decimal("0.01") + Decimal("1e-15")


def test_limits_of_value_are_those_of_the_entry() -> None:
    # 19 USC 1321(a)(2)(C): a shipment of up to 800 dollars; three parts of a larger one are no such shipments.
    parcel = {"entered_at": "2024-06-01", "value": "500", "claims": "de-minimis"}
    assert mpf(parcel) == [None]
    assert None not in mpf(*[{**parcel, "entry_id": "A"}] * 3)
