"""Single cells as ACE, brokers and spreadsheets print them: what they say, or the code of what is wrong with them.

Each function takes a cell that is not blank and gives what was read, with a code of ``read_problems.CODES`` where somebody
should know something. A spreadsheet's damage is mended only where what was meant is certain.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from tidewaiter.assess.countries import country_codes, origin_code
from tidewaiter.assess.errors import LineError
from tidewaiter.refunds.entry_numbers import is_entry_number
from tidewaiter.refunds.read_headers import known_columns, plain


class Cell(NamedTuple):
    """What a cell says (``None``: it cannot be read), and the code of its problem."""

    value: Any
    code: str = ""


Read = Callable[[str], Cell | None]
DASHES = "-\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
"""The dash of a keyboard, and those that programs put in its place."""
_DASH = re.compile(f"[{DASHES}]")
_BLANKS = re.compile(r"[\s\u00a0\u200b\ufeff']+")
_SCIENCE = re.compile(r"(\d)(?:\.(\d+))?[eE]\+?(\d{1,2})")
_EXCEL_ERROR = re.compile(r"#[A-Z0-9/!?]+|=.*", re.DOTALL)
_KEPT = re.compile(r'="([^"]*)"')
"""How programs write text into a CSV so that a spreadsheet keeps its zeros: ="01600123458"."""
_ISO_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_TIMED = re.compile(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp]\.?[Mm]\.?)?$")
_OFFSET = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*(Z|[+-]\d{2}:?\d{2})$")
_US_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})")
_DAY_MONTH = re.compile(r"(\d{1,2})[- ]([A-Za-z]{3,9})[-, ]+(\d{4}|\d{2})")
_MONTH_DAY = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})")
_COMPACT = re.compile(r"(19|20|21)\d{6}")
_SERIAL = re.compile(r"(\d{5})(\.\d+)?")
_MONTHS = {
    text: number for number, text in enumerate(re.findall("...", "janfebmaraprmayjunjulaugsepoctnovdec"), start=1)
}
_EXCEL_EPOCH = date(1899, 12, 30)
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_MONEY = re.compile(r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?(?:\.([0-9]*))?")
_MOST_DIGITS = 11
"""No cell says 100 billion dollars or more: all that was collected under the duties struck down is not much more, and the exact
interest of a thousand such lines still fits the decimals that it is computed in."""
_CENT = Decimal("0.01")
_QUANTITY_PLACES, _QUANTITY_DIGITS = 6, 12


def bare(text: str) -> str:
    """A code without blanks and dashes, in capitals.

    >>> bare(" bii\u20130599285\u20134 ")
    'BII05992854'
    """
    return _BLANKS.sub("", _DASH.sub("", text)).upper()


def damage(text: str) -> str:
    """The code of what a spreadsheet has done to a cell that should be digits; empty if nothing is seen."""
    if _EXCEL_ERROR.fullmatch(text):
        return "excel_error"
    if _SCIENCE.fullmatch(text):
        return "scientific_notation"
    if _date_of(text, False) is not None and not text.replace(".", "").isdigit():
        return "excel_date"
    if re.fullmatch(r"[A-Za-z]{3}-\d{1,2}|\d{1,2}-[A-Za-z]{3}", text):  # 0101.30 as a day of January
        return "excel_date"
    return "decimal_number" if re.fullmatch(r"\d+\.\d+", text) else ""


def whole_digits(text: str) -> str:
    """What a spreadsheet wrote of a whole number without losing a digit: 8507600090.0, 8.507600090E+09; else the text."""
    science = _SCIENCE.fullmatch(text)
    if science and len(science[2] or "") == int(science[3]):
        return science[1] + (science[2] or "")
    return text[:-2] if re.fullmatch(r"\d+\.0", text) else text


def entry_number(text: str) -> Cell | None:
    """Eleven characters. All digits but fewer: zeros are lost, and they are restored later where that is certain."""
    text = text.strip()
    number = bare(whole_digits(text))
    if is_entry_number(number):
        return Cell(number)
    if number.isascii() and number.isdigit() and 8 <= len(number) < 11:
        return Cell(number, "stripped_zeros")
    return Cell(None, damage(text) or "bad_entry_number")


def hts(text: str) -> Cell | None:
    """Eight or ten digits. Seven or nine: a zero is lost, and it is restored later where that is certain."""
    text = text.strip()
    dotted = re.fullmatch(r"\d{4}\.\d{2}\.?(\d{2}\.?(\d{2})?|\d{4})", text)
    # No dashes are taken out here: 2030-01-01 is a day, not eight digits.
    number = text.replace(".", "") if dotted else _BLANKS.sub("", whole_digits(text))
    if number.isascii() and number.isdigit():
        if len(number) in (8, 10):
            return Cell(number)
        if len(number) in (7, 9):
            return Cell(number, "stripped_zeros")
    return Cell(None, damage(text) or "bad_hts")


def day(day_first: bool) -> Read:
    """A day: 04/08/2025 (the month first unless ``day_first``), 2025-04-08, 08-Apr-2025, 20250408, a spreadsheet's 45755.

    An instant with an offset is the day it is in the importing country.
    """
    zone = ZoneInfo(known_columns().zone)

    def read(text: str) -> Cell | None:
        text = text.strip()
        if _OFFSET.fullmatch(text):
            try:
                return _likely(datetime.fromisoformat(text).astimezone(zone).date())
            except (ValueError, OverflowError):
                return Cell(None, "bad_date")
        found = _date_of(text, day_first)
        if found is not None:
            return _likely(found)
        if not day_first and _date_of(text, True) is not None:
            return Cell(None, "day_first")
        return _nothing(text) or Cell(None, "bad_date")

    return read


def _likely(found: date) -> Cell:
    return Cell(found) if _FIRST_YEAR <= found.year <= _LAST_YEAR else Cell(None, "unlikely_date")


def _date_of(text: str, day_first: bool) -> date | None:
    text = _TIMED.sub("", _DASH.sub("-", text)).strip()
    if match := _ISO_DAY.fullmatch(text):
        return _date(match[1], match[2], match[3])
    if match := _US_DAY.fullmatch(text):
        year = match[3] if len(match[3]) == 4 else f"20{match[3]}"
        return _date(year, match[2], match[1]) if day_first else _date(year, match[1], match[2])
    if match := _DAY_MONTH.fullmatch(text):
        year = match[3] if len(match[3]) == 4 else f"20{match[3]}"
        return _date(year, _month(match[2]), match[1])
    if match := _MONTH_DAY.fullmatch(text):
        return _date(match[3], _month(match[1]), match[2])
    if _COMPACT.fullmatch(text):
        return _date(text[:4], text[4:6], text[6:])
    if match := _SERIAL.fullmatch(text):
        return _EXCEL_EPOCH + timedelta(days=int(match[1]))
    return None


def _month(name: str) -> int:
    return _MONTHS.get(name[:3].casefold(), 0)


def _date(year: str, month: str | int, day_of_month: str | int) -> date | None:
    try:
        return date(int(year), int(month), int(day_of_month))
    except ValueError:
        return None


def money(words: Mapping[str, str]) -> Read:
    """Dollars as cents: $2,567.49, (12.00), -12, USD 12.00; ``words`` are amounts by name (free is 0)."""

    def read(text: str) -> Cell | None:
        said = plain(text)
        if said in words:
            return Cell(int(words[said]))
        number = _BLANKS.sub("", _DASH.sub("-", text)).upper().replace("$", "").replace("USD", "").replace("US", "")
        below = (number.startswith("(") and number.endswith(")")) or number.startswith("-") or number.endswith("-")
        number = number.strip("()-").removeprefix("+")
        match = _MONEY.fullmatch(number)
        if match is None or not (match[1] or match[2]) or len(number) > _MOST_DIGITS + 30:
            return _nothing(text) or Cell(None, damage(text.strip()) if "E" in number or "#" in number else "bad_money")
        amount = Decimal(number.replace(",", ""))
        cents = (amount / _CENT).quantize(Decimal(1), ROUND_HALF_UP) if amount < 10**_MOST_DIGITS else None
        if cents is None:
            return Cell(None, "bad_money")
        # What a sheet computed may be off by parts of a millionth; that is no fraction of a cent.
        odd = abs(cents * _CENT - amount) > Decimal("0.000001")
        return Cell(-int(cents) if below else int(cents), "negative" if below and cents else "rounded" if odd else "")

    return read


def quantity(text: str) -> Cell | None:
    """A number of at most six decimal places."""
    number = _BLANKS.sub("", text).replace(",", "")
    match = _MONEY.fullmatch(number)
    if match and (match[1] or match[2]) and len(match[1] or "") <= _QUANTITY_DIGITS:
        return Cell(Decimal(number).quantize(Decimal(1).scaleb(-_QUANTITY_PLACES), ROUND_HALF_UP))
    return _nothing(text) or Cell(None, "bad_number")


def count(text: str) -> Cell | None:
    """A whole number from 1."""
    number = whole_digits(text.strip())
    if number.isascii() and number.isdigit() and len(number) < 10 and int(number):
        return Cell(int(number))
    return _nothing(text) or Cell(None, "bad_number")


def entry_type(text: str) -> Cell | None:
    """Two digits, whatever stands behind them; a single digit has lost its zero."""
    match = re.match(r"\s*0*(\d{1,2})(?:\.0)?(?![0-9.A-Za-z])", text)
    return Cell(match[1].zfill(2)) if match and int(match[1]) else _nothing(text) or Cell(None, "bad_entry_type")


def port(text: str) -> Cell | None:
    """Four digits where it is digits: leading zeros are put back."""
    code = whole_digits(text.strip())
    return _nothing(text) or Cell(code.zfill(4) if code.isascii() and code.isdigit() else code)


def filer(text: str) -> Cell | None:
    """Three letters and digits; anything else is a name, and says nothing."""
    code = whole_digits(text.strip()).upper()
    code = code.zfill(3) if code.isascii() and code.isdigit() else code
    return Cell(code) if re.fullmatch(r"[0-9A-Z]{3}", code) else None


def code(text: str) -> Cell | None:
    """A number of somebody's, as printed."""
    return _nothing(text) or Cell(_DASH.sub("-", whole_digits(" ".join(text.split()))))


