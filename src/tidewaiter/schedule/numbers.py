"""Tariff numbers: 4, 6, 8 or 10 digits, written with points or without."""

from __future__ import annotations

import re

from tidewaiter.schedule.errors import MalformedNumberError

_WRITTEN = re.compile(r"\d[\d. ]*$")
_CUT = re.compile(r"\d{3}\.")
"""No part of a number has three digits: 701.1 is 0701.10 read as a number by a spreadsheet, not heading 7011."""
LENGTHS = (4, 6, 8, 10)


def digits(text: str) -> str:
    """The digits of a tariff number. Raises ``MalformedNumberError``, whose hint names a lost leading zero.

    >>> digits("8471.30.01.00"), digits("8507.60.0090"), digits("0101")
    ('8471300100', '8507600090', '0101')
    """
    written = text.strip()
    bare = written.replace(".", "").replace(" ", "")
    if not bare.isascii() or _WRITTEN.match(written) is None:
        raise MalformedNumberError(text, "write digits and points only, such as 8507.60.0090")
    if _CUT.match(written):
        raise MalformedNumberError(text, f"did a leading zero get lost? 0{written}")
    if len(bare) in LENGTHS:
        return bare
    if len(bare) + 1 in LENGTHS and "." not in written:
        raise MalformedNumberError(text, f"did a leading zero get lost? {dotted('0' + bare)}")
    raise MalformedNumberError(text, "a tariff number has 4, 6, 8 or 10 digits")


def dotted(number: str) -> str:
    """A tariff number as it is filed: 4.2.4.

    >>> dotted("8507600090"), dotted("85076000"), dotted("850760"), dotted("8507")
    ('8507.60.0090', '8507.60.00', '8507.60', '8507')
    """
    heading, rest = number[:4], number[4:]
    return ".".join(part for part in (heading, rest[:2], rest[2:]) if part)


def heading_code(number: str) -> str:
    """A chapter 99 number as it is written in acts and programs, 8 digits with points: 9903.88.15.

    >>> heading_code("99038815")
    '9903.88.15'
    """
    return ".".join((number[:4], number[4:6], number[6:8]))
