"""Weights: what was imported of each tariff number from each partner, in dollars; shipped ones, or a file of the user's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl

from tidewaiter.assess.countries import origin_code
from tidewaiter.assess.errors import FileError, LineError
from tidewaiter.bulk.arrays import Ints
from tidewaiter.bulk.panel_equivalents import UnitValue, UnitValues
from tidewaiter.bulk.small_table import read_table
from tidewaiter.ledger.model import Jurisdiction
from tidewaiter.schedule.errors import MalformedNumberError
from tidewaiter.schedule.expressions import UnknownUnitError, canonical_unit
from tidewaiter.schedule.numbers import digits

_DATA = Path(__file__).parent.parent / "data"
NONE = "none"
_TEN = 10
_MOST = 2**62


@dataclass(frozen=True, slots=True)
class Weights:
    """Dollars by number (place in ``numbers``, digits) and partner (place in ``partners``: ISO codes or groups of the law).

    ``unit_values`` are those that the file tells, by partner; a duty by quantity without one is left out of averages.
    """

    numbers: tuple[str, ...]
    partners: tuple[str, ...]
    number: Ints
    partner: Ints
    value: Ints
    unit_values: Mapping[str, UnitValues]


def default_weights(place: Jurisdiction) -> Weights:
    """The imports of an importing country that its data name. Raises ``LineError`` where none are at hand."""
    if not place.imports:
        raise LineError("no_weight", f"no imports into {place.code} are at hand", "give a file of your own, or none")
    return _shipped(place.imports)


@cache
def _shipped(file: str) -> Weights:
    return _weights(pl.read_parquet(_DATA / file), {})


def read_weights(path: Path, groups: frozenset[str]) -> Weights:
    """A CSV or Parquet file with the columns ``hts``, ``partner`` (or ``origin``), ``value``, and perhaps ``quantity``, ``unit``.

    A partner is a country as people write it, or one of the law's ``groups`` (EU). Raises ``FileError``.
    """
    frame = read_table(path)
    if "partner" not in frame.columns and "origin" in frame.columns:
        frame = frame.rename({"origin": "partner"})
    missing = [name for name in ("hts", "partner", "value") if name not in frame.columns]
    if missing:
        raise FileError(
            "malformed_file", f"{path}: no column {', '.join(missing)}", "hts, partner, value; quantity, unit"
        )
    return _checked(path, frame, groups)


def _checked(path: Path, frame: pl.DataFrame, groups: frozenset[str]) -> Weights:
    rows: list[tuple[str, str, int]] = []
    units: dict[str, dict[str, tuple[Decimal, Decimal, str]]] = {}
    partners: dict[str, str] = {}
    for place, row in enumerate(frame.iter_rows(named=True), start=2):
        try:
            number, partner = digits(str(row["hts"])), _partner(str(row["partner"]), groups, partners)
            value = Decimal(str(row["value"]).replace(",", ""))
            _count(units.setdefault(partner, {}), number, value, row)
        except (LineError, MalformedNumberError, UnknownUnitError) as error:
            raise FileError("malformed_row", f"{path}, row {place}: {error}") from error
        except InvalidOperation as error:
            raise FileError("malformed_row", f"{path}, row {place}: {row['value']!r} is no number") from error
        if not value.is_finite() or value < 0:
            raise FileError("malformed_row", f"{path}, row {place}: {row['value']} is no weight")
        rows.append((number, partner, int(value.to_integral_value(ROUND_HALF_UP))))
    if sum(value for *_, value in rows) >= _MOST:
        raise FileError("malformed_file", f"{path}: the weights together are too large", "give them in dollars")
    table = pl.DataFrame(rows, schema={"hts": pl.String, "partner": pl.String, "value": pl.Int64}, orient="row")
    return _weights(table.group_by("hts", "partner", maintain_order=True).sum(), _unit_values(units))


def _partner(typed: str, groups: frozenset[str], known: dict[str, str]) -> str:
    found = known.get(typed)
    if found is None:
        name = typed.strip().upper()
        found = known[typed] = name if name in groups else origin_code(typed)
    return found


def _count(
    units: dict[str, tuple[Decimal, Decimal, str]], number: str, value: Decimal, row: Mapping[str, object]
) -> None:
    """Add a quantity to those of the same number and partner. Rows in another unit than the first one's are left out."""
    if row.get("quantity") in (None, ""):
        return
    unit = canonical_unit(str(row["unit"])) if row.get("unit") else ""
    worth, quantity, known = units.get(number, (Decimal(0), Decimal(0), unit))
    if known == unit:
        units[number] = (worth + value, quantity + Decimal(str(row["quantity"])), unit)


def _unit_values(units: Mapping[str, Mapping[str, tuple[Decimal, Decimal, str]]]) -> dict[str, UnitValues]:
    return {
        partner: UnitValues(
            {one: UnitValue(value / count, unit) for one, (value, count, unit) in by.items() if value and count}
        )
        for partner, by in units.items()
        if by
    }


def _weights(table: pl.DataFrame, unit_values: Mapping[str, UnitValues]) -> Weights:
    numbers, number = _coded(table["hts"].to_list())
    partners, partner = _coded(table["partner"].to_list())
    value = table["value"].to_numpy().astype(np.int64)
    return Weights(numbers, partners, number, partner, value, unit_values)


def _coded(words: Sequence[str]) -> tuple[tuple[str, ...], Ints]:
    different = sorted(set(words))
    place = {word: number for number, word in enumerate(different)}
    return tuple(different), np.fromiter((place[word] for word in words), dtype=np.int64, count=len(words))
