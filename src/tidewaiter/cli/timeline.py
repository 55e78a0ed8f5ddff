"""``tidewaiter timeline``: acts in order of time, and the days written ahead, as text, JSON or a calendar."""

from __future__ import annotations

import json
import shutil
import textwrap
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from tidewaiter.cli.common import KNOWN_ON, SCENARIO, day, fail, keep_inputs, one_way, told
from tidewaiter.cli.panel import words

if TYPE_CHECKING:
    from tidewaiter.timeline.entries import Timeline

TIMELINE_HELP = """The acts of the war in order of time, and the days that are written ahead, each with its citation.

Orders, notices, rulings, talks, calls, statements, controls: what was announced from --from to --to, as known on a day. After it
stand the deadlines and changes ahead, which --ics writes as a file for a calendar.

Examples:

\b
  tidewaiter timeline
  tidewaiter timeline --from 2025-04-01 --to 2025-06-02 --kind talks,call,statement,press
  tidewaiter timeline --by CN --from 2025-01-01 --json
  tidewaiter timeline --kind deadline
  tidewaiter timeline --ics deadlines.ics
"""
_WIDEST = 120
_RECENT_DAYS = 90
_EARLIER = "give the earlier day as --from"
_END = "9999-12-31"
_INTO = one_way("a timeline tells the acts of all sides", "for the acts of one country: --by CODE")


def timeline(
    from_: str | None = typer.Option(
        None, "--from", metavar="DATE", help="The first day. Default: 90 days before the day of knowledge."
    ),
    to: str | None = typer.Option(
        None, "--to", metavar="DATE", help="The last day. Default: as far as anything is written."
    ),
    kind: str = typer.Option(
        "", "--kind", help="Kinds of acts, separated by commas (talks, ruling, control ...); deadline: days ahead."
    ),
    by: str = typer.Option("", "--by", help="Who acted: country codes, separated by commas (US,CN)."),
    known_on: str | None = KNOWN_ON,
    scenario: str = SCENARIO,
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
    ics: Path | None = typer.Option(
        None, "--ics", metavar="FILE", help="Write the days ahead as an iCalendar file (- prints it)."
    ),
    into: str | None = _INTO,
) -> None:
    """See ``TIMELINE_HELP``."""
    from tidewaiter.ledger.errors import likest_first
    from tidewaiter.ledger.regime import Regime
    from tidewaiter.timeline.entries import KINDS, Asked
    from tidewaiter.timeline.entries import timeline as timeline_of
    from tidewaiter.timeline.ical import calendar

    keep_inputs(ics, scenario)
    known = day(known_on, "--known-on")
    recent = (date.fromisoformat(known) - timedelta(days=_RECENT_DAYS)).isoformat()
    first = recent if from_ is None else day(from_, "--from")
    last = _END if to is None else day(to, "--to")
    if last < first:
        hint = (
            f"give --from too: without it, {_RECENT_DAYS} days before the day of knowledge"
            if from_ is None
            else _EARLIER
        )
        fail("bad_date", f"--to {last} lies before --from {first}", hint, status=2)
    kinds = frozenset(words(kind))
    if kinds - KINDS:
        unknown = ", ".join(sorted(kinds - KINDS))
        fail(
            "bad_kind",
            f"no act is of the kind {unknown}",
            f"kinds: {', '.join(likest_first(KINDS, unknown))}",
            status=2,
        )
    with told():
        regime = Regime.load(known, scenario)
    actors = frozenset(word.upper() for word in words(by))
    if actors - set(regime.ledger.zones):
        unknown = ", ".join(sorted(actors - set(regime.ledger.zones)))
        fail(
            "bad_country",
            f"no acts of {unknown} are told",
            f"acts are told of {', '.join(regime.ledger.zones)}",
            status=2,
        )
    found = timeline_of(regime, Asked(first, last, kinds, actors))
    if ics is not None:
        _write(ics, calendar(found.ahead, known), len(found.ahead))
    elif as_json:
        typer.echo(json.dumps(found.as_json(), ensure_ascii=False, indent=2))
    else:
        typer.echo("\n".join(_lines(found, min(_WIDEST, shutil.get_terminal_size((_WIDEST, 0)).columns))))


def _write(path: Path, text: str, count: int) -> None:
    if str(path) == "-":
        typer.echo(text, nl=False)
        return
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        fail("cannot_write", f"{path}: {error.strerror}", "name a file in a folder that is there; - prints it")
    typer.echo(f"{path}: {count} days ahead", err=True)


def _lines(found: Timeline, width: int) -> Iterator[str]:
    from tidewaiter.status.render import ahead_line, cited
    from tidewaiter.timeline.entries import actors

    for act in found.acts:
        head = f"{act.announced}  {'/'.join(actors(found.regime, act))}  {act.kind.replace('_', ' ')}: "
        yield from textwrap.wrap(f"{head}{act.title}{cited([act])}", width, subsequent_indent=" " * 16)
    if found.ahead:
        yield from (
            ("", f"AHEAD, as known on {found.known_on}") if found.acts else (f"AHEAD, as known on {found.known_on}",)
        )
    for one in found.ahead:
        yield from textwrap.wrap(
            ahead_line([one], found.known_on), width, initial_indent="  ", subsequent_indent="    "
        )
    if not found.acts and not found.ahead:
        yield "nothing is known of these days"
