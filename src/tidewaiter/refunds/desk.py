"""Every entry in one bucket, with its way, its reason, its next step, the governing deadline and what is not known.

The routes and their clocks are the law's data (``law/refunds/``): here is only how they are asked, many entries at once. Entries
whose facts are coded alike take the same way, so each way is found once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from tidewaiter.ledger.refund_law import Caution
from tidewaiter.refunds.coded import LIQUIDATED_ON, Coded, code, standing
from tidewaiter.refunds.entries import AUTHORITIES
from tidewaiter.refunds.frames import BUCKETS, CAUTIONS, DESK
from tidewaiter.refunds.holds import holds
from tidewaiter.refunds.interest import PUBLISHED, Rates, interest
from tidewaiter.refunds.process import Process
from tidewaiter.refunds.waterfall import LIQUIDATION, Waterfall
from tidewaiter.refunds.words import in_words

CLAIM_NOW, MISSING = BUCKETS[0], BUCKETS[-1]
NOT_ELIGIBLE = "not eligible"
_JOINED, NOTES = ", ", "; "
ASSUMED = "no report tells, and taken as usual: "
"""How ``notes`` begins to name the facts that are assumed of an entry; they go on to the next semicolon."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Where entries whose facts are coded alike go, and the clocks of which the earliest to run out governs."""

    bucket: str
    route: str
    reason: str
    next_step: str
    clocks: tuple[str, ...]
    settlement: str
    missing: str
    note: str


def desk(
    entries: pl.DataFrame, process: Process, on: date, *, strict: bool = False, settle: bool = False
) -> pl.DataFrame:
    """DESK for ENTRIES on a day (and the column ``authorities``, where the entries have it).

    What no report tells is as the process assumes (``assume:`` in its file), and ``notes`` says where that matters; with
    ``strict`` it is missing. Interest runs to the day asked, or with ``settle`` to the day on which an entry that is claimed
    that day is expected to be (re)liquidated; :func:`with_interest` fills the amount.
    """
    waterfall = Waterfall(process, on)
    frame = standing(entries, waterfall)
    coded = code(frame, waterfall, strict)
    keys, place = np.unique(coded.keys.to_numpy(), return_inverse=True)
    decisions = [_decide(waterfall, coded, int(key)) for key in keys]
    at = pl.Series("at", place.astype(np.uint32))
    frame = frame.with_columns(
        *(_told(decisions, at, name) for name in ("bucket", "route", "reason", "next_step", "missing", "note"))
    )
    frame = _with_deadline(frame, decisions, at, waterfall)
    frame = _with_days(frame, decisions, at, waterfall, settle)
    cautions = process.cautions(on)
    ids = [pl.when(holds(one.when)).then(pl.lit(one.id)) for one in cautions]
    frame = frame.with_columns(cautions=joined(ids, _JOINED))
    frame = frame.with_columns(notes=_notes(on, _unserved(frame, process.serves(on)), _unsure(process), cautions))
    extra = [AUTHORITIES] if AUTHORITIES in frame.columns else []
    return frame.select(*DESK, *extra)


def cautioned(desk: pl.DataFrame, process: Process, on: date) -> pl.DataFrame:
    """CAUTIONS: those of a process that hold for entries of a DESK frame, with how many and what was paid on them."""
    rows = []
    for one in process.cautions(on):
        mine = desk.filter(pl.col("cautions").str.split(_JOINED).list.contains(one.id))
        if mine.height:
            now = mine.filter(bucket=CLAIM_NOW).height
            rows.append((one.id, one.text, one.cite, one.confidence, mine.height, now, int(mine["voided"].sum())))
    return pl.DataFrame(rows, schema=CAUTIONS, orient="row")


def with_interest(desk: pl.DataFrame, rates: Rates, *, corporate: bool, assume: bool) -> pl.DataFrame:
    """DESK with the interest on the refundable principal over its days, in cents, and what must be said of it in ``notes``.

    ``assume`` takes the last published rate for quarters to come; else such interest is null. See :func:`interest.interest`.
    """
    found = interest(desk.with_columns(principal="voided"), rates, corporate=corporate, assume=assume)
    notes = joined([pl.col("notes"), pl.col("interest_note")], NOTES)
    return found.with_columns(notes=notes).select(desk.columns)


