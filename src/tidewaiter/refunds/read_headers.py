"""What the columns of a report are: their headers held against the names in ``columns.yaml``, or a saved map of columns."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher, get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tidewaiter.assess.errors import FileError

COLUMNS_FILE = Path(__file__).parent / "columns.yaml"
_JURISDICTIONS = Path(__file__).parent.parent / "law" / "jurisdictions.yaml"
_OTHER = re.compile(r"[^0-9a-z]+")
_LONGEST_HEADER = 200
_MOST_COLUMNS = 2_000
_CLOSE, _LIKE = 0.8, 0.6
"""How near a name must be to be meant, and to be worth naming where nothing nearer is there."""
_WHOSE = ("ace", "own", "also")
HOW_TO_MAP = "tidewaiter refunds columns FILE -o map.yaml, look it over, and give it with --columns map.yaml"


def plain(text: str) -> str:
    """A header or a word without what people write differently: case, points, brackets, underscores.

    >>> plain(" Line Tariff Quantity (1)"), plain("entry_no.")
    ('line tariff quantity 1', 'entry no')
    """
    return _OTHER.sub(" ", text[:_LONGEST_HEADER].casefold()).strip()


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the frame ROWS, and how reports say it."""

    name: str
    kind: str
    needed: bool
    names: Mapping[str, tuple[str, ...]]
    """By whose they are: ace, own, also. Plain, the preferred first."""
    words: Mapping[str, str]
    """What a plain word means."""
    implied: Mapping[str, Mapping[str, str]]
    """By the field in whose column it stands: what a plain word there means for this field."""

    def all_names(self, whose: str | None = None) -> tuple[str, ...]:
        """Its names, or those of one source."""
        found = self.names if whose is None else {whose: self.names.get(whose, ())}
        return tuple(name for names in found.values() for name in names)


@dataclass(frozen=True, slots=True)
class Needs:
    """A layout: the fields without which a table is not of this kind."""

    name: str
    needs: frozenset[str]
    names: str | None
    facts: int
    lacks: frozenset[str] = frozenset()
    """Fields that a table of this kind does not have: with them it is another one, of which something is missing."""


@dataclass(frozen=True, slots=True)
class Columns:
    """``columns.yaml`` as data."""

    fields: Mapping[str, Field]
    layouts: tuple[Needs, ...]
    by_name: Mapping[str, str]
    """The field of each plain name."""
    written: Mapping[str, str]
    """Each plain name as it is written."""
    yes: frozenset[str]
    no: frozenset[str]
    nothing: frozenset[str]
    total_rows: frozenset[str]
    other_words: frozenset[str]
    """Words of headers that are never meant for a field whose name is only similar."""
    zone: str
    most_rows: int
    header_within: int
    paid: str
    beside: tuple[str, ...]
    """Chapters whose numbers are reported with a number of another chapter."""


@cache
def known_columns() -> Columns:
    """The shipped names of columns."""
    given = _yaml(COLUMNS_FILE)
    fields = {name: _field(name, said) for name, said in given["fields"].items()}
    return Columns(
        fields=fields,
        layouts=tuple(
            Needs(
                one["name"],
                frozenset(one["needs"]),
                one.get("names"),
                int(one.get("facts", 0)),
                frozenset(one.get("lacks", ())),
            )
            for one in given["layouts"]
        ),
        by_name={name: one.name for one in fields.values() for name in one.all_names()},
        written={plain(name): name for said in given["fields"].values() for name in reversed(_names(said))},
        yes=_plain_set(given["yes"]),
        no=_plain_set(given["no"]),
        nothing=_plain_set(given["nothing"]),
        total_rows=_plain_set(given["total_rows"]),
        other_words=_plain_set(given["other_words"]),
        zone=_yaml(_JURISDICTIONS)[given["into"]]["zone"],
        most_rows=int(given["rows_of_a_workbook"]),
        header_within=int(given["header_within"]),
        paid=given["paid"],
        beside=tuple(given["beside"]),
    )


