"""``tidewaiter compare``: one product from several origins side by side."""

from __future__ import annotations

import json
from typing import Any

import typer

from tidewaiter.cli.assess import engine_of, settings
from tidewaiter.cli.common import KNOWN_ON, SCENARIO, fail, today

COMPARE_HELP = """One product from several origins side by side: what differs, why, and which claims could change it.

An origin that cannot be answered is marked with an error; the others are answered, and the exit code is 1.

Examples:

  tidewaiter compare 8507.60.00.90 --origins CN,VN,MX,IN,GB --value 10000 --on 2025-09-01

  tidewaiter compare 8703.23.0190 --origins "South Korea;Japan;UK" --value 30000 --on 2026-01-15 --json
"""


def compare(
    hts: str = typer.Argument(..., help="Tariff number, 4 to 10 digits, with or without points."),
    origins: str = typer.Option(
        ...,
        "--origins",
        help="Countries of origin, codes or names, separated by commas (semicolons where a name has one).",
    ),
    value: str = typer.Option(..., "--value", help="Customs value in US dollars, the same for every origin."),
    on: str | None = typer.Option(
        None, "--on", "--entered", metavar="DATE", help="Entry: a date or an ISO instant, Eastern. Default: today."
    ),
    loaded: str | None = typer.Option(
        None, "--loaded", metavar="DATE", help="When it was loaded on the final mode of transit."
    ),
    transport: str | None = typer.Option(None, "--transport", help="vessel, air, truck, rail or mail."),
    quantity: str | None = typer.Option(None, "--quantity", help="Quantity in the tariff's unit, or with --unit."),
    unit: str | None = typer.Option(None, "--unit", help="Unit of the quantity (kg, No., doz. ...)."),
    claim: list[str] = typer.Option([], "--claim", help="A claim made from every origin. May be repeated."),
    scope: list[str] = typer.Option([], "--scope", help="A description the article meets. May be repeated."),
    set_: list[str] = typer.Option(
        [], "--set", metavar="FIELD=VALUE", help="Any other field of the contract or named fact. May be repeated."
    ),
    whole_dollars: bool = typer.Option(False, "--whole-dollars", help="Round values half-up to the dollar first."),
    known_on: str | None = KNOWN_ON,
    scenario: str = SCENARIO,
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Several origins, answered."""
    from tidewaiter.assess.compare import compare as compared

    typed = [part.strip() for part in origins.split(";" if ";" in origins else ",") if part.strip()]
    if not typed:
        fail("bad_field", "--origins names no country", "such as --origins CN,VN,MX", status=2)
    given: dict[str, Any] = {
        "hts": hts,
        "value": value,
        "entered_at": on or today(),
        "loaded_at": loaded,
        "transport": transport,
        "quantity": quantity,
        "unit": unit,
        "claims": claim,
        "scope": scope,
        **settings(set_),
    }
    found = compared(engine_of(known_on, scenario), given, typed, whole_dollars=whole_dollars)
    if as_json:
        typer.echo(json.dumps(found.as_json(), ensure_ascii=False, indent=2))
    else:
        from tidewaiter.assess.render_compare import show_comparison
        from tidewaiter.cli.console import console

        show_comparison(found, console())
    if any(one.error is not None for one in found.origins):
        raise typer.Exit(1)
