"""The headings an edition prints, held against the ledger on the edition's legal date."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from tidewaiter.audit import difference as kinds
from tidewaiter.audit.difference import Difference
from tidewaiter.audit.printed import Printed
from tidewaiter.audit.standing import Headings, Standing
from tidewaiter.schedule.expressions import (
    Added,
    AdValorem,
    Expression,
    Free,
    NoChange,
    PartRate,
    SeeNote,
    UnparsedDutyError,
    parse,
)
from tidewaiter.schedule.rows import Row

_NOTE = re.compile(r"Compiler.?s note:[^\]]*\b(suspended|terminated|expired)\b", re.IGNORECASE)
_NOTHING_ADDED = re.compile(r"\+ 0%$")
_DUTY, _RELIEF, _CAP = "duty", "relief", "cap"


def heading_differences(printed: Printed, ledger: Headings) -> Iterator[Difference]:
    """Every heading on which the edition and the ledger disagree, in order."""
    for code in sorted({*printed.headings, *ledger.codes()}):
        row = printed.headings.get(code)
        found = _compare(row, ledger.at(code, printed.instant) if code in ledger else None)
        if found:
            kind, ledger_says = found
            text = rate_printed(row) if row else ""
            yield Difference(printed.name, printed.place, printed.on, kind, code, text, ledger_says)


def rate_printed(row: Row) -> str:
    """The rate of a heading: of column 1 general, or of the column that prints one.

    A heading for goods of a special program alone says "no change" in the general column and prints its duty in the special.
    """
    if isinstance(_parsed(row.general), NoChange) and isinstance(_parsed(row.special), Added):
        return row.special
    return row.general or row.additional or row.other


def _compare(row: Row | None, standing: Standing | None) -> tuple[str, str] | None:
    """The kind of difference and what the ledger says, or ``None`` if the two agree."""
    if standing is None:
        return kinds.NOT_IN_LEDGER, "no such heading"
    if row is None:
        return (kinds.NOT_PRINTED, standing.say()) if standing.live else None
    note = _NOTE.search(row.text)
    if standing.live:
        kind = kinds.SUSPENDED_NOTE if note else _compare_rate(rate_printed(row), standing)
    else:
        kind = _out_of_force(standing, note[1].casefold() if note else "")
    return (kind, standing.say()) if kind else None


def _out_of_force(standing: Standing, note: str) -> str | None:
    if standing.suspended:
        return None if note == "suspended" else kinds.PRINTED_SUSPENDED
    over = note in ("terminated", "expired")
    if standing.began:
        return None if over else kinds.PRINTED_AFTER_END
    if standing.begins:
        return kinds.PRINTED_BEFORE_START
    return None if over else kinds.PRINTED_NEVER_IN_FORCE


def _compare_rate(text: str, standing: Standing) -> str | None:
    form, rate, on_part = _read(text)
    if form not in standing.kinds or (form != _RELIEF and rate != _parsed(standing.rate)):
        return kinds.RATE
    if form != _RELIEF and not (standing.part if on_part else standing.whole):
        return kinds.BASIS
    return None


def _read(text: str) -> tuple[str, Expression | None, bool]:
    """What kind of heading prints such a rate, the rate, and whether it is charged on a part of the value.

    >>> _read("The duty provided in the applicable subheading + a duty of 25% upon the value of the steel content")
    ('duty', AdValorem(rate=Decimal('0.25')), True)
    >>> _read("15%"), _read("No change")
    (('cap', AdValorem(rate=Decimal('0.15')), False), ('relief', None, False))
    >>> _read("The duty provided in the applicable subheading + 0%")
    ('duty', AdValorem(rate=Decimal('0')), False)
    """
    expression = _parsed(text)
    if isinstance(expression, NoChange) and _NOTHING_ADDED.search(text):
        return _DUTY, AdValorem(Decimal(0)), False
    if expression is None or isinstance(expression, NoChange | Free):
        return _RELIEF, None, False
    form, rate = (_DUTY, expression.extra) if isinstance(expression, Added) else (_CAP, expression)
    if isinstance(rate, PartRate):
        return form, AdValorem(rate.rate), True
    return form, rate, False


def _parsed(text: str) -> Expression | None:
    """The rate, ``None`` if there is no text. A text that is no rate stands for itself, so that it agrees with nothing."""
    try:
        return parse(text) if text else None
    except UnparsedDutyError:
        return SeeNote(text)
