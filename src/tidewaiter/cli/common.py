"""What several commands share: today, the regime, and errors told the same way."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

import typer

from tidewaiter.assess.line import INTO, not_a_day

_MANY = 1_000_000
"""How many objects a process that goes through many lines makes before it looks for garbage."""
LAW_ZONE = "America/New_York"
KNOWN_ON = typer.Option(
    None,
    "--known-on",
    metavar="DATE",
    help="The day of knowledge: the law as a person could have known it then. Default: today.",
)
SCENARIO = typer.Option(
    "law",
    "--scenario",
    metavar="NAME|FILE",
    help="A shipped scenario (law, as-reported) or a YAML file of hypothetical acts.",
)


def one_way(what: str, hint: str) -> Any:
    """``--into`` of a command that leaves no choice of importing country: any other than the default is refused, with what does
    answer for it."""

    def check(into: str | None) -> None:
        if into is not None and into.strip().upper() != INTO:
            fail("not_covered", f"--into {into}: {what}", hint, status=2)

    return typer.Option(None, "--into", hidden=True, callback=check)


def for_many_lines(*, one_size: bool = True) -> None:
    """Settle a process that goes through many lines: called before Polars is imported, which reads its settings once.

    Where frames are of one size (``one_size``), memory that is freed is kept for the next, not given back and asked for again;
    else it is given back at once. What is compiled stays, so it is searched for garbage rarely; frames are not garbage of that
    kind, they go as soon as nobody holds them.
    """
    decay = -1 if one_size else 0
    settings = f"dirty_decay_ms:{decay},muzzy_decay_ms:{decay},background_thread:false"
    os.environ.setdefault("_RJEM_MALLOC_CONF", settings)
    gc.set_threshold(_MANY)


def leave(code: object) -> None:
    """End a process that went through many lines at once: to take apart what it holds would take most of a second.

    Any other process goes on. Everything is written and closed by then; nothing is registered to be done at the end.
    """
    if gc.get_threshold()[0] != _MANY or not isinstance(code, int):
        return
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        return
    os._exit(code)


def today() -> str:
    """Today's date where United States law is made. The engine itself never reads a clock."""
    return datetime.now(ZoneInfo(LAW_ZONE)).date().isoformat()


def day(text: str | None, name: str) -> str:
    """An ISO date, today where none is given; anything else ends the command with exit code 2."""
    if text is None:
        return today()
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        fail("bad_date", f"{name} {text!r} is no date", not_a_day(text) or "write 2026-11-22", status=2)


def fail(code: str, message: str, hint: str = "", status: int = 1) -> NoReturn:
    """Say what is wrong on standard error and end the command."""
    typer.echo(f"error: {code}: {message}", err=True)
    if hint:
        typer.echo(f"  hint: {hint}", err=True)
    raise typer.Exit(status)


@contextmanager
def ended_by(kind: type[Any]) -> Iterator[None]:
    """Errors of a kind (with code, message and hint) end the command with exit code 2."""
    try:
        yield
    except kind as error:
        fail(error.code, error.message, error.hint, status=2)


def keep_inputs(output: str | Path | None, *inputs: str | Path | None) -> None:
    """End a command that would write its answer over a file that it reads, before anything is read.

    ``inputs`` are all that it is given to read: files, or words (of a shipped scenario) that might be the names of files.
    """
    from tidewaiter.assess.errors import FileError
    from tidewaiter.assess.files import check_output

    if output is not None and str(output) != "-":
        with ended_by(FileError):
            check_output(Path(output), *(Path(one) for one in inputs if one))


@contextmanager
def told() -> Iterator[None]:
    """Errors of the law's data and of the schedule, told as errors and not as tracebacks."""
    from tidewaiter.ledger.errors import LawError, UnknownScenarioError
    from tidewaiter.schedule.errors import ScheduleError

    try:
        yield
    except UnknownScenarioError as error:
        fail(error.code, error.message, error.hint, status=2)
    except LawError as error:
        for problem in error.problems:
            typer.echo(f"error: {error.code}: {problem}", err=True)
        raise typer.Exit(2) from error
    except ScheduleError as error:
        fail(error.code, error.message, error.hint, status=2)
