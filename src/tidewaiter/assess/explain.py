"""The reasoning step by step: every stage of an assessment told in sentences, headings that did not answer included."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tidewaiter.assess.assessment import say_decimal, say_money
from tidewaiter.assess.layers import cite
from tidewaiter.assess.waterfall import Answer
from tidewaiter.ledger.instants import say_instant
from tidewaiter.ledger.model import BASE, NOTHING, REPLACED, Program
from tidewaiter.ledger.regime import Candidate

if TYPE_CHECKING:
    from tidewaiter.assess.engine import Engine, Work


def explain(engine: Engine, work: Work) -> Iterator[str]:
    """Sentences, one a line, in the order of the stages."""
    yield from _line_and_product(engine, work)
    yield from _special(work)
    yield _base(work)
    yield from _programs(engine, work)
    total = work.base.amount + work.outcome.duty
    summed = " + ".join(say_money(answer.amount) for answer in work.outcome.answers if answer.amount)
    yield f"Sum: {say_money(work.base.amount)}{' + ' + summed if summed else ''} = {say_money(total)}."


def _base(work: Work) -> str:
    """The base duty, or why none is charged."""
    bases = work.setting.basis.on(work.facts)
    said, rule = work.base.expression.say(), bases.rule(BASE)
    if rule is None or bases(BASE)[1] not in NOTHING:
        return f"Base duty: {said} on {say_money(work.base.basis)} is {say_money(work.base.amount)}."
    why = "replaced by the duty of a heading" if rule.basis == REPLACED else "not charged"
    return f"Base duty: {said} is {why} ({rule.cite or rule.id})."


def _line_and_product(engine: Engine, work: Work) -> Iterator[str]:
    regime, line = engine.regime, work.line
    zone = regime.zone(line.into)
    read = "the end of that day" if line.entered.day else "as given"
    yield f"Entered {line.entered.written}, read as {say_instant(line.entered.instant, zone)} ({read})."
    start = say_instant(regime.stands_since(line.into, regime.interval_start(work.interval)), zone)
    yield f"The law has stood still since {start}, as known on {regime.known_on} under the scenario {regime.scenario.id!r}."
    yield f"{work.product.number} is: {work.product.description} (edition {work.product.line.edition.name})."


def _special(work: Work) -> Iterator[str]:
    """The special program claimed, and what it gives."""
    special = work.special
    if special is None:
        return
    if special.problem:
        yield f"Special program {special.code}: {special.problem}."
    elif special.rate is None:
        yield f"Special program {special.code} ({special.program.title}): the general rate is free anyway."
    else:
        cited = f"{special.program.title}, {special.program.cite}"
        yield f"Special program {special.code} ({cited}) gives {special.rate.say()}."


def _programs(engine: Engine, work: Work) -> Iterator[str]:
    """Program by program, in the order asked: winners before those that yield to them."""
    answers: dict[str, list[Answer]] = {}
    for answer in work.outcome.answers:
        answers.setdefault(answer.program.id, []).append(answer)
    for law in work.setting.law:
        yield f"{law.program.title} ({law.program.authority}):"
        yield from _basis(engine, work, law.program)
        for answer in answers.get(law.program.id, ()):
            if answer.displaced_by is not None:
                yield f"  yields {say_money(answer.basis)} to {' and '.join(answer.winners)}; reports {answer.code}."
        for candidate in law.candidates:
            yield f"  {_candidate(engine, work, candidate, answers.get(law.program.id, []))}"
    silent = [program.title for program in _silent(engine, work)]
    if silent:
        yield f"Programs with no heading for this product, origin and day: {', '.join(silent)}."


def _silent(engine: Engine, work: Work) -> list[Program]:
    asked = {law.program.id for law in work.setting.law}
    return [
        program
        for program in sorted(engine.regime.programs(work.interval), key=lambda one: one.reporting_order)
        if program.into == work.line.into and program.id not in asked
    ]


def _basis(engine: Engine, work: Work, program: Program) -> Iterator[str]:
    value, name = work.setting.basis.on(work.facts)(program.id)
    if name == "none":
        yield "  sees no value here (chapter 98 or the parcel rules)."
    elif name != "value":
        yield f"  sees {name}: {say_money(value)}."


def _candidate(engine: Engine, work: Work, candidate: Candidate, answers: list[Answer]) -> str:
    """One heading: whether it answered, on what, and by which acts."""
    row = candidate.row
    text = f"{row.code} ({row.text or row.kind})"
    for answer in answers:
        if answer.candidate is candidate:
            sources = cite((*candidate.state.acts, *candidate.acts), engine.regime)
            if answer.kind == "relief":
                return f"{text} answers: relieved, on {say_money(answer.basis)}. [{sources}]"
            if answer.cap is not None:
                return (
                    f"{text} answers: all-in {say_decimal(answer.cap * 100)}% on {say_money(answer.basis)}"
                    f" is {say_money(answer.amount)}. [{sources}]"
                )
            rate = answer.charge.expression.say() if answer.charge else ""
            return f"{text} answers: {rate} on {say_money(answer.basis)} is {say_money(answer.amount)}. [{sources}]"
    if candidate.rest is None:
        return f"{text} would answer, but nothing of the value is left for it."
    holds, questions = candidate.rest.judge(work.facts)
    if questions:
        return f"{text} hangs on {', '.join(dict.fromkeys(questions))}, not stated: taken as no."
    return (
        f"{text} would hold, but nothing of the value is left for it."
        if holds
        else f"{text} does not hold on these facts."
    )
