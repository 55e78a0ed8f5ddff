"""Duties of one origin from before 2025: Russia in place of column 2 (U.S. note 30), leather of Japan (U.S. note 3)."""

from __future__ import annotations

import csv
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from tests.conftest import duty_on, engine_seen_from, headings
from tests.law.cases import Case, law

import tidewaiter
from tidewaiter.assess.explain import explain
from tidewaiter.assess.line import read_line

LISTS = Path(tidewaiter.__file__).parent / "law" / "lists"
RU, JP = {"origin": "RU"}, {"origin": "JP"}
PROC_10420 = "Proclamation 10420, 87 FR 38875; CSMS 52458835: from 27 July 2022, 12:01 a.m."
PROC_10523 = "Proclamation 10523, 88 FR 13277; CSMS 55688476: from 1 April 2023, 12:01 a.m."
# Column 2 in HTS 2025 basic: salt 26%, ferromanganese 10.5%, aluminum 11%, computers 35%, pig iron $1.11/t.
SALT, FERROMANGANESE, ALUMINUM, PIG_IRON = "2501.00.0000", "7202.11.5000", "7601.10.6090", "7201.10.0000"


def rows_of(name: str) -> list[dict[str, str]]:
    with (LISTS / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(line for line in stream if not line.startswith("#")))


@law(
    Case(SALT, "2022-07-27T00:00-04:00", {"9903.90.08": None}, PROC_10420, RU, total=2600),
    Case(SALT, "2022-07-27T00:01-04:00", {"9903.90.08": 3500}, "35% in lieu of 26%", RU, total=3500),
    Case(SALT, "2022-08-01", {"9903.90.08": None}, "not yet proclaimed", RU, known="2022-06-26", total=2600),
    Case(SALT, "2025-03-01", {"9903.90.08": 3500}, "note 30(a), (b)", RU, total=3500),
    # Column 2 as before for the other countries that pay it.
    Case(SALT, "2025-03-01", {"9903.90.08": None}, "note 30 is of Russia alone", {"origin": "BY"}, total=2600),
    # CSMS 55688476 takes 44 numbers off note 30(b); they stand on note 30(d).
    Case(FERROMANGANESE, "2022-07-27T00:01-04:00", {"9903.90.08": 3500}, PROC_10420, RU, total=3500),
    Case(FERROMANGANESE, "2023-04-01T00:00-04:00", {"9903.90.08": 3500, "9903.90.09": None}, PROC_10523, RU, total=3500),
    Case(FERROMANGANESE, "2023-04-01T00:01-04:00", {"9903.90.08": None, "9903.90.09": 7000}, PROC_10523, RU, total=7000),
    Case(FERROMANGANESE, "2025-03-01", {"9903.90.09": 7000}, "note 30(c), (d)", RU, total=7000),
    Case("8471.30.0100", "2025-03-01", {"9903.90.08": None, "9903.90.09": None}, "on neither list: 35%", RU, total=3500),
    # Notes 30(a), 30(c): the other duties come on top. Section 232, 200% on aluminum of Russia (Proclamation 10522).
    Case(ALUMINUM, "2025-03-01", {"9903.90.09": 7000, "9903.85.67": 20000}, "note 30(c)", RU, total=27000),
    Case(ALUMINUM, "2026-10-01", {"9903.90.09": 7000, "9903.85.67": 20000, "9903.05.66": 1250}, "note 52", RU, total=28250),
    Case("7208.51.0030", "2026-10-01", {"9903.90.09": 7000, "9903.82.14": 5000}, "heading 9903.82.14", RU),
    Case(SALT, "2026-10-01", {"9903.90.08": 3500, "9903.05.66": 1250}, "heading 9903.05.66, column 2", RU, total=4750),
    Case(SALT, "2026-06-10", {"9903.90.08": 3500, "9903.03.01": 1000}, "note 2(aa)", RU, total=4500),
    # Chapter 98 (notes 30(a), 30(c); CSMS 52638708).
    Case(SALT, "2025-03-01", {"9903.90.08": 350}, "9802.00.50", {**RU, "ch98": "9802.00.50", "ch98_value": "1000"}, total=350),
    Case(SALT, "2025-03-01", {"9903.90.08": 3150}, "9802.00.80", {**RU, "ch98": "9802.00.80", "ch98_value": "1000"}, total=3150),
    Case(SALT, "2025-03-01", {"9903.90.08": None}, "no other provision of chapter 98", {**RU, "ch98": "9817.00.96"}, total=0),
)  # fmt: skip
def test_russia_in_place_of_column_2(case: Case) -> None:
    case.check()


