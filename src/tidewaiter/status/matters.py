"""Talks, truce, cases, controls, measures and deals: where each stands on the day, by whose word, and what it was about."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from tidewaiter.ledger.instants import Instant
from tidewaiter.ledger.matters import FOLDED, History, Standing, histories
from tidewaiter.ledger.model import Act, Matter
from tidewaiter.ledger.regime import Regime
from tidewaiter.status.report import MatterStatus, Stand

_OVER = frozenset({"ended", "dismissed", "closed"})
_TOLD_FOR = 180 * 24 * 3600
"""How long something that is over is still told."""


@dataclass(frozen=True)
class Told:
    """What is known of all matters on a day: by the acts that the scenario counts, and with the reported ones too.

    ``instant`` is the moment asked about, ``on`` its ISO date.
    """

    regime: Regime
    instant: Instant
    on: str

    @cached_property
    def acts(self) -> dict[str, Act]:
        """Every act that is known, reported ones included, hypothetical ones last."""
        ledger = self.regime.ledger.acts.values()
        known = {act.id: act for act in ledger if act.announced <= self.regime.known_on and act.confidence in FOLDED}
        return {**known, **self.regime.acts}

    @cached_property
    def counted(self) -> dict[str, History]:
        """The histories by the acts that the scenario counts."""
        return histories(self.regime.acts.values())

    @cached_property
    def all(self) -> dict[str, History]:
        """The histories by all that is known."""
        return histories(self.acts.values())

    @cached_property
    def matters(self) -> tuple[MatterStatus, ...]:
        """The matters between the importing countries, and those of others that bear on them, in the order of the files."""
        found = (self._status(matter) for matter in self.regime.ledger.matters.values() if self._is_told(matter))
        return tuple(one for one in found if one is not None and not self._long_over(one))

    def truce_began(self) -> Instant | None:
        """The instant from which the last truce until the day ran, extensions included; ``None`` if there was none."""
        began: Instant | None = None
        for one in self.matters:
            if one.matter.kind != "truce":
                continue
            running = False
            for state in self.all[one.matter.id].states():
                if state.start > self.instant:
                    break
                if not state.ran_out and not running:
                    began = state.start
                running = not state.ran_out
        return began

    def _is_told(self, matter: Matter) -> bool:
        """Whether it is between all importing countries, bears on them, or is a third country's deal as a whole."""
        if frozenset(self.regime.ledger.zones) <= matter.concerns or matter.bears:
            return True
        return matter.kind == "deal" and matter.id.count(":") == 1

    def _status(self, matter: Matter) -> MatterStatus | None:
        counted, known = self._stand(self.counted, matter), self._stand(self.all, matter)
        if counted is None and known is None:
            return None
        about = (act for act in self.acts.values() if matter.id in act.matters and act.announced <= self.on)
        events = sorted(about, key=lambda act: act.order, reverse=True)
        differs = known is not None and (counted is None or known.standing != counted.standing)
        return MatterStatus(matter, counted, known if differs else None, tuple(events))

    def _stand(self, told: dict[str, History], matter: Matter) -> Stand | None:
        history = told.get(matter.id)
        found = (history.at(self.instant) or self._to_come(history)) if history else None
        if found is None:
            return None
        act = self.acts[found.act]
        ran_out = self.acts[found.ran_out] if found.ran_out else None
        return Stand(found, self.regime.ledger.zones.get(act.by, "UTC"), act, ran_out)

    def _to_come(self, history: History) -> Standing | None:
        """The first state, where it has been announced but not begun."""
        first = next(iter(history.states()), None)
        return first if first is not None and self.acts[first.act].announced <= self.on else None

    def _long_over(self, one: MatterStatus) -> bool:
        stand = one.latest.standing
        return stand.word in _OVER and stand.start + _TOLD_FOR < self.instant
