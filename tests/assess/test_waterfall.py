"""The rules of the game on a law of two programs: portions, pools, who yields, caps, and what courts void."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from tests.conftest import shipped_schedule
from tests.ledger.lawdir import act, regime_of

from tidewaiter.assess.assessment import Assessment
from tidewaiter.assess.batch import assess_one
from tidewaiter.assess.countries import origin_code
from tidewaiter.assess.engine import Engine
from tidewaiter.assess.line import read_line

FACTS = {
    "facts/us.yaml": "claims: {plaintiff: {text: A plaintiff?, ask: false}, donation: {text: A donation?}}\n"
    "scopes: {part: {text: A part?}}\n"
    "facts: {steel_value: {type: money, text: Steel?}, aluminum_value: {type: money, text: Aluminum?}}\n"
}
IMPOSE = act("act-2", "2025-01-11", '{at: "2025-02-01", impose: us/9903.02.01, rate: 20%}')


def program(name: str, *rows: str, order: int = 10) -> dict[str, str]:
    text = f"id: {name}\ntitle: {name}\nauthority: IEEPA\ninto: US\nreporting_order: {order}\nheadings:\n"
    return {f"programs/{name}.yaml": text + "".join(f"  - {row}\n" for row in rows)}


def assessed(tmp_path: Path, *changes: dict[str, str], **given: object) -> Assessment:
    regime = regime_of(tmp_path, FACTS, IMPOSE, *changes)
    fields = {"hts": "8507.60.0090", "origin": "CN", "value": "1000", "entered_at": "2026-03-01", **given}
    return assess_one(Engine(regime, shipped_schedule()), read_line(fields, regime.ledger.zones, origin_code))


def said(found: Assessment) -> list[tuple[str, Decimal, Decimal]]:
    return [(layer.heading, layer.basis_value, layer.amount) for layer in found.layers]


ONE = "{code: 9903.01.01, kind: duty}"
TWO = "{code: 9903.02.01, kind: duty}"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, [("9903.01.01", 1000, 100)]),  # both unknown: the whole value, charged once
        ({"steel_value": "600"}, [("9903.01.01", 600, 60), ("9903.02.01", 400, 80)]),
        ({"steel_value": "600", "aluminum_value": "100"}, [("9903.01.01", 600, 60), ("9903.02.01", 100, 20)]),
        ({"steel_value": "800", "aluminum_value": "700"}, [("9903.01.01", 800, 80), ("9903.02.01", 200, 40)]),
        ({"steel_value": "0", "aluminum_value": "0"}, []),
    ],
)
def test_contents_of_one_pool_never_exceed_the_value(
    tmp_path: Path, given: dict[str, str], expected: list[tuple[str, int, int]]
) -> None:
    one = program("us-one", "{code: 9903.01.01, kind: duty, portion: {content: steel_value, pool: metals}}")
    two = program(
        "us-two", "{code: 9903.02.01, kind: duty, portion: {content: aluminum_value, pool: metals}}", order=20
    )
    found = assessed(tmp_path, one, two, **given)
    assert said(found) == expected
    missing = [name for name in ("steel_value", "aluminum_value") if name not in given]
    assert [question.fact for question in found.questions][:1] == missing[:1]


def test_a_portion_of_a_fact_leaves_the_rest_to_the_next_heading(tmp_path: Path) -> None:
    rows = program("us-one", "{code: 9903.01.01, kind: duty, portion: steel_value}", TWO)
    assert said(assessed(tmp_path, rows, steel_value="300")) == [("9903.01.01", 300, 30), ("9903.02.01", 700, 140)]
    assert said(assessed(tmp_path / "b", rows)) == [("9903.02.01", 1000, 200)]


def test_a_content_closes_its_program(tmp_path: Path) -> None:
    rows = program("us-one", "{code: 9903.01.01, kind: duty, portion: {content: steel_value}}", TWO)
    assert said(assessed(tmp_path, rows, steel_value="300")) == [("9903.01.01", 300, 30)]


def test_value_less_a_fact(tmp_path: Path) -> None:
    rows = program("us-one", "{code: 9903.01.01, kind: duty, portion: {less: steel_value}}", TWO)
    assert said(assessed(tmp_path, rows, steel_value="300")) == [("9903.01.01", 700, 70)]
    assert said(assessed(tmp_path / "b", rows)) == [("9903.01.01", 1000, 100)]


def interaction(takes: str, charged: bool = False) -> dict[str, str]:
    word = ", charged: true" if charged else ""
    text = f"- {{id: x, over: [us/9903.01.01], yields: [us-two], takes: {takes}, report: us/9903.02.09{word}}}\n"
    return {"interactions/us.yaml": text}


STEEL = program("us-one", "{code: 9903.01.01, kind: duty, portion: {content: steel_value}}", order=20)
OTHER = program("us-two", TWO)


def test_who_yields_is_asked_after_who_wins_and_keeps_what_is_not_covered(tmp_path: Path) -> None:
    found = assessed(tmp_path, STEEL, OTHER, interaction("covered"), steel_value="300")
    assert said(found) == [("9903.02.09", 300, 0), ("9903.02.01", 700, 140), ("9903.01.01", 300, 30)]
    assert found.layers[0].kind == "relief"


def test_who_yields_as_a_whole_keeps_nothing(tmp_path: Path) -> None:
    found = assessed(tmp_path, STEEL, OTHER, interaction("whole"), steel_value="300")
    assert said(found) == [("9903.02.09", 1000, 0), ("9903.01.01", 300, 30)]


@pytest.mark.parametrize(("charged", "yields"), [(False, True), (True, False)])
def test_a_heading_that_charged_nothing_wins_unless_the_text_says_duty(
    tmp_path: Path, charged: bool, yields: bool
) -> None:
    nothing = act("act-3", "2025-01-12", '{at: "2025-02-01", set_rate: us/9903.01.01, rate: 0%}')
    found = assessed(tmp_path, STEEL, OTHER, nothing, interaction("covered", charged))
    assert ("9903.02.01" not in [layer.heading for layer in found.layers]) is yields


@pytest.mark.parametrize(
    ("rate", "code", "amount"), [("15%", "9903.01.01", 116), ("3.4%", "9903.01.09", 0), ("2%", "9903.01.09", 0)]
)
def test_a_cap_is_all_in_and_never_below_zero(tmp_path: Path, rate: str, code: str, amount: int) -> None:
    # The base duty of 8507.60 is 3.4 percent: 34 of 1,000.
    rows = program("us-one", "{code: 9903.01.01, zero: 9903.01.09, kind: cap}")
    set_rate = act("act-3", "2025-01-12", f'{{at: "2025-02-01", set_rate: us/9903.01.01, rate: {rate}}}')
    found = assessed(tmp_path, rows, program("us-two", TWO), set_rate)
    assert (found.layers[0].heading, found.layers[0].amount, found.layers[0].kind) == (code, amount, "cap")


@pytest.mark.parametrize(
    ("whom", "claims", "owed"), [("all", "", 0), ("plaintiffs", "", 100), ("plaintiffs", "plaintiff", 0)]
)
def test_what_a_court_voids_is_assessed_and_not_owed(tmp_path: Path, whom: str, claims: str, owed: int) -> None:
    void = act("ruling", "2026-05-01", f'{{at: "2025-02-01", void: us/9903.01.01, for: {whom}}}', kind="ruling")
    found = assessed(tmp_path, program("us-one", ONE), program("us-two", TWO), void, claims=claims)
    layer = found.layers[0]
    assert (layer.amount, layer.owed, layer.voided_by) == (100, owed, None if owed else "ruling")
    assert found.total_duty - found.total_owed == 100 - owed
    warned = "voided_for_plaintiffs" in [warning.code for warning in found.warnings]
    assert warned is (whom == "plaintiffs")
