"""The commands that the help texts and the README show are commands that work."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tidewaiter.cli.app import app

ROOT = Path(__file__).resolve().parents[2]
OF_ONES_OWN = ("...", "lines.csv", "lines.jsonl", "my-acts.yaml", "all")
"""What a reader fills in, or what other tests run because it takes long."""
HELPED = [
    "duty",
    "assess",
    "compare",
    "law check",
    "law show",
    "law claims",
    "law audit",
    "schedule show",
    "schedule search",
]


def help_of(command: str) -> str:
    return CliRunner().invoke(app, [*command.split(), "--help"], terminal_width=300).stdout


def runnable(commands: list[str]) -> list[str]:
    """Commands without what only the reader has (the example file of the project is there)."""
    return [one for one in commands if not set(shlex.split(one)) & set(OF_ONES_OWN)]


def in_help() -> list[str]:
    texts = (help_of(command).replace("\\\n", " ").partition("Arguments:")[0] for command in HELPED)
    lines = (line for text in texts for line in re.split(r"\n|; ", text.partition("Example")[2]))
    return [
        f"tidewaiter {line.partition('tidewaiter ')[2]}" for line in lines if "tidewaiter " in line and "|" not in line
    ]


def in_readme() -> list[str]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.findall(r"`(tidewaiter [^`]+)`", text) + re.findall(r"bin/(tidewaiter .+)", text)


@pytest.mark.parametrize("command", HELPED)
def test_every_help_has_an_example(command: str) -> None:
    assert f"tidewaiter {command}" in help_of(command)


@pytest.mark.parametrize(
    "command", [one for one in runnable([*in_help(), *in_readme()]) if "check --products" not in one]
)
def test_the_command_works(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(app, shlex.split(command)[1:])
    assert result.exit_code == 0, result.output


def test_the_examples_are_found() -> None:
    assert len(runnable(in_help())) > 15
    assert len(runnable(in_readme())) > 6


def test_the_readme_shows_no_command_twice() -> None:
    rows = re.findall(r"^\| ([^|]+) \|", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) == len(set(rows))
