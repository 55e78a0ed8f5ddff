"""What changes next: the changes to this line's duties that the law already has written, after the day of entry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from tidewaiter.assess.assessment import Change, say_decimal
from tidewaiter.assess.errors import LineError
from tidewaiter.assess.waterfall import PROHIBITED, Answer, Outcome
from tidewaiter.ledger.conditions import OnList
from tidewaiter.ledger.edges import leaves
from tidewaiter.ledger.fold import State
from tidewaiter.ledger.instants import FOREVER, Instant, say_instant
from tidewaiter.ledger.model import PROHIBITION, Row
from tidewaiter.ledger.regime import Regime

if TYPE_CHECKING:
    from tidewaiter.assess.engine import Engine, Work

MOST = 6
"""How many changes an answer lists: the next ones, not the history of a decade."""


def changes_ahead(engine: Engine, work: Work, most: int = MOST) -> list[Change]:
    """The next changes for the same line with the same facts, were it entered later. Empty where none is written."""
    regime, line = engine.regime, work.line
    found: list[Change] = []
    before_law, before_yields, before = work.setting.law, work.setting.yielding, work.outcome
    zone = regime.zone(line.into)
    for interval in range(regime.interval(line.entered.instant) + 1, len(regime.cuts) + 1):
        law, yielding = engine.law_at(work, interval), regime.yielding(interval)
        if law is before_law and yielding is before_yields:
            continue
        try:
            after = engine.answers(replace(work.setting, law=law, yielding=yielding), work.facts)
        except LineError as error:
            found.append(Change(_at(regime, interval, zone), "", f"cannot be computed without more: {error}", ()))
            break
        instant = regime.interval_start(interval)
        found.extend(differences(before, after, regime, work.product.digits, instant, _at(regime, interval, zone)))
        before_law, before_yields, before = law, yielding, after
        if len(found) >= most:
            break
    return found[:most]


def _at(regime: Regime, interval: int, zone: str) -> str:
    return say_instant(regime.interval_start(interval), zone) or ""


def differences(
    before: Outcome, after: Outcome, regime: Regime, digits: str, instant: Instant, at: str
) -> list[Change]:
    """What answers otherwise for a product from an instant on, each with the acts that say so."""
    old = {answer.code: answer for answer in before.answers if answer.code}
    new = {answer.code: answer for answer in after.answers if answer.code}
    found: list[Change] = []
    for code in dict.fromkeys([*old, *new]):
        was, now = old.get(code), new.get(code)
        if was and now:
            if _rate(was) != _rate(now):
                found.append(Change(at, code, f"{_rate(was)} becomes {_rate(now)}", _changed_by(was, now)))
            elif was.basis != now.basis:
                found.append(Change(at, code, f"on {now.basis} instead of {was.basis}", _acts(now)))
        elif now:
            begins = "revives" if _suspended(now, regime, instant - 1) else "begins"
            found.append(Change(at, code, f"{begins}: {_rate(now)}", _begun_by(now, regime, digits, instant)))
        elif was:
            what = f"{_ends(was, regime, instant)}: {_rate(was)}"
            found.append(Change(at, code, what, _ended_by(was, after, regime, digits, instant)))
    return found


def _suspended(answer: Answer, regime: Regime, instant: Instant) -> bool:
    """Whether the heading that answered is suspended as a whole at an instant."""
    if answer.row is None or answer.candidate is None:
        return False
    state = regime.state(answer.row.key, instant)
    return bool(state.suspended_by) and not state.live


def _ends(was: Answer, regime: Regime, instant: Instant) -> str:
    """How a heading stops answering: by its end, or suspended until the law as written has it back or ends it."""
    if was.row is None or not _suspended(was, regime, instant):
        return "ends"
    key = was.row.key
    ahead = (state for state in regime.tracks[key].states()[1] if state.start > instant)
    back = next((state.start for state in ahead if state.live or not state.suspended_by), FOREVER)
    until = say_instant(back, regime.zone(key.partition("/")[0].upper()))
    return f"suspended until {until[:16].replace('T', ' ')}" if until else "suspended"


def _rate(answer: Answer) -> str:
    if answer.kind == PROHIBITION:
        return PROHIBITED
    if answer.cap is not None:
        return f"all-in {say_decimal(answer.cap * 100)}%"
    return answer.charge.expression.say() if answer.charge else "relief"


def _acts(answer: Answer) -> tuple[str, ...]:
    if answer.candidate is None:
        return (answer.displaced_by.version.act,) if answer.displaced_by and answer.displaced_by.version.act else ()
    return answer.candidate.state.acts


def _changed_by(was: Answer, now: Answer) -> tuple[str, ...]:
    """The acts of the new rate that had no part in the old one."""
    acts = _acts(now)
    return tuple(act for act in acts if act not in _acts(was)) or acts


def _begun_by(answer: Answer, regime: Regime, digits: str, instant: Instant) -> tuple[str, ...]:
    """The act that brings a heading into force, or that puts the product on its list or changes its row then."""
    if answer.row is None or answer.candidate is None:
        return _acts(answer)
    if _suspended(answer, regime, instant - 1):
        return _revived_by(answer.candidate.state, regime.state(answer.row.key, instant - 1))
    return begun_by(answer.row, answer.candidate.state, regime, digits, instant)


def _revived_by(state: State, before: State) -> tuple[str, ...]:
    """A new act that brings a suspended heading back, or the one whose suspension has run out."""
    return tuple(act for act in state.acts if act not in before.acts) or (before.suspended_by,)


def begun_by(row: Row, state: State, regime: Regime, digits: str, instant: Instant) -> tuple[str, ...]:
    """As for an answer, of a heading's row and its state from the instant on."""
    if state.start == instant:
        return state.acts
    listed = (act for start, _, act, _ in _list_rows(row, regime, digits) if start == instant)
    version = [row.version.act] if row.version.start == instant and row.version.act else []
    return tuple(dict.fromkeys([*listed, *version])) or state.acts