def upper(text: str) -> Cell | None:
    """A short code in capitals."""
    return _nothing(text) or Cell(" ".join(text.split()).upper())


def yes_no(words: Mapping[str, str]) -> Read:
    """Yes or no; ``words`` are further ways to say it."""
    known = known_columns()

    def read(text: str) -> Cell | None:
        said = plain(text)
        if said in words:
            return Cell(words[said] == "yes")
        if said in known.yes or said in known.no:
            return Cell(said in known.yes)
        return _nothing(text) or Cell(None, "unknown_word")

    return read


def word(words: Mapping[str, str]) -> Read:
    """One of the words of a field."""

    def read(text: str) -> Cell | None:
        said = plain(text)
        if said in words:
            return Cell(words[said])
        return _nothing(text) or Cell(None, "unknown_word")

    return read


def hinted(words: Mapping[str, str]) -> Read:
    """One of the words of a field in another field's column: the others say nothing."""
    return lambda text: Cell(words[plain(text)]) if plain(text) in words else None


def country(text: str) -> Cell | None:
    """The ISO code of a country: a code, a name, or a code with its name behind it."""
    try:
        return Cell(origin_code(text))
    except LineError:
        match = re.match(r"\s*([A-Za-z]{2})\s*[-:(/]", text)
        if match and match[1].upper() in country_codes():
            return Cell(match[1].upper())
        return _nothing(text) or Cell(None, "unknown_country")


