"""Build the four product lists of Section 232 on metals: ``us-232-steel``, ``-aluminum``, ``-copper`` and ``-metals``.

Sources (under ``sources()``): the tables of steel, aluminum and copper products; the legal text of chapter 99 (note 19
names the aluminum derivatives to ten digits); the annexes of Proclamation 11021 (which repeat the steel derivatives of
2025 to ten digits); two editions of the schedule (whose footnotes name the first steel derivatives outside chapter 73);
and the table of note 16(c) as it stands since 6 April 2026.
"""

from __future__ import annotations

import gzip
import json
import re
from itertools import combinations

from common import day_after, read_table, sources, write_list

START, SECOND, END = "2018-03-23", "2020-02-08", "2026-04-06"
DERIVATIVES, CANS, APPLIANCES, INCLUSIONS = "2025-03-12", "2025-04-04", "2025-06-23", "2025-08-18"
JULY_2025, FEBRUARY_2026 = "2025-07-01", "2026-02-01"
COPPER, REVISED, REVERTS = "2025-08-01", "2026-06-08", "2028-01-01"

COLUMNS = ("prefix", "class", "from", "until", "act", "until_act", "note")
NUMBER = re.compile(r"(?<![\d.])(\d{4}\.\d\d\.?\d\d(?:\.?\d\d)?)(?!\d)")
Row = dict[str, str]

STEEL_ACT = {DERIVATIVES: "us-fr-90-11249", APPLIANCES: "us-fr-90-25208", INCLUSIONS: "us-fr-90-40326"}
ALUMINUM_ACT = {DERIVATIVES: "us-fr-90-11251", CANS: "us-fr-90-14786", INCLUSIONS: "us-fr-90-40326"}
METALS_ACT = {END: "us-proc-11021", REVISED: "us-proc-11032"}

# Where one eight-digit subheading has lines of several dates, the date of each ten-digit line.
ALUMINUM_DATES = {
    "8503009520": DERIVATIVES,
    "8503009546": INCLUSIONS,
    "8503009570": INCLUSIONS,
    "22030000": CANS,
    "76129010": CANS,
}
# Statistical numbers that replaced a listed number without a change in what is covered: new -> (listed, since).
RENUMBERED = {
    "9401999030": ("9401999081", JULY_2025),
    "9401999070": ("9401999081", JULY_2025),
    "9401999040": ("9401999070", FEBRUARY_2026),
    "9401999085": ("9401999070", FEBRUARY_2026),
    "8415908010": ("8415908025", FEBRUARY_2026),
    "8415908020": ("8415908025", FEBRUARY_2026),
    "3004909251": ("3004909244", FEBRUARY_2026),
}
# The stampings of note 16(a)(ii) and 19(a)(iii), by the statistical number that names the metal.
STAMPINGS = {"steel": ("8708103020", "8708292120"), "aluminum": ("8708103030", "8708292130")}
TIERS = ({"i", "ii", "iii", "iv", "v"}, {"vi", "vii", "viii", "xi"}, {"ix", "x"})


def digits(number: str) -> str:
    """The digits of a tariff number, without an empty statistical suffix (7615.20.0000 is 76152000)."""
    plain = number.replace(".", "")
    return plain[:8] if len(plain) == 10 and plain.endswith("00") else plain


def row(
    prefix: str, klass: str, since: str, act: str, until: str = END, ended: str = "us-proc-11021", note: str = ""
) -> Row:
    """One line of a list."""
    return dict(zip(COLUMNS, (prefix, klass, since, until, act, ended, note), strict=True))


def renumbered(rows: list[Row]) -> list[Row]:
    """The rows with listed numbers that later editions print under other numbers cut and continued."""
    moved: list[Row] = []
    ends = dict(RENUMBERED.values())
    for one in rows:
        cut = ends.get(one["prefix"])
        moved.append({**one, "until": cut, "until_act": one["act"], "note": "renumbered"} if cut else one)
    for new, (listed, since) in RENUMBERED.items():
        chain = listed if listed not in RENUMBERED else RENUMBERED[listed][0]
        for one in rows:
            if one["prefix"] == chain:
                note = f"formerly {chain}"
                until = ends.get(new, one["until"])
                moved.append({**one, "prefix": new, "from": max(since, one["from"]), "until": until, "note": note})
    return moved


