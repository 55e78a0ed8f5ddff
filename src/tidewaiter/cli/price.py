"""``tidewaiter price``: every line of a file, at the speed of columns."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from tidewaiter.assess.line import INTO
from tidewaiter.cli.assess import SCHEDULE, engine_of
from tidewaiter.cli.common import KNOWN_ON, SCENARIO, fail, for_many_lines, keep_inputs
from tidewaiter.cli.panel import words

if TYPE_CHECKING:
    from tidewaiter.bulk.stream import Summary

PRICE_HELP = """Price every line of a file (.parquet, .csv, .csv.gz, .xlsx, .jsonl): duties, fees, totals, warnings, errors.

The file's columns are the fields of a line: hts, origin, value and entered_at always; entry_id, quantity, transport, claims
and the others where they are known (docs/price.md lists them). Its own columns are kept, and one column for each program is
added; --long gives one row for each heading instead. The lines of an entry (entry_id) stand together, or give --sort.

The output is written beside and renamed when it is whole. A summary goes to standard error. Exit code 0: every line is
answered. 1: some lines are refused; each is marked with its error code, the others are answered. 2: the file cannot be
read or the output not written; nothing is changed.

Examples:

\b
  tidewaiter price entries.parquet -o priced.parquet
  tidewaiter price broker.xlsx -o priced.csv --rates
  tidewaiter price entries.csv -o layers.parquet --long
  tidewaiter price entries.csv -o - | head
  tidewaiter price examples/exports.csv -o priced.csv --into CN
"""


def price(
    file: str = typer.Argument(..., help="A file of lines, one a row, with the fields of the contract as columns."),
    output: str = typer.Option(..., "-o", "--output", help="A .parquet or .csv file; - is CSV on standard output."),
    rates: bool = typer.Option(False, "--rates", help="Also the rate of each program."),
    long: bool = typer.Option(False, "--long", help="One row for each layer, with its heading."),
    whole_dollars: bool = typer.Option(
        False, "--whole-dollars", help="Round values half-up to the dollar first, as CBP Form 7501 does."
    ),
    into: str = typer.Option(
        "",
        "--into",
        metavar="COUNTRIES",
        help="Importing countries that are answered, by commas; the first is that of lines which name none. Default: US, or "
        "US,CN if the file has a column into.",
    ),
    sort: bool = typer.Option(False, "--sort", help="Gather the lines of each entry first (reads the whole file)."),
    as_json: bool = typer.Option(False, "--json", help="Print the summary as JSON (on standard error with -o -)."),
    schedule: Path | None = SCHEDULE,
    known_on: str | None = KNOWN_ON,
    scenario: str = SCENARIO,
) -> None:
    """A file, priced."""
    from tidewaiter.assess.errors import FileError, LineError

    keep_inputs(output, file, schedule, scenario)
    for_many_lines()
    try:
        from tidewaiter.bulk.files import STDOUT, price_file
        from tidewaiter.bulk.inputs import open_lines
        from tidewaiter.bulk.kernel import Kernel
        from tidewaiter.bulk.several import pricer
        from tidewaiter.bulk.stream import Options
    except ImportError as error:
        fail("missing_extra", f"pricing files needs {error.name}", "pip install tidewaiter again, whole", status=2)
    from tidewaiter.cli.console import progress_bar

    engine = engine_of(known_on, scenario, next(iter(words(into)), INTO), schedule)
    options = Options(rates=rates, long=long, whole_dollars=whole_dollars)

    def make(country: str) -> Kernel:
        return Kernel(engine.regime, engine.schedule_of(country), country)

    try:
        lines = open_lines(file)
        kernels = pricer(make, engine.regime, words(into), lines.schema.names())
        with progress_bar("pricing", "lines") as told:
            summary = price_file(kernels, lines, output, options, told, sort=sort)
    except (FileError, LineError) as error:
        fail(error.code, error.message, error.hint, status=2)
    if as_json:
        # Standard output holds the answers where they are asked for there.
        typer.echo(json.dumps(as_object(summary), ensure_ascii=False, indent=2), err=output == STDOUT)
    else:
        _tell(summary, output)
    if summary.refused:
        raise typer.Exit(1)


def as_object(summary: Summary) -> dict[str, Any]:
    """The summary for JSON; money as text, with its cents."""
    from tidewaiter.assess.assessment import say_money
    from tidewaiter.bulk.stream import dollars

    return {
        "lines": summary.lines,
        "answered": summary.answered,
        "base_duty": say_money(dollars(summary.base)),
        "duties": {program: say_money(dollars(cents)) for program, cents in sorted(summary.duties.items()) if cents},
        "total_duty": say_money(summary.total),
        "refundable": say_money(dollars(summary.voided)),
        "fees": {code: say_money(dollars(cents)) for code, cents in summary.fees.items()},
        "refused": dict(sorted(summary.refused.items(), key=lambda one: (-one[1], one[0]))),
        "unread_columns": summary.unread,
    }


def _tell(summary: Summary, output: str) -> None:
    """The summary as text on standard error, so that answers on standard output pipe."""
    from tidewaiter.bulk.stream import dollars

    rows = [("base duty", summary.base), *sorted(summary.duties.items(), key=lambda one: -one[1])]
    rows += [("total duty", summary.base + summary.duties.total()), ("of which refundable", summary.voided)]
    rows += list(summary.fees.items())
    width = max(len(name) for name, _ in rows)
    typer.echo(f"{output}: {summary.lines:,} lines, {summary.answered:,} priced", err=True)
    for name, cents in rows:
        if cents or name == "total duty":
            typer.echo(f"  {name:<{width}}  {dollars(cents):>22,.2f}", err=True)
    for code, count in sorted(summary.refused.items(), key=lambda one: (-one[1], one[0])):
        typer.echo(f"  refused: {code}: {count:,}", err=True)
    for name, meant in summary.unread.items():
        typer.echo(f"  not read: column {name!r}; did you mean {meant}?", err=True)
