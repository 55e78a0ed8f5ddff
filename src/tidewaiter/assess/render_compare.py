"""A comparison of origins on a terminal: a column an origin (a row, where they are many), then what differs and why."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from decimal import Decimal

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tidewaiter.assess.assessment import Assessment, Layer, say_percent, say_rate
from tidewaiter.assess.compare import CLAIM, Comparison, Difference, FromOrigin
from tidewaiter.assess.countries import country_codes
from tidewaiter.assess.render import money

Answered = list[tuple[FromOrigin, Assessment]]


def show_comparison(found: Comparison, console: Console) -> None:
    """Print the whole comparison."""
    several = [(one, one.assessment) for one in found.origins if one.assessment is not None]
    if several:
        console.print(_head(several[0][1]))
        wide = _columns(found, several)
        fits = console.measure(wide, options=console.options.update(width=10_000)).maximum <= console.width
        console.print(wide if fits else _rows(found, several))
    for title, said in (
        (f"what differs from {found.reference}, and why", _differences(found)),
        ("claims that could change it (not made here)", _chances(found)),
        ("asked (answered here by the default)", _questions(several)),
        ("notes", _notes(several)),
        ("refused", _refusals(found)),
    ):
        if said:
            console.print(_section(title, said))


def _head(one: Assessment) -> Text:
    text = Text()
    text.append(one.hts, style="bold")
    text.append(f"  {one.description}\n")
    text.append(
        f"entered {one.entered_at}, value {money(one.value)} USD  (known on {one.known_on}, scenario {one.scenario}, "
        f"tariff {one.base.edition})"
    )
    return text


def _columns(found: Comparison, several: Answered) -> Table:
    """One column an origin, one row a program."""
    answered = [assessment for _, assessment in several]
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("", max_width=48)
    for one in answered:
        table.add_column(f"{one.origin} {country_codes()[one.origin]}", justify="right")
    table.add_row("base duty", *(f"{say_rate(one.base)}\n{money(one.base.amount)}" for one in answered))
    for program in dict.fromkeys(layer.program for one in answered for layer in one.layers):
        table.add_row(found.titles.get(program, program), *(_cell(one, program) for one in answered))
    table.add_row("duty assessed", *(money(one.total_duty) for one in answered), style="bold")
    if _voided(several):
        table.add_row("duty owed", *(money(one.total_owed) for one in answered))
    table.add_row("of the value", *(_share(one) for one in answered))
    table.add_row(f"against {found.reference}", *(_signed(one.difference) for one, _ in several))
    table.add_row("above the cheapest", *(_above(one) for one, _ in several))
    table.add_row("fees", *(money(one.total_fees) for one in answered))
    return table


def _rows(found: Comparison, several: Answered) -> Table:
    """One row an origin: as many as are asked fit on a page."""
    owed = _voided(several)
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("origin", no_wrap=True)
    amounts = ["duty assessed", *(["duty owed"] if owed else []), "of the value", f"against {found.reference}"]
    for name in ("base duty", *amounts, "above the cheapest", "fees"):
        table.add_column(name, justify="right", overflow="fold")
    table.add_column("headings (amount)", ratio=1, overflow="fold")
    for one, assessment in several:
        table.add_row(
            f"{one.origin} {country_codes()[one.origin]}"[:_NAME_WIDTH],
            f"{say_rate(assessment.base)}: {money(assessment.base.amount)}",
            money(assessment.total_duty),
            *([money(assessment.total_owed)] if owed else []),
            _share(assessment),
            _signed(one.difference),
            _above(one),
            money(assessment.total_fees),
            ", ".join(f"{layer.heading} ({_amount(layer)})" for layer in assessment.layers) or "-",
        )
    return table


_NAME_WIDTH = 24


def _cell(one: Assessment, program: str) -> str:
    said = [f"{layer.heading} {_amount(layer)}" for layer in one.layers if layer.program == program]
    return "\n".join(said) or "-"


def _amount(layer: Layer) -> str:
    return "relieved" if layer.status == "relieved" else money(layer.amount)


def _share(one: Assessment) -> str:
    return "" if one.effective_rate is None else say_percent(one.effective_rate)


def _above(one: FromOrigin) -> str:
    return _signed(one.above_cheapest) if one.above_cheapest else "cheapest"


def _voided(several: Answered) -> bool:
    return any(assessment.total_owed != assessment.total_duty for _, assessment in several)


def _signed(amount: Decimal) -> str:
    return f"{'+' if amount > 0 else ''}{money(amount)}"


def _together(said: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What is said of each origin, by what is said: ``{"-340.00": "CN, VN"}``."""
    found: dict[str, list[str]] = {}
    for origin, text in said:
        found.setdefault(text, []).append(origin)
    return {text: ", ".join(origins) for text, origins in found.items()}


def _differences(found: Comparison) -> list[str]:
    """What makes the amounts differ; headings that only bear another number stand in the table."""
    said = _together(
        (one.origin, _difference(differs))
        for one in found.origins
        for differs in one.differs
        if differs.amount != differs.reference_amount
    )
    return [f"{origins}: {text}" for text, origins in said.items()]


def _difference(one: Difference) -> str:
    cited = f" [{one.citation}]" if one.citation else ""
    change = one.amount - one.reference_amount
    rates = f" ({one.rate} instead of {one.reference_rate})" if one.headings and one.reference_headings else ""
    return f"{one.title}, {_signed(change)}{rates}: {one.why}{cited}"


def _chances(found: Comparison) -> list[str]:
    return _by_name(
        ((chance.claim, chance.text), one.origin, chance.effect) for one in found.origins for chance in one.could_change
    )


def _questions(several: Answered) -> list[str]:
    """What the law asks besides claims."""
    return _by_name(
        ((asked.fact, asked.text), one.origin, asked.effect)
        for one, assessment in several
        for asked in assessment.questions
        if not asked.fact.startswith(CLAIM)
    )


def _by_name(said: Iterable[tuple[tuple[str, str], str, str]]) -> list[str]:
    """One paragraph for each name and its text, with what it would change, origin by origin."""
    found: dict[Hashable, list[tuple[str, str]]] = {}
    heads: dict[Hashable, str] = {}
    for (name, text), origin, effect in said:
        heads[name, text] = f"{name}: {text}"
        found.setdefault((name, text), []).append((origin, effect))
    return [
        f"{heads[key]} {'; '.join(f'{origins} [{effect}]' for effect, origins in _together(effects).items())}"
        for key, effects in found.items()
    ]


def _notes(several: Answered) -> list[str]:
    """The warnings, those of all origins without their names."""
    said = _together(
        (one.origin, f"{note.code}: {note.message}") for one, assessment in several for note in assessment.warnings
    )
    everyone = ", ".join(one.origin for one, _ in several)
    return [text if origins == everyone else f"{origins}: {text}" for text, origins in said.items()]


def _refusals(found: Comparison) -> list[str]:
    refused = ((one.origin, one.error) for one in found.origins if one.error is not None)
    said = _together(
        (origin, f"{error.code}: {error.message}" + (f"\n  hint: {error.hint}" if error.hint else ""))
        for origin, error in refused
    )
    return [f"{origins}: {text}" for text, origins in said.items()]


def _section(title: str, said: list[str]) -> Padding:
    rows = [Padding(Text(row), (0, 0, 0, 2)) for row in said]
    return Padding(Group(Text(title, style="bold"), *rows), (1, 0, 0, 0))
