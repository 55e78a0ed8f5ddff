"""What holds of any report: honest ones have no findings, seeded mistakes are found, and all sums agree."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import profiles
from tests.refunds.entry_rows import as_filed, regime_of

from tidewaiter.refunds.frames import DUTIES, FINDINGS, LINES, ROWS
from tidewaiter.refunds.paid import Paid, paid

profiles.load()

AVAILABLE = ["exclusion available", "exemption available"]
ORIGINS = ["CN", "CN", "CN", "HK", "MO", "DE", "JP", "KR", "CH", "VN", "MX", "CA", "IN", "BR", "GB", "TW"]
FIRST, LAST = date(2025, 1, 15), date(2026, 11, 1)


@cache
def numbers() -> list[str]:
    schedule = regime_of().engine.schedule
    return sorted(one for one in schedule.numbers() if len(one) == 10 and not one.startswith(("98", "99")))


@cache
def honest(seed: int, count: int = 400) -> pl.DataFrame:
    """So many lines as the law has them filed, three to an entry."""
    random = Random(seed)
    days = [FIRST + timedelta(days=random.randrange((LAST - FIRST).days)) for _ in range(count // 3 + 1)]
    lines = pl.DataFrame(
        {
            "entry_id": [f"AB{seed % 10}{place // 3:08d}" for place in range(count)],
            "line_number": [1 + place % 3 for place in range(count)],
            "hts": [random.choice(numbers()) for _ in range(count)],
            "origin": [random.choice(ORIGINS) for _ in range(count)],
            "value": [random.randrange(1, 500_000) for _ in range(count)],
            "entered_at": [days[place // 3] for place in range(count)],
            "quantity": [random.choice([None, 100]) for _ in range(count)],
        }
    )
    return as_filed(lines, regime_of())


def sums_agree(answer: Paid) -> None:
    """Totals of refundable duty equal the sum of voided layers, and every column of the summary is that of the lines."""
    lines, duties = answer.lines, answer.duties
    assert lines["voided"].sum() == duties["voided"].sum()
    for name in ("paid", "assessed", "owed", "voided"):
        assert answer.summary[name].sum() == lines[name].sum()
    by_line = duties.group_by("entry_number", "line_number").agg(pl.col("voided").sum().alias("layers"))
    each = lines.join(by_line, on=["entry_number", "line_number"], how="left", nulls_equal=True)
    assert (each["layers"].fill_null(0) == each["voided"]).all()
    assert (duties["voided"] <= duties["paid"].clip(lower_bound=0)).all()
    assert duties.filter((pl.col("voided") > 0) & (pl.col("authority") != "IEEPA")).height == 0
    assert (answer.findings.schema, lines.schema, duties.schema) == tuple(map(pl.Schema, (FINDINGS, LINES, DUTIES)))


def refundable_lies_within_voided(answer: Paid) -> None:
    """A finding that is refundable is part of what was paid under its voided heading: no money is told twice."""
    its = answer.findings.filter("refundable")
    both = its.join(answer.duties, on=["entry_number", "line_number", "heading"], how="left", suffix="_duty")
    assert (both["amount"] > 0).all()
    assert (both["amount"] <= both["voided"]).all()
    assert its.filter(pl.col("amount").is_null()).height == 0


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_honest_reports_have_no_findings(seed: int) -> None:
    answer = paid(honest(seed), regime_of())
    assert answer.lines["error"].null_count() == answer.lines.height
    assert answer.findings.filter(~pl.col("kind").is_in(AVAILABLE)).rows() == []
    assert (answer.lines["paid"] == answer.lines["assessed"]).all()
    assert (answer.lines["voided"] == answer.lines["assessed"] - answer.lines["owed"]).all()
    sums_agree(answer)


@pytest.mark.parametrize("seed", [1, 2])
def test_totals_only_come_to_the_same_refund(seed: int) -> None:
    rows = honest(seed)
    goods = ~pl.col("hts").str.starts_with("99")
    whole = rows.with_columns(duty=pl.col("duty").sum().over("entry_number", "line_number")).filter(goods)
    one, other = paid(rows, regime_of()), paid(whole, regime_of())
    assert other.lines["voided"].to_list() == one.lines["voided"].to_list()
    assert other.lines.filter(pl.col("voided") > 0)["from_engine"].all()
    sums_agree(other)


@settings(deadline=None)
@given(data=st.data())
def test_sums_agree_whatever_was_reported(data: st.DataObject) -> None:
    rows = honest(data.draw(st.sampled_from([4, 5])), 60)
    count = len(rows)
    cents = st.one_of(st.none(), st.integers(0, 10**7))
    duty = data.draw(st.lists(st.one_of(st.just(-1), cents), min_size=count, max_size=count))
    dropped = data.draw(st.lists(st.sampled_from([False, False, False, True]), min_size=count, max_size=count))
    codes = st.sampled_from(
        [None, None, None, "99030124", "99030125", "99030163", "99038803", "99030134", "99030133", "98020050"]
    )
    other = data.draw(st.lists(codes, min_size=count, max_size=count))
    told = pl.Series("told", duty, dtype=pl.Int64)
    wrong = rows.with_columns(
        pl.when(told == -1).then("duty").otherwise(told).alias("duty"),
        pl.coalesce(pl.Series(other, dtype=pl.String), "hts").alias("hts"),
    ).filter(~pl.Series(dropped))
    answer = paid(wrong, regime_of())
    assert answer.lines["paid"].sum() == wrong["duty"].sum()
    sums_agree(answer)
    refundable_lies_within_voided(answer)


def test_seeded_mistakes_are_found_where_they_were_made() -> None:
    """Every fifth line pays a tenth more under one heading that carries duty: overpaid by that, to the cent."""
    rows = honest(6).with_row_index("place")
    charged = rows.filter(pl.col("hts").str.starts_with("99") & (pl.col("duty") > 1_000_00) & (pl.col("value") == 0))
    seeded = charged.unique(["entry_number", "line_number"], keep="first", maintain_order=True).gather_every(5)
    more = pl.when(pl.col("place").is_in(seeded["place"].implode())).then(pl.col("duty") * 11 // 10).otherwise("duty")
    answer = paid(rows.with_columns(duty=more).select(list(ROWS)), regime_of())
    found = answer.findings.filter(~pl.col("kind").is_in(AVAILABLE))
    expected = {
        (row["entry_number"], row["line_number"], row["duty"] * 11 // 10 - row["duty"])
        for row in seeded.iter_rows(named=True)
    }
    assert len(expected) >= 20
    amounts = set(
        found.filter(~pl.col("kind").is_in(["value differs"])).select("entry_number", "line_number", "amount").rows()
    )
    assert amounts == expected
    refundable_lies_within_voided(answer)
