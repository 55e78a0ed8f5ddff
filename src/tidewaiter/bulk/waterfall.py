"""The programs asked in turn, on whole columns: the same game as ``assess/waterfall.py``, with masks for its ifs.

The headings of a program are walked through once for all rows, each taking those of whose answer (a number of
:class:`~tidewaiter.bulk.laws.Laws`) it is part. Amounts are cents; values and bases are whole multiples of ``10**-places``
dollars.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from tidewaiter.assess.amounts import rate_of
from tidewaiter.bulk.arrays import Bools, Exact, Ints, every, some, where
from tidewaiter.bulk.base import ManyBaseDuties, equivalent_room
from tidewaiter.bulk.basis import NONE
from tidewaiter.bulk.duties import ManyQuantities, cents_of
from tidewaiter.bulk.exact import half_up, product, select, times
from tidewaiter.bulk.facts import Judge, ManyFacts
from tidewaiter.bulk.laws import SILENT, Laws
from tidewaiter.bulk.rates import all_in
from tidewaiter.ledger.model import PROHIBITION, Interaction, Program, Row
from tidewaiter.ledger.regime import Candidate
from tidewaiter.schedule.duties import Expression

GONE = -1
_NOWHERE: Ints = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class ManyBasis:
    """What one program sees of the values: the basis, the number of its name, and where the amount it needs is missing."""

    basis: Exact
    name: Ints
    missing: Bools


@dataclass(slots=True)
class Answers:
    """One heading's answer on some rows: a duty, a cap or a relief (amounts 0)."""

    program: Program
    rows: Ints
    code: str
    kind: str
    basis: Exact
    basis_name: Ints | None
    amount: Exact
    row: Row | None = None
    candidate: Candidate | None = None
    expression: Expression | None = None
    cap: Fraction | None = None
    room: tuple[Exact, Exact] | None = None
    zero: Bools | None = None
    displaced_by: Interaction | None = None

    def before(self, count: int) -> Answers:
        """The answer on the rows before a place."""
        kept = where(self.rows < count)
        if len(kept) == len(self.rows):
            return self
        return replace(
            self,
            rows=self.rows[kept],
            basis=self.basis[kept],
            basis_name=None if self.basis_name is None else self.basis_name[kept],
            amount=self.amount[kept],
            room=None if self.room is None else (self.room[0][kept], self.room[1][kept]),
            zero=None if self.zero is None else self.zero[kept],
        )


@dataclass(slots=True)
class ManySettings:
    """All that is fixed for lines before programs are asked; every column has one place for each line."""

    product_class: Ints
    origin_class: Ints
    entered: Ints
    governing: Ints
    facts: ManyFacts
    quantities: ManyQuantities
    general: ManyBaseDuties
    applied: ManyBaseDuties
    basis: Callable[[str], ManyBasis]


@dataclass(slots=True)
class ManyOutcomes:
    """All answers, in the order in which programs were asked; rows that lack an amount under chapter 98, a quantity, or a
    base duty that a cap reads; and rows where contents that nobody stated were charged once."""

    answers: list[Answers]
    no_ch98_value: Bools
    no_quantity: Bools
    no_base: Bools
    pooled: Bools


@dataclass(frozen=True, slots=True)
class Told:
    """Several answers as one: a place for each row of each, and which answer (by its place among them) it belongs to."""

    rows: Ints
    which: Ints
    basis: Exact
    amount: Exact

    @classmethod
    def of(cls, answers: Sequence[Answers]) -> Told:
        """The answers one after another."""
        if not answers:
            return cls(*(np.zeros(0, dtype=np.int64) for _ in range(4)))
        return cls(
            np.concatenate([one.rows for one in answers]),
            np.repeat(np.arange(len(answers)), [len(one.rows) for one in answers]),
            np.concatenate([one.basis for one in answers]),
            np.concatenate([one.amount for one in answers]),
        )


def refused(outcomes: ManyOutcomes) -> Bools:
    """Where lines cannot be answered: something is missing, or the goods may not be imported."""
    found = outcomes.no_ch98_value | outcomes.no_quantity | outcomes.no_base
    for answers in outcomes.answers:
        if answers.kind == PROHIBITION:
            found[answers.rows] = True
    return found


