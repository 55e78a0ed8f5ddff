"""Builds the product lists of the actions against single economies.

``lists/us-301-fl-<economy>.csv`` (U.S. note 52(j): what single economies are spared of the forced-labor duties),
``lists/us-301-brazil-*.csv`` (note 50(a)(ii)-(v)) and ``lists/us-338-*.csv`` (note 51(b), (d) and the exclusions from
importation of Proclamations 11061-11063), from the tabulated notes. Run: ``python tools/ingest/us_country_actions.py``
"""

from __future__ import annotations

from common import read_table, write_list
from us_exempt_lists import FORCED_LABOR_NOTICE, described

Row = dict[str, str]

COLUMNS = ("prefix", "class", "from", "until", "act", "until_act", "scope", "claim", "note")

# The particular articles of note 52(j)(4)-(13): the name under which each is asked, and the article in short.
PARTICULAR = {
    "12119089": ("psyllium-seed-husks", "Psyllium seed husks"),
    "13019091": ("boswellia", "Boswellia"),
    "13021991": ("aloe-coconut-centella", "Aloe, Tasmanian pepper, coconut and centella"),
    "15159081": ("argan-oil", "Argan oil"),
}
ECONOMIES = {
    "GB": ("the United Kingdom", "52(j)(1)"),
    "EU": ("the European Union", "52(j)(2)"),
    "CH": ("Switzerland", "52(j)(3)"),
    "MY": ("Malaysia", "52(j)(4)"),
    "KH": ("Cambodia", "52(j)(5)"),
    "GT": ("Guatemala", "52(j)(6)"),
    "SV": ("El Salvador", "52(j)(7)"),
    "AR": ("Argentina", "52(j)(8)"),
    "BD": ("Bangladesh", "52(j)(9)"),
    "TW": ("Taiwan", "52(j)(10)"),
    "ID": ("Indonesia", "52(j)(11)"),
    "EC": ("Ecuador", "52(j)(12)"),
    "JO": ("Jordan", "52(j)(13)"),
}

BRAZIL_NOTICE = "USTR notice of 20 July 2026, annex (91 FR 45516, FR Doc. 2026-14542); CSMS 69302472"
BRAZIL_LISTS = (
    ("us-301-brazil-exempt", "9903.05.03", "listed articles", "U.S. note 50(a)(ii)"),
    ("us-301-brazil-described", "9903.05.04", "particular farm articles", "U.S. note 50(a)(iii)"),
    ("us-301-brazil-aircraft", "9903.05.05", "civil aircraft articles", "U.S. note 50(a)(iv)"),
    ("us-301-brazil-pharma", "9903.05.06", "articles for pharmaceutical use", "U.S. note 50(a)(v)"),
)

# Section 338: the act that made each list, the act that changed it on 15 September, the act that shut goods of it out.
PROCLAMATION = {"9903.03.12": "us-proc-11046", "9903.03.13": "us-proc-11047", "9903.03.14": "us-proc-11048"}
CHANGED_BY = {"9903.03.12": "us-proc-11064", "9903.03.14": "us-proc-11065"}
EXCLUDED_BY = {
    "9903.03.12": ("alcohol", "us-proc-11061"),
    "9903.03.13": ("dairy", "us-proc-11062"),
    "9903.03.14": ("motor-vehicles", "us-proc-11063"),
}
# The day that the proclamations of 20 July set; that of 18 August put the collection off to 22 August.
FIRST_DAY = "2026-08-19"


def economy_row(source: Row, several: bool) -> Row:
    """A line of note 52(j); the class is the heading where an economy has more than one."""
    row = {"prefix": source["hts_prefix"], "from": "2026-07-24", "act": "us-memo-2026-07-23"}
    if several:
        row["class"] = source["heading"]
    if source["coverage"] == "described article only":
        row["scope"], row["note"] = PARTICULAR[source["hts_prefix"]]
    return row


