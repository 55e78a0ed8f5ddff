"""Where made-up reports may be written: never over the reports of somebody."""

from __future__ import annotations

from pathlib import Path

from tidewaiter.assess.errors import FileError
from tidewaiter.refunds.sample import EXPECTED, REPORTS

_ELSEWHERE = "name another folder: -o DIR"


def make_room(folder: Path, *, big: bool = False) -> None:
    """Make the folder of a sample. Raises ``FileError`` ``cannot_write``, and ``file_exists`` where files of the sample's names
    stand there that are no sample (``.expected.json`` marks one)."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        mine = (folder / EXPECTED).exists()
        theirs = [] if big or mine else [name for name in REPORTS if (folder / name).exists()]
        if not theirs:
            probe = folder / ".room"
            probe.touch()
            probe.unlink()
    except FileExistsError as error:
        raise FileError("cannot_write", f"{str(folder)!r} is a file, not a folder", _ELSEWHERE) from error
    except OSError as error:
        raise FileError("cannot_write", f"{folder}: {error.strerror or error}", _ELSEWHERE) from error
    if theirs:
        said = f"{folder / theirs[0]} is there, and {folder} is not the folder of a sample: it is not overwritten"
        raise FileError("file_exists", said, _ELSEWHERE)
