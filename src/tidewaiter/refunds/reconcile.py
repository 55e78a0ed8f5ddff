"""The refunds that came held against the entries that were handed in: what is short, rejected, diverted, returned or unpaid.

The log says what was handed in and what was expected; the later reports say what became of it. A refund may be of many entries
(of one payee and one day of liquidation): its status is that of each of them, and its amount is held against their sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from tidewaiter.bulk.files import write_beside
from tidewaiter.bulk.safe_csv import guarded
from tidewaiter.refunds.forms import message, reports
from tidewaiter.refunds.log import Log
from tidewaiter.refunds.money import as_dollars, as_json_rows
from tidewaiter.refunds.refund_reports import RefundReports, ReportRead

PAID, ON_THE_WAY, ACCEPTED = "paid", "on the way", "accepted"
REJECTED, DIVERTED, RETURNED, SHORT, UNPAID = "rejected", "diverted", "returned", "short", "unpaid"
WAITING, NOT_MARKED, NOT_IN_LOG, NOT_HANDED_IN = "waiting", "not marked", "not in the log", "not handed in"
EXCEPTIONS = (REJECTED, DIVERTED, RETURNED, SHORT, UNPAID, NOT_MARKED, NOT_IN_LOG)
"""The states about which somebody has to do something."""
_RANK = {ACCEPTED: 1, ON_THE_WAY: 2, PAID: 3, REJECTED: 4, DIVERTED: 5, RETURNED: 6}
_MONEY = ("principal_expected", "interest_expected", "principal_paid", "interest_paid", "amount_paid", "short")
_ACTIONS = {
    SHORT: "hold the refund against the entry: ask customs for its computation",
    UNPAID: "look the declaration up; ask customs where the refund is, and whether bank data are missing",
    NOT_MARKED: "it was prepared and the reports know it: mark its file as handed in (refunds submitted)",
    NOT_IN_LOG: "it was not declared from here: whose is it?",
}

_LOOK_UP = "look the message up with customs"


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What became of every entry, and of every refund that is of several.

    ``entries``: entry_number, state, why, action, file, submitted_on, refund, status, date, message, again (may be declared
    again), principal_expected, interest_expected, principal_paid, interest_paid, amount_paid, short; money is cents.
    ``refunds``: refund, entries, status, amount, expected, short.
    """

    on: date
    after: int
    entries: pl.DataFrame
    refunds: pl.DataFrame
    files: tuple[ReportRead, ...]

    @property
    def refused(self) -> bool:
        """Whether a report could not be read."""
        return any(one.error for one in self.files)

    def states(self) -> pl.DataFrame:
        """state, entries, principal_expected, principal_paid, interest_paid (null: not told), amount_paid; exceptions first."""
        order = {
            state: place
            for place, state in enumerate((*EXCEPTIONS, PAID, ON_THE_WAY, ACCEPTED, WAITING, NOT_HANDED_IN))
        }
        counted = self.entries.group_by("state").agg(
            pl.len().cast(pl.Int64).alias("entries"),
            pl.col("principal_expected").sum(),
            # What a report does not split it does not tell: an amount alone is neither principal nor interest.
            *(_sum(name) for name in ("principal_paid", "interest_paid")),
            pl.coalesce("amount_paid", _both_paid()).sum().alias("amount_paid"),
        )
        return counted.sort(pl.col("state").replace_strict(order, return_dtype=pl.Int64))

    def exceptions(self) -> pl.DataFrame:
        """The entries about which somebody has to do something."""
        return self.entries.filter(pl.col("state").is_in(EXCEPTIONS))

    def release(self, log: Log, on: date) -> int:
        """Let rejected entries that may be declared again into new files; how many."""
        free = self.entries.filter((pl.col("state") == REJECTED) & pl.col("again") & pl.col("file").is_not_null())
        for (file,), group in free.group_by("file", maintain_order=True):
            why = "; ".join(group["message"].drop_nulls().unique(maintain_order=True))
            log.release(str(file), group["entry_number"].to_list(), on, why)
        return free.height

    def as_json(self) -> dict[str, Any]:
        """The object that ``tidewaiter refunds reconcile --json`` prints; money is text with its cents."""
        return {
            "on": self.on.isoformat(),
            "late_after_days": self.after,
            "reports": [
                {
                    "name": one.name,
                    "rows": one.rows,
                    "columns": one.found,
                    "not_found": list(one.not_found),
                    "rows_skipped": one.skipped,
                    "error": None if one.error is None else {"code": one.error.code, "message": one.error.message},
                }
                for one in self.files
            ],
            "states": as_json_rows(self.states()),
            "exceptions": as_json_rows(self.exceptions()),
            "refunds": as_json_rows(self.refunds),
        }


