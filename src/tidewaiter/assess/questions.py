"""Questions: facts the law needs and the line did not give, each with what the other answer would change.

All of them come from one rule: a condition on a missing fact is false, and asks if every other condition of its heading held.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tidewaiter.assess.amounts import ZERO, to_cent
from tidewaiter.assess.assessment import Question, say_money
from tidewaiter.assess.base import charge_base
from tidewaiter.assess.errors import LineError
from tidewaiter.assess.facts import LineFacts
from tidewaiter.assess.fees import applies, fees_in_force
from tidewaiter.assess.waterfall import PROHIBITED, Outcome
from tidewaiter.ledger.conditions import Word
from tidewaiter.ledger.model import BASE, FactName
from tidewaiter.schedule.units import MissingQuantityError

if TYPE_CHECKING:
    from tidewaiter.assess.engine import Engine, Work

_CONTRACT_TEXT = {
    "loaded_at": "When was it loaded on the final mode of transit?",
    "exported_at": "When was it exported?",
    "imported_at": "When was it imported: when did it arrive in the United States (19 CFR 101.1)?",
    "transport": "By what transport did it arrive?",
    "items": "How many items?",
    "entry_type": "Of what type is the entry?",
    "admitted_at": "When was it admitted to the zone?",
}


def questions_of(engine: Engine, work: Work) -> list[Question]:
    """The open questions of a line whose answer would change something, in the order in which they arose."""
    found: list[Question] = []
    for name, headings in work.outcome.questions.items():
        if not is_asked(engine, name):
            continue
        effect = _effect(engine, work, name, headings)
        if effect:
            found.append(Question(name, question_text(engine, name), effect))
    return _merged([*found, *_fee_questions(engine, work)])


def question_text(engine: Engine, name: str) -> str:
    """A question in words: as the law's data declares it, or as the contract has it."""
    declared = _declared(engine, name)
    return declared.text if declared else _CONTRACT_TEXT.get(name, name)


def _merged(questions: list[Question]) -> list[Question]:
    """One question for each fact, with all that hangs on it."""
    by_fact: dict[str, Question] = {}
    for one in questions:
        before = by_fact.get(one.fact)
        by_fact[one.fact] = Question(one.fact, one.text, f"{before.effect}; {one.effect}" if before else one.effect)
    return list(by_fact.values())


def is_asked(engine: Engine, question: str) -> bool:
    """Whether a missing fact is put as a question (claims that would be asked of every line are not)."""
    declared = _declared(engine, question)
    return declared is None or declared.ask


def _declared(engine: Engine, question: str) -> FactName | None:
    group, colon, name = question.partition(":")
    facts = engine.regime.ledger.facts
    if not colon:
        return facts.get(f"facts:{question}")
    return facts.get(f"{group}s:{name}") or (
        facts.get(f"claims:{name.partition(':')[0]}") if group == "claim" else None
    )


def _effect(engine: Engine, work: Work, name: str, headings: list[str]) -> str:
    """What a yes would change; for a metal content (unknown: the full value) what none of it would change."""
    # Several facts may hang together in one heading; they are assumed together, or none of them would show.
    together = {name} | {
        other
        for other, codes in work.outcome.questions.items()
        if set(codes) & set(headings) and is_asked(engine, other)
    }
    for assumed in (frozenset({name}), frozenset(together)):
        try:
            said = difference(engine, work, work.facts.assuming(assumed))
        except LineError as error:
            return f"{', '.join(headings)} would apply: {error}"
        if said:
            return said if len(assumed) == 1 else f"{said} (with {', '.join(sorted(together - {name}))})"
    return ""


def difference(engine: Engine, work: Work, facts: LineFacts) -> str:
    """What other facts would change on a line; empty if nothing. Raises ``LineError`` where they cannot be computed."""
    seen = work.setting.basis.on(facts)(BASE)
    try:
        base_change = charge_base(work.base.expression, seen, work.setting.quantities).amount - work.base.amount
    except MissingQuantityError as error:
        raise LineError("missing_quantity", error.message, error.hint) from error
    return describe_difference(work.outcome, engine.answers(work.setting, facts), base_change)


def describe_difference(now: Outcome, other: Outcome, base_change: Decimal) -> str:
    """What changes between two outcomes of one line: the sum (base duty included), and the headings that come and go.

    Empty if they report the same.
    """
    if other.prohibition is not None:
        return f"{PROHIBITED}: {other.prohibition.code}"
    ours = {(answer.code, answer.basis): answer.amount for answer in now.answers}
    theirs = {(answer.code, answer.basis): answer.amount for answer in other.answers}
    if ours == theirs and not base_change:
        return ""
    gone = [code for code, _ in ours if code and all(code != one for one, _ in theirs)]
    come = [code for code, _ in theirs if code and all(code != one for one, _ in ours)]
    said = _signed(other.duty - now.duty + base_change)
    if come:
        said += f": {', '.join(dict.fromkeys(come))}"
    if gone:
        said += f"{' instead of' if come else ': without'} {', '.join(dict.fromkeys(gone))}"
    return said


def _signed(amount: Decimal) -> str:
    return f"{'+' if amount >= 0 else '-'}{say_money(abs(amount))}"


def _fee_questions(engine: Engine, work: Work) -> list[Question]:
    """Fees that hang on the means of transport, or on whether the entry is informal, where the line does not say."""
    found: list[Question] = []
    for fee in fees_in_force(engine.regime, work.line.into, work.line.entered.instant):
        if work.line.transport is None and isinstance(fee.when, Word) and fee.when.fact == "transport":
            amount = say_money(to_cent(work.facts.value * fee.rate))
            words = " or ".join(sorted(fee.when.words))
            found.append(Question("transport", _CONTRACT_TEXT["transport"], f"{fee.code} {amount} if by {words}"))
        informal = fee.informal is not None and fee.informal_upto is not None and work.facts.value <= fee.informal_upto
        if (
            informal
            and "entry_type" not in work.line.words
            and applies(engine.regime, fee, work.line, work.facts.value)
        ):
            types = " or ".join(sorted(fee.informal_types))
            effect = f"{fee.code} {say_money(fee.informal or ZERO)} if entered informally (type {types})"
            found.append(Question("entry_type", _CONTRACT_TEXT["entry_type"], effect))
    return found
