"""The long panel: one row for each tariff line, program and stretch of that program's own, with heading, acts and citation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from tidewaiter.assess.layers import cite
from tidewaiter.bulk.arrays import Ints
from tidewaiter.bulk.kernel import Kernel
from tidewaiter.bulk.laws import Laws
from tidewaiter.bulk.panel_cells import Cells, PanelLaw
from tidewaiter.bulk.panel_columns import RATE, TIME, WORD, instants, rates, words_of
from tidewaiter.bulk.panel_products import ProductRuns
from tidewaiter.bulk.panel_rows import Rows, changes_of, stretches, texts_of
from tidewaiter.bulk.panel_wide import COLUMNS, REPLACED, BaseTexts
from tidewaiter.bulk.plain import PLAINTIFFS, VOID, PlainAnswer
from tidewaiter.ledger.model import BASE, CHARGING_KINDS
from tidewaiter.ledger.regime import ProgramLaw

LAYERS_SCHEMA = pa.schema(
    {
        "hts": WORD,
        "program": WORD,
        "heading": WORD,
        "kind": WORD,
        "rate": RATE,
        "rate_text": WORD,
        "cap_rate": RATE,
        "voided": WORD,
        "valid_from": TIME,
        "valid_until": TIME,
        "acts": WORD,
        "citation": WORD,
    }
)
_VOIDED = {VOID: "all", PLAINTIFFS: "plaintiffs"}
_NO_RATE = -1
_LAWS = 1 << 32


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the rows of one heading show, rates in parts per million."""

    heading: str
    kind: str
    rate: int
    text: str
    cap: int
    voided: str
    acts: tuple[str, ...]


