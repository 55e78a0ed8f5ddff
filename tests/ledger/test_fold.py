"""Paint and fold: half-open intervals over what was there, suspensions that run out, ends that nothing revives."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import profiles
from tests.ledger.lawdir import act, regime_of

from tidewaiter.ledger.fold import Paint, Track, fold
from tidewaiter.ledger.instants import ALWAYS, FOREVER, parse_instant, say_instant
from tidewaiter.ledger.model import Act, Effect

profiles.load()

KEY = "us/9903.01.01"
ends = st.one_of(st.integers(0, 40), st.just(FOREVER))


@given(st.lists(st.tuples(st.integers(0, 40), ends, st.one_of(st.none(), st.integers(0, 3))), max_size=12))
def test_paint_is_what_painting_every_instant_would_give(strokes: list[tuple[int, int, int | None]]) -> None:
    paint: Paint[int] = Paint()
    plain: dict[int, int | None] = dict.fromkeys([ALWAYS, *range(-1, 45), FOREVER - 1])
    for start, until, value in strokes:
        if until <= start:
            continue
        paint.over(start, until, value)
        plain |= {instant: value for instant in plain if start <= instant < until}
    assert {instant: paint.at(instant) for instant in plain} == plain
    assert paint.starts == sorted(set(paint.starts))
    assert len(paint.starts) == len(paint.values)


def effect(verb: str, at: int, until: int = FOREVER, **more: object) -> Effect:
    return Effect(verb, at, (KEY,), until, **more)  # type: ignore[arg-type]


def an_act(name: str, announced: str, *effects: Effect, sequence: int = 0) -> Act:
    """An act of which only the order and the effects matter."""
    blank: dict[str, object] = {one.name: () if "tuple" in str(one.type) else "" for one in fields(Act)}
    told = {"id": name, "announced": announced, "sequence": sequence, "effects": effects}
    return Act(**(blank | told))  # type: ignore[arg-type]


def track(*effects: Effect) -> Track:
    return fold(an_act(f"a{place}", f"2025-01-{place:02d}", one) for place, one in enumerate(effects, start=1))[KEY]


def seen(found: Track, *instants: int) -> list[str]:
    return [state.rate if state.live else "-" for state in map(found.at, instants)]


def test_an_interval_is_half_open() -> None:
    assert seen(track(effect("impose", 10, 20, rate="5%")), 9, 10, 19, 20) == ["-", "5%", "5%", "-"]


def test_a_rate_recolours_only_where_the_heading_lives() -> None:
    found = track(effect("impose", 10, 20, rate="5%"), effect("set_rate", 5, 15, rate="7%"))
    assert seen(found, 5, 10, 15, 20) == ["-", "7%", "5%", "-"]


def test_a_suspension_that_runs_out_revives_what_it_suspended() -> None:
    found = track(effect("impose", 0, rate="34%"), effect("suspend", 10, 20))
    assert seen(found, 9, 10, 19, 20) == ["34%", "-", "-", "34%"]
    assert found.at(15).suspended_by == "a2"
    assert found.at(20).acts == ("a1",)


def test_a_suspension_may_leave_a_rate() -> None:
    found = track(effect("impose", 0, rate="34%"), effect("suspend", 10, 20, rate="10%"))
    assert seen(found, 9, 10, 20) == ["34%", "10%", "34%"]
    assert found.at(10).acts == ("a1", "a2")


def test_extending_is_suspending_again_and_the_gap_stays_open() -> None:
    found = track(effect("impose", 0, rate="34%"), effect("suspend", 10, 20), effect("suspend", 25, 40))
    assert seen(found, 19, 20, 24, 25, 40) == ["-", "34%", "34%", "-", "34%"]
    longer = track(effect("impose", 0, rate="34%"), effect("suspend", 10, 20), effect("suspend", 15, 40))
    assert seen(longer, 20, 39, 40) == ["-", "-", "34%"]


def test_resuming_ends_a_suspension_early() -> None:
    found = track(effect("impose", 0, rate="34%"), effect("suspend", 10, 20), effect("resume", 15))
    assert seen(found, 14, 15, 20) == ["-", "34%", "34%"]


def test_the_rate_set_under_a_suspension_is_what_revives() -> None:
    found = track(effect("impose", 0, rate="84%"), effect("suspend", 10, 20), effect("set_rate", 10, rate="34%"))
    assert seen(found, 9, 10, 20) == ["84%", "-", "34%"]


def test_what_has_ended_does_not_revive_with_the_end_of_a_suspension() -> None:
    found = track(effect("impose", 0, rate="34%"), effect("suspend", 10, 20), effect("end", 15))
    assert seen(found, 14, 15, 20, 99) == ["-", "-", "-", "-"]
    assert found.at(30).acts == ("a3",)
    assert not found.at(16).suspended_by


def test_only_a_new_imposition_brings_it_back() -> None:
    found = track(effect("impose", 0, rate="34%"), effect("end", 10), effect("impose", 20, rate="12%"))
    assert seen(found, 9, 10, 20) == ["34%", "-", "12%"]
    assert found.at(20).acts == ("a3",)


def test_an_end_ends_suspensions_too() -> None:
    found = track(
        effect("impose", 0, rate="34%"),
        effect("suspend", 10, 40),
        effect("end", 15),
        effect("impose", 20, rate="12%"),
    )
    assert seen(found, 19, 20, 39) == ["-", "12%", "12%"]


def test_an_end_that_binds_entry_stops_collection_until_it_is_imposed_again() -> None:
    found = track(
        effect("impose", 0, rate="34%"), effect("end", 10, binds_entry=True), effect("impose", 20, 30, rate="1%")
    )
    assert [found.uncollected.at(instant) for instant in (9, 10, 20, 30)] == [None, True, None, True]


def test_a_void_does_not_cut_what_is_charged() -> None:
    found = track(effect("impose", 0, rate="10%"), effect("void", 5, 15, for_all=False))
    assert seen(found, 5, 15) == ["10%", "10%"]
    assert (found.at(7).start, found.at(7).until) == (0, FOREVER)
    said = found.void.at(7)
    assert said is not None and (said.act, said.for_all) == ("a2", False)
    assert found.void.at(15) is None
    assert {5, 15} <= found.edges()


def test_states_that_say_the_same_run_on_as_one() -> None:
    found = track(effect("impose", 0, 20, rate="10%"), effect("impose", 20, rate="10%"))
    assert (found.at(5).start, found.at(5).until) == (0, FOREVER)
    assert found.at(5).acts != found.at(25).acts


def test_what_an_act_reaches_back_to() -> None:
    found = track(effect("impose", 10, rate="25%"), effect("set_rate", 5, rate="15%"))
    assert seen(found, 10) == ["15%"]


def test_acts_fold_by_day_then_sequence_then_id() -> None:
    acts = [
        an_act("z", "2025-01-01", effect("impose", 0, rate="1%")),
        an_act("b", "2025-01-02", effect("set_rate", 0, rate="3%"), sequence=1),
        an_act("a", "2025-01-02", effect("set_rate", 0, rate="4%"), sequence=1),
        an_act("c", "2025-01-02", effect("set_rate", 0, rate="2%")),
    ]
    assert seen(fold(acts)[KEY], 1) == ["3%"]
    assert seen(fold(reversed(acts))[KEY], 1) == ["3%"]


def test_a_verb_that_does_not_paint_is_an_error() -> None:
    with pytest.raises(ValueError, match="does not paint"):
        track(effect("hum", 0))


@given(
    st.lists(
        st.tuples(st.sampled_from(["impose", "suspend", "resume", "set_rate", "void"]), st.integers(0, 30), ends),
        max_size=8,
    )
)
def test_nothing_but_an_imposition_makes_a_heading_live(moves: list[tuple[str, int, int]]) -> None:
    effects = [
        effect(verb, at, until, rate="5%" if verb != "resume" else "") for verb, at, until in moves if until > at
    ]
    if not effects:
        return
    found = fold([an_act("a", "2025-01-01", *effects)])[KEY]
    imposed = [(one.at, one.until) for one in effects if one.verb == "impose"]
    for instant in range(35):
        assert not found.at(instant).live or any(at <= instant < until for at, until in imposed)


@given(st.integers(0, 20), st.integers(0, 20), st.integers(1, 20))
def test_an_end_is_for_good(at: int, suspended: int, length: int) -> None:
    found = track(effect("impose", 0, rate="5%"), effect("suspend", suspended, suspended + length), effect("end", at))
    assert not any(found.at(instant).live for instant in range(at, 60))


# Stays, on the small law


def test_a_stay_lifts_an_acts_effects_as_long_as_it_is_known(tmp_path: Path) -> None:
    ruling = act("ruling", "2025-05-28", '{at: "2025-02-01", void: us/9903.01.01, for: all}', kind="ruling")
    stay = act("stay", "2025-05-29", "{stay: ruling, until: lifted}", kind="court_order")
    lifted = act("lifted", "2025-08-01", kind="court_order")
    instant = parse_instant("2025-03-01")
    found = {
        day: regime_of(tmp_path / day, ruling, stay, lifted, known_on=day).void(KEY, instant) is not None
        for day in ("2025-05-27", "2025-05-28", "2025-05-29", "2025-07-31", "2025-08-01")
    }
    assert list(found.values()) == [False, True, False, False, True]


# Instants


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2025-05-14", "2025-05-14T00:01:00-04:00"),
        ("2025-12-14", "2025-12-14T00:01:00-05:00"),
        ("2025-05-14 00:00 America/New_York", "2025-05-14T00:00:00-04:00"),
        ("2025-11-10 13:01 Asia/Shanghai", "2025-11-10T00:01:00-05:00"),
        ("2025-05-14 04:01:30 UTC", "2025-05-14T00:01:30-04:00"),
    ],
)
def test_instants_of_law(text: str, said: str) -> None:
    assert say_instant(parse_instant(text), "America/New_York") == said


@pytest.mark.parametrize(
    "text",
    [
        "",
        "14 May 2025",
        "2025-05-14 00:01",
        "2025-05-14T00:01",
        "2025-02-30",
        "2025-05-14 25:00 UTC",
        "2025-05-14 00:01 Mars/Base",
    ],
)
def test_what_is_no_instant_of_law(text: str) -> None:
    with pytest.raises(ValueError, match=r"instant|zone|date|day|hour"):
        parse_instant(text)


def test_the_ends_of_time_are_not_said() -> None:
    assert say_instant(FOREVER, "UTC") is None
    assert say_instant(ALWAYS, "UTC") is None
