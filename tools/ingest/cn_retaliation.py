"""Build the lists of China's additional duties on goods of the United States: which tariff lines each announcement names.

Lists: ``cn-232``, ``cn-301-2018`` (the lists of 50 and 60 billion dollars), ``cn-301-2019`` (75 billion, at six digits),
``cn-301-excluded`` (where a list of exclusions is seen), ``cn-2025-energy``, ``cn-2025-farm``. Sources as in ``cn_sources.py``.

Where an announcement lists all tariff lines of a subheading (as of 2019) one row of six digits stands for them. Where it lists
some, each has its row, and the subheading itself says which share of its lines is listed (``share``). A number that the tariff
of 2019 does not know, below a subheading that is listed in part, is asked (``scope``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

from cn_sources import SIX, bases_of_2025, eights_by_six, lines_by_eight, wto_additions
from common import read_table, write_list

COLUMNS = ("prefix", "class", "from", "until", "act", "scope", "share")
NOT_LISTED = "not-listed"
Row = dict[str, str]
Dated = Mapping[str, tuple[str, str]]

DAYS_232: Dated = dict.fromkeys(("TC2018-13.1", "TC2018-13.2", NOT_LISTED), ("2018-04-02", "cn-tc-2018-13"))
DAYS_301: Dated = {
    "TC2018-5": ("2018-07-06 12:01 Asia/Shanghai", "cn-tc-2018-5"),
    "TC2018-5.autos": ("2018-07-06 12:01 Asia/Shanghai", "cn-tc-2018-5"),
    "TC2018-7": ("2018-08-23 12:01 Asia/Shanghai", "cn-tc-2018-7"),
    "TC2018-7.autos": ("2018-08-23 12:01 Asia/Shanghai", "cn-tc-2018-7"),
    **dict.fromkeys(
        ("TC2018-8.1", "TC2018-8.2", "TC2018-8.3", "TC2018-8.4", "TC2018-8.4.autos"),
        ("2018-09-24 12:01 Asia/Shanghai", "cn-tc-2018-8"),
    ),
    NOT_LISTED: ("2018-07-06 12:01 Asia/Shanghai", "cn-tc-2018-5"),
}
CLASSES_232 = {15: "TC2018-13.1", 25: "TC2018-13.2"}
CLASSES_2019 = {Decimal(5): "TC2019-4.10", Decimal("2.5"): "TC2019-4.5"}
CLASSES_ENERGY = {15: "TC2025-1.1", 10: "TC2025-1.2"}
CLASSES_FARM = {15: "TC2025-2.1", 10: "TC2025-2.2"}
# Annex 1 of Announcement No. 1 of 2025, and what was seen of annex 2.
NAMED_ENERGY = {
    15: "27011100 27011210 27011290 27011900 27012000 27021000 27022000 27111100",
    10: "27090000 84193310",
}


def listed(of_line: Mapping[str, str], days: Dated, scope: str) -> Iterator[Row]:
    """The rows of a list of eight-digit lines in the nomenclature of 2019; ``of_line`` gives the class of each."""
    for six, eights in eights_by_six().items():
        classes = Counter(of_line.get(eight, "") for eight in eights)
        if len(classes) == 1 and "" not in classes:
            yield _row(six, next(iter(classes)), days)
        elif len(classes) > 1:
            yield from _in_part(six, classes, days, scope)
            yield from (_row(eight, of_line.get(eight, NOT_LISTED), days) for eight in eights)


def _in_part(six: str, classes: Counter[str], days: Dated, scope: str) -> Iterator[Row]:
    for klass, count in sorted(classes.items()):
        if klass:
            yield {**_row(six, klass, days), "share": str(Fraction(count, classes.total()))}
            yield {**_row(six, klass, days), "scope": scope}


def _row(prefix: str, klass: str, days: Dated) -> Row:
    start, act = days[klass]
    return {"prefix": prefix, "class": klass, "from": start, "act": act}


def section_232() -> list[Row]:
    """The rows of ``cn-232``."""
    rates = {eight: int(lines[0].section_232) for eight, lines in lines_by_eight().items()}
    of_line = {eight: CLASSES_232[rate] for eight, rate in rates.items() if rate}
    return _sorted(listed(of_line, DAYS_232, "cn-line-listed-232"))


def section_301() -> list[Row]:
    """The rows of ``cn-301-2018``."""
    first = {eight: lines[0] for eight, lines in lines_by_eight().items()}
    of_line = {
        eight: f"TC2018-{line.lists}{'.autos' if line.autos else ''}" for eight, line in first.items() if line.lists
    }
    return _sorted(listed(of_line, DAYS_301, "cn-line-listed-301"))


def september_2019() -> list[Row]:
    """The rows of ``cn-301-2019``: subheadings whose total holds 5 or 2.5 points more than base and earlier retaliation."""
    days = dict.fromkeys(CLASSES_2019.values(), ("2019-09-01 12:01 Asia/Shanghai", "cn-reported-2019-4-lines"))
    found = {six: base.september_2019 for six, base in bases_of_2025().items()}
    return [_row(six, CLASSES_2019[points], days) for six, points in sorted(found.items()) if points]


def excluded() -> list[Row]:
    """The rows of ``cn-301-excluded``: subheadings whose total leaves the retaliation of 2018 and 2019 out."""
    days = {"excluded": ("2019-09-17", "cn-tc-2019-6")}
    return [_row(six, "excluded", days) for six, base in sorted(bases_of_2025().items()) if base.excluded]


def energy() -> list[Row]:
    """The rows of ``cn-2025-energy``: subheadings, and the lines named; of those listed in part the line is asked."""
    days = dict.fromkeys(CLASSES_ENERGY.values(), ("2025-02-10", "cn-tc-2025-1"))
    rows = [
        _row(eight, CLASSES_ENERGY[rate], days) for rate, several in NAMED_ENERGY.items() for eight in several.split()
    ]
    for six, (points, _) in wto_additions().items():
        if points in CLASSES_ENERGY:
            rows.append(_row(six, CLASSES_ENERGY[int(points)], days))
        elif points:
            rows += _in_part(six, _parts(points), days, "cn-line-listed-2025-1")
    return _sorted(rows)


def _parts(points: Decimal) -> Counter[str]:
    """How many of a subheading's lines are listed at 10 points, from the average."""
    share = Fraction(points / 10).limit_denominator(12)
    return Counter({CLASSES_ENERGY[10]: share.numerator, "": share.denominator - share.numerator})


