"""The long panel: each program's own stretches, with headings, acts and citations."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from tests.bulk.panels import kernel, panel, single
from tests.conftest import TODAY

from tidewaiter import Regime
from tidewaiter.assess.errors import FileError
from tidewaiter.bulk.output import column_name
from tidewaiter.bulk.panel_equivalents import read_unit_values
from tidewaiter.ledger.instants import parse_instant

NUMBERS = ("8507600090", "9503000073", "7208101500", "8703230190", "2804610000", "4407110002")
ORIGINS = ("CN", "DE", "JP", "CA", "VN", "RU")
FIRST = parse_instant("2025-01-01")


def at(frame: pl.DataFrame, instant: int) -> pl.DataFrame:
    moment = datetime.fromtimestamp(instant, UTC)
    until = pl.col("valid_until")
    return frame.filter((pl.col("valid_from") <= moment) & (until.is_null() | (until > moment)))


@pytest.fixture(scope="module")
def layers() -> pl.DataFrame:
    return panel(products=NUMBERS, origins=ORIGINS, start=FIRST, layers=True).frame()


def test_the_layers_are_those_of_the_engine(layers: pl.DataFrame) -> None:
    """Heading, kind, rate and citation of every charge and relief, but for the reliefs that only tell of another program."""
    for instant in kernel().regime.cuts[::3]:
        if instant < FIRST:
            continue
        here = at(layers, instant)
        for (hts, origin), rows in here.group_by("hts", "origin"):
            answer = single(str(hts), str(origin), instant, quantity="1000", unit="kg")
            found = {
                (row["program"], row["heading"]): row for row in rows.iter_rows(named=True) if row["program"] != "base"
            }
            told = {(one.program, one.heading): one for one in answer.layers if one.kind != "relief" or one.start}
            assert set(found) == set(told), (hts, origin, instant)
            for key, layer in told.items():
                row = found[key]
                assert row["kind"] == layer.kind
                assert row["citation"] == layer.citation
                assert row["voided"] == ("all" if layer.voided_by else row["voided"] if not layer.amount else None)
                if layer.rate_kind in ("ad_valorem", "cap"):
                    assert row["rate"] == layer.rate
            base = rows.filter(pl.col("program") == "base").row(0, named=True)
            assert (base["heading"], base["rate_text"]) == (answer.base.column, answer.base.text) or base[
                "heading"
            ] == "replaced"


def test_the_layers_and_the_columns_agree(layers: pl.DataFrame) -> None:
    wide = panel(products=NUMBERS, origins=ORIGINS, start=FIRST).frame()
    for instant in kernel().regime.cuts[-40::2]:
        long = at(layers, instant).filter(pl.col("rate") > 0, pl.col("program") != "base")
        said = {(row["origin"], row["hts"], row["program"]): row["rate"] for row in long.iter_rows(named=True)}
        columns = {
            (row["origin"], row["hts"], program): row[column_name(program)]
            for row in at(wide, instant).iter_rows(named=True)
            for program in kernel().programs
            if row[column_name(program)] is not None
        }
        assert said == columns


def test_a_program_keeps_its_own_stretches(layers: pl.DataFrame) -> None:
    """The 25 percent of list 1's successor on lithium-ion batteries (89 FR 76581) are one row, whatever else changes."""
    rows = layers.filter(pl.col("hts") == "8507600090", pl.col("origin") == "CN", pl.col("program") == "us-301-china")
    assert rows.select("heading", "rate").rows() == [("9903.91.06", Decimal("0.25"))]
    assert "89 FR 76581" in rows["citation"][0]


def test_courts_are_told(layers: pl.DataFrame) -> None:
    fentanyl = layers.filter(pl.col("program") == "us-fentanyl-china")
    # Learning Resources v. Trump: void for all.
    assert set(fentanyl["voided"]) == {"all"}


# Ad valorem equivalents


def test_a_duty_by_quantity_as_a_share_of_the_value(tmp_path: Path) -> None:
    """0402.91.06: 3.3 cents a kilogram of a good worth 2 dollars a kilogram is 1.65 percent.

    Of Germany, the reciprocal tariff fills up to 15 percent (EO 14326; U.S. note 2(v)(v)).
    """
    (tmp_path / "values.csv").write_text("hts,unit_value,unit\n04029106,2,kg\n2804.61.00.00,30,kg\n")
    regime = Regime.load(TODAY)
    options = {"origins": ["DE"], "start": "2025-09-01", "end": "2025-09-01", "unit_values": tmp_path / "values.csv"}
    row = regime.panel(products=["0402910600"], **options).row(0, named=True)
    assert (row["base_text"], row["base_specific"], row["base_unit"]) == ("3.3¢/kg", Decimal("0.033"), "kg")
    assert (row["total_rate"], row["cap_rate"], row["cap_program"]) == (None, Decimal("0.15"), "us-reciprocal")
    assert (row["base_equivalent"], row["total_equivalent"]) == (Decimal("0.0165"), Decimal("0.15"))
    # Void for all since Learning Resources: only the base duty is owed.
    assert row["owed_equivalent"] == Decimal("0.0165")


def test_an_added_duty_by_quantity_as_a_share_of_the_value(tmp_path: Path) -> None:
    """Polysilicon from 4 December 2026: 21 dollars a kilogram (Proclamation of August 6, 2026) of one worth 30 is 70 percent."""
    (tmp_path / "values.csv").write_text("hts,value,quantity,unit\n2804610000,3000,100,kg\n")
    regime = Regime.load(TODAY)
    row = regime.panel(
        products=["2804610000"],
        origins=["VN"],
        start="2026-12-05",
        end="2026-12-05",
        unit_values=tmp_path / "values.csv",
    ).row(0, named=True)
    assert row["specific_layers"] == "us-232-polysilicon-price: pending:us-232-polysilicon-kg $21/kg"
    assert (row["base_rate"], row["total_rate"], row["total_equivalent"]) == (0, None, Decimal("0.7"))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("hts,price\n8507,1\n", "malformed_file"),
        ("hts,unit_value\n8507,cheap\n", "malformed_row"),
        ("hts,unit_value\n85x7,1\n", "malformed_row"),
        ("hts,unit_value,unit\n8507,1,parsec\n", "malformed_row"),
        ("hts,unit_value,unit\n8507,1,kg\n8507,1,No.\n", "malformed_row"),
    ],
)
def test_a_file_of_unit_values_that_cannot_be_read(tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / "values.csv").write_text(text)
    with pytest.raises(FileError) as caught:
        read_unit_values(tmp_path / "values.csv")
    assert caught.value.code == code
