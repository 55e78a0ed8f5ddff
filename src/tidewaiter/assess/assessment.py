"""The answer for a line: base duty, layers, fees, totals, questions, warnings and what changes next."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from tidewaiter.assess.amounts import ZERO
from tidewaiter.ledger.model import NONE, REPLACED

Json = dict[str, Any]
RATE_STEP = Decimal("0.0001")
"""Effective rates are told to the hundredth of a percent, rounded half-up like money."""


def say_decimal(number: Decimal) -> str:
    """A decimal without exponent or trailing zeros: rates, in JSON.

    >>> say_decimal(Decimal("0.2500"))
    '0.25'
    """
    return format(number.normalize(), "f") if number else "0"


def say_money(amount: Decimal) -> str:
    """Money with its cents, without separators: amounts, in JSON."""
    return format(amount, ".2f")


def say_basis(basis: str, amount: Decimal) -> str:
    """What a rate applies to: a quantity as it was given, anything else as money.

    >>> say_basis("quantity", Decimal("0.125")), say_basis("value", Decimal("10"))
    ('0.125', '10.00')
    """
    return say_decimal(amount) if basis == "quantity" else say_money(amount)


@dataclass(slots=True)
class BaseLine:
    """The base duty: its column, text, rate, basis and amount, and the edition it was read from.

    ``tariff`` is what the tariff is called there, ``title`` what the column of most origins is.
    """

    column: str
    text: str
    kind: str
    rate: Decimal | None
    unit: str | None
    basis: str
    basis_value: Decimal
    amount: Decimal
    edition: str
    program: str = ""
    tariff: str = ""
    title: str = ""

    def as_json(self) -> Json:
        """The ``base`` object of the contract."""
        said = {
            "column": self.column,
            "text": self.text,
            "kind": self.kind,
            "rate": None if self.rate is None else say_decimal(self.rate),
            "unit": self.unit,
            "basis": self.basis,
            "basis_value": say_basis(self.basis, self.basis_value),
            "amount": say_money(self.amount),
            "edition": self.edition,
        }
        if self.program:
            said["program"] = self.program
        return said


@dataclass(slots=True)
class Layer:
    """One heading applied or relieving: what is reported on the entry, and on whose authority.

    ``amount`` is what customs assesses; ``owed`` takes courts' voids into account as far as known.
    """

    heading: str
    program: str
    authority: str
    kind: str
    status: str
    rate_kind: str
    rate: Decimal | None
    unit: str | None
    basis: str
    basis_value: Decimal
    amount: Decimal
    owed: Decimal
    voided_by: str | None
    start: str | None
    until: str | None
    acts: tuple[str, ...]
    citation: str
    why: str
    text: str
    parts: tuple[str, ...] = ()
    cap: Decimal | None = None
    base_rate: Decimal | None = None

    def as_json(self) -> Json:
        """One object of ``layers`` in the contract."""
        said: Json = {
            "heading": self.heading,
            "program": self.program,
            "authority": self.authority,
            "kind": self.kind,
            "status": self.status,
            "rate_kind": self.rate_kind,
            "rate": None if self.rate is None else say_decimal(self.rate),
            "unit": self.unit,
            "basis": self.basis,
            "basis_value": say_basis(self.basis, self.basis_value),
            "amount": say_money(self.amount),
            "owed": say_money(self.owed),
            "voided_by": self.voided_by,
            "from": self.start,
            "until": self.until,
            "acts": list(self.acts),
            "citation": self.citation,
            "why": self.why,
        }
        if self.parts:
            said["parts"] = list(self.parts)
        if self.cap is not None:
            said["cap"] = say_decimal(self.cap)
            said["base_rate"] = say_decimal(round(self.base_rate or Decimal(0), 6))
        return said


NOT_CHARGED = {REPLACED: ", replaced", NONE: ", not charged"}
"""What is said behind a base rate that is not charged, by its basis."""


def say_rate(layer: Layer | BaseLine) -> str:
    """The rate of a layer or of the base duty for people: ``25%``, ``$1.5/kg``, the tariff's own words."""
    if isinstance(layer, BaseLine):
        return f"{layer.text}{NOT_CHARGED.get(layer.basis, '')}"
    if layer.status == "relieved":
        return "relieved"
    if layer.rate_kind == "specific" and layer.rate is not None:
        return f"${say_decimal(layer.rate)}/{layer.unit}"
    if layer.parts:
        return " + ".join(layer.parts)
    return say_percent(layer.rate) if layer.rate is not None else layer.rate_kind


