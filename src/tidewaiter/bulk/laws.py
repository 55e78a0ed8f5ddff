"""What every program says, class by class: the regime's own answers (``ProgramLaw``), each found once and numbered.

A program looks at a product through its lists only, at an origin through its places, at a day through its own edges. So its
answers are few: a *situation* is a program, an origin class and an interval of the program's own; a *block* holds the number
of the answer for every product class in one situation, and situations that say the same share a block.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from graphlib import CycleError
from itertools import count

import numpy as np

from tidewaiter.bulk.arrays import Bools, Ints, where
from tidewaiter.bulk.classes import OriginClasses, ProductClasses
from tidewaiter.bulk.differences import bound_alike, changed_rows
from tidewaiter.ledger.classes import instants_apart
from tidewaiter.ledger.conditions import Condition, OnList, Prefix
from tidewaiter.ledger.edges import leaves, settle_place
from tidewaiter.ledger.fold import State
from tidewaiter.ledger.instants import Instant
from tidewaiter.ledger.model import Interaction, Program, Row
from tidewaiter.ledger.order import order_programs
from tidewaiter.ledger.regime import Candidate, ProgramLaw, Regime, cut

Look = str | tuple[str, ...]
"""What a condition looks at in a product: a list by its name, or beginnings of numbers."""
NOT_YET = -1
SILENT = 0
"""The number of the answer of a program that has nothing to say."""


class ListMatches:
    """What the law's conditions see of product classes: which rows of a list cover them on a day (equal sets of rows share a
    number), and which begin with given digits."""

    def __init__(self, regime: Regime, products: ProductClasses) -> None:
        self._regime = regime
        self._products = products
        self._covering: dict[str, tuple[Ints, list[str]]] = {}
        self._numbers: dict[object, int] = {}
        self._ids: dict[tuple[str, int], Ints] = {}
        self._beginning: dict[tuple[str, ...], Ints] = {}
        self._edges: dict[str, list[Instant]] = {}

    def ids(self, name: str, start: Instant) -> Ints:
        """For each product class, the number of the set of rows that match at an instant."""
        key = (name, self.state(name, start))
        found = self._ids.get(key)
        if found is None:
            signature, representatives = self._signatures(name)
            matched = [tuple(self._regime.matches(name, digits, start)) for digits in representatives]
            ids = np.array([self._numbers.setdefault(each, len(self._numbers)) for each in matched], dtype=np.int64)
            found = self._ids[key] = ids[signature]
        return found

    def beginning_with(self, prefixes: tuple[str, ...]) -> Ints:
        """For each product class, 1 if its numbers begin with one of these digits, else 0."""
        found = self._beginning.get(prefixes)
        if found is None:
            held = (digits.startswith(prefixes) for digits in self._products.representatives)
            found = self._beginning[prefixes] = np.fromiter(held, dtype=np.int64, count=len(self._products))
        return found

    def edges(self, name: str) -> list[Instant]:
        """The instants at which a list changes, as far as known."""
        found = self._edges.get(name)
        if found is None:
            found = self._edges[name] = sorted(self._regime.list_names[name].known_edges(self._regime.knows))
        return found

    def state(self, name: str, start: Instant) -> int:
        """The number of the stretch of time without change of a list."""
        return int(np.searchsorted(self.edges(name), start, side="right"))

    def _signatures(self, name: str) -> tuple[Ints, list[str]]:
        """For each product class the number of the rows of a list that ever cover it, and a product for each number."""
        found = self._covering.get(name)
        if found is None:
            first: dict[object, int] = {}
            covering = self._products.covering(name)
            signature = np.array([first.setdefault(rows, len(first)) for rows in covering], dtype=np.int64)
            _, places = np.unique(signature, return_index=True)
            found = self._covering[name] = (signature, [self._products.representatives[place] for place in places])
        return found


@dataclass(frozen=True, slots=True)
class _Open:
    """A heading's row that lives for an origin on a day, with what the product and the facts still have to decide."""

    row: Row
    state: State
    rest: Condition | bool


@dataclass(frozen=True, slots=True)
class Walk:
    """Candidates in the order of the waterfall; ``held[candidate, answer]`` is whether one is part of an answer."""

    candidates: list[Candidate]
    held: Bools


_families = count()


