"""Which of my products change: what the acts say of a product between two days, and the single line as the judge."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from random import Random

import pytest
from tests.conftest import TOY, engine_seen_from, line_of, shipped_schedule

from tidewaiter.assess.errors import LineError
from tidewaiter.changes.products import Watch
from tidewaiter.changes.story import Event, Sku, Story
from tidewaiter.changes.window import window
from tidewaiter.ledger.instants import Instant, parse_instant, say_instant

ZONE = "America/New_York"


def stories(*skus: Sku, since: str = "2025-12-01", until: str | None = None) -> list[Story]:
    engine = engine_seen_from()
    asked = window(engine.schedule, since, until, ZONE)
    return [story for _, story in Watch(engine, asked, skus).stories()]


def story(hts: str, origin: str, since: str = "2025-12-01", until: str | None = None) -> Story:
    return stories(Sku(hts, origin), since=since, until=until)[0]


def told(events: list[Event]) -> list[tuple[str, str, str]]:
    """When (to the minute, Eastern), of what, and what."""
    return [((say_instant(one.at, ZONE) or "")[:16], one.subject, one.what) for one in events]


def rates(events: list[Event]) -> dict[str, str]:
    """All duty after each change, by the minute."""
    return {(say_instant(one.at, ZONE) or "")[:16]: str(one.rate) for one in events if one.rate is not None}


BATTERY_2026 = [
    ("2026-02-24T00:00", "9903.01.24", "ends: 10%"),  # fentanyl, CSMS 67834313
    ("2026-02-24T00:00", "9903.01.25", "ends: 10%"),  # reciprocal, the same
    ("2026-02-24T00:01", "9903.03.01", "begins: 10%"),  # Proclamation 11012, section 122
    ("2026-07-24T00:01", "9903.03.01", "ends: 10%"),  # 150 days
    ("2026-07-24T00:01", "9903.05.31", "begins: 12.5%"),  # 91 FR 47318, forced labor
]


def test_batteries_of_china_since_december_2025() -> None:
    found = story("8507.60.0020", "CN")
    assert told(found.events) == [
        ("2026-01-01T00:01", "9903.88.15", "ends: 7.5%"),  # list 4A, 85 FR 3741
        ("2026-01-01T00:01", "9903.91.06", "begins: 25%"),  # U.S. note 31(g), 89 FR 76581
        ("2026-02-01T00:01", "8507.60.0020", "ended on 2026-01-31; now: 8507.60.0090, 8507.60.0030"),  # 2026 rev 2
    ]
    assert [one.hts for one in found.others] == ["8507.60.0090", "8507.60.0030"]
    assert told(found.others[0].events) == told(found.others[1].events) == BATTERY_2026
    # 3.4% base, 7.5% list 4A, 10% fentanyl, 10% reciprocal; then 25% for 7.5%; then without the two; and so on.
    assert found.rate == Decimal("0.3090")
    assert rates(found.events) == {"2026-01-01T00:01": "0.4840"}
    assert rates(found.others[0].events) == {
        "2026-02-24T00:00": "0.2840",
        "2026-02-24T00:01": "0.3840",
        "2026-07-24T00:01": "0.4090",
    }


def test_every_change_of_a_heading_names_its_act() -> None:
    found = story("8507.60.0020", "CN")
    cited = {one.subject: (one.acts, one.citation) for one in found.events}
    assert cited["9903.88.15"] == cited["9903.91.06"] == (("us-fr-89-76581",), "89 FR 76581; CSMS 62411889")
    assert cited["8507.60.0020"] == ((), "HTS 2026 rev 2")
    after = {one.subject: one.acts for one in found.others[0].events}
    assert after["9903.01.24"] == ("us-csms-67834313",)
    assert after["9903.03.01"] == ("us-proc-11012",)


def test_a_number_that_began_is_told_with_the_one_before() -> None:
    found = story("8507.60.0090", "CN")
    began = ("2026-02-01T00:01", "8507.60.0090", "begins with 2026 rev 2; before: 8507.60.0020")
    assert told(found.events) == [began, *BATTERY_2026]
    (before,) = found.others
    assert told(before.events) == [
        ("2026-01-01T00:01", "9903.88.15", "ends: 7.5%"),
        ("2026-01-01T00:01", "9903.91.06", "begins: 25%"),
    ]
    assert (found.rate, before.rate) == (Decimal("0.3090"), Decimal("0.3090"))


def test_what_a_court_voided_is_said_of_the_entries_concerned() -> None:
    # Learning Resources v. Trump, 20 February 2026: IEEPA duties are not owed; they were collected to 24 February 2026.
    voids = {
        one.heading: (say_instant(one.start, ZONE), say_instant(one.until, ZONE)) for one in story(TOY, "CN").voids
    }
    span = ("2025-12-01T00:00:00-05:00", "2026-02-24T00:00:00-05:00")
    assert voids == {"9903.01.24": span, "9903.01.25": span}


def test_a_prohibition_that_hangs_on_a_fact_is_not_passed_over() -> None:
    # Proclamation 11061: beer of Canada packaged for direct consumption may not be imported from 29 September 2026.
    found = story("2203.00.0030", "CA", since="2026-09-15")
    assert told(found.events) == [
        (
            "2026-09-29T00:01",
            "pending:us-338-alcohol-exclusion",
            "may apply, if imported_at and scope:packaged-beverage: importation prohibited",
        )
    ]
    assert found.events[0].acts == ("us-proc-11061",)


def test_a_prohibition_is_a_change_and_no_refusal() -> None:
    # Proclamation 11063: motorcycles of over 800 cc (8711.50.00) of Canada, at 50% before.
    found = story("8711.50.0030", "CA", since="2026-09-15")
    (event,) = found.events
    assert event.subject == "pending:us-338-motor-vehicle-exclusion"
    assert event.what.endswith("importation prohibited") and event.acts == ("us-proc-11063",)
    assert found.error is None


def test_an_origin_that_loses_column_1() -> None:
    # Public Law 117-110: products of Russia pay column 2 from 9 April 2022; batteries 40% for 3.4%.
    found = story("8507.60.0020", "RU", since="2022-04-01", until="2022-12-31")
    assert told(found.events) == [("2022-04-09T00:01", "8507.60.0020", "column 2: 3.4% becomes 40%")]
    assert rates(found.events) == {"2022-04-09T00:01": "0.4000"}
    assert found.notes == ["before 2025-01-01 numbers and base duties are those of 2025 basic"]


def test_what_bites_on_the_first_and_on_the_last_day_is_told() -> None:
    # Section 122 ends and forced labor begins on 24 July 2026, 00:01.
    assert story(TOY, "CN", since="2026-07-24", until="2026-07-24").changes
    assert not story(TOY, "CN", since="2026-07-25", until="2026-07-31").changes
    assert not story(TOY, "CN", since="2026-07-01", until="2026-07-23").changes


def test_since_an_edition_means_after_it_came_into_force() -> None:
    # 2026 rev 4 is law from 24 February 2026, 00:01, as section 122 is: that change came with it, not after.
    assert [one[1] for one in told(story(TOY, "CN", since="2026 rev 4").events)] == ["9903.03.01", "9903.05.31"]


def test_quantities_that_a_list_does_not_state() -> None:
    # Wine pays 6.3 cents a liter: no rate can be told, the headings can. France is under the all-in 15% of the EU.
    found = story("2204.21.5040", "FR")
    assert ("2026-02-24T00:00", "9903.02.20", "ends: all-in 15%") in told(found.events)
    assert not rates(found.events) and found.rate is None
    assert found.notes == ["duties by quantity are left out of the rates, and of what a cap counts as base duty"]


def test_a_duty_by_quantity_that_begins_later_is_told_without_a_rate() -> None:
    # Proclamation of 6 August 2026: solar cells 15 percent, and 22 cents a watt, from 4 December 2026.
    found = story("8541.42.0010", "CN", since="2026-12-01")
    assert told(found.events) == [
        ("2026-12-04T00:01", "pending:us-232-polysilicon-derivatives", "begins: 15%"),
        ("2026-12-04T00:01", "pending:us-232-cell-watt", "begins: 22¢/W"),
    ]
    assert found.rate is not None and not rates(found.events)


@pytest.mark.parametrize(
    ("sku", "code"),
    [
        (Sku("8507.60.9999", "CN"), "unknown_number"),
        (Sku("8507.60", "CN"), "ambiguous_number"),
        (Sku("8507600", "CN"), "malformed_number"),
        (Sku("9903.88.03", "CN"), "not_an_article"),
        (Sku(TOY, "Nowhere"), "unknown_origin"),
        (Sku("", "CN"), "missing_field"),
        (Sku(TOY, "CN", value="ten"), "bad_number"),
    ],
)
def test_what_cannot_be_told_is_refused_and_stops_nothing(sku: Sku, code: str) -> None:
    refused, answered = stories(sku, Sku(TOY, "CN"))
    assert refused.error is not None and refused.error.code == code
    assert answered.changes


def test_a_window_before_coverage_is_refused() -> None:
    found = story(TOY, "CN", since="2018-01-01", until="2018-12-31")
    assert found.error is not None and found.error.code == "date_before_coverage"


def test_products_of_one_list_share_the_work() -> None:
    one, other = stories(Sku(TOY, "CN", "a"), Sku(TOY, "CN", "b"))
    assert one is other


# The single line as the judge


def rate_at(found: Story, instant: Instant) -> Decimal | None:
    """All duty at an instant, as the story tells it."""
    known = [one for one in found.events if one.at <= instant and one.kind != "number"]
    return known[-1].rate if known else found.rate


def instants(random: Random) -> Iterator[Instant]:
    start, end = (parse_instant(day) for day in ("2025-01-02", "2027-12-31"))
    while True:
        yield random.randrange(start, end)


@pytest.mark.parametrize("seed", range(4))
def test_the_story_says_at_every_instant_what_the_single_line_says(seed: int) -> None:
    random, engine = Random(seed), engine_seen_from()
    numbers = [line.written for line in shipped_schedule().lines(shipped_schedule().last_edition)]
    numbers = random.sample([number for number in numbers if number[:2] not in ("98", "99")], 40)
    skus = [Sku(number, random.choice(["CN", "CA", "DE", "JP", "VN", "BR", "IN", "RU", "GB"])) for number in numbers]
    compared = 0
    for sku, found in zip(skus, stories(*skus, since="2025-01-02"), strict=True):
        if found.error is not None or found.notes or found.others:
            continue
        for instant, _ in zip(instants(random), range(8), strict=False):
            line = line_of(hts=sku.hts, origin=sku.origin, entered_at=say_instant(instant, ZONE))
            try:
                work = engine.work(line)
            except LineError:
                continue
            duty = (work.base.amount + work.outcome.duty) / 10_000
            assert rate_at(found, instant) == duty.quantize(Decimal("0.0001"), ROUND_HALF_UP), (sku, instant)
            compared += 1
    assert compared > 150
