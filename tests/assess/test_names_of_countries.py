"""Countries as people write them: codes and names resolved where they mean one country, refused with a suggestion elsewhere."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.assess.contract import answers
from tests.conftest import TOY, line_of

from tidewaiter.assess.countries import COUNTRIES_FILE, country_codes, origin_code
from tidewaiter.assess.errors import LineError


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("CN", "CN"),
        ("cn", "CN"),
        (" CN ", "CN"),
        ("CHN", "CN"),
        ("PRC", "CN"),
        ("China", "CN"),
        ("people's republic of china", "CN"),
        ("People’s Republic of China", "CN"),
        ("P.R. China", "CN"),
        ("5700", "CN"),
        ("UK", "GB"),
        ("U.K.", "GB"),
        ("Great Britain", "GB"),
        ("England", "GB"),
        ("4120", "GB"),
        ("South Korea", "KR"),
        ("Korea, South", "KR"),
        ("Republic of Korea", "KR"),
        ("5800", "KR"),
        ("North Korea", "KP"),
        ("Viet Nam", "VN"),
        ("vietnam", "VN"),
        ("Taiwan", "TW"),
        ("Türkiye", "TR"),
        ("Turkey", "TR"),
        ("Ivory Coast", "CI"),
        ("Cote d'Ivoire", "CI"),
        ("The Bahamas", "BS"),
        ("St. Lucia", "LC"),
        ("Trinidad & Tobago", "TT"),
        ("Burma", "MM"),
        ("Niger", "NE"),
        ("Nigeria", "NG"),
        ("Guinea", "GN"),
        ("DR Congo", "CD"),
        ("Hong Kong", "HK"),
        ("Macau", "MO"),
        ("Macao", "MO"),
        ("Czech Republic", "CZ"),
        ("5082", "PS"),
        ("5083", "PS"),
    ],
)
def test_what_means_one_country_is_resolved(typed: str, code: str) -> None:
    assert origin_code(typed) == code


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Chnia", "CN (China)"),
        ("Veitnam", "VN (Vietnam)"),
        ("Germny", "DE (Germany)"),
        ("South Koreaa", "KR (South Korea)"),
        ("Congo", "CG (Congo, Republic of the)"),
        ("Virgin Islands", "VG (British Virgin Islands) or VI"),
        ("Saint Martin", "MF (Saint Martin (French part)) or SX"),
        ("XX", "ISO 3166"),
        ("9999", "ISO 3166"),
        ("Europe", ""),
        ("EU", "did you mean one of AT, BE, BG, CY"),
        ("The European Union", "FR, GR, HR"),
        ("", "ISO 3166"),
    ],
)
def test_what_is_similar_or_means_several_is_refused_with_a_suggestion(typed: str, said: str) -> None:
    with pytest.raises(LineError) as refused:
        origin_code(typed)
    assert refused.value.code == "unknown_origin"
    assert said.lower() in refused.value.hint.lower()


def test_every_name_of_the_file_means_one_country() -> None:
    with COUNTRIES_FILE.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(line for line in stream if not line.startswith("#")))
    for row in rows:
        for name in filter(None, [row["code"], row["name"], *row["aliases"].split(";"), *row["census"].split(";")]):
            assert origin_code(name) == row["code"], name
    assert len({row["code"] for row in rows}) == len(rows) == len(country_codes())


def test_every_schedule_c_code_is_known(sources: Path) -> None:
    with (sources / "us" / "census_codes.csv").open(encoding="utf-8-sig", newline="") as stream:
        codes = [row["Code"] for row in csv.DictReader(stream)]
    assert len(codes) == 240
    assert {origin_code(code) for code in codes} <= set(country_codes())


def test_names_are_resolved_in_files_and_for_every_country_of_a_line() -> None:
    lines = [
        {"hts": TOY, "origin": origin, "value": 1, "entered_at": "2026-08-01"}
        for origin in ("PRC", "South Korea", 5700)
    ]
    assert [said.as_json()["origin"] for said in answers(*lines)] == ["CN", "KR", "CN"]
    assert line_of(entered_at="2026-08-01", smelt_country="Iceland").words["smelt_country"] == "IS"


@given(st.text(max_size=40))
def test_anything_typed_is_a_country_or_refused(typed: str) -> None:
    try:
        assert origin_code(typed) in country_codes()
    except LineError as error:
        assert error.code == "unknown_origin" and error.hint
