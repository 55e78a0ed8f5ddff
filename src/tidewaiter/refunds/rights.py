"""The rights ledger: what was paid under duties that may fall next, where the case stands, and what keeps the claim alive.

Which duties are contested, and by which clocks, is the law's data (``law/rights.yaml``). A duty that is void for all by the law
as known is no longer contested: the desk has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl

from tidewaiter.ledger.refund_law import Contested
from tidewaiter.ledger.regime import Regime as FoldedLaw
from tidewaiter.refunds.cliffs import last_days
from tidewaiter.refunds.process import Process
from tidewaiter.refunds.seen import Known, law_of
from tidewaiter.status.matters import Told

RIGHTS: dict[str, pl.DataType] = {
    "right": pl.String(),  # its id in law/rights.yaml
    "title": pl.String(),
    "programs": pl.String(),
    "case": pl.String(),  # the matter; null where no case is known
    "state": pl.String(),
    "says": pl.String(),
    "act": pl.String(),  # the act that says so
    "confidence": pl.String(),
    "next_date": pl.Date(),
    "next_what": pl.String(),
    "keep": pl.String(),  # what must be done
    "cite": pl.String(),
    "entries": pl.Int64(),
    "paid": pl.Int64(),  # cents, on those entries
    "kept": pl.Int64(),  # of paid: on entries under an open protest
    "lost": pl.Int64(),  # of paid: on entries whose last clock has run
    "keep_by": pl.Date(),  # the earliest day by which something must be done
    "keep_by_paid": pl.Int64(),  # of paid: on the entries for which it is that day
}
"""One row for each contested duty under which something was paid; amounts in cents."""
BY_ENTRY: dict[str, pl.DataType] = {
    "right": pl.String(),
    "entry_number": pl.String(),
    "importer": pl.String(),
    "paid": pl.Int64(),
    "liquidation_date": pl.Date(),
    "liquidation_estimated": pl.Boolean(),
    "kept": pl.Boolean(),
    "keep_by": pl.Date(),  # the first clock that still runs; null: none does, or no day can be told
    "keep_what": pl.String(),
    "lost": pl.Boolean(),
}
BY_WEEK: dict[str, pl.DataType] = {
    "right": pl.String(),
    "week": pl.Date(),
    "keep_what": pl.String(),
    "first": pl.Date(),
    "entries": pl.Int64(),
    "paid": pl.Int64(),
}
_PENDING = ("open", "suspended")


@dataclass(frozen=True, slots=True)
class _Right:
    law: Contested
    entries: pl.DataFrame


def rights(duties: pl.DataFrame, entries: pl.DataFrame, regime: Known, on: date) -> pl.DataFrame:
    """RIGHTS from DUTIES and ENTRIES on a day: what may come back one day, and the next thing to do about it."""
    told = _told(regime, on)
    rows = [_row(one, told, on) for one in _rights(duties, entries, regime, on)]
    return pl.DataFrame(rows, schema=RIGHTS)


def rights_by_entry(duties: pl.DataFrame, entries: pl.DataFrame, regime: Known, on: date) -> pl.DataFrame:
    """BY_ENTRY: each entry on which a contested duty was paid, with the day by which its claim must be kept alive."""
    found = [one.entries for one in _rights(duties, entries, regime, on)]
    return pl.concat([pl.DataFrame(schema=BY_ENTRY), *found])


def rights_by_week(duties: pl.DataFrame, entries: pl.DataFrame, regime: Known, on: date) -> pl.DataFrame:
    """BY_WEEK: how much of each contested duty falls out of its next window, week by week."""
    found = rights_by_entry(duties, entries, regime, on).filter(~pl.col("kept") & pl.col("keep_by").is_not_null())
    by_week = found.group_by("right", pl.col("keep_by").dt.truncate("1w").alias("week"), "keep_what").agg(
        pl.col("keep_by").min().alias("first"), pl.len().cast(pl.Int64()).alias("entries"), pl.col("paid").sum()
    )
    return by_week.select(*BY_WEEK).sort("week", "right", "keep_what")


def _rights(duties: pl.DataFrame, entries: pl.DataFrame, regime: Known, on: date) -> Iterator[_Right]:
    known = law_of(regime)
    assert known.ledger.refunds is not None
    for law in known.ledger.refunds.contested:
        proclaimed = [name for name in law.programs if _proclaimed(known, name)]
        contested = pl.col("program").is_in(proclaimed) & (pl.col("voided").fill_null(0) == 0)
        paid = duties.filter(contested & (pl.col("paid") > 0))
        if paid.is_empty():
            continue
        sums = paid.group_by("entry_number").agg(pl.col("paid").sum().cast(pl.Int64()))
        mine = entries.drop("paid").join(sums, on="entry_number", maintain_order="left")
        yield _Right(law, _by_entry(law, mine, Process.load(regime, law.process), on))


def _proclaimed(known: FoldedLaw, program: str) -> bool:
    """Whether any act that is known on the regime's day says anything of a program's headings."""
    return any(row.key in known.tracks for row in known.ledger.programs[program].rows)


def _by_entry(law: Contested, mine: pl.DataFrame, process: Process, on: date) -> pl.DataFrame:
    days = pl.DataFrame([last_days(mine, process, on, name) for name in law.clocks])
    running = [pl.when(pl.col(name) >= on).then(name) for name in law.clocks]
    texts = [pl.when(pl.col(name) >= on).then(pl.lit(process.clock(name, on).text)) for name in law.clocks]
    # A clock whose day cannot be told has not run: the entry is unliquidated.
    run = pl.all_horizontal([(pl.col(name) < on).fill_null(False) for name in law.clocks])
    found = days.select(pl.coalesce(running).alias("keep_by"), pl.coalesce(texts).alias("keep_what"), run.alias("lost"))
    kept = mine.select(pl.col("protest").is_in(_PENDING).fill_null(False).alias("kept")).to_series()
    whole = mine.with_columns(pl.lit(law.id).alias("right"), kept, *found.get_columns())
    return whole.with_columns(lost=pl.col("lost") & ~pl.col("kept")).select(*BY_ENTRY)


def _row(right: _Right, told: Told, on: date) -> dict[str, object]:
    law, entries = right.law, right.entries
    first = entries.filter(~pl.col("kept") & (pl.col("keep_by") == pl.col("keep_by").filter(~pl.col("kept")).min()))
    return {
        "right": law.id,
        "title": law.title,
        "programs": ", ".join(law.programs),
        "keep": law.keep,
        "cite": law.cite,
        **_case(law.case, told, on),
        "entries": entries.height,
        "paid": entries["paid"].sum(),
        "kept": entries.filter("kept")["paid"].sum(),
        "lost": entries.filter("lost")["paid"].sum(),
        "keep_by": first["keep_by"].first(),
        "keep_by_paid": first["paid"].sum(),
    }


def _told(regime: Known, on: date) -> Told:
    return Told(law_of(regime), Process.load(regime).instant(on), on.isoformat())


def _case(matter: str, told: Told, on: date) -> dict[str, object]:
    """Where a case stands, by all that is known (reported acts too, marked by their confidence), and its next date."""
    history = told.all.get(matter)
    standing = history.at(told.instant) if history else None
    if standing is None:
        return dict.fromkeys(("case", "state", "says", "act", "confidence", "next_date", "next_what"))
    ahead = sorted((one for one in standing.next if one.day and one.day >= on.isoformat()), key=lambda one: one.day)
    return {
        "case": matter,
        "state": standing.word,
        "says": standing.said,
        "act": standing.act,
        "confidence": told.acts[standing.act].confidence,
        "next_date": date.fromisoformat(ahead[0].day) if ahead else None,
        "next_what": ahead[0].what if ahead else None,
    }
