"""One line at two moments: the change in its total, told in a sentence that names the acts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from tidewaiter.assess.assessment import Assessment, BaseLine, Json, Layer, say_money, say_percent, say_rate
from tidewaiter.assess.changes import differences
from tidewaiter.assess.countries import origin_code
from tidewaiter.assess.engine import Engine, Work
from tidewaiter.assess.errors import LineError
from tidewaiter.assess.layers import cite
from tidewaiter.assess.line import Line, read_line
from tidewaiter.diff.moment import Side

Acts = dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class LayerDiff:
    """A heading (or the base duty) on the line at two moments; an amount is ``None`` where it does not answer."""

    heading: str
    text: str
    was_rate: str
    was: Decimal | None
    now_rate: str
    now: Decimal | None
    acts: tuple[str, ...]
    citation: str
    stands: bool = False
    """Whether the heading itself is in force at both moments: then it is another that makes room for it, or takes its place."""

    @property
    def change(self) -> Decimal:
        """Dollars more (or less) than before."""
        return (self.now or Decimal(0)) - (self.was or Decimal(0))

    @property
    def differs(self) -> bool:
        """Whether it stands otherwise."""
        return (self.was, self.was_rate) != (self.now, self.now_rate)

    def as_json(self) -> Json:
        """One object of ``headings`` of the product."""
        return {
            "heading": self.heading,
            "text": self.text,
            "was_rate": self.was_rate or None,
            "was": None if self.was is None else say_money(self.was),
            "now_rate": self.now_rate or None,
            "now": None if self.now is None else say_money(self.now),
            "change": say_money(self.change),
            "acts": list(self.acts),
            "citation": self.citation,
        }

    def said(self) -> str:
        """What happens to it, as part of a sentence."""
        by = f" by {self.citation}" if self.citation else ""
        if self.was is None:
            if self.stands:
                under = f", under {self.citation}" if self.citation else ""
                return f"{self.heading} ({_at(self.now_rate, self.now)}) applies instead{under}"
            return f"{self.heading} ({_at(self.now_rate, self.now)}) begins{by}"
        if self.now is None:
            ends = "no longer applies" if self.stands else "ends"
            return f"{self.heading} ({_at(self.was_rate, self.was)}) {ends}{by}"
        return f"{self.heading} goes{by} from {_at(self.was_rate, self.was)} to {_at(self.now_rate, self.now)}"


@dataclass(frozen=True, slots=True)
class ProductDiff:
    """The line at both moments. An answer is ``None`` where the line is refused then; the error says why."""

    line: Line
    before: Assessment | None
    after: Assessment | None
    errors: tuple[LineError | None, LineError | None]
    layers: tuple[LayerDiff, ...]
    sides: tuple[Side, Side]

    @property
    def change(self) -> Decimal | None:
        """The change in the total duty assessed, in dollars."""
        if self.before is None or self.after is None:
            return None
        return self.after.total_duty - self.before.total_duty

    @property
    def words(self) -> tuple[str, str]:
        """How the two moments are told apart."""
        return _words(*self.sides)

    def sentence(self) -> str:
        """The change explained."""
        head = f"{_number(self)} of {self.line.origin} worth {self.line.value:,.2f}"
        if self.before is None or self.after is None:
            return f"{head}: " + "; ".join(self._refusals())
        return f"{head}: {self._totals(self.before, self.after)}{self._because()}{self._owed(self.before, self.after)}"

    def _refusals(self) -> Iterator[str]:
        for word, answer, error in zip(self.words, (self.before, self.after), self.errors, strict=True):
            if answer is not None:
                yield f"{word} the duty is {_total(answer)}"
            elif error is not None:
                hint = f" ({error.hint})" if error.hint else ""
                yield f"{word} it cannot be answered: {error.code}: {error.message}{hint}"

    def _totals(self, before: Assessment, after: Assessment) -> str:
        change = after.total_duty - before.total_duty
        if not change:
            return f"the duty is {_total(after)} {self.words[0]} and {self.words[1]}"
        more = f"{abs(change):,.2f} {'more' if change > 0 else 'less'}"
        return f"the duty is {_total(before)} {self.words[0]} and {_total(after)} {self.words[1]}, {more}"

    def _because(self) -> str:
        told = [one.said() for one in self.layers if one.differs]
        if not told:
            return "; nothing about it changes"
        same = "" if any(one.change for one in self.layers) else ", which adds up to the same"
        return ": " + "; ".join(told) + same

    def _owed(self, before: Assessment, after: Assessment) -> str:
        """What courts have made refundable of either total."""
        sides = ((self.sides[0], before), (self.sides[1], after))
        refundable = [found.total_duty - found.total_owed for _, found in sides]
        if not any(refundable):
            return ""
        regimes = [side.regime for side, found in sides for layer in found.layers if layer.voided_by]
        acts = [layer.voided_by for _, found in sides for layer in found.layers if layer.voided_by]
        cited = "; ".join(dict.fromkeys(cite((act,), regime) for act, regime in zip(acts, regimes, strict=True)))
        return f". Refundable: {refundable[0]:,.2f} {self.words[0]} and {refundable[1]:,.2f} {self.words[1]} ({cited})"

    def as_json(self) -> Json:
        """The ``product`` object."""
        return {
            "hts": _number(self),
            "origin": self.line.origin,
            "value": say_money(self.line.value),
            "change": None if self.change is None else say_money(self.change),
            "sentence": self.sentence(),
            "headings": [one.as_json() for one in self.layers],
            "before": _answer(self.before, self.errors[0]),
            "after": _answer(self.after, self.errors[1]),
        }


def _answer(found: Assessment | None, error: LineError | None) -> Json:
    if found is not None:
        return found.as_json()
    return {"error": error.as_json() if error else None}


def product_diff(engine: Engine, before: Side, after: Side, given: Mapping[str, Any]) -> ProductDiff:
    """One line entered at both moments: contract fields without ``entered_at``, which is each moment's.

    Raises ``LineError`` where the line itself cannot be read; what refuses it at one moment is part of the answer.
    """
    line = read_line({**given, "entered_at": after.said}, engine.regime.ledger.zones, origin_code)
    engines = [engine.under(side.regime) for side in (before, after)]
    lines = [replace(line, entered=side.moment(line.into)) for side in (before, after)]
    found = [_try(one, entered) for one, entered in zip(engines, lines, strict=True)]
    works = [one if isinstance(one, Work) else None for one in found]
    answers = [one.finish(work) if work else None for one, work in zip(engines, works, strict=True)]
    errors = tuple(one if isinstance(one, LineError) else None for one in found)
    layers: tuple[LayerDiff, ...] = ()
    acts: Acts = {}
    if answers[0] is not None and answers[1] is not None and works[0] is not None and works[1] is not None:
        with suppress(LineError):  # a day in between may ask for a quantity; then no act is named
            acts = _acts_between(engines[0], engines[1], works[0], works[1], before, after)
        layers = tuple(_layers(answers[0], answers[1], acts, before, after))
    return ProductDiff(line, answers[0], answers[1], (errors[0], errors[1]), layers, (before, after))


def _try(engine: Engine, line: Line) -> Work | LineError:
    try:
        return engine.work(line)
    except LineError as error:
        return error


def _acts_between(one: Engine, other: Engine, was: Work, now: Work, before: Side, after: Side) -> Acts:
    """By heading, the acts that made it answer otherwise: along the way to the later day, then by what is known more."""
    found: dict[str, dict[str, None]] = {}
    regime = other.regime
    zone = regime.zone(now.line.into)
    first, last = (regime.interval(work.line.entered.instant) for work in (was, now))
    outcome = was.outcome if one is other else other.answers(_setting(other, now, first), now.facts)
    if one is not other:
        apart = after.knows_more_than(before) | before.knows_more_than(after)
        for change in differences(was.outcome, outcome, regime, now.product.digits, regime.interval_start(first), ""):
            state = regime.state(f"{now.line.into.lower()}/{change.heading}", was.line.entered.instant)
            told = [act for act in (*change.acts, *state.acts, state.suspended_by) if act in apart]
            found.setdefault(change.heading, {}).update(dict.fromkeys(told or change.acts))
    for interval in range(first + 1, last + 1):
        step = other.answers(_setting(other, now, interval), now.facts)
        at = regime.interval_start(interval)
        for change in differences(outcome, step, regime, now.product.digits, at, zone):
            found.setdefault(change.heading, {}).update(dict.fromkeys(change.acts))
        outcome = step
    return {heading: tuple(acts) for heading, acts in found.items()}


def _setting(engine: Engine, work: Work, interval: int) -> Any:
    return replace(work.setting, law=engine.law_at(work, interval), yielding=engine.regime.yielding(interval))


def _layers(was: Assessment, now: Assessment, acts: Acts, before: Side, after: Side) -> Iterator[LayerDiff]:
    yield _base(was.base, now.base)
    old, new = _by_heading(was.layers), _by_heading(now.layers)
    for place in dict.fromkeys([*old, *new]):
        one, other = old.get(place), new.get(place)
        heading = place[1]
        told = acts.get(heading, ()) if _stands(one) != _stands(other) else ()
        regime = after.regime if all(act in after.regime.acts for act in told) else before.regime
        text = (other or one or now.layers[0]).text
        key = f"{now.into.lower()}/{heading}"
        stands = all(side.regime.state(key, side.at(now.into)).live for side in (before, after))
        yield LayerDiff(heading, text, *_stands(one), *_stands(other), told, cite(told, regime), stands)


def _by_heading(layers: list[Layer]) -> dict[tuple[str, str, int], Layer]:
    """The layers by program, heading, and which of its layers under that heading it is."""
    found: dict[tuple[str, str, int], Layer] = {}
    for layer in layers:
        several = sum((layer.program, layer.heading) == place[:2] for place in found)
        found[layer.program, layer.heading, several] = layer
    return found


def _stands(layer: Layer | None) -> tuple[str, Decimal | None]:
    return ("", None) if layer is None else (say_rate(layer), layer.amount)


def _base(was: BaseLine, now: BaseLine) -> LayerDiff:
    cited = "" if say_rate(was) == say_rate(now) else f"HTS {now.edition}"
    return LayerDiff("base duty", now.column, say_rate(was), was.amount, say_rate(now), now.amount, (), cited)


def _words(before: Side, after: Side) -> tuple[str, str]:
    """How the two moments are told apart: by day, by day of knowledge, by scenario."""
    words = []
    for side, other in ((before, after), (after, before)):
        said = f"on {side.said}"
        if side.regime.known_on != other.regime.known_on:
            said += f" as known on {side.regime.known_on}"
        if side.regime.scenario.id != other.regime.scenario.id:
            said += f" under {side.regime.scenario.id}"
        words.append(said)
    return words[0], words[1]


def _number(one: ProductDiff) -> str:
    found = one.after or one.before
    return found.hts if found else one.line.hts


def _total(found: Assessment) -> str:
    rate = f" ({say_percent(found.effective_rate)})" if found.effective_rate is not None else ""
    return f"{found.total_duty:,.2f}{rate}"


def _at(rate: str, amount: Decimal | None) -> str:
    return f"{rate}, {amount:,.2f}" if rate else f"{amount:,.2f}"
