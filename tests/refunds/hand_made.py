"""Small frames of a desk, made by hand: for what comes out of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

from tidewaiter.assess.errors import FileError
from tidewaiter.refunds.answer import RefundDesk
from tidewaiter.refunds.frames import CAUTIONS, DESK, DUTIES, FINDINGS, LINES, PROBLEMS
from tidewaiter.refunds.read import FileRead

ON = date(2026, 11, 22)
CLAIMED: dict[str, Any] = {
    "bucket": "claim now",
    "entry_type": "01",
    "importer": "12-3456789",
    "filer": "BII",
    "lines": 1,
    "value": 100_000,
    "paid": 30_000,
    "voided": 20_000,
    "interest": 1_234,
    "deadline": date(2026, 12, 9),
    "reason": "not liquidated",
    "next_step": "declare it",
    "deadline_what": "claim window",
    "days_left": 17,
    "deposit_estimated": False,
    "liquidation_estimated": False,
}

CAUTION = {
    "code": "zone",
    "message": "look at the admission",
    "cite": "19 CFR 146.41",
    "confidence": "published",
    "entries": 2,
    "claim_now": 1,
    "principal": 40_000,
}


def number_of(number: int, filer: str = "BII") -> str:
    """An entry number of 11 characters; its last one is no check digit."""
    return f"{filer}{number:07}0"


def desk_of(rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """A DESK frame of these rows, each of them an entry to claim now unless it says otherwise."""
    full = [{name: {**CLAIMED, **row}.get(name) for name in DESK} for row in rows]
    return pl.DataFrame(full, schema=DESK, orient="row")


def claimed(count: int, **changed: Any) -> list[dict[str, Any]]:
    """So many entries to claim now."""
    return [{"entry_number": number_of(place), **changed} for place in range(count)]


def refund_desk(rows: Sequence[dict[str, Any]], **changed: Any) -> RefundDesk:
    """A whole desk over these entries, with a finding, a problem and a week in its calendar."""
    entries = desk_of(rows)
    paid, voided = int(entries["paid"].sum()), int(entries["voided"].sum())
    authorities = [("IEEPA", voided, voided, 0, voided), ("base duty", paid - voided, paid - voided, paid - voided, 0)]
    finding = {
        "entry_number": number_of(0),
        "line_number": 1,
        "kind": "overpaid",
        "paid": 100,
        "due": 40,
        "amount": 60,
        "refundable": False,
    }
    problem = {
        "file": 0,
        "row": 2,
        "entry_number": number_of(0),
        "field": "entry_number",
        "severity": "warning",
        "code": "check_digit",
        "message": "=1+1 the last digit is not the check digit",
        "hint": "compare it",
    }
    weeks = [
        (date(2026, 11, 23), "claim-window", "can no longer be declared", 2, voided // 2),
        (date(2026, 12, 7), "claim-window", "can no longer be declared", 1, voided // 2),
        (date(2026, 12, 7), "protest", "can no longer be protested", 1, voided // 4),
    ]
    given: dict[str, Any] = {
        "on": ON,
        "known_on": ON.isoformat(),
        "rates": "corporation",
        "files": (
            FileRead("es003.csv", "ace", 12),
            FileRead("lost.csv", "", 0, FileError("empty_file", "lost.csv is empty", "export it again")),
        ),
        "problems": _frame([problem], PROBLEMS),
        "lines": _frame(
            [{"entry_number": number_of(0), "line_number": 1, "hts": "9503000073", "paid": paid, "voided": voided}],
            LINES,
        ),
        "duties": pl.DataFrame(schema=DUTIES),
        "authorities": pl.DataFrame(
            authorities, schema=["authority", "paid", "assessed", "owed", "voided"], orient="row"
        ),
        "findings": _frame([finding], FINDINGS),
        "entries": entries,
        "calendar": pl.DataFrame(weeks, schema=["week", "clock", "what", "entries", "principal"], orient="row"),
        "rights": pl.DataFrame({"title": ["The surcharge"], "state": ["stayed"], "entries": [1], "paid": [500]}),
        "cautions": _frame([CAUTION], CAUTIONS),
        "deadlines": "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
    }
    return RefundDesk(**{**given, **changed})


def _frame(rows: Sequence[dict[str, Any]], schema: dict[str, pl.DataType]) -> pl.DataFrame:
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema, orient="row")