def ask_programs(laws: Laws, setting: ManySettings, *, exactly: bool = False) -> ManyOutcomes:
    """Every program's answers for every line; ``exactly`` tells apart what charges alike under other acts."""
    asking = _Asking(laws, setting, exactly)
    orders, order_of = laws.orders
    for order in np.unique(order_of[setting.entered]):
        rows = where(order_of[setting.entered] == order)
        for program in orders[int(order)]:
            asking.program(program, rows)
    return asking.outcomes


@dataclass(slots=True)
class _Board:
    """Where the headings of an interaction have answered and how much they cover, and how many of their answers are counted."""

    won: Bools
    covered: Exact
    seen: dict[str, int]
    any: bool = False

    @classmethod
    def empty(cls, count: int, kind: np.dtype[Any]) -> _Board:
        """Nothing answered."""
        return cls(np.zeros(count, dtype=np.bool_), np.zeros(count, dtype=kind), {})

    def add(self, chunk: Answers, charged: bool) -> None:
        """Count an answer; where only those count that charge something, its rows that do."""
        winning = slice(None) if not charged else where(chunk.amount > 0)
        rows = chunk.rows[winning]
        self.any = self.any or bool(rows.size)
        self.won[rows] = True
        self.covered[rows] += chunk.basis[winning]


