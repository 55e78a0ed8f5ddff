"""Which file is read, and by what."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tests.bulk.reading import refusal

from tidewaiter.bulk.inputs import open_lines


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("none.csv", "file_not_found"),
        ("none.xlsx#Sheet1", "file_not_found"),
        (".", "is_folder"),
        ("lines", "bad_file_type"),
        ("lines.txt", "bad_file_type"),
        ("lines.gz", "bad_file_type"),
        ("lines.xls", "bad_file_type"),
        ("lines.ods", "bad_file_type"),
    ],
)
def test_files_that_are_not_read(tmp_path: Path, name: str, code: str) -> None:
    for existing in ("lines", "lines.txt", "lines.gz", "lines.xls", "lines.ods"):
        (tmp_path / existing).touch()
    assert refusal(tmp_path / name).code == code


def test_old_workbooks_say_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "lines.xls").touch()
    assert "save it as .xlsx" in refusal(tmp_path / "lines.xls").hint


@pytest.mark.parametrize(
    ("name", "module", "package"), [("a.xlsx", "sheet_lines", "python-calamine"), ("a.csv", "csv_lines", "pyarrow")]
)
def test_a_package_that_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, module: str, package: str
) -> None:
    monkeypatch.delitem(sys.modules, f"tidewaiter.bulk.{module}", raising=False)
    for loaded in [one for one in sys.modules if one.split(".")[0] == package.replace("-", "_")]:
        monkeypatch.delitem(sys.modules, loaded)
    monkeypatch.setitem(sys.modules, package.replace("-", "_"), None)
    (tmp_path / name).touch()
    error = refusal(tmp_path / name)
    assert (error.code, error.hint) == ("missing_extra", f"pip install {package}")


def test_suffixes_in_capitals(tmp_path: Path) -> None:
    (tmp_path / "LINES.CSV").write_text("hts\n1\n")
    assert open_lines(str(tmp_path / "LINES.CSV")).schema.names() == ["hts"]