def test_the_lists_of_note_30_have_the_counts_of_the_note() -> None:
    """HTS 2026 rev 6: 553 numbers in note 30(b), 127 in 30(d); CSMS 55688476: 44 left 30(b) on 1 April 2023, all to 30(d)."""
    rows = rows_of("us-column2-russia")
    now = Counter(row["class"] for row in rows if not row["until"])
    assert now == {"9903.90.08": 553, "9903.90.09": 127}
    left = {row["prefix"] for row in rows if row["until"] == "2023-04-01"}
    assert len(left) == 44
    assert left <= {row["prefix"] for row in rows if row["class"] == "9903.90.09"}


def test_the_base_duty_says_that_it_is_replaced_and_asks_for_no_quantity() -> None:
    """Note 30(a), (c): in lieu of column 2, which for pig iron is $1.11 a ton: 70% of the value and no tons asked."""
    for hts, text, duty in ((SALT, "26%", 3500), (PIG_IRON, "$1.11/t", 7000)):
        found = duty_on(hts=hts, origin="RU", entered_at="2025-03-01")
        said = found.as_json()["base"]
        assert (said["column"], said["text"], said["basis"], said["amount"]) == ("column2", text, "replaced", "0.00")
        assert found.total_duty == duty
    engine = engine_seen_from()
    line = read_line(
        {"hts": SALT, "origin": "RU", "value": "10000", "entered_at": "2025-03-01"}, engine.regime.ledger.zones
    )
    assert any("26% is replaced" in sentence for sentence in explain(engine, engine.work(line)))


# Headings 9903.41.05 and .10 at 40% in all 44 editions, cumulative by U.S. note 3. General rates: HTS 2025 basic.
COW, GOAT, BOOT, SHOE = "4107.11.6010", "4113.10.6000", "6403.51.9015", "6403.59.9045"
DYED, LEFT_OUT = "colored-or-embossed-leather", "japan-footwear-left-out"


@law(
    Case(COW, "2018-07-06", {"9903.41.05": 4000}, "heading 9903.41.05", JP, total=4330),
    Case(COW, "2025-03-01", {"9903.41.05": 4000}, "3.3% + 40%: note 3", JP, total=4330),
    Case(COW, "2025-03-01", {"9903.41.05": None}, "products of Japan", {"origin": "IT"}, total=330),
    Case(COW, "2025-10-10", {"9903.41.05": 4000, "9903.02.73": 1170}, "15% all-in beside it (note 2(v)(xx))", JP, total=5500),
    Case("4107.11.1020", "2025-03-01", {"9903.41.05": 4000}, "by the words of the heading; Free + 40%", JP, total=4000),
    Case("4113.90.6000", "2025-03-01", {"9903.41.05": None}, "leather of other animals", JP),
    Case("4115.10.0000", "2025-03-01", {"9903.41.05": None}, "composition leather", JP),
    Case(GOAT, "2025-03-01", {"9903.41.05": None}, "dyed, colored, stamped or embossed?", JP, total=280),
    Case(GOAT, "2025-03-01", {"9903.41.05": 4000}, "so stated", {**JP, "scope": DYED}, total=4280),
    Case(BOOT, "2025-03-01", {"9903.41.10": 4000}, "10% + 40%", JP, total=5000),
    Case(SHOE, "2025-03-01", {"9903.41.10": 4000}, "10% + 40%", JP, total=5000),
    Case(SHOE, "2025-03-01", {"9903.41.10": None}, "exception (a) of the heading", {**JP, "scope": LEFT_OUT}, total=1000),
    Case("6403.19.7031", "2025-03-01", {"9903.41.10": None}, "exception (b): sports footwear", JP, total=0),
)  # fmt: skip
def test_leather_of_japan(case: Case) -> None:
    case.facts.setdefault("quantity", "1")
    case.check()


def test_what_the_number_does_not_tell_of_japanese_leather_is_asked() -> None:
    asked = {one.fact: one.effect for one in duty_on(hts=GOAT, origin="JP", entered_at="2025-03-01").questions}
    assert asked[f"scope:{DYED}"] == "+4000.00: 9903.41.05"
    asked = {one.fact: one.effect for one in duty_on(hts=SHOE, origin="JP", entered_at="2025-03-01").questions}
    assert asked[f"scope:{LEFT_OUT}"] == "-4000.00: without 9903.41.10"
    assert not any(
        one.fact.startswith("scope") for one in duty_on(hts=BOOT, origin="JP", entered_at="2025-03-01").questions
    )


@pytest.mark.parametrize(("hts", "open_"), [("4107.11.1020", True), (COW, False)])
def test_leather_without_a_footnote_says_so(hts: str, open_: bool) -> None:
    found = duty_on(hts=hts, origin="JP", entered_at="2025-03-01")
    assert any("no footnote" in one.message for one in found.warnings) is open_
    assert headings(found)["9903.41.05"] == Decimal(4000)
