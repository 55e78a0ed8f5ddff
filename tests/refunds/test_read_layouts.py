"""Property: whatever rows are written in whatever layout, the same rows are read."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.refunds.reports import write_csv, write_xlsx

from tidewaiter.assess.countries import country_codes
from tidewaiter.refunds.entry_numbers import check_digit, dashed
from tidewaiter.refunds.frames import AD_CVD, HOLDS, LIQUIDATION, PROTESTS, ROWS
from tidewaiter.refunds.read import read_reports
from tidewaiter.refunds.read_headers import ColumnMap, MappedTable, fingerprint

EPOCH = date(1899, 12, 30)
DAYS = st.none() | st.dates(date(1990, 1, 1), date(2100, 12, 31))
CODES = st.from_regex(r"[A-Z][A-Z0-9]{1,8}", fullmatch=True).filter(
    lambda code: code not in ("NA", "NAN", "NULL", "TBD")
)
MONEY = st.integers(-(10**12), 10**12)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "entry_type": st.sampled_from(["01", "03", "06", "11", "31", "47"]),
    "importer": st.none() | CODES,
    "port": st.none() | st.from_regex(r"[0-9]{4}", fullmatch=True),
    "liquidation_status": st.none() | st.sampled_from(LIQUIDATION),
    "hold": st.none() | st.sampled_from(HOLDS),
    "protest": st.none() | st.sampled_from(PROTESTS),
    "ad_cvd": st.none() | st.sampled_from(AD_CVD),
    "notify_party": st.none() | CODES,
    "indicator": st.none() | st.sampled_from(["Y", "P"]),
    "origin": st.none() | st.sampled_from(sorted(country_codes())),
    "export_country": st.none() | st.sampled_from(sorted(country_codes())),
    "hts": st.from_regex(r"[0-9]{8}([0-9]{2})?", fullmatch=True),
    "value": MONEY,
    "duty": MONEY,
    "quantity": st.none() | st.decimals(0, 10**9, places=3),
    "unit": st.none() | st.sampled_from(["NO", "KG", "DOZ"]),
    "spi": st.none() | st.sampled_from(["S", "KR", "AU"]),
}


@st.composite
def rows(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Rows of some entries, each number of each line once."""
    found = []
    for ten in draw(
        st.lists(st.from_regex(r"[0-9A-Z]{3}[0-9]{7}", fullmatch=True), min_size=1, max_size=4, unique=True)
    ):
        for line in range(1, draw(st.integers(1, 3)) + 1):
            for ordinal in range(1, draw(st.integers(1, 2)) + 1):
                row: dict[str, Any] = {
                    "entry_number": f"{ten}{check_digit(ten)}",
                    "line_number": line,
                    "ordinal": ordinal,
                }
                for name, kind in ROWS.items():
                    if name in VALUES:
                        row[name] = draw(VALUES[name])
                    elif kind == pl.Date():
                        row[name] = draw(DAYS)
                    elif kind == pl.Boolean():
                        row[name] = draw(st.none() | st.booleans())
                found.append({**row, "filer": ten[:3]})
    return found


HEADERS = {
    "entry_number": "Entry Summary Number",
    "line_number": "Entry Summary Line Number",
    "ordinal": "Tariff Ordinal Number",
    "entry_type": "Entry Type Code",
    "importer": "Importer Number",
    "port": "Port of Entry Code",
    "entry_date": "Entry Date",
    "summary_date": "Entry Summary Date",
    "import_date": "Importation Date",
    "deposit_date": "Date Paid",
    "liquidation_status": "Liquidation Status",
    "liquidation_date": "Liquidation Date",
    "hold": "Extension/Suspension",
    "recon_flagged": "Recon Flag",
    "recon_filed": "Type 09 Filed",
    "recon_due": "Recon Due Date",
    "drawback": "Drawback",
    "protest": "Protest Status",
    "protest_date": "Protest Date",
    "ad_cvd": "AD/CVD Status",
    "statement_paid": "Statement Paid",
    "summary_accepted": "Entry Summary Status",
    "surety_paid": "Surety Paid",
    "notify_party": "4811 Party",
    "indicator": "CAPE Indicator",
    "corrected": "PSC",
    "origin": "Country of Origin Code",
    "export_country": "Country of Export Code",
    "hts": "HTS Number - Full",
    "value": "Line Goods Value Amount",
    "duty": "Line Duty Amount",
    "quantity": "Line Tariff Quantity (1)",
    "unit": "Line Tariff UOM (1) Code",
    "spi": "SPI",
}
OWN = {name: name for name in HEADERS} | {
    "entry_number": "entry_id",
    "entry_date": "entered_at",
    "import_date": "imported_at",
    "deposit_date": "deposited_at",
}
STRANGE = {name: f"Spalte {number}" for number, name in enumerate(HEADERS)}


