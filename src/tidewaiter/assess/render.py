"""An assessment on a terminal: the table a broker would recognise, the totals, and what to know before trusting them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tidewaiter.assess.assessment import RATE_STEP, Assessment, BaseLine, Layer, say_decimal, say_percent, say_rate
from tidewaiter.assess.batch import Result
from tidewaiter.ledger.model import REPLACED

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
        f"origin {found.origin}, entered {found.entered_at}, value {money(found.value)} USD"
        f"  (known on {found.known_on}, scenario {found.scenario}, tariff {found.base.edition})"
    )
    return text


def _layers(found: Assessment) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("heading", no_wrap=True)
    table.add_column("what", ratio=3)
    table.add_column("rate", justify="right", max_width=WIDEST_RATE)
    table.add_column("basis", justify="right", no_wrap=True)
    table.add_column("amount", justify="right", no_wrap=True)
    table.add_column("authority", no_wrap=True)
    table.add_column("until", no_wrap=True)
    table.add_column("citation", ratio=2)
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
    column = {"column2": "column 2", "special": f"column 1 special ({base.program})"}.get(
        base.column, "column 1 general"
    )
    return [
        found.hts,
        f"base duty, {column}{', replaced by a heading above' if base.basis == REPLACED else ''}",
        base.text,
        _basis(base),
        money(base.amount),
        "tariff",
        "",
        f"HTS {base.edition}",
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
    """A file of lines as a table: one row a line, errors beside answers, and the sums."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for name in ("line", "number", "origin", "entered"):
        table.add_column(name, no_wrap=True)
    for name in ("value", "base", "layers", "duty", "fees", "rate"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("headings (amount), or the error", ratio=1)
    answered = [result.assessment for result in results if result.assessment is not None]
    for result in results:
        table.add_row(*_summary_cells(result), style="" if result.error is None else "red")
    console.print(table)
    duty = sum((found.total_duty for found in answered), Decimal(0))
    owed = sum((found.total_owed for found in answered), Decimal(0))
    fees = sum((found.total_fees for found in answered), Decimal(0))
    refundable = f", of which refundable {money(duty - owed)}" if duty != owed else ""
    refused = len(results) - len(answered)
    console.print(
        f"\n{len(answered)} line(s) answered, {refused} refused: duty {money(duty)}{refundable}, fees {money(fees)}"
    )


def _summary_cells(result: Result) -> list[str]:
    found = result.assessment
    if found is None:
        error = result.error
        given = [str(result.record.given.get(name, "")) for name in ("hts", "origin", "entered_at", "value")]
        said = f"{error.code}: {error.message}" if error else ""
        return [result.record.line_id, *given, "", "", "", "", "", said]
    layers = sum((layer.amount for layer in found.layers), Decimal(0))
    return [
        str(found.line_id),
        found.hts,
        found.origin,
        found.entered_at[:16],
        money(found.value),
        money(found.base.amount),
        money(layers),
        money(found.total_duty),
        money(found.total_fees),
        say_percent(found.effective_rate) if found.effective_rate is not None else "",
        ", ".join(f"{layer.heading} ({money(layer.amount)})" for layer in found.layers),
    ]