def _nothing(text: str) -> Cell | None:
    """A cell that says that it says nothing (N/A): read, and not given."""
    said = plain(text)
    return Cell(None) if said in known_columns().nothing or not text.strip(f" {DASHES}.'") else None


def reader_of(kind: str, words: Mapping[str, str], day_first: bool) -> Read:
    """The reader of a kind of field. A blank cell says nothing; an error of a spreadsheet is one in every column."""
    read = _reader_of(kind, words, day_first)

    def careful(text: str) -> Cell | None:
        kept = _KEPT.fullmatch(text.strip())
        text = kept[1].strip() if kept else text.strip()
        if not text:
            return None
        return Cell(None, "excel_error") if _EXCEL_ERROR.fullmatch(text) else read(text)

    return careful


def _reader_of(kind: str, words: Mapping[str, str], day_first: bool) -> Read:
    simple: dict[str, Read] = {
        "entry_number": entry_number, "hts": hts, "quantity": quantity, "count": count, "entry_type": entry_type,
        "port": port, "filer": filer, "code": code, "upper": upper, "country": country, "country_code": country,
    }  # fmt: skip
    if kind in simple:
        return simple[kind]
    if kind == "day":
        return day(day_first)
    made: Collection[tuple[str, Callable[[Mapping[str, str]], Read]]] = (
        ("money", money), ("yes_no", yes_no), ("word", word), ("hinted", hinted),
    )  # fmt: skip
    return dict(made)[kind](words)
