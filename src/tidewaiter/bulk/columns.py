"""The columns of an input as a whole: those that no line can do without, and those whose names miss a field by a little."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

import polars as pl

from tidewaiter.assess.errors import FileError
from tidewaiter.assess.line import FIELDS, LIST_FIELDS
from tidewaiter.ledger.model import Ledger

NEEDED = ("hts", "origin", "value", "entered_at")
_FACTS, _FACT = "facts", "fact."
_ALSO = {
    "hts": {"hts", "htsus", "hs", "tariff", "commodity"},
    "origin": {"origin", "country", "coo"},
    "value": {"value", "amount"},
    "entered_at": {"entered", "entry", "date"},
}
"""Words by which people name these columns."""
_OTHER = re.compile(r"[^a-z0-9.]+")


def check_columns(own: Mapping[str, pl.DataType]) -> None:
    """Refuse an input of which no line could ever be priced.

    Raises ``FileError``: ``missing_column`` with the columns that may be meant, ``bad_column_type``. An input without any
    column (an empty file of JSON Lines) has no lines that miss one.
    """
    missing = [name for name in NEEDED if name not in own] if own else []
    if missing:
        near = [(name, _near(name, own)) for name in missing]
        hint = "; ".join(f"{name} may be {' or '.join(map(repr, found))}" for name, found in near if found)
        raise FileError(
            "missing_column",
            f"there is no column {', '.join(missing)}: every line needs {', '.join(NEEDED[:-1])} and {NEEDED[-1]}",
            f"rename columns: {hint}" if hint else "the first row names the columns, in small letters",
        )
    for name, kind in own.items():
        if (name in FIELDS or name.startswith(_FACT)) and not _can_be_read(name, kind):
            raise FileError(
                "bad_column_type", f"column {name} has type {kind}", "use text, numbers, dates or timestamps"
            )


def unread_columns(names: Iterable[str], ledger: Ledger) -> dict[str, str]:
    """Columns that are passed through and not read, though their names are nearly those of fields, with these fields."""
    given = set(names)
    facts = {key.removeprefix("facts:"): f"{_FACT}{key.removeprefix('facts:')}" for key in ledger.facts}
    found: dict[str, str] = {}
    for name in sorted(given - FIELDS):
        plain = _plain(name)
        meant = plain if plain in FIELDS or plain in facts.values() else facts.get(plain, "")
        if meant and meant not in given:
            found[name] = meant
    return found


def _can_be_read(name: str, kind: pl.DataType) -> bool:
    if isinstance(kind, pl.Object):
        return False
    if name in LIST_FIELDS:
        return not isinstance(kind, pl.Struct)
    if name == _FACTS:
        return not isinstance(kind, pl.List | pl.Array)
    return not kind.is_nested() and not isinstance(kind, pl.Binary)


def _plain(name: str) -> str:
    """A name as fields are written: small letters, words joined by underscores."""
    return _OTHER.sub("_", name.casefold()).strip("_")


def _near(wanted: str, own: Iterable[str]) -> list[str]:
    """The columns that may be meant: first those that differ only in case and blanks."""
    plain = {name: _plain(name) for name in own if name not in FIELDS}
    same = [name for name, one in plain.items() if one == wanted]
    likely = [name for name, one in plain.items() if _ALSO[wanted] & set(one.split("_"))]
    close = [name for name, one in plain.items() if get_close_matches(one[:80], [wanted], 1, 0.75)]
    return [*dict.fromkeys(same or [*close, *likely])][:3]
