"""The folder of a desk: workbook, declarations, report, object, calendar. Each file is written beside and renamed.

Nothing in it hangs on a clock: the same reports on the same day give the same files.
"""

from __future__ import annotations

import errno
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import IOBase
from pathlib import Path
from typing import Any, BinaryIO, cast

import polars as pl

from tidewaiter.assess.errors import FileError
from tidewaiter.bulk.files import write_beside
from tidewaiter.bulk.safe_csv import guarded
from tidewaiter.bulk.workbook import workbook
from tidewaiter.refunds.answer import RefundDesk, Summary
from tidewaiter.refunds.hand_in import Manifest, hand_in
from tidewaiter.refunds.html import as_html
from tidewaiter.refunds.log import DECLARATIONS, LOG_NAME, Log
from tidewaiter.refunds.money import as_dollars
from tidewaiter.refunds.read_problems import unread
from tidewaiter.refunds.readiness import NOT_ADVICE, readiness
from tidewaiter.refunds.words import in_words

CHECK_DIGIT = "check_digit"
"""The code of the problem of a row that was read which holds its entry back."""
_SAID = {
    "refundable_principal": "paid under duties struck down",
    "refundable_interest": "interest so far (estimate)",
}
"""What the sheet calls figures of the object, where its names say less."""
UNREAD = "a row of it could not be read (sheet problems): what was paid on it is not all known"
"""Why an entry of which a row was left out is held back."""
NOT_REPORTED = (
    "liquidation not reported: by the usual time (an estimate) it is past or near, and the claim window may have run"
)
"""Why an entry is held back of which no report tells whether it is liquidated."""
_NEAR = timedelta(days=30)
MOST_ROWS = 25_000
"""Rows of a sheet: more are slow to write and to read, and stand in the tables as CSV."""
TABLES = "tables"
_WIDTHS = {
    "what": 44,
    "figure": 60,
    "reason": 60,
    "next_step": 60,
    "notes": 60,
    "message": 60,
    "hint": 40,
    "deadline_what": 40,
    "title": 40,
    "must_do": 60,
    "given": 24,
}
ENTRY_COLUMNS = (
    "entry_number",
    "bucket",
    "deadline",
    "deadline_what",
    "days_left",
    "principal",
    "interest",
    "reason",
    "next_step",
    "missing",
    "notes",
    "cautions",
    "entry_type",
    "importer",
    "filer",
    "port",
    "entry_date",
    "summary_date",
    "deposit_date",
    "deposit_estimated",
    "liquidation_status",
    "liquidation_date",
    "liquidation_estimated",
    "hold",
    "recon_flagged",
    "recon_filed",
    "recon_due",
    "drawback",
    "protest",
    "protest_date",
    "ad_cvd",
    "notify_party",
    "lines",
    "value",
    "paid",
    "interest_from",
    "interest_to",
    "incomplete",
    "route",
)
"""The columns of an entry as they are given out; ``principal`` is what was paid under duties struck down."""


@dataclass(frozen=True, slots=True)
class Options:
    """How the files are written: entry numbers with dashes, doubtful ones too, and where the log is (default: beside them)."""

    dashed: bool = False
    include_unsure: bool = False
    log: Path | None = None


Told = Callable[[str], None]


def write(desk: RefundDesk, folder: Path, options: Options | None = None, told: Told = lambda what: None) -> Manifest:
    """Write the folder; ``told`` hears of each file before it is written. Raises ``FileError``: ``cannot_write`` ...

    The PDF needs fpdf2, which comes with the program.
    """
    from tidewaiter.refunds.pdf import as_pdf

    options = options or Options()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / TABLES).mkdir(exist_ok=True)
    except OSError as error:
        raise FileError("cannot_write", f"{folder}: {error.strerror or error}") from error
    told("declarations")
    manifest = declare(desk, folder, options)
    summary = desk.summary()
    page = readiness(summary, manifest)
    writers: dict[str, Callable[[Path], Any]] = {
        "readiness.html": lambda file: file.write_text(as_html(page), encoding="utf-8", newline="\n"),
        "readiness.pdf": lambda file: file.write_bytes(as_pdf(page, desk.on)),
        "refunds.json": lambda file: _write_json(file, summary, manifest),
        "calendar.csv": lambda file: _write_csv(file, desk.calendar),
        "deadlines.ics": lambda file: file.write_text(desk.deadlines, encoding="utf-8", newline=""),
        f"{TABLES}/entries.csv": lambda file: _write_csv(file, entry_table(desk)),
        f"{TABLES}/lines.csv": lambda file: _write_csv(file, desk.lines),
        f"{TABLES}/duties.csv": lambda file: _write_csv(file, desk.duties),
        f"{TABLES}/findings.csv": lambda file: _write_csv(file, desk.findings),
        f"{TABLES}/problems.csv": lambda file: _write_csv(file, _named(desk)),
        "refunds.xlsx": lambda file: _write_workbook(file, summary, manifest),
    }
    for name, writer in writers.items():
        told(name)
        write_beside(folder / name, writer)
    return manifest


