"""Lines of every kind, made up from a seed: real numbers, every origin, all facts, entries, and cells that are refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from random import Random

import polars as pl
from tests.conftest import engine_seen_from, shipped_schedule

from tidewaiter.assess.countries import country_codes

Cells = dict[str, str | None]
MEETING = ["9503.00.0073", "8507.60.0090", "7318.15.2065", "7601.10.3000", "8541.42.0010", "2204.21.5040"]
MEETING += ["8708.29.5160", "8703.23.0160", "4407.11.0001", "8471.50.0150", "9403.40.9060", "3004.90.9244"]
MEETING += ["9102.11.1030", "0402.10.1000", "8507.60.0020"]
"""Numbers on which several programs, caps, contents or specific rates meet."""
_NOT_NUMBERS = ["", "1234", "abcd", "9903.88.03", "9802.00.50", "8507600", "8507.60.0091", " 8507600090 "]
_ORIGINS = ["CN", "HK", "CA", "MX", "BR", "IN", "GB", "DE", "JP", "KR", "CH", "TW", "VN", "RU", "NI", "CU"]
_VALUES = ["0", "0.01", "0.5", "800", "2500", "10000", "188077", "99999999999.12", "123.456"]
_NOT_VALUES = ["-1", "1e5", "10,000", "", " 7 ", None]
_TRANSPORTS = ["vessel", "air", "truck", "rail", "mail", "Vessel", "balloon"]
_UNITS = ["kg", "No.", "doz.", "m2", "liter", "t", "foo"]
_CONTENTS = ["steel_value", "aluminum_value", "copper_value", "us_content_value", "ch98_value"]
_PLACES = ["smelt_country", "melt_country", "cast_country", "shipped_from"]
_FACTS = {"money": ["100"], "number": ["15000", "4800", "0.5", "1"], "share": ["0.96", "0.5", "0.86"]}


def any_lines(seed: int, count: int) -> pl.DataFrame:
    """So many lines as columns of text, lines of one entry next to each other; ``line_id`` counts from 1."""
    random = Random(seed)
    lines = [_line(random) for _ in range(count)]
    _file_together(random, lines)
    for number, line in enumerate(lines, start=1):
        line["line_id"] = str(number)
    names = sorted({name for line in lines for name in line})
    return pl.DataFrame({name: pl.Series([line.get(name) for line in lines], dtype=pl.String) for name in names})


def _line(random: Random) -> Cells:
    line: Cells = {
        "hts": random.choice(MEETING) if random.random() < 0.3 else random.choice(_numbers()),
        "origin": random.choice(_ORIGINS) if random.random() < 0.8 else random.choice(sorted(country_codes())),
        "value": random.choice(_VALUES) if random.random() < 0.3 else f"{random.randrange(10**9) / 100:.2f}",
        "entered_at": _day(random, date(2025, 1, 1), date(2026, 12, 31)),
        "note": random.choice(["=1+1", "é", "", None]),
    }
    if random.random() < 0.2:
        line["entered_at"] = _day(random, date(2018, 1, 1), date(2028, 1, 1)) + random.choice(
            ["", "T00:00", "T12:01+08:00"]
        )
    if random.random() < 0.06:
        name, cells = random.choice(
            [
                ("hts", _NOT_NUMBERS),
                ("origin", ["China", "Nowhere", "", None]),
                ("value", _NOT_VALUES),
                ("entered_at", ["x"]),
            ]
        )
        line[name] = random.choice(cells)
    _say(random, line, "transport", 0.6, _TRANSPORTS)
    _say(random, line, "quantity", 0.5, ["100", "12.5", "1"])
    _say(random, line, "unit", 0.2, _UNITS)
    _say(random, line, "quantity_2", 0.3, ["100", "7"])
    if random.random() < 0.5:
        _facts(random, line)
    return line


def _facts(random: Random, line: Cells) -> None:
    ledger = engine_seen_from().regime.ledger
    groups = {
        group: sorted(one.name for one in ledger.facts.values() if one.group == group) for group in ("claims", "scopes")
    }
    for name in _CONTENTS:
        _say(random, line, name, 0.15, ["0", "12.34", line["value"], "500"])
    _say(random, line, "metal_weight_share", 0.2, ["0", "0.149999", "0.15", "0.6", "1.5"])
    for name, group in (("claims", "claims"), ("scope", "scopes")):
        if random.random() < 0.4:
            words = [*groups[group], *(f"not:{word}" for word in groups[group]), "9903.88.69", "9903.01.34"]
            line[name] = ";".join(random.sample(words, random.choice([1, 1, 2, 3])))
    _say(random, line, "spi", 0.3, [*sorted(ledger.special), "zz"])
    _say(random, line, "ch98", 0.15, [*sorted(engine_seen_from().regime.ch98_numbers), "9802.00.99"])
    for name in ("loaded_at", "exported_at", "imported_at", "admitted_at", "withdrawn_at"):
        if random.random() < 0.12:
            line[name] = _day(random, date(2025, 1, 1), date(2026, 12, 1))
    for name in _PLACES:
        _say(random, line, name, 0.12, ["RU", "GB", "CN", "VN", "US"])
    _say(random, line, "ftz_status", 0.15, ["PF", "NPF", "q"])
    _say(random, line, "entry_type", 0.2, ["01", "11", "86", "06"])
    _say(random, line, "items", 0.1, ["1", "3"])
    named = sorted((one for one in ledger.facts.values() if one.group == "facts"), key=lambda one: one.name)
    for fact in random.sample(named, random.choice([0, 0, 1, 2])):
        dated = [_day(random, date(2024, 1, 1), date(2026, 1, 1))]
        line[f"fact.{fact.name}"] = random.choice(
            dated if fact.type == "instant" else _FACTS.get(fact.type, ["RU", "GB"])
        )


def _file_together(random: Random, lines: list[Cells]) -> None:
    """Entries of 1 to 40 lines; some lines name none."""
    place = number = 0
    while place < len(lines):
        size, number = random.choice([1, 1, 2, 3, 6, 40]), number + 1
        name = random.choice([None, ""]) if random.random() < 0.4 else f"E{number}"
        for line in lines[place : place + (size if name else 1)]:
            line["entry_id"] = name
        place += size if name else 1


def _say(random: Random, line: Cells, name: str, chance: float, cells: list[str] | list[str | None]) -> None:
    if random.random() < chance:
        line[name] = random.choice(cells)


def _day(random: Random, first: date, last: date) -> str:
    return str(first + timedelta(days=random.randrange((last - first).days)))


@cache
def _numbers() -> list[str]:
    """The numbers of the last edition and of an early one: some have ended, some have not begun."""
    schedule = shipped_schedule()
    editions = (schedule.last_edition, schedule.editions[3])
    return [line for edition in editions for line in _written(edition.index)]


def _written(edition: int) -> Iterator[str]:
    schedule = shipped_schedule()
    return (line.written for line in schedule.lines(schedule.editions[edition]) if line.number[:2] not in ("98", "99"))
