"""``tidewaiter price`` as a process: exit codes, pipes, killed runs, full disks, terminals, memory, the summary.

``TIDEWAITER_LARGE`` names the number of lines of the test of memory (CI: 250,000; 2,000,000 take half a minute).
"""

from __future__ import annotations

import hashlib
import json
import os
import pty
import re
import resource
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from tests.conftest import TOY
from typer.testing import CliRunner, Result

from tidewaiter.cli.app import app

COMMAND = [sys.executable, "-m", "tidewaiter", "price"]
KNOWN = ["--known-on", "2026-11-22"]
HEAD = "hts,origin,value,entered_at\n"
ROW = f"{TOY},CN,10000,2026-08-01\n"
Files = Callable[..., str]


@pytest.fixture
def file(tmp_path: Path) -> Files:
    def put(*rows: str, name: str = "lines.csv", head: str = HEAD) -> str:
        (tmp_path / name).write_text(head + "".join(rows))
        return str(tmp_path / name)

    return put


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Enough lines for some seconds, in several frames: long notes fill a frame with few lines."""
    path = tmp_path_factory.mktemp("large") / "lines.parquet"
    count = 200_000
    number = pl.int_range(count)
    lines = pl.select(number.alias("line_id")).with_columns(
        pl.lit(TOY).alias("hts"),
        pl.when(number % 3 == 0).then(pl.lit("VN")).otherwise(pl.lit("CN")).alias("origin"),
        (number % 90_000 + 1).alias("value"),
        (pl.date(2025, 3, 1) + pl.duration(days=number % 500)).alias("entered_at"),
        pl.format("E{}", number // 7).alias("entry_id"),
        pl.lit("n" * 600).alias("note"),
    )
    lines.write_parquet(path, row_group_size=50_000)
    return path


def run(*args: str) -> Result:
    return CliRunner().invoke(app, ["price", *args, *KNOWN])


def start(*args: str | Path, **how: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen([*COMMAND, *map(str, args), *KNOWN], stderr=subprocess.PIPE, **how)  # type: ignore[call-overload,no-any-return]


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# Exit codes and the summary


def test_a_file_that_is_answered_whole(file: Files, tmp_path: Path) -> None:
    result = run(file(ROW, ROW), "-o", str(tmp_path / "priced.csv"))
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.splitlines() == [
        f"{tmp_path}/priced.csv: 2 lines, 2 priced",
        "  us-301-forced-labor                2,500.00",
        "  total duty                         2,500.00",
        "  MPF                                   69.28",
    ]


def test_a_refused_line_makes_the_exit_code_1(file: Files, tmp_path: Path) -> None:
    result = run(file(ROW, "abcd,CN,1,2026-08-01\n", f"{TOY},CN,,2026-08-01\n" * 2), "-o", str(tmp_path / "priced.csv"))
    assert result.exit_code == 1
    assert result.stderr.splitlines()[0].endswith("4 lines, 1 priced")
    assert result.stderr.splitlines()[-2:] == ["  refused: missing_field: 2", "  refused: malformed_number: 1"]
    assert pl.read_csv(tmp_path / "priced.csv")["error"].to_list() == [None, "malformed_number", *["missing_field"] * 2]


@pytest.mark.parametrize(
    ("name", "output", "code"),
    [
        ("none.csv", "priced.csv", "file_not_found"),
        ("lines.csv", "priced.xls", "bad_file_type"),
        ("lines.csv", "nowhere/priced.csv", "cannot_write"),
        ("lines.csv", "nowhere/priced.parquet", "cannot_write"),
    ],
)
def test_what_cannot_be_read_or_written_makes_it_2(
    file: Files, tmp_path: Path, name: str, output: str, code: str
) -> None:
    file(ROW)
    result = run(str(tmp_path / name), "-o", str(tmp_path / output))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"error: {code}: ")
    assert names_in(tmp_path) == ["lines.csv"]


def test_a_missing_column_is_told_with_the_one_that_may_be_meant(file: Files, tmp_path: Path) -> None:
    result = run(file(ROW, head="HTS ,origin,value,Entry Date\n"), "-o", str(tmp_path / "priced.csv"))
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        "error: missing_column: there is no column hts, entered_at: every line needs hts, origin, value and entered_at",
        "  hint: rename columns: hts may be 'HTS '; entered_at may be 'Entry Date'",
    ]


def test_columns_that_are_nearly_fields_are_told(file: Files, tmp_path: Path) -> None:
    source = file("9503.00.0073,CN,1,2026-08-01,5\n", head="hts,origin,value,entered_at,Quantity\n")
    result = run(source, "-o", str(tmp_path / "priced.csv"))
    assert result.exit_code == 0
    assert result.stderr.splitlines()[-1] == "  not read: column 'Quantity'; did you mean quantity?"
    said = json.loads(run(source, "-o", str(tmp_path / "priced.csv"), "--json").stdout)
    assert said["unread_columns"] == {"Quantity": "quantity"}


def test_the_summary_is_the_sum_of_the_columns(file: Files, tmp_path: Path) -> None:
    rows = [
        f"{TOY},CN,{value},{day},{how}\n"
        for value in ("1000", "0.37", "123456.78")
        for day in DAYS
        for how in ("air", "vessel")
    ]
    source = file(*rows, "abcd,CN,1,2026-08-01,air\n", head="hts,origin,value,entered_at,transport\n")
    output = tmp_path / "priced.parquet"
    text = run(source, "-o", str(output))
    result = run(source, "-o", str(output), "--json")
    assert (text.exit_code, text.stdout, result.exit_code, result.stderr) == (1, "", 1, "")
    said, found = json.loads(result.stdout), pl.read_parquet(output)

    def total(column: str) -> str:
        return f"{found[column].sum():.2f}"

    assert (said["lines"], said["answered"], said["refused"]) == (len(rows) + 1, len(rows), {"malformed_number": 1})
    assert said["base_duty"] == total("base_duty")
    assert said["total_duty"] == total("total_duty")
    assert said["refundable"] == total("refundable")
    assert said["fees"] == {"MPF": total("mpf"), "HMF": total("hmf")}
    programs = found.columns[found.columns.index("base_duty") + 1 : found.columns.index("mpf")]
    charged = {name for name in programs if found[name].sum()}
    assert {name.replace("-", "_"): duty for name, duty in said["duties"].items()} == {
        one: total(one) for one in charged
    }
    shown = dict(re.findall(r"^  (\S.*?)  +([\d,]+\.\d\d)$", text.stderr, re.MULTILINE))
    assert shown.pop("total duty") == f"{Decimal(said['total_duty']):,}"
    assert shown.pop("of which refundable") == f"{Decimal(said['refundable']):,}"
    assert shown == {name: f"{Decimal(duty):,}" for name, duty in {**said["duties"], **said["fees"]}.items()}


DAYS = ("2018-10-01", "2025-03-05", "2025-06-01", "2026-03-01", "2026-08-01")


def test_help_says_what_it_does() -> None:
    said = " ".join(CliRunner().invoke(app, ["price", "--help"]).stdout.split())
    for part in (
        "hts, origin, value and entered_at always",
        "renamed when it is whole",
        "Exit code 0",
        "docs/price.md",
        "tidewaiter price entries.csv -o - | head",
        *("--rates", "--long", "--whole-dollars", "--sort", "--json", "--known-on", "--scenario"),
    ):
        assert part in said


# Pipes and disks


def test_a_pipe_closed_early_is_no_error(large: Path) -> None:
    process = start(large, "-o", "-", stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline().startswith(b"line_id,hts,origin")
    process.stdout.close()
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (0, b"")


def test_answers_on_standard_output_and_the_summary_beside(file: Files) -> None:
    for extra, first in (([], "-: 1 lines, 1 priced"), (["--json"], "{")):
        done = subprocess.run(
            [*COMMAND, file(ROW), "-o", "-", *KNOWN, *extra], capture_output=True, text=True, timeout=60
        )
        assert (done.returncode, len(done.stdout.splitlines())) == (0, 2)
        assert done.stderr.splitlines()[0] == first


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has a device that is always full")
def test_a_full_disk_behind_standard_output(file: Files) -> None:
    with Path("/dev/full").open("wb") as full:
        process = start(file(ROW), "-o", "-", stdout=full)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 2
    assert said.decode().splitlines() == ["error: cannot_write: standard output: No space left on device"]


@pytest.mark.parametrize("name", ["priced.csv", "priced.parquet"])
def test_a_disk_that_fills_on_the_way(large: Path, tmp_path: Path, name: str) -> None:
    """No file may grow beyond two megabytes: the run ends with a code, and yesterday's answer still stands."""
    (tmp_path / name).write_text("yesterday")

    def small_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2 * 1024**2, 2 * 1024**2))

    process = start(large, "-o", tmp_path / name, preexec_fn=small_disk)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 2, said
    assert said.decode().startswith(f"error: cannot_write: {tmp_path / name}: ")
    assert b"Traceback" not in said
    assert names_in(tmp_path) == [name]
    assert (tmp_path / name).read_text() == "yesterday"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written(file: Files, tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o500)
    result = run(file(ROW), "-o", str(tmp_path / "locked" / "priced.csv"))
    assert result.exit_code == 2
    assert "cannot_write" in result.stderr


