"""What the reader of workbooks would keep silent about: error cells, formulas never computed, and sheets too large.

An error (``#REF!``) and a formula whose result the file does not hold both look like empty cells to the reader. An empty
cell says "not given", and another duty would be computed. So the sheet is looked through once, and such cells become text
(``#REF!``, ``=B2*0.5``) that no field of a line accepts.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import IO
from xml.etree import ElementTree

from tidewaiter.assess.errors import FileError

_PIECE = 4 * 1024 * 1024
_MOST_CELLS = 50_000_000
_MOST_BYTES = 4 * 1024**3
_MOST_SPOILT = 1_000_000
_MOST_BOOK = 16 * 1024 * 1024
_ERROR = re.compile(
    rb"<(?:\w+:)?c\s([^>]*\bt=[\"']e[\"'][^>]*)>"
    rb"(?:\s*<(?:\w+:)?f(?:\s[^>]*?)?(?:/>|>[^<]*</(?:\w+:)?f>))?\s*(?:<(?:\w+:)?v>([^<]*)<)?"
)
_UNCOMPUTED = re.compile(
    rb"<(?:\w+:)?c\s([^>]*)>\s*<(?:\w+:)?f(?:\s[^>]*?)?(?:/>|>([^<]*)</(?:\w+:)?f>)"
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_TEXT_RESULT = re.compile(rb"\bt=[\"']str[\"']")
_PLACE = re.compile(rb"\br=[\"']([A-Z]{1,3})(\d{1,7})[\"']")
_WIDE = re.compile(rb"\br=[\"']([A-Z]{2,3})\d+[\"'][^>]*(?<!/)>")
_ROW = re.compile(rb"<(?:\w+:)?row\s[^>]*?\br=[\"'](\d{1,9})[\"'][^>]*(?<!/)>")
Spoilt = dict[int, dict[int, str]]
"""Texts by row and column, both from zero."""


@dataclass(slots=True)
class _Look:
    """What has been seen of a sheet."""

    spoilt: Spoilt = field(default_factory=dict)
    count: int = 0
    width: int = 26
    height: int = 0


def spoilt_cells(path: Path, sheet: str, most_rows: int | None = None) -> Spoilt:
    """The error cells of a sheet and its formulas without result.

    Raises ``FileError`` ``malformed_file``, ``file_too_long`` (also where it has more than ``most_rows`` rows).
    """
    try:
        with zipfile.ZipFile(path) as book:
            if sum(part.file_size for part in book.infolist()) > _MOST_BYTES:
                raise too_long(path)
            with book.open(_part(book, sheet)) as stream:
                return _looked_through(stream, path, most_rows or _MOST_CELLS).spoilt
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError, zlib.error, EOFError, RuntimeError) as error:
        raise FileError("malformed_file", f"{path.name} is not a whole Excel workbook: {error}") from error
    except OSError as error:
        raise FileError("cannot_read", f"{path}: {error.strerror}") from error


def too_long(path: Path) -> FileError:
    """The refusal of a workbook that spans more than Excel or the memory holds."""
    return FileError("file_too_long", f"{path.name}: the sheet is too large for a workbook", "use CSV or Parquet")


def column_number(letters: str) -> int:
    """The place of a column from zero: A is 0, AA is 26."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number - 1


def column_letters(number: int) -> str:
    """The letters of a column: 0 is A, 26 is AA.

    >>> [column_letters(number) for number in (0, 25, 26, 701, 702, 16383)]
    ['A', 'Z', 'AA', 'ZZ', 'AAA', 'XFD']
    """
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _part(book: zipfile.ZipFile, sheet: str) -> str:
    """The part of the file that holds a sheet."""
    sheets = {one.get("name"): one for one in _tree(book, "xl/workbook.xml").iterfind(".//{*}sheet")}
    reference = next((value for key, value in sheets[sheet].attrib.items() if key.endswith("}id")), None)
    for relation in _tree(book, "xl/_rels/workbook.xml.rels").iterfind("{*}Relationship"):
        if relation.get("Id") == reference:
            target = relation.get("Target", "")
            return target[1:] if target.startswith("/") else f"xl/{target}"
    raise KeyError(sheet)


def _tree(book: zipfile.ZipFile, name: str) -> ElementTree.Element:
    with book.open(name) as stream:
        return ElementTree.fromstring(stream.read(_MOST_BOOK))


def _looked_through(stream: IO[bytes], path: Path, most_rows: int) -> _Look:
    look = _Look()
    for piece in _pieces(stream):
        for letters in set(_WIDE.findall(piece)):
            look.width = max(look.width, column_number(letters.decode()) + 1)
        look.height = max(look.height, *(int(number) for number in _ROW.findall(piece)), 0)
        if look.width * look.height > _MOST_CELLS or look.height > most_rows:
            raise too_long(path)
        _spoil(look, piece)
        if look.count > _MOST_SPOILT:
            raise FileError(
                "malformed_file", f"{path.name}: more than {_MOST_SPOILT} cells are errors", "mend the formulas"
            )
    return look


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """The text of a sheet in pieces that end with a cell."""
    rest = b""
    while piece := stream.read(_PIECE):
        text = rest + piece
        end = max(text.rfind(b"</c>") + 4, text.rfind(b":c>") + 3)
        end = end if end > 4 else 0
        rest = text[end:]
        yield text[:end]
    yield rest


def _spoil(look: _Look, piece: bytes) -> None:
    if b't="e"' in piece or b"t='e'" in piece:
        for attributes, value in _ERROR.findall(piece):
            _put(look, attributes, value.decode(errors="replace") or "#ERROR!")
    if b"<f" in piece or b":f" in piece:
        for attributes, formula in _UNCOMPUTED.findall(piece):
            if not _TEXT_RESULT.search(attributes):
                _put(look, attributes, f"={unescape(formula.decode(errors='replace'))}")


def _put(look: _Look, attributes: bytes, text: str) -> None:
    place = _PLACE.search(attributes)
    if place:
        row, column = int(place[2]) - 1, column_number(place[1].decode())
        look.spoilt.setdefault(row, {}).setdefault(column, text)
        look.count += 1
