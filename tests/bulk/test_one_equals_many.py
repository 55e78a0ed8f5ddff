"""One line and many lines agree, on every line, to the cent: amounts, what is owed, fees, refusals and warnings.

``HYPOTHESIS_PROFILE=nightly`` tries at least 100,000 lines, CI 2,000.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from tests import profiles
from tests.bulk import lines as made
from tests.conftest import TODAY, engine_seen_from, shipped_schedule

from tidewaiter.assess.amounts import to_cent
from tidewaiter.assess.assessment import Assessment, BaseLine, Layer
from tidewaiter.assess.batch import Result, assess_records
from tidewaiter.assess.records import Record
from tidewaiter.bulk.codes import ERRORS, warnings_of
from tidewaiter.bulk.frames import price
from tidewaiter.bulk.kernel import Kernel
from tidewaiter.bulk.several import AnyPricer, Several
from tidewaiter.bulk.stream import Options

profiles.load()

Json = dict[str, Any]
LINES_A_FILE = 12
KNOWN = [TODAY, TODAY, "2025-06-02", "2026-02-19", "2025-04-09"]
EVERY_ANSWER = frozenset({"ad_cvd_not_computed"})
"""Warnings that every answer carries, and no column repeats."""


@cache
def kernel(known_on: str = TODAY, scenario: str = "law", into: str = "US") -> Kernel:
    engine = engine_seen_from(known_on, scenario)
    return Kernel(engine.regime, engine.schedule_of(into), into)


def kernels(known_on: str, scenario: str, into: str) -> AnyPricer:
    """The kernel of a country, or those of several (by commas)."""
    several = [kernel(known_on, scenario, one) for one in into.split(",")]
    return several[0] if len(several) == 1 else Several(several)


def frame_of(lines: Iterable[Json]) -> pl.DataFrame:
    """Lines as a frame of text columns, as a CSV would give them."""
    rows = list(lines)
    names = sorted({name for row in rows for name in row})
    return pl.DataFrame(
        {name: [row.get(name) for row in rows] for name in names}, schema=dict.fromkeys(names, pl.String)
    )


def one_by_one(lines: Iterable[Json], known_on: str, scenario: str = "law", **options: bool) -> list[Result]:
    records = (Record(number, dict(line)) for number, line in enumerate(lines, start=1))
    return list(assess_records(engine_seen_from(known_on, scenario), records, **options))


def told(assessment: Assessment) -> Json:
    """An assessment in the columns of many lines."""
    duties: Counter[str] = Counter()
    for layer in assessment.layers:
        duties[layer.program.replace("-", "_")] += layer.amount  # type: ignore[assignment]
    codes = {caution.code for caution in assessment.warnings} - EVERY_ANSWER
    return {
        "base_duty": assessment.base.amount,
        **{name: amount for name, amount in duties.items() if amount},
        **{fee.code.lower(): fee.amount for fee in assessment.fees if fee.amount},
        "total_duty": assessment.total_duty,
        "total_owed": assessment.total_owed,
        "refundable": assessment.total_duty - assessment.total_owed,
        "total_fees": assessment.total_fees,
        "total": assessment.total_duty + assessment.total_fees,
        "effective_rate": assessment.effective_rate,
        "warnings": codes,
    }


def priced(lines: list[Json], known_on: str, scenario: str = "law", into: str = "US", **options: bool) -> list[Json]:
    """The answers of many lines, without the columns in which nothing is charged."""
    frame = frame_of(lines)
    kept = set(frame.columns)
    always = {"base_duty", "total_duty", "total_owed", "refundable", "total_fees", "total", "effective_rate"}
    found: list[Json] = []
    for row in price(kernels(known_on, scenario, into), frame, Options(**options)).to_dicts():
        answer = {name: cell for name, cell in row.items() if name not in kept and (cell or name in always)}
        answer["warnings"] = set(filter(None, (row["warnings"] or "").split(";")))
        found.append(answer)
    return found


def check(lines: list[Json], known_on: str = TODAY, scenario: str = "law", into: str = "US", **options: bool) -> None:
    results = one_by_one(lines, known_on, scenario, **options)
    answers = priced(lines, known_on, scenario, into, **options)
    for line, single, many in zip(lines, results, answers, strict=True):
        if single.error is not None:
            assert many.get("error") == single.error.code, (line, single.error)
            assert many["total_duty"] is None
        else:
            assert single.assessment is not None
            assert many == told(single.assessment), line


def examples(lines: int) -> int:
    """How many files make so many lines under the profile that is loaded."""
    share = settings.get_profile(profiles.name()).max_examples / settings.get_profile("ci").max_examples
    return max(1, int(lines * share) // LINES_A_FILE * 2)


@settings(max_examples=examples(1400))
@given(made.files(LINES_A_FILE))
def test_one_line_equals_many(lines: list[Json]) -> None:
    check(lines)


@settings(max_examples=examples(400))
@given(made.files(LINES_A_FILE), made.st.sampled_from(KNOWN))
def test_one_line_equals_many_on_other_days_of_knowledge(lines: list[Json], known_on: str) -> None:
    check(lines, known_on)


@settings(max_examples=examples(200))
@given(made.files(LINES_A_FILE), made.st.sampled_from([{"whole_dollars": True}, {"scenario": "as-reported"}]))
def test_one_line_equals_many_in_whole_dollars_and_under_a_scenario(lines: list[Json], how: Json) -> None:
    check(lines, TODAY, **how)


@settings(max_examples=examples(200))
@given(made.files(LINES_A_FILE))
def test_the_layers_are_those_of_one_line(lines: list[Json]) -> None:
    """``--long``: base duty and every heading reported, with rate, basis, amount and what is owed, in the entry's order."""
    check_layers(lines)


