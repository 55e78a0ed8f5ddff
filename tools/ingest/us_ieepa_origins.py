"""Builds the rates and lists of the emergency duties (IEEPA) on origins other than China.

The country rates of EO 14257 and EO 14326 (``acts/2025/*-rates.csv``) come from the tabulated headings; the lists
from the legal text of chapter 99, U.S. notes 2(v)(xx)-(xxv), 2(x)(iii)-(iv) and 35(a)-(b); Canada's energy and potash
numbers from the table of numbers that headings 9903.01.05, .13 and .15 describe.
Run: ``python tools/ingest/us_ieepa_origins.py``
"""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Iterable

from common import LAW, read_table, sources, write_list

Row = dict[str, str]

NOTE_SOURCE = "HTSUS chapter 99 subchapter III, legal text of 2026 revision 6"

# A subdivision begins at the line that holds its mark and ends at the line that holds the next one.
NOTE_LISTS: dict[str, tuple[str, str, str, str, str, str, str]] = {
    # id: (title, citation, first day, act, claim, text that opens the list, text that ends it)
    "us-ieepa-eu-resources": (
        "European Union: articles free of the reciprocal tariff",
        "U.S. note 2(v)(xx)",
        "2025-09-01",
        "us-fr-2025-18660",
        "",
        "(xx) As provided in heading 9903.02.74",
        "(xxi) As provided in heading 9903.02.75",
    ),
    "us-ieepa-eu-pharma": (
        "European Union: articles for pharmaceutical use that are not patented",
        "U.S. note 2(v)(xxiii)",
        "2025-09-01",
        "us-fr-2025-18660",
        "non-patented-pharmaceutical-use",
        "(xxiii) As provided in heading 9903.02.77",
        "(a) As provided in headings 9903.02.79 and 9903.02.80",
    ),
    "us-ieepa-ch-resources": (
        "Switzerland and Liechtenstein: articles free of the reciprocal tariff",
        "U.S. note 2(v)(xxv)(b)",
        "2025-11-14",
        "us-fr-90-59281",
        "",
        "(b) As provided in headings 9903.02.84 and 9903.02.89",
        "(c) As provided in headings 9903.02.85 and 9903.02.90",
    ),
    "us-ieepa-ch-aircraft": (
        "Switzerland and Liechtenstein: civil aircraft articles",
        "U.S. note 2(v)(xxv)(c)",
        "2025-11-14",
        "us-fr-90-59281",
        "civil-aircraft",
        "(c) As provided in headings 9903.02.85 and 9903.02.90",
        "(d) As provided in headings 9903.02.86 and 9903.02.91",
    ),
    "us-ieepa-ch-pharma": (
        "Switzerland and Liechtenstein: articles for pharmaceutical use that are not patented",
        "U.S. note 2(v)(xxv)(d)",
        "2025-11-14",
        "us-fr-90-59281",
        "non-patented-pharmaceutical-use",
        "(d) As provided in headings 9903.02.86 and 9903.02.91",
        "(i) Except as provided in headings 9903.01.78",
    ),
    "us-brazil-aircraft": (
        "Brazil: civil aircraft articles",
        "U.S. note 2(x)(iv)",
        "2025-08-06",
        "us-eo-14323",
        "civil-aircraft",
        "(iv) As provided in heading 9903.01.82",
        "(v) The additional duties imposed by heading 9903.01.77",
    ),
    "us-brazil-exempt": (
        "Brazil: articles free of the 40%",
        "U.S. note 2(x)(iii)(a)",
        "2025-08-06",
        "us-eo-14323",
        "",
        "(a) As provided in heading 9903.01.81",
        "(b) As provided in heading 9903.01.90",
    ),
}
# Where the text at hand is later than the list: the lines that an order of 20 November 2025 added.
ADDED_TO_BRAZIL = ("2025-11-13", "us-eo-brazil-2025-11-20")

NUMBER = re.compile(r"\b\d{4}(?:\.\d{2}){0,3}(?!\d)\b")
HEADING_9903 = re.compile(r"9903\.\d\d\.\d\d")
FURNITURE = re.compile(r"Revision \d+ \(\d{4}\)|99 - III - \d+|General Note \d+|19 CFR|U\.S\.C\.")

# Numbers whose articles the text of the heading names outright; every other number only suggests the description.
ENERGY_OUTRIGHT = ("2701", "2709", "2710", "2711")
POTASH_OUTRIGHT = ("31042000", "31043000")

CODE = re.compile(r"9903\.(?:01\.(?:4[3-9]|5\d|6[0-24-9]|7[0-6])|02\.\d\d)")


def legal_text() -> str:
    with gzip.open(sources() / "us" / "chapter99_2026_rev_6.txt.gz", "rt", encoding="latin-1") as stream:
        return stream.read()


