"""Which of my products change: each product's law walked from change to change, for a line that states no facts.

The words and amounts are those of the engine of one line; what tells quickly that nothing changed is :mod:`.lawtable`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property

from tidewaiter.assess.amounts import ZERO
from tidewaiter.assess.assessment import RATE_STEP, Change
from tidewaiter.assess.base import is_duty_fact
from tidewaiter.assess.changes import begun_by, differences
from tidewaiter.assess.countries import origin_code
from tidewaiter.assess.engine import Engine, Work
from tidewaiter.assess.errors import LineError
from tidewaiter.assess.facts import LineFacts
from tidewaiter.assess.layers import cite
from tidewaiter.assess.line import Line, Moment, read_line
from tidewaiter.assess.product import Product, find_product
from tidewaiter.assess.questions import is_asked
from tidewaiter.assess.special import column_2
from tidewaiter.assess.waterfall import PROHIBITED, Outcome, Setting
from tidewaiter.changes.acts import RELIEF
from tidewaiter.changes.lawtable import LawTable
from tidewaiter.changes.story import HEADING, NUMBER, OPEN, Event, Sku, Story, Void
from tidewaiter.changes.window import Window
from tidewaiter.ledger.fold import State
from tidewaiter.ledger.instants import FOREVER, Instant, say_instant
from tidewaiter.ledger.model import BASE, NOTHING, PROHIBITION, Row
from tidewaiter.ledger.regime import Law, Yielding
from tidewaiter.schedule.errors import EndedNumberError, FutureNumberError
from tidewaiter.schedule.numbers import digits
from tidewaiter.schedule.suggest import heirs, predecessors
from tidewaiter.schedule.units import MissingQuantityError

_MOST_FOLLOWED = 8
_MOST_UNITS = 8
_CLAIM = "claim:"


@dataclass(frozen=True, slots=True)
class _Told:
    """What is said of a product between two changes."""

    outcome: Outcome
    column: str
    text: str
    edition: str
    rate: Decimal | None
    open: Mapping[str, str]


class Watch:
    """A list of products and a window, ready to be walked."""

    def __init__(self, engine: Engine, window: Window, skus: Iterable[Sku]) -> None:
        self.engine = engine
        self.window = window
        self.skus = list(skus)
        regime = engine.regime
        first = regime.interval(window.since)
        self._intervals = [
            first,
            *(n for n in range(first + 1, len(regime.cuts) + 1) if window.holds(regime.cuts[n - 1])),
        ]
        self._known: dict[tuple[str, str, str], Story] = {}
        self._outcomes: dict[tuple[object, ...], Outcome] = {}
        self._rules: dict[int, tuple[str, ...]] = {}
        self._opens: dict[int, tuple[Outcome, Mapping[str, str]]] = {}

    def stories(self, told: Callable[[int], None] = lambda done: None) -> Iterator[tuple[Sku, Story]]:
        """What happens to each, in the order of the list; equal ones are walked once."""
        for done, sku in enumerate(self.skus, start=1):
            key = (sku.hts.strip(), sku.origin.strip(), sku.value)
            story = self._known.get(key)
            if story is None:
                story = self._known[key] = self._story(sku)
            told(done)
            yield sku, story

    def _story(self, sku: Sku) -> Story:
        given = {"hts": sku.hts, "origin": sku.origin, "value": sku.value, "entered_at": "2026-01-01"}
        try:
            line = read_line(given, self.engine.regime.ledger.zones, origin_code)
            return _Walk(self, line, self.window.since, self.window.until).story()
        except LineError as error:
            return Story(sku.hts, sku.origin, error=error)

    @cached_property
    def law(self) -> LawTable:
        """What the programs say of all products of the list, and of the numbers beside them."""
        return LawTable(self.engine.regime, self._into, sorted(self._numbers()), self._intervals)

    @property
    def _into(self) -> str:
        return self.engine.regime.ledger.coverage[0].into

    def _numbers(self) -> Iterator[str]:
        for sku in self.skus:
            bare = "".join(sign for sign in sku.hts if sign.isdigit())
            yield from self.engine.schedule.chapter(bare[:2]).starting_with(bare[:8]) if len(bare) > 3 else ()

    def intervals(self, start: Instant, until: Instant) -> Iterator[tuple[int, Instant]]:
        """The intervals that touch [start, until), each with its first instant in there."""
        regime = self.engine.regime
        for number in self._intervals:
            begins = max(start, regime.interval_start(number))
            ends = regime.cuts[number] if number < len(regime.cuts) else until
            if begins < min(ends, until):
                yield number, begins

    def rules(self, interval: int) -> tuple[str, ...]:
        """The basis rules in force in an interval."""
        found = self._rules.get(interval)
        if found is None:
            regime = self.engine.regime
            start = regime.interval_start(interval)
            bases = (rule.id for rule in regime.ledger.bases if regime.in_force(rule.version, start))
            found = self._rules[interval] = tuple(bases)
        return found

    def place(self, interval: int) -> int:
        """The row of an interval in the tables of law."""
        return interval - self._intervals[0]

    def answers(self, key: tuple[object, ...], setting: Setting, facts: LineFacts) -> Outcome:
        """What the programs answer to one question, asked once."""
        found = self._outcomes.get(key)
        if found is None:
            found = self._outcomes[key] = self.engine.answers(setting, facts)
        return found

    def opens(self, outcome: Outcome) -> Mapping[str, str]:
        """The duties and prohibitions that hang on facts which a list of products does not state, with those facts.

        Claims are left out: nobody need make them.
        """
        known = self._opens.get(id(outcome))
        if known is None:
            facts: dict[str, list[str]] = {}
            answered = {answer.code for answer in outcome.answers}
            for name, codes in outcome.questions.items():
                if name.startswith(_CLAIM) or not is_asked(self.engine, name):
                    continue
                for code in codes:
                    if code not in answered and self.kind(code) not in ("", RELIEF):
                        facts.setdefault(code, []).append(name)
            said = {code: " and ".join(names) for code, names in facts.items()}
            known = self._opens[id(outcome)] = (outcome, said)
        return known[1]

    def kind(self, code: str) -> str:
        """The kind of a heading: duty, cap, relief, prohibition; empty for what is none."""
        rows = self.headings.get(f"{self._into.lower()}/{code}")
        return rows[0].kind if rows else ""

    @cached_property
    def headings(self) -> dict[str, list[Row]]:
        """All rows of headings, by their keys."""
        return self.engine.regime.ledger.rows()

    def heading(self, code: str, at: Instant) -> tuple[Row, State]:
        """The row of a heading that is in force at an instant, and its state."""
        key = f"{self._into.lower()}/{code}"
        rows, regime = self.headings[key], self.engine.regime
        return next((row for row in rows if regime.in_force(row.version, at)), rows[0]), regime.state(key, at)


class _Walk:
    """One tariff number from an instant until another."""

    def __init__(self, watch: Watch, line: Line, start: Instant, until: Instant, before: _Told | None = None) -> None:
        self.watch = watch
        self.engine = watch.engine
        self.regime = watch.engine.regime
        self.line = line
        self.start = start
        self.until = until
        self.before = before
        self.told = Story(line.hts, line.origin)
        self.assumed = False
        self.charged: dict[str, tuple[str, Instant]] = {}
        self.zone = self.regime.zone(line.into)

    def story(self) -> Story:
        """The walk. Raises ``LineError`` where the number is never there, or nothing can be said of it at the start."""
        met, end = False, self.start
        why: LineError | None = None
        for start, until, product in self._stretches():
            if isinstance(product, Product):
                self.told.hts = product.number
                if not met and start > self.start:
                    self._begins(start, product)
                self._stretch(start, until, product)
                met, end = True, min(until, FOREVER)
                continue
            why = product
            if met or isinstance(why.__cause__, EndedNumberError):
                self._ends(start, why, met)
                met = True
                break
            if not isinstance(why.__cause__, FutureNumberError):
                break
        if why is not None and not met:
            raise why
        for code in [*self.charged]:
            self._see_voids(code, *self.charged.pop(code), end)
        self._mark_reconstructed()
        return self.told

    def story_or_error(self) -> Story:
        """The walk, with what refuses it as its error."""
        try:
            return self.story()
        except LineError as error:
            return Story(self.line.hts, self.line.origin, error=error)

    # The number itself

    def _stretches(self) -> list[tuple[Instant, Instant, Product | LineError]]:
        """The tariff line of the number, or why there is none, from edition to edition."""
        starts = [
            self.start,
            *(one.starts for one in self.watch.window.editions(self.engine.schedule) if one.starts > self.start),
        ]
        starts = [start for start in starts if start <= self.until]
        found: list[tuple[Instant, Product | LineError]] = []
        for start in starts:
            product = self._find(start)
            if not found or _differ(found[-1][1], product):
                found.append((start, product))
        ends = [start for start, _ in found[1:]] + [self.until + 1]
        return [(start, end, product) for (start, product), end in zip(found, ends, strict=True)]

    def _find(self, at: Instant) -> Product | LineError:
        try:
            return find_product(self.engine.schedule, self._entered(at), self.regime)
        except LineError as error:
            return error

    def _entered(self, at: Instant) -> Line:
        return replace(self.line, entered=Moment(at, None, say_instant(at, self.zone) or ""))

    def _mark_reconstructed(self) -> None:
        first = self.engine.schedule.editions[0]
        begins = say_instant(max(self.start, self.watch.window.begins), self.zone) or ""
        if begins[:10] < first.in_force_on:
            self.told.notes.append(f"before {first.in_force_on} numbers and base duties are those of {first.name}")

    def _begins(self, start: Instant, product: Product) -> None:
        """A number that begins within the window: its goods stood under another before, which is walked up to there."""
        edition = self.engine.schedule.edition_at(start)
        older = predecessors(self.engine.schedule, product.digits, edition)
        what = f"begins with {edition.name}" + (f"; before: {', '.join(older)}" if older else "")
        self.told.events.append(Event(start, NUMBER, product.number, what, (), f"HTS {edition.name}"))
        for number in older[:_MOST_FOLLOWED]:
            walk = _Walk(self.watch, replace(self.line, hts=number), self.start, start - 1)
            self.told.others.append(walk.story_or_error())
            if len(older) == 1:
                self.before, self.told.rate = walk.before, self.told.others[0].rate

    def _ends(self, start: Instant, why: LineError, met: bool) -> None:
        """A number that ends: the numbers that took over are walked from there."""
        cause = why.__cause__
        if not isinstance(cause, EndedNumberError):
            self.told.events.append(Event(start, NUMBER, self.told.hts, why.message, (), why.hint))
            return
        newer = heirs(self.engine.schedule, digits(self.line.hts), self.engine.schedule.edition_at(start))
        named = newer or [one.number for one in cause.successors]
        what = f"ended on {cause.last_day}" + (f"; now: {', '.join(named)}" if named else "")
        at = start if met else self.start
        self.told.events.append(Event(at, NUMBER, self.told.hts, what, (), f"HTS {cause.left_in}"))
        for number in newer[:_MOST_FOLLOWED]:
            walk = _Walk(self.watch, replace(self.line, hts=number), at, self.until, self.before)
            self.told.others.append(walk.story_or_error())

    # The law on it

    def _stretch(self, start: Instant, until: Instant, product: Product) -> None:
        """The changes while the tariff line of the number stays as it is."""
        regime, watch = self.regime, self.watch
        numbers = watch.law.numbers(product.digits, self.line.origin)
        seen: object = None
        frame: object = None
        work: Work | None = None
        for interval, at in watch.intervals(start, until):
            row = numbers[watch.place(interval)]
            around = self._around(interval, at)
            yielding = regime.yielding(interval)
            if seen == (row.tobytes(), id(yielding), around):
                continue
            seen = (row.tobytes(), id(yielding), around)
            law = watch.law.law(row, interval)
            outcome = None if work is None or frame != around else self._answers(work, law, yielding, around)
            if work is None or outcome is None:
                work, frame = self._weigh(at, product, law), around
                outcome = work.outcome
            self._tell(at, product, work, outcome)

    def _answers(self, work: Work, law: Law, yielding: Yielding, around: object) -> Outcome | None:
        """What the programs answer under another law; ``None`` where that needs a quantity not needed before."""
        key = (tuple(map(id, law)), id(yielding), around, *self._base_key(work), self.line.value)
        try:
            return self.watch.answers(key, replace(work.setting, law=law, yielding=yielding), work.facts)
        except LineError:
            return None

    def _around(self, interval: int, at: Instant) -> object:
        """What else the law hangs on: the basis rules in force, and whether the origin pays column 2."""
        second = self.line.origin in column_2(self.regime, self.line.into, at)
        return self.watch.rules(interval), second

    def _base_key(self, work: Work) -> tuple[object, ...]:
        return (
            work.column,
            str(work.base.expression),
            work.base.amount,
            tuple(sorted(work.setting.quantities.items())),
        )

    def _weigh(self, at: Instant, product: Product, law: Law) -> Work:
        """The line weighed. A quantity that it needs is taken for nothing, and a base duty in words too; notes say so."""
        line = self._entered(at)
        for _ in range(_MOST_UNITS):
            try:
                return self.engine.weigh(line, product, law=law)
            except LineError as error:
                cause = error.__cause__
                if isinstance(cause, MissingQuantityError):
                    line = _with_nothing_of(line, cause.unit)
                    self._assume("duties by quantity are left out of the rates, and of what a cap counts as base duty")
                elif error.code == "base_not_computable":
                    self._assume(f"the base duty is not computed: {product.line.general}")
                    product = replace(product, line=replace(product.line, general="Free", column2="Free"))
                else:
                    raise
        raise LineError("missing_quantity", f"{product.number} needs more quantities than can be told apart")

    def _assume(self, text: str) -> None:
        """Note what is left out of the rates, which are then not told."""
        self.assumed = True
        if text not in self.told.notes:
            self.told.notes.append(text)

    def _tell(self, at: Instant, product: Product, work: Work, outcome: Outcome) -> None:
        """Note what differs from what was said before."""
        text = product.line.column2 if work.column == "column2" else product.line.general
        replaced = work.setting.basis.on(work.facts)(BASE)[1] in NOTHING
        now = _Told(
            outcome,
            work.column,
            "replaced by a heading" if replaced else text,
            product.line.edition.name,
            None if self.assumed else self._rate(work, outcome),
            self.watch.opens(outcome),
        )
        if self.before is None:
            self.told.rate = None if self.told.others else now.rate
        else:
            self._compare(at, product, self.before, now)
        self._see_charged(at, outcome)
        self.before = now

    def _rate(self, work: Work, outcome: Outcome) -> Decimal | None:
        if not work.facts.value or outcome.prohibition is not None:
            return None
        return ((work.base.amount + outcome.duty) / work.facts.value).quantize(RATE_STEP, ROUND_HALF_UP)

    def _compare(self, at: Instant, product: Product, before: _Told, now: _Told) -> None:
        events = self.told.events
        if (before.column, before.text) != (now.column, now.text):
            acts = self._column_acts(at) if before.column != now.column else ()
            what = f"{_column(before, now)}{before.text} becomes {now.text}"
            cited = cite(acts, self.regime) or f"HTS {now.edition}"
            events.append(Event(at, BASE, product.number, what, acts, cited, now.rate))
        said = say_instant(at, self.zone) or ""
        changes: list[Change] = differences(before.outcome, now.outcome, self.regime, product.digits, at, said)
        for one in changes:
            events.append(Event(at, HEADING, one.heading, one.what, one.acts, cite(one.acts, self.regime), now.rate))
        events.extend(self._opened(at, product, before, now))

    def _opened(self, at: Instant, product: Product, before: _Told, now: _Told) -> Iterator[Event]:
        """Headings that come to hang on facts which the list does not state."""
        told = {answer.code for answer in before.outcome.answers}
        for code, facts in now.open.items():
            if code in before.open or code in told:
                continue
            row, state = self.watch.heading(code, at)
            acts = begun_by(row, state, self.regime, product.digits, at)
            rate = PROHIBITED if row.kind == PROHIBITION else state.rate
            yield Event(at, OPEN, code, f"may apply, if {facts}: {rate}", acts, cite(acts, self.regime), now.rate)

    def _column_acts(self, at: Instant) -> tuple[str, ...]:
        """The acts by which the origin joins or leaves those that pay column 2."""
        group = self.regime.ledger.jurisdictions[self.line.into].column_2
        rows = (
            row.version for row in self.regime.ledger.groups if row.group == group and row.country == self.line.origin
        )
        acts = (one.act if one.start == at else one.until_act for one in rows if at in (one.start, one.until))
        return tuple(dict.fromkeys(act for act in acts if act))

    def _see_charged(self, at: Instant, outcome: Outcome) -> None:
        """Keep from when until when each heading is charged."""
        charged = {one.code: one.row.key for one in outcome.answers if one.row is not None and one.amount}
        for code in [*self.charged]:
            if code not in charged:
                self._see_voids(code, *self.charged.pop(code), at)
        for code, key in charged.items():
            self.charged.setdefault(code, (key, at))

    def _see_voids(self, code: str, key: str, since: Instant, until: Instant) -> None:
        """What courts have said of a heading while it was charged."""
        track = self.regime.tracks[key].void
        ends = [*track.starts[1:], FOREVER]
        since = self.watch.window.begins if since == self.watch.window.since else since
        for start, end, said in zip(track.starts, ends, track.values, strict=True):
            first, last = max(start, since), min(end, until)
            if said is not None and first < last:
                citation = self.regime.acts[said.act].citation
                self.told.voids.append(Void(code, first, last, said.act, citation, said.for_all))


def _differ(one: Product | LineError, other: Product | LineError) -> bool:
    """Whether two editions say anything else of a number."""
    if isinstance(one, LineError) or isinstance(other, LineError):
        return not (isinstance(one, LineError) and isinstance(other, LineError) and one.code == other.code)
    before, after = one.line, other.line
    return (one.number, before.general, before.column2, before.units) != (
        other.number,
        after.general,
        after.column2,
        after.units,
    )


def _with_nothing_of(line: Line, unit: str) -> Line:
    if is_duty_fact(unit):
        return replace(line, numbers={**line.numbers, unit: ZERO})
    if unit == "item":
        return replace(line, numbers={**line.numbers, "items": ZERO})
    return replace(line, quantities={**line.quantities, unit: ZERO})


def _column(before: _Told, now: _Told) -> str:
    return "" if before.column == now.column else f"{'column 2' if now.column == 'column2' else 'column 1 general'}: "