def ace(name: str, cell: Any) -> Any:
    """A cell as ACE prints it."""
    if isinstance(cell, date):
        return f"{cell:%m/%d/%Y}"
    if isinstance(cell, bool):
        return "Y" if cell else "N"
    if name in ("value", "duty"):
        text = f"${abs(cell) // 100:,}.{abs(cell) % 100:02}"
        return f"({text})" if cell < 0 else text
    return cell.title() if name in ("liquidation_status", "hold", "protest") and cell else cell


def excel(name: str, cell: Any) -> Any:
    """A cell as Excel keeps it."""
    if isinstance(cell, date):
        return (cell - EPOCH).days
    if isinstance(cell, bool):
        return cell
    if name in ("value", "duty"):
        return cell / 100
    if isinstance(cell, Decimal):
        return float(cell)
    return dashed(cell) if name == "entry_number" else cell


def own(name: str, cell: Any) -> Any:
    """A cell of Tidewaiter's lines."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if name in ("value", "duty"):
        return f"{Decimal(cell) / 100:.2f}"
    return str(cell) if cell is not None else None


def printed(given: list[dict[str, Any]], headers: dict[str, str], say: Any) -> list[dict[str, Any]]:
    return [{headers[name]: say(name, row[name]) for name in headers} for row in given]


@settings(max_examples=40, deadline=None)
@given(rows())
def test_rows_are_read_as_they_were_written(given: list[dict[str, Any]]) -> None:
    wanted = [{name: row.get(name) for name in ROWS if name not in ("file", "row")} for row in given]
    strange = ColumnMap((MappedTable(fingerprint([*STRANGE.values()]), STRANGE),))
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        lines = pl.DataFrame(printed(given, OWN, own), schema=dict.fromkeys(OWN.values(), pl.String))
        lines.write_parquet(at / "l.parquet")
        lines.write_ndjson(at / "l.jsonl")
        paths = [
            write_csv(at / "a.csv", printed(given, HEADERS, ace), [*HEADERS.values()]),
            write_csv(at / "o.csv", printed(given, OWN, own), [*OWN.values()]),
            write_xlsx(at / "a.xlsx", printed(given, HEADERS, excel), [*HEADERS.values()]),
            write_xlsx(at / "s.xlsx", printed(given, STRANGE, ace), [*STRANGE.values()], above=["Liste"]),
            at / "l.parquet",
            at / "l.jsonl",
        ]
        for path in paths:
            report = read_reports([path], columns=strange)
            assert report.files[0].error is None
            assert report.rows.drop("file", "row").to_dicts() == wanted, path.name
            told = report.problems.filter(pl.col("code") != "negative")
            assert told.height == 0, told
        # All of them together say no more than one of them.
        together = read_reports(paths, columns=strange)
        assert together.rows.drop("file", "row").to_dicts() == wanted


@settings(max_examples=25, deadline=None)
@given(rows(), st.data())
def test_nothing_is_lost(given: list[dict[str, Any]], data: st.DataObject) -> None:
    """Whatever is done to the cells of a report: every row is among the rows, or has an error."""
    cells = printed(given, HEADERS, ace)
    junk = st.sampled_from(["", "#REF!", "8.5E+09", "n/a", "=1", "\u2013", "99", "2030-01-01"]) | st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12
    )
    for _ in range(data.draw(st.integers(1, 6))):
        row = data.draw(st.sampled_from(cells))
        row[data.draw(st.sampled_from([*HEADERS.values()]))] = data.draw(junk)
    with tempfile.TemporaryDirectory() as folder:
        report = read_reports([write_csv(Path(folder) / "a.csv", cells, [*HEADERS.values()])])
    assert report.files[0].error is None
    codes = ("duplicate_row", "superseded_row", "total_row", "repeated_header")
    left_out = report.problems.filter((pl.col("severity") == "error") | pl.col("code").is_in(codes))["row"].to_list()
    kept = report.rows["row"].to_list()
    assert {*kept} | {*left_out} == {*range(2, len(given) + 2)}
    assert not {*kept} & {*report.problems.filter(pl.col("severity") == "error")["row"]}
    assert kept == sorted(kept)


def test_a_serial_number_is_the_day_that_excel_shows() -> None:
    assert EPOCH + timedelta(days=45755) == date(2025, 4, 8)
