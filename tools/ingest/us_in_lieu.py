"""Build the lists of Russia's duties in place of column 2 and of Japan's duties on leather, from note 30 and the footnotes.

Lists: ``us-column2-russia`` (class = heading 9903.90.08 or .09) and ``us-301-japan`` (class = heading 9903.41.05 or .10).

Sources (under ``sources()``): the legal text of chapter 99 in revision 6 of 2026, and the 44 editions of the schedule.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator

from common import sources, write_list

RUSSIA_35, RUSSIA_70, LEATHER, FOOTWEAR = "9903.90.08", "9903.90.09", "9903.41.05", "9903.41.10"
JULY_2022, APRIL_2023, SINCE_1986 = "2022-07-27", "2023-04-01", "1986-03-16"
# The text has "7217,10.90" and "2803;00.00".
NUMBER = re.compile(r"(?<![\d.])(\d{4})[.,;](\d\d)[.,;](\d\d)(?![\d.])")
# CSMS 55688476: deleted from note 30(b) by Proclamation 10523.
LEFT = """
    72021150 72022110 72022900 72023000 72024100 72024910 72027000 72042100 72042900 72044900 72052900 72071200 72169100
    72249000 73042910 73042920 73042931 73042941 73042950 73062920 73062960 73079910 73089060 73101000 73102900 73110000
    73144100 73181520 73181540 73181600 73182200 73251000 74081160 74081900 74092100 74102200 76042930 76042950 76051100
    76061230 76061260 76130000 78011000 78019990
"""
# Bovine leather of headings 4104 and 4107 without a footnote: within the words of heading 9903.41.05.
BY_WORDS = """
    41041110 41041120 41041910 41041920 41044110 41044120 41044910 41044920
    41071110 41071120 41071210 41071220 41071910 41071920
"""
Row = dict[str, str]


def note_30() -> Iterator[tuple[str, str]]:
    """The numbers of notes 30(b) and 30(d) with their headings."""
    with gzip.open(sources() / "us" / "chapter99_2026_rev_6.txt.gz", "rt", encoding="latin-1") as stream:
        text = stream.read()
    first, _, rest = text.partition(f"(b) Heading {RUSSIA_35} applies to all products")[2].partition(
        f"(c) For the purposes of heading {RUSSIA_70}"
    )
    second = rest.partition(f"(d) Heading {RUSSIA_70} applies to all products")[2].partition("31. (a)")[0]
    for heading, part in ((RUSSIA_35, first), (RUSSIA_70, second)):
        yield from (("".join(found), heading) for found in NUMBER.findall(part))


def russia() -> list[Row]:
    """The rows of ``us-column2-russia``."""
    begins = {RUSSIA_35: (JULY_2022, "us-proc-10420"), RUSSIA_70: (APRIL_2023, "us-proc-10523")}
    rows = [_row(number, heading, *begins[heading]) for number, heading in note_30()]
    gone = {"until": APRIL_2023, "until_act": "us-proc-10523"}
    rows += [{**_row(number, RUSSIA_35, *begins[RUSSIA_35]), **gone} for number in LEFT.split()]
    return sorted(rows, key=lambda row: (row["prefix"], row["class"]))


def footnoted() -> set[tuple[str, str]]:
    """The 8-digit numbers whose footnotes name a heading of Japan, in any edition."""
    found: set[tuple[str, str]] = set()
    for path in sorted((sources() / "hts").glob("hts_*.json.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as stream:
            lines = json.load(stream)
        for line in lines:
            digits = line["htsno"].replace(".", "")[:8]
            text = " ".join(note.get("value") or "" for note in line["footnotes"] or [])
            found |= {(digits, code) for code in (LEATHER, FOOTWEAR) if code in text and digits[:2] != "99"}
    return found


def japan() -> list[Row]:
    """The rows of ``us-301-japan``."""
    note = {"note": "by the words of the heading; no footnote"}
    rows = [_row(number, heading, SINCE_1986, "us-proc-japan-leather") for number, heading in footnoted()]
    rows += [{**_row(number, LEATHER, SINCE_1986, "us-proc-japan-leather"), **note} for number in BY_WORDS.split()]
    return sorted(rows, key=lambda row: (row["prefix"], row["class"]))


def _row(number: str, heading: str, start: str, act: str) -> Row:
    return {"prefix": number, "class": heading, "from": start, "act": act}


def main() -> None:
    """Write both lists."""
    head = {
        "title": "Articles of Russia at 35% and 70% in place of column 2",
        "citation": "U.S. notes 30(b) and 30(d) to subchapter III of chapter 99",
        "source": "HTS 2026 revision 6, chapter 99; "
        "the numbers that left note 30(b) on 1 April 2023: Proclamation 10523, CSMS 55688476",
    }
    columns = ("prefix", "class", "from", "until", "act", "until_act")
    print(f"us-column2-russia: {write_list('us-column2-russia', head, columns, russia())} rows")
    head = {
        "title": "Leather and leather footwear of Japan",
        "citation": "HTS headings 9903.41.05 and 9903.41.10; U.S. note 3 to subchapter III of chapter 99",
        "source": "the footnotes of the HTS editions of 2025 and 2026; where they name none, the words of heading 9903.41.05",
    }
    print(f"us-301-japan: {write_list('us-301-japan', head, ('prefix', 'class', 'from', 'act', 'note'), japan())} rows")


if __name__ == "__main__":
    main()
