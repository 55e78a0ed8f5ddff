"""A printed page as data: headings, sentences, figures, tables, a chart. HTML and PDF are two ways to set it."""

from __future__ import annotations

from dataclasses import dataclass

from tidewaiter.refunds.chart import Chart


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of a part; ``keep`` millimetres of what follows stay on its sheet."""

    text: str
    keep: int = 16


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A sentence or some; ``strong`` ones stand in a frame."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that a reader looks for first, with what it is and a word below it."""

    label: str
    number: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures side by side."""

    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under a head; columns in ``numbers`` are set to the right. ``widths`` are shares of the page."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()
    widths: tuple[int, ...] = ()


Block = Heading | Paragraph | Figures | Table | Chart


@dataclass(frozen=True, slots=True)
class Page:
    """A document: what it is, of when, and its blocks."""

    title: str
    subtitle: str
    blocks: tuple[Block, ...]
    foot: str