def numbers_between(text: str, opening: str, ending: str) -> list[str]:
    """The tariff numbers of one subdivision, in the order of their digits, each once."""
    start = text.index(opening) + len(opening)
    part = text[start : text.index(ending, start)]
    part = HEADING_9903.sub("", FURNITURE.sub("", part.split(":", 1)[1]))
    found = {number.replace(".", "") for number in NUMBER.findall(part) if "." in number}
    return sorted(found)


def note_lists(text: str) -> None:
    later = {
        row["hts10"].replace(".", "")
        for row in commented("us/country_eo_exempt_products.csv")
        if row["effective_date_start"] == ADDED_TO_BRAZIL[0]
    }
    for name, (title, cite, day, act, claim, opening, ending) in NOTE_LISTS.items():
        rows = []
        for prefix in numbers_between(text, opening, ending):
            since, by = ADDED_TO_BRAZIL if name == "us-brazil-exempt" and prefix in later else (day, act)
            rows.append({"prefix": prefix, "from": since, "act": by, "claim": claim})
        publish(name, title, cite, NOTE_SOURCE, rows)


def commented(name: str) -> list[Row]:
    """A source CSV whose head is commented."""
    with (sources() / name).open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(line for line in stream if not line.startswith("#")))


def publish(name: str, title: str, cite: str, source: str, rows: Iterable[Row]) -> None:
    made = list(rows)
    every = ("prefix", "from", "until", "act", "until_act", "scope", "claim", "note")
    columns = [column for column in every if any(row.get(column) for row in made)]
    print(f"{name}: {write_list(name, {'title': title, 'citation': cite, 'source': source}, columns, made)} lines")


def described_lists() -> None:
    """Articles that only their description frees: Brazil's are those of note 2(v)(iii)(b); the Union's one essential oil."""
    path = LAW / "lists" / "us-annex-ii-described.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        particular = list(csv.DictReader(line for line in stream if not line.startswith("#")))
    since, act = ADDED_TO_BRAZIL
    brazil = [{**row, "from": since, "act": act} for row in particular]
    publish("us-brazil-described", "Brazil: particular farm articles", "U.S. note 2(x)(iii)(b)", NOTE_SOURCE, brazil)
    union = [
        {**row, "from": "2025-09-01", "act": "us-fr-2025-18660"} for row in particular if row["prefix"] == "33012951"
    ]
    publish("us-ieepa-eu-described", "European Union: particular article", "U.S. note 2(v)(xxi)", NOTE_SOURCE, union)


def northern_lists() -> None:
    """Energy and critical minerals of Canada, potash of Canada and Mexico: by description, the numbers only suggest it."""
    table = read_table("us/fentanyl_carveout_products.csv")
    energy = []
    for row in table:
        if row["category"] != "energy_ca":
            continue
        scope = "" if row["hts8"].startswith(ENERGY_OUTRIGHT) else "canadian-energy-or-critical-mineral"
        energy.append({"prefix": row["hts8"], "from": "2025-02-04", "act": "us-eo-14193", "scope": scope})
    publish(
        "us-fentanyl-canada-energy",
        "Energy and energy resources of Canada, critical minerals included (numbers that suggest them)",
        "heading 9903.01.13; U.S. note 2(j); 30 USC 1606(a)(3)",
        "the heading describes articles and lists no numbers; where the number alone does not name the article it is asked",
        sorted(energy, key=lambda row: row["prefix"]),
    )
    potash = {row["hts8"] for row in table if row["category"].startswith("potash")}
    publish(
        "us-fentanyl-potash",
        "Potash (numbers that suggest it)",
        "headings 9903.01.05 and 9903.01.15; U.S. notes 2(c) and 2(l)",
        "the headings describe potash and list no numbers; where the number alone does not name it, it is asked",
        (
            {
                "prefix": one,
                "from": "2025-03-07",
                "act": "us-eo-14231",
                "scope": "" if one in POTASH_OUTRIGHT else "potash",
            }
            for one in sorted(potash)
        ),
    )


def rates() -> None:
    """The rates that EO 14257 and EO 14326 imposed by heading; ends that later acts decided stay with those acts."""
    table = read_table("current_law/reciprocal_2025_rates.csv")
    for file, family, day in (
        ("2025-04-02-us-eo-14257-rates.csv", "9903.01.", "2025-04-09 00:01 America/New_York"),
        ("2025-07-31-us-eo-14326-rates.csv", "9903.02.", "2025-08-07 00:01 America/New_York"),
    ):
        found = {
            row["heading"]: f"{float(row['rate_pct']):g}%"
            for row in table
            if CODE.fullmatch(row["heading"])
            and row["heading"].startswith(family)
            and row["kind"] == "add_ad_valorem"
            and row["heading"] != "9903.02.01"
        }
        with (LAW / "acts" / "2025" / file).open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(["heading", "rate", "from", "until"])
            for heading in sorted(found):
                writer.writerow([heading, found[heading], day, ""])
        print(f"{file}: {len(found)} headings")


def main() -> None:
    note_lists(legal_text())
    described_lists()
    northern_lists()
    rates()


if __name__ == "__main__":
    main()
