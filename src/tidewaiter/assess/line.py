"""A line of a shipment: the fields of the contract, read from what people have and checked.

Money is ``Decimal`` US dollars; an instant is whole seconds since 1970 (UTC); a bare date is kept as a day.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from tidewaiter.assess.errors import LineError
from tidewaiter.ledger.instants import Instant, end_of_day, local_day, zone

_PLAIN_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)", re.ASCII)
_YEAR_OR_MONTH = re.compile(r"\d{4}(-(0[1-9]|1[0-2]))?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}|\d{8}", re.ASCII)
_DAY_AND_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ].{2,30}", re.ASCII)
_YEARS = range(1900, 2200)
_MOST = Decimal(10) ** 13
_ENTRY_TYPE = re.compile(r"\d{1,2}", re.ASCII)
INTO = "US"
"""The importing country of a line that names none."""
TRANSPORTS = ("vessel", "air", "truck", "rail", "mail")
MONEY_FIELDS = ("steel_value", "aluminum_value", "copper_value", "us_content_value", "ch98_value")
SHARE_FIELDS = ("metal_weight_share",)
NUMBER_FIELDS = ("quantity", "quantity_2", *SHARE_FIELDS, "items")
DATE_FIELDS = ("loaded_at", "exported_at", "imported_at", "admitted_at", "withdrawn_at", "deposited_at")
SHIPPED_FROM = "shipped_from"
COUNTRY_FIELDS = ("smelt_country", "melt_country", "cast_country", SHIPPED_FROM)
FTZ_STATUSES = ("PF", "NPF", "D", "ZR")
"""Privileged foreign, nonprivileged foreign, domestic, zone-restricted (19 CFR 146.41-146.44)."""
WORD_FIELDS = ("spi", "ch98", "entry_type", *COUNTRY_FIELDS, "ftz_status")
LIST_FIELDS = ("claims", "scope")
TEXT_FIELDS = ("line_id", "entry_id", "into", "hts", "origin", "value", "entered_at", "transport", "unit", "unit_2")
FIELDS = frozenset(TEXT_FIELDS + MONEY_FIELDS + NUMBER_FIELDS + DATE_FIELDS + WORD_FIELDS + LIST_FIELDS) | {"facts"}
FACT_FIELDS = frozenset(MONEY_FIELDS + NUMBER_FIELDS + DATE_FIELDS + WORD_FIELDS)
"""Fields that may also stand among the facts, under the same name: they mean the same there."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time as given: an instant, or a bare day (``day`` set) whose hour is not known."""

    instant: Instant
    day: date | None
    written: str

    def before(self, cut: Instant, zone_name: str) -> bool | None:
        """Whether it lies before a cut of the law; ``None`` for a bare date that is the day of the cut."""
        if self.day is None:
            return self.instant < cut
        cut_day = local_day(cut, zone_name)
        return None if self.day == cut_day else self.day < cut_day


@dataclass(frozen=True, slots=True)
class Line:
    """One tariff line of a shipment, as the contract has it. Build it with :func:`read_line`."""

    hts: str
    origin: str
    value: Decimal
    entered: Moment
    into: str = "US"
    line_id: str | None = None
    entry_id: str | None = None
    transport: str | None = None
    quantities: Mapping[str, Decimal] = field(default_factory=dict)
    unnamed_quantities: tuple[Decimal, ...] = ()
    claims: frozenset[str] = frozenset()
    scope: frozenset[str] = frozenset()
    entry_value: Decimal | None = None
    moments: Mapping[str, Moment] = field(default_factory=dict)
    numbers: Mapping[str, Decimal] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def fixed_at_admission(self) -> bool:
        """Whether privileged foreign status fixes the law at admission to the zone (19 CFR 146.41)."""
        return self.words.get("ftz_status") == "PF"


def read_moment(text: str, zone_name: str, name: str) -> Moment:
    """An ISO date (with or without hyphens), or an ISO date and time; a time without offset is local to ``zone_name``.

    Raises ``LineError`` ``bad_date``.
    """
    text = text.strip()
    try:
        return _moment(text, zone_name)
    except ValueError as error:
        hint = not_a_day(text) or "write 2026-11-22 or 2026-11-22T00:01-05:00"
        raise LineError("bad_date", f"{name} {text!r} is no date", hint) from error


def not_a_day(text: str) -> str:
    """What to write in place of a year or a month alone; empty for any other text."""
    if not _YEAR_OR_MONTH.fullmatch(text):
        return ""
    year = len(text) == len("2026")
    return f"a {'year' if year else 'month'} is not enough: write a day, such as {text}{'-01-01' if year else '-01'}"


