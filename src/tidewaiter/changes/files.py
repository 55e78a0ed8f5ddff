"""Lists of products from files: CSV, Excel, Parquet or JSON Lines with the columns hts, origin and, if wanted, sku and value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tidewaiter.assess.errors import FileError
from tidewaiter.changes.story import DEFAULT_VALUE, Sku

_NEEDED = ("hts", "origin")
_WORKBOOKS = (".xlsx", ".xlsm")
_ROWS = 10_000


def read_skus(path: str) -> list[Sku]:
    """The products of a file, in its order. Raises ``FileError``: as any file of lines, and ``missing_field``."""
    skus: list[Sku] = []
    columns: set[str] = set()
    for number, row in enumerate(_rows(path), start=1):
        columns |= row.keys()
        skus.append(_sku(row, number))
    if not skus:
        raise FileError("malformed_file", f"{Path(path).name} has no products", "a row for each, with hts and origin")
    missing = [name for name in _NEEDED if name not in columns]
    if missing:
        raise FileError(
            "missing_field",
            f"{Path(path).name} has no column {' and '.join(missing)}",
            "columns: hts, origin, sku, value",
        )
    return skus


def _sku(row: Mapping[str, Any], number: int) -> Sku:
    said = {name: str(cell).strip() for name, cell in row.items() if cell is not None}
    return Sku(
        said.get("hts", ""),
        said.get("origin", ""),
        said.get("sku", "") or str(number),
        said.get("value", "") or DEFAULT_VALUE,
    )


def _rows(path: str) -> Iterable[Mapping[str, Any]]:
    file = Path(path)
    if file.suffix.lower() in _WORKBOOKS or file.name.partition("#")[0].lower().endswith(_WORKBOOKS):
        return _sheet_rows(path)
    return _records(path)


def _records(path: str) -> Iterator[Mapping[str, Any]]:
    from tidewaiter.assess.records import read_records

    for record in read_records(path):
        if record.error is not None:
            raise FileError(record.error.code, f"row {record.number}: {record.error.message}", record.error.hint)
        yield record.given


def _sheet_rows(path: str) -> Iterator[Mapping[str, Any]]:
    from tidewaiter.bulk.inputs import open_lines

    for frame in open_lines(path).frames(_ROWS):
        yield from frame.iter_rows(named=True)
