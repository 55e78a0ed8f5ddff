"""What changes next, and by whose word: each change names the act that makes it, not the acts it undoes."""

from __future__ import annotations

from typing import Any

from tests.conftest import duty_on


def changes(**given: Any) -> dict[tuple[str, str], tuple[str, tuple[str, ...]]]:
    """What changes and the acts, by day and heading."""
    found = duty_on(**given).next_changes
    return {(one.at[:10], one.heading): (one.what, one.acts) for one in found}


def test_a_product_taken_off_a_list_cites_the_act_that_takes_it_off() -> None:
    # Lithium-ion batteries other than for vehicles leave list 4A (84 FR 43304, 7.5% since 85 FR 3741) for note 31(g) at 25%
    # on 1 January 2026: 89 FR 76581 does both.
    found = changes(hts="8507.60.0020", entered_at="2025-12-01")
    assert found["2026-01-01", "9903.88.15"] == ("ends: 7.5%", ("us-fr-89-76581",))
    assert found["2026-01-01", "9903.91.06"] == ("begins: 25%", ("us-fr-89-76581",))


def test_a_heading_that_stops_being_collected_cites_the_message() -> None:
    # CSMS 67834313: IEEPA duties are not collected from 24 February 2026, 12:00 a.m.; section 122 begins a minute later.
    found = changes(hts="8507.60.0020", entered_at="2025-12-01")
    assert found["2026-02-24", "9903.01.24"] == ("ends: 10%", ("us-csms-67834313",))
    assert found["2026-02-24", "9903.03.01"] == ("begins: 10%", ("us-proc-11012",))


def test_a_product_put_on_a_list_later_cites_the_act_that_puts_it_there() -> None:
    # 8418.10.0075, refrigerators, joins the steel derivatives on 23 June 2025: 90 FR 25208, under a heading in force before.
    found = changes(hts="8418.10.0075", origin="DE", entered_at="2025-06-20")
    assert found["2025-06-23", "9903.81.91"] == ("begins: 50%", ("us-fr-90-25208",))


def test_a_suspension_is_no_end() -> None:
    # Announcement [2018] No. 10 of the State Council Tariff Commission suspends 25% on vehicles from 1 January to 31 March 2019.
    car = {"hts": "8703.23.43", "origin": "US", "into": "CN", "entered_at": "2018-12-31"}
    then = changes(known_on="2018-12-31", **car)
    assert then["2019-01-01", "TC2018-5.autos"] == ("suspended until 2019-04-01 00:00: 25%", ("cn-tc-2018-10",))
    assert then["2019-04-01", "TC2018-5.autos"] == ("revives: 25%", ("cn-tc-2018-10",))
