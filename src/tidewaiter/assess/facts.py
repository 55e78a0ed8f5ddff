"""What a line says about itself, in the form in which conditions ask."""

from __future__ import annotations

from decimal import Decimal

from tidewaiter.assess.line import Line
from tidewaiter.ledger.instants import Instant

ENTRY_VALUE = "entry_value"
"""The value of all lines filed together: the limits of section 321 and of informal entry belong to the shipment."""
DENIED = "not:"
"""``not:auto-part`` among the scopes or claims answers a question with no."""


class LineFacts:
    """The facts of one line; ``assumed`` holds the questions answered yes for the sake of argument."""

    __slots__ = ("_claims", "_denied", "_scope", "assumed", "line", "value")

    def __init__(self, line: Line, value: Decimal, assumed: frozenset[str] = frozenset()) -> None:
        self.line = line
        self.value = value
        self.assumed = assumed
        self._claims = line.claims
        self._scope = line.scope
        self._denied = {word[len(DENIED) :] for word in line.claims | line.scope if word.startswith(DENIED)}

    def assuming(self, questions: frozenset[str]) -> LineFacts:
        """The same line with some questions answered yes."""
        return LineFacts(self.line, self.value, questions)

    def assumes(self, question: str) -> bool:
        return question in self.assumed

    def claims_any(self, names: tuple[str, ...]) -> bool | None:
        if not self._claims.isdisjoint(names):
            return True
        return False if not self._denied.isdisjoint(names) else None

    def meets(self, scope: str) -> bool | None:
        if scope in self._scope:
            return True
        return False if scope in self._denied else None

    def before(self, fact: str, instant: Instant, zone: str) -> bool | None:
        moment = self.line.moments.get(fact)
        return None if moment is None else moment.before(instant, zone)

    def number(self, fact: str) -> Decimal | None:
        if fact == ENTRY_VALUE:
            return self.value if self.line.entry_value is None else self.line.entry_value
        return self.value if fact == "value" else self.line.numbers.get(fact)

    def word(self, fact: str) -> str | None:
        return self.line.transport if fact == "transport" else self.line.words.get(fact)
