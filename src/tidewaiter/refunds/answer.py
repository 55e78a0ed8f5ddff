"""What the desk came to: the frames of one run, and the sums that every page of it shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import polars as pl

from tidewaiter.assess.errors import FileError
from tidewaiter.refunds.desk import CLAIM_NOW, assumed
from tidewaiter.refunds.frames import BUCKETS
from tidewaiter.refunds.money import as_json_rows, say_cents
from tidewaiter.refunds.read import FileRead
from tidewaiter.refunds.read_missing import COLUMNS
from tidewaiter.refunds.read_problems import ERROR

_NOT_ELIGIBLE = BUCKETS[4]
_AHEAD = timedelta(days=7 * 26)
MEANS = {
    "claim now": "can be declared for refund today",
    "wait": "something has to happen or be found out first, and some of it may need a protest instead",
    "protest": "too late to declare, in time to protest the liquidation",
    "court": "final: only a suit in court, or a later phase that is contested, may bring it back",
    "not eligible": "no struck duty was paid, or this process does not refund it (drawback, excluded types)",
    "missing data": "its bucket hangs on a fact that the reports do not tell",
}
"""The buckets in a sentence each."""


@dataclass(frozen=True, slots=True)
class RefundDesk:
    """The reports of somebody, seen on a day. Frames: see :mod:`tidewaiter.refunds.frames`; money in them is whole cents.

    ``entries`` is a DESK frame, ``calendar`` what falls out of which window week by week (week, clock, what, entries, principal),
    ``rights`` what was paid under authorities that may fall next, ``authorities`` what was paid under each, base duty among them
    (authority, paid, assessed, owed, voided). ``rates`` says of which class the interest is.
    """

    on: date
    known_on: str
    rates: str
    files: tuple[FileRead, ...]
    problems: pl.DataFrame
    lines: pl.DataFrame
    duties: pl.DataFrame
    authorities: pl.DataFrame
    findings: pl.DataFrame
    entries: pl.DataFrame
    calendar: pl.DataFrame
    rights: pl.DataFrame
    cautions: pl.DataFrame
    """CAUTIONS: what must be checked of entries, because no report tells it."""
    deadlines: str
    """The days of the calendar as the text of an iCalendar file."""

    @property
    def complete(self) -> bool:
        """Whether all is answered: no file or row was left out, no report lacks a column, every line is held against the law."""
        return not (any(one.error for one in self.files) or self.problems["severity"].is_in([ERROR]).any() or self.gaps)

    @property
    def gaps(self) -> list[str]:
        """What the answer lacks though every row was read: columns that are not there, and lines that are not computed."""
        lacking = self.problems.filter(pl.col("code").is_in(list(COLUMNS)))["message"].unique(maintain_order=True)
        refused = self.lines["error"].count()
        said = (
            f"{refused:,} of {self.lines.height:,} lines could not be held against the law (findings: not computed): what was "
            "struck down on them counts only where the report names its headings"
        )
        return [*lacking, *([said] if refused else [])]

    def summary(self) -> Summary:
        """The sums."""
        return Summary.of(self)


@dataclass(frozen=True, slots=True)
class Summary:
    """The sums of a desk. Frames are small; money is whole cents.

    ``paid`` by authority: authority, paid, assessed, owed, voided. ``buckets``: bucket, entries, principal, interest, unknown
    (entries whose interest is not known), deadline, deadline_what, days_left; all six, in order. ``deadlines`` ahead: deadline,
    what, bucket, entries, principal. ``findings``: kind, refundable, findings, amount. ``problems``: severity, code, count,
    message, hint. ``open_principal`` and ``open_interest`` are those of the buckets claim now, wait and protest. ``assumed``: how
    many of the entries that can be declared now rest on facts that no report tells, and how many on each fact.
    """

    desk: RefundDesk = field(repr=False)
    entries: int
    lines: int
    value: int
    all_paid: int
    refused_lines: int
    paid: pl.DataFrame
    principal: int
    interest: int
    interest_unknown: int
    open_principal: int
    open_interest: int
    buckets: pl.DataFrame
    deadlines: pl.DataFrame
    findings: pl.DataFrame
    problems: pl.DataFrame
    estimated: dict[str, int]
    assumed: tuple[int, dict[str, int]]

    @classmethod
    def of(cls, desk: RefundDesk) -> Summary:
        """The sums of a desk."""
        entries = desk.entries
        refundable = entries.filter(pl.col("voided") > 0)
        buckets = _buckets(entries)
        open_ones = buckets.filter(pl.col("bucket").is_in(BUCKETS[:3]))
        return cls(
            desk,
            entries.height,
            desk.lines.height,
            int(entries["value"].sum()),
            int(entries["paid"].sum()),
            desk.lines["error"].count(),
            desk.authorities.sort("voided", "paid", "authority", descending=[True, True, False]),
            int(entries["voided"].sum()),
            int(refundable["interest"].sum()),
            int(buckets["unknown"].sum()),
            int(open_ones["principal"].sum()),
            int(open_ones["interest"].sum()),
            buckets,
            _deadlines(entries),
            desk.findings.group_by("kind", "refundable")
            .agg(pl.len().alias("findings"), pl.col("amount").sum())
            .sort("findings", "kind", descending=[True, False]),
            desk.problems.group_by("severity", "code")
            .agg(pl.len().alias("count"), pl.col("message").first(), pl.col("hint").first())
            .sort("severity", "count", "code", descending=[False, True, False]),
            {
                "deposit date": int(refundable["deposit_estimated"].sum()),
                "liquidation date": int(refundable["liquidation_estimated"].sum()),
            },
            assumed(entries.filter(bucket=CLAIM_NOW)),
        )

    def bucket(self, name: str) -> dict[str, Any]:
        """The row of a bucket."""
        return self.buckets.row(BUCKETS.index(name), named=True)

    def as_json(self) -> dict[str, Any]:
        """The object of ``refunds.json``, without the entries; money is text with its cents."""
        desk = self.desk
        return {
            "on": desk.on.isoformat(),
            "known_on": desk.known_on,
            "interest_rates": desk.rates,
            "files": [
                {"name": one.name, "kind": one.kind, "rows": one.rows, "error": _error(one.error)} for one in desk.files
            ],
            "summary": {
                "entries": self.entries,
                "lines": self.lines,
                "lines_not_computed": self.refused_lines,
                "value": say_cents(self.value),
                "paid": say_cents(self.all_paid),
                "refundable_principal": say_cents(self.principal),
                "in_reach_without_a_court": say_cents(self.open_principal),
                "refundable_interest": say_cents(self.interest),
                "interest_in_reach_without_a_court": say_cents(self.open_interest),
                "interest_not_known": self.interest_unknown,
                "estimated": self.estimated,
                "cautions": as_json_rows(desk.cautions),
                "assumed_of_claim_now": {"entries": self.assumed[0], "facts": self.assumed[1]},
                "paid_by_authority": as_json_rows(self.paid),
                "findings": as_json_rows(self.findings),
                "problems": as_json_rows(self.problems),
            },
            "buckets": as_json_rows(self.buckets),
            "deadlines": as_json_rows(self.deadlines),
            "calendar": as_json_rows(desk.calendar),
            "rights": as_json_rows(desk.rights),
        }


def _error(error: FileError | None) -> dict[str, str] | None:
    return None if error is None else {"code": error.code, "message": error.message, "hint": error.hint}


def _buckets(entries: pl.DataFrame) -> pl.DataFrame:
    comes_back = (pl.col("voided") > 0) & (pl.col("bucket") != _NOT_ELIGIBLE)
    counted = entries.group_by("bucket").agg(
        pl.len().alias("entries"),
        pl.col("voided").sum().alias("principal"),
        pl.col("interest").filter(pl.col("voided") > 0).sum().alias("interest"),
        pl.col("interest").filter(comes_back).null_count().cast(pl.Int64).alias("unknown"),
    )
    nearest = (
        entries.filter(pl.col("deadline").is_not_null())
        .sort("deadline")
        .group_by("bucket", maintain_order=True)
        .agg(pl.col("deadline", "deadline_what", "days_left").first())
    )
    order = pl.DataFrame({"bucket": BUCKETS})
    return (
        order.join(counted, on="bucket", how="left", maintain_order="left")
        .with_columns(pl.col("entries", "principal", "interest", "unknown").cast(pl.Int64).fill_null(0))
        .join(nearest, on="bucket", how="left", maintain_order="left")
    )


def _deadlines(entries: pl.DataFrame) -> pl.DataFrame:
    """The last days of next steps, all of them that are still ahead."""
    return (
        entries.filter((pl.col("deadline").is_not_null()) & (pl.col("days_left") >= 0))
        .group_by("deadline", pl.col("deadline_what").alias("what"), "bucket")
        .agg(
            pl.col("days_left").first(),
            pl.len().cast(pl.Int64).alias("entries"),
            pl.col("voided").sum().alias("principal"),
        )
        .sort("deadline", "what", "bucket")
    )


def soon(desk: RefundDesk, weeks: pl.DataFrame | None = None) -> pl.DataFrame:
    """The calendar as far ahead as people plan: half a year."""
    frame = desk.calendar if weeks is None else weeks
    return frame.filter((pl.col("week") <= desk.on + _AHEAD) & (pl.col("week") > desk.on - timedelta(days=7)))


def entries_of(count: int) -> str:
    """A number of entries in words.

    >>> entries_of(1), entries_of(1200)
    ('1 entry', '1,200 entries')
    """
    return f"{count:,} {'entry' if count == 1 else 'entries'}"


def names(words: Iterable[str | None], most: int) -> str:
    """Words by commas, the first few of many."""
    found: Sequence[str] = [word for word in words if word]
    said = ", ".join(found[:most])
    return f"{said} and {len(found) - most} more" if len(found) > most else said