# Killed


def when_it_grows(path: Path, process: subprocess.Popen[bytes]) -> None:
    """Wait until a half-written file stands there."""
    until = time.monotonic() + 60
    while not (path.exists() and path.stat().st_size > 0):
        assert process.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < until
        time.sleep(0.005)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["priced.csv", "priced.parquet"])
def test_killed_half_way(large: Path, tmp_path: Path, name: str) -> None:
    output, beside = tmp_path / name, tmp_path / f".{name}.tmp"
    process = start(large, "-o", output)
    when_it_grows(beside, process)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert names_in(tmp_path) == [beside.name]

    again = start(large, "-o", output)
    again.communicate(timeout=120)
    assert again.returncode == 0
    assert names_in(tmp_path) == [name]

    undisturbed = tmp_path / f"undisturbed-{name}"
    start(large, "-o", undisturbed).communicate(timeout=120)
    assert fingerprint(output) == fingerprint(undisturbed)


def fingerprint(path: Path) -> object:
    """Of what stands in a file: rows and sums of a Parquet file, whose bytes may differ; the bytes of a CSV."""
    if path.suffix == ".csv":
        return hashlib.sha256(path.read_bytes()).hexdigest()
    numbers = pl.col(pl.Decimal, pl.Int64).sum()
    hashed = pl.struct(pl.exclude("note")).hash().sum().alias("hash")
    return pl.scan_parquet(path).select(numbers, hashed, pl.len().alias("rows")).collect().rows()


