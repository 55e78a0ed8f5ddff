"""``tidewaiter law changes``: which of my products change, when and by which act."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import typer

from tidewaiter.assess.line import INTO
from tidewaiter.cli.assess import engine_of
from tidewaiter.cli.common import KNOWN_ON, SCENARIO, ended_by, fail, one_way

if TYPE_CHECKING:
    from tidewaiter.assess.engine import Engine
    from tidewaiter.changes.story import Sku, Story
    from tidewaiter.changes.window import Window

CHANGES_HELP = """Which of my products change: what changed since a day or an edition, and what is scheduled, with the acts.

--skus is a file (.csv, .xlsx, .parquet, .jsonl) with the columns hts and origin and, if wanted, sku and value. Each product
is told as a line without any facts: headings that begin, end or change their rate, the base duty, numbers that ended with
those that took over, and all duty as a share of the value after each change. A product that cannot be told is marked with
its error; the others are told, and the exit code is 1. Without --skus: the headings, list rows and tariff numbers that
changed, act by act.

Examples:

\b
  tidewaiter law changes --since 2025-12-01 --skus catalogue.csv
  tidewaiter law changes --since "2026 rev 4" --until 2026-12-31 \\
    --skus catalogue.xlsx --csv > changes.csv
  tidewaiter law changes --since 2026-07-01 --until 2026-07-31
  tidewaiter law changes --since 2026-11-22 --skus catalogue.csv --json \\
    | jq '.products[] | select(.changes != [])'
"""

_INTO = one_way(
    f"changes are told of all acts, and with --skus of products into {INTO} only",
    "for one product: tidewaiter diff DATE DATE --into CODE --hts HTS --origin CODE",
)


def changes(
    since: str = typer.Option(
        ...,
        "--since",
        metavar="DATE|EDITION",
        help='What bites on that day or later, or after an edition ("2026 rev 4").',
    ),
    until: str | None = typer.Option(
        None, "--until", metavar="DATE", help="Through that day. Default: as far as the law is written."
    ),
    skus: str | None = typer.Option(None, "--skus", metavar="FILE", help="The products to watch."),
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
    as_csv: bool = typer.Option(
        False, "--csv", help="Print CSV, one row for each change of each product (with --skus)."
    ),
    known_on: str | None = KNOWN_ON,
    scenario: str = SCENARIO,
    into: str | None = _INTO,
) -> None:
    """What changed since, and what is scheduled."""
    from tidewaiter.changes.window import window
    from tidewaiter.schedule.errors import UnknownEditionError

    if as_csv and (as_json or skus is None):
        fail("bad_field", "--csv goes with --skus, and without --json", status=2)
    engine = engine_of(known_on, scenario)
    zone = engine.regime.zone(engine.regime.ledger.coverage[0].into)
    try:
        asked = window(engine.schedule, since, until, zone)
    except UnknownEditionError as error:
        fail(
            "bad_date",
            f"--since {since!r} is neither a day nor an edition",
            f"write 2026-11-22, or {error.hint}",
            status=2,
        )
    except ValueError as error:
        fail("bad_date", f"--until: {error}", "write 2026-11-22, a day after --since", status=2)
    if skus is None:
        _by_act(engine, asked, zone, as_json)
    else:
        _by_product(engine, asked, zone, skus, as_json, as_csv)


def _by_act(engine: Engine, asked: Window, zone: str, as_json: bool) -> None:
    from tidewaiter.assess.coverage import partly_covered, uncovered
    from tidewaiter.assess.errors import LineError
    from tidewaiter.changes.acts import changes_by_act, changes_by_edition
    from tidewaiter.changes.render import show_acts
    from tidewaiter.cli.console import console

    regime = engine.regime
    acts, editions = changes_by_act(regime, asked), changes_by_edition(engine.schedule, asked)
    spans = dict.fromkeys(regime.ledger.zones, (asked.since, asked.until))
    with ended_by(LineError):
        partly = uncovered(regime, spans, known=bool(acts or editions))
    if partly:
        caution = partly_covered(regime, partly)
        typer.echo(f"{caution.code}: {caution.message}", err=True)
    if as_json:
        said = {"acts": [one.as_json() for one in acts], "editions": [one.as_json(zone) for one in editions]}
        typer.echo(json.dumps({**_head(engine, asked, zone), **said}, ensure_ascii=False, indent=2))
        return
    show_acts(acts, editions, zone, console())
    headings = sum(len(one.headings) for one in acts)
    rows = sum(len(change.added) + len(change.removed) for one in acts for change in one.lists)
    numbers = sum(len(one.ended) + len(one.began) + len(one.rates) for one in editions)
    _say(
        f"{len(acts)} act(s): {headings:,} changes of headings, {rows:,} of list rows; {numbers:,} of tariff numbers",
        engine,
    )


def _by_product(engine: Engine, asked: Window, zone: str, file: str, as_json: bool, as_csv: bool) -> None:
    from tidewaiter.assess.errors import FileError
    from tidewaiter.changes.files import read_skus
    from tidewaiter.changes.products import Watch
    from tidewaiter.changes.render import show_products, write_csv
    from tidewaiter.changes.story import story_json
    from tidewaiter.cli.console import console, progress

    try:
        listed = read_skus(file)
    except FileError as error:
        fail(error.code, error.message, error.hint, status=2)
    with progress("products") as done:
        told = list(Watch(engine, asked, listed).stories(done))
    if as_json:
        products = [story_json(sku, story, zone) for sku, story in told]
        typer.echo(json.dumps({**_head(engine, asked, zone), "products": products}, ensure_ascii=False, indent=2))
    elif as_csv:
        write_csv(told, zone, sys.stdout)
    else:
        show_products(told, zone, console())
        _say(_counts(told), engine)
    if any(story.error is not None for _, story in told):
        raise typer.Exit(1)


def _head(engine: Engine, asked: Window, zone: str) -> dict[str, Any]:
    from tidewaiter.ledger.instants import say_instant

    return {
        "since": say_instant(asked.begins, zone),
        "until": say_instant(asked.until, zone),
        "known_on": engine.regime.known_on,
        "scenario": engine.regime.scenario.id,
        "last_edition": engine.schedule.last_edition.name,
    }


def _counts(told: list[tuple[Sku, Story]]) -> str:
    refused = sum(story.error is not None for _, story in told)
    change = sum(story.error is None and story.changes for _, story in told)
    return f"{len(told):,} product(s): {change:,} change, {len(told) - change - refused:,} do not, {refused:,} refused"


def _say(counts: str, engine: Engine) -> None:
    regime, edition = engine.regime, engine.schedule.last_edition.name
    known = f"known on {regime.known_on}, scenario {regime.scenario.id}, numbers up to {edition}"
    typer.echo(f"{counts} ({known}; products are told as lines without facts)")
