"""The log of declarations: which file was prepared of which entries, and which was handed in, so that nothing goes in twice.

One JSON object a line, never changed afterwards:

- ``prepared``: a file was written, with its entries and what is expected for each (cents). An entry stands in one file at most.
- ``submitted``: somebody said that the file was handed in.
- ``withdrawn``: a file that was never handed in was taken back; its entries are free again.
- ``released``: customs refused entries of a file that was handed in; they may be declared again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from tidewaiter.assess.errors import FileError
from tidewaiter.bulk.files import put_beside

LOG_NAME = "log.jsonl"
PREPARED, SUBMITTED, WITHDRAWN, RELEASED = "prepared", "submitted", "withdrawn", "released"
EXPECTED: dict[str, pl.DataType] = {
    "entry_number": pl.String(),
    "principal": pl.Int64(),
    "interest": pl.Int64(),
    "deadline": pl.String(),
}
"""An entry of a file with what the desk expects for it, in cents (null: not known), and its last day, as an ISO date."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """A file of the log. ``entries`` has the columns of ``EXPECTED``, in the order of the file; ``digest`` is of its bytes."""

    file: str
    importer: str
    filer: str
    prepared_on: str
    digest: str
    entries: pl.DataFrame
    submitted_on: str | None = None

    @property
    def state(self) -> str:
        """``prepared`` or ``submitted``."""
        return PREPARED if self.submitted_on is None else SUBMITTED


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A file that was taken back before it was handed in, and why."""

    file: str
    digest: str
    why: str


@dataclass(slots=True)
class Log:
    """The log as it stands; events are added with the methods and kept with :meth:`write`."""

    path: Path
    files: dict[str, Declaration] = field(default_factory=dict)
    withdrawn: dict[str, Withdrawn] = field(default_factory=dict)
    _released: list[tuple[str, str]] = field(default_factory=list)
    _lines: list[str] = field(default_factory=list)
    _written: int = 0

    @classmethod
    def read(cls, path: Path) -> Log:
        """The log of a file; an empty one where there is none. Raises ``FileError`` ``cannot_read``, ``malformed_log``."""
        log = cls(path)
        try:
            text = path.read_text(encoding="utf-8") if path.exists() else ""
        except (OSError, UnicodeDecodeError) as error:
            raise FileError("cannot_read", f"{path}: {error}") from error
        for number, line in enumerate(text.splitlines(), start=1):
            try:
                log._take(json.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError, pl.exceptions.PolarsError) as error:
                hint = "mend the line; without its log the desk cannot know what has been handed in"
                raise FileError("malformed_log", f"{path}, line {number}: {error!r}", hint) from error
            log._lines.append(line)
        log._written = len(log._lines)
        return log

    def prepared(self, found: Declaration) -> None:
        """A file is written."""
        said = {name: found.entries[column].to_list() for name, column in _COLUMNS.items()}
        self._add(
            {
                "event": PREPARED,
                "on": found.prepared_on,
                "file": found.file,
                "importer": found.importer,
                "filer": found.filer,
                "sha256": found.digest,
                **said,
            }
        )

    def submitted(self, file: str, on: date) -> None:
        """A file was handed in. Raises ``FileError`` ``unknown_declaration``, ``submitted_before``, ``withdrawn_before``."""
        found = self.files.get(file)
        if found is None:
            if file in self.withdrawn:
                hint = "its entries may stand in a newer file: look into the manifest before you hand that in"
                raise FileError("withdrawn_before", f"{file} was withdrawn before it was said to be handed in", hint)
            raise FileError("unknown_declaration", f"{file} is not in the log {self.path}")
        if found.submitted_on is not None:
            raise FileError("submitted_before", f"{file} was handed in on {found.submitted_on}")
        self._add({"event": SUBMITTED, "on": on.isoformat(), "file": file})

    def withdraw(self, file: str, on: date, why: str) -> None:
        """A file that was not handed in is taken back."""
        self._add({"event": WITHDRAWN, "on": on.isoformat(), "file": file, "why": why})

    def release(self, file: str, entries: Sequence[str], on: date, why: str) -> None:
        """Entries of a file were refused by customs and may be declared again."""
        self._add({"event": RELEASED, "on": on.isoformat(), "file": file, "entries": list(entries), "why": why})

    def live(self) -> pl.DataFrame:
        """Every entry that stands in a file and is not free again: ``EXPECTED``, file, prepared_on, submitted_on."""
        frames = [
            one.entries.with_columns(
                pl.lit(one.file).alias("file"),
                pl.lit(one.prepared_on).alias("prepared_on"),
                pl.lit(one.submitted_on, dtype=pl.String).alias("submitted_on"),
            )
            for one in self.files.values()
        ]
        schema = {**EXPECTED, "file": pl.String(), "prepared_on": pl.String(), "submitted_on": pl.String()}
        found = pl.concat(frames) if frames else pl.DataFrame(schema=schema)
        free = pl.DataFrame(self._released, schema={"file": pl.String(), "entry_number": pl.String()}, orient="row")
        return found.join(free, on=["file", "entry_number"], how="anti", maintain_order="left")

    def next_number(self) -> int:
        """The number of the next file: none is given twice, though its file be withdrawn."""
        return len(self.files) + len(self.withdrawn) + 1

    def write(self) -> None:
        """Keep the events that were added; nothing is touched where there are none. Raises ``FileError`` ``cannot_write``."""
        if len(self._lines) > self._written:
            text = "".join(f"{line}\n" for line in self._lines)
            put_beside(self.path, text)
            self._written = len(self._lines)

    def _add(self, event: dict[str, Any]) -> None:
        self._take(event)
        self._lines.append(json.dumps(event, ensure_ascii=False))

    def _take(self, event: dict[str, Any]) -> None:
        """The state after an event."""
        kind, file = event["event"], str(event["file"])
        if kind == PREPARED:
            columns = {column: event[name] for name, column in _COLUMNS.items()}
            entries = pl.DataFrame(columns, schema=EXPECTED)
            self.files[file] = Declaration(
                file, event["importer"], event["filer"], event["on"], event["sha256"], entries
            )
            return
        found = self.files[file]
        if kind == SUBMITTED:
            self.files[file] = Declaration(
                file, found.importer, found.filer, found.prepared_on, found.digest, found.entries, event["on"]
            )
        elif kind == WITHDRAWN:
            self.withdrawn[file] = Withdrawn(file, self.files.pop(file).digest, event["why"])
        elif kind == RELEASED:
            self._released += [(file, str(one)) for one in event["entries"]]
        else:
            raise ValueError(f"no event of the log is called {kind!r}")


