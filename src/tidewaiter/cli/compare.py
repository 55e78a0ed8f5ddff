"""``tidewaiter compare``: one product from several origins side by side."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import typer

from tidewaiter.assess.line import INTO
from tidewaiter.cli.assess import engine_of, settings
from tidewaiter.cli.common import KNOWN_ON, SCENARIO, fail, one_way, today

COMPARE_HELP = """One product from several origins side by side: what differs, why, and which claims could change it.

An origin that cannot be answered is marked with an error; the others are answered, and the exit code is 1. Every
difference is against the first origin that is answered.

Examples:

\b
  tidewaiter compare 8507.60.0090 --origins CN,VN,MX,IN,GB \\
    --value 10000 --on 2026-09-01
  tidewaiter compare 8703.23.0190 --origins "South Korea;Japan;UK" \\
    --value 30000 --on 2026-01-15 --json
  tidewaiter compare 8507.60.0090 --origins CN,MX --set MX:spi=S \\
    --value 10000 --on 2026-09-01
  tidewaiter compare 2204.21.5040 --origins FR,IT --quantity 1200 \\
    --unit liter --value 10000 --on 2026-09-01
"""

_INTO = one_way(
    f"origins are compared for imports into {INTO} only",
    "for one origin: tidewaiter duty HTS --into CODE --origin CODE --value NUMBER",
)


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
        [],
        "--set",
        metavar="[ORIGIN:]FIELD=VALUE",
        help="Any other field of the contract or named fact, for all origins or for one. May be repeated.",
    ),
    whole_dollars: bool = typer.Option(False, "--whole-dollars", help="Round values half-up to the dollar first."),
    known_on: str | None = KNOWN_ON,
    scenario: str = SCENARIO,
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
    into: str | None = _INTO,
) -> None:
    """Several origins, answered."""
    from tidewaiter.assess.compare import compare as compared

    typed = [part.strip() for part in origins.split(";" if ";" in origins else ",") if part.strip()]
    if not typed:
        fail("bad_field", "--origins names no country", "such as --origins CN,VN,MX", status=2)
    everywhere, only = _settings(set_, typed)
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
        **everywhere,
    }
    found = compared(engine_of(known_on, scenario), given, typed, only=only, whole_dollars=whole_dollars)
    if as_json:
        typer.echo(json.dumps(found.as_json(), ensure_ascii=False, indent=2))
    else:
        from tidewaiter.assess.render_compare import show_comparison
        from tidewaiter.cli.console import console

        show_comparison(found, console())
    if any(one.error is not None for one in found.origins):
        raise typer.Exit(1)


def _settings(pairs: list[str], typed: list[str]) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """What ``--set`` gives for all origins, and what it gives for one: ``MX:spi=S``."""
    from tidewaiter.assess.countries import origin_code
    from tidewaiter.assess.errors import LineError

    compared: dict[str, str] = {}
    for one in typed:
        with suppress(LineError):
            compared[origin_code(one)] = one
    everywhere: list[str] = []
    only: dict[str, list[str]] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        origin, colon, field = name.partition(":")
        if not (colon and equals):
            everywhere.append(pair)
            continue
        try:
            code = origin_code(origin)
        except LineError as error:
            fail(error.code, f"--set {pair!r}: {error.message}", error.hint, status=2)
        if code not in compared:
            fail("bad_field", f"--set {pair!r}: {origin} is not among the origins", ",".join(typed), status=2)
        only.setdefault(code, []).append(f"{field}={value}")
    return settings(everywhere), {code: settings(several) for code, several in only.items()}
