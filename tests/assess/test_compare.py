"""One product from several origins: the same answers as one by one, what differs, and what could change it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from tests.conftest import duty_on, engine_seen_from
from typer.testing import CliRunner

from tidewaiter.assess.compare import Comparison, compare
from tidewaiter.cli.app import app

BATTERY = "8507.60.0090"
GIVEN = {"hts": BATTERY, "value": "10000", "entered_at": "2026-08-01"}
ORIGINS = ["CN", "VN", "MX", "IN", "GB"]


def compared(*origins: str, **given: Any) -> Comparison:
    return compare(engine_seen_from(), {**GIVEN, **given}, origins or ORIGINS)


def test_each_origin_is_answered_as_alone() -> None:
    for one in compared().origins:
        assert one.assessment is not None
        assert one.assessment.as_json() == duty_on(**GIVEN, origin=one.origin).as_json()


def test_differences_add_up() -> None:
    found = compared()
    assert found.reference == "CN"
    first, *others = found.origins
    assert first.assessment and first.difference == 0 and first.differs == []
    least = min(one.total_duty for one in found.answered)
    for one in others:
        assert one.assessment is not None
        assert one.difference == one.assessment.total_duty - first.assessment.total_duty
        assert one.difference == sum((part.amount - part.reference_amount for part in one.differs), Decimal(0))
        assert one.above_cheapest == one.assessment.total_duty - least
    assert found.cheapest == [one.origin for one in found.origins if not one.above_cheapest]
    assert all(part.why and part.citation for one in others for part in one.differs)


def test_a_program_of_one_origin_only_is_named_with_its_reason() -> None:
    # List 3 and the four-year review fall on China only (U.S. notes 20 and 31).
    (china, vietnam) = compared("CN", "VN").origins
    assert china.origin == "CN"
    (part,) = [part for part in vietnam.differs if part.program == "us-301-china"]
    assert (part.headings, part.amount) == ("", 0)
    assert "does not apply to products of VN" in part.why


def test_the_claims_that_could_change_it() -> None:
    by_origin = {
        one.origin: {chance.claim: chance.effect for chance in one.could_change}
        for one in compared("MX", "CN", "AU").origins
    }
    assert Decimal(by_origin["MX"]["spi=S"]) <= -340
    assert by_origin["AU"]["spi=AU"] == "-340.00"
    assert not [claim for claim in by_origin["CN"] if claim.startswith("spi=S")]
    claimed = compared("MX", spi="S").origins[0]
    silent = compared("MX").origins[0]
    assert claimed.assessment and silent.assessment
    change = claimed.assessment.total_duty - silent.assessment.total_duty
    assert by_origin["MX"]["spi=S"] == f"-{-change}"
    assert not [chance for chance in claimed.could_change if chance.claim.startswith("spi=")]


def test_an_error_of_one_origin_does_not_stop_the_others() -> None:
    found = compared("Congo", "XX", "Vietnam", "VN", "RU", spi="S")
    assert [one.origin for one in found.origins] == ["Congo", "XX", "VN", "RU"]
    assert [one.error.code for one in found.origins if one.error] == [
        "unknown_origin",
        "unknown_origin",
        "spi_not_open",
        "spi_not_open",
    ]
    assert (found.reference, found.cheapest) == (None, [])
    mixed = compared("Congo", "VN")
    assert (mixed.reference, mixed.cheapest) == ("VN", ["VN"])
    assert mixed.as_json()["origins"][0]["error"]["code"] == "unknown_origin"


@pytest.mark.parametrize(
    "origins", ["CN,VN,MX,IN,GB", "China, Viet Nam, Mexico, India, UK", "PRC;VN;MX;IN;5330;United Kingdom"]
)
def test_the_command(origins: str) -> None:
    args = [
        "compare",
        "8507.60.00.90",
        "--origins",
        origins,
        "--value",
        "10000",
        "--on",
        "2026-08-01",
        "--known-on",
        "2026-11-22",
    ]
    shown = CliRunner().invoke(app, args)
    assert shown.exit_code == 0, shown.output
    for word in ("base duty", "against CN", "cheapest", "what differs from CN", "claims that could change it"):
        assert word in shown.stdout
    said = json.loads(CliRunner().invoke(app, [*args, "--json"]).stdout)
    assert [one["origin"] for one in said["origins"]] == ORIGINS
    assert said == compared().as_json()


def test_the_command_ends_with_1_where_an_origin_is_refused() -> None:
    args = ["compare", BATTERY, "--origins", "CN,Congo", "--value", "1", "--on", "2026-08-01"]
    result = CliRunner().invoke(app, args)
    assert result.exit_code == 1
    assert "may mean several countries" in result.stdout
    assert CliRunner().invoke(app, ["compare", BATTERY, "--origins", ",", "--value", "1"]).exit_code == 2
