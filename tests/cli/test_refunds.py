"""``tidewaiter refunds``: a report or a command's name, exit codes, what is said where, and the way of a declaration."""

from __future__ import annotations

import errno
import io
import json
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO, cast

import jsonschema
import pytest
from tests.cli.desk import refund_desk
from typer.testing import CliRunner

from tidewaiter.cli.app import app
from tidewaiter.refunds.out import schema

KNOWN = ["--known-on", "2026-11-22"]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    refund_desk(tmp_path)
    shutil.rmtree(tmp_path / "desk")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refunds(*words: str, code: int = 0) -> Any:
    found = CliRunner().invoke(app, ["refunds", *words])
    assert found.exit_code == code, found.output
    return found


def test_options_may_stand_before_the_reports(desk: Path) -> None:
    assert "2 entries" in refunds("--on", "2026-11-22", *KNOWN, "es003.csv").stdout


def test_a_report_that_bears_the_name_of_a_command_is_told_by_its_path(desk: Path) -> None:
    shutil.copy("es003.csv", "sample")
    assert "2 entries" in refunds("./sample", *KNOWN).stdout


def test_the_help_shows_the_options_and_the_commands() -> None:
    said = refunds("--help").stdout
    for word in ("--columns", "--assume-rates", "--dashed", "reconcile", "interest", "nothing is sent anywhere"):
        assert word in said


def test_the_screen_says_that_data_stay_here_and_nothing_is_written_unasked(desk: Path) -> None:
    before = sorted(desk.rglob("*"))
    said = refunds("es003.csv", *KNOWN).stdout
    assert "Your data stays on this machine" in said
    assert "no customs business" in said
    assert sorted(desk.rglob("*")) == before


def test_a_bad_file_is_told_the_others_are_read_and_the_exit_code_is_1(desk: Path) -> None:
    (desk / "empty.csv").write_text("", encoding="utf-8")
    (desk / "other.csv").write_text("Colour,Size\nblue,3\n", encoding="utf-8")
    (desk / "cut.xlsx").write_bytes(b"PK\x03\x04 cut off")
    said = refunds("empty.csv", "es003.csv", "other.csv", "cut.xlsx", "missing.csv", *KNOWN, code=1).stdout
    assert "2 entries" in said
    for code in ("empty_file", "wrong_layout", "malformed_file", "file_not_found"):
        assert f"NOT READ: {code}" in said


def test_a_row_that_cannot_be_read_makes_the_exit_code_1(desk: Path) -> None:
    text = Path("es003.csv").read_text(encoding="utf-8").replace('"$2,000.00"', "#REF!")
    Path("es003.csv").write_text(text, encoding="utf-8")
    assert "error: excel_error, 1 row(s)" in refunds("es003.csv", *KNOWN, code=1).stdout


def test_json_is_the_schema_and_pipes(desk: Path) -> None:
    found = json.loads(refunds("es003.csv", *KNOWN, "--json").stdout)
    jsonschema.Draft202012Validator(schema()).validate(found)
    assert found["declarations"] is None
    assert found["summary"]["refundable_principal"] == "5000.00"


@pytest.mark.parametrize(
    "words",
    [
        ["--class", "rich"],
        ["--deposit", "never"],
        ["--interest-to", "doomsday"],
        ["--on", "tomorrow"],
        ["--columns", "no.yaml"],
    ],
)
def test_what_is_not_understood_ends_with_2(desk: Path, words: list[str]) -> None:
    refunds("es003.csv", *KNOWN, *words, code=2)


def test_the_way_of_a_declaration(desk: Path) -> None:
    """Prepared, handed in, reconciled, and never in a second file."""
    assert "1 entry in files to hand in" in refunds("es003.csv", *KNOWN, "-o", "desk").stdout
    assert "handed in on 2026-11-24" in refunds("submitted", "desk", "--on", "2026-11-24").stdout
    assert "nothing was waiting" in refunds("submitted", "desk", "--on", "2026-11-25").stdout
    assert "0 entries in files to hand in, 1 handed in before" in refunds("es003.csv", *KNOWN, "-o", "desk").stdout
    found = json.loads(refunds("reconcile", "desk", "rev615.csv", "--on", "2027-02-01", "--json").stdout)
    assert [(row["state"], row["entries"]) for row in found["states"]] == [("paid", 1)]
    refunds("submitted", "desk/declarations/cape-BII-12-3456789-001.csv", "--on", "2026-11-25", code=2)


