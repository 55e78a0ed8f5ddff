"""User fees: rates, minimum and maximum belong to the entry; a clamped fee is spread over its lines by value."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from tidewaiter.assess.amounts import CENT, to_cent
from tidewaiter.assess.assessment import Assessment, Caution, Charged, say_percent
from tidewaiter.assess.facts import LineFacts
from tidewaiter.assess.line import Line
from tidewaiter.ledger.instants import Instant
from tidewaiter.ledger.model import Fee
from tidewaiter.ledger.regime import Regime


def fees_in_force(regime: Regime, into: str, entered: Instant) -> list[Fee]:
    """The fee rows of an importing country that are in force on the day of entry."""
    return [fee for fee in regime.fees(into) if fee.start <= entered < fee.until]


def countries_taking(regime: Regime, fact: str) -> list[str]:
    """The importing countries with a fee whose rate a line may state by that fact."""
    return list(dict.fromkeys(fee.into for fee in regime.ledger.fees if fee.rate_fact == fact))


def rate_on(fee: Fee, line: Line) -> Decimal:
    """The rate of a fee on a line: the one that the line states, where the law lets it, else the one of the law's data."""
    stated = line.numbers.get(fee.rate_fact) if fee.rate_fact else None
    return fee.rate if stated is None else stated


def amount_on(fee: Fee, line: Line, value: Decimal, duty: Decimal) -> Decimal:
    """A fee per line, to the cent: on the value, or on value and duty together."""
    return to_cent((value + duty if fee.on_duty else value) * rate_on(fee, line))


def charge_fees(regime: Regime, entry: Sequence[tuple[Line, Assessment]]) -> None:
    """Put the fees of one entry on its assessments.

    The rate is that of the entry's earliest ``entered_at``. A fee per line is the line's own; a fee per entry is computed on
    the value of all lines it applies to, clamped, and spread over them by value, largest remainder to the cent.
    """
    for into in dict.fromkeys(line.into for line, _ in entry):
        _charge_fees(regime, into, [(line, found) for line, found in entry if line.into == into])


def _charge_fees(regime: Regime, into: str, entry: Sequence[tuple[Line, Assessment]]) -> None:
    entered = min(line.entered.instant for line, _ in entry)
    whole = sum((found.value for _, found in entry), Decimal(0))
    for fee in fees_in_force(regime, into, entered):
        charged = [(line, found) for line, found in entry if applies(regime, fee, line, whole)]
        if not charged:
            continue
        if fee.per_entry:
            informal = all(line.words.get("entry_type") in fee.informal_types for line, _ in charged)
            if informal and fee.informal is None:
                _warn_of_unknown_amount(fee, charged)
            total = _entry_amount(fee, sum((found.value for _, found in charged), Decimal(0)), informal)
            parts = spread(total, [found.value for _, found in charged])
        else:
            parts = [amount_on(fee, line, found.value, found.total_duty) for line, found in charged]
        for (line, found), part in zip(charged, parts, strict=True):
            title = f"{fee.title}, {say_percent(rate_on(fee, line))}" if fee.rate_fact else fee.title
            found.fees.append(Charged(fee.code, part, title))
            if fee.warning:
                found.warnings.append(Caution("fee_assumed", f"{fee.code}: {fee.warning}"))


def applies(regime: Regime, fee: Fee, line: Line, value: Decimal) -> bool:
    """Whether a fee falls on a line of an entry of that value (800 or 2500 dollars are limits of the shipment)."""
    rest = regime.settle(fee.when, line.hts.replace(".", ""), line.origin, line.entered.instant)
    return rest if isinstance(rest, bool) else rest.judge(LineFacts(line, value))[0]


def _warn_of_unknown_amount(fee: Fee, charged: Sequence[tuple[Line, Assessment]]) -> None:
    for _, found in charged:
        message = f"the {fee.code} on an informal entry of that year is not known here; the formal amount is shown"
        found.warnings.append(Caution("informal_fee_unknown", message))


def _entry_amount(fee: Fee, value: Decimal, informal: bool) -> Decimal:
    if informal and fee.informal is not None:
        return fee.informal
    amount = to_cent(value * fee.rate)
    if fee.minimum is not None:
        amount = max(amount, fee.minimum)
    return min(amount, fee.maximum) if fee.maximum is not None else amount


def spread(total: Decimal, values: Sequence[Decimal]) -> list[Decimal]:
    """``total`` spread over lines by value, exact to the cent; the largest remainders get the cents left over.

    >>> [str(part) for part in spread(Decimal("10.00"), [Decimal(1), Decimal(1), Decimal(1)])]
    ['3.34', '3.33', '3.33']
    """
    whole = sum(values, Decimal(0))
    weights = [value / whole for value in values] if whole else [Decimal(1) / len(values)] * len(values)
    exact = [total * weight for weight in weights]
    parts = [(amount // CENT) * CENT for amount in exact]
    short = int((total - sum(parts, Decimal(0))) / CENT)
    by_remainder = sorted(range(len(parts)), key=lambda place: (parts[place] - exact[place], place))
    for place in by_remainder[:short]:
        parts[place] += CENT
    return parts
