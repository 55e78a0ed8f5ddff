"""The answer as one row for each layer: base duty, every heading reported, and fees, in the order of the entry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import polars as pl
import pyarrow as pa

from tidewaiter.bulk.arrays import Exact, Ints
from tidewaiter.bulk.arrow import bits, decimals
from tidewaiter.bulk.basis import BASIS_NAMES
from tidewaiter.bulk.output import ERROR_CODES, MONEY, RATE, REFUSED, refusals
from tidewaiter.bulk.pricing import NO_RATE_SAID, Layers, Pricing, rates_of
from tidewaiter.bulk.several import Answer

LINE = "line"
KEPT = ("line_id", "entry_id")
BASE, FEE = "base", "fee"
_TEXTS = ("program", "heading", "kind", "basis")
_NUMBERS: dict[str, pl.DataType] = {"rate": RATE, "basis_value": MONEY, "amount": MONEY, "owed": MONEY}
LAYER_COLUMNS: dict[str, pl.DataType] = {
    "program": pl.String(),
    "heading": pl.String(),
    "kind": pl.String(),
    "rate": RATE,
    "basis": pl.String(),
    "basis_value": MONEY,
    "amount": MONEY,
    "owed": MONEY,
    REFUSED: ERROR_CODES,
}
_NOTHING = NO_RATE_SAID
"""A number that is not given."""


def long_schema(own: pl.Schema) -> dict[str, pl.DataType]:
    """The columns of the rows: the line's number in the file (from 1) and its own names, then the layer."""
    return {LINE: pl.Int64(), **{name: own[name] for name in KEPT if name in own}, **LAYER_COLUMNS}


def long(frame: pl.DataFrame, answer: Answer, before: int) -> pl.DataFrame:
    """The layers of the lines of a frame; ``before`` lines stand before it in the file."""
    found: list[pl.DataFrame] = []
    for rows, pricing in answer.pricings:
        if rows is None:
            return _long(frame, pricing, before)
        places = pl.Series(rows + before + 1)
        own = _long(frame[rows], pricing, 0)
        found.append(own.with_columns(places.gather(own[LINE] - 1).alias(LINE)))
    return pl.concat(found).sort(LINE, maintain_order=True)


def _long(frame: pl.DataFrame, pricing: Pricing, before: int) -> pl.DataFrame:
    texts = _Texts()
    parts = [one for one in _parts(pricing, texts) if len(one.line)]
    line = _joined([one.line for one in parts])
    order = np.lexsort((_joined([one.order for one in parts]), line))
    line = line[order]
    told: dict[str, pl.Series] = {LINE: pl.Series(line + before + 1)}
    told |= {name: frame[name].gather(line) for name in KEPT if name in frame.columns}
    for name in LAYER_COLUMNS:
        numbers = _joined([getattr(one, name) for one in parts])[order]
        told[name] = texts.series(numbers) if name in _TEXTS else _numbers(name, numbers)
    return pl.DataFrame(told)


@dataclass(slots=True)
class _Part:
    """Some rows of the answer: texts by their numbers, money in cents, rates in parts per million."""

    line: Ints
    order: Ints
    program: Ints
    heading: Ints
    kind: Ints
    basis: Ints
    rate: Ints
    basis_value: Ints
    amount: Ints
    owed: Ints
    error: Ints


@dataclass(slots=True)
class _Texts:
    """The different texts of an answer, by number; number 0 is none."""

    words: list[str | None] = field(default_factory=lambda: [None])
    _numbers: dict[str, int] = field(default_factory=dict)

    def number(self, word: str) -> int:
        found = self._numbers.get(word)
        if found is None:
            found = self._numbers[word] = len(self.words)
            self.words.append(word)
        return found

    def series(self, numbers: Ints) -> pl.Series:
        return pl.Series(self.words, dtype=pl.String).gather(numbers)

    def part(self, line: Ints, order: int, program: str, kind: str) -> _Part:
        """Rows of one program and kind, the rest to be filled in."""
        count = len(line)

        def filled(number: int) -> Ints:
            return np.full(count, number, dtype=np.int64)

        zero = filled(0)
        return _Part(
            line, filled(order), filled(self.number(program)), zero, filled(self.number(kind)), filled(0), filled(_NOTHING),
            filled(_NOTHING), zero, zero, zero,
        )  # fmt: skip


