"""What the ledger says of a heading at an instant, whatever the product and the origin."""

from __future__ import annotations

from dataclasses import dataclass

from tidewaiter.ledger.instants import Instant
from tidewaiter.ledger.model import CHARGING_KINDS, Interaction, Row
from tidewaiter.ledger.regime import Regime

_WHOLE = "rest"
_RELIEF, _CAP = "relief", "cap"


@dataclass(frozen=True, slots=True)
class Standing:
    """A heading at an instant.

    - ``live``: it answers for some good. ``rate``: as the ledger writes it, empty for a relief.
    - ``kinds``: duty, relief, cap; a heading that only reports another one's relief is a relief.
    - ``whole``, ``part``: it is charged on the full value, on a part or content of it (both are possible).
    - ``suspended``: an act suspends it. ``began``, ``begins``: it was in force before, it is to be in force later.
    """

    live: bool
    rate: str = ""
    kinds: frozenset[str] = frozenset()
    whole: bool = True
    part: bool = False
    suspended: bool = False
    began: bool = False
    begins: bool = False

    def say(self) -> str:
        """In words."""
        if not self.live:
            return "suspended" if self.suspended else "not in force"
        said = "all-in " if _CAP in self.kinds else ""
        said += self.rate or ", ".join(sorted(self.kinds))
        return f"{said} of a part of the value" if self.part and not self.whole else said


class Headings:
    """All headings of the ledger into one country: those with rows, those a cap reports at zero, those that report relief."""

    def __init__(self, regime: Regime, into: str) -> None:
        self._regime = regime
        self._into = into.lower()
        self._rows: dict[str, list[Row]] = {}
        self._zeros: dict[str, list[Row]] = {}
        self._reports: dict[str, list[Interaction]] = {}
        for key, rows in regime.ledger.rows().items():
            if key.startswith(f"{self._into}/") and rows:
                self._rows[self._code(key)] = rows
                for row in rows:
                    if row.zero:
                        self._zeros.setdefault(row.zero, []).append(row)
        for one in regime.ledger.interactions:
            if one.report and any(key.startswith(f"{self._into}/") for key in one.over):
                self._reports.setdefault(one.report, []).append(one)

    def codes(self) -> list[str]:
        """The headings known, in order."""
        return sorted({*self._rows, *self._zeros, *self._reports})

    def __contains__(self, code: str) -> bool:
        return code in self._rows or code in self._zeros or code in self._reports

    def at(self, code: str, instant: Instant) -> Standing:
        """The heading at an instant."""
        if code in self._rows:
            return self._with_rows(code, instant)
        live = self._zero(code, instant) or self._reporting(code, instant)
        kinds = frozenset({_RELIEF}) if live else frozenset[str]()
        return Standing(
            live, kinds=kinds, began=self._ever(code, instant), begins=self._ever(code, instant, later=True)
        )

    def _with_rows(self, code: str, instant: Instant) -> Standing:
        state = self._regime.state(self._key(code), instant)
        rows = [row for row in self._rows[code] if self._regime.in_force(row.version, instant)]
        kinds = {row.kind for row in rows}
        live = state.live and bool(rows)
        if not live and (self._zero(code, instant) or self._reporting(code, instant)):
            live, kinds = True, {_RELIEF}
        return Standing(
            live,
            state.rate,
            frozenset(kinds),
            whole=any(row.portion.kind == _WHOLE for row in rows),
            part=any(row.portion.kind != _WHOLE for row in rows),
            suspended=bool(state.suspended_by),
            began=self._ever(code, instant),
            begins=self._ever(code, instant, later=True),
        )

    def _zero(self, code: str, instant: Instant) -> bool:
        return any(self._answers(row, instant) for row in self._zeros.get(code, ()))

    def _reporting(self, code: str, instant: Instant) -> bool:
        return any(
            self._regime.in_force(one.version, instant)
            and any(self._regime.state(key, instant).live for key in one.over)
            and any(self._regime.state(key, instant).live for who in one.yields for key in self._yielding(who))
            for one in self._reports.get(code, ())
        )

    def _yielding(self, who: str) -> list[str]:
        if "/" in who:
            return [who]
        return [row.key for row in self._regime.ledger.programs[who].rows if row.kind in CHARGING_KINDS]

    def _answers(self, row: Row, instant: Instant) -> bool:
        return self._regime.state(row.key, instant).live and self._regime.in_force(row.version, instant)

    def _ever(self, code: str, instant: Instant, later: bool = False) -> bool:
        """Whether the heading is in force at any time up to the instant, or, ``later``, after it."""
        keys = {self._key(code), *(row.key for row in self._zeros.get(code, ()))}
        keys |= {key for one in self._reports.get(code, ()) for key in one.over}
        tracks = (self._regime.tracks[key].states() for key in keys if key in self._regime.tracks)
        return any(
            state.live and (start > instant) == later
            for starts, states in tracks
            for start, state in zip(starts, states, strict=True)
        )

    def _key(self, code: str) -> str:
        return f"{self._into}/{code}"

    @staticmethod
    def _code(key: str) -> str:
        return key.partition("/")[2]
