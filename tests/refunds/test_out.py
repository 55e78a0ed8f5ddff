"""The folder of a desk: each file read as its reader reads it, and the same again when it is written again."""

from __future__ import annotations

import io
import json
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import polars as pl
import pytest
from python_calamine import CalamineWorkbook
from rich.console import Console
from tests.refunds.hand_made import claimed, number_of, refund_desk

from tidewaiter.refunds import out
from tidewaiter.refunds.answer import RefundDesk
from tidewaiter.refunds.chart import Chart, drawn
from tidewaiter.refunds.html import as_html
from tidewaiter.refunds.out import Options, schema, write
from tidewaiter.refunds.readiness import cliff_chart, readiness
from tidewaiter.refunds.render import STAYS_HERE, show

FILES = {
    "calendar.csv",
    "deadlines.ics",
    "readiness.html",
    "readiness.pdf",
    "refunds.json",
    "refunds.xlsx",
    "declarations/cape-BII-12-3456789-001.csv",
    "declarations/log.jsonl",
    "declarations/manifest.csv",
    "declarations/manifest.json",
    "tables/duties.csv",
    "tables/entries.csv",
    "tables/findings.csv",
    "tables/lines.csv",
    "tables/problems.csv",
}


def desk() -> RefundDesk:
    rows = [
        *claimed(3),
        {"entry_number": number_of(3), "bucket": "wait", "deadline": None, "days_left": None, "interest": None},
    ]
    rows.append(
        {
            "entry_number": number_of(4),
            "bucket": "not eligible",
            "voided": 0,
            "interest": 0,
            "reason": "=cmd|'/c calc'!A1",
        }
    )
    rows.append(
        {"entry_number": number_of(5), "bucket": "missing data", "missing": "entry_type", "deposit_estimated": True}
    )
    return refund_desk(rows)


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("desk")
    write(desk(), found)
    return found


def test_everything_is_there_and_the_same_when_it_is_written_again(folder: Path) -> None:
    before = files(folder)
    assert before.keys() == FILES
    write(desk(), folder)
    assert files(folder) == before


def test_an_entry_with_a_wrong_check_digit_is_held_back_until_somebody_says_yes(folder: Path, tmp_path: Path) -> None:
    assert number_of(0) not in (folder / "declarations" / "cape-BII-12-3456789-001.csv").read_text(encoding="utf-8")
    write(desk(), tmp_path, Options(include_unsure=True))
    assert number_of(0) in (tmp_path / "declarations" / "cape-BII-12-3456789-001.csv").read_text(encoding="utf-8")


