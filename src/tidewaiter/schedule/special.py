"""The Special subcolumn: which program gives which rate."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from tidewaiter.schedule.duties import Expression
from tidewaiter.schedule.normal import tidy_special
from tidewaiter.schedule.parsing import Refused, UnparsedDutyError, parse

_GROUP = re.compile(r"(?P<rate>.*?)(?: \((?P<programs>[A-Z][A-Z*+]{0,2}(?:,[A-Z][A-Z*+]{0,2})*)\)|$)\s*")


@dataclass(frozen=True, slots=True)
class SpecialRate:
    """One rate of the Special subcolumn and the programs (SPI codes) that get it; none: whoever may claim the line."""

    expression: Expression
    programs: tuple[str, ...]


@lru_cache(maxsize=4096)
def parse_special(text: str) -> tuple[SpecialRate, ...]:
    """Read a Special subcolumn; empty text gives no rates. Raises ``UnparsedDutyError``.

    >>> for rate in parse_special("Free (A+,AU,BH) 2.75% (JP) See 9822.05.15 (P+)"):
    ...     print(rate.expression, rate.programs)
    Free ('A+', 'AU', 'BH')
    2.75% ('JP',)
    See 9822.05.15 ('P+',)
    """
    tidied = tidy_special(text)
    return tuple(
        SpecialRate(parse(match["rate"]), tuple(match["programs"].split(",")) if match["programs"] else ())
        for match in _GROUP.finditer(tidied)
        if match[0]
    )


def special_rate(text: str, program: str) -> Expression | None:
    """The rate that a claim of ``program`` (an SPI code as filed: S, S+, KR, A*) gets, ``None`` if the line gives none.

    Raises ``UnparsedDutyError`` if the text cannot be read or names the program twice.

    >>> str(special_rate("Free (A*,AU,KR) 6.4% (E)", "E")), special_rate("Free (A*,AU,KR)", "A")
    ('6.4%', None)
    """
    rates = [rate.expression for rate in parse_special(text) if program in rate.programs]
    if len(rates) > 1:
        raise UnparsedDutyError(Refused.UNKNOWN, text)
    return rates[0] if rates else None