def mill(metal: str) -> list[Row]:
    """Notes 16(b)/(j) and 19(b)/(g): mill products since 2018; the first derivatives since 2020; articles of 2025."""
    first = {"steel": "us-proc-9705", "aluminum": "us-proc-9704"}[metal]
    acts = {"steel": STEEL_ACT, "aluminum": ALUMINUM_ACT}[metal]
    found: list[Row] = []
    for line in read_table("us/s232_metal_chapter_products.csv"):
        prefix, since = digits(line["hts_prefix"]), line["effective_date"]
        if line["metal_type"] != metal:
            continue
        if line["kind"] == "mill":
            found.append(row(prefix, "mill", START, first))
        elif not since:
            found.append(row(prefix, "first", SECOND, "us-proc-9980"))
        else:
            since = ALUMINUM_DATES.get(prefix, since) if metal == "aluminum" else since
            found.append(row(prefix, "article", since, acts[since]))
    return found + [row(prefix, "first", SECOND, "us-proc-9980") for prefix in STAMPINGS[metal]]


def footnoted(edition: str) -> set[str]:
    """Numbers outside chapters 72, 73 and 87 whose footnote points to U.S. note 16, in one edition."""
    with gzip.open(sources() / "hts" / f"{edition}.json.gz", "rt", encoding="utf-8") as stream:
        schedule = json.load(stream)
    found: set[str] = set()
    for item in schedule:
        number = digits(item.get("htsno") or "")
        notes = " ".join(note.get("value") or "" for note in item.get("footnotes") or [])
        if number[:2] not in ("", "72", "73", "87", "99") and re.search(r"note 16 to subchapter III", notes):
            found.add(number)
    return found


def steel_annexes() -> set[str]:
    """The steel derivatives of the annexes of Proclamation 11021, as finely as they are listed."""
    text = (sources() / "us" / "s232_metals_annexes_text.txt").read_text(encoding="utf-8", errors="replace")
    found: set[str] = set()
    inside = False
    for line in text.replace("\f", "").split("\n"):
        if line.startswith(("Steel Derivatives", "Aluminum Derivative")):
            inside = line.startswith("Steel")
        if inside:
            found |= {digits(number) for number in NUMBER.findall(line)}
    return found


def steel_content() -> list[Row]:
    """Note 16(n): steel derivatives outside chapters 72 and 73, on their steel content."""
    found = [
        row(number, "content", DERIVATIVES, STEEL_ACT[DERIVATIVES])
        for number in sorted(footnoted("hts_2025_rev_5") - footnoted("hts_2025_basic"))
    ]
    listed = steel_annexes()
    for line in sorted(read_table("us/s232_derivative_products.csv"), key=lambda one: one["effective_date"]):
        if line["derivative_type"] != "steel":
            continue
        prefix = digits(line["hts_prefix"])
        finer = sorted(number for number in listed if number.startswith(prefix) and number != prefix)
        if prefix not in listed and not finer:
            raise ValueError(f"{prefix} is in no annex: listed to eight or to ten digits?")
        since = line["effective_date"]
        for number in [prefix] if prefix in listed else finer:
            if number in {one["prefix"] for one in found}:
                continue
            found.append(row("3004909244" if number == "3004909251" else number, "content", since, STEEL_ACT[since]))
    return found


def aluminum_content() -> list[Row]:
    """Note 19(k): aluminum derivatives outside chapter 76, on their aluminum content."""
    with gzip.open(sources() / "us" / "chapter99_2026_rev_6.txt.gz", "rt", encoding="latin-1") as stream:
        text = stream.read()
    begin = text.index("(k) The rates of duty in heading 9903.85.08")
    begin = text.index("United States:", begin)
    stop = text.index("For any derivative aluminum product", begin)
    dates: dict[str, set[str]] = {}
    for line in read_table("us/s232_derivative_products.csv"):
        if line["derivative_type"] == "aluminum":
            dates.setdefault(line["hts_prefix"], set()).add(line["effective_date"] or DERIVATIVES)
    found: list[Row] = []
    for number in dict.fromkeys(digits(one) for one in NUMBER.findall(text[begin:stop])):
        if number in RENUMBERED:
            continue
        since = ALUMINUM_DATES.get(number)
        if since is None:
            (since,) = {DERIVATIVES} if number == "8708103050" else dates.get(number[:8]) or {INCLUSIONS}
        found.append(row(number, "content", since, ALUMINUM_ACT[since]))
    return [*found, row("9401999081", "content", DERIVATIVES, ALUMINUM_ACT[DERIVATIVES])]


