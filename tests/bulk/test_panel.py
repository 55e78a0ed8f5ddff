"""A row of a panel says what the single-line engine answers, at any instant of the row, for a line that states no facts."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.bulk.panels import VALUE, kernel, panel, row_at, single
from tests.profiles import load

from tidewaiter.assess.assessment import Assessment, Layer
from tidewaiter.assess.errors import LineError
from tidewaiter.bulk.output import column_name
from tidewaiter.ledger.instants import parse_instant

load()

FIRST = parse_instant("2025-01-01")
# Numbers that meet the law's corners: specific and compound base duties, "see note", column 2, polysilicon by the kilogram, solar
# cells, metals, vehicles and parts, wood, goods of Russia charged in lieu, what Canada may not send, exempt lists.
CORNERS = (
    "0402910600", "0805100020", "1701130500", "1806205000", "2204216000", "2402208000", "2804610000", "2818100000", "3818000020",
    "4101200000", "4104114010", "4407110002", "6109100012", "6403910010", "7208101500", "7318152065", "7604100000", "8471300100",
    "8473301180", "8541420010", "8541430080", "8507600090", "8507600020", "8542310045", "8703230190", "8708295060", "9401616010",
    "9403409060", "9503000073", "9101114010", "2208306000", "8711500030", "2934999000", "8806210000", "7108121013",
)  # fmt: skip


@cache
def numbers() -> list[str]:
    """A sample of tariff lines, drawn once, with the corners of the law."""
    every = panel(origins=("CN",)).runs.numbers
    return sorted({*Random(1789).sample(every, 40), *(one for one in CORNERS if one in every)})


ORIGINS = ("CN", "HK", "MO", "VN", "DE", "FR", "JP", "KR", "GB", "CH", "LI", "TW", "CA", "MX", "BR", "IN", "RU", "BY", "CU", "NI",
           "AU", "UA", "KH", "TH", "MY", "ID", "SG", "ZA", "TR", "IL", "US", "NO", "BD", "PK")  # fmt: skip


@cache
def rows() -> dict[tuple[str, str], list[dict[str, Any]]]:
    """The panel of the sample for every origin, by number and origin."""
    frame = panel(products=tuple(numbers()), origins=ORIGINS, start=FIRST).frame()
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in frame.iter_rows(named=True):
        found.setdefault((row["hts"], row["origin"]), []).append(row)
    return found


@cache
def instants() -> list[int]:
    """The first and the last second around every change of the law and the tariff from 2025 on."""
    edges = [*kernel().regime.cuts, *(edition.starts for edition in kernel().schedule.editions)]
    return sorted({near for edge in edges if edge > FIRST for near in (edge - 1, edge)})


def by_program(layers: list[Layer]) -> dict[str, Layer]:
    charged = [layer for layer in layers if layer.kind in ("duty", "cap") and (layer.amount or layer.rate is None)]
    assert len({layer.program for layer in charged}) == len(charged)
    return {layer.program: layer for layer in charged}


def check_shares(row: dict[str, Any], answer: Assessment) -> None:
    """Every program's rate, the total and what is owed, to the millionth."""
    found = {one: row[column_name(one)] for one in kernel().programs if row[column_name(one)] is not None}
    assert found == {one: layer.rate for one, layer in by_program(answer.layers).items()}
    if row["base_rate"] * 1_000_000 % 1 == 0 and row["base_text"] != "33 1/3%":
        assert row["total_rate"] * VALUE == answer.total_duty
        assert row["owed_rate"] * VALUE == answer.total_owed


def check_other(row: dict[str, Any], answer: Assessment) -> None:
    """Where duties go by quantity: shares where they are shares, all-in rates and amounts for a unit where they are not."""
    charged = by_program(answer.layers)
    kinds = ("ad_valorem",) if row["base_rate"] is None else ("ad_valorem", "cap")
    shares = {one: layer.rate for one, layer in charged.items() if layer.rate_kind in kinds}
    assert {one: row[column_name(one)] for one in kernel().programs if row[column_name(one)] is not None} == shares
    caps = [layer for layer in answer.layers if layer.cap is not None]
    if row["base_rate"] is None and len(caps) == 1:
        assert (row["cap_program"], row["cap_rate"]) == (caps[0].program, caps[0].cap)
    specific = [layer for layer in charged.values() if layer.rate_kind not in ("ad_valorem", "cap")]
    assert (row["specific_layers"] or "").count(": ") == len(specific)
    assert all(layer.heading in row["specific_layers"] for layer in specific)
    assert row["total_rate"] is None


