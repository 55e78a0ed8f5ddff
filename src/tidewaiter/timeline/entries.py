"""A timeline: the acts known on a day, in the order in which they were announced, and what is written ahead of that day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tidewaiter.assess.assessment import Json
from tidewaiter.ledger.instants import say_instant
from tidewaiter.ledger.model import ACT_KINDS, Act, Effect
from tidewaiter.ledger.regime import Regime
from tidewaiter.status.report import Ahead, cite
from tidewaiter.status.status import days_ahead

DEADLINE = "deadline"
"""The kind under which days written ahead are asked for, beside the kinds of acts."""
_JOINT = frozenset({"talks", "call"})
KINDS = ACT_KINDS | {DEADLINE}


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the timeline is asked for: days (both in), kinds of acts and who acted; empty for all."""

    first: str
    last: str
    kinds: frozenset[str] = frozenset()
    by: frozenset[str] = frozenset()

    def holds(self, day: str, kind: str, by: frozenset[str]) -> bool:
        """Whether something of that day, kind and of these countries is asked for."""
        if not self.first <= day <= self.last or (self.kinds and kind not in self.kinds):
            return False
        return not self.by or not self.by.isdisjoint(by)


@dataclass(frozen=True, slots=True)
class Timeline:
    """The acts asked for in order of announcement, and what is written ahead in order of time."""

    known_on: str
    acts: tuple[Act, ...]
    ahead: tuple[Ahead, ...]
    regime: Regime

    def as_json(self) -> Json:
        """The whole timeline as one JSON object."""
        return {
            "known_on": self.known_on,
            "acts": [self._act(act) for act in self.acts],
            "ahead": [one.as_json() for one in self.ahead],
        }

    def _act(self, act: Act) -> Json:
        zone = self.regime.ledger.zones.get(act.by, "UTC")
        headings = {target for effect in act.effects for target in effect.targets}
        return {
            **cite(act),
            "kind": act.kind,
            "by": list(actors(self.regime, act)),
            "summary": act.summary,
            "about": list(act.matters),
            "states": [_state(effect, zone) for effect in act.effects if effect.verb == "state"],
            "headings": len(headings),
        }


def timeline(regime: Regime, asked: Asked) -> Timeline:
    """What the regime knows of the time asked about. Days ahead are those after the day of knowledge."""
    known = regime.ledger.acts.values()
    acts = [act for act in known if act.announced <= regime.known_on]
    by = {act.id: frozenset(actors(regime, act)) for act in acts}
    return Timeline(
        regime.known_on,
        tuple(
            sorted((act for act in acts if asked.holds(act.announced, act.kind, by[act.id])), key=lambda act: act.order)
        ),
        tuple(_ahead(regime, asked)),
        regime,
    )


def actors(regime: Regime, act: Act) -> tuple[str, ...]:
    """Who acted: the country that the act is of; in talks and calls all whom their matters concern, that one first."""
    if act.kind not in _JOINT:
        return (act.by,)
    matters = regime.ledger.matters
    return tuple(dict.fromkeys([act.by, *sorted(place for one in act.matters for place in matters[one].concerns)]))


def _ahead(regime: Regime, asked: Asked) -> Iterator[Ahead]:
    for one in days_ahead(regime):
        if asked.holds(one.at.day, DEADLINE, frozenset(act.by for act in one.acts)):
            yield one


def _state(effect: Effect, zone: str) -> Json:
    return {
        "matter": effect.ref,
        "is": effect.word,
        "says": effect.said,
        "from": say_instant(effect.at, zone),
        "until": say_instant(effect.until, zone),
        "next": [{"day": one.day or None, "month": one.month or None, "what": one.what} for one in effect.next],
    }
