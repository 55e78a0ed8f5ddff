"""Cases of law as rows: a line, what must be on the answer and what must not, and where that is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from tests.conftest import TODAY, amounts_on


@dataclass(frozen=True)
class Case:
    """One line of China worth ``value`` dollars; ``expected`` maps headings to amounts, ``None`` for absent."""

    hts: str
    entered: str
    expected: dict[str, int | float | str | None]
    source: str
    facts: dict[str, Any] = field(default_factory=dict)
    value: str = "10000"
    known: str = TODAY
    scenario: str = "law"
    total: int | str | None = None

    def __str__(self) -> str:
        facts = ",".join(f"{key}={value}" for key, value in self.facts.items())
        return f"{self.hts}@{self.entered[:16]}{f'~{self.known}' if self.known != TODAY else ''} {facts}"[:90]

    def check(self) -> None:
        """Ask, and compare."""
        amounts, duty = amounts_on(
            self.known, self.scenario, hts=self.hts, entered_at=self.entered, value=self.value, **self.facts
        )
        for heading, amount in self.expected.items():
            wanted = None if amount is None else Decimal(str(amount))
            assert amounts.get(heading) == wanted, f"{heading}: {self.source}; answered {amounts}"
        if self.total is not None:
            assert duty == Decimal(str(self.total)), f"{self.source}; answered {amounts}"


def law(*cases: Case) -> pytest.MarkDecorator:
    """Parametrise a test over cases."""
    return pytest.mark.parametrize("case", cases, ids=str)
