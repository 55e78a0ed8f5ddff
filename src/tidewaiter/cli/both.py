"""``tidewaiter averages --both``: what each side charges on the other's goods, as a table, CSV, JSON, Parquet and a chart."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from tidewaiter.cli.common import fail, told
from tidewaiter.cli.console import console
from tidewaiter.cli.output import put_bytes, put_frame
from tidewaiter.cli.panel import words

if TYPE_CHECKING:
    from tidewaiter.assess.engine import Engine
    from tidewaiter.averages.both import BothRow, BothWays, OwnWeights, Side
    from tidewaiter.ledger.regime import Regime

BY_ACT, BY_PROGRAM = "all", "program"
_SHOWN = Decimal("0.00005")
_LEAST = Decimal("0.0005")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says: days, measures, weights (``US=FILE``), scenarios, and where the answer goes."""

    start: str
    end: str | None
    measures: str
    weights: str
    scenarios: tuple[str, ...]
    by: str
    form: str
    output: str | None
    plot: str | None


def both_ways(engine: Engine, asked: Asked) -> None:
    """Print or write the series of both sides, and draw them."""
    from tidewaiter.assess.errors import FileError, LineError
    from tidewaiter.averages.both import MEASURES, BothOptions, BothWays
    from tidewaiter.averages.both_notes import notes
    from tidewaiter.ledger.snapshot import find_scenario

    try:
        options = BothOptions(asked.start, asked.end, words(asked.measures) or MEASURES)
        found = BothWays(engine, _weights(asked.weights, engine.regime))
        rows = found.rows(options)
        for name in asked.scenarios[1:]:
            with told():
                regime = engine.regime.under(find_scenario(engine.regime.ledger, name))
            rows += found.rows(options, regime)
        beside = notes(found, rows)
        if asked.plot is not None:
            _draw(found, rows, Path(asked.plot))
    except (LineError, FileError) as error:
        fail(error.code, error.message, error.hint, status=2)
    if asked.plot is None or asked.output is not None or asked.form != "table":
        _put(found, rows, asked)
    for note in beside:
        typer.echo(note, err=True)


def _weights(said: str, regime: Regime) -> dict[str, OwnWeights]:
    from tidewaiter.assess.errors import FileError
    from tidewaiter.averages.both import own_weights

    files: dict[str, Path] = {}
    for one in words(said):
        into, _, file = one.partition("=")
        if not file:
            hint = "both ways they are US=FILE,CN=FILE; for simple averages --measures simple"
            raise FileError("bad_field", f"weights {one!r} of no importing country", hint)
        files[into.strip().upper()] = Path(file)
    return own_weights(regime, files)


def _draw(found: BothWays, rows: Sequence[BothRow], path: Path) -> None:
    from tidewaiter.averages.chart import Chart, draw

    draw(Chart.of(found, rows), path)
    typer.echo(f"{path}: {len({(row.into, row.measure) for row in rows})} series", err=True)


def _put(found: BothWays, rows: Sequence[BothRow], asked: Asked) -> None:
    from tidewaiter.averages.both_table import as_frame, as_object, for_csv

    zones = {side.into: side.zone for side in found.sides}
    if asked.form == "table":
        for name in dict.fromkeys(row.scenario for row in rows):
            for side in found.sides:
                _show(side, name, [row for row in rows if (row.scenario, row.into) == (name, side.into)], asked.by)
    elif asked.form == "json":
        lines = (json.dumps(as_object(row, zones[row.into]), ensure_ascii=False) + "\n" for row in rows)
        put_bytes("".join(lines).encode(), asked.output)
    else:
        frame = as_frame(rows, found.programs(), zones)
        if asked.form == "parquet":
            put_frame(frame, asked.output)
        else:
            put_bytes(for_csv(frame).write_csv().encode(), asked.output)


def _show(side: Side, scenario: str, rows: Sequence[BothRow], by: str) -> None:
    """One side under one scenario: a row for each instant at which a measure moves, the measures beside each other."""
    from rich.table import Table

    from tidewaiter.averages.marks import words as in_words
    from tidewaiter.ledger.instants import say_instant

    measures = list(dict.fromkeys(row.measure for row in rows))
    table = Table(title=f"{side.title}, scenario {scenario}", title_justify="left", box=None, pad_edge=False)
    table.add_column("from", no_wrap=True)
    for heading in [*measures, "owed"]:
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("made by" if by == BY_ACT else f"of which ({measures[-1]})")
    last: dict[str, BothRow] = {}
    shown: dict[str, Decimal] = {}
    for at in sorted({row.start for row in rows}):
        new = [row for row in rows if row.start == at]
        before, last = last, {**last, **{row.measure: row for row in new}}
        if all(abs(row.total - shown.get(row.measure, Decimal(-1))) < _SHOWN for row in last.values()):
            continue
        shown = {measure: row.total for measure, row in last.items()}
        causes = list(dict.fromkeys(cause for row in new for cause in row.causes))
        moved = _moved(before, new)
        why = in_words(causes, moved) or next((f"tariff {row.edition}" for row in new if row.edition), "")
        final = last[measures[-1]]
        parts = sorted(final.programs.items(), key=lambda one: -one[1])
        which = ", ".join(f"{program} {_percent(rate)}" for program, rate in parts if rate >= _LEAST)
        when = (say_instant(at, side.zone) or "")[:16].replace("T", " ")
        rates = [_percent(last[measure].total) for measure in measures]
        table.add_row(when, *rates, _percent(final.owed), why if by == BY_ACT else which)
    console().print(table)
    console().print()


def _moved(before: dict[str, BothRow], new: Sequence[BothRow]) -> dict[str, Decimal]:
    """By how much each program moved, in whichever measure it moved most."""
    from tidewaiter.averages.marks import moved_parts

    found: dict[str, Decimal] = {}
    for row in new:
        for program, by in moved_parts(before.get(row.measure), row).items():
            found[program] = max(by, found.get(program, Decimal(0)))
    return found


def _percent(share: Decimal) -> str:
    return f"{share * 100:.2f}%"
