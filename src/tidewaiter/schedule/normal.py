"""Official texts, cleaned of everything that is not the text: HTML, odd blanks, typing slips.

The editions of the United States schedule print one and the same rate as ``$1.13/m3`` and as ``$1.13/m<sup>3</sup>``.
Two editions differ in a row only where these functions still see a difference.

>>> tidy("Paper &amp;<br />board,  of 40&nbsp;g/m<sup>2 </sup>or <il>more</il>")
'Paper & board, of 40 g/m2 or more'
>>> tidy_rate("14.5¢/m<sup>2 </sup>+0.4% ")
'14.5¢/m2 + 0.4%'
>>> tidy_special("Free  (A+, AU, BH,CL)2.75%(JP)")
'Free (A+,AU,BH,CL) 2.75% (JP)'
"""

from __future__ import annotations

import re
from functools import lru_cache

_BREAK = re.compile(r"<\s*(?:br|nl|newline|/newline|p|/p)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_SUPERSCRIPTS = str.maketrans({"²": "2", "³": "3", "¹": "1"})
_BLANKS = re.compile(r"\s+")
_PLUS = re.compile(r"\s*\+\s*")
_PER = re.compile(r"\s*/\s*")
_FULL_STOP = re.compile(r"(?<!\bdoz)(?<!\bpr)(?<!\bNo)\.$")
_COMMAS = re.compile(r"[,.\s]+")
_PROGRAMS = re.compile(r"\s*\(\s*([A-Z][A-Z*+]{0,2}(?:[,.\s]+[A-Z][A-Z*+]{0,2})*)[,\s]*\)\s*")

# Printing slips of the official export, each seen in at least one edition, and what is meant.
_SLIPS = (
    ("thou- sand", "thousand"),
    ("appli- cable", "applicable"),
    ("high- est", "highest"),
    ("import- ed", "imported"),
    ("origin- ating", "originating"),
    ("internal- revenue", "internal-revenue"),
    ("oralterations", "or alterations"),
    ("inthe ", "in the "),
    ("in the in the ", "in the "),
    ("thebattery", "the battery"),
    ("m2of ", "m2 of "),
    ("weght", "weight"),
    ("pf. liter", "pf.liter"),
    ("sub- chapter", "subchapter"),
    ("99.19.04.14", "9919.04.14"),
    ("but not less 2.", "but not less than 2."),
    ("% /", "%"),
)


@lru_cache(maxsize=65536)
def tidy(text: str) -> str:
    """The plain text of a description, a unit or a footnote: no tags, no entities, single blanks."""
    if "&" in text:
        from html import unescape

        text = unescape(text)
    if "<" in text:
        text = _TAG.sub("", _BREAK.sub(" ", text))
    return _BLANKS.sub(" ", text.translate(_SUPERSCRIPTS)).strip()


@lru_cache(maxsize=16384)
def tidy_rate(text: str) -> str:
    """The plain text of a rate: as ``tidy``, one spelling of ``+`` and ``/``, slips mended, no full stop at the end."""
    text = tidy(text)
    for printed, meant in _SLIPS:
        text = text.replace(printed, meant)
    text = re.sub(r"\s+¢", "¢", text)
    text = _PLUS.sub(" + ", text)
    return _FULL_STOP.sub("", _PER.sub("/", text).strip())


@lru_cache(maxsize=16384)
def tidy_special(text: str) -> str:
    """The plain text of the Special column: as ``tidy_rate``, with one spelling of the lists of programs."""
    pieces = _PROGRAMS.split(tidy(text).replace("(PA (PA)", "(PA)"))
    tidied = [tidy_rate(piece) if index % 2 == 0 else _program_list(piece) for index, piece in enumerate(pieces)]
    return " ".join(piece for piece in tidied if piece)


def _program_list(text: str) -> str:
    return f"({','.join(_COMMAS.split(text.strip()))})"
