"""What commands say of the files they are given: folders, files that are not there, semicolons, an answer over its own input."""

from __future__ import annotations

import os
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from tests.conftest import TOY
from typer.testing import CliRunner

from tidewaiter.cli.app import app

KNOWN = ["--known-on", "2026-11-22"]
LINES = f"hts,origin,value,entered_at\n{TOY},CN,10000,2026-08-01\n"
SEMICOLONS = LINES.replace(",", ";")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lines.csv").write_text(LINES)
    return tmp_path


def refused(*words: str) -> tuple[str, str]:
    """The error with its code, and the hint, of a command that ends with 2 and prints no answer."""
    said = CliRunner().invoke(app, [*words, *KNOWN])
    assert (said.exit_code, said.stdout) == (2, ""), said.output
    error, hint = said.stderr.splitlines()
    return error, hint


READERS = [
    ["price", "{}", "-o", "priced.csv"],
    ["whatif", "{}"],
    ["assess", "{}"],
    ["law", "changes", "--since", "2026-07-01", "--skus", "{}"],
    ["averages", "--weights", "{}"],
    ["averages", "--both", "--weights", "US={}"],
    ["panel", "-o", "panel", "--products", TOY, "--unit-values", "{}"],
]
NAMES = [" ".join(words[:2]) for words in READERS]


def given(words: list[str], file: str) -> list[str]:
    return [word.replace("{}", file) for word in words]


# Files that are not there, and folders


@pytest.mark.parametrize("words", READERS, ids=NAMES)
def test_a_file_that_is_not_there(folder: Path, words: list[str]) -> None:
    error, hint = refused(*given(words, "missing.csv"))
    assert error == "error: file_not_found: no file 'missing.csv'"
    assert ".parquet" in hint


@pytest.mark.parametrize("words", READERS, ids=NAMES)
@pytest.mark.parametrize("name", ["many", "many.parquet"])
def test_a_folder_is_said_to_be_one_with_what_to_do(folder: Path, words: list[str], name: str) -> None:
    (folder / name).mkdir()
    error, hint = refused(*given(words, name))
    assert error == f"error: is_folder: {name!r} is a folder, not a file"
    assert f"polars.scan_parquet({name!r}).sink_parquet('one.parquet')" in hint


def test_what_the_hint_says_of_a_folder_makes_one_file(folder: Path) -> None:
    many = folder / "many"
    many.mkdir()
    lines = pl.read_csv(folder / "lines.csv", infer_schema=False)
    for number in range(3):
        lines.with_columns(line_id=pl.lit(str(number))).write_parquet(many / f"{number}.parquet")
    pl.scan_parquet("many").sink_parquet("one.parquet")
    said = CliRunner().invoke(app, ["price", "one.parquet", "-o", "priced.parquet", *KNOWN])
    assert said.exit_code == 0, said.output
    assert pl.read_parquet("priced.parquet")["line_id"].to_list() == ["0", "1", "2"]


# Other separators


@pytest.mark.parametrize("words", READERS, ids=NAMES)
@pytest.mark.parametrize(
    ("text", "name"),
    [
        (SEMICOLONS, "semicolons"),
        (SEMICOLONS.replace("hts;origin", '"hts";"origin"'), "semicolons"),
        ("\ufeff" + SEMICOLONS.replace("10000", "10000,50"), "semicolons"),
        (LINES.replace(",", "\t"), "tabs"),
    ],
    ids=["plain", "quoted", "decimal commas", "tabs"],
)
def test_other_separators_are_named_and_nothing_is_guessed(
    folder: Path, words: list[str], text: str, name: str
) -> None:
    (folder / "other.csv").write_text(text)
    error, hint = refused(*given(words, "other.csv"))
    assert error == f"error: malformed_file: other.csv: {name} stand between the names of its columns, not commas"
    assert "commas between the cells and points in the numbers" in hint
    assert not (folder / "priced.csv").exists()


# An answer over what it is made of

ACTS = "my-acts.yaml"
WRITERS = [
    (["price", "lines.csv", "-o", "{}"], "lines.csv"),
    (["price", "lines.csv", "-o", "{}", "--into", "CN", "--schedule", "own.csv"], "own.csv"),
    (["price", "book.xlsx#First", "-o", "{}"], "book.xlsx"),
    (["whatif", "lines.csv", "-o", "{}"], "lines.csv"),
    (["whatif", "book.xlsx#First", "-o", "{}"], "book.xlsx"),
    (["whatif", "lines.csv", "-o", "{}", "--scenarios", f"truce-lapses,{ACTS}"], ACTS),
    (["whatif", "lines.csv", "-o", "{}", "--against", ACTS], ACTS),
    (["assess", "lines.csv", "-o", "{}"], "lines.csv"),
    (["averages", "-o", "{}", "--weights", "weights.csv"], "weights.csv"),
    (["averages", "--both", "-o", "{}", "--weights", "US=mine.csv,CN=weights.csv"], "weights.csv"),
    (["averages", "--both", "--plot", "{}", "--scenario", f"law,{ACTS}"], ACTS),
    (["panel", "-o", "{}", "--changed-from", "earlier"], "earlier"),
    (["panel", "-o", "{}", "--unit-values", "weights.csv"], "weights.csv"),
    (["timeline", "--ics", "{}", "--scenario", ACTS], ACTS),
    (["refunds", "columns", "lines.csv", "-o", "{}"], "lines.csv"),
    (["refunds", "reconcile", "desk", "lines.csv", "weights.csv", "-o", "{}"], "weights.csv"),
]


