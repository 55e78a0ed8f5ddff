"""The files to hand in: entries of the claim-now bucket, one importer and one filer a file, and a manifest that accounts for all.

A file that was prepared stays as it is until somebody says that it was handed in, or until one of its entries may no longer be
declared: then it is withdrawn, and the others go into a new one. So running again changes nothing, and no entry stands in two
files, whether or not somebody remembered to say what was uploaded. Files of entries that are not in the reports of a run are left
alone until a deadline of theirs has passed: one log may serve several folders.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from tidewaiter.assess.assessment import say_money
from tidewaiter.assess.errors import FileError
from tidewaiter.bulk.files import put_beside, write_beside
from tidewaiter.bulk.safe_csv import guarded
from tidewaiter.bulk.stream import dollars
from tidewaiter.refunds.entry_numbers import LENGTH
from tidewaiter.refunds.entry_numbers import dashed as with_dashes
from tidewaiter.refunds.forms import Layout, layout
from tidewaiter.refunds.frames import BUCKETS
from tidewaiter.refunds.log import PREPARED, Declaration, Log, digest_of
from tidewaiter.refunds.money import as_dollars

CLAIM_NOW = BUCKETS[0]
IN_FILE, HANDED_IN, HELD, OTHER = "in a file", "handed in", "held back", "not claimed now"
STATES = (IN_FILE, HANDED_IN, HELD, OTHER)
UNSURE = {"entry_number": pl.String(), "why": pl.String()}
_UNSAFE = r"[^0-9A-Za-z-]"
_FILER_LENGTH = 3


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the declarations hold and what they do not.

    ``entries`` accounts for every entry of the desk: entry_number, state (one of ``STATES``), file, why, importer, filer,
    principal, interest (cents), deadline. ``withdrawn`` says of files that were taken back why.
    """

    layout: Layout | None
    files: tuple[Declaration, ...]
    entries: pl.DataFrame
    withdrawn: dict[str, str]
    duplicates: int

    def held(self) -> dict[str, int]:
        """How many entries are held back for each reason."""
        counted = (
            self.entries.filter(pl.col("state") == HELD)
            .group_by("why")
            .len()
            .sort("len", "why", descending=[True, False])
        )
        return dict(counted.iter_rows())

    def as_json(self) -> dict[str, Any]:
        """The object of ``manifest.json``; money is text with its cents."""
        form = self.layout
        return {
            "layout": None if form is None else {"name": form.name, "header": form.header, "citation": form.citation},
            "files": [_file(one) for one in self.files],
            "held_back": self.held(),
            "withdrawn": self.withdrawn,
            "duplicates_dropped": self.duplicates,
            "not_claimed_now": self.entries.filter(pl.col("state") == OTHER).height,
        }


def hand_in(
    desk: pl.DataFrame,
    folder: Path,
    log: Log,
    *,
    on: date,
    dashed: bool = False,
    include_unsure: bool = False,
    unsure: pl.DataFrame | None = None,
) -> Manifest:
    """Write the declarations of a desk (a DESK frame) into ``folder``, with the manifest and the log.

    ``unsure`` (entry_number, why) names entries that are held back unless ``include_unsure``: a check digit that does not fit,
    a row that could not be read.
    Raises ``FileError`` ``cannot_write``.
    """
    single = desk.unique("entry_number", keep="first", maintain_order=True)
    entries = single.filter(pl.col("bucket") == CLAIM_NOW)
    form = layout(on) if entries.height else None
    sorted_out = _sorted_out(entries, unsure if unsure is not None and not include_unsure else None)
    ready = sorted_out.filter(pl.col("why").is_null())
    _withdraw(log, single, ready, form, dashed, on)
    live = log.live().select("entry_number", "file", "submitted_on")
    free = ready.join(live, on="entry_number", how="anti", maintain_order="left")
    if form is not None:
        for found in _declarations(free, form, dashed, on, log.next_number()):
            log.prepared(found)
    folder.mkdir(parents=True, exist_ok=True)
    files = tuple(one for one in log.files.values() if _shared(one, single))
    for one in files:
        _write(folder, one, form, dashed)
    log.write()
    for gone in log.withdrawn.values():
        _take_away(folder / gone.file, gone.digest)
    accounted = _accounted(single, sorted_out, log.live())
    withdrawn = {one.file: one.why for one in log.withdrawn.values()}
    manifest = Manifest(form, files, accounted, withdrawn, desk.height - single.height)
    _write_manifest(folder, manifest)
    return manifest