_COLUMNS = {
    "entries": "entry_number",
    "principal_cents": "principal",
    "interest_cents": "interest",
    "deadlines": "deadline",
}


def digest_of(content: bytes) -> str:
    """What the bytes of a file are known by."""
    return hashlib.sha256(content).hexdigest()


def submit(path: Path, on: date, log: Path | None = None, now: date | None = None) -> list[str]:
    """Mark a declaration file, or every prepared one of a desk's folder, as handed in; returns their names.

    ``now`` is today: a file prepared for a day to come (``--on``) may be handed in before that day.

    Raises ``FileError``: ``no_log``, ``bad_date``, ``unknown_declaration``, ``submitted_before``, ``file_changed`` ...
    """
    if not path.exists() and path.suffix == "":
        raise FileError("no_log", f"there is no folder {str(path)!r}", "name the folder that -o DIR wrote")
    if path.is_dir():
        found = Log.read(log or log_of(path))
        names: Iterable[str] = [name for name, one in found.files.items() if one.submitted_on is None]
        if not found.files:
            said = f"no declaration was prepared: there is no log of any in {path / DECLARATIONS}"
            raise FileError("unknown_declaration", said, "run the desk with -o first")
    else:
        found, names = Log.read(log or path.parent / LOG_NAME), [path.name]
        _unchanged(path, found)
    names = list(names)
    for name in names:
        _after_prepared(found.files.get(name), on, now)
        found.submitted(name, on)
    found.write()
    return names


def log_of(folder: Path) -> Path:
    inner = folder / DECLARATIONS / LOG_NAME
    return inner if inner.exists() else folder / LOG_NAME


DECLARATIONS = "declarations"
"""The folder of the declarations within the folder of a desk."""


def _after_prepared(found: Declaration | None, on: date, now: date | None) -> None:
    if found is None or on.isoformat() >= found.prepared_on:
        return
    if now is None or found.prepared_on <= now.isoformat():
        said = f"{on.isoformat()} lies before {found.prepared_on}, the day on which {found.file} was prepared"
        raise FileError("bad_date", said, "give the day on which it was handed in")


def _unchanged(path: Path, log: Log) -> None:
    known = log.files.get(path.name)
    if known is not None and path.exists() and digest_of(path.read_bytes()) != known.digest:
        hint = "run the desk again: it writes the file as it was prepared"
        raise FileError("file_changed", f"{path} is not the file that was prepared", hint)
