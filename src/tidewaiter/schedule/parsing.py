"""From the text of a rate column to a duty expression."""

from __future__ import annotations

import re
from decimal import Decimal
from enum import Enum
from functools import lru_cache

from tidewaiter.schedule.duties import (
    Added,
    AdValorem,
    AtLeast,
    AtMost,
    Compound,
    Expression,
    Free,
    LessPerDegree,
    MinimumPrice,
    NoChange,
    PartRate,
    RateOf,
    SeeNote,
    Specific,
)
from tidewaiter.schedule.normal import tidy_rate
from tidewaiter.schedule.units import UnknownUnitError, canonical_unit


class Refused(Enum):
    """Why a text is not turned into a duty expression. The value is the explanation."""

    EMPTY = "no rate is printed in this column"
    NOT_A_RATE = "the text is punctuation, not a rate"
    DRAWBACK_CEILING = "the duty is bounded by a drawback or tax allowed at an earlier exportation (chapter 98)"
    CAPPED_BY_ANOTHER_DUTY = "the duty must not exceed that of another article (watch and clock plates)"
    UNKNOWN_UNIT = "the rate is per a unit that is not on the closed list"
    UNKNOWN = "the text follows no known form of a rate"


class UnparsedDutyError(Exception):
    """A text that is no computable rate. ``kind`` says why, ``text`` is the text."""

    code = "unparsed_duty"

    def __init__(self, kind: Refused, text: str) -> None:
        super().__init__(f"cannot read the rate {text!r}: {kind.value}")
        self.kind = kind
        self.text = text
        self.message = str(self)
        self.hint = "look the duty up in the schedule and its notes"


_FREE = re.compile(r"Free(?:, (.+)| (\(See .+\)))?$")
_NUMBER = r"\d[\d,]*(?:\.\d+)?|\.\d+"
_UNDERLYING = re.compile(
    r"The duty provided(?: for)? in (?:the )?(applicable subheading|subheadings? [\d., or]+?)"
    r"(?: (?:\+|plus) (?:a duty of )?(?P<extra>.+))?$",
    re.IGNORECASE,
)
_PERCENT = re.compile(
    rf"(?P<whole>{_NUMBER})(?: (?P<over>\d+)/(?P<under>\d+))?(?:%| percent)"
    r"(?: (?:up)?o[nf] (?:the )?(?:value of (?:the )?)?(?P<part>.+))?$"
)
_SPECIFIC = re.compile(rf"(?:\$(?P<dollars>{_NUMBER})|(?P<cents>{_NUMBER})¢)(?:/(?P<unit>.+)| (?P<each>each))$")
_DEGREES = re.compile(r"(.+) less (.+) for each degree under 100 degrees \(and fractions of a degree in proportion\)$")
_ELSEWHERE = re.compile(r"A duty upon the |The rate (?:of duty )?applicable|The (?:duty )?rate provided ")
_NOTE = re.compile(r"See [a-zA-Z.]+ |See \d{4}")
_MINIMUM_PRICE = "minimum price "
_MINIMUM_PRICE = "minimum price "
_CEILING = ", but in no case in excess of the sum of "
_WHOLE = ("entire set", "full value of the imported article")


@lru_cache(maxsize=8192)
def parse(text: str) -> Expression:
    """Read the text of a rate column. Raises ``UnparsedDutyError``.

    >>> parse("14.5¢/m<sup>2 </sup>+ 0.4%").say()
    '14.5¢/m2 + 0.4%'
    >>> parse("The duty provided in the applicable subheading + 25%")
    Added(extra=AdValorem(rate=Decimal('0.25')), subheadings='')
    >>> parse("40¢ each + 6% on the case + 5.3% on the battery").units()
    ('No.', 'value of the case', 'value of the battery')
    """
    tidied = tidy_rate(text)
    if not tidied:
        raise UnparsedDutyError(Refused.EMPTY, text)
    return _in_words(tidied) or _in_figures(tidied)


def _in_words(text: str) -> Expression | None:
    if text.casefold() in ("no change", "no additional duty"):
        return NoChange()
    if free := _FREE.match(text):
        return Free(free[1] or free[2] or "")
    if underlying := _UNDERLYING.match(text):
        return _chapter_99(underlying)
    if _CEILING in text:
        raise UnparsedDutyError(Refused.DRAWBACK_CEILING, text)
    if "shall not exceed the duty for" in text:
        raise UnparsedDutyError(Refused.CAPPED_BY_ANOTHER_DUTY, text)
    if _ELSEWHERE.match(text):
        return RateOf(text)
    return SeeNote(text) if _NOTE.match(text) else None


def _chapter_99(match: re.Match[str]) -> Expression:
    subheadings = "" if match[1].casefold() == "applicable subheading" else match[1]
    extra = _in_figures(match["extra"]) if match["extra"] else None
    if isinstance(extra, AdValorem) and not extra.rate:
        extra = None  # "+ 0%"
    if extra is None:
        return RateOf(match[0]) if subheadings else NoChange()
    return Added(extra, subheadings)


def _in_figures(text: str) -> Expression:
    if text.startswith(_MINIMUM_PRICE):
        price = _one(text[len(_MINIMUM_PRICE) :])
        if not isinstance(price, Specific):
            raise UnparsedDutyError(Refused.UNKNOWN, text)
        return MinimumPrice(price)
    body, least, floor = text.partition(" but not less than ")
    if least:
        return AtLeast(_in_figures(body), _sum(floor))
    body, most, ceiling = text.partition(" but not more than ")
    if most:
        return AtMost(_in_figures(body), _sum(ceiling))
    if match := _DEGREES.match(text):
        return _less_per_degree(match, text)
    return _sum(text)


def _less_per_degree(match: re.Match[str], text: str) -> Expression:
    amount, step = _one(match[1]), _one(match[2])
    if not isinstance(amount, Specific) or not isinstance(step, Specific) or amount.unit != step.unit:
        raise UnparsedDutyError(Refused.UNKNOWN, text)
    return LessPerDegree(amount.amount, step.amount, amount.unit)


def _sum(text: str) -> Expression:
    parts = tuple(_one(part) for part in text.split(" + "))
    return parts[0] if len(parts) == 1 else Compound(parts)


def _one(text: str) -> Expression:
    if match := _PERCENT.match(text):
        return _percent(match)
    if match := _SPECIFIC.match(text):
        return _specific(match, text)
    words = any(letter.isalnum() for letter in text)
    raise UnparsedDutyError(Refused.UNKNOWN if words else Refused.NOT_A_RATE, text)


def _percent(match: re.Match[str]) -> Expression:
    percent = _decimal(match["whole"])
    if match["over"]:
        percent += Decimal(match["over"]) / Decimal(match["under"])
    part = match["part"]
    if part is None or part in _WHOLE:
        return AdValorem(percent / 100)
    return PartRate(percent / 100, part)


def _specific(match: re.Match[str], text: str) -> Expression:
    amount = _decimal(match["dollars"]) if match["dollars"] else _decimal(match["cents"]) / 100
    try:
        return Specific(amount, canonical_unit(match["unit"] or match["each"]))
    except UnknownUnitError as error:
        raise UnparsedDutyError(Refused.UNKNOWN_UNIT, text) from error


def _decimal(digits: str) -> Decimal:
    return Decimal(digits.replace(",", ""))