def test_a_refused_entry_is_released_and_declared_again(desk: Path) -> None:
    refunds("es003.csv", *KNOWN, "-o", "desk")
    refunds("submitted", "desk", "--on", "2026-11-24")
    (desk / "es022.csv").write_text(
        "Entry Summary Number,Claim Status,Message\nBII05992854,Rejected,UNABLE TO CALCULATE DUTY\n", encoding="utf-8"
    )
    refunds("reconcile", "desk", "es022.csv", "--on", "2026-12-01", "--release", "-o", "all.csv")
    assert "customs cannot compute the duty from the line" in (desk / "all.csv").read_text(encoding="utf-8")
    again = refunds("es003.csv", *KNOWN, "-o", "desk", "--on", "2026-12-01").stdout
    assert "cape-BII-12-3456789-002.csv: 1 entry, prepared" in again


def test_one_log_for_several_folders(desk: Path) -> None:
    refunds("es003.csv", *KNOWN, "-o", "one", "--log", "all.jsonl")
    refunds("submitted", "one", "--log", "all.jsonl", "--on", "2026-11-24")
    assert "1 handed in before" in refunds("es003.csv", *KNOWN, "-o", "two", "--log", "all.jsonl").stdout


def test_a_library_that_is_not_there_is_told_before_anything_is_written(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "fpdf", None)
    monkeypatch.delitem(sys.modules, "tidewaiter.refunds.pdf", raising=False)
    assert "missing_extra: the refund desk needs fpdf" in refunds("es003.csv", *KNOWN, "-o", "desk", code=2).output
    assert not Path("desk").exists()


def test_without_a_log_there_is_nothing_to_reconcile(desk: Path) -> None:
    assert "no_log" in refunds("reconcile", "desk", "rev615.csv", code=2).output


@pytest.mark.parametrize(("class_", "interest"), [("corporate", "6,197.69"), ("other", "7,311.84")])
def test_interest_of_the_facts(class_: str, interest: str) -> None:
    """100,000 dollars from 15 June 2025 to 1 July 2026 (19 USC 1505(c); 26 USC 6621, 6622)."""
    assert refunds("interest", "$100,000", "2025-06-15", "2026-07-01", "--class", class_, *KNOWN).stdout.startswith(
        interest
    )


def test_interest_names_its_rates() -> None:
    """Corporations: 6% of each quarter of 2025 and the first of 2026, 5% of the second (one point below 2026-8 I.R.B.)."""
    words = ["interest", "100000", "2025-06-15", "2026-07-01", *KNOWN]
    shown = refunds(*words).stdout
    assert "2026 Q2: 5%, 2026-8 I.R.B. (derived)" in shown and "19 USC 1505(c)" in shown
    said = json.loads(refunds(*words, "--json").stdout)
    assert [one["rate"] for one in said["quarters"]] == ["6%", "6%", "6%", "6%", "5%"]
    assert said["quarters"][0]["from"] == "2025-06-15" and said["quarters"][-1]["until"] == "2026-07-01"
    assert said["notes"] == ["interest rests on a derived rate (2026 Q2)"]


def test_interest_does_not_run_backwards() -> None:
    assert "bad_date" in refunds("interest", "100", "2026-07-01", "2026-06-30", *KNOWN, code=2).output


def test_a_quarter_without_a_rate_is_refused_or_assumed_on_request() -> None:
    words = ["interest", "100000", "2026-06-15", "2027-03-01", *KNOWN]
    assert "rate_not_published" in refunds(*words, code=2).output
    refunds(*words, "--assume-rates")


@pytest.mark.parametrize("amount", ["ten", "-5", "NaN", "1e999999"])
def test_an_amount_that_is_none(amount: str) -> None:
    assert "bad_amount" in refunds("interest", *KNOWN, "--", amount, "2025-06-15", "2026-07-01", code=2).output


