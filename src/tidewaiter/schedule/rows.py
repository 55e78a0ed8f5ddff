"""One row of the schedule as an edition prints it, reduced to what it says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from tidewaiter.schedule.normal import tidy, tidy_rate, tidy_special

_CODE = re.compile(r"\b(9[89]\d\d\.\d\d\.\d\d)\b")
_ONLY_CODES = re.compile(r"See 9[89]\d\d\.\d\d\.\d\d(?:(?:,| and|, and) 9[89]\d\d\.\d\d\.\d\d)* ?\.?$")
END = "~"
"""The anchor of an unnumbered row that no numbered row follows; sorts after every number."""


class Footnote(NamedTuple):
    """A footnote: the columns it hangs on, the chapter 98 and 99 numbers it names, and its text if it says more."""

    columns: tuple[str, ...]
    codes: tuple[str, ...]
    text: str


class Key(NamedTuple):
    """The place of a row: its number and 0, or, unnumbered, the next number and how many rows before it (negative).

    Keys sort in the order of the schedule.
    """

    number: str
    before: int


class Row(NamedTuple):
    """What one row says. Rates are tidied texts, empty where the row prints none; ``indent`` counts from 0."""

    indent: int
    text: str
    units: tuple[str, ...]
    general: str
    special: str
    other: str
    footnotes: tuple[Footnote, ...]
    additional: str
    quota: str

    @property
    def codes(self) -> tuple[str, ...]:
        """The chapter 98 and 99 numbers that the footnotes on the General column name."""
        return tuple(code for note in self.footnotes if "general" in note.columns for code in note.codes)


def read_rows(raws: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Key, Row]]:
    """The rows of one edition (the official JSON export) with their keys, in the order of the schedule."""
    waiting: list[Row] = []
    for raw in raws:
        number = raw["htsno"].replace(".", "").strip()
        row = read_row(raw)
        if not number:
            waiting.append(row)
            continue
        yield from _place(waiting, number)
        waiting.clear()
        yield Key(number, 0), row
    yield from _place(waiting, END)


def _place(waiting: list[Row], number: str) -> Iterator[tuple[Key, Row]]:
    for index, row in enumerate(waiting):
        yield Key(number, index - len(waiting)), row


def read_row(raw: Mapping[str, Any]) -> Row:
    """One row of the official JSON export, normalised."""
    return Row(
        indent=int(raw["indent"]),
        text=tidy(raw["description"] or ""),
        units=tuple(unit for unit in map(tidy, raw["units"] or ()) if unit),
        general=tidy_rate(raw["general"] or ""),
        special=tidy_special(raw["special"] or ""),
        other=tidy_rate(raw["other"] or ""),
        footnotes=_read_footnotes(raw["footnotes"] or ()),
        additional=tidy_rate(raw.get("additionalDuties") or raw.get("addiitionalDuties") or ""),
        quota=tidy(raw["quotaQuantity"] or ""),
    )


def _read_footnotes(raws: Iterable[Mapping[str, Any]]) -> tuple[Footnote, ...]:
    notes = (_read_footnote(raw) for raw in raws)
    return tuple(dict.fromkeys(note for note in notes if note.codes or note.text))


def _read_footnote(raw: Mapping[str, Any]) -> Footnote:
    text = tidy(raw.get("value") or "")
    text = text.replace(" .", ".")
    codes = tuple(dict.fromkeys(_CODE.findall(text)))
    return Footnote(tuple(raw.get("columns") or ()), codes, "" if _ONLY_CODES.match(text) else text)
