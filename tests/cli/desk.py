"""A folder with the files that the help texts and the pages read."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl
import xlsxwriter

from tidewaiter.refunds.read import propose_columns

ROOT = Path(__file__).resolve().parents[2]
SCENARIO = """\
id: my-acts
title: The forced-labor duties end
explanation: What would be owed if the forced-labor duties ended on 1 December 2026.
acts:
  - id: my-acts
    kind: announcement
    by: US
    title: The forced-labor duties end on 1 December 2026
    announced: 2026-11-22
    citation: supposed
    confidence: unverified
    effects:
      - {at: "2026-12-01 00:01 America/New_York", end: "program:us-301-forced-labor"}
"""
ES_003 = """\
Entry Summary Number,Entry Summary Line Number,Entry Type Code,Importer Number,Entry Date,Country of Origin Code,\
Tariff Ordinal Number,HTS Number - Full,Line Tariff Goods Value Amount,Line Tariff Duty Amount,Liquidation Status,Liquidation Date
BII05992854,1,01,12-3456789,11/20/2025,CN,1,99030124,$0.00,"$1,000.00",Liquidated,10/02/2026
BII05992854,1,01,12-3456789,11/20/2025,CN,2,99030125,$0.00,"$1,000.00",Liquidated,10/02/2026
BII05992854,1,01,12-3456789,11/20/2025,CN,3,9503000073,"$10,000.00",$0.00,Liquidated,10/02/2026
BII05999206,1,01,12-3456789,06/02/2025,CN,1,99030124,$0.00,"$2,000.00",Liquidated,06/19/2026
BII05999206,1,01,12-3456789,06/02/2025,CN,2,99030125,$0.00,"$1,000.00",Liquidated,06/19/2026
BII05999206,1,01,12-3456789,06/02/2025,CN,3,9503000073,"$10,000.00",$0.00,Liquidated,06/19/2026
"""
"""Two entries of toys of China: 20% fentanyl (10% from 10 November 2025) and 10% reciprocal duty, no base duty."""


def refund_desk(folder: Path) -> None:
    """Reports for the refund desk, a broker's spreadsheet with its map, and a folder with a file that waits to be handed in."""
    (folder / "es003.csv").write_text(ES_003, encoding="utf-8")
    (folder / "facts.csv").write_text(
        "Entry Number,Deposit Date\nBII-0599285-4,12/05/2025\nBII-0599920-6,06/16/2025\n", encoding="utf-8"
    )
    (folder / "broker.csv").write_text(
        "Our Entry,Entry Date,HTS,Country,Line Value,Total Dty,IOR,Liq Status,Liq Date\n"
        "BII-0599285-4,2025-11-20,9503.00.0073,CN,10000.00,2000.00,12-3456789,Liquidated,2026-10-02\n",
        encoding="utf-8",
    )
    text = propose_columns([folder / "broker.csv"]).as_yaml()
    columns = "columns:\n    entry_number: Our Entry\n    origin: Country\n"
    (folder / "broker-map.yaml").write_text(text.replace("columns:\n", columns, 1), encoding="utf-8")
    (folder / "desk" / "declarations").mkdir(parents=True)
    prepared = {
        "event": "prepared",
        "on": "2026-11-22",
        "file": "cape-BII-12-3456789-001.csv",
        "importer": "12-3456789",
        "filer": "BII",
        "sha256": "of another file",
        "entries": ["BII05992854"],
        "principal_cents": [200_000],
        "interest_cents": [11_000],
        "deadlines": ["2026-12-21"],
    }
    (folder / "desk" / "declarations" / "log.jsonl").write_text(json.dumps(prepared) + "\n", encoding="utf-8")
    (folder / "rev615.csv").write_text(
        "Entry Summary Number,Refund Number,Principal,Interest,Status,ACH Trace Number\n"
        'BII05992854,R-100,"$2,000.00",$115.00,Treasury Issued,0912\n',
        encoding="utf-8",
    )


def furnish(folder: Path) -> Path:
    """Put there the examples of the project, the same lines under other names and forms, and a scenario."""
    shutil.copytree(ROOT / "examples", folder / "examples")
    lines = pl.read_csv(ROOT / "examples" / "lines.csv", infer_schema=False)
    for name in ("entries.csv", "lines.csv", "catalogue.csv", "my-imports.csv"):
        lines.write_csv(folder / name)
    for name in ("entries.parquet", "lines.parquet"):
        lines.write_parquet(folder / name)
    given = [{name: cell for name, cell in row.items() if cell and name != "what"} for row in lines.to_dicts()]
    (folder / "lines.jsonl").write_text("".join(json.dumps(one) + "\n" for one in given), encoding="utf-8")
    for name in ("broker.xlsx", "catalogue.xlsx"):
        book = xlsxwriter.Workbook(folder / name)
        sheet = book.add_worksheet()
        for across, column in enumerate(lines):
            sheet.write_column(0, across, [column.name, *(cell or "" for cell in column)])
        book.close()
    (folder / "my-acts.yaml").write_text(SCENARIO, encoding="utf-8")
    (folder / "china-2026.csv").write_text("hts,rate\n1201.90.11,3%\n", encoding="utf-8")
    (folder / "us-exports.csv").write_text(
        "hts,origin,value,entered_at,fact.vat_rate\n1201.90.11,US,10000,2026-10-01,0.09\n", encoding="utf-8"
    )
    refund_desk(folder)
    return folder