def reconciled(log: Log, reports: RefundReports, on: date, after: int = 120) -> Reconciled:
    """Hold the reports against the log, as of a day; what was handed in more than ``after`` days ago and is not paid is late."""
    said = _with_status(reports.said)
    entries = _by_entry(said)
    known = log.live().rename({"principal": "principal_expected", "interest": "interest_expected"})
    found = known.join(entries, on="entry_number", how="full", coalesce=True, maintain_order="left_right")
    found = _told(_states(found, on, after), on)
    refunds = _by_refund(said, found)
    return Reconciled(on, after, found, refunds, reports.files)


def write_table(found: Reconciled, path: Path) -> None:
    """Write every entry as CSV, beside and renamed. Raises ``FileError`` ``cannot_write``."""
    table = guarded(as_dollars(found.entries.drop("again"), *_MONEY))
    write_beside(path, lambda file: table.write_csv(file))


def _with_status(said: pl.DataFrame) -> pl.DataFrame:
    """The rows with what their status comes to, and what to do about it."""
    texts = said["status"].unique().drop_nulls().to_list()
    meant = [_status(text) for text in texts]
    status = pl.col("status")
    return said.with_columns(
        status.replace_strict(texts, [one[0] for one in meant], default=None, return_dtype=pl.String).alias("comes_to"),
        status.replace_strict(texts, [one[1] for one in meant], default=None, return_dtype=pl.String).alias("action"),
    )


def _of_entries(said: pl.DataFrame) -> pl.DataFrame:
    """The rows of entries, and those of a whole refund for each of its entries: its status is theirs, its amount is not."""
    own = said.filter(pl.col("entry_number").is_not_null())
    links = own.filter(pl.col("refund").is_not_null()).select("refund", "entry_number").unique(maintain_order=True)
    whole = said.filter(pl.col("entry_number").is_null()).drop("entry_number")
    nothing = [pl.lit(None, dtype=pl.Int64).alias(name) for name in ("principal", "interest", "amount")]
    spread = whole.join(links, on="refund", maintain_order="left").with_columns(nothing)
    return pl.concat([own, spread.select(own.columns)])


def _status(text: str) -> tuple[str | None, str]:
    plain = " ".join(text.lower().split())
    found = [one for one in reports().statuses if one.text.lower() in plain]
    best = max(found, key=lambda one: len(one.text), default=None)
    return (None, "") if best is None else (best.comes_to, best.action)


def _by_entry(said: pl.DataFrame) -> pl.DataFrame:
    """A row an entry: its last status, and what was paid. Two reports tell the same money; two rows of one report add up."""
    rows = _of_entries(said)
    amounts = (
        rows.group_by("entry_number", "report")
        .agg(_sum(name) for name in ("principal", "interest", "amount"))
        .group_by("entry_number")
        .agg(
            pl.col("principal").max().alias("principal_paid"),
            pl.col("interest").max().alias("interest_paid"),
            pl.col("amount").max().alias("amount_paid"),
        )
    )
    ranked = rows.with_columns(pl.col("comes_to").replace_strict(_RANK, default=0, return_dtype=pl.Int64).alias("rank"))
    last = (
        ranked.sort("date", "rank", nulls_last=False, maintain_order=True)
        .group_by("entry_number", maintain_order=True)
        .agg(
            *(pl.col(name).drop_nulls().last() for name in ("refund", "status", "comes_to", "action", "date")),
            pl.col("message").drop_nulls().last(),
        )
    )
    return last.join(amounts, on="entry_number", how="left", maintain_order="left")


def _both_paid() -> pl.Expr:
    """Principal and interest where a report tells them apart; null where it does not."""
    return pl.col("principal_paid") + pl.col("interest_paid").fill_null(0)


def _sum(name: str) -> pl.Expr:
    """The sum of what is told; null where nothing is."""
    return pl.when(pl.col(name).count() > 0).then(pl.col(name).sum()).alias(name)