def assumed(desk: pl.DataFrame) -> tuple[int, dict[str, int]]:
    """How many entries of a DESK frame rest on facts that no report tells, and each fact with the entries that rest on it."""
    told = desk["notes"].str.extract(f"{ASSUMED}([^;]*)").drop_nulls()
    facts = (
        told.str.split(_JOINED)
        .explode()
        .value_counts(name="entries")
        .sort("entries", "notes", descending=[True, False])
    )
    return len(told), dict(facts.iter_rows())


def _decide(waterfall: Waterfall, coded: Coded, key: int) -> Decision:
    taken = waterfall.take(coded.codes(key, assume=True))
    routes = [waterfall.routes[place] for place in sorted(taken.routes)]
    first = routes[0]
    clocks = tuple(dict.fromkeys(clock for one in routes for clock in one.deadlines))
    asked = waterfall.take(coded.codes(key, assume=False)).hangs_on
    matters = (asked - taken.hangs_on) & frozenset(waterfall.process.law.assume)
    said = [f"{ASSUMED}{_said(matters)}"] if matters else []
    if first.confidence != PUBLISHED:
        said.append(f"the rule that decides is {first.confidence}, not published")
    single = len(waterfall.buckets(taken.routes)) == 1
    note = "; ".join(said)
    if single:
        return Decision(first.bucket, first.id, first.reason, first.next, clocks, first.settlement, "", note)
    ways = " or ".join(dict.fromkeys(one.bucket for one in routes))
    return Decision(
        MISSING,
        "",
        f"Whether it is {ways} hangs on what is not known: {_said(taken.hangs_on)}.",
        f"Find out, and read the report again: {_said(taken.hangs_on)}.",
        clocks,
        "",
        _JOINED.join(sorted(taken.hangs_on)),
        note,
    )


def _said(facts: frozenset[str]) -> str:
    return _JOINED.join(sorted(map(in_words, facts)))


def _told(decisions: list[Decision], at: pl.Series, name: str) -> pl.Series:
    texts = pl.Series(name, [getattr(one, name) or None for one in decisions], pl.String())
    return texts.gather(at)


def _with_deadline(frame: pl.DataFrame, decisions: list[Decision], at: pl.Series, waterfall: Waterfall) -> pl.DataFrame:
    """The governing deadline: of the clocks of the possible ways the first that still runs, else the last to have run."""
    process, on = waterfall.process, waterfall.on
    names = sorted({clock for one in decisions for clock in one.clocks})
    base = frame.with_columns(pl.col(LIQUIDATED_ON).alias(LIQUIDATION))
    frame = frame.with_columns(deadline=pl.lit(None, pl.Date()), deadline_what=pl.lit(None, pl.String()))
    if names:
        days = pl.DataFrame([process.ends(base, name, on) for name in names])
        asked = [pl.Series(name, [name in one.clocks for one in decisions]).gather(at) for name in names]
        days = days.with_columns(
            pl.when(mask).then(days[name]).alias(name) for name, mask in zip(names, asked, strict=True)
        )
        running = days.select(pl.when(pl.col(name) >= on).then(pl.col(name)).alias(name) for name in names)
        first = pl.coalesce(
            running.select(pl.min_horizontal(names)).to_series(), days.select(pl.max_horizontal(names)).to_series()
        )
        what = pl.coalesce(pl.when(days[name] == first).then(pl.lit(process.clock(name, on).text)) for name in names)
        frame = frame.with_columns(first.alias("deadline")).with_columns(
            days.select(what.alias("deadline_what")).to_series()
        )
    return frame.with_columns(days_left=(pl.col("deadline") - pl.lit(on)).dt.total_days().cast(pl.Int64()))


