"""A deliberately wrong edition: each fault is found, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.audit.export import Export, export, row_of, write

from tidewaiter.audit import audit_named
from tidewaiter.audit.printed import UndatedEditionError
from tidewaiter.schedule.errors import BuildError, UnknownEditionError
from tidewaiter.schedule.store import Schedule

EDITION = "2026 rev 10"
Spoil = Callable[[Export], object]


CHAPTERS = ("01", "30", "99")
"""Enough of an edition to spoil: a product that is not printed is no disagreement."""


@pytest.fixture(scope="module")
def rows() -> Export:
    return export(Schedule.load(), EDITION, CHAPTERS)


def unexplained(rows: Export, folder: Path, on: str | None = None) -> set[tuple[str, str, str]]:
    found = audit_named(write(rows, folder, EDITION), on)
    return {(one.kind, one.what, one.printed) for one in found if not one.reason}


def test_the_part_as_it_is_shows_no_fault(rows: Export, tmp_path: Path) -> None:
    assert unexplained(rows, tmp_path) == set()


@pytest.mark.slow
def test_an_export_says_what_the_shipped_edition_says(tmp_path: Path) -> None:
    rows = export(Schedule.load(), EDITION)
    assert audit_named(write(rows, tmp_path, EDITION)) == audit_named(EDITION)


def change_rate(rows: Export) -> None:
    row_of(rows, "9903.88.03")["general"] = "The duty provided in the applicable subheading + 30%"


def change_cap(rows: Export) -> None:
    row_of(rows, "9903.82.10")["general"] = "The duty provided in the applicable subheading + 15%"


def drop_heading(rows: Export) -> None:
    rows.remove(row_of(rows, "9903.91.06"))


def add_heading(rows: Export) -> None:
    rows.append({**row_of(rows, "9903.88.03"), "htsno": "9903.88.71"})


def suspend(rows: Export) -> None:
    row_of(rows, "9903.03.01")["description"] += " [Compiler's note: provision suspended. See 91 Fed. Reg. 1.]"


def on_content(rows: Export) -> None:
    row_of(rows, "9903.82.02")["general"] = (
        "The duty provided in the applicable subheading + a duty of 50% upon the value of the steel content"
    )


def change_special(rows: Export) -> None:
    row_of(rows, "9903.82.18")["special"] = "The duty provided in the applicable subheading + 30%"


def raise_from_nothing(rows: Export) -> None:
    row_of(rows, "9903.89.01")["general"] = "The duty provided in the applicable subheading + 10%"


def revive(rows: Export) -> None:
    row = row_of(rows, "9903.02.30")
    row["description"] = row["description"].partition("[")[0]


def drop_footnote(rows: Export) -> None:
    row_of(rows, "0101.30.0000")["footnotes"] = []


def add_footnote(rows: Export) -> None:
    row_of(rows, "3001.90.0110")["footnotes"] = [{"columns": ["general"], "value": "See 9903.88.03."}]


def wrong_footnote(rows: Export) -> None:
    row_of(rows, "0101.30.0000")["footnotes"] = [{"columns": ["general"], "value": "See 9903.88.03."}]


@pytest.mark.parametrize(
    ("spoil", "kind", "what", "printed"),
    [
        (change_rate, "rate", "9903.88.03", "The duty provided in the applicable subheading + 30%"),
        (change_cap, "rate", "9903.82.10", "The duty provided in the applicable subheading + 15%"),
        (drop_heading, "not_printed", "9903.91.06", ""),
        (add_heading, "not_in_ledger", "9903.88.71", "The duty provided in the applicable subheading + 25%"),
        (suspend, "suspended_note", "9903.03.01", "The duty provided in the applicable subheading + 10%"),
        (
            on_content,
            "basis",
            "9903.82.02",
            "The duty provided in the applicable subheading + a duty of 50% upon the value of the steel content",
        ),
        (change_special, "rate", "9903.82.18", "The duty provided in the applicable subheading + 30%"),
        (raise_from_nothing, "rate", "9903.89.01", "The duty provided in the applicable subheading + 10%"),
        (revive, "printed_never_in_force", "9903.02.30", "The duty provided in the applicable subheading + 15%"),
        (drop_footnote, "list_without_footnote", "0101.30.00", "none"),
        (add_footnote, "footnote_without_list", "3001.90.0110", "9903.88.03"),
        (wrong_footnote, "footnote_differs", "0101.30.00", "9903.88.03"),
    ],
)
def test_a_fault_is_found(rows: Export, tmp_path: Path, spoil: Spoil, kind: str, what: str, printed: str) -> None:
    copy = [{**row} for row in rows]
    spoil(copy)
    assert unexplained(copy, tmp_path) == {(kind, what, printed)}


def test_the_geneva_edition_disagrees_with_the_law_of_a_month_before() -> None:
    """2025 rev 12 says that 9903.01.63 is suspended; on 15 April 2025 it was charged at 125% (EO 14266)."""
    found = [one for one in audit_named("2025 rev 12", "2025-04-15") if one.what == "9903.01.63"]
    assert [(one.kind, one.ledger, one.reason) for one in found] == [("suspended_note", "125%", "")]


def test_an_edition_known_by_name_only_has_its_date_from_the_table(rows: Export, tmp_path: Path) -> None:
    found = audit_named(write(rows, tmp_path, "2026 rev 11"))
    assert {(one.edition, one.on) for one in found} == {("2026 rev 11", "2026-07-01")}


def test_an_unknown_edition_needs_a_date(rows: Export, tmp_path: Path) -> None:
    path = write(rows, tmp_path, "2027 basic")
    with pytest.raises(UndatedEditionError, match="legal date"):
        audit_named(path)
    assert {one.on for one in audit_named(path, "2027-01-01")} == {"2027-01-01"}


def test_what_is_no_edition_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownEditionError):
        audit_named("2024 rev 3")
    with pytest.raises(BuildError):
        audit_named(str(tmp_path / "absent.json"))
    with pytest.raises(UndatedEditionError):
        audit_named(EDITION, "tomorrow")


@pytest.mark.sources
@pytest.mark.parametrize("name", ["2025_basic", "2026_rev_6"])
def test_an_official_file_says_what_the_shipped_edition_says(sources: Path, name: str) -> None:
    assert audit_named(str(sources / "hts" / f"hts_{name}.json.gz")) == audit_named(name.replace("_", " "))
