"""``price_file``: files of every kind in, Parquet and CSV out; whole or not at all, whatever goes wrong on the way."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter
from tests.bulk.test_one_equals_many import kernel, one_by_one
from tests.conftest import TODAY, TOY

from tidewaiter.assess.errors import FileError
from tidewaiter.bulk import files
from tidewaiter.bulk.files import price_file, put_beside
from tidewaiter.bulk.safe_csv import flat
from tidewaiter.bulk.stream import Options, Summary

LINE = {"hts": TOY, "origin": "CN", "value": "10000", "entered_at": "2026-08-01"}
FIELDS = ["hts", "origin", "value", "entered_at", "entry_id", "quantity", "transport", "claims", "sku"]
SHIPMENT: list[dict[str, str | None]] = [
    {**LINE, "sku": "A-1"},
    {**LINE, "hts": "8507600090", "entry_id": "E1", "sku": "Ünïcode 電池"},
    {**LINE, "hts": "8507.60.0090", "entry_id": "E1", "transport": "vessel", "value": "123.45"},
    {**LINE, "hts": "abcd", "entry_id": "E1", "sku": 'quoted "x", y'},
    {**LINE, "hts": "1701.13.5000", "origin": "AU", "quantity": "100", "entered_at": "2025-02-10"},
    {**LINE, "hts": "1701.13.5000", "origin": "AU", "entered_at": "2025-02-10"},
    {**LINE, "claims": "not:donation;not:civil-aircraft", "entered_at": "2025-06-01T12:00:00-04:00"},
    {**LINE, "origin": "Nowhere"},
    {**LINE, "value": "0"},
    {**LINE, "value": None},
    {**LINE, "entry_id": "E1"},
]
ANSWERS = [
    "1250.00",
    "4090.00",
    "50.49",
    "malformed_number",
    "33.87",
    "missing_quantity",
    None,
    "unknown_origin",
    "0.00",
]
ANSWERS += ["missing_field", "entry_not_together"]
"""README, 1701.13.5000 (33.87 cents a kg), and refusals; ``None``: what one line says."""
NOTHING = Options()


def write_parquet(path: Path, lines: list[dict[str, Any]]) -> None:
    pl.DataFrame(lines, schema=dict.fromkeys(FIELDS, pl.String)).write_parquet(path)


def write_csv(path: Path, lines: list[dict[str, Any]]) -> None:
    pl.DataFrame(lines, schema=dict.fromkeys(FIELDS, pl.String)).write_csv(path)


def write_jsonl(path: Path, lines: list[dict[str, Any]]) -> None:
    full = [{name: line.get(name) for name in FIELDS} for line in lines]
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in full), encoding="utf-8")


def write_xlsx(path: Path, lines: list[dict[str, Any]]) -> None:
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    for across, name in enumerate(FIELDS):
        sheet.write_string(0, across, name)
        for down, line in enumerate(lines, start=1):
            if line.get(name) is not None:
                sheet.write_string(down, across, line[name])
    book.close()


WRITERS: dict[str, Callable[[Path, list[dict[str, Any]]], None]] = {
    "parquet": write_parquet,
    "csv": write_csv,
    "jsonl": write_jsonl,
    "xlsx": write_xlsx,
}


def run(source: Path, output: Path | str, options: Options = NOTHING, **how: Any) -> Summary:
    return price_file(kernel(), source, output, options, **how)


def read(path: Path) -> list[dict[str, str | None]]:
    """An answer as text, so that Parquet and CSV can be held against each other."""
    frame = pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path, infer_schema=False)
    return flat(frame).with_columns(pl.all().cast(pl.String)).to_dicts()


def names_in(folder: Path) -> list[str]:
    """What stands in a folder, hidden files too."""
    return sorted(path.name for path in folder.iterdir())


def told(rows: list[dict[str, str | None]]) -> list[str | None]:
    return [row["error"] or row["total_duty"] for row in rows]


@pytest.fixture(scope="module")
def expected() -> list[str | None]:
    single = one_by_one([{k: v for k, v in line.items() if v is not None} for line in SHIPMENT], TODAY)
    found = [one.error.code if one.error else str(one.assessment.total_duty) for one in single]  # type: ignore[union-attr]
    assert [said or found[place] for place, said in enumerate(ANSWERS)] == found
    return [*found]


# Formats


@pytest.mark.parametrize("to", ["parquet", "csv"])
@pytest.mark.parametrize("suffix", [*WRITERS])
def test_the_same_lines_have_the_same_answers_in_every_format(
    tmp_path: Path, suffix: str, to: str, expected: list[str | None]
) -> None:
    source, output = tmp_path / f"lines.{suffix}", tmp_path / f"priced.{to}"
    WRITERS[suffix](source, SHIPMENT)
    summary = run(source, output)
    rows = read(output)
    assert told(rows) == expected
    assert [*rows[0]][: len(FIELDS)] == FIELDS
    assert [{name: row[name] or None for name in FIELDS} for row in rows] == [
        {name: line.get(name) for name in FIELDS} for line in SHIPMENT
    ]
    assert (summary.lines, summary.answered) == (11, 6)
    assert names_in(tmp_path) == sorted([source.name, output.name])


@pytest.mark.parametrize("options", [Options(), Options(rates=True), Options(long=True), Options(whole_dollars=True)])
def test_parquet_and_csv_say_the_same(tmp_path: Path, options: Options) -> None:
    source = tmp_path / "lines.csv"
    write_csv(source, SHIPMENT)
    both = []
    for name in ("priced.parquet", "priced.csv"):
        run(source, tmp_path / name, options)
        both.append([{key: cell or None for key, cell in row.items()} for row in read(tmp_path / name)])
    assert both[0] == both[1]


def test_columns_of_every_type_can_be_written_as_csv(tmp_path: Path) -> None:
    source, output = tmp_path / "lines.parquet", tmp_path / "priced.csv"
    pl.DataFrame(
        {
            **{name: [cell] * 2 for name, cell in LINE.items()},
            "claims": [["not:donation", "not:civil-aircraft"], None],
            "facts": [{"chip_tpp": 15000}, None],
            "tags": [[1, 2], []],
            "nested": [[["=1"]], [[]]],
            "raw": [b"=1\xff", None],
            "yes": [True, False],
            "part": [{"a": [1]}, {"a": None}],
        },
        strict=False,
    ).write_parquet(source)
    run(source, output)
    first, second = read(output)
    assert told([first, second]) == ["1250.00", "1250.00"]
    names = ("claims", "facts", "tags", "nested", "raw", "yes", "part")
    assert [first[name] for name in names] == [
        "not:donation;not:civil-aircraft",
        '{"chip_tpp": 15000}',
        "1;2",
        '[["=1"]]',
        "'=1\ufffd",
        "true",
        '{"a": [1]}',
    ]
    assert second["claims"] is None


def test_json_lines_with_facts_and_lists_can_be_written_as_csv(tmp_path: Path) -> None:
    source, output = tmp_path / "lines.jsonl", tmp_path / "priced.csv"
    line = {**LINE, "facts": {"chip_tpp": 15000}, "claims": ["not:donation"]}
    source.write_text(json.dumps(line) + "\n")
    run(source, output)
    (row,) = read(output)
    assert (row["facts"], row["claims"], row["total_duty"]) == ('{"chip_tpp": "15000"}', "not:donation", "1250.00")


def test_formulas_do_not_reach_a_spreadsheet(tmp_path: Path) -> None:
    """Cells, lists whose first part is a formula, names of columns: https://owasp.org/www-community/attacks/CSV_Injection."""
    source, output = tmp_path / "lines.jsonl", tmp_path / "priced.csv"
    evil = '=HYPERLINK("http://x")'
    source.write_text(json.dumps({**LINE, "claims": [evil], "note": evil, "+cmd": "@SUM(A1)", "n": "-5"}) + "\n")
    run(source, output)
    text = output.read_text()
    (row,) = read(output)
    assert (row["claims"], row["note"], row["'+cmd"], row["n"]) == (f"'{evil}", f"'{evil}", "'@SUM(A1)", "-5")
    assert row["error"] == "unknown_claim"
    for line in text.splitlines():
        assert not any(cell.strip('"').startswith(("=", "+", "@")) for cell in line.split(","))
    assert read_back(tmp_path, source)["note"] == evil


