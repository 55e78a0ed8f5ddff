"""The whole answer to what differs: headings, lists, rules, fees, tariff numbers, and one product where it is asked about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tidewaiter.assess.assessment import Caution, Json
from tidewaiter.assess.coverage import partly_covered, uncovered
from tidewaiter.assess.engine import Engine
from tidewaiter.changes.acts import EditionChanges, changes_by_edition
from tidewaiter.changes.window import Window
from tidewaiter.diff.headings import HeadingDiff, heading_diffs
from tidewaiter.diff.moment import Day, Side, sides
from tidewaiter.diff.product import ProductDiff, product_diff
from tidewaiter.diff.rows import ListDiff, RuleDiff, fee_diffs, list_diffs, rule_diffs
from tidewaiter.ledger.instants import say_instant
from tidewaiter.ledger.regime import Regime


@dataclass(frozen=True, slots=True)
class Diff:
    """What differs between two moments. ``product`` is there where a line was asked about.

    ``uncovered`` are importing countries whose first covered day comes after the first moment: what changed before it may miss.
    """

    before: Side
    after: Side
    headings: tuple[HeadingDiff, ...]
    lists: tuple[ListDiff, ...]
    rules: tuple[RuleDiff, ...]
    fees: tuple[RuleDiff, ...]
    editions: tuple[EditionChanges, ...]
    product: ProductDiff | None = None
    uncovered: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing differs in the law."""
        return not (self.headings or self.lists or self.rules or self.fees or self.editions)

    @property
    def warnings(self) -> tuple[Caution, ...]:
        """What a reader must know before trusting that this is all."""
        return (partly_covered(self.after.regime, self.uncovered),) if self.uncovered else ()

    def as_json(self) -> Json:
        """The object that ``tidewaiter diff --json`` prints."""
        into = self.product.line.into if self.product else self.after.regime.ledger.coverage[0].into
        zone = self.after.regime.zone(into)
        said: Json = {"before": _side(self.before, into, zone), "after": _side(self.after, into, zone)}
        if self.product is not None:
            said["product"] = self.product.as_json()
        parts = ("headings", "lists", "rules", "fees")
        said |= {part: [one.as_json() for one in getattr(self, part)] for part in parts}
        said["editions"] = [one.as_json(self.after.regime.zone(one.into)) for one in self.editions]
        said["warnings"] = [one.as_json() for one in self.warnings]
        return said


def diff(
    engine: Engine,
    since: Day,
    until: Day,
    *,
    later: Regime | None = None,
    line: Mapping[str, Any] | None = None,
    into: Iterable[str] = (),
    origin: str = "",
) -> Diff:
    """What differs between two days (their ends) or instants; ``later`` is the regime of the second, ``line`` a product.

    ``into`` are the importing countries looked at, all where empty; ``origin`` (a code) leaves what matters for it.
    Raises ``LineError``: ``bad_date``, ``date_before_coverage`` where nothing is known of the days, and as for any line.
    """
    before, after = sides(engine.regime, since, until, later)
    intos = tuple(into) or tuple(engine.regime.ledger.zones)
    found = Diff(
        before,
        after,
        tuple(heading_diffs(before, after, intos, origin)),
        tuple(list_diffs(before, after, intos, origin)),
        tuple(rule_diffs(before, after, intos)),
        tuple(fee_diffs(before, after, intos)),
        tuple(_editions(engine, before, after, intos)),
        None if line is None else product_diff(engine, before, after, line),
    )
    spans = {into: (before.at(into), after.at(into)) for into in intos}
    return replace(found, uncovered=uncovered(engine.regime, spans, known=not found.empty))


def _editions(engine: Engine, before: Side, after: Side, intos: tuple[str, ...]) -> list[EditionChanges]:
    """The editions of the tariffs that came into force in between, country by country."""
    found: list[EditionChanges] = []
    for into in intos:
        since, until = before.at(into), after.at(into)
        if since != until:
            found += changes_by_edition(engine.schedule_of(into), Window(since, until, since, before.said), into)
    return found


def _side(side: Side, into: str, zone: str) -> Json:
    return {
        "day": side.said,
        "at": say_instant(side.at(into), zone),
        "known_on": side.regime.known_on,
        "scenario": side.regime.scenario.id,
    }
