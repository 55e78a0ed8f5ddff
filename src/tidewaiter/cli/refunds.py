"""``tidewaiter refunds``: what was paid under duties since struck down, and how to get it back in time."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import typer

from tidewaiter.cli.common import KNOWN_ON, day, ended_by, fail, for_many_lines, keep_inputs, today, told
from tidewaiter.cli.default_command import DefaultGroup

if TYPE_CHECKING:
    from tidewaiter.api import Regime
    from tidewaiter.refunds.answer import RefundDesk

REFUNDS_HELP = """What was paid under duties since struck down, which entries come back by when, and the files to hand in.

Reads entry reports (ACE ES-003 as .csv or .xlsx, a broker's spreadsheet, lines with entry_id); several are put together. Every
entry gets one bucket (claim now, wait, protest, court, not eligible, missing data) with its deadline and next step.
-o DIR writes the declarations, a workbook, a readiness report (HTML, PDF), JSON, and the deadlines as a calendar.

Your data stays on this machine: nothing is sent anywhere. Not legal advice, no customs business; nothing is filed.
Exit code 1: not all is answered (a file or row could not be read, a report lacks a column, a line could not be held against
the law); the rest is. 2: nothing could be done.

Examples:

\b
  tidewaiter refunds es003.csv
  tidewaiter refunds es003.csv facts.csv --on 2026-11-22 -o desk
  tidewaiter refunds broker.csv --columns broker-map.yaml --class other
  tidewaiter refunds es003.csv --json > desk.json
"""
CORPORATE = {"corporate": True, "other": False}
DEPOSITS = ("summary", "statement")
TO = ("day", "settlement")
_MOST_DOLLARS = 10**15
_JSON = typer.Option(False, "--json", help="Print JSON.")
_ON = typer.Option(None, "--on", metavar="DATE", help="The day on which the desk is seen. Default: --known-on.")
_CLASS = typer.Option(
    "corporate", "--class", metavar="corporate|other", help="Whose rates of interest: a corporation's or another's."
)
_ASSUME = typer.Option(
    False, "--assume-rates", help="Take the last published rate for quarters whose rate is not published."
)
_DEPOSIT = typer.Option(
    "summary",
    "--deposit",
    metavar="summary|statement",
    help="Where no deposit date is told: ten working days after the summary, or the periodic monthly statement.",
)
_COLUMNS = typer.Option(
    None, "--columns", metavar="MAP", help="A column map for spreadsheets (refunds columns FILE proposes one)."
)
_LOG = typer.Option(None, "--log", metavar="FILE", help="The log of declarations. Default: in DIR/declarations.")
app = typer.Typer(cls=DefaultGroup, no_args_is_help=True, help=REFUNDS_HELP)


@app.command("run", hidden=True)
def run(
    reports: list[Path] = typer.Argument(
        ..., metavar="REPORT...", readable=False, help="Entry reports, and lists of facts about entries."
    ),
    on: str | None = _ON,
    known_on: str | None = KNOWN_ON,
    class_: str = _CLASS,
    assume_rates: bool = _ASSUME,
    interest_to: str = typer.Option(
        "day",
        "--interest-to",
        metavar="day|settlement",
        help="Interest until the day seen, or the (re)liquidation expected.",
    ),
    deposit: str = _DEPOSIT,
    columns: Path | None = _COLUMNS,
    strict: bool = typer.Option(
        False, "--strict", help="What no report tells (drawback, protest ...) is missing, not assumed."
    ),
    dashed: bool = typer.Option(False, "--dashed", help="Entry numbers with dashes in the declarations."),
    include_unsure: bool = typer.Option(
        False,
        "--include-unsure",
        help="Declare as well: a wrong check digit, a row that could not be read, liquidation unreported and past or near.",
    ),
    log: Path | None = _LOG,
    output: Path | None = typer.Option(None, "-o", "--output", metavar="DIR", help="A folder for all that is written."),
    as_json: bool = _JSON,
) -> None:
    """The desk: the word run may be left out."""
    from tidewaiter.assess.errors import FileError

    _choice(interest_to, TO, "--interest-to")
    regime = _regime(known_on)
    manifest = None
    with _errors(FileError):
        found = _desk(reports, regime, _on(on, regime), class_, assume_rates, interest_to, deposit, columns, strict)
        if output is not None:
            from tidewaiter.refunds.out import Options, write

            with _watch("writing") as step:
                manifest = write(found, output, Options(dashed, include_unsure, log), step)
    summary = found.summary()
    if as_json:
        from tidewaiter.refunds.out import write_object

        write_object(cast(BinaryIO, sys.stdout.buffer), summary, manifest)
        sys.stdout.buffer.flush()
    else:
        from tidewaiter.cli.console import console
        from tidewaiter.refunds.render import show

        show(summary, console(), manifest)
    if not found.complete:
        raise typer.Exit(1)


@app.command("sample")
def sample(
    entries: int = typer.Option(5000, "--entries", min=1, help="How many entries."),
    seed: int = typer.Option(1, "--seed", help="The same seed gives the same reports."),
    big: bool = typer.Option(False, "--big", help="One CSV of ordinary entries instead, for measuring."),
    force: bool = typer.Option(False, "--force", help="Overwrite reports that stand there already."),
    output: Path = typer.Option(Path("refunds-sample"), "-o", "--output", metavar="DIR", help="Where to write them."),
) -> None:
    """Made-up reports with every bucket and every defect, and what the desk should say of them.

    Examples: tidewaiter refunds sample --entries 500 --seed 1; tidewaiter refunds sample --entries 50 -o demo
    """
    from tidewaiter.assess.errors import FileError

    for_many_lines()
    from tidewaiter.refunds.sample import sample as make
    from tidewaiter.refunds.sample_room import make_room

    with _errors(FileError):
        make_room(output, big=big, force=force)
        for path in make(output, entries, seed, big=big):
            typer.echo(path)


@app.command("columns")
def columns(
    files: list[Path] = typer.Argument(..., metavar="FILE...", help="Spreadsheets of a broker or of your own."),
    output: Path | None = typer.Option(None, "-o", "--output", metavar="FILE", help="Write the map to a file."),
) -> None:
    """Propose a column map for spreadsheets: look it over, and give it to --columns.

    Examples: tidewaiter refunds columns broker.csv; tidewaiter refunds columns broker.csv -o my-map.yaml
    """
    from tidewaiter.assess.errors import FileError
    from tidewaiter.refunds.read import propose_columns

    keep_inputs(output, *files)
    with _errors(FileError):
        text = propose_columns(files).as_yaml()
        if output is None:
            typer.echo(text, nl=False)
            return
        from tidewaiter.bulk.files import put_beside

        put_beside(output, text)


@app.command("submitted")
def submitted(
    path: Path = typer.Argument(
        ..., metavar="DIR|FILE", help="A declaration file, or the folder of a desk: all prepared ones."
    ),
    on: str | None = typer.Option(
        None, "--on", metavar="DATE", help="The day on which it was handed in. Default: today."
    ),
    log: Path | None = _LOG,
) -> None:
    """Mark declarations as handed in: their entries never go into another file.

    Examples: tidewaiter refunds submitted desk --on 2026-11-24
    """
    from tidewaiter.assess.errors import FileError
    from tidewaiter.refunds.log import submit

    handed_in_on = day(on, "--on")
    if handed_in_on > today():
        fail("bad_date", f"--on {handed_in_on} lies after today", "say it once it was handed in", status=2)
    with _errors(FileError):
        names = submit(path, date.fromisoformat(handed_in_on), log, date.fromisoformat(today()))
    for name in names:
        typer.echo(f"{name}: handed in on {handed_in_on}")
    if not names:
        typer.echo("nothing was waiting to be handed in")


@app.command("reconcile")
def reconcile(
    folder: Path = typer.Argument(..., metavar="DIR", help="The folder of the desk, with its log."),
    reports: list[Path] = typer.Argument(
        ..., metavar="REPORT...", readable=False, help="ES-022, REV-603, REV-613, REV-615 as .csv or .xlsx."
    ),
    on: str | None = typer.Option(None, "--on", metavar="DATE", help="The day of the reports. Default: today."),
    after: int = typer.Option(120, "--after", metavar="DAYS", help="How long after it was handed in a refund is late."),
    columns: Path | None = typer.Option(None, "--columns", metavar="MAP", help="A YAML map: field: header."),
    release: bool = typer.Option(
        False, "--release", help="Let refused entries that can be mended into new declarations."
    ),
    log: Path | None = _LOG,
    output: Path | None = typer.Option(None, "-o", "--output", metavar="FILE", help="A .csv with every entry."),
    as_json: bool = _JSON,
) -> None:
    """Hold the refund reports against what was handed in and expected: short, rejected, diverted, returned, unpaid.

    Exit code 1: a report could not be read. 2: none could.

    Examples: tidewaiter refunds reconcile desk rev615.csv --on 2027-02-01
    """
    from tidewaiter.assess.errors import FileError
    from tidewaiter.cli.console import console
    from tidewaiter.refunds.read_problems import raise_if_none
    from tidewaiter.refunds.reconcile import reconciled, write_table
    from tidewaiter.refunds.refund_reports import load_map, read_refunds
    from tidewaiter.refunds.render_reconciled import show

    keep_inputs(output, *reports, columns)
    seen_on = date.fromisoformat(day(on, "--on"))
    with _errors(FileError):
        held = _log_for(folder, log)
        read = read_refunds(reports, load_map(columns))
        raise_if_none([(one.name, one.error) for one in read.files])
        found = reconciled(held, read, seen_on, after)
        if release:
            found.release(held, seen_on)
            held.write()
        if output is not None:
            write_table(found, output)
    if as_json:
        typer.echo(json.dumps(found.as_json(), ensure_ascii=False, indent=1))
    else:
        show(found, console())
    if found.refused:
        raise typer.Exit(1)


@app.command("rights")
def rights(
    reports: list[Path] = typer.Argument(..., metavar="REPORT...", readable=False, help="Entry reports."),
    on: str | None = _ON,
    known_on: str | None = KNOWN_ON,
    columns: Path | None = _COLUMNS,
    as_json: bool = _JSON,
) -> None:
    """What was paid under duties that may fall next, the case, its next date, and what keeps the claim.

    Examples: tidewaiter refunds rights es003.csv; tidewaiter refunds rights es003.csv --json
    """
    from tidewaiter.assess.errors import FileError

    regime = _regime(known_on)
    with _errors(FileError):
        found = _desk(reports, regime, _on(on, regime), "corporate", False, "day", "summary", columns, False)
    if as_json:
        from tidewaiter.refunds.money import as_json_rows

        typer.echo(json.dumps(as_json_rows(found.rights), ensure_ascii=False, indent=1))
    else:
        from tidewaiter.cli.console import console
        from tidewaiter.refunds.render import show_rights

        show_rights(found.rights, console())
    for one in found.files:
        if one.error is not None:
            typer.echo(f"error: {one.error.code}: {one.error.message}", err=True)
    for gap in found.gaps:
        typer.echo(f"incomplete: {gap}", err=True)
    if not found.complete:
        raise typer.Exit(1)


@app.command("interest")
def interest(
    amount: str = typer.Argument(..., metavar="AMOUNT", help="Dollars deposited."),
    from_: str = typer.Argument(..., metavar="FROM", help="The day of deposit: it counts."),
    to: str = typer.Argument(..., metavar="TO", help="The day of (re)liquidation: it does not count."),
    class_: str = _CLASS,
    assume_rates: bool = _ASSUME,
    known_on: str | None = KNOWN_ON,
    as_json: bool = _JSON,
) -> None:
    """The interest on a refund (19 USC 1505(c)): daily compounding over the quarterly rates.

    Examples: tidewaiter refunds interest 100000 2025-06-15 2026-07-01
    """
    from decimal import Decimal, InvalidOperation

    corporate = CORPORATE[_choice(class_, tuple(CORPORATE), "--class")]
    start, end = day(from_, "FROM"), day(to, "TO")
    if end < start:
        fail("bad_date", f"TO {end} is before FROM {start}", "the day of deposit first", status=2)
    try:
        dollars = Decimal(amount.replace(",", "").removeprefix("$"))
        if not dollars.is_finite() or not 0 <= dollars < _MOST_DOLLARS:
            raise InvalidOperation
    except InvalidOperation:
        fail("bad_amount", f"{amount!r} is no amount of dollars", "write 100000 or 2567.49", status=2)
    from tidewaiter.refunds.interest import CORPORATION, OTHER, Rates, UnpublishedRateError

    with told():
        from tidewaiter.ledger.regime import Regime as FoldedLaw

        rates = Rates.load(FoldedLaw.load(day(known_on, "--known-on")))
    try:
        found = rates.on(
            dollars, date.fromisoformat(start), date.fromisoformat(end), corporate=corporate, assume=assume_rates
        )
    except UnpublishedRateError as error:
        hint = error.hint if error.before else "--assume-rates takes the last published rate"
        fail(error.code, str(error), hint, status=2)
    span = CORPORATION if corporate else OTHER, date.fromisoformat(start), date.fromisoformat(end)
    quarters, notes = rates.rows(*span), rates.marks(*span)
    if as_json:
        said = {"principal": f"{dollars:.2f}", "from": start, "to": end, "class": class_, "interest": f"{found:.2f}"}
        more = {"assumed": assume_rates, "cite": rates.law.cite, "quarters": quarters, "notes": notes}
        typer.echo(json.dumps({**said, **more}, indent=1))
        return
    days = (date.fromisoformat(end) - date.fromisoformat(start)).days
    typer.echo(f"{found:,.2f}  on {dollars:,.2f} from {start} to {end} ({days} days, {class_} rates, compounded daily)")
    for one in quarters:
        unsure = "" if one["confidence"] == "published" else f" ({one['confidence']})"
        typer.echo(f"  {one['quarter']}: {one['rate']}, {one['citation']}{unsure}")
    for note in notes:
        typer.echo(f"  {note}")
    typer.echo(f"  {rates.law.cite}; an estimate: customs' own computation decides")


def _desk(
    reports: list[Path],
    regime: Regime,
    on: date,
    class_: str,
    assume_rates: bool,
    interest_to: str,
    deposit: str,
    columns: Path | None,
    strict: bool,
) -> RefundDesk:
    """The desk of these reports, with a line on standard error that says what is being done."""
    from tidewaiter.refunds.read_headers import ColumnMap
    from tidewaiter.refunds.run import Asked
    from tidewaiter.refunds.run import run as work

    asked = Asked(
        on,
        corporate=CORPORATE[_choice(class_, tuple(CORPORATE), "--class")],
        assume_rates=assume_rates,
        to_settlement=interest_to == TO[1],
        monthly_statement=_choice(deposit, DEPOSITS, "--deposit") == DEPOSITS[1],
        strict=strict,
        columns=None if columns is None else ColumnMap.load(columns),
    )
    with told(), _watch("refunds") as step:
        return work(reports, regime, asked, step)


def _regime(known_on: str | None) -> Regime:
    for_many_lines(one_size=False)
    from tidewaiter.api import Regime

    with told():
        return Regime.load(day(known_on, "--known-on"))


def _on(text: str | None, regime: Regime) -> date:
    return date.fromisoformat(day(text or regime.known_on, "--on"))


def _log_for(folder: Path, log: Path | None) -> Any:
    from tidewaiter.assess.errors import FileError
    from tidewaiter.refunds.log import DECLARATIONS, Log, log_of

    path = log or log_of(folder)
    if not path.exists():
        if log is None and not folder.is_dir():
            raise FileError("no_log", f"there is no folder {str(folder)!r}", "name the folder that -o DIR wrote")
        where = path if log is not None else folder / DECLARATIONS
        raise FileError("no_log", f"{where}: there is no log of declarations", "run the desk with -o first")
    return Log.read(path)


def _choice(word: str, words: tuple[str, ...], option: str) -> str:
    if word not in words:
        fail("bad_field", f"{option} {word!r} is none of its words", f"one of {', '.join(words)}", status=2)
    return word


@contextmanager
def _errors(kind: type[Any]) -> Iterator[None]:
    """Errors of files, and a library that is not there, end the command with exit code 2."""
    try:
        with ended_by(kind):
            yield
    except ImportError as error:
        fail("missing_extra", f"the refund desk needs {error.name}", "pip install tidewaiter again, whole", status=2)


@contextmanager
def _watch(what: str) -> Iterator[Callable[[str], None]]:
    """A spinner on standard error that says what is being done; nothing where that is no terminal."""
    if not sys.stderr.isatty():
        yield lambda step: None
        return
    from rich.console import Console

    with Console(stderr=True).status(what) as status:
        yield lambda step: status.update(f"{what}: {step}")