def declare(desk: RefundDesk, folder: Path, options: Options) -> Manifest:
    """Write the declarations of a desk alone."""
    declarations = folder / DECLARATIONS
    digits = desk.problems.filter(code=CHECK_DIGIT).select("entry_number", pl.col("message").alias("why"))
    gaps = unread(desk.problems).select("entry_number", pl.lit(UNREAD).alias("why"))
    return hand_in(
        desk.entries,
        declarations,
        Log.read(options.log or declarations / LOG_NAME),
        on=desk.on,
        dashed=options.dashed,
        include_unsure=options.include_unsure,
        unsure=pl.concat([digits, gaps, _liquidation_unknown(desk)]),
    )


def _liquidation_unknown(desk: RefundDesk) -> pl.DataFrame:
    """The entries of which no report tells whether they are liquidated, and whose usual day is past or near."""
    day = pl.col("liquidation_date")
    silent = pl.col("liquidation_estimated").fill_null(False) & pl.col("liquidation_status").is_null()
    near = day <= desk.on + _NEAR
    return desk.entries.filter(silent & near).select("entry_number", pl.lit(NOT_REPORTED).alias("why"))


def entry_table(desk: RefundDesk) -> pl.DataFrame:
    """The entries as they are given out: ``ENTRY_COLUMNS``, money as cents."""
    return desk.entries.rename({"voided": "principal"}).select(ENTRY_COLUMNS)


def as_object(summary: Summary, manifest: Manifest | None) -> dict[str, Any]:
    """The object of ``refunds.json`` without its last member, the entries."""
    return {
        **summary.as_json(),
        "declarations": None if manifest is None else manifest.as_json(),
        "not_advice": NOT_ADVICE,
    }


def write_object(stream: BinaryIO, summary: Summary, manifest: Manifest | None) -> None:
    """Write the object as JSON, entries last: of a hundred thousand of them no objects are made.

    Raises ``BrokenPipeError`` where the reader has seen enough.
    """
    head = json.dumps(as_object(summary, manifest), ensure_ascii=False, indent=1)
    stream.write(head.removesuffix("\n}").encode())
    stream.write(b',\n "entries": ')
    try:
        as_dollars(entry_table(summary.desk)).write_json(cast(IOBase, stream))
    except OSError as error:
        # Polars says so in words only.
        if "Broken pipe" in str(error):
            raise BrokenPipeError(errno.EPIPE, "the reader has closed the pipe") from error
        raise
    stream.write(b"\n}\n")


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the object.

    >>> schema()["title"]
    'Refund desk'
    """
    found: dict[str, Any] = json.loads((Path(__file__).parent / "refunds.schema.json").read_text(encoding="utf-8"))
    return found


def _write_json(file: Path, summary: Summary, manifest: Manifest) -> None:
    with file.open("wb") as stream:
        write_object(cast(BinaryIO, stream), summary, manifest)


def _write_csv(file: Path, frame: pl.DataFrame) -> None:
    guarded(as_dollars(frame)).write_csv(file)


def _named(desk: RefundDesk) -> pl.DataFrame:
    """The problems with the names of their files."""
    names = pl.DataFrame(
        {"file": range(len(desk.files)), "name": [one.name for one in desk.files]},
        schema={"file": desk.problems.schema["file"], "name": pl.String()},
    )
    named = desk.problems.join(names, on="file", how="left", maintain_order="left")
    return named.drop("file").rename({"name": "file"}).select("file", pl.exclude("file"))


def _write_workbook(file: Path, summary: Summary, manifest: Manifest) -> None:
    created = datetime(summary.desk.on.year, summary.desk.on.month, summary.desk.on.day)  # noqa: DTZ001 a workbook knows no zones
    sheets = _sheets(summary, manifest)
    with workbook(file, {in_words(name): width for name, width in _WIDTHS.items()}, created) as book:
        book.add("summary", _overview(summary, manifest, [one for one in map(_cut, sheets) if one]))
        for sheet in sheets:
            book.add(sheet.name, _shown(sheet))


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet of the workbook, and the file with all its rows."""

    name: str
    frame: pl.DataFrame
    all_rows: str


