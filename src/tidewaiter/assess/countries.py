"""Countries: what people type (ISO and Schedule C codes, names), resolved to an ISO 3166 code or refused with a suggestion."""

from __future__ import annotations

import csv
import re
import unicodedata
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from tidewaiter.assess.errors import LineError

_LONGEST_NAME = 80
_FEW = 6
COUNTRIES_FILE = Path(__file__).parent.parent / "law" / "countries.csv"
_SPACES = re.compile(r"\s+")


@cache
def country_codes() -> dict[str, str]:
    """ISO 3166-1 alpha-2 codes and the names of their countries."""
    return {row["code"]: row["name"] for row in _rows()}


def origin_code(typed: str) -> str:
    """The ISO code of a country: a code (ISO alpha-2 or alpha-3, Census Schedule C) or a name that means one country.

    A name that may mean several countries, or is only similar to one, is refused with the codes it may mean.
    Raises ``LineError`` ``unknown_origin``.
    """
    code = typed.strip().upper()
    if code in country_codes():
        return code
    name = _plain(typed)
    if name in _names():
        return _names()[name]
    if name in _ambiguous():
        hint = f"did you mean {_told(_ambiguous()[name])}?"
        raise LineError("unknown_origin", f"{typed!r} may mean several countries", hint)
    raise LineError("unknown_origin", f"{typed!r} is no country code and no country's name", lambda: _hint(name))


def names_several(typed: str) -> bool:
    """Whether people know several countries together by that name (EU)."""
    return _plain(typed) in _ambiguous()


def _hint(name: str) -> str:
    words = [*_names(), *_ambiguous()]
    near = get_close_matches(name[:_LONGEST_NAME], words, 3, cutoff=0.75)
    found = dict.fromkeys(
        one for word in near for one in ([_names()[word]] if word in _names() else _ambiguous()[word])
    )
    return f"did you mean {_told(list(found))}?" if found else "give the ISO 3166 code, such as CN"


def _told(codes: list[str]) -> str:
    if len(codes) > _FEW:
        return f"one of {', '.join(codes)}"
    return " or ".join(f"{code} ({country_codes()[code]})" for code in codes)


def _plain(name: str) -> str:
    """A name without what people write differently: case, accents, points, commas, "the", "&" and "St."."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    bare = bare.replace("&", " and ").replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").replace("st. ", "saint ")
    return _SPACES.sub(" ", bare.replace(".", "").replace(",", " ")).strip().removeprefix("the ")


@cache
def _names() -> dict[str, str]:
    names: dict[str, str] = {}
    for row in _rows():
        for name in (row["name"], *row["aliases"].split(";"), *row["census"].split(";")):
            if name:
                names[_plain(name)] = row["code"]
    return names


@cache
def _ambiguous() -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    for row in _rows():
        for name in filter(None, row["ambiguous"].split(";")):
            names.setdefault(_plain(name), []).append(row["code"])
    return names


@cache
def _rows() -> list[dict[str, str]]:
    with COUNTRIES_FILE.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(line for line in stream if not line.startswith("#")))
