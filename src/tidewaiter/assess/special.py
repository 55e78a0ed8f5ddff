"""A special program claimed on the entry (SPI): whether it is open to the origin on the day, and what rate it gives."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches

from tidewaiter.assess.errors import LineError
from tidewaiter.assess.line import Line
from tidewaiter.assess.product import Product
from tidewaiter.ledger.instants import FOREVER, Instant, local_day
from tidewaiter.ledger.model import ANYWHERE, GroupRow, SpecialProgram
from tidewaiter.ledger.regime import Regime
from tidewaiter.schedule.expressions import Expression, UnparsedDutyError, parse

SPI = "spi"


@dataclass(frozen=True, slots=True)
class SpecialClaim:
    """A claim read: the program, the rate it gives (``None``: the general one), and why it gives none, if it gives none."""

    code: str
    program: SpecialProgram
    rate: Expression | None = None
    refusal: str = ""
    problem: str = ""

    @property
    def counts(self) -> bool:
        """Whether the goods are entered under the program, at its rate or at a general rate that is free anyway."""
        return not self.problem


def pays_column_2(regime: Regime, line: Line) -> bool:
    """Whether the origin's products pay the rates of column 2 on the day of entry."""
    return line.origin in column_2(regime, line.into, line.entered.instant)


def column_2(regime: Regime, into: str, instant: Instant) -> frozenset[str]:
    """The origins whose products pay the rates of column 2 in an importing country at an instant."""
    group = regime.ledger.jurisdictions[into].column_2
    return (regime.members(group, instant) if group else None) or frozenset()


def special_claim(regime: Regime, line: Line, product: Product) -> SpecialClaim | None:
    """What the claim of a special program is worth; ``None`` where none is made.

    Raises ``LineError``: ``unknown_spi`` for an indicator nobody uses, ``spi_not_open`` for an origin that the program never
    was for, ``not_covered`` where the program's countries or rates of that day are not at hand, ``base_not_computable``.
    """
    code = line.words.get(SPI)
    if code is None:
        return None
    program = regime.ledger.special.get(code)
    if program is None:
        raise _unknown(code, regime)
    instant = line.entered.instant
    if program.refused_within[0] <= instant < program.refused_within[1]:
        raise LineError(
            "not_covered", f"{code} ({program.title}): {program.refused}", "leave spi out for the general rate"
        )
    rows = [row for row in program.members if row.country in (line.origin, ANYWHERE)]
    if not rows or pays_column_2(regime, line):
        raise LineError(
            "spi_not_open",
            f"{program.title} ({code}) is not for products of {line.origin} ({program.cite})",
            "leave spi out; the program follows the country of origin, not where the goods were shipped from",
        )
    if not any(regime.in_force(row.version, instant) for row in rows):
        return SpecialClaim(code, program, refusal="spi_not_open", problem=_closed(rows, regime, line, program, code))
    try:
        rate = product.line.special_duty(code)
    except UnparsedDutyError as error:
        raise LineError(
            "base_not_computable", f"the special rates of {product.number} ({product.line.special}) cannot be read"
        ) from error
    if rate is None and not _free(product):
        said = f"the line gives no rate for {code} ({product.line.special or 'no special rates'}): the general rate is charged"
        return SpecialClaim(code, program, refusal="spi_no_rate", problem=said)
    return SpecialClaim(code, program, rate)


def without_claim(line: Line) -> Line:
    """The line as if no special program were claimed."""
    return replace(line, words={name: word for name, word in line.words.items() if name != SPI})


def _free(product: Product) -> bool:
    try:
        return parse(product.line.general).kind == "free"
    except UnparsedDutyError:
        return False


def _closed(rows: list[GroupRow], regime: Regime, line: Line, program: SpecialProgram, code: str) -> str:
    """When the program was open to the origin, as far as known."""
    zone = regime.zone(line.into)
    windows = [_window(row.version.start, row.version.until, zone) for row in rows if regime.knows(row.version.act)]
    when = f"it was {' and '.join(windows)}" if windows else "no opening is known"
    note = f"; {program.note}" if program.note else ""
    return (
        f"{program.title} ({code}) is not open to {line.origin} on this day ({when}): the general rate is charged{note}"
    )


def _window(start: Instant, until: Instant, zone: str) -> str:
    before = "" if until >= FOREVER else f"before {local_day(until, zone)}"
    after = "" if start <= 0 else f"from {local_day(start, zone)}"
    return f"open {' and '.join(part for part in (after, before) if part) or 'always'}"


def _unknown(code: str, regime: Regime) -> LineError:
    known = sorted(regime.ledger.special)
    near = get_close_matches(code, known, 3, cutoff=0.4)
    hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(known)}"
    return LineError("unknown_spi", f"{code!r} is no special program indicator", hint)