def _moment(text: str, zone_name: str) -> Moment:
    if _DAY.fullmatch(text):
        day = date.fromisoformat(text)
        moment = datetime.combine(day, time())
    elif _DAY_AND_TIME.fullmatch(text):
        day, moment = None, datetime.fromisoformat(text)
    else:
        raise ValueError("neither a day nor a day and a time")
    if moment.year not in _YEARS:
        raise ValueError("a year outside of any shipment's is a slip of the pen")
    if day is not None:
        return Moment(end_of_day(day, zone_name), day, text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone(zone_name))
    return Moment(int(moment.timestamp()), None, text)


def read_decimal(given: Any, name: str) -> Decimal:
    """A plain decimal number. Raises ``LineError`` ``bad_number`` for floats' specials, separators and exponents."""
    if isinstance(given, bool):
        raise LineError("bad_number", f"{name} is true or false, not a number")
    text = repr(given) if isinstance(given, float) else plain_text(given).strip()
    hint = "write a plain number such as 10000.00, without separators, currency signs or exponents"
    if not _PLAIN_NUMBER.fullmatch(text):
        raise LineError("bad_number", f"{name} {text!r} is not a plain number", hint)
    try:
        number = Decimal(text)
    except InvalidOperation as error:  # pragma: no cover - the pattern leaves nothing for Decimal to refuse
        raise LineError("bad_number", f"{name} {text!r} is not a plain number", hint) from error
    if number < 0:
        raise LineError("negative_number", f"{name} is negative: {text}", "values and quantities are never below zero")
    if number >= _MOST:
        raise LineError("bad_number", f"{name} {text} is larger than any shipment", hint)
    return number or Decimal(0)  # never minus zero


def plain_text(given: Any) -> str:
    """A cell as text. The zero of a column with seven decimal places is 0.0000000, where Python writes 0E-7."""
    if isinstance(given, Decimal):
        exponent = given.as_tuple().exponent
        if isinstance(exponent, int) and exponent <= 0:
            return f"{given:f}"
    return str(given)


def check_share(number: Decimal, name: str) -> None:
    """Raises ``LineError`` ``bad_number`` for a share above 1: fifteen percent is 0.15, not 15."""
    if number > 1:
        raise LineError("bad_number", f"{name} is a share from 0 to 1, not {number}", "fifteen percent is 0.15")


def words_of(given: Any) -> frozenset[str]:
    """The words of a list field: a list, or text with semicolons between them."""
    parts = given if isinstance(given, list | tuple | set | frozenset) else str(given).split(";")
    return frozenset(word for part in parts if part is not None and (word := str(part).strip()))


