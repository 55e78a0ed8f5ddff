"""docs/sources.md: every list stands there with its number of rows, and the counts of the ledger are those of the files."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
LAW = ROOT / "src" / "tidewaiter" / "law"


@cache
def page() -> str:
    return (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")


@cache
def row_of() -> dict[str, str]:
    """The row of the tables in which each list stands: ``-described.csv`` after ``us-122-exempt.csv`` is us-122-described."""
    found: dict[str, str] = {}
    for row in (line for line in page().splitlines() if line.startswith("| `")):
        names = [name.rpartition("/")[2] for name in re.findall(r"`([^`]+\.csv)`", row)]
        for name in names:
            stem = names[0].rpartition("-")[0] if name.startswith("-") else ""
            found[stem + name] = row
    return found


def rows(path: Path) -> int:
    """Rows without comments and the header."""
    return sum(not line.startswith("#") for line in path.read_text(encoding="utf-8").splitlines()) - 1


@pytest.mark.parametrize("path", sorted((LAW / "lists").glob("*.csv")), ids=lambda path: path.name)
def test_every_list_has_its_rows(path: Path) -> None:
    numbers = re.findall(r"\d+(?:,\d{3})*", row_of()[path.name])
    assert str(rows(path)) in [number.replace(",", "") for number in numbers]


def count_of(file: str) -> list[int]:
    (row,) = [line for line in page().splitlines() if line.startswith(f"| `{file}`")]
    return [int(number) for number in re.findall(r"\d+", row.split("|")[-2])]


def entries(pattern: str) -> int:
    return sum(len(read(path)) for path in LAW.glob(pattern))


def read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


def test_the_ledger_is_counted() -> None:
    acts = [read(path) for path in LAW.glob("acts/*/*.yaml")]
    confidence = Counter(act["confidence"] for act in acts)
    assert count_of("acts/<year>/*.yaml") == [len(acts), *map(confidence.get, ("published", "reported", "unverified"))]
    assert count_of("programs/*.yaml") == [len(list(LAW.glob("programs/*.yaml")))]
    assert count_of("matters/*.yaml") == [entries("matters/*.yaml")]
    assert count_of("interactions/*.yaml") == [entries("interactions/*.yaml")]
    assert count_of("bases/*.yaml") == [entries("bases/*.yaml")]
    assert count_of("facts/*.yaml") == [len(list(LAW.glob("facts/*.yaml")))]
    assert count_of("fees.yaml") == [entries("fees.yaml")]
    assert count_of("groups.yaml") == [entries("groups.yaml")]
    assert count_of("special_programs.yaml") == [entries("special_programs.yaml")]
    assert count_of("countries.csv") == [rows(LAW / "countries.csv")]
    assert count_of("audit/differences.yaml") == [
        entries("audit/differences.yaml"),
        entries("audit/footnote_differences.yaml"),
    ]


@pytest.mark.parametrize(("by", "named_so"), [("US", "the United States"), ("CN", "China")])
def test_the_sources_of_acts_are_counted(by: str, named_so: str) -> None:
    acts = [act for path in LAW.glob("acts/*/*.yaml") if (act := read(path))["by"] == by]
    primary = [[one for one in act.get("sources", ()) if one["kind"] == "primary"] for act in acts]
    linked = sum(any("url" in one for one in sources) for sources in primary)
    named = sum(bool(sources) for sources in primary) - linked
    said = " ".join(page().split())
    count = f"Of the {len(acts)} acts of {named_so}, {linked} link a primary text and {named} name a primary text without a link"
    assert count in said
    assert f"The other {len(acts) - linked - named} rest on secondary sources" in said
