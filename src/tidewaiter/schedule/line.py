"""A tariff line as it stood in an edition."""

from __future__ import annotations

from dataclasses import dataclass

from tidewaiter.schedule.duties import Expression
from tidewaiter.schedule.editions import Edition
from tidewaiter.schedule.errors import Suggestion
from tidewaiter.schedule.numbers import dotted
from tidewaiter.schedule.parsing import parse
from tidewaiter.schedule.rows import Footnote
from tidewaiter.schedule.special import special_rate

_EIGHT = 8
AVERAGE = "average"
"""The word in a precision that is not that of a tariff line."""


@dataclass(frozen=True, slots=True)
class ScheduleLine:
    """One tariff line, its rates inherited from the 8-digit row where they stand there.

    - ``number``: the digits of the row found; ``number10`` the ten digits to be filed, ``None`` for an 8-digit line
      (chapters 98 and 99, and where a statistical note gives the last two digits).
    - ``parents``: the texts above, outermost first; ``units``: as the schedule prints them.
    - ``general``, ``special``, ``column2``: tidied texts, empty where none is printed; ``rates_on``: the number
      they stand on.
    - ``codes``: the chapter 98 and 99 numbers in footnotes on the General column, of the line and of the rows above it.
    - ``reconstructed``: the instant asked is before the first edition, whose numbers are used instead.
    - ``stale``: a later edition than those at hand is known to have been in force.
    - ``suffix_unchecked``: the last digits were taken as given (a statistical note lists them, or nothing at hand does).
    - ``omitted``: the official export of this edition leaves the number out by mistake; taken from its neighbour.
    - ``children``: for a short number asked with ``allow_prefix``, the tariff lines below it.
    """

    number: str
    number10: str | None
    text: str
    parents: tuple[str, ...]
    units: tuple[str, ...]
    general: str
    special: str
    column2: str
    rates_on: str
    codes: tuple[str, ...]
    footnotes: tuple[Footnote, ...]
    additional: str
    quota: str
    edition: Edition
    reconstructed: bool = False
    stale: bool = False
    suffix_unchecked: bool = False
    omitted: bool = False
    children: tuple[Suggestion, ...] = ()

    @property
    def precision(self) -> str:
        """How many digits the rate is for: ``HS8``, ``HS10``, or ``HS6 average`` where only the subheading's is known."""
        digits = len(self.rates_on)
        return f"HS{digits} {AVERAGE}" if digits < _EIGHT else f"HS{digits}"

    @property
    def number8(self) -> str:
        """The first eight digits: the number that carries the rates."""
        return self.number[:_EIGHT]

    @property
    def chapter(self) -> int:
        """The chapter, 1 to 99."""
        return int(self.number[:2])

    @property
    def written(self) -> str:
        """The number as filed, with points: 8507.60.0090."""
        return dotted(self.number10 or self.number)

    def general_duty(self) -> Expression:
        """Column 1 general. Raises ``UnparsedDutyError``."""
        return parse(self.general)

    def column2_duty(self) -> Expression:
        """Column 2. Raises ``UnparsedDutyError``."""
        return parse(self.column2)

    def special_duty(self, program: str) -> Expression | None:
        """What a claim of ``program`` (SPI: S, S+, KR, A*) gets, ``None`` if nothing. Raises ``UnparsedDutyError``."""
        return special_rate(self.special, program)
