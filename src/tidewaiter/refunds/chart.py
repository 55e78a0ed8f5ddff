"""A chart of stacked bars as shapes on a plane: drawn once, set as SVG or on a PDF page."""

from __future__ import annotations

from dataclasses import dataclass

_LEFT, _RIGHT, _TOP, _BOTTOM = 64.0, 8.0, 10.0, 34.0
_KEY_LINE = 16.0
_GRID_LINES = 4
_MOST_LABELS = 13
_STEPS = (1, 2, 2.5, 5, 10)
COLOURS = ("#1d3557", "#c8553d", "#8a8d91", "#e0a458", "#588157", "#6d597a")
"""Of the series in order: far enough apart in lightness to be told apart in black and white."""


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars by label, each stacked of the series; ``values[series][place]`` are whole cents."""

    title: str
    labels: tuple[str, ...]
    series: tuple[str, ...]
    values: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle of a series, with what it says."""

    x: float
    y: float
    width: float
    height: float
    colour: str
    says: str


@dataclass(frozen=True, slots=True)
class Label:
    """A text at a point: ``anchor`` is start, middle or end."""

    x: float
    y: float
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """The shapes of a chart on a plane of ``width`` by ``height``; lines are horizontal, at y from x to x."""

    width: float
    height: float
    bars: tuple[Bar, ...]
    labels: tuple[Label, ...]
    lines: tuple[tuple[float, float, float], ...]
    key: tuple[tuple[float, float, str, str], ...]
    """Of each series: x and y of its mark, colour, name; in as many lines as they need."""


def drawn(chart: Chart, width: float = 720.0, height: float = 240.0) -> Drawing:
    """The shapes of a chart."""
    sums = [sum(series[place] for series in chart.values) for place in range(len(chart.labels))]
    top = _round_top(max(sums, default=0))
    key = _key(chart.series, width - _RIGHT)
    above = _TOP + _KEY_LINE * len({y for _, y, _, _ in key})
    inner_width, inner_height = width - _LEFT - _RIGHT, height - above - _BOTTOM
    step = inner_width / max(1, len(chart.labels))
    base = height - _BOTTOM
    bars: list[Bar] = []
    for place, label in enumerate(chart.labels):
        y = base
        for number, name in enumerate(chart.series):
            cents = chart.values[number][place]
            if not cents:
                continue
            tall = inner_height * cents / top
            y -= tall
            says = f"{label}, {name}: {cents / 100:,.2f}"
            bars.append(Bar(_LEFT + step * (place + 0.15), y, step * 0.7, tall, _colour(number), says))
    every = -(-len(chart.labels) // _MOST_LABELS) if chart.labels else 1
    labels = [
        Label(_LEFT + step * (place + 0.5), base + 14, text, "middle")
        for place, text in enumerate(chart.labels)
        if place % every == 0
    ]
    levels = [(base - inner_height * line / _GRID_LINES, top * line // _GRID_LINES) for line in range(_GRID_LINES + 1)]
    labels += [Label(_LEFT - 6, y + 3, _short(cents), "end") for y, cents in levels]
    lines = tuple((_LEFT, width - _RIGHT, y) for y, _ in levels)
    return Drawing(width, height, tuple(bars), tuple(labels), lines, key)


def _key(series: tuple[str, ...], right: float) -> tuple[tuple[float, float, str, str], ...]:
    """The marks of the series beside each other, and below where there is no more room."""
    found: list[tuple[float, float, str, str]] = []
    x, y = _LEFT, 4.0
    for number, name in enumerate(series):
        wide = 24 + 6.2 * len(name)
        if found and x + wide > right:
            x, y = _LEFT, y + _KEY_LINE
        found.append((x, y, _colour(number), name))
        x += wide
    return tuple(found)


def _colour(number: int) -> str:
    return COLOURS[number % len(COLOURS)]


def _round_top(most: int) -> int:
    """A round number of cents that is not less."""
    if most <= 0:
        return 400
    power = 10 ** (len(str(most)) - 1)
    return int(next(step * power for step in _STEPS if step * power >= most))


def _short(cents: int) -> str:
    """An amount for an axis: 12.5 million is 12.5M."""
    whole = cents / 100
    for size, word in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if whole >= size:
            return f"{whole / size:g}{word}"
    return f"{whole:g}"
