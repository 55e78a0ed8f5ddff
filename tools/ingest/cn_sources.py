"""China's tariff and retaliation as the source tables have them, read into one shape: what the China ingests share.

Sources (under ``sources()``): the product lists of Bown, Jung and Zhang (PIIE) for 2018 and 2019, Announcement No. 2 of 2025 of
the State Council Tariff Commission, and the totals applied to goods of the United States by the WTO-IMF tracker.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache

from common import read_table, sources

ZERO = Decimal(0)
SIX, EIGHT, TEN = 6, 8, 10


@dataclass(frozen=True)
class Line:
    """A ten-digit line of the tariff of 2018 and 2019: rates in percent, ``None`` where no rate by value is known."""

    number: str
    mfn: tuple[Decimal | None, ...]
    section_232: Decimal
    lists: str
    autos: bool


MFN_CHANGES = ("dmfn_2018_05_01", "dmfn_2018_07_01", "dmfn_2018_11_01", "dmfn_2019_01_01")
MFN_DAYS = ("2018-01-01", "2018-05-01", "2018-07-01", "2018-11-01", "2019-01-01")
# Rates of September 2018 and June 2019 tell the annex of the 60 billion list.
ANNEXES = {(10, 15): "1", (10, 10): "2", (5, 5): "3", (5, 0): "4"}
_MOST_PLACES = 2


def decimal(text: str) -> Decimal:
    """A number of a source table, without the noise of its last binary digits."""
    return Decimal(text).quantize(Decimal("0.0001"), ROUND_HALF_UP).normalize()


@cache
def tariff_of_2019() -> tuple[Line, ...]:
    """Every ten-digit line with its rates from January 2018 to June 2019."""
    path = sources() / "cn" / "china_mfn_and_retaliation_2018_2019_hs10_bown.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        return tuple(_line(row) for row in csv.DictReader(io.StringIO(stream.read())))


def _line(row: dict[str, str]) -> Line:
    first = decimal(row["ret301_2018_07_06"]), decimal(row["ret301_2018_08_23"])
    third = decimal(row["ret301_2018_09_24"])
    lists = "5" if first[0] else "7" if first[1] else ""
    if third:
        lists = f"8.{ANNEXES[int(third), int(decimal(row['ret_chg_2019_06_01']))]}" if not lists else "two lists"
    return Line(row["hs10"], _mfn(row), decimal(row["ret232_2018_04_02"]), lists, row["ret_autosusp_2019_01_01"] != "0")


def _mfn(row: dict[str, str]) -> tuple[Decimal | None, ...]:
    if not row["mfn_2018_01_01"]:
        return (None,) * len(MFN_DAYS)
    rates = [decimal(row["mfn_2018_01_01"])]
    for change in MFN_CHANGES:
        rates.append(rates[-1] + decimal(row[change] or "0"))
    # The equivalents of specific duties have three places; a rate that the tariff prints has two at most.
    if any(_places(rate) > _MOST_PLACES for rate in rates):
        return (None,) * len(MFN_DAYS)
    return tuple(rates)


def _places(rate: Decimal) -> int:
    exponent = rate.normalize().as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


@cache
def lines_by_eight() -> dict[str, tuple[Line, ...]]:
    """The lines by their first eight digits."""
    found: dict[str, list[Line]] = defaultdict(list)
    for line in tariff_of_2019():
        found[line.number[:EIGHT]].append(line)
    return {number: tuple(lines) for number, lines in sorted(found.items())}


@cache
def eights_by_six() -> dict[str, tuple[str, ...]]:
    """The eight-digit numbers of 2019 by subheading."""
    found: dict[str, list[str]] = defaultdict(list)
    for number in lines_by_eight():
        found[number[:SIX]].append(number)
    return {number: tuple(several) for number, several in found.items()}


JUNE_2019 = {"5": 25, "7": 25, "8.1": 25, "8.2": 20, "8.3": 10, "8.4": 5}


@dataclass(frozen=True)
class Subheading:
    """Averages over the eight-digit lines of a subheading in 2019, in percent."""

    mfn: Fraction | None
    section_232: Fraction
    retaliation: Fraction
    suspended: Fraction


@cache
def averages_of_2019() -> dict[str, Subheading]:
    """The averages by subheading; retaliation as of June 2019, the suspended duty on vehicles apart."""
    found: dict[str, Subheading] = {}
    for six, eights in eights_by_six().items():
        lines = [lines_by_eight()[eight] for eight in eights]
        rates = [rate for several in lines for rate in [several[0].mfn[-1]] if rate is not None]
        mfn = [Fraction(sum(one.mfn[-1] or ZERO for one in several)) / len(several) for several in lines]
        on = [(JUNE_2019.get(several[0].lists, 0), several[0].autos) for several in lines]
        count = len(eights)
        found[six] = Subheading(
            sum(mfn, Fraction(0)) / count if len(rates) == count else None,
            Fraction(sum(several[0].section_232 for several in lines)) / count,
            Fraction(sum(rate for rate, autos in on if not autos), count),
            Fraction(sum(rate for rate, autos in on if autos), count),
        )
    return found


@cache
def wto_level() -> dict[str, Decimal | None]:
    """The total applied on goods of the United States on 1 January 2025, by subheading; ``None``: not by value."""
    rows = read_table("cn/china_applied_on_us_hs6_by_date_wto_ttd.csv")
    return {row["hs_code"]: decimal(row["2025-01-01"]) if row["2025-01-01"] else None for row in rows}


@cache
def wto_additions() -> dict[str, tuple[Decimal, Decimal]]:
    """What the measures of February and March 2025 add to the average of a subheading."""
    rows = read_table("cn/china_2025_list_deltas_hs6_from_wto.csv")
    return {row["hs6"]: (decimal(row["feb2025_add"]), decimal(row["mar2025_add"])) for row in rows}


@dataclass(frozen=True)
class Base:
    """The base rate of a subheading in 2025, how it was found, and what the total says of the retaliation."""

    rate: Fraction | None
    september_2019: Decimal = ZERO
    excluded: bool = False
    note: str = ""


SEPTEMBER_RATES = (ZERO, Decimal("2.5"), Decimal(5))
_CLOSE = Fraction(6, 10_000)
_NEW = "this subheading came with the nomenclature of 2022: its base rate holds the retaliation of 2018 to 2020 that falls on it"
_LEFT_OUT = "the WTO's total of 1 January 2025 leaves {} out of account here{}; the base rate is that of 2019"
_ANSWER_TO = {"301": "the answer to section 301", "232": "the answer to section 232"}
_EXCLUSIONS = ", as where a list of exclusions ran"
_IN_PART = "the retaliation of 2018 and 2019 in part"
_UNPROVED = "the base rate is the WTO's total of 1 January 2025 less the answer to section 301, and differs from the rate of 2019"


@cache
def bases_of_2025() -> dict[str, Base]:
    """The base rate of every subheading: the WTO's total less the retaliation that it can be seen to hold."""
    return {six: _base(six, level) for six, level in wto_level().items()}


