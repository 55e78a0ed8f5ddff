"""The law told: what an act did, a heading's whole history, what a program holds. Every sentence names its act."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from tidewaiter.ledger.fold import State
from tidewaiter.ledger.instants import ALWAYS, FOREVER, Instant, say_instant
from tidewaiter.ledger.model import Act, Effect, Matter, Program, Row
from tidewaiter.ledger.refund_law import RefundLaw
from tidewaiter.ledger.regime import Regime
from tidewaiter.ledger.show_refunds import show_interest, show_process

INTEREST = "interest"
_VERBS = {
    "impose": "imposes",
    "set_rate": "sets the rate of",
    "suspend": "suspends",
    "resume": "ends the suspension of",
    "end": "ends",
    "void": "voids what was assessed under",
}


class NothingToShowError(Exception):
    """No act, heading, program, list or matter has that name."""

    def __init__(self, name: str, near: list[str]) -> None:
        super().__init__(f"no act, heading, program, list or matter is named {name!r}")
        self.hint = f"near: {', '.join(near)}" if near else "give an act's id, a heading's number, a program or a list"


def show(regime: Regime, name: str) -> Iterator[str]:
    """Sentences about an act, a heading (``9903.88.03`` or ``us/9903.88.03``), a program, a product list, a matter, a process
    of refund, or ``interest``.

    Raises ``NothingToShowError``.
    """
    ledger = regime.ledger
    keys = ledger.rows()
    key = next((one for one in (name, *(f"{into.lower()}/{name}" for into in ledger.zones)) if one in keys), None)
    known = {act.id: act for act in (*ledger.acts.values(), *regime.scenario.acts)}
    if name in known:
        return _act(regime, known[name])
    if key is not None:
        return _heading(regime, key)
    if name in ledger.programs:
        return _program(regime, ledger.programs[name])
    if name in regime.list_names:
        return _list(regime, name)
    if name in ledger.matters:
        return _matter(regime, ledger.matters[name])
    refunds = ledger.refunds or RefundLaw()
    if name in refunds.processes:
        return show_process(regime, refunds.processes[name])
    if name == INTEREST and refunds.interest:
        return (said for law in refunds.interest.values() for said in show_interest(law))
    codes = [one.partition("/")[2] for one in keys]
    raise NothingToShowError(
        name,
        get_close_matches(name, [*known, *ledger.programs, *ledger.matters, *refunds.processes, *codes], 4, cutoff=0.5),
    )


def _act(regime: Regime, act: Act) -> Iterator[str]:
    zone = regime.ledger.zones.get(act.by, "UTC")
    yield f"{act.id}: {act.title}"
    yield f"  {act.kind.replace('_', ' ')} of {act.by}, announced {act.announced}, {act.confidence}. {act.citation}"
    if act.id not in regime.acts:
        yield f"  not part of the law as known on {regime.known_on} under the scenario {regime.scenario.id!r}"
    if act.summary:
        yield f"  {act.summary}"
    if act.notes:
        yield f"  note: {act.notes}"
    if act.open_question:
        yield f"  open: {act.open_question}"
    for effect in act.effects:
        yield f"  - {_effect(effect, zone)}"
    for source in act.sources:
        yield f"  source ({source.kind}): {' '.join(part for part in (source.url, source.note) if part)}"


def _effect(effect: Effect, zone: str) -> str:
    if effect.verb == "stay":
        return f"stays {effect.ref}{f' until {effect.said}' if effect.said else ''}"
    if effect.verb == "state":
        return _state(effect, zone)
    said = f"from {say_instant(effect.at, zone)}"
    if effect.until != FOREVER:
        said += f" until {say_instant(effect.until, zone)}"
    said += f" {_VERBS[effect.verb]} {_headings(effect.targets)}"
    if effect.verb == "suspend":
        return said + (f", leaving {effect.rate}" if effect.rate else "")
    if effect.verb == "void" and not effect.for_all:
        return said + " (for the plaintiffs)"
    return said + (f" at {effect.rate}" if effect.rate else "")


def _state(effect: Effect, zone: str) -> str:
    until = say_instant(effect.until, zone)
    said = f"from {say_instant(effect.at, zone)}{f' until {until}' if until else ''} {effect.ref} is {effect.word}"
    said += f": {effect.said}" if effect.said else ""
    return said + "".join(f"; next {one.day and f'{one.day}: '}{one.what}" for one in effect.next)


def _headings(targets: tuple[str, ...], most: int = 8) -> str:
    codes = [target.partition("/")[2] for target in targets]
    more = f" and {len(codes) - most} more" if len(codes) > most else ""
    return ", ".join(codes[:most]) + more


def _heading(regime: Regime, key: str) -> Iterator[str]:
    """The heading's rows, its states over time, and every act that touched it, in the order in which acts fold."""
    into = key.partition("/")[0].upper()
    zone = regime.ledger.zones[into]
    yield from _titles(regime, regime.ledger.rows()[key])
    track = regime.tracks.get(key)
    if track is None:
        yield f"  no act known on {regime.known_on} says anything of it"
        return
    yield "  history:"
    for run in _runs(*track.states()):
        state = run[0]
        if state.start == ALWAYS and not state.live:
            continue
        rate = f"in force{f' at {state.rate}' if state.rate else ''}" if state.live else "not in force"
        rate = f"suspended{f', leaving {state.rate}' if state.rate else ''}" if state.suspended_by else rate
        acts = dict.fromkeys(act for piece in run for act in piece.acts)
        cited = "; ".join(dict.fromkeys(regime.acts[act].citation or act for act in acts))
        yield f"    {_span(state.start, state.until, zone)}: {rate}{f'  [{cited}]' if cited else ''}"
    for start, void in zip(track.void.starts, track.void.values, strict=True):
        if void is not None:
            yield f"    void for entries from {say_instant(start, zone)}: {regime.acts[void.act].citation} ({void.act})"
    yield "  acts:"
    for act in sorted(regime.acts.values(), key=lambda one: one.order):
        for effect in act.effects:
            if key in effect.targets:
                stayed = " [stayed]" if act.id in regime.stayed else ""
                yield f"    {act.announced} {act.id} ({act.citation}): {_effect(effect, zone)}{stayed}"


