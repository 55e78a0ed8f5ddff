"""The base duty for every origin: column 1 general, column 2, and the special programs claimed, by date."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tests.conftest import TODAY, duty_on, engine_seen_from, shipped_schedule

from tidewaiter.assess.countries import country_codes
from tidewaiter.assess.errors import LineError
from tidewaiter.schedule.special import parse_special

BATTERY = "8507.60.0090"
"""3.4% general; Free (A,AU,BH,CL,CO,D,E,IL,JO,KR,MA,OM,P,PA,PE,S,SG); column 2 40%."""
JULY = "2026-08-01"


def base(**given: Any) -> tuple[str, str, str]:
    """Column, text and amount of the base duty."""
    found = duty_on(**{"hts": BATTERY, "entered_at": JULY, **given}).base
    return found.column, found.text, str(found.amount)


def warned(known: str = TODAY, **given: Any) -> list[str]:
    found = duty_on(known, **{"hts": BATTERY, "entered_at": JULY, **given})
    return [one.code for one in found.warnings]


@pytest.mark.parametrize("origin", sorted(country_codes()))
def test_every_country_is_answered(origin: str) -> None:
    # coverage.yaml: every origin, from the first section 301 list on.
    for day in ("2018-07-06T00:01", "2025-01-01", "2026-11-22"):
        hts = BATTERY if day > "2026" else "9503.00.0073"
        assert duty_on(hts=hts, origin=origin, entered_at=day).origin == origin


@pytest.mark.parametrize(
    ("name", "code"),
    [
        # Schedule C of the Census Bureau, as trade data spell it.
        ("Burma (Myanmar)", "MM"),
        ("South Korea (Republic of Korea)", "KR"),
        ("Germany (Federal Republic of Germany)", "DE"),
        ("Falkland Islands (Islas Malvinas)", "FK"),
        ("Republic of Ireland", "IE"),
    ],
)
def test_names_of_the_census_bureau(name: str, code: str) -> None:
    assert duty_on(hts=BATTERY, origin=name, entered_at=JULY).origin == code


@pytest.mark.parametrize(
    ("origin", "day", "column"),
    [
        # General note 3(b): Cuba and North Korea, always.
        ("CU", "2018-07-07", "column2"),
        ("CU", JULY, "column2"),
        ("KP", "2018-07-07", "column2"),
        ("KP", JULY, "column2"),
        # Public Law 117-110: Belarus and Russia, the day after enactment on 8 April 2022.
        ("RU", "2022-04-08", "general"),
        ("BY", "2022-04-08", "general"),
        ("BY", "2022-04-09", "column2"),
        ("UA", JULY, "general"),
        ("CN", JULY, "general"),
    ],
)
def test_column_2(origin: str, day: str, column: str) -> None:
    hts = "8708.29.5160"  # 2.5% general, 25% column 2
    found = duty_on(hts=hts, origin=origin, entered_at=day).base
    assert (found.column, found.text) == (column, {"general": "2.5%", "column2": "25%"}[column])


OPEN = [
    ("S", "CA", "general note 11"),
    ("S+", "MX", "general note 11"),
    ("AU", "AU", "general note 28"),
    ("BH", "BH", "general note 30"),
    ("CL", "CL", "general note 26"),
    ("CO", "CO", "general note 34"),
    ("D", "KE", "general note 16"),
    ("E", "BB", "general note 7"),
    ("IL", "IL", "general note 8"),
    ("JO", "JO", "general note 18"),
    ("KR", "KR", "general note 33"),
    ("MA", "MA", "general note 27"),
    ("OM", "OM", "general note 31"),
    ("P", "NI", "general note 29"),
    ("PA", "PA", "general note 35"),
    ("PE", "PE", "general note 32"),
    ("S", "MX", "general note 11"),
    ("SG", "SG", "general note 25"),
]


@pytest.mark.parametrize(("spi", "origin", "cite"), OPEN)
def test_a_program_gives_its_rate_to_its_countries_only(spi: str, origin: str, cite: str) -> None:
    program = engine_seen_from().regime.ledger.special[spi]
    assert cite in program.cite
    line = shipped_schedule().resolve(BATTERY, shipped_schedule().last_edition)
    printed = {code for rate in parse_special(line.special) for code in rate.programs}
    found = duty_on(hts=BATTERY, entered_at=JULY, origin=origin, spi=spi)
    if spi in printed:
        assert (found.base.column, found.base.text, found.base.program) == ("special", "Free", spi), cite
        assert found.as_json()["base"]["program"] == spi
    else:
        assert (found.base.column, found.base.amount) == ("general", Decimal("340.00"))
        assert "spi_no_rate" in [one.code for one in found.warnings]
    for other in ("CN", "DE", "CU"):
        with pytest.raises(LineError) as refused:
            duty_on(hts=BATTERY, entered_at=JULY, origin=other, spi=spi)
        assert refused.value.code == "spi_not_open"


WINDOWS = [
    # The agreement's entry into force, 1 July 2020; NAFTA's own rates are not printed any more.
    ("S", "MX", "2020-06-30", "spi_not_open", None),
    ("S", "MX", "2020-07-01", None, None),
    ("CA", "CA", "2020-06-30", "not_covered", None),
    ("MX", "MX", "2020-07-01", "spi_not_open", None),
    # 19 USC 2465: GSP lapsed with 31 December 2020 (CSMS 45244051).
    ("A", "PK", "2020-12-31", "not_covered", None),
    ("A", "PK", "2021-01-01", "spi_not_open", None),
    ("A", "PK", "2026-11-01", "spi_not_open", None),
    # 19 USC 2466b: AGOA lapsed with 30 September 2025; H.R. 7148 of 3 February 2026 looks back to 1 October 2025.
    ("D", "KE", "2025-09-30", None, None),
    ("D", "KE", "2025-10-01", "spi_not_open", "2026-02-02"),
    ("D", "KE", "2025-10-01", None, "2026-02-03"),
    ("D", "KE", "2026-02-02", "spi_not_open", "2026-02-02"),
    ("D", "KE", "2026-12-31", None, None),
    ("D", "KE", "2027-01-01", "spi_not_open", None),
    ("D", "KE", "2023-12-31", "not_covered", None),
    # Public Law 114-125, section 915: Nepal's program ended with 2025.
    ("NP", "NP", "2025-12-31", "spi_no_rate", None),
    ("NP", "NP", "2026-01-01", "spi_not_open", None),
    # Public Law 116-164: CBTPA to 30 September 2030; a battery has no rate under it.
    ("R", "JM", "2030-09-30", "spi_no_rate", None),
    ("R", "JM", "2030-10-01", "spi_not_open", None),
    # Proclamation 9974: Japan from 1 January 2020.
    ("JP", "JP", "2019-12-31", "spi_not_open", None),
    ("JP", "JP", "2020-01-01", "spi_no_rate", None),
]


@pytest.mark.parametrize(("spi", "origin", "day", "said", "known"), WINDOWS)
def test_a_program_by_date(spi: str, origin: str, day: str, said: str | None, known: str | None) -> None:
    hts = BATTERY if day >= "2026-02" else "8507.60.0020"
    given = {"hts": hts, "entered_at": day, "origin": origin, "spi": spi}
    if said == "not_covered":
        with pytest.raises(LineError) as refused:
            duty_on(known or TODAY, **given)
        assert refused.value.code == said
        return
    found = duty_on(known or TODAY, **given)
    codes = {one.code for one in found.warnings} & {"spi_not_open", "spi_no_rate"}
    assert codes == ({said} if said else set())
    assert found.base.text == ("Free" if said is None else "3.4%")


def test_the_special_programs_cover_every_indicator_that_the_schedule_prints() -> None:
    schedule = shipped_schedule()
    printed = {
        code
        for edition in (schedule.editions[0], schedule.last_edition)
        for chapter in schedule.chapters
        if chapter < "98"
        for line in schedule.lines(edition, chapter)
        for rate in parse_special(line.special)
        for code in rate.programs
    }
    special = engine_seen_from().regime.ledger.special
    assert printed <= set(special)
    assert all(program.cite and program.title for program in special.values())


@pytest.mark.parametrize(("spi", "origin"), [("C", "FR"), ("K", "CH"), ("L", "IN")])
def test_programs_for_any_country_of_column_1(spi: str, origin: str) -> None:
    # General notes 6, 13 and 14: by article, whatever the country; not for goods that pay column 2.
    hts = {"C": "3917.21.0000", "K": "2833.29.5110", "L": "2903.19.6010"}[spi]
    assert duty_on(hts=hts, entered_at=JULY, origin=origin, spi=spi, quantity=1).base.column == "special"
    with pytest.raises(LineError) as refused:
        duty_on(hts=hts, entered_at=JULY, origin="RU", spi=spi, quantity=1)
    assert refused.value.code == "spi_not_open"


def test_a_claimed_rate_needs_no_quantity_that_only_the_general_rate_needs() -> None:
    # 0102.29.4024: 1 cent a kilogram in column 1 general, Free for originating goods of Israel.
    cattle = {"hts": "0102.29.4024", "entered_at": "2018-07-07", "origin": "IL"}
    with pytest.raises(LineError) as refused:
        duty_on(**cattle)
    assert refused.value.code == "missing_quantity"
    assert duty_on(**cattle, spi="IL").base.column == "special"


def test_a_claim_on_a_free_line_is_kept_for_the_fee() -> None:
    # 19 CFR 24.23(c): no merchandise processing fee on originating goods, free in column 1 general too.
    toy = {"hts": "9503.00.0073", "entered_at": "2026-08-01", "origin": "SG"}
    assert [fee.code for fee in duty_on(**toy).fees] == ["MPF"]
    claimed = duty_on(**toy, spi="SG")
    assert claimed.fees == []
    assert not {"spi_no_rate", "spi_not_open"} & {one.code for one in claimed.warnings}


@pytest.mark.parametrize(
    ("origin", "spi", "charged"),
    [
        ("MX", "S", False),
        ("AU", "AU", False),
        ("KR", "KR", False),
        ("NI", "P", False),
        ("JO", "JO", True),
        ("MA", "MA", True),
        ("KE", "D", True),
        ("IL", None, False),
        ("BB", None, False),
        ("VI", None, False),
        ("VN", None, True),
        ("MX", None, True),
    ],
)
def test_merchandise_processing_fee_by_program_and_origin(origin: str, spi: str | None, charged: bool) -> None:
    # 19 CFR 24.23(c).
    found = duty_on(hts=BATTERY, entered_at=JULY, origin=origin, spi=spi)
    assert bool([fee for fee in found.fees if fee.code == "MPF"]) is charged


def test_a_claim_of_an_indicator_in_small_letters_is_read() -> None:
    assert base(origin="KR", spi="kr") == ("special", "Free", "0.00")


def test_a_lapsed_claim_counts_for_nothing_else() -> None:
    # A caution, the general rate, and no effect on any heading.
    lapsed, silent = (duty_on(hts=BATTERY, entered_at=JULY, origin="PK", spi=spi) for spi in ("A", None))
    assert [layer.as_json() for layer in lapsed.layers] == [layer.as_json() for layer in silent.layers]
    assert lapsed.total_duty == silent.total_duty
    assert "spi_not_open" in warned(origin="PK", spi="A")


SHIPPED = {"hts": "8507.60.0020", "origin": "CN", "shipped_from": "Vietnam"}


@pytest.mark.parametrize(
    ("day", "warned_of"),
    [
        # EO 14326 sec. 3: from 7 August 2025; EO 14389 ended collection on 24 February 2026.
        ("2025-08-06", False),
        ("2025-08-07", True),
        ("2026-02-23", True),
        ("2026-02-24", False),
    ],
)
def test_the_origin_counts_not_where_it_was_shipped_from(day: str, warned_of: bool) -> None:
    given = {**SHIPPED, "hts": BATTERY if day >= "2026-02" else "8507.60.0020", "entered_at": day}
    found = duty_on(**given)
    direct = duty_on(**{**given, "shipped_from": None})
    assert found.total_duty == direct.total_duty
    said = {one.code: one.message for one in found.warnings}
    assert "the origin CN counts" in said["origin_not_shipped_from"]
    assert ("transshipment" in said) is warned_of
    assert not {"origin_not_shipped_from", "transshipment"} & {one.code for one in direct.warnings}


def test_a_shipment_from_its_origin_is_not_remarked_upon() -> None:
    found = duty_on(**{**SHIPPED, "shipped_from": "PRC", "entered_at": "2025-10-01"})
    assert not {"origin_not_shipped_from", "transshipment"} & {one.code for one in found.warnings}


@pytest.mark.parametrize("day", ["2022-04-09", JULY])
def test_russia_pays_column_2_where_note_30_does_not_replace_it(day: str) -> None:
    """Public Law 117-110: from 9 April 2022. 8471.30.0100 carries no footnote to 9903.90.08 or .09."""
    assert duty_on(hts="8471.30.0100", origin="RU", entered_at=day).base.column == "column2"
