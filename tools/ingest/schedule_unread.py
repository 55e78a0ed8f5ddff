"""Every rate of the schedule that does not compute from its own text: ``law/schedule/unread_rates.csv``.

From the packaged schedule, all editions: the refused kinds of ``parsing.Refused``, and ``see_note`` (read, but the duty
stands in a note or another subheading). Empty columns are left out.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator

from common import LAW

from tidewaiter.schedule.parsing import UnparsedDutyError, parse
from tidewaiter.schedule.special import parse_special
from tidewaiter.schedule.store import Schedule

Unread = tuple[str, str, str, str, str, str]


def unread(schedule: Schedule) -> Iterator[Unread]:
    """Column, kind, text, number, first and last edition of every rate that does not compute."""
    for chapter in schedule.chapters:
        for key, version in schedule.versions(chapter):
            row = version.row
            for column, text, kind_of in (
                ("general", row.general, kind_of_rate),
                ("special", row.special, kind_of_special),
                ("column 2", row.other, kind_of_rate),
                ("additional", row.additional, kind_of_rate),
            ):
                kind = kind_of(text) if text else ""
                if kind:
                    first, last = schedule.editions[version.first].name, schedule.editions[version.last].name
                    yield column, kind, text, key.number, first, last


def kind_of_rate(text: str) -> str:
    """The kind of a rate that does not compute, empty for one that does."""
    try:
        return "see_note" if parse(text).kind == "see_note" else ""
    except UnparsedDutyError as error:
        return error.kind.name.lower()


def kind_of_special(text: str) -> str:
    """As ``kind_of_rate``, for a Special subcolumn: of any rate in it."""
    try:
        return "see_note" if any(rate.expression.kind == "see_note" for rate in parse_special(text)) else ""
    except UnparsedDutyError as error:
        return error.kind.name.lower()


def write(rows: Iterator[Unread], report: Callable[[str], None] = print) -> None:
    """Write the table, one row for each run of editions."""
    path = LAW / "schedule" / "unread_rates.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("column", "kind", "text", "number", "first_edition", "last_edition"))
        merged = sorted(set(rows))
        writer.writerows(merged)
    report(f"{path.name}: {len(merged)} rows")


if __name__ == "__main__":
    write(unread(Schedule.load()))
