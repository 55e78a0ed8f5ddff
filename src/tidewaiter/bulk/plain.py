"""What the law says of lines that state no facts: for each product class, origin class and interval, one heading (or none) for
each program, worked out once.

On such a line every portion is all of the value or none of it, so the game of ``waterfall.py`` has no numbers left in it: a
program answers with one heading on the whole value, or yields, or is silent. A *cell* is a product class, an origin class and
an interval; a *plan* is what all programs answer in a cell. A cell also says which facts its headings would ask for: a line
that states one of them is priced by the waterfall instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor
from typing import Any

import numpy as np
import numpy.typing as npt

from tidewaiter.assess.amounts import rate_of
from tidewaiter.assess.line import TRANSPORTS
from tidewaiter.bulk.arrays import Bools, Ints, Small, where
from tidewaiter.bulk.basis import BY_PRODUCT, FIRST_REST, NO, YES, OpenRules
from tidewaiter.bulk.differences import MayAnswer, bound_alike, changed_at, changed_rows
from tidewaiter.bulk.facts import Judge, ManyFacts, Sayings, Words
from tidewaiter.bulk.laws import Laws
from tidewaiter.bulk.rates import MILLION, all_in, whole_millionths
from tidewaiter.ledger.conditions import Claim, Condition, DatedBefore, Denied, Measure, Scope, Word
from tidewaiter.ledger.edges import leaves
from tidewaiter.ledger.model import CHARGING_KINDS, PROHIBITION, Act, Interaction, Program, Row
from tidewaiter.ledger.regime import ProgramLaw
from tidewaiter.schedule.duties import AdValorem, Free

SMALLEST = 100
"""Cents: from one dollar on, any rate of half a percent or more comes to a cent, and a heading that charges has charged."""
_PROBES = (SMALLEST, 10**12)
_ANY_MEANS = (None, *TRANSPORTS)
OPEN, VOID, PLAINTIFFS = 0, 1, 2


Shared = tuple[Row, str, Fraction]
"""A heading, its rate as written, and the share of the value that it falls on."""


@dataclass(frozen=True, slots=True)
class PlainAnswer:
    """A heading on the whole value. ``rate`` is parts per million; ``None`` where it is no such rate (specific duties).

    ``shares`` are the headings that fall on shares of the value, of a number too short to say which tariff line it is: then
    ``rate`` is the sum of their parts, half-up to the millionth, and ``row`` the first of them.
    """

    row: Row
    written: str
    rate: int | None
    cap: bool
    shares: tuple[Shared, ...] = ()

    @property
    def charges(self) -> bool:
        """Whether it charges a duty above zero (a cap: perhaps)."""
        return self.row.kind in CHARGING_KINDS and self.rate != 0


@dataclass(slots=True)
class _Steps:
    """Of the answers of one program, by number: the headings that hold on no facts, and what the answers ask for."""

    keys: list[list[int]] = field(default_factory=list)
    answers: list[list[int]] = field(default_factory=list)
    pools: list[list[int]] = field(default_factory=list)
    asks: list[int] = field(default_factory=list)
    means: list[int] = field(default_factory=list)
    acts: list[int] = field(default_factory=list)
    arrays: tuple[Ints, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanTables:
    """By program (place) and plan: the rate in parts per million, whether it is all-in, and what courts have said of it.

    ``None`` for a program of which no plan says so; ``capped`` and ``prohibited`` by plan.
    """

    plans: int
    answers: Ints
    rates: list[Ints | None]
    charging: list[Bools]
    caps: list[Bools | None]
    voids: list[Ints | None]
    capped: Bools
    prohibited: Bools


def _tables(plans: list[Ints], answers: list[PlainAnswer | None], programs: int) -> PlanTables:
    vectors = np.stack(plans)
    rate = np.array([0 if one is None else one.rate or 0 for one in answers], dtype=np.int64)
    cap = np.array([one is not None and one.cap for one in answers], dtype=np.bool_)
    banned = np.array([one is not None and one.row.kind == PROHIBITION for one in answers], dtype=np.bool_)
    number, said = np.divmod(vectors, 3)
    rates, caps, voids = rate[number], cap[number], said
    return PlanTables(
        len(plans),
        number,
        [_or_none(rates[:, place]) for place in range(programs)],
        [np.ascontiguousarray(rates[:, place] != 0) for place in range(programs)],
        [_or_none(caps[:, place]) for place in range(programs)],
        [_or_none(voids[:, place]) for place in range(programs)],
        np.asarray(caps.any(axis=1)),
        np.asarray(banned[number].any(axis=1)),
    )


def _or_none(column: npt.NDArray[Any]) -> npt.NDArray[Any] | None:
    return np.ascontiguousarray(column) if column.any() else None


class FactBits:
    """A bit for each fact that conditions ask for; what does not fit shares the last one."""

    LAST = 61

    def __init__(self) -> None:
        self._bits: dict[str, int] = {}

    def bit(self, fact: str) -> int:
        """The bit of a fact, ``claims`` or ``scope``."""
        return 1 << self._bits.setdefault(fact, min(len(self._bits), self.LAST))

    def of(self, conditions: Iterable[Condition]) -> int:
        """The bits of all facts that conditions may ask for; the value, and the means of transport, are no such facts."""
        bits = 0
        for condition in conditions:
            for leaf in leaves(condition):
                match leaf:
                    case Claim():
                        bits |= self.bit("claims")
                    case Scope() | Denied():
                        bits |= self.bit("scope")
                    case Word(fact) | DatedBefore(fact) | Measure(fact) if fact not in _NO_FACTS:
                        bits |= self.bit(fact)
        return bits


Column = tuple[Small, Ints, Ints, Small]
"""Of the product classes of one origin class and interval: plan, facts asked for, acts, means of transport that matter."""


@dataclass(frozen=True, slots=True)
class Kinds:
    """The different kinds of cells: the plan, the bits of the facts asked for, the bits of open acts and other marks, and the
    means of transport that matter (bit 0: no plan, whatever the line says)."""

    plan: Ints
    asks: Ints
    acts: Ints
    means: Ints


_NO_FACTS = ("value", "entry_value", "transport")


class PlainLaw:
    """The cells and plans of one regime, compiled as they are asked for.

    ``asked`` keeps what the waterfall said of cells without a plan: by slot, product class and text of the base duty, the plan
    and whether the base duty is replaced.
    """

    def __init__(
        self,
        laws: Laws,
        rules: OpenRules,
        open_acts: tuple[Act, ...] = (),
        watched: frozenset[str] = frozenset(),
        lender: PlainLaw | None = None,
    ) -> None:
        """``open_acts`` are the acts that leave something open, ``watched`` the headings that only reported acts change.

        ``lender`` is that of the regime from whose laws these have borrowed: plans and cells are kept together with it.
        """
        self.laws = laws
        self.rules = rules
        self.bits = FactBits()
        self.programs = tuple(table.program for table in laws.tables.values())
        self.place = {program.id: place for place, program in enumerate(self.programs)}
        self._open = tuple(frozenset(act.touches) for act in open_acts)
        self.watch_bit = 1 << len(open_acts)
        self.maybe_prohibited_bit = 2 << len(open_acts)
        self.pooled_bit = 4 << len(open_acts)
        self._watched = watched
        self._probes: dict[Condition, tuple[bool, int, bool]] = {}
        self.forget()
        if lender is not None and len(lender.laws.products) == len(laws.products):
            self._join(lender)

    def forget(self) -> None:
        """Begin anew: the product classes have become more."""
        laws = self.laws
        self.answers: list[PlainAnswer | None] = [None]
        self.plans: list[Ints] = []
        self._answer_number: dict[object, int] = {}
        self._keys: dict[str, int] = {}
        self._won: dict[int, tuple[list[int], Bools, Bools]] = {}
        self._pools: dict[str, int] = {}
        self._plan_number: dict[bytes, int] = {}
        self._courts: dict[int, Ints] = {}
        self._steps = {program.id: _Steps() for program in self.programs}
        shape = (len(laws.origins), len(laws.starts))
        self.slots: Ints = np.full(shape, -1, dtype=np.int64)
        self._known: dict[object, int] = {}
        self._columns: list[Small] = []
        self._stacked: Small | None = None
        self._kind_number: dict[tuple[int, int, int, int], int] = {}
        self._kinds: Kinds | None = None
        self.asked: dict[tuple[int, int, int], tuple[int, bool]] = {}
        self._tables: PlanTables | None = None

    def _join(self, lender: PlainLaw) -> None:
        """Keep plans and cells together with another regime's: a cell is known by the answers it is made of."""
        if (self._open, self._watched) != (lender._open, lender._watched) or self.place != lender.place:
            return
        self.bits, self._probes = lender.bits, lender._probes
        self.answers, self._answer_number = lender.answers, lender._answer_number
        self.plans, self._plan_number = lender.plans, lender._plan_number
        self._keys, self._pools, self._won = lender._keys, lender._pools, lender._won
        self._known, self._columns, self._kind_number = lender._known, lender._columns, lender._kind_number
        for program, table in self.laws.tables.items():
            if table.family == lender.laws.tables[program].family:
                self._steps[program] = lender._steps[program]
        self.asked = lender.asked
        self._take_cells(lender)

    def _take_cells(self, lender: PlainLaw) -> None:
        """Take over the cells of origins and intervals in which no heading that may hold there charges otherwise."""
        one, other = lender.laws.regime, self.laws.regime
        if not bound_alike(one, other):
            return
        starts = np.array(self.laws.starts, dtype=np.int64)
        interval = np.searchsorted(np.array(lender.laws.starts, dtype=np.int64), starts, side="right") - 1
        rows = [row for several in changed_rows(one, other).values() for row in several]
        differs = [np.array(changed_at(one, other, row, self.laws.starts), dtype=np.bool_) for row in rows]
        may_answer = MayAnswer(one)
        for origin, country in enumerate(self.laws.origins.representatives):
            changed = np.zeros(len(starts), dtype=np.bool_)
            for row, apart in zip(rows, differs, strict=True):
                if apart.any() and may_answer(row, country):
                    changed |= apart
            self.slots[origin] = np.where(changed, -1, lender.slots[origin, interval])

    def shares_cells(self, other: PlainLaw) -> bool:
        """Whether the columns of cells are kept together with another's, so that one number means one column."""
        return self._columns is other._columns

    def slots_of(self, pairs: Ints) -> Ints:
        """The number of each row's column of cells, compiled where it is missing; ``pairs`` as those of ``Laws.pairs``."""
        slots = self.slots.reshape(-1).take(pairs)
        if slots.size and slots.min() < 0:
            self.compile(*np.divmod(np.unique(where(slots < 0, pairs)), len(self.laws.starts)))
            slots = self.slots.reshape(-1).take(pairs)
        return slots

    def kinds_of(self, product_class: Ints, pairs: Ints) -> Ints:
        """The number of the kind (see :attr:`kinds`) of each row's cell."""
        cells = self.slots_of(pairs) * len(self.laws.products) + product_class
        return self.by_cell.take(cells).astype(np.int64)

    @property
    def by_cell(self) -> Small:
        """The number of the kind of every cell, by its place (slot times product classes, plus product class)."""
        if self._stacked is None or len(self._stacked) != len(self._columns) * len(self.laws.products):
            self._stacked = np.concatenate(self._columns)
        return self._stacked

    @property
    def kinds(self) -> Kinds:
        """The kinds of cells found so far."""
        if self._kinds is None or len(self._kinds.plan) != len(self._kind_number):
            self._kinds = Kinds(*np.array(list(self._kind_number), dtype=np.int64).reshape(-1, 4).T.copy())
        return self._kinds

    @property
    def columns(self) -> Column:
        """By cell: plan, facts asked for, acts, means of transport that matter."""
        kinds, cells = self.kinds, self.by_cell
        one, asks, acts, means = (each.take(cells) for each in (kinds.plan, kinds.asks, kinds.acts, kinds.means))
        return one.astype(np.int32), asks, acts, means.astype(np.int32)

    def compile(self, origin_classes: Ints, intervals: Ints) -> None:
        """Work out the cells of all product classes for these pairs of origin class and interval.

        Pairs for which every program has the same answers, interactions, voids and basis rules share their cells.
        """
        for interval in np.unique(intervals):
            waiting: dict[object, list[int]] = {}
            speaking = self._speaking(int(interval))
            frame = self._frame(int(interval), speaking)
            for origin in origin_classes[intervals == interval]:
                blocks = tuple(self.laws.block_number(program.id, int(origin), int(interval)) for program in speaking)
                cell = (frame, blocks, self._rule_key(int(origin), int(interval)))
                waiting.setdefault(cell, []).append(int(origin))
            new = {key: origins for key, origins in waiting.items() if key not in self._known}
            if new:
                columns = self._interval([origins[0] for origins in new.values()], int(interval), speaking)
                for key, column in zip(new, columns, strict=True):
                    self._known[key] = len(self._columns)
                    self._columns.append(column)
            for key, origins in waiting.items():
                self.slots[origins, interval] = self._known[key]

    def _speaking(self, interval: int) -> list[Program]:
        """The programs that say anything to anyone in an interval, in the order in which they are asked."""
        order, order_of = self.laws.orders
        return [one for one in order[order_of[interval]] if self.laws.lives(one, interval)]

    def _frame(self, interval: int, speaking: list[Program]) -> object:
        """What stands around the programs' own answers: who is asked, the interactions that are law, and the voids."""
        live = tuple(id(one) for several in self.laws.yields.values() for one, live in several if live[interval])
        regime, start = self.laws.regime, self.laws.starts[interval]
        said = ((key, regime.void(key, start)) for key in regime.voided)
        voids = tuple((key, void.for_all) for key, void in said if void)
        return tuple((one.id, self.laws.tables[one.id].family) for one in speaking), live, voids

    def _rule_key(self, origin: int, interval: int) -> tuple[object, ...]:
        """What basis rules leave open for an origin class in an interval; what hangs on the product is no one else's."""
        codes = ((place, self.rules.code(place, origin, interval)) for place in range(len(self.rules.rules)))
        open_codes = ((place, code) for place, code in codes if code != NO)
        return tuple(
            (place, self.rules.rests[code - FIRST_REST] if code >= FIRST_REST else code)
            if code != BY_PRODUCT
            else (place, origin, self.laws.starts[interval])
            for place, code in open_codes
        )

    def tables(self) -> PlanTables:
        """What the plans found so far charge."""
        if self._tables is None or self._tables.plans < len(self.plans):
            self._tables = _tables(self.plans, self.answers, len(self.programs))
        return self._tables

    # One interval

    def _interval(self, origins: list[int], interval: int, speaking: list[Program]) -> list[Small]:
        shape = (len(origins), len(self.laws.products))
        given: dict[int, Small] = {}
        asks, acts = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        means = np.zeros(shape, dtype=np.int32)
        taken: dict[int, Bools] = {}
        for program in speaking:
            numbers = np.stack([self.laws.block(program.id, origin, interval) for origin in origins])
            if not numbers.any():
                continue
            keys, answers, pools, asked, moved, touched = self._arrays(program)
            asks |= asked[numbers]
            acts |= touched[numbers]
            means |= moved[numbers].astype(np.int32)
            given[self.place[program.id]] = np.zeros(shape, dtype=np.int32)
            self._answer(program, interval, numbers, (keys, answers, pools), given, taken, (means, acts))
        self._ask_rules(origins, interval, asks, means)
        plans = self._plans(given, interval, shape)
        marks: list[Ints | Small] = [one.reshape(-1) for one in (plans, asks, acts, means)]
        first, alike = _different(marks)
        different = np.stack([mark[first].astype(np.int64) for mark in marks], axis=1)
        kinds = [self._kind_number.setdefault(tuple(one), len(self._kind_number)) for one in different.tolist()]
        return list(np.array(kinds, dtype=np.int32)[alike].reshape(shape))

    def _ask_rules(self, origins: list[int], interval: int, asks: Ints, means: Small) -> None:
        """What the basis rules ask for; a cell in which one holds on no facts has no plan."""
        for place in range(len(self.rules.rules)):
            for number, origin in enumerate(origins):
                code = self.rules.code(place, origin, interval)
                if code != BY_PRODUCT:
                    asked, moved = self._rule(code)
                    asks[number] |= asked
                    means[number] |= moved
                    continue
                codes = self.rules.product_codes(place, origin, interval)
                for one in np.unique(codes):
                    asked, moved = self._rule(int(one))
                    asks[number, codes == one] |= asked
                    means[number, codes == one] |= moved

    def _rule(self, code: int) -> tuple[int, int]:
        """The facts that a basis rule asks for, and the bits of what keeps a line from having a plan."""
        if code < FIRST_REST:
            return 0, int(code == YES)
        rest = self.rules.rests[code - FIRST_REST]
        holds, moved, unsure = self.probe(rest)
        return self.bits.of([rest]), moved | holds | unsure

    def _answer(
        self,
        program: Program,
        interval: int,
        numbers: Ints,
        steps: tuple[Ints, Ints, Ints],
        given: dict[int, Small],
        taken: dict[int, Bools],
        marks: tuple[Small, Ints],
    ) -> None:
        """The game on whole values: yield, or take all."""
        keys, answers, pools = steps
        means, acts = marks
        going = numbers != 0
        going &= ~self._lost(program.id, interval, given, means, going)
        ours = given[self.place[program.id]]
        for level in range(keys.shape[0]):
            key = keys[level][numbers]
            here = going & (key >= 0)
            if not here.any():
                return
            names = list(self._keys)
            for one in np.unique(key[here]):
                name = names[one]
                if name in self.laws.yields:
                    going &= ~((key == one) & self._lost(name, interval, given, means, here))
            here &= going
            answer = answers[level][numbers]
            takes = here & (answer > 0)
            pool = pools[level][numbers]
            for one in np.unique(pool[takes & (pool > 0)]):
                room = ~taken.setdefault(int(one), np.zeros(numbers.shape, dtype=np.bool_))
                mine = takes & (pool == one)
                taken[int(one)] |= mine
                # A second content that nobody stated finds the value charged already.
                acts[mine & ~room] |= self.pooled_bit
                going &= ~(mine & ~room)
                takes &= ~(mine & ~room)
            ours[takes] = answer[takes]
            going &= ~takes

    def _lost(self, who: str, interval: int, given: dict[int, Small], means: Small, asking: Bools) -> Bools:
        """Where a program or heading yields to one that has answered."""
        lost = np.zeros(asking.shape, dtype=np.bool_)
        for interaction, live in self.laws.yields.get(who, ()):
            if not live[interval]:
                continue
            places, won, unsure = self._winners(interaction)
            for theirs in (given[place] for place in places if place in given):
                lost |= won[theirs] & asking
                if interaction.charged:
                    # Whether a cap charges hangs on the base duty of the line.
                    means[unsure[theirs] & asking] |= 1
        return lost

    def _winners(self, interaction: Interaction) -> tuple[list[int], Bools, Bools]:
        """The programs (by place) and the answers that win an interaction, and the answers that win it only if they charge."""
        known = self._won.get(id(interaction))
        if known is None or len(known[1]) < len(self.answers):
            over = [one is not None and one.row.key in interaction.over for one in self.answers]
            pairs = list(zip(over, self.answers, strict=True))
            sure = [hit and one is not None and (one.charges or not interaction.charged) for hit, one in pairs]
            caps = [hit and one is not None and one.cap for hit, one in pairs]
            places = sorted({self.place[one.row.program] for hit, one in pairs if hit and one})
            known = self._won[id(interaction)] = (places, np.array(sure), np.array(caps))
        return known

    def _plans(self, given: dict[int, Small], interval: int, shape: tuple[int, int]) -> Small:
        """The number of the plan of each place: its answers, and what courts have said of them."""
        if not given:
            return np.full(shape, self._plan(np.zeros(len(self.programs), dtype=np.int64)), dtype=np.int32)
        columns = {place: answers.reshape(-1) for place, answers in given.items()}
        first, alike = _different(list(columns.values()))
        said = self._said(interval)
        vectors = np.zeros((len(first), len(self.programs)), dtype=np.int64)
        for place, answers in columns.items():
            vectors[:, place] = answers[first] * 3 + said[answers[first]]
        numbers = np.array([self._plan(vector) for vector in vectors], dtype=np.int32)
        return numbers[alike].reshape(shape)

    def answer_number(self, row: Row, rate: str) -> int:
        """The number of a heading's answer on the whole value at a rate as written."""
        return self._number(row, rate)

    def shared_number(self, shares: tuple[Shared, ...]) -> int:
        """The number of the answer of headings that fall on shares of the value each."""
        key = tuple((id(row), rate, share) for row, rate, share in shares)
        number = self._answer_number.get(key)
        if number is None:
            number = self._answer_number[key] = len(self.answers)
            row, written, _ = shares[0]
            self.answers.append(PlainAnswer(row, written, _of_shares(shares), cap=False, shares=shares))
        return number

    def plans_of(self, answers: Ints, interval: int) -> Ints:
        """The plans given by their answers (a row each, a place for each program) and what courts say in an interval."""
        different, alike = np.unique(answers, axis=0, return_inverse=True)
        vectors = different * 3 + np.where(different > 0, self._said(interval)[different], 0)
        return np.array([self._plan(vector) for vector in vectors], dtype=np.int64)[alike.reshape(-1)]

    def _said(self, interval: int) -> Ints:
        """What courts have said of each answer, for entries of an interval."""
        found = self._courts.get(interval)
        if found is None or len(found) < len(self.answers):
            start = self.laws.starts[interval]
            voids = (one and self.laws.regime.void(one.row.key, start) for one in self.answers)
            codes = [(VOID if void.for_all else PLAINTIFFS) if void else OPEN for void in voids]
            found = self._courts[interval] = np.array(codes, dtype=np.int64)
        return found

    def _plan(self, answers: Ints) -> int:
        key = answers.tobytes()
        number = self._plan_number.get(key)
        if number is None:
            number = self._plan_number[key] = len(self.plans)
            self.plans.append(answers)
        return number

    # The answers of one program

    def _arrays(self, program: Program) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints]:
        """The steps of all answers of a program found so far, as arrays over their numbers."""
        steps, laws = self._steps[program.id], self.laws.tables[program.id].laws
        if len(steps.keys) < len(laws):
            for law in laws[len(steps.keys) :]:
                self._read(steps, law)
            levels = max(1, *(len(keys) for keys in steps.keys))
            padded = [
                np.array([each + [filler] * (levels - len(each)) for each in rows], dtype=np.int64).T
                for rows, filler in ((steps.keys, -1), (steps.answers, 0), (steps.pools, 0))
            ]
            flat = [np.array(one, dtype=np.int64) for one in (steps.asks, steps.means, steps.acts)]
            steps.arrays = (*padded, *flat)
        return steps.arrays  # type: ignore[return-value]

    def _read(self, steps: _Steps, law: ProgramLaw | None) -> None:
        keys: list[int] = []
        answers: list[int] = []
        pools: list[int] = []
        asks, means, acts = 0, 0, 0
        for candidate in law.candidates if law else ():
            row = candidate.row
            holds, moved, unsure = (True, 0, False) if candidate.rest is None else self.probe(candidate.rest)
            asks |= self.bits.of([candidate.rest] if candidate.rest else [])
            if row.portion.fact:
                asks |= self.bits.bit(row.portion.fact)
            # What falls on a share of the value is rounded by itself: no plan says that.
            means |= moved | unsure | (candidate.share is not None)
            acts |= self._touched(row.key)
            if row.kind == PROHIBITION and candidate.rest is not None and _open(candidate.rest):
                acts |= self.maybe_prohibited_bit
            if holds and (not keys or answers[-1] == 0):
                answer = self._number(row, candidate.state.rate) if row.portion.kind != "fact" else 0
                keys.append(self._key(row.key))
                answers.append(answer)
                pools.append(self._pools.setdefault(row.portion.pool, len(self._pools) + 1) if row.portion.pool else 0)
                found = self.answers[answer]
                means |= found is not None and found.rate is None
        steps.keys.append(keys)
        steps.answers.append(answers)
        steps.pools.append(pools)
        steps.asks.append(asks)
        steps.means.append(means)
        steps.acts.append(acts)

    def touched(self, program: Program) -> Ints:
        """The bits of what each of a program's answers touches: open acts, what is only reported, prohibitions that may be."""
        return self._arrays(program)[-1]

    def _touched(self, key: str) -> int:
        bits = sum(1 << place for place, touches in enumerate(self._open) if key in touches)
        return bits | (self.watch_bit if key in self._watched else 0)

    def _key(self, key: str) -> int:
        number = self._keys.get(key)
        if number is None:
            number = self._keys[key] = len(self._keys)
        return number

    def _number(self, row: Row, rate: str) -> int:
        key = (id(row), rate)
        number = self._answer_number.get(key)
        if number is None:
            number = self._answer_number[key] = len(self.answers)
            self.answers.append(PlainAnswer(row, rate, _per_million(row, rate), row.kind == "cap"))
        return number

    def probe(self, condition: Condition) -> tuple[bool, int, bool]:
        """Whether a condition holds on no facts; the means of transport (bits from 1 on) by which it would hold otherwise;
        and whether that hangs on the value."""
        found = self._probes.get(condition)
        if found is None:
            held = _held_by_means(condition)
            unsure = bool(held[0].any() != held[0].all())
            moved = sum(2 << place for place, one in enumerate(held[1:]) if not np.array_equal(one, held[0]))
            found = self._probes[condition] = (bool(held[0].all()), moved, unsure)
        return found


