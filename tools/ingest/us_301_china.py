"""Builds ``lists/us-301-china.csv`` and ``lists/us-301-maritime.csv`` from the tabulated U.S. notes 20 and 31.

The class of a row is the heading that the article pays; the longest prefix wins, so there is one heading a day.
Run: ``python tools/ingest/us_301_china.py``
"""

from __future__ import annotations

from collections.abc import Iterator

from common import day_after, read_table, write_list

Row = dict[str, str]

LIST_1, LIST_2, LIST_3, LIST_4 = "us-fr-83-28710", "us-fr-83-40823", "us-fr-83-47974", "us-fr-84-43304"
FOUR_YEAR_REVIEW, DECEMBER_2024, MARITIME = "us-fr-89-76581", "us-fr-89-101682", "us-fr-90-48320"
ACT_OF_LIST = {"1": LIST_1, "2": LIST_2, "3": LIST_3, "4A": LIST_4, "4B": LIST_4}

# 89 FR 101682 moved five subheadings to note 31 on 2025-01-01: polysilicon, wafers and three of tungsten.
MOVED_IN_DECEMBER_2024 = frozenset({"28046100", "38180000", "81019400", "81019910", "81019980"})

LIST_4B_START = "2019-12-15"

# Note 20(u)(ii), the described part of list 4B: what the 8-digit lines hold beside note 20(g) and 20(s)(ii).
LIST_4B_DESCRIBED = """
    2931909030 2931909035 2931909040 2931909052 9401614001 9401710001 9401710005 9401710006
    9401790001 9401790002 9401790003 9401790004 9401802001 9401804001 9403704003 9403708003
"""

# Numbers split off 2931.90.9051, which note 20(g)(1) excepts from heading 9903.88.04.
SPLIT_FROM_2931909051 = frozenset({"2931909030", "2931909035", "2931909040", "2931909052"})
NOT_FROM_9051 = "organo-inorganic-not-2931-90-9051"

CRANE, CHASSIS, ENTERAL = "ship-to-shore-crane", "intermodal-chassis", "enteral-syringe"
COLUMNS = ("prefix", "class", "from", "until", "act", "until_act", "scope", "note")


def china_rows() -> Iterator[Row]:
    """The rows of us-301-china, in the order of the source."""
    for source in read_table("current_law/s301_china_lists.csv"):
        # The 10-digit repeat of 8716.39.00 kept the maritime row from hiding list 3; here maritime is its own list.
        if source["list"] == "maritime" or source["condition"].startswith("row repeated"):
            continue
        yield from _china_row(source)
    for prefix in LIST_4B_DESCRIBED.split():
        yield _row(prefix, "9903.88.16", LIST_4B_START, LIST_4, note="20(u)(ii)")


def _china_row(source: Row) -> Iterator[Row]:
    prefix, heading = source["hts"], source["heading"]
    if source["list"] == "4B":
        yield _row(prefix, heading, LIST_4B_START, LIST_4, note="20(u)(i)")
        return
    row = _row(prefix, heading, source["effective_from"], _act_of(source), note=_note(source["note_ref"]))
    if source["effective_to"]:
        row["until"] = day_after(source["effective_to"])
        ended_by = DECEMBER_2024 if prefix in MOVED_IN_DECEMBER_2024 else FOUR_YEAR_REVIEW
        row["until_act"] = ended_by if ended_by != row["act"] else ""
    if heading == "9903.91.10":  # the rest of 9018.31.0080 pays like 9018.31.00 while enteral syringes are relieved
        row["scope"] = ENTERAL
        yield _row(prefix, "9903.91.03", row["from"], FOUR_YEAR_REVIEW, row["until"], note="31(d)")
    if heading == "9903.92.10":  # ship-to-shore cranes; the other articles of 8426.19.00 are reported under 9903.92.80
        row["scope"] = CRANE
        yield _row(prefix, "9903.92.80", row["from"], FOUR_YEAR_REVIEW, note="31(a)")
    if heading == "9903.88.04" and prefix in SPLIT_FROM_2931909051:
        row["scope"] = NOT_FROM_9051
    yield row


def _act_of(source: Row) -> str:
    if source["list"] != "note31":
        return ACT_OF_LIST[source["list"]]
    return DECEMBER_2024 if source["hts"] in MOVED_IN_DECEMBER_2024 else FOUR_YEAR_REVIEW


def _note(reference: str) -> str:
    """The subdivision of the note; for lines that note 31 took over, a note 20 list that is no longer printed."""
    known = {
        "(pre-note-31 list)": "20, before note 31",
        "(exception to 9903.91.03)": "9903.91.10",
        "20(s)(ii)5": "20(s)(ii)",
    }
    return known.get(reference, reference.replace(" (deleted 2026-01-01)", ", until 2026"))


def _row(prefix: str, klass: str, start: str, act: str, until: str = "", scope: str = "", note: str = "") -> Row:
    return {"prefix": prefix, "class": klass, "from": start, "until": until, "act": act, "scope": scope, "note": note}


def maritime_rows() -> Iterator[Row]:
    """Chassis and ship-to-shore cranes, note 31(k)-(l); the suspension acts on the headings, not on the lines."""
    for source in read_table("current_law/s301_china_lists.csv"):
        if source["list"] != "maritime" or source["effective_from"] != "2025-11-09":
            continue
        prefix, heading, start = source["hts"], source["heading"], source["effective_from"]
        if heading == "9903.91.14":
            yield _row(prefix, heading, start, MARITIME, scope=CRANE, note="31(l)")
        else:
            yield _row(prefix, heading, start, MARITIME, scope=CHASSIS, note="31(k)(i)")
            yield _row(prefix, "9903.91.13", start, MARITIME, note="31(k)(ii)")


def _sorted(rows: Iterator[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row["prefix"], row["from"], row["class"]))


def main() -> None:
    """Write both lists and print their counts."""
    china = write_list(
        "us-301-china",
        {
            "title": "Section 301 on China: the heading each tariff line pays",
            "citation": "HTS chapter 99 subchapter III, U.S. notes 20(b), (d), (f), (g), (s), (u) and 31(b)-(j)",
            "source": "83 FR 28710; 83 FR 40823; 83 FR 47974; 84 FR 43304; 89 FR 76581; 89 FR 101682; "
            "chapter 99 of the HTS, 2026 revision 6",
        },
        COLUMNS,
        _sorted(china_rows()),
    )
    maritime = write_list(
        "us-301-maritime",
        {
            "title": "Section 301 on China's maritime sector: intermodal chassis and ship-to-shore cranes",
            "citation": "HTS chapter 99 subchapter III, U.S. note 31(k)-(l); 90 FR 48320",
            "source": "90 FR 48320; chapter 99 of the HTS, 2026 revision 6",
        },
        COLUMNS,
        _sorted(maritime_rows()),
    )
    print(f"us-301-china: {china} rows; us-301-maritime: {maritime} rows")


if __name__ == "__main__":
    main()
