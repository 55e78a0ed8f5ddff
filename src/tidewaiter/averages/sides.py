"""The two sides: which country taxes which one's goods, by which rows of law, and which acts change them at an instant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tidewaiter.bulk.differences import MayAnswer
from tidewaiter.changes.acts import changes_by_act
from tidewaiter.changes.window import Window
from tidewaiter.ledger.edges import lists_of
from tidewaiter.ledger.instants import ALWAYS, FOREVER, Instant
from tidewaiter.ledger.model import ANYWHERE, Coverage, Row, Version
from tidewaiter.ledger.regime import Regime


@dataclass(frozen=True, slots=True)
class Turn:
    """An act that changes the law of one side at an instant: what it does to a program, in words.

    ``program`` is empty for what belongs to none (who yields to whom, on what value a duty is charged).
    """

    act: str
    program: str = ""
    what: str = ""


def directions(regime: Regime) -> list[tuple[str, str]]:
    """Importing country and origin, for every country that has country-wide programs."""
    taxing = {program.into for program in regime.ledger.programs.values() if program.country_wide}
    places = list(regime.ledger.zones)
    return [(into, origin) for into in places if into in taxing for origin in places if origin != into]


def rows_against(regime: Regime, into: str, origin: str, country_wide: bool = False) -> Iterator[Row]:
    """The rows of programs of an importing country that may ever hold for an origin."""
    for program in regime.ledger.programs.values():
        if program.into == into and (program.country_wide or not country_wide):
            yield from regime.rows_for(program, origin)


def coverage(regime: Regime, into: str, origin: str) -> Coverage:
    """What is known of a side: from when, and before when answers are reconstructed."""
    rows = (row for row in regime.ledger.coverage if row.into == into)
    return min((row for row in rows if row.origins & {origin, ANYWHERE}), key=lambda row: row.start)


def turns(regime: Regime, into: str, origin: str) -> dict[Instant, list[Turn]]:
    """The acts that change what a side charges, by instant. What courts void is no change of what is charged."""
    may_answer = MayAnswer(regime)
    rows = [row for row in rows_against(regime, into, origin) if may_answer(row, origin)]
    by_heading = {row.code: row.program for row in rows}
    by_list = {name: row.program for row in rows for name in lists_of(row.when)}
    found: dict[Instant, dict[Turn, None]] = {}
    for changes in changes_by_act(regime, Window(ALWAYS, FOREVER, ALWAYS, "")):
        for heading in changes.headings:
            if heading.heading in by_heading and not heading.void:
                turn = Turn(changes.act.id, by_heading[heading.heading], heading.what)
                found.setdefault(heading.at, {})[turn] = None
        for one in changes.lists:
            if one.name in by_list:
                what = _said_of_list(len(one.added), len(one.removed))
                found.setdefault(one.at, {})[Turn(changes.act.id, by_list[one.name], what)] = None
    for at, turn in _of_rules(regime, into, rows):
        found.setdefault(at, {})[turn] = None
    return {at: list(several) for at, several in found.items()}


def _said_of_list(added: int, removed: int) -> str:
    said = [
        f"{verb} {count} number{'s' if count > 1 else ''}"
        for verb, count in (("gains", added), ("loses", removed))
        if count
    ]
    return " and ".join(said)


def _of_rules(regime: Regime, into: str, rows: list[Row]) -> Iterator[tuple[Instant, Turn]]:
    """The acts behind dated rows that no heading's own history tells: conditions, who yields, what a duty is charged on."""
    own = f"{into.lower()}/"
    versions = [(row.version, row.program) for row in rows]
    versions += [
        (one.version, "") for one in regime.ledger.interactions if any(key.startswith(own) for key in one.over)
    ]
    versions += [(rule.version, "") for rule in regime.ledger.bases if rule.into in ("", into)]
    for version, program in versions:
        for at, act in _edges(version):
            if act in regime.acts:
                yield at, Turn(act, program, "changes its conditions" if program else "how duties combine changes")


def _edges(version: Version) -> list[tuple[Instant, str]]:
    return [(version.start, version.act), (version.until, version.until_act or version.act)]
