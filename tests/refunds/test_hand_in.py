"""The declaration files: their form, what is in them and what is not, and that nothing goes in twice."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.refunds.hand_made import ON, claimed, desk_of, number_of

from tidewaiter.assess.errors import FileError
from tidewaiter.refunds.forms import layout
from tidewaiter.refunds.frames import BUCKETS
from tidewaiter.refunds.hand_in import HELD, Manifest, hand_in
from tidewaiter.refunds.log import LOG_NAME, Log, submit

LATER = date(2026, 11, 29)


def run(folder: Path, rows: list[dict[str, Any]], **options: Any) -> Manifest:
    on = options.pop("on", ON)
    return hand_in(desk_of(rows), folder, Log.read(folder / LOG_NAME), on=on, **options)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def declared(folder: Path) -> dict[str, list[str]]:
    """The entries of each declaration file, read as the other side reads them."""
    found = {}
    for path in sorted(folder.glob("cape-*.csv")):
        rows = list(csv.reader(path.open(encoding="utf-8", newline="")))
        assert rows[0] == ["Entry Number"]
        found[path.name] = [row[0] for row in rows[1:]]
        assert all(len(row) == 1 for row in rows)
    return found


def test_the_form_of_a_file(tmp_path: Path) -> None:
    """ACEP_CapeEntryNumberUploadTemplate: the header and a column of entry numbers; no byte-order mark, LF, no blank rows."""
    run(tmp_path, claimed(3))
    (name,) = declared(tmp_path)
    assert name == "cape-BII-12-3456789-001.csv"
    assert (tmp_path / name).read_bytes() == b"Entry Number\nBII00000000\nBII00000010\nBII00000020\n"


def test_dashes_only_where_asked_for(tmp_path: Path) -> None:
    run(tmp_path, claimed(1), dashed=True)
    assert list(declared(tmp_path).values()) == [["BII-0000000-0"]]


def test_10001_entries_of_two_importers_with_duplicates_and_a_bad_check_digit(tmp_path: Path) -> None:
    """A file takes 9,999 entries at most (CSMS 68396594), of one importer; a bad check digit is held until somebody says yes.

    BII-0599285-4 is an entry number met in ACE, so BII-0599285-5 is not."""
    rows = [*claimed(10_001), *claimed(3)]
    rows += [{"entry_number": number_of(place, "NKW"), "importer": "98-7654321", "filer": "NKW"} for place in range(5)]
    rows += [{"entry_number": "BII05992855"}, {"entry_number": number_of(20_000), "importer": None}]
    unsure = pl.DataFrame({"entry_number": ["BII05992855"], "why": ["the check digit should be 4"]})
    manifest = run(tmp_path / "held", rows, unsure=unsure)
    found = declared(tmp_path / "held")
    assert {name: len(entries) for name, entries in found.items()} == {
        "cape-BII-12-3456789-001.csv": 9_999,
        "cape-BII-12-3456789-002.csv": 2,
        "cape-NKW-98-7654321-003.csv": 5,
    }
    everything = [entry for entries in found.values() for entry in entries]
    assert len(everything) == len(set(everything)) == 10_006
    assert manifest.duplicates == 3
    assert manifest.held() == {
        "the check digit should be 4": 1,
        "the importer of record is not known: a file is for one importer": 1,
    }
    assert max(path.stat().st_size for path in (tmp_path / "held").glob("cape-*")) < 1_000_000
    run(tmp_path / "forced", rows, unsure=unsure, include_unsure=True)
    assert "BII05992855" in declared(tmp_path / "forced")["cape-BII-12-3456789-002.csv"]


def test_the_nearest_deadline_is_in_the_first_file(tmp_path: Path) -> None:
    rows = [*claimed(10_000), {"entry_number": number_of(50_000), "deadline": date(2026, 11, 24)}]
    run(tmp_path, rows)
    assert declared(tmp_path)["cape-BII-12-3456789-001.csv"][0] == number_of(50_000)


def test_running_twice_changes_nothing(tmp_path: Path) -> None:
    run(tmp_path, claimed(5))
    before = files(tmp_path)
    manifest = run(tmp_path, claimed(5), on=LATER)
    assert files(tmp_path) == before
    assert manifest.files[0].prepared_on == ON.isoformat()


def test_what_was_prepared_stays_in_its_file_and_new_entries_go_into_another(tmp_path: Path) -> None:
    run(tmp_path, claimed(3))
    first = (tmp_path / "cape-BII-12-3456789-001.csv").read_bytes()
    run(tmp_path, claimed(5), on=LATER)
    assert (tmp_path / "cape-BII-12-3456789-001.csv").read_bytes() == first
    assert declared(tmp_path)["cape-BII-12-3456789-002.csv"] == [number_of(3), number_of(4)]


def test_what_was_handed_in_is_never_written_again(tmp_path: Path) -> None:
    run(tmp_path, claimed(3))
    assert submit(tmp_path, LATER) == ["cape-BII-12-3456789-001.csv"]
    manifest = run(tmp_path, claimed(4), on=LATER)
    assert declared(tmp_path)["cape-BII-12-3456789-002.csv"] == [number_of(3)]
    assert manifest.entries["state"].to_list() == ["handed in"] * 3 + ["in a file"]
    assert manifest.entries["why"].to_list() == ["handed in on 2026-11-29"] * 3 + [None]


def test_a_file_whose_entry_has_left_the_window_is_taken_back(tmp_path: Path) -> None:
    run(tmp_path, claimed(3))
    rows = [*claimed(2), {"entry_number": number_of(2), "bucket": "protest", "reason": "liquidated too long ago"}]
    manifest = run(tmp_path, rows, on=LATER)
    assert declared(tmp_path) == {"cape-BII-12-3456789-002.csv": [number_of(0), number_of(1)]}
    assert manifest.withdrawn == {"cape-BII-12-3456789-001.csv": "1 of its 3 entries can no longer be claimed"}
    with pytest.raises(FileError) as raised:
        submit(tmp_path / "cape-BII-12-3456789-001.csv", LATER)
    assert raised.value.code == "withdrawn_before"


def test_files_of_other_reports_are_left_alone_until_a_deadline_has_passed(tmp_path: Path) -> None:
    """One log for two folders: the second run knows nothing of the first client's entries."""
    log = tmp_path / "all.jsonl"
    others = [{"entry_number": number_of(place, "NKW"), "importer": "98-7654321", "filer": "NKW"} for place in range(2)]

    def into(name: str, rows: list[dict[str, Any]], on: date) -> Manifest:
        return hand_in(desk_of(rows), tmp_path / name, Log.read(log), on=on)

    into("one", claimed(2), ON)
    manifest = into("two", others, ON)
    assert manifest.withdrawn == {}
    assert [one.file for one in manifest.files] == ["cape-NKW-98-7654321-002.csv"]
    assert list(declared(tmp_path / "two")) == ["cape-NKW-98-7654321-002.csv"]
    assert list(declared(tmp_path / "one")) == ["cape-BII-12-3456789-001.csv"]
    # The deadline of the first client's entries is 9 December 2026.
    late = [{**row, "deadline": date(2027, 1, 5)} for row in others]
    assert into("two", late, date(2026, 12, 10)).withdrawn.keys() == {"cape-BII-12-3456789-001.csv"}


