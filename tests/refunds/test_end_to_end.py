"""From made-up reports to the folder: every entry in the bucket it was made for, and the acceptance stories of a desk.

The sample computes its duties from the law and notes what each entry was made to be (``.expected.json``).
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import TODAY

from tidewaiter import Regime
from tidewaiter.refunds.answer import RefundDesk
from tidewaiter.refunds.entry_numbers import check_digit
from tidewaiter.refunds.frames import BUCKETS
from tidewaiter.refunds.out import NOT_REPORTED, Options, schema, write
from tidewaiter.refunds.run import Asked, run
from tidewaiter.refunds.sample import EXPECTED, sample

ON = date(2026, 11, 22)
HEAD = (
    "Entry Summary Number,Entry Summary Line Number,Entry Type Code,Importer Number,Entry Date,Entry Summary Date,"
    "Country of Origin Code,Tariff Ordinal Number,HTS Number - Full,Line Tariff Goods Value Amount,Line Tariff Duty Amount,"
    "Liquidation Status,Liquidation Date,{facts}\n"
)


@cache
def regime() -> Regime:
    return Regime.load(known_on=TODAY)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Reports of 400 entries."""
    found = tmp_path_factory.mktemp("sample")
    sample(found, 400, 1, regime=regime())
    return found


@pytest.fixture(scope="module")
def made(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / EXPECTED).read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def desk(folder: Path) -> RefundDesk:
    return run(reports(folder), regime(), Asked(ON))


