"""docs/law-as-data.md is the whole vocabulary: every word that the reader knows stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tidewaiter.ledger import read_acts, read_conditions, read_entry_when, read_programs, read_refunds, refund_law
from tidewaiter.ledger.model import ACT_KINDS, CONFIDENCES, HEADING_KINDS, STATES, VERBS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "law-as-data.md").read_text(encoding="utf-8")
WORDS = {
    "acts": ACT_KINDS | CONFIDENCES | read_acts.SOURCE_KINDS,
    "effects": VERBS | {word for beside in read_acts._BESIDE.values() for word in beside},
    "matters": {word for kind, states in STATES.items() for word in {kind, *states}},
    "conditions": set(read_conditions._WORDS),
    "headings": HEADING_KINDS,
    "bases": read_programs.BASES,
    "facts": read_programs.FACT_TYPES | read_programs.FACT_WARNINGS,
    "refunds": {*read_refunds.LENGTHS, *refund_law.BASES, *refund_law.ROUTE_BUCKETS},
    "entry conditions": {*read_entry_when.ENTRY_WORDS, *refund_law.FLAGS, *refund_law.WORDED},
    "list columns": read_programs._LIST_COLUMNS,
}


@pytest.mark.parametrize("kind", WORDS)
def test_every_word_is_on_the_page(kind: str) -> None:
    assert {word for word in WORDS[kind] if not re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", PAGE)} == set()
