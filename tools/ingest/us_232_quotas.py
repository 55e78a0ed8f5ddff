"""Build the lists of the metals quotas of 2018 to 2025 and of the civil aircraft agreements, from the headings themselves.

Lists: ``us-232-steel-quotas`` (class = the last two digits of 9903.80.05 to .58, whose products 9903.80.65 to 9903.81.19
and 9903.81.25 to .78 repeat), ``us-232-aluminum-quotas`` (class = the last two digits of 9903.85.27 to .44; 9903.85.51 to
.66 repeat them without the clad products of .37, class ``clad``) and ``us-civil-aircraft`` (class = the origin).

Sources (under ``sources()``): the basic edition of 2025, and the table of the civil aircraft lists.
"""

from __future__ import annotations

import gzip
import json
import re

from common import read_table, sources, write_list

COLUMNS = ("prefix", "class", "from", "until", "act", "until_act")
END = "2025-03-12"
STEEL = [f"9903.80.{one:02}" for one in range(5, 59)]
STEEL_EU = [f"9903.80.{one:02}" for one in range(65, 100)] + [f"9903.81.{one:02}" for one in range(1, 20)]
STEEL_JP = [f"9903.81.{one:02}" for one in range(25, 79)]
ALUMINUM_EU = ["27", "29", *(f"{one}" for one in range(31, 45))]
ALUMINUM_GB = ["51", "52", "53", "54", "55", "56", "57", "58", "59", "60", "65", "66", "61", "62", "63", "64"]
CLAD = {"76061160", "76061260"}
NUMBER = re.compile(r"\d{4}\.\d\d\.\d\d(?:\d\d)?")
EXCEPT = re.compile(r"\(?except(?: for)?(?: statistical reporting numbers?)? [^)]*\)")
# Acts that put the civil aircraft lists into force, and their first days.
AIRCRAFT = {
    "GB": ("2025-06-30", "us-fr-90-27851"),
    "EU": ("2025-09-01", "us-fr-2025-18660"),
    "JP": ("2025-09-16", "us-fr-90-44638"),
    "KR": ("2025-11-14", "us-fr-90-55964"),
    "TW": ("2026-05-01", "us-fr-91-31818"),
}
Row = dict[str, str]


def edition() -> tuple[dict[str, str], set[str]]:
    """The texts of the 9903 headings and the ten-digit numbers of the basic edition of 2025."""
    with gzip.open(sources() / "hts" / "hts_2025_basic.json.gz", "rt", encoding="utf-8") as stream:
        items = json.load(stream)
    numbers = [(item.get("htsno") or "", item.get("description") or "") for item in items]
    lines = {number.replace(".", "") for number, _ in numbers if len(number.replace(".", "")) == 10}
    return {number: text for number, text in numbers if number.startswith("9903.8")}, lines


def covered(text: str, lines: set[str]) -> set[str]:
    """The numbers a heading covers: eight digits, or ten where some of the eight are excepted."""
    text = text.replace("9213.91.45", "7213.91.45")
    excepted = {number.replace(".", "") for clause in EXCEPT.findall(text) for number in NUMBER.findall(clause)}
    named = {number.replace(".", "") for number in NUMBER.findall(EXCEPT.sub(" ", text))} - excepted
    found: set[str] = set()
    for number in named:
        if any(one.startswith(number) for one in excepted):
            found |= {line for line in lines if line.startswith(number) and line not in excepted}
        else:
            found.add(number[:8] if number.endswith("00") and len(number) == 10 else number)
    return found


def row(prefix: str, klass: str, since: str, act: str, until: str = "", until_act: str = "") -> Row:
    """One line of a list."""
    return dict(zip(COLUMNS, (prefix, klass, since, until, act, until_act), strict=True))


def steel(texts: dict[str, str], lines: set[str]) -> list[Row]:
    """The 54 products of the steel quotas."""
    found: list[Row] = []
    for korea, europe, japan in zip(STEEL, STEEL_EU, STEEL_JP, strict=True):
        products = covered(texts[korea], lines)
        if products != covered(texts[europe], lines) or products != covered(texts[japan], lines):
            raise ValueError(f"{korea}, {europe} and {japan} do not cover the same products")
        found += [row(one, korea[-2:], "2018-05-01", "us-proc-9740", END, "us-proc-10896") for one in products]
    return found


def aluminum(texts: dict[str, str], lines: set[str]) -> list[Row]:
    """The 16 products of the aluminum quotas."""
    found: list[Row] = []
    for europe, kingdom in zip(ALUMINUM_EU, ALUMINUM_GB, strict=True):
        products = covered(texts[f"9903.85.{europe}"], lines)
        if products != covered(texts[f"9903.85.{kingdom}"], lines) | (CLAD & products):
            raise ValueError(f"9903.85.{europe} and .{kingdom} do not cover the same products")
        for one in products:
            klass = "clad" if one in CLAD else europe
            found.append(row(one, klass, "2022-01-01", "us-proc-10327", END, "us-proc-10895"))
    return found


def aircraft() -> list[Row]:
    """The civil aircraft articles of notes 35(a)-(c), 2(v)(xxii) and 2(v)(xxiv)(b)."""
    table = read_table("current_law/civil_aircraft_232_metals_relief.csv")
    return [row(line["hts_prefix"], line["origin"], *AIRCRAFT[line["origin"]]) for line in table]


def in_order(rows: list[Row]) -> list[Row]:
    """Sorted by number and class, without repetitions."""
    return [dict(one) for one in sorted({tuple(one.items()) for one in rows})]


def main() -> None:
    """Write the three lists."""
    texts, lines = edition()
    write_list(
        "us-232-steel-quotas",
        {
            "title": "Steel under quotas, 2018 to 2025: Argentina, Brazil, Korea, European Union, Japan, United Kingdom",
            "citation": "headings 9903.80.05-.58, 9903.80.65-9903.81.19, 9903.81.25-.78, HTSUS (the same 54 products)",
            "source": "HTS 2025 basic edition; excepted statistical numbers written out in its nomenclature",
        },
        COLUMNS,
        in_order(steel(texts, lines)),
    )
    write_list(
        "us-232-aluminum-quotas",
        {
            "title": "Aluminum under tariff-rate quotas of the European Union and the United Kingdom, to 2025",
            "citation": "headings 9903.85.27-.44 and 9903.85.51-.66, HTSUS (16 products; clad sheet in .37 only)",
            "source": "HTS 2025 basic edition",
        },
        COLUMNS,
        in_order(aluminum(texts, lines)),
    )
    write_list(
        "us-civil-aircraft",
        {
            "title": "Civil aircraft articles of the agreements, by origin: free of the metals duties of Section 232 and, to"
            " February 2026, of the reciprocal tariff",
            "citation": "U.S. notes 35(a) GB, 35(b) JP, 35(c) TW, 2(v)(xxii) EU, 2(v)(xxiv)(b) KR to subchapter III, chapter 99",
            "source": "HTS 2026 revision 6; 91 FR 31818 (Taiwan)",
        },
        COLUMNS,
        in_order(aircraft()),
    )


if __name__ == "__main__":
    main()
