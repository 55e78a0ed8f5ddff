"""Changes on a terminal and as CSV: products that change alike stand together; acts with their headings and lists."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from typing import IO

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tidewaiter.assess.assessment import say_decimal, say_percent
from tidewaiter.changes.acts import ActChanges, EditionChanges, HeadingChange
from tidewaiter.changes.story import Event, Sku, Story, Void
from tidewaiter.ledger.instants import Instant, say_instant

COLUMNS = ("sku", "hts", "origin", "at", "kind", "subject", "what", "rate", "acts", "citation")
_NAMED = 6
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
Told = Sequence[tuple[Sku, Story]]


# Products


def show_products(told: Told, zone: str, console: Console) -> None:
    """Every product that changes, those that change alike together; then those that do not, and those refused."""
    groups: dict[tuple[object, ...], list[tuple[Sku, Story]]] = {}
    for sku, story in told:
        if story.error is None and story.changes:
            groups.setdefault((story.origin, *_shape(story)), []).append((sku, story))
    for several in groups.values():
        _show_group(several, zone, console)
    still = [f"{story.hts} {story.origin}" for _, story in told if story.error is None and not story.changes]
    if still:
        console.print(Text(f"nothing changes: {some(still, 2 * _NAMED)}"))
    for sku, story in told:
        if story.error is not None:
            error = story.error
            hint = f" ({error.hint})" if error.hint else ""
            console.print(Text(f"refused: {_name(sku)}: {error.code}: {error.message}{hint}", style="red"))


def _shape(story: Story) -> tuple[object, ...]:
    """What must be equal for products to be told together; numbers that begin or end are told one by one."""
    own = () if not story.others else (story.hts,)
    return (*own, story.rate, tuple(story.events), tuple(story.voids), tuple(story.notes))


def _show_group(several: list[tuple[Sku, Story]], zone: str, console: Console) -> None:
    skus = list(dict.fromkeys(f"{story.hts} {story.origin}" for _, story in several))
    named = [sku.sku for sku, _ in several]
    head = Text(some(skus, _NAMED), style="bold")
    head.append(
        f"  ({len(several)} products: {some(named, _NAMED)})" if len(several) > 1 else f"  ({named[0]})", "not bold"
    )
    console.print(head)
    _show_story(several[0][1], zone, console)
    for alike in _alike(several[0][1].others):
        names = ", ".join(one.hts for one in alike)
        console.print(Padding(Text(f"{names} {alike[0].origin}"), (0, 0, 0, 2)))
        _show_story(alike[0], zone, console)
    console.print()


def _alike(stories: Iterable[Story]) -> list[list[Story]]:
    """Numbers to which the same happens."""
    groups: dict[tuple[object, ...], list[Story]] = {}
    for one in stories:
        groups.setdefault((_shape(one), one.error), []).append(one)
    return list(groups.values())


def _show_story(story: Story, zone: str, console: Console) -> None:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("at", "subject"):
        table.add_column(name, no_wrap=True)
    table.add_column("what", ratio=2, overflow="fold")
    table.add_column("rate", justify="right", no_wrap=True)
    table.add_column("citation", ratio=3, overflow="fold")
    if story.rate is not None:
        table.add_row("at first", "", "duty", _percent(story.rate), "")
    for at, events in groupby(story.events, key=lambda one: one.at):
        several = list(events)
        for place, one in enumerate(several):
            last = place == len(several) - 1
            table.add_row(*_event_cells(one, at if not place else None, zone, last))
    for void in story.voids:
        table.add_row(*_void_cells(void, zone), style="dim")
    rows: list[Table | Text] = [table] if table.row_count else []
    rows += [Text(f"note: {note}", style="dim") for note in story.notes]
    rows += [Text(f"refused: {story.error.message}", style="red")] if story.error else []
    for row in rows:
        console.print(Padding(row, (0, 0, 0, 4)))


def _event_cells(one: Event, at: Instant | None, zone: str, last: bool) -> list[str]:
    rate = _percent(one.rate) if last and one.rate is not None else ""
    return ["" if at is None else _minute(at, zone), one.subject, one.what, rate, one.citation]


def _void_cells(void: Void, zone: str) -> list[str]:
    whom = "" if void.for_all else " to the plaintiffs"
    what = f"what was assessed on entries until {_minute(void.until, zone)} is not owed{whom}"
    return [_minute(void.start, zone), void.heading, what, "", void.citation]


def _name(sku: Sku) -> str:
    return f"{sku.sku} ({sku.hts} {sku.origin})"


def some(names: Sequence[str], most: int) -> str:
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _percent(rate: Decimal) -> str:
    return say_percent(rate)


def _minute(at: Instant, zone: str) -> str:
    said = say_instant(at, zone)
    return "open" if said is None else said[:16].replace("T", " ")


def write_csv(told: Told, zone: str, stream: IO[str]) -> None:
    """One row for each change of each product; text that a spreadsheet could run gets an apostrophe before it."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for sku, story in told:
        for row in _csv_rows(sku, story, zone):
            writer.writerow([safe(cell) for cell in row])


