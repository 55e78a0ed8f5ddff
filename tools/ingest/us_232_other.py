"""Builds the product lists of Section 232 on vehicles, their parts, wood, chips and patented drugs.

The numbers are read from the legal text of chapter 99 (U.S. notes 33, 37, 38 and 39) and, for drugs, from the table of
note 40(c). Within the parts lists a row is ``named`` where the tariff line itself limits the article to motor vehicles,
and ``asked`` where the number also covers other articles. Run: ``python tools/ingest/us_232_other.py``
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Iterator

from common import read_table, sources, write_list

Row = dict[str, str]

NUMBER = re.compile(r"(?<![\d.])\d{4}(?:\.\d{2}(?:\.\d{2}|\.\d{4})?)?(?![\d.])")
TEXT = "us/chapter99_2026_rev_6.txt.gz"
SOURCE = "https://hts.usitc.gov"

# Parts of motor vehicles (note 33(g)) whose tariff line names motor vehicles, motor cars or vehicles of chapter 87.
_NAMED = """
    4009120020 4009220020 4009320020 4009420020 40111010 40111050 4013100010 4016996010 70091000 73202010 83012000
    83021030 830230 84082020 8409911040 8409991040 8414308030 8414596540 84152000 85122020 85122040 85123000
    85124020 85124040 85129020 85129060 85129070 85198120 852721 852729 8536410005 8539100010 8539100050 87060003
    87060015 8707100020 8707100040 8707905060 87081030 87081060 87082100 870822 870829 870830 87084011 87084070 87084075
    870850 870870 870880 870891 87089360 87089375 870894 870895 87089953 87089955 87089958 87089968 94012000
