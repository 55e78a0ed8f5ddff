"""From reports to a desk: read, held against the law, sorted into buckets, with interest and deadlines.

>>> from tidewaiter import Regime
>>> from tidewaiter.refunds.run import Asked, run
>>> run(["no-such-file.csv"], Regime.load(known_on="2026-11-22"), Asked(date(2026, 11, 22)))
Traceback (most recent call last):
tidewaiter.assess.errors.FileError: no file 'no-such-file.csv'
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from tidewaiter.api import Regime
from tidewaiter.refunds.answer import RefundDesk
from tidewaiter.refunds.cliffs import cliff_days, cliffs
from tidewaiter.refunds.desk import CLAIM_NOW, NOTES, cautioned, desk, joined, with_interest
from tidewaiter.refunds.entries import entries
from tidewaiter.refunds.findings import OVERPAID, WRONG, WRONG_ROW
from tidewaiter.refunds.interest import Rates
from tidewaiter.refunds.paid import Paid, paid
from tidewaiter.refunds.process import Process
from tidewaiter.refunds.read import raise_if_lists, read_reports
from tidewaiter.refunds.read_headers import ColumnMap
from tidewaiter.refunds.read_problems import raise_if_none, unread
from tidewaiter.refunds.rights import rights
from tidewaiter.timeline.ical import calendar

Told = Callable[[str], None]
CORRECTIONS = ("correction", "correction-before-liquidation")
"""The clocks of a process by which a summary can last be corrected: the first to run out counts."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the reports.

    ``on`` is the day on which the desk is seen. Interest is that of a corporation or (``corporate`` false) of another, until
    that day or (``to_settlement``) the day on which an entry claimed then is expected to be (re)liquidated; ``assume_rates``
    takes the last published rate for later quarters. A deposit day that no report tells is estimated from the summary, or
    (``monthly_statement``) from the statement; with ``strict`` what no report tells is missing rather than assumed.
    """

    on: date
    corporate: bool = True
    assume_rates: bool = False
    to_settlement: bool = False
    monthly_statement: bool = False
    strict: bool = False
    columns: ColumnMap | None = None


def run(reports: Sequence[str | Path], regime: Regime, asked: Asked, told: Told = lambda what: None) -> RefundDesk:
    """The desk of these reports; ``told`` hears what is being done. What a file or row lacks is in its files and problems.

    Raises ``LawError``, and ``FileError`` where no file could be read: that of the first, which names the others.
    """
    report = read_reports(reports, columns=asked.columns, progress=lambda rows: told(f"{rows:,} rows read"))
    raise_if_none([(one.name, one.error) for one in report.files])
    raise_if_lists(report.files)
    told("holding the lines against the law")
    found = paid(report.rows, regime)
    told("sorting the entries")
    process = Process.load(regime)
    problems, files = pl.concat([report.missing_columns(), report.problems]), tuple(report.files)
    single = entries(
        report.rows,
        found.lines,
        found.duties,
        process=process,
        monthly=asked.monthly_statement,
        unread=frozenset(unread(problems)["entry_number"]),
    )
    # A million rows take more memory than all that is made of them.
    del report
    stood = desk(single, process, asked.on, strict=asked.strict, settle=asked.to_settlement)
    told("counting the interest")
    stood = with_interest(stood, Rates.load(regime), corporate=asked.corporate, assume=asked.assume_rates)
    stood = _with_unread(_with_corrections(stood, found, process, asked.on), problems)
    known_on = regime.known_on
    falling = cliffs(stood, process, asked.on)
    return RefundDesk(
        on=asked.on,
        known_on=known_on,
        rates="corporation" if asked.corporate else "non-corporate",
        files=files,
        problems=problems,
        lines=found.lines,
        duties=found.duties,
        authorities=found.summary,
        findings=_with_cautions(found.findings, stood),
        entries=stood,
        calendar=falling,
        rights=rights(found.duties, stood, regime, asked.on),
        cautions=cautioned(stood, process, asked.on),
        deadlines=calendar(cliff_days(falling, process, asked.on), known_on),
    )


def _with_cautions(findings: pl.DataFrame, stood: pl.DataFrame) -> pl.DataFrame:
    """The findings, those of entries to be checked marked in ``reason``: what is due on them hangs on what no report tells."""
    marks = stood.filter(pl.col("cautions").is_not_null()).select("entry_number", "cautions")
    marked = findings.join(marks, on="entry_number", how="left", maintain_order="left")
    said = pl.format("{} Check it first: caution {}, in the notes of the entry.", "reason", "cautions")
    return marked.with_columns(reason=pl.coalesce(said, "reason")).drop("cautions")


def _with_unread(stood: pl.DataFrame, problems: pl.DataFrame) -> pl.DataFrame:
    """The entries, those with a row that could not be read marked in ``notes``: their sums are too low."""
    said = pl.format("{} row(s) of it could not be read: its sums are too low", "unread")
    marked = stood.join(unread(problems), on="entry_number", how="left", maintain_order="left")
    return marked.with_columns(notes=joined([said, pl.col("notes")], NOTES)).drop("unread")


def _with_corrections(stood: pl.DataFrame, found: Paid, process: Process, on: date) -> pl.DataFrame:
    """The entries, those to claim now whose void duty stands under a wrong heading or beside the value marked in ``notes``.

    Customs reject such (INVALID HTS, HTS RELATIONSHIP MISMATCH; CSMS 69056483; GOODS VALUE AMOUNT NOT ALLOWED ON IEEPA HTS LINE),
    and once declared they cannot be corrected.
    """
    void = found.duties.filter(pl.col("voided") > 0)
    astray = (pl.col("kind") == WRONG) | ((pl.col("kind") == OVERPAID) & pl.col("expected").is_null())
    line = ["entry_number", "line_number"]
    wrong = pl.concat(
        [
            found.findings.filter(astray).join(void, on=[*line, "heading"], how="semi"),
            found.findings.filter(kind=WRONG_ROW).join(void, on=line, how="semi"),
        ]
    )
    last = pl.DataFrame([process.ends(stood, name, on) for name in CORRECTIONS]).select(pl.min_horizontal(CORRECTIONS))
    day = last.to_series().alias("last_correction")
    open_still = (pl.col("last_correction") >= on).fill_null(True) & (pl.col("liquidation_date") > on).fill_null(True)
    said = (
        pl.when(open_still)
        .then(
            pl.format(
                "customs may reject it as it was filed (findings): correct it before it is declared (reason H99{})",
                pl.format(", to {}", "last_correction").fill_null(""),
            )
        )
        .otherwise(
            pl.lit("customs may reject it as it was filed (findings), and it is too late for a post summary correction")
        )
    )
    marked = (pl.col("bucket") == CLAIM_NOW) & pl.col("entry_number").is_in(wrong["entry_number"].unique().implode())
    notes = joined([pl.when(marked).then(said), pl.col("notes")], NOTES)
    return stood.with_columns(day).with_columns(notes=notes).drop("last_correction")
