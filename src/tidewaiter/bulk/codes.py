"""The codes of refusals and warnings as small numbers, so that a column of them is a column of bytes."""

from __future__ import annotations

ERRORS: tuple[str, ...] = (
    "",
    "malformed_row",
    "bad_encoding",
    "entry_not_together",
    "missing_field",
    "bad_field",
    "bad_number",
    "negative_number",
    "bad_date",
    "not_covered",
    "unknown_origin",
    "malformed_number",
    "unknown_number",
    "ended_number",
    "future_number",
    "ambiguous_number",
    "not_an_article",
    "unknown_claim",
    "unknown_scope",
    "unknown_fact",
    "unknown_spi",
    "spi_not_open",
    "unknown_unit",
    "missing_quantity",
    "missing_ch98_value",
    "base_not_computable",
    "date_before_coverage",
    "malformed_json",
    "import_prohibited",
)
WARNINGS: tuple[str, ...] = (
    "import_may_be_prohibited",
    "as_reported_differs",
    "open_question",
    "spi_not_open",
    "spi_no_rate",
    "origin_not_shipped_from",
    "transshipment",
    "claim_not_applied",
    "reconstructed",
    "suffix_unchecked",
    "average_rate",
    "base_rate_note",
    "number_omitted",
    "quota_line",
    "schedule_stale",
    "beyond_last_act",
    "voided_for_plaintiffs",
    "content_charged_once",
    "value_has_cents",
    "value_is_zero",
    "informal_fee_unknown",
    "fee_assumed",
    "entry_incomplete",
)
_ERROR = {code: number for number, code in enumerate(ERRORS)}
_WARNING = {code: number for number, code in enumerate(WARNINGS)}


def error_number(code: str) -> int:
    """The number of an error code."""
    return _ERROR[code]


def warning_bit(code: str) -> int:
    """The bit of a warning code."""
    return 1 << _WARNING[code]


def warnings_of(bits: int) -> str:
    """The warning codes of a number of bits, separated by semicolons, the gravest first."""
    return ";".join(code for number, code in enumerate(WARNINGS) if bits >> number & 1)
