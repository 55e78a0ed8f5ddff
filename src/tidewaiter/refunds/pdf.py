"""A page as PDF, with fpdf2. Its day is that of the desk, so that the same page is the same file."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from fpdf import FPDF
from fpdf.enums import Align, TableBordersLayout, XPos, YPos
from fpdf.fonts import FontFace

from tidewaiter.refunds.chart import drawn
from tidewaiter.refunds.page import Block, Figures, Heading, Page, Paragraph, Table

if TYPE_CHECKING:
    from tidewaiter.refunds.chart import Chart

_FONT = "Helvetica"
_MARGIN = 14.0
_DARK = (29, 53, 87)
_GREY = (90, 90, 90)
_HEAD = (241, 243, 246)
_MM_OF_POINT = 25.4 / 72


def as_pdf(page: Page, on: date) -> bytes:
    """The bytes of the file: A4, the built-in fonts (what they cannot show becomes a question mark)."""
    pdf = _Paper(page.title)
    pdf.set_creation_date(datetime(on.year, on.month, on.day, tzinfo=UTC))
    pdf.set_title(_said(page.title))
    pdf.set_lang("en")
    pdf.add_page()
    pdf.set_font(_FONT, "B", 18)
    _text(pdf, page.title, 8)
    pdf.set_font(_FONT, "", 9.5)
    pdf.set_text_color(*_GREY)
    _text(pdf, page.subtitle, 4.6)
    pdf.set_text_color(0)
    pdf.ln(2)
    for block in page.blocks:
        _block(pdf, block)
    pdf.ln(4)
    pdf.set_font(_FONT, "", 8)
    pdf.set_text_color(*_GREY)
    _text(pdf, page.foot, 3.8)
    return bytes(pdf.output())


class _Paper(FPDF):
    """Sheets with the title and their number below."""

    def __init__(self, title: str) -> None:
        super().__init__(orientation="portrait", unit="mm", format="A4")
        self._named = _said(title)
        self.set_margin(_MARGIN)
        self.set_auto_page_break(True, margin=16)

    def footer(self) -> None:
        """The title and the number of the sheet."""
        self.set_y(-11)
        self.set_font(_FONT, "", 7.5)
        self.set_text_color(*_GREY)
        self.cell(0, 4, f"{self._named}  |  page {self.page_no()} of {{nb}}", align="C")
        self.set_text_color(0)


def _block(pdf: FPDF, block: Block) -> None:
    if isinstance(block, Heading):
        _heading(pdf, block)
    elif isinstance(block, Paragraph):
        pdf.set_font(_FONT, "B" if block.strong else "", 9.5)
        _text(pdf, block.text, 4.6)
        pdf.ln(1.5)
    elif isinstance(block, Figures):
        _figures(pdf, block)
    elif isinstance(block, Table):
        _table(pdf, block)
    else:
        _chart(pdf, block)


def _heading(pdf: FPDF, block: Heading) -> None:
    if pdf.will_page_break(8 + block.keep):
        pdf.add_page()
    pdf.ln(3)
    pdf.set_font(_FONT, "B", 12)
    pdf.set_text_color(*_DARK)
    _text(pdf, block.text, 6)
    pdf.set_draw_color(*_DARK)
    pdf.line(pdf.l_margin, pdf.get_y(), pdf.w - pdf.r_margin, pdf.get_y())
    pdf.set_text_color(0)
    pdf.ln(2)


def _figures(pdf: FPDF, block: Figures) -> None:
    pdf.set_font(_FONT, "", 9)
    with pdf.table(
        first_row_as_headings=False,
        borders_layout=TableBordersLayout.ALL,
        line_height=5,
        text_align=Align.L,
        padding=1.2,
    ) as table:
        for style, part in (
            (FontFace(color=_GREY), [one.label for one in block.figures]),
            (FontFace(emphasis="BOLD", size_pt=13), [one.number for one in block.figures]),
            (FontFace(color=_GREY, size_pt=8), [one.note for one in block.figures]),
        ):
            row = table.row(style=style)
            for cell in part:
                row.cell(_said(cell))
    pdf.ln(3)


def _table(pdf: FPDF, block: Table) -> None:
    pdf.set_font(_FONT, "", 8)
    aligned = tuple(Align.R if place in block.numbers else Align.L for place in range(len(block.head)))
    pdf.set_draw_color(205, 205, 205)
    with pdf.table(
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        headings_style=FontFace(emphasis="BOLD", fill_color=_HEAD),
        line_height=4.2,
        text_align=aligned,
        col_widths=block.widths or None,
        padding=(0.7, 1.4),
    ) as table:
        for cells in (block.head, *block.rows):
            row = table.row()
            for cell in cells:
                row.cell(_said(cell))
    pdf.ln(3)


def _chart(pdf: FPDF, chart: Chart) -> None:
    found = drawn(chart)
    scale = pdf.epw / found.width
    if pdf.will_page_break(found.height * scale):
        pdf.add_page()
    left, top = pdf.l_margin, pdf.get_y()
    pdf.set_draw_color(205, 205, 205)
    for start, end, y in found.lines:
        pdf.line(left + start * scale, top + y * scale, left + end * scale, top + y * scale)
    for bar in found.bars:
        pdf.set_fill_color(bar.colour)
        pdf.rect(left + bar.x * scale, top + bar.y * scale, bar.width * scale, bar.height * scale, style="F")
    size = 10 * scale / _MM_OF_POINT
    pdf.set_font(_FONT, "", size)
    for label in found.labels:
        wide = pdf.get_string_width(label.text)
        x = left + label.x * scale - {"start": 0.0, "middle": wide / 2, "end": wide}[label.anchor]
        pdf.text(x, top + label.y * scale, _said(label.text))
    for x, y, colour, name in found.key:
        pdf.set_fill_color(colour)
        pdf.rect(left + x * scale, top + y * scale, 11 * scale, 11 * scale, style="F")
        pdf.text(left + (x + 16) * scale, top + (y + 9.5) * scale, _said(name))
    pdf.set_fill_color(255)
    pdf.set_y(top + found.height * scale)


def _text(pdf: FPDF, text: str, height: float) -> None:
    pdf.multi_cell(0, height, _said(text), align=Align.L, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _said(text: str) -> str:
    return text.encode("latin-1", "replace").decode("latin-1")