def _sorted_out(entries: pl.DataFrame, unsure: pl.DataFrame | None) -> pl.DataFrame:
    """The entries with ``filer`` filled and ``why`` they are held back; null where they are ready."""
    number = pl.col("entry_number")
    prepared = entries.with_columns(pl.col("filer").fill_null(number.str.slice(0, _FILER_LENGTH)))
    if unsure is None:
        prepared = prepared.with_columns(pl.lit(None, dtype=pl.String).alias("doubt"))
    else:
        doubts = unsure.group_by("entry_number").agg(pl.col("why").first().alias("doubt"))
        prepared = prepared.join(doubts, on="entry_number", how="left", maintain_order="left")
    malformed = ~number.str.contains(rf"^[0-9A-Z]{{{LENGTH}}}$").fill_null(False)
    contradicts = pl.col("incomplete").fill_null("").str.contains(r"(^|, ?)importer(,|$)")
    return prepared.with_columns(
        pl.when(malformed)
        .then(pl.lit(f"the entry number is not {LENGTH} letters and digits"))
        .when(pl.col("doubt").is_not_null())
        .then(pl.col("doubt"))
        .when(contradicts)
        .then(pl.lit("the reports name several importers of record"))
        .when(pl.col("importer").fill_null("").str.strip_chars() == "")
        .then(pl.lit("the importer of record is not known: a file is for one importer"))
        .alias("why")
    )


def _withdraw(log: Log, desk: pl.DataFrame, ready: pl.DataFrame, form: Layout | None, dashed: bool, on: date) -> None:
    """Take back the prepared files that could not be handed in as they are."""
    for one in [one for one in log.files.values() if one.state == PREPARED]:
        gone = _gone(one, desk, ready, on)
        if gone:
            log.withdraw(one.file, on, f"{gone} of its {one.entries.height} entries can no longer be claimed")
        elif form is not None and _shared(one, desk) and not _as_now(one, form, dashed):
            log.withdraw(one.file, on, "it was prepared in another form")


def _as_now(found: Declaration, form: Layout, dashed: bool) -> bool:
    """Whether a file would be written in the same form now."""
    return digest_of(_content(found.entries["entry_number"], form, dashed)) == found.digest


def _gone(found: Declaration, desk: pl.DataFrame, ready: pl.DataFrame, on: date) -> int:
    """How many entries of a file can no longer be claimed in it; of those not in the reports their deadline tells."""
    theirs = ready.filter(pl.col("importer") == found.importer)
    told = found.entries.join(desk, on="entry_number", how="semi")
    others = found.entries.join(desk, on="entry_number", how="anti")
    late = others.filter(pl.col("deadline").str.to_date() < on)
    return told.join(theirs, on="entry_number", how="anti").height + late.height


def _shared(found: Declaration, desk: pl.DataFrame) -> bool:
    """Whether any entry of a file is in the reports."""
    return not found.entries.join(desk, on="entry_number", how="semi").is_empty()


def _declarations(ready: pl.DataFrame, form: Layout, dashed: bool, on: date, number: int) -> Iterator[Declaration]:
    """Files of these entries: by filer and importer, the nearest deadlines first."""
    ordered = ready.sort("filer", "importer", "deadline", "entry_number", nulls_last=True)
    for (filer, importer), group in ordered.group_by("filer", "importer", maintain_order=True):
        for part in group.iter_slices(_most(form, dashed)):
            expected = part.select(
                "entry_number",
                pl.col("voided").alias("principal").cast(pl.Int64),
                pl.col("interest").cast(pl.Int64),
                pl.col("deadline").cast(pl.String),
            )
            content = _content(expected["entry_number"], form, dashed)
            name = _name(form, str(filer), str(importer), number)
            yield Declaration(name, str(importer), str(filer), on.isoformat(), digest_of(content), expected)
            number += 1


