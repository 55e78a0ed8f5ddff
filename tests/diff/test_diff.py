"""What differs between two days: headings, for whom, from what to what, by which act; and one product's total."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.conftest import TODAY, TOY, duty_on, engine_seen_from

from tidewaiter import Line, Regime
from tidewaiter.assess.errors import LineError
from tidewaiter.diff.against import changes_against
from tidewaiter.diff.headings import HeadingDiff, say_origins
from tidewaiter.diff.product import ProductDiff
from tidewaiter.diff.whole import Diff, diff
from tidewaiter.ledger.instants import parse_instant
from tidewaiter.ledger.regime import Regime as FoldedLaw

BATTERY = {"hts": "8507.60.0090", "origin": "CN", "value": "10000"}
CHINA_TOY = {"hts": TOY, "origin": "CN", "value": "10000"}


def between(since: str, until: str, known: str = TODAY, later: str | None = None, **options: Any) -> Diff:
    """Two days, the second as known on ``later``."""
    seen = engine_seen_from(later).regime if later else None
    return diff(engine_seen_from(known), since, until, later=seen, **options)


def headings(found: Diff) -> dict[str, HeadingDiff]:
    return {one.heading: one for one in found.headings}


def product(since: str, until: str, line: dict[str, str], **options: Any) -> ProductDiff:
    found = between(since, until, line=line, **options).product
    assert found is not None
    return found


def test_the_day_forced_labor_took_over_from_section_122() -> None:
    # Memorandum of 23 July 2026 (91 FR 47717), from 24 July 00:01; Proclamation 11012, through 12:01 a.m. of that day.
    found = headings(between("2026-07-23", "2026-07-24"))
    surcharge, china, europe = found["9903.03.01"], found["9903.05.31"], found["9903.05.39"]
    assert (surcharge.was, surcharge.now, surcharge.acts) == ("10%", "not in force", ("us-proc-11012",))
    assert (china.was, china.now, china.acts) == ("not in force", "12.5%", ("us-memo-2026-07-23",))
    assert china.origins == ("CN",)
    assert (europe.now, len(europe.origins)) == ("all-in 10%", 27)
    assert "91 FR 47717" in china.citation


def test_only_the_ends_of_the_days_count() -> None:
    """CSMS 67834313 stopped collection at 12:00 a.m. of 24 February 2026; Proclamation 11012 began at 12:01."""
    minutes = headings(between("2026-02-23T23:59", "2026-02-24T00:00"))
    assert minutes["9903.01.24"].now == "not in force"
    assert "9903.03.01" not in minutes
    assert headings(between("2026-02-23", "2026-02-24"))["9903.03.01"].now == "10%"
    assert between("2026-07-24", "2026-07-24").empty


def test_several_acts_on_the_way_are_all_named() -> None:
    # 34% (EO 14257), raised to 84% (EO 14259) before it began and to 125% (EO 14266).
    rise = headings(between("2025-04-04", "2025-04-10", "2025-04-10"))["9903.01.63"]
    assert (rise.was, rise.now, rise.origins) == ("not in force", "125%", ("CN", "HK", "MO"))
    assert "us-eo-14266" in rise.acts


def test_a_suspension_and_a_void_are_said() -> None:
    # EO 14298: 125% goes, 34% is suspended from 14 May 2025; void since Learning Resources (Supreme Court, 24-1287).
    truce = headings(between("2025-05-13", "2025-05-14"))["9903.01.63"]
    assert (truce.was, truce.now, truce.acts) == ("125% (void: not owed)", "suspended", ("us-eo-14298",))
    assert headings(between("2025-05-13", "2025-05-14", "2025-05-20"))["9903.01.63"].was == "125%"


def test_what_became_known_between_two_days() -> None:
    # EO 14334 of 11 August 2025 prolonged the suspension that was to end on 12 August 2025.
    found = headings(between("2025-08-13", "2025-08-13", "2025-08-10", "2025-08-12"))
    assert list(found) == ["9903.01.63", "TC2025-4"]
    assert (found["9903.01.63"].was, found["9903.01.63"].now) == ("34%", "suspended")
    assert found["9903.01.63"].acts == ("us-eo-14334",)
    # Announcement 2025 No. 8 of 12 August 2025 did the same for China's 24 points.
    assert (found["TC2025-4"].was, found["TC2025-4"].now) == ("34%", "suspended but for 10%")
    assert found["TC2025-4"].acts == ("cn-tc-2025-8",)
    # The ruling of 20 February 2026 makes what was assessed on that day refundable.
    void = headings(between("2025-08-13", "2025-08-13", "2025-08-12", "2026-02-21"))["9903.01.24"]
    assert (void.was, void.now, void.acts) == ("20%", "20% (void: not owed)", ("us-scotus-24-1287",))


def test_lists_rules_fees_and_numbers_differ_too() -> None:
    found = between("2025-12-31", "2026-02-01")
    china = next(one for one in found.lists if one.name == "us-301-china")
    # 89 FR 76581: batteries from list 4A to note 31(g) on 1 January 2026.
    assert "85076000 9903.91.06" in china.added
    assert "85076000 9903.88.15" in china.removed
    assert "us-fr-89-76581" in china.acts
    # 8507.60.0020 left with 2026 revision 2.
    assert any("8507.60.0020" in one.ended for one in found.editions)
    rules = {one.name for one in between("2026-07-23", "2026-07-24").rules}
    assert "metals-over-forced-labor" in rules
    # 91 FR 48398: MPF from 1 October 2026 at least 34.58, at most 670.86.
    (fee,) = between("2026-09-30", "2026-10-01").fees
    assert (fee.name, "33.58" in fee.was, "34.58" in fee.now, "670.86" in fee.now) == ("MPF", True, True, True)


def test_the_taxes_and_duties_of_another_importing_country_differ_too() -> None:
    # Announcement [2019] No. 39: 16% VAT becomes 13% on 1 April 2019; the duty on vehicles had been suspended until then
    # ([2018] No. 10) and is not carried out since ([2019] No. 1).
    found = between("2019-03-31", "2019-04-01", into=("CN",))
    (tax,) = found.fees
    assert (tax.name, tax.was, tax.now) == ("VAT", "16%", "13%")
    cars = headings(found)["TC2018-5.autos"]
    assert (cars.what, cars.acts) == ("ends, suspended until then", ("cn-tc-2019-1",))
    # Fees and rules are those of the country asked about.
    assert not between("2019-03-31", "2019-04-01", into=("US",)).fees
    assert not between("2025-05-01", "2025-05-02", into=("CN",)).rules


def test_a_product_into_another_country_is_explained() -> None:
    # Announcement of 13 May 2025 (No. 7), from 14 May 12:01: 125% becomes 10%.
    soybeans = {"hts": "1201.90.11", "origin": "US", "into": "CN", "value": "10000"}
    found = product("2025-05-13", "2025-05-14", soybeans)
    assert found.change == Decimal(-11500)
    assert "from 125%, 12,500.00 to 10%, 1,000.00" in found.sentence()


def test_a_heading_whose_rate_stays_may_stand_on_other_conditions() -> None:
    # Proclamation 11032, 8 June 2026: metal of US origin from 85% of the weight on, no longer 95%.
    found = headings(between("2026-06-07", "2026-06-08"))["9903.82.06"]
    assert (found.was, found.now, found.what) == (
        "10%",
        "10%, on other conditions",
        "stays 10%, on other conditions",
    )
    assert found.acts == ("us-proc-11032",)


def test_what_parcels_pay_is_a_rule() -> None:
    # EO 14256: no de minimis for China and Hong Kong from 2 May 2025.
    rules = {one.name: one for one in between("2025-05-01", "2025-05-02").rules}
    assert rules["de-minimis-china-2025-spring"].now == ""
    assert "EO 14256" in rules["de-minimis-china-2025-spring"].citation


def test_what_matters_for_one_origin() -> None:
    found = between("2026-07-23", "2026-07-24", origin="VN")
    # Vietnam pays 12.5% under 9903.05.84; the heading of China is not told, nor the list of Jordan.
    assert {"9903.05.84", "9903.03.01", "9903.05.86"} <= set(headings(found))
    assert "9903.05.31" not in headings(found)
    assert {"us-301-fl-exempt"} <= {one.name for one in found.lists}
    assert "us-301-fl-jo" not in {one.name for one in found.lists}


def test_a_product_is_explained_in_a_sentence() -> None:
    found = product("2026-07-23", "2026-07-24", BATTERY)
    assert found.change == Decimal(250)
    sentence = found.sentence()
    assert "the duty is 3,840.00 (38.4%) on 2026-07-23 and 4,090.00 (40.9%) on 2026-07-24, 250.00 more" in sentence
    assert "9903.03.01 (10%, 1,000.00) ends by Proclamation 11012" in sentence
    assert "9903.05.31 (12.5%, 1,250.00) begins by Presidential Memorandum of July 23, 2026" in sentence


def test_a_heading_that_only_takes_anothers_place_does_not_begin() -> None:
    # The baseline of EO 14257 lives since 5 April 2025; it answers again where 9903.01.63 is suspended.
    found = product("2025-05-13", "2025-05-14", CHINA_TOY)
    assert found.change == Decimal(-11500)
    assert "9903.01.63 (125%, 12,500.00) ends by EO 14298" in found.sentence()
    assert "9903.01.25 (10%, 1,000.00) applies instead, under EO 14257" in found.sentence()
    # 20% and 125%; 20% and 10%: all of it is refundable.
    assert "Refundable: 14,500.00 on 2025-05-13 and 3,000.00 on 2025-05-14" in found.sentence()


def test_the_totals_are_those_of_the_engine() -> None:
    for since, until in (("2025-04-04", "2025-04-10"), ("2026-02-23", "2026-02-24"), ("2026-07-23", "2026-12-31")):
        found = product(since, until, BATTERY | {"hts": "8507.60.00"} if since < "2026-02-01" else BATTERY)
        if found.before is None or found.after is None:
            continue
        given = {"hts": found.after.hts, "origin": "CN", "value": "10000"}
        wanted = duty_on(entered_at=until, **given).total_duty - duty_on(entered_at=since, **given).total_duty
        assert found.change == wanted
        assert sum(one.change for one in found.layers) == wanted


def test_a_product_as_it_became_known() -> None:
    found = product("2025-08-13", "2025-08-13", CHINA_TOY, known="2025-08-10", later="2025-08-12")
    assert found.change == Decimal(-2400)  # 34% less 10%
    assert "9903.01.63 (34%, 3,400.00) ends by EO 14334" in found.sentence()
    assert "as known on 2025-08-10" in found.sentence()


def test_an_extension_that_ended_is_named() -> None:
    line = {"hts": "3923.21.0095", "origin": "CN", "value": "10000", "claims": "9903.88.69:iii-8"}
    found = product("2026-11-09", "2026-11-10", line)
    assert found.change == Decimal(2500)
    assert "9903.88.69 (relieved, 0.00) ends by 90 FR 55232" in found.sentence()
    assert "9903.88.03 (25%, 2,500.00) applies instead" in found.sentence()


def test_a_number_that_ended_is_told_with_its_reason() -> None:
    found = product("2026-01-31", "2026-02-01", BATTERY | {"hts": "8507.60.0020"})
    assert found.change is None
    assert found.before is not None and found.after is None
    assert "ended_number" in found.sentence()
    assert "8507.60.0090" in found.sentence()
    said = found.as_json()
    assert said["after"]["error"]["code"] == "ended_number"


def test_nothing_changes_is_said() -> None:
    assert "nothing about it changes" in product("2026-09-01", "2026-09-02", CHINA_TOY).sentence()


def test_a_second_day_before_the_first_is_refused() -> None:
    with pytest.raises(LineError, match="lies before") as refused:
        between("2026-07-24", "2026-07-23")
    assert refused.value.code == "bad_date"


def test_days_before_coverage_are_refused_and_never_no_change() -> None:
    """coverage.yaml: the United States from 6 July 2018, the first list of section 301; China from 2 April 2018."""
    with pytest.raises(LineError) as refused:
        between("2017-01-01", "2017-02-01")
    assert refused.value.code == "date_before_coverage"
    assert "US are covered from 2018-07-06 on, imports into CN are covered from 2018-04-02 on" in refused.value.message
    with pytest.raises(LineError, match=r"US are covered from 2018-07-06 on$"):
        between("2018-05-01", "2018-05-02", into=("US",))
    # What is known of such days is told all the same (Proclamation 9705 of 8 March 2018), and that it may not be all.
    march = between("2018-03-22", "2018-03-24", into=("US",))
    assert "9903.80.01" in headings(march)
    said = "imports into US are covered from 2018-07-06 on: what changed before may be missing"
    assert march.as_json()["warnings"] == [{"code": "date_before_coverage", "message": said}]
    # Nothing is missing of the day itself: the end of 5 July against the end of 6 July.
    assert between("2018-07-05", "2018-07-06").warnings == ()
    assert between("2018-07-04", "2018-07-06").uncovered == ("US",)


def test_origins_in_words() -> None:
    regime, at = engine_seen_from().regime, parse_instant("2026-08-01")
    assert say_origins((), regime, at) == "every origin"
    assert say_origins(("CN", "HK"), regime, at) == "CN, HK"
    europe = tuple(sorted(regime.members("EU", at) or ()))
    assert say_origins((*europe, "TW"), regime, at) == "EU, TW"


def test_a_group_of_the_laws_own_is_no_origin() -> None:
    """Proclamation 9711 of 22 March 2018: steel of Argentina, Australia, Brazil, Canada, the European
    Union, Mexico and South Korea was left out. The beneficiaries of 19 CFR 24.23(c), a group of the fees, name no origins."""
    found = next(one for one in between("2018-03-22", "2018-03-24").headings if one.heading == "9903.80.01")
    regime, at = engine_seen_from().regime, parse_instant("2018-03-24")
    assert say_origins(found.origins, regime, at) == "every origin but EU, AR, AU, BR, CA, KR, MX, US"
    spared = frozenset(found.origins) & (regime.members("NO-MPF", at) or frozenset())
    assert say_origins(tuple(sorted(spared)), regime, at).startswith("AG, AS, AW, BB, ")


def test_a_scenario_against_the_law_by_windows() -> None:
    regimes = [FoldedLaw.load(TODAY, name) for name in ("law", "return-to-145-125")]
    found = {one.heading: one for one in changes_against(*regimes)}
    assert set(found) == {"9903.05.31", "9903.05.43", "TC2025-4"}
    china = found["9903.05.31"]
    assert (china.was, china.now, china.origins) == ("12.5%", "145%", ("CN",))
    assert china.start == parse_instant("2027-01-10 00:01 America/New_York")


def test_from_python() -> None:
    law = Regime.load(known_on=TODAY)
    toy = Line(hts=TOY, origin="CN", value="10000", entered_at="2026-12-01")
    found = law.diff("2027-02-01", "2027-02-01", later=law.what_if("both-to-zero"), line=toy)
    assert found.product is not None
    assert found.product.change == Decimal(-1250)
    assert "supposition of the scenario both-to-zero: all duties aimed at China end" in found.product.sentence()
    said = found.as_json()
    assert (said["before"]["scenario"], said["after"]["scenario"]) == ("law", "both-to-zero")
    assert {one["heading"] for one in said["headings"]} >= {"9903.05.31", "9903.88.03"}


def test_a_country_that_joins_does_so_by_an_act() -> None:
    # Proclamation 9887: Turkey is no developing country for the safeguards on solar cells and washers from 17 May 2019.
    found = headings(between("2019-05-16", "2019-05-17"))
    for heading in ("9903.45.21", "9903.45.22", "9903.45.01", "9903.45.02"):
        assert found[heading].now.endswith(", also for TR")
        assert found[heading].acts == ("us-proc-9887",)
        assert "9887" in found[heading].citation


def test_the_tariff_of_either_country_is_compared() -> None:
    # China's most-favored-nation rates fall on 1 November 2018, as tabulated by Bown, Jung and Zhang (PIIE, 2019).
    found = between("2018-10-31", "2018-11-01", into=["CN"])
    (edition,) = found.editions
    assert (edition.edition, edition.into, edition.ended, edition.began) == ("2018 from 1 November", "CN", [], [])
    assert ("0301.11.00", "17.5%", "10%") in edition.rates
    assert between("2018-10-31", "2018-11-01", into=["US"]).editions == ()
    # From 2022 on subheadings only are at hand: no tariff line has ended by that.
    (coarse,) = between("2021-12-31", "2022-01-01", into=["CN"]).editions
    assert (coarse.comparable, coarse.ended) == (False, [])


def test_a_heading_whose_last_day_of_entry_has_passed_ends() -> None:
    # EO 14195 as in heading 9903.01.23: loaded before 1 February 2025 and entered before 7 March 2025.
    found = headings(between("2025-03-06", "2025-03-07"))["9903.01.23"]
    assert (found.what, found.origins) == ("ends: relief", ("CN", "HK"))
    assert "EO 14195" in found.citation
    # Forced labor: loaded before 24 July 2026 and entered before 28 July 2026 (9903.05.85).
    assert headings(between("2026-07-27", "2026-07-28"))["9903.05.85"].what == "ends: relief"


@pytest.mark.parametrize("day", ["2018-06-01", "2022-06-01", "2023-04-10", "2025-11-14", "2026-02-24", "2026-09-15"])
def test_whatever_differs_is_cited(day: str) -> None:
    before = (date.fromisoformat(day) - timedelta(days=1)).isoformat()
    assert [one.heading for one in between(before, day).headings if not one.citation] == []
