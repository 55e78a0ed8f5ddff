"""What commands say of the files they are given: folders, files that are not there, semicolons, an answer over its own input."""

from __future__ import annotations

import os
from pathlib import Path

import polars as pl
import pytest
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
