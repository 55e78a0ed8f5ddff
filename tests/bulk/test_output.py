"""The answer as a frame: its columns and their types, what is missing where a line is refused, rates to the last digit."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import profiles
from tests.bulk.test_one_equals_many import frame_of, kernel, one_by_one
from tests.conftest import TODAY, TOY

from tidewaiter import Regime
from tidewaiter.assess.errors import FileError
from tidewaiter.bulk.codes import ERRORS
from tidewaiter.bulk.columns import unread_columns
from tidewaiter.bulk.frames import answer_schema, price
from tidewaiter.bulk.lines import MARK
from tidewaiter.bulk.output import TOTALS
from tidewaiter.bulk.stream import Options, Summary

profiles.load()

LINE = {"hts": TOY, "origin": "CN", "value": "10000", "entered_at": "2026-08-01"}
BATTERY = {**LINE, "hts": "8507.60.0090"}
MONEY, RATE = pl.Decimal(18, 2), pl.Decimal(9, 6)


def answer(*lines: dict[str, Any], **options: bool) -> pl.DataFrame:
    return price(kernel(), frame_of(lines), Options(**options))


def refusal(frame: pl.DataFrame | pl.LazyFrame, **options: bool) -> FileError:
    with pytest.raises(FileError) as caught:
        price(kernel(), frame, Options(**options))
    return caught.value


# Columns and types


def test_the_columns_are_those_of_the_page() -> None:
    programs = [one.replace("-", "_") for one in kernel().programs]
    schema = answer(LINE).schema
    assert schema.names() == [
        *sorted(LINE),
        "base_duty",
        *programs,
        "mpf",
        "hmf",
        *TOTALS,
        "effective_rate",
        "warnings",
        "error",
    ]
    assert {schema[name] for name in ("base_duty", *programs, "mpf", "hmf", *TOTALS)} == {MONEY}
    assert schema["effective_rate"] == pl.Decimal(18, 4)
    assert schema["warnings"] == pl.Categorical()
    assert schema["error"] == pl.Enum(list(ERRORS[1:]))


def test_rates_stand_beside_the_amounts() -> None:
    found = answer(BATTERY, rates=True)
    names = found.columns
    for program in kernel().programs:
        column = program.replace("-", "_")
        assert names[names.index(column) + 1] == f"{column}_rate"
        assert found.schema[f"{column}_rate"] == RATE
    # 9903.91.06 at 25 percent (89 FR 76581), 9903.05.31 at 12.5 (91 FR 47318); nothing else is charged.
    given = {
        name: cell for name, cell in found.row(0, named=True).items() if name.endswith("_rate") and cell is not None
    }
    assert given == {
        "us_301_china_rate": Decimal("0.25"),
        "us_301_forced_labor_rate": Decimal("0.125"),
        "effective_rate": Decimal("0.4090"),
    }


def test_layers_have_columns_of_their_own() -> None:
    found = price(kernel(), frame_of([{**BATTERY, "line_id": "7", "sku": "x"}]), Options(long=True))
    assert dict(found.schema) == {
        "line": pl.Int64(),
        "line_id": pl.String(),
        **dict.fromkeys(("program", "heading", "kind"), pl.String()),
        "rate": RATE,
        "basis": pl.String(),
        **dict.fromkeys(("basis_value", "amount", "owed"), MONEY),
        "error": pl.Enum(list(ERRORS[1:])),
    }
    told = found.select("program", "heading", "kind", "rate", "basis", "basis_value", "amount").rows()
    value = ("value", Decimal("10000.00"))
    assert told == [
        ("base", "8507.60.0090", "base", Decimal("0.034"), *value, Decimal("340.00")),
        ("us-301-china", "9903.91.06", "duty", Decimal("0.25"), *value, Decimal("2500.00")),
        ("us-301-forced-labor", "9903.05.31", "duty", Decimal("0.125"), *value, Decimal("1250.00")),
        ("fee", "MPF", "fee", None, None, None, Decimal("34.64")),  # 0.3464 percent, 19 USC 58c(a)(9)
    ]


KOREAN = {"origin": "KR", "spi": "KR"}
REPAIRED = {"ch98": "9802.00.50", "ch98_value": "2000"}
ASSEMBLED = {"ch98": "9802.00.80", "ch98_value": "2000"}


@pytest.mark.parametrize(
    ("facts", "rate", "basis", "basis_value", "amount"),
    [
        ({}, "0.034", "value", "10000.00", "340.00"),
        ({"origin": "BY"}, "0.4", "value", "10000.00", "4000.00"),  # column 2
        (KOREAN, "0", "value", "10000.00", "0.00"),  # Free under the agreement
        # The base duty falls on the repair alone (9802.00.50), and not on parts of the United States (9802.00.80).
        (REPAIRED, "0.034", "ch98_value", "2000.00", "68.00"),
        (ASSEMBLED, "0.034", "value_less_ch98", "8000.00", "272.00"),
        # 1.005 dollars are told as 1.01; the duty is that of 1.005 (3.417 cents).
        ({"value": "1.005"}, "0.034", "value", "1.01", "0.03"),
        ({"value": "99999999999.125"}, "0.034", "value", "99999999999.13", "3399999999.97"),
        # Aluminum of Russia: 18.5 percent in column 2, and 9903.90.08 is charged in its place (U.S. note 30).
        ({"hts": "7601.10.3000", "origin": "RU"}, "0.185", "replaced", "0.00", "0.00"),
        # 33 1/3 percent in column 2 is no decimal.
        ({"hts": "4202.29.2000", "origin": "BY"}, None, "value", "10000.00", "3333.33"),
        # 6.3 cents a liter, 57 cents a kg and 1.4 percent: no shares of the value. 100 kg: 57.00 and 140.00 dollars.
        ({"hts": "2204.21.5040", "origin": "FR", "quantity": "1200"}, None, "value", "10000.00", "75.60"),
        ({"hts": "2402.10.8030", "origin": "DE", "unit": "kg"}, None, "value", "10000.00", "197.00"),
    ],
)
def test_the_base_duty_has_its_rate_and_basis(
    facts: dict[str, str], rate: str | None, basis: str, basis_value: str, amount: str
) -> None:
    line = {**BATTERY, "quantity": "100", **facts}
    # Beside other lines, refused ones too: rows are told by their place.
    found = answer({**LINE, "hts": "abcd"}, line, LINE, {**LINE, "value": "0.0001"}, long=True)
    told = found.filter(pl.col("line") == 2, pl.col("kind") == "base")
    expected = (None if rate is None else Decimal(rate), basis, Decimal(basis_value), Decimal(amount))
    assert told.select("rate", "basis", "basis_value", "amount").rows() == [expected]


@pytest.mark.parametrize("options", [{}, {"rates": True}, {"long": True}])
@pytest.mark.parametrize("rows", [0, 1, 3])
def test_the_schema_is_known_before_the_answer(options: dict[str, bool], rows: int) -> None:
    frame = frame_of([{**BATTERY, "entry_id": "A", "line_id": "1"}] * 3).head(rows)
    lazy = price(kernel(), frame.lazy(), Options(**options))
    assert lazy.collect_schema() == price(kernel(), frame, Options(**options)).schema == lazy.collect().schema


def test_the_own_columns_are_kept_as_they_are() -> None:
    own = pl.DataFrame(
        {
            "sku": ["=1+1", None],
            "value": [10000.0, 1.5],
            "tags": [["a"], None],
            "hts": pl.Series([TOY, TOY], dtype=pl.Categorical),
            "entered_at": ["2026-08-01"] * 2,
            "origin": ["CN"] * 2,
            "": [1, 2],
            "__place": [3, 4],
        }
    )
    assert price(kernel(), own).select(own.columns).equals(own)


# Columns that cannot be


@pytest.mark.parametrize(
    "column", ["base_duty", "us_301_china", "mpf", "hmf", *TOTALS, "effective_rate", "warnings", "error"]
)
def test_an_answer_is_no_input(column: str) -> None:
    error = refusal(frame_of([{**LINE, column: "1"}]))
    assert (error.code, column in error.message) == ("column_exists", True)


def test_rates_and_layers_take_other_names() -> None:
    frame = frame_of([{**LINE, "us_301_china_rate": "1"}])
    assert price(kernel(), frame)["us_301_china_rate"].to_list() == ["1"]
    assert refusal(frame, rates=True).code == "column_exists"
    assert price(kernel(), frame_of([{**LINE, "total_duty": "1", "program": "x"}]), Options(long=True)).height == 3


def test_the_mark_of_readers_is_no_column_of_a_frame() -> None:
    for frame in (frame_of([{**LINE, MARK: "abc"}]), frame_of([{**LINE, MARK: "abc"}]).lazy()):
        assert refusal(frame).code == "column_exists"


@pytest.mark.parametrize("missing", ["hts", "origin", "value", "entered_at"])
def test_a_column_that_every_line_needs(missing: str) -> None:
    frame = frame_of([LINE]).drop(missing)
    for one in (frame, frame.lazy(), frame.head(0)):
        error = refusal(one)
        assert (error.code, missing in error.message) == ("missing_column", True)


@pytest.mark.parametrize(
    ("columns", "hints"),
    [
        (["HTS ", "Origin", " Value", "Entered_At"], ["'HTS '", "'Origin'", "' Value'", "'Entered_At'"]),
        (
            ["HTSUS Number", "Country of Origin", "Entered Value", "Entry Date"],
            ["hts may be 'HTSUS Number'", "'Entry Date'"],
        ),
        (["hts_code", "coo", "customs_value", "date_of_entry"], ["hts may be 'hts_code'", "origin may be 'coo'"]),
        (["a", "b", "c", "d"], ["the first row names the columns"]),
        (["", "x" * 10_000, "\n", "hts\x00"], ["hts may be 'hts\\x00'"]),
    ],
)
def test_a_missing_column_is_told_with_those_that_may_be_meant(columns: list[str], hints: list[str]) -> None:
    error = refusal(pl.DataFrame({name: ["1"] for name in columns}))
    assert error.code == "missing_column"
    for hint in hints:
        assert hint in error.hint


def test_columns_that_nearly_have_the_name_of_a_field_are_told() -> None:
    """A ``Quantity`` that is passed through unread may change a duty: the summary says so."""
    names = [
        "Quantity",
        "ENTRY_ID",
        " loaded at ",
        "Steel-Value",
        "chip_tpp",
        "Fact.Chip_Tpp",
        "sku",
        "value",
        "Value",
        "hts",
    ]
    assert unread_columns(names, kernel().regime.ledger) == {
        " loaded at ": "loaded_at",
        "ENTRY_ID": "entry_id",
        "Fact.Chip_Tpp": "fact.chip_tpp",
        "Quantity": "quantity",
        "Steel-Value": "steel_value",
        "chip_tpp": "fact.chip_tpp",
    }


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("entry_id", pl.Series([["A"]])),
        ("entry_id", pl.Series([{"a": 1}])),
        ("entry_id", pl.Series([object()], dtype=pl.Object)),
        ("hts", pl.Series([[TOY]])),
        ("value", pl.Series([b"1"])),
        ("value", pl.Series([object()], dtype=pl.Object)),
        ("claims", pl.Series([{"a": "plaintiff"}])),
        ("facts", pl.Series([["chip_tpp"]])),
        ("fact.chip_tpp", pl.Series([{"a": 1}])),
    ],
)
def test_columns_of_a_type_that_says_nothing(name: str, column: pl.Series) -> None:
    error = refusal(frame_of([LINE]).with_columns(column.alias(name)))
    assert (error.code, name in error.message) == ("bad_column_type", True)


# Refused lines


def test_a_refused_line_has_no_amounts_and_the_others_are_answered() -> None:
    found = answer(LINE, {**LINE, "hts": "abcd"}, LINE, {**LINE, "origin": None}, {**LINE, "value": "-1"}, rates=True)
    assert found["error"].to_list() == [None, "malformed_number", None, "missing_field", "negative_number"]
    added = [name for name in found.columns if name not in LINE and name != "error"]
    for row in (1, 3, 4):
        assert [name for name in added if found[name][row] is not None] == []
    assert found["total_duty"].to_list() == [Decimal("1250.00"), None, Decimal("1250.00"), None, None]
    assert found.select(*LINE).equals(
        frame_of([LINE, {**LINE, "hts": "abcd"}, LINE, {**LINE, "origin": None}, {**LINE, "value": "-1"}]).select(*LINE)
    )


def test_a_refused_line_is_one_row_of_layers() -> None:
    found = answer({**LINE, "hts": "abcd"}, LINE, long=True)
    assert found["line"].to_list() == [1, 2, 2, 2]
    assert found.row(0) == (1, None, None, None, None, None, None, None, None, "malformed_number")


def test_the_summary_counts_what_the_columns_say() -> None:
    summary = Summary()
    lines = [
        LINE,
        BATTERY,
        {**LINE, "hts": "abcd"},
        {**LINE, "entered_at": "2025-06-01"},
        {**LINE, "transport": "vessel"},
    ]
    found = price(kernel(), frame_of(lines), Options(), summary)
    assert (summary.lines, summary.answered, dict(summary.refused)) == (5, 4, {"malformed_number": 1})
    cents = {
        name: int(100 * (found[name].sum() or 0)) for name in ("base_duty", "total_duty", "refundable", "mpf", "hmf")
    }
    assert cents["base_duty"] == summary.base
    assert cents["total_duty"] == 100 * summary.total
    assert cents["refundable"] == summary.voided
    assert {"MPF": cents["mpf"], "HMF": cents["hmf"]} == dict(summary.fees)
    for program, duty in summary.duties.items():
        assert int(100 * found[program.replace("-", "_")].sum()) == duty


# Effective rates


@pytest.mark.parametrize(
    ("line", "rate"),
    [
        (LINE, "0.1250"),
        # 3.4, 25 and 12.5 percent of 64 cents: 2, 16 and 8 cents; 26/64 is 0.40625.
        ({**BATTERY, "value": "0.64"}, "0.4063"),
        # 12.5 percent of 4 cents is half a cent, a whole one when rounded.
        ({**LINE, "value": "0.04"}, "0.2500"),
        ({**LINE, "value": "0.01"}, "0.0000"),
        ({**LINE, "value": "9999999999999.99"}, "0.1250"),
        ({**LINE, "value": "9999999999.995"}, "0.1250"),
        # Value 0 has no rate, and neither has a line that is refused.
        ({**LINE, "value": "0"}, None),
        ({**LINE, "hts": "abcd"}, None),
        # 1701.13.5000: 33.87 cents a kg; 100 kg for a cent are 33.87 dollars.
        (
            {"hts": "1701.13.5000", "origin": "AU", "value": "0.01", "entered_at": "2025-02-10", "quantity": "100"},
            "3387.0000",
        ),
        # 10^13 times the value or more is no rate that a column holds.
        (
            {
                "hts": "1701.13.5000",
                "origin": "AU",
                "value": "0.01",
                "entered_at": "2025-02-10",
                "quantity": "9999999999999",
            },
            None,
        ),
    ],
)
def test_effective_rates(line: dict[str, str], rate: str | None) -> None:
    for lines in ([line], [LINE, line, BATTERY]):
        found = answer(*lines)["effective_rate"].to_list()
        assert found[len(lines) // 2] == (None if rate is None else Decimal(rate))


@given(st.lists(st.integers(1, 10**15 - 1), min_size=1, max_size=8))
def test_an_effective_rate_is_the_duty_over_the_value(cents: list[int]) -> None:
    values = [Decimal(one).scaleb(-2) for one in cents]
    found = answer(*({**BATTERY, "value": str(value)} for value in values))
    for duty, rate, value in zip(found["total_duty"], found["effective_rate"], values, strict=True):
        assert rate == (duty / value).quantize(Decimal("0.0001"), ROUND_HALF_UP)


def test_totals_add_up_on_every_line() -> None:
    vessel = {"transport": "vessel"}
    lines = [{**LINE, **vessel, "entered_at": day} for day in ("2018-08-01", "2025-06-01")] + [{**BATTERY, **vessel}]
    found = answer(*lines)
    programs = [name.replace("-", "_") for name in kernel().programs]
    for row in found.to_dicts():
        assert row["total_duty"] == row["base_duty"] + sum(row[name] for name in programs)
        assert row["total_owed"] == row["total_duty"] - row["refundable"]
        assert row["total_fees"] == row["mpf"] + row["hmf"]
        assert row["total"] == row["total_duty"] + row["total_fees"]
        assert row["hmf"] == Decimal("12.50")  # 0.125 percent, 26 USC 4461


def test_warnings_are_codes_with_semicolons_between() -> None:
    found = answer({**LINE, "value": "10.50"})["warnings"][0].split(";")
    codes = {one.code for one in one_by_one([{**LINE, "value": "10.50"}], TODAY)[0].assessment.warnings}  # type: ignore[union-attr]
    assert set(found) == codes - {"ad_cvd_not_computed"}
    assert "value_has_cents" in found


# From Python


def test_other_frames_are_told_apart() -> None:
    regime = Regime.load(known_on=TODAY)
    with pytest.raises(TypeError, match="Polars frame, not dict"):
        regime.price({"hts": ["1"]})  # type: ignore[call-overload]


def test_the_schema_of_an_empty_input() -> None:
    assert answer_schema(kernel(), pl.Schema(), Options()).names()[0] == "base_duty"
    assert price(kernel(), pl.DataFrame()).height == 0
