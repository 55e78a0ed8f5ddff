"""From the official files to the packaged schedule and back."""

from __future__ import annotations

import gzip
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tidewaiter.schedule.build import add, build, read_edition
from tidewaiter.schedule.editions import EDITIONS_FILE, read_table
from tidewaiter.schedule.encoding import SCHEDULE_FILE, decode, encode_chapter
from tidewaiter.schedule.errors import BuildError
from tidewaiter.schedule.rows import Footnote
from tidewaiter.schedule.store import Schedule

TABLE = "edition,published,in_force_from,at_hand,note\n"


def row(htsno: str, indent: int, text: str, general: str = "", **given: Any) -> dict[str, Any]:
    """A row of the official export."""
    empty: dict[str, Any] = {
        "special": "",
        "other": "",
        "units": [],
        "footnotes": [],
        "quotaQuantity": None,
        "additionalDuties": None,
    }
    superior = None if htsno else "true"
    return {"htsno": htsno, "indent": str(indent), "description": text, "superior": superior, "general": general} | (
        empty | given
    )


FIRST = [
    row("0101", 0, "Live horses:"),
    row("", 1, "Horses:"),
    row("0101.21.00", 2, "Purebred <i>animals</i>", "Free", other="Free"),
    row("0101.21.00.10", 3, "Males", units=["No."]),
    row("0101.30.00.00", 1, "Asses", "$1.13/m<sup>3</sup> ", footnotes=[
        {"columns": ["general"], "value": "See 9903.88.15 and 9903.91.06. ", "type": "endnote"}]),
]  # fmt: skip
SECOND = [
    *FIRST[:3],
    row("0101.21.00.10", 3, "Males", units=["No."]),
    row("0101.21.00.20", 3, "Females", units=["No."]),
    row("0101.30.00.00", 1, "Asses", "$1.13/m3", footnotes=FIRST[4]["footnotes"]),
]
THIRD = [FIRST[0], row("0101.30.00.00", 1, "Asses", "6.8%")]


@pytest.fixture
def small(tmp_path: Path) -> tuple[Path, Path, Path]:
    """A folder with two small editions, the table naming them, and the schedule built from both."""
    folder = tmp_path / "official"
    folder.mkdir()
    (folder / "hts_2025_basic.json").write_text(json.dumps(FIRST), encoding="utf-8")
    (folder / "hts_2025_rev_1.json.gz").write_bytes(gzip.compress(json.dumps(SECOND).encode()))
    table = tmp_path / "editions.csv"
    table.write_text(f"{TABLE}2025 basic,,2025-01-01,yes,\n2025 rev 1,,2025-02-04,yes,\n", encoding="utf-8")
    out = tmp_path / "us.zip"
    assert build(folder, out, table, progress=lambda _: None) == 2
    return folder, table, out


def test_only_real_changes_make_versions(small: tuple[Path, Path, Path]) -> None:
    versions = list(Schedule.load(small[2]).versions("01"))
    assert [(key.number, key.before, version.first, version.last) for key, version in versions] == [
        ("0101", 0, 0, 1),
        ("01012100", -1, 0, 1),
        ("01012100", 0, 0, 1),
        ("0101210010", 0, 0, 1),
        ("0101210020", 0, 1, 1),
        ("0101300000", 0, 0, 1),
    ]
    asses = versions[-1][1].row
    assert asses.general == "$1.13/m3"
    assert asses.footnotes == (Footnote(("general",), ("9903.88.15", "9903.91.06"), ""),)


def test_adding_an_edition_gives_the_bytes_of_a_full_build(small: tuple[Path, Path, Path], tmp_path: Path) -> None:
    folder, table, out = small
    third = folder / "hts_2025_rev_2.json"
    third.write_text(json.dumps(THIRD), encoding="utf-8")
    assert add(third, "2025_rev_2", "2025-03-04", out, table) == "2025 rev 2"
    again = tmp_path / "again.zip"
    assert build(folder, again, table, progress=lambda _: None) == 3
    assert out.read_bytes() == again.read_bytes()
    schedule = Schedule.load(out)
    assert schedule.resolve("0101.30", schedule.last_edition).general == "6.8%"
    assert schedule.last_edition.in_force_on == "2025-03-04"


