"""The commands that the help texts and the README show are commands that work, and its snippets print what they say."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from pathlib import Path

import pytest
from tests.cli.desk import ROOT, furnish
from typer.testing import CliRunner

from tidewaiter.cli.app import app

KNOWN = ["--known-on", "2026-11-22"]
TIMELESS = {
    ("scenario", "list"),
    ("law", "check"),
    ("law", "claims"),
    ("law", "audit"),
    ("schedule", "show"),
    ("schedule", "search"),
    ("refunds", "sample"),
    ("refunds", "columns"),
    ("refunds", "submitted"),
    ("refunds", "reconcile"),
}
"""Commands without a day of knowledge."""
FOR_READERS = ("...", "assess -", "hts_2026_rev_11.json", "editions", "audit all", "check --products")
"""What a reader fills in, or what other tests run because it takes long."""
WHOLE_PANEL = ["--products", "8507,7326.90", "--origins", "CN,BR"]
"""The panel of everything takes long, too."""
COMMANDS = [
    "",
    "law",
    "schedule",
    "duty",
    "assess",
    "price",
    "panel",
    "averages",
    "compare",
    "status",
    "timeline",
    "diff",
    "whatif",
    "scenario",
    "scenario list",
    "scenario show",
    "scenario check",
    "law changes",
    "law check",
    "law show",
    "law claims",
    "law audit",
    "schedule build",
    "schedule add",
    "schedule show",
    "schedule search",
    "refunds",
    "refunds sample",
    "refunds columns",
    "refunds submitted",
    "refunds reconcile",
    "refunds rights",
    "refunds interest",
]


def help_of(command: str) -> str:
    return CliRunner().invoke(app, [*command.split(), "--help"], terminal_width=300).stdout


def readme() -> str:
    return (ROOT / "README.md").read_text(encoding="utf-8")


def in_help(command: str) -> list[str]:
    """The examples of a command's help."""
    text = help_of(command).partition("Example")[2].replace("\\\n", " ")
    text = re.split(r"\n(?:Arguments|Options):", text)[0]
    shown = re.findall(r"(tidewaiter [^\n]+?)(?:;(?= tidewaiter)|\n|$)", text)
    return [to_run(one) for one in shown]


def to_run(line: str) -> str:
    """A command without its comment, and without what comes after a pipe: that is left to the shell."""
    return re.split(r" [|>#] ?", " ".join(line.split()))[0]


def in_readme() -> list[str]:
    text = readme()
    shown = re.findall(r"`(tidewaiter [^`]+)`", text) + re.findall(r"^\$ (tidewaiter .+)", text, re.MULTILINE)
    return shown + in_blocks("README.md")


def in_blocks(page: str) -> list[str]:
    """The commands of a page's blocks for the shell."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return [to_run(line) for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]


def runnable(commands: list[str]) -> list[str]:
    """Commands without what only the reader has."""
    found = [one for one in commands if one.startswith("tidewaiter ")]
    return [one for one in found if not any(re.search(rf"(^| ){re.escape(no)}( |$)", one) for no in FOR_READERS)]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what they read, in which they follow each other."""
    return furnish(tmp_path_factory.mktemp("desk"))


def run(command: str) -> str:
    words = shlex.split(command)[1:]
    if words[:2] == ["panel", "-o"] and "--products" not in words and "--origins" not in words:
        words += WHOLE_PANEL
    if tuple(words[:2]) not in TIMELESS and "--known-on" not in words and "--schema" not in words:
        words += KNOWN
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, (command, result.output)
    return result.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_help_has_examples_that_work(command: str, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk)
    assert in_help(command)
    for one in runnable(in_help(command)):
        assert one.startswith(f"tidewaiter {command}".strip())
        run(one)


def test_no_command_is_left_out() -> None:
    groups = ("", "law", "scenario", "schedule", "refunds")
    for group in groups:
        found = re.findall(r"^  (\w+)  ", help_of(group).partition("Commands:")[2], re.MULTILINE)
        assert {f"{group} {one}".strip() for one in found} <= {*COMMANDS}


PAGES = (
    "docs/panel.md",
    "docs/averages.md",
    "docs/what-changes.md",
    "docs/scenarios.md",
    "docs/diff.md",
    "docs/what-if.md",
    "docs/status.md",
    "docs/refunds.md",
)
"""docs/price.md has a test of its own."""
SHOWN = runnable([*in_readme(), *(command for page in PAGES for command in in_blocks(page))])


@pytest.mark.parametrize("command", list(dict.fromkeys(SHOWN)))
def test_a_command_of_the_readme_or_a_page_works(command: str, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk)
    run(command)


def test_the_readme_shows_the_answer_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Word for word; the width of the page is another."""
    command, shown = re.findall(r"```console\n\$ (.+?)\n(.*?)```", readme(), re.DOTALL)[0]
    assert numbers(run(command)) == numbers(shown)


def numbers(text: str) -> list[str]:
    """The words of an answer without the folds of its table."""
    return sorted(re.sub(r"[^\w.,%]", " ", text).split())


def test_the_snippets_of_the_readme(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk)
    names: dict[str, object] = {}
    blocks = re.findall(r"```python\n(.*?)```", readme(), re.DOTALL)
    for block in blocks:
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(block, "README.md", "exec"), names)
        said = re.findall(r"^# (.+)$", block, re.MULTILINE)
        assert not said or said == out.getvalue().splitlines()
    assert len(blocks) == 2


@pytest.mark.parametrize("page", ["docs/diff.md", "docs/what-if.md", "docs/refunds.md"])
def test_the_snippets_of_a_page(page: str, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk)
    (block,) = re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(block, page, "exec"), {})
    assert re.findall(r"^# (.+)$", block, re.MULTILINE) == out.getvalue().splitlines()


def test_the_demo_ends_with_a_table(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The last commands of ``make demo``; the sums are those of the columns, by year of entry."""
    monkeypatch.chdir(desk)
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8").partition("\ndemo:")[2].partition("\n\n")[0]
    for command in re.findall(r"bin/(tidewaiter .+)", recipe.replace("$(BIN)", "bin")):
        (desk / "out").mkdir(exist_ok=True)
        run(command)
    monkeypatch.setattr("sys.argv", ["duty_by_year.py", "out/priced.parquet"])
    exec(compile((ROOT / "examples" / "duty_by_year.py").read_text(encoding="utf-8"), "duty_by_year.py", "exec"), {})
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert rows[0] == ["year", "lines", "value", "total_duty", "refundable", "percent"]
    # Six lines of 2025: 83,970 dollars, of which the fentanyl and reciprocal duties are void (Supreme Court, 24-1287).
    assert rows[4] == ["2025", "6", "130000.00", "83970.00", "40450.00", "64.6"]
    assert len(rows) == 6


def test_the_examples_are_found() -> None:
    assert sum(len(runnable(in_help(command))) for command in COMMANDS) > 30
    assert len(runnable(in_readme())) > 15


def test_the_readme_shows_no_command_twice() -> None:
    rows = re.findall(r"^\| ([^|]+) \|", readme(), re.MULTILINE)
    assert len(rows) == len(set(rows))