"""
NAMED_AUTO_PARTS = frozenset(_NAMED.split())
# Finer numbers within rows of note 33(g) that are decided the other way than their row.
FINER_AUTO_PARTS = {
    "named": "4011201005 73201030 73201060 84073414 84073418 84073444 84073448",
    "asked": """87082921 87083010 87085011 87085031 87085070 87085075 87087005 87087015 87087025 87087035 87088003
        87088005 87088051 87088055 87089110 87089160 87089165 87089410 87089460 87089465 87089510 87089515""",
}
# Parts of medium- and heavy-duty vehicles (note 38(i)) whose tariff line names trucks, buses or road tractors only.
NAMED_TRUCK_PARTS = frozenset({"4011201015", "8707905020"})
FINER_TRUCK_PARTS = {"named": "4013100020"}
# Rows of note 38(b) that note 33(b) or 33(g) lists too, and whose line names light trucks as well as trucks.
SHARED_VEHICLES = frozenset({"87046000", "87060003"})
DRUGS_CHANGED = "2026-09-29"


def legal_text() -> list[str]:
    """The lines of chapter 99 as printed in the 2026 edition, revision 6."""
    with gzip.open(sources() / TEXT, "rt", encoding="latin-1") as stream:
        return stream.read().splitlines()


def numbers_after(lines: list[str], note: str, phrase: str, stop: str) -> list[str]:
    """The tariff numbers, without points, after ``phrase`` in ``note``, up to the line that begins with ``stop``."""
    start = next(i for i, line in enumerate(lines) if line.startswith(note))
    start = next(i for i in range(start, len(lines)) if phrase in lines[i])
    found: list[str] = []
    for line in lines[start + 1 :]:
        if line.strip().startswith(stop):
            break
        if re.fullmatch(r"[\d.;\s]+", line):
            found += [number.replace(".", "") for number in NUMBER.findall(line)]
    return list(dict.fromkeys(found))


def rows_of(prefixes: Iterable[str], klass: str, start: str, act: str, note: str) -> Iterator[Row]:
    """Open-ended rows of one class."""
    for prefix in prefixes:
        yield {"prefix": prefix, "class": klass, "from": start, "act": act, "note": note}


def parts(
    prefixes: list[str], named: frozenset[str], finer: dict[str, str], start: str, act: str, note: str
) -> Iterator[Row]:
    """The rows of a parts list, named or asked, and the finer numbers that are decided otherwise."""
    for prefix in prefixes:
        yield from rows_of([prefix], "named" if prefix in named else "asked", start, act, note)
    for klass, text in finer.items():
        yield from rows_of(text.split(), klass, start, act, f"within a wider number of {note}")


def drugs() -> Iterator[Row]:
    """The numbers of note 40(c), as first published and as corrected on 29 September 2026.

    The ten numbers that the correction took out had ended on 1 July 2026; those it put in are their successors. They
    keep no end here, so that a line under an old number is still asked whether it is a patented drug.
    """
    for row in read_table("current_law/s232_pharma_hts.csv"):
        start, replaced = row["effective_from"][:10], bool(row["effective_to_excl"])
        yield {
            "prefix": row["hts10"],
            "from": start,
            "act": "us-fr-91-60360" if start == DRUGS_CHANGED else "us-proc-11020",
            "note": "U.S. note 40(c) until 28 September 2026; replaced by newer numbers"
            if replaced
            else "U.S. note 40(c)",
        }


def save(name: str, title: str, citation: str, rows: Iterable[Row]) -> None:
    """Write one list, sorted by number, and say how long it is."""
    head = {"title": title, "citation": citation, "source": SOURCE}
    ordered = sorted(rows, key=lambda row: (row["prefix"], row["from"]))
    print(f"{name}: {write_list(name, head, ['prefix', 'class', 'from', 'act', 'note'], ordered)} rows")


def main() -> None:
    """Write every list of this script."""
    lines = legal_text()
    chapter = "HTS chapter 99 subchapter III,"
    auto = ("2025-04-03", "us-proc-10908")
    part = ("2025-05-03", "us-proc-10908")
    truck = ("2025-11-01", "us-proc-10984")
    wood = ("2025-10-14", "us-proc-10976")

    cars = numbers_after(lines, "33. (a)", "(b) The rates of duty set forth in headings 9903.94.01", "(c) Heading")
    save(
        "us-232-autos",
        "Passenger vehicles and light trucks (Section 232)",
        f"{chapter} U.S. note 33(b)",
        rows_of(cars, "vehicle", *auto, "U.S. note 33(b)"),
    )
    car_parts = numbers_after(
        lines, "33. (a)", "(g) Subject to a manufacturer's import adjustment offset", "(h) Heading"
    )
    save(
        "us-232-auto-parts",
        "Parts of passenger vehicles and light trucks (Section 232)",
        f"{chapter} U.S. note 33(g)",
        parts(car_parts, NAMED_AUTO_PARTS, FINER_AUTO_PARTS, *part, "U.S. note 33(g)"),
    )
    british = numbers_after(lines, "33. (a)", "(j) Heading 9903.94.32 sets forth", "Any automotive part")
    save(
        "us-232-auto-parts-uk",
        "Parts of passenger vehicles and light trucks of the United Kingdom (Section 232)",
        f"{chapter} U.S. note 33(j)",
        rows_of(british, "", "2025-06-30", "us-fr-90-27851", "U.S. note 33(j)"),
    )
    trucks = numbers_after(lines, "38.", "(b) The rate of duty set forth in heading 9903.74.01", "(c) Heading")
    buses = numbers_after(lines, "38.", "(c) Heading 9903.74.02 applies to buses", "(d) Heading")
    save(
        "us-232-trucks",
        "Medium- and heavy-duty vehicles and buses (Section 232)",
        f"{chapter} U.S. notes 38(b) and 38(c)",
        [
            row
            for prefix in trucks
            for row in rows_of(
                [prefix], "shared" if prefix in SHARED_VEHICLES else "vehicle", *truck, "U.S. note 38(b)"
            )
        ]
        + list(rows_of(buses, "bus", *truck, "U.S. note 38(c)")),
    )
    truck_parts = numbers_after(lines, "38.", "(i) The rates of duty set forth in heading 9903.74.08", "(j) Heading")
    save(
        "us-232-truck-parts",
        "Parts of medium- and heavy-duty vehicles (Section 232)",
        f"{chapter} U.S. note 38(i)",
        parts(truck_parts, NAMED_TRUCK_PARTS, FINER_TRUCK_PARTS, *truck, "U.S. note 38(i)"),
    )
    softwood = numbers_after(lines, "37.", "(b) The rates of duty set forth in heading 9903.76.01", "(c) Heading")
    seats = numbers_after(lines, "37.", "(d) The rates of duty set forth in headings 9903.76.02", "(e) Except")
    cabinets = numbers_after(lines, "37.", "(f) Except for as provided by 9903.76.04", "(g) Heading")
    save(
        "us-232-wood",
        "Softwood, upholstered wooden furniture, kitchen cabinets and vanities (Section 232)",
        f"{chapter} U.S. notes 37(b), 37(d) and 37(f)",
        [
            *rows_of([n for n in softwood if n != "44039901"], "softwood", *wood, "U.S. note 37(b)"),
            *rows_of(["44039901"], "softwood-described", *wood, "U.S. note 37(b); the line does not say coniferous"),
            *rows_of(seats, "upholstered", *wood, "U.S. note 37(d)"),
            *rows_of([n for n in cabinets if n == "9403409060"], "cabinet", *wood, "U.S. note 37(f)"),
            *rows_of([n for n in cabinets if n != "9403409060"], "cabinet-described", *wood, "U.S. note 37(f)"),
        ],
    )
    chips = numbers_after(lines, "39.", '(b) For the purposes of this note, "semiconductor articles"', "To be included")
    save(
        "us-232-semiconductors",
        "Numbers in which semiconductor articles with the parameters of note 39(b) may fall (Section 232)",
        f"{chapter} U.S. note 39(b)",
        rows_of(chips, "", "2026-01-15", "us-proc-11002", "U.S. note 39(b)"),
    )
    save(
        "us-232-pharma",
        "Numbers in which patented pharmaceutical articles may fall (Section 232)",
        f"{chapter} U.S. note 40(c)",
        drugs(),
    )


if __name__ == "__main__":
    main()
