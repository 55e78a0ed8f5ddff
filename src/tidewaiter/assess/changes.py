"""What changes next: the changes to this line's duties that the law already has written, after the day of entry."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tidewaiter.assess.assessment import Change, say_decimal
from tidewaiter.assess.errors import LineError
from tidewaiter.assess.waterfall import PROHIBITED, Answer, Outcome
from tidewaiter.ledger.instants import say_instant
from tidewaiter.ledger.model import PROHIBITION
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
        found.extend(_differences(before, after, regime, _at(regime, interval, zone)))
        before_law, before_yields, before = law, yielding, after
        if len(found) >= most:
            break
    return found[:most]


def _at(regime: Regime, interval: int, zone: str) -> str:
    return say_instant(regime.interval_start(interval), zone) or ""


def _differences(before: Outcome, after: Outcome, regime: Regime, at: str) -> list[Change]:
    old = {answer.code: answer for answer in before.answers if answer.code}
    new = {answer.code: answer for answer in after.answers if answer.code}
    found: list[Change] = []
    for code in dict.fromkeys([*old, *new]):
        was, now = old.get(code), new.get(code)
        if was and now:
            if _rate(was) != _rate(now):
                found.append(Change(at, code, f"{_rate(was)} becomes {_rate(now)}", _acts(now)))
            elif was.basis != now.basis:
                found.append(Change(at, code, f"on {now.basis} instead of {was.basis}", _acts(now)))
        elif now:
            found.append(Change(at, code, f"begins: {_rate(now)}", _acts(now)))
        elif was:
            found.append(Change(at, code, f"ends: {_rate(was)}", _ended_by(was, regime)))
    return found


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


def _ended_by(answer: Answer, regime: Regime) -> tuple[str, ...]:
    """The act that ends or suspends a heading; none where a list or another heading takes its place."""
    if answer.row is None or answer.candidate is None:
        return ()
    after = regime.state(answer.row.key, answer.candidate.state.until)
    return (after.suspended_by,) if after.suspended_by else after.acts
