"""What is said beside averages both ways: where each series begins and why, what weighs, what is not counted, what is open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from tidewaiter.averages.both import SIMPLE, WEIGHTED, BothRow, BothWays, Side
from tidewaiter.averages.sides import rows_against
from tidewaiter.ledger.instants import FOREVER, Instant, end_of_day, say_instant

_RATES = (
    "All-in rates are those of lines that state no facts: no preference, exclusion or quota is claimed, a content of metal "
    "counts with the full value."
)


def notes(both: BothWays, rows: Sequence[BothRow]) -> list[str]:
    """The notes of some rows, a sentence or a few each."""
    found = [note for side in both.sides for note in _of_side(side, [row for row in rows if row.into == side.into])]
    if any(row.average is not None for row in rows):
        found.append(_RATES + (" Simple: each tariff line counts once." if _has(rows, SIMPLE) else ""))
    if any(row.owed != row.total for row in rows):
        found.append("Owed is what is assessed without what courts have voided, as known on the day of knowledge.")
    return [*found, *_open(both, rows)]


def source(both: BothWays, rows: Sequence[BothRow], version: str) -> str:
    """The line under a chart: what the numbers are from."""
    scenarios = list(dict.fromkeys(row.scenario for row in rows))
    many = "scenarios" if len(scenarios) > 1 else "scenario"
    return (
        f"Source: Tidewaiter {version}, from the published acts; law as known on {both.engine.regime.known_on}, {many} "
        f"{', '.join(scenarios)}. Numbered: changes of half a point or more, by the day and hour of the importing country."
    )


def _of_side(side: Side, rows: Sequence[BothRow]) -> Iterator[str]:
    known = side.coverage
    if not rows:
        return
    said = f"{side.title}:"
    if min(row.start for row in rows) == known.start:
        why = known.note.partition(". ")[0].rstrip(".")
        said += f" begins on {_clock(known.start, side.zone)}, the first day covered ({why})."
    if known.reconstructed and any(row.reconstructed for row in rows):
        said += f" Reconstructed: {known.reconstructed}."
    weighted = [row.average for row in rows if row.measure == WEIGHTED and row.average]
    if weighted:
        first, last = weighted[0], weighted[-1]
        said += f" Weighted by {side.weights_title}, the same for every day: {last.weight:,} dollars."
        left = f"{_percent(first.uncovered)} of these imports at first, {_percent(last.uncovered)} at last"
        said += f" Left out beside them: {left}, under numbers that the tariff has no line for."
        said += f" On {_percent(last.left_out)} the duty goes by quantity and is not counted whole."
    if said != f"{side.title}:":
        yield said


def _open(both: BothWays, rows: Sequence[BothRow]) -> Iterator[str]:
    """What only the press has reported, and what lies beyond the last act."""
    regime = both.engine.regime
    sides = [
        side
        for side in both.sides
        for row in rows_against(regime, side.into, side.origin)
        if row.key in regime.only_reported
    ]
    titles = list(dict.fromkeys(side.title for side in sides))
    reported = regime.reported
    if reported is not None and titles and all(row.scenario != reported.scenario.id for row in rows):
        yield f"Acts that are only reported would change {' and '.join(titles)}: see the scenario {reported.scenario.id}."
    last = both.engine.last_act
    ends = [end_of_day(date.fromisoformat(last), side.zone) for side in both.sides]
    if any(row.until > min(FOREVER, max(ends)) for row in rows):
        yield f"No act after {last} is known: later days are the law as written then."


def _has(rows: Sequence[BothRow], measure: str) -> bool:
    return any(row.measure == measure for row in rows)


def _clock(at: Instant, zone: str) -> str:
    return (say_instant(at, zone) or "")[:16].replace("T", " ").removesuffix(" 00:00")


def _percent(share: Decimal) -> str:
    return f"{share * 100:.1f}%"