def read_back(folder: Path, source: Path) -> dict[str, str | None]:
    """Parquet keeps the cell as it is: nothing runs formulas there."""
    run(source, folder / "back.parquet")
    return read(folder / "back.parquet")[0]


@pytest.mark.parametrize("name", ["priced.xlsx", "priced", "priced.json", "priced.csv.gz"])
def test_files_that_are_not_written(tmp_path: Path, name: str) -> None:
    source = tmp_path / "lines.csv"
    write_csv(source, SHIPMENT)
    assert refused(source, tmp_path / name) == "bad_file_type"


@pytest.mark.parametrize("to", ["parquet", "csv"])
@pytest.mark.parametrize(
    ("name", "content"), [("a.csv", "hts,origin,value,entered_at\n"), ("a.jsonl", ""), ("a.jsonl", "\n \n")]
)
@pytest.mark.parametrize("sort", [False, True])
def test_no_lines_are_an_answer_of_no_lines(tmp_path: Path, name: str, content: str, to: str, sort: bool) -> None:
    source, output = tmp_path / name, tmp_path / f"priced.{to}"
    source.write_text(content)
    summary = run(source, output, sort=sort)
    assert (summary.lines, read(output)) == (0, [])
    frame = pl.read_parquet(output) if to == "parquet" else pl.read_csv(output)
    assert frame.columns[-1] == "error"


