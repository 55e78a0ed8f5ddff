"""Entry numbers: eleven characters, a filer's three, seven digits, and a check digit (7501 instructions, appendix 1)."""

from __future__ import annotations

import re

import numpy as np
import polars as pl

from tidewaiter.bulk.arrays import Bools, Ints

LENGTH = 11
_FORM = re.compile(r"[0-9A-Z]{3}[0-9]{8}")
# Letters count as digits: A to I 1 to 9, J to R 1 to 9, S to Z 2 to 9.
_LETTERS = {chr(65 + place): place % 9 + 1 + (place >= 18) for place in range(26)}
_VALUES = np.zeros(256, dtype=np.int64)
for _digit in range(10):
    _VALUES[48 + _digit] = _digit
for _letter, _value in _LETTERS.items():
    _VALUES[ord(_letter)] = _value


def is_entry_number(text: str) -> bool:
    """Whether a text without dashes has the form of an entry number."""
    return _FORM.fullmatch(text) is not None


def check_digit(ten: str) -> int:
    """The check digit that follows the first ten characters of an entry number.

    Letters become digits; then every second digit from the right, the last first, is doubled and its own digits are added.

    >>> check_digit("BII0599285"), check_digit("BII0599920")
    (4, 6)
    """
    total = 0
    for place, letter in enumerate(reversed(ten)):
        value = int(_VALUES[ord(letter)]) * (1 if place % 2 else 2)
        total += value // 10 + value % 10
    return -total % 10


def checked(numbers: pl.Series) -> Bools:
    """Whether the last character of each entry number is its check digit; all have the form of one."""
    right: Bools = _check_digits(numbers) == numbers.str.slice(LENGTH - 1).cast(pl.Int64).to_numpy()
    return right


def with_check_digits(tens: pl.Series) -> pl.Series:
    """Entry numbers from their first ten characters."""
    return tens + pl.Series(_check_digits(tens)).cast(pl.String)


def _check_digits(numbers: pl.Series) -> Ints:
    """The check digit of each text of ten or more capitals and digits."""
    if not len(numbers):
        return np.zeros(0, dtype=np.int64)
    tens = "".join(numbers.str.slice(0, LENGTH - 1).to_list()).encode("ascii")
    values = _VALUES[np.frombuffer(tens, np.uint8).reshape(-1, LENGTH - 1)]
    values[:, 1::2] *= 2
    found: Ints = -(values // 10 + values % 10).sum(axis=1) % 10
    return found


def dashed(number: str) -> str:
    """An entry number as people print it.

    >>> dashed("BII05992854")
    'BII-0599285-4'
    """
    return f"{number[:3]}-{number[3:10]}-{number[10:]}"