def _titles(regime: Regime, rows: Iterable[Row]) -> Iterator[str]:
    """What a heading is, once: rows that differ in their days or conditions only say it in the same words."""
    cites: dict[tuple[str, str, str, str], dict[str, None]] = {}
    for row in rows:
        said = (row.code, row.kind, row.text or regime.ledger.programs[row.program].title, row.program)
        cites.setdefault(said, {}).update(dict.fromkeys(filter(None, row.cite.split("; "))))
    for (code, kind, text, name), several in cites.items():
        program = regime.ledger.programs[name]
        cited = f" ({'; '.join(several)})" if several else ""
        authority = "" if program.authority in program.title else f" ({program.authority})"
        yield f"{code}: {kind}, {text}{cited}; {program.title}{authority}"


def _runs(starts: list[Instant], states: list[State]) -> list[list[State]]:
    """The states in runs that say the same (an extension goes on where the first act ends)."""
    runs: dict[Instant, list[State]] = {}
    for state in states[: len(starts)]:
        runs.setdefault(state.start, []).append(state)
    return list(runs.values())


def _span(start: Instant, until: Instant, zone: str) -> str:
    return f"{say_instant(start, zone) or 'always'} to {say_instant(until, zone) or 'open'}"


def _program(regime: Regime, program: Program) -> Iterator[str]:
    statute = regime.ledger.authorities.get(program.authority, "")
    yield f"{program.id}: {program.title} ({program.authority}{f', {statute}' if statute else ''}), into {program.into}"
    if program.drawback:
        yield f"  drawback: {program.drawback}"
    yield from dict.fromkeys(_rows(regime, program))


def _rows(regime: Regime, program: Program) -> Iterator[str]:
    """The rows of the waterfall; those that differ in their days or conditions only read alike."""
    for row in program.rows:
        state = regime.tracks[row.key].states()[1][-1] if row.key in regime.tracks else None
        last = (
            f" [last: {'live' if state.live else 'not in force'}{f' at {state.rate}' if state.rate else ''}]"
            if state
            else ""
        )
        yield f"  {row.code:12} {row.kind:11} {row.text}{f' ({row.cite})' if row.cite else ''}{last}"


def _matter(regime: Regime, matter: Matter) -> Iterator[str]:
    """Every act about the matter that is known, the merely reported ones marked, with the states that it sets."""
    yield f"{matter.id}: {matter.title}"
    if matter.bears:
        yield f"  bears on others: {matter.bears}"
    several = {**regime.ledger.acts, **regime.acts}.values()
    for act in sorted((one for one in several if matter.id in one.matters), key=lambda one: one.order):
        if act.announced > regime.known_on and act.id not in regime.acts:
            continue
        yield f"  {act.announced} {act.id} ({act.citation or act.title}{act.mark})"
        zone = regime.ledger.zones.get(act.by, "UTC")
        yield from (f"    {_state(effect, zone)}" for effect in act.effects if effect.ref == matter.id)


def _list(regime: Regime, name: str) -> Iterator[str]:
    index, zone = regime.list_names[name], regime.zone_of_list(name)
    yield f"{name}: {index.title} ({index.citation})"
    yield f"  {sum(len(rows) for rows in index.entries.values())} rows on {len(index.entries)} numbers"
    for prefix, rows in sorted(index.entries.items()):
        for start, until, act, until_act, match in rows:
            needs = "; ".join(
                part for part in (match.scope and f"if {match.scope}", match.claim and f"claim {match.claim}") if part
            )
            ended = f" (by {until_act})" if until != FOREVER and until_act != act else ""
            yield f"  {prefix:10} {match.klass:12} {_span(start, until, zone)} {act}{ended}{f' [{needs}]' if needs else ''}"