def test_an_answer_may_take_the_place_of_its_input(tmp_path: Path) -> None:
    """The file is replaced when the answer is whole; pricing the answer again is refused, and changes nothing."""
    source = tmp_path / "lines.parquet"
    write_parquet(source, SHIPMENT[:2])
    run(source, source)
    assert told(read(source)) == ["1250.00", "4090.00"]
    before = source.read_bytes()
    assert refused(source, source) == "column_exists"
    assert source.read_bytes() == before


# --sort

TORN: list[dict[str, Any]] = [
    {**LINE, "entry_id": name, "value": str(1000 + 100 * place), "sku": str(place)}
    for place, name in enumerate(["A", "B", None, "A", " ", "B", "", "A", "C"])
]


@pytest.mark.parametrize("long", [False, True])
@pytest.mark.parametrize("frame_rows", [1, 2, 100])
def test_sorting_gathers_entries_and_keeps_the_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, long: bool, frame_rows: int
) -> None:
    monkeypatch.setattr(files, "FRAME_ROWS", frame_rows)
    source, output = tmp_path / "lines.csv", tmp_path / "priced.csv"
    write_csv(source, TORN)
    assert run(source, output, Options(long=long)).refused == {"entry_not_together": 3}
    assert not run(source, output, Options(long=long), sort=True).refused
    rows = read(output)
    single = one_by_one([{k: v for k, v in line.items() if v is not None} for line in TORN], TODAY, sort=True)
    fees = [one.assessment.total_fees for one in single]  # type: ignore[union-attr]
    if long:
        assert [int(row["line"] or 0) for row in rows if row["kind"] == "base"] == [*range(1, 10)]
        assert [Decimal(row["amount"] or 0) for row in rows if row["kind"] == "fee"] == fees
    else:
        assert [row["sku"] for row in rows] == [*map(str, range(9))]
        assert [Decimal(row["total_fees"] or 0) for row in rows] == fees