@dataclass(slots=True)
class ProgramTable:
    """The answers of one program: ``law_of[block, product class]``, and the block of each situation.

    Tables of one ``family`` (a regime's own, and those that other regimes have borrowed from it) share answers and blocks, so
    that their numbers mean the same.
    """

    program: Program
    interval_of: Ints
    block_of: Ints
    family: int = field(default_factory=lambda: next(_families))
    laws: list[ProgramLaw | None] = field(default_factory=lambda: [None])
    blocks: list[Ints] = field(default_factory=list)
    by_situation: dict[object, int] = field(default_factory=dict)
    number: dict[object, int] = field(default_factory=dict)
    of_candidates: dict[tuple[int, ...], int] = field(default_factory=dict)
    rests: dict[Condition, Condition] = field(default_factory=dict)
    collected: dict[tuple[int, int], int] = field(default_factory=dict)
    _walks: dict[bool, Walk] = field(default_factory=dict)
    _stacked: Ints | None = None

    def walk(self, *, exactly: bool) -> Walk:
        """All candidates of the answers found so far; those that charge alike are one, unless ``exactly`` tells acts apart."""
        found = self._walks.get(exactly)
        if found is None or found.held.shape[1] != len(self.laws):
            found = self._walks[exactly] = self._walk(exactly)
        return found

    def _walk(self, exactly: bool) -> Walk:
        turn = {id(row): place for place, row in enumerate(self.program.rows)}
        places: dict[object, int] = {}
        candidates: list[Candidate] = []
        pairs: list[tuple[int, int]] = []
        for number, law in enumerate(self.laws):
            for one in law.candidates if law else ():
                key: object = (id(one.row), one.state.rate, id(one.rest), one.share)
                key = (key, id(one.state), one.acts) if exactly else key
                place = places.setdefault(key, len(candidates))
                if place == len(candidates):
                    candidates.append(one)
                pairs.append((place, number))
        held = np.zeros((len(candidates), len(self.laws)), dtype=np.bool_)
        if pairs:
            held[tuple(np.array(pairs).T)] = True
        order = sorted(range(len(candidates)), key=lambda place: turn[id(candidates[place].row)])
        return Walk([candidates[place] for place in order], held[order])

    @property
    def law_of(self) -> Ints:
        """The numbers of answers by block and product class."""
        if self._stacked is None or len(self._stacked) != len(self.blocks):
            self._stacked = np.stack(self.blocks)
        return self._stacked


