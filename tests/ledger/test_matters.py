"""Where matters stand: states fold over both clocks, a suspension that runs out revives, a truce that runs out has lapsed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import TODAY
from tests.ledger.lawdir import act, problems_of, regime_of

from tidewaiter.ledger.check import check
from tidewaiter.ledger.instants import FOREVER, parse_instant
from tidewaiter.ledger.matters import FOLDED, History, Standing, histories
from tidewaiter.ledger.model import STATES, Act
from tidewaiter.ledger.regime import Regime

MATTERS = {
    "matters/us.yaml": "control:a: {title: A control, concerns: [US, CN]}\ntruce:a: {title: A truce, concerns: [US, CN]}\n"
}


def history(root: Path, matter: str, *acts: dict[str, str], known_on: str = "2026-12-31") -> History:
    regime = regime_of(root, MATTERS, *acts, known_on=known_on)
    return histories(regime.acts.values())[matter]


def words(found: History, *days: str) -> list[str]:
    return [one.word if (one := found.at(parse_instant(day))) else "-" for day in days]


IN_FORCE = act("rule", "2025-09-29", '{at: "2025-09-29", state: "control:a", is: in force, says: fifty percent}')
SUSPENDED = act("stop", "2025-11-01", '{at: "2025-11-10", state: "control:a", is: suspended, until: "2026-11-10"}')
TRUCE = act("truce", "2025-05-12", '{at: "2025-05-14", state: "truce:a", is: in force, until: "2025-08-12"}')
LONGER = act("longer", "2025-08-11", '{at: "2025-08-12", state: "truce:a", is: extended, until: "2025-11-10"}')


def test_a_suspension_that_runs_out_revives_the_control_by_itself(tmp_path: Path) -> None:
    found = history(tmp_path, "control:a", IN_FORCE, SUSPENDED)
    assert words(found, "2025-09-28", "2025-10-01", "2025-11-10", "2026-11-09", "2026-11-10") == [
        "-",
        "in force",
        "suspended",
        "suspended",
        "in force",
    ]
    back = found.at(parse_instant("2026-11-10"))
    assert back is not None
    assert (back.act, back.ran_out, back.said) == ("rule", "stop", "fifty percent")
    first = found.at(parse_instant("2025-10-01"))
    assert first is not None
    assert (first.until, first.ran_out) == (parse_instant("2025-11-10"), "")


def test_a_truce_that_runs_out_has_lapsed_unless_it_is_known_to_be_extended(tmp_path: Path) -> None:
    days = ("2025-05-13", "2025-05-14", "2025-08-11", "2025-08-12", "2025-11-10")
    early = history(tmp_path, "truce:a", TRUCE, LONGER, known_on="2025-08-10")
    late = history(tmp_path, "truce:a", TRUCE, LONGER, known_on="2025-08-11")
    assert words(early, *days) == ["-", "in force", "in force", "lapsed", "lapsed"]
    assert words(late, *days) == ["-", "in force", "in force", "extended", "lapsed"]
    gone = early.at(parse_instant("2025-11-10"))
    assert gone == Standing(parse_instant("2025-08-12"), FOREVER, "lapsed", "", (), "truce", "truce")


def test_next_dates_are_read_with_their_day_their_hour_or_none(tmp_path: Path) -> None:
    said = (
        '{at: "2025-05-29", state: "control:a", is: in force, next: ["2025-06-05: the response is due", '
        '"2026-04-20 08:00 America/New_York: the portal opens", "2026-11: a summit", a call at some point]}'
    )
    found = history(tmp_path, "control:a", act("order", "2025-05-29", said)).at(parse_instant("2025-05-29"))
    assert found is not None
    assert [(one.day, one.at, one.what, one.month) for one in found.next] == [
        ("2025-06-05", None, "the response is due", ""),
        ("2026-04-20", parse_instant("2026-04-20 08:00 America/New_York"), "the portal opens", ""),
        ("", None, "a summit", "2026-11"),
        ("", None, "a call at some point", ""),
    ]


def test_a_stayed_ruling_has_still_been_made(tmp_path: Path) -> None:
    ruling = act("ruling", "2025-05-28", '{at: "2025-05-28", state: "control:a", is: in force}')
    found = history(tmp_path, "control:a", ruling, act("stay", "2025-05-29", "{stay: ruling}"))
    assert words(found, "2025-05-30") == ["in force"]


def test_a_matter_without_a_state_is_a_breach(tmp_path: Path) -> None:
    breaches = check(regime_of(tmp_path, MATTERS, TRUCE))
    assert [str(one) for one in breaches] == ["matters/us.yaml:1: no act says a state of control:a"]
    assert problems_of(tmp_path, MATTERS, TRUCE) == []


# The shipped law.


def shipped(known_on: str) -> dict[str, History]:
    ledger = Regime.load(TODAY).ledger
    known = (act for act in ledger.acts.values() if act.announced <= known_on and act.confidence in FOLDED)
    return histories(known)


def acts_after(early: str, late: str) -> list[Act]:
    return [act for act in Regime.load(TODAY).ledger.acts.values() if early < act.announced <= late]


DAYS = st.dates(date(2025, 1, 1), date(2026, 12, 31)).map(date.isoformat)


@settings(max_examples=200, deadline=None)
@given(DAYS, DAYS, DAYS)
def test_knowing_more_changes_a_state_only_where_a_later_act_says_so(one: str, other: str, day: str) -> None:
    early, late = sorted((one, other))
    before, after = shipped(early), shipped(late)
    spoken = {effect.ref for act in acts_after(early, late) for effect in act.effects}
    instant = parse_instant(day)
    for matter in {*before, *after} - spoken:
        assert before[matter].at(instant) == after[matter].at(instant)


def test_every_state_of_the_shipped_law_is_a_word_of_its_kind_and_no_next_day_lies_before_its_act() -> None:
    ledger = Regime.load(TODAY).ledger
    for one in ledger.acts.values():
        for effect in one.effects:
            if effect.verb == "state":
                assert effect.word in STATES[ledger.matters[effect.ref].kind]
                assert all(not ahead.day or ahead.day >= one.announced for ahead in effect.next), one.id


@pytest.mark.parametrize(
    ("matter", "day", "word", "acts"),
    [
        # Slip Op. 25-66 of 28 May 2025, stayed by the Federal Circuit on 29 May; en banc 29 August; argued 5 November; 607 U.S.
        ("case:ieepa", "2025-04-20", "filed", "us-cit-25-00066"),
        ("case:ieepa", "2025-05-28", "ruled", "us-cit-25-66"),
        ("case:ieepa", "2025-06-02", "stayed", "us-cafc-25-1812-administrative-stay"),
        ("case:ieepa", "2025-09-01", "affirmed", "us-cafc-25-1812"),
        ("case:ieepa", "2025-12-01", "argued", "us-scotus-24-1287-argument"),
        ("case:ieepa", "2026-03-01", "affirmed", "us-scotus-24-1287"),
        # 88 FR 73458; 91 FR 1684.
        ("control:us-ai-chips", "2023-01-01", "in force", "us-fr-87-62186"),
        ("control:us-ai-chips", "2023-11-17", "in force", "us-fr-88-73458"),
        ("control:us-ai-chips", "2026-01-15", "eased", "us-fr-91-1684"),
        ("control:us-huawei-ascend", "2025-06-02", "in force", "us-bis-2025-05-13-huawei"),
        ("control:us-ai-diffusion", "2025-05-14", "ended", "us-bis-2025-05-13-diffusion"),
        # FR Doc. 2025-19001; 90 FR 50857: suspended from 10 November 2025 through 9 November 2026.
        ("control:us-affiliates-rule", "2025-10-01", "in force", "us-fr-2025-19001"),
        ("control:us-affiliates-rule", "2026-11-09", "suspended", "us-fr-90-50857"),
        # MOFCOM Nos. 18, 55 to 62, 70 and 72 of 2025, No. 46 of 2024.
        ("control:cn-rare-earths-april-2025", "2025-06-02", "in force", "cn-mofcom-2025-18"),
        ("control:cn-rare-earths-october-2025", "2025-10-20", "announced", "cn-mofcom-2025-10-09"),
        ("control:cn-rare-earths-october-2025", "2026-06-01", "suspended", "cn-mofcom-2025-70"),
        ("control:cn-gallium", "2025-06-02", "in force", "cn-mofcom-2024-46"),
        ("control:cn-gallium", "2026-11-22", "suspended", "cn-mofcom-2025-72"),
        ("measure:cn-port-fees", "2025-10-14", "in force", "cn-mot-2025-54"),
        ("measure:cn-port-fees", "2025-11-11", "suspended", "cn-2025-11-10-suspensions"),
        # The talks, round by round.
        ("talks:us-china", "2025-05-12", "agreed", "us-joint-statement-geneva"),
        ("talks:us-china", "2025-06-02", "stalled", "us-press-2025-05-29-bessent"),
        ("talks:us-china", "2025-06-06", "open", "us-call-2025-06-05"),
        ("talks:us-china", "2025-08-11", "extended", "us-joint-statement-stockholm"),
    ],
)
def test_the_matters_of_the_war(matter: str, day: str, word: str, acts: str) -> None:
    found = shipped("2026-09-01")[matter].at(parse_instant(day))
    assert found is not None
    assert (found.word, found.act) == (word, acts)


def test_by_the_published_texts_the_suspensions_of_busan_have_run_out() -> None:
    """90 FR 50857 and MOFCOM No. 70: through 9 November 2026, until 10 November 2026; no text goes on from there."""
    known = Regime.load(TODAY).acts.values()
    published = histories(known)
    for matter in ("control:us-affiliates-rule", "control:cn-rare-earths-october-2025"):
        found = published[matter].at(parse_instant("2026-11-22"))
        assert found is not None
        assert found.word == "in force"
        assert found.ran_out
    truce = published["truce:us-china"].at(parse_instant("2026-11-22"))
    assert truce is not None
    assert (truce.word, truce.ran_out) == ("lapsed", "us-eo-14358")
    reported = shipped(TODAY)["truce:us-china"].at(parse_instant("2026-11-22"))
    assert reported is not None
    assert (reported.word, reported.until) == ("extended", parse_instant("2027-01-10"))
