"""``tidewaiter schedule``: build, add to, show and search the base schedule."""

from __future__ import annotations

from pathlib import Path

import typer

from tidewaiter.cli.common import day, told

_HELP = """The base schedule: tariff numbers, texts, rates and units by edition.

Examples: tidewaiter schedule show 8507.60; tidewaiter schedule search "lithium battery"
"""

app = typer.Typer(no_args_is_help=True, help=_HELP)
_JSON = typer.Option(False, "--json", help="Print JSON.")
_ON = typer.Option(
    None, "--on", metavar="DATE", help="The edition in force on that day. Default: the last one at hand."
)


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
    on: str | None = _ON,
    as_json: bool = _JSON,
) -> None:
    """The tree below a number: texts, units, rates, footnotes.

    Example: tidewaiter schedule show 8507.60
    """
    from tidewaiter.schedule.commands import schedule_show

    with told():
        schedule_show(prefix, typer.echo, day(on, "--on") if on else None, as_json)


@app.command("search")
def search(
    words: str = typer.Argument(..., help='Words of the text, such as "lithium battery".'),
    on: str | None = _ON,
    as_json: bool = _JSON,
    limit: int = typer.Option(20, "--limit", help="At most so many lines."),
) -> None:
    """Tariff lines by the words of their texts. Exit code 1 if there are none.

    Example: tidewaiter schedule search "lithium battery"
    """
    from tidewaiter.schedule.commands import schedule_search

    with told():
        status = schedule_search(words, typer.echo, day(on, "--on") if on else None, as_json, limit)
    raise typer.Exit(status)
