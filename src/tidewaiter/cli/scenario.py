"""``tidewaiter scenario``: what may be supposed, what it is made of, and what it changes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import typer

from tidewaiter.cli.common import KNOWN_ON, day, fail, told

if TYPE_CHECKING:
    from tidewaiter.diff.against import Window
    from tidewaiter.ledger.model import Scenario
    from tidewaiter.ledger.regime import Regime

_HELP = """Scenarios: hypothetical acts that are added to the law for one question. Shipped ones, or YAML files of your own.

Examples: tidewaiter scenario list; tidewaiter scenario show truce-lapses; tidewaiter scenario check my-acts.yaml
"""
_JSON = typer.Option(False, "--json", help="Print JSON.")
app = typer.Typer(no_args_is_help=True, help=_HELP)


@app.command("list")
def list_(as_json: bool = _JSON) -> None:
    """The shipped scenarios, each with its explanation.

    Examples: tidewaiter scenario list; tidewaiter scenario list --json
    """
    from tidewaiter.ledger.snapshot import load_compiled

    with told():
        shipped = sorted(load_compiled()[0].scenarios.values(), key=lambda one: one.id)
    if as_json:
        rows = [{"id": one.id, "title": one.title, "explanation": one.explanation} for one in shipped]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    from rich.table import Table

    from tidewaiter.cli.console import console

    table = Table(box=None, pad_edge=False, padding=(0, 2, 1, 0))
    table.add_column("scenario", no_wrap=True)
    table.add_column("what is supposed", overflow="fold")
    for one in shipped:
        table.add_row(one.id, f"{one.title}. {one.explanation}")
    console().print(table)


@app.command("show")
def show(
    name: str = typer.Argument(..., metavar="NAME|FILE", help="A shipped scenario, or a YAML file."),
    against: str = typer.Option("law", "--against", metavar="NAME|FILE", help="What it is held against."),
    known_on: str | None = KNOWN_ON,
    as_json: bool = _JSON,
) -> None:
    """What a scenario supposes, act by act, and every heading that it changes against the law.

    Examples: tidewaiter scenario show forced-labor-struck; tidewaiter scenario show exclusions-lapse --against as-reported
    """
    from tidewaiter.diff.against import changes_against
    from tidewaiter.ledger.regime import Regime

    with told():
        seen_from = day(known_on, "--known-on")
        regime, law = Regime.load(seen_from, name), Regime.load(seen_from, against)
    changes = changes_against(law, regime)
    if as_json:
        zones = regime.ledger.zones
        said: dict[str, Any] = {
            "id": regime.scenario.id,
            "title": regime.scenario.title,
            "explanation": regime.scenario.explanation,
            "include_reported": regime.scenario.include_reported,
            "known_on": regime.known_on,
            "against": law.scenario.id,
            "acts": [{"id": act.id, "title": act.title, "citation": act.citation} for act in regime.scenario.acts],
            "changes": [one.as_json(zones[one.into]) for one in changes],
        }
        typer.echo(json.dumps(said, ensure_ascii=False, indent=2))
        return
    _tell(regime.scenario, regime, law, changes)


def _tell(scenario: Scenario, regime: Regime, law: Regime, changes: list[Window]) -> None:
    from tidewaiter.ledger.show import show as sentences

    typer.echo(f"{scenario.id}: {scenario.title}")
    typer.echo(f"  {scenario.explanation}")
    if scenario.include_reported:
        typer.echo("  What is only reported counts as well.")
    for act in scenario.acts:
        for sentence in sentences(regime, act.id):
            typer.echo(f"  {sentence}")
    if scenario.id == law.scenario.id:
        return
    typer.echo(f"changes against {law.scenario.id}, known on {regime.known_on}:")
    for line in _lines(regime, changes):
        typer.echo(f"  {line}")
    if not changes:
        typer.echo("  none")


def _lines(regime: Regime, changes: list[Window]) -> list[str]:
    """Headings to which the same happens in the same window share a line."""
    from tidewaiter.changes.render import some
    from tidewaiter.diff.headings import say_origins
    from tidewaiter.ledger.instants import say_instant

    alike: dict[tuple[object, ...], list[Window]] = {}
    for one in changes:
        key = (one.start, one.until, one.was, one.now, one.into, bool(one.origins))
        alike.setdefault(key, []).append(one)
    found = []
    for several in sorted(alike.values(), key=lambda group: (group[0].start, group[0].until)):
        one = several[0]
        zone = regime.ledger.zones[one.into]
        start, until = (
            said[:16].replace("T", " ") if (said := say_instant(at, zone)) else "" for at in (one.start, one.until)
        )
        origins = tuple(sorted({code for each in several for code in each.origins}))
        codes = some([each.heading for each in several], 6)
        whom = say_origins(origins, regime, one.start)
        found.append(f"{start or 'always'} to {until or 'open'}: {codes} ({whom}): {one.was} becomes {one.now}")
    return found


@app.command("check")
def check(
    file: str = typer.Argument(..., metavar="FILE", help="A YAML file of hypothetical acts."),
    known_on: str | None = KNOWN_ON,
) -> None:
    """Check a scenario of your own: its words and headings, the rules of the law with it, and that it changes anything.

    Exit code 1 if something is wrong with it, 2 if it cannot be read.

    Examples: tidewaiter scenario check my-acts.yaml
    """
    from tidewaiter.diff.against import changes_against
    from tidewaiter.ledger.check import check as breaches
    from tidewaiter.ledger.regime import Regime

    with told():
        seen_from = day(known_on, "--known-on")
        regime, law = Regime.load(seen_from, file), Regime.load(seen_from)
    was = {str(one) for one in breaches(law)}
    problems = [one for one in breaches(regime) if str(one) not in was]
    for problem in problems:
        typer.echo(str(problem))
    if problems:
        fail("law_invalid", f"{len(problems)} problem(s) with {file}")
    changes = changes_against(law, regime)
    if not changes and regime.scenario.id != law.scenario.id:
        fail(
            "nothing_changes",
            f"{file} changes nothing against the law as known on {regime.known_on}",
            "look at the headings and instants with tidewaiter law show",
        )
    effects = sum(len(act.effects) for act in regime.scenario.acts)
    headings = len({(one.into, one.heading) for one in changes})
    typer.echo(
        f"{file} is sound: {len(regime.scenario.acts)} act(s), {effects} effect(s), {headings} heading(s) stand otherwise"
    )
