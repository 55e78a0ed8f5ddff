"""``tidewaiter whatif``: a portfolio under several scenarios, month of arrival by month of arrival."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from tidewaiter.assess.line import INTO
from tidewaiter.cli.assess import SCHEDULE, engine_of
from tidewaiter.cli.common import KNOWN_ON, fail, keep_inputs, told
from tidewaiter.cli.panel import words

if TYPE_CHECKING:
    from tidewaiter.bulk.inputs import LineFile

WHATIF_HELP = """A portfolio of lines under several scenarios, by month of arrival: duty, change, what is refundable.

The file (.csv, .parquet, .xlsx, .jsonl) has the columns of a line: hts, origin and value always; sku for your own name of the
product, and claims, scope, transport, quantity where they are known. Each line is entered again in every month, at the end of
its last day unless --day says otherwise; an entered_at of its own does not count. Fees are left out.

The table goes to standard output; -o writes .xlsx (all breakdowns), .csv or .parquet (the one of --by) or .json.
Exit code 1: some lines are refused in some month; they are listed, and count under no scenario in that month.

Examples:

\b
  tidewaiter whatif examples/portfolio.csv \\
    --scenarios truce-lapses,truce-extended,forced-labor-struck
  tidewaiter whatif examples/portfolio.csv --scenarios thirty-billion \\
    --from 2027-01 --months 6 --day 15
  tidewaiter whatif examples/portfolio.csv --scenarios my-acts.yaml --against as-reported
  tidewaiter whatif examples/portfolio.csv -o what-if.xlsx
  tidewaiter whatif examples/portfolio.csv --by sku --csv > by-sku.csv
  tidewaiter whatif examples/exports.csv --into CN --scenarios both-to-zero,as-reported
  tidewaiter whatif examples/exports.csv --into CN --schedule china-2026.csv \\
    --scenarios as-reported
"""


def whatif(
    file: str = typer.Argument(..., help="A file of lines, one a row, with the fields of the contract as columns."),
    scenarios: str = typer.Option(
        "",
        "--scenarios",
        metavar="NAMES",
        help="Scenarios, by commas: names or YAML files. Default: all that are shipped.",
    ),
    against: str = typer.Option("law", "--against", metavar="NAME|FILE", help="What they are held against."),
    from_: str | None = typer.Option(
        None, "--from", metavar="DATE", help="The first month of arrival: a day, or 2027-01. Default: --known-on."
    ),
    months: int = typer.Option(12, "--months", help="How many months of arrival."),
    day_: str = typer.Option("last", "--day", help="The day of entry in each month: last, first, or a number."),
    schedule: Path | None = SCHEDULE,
    into: str = typer.Option(
        "",
        "--into",
        metavar="COUNTRIES",
        help="Importing countries, by commas; the first is that of lines which name none. Default: US, or US,CN if the file "
        "has a column into.",
    ),
    by: str = typer.Option("month", "--by", help="The breakdown of --csv and -o FILE.csv: month, program or sku."),
    products: int = typer.Option(10, "--products", help="How many of the products that change most are shown."),
    known_on: str | None = KNOWN_ON,
    as_json: bool = typer.Option(False, "--json", help="Print JSON: all breakdowns."),
    as_csv: bool = typer.Option(False, "--csv", help="Print the breakdown of --by as CSV."),
    output: str | None = typer.Option(None, "-o", "--output", help="A .xlsx, .csv, .json or .parquet file."),
) -> None:
    """A portfolio, supposed."""
    from tidewaiter.assess.errors import FileError, LineError

    try:
        from tidewaiter.bulk.inputs import open_lines
        from tidewaiter.bulk.kernel import Kernel
        from tidewaiter.bulk.several import pricer
        from tidewaiter.whatif.answer import BREAKDOWNS, SKU, check_output, write
        from tidewaiter.whatif.answer import as_csv as to_csv
        from tidewaiter.whatif.arrivals import arrivals
        from tidewaiter.whatif.run import FRAME_ROWS, reasons
        from tidewaiter.whatif.run import whatif as run
    except ImportError as error:
        fail("missing_extra", f"whatif needs {error.name}", "pip install tidewaiter again, whole", status=2)
    from tidewaiter.cli.console import console, progress_bar
    from tidewaiter.whatif.render import show, show_refused

    keep_inputs(output, file, schedule, against, *words(scenarios))
    if by not in BREAKDOWNS:
        fail("bad_field", f"--by {by!r} is no breakdown", f"one of {', '.join(BREAKDOWNS)}", status=2)
    if as_json and as_csv:
        fail("bad_field", "--json and --csv exclude each other", "-o writes a file beside either", status=2)
    engine = engine_of(known_on, against, next(iter(words(into)), INTO), schedule)
    regime = engine.regime
    names = words(scenarios) or tuple(name for name in regime.ledger.scenarios if name not in ("law", against))
    try:
        if output is not None:
            check_output(output)
        asked = arrivals(from_ or regime.known_on, months, day_)
        lines = open_lines(file)

        def make(country: str) -> Kernel:
            return Kernel(regime, engine.schedule_of(country), country)

        kernels = pricer(make, regime, words(into), lines.schema.names())
        with told(), progress_bar("what if", "answers") as bar:
            found = run(
                kernels,
                lines.schema,
                lines.frames(FRAME_ROWS),
                names,
                asked,
                _watched(lines, bar),
            )
        if output is not None:
            write(found, output, by)
    except (FileError, LineError) as error:
        fail(error.code, error.message, error.hint, status=2)
    refused = bool(found.study.refused)
    if as_json:
        typer.echo(json.dumps(found.as_json(monthly=by == SKU), ensure_ascii=False, indent=1))
    elif as_csv:
        sys.stdout.buffer.write(to_csv(found.table(by)))
        sys.stdout.buffer.flush()
    else:
        show(found, console(), products=products)
    if refused:
        show_refused(found, reasons(found, engine), console(err=as_json or as_csv))
        raise typer.Exit(1)


def _watched(lines: LineFile, bar: Callable[[int, float | None], None]) -> Callable[[int, float], None]:
    """Tells a bar what part of the file is done: what was read before, and that part of what has been read since."""
    before, read = 0.0, 0.0

    def told(done: int, part: float) -> None:
        nonlocal before, read
        if lines.done is None:
            bar(done, None)
            return
        if lines.done != read:
            before, read = read, lines.done
        bar(done, before + (read - before) * part)

    return told
