"""A line of a shipment: the fields of the contract, read from what people have and checked.

Money is ``Decimal`` US dollars; an instant is whole seconds since 1970 (UTC); a bare date is kept as a day.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from tidewaiter.assess.errors import LineError
from tidewaiter.ledger.instants import Instant, end_of_day, local_day, zone

_PLAIN_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)$")
_MOST = Decimal(10) ** 13
TRANSPORTS = ("vessel", "air", "truck", "rail", "mail")
MONEY_FIELDS = ("steel_value", "aluminum_value", "copper_value", "us_content_value", "ch98_value")
NUMBER_FIELDS = ("quantity", "quantity_2", "metal_weight_share", "items")
DATE_FIELDS = ("loaded_at", "exported_at", "admitted_at", "withdrawn_at", "deposited_at")
WORD_FIELDS = ("spi", "ch98", "entry_type", "smelt_country", "melt_country", "cast_country", "ftz_status")
LIST_FIELDS = ("claims", "scope")
TEXT_FIELDS = ("line_id", "entry_id", "into", "hts", "origin", "value", "entered_at", "transport", "unit", "unit_2")
FIELDS = frozenset(TEXT_FIELDS + MONEY_FIELDS + NUMBER_FIELDS + DATE_FIELDS + WORD_FIELDS + LIST_FIELDS) | {"facts"}


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
    moments: Mapping[str, Moment] = field(default_factory=dict)
    numbers: Mapping[str, Decimal] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)


def read_moment(text: str, zone_name: str, name: str) -> Moment:
    """An ISO date, or an ISO date and time; a time without offset is local to ``zone_name``.

    Raises ``LineError`` ``bad_date``.
    """
    text = text.strip()
    try:
        if len(text) == 10:
            day = date.fromisoformat(text)
            return Moment(end_of_day(day, zone_name), day, text)
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError) as error:
        raise LineError(
            "bad_date", f"{name} {text!r} is no date", "write 2026-11-22 or 2026-11-22T00:01-05:00"
        ) from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone(zone_name))
    return Moment(int(moment.timestamp()), None, text)


def read_decimal(given: Any, name: str) -> Decimal:
    """A plain decimal number. Raises ``LineError`` ``bad_number`` for floats' specials, separators and exponents."""
    if isinstance(given, bool):
        raise LineError("bad_number", f"{name} is true or false, not a number")
    if isinstance(given, float):
        given = repr(given)
    text = str(given).strip()
    hint = "write a plain number such as 10000.00, without separators, currency signs or exponents"
    if not _PLAIN_NUMBER.match(text):
        raise LineError("bad_number", f"{name} {text!r} is not a plain number", hint)
    try:
        number = Decimal(text)
    except InvalidOperation as error:  # pragma: no cover - the pattern leaves nothing for Decimal to refuse
        raise LineError("bad_number", f"{name} {text!r} is not a plain number", hint) from error
    if number < 0:
        raise LineError("negative_number", f"{name} is negative: {text}", "values and quantities are never below zero")
    if number >= _MOST:
        raise LineError("bad_number", f"{name} {text} is larger than any shipment", hint)
    return number


def _words_of(given: Any) -> frozenset[str]:
    parts = given if isinstance(given, list | tuple | set | frozenset) else str(given).split(";")
    return frozenset(word for part in parts if (word := str(part).strip()))


def read_line(
    given: Mapping[str, Any], zones: Mapping[str, str], origin: Callable[[str], str] = lambda text: text
) -> Line:
    """A line from a mapping of contract fields (strings, numbers, lists). Empty fields count as absent.

    ``zones`` gives the time zone of each importing country, ``origin`` turns what people type into a country code.
    Raises ``LineError`` with a stable code for whatever cannot be read.
    """
    said = {name: value for name, value in given.items() if value is not None and value != "" and value != []}
    facts = _facts_of(said)
    into = str(said.get("into", "US")).strip().upper()
    if into not in zones:
        raise LineError("not_covered", f"imports into {into!r} are not covered", f"covered: {', '.join(sorted(zones))}")
    for name in ("hts", "origin", "value", "entered_at"):
        if name not in said:
            raise LineError("missing_field", f"{name} is missing", "a line needs hts, origin, value and entered_at")
    zone_name = zones[into]
    moments = {
        name: read_moment(str(said[name]), zone_name, name) for name in (*DATE_FIELDS,) if name in said
    }
    numbers = {name: read_decimal(said[name], name) for name in (*MONEY_FIELDS, *NUMBER_FIELDS) if name in said}
    words = {name: str(said[name]).strip() for name in WORD_FIELDS if name in said}
    if "ch98" in words:
        words["ch98"] = _ch98_number(words["ch98"])
    for name, value in facts.items():
        _read_fact(name, value, zone_name, moments, numbers, words)
    entered = moments.get("withdrawn_at") or read_moment(str(said["entered_at"]), zone_name, "entered_at")
    quantities, unnamed = _quantities(said, numbers)
    return Line(
        hts=str(said["hts"]).strip(),
        origin=origin(str(said["origin"]).strip()),
        value=read_decimal(said["value"], "value"),
        entered=entered,
        into=into,
        line_id=str(said["line_id"]) if "line_id" in said else None,
        entry_id=str(said["entry_id"]) if "entry_id" in said else None,
        transport=_transport(said),
        quantities=quantities,
        unnamed_quantities=unnamed,
        claims=_words_of(said.get("claims", ())),
        scope=_words_of(said.get("scope", ())),
        moments=moments,
        numbers=numbers,
        words=words,
    )


def _facts_of(said: dict[str, Any]) -> dict[str, Any]:
    """The ``facts`` object, and the ``fact.NAME`` columns of a table."""
    facts = said.get("facts", {})
    if not isinstance(facts, Mapping):
        raise LineError("bad_field", "facts is not an object", 'write {"chip_tpp": 15000}')
    columns = {name[5:]: value for name, value in said.items() if name.startswith("fact.")}
    return {**facts, **columns}


def _read_fact(
    name: str,
    value: Any,
    zone_name: str,
    moments: dict[str, Moment],
    numbers: dict[str, Decimal],
    words: dict[str, str],
) -> None:
    """A named fact goes where its form says: a date, a number, or a word."""
    text = str(value).strip()
    if re.match(r"\d{4}-\d{2}-\d{2}", text):
        moments[name] = read_moment(text, zone_name, name)
    elif _PLAIN_NUMBER.match(text) and not isinstance(value, bool):
        numbers[name] = read_decimal(value, name)
    else:
        words[name] = text


def _ch98_number(text: str) -> str:
    """The eight digits with points; a statistical suffix is dropped, for no rule hangs on it."""
    digits = text.replace(".", "")
    if not digits.isdigit() or len(digits) not in (8, 10):
        raise LineError("bad_field", f"ch98 {text!r} is no chapter 98 number", "such as 9802.00.50")
    return f"{digits[:4]}.{digits[4:6]}.{digits[6:8]}"


def _transport(said: Mapping[str, Any]) -> str | None:
    if "transport" not in said:
        return None
    transport = str(said["transport"]).strip().lower()
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
