"""Cautions: what a reader must know before trusting the number. None of them changes it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tidewaiter.assess.assessment import Caution, say_money
from tidewaiter.assess.coverage import coverage_of
from tidewaiter.assess.errors import LineError
from tidewaiter.assess.facts import DENIED, LineFacts
from tidewaiter.assess.line import SHIPPED_FROM
from tidewaiter.assess.product import is_quota_line
from tidewaiter.assess.prohibition import prohibitions_open
from tidewaiter.assess.questions import difference
from tidewaiter.assess.waterfall import PROHIBITED
from tidewaiter.ledger.instants import local_day
from tidewaiter.ledger.model import BASE, Jurisdiction
from tidewaiter.schedule.line import AVERAGE
from tidewaiter.schedule.numbers import dotted

if TYPE_CHECKING:
    from tidewaiter.assess.engine import Engine, Work


SHIPPED_FROM_DIFFERS = "shipped_from_differs"
"""The word by which a claim asks to be warned of where goods were shipped from elsewhere than their origin."""


def cautions(engine: Engine, work: Work) -> list[Caution]:
    """All cautions for a line, the gravest first."""
    found = [
        *_prohibitions(engine, work),
        *_reported(engine, work),
        *_open_questions(engine, work),
        *_special(engine, work),
        *_shipped_from(engine, work),
        *_idle_claims(engine, work),
        *_schedule(engine, work),
        *_voids(engine, work),
        *_pooled(work),
        *_value(engine, work),
    ]
    found.append(
        Caution(
            "ad_cvd_not_computed",
            "antidumping and countervailing duties are not computed; check whether an order covers the article",
        )
    )
    return found


def _prohibitions(engine: Engine, work: Work) -> list[Caution]:
    """Prohibitions that hang on what the line does not say: the line is answered as if it did not fall under them."""
    return [
        Caution("import_may_be_prohibited", f"{PROHIBITED} for {what}; that hangs on {', '.join(missing)}, not stated")
        for what, missing in prohibitions_open(engine, work)
    ]


def _reported(engine: Engine, work: Work) -> list[Caution]:
    """Where the law as published and as reported differ on the day asked, both totals."""
    reported = engine.regime.reported
    if reported is None or engine.regime.only_reported.isdisjoint(_keys(engine, work)):
        return []
    try:
        total = engine.under(reported).total(work)
    except LineError as error:
        return [Caution("as_reported_differs", f"as reported the law differs and cannot be computed: {error.message}")]
    ours = work.base.amount + work.outcome.duty
    if total == ours:
        return []
    keys = _keys(engine, work)
    more = (act for name, act in reported.acts.items() if name not in engine.regime.acts)
    acts = ", ".join(act.id for act in more if any(not keys.isdisjoint(effect.targets) for effect in act.effects))
    return [
        Caution(
            "as_reported_differs",
            f"total duty is {say_money(ours)} by the law as published and {say_money(total)} as reported ({acts}); "
            "see scenario as-reported",
        )
    ]


def _open_questions(engine: Engine, work: Work) -> list[Caution]:
    """Acts that leave something open that could change this answer."""
    regime = engine.regime
    keys = _keys(engine, work)
    day = local_day(work.line.entered.instant, regime.zone(work.line.into)).isoformat()
    known = [act for act in regime.ledger.acts.values() if act.announced <= regime.known_on]
    answered = {question for act in known for question in act.answers}
    return [
        Caution("open_question", f"{act.open_question} ({act.citation or act.title})")
        for act in known
        if act.open_question
        and act.id not in answered
        and act.open_from <= day
        and not keys.isdisjoint(act.touches)
        and (not act.touches_numbers or work.product.digits.startswith(act.touches_numbers))
    ]


def _keys(engine: Engine, work: Work) -> set[str]:
    """The headings that may answer for the product, by the law or as reported."""
    laws = list(work.setting.law)
    reported = engine.regime.reported
    if reported is not None:
        laws += engine.under(reported).law_at(work, reported.interval(work.line.entered.instant))
    return {candidate.row.key for law in laws for candidate in law.candidates}


def _idle_claims(engine: Engine, work: Work) -> list[Caution]:
    """Claims that change nothing: no heading takes them up for this product on this day."""
    found: list[Caution] = []
    for claim in sorted(work.line.claims):
        if claim.startswith(DENIED):
            continue
        without = LineFacts(replace(work.line, claims=work.line.claims - {claim}), work.facts.value)
        try:
            said = difference(engine, work, without)
        except LineError:
            continue
        if not said:
            found.append(Caution("claim_not_applied", f"{claim} was claimed but relieves nothing here on this day"))
    return found


def _special(engine: Engine, work: Work) -> list[Caution]:
    """A special program that was claimed and gives nothing here."""
    special = work.special
    return [Caution(special.refusal, special.problem)] if special is not None and special.problem else []


def _shipped_from(engine: Engine, work: Work) -> list[Caution]:
    """Goods that came by way of another country: which origin counts, and what a finding of transshipment would cost."""
    place, origin = work.line.words.get(SHIPPED_FROM), work.line.origin
    if place is None or place == origin:
        return []
    found = [
        Caution(
            "origin_not_shipped_from",
            f"shipped from {place}: the origin {origin} counts, for duty follows the country where the article was made or last "
            f"substantially transformed ({_jurisdiction(engine, work).origin_rule}); passing through {place} does not change it",
        )
    ]
    for declared in engine.regime.ledger.facts.values():
        if declared.warn_when != SHIPPED_FROM_DIFFERS or declared.name in work.line.claims:
            continue
        try:
            said = difference(engine, work, work.facts.assuming(frozenset({f"claim:{declared.name}"})))
        except LineError:
            continue
        if said:
            found.append(Caution("transshipment", f"{declared.text} If so: {said}"))
    return found


def _schedule(engine: Engine, work: Work) -> list[Caution]:
    found: list[Caution] = []
    coverage = coverage_of(engine.regime, work.line)
    instant = work.line.entered.instant
    if coverage is not None and coverage.reconstructed_from <= instant < coverage.reconstructed_before:
        edition = work.product.line.edition.name
        found.append(
            Caution(
                "reconstructed",
                f"{coverage.reconstructed} and the base duty is that of {edition}: the answer is reconstructed",
            )
        )
    if work.product.line.suffix_unchecked:
        found.append(Caution("suffix_unchecked", _unchecked(engine, work)))
    if AVERAGE in work.precision:
        found.append(
            Caution(
                "average_rate",
                f"given at the precision of an {work.precision}: where it rests on an average over the tariff lines below "
                f"{dotted(work.product.line.rates_on)}, the line's own rate may be another; --schedule takes your own rates",
            )
        )
    found += [Caution("base_rate_note", note.text) for note in work.product.line.footnotes if BASE in note.columns]
    if work.product.line.omitted:
        found.append(
            Caution(
                "number_omitted", "the edition's export leaves this number out; it was filled in from its neighbours"
            )
        )
    if is_quota_line(work.product.line):
        found.append(
            Caution(
                "quota_line", "this number is for goods within a tariff-rate quota; over quota another number applies"
            )
        )
    if work.product.line.stale:
        last = engine.schedule_of(work.line.into).last_edition.name
        found.append(
            Caution(
                "schedule_stale", f"the last edition of the tariff at hand is {last}; numbers may have changed since"
            )
        )
    if local_day(instant, engine.regime.zone(work.line.into)).isoformat() > engine.last_act:
        found.append(
            Caution(
                "beyond_last_act", f"no act after {engine.last_act} is known: the answer is the law as written then"
            )
        )
    return found


def _voids(engine: Engine, work: Work) -> list[Caution]:
    """A court's word for plaintiffs only."""
    found: dict[str, Caution] = {}
    for answer in work.outcome.answers:
        if answer.row is None or not answer.amount:
            continue
        void = engine.regime.void(answer.row.key, work.line.entered.instant)
        if void is not None and not void.for_all:
            act = engine.regime.acts[void.act]
            found[void.act] = Caution(
                "voided_for_plaintiffs",
                f"{answer.code} is void for the plaintiffs of {act.title} ({act.citation}) only",
            )
    return list(found.values())