_MULTIPLIERS = np.random.default_rng(1789).integers(1, 2**63, 512, dtype=np.uint64) | np.uint64(1)
"""Odd numbers by which rows are hashed; 1789 is the year of the first tariff act, any other would do."""


def _different(columns: Sequence[Ints | Small]) -> tuple[Ints, Ints]:
    """The first place of each different row of columns, and for each row which of them it is."""
    hashed = np.zeros(len(columns[0]), dtype=np.uint64)
    for column, multiplier in zip(columns, _MULTIPLIERS, strict=False):
        hashed += column.astype(np.uint64) * multiplier
    _, first, alike = np.unique(hashed, return_index=True, return_inverse=True)
    for column in columns:
        assert np.array_equal(column[first][alike], column), "two rows with one hash"
    return first, alike


def by_means(condition: Condition) -> list[int]:
    """Whether a condition holds on no facts but a means of transport, by its number (0: none): 1, 0, or -1 where that hangs on
    the value."""
    return [-1 if one.any() != one.all() else int(one.all()) for one in _held_by_means(condition)]


def _held_by_means(condition: Condition) -> list[Bools]:
    """By means of transport: whether a condition holds at values on either side of every bound that it names."""
    bounds = [leaf.bound for leaf in leaves(condition) if isinstance(leaf, Measure) and leaf.fact in _NO_FACTS]
    cents = {*_PROBES, *(int(bound * 100) + more for bound in bounds for more in (0, 1))}
    values = np.array(sorted(cents), dtype=np.int64)
    return [_held(condition, values, transport) for transport in _ANY_MEANS]


