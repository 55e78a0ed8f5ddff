"""An official JSON export made from a shipped edition, so that the tests can spoil one without any outside file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tidewaiter.schedule.numbers import dotted, heading_code
from tidewaiter.schedule.rows import Row
from tidewaiter.schedule.store import Schedule

Export = list[dict[str, Any]]


def export(schedule: Schedule, name: str, chapters: Iterable[str] = ()) -> Export:
    """The rows of an edition, or of some of its chapters, in the form of the official export."""
    edition = schedule.edition(name)
    rows = (pair for chapter in chapters or schedule.chapters for pair in schedule.rows(edition, chapter))
    return [_raw("" if key.before else key.number, row) for key, row in rows]


def _raw(number: str, row: Row) -> dict[str, Any]:
    return {
        "htsno": heading_code(number) if number.startswith("99") and len(number) == 8 else dotted(number),
        "indent": str(row.indent),
        "description": row.text,
        "units": list(row.units),
        "general": row.general,
        "special": row.special,
        "other": row.other,
        "additionalDuties": row.additional,
        "quotaQuantity": row.quota,
        "footnotes": [
            {"columns": list(note.columns), "value": note.text or f"See {', '.join(note.codes)}."}
            for note in row.footnotes
        ],
    }


def row_of(rows: Export, number: str) -> dict[str, Any]:
    """The row of a number, written with points."""
    return next(row for row in rows if row["htsno"] == number)


def write(rows: Export, folder: Path, name: str) -> str:
    """The file ``hts_2026_rev_10.json``; its path."""
    path = folder / f"hts_{name.replace(' ', '_')}.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    return str(path)