def same(path: str) -> list[str]:
    """Other ways to write the name of a file."""
    Path("symbolic").symlink_to(path)
    names = [path, f"./{path}", f"folder/../{path}", str(Path(path).absolute()), "symbolic"]
    if Path(path).is_file():
        os.link(path, "hard")
        names.append("hard")
    return names


@pytest.mark.parametrize(("words", "read"), WRITERS, ids=[" ".join(words) for words, _ in WRITERS])
def test_no_command_writes_over_what_it_reads(folder: Path, words: list[str], read: str) -> None:
    for name in ("own.csv", "book.xlsx", ACTS, "mine.csv", "weights.csv"):
        (folder / name).write_text(f"what {name} says")
    (folder / "folder").mkdir()
    (folder / "earlier").mkdir()
    for name in same(read):
        said = CliRunner().invoke(app, given(words, name))
        assert (said.exit_code, said.stdout) == (2, ""), said.output
        assert said.stderr.splitlines() == [
            f"error: output_is_input: {str(Path(name))!r} would be written over what is read from it",
            "  hint: give the answer another name",
        ]
    if read != "earlier":
        assert (folder / read).read_text() == (LINES if read == "lines.csv" else f"what {read} says")


def test_another_file_of_the_same_name_is_written(folder: Path) -> None:
    (folder / "priced").mkdir()
    said = CliRunner().invoke(app, ["price", "lines.csv", "-o", "priced/lines.csv", *KNOWN])
    assert said.exit_code == 0, said.output
    # An answer may be written over an earlier one, though its input is a link to something else.
    Path("link.csv").symlink_to("lines.csv")
    assert CliRunner().invoke(app, ["price", "link.csv", "-o", "priced/lines.csv", *KNOWN]).exit_code == 0


# A second file


@pytest.mark.parametrize(
    "words",
    [
        ["price", "lines.csv", "b.csv"],
        ["price", "--rates", "lines.csv", "b.csv", "c.csv"],
        ["price", "lines.csv", "-o", "priced.csv", "b.csv"],
        ["whatif", "lines.csv", "b.csv", "--months", "2"],
        ["assess", "--json", "lines.csv", "b.csv"],
    ],
    ids=" ".join,
)
def test_a_second_file_is_told_how_the_one_to_be_written_is_named(folder: Path, words: list[str]) -> None:
    assert refused(*words) == (
        "error: unexpected_argument: 'b.csv': more than one file is given",
        "  hint: one file is read at a time; the one to be written is named with -o",
    )
    assert sorted(path.name for path in folder.iterdir()) == ["lines.csv"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["price", "a.csv", "b.csv", "--help"], "Usage: "),
        (["price", "a.csv", "b.csv", "--rate"], "No such option: --rate"),
        (["price", "lines.csv"], "Missing option '-o' / '--output'."),
    ],
)
def test_help_and_options_are_told_as_ever(folder: Path, words: list[str], said: str) -> None:
    assert said in CliRunner().invoke(app, words).output


# Workbooks


def test_where_workbooks_are_not_read_it_is_said_where_they_are(folder: Path) -> None:
    with xlsxwriter.Workbook("lines.xlsx") as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate(LINES.splitlines()):
            sheet.write_row(row, 0, cells.split(","))
    for name in ("lines.xlsx", "lines.xlsx#Sheet1"):
        error, hint = refused("assess", name)
        assert error == "error: bad_file_type: lines.xlsx: a file of this type is not read"
        assert "tidewaiter price reads .xlsx" in hint
    assert CliRunner().invoke(app, ["price", "lines.xlsx", "-o", "priced.csv", *KNOWN]).exit_code == 0


@pytest.mark.parametrize("words", [READERS[4], READERS[6]], ids=[NAMES[4], NAMES[6]])
def test_a_workbook_of_weights_or_unit_values_is_said_to_be_one(folder: Path, words: list[str]) -> None:
    with xlsxwriter.Workbook("table.xlsx") as book:
        book.add_worksheet()
    error, hint = refused(*given(words, "table.xlsx"))
    assert error == "error: bad_file_type: table.xlsx: a workbook is not read here"
    assert ".csv" in hint


def test_only_a_workbook_has_sheets(folder: Path) -> None:
    error, _ = refused("assess", "lines.csv#Sheet1")
    assert error == "error: file_not_found: no file 'lines.csv#Sheet1'"