def _held(condition: Condition, values: Ints, transport: str | None) -> Bools:
    words = {} if transport is None else {"transport": Words(np.zeros(len(values), dtype=np.int64), (transport,))}
    said = np.zeros(len(values), dtype=np.int64)
    return Judge(ManyFacts(values, values, 2, said, Sayings(), words))(condition)


def _open(condition: Condition) -> bool:
    """Whether a condition hangs on a fact, where none is stated."""
    value, said = np.array([SMALLEST], dtype=np.int64), np.zeros(1, dtype=np.int64)
    return bool(Judge(ManyFacts(value, value, 2, said, Sayings())).open(condition, said)[0])


def _of_shares(shares: Sequence[Shared]) -> int | None:
    """What headings on shares of the value come to, in parts per million, half-up."""
    rates = [(rate_of(rate), share) for _, rate, share in shares]
    if not all(isinstance(rate, AdValorem | Free) for rate, _ in rates):
        return None
    whole = sum((Fraction(rate.rate) * share for rate, share in rates if isinstance(rate, AdValorem)), Fraction(0))
    return floor(whole * MILLION + Fraction(1, 2))


def _per_million(row: Row, rate: str) -> int | None:
    """A rate in parts per million; 0 for a relief; ``None`` for what is no such rate."""
    if row.kind not in CHARGING_KINDS:
        return 0
    expression = rate_of(rate)
    if row.kind == "cap":
        return whole_millionths(all_in(rate))
    if isinstance(expression, Free):
        return 0
    return whole_millionths(expression.rate) if isinstance(expression, AdValorem) else None
