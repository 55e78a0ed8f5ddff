"""The shipped scenarios: acts only, and each changes what its explanation says it changes."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.conftest import TODAY, TOY, amounts_on, duty_on, engine_seen_from
from tests.law.cases import Case, law

from tidewaiter.averages.headline import headline
from tidewaiter.diff.against import changes_against
from tidewaiter.ledger.instants import parse_instant
from tidewaiter.ledger.regime import Regime
from tidewaiter.ledger.snapshot import LAW_DIR, find_scenario

FILES = sorted((LAW_DIR / "scenarios").glob("*.yaml"))
PAGE = Path(__file__).resolve().parents[2] / "docs" / "scenarios.md"
BAGS = "3923.21.0095"
EXCLUDED: dict[str, Any] = {"claims": ["9903.88.69:iii-8"]}
CHASSIS = "8716.39.0090"
IS_CHASSIS: dict[str, Any] = {"scope": ["intermodal-chassis"]}
SOYBEANS: dict[str, Any] = {"into": "CN", "origin": "US", "hts": "1201.90.11"}
BATTERY, SOCCER_BALL, PLATES = "8507.60.0090", "9506.62.4080", "6912.00.3950"


def named(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", FILES, ids=named)
def test_a_scenario_is_acts_only(path: Path) -> None:
    """Nothing but hypothetical acts, or what is reported, distinguishes it from the law (DESIGN, section 1)."""
    said = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert said["id"] == path.stem
    assert set(said) <= {"id", "title", "explanation", "include", "acts"}
    for act in said.get("acts", []):
        assert act["kind"] == "hypothesis"
        assert act["confidence"] == "unverified"
        assert act["citation"]
        assert act["effects"]
    for one in find_scenario(engine_seen_from(TODAY).regime.ledger, path.stem).acts:
        assert one.citation.startswith(f"supposition of the scenario {path.stem}: ")


@pytest.mark.parametrize("path", FILES, ids=named)
def test_a_copy_of_it_works_as_a_file_of_ones_own(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / path.name
    copy.write_text(path.read_text(encoding="utf-8").replace("id: if-", "id: own-"), encoding="utf-8")
    law_, shipped = (engine_seen_from(TODAY, name).regime for name in ("law", path.stem))
    own = law_.under(find_scenario(law_.ledger, str(copy)))
    assert changes_against(law_, own) == changes_against(law_, shipped)


@pytest.mark.parametrize("path", FILES, ids=named)
def test_every_scenario_but_the_law_changes_the_law(path: Path) -> None:
    regimes = [engine_seen_from(TODAY, name).regime for name in ("law", path.stem)]
    assert bool(changes_against(*regimes)) == (path.stem != "law")


@pytest.mark.parametrize("path", FILES, ids=named)
def test_the_page_tells_every_scenario_with_its_numbers(path: Path) -> None:
    (row,) = re.findall(
        rf"^\| `{path.stem}` \|[^|]+\|([^|]+)\|([^|]+)\|([^|]+)\|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE
    )
    shown = [Decimal(re.findall(r"[\d.]+(?=%)", cell)[0]) for cell in row]
    toy = duty_on(TODAY, path.stem, entered_at="2027-02-01")
    bags = duty_on(TODAY, path.stem, hts=BAGS, entered_at="2026-12-15", **EXCLUDED)
    soybeans = duty_on(TODAY, path.stem, **SOYBEANS, entered_at="2027-02-01")
    assert shown == [one.total_duty / 100 for one in (toy, bags, soybeans)]


def test_what_is_reported_is_told_beside_the_law_and_no_hypothesis() -> None:
    reported = engine_seen_from().regime.reported
    assert reported is not None
    assert reported.scenario.id == "as-reported"


def test_the_truce_lapses_on_the_deadline_that_is_reported() -> None:
    """If an act prolongs it, the scenario must follow: statements of 23 to 25 September 2026, to 10 January 2027."""
    december = parse_instant("2026-12-01 12:00 America/New_York")
    for scenario in ("as-reported", "truce-lapses"):
        state = Regime.load(scenario=scenario).state("us/9903.88.69", december)
        assert state.until == parse_instant("2027-01-10 00:00 America/New_York")


# Item iii-8 of 9903.88.69 stands on list 3 (25%) and pays 3% and forced labor 12.5%: 4,050 without the relief, 1,550 with it.
@law(
    Case(BAGS, "2026-12-15", {"9903.88.03": 2500}, "90 FR 55232: through 9 November 2026", EXCLUDED, total=4050),
    Case(BAGS, "2027-01-09", {"9903.88.69": 0}, "to 10 January 2027", EXCLUDED, scenario="truce-lapses", total=1550),
    Case(BAGS, "2027-01-10", {"9903.88.03": 2500}, "lapsed", EXCLUDED, scenario="truce-lapses", total=4050),
    Case(CHASSIS, "2027-01-09", {"9903.91.12": None}, "suspended", IS_CHASSIS, scenario="truce-lapses"),
    Case(CHASSIS, "2027-01-10", {"9903.91.12": 10000}, "90 FR 48320: 100%", IS_CHASSIS, scenario="truce-lapses"),
    # The reciprocal tariff ended in February 2026 (CSMS 67834313) and does not come back.
    Case(TOY, "2027-02-01", {"9903.05.31": 1250}, "note 52(a)", scenario="truce-lapses", total=1250),
)
def test_the_truce_lapses(case: Case) -> None:
    case.check()


@law(
    Case(BAGS, "2028-01-09", {"9903.88.69": 0}, "a year more", EXCLUDED, scenario="truce-extended", total=1550),
    Case(BAGS, "2028-01-10", {"9903.88.03": 2500}, "the year is over", EXCLUDED, scenario="truce-extended", total=4050),
    Case(CHASSIS, "2028-01-09", {"9903.91.12": None}, "suspended", IS_CHASSIS, scenario="truce-extended"),
    Case(CHASSIS, "2028-01-10", {"9903.91.12": 10000}, "90 FR 48320", IS_CHASSIS, scenario="truce-extended"),
)
def test_the_truce_is_extended(case: Case) -> None:
    case.check()


@law(
    Case(BAGS, "2027-11-09", {"9903.88.69": 0}, "a year more", EXCLUDED, scenario="exclusions-extended", total=1550),
    Case(BAGS, "2027-11-10", {"9903.88.03": 2500}, "over", EXCLUDED, scenario="exclusions-extended", total=4050),
    Case(CHASSIS, "2026-12-15", {"9903.91.12": 10000}, "90 FR 50947", IS_CHASSIS, scenario="exclusions-extended"),
    Case(BAGS, "2026-12-15", {"9903.88.69": 0}, "as reported", EXCLUDED, scenario="as-reported", total=1550),
    Case(BAGS, "2026-12-15", {"9903.88.03": 2500}, "lapsed", EXCLUDED, scenario="exclusions-lapse", total=4050),
    Case(CHASSIS, "2026-12-15", {"9903.91.12": None}, "as reported", IS_CHASSIS, scenario="exclusions-lapse"),
)
def test_the_exclusions_are_extended_or_lapse(case: Case) -> None:
    case.check()


def test_forced_labor_duties_become_refundable_and_stop() -> None:
    collected = duty_on(TODAY, "forced-labor-struck", entered_at="2026-08-01")
    # 12.5% (note 52(a)), collected and void.
    assert (collected.total_duty, collected.total_owed) == (1250, 0)
    assert collected.layers[0].voided_by == "if-forced-labor-struck"
    assert duty_on(TODAY, "forced-labor-struck", entered_at="2026-12-31").total_duty == 1250
    assert duty_on(TODAY, "forced-labor-struck", entered_at="2027-01-01").total_duty == 0
    by_law = duty_on(TODAY, entered_at="2026-08-01")
    assert (by_law.total_duty, by_law.total_owed) == (1250, 1250)
    # Vietnam pays 12.5% as well (9903.05.84), and the court's word is for all.
    assert duty_on(TODAY, "forced-labor-struck", entered_at="2026-08-01", origin="VN").total_owed == 0


@law(
    Case(TOY, "2027-01-09", {"9903.05.31": 1250}, "note 52(a)", scenario="return-to-145-125", total=1250),
    Case(TOY, "2027-01-10", {"9903.05.31": 14500}, "145%", scenario="return-to-145-125", total=14500),
    Case(TOY, "2027-01-10", {"9903.05.43": 14500}, "145%", {"origin": "HK"}, scenario="return-to-145-125"),
    Case(TOY, "2027-01-10", {}, "no heading", {"origin": "MO"}, scenario="return-to-145-125", total=0),
    # 3.4%, 25% (note 31(g)) and 145%.
    Case(BATTERY, "2027-01-10", {"9903.91.06": 2500}, "145%", scenario="return-to-145-125", total=17340),
    Case(TOY, "2027-01-10", {"9903.05.84": 1250}, "Vietnam", {"origin": "VN"}, scenario="return-to-145-125"),
)
def test_a_return_to_the_rates_of_april_2025(case: Case) -> None:
    case.check()


@pytest.mark.parametrize(
    ("scenario", "origin", "first", "percent"),
    [
        # What the newspapers printed in April 2025: 125% (EO 14266) and 20% (EO 14228).
        ("return-to-145-125", "CN", "2027-01-10", 145),
        ("return-to-145-125", "HK", "2027-01-10", 145),
        ("return-to-145-125", "VN", "2026-07-24", Decimal("12.5")),
        ("both-to-zero", "CN", "2027-01-10", 0),
        ("forced-labor-struck", "CN", "2027-01-01", 0),
        # By the law and through a lapse of the truce: the forced-labor duty since 24 July 2026 (note 52).
        ("law", "CN", "2026-07-24", Decimal("12.5")),
        ("truce-lapses", "CN", "2026-07-24", Decimal("12.5")),
    ],
)
def test_the_headline_rate(scenario: str, origin: str, first: str, percent: Decimal) -> None:
    last = headline(engine_seen_from(TODAY, scenario).regime, origin)[-1]
    assert (last.rate * 100, last.start) == (percent, parse_instant(f"{first} 00:01 America/New_York"))


@pytest.mark.parametrize(
    ("scenario", "first", "percent"),
    [
        # Announcement 2025 No. 10: 24 of 34 points suspended for a year from 13:01 on 10 November 2025.
        ("law", "2026-11-10", 34),
        # Statements of 23 to 25 September 2026: two months more.
        ("as-reported", "2027-01-10", 34),
        ("truce-lapses", "2027-01-10", 34),
        ("truce-extended", "2028-01-10", 34),
        # Announcement 2025 No. 6: 125%.
        ("return-to-145-125", "2027-01-10", 125),
        ("both-to-zero", "2027-01-10", 0),
    ],
)
def test_the_headline_rate_of_china_on_the_united_states(scenario: str, first: str, percent: int) -> None:
    last = headline(engine_seen_from(TODAY, scenario).regime, "US", "CN")[-1]
    assert (last.rate * 100, last.start) == (percent, parse_instant(f"{first} 13:01 Asia/Shanghai"))


def test_until_the_truce_lapses_china_charges_10_percent() -> None:
    """As reported; by the law as published 34 percent since 10 November 2026 (Announcement 2025 No. 10)."""
    duties = {
        scenario: amounts_on(TODAY, scenario, **SOYBEANS, entered_at="2026-12-31")[0]["TC2025-4"]
        for scenario in ("law", "truce-lapses", "truce-extended")
    }
    assert duties == {"law": 3400, "truce-lapses": 1000, "truce-extended": 1000}


@law(
    Case(TOY, "2027-01-09", {"9903.05.31": 1250}, "note 52(a)", scenario="both-to-zero", total=1250),
    Case(TOY, "2027-01-10", {}, "zero", scenario="both-to-zero", total=0),
    Case(BATTERY, "2027-01-10", {"9903.91.06": None}, "3.4% stays", scenario="both-to-zero", total=340),
    # Metals of section 232 fall on all origins: 25% on a chassis as a derivative (9903.82.09).
    Case(CHASSIS, "2027-01-10", {"9903.82.09": 2500, "9903.91.12": None}, "232", IS_CHASSIS, scenario="both-to-zero"),
    Case(TOY, "2027-01-10", {"9903.05.84": 1250}, "Vietnam", {"origin": "VN"}, scenario="both-to-zero"),
)
def test_both_sides_go_to_zero(case: Case) -> None:
    case.check()


TABLEWARE = {"scope": ["china-cuts-tableware"]}
QUANTITY = {"quantity": "10", "unit": "doz"}


# Soccer balls: list 4A (7.5%) and forced labor (12.5%), named by the press; plates (4.5%) only where the line says so.
@law(
    Case(SOCCER_BALL, "2026-12-31", {"9903.88.15": 750}, "list 4A", scenario="thirty-billion", total=2000),
    Case(SOCCER_BALL, "2027-01-01", {"9903.88.15": None}, "freed", scenario="thirty-billion", total=0),
    Case(SOCCER_BALL, "2027-01-01", {"9903.88.15": 750}, "not in force", scenario="as-reported", total=2000),
    Case(SOCCER_BALL, "2027-01-01", {"9903.05.84": 1250}, "Vietnam", {"origin": "VN"}, scenario="thirty-billion"),
    Case(PLATES, "2027-01-01", {"9903.05.31": 1250}, "not said", QUANTITY, scenario="thirty-billion", total=1700),
    Case(PLATES, "2027-01-01", {}, "said", QUANTITY | TABLEWARE, scenario="thirty-billion", total=450),
    Case(TOY, "2027-01-01", {}, "no radio", {"scope": ["toy-without-radio"]}, scenario="thirty-billion", total=0),
    Case(TOY, "2027-01-01", {"9903.05.31": 1250}, "not said", scenario="thirty-billion", total=1250),
    Case(BATTERY, "2027-01-01", {"9903.91.06": 2500}, "not named", scenario="thirty-billion", total=4090),
)
def test_the_thirty_billion_lists_take_effect(case: Case) -> None:
    case.check()


def test_a_toy_is_asked_whether_it_is_one_of_those_named() -> None:
    asked = {one.fact for one in duty_on(TODAY, "thirty-billion", entered_at="2027-01-01").questions}
    assert "scope:toy-without-radio" in asked
    assert "scope:toy-without-radio" not in {one.fact for one in duty_on(TODAY, entered_at="2027-01-01").questions}
