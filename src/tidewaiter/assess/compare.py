"""One product from several origins side by side: what differs, why, and which claims could change it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from tidewaiter.assess.amounts import ZERO
from tidewaiter.assess.assessment import Assessment, Json, Layer, say_money
from tidewaiter.assess.countries import origin_code
from tidewaiter.assess.engine import Engine, Work
from tidewaiter.assess.errors import LineError
from tidewaiter.assess.fees import charge_fees
from tidewaiter.assess.line import Line, read_line
from tidewaiter.assess.special import SPI
from tidewaiter.ledger.model import ANYWHERE
from tidewaiter.schedule.special import parse_special


@dataclass(slots=True)
class Difference:
    """One program (or the base duty) that answers otherwise than for the reference origin, and why."""

    program: str
    title: str
    headings: str
    amount: Decimal
    reference_headings: str
    reference_amount: Decimal
    why: str
    citation: str

    def as_json(self) -> Json:
        """One object of ``differs``."""
        return {
            "program": self.program,
            "headings": self.headings,
            "amount": say_money(self.amount),
            "reference_headings": self.reference_headings,
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


def compare(
    engine: Engine, given: Mapping[str, Any], origins: Iterable[str], *, whole_dollars: bool = False
) -> Comparison:
    """The line from each origin. What refuses one origin stands beside it and does not stop the others."""
    found: dict[str, FromOrigin] = {}
    for typed in origins:
        one = _from(engine, given, typed, whole_dollars)
        found.setdefault(one.origin, one)
    several = list(found.values())
    answered = [(one, one.assessment) for one in several if one.assessment is not None]
    titles = {name: program.title for name, program in engine.regime.ledger.programs.items()}
    if not answered:
        return Comparison(several, None, [], titles)
    first, reference = answered[0]
    least = min(assessment.total_duty for _, assessment in answered)
    for one, assessment in answered:
        one.difference = assessment.total_duty - reference.total_duty
        one.above_cheapest = assessment.total_duty - least
        one.differs = _differs(assessment, reference, titles)
    cheapest = [one.origin for one, assessment in answered if assessment.total_duty == least]
    return Comparison(several, first.origin, cheapest, titles)


def _from(engine: Engine, given: Mapping[str, Any], typed: str, whole_dollars: bool) -> FromOrigin:
    try:
        line = read_line({**given, "origin": typed}, engine.regime.ledger.zones, origin_code)
    except LineError as error:
        return FromOrigin(typed, error=error)
    try:
        work = engine.work(line, whole_dollars=whole_dollars)
        assessment = engine.finish(work)
    except LineError as error:
        return FromOrigin(line.origin, error=error)
    charge_fees(engine.regime, [(line, assessment)])
    chances = [*_programs_open(engine, work, line, whole_dollars), *_claims(assessment)]
    return FromOrigin(line.origin, assessment, could_change=chances)


def _claims(assessment: Assessment) -> list[Chance]:
    """The questions that ask for a claim."""
    asked = (one for one in assessment.questions if one.fact.startswith("claim:"))
    return [Chance(one.fact.removeprefix("claim:"), one.text, one.effect) for one in asked]


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


def _differs(ours: Assessment, reference: Assessment, titles: Mapping[str, str]) -> list[Difference]:
    """The base duty and the programs that answer otherwise, in the order of reporting."""
    found: list[Difference] = []
    if ours is reference:
        return found
    base, other = ours.base, reference.base
    if (base.amount, base.column, base.text) != (other.amount, other.column, other.text):
        found.append(
            Difference(
                "base",
                "base duty",
                base.text,
                base.amount,
                other.text,
                other.amount,
                f"{_column(ours)} gives {base.text}, {_column(reference)} {other.text}",
                f"HTS {base.edition}",
            )
        )
    mine, theirs = _by_program(ours), _by_program(reference)
    for program in dict.fromkeys([*mine, *theirs]):
        here, there = mine.get(program, []), theirs.get(program, [])
        if [(layer.heading, layer.amount) for layer in here] == [(layer.heading, layer.amount) for layer in there]:
            continue
        said = here or there
        because = "; ".join(dict.fromkeys(layer.why or layer.text for layer in said))
        found.append(
            Difference(
                program,
                titles.get(program, program),
                ", ".join(layer.heading for layer in here),
                sum((layer.amount for layer in here), ZERO),
                ", ".join(layer.heading for layer in there),
                sum((layer.amount for layer in there), ZERO),
                because if here else f"does not apply to products of {ours.origin}: {because}",
                "; ".join(dict.fromkeys(layer.citation for layer in said if layer.citation)),
            )
        )
    return found


def _by_program(assessment: Assessment) -> dict[str, list[Layer]]:
    found: dict[str, list[Layer]] = {}
    for layer in assessment.layers:
        found.setdefault(layer.program, []).append(layer)
    return found


def _column(assessment: Assessment) -> str:
    base = assessment.base
    names = {"column2": "column 2", "special": f"column 1 special ({base.program})"}
    return names.get(base.column, "column 1 general")