class _Asking:
    """One pass over the programs."""

    def __init__(self, laws: Laws, setting: ManySettings, exactly: bool) -> None:
        count = len(setting.facts)
        self._exactly = exactly
        self.laws = laws
        self.setting = setting
        self.value = setting.facts.value
        self.outcomes = ManyOutcomes([], *(np.zeros(count, dtype=np.bool_) for _ in range(4)))
        self._judge = Judge(setting.facts)
        self._by_key: dict[str, list[Answers]] = {}
        self._reports: dict[tuple[str, str], list[Answers]] = {}
        self._rooms: dict[str, Exact] = {}
        self._unstated: dict[str, Ints] = {}
        self._boards: dict[int, _Board] = {}

    def program(self, program: Program, rows: Ints) -> None:
        """One program on rows of one order: first what it yields, then its waterfall on what is left."""
        numbers = self._laws_of(program, rows)
        speaking = numbers != SILENT
        if not some(speaking):
            return
        rows, numbers = rows[speaking], numbers[speaking]
        basis = self.setting.basis(program.id)
        self.outcomes.no_ch98_value[rows[basis.missing[rows]]] = True
        sees = basis.name[rows] != NONE
        rows, numbers = rows[sees], numbers[sees]
        whole = basis.basis[rows]
        left = self._yield(program, program.id, rows, whole, basis)
        going = _goes_on(left, whole)
        rows, numbers, whole, left = rows[going], numbers[going], whole[going], left[going]
        self._waterfall(program, (rows, whole, left), numbers, basis)

    def _laws_of(self, program: Program, rows: Ints) -> Ints:
        """The number of the program's answer for each row, by the law of the day that governs it."""
        setting = self.setting
        return self.laws.mixed(
            program,
            setting.product_class[rows],
            setting.origin_class[rows],
            setting.entered[rows],
            setting.governing[rows],
        )

    def _waterfall(self, program: Program, lines: tuple[Ints, Exact, Exact], numbers: Ints, basis: ManyBasis) -> None:
        """The headings of a program in turn, each on the rows of whose answers (``numbers``) it is part.

        ``lines`` are the rows, what there is in all, and what is left.
        """
        rows, whole, left = lines
        left, going = left.copy(), np.ones(len(rows), dtype=np.bool_)
        walk = self.laws.tables[program.id].walk(exactly=self._exactly)
        answers, which = np.unique(numbers, return_inverse=True)
        held = walk.held[:, answers]
        for turn in where(np.logical_or.reduce(held, axis=1)).tolist():
            candidate = walk.candidates[turn]
            places = self._holding(candidate, held[turn], which, rows, going)
            if not places.size:
                continue
            row = candidate.row
            if row.portion.kind == "rest" and candidate.share is None and row.key not in self.laws.yields:
                # It takes all that is left.
                self._take(program, candidate, rows.take(places), left.take(places), basis)
                going[places] = False
            else:
                self._partly(program, candidate, (rows, whole, left), (places, going), basis)
            if not some(going):
                return

    def _holding(self, candidate: Candidate, held: Bools, which: Ints, rows: Ints, going: Bools) -> Ints:
        """The places of rows that go on, of whose answer a candidate is part, and on whose facts its condition holds."""
        rest = candidate.rest
        everywhere = True if rest is None else self._judge.alike(rest)
        if everywhere is False:
            return _NOWHERE
        places = where(going if every(held) else held.take(which) & going)
        if everywhere or rest is None or not places.size:
            return places
        return where(self._judge(rest, rows.take(places)), places)

    def _partly(
        self,
        program: Program,
        candidate: Candidate,
        lines: tuple[Ints, Exact, Exact],
        at: tuple[Ints, Bools],
        basis: ManyBasis,
    ) -> None:
        """A heading that yields or takes a portion, at some places of rows, wholes and what is left; which of them go on."""
        (rows, whole, left), (places, going) = lines, at
        row = candidate.row
        if row.key in self.laws.yields:
            left[places] = self._yield(program, row.key, rows[places], left[places], basis)
            on = _goes_on(left[places], whole[places])
            going[places[~on]] = False
            places = places[on]
        if candidate.share is None:
            taken = self._portion(row, rows[places], left[places])
        else:
            taken = np.minimum(left[places], self._share(candidate.share, whole[places]))
        answers = (taken != 0) | (whole[places] == 0)
        if some(answers):
            self._take(program, candidate, rows[places[answers]], taken[answers], basis)
        left[places] -= taken
        closes = row.portion.closes and candidate.share is None
        going[places] = (not closes) & (left[places] > 0).astype(np.bool_)

    def _yield(self, program: Program, who: str, rows: Ints, left: Exact, basis: ManyBasis) -> Exact:
        """What is left after the portions that headings asked before have taken; ``GONE`` where the program stays silent."""
        left = left.copy()
        for interaction, live in self.laws.yields.get(who, ()):
            # Law on the day that governs, or for privileged foreign goods on that of entry.
            is_law = live[self.setting.entered[rows]] | live[self.setting.governing[rows]]
            if not some(is_law):
                continue
            found = self._won(interaction, rows)
            if found is None:
                continue
            won, covered = found
            hit = won & is_law & (left != GONE)
            if not some(hit):
                continue
            its_left = left[hit]
            covering = its_left if interaction.whole else np.minimum(its_left, covered[hit])
            self._report(program, interaction, rows[hit], covering, basis)
            its_left = its_left - covering
            silent = (its_left <= 0).astype(np.bool_)
            if not interaction.whole:
                silent &= (self.value[rows[hit]] == 0).astype(np.bool_)
            left[hit] = select(silent, np.full(len(its_left), GONE, dtype=its_left.dtype), its_left)
        return left

    def _won(self, interaction: Interaction, rows: Ints) -> tuple[Bools, Exact] | None:
        """Of some rows: whether a heading of the interaction answered, and how much of the value those headings cover.

        ``None`` where none has answered anything. What is found is kept, and what was answered since is added to it.
        """
        board = self._boards.get(id(interaction))
        if board is None:
            board = self._boards[id(interaction)] = _Board.empty(len(self.value), self.value.dtype)
        for key in interaction.over:
            chunks = self._by_key.get(key, ())
            for chunk in chunks[board.seen.get(key, 0) :]:
                board.add(chunk, interaction.charged)
            board.seen[key] = len(chunks)
        return (board.won[rows], board.covered[rows]) if board.any else None

    def _report(self, program: Program, interaction: Interaction, rows: Ints, covered: Exact, basis: ManyBasis) -> None:
        """A relief for the portion yielded; a second one under the same number adds to the first."""
        key = (program.id, interaction.report)
        for earlier in self._reports.get(key, ()):
            _, ours, theirs = np.intersect1d(rows, earlier.rows, assume_unique=True, return_indices=True)
            if ours.size:
                earlier.basis = earlier.basis.copy()
                earlier.basis[theirs] += covered[ours]
                kept = np.ones(len(rows), dtype=np.bool_)
                kept[ours] = False
                rows, covered = rows[kept], covered[kept]
        if not rows.size:
            return
        nothing = np.zeros(len(rows), dtype=np.int64)
        answers = Answers(
            program, rows, interaction.report, "relief", covered, basis.name[rows], nothing, displaced_by=interaction
        )
        self._reports.setdefault(key, []).append(answers)
        self.outcomes.answers.append(answers)

    def _portion(self, row: Row, rows: Ints, left: Exact) -> Exact:
        """How much of what is left the heading takes."""
        portion = row.portion
        if portion.kind == "rest":
            return left
        stated = self.setting.facts.numbers.get(portion.fact)
        if stated is None:
            given, amount = np.zeros(len(rows), dtype=np.bool_), np.zeros(len(rows), dtype=np.int64)
        else:
            given, amount = stated.given[rows], self._money(stated.values[rows], stated.places)
        if portion.kind == "fact":
            most = left
            if portion.upto is not None:
                most = np.minimum(left, self._share(Fraction(portion.upto), self.value[rows]))
            return np.minimum(most, select(given, amount, 0))
        if portion.kind == "less":
            return select(given, np.maximum(0, left - amount), left)
        room = left
        if portion.pool:
            rooms = self._rooms.setdefault(portion.pool, self.value.copy())
            room = rooms[rows]
        taken = np.minimum(np.minimum(left, room), select(given, amount, left))
        if portion.pool:
            rooms[rows] = room - taken
            unstated = self._unstated.setdefault(portion.pool, np.zeros(len(self.value), dtype=np.int64))
            unstated[rows[~given]] += 1
            self.outcomes.pooled |= unstated > 1
        return taken

    def _share(self, share: Fraction, whole: Exact) -> Exact:
        """A share of amounts, half-up to the cent."""
        places = self.setting.facts.places
        cents = half_up(times(whole, 100 * share.numerator), share.denominator * 10**places)
        return times(cents, 10 ** (places - 2))

    def _money(self, amounts: Exact, places: int) -> Exact:
        return times(amounts, 10 ** (self.setting.facts.places - places))

    def _take(self, program: Program, candidate: Candidate, rows: Ints, taken: Exact, basis: ManyBasis) -> None:
        row = candidate.row
        name = basis.name[rows] if row.portion.kind == "rest" else None
        amount: Exact = np.zeros(len(rows), dtype=np.int64)
        answers = Answers(program, rows, row.code, row.kind, taken, name, amount, row, candidate)
        if row.kind == "duty":
            self._charge(answers, candidate)
        elif row.kind == "cap":
            self._cap(answers, candidate)
        self._by_key.setdefault(row.key, []).append(answers)
        self.outcomes.answers.append(answers)

    def _charge(self, answers: Answers, candidate: Candidate) -> None:
        expression = answers.expression = rate_of(candidate.state.rate)
        places = self.setting.facts.places
        answers.amount, missing = cents_of(expression, answers.basis, places, self.setting.quantities, answers.rows)
        if missing is not None:
            self.outcomes.no_quantity[answers.rows[missing]] = True

    def _cap(self, answers: Answers, candidate: Candidate) -> None:
        """All-in: the cap less the base duty's ad valorem equivalent, on the portion; never below zero."""
        rows, places = answers.rows, self.setting.facts.places
        cap = answers.cap = all_in(candidate.state.rate)
        room, over = equivalent_room(self.setting.applied, rows, cap.numerator, cap.denominator, places)
        if candidate.row.cap_on == "general":
            # Column 1 general decides whether the base reaches the cap; below it, what is charged counts.
            general = self.setting.general
            self.outcomes.no_base[rows[(general.missing | general.unread)[rows]]] = True
            reached, _ = equivalent_room(general, rows, cap.numerator, cap.denominator, places)
            room = select((reached == 0).astype(np.bool_), np.zeros_like(room), room)
        answers.amount = half_up(times(product(room, answers.basis), 100), times(over, 10**places))
        answers.room = (room, over)
        answers.zero = (room == 0).astype(np.bool_)


def _goes_on(left: Exact, whole: Exact) -> Bools:
    """Whether a program goes on: something is left, or there was nothing to begin with."""
    return ~((left < 0) | ((left <= 0) & (whole > 0))).astype(np.bool_)
