"""Headings of chapter 99 as the ledger knows them: their program, their rates, what they carry, and what courts have said."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from tidewaiter.assess.amounts import rate_of
from tidewaiter.bulk.arrays import Ints
from tidewaiter.bulk.kernel import Kernel
from tidewaiter.bulk.plain import PLAINTIFFS, VOID
from tidewaiter.bulk.rates import whole_millionths
from tidewaiter.ledger.model import CHARGING_KINDS, Program, Row
from tidewaiter.schedule.duties import AdValorem

NO_RATE = 0
"""The rate of a heading that charges no whole share of the value in parts per million."""


class Headings:
    """The headings into the kernel's country, by their number as it is reported (with points)."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.regime = kernel.regime
        self._rates: dict[str, tuple[int, ...]] = {}

    @cached_property
    def programs(self) -> dict[str, Program]:
        """The programs into the country by id."""
        found = self.regime.ledger.programs.values()
        return {one.id: one for one in found if one.into == self.kernel.into}

    @cached_property
    def rows(self) -> dict[str, list[Row]]:
        """The rows of each heading, as itself or as the number under which it reports that nothing is charged."""
        found: dict[str, list[Row]] = {}
        for program in self.programs.values():
            for row in program.rows:
                for code in {row.code, row.zero} - {""}:
                    found.setdefault(code, []).append(row)
        return found

    def programs_of(self, code: str) -> list[str]:
        """The programs that answer with a heading, or whose place it takes where they yield to another."""
        own = [row.program for row in self.rows.get(code, ())]
        return list(dict.fromkeys(own or self._displaced.get(code, [])))

    @cached_property
    def _displaced(self) -> dict[str, list[str]]:
        """The programs that yield where a heading is reported instead."""
        found: dict[str, list[str]] = {}
        for one in self.regime.ledger.interactions:
            if one.report:
                found.setdefault(one.report, []).extend(self._yielding(one.yields))
        return found

    def _yielding(self, names: Iterable[str]) -> list[str]:
        by_key = {row.key: row.program for several in self.rows.values() for row in several}
        found = [name if name in self.programs else by_key.get(name) for name in names]
        return [one for one in found if one is not None]

    @cached_property
    def pools(self) -> dict[str, str]:
        """Every money fact of which headings take the content, with the pool that it shares with others (or itself)."""
        portions = [row.portion for several in self.rows.values() for row in several if row.portion.kind == "content"]
        return {one.fact: one.pool or one.fact for one in portions}

    def authority(self, program: str | None) -> str | None:
        """The statute behind a program."""
        found = self.programs.get(program or "")
        return None if found is None else found.authority

    def key(self, code: str) -> str:
        """A heading as the ledger names it."""
        return f"{self.kernel.into.lower()}/{code}"

    def charges(self, code: str) -> bool:
        """Whether duty may be collected under a heading: reliefs carry none."""
        return any(row.kind in CHARGING_KINDS and row.code == code for row in self.rows.get(code, ()))

    def relieves(self, code: str) -> bool:
        """Whether a heading is known, and reports that nothing is charged."""
        return not self.charges(code) and bool(self.programs_of(code))

    def text(self, code: str) -> str:
        """What a heading is about, in the words of the law's data."""
        return next((row.text for row in self.rows.get(code, ()) if row.text), "")

    def rates(self, code: str) -> tuple[int, ...]:
        """Every share of the value (parts per million) at which a heading has ever charged."""
        found = self._rates.get(code)
        if found is None:
            track = self.regime.tracks.get(self.key(code))
            texts = {state.rate for state in track.states()[1] if state.rate} if track and self.charges(code) else set()
            found = self._rates[code] = tuple(sorted({millionths(text) for text in texts} - {NO_RATE}))
        return found

    def void_codes(self, code: str) -> Ints:
        """What courts have said of what was collected under a heading, by interval of entry (``VOID``, ``PLAINTIFFS``)."""
        return self.kernel.void_codes(self.key(code))

    def acts(self, code: str, interval: int) -> tuple[str, ...]:
        """The acts by which a heading stands as it does in an interval, or by which it is reported in place of another."""
        start = self.kernel.laws.starts[interval]
        own = self.regime.state(self.key(code), start).acts
        reporting = (one for one in self.regime.ledger.interactions if one.report == code)
        return own or tuple(
            dict.fromkeys(one.version.act for one in reporting if self.regime.in_force(one.version, start))
        )

    def voided_by(self, code: str, interval: int) -> str | None:
        """The act by which what was collected under a heading is void, for all or for plaintiffs."""
        said = self.regime.void(self.key(code), self.kernel.laws.starts[interval])
        return None if said is None else said.act


def millionths(rate: str) -> int:
    """A rate of the law's data in parts per million; ``NO_RATE`` where it is none (by quantity, all-in)."""
    expression = rate_of(rate) if rate else None
    return (whole_millionths(expression.rate) if isinstance(expression, AdValorem) else None) or NO_RATE


__all__ = ["NO_RATE", "PLAINTIFFS", "VOID", "Headings", "millionths"]
