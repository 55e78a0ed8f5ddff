"""docs/price.md: every command and snippet runs, its tables hold what the program has, its printed results are right."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from tests.cli.desk import ROOT, furnish
from tests.cli.test_examples import help_of
from tests.conftest import engine_seen_from
from typer.testing import CliRunner

from tidewaiter import Regime
from tidewaiter.assess.line import FIELDS
from tidewaiter.bulk.codes import ERRORS, WARNINGS
from tidewaiter.bulk.columns import NEEDED
from tidewaiter.cli.app import app

KNOWN = ["--known-on", "2026-11-22"]


@cache
def page() -> str:
    return (ROOT / "docs" / "price.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return re.split(r"^##+ ", page().split(f"# {title}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def named(title: str, column: int = 0) -> set[str]:
    """The words in code in a column of the tables of a section."""
    rows = [line.split("|")[1:-1] for line in section(title).splitlines() if line.startswith("| ")]
    return {word for row in rows for word in re.findall(r"`([^`]+)`", row[column])}


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page(), re.DOTALL)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the page and the help read."""
    return furnish(tmp_path_factory.mktemp("desk"))


def run(command: str) -> str:
    """Run a command of the page; what comes after a pipe is left to the shell."""
    words = shlex.split(command.partition("|")[0])
    assert words.pop(0) == "tidewaiter"
    result = CliRunner().invoke(app, words if "--known-on" in words else [*words, *KNOWN])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_page_from_top_to_bottom(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk)
    for command in (line for block in blocks("sh") for line in block.splitlines()):
        said = run(command)
        if command.endswith("head -3"):
            assert said.startswith("line_id,entry_id,hts")
    names: dict[str, object] = {}
    for block in blocks("python"):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(block, "docs/price.md", "exec"), names)
        assert re.findall(r"^# (.+)$", block, re.MULTILINE) == out.getvalue().splitlines()[: block.count("\n# ")]
    assert len(blocks("python")) == 5


@pytest.mark.parametrize("command", re.findall(r"^ +(tidewaiter price .+)$", help_of("price"), re.MULTILINE))
def test_the_examples_of_the_help(desk: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.chdir(desk)
    run(command)


def test_the_page_names_every_field() -> None:
    assert named("Columns in") == {*FIELDS, "fact.NAME"}
    assert {*NEEDED} == {name for name in NEEDED if re.search(rf"\| `{name}` .*needed \|", section("Columns in"))}


def test_the_page_names_every_column_with_its_type() -> None:
    regime = Regime(engine_seen_from())
    own = ["hts", "origin", "value", "entered_at"]
    lines = pl.DataFrame(schema=dict.fromkeys([*own, "line_id", "entry_id"], pl.String()))
    both = ("US", "CN")
    programs = {program.replace("-", "_") for into in both for program in regime.kernel_into(into).programs}
    wide = set(regime.price(lines, rates=True, into=both).columns) - {*lines.columns}
    assert wide - programs - {f"{program}_rate" for program in programs} == types("Columns out").keys() - programs - {
        "us_301_china_rate"
    }
    assert {*regime.price(lines, long=True).columns} == types("`--long`").keys()
    for title, options in (("Columns out", {"rates": True}), ("`--long`", {"long": True})):
        schema = regime.price(lines, into=both, **options).schema
        for name, kind in types(title).items():
            if kind.startswith("decimal"):
                assert schema[name] == pl.Decimal(*map(int, re.findall(r"\d+", kind))), name


def types(title: str) -> dict[str, str]:
    """The columns that a section's table names, each with its type."""
    rows = [line.split("|")[1:-1] for line in section(title).splitlines() if line.startswith("| ")]
    return {name: row[1].strip() for row in rows for name in re.findall(r"`([a-z_0-9]+)`", row[0])}


def test_the_page_names_every_code() -> None:
    assert named("Refusals") >= set(ERRORS[1:])
    assert {word for word in named("Refusals") if "_" in word} - {"entered_at", "admitted_at"} <= set(ERRORS)
    assert named("Warnings") - {"shipped_from"} == set(WARNINGS)


def test_the_page_names_every_option() -> None:
    options = set(re.findall(r"^  (?:-\w, )?(--[a-z-]+)", help_of("price"), re.MULTILINE)) - {"--help"}
    assert {
        word.split()[0] for word in named("Many lines: `tidewaiter price` and `regime.price`") if word.startswith("--")
    } >= options
