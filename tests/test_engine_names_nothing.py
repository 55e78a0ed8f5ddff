"""The engine names no heading, no country and no program: they are data (DESIGN, section 3)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import engine_seen_from
from tidewaiter.assess.countries import country_codes

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "tidewaiter"
ENGINE = sorted(
    path
    for part in ("ledger", "assess", "schedule", "status", "timeline", "refunds")
    for path in (PACKAGE / part).rglob("*.py")
)
HEADING = re.compile(r"\b\d{4}\.\d{2}(\.\d{2})?\b")
# What the contract itself names: the importing country that a line has by default, and privileged foreign status.
BY_CONTRACT = {"US", "PF"}
# A misprint of the official export that is put right before it is read.
MISPRINTS = {"9919.04.14"}


def constants(path: Path) -> Iterator[tuple[int, str]]:
    """String constants of a module that are no docstrings, no messages and no examples in help."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.lineno, node.value


@pytest.mark.parametrize("path", ENGINE, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_constant_is_a_heading_a_country_or_a_program(path: Path) -> None:
    programs = set(engine_seen_from().regime.ledger.programs)
    countries = set(country_codes()) - BY_CONTRACT
    found = [
        (line, text)
        for line, text in constants(path)
        if text in programs or text in countries or (HEADING.fullmatch(text) and text not in MISPRINTS)
    ]
    assert not found
