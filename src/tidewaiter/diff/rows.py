"""What else stands otherwise at two moments: rows of product lists, who yields to whom, and user fees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tidewaiter.assess.assessment import Json, say_money
from tidewaiter.assess.layers import cite
from tidewaiter.diff.moment import Side
from tidewaiter.ledger.conditions import Match
from tidewaiter.ledger.edges import lists_of, settle_place
from tidewaiter.ledger.instants import Instant
from tidewaiter.ledger.listindex import ListIndex
from tidewaiter.ledger.model import BasisRule, Fee, Interaction
from tidewaiter.ledger.regime import Regime

Kind = tuple[str, str, str, str]
"""Class, description (scope), claim and share (of the tariff lines below the number) of a list row."""


@dataclass(slots=True)
class ListDiff:
    """A product list: the numbers that it has at one moment only, each with its class."""

    name: str
    title: str
    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    acts: dict[str, None] = field(default_factory=dict)
    citation: str = ""

    def as_json(self) -> Json:
        """One object of ``lists``."""
        return {
            "list": self.name,
            "title": self.title,
            "added": self.added,
            "removed": self.removed,
            "acts": list(self.acts),
            "citation": self.citation,
        }


@dataclass(frozen=True, slots=True)
class RuleDiff:
    """A rule of who yields to whom, or a fee, that is law at one moment only or stands otherwise."""

    name: str
    was: str
    now: str
    acts: tuple[str, ...]
    citation: str

    def as_json(self) -> Json:
        """One object of ``rules`` or ``fees``."""
        return {
            "name": self.name,
            "was": self.was,
            "now": self.now,
            "acts": list(self.acts),
            "citation": self.citation,
        }


def list_diffs(before: Side, after: Side, intos: Iterable[str], origin: str = "") -> list[ListDiff]:
    """The product lists whose rows differ, by name; those that may matter for one origin where asked."""
    found: list[ListDiff] = []
    for into in intos:
        for name, index in sorted(after.regime.lists_of(into).items()):
            if not origin or _matters(after.regime, after.at(into), name, origin):
                one = _list(before, after, into, name, index)
                if one.added or one.removed:
                    found.append(one)
    return found


def _matters(regime: Regime, at: Instant, name: str, origin: str) -> bool:
    """Whether a heading that may hold for an origin asks the list."""
    rows = (row for program in regime.ledger.programs.values() for row in program.rows if name in lists_of(row.when))
    return any(settle_place(row.when, origin, at, lambda group: regime.members(group, at)) is not False for row in rows)


def _list(before: Side, after: Side, into: str, name: str, index: ListIndex) -> ListDiff:
    told = ListDiff(name, index.title)
    for prefix in sorted(index.entries):
        was = _in_force(index, prefix, before.regime, before.at(into))
        now = _in_force(index, prefix, after.regime, after.at(into))
        if was.keys() == now.keys():
            continue
        for kind in sorted(now.keys() - was.keys()):
            told.added.append(_said(prefix, kind))
            told.acts[now[kind]] = None
        for kind in sorted(was.keys() - now.keys()):
            told.removed.append(_said(prefix, kind))
            told.acts.update(dict.fromkeys(_until_acts(index, prefix, kind, after)))
    told.citation = cite(told.acts, after.regime)
    return told


def _in_force(index: ListIndex, prefix: str, regime: Regime, at: Instant) -> dict[Kind, str]:
    """The rows of a number in force, with the act that put each there."""
    return {
        _kind(match): act
        for start, until, act, until_act, match in index.entries[prefix]
        if start <= at and regime.knows(act) and (at < until or not regime.knows(until_act))
    }


def _kind(match: Match) -> Kind:
    return match.klass, match.scope, match.claim, "" if match.share is None else str(match.share)


def _until_acts(index: ListIndex, prefix: str, kind: Kind, after: Side) -> Iterator[str]:
    for _, _, act, until_act, match in index.entries[prefix]:
        if _kind(match) == kind and after.regime.knows(until_act or act):
            yield until_act or act


def _said(prefix: str, kind: Kind) -> str:
    klass, scope, claim, share = kind
    needs = f"if {scope}" if scope else f"claim {claim}" if claim else ""
    part_of = f"({share} of its lines)" if share else ""
    return " ".join(part for part in (prefix, klass, needs, part_of) if part)


def rule_diffs(before: Side, after: Side, intos: Iterable[str]) -> list[RuleDiff]:
    """Who yields to whom, and what value programs see (chapter 98, parcels): the rules that are law at one moment only."""
    found: list[RuleDiff] = []
    for into in intos:
        was, now = (_rules(side.regime, side.at(into), into) for side in (before, after))
        for name in dict.fromkeys([*was, *now]):
            if (name in was) != (name in now):
                found.append(_rule(now[name] if name in now else was[name], name in now, after.regime))
    return found


def _rule(rule: Interaction | BasisRule, begins: bool, regime: Regime) -> RuleDiff:
    act = rule.version.act if begins else rule.version.until_act
    acts = (act,) if act else ()
    said = _yields(rule) if isinstance(rule, Interaction) else _sees(rule)
    return RuleDiff(rule.id, "" if begins else said, said if begins else "", acts, cite(acts, regime) or rule.cite)


def _rules(regime: Regime, at: Instant, into: str) -> dict[str, Interaction | BasisRule]:
    ledger, start = regime.ledger, f"{into.lower()}/"
    found: dict[str, Interaction | BasisRule] = {
        one.id: one for one in ledger.interactions if any(key.startswith(start) for key in one.over)
    }
    found |= {one.id: one for one in ledger.bases if one.into == into}
    return {name: one for name, one in found.items() if regime.in_force(one.version, at)}


def _sees(rule: BasisRule) -> str:
    """Which programs see which value."""
    named = ", ".join(sorted(rule.programs))
    return f"{f'all but {named}' if rule.excepting else named}: {rule.basis}"


def _yields(rule: Interaction) -> str:
    whole = "the whole line" if rule.whole else "the covered part"
    report = f", reported as {rule.report}" if rule.report else ""
    return f"{', '.join(one.partition('/')[2] or one for one in rule.yields)} yields on {whole}{report}"


def fee_diffs(before: Side, after: Side, intos: Iterable[str]) -> list[RuleDiff]:
    """The fees and taxes on importation whose rate, minimum or maximum differs."""
    found: list[RuleDiff] = []
    for into in intos:
        was, now = (_fees(side.regime, side.at(into), into) for side in (before, after))
        found += [
            RuleDiff(code, _fee(was.get(code)), _fee(now.get(code)), (), (now.get(code) or was[code]).cite)
            for code in dict.fromkeys([*was, *now])
            if _fee(was.get(code)) != _fee(now.get(code))
        ]
    return found


def _fees(regime: Regime, at: Instant, into: str) -> dict[str, Fee]:
    return {fee.code: fee for fee in regime.fees(into) if fee.start <= at < fee.until}


def _fee(fee: Fee | None) -> str:
    if fee is None:
        return ""
    said = f"{(fee.rate * 100).normalize():f}%"
    bounds = ((fee.minimum, "at least"), (fee.maximum, "at most"), (fee.informal, "informal"))
    return ", ".join([said, *(f"{word} {say_money(amount)}" for amount, word in bounds if amount is not None)])
