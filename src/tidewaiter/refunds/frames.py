"""The frames that the parts of the refund desk hand to each other: names, types, meaning.

Money is whole cents (``Int64``) in every frame, and becomes a decimal where it is printed. Days are days in the importing
country. A null says that the reports do not tell: it never means no.
"""

from __future__ import annotations

import polars as pl

CENTS = pl.Int64()
DAY = pl.Date()
YES_NO = pl.Boolean()
TEXT = pl.String()
REPEATED = pl.Categorical()
"""Text of which a report has few different words: four bytes a row, where a million rows are held at once."""

FACTS: dict[str, pl.DataType] = {
    "entry_type": TEXT,  # two digits: 01
    "importer": TEXT,  # the importer of record's number, as printed
    "filer": TEXT,  # the filer code: the first three of the entry number where no column says
    "port": TEXT,
    "entry_date": DAY,
    "summary_date": DAY,
    "import_date": DAY,
    "deposit_date": DAY,
    "liquidation_status": TEXT,  # one of LIQUIDATION
    "liquidation_date": DAY,
    "hold": TEXT,  # one of HOLDS
    "recon_flagged": YES_NO,
    "recon_filed": YES_NO,  # a type 09 entry is on file
    "recon_due": DAY,
    "drawback": YES_NO,
    "protest": TEXT,  # one of PROTESTS
    "protest_date": DAY,  # when it was filed, or denied
    "ad_cvd": TEXT,  # one of AD_CVD
    "statement_paid": YES_NO,
    "summary_accepted": YES_NO,  # no: cancelled or rejected
    "surety_paid": YES_NO,
    "notify_party": TEXT,  # CBP Form 4811
    "indicator": TEXT,  # the report's own mark that a refund was asked for: Y, P
    "corrected": YES_NO,  # a post summary correction was filed
}
"""What is known of an entry: on every row of a report, and once for each entry in ENTRIES."""

LIQUIDATION = ("unliquidated", "liquidated", "reliquidated")
HOLDS = ("none", "extended", "suspended", "review")
PROTESTS = ("none", "open", "suspended", "denied", "approved", "withdrawn")
AD_CVD = ("none", "suspended", "pending")
"""``suspended``: Commerce has not decided. ``pending``: liquidation was ordered (19 USC 1504(d))."""

ROWS: dict[str, pl.DataType] = {
    "file": pl.UInt16(),  # its place among the files read
    "row": pl.UInt32(),  # as a spreadsheet counts: the header is 1
    "entry_number": TEXT,  # 11 characters, no dashes
    "line_number": pl.Int32(),
    "ordinal": pl.Int32(),  # the place of the number on the line
    **{name: REPEATED if kind == TEXT else kind for name, kind in FACTS.items()},
    "origin": TEXT,
    "export_country": REPEATED,
    "hts": TEXT,  # digits only, 8 or 10
    "value": CENTS,
    "duty": CENTS,
    "quantity": pl.Decimal(18, 6),
    "unit": REPEATED,
    "spi": REPEATED,
}
"""One row for each tariff number of each line, as read from the reports, in the order of the files."""

PROBLEMS: dict[str, pl.DataType] = {
    "file": pl.UInt16(),
    "row": pl.UInt32(),
    "entry_number": TEXT,
    "field": TEXT,
    "severity": TEXT,  # error: the row is left out. warning: it counts, and somebody should look
    "code": TEXT,  # stable
    "message": TEXT,
    "hint": TEXT,
    "given": TEXT,
}

LINES: dict[str, pl.DataType] = {
    "entry_number": TEXT,
    "line_number": pl.Int32(),
    "hts": TEXT,  # the number of chapters 1 to 97
    "origin": TEXT,
    "entry_date": DAY,
    "value": CENTS,
    "paid": CENTS,  # all duty on the line
    "assessed": CENTS,  # what the law had customs collect that day (null: refused, see error)
    "owed": CENTS,  # what is owed now that courts have spoken
    "voided": CENTS,  # of what was paid, what was paid under a voided authority
    "from_engine": YES_NO,  # the report lacks the headings: voided is the engine's answer
    "error": TEXT,  # why the engine refuses the line
}

DUTIES: dict[str, pl.DataType] = {
    "entry_number": TEXT,
    "line_number": pl.Int32(),
    "heading": TEXT,  # 9903.01.24, with dots
    "program": TEXT,
    "authority": TEXT,
    "paid": CENTS,
    "assessed": CENTS,
    "owed": CENTS,
    "voided": CENTS,  # of paid, what is refundable because the authority is void
    "from_engine": YES_NO,
}
"""One row for each additional duty of a line, as paid or as due: headings of chapter 99."""

FINDINGS: dict[str, pl.DataType] = {
    "entry_number": TEXT,
    "line_number": pl.Int32(),
    "kind": TEXT,  # overpaid, underpaid, wrong heading, missing heading, exclusion available, exemption available, not computed
    "heading": TEXT,
    "expected": TEXT,  # the heading, or the rate, that the law has
    "paid": CENTS,
    "due": CENTS,
    "amount": CENTS,  # paid less due: below zero is underpaid
    "refundable": YES_NO,  # by way of the voided authority
    "reason": TEXT,
    "acts": TEXT,  # ids, separated by commas
}

ENTRIES: dict[str, pl.DataType] = {
    "entry_number": TEXT,
    **FACTS,
    "lines": pl.Int64(),
    "value": CENTS,
    "paid": CENTS,
    "voided": CENTS,  # principal that is refundable
    "deposit_estimated": YES_NO,
    "liquidation_estimated": YES_NO,
    "incomplete": TEXT,  # fields that contradict each other within the entry, separated by commas
}

DESK: dict[str, pl.DataType] = {
    **ENTRIES,
    "bucket": TEXT,  # one of BUCKETS
    "route": TEXT,  # the id of the rule in law/refunds that decided
    "reason": TEXT,
    "next_step": TEXT,
    "deadline": DAY,  # the last day on which the next step can be taken
    "deadline_what": TEXT,  # which clock it is
    "days_left": pl.Int64(),
    "missing": TEXT,  # facts without which the bucket is not known
    "notes": TEXT,  # what else somebody should know: marked estimates, the payee, a check digit
    "cautions": TEXT,  # ids of the cautions (law/refunds) that hold for it, by commas: what must be checked
    "interest_from": DAY,
    "interest_to": DAY,
    "interest": CENTS,  # null: not known (the quarter's rate is not published, no date)
}

CAUTIONS: dict[str, pl.DataType] = {
    "code": TEXT,  # stable: the id in law/refunds
    "message": TEXT,
    "cite": TEXT,
    "confidence": TEXT,
    "entries": pl.Int64(),
    "claim_now": pl.Int64(),  # of entries, those to claim now
    "principal": CENTS,
}
"""One row for each caution that holds for some entry of a desk."""

BUCKETS = ("claim now", "wait", "protest", "court", "not eligible", "missing data")


def as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """The same frame with plain text in place of repeated words, for joins and for the functions on text."""
    return frame.with_columns(pl.col(REPEATED).cast(TEXT))
