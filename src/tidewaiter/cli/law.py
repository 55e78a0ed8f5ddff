"""``tidewaiter law``: check, show and audit the law's data, and list what can be claimed."""

from __future__ import annotations

import json

import typer

from tidewaiter.cli import changes
from tidewaiter.cli.common import KNOWN_ON, SCENARIO, day, fail, told

_HELP = """The law as data: check it, read it, hold it against official editions.

Examples: tidewaiter law show 9903.01.63; tidewaiter law changes --since 2026-07-01
"""

app = typer.Typer(no_args_is_help=True, help=_HELP)
app.command("changes", help=changes.CHANGES_HELP)(changes.changes)


@app.command("check")
def check(
    products: bool = typer.Option(
        False, "--products", help="Also try every product from every origin for two headings at once (ten seconds)."
    ),
) -> None:
    """Check the law's data: every file, and the rules that must hold over all of it, under every shipped scenario.

    Examples: tidewaiter law check; tidewaiter law check --products
    """
    from tidewaiter.assess.countries import country_codes
    from tidewaiter.cli.console import progress
    from tidewaiter.ledger.check import check as check_regime
    from tidewaiter.ledger.errors import LawError
    from tidewaiter.ledger.regime import Regime
    from tidewaiter.schedule.encoding import SCHEDULE_FILE
    from tidewaiter.schedule.store import Schedule

    try:
        regime = Regime.load(scenario="as-reported")
        files = [SCHEDULE_FILE.with_name(one.schedule) for one in regime.ledger.jurisdictions.values()]
        schedules = map(Schedule.load, files)
        every = (line.number for one in schedules for line in one.lines(one.last_edition))
        numbers = every if products else None
        with progress("goods tried") as told_progress:
            problems = check_regime(regime, numbers, country_codes(), told_progress)
        shipped = (Regime.load(scenario=name) for name in regime.ledger.scenarios)
        problems = list(dict.fromkeys([*problems, *(one for each in shipped for one in check_regime(each))]))
    except LawError as error:
        problems = error.problems
    for problem in problems:
        typer.echo(str(problem))
    if problems:
        fail("law_invalid", f"{len(problems)} problem(s) in the law's data")
    typer.echo("the law's data is sound")


@app.command("show")
def show(
    name: str = typer.Argument(
        ...,
        help="An act (us-eo-14298), a heading (9903.88.03), a program (us-122), a list (us-annex-ii), a matter (case:ieepa), "
        "a process of refund (us-cape), or interest.",
    ),
    known_on: str | None = KNOWN_ON,
    scenario: str = SCENARIO,
) -> None:
    """What an act did; a heading's whole history with citations; a program's headings.

    Examples: tidewaiter law show us-eo-14298; tidewaiter law show 9903.01.63; tidewaiter law show talks:us-china
    """
    from tidewaiter.ledger.regime import Regime
    from tidewaiter.ledger.show import NothingToShowError
    from tidewaiter.ledger.show import show as sentences

    with told():
        regime = Regime.load(day(known_on, "--known-on"), scenario)
    try:
        for sentence in sentences(regime, name):
            typer.echo(sentence)
    except NothingToShowError as error:
        fail("unknown_name", str(error), error.hint)


@app.command("claims")
def claims(as_json: bool = typer.Option(False, "--json", help="Print JSON.")) -> None:
    """The closed list of claims, descriptions (scopes) and facts that a line may state.

    Examples: tidewaiter law claims; tidewaiter law claims --json
    """
    from tidewaiter.ledger.regime import Regime

    with told():
        names = sorted(
            Regime.load().ledger.facts.values(),
            key=lambda one: (one.group, bool(one.refused), one.name[:1].isdigit(), one.name),
        )
    if as_json:
        rows = [
            {"name": n.name, "group": n.group, "type": n.type, "unit": n.unit, "text": n.text, "refused": n.refused}
            for n in names
        ]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for group in ("claims", "scopes", "facts"):
        typer.echo(f"{group}:")
        for one in (name for name in names if name.group == group):
            refused = "  [refused: not covered]" if one.refused else ""
            typer.echo(f"  {one.name:32} {one.text}{refused}")


@app.command("audit")
def audit(
    edition: str = typer.Argument(
        ..., help='An official edition (JSON export), or the name of a shipped one ("2026 rev 10"), or all.'
    ),
    on: str | None = typer.Option(
        None, "--on", metavar="DATE", help="The legal date to hold it against. Default: the edition's own."
    ),
    explained: bool = typer.Option(
        False, "--explained", help="Also print the differences that are listed with a reason."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Hold the ledger against an official edition: headings, rates, and product footnotes.

    Exit code 1 if a difference stands without a reason.

    Examples: tidewaiter law audit "2026 rev 10"; tidewaiter law audit all
    """
    from tidewaiter.audit import audit_named, say

    with told():
        found = audit_named(edition, on)
    unexplained = [one for one in found if not one.reason]
    if as_json:
        typer.echo(
            json.dumps([one.as_json() for one in (found if explained else unexplained)], ensure_ascii=False, indent=2)
        )
    else:
        for one in found if explained else unexplained:
            typer.echo(say(one))
        typer.echo(f"{len(found)} difference(s), {len(unexplained)} without a reason", err=True)
    if unexplained:
        raise typer.Exit(1)
