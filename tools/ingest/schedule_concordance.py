"""Ended tariff numbers and what took over their wording: ``law/schedule/concordance.csv``.

Kept are the pairs in which the number left, the other came with the same edition and the same text, and both lie in one
8-digit subheading or the whole 8-digit subheading of the old number left with it. A hint for people, not law.
"""

from __future__ import annotations

import csv

from common import LAW, read_table

from tidewaiter.schedule.store import Schedule

HEAD = {
    "title": "Ended tariff numbers of the HTS and the numbers that took over their wording",
    "source": "USITC, Harmonized Tariff Schedule of the United States, editions of 2025 and 2026, compared",
    "note": "a hint by wording, not an official concordance",
}


def edition_name(revision: str) -> str:
    """``rev_16`` of the source is the edition ``2025 rev 16``."""
    return (revision if revision.startswith("2026") else f"2025 {revision}").replace("_", " ")


def main() -> int:
    schedule = Schedule.load()
    kept: list[tuple[str, str, str]] = []
    for row in read_table("us/hts_concordance.csv"):
        old, new = row["old_hts10"], row["new_hts10"]
        if "NA" in (old, new) or old == new:
            continue
        before, after = (schedule.edition(edition_name(row[column])) for column in ("revision_from", "revision_to"))
        one, other = schedule.line(old, before), schedule.line(new, after)
        if one is None or other is None or one.text.casefold() != other.text.casefold():
            continue
        left = schedule.line(old, after) is None
        together = old[:8] == new[:8] or not schedule.chapter(old[:2]).leaves(old[:8], after.index)
        if left and schedule.line(new, before) is None and together:
            kept.append((old, new, after.name))
    path = LAW / "schedule" / "concordance.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.writelines(f"# {key}: {value}\n" for key, value in HEAD.items())
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("old", "new", "edition"))
        writer.writerows(sorted(set(kept)))
    print(f"{path.name}: {len(set(kept))} pairs")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