def check(hts: str, origin: str, instant: int) -> None:
    row = row_at(rows().get((hts, origin), []), instant)
    # Quantities are no facts that a rate hangs on: where a duty goes by quantity, any will do.
    plenty = {"quantity": "1000", "unit": "kg", "quantity_2": "1000", "unit_2": "No."}
    try:
        answer = single(hts, origin, instant)
    except LineError as error:
        if error.code == "missing_quantity":
            try:
                answer = single(hts, origin, instant, **plenty)
            except LineError as other:
                assert other.code == "missing_quantity"
                return
        elif row is None:
            assert error.code in ("unknown_number", "ended_number", "future_number", "ambiguous_number")
            return
        else:
            assert row["error"] == error.code
            return
    assert row is not None
    assert row["error"] is None
    assert (row["base_column"], row["base_text"]) == (answer.base.column, answer.base.text)
    if row["base_rate"] is not None and row["specific_layers"] is None:
        check_shares(row, answer)
    else:
        check_other(row, answer)


@given(st.data())
def test_a_row_is_what_the_engine_answers(data: st.DataObject) -> None:
    hts = data.draw(st.sampled_from(numbers()), "hts")
    origin = data.draw(st.sampled_from(ORIGINS), "origin")
    for instant in data.draw(st.lists(st.sampled_from(instants()), min_size=5, max_size=5), "instants"):
        check(hts, origin, instant)


@pytest.mark.parametrize("hts", CORNERS)
def test_the_corners_of_the_law_are_what_the_engine_answers(hts: str) -> None:
    draw = Random(int(hts))
    for origin in draw.sample(ORIGINS, 10):
        for instant in draw.sample(instants(), 5):
            check(hts, origin, instant)


def test_the_rows_of_a_product_follow_each_other_without_gap() -> None:
    frame = pl.DataFrame([row for several in rows().values() for row in several], infer_schema_length=None)
    apart = frame.with_columns(pl.col("valid_from").shift(-1).over("origin", "hts").alias("next")).filter(
        pl.col("next").is_not_null() & (pl.col("next") != pl.col("valid_until"))
    )
    # Only a number that was away for an edition may have a gap.
    assert set(apart["hts"]) <= {one for one in numbers() if len(kernel().schedule.chapter(one[:2]).runs(one)) > 1}
    shown = [name for name in frame.columns if not name.startswith("valid_")]
    same = pl.all_horizontal(pl.col(one).eq_missing(pl.col(one).shift(1)) for one in shown)
    touching = pl.col("valid_from") == pl.col("valid_until").shift(1)
    assert frame.filter(same & touching).is_empty()


def test_the_toy_of_china_in_2025() -> None:
    """The headline series on a product free of duty: EO 14195, 14228, 14257, 14259, 14266, 14298, 14357; Learning Resources;
    Proclamation 11012; 91 FR 47318."""
    toy = panel(products=("9503.00.0073",), origins=("CN",), start=FIRST).frame()
    assert [(str(row["valid_from"])[:10], row["total_rate"] * 100) for row in toy.iter_rows(named=True)] == [
        ("2025-01-01", 0),
        ("2025-02-04", 10),
        ("2025-03-04", 20),
        ("2025-04-05", 30),
        ("2025-04-09", 104),
        ("2025-04-10", 145),
        ("2025-05-14", 30),
        ("2025-11-10", 20),
        ("2026-02-24", 0),
        ("2026-02-24", 10),
        ("2026-07-24", Decimal("12.5")),
    ]
    assert toy["owed_rate"].to_list()[:9] == [0] * 9
    assert toy["valid_until"][-1] is None
