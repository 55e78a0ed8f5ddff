"""What was paid, held against what was owed: per entry and line, by additional duty, with what of it a court has voided.

Rows of entry reports become lines for the engine; what the reported headings say of the goods (claims, descriptions, contents)
is read from the conditions of those headings. The duty paid under a voided authority is taken from the reported headings; where
a report has one number for the line only, from the engine's layers, if they come to that number.

A million rows are held against the law in some seconds, in chunks of whole entries.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from tidewaiter.refunds.asked import KEY, LINE, READ, WORDS
from tidewaiter.refunds.compared import Compared, compare
from tidewaiter.refunds.findings import findings
from tidewaiter.refunds.frames import DUTIES, FINDINGS, LINES
from tidewaiter.refunds.headings import Headings
from tidewaiter.refunds.inferred import Inference
from tidewaiter.refunds.refusals import Refusals

if TYPE_CHECKING:
    from tidewaiter.api import Regime

CHUNK_ROWS = 100000
"""Rows held against the law at once: enough that the fixed cost of a chunk is small."""
BASE_DUTY, NO_AUTHORITY = "base duty", "not in the law at hand"
"""Authorities of a summary: duty of chapters 1 to 98, and headings of which the ledger knows no program (quotas, suspensions)."""
AMOUNTS = ("paid", "assessed", "owed", "voided")
CLAIMS: dict[str, pl.DataType] = {
    "entry_number": pl.String(),
    "line_number": pl.Int32(),
    "heading": pl.String(),
    "says": pl.String(),
}
"""What a reported heading says of the goods, in fields of the line format: the answer takes it as true, and proves nothing."""
SUMMARY: dict[str, pl.DataType] = {"authority": pl.String(), **dict.fromkeys(AMOUNTS, pl.Int64())}


@dataclass(frozen=True, slots=True)
class Paid:
    """Frames of :mod:`tidewaiter.refunds.frames`: LINES, DUTIES and FINDINGS; and CLAIMS. All money is cents."""

    lines: pl.DataFrame
    duties: pl.DataFrame
    findings: pl.DataFrame
    claims: pl.DataFrame

    @property
    def summary(self) -> pl.DataFrame:
        """Paid, assessed, owed and voided by authority (SUMMARY); each column's sum is that of the lines.

        Lines that the engine refuses count in what was paid and voided only.
        """
        by_authority = self.duties.group_by("authority").agg(pl.col(*AMOUNTS).sum())
        by_authority = by_authority.with_columns(pl.col("authority").fill_null(NO_AUTHORITY)).sort("authority")
        whole, added = (frame.select(pl.col(*AMOUNTS).sum()).row(0) for frame in (self.lines, self.duties))
        base = {name: one - other for name, one, other in zip(AMOUNTS, whole, added, strict=True)}
        return pl.concat([pl.DataFrame([{"authority": BASE_DUTY, **base}], schema=SUMMARY), by_authority])


def paid(rows: pl.DataFrame, regime: Regime, chunk_rows: int = CHUNK_ROWS) -> Paid:
    """Rows of entry reports (ROWS) held against a regime.

    Rows of an entry may stand anywhere; lines come out in the order of entry and line number.
    """
    headings = Headings(regime.kernel)
    inference = Inference(headings)
    refusals = Refusals(regime.engine)
    parts = [_told(compare(chunk, headings, inference), inference, refusals) for chunk in _chunks(rows, chunk_rows)]
    if not parts:
        return Paid(*(pl.DataFrame(schema=schema) for schema in (LINES, DUTIES, FINDINGS, CLAIMS)))
    return Paid(*(pl.concat(frames) for frames in zip(*parts, strict=True)))


def _chunks(rows: pl.DataFrame, size: int) -> Iterator[pl.DataFrame]:
    """Whole entries at a time, in the order of entry, line and number."""
    order = rows.select(*KEY, "ordinal").with_row_index("place").sort(*KEY, "ordinal", maintain_order=True)
    entries = order["entry_number"].rle_id()
    count, start = len(order), 0
    place = order["place"]
    del order
    while start < count:
        end = min(start + size, count)
        if end < count:
            end = entries.search_sorted(entries[end - 1], side="right")
        # Words that repeat may come as categories, which compare with no others.
        yield rows.select(READ)[place[start:end]].with_columns(pl.col(WORDS).cast(pl.String))
        start = end


def _told(compared: Compared, inference: Inference, refusals: Refusals) -> tuple[pl.DataFrame, ...]:
    duties = compared.duties
    voided = duties.group_by(LINE).agg(pl.col("voided").sum())
    lines = compared.lines.join(voided, on=LINE, how="left", maintain_order="left")
    lines = lines.with_columns(pl.col("voided").fill_null(0))
    counted = duties.filter((pl.col("paid") != 0) | (pl.col("assessed") != 0))
    refused = pl.col("error").is_not_null()
    counted = counted.with_columns(
        pl.when(~refused).then(pl.col(name)).alias(name) for name in ("assessed", "owed")
    ).join(lines.select(LINE, *KEY), on=LINE, how="left", maintain_order="left")
    return (
        _shaped(lines, LINES),
        _shaped(counted.sort(LINE, "heading", maintain_order=True), DUTIES),
        _shaped(findings(compared, inference.headings, refusals), FINDINGS),
        _shaped(_claims(compared, inference), CLAIMS),
    )


def _claims(compared: Compared, inference: Inference) -> pl.DataFrame:
    """What the reported headings say, where they say anything."""
    words = ["; ".join(" ".join(one) for one in sorted(said)) for said in inference.statements]
    said = compared.said.filter(pl.col("statement") > 0).sort(LINE, "heading", maintain_order=True)
    said = said.with_columns(pl.Series(words, dtype=pl.String).gather(said["statement"]).alias("says"))
    return said.join(compared.lines.select(LINE, *KEY), on=LINE, how="left", maintain_order="left")


def _shaped(frame: pl.DataFrame, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    return frame.select(pl.col(name).cast(kind) for name, kind in schema.items())
