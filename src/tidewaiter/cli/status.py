"""``tidewaiter status``: where the tariff war stands on a day, as known on a day."""

from __future__ import annotations

import json
import shutil
from datetime import date

import typer

from tidewaiter.cli.common import KNOWN_ON, SCENARIO, day, ended_by, fail, one_way, told

STATUS_HELP = """Where the tariff war stands on a day, as a person could have known it on a day, each line with its act.

Headline rates, what they are made of and what they were; the truce and its term; the talks; the courts and their next dates;
export controls and lists of firms; deals with third countries; what is written ahead; open questions. What only the press has
is marked "reported". docs/status.md says how to read it.

Examples:

\b
  tidewaiter status
  tidewaiter status --known-on 2025-06-02
  tidewaiter status --known-on 2025-06-02 --on 2025-08-13
  tidewaiter status --scenario as-reported --long
  tidewaiter status --md
"""
_WIDEST = 120
_INTO = one_way("a status tells both sides", "leave --into out; for rates over time: tidewaiter averages --into CODE")


def status(
    on: str | None = typer.Option(
        None, "--on", metavar="DATE", help="The day asked about. Default: the day of knowledge."
    ),
    known_on: str | None = KNOWN_ON,
    scenario: str = SCENARIO,
    as_json: bool = typer.Option(False, "--json", help="Print JSON: everything, with the id of each act."),
    as_md: bool = typer.Option(False, "--md", help="Print Markdown."),
    whole: bool = typer.Option(False, "--long", help="Leave nothing out: what is quiet, old or far ahead, too."),
    into: str | None = _INTO,
) -> None:
    """See ``STATUS_HELP``."""
    from tidewaiter.assess.errors import LineError
    from tidewaiter.ledger.regime import Regime
    from tidewaiter.status.render import as_markdown, as_text
    from tidewaiter.status.status import status as status_of

    if as_json and as_md:
        fail("bad_options", "--json and --md cannot both be had", "leave out one of them", status=2)
    known = day(known_on, "--known-on")
    asked = known if on is None else day(on, "--on")
    with told(), ended_by(LineError):
        found = status_of(Regime.load(known, scenario), date.fromisoformat(asked))
    if as_json:
        typer.echo(json.dumps(found.as_json(), ensure_ascii=False, indent=2))
        return
    width = min(_WIDEST, shutil.get_terminal_size((_WIDEST, 0)).columns)
    typer.echo("\n".join(as_markdown(found, whole) if as_md else as_text(found, width, whole)))
