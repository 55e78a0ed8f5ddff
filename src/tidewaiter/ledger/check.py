"""What must always hold of the law as data: each rule a small class named for itself, with its sentence on it.

Rules that a single file can break (an unknown word, a heading or an act that does not exist, a list line without an act, a
published act without a citation) are found while reading. Here stand the rules over the whole ledger, folded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import ClassVar

from tidewaiter.ledger.classes import Cell, cells, covered_origins, named_origins, one_of_each
from tidewaiter.ledger.errors import Problem
from tidewaiter.ledger.instants import FOREVER, say_instant
from tidewaiter.ledger.model import CHARGING_KINDS, Program
from tidewaiter.ledger.order import cycle_among
from tidewaiter.ledger.regime import Regime

Told = Callable[[int], None]


class Rule:
    """One rule; its docstring is its sentence."""

    code: ClassVar[str]

    def problems(self, regime: Regime) -> Iterator[Problem]:
        """Every breach of the rule in the regime."""
        raise NotImplementedError


class EveryDutyHeadingHasAFirstAct(Rule):
    """A heading that no act imposes, not even one of a shipped scenario, can never answer."""

    code = "first_act"

    def problems(self, regime: Regime) -> Iterator[Problem]:
        supposed = [act for scenario in regime.ledger.scenarios.values() for act in scenario.acts]
        imposed = {
            target
            for act in (*regime.ledger.acts.values(), *regime.scenario.acts, *supposed)
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
    return one_of_each(products, regime.product_class)


class EveryMatterHasAState(Rule):
    """A matter that is declared has a state by some act."""

    code = "matter"

    def problems(self, regime: Regime) -> Iterator[Problem]:
        told = {effect.ref for act in regime.ledger.acts.values() for effect in act.effects if effect.verb == "state"}
        for matter in regime.ledger.matters.values():
            if matter.id not in told:
                yield Problem(matter.file, matter.line, f"no act says a state of {matter.id}")


class EveryServedAuthorityHasFallen(Rule):
    """A process refunds duties of an authority only if an act voids some of them."""

    code = "served"

    def problems(self, regime: Regime) -> Iterator[Problem]:
        refunds = regime.ledger.refunds
        authority = {row.key: one.authority for one in regime.ledger.programs.values() for row in one.rows}
        acts = (*regime.ledger.acts.values(), *regime.scenario.acts)
        void = (effect for act in acts for effect in act.effects if effect.verb == "void")
        fallen = {authority[target] for effect in void for target in effect.targets if target in authority}
        for process in refunds.processes.values() if refunds else ():
            for served in process.serves:
                if served.authority not in fallen:
                    yield Problem(process.file, served.line, f"no act voids a duty under {served.authority}")


class OneDutyHeadingForOneGood(Rule):
    """No two duty headings of a program hold for the same good at one instant, unless the later is a fallback.

    Tried, program by program, on one product and one origin of each class that the program tells apart, between all
    changes, on a line that states no facts. Origins default to all that the law's data names.
    """

    code = "two_headings"

    def __init__(
        self, products: Iterable[str] = (), origins: Iterable[str] | None = None, told: Told | None = None
    ) -> None:
        self.products = list(products)
        self.origins = origins
        self.told = told or (lambda done: None)

    def problems(self, regime: Regime) -> Iterator[Problem]:
        origins = named_origins(regime) if self.origins is None else self.origins
        products = one_of_each_class(regime, self.products)
        tried = 0
        for program in regime.ledger.programs.values():
            seen: set[tuple[str, ...]] = set()
            for cell in cells(regime, program, products, covered_origins(regime, program.into, origins)):
                for clash, where in _clashes(regime, program, cell):
                    if clash not in seen:
                        seen.add(clash)
                        yield _two_headings(program, clash, where)
                tried += len(cell.products) * len(cell.instants)
                self.told(tried)


def _clashes(regime: Regime, program: Program, cell: Cell) -> Iterator[tuple[tuple[str, ...], str]]:
    """The duty headings that hold together, with the good and the day on which they do."""
    for instant in cell.instants:
        interval = regime.interval(instant)
        for digits in cell.products:
            several = regime.holding(program, digits, cell.origin, interval)
            settled = [
                one.row for one in several if one.row.kind in CHARGING_KINDS and one.rest is None and one.share is None
            ]
            clash = tuple(row.code for place, row in enumerate(settled) if not (place and row.fallback))
            if len(clash) > 1:
                when = say_instant(regime.interval_start(interval), regime.zone(program.into))
                yield clash, f"{digits} of {cell.origin} from {when}"


def _two_headings(program: Program, clash: tuple[str, ...], where: str) -> Problem:
    line = next(row.line for row in reversed(program.rows) if row.code == clash[-1])
    return Problem(program.file, line, f"{' and '.join(clash)} both hold for {where}")


RULES: tuple[type[Rule], ...] = (
    EveryDutyHeadingHasAFirstAct,
    EveryLiveDutyHasARate,
    NoCycleAmongInteractions,
    EveryLiveHeadingCitesAnAct,
    ExclusionChainsEnd,
    EveryMatterHasAState,
    EveryServedAuthorityHasFallen,
)


def check(
    regime: Regime,
    products: Iterable[str] | None = None,
    origins: Iterable[str] | None = None,
    told: Told | None = None,
) -> list[Problem]:
    """All breaches of all rules.

    With ``products`` (digits), the rule on two headings for one good is tried on them, for ``origins`` (default: all
    that the law's data names); ``told`` hears how many goods have been tried.
    """
    rules: list[Rule] = [rule() for rule in RULES]
    if products is not None:
        rules.append(OneDutyHeadingForOneGood(products, origins, told))
    return [problem for rule in rules for problem in rule.problems(regime)]
