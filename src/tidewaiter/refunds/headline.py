"""The head of the readiness report: the figures that a reader looks for first, and what must be checked first."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from tidewaiter.refunds.answer import RefundDesk, Summary, entries_of
from tidewaiter.refunds.frames import BUCKETS
from tidewaiter.refunds.hand_in import HANDED_IN, HELD, IN_FILE, Manifest
from tidewaiter.refunds.interest import PUBLISHED
from tidewaiter.refunds.money import show_cents
from tidewaiter.refunds.page import Figure, Figures

_CLAIM_NOW = BUCKETS[0]
_IN_REACH = BUCKETS[:3]


def figures(summary: Summary, manifest: Manifest | None) -> Figures:
    """Four figures, the first two of the same entries: what is in reach without a court."""
    now = summary.bucket(_CLAIM_NOW)
    day, what = _nearest(summary)
    parts = [f"{name} {show_cents(summary.bucket(name)['principal'])}" for name in _IN_REACH]
    return Figures(
        (
            Figure(
                "In reach without a court",
                show_cents(summary.open_principal),
                f"{', '.join(parts)}; of {show_cents(summary.principal)} paid under duties struck down",
            ),
            Figure("Interest on it so far (estimate)", show_cents(summary.open_interest), _interest_note(summary)),
            Figure("To declare now", show_cents(now["principal"]), _in_files(now["entries"], manifest)),
            Figure("Nearest deadline", day, what),
        )
    )


def _nearest(summary: Summary) -> tuple[str, str]:
    """The first day on which something has to be done, and all that is due on it."""
    ahead = summary.deadlines.filter(pl.col("principal") > 0)
    if not ahead.height:
        return "none ahead", ""
    first = ahead.filter(pl.col("deadline") == ahead["deadline"].min())
    said = [
        f"{row['what']}: {entries_of(row['entries'])}, {show_cents(row['principal'])}"
        for row in first.iter_rows(named=True)
    ]
    return first["deadline"][0].isoformat(), "; ".join(said)


def _in_files(entries: int, manifest: Manifest | None) -> str:
    """How many entries there are to declare, and how many of them stand in files."""
    if manifest is None:
        return entries_of(entries)
    states = dict(manifest.entries.group_by("state").len().iter_rows())
    said = [
        f"{states.get(IN_FILE, 0):,} of them in {len(manifest.files)} file(s)",
        f"{states.get(HELD, 0):,} held back",
    ]
    if HANDED_IN in states:
        said.append(f"{states[HANDED_IN]:,} handed in before")
    return f"{entries_of(entries)}: {', '.join(said)}"


def _interest_note(summary: Summary) -> str:
    unknown = summary.interest_unknown
    said = f"{summary.desk.rates} rates; {show_cents(summary.interest)} on all that was paid under duties struck down"
    return said + (f"; not known for {entries_of(unknown)}" if unknown else "")


def cautions_said(desk: RefundDesk) -> Iterator[str]:
    """What must be checked of how many entries, each with its citation."""
    for row in desk.cautions.iter_rows(named=True):
        now, principal = f"{row['claim_now']:,} of them to claim now", show_cents(row["principal"])
        many = f"{entries_of(row['entries'])} ({now}; {principal} of struck duty)"
        unsure = "" if row["confidence"] == PUBLISHED else f"; {row['confidence']}"
        yield f"check {many}: {row['message']} [{row['code']}: {row['cite']}{unsure}]"