def _said(given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that say something: not missing, not empty, not blank."""
    return {
        name: value
        for name, value in given.items()
        if value is not None and value != [] and not (isinstance(value, str) and not value.strip())
    }


def read_line(
    given: Mapping[str, Any], zones: Mapping[str, str], origin: Callable[[str], str] = lambda text: text
) -> Line:
    """A line from a mapping of contract fields (strings, numbers, lists). Empty fields count as absent.

    ``zones`` gives the time zone of each importing country, ``origin`` turns what people type into a country code.
    Raises ``LineError`` with a stable code for whatever cannot be read.
    """
    said = _said(given)
    facts = _facts_of(said)
    into = str(said.get("into", INTO)).strip().upper()
    if into not in zones:
        raise LineError("not_covered", f"imports into {into!r} are not covered", f"covered: {', '.join(sorted(zones))}")
    for name in ("hts", "origin", "value", "entered_at"):
        if name not in said:
            raise LineError("missing_field", f"{name} is missing", "a line needs hts, origin, value and entered_at")
    zone_name = zones[into]
    moments = {name: read_moment(str(said[name]), zone_name, name) for name in (*DATE_FIELDS,) if name in said}
    numbers = {name: read_decimal(said[name], name) for name in (*MONEY_FIELDS, *NUMBER_FIELDS) if name in said}
    for name in SHARE_FIELDS:
        check_share(numbers.get(name, Decimal(0)), name)
    words = {name: read_word(name, str(said[name])) for name in WORD_FIELDS if name in said}
    for name in COUNTRY_FIELDS:
        if name in words:
            words[name] = origin(words[name])
    for name, value in facts.items():
        words[name], number, moment = read_fact(name, value, zone_name)
        if number is not None:
            numbers[name] = number
        if moment is not None:
            moments[name] = moment
    entered = moments.get("withdrawn_at") or read_moment(str(said["entered_at"]), zone_name, "entered_at")
    quantities, unnamed = _quantities(said, numbers)
    value = read_decimal(said["value"], "value")
    for name in MONEY_FIELDS:
        if numbers.get(name, value) > value:
            raise LineError("bad_number", f"{name} {numbers[name]} is larger than the value of the line, {value}")
    return Line(
        hts=str(said["hts"]).strip(),
        origin=origin(str(said["origin"]).strip()),
        value=value,
        entered=entered,
        into=into,
        line_id=str(said["line_id"]) if "line_id" in said else None,
        entry_id=str(said["entry_id"]) if "entry_id" in said else None,
        transport=read_transport(said["transport"]) if "transport" in said else None,
        quantities=quantities,
        unnamed_quantities=unnamed,
        claims=words_of(said.get("claims", ())),
        scope=words_of(said.get("scope", ())),
        moments=moments,
        numbers=numbers,
        words=words,
    )


def _facts_of(said: dict[str, Any]) -> dict[str, Any]:
    """The ``facts`` object, and the ``fact.NAME`` columns of a table; fields of the contract move to where they belong."""
    facts = said.get("facts", {})
    if not isinstance(facts, Mapping):
        raise LineError("bad_field", "facts is not an object", 'write {"chip_tpp": 15000}')
    columns = {name[5:]: value for name, value in said.items() if name.startswith("fact.")}
    found = {str(name): value for name, value in _said({**facts, **columns}).items()}
    for name in found.keys() & FACT_FIELDS:
        if name in said:
            raise LineError("bad_field", f"{name} is given twice: as a field and as a fact")
        said[name] = found.pop(name)
    return found


def read_fact(name: str, value: Any, zone_name: str) -> tuple[str, Decimal | None, Moment | None]:
    """A named fact as a word and, if it has the form, as a number or a date too: the law knows which it asks for.

    Raises ``LineError`` ``bad_date``, ``bad_number``, ``negative_number``.
    """
    text = str(value).strip()
    if _DAY.match(text) and not text.isdigit():
        return text, None, read_moment(text, zone_name, name)
    if _PLAIN_NUMBER.fullmatch(text) and not isinstance(value, bool):
        return text, read_decimal(value, name), None
    return text, None, None


def read_word(name: str, text: str) -> str:
    """A text field, in the form in which the law names it. Raises ``LineError`` ``bad_field``."""
    return _WORDS.get(name, str.strip)(text)


def _ch98_number(text: str) -> str:
    """The eight digits with points; a statistical suffix is dropped, for no rule hangs on it."""
    digits = text.strip().replace(".", "")
    if not (digits.isascii() and digits.isdigit()) or len(digits) not in (8, 10):
        raise LineError("bad_field", f"ch98 {text!r} is no chapter 98 number", "such as 9802.00.50")
    return f"{digits[:4]}.{digits[4:6]}.{digits[6:8]}"


def _entry_type(text: str) -> str:
    """Two digits; a spreadsheet drops the zero of 01."""
    if not _ENTRY_TYPE.fullmatch(text.strip()):
        raise LineError("bad_field", f"entry_type {text!r} is no entry type", "two digits, such as 01, 11 or 86")
    return text.strip().zfill(2)


def _spi(text: str) -> str:
    return text.strip().upper()


def _ftz_status(text: str) -> str:
    status = text.strip().upper()
    if status not in FTZ_STATUSES:
        raise LineError("bad_field", f"ftz_status {text!r} is not known", f"one of {', '.join(FTZ_STATUSES)}")
    return status


_WORDS: dict[str, Callable[[str], str]] = {
    "spi": _spi,
    "ch98": _ch98_number,
    "entry_type": _entry_type,
    "ftz_status": _ftz_status,
}


def read_transport(given: Any) -> str:
    """A means of transport. Raises ``LineError`` ``bad_field``."""
    transport = str(given).strip().lower()
    if transport not in TRANSPORTS:
        raise LineError("bad_field", f"transport {transport!r} is not known", f"one of {', '.join(TRANSPORTS)}")
    return transport


def _quantities(
    said: Mapping[str, Any], numbers: Mapping[str, Decimal]
) -> tuple[dict[str, Decimal], tuple[Decimal, ...]]:
    """Quantities by unit; those given without a unit are taken in the order of the tariff's own units."""
    named: dict[str, Decimal] = {}
    unnamed: list[Decimal] = []
    for quantity, unit in (("quantity", "unit"), ("quantity_2", "unit_2")):
        if quantity not in numbers:
            continue
        if unit in said:
            named[str(said[unit]).strip()] = numbers[quantity]
        else:
            unnamed.append(numbers[quantity])
    return named, tuple(unnamed)
