"""What ``tidewaiter schedule ...`` does: plain functions with parsed arguments, a ``write`` for the answer, exit codes.

``ScheduleError`` passes through: the command line prints its message and hint.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from tidewaiter.schedule import render
from tidewaiter.schedule.editions import EDITIONS_FILE, ZONE, Edition
from tidewaiter.schedule.encoding import SCHEDULE_FILE
from tidewaiter.schedule.search import search, show
from tidewaiter.schedule.store import Schedule

Write = Callable[[str], object]
_LAST_MINUTE = time(23, 59, 59)


def to_stderr(text: str) -> None:
    """Progress of the longer commands."""
    print(text, file=sys.stderr, flush=True)


def schedule_build(
    directory: Path,
    write: Write,
    out: Path = SCHEDULE_FILE,
    table: Path = EDITIONS_FILE,
    progress: Callable[[str], None] = to_stderr,
) -> int:
    """``tidewaiter schedule build DIR [-o OUT]``: encode all official files of a folder."""
    from tidewaiter.schedule.build import build

    count = build(directory, out, table, progress)
    write(f"{out}: {count} editions, {out.stat().st_size:,} bytes")
    return 0


def schedule_add(
    file: Path,
    edition: str,
    in_force_from: str,
    write: Write,
    out: Path = SCHEDULE_FILE,
    table: Path = EDITIONS_FILE,
) -> int:
    """``tidewaiter schedule add FILE --edition NAME --in-force-from DATE``: take in a newly published edition."""
    from tidewaiter.schedule.build import add

    name = add(file, edition, in_force_from, out, table)
    write(f"{out}: took in {name}, in force from {in_force_from}")
    return 0


def schedule_show(
    prefix: str, write: Write, on: str | None = None, as_json: bool = False, schedule: Schedule | None = None
) -> int:
    """``tidewaiter schedule show 8507.60 [--on DATE] [--json]``: the tree below a number.

    Without a date, that of the last edition.
    """
    schedule = schedule or Schedule.load()
    edition = _edition(schedule, on)
    rows = show(schedule, prefix, edition)
    if as_json:
        write(_json(render.tree_json(rows, edition)))
    else:
        write("\n".join(render.tree_lines(rows, edition, schedule.title)))
    return 0


def schedule_search(
    words: str,
    write: Write,
    on: str | None = None,
    as_json: bool = False,
    limit: int = 20,
    schedule: Schedule | None = None,
) -> int:
    """``schedule search "lithium battery" [--json]``: tariff lines by words; exit code 1 if there are none."""
    schedule = schedule or Schedule.load()
    edition = _edition(schedule, on)
    found = search(schedule, words, edition, limit)
    if as_json:
        write(_json(render.found_json(found, edition)))
    else:
        write("\n".join(render.found_lines(found, words, edition)))
    return 0 if found else 1


def _edition(schedule: Schedule, on: str | None) -> Edition:
    """The edition in force at the end of a day, Eastern. Raises ``ValueError`` for what is no ISO date."""
    if on is None:
        return schedule.last_edition
    from zoneinfo import ZoneInfo

    return schedule.edition_at(datetime.combine(date.fromisoformat(on), _LAST_MINUTE, ZoneInfo(ZONE)))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
