"""``tidewaiter panel``: the rates of every product of every origin, from change to change."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from tidewaiter.cli.assess import SCHEDULE, engine_of
from tidewaiter.cli.common import KNOWN_ON, SCENARIO, fail, keep_inputs, told

if TYPE_CHECKING:
    from tidewaiter.bulk.panel import Panel
    from tidewaiter.bulk.panel_files import Written

PANEL_HELP = """The rates of every product of every origin from change to change: Parquet, partitioned by origin.

One row for each tariff line and stretch of time in which nothing changes, one column for each program; --layers gives one row
for each heading instead, with its acts. From 2025 on (China from July 2018) to the last scheduled change, unless days are
given. A row is about a line that states no facts. docs/panel.md has the schema, and questions to ask of it with DuckDB.

Examples:

\b
  tidewaiter panel -o panel
  tidewaiter panel -o batteries --products 8507,8506 --origins CN,VN,EU
  tidewaiter panel -o layers --layers --origins CN \\
    --from 2025-01-01 --to 2025-12-31
  tidewaiter panel -o what-if --scenario my-acts.yaml --changed-from panel
  tidewaiter panel -o - --products 9503.00.0073 --origins CN | head
  tidewaiter panel -o china --into CN --products 1201,8703
"""
_STDOUT = "-"


def panel(
    output: str = typer.Option(..., "-o", "--output", help="A folder for the panel; - is CSV on standard output."),
    origins: str = typer.Option("", "--origins", help="Countries or groups (EU), separated by commas. Default: all."),
    products: str = typer.Option("", "--products", help="Beginnings of tariff numbers, by commas. Default: all."),
    from_: str | None = typer.Option(None, "--from", metavar="DATE", help="The first day."),
    to: str | None = typer.Option(None, "--to", metavar="DATE", help="The last day. Default: no end."),
    programs: str = typer.Option("", "--programs", help="Programs that get a column, by commas. Totals count all."),
    layers: bool = typer.Option(False, "--layers", help="One row for each heading, with its acts and citation."),
    unit_values: Path | None = typer.Option(
        None,
        "--unit-values",
        metavar="FILE",
        help="What a unit is worth (hts, unit_value or value and quantity, unit): adds ad valorem equivalents.",
    ),
    changed_from: Path | None = typer.Option(
        None, "--changed-from", metavar="DIR", help="A panel of another scenario: what is the same is linked from it."
    ),
    into: str = typer.Option("US", "--into", metavar="COUNTRY", help="The importing country: US or CN."),
    as_json: bool = typer.Option(False, "--json", help="Print the summary as JSON."),
    schedule: Path | None = SCHEDULE,
    known_on: str | None = KNOWN_ON,
    scenario: str = SCENARIO,
) -> None:
    """A panel, written."""
    from tidewaiter.assess.coverage import check_into
    from tidewaiter.assess.errors import FileError, LineError

    try:
        from tidewaiter.bulk.days import first_instant, instant_after
        from tidewaiter.bulk.kernel import Kernel
        from tidewaiter.bulk.panel import Panel, PanelOptions
        from tidewaiter.bulk.panel_equivalents import read_unit_values
    except ImportError as error:
        fail("missing_extra", f"panels need {error.name}", "pip install tidewaiter again, whole", status=2)
    keep_inputs(output, changed_from, unit_values, schedule, scenario)
    into = into.strip().upper()
    engine = engine_of(known_on, scenario, into, schedule)
    try:
        check_into(engine.regime, into)
        zone = engine.regime.zone(into)
        options = PanelOptions(
            words(origins),
            words(products),
            None if from_ is None else first_instant(from_, zone),
            None if to is None else instant_after(to, zone),
            words(programs),
            layers,
            None if unit_values is None else read_unit_values(unit_values),
        )
        wanted = Panel(Kernel(engine.regime, engine.schedule_of(into), into), options)
        if output == _STDOUT:
            _print(wanted)
            return
        done = _write(wanted, output, changed_from, scenario)
    except (LineError, FileError) as error:
        fail(error.code, error.message, error.hint, status=2)
    _tell(done, output, as_json)


def words(typed: str) -> tuple[str, ...]:
    """What stands between commas (semicolons where a name has a comma)."""
    return tuple(part.strip() for part in typed.split(";" if ";" in typed else ",") if part.strip())


def _write(wanted: Panel, output: str, changed_from: Path | None, scenario: str) -> Written:
    from tidewaiter.bulk.panel_files import write_panel
    from tidewaiter.cli.console import progress_bar

    with told(), progress_bar("panel", "rows") as tell:
        return write_panel(wanted, output, tell, changed_from=changed_from, scenario_source=scenario)


def _print(wanted: Panel) -> None:
    """CSV, origin by origin."""
    for number, frame in enumerate(wanted.frames()):
        sys.stdout.buffer.write(frame.write_csv(include_header=number == 0).encode())
    sys.stdout.buffer.flush()


def _tell(done: Written, output: str, as_json: bool) -> None:
    rows = sum(done.rows.values())
    if as_json:
        said = {"rows": rows, "origins": len(done.rows), "linked": done.linked, "bytes": done.bytes}
        typer.echo(json.dumps({"folder": output, **said}))
        return
    linked = f", {done.linked} of them from the earlier panel" if done.linked else ""
    size = f"{done.bytes / 1e6:,.1f} MB"
    typer.echo(f"{output}: {rows:,} rows, {len(done.rows)} origins{linked}, {size}", err=True)
