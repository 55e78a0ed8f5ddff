"""A page as one HTML file: its style within, nothing fetched from anywhere, and fit to be printed."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from tidewaiter.refunds.chart import Chart, drawn
from tidewaiter.refunds.page import Block, Figures, Heading, Page, Paragraph, Table

_STYLE = """
:root { color-scheme: light; }
body { font: 15px/1.45 system-ui, "Segoe UI", Helvetica, Arial, sans-serif; color: #1b1b1b; background: #fff;
  max-width: 60rem; margin: 2rem auto; padding: 0 1.2rem; }
h1 { font-size: 1.7rem; margin: 0; }
h2 { font-size: 1.15rem; margin: 2rem 0 .6rem; border-bottom: 2px solid #1d3557; padding-bottom: .2rem; }
.subtitle, .foot { color: #555; }
.foot { font-size: .85rem; margin-top: 2.5rem; border-top: 1px solid #bbb; padding-top: .8rem; }
.strong { border-left: 5px solid #c8553d; background: #faf3f0; padding: .6rem .9rem; }
.figures { display: flex; flex-wrap: wrap; gap: .8rem; margin: 1.2rem 0; }
.figure { flex: 1 1 11rem; border: 1px solid #ccc; border-radius: 6px; padding: .7rem .9rem; }
.figure b { display: block; font-size: 1.35rem; font-variant-numeric: tabular-nums; }
.figure small { color: #555; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .5rem; border-bottom: 1px solid #ddd; }
th { background: #f1f3f6; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
svg { width: 100%; height: auto; }
@media print {
  @page { size: A4; margin: 16mm 14mm; }
  body { max-width: none; margin: 0; padding: 0; font-size: 10.5pt; }
  h2 { break-after: avoid; }
  tr, .figure, svg, .strong { break-inside: avoid; }
  thead { display: table-header-group; }
}
"""


def as_html(page: Page) -> str:
    """The text of the file."""
    return "".join(f"{line}\n" for line in _lines(page))


def _lines(page: Page) -> Iterator[str]:
    yield "<!doctype html>"
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    # No address is ever asked, whatever a report's cells hold.
    yield "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    yield f"<title>{escape(page.title)}</title><style>{_STYLE}</style></head><body>"
    yield f"<h1>{escape(page.title)}</h1>"
    yield f'<p class="subtitle">{escape(page.subtitle)}</p>'
    for block in page.blocks:
        yield from _block(block)
    yield f'<p class="foot">{escape(page.foot)}</p>'
    yield "</body></html>"


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Heading):
        yield f"<h2>{escape(block.text)}</h2>"
    elif isinstance(block, Paragraph):
        kind = ' class="strong"' if block.strong else ""
        yield f"<p{kind}>{escape(block.text)}</p>"
    elif isinstance(block, Figures):
        yield '<div class="figures">'
        for one in block.figures:
            yield (
                f'<div class="figure">{escape(one.label)}<b>{escape(one.number)}</b>'
                f"<small>{escape(one.note)}</small></div>"
            )
        yield "</div>"
    elif isinstance(block, Table):
        yield from _table(block)
    else:
        yield from _svg(block)


def _table(table: Table) -> Iterator[str]:
    kinds = [' class="number"' if place in table.numbers else "" for place in range(len(table.head))]
    yield "<table><thead><tr>"
    yield "".join(f"<th{kind}>{escape(cell)}</th>" for kind, cell in zip(kinds, table.head, strict=True))
    yield "</tr></thead><tbody>"
    for row in table.rows:
        yield (
            "<tr>" + "".join(f"<td{kind}>{escape(cell)}</td>" for kind, cell in zip(kinds, row, strict=True)) + "</tr>"
        )
    yield "</tbody></table>"


def _svg(chart: Chart) -> Iterator[str]:
    found = drawn(chart)
    yield f'<svg viewBox="0 0 {found.width:g} {found.height:g}" role="img" aria-label="{escape(chart.title)}">'
    yield f"<title>{escape(chart.title)}</title>"
    for start, end, y in found.lines:
        yield f'<line x1="{start:.1f}" x2="{end:.1f}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ccc" stroke-width="0.7"/>'
    for bar in found.bars:
        yield (
            f'<rect x="{bar.x:.1f}" y="{bar.y:.1f}" width="{bar.width:.1f}" height="{bar.height:.1f}" '
            f'fill="{bar.colour}"><title>{escape(bar.says)}</title></rect>'
        )
    for label in found.labels:
        yield (
            f'<text x="{label.x:.1f}" y="{label.y:.1f}" font-size="10" fill="#444" '
            f'text-anchor="{label.anchor}">{escape(label.text)}</text>'
        )
    for x, y, colour, name in found.key:
        yield f'<rect x="{x:.1f}" y="{y:g}" width="11" height="11" fill="{colour}"/>'
        yield f'<text x="{x + 16:.1f}" y="{y + 9.5:g}" font-size="11" fill="#222">{escape(name)}</text>'
    yield "</svg>"