def brazil_row(source: Row) -> Row:
    """A line of note 50(a)(ii)-(v). As in note 52(e), the use of chapter 30 articles is presumed and needs no claim."""
    prefix = source["hts_prefix"]
    row = {"prefix": prefix, "from": "2026-07-22", "act": "us-fr-91-45516"}
    match source["heading"]:
        case "9903.05.04":
            return row | described(prefix)
        case "9903.05.05":
            return row | {"claim": "civil-aircraft"}
        case "9903.05.06" if not prefix.startswith("30"):
            return row | {"claim": "pharmaceutical-use"}
    return row


def duty_row(source: Row) -> Row:
    """A line of note 51(b), with the proclamation that put it there and the one that took it off."""
    heading = source["heading"]
    first = source["effective_from"].startswith("2026-08-22")
    left = source["effective_to_excl"][:10]
    return {
        "prefix": source["hts_prefix"],
        "class": heading,
        "from": FIRST_DAY if first else source["effective_from"][:10],
        "until": left,
        "act": PROCLAMATION[heading] if first else CHANGED_BY[heading],
        "until_act": CHANGED_BY[heading] if left else "",
    }


def excluded_row(source: Row) -> Row:
    """A line that may not be imported; some beverages only where packaged for direct consumption."""
    name, act = EXCLUDED_BY[source["heading"]]
    packaged = "only packaged" in source["import_ban_instrument"]
    row = {"prefix": source["hts_prefix"], "class": name, "from": source["import_ban_from"][:10], "act": act}
    return row | ({"scope": "packaged-beverage"} if packaged else {})


def build(name: str, title: str, note: str, source: str, rows: list[Row]) -> None:
    """Write one list; its columns are those that its rows use."""
    columns = [column for column in COLUMNS if any(row.get(column) for row in rows)]
    count = write_list(name, {"title": title, "citation": note, "source": source}, columns, rows)
    print(f"{name}: {count} lines")


def main() -> None:
    forced_labor = read_table("current_law/fl301_exempt_hts.csv")
    for code, (economy, note) in ECONOMIES.items():
        rows = [row for row in forced_labor if row["economy"] == code]
        several = len({row["heading"] for row in rows}) > 1
        made = [economy_row(row, several) for row in rows]
        title = f"Forced-labor 301: articles of {economy}"
        build(f"us-301-fl-{code.lower()}", title, f"U.S. note {note}", FORCED_LABOR_NOTICE, made)

    brazil = read_table("current_law/brazil301_exempt_hts.csv")
    for name, heading, title, note in BRAZIL_LISTS:
        made = [brazil_row(row) for row in brazil if row["heading"] == heading]
        build(name, f"Section 301 on Brazil: {title}", note, BRAZIL_NOTICE, made)

    canada = read_table("current_law/s338_canada_hts.csv")
    duties = [row for row in canada if row["heading"] in PROCLAMATION]
    build(
        "us-338-canada",
        "Section 338 on Canada",
        "U.S. note 51(b)",
        "Proclamations 11046, 11047, 11048, Annexes II; 11064 and 11065 (91 FR 58331, 91 FR 58339)",
        [duty_row(row) for row in duties],
    )
    build(
        "us-338-excluded",
        "Section 338 on Canada: articles excluded from importation",
        "Proclamations 11061, 11062, 11063 (91 FR 58311, 91 FR 58319, 91 FR 58325)",
        "the annexes of these proclamations; CSMS 70050970",
        [excluded_row(row) for row in duties if row["import_ban_from"]],
    )
    build(
        "us-338-aircraft",
        "Section 338 on Canada: civil aircraft articles",
        "U.S. note 51(d)",
        "Proclamation 11046, Annex II",
        [
            {"prefix": row["hts_prefix"], "from": FIRST_DAY, "act": "us-proc-11046", "claim": "civil-aircraft"}
            for row in canada
            if row["heading"] == "9903.03.16"
        ],
    )


if __name__ == "__main__":
    main()
