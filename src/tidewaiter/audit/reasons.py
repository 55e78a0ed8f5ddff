"""Why differences stand: each reason is written for headings and editions, and must be needed exactly as written.

``differences.yaml`` explains headings: ``kind``, ``headings`` (one, a range ``A..B``, or a list of these), ``editions``
(``A``, ``A..B``, ``A..`` for A and all later, ``all``), ``reason``, and, where only these values are meant, ``printed``
and ``ledger``. ``footnote_differences.yaml`` explains tariff lines:
``number``, ``footnote``, ``ledger``, ``editions``, ``reason``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tidewaiter.audit.difference import KINDS, Difference
from tidewaiter.audit.scope import AUDIT_DIR
from tidewaiter.ledger.located import Fields, Located, read_yaml
from tidewaiter.schedule.editions import read_table

HEADINGS_FILE = AUDIT_DIR / "differences.yaml"
FOOTNOTES_FILE = AUDIT_DIR / "footnote_differences.yaml"
_DOTS = ".."
_EVER = 10**6


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason and the differences it explains.

    ``kind``, ``printed`` and ``ledger`` are empty where any will do; ``ranges`` are first and last heading or number, and
    ``first`` and ``last`` places in the table of editions, all included. ``where`` is file and line.
    """

    kind: str
    ranges: tuple[tuple[str, str], ...]
    first: int
    last: int
    text: str
    where: str
    printed: str = ""
    ledger: str = ""

    def explains(self, one: Difference) -> bool:
        """Whether it is a reason for that difference."""
        return (
            self.first <= one.place <= self.last
            and self.kind in ("", one.kind)
            and self.printed in ("", one.printed)
            and self.ledger in ("", one.ledger)
            and any(first <= one.what <= last for first, last in self.ranges)
        )


class Reasons:
    """All reasons, and which of them a difference has."""

    def __init__(self, listed: Iterable[Reason]) -> None:
        self.listed = tuple(listed)
        self._by_kind: dict[str, list[Reason]] = {}
        for reason in self.listed:
            # Reasons without a kind are for one tariff line each.
            self._by_kind.setdefault(reason.kind or reason.ranges[0][0], []).append(reason)

    @classmethod
    def load(cls, headings: Path = HEADINGS_FILE, footnotes: Path = FOOTNOTES_FILE) -> Reasons:
        """The shipped reasons. Raises ``LawError``."""
        return cls([*_read(headings, _for_headings), *_read(footnotes, _for_line)])

    def of(self, one: Difference) -> list[Reason]:
        """The reasons for a difference: one, if the files are as they should be."""
        candidates = (*self._by_kind.get(one.kind, ()), *self._by_kind.get(one.what, ()))
        return [reason for reason in candidates if reason.explains(one)]

    def explain(self, found: Iterable[Difference]) -> Iterator[Difference]:
        """The differences with their reasons."""
        for one in found:
            reasons = self.of(one)
            yield replace(one, reason=reasons[0].text) if reasons else one

    def idle(self, found: Sequence[Difference], last_place: int) -> Iterator[str]:
        """What is written wider than what was found, in words: no end of a range and no edition may be for nothing."""
        explained: dict[Reason, list[Difference]] = {reason: [] for reason in self.listed}
        for one in found:
            for reason in self.of(one):
                explained[reason].append(one)
        for reason, ones in explained.items():
            ends = sorted({end for ends in reason.ranges for end in ends} - {one.what for one in ones})
            editions = set(range(reason.first, min(reason.last, last_place) + 1))
            unused = sorted(editions - {one.place for one in ones})
            if ends or unused:
                yield f"{reason.where}: explains nothing in {ends or 'some editions'}, editions {unused}"


_Reader = Callable[[Fields, Reason], Reason]


def _read(path: Path, read: _Reader) -> Iterator[Reason]:
    places = {entry.name: place for place, entry in enumerate(read_table())}
    for item in read_yaml(path, f"audit/{path.name}").items():
        fields = Fields(item)
        first, last = _span(fields.need("editions"), places)
        text = fields.need("reason").text()
        reason = read(fields, Reason("", (), first, last, text, f"{item.file}:{item.line}"))
        fields.done()
        yield reason


def _for_headings(fields: Fields, reason: Reason) -> Reason:
    kind = fields.need("kind")
    if kind.text() not in KINDS:
        raise kind.fail(f"no kind {kind.text()!r}", f"one of {', '.join(KINDS)}")
    ranges = tuple(_range(item.text()) for item in fields.need("headings").items())
    return replace(
        reason, kind=kind.text(), ranges=ranges, printed=fields.text("printed"), ledger=fields.text("ledger")
    )


def _for_line(fields: Fields, reason: Reason) -> Reason:
    number, printed, ledger = (fields.need(name).text() for name in ("number", "footnote", "ledger"))
    return replace(reason, ranges=(_range(number),), printed=printed, ledger=ledger)


def _range(text: str) -> tuple[str, str]:
    first, _, last = text.partition(_DOTS)
    return first, last or first


def _span(written: Located, places: dict[str, int]) -> tuple[int, int]:
    text = written.text()
    if text == "all":
        return 0, _EVER
    first, dots, last = text.partition(_DOTS)
    for name in (first, last):
        if name and name not in places:
            raise written.fail(f"no edition {name!r}", "the editions are in schedule/editions.csv")
    if not dots:
        return places[first], places[first]
    return places[first], places[last] if last else _EVER
