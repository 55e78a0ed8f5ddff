"""Builds the exemption lists of the reciprocal tariff, the section 122 surcharge and the forced-labor duties.

``lists/us-annex-ii*.csv`` (U.S. note 2(v)(iii)), ``lists/us-122-*.csv`` (note 2(aa)(ii)-(iv)) and
``lists/us-301-fl-*.csv`` (note 52(b)-(e)), from the tabulated notes. A list ends with the heading it serves, so only
lines removed before that have an ``until``. Run: ``python tools/ingest/us_exempt_lists.py``
"""

from __future__ import annotations

from collections.abc import Callable

from common import day_after, read_table, write_list

Row = dict[str, str]

COLUMNS = ("prefix", "from", "until", "act", "until_act", "scope", "claim", "note")

ANNEX_II_ACT = {
    "EO 14257 Annex II": "us-eo-14257",
    "Memo of 2025-04-11": "us-memo-2025-04-11",
    "EO 14346": "us-eo-14346",
    "EO 14360": "us-eo-14360",
}
# The last day on which IEEPA and section 122 duties were collected: ends of the headings, not of the list lines.
LAST_DAY = {"2026-02-23", "2026-07-23"}
REMOVED_BY = {"2025-07-31": "us-proc-10962", "2025-09-07": "us-eo-14346", "2025-10-13": "us-proc-10976"}

# The described articles by tariff line: the name under which the description is asked, and the article in short.
DESCRIBED = {
    "08059001": ("etrogs", "Etrogs"),
    "08119080": ("tropical-fruit-frozen", "Tropical fruit nesoi, frozen"),
    "12073000": ("seeds-for-sowing", "Castor oil seeds for sowing"),
    "12074000": ("seeds-for-sowing", "Sesame seeds for sowing"),
    "12075000": ("seeds-for-sowing", "Mustard seeds for sowing"),
    "12076000": ("seeds-for-sowing", "Safflower seeds for sowing"),
    "12079903": ("seeds-for-sowing", "Other oil seeds for sowing"),
    "14049090": ("religious-vegetable-material", "Date palm branches and the like, religious purposes only"),
    "19059010": ("religious-bakery", "Bakery goods, religious purposes only"),
    "19059090": ("religious-wafers", "Wafers and similar products, religious purposes only"),
    "20089921": ("acai", "Acai"),
    "20093160": ("citrus-juice-concentrated", "Juice of a single citrus fruit, concentrated, except lemon"),
    "20098970": ("coconut-water-or-acai-juice", "Coconut water or juice of acai"),
    "20099040": ("coconut-water-blends", "Coconut water juice blends, retail, not from concentrate"),
    "21069099": ("acai-preparations", "Acai preparations for the manufacture of beverages"),
    "33012951": ("religious-essential-oils", "Essential oils nesoi, religious purposes only"),
    "44123357": ("eucalyptus-plywood", "Eucalyptus plywood, not thicker than 6 mm"),
}

ANNEX_II_SOURCE = "HTSUS chapter 99 subchapter III, U.S. note 2(v)(iii), and the orders that amended it"
PROCLAMATION = "Proclamation 11012, Annexes I and II (91 FR 9339)"
FORCED_LABOR_NOTICE = "USTR notice of 28 July 2026, annex (91 FR 47318, FR Doc. 2026-15181); CSMS 69326983"


def annex_ii_row(source: Row) -> Row:
    """A line of Annex II with the acts that put it there and, if it left, took it off."""
    last = source["effective_to"]
    left = "" if last in LAST_DAY else last
    row = {
        "prefix": source["hts_prefix"],
        "from": source["effective_from"],
        "until": day_after(left) if left else "",
        "act": next(act for name, act in ANNEX_II_ACT.items() if source["instrument"].startswith(name)),
        "until_act": REMOVED_BY[left] if left else "",
    }
    return row if source["coverage"] == "full" else row | described(source["hts_prefix"])


def described(prefix: str) -> Row:
    """The cells that restrict a line to its described article."""
    scope, note = DESCRIBED[prefix]
    return {"scope": scope, "note": note}


def surcharge_row(source: Row) -> Row:
    """A line of note 2(aa): listed outright, described, or for use in civil aircraft."""
    row = {"prefix": source["hts_prefix"], "from": source["effective_from"], "act": "us-proc-11012"}
    if source["heading"] == "9903.03.04":
        return row | described(source["hts_prefix"])
    return row | ({"claim": "civil-aircraft"} if source["heading"] == "9903.03.05" else {})


def forced_labor_row(source: Row) -> Row:
    """A line of note 52(b)-(e). The use of chapter 30 articles is presumed and needs no claim."""
    row = {"prefix": source["hts_prefix"], "from": "2026-07-24", "act": "us-memo-2026-07-23"}
    match source["heading"]:
        case "9903.05.87":
            return row | described(source["hts_prefix"])
        case "9903.05.88":
            return row | {"claim": "civil-aircraft"}
        case "9903.05.89" if "presumed" not in source["condition"]:
            return row | {"claim": "pharmaceutical-use"}
    return row


def build(name: str, title: str, note: str, source: str, rows: list[Row], convert: Callable[[Row], Row]) -> None:
    """Write one list; its columns are those that its rows use."""
    made = [convert(row) for row in rows]
    columns = [column for column in COLUMNS if any(row.get(column) for row in made)]
    count = write_list(name, {"title": title, "citation": note, "source": source}, columns, made)
    print(f"{name}: {count} lines")


def main() -> None:
    annex = read_table("current_law/annex_ii_exempt.csv")
    for name, heading, title, note in (
        ("us-annex-ii", "9903.01.32", "Annex II: articles free of the reciprocal tariff", "U.S. note 2(v)(iii)(a)"),
        ("us-annex-ii-described", "9903.02.78", "Annex II: particular farm articles", "U.S. note 2(v)(iii)(b)"),
    ):
        rows = [row for row in annex if row["heading"] == heading]
        build(name, title, note, ANNEX_II_SOURCE, rows, annex_ii_row)

    surcharge = read_table("current_law/s122_exempt.csv")
    for name, heading, title, note in (
        ("us-122-exempt", "9903.03.03", "Section 122: listed articles", "U.S. note 2(aa)(ii)"),
        ("us-122-described", "9903.03.04", "Section 122: particular farm articles", "U.S. note 2(aa)(iii)"),
        ("us-122-aircraft", "9903.03.05", "Section 122: civil aircraft articles", "U.S. note 2(aa)(iv)"),
    ):
        rows = [row for row in surcharge if row["heading"] == heading]
        build(name, title, note, PROCLAMATION, rows, surcharge_row)

    forced_labor = [row for row in read_table("current_law/fl301_exempt_hts.csv") if row["economy"] == "ALL"]
    for name, heading, title, note in (
        ("us-301-fl-exempt", "9903.05.86", "Forced-labor 301: listed articles", "U.S. note 52(b)"),
        ("us-301-fl-described", "9903.05.87", "Forced-labor 301: particular articles", "U.S. note 52(c)"),
        ("us-301-fl-aircraft", "9903.05.88", "Forced-labor 301: civil aircraft articles", "U.S. note 52(d)"),
        ("us-301-fl-pharma", "9903.05.89", "Forced-labor 301: articles for pharmaceutical use", "U.S. note 52(e)"),
    ):
        rows = [row for row in forced_labor if row["heading"] == heading]
        build(name, title, note, FORCED_LABOR_NOTICE, rows, forced_labor_row)


if __name__ == "__main__":
    main()
