"""Several lines: answered one by one, fees put on entry by entry, errors beside answers, in the order of the input."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby
from typing import Any

from tidewaiter.assess.amounts import to_cent
from tidewaiter.assess.assessment import Assessment, Caution, say_money
from tidewaiter.assess.countries import origin_code
from tidewaiter.assess.coverage import NotCoveredError
from tidewaiter.assess.engine import Engine
from tidewaiter.assess.errors import LineError
from tidewaiter.assess.fees import charge_fees
from tidewaiter.assess.line import Line, read_line
from tidewaiter.assess.records import Record


@dataclass(slots=True)
class Result:
    """One line's answer: an assessment, or the error that refuses it."""

    record: Record
    line: Line | None = None
    assessment: Assessment | None = None
    error: LineError | None = None

    def as_json(self) -> dict[str, Any]:
        """The JSON object of the contract, with columns the contract does not know under ``extra``."""
        if self.assessment is not None:
            said = self.assessment.as_json()
        else:
            assert self.error is not None
            said = {"line_id": self.record.line_id, "error": self.error.as_json()}
            if isinstance(self.error, NotCoveredError):
                base = self.error.base
                said["base"] = {"text": base.expression.say(), "amount": say_money(to_cent(base.amount))}
        extra = self.record.extra()
        return {**said, "extra": extra} if extra else said


def assess_records(
    engine: Engine,
    records: Iterable[Record],
    *,
    whole_dollars: bool = False,
    sort: bool = False,
    told: Callable[[int], None] = lambda done: None,
) -> Iterator[Result]:
    """The results in input order. Lines of an entry must stand together; ``sort`` gathers them first (in memory).

    ``told`` is called with the number of lines done, for progress.
    """
    assess = _Assessing(engine, whole_dollars)
    if sort:
        results = _gathered(assess, list(records))
    else:
        results = (result for group in _entries(records) for result in assess.entry(group))
    for done, result in enumerate(results, start=1):
        told(done)
        yield result


def _entries(records: Iterable[Record]) -> Iterator[list[Record]]:
    """Runs of lines of one entry; a line without an entry is its own."""
    for entry_id, run in groupby(records, key=lambda record: record.entry_id):
        if entry_id is None:
            yield from ([record] for record in run)
        else:
            yield list(run)


def _gathered(assess: _Assessing, records: list[Record]) -> Iterator[Result]:
    entries: dict[str, list[Record]] = {}
    for record in records:
        key = f"entry {record.entry_id}" if record.entry_id is not None else f"line {record.number}"
        entries.setdefault(key, []).append(record)
    results = [result for group in entries.values() for result in assess.entry(group)]
    yield from sorted(results, key=lambda result: result.record.number)


class _Assessing:
    """Answers entries one after another and remembers which entries it has seen."""

    def __init__(self, engine: Engine, whole_dollars: bool) -> None:
        self.engine = engine
        self.whole_dollars = whole_dollars
        self.seen: set[str] = set()

    def entry(self, records: list[Record]) -> list[Result]:
        """The results of one entry, with its fees."""
        entry_id = records[0].entry_id
        if entry_id is not None:
            if entry_id in self.seen:
                problem = LineError(
                    "entry_not_together",
                    f"the lines of entry {entry_id} do not stand together, so its fees cannot be computed",
                    "sort the file by entry_id, or use --sort",
                )
                return [Result(record, error=problem) for record in records]
            self.seen.add(entry_id)
        results = [self._read(record) for record in records]
        whole = sum((result.line.value for result in results if result.line is not None), Decimal(0))
        for result in results:
            self._answer(result, whole)
        answered = [
            (one.line, one.assessment) for one in results if one.line is not None and one.assessment is not None
        ]
        charge_fees(self.engine.regime, answered)
        refused = [result.record.line_id for result in results if result.error is not None]
        if refused and answered:
            for _, assessment in answered:
                assessment.warnings.append(
                    Caution("entry_incomplete", f"fees leave out refused line(s) {', '.join(refused[:5])} of the entry")
                )
        return results

    def _read(self, record: Record) -> Result:
        if record.error is not None:
            return Result(record, error=record.error)
        try:
            given = {**record.given, "line_id": record.line_id}
            return Result(record, read_line(given, self.engine.regime.ledger.zones, origin_code))
        except LineError as error:
            return Result(record, error=error)

    def _answer(self, result: Result, entry_value: Decimal) -> None:
        """Assess a line that could be read, as part of an entry of that value."""
        if result.line is None:
            return
        result.line = replace(result.line, entry_value=entry_value)
        try:
            work = self.engine.work(result.line, whole_dollars=self.whole_dollars)
            # Fees see the line as it was assessed: a special program that does not count is not claimed.
            result.line, result.assessment = work.line, self.engine.finish(work)
        except LineError as error:
            result.error = error


def assess_one(engine: Engine, line: Line, *, whole_dollars: bool = False) -> Assessment:
    """One line as an entry of its own, with its fees. Raises ``LineError`` where it is refused."""
    work = engine.work(line, whole_dollars=whole_dollars)
    assessment = engine.finish(work)
    charge_fees(engine.regime, [(work.line, assessment)])
    return assessment