def test_the_other_commands_do_not_load_the_desk() -> None:
    code = (
        "import sys, tidewaiter.cli.app\n"
        "assert not [name for name in sys.modules if name.startswith(('polars', 'tidewaiter.refunds', 'fpdf', 'PIL'))]"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("words", [["absent.csv"], ["foo"], ["."], ["notes.md"], ["empty.csv", "--json"]])
def test_where_no_file_can_be_read_there_is_no_desk(desk: Path, words: list[str]) -> None:
    (desk / "notes.md").write_text("# Notes\n", encoding="utf-8")
    (desk / "empty.csv").write_text("", encoding="utf-8")
    found = refunds(*words, *KNOWN, code=2)
    assert found.stdout == ""
    assert found.stderr.count("error: ") == 1
    assert "hint: " in found.stderr


def test_each_file_is_told_once_where_none_can_be_read(desk: Path) -> None:
    told = refunds("absent.csv", ".", *KNOWN, code=2).stderr
    assert told.count("'absent.csv'") == 1
    assert "is_folder: '.' is a folder" in told


def test_the_rights_of_no_file(desk: Path) -> None:
    assert "file_not_found: no file 'nofile.csv'" in refunds("rights", "nofile.csv", *KNOWN, code=2).stderr
    assert "file_not_found: no file 'nofile.csv'" in refunds("rights", "nofile.csv", "es003.csv", *KNOWN, code=1).stderr


def test_a_quarter_before_the_first_rate() -> None:
    """It is published, and not at hand: the last published rate would be wrong for it."""
    told = refunds("interest", "100000", "2018-06-15", "2019-07-01", *KNOWN, code=2).stderr
    assert "not at hand" in told
    assert "--assume-rates" not in told


@pytest.mark.parametrize("on", ["2026-11-21", "2999-01-01"])
def test_a_declaration_is_handed_in_after_it_was_prepared_and_not_in_days_to_come(desk: Path, on: str) -> None:
    refunds("es003.csv", *KNOWN, "-o", "desk")
    assert "bad_date" in refunds("submitted", "desk", "--on", on, code=2).stderr
    assert "handed in" in refunds("submitted", "desk", "--on", "2026-11-22").stdout


def test_a_folder_that_is_not_there(desk: Path) -> None:
    for words in (["submitted", "nodesk"], ["reconcile", "nodesk", "rev615.csv"]):
        assert "there is no folder 'nodesk'" in refunds(*words, code=2).stderr
    Path("bare").mkdir()
    for words in (["submitted", "bare"], ["reconcile", "bare", "rev615.csv"]):
        told = refunds(*words, code=2).stderr
        assert "no log" in told and "bare/declarations" in told


@pytest.mark.parametrize("name", ["missing.csv", "es003.md", "."])
def test_nothing_is_reconciled_with_reports_that_cannot_be_read(desk: Path, name: str) -> None:
    (desk / "es003.md").write_text("Colour,Size\nblue,3\n", encoding="utf-8")
    refunds("es003.csv", *KNOWN, "-o", "desk")
    found = refunds("reconcile", "desk", name, code=2)
    assert found.stdout == ""
    assert "error: " in found.stderr


def test_a_sample_overwrites_no_report_of_somebody(desk: Path) -> None:
    (desk / "mine").mkdir()
    (desk / "mine" / "broker.xlsx").write_text("mine", encoding="utf-8")
    found = refunds("sample", "--entries", "5", "-o", "mine", code=2)
    assert "file_exists" in found.stderr and "hint: " in found.stderr
    assert (desk / "mine" / "broker.xlsx").read_text(encoding="utf-8") == "mine"
    assert "cannot_write" in refunds("sample", "--entries", "5", "-o", "es003.csv", code=2).stderr
    refunds("sample", "--entries", "-3", "-o", "new", code=2)
    assert not Path("new").exists()
    for _ in range(2):
        refunds("sample", "--entries", "5", "-o", "new")


def test_a_big_sample_overwrites_nothing_unless_it_is_told_to(desk: Path) -> None:
    (desk / "big").mkdir()
    report = desk / "big" / "es003-big.csv"
    report.write_text("mine", encoding="utf-8")
    words = ["sample", "--entries", "5", "--big", "-o", "big"]
    told = refunds(*words, code=2).stderr
    assert "file_exists" in told and "--force" in told
    assert report.read_text(encoding="utf-8") == "mine"
    refunds(*words, "--force")
    assert report.read_text(encoding="utf-8").startswith("Entry Summary Number,")
    assert "file_exists" in refunds(*words, code=2).stderr


def test_a_sample_may_be_told_to_overwrite(desk: Path) -> None:
    (desk / "mine").mkdir()
    (desk / "mine" / "broker.xlsx").write_text("mine", encoding="utf-8")
    refunds("sample", "--entries", "5", "-o", "mine", "--force")
    assert (desk / "mine" / "broker.xlsx").read_bytes().startswith(b"PK")


def test_a_reader_that_has_seen_enough_is_no_error(desk: Path) -> None:
    from tidewaiter.api import Regime
    from tidewaiter.refunds.out import write_object
    from tidewaiter.refunds.run import Asked, run

    class Closed(io.BytesIO):
        """Reads the sums, and no entries."""

        def write(self, data: Any) -> int:
            if self.tell() and b'"entries": ' in self.getvalue()[-20:]:
                raise BrokenPipeError(errno.EPIPE, "Broken pipe")
            return super().write(data)

    summary = run(["es003.csv"], Regime.load("2026-11-22"), Asked(date(2026, 11, 22))).summary()
    with pytest.raises(BrokenPipeError):
        write_object(cast(BinaryIO, Closed()), summary, None)


def test_a_report_without_values_has_no_duty_due_of_zero(desk: Path) -> None:
    """What was due cannot be computed without the value, and the screen names the column."""
    text = Path("es003.csv").read_text(encoding="utf-8").replace("Line Tariff Goods Value Amount", "Worth")
    Path("es003.csv").write_text(text, encoding="utf-8")
    said = refunds("es003.csv", *KNOWN, code=1).stdout
    assert "no_value_column, 1 report(s)" in said
    assert "not computed" in said


@pytest.mark.parametrize("header", ["Country of Origin Code", "Entry Date", "Liquidation Status,Liquidation Date"])
def test_an_answer_from_a_report_that_lacks_a_column_is_not_complete(desk: Path, header: str) -> None:
    """Without origin or date nothing is held against the law; without liquidation every window rests on an estimate."""
    text = Path("es003.csv").read_text(encoding="utf-8").replace(header, ",".join("ab"[: 1 + header.count(",")]))
    Path("es003.csv").write_text(text, encoding="utf-8")
    said = refunds("es003.csv", *KNOWN, "-o", "desk", code=1).stdout
    assert "1 report(s): no column tells" in said
    page = (desk / "desk" / "readiness.html").read_text(encoding="utf-8")
    assert "Incomplete: " in page and "no column tells" in page


def test_a_line_that_the_engine_refuses_makes_the_exit_code_1(desk: Path) -> None:
    """As in price and assess: the others are answered (docs/price.md). No edition has the number 9503.00.9999."""
    text = Path("es003.csv").read_text(encoding="utf-8").replace("3,9503000073", "3,9503009999", 1)
    Path("es003.csv").write_text(text, encoding="utf-8")
    said = refunds("es003.csv", *KNOWN, "-o", "desk", code=1).stdout
    assert "1 of 2 lines could not be held against the law" in said
    assert "1 of 2 lines could not be held against the law" in (desk / "desk" / "readiness.html").read_text(
        encoding="utf-8"
    )


def test_the_screen_names_the_facts_that_are_missing(desk: Path) -> None:
    said = refunds("es003.csv", *KNOWN, "--strict").stdout
    assert "missing data: " in said
    assert "drawback (" in said


def test_a_file_without_permission_keeps_no_other_from_being_read(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("secret.csv").write_text("x", encoding="utf-8")
    opens = Path.open

    def refused(path: Path, *args: Any, **options: Any) -> Any:
        if path.name == "secret.csv":
            raise PermissionError(errno.EACCES, "Permission denied")
        return opens(path, *args, **options)

    monkeypatch.setattr(Path, "open", refused)
    monkeypatch.setattr(os, "access", lambda path, mode, **options: "secret" not in str(path))
    said = refunds("secret.csv", "es003.csv", *KNOWN, code=1).stdout
    assert "NOT READ: cannot_read" in said
    assert "2 entries" in said
