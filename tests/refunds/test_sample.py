"""The synthetic reports: the same for a seed, of every kind, with the duties of the law, and read back as they were made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.conftest import TODAY

from tidewaiter import Regime
from tidewaiter.refunds.frames import BUCKETS, FACTS, ROWS
from tidewaiter.refunds.read import Report, read_reports
from tidewaiter.refunds.sample import EXPECTED, sample
from tidewaiter.refunds.sample_entries import Recipe

ENTRIES = 600
Expected = Mapping[str, Any]


@cache
def regime() -> Regime:
    return Regime.load(known_on=TODAY)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    at = tmp_path_factory.mktemp("sample")
    sample(at, ENTRIES, 1, regime=regime())
    return at


@pytest.fixture(scope="module")
def report(folder: Path) -> Report:
    return read_reports(sorted([*folder.glob("*.xlsx"), *folder.glob("*.csv")]))


@pytest.fixture(scope="module")
def expected(folder: Path) -> Expected:
    found: Expected = json.loads((folder / EXPECTED).read_text(encoding="utf-8"))
    return found


def test_every_file_is_read(report: Report) -> None:
    assert [(file.name, file.kind, file.error) for file in report.files] == [
        ("broker.xlsx#Entries", "broker", None),
        ("es003-2025.xlsx", "ace", None),
        ("es003-2026.csv", "ace", None),
        ("es003-extended.csv", "ace", None),
    ]
    assert [file.unused for file in report.files] == [(), (), (), ("Filer Name",)]


def test_every_bucket_and_every_case_is_there(expected: Expected) -> None:
    entries = expected["entries"].values()
    assert {bucket for entry in entries for bucket in entry["buckets"]} == {*BUCKETS}
    assert {bucket for entry in entries if len(entry["buckets"]) == 1 for bucket in entry["buckets"]} == {*BUCKETS}
    assert {entry["case"] for entry in entries} == {*Recipe.load().cases, "ordinary"}
    assert len(expected["entries"]) == ENTRIES


def test_every_defect_is_there(report: Report, expected: Expected) -> None:
    """What was spoilt is told with its place; and nothing else is an error."""
    made = {
        (one["file"], one.get("row"), one["code"], one["entry"]) for one in expected["defects"] if one.get("severity")
    }
    names = [file.name for file in report.files]
    told = report.problems.filter(pl.col("code").is_in([code for _, _, code, _ in made]))
    found = {
        (names[row["file"]], row["row"], row["code"], row["entry_number"] or entry)
        for row in told.iter_rows(named=True)
        for entry in [next((one for _, at, _, one in made if at == row["row"]), None)]
    }
    assert found == made
    errors = report.problems.filter(pl.col("severity") == "error")
    assert errors.height == sum(one.get("severity") == "error" for one in expected["defects"])
    counts = dict(report.problems.group_by("code").len().iter_rows())
    assert counts["duplicate_row"] == expected["doubled_rows"]
    assert counts["check_digit"] == sum(entry["bad_check_digit"] for entry in expected["entries"].values())
    restored = report.problems.filter((pl.col("code") == "zeros_restored") & (pl.col("field") == "entry_number"))
    assert {*restored["entry_number"]} == {
        one["entry"] for one in expected["defects"] if one["code"] == "zeros_restored"
    }


def test_what_was_made_is_what_is_read(report: Report, expected: Expected) -> None:
    spoilt = {one.get("entry") for one in expected["defects"] if one.get("severity")}
    sums = report.rows.group_by("entry_number").agg(pl.col("value", "duty").sum(), pl.len())
    read = {number: (value, duty, count) for number, value, duty, count in sums.iter_rows()}
    made = {
        number: (entry["value"], entry["paid"], entry["rows"])
        for number, entry in expected["entries"].items()
        if number not in spoilt
    }
    assert {number: read.get(number) for number in made} == made
    assert {*read} == {*expected["entries"]}
    assert len(spoilt) < 10


def test_two_importers_two_filers_and_every_fact(report: Report) -> None:
    assert report.rows["importer"].n_unique() == 2
    assert report.rows["filer"].n_unique() == 2
    assert [name for name in FACTS if report.rows[name].null_count() == report.rows.height] == []


def test_the_duties_are_those_of_the_law(report: Report, expected: Expected) -> None:
    """Goods of China entered from 10 April to 13 May 2025 paid 125 percent under 9903.01.63 (EO 14266)."""
    right = [number for number, entry in expected["entries"].items() if not entry["mistakes"]]
    rows = report.rows.filter(pl.col("entry_number").is_in(right), pl.col("origin") == "CN")
    found = rows.filter(
        pl.col("hts").is_in(["99030163"]), pl.col("entry_date").is_between(pl.date(2025, 4, 10), pl.date(2025, 5, 13))
    )
    assert found.height
    whole = found.join(
        rows.filter(pl.col("value") > 0).select("entry_number", "line_number", of="value"),
        on=["entry_number", "line_number"],
    )
    assert (whole["duty"] == (whole["of"] * 125 + 50) // 100).all()


def test_some_lines_have_mistakes(expected: Expected) -> None:
    kinds = {mistake for entry in expected["entries"].values() for mistake in entry["mistakes"]}
    assert kinds == {"wrong heading", "wrong rate", "missing heading"}


def test_a_seed_makes_the_same_files(folder: Path, tmp_path: Path) -> None:
    sample(tmp_path / "again", ENTRIES, 1, regime=regime())
    sample(tmp_path / "other", ENTRIES, 2, regime=regime())
    for name in ("es003-2026.csv", "es003-extended.csv", EXPECTED):
        assert (tmp_path / "again" / name).read_bytes() == (folder / name).read_bytes()
        assert (tmp_path / "other" / name).read_bytes() != (folder / name).read_bytes()


def test_few_entries_are_enough(tmp_path: Path) -> None:
    for count in (1, 6):
        paths = sample(tmp_path, count, 3, regime=regime())
        report = read_reports(paths)
        assert report.rows["entry_number"].n_unique() <= count
        assert dict(report.rows.schema) == ROWS


def test_the_big_one(tmp_path: Path) -> None:
    (path,) = sample(tmp_path, 1500, 1, big=True, regime=regime())
    report = read_reports([path])
    assert report.files[0].error is None
    assert report.rows["entry_number"].n_unique() == 1500
    assert {*report.problems["code"]} <= {"check_digit"}
