"""The desk on a terminal: what was read, what was paid, what comes back, by when, and what somebody should look at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import polars as pl
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tidewaiter.refunds.answer import RefundDesk, Summary, entries_of
from tidewaiter.refunds.hand_in import HANDED_IN, IN_FILE, Manifest
from tidewaiter.refunds.headline import cautions_said
from tidewaiter.refunds.money import show_cents
from tidewaiter.refunds.read_missing import COLUMNS, NOT_READ
from tidewaiter.refunds.readiness import at_most, rights_shown
from tidewaiter.refunds.words import in_words
from tidewaiter.status.say import say_day

STAYS_HERE = "Your data stays on this machine: nothing is sent anywhere. Not legal advice, no customs business; nothing is filed."
_FEW = 8
_WEEKS = timedelta(weeks=12)


def show(summary: Summary, console: Console, manifest: Manifest | None = None) -> None:
    """Print the summary; ``manifest`` is of the files that were written, if any were."""
    desk = summary.desk
    for line in _head(desk, summary):
        console.print(Text(line))
    console.print()
    _paid(summary, console)
    _totals(summary, console)
    _buckets(summary, console)
    _cliffs(desk, console)
    _findings(summary, console)
    _rights(desk, console)
    _problems(desk, summary, console)
    for line in _written(manifest):
        console.print(Text(line))
    console.print(Text(STAYS_HERE))


def _head(desk: RefundDesk, summary: Summary) -> Iterator[str]:
    yield (
        f"{entries_of(summary.entries)}, {summary.lines:,} lines worth {show_cents(summary.value)}, "
        f"as of {say_day(desk.on.isoformat())} (law as known on {desk.known_on})"
    )
    for one in desk.files:
        if one.error is None:
            yield f"  {one.name}: {one.kind}, {one.rows:,} rows"
        else:
            hint = f" ({one.error.hint})" if one.error.hint else ""
            yield f"  {one.name}: NOT READ: {one.error.code}: {one.error.message}{hint}"


def _paid(summary: Summary, console: Console) -> None:
    table = _table("paid by authority", ("paid", "due by the law of that day", "struck down"))
    for row in summary.paid.iter_rows(named=True):
        due = show_cents(row["assessed"]) if summary.lines > summary.refused_lines else "not computed"
        table.add_row(row["authority"], show_cents(row["paid"]), due, show_cents(row["voided"]))
    console.print(table)
    console.print()


def _totals(summary: Summary, console: Console) -> None:
    unknown = summary.interest_unknown
    console.print(Text(f"paid under duties struck down{show_cents(summary.principal):>17}"))
    console.print(Text(f"  in reach without a court   {show_cents(summary.open_principal):>17}"))
    note = f", not known for {entries_of(unknown)}" if unknown else ""
    rates = summary.desk.rates
    console.print(
        Text(f"interest so far              {show_cents(summary.interest):>17}  (estimate, {rates} rates{note})")
    )
    console.print(Text(f"  on what is in reach        {show_cents(summary.open_interest):>17}"))
    estimated = [f"{name} of {entries_of(count)}" for name, count in summary.estimated.items() if count]
    if estimated:
        console.print(Text(f"estimated: {' and '.join(estimated)}"))
    for line in (
        *cautions_said(summary.desk),
        *_assumed(summary),
        *(f"incomplete: {gap}" for gap in summary.desk.gaps),
    ):
        console.print(Text(line))
    console.print()


def _assumed(summary: Summary) -> Iterator[str]:
    """What is taken for granted of entries that somebody may declare, which cannot be undone."""
    count, facts = summary.assumed
    if count:
        named = ", ".join(f"{fact} ({told:,})" for fact, told in facts.items())
        yield f"assumed: no report tells of {count:,} of the entries to claim now, and each is taken as usual: {named}"
        yield "  give a list of these facts, or ask with --strict, before anything is declared"


def _buckets(summary: Summary, console: Console) -> None:
    table = _table("bucket", ("entries", "principal", "interest", "next deadline", "days left"))
    table.add_column("which clock", overflow="fold")
    for row in summary.buckets.iter_rows(named=True):
        table.add_row(
            row["bucket"],
            f"{row['entries']:,}",
            show_cents(row["principal"]),
            show_cents(row["interest"]),
            _said(row["deadline"]),
            _said(row["days_left"]),
            _said(row["deadline_what"]),
        )
    console.print(table)
    missing = summary.desk.entries["missing"].drop_nulls().str.split(", ").explode().value_counts(sort=True)
    if missing.height:
        named = ", ".join(f"{in_words(fact)} ({count:,})" for fact, count in missing.sort("missing").iter_rows())
        console.print(Text(f"missing data: {named}; a list of entries that tells them settles it"))
    console.print()


def _cliffs(desk: RefundDesk, console: Console) -> None:
    ahead = desk.calendar.filter((pl.col("week") > desk.on - timedelta(days=7)) & (pl.col("week") <= desk.on + _WEEKS))
    if not ahead.height:
        return
    windows = ahead["what"].unique(maintain_order=True).to_list()
    cells = {
        (row["week"], row["what"]): f"{show_cents(row['principal'])} ({row['entries']:,})"
        for row in ahead.iter_rows(named=True)
    }
    table = _table("week of", tuple(windows))
    for week in ahead["week"].unique().sort():
        table.add_row(str(week), *(cells.get((week, what), "") for what in windows))
    console.print(Text("cliffs of the next twelve weeks: principal (entries)", style="bold"))
    console.print(table)
    console.print()


def _findings(summary: Summary, console: Console) -> None:
    if not summary.findings.height:
        return
    table = _table("findings", ("number", "paid less due", "in the refund above"))
    for row in summary.findings.iter_rows(named=True):
        table.add_row(row["kind"], f"{row['findings']:,}", at_most(row), "yes" if row["refundable"] else "no")
    console.print(table)
    console.print()


def _rights(desk: RefundDesk, console: Console) -> None:
    if not desk.rights.height:
        return
    console.print(Text("paid under duties that may fall next", style="bold"))
    show_rights(desk.rights, console)
    console.print()


def show_rights(rights: pl.DataFrame, console: Console) -> None:
    """The rights ledger as a table."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    shown = rights_shown(rights)
    for name in shown:
        number = name in ("entries", "paid")
        table.add_column(in_words(name), justify="right" if number else "left", overflow="fold")
    for row in rights.iter_rows(named=True):
        table.add_row(*(show_cents(row[name]) if name == "paid" else _said(row[name]) for name in shown))
    console.print(table)