def test_the_object_has_its_schema(folder: Path) -> None:
    found = json.loads((folder / "refunds.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema()).validate(found)
    assert found["summary"]["refundable_principal"] == "1000.00"
    assert [one["bucket"] for one in found["buckets"]] == [
        "claim now", "wait", "protest", "court", "not eligible", "missing data"
    ]  # fmt: skip
    assert found["buckets"][0]["entries"] == 3
    assert found["buckets"][0]["deadline"] == "2026-12-09"
    assert [one["principal"] for one in found["entries"]] == ["200.00"] * 4 + ["0.00", "200.00"]
    assert found["declarations"]["held_back"] == {"=1+1 the last digit is not the check digit": 1}


def test_the_sums_of_the_summary_are_those_of_the_entries(folder: Path) -> None:
    found = json.loads((folder / "refunds.json").read_text(encoding="utf-8"))
    for name in ("principal", "interest"):
        told = sum(float(one[name]) for one in found["buckets"])
        assert round(told, 2) == float(found["summary"][f"refundable_{name}"])
        assert round(sum(float(one[name] or 0) for one in found["entries"]), 2) == round(told, 2)


def test_no_cell_is_a_formula(folder: Path) -> None:
    book = CalamineWorkbook.from_path(folder / "refunds.xlsx")
    assert book.sheet_names == [
        "summary", "buckets", "entries", "lines", "findings", "calendar", "deadlines", "rights", "declarations", "problems"
    ]  # fmt: skip
    cells = [cell for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for cell in row]
    assert "'=cmd|'/c calc'!A1" in cells
    assert not [cell for cell in cells if isinstance(cell, str) and cell.startswith("=")]
    for name in ("entries", "problems"):
        table = pl.read_csv(folder / "tables" / f"{name}.csv", infer_schema=False)
        assert not [cell for column in table for cell in column if cell and cell.startswith("=")]


def test_a_sheet_that_is_too_long_says_where_the_rest_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(out, "MOST_ROWS", 2)
    write(desk(), tmp_path)
    book = CalamineWorkbook.from_path(tmp_path / "refunds.xlsx")
    for name, rest in (("entries", "tables/entries.csv"), ("declarations", "declarations/manifest.csv")):
        rows = book.get_sheet_by_name(name).to_python()
        assert len(rows) == 4
        assert [cell for cell in rows[-1] if cell] == [f"(the first 2 of 6 rows; all are in {rest})"]
    summary = dict(row[:2] for row in book.get_sheet_by_name("summary").to_python())
    assert summary["sheet entries"] == "the first 2 of 6 rows; all are in tables/entries.csv"
    assert summary["sheet declarations"] == "the first 2 of 6 rows; all are in declarations/manifest.csv"
    assert pl.read_csv(tmp_path / "tables" / "entries.csv").height == 6


def test_headings_of_sheets_are_words_and_those_of_tables_are_names(folder: Path) -> None:
    """A sheet is for people, who know docs/refund-reports.md; a table is for programs."""
    book = CalamineWorkbook.from_path(folder / "refunds.xlsx")
    heads = {name: book.get_sheet_by_name(name).to_python()[0] for name in book.sheet_names}
    assert not [cell for head in heads.values() for cell in head if "_" in str(cell)]
    assert heads["entries"][:4] == ["entry number", "bucket", "deadline", "which clock"]
    assert {"antidumping suspension", "extension or suspension", "type 09 on file"} <= set(heads["entries"])
    assert {"tariff number", "struck down"} <= set(heads["lines"])
    table = (folder / "tables" / "entries.csv").read_text(encoding="utf-8").partition("\n")[0].split(",")
    assert table[:4] == ["entry_number", "bucket", "deadline", "deadline_what"]


def test_what_must_be_checked_stands_on_the_sheet_on_the_page_and_on_the_screen(folder: Path) -> None:
    said = "look at the admission"
    book = CalamineWorkbook.from_path(folder / "refunds.xlsx")
    summary = dict(row[:2] for row in book.get_sheet_by_name("summary").to_python())
    assert summary["caution zone (entries)"] == f"2: {said} [19 CFR 146.41]"
    assert said in (folder / "readiness.html").read_text(encoding="utf-8")
    screen = Console(file=io.StringIO(), width=200)
    show(desk().summary(), screen)
    assert f"check 2 entries (1 of them to claim now; 400.00 of struck duty): {said} [zone: 19 CFR 146.41]" in (
        screen.file.getvalue()  # type: ignore[attr-defined]
    )


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        if tag in ("script", "link", "img", "iframe", "object") or names & {"src", "href", "srcset"}:
            self.fetched.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_report_fetches_nothing_and_says_what_it_is(folder: Path) -> None:
    text = (folder / "readiness.html").read_text(encoding="utf-8")
    read = _Links()
    read.feed(text)
    assert not read.fetched
    assert "http" not in text.replace("http-equiv", "")
    assert "@media print" in text
    assert "Preliminary: the reports do not tell the deposit date of 1 entry, and estimates stand in" in read.text
    assert "Incomplete: 1 file(s) could not be read (lost.csv)" in read.text
    assert "Not legal advice" in read.text
    assert "1,000.00" in read.text


def test_the_figures_at_the_top_are_of_the_same_entries(tmp_path: Path) -> None:
    """A finance officer adds the first two: both are of what is in reach, and what is to declare is not all in files."""
    rows = [*claimed(2), {"entry_number": number_of(2), "bucket": "court", "voided": 90_000, "interest": 50_000}]
    rows[2]["deadline"] = None
    rows.append({"entry_number": number_of(3), "bucket": "protest", "deadline_what": "protest"})
    found = refund_desk(rows)
    write(found, tmp_path)
    read = _Links()
    read.feed((tmp_path / "readiness.html").read_text(encoding="utf-8"))
    summary = found.summary()
    assert (summary.open_principal, summary.open_interest, summary.interest) == (60_000, 3 * 1_234, 53_702)
    assert "In reach without a court600.00claim now 400.00, wait 0.00, protest 200.00; of 1,500.00 paid" in read.text
    assert "Interest on it so far (estimate)37.02" in read.text and "537.02 on all that was paid" in read.text
    assert "To declare now400.002 entries: 1 of them in 1 file(s), 1 held back" in read.text
    assert "2026-12-09claim window: 2 entries, 400.00; protest: 1 entry, 200.00" in read.text


def test_a_payee_who_is_not_the_importer_is_told() -> None:
    read = _Links()
    read.feed(as_html(readiness(refund_desk(claimed(2, notify_party="55-123456700")).summary(), None)))
    assert "The refund of 2 entries may go to another party" in read.text


def test_what_is_taken_for_granted_is_said_on_every_page(tmp_path: Path) -> None:
    """A declaration cannot be taken back: of what it takes for granted the first page has to speak."""
    rows = claimed(3)
    rows[0]["notes"] = "deposit day estimated; no report tells, and taken as usual: drawback, protest; more"
    rows[1]["notes"] = "no report tells, and taken as usual: protest"
    wait = {"entry_number": number_of(4), "bucket": "wait", "notes": "no report tells, and taken as usual: protest"}
    found = refund_desk([*rows, wait])
    summary = found.summary()
    assert summary.assumed == (2, {"protest": 2, "drawback": 1})
    console = Console(file=io.StringIO(), width=200)
    show(summary, console)
    said = "assumed: no report tells of 2 of the entries to claim now, and each is taken as usual: protest (2), drawback (1)"
    assert said in console.file.getvalue()  # type: ignore[attr-defined]
    read = _Links()
    read.feed(as_html(readiness(summary, None)))
    assert "Assumed: of 2 of the entries that can be declared now" in read.text and "(protest, drawback)" in read.text
    write(found, tmp_path)
    told = json.loads((tmp_path / "refunds.json").read_text(encoding="utf-8"))["summary"]["assumed_of_claim_now"]
    assert told == {"entries": 2, "facts": {"protest": 2, "drawback": 1}}
    sheet = CalamineWorkbook.from_path(tmp_path / "refunds.xlsx").get_sheet_by_name("summary").to_python()
    assert ["assumed as usual: protest (entries)", "2"] in sheet


def test_what_a_report_says_is_no_markup() -> None:
    rows = claimed(1, importer="<script>alert(1)</script>")
    assert "<script" not in as_html(readiness(refund_desk(rows).summary(), None))


def test_the_pdf_is_whole(folder: Path) -> None:
    content = (folder / "readiness.pdf").read_bytes()
    assert content.startswith(b"%PDF-1.")
    assert content.rstrip().endswith(b"%%EOF")
    assert len(re.findall(rb"/Type /Page\b", content)) >= 2


def test_a_desk_without_entries_has_a_report_too(tmp_path: Path) -> None:
    empty = refund_desk(
        [], calendar=desk().calendar.head(0), rights=desk().rights.head(0), findings=desk().findings.head(0)
    )
    manifest = write(empty, tmp_path)
    assert manifest.files == ()
    assert "No deadline lies ahead." in (tmp_path / "readiness.html").read_text(encoding="utf-8")


def test_the_chart_stacks_the_windows_of_a_week() -> None:
    chart = cliff_chart(desk())
    assert chart == Chart(
        "What falls out of each window",
        ("23 Nov", "07 Dec"),
        ("can no longer be declared", "can no longer be protested"),
        ((50_000, 50_000), (0, 25_000)),
    )
    bars = drawn(chart).bars
    assert len(bars) == 3
    heights = {bar.says: bar.height for bar in bars}
    declared = heights["07 Dec, can no longer be declared: 500.00"]
    assert declared == pytest.approx(2 * heights["07 Dec, can no longer be protested: 250.00"])


def test_the_key_of_a_chart_stays_within_it() -> None:
    """Five windows with long names need more than one line, and the bars stand below it."""
    names = tuple(f"can no longer be declared (liquidation number {number})" for number in range(5))
    found = drawn(Chart("Cliffs", ("23 Nov",), names, tuple((100_00,) for _ in names)))
    assert all(x + 16 + 5.5 * len(name) <= found.width for x, _, _, name in found.key)
    assert len({(x, y) for x, y, _, _ in found.key}) == 5
    assert min(bar.y for bar in found.bars) >= max(y for _, y, _, _ in found.key) + 11


def test_the_screen_says_what_matters() -> None:
    stream = io.StringIO()
    show(desk().summary(), Console(file=stream, width=160))
    said = stream.getvalue()
    for wanted in ("6 entries", "claim now", "2026-12-09", "lost.csv: NOT READ: empty_file", "1,000.00", STAYS_HERE):
        assert wanted in said


def test_the_dates_of_files_are_those_of_the_desk(folder: Path) -> None:
    assert b"D:20261122" in (folder / "readiness.pdf").read_bytes()
    later: Any = refund_desk(claimed(1), on=date(2026, 11, 23))
    assert readiness(later.summary(), None).subtitle.count("23 November 2026") == 1


def test_an_entry_whose_liquidation_nobody_reports_is_held_where_it_may_be_past(tmp_path: Path) -> None:
    """A declaration cannot be taken back (CSMS 68396594); an estimate of the day of liquidation is no report of it."""
    silent: dict[str, Any] = {"liquidation_estimated": True, "liquidation_status": None}
    rows: list[dict[str, Any]] = [
        {"entry_number": number_of(1), **silent, "liquidation_date": date(2026, 11, 2)},
        {"entry_number": number_of(2), **silent, "liquidation_date": date(2026, 12, 10)},
        {"entry_number": number_of(3), **silent, "liquidation_date": date(2027, 3, 1)},
        {"entry_number": number_of(4), "liquidation_status": "unliquidated", "liquidation_estimated": True},
        {"entry_number": number_of(5), "liquidation_status": "liquidated", "liquidation_date": date(2026, 11, 2)},
    ]
    manifest = write(refund_desk(rows), tmp_path / "desk")
    assert manifest.entries.filter(state="held back")["entry_number"].to_list() == [number_of(1), number_of(2)]
    assert out.NOT_REPORTED in manifest.held()
    assert out.NOT_REPORTED.startswith("liquidation not reported") and "estimate" in out.NOT_REPORTED
    assert not write(refund_desk(rows), tmp_path / "all", Options(include_unsure=True)).held()