@dataclass(slots=True)
class LayersLaw:
    """What the layers of every origin are told with."""

    law: PanelLaw
    runs: ProductRuns
    texts: BaseTexts
    programs: tuple[str, ...]
    _number: dict[_Shown, int] = field(default_factory=dict)

    @classmethod
    def of(cls, law: PanelLaw, runs: ProductRuns, programs: Sequence[str]) -> LayersLaw:
        """The layers of these programs (and of the base duty, under its own name)."""
        return cls(law, runs, BaseTexts(law.kernel), tuple(programs))

    @property
    def kernel(self) -> Kernel:
        """The compiled law."""
        return self.law.kernel

    def table(self, origin: str, cells: Cells, intervals: Ints, end: int) -> pa.Table:
        """The layers of one origin."""
        parts = [(0, self._base(cells, end))]
        origin_class = int(self.kernel.origins.of[self.kernel.origins.place[origin]])
        for order, program in enumerate(self.programs, start=1):
            rows = self._program(program, origin_class, cells, intervals, end)
            if rows is not None:
                parts.append((order, rows))
        return self._told(parts, end)

    def _base(self, cells: Cells, end: int) -> Rows:
        replaced = cells.replaced
        codes = np.where(cells.column2, 1, 0)[:, None] + np.zeros(cells.plan.shape, dtype=np.int64)
        if replaced is not None:
            codes = np.where(replaced, 2, codes)
        changes = changes_of(codes)
        text = texts_of(self.runs, changes, cells.column2)
        shown = np.array(
            [self._base_number(int(code), int(one)) for code, one in zip(changes.code, text, strict=True)],
            dtype=np.int64,
        )
        return stretches(self.runs, changes, cells.column2, cells.starts, end, shown)

    def _base_number(self, code: int, text: int) -> int:
        if code == len(COLUMNS):
            return self._of(_Shown(REPLACED, BASE, 0, self.texts.words[text], _NO_RATE, "", ()))
        rate = max(_NO_RATE, int(self.texts.millionths[text]))
        return self._of(_Shown(COLUMNS[code], BASE, rate, self.texts.words[text], _NO_RATE, "", ()))

    def _program(self, program: str, origin_class: int, cells: Cells, intervals: Ints, end: int) -> Rows | None:
        plain, laws = self.kernel.plain, self.kernel.laws
        place = plain.place[program]
        of_plan = np.stack(plain.plans)[:, place]
        keys = of_plan[cells.plan]
        if not (keys >= 3).any():
            return None
        numbers = np.stack([laws.block(program, origin_class, int(one)) for one in intervals])
        keys = np.where(keys >= 3, keys * _LAWS + numbers[:, self.runs.kinds.product_class], -1)
        changes = changes_of(keys)
        base = texts_of(self.runs, changes, cells.column2)
        shown = self._heading_numbers(laws, program, changes.code, self.texts.millionths[base].astype(np.int64))
        return stretches(self.runs, changes, np.zeros_like(cells.column2), cells.starts, end, shown)

    def _heading_numbers(self, laws: Laws, program: str, keys: Ints, base: Ints) -> Ints:
        pairs = np.stack([keys, base])
        different, alike = np.unique(pairs, axis=1, return_inverse=True)
        table = laws.tables[program]
        found: list[int] = []
        for key, share in different.T.tolist():
            if key < 0:
                found.append(-1)
                continue
            answered, law = divmod(key, _LAWS)
            answer = self.kernel.plain.answers[answered // 3]
            assert answer is not None
            found.append(self._of(self._heading(answer, answered % 3, table.laws[law], share)))
        return np.array(found, dtype=np.int64)[alike.reshape(-1)]

    def _heading(self, answer: PlainAnswer, said: int, law: ProgramLaw | None, base: int) -> _Shown:
        if answer.shares:
            return self._shared(answer, said, law)
        row = answer.row
        candidate = next((one for one in law.candidates if one.row is row), None) if law else None
        acts = (*candidate.state.acts, row.version.act, *candidate.acts) if candidate else (row.version.act,)
        rate, cap = (_NO_RATE if answer.rate is None else answer.rate), _NO_RATE
        if answer.cap:
            cap, rate = rate, (max(0, rate - base) if base >= 0 else _NO_RATE)
        code = row.zero if answer.cap and rate == 0 and row.zero else row.code
        text = f"{answer.written} all-in" if answer.cap else answer.written if row.kind in CHARGING_KINDS else ""
        voided = _VOIDED.get(said, "") if row.kind in CHARGING_KINDS else ""
        return _Shown(code, row.kind, rate, text, cap, voided, tuple(dict.fromkeys(act for act in acts if act)))

    def _shared(self, answer: PlainAnswer, said: int, law: ProgramLaw | None) -> _Shown:
        """Headings that fall on shares of the tariff lines below a number, told as one."""
        headings = [row for row, _, _ in answer.shares]
        candidates = [one for one in law.candidates if any(one.row is row for row in headings)] if law else []
        acts = (act for one in candidates for act in (*one.state.acts, one.row.version.act, *one.acts) if act)
        return _Shown(
            ";".join(row.code for row in headings),
            answer.row.kind,
            _NO_RATE if answer.rate is None else answer.rate,
            "; ".join(f"{rate} on {share}" for _, rate, share in answer.shares),
            _NO_RATE,
            _VOIDED.get(said, ""),
            tuple(dict.fromkeys(acts)),
        )

    def _of(self, shown: _Shown) -> int:
        return self._number.setdefault(shown, len(self._number))

    def _told(self, parts: list[tuple[int, Rows]], end: int) -> pa.Table:
        number = np.concatenate([rows.number for _, rows in parts])
        order = np.concatenate([np.full(len(rows.number), one, dtype=np.int64) for one, rows in parts])
        start = np.concatenate([rows.start for _, rows in parts])
        until = np.concatenate([rows.until for _, rows in parts])
        code = np.concatenate([rows.shown[rows.entry] for _, rows in parts])
        sorted_ = np.lexsort((start, order, number))
        number, order, start, until, code = (one[sorted_] for one in (number, order, start, until, code))
        shown = list(self._number)
        rate = np.array([one.rate for one in shown], dtype=np.int64)[code]
        cap = np.array([one.cap for one in shown], dtype=np.int64)[code]
        columns = {
            "hts": self.runs.words(number),
            "program": words_of([BASE, *self.programs], order),
            "heading": words_of([one.heading for one in shown], code),
            "kind": words_of([one.kind for one in shown], code),
            "rate": rates(rate, rate >= 0),
            "rate_text": words_of([one.text for one in shown], code),
            "cap_rate": rates(cap, cap >= 0),
            "voided": words_of([one.voided for one in shown], code),
            "valid_from": instants(start),
            "valid_until": instants(until, until < end),
            "acts": words_of([";".join(one.acts) for one in shown], code),
            "citation": words_of([cite(one.acts, self.kernel.regime) for one in shown], code),
        }
        return pa.table([columns[name] for name in LAYERS_SCHEMA.names], schema=LAYERS_SCHEMA)
