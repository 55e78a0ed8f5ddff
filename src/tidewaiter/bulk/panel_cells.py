"""What is charged in every cell of a panel: for each origin, kind of product and interval, the number of a *charge*.

A charge is what all programs together charge on a line that states no facts. It is read from the plans of ``plain.py``; the few
cells that have no plan are asked of the waterfall itself, for a line worth a million dollars.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tidewaiter.bulk.arrays import Bools, Ints, Small
from tidewaiter.bulk.base import charge_texts
from tidewaiter.bulk.basis import NONE, REPLACED, ManyBases
from tidewaiter.bulk.duties import ManyQuantities
from tidewaiter.bulk.facts import Judge, ManyFacts, Sayings
from tidewaiter.bulk.kernel import Kernel
from tidewaiter.bulk.numbers import MONEY_PLACES
from tidewaiter.bulk.panel_products import Kinds
from tidewaiter.bulk.plain import VOID, PlainAnswer, Shared
from tidewaiter.bulk.waterfall import ManyBasis, ManySettings, ask_programs
from tidewaiter.ledger.instants import Instant
from tidewaiter.ledger.model import BASE, CHARGING_KINDS

SAMPLE_VALUE = 10**8
"""Cents: the value of the line that is asked where the law has no plan."""
_NO_PLAN = 1


@dataclass(frozen=True, slots=True)
class Cells:
    """One origin: charge numbers by interval and kind; where column 2 is paid, by interval; where the base duty is replaced.

    ``starts`` are the first instants of the intervals, the first one that of the panel; ``replaced`` is ``None`` where no base
    duty is.
    """

    starts: Ints
    plan: Small
    column2: Bools
    replaced: Bools | None

    def codes(self, of_plan: Small) -> Small:
        """What is shown, told apart by interval and kind, given what is shown of each plan: that number times four, plus two
        where column 2 is paid, plus one where the base duty is replaced."""
        found = of_plan[self.plan] * np.int32(4) + np.where(self.column2, np.int32(2), np.int32(0))[:, None]
        return found if self.replaced is None else found + self.replaced.astype(np.int32)


class PanelLaw:
    """The cells of all origins, compiled for the intervals that a panel needs."""

    def __init__(self, kernel: Kernel, kinds: Kinds) -> None:
        self.kernel = kernel
        self.kinds = kinds
        self._patches: dict[tuple[int, int, int], _Patch | None] = {}
        self._without: Bools | None = None

    def compile(self, origins: Sequence[str], start: Instant, end: Instant) -> None:
        """Find the plans of these origins in all intervals that have a part in [start, end)."""
        classes = np.unique([self._class(one) for one in origins])
        intervals = self.intervals(start, end)
        origin_class, interval = (one.reshape(-1) for one in np.meshgrid(classes, intervals, indexing="ij"))
        missing = self.kernel.plain.slots[origin_class, interval] < 0
        if missing.any():
            self.kernel.plain.compile(origin_class[missing], interval[missing])
        self._fill(classes, intervals)

    def _fill(self, classes: Ints, intervals: Ints) -> None:
        """Find plans for the cells that have none."""
        lost = []
        for place, origin_class in enumerate(classes):
            if (int(origin_class), int(intervals[0]), int(intervals[-1])) not in self._patches:
                slots = self.kernel.plain.slots[origin_class, intervals]
                interval, kind = np.nonzero(self._no_plan[slots][:, self.kinds.product_class])
                lost.append(np.stack([np.full(len(interval), place), interval, kind]))
        if not lost:
            return
        place, interval, kind = np.concatenate(lost, axis=1)
        origin_class = classes[place]
        second = self.kernel.column2[classes][:, intervals][place, interval]
        plan, replaced = self._full_way(_Asked(origin_class, intervals[interval], kind, second))
        for one in classes:
            here = origin_class == one
            patch = _Patch((interval[here], kind[here]), plan[here], replaced[here]) if here.any() else None
            self._patches.setdefault((int(one), int(intervals[0]), int(intervals[-1])), patch)

    def intervals(self, start: Instant, end: Instant) -> Ints:
        """The numbers of the intervals that have a part in [start, end)."""
        first, last = self.kernel.intervals(np.array([start, end - 1]))
        return np.arange(first, last + 1)

    def cells(self, origin: str, start: Instant, end: Instant) -> Cells:
        """The cells of one origin in [start, end)."""
        kernel = self.kernel
        origin_class = self._class(origin)
        intervals = self.intervals(start, end)
        starts = np.maximum(np.array(kernel.laws.starts, dtype=np.int64)[intervals], start)
        places = self._places(origin_class, intervals)
        plan = self._plans(places)
        replaced: Bools | None = None
        patch = self._patch(origin_class, intervals)
        if patch is not None:
            plan[patch.where] = patch.plan
            if patch.replaced.any():
                replaced = np.zeros(plan.shape, dtype=np.bool_)
                replaced[patch.where] = patch.replaced
        return Cells(starts, plan, self.kernel.column2[origin_class, intervals], replaced)

    def key(self, origin: str, start: Instant, end: Instant) -> object:
        """Equal only for origins whose cells are the same."""
        origin_class = self._class(origin)
        intervals = self.intervals(start, end)
        slots = self.kernel.plain.slots[origin_class, intervals]
        patch = self._patch(origin_class, intervals)
        patched = (
            b"" if patch is None else b"|".join(one.tobytes() for one in (*patch.where, patch.plan, patch.replaced))
        )
        return start, slots.tobytes(), self.kernel.column2[origin_class, intervals].tobytes(), patched

    def codes(self, origin: str, start: Instant, end: Instant, kind: Ints, of_plan: Small) -> tuple[Small, Ints]:
        """The codes (``Cells.codes``) of some kinds of product, by different interval, and the row of each interval."""
        kernel, origin_class, intervals = self.kernel, self._class(origin), self.intervals(start, end)
        slots, second = kernel.plain.slots[origin_class, intervals], self.kernel.column2[origin_class, intervals]
        patch = self._patch(origin_class, intervals)
        patched = np.full(len(intervals), -1, dtype=np.int64)
        if patch is not None:
            patched[patch.where[0]] = patch.where[0]
        _, first, row = np.unique(np.stack([slots, second, patched]), axis=1, return_index=True, return_inverse=True)
        places = slots[first][:, None] * len(kernel.laws.products) + self.kinds.product_class[kind]
        plan = self._plans(places)
        replaced = np.zeros(plan.shape, dtype=np.int32)
        for number in np.flatnonzero(patched[first] >= 0):
            assert patch is not None
            here = patch.where[0] == patched[first[number]]
            by_kind = np.full(len(self.kinds), -1, dtype=np.int64)
            by_kind[patch.where[1][here]] = np.flatnonzero(here)
            hit = by_kind[kind] >= 0
            plan[number, hit] = patch.plan[by_kind[kind[hit]]]
            replaced[number, hit] = patch.replaced[by_kind[kind[hit]]]
        found: Small = (
            of_plan[plan] * np.int32(4) + np.where(second[first], np.int32(2), np.int32(0))[:, None] + replaced
        )
        return found, row.reshape(-1)

    def _class(self, origin: str) -> int:
        return int(self.kernel.origins.of[self.kernel.origins.place[origin]])

    def _places(self, origin_class: int, intervals: Ints) -> Ints:
        slots = self.kernel.plain.slots[origin_class, intervals]
        found: Ints = slots[:, None] * len(self.kernel.laws.products) + self.kinds.product_class
        return found

    def _patch(self, origin_class: int, intervals: Ints) -> _Patch | None:
        """What is charged in the cells without a plan; ``None`` where there are none."""
        return self._patches[origin_class, int(intervals[0]), int(intervals[-1])]

    @property
    def _no_plan(self) -> Bools:
        """By slot and product class: whether there is no plan."""
        plain = self.kernel.plain
        if self._without is None or self._without.size != plain.by_cell.size:
            without = (plain.kinds.means & _NO_PLAN) != 0
            self._without = without[plain.by_cell].reshape(-1, len(self.kernel.laws.products))
        return self._without

    def _plans(self, places: Ints) -> Small:
        """The plans of cells."""
        plain = self.kernel.plain
        found: Small = plain.kinds.plan.astype(np.int32)[plain.by_cell[places]]
        return found

    def _full_way(self, asked: _Asked) -> tuple[Ints, Bools]:
        """The plans of cells that have none of their own, and whether the base duty is replaced there.

        Cells that are made of the same answers, with one product class and one text of the base duty, are asked once.
        """
        known = self.kernel.plain.asked
        slots = self.kernel.plain.slots[asked.origin_class, asked.interval]
        columns = np.stack([slots, self.kinds.product_class[asked.kind], self._text(asked)])
        different, first, alike = np.unique(columns, axis=1, return_index=True, return_inverse=True)
        keys = [(int(slot), int(product), int(text)) for slot, product, text in different.T]
        new = np.array([number for number, key in enumerate(keys) if key not in known], dtype=np.int64)
        if new.size:
            plans, replaced = self._ask(asked.at(first[new]))
            for number, plan, replaces in zip(new, plans, replaced, strict=True):
                known[keys[number]] = int(plan), bool(replaces)
        plan = np.array([known[key][0] for key in keys], dtype=np.int64)
        replaces = np.array([known[key][1] for key in keys], dtype=np.bool_)
        return plan[alike.reshape(-1)], replaces[alike.reshape(-1)]

    def _text(self, asked: _Asked) -> Ints:
        return np.where(asked.column2, self.kinds.column2[asked.kind], self.kinds.general[asked.kind])

    def _ask(self, asked: _Asked) -> tuple[Ints, Bools]:
        plain = self.kernel.plain
        setting, replaced = self._setting(asked)
        answers = np.zeros((len(asked.kind), len(plain.programs)), dtype=np.int64)
        shares: dict[tuple[int, int], list[Shared]] = {}
        for one in ask_programs(self.kernel.laws, setting).answers:
            if one.row is None or one.candidate is None:
                continue
            place, rate, share = plain.place[one.program.id], one.candidate.state.rate, one.candidate.share
            if share is not None:
                for row in one.rows.tolist():
                    shares.setdefault((row, place), []).append((one.row, rate, share))
                continue
            assert not answers[one.rows, place].any(), "two headings of one program on a line that states nothing"
            answers[one.rows, place] = plain.answer_number(one.row, rate)
        for (row, place), several in shares.items():
            assert not answers[row, place], "a heading on all of a line of which others take shares"
            answers[row, place] = plain.shared_number(tuple(several))
        found = np.zeros(len(asked.kind), dtype=np.int64)
        for interval in np.unique(asked.interval):
            rows = np.flatnonzero(asked.interval == interval)
            found[rows] = plain.plans_of(answers[rows], int(interval))
        return found, replaced

    def _setting(self, asked: _Asked) -> tuple[ManySettings, Bools]:
        kernel, count = self.kernel, len(asked.kind)
        value = np.full(count, SAMPLE_VALUE, dtype=np.int64)
        facts = ManyFacts(value, value, MONEY_PLACES, np.zeros(count, dtype=np.int64), Sayings())
        product_class = self.kinds.product_class[asked.kind]
        held = kernel.rules.holding(product_class, asked.origin_class, asked.interval, Judge(facts))
        bases = ManyBases(kernel.rules, held, facts)
        basis, name, _ = bases(BASE)
        text = self._text(asked)
        nothing = (name == NONE) | (name == REPLACED)
        base = charge_texts(kernel.texts, text, basis, MONEY_PLACES, lambda _: ManyQuantities(), nothing)
        setting = ManySettings(
            product_class,
            asked.origin_class,
            asked.interval,
            asked.interval,
            facts,
            ManyQuantities(),
            base,
            base,
            lambda program: ManyBasis(*bases(program)),
        )
        return setting, nothing


@dataclass(frozen=True, slots=True)
class _Patch:
    """Cells (intervals and kinds) with the plans found for them, and whether the base duty is replaced there."""

    where: tuple[Ints, ...]
    plan: Ints
    replaced: Bools


@dataclass(frozen=True, slots=True)
class _Asked:
    """Cells asked of the waterfall, a place for each."""

    origin_class: Ints
    interval: Ints
    kind: Ints
    column2: Bools

    def at(self, places: Ints) -> _Asked:
        """Some of the cells."""
        return _Asked(self.origin_class[places], self.interval[places], self.kind[places], self.column2[places])


@dataclass(frozen=True, slots=True)
class Charges:
    """What plans charge, told apart only as far as a panel shows it. Rates are parts per million, by charge and program.

    ``of_plan`` is the charge of each plan; ``capped`` says that a rate is all-in, ``void`` that it is not owed; ``specific`` is
    the number in ``texts`` of what is not charged as a share of the value; ``layers`` are those headings by charge.
    """

    of_plan: Small
    rates: Small
    capped: Bools
    void: Bools
    prohibited: Bools
    specific: Ints
    texts: tuple[str, ...]
    layers: tuple[tuple[PlainAnswer, ...], ...]


def charges_of(kernel: Kernel) -> Charges:
    """The charges of all plans found so far."""
    plain = kernel.plain
    tables = plain.tables()
    answers = tables.answers
    said = np.stack(plain.plans) % 3
    texts, text_of, layers = _specific(kernel, answers)
    rate = np.array([0 if one is None else one.rate or 0 for one in plain.answers], dtype=np.int64)[answers]
    cap = np.array([one is not None and one.cap for one in plain.answers], dtype=np.bool_)[answers]
    void = (said == VOID) & (rate > 0)
    columns = [rate, cap, void, tables.prohibited[:, None], text_of[:, None]]
    seen = np.concatenate([one.astype(np.int64) for one in columns], axis=1)
    _, first, of_plan = np.unique(seen, axis=0, return_index=True, return_inverse=True)
    return Charges(
        of_plan.reshape(-1).astype(np.int32),
        rate[first].astype(np.int32),
        cap[first],
        void[first],
        tables.prohibited[first],
        text_of[first],
        tuple(texts),
        tuple(layers[int(text)] for text in text_of[first]),
    )


def _specific(kernel: Kernel, answers: Ints) -> tuple[list[str], Ints, list[tuple[PlainAnswer, ...]]]:
    """Headings whose duty is no share of the value: their texts, the number of the text of each plan, the headings by text."""
    charging = [one is not None and one.row.kind in CHARGING_KINDS and one.rate is None for one in kernel.plain.answers]
    hit = np.array(charging, dtype=np.bool_)[answers]
    numbers: dict[str, int] = {"": 0}
    layers: list[tuple[PlainAnswer, ...]] = [()]
    text_of = np.zeros(len(answers), dtype=np.int64)
    for plan in np.flatnonzero(hit.any(axis=1)):
        found = [kernel.plain.answers[int(one)] for one in answers[plan][hit[plan]]]
        kept = tuple(one for one in found if one is not None)
        text = "; ".join(f"{one.row.program}: {one.row.code} {one.written}" for one in kept)
        if text not in numbers:
            numbers[text] = len(layers)
            layers.append(kept)
        text_of[plan] = numbers[text]
    return list(numbers), text_of, layers
