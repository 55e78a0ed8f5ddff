"""``tidewaiter schedule``: build, add to, show and search the base schedule."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from tidewaiter.cli.common import day, fail, told

if TYPE_CHECKING:
    from tidewaiter.schedule.store import Schedule

_HELP = """The base schedule: tariff numbers, texts, rates and units by edition.

Examples: tidewaiter schedule show 8507.60; tidewaiter schedule search "lithium battery"
"""

app = typer.Typer(no_args_is_help=True, help=_HELP)
_JSON = typer.Option(False, "--json", help="Print JSON.")
_ON = typer.Option(
    None, "--on", metavar="DATE", help="The edition in force on that day. Default: the last one at hand."
)
_INTO = typer.Option(None, "--into", metavar="COUNTRY", help="Whose tariff: US (the default) or CN.")


def _schedule(into: str | None) -> Schedule | None:
    """The tariff of a country; ``None`` for the one that is read anyway."""
    if into is None:
        return None
    from tidewaiter.ledger.regime import Regime
    from tidewaiter.schedule.encoding import SCHEDULE_FILE
    from tidewaiter.schedule.store import Schedule

    known = Regime.load().ledger.jurisdictions
    found = known.get(into.strip().upper())
    if found is None:
        fail("not_covered", f"the tariff of {into!r} is not at hand", f"covered: {', '.join(sorted(known))}")
    return Schedule.load(SCHEDULE_FILE.with_name(found.schedule))


@app.command("build")
def build(
    directory: Path = typer.Argument(..., help="A folder of official editions (JSON exports, .json or .json.gz)."),
    output: Path | None = typer.Option(None, "-o", "--output", help="Where to write. Default: the packaged schedule."),
) -> None:
    """Encode all official editions of a folder into one schedule.

    Example: tidewaiter schedule build editions -o us.zip
    """
    from tidewaiter.schedule.commands import schedule_build
    from tidewaiter.schedule.encoding import SCHEDULE_FILE

    with told():
        schedule_build(directory, typer.echo, output or SCHEDULE_FILE)


@app.command("add")
def add(
    file: Path = typer.Argument(..., help="The official JSON export of the new edition."),
    edition: str = typer.Option(..., "--edition", help='Its name, such as "2026 rev 11".'),
    in_force_from: str = typer.Option(
        ..., "--in-force-from", metavar="DATE", help="The day from which its numbers are in force."
    ),
) -> None:
    """Take in a newly published edition.

    Example:

    \b
      tidewaiter schedule add hts_2026_rev_11.json \\
        --edition "2026 rev 11" --in-force-from 2026-07-01
    """
    from tidewaiter.schedule.commands import schedule_add

    with told():
        schedule_add(file, edition, day(in_force_from, "--in-force-from"), typer.echo)


@app.command("show")
def show(
    prefix: str = typer.Argument(..., help="A chapter, heading or number, such as 8507.60."),
    into: str | None = _INTO,
    on: str | None = _ON,
    as_json: bool = _JSON,
) -> None:
    """The tree below a number: texts, units, rates, footnotes.

    Examples: tidewaiter schedule show 8507.60; tidewaiter schedule show 8703.23 --into CN --on 2019-06-01
    """
    from tidewaiter.schedule.commands import schedule_show

    with told():
        schedule_show(prefix, typer.echo, day(on, "--on") if on else None, as_json, _schedule(into))


@app.command("search")
def search(
    words: str = typer.Argument(..., help='Words of the text, such as "lithium battery".'),
    into: str | None = _INTO,
    on: str | None = _ON,
    as_json: bool = _JSON,
    limit: int = typer.Option(20, "--limit", help="At most so many lines."),
) -> None:
    """Tariff lines by the words of their texts. Exit code 1 if there are none.

    Examples: tidewaiter schedule search "lithium battery"; tidewaiter schedule search soybeans --into CN
    """
    from tidewaiter.schedule.commands import schedule_search

    with told():
        status = schedule_search(words, typer.echo, day(on, "--on") if on else None, as_json, limit, _schedule(into))
    raise typer.Exit(status)
