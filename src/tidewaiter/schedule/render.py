"""The schedule as plain text and as JSON, for the command line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tidewaiter.schedule.editions import Edition
from tidewaiter.schedule.line import ScheduleLine
from tidewaiter.schedule.search import Found, ShownRow

_NUMBER_WIDTH = 13
_RATE_WIDTH = 24


def tree_lines(rows: Sequence[ShownRow], edition: Edition, title: str) -> Iterator[str]:
    """The tree below a number: number, general rate, indented text, units; ``title`` is the name of the schedule."""
    yield f"{title}, {edition.name} (in force from {edition.in_force_on})"
    for row in rows:
        units = f" [{', '.join(row.units)}]" if row.units else ""
        text = f"{'  ' * row.depth}{row.text}{units}"
        yield f"{row.number:<{_NUMBER_WIDTH}} {_cut(row.general):<{_RATE_WIDTH}} {text}".rstrip()


def found_lines(found: Sequence[Found], words: str, edition: Edition) -> Iterator[str]:
    """Search results: number, general rate, the text under the texts above it."""
    if not found:
        yield f"no tariff line of {edition.name} has all of: {words}"
    for each in found:
        texts = [text.rstrip(":") for text in (*each.line.parents[1:], each.line.text) if text]
        path = " > ".join(texts or each.line.parents[-1:])
        yield f"{each.line.written:<{_NUMBER_WIDTH}} {_cut(each.line.general):<{_RATE_WIDTH}} {path}"


def tree_json(rows: Sequence[ShownRow], edition: Edition) -> dict[str, Any]:
    """The tree below a number."""
    return {"edition": edition.name, "in_force_from": edition.in_force_from, "rows": [_row_json(row) for row in rows]}


def found_json(found: Sequence[Found], edition: Edition) -> dict[str, Any]:
    """Search results."""
    lines = [{"score": each.score, **line_json(each.line)} for each in found]
    return {"edition": edition.name, "in_force_from": edition.in_force_from, "lines": lines}


def line_json(line: ScheduleLine) -> dict[str, Any]:
    """One tariff line."""
    return {
        "hts": line.written,
        "text": line.text,
        "parents": list(line.parents),
        "units": list(line.units),
        "general": line.general,
        "special": line.special,
        "column2": line.column2,
        "footnote_headings": list(line.codes),
    }


def _row_json(row: ShownRow) -> dict[str, Any]:
    return {
        "hts": row.number or None,
        "indent": row.depth,
        "text": row.text,
        "units": list(row.units),
        "general": row.general,
        "special": row.special,
        "column2": row.column2,
        "footnote_headings": list(row.codes),
    }


def _cut(text: str) -> str:
    return text if len(text) <= _RATE_WIDTH else f"{text[: _RATE_WIDTH - 1]}…"
