"""What an effect aims at: a heading, a range of headings, a program, an authority."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from tidewaiter.ledger.model import Program


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All headings that programs define, by key, program and authority."""

    keys: tuple[str, ...]
    by_program: dict[str, tuple[str, ...]]
    by_authority: dict[str, tuple[str, ...]]

    @classmethod
    def of(cls, programs: Iterable[Program]) -> Catalogue:
        """The catalogue of these programs."""
        by_program: dict[str, tuple[str, ...]] = {}
        by_authority: dict[str, tuple[str, ...]] = {}
        for program in programs:
            own = tuple(dict.fromkeys(row.key for row in program.rows))
            by_program[program.id] = own
            by_authority[program.authority] = by_authority.get(program.authority, ()) + own
        keys = sorted({key for group in by_program.values() for key in group})
        return cls(tuple(keys), by_program, by_authority)

    def expand(self, targets: Iterable[str]) -> tuple[str, ...]:
        """The targets as heading keys. Raises ``ValueError`` for one that names nothing."""
        found: dict[str, None] = {}
        for target in targets:
            found.update(dict.fromkeys(self._one(target)))
        return tuple(found)

    def _one(self, target: str) -> tuple[str, ...]:
        kind, _, name = target.partition(":")
        if kind == "program" and name in self.by_program:
            return self.by_program[name]
        if kind == "authority" and name in self.by_authority:
            return self.by_authority[name]
        first, dots, last = target.partition("..")
        if dots:
            if "/" not in last:
                last = f"{first.partition('/')[0]}/{last}"
            found = self.keys[bisect_left(self.keys, first) : bisect_right(self.keys, last)]
            if found:
                return found
        elif target in self.keys:
            return (target,)
        raise ValueError(f"no program has {target!r}")