def _base(six: str, level: Decimal | None) -> Base:
    before = averages_of_2019().get(six)
    if level is None:
        return Base(None)
    total = Fraction(level)
    if before is None:
        return Base(total, note=_NEW)
    return _as_in_2019(total, before) or _remainder(total, before)


def _as_in_2019(total: Fraction, before: Subheading) -> Base | None:
    """The base rate of 2019, if the total is that and retaliation: all of it, or all but one or both of the answers."""
    if before.mfn is None:
        return None
    for without_301, without_232 in ((False, False), (False, True), (True, False), (True, True)):
        left_out = [name for name, out in (("301", without_301), ("232", without_232)) if out]
        if (without_301 and not before.retaliation) or (without_232 and not before.section_232):
            continue
        section_232 = Fraction(0) if without_232 else before.section_232
        # The totals count the suspended duty on vehicles in some subheadings and leave it out in others.
        for section_301 in (
            [Fraction(0)] if without_301 else [before.retaliation + before.suspended, before.retaliation]
        ):
            for september in SEPTEMBER_RATES:
                counted = before.mfn + section_232 + section_301 + Fraction(september)
                if abs(total - counted) <= _CLOSE:
                    return Base(before.mfn, september, without_301, _note(left_out))
    return None


def _note(left_out: list[str]) -> str:
    said = " and ".join(_ANSWER_TO[name] for name in left_out)
    return _LEFT_OUT.format(said, _EXCLUSIONS if "301" in left_out else "") if left_out else ""


def _remainder(total: Fraction, before: Subheading) -> Base:
    """What is left of the total, as a base rate that has changed since 2019; the rate of 2019 where too little is left.

    The answer to section 232 is not in the totals: of its 90 subheadings it is seen in 3, and seen to be missing in 74.
    """
    rest = total - before.retaliation
    with_vehicles = rest - before.suspended
    if before.mfn is not None and before.suspended and abs(with_vehicles - before.mfn) < abs(rest - before.mfn):
        rest = with_vehicles
    if rest < -_CLOSE:
        return Base(before.mfn, excluded=True, note=_LEFT_OUT.format(_IN_PART, _EXCLUSIONS))
    return Base(max(rest, Fraction(0)), note=_UNPROVED if before.retaliation else "")
