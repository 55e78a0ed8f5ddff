"""Warnings on many lines: whether what is only reported would come to another duty is asked of few of them."""

from __future__ import annotations

import polars as pl
from tests.bulk.any_lines import any_lines
from tests.conftest import engine_seen_from, shipped_schedule

from tidewaiter.bulk.arrays import where
from tidewaiter.bulk.cautions import answered_otherwise
from tidewaiter.bulk.entries import SeenEntries, whole_entries
from tidewaiter.bulk.kernel import Kernel

EXCLUDED = {"8536308000": "9903.88.69:ii-15", "8511400000": "9903.88.69:iii-54", "8486200000": "9903.88.70:8"}
"""Articles of exclusions that ended with 9 November 2026 by the text in force (HTS 2026 revision 21, 9903.88.69 and .70) and run
on to 10 January 2027 as reported (the Treasury Secretary to the press, 23 September 2026)."""


def test_a_line_that_every_program_answers_alike_comes_to_the_same_as_reported() -> None:
    regime = engine_seen_from().regime
    kernel = Kernel(regime, shipped_schedule())
    assert regime.reported is not None
    other = kernel.under(regime.reported)
    claiming = pl.DataFrame(
        [
            {"hts": hts, "origin": "CN", "value": "10000.00", "entered_at": f"2026-11-{day:02}", "claims": claim}
            for hts, claim in EXCLUDED.items()
            for day in (9, 10)
        ]
    )
    lines = pl.concat([any_lines(7, 5_000), claiming], how="diagonal")
    (one,) = whole_entries([lines], SeenEntries())
    pricing = kernel.price(kernel.read(one.frame), one.entry, one.not_together)
    answered = where(pricing.lines.error == 0)
    asked = answered_otherwise(kernel, other, pricing, answered)
    differing: set[int] = set()
    for several, exactly in pricing.by_size(answered):
        differing |= {*several[kernel.cautions.differs(other, pricing, several, exactly)].tolist()}
    assert differing <= {*asked.tolist()}
    assert [day for row, day in enumerate(claiming["entered_at"], start=5_000) if row in differing] == [
        "2026-11-10"
    ] * 3
    assert len(asked) < len(answered) / 10
