"""What people call the fields and columns of the desk: on sheets and screens, in sentences, and in docs/refund-reports.md.

Tables and JSON keep the short names, which programs read.
"""

from __future__ import annotations

WORDS = {
    "acts": "acts (ids)",
    "ad_cvd": "antidumping suspension",
    "amount": "paid less due",
    "assessed": "due by the law of that day",
    "clock": "clock (id)",
    "corrected": "post summary correction",
    "deadline_what": "which clock",
    "due": "due by the law",
    "expected": "the law has",
    "first": "earliest last day",
    "from_engine": "by the law, not reported",
    "hold": "extension or suspension",
    "hts": "tariff number",
    "incomplete": "the reports contradict each other on",
    "indicator": "declared already",
    "interest": "interest so far (estimate)",
    "missing": "missing facts",
    "must_do": "what keeps the claim",
    "notify_party": "Form 4811 party",
    "owed": "owed now that courts have spoken",
    "principal": "principal (struck duty paid)",
    "recon_due": "type 09 due",
    "recon_filed": "type 09 on file",
    "recon_flagged": "reconciliation flag",
    "refundable": "whether struck duty was paid",
    "route": "rule (id)",
    "spi": "special program (SPI)",
    "surety_paid": "paid by a surety",
    "unknown": "interest not known (entries)",
    "value": "customs value",
    "voided": "struck down",
    "week": "week of",
}
"""Where the short name with blanks for underscores says less."""


def in_words(name: str) -> str:
    """A field or column in words.

    >>> in_words("entry_number"), in_words("ad_cvd")
    ('entry number', 'antidumping suspension')
    """
    return WORDS.get(name, name.replace("_", " "))