def say_percent(rate: Decimal) -> str:
    """A rate as a percentage, for people."""
    return f"{say_decimal(rate * 100)}%"


@dataclass(slots=True)
class Question:
    """Something the law asks that the line does not say, and what the other answer would change."""

    fact: str
    text: str
    effect: str

    def as_json(self) -> Json:
        """One object of ``questions`` in the contract."""
        return {"fact": self.fact, "text": self.text, "effect": self.effect}


@dataclass(slots=True)
class Caution:
    """Something the reader must know before trusting the number."""

    code: str
    message: str

    def as_json(self) -> Json:
        """One object of ``warnings`` in the contract."""
        return {"code": self.code, "message": self.message}


@dataclass(slots=True)
class Change:
    """A change to this line's duties that the law already has written, with the acts that say so."""

    at: str
    heading: str
    what: str
    acts: tuple[str, ...]

    def as_json(self) -> Json:
        """One object of ``next_changes`` in the contract."""
        return {"at": self.at, "heading": self.heading, "what": self.what, "acts": list(self.acts)}


@dataclass(slots=True)
class Charged:
    """A user fee on the line: its code and the line's part of it."""

    code: str
    amount: Decimal
    title: str = ""

    def as_json(self) -> Json:
        """One object of ``fees`` in the contract."""
        return {"code": self.code, "amount": say_money(self.amount)}


@dataclass(slots=True)
class Assessment:
    """The answer for one line. ``total_duty`` is assessed, ``total_owed`` takes voids into account."""

    line_id: str | None
    entry_id: str | None
    into: str
    hts: str
    description: str
    origin: str
    entered_at: str
    value: Decimal
    base: BaseLine
    layers: list[Layer]
    questions: list[Question]
    warnings: list[Caution]
    next_changes: list[Change]
    known_on: str
    scenario: str
    precision: str = ""
    fees: list[Charged] = field(default_factory=list)

    @property
    def total_duty(self) -> Decimal:
        """Base duty and all layers, as assessed."""
        return self.base.amount + sum((layer.amount for layer in self.layers), ZERO)

    @property
    def total_owed(self) -> Decimal:
        """Base duty and all layers, voids taken into account."""
        return self.base.amount + sum((layer.owed for layer in self.layers), ZERO)

    @property
    def total_fees(self) -> Decimal:
        """The fees of the line."""
        return sum((fee.amount for fee in self.fees), ZERO)

    @property
    def effective_rate(self) -> Decimal | None:
        """Assessed duty as a share of the value; ``None`` at value 0."""
        if not self.value:
            return None
        with localcontext(prec=60):  # a fraction of a cent may carry a specific duty of millions
            return (self.total_duty / self.value).quantize(RATE_STEP, ROUND_HALF_UP)

    def as_json(self) -> Json:
        """The assessment object of the contract (DESIGN, section 6)."""
        return {
            "line_id": self.line_id,
            "entry_id": self.entry_id,
            "into": self.into,
            "hts": self.hts,
            "origin": self.origin,
            "entered_at": self.entered_at,
            "value": say_money(self.value),
            "base": self.base.as_json(),
            "layers": [layer.as_json() for layer in self.layers],
            "fees": [fee.as_json() for fee in self.fees],
            "total_duty": say_money(self.total_duty),
            "total_owed": say_money(self.total_owed),
            "refundable": say_money(self.total_duty - self.total_owed),
            "total_fees": say_money(self.total_fees),
            "total": say_money(self.total_duty + self.total_fees),
            "effective_rate": None if self.effective_rate is None else format(self.effective_rate, "f"),
            "questions": [question.as_json() for question in self.questions],
            "warnings": [warning.as_json() for warning in self.warnings],
            "next_changes": [change.as_json() for change in self.next_changes],
            "known_on": self.known_on,
            "scenario": self.scenario,
            "precision": self.precision,
        }
