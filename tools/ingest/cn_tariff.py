"""Build China's tariff (``schedule/cn.zip``): tariff lines of 2018 and 2019, and the subheadings of 2025 at their average rate.

Sources (under ``sources()``): as ``cn_sources.py`` says. The texts of headings and subheadings are those of the HTS of the United
States, which shares them to six digits; the names of listed lines are those of the announcements.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from cn_sources import EIGHT, MFN_DAYS, SIX, TEN, Line, bases_of_2025, lines_by_eight
from common import LAW, read_table

from tidewaiter.schedule.editions import Edition
from tidewaiter.schedule.encoding import Encoding, write
from tidewaiter.schedule.rows import Footnote, Key, Row
from tidewaiter.schedule.store import Schedule

ZONE = ZoneInfo("Asia/Shanghai")
NAMES = ("2018", "2018 from 1 May", "2018 from 1 July", "2018 from 1 November", "2019", "2025 by subheading")
# The nomenclature of 2022 is law in China since 1 January 2022; its tariffs since 2026 are not at hand.
SUBHEADINGS_FROM, MISSING_FROM = "2022-01-01", "2026-01-01"
SPECIFIC = "specific duty, not at hand"
MORE = {"into": "CN", "title": "Tariff of China", "shortest_line": SIX, "longer_numbers": "as given"}
BASE_COLUMN = "base"


class Texts:
    """The texts of headings and subheadings, from the last edition of the HTS at hand that has them."""

    def __init__(self) -> None:
        self._schedule = Schedule.load()

    def __call__(self, number: str) -> str:
        """The text of a heading or subheading; empty where the HTS has none."""
        for edition in reversed(self._schedule.editions):
            line = self._schedule.line(number, edition)
            if line is not None and line.text:
                return line.text
        return ""


def midnight(day: str) -> datetime:
    """The first instant of a day in China."""
    return datetime.fromisoformat(day).replace(tzinfo=ZONE)


def editions() -> list[Edition]:
    """The five tariffs of 2018 and 2019 and the subheadings of 2025."""
    starts = [midnight(day) for day in (*MFN_DAYS, SUBHEADINGS_FROM)]
    ends = [int(start.timestamp()) for start in starts[1:]]
    return [
        Edition(index, name, "", start.isoformat(), int(start.timestamp()), end)
        for index, (name, start, end) in enumerate(zip(NAMES, starts, [*ends, None], strict=True))
    ]


def names_of_lines() -> dict[str, str]:
    """What the announcements call the lines they list."""
    found = {row["hs8"]: row["name_zh"] for row in read_table("cn/china_retaliation_2025-03-10_hs8.csv")}
    for row in read_table("cn/china_retaliation_2018_2019_hs8_bown.csv"):
        found[row["hs08"]] = next(cell for name, cell in row.items() if name.startswith("商品名称"))
    return {number: " ".join(name.split()) for number, name in found.items()}


def rate(percent: Decimal | Fraction | None) -> str:
    """A rate in percent as a tariff prints it."""
    if percent is None:
        return SPECIFIC
    rounded = round(Decimal(percent.numerator) / percent.denominator, 4) if isinstance(percent, Fraction) else percent
    return f"{rounded.normalize():f}%" if rounded else "Free"


def row(indent: int, text: str, general: str = "", note: str = "") -> Row:
    """One row of the tariff."""
    notes = (Footnote((BASE_COLUMN,), (), note),) if note else ()
    return Row(indent, text, (), general, "", "", notes, "", "")


def headings(numbers: Iterator[str] | list[str], texts: Texts) -> Iterator[tuple[Key, Row]]:
    """The rows of headings above the numbers."""
    for heading in dict.fromkeys(number[:4] for number in numbers):
        yield Key(heading, 0), row(0, texts(heading))


def tariff_lines(place: int, texts: Texts, names: dict[str, str]) -> Iterator[tuple[Key, Row]]:
    """An edition of 2018 or 2019: eight-digit lines, ten-digit ones where the rate hangs on them."""
    lines = lines_by_eight()
    yield from headings(list(lines), texts)
    for six in dict.fromkeys(number[:SIX] for number in lines):
        yield Key(six, 0), row(1, texts(six))
    for eight, several in lines.items():
        apart = len({line.mfn for line in several}) > 1
        yield Key(eight, 0), row(2, names.get(eight, ""), "" if apart else rate(several[0].mfn[place]))
        if apart:
            yield from (
                (Key(number, 0), row(3, "", rate(line.mfn[place]))) for number, line in ten_digits(several).items()
            )


def ten_digits(lines: tuple[Line, ...]) -> dict[str, Line]:
    """The lines by ten digits; of two that a letter tells apart the one with a rate."""
    found: dict[str, Line] = {}
    for line in lines:
        number = line.number[:TEN]
        if number not in found or found[number].mfn[0] is None:
            found[number] = line
    return found


def subheadings(texts: Texts) -> Iterator[tuple[Key, Row]]:
    """The edition of 2025: six digits."""
    bases = bases_of_2025()
    yield from headings(list(bases), texts)
    for six, base in bases.items():
        yield Key(six, 0), row(1, texts(six), rate(base.rate), base.note)


def main() -> None:
    """Write ``schedule/cn.zip``."""
    texts, names, encoding = Texts(), names_of_lines(), Encoding()
    for place in range(len(MFN_DAYS)):
        encoding.take_in(sorted(tariff_lines(place, texts, names)))
    encoding.take_in(sorted(subheadings(texts)))
    path = LAW / "schedule" / "cn.zip"
    write(encoding, editions(), [], int(midnight(MISSING_FROM).timestamp()), path, MORE)
    eights = sum(len(number) == EIGHT for number in lines_by_eight())
    print(f"cn.zip: {len(NAMES)} editions, {eights} lines of 2019, {len(bases_of_2025())} subheadings of 2025")


if __name__ == "__main__":
    main()
