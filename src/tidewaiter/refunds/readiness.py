"""The readiness report: what a finance officer reads before somebody files, and what has to happen by when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import polars as pl

from tidewaiter.refunds.answer import MEANS, RefundDesk, Summary, entries_of, names, soon
from tidewaiter.refunds.available import EXCLUSION, EXEMPTION
from tidewaiter.refunds.chart import Chart
from tidewaiter.refunds.frames import BUCKETS
from tidewaiter.refunds.hand_in import HANDED_IN, IN_FILE, Manifest
from tidewaiter.refunds.headline import cautions_said, figures
from tidewaiter.refunds.interest import DERIVED
from tidewaiter.refunds.money import show_cents
from tidewaiter.refunds.page import Block, Heading, Page, Paragraph, Table
from tidewaiter.refunds.words import in_words
from tidewaiter.status.say import say_day

_CLAIM_NOW = BUCKETS[0]
_DEADLINES, _KINDS, _IMPORTERS = 12, 12, 10
_PREPARED = "In files, to be handed in once what is assumed or cautioned above has been looked up"
NOT_ADVICE = (
    "Prepared by Tidewaiter from the reports named above. Not legal advice and no customs business: whether and what to file is "
    "for the importer of record or its licensed broker to decide. Nothing was filed, and no data left this machine."
)


def readiness(summary: Summary, manifest: Manifest | None) -> Page:
    """The report of a desk; ``manifest`` is of its declaration files where they were written."""
    desk = summary.desk
    blocks = tuple(_blocks(desk, summary, manifest))
    return Page("Refund readiness report", _subtitle(desk, summary), blocks, NOT_ADVICE)


def _subtitle(desk: RefundDesk, summary: Summary) -> str:
    importers = desk.entries["importer"].drop_nulls().unique(maintain_order=True)
    whose = f"importer of record {names(importers, 3)}; " if len(importers) else ""
    return (
        f"{whose}as of {say_day(desk.on.isoformat())}, law as known on {say_day(desk.known_on)}; "
        f"{entries_of(summary.entries)}, {summary.lines:,} lines from {names((one.name for one in desk.files), 5)}"
    )


def _blocks(desk: RefundDesk, summary: Summary, manifest: Manifest | None) -> Iterator[Block]:
    yield figures(summary, manifest)
    yield from _cautions(desk, summary)
    yield Heading("Where the money stands")
    yield _buckets(summary)
    yield Heading("What must be done by when")
    yield from _deadlines(summary)
    yield from _cliffs(desk)
    yield Heading("The declarations")
    yield from _ready(summary, manifest)
    yield Heading("By importer of record")
    yield from _importers(desk)
    yield Heading("What was paid, and on whose authority")
    yield _authorities(summary)
    if summary.refused_lines:
        yield Paragraph("What was due is told only of the lines that could be held against the law.")
    if summary.findings.height:
        yield Heading("Where the entries and the law differ")
        yield from _findings(summary)
    if desk.rights.height:
        yield Heading("Duties that may fall next")
        yield from _rights(desk)
    yield Heading("How the figures were made")
    yield from _made(desk, summary)


def _cautions(desk: RefundDesk, summary: Summary) -> Iterator[Block]:
    estimated = {name: count for name, count in summary.estimated.items() if count}
    if estimated:
        said = " and ".join(f"the {name} of {entries_of(count)}" for name, count in estimated.items())
        yield Paragraph(
            f"Preliminary: the reports do not tell {said}, and estimates stand in. Put in the actual dates before these figures "
            "are booked or told to others.",
            strong=True,
        )
    for said in cautions_said(desk):
        yield Paragraph(f"{said[0].upper()}{said[1:]}.", strong=True)
    count, facts = summary.assumed
    if count:
        named = names(facts, len(facts))
        yield Paragraph(
            f"Assumed: of {count:,} of the entries that can be declared now the reports do not tell all that could stand in the "
            f"way ({named}). Each is taken as usual: no drawback, no protest, not flagged, and so on. Have them looked up before "
            "anything is declared: a declaration can be neither corrected nor made again.",
            strong=True,
        )
    refused = [one.name for one in desk.files if one.error]
    left_out = desk.problems.filter(severity="error").height
    if refused or left_out:
        files = f"{len(refused)} file(s) could not be read ({names(refused, 5)})" if refused else ""
        rows = f"{left_out:,} row(s) could not be read" if left_out else ""
        yield Paragraph(
            f"Incomplete: {' and '.join(filter(None, (files, rows)))}. What they hold is not in these figures.",
            strong=True,
        )
    if desk.gaps:
        yield Paragraph(f"Incomplete: {'; '.join(desk.gaps)}.", strong=True)


def _buckets(summary: Summary) -> Table:
    rows = [
        (
            row["bucket"],
            MEANS[row["bucket"]],
            f"{row['entries']:,}",
            show_cents(row["principal"]),
            show_cents(row["interest"]),
            _day(row["deadline"]),
            "" if row["days_left"] is None else str(row["days_left"]),
        )
        for row in summary.buckets.iter_rows(named=True)
    ]
    total = ("all", "", f"{summary.entries:,}", show_cents(summary.principal), show_cents(summary.interest), "", "")
    return Table(
        ("bucket", "what it means", "entries", "principal", "interest", "next deadline", "days left"),
        (*rows, total),
        frozenset({2, 3, 4, 6}),
        (13, 32, 9, 15, 13, 11, 7),
    )


def _deadlines(summary: Summary) -> Iterator[Block]:
    frame = summary.deadlines.filter(pl.col("principal") > 0)
    if not frame.height:
        yield Paragraph("No deadline lies ahead.")
        return
    rows = tuple(
        (
            _day(row["deadline"]),
            str(row["days_left"]),
            row["bucket"],
            row["what"] or "",
            f"{row['entries']:,}",
            show_cents(row["principal"]),
        )
        for row in frame.head(_DEADLINES).iter_rows(named=True)
    )
    yield Table(
        ("last day", "days left", "bucket", "which clock", "entries", "principal"),
        rows,
        frozenset({1, 4, 5}),
        (11, 8, 13, 42, 10, 16),
    )
    if frame.height > _DEADLINES:
        yield Paragraph(
            f"And {frame.height - _DEADLINES:,} later ones: the sheet deadlines of the workbook has them all."
        )


def _cliffs(desk: RefundDesk) -> Iterator[Block]:
    chart = cliff_chart(desk)
    if chart is None:
        return
    yield Heading("The cliffs ahead", keep=84)
    yield Paragraph(
        "Principal, in dollars, that falls out of each window, by the Monday of the week, for the coming half year. What falls "
        "out of one window may still go through the next, at more cost and less certainty, so the weeks are not to be added up."
    )
    yield chart


def cliff_chart(desk: RefundDesk) -> Chart | None:
    """The calendar of the coming half year as a chart; ``None`` where nothing falls."""
    weeks = soon(desk)
    if not weeks.height or not weeks["principal"].sum():
        return None
    labels = weeks["week"].unique().sort()
    series = weeks["what"].unique(maintain_order=True).to_list()
    grid = weeks.group_by("week", "what").agg(pl.col("principal").sum())
    values = tuple(
        tuple(
            pl.DataFrame({"week": labels})
            .join(grid.filter(what=name), on="week", how="left", maintain_order="left")["principal"]
            .fill_null(0)
        )
        for name in series
    )
    return Chart("What falls out of each window", tuple(f"{day:%d %b}" for day in labels), tuple(series), values)


def _ready(summary: Summary, manifest: Manifest | None) -> Iterator[Block]:
    if manifest is None:
        yield Paragraph("No declaration files were written.")
        return
    states = manifest.entries.group_by("state").agg(pl.len().alias("entries"), pl.col("principal").sum())
    counts = {row["state"]: row for row in states.iter_rows(named=True)}
    for state, said in (
        (IN_FILE, _PREPARED),
        (HANDED_IN, "Handed in before"),
    ):
        if state in counts:
            row = counts[state]
            yield Paragraph(f"{said}: {entries_of(row['entries'])}, {show_cents(row['principal'])}.")
    if manifest.files:
        yield Table(
            ("file", "state", "importer", "entries", "principal"),
            tuple(
                (
                    one.file,
                    one.state if one.submitted_on is None else f"handed in on {one.submitted_on}",
                    one.importer,
                    f"{one.entries.height:,}",
                    show_cents(int(one.entries["principal"].sum())),
                )
                for one in manifest.files[:_KINDS]
            ),
            frozenset({3, 4}),
            (36, 20, 18, 10, 16),
        )
    for why, count in manifest.held().items():
        yield Paragraph(f"Held back: {entries_of(count)}, because {why}.")
    missing = summary.desk.entries.filter(bucket=BUCKETS[-1])
    if missing.height:
        facts = missing["missing"].drop_nulls().str.split(", ").explode().unique(maintain_order=True)
        yield Paragraph(
            f"Missing: {entries_of(missing.height)} cannot be sorted without {names(map(in_words, facts), 6)}."
        )


def _importers(desk: RefundDesk) -> Iterator[Block]:
    paid = desk.entries.filter(pl.col("voided") > 0)
    frame = (
        paid.group_by(pl.col("importer").fill_null("not known"))
        .agg(
            pl.len().alias("entries"),
            pl.col("voided").sum().alias("principal"),
            pl.col("voided").filter(pl.col("bucket").is_in(BUCKETS[:3])).sum().alias("reach"),
            pl.col("voided").filter(pl.col("bucket") == _CLAIM_NOW).sum().alias("now"),
        )
        .sort("principal", "importer", descending=[True, False])
    )
    rows = tuple(
        (row["importer"], f"{row['entries']:,}", *(show_cents(row[name]) for name in ("principal", "reach", "now")))
        for row in frame.head(_IMPORTERS).iter_rows(named=True)
    )
    head = (
        "importer of record",
        "entries",
        "paid under duties struck down",
        "in reach without a court",
        "to declare now",
    )
    yield Table(head, rows, frozenset({1, 2, 3, 4}), (28, 12, 20, 20, 20))
    elsewhere = paid.filter(pl.col("notify_party") != pl.col("importer").fill_null("")).height
    if elsewhere:
        yield Paragraph(
            f"The refund of {entries_of(elsewhere)} may go to another party, named on the entry: it does where a Form 4811 for "
            "that party is on file (notes of the entries)."
        )


def _authorities(summary: Summary) -> Table:
    rows = tuple(
        (row["authority"], show_cents(row["paid"]), show_cents(row["assessed"]), show_cents(row["voided"]))
        for row in summary.paid.iter_rows(named=True)
    )
    head = ("authority", "paid", "due by the law of that day", "of which struck down")
    return Table(head, rows, frozenset({1, 2, 3}), (34, 22, 22, 22))


def _findings(summary: Summary) -> Iterator[Block]:
    yield Paragraph(
        "Lines whose reported headings or amounts are not those that the law has. They are not part of the refund above unless "
        "they say so: each needs a person to look at it. An exclusion or exemption that may be available brings its sum only if "
        "the goods qualify, and several of one duty bring it once. Where less was paid than was due customs may bill the rest, "
        "unless the duty is void: the reason of each finding says so."
    )
    rows = tuple(
        (row["kind"], f"{row['findings']:,}", at_most(row), "yes" if row["refundable"] else "no")
        for row in summary.findings.head(_KINDS).iter_rows(named=True)
    )
    yield Table(("kind", "findings", "paid less due", "in the refund above"), rows, frozenset({1, 2}), (40, 14, 24, 22))


def at_most(row: Mapping[str, Any]) -> str:
    """The sum of a kind of findings; of reliefs that may be open the most that they could bring, each taken for itself."""
    said = show_cents(row["amount"])
    return f"at most {said}" if row["kind"] in (EXCLUSION, EXEMPTION) else said


def _rights(desk: RefundDesk) -> Iterator[Block]:
    yield Paragraph(
        "Paid under authorities that are before the courts. Nothing of it can be claimed yet; rights may have to be kept."
    )
    shown = rights_shown(desk.rights)
    rows = tuple(
        tuple(_cell(name, row[name]) for name in shown) for row in desk.rights.head(_KINDS).iter_rows(named=True)
    )
    numbers = frozenset(place for place, name in enumerate(shown) if name in ("entries", "paid"))
    head = tuple(map(in_words, shown))
    yield Table(head, rows, numbers, tuple(_RIGHTS[name] for name in shown))


def rights_shown(rights: pl.DataFrame) -> list[str]:
    """The columns of the rights ledger that a page shows: those that say something."""
    return [name for name in _RIGHTS if name in rights.columns and rights[name].count()]


_RIGHTS = {
    "title": 18,
    "state": 9,
    "next_date": 11,
    "next_what": 18,
    "entries": 8,
    "paid": 14,
    "keep_by": 11,
    "keep": 40,
}
"""Columns of the rights ledger, and how wide they are beside each other."""


def _cell(name: str, cell: object) -> str:
    if cell is None:
        return ""
    if name == "paid" and isinstance(cell, int):
        return show_cents(cell)
    return f"{cell:,}" if isinstance(cell, int) else str(cell)


def _made(desk: RefundDesk, summary: Summary) -> Iterator[Block]:
    yield Paragraph(
        "Refundable is only the duty paid under a voided authority: base duty, other additional duties and fees stay. Where a "
        "report lacks the headings, the duty is what the law had customs collect on that day."
    )
    yield Paragraph(
        "Interest is owed from the day on which the duty was deposited to the day of (re)liquidation, at the quarterly rates of "
        f"the Internal Revenue Service ({desk.rates}), compounded daily (19 USC 1505(c), 26 USC 6621 and 6622). "
        f"{_counted_to(desk)} Customs' own figure decides."
    )
    if summary.problems.height:
        rows = tuple(
            (row["severity"], row["code"], f"{row['count']:,}", row["message"] or "")
            for row in summary.problems.head(_KINDS).iter_rows(named=True)
        )
        yield Table(("problem", "code", "rows", "the first of them"), rows, frozenset({2}), (12, 22, 10, 56))


def _counted_to(desk: RefundDesk) -> str:
    """To which day the interest is counted, and on what rates it rests that are not published."""
    last = desk.entries["interest_to"].max()
    day = say_day(desk.on.isoformat())
    later = isinstance(last, date) and last > desk.on
    said = f"It is counted to {day}" + (
        ", or to the (re)liquidation expected where an entry is declared that day." if later else "."
    )
    derived = desk.entries.filter(pl.col("notes").str.contains(DERIVED, literal=True)).height
    return said + (
        f" That of {entries_of(derived)} rests on rates derived from the published ones (notes)." if derived else ""
    )


def _day(day: object) -> str:
    return "" if day is None else str(day)