def _sheets(summary: Summary, manifest: Manifest) -> list[_Sheet]:
    desk = summary.desk
    entries = entry_table(desk).sort("deadline", "entry_number", nulls_last=True)
    entries = entries.with_columns(_facts_in_words(entries[name]) for name in ("missing", "incomplete"))
    problems = _named(desk)
    problems = problems.with_columns(_facts_in_words(problems["field"]))
    return [
        _Sheet("buckets", summary.buckets, "refunds.json"),
        _Sheet("entries", entries, f"{TABLES}/entries.csv"),
        _Sheet("lines", desk.lines, f"{TABLES}/lines.csv"),
        _Sheet("findings", desk.findings.rename({"refundable": "in_the_refund"}), f"{TABLES}/findings.csv"),
        _Sheet("calendar", desk.calendar, "calendar.csv"),
        _Sheet("deadlines", summary.deadlines, "refunds.json"),
        _Sheet("rights", desk.rights, "refunds.json"),
        _Sheet("declarations", manifest.entries.drop("deadline"), f"{DECLARATIONS}/manifest.csv"),
        _Sheet("problems", problems, f"{TABLES}/problems.csv"),
    ]


def _facts_in_words(column: pl.Series) -> pl.Series:
    """A column of facts by commas, in words."""
    said = {one: ", ".join(map(in_words, one.split(", "))) for one in column.unique().drop_nulls()}
    return column.replace_strict(said, default=None, return_dtype=pl.String())


def _cut(sheet: _Sheet) -> tuple[str, str] | None:
    """What is said of a sheet that is too long to be read: its name, and where all its rows are."""
    if sheet.frame.height <= MOST_ROWS:
        return None
    return sheet.name, f"the first {MOST_ROWS:,} of {sheet.frame.height:,} rows; all are in {sheet.all_rows}"


def _shown(sheet: _Sheet) -> pl.DataFrame:
    """The rows of a sheet under headings in words; where they are cut off, the last row says so."""
    shown = as_dollars(sheet.frame.head(MOST_ROWS))
    cut = _cut(sheet)
    if cut is not None:
        first_words = next(name for name, kind in shown.schema.items() if kind == pl.String())
        shown = pl.concat([shown, pl.DataFrame({first_words: [f"({cut[1]})"]})], how="diagonal")
    return shown.rename(in_words)


def _overview(summary: Summary, manifest: Manifest, cut: Sequence[tuple[str, str]]) -> pl.DataFrame:
    desk = summary.desk
    cautions = desk.cautions.to_dicts()
    single = {name: one for name, one in summary.as_json()["summary"].items() if not isinstance(one, list | dict)}
    rows = [
        ("as of", desk.on.isoformat()),
        ("law as known on", desk.known_on),
        ("interest at the rates of", desk.rates),
        *((_SAID.get(name) or in_words(name), str(cell)) for name, cell in single.items()),
        *((f"{name} estimated (entries)", str(count)) for name, count in summary.estimated.items()),
        *(
            (f"caution {one['code']} (entries)", f"{one['entries']}: {one['message']} [{one['cite']}]")
            for one in cautions
        ),
        ("to claim now, with facts assumed that no report tells (entries)", str(summary.assumed[0])),
        *((f"assumed as usual: {fact} (entries)", str(count)) for fact, count in summary.assumed[1].items()),
        *((f"declaration file {one.file}", f"{one.entries.height} entries, {one.state}") for one in manifest.files),
        *((f"report {one.name}", one.error.message if one.error else f"{one.rows} rows") for one in desk.files),
    ]
    rows += [(f"sheet {name}", said) for name, said in cut]
    rows.append(("what this is not", NOT_ADVICE))
    return pl.DataFrame(rows, schema=["what", "figure"], orient="row")
