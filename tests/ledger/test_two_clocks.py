"""The two clocks: when a thing is law, and from which day it can be known. For acts, rows, lists, groups, interactions."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from tests.conftest import shipped_schedule
from tests.ledger.lawdir import PROGRAM, act, regime_of

from tidewaiter.assess.assessment import Assessment
from tidewaiter.assess.batch import assess_one
from tidewaiter.assess.countries import origin_code
from tidewaiter.assess.engine import Engine
from tidewaiter.assess.line import read_line
from tidewaiter.ledger.instants import FOREVER, parse_instant
from tidewaiter.ledger.regime import Regime

KEY = "us/9903.01.01"
BATTERY = "8507600090"


def duty(regime: Regime, **given: object) -> Assessment:
    fields = {"hts": "8507.60.0090", "origin": "CN", "value": "1000", "entered_at": "2026-03-01", **given}
    return assess_one(Engine(regime, shipped_schedule()), read_line(fields, regime.ledger.zones, origin_code))


def layers(regime: Regime, **given: object) -> dict[str, Decimal]:
    return {layer.heading: layer.amount for layer in duty(regime, **given).layers}


def test_an_act_is_seen_from_the_day_of_its_announcement(tmp_path: Path) -> None:
    regime = regime_of(tmp_path)
    instant = parse_instant("2025-06-01")
    assert not regime.seen_from("2025-01-09").state(KEY, instant).live
    assert regime.seen_from("2025-01-10").state(KEY, instant).live
    assert regime.seen_from("2025-01-10").cuts == [parse_instant("2018-07-06"), parse_instant("2025-02-01")]
    assert regime.seen_from("2025-01-09").cuts == [parse_instant("2018-07-06")]


def test_an_act_that_reaches_back_is_a_refund_or_a_bill(tmp_path: Path) -> None:
    late = act("act-2", "2026-04-01", '{at: "2025-02-01", set_rate: us/9903.01.01, rate: 4%}')
    regime = regime_of(tmp_path, late)
    assert layers(regime.seen_from("2026-03-31")) == {"9903.01.01": 100}
    assert layers(regime.seen_from("2026-04-01")) == {"9903.01.01": 40}


LISTED = PROGRAM.replace("when: {origin: [CN]}", "when: {products: us-list#a}")


def listed(*rows: str) -> dict[str, str]:
    head = "# title: A list\n# citation: a note\nprefix,class,from,until,act,until_act,scope,claim,note\n"
    return {"lists/us-list.csv": head + "".join(f"{row}\n" for row in rows), "programs/us-one.yaml": LISTED}


def test_a_list_row_ends_only_once_the_act_that_ends_it_is_known(tmp_path: Path) -> None:
    regime = regime_of(tmp_path, listed("8507,a,2025-02-01,2025-07-01,act-1,act-2,,,"), act("act-2", "2025-06-15"))
    instant = parse_instant("2025-08-01")
    assert regime.seen_from("2025-06-14").matches("us-list", BATTERY, instant)
    assert not regime.seen_from("2025-06-15").matches("us-list", BATTERY, instant)
    assert regime.seen_from("2025-06-15").matches("us-list", BATTERY, parse_instant("2025-07-01") - 1)
    assert not regime.seen_from("2025-01-09").matches("us-list", BATTERY, instant)


def test_a_row_whose_own_act_wrote_its_end_ends_at_once(tmp_path: Path) -> None:
    regime = regime_of(tmp_path, listed("8507,a,2025-02-01,2025-07-01,act-1,,,,"))
    assert not regime.seen_from("2025-01-10").matches("us-list", BATTERY, parse_instant("2025-07-01"))


def test_the_longest_prefix_wins_and_a_described_one_lets_the_shorter_through(tmp_path: Path) -> None:
    regime = regime_of(
        tmp_path,
        listed(
            "8507,a,2025-02-01,,act-1,,,,", "850760,b,2025-02-01,,act-1,,,,", "85076000,c,2025-02-01,,act-1,,part,,"
        ),
    )
    found = regime.matches("us-list", BATTERY, parse_instant("2025-03-01"))
    assert [(one.klass, one.scope) for one in found] == [("c", "part"), ("b", "")]
    assert [one.klass for one in regime.matches("us-list", "8507100030", parse_instant("2025-03-01"))] == ["a"]
    assert regime.matches("us-list", "8506100000", parse_instant("2025-03-01")) == []
    assert layers(regime) == {}  # class b is not asked for, and hides class a
    assert layers(regime, hts="8507.10.0030") == {"9903.01.01": 100}


def test_a_listed_row_that_must_be_claimed_is_asked_and_can_be_claimed(tmp_path: Path) -> None:
    regime = regime_of(tmp_path, listed("8507,a,2025-02-01,,act-1,,,item-7,"))
    assert layers(regime) == {}
    assert [one.fact for one in duty(regime).questions] == ["claim:item-7"]
    assert layers(regime, claims="item-7") == {"9903.01.01": 100}
    assert layers(regime, claims="9903.01.01") == {"9903.01.01": 100}
    denied = duty(regime, claims="not:item-7")
    assert (denied.layers, denied.questions) == ([], [])


VERSIONS = """
id: us-one
title: Program one
authority: IEEPA
into: US
reporting_order: 10
headings:
  - {code: 9903.01.01, kind: duty, when: {number: ["8507"]}, until: 2025-07-01, until_act: act-2}
  - {code: 9903.01.01, kind: duty, fallback: true, when: {number: ["84"]}, from: 2025-07-01, act: act-2}