def _yaml(path: Path) -> Any:
    """A file whose scalars are all text: NO is a word, not a truth."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


def _field(name: str, said: Mapping[str, Any]) -> Field:
    names = {whose: tuple(map(plain, said.get(whose, ()))) for whose in _WHOSE}
    implied = {other: _meanings(words) for other, words in said.get("implied", {}).items()}
    return Field(name, said["kind"], said.get("needs") == "true", names, _meanings(said.get("words", {})), implied)


def _names(said: Mapping[str, Any]) -> list[str]:
    return [name for whose in _WHOSE for name in said.get(whose, ())]


def _meanings(words: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {plain(one): meaning for meaning, ways in words.items() for one in ways}


def _plain_set(words: Iterable[str]) -> frozenset[str]:
    return frozenset(filter(None, map(plain, words)))


@dataclass(frozen=True, slots=True)
class Layout:
    """Which column of a table says what."""

    kind: str
    """ace, lines, broker (a row for each tariff number), mapped (through a column map), or entries (facts alone)."""
    places: Mapping[str, int]
    """The place of each field's column."""
    paid: Mapping[str, int] = field(default_factory=dict)
    """Columns that hold the duty paid under one heading (digits), by heading."""
    unused: tuple[str, ...] = ()
    """Headers that say nothing to this program."""
    day_first: bool = False


@dataclass(frozen=True, slots=True)
class MappedTable:
    """The columns of one kind of spreadsheet, as somebody has settled them."""

    fingerprint: str
    columns: Mapping[str, str]
    """The header of each field's column (``paid.9903.01.24`` is a field as well)."""
    ignored: tuple[str, ...] = ()
    day_first: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Saved maps of the columns of spreadsheets, found by the fingerprint of their headers."""

    tables: tuple[MappedTable, ...] = ()

    def get(self, headers: Sequence[str]) -> MappedTable | None:
        """The map for a table with these headers."""
        mark = fingerprint(headers)
        return next((one for one in self.tables if one.fingerprint == mark), None)

    @classmethod
    def load(cls, path: str | Path) -> ColumnMap:
        """Read a map (YAML or JSON). Raises ``FileError`` ``bad_column_map``, ``file_not_found``."""
        file = Path(path)
        if not file.is_file():
            raise FileError(
                "file_not_found", f"no file {str(path)!r}", "tidewaiter refunds columns FILE proposes a map"
            )
        try:
            given = _yaml(file)
            return cls(tuple(_mapped(one) for one in given["maps"]))
        except (yaml.YAMLError, UnicodeDecodeError, KeyError, TypeError, AttributeError) as error:
            hint = "it holds `maps:`, a list of tables, each with `fingerprint` and `columns`"
            raise FileError("bad_column_map", f"{file.name} is not a column map: {error}", hint) from error

    def as_yaml(self) -> str:
        """The map as the text of a file that :meth:`load` reads."""
        tables = [
            {
                **({"name": one.name} if one.name else {}),
                "fingerprint": one.fingerprint,
                "columns": dict(one.columns),
                **({"ignored": list(one.ignored)} if one.ignored else {}),
                **({"day_first": "true"} if one.day_first else {}),
            }
            for one in self.tables
        ]
        return yaml.safe_dump({"maps": tables}, sort_keys=False, allow_unicode=True, width=130)


def _mapped(given: Mapping[str, Any]) -> MappedTable:
    known = known_columns()
    columns = dict(given["columns"])
    for name in columns:
        if name not in known.fields and not name.startswith(known.paid):
            near = get_close_matches(name, known.fields, 3)
            hint = f"did you mean {' or '.join(near)}?" if near else f"the fields are {', '.join(known.fields)}"
            raise FileError("bad_column_map", f"a column map knows no field {name!r}", hint)
    return MappedTable(
        given["fingerprint"],
        columns,
        tuple(given.get("ignored", ())),
        given.get("day_first") == "true",
        given.get("name", ""),
    )


def fingerprint(headers: Sequence[str]) -> str:
    """A mark of a table's headers, whatever their order and writing: twelve hexadecimal digits.

    >>> fingerprint(["Entry #", "Duty"]) == fingerprint(["DUTY", "entry"])
    True
    """
    names = sorted(filter(None, map(plain, headers)))
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:12]


def layout_of(headers: Sequence[str], columns: ColumnMap | None = None) -> Layout | None:
    """What the columns under these headers say; ``None`` if they make no report."""
    if len(headers) > _MOST_COLUMNS:
        return None
    mapped = columns.get(headers) if columns else None
    if mapped is not None:
        return _mapped_layout(headers, mapped)
    known = known_columns()
    names = [plain(header) for header in headers]
    for layout in known.layouts:
        places = _places(names, known, layout.names)
        fits = layout.needs <= places.keys() and not layout.lacks & places.keys()
        if fits and len(places) >= len(layout.needs) + layout.facts:
            if layout.names is not None:  # what an own column does not say, one with another name may
                places = _places(names, known, None) | places
            return _laid_out(layout.name, headers, places, known)
    return None


def _places(names: Sequence[str], known: Columns, whose: str | None) -> dict[str, int]:
    """The place of each field's column: the one with the preferred name, the first where that name stands twice."""
    where: dict[str, int] = {}
    for place, name in enumerate(names):
        if name:
            where.setdefault(name, place)
    found = {}
    for one in known.fields.values():
        known_as = [name for name in one.all_names(whose) if name in where]
        if known_as:
            found[one.name] = where[known_as[0]]
    return found


