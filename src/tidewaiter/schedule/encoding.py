"""The schedule of all editions as one small file: each row once for every wording it had.

A row's wording stands from one edition to another (both included). ``us.zip`` holds ``editions.json`` and one JSON
member for each chapter: ``values`` (every text, list of units and list of footnotes, once) and ``rows`` (number, minus
the rows before it, first edition, last edition, indent, and the places in ``values`` of the other fields), in the order
of the schedule.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from tidewaiter.schedule.editions import Edition, Omission
from tidewaiter.schedule.errors import BuildError
from tidewaiter.schedule.rows import END, Footnote, Key, Row

SCHEDULE_FILE = Path(__file__).parent.parent / "law" / "schedule" / "us.zip"
FORMAT = 1
EDITIONS_MEMBER = "editions.json"
_EPOCH_OF_ZIP = (1980, 1, 1, 0, 0, 0)


class Version(NamedTuple):
    """One wording of a row, and the first and last edition (indices, both included) that print it."""

    first: int
    last: int
    row: Row


@dataclass(slots=True)
class Encoding:
    """Every row of the editions taken in so far: by chapter, then by place, its wordings in time order."""

    editions: int = 0
    chapters: dict[str, dict[Key, list[Version]]] = field(default_factory=dict)

    def take_in(self, rows: Iterable[tuple[Key, Row]]) -> None:
        """Take in the next edition. Raises ``BuildError`` if a number stands in it twice."""
        index = self.editions
        for key, row in rows:
            versions = self.chapters.setdefault(chapter_of(key), {}).setdefault(key, [])
            if versions and versions[-1].last == index:
                raise BuildError(f"{key.number} stands twice in one edition")
            if versions and versions[-1].last == index - 1 and versions[-1].row == row:
                versions[-1] = Version(versions[-1].first, index, row)
            else:
                versions.append(Version(index, index, row))
        self.editions += 1


def chapter_of(key: Key) -> str:
    """The two digits of the chapter in which a row is kept."""
    return "99" if key.number == END else key.number[:2]


def encode_chapter(chapter: dict[Key, list[Version]]) -> bytes:
    """One chapter as the JSON member of the file."""
    places: dict[Any, int] = {}
    rows = [
        [key.number, key.before, version.first, version.last, version.row.indent]
        + [places.setdefault(value, len(places)) for value in version.row[1:]]
        for key in sorted(chapter)
        for version in chapter[key]
    ]
    return _json({"values": list(places), "rows": rows})


def decode_chapter(member: bytes) -> Iterator[tuple[Key, Version]]:
    """The rows of a chapter, in the order of the schedule."""
    chapter = json.loads(member)
    values = [as_tuple(value) for value in chapter["values"]]
    for number, before, first, last, indent, *fields in chapter["rows"]:
        yield Key(number, before), Version(first, last, decode_row(indent, fields, values))


def decode_row(indent: int, fields: Sequence[int], values: Sequence[Any]) -> Row:
    """A row from the places of its fields among the chapter's values."""
    text, units, general, special, other, footnotes, additional, quota = (values[place] for place in fields)
    notes = tuple(Footnote(tuple(columns), tuple(codes), note) for columns, codes, note in footnotes)
    return Row(indent, text, tuple(units), general, special, other, notes, additional, quota)


def as_tuple(value: Any) -> Any:
    """A JSON value with tuples for lists, so that it can be compared and hashed."""
    return tuple(as_tuple(each) for each in value) if isinstance(value, list) else value


def decode(path: Path) -> Encoding:
    """The whole file, ready to take in another edition. Raises ``BuildError`` if it is of another format."""
    with zipfile.ZipFile(path) as archive:
        head = json.loads(archive.read(EDITIONS_MEMBER))
        if head["format"] != FORMAT:
            raise BuildError(f"{path.name} is of format {head['format']}, not {FORMAT}")
        encoding = Encoding(len(head["editions"]))
        for name in archive.namelist():
            if name != EDITIONS_MEMBER:
                chapter = encoding.chapters.setdefault(name.removesuffix(".json"), {})
                for key, version in decode_chapter(archive.read(name)):
                    chapter.setdefault(key, []).append(version)
    return encoding


def write(
    encoding: Encoding,
    editions: Sequence[Edition],
    omissions: Sequence[Omission],
    missing: int | None,
    path: Path,
    more: Mapping[str, Any] | None = None,
) -> None:
    """Write the file beside ``path`` and rename it there. The same editions give the same bytes (with one zlib).

    ``more`` says of the schedule what is not as in that of the United States: ``into``, ``title``, ``shortest_line``,
    ``longer_numbers``.
    """
    members = {EDITIONS_MEMBER: _editions_member(editions, omissions, missing, more or {})}
    members |= {f"{name}.json": encode_chapter(encoding.chapters[name]) for name in sorted(encoding.chapters)}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, _EPOCH_OF_ZIP)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            info.create_system = 3
            archive.writestr(info, content, compresslevel=9)
    beside = path.with_name(f"{path.name}.tmp")
    beside.write_bytes(buffer.getvalue())
    beside.replace(path)


def _editions_member(
    editions: Sequence[Edition], omissions: Sequence[Omission], missing: int | None, more: Mapping[str, Any]
) -> bytes:
    listed = [[each.name, each.published, each.in_force_from, each.starts] for each in editions]
    return _json({"format": FORMAT, "editions": listed, "omissions": omissions, "missing_from": missing, **more})


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
