"""An assessment on a terminal: the table a broker would recognise, the totals, and what to know before trusting them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tidewaiter.assess.assessment import RATE_STEP, Assessment, BaseLine, Layer, say_decimal, say_percent, say_rate
from tidewaiter.assess.batch import Result
from tidewaiter.assess.line import INTO
from tidewaiter.ledger.model import REPLACED

HEADINGS_WIDTH = 26
"""What the headings of a line need beside its numbers: one of them with its amount."""
_LAST, _ERROR = "headings (amount), or the error", "error"
WIDEST_RATE = 30
"""A rate in more letters than these goes over several lines."""


def show(assessment: Assessment, console: Console) -> None:
    """Print the whole answer."""
    console.print(_head(assessment))
    console.print(_layers(assessment))
    console.print(_totals(assessment))
    for part in (_relieved(assessment), _questions(assessment), _changes(assessment), _cautions(assessment)):
        if part is not None:
            console.print(part)


def money(amount: Decimal) -> str:
    """Money for people: with separators.

    >>> money(Decimal("14500"))
    '14,500.00'
    """
    return format(amount, ",.2f")


def _head(found: Assessment) -> Text:
    text = Text()
    text.append(f"{found.hts}", style="bold")
    text.append(f"  {found.description}\n")
    text.append(
        f"{_way(found)}, entered {found.entered_at}, value {money(found.value)} USD"
        f"  (known on {found.known_on}, scenario {found.scenario}, tariff {found.base.edition}{_precision(found)})"
    )
    return text


def _way(found: Assessment) -> str:
    """Where from; and where to, if that is not what a line without a destination means."""
    return f"origin {found.origin}" + ("" if found.into == INTO else f", into {found.into}")


def _precision(found: Assessment) -> str:
    return "" if found.into == INTO else f", at {found.precision}"


def _layers(found: Assessment) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("heading", no_wrap=True)
    table.add_column("what", ratio=3, overflow="fold")
    table.add_column("rate", justify="right", max_width=WIDEST_RATE)
    table.add_column("basis", justify="right", no_wrap=True)
    table.add_column("amount", justify="right", no_wrap=True)
    table.add_column("authority", no_wrap=True)
    table.add_column("until", no_wrap=True)
    table.add_column("citation", ratio=2, overflow="fold")
    for layer in found.layers:
        table.add_row(*_layer_cells(layer), style="dim" if layer.status == "relieved" else "")
    table.add_row(*_base_cells(found))
    return table


def _layer_cells(layer: Layer) -> list[str]:
    void = f" (void: {layer.voided_by}; owed {money(layer.owed)})" if layer.voided_by else ""
    return [
        layer.heading,
        (layer.why or layer.text) + void,
        "-" if layer.status == "relieved" else say_rate(layer),
        _basis(layer),
        money(layer.amount),
        layer.authority,
        (layer.until or "")[:16].replace("T", " "),
        layer.citation,
    ]


def _basis(layer: Layer | BaseLine) -> str:
    if layer.basis == "quantity":
        return f"{say_decimal(layer.basis_value)} {layer.unit or ''}"
    return money(layer.basis_value)


def _base_cells(found: Assessment) -> list[str]:
    base = found.base
    column = {"column2": "column 2", "special": f"column 1 special ({base.program})"}.get(base.column, base.title)
    return [
        found.hts,
        f"base duty, {column}{', replaced by a heading above' if base.basis == REPLACED else ''}",
        base.text,
        _basis(base),
        money(base.amount),
        "tariff",
        "",
        f"{base.tariff} {base.edition}",
    ]


def _totals(found: Assessment) -> Padding:
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    table.add_column("what")
    table.add_column("amount", justify="right")
    table.add_column("note")
    rate = f"{say_percent(found.effective_rate)} of the value" if found.effective_rate is not None else ""
    table.add_row("duty assessed", money(found.total_duty), rate, style="bold")
    if found.total_owed != found.total_duty:
        table.add_row("duty owed", money(found.total_owed), f"refundable {money(found.total_duty - found.total_owed)}")
    for fee in found.fees:
        table.add_row(fee.code, money(fee.amount), fee.title)
    landed = found.total_duty + found.total_fees
    note = (
        f"landed duty rate {say_percent((landed / found.value).quantize(RATE_STEP, ROUND_HALF_UP))}"
        if found.value
        else ""
    )
    table.add_row("duty and fees", money(landed), note, style="bold")
    return Padding(table, (1, 0, 0, 0))


def _section(title: str, rows: list[RenderableType]) -> RenderableType | None:
    if not rows:
        return None
    return Padding(Group(Text(title, style="bold"), *(Padding(row, (0, 0, 0, 2)) for row in rows)), (1, 0, 0, 0))


def _relieved(found: Assessment) -> RenderableType | None:
    rows: list[RenderableType] = [
        Text(f"{layer.heading}: {layer.why}") for layer in found.layers if layer.status == "relieved"
    ]
    return _section("relieved", rows)


def _questions(found: Assessment) -> RenderableType | None:
    rows: list[RenderableType] = [Text(f"{one.fact}: {one.text} [{one.effect}]") for one in found.questions]
    return _section("asked (answered here by the default)", rows)


def _changes(found: Assessment) -> RenderableType | None:
    rows: list[RenderableType] = [
        Text(f"{one.at[:16].replace('T', ' ')}  {one.heading} {one.what}  ({', '.join(one.acts)})")
        for one in found.next_changes
    ]
    return _section("what changes next", rows)


def _cautions(found: Assessment) -> RenderableType | None:
    rows: list[RenderableType] = [Text(f"{one.code}: {one.message}") for one in found.warnings]
    return _section("notes", rows)


def summary(results: list[Result], console: Console) -> None:
    """A file of lines as a table: one row a line, errors beside answers, and the sums.

    A terminal too narrow for that gets fewer columns, with the errors below: no number is cut off.
    """
    cells = [_summary_cells(result) for result in results]
    names, numbers = ["line", "number", "origin", "entered"], ["value", "base", "layers", "duty", "fees", "rate"]
    needed = sum(max(len(one.get(name, "")) for one in [*cells, {name: name}]) + 2 for name in [*names, *numbers])
    wide = console.width >= needed + HEADINGS_WIDTH
    shown = [*names, *numbers, _LAST] if wide else [*names, "value", "duty", "fees", "rate"]
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for name in shown:
        justify: Literal["left", "right"] = "right" if name in numbers else "left"
        table.add_column(name, justify=justify, no_wrap=wide and name != _LAST, overflow="fold")
    for result, told in zip(results, cells, strict=True):
        if not wide:
            told["entered"] = told["entered"][:10]
        table.add_row(*(told.get(name, "") for name in shown), style="" if result.error is None else "red")
    console.print(table)
    for told in cells if not wide else ():
        if _ERROR in told:
            console.print(Text(f"{told['line']}: {told[_ERROR]}", style="red"))
    answered = [result.assessment for result in results if result.assessment is not None]
    duty = sum((found.total_duty for found in answered), Decimal(0))
    owed = sum((found.total_owed for found in answered), Decimal(0))
    fees = sum((found.total_fees for found in answered), Decimal(0))
    refundable = f", of which refundable {money(duty - owed)}" if duty != owed else ""
    refused = len(results) - len(answered)
    console.print(
        f"\n{len(answered)} line(s) answered, {refused} refused: duty {money(duty)}{refundable}, fees {money(fees)}"
    )


def _summary_cells(result: Result) -> dict[str, str]:
    found = result.assessment
    if found is None:
        error, given = result.error, result.record.given
        named = {"number": "hts", "origin": "origin", "entered": "entered_at", "value": "value"}
        said = f"{error.code}: {error.message}" if error else ""
        told = {name: str(given.get(field, "")) for name, field in named.items()}
        return {"line": result.record.line_id, **told, _LAST: said, _ERROR: said}
    layers = sum((layer.amount for layer in found.layers), Decimal(0))
    return {
        "line": str(found.line_id),
        "number": found.hts,
        "origin": found.origin,
        "entered": found.entered_at[:16],
        "value": money(found.value),
        "base": money(found.base.amount),
        "layers": money(layers),
        "duty": money(found.total_duty),
        "fees": money(found.total_fees),
        "rate": say_percent(found.effective_rate) if found.effective_rate is not None else "",
        _LAST: ", ".join(f"{layer.heading} ({money(layer.amount)})" for layer in found.layers),
    }