def _parts(pricing: Pricing, texts: _Texts) -> Iterator[_Part]:
    priced = pricing.priced
    refused, answered = np.flatnonzero(priced.error != 0), np.flatnonzero(priced.error == 0)
    missing = texts.part(refused, 0, "", "")
    missing.program = missing.kind = np.zeros(len(refused), dtype=np.int64)
    missing.error = priced.error[refused]
    missing.amount = missing.owed = np.full(len(refused), _NOTHING, dtype=np.int64)
    yield missing
    yield _base(answered, pricing, texts)
    places = {program: place for place, program in enumerate(pricing.kernel.programs)}
    for layer in priced.layers:
        yield _layer(layer, pricing, texts, 2 + 1000 * places[layer.answers.program.id])
    for place, (code, cents) in enumerate(priced.fees.items()):
        charged = answered[cents[answered] != 0]
        fee = texts.part(charged, 10**6 + place, FEE, FEE)
        fee.heading = np.full(len(charged), texts.number(code), dtype=np.int64)
        fee.amount = fee.owed = cents[charged]
        yield fee


def _base(answered: Ints, pricing: Pricing, texts: _Texts) -> _Part:
    """The base duty of each line, with its rate where that is a share of the value, and what it sees of the value."""
    found = texts.part(answered, 1, BASE, BASE)
    products, inverse = np.unique(pricing.standing.row[answered], return_inverse=True)
    numbers = [texts.number(pricing.kernel.products.rows[int(one)].number) for one in products]
    found.heading = np.array(numbers, dtype=np.int64)[inverse]
    found.amount = found.owed = pricing.priced.base[answered]
    names = np.array([texts.number(name) for name in BASIS_NAMES], dtype=np.int64)
    # Pricing keeps no more of the base duty than its cents: that is all that a column for each program needs.
    for rows, exactly in pricing.by_size(answered):
        here = np.searchsorted(answered, rows)
        setting = pricing.setting(rows, exactly).setting
        rates = setting.applied.millionths
        found.rate[here] = np.where(rates >= 0, rates, _NOTHING)
        found.basis[here] = names[setting.basis(BASE).name]
        found.basis_value[here] = _in_cents(setting.applied.basis, setting.facts.places)
    return found


def _layer(layer: Layers, pricing: Pricing, texts: _Texts, order: int) -> _Part:
    answers = layer.answers
    kept = np.flatnonzero(pricing.priced.error[layer.rows] == 0)
    row = answers.row
    found = texts.part(layer.rows[kept], order + (row.place if row else -1), answers.program.id, answers.kind)
    heading = np.full(len(answers.rows), texts.number(answers.code), dtype=np.int64)
    if answers.zero is not None and row is not None:
        heading[answers.zero] = texts.number(row.zero or row.code)
    found.heading = heading[kept]
    charges = answers.kind != "relief"
    found.rate = rates_of(answers)[kept] if charges else np.zeros(len(kept), dtype=np.int64)
    if answers.basis_name is not None:
        names = np.array([texts.number(name) for name in BASIS_NAMES], dtype=np.int64)
        found.basis = names[answers.basis_name[kept]]
    elif row is not None:
        found.basis = np.full(len(kept), texts.number(row.portion.fact), dtype=np.int64)
    found.basis_value = _in_cents(answers.basis[kept], layer.places)
    found.amount, found.owed = answers.amount[kept].astype(np.int64), layer.owed[kept]
    return found


def _in_cents(dollars: Exact, places: int) -> Ints:
    """Whole multiples of ``10**-places`` dollars as cents, rounded half-up."""
    step = 10 ** (places - 2)
    cents: Ints = ((dollars + step // 2) // step).astype(np.int64)
    return cents


def _joined(parts: list[Ints]) -> Ints:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)


def _numbers(name: str, numbers: Ints) -> pl.Series:
    if name == REFUSED:
        return refusals(numbers).series()
    kind = _NUMBERS[name]
    assert isinstance(kind, pl.Decimal)
    found = pl.from_arrow(decimals(pa.decimal64(kind.precision or 18, kind.scale), numbers, bits(numbers != _NOTHING)))
    assert isinstance(found, pl.Series)
    return found
