"""``tidewaiter duty`` and ``tidewaiter assess``: one line explained, and files of lines."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from tidewaiter.assess.line import INTO
from tidewaiter.cli.common import KNOWN_ON, SCENARIO, day, fail, keep_inputs, today, told

if TYPE_CHECKING:
    from tidewaiter.assess.batch import Result
    from tidewaiter.assess.engine import Engine
    from tidewaiter.assess.records import Record

DUTY_HELP = """The duty on one line, layer by layer, and why.

Examples:

\b
  tidewaiter duty 8507.60.0090 --origin CN --value 10000 --on 2026-11-22
  tidewaiter duty 8507.60.0090 --origin "South Korea" --set spi=KR \\
    --value 10000 --on 2026-09-01
  tidewaiter duty 8507.60.0020 --origin CN --set shipped_from=Vietnam \\
    --value 10000 --on 2025-09-01
  tidewaiter duty 9503.00.0073 --origin CN --value 10000 \\
    --on 2025-04-20 --loaded 2025-04-07 --transport vessel
  tidewaiter duty 3923.21.0095 --origin CN --value 5000 \\
    --on 2026-11-01 --claim 9903.88.69:iii-8 --explain
  tidewaiter duty 7318.15.2065 --origin CN --value 10000 \\
    --on 2025-07-01 --set steel_value=6000 --json
  tidewaiter duty 1201.90.11 --into CN --origin US --value 10000 \\
    --on 2025-10-01 --vat 9
"""
ASSESS_HELP = """The duties on every line of a file (.jsonl, .csv, .parquet; - is JSON Lines on standard input).

Every line is explained, with its questions. For many lines, workbooks and columns of amounts: tidewaiter price.

A line that cannot be answered is marked with an error code; the others are answered, and the exit code is 1.

Examples:

\b
  tidewaiter assess examples/lines.csv
  tidewaiter assess lines.jsonl --json -o answers.jsonl
  cat lines.jsonl | tidewaiter assess - --json | jq .total_duty
  tidewaiter assess us-exports.csv --into CN --schedule china-2026.csv
