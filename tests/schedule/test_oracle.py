"""The schedule against the USITC tariff database of 6 June 2025: every HTS8, its rates split into numbers, its units.

Every remaining difference is listed in ``oracle_explained.csv`` with its reason; an unused explanation fails too.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from tidewaiter.schedule.expressions import AdValorem, Compound, Expression, Specific, UnparsedDutyError, parse
from tidewaiter.schedule.line import ScheduleLine
from tidewaiter.schedule.store import Schedule
from tidewaiter.schedule.units import UnknownUnitError, canonical_unit

EXPLAINED = Path(__file__).with_name("oracle_explained.csv")
EDITION = "2025 rev 15"
TEXTS = {"mfn": "general", "col2": "column2"}
NO_NUMBER = {"9999", "9999.99", "9999.999999", ""}
# CKG, CGM and CTN count the content of a substance that only the schedule names; NA and X are no units.
CONTENT_CODES = {"CKG": "kg ", "CGM": "g ", "CTN": "t "}
NO_UNIT = {"", "NA", "X"}


class Mismatch(NamedTuple):
    """A field in which the two differ."""

    hts8: str
    field: str
    ours: str
    theirs: str


def mismatches(schedule: Schedule, database: Path) -> Iterator[Mismatch]:
    """Every difference between the edition and the database, over every HTS8 of the database."""
    edition = schedule.edition(EDITION)
    lines: dict[str, list[ScheduleLine]] = {}
    for line in schedule.lines(edition):
        lines.setdefault(line.number8, []).append(line)
    with gzip.open(database) as packed:
        for row in csv.DictReader(io.TextIOWrapper(packed, "utf-8-sig")):
            if not _in_force(row):
                continue
            ours = lines.get(row["hts8"])
            if ours is None:
                yield Mismatch(row["hts8"], "hts8", "", row["brief_description"])
                continue
            yield from _compare_rates(ours[0], row)
            yield from _compare_units(ours, row)


def _in_force(row: dict[str, str]) -> bool:
    return _day(row["begin_effect_date"]) <= (2025, 6, 6) <= _day(row["end_effective_date"])


def _day(text: str) -> tuple[int, int, int]:
    month, day, year = map(int, text.split("/"))
    return (1900 + year if year > 60 else 2000 + year, month, day)


def _compare_rates(line: ScheduleLine, row: dict[str, str]) -> Iterator[Mismatch]:
    for column, attribute in TEXTS.items():
        printed = str(getattr(line, attribute)) or line.additional  # the safeguards of 9904 have a column of their own
        text = row[f"{column}_text_rate"].replace(" cents", "¢")
        if _read(printed) != _read(text):
            yield Mismatch(line.number8, f"{column} text", printed, text)
            continue
        theirs = _numbers(row, column)
        expression = _read(printed)
        if theirs is not None and isinstance(expression, Expression) and _split(expression) != theirs:
            yield Mismatch(line.number8, f"{column} numbers", str(_split(expression)), str(theirs))


def _read(text: str) -> Expression | str:
    try:
        return parse(text)
    except UnparsedDutyError as error:
        return f"{error.kind.name}: {text}" if error.kind.name == "UNKNOWN" else error.kind.name


def _numbers(row: dict[str, str], column: str) -> tuple[Decimal, list[Decimal]] | None:
    """Their ad valorem rate and their specific rates, largest last; ``None`` where they give no numbers."""
    texts = [row[f"{column}_{name}_rate"] for name in ("ad_val", "specific", "other")]
    if any(text in NO_NUMBER for text in texts):
        return None
    rate, *amounts = (Decimal(text) for text in texts)
    return rate.normalize(), sorted(amount.normalize() for amount in amounts if amount)


def _split(expression: Expression) -> tuple[Decimal, list[Decimal]] | None:
    parts = expression.parts if isinstance(expression, Compound) else (expression,)
    if not all(isinstance(part, AdValorem | Specific) or part.kind == "free" for part in parts):
        return None
    rate = sum((part.rate for part in parts if isinstance(part, AdValorem)), Decimal(0))
    return rate.normalize(), sorted(part.amount.normalize() for part in parts if isinstance(part, Specific))


def _unit(code: str) -> str:
    try:
        return canonical_unit(code)
    except UnknownUnitError:
        return code


def _compare_units(lines: list[ScheduleLine], row: dict[str, str]) -> Iterator[Mismatch]:
    printed = {
        canonical_unit(unit) for line in lines for text in line.units for unit in text.split(" and ") if unit != "X"
    }
    for column in ("quantity_1_code", "quantity_2_code"):
        code = row[column].upper()
        if code in NO_UNIT or not printed:
            continue
        if code in CONTENT_CODES:
            if not any(unit.startswith(CONTENT_CODES[code]) for unit in printed):
                yield Mismatch(row["hts8"], column, ", ".join(sorted(printed)), code)
        elif _unit(code) not in printed:
            yield Mismatch(row["hts8"], column, ", ".join(sorted(printed)), code)


def test_every_difference_to_the_tariff_database_is_explained(schedule: Schedule, tariff_database: Path) -> None:
    with EXPLAINED.open(encoding="utf-8", newline="") as stream:
        explained = {(row["hts8"], row["field"]) for row in csv.DictReader(stream)}
    found = {(each.hts8, each.field): each for each in mismatches(schedule, tariff_database)}
    assert not [found[key] for key in sorted(found.keys() - explained)]
    assert not explained - found.keys(), "explanations of differences that are not there"


def test_no_rate_of_chapters_1_to_97_differs(schedule: Schedule, tariff_database: Path) -> None:
    """What remains is spelling, rounding of 33 1/3 percent, a rate per 1000 divided, or the database's own slip."""
    differing = {each.hts8 for each in mismatches(schedule, tariff_database) if "numbers" in each.field}
    in_notes = {"58109210", "58109290", "58109910", "58109990"}
    slips = {"22029928", "76161090"}
    assert {number for number in differing if number < "98" and number[:4] != "0601"} == in_notes | slips
