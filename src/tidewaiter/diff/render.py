"""What differs, on a terminal and as CSV: headings to which the same happens stand together under their acts."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import IO

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tidewaiter.changes.render import edition_rows, safe, some
from tidewaiter.diff.headings import HeadingDiff, say_origins
from tidewaiter.diff.product import LayerDiff, ProductDiff
from tidewaiter.diff.rows import ListDiff, RuleDiff
from tidewaiter.diff.whole import Diff
from tidewaiter.ledger.model import ANYWHERE

COLUMNS = ("heading", "program", "kind", "text", "origins", "was", "now", "acts", "citation")
_NAMED = 6


def show(found: Diff, console: Console) -> None:
    """The product where one was asked about, else the law."""
    if found.product is not None:
        _show_product(found.product, console)
        return
    for title, rows in _acts(found):
        console.print(Text(title, style="bold"))
        table = _grid()
        for row in rows:
            table.add_row(*row)
        console.print(Padding(table, (0, 0, 0, 2)))
    for rule in found.rules:
        _show_rule("rule", rule, console)
    for fee in found.fees:
        _show_rule("fee", fee, console)
    for edition in found.editions:
        tariff = found.after.regime.ledger.jurisdictions[edition.into].tariff
        console.print(Text(f"{tariff} {edition.edition}", style="bold"))
        for line in edition_rows(edition):
            console.print(Padding(Text(line), (0, 0, 0, 2)))
    if found.empty:
        console.print("nothing in the law differs")


def _grid() -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for ratio in (3, 3, 2):
        table.add_column(ratio=ratio, overflow="fold")
    return table


def _acts(found: Diff) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """The acts with the headings and lists that differ by them, in the order in which they are first met."""
    rows: dict[tuple[str, ...], list[tuple[str, str, str]]] = {}
    for one in _alike(found.headings):
        first = one[0]
        whom = _whom(one, found)
        codes = some([each.heading for each in one], _NAMED)
        named = f"{codes}: {first.text}" if len(one) == 1 else codes
        rows.setdefault(first.acts, []).append((named, whom, first.what))
    for each in found.lists:
        rows.setdefault(tuple(each.acts), []).append((f"list {each.name}", _list(each), ""))
    regimes = (found.after.regime, found.before.regime)
    for acts, several in rows.items():
        told = []
        for act in acts:
            known = next((one.acts[act] for one in regimes if act in one.acts), None)
            told.append(f"{act}: {known.title} [{known.citation}; announced {known.announced}]" if known else act)
        yield "\n".join(told) or "no act", several


def _alike(headings: Sequence[HeadingDiff]) -> list[list[HeadingDiff]]:
    groups: dict[tuple[object, ...], list[HeadingDiff]] = {}
    for one in headings:
        groups.setdefault((one.acts, one.was, one.now, one.program, bool(one.origins)), []).append(one)
    return list(groups.values())


def _whom(several: list[HeadingDiff], found: Diff) -> str:
    """For whom, all of them together."""
    into = found.after.regime.ledger.programs[several[0].program].into
    if any(not one.origins for one in several):
        origins: tuple[str, ...] = ()
    else:
        origins = tuple(sorted({code for one in several for code in one.origins}))
    return say_origins(origins, found.after.regime, found.after.at(into))


def _list(one: ListDiff) -> str:
    counts = ((one.added, "added"), (one.removed, "removed"))
    said = [f"{len(rows):,} {word}" for rows, word in counts if rows]
    return f"{', '.join(said)} ({some([row.partition(' ')[0] for row in (*one.added, *one.removed)], 4)})"


def _show_rule(word: str, rule: RuleDiff, console: Console) -> None:
    what = (
        f"{rule.was} becomes {rule.now}"
        if rule.was and rule.now
        else f"begins: {rule.now}"
        if rule.now
        else f"ends: {rule.was}"
    )
    console.print(Text(f"{word} {rule.name}: {what}  [{rule.citation}]"))


def _show_product(one: ProductDiff, console: Console) -> None:
    console.print(Text(one.sentence()))
    if not one.layers:
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("heading", no_wrap=True)
    table.add_column("what", ratio=2, overflow="fold")
    for name in (*one.words, "change"):
        table.add_column(name, justify="right")
    table.add_column("by", ratio=3, overflow="fold")
    for layer in one.layers:
        table.add_row(layer.heading, layer.text, *_cells(layer), layer.citation)
    console.print(table)


def _cells(layer: LayerDiff) -> Iterator[str]:
    for rate, amount in ((layer.was_rate, layer.was), (layer.now_rate, layer.now)):
        yield "-" if amount is None else f"{amount:,.2f} ({rate})"
    yield f"{layer.change:+,.2f}" if layer.change else ""


def write_csv(headings: Iterable[HeadingDiff], stream: IO[str]) -> None:
    """One row for each heading; text that a spreadsheet could run gets an apostrophe before it."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in headings:
        origins = ";".join(one.origins) or ANYWHERE
        row = [
            one.heading,
            one.program,
            one.kind,
            one.text,
            origins,
            one.was,
            one.now,
            ";".join(one.acts),
            one.citation,
        ]
        writer.writerow([safe(cell) for cell in row])
