"""What changed in the whole law, act by act and edition by edition."""

from __future__ import annotations

from tests.conftest import engine_seen_from

from tidewaiter.changes.acts import ActChanges, EditionChanges, changes_by_act, changes_by_edition
from tidewaiter.changes.window import Window, window
from tidewaiter.ledger.instants import say_instant

ZONE = "America/New_York"


def asked(since: str, until: str) -> Window:
    return window(engine_seen_from().schedule, since, until, ZONE)


def acts(since: str, until: str) -> dict[str, ActChanges]:
    return {one.act.id: one for one in changes_by_act(engine_seen_from().regime, asked(since, until))}


def editions(since: str, until: str) -> dict[str, EditionChanges]:
    return {one.edition: one for one in changes_by_edition(engine_seen_from().schedule, asked(since, until))}


def headings(one: ActChanges) -> dict[tuple[str, str], str]:
    return {((say_instant(each.at, ZONE) or "")[:16], each.heading): each.what for each in one.headings}


def test_the_day_ieepa_ended_and_section_122_began() -> None:
    found = acts("2026-02-24", "2026-02-24")
    # CSMS 67834313: not collected from 12:00 a.m.; Proclamation 11012: 10 percent from 12:01 a.m.
    assert headings(found["us-csms-67834313"])["2026-02-24T00:00", "9903.01.24"] == "ends: 10%"
    assert headings(found["us-proc-11012"])["2026-02-24T00:01", "9903.03.01"] == "begins: 10%"
    exempt = {one.name: one for one in found["us-proc-11012"].lists}["us-122-exempt"]
    assert exempt.added and not exempt.removed


def test_a_truce_that_is_extended_begins_no_duty() -> None:
    # EO 14334: the 34 percent of EO 14257, suspended by EO 14298 to 12 August 2025, stays suspended to 10 November 2025.
    found = headings(acts("2025-08-12", "2025-08-12")["us-eo-14334"])
    assert found["2025-08-12T00:01", "9903.01.63"] == "stays suspended"


def test_a_product_moved_within_a_list_is_told_with_both_classes() -> None:
    # 89 FR 76581, 1 January 2026: batteries leave 9903.88.15 for 9903.91.06, U.S. note 31(g).
    (china,) = acts("2026-01-01", "2026-01-01")["us-fr-89-76581"].lists
    assert china.name == "us-301-china"
    assert "85076000 9903.91.06" in china.added
    assert "85076000 9903.88.15" in china.removed


def test_a_suspension_that_runs_out_is_told_under_the_act_that_suspended() -> None:
    # 90 FR 50947 suspends the duties on ship-to-shore cranes until 10 November 2026, 00:01.
    assert (
        headings(acts("2026-11-10", "2026-11-10")["us-fr-90-50947"])["2026-11-10T00:01", "9903.91.12"]
        == "revives: 100%"
    )


def test_a_scheduled_step_is_told_before_it_comes() -> None:
    # Proclamation of 31 December 2025: upholstered furniture from 25 to 30 percent on 1 January 2027.
    found = headings(acts("2026-12-01", "2027-01-31")["us-proc-2025-12-31-wood"])
    assert found["2027-01-01T00:01", "9903.76.02"] == "25% becomes 30%"


def test_a_courts_word_is_told_of_the_entries_in_the_window() -> None:
    # Learning Resources v. Trump, Nos. 24-1287 and 25-250: duties under IEEPA are not owed, whenever assessed.
    found = headings(acts("2026-02-01", "2026-03-31")["us-scotus-24-1287"])
    said = (
        "void: what is assessed on entries from 2026-02-01T00:00:00-05:00 until 2026-02-24T00:00:00-05:00 is not owed"
    )
    assert found["2026-02-01T00:00", "9903.01.25"] == said


def test_a_quiet_week_has_no_acts() -> None:
    assert acts("2026-03-02", "2026-03-08") == {}


def test_numbers_that_end_and_begin_with_an_edition() -> None:
    # 2026 rev 2 takes 8507.60.0020 out and puts .0030 and .0090 in its place (HTS, chapter 85).
    found = editions("2026-02-01", "2026-02-01")["2026 rev 2"]
    assert "8507.60.0020" in found.ended
    assert {"8507.60.0030", "8507.60.0090"} <= {*found.began}
    assert editions("2026-02-02", "2026-02-06") == {}


def test_each_country_s_law_is_told_by_its_own_clock() -> None:
    # Announcement 2025 No. 10 of China's Tariff Commission: until 13:01 in Beijing; 90 FR 50947: until 12:01 a.m. Eastern.
    found = acts("2026-11-10", "2026-11-10")
    assert found["cn-tc-2025-10"].as_json()["headings"] == [
        {"at": "2026-11-10T13:01:00+08:00", "heading": "TC2025-4", "what": "revives: 34%"}
    ]
    assert {one["at"] for one in found["us-fr-90-50947"].as_json()["headings"]} == {"2026-11-10T00:01:00-05:00"}
    farm = acts("2025-03-09", "2025-03-09")["cn-tc-2025-2"].as_json()["lists"]
    assert [one["at"] for one in farm] == ["2025-03-10T00:01:00+08:00"]  # still the 9th where the window is measured