class Laws:
    """The answers of all programs of one regime into one country, compiled as they are asked for."""

    def __init__(
        self,
        regime: Regime,
        into: str,
        products: ProductClasses,
        origins: OriginClasses,
        lender: Laws | None = None,
    ) -> None:
        """``lender`` is what another regime over the same ledger has compiled: programs of which both say the same take over
        what it has found."""
        self.regime = regime
        self.into = into
        self.products = products
        self.origins = origins
        self.matches = ListMatches(regime, products)
        self.starts = [regime.interval_start(number) for number in range(len(regime.cuts) + 1)]
        self.tables = self._tables()
        self._classes = len(products)
        self._lives: dict[tuple[str, int], bool] = {}
        self._looks: dict[Condition, tuple[Look, ...]] = {}
        self._candidates: dict[object, dict[tuple[int, ...], Candidate | None]] = {}
        self._changed: dict[Laws, list[str] | None] = {}
        self._lender = lender
        if lender is not None and lender.regime.ledger is regime.ledger and lender._classes == self._classes:
            self._borrow(lender)

    def _borrow(self, lender: Laws) -> None:
        """Take over the answers of programs of which no row says anything else here; the lender is kept alive for them."""
        changed = changed_rows(lender.regime, self.regime)
        for program, theirs in lender.tables.items():
            if program in changed or program not in self.tables:
                continue
            own = self.tables[program]
            # Between two edges of the program both say the same at every instant: one instant of each stretch tells.
            first = np.unique(own.interval_of, return_index=True)[1]
            starts = np.array(self.starts, dtype=np.int64)[first]
            place = np.searchsorted(np.array(lender.starts, dtype=np.int64), starts, side="right") - 1
            self.tables[program] = ProgramTable(
                theirs.program,
                own.interval_of,
                theirs.block_of[:, theirs.interval_of[place]],
                theirs.family,
                theirs.laws,
                theirs.blocks,
                # Keys name states by their identity, which is the lender's own.
                dict(theirs.by_situation),
                dict(theirs.number),
            )

    def pairs(self, origin_class: Ints, interval: Ints) -> Ints:
        """Origin class and interval of each row as one number."""
        found: Ints = origin_class * len(self.starts) + interval
        return found

    def numbers(self, program: str, product_class: Ints, origin_class: Ints, interval: Ints) -> Ints:
        """The number of the program's answer for each row of columns."""
        table = self.tables[program]
        situation = origin_class * table.block_of.shape[1] + table.interval_of[interval]
        blocks = table.block_of.reshape(-1).take(situation)
        if blocks.size and blocks.min() == NOT_YET:
            for one in np.unique(situation[blocks == NOT_YET]):
                self._compile(table, *divmod(int(one), table.block_of.shape[1]))
            blocks = table.block_of.reshape(-1).take(situation)
        found: Ints = blocks
        if blocks.size:
            law_of = table.law_of
            found = law_of.reshape(-1).take(blocks * law_of.shape[1] + product_class)
        return found

    def refresh(self) -> bool:
        """Forget what was compiled for fewer product classes than there are now; whether there was anything to forget."""
        if self._classes == len(self.products):
            return False
        self._classes = len(self.products)
        self.matches = ListMatches(self.regime, self.products)
        self.tables = self._tables()
        self._candidates.clear()  # their keys are numbers of the matches
        return True

    def _tables(self) -> dict[str, ProgramTable]:
        programs = self.regime.ledger.programs.values()
        return {program.id: self._table(program) for program in programs if program.into == self.into}

    def mixed(self, program: Program, product_class: Ints, origin_class: Ints, entered: Ints, governing: Ints) -> Ints:
        """As :meth:`numbers`, by the law of the day that governs; without what is not collected on the day of entry."""
        interval = governing if program.locks_at_admission else entered
        numbers = self.numbers(program.id, product_class, origin_class, interval)
        fixed = where((interval != entered) & (numbers != SILENT))
        if fixed.size:
            days = len(self.starts)
            several, alike = np.unique(numbers[fixed] * days + entered[fixed], return_inverse=True)
            kept = [self.collected(program.id, *divmod(key, days)) for key in several.tolist()]
            numbers[fixed] = np.array(kept, dtype=np.int64)[alike]
        return numbers

    def collected(self, program: str, number: int, entered: int) -> int:
        """The number of an answer without the headings under which customs no longer collects on the day of entry."""
        table = self.tables[program]
        found = table.collected.get((number, entered))
        if found is None:
            found = table.collected[number, entered] = self._collected(table, number, entered)
        return found

    def _collected(self, table: ProgramTable, number: int, entered: int) -> int:
        law = table.laws[number]
        if law is None:
            return SILENT
        start = self.starts[entered]
        kept = tuple(one for one in law.candidates if self.regime.collected(one.row.key, start))
        return number if len(kept) == len(law.candidates) else _law_number(table, replace(law, candidates=kept))

    def changed_from(self, other: Laws) -> list[str] | None:
        """The programs of which the other regime may say other things; ``None`` where what binds programs differs too."""
        if other not in self._changed:
            names = changed_rows(other.regime, self.regime)
            alike = bound_alike(other.regime, self.regime)
            self._changed[other] = [name for name in self.tables if name in names] if alike else None
        return self._changed[other]

    def apart(self, program: str, numbers: Ints, other: Laws, others: Ints) -> Bools:
        """Where an answer of a program charges otherwise than one of the other regime's on the same row."""
        many = len(other.tables[program].laws)
        pairs, alike = np.unique(numbers * many + others, return_inverse=True)
        told = [
            _charged(self.tables[program].laws[one]) != _charged(other.tables[program].laws[theirs])
            for one, theirs in (divmod(pair, many) for pair in pairs.tolist())
        ]
        return np.array(told, dtype=np.bool_)[alike]

    @cached_property
    def orders(self) -> tuple[list[tuple[Program, ...]], Ints]:
        """The orders in which programs are asked (winners before those who yield to them), and which one each interval has.

        Intervals share an order as long as no two of their interactions contradict each other and no program comes to a pool of
        contents before another that it came after.
        """
        found: list[tuple[Program, ...]] = []
        numbers: list[int] = []
        together: dict[int, Interaction] = {}
        shared_by: dict[frozenset[int], tuple[Program, ...] | None] = {}
        pools: set[tuple[str, ...]] = set()
        for interval in range(len(self.starts)):
            own = self._into(self.regime.programs(interval))
            more = {id(one): one for one in self.regime.interactions(interval)}
            union = {**together, **more}
            key = frozenset(union)
            if key not in shared_by:
                shared_by[key] = self._shared_order(union.values())
            shared = shared_by[key]
            if shared is not None and found and {self._pools(shared)} == pools | {self._pools(own)}:
                together |= more
                found[-1] = shared
            else:
                together, pools = more, {self._pools(own)}
                found.append(own)
            numbers.append(len(found) - 1)
        return found, np.array(numbers, dtype=np.int64)

    def _shared_order(self, interactions: Iterable[Interaction]) -> tuple[Program, ...] | None:
        """One order for all these interactions; ``None`` if they contradict each other."""
        try:
            return self._into(order_programs(self.regime.ledger.programs, interactions))
        except CycleError:
            return None

    def _into(self, programs: Iterable[Program]) -> tuple[Program, ...]:
        return tuple(one for one in programs if one.into == self.into)

    def _pools(self, order: tuple[Program, ...]) -> tuple[str, ...]:
        """The programs that take contents from pools, in the order in which they are asked."""
        return tuple(one.id for one in order if one.id in self._pooling)

    @cached_property
    def _pooling(self) -> frozenset[str]:
        programs = self.regime.ledger.programs.values()
        return frozenset(one.id for one in programs if any(row.portion.pool for row in one.rows))

    @cached_property
    def yields(self) -> dict[str, list[tuple[Interaction, Bools]]]:
        """The interactions by who yields, each with the intervals in which it is law."""
        found: dict[str, list[tuple[Interaction, Bools]]] = {}
        for one in self.regime.ledger.interactions:
            live = np.array([self.regime.in_force(one.version, start) for start in self.starts], dtype=np.bool_)
            for who in one.yields if live.any() else ():
                found.setdefault(who, []).append((one, live))
        return found

    def block(self, program: str, origin_class: int, interval: int) -> Ints:
        """The numbers of the program's answers for all product classes in one situation."""
        return self.tables[program].blocks[self.block_number(program, origin_class, interval)]

    def lives(self, program: Program, interval: int) -> bool:
        """Whether any heading of a program lives in an interval."""
        key = (program.id, int(self.tables[program.id].interval_of[interval]))
        found = self._lives.get(key)
        if found is None:
            regime, start = self.regime, self.starts[interval]
            living = (regime.state(row.key, start).live and regime.in_force(row.version, start) for row in program.rows)
            found = self._lives[key] = any(living)
        return found

    def block_number(self, program: str, origin_class: int, interval: int) -> int:
        """The number of the program's answers for all product classes in one situation."""
        table = self.tables[program]
        place = int(table.interval_of[interval])
        if table.block_of[origin_class, place] == NOT_YET:
            self._compile(table, origin_class, place)
        return int(table.block_of[origin_class, place])

    def _table(self, program: Program) -> ProgramTable:
        edges = instants_apart(self.regime, program.rows)
        interval_of = np.searchsorted(edges, self.starts, side="right")
        # An interval of the program is numbered by its place among those that occur.
        _, interval_of = np.unique(interval_of, return_inverse=True)
        shape = (len(self.origins), int(interval_of.max()) + 1)
        return ProgramTable(program, interval_of.astype(np.int64), np.full(shape, NOT_YET, dtype=np.int64))

    def _compile(self, table: ProgramTable, origin_class: int, place: int) -> None:
        interval = int(where(table.interval_of == place)[0])
        start = self.starts[interval]
        origin = self.origins.representatives[origin_class]
        rows = list(self._open_rows(table.program, origin, start))
        looks = list(dict.fromkeys(look for one in rows for look in self._looks_of(one.rest)))
        states = tuple(self.matches.state(look, start) for look in looks if isinstance(look, str))
        situation = (tuple((id(one.row), id(one.state), one.rest) for one in rows), states)
        block = table.by_situation.get(situation)
        if block is None:
            numbers = self._block(table, rows, looks, start)
            block = table.by_situation[situation] = _kept(table, numbers)
        table.block_of[origin_class, place] = block

    def _open_rows(self, program: Program, origin: str, start: Instant) -> Iterator[_Open]:
        regime = self.regime
        for row in regime.rows_for(program, origin):
            state = regime.state(row.key, start)
            if not state.live or not regime.in_force(row.version, start):
                continue
            rest = settle_place(row.when, origin, start, lambda group: regime.members(group, start))
            if rest is not False:
                yield _Open(row, state, rest)
                if rest is True and row.portion.kind == "rest":
                    return

    def _looks_of(self, rest: Condition | bool) -> tuple[Look, ...]:
        """What a condition looks at in a product."""
        if isinstance(rest, bool):
            return ()
        found = self._looks.get(rest)
        if found is None:
            looks = (_look(leaf) for leaf in leaves(rest))
            found = self._looks[rest] = tuple(dict.fromkeys(look for look in looks if look))
        return found

    def _block(self, table: ProgramTable, rows: list[_Open], looks: list[Look], start: Instant) -> Ints:
        """One answer for every product class; classes that the rows' lists and prefixes see alike are asked once."""
        count = len(self.products)
        if not rows:
            return np.zeros(count, dtype=np.int64)
        seen = {look: self._seen(look, start) for look in looks}
        alike, first = np.zeros(count, dtype=np.int64), np.zeros(1, dtype=np.int64)
        if seen:
            alike, first = _groups(list(seen.values()))
        columns = [self._column(one, seen, first, start) for one in rows]
        numbers = [_number(table, candidates) for candidates in zip(*columns, strict=True)]
        return np.array(numbers, dtype=np.int64)[alike]

    def _seen(self, look: Look, start: Instant) -> Ints:
        """What a look at a list or at beginnings of numbers finds, as a number for each product class."""
        return self.matches.ids(look, start) if isinstance(look, str) else self.matches.beginning_with(look)

    def _column(self, one: _Open, seen: dict[Look, Ints], first: Ints, start: Instant) -> list[Candidate | None]:
        """A heading as candidate for each of some product classes: asked once for all that it sees alike, whatever origin and
        day have left the same of its condition."""
        looks = self._looks_of(one.rest)
        known = self._candidates.setdefault((id(one.row), id(one.state), one.rest), {})
        found: list[Candidate | None] = []
        finds = np.array([seen[look].take(first) for look in looks], dtype=np.int64).reshape(len(looks), len(first))
        for finding, place in zip(map(tuple, finds.T.tolist()), first.tolist(), strict=True):
            if finding not in known:
                digits = self.products.representatives[place]
                # Origins have had their say: what is left of the condition asks for none.
                known[finding] = self.regime.candidate(one.row, one.state, one.rest, digits, "", start)
            found.append(known[finding])
        return found