"""


def test_a_headings_versions_follow_both_clocks(tmp_path: Path) -> None:
    # Another change after the end of the first version, so that the law is looked at anew while that end is not yet known.
    other = act("act-0", "2025-01-11", '{at: "2025-10-01", set_rate: us/9903.01.01, rate: 10%}')
    regime = regime_of(tmp_path, {"programs/us-one.yaml": VERSIONS}, act("act-2", "2025-06-15"), other)
    early, late = regime.seen_from("2025-06-14"), regime.seen_from("2025-06-15")
    computer = "8471.50.0150"
    assert layers(early) == {"9903.01.01": 100}
    assert layers(early, hts=computer) == {}
    assert layers(late) == {}
    assert layers(late, hts=computer) == {"9903.01.01": 100}
    assert layers(late, entered_at="2025-06-30", hts="8507.60.0020") == {"9903.01.01": 100}
    assert parse_instant("2025-07-01") in late.cuts
    assert parse_instant("2025-07-01") not in early.cuts


TWO = """
id: us-two
title: Program two
authority: Section 301
into: US
reporting_order: 20
headings:
  - {code: 9903.02.01, kind: duty, when: {origin: TWO}}
"""
RATES = act("act-0", "2025-01-01", '{at: "2025-01-05", impose: us/9903.02.01, rate: 20%}')


def test_groups_and_interactions_follow_both_clocks(tmp_path: Path) -> None:
    changes = {
        "programs/us-two.yaml": TWO,
        "groups.yaml": "TWO:\n  - {country: CN, until: 2026-02-01, act: act-1, until_act: act-2}\n  - HK\n",
        "interactions/us.yaml": "- {id: two-over-one, over: [us/9903.02.01], yields: [us-one], takes: covered, "
        "report: us/9903.01.01, "
        "from: 2025-09-01, act: act-3}\n",
    }
    regime = regime_of(tmp_path, RATES, changes, act("act-2", "2026-01-20"), act("act-3", "2025-08-20"))
    assert layers(regime.seen_from("2025-08-19")) == {"9903.01.01": 100, "9903.02.01": 200}
    assert layers(regime.seen_from("2025-08-20")) == {"9903.01.01": 0, "9903.02.01": 200}
    assert layers(regime.seen_from("2025-08-20"), entered_at="2025-08-31", hts="8507.60.0020") == {
        "9903.01.01": 100,
        "9903.02.01": 200,
    }
    assert layers(regime.seen_from("2026-01-20")) == {"9903.01.01": 100}
    assert layers(regime.seen_from("2026-01-20"), origin="HK") == {"9903.02.01": 200}
    relief = duty(regime.seen_from("2025-08-20")).layers[0]
    assert (relief.kind, relief.acts, relief.citation) == ("relief", ("act-3",), "cite act-3")


def test_basis_rules_follow_both_clocks(tmp_path: Path) -> None:
    rule = "- {id: repair, when: {ch98: [9802.00.50]}, programs: [us-one], basis: ch98_value, from: 2026-01-01, act: act-2}\n"
    regime = regime_of(tmp_path, {"bases/us.yaml": rule}, act("act-2", "2026-03-10"))
    given = {"ch98": "9802.00.50", "ch98_value": "300"}
    assert layers(regime.seen_from("2026-03-09"), **given) == {"9903.01.01": 100}
    assert layers(regime.seen_from("2026-03-10"), **given) == {"9903.01.01": 30}


def test_the_next_change_is_what_is_known_and_no_more(tmp_path: Path) -> None:
    regime = regime_of(tmp_path, act("act-2", "2026-03-05", '{at: "2026-06-01", end: us/9903.01.01}'))
    assert duty(regime.seen_from("2026-03-04")).next_changes == []
    (change,) = duty(regime.seen_from("2026-03-05")).next_changes
    assert (change.at, change.heading, change.what, change.acts) == (
        "2026-06-01T00:01:00-04:00",
        "9903.01.01",
        "ends: 10%",
        ("act-2",),
    )


def test_reported_acts_are_not_law_and_the_difference_is_said(tmp_path: Path) -> None:
    reported = act("rumour", "2026-02-01", '{at: "2026-02-15", end: us/9903.01.01}', confidence="reported")
    regime = regime_of(tmp_path, reported)
    found = duty(regime)
    assert [layer.heading for layer in found.layers] == ["9903.01.01"]
    (said,) = [one.message for one in found.warnings if one.code == "as_reported_differs"]
    assert "134.00 by the law as published and 34.00 as reported (rumour)" in said
    assert "as_reported_differs" not in [one.code for one in duty(regime, entered_at="2026-02-14").warnings]
    assert "as_reported_differs" not in [one.code for one in duty(regime.seen_from("2026-01-31")).warnings]
    assert layers(regime_of(tmp_path / "other", reported, scenario="as-reported")) == {}


def test_unverified_acts_are_never_folded(tmp_path: Path) -> None:
    rumour = act("rumour", "2026-02-01", '{at: "2026-02-15", end: us/9903.01.01}', confidence="unverified")
    for scenario in ("law", "as-reported"):
        assert layers(regime_of(tmp_path / scenario, rumour, scenario=scenario)) == {"9903.01.01": 100}


# Scenario files

SCENARIO = """
id: test
title: A test
explanation: One hypothesis.
acts:
  - id: hypothesis
    kind: hypothesis
    by: US
    title: What if
    announced: {announced}
    citation: hypothesis
    sources: [{{note: none, kind: secondary}}]
    confidence: published
    effects:
      - {effect}
