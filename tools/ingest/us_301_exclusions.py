"""Builds ``lists/us-301-exclusions.csv`` and ``facts/us-301-exclusions.yaml``: the 178 claimable exclusions.

A claim names one item, such as ``9903.88.69:i-12`` (U.S. note 20(vvv)(i)(12)) or ``9903.88.70:12`` (note 20(www)(12)).
Run: ``python tools/ingest/us_301_exclusions.py``
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from common import LAW, read_table, write_list

Row = dict[str, str]

# Statistical numbers of 1 July 2026 that the conforming notices wrote into the exclusions.
CONFORMED = {
    "us-fr-91-56538": ["8413919039", "8413919046", "8413919059", "8413919099", "3926909915", "3926909920"],
    "us-fr-91-64211": ["8479909591"],
}
CONFORMED_FROM = "2026-07-01"
# Whole statistical numbers that the table calls described, since the note now says "prior to July 1, 2026" after them.
RENUMBERED_WHOLE = {"3926909910"}
ACT_OF_HEADING = {"9903.88.69": "us-fr-89-46948", "9903.88.70": "us-fr-89-76581"}

PART_OF_LIST = {
    "9903.88.01": "(vvv)(i)",
    "9903.88.02": "(vvv)(ii)",
    "9903.88.03": "(vvv)(iii)",
    "9903.88.15": "(vvv)(iv)",
}
# The last item of three subdivisions, which the extracted table of texts lacks.
LAST_ITEMS = {
    ("(vvv)(i)", "47"): "Thermostats designed for air conditioning or heating systems, not designed to connect to the "
    "internet, the foregoing designed for wall mounting",
    ("(vvv)(ii)", "22"): "Portable, wireless enabled, electrical gas monitors",
    ("(vvv)(iii)", "70"): "Baby crib liners, each composed of two pieces of multi-layer warp polyester knit mesh "
    "without any padding, one measuring no more than 29 cm by 283 cm and the other no more than 29 cm by 210 cm",
}
HEAD = """\
# The exclusions from Section 301 on China, item by item (written by tools/ingest/us_301_exclusions.py).
# Descriptions: HTS chapter 99 subchapter III, U.S. notes 20(vvv) and 20(www).
claims:
"""


def items() -> list[Row]:
    """One row for each excluded number, as the note has them since the conforming edits of 2026."""
    return read_table("current_law/s301_china_exclusions_rev21.csv")


def claim_of(row: Row) -> str:
    """The name under which an importer claims the item."""
    part = re.fullmatch(r"20\((?:vvv)\)\((\w+)\)", row["note_subdivision"])
    return f"{row['heading']}:{part[1] + '-' if part else ''}{row['item_no']}"


def list_rows() -> Iterator[Row]:
    """The rows of the product list."""
    for row in items():
        conformed = next((act for act, numbers in CONFORMED.items() if row["hts10"] in numbers), "")
        described = row["coverage"] != "whole line" and row["hts10"] not in RENUMBERED_WHOLE
        whole = "part of the line: the described article only" if described else "whole line"
        yield {
            "prefix": row["hts10"],
            "class": row["heading"],
            "from": CONFORMED_FROM if conformed else row["effective_from"],
            "act": conformed or ACT_OF_HEADING[row["heading"]],
            "claim": claim_of(row),
            "note": f"{row['note_subdivision']}({row['item_no']}), {whole}",
        }


def descriptions() -> dict[tuple[str, str], str]:
    """The article of each item, without the numbers it was described in."""
    found = dict(LAST_ITEMS)
    for row in read_table("us/s301_exclusions_in_force_2026rev6.csv"):
        part = "(www)" if row["ch99_heading"] == "9903.88.70" else PART_OF_LIST[row["relieves_heading"]]
        text = re.sub(r"\s*\((?:the foregoing )?described\s+in\s.*$", "", row["text"], flags=re.DOTALL)
        found[part, row["item_no"]] = " ".join(text.split())
    return found


def question(row: Row, articles: dict[tuple[str, str], str]) -> str:
    """The question put to the importer."""
    part = row["note_subdivision"].removeprefix("20")
    cite = f"{row['heading']}, note {row['note_subdivision']}({row['item_no']})"
    if row["coverage"] == "whole line":
        return f"Do you claim the exclusion of the whole statistical number ({cite})?"
    return f"Do you claim the exclusion ({cite}) for: {articles[part, row['item_no']]}?"


def write_facts() -> int:
    """Write the claims with their questions; returns their number."""
    articles = descriptions()
    texts = {claim_of(row): question(row, articles) for row in items()}
    lines = [f"  {json.dumps(claim)}: {{text: {json.dumps(text)}}}\n" for claim, text in texts.items()]
    path = LAW / "facts" / "us-301-exclusions.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEAD + "".join(lines), encoding="utf-8")
    return len(texts)


def main() -> None:
    """Write the list and the claims and print their counts."""
    rows = sorted(list_rows(), key=lambda row: (row["prefix"], row["class"], row["claim"]))
    count = write_list(
        "us-301-exclusions",
        {
            "title": "Exclusions from Section 301 on China that could be claimed since 2024",
            "citation": "HTS chapter 99 subchapter III, headings 9903.88.69 and .70, U.S. notes 20(vvv) and (www)",
            "source": "89 FR 46948; 89 FR 76581; 90 FR 55232; 91 FR 56538; 91 FR 64211",
        },
        ("prefix", "class", "from", "act", "claim", "note"),
        rows,
    )
    print(f"us-301-exclusions: {count} rows, {write_facts()} items")


if __name__ == "__main__":
    main()
