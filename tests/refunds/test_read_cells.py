"""Single cells: what ACE prints, what brokers write, and what spreadsheets make of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewaiter.refunds import read_cells
from tidewaiter.refunds.entry_numbers import check_digit, checked, dashed, with_check_digits
from tidewaiter.refunds.read_headers import known_columns
from tidewaiter.refunds.read_problems import CODES

# Two numbers of real entries, found in public tests (BII...), and four made by the same rule with letters of each third.
REAL = ["BII-0599285-4", "BII-0599920-6", "ABC-1234567-6", "NKW-0123456-1", "8EP-7654321-8", "S9Z-0000001-8"]


@pytest.mark.parametrize("number", REAL)
def test_check_digits(number: str) -> None:
    # ACE CATAIR appendix E, 7501 instructions appendix 1.
    plain = number.replace("-", "")
    assert check_digit(plain[:10]) == int(plain[10])
    assert checked(pl.Series([plain])).tolist() == [True]
    assert dashed(plain) == number


def test_one_wrong_digit_is_seen() -> None:
    numbers = [number.replace("-", "") for number in REAL]
    wrong = [f"{one[:10]}{(int(one[10]) + 1) % 10}" for one in numbers]
    assert not checked(pl.Series(wrong)).any()


@given(st.lists(st.from_regex(r"[0-9A-Z]{3}[0-9]{7}", fullmatch=True), min_size=1, max_size=20))
def test_many_check_digits_are_those_of_each(tens: list[str]) -> None:
    assert with_check_digits(pl.Series(tens)).to_list() == [f"{ten}{check_digit(ten)}" for ten in tens]


@pytest.mark.parametrize(
    ("text", "value", "code"),
    [
        ("BII05992854", "BII05992854", ""),
        ("BII-0599285-4", "BII05992854", ""),
        (" bii 0599285 4 ", "BII05992854", ""),
        ("BII\u20130599285\u20134", "BII05992854", ""),  # smart dashes
        ("'01600123458", "01600123458", ""),  # the sign by which Excel keeps text
        ("1600123458", "1600123458", "stripped_zeros"),
        ("1600123458.0", "1600123458", "stripped_zeros"),
        ("1.600123458E+09", "1600123458", "stripped_zeros"),  # no digit is lost, but the zero
        ("1.6E+09", None, "scientific_notation"),
        ("#N/A", None, "excel_error"),
        ("BII0599285", None, "bad_entry_number"),
        ("12345678901234", None, "bad_entry_number"),
        ("\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19\uff10", None, "bad_entry_number"),
        ("x" * 10_000, None, "bad_entry_number"),
    ],
)
def test_entry_numbers(text: str, value: str | None, code: str) -> None:
    assert read_cells.entry_number(text) == (value, code)


@pytest.mark.parametrize(
    ("text", "value", "code"),
    [
        ("99030128", "99030128", ""),
        ("9903.01.28", "99030128", ""),
        ("3923.90.0080", "3923900080", ""),
        ("3923.90.00.80", "3923900080", ""),
        ("3923900080.0", "3923900080", ""),
        ("8.507600090E+09", "8507600090", ""),
        ("811100050", "811100050", "stripped_zeros"),
        ("8.5076E+09", None, "scientific_notation"),
        ("8507.6", None, "decimal_number"),
        ("101.3", None, "decimal_number"),
        ("2030-01-01", None, "excel_date"),
        ("1/30/2025", None, "excel_date"),
        ("Jan-30", None, "excel_date"),
        ("#REF!", None, "excel_error"),
        ("=A1", None, "excel_error"),
        ("850760", None, "bad_hts"),
        ("MPF", None, "bad_hts"),
    ],
)
def test_tariff_numbers(text: str, value: str | None, code: str) -> None:
    assert read_cells.hts(text) == (value, code)


APRIL_8 = date(2025, 4, 8)


@pytest.mark.parametrize(
    "text",
    [
        "04/08/2025", "4/8/2025", "4/8/25", "2025-04-08", "2025/04/08", "20250408", "45755", "45755.0", "08-Apr-2025",
        "8 Apr 2025",
        "Apr 8, 2025", "April 8, 2025", "2025-04-08T00:00:00", "04/08/2025 12:00:00 AM", "2025-04-08 00:00", "04-08-2025",
        "04\u201308\u20132025", " 04/08/2025 ", "2025-04-09T03:59:00+00:00", "2025-04-08T23:59-04:00", "2025-04-09T03:59Z",
    ],
)  # fmt: skip
def test_days(text: str) -> None:
    assert read_cells.day(False)(text) == (APRIL_8, "")


def test_instants_are_days_in_the_importing_country() -> None:
    assert read_cells.day(False)("2026-02-24T04:59:59Z") == (date(2026, 2, 23), "")
    assert read_cells.day(False)("2026-02-24T05:00:00Z") == (date(2026, 2, 24), "")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("25/12/2025", "day_first"), ("13/45/2025", "bad_date"), ("02/30/2025", "bad_date"), ("1899-12-31", "unlikely_date"),
        ("9999-12-31", "unlikely_date"), ("soon", "bad_date"), ("2025", "bad_date"),
        ("2025-13-01T00:00Z", "bad_date"), ("10000", "unlikely_date"), ("0000-00-00", "bad_date"), ("00/00/0000", "bad_date"),
    ],
)  # fmt: skip
def test_no_days(text: str, code: str) -> None:
    assert read_cells.day(False)(text) == (None, code)


def test_the_day_first_where_the_map_says_so() -> None:
    assert read_cells.day(True)("08/04/2025") == (APRIL_8, "")
    assert read_cells.day(True)("25/12/2025") == (date(2025, 12, 25), "")


@pytest.mark.parametrize(
    ("text", "cents", "code"),
    [
        ("$2,567.49", 256749, ""), ("2567.49", 256749, ""), ("$0.00", 0, ""), ("FREE", 0, ""), ("Free", 0, ""),
        ("12", 1200, ""),
        ("(12.00)", -1200, "negative"), ("($12.00)", -1200, "negative"), ("-$12.00", -1200, "negative"),
        ("12.00-", -1200, "negative"),
        ("\u221212.00", -1200, "negative"), ("(0.00)", 0, ""), ("USD 1,000.5", 100050, ""), ("$ 5.00", 500, ""),
        (".5", 50, ""), ("0.125", 13, "rounded"), ("2567.4900000000002", 256749, ""), ("1,234,567.89", 123456789, ""),
        ("1,23.00", None, "bad_money"), ("1.234,56", None, "bad_money"), ("12,5", None, "bad_money"),
        ("abc", None, "bad_money"),
        ("1.2E+05", None, "scientific_notation"), ("#REF!", None, "excel_error"), ("$", None, "bad_money"),
        ("9" * 40, None, "bad_money"), ("99,999,999,999.99", 9_999_999_999_999, ""), ("100000000000", None, "bad_money"),
        ("N/A", None, ""), ("-", None, ""), ("\u0661\u0662", None, "bad_money"), ("nan", None, ""), ("inf", None, "bad_money"),
    ],
)  # fmt: skip
def test_money(text: str, cents: int | None, code: str) -> None:
    assert read_cells.money(known_columns().fields["duty"].words)(text) == (cents, code)


@pytest.mark.parametrize(
    ("read", "text", "value", "code"),
    [
        (read_cells.entry_type, "1", "01", ""),
        (read_cells.entry_type, "01 - Consumption", "01", ""),
        (read_cells.entry_type, "1.0", "01", ""),
        (read_cells.entry_type, "47", "47", ""),
        (read_cells.entry_type, "Consumption", None, "bad_entry_type"),
        (read_cells.entry_type, "0", None, "bad_entry_type"),
        (read_cells.port, "704", "0704", ""),
        (read_cells.port, "2704 ", "2704", ""),
        (read_cells.filer, "16", "016", ""),
        (read_cells.filer, "bii", "BII", ""),
        (read_cells.count, "001", 1, ""),
        (read_cells.count, "2.0", 2, ""),
        (read_cells.count, "0", None, "bad_number"),
        (read_cells.quantity, "1,500.25", Decimal("1500.250000"), ""),
        (read_cells.quantity, "many", None, "bad_number"),
        (read_cells.country, "cn", "CN", ""),
        (read_cells.country, "China", "CN", ""),
        (read_cells.country, "CN - China", "CN", ""),
        (read_cells.country, "Chinaland", None, "unknown_country"),
    ],
)
def test_other_cells(read: read_cells.Read, text: str, value: Any, code: str) -> None:
    assert read(text) == (value, code)


def test_a_filer_that_is_a_name_says_nothing() -> None:
    assert read_cells.filer("Harbor Lane Customs Brokers") is None


@given(st.text(max_size=40))
def test_any_cell_is_read_or_named(text: str) -> None:
    for one in known_columns().fields.values():
        if text.strip():
            cell = read_cells.reader_of(one.kind, one.words, False)(text)
            assert cell is None or cell.code == "" or cell.code in CODES


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)))
def test_every_way_to_print_a_day_says_that_day(day: date) -> None:
    ways = [
        day.isoformat(),
        f"{day:%m/%d/%Y}",
        f"{day:%Y%m%d}",
        f"{day:%d-%b-%Y}",
        str((day - date(1899, 12, 30)).days),
    ]
    assert {read_cells.day(False)(way) for way in ways} == {(day, "")}


@given(st.integers(-(10**13) + 1, 10**13 - 1))
def test_every_way_to_print_money_says_that_money(cents: int) -> None:
    dollars, rest = divmod(abs(cents), 100)
    plain = f"{dollars}.{rest:02}"
    ways = [f"-{plain}", f"(${dollars:,}.{rest:02})"] if cents < 0 else [plain, f"${dollars:,}.{rest:02}"]
    cells = [read_cells.money({})(way) for way in ways]
    assert [cell.value for cell in cells if cell] == [cents] * len(ways)