def test_interrupted(large: Path, tmp_path: Path) -> None:
    process = start(
        large,
        "-o",
        tmp_path / "priced.csv",
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    when_it_grows(tmp_path / ".priced.csv.tmp", process)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in said
    assert names_in(tmp_path) == []


# Terminals


def on_a_terminal(*args: str | Path) -> tuple[int, str]:
    """Exit code and what a person sees on a terminal."""
    master, slave = pty.openpty()
    told = {**os.environ, "COLUMNS": "120", "TERM": "xterm"}
    process = subprocess.Popen([*COMMAND, *map(str, args), *KNOWN], stderr=slave, stdout=slave, stdin=slave, env=told)
    os.close(slave)
    seen = b""
    while select.select([master], [], [], 60)[0]:
        try:
            piece = os.read(master, 65536)
        except OSError:  # Linux: nobody holds the other side any more
            break
        if not piece:
            break
        seen += piece
    os.close(master)
    return process.wait(timeout=60), seen.decode(errors="replace")


def test_a_terminal_shows_the_rate_and_the_time_left(large: Path, tmp_path: Path) -> None:
    code, seen = on_a_terminal(large, "-o", tmp_path / "priced.parquet")
    assert code == 0
    rates = [int(one.replace(",", "")) for one in re.findall(r"([\d,]+) lines, [\d,]+ a second", seen)]
    assert rates and rates == sorted(rates)
    assert rates[-1] == 200_000
    # Elapsed, then left, as hours, minutes and seconds.
    assert re.search(r"0:00:\d\d 0:00:\d\d [\d,]+ lines", re.sub(r"\x1b\[[\d;?]*[a-zA-Z]", "", seen))
    assert "200,000 lines, 200,000 priced" in seen


def test_without_a_terminal_there_is_nothing_but_the_summary(large: Path, tmp_path: Path) -> None:
    process = start(large, "-o", tmp_path / "priced.parquet", stdout=subprocess.PIPE)
    out, said = process.communicate(timeout=60)
    assert out == b""
    lines = said.decode().splitlines()
    assert lines[0] == f"{tmp_path}/priced.parquet: 200,000 lines, 200,000 priced"
    assert all(re.fullmatch(r"  [\w -]+ +[\d,]+\.\d\d", line) for line in lines[1:])


# Memory


# Not getrusage: a new process is born with the peak of the one that starts it, here all of the tests before.
SAYS_ITS_PEAK = """
import os, pathlib, runpy, sys
leave = os._exit
def say_and_leave(code):
    print(pathlib.Path("/proc/self/status").read_text(), file=sys.stderr, flush=True)
    leave(code)
os._exit = say_and_leave
runpy.run_module("tidewaiter", run_name="__main__")
"""


@pytest.mark.slow
@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="the system does not say how much memory a process took"
)
def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """Entries of one to forty lines, a tenth of the lines with facts; two million of them stay under 1.5 GB."""
    count = int(os.environ.get("TIDEWAITER_LARGE", "250000"))
    number = pl.int_range(count)
    source = tmp_path / "lines.parquet"
    pl.select(number.alias("line_id")).with_columns(
        pl.when(number % 2 == 0).then(pl.lit(TOY)).otherwise(pl.lit("8507.60.0090")).alias("hts"),
        pl.when(number % 5 == 0).then(pl.lit("VN")).otherwise(pl.lit("CN")).alias("origin"),
        (number * 7919 % 9_999_999 / 100).alias("value"),
        (pl.date(2026, 2, 1) + pl.duration(days=number % 300)).alias("entered_at"),
        pl.format("E{}", number // 20).alias("entry_id"),
        pl.when(number % 10 == 0).then(pl.lit("not:civil-aircraft")).alias("claims"),
    ).write_parquet(source)
    words = ["price", str(source), "-o", str(tmp_path / "priced.parquet"), *KNOWN]
    process = subprocess.run([sys.executable, "-c", SAYS_ITS_PEAK, *words], capture_output=True, text=True, check=False)
    assert process.returncode in (0, 1)
    peak = re.search(r"^VmHWM:\s*(\d+) kB$", process.stderr, re.MULTILINE)
    assert peak is not None and int(peak[1]) < 1.5 * 1024**2
    assert pl.scan_parquet(tmp_path / "priced.parquet").select(pl.len()).collect().item() == count
