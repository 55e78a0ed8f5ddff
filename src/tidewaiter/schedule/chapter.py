"""One chapter of the schedule in memory: all its rows in all editions, decoded only when asked for."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterable, Iterator

from tidewaiter.schedule.editions import Omission
from tidewaiter.schedule.encoding import Version, decode_row
from tidewaiter.schedule.rows import Key, Row

_NUMBER, _BEFORE, _FIRST, _LAST, _INDENT, _FIELDS = range(6)
_EIGHT, _TEN = 8, 10


class Chapter:
    """The rows of a chapter. A *place* is a position in the order of the schedule, over all editions."""

    def __init__(self, member: bytes, omissions: Iterable[Omission] = (), shortest: int = _EIGHT) -> None:
        content = json.loads(member)
        self._shortest = shortest
        self._rows = content["rows"]
        self._values = content["values"]
        self._by_number: dict[str, list[int]] = {}
        self._sorted: list[str] | None = None
        self._decoded: dict[int, Row] = {}
        self._outer: list[int] = []
        for place, row in enumerate(self._rows):
            if not row[_BEFORE]:
                self._by_number.setdefault(row[_NUMBER], []).append(place)
        for number, gap, other in omissions:
            self._mend(number, gap, other)

    def _mend(self, number: str, gap: int, other: int) -> None:
        """Let the wording of a number in edition ``other`` stand in its neighbour ``gap`` too, which leaves it out."""
        for place in self._by_number.get(number, ()):
            row = self._rows[place]
            if row[_FIRST] <= other <= row[_LAST]:
                row[_FIRST], row[_LAST] = min(row[_FIRST], gap), max(row[_LAST], gap)

    def __len__(self) -> int:
        return len(self._rows)

    def numbers(self) -> Iterator[str]:
        """Every number of any edition, in order."""
        return iter(self._by_number)

    def starting_with(self, prefix: str) -> list[str]:
        """The numbers of any edition that begin with ``prefix``, in the order of their digits."""
        if self._sorted is None:
            self._sorted = sorted(self._by_number)
        first = bisect_left(self._sorted, prefix)
        return self._sorted[first : bisect_left(self._sorted, prefix + ":", first)]  # ":" comes after "9"

    def runs(self, number: str) -> list[tuple[int, int]]:
        """The first and last editions (both included) of each wording of a number; empty if no edition has it."""
        return [(self._rows[place][_FIRST], self._rows[place][_LAST]) for place in self._by_number.get(number, ())]

    def place(self, number: str, edition: int) -> int | None:
        """Where a number stands in an edition."""
        for place in self._by_number.get(number, ()):
            if self._rows[place][_FIRST] <= edition <= self._rows[place][_LAST]:
                return place
        return None

    def places(self, edition: int) -> list[int]:
        """The places of all rows of an edition, in order."""
        return [place for place, row in enumerate(self._rows) if row[_FIRST] <= edition <= row[_LAST]]

    def key(self, place: int) -> Key:
        """The number and order of the row at a place."""
        return Key(self._rows[place][_NUMBER], self._rows[place][_BEFORE])

    def indent(self, place: int) -> int:
        """The indent of the row at a place."""
        return int(self._rows[place][_INDENT])

    def text(self, place: int) -> str:
        """The text of the row at a place, without decoding the rest."""
        return str(self._values[self._rows[place][_FIELDS]])

    def row(self, place: int) -> Row:
        """The row at a place."""
        found = self._decoded.get(place)
        if found is None:
            row = self._rows[place]
            found = self._decoded[place] = decode_row(row[_INDENT], row[_FIELDS:], self._values)
        return found

    def version(self, place: int) -> Version:
        """The row at a place and the editions that print it."""
        return Version(self._rows[place][_FIRST], self._rows[place][_LAST], self.row(place))

    def parents(self, place: int, edition: int) -> list[int]:
        """The places of the rows above a row in the tree of indents, outermost first."""
        above: list[int] = []
        indent = self.indent(place)
        while indent and place > 0:
            place = self._outside(place, indent)
            if place >= 0 and self._rows[place][_FIRST] <= edition <= self._rows[place][_LAST]:
                indent = self.indent(place)
                above.append(place)
        return above[::-1]

    def _outside(self, place: int, indent: int) -> int:
        """The nearest place before one whose row, of whatever edition, is indented less; -1 if there is none."""
        if not self._outer:
            self._outer = _outer([row[_INDENT] for row in self._rows])
        place -= 1
        while place >= 0 and self._rows[place][_INDENT] >= indent:
            place = self._outer[place]
        return place

    def below(self, prefix: str, edition: int) -> list[str]:
        """The numbers of an edition that begin with ``prefix`` and are longer, in order."""
        longer = (number for number in self.starting_with(prefix) if len(number) > len(prefix))
        return [number for number in longer if self.place(number, edition) is not None]

    def leaves(self, prefix: str, edition: int) -> list[str]:
        """The tariff lines below a number: its 10-digit numbers, and those of 8 (or the tariff's fewest) without any."""
        below = self.below(prefix, edition)
        divided = {number[:length] for number in below for length in range(self._shortest, len(number))}
        return [number for number in below if len(number) >= self._shortest and number not in divided]

    def is_line(self, number: str, edition: int) -> bool:
        """Whether a number is a tariff line of the edition: there, long enough, and with nothing below it."""
        there = len(number) >= self._shortest and self.place(number, edition) is not None
        return there and not self.below(number, edition)


def _outer(indents: list[int]) -> list[int]:
    """For each row the nearest one before it that is indented less; -1 where there is none."""
    found: list[int] = []
    open_rows: list[int] = []
    for place, indent in enumerate(indents):
        while open_rows and indents[open_rows[-1]] >= indent:
            open_rows.pop()
        found.append(open_rows[-1] if open_rows else -1)
        open_rows.append(place)
    return found
