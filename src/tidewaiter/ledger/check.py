"""What must always hold of the law as data: each rule a small class named for itself, with its sentence on it.

Rules that a single file can break (an unknown word, a heading or an act that does not exist, a list line without an act, a
published act without a citation) are found while reading. Here stand the rules over the whole ledger, folded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from tidewaiter.ledger.errors import Problem
from tidewaiter.ledger.instants import FOREVER, say_instant
from tidewaiter.ledger.model import CHARGING_KINDS
from tidewaiter.ledger.order import cycle_among
from tidewaiter.ledger.regime import Regime


class Rule:
    """One rule; its docstring is its sentence."""

    code: ClassVar[str]

    def problems(self, regime: Regime) -> Iterator[Problem]:
        """Every breach of the rule in the regime."""
        raise NotImplementedError


class EveryDutyHeadingHasAFirstAct(Rule):
    """A duty or cap heading that no act imposes can never be charged."""

    code = "first_act"

    def problems(self, regime: Regime) -> Iterator[Problem]:
        imposed = {
            target
            for act in (*regime.ledger.acts.values(), *regime.scenario.acts)
            for effect in act.effects
            if effect.verb == "impose"
            for target in effect.targets
        }
        for program in regime.ledger.programs.values():
            for row in program.rows:
                if row.key not in imposed:
                    yield Problem(program.file, row.line, f"no act imposes {row.code}")


class EveryLiveDutyHasARate(Rule):
    """A duty or cap heading has a rate wherever it lives."""

    code = "rate"

    def problems(self, regime: Regime) -> Iterator[Problem]:
        for program in regime.ledger.programs.values():
            for row in program.rows:
                track = regime.tracks.get(row.key)
                if row.kind not in CHARGING_KINDS or track is None:
                    continue
                for state in track.states()[1]:
                    if state.live and not state.rate:
                        when = say_instant(state.start, regime.zone(program.into))
                        yield Problem(program.file, row.line, f"{row.code} lives without a rate from {when}")


class NoCycleAmongInteractions(Rule):
    """At no instant do two programs each yield to the other."""

    code = "cycle"

    def problems(self, regime: Regime) -> Iterator[Problem]:
        for interval in range(len(regime.cuts) + 1):
            cycle = cycle_among(regime.ledger.programs, regime.interactions(interval))
            if cycle:
                when = say_instant(regime.interval_start(interval), "UTC")
                yield Problem("interactions", 1, f"from {when}: {' yields to '.join(cycle)}")


class EveryLiveHeadingCitesAnAct(Rule):
    """Every heading that answers has an act with a citation."""

    code = "citation"

    def problems(self, regime: Regime) -> Iterator[Problem]:
        for key, track in regime.tracks.items():
            for state in track.states()[1]:
                if state.live and not any(regime.acts[act].citation for act in state.acts):
                    yield Problem(key, 1, f"answers from {say_instant(state.start, 'UTC')} without a citation")


class ExclusionChainsEnd(Rule):
    """A relief that lives by a chain of extensions has a written end; one without an end says so in its row."""

    code = "chain"

    def problems(self, regime: Regime) -> Iterator[Problem]:
        extended: dict[str, list[str]] = {}
        for act in regime.ledger.acts.values():
            for effect in act.effects:
                if effect.verb == "impose" and effect.until < FOREVER:
                    for target in effect.targets:
                        extended.setdefault(target, []).append(act.file)
        for key, files in extended.items():
            last = regime.tracks[key].states()[1][-1] if key in regime.tracks else None
            if len(files) > 1 and last is not None and last.live and last.until == FOREVER:
                yield Problem(files[-1], 1, f"the chain of extensions of {key} never ends")


def one_of_each_class(regime: Regime, products: Iterable[str]) -> list[str]:
    """One product for each class of products that the law treats alike."""
    return list({regime.product_class(digits): digits for digits in products}.values())


class OneDutyHeadingForOneGood(Rule):
    """No two duty headings of a program hold for the same good at one instant, unless the later is a fallback.

    Tried for every product class (products that stand on the same lists) of every covered origin, in every interval, on
    a line that states no facts.
    """

    code = "two_headings"

    def __init__(self, products: Iterator[str] | None = None) -> None:
        self.products = list(products or ())

    def problems(self, regime: Regime) -> Iterator[Problem]:
        seen: set[tuple[str, ...]] = set()
        products = one_of_each_class(regime, self.products)
        origins = sorted({origin for row in regime.ledger.coverage for origin in row.origins})
        for digits in products:
            for origin in origins:
                for interval in range(len(regime.cuts) + 1):
                    for program in regime.programs(interval):
                        several = regime.holding(program, digits, origin, interval)
                        settled = [one.row for one in several if one.row.kind in CHARGING_KINDS and one.rest is None]
                        clash = [row.code for place, row in enumerate(settled) if not (place and row.fallback)]
                        if len(clash) > 1 and tuple(clash) not in seen:
                            seen.add(tuple(clash))
                            row = settled[-1]
                            where = f"{digits} of {origin} from {say_instant(regime.interval_start(interval), 'UTC')}"
                            yield Problem(program.file, row.line, f"{' and '.join(clash)} both hold for {where}")


RULES: tuple[type[Rule], ...] = (
    EveryDutyHeadingHasAFirstAct,
    EveryLiveDutyHasARate,
    NoCycleAmongInteractions,
    EveryLiveHeadingCitesAnAct,
    ExclusionChainsEnd,
)


def check(regime: Regime, products: Iterator[str] | None = None) -> list[Problem]:
    """All breaches of all rules. With ``products`` (digits), the rule on two headings for one good is tried on them."""
    rules: list[Rule] = [rule() for rule in RULES]
    if products is not None:
        rules.append(OneDutyHeadingForOneGood(products))
    return [problem for rule in rules for problem in rule.problems(regime)]
