"""A step chart of both sides, fit to print: a panel for each measure, every large change numbered, the acts named beneath.

Needs Matplotlib (``pip install tidewaiter[plot]``). The same rows give the same file, byte for byte, with the same version of it.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from itertools import groupby, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tidewaiter import __version__
from tidewaiter.assess.errors import FileError
from tidewaiter.averages.both import HEADLINE, SIMPLE, WEIGHTED, BothRow, BothWays, Side
from tidewaiter.averages.both_notes import notes, source
from tidewaiter.averages.marks import Mark, Time, marks, spread
from tidewaiter.ledger.instants import FOREVER, Instant, end_of_day, local_day

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SUFFIXES = (".png", ".svg")
TITLES = {
    HEADLINE: "Headline rate: the programs that charge a country's goods whatever they are, on a good free of base duty",
    SIMPLE: "All-in rate, simple average: base duty and every program, each tariff line counted once",
    WEIGHTED: "All-in rate, weighted by trade: base duty and every program, fixed weights",
}
_COLORS = ("#12497f", "#d1432c", "#3b7d3a", "#7a5195")
_STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 8,
    "axes.linewidth": 0.6,
    "svg.hashsalt": "tidewaiter",
    "svg.fonttype": "path",
    "path.simplify": False,
}
# Inches.
_WIDTH, _LEFT, _RIGHT = 11.0, 0.6, 1.15
_PANEL, _BETWEEN, _RAIL, _HEAD = 2.5, 0.2, 0.42, 0.86
_LINE, _FOOT_LINE, _BADGE = 0.132, 0.125, 0.185
_LETTERS, _FOOT_LETTERS = 84, 205
_DATE_ROOM = 1.02
_PNG_DOTS, _PALETTE = 200, 128
_YEAR = 365.25 * 86400
_NEAR = Decimal("0.9")
_FILLED = 0.86
"""What share of a panel's height its highest value reaches: the title stands above."""


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn: rows (of one or several scenarios; the first is drawn whole, the others where they differ), the sides,
    the day of knowledge, and the notes beneath, the source among them."""

    rows: Sequence[BothRow]
    sides: Sequence[Side]
    known_on: str
    notes: Sequence[str]

    @classmethod
    def of(cls, both: BothWays, rows: Sequence[BothRow]) -> Chart:
        """The chart of some rows, with their source and notes."""
        said = [source(both, rows, __version__), *notes(both, rows)]
        return cls(rows, both.sides, both.engine.regime.known_on, said)


def draw(chart: Chart, path: Path) -> None:
    """Write the chart as PNG (200 dots an inch) or SVG, by the name of the file.

    Raises ``FileError``: ``missing_extra`` without Matplotlib, ``bad_field`` for another kind of file, ``cannot_write``.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise FileError("bad_field", f"{path.name}: no kind of picture that is drawn", "name it .png or .svg")
    figure = drawing(chart)
    picture = _svg(figure) if path.suffix.lower() == ".svg" else _png(figure)
    try:
        path.write_bytes(picture)
    except OSError as error:
        raise FileError("cannot_write", f"{path}: {error}") from error


def drawing(chart: Chart) -> Figure:
    """The chart as a Matplotlib figure. Raises ``FileError`` ``missing_extra``."""
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ImportError as error:
        hint = "pip install 'tidewaiter[plot]', in a clone pip install -e '.[plot]'"
        raise FileError("missing_extra", "a chart needs Matplotlib", hint) from error
    with rc_context(_STYLE):
        return _Drawing(chart, Figure).figure


def _svg(figure: Figure) -> bytes:
    from matplotlib import rc_context

    data = BytesIO()
    with rc_context(_STYLE):
        figure.savefig(data, format="svg", metadata={"Date": None})
    return data.getvalue()


def _png(figure: Figure) -> bytes:
    """With a palette: a third of the size, and no difference to be seen."""
    from PIL import Image

    data, small = BytesIO(), BytesIO()
    figure.savefig(data, format="png", dpi=_PNG_DOTS)
    picture = Image.open(data).convert("RGB").quantize(_PALETTE, dither=Image.Dither.NONE)
    picture.save(small, format="png", optimize=True, dpi=(_PNG_DOTS, _PNG_DOTS))
    return small.getvalue()