@pytest.mark.parametrize(
    "cells",
    [
        pl.Series([1, 2, 1, None]),
        pl.Series([1.0, 2.0, 1.0, float("nan")]),
        pl.Series(["a", "b", "a", None], dtype=pl.Categorical),
        pl.Series([None] * 4, dtype=pl.String),
    ],
)
def test_sorting_leaves_columns_as_they_are(tmp_path: Path, cells: pl.Series) -> None:
    source, output = tmp_path / "lines.parquet", tmp_path / "priced.parquet"
    own = pl.DataFrame(
        {**{name: [cell] * 4 for name, cell in LINE.items()}, "entry_id": cells, "__place": [4, 3, 2, 1]}
    )
    own.with_columns(pl.lit("x").alias("__entry")).write_parquet(source)
    assert not run(source, output, sort=True).refused
    found = pl.read_parquet(output)
    kept = pl.read_parquet(source).with_columns(pl.col(pl.Categorical).cast(pl.String))
    assert found.select(kept.columns).equals(kept)


# What goes wrong


def refused(source: Path | str, output: Path | str, **how: Any) -> str:
    with pytest.raises(FileError) as caught:
        price_file(kernel(), source, output, NOTHING, **how)
    return caught.value.code


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Path]:
    """An output of yesterday, which no failed run may touch."""
    for name in ("priced.csv", "priced.parquet"):
        (tmp_path / name).write_text("yesterday")
    yield tmp_path
    assert not [name for name in names_in(tmp_path) if name.endswith(".tmp")]


BROKEN: dict[str, tuple[bytes, str]] = {
    "none.csv": (b"", "file_not_found"),
    "empty.csv": (b"", "malformed_file"),
    "quote.csv": (
        b"hts,origin,value,entered_at\n" + b"9503.00.0073,CN,1,2026-08-01\n" * 3 + b'"9503',
        "malformed_file",
    ),
    "twice.csv": (b"hts,origin,value,entered_at,hts\n", "malformed_file"),
    "no-value.csv": (b"hts,origin,Value,entered_at\n1,2,3,4\n", "missing_column"),
    "utf32.csv": ("hts,origin\n".encode("utf-32"), "bad_encoding"),
    "not.parquet": (b"PAR1", "malformed_file"),
    "not.xlsx": (b"hts,origin", "malformed_file"),
    "lines.txt": (b"hts", "bad_file_type"),
    "lines.xls": (b"hts", "bad_file_type"),
}


@pytest.mark.parametrize("sort", [False, True])
@pytest.mark.parametrize("to", ["csv", "parquet"])
@pytest.mark.parametrize("name", [*BROKEN])
def test_a_file_that_cannot_be_read_leaves_the_output_alone(old: Path, name: str, to: str, sort: bool) -> None:
    content, code = BROKEN[name]
    if code != "file_not_found":
        (old / name).write_bytes(content)
    assert refused(old / name, old / f"priced.{to}", sort=sort) == code
    assert (old / f"priced.{to}").read_text() == "yesterday"


@pytest.mark.parametrize("to", ["csv", "parquet"])
def test_a_file_that_ends_in_the_middle_leaves_no_output(tmp_path: Path, to: str) -> None:
    """The pages of the last row group are spoilt: lines were priced before that is seen."""
    source = tmp_path / "lines.parquet"
    pl.DataFrame({name: [f"{cell}" for _ in range(50_000)] for name, cell in LINE.items()}).with_columns(
        pl.int_range(50_000).cast(pl.String).alias("sku")
    ).write_parquet(source, row_group_size=1_000, compression="uncompressed", statistics=False)
    content = bytearray(source.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 200_000] = b"\xff" * 200_000
    source.write_bytes(bytes(content))
    assert refused(source, tmp_path / f"priced.{to}") == "malformed_file"
    assert names_in(tmp_path) == ["lines.parquet"]


@pytest.mark.parametrize("to", ["csv", "parquet"])
def test_places_that_cannot_be_written(old: Path, to: str) -> None:
    source = old / "lines.csv"
    write_csv(source, SHIPMENT)
    (old / f"folder.{to}").mkdir()
    assert refused(source, old / f"folder.{to}") == "cannot_write"
    assert refused(source, old / "nowhere" / f"priced.{to}") == "cannot_write"
    assert refused(source, source / f"priced.{to}") == "cannot_write"
    assert (old / f"folder.{to}").is_dir()