def copper() -> list[Row]:
    """Note 36(b): semi-finished copper and intensive copper derivatives."""
    return [
        row(digits(line["hts10"]), "", COPPER, "us-proc-10962") for line in read_table("us/s232_copper_products.csv")
    ]


def metals() -> list[Row]:
    """Note 16(c) since 6 April 2026, class = list (i)-(xi); what reverts on 1 January 2028 moves to (vi) or (vii)."""
    found: list[Row] = []
    for line in read_table("current_law/s232_metals_products.csv"):
        klass = line["note_ref"].removeprefix("16(c)(").removesuffix(")")
        since, last, prefix = line["effective_from"], line["effective_to"], digits(line["hts_prefix"])
        act = METALS_ACT[since]
        until = day_after(last) if last else ""
        ended = ("us-proc-11032" if until == REVISED else act) if until else ""
        found.append(row(prefix, klass, since, act, until, ended))
        if until == REVERTS:
            later = "vi" if klass == "ix" else "vii"
            found.append(row(prefix, later, REVERTS, act, "", "", f"({klass}) to the rates of Proc 11021 clause 3"))
    # Note 16(c)(vi) names 8716.90.50 too; the table has it only under (vii), at the same rate.
    found.append(row("87169050", "vi", END, METALS_ACT[END], "", "", "also (vii)"))
    return with_broader(found)


def with_broader(rows: list[Row]) -> list[Row]:
    """The rows, and under each finer number the classes of the broader numbers above it (longest prefix wins)."""
    every = list(rows)
    for prefix in {one["prefix"] for one in rows}:
        for broad in rows:
            if prefix != broad["prefix"] and prefix.startswith(broad["prefix"]):
                every.append({**broad, "prefix": prefix, "note": f"as {broad['prefix']}"})
    for one, other in combinations(every, 2):
        classes = {one["class"], other["class"]}
        if one["prefix"] == other["prefix"] and meet(one, other) and not any(classes <= tier for tier in TIERS):
            raise ValueError(f"two tiers at once: {one} {other}")
    return every


def meet(one: Row, other: Row) -> bool:
    """Whether the windows of two rows overlap."""
    return one["from"] < (other["until"] or "9") and other["from"] < (one["until"] or "9")


def in_order(rows: list[Row]) -> list[Row]:
    """Sorted by number, then date and class."""
    return sorted(rows, key=lambda one: (one["prefix"], one["from"], *one.values()))


def main() -> None:
    """Write the four lists."""
    write_list(
        "us-232-steel",
        {
            "title": "Section 232 steel to 5 April 2026: mill products and derivatives",
            "citation": "U.S. notes 16(a)(ii), 16(b) and 16(j)-(n) to subchapter III of chapter 99, HTSUS",
            "source": "Procs 9705, 9980, 10896; 90 FR 11249; 90 FR 25208; 90 FR 40326; footnotes in HTS 2025 rev. 5",
        },
        COLUMNS,
        in_order(renumbered(mill("steel") + steel_content())),
    )
    write_list(
        "us-232-aluminum",
        {
            "title": "Section 232 aluminum to 5 April 2026: mill products and derivatives",
            "citation": "U.S. notes 19(a)(iii), 19(b) and 19(g)-(k) to subchapter III of chapter 99, HTSUS",
            "source": "Procs 9704, 9980, 10895; 90 FR 11251; 90 FR 14786; 90 FR 40326",
        },
        COLUMNS,
        in_order(renumbered(mill("aluminum") + aluminum_content())),
    )
    write_list(
        "us-232-copper",
        {
            "title": "Section 232 semi-finished copper and intensive copper derivatives, to 5 April 2026",
            "citation": "U.S. note 36(b) to subchapter III of chapter 99, HTSUS",
            "source": "Annex to Proc 10962",
        },
        COLUMNS,
        in_order(copper()),
    )
    write_list(
        "us-232-metals",
        {
            "title": "Section 232 aluminum, steel and copper since 6 April 2026, by the lists (i)-(xi) of note 16(c)",
            "citation": "U.S. note 16(c) to subchapter III of chapter 99, HTSUS",
            "source": "HTS 2026 revision 6; Procs 11021 and 11032 and their annexes",
        },
        COLUMNS,
        in_order(metals()),
    )


if __name__ == "__main__":
    main()