"""


def under(tmp_path: Path, effect: str, announced: str = "2026-11-22") -> Regime:
    path = tmp_path / f"scenario-{announced}.yaml"
    path.write_text(SCENARIO.format(effect=effect, announced=announced), encoding="utf-8")
    return Regime.load("2026-11-22", str(path))


@pytest.mark.parametrize("announced", ["2000-01-01", "2026-11-22", "2030-01-01"])
def test_a_hypothesis_folds_after_all_that_is_known(tmp_path: Path, announced: str) -> None:
    regime = under(tmp_path, '{at: "2026-08-01", set_rate: us/9903.05.31, rate: 99%}', announced)
    state = regime.state("us/9903.05.31", parse_instant("2026-09-01"))
    assert (state.rate, state.acts[-1]) == ("99%", "hypothesis")
    assert regime.scenario.id == "test"


def test_a_scenario_may_aim_at_a_range_a_program_or_an_authority(tmp_path: Path) -> None:
    instant = parse_instant("2026-12-15")
    for target in ("us/9903.05.31..9903.05.40", "program:us-301-forced-labor", '"authority:Section 301"'):
        regime = under(tmp_path, f'{{at: "2026-12-01", end: {target}}}', f"2026-11-{len(target) % 20 + 1:02d}")
        assert not regime.state("us/9903.05.31", instant).live
    assert not regime.state("us/9903.88.03", instant).live


def test_the_shipped_law_is_not_touched_by_a_scenario(tmp_path: Path) -> None:
    before = Regime.load("2026-11-22").state("us/9903.05.31", FOREVER - 1)
    under(tmp_path, '{at: "2026-12-01", end: us/9903.05.31}')
    assert Regime.load("2026-11-22").state("us/9903.05.31", FOREVER - 1) == before
    assert before.live


def test_suspension_revival_in_the_shipped_law() -> None:
    """EO 14298 of 12 May 2025 suspended 24 of the 34 points for 90 days; as known then, they would have come back."""
    known = Regime.load("2025-05-12")
    at = {day: known.state("us/9903.01.63", parse_instant(day)) for day in ("2025-06-01", "2025-08-12")}
    assert not at["2025-06-01"].live
    assert (at["2025-08-12"].live, at["2025-08-12"].rate) == (True, "34%")
    # EO 14334 of 11 August 2025 suspended them again.
    assert not Regime.load("2025-08-11").state("us/9903.01.63", parse_instant("2025-08-12")).live


def test_the_small_law_is_the_law_that_the_tests_think_it_is(tmp_path: Path) -> None:
    assert layers(regime_of(tmp_path)) == {"9903.01.01": 100}
    assert layers(regime_of(tmp_path / "hk"), origin="HK") == {}