def test_a_file_that_is_lost_is_written_again(tmp_path: Path) -> None:
    run(tmp_path, claimed(3))
    before = files(tmp_path)
    (tmp_path / "cape-BII-12-3456789-001.csv").unlink()
    run(tmp_path, claimed(3))
    assert files(tmp_path) == before


def test_another_form_is_another_file(tmp_path: Path) -> None:
    run(tmp_path, claimed(1))
    run(tmp_path, claimed(1), dashed=True)
    assert declared(tmp_path) == {"cape-BII-12-3456789-002.csv": ["BII-0000000-0"]}


def test_a_refused_entry_may_be_declared_again(tmp_path: Path) -> None:
    run(tmp_path, claimed(3))
    submit(tmp_path, ON)
    log = Log.read(tmp_path / LOG_NAME)
    log.release("cape-BII-12-3456789-001.csv", [number_of(1)], LATER, "refused")
    log.write()
    run(tmp_path, claimed(3), on=LATER)
    assert declared(tmp_path)["cape-BII-12-3456789-002.csv"] == [number_of(1)]


def test_a_file_changed_by_hand_is_not_marked_as_handed_in(tmp_path: Path) -> None:
    run(tmp_path, claimed(3))
    path = tmp_path / "cape-BII-12-3456789-001.csv"
    path.write_text("Entry Number\nBII00000000\n", encoding="utf-8")
    with pytest.raises(FileError) as raised:
        submit(path, ON)
    assert raised.value.code == "file_changed"


