"""What the reported headings say of many lines: claims, descriptions and contents as columns beside the lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import polars as pl

from tidewaiter.assess.countries import origin_code
from tidewaiter.assess.errors import LineError
from tidewaiter.assess.line import MONEY_FIELDS
from tidewaiter.bulk.arrays import Bools, Ints
from tidewaiter.bulk.kernel import Kernel
from tidewaiter.bulk.rates import MILLION
from tidewaiter.ledger.conditions import Measure
from tidewaiter.ledger.edges import leaves
from tidewaiter.ledger.instants import Instant, end_of_day
from tidewaiter.ledger.regime import Candidate
from tidewaiter.refunds.asked import LINE
from tidewaiter.refunds.claimed import NOTHING, SEVERAL, WHOLE, Statement, statement
from tidewaiter.refunds.headings import NO_RATE, Headings, millionths

NOWHERE = -1
"""The class of what is unknown, and the interval of a line without a day."""
SAYS_NOTHING: Statement = frozenset()
_DOLLAR = 100


@dataclass(frozen=True, slots=True)
class Places:
    """Where lines stand in the law: classes of product and origin, and the intervals in which the day of entry opens and ends.

    ``NOWHERE`` where that is unknown. The end counts: a bare day takes the law that bit on it.
    """

    product: Ints
    origin: Ints
    opening: Ints
    interval: Ints

    @property
    def known(self) -> Bools:
        """Where all three are known."""
        found: Bools = (self.product >= 0) & (self.origin >= 0) & (self.interval >= 0)
        return found


def places(kernel: Kernel, lines: pl.DataFrame) -> Places:
    """The places of lines (columns ``hts``, ``origin``, ``entry_date``)."""
    if not kernel.classes:
        # The numbers of all editions at once, as the kernel does it.
        kernel.classes.of_all(kernel.schedule.numbers())
    numbers = [one for one in lines["hts"].unique().to_list() if one]
    classes = dict(zip(numbers, kernel.classes.of_all(numbers).tolist(), strict=True))
    if kernel.laws.refresh():
        kernel.plain.forget()
    zone = kernel.regime.zone(kernel.into)
    days = [one for one in lines["entry_date"].unique().to_list() if one is not None]
    return Places(
        _numbers(lines["hts"], classes),
        _numbers(lines["origin"], _origins(kernel, lines["origin"].unique().to_list())),
        _numbers(
            lines["entry_date"], {day: _interval(kernel, end_of_day(day - timedelta(days=1), zone) + 1) for day in days}
        ),
        _numbers(lines["entry_date"], {day: _interval(kernel, end_of_day(day, zone)) for day in days}),
    )


def _interval(kernel: Kernel, instant: Instant) -> int:
    return int(kernel.intervals(np.array([instant], dtype=np.int64))[0])


def _origins(kernel: Kernel, codes: Iterable[str | None]) -> dict[str, int]:
    found: dict[str, int] = {}
    for code in codes:
        try:
            place = kernel.origins.place.get(origin_code(code)) if code else None
        except LineError:
            continue
        if code and place is not None:
            found[code] = int(kernel.origins.of[place])
    return found


def _numbers(column: pl.Series, of: dict[object, int] | dict[str, int] | dict[date, int]) -> Ints:
    if not of:
        return np.full(len(column), NOWHERE, dtype=np.int64)
    found = column.replace_strict(list(of), list(of.values()), default=NOWHERE, return_dtype=pl.Int64)
    return found.fill_null(NOWHERE).to_numpy()


@dataclass(frozen=True, slots=True)
class _Answer:
    """What one program's answer makes of a reported heading: the statement's number, the heading's rate, and the money fact on
    which it hangs, with the kind of portion that it takes."""

    statement: int
    rate: int
    content: str | None
    portion: str


@dataclass(slots=True)
class Inference:
    """Statements found so far, by number (0 says nothing), for each answer of a program and heading."""

    headings: Headings
    statements: list[Statement] = field(default_factory=lambda: [SAYS_NOTHING])
    _numbers: dict[Statement, int] = field(default_factory=lambda: {SAYS_NOTHING: 0})
    _answers: dict[tuple[str, int, str], _Answer | None] = field(default_factory=dict)

    def read(self, reported: pl.DataFrame, places: Places) -> pl.DataFrame:
        """The reported headings (line, heading, paid) with their program, and what each says.

        Added: ``program``, ``statement`` (its number), ``rate`` (parts per million), ``content`` (the money fact of which the
        heading takes a part, or for which it asks), ``portion`` (the kind of that part).
        """
        ordered = reported.with_columns(pl.col("heading").rle_id()) if not reported.height else reported.sort("heading")
        parts = [
            self._heading(code[0], part, places) for code, part in ordered.group_by("heading", maintain_order=True)
        ]
        return pl.concat(parts) if parts else self._nothing(reported)

    def _nothing(self, reported: pl.DataFrame) -> pl.DataFrame:
        more = {
            "program": pl.String,
            "statement": pl.Int64,
            "rate": pl.Int64,
            "content": pl.String,
            "portion": pl.String,
        }
        return reported.with_columns(pl.lit(None, kind).alias(name) for name, kind in more.items())

    def _heading(self, code: object, part: pl.DataFrame, places: Places) -> pl.DataFrame:
        assert isinstance(code, str)
        programs = self.headings.programs_of(code)
        lines = part[LINE].to_numpy()
        count = len(lines)
        program = np.zeros(count, dtype=np.int64)
        answer = np.zeros(count, dtype=np.int64)
        answers: list[_Answer | None] = [None]
        open_rows = np.flatnonzero(places.known[lines])
        for place, one in enumerate(programs):
            if not open_rows.size:
                break
            its = lines[open_rows]
            numbers = self.headings.kernel.laws.numbers(
                one, places.product[its], places.origin[its], places.interval[its]
            )
            different, inverse = np.unique(numbers, return_inverse=True)
            found = [self._answer(one, number, code) for number in different.tolist()]
            first = len(answers)
            answers += found
            answer[open_rows], program[open_rows] = first + inverse, place
            left = np.array([each is None for each in found], dtype=np.bool_)[inverse]
            program[open_rows[left]], answer[open_rows[left]] = 0, 0
            open_rows = open_rows[left]
        table = _answer_table(answers)
        names = pl.Series([*programs, None][: max(1, len(programs))], dtype=pl.String)
        told = [table[name].gather(answer).alias(name) for name in table.columns]
        return part.with_columns(names.gather(program).alias("program"), *told)

    def _answer(self, program: str, number: int, code: str) -> _Answer | None:
        """``None`` where the program cannot answer so."""
        key = (program, number, code)
        if key not in self._answers:
            self._answers[key] = self._found(program, number, code)
        return self._answers[key]

    def _found(self, program: str, number: int, code: str) -> _Answer | None:
        law = self.headings.kernel.laws.tables[program].laws[number]
        said = None if law is None else statement(law, code, self.headings.regime.ledger.facts)
        if law is None or said is None:
            return None
        its = next(one for one in law.candidates if code in (one.row.code, one.row.zero))
        rate = millionths(its.state.rate) if its.row.kind == "duty" else NO_RATE
        return _Answer(self._number(said), rate, _content_of(its), its.row.portion.kind)

    def _number(self, said: Statement) -> int:
        found = self._numbers.get(said)
        if found is None:
            found = self._numbers[said] = len(self.statements)
            self.statements.append(said)
        return found


def _content_of(candidate: Candidate) -> str | None:
    """The money fact of which a heading takes a part, or for which its condition asks."""
    asked = [one.fact for one in leaves(candidate.rest) if isinstance(one, Measure)] if candidate.rest else []
    facts = [candidate.row.portion.fact, *asked]
    return next((one for one in facts if one in MONEY_FIELDS), None)


def _answer_table(answers: list[_Answer | None]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "statement": [one.statement if one else 0 for one in answers],
            "rate": [one.rate if one else NO_RATE for one in answers],
            "content": [one.content if one else None for one in answers],
            "portion": [one.portion if one and one.content else None for one in answers],
        },
        schema={"statement": pl.Int64, "rate": pl.Int64, "content": pl.String, "portion": pl.String},
    )


def columns(statements: list[Statement], headings: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """What is said on each line, as columns of the line format; money facts in cents.

    ``headings`` is what :meth:`Inference.read` gives. Lines of which nothing is said have nulls.
    """
    saying = headings.filter(pl.col("statement") > 0).select(LINE, "statement").unique().sort(LINE, "statement")
    by_line = saying.group_by(LINE, maintain_order=True).agg("statement")
    by_line = by_line.with_columns(pl.col("statement").cast(pl.List(pl.String)).list.join(" ").alias("all"))
    different = by_line.unique("all", maintain_order=True)
    rows = [_merged(statements[number] for number in one) for one in different["statement"].to_list()]
    names = sorted({name for row in rows for name in row})
    words = pl.DataFrame(
        {"all": different["all"], **{name: [row.get(name) for row in rows] for name in names}},
        schema={"all": pl.String, **dict.fromkeys(names, pl.String)},
    )
    found = lines.select(LINE).join(
        by_line.select(LINE, "all").join(words, on="all"), on=LINE, how="left", maintain_order="left"
    )
    money = [name for name in MONEY_FIELDS if name in names]
    whole = [
        pl.when(pl.col(name) == WHOLE).then(lines["value"]).when(pl.col(name) == NOTHING).then(0).alias(name)
        for name in money
    ]
    return found.with_columns(whole).drop("all")


def _merged(several: Iterable[Statement]) -> dict[str, str]:
    """All that is said together; where two say otherwise of the same the first counts."""
    found: dict[str, str] = {}
    for said in several:
        for column, word in sorted(said):
            if column in SEVERAL:
                words = [*filter(None, found.get(column, "").split(";")), word]
                found[column] = ";".join(dict.fromkeys(words))
            else:
                found.setdefault(column, word)
    return found


def contents(
    headings: pl.DataFrame, lines: pl.DataFrame, rates: dict[str, tuple[int, ...]], pools: dict[str, str]
) -> pl.DataFrame:
    """What the duty on a part of the value says of that part: line, fact, cents; at most one row for each line and fact.

    - Duty on a content, at less than on the full value: the content is the duty over the rate, unless another rate that the
      heading once had explains it.
    - The part outside of it, where duty of the same program falls on the rest (content of the country itself).
    - Contents of the same pool that no heading on the line reports, where one does on it or on its sister of the same entry,
      number and origin: none (derivative articles are filed on two lines, each content under its own heading).

    ``rates`` are the rates that headings have had, ``pools`` the pool of each content.
    """
    told = headings.filter(pl.col("content").is_not_null())
    if not told.height:
        return pl.DataFrame(schema={LINE: pl.UInt32, "fact": pl.String, "cents": pl.Int64, "sister": pl.Boolean})
    told = told.join(lines.select(LINE, "value", "entry_number", "hts", "origin"), on=LINE)
    parts = [_charged(told, rates), _outside(told, headings), _elsewhere(told, lines, pools)]
    return pl.concat(parts).unique([LINE, "fact"], keep="first", maintain_order=True)


def _charged(told: pl.DataFrame, rates: dict[str, tuple[int, ...]]) -> pl.DataFrame:
    its = told.filter((pl.col("portion") == "content") & (pl.col("rate") > 0) & (pl.col("paid") > 0))
    full = pl.col("paid") * MILLION + MILLION >= (pl.col("value") - _DOLLAR) * pl.col("rate")
    its = its.filter(~full)
    known = [
        (pl.col("heading") == code)
        & ((pl.col("value") * rate / MILLION - pl.col("paid")).abs() <= 1 + rate * 50 / MILLION)
        for code in its["heading"].unique().to_list()
        for rate in rates.get(code, ())
    ]
    its = its.filter(~pl.any_horizontal(known)) if known else its
    cents = (pl.col("paid") * MILLION + pl.col("rate") // 2) // pl.col("rate")
    return _content(its, cents, sister=False)


def _outside(told: pl.DataFrame, headings: pl.DataFrame) -> pl.DataFrame:
    its = told.filter(pl.col("portion") == "fact")
    charged = headings.filter((pl.col("rate") > 0) & (pl.col("paid") > 0))
    rest = charged.group_by(LINE, "program").agg((pl.col("paid") * MILLION // pl.col("rate")).sum().alias("charged"))
    its = its.join(rest, on=[LINE, "program"])
    cents = (pl.col("value") - pl.col("charged")).clip(lower_bound=0)
    return _content(its, cents, sister=False)


def _elsewhere(told: pl.DataFrame, lines: pl.DataFrame, pools: dict[str, str]) -> pl.DataFrame:
    key = ["entry_number", "hts", "origin"]
    its = told.filter(pl.col("portion") == "content")
    pool = pl.DataFrame({"its": list(pools), "pool": list(pools.values())})
    of = its.join(pool, left_on="content", right_on="its").select(*key, "pool").unique()
    facts = of.join(pool, on="pool").select(*key, content="its")
    family = lines.select(LINE, *key).join(facts, on=key)
    family = family.join(told.select(LINE, "content"), on=[LINE, "content"], how="anti")
    return _content(family, pl.lit(0, pl.Int64), sister=True)


def _content(its: pl.DataFrame, cents: pl.Expr, *, sister: bool) -> pl.DataFrame:
    return its.select(LINE, pl.col("content").alias("fact"), cents.cast(pl.Int64).alias("cents"), sister=pl.lit(sister))