def _problems(desk: RefundDesk, summary: Summary, console: Console) -> None:
    if not summary.problems.height:
        return
    console.print(Text("problems in the reports", style="bold"))
    for row in summary.problems.head(_FEW).iter_rows(named=True):
        hint = f" ({row['hint']})" if row["hint"] else ""
        what = "report(s)" if row["code"] in COLUMNS else "column(s)" if row["code"] == NOT_READ else "row(s)"
        console.print(Text(f"  {row['severity']}: {row['code']}, {row['count']:,} {what}: {row['message']}{hint}"))
    if summary.problems.height > _FEW:
        console.print(Text(f"  and {summary.problems.height - _FEW} more kinds"))
    console.print()


def _written(manifest: Manifest | None) -> Iterator[str]:
    if manifest is None:
        yield "Nothing was written: -o DIR writes the declarations, the workbook and the reports."
        return
    counts = dict(manifest.entries.group_by("state").len().iter_rows())
    yield (
        f"declarations: {entries_of(counts.get(IN_FILE, 0))} in files to hand in, "
        f"{counts.get(HANDED_IN, 0):,} handed in before"
    )
    for one in manifest.files:
        said = "prepared" if one.submitted_on is None else f"handed in on {one.submitted_on}"
        yield f"  {one.file}: {entries_of(one.entries.height)}, {said}"
    for file, why in manifest.withdrawn.items():
        yield f"  {file}: withdrawn, {why}"
    for why, count in manifest.held().items():
        yield f"  held back: {entries_of(count)}: {why}"


def _table(label: str, columns: tuple[str, ...]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    # On a narrow terminal a cell is folded; no number is cut off.
    table.add_column(label, overflow="fold")
    for name in columns:
        table.add_column(name, justify="right", overflow="fold")
    return table


def _said(cell: object) -> str:
    if cell is None:
        return ""
    return f"{cell:,}" if isinstance(cell, int) else str(cell)