"""
_WHOLE = typer.Option(False, "--whole-dollars", help="Round values half-up to the dollar first, as CBP Form 7501 does.")
_JSON = typer.Option(False, "--json", help="Print JSON.")
_INTO = typer.Option(
    None, "--into", metavar="COUNTRY", help="The importing country of lines that name none: US (the default) or CN."
)
SCHEDULE = typer.Option(
    None,
    "--schedule",
    metavar="FILE",
    help="Your own base rates for that country: a CSV with the columns hts and rate, put over the shipped tariff.",
)
_VAT = typer.Option(
    None,
    "--vat",
    metavar="PERCENT",
    help="The VAT rate on lines that state none (into CN: 9 for farm goods; default 13).",
)
_VAT_RATE = "vat_rate"
VAT_FACT = f"fact.{_VAT_RATE}"


def duty(
    hts: str = typer.Argument(..., help="Tariff number, 4 to 10 digits, with or without points."),
    origin: str = typer.Option(..., "--origin", help='Country of origin: a code (CN) or a name ("South Korea").'),
    value: str = typer.Option(..., "--value", help="Customs value in US dollars (into CN: CIF)."),
    into: str | None = _INTO,
    on: str | None = typer.Option(
        None,
        "--on",
        "--entered",
        metavar="DATE",
        help="Entry: a date (read as the end of that day in the importing country) or an ISO instant. Default: today.",
    ),
    loaded: str | None = typer.Option(
        None, "--loaded", metavar="DATE", help="When it was loaded on the final mode of transit."
    ),
    transport: str | None = typer.Option(None, "--transport", help="vessel, air, truck, rail or mail."),
    quantity: str | None = typer.Option(None, "--quantity", help="Quantity in the tariff's unit, or with --unit."),
    unit: str | None = typer.Option(None, "--unit", help="Unit of the quantity (kg, No., doz. ...)."),
    claim: list[str] = typer.Option(
        [], "--claim", help="A claim (heading, exclusion item, or a name of `law claims`). May be repeated."
    ),
    scope: list[str] = typer.Option(
        [], "--scope", help="A description the article meets (`law claims`); not:NAME says it does not."
    ),
    ch98: str | None = typer.Option(None, "--ch98", help="Chapter 98 number, such as 9802.00.50."),
    ch98_value: str | None = typer.Option(
        None, "--ch98-value", help="Value of the repair or processing, or of the US components."
    ),
    set_: list[str] = typer.Option(
        [], "--set", metavar="FIELD=VALUE", help="Any other field of the contract or named fact. May be repeated."
    ),
    vat: str | None = _VAT,
    schedule: Path | None = SCHEDULE,
    whole_dollars: bool = _WHOLE,
    known_on: str | None = KNOWN_ON,
    scenario: str = SCENARIO,
    explain: bool = typer.Option(False, "--explain", help="Print the reasoning step by step as well."),
    as_json: bool = _JSON,
) -> None:
    """One line, answered."""
    given: dict[str, Any] = {
        "hts": hts,
        "origin": origin,
        "value": value,
        "entered_at": on or today(),
        "loaded_at": loaded,
        "transport": transport,
        "quantity": quantity,
        "unit": unit,
        "claims": claim,
        "scope": scope,
        "ch98": ch98,
        "ch98_value": ch98_value,
        **({} if into is None else {"into": into}),
        **_vat(vat),
        **settings(set_),
    }
    country = str(given.get("into") or INTO).strip().upper()
    engine = engine_of(known_on, scenario, country, schedule)
    taxing = _taxing(engine)
    if vat is not None and country in engine.regime.ledger.zones and country not in taxing:
        fail("vat_not_applied", f"imports into {country} pay no VAT", _vat_hint(taxing), status=2)
    _answer(engine, given, whole_dollars, explain, as_json)


def _vat(vat: str | None) -> dict[str, Any]:
    """What ``--vat`` says, as the fact of a line."""
    if vat is None:
        return {}
    from tidewaiter.assess.assessment import say_decimal
    from tidewaiter.assess.errors import LineError
    from tidewaiter.assess.line import read_decimal

    try:
        percent = read_decimal(vat.strip().removesuffix("%"), "--vat")
        if 0 < percent < 1:
            raise LineError("bad_number", f"--vat {vat} is less than one percent")
    except LineError as error:
        fail(error.code, error.message, "a percentage, such as 9", status=2)
    return {VAT_FACT: say_decimal(percent / 100)}


def _taxing(engine: Engine) -> list[str]:
    """The importing countries for which ``--vat`` means something."""
    from tidewaiter.assess.fees import countries_taking

    return countries_taking(engine.regime, _VAT_RATE)


def _vat_hint(taxing: list[str]) -> str:
    return f"leave --vat out, or name the country: --into {' or '.join(taxing)}"


class _Defaults:
    """What lines say that do not say it themselves; the tax only where the importing country has one."""

    def __init__(self, into: str | None, vat: str | None, engine: Engine) -> None:
        self._into: dict[str, Any] = {} if into is None else {"into": into}
        self._vat = _vat(vat)
        self._taxing = _taxing(engine)
        self.idle = bool(self._vat)

    def put(self, record: Record) -> Record:
        """The record with them."""
        record = record.with_defaults(self._into)
        if not self._vat or str(record.given.get("into") or INTO).strip().upper() not in self._taxing:
            return record
        self.idle = False
        return record.with_defaults(self._vat)

    def tell(self) -> None:
        """Say on standard error that the tax fell on no line."""
        if self.idle:
            hint = _vat_hint(self._taxing)
            typer.echo(f"vat_not_applied: no line is into a country whose imports pay VAT ({hint})", err=True)


def settings(pairs: Iterable[str]) -> dict[str, Any]:
    from tidewaiter.assess.line import FIELDS

    found: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            fail("bad_field", f"--set {pair!r} is not FIELD=VALUE", "such as --set steel_value=6000", status=2)
        found[name if name in FIELDS else f"fact.{name}"] = value
    return found


def engine_of(known_on: str | None, scenario: str, into: str = INTO, own: Path | None = None) -> Engine:
    """The engine of a day and a scenario; ``own`` is a file of base rates for the country ``into``."""
    from tidewaiter.assess.engine import Engine
    from tidewaiter.ledger.regime import Regime
    from tidewaiter.schedule.store import Schedule

    with told():
        regime = Regime.load(day(known_on, "--known-on"), scenario)
        jurisdiction = regime.ledger.jurisdictions.get(into.strip().upper())
        if own is None or jurisdiction is None:
            return Engine(regime, Schedule.load())
        from tidewaiter.schedule.encoding import SCHEDULE_FILE
        from tidewaiter.schedule.own import OwnSchedule

        return Engine(regime, Schedule.load(), [OwnSchedule.over(SCHEDULE_FILE.with_name(jurisdiction.schedule), own)])


def _answer(engine: Engine, given: dict[str, Any], whole_dollars: bool, explain: bool, as_json: bool) -> None:
    from tidewaiter.assess.countries import origin_code
    from tidewaiter.assess.errors import LineError
    from tidewaiter.assess.fees import charge_fees
    from tidewaiter.assess.line import read_line

    try:
        line = read_line(given, engine.regime.ledger.zones, origin_code)
        work = engine.work(line, whole_dollars=whole_dollars)
    except LineError as error:
        if as_json:
            typer.echo(json.dumps({"line_id": None, "error": error.as_json()}, ensure_ascii=False))
            raise typer.Exit(1) from error
        fail(error.code, error.message, error.hint)
    assessment = engine.finish(work)
    charge_fees(engine.regime, [(work.line, assessment)])
    if as_json:
        typer.echo(json.dumps(assessment.as_json(), ensure_ascii=False, indent=2))
        return
    from tidewaiter.assess.render import show
    from tidewaiter.cli.console import console

    show(assessment, console())
    if explain:
        from tidewaiter.assess.explain import explain as sentences

        typer.echo("\nstep by step")
        for sentence in sentences(engine, work):
            typer.echo(f"  {sentence}")


def assess(
    file: str = typer.Argument(
        "", help="A .jsonl, .csv or .parquet file of lines, or - for JSON Lines on standard input."
    ),
    output: Path | None = typer.Option(
        None, "-o", "--output", help="Write JSON Lines here (beside first, then renamed)."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object a line instead of a table."),
    into: str | None = _INTO,
    vat: str | None = _VAT,
    schedule: Path | None = SCHEDULE,
    whole_dollars: bool = _WHOLE,
    sort: bool = typer.Option(False, "--sort", help="Gather the lines of each entry first (reads the whole file)."),
    known_on: str | None = KNOWN_ON,
    scenario: str = SCENARIO,
    schema: str | None = typer.Option(
        None, "--schema", metavar="line|assessment|error", help="Print a JSON Schema of the contract, and nothing else."
    ),
) -> None:
    """A file of lines, answered."""
    from tidewaiter.assess.batch import assess_records
    from tidewaiter.assess.errors import FileError

    if schema is not None:
        _print_schema(schema)
        return
    if not file:
        fail("missing_field", "give a file of lines, or - for standard input", "see tidewaiter assess --help", status=2)
    keep_inputs(output, file, schedule, scenario)
    from tidewaiter.assess.records import read_records
    from tidewaiter.cli.console import progress

    engine = engine_of(known_on, scenario, into or INTO, schedule)
    defaults = _Defaults(into, vat, engine)
    try:
        with progress("lines") as told_progress:
            records = (defaults.put(record) for record in read_records(file))
            results = assess_records(engine, records, whole_dollars=whole_dollars, sort=sort, told=told_progress)
            if output is not None:
                refused = _write(results, output)
            elif as_json:
                refused = _print_json(results)
            else:
                refused = _print_table(results)
    except FileError as error:
        fail(error.code, error.message, error.hint, status=2)
    defaults.tell()
    if refused:
        raise typer.Exit(1)


def _print_schema(name: str) -> None:
    from tidewaiter.assess.schema import schema

    try:
        typer.echo(json.dumps(schema(name), ensure_ascii=False, indent=2))
    except ValueError as error:
        fail("bad_field", str(error), status=2)


def _print_json(results: Iterable[Result]) -> int:
    refused = 0
    for result in results:
        refused += result.error is not None
        sys.stdout.write(json.dumps(result.as_json(), ensure_ascii=False) + "\n")
    sys.stdout.flush()
    return refused


def _write(results: Iterable[Result], output: Path) -> int:
    """Write beside, then rename: no half-written file ever stands under the final name."""
    refused = 0
    beside = output.with_name(f".{output.name}.tmp")
    try:
        with beside.open("w", encoding="utf-8", newline="\n") as stream:
            for result in results:
                refused += result.error is not None
                stream.write(json.dumps(result.as_json(), ensure_ascii=False) + "\n")
        beside.replace(output)
    except OSError as error:
        fail("cannot_write", f"{output}: {error.strerror}", status=2)
    finally:
        with suppress(OSError):
            beside.unlink()
    typer.echo(f"{output}: written, {refused} line(s) refused", err=True)
    return refused


def _print_table(results: Iterable[Result]) -> int:
    from tidewaiter.assess.render import summary
    from tidewaiter.cli.console import console

    kept = list(results)
    summary(kept, console())
    return sum(result.error is not None for result in kept)
