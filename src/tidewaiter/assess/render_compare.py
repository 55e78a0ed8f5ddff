"""A comparison of origins on a terminal: one column an origin, one row a program, and below it what differs and why."""

from __future__ import annotations

from decimal import Decimal

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tidewaiter.assess.assessment import Assessment
from tidewaiter.assess.compare import Comparison, FromOrigin
from tidewaiter.assess.countries import country_codes
from tidewaiter.assess.render import money, percent


def show_comparison(found: Comparison, console: Console) -> None:
    """Print the whole comparison."""
    answered = found.answered
    if answered:
        console.print(_head(answered[0]))
        console.print(_table(found))
        if any(one.differs for one in found.origins):
            console.print(
                _section(f"what differs from {found.reference}, and why", [_differs(one) for one in found.origins])
            )
        if any(one.could_change for one in found.origins):
            console.print(
                _section("claims that could change it (not made here)", [_chances(one) for one in found.origins])
            )
    refused = [one for one in found.origins if one.error is not None]
    if refused:
        console.print(_section("refused", [_refusal(one) for one in refused]))


def _head(one: Assessment) -> Text:
    text = Text()
    text.append(one.hts, style="bold")
    text.append(f"  {one.description}\n")
    text.append(
        f"entered {one.entered_at}, value {money(one.value)} USD  (known on {one.known_on}, scenario {one.scenario}, "
        f"tariff {one.base.edition})"
    )
    return text


def _table(found: Comparison) -> Table:
    answered = found.answered
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("")
    for one in answered:
        table.add_column(f"{one.origin} {country_codes()[one.origin]}", justify="right")
    table.add_row("base duty", *(f"{one.base.text}\n{money(one.base.amount)}" for one in answered))
    for program in dict.fromkeys(layer.program for one in answered for layer in one.layers):
        table.add_row(found.titles.get(program, program), *(_cell(one, program) for one in answered))
    table.add_row("duty", *(money(one.total_duty) for one in answered), style="bold")
    if any(one.total_owed != one.total_duty for one in answered):
        table.add_row("duty owed", *(money(one.total_owed) for one in answered))
    table.add_row(
        "of the value", *("" if one.effective_rate is None else percent(one.effective_rate) for one in answered)
    )
    several = [one for one in found.origins if one.assessment is not None]
    table.add_row(f"against {found.reference}", *(_signed(one.difference) for one in several))
    above = (_signed(one.above_cheapest) if one.above_cheapest else "cheapest" for one in several)
    table.add_row("above the cheapest", *above)
    table.add_row("fees", *(money(one.total_fees) for one in answered))
    return table


def _cell(one: Assessment, program: str) -> str:
    layers = [layer for layer in one.layers if layer.program == program]
    said = [f"{layer.heading} {'relieved' if layer.status == 'relieved' else money(layer.amount)}" for layer in layers]
    return "\n".join(said) or "-"


def _signed(amount: Decimal) -> str:
    return f"{'+' if amount > 0 else ''}{money(amount)}"


def _differs(one: FromOrigin) -> list[str]:
    return [
        f"{one.origin}: {differs.title}, {_signed(differs.amount - differs.reference_amount)}: {differs.why}"
        + (f" [{differs.citation}]" if differs.citation else "")
        for differs in one.differs
    ]


def _refusal(one: FromOrigin) -> list[str]:
    error = one.error
    return [] if error is None else [f"{one.origin}: {error.message}{f' ({error.hint})' if error.hint else ''}"]


def _chances(one: FromOrigin) -> list[str]:
    return [f"{one.origin}: {chance.claim}: {chance.text} [{chance.effect}]" for chance in one.could_change]


def _section(title: str, groups: list[list[str]]) -> Padding:
    rows = [Padding(Text(row), (0, 0, 0, 2)) for group in groups for row in group]
    return Padding(Group(Text(title, style="bold"), *rows), (1, 0, 0, 0))
