"""Facts on one line in twenty: contents, claims, descriptions, preferences, chapter 98, zones and the rest.

A fact is put where the law asks for it: the line's number, and where needed its origin, day and transport, are chosen anew.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.catalog import NONE, ORIGINS, Catalog, Ints, Said

if TYPE_CHECKING:
    from benchmarks.data import Block

SHARE_WITH_FACTS = 0.05
FACT_COLUMNS = (
    "loaded_at", "spi", "claims", "scope", "steel_value", "aluminum_value", "copper_value", "metal_weight_share",
    "us_content_value", "ch98", "ch98_value", "ftz_status", "admitted_at", "shipped_from", "entry_type",
)  # fmt: skip
"""Columns that are empty on a line without facts."""

State = Callable[["Block", Catalog, np.random.Generator, Ints], None]
_DAYS_AT_SEA, _DAYS_IN_ZONE = 50, 300
_SMALL_CENTS = 80_000
_WINDOWS = (("2025-04-05", "2025-06-15"), ("2025-08-07", "2025-10-04"), ("2026-02-24", "2026-02-27"))
"""When goods loaded before a measure began could still be entered without it (9903.01.28, 9903.02.xx, 9903.03.02)."""
_PREFERENCES = (("MX", "S"), ("CA", "S"), ("KR", "KR"), ("JP", "JP"))
_CHAPTER_98 = ("9802.00.80", "9802.00.50")
_ENTRY_TYPES = ("01", "11")
_ZONE_ENTRY = "06"


def state_facts(block: Block, catalog: Catalog, dice: np.random.Generator) -> None:
    """Choose the lines that state facts, and let each state facts of one kind."""
    rows = np.flatnonzero(dice.random(block.count) < SHARE_WITH_FACTS)
    kinds = dice.integers(0, len(KINDS), len(rows))
    for kind, state in enumerate(KINDS):
        state(block, catalog, dice, rows[kinds == kind])


def _choose(block: Block, dice: np.random.Generator, rows: Ints, products: Ints) -> None:
    block.column("hts")[rows] = dice.choice(products, len(rows))


def _set(block: Block, name: str, rows: Ints, word: str) -> None:
    block.say(name, rows, np.zeros(len(rows), dtype=np.int64), [word])


def _draw(block: Block, dice: np.random.Generator, name: str, rows: Ints, words: tuple[str, ...]) -> None:
    block.say(name, rows, dice.integers(0, len(words), len(rows)), list(words))


def _part_of_value(block: Block, dice: np.random.Generator, name: str, rows: Ints, most: int) -> None:
    """A money fact of up to ``most`` percent of the line's value."""
    percent = dice.integers(0, most + 1, len(rows))
    block.column(name)[rows] = block.cells["value"][rows] * percent // 100


def _contents(block: Block, catalog: Catalog, dice: np.random.Generator, rows: Ints) -> None:
    """The content of each metal for which the number is listed: together never more than the value."""
    _choose(block, dice, rows, catalog.metals)
    for name, listed in catalog.contents.items():
        _part_of_value(block, dice, name, rows[listed[block.cells["hts"][rows]]], 33)
    stated = np.any([block.column(name)[rows] != NONE for name in catalog.contents], axis=0)
    _part_of_value(block, dice, "steel_value", rows[~stated], 33)


def _weight_share(block: Block, catalog: Catalog, dice: np.random.Generator, rows: Ints) -> None:
    _choose(block, dice, rows, catalog.metals)
    block.column("metal_weight_share")[rows] = dice.integers(0, 5001, len(rows))


def _aircraft(block: Block, catalog: Catalog, dice: np.random.Generator, rows: Ints) -> None:
    _choose(block, dice, rows, catalog.aircraft)
    _set(block, "claims", rows, "civil-aircraft")


def _say_of(block: Block, dice: np.random.Generator, name: str, rows: Ints, said: Said) -> None:
    """A number and the word that may be said of it."""
    drawn = dice.integers(0, len(said.words), len(rows))
    block.column("hts")[rows] = said.products[drawn]
    block.say(name, rows, drawn, said.words)


def _exclusion(block: Block, catalog: Catalog, dice: np.random.Generator, rows: Ints) -> None:
    _say_of(block, dice, "claims", rows, catalog.exclusions)
    _set(block, "origin", rows, "CN")


def _description(block: Block, catalog: Catalog, dice: np.random.Generator, rows: Ints) -> None:
    _say_of(block, dice, "scope", rows, catalog.scopes)


def _in_transit(block: Block, catalog: Catalog, dice: np.random.Generator, rows: Ints) -> None:
    """On a vessel when a measure began."""
    windows = np.array([[date.fromisoformat(day).toordinal() for day in window] for window in _WINDOWS])
    first, last = (windows - date(1970, 1, 1).toordinal())[dice.integers(0, len(windows), len(rows))].T
    block.column("entered_at")[rows] = dice.integers(first, last + 1)
    block.column("loaded_at")[rows] = block.cells["entered_at"][rows] - dice.integers(1, _DAYS_AT_SEA, len(rows))
    _set(block, "transport", rows, "vessel")


def _small(block: Block, catalog: Catalog, dice: np.random.Generator, rows: Ints) -> None:
    """Of up to 800 dollars, claimed free under section 321 (in an entry of more the claim relieves nothing)."""
    block.column("value")[rows] = dice.integers(100, _SMALL_CENTS + 1, len(rows))
    _set(block, "claims", rows, "de-minimis")


def _quota(block: Block, catalog: Catalog, dice: np.random.Generator, rows: Ints) -> None:
    _choose(block, dice, rows, catalog.vehicles)
    _set(block, "origin", rows, "GB")
    _set(block, "claims", rows, "uk-auto-quota")


def _preference(block: Block, catalog: Catalog, dice: np.random.Generator, rows: Ints) -> None:
    drawn = dice.integers(0, len(_PREFERENCES), len(rows))
    block.say("origin", rows, drawn, [origin for origin, _ in _PREFERENCES])
    block.say("spi", rows, drawn, [program for _, program in _PREFERENCES])


def _chapter_98(block: Block, catalog: Catalog, dice: np.random.Generator, rows: Ints) -> None:
    _draw(block, dice, "ch98", rows, _CHAPTER_98)
    _part_of_value(block, dice, "ch98_value", rows, 90)


def _zone(block: Block, catalog: Catalog, dice: np.random.Generator, rows: Ints) -> None:
    """Privileged foreign status: the law of the day of admission."""
    block.column("admitted_at")[rows] = block.cells["entered_at"][rows] - dice.integers(0, _DAYS_IN_ZONE, len(rows))
    _set(block, "ftz_status", rows, "PF")
    _set(block, "entry_type", rows, _ZONE_ENTRY)


def _us_content(block: Block, catalog: Catalog, dice: np.random.Generator, rows: Ints) -> None:
    _part_of_value(block, dice, "us_content_value", rows, 60)


def _shipped_from(block: Block, catalog: Catalog, dice: np.random.Generator, rows: Ints) -> None:
    _draw(block, dice, "shipped_from", rows, ORIGINS)


def _entry_type(block: Block, catalog: Catalog, dice: np.random.Generator, rows: Ints) -> None:
    _draw(block, dice, "entry_type", rows, _ENTRY_TYPES)


KINDS: tuple[State, ...] = (
    _contents,
    _weight_share,
    _aircraft,
    _exclusion,
    _description,
    _in_transit,
    _small,
    _quota,
    _preference,
    _chapter_98,
    _zone,
    _us_content,
    _shipped_from,
    _entry_type,
)
