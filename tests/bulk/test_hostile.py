"""What people send by mistake or on purpose: each bad line gets its code, the others are answered, and memory stays bounded."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter
from tests.bulk.test_one_equals_many import frame_of, kernel
from tests.conftest import TODAY, TOY, engine_seen_from, shipped_schedule

from tidewaiter.bulk import interner
from tidewaiter.bulk.files import price_file
from tidewaiter.bulk.frames import price
from tidewaiter.bulk.interner import Interner
from tidewaiter.bulk.kernel import Kernel
from tidewaiter.bulk.stream import Options

LINE = {"hts": TOY, "origin": "CN", "value": "10000", "entered_at": "2026-08-01"}
HEAD = b"hts,origin,value,entered_at\n"
GOOD = f"{TOY},CN,10000,2026-08-01\n".encode()
Json = dict[str, Any]


def outcome(source: Path) -> list[str]:
    """Duty or error code of each line of a file."""
    output = source.with_name("priced.parquet")
    price_file(kernel(), source, output, Options())
    found = pl.read_parquet(output)
    return [error or f"{duty}" for error, duty in zip(found["error"], found["total_duty"], strict=True)]


# Cells that say something else than a person meant

WRONG: list[tuple[Json, str]] = [
    # Tariff numbers that a spreadsheet damaged: never mended, for 101.3 may be 0101.30 or 1013.
    ({"hts": "101210010"}, "malformed_number"),  # 0101.21.0010 without its zero
    ({"hts": "101.3"}, "malformed_number"),
    ({"hts": "8507.6"}, "malformed_number"),
    ({"hts": "8.50760E+09"}, "malformed_number"),
    ({"hts": "9503000073.0"}, "malformed_number"),
    ({"hts": "Jan-30"}, "malformed_number"),
    ({"hts": "2030-01-01"}, "malformed_number"),
    ({"hts": "#REF!"}, "malformed_number"),
    ({"hts": "=A1"}, "malformed_number"),
    ({"hts": "'9503000073"}, "malformed_number"),
    ({"hts": "９５０３０００７３"}, "malformed_number"),
    ({"hts": "9903.88.03"}, "not_an_article"),
    ({"hts": "9503.00.0000"}, "unknown_number"),
    ({"hts": " "}, "missing_field"),
    ({"origin": "China (mainland)"}, "unknown_origin"),
    ({"origin": "0"}, "unknown_origin"),
    ({"origin": "C\x00N"}, "unknown_origin"),
    ({"value": "10,000"}, "bad_number"),
    ({"value": "10.000,00"}, "bad_number"),
    ({"value": "$10000"}, "bad_number"),
    ({"value": "1E4"}, "bad_number"),
    ({"value": "٥٠٠"}, "bad_number"),
    ({"value": "(500)"}, "bad_number"),
    ({"value": "-500"}, "negative_number"),
    ({"value": "NaN"}, "bad_number"),
    ({"value": "10000000000000"}, "bad_number"),
    ({"value": "0x10"}, "bad_number"),
    ({"entered_at": "08/01/2026"}, "bad_date"),
    ({"entered_at": "46235"}, "bad_date"),  # a day as Excel counts it
    ({"entered_at": "2026-02-30"}, "bad_date"),
    ({"entered_at": "1899-12-31"}, "bad_date"),
    ({"entered_at": "2018-07-05"}, "date_before_coverage"),
    ({"claims": "civil-aircraft,donation"}, "unknown_claim"),
    ({"scope": "autopart"}, "unknown_scope"),
    ({"spi": "QQ"}, "unknown_spi"),
    ({"transport": "boat"}, "bad_field"),
    ({"ch98": "9802"}, "bad_field"),
    ({"quantity": "ten"}, "bad_number"),
    ({"quantity": "5", "unit": "furlongs"}, "unknown_unit"),
    ({"steel_value": "10001"}, "bad_number"),
    ({"metal_weight_share": "15"}, "bad_number"),
    ({"fact.bogus": "1"}, "unknown_fact"),
    ({"loaded_at": "yesterday"}, "bad_date"),
    ({"into": "CN"}, "not_covered"),
    ({"ftz_status": "PF"}, "missing_field"),
]


def test_every_wrong_cell_costs_its_own_line_only() -> None:
    lines = [one for given, _ in WRONG for one in (LINE, {**LINE, **given})]
    found = price(kernel(), frame_of(lines))
    assert found["error"].to_list()[0::2] == [None] * len(WRONG)
    assert [*zip([given for given, _ in WRONG], found["error"].to_list()[1::2], strict=True)] == WRONG
    assert {int(duty) for duty in found["total_duty"][0::2]} == {1250}


def test_the_same_wrong_cells_in_every_format(tmp_path: Path) -> None:
    names = sorted({name for given, _ in WRONG for name in given} | {*LINE})
    lines = [{**LINE, **given} for given, _ in WRONG]
    frame_of([*lines, LINE]).write_csv(tmp_path / "lines.csv")
    (tmp_path / "lines.jsonl").write_text("".join(json.dumps(line) + "\n" for line in [*lines, LINE]))
    book = xlsxwriter.Workbook(tmp_path / "lines.xlsx")
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, names)
    for down, line in enumerate([*lines, LINE], start=1):
        for across, name in enumerate(names):
            # A workbook holds no such character; another that no country's name has stands for it.
            sheet.write_string(down, across, line.get(name, "").replace("\x00", "~"))
    book.close()
    expected = [*(code for _, code in WRONG), "1250.00"]
    for name in ("lines.csv", "lines.jsonl", "lines.xlsx"):
        assert outcome(tmp_path / name) == expected, name


def test_a_workbook_as_excel_leaves_it(tmp_path: Path) -> None:
    """Numbers without their zeros, in scientific notation, as dates: refused; ten digits as a number: read."""
    cells: list[tuple[Any, str]] = [
        (9503000073, "1250.00"),
        (101210010, "malformed_number"),
        (8507.6, "malformed_number"),
        (8.5076e19, "malformed_number"),
        ("8.50760E+09", "malformed_number"),
        (47484.0, "malformed_number"),  # a date as a number
        (True, "malformed_number"),
        (None, "missing_field"),
    ]
    book = xlsxwriter.Workbook(tmp_path / "lines.xlsx")
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, [*LINE])
    for down, (cell, _) in enumerate(cells, start=1):
        sheet.write(down, 0, cell)
        sheet.write_row(down, 1, ["CN", 10000, "2026-08-01"])
    book.close()
    assert outcome(tmp_path / "lines.xlsx") == [code for _, code in cells]


# Bytes


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (HEAD + GOOD + b"9503.00.0073,Cura\xe7ao,1,2026-08-01\n" + GOOD, ["1250.00", "bad_encoding", "1250.00"]),
        (b"\xef\xbb\xbf" + HEAD + GOOD, ["1250.00"]),
        ((HEAD + GOOD).decode().encode("utf-16"), ["1250.00"]),
        (HEAD + GOOD.replace(b"\n", b"\r\n") * 2, ["1250.00"] * 2),
        (HEAD + b"\n\n" + GOOD + b"\n", ["1250.00"]),
        (
            HEAD + GOOD + b"a,b,c,d,e\n" + b"9503.00.0073,CN\n" + GOOD,
            ["1250.00", "malformed_row", "missing_field", "1250.00"],
        ),
        (HEAD + b'"9503.00.0073","CN","10000","2026-08-01"\n', ["1250.00"]),
        (HEAD + GOOD + b"\x00,\x00,\x00,\x00\n" + GOOD, ["1250.00", "bad_date", "1250.00"]),
    ],
)
def test_bytes_of_every_kind(tmp_path: Path, content: bytes, expected: list[str]) -> None:
    (tmp_path / "lines.csv").write_bytes(content)
    assert outcome(tmp_path / "lines.csv") == expected


def test_broken_json_lines(tmp_path: Path) -> None:
    good = json.dumps(LINE)
    lines = [
        good,
        "{",
        "[1]",
        "null",
        '{"hts": "1", "hts": "2"}',
        "{" * 100_000,
        json.dumps({**LINE, "facts": [1]}),
        good,
    ]
    (tmp_path / "lines.jsonl").write_text("\n".join(lines))
    assert outcome(tmp_path / "lines.jsonl") == ["1250.00", *["malformed_json"] * 5, "bad_field", "1250.00"]


# Size


@pytest.mark.parametrize(
    "name", ["hts", "origin", "value", "entered_at", "claims", "spi", "transport", "unit", "fact.chip_tpp", "note"]
)
def test_a_cell_of_ten_megabytes(tmp_path: Path, name: str) -> None:
    big = {**LINE, name: "9" * 10_000_000}
    frame_of([{**LINE, name: LINE.get(name, "")}, big, {**LINE, name: LINE.get(name, "")}]).write_csv(
        tmp_path / "lines.csv"
    )
    first, middle, last = outcome(tmp_path / "lines.csv")
    assert (first, last) == ("1250.00", "1250.00")
    assert middle != "1250.00" or name in ("note", "unit")


def test_large_cells_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interner, "_MOST_BYTES", 1_000_000)
    reader: Interner[str] = Interner(str)
    for number in range(20):
        reader.trim()
        column = pl.Series([f"{number}" * 200_000, "small", None])
        assert [reader.found[one] for one in reader.numbers(column)[:2]] == [column[0], "small"]
        assert sum(table.estimated_size() for table in reader._tables.values()) < 2_000_000
        assert len(reader.found) < 20


def test_the_wrong_column_as_the_tariff_number_fills_no_memory() -> None:
    """Ids of ten digits, or texts, where numbers should stand: refused one by one, and none is remembered."""
    fresh = Kernel(engine_seen_from().regime, shipped_schedule())
    ids = [f"{7_000_000_000 + 37 * number}" for number in range(20_000)] + [f"SKU-{number}" for number in range(20_000)]
    lines = pl.DataFrame({"hts": [*ids, TOY]}).with_columns(
        pl.lit("CN").alias("origin"), pl.lit(10000).alias("value"), pl.lit("2026-08-01").alias("entered_at")
    )
    price(fresh, lines[:1])
    before = len(fresh.products)
    found = price(fresh, lines)
    assert found["error"].is_null().sum() == 1 + (found["error"][:20_000].is_null()).sum()
    known = sum(one != "unknown_number" for one in found["error"][:20_000])
    assert len(fresh.products) - before <= known + 3
    chapter = shipped_schedule().chapter("70")
    assert all(chapter.runs(one) for one in fresh.products._parents if one.startswith("70"))
    again = price(fresh, lines)
    assert again.equals(found)


@pytest.mark.parametrize(
    ("name", "cell", "code"),
    [
        ("origin", "Country {}", "unknown_origin"),
        ("claims", "claim-{}", "unknown_claim"),
        ("scope", "scope-{}", "unknown_scope"),
        ("spi", "Q{}", "unknown_spi"),
        ("transport", "ship {}", "bad_field"),
        ("unit", "unit {}", "unknown_unit"),
        ("fact.chip_tpp", "about {}", "bad_number"),
        ("entered_at", "day {}", "bad_date"),
        ("value", "{} dollars", "bad_number"),
        ("hts", "no {}", "malformed_number"),
    ],
)
def test_a_wrong_column_is_refused_quickly(name: str, cell: str, code: str) -> None:
    """Nobody looks for the words that may be meant while columns are read: a millisecond each would be hours."""
    lines = frame_of([LINE]).select(pl.all().repeat_by(5000).explode())
    lines = lines.with_columns(
        pl.Series(name, [cell.format(number) for number in range(5000)]), pl.lit("1").alias("quantity")
    )
    started = time.perf_counter()
    found = price(kernel(), lines)
    assert found["error"].unique().to_list() == [code]
    assert time.perf_counter() - started < 3


def test_values_of_many_places_take_time_by_the_line() -> None:
    """Values out of a conversion of currencies: once the square of their number."""

    def seconds(count: int) -> float:
        values = [10 + number / 7 for number in range(count)]
        lines = pl.DataFrame({"value": values}).with_columns(
            pl.lit(TOY).alias("hts"), pl.lit("CN").alias("origin"), pl.lit("2026-08-01").alias("entered_at")
        )
        started = time.perf_counter()
        found = price(kernel(), lines)
        assert found["error"].null_count() == count
        return time.perf_counter() - started

    seconds(100)
    few, many = min(seconds(4000), seconds(4000)), seconds(40_000)
    assert many < 40 * few


def test_an_interner_may_be_trimmed_between_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    """Facts that differ on every line are forgotten in between, and answers stay the same."""
    frames = [
        frame_of(
            [
                {**LINE, "fact.chip_tpp": str(start + number), "claims": f"not:donation;not:{word}"}
                for number in range(50)
            ]
        )
        for start, word in ((0, "civil-aircraft"), (50, "civil-aircraft"), (0, "donation"))
    ]
    expected = [price(kernel(), frame) for frame in frames]
    monkeypatch.setattr(interner, "_MOST_FOUND", 10)
    fresh = Kernel(engine_seen_from(TODAY).regime, shipped_schedule())
    assert all(price(fresh, frame).equals(answer) for frame, answer in zip(frames, expected, strict=True))
