"""Answers on a terminal: whatever its width, no number, heading or citation is cut off."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from rich.console import Console
from tests.conftest import TOY, duty_on, engine_seen_from

from tidewaiter.assess.batch import assess_records
from tidewaiter.assess.records import Record
from tidewaiter.assess.render import show, summary

LINES = [
    {"line_id": "1", "hts": TOY, "origin": "CN", "value": "123456789.01", "entered_at": "2025-04-09T00:01-04:00"},
    {"line_id": "2", "hts": "8507.60.0090", "origin": "CN", "value": "10000", "entered_at": "2026-08-01"},
    {"line_id": "3", "hts": "9802.00.5060", "origin": "DE", "value": "1000", "entered_at": "2026-08-01"},
]


def printed(width: int, write: Callable[[Console], None]) -> str:
    console = Console(file=io.StringIO(), width=width, highlight=False, markup=False)
    write(console)
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert max(map(len, text.splitlines())) <= width
    return text


@pytest.mark.parametrize("width", [60, 80, 100, 120, 150, 200])
def test_a_file_of_lines(width: int) -> None:
    results = list(assess_records(engine_seen_from(), [Record(n, line) for n, line in enumerate(LINES, start=1)]))
    text = printed(width, lambda console: summary(results, console))
    assert "…" not in text
    assert "2 line(s) answered, 1 refused" in " ".join(text.split())
    assert "not_an_article" in text
    assert ("9903.05.31" in text) == (width >= 150)
    # 104 percent and 40.9 percent: where the column is too narrow a number goes on in the next line.
    if width >= 100:
        assert "128,395,060.57" in text
    assert width < 80 or "4,090.00" in text


def test_an_empty_file() -> None:
    assert "0 line(s) answered" in printed(80, lambda console: summary([], console))


@pytest.mark.parametrize("width", [80, 120])
def test_one_line(width: int) -> None:
    found = duty_on(hts="8507.60.0090", value="10000", entered_at="2026-08-01")
    text = printed(width, lambda console: show(found, console))
    assert "…" not in text
    assert "PresidentialMemorandumofJuly23,2026" in re.sub(r"\s", "", text) or width < 120
    assert "62411889" in text
