"""Whole numbers in a Parquet file told to be decimals.

Arrow writes a column of decimals value by value, and a column of whole numbers as it lies in memory: a third of the time of
writing lies between the two. On disk they are the same (DECIMAL annotates INT64: Parquet format, LogicalTypes.md). So amounts
are written as whole numbers, and then the footer of the file is told what they are. The footer is a Thrift struct in the
compact protocol; of it only the elements of the schema are read, and those of the decimals are replaced.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

_MAGIC = b"PAR1"
_TAIL = 8
_BOOLEANS, _BYTE, _INTEGERS, _DOUBLE, _BINARY, _LISTS, _STRUCT = (1, 2), 3, (4, 5, 6), 7, 8, (9, 10), 12
_SCHEMA = 2
"""The field of the file's metadata that holds the schema."""
_NAME, _CHILDREN = 4, 5
"""The fields of an element of the schema that hold its name and how many elements lie below it."""
_NULLABLE_INT64 = b"\x15\x04\x25\x02"
"""How an element of the schema begins: 1 type (INT64), 3 repetition (OPTIONAL)."""
ARROW_SCHEMA = "ARROW:schema"


def arrow_schema(schema: pa.Schema) -> dict[str, str]:
    """What Arrow keeps of its own schema beside that of Parquet."""
    return {ARROW_SCHEMA: base64.b64encode(schema.serialize().to_pybytes()).decode("ascii")}


def tell_decimals(path: Path, columns: Mapping[str, pa.DataType]) -> None:
    """Tell the footer of a file that these columns of nullable whole numbers (INT64) are decimals.

    Raises ``ValueError`` where the file is not as expected; then it is not to be used.
    """
    if not columns:
        return
    with path.open("r+b") as file:
        file.seek(-_TAIL, 2)
        tail = file.read(_TAIL)
        length = int.from_bytes(tail[:4], "little")
        if tail[4:] != _MAGIC:
            raise ValueError(f"{path.name} is no Parquet file")
        start = file.seek(-_TAIL - length, 2)
        footer = _told(file.read(length), columns)
        file.seek(start)
        file.write(footer + len(footer).to_bytes(4, "little") + _MAGIC)
        file.truncate()
    found = pq.read_schema(path)
    wrong = [
        name for name, kind in columns.items() if name not in found.names or not _same(found.field(name).type, kind)
    ]
    if wrong:
        raise ValueError(f"{path.name}: {', '.join(wrong)} did not become decimals")


def _same(found: pa.DataType, wanted: pa.DataType) -> bool:
    return pa.types.is_decimal(found) and (found.precision, found.scale) == (wanted.precision, wanted.scale)


def _told(footer: bytes, columns: Mapping[str, pa.DataType]) -> bytes:
    reader = _Reader(footer)
    for field, kind in reader.fields():
        if field == _SCHEMA:
            count, _ = reader.list_head()
            first = reader.at
            elements = [reader.element() for _ in range(count)]
            told = b"".join(_elements(elements, columns))
            return footer[:first] + told + footer[reader.at :]
        reader.skip(kind)
    raise ValueError("the footer has no schema")


@dataclass(frozen=True, slots=True)
class _Element:
    """An element of the schema: its bytes, its name, and how many elements lie directly below it."""

    written: bytes
    name: str
    children: int


def _elements(elements: list[_Element], columns: Mapping[str, pa.DataType]) -> Iterator[bytes]:
    """The elements, those of the columns replaced: only those that stand directly below the root are columns."""
    root, *below = elements
    yield root.written
    inside = 0
    for one in below:
        kind = None if inside else columns.get(one.name)
        inside = max(0, inside - 1) + one.children
        if kind is not None and not one.written.startswith(_NULLABLE_INT64):
            raise ValueError(f"{one.name} is no nullable INT64")
        yield one.written if kind is None else _decimal(one.name, kind)


def _decimal(name: str, kind: pa.DataType) -> bytes:
    """The element of a nullable column of decimals kept as INT64."""
    scale, precision = _varint(2 * kind.scale), _varint(2 * kind.precision)
    word = name.encode("utf-8")
    return b"".join(
        [
            _NULLABLE_INT64,
            b"\x18" + _varint(len(word)) + word,  # 4 name
            b"\x25\x0a",  # 6 converted type: DECIMAL
            b"\x15" + scale,  # 7 scale
            b"\x15" + precision,  # 8 precision
            b"\x2c\x5c\x15"
            + scale
            + b"\x15"
            + precision
            + b"\x00\x00",  # 10 logical type: 5 DECIMAL (1 scale, 2 precision)
            b"\x00",
        ]
    )


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])


class _Reader:
    """Reads the compact protocol of Thrift, as far as it takes to go past a value."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self.at = 0

    def element(self) -> _Element:
        """One element of the schema."""
        start, name, children = self.at, "", 0
        for field, kind in self.fields():
            if field == _NAME:
                length = self._number()
                name = self._content[self.at : self.at + length].decode("utf-8")
                self.at += length
            elif field == _CHILDREN:
                children = self._number() >> 1
            else:
                self.skip(kind)
        return _Element(self._content[start : self.at], name, children)

    def fields(self) -> Iterator[tuple[int, int]]:
        """The numbers and kinds of a struct's fields; whoever asks reads or skips each value."""
        field = 0
        while head := self._byte():
            field = field + (head >> 4) if head >> 4 else self._number() >> 1
            yield field, head & 0x0F

    def list_head(self) -> tuple[int, int]:
        """How many values a list has, and of which kind."""
        head = self._byte()
        return self._number() if head >> 4 == 0x0F else head >> 4, head & 0x0F

    def skip(self, kind: int) -> None:
        """Go past a value. Raises ``ValueError``."""
        if kind in _INTEGERS:
            self._number()
        elif kind == _BINARY:
            self.at += self._number()
        elif kind == _BYTE:
            self.at += 1
        elif kind == _DOUBLE:
            self.at += 8
        elif kind == _STRUCT:
            for _, inner in self.fields():
                self.skip(inner)
        elif kind in _LISTS:
            count, inner = self.list_head()
            for _ in range(count):
                self.skip(_BYTE if inner in _BOOLEANS else inner)
        elif kind not in _BOOLEANS:  # maps: the metadata of Parquet has none
            raise ValueError(f"the footer holds a value of kind {kind}")

    def _byte(self) -> int:
        self.at += 1
        return self._content[self.at - 1]

    def _number(self) -> int:
        found = shift = 0
        while True:
            byte = self._byte()
            found |= (byte & 0x7F) << shift
            if byte < 0x80:
                return found
            shift += 7