class _Drawing:
    """One chart on the way. Places are inches from the top left corner of the page."""

    def __init__(self, chart: Chart, make: type[Figure]) -> None:
        self.chart = chart
        self.scenarios = list(dict.fromkeys(row.scenario for row in chart.rows))
        self.measures = list(dict.fromkeys(row.measure for row in chart.rows))
        own = [row for row in chart.rows if row.scenario == self.scenarios[0]]
        self.marks = marks(own)
        self.first = min(row.start for row in chart.rows)
        ends = [row.until for row in chart.rows if row.until < FOREVER]
        # Small changes far ahead are no reason to draw years in which nothing is to be seen.
        last = max((mark.at for mark in self.marks), default=max(row.start for row in chart.rows))
        self.last = max(ends) if all(row.until < FOREVER for row in own) else int(last + _YEAR / 2)
        self.chart = replace(chart, rows=[row for row in chart.rows if row.start < self.last])
        self.time = Time.of(self.first, self.last, [mark.at for mark in self.marks])
        self.key = [self._key_of(side) for side in chart.sides]
        self.feet = [line for note in chart.notes for line in textwrap.wrap(note, _FOOT_LETTERS)]
        self.panels_from = _HEAD + _RAIL
        panels = len(self.measures) * (_PANEL + _BETWEEN) - _BETWEEN
        self.key_from = self.panels_from + panels + _RAIL + 0.55
        self.height = self.key_from + _LINE * (1 + max(map(len, self.key))) + _FOOT_LINE * len(self.feet) + 0.45
        self.figure = make(figsize=(_WIDTH, self.height), facecolor="white")
        self._axes = [self._panel(place) for place in range(len(self.measures))]
        self._head()
        self._guides()
        self._key()
        self._foot()

    def _panel(self, place: int) -> Axes:
        top = self.panels_from + place * (_PANEL + _BETWEEN)
        box = (_LEFT, self.height - top - _PANEL, _WIDTH - _LEFT - _RIGHT, _PANEL)
        axes = self.figure.add_axes((box[0] / _WIDTH, box[1] / self.height, box[2] / _WIDTH, box[3] / self.height))
        measure = self.measures[place]
        rows = [row for row in self.chart.rows if row.measure == measure]
        highest = max(float(row.total) for row in self.chart.rows) * 100
        axes.set_xlim(0, self.time.width)
        axes.set_ylim(0, math.ceil(highest / _FILLED / 10) * 10)
        axes.patch.set_alpha(0)
        axes.text(
            0.006, 0.985, TITLES[measure], transform=axes.transAxes, va="top", fontsize=8.5, fontweight="bold", zorder=6,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
        )  # fmt: skip
        axes.set_ylabel("percent of the value", fontsize=7.5)
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y", color="#d9d9d9", linewidth=0.5)
        axes.set_axisbelow(True)
        axes.tick_params(labelsize=7.5, length=3, width=0.6)
        self._years(axes, labels=place == len(self.measures) - 1)
        for side in self.chart.sides:
            self._lines(axes, side, measure, [row for row in rows if row.into == side.into])
        self._last_values(axes, rows)
        return axes

    def _years(self, axes: Axes, *, labels: bool) -> None:
        """A tick at each New Year, the year between two; the day of knowledge; the quiet years that are drawn short."""
        across = axes.get_xaxis_transform()
        years = range(_day(self.first).year, _day(self.last).year + 2)
        starts = [int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in years]
        axes.set_xticks([self.time(one) for one in starts if self._drawn(one)], [])
        for year, (start, end) in zip(years, pairwise(starts), strict=False):
            middle = self.time.middle(max(start, self.first), min(end, self.last))
            if labels and middle is not None:
                axes.text(middle, -0.035, str(year), transform=across, ha="center", va="top", fontsize=8)
        if self.time.quiet is not None:
            low, high = (self.time(one) for one in self.time.quiet)
            axes.axvspan(low, high, facecolor="none", edgecolor="#e4e4e4", hatch="////", linewidth=0, zorder=0)
            if labels:
                since, until = (_day(one).year for one in self.time.quiet)
                axes.text(
                    (low + high) / 2, -0.035, f"{since}-{until}\ndrawn short", transform=across, ha="center", va="top",
                    fontsize=6.3, color="#606060",
                )  # fmt: skip
        known, day = self._known, date.fromisoformat(self.chart.known_on)
        if self._drawn(known):
            axes.axvline(self.time(known), color="#606060", linewidth=0.7, linestyle=(0, (5, 2, 1, 2)), zorder=2)
            axes.text(
                self.time(known) + 0.003 * self.time.width, 0.64, f"known on {_short_day(day)}", rotation=90,
                transform=across, ha="left", va="center", fontsize=6.3, color="#606060",
            )  # fmt: skip

    @property
    def _known(self) -> Instant:
        return max(end_of_day(date.fromisoformat(self.chart.known_on), side.zone) for side in self.chart.sides)

    def _drawn(self, at: Instant) -> bool:
        """Whether an instant lies within the chart, and not within what is drawn short."""
        quiet = self.time.quiet
        return self.first <= at <= self.last and not (quiet and quiet[0] < at < quiet[1])

    def _lines(self, axes: Axes, side: Side, measure: str, rows: Sequence[BothRow]) -> None:
        color = self._color(side.into)
        own = [row for row in rows if row.scenario == self.scenarios[0]]
        if not own:
            return
        name = f"series-{side.into}-{measure}"
        self._steps(axes, own, "total", gid=name, color=color, linewidth=1.7, label=side.title, zorder=4)
        if any(row.owed != row.total for row in own):
            label = f"{side.title}, owed: without what courts have voided, as known now"
            self._steps(
                axes, own, "owed", gid=f"{name}-owed", color=color, linewidth=0.9, linestyle=(0, (1, 1.2)), label=label,
                zorder=3,
            )  # fmt: skip
        for scenario in self.scenarios[1:]:
            other = [row for row in rows if row.scenario == scenario]
            for number, piece in enumerate(_apart(own, other)):
                self._steps(
                    axes, piece, "total", gid=f"{name}-{scenario}-{number}", color=color, linewidth=1.3,
                    linestyle=(0, (4, 1.5)), label=f"{side.title}, {scenario} where it differs" if not number else None,
                    zorder=5,
                )  # fmt: skip

    def _steps(self, axes: Axes, rows: Sequence[BothRow], what: str, **style: Any) -> None:
        at = [*(self.time(row.start) for row in rows), self.time(min(rows[-1].until, self.last))]
        rates = [float(getattr(row, what)) * 100 for row in rows]
        gid = style.pop("gid")
        (line,) = axes.plot(at, [*rates, rates[-1]], drawstyle="steps-post", solid_joinstyle="miter", **style)
        line.set_gid(gid)

    def _last_values(self, axes: Axes, rows: Sequence[BothRow]) -> None:
        """What the lines end at, beside their ends, other scenarios too where they end elsewhere; and the highest values."""
        own = [row for row in rows if row.scenario == self.scenarios[0]]
        ends = {row.into: row for row in own}
        others = {(row.scenario, row.into): row for row in rows if row.scenario != self.scenarios[0]}
        told = [*ends.values(), *(row for row in others.values() if row.total != ends[row.into].total)]
        told.sort(key=lambda row: row.total)
        low, high = axes.get_ylim()
        wanted = [float(row.total) * 100 for row in told]
        for row, place in zip(told, spread(wanted, (high - low) * 0.075, low, high), strict=True):
            first = row.scenario == self.scenarios[0]
            text = _percent(row.total) + ("" if first else f" {row.scenario}")
            weight, size = ("bold", 8) if first else ("normal", 6.3)
            axes.text(
                1.006, (place - low) / (high - low), text, transform=axes.transAxes, va="center",
                color=self._color(row.into), fontsize=size, fontweight=weight,
            )  # fmt: skip
        self._highest_values(axes, own)

    def _highest_values(self, axes: Axes, rows: Sequence[BothRow]) -> None:
        """The highest value of each line that comes down from it again, where it does."""
        low, high = axes.get_ylim()
        tops: list[tuple[BothRow, Instant]] = []
        for into in dict.fromkeys(row.into for row in rows):
            own = [row for row in rows if row.into == into]
            top = max(own, key=lambda row: row.total)
            after = next((row for row in own if row.start > top.start and row.total < top.total * _NEAR), None)
            tops += [(top, after.start)] if after is not None else []
        tops.sort(key=lambda one: one[0].total)
        wanted = [float(top.total) * 100 for top, _ in tops]
        for (top, at), place in zip(tops, spread(wanted, (high - low) * 0.075, low, high), strict=True):
            axes.text(
                self.time(at), place, f"  {_percent(top.total)}", va="center", ha="left", color=self._color(top.into),
                fontsize=8, fontweight="bold",
            )  # fmt: skip

    def _head(self) -> None:
        first = max(local_day(self.first, side.zone).year for side in self.chart.sides)
        last = min(local_day(self.last - 1, side.zone).year for side in self.chart.sides)
        titles = " and ".join(side.title for side in self.chart.sides)
        self._say(
            _LEFT,
            0.3,
            f"Tariffs: {titles}, {first}{f'-{last}' if last > first else ''}",
            fontsize=13,
            fontweight="bold",
        )
        handles, labels = [], []
        for axes in self._axes:
            for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
                if label not in labels:
                    handles.append(handle)
                    labels.append(label)
        self.figure.legend(
            handles, labels, loc="upper left", ncols=len(self.chart.sides), frameon=False, fontsize=7.5, handlelength=2.4,
            bbox_to_anchor=((_LEFT - 0.08) / _WIDTH, 1 - 0.36 / self.height), columnspacing=1.4,
        )  # fmt: skip

    def _guides(self) -> None:
        """A thin line through the panels for each mark, from its number on the rail of its side: first above, others below."""
        from matplotlib.lines import Line2D

        top, bottom = self.panels_from, self.panels_from + len(self.measures) * (_PANEL + _BETWEEN) - _BETWEEN
        for place, side in enumerate(self.chart.sides):
            own = [mark for mark in self.marks if mark.into == side.into]
            above = place == 0
            low, high = _LEFT + _BADGE / 2, _WIDTH - _BADGE / 2 - 0.1
            at = [self._across(mark.at) for mark in own]
            color = self._color(side.into)
            rail = top - 0.3 if above else bottom + 0.6
            for mark, there, here in zip(own, at, spread(at, _BADGE, low, high), strict=True):
                edge = (top, bottom) if above else (bottom + 0.3, self.panels_from)
                xs = [here, there, there]
                ys = [rail, edge[0], edge[1]]
                line = Line2D(
                    [x / _WIDTH for x in xs], [1 - y / self.height for y in ys], color=color, linewidth=0.45, alpha=0.45,
                    zorder=0, transform=self.figure.transFigure,
                )  # fmt: skip
                self.figure.add_artist(line)
                self._badge(here, rail, mark)

    def _badge(self, x: float, y: float, mark: Mark) -> None:
        text = self._say(
            x, y, str(mark.number), fontsize=6.3, color="white", ha="center", va="center", fontweight="bold",
            bbox={"boxstyle": "round,pad=0.22", "facecolor": self._color(mark.into), "edgecolor": "none"},
        )  # fmt: skip
        text.set_gid(f"act-{mark.number}")

    def _key_of(self, side: Side) -> list[tuple[Mark | None, str]]:
        """The lines of a side's column: the mark on the first line of each of its changes."""
        lines: list[tuple[Mark | None, str]] = []
        for mark in self.marks:
            if mark.into == side.into:
                several = textwrap.wrap(mark.words, _LETTERS) or [""]
                lines += [(mark, several[0]), *((None, one) for one in several[1:])]
        return lines

    def _key(self) -> None:
        room = (_WIDTH - _LEFT - 0.2) / max(1, len(self.chart.sides))
        for place, (side, lines) in enumerate(zip(self.chart.sides, self.key, strict=True)):
            left = _LEFT + place * room
            self._say(
                left - 0.1, self.key_from, side.title, fontsize=7.5, fontweight="bold", color=self._color(side.into)
            )
            for number, (mark, text) in enumerate(lines, start=1):
                y = self.key_from + number * _LINE + 0.03
                if mark is not None:
                    self._say(
                        left, y, str(mark.number), fontsize=6.3, fontweight="bold", ha="center", va="center",
                        color=self._color(side.into),
                    )  # fmt: skip
                    self._say(left + 0.16, y, _short_day(local_day(mark.at, side.zone)), fontsize=6.3, va="center")
                self._say(left + _DATE_ROOM - 0.2, y, text, fontsize=6.3, va="center")

    def _foot(self) -> None:
        top = self.height - 0.2 - _FOOT_LINE * len(self.feet)
        for number, line in enumerate(self.feet):
            self._say(_LEFT - 0.1, top + number * _FOOT_LINE, line, fontsize=6.3, color="#404040", va="center")

    def _say(self, x: float, y: float, text: str, **style: Any) -> Any:
        return self.figure.text(x / _WIDTH, 1 - y / self.height, text, **style)

    def _across(self, at: Instant) -> float:
        return _LEFT + self.time(at) / self.time.width * (_WIDTH - _LEFT - _RIGHT)

    def _color(self, into: str) -> str:
        return _COLORS[[side.into for side in self.chart.sides].index(into) % len(_COLORS)]


def _apart(own: Sequence[BothRow], other: Sequence[BothRow]) -> Iterator[list[BothRow]]:
    """The runs of another scenario's rows in which it says something else than the first one does."""
    cuts = sorted({row.start for row in (*own, *other)} | {other[-1].until if other else FOREVER})
    pieces = []
    for start, until in pairwise(cuts):
        theirs = next((row for row in other if row.start <= start < row.until), None)
        ours = next((row for row in own if row.start <= start < row.until), None)
        differs = theirs is not None and ours is not None and theirs.total != ours.total
        pieces.append((differs, theirs and replace(theirs, start=start, until=until)))
    for differs, several in groupby(pieces, key=lambda one: one[0]):
        if differs:
            yield [row for _, row in several if row is not None]


def _day(at: Instant) -> date:
    return datetime.fromtimestamp(at, UTC).date()


def _short_day(day: date) -> str:
    return f"{day.day} {day:%b} {day.year}"


def _percent(rate: Decimal) -> str:
    return f"{float(rate) * 100:.1f}%"


__all__ = ["Chart", "draw"]