def test_an_edition_known_but_not_at_hand_is_filled_in(small: tuple[Path, Path, Path]) -> None:
    folder, table, out = small
    with table.open("a", encoding="utf-8") as stream:
        stream.write("2025 rev 2,2025-03-01,2025-03-01,no,\n2025 rev 3,2025-04-01,2025-04-01,no,\n")
    third = folder / "third.json"
    third.write_text(json.dumps(THIRD), encoding="utf-8")
    add(third, "2025 rev 2", "2025-03-04", out, table)
    schedule = Schedule.load(out)
    assert schedule.last_edition.name == "2025 rev 2"
    assert schedule.last_edition.published == "2025-03-01"
    assert schedule.missing_from is not None
    assert [entry.at_hand for entry in read_table(table)] == [True, True, True, False]


def test_an_edition_is_not_added_twice_nor_a_file_that_is_none(small: tuple[Path, Path, Path]) -> None:
    folder, table, out = small
    before = out.read_bytes()
    with pytest.raises(BuildError, match="already"):
        add(folder / "hts_2025_basic.json", "2025 basic", "2025-01-01", out, table)
    with pytest.raises(BuildError, match="not a JSON export"):
        add(table, "2025 rev 9", "2025-05-01", out, table)
    with pytest.raises(BuildError, match="no date"):
        add(folder / "hts_2025_basic.json", "2025 rev 9", "May", out, table)
    assert out.read_bytes() == before


def test_a_missing_or_unnamed_file_stops_the_build(small: tuple[Path, Path, Path]) -> None:
    folder, table, out = small
    shutil.copy(folder / "hts_2025_basic.json", folder / "hts_2025_rev_7.json")
    with pytest.raises(BuildError, match="2025 rev 7"):
        build(folder, out, table, progress=lambda _: None)
    (folder / "hts_2025_rev_7.json").unlink()
    (folder / "hts_2025_basic.json").unlink()
    with pytest.raises(BuildError, match="no file"):
        build(folder, out, table, progress=lambda _: None)


@pytest.mark.slow
@pytest.mark.sources
@pytest.mark.parametrize("name", ["2025 basic", "2025 rev 12", "2026 rev 2", "2026 rev 10"])
def test_every_row_of_an_edition_comes_back(schedule: Schedule, official_files: Path, name: str) -> None:
    """In the order of the export, except rows of ``omissions.csv``, which the export leaves out."""
    edition = schedule.edition(name)
    printed = [
        (key, row)
        for key, row in schedule.rows(edition)
        if key.before or (line := schedule.line(key.number, edition)) is None or not line.omitted
    ]
    assert printed == list(read_edition(official_files / f"hts_{name.replace(' ', '_')}.json.gz"))


@pytest.mark.slow
@pytest.mark.sources
def test_the_official_files_give_the_packaged_schedule(official_files: Path, tmp_path: Path) -> None:
    out = tmp_path / "us.zip"
    build(official_files, out, EDITIONS_FILE, progress=lambda _: None)
    if out.read_bytes() != SCHEDULE_FILE.read_bytes():  # another zlib may pack the same content into other bytes
        with zipfile.ZipFile(out) as built, zipfile.ZipFile(SCHEDULE_FILE) as packaged:
            assert built.namelist() == packaged.namelist()
            for member in built.namelist():
                assert built.read(member) == packaged.read(member)


def test_decoding_and_encoding_give_the_packaged_members(schedule: Schedule) -> None:
    encoding = decode(SCHEDULE_FILE)
    with zipfile.ZipFile(SCHEDULE_FILE) as packaged:
        for name in ("01", "44", "85", "99"):
            assert encode_chapter(encoding.chapters[name]) == packaged.read(f"{name}.json")