def check_layers(lines: list[Json], into: str = "US") -> None:
    frame = frame_of(lines)
    found = price(kernels(TODAY, "law", into), frame, Options(long=True)).to_dicts()
    for number, single in enumerate(one_by_one(lines, TODAY), start=1):
        rows = [row for row in found if row["line"] == number]
        if single.error is not None:
            assert [row["error"] for row in rows] == [single.error.code]
            continue
        assessment = single.assessment
        assert assessment is not None
        layers = [row for row in rows if row["kind"] not in ("base", "fee")]
        assert [(row["heading"], row["program"], row["kind"], row["amount"], row["owed"]) for row in layers] == [
            (layer.heading, layer.program, layer.kind, layer.amount, layer.owed) for layer in assessment.layers
        ], lines[number - 1]
        assert (rows[0]["heading"], rows[0]["amount"]) == (assessment.hts, assessment.base.amount)
        check_basis(rows[0], assessment.base)
        for row, layer in zip(layers, assessment.layers, strict=True):
            check_basis(row, layer)
        fees = {row["heading"]: row["amount"] for row in rows if row["kind"] == "fee"}
        assert fees == {fee.code: fee.amount for fee in assessment.fees if fee.amount}


def check_basis(row: Json, said: BaseLine | Layer) -> None:
    """The rate where it is a share, and what it falls on, as one line has them. By quantity: the value that it covers."""
    kind = said.kind if isinstance(said, BaseLine) else said.rate_kind
    # A third (33 1/3% in column 2) is no decimal, and the column does not round it. What a cap leaves is cut off.
    is_share = kind == "cap" or (kind in ("ad_valorem", "free") and said.rate == round(said.rate or Decimal(0), 6))
    assert (row["rate"] is not None) == is_share, (row, said)
    assert not is_share or abs(row["rate"] - said.rate) < Decimal("0.000001"), (row, said)
    if said.basis != "quantity":
        assert (row["basis"], row["basis_value"]) == (said.basis, to_cent(said.basis_value)), (row, said)


def test_a_frame_may_be_cut_anywhere() -> None:
    """The same lines in one frame, in frames of one line, and in another order of frames met: the same answers."""
    lines = [
        {"hts": "8507.60.0090", "origin": "CN", "value": "10000", "entered_at": "2026-08-01", "entry_id": "A"},
        {"hts": "9503.00.0073", "origin": "VN", "value": "50", "entered_at": "2026-08-01", "entry_id": "A"},
        {"hts": "7318.15.2065", "origin": "DE", "value": "1000", "entered_at": "2026-05-01", "entry_id": None},
        {"hts": "8418.10.0030", "origin": "MX", "value": "900", "entered_at": "2026-02-01", "entry_id": "B"},
        {"hts": "0101.21.0010", "origin": "BR", "value": "900", "entered_at": "2026-09-01", "entry_id": "A"},
    ]
    frame = frame_of(lines)
    whole = price(kernel(), frame)
    fresh = Kernel(engine_seen_from().regime, shipped_schedule())
    from tidewaiter.bulk.frames import answers
    from tidewaiter.bulk.stream import Summary

    summary = Summary()
    parts = pl.concat(list(answers(fresh, frame.iter_slices(1), Options(), summary)))
    assert parts.equals(whole)
    assert (summary.lines, dict(summary.refused)) == (5, {"entry_not_together": 1})
    assert whole["error"].to_list() == [None, None, None, None, "entry_not_together"]


def test_a_kernel_meets_product_classes_it_did_not_know() -> None:
    """A number that only a statistical note lists is of no edition: its class may be new to a kernel that has priced others."""
    lines = [
        {"hts": hts, "origin": "CN", "value": "100", "entered_at": "2026-08-01"}
        for hts in ("8507.60.0090", "7318.15.2065")
    ]
    fresh = Kernel(engine_seen_from().regime, shipped_schedule())
    price(fresh, frame_of(lines[:1]))
    before = len(fresh.classes)
    unknown = (f"{number[:8]}{suffix}" for number in shipped_schedule().numbers() for suffix in ("97", "03"))
    next(number for number in unknown if fresh.classes.of(number) >= before)
    assert price(fresh, frame_of(lines)).equals(price(kernel(), frame_of(lines)))


def test_a_frame_of_which_no_line_is_plain_meets_a_new_day() -> None:
    """Every line states a number that fits no int64, on a day for which the kernel has compiled nothing yet."""
    fresh = Kernel(engine_seen_from().regime, shipped_schedule())
    for day in ("2026-05-01", "2025-10-10"):
        line = {"hts": "7318.15.2065", "origin": "TW", "value": "123.456", "entered_at": day}
        assert price(fresh, frame_of([line])).equals(price(kernel(), frame_of([line])))


@pytest.mark.parametrize("code", [code for code in ERRORS if code])
def test_error_codes_are_told_once(code: str) -> None:
    assert ERRORS.count(code) == 1


def test_warning_codes_are_told_in_order() -> None:
    assert warnings_of(0) == ""
    assert np.unique([len(warnings_of(1 << place).split(";")) for place in range(20)]).tolist() == [1]


def test_amounts_are_decimals_of_cents() -> None:
    (row,) = price(
        kernel(), frame_of([{"hts": "8507.60.0090", "origin": "CN", "value": "1", "entered_at": "2026-08-01"}])
    ).to_dicts()
    assert (row["base_duty"], row["us_301_china"]) == (Decimal("0.03"), Decimal("0.25"))
