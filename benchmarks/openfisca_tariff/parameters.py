"""The rates by day as an OpenFisca parameter tree: ``<program>.rate.<class>`` and ``<program>.all_in.<class>``."""

from __future__ import annotations

import csv
from pathlib import Path

from openfisca_core.parameters import ParameterNode

BASE = "base"
KINDS = ("rate", "all_in")
Tree = dict[str, dict[str, dict[str, dict[str, float]]]]


def read_rates(path: Path) -> Tree:
    """The dated rates of a CSV file by program, kind and class. A kind that a program never uses is left out."""
    tree: Tree = {}
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            kinds = tree.setdefault(variable_name(row["program"]), {kind: {} for kind in KINDS})
            for kind in KINDS:
                kinds[kind].setdefault(row["class"], {})[row["from"]] = float(row[kind])
    return {program: _used(kinds) for program, kinds in tree.items()}


def variable_name(program: str) -> str:
    """A program's id as a Python name."""
    return program.replace("-", "_")


def parameter_tree(tree: Tree) -> ParameterNode:
    """The tree as parameters."""
    return ParameterNode("", data=tree)


def _used(kinds: dict[str, dict[str, dict[str, float]]]) -> dict[str, dict[str, dict[str, float]]]:
    return {kind: classes for kind, classes in kinds.items() if kind == KINDS[0] or any_above_zero(classes)}


def any_above_zero(classes: dict[str, dict[str, float]]) -> bool:
    """Whether any class ever has a rate."""
    return any(rate for dated in classes.values() for rate in dated.values())