def _states(found: pl.DataFrame, on: date, after: int) -> pl.DataFrame:
    """Each entry's state, and what it is short of."""
    expected, paid = pl.col("principal_expected").fill_null(0), pl.col("principal_paid")
    of_both = expected + pl.col("interest_expected").fill_null(0)
    split = paid.is_not_null()
    short = (
        pl.when(split)
        .then(expected - paid + (pl.col("interest_expected") - pl.col("interest_paid")).fill_null(0).clip(0))
        .otherwise(of_both - pl.col("amount_paid"))
        .clip(0)
    )
    late = pl.col("submitted_on").str.to_date() + timedelta(days=after) < on
    money = split | pl.col("amount_paid").is_not_null()
    comes_to = pl.col("comes_to")
    reported = comes_to.is_not_null() | money | pl.col("message").is_not_null()
    refused = comes_to.eq_missing(pl.lit(REJECTED)) | (comes_to.is_null() & ~money & pl.col("message").is_not_null())
    arrived = comes_to.eq_missing(pl.lit(PAID)) | (comes_to.is_null() & money)
    open_late = (comes_to.is_null() | comes_to.is_in([ACCEPTED, ON_THE_WAY])) & late & ~arrived
    state = (
        pl.when(pl.col("file").is_null())
        .then(pl.lit(NOT_IN_LOG))
        .when(pl.col("submitted_on").is_null() & reported)
        .then(pl.lit(NOT_MARKED))
        .when(pl.col("submitted_on").is_null())
        .then(pl.lit(NOT_HANDED_IN))
        .when(refused)
        .then(pl.lit(REJECTED))
        .when(comes_to.is_in([DIVERTED, RETURNED]))
        .then(comes_to)
        .when(money & (short > 0))
        .then(pl.lit(SHORT))
        .when(arrived)
        .then(pl.lit(PAID))
        .when(open_late)
        .then(pl.lit(UNPAID))
        .otherwise(pl.coalesce(comes_to, pl.lit(WAITING)))
    )
    return found.with_columns(short.alias("short"), state.alias("state"))


def _told(found: pl.DataFrame, on: date) -> pl.DataFrame:
    """Why an entry stands as it does and what to do, from the table of answers and statuses."""
    texts = found["message"].unique().drop_nulls().to_list()
    known = {text: message(text, on) for text in texts}
    means = [one.means if one else "the message is not known here" for one in known.values()]
    actions = [one.action if one else _LOOK_UP for one in known.values()]
    again = [one is not None and one.again for one in known.values()]

    def of(values: list[Any], kind: pl.DataType) -> pl.Expr:
        return pl.col("message").replace_strict(texts, values, default=None, return_dtype=kind)

    rejected = pl.col("state") == REJECTED
    days = (pl.lit(on) - pl.col("submitted_on").str.to_date()).dt.total_days()
    short = pl.format("short by {}", pl.col("short").cast(pl.Decimal(18, 2)) / 100)
    why = (
        pl.when(rejected)
        .then(_rejected_why(of(means, pl.String())))
        .when(pl.col("state") == SHORT)
        .then(short)
        .when(pl.col("state") == UNPAID)
        .then(pl.format("handed in {} days ago", days))
        .otherwise(pl.col("status"))
    )
    action = (
        pl.when(rejected)
        .then(pl.coalesce(of(actions, pl.String()), _filled("action"), pl.lit(_LOOK_UP)))
        .otherwise(
            pl.coalesce(pl.col("state").replace_strict(_ACTIONS, default=None, return_dtype=pl.String), "action")
        )
    )
    return found.with_columns(
        why.alias("why"), action.alias("action"), of(again, pl.Boolean()).fill_null(False).alias("again")
    ).select(
        "entry_number",
        "state",
        "why",
        "action",
        "file",
        "submitted_on",
        "refund",
        "status",
        "date",
        "message",
        "again",
        *_MONEY,
    )


def _rejected_why(means: pl.Expr) -> pl.Expr:
    """The message and what it means; where the report has none, its status."""
    said = pl.concat_str([pl.col("message"), means], separator=": ", ignore_nulls=True)
    told = pl.format("{}, and the report gives no message", pl.coalesce(_filled("status"), pl.lit("rejected")))
    return pl.when(pl.col("message").is_not_null()).then(said).otherwise(told)


def _filled(name: str) -> pl.Expr:
    return pl.when(pl.col(name) != "").then(name)


def _by_refund(said: pl.DataFrame, entries: pl.DataFrame) -> pl.DataFrame:
    """Refunds that a report tells as a whole, held against the sum of what their entries expect."""
    whole = said.filter(pl.col("entry_number").is_null())
    amounts = (
        whole.group_by("refund", "report", maintain_order=True)
        .agg(_sum("amount"), _sum("principal"), _sum("interest"), pl.col("status").drop_nulls().last())
        .with_columns(pl.coalesce("amount", pl.col("principal") + pl.col("interest").fill_null(0)).alias("amount"))
        .group_by("refund", maintain_order=True)
        .agg(pl.col("amount").max(), pl.col("status").drop_nulls().last())
    )
    expected = (
        entries.filter(pl.col("refund").is_not_null())
        .group_by("refund")
        .agg(
            pl.len().cast(pl.Int64).alias("entries"),
            (pl.col("principal_expected").fill_null(0) + pl.col("interest_expected").fill_null(0))
            .sum()
            .alias("expected"),
        )
    )
    return (
        amounts.join(expected, on="refund", how="left", maintain_order="left")
        .with_columns(pl.col("entries").fill_null(0), (pl.col("expected") - pl.col("amount")).clip(0).alias("short"))
        .select("refund", "entries", "status", "amount", "expected", "short")
    )