def _csv_rows(sku: Sku, story: Story, zone: str) -> Iterator[list[str]]:
    for number in story.all():
        error = number.error
        if error is not None:
            yield [sku.sku, number.hts, number.origin, "", "error", error.code, error.message, "", "", error.hint]
        for one in number.events:
            at, rate = say_instant(one.at, zone) or "", "" if one.rate is None else say_decimal(one.rate)
            yield [
                sku.sku, number.hts, number.origin, at, one.kind, one.subject, one.what, rate, ";".join(one.acts), one.citation,
            ]  # fmt: skip


def safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


# Acts


def show_acts(acts: Iterable[ActChanges], editions: Iterable[EditionChanges], zone: str, console: Console) -> None:
    """Every act with what it changes, then the editions of the tariff; times of another clock than ``zone`` say so."""
    for one in acts:
        clock = "" if one.zone == zone else f"  ({one.zone})"
        head = Text(f"{_minute(one.first, one.zone)[:10]}{clock}  {one.act.id}", style="bold")
        head.append(f"  {one.act.title}  [{one.act.citation}; announced {one.act.announced}]", "not bold")
        console.print(head)
        for row in (*_heading_rows(one.headings, one.zone), *_list_rows(one, one.zone)):
            console.print(Padding(Text(row), (0, 0, 0, 4)))
    for each in editions:
        console.print(Text(f"{_minute(each.at, zone)[:10]}  HTS {each.edition}", style="bold"))
        for row in edition_rows(each):
            console.print(Padding(Text(row), (0, 0, 0, 4)))


def _heading_rows(headings: list[HeadingChange], zone: str) -> Iterator[str]:
    """Headings to which the same happens at the same time share a row."""
    alike: dict[tuple[Instant, str], list[str]] = {}
    for one in headings:
        alike.setdefault((one.at, one.what), []).append(one.heading)
    for (at, what), codes in alike.items():
        yield f"{_minute(at, zone)}  {some(codes, _NAMED)}  {what}"


def _list_rows(one: ActChanges, zone: str) -> Iterator[str]:
    for change in one.lists:
        said = [
            f"{len(rows):,} {word}" for rows, word in ((change.added, "added"), (change.removed, "removed")) if rows
        ]
        named = some([row.partition(" ")[0] for row in (*change.added, *change.removed)], 4)
        yield f"{_minute(change.at, zone)}  list {change.name}: {', '.join(said)} ({named})"


def edition_rows(one: EditionChanges) -> Iterator[str]:
    if not one.comparable:
        yield "at hand by subheading only: its tariff lines and their rates are not compared"
    if one.ended:
        yield f"{len(one.ended):,} numbers end: {some(one.ended, _NAMED)}"
    if one.began:
        yield f"{len(one.began):,} numbers begin: {some(one.began, _NAMED)}"
    for number, was, now in one.rates:
        yield f"{number}  {was or 'no rate'} becomes {now or 'no rate'}"