def _laid_out(kind: str, headers: Sequence[str], places: Mapping[str, int], known: Columns) -> Layout:
    paid = {}
    for place, header in enumerate(headers):
        said = header.strip().casefold()
        if said.startswith(known.paid):
            paid[re.sub(r"\D", "", said)] = place
    used = {*places.values(), *paid.values()}
    unused = tuple(header for place, header in enumerate(headers) if place not in used and header.strip())
    return Layout(kind, places, paid, unused)


def _mapped_layout(headers: Sequence[str], mapped: MappedTable) -> Layout:
    known = known_columns()
    where: dict[str, int] = {}
    for place, header in enumerate(headers):
        where.setdefault(plain(header), place)
    places, paid = {}, {}
    for name, header in mapped.columns.items():
        place = where.get(plain(header), -1)
        if place < 0:
            raise FileError("bad_column_map", f"the column map names a column {header!r} that the table does not have")
        if name.startswith(known.paid):
            paid[re.sub(r"\D", "", name)] = place
        else:
            places[name] = place
    if "entry_number" not in places:
        raise FileError(
            "bad_column_map", "the column map names no column for entry_number", "every row belongs to an entry"
        )
    used = {*places.values(), *paid.values()}
    unused = tuple(header for place, header in enumerate(headers) if place not in used and header.strip())
    return Layout("mapped" if "hts" in places else "entries", places, paid, unused, mapped.day_first)


def proposed(headers: Sequence[str], name: str = "") -> MappedTable:
    """A map for these headers: columns with a known name, then those whose name is nearly a known one."""
    known = known_columns()
    places = _places([plain(header) for header in headers], known, None)
    places |= {known.by_name[plain(meant)]: place for place, meant in nearly(headers, places).items()}
    taken = set(places.values())
    columns = {one: headers[places[one]].strip() for one in known.fields if one in places}
    ignored = tuple(header.strip() for place, header in enumerate(headers) if place not in taken and header.strip())
    return MappedTable(fingerprint(headers), columns, ignored, name=name)


def nearly(headers: Sequence[str], places: Mapping[str, int]) -> dict[int, str]:
    """The columns, by their place, that nobody knows and whose name is nearly a known one of a field without a column.

    ``places`` are the places of the fields that have one.

    >>> nearly(["Entry Number", "Liquidation Dt", "Name of Port"], {"entry_number": 0})
    {1: 'Liquidation Date'}
    """
    known = known_columns()
    found: dict[int, str] = {}
    taken = set(places)
    for place, header in _strange(headers, set(places.values())):
        near = get_close_matches(plain(header), known.by_name, 1, _CLOSE)
        if near and known.by_name[near[0]] not in taken:
            taken.add(known.by_name[near[0]])
            found[place] = known.written[near[0]]
    return found


def nearest(headers: Sequence[str], field: str) -> tuple[str, str] | None:
    """Of headers that nobody knows the one whose name is most like a name of a field, with that name; ``None``: none is.

    >>> nearest(["Entry No", "Tarif Cd"], "hts")
    ('Tarif Cd', 'Tariff Code')
    """
    known = known_columns()
    names = known.fields[field].all_names()
    strange = {plain(header): header.strip() for _, header in _strange(headers, set())}
    pairs = [(near, name) for name in strange for near in get_close_matches(name, names, 1, _LIKE)]
    if not pairs:
        return None
    near, name = max(pairs, key=lambda pair: SequenceMatcher(None, *pair).ratio())
    return strange[name], known.written[near]


def _strange(headers: Sequence[str], taken: Collection[int]) -> Iterator[tuple[int, str]]:
    """The headers, with their places, that are no known name and may be meant for one."""
    known = known_columns()
    for place, header in enumerate(headers):
        words = plain(header)
        if place not in taken and words and words not in known.by_name and not known.other_words & set(words.split()):
            yield place, header


def looks_like_headers(cells: Sequence[str]) -> bool:
    """Whether cells may name columns: three or more, all different, hardly a number among them."""
    said = [cell.strip() for cell in cells if cell and cell.strip()]
    numbers = sum(not re.search(r"[^\W\d_]", cell) for cell in said)
    return len(said) >= 3 and len(set(said)) == len(said) and numbers <= len(said) // 4