@pytest.mark.parametrize("to", ["csv", "parquet"])
def test_an_error_of_ours_is_raised_as_it_is(old: Path, monkeypatch: pytest.MonkeyPatch, to: str) -> None:
    def fails(*args: Any, **kwargs: Any) -> Any:
        raise ZeroDivisionError("a bug")

    source = old / "lines.csv"
    write_csv(source, SHIPMENT)
    monkeypatch.setattr(type(kernel()), "price", fails)
    with pytest.raises(ZeroDivisionError, match="a bug"):
        run(source, old / f"priced.{to}")
    assert (old / f"priced.{to}").read_text() == "yesterday"


def test_what_a_killed_run_left_beside_is_no_obstacle(tmp_path: Path) -> None:
    source, output = tmp_path / "lines.csv", tmp_path / "priced.parquet"
    write_csv(source, SHIPMENT)
    (tmp_path / ".priced.parquet.tmp").write_bytes(b"half")
    run(source, output)
    assert names_in(tmp_path) == ["lines.csv", "priced.parquet"]


@pytest.mark.parametrize("to", ["csv", "parquet"])
def test_two_runs_do_not_write_into_one_another(tmp_path: Path, to: str) -> None:
    source, output = tmp_path / "lines.csv", tmp_path / f"priced.{to}"
    write_csv(source, SHIPMENT)

    def second(lines: int, part: float | None) -> None:
        with pytest.raises(FileError, match="another run is writing it"):
            run(source, output)

    run(source, output, told=second)
    assert names_in(tmp_path) == sorted([source.name, output.name])
    assert read(output)[0]["total_duty"] == "1250.00"


def test_what_is_at_hand_as_a_whole_is_written_without_a_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*args: Any, **kwargs: Any) -> Any:
        raise AssertionError("a thread for nothing")

    monkeypatch.setattr(files, "Thread", none)
    put_beside(tmp_path / "words.txt", "é\r\n")
    assert (tmp_path / "words.txt").read_bytes() == b"\xc3\xa9\r\n"
    assert names_in(tmp_path) == ["words.txt"]


def test_standard_output(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    source = tmp_path / "lines.csv"
    write_csv(source, SHIPMENT)
    run(source, "-")
    said = capsysbinary.readouterr().out
    run(source, tmp_path / "priced.csv")
    assert said == (tmp_path / "priced.csv").read_bytes()


def test_progress_tells_lines_and_the_part_that_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "FRAME_ROWS", 3)
    for suffix, write in WRITERS.items():
        source = tmp_path / f"lines.{suffix}"
        write(source, SHIPMENT)
        seen: list[tuple[int, float | None]] = []
        run(source, tmp_path / "priced.csv", told=lambda lines, part, seen=seen: seen.append((lines, part)))
        counts, parts = zip(*seen, strict=True)
        assert [*counts] == sorted(counts)
        assert counts[-1] == len(SHIPMENT)
        assert parts[-1] == 1.0
        assert all(part is None or 0 <= part <= 1 for part in parts)


def test_a_workbook_and_its_sheet(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "lines.xlsx", SHIPMENT[:1])
    run(f"{tmp_path / 'lines.xlsx'}#Sheet1", tmp_path / "priced.csv")  # type: ignore[arg-type]
    assert told(read(tmp_path / "priced.csv")) == ["1250.00"]


def test_gzipped_csv(tmp_path: Path) -> None:
    import gzip

    write_csv(tmp_path / "lines.csv", SHIPMENT)
    with (tmp_path / "lines.csv").open("rb") as plain, gzip.open(tmp_path / "lines.csv.gz", "wb") as zipped:
        shutil.copyfileobj(plain, zipped)
    both = []
    for name in ("lines.csv", "lines.csv.gz"):
        run(tmp_path / name, tmp_path / "priced.csv")
        both.append((tmp_path / "priced.csv").read_bytes())
    assert both[0] == both[1]
    assert io.BytesIO(both[0]).readline().startswith(b"hts,origin,value")
