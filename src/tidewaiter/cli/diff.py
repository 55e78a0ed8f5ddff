"""``tidewaiter diff``: what differs between two days, or between what was known on two days."""

from __future__ import annotations

import json
import sys
from typing import Any

import typer

from tidewaiter.cli.assess import settings
from tidewaiter.cli.common import KNOWN_ON, SCENARIO, day, fail, told

DIFF_HELP = """What differs in the law between two days: every heading, for whom, from what to what, by which act.

The days are their ends where the goods are imported, so what bit on that day counts; an instant may be given instead. With
--hts and --origin the change in one product's total is explained instead, with --origin alone what matters for that origin.

--known-from and --known-to hold two days of knowledge against each other: what became known in between (then one day is enough).

Examples:

\b
  tidewaiter diff 2026-07-23 2026-07-24
  tidewaiter diff 2026-07-23 2026-07-24 --hts 8507.60.0090 --origin CN
  tidewaiter diff 2025-04-04 2025-04-10 --origin Vietnam
  tidewaiter diff 2026-02-23T23:59 2026-02-24T00:01 --json
  tidewaiter diff 2025-08-13 --known-from 2025-08-10 --known-to 2025-08-12 \\
    --hts 9503.00.0073 --origin CN
  tidewaiter diff 2026-09-30 2026-10-01 --csv
"""
_FIRST = "the end of that day, or an ISO instant"


def diff(
    since: str = typer.Argument(..., metavar="DATE", help=f"The first day: {_FIRST}."),
    until: str = typer.Argument("", metavar="[DATE]", help="The second day. Default: the first, for --known-from."),
    hts: str | None = typer.Option(None, "--hts", help="A tariff number: explain the change in its total."),
    origin: str | None = typer.Option(
        None, "--origin", help="Country of origin, code or name. Without --hts: what matters for it."
    ),
    value: str = typer.Option("10000", "--value", help="Its customs value in US dollars."),
    transport: str | None = typer.Option(None, "--transport", help="vessel, air, truck, rail or mail."),
    quantity: str | None = typer.Option(None, "--quantity", help="Quantity in the tariff's unit, or with --unit."),
    unit: str | None = typer.Option(None, "--unit", help="Unit of the quantity (kg, No., doz. ...)."),
    claim: list[str] = typer.Option([], "--claim", help="A claim made at both moments. May be repeated."),
    scope: list[str] = typer.Option([], "--scope", help="A description the article meets. May be repeated."),
    set_: list[str] = typer.Option([], "--set", metavar="FIELD=VALUE", help="Any other field or named fact."),
    into: str = typer.Option("", "--into", metavar="CODE", help="Imports into this country only. Default: all."),
    known_on: str | None = KNOWN_ON,
    known_from: str | None = typer.Option(
        None, "--known-from", metavar="DATE", help="See the first day as known on this day. Default: --known-on."
    ),
    known_to: str | None = typer.Option(
        None, "--known-to", metavar="DATE", help="See the second day as known on this day. Default: --known-on."
    ),
    scenario: str = SCENARIO,
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
    as_csv: bool = typer.Option(False, "--csv", help="Print the headings as CSV."),
) -> None:
    """Two moments held against each other."""
    from tidewaiter.assess.countries import origin_code
    from tidewaiter.assess.coverage import check_into
    from tidewaiter.assess.engine import Engine
    from tidewaiter.assess.errors import LineError
    from tidewaiter.diff.whole import diff as differ
    from tidewaiter.ledger.regime import Regime
    from tidewaiter.schedule.store import Schedule

    if hts is not None and origin is None:
        fail("missing_field", "--hts goes with --origin", "such as --hts 8507.60.0090 --origin CN", status=2)
    if as_csv and (as_json or hts is not None):
        fail(
            "bad_field",
            "--csv prints the headings: it goes without --json and --hts",
            "leave out one of them",
            status=2,
        )
    both = known_from is not None or known_to is not None
    if not until and not both:
        fail("missing_field", "give a second day, or --known-from and --known-to", "tidewaiter diff --help", status=2)
    with told():
        earlier = Regime.load(day(known_from or known_on, "--known-from" if known_from else "--known-on"), scenario)
        later = Regime.load(day(known_to or known_on, "--known-to" if known_to else "--known-on"), scenario)
        engine = Engine(earlier, Schedule.load())
    into = into.strip().upper()
    given: dict[str, Any] | None = None
    if hts is not None:
        given = {
            "hts": hts,
            "origin": origin,
            "value": value,
            "transport": transport,
            "quantity": quantity,
            "unit": unit,
        }
        given |= {"claims": claim, "scope": scope, **({"into": into} if into else {}), **settings(set_)}
    try:
        if into:
            check_into(earlier, into)
        found = differ(
            engine,
            since,
            until or since,
            later=None if later is earlier else later,
            line=given,
            into=(into,) if into else (),
            origin=origin_code(origin) if origin else "",
        )
    except LineError as error:
        fail(error.code, error.message, error.hint, status=2)
    if as_json:
        typer.echo(json.dumps(found.as_json(), ensure_ascii=False, indent=2))
    elif as_csv:
        from tidewaiter.diff.render import write_csv

        write_csv(found.headings, sys.stdout)
    else:
        from tidewaiter.cli.console import console
        from tidewaiter.diff.render import show

        show(found, console())
        _count(found)
    for one in found.warnings:
        typer.echo(f"{one.code}: {one.message}", err=True)
    if found.product is not None and None in (found.product.before, found.product.after):
        raise typer.Exit(1)


def _count(found: Any) -> None:
    rows = sum(len(one.added) + len(one.removed) for one in found.lists)
    before, after = found.before.regime, found.after.regime
    known = before.known_on if before.known_on == after.known_on else f"{before.known_on} and {after.known_on}"
    typer.echo(
        f"{len(found.headings):,} heading(s) and {rows:,} list row(s) differ (known on {known}, scenario {after.scenario.id})",
        err=True,
    )
