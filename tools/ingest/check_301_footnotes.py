"""Holds ``us-301-china`` against the footnotes "See 9903.88.xx" of every HTS edition, line by line.

Prints each difference that ``audit/footnote_differences.yaml`` does not explain and each explanation that matches none;
exit code 1 if there is any. With ``--all`` it prints every difference, grouped, in the form of that file.
Run: ``python tools/ingest/check_301_footnotes.py [--all]`` (a minute; reads 44 editions).
"""

from __future__ import annotations

import csv
import gzip
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import yaml
from common import LAW, read_table, sources

# Duty headings only: exclusions and reliefs are claims, not membership. "9903.92" stands for the cranes of 8426.19.00.
DUTY = re.compile(r"9903\.(?:88\.(?:01|02|03|04|15)|91\.(?:0[1-8]|11)|92(?:\.10)?)(?!\d)")
DUTY_CLASS = re.compile(r"9903\.(?:88\.(?:01|02|03|04|15)|91\.(?:0[1-8]|11)|92\.10)$")
NONE = "none"

# Editions that revision_dates.csv leaves out or dates back: their day of publication (no China 301 line changed).
PUBLISHED = {"2026_rev_8": "2026-05-22", "2026_rev_9": "2026-05-28"}

Key = tuple[str, str, str]


def editions() -> list[tuple[str, str]]:
    """Edition names in order, each with its legal date (``coalesce(policy_effective_date, effective_date)``)."""
    dated = []
    for row in read_table("hts/revision_dates.csv"):
        name = row["revision"] if row["revision"].startswith("2026") else f"2025_{row['revision']}"
        policy = row["policy_effective_date"]
        dated.append((name, PUBLISHED.get(name) or (row["effective_date"] if policy == "NA" else policy)))
    dated.append(("2026_rev_8", PUBLISHED["2026_rev_8"]))
    return sorted(dated, key=lambda item: _place(item[0]))


def _place(name: str) -> tuple[str, int]:
    year, _, revision = name.partition("_")
    return year, 0 if revision == "basic" else int(revision.removeprefix("rev_"))


def spoken(name: str) -> str:
    """``2025_rev_12`` as ``2025 rev 12``."""
    return name.replace("_", " ")


def footnotes_of_lines(edition: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Each 10-digit line of an edition with the duty headings its footnotes, or those of the lines above it, name."""
    with gzip.open(sources() / "hts" / f"hts_{edition}.json.gz", "rt", encoding="utf-8") as stream:
        rows: list[dict[str, Any]] = json.load(stream)
    above: list[frozenset[str]] = []
    for row in rows:
        digits = row["htsno"].replace(".", "")
        text = " ".join(note.get("value") or "" for note in row["footnotes"] or [] if note["columns"] != ["other"])
        own = frozenset(found.group() for found in DUTY.finditer(text))
        indent = int(row["indent"])
        del above[indent:]
        above.extend([above[-1] if above else frozenset()] * (indent - len(above)))
        inherited = above[-1] if above else frozenset()
        above.append(own or inherited)
        if len(digits) == 10 and not digits.startswith("99"):
            yield digits, own or inherited


def ledger_index() -> dict[str, list[dict[str, str]]]:
    """The rows of us-301-china by prefix."""
    with (LAW / "lists" / "us-301-china.csv").open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(line for line in stream if not line.startswith("#"))
        found: dict[str, list[dict[str, str]]] = defaultdict(list)
        for row in rows:
            found[row["prefix"]].append(row)
    return found


def ledger_headings(digits: str, day: str, index: dict[str, list[dict[str, str]]]) -> frozenset[str]:
    """The duty headings of the longest prefix in force on a day; described rows (with a scope) are marked ``?``."""
    for length in (10, 8):
        rows = [row for row in index.get(digits[:length], []) if row["from"] <= day and not "" < row["until"] <= day]
        if rows:
            duties = [row for row in rows if DUTY_CLASS.match(row["class"])]
            return frozenset(row["class"] + ("?" if row["scope"] else "") for row in duties)
    return frozenset()


def differences() -> dict[Key, list[str]]:
    """Editions by (number, footnote, ledger) wherever the two sides do not name the same headings."""
    index = ledger_index()
    found: dict[Key, list[str]] = defaultdict(list)
    for edition, day in editions():
        by_number: dict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
        for digits, footnote in footnotes_of_lines(edition):
            ledger = ledger_headings(digits, day, index)
            if footnote != ledger:
                by_number[digits[:8]][digits] = (_said(footnote), _said(ledger))
            else:
                by_number[digits[:8]][digits] = ("", "")
        for eight, lines in by_number.items():
            verdicts = set(lines.values())
            if len(verdicts) == 1 and verdicts != {("", "")}:
                found[(eight, *verdicts.pop())].append(edition)
                continue
            for digits, (footnote_said, ledger_said) in lines.items():
                if footnote_said or ledger_said:
                    found[(digits, footnote_said, ledger_said)].append(edition)
    return found


def _said(headings: frozenset[str]) -> str:
    return " ".join(sorted(headings)) or NONE


def grouped() -> list[dict[str, str]]:
    """The differences as entries of the audit file, without reasons."""
    order = [edition for edition, _ in editions()]
    entries = []
    for (number, footnote, ledger), where in sorted(differences().items()):
        for run in _runs(where, order):
            entries.append({"editions": run, "number": _dotted(number), "footnote": footnote, "ledger": ledger})
    return entries


def _runs(where: list[str], order: list[str]) -> Iterator[str]:
    places = sorted(order.index(edition) for edition in where)
    start = previous = places[0]
    for place in [*places[1:], len(order) + 1]:
        if place != previous + 1:
            yield spoken(order[start]) if start == previous else f"{spoken(order[start])}..{spoken(order[previous])}"
            start = place
        previous = place


def _dotted(digits: str) -> str:
    parts = [digits[:4], digits[4:6], digits[6:8], digits[8:]]
    return ".".join(part for part in parts[:3] if part) + parts[3]


def main() -> int:
    """Compare, print, and say whether everything is explained."""
    entries = grouped()
    if "--all" in sys.argv:
        for entry in entries:
            print(f"- {json.dumps(entry)}")
        return 0
    path = LAW / "audit" / "footnote_differences.yaml"
    explained = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    entries_known = [tuple(entry[key] for key in ("editions", "number", "footnote", "ledger")) for entry in explained]
    known = {entry for entry in entries_known if DUTY.search(" ".join(entry[2:]))}  # the file explains other lists too
    seen = {tuple(entry.values()) for entry in entries}
    for entry in sorted(seen - known):
        print("not explained:", *entry, sep="  ")
    for entry in sorted(known - seen):
        print("explains nothing:", *entry, sep="  ")
    print(f"{len(seen)} differences, {len(seen & known)} explained")
    return 1 if seen != known else 0


if __name__ == "__main__":
    raise SystemExit(main())
