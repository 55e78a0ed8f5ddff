"""The names a line uses (claims, descriptions, facts) must be names the law knows: a misspelt claim is no claim."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches
from functools import lru_cache

from tidewaiter.assess.base import is_duty_fact
from tidewaiter.assess.errors import LineError
from tidewaiter.assess.facts import DENIED
from tidewaiter.assess.line import DATE_FIELDS, MONEY_FIELDS, NUMBER_FIELDS, WORD_FIELDS, Line, check_share
from tidewaiter.ledger.model import Ledger
from tidewaiter.ledger.regime import Regime

_CONTRACT = frozenset(DATE_FIELDS + MONEY_FIELDS + NUMBER_FIELDS + WORD_FIELDS)


def check_names(line: Line, regime: Regime) -> None:
    """Raises ``LineError``: ``unknown_claim``, ``unknown_scope``, ``unknown_fact``, or ``not_covered`` for a claim
    that the data at hand cannot decide."""
    ledger = regime.ledger
    check_sayings(line.claims, line.scope, regime)
    ch98 = line.words.get("ch98")
    if ch98 is not None and ch98 not in regime.ch98_numbers:
        raise LineError(
            "not_covered", f"entry under {ch98} is not covered", f"covered: {', '.join(_near(ch98, regime))}"
        )
    for name in sorted({*line.numbers, *line.words, *line.moments}):
        if is_duty_fact(name):
            _check_form("number", name, line)
        elif name not in _CONTRACT:
            _check(name, "facts", "unknown_fact", ledger)
            _check_form(ledger.facts[f"facts:{name}"].type, name, line)


def check_sayings(claims: frozenset[str], scope: frozenset[str], regime: Regime) -> None:
    """Raises ``LineError`` for a claim or description that the law does not know, or that the data cannot decide."""
    for word in sorted(claims):
        _check_claim(word.removeprefix(DENIED), regime.ledger, regime)
    for word in sorted(scope):
        _check(word.removeprefix(DENIED), "scopes", "unknown_scope", regime.ledger)


def _check_form(kind: str, name: str, line: Line) -> None:
    """A fact that the law compares as a number or a date must be one: what cannot be read is no answer."""
    if kind in ("number", "money", "share") and name not in line.numbers:
        raise LineError("bad_number", f"{name} {line.words.get(name, '')!r} is not a plain number", "such as 15000")
    if kind == "share":
        check_share(line.numbers[name], name)
    if kind == "instant" and name not in line.moments:
        raise LineError("bad_date", f"{name} {line.words.get(name, '')!r} is no date", "such as 2026-11-22")


def _near(ch98: str, regime: Regime) -> list[str]:
    return get_close_matches(ch98, regime.ch98_numbers, 6, cutoff=0.0)


def _check_claim(name: str, ledger: Ledger, regime: Regime) -> None:
    declared = ledger.facts.get(f"claims:{name}")
    if declared is not None and declared.refused:
        raise LineError("not_covered", f"the claim {name} cannot be decided from the data at hand: {declared.refused}")
    if declared is None and name not in claim_words(regime):
        # A description is sometimes said where a claim is expected; both answer questions.
        if f"scopes:{name}" in ledger.facts:
            raise LineError("unknown_claim", f"{name!r} describes the article", f"put it under scope: {name}")
        raise _unknown(name, "unknown_claim", claim_words(regime))


def _check(name: str, group: str, code: str, ledger: Ledger) -> None:
    if f"{group}:{name}" not in ledger.facts:
        raise _unknown(name, code, [key.partition(":")[2] for key in ledger.facts if key.startswith(f"{group}:")])


def _unknown(name: str, code: str, known: Collection[str]) -> LineError:
    kind = code.removeprefix("unknown_")

    def hint() -> str:
        near = get_close_matches(name[:80], sorted(known), 3)
        return f"did you mean {' or '.join(near)}?" if near else f"`tidewaiter law claims` lists every {kind}"

    return LineError(code, f"the {kind} {name!r} is not known", hint)


@lru_cache(maxsize=8)
def claim_words(regime: Regime) -> frozenset[str]:
    """Every word that may stand under claims: declared names, heading numbers, and exclusion items of the lists."""
    ledger = regime.ledger
    words = {key.partition(":")[2] for key in ledger.facts if key.startswith("claims:")}
    words |= {row.code for program in ledger.programs.values() for row in program.rows}
    return frozenset(words | regime.list_claims)
