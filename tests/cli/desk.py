"""A folder with the files that the help texts and the pages read."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl
import xlsxwriter

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
    return folder
