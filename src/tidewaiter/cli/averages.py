"""``tidewaiter averages``: simple and trade-weighted average rates, at every change or every day."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from tidewaiter.cli.assess import SCHEDULE, engine_of
from tidewaiter.cli.common import KNOWN_ON, fail, keep_inputs, told
from tidewaiter.cli.output import form_of, put_bytes, put_frame
from tidewaiter.cli.panel import words

if TYPE_CHECKING:
    from tidewaiter.averages.series import Average, Averages
    from tidewaiter.averages.weights import Weights
    from tidewaiter.ledger.regime import Regime

AVERAGES_HELP = """Average duty rates over time: all products and partners together, or by origin, program, chapter or section.

Weighted by the country's imports of 2024 (the United States': Census Bureau; China's from the United States: WTO) unless another
file is given (hts, partner, value; quantity, unit), or simple over all tariff lines with --weights none. Rates are those of lines
that state no facts: no preference is claimed, contents of metal count with the full value. docs/averages.md says what that means
for the numbers.

Examples:

\b
  tidewaiter averages
  tidewaiter averages --origins CN --from 2025-01-01 --to 2026-12-31
  tidewaiter averages --into CN --from 2018-04-02
  tidewaiter averages --by section --from 2026-11-22 --to 2026-11-22
  tidewaiter averages --origins CN --daily --csv -o china.csv
  tidewaiter averages --scenario law,my-acts.yaml --from 2026-11-01
  tidewaiter averages --weights my-imports.csv --by program --json
  tidewaiter averages --both --from 2018-01-01 --to 2026-12-31
  tidewaiter averages --both --from 2025-01-01 --by program
  tidewaiter averages --both --from 2018-01-01 -o both.parquet
  tidewaiter averages --both --from 2018-01-01 --to 2026-12-31 \\
    --scenario law,as-reported --measures headline,weighted --plot both.svg
