"""Answers told: each heading that answered becomes a layer with its rate, basis, amount, authority, acts and reason."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from tidewaiter.assess.amounts import ZERO, Charge
from tidewaiter.assess.assessment import BaseLine, Layer, say_decimal
from tidewaiter.assess.line import Line
from tidewaiter.assess.product import Product
from tidewaiter.assess.waterfall import Answer, Outcome
from tidewaiter.ledger.instants import say_instant
from tidewaiter.ledger.model import NOTHING, Act, Jurisdiction
from tidewaiter.ledger.regime import Regime
from tidewaiter.schedule.expressions import AdValorem, Compound, Expression, Specific
from tidewaiter.schedule.units import per_unit

PLAINTIFF = "plaintiff"
"""The claim by which an importer says that a court's relief to plaintiffs covers this entry."""


def rate_parts(expression: Expression) -> tuple[str, Decimal | None, str | None, tuple[str, ...]]:
    """Kind, rate, unit and parts of an expression, as the contract names them."""
    if isinstance(expression, AdValorem):
        return "ad_valorem", expression.rate, None, ()
    if isinstance(expression, Specific):
        return "specific", expression.amount, expression.unit, ()
    parts = tuple(part.say() for part in expression.parts) if isinstance(expression, Compound) else ()
    rate = Decimal(0) if expression.kind == "free" else None
    return expression.kind, rate, "; ".join(expression.units()) or None, parts


def base_line(
    product: Product, column: str, program: str, base: Charge, basis_name: str, jurisdiction: Jurisdiction
) -> BaseLine:
    """The base duty, told; ``program`` is the special program whose rate it is, ``jurisdiction`` the importing country."""
    kind, rate, unit, _ = rate_parts(base.expression)
    quantity = _quantity(base, unit) if kind == "specific" and unit and basis_name not in NOTHING else None
    return BaseLine(
        column=column,
        text=base.expression.say(),
        kind=kind,
        rate=rate,
        unit=unit,
        basis=basis_name if quantity is None else "quantity",
        basis_value=base.basis if quantity is None else quantity,
        amount=base.amount,
        edition=product.line.edition.name,
        program=program,
        tariff=jurisdiction.tariff,
        title=jurisdiction.general,
    )


def _quantity(charge: Charge, unit: str) -> Decimal:
    """What a duty for each ``unit`` goes by: the quantity as given, or brought into that unit, to the millionth."""
    given = charge.quantities.get(unit)
    return round(per_unit(Decimal(1), unit, charge.quantities), 6) if given is None else given


def layers_of(outcome: Outcome, regime: Regime, line: Line, zone: str) -> list[Layer]:
    """The layers of a line, in the order in which they are reported on the entry."""
    ordered = sorted(outcome.answers, key=_reporting)
    return [_layer(answer, regime, line, zone) for answer in ordered if answer.code]


def _reporting(answer: Answer) -> tuple[int, str, int]:
    place = answer.row.place if answer.row else -1
    return (answer.program.reporting_order, answer.program.id, place)


def _layer(answer: Answer, regime: Regime, line: Line, zone: str) -> Layer:
    state = answer.candidate.state if answer.candidate else None
    kind, rate, unit, parts = _rate(answer)
    basis_value = answer.basis
    if kind == "specific" and answer.charge and unit:
        basis_value = _quantity(answer.charge, unit)
    acts = _acts(answer)
    owed, voided_by = _owed(answer, regime, line)
    return Layer(
        heading=answer.code,
        program=answer.program.id,
        authority=answer.program.authority,
        kind=answer.kind,
        status="relieved" if answer.kind == "relief" else "applied",
        rate_kind=kind,
        rate=rate,
        unit=unit,
        basis="quantity" if kind == "specific" else answer.basis_name,
        basis_value=basis_value,
        amount=answer.amount,
        owed=owed,
        voided_by=voided_by,
        start=say_instant(state.start, zone) if state else None,
        until=say_instant(state.until, zone) if state else None,
        acts=acts,
        citation=cite(acts, regime),
        why=_why(answer, acts, regime),
        text=answer.row.text if answer.row else "",
        parts=parts,
        cap=answer.cap,
        base_rate=answer.base_rate,
    )


def _rate(answer: Answer) -> tuple[str, Decimal | None, str | None, tuple[str, ...]]:
    if answer.cap is not None:
        return "cap", max(Decimal(0), answer.cap - (answer.base_rate or Decimal(0))), None, ()
    if answer.charge is None:
        return "ad_valorem", Decimal(0), None, ()
    return rate_parts(answer.charge.expression)


def _acts(answer: Answer) -> tuple[str, ...]:
    """The acts behind an answer: of the heading's state, of its version, of the list rows that matched."""
    found: list[str] = []
    if answer.candidate is not None:
        found += [*answer.candidate.state.acts, answer.candidate.row.version.act, *answer.candidate.acts]
    if answer.displaced_by is not None:
        found.append(answer.displaced_by.version.act)
    return tuple(dict.fromkeys(act for act in found if act))


def _owed(answer: Answer, regime: Regime, line: Line) -> tuple[Decimal, str | None]:
    """What is owed once courts' voids are taken into account, and the act that voids."""
    if answer.row is None or not answer.amount:
        return answer.amount, None
    void = regime.void(answer.row.key, line.entered.instant)
    if void is None or not (void.for_all or PLAINTIFF in line.claims):
        return answer.amount, None
    return ZERO, void.act


def cite(acts: Iterable[str], regime: Regime) -> str:
    """The citations of acts, each once, in order."""
    known: dict[str, Act] = regime.acts
    return "; ".join(dict.fromkeys(known[act].citation for act in acts if act in known and known[act].citation))


def _why(answer: Answer, acts: tuple[str, ...], regime: Regime) -> str:
    """One sentence: what the heading covers, or what displaced it, and where that is written."""
    if answer.displaced_by is not None:
        won = " and ".join(answer.winners)
        cited = f" ({answer.displaced_by.cite})" if answer.displaced_by.cite else ""
        return f"{answer.program.title} does not apply to the part covered by {won}{cited}"
    row = answer.row
    assert row is not None
    said = row.text or answer.program.title
    cited = f", {row.cite}" if row.cite else ""
    if answer.cap is not None:
        base = say_decimal(round((answer.base_rate or Decimal(0)) * 100, 4))
        return f"{said}{cited}: all-in {say_decimal(answer.cap * 100)}%, of which the base duty is {base}%"
    candidate = answer.candidate
    if candidate is not None and candidate.share is not None:
        cited += f" (on {candidate.share} of the value, for that share of the tariff lines below the number is listed)"
    if candidate is not None and candidate.state.suspended_by:
        return f"{said}{cited}: the rest is suspended by {cite((candidate.state.suspended_by,), regime)}"
    return f"{said}{cited}"
