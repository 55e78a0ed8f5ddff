"""Names of columns: those of ES-003, of brokers, of Tidewaiter's own lines; and maps that somebody has saved."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from tests.refunds.reports import ES003, GOOD, ROW, codes, read_one, write_csv, write_xlsx

from tidewaiter.assess.errors import FileError
from tidewaiter.refunds.frames import FACTS, ROWS
from tidewaiter.refunds.read import propose_columns
from tidewaiter.refunds.read_headers import ColumnMap, MappedTable, fingerprint, known_columns, layout_of


def test_every_field_of_rows_can_be_read() -> None:
    assert {*known_columns().fields} == {*ROWS} - {"file", "row"}


def test_no_name_means_two_fields() -> None:
    counts = Counter(name for one in known_columns().fields.values() for name in set(one.all_names()))
    assert [name for name, count in counts.items() if count > 1] == []


def test_no_word_of_a_field_is_outside_its_vocabulary() -> None:
    from tidewaiter.refunds.frames import AD_CVD, HOLDS, LIQUIDATION, PROTESTS

    for name, allowed in {
        "liquidation_status": LIQUIDATION,
        "hold": HOLDS,
        "protest": PROTESTS,
        "ad_cvd": AD_CVD,
    }.items():
        assert {*known_columns().fields[name].words.values()} <= {*allowed}


def test_the_standard_layout() -> None:
    layout = layout_of(ES003)
    assert layout is not None
    assert (layout.kind, layout.unused, len(layout.places)) == ("ace", (), 15)


def test_the_extended_layout_and_columns_added_by_hand() -> None:
    # "extended" and "must be added by hand in WebI": the same parser, es-003.com, refunddesk.app/cape-filing-reference.
    added = [
        "Importation Date",
        "Filer Name",
        "Column 1 Current Primary Duty Rate",
        "Line Post Summary Correction Indicator",
    ]
    layout = layout_of([*ES003, *added, "Liquidation Status", "Liquidation Date", "CAPE Indicator"])
    assert layout is not None
    assert {"import_date", "corrected", "liquidation_status", "liquidation_date", "indicator"} <= layout.places.keys()
    assert layout.unused == ("Filer Name", "Column 1 Current Primary Duty Rate")


@pytest.mark.parametrize(
    "headers",
    [  # what other tools accept: lisovet/tariff-refund-request, ace-parser.ts
        ["entry no", "entry date", "ior", "total duty", "hts"],
        ["Entry Number", "Entry Date", "Importer of Record", "Duty Amount", "HTS Code(s)"],
        ["ENTRY_NO", "ENTRY_DATE", "IOR", "DUTY AMOUNT", "HTS CODE"],
        ["Entry #", "Duty", "HTSUS", "Value"],
    ],
)
def test_spreadsheets_of_brokers(headers: list[str]) -> None:
    layout = layout_of(headers)
    assert layout is not None
    assert (layout.kind, layout.unused) == ("broker", ())


def test_of_two_columns_for_one_field_the_preferred_counts() -> None:
    headers = [
        "Entry Summary Number",
        "HTS Number - Full",
        "Line Goods Value Amount",
        "Line Tariff Goods Value Amount",
        "Line Duty Amount",
    ]
    layout = layout_of(headers)
    assert layout is not None
    assert (layout.places["value"], layout.places["duty"]) == (3, 4)
    assert layout.unused == ("Line Goods Value Amount",)


@pytest.mark.parametrize(
    "headers", [["Invoice", "Amount", "Date"], [], [""], ["Entry Number"], ["Duty", "HTS"], ["x"] * 5000]
)
def test_other_tables_are_no_reports(headers: list[str]) -> None:
    assert layout_of(headers) is None


def test_every_fact_has_a_name_of_its_own_in_tidewaiters_lines() -> None:
    assert all(known_columns().fields[name].names["own"] for name in FACTS)


# Maps of columns

STRANGE = ["Ref", "Ln", "Clearance day", "Code", "Worth", "Levied", "Remarks"]
STRANGE_MAP = {
    "entry_number": "Ref", "line_number": "Ln", "entry_date": "Clearance day", "hts": "Code", "value": "Worth", "duty": "Levied",
}  # fmt: skip
STRANGE_ROW = {
    "Ref": "BII-0599285-4",
    "Ln": 1,
    "Clearance day": "08/04/2025",
    "Code": "9903.01.24",
    "Worth": 0,
    "Levied": 2567.49,
}


@pytest.fixture
def strange_map() -> ColumnMap:
    return ColumnMap((MappedTable(fingerprint(STRANGE), STRANGE_MAP, ("Remarks",), day_first=True, name="strange"),))


def test_a_spreadsheet_through_a_map(tmp_path: Path, strange_map: ColumnMap) -> None:
    path = write_xlsx(tmp_path / "clearances.xlsx", [STRANGE_ROW], STRANGE, above=["Clearances", ""])
    report = read_one(path, columns=strange_map)
    assert report.files[0].kind == "mapped"
    row = report.rows.row(0, named=True)
    assert (row["entry_number"], row["hts"], row["duty"], row["row"]) == ("BII05992854", "99030124", 256749, 4)
    assert row["entry_date"].isoformat() == "2025-04-08"  # the map says that the day stands first


def test_a_map_fits_whatever_the_order_of_the_columns(tmp_path: Path, strange_map: ColumnMap) -> None:
    path = write_csv(tmp_path / "c.csv", [STRANGE_ROW], [*reversed([name.upper() for name in STRANGE])])
    assert read_one(path, columns=strange_map).files[0].kind == "mapped"


def test_a_map_is_written_and_read_back(tmp_path: Path, strange_map: ColumnMap) -> None:
    (tmp_path / "map.yaml").write_text(strange_map.as_yaml(), encoding="utf-8")
    assert ColumnMap.load(tmp_path / "map.yaml") == strange_map


def test_a_map_may_be_json(tmp_path: Path) -> None:
    (tmp_path / "map.json").write_text('{"maps": [{"fingerprint": "abc", "columns": {"entry_number": "No"}}]}')
    assert ColumnMap.load(tmp_path / "map.json").tables[0].columns == {"entry_number": "No"}


@pytest.mark.parametrize(
    "text",
    ["", "maps", "maps: [{columns: {}}]", "a: [", "maps: [{fingerprint: a, columns: {entry_nmber: X}}]", "maps: 3"],
)
def test_what_is_no_map(tmp_path: Path, text: str) -> None:
    (tmp_path / "map.yaml").write_text(text)
    with pytest.raises(FileError) as caught:
        ColumnMap.load(tmp_path / "map.yaml")
    assert caught.value.code == "bad_column_map"


def test_a_map_is_proposed(tmp_path: Path) -> None:
    headers = ["Entry No.", "Importer Name", "Entri Date", "HTS Nummber", "Duty Amt", "Comment"]
    path = write_csv(tmp_path / "b.csv", [], headers)
    (table,) = propose_columns([path]).tables
    assert table.columns == {
        "entry_number": "Entry No.",
        "entry_date": "Entri Date",
        "hts": "HTS Nummber",
        "duty": "Duty Amt",
    }
    assert table.ignored == ("Importer Name", "Comment")
    assert table.fingerprint == fingerprint(headers)


def test_a_proposed_map_reads_the_file(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "es003.csv", [ROW, GOOD])
    columns = propose_columns([path])
    assert read_one(path, columns=columns).rows.drop("file").equals(read_one(path).rows.drop("file"))
    assert codes(read_one(path, columns=columns)) == []


def test_a_map_is_proposed_for_a_workbook_with_a_title(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "b.xlsx", [STRANGE_ROW], STRANGE, above=["Clearances of 2025", ""], before=["Notes"])
    (table,) = propose_columns([path]).tables
    assert (table.name, table.fingerprint) == ("Main Report", fingerprint(STRANGE))


def test_no_map_for_what_has_no_header(tmp_path: Path) -> None:
    (tmp_path / "n.csv").write_text("1,2,3\n4,5,6\n")
    with pytest.raises(FileError) as caught:
        propose_columns([tmp_path / "n.csv"])
    assert caught.value.code == "wrong_layout"
