"""One product from several origins side by side: what differs, why, and which claims could change it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from tidewaiter.assess.amounts import ZERO
from tidewaiter.assess.assessment import Assessment, Json, Layer, say_money, say_rate
from tidewaiter.assess.countries import origin_code
from tidewaiter.assess.engine import Engine, Work
from tidewaiter.assess.errors import LineError
from tidewaiter.assess.fees import charge_fees
from tidewaiter.assess.line import Line, read_line
from tidewaiter.assess.special import SPI
from tidewaiter.ledger.model import ANYWHERE
from tidewaiter.schedule.special import parse_special

CLAIM = "claim:"
UNCHANGED = ("+0.00", "-0.00")
"""How an effect begins that changes what is reported and not what is paid."""


@dataclass(slots=True)
class Difference:
    """One program (or the base duty) that answers otherwise than for the reference origin, and why."""

    program: str
    title: str
    headings: str
    rate: str
    amount: Decimal
    reference_headings: str
    reference_rate: str
    reference_amount: Decimal
    why: str
    citation: str

    def as_json(self) -> Json:
        """One object of ``differs``."""
        return {
            "program": self.program,
            "headings": self.headings,
            "rate": self.rate,
            "amount": say_money(self.amount),
            "reference_headings": self.reference_headings,
            "reference_rate": self.reference_rate,
            "reference_amount": say_money(self.reference_amount),
            "why": self.why,
            "citation": self.citation,
        }


@dataclass(slots=True)
class Chance:
    """A claim that was not made and would change the duty: a name of ``law claims``, or a special program."""

    claim: str
    text: str
    effect: str

    def as_json(self) -> Json:
        """One object of ``could_change``."""
        return {"claim": self.claim, "text": self.text, "effect": self.effect}


@dataclass(slots=True)
class FromOrigin:
    """The product from one origin: its assessment, or the error that refuses it."""

    origin: str
    assessment: Assessment | None = None
    error: LineError | None = None
    difference: Decimal = ZERO
    above_cheapest: Decimal = ZERO
    differs: list[Difference] = field(default_factory=list)
    could_change: list[Chance] = field(default_factory=list)

    def as_json(self) -> Json:
        """One object of ``origins``."""
        if self.assessment is None:
            return {"origin": self.origin, "error": self.error.as_json() if self.error else None}
        found = self.assessment.as_json()
        totals = ("total_duty", "total_owed", "total_fees", "total", "effective_rate")
        return {
            "origin": self.origin,
            **{name: found[name] for name in totals},
            "difference": say_money(self.difference),
            "above_cheapest": say_money(self.above_cheapest),
            "differs": [one.as_json() for one in self.differs],
            "could_change": [one.as_json() for one in self.could_change],
            "assessment": found,
        }


@dataclass(slots=True)
class Comparison:
    """All origins in the order asked. ``reference``: the first that is answered; ``cheapest``: the least duty."""

    origins: list[FromOrigin]
    reference: str | None
    cheapest: list[str]
    titles: dict[str, str]

    @property
    def answered(self) -> list[Assessment]:
        """The assessments, in order."""
        return [one.assessment for one in self.origins if one.assessment is not None]

    def as_json(self) -> Json:
        """The whole comparison."""
        return {
            "reference": self.reference,
            "cheapest": self.cheapest,
            "origins": [one.as_json() for one in self.origins],
        }


@dataclass(slots=True)
class _Answered:
    """An origin that was answered, with the work behind the answer."""

    one: FromOrigin
    assessment: Assessment
    work: Work


Only = Mapping[str, Mapping[str, Any]]
"""Fields that hold for one origin only (a special program, a smelter), by its ISO code."""


def compare(
    engine: Engine,
    given: Mapping[str, Any],
    origins: Iterable[str],
    *,
    only: Only | None = None,
    whole_dollars: bool = False,
) -> Comparison:
    """The line from each origin, named once. What refuses one origin stands beside it and does not stop the others.

    ``only`` gives fields for one origin, over those of the line.
    """
    found: dict[str, FromOrigin] = {}
    answered: list[_Answered] = []
    for typed in origins:
        code, error = _code(typed)
        if code in found:
            continue
        one = found[code] = FromOrigin(code, error=error)
        if error is None:
            fields = {**given, **(only or {}).get(code, {}), "origin": code}
            answered += _answer(engine, fields, one, whole_dollars)
    several = list(found.values())
    titles = {name: program.title for name, program in engine.regime.ledger.programs.items()}
    if not answered:
        return Comparison(several, None, [], titles)
    reference = answered[0]
    least = min(other.assessment.total_duty for other in answered)
    for other in answered:
        other.one.difference = other.assessment.total_duty - reference.assessment.total_duty
        other.one.above_cheapest = other.assessment.total_duty - least
        other.one.differs = _differs(other, reference, titles)
    cheapest = [other.one.origin for other in answered if other.assessment.total_duty == least]
    return Comparison(several, reference.one.origin, cheapest, titles)


def _code(typed: str) -> tuple[str, LineError | None]:
    """The origin's code; what was typed, with the error, where it is none."""
    try:
        return origin_code(typed), None
    except LineError as error:
        return typed, error


