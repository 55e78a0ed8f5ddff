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
    assert part.why.startswith("does not apply to products of this origin (")
    assert (part.rate, part.reference_rate) == ("", "25%")


def test_a_program_that_gives_way_says_to_what() -> None:
    """Aluminum wire: note 16(a) leaves Russian aluminum, under 9903.85.67, out of the metals duty of 9903.82.02.

    Note 52(f) leaves goods under 9903.82.02 out of the forced-labor duty (12.5% on Russia), and not those of 9903.85.67.
    """
    (_, russia) = compared("CN", "RU", hts="7605.11.0000").origins
    differs = {part.program: part for part in russia.differs}
    assert differs["us-232-metals"].why.startswith("gives way to 9903.85.67 (")
    assert differs["us-301-china"].why.startswith("does not apply to products of this origin (")
    labor = differs["us-301-forced-labor"]
    assert (labor.rate, labor.reference_rate) == ("12.5%", "relieved")
    (_, china) = compared("RU", "CN", hts="7605.11.0000").origins
    differs = {part.program: part for part in china.differs}
    # It would hold for metal smelted or cast in Russia, which is asked.
    assert differs["us-232-aluminum"].why.startswith("none of its headings holds here (")


def test_a_base_duty_that_is_replaced_says_so() -> None:
    """U.S. note 30(a): on salt of Russia 35% is charged in place of the 26% of column 2, which Belarus pays."""
    (_, russia) = compared("BY", "RU", hts="2501.00.0000").origins
    base = next(one for one in russia.differs if one.program == "base")
    assert (base.rate, base.amount, base.reference_rate, base.reference_amount) == ("26%, replaced", 0, "26%", 2600)
    assert base.why == "column 2 gives 26%, replaced, column 2 26%"
    assert "26%, replaced" in printed("2501.00.0000", "--origins", "RU,BY", "--value", "1000")


def test_a_field_for_one_origin_only() -> None:
    """USMCA is claimed for Mexico; China is answered as if nothing were said (general note 11)."""
    engine = engine_seen_from()
    found = compare(engine, GIVEN, ["CN", "MX"], only={"MX": {"spi": "S"}})
    china, mexico = found.answered
    assert china.as_json() == duty_on(**GIVEN, origin="CN").as_json()
    assert mexico.as_json() == duty_on(**GIVEN, origin="MX", spi="S").as_json()
    assert [one.error.code for one in compare(engine, {**GIVEN, "spi": "S"}, ["CN", "MX"]).origins if one.error] == [
        "spi_not_open"
    ]


def test_claims_that_change_only_what_is_reported_are_no_chance() -> None:
    # With USMCA claimed nothing is charged on a battery of Mexico, and the aircraft claim only reports another relief.
    (mexico,) = compared("MX", spi="S").origins
    assert mexico.assessment is not None and mexico.assessment.total_duty == 0
    assert mexico.could_change == []


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


def printed(*args: str, on: str = "2026-08-01") -> str:
    """What the command prints into a pipe for a value of 10,000 dollars, whatever its exit code."""
    told = ["compare", "--value", "10000", "--on", on, "--known-on", "2026-11-22", *args]
    return CliRunner().invoke(app, told).stdout


def test_the_command_takes_a_field_for_one_origin() -> None:
    # 3.4% and 25% and 12.5% of China; nothing of Mexico under USMCA (note 52(h)).
    said = json.loads(printed("8507.60.0090", "--origins", "CN,MX", "--set", "Mexico:spi=S", "--json"))
    assert [one["total_duty"] for one in said["origins"]] == ["4090.00", "0.00"]
    for wrong, code in (("CA:spi=S", "bad_field"), ("Chnia:spi=S", "unknown_origin"), ("spi", "bad_field")):
        args = ["compare", BATTERY, "--origins", "CN,MX", "--value", "1", "--set", wrong]
        result = CliRunner().invoke(app, args)
        assert (result.exit_code, result.stderr.split(": ")[1]) == (2, code)


def test_the_command_says_what_is_the_same_once() -> None:
    missing = printed("2204.21.5040", "--origins", "FR,IT")
    assert "FR, IT: missing_quantity: 2204.21.5040 pays 6.3¢/liter" in missing
    assert missing.count("--unit liter") == 1
    names = printed(BATTERY, "--origins", "PRC,CN,China,Congo,Chnia")
    assert names.count("CN China") == 1
    assert "Congo: unknown_origin" in names and "Chnia: unknown_origin" in names


def test_the_command_prints_the_notes_and_what_is_asked() -> None:
    said = " ".join(printed(BATTERY, "--origins", "CN,VN", "--set", "shipped_from=VN").split())
    assert "CN: origin_not_shipped_from: shipped from VN: the origin CN counts" in said
    assert "VN: origin_not_shipped_from" not in said
    assert "ad_cvd_not_computed: antidumping" in said and "CN, VN: ad_cvd" not in said
    assert "transport: By what transport did it arrive? CN, VN [HMF 12.50 if by vessel]" in said
    assert "(10% instead of 12.5%)" in " ".join(printed(BATTERY, "--origins", "CN,GB").split())


MANY = "CN,VN,MX,IN,GB,DE,FR,JP,KR,TW,TH,MY,ID,PH,BD,BR,CA,AU,CH,TR,ZA,IL,SA,EG,CL,CO,PE,AR,RU,CU"


def test_many_origins_are_rows_and_nothing_is_cut() -> None:
    """EO 14326 Annex I: Vietnam 20%, Switzerland 39% (headings 9903.02.69 and .58), as assessed on 1 September 2025."""
    said = printed("8507.60.0020", "--origins", MANY, on="2025-09-01")
    rows = {line[:2]: line for line in said.splitlines() if line[2:3] == " "}
    assert set(MANY.split(",")) <= set(rows)
    assert "9903.02.69 (2,000.00)" in rows["VN"] and "2,340.00" in rows["VN"]
    assert "9903.02.58 (3,900.00)" in rows["CH"] and "Switzerland" in rows["CH"]


@pytest.mark.parametrize("origins", ["CN,VN,MX,IN,GB", MANY])
def test_pipes_get_no_colours_no_ellipses_and_no_blanks_at_the_ends(origins: str) -> None:
    said = printed("8507.60.0020", "--origins", origins, on="2025-09-01")
    assert "\x1b" not in said and "…" not in said
    assert all(line == line.rstrip() and len(line) <= 160 for line in said.splitlines())


def test_the_command_ends_with_1_where_an_origin_is_refused() -> None:
    args = ["compare", BATTERY, "--origins", "CN,Congo", "--value", "1", "--on", "2026-08-01"]
    result = CliRunner().invoke(app, args)
    assert result.exit_code == 1
    assert "may mean several countries" in result.stdout
    assert CliRunner().invoke(app, ["compare", BATTERY, "--origins", ",", "--value", "1"]).exit_code == 2
