"""The ``tidewaiter`` command and its groups."""

from __future__ import annotations

import gc
import os
import sys

import typer

from tidewaiter import __version__
from tidewaiter.cli import (
    assess,
    averages,
    compare,
    diff,
    law,
    panel,
    price,
    refunds,
    scenario,
    schedule,
    status,
    timeline,
    whatif,
)
from tidewaiter.cli.common import leave
from tidewaiter.cli.one_file import OneFile

_HELP = """What is owed on a shipment, on whose authority, until when. Not legal advice.

Examples:

\b
  tidewaiter duty 8507.60.0090 --origin CN --value 10000 --on 2026-11-22
  tidewaiter price entries.parquet -o priced.parquet
  tidewaiter law changes --since 2026-07-01 --skus catalogue.csv
  tidewaiter refunds es003.csv -o desk
  tidewaiter status --known-on 2025-06-02
"""

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help=_HELP,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("duty", help=assess.DUTY_HELP)(assess.duty)
app.command("assess", cls=OneFile, help=assess.ASSESS_HELP)(assess.assess)
app.command("price", cls=OneFile, help=price.PRICE_HELP)(price.price)
app.command("panel", help=panel.PANEL_HELP)(panel.panel)
app.command("averages", help=averages.AVERAGES_HELP)(averages.averages)
app.command("compare", help=compare.COMPARE_HELP)(compare.compare)
app.command("status", help=status.STATUS_HELP)(status.status)
app.command("timeline", help=timeline.TIMELINE_HELP)(timeline.timeline)
app.command("diff", help=diff.DIFF_HELP)(diff.diff)
app.command("whatif", cls=OneFile, help=whatif.WHATIF_HELP)(whatif.whatif)
app.add_typer(refunds.app, name="refunds")
app.add_typer(scenario.app, name="scenario")
app.add_typer(law.app, name="law")
app.add_typer(schedule.app, name="schedule")


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"tidewaiter {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """Options of every command."""


def main() -> None:
    """Run the command; a reader that closes the pipe early is no error."""
    # A short process makes no garbage worth looking for while the law is loaded.
    gc.set_threshold(200_000, 20, 20)
    try:
        app()
    except SystemExit as ended:
        # The reader (head, less) has seen enough, and typer has made that an exit with code 1.
        if not isinstance(ended.__context__, BrokenPipeError):
            leave(ended.code)
            raise
        # Keep the interpreter from flushing into the closed pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno() if sys.__stdout__ else 1)
        sys.exit(0)
