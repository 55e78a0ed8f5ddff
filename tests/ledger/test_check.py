"""The rules over the whole ledger, each with a small law that breaks it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.conftest import engine_seen_from, shipped_schedule
from tests.ledger.lawdir import PROGRAM, act, regime_of
from tests.ledger.refundlaw import FILES

from tidewaiter.assess.countries import country_codes
from tidewaiter.ledger.check import RULES, OneDutyHeadingForOneGood, check, one_of_each_class
from tidewaiter.ledger.classes import origins_apart

BATTERY, COMPUTER = "8507600090", "8471500150"
ROW = "  - {code: 9903.01.02, kind: duty}\n"
TWO = PROGRAM.replace("us-one", "us-two").replace("9903.01.01", "9903.02.01").replace("IEEPA", "Section 301")
IMPOSE_TWO = act("act-2", "2025-01-11", '{at: "2025-02-01", impose: us/9903.02.01, rate: 5%}')


def over(winner: str, loser: str, name: str, **more: str) -> str:
    said = "".join(f", {word}: {value}" for word, value in more.items())
    return f"- {{id: {name}, over: [us/{winner}], yields: [{loser}], takes: covered, report: us/{winner}{said}}}\n"


CYCLE = {
    "programs/us-two.yaml": TWO,
    **IMPOSE_TWO,
    "interactions/us.yaml": over("9903.01.01", "us-two", "a") + over("9903.02.01", "us-one", "b"),
}


def broken() -> dict[str, tuple[dict[str, str], str]]:
    spans = (("2025-03-01", "2025-04-01"), ("2025-04-01", "2025-05-01"))
    extend = [f'{{at: "{at}", impose: us/9903.01.01, rate: 10%, until: "{until}"}}' for at, until in spans]
    end = act("act-2", "2025-01-11", '{at: "2025-03-01", end: us/9903.01.01}')
    again = '{at: "2025-04-01", impose: us/9903.01.01, rate: 5%}'
    uncited = act("act-3", "2025-01-12", again, confidence="reported", citation='""')
    return {
        "first_act": ({"programs/us-one.yaml": PROGRAM + ROW}, "no act imposes 9903.01.02"),
        "rate": (
            {
                "programs/us-one.yaml": PROGRAM + ROW,
                **act("act-2", "2025-01-11", '{at: "2025-02-01", impose: us/9903.01.02}'),
            },
            "9903.01.02 lives without a rate from 2025-02-01T00:01:00-05:00",
        ),
        "cycle": (CYCLE, "us-one yields to us-two"),
        "citation": ({**end, **uncited}, "answers from 2025-04-01T04:01:00+00:00 without a citation"),
        "chain": (act("act-2", "2025-02-20", *extend), "the chain of extensions of us/9903.01.01 never ends"),
        "matter": (
            {"matters/us.yaml": "case:a: {title: A case, concerns: [US]}\n"},
            "matters/us.yaml:1: no act says a state of case:a",
        ),
        "served": (FILES, "refunds/us-desk.yaml:5: no act voids a duty under IEEPA"),
    }


@pytest.mark.parametrize("code", broken())
def test_a_rule_finds_what_breaks_it(tmp_path: Path, code: str) -> None:
    change, said = broken()[code]
    regime = regime_of(tmp_path, change, scenario="as-reported")
    (rule,) = [rule() for rule in RULES if rule.code == code]
    problems = list(rule.problems(regime))
    assert problems, code
    assert said in str(problems[0])
    assert set(map(str, problems)) <= set(map(str, check(regime)))


def test_every_rule_has_its_case_and_its_sentence() -> None:
    assert {rule.code for rule in RULES} == set(broken())
    assert all(rule.__doc__ for rule in (*RULES, OneDutyHeadingForOneGood))


def test_the_small_law_breaks_none(tmp_path: Path) -> None:
    assert check(regime_of(tmp_path), iter([BATTERY])) == []


def test_programs_that_yield_to_each_other_at_different_times_are_no_cycle(tmp_path: Path) -> None:
    text = over("9903.01.01", "us-two", "a", until="2025-06-01", act="act-1") + over(
        "9903.02.01", "us-one", "b", **{"from": "2025-06-01", "act": "act-1"}
    )
    regime = regime_of(tmp_path, {**CYCLE, "interactions/us.yaml": text})
    assert check(regime) == []
    orders = [[program.id for program in regime.programs(interval)] for interval in range(len(regime.cuts) + 1)]
    assert ["us-one", "us-two"] in orders
    assert ["us-two", "us-one"] in orders


# Two headings for one good

SECOND = act("act-2", "2025-01-11", '{at: "2025-03-01", impose: us/9903.01.02, rate: 5%}')


def two_headings(tmp_path: Path, row: str, *products: str) -> list[str]:
    regime = regime_of(tmp_path, {"programs/us-one.yaml": PROGRAM + row}, SECOND)
    return [str(problem) for problem in check(regime, iter(products or (BATTERY,)))]


def test_two_duty_headings_of_a_program_for_one_good(tmp_path: Path) -> None:
    (problem,) = two_headings(tmp_path, ROW)
    assert problem.startswith(
        "programs/us-one.yaml:9: 9903.01.01 and 9903.01.02 both hold for 8507600090 of CN from 2025-03-01"
    )


@pytest.mark.parametrize(
    "row",
    [
        "  - {code: 9903.01.02, kind: duty, fallback: true}\n",
        "  - {code: 9903.01.02, kind: relief}\n",
        "  - {code: 9903.01.02, kind: duty, when: {origin: [HK]}}\n",
        "  - {code: 9903.01.02, kind: duty, when: {claim: donation}}\n",
        '  - {code: 9903.01.02, kind: duty, when: {number: ["84"]}}\n',
    ],
)
def test_what_is_no_clash(tmp_path: Path, row: str) -> None:
    assert two_headings(tmp_path, row) == []


def test_the_later_heading_must_be_the_fallback_not_the_first(tmp_path: Path) -> None:
    first = PROGRAM.replace("kind: duty", "kind: duty, fallback: true")
    regime = regime_of(tmp_path, {"programs/us-one.yaml": first + ROW}, SECOND)
    assert len(check(regime, iter([BATTERY]))) == 1


def test_a_clash_on_one_class_of_products_is_found(tmp_path: Path) -> None:
    row = '  - {code: 9903.01.02, kind: duty, when: {number: ["84"]}}\n'
    assert "8471500150 of CN" in two_headings(tmp_path, row, "0101210010", BATTERY, COMPUTER)[0]


# Every origin

EVERYONE = {"coverage.yaml": '- {into: US, origins: [any], from: "2018-07-06 00:01 America/New_York"}\n'}
GROUPS = {
    "groups.yaml": "ASEAN:\n  - {country: [TH, VN]}\n"
    '  - {country: TL, from: "2025-06-01", act: act-1}\n'
    '  - {country: LA, until: "2025-03-01", act: act-1, until_act: act-1}\n'
}
ORIGINS = ["AD", "CN", "FR", "LA", "MX", "TH", "TL", "VN"]


def clashes(tmp_path: Path, first: str, second: str) -> list[str]:
    """What the rule says of a program whose two headings live from February and March 2025, for the origins written."""
    rows = (("9903.01.01", first), ("9903.01.02", second))
    headings = "".join(f"  - {{code: {code}, kind: duty, when: {{{when}}}}}\n" for code, when in rows)
    program = PROGRAM[: PROGRAM.index("  - {code")] + headings
    regime = regime_of(tmp_path, EVERYONE, GROUPS, SECOND, {"programs/us-one.yaml": program})
    return [str(problem) for problem in check(regime, [BATTERY], ORIGINS)]


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("origin: [VN]", "origin: [MX, VN]", "of VN from 2025-03-01T00:01:00-05:00"),
        ("origin: [ASEAN]", "origin: [VN]", "of VN from 2025-03-01"),
        ("origin: [ASEAN]", "origin: [TL]", "of TL from 2025-06-01"),  # a member only since June
        ("origin: [MX]", "not: {origin: [CN]}", "of MX from 2025-03-01"),
        ("origin: any", "not: {origin: [CN]}", "of AD from 2025-03-01"),  # an origin that nothing names
        ("any: [{origin: [CN]}, {origin: [FR]}]", "origin: [FR]", "of FR from 2025-03-01"),
    ],
)
def test_two_headings_for_goods_of_one_origin_are_found(tmp_path: Path, first: str, second: str, said: str) -> None:
    (problem,) = clashes(tmp_path, first, second)
    assert f"9903.01.01 and 9903.01.02 both hold for {BATTERY} {said}" in problem


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("origin: [VN]", "origin: [MX]"),
        ("origin: [ASEAN]", "origin: [LA]"),  # a member only until the second heading begins
        ("origin: [CN]", "not: {origin: [CN]}"),
        ("origin: [ASEAN]", "not: {origin: [ASEAN]}"),
    ],
)
def test_headings_for_different_origins_do_not_clash(tmp_path: Path, first: str, second: str) -> None:
    assert clashes(tmp_path, first, second) == []


def test_without_a_list_of_origins_those_that_the_law_names_are_tried(tmp_path: Path) -> None:
    program = PROGRAM + "  - {code: 9903.01.02, kind: duty, when: {not: {origin: [MX]}}}\n"
    regime = regime_of(tmp_path, EVERYONE, SECOND, {"programs/us-one.yaml": program})
    heard: list[int] = []
    (problem,) = check(regime, [BATTERY], told=heard.append)
    assert "of CN from" in str(problem)
    assert heard and heard[-1] > 1


def test_origins_that_a_program_does_not_tell_apart_are_one_class(tmp_path: Path) -> None:
    text = PROGRAM + "  - {code: 9903.01.02, kind: duty, when: {origin: [ASEAN]}}\n"
    regime = regime_of(tmp_path, EVERYONE, GROUPS, SECOND, {"programs/us-one.yaml": text})
    apart = origins_apart(regime, regime.ledger.programs["us-one"], ORIGINS)
    # Alike: those that nothing names (AD, FR, MX), and the two members without dates.
    assert apart == ["AD", "CN", "LA", "TH", "TL"]


@pytest.mark.parametrize("program", ["us-301-forced-labor", "us-reciprocal", "us-232-steel"])
def test_origins_of_one_class_find_the_same_law(program: str) -> None:
    regime = engine_seen_from(scenario="as-reported").regime
    law = regime.ledger.programs[program]
    origins = sorted(country_codes())
    apart = origins_apart(regime, law, origins)
    assert 10 < len(apart) < len(origins) / 2
    for other in sorted(set(origins) - set(apart))[::15]:
        # A class is told by what it finds: the first of it, alone with the other, keeps one of the two.
        (alike,) = [one for one in apart if len(origins_apart(regime, law, [one, other])) == 1]
        for interval in range(0, len(regime.cuts) + 1, 9):
            for digits in (BATTERY, COMPUTER, "7318152065", "8703230160"):
                first, second = (regime.holding(law, digits, one, interval) for one in (alike, other))
                assert first == second, (alike, other, digits)


def test_products_treated_alike_are_one_class(tmp_path: Path) -> None:
    regime = regime_of(tmp_path)  # one list, on heading 8507
    products = [BATTERY, "8507100030", COMPUTER, "0101210010"]
    battery, other_battery, computer, horse = map(regime.product_class, products)
    assert battery == other_battery != computer == horse
    assert len(one_of_each_class(regime, products)) == 2


def test_products_of_one_class_find_the_same_law() -> None:
    """The engine works the law out once for a class: its members must have the same headings in every interval."""
    regime, schedule = engine_seen_from().regime, shipped_schedule()
    numbers = [line.number for line in schedule.lines(schedule.last_edition)][::7]
    assert 100 < len(one_of_each_class(regime, numbers)) < len(numbers) / 4
    members: dict[int, list[str]] = {}
    for digits in numbers:
        members.setdefault(regime.product_class(digits), []).append(digits)
    for several in list(members.values())[::9]:
        for interval in range(0, len(regime.cuts) + 1, 12):
            for program in regime.programs(interval):
                first, last = (regime.holding(program, digits, "CN", interval) for digits in (several[0], several[-1]))
                assert first == last, (several[0], several[-1], program.id)


def test_the_shipped_law_breaks_no_rule() -> None:
    assert check(engine_seen_from(scenario="as-reported").regime) == []


@pytest.mark.slow
def test_the_shipped_law_has_one_duty_heading_for_one_good_of_any_origin() -> None:
    """One program is one legal act on one good: no two of its duties at once, whatever the product and the origin."""
    regime, schedule = engine_seen_from(scenario="as-reported").regime, shipped_schedule()
    numbers = [line.number for line in schedule.lines(schedule.last_edition)]
    assert check(regime, numbers, country_codes()) == []