@pytest.fixture(scope="module")
def out(desk: RefundDesk, tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("desk")
    write(desk, found)
    return found


def reports(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix in (".csv", ".xlsx"))


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def declared(folder: Path) -> Iterator[str]:
    for path in sorted((folder / "declarations").glob("cape-*.csv")):
        rows = list(csv.reader(path.open(encoding="utf-8", newline="")))
        assert rows[0] == ["Entry Number"]
        yield from (row[0] for row in rows[1:])


def test_every_entry_is_in_the_bucket_it_was_made_for(desk: RefundDesk, made: dict[str, Any]) -> None:
    got = dict(desk.entries.select("entry_number", "bucket").iter_rows())
    assert got.keys() == made["entries"].keys()
    wrong = {
        number: (entry["case"], entry["buckets"], got[number])
        for number, entry in made["entries"].items()
        if got[number] not in entry["buckets"]
    }
    assert not wrong
    assert set(got.values()) == set(BUCKETS)


def test_refundable_is_the_sum_of_the_voided_layers(desk: RefundDesk, made: dict[str, Any]) -> None:
    """Of entries of which a row could not be read, that row is missing; all others agree to the cent."""
    damaged = {one["entry"] for one in made["defects"] if one.get("severity") == "error" and "entry" in one}
    marked = desk.entries.filter(pl.col("notes").str.contains("could not be read"))["entry_number"]
    assert set(marked) <= damaged
    assert len(marked) >= 3
    for row in desk.entries.iter_rows(named=True):
        if row["entry_number"] not in damaged:
            assert row["voided"] == made["entries"][row["entry_number"]]["voided"], row["entry_number"]
    summary = desk.summary()
    assert summary.principal == desk.lines["voided"].sum() == desk.duties["voided"].sum()
    assert summary.principal == summary.buckets["principal"].sum() == summary.paid["voided"].sum()


def test_the_files_hold_the_claim_now_bucket_and_nothing_else(desk: RefundDesk, out: Path) -> None:
    entries = list(declared(out))
    assert len(entries) == len(set(entries))
    claimed = set(desk.entries.filter(bucket="claim now")["entry_number"])
    manifest = pl.read_csv(out / "declarations" / "manifest.csv", infer_schema=False)
    held = set(manifest.filter(state="held back")["entry_number"])
    assert set(entries) == claimed - held
    assert manifest["entry_number"].to_list() == desk.entries["entry_number"].to_list()
    # Held back are a bad check digit (story 16), what was not read whole, and what may be liquidated unreported; nothing else.
    silent = set(manifest.filter(why=NOT_REPORTED)["entry_number"])
    told = desk.entries.filter(pl.col("liquidation_status").is_not_null() | ~pl.col("liquidation_estimated"))
    assert silent.isdisjoint(told["entry_number"])
    damaged = set(desk.problems.filter(severity="error")["entry_number"])
    assert held - silent == {
        number for number in claimed if number in damaged or str(check_digit(number[:10])) != number[10]
    }


def test_one_importer_and_one_filer_a_file(desk: RefundDesk, out: Path) -> None:
    importers = dict(desk.entries.select("entry_number", "importer").iter_rows())
    for path in (out / "declarations").glob("cape-*.csv"):
        entries = path.read_text(encoding="utf-8").splitlines()[1:]
        assert len({importers[number] for number in entries}) == 1
        assert len({number[:3] for number in entries}) == 1


def test_running_twice_changes_nothing(folder: Path, out: Path) -> None:
    before = files(out)
    write(run(reports(folder), regime(), Asked(ON)), out)
    assert files(out) == before


def test_the_object_has_its_schema_and_the_sums_agree(desk: RefundDesk, out: Path) -> None:
    found = json.loads((out / "refunds.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema()).validate(found)
    counted = Counter(one["bucket"] for one in found["entries"])
    assert {one["bucket"]: one["entries"] for one in found["buckets"] if one["entries"]} == counted
    told = sum(Decimal(one["principal"] or 0) for one in found["entries"])
    assert told == Decimal(found["summary"]["refundable_principal"])


@settings(max_examples=8, deadline=None)
@given(st.dates(date(2026, 4, 20), date(2027, 12, 31)))
def test_on_every_day_each_entry_has_one_bucket_and_files_hold_only_what_can_be_claimed(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, on: date
) -> None:
    found = run([folder / "es003-extended.csv"], regime(), Asked(on))
    assert found.entries["entry_number"].is_unique().all()
    assert found.entries["bucket"].is_in(list(BUCKETS)).all()
    assert found.entries["bucket"].null_count() == 0
    claimed = found.entries.filter(bucket="claim now")
    assert (claimed["deadline"] >= on).all()
    target = tmp_path_factory.mktemp("day")
    write(found, target, Options(include_unsure=True))
    assert set(declared(target)) == set(claimed["entry_number"])


# Acceptance stories: reports of an entry or some, written by hand.


def report(tmp_path: Path, *entries: dict[str, str]) -> Path:
    """An ES-003 of entries, each of one line of toys of China, 10% fentanyl duty of 10,000 dollars unless it says otherwise."""
    facts = sorted({name for entry in entries for name in entry if name[0].isupper()})
    text = HEAD.format(facts=",".join(facts) or "Port of Entry Code")
    for entry in entries:
        common = [entry["number"], "1", entry.get("type", "01"), entry.get("importer", "12-3456789")]
        common += [entry.get("entered", "2025-12-01"), entry.get("entered", "2025-12-01"), "CN"]
        last = ["Liquidated" if entry.get("liquidated") else "Unliquidated", entry.get("liquidated", "")]
        last += [entry.get(name, "") for name in facts] or [""]
        for ordinal, hts, value, duty in ((1, "99030124", "0", "1000.00"), (2, "9503000073", "10000", "0")):
            text += ",".join([*common, str(ordinal), hts, value, duty, *last]) + "\n"
    path = tmp_path / "es003.csv"
    path.write_text(text, encoding="utf-8")
    return path


def number_of(serial: int, filer: str = "BII") -> str:
    ten = f"{filer}{serial:07}"
    return f"{ten}{check_digit(ten)}"


def seen(path: Path, on: date = ON) -> dict[str, dict[str, Any]]:
    found = run([path], regime(), Asked(on))
    return {row["entry_number"]: row for row in found.entries.iter_rows(named=True)}


def test_entries_from_a_foreign_trade_zone_are_to_be_checked_and_no_amount_changes(tmp_path: Path) -> None:
    """Privileged foreign status fixes the law at admission (19 CFR 146.41; EO 14195 section 2(e)), and no report tells it."""
    zone, other, later = number_of(1), number_of(2), number_of(3)
    entered = {"entered": "2026-01-20"}
    path = report(
        tmp_path,
        {"number": zone, "type": "06", **entered},
        {"number": other, "type": "01", **entered},
        {"number": later, "type": "06", "entered": "2026-03-10"},
    )
    desk = run([path], regime(), Asked(ON))
    rows = {row["entry_number"]: row for row in desk.entries.iter_rows(named=True)}
    assert [rows[one]["cautions"] for one in (zone, other, later)] == ["ftz_admission", None, "ftz_admission"]
    assert "day of admission" in rows[zone]["notes"] and "19 CFR 146.41" in rows[zone]["notes"]
    for name in ("bucket", "voided", "interest", "deadline"):
        assert rows[zone][name] == rows[other][name], name
    (told,) = desk.cautions.to_dicts()
    assert (told["code"], told["entries"], told["claim_now"], told["principal"]) == ("ftz_admission", 2, 2, 2000_00)
    assert told["cite"].startswith("19 CFR 146.41") and told["confidence"] == "published"
    marked = desk.findings.filter(pl.col("reason").str.contains("caution ftz_admission"))
    assert set(marked["entry_number"]) == set(desk.findings["entry_number"]) - {other}
    write(desk, tmp_path / "desk")
    said = json.loads((tmp_path / "desk" / "refunds.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema()).validate(said)
    assert said["summary"]["cautions"][0]["entries"] == 2
    page = (tmp_path / "desk" / "readiness.html").read_text(encoding="utf-8")
    assert "Check 2 entries (2 of them to claim now; 2,000.00 of struck duty)" in page


def test_story_15_triage_on_22_november_2026(tmp_path: Path) -> None:
    """80 days after 10 September is 29 November; 180 days after 1 August is 28 January (19 USC 1501, 1514)."""
    entries = [
        {"number": number_of(1), "entered": "2026-02-01"},
        {"number": number_of(2), "liquidated": "2026-09-10"},
        {"number": number_of(3), "liquidated": "2026-08-01"},
        {"number": number_of(4), "liquidated": "2026-04-15"},
        {"number": number_of(5), "type": "47"},
        {"number": number_of(6), "type": "11", "entered": "2025-09-01", "liquidated": "2025-09-01"},
    ]
    found = list(seen(report(tmp_path, *entries)).values())
    assert [row["bucket"] for row in found] == ["claim now", "claim now", "protest", "court", "not eligible", "court"]
    assert found[1]["deadline"] == date(2026, 11, 29)
    assert found[1]["days_left"] == 7
    assert found[2]["deadline"] == date(2027, 1, 28)


@pytest.mark.parametrize(
    ("liquidated", "bucket"),
    [("2026-09-03", "claim now"), ("2026-09-02", "protest"), ("2026-05-26", "protest"), ("2026-05-25", "court")],
)
def test_the_lines_of_22_november(tmp_path: Path, liquidated: str, bucket: str) -> None:
    """Within 80 days: liquidated on or after 3 September 2026; within 180: on or after 26 May."""
    assert seen(report(tmp_path, {"number": number_of(1), "liquidated": liquidated}))[number_of(1)]["bucket"] == bucket


def test_an_entry_of_10_november_2025_can_be_declared_until_9_december_2026(tmp_path: Path) -> None:
    """It liquidates on day 314, 20 September 2026; 80 days later is 9 December."""
    path = report(tmp_path, {"number": number_of(1), "entered": "2025-11-10", "liquidated": "2026-09-20"})
    assert seen(path)[number_of(1)]["deadline"] == date(2026, 12, 9)
    assert seen(path, date(2026, 12, 9))[number_of(1)]["bucket"] == "claim now"
    assert seen(path, date(2026, 12, 10))[number_of(1)]["bucket"] == "protest"


def test_story_16_the_bad_check_digit_is_held(tmp_path: Path) -> None:
    path = report(tmp_path, {"number": "BII05992855"}, {"number": "BII05999206"}, {"number": "BII05999206"})
    found = run([path], regime(), Asked(ON))
    manifest = write(found, tmp_path / "desk")
    assert list(declared(tmp_path / "desk")) == ["BII05999206"]
    assert sum(manifest.held().values()) == 1
    write(found, tmp_path / "all", Options(include_unsure=True))
    assert list(declared(tmp_path / "all")) == ["BII05992855", "BII05999206"]


def test_an_entry_with_a_row_that_was_not_read_is_not_declared(tmp_path: Path) -> None:
    """A declaration can be neither corrected nor made again (CSMS 68396594): what the entry holds must be known."""
    path = report(tmp_path, {"number": number_of(1)}, {"number": number_of(2)}, {"number": number_of(3)})
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    lines[2] = lines[2].replace("9503000073", "9.503E+09")
    path.write_text("".join(lines), encoding="utf-8")
    found = run([path], regime(), Asked(ON))
    assert found.entries["bucket"].to_list() == ["claim now"] * 3
    manifest = write(found, tmp_path / "desk")
    assert list(declared(tmp_path / "desk")) == [number_of(2), number_of(3)]
    assert [why.partition(":")[0] for why in manifest.held()] == ["a row of it could not be read (sheet problems)"]
    write(found, tmp_path / "all", Options(include_unsure=True))
    assert list(declared(tmp_path / "all")) == [number_of(1), number_of(2), number_of(3)]


@pytest.mark.parametrize(
    ("entered", "said"),
    [
        ("2026-02-20", "correct it before it is declared (reason H99, to 2026-12-16)"),
        ("2025-12-01", "too late for a post summary correction"),
    ],
)
def test_a_wrong_heading_is_corrected_before_it_is_declared(tmp_path: Path, entered: str, said: str) -> None:
    """300 days after 20 February 2026 is 17 December, 15 days before day 314 (31 December) is the 16th; 9903.01.20 ended with
    3 March 2025 (CSMS 69056483: INVALID HTS)."""
    path = report(tmp_path, {"number": number_of(1), "entered": entered}, {"number": number_of(2)})
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    lines[1] = lines[1].replace("99030124", "99030120")
    path.write_text("".join(lines), encoding="utf-8")
    found = seen(path)
    assert found[number_of(1)]["bucket"] == "claim now"
    assert said in found[number_of(1)]["notes"]
    assert "reject" not in found[number_of(2)]["notes"]


def test_an_ended_heading_or_the_value_beside_it_is_corrected_first(tmp_path: Path) -> None:
    """Collection ended with 23 February 2026 (CSMS 67834313); GOODS VALUE AMOUNT NOT ALLOWED ON IEEPA HTS LINE."""
    path = report(
        tmp_path, {"number": number_of(1), "entered": "2026-03-10"}, {"number": number_of(2), "entered": "2026-02-10"}
    )
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    lines[3] = lines[3].replace(",0,1000.00", ",10000,1000.00")
    lines[4] = lines[4].replace(",10000,0", ",0,0")
    path.write_text("".join(lines), encoding="utf-8")
    assert all("customs may reject it as it was filed" in row["notes"] for row in seen(path).values())


def test_what_a_line_takes_back_is_not_refunded(tmp_path: Path) -> None:
    """Of 1,000 dollars on one line and 400 below zero on another 600 were paid, and no more comes back (19 USC 1505(b))."""
    path = report(tmp_path, {"number": number_of(1)}, {"number": number_of(1)}, {"number": number_of(2)})
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    lines[3:5] = [
        line.replace(f"{number_of(1)},1,", f"{number_of(1)},2,").replace("1000.00", "-400.00") for line in lines[3:5]
    ]
    lines[5] = lines[5].replace("1000.00", "-1000.00")
    path.write_text("".join(lines), encoding="utf-8")
    found = seen(path)
    assert (found[number_of(1)]["voided"], found[number_of(1)]["bucket"]) == (600_00, "claim now")
    assert found[number_of(2)]["bucket"] == "not eligible"


@pytest.mark.parametrize(("entered", "bucket"), [("2026-02-23", "missing data"), ("2026-02-24", "not eligible")])
def test_a_lost_row_is_not_read_as_nothing_paid(tmp_path: Path, entered: str, bucket: str) -> None:
    """The only row of the duty is damaged: nobody knows whether anything comes back, up to the last day of the struck duties."""
    path = report(tmp_path, {"number": number_of(1), "entered": entered})
    path.write_text(path.read_text(encoding="utf-8").replace("1000.00", "#REF!"), encoding="utf-8")
    found = seen(path)[number_of(1)]
    assert found["bucket"] == bucket
    assert found["missing"] == ("refundable" if bucket == "missing data" else None)
    assert "could not be read" in found["notes"]


def test_story_17_reconciliation_and_warehouse(tmp_path: Path) -> None:
    """A flag without a type 09, due in 20 days: file the 09 first. Type 22 is rejected since 7 July 2026; 31 is accepted."""
    entries = [
        {"number": number_of(1), "Reconciliation Flag": "Y", "Reconciliation Due Date": "2026-12-12"},
        {"number": number_of(2), "type": "22"},
        {"number": number_of(3), "type": "31"},
        {"number": number_of(4), "Reconciliation Flag": "Y", "Reconciliation Due Date": "2027-06-12"},
    ]
    found = list(seen(report(tmp_path, *entries)).values())
    assert found[0]["bucket"] == "wait"
    assert found[0]["deadline"] == date(2026, 12, 12)
    assert "09" in found[0]["next_step"]
    assert found[1]["bucket"] in ("not eligible", "wait")
    assert found[2]["bucket"] == "claim now"
    assert found[3]["bucket"] == "claim now"


def test_story_18_the_payee_is_told(tmp_path: Path) -> None:
    """A party on CBP Form 4811 is paid in the importer's place (CSMS 67648307)."""
    found = seen(report(tmp_path, {"number": number_of(1), "Designated Notify Party": "36-4000000"}))
    assert "36-4000000" in (found[number_of(1)]["notes"] or "")