def _look(leaf: Condition) -> Look | None:
    match leaf:
        case OnList(list_id):
            return list_id
        case Prefix(prefixes):
            return prefixes
    return None


def _groups(columns: list[Ints]) -> tuple[Ints, Ints]:
    """The number of the group of each place that is equal in all columns, and the first place of each group."""
    combined = columns[0]
    for column in columns[1:]:
        _, combined = np.unique(combined * (int(column.max()) + 1) + column, return_inverse=True)
    _, first, alike = np.unique(combined, return_index=True, return_inverse=True)
    return alike, first


def _charged(law: ProgramLaw | None) -> tuple[object, ...]:
    """What decides what an answer charges: headings, rates, and the conditions and shares on which they hang."""
    return (
        tuple((one.row.key, one.row.place, one.state.rate, one.rest, one.share) for one in law.candidates)
        if law
        else ()
    )


def _number(table: ProgramTable, candidates: tuple[Candidate | None, ...]) -> int:
    """The number of the answer of these candidates, in waterfall order."""
    key = tuple(map(id, candidates))
    number = table.of_candidates.get(key)
    if number is None:
        number = table.of_candidates[key] = _law_number(table, cut(table.program, candidates))
    return number


def _law_number(table: ProgramTable, law: ProgramLaw | None) -> int:
    """The number of an answer; equal answers have one."""
    if law is None:
        return SILENT
    key = tuple((id(one.row), id(one.state), one.rest, one.share, one.acts) for one in law.candidates)
    number = table.number.get(key)
    if number is None:
        number = table.number[key] = len(table.laws)
        table.laws.append(replace(law, candidates=tuple(_with_one_rest(table, one) for one in law.candidates)))
    return number


def _with_one_rest(table: ProgramTable, candidate: Candidate) -> Candidate:
    """The candidate with its condition as first met: what is judged of it is kept by identity."""
    rest = candidate.rest
    return candidate if rest is None else replace(candidate, rest=table.rests.setdefault(rest, rest))


def _kept(table: ProgramTable, numbers: Ints) -> int:
    """The block of these numbers, shared with any situation that says the same."""
    key = numbers.tobytes()
    block = table.by_situation.get(key)
    if block is None:
        block = table.by_situation[key] = len(table.blocks)
        table.blocks.append(numbers)
    return block