def farm() -> list[Row]:
    """The rows of ``cn-2025-farm``."""
    days = dict.fromkeys(CLASSES_FARM.values(), ("2025-03-10", "cn-tc-2025-2"))
    rates = {row["hs8"]: int(row["add_rate_pct"]) for row in read_table("cn/china_retaliation_2025-03-10_hs8.csv")}
    rows = [_row(eight, CLASSES_FARM[rate], days) for eight, rate in rates.items()]
    for six, (_, points) in wto_additions().items():
        below = Counter(CLASSES_FARM[rate] for eight, rate in rates.items() if eight[:SIX] == six)
        if points in CLASSES_FARM:
            rows.append(_row(six, CLASSES_FARM[int(points)], days))
        elif points:
            sums = sum(rate for eight, rate in rates.items() if eight[:SIX] == six)
            lines = round(sums / points)
            rows += [{**_row(six, one, days), "share": str(Fraction(count, lines))} for one, count in below.items()]
    return _sorted(rows)


def _sorted(rows: Iterator[Row] | list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row["prefix"], row["class"], row.get("share", "")))


BOWN = "State Council Tariff Commission, lists of the announcements, as tabulated by Bown, Jung and Zhang (PIIE, 2019)"
WTO = "WTO-IMF Tariff Tracker, total applied on goods of the United States by subheading"
HEADS = {
    "cn-232": (
        "China's answer to section 232: 128 tariff lines",
        "Notice of the Tariff Commission [2018] No. 13",
        BOWN,
        section_232,
    ),
    "cn-301-2018": (
        "China's answer to section 301: the lists of July, August and September 2018",
        "Announcements of the Tariff Commission [2018] Nos. 5, 7 and 8, [2019] No. 3; vehicles: [2018] No. 10",
        BOWN,
        section_301,
    ),
    "cn-301-2019": (
        "China's answer to section 301: the list of 1 September 2019, as far as totals show it",
        "Announcement of the Tariff Commission [2019] No. 4; the lines read from WTO totals",
        f"{WTO}, 1 January 2025, less the tariff and the retaliation of June 2019",
        september_2019,
    ),
    "cn-301-excluded": (
        "Subheadings in which a list of exclusions from the retaliation of 2018 and 2019 is seen",
        "Announcements of the Tariff Commission [2019] Nos. 2 and 6; the lines read from WTO totals",
        f"{WTO}, 1 January 2025",
        excluded,
    ),
    "cn-2025-energy": (
        "China's additional duties of 10 February 2025: coal, gas, oil, farm machinery, vehicles",
        "Announcement of the Tariff Commission 2025 No. 1",
        f"annex 1 of the announcement; annex 2 by subheading: {WTO}, 10 February 2025",
        energy,
    ),
    "cn-2025-farm": (
        "China's additional duties of 10 March 2025: farm goods, 740 tariff lines",
        "Announcement of the Tariff Commission 2025 No. 2",
        f"annexes of the announcement; by subheading: {WTO}, 10 March 2025",
        farm,
    ),
}


def main() -> None:
    """Write all lists."""
    for name, (title, citation, source, rows) in HEADS.items():
        found = rows()
        columns = [column for column in COLUMNS if any(row.get(column) for row in found)]
        count = write_list(name, {"title": title, "citation": citation, "source": source}, columns, found)
        print(f"{name}: {count} rows")


if __name__ == "__main__":
    main()
