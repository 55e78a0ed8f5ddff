"""From the official files (the JSON export of the US International Trade Commission) to the shipped schedule."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from tidewaiter.schedule.editions import (
    EDITIONS_FILE,
    OMISSIONS_FILE,
    EditionEntry,
    editions_in_force,
    missing_from,
    read_omissions,
    read_table,
    write_table,
)
from tidewaiter.schedule.encoding import SCHEDULE_FILE, Encoding, decode, write
from tidewaiter.schedule.errors import BuildError
from tidewaiter.schedule.rows import Key, Row, read_rows

Progress = Callable[[str], None]


def build(directory: Path, out: Path = SCHEDULE_FILE, table: Path = EDITIONS_FILE, progress: Progress = print) -> int:
    """Encode every edition of the table from its file in ``directory`` (``hts_2025_rev_12.json`` or ``.json.gz``).

    Returns the number of editions. Raises ``BuildError`` if a file is missing, unreadable or not in the table.
    """
    entries = read_table(table)
    at_hand = [entry for entry in entries if entry.at_hand]
    files = _files_of(directory, at_hand)
    encoding = Encoding()
    for count, (entry, file) in enumerate(zip(at_hand, files, strict=True), 1):
        progress(f"{count}/{len(files)} {entry.name}")
        encoding.take_in(read_edition(file))
    _write(encoding, entries, out, table)
    return len(files)


def add(file: Path, name: str, in_force_from: str, out: Path = SCHEDULE_FILE, table: Path = EDITIONS_FILE) -> str:
    """Take a newly published edition into the schedule: same bytes as building anew from all files.

    ``in_force_from`` is the ISO date from which its main change is law. Returns the name as kept. Raises ``BuildError``
    if the edition is already there, precedes one that is, or the date is no date.
    """
    name = " ".join(name.replace("_", " ").split())
    entries = _entered(read_table(table), name, _iso(in_force_from))
    encoding = decode(out)
    encoding.take_in(read_edition(file))
    if encoding.editions != sum(entry.at_hand for entry in entries):
        raise BuildError(f"{out.name} and {table.name} hold different editions", "build the schedule anew")
    _write(encoding, entries, out, table)
    write_table(entries, table)
    return name


def read_edition(file: Path) -> Iterator[tuple[Key, Row]]:
    """The rows of one official file, plain or gzipped. Raises ``BuildError`` if it is not the JSON export."""
    try:
        content = file.read_bytes()
        raws = json.loads(gzip.decompress(content) if file.suffix == ".gz" else content)
        yield from read_rows(raws)
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BuildError(f"{file} is not a JSON export of the schedule: {error}") from error


def _write(encoding: Encoding, entries: list[EditionEntry], out: Path, table: Path) -> None:
    editions = editions_in_force(entries)
    omissions = read_omissions(editions, table.with_name(OMISSIONS_FILE.name))
    write(encoding, editions, omissions, missing_from(entries), out)


def _files_of(directory: Path, entries: list[EditionEntry]) -> list[Path]:
    found = {_name_of(file): file for file in sorted(directory.glob("hts_*.json*"))}
    known = {entry.name for entry in entries}
    if missing := [entry.name for entry in entries if entry.name not in found]:
        raise BuildError(f"no file in {directory} for {', '.join(missing)}", "files are named hts_2025_rev_12.json.gz")
    if unknown := [name for name in found if name not in known]:
        hint = "add each with: tidewaiter schedule add FILE --edition NAME --in-force-from DATE"
        raise BuildError(f"not in the table of editions: {', '.join(unknown)}", hint)
    return [found[entry.name] for entry in entries]


def _name_of(file: Path) -> str:
    return file.name.removesuffix(".gz").removesuffix(".json").removeprefix("hts_").replace("_", " ")


def _entered(entries: list[EditionEntry], name: str, day: str) -> list[EditionEntry]:
    names = [entry.name for entry in entries]
    if name not in names:
        return [*entries, EditionEntry(name, "", day, True, "")]
    place = names.index(name)
    if any(entry.at_hand for entry in entries[place:]):
        raise BuildError(
            f"{name} is already in the schedule, or precedes an edition that is", "build the schedule anew"
        )
    return [*entries[:place], replace(entries[place], in_force_from=day, at_hand=True), *entries[place + 1 :]]


def _iso(day: str) -> str:
    try:
        return date.fromisoformat(day).isoformat()
    except ValueError as error:
        raise BuildError(f"{day!r} is no date", "write 2026-07-01") from error
