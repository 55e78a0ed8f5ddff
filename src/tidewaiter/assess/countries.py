"""Countries of origin: what people type, resolved to an ISO 3166 code or refused with a suggestion."""

from __future__ import annotations

import csv
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from tidewaiter.assess.errors import LineError

_LONGEST_NAME = 80
COUNTRIES_FILE = Path(__file__).parent.parent / "law" / "countries.csv"


@cache
def country_codes() -> dict[str, str]:
    """ISO 3166-1 alpha-2 codes and the names of their countries."""
    return {row["code"]: row["name"] for row in _rows()}


def origin_code(typed: str) -> str:
    """The code of a country of origin. A code in any case is taken; a name is refused with its code as the hint.

    Raises ``LineError`` ``unknown_origin``.
    """
    code = typed.upper()
    if code in country_codes():
        return code
    names = _names()
    found = names.get(typed.casefold())
    if found is None:
        near = get_close_matches(typed[:_LONGEST_NAME].casefold(), names, 1, cutoff=0.75)
        found = names[near[0]] if near else None
    hint = f"did you mean {found} ({country_codes()[found]})?" if found else "give the ISO 3166 code, such as CN"
    raise LineError("unknown_origin", f"{typed!r} is no country code", hint)


@cache
def _names() -> dict[str, str]:
    names: dict[str, str] = {}
    for row in _rows():
        for name in (row["name"], *row["aliases"].split(";")):
            names[name.casefold()] = row["code"]
    return names


@cache
def _rows() -> list[dict[str, str]]:
    with COUNTRIES_FILE.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(line for line in stream if not line.startswith("#")))
