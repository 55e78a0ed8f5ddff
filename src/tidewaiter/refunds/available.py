"""Exclusions and exemptions that would have relieved what was paid, if the goods meet their condition: asked, never assumed.

They come from the same rule as the questions of a single line: a relief whose condition hangs only on what the report does not
say. Duty that a court has voided is left out, for it comes back whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from tidewaiter.assess.engine import Engine
from tidewaiter.assess.facts import DENIED
from tidewaiter.assess.questions import is_asked, question_text
from tidewaiter.ledger.regime import Candidate
from tidewaiter.refunds.asked import LINE
from tidewaiter.refunds.claimed import CLAIMS, FACT, SCOPE, Stated, statement
from tidewaiter.refunds.compared import Compared
from tidewaiter.refunds.headings import Headings

EXCLUSION, EXEMPTION = "exclusion available", "exemption available"
_UNSAID = Stated(frozenset())
_GROUPS = {CLAIMS: "claim", SCOPE: "scope"}
"""What questions of claims and descriptions begin with."""
_SCHEMA: dict[str, pl.DataType] = {
    "number": pl.Int64(),
    "kind": pl.String(),
    "code": pl.String(),
    "relief": pl.String(),
    "condition": pl.String(),
    "acts": pl.String(),
}


@dataclass(frozen=True, slots=True)
class _Relief:
    """A relief open to goods: its heading, the questions on which it hangs, and the acts behind it."""

    kind: str
    code: str
    relief: str
    condition: str
    acts: str


def available(compared: Compared, headings: Headings, engine: Engine) -> pl.DataFrame:
    """Findings of reliefs that are open to lines which paid a duty that is due."""
    its = (pl.col("paid") > 0) & (pl.col("voided") == 0) & pl.col("charges") & pl.col("kind").is_not_null()
    paid = compared.duties.filter(its & pl.col("error").is_null() & ~pl.col("unexplained"))
    paid = paid.group_by(LINE, "program", maintain_order=True).agg(pl.col("paid").sum(), pl.col("heading").first())
    found = [
        _of_program(str(program[0]), part, compared, headings, engine)
        for program, part in paid.group_by("program", maintain_order=True)
    ]
    return pl.concat(found) if found else _of_program("", paid.with_columns(number=0), compared, headings, engine)


def _of_program(
    program: str, paid: pl.DataFrame, compared: Compared, headings: Headings, engine: Engine
) -> pl.DataFrame:
    lines = paid[LINE].to_numpy()
    where = compared.places
    numbers = np.zeros(0, dtype=np.int64)
    if len(lines):
        laws = headings.kernel.laws
        numbers = laws.numbers(program, where.product[lines], where.origin[lines], where.interval[lines])
    options = pl.DataFrame(
        [
            {"number": number, **{name: getattr(one, name) for name in _Relief.__slots__}}
            for number in np.unique(numbers).tolist()
            for one in _reliefs(program, number, headings, engine)
        ],
        schema=_SCHEMA,
    )
    found = paid.with_columns(pl.Series("number", numbers)).join(options, on="number", maintain_order="left")
    claimed = compared.duties.filter("reported").select(LINE, code="heading")
    found = found.join(claimed, on=[LINE, "code"], how="anti")
    reason = pl.format(
        "{} may relieve these goods from {}, but only if the answer allows it, and it can be proved: {} "
        "Nothing of it is counted.",
        pl.col("relief"),
        pl.col("heading"),
        pl.col("condition"),
    )
    return found.select(
        LINE,
        "kind",
        "heading",
        expected="code",
        paid="paid",
        due=pl.lit(0, pl.Int64),
        refundable=pl.lit(False),
        reason=reason,
        acts="acts",
    )


def _reliefs(program: str, number: int, headings: Headings, engine: Engine) -> list[_Relief]:
    """The reliefs of an answer that hang on questions which would be put to a person."""
    law = headings.kernel.laws.tables[program].laws[number]
    found: dict[str, _Relief] = {}
    for candidate in law.candidates if law else ():
        row = candidate.row
        if row.kind != "relief" or candidate.rest is None or row.portion.kind != "rest" or row.code in found:
            continue
        assert law is not None
        said = statement(law, row.code, headings.regime.ledger.facts)
        if not said or not all(is_asked(engine, _question(*one)) for one in said):
            continue
        questions = tuple(one for one in candidate.rest.judge(_UNSAID)[1] if is_asked(engine, one))
        if questions:
            found[row.code] = _relief(candidate, questions, engine)
    return list(found.values())


def _question(column: str, word: str) -> str:
    """The question that is answered by what stands in a column."""
    if column in _GROUPS:
        return f"{_GROUPS[column]}:{word.removeprefix(DENIED)}"
    return column.removeprefix(FACT)


def _relief(candidate: Candidate, questions: tuple[str, ...], engine: Engine) -> _Relief:
    row = candidate.row
    # The items of an exclusion are named after its heading.
    item = any(one.partition(":")[2].startswith(f"{row.code}:") for one in questions)
    text = f"{row.code} ({row.text})" if row.text else row.code
    condition = " ".join(dict.fromkeys(question_text(engine, one) for one in questions))
    acts = ",".join(dict.fromkeys([*candidate.state.acts, *filter(None, candidate.acts)]))
    return _Relief(EXCLUSION if item else EXEMPTION, row.code, text, condition, acts)
