"""Where made-up reports may be written: never over the reports of somebody."""

from __future__ import annotations

from pathlib import Path

from tidewaiter.assess.errors import FileError
from tidewaiter.refunds.sample import BIG, EXPECTED, REPORTS

_ELSEWHERE = "name another folder: -o DIR"


def make_room(folder: Path, *, big: bool = False, force: bool = False) -> None:
    """Make the folder of a sample. Raises ``FileError`` ``cannot_write``, and ``file_exists`` where files that the sample would
    write stand there already: the big report always, the others unless they are of a sample (``.expected.json`` marks one).
    ``force`` lets them be overwritten."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        there = [] if force else _there(folder, big)
        if not there:
            probe = folder / ".room"
            probe.touch()
            probe.unlink()
    except FileExistsError as error:
        raise FileError("cannot_write", f"{str(folder)!r} is a file, not a folder", _ELSEWHERE) from error
    except OSError as error:
        raise FileError("cannot_write", f"{folder}: {error.strerror or error}", _ELSEWHERE) from error
    if there:
        why = "" if big else f", and {folder} is not the folder of a sample"
        said = f"{folder / there[0]} is there already{why}: it is not overwritten"
        raise FileError("file_exists", said, f"{_ELSEWHERE}, or overwrite it: --force")


def _there(folder: Path, big: bool) -> list[str]:
    """The files that would be overwritten, and nothing says that they may be."""
    if not big and (folder / EXPECTED).exists():
        return []
    return [name for name in ((BIG,) if big else REPORTS) if (folder / name).exists()]