def _with_days(
    frame: pl.DataFrame, decisions: list[Decision], at: pl.Series, waterfall: Waterfall, settle: bool
) -> pl.DataFrame:
    """The days from and to which interest runs; none where nothing is refunded."""
    on = waterfall.on
    until = pl.lit(on)
    if settle:
        for name in sorted({one.settlement for one in decisions if one.settlement}):
            mine = pl.Series([one.settlement == name for one in decisions]).gather(at)
            until = pl.when(mine).then(waterfall.process.ends(frame, name, on)).otherwise(until)
    deposited = pl.col("deposit_date").is_not_null() & _paid()
    refunded = (pl.col("bucket") != NOT_ELIGIBLE) & deposited
    return frame.with_columns(
        interest_from=pl.when(refunded).then("deposit_date"),
        interest_to=pl.when(refunded).then(until),
        interest=pl.lit(None, pl.Int64()),
    )


def _paid() -> pl.Expr:
    """Whether the duty has been deposited: a statement that is said to be unpaid bears no interest."""
    return pl.col("statement_paid").fill_null(True)


def _unserved(frame: pl.DataFrame, serves: frozenset[str]) -> pl.Expr:
    """Of what is claimed, the authorities whose duties the process does not refund."""
    if AUTHORITIES not in frame.columns:
        return pl.lit(None, pl.String())
    said = {
        named: f"not refunded by this process: {_JOINED.join(others)}"
        for named in frame[AUTHORITIES].unique().drop_nulls()
        if (others := [one for one in named.split(_JOINED) if one and one not in serves])
    }
    notes = pl.col(AUTHORITIES).replace_strict(said, default=None, return_dtype=pl.String())
    return pl.when(pl.col("bucket") == CLAIM_NOW).then(notes)


def _unsure(process: Process) -> pl.Expr:
    """Of the governing clock, where its source is no published text, that it is so."""
    clocks = [one for one in process.law.clocks if one.confidence != PUBLISHED]
    said = {one.text: f"the deadline is {one.confidence} ({one.text})" for one in clocks}
    told = pl.col("deadline_what").replace_strict(said, default=None, return_dtype=pl.String())
    return pl.when(pl.col("bucket") != MISSING).then(told)


def _notes(on: date, unserved: pl.Expr, unsure: pl.Expr, cautions: Iterable[Caution]) -> pl.Expr:
    """What else somebody should know of an entry."""
    silent = (
        pl.col("liquidation_status").is_null() & pl.col("liquidation_estimated") & (pl.col("bucket") != NOT_ELIGIBLE)
    )
    overdue = pl.col("liquidation_estimated") & pl.col(LIQUIDATED_ON).is_null() & (pl.col("liquidation_date") <= on)
    said = [
        *(pl.when(holds(one.when)).then(pl.lit(f"{one.text} [{one.id}; {one.cite}]")) for one in cautions),
        unserved,
        pl.when(pl.col("deposit_estimated")).then(pl.lit("deposit day estimated")),
        pl.when(pl.col("deposit_date").is_null() & (pl.col("bucket") != NOT_ELIGIBLE)).then(
            pl.lit("no interest: no day of deposit is told")
        ),
        pl.when(~_paid() & (pl.col("bucket") != NOT_ELIGIBLE)).then(
            pl.lit("no interest: its statement is not yet paid")
        ),
        pl.when(pl.col("liquidation_estimated") & pl.col(LIQUIDATED_ON).is_not_null()).then(
            pl.lit("liquidation day estimated")
        ),
        pl.when(silent).then(
            pl.lit("no report tells whether it is liquidated: bucket and deadline rest on the usual time")
        ),
        pl.when(overdue).then(
            pl.lit("unliquidated past the usual day: look whether it has been liquidated since the report")
        ),
        pl.when(pl.col("incomplete").is_not_null()).then(
            pl.concat_str(pl.lit("the reports contradict each other: "), "incomplete")
        ),
        # CSMS 67648307: the party named on the entry is paid where its Form 4811 is on file as well, else the importer.
        pl.when(pl.col("notify_party") != pl.col("importer").fill_null("")).then(
            pl.format("the refund goes to {} where a Form 4811 for it is on file, not to the importer", "notify_party")
        ),
        pl.col("note"),
        unsure,
    ]
    return joined(said, NOTES)


def joined(said: Sequence[pl.Expr], separator: str) -> pl.Expr:
    """Texts together; null where none is there."""
    found = pl.concat_str([pl.lit(None, pl.String()), *said], separator=separator, ignore_nulls=True)
    return pl.when(found != "").then(found)