def _pooled(work: Work) -> list[Caution]:
    """Contents of one pool that nobody stated: the full value is charged once, under the heading asked first."""
    return [
        Caution(
            "content_charged_once",
            f"{' and '.join(facts)} are not stated: the full value is charged once; state them for the exact duty",
        )
        for facts in work.outcome.pooled.values()
        if len(facts) > 1
    ]


def _unchecked(engine: Engine, work: Work) -> str:
    line = work.product.line
    if engine.schedule_of(work.line.into).open_ended:
        return f"the tariff at hand ends at {dotted(line.number)}: the digits behind it were taken as given"
    return "the last two digits stand in a statistical note only and were taken as given"


def _jurisdiction(engine: Engine, work: Work) -> Jurisdiction:
    return engine.regime.ledger.jurisdictions[work.line.into]


def _value(engine: Engine, work: Work) -> list[Caution]:
    found: list[Caution] = []
    cents = work.facts.value != work.facts.value.to_integral_value()
    if cents and _jurisdiction(engine, work).whole_units:
        found.append(
            Caution("value_has_cents", "values are entered in whole dollars; --whole-dollars rounds them half-up first")
        )
    minimum = any(fee.minimum is not None for fee in engine.regime.fees(work.line.into))
    if not work.facts.value and minimum:
        found.append(Caution("value_is_zero", "the value is zero: a formal entry still pays the minimum fee"))
    return found