def _ended_by(answer: Answer, after: Outcome, regime: Regime, digits: str, instant: Instant) -> tuple[str, ...]:
    """The act that ends or suspends a heading, or takes the product off its list; else that of what stands in its place."""
    row = answer.row
    if row is None or answer.candidate is None:
        return _silenced_by(answer, regime, instant)
    state = regime.state(row.key, instant)
    if not state.live:
        return (state.suspended_by,) if state.suspended_by else state.acts
    off = [until_act for _, until, _, until_act in _list_rows(row, regime, digits) if until == instant]
    version = [row.version.until_act] if row.version.until == instant and row.version.until_act else []
    if off or version:
        return tuple(dict.fromkeys([*off, *version]))
    instead = next((one for one in after.answers if one.program is answer.program), None)
    return _begun_by(instead, regime, digits, instant) if instead else ()


def _silenced_by(answer: Answer, regime: Regime, instant: Instant) -> tuple[str, ...]:
    """Why what a program reported in its stead is no longer reported: the interaction ended, or the program's headings did."""
    over = answer.displaced_by
    if over is not None and over.version.until == instant and over.version.until_act:
        return (over.version.until_act,)
    for row in answer.program.rows:
        state = regime.state(row.key, instant)
        if not state.live and regime.state(row.key, instant - 1).live:
            return (state.suspended_by,) if state.suspended_by else state.acts
    return ()


def _list_rows(row: Row, regime: Regime, digits: str) -> Iterator[tuple[Instant, Instant, str, str]]:
    """The known list rows by which a heading covers a product: start, until, and the acts of both."""
    for leaf in leaves(row.when):
        if not isinstance(leaf, OnList):
            continue
        for _, rows in regime.list_names[leaf.list_id].covering(digits):
            for start, until, act, until_act, match in rows:
                if regime.knows(act) and (not leaf.classes or match.klass in leaf.classes):
                    yield start, until if regime.knows(until_act) else FOREVER, act, until_act