def test_nothing_is_marked_twice_and_nothing_unknown(tmp_path: Path) -> None:
    run(tmp_path, claimed(3))
    path = tmp_path / "cape-BII-12-3456789-001.csv"
    submit(path, ON)
    for wrong, code in ((path, "submitted_before"), (tmp_path / "other.csv", "unknown_declaration")):
        with pytest.raises(FileError) as raised:
            submit(wrong, ON)
        assert raised.value.code == code


def test_a_damaged_log_stops_the_desk(tmp_path: Path) -> None:
    run(tmp_path, claimed(3))
    (tmp_path / LOG_NAME).write_text('{"event": "prep', encoding="utf-8")
    with pytest.raises(FileError) as raised:
        run(tmp_path, claimed(3))
    assert raised.value.code == "malformed_log"


def test_before_the_process_opened_no_file_can_be_made(tmp_path: Path) -> None:
    """CAPE took its first declarations on 20 April 2026 (CSMS 68396594)."""
    assert layout(date(2026, 4, 20)).most_entries == 9_999
    with pytest.raises(FileError) as raised:
        run(tmp_path, claimed(1), on=date(2026, 4, 19))
    assert raised.value.code == "no_process"


def test_the_manifest_accounts_for_every_entry(tmp_path: Path) -> None:
    rows = [
        *claimed(2),
        {"entry_number": number_of(7), "importer": " "},
        {"entry_number": number_of(8), "bucket": "wait"},
    ]
    run(tmp_path, rows)
    told = pl.read_csv(tmp_path / "manifest.csv", infer_schema=False)
    assert told.select("state", "why", "principal").rows() == [
        ("in a file", None, "200.00"),
        ("in a file", None, "200.00"),
        ("held back", "the importer of record is not known: a file is for one importer", "200.00"),
        ("not claimed now", "wait: not liquidated", "200.00"),
    ]
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["files"][0]["principal"] == "400.00"
    assert manifest["files"][0]["interest"] == "24.68"
    assert manifest["not_claimed_now"] == 1


ROW = st.fixed_dictionaries(
    {
        "entry_number": st.integers(0, 30).map(number_of),
        "bucket": st.sampled_from(BUCKETS),
        "importer": st.sampled_from(["12-3456789", "98-7654321", None]),
        "filer": st.sampled_from(["BII", "NKW", None]),
        "voided": st.integers(1, 10**9),
    }
)


@settings(deadline=None)
@given(st.lists(st.tuples(st.lists(ROW, max_size=20), st.booleans(), st.booleans()), min_size=1, max_size=4))
def test_no_file_holds_an_entry_of_another_bucket_and_no_entry_stands_twice(
    tmp_path_factory: pytest.TempPathFactory, runs: list[tuple[list[dict[str, Any]], bool, bool]]
) -> None:
    folder = tmp_path_factory.mktemp("declarations")
    handed_in: set[str] = set()
    for rows, dashed, hands_in in runs:
        desk = desk_of(rows).unique("entry_number", keep="first", maintain_order=True)
        manifest = run(folder, rows, dashed=dashed)
        standing = [entry.replace("-", "") for entries in declared(folder).values() for entry in entries]
        assert len(standing) == len(set(standing))
        ready = set(desk.filter(bucket="claim now").filter(pl.col("importer").is_not_null())["entry_number"])
        assert (set(standing) - handed_in) & set(desk["entry_number"]) <= ready
        assert ready <= set(standing) | handed_in
        held = set(manifest.entries.filter(state=HELD)["entry_number"])
        assert held == set(desk.filter(bucket="claim now")["entry_number"]) - ready - handed_in
        again = files(folder)
        run(folder, rows, dashed=dashed)
        assert files(folder) == again
        if hands_in and standing:
            submit(folder, ON)
            handed_in |= set(standing)