def _answer(engine: Engine, given: Mapping[str, Any], one: FromOrigin, whole_dollars: bool) -> list[_Answered]:
    """The answer for one origin, put into ``one``; nothing where it is refused."""
    try:
        line = read_line(given, engine.regime.ledger.zones, origin_code)
        work = engine.work(line, whole_dollars=whole_dollars)
        assessment = engine.finish(work)
    except LineError as error:
        one.error = error
        return []
    charge_fees(engine.regime, [(line, assessment)])
    one.assessment = assessment
    one.could_change = [*_programs_open(engine, work, line, whole_dollars), *_claims(assessment)]
    return [_Answered(one, assessment, work)]


def _claims(assessment: Assessment) -> list[Chance]:
    """The questions that ask for a claim, where it would change an amount."""
    asked = (one for one in assessment.questions if one.fact.startswith(CLAIM) and not one.effect.startswith(UNCHANGED))
    return [Chance(one.fact.removeprefix(CLAIM), one.text, one.effect) for one in asked]


def _programs_open(engine: Engine, work: Work, line: Line, whole_dollars: bool) -> list[Chance]:
    """The special programs open to the origin that the line does not claim, with what a claim would change."""
    if SPI in line.words:
        return []
    printed = {program for rate in parse_special(work.product.line.special) for program in rate.programs}
    found: list[Chance] = []
    told: set[tuple[str, Decimal]] = set()
    for code, program in engine.regime.ledger.special.items():
        everyone = all(row.country == ANYWHERE for row in program.members)
        if code not in printed and (everyone or all(row.country != line.origin for row in program.members)):
            continue
        try:
            other = engine.work(replace(line, words={**line.words, SPI: code}), whole_dollars=whole_dollars)
        except LineError:
            continue
        change = other.base.amount + other.outcome.duty - work.base.amount - work.outcome.duty
        if other.special is None or not other.special.counts or not change or (program.title, change) in told:
            continue
        told.add((program.title, change))
        sign = "+" if change > 0 else "-"
        text = f"{program.title} ({program.cite})"
        found.append(Chance(f"{SPI}={code}", text, f"{sign}{say_money(abs(change))}"))
    return found


def _differs(ours: _Answered, reference: _Answered, titles: Mapping[str, str]) -> list[Difference]:
    """The base duty and the programs that answer otherwise, in the order of reporting."""
    if ours is reference:
        return []
    found = _base_differs(ours.assessment, reference.assessment)
    mine, theirs = _by_program(ours.assessment), _by_program(reference.assessment)
    for program in dict.fromkeys([*mine, *theirs]):
        here, there = mine.get(program, []), theirs.get(program, [])
        if [_answered(layer) for layer in here] == [_answered(layer) for layer in there]:
            continue
        because = "; ".join(dict.fromkeys(layer.why or layer.text for layer in here or there))
        found.append(
            Difference(
                program=program,
                title=titles.get(program, program),
                headings=", ".join(layer.heading for layer in here),
                rate=_rates(here),
                amount=sum((layer.amount for layer in here), ZERO),
                reference_headings=", ".join(layer.heading for layer in there),
                reference_rate=_rates(there),
                reference_amount=sum((layer.amount for layer in there), ZERO),
                why=because if here else f"{_absence(ours.work, program)} ({because})",
                citation="; ".join(dict.fromkeys(layer.citation for layer in here or there if layer.citation)),
            )
        )
    return found


def _base_differs(ours: Assessment, reference: Assessment) -> list[Difference]:
    base, other = ours.base, reference.base
    rate, reference_rate = say_rate(base), say_rate(other)
    if (base.amount, base.column, rate) == (other.amount, other.column, reference_rate):
        return []
    why = f"{_column(ours)} gives {rate}, {_column(reference)} {reference_rate}"
    edition = f"HTS {base.edition}"
    said = Difference("base", "base duty", "", rate, base.amount, "", reference_rate, other.amount, why, edition)
    return [said]


def _absence(work: Work, program: str) -> str:
    """Why a program that charges the reference reports nothing here: not for the origin, given way, or not met."""
    if all(law.program.id != program for law in work.setting.law):
        return "does not apply to products of this origin"
    yielded = (one.winners for one in work.outcome.answers if one.program.id == program and one.displaced_by)
    winners = list(dict.fromkeys(code for codes in yielded for code in codes))
    if winners:
        return f"gives way to {' and '.join(winners)}"
    return "none of its headings holds here"


def _answered(layer: Layer) -> tuple[str, Decimal]:
    return layer.heading, layer.amount


def _rates(layers: list[Layer]) -> str:
    return ", ".join(dict.fromkeys(say_rate(layer) for layer in layers))


def _by_program(assessment: Assessment) -> dict[str, list[Layer]]:
    found: dict[str, list[Layer]] = {}
    for layer in assessment.layers:
        found.setdefault(layer.program, []).append(layer)
    return found


def _column(assessment: Assessment) -> str:
    base = assessment.base
    names = {"column2": "column 2", "special": f"column 1 special ({base.program})"}
    return names.get(base.column, "column 1 general")