def _most(form: Layout, dashed: bool) -> int:
    """How many entries a file may hold: by their number, and by the bytes they take."""
    row = len(_shown("0" * LENGTH, dashed)) + 1
    return min(form.most_entries, (form.most_bytes - len(form.header) - 1) // row)


def _name(form: Layout, filer: str, importer: str, number: int) -> str:
    safe = pl.Series([filer, importer]).str.replace_all(_UNSAFE, "_")
    return f"{form.name.lower()}-{safe[0]}-{safe[1]}-{number:03}.csv"


def _content(numbers: pl.Series, form: Layout, dashed: bool) -> bytes:
    """The bytes of a file: the header and an entry a row, UTF-8 without a byte-order mark, lines ended by LF."""
    return "".join(f"{one}\n" for one in (form.header, *(_shown(one, dashed) for one in numbers))).encode()


def _shown(number: str, dashed: bool) -> str:
    return with_dashes(number) if dashed else number


def _write(folder: Path, found: Declaration, form: Layout | None, dashed: bool) -> None:
    """A prepared file as it was prepared; one that was handed in is left alone."""
    path = folder / found.file
    if found.state != PREPARED or form is None:
        return
    content = _content(found.entries["entry_number"], form, dashed)
    if not path.exists() or path.read_bytes() != content:
        put_beside(path, content)


def _take_away(path: Path, digest: str) -> None:
    """Remove a withdrawn file, unless somebody has changed it."""
    try:
        if path.exists() and digest_of(path.read_bytes()) == digest:
            path.unlink()
    except OSError as error:
        raise FileError("cannot_write", f"{path}: {error.strerror or error}") from error


def _accounted(desk: pl.DataFrame, sorted_out: pl.DataFrame, live: pl.DataFrame) -> pl.DataFrame:
    """Every entry of the desk with where it is."""
    stands = live.select("entry_number", "file", "submitted_on")
    held = sorted_out.select("entry_number", pl.col("filer").alias("of_filer"), pl.col("why").alias("held"))
    joined = desk.join(stands, on="entry_number", how="left", maintain_order="left").join(
        held, on="entry_number", how="left", maintain_order="left"
    )
    submitted, claimed = pl.col("submitted_on").is_not_null(), pl.col("bucket") == CLAIM_NOW
    state = (
        pl.when(submitted)
        .then(pl.lit(HANDED_IN))
        .when(pl.col("file").is_not_null())
        .then(pl.lit(IN_FILE))
        .when(claimed)
        .then(pl.lit(HELD))
        .otherwise(pl.lit(OTHER))
    )
    why = (
        pl.when(submitted)
        .then(pl.format("handed in on {}", pl.col("submitted_on")))
        .when(pl.col("file").is_not_null())
        .then(pl.lit(None, dtype=pl.String))
        .when(claimed)
        .then(pl.col("held"))
        .otherwise(pl.concat_str([pl.col("bucket"), pl.col("reason")], separator=": ", ignore_nulls=True))
    )
    return joined.select(
        "entry_number",
        state.alias("state"),
        "file",
        why.alias("why"),
        "importer",
        pl.coalesce("filer", "of_filer").alias("filer"),
        pl.col("voided").alias("principal"),
        "interest",
        "deadline",
    )


def _file(found: Declaration) -> dict[str, Any]:
    return {
        "file": found.file,
        "state": found.state,
        "importer": found.importer,
        "filer": found.filer,
        "entries": found.entries.height,
        "principal": say_money(dollars(int(found.entries["principal"].sum()))),
        "interest": say_money(dollars(int(found.entries["interest"].sum()))),
        "interest_unknown": found.entries["interest"].null_count(),
        "prepared_on": found.prepared_on,
        "submitted_on": found.submitted_on,
        "sha256": found.digest,
    }


def _write_manifest(folder: Path, manifest: Manifest) -> None:
    text = json.dumps(manifest.as_json(), ensure_ascii=False, indent=1)
    put_beside(folder / "manifest.json", f"{text}\n")
    table = guarded(as_dollars(manifest.entries, "principal", "interest"))
    write_beside(folder / "manifest.csv", lambda file: table.write_csv(file))
