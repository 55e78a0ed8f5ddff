"""Rates for the peer, told by our own engine: ``python -m benchmarks.openfisca_rates FOLDER``.

For a sample of products and origins whose duty is a percentage of the value on every day, the single-line engine is asked once
on each day on which any law changes. What it answers is written as dated rates by program and class (pairs with one history share
a class), with lines of those pairs to price, and the duty that these rates give in whole cents:

- ``rates.csv``: program, class, from, rate, all_in (a rate that the base duty counts towards)
- ``pairs.csv``: hts, origin, and the class in each program
- ``lines.parquet``: line_id, hts, origin, value, entered_at
- ``exact.parquet``: line_id, total_duty
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.catalog import ORIGINS, Catalog, Ints
from benchmarks.data import COLUMNS, FIRST, KNOWN_ON, LAST, MONEY, Block, draw_days, draw_values, table_of
from tidewaiter.assess.assessment import Assessment
from tidewaiter.assess.countries import origin_code
from tidewaiter.assess.engine import Engine
from tidewaiter.assess.errors import LineError
from tidewaiter.assess.line import read_line
from tidewaiter.ledger.instants import local_day
from tidewaiter.ledger.regime import Regime
from tidewaiter.schedule.store import Schedule

BASE = "base"
MILLION = 1_000_000
_ZONE = "America/New_York"
_SAMPLE_VALUE = Decimal(10_000)
_EPOCH = date(1970, 1, 1).toordinal()
LINE_COLUMNS = ("line_id", "hts", "origin", "value", "entered_at")

Rate = tuple[int, int]
"""Parts per million of the value: to be added, and in all with the base duty (one of the two is 0)."""
NOTHING: Rate = (0, 0)
History = tuple[Rate, ...]


class NotAdValoremError(Exception):
    """The duty on a pair is more than percentages of the value on some day."""


@dataclass
class Programs:
    """The different rate histories of each program: the place of one in its list is its class. Class 0 is no duty."""

    days: list[date]
    classes: dict[str, dict[History, int]] = field(default_factory=dict)
    pairs: list[tuple[str, str]] = field(default_factory=list)
    member: dict[str, list[int]] = field(default_factory=dict)

    def add(self, pair: tuple[str, str], told: dict[str, History]) -> None:
        """A pair and its rate histories by program."""
        for program in told:
            if program not in self.classes:
                self.classes[program] = {(NOTHING,) * len(self.days): 0}
                self.member[program] = [0] * len(self.pairs)
        self.pairs.append(pair)
        for program, several in self.classes.items():
            history = told.get(program)
            self.member[program].append(0 if history is None else several.setdefault(history, len(several)))

    @property
    def names(self) -> list[str]:
        """The programs, the base duty first."""
        return sorted(self.classes, key=lambda name: (name != BASE, name))

    def rates(self, program: str) -> Ints:
        """The rates of a program by class and day: parts per million to be added, and in all."""
        return np.array(list(self.classes[program]), dtype=np.int64)


def change_days(engine: Engine) -> list[date]:
    """The first day, and every later one on which a law or the edition of the tariff changes."""
    instants = [*engine.regime.cuts, *(edition.starts for edition in engine.schedule.editions)]
    days = {local_day(instant, _ZONE) for instant in instants}
    return [FIRST, *sorted(day for day in days if FIRST < day <= LAST)]


def assess(engine: Engine, hts: str, origin: str, value: Decimal, day: date) -> Assessment:
    """The single-line answer for a line that states no fact. Raises ``LineError``."""
    given = {"hts": hts, "origin": origin, "value": value, "entered_at": day}
    return engine.assess(read_line(given, engine.regime.ledger.zones, origin_code))


def rates_of(answer: Assessment) -> dict[str, Rate]:
    """The rate of each program that charges. Raises ``NotAdValoremError``."""
    if answer.base.kind not in ("free", "ad_valorem") or answer.base.basis_value != answer.value:
        raise NotAdValoremError
    found = {BASE: (_millionths(answer.base.rate or Decimal(0)), 0)}
    for layer in answer.layers:
        if layer.status != "applied":
            continue
        if layer.program in found or layer.basis_value != answer.value:
            raise NotAdValoremError
        if layer.rate_kind == "cap" and layer.cap is not None:
            found[layer.program] = (0, _millionths(layer.cap))
        elif layer.rate_kind == "ad_valorem" and layer.rate is not None:
            found[layer.program] = (_millionths(layer.rate), 0)
        else:
            raise NotAdValoremError
    return found


def _millionths(rate: Decimal) -> int:
    parts = rate * MILLION
    if parts != int(parts):
        raise NotAdValoremError
    return int(parts)


def history_of(engine: Engine, hts: str, origin: str, days: list[date]) -> dict[str, History]:
    """The rates of each program on each day. Raises ``LineError`` and ``NotAdValoremError``."""
    each = [rates_of(assess(engine, hts, origin, _SAMPLE_VALUE, day)) for day in days]
    names = {name for rates in each for name in rates}
    return {name: tuple(rates.get(name, NOTHING) for rates in each) for name in names}


def sample(engine: Engine, pairs: int, seed: int, told: Callable[[int], None] = lambda done: None) -> Programs:
    """Rate histories of that many pairs, drawn from all numbers and twelve origins; pairs that cannot be are passed over."""
    catalog, dice = Catalog.load(KNOWN_ON), np.random.default_rng(seed)
    found = Programs(change_days(engine))
    for place in dice.permutation(len(catalog.numbers) * len(ORIGINS)).tolist():
        number, origin = catalog.numbers[place // len(ORIGINS)], ORIGINS[place % len(ORIGINS)]
        try:
            found.add((number, origin), history_of(engine, number, origin, found.days))
        except (LineError, NotAdValoremError):
            continue
        told(len(found.pairs))
        if len(found.pairs) == pairs:
            break
    return found


def lines_of(programs: Programs, lines: int, days: int, seed: int) -> tuple[Block, Ints]:
    """Lines of the sampled pairs, on that many different days (0: any), and the pair of each."""
    dice = np.random.default_rng([seed, lines])
    pair = dice.integers(0, len(programs.pairs), lines)
    entered = draw_days(dice, lines)
    if days:
        some = np.unique(draw_days(dice, 20 * days))
        entered = dice.choice(dice.permutation(some)[:days], lines)
    hts = sorted({number for number, _ in programs.pairs})
    hts_code, origin_codes = {one: place for place, one in enumerate(hts)}, {one: n for n, one in enumerate(ORIGINS)}
    codes = np.array([(hts_code[number], origin_codes[origin]) for number, origin in programs.pairs])
    cells = {"line_id": np.arange(1, lines + 1), "value": draw_values(dice, lines), "entered_at": entered}
    cells |= {"hts": codes[pair, 0], "origin": codes[pair, 1]}
    return Block(cells, {"hts": hts, "origin": list(ORIGINS)}), pair


def exact_duties(programs: Programs, pair: Ints, entered: Ints, cents: Ints) -> Ints:
    """The duty in whole cents under the rates told: each program's rounded half-up, then summed."""
    starts = np.array([day.toordinal() - _EPOCH for day in programs.days])
    day = np.searchsorted(starts, entered, side="right") - 1
    base = np.zeros(len(cents), dtype=np.int64)
    total = np.zeros(len(cents), dtype=np.int64)
    for program in programs.names:
        added, in_all = programs.rates(program)[np.array(programs.member[program])[pair], day].T
        base = added if program == BASE else base
        rate = np.where(in_all > 0, np.maximum(0, in_all - base), added)
        total += (cents * rate + MILLION // 2) // MILLION
    return total


def write(programs: Programs, folder: Path, lines: int, days: int, seed: int) -> tuple[Block, Ints]:
    """Write the four files. Gives the lines and their duties."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_csv(folder / "rates.csv", ["program", "class", "from", "rate", "all_in"], _dated_rates(programs))
    members = [programs.member[name] for name in programs.names]
    rows = ([*pair, *classes] for pair, *classes in zip(programs.pairs, *members, strict=True))
    _write_csv(folder / "pairs.csv", ["hts", "origin", *programs.names], rows)
    block, pair = lines_of(programs, lines, days, seed)
    duties = exact_duties(programs, pair, block.cells["entered_at"], block.cells["value"])
    schema = pa.schema([(name, COLUMNS[name]) for name in LINE_COLUMNS])
    pq.write_table(table_of(block, schema), folder / "lines.parquet", store_decimal_as_integer=True)
    exact = Block({"line_id": block.cells["line_id"], "total_duty": duties})
    schema = pa.schema([("line_id", pa.int64()), ("total_duty", MONEY)])
    pq.write_table(table_of(exact, schema), folder / "exact.parquet", store_decimal_as_integer=True)
    return block, duties


def _dated_rates(programs: Programs) -> Iterator[list[str]]:
    for name in programs.names:
        for history, number in programs.classes[name].items():
            before: Rate | None = None
            for day, rate in zip(programs.days, history, strict=True):
                if rate != before:
                    said = [f"{Decimal(part) / MILLION:f}" for part in rate]
                    yield [name, str(number), day.isoformat(), *said]
                before = rate


def _write_csv(path: Path, head: list[str], rows: Iterator[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)


def unlike_the_engine(engine: Engine, block: Block, duties: Ints, many: int, seed: int) -> list[str]:
    """Of some lines asked again one by one: those for which the engine says another duty than the rates told."""
    found = []
    for row in np.random.default_rng(seed).integers(0, block.count, many).tolist():
        cells = {name: int(block.cells[name][row]) for name in LINE_COLUMNS}
        hts, origin = block.words["hts"][cells["hts"]], block.words["origin"][cells["origin"]]
        day, value = date.fromordinal(_EPOCH + cells["entered_at"]), Decimal(cells["value"]) / 100
        said, told = assess(engine, hts, origin, value, day).total_duty, Decimal(int(duties[row])) / 100
        if said != told:
            found.append(f"{hts} {origin} {day} {value}: {said}, by the rates {told}")
    return found


def main() -> None:
    """Write rates and lines, and ask the engine again about some of the lines."""
    from rich.progress import Progress

    parser = argparse.ArgumentParser(prog="python -m benchmarks.openfisca_rates", description="Rates and lines.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pairs", type=int, default=2_000)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--days", type=int, default=0, help="how many different days of entry (default: any)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--check", type=int, default=2_000, help="lines to ask the engine again")
    asked = parser.parse_args()
    engine = Engine(Regime.load(KNOWN_ON), Schedule.load())
    with Progress() as progress:
        task = progress.add_task("pairs", total=asked.pairs)
        programs = sample(engine, asked.pairs, asked.seed, lambda done: progress.update(task, completed=done))
    block, duties = write(programs, asked.folder, asked.lines, asked.days, asked.seed)
    classes = sum(len(several) for several in programs.classes.values())
    print(f"{len(programs.pairs)} pairs, {len(programs.names)} programs, {classes} classes, {len(programs.days)} days")
    unlike = unlike_the_engine(engine, block, duties, asked.check, asked.seed)
    print(f"{asked.check} lines asked again: {len(unlike)} unlike", *unlike[:10], sep="\n")


if __name__ == "__main__":
    main()
