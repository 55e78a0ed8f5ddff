"""What the made-up lines are drawn from: the tariff's own numbers and units, and the numbers on which a fact says something."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tidewaiter.ledger.regime import Regime
from tidewaiter.schedule.line import ScheduleLine
from tidewaiter.schedule.store import Schedule
from tidewaiter.schedule.units import canonical_unit, units

Ints = NDArray[np.int64]
NONE = -1
"""An empty cell: codes, cents and days are never below zero here."""

ORIGINS = ("CN", "MX", "CA", "VN", "DE", "JP", "KR", "IN", "TW", "GB", "BR", "CH")
_LAST_CHAPTER = 97
_WHOLE = ("count", "pair")
_UNLISTED_WHOLE = ("item", "pack", "jewel")
_METALS = {"steel_value": "us-232-steel", "aluminum_value": "us-232-aluminum", "copper_value": "us-232-copper"}
_METALS_SINCE_2026 = "us-232-metals"
_SCOPES = (
    ("us-232-auto-parts", ("auto-part", "not:auto-part", "truck-part")),
    ("us-232-truck-parts", ("truck-part", "not:truck-part")),
    ("us-232-trucks", ("truck",)),
    ("us-232-pharma", ("patented-drug",)),
    ("us-232-wood", ("kitchen-cabinet", "softwood")),
    ("us-annex-ii-described", ("seeds-for-sowing", "etrogs")),
)


@dataclass(frozen=True)
class Said:
    """Numbers and the word that may be said of each: exclusion items, descriptions of an article."""

    products: Ints
    words: list[str]


@dataclass(frozen=True)
class Catalog:
    """All ten-digit numbers with their units; ``units`` holds codes into ``unit_words``, a second unit may be ``NONE``."""

    numbers: list[str]
    units: Ints
    unit_words: list[str]
    whole: NDArray[np.bool_]
    metals: Ints
    contents: dict[str, NDArray[np.bool_]]
    aircraft: Ints
    vehicles: Ints
    exclusions: Said
    scopes: Said

    @classmethod
    def load(cls, known_on: str) -> Catalog:
        """The catalog of the shipped schedule's last edition, and of the product lists of the law."""
        schedule, regime = Schedule.load(), Regime.load(known_on)
        lines = [line for line in schedule.lines(schedule.last_edition) if _ten_digits(line)]
        numbers = [line.number for line in lines]
        codes, words = _units(lines)
        contents = {name: _on(regime, numbers, [listed]) for name, listed in _METALS.items()}
        return cls(
            numbers=numbers,
            units=codes,
            unit_words=words,
            whole=np.array([_is_whole(word) for word in words], dtype=np.bool_),
            metals=np.flatnonzero(_on(regime, numbers, [*_METALS.values(), _METALS_SINCE_2026])),
            contents=contents,
            aircraft=np.flatnonzero(_on(regime, numbers, [n for n in regime.list_names if n.endswith("-aircraft")])),
            vehicles=np.flatnonzero(_on(regime, numbers, ["us-232-autos"])),
            exclusions=_exclusions(regime, numbers),
            scopes=_scopes(regime, numbers),
        )


def _ten_digits(line: ScheduleLine) -> bool:
    return line.number10 is not None and line.chapter <= _LAST_CHAPTER


def _units(lines: list[ScheduleLine]) -> tuple[Ints, list[str]]:
    """The first and second unit of each line; a few lines print their two units in one cell ("No. and kg")."""
    words: dict[str, int] = {}
    codes = np.full((len(lines), 2), NONE, dtype=np.int64)
    for row, line in enumerate(lines):
        printed = [unit for cell in line.units for unit in cell.split(" and ")]
        for place, unit in enumerate(printed[:2]):
            codes[row, place] = words.setdefault(unit, len(words))
    return codes, list(words)


def _is_whole(unit: str) -> bool:
    """Whether quantities in the unit are whole numbers."""
    name = canonical_unit(unit)
    return units()[name].group in _WHOLE or name in _UNLISTED_WHOLE


def _on(regime: Regime, numbers: list[str], lists: Iterable[str]) -> NDArray[np.bool_]:
    """Which numbers a row of one of the lists ever covers."""
    indexes = [regime.list_names[name] for name in lists]
    return np.array([any(index.covering(number) for index in indexes) for number in numbers], dtype=np.bool_)


def _exclusions(regime: Regime, numbers: list[str]) -> Said:
    """Every exclusion item, with a number that it covers."""
    index = regime.list_names["us-301-exclusions"]
    found = [
        (place, entry[-1].claim)
        for place, number in enumerate(numbers)
        for _, entries in index.covering(number)
        for entry in entries
        if entry[-1].claim
    ]
    return _said(found)


def _scopes(regime: Regime, numbers: list[str]) -> Said:
    found = [
        (place, word)
        for listed, words in _SCOPES
        for place in np.flatnonzero(_on(regime, numbers, [listed])).tolist()
        for word in words
    ]
    return _said(found)


def _said(pairs: list[tuple[int, str]]) -> Said:
    return Said(np.array([place for place, _ in pairs], dtype=np.int64), [word for _, word in pairs])