"""
_FIRST = "2025-01-01"
_LEAST = Decimal("0.0005")


def averages(
    from_: str = typer.Option(_FIRST, "--from", metavar="DATE", help="The first day."),
    to: str | None = typer.Option(
        None, "--to", metavar="DATE", help="The last day. Default: the last scheduled change."
    ),
    daily: bool = typer.Option(False, "--daily", help="One row a day (as at its end), instead of one for each change."),
    by: str = typer.Option("all", "--by", help="all, origin, program, chapter or section."),
    weights: str = typer.Option("", "--weights", metavar="FILE|none", help="Weights of your own, or none: simple."),
    origins: str = typer.Option("", "--origins", help="Countries or groups (EU), separated by commas. Default: all."),
    into: str = typer.Option("US", "--into", metavar="COUNTRY", help="The importing country: US or CN."),
    scenario: str = typer.Option(
        "law", "--scenario", metavar="NAMES", help="Scenarios, by commas: names or YAML files."
    ),
    schedule: Path | None = SCHEDULE,
    known_on: str | None = KNOWN_ON,
    as_json: bool = typer.Option(False, "--json", help="Print JSON, one object a line."),
    as_csv: bool = typer.Option(False, "--csv", help="Print CSV, one column for each program."),
    output: str | None = typer.Option(None, "-o", "--output", help="A file for CSV (.csv), JSON Lines or .parquet."),
    both: bool = typer.Option(
        False, "--both", help="Both sides: US on China and China on the US, each with the acts behind it."
    ),
    measures: str = typer.Option(
        "", "--measures", metavar="NAMES", help="With --both: headline, simple, weighted, by commas. Default: all."
    ),
    plot: str | None = typer.Option(
        None, "--plot", metavar="FILE", help="With --both: draw a step chart (.png, .svg)."
    ),
) -> None:
    """Series of averages."""
    for written in (output, plot):
        keep_inputs(written, schedule, *words(scenario), *(one.rpartition("=")[2] for one in words(weights)))
    if both:
        _both(
            from_,
            to,
            measures,
            weights,
            scenario,
            known_on,
            by,
            form_of(output, as_json=as_json, as_csv=as_csv),
            output,
            plot,
            daily,
            origins,
            into,
            schedule,
        )
        return
    if measures or plot:
        fail("cannot_combine", "--measures and --plot are for both sides", "add --both", status=2)
    from tidewaiter.assess.coverage import check_into
    from tidewaiter.assess.errors import FileError, LineError

    try:
        from tidewaiter.averages.series import AverageOptions, Averages
        from tidewaiter.bulk.days import first_instant, instant_after
        from tidewaiter.bulk.kernel import Kernel
        from tidewaiter.ledger.instants import FOREVER
        from tidewaiter.ledger.snapshot import find_scenario
    except ImportError as error:
        fail("missing_extra", f"averages need {error.name}", "pip install tidewaiter again, whole", status=2)
    names = words(scenario) or ("law",)
    into = into.strip().upper()
    engine = engine_of(known_on, names[0], into, schedule)
    try:
        check_into(engine.regime, into)
        zone = engine.regime.zone(into)
        end = FOREVER if to is None else instant_after(to, zone)
        options = AverageOptions(first_instant(from_, zone), end, by, words(origins), daily)
        kernel = Kernel(engine.regime, engine.schedule_of(into), into)
        found = Averages(kernel, _weights(weights, engine.regime, into))
        rows = [(names[0], row) for row in found.series(options)]
        for name in names[1:]:
            with told():
                regime = engine.regime.under(find_scenario(engine.regime.ledger, name))
            other = Kernel(regime, kernel.schedule, into, like=kernel)
            rows += [(name, row) for row in found.series(options, other)]
    except (LineError, FileError) as error:
        fail(error.code, error.message, error.hint, status=2)
    _put(rows, found, zone, form_of(output, as_json=as_json, as_csv=as_csv), output, daily)
    _note(rows, found, by, Path(weights).name if weights else engine.regime.ledger.jurisdictions[into].imports_title)


def _both(
    start: str,
    end: str | None,
    measures: str,
    weights: str,
    scenario: str,
    known_on: str | None,
    by: str,
    form: str,
    output: str | None,
    plot: str | None,
    daily: bool,
    origins: str,
    into: str,
    schedule: Path | None,
) -> None:
    from tidewaiter.cli.both import BY_ACT, BY_PROGRAM, Asked

    if daily or origins or schedule or into.strip().upper() != "US" or by not in (BY_ACT, BY_PROGRAM):
        other = (
            "--both is of both sides, change by change: no --daily, --origins, --into, --schedule, nor --by but program"
        )
        fail("cannot_combine", other, "leave it out, or ask for one side with --into", status=2)
    try:
        from tidewaiter.cli.both import both_ways
    except ImportError as error:
        fail("missing_extra", f"averages need {error.name}", "pip install tidewaiter again, whole", status=2)
    names = words(scenario) or ("law",)
    both_ways(engine_of(known_on, names[0]), Asked(start, end, measures, weights, names, by, form, output, plot))


def _weights(said: str, regime: Regime, into: str) -> Weights | None:
    from tidewaiter.averages.weights import NONE, default_weights, read_weights

    if said == NONE:
        return None
    if not said:
        return default_weights(regime.ledger.jurisdictions[into])
    return read_weights(Path(said), frozenset(row.group for row in regime.ledger.groups))


def _put(
    rows: Sequence[tuple[str, Average]], found: Averages, zone: str, form: str, output: str | None, daily: bool
) -> None:
    from tidewaiter.averages.table import as_frame, as_object

    if form == "table":
        _show(rows, zone)
    elif form == "json":
        put_bytes("".join(json.dumps(as_object(name, row, zone)) + "\n" for name, row in rows).encode(), output)
    else:
        frame = as_frame(rows, found.kernel.programs, daily=daily)
        if form == "parquet":
            put_frame(frame, output)
        else:
            put_bytes(frame.write_csv().encode(), output)


def _show(rows: Sequence[tuple[str, Average]], zone: str) -> None:
    from rich.table import Table

    from tidewaiter.cli.console import console
    from tidewaiter.ledger.instants import say_instant

    several = len({name for name, _ in rows}) > 1
    table = Table(box=None, pad_edge=False)
    for heading in [*(["scenario"] if several else []), "group", "from"]:
        table.add_column(heading, no_wrap=True)
    for heading in ("total", "owed", "base"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("of which")
    for name, row in rows:
        when = row.day.isoformat() if row.day else (say_instant(row.start, zone) or "")[:16].replace("T", " ")
        parts = sorted(row.programs.items(), key=lambda one: -one[1])
        told = ", ".join(f"{program} {_percent(rate)}" for program, rate in parts if rate >= _LEAST)
        cells = [row.group, when, *(_percent(one) for one in (row.total, row.owed, row.base)), told]
        table.add_row(*([name] if several else []), *cells)
    console().print(table)


def _note(rows: Sequence[tuple[str, Average]], found: Averages, by: str, source: str) -> None:
    """Whose imports weigh, and what the averages leave out at their end, all groups together, on standard error; ``source`` is
    what the weights are."""
    from tidewaiter.assess.coverage import covered_since, first_day
    from tidewaiter.averages.table import counted

    if not rows:
        typer.echo("nothing to average: these origins have no weight on these days", err=True)
        return
    regime, into = found.kernel.regime, found.kernel.into
    if min(row.start for _, row in rows) == covered_since(regime, into):
        typer.echo(
            f"begins on {first_day(regime, into)}, the first day on which imports into {into} are covered", err=True
        )
    last = {row.group: row for name, row in rows if name == rows[-1][0]}
    whole = counted(list(last.values()), by)
    if found.weights is None:
        typer.echo(f"simple: {whole.weight:,} lines of the tariff, each counted once for each origin", err=True)
    else:
        typer.echo(f"weighted by {source}, the same for every day: {whole.weight:,} dollars", err=True)
        left = _percent(whole.uncovered)
        typer.echo(
            f"left out beside them: {left} of these imports, under numbers that the tariff has no line for", err=True
        )
    typer.echo("rates are those of lines that state no facts and claim no preference", err=True)
    what = "lines" if found.weights is None else "weights"
    typer.echo(
        f"on {_percent(whole.left_out)} of the {what} the duty goes by quantity and is not counted whole: no unit value",
        err=True,
    )
    if whole.prohibited:
        typer.echo(f"may not be imported, and not counted: {_percent(whole.prohibited)}", err=True)
    if found.unequal:
        typer.echo(f"not treated alike within, split evenly: {', '.join(sorted(found.unequal))}", err=True)


def _percent(share: Decimal) -> str:
    return f"{share * 100:.2f}%"
