"""Goods that may not be imported: such a line is refused, and told what would let it in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tidewaiter.assess.assessment import say_money
from tidewaiter.assess.errors import LineError
from tidewaiter.assess.layers import cite
from tidewaiter.assess.questions import question_text
from tidewaiter.assess.waterfall import Answer
from tidewaiter.ledger.instants import local_day
from tidewaiter.ledger.model import PROHIBITION
from tidewaiter.ledger.regime import Candidate

if TYPE_CHECKING:
    from tidewaiter.assess.engine import Engine, Work


def refuse_prohibited(engine: Engine, work: Work) -> None:
    """Raises ``LineError`` ``import_prohibited`` where a prohibition answered: no duty makes the entry lawful."""
    answer = work.outcome.prohibition
    if answer is not None:
        raise prohibited(engine, work, answer)


def prohibited(engine: Engine, work: Work, answer: Answer) -> LineError:
    """The refusal: what may not be imported, since when and by which act; the hint says what would let it in."""
    assert answer.row is not None and answer.candidate is not None
    candidate, line = answer.candidate, work.line
    since = local_day(candidate.state.start, engine.regime.zone(line.into))
    return LineError(
        "import_prohibited",
        f"{work.product.number} of {line.origin} may not be imported since {since}: {answer.row.text} "
        f"({_cited(engine, candidate)})",
        " ".join(_ways_in(engine, work, answer)),
    )


def _ways_in(engine: Engine, work: Work, answer: Answer) -> Iterator[str]:
    """The facts not given that, answered otherwise, lift the prohibition, each with the duty that is then owed."""
    for name, codes in work.outcome.questions.items():
        if answer.code not in codes:
            continue
        try:
            other = engine.answers(work.setting, work.facts.assuming(frozenset({name})))
        except LineError:
            continue
        if other.prohibition is None:
            charged = ", ".join(one.code for one in other.answers if one.amount)
            total = say_money(work.base.amount + other.duty)
            owed = f"the duty is {total}{f' ({charged})' if charged else ''}"
            yield f"{question_text(engine, name)} Give {name}: if that lifts the prohibition, {owed}."


def prohibitions_open(engine: Engine, work: Work) -> Iterator[tuple[str, list[str]]]:
    """The prohibitions that hang on facts not given: what is prohibited by which act, and the names of the facts."""
    for law in work.setting.law:
        for candidate in law.candidates:
            if candidate.row.kind == PROHIBITION and candidate.rest is not None:
                missing = list(dict.fromkeys(candidate.rest.judge(work.facts)[1]))
                if missing:
                    yield f"{candidate.row.text} ({_cited(engine, candidate)})", missing


def _cited(engine: Engine, candidate: Candidate) -> str:
    return cite((*candidate.state.acts, *candidate.acts), engine.regime)
