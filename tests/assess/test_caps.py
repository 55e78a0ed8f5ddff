"""All-in caps: what must hold of every one, on a small law of its own with a capped, a flat and a preferred economy."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import profiles
from tests.conftest import TODAY, engine_seen_from, line_of, shipped_schedule
from tests.ledger.lawdir import act, regime_of

from tidewaiter.assess.amounts import to_cent
from tidewaiter.assess.assessment import Assessment, Layer
from tidewaiter.assess.batch import assess_one
from tidewaiter.assess.countries import origin_code
from tidewaiter.assess.engine import Engine
from tidewaiter.assess.errors import LineError
from tidewaiter.assess.line import read_line
from tidewaiter.assess.waterfall import Answer

profiles.load()

CAP = Decimal("0.15")
PROGRAM = """\
id: us-two
title: Two
authority: IEEPA
into: US
reporting_order: 1
headings:
  - {code: 9903.02.20, zero: 9903.02.19, kind: cap, cap_on: general, when: {origin: [DE]}}
  - {code: 9903.02.79, zero: 9903.02.78, kind: cap, cap_on: applied, when: {origin: [KR]}}
  - {code: 9903.02.60, kind: duty, fallback: true, when: {origin: any}}
"""
SPECIAL = """\
- {spi: [KR], title: Korea, cite: a note, countries: [{country: KR}]}
- {spi: [AU], title: An agreement with a capped economy, cite: a note, countries: [{country: DE}]}
- {spi: [C], title: Any country, cite: a note, countries: [{country: any}]}
"""
EFFECTS = ["{at: 2025-02-01, impose: us/9903.02.20, rate: 15%}", "{at: 2025-02-01, impose: us/9903.02.79, rate: 15%}"]
EFFECTS += ["{at: 2025-02-01, impose: us/9903.02.60, rate: 20%}"]
AD_VALOREM = "8507.60.0090"  # 3.4%, Free with KR
HIGH = "6404.11.9020"  # 20%, Free with AU and KR
SPECIFIC = "0102.29.4024"  # 1 cent a kilogram


@cache
def capped() -> Engine:
    coverage = '- {into: US, origins: [any], from: "2018-07-06 00:01 America/New_York"}\n'
    changes = {"programs/us-two.yaml": PROGRAM, "coverage.yaml": coverage, "special_programs.yaml": SPECIAL}
    return Engine(
        regime_of(Path(mkdtemp()), changes, act("act-2", "2025-01-20", *EFFECTS)),
        shipped_schedule(),
    )


def asked(hts: str, origin: str, value: object = 10_000, **more: object) -> Assessment:
    fields = {"hts": hts, "origin": origin, "value": str(value), "entered_at": "2026-03-01", **more}
    engine = capped()
    return assess_one(engine, read_line(fields, engine.regime.ledger.zones, origin_code))


def layer(found: Assessment) -> Layer:
    (one,) = [one for one in found.layers if one.program == "us-two"]
    return one


def numbers() -> st.SearchStrategy[str]:
    schedule = shipped_schedule()
    lines = [line.written for line in schedule.lines(schedule.last_edition) if line.number < "98"]
    return st.sampled_from(lines)


values = st.integers(100, 10**9).map(lambda cents: f"{Decimal(cents) / 100:f}")
amounts = st.integers(1, 10**6).map(str)


@given(numbers(), values, amounts, amounts)
def test_a_cap_is_all_in_and_never_lowers_a_base_above_it(hts: str, value: str, first: str, second: str) -> None:
    try:
        found = asked(hts, "DE", value, **_quantities(hts, first, second))
    except LineError:
        return
    one, base, worth = layer(found), found.base.amount, Decimal(value)
    assert one.amount >= 0 and found.base.amount == base
    assert one.base_rate is not None
    # The base counts by its rate or ad valorem equivalent as the schedule has it, not by what rounding made of it.
    assert abs(one.base_rate - base / worth) * worth <= Decimal("0.0050000001")
    assert one.heading == ("9903.02.19" if one.base_rate >= CAP else "9903.02.20")
    assert abs(found.total_duty - max(base, CAP * worth)) <= Decimal("0.01")


def test_an_ad_valorem_base_leaves_the_rest_of_the_cap_whatever_the_value() -> None:
    """15% in all on a base of 3.4%: 11.6% (EO 14326, section 3), on 10.04 dollars 1.16.

    A base rounded down to 0.34 would leave 1.17.
    """
    found = asked(AD_VALOREM, "DE", "10.04")
    assert (found.base.amount, layer(found).amount) == (Decimal("0.34"), Decimal("1.16"))
    assert layer(found).base_rate == Decimal("0.034")


@given(numbers(), values, amounts, amounts)
def test_the_same_line_from_a_flat_rate_economy_is_unaffected_by_the_caps(
    hts: str, value: str, first: str, second: str
) -> None:
    try:
        found = asked(hts, "VN", value, **_quantities(hts, first, second))
    except LineError:
        return
    one = layer(found)
    assert (one.heading, one.amount, one.cap) == ("9903.02.60", to_cent(Decimal(value) / 5), None)
    assert found.total_duty == found.base.amount + one.amount


def _quantities(hts: str, first: str, second: str) -> dict[str, object]:
    units = shipped_schedule().resolve(hts, shipped_schedule().last_edition).units
    given_quantities = {"quantity": first, "quantity_2": second}
    return {name: amount for (name, amount), _ in zip(given_quantities.items(), units, strict=False)}


@pytest.mark.parametrize(
    ("hts", "more", "base", "added", "heading"),
    [
        (AD_VALOREM, {}, "340.00", "1160.00", "9903.02.20"),
        (HIGH, {}, "2000.00", "0.00", "9903.02.19"),
        # A specific duty counts by its ad valorem equivalent on that line: 40,000 kg at 1 cent are 4 percent of 10,000 dollars.
        (SPECIFIC, {"quantity_2": "40000", "quantity": "10"}, "400.00", "1100.00", "9903.02.20"),
        (SPECIFIC, {"quantity_2": "200000", "quantity": "10"}, "2000.00", "0.00", "9903.02.19"),
    ],
)
def test_a_cap_counts_the_base_duty(hts: str, more: dict[str, str], base: str, added: str, heading: str) -> None:
    found = asked(hts, "DE", **more)
    one = layer(found)
    assert (str(found.base.amount), str(one.amount), one.heading) == (base, added, heading)


def test_a_cap_on_a_specific_duty_asks_for_the_quantity() -> None:
    with pytest.raises(LineError) as refused:
        asked(SPECIFIC, "DE")
    assert refused.value.code == "missing_quantity"


def test_a_claimed_preference_does_not_lower_the_total_of_a_cap() -> None:
    # The all-in rate is filled up from the rate that is charged.
    claimed, silent = asked(AD_VALOREM, "KR", spi="KR"), asked(AD_VALOREM, "KR")
    assert (claimed.base.amount, layer(claimed).amount, claimed.total_duty) == (0, 1500, 1500)
    assert (silent.base.amount, layer(silent).amount, silent.total_duty) == (340, 1160, 1500)
    free = asked("3917.21.0000", "DE", spi="C", quantity="1")
    assert (free.base.column, free.base.amount) == ("special", 0)
    assert (layer(free).amount, free.total_duty) == (1500, 1500)


def test_column_1_general_or_the_rate_applied_says_whether_the_cap_is_reached() -> None:
    # Both 20% under column 1 general and Free as claimed: one heading asks column 1 general, the other what is charged.
    general, applied = asked(HIGH, "DE", spi="AU"), asked(HIGH, "KR", spi="KR")
    assert (general.base.amount, layer(general).heading, general.total_duty) == (0, "9903.02.19", 0)
    assert layer(general).base_rate == Decimal("0.2")
    assert (applied.base.amount, layer(applied).heading, applied.total_duty) == (0, "9903.02.79", 1500)


def test_a_cap_needs_the_general_rate_even_where_a_claimed_rate_is_charged() -> None:
    # The quantity is asked for by the cap, and by nothing else.
    with pytest.raises(LineError) as refused:
        asked(SPECIFIC, "DE", spi="AU")
    assert refused.value.code == "missing_quantity"
    found = asked(SPECIFIC, "DE", spi="AU", quantity="10", quantity_2="40000")
    assert (found.base.amount, layer(found).amount) == (0, 1500)
    assert asked(SPECIFIC, "KR", spi="KR").total_duty == 1500


# The caps of the law as shipped: origin, a day, its sum with column 1, the heading that fills it up and the one that does not.
SHIPPED = [
    ("DE", "2025-11-20", "0.15", "9903.02.20", "9903.02.19"),
    ("JP", "2025-11-20", "0.15", "9903.02.73", "9903.02.72"),
    ("KR", "2025-11-20", "0.15", "9903.02.80", "9903.02.79"),
    ("CH", "2025-11-20", "0.15", "9903.02.83", "9903.02.82"),
    ("LI", "2025-11-20", "0.15", "9903.02.88", "9903.02.87"),
    ("DE", "2026-08-20", "0.10", "9903.05.39", "9903.05.38"),
    ("TW", "2026-08-20", "0.10", "9903.05.76", "9903.05.75"),
    ("JP", "2026-08-20", "0.125", "9903.05.49", "9903.05.48"),
    ("KR", "2026-08-20", "0.125", "9903.05.71", "9903.05.70"),
    ("CH", "2026-08-20", "0.125", "9903.05.74", "9903.05.73"),
]
FLAT = {"2025-11-20": ("9903.02.69", Decimal("0.20")), "2026-08-20": ("9903.05.84", Decimal("0.125"))}
"""Vietnam, on the same days."""


def answers_of(hts: str, origin: str, day: str, value: str, **more: object) -> tuple[Decimal, dict[str, Answer]]:
    """The base duty and the answers of a line under the law as shipped."""
    work = engine_seen_from(TODAY).work(line_of(hts=hts, origin=origin, entered_at=day, value=value, **more))
    return work.base.amount, {answer.code: answer for answer in work.outcome.answers}


@given(st.sampled_from(SHIPPED), numbers(), values, amounts, amounts)
def test_the_caps_of_the_law_as_shipped(
    case: tuple[str, str, str, str, str], hts: str, value: str, first: str, second: str
) -> None:
    origin, day, cap, filled, full = case
    try:
        base, capped = answers_of(hts, origin, day, value, **_quantities(hts, first, second))
        flat_base, flat = answers_of(hts, "VN", day, value, **_quantities(hts, first, second))
    except LineError:
        return
    assert base == flat_base
    worth, most = Decimal(value), Decimal(cap) * Decimal(value)
    for code in capped.keys() & {filled, full}:
        one = capped[code]
        if one.basis != worth:  # a part of it is under section 232
            continue
        assert one.amount >= 0
        assert (code == full) == (base >= most) or abs(base - most) <= Decimal("0.01")
        assert abs(base + one.amount - max(base, most)) <= Decimal("0.01")
    heading, rate = FLAT[day]
    if heading in flat:
        assert flat[heading].amount == to_cent(rate * flat[heading].basis)
