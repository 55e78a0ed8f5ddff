"""Names on columns: facts must be ones that the law knows, in the form in which it compares them (``assess/names.py``)."""

from __future__ import annotations

from tidewaiter.assess.base import is_duty_fact
from tidewaiter.bulk.facts import MISSING
from tidewaiter.bulk.lines import FactColumn, Lines
from tidewaiter.ledger.regime import Regime

_NUMBERS = ("number", "money", "share")


def check_names(lines: Lines, regime: Regime) -> None:
    """Refuse chapter 98 numbers that are not covered, facts that the law does not know, and facts of another form."""
    ch98 = lines.words.get("ch98")
    if ch98 is not None:
        lines.refuse((ch98.codes != MISSING) & ~ch98.among(regime.ch98_numbers), "not_covered")
    for name, fact in sorted(lines.facts.items()):
        given = fact.words.codes != MISSING
        declared = regime.ledger.facts.get(f"facts:{name}")
        if is_duty_fact(name):
            lines.refuse(given & ~fact.numbers.given, "bad_number")
        elif declared is None:
            lines.refuse(given, "unknown_fact")
        else:
            _check_form(lines, fact, declared.type)


def _check_form(lines: Lines, fact: FactColumn, form: str) -> None:
    given = fact.words.codes != MISSING
    if form in _NUMBERS:
        lines.refuse(given & ~fact.numbers.given, "bad_number")
    if form == "share":
        above = fact.numbers.given & (fact.numbers.values > 10**fact.numbers.places)
        above[[row for row, number in fact.numbers.beside.items() if number > 1]] = True
        lines.refuse(above, "bad_number")
    if form == "instant":
        lines.refuse(given & ~fact.moments.given, "bad_date")
