"""The chart of both sides: a picture that can be read, with both series, every large change marked, and its sources."""

from __future__ import annotations

import re
import struct
import sys
from collections.abc import Callable
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.averages.test_both import both, rows
from tests.conftest import TODAY, engine_seen_from

from tidewaiter.assess.errors import FileError
from tidewaiter.averages.both import HEADLINE, SIMPLE, BothOptions, BothRow
from tidewaiter.averages.marks import Time, marks, spread
from tidewaiter.ledger.instants import parse_instant, say_instant

DAY = 86400


@cache
def drawn() -> tuple[BothRow, ...]:
    regime = engine_seen_from().regime.reported
    assert regime is not None
    options = BothOptions("2018-01-01", "2026-12-31", ("headline", "weighted"))
    return (*(row for row in rows() if row.measure != SIMPLE), *both().rows(options, regime))


def test_marks_are_the_large_changes_in_order_of_time() -> None:
    found = marks([row for row in rows() if row.measure == HEADLINE])
    said = [(mark.into, (say_instant(mark.at, "UTC") or "")[:10], mark.words) for mark in found]
    assert [mark.number for mark in found] == list(range(1, len(found) + 1))
    assert said[0] == ("US", "2025-02-04", "EO 14195: Fentanyl tariff on China and Hong Kong begins: 10%")
    assert ("US", "2025-04-10", "EO 14266: Reciprocal tariff 84% becomes 125%") in said
    # 12:01 in Beijing is 04:01 UTC.
    assert ("CN", "2025-05-14") in [one[:2] for one in said]
    assert said[-1][2].endswith("China's duty on all goods of the United States revives: 34%")
    # Ten changes of the United States (0 and 10 on 24 February 2026 apart), four of China.
    assert len(found) == 14


def test_a_change_of_the_tariff_alone_is_marked_as_such() -> None:
    """China lowered its base duties on 1 July 2018: by more than half a point of the simple average."""
    words = {mark.at: mark.words for mark in marks([row for row in rows() if row.measure == SIMPLE])}
    lowered = parse_instant("2018-07-01 00:00 Asia/Shanghai")
    assert words[lowered] == "tariff 2018 from 1 July: base duty 9.1% becomes 7.7%"


@given(st.lists(st.floats(0, 10, allow_nan=False), max_size=40), st.floats(0.01, 0.2))
def test_numbers_on_a_rail_never_overlap(wanted: list[float], gap: float) -> None:
    wanted.sort()
    found = spread(wanted, gap, 0, 10)
    assert len(found) == len(wanted)
    assert all(other - one >= gap - 1e-9 for one, other in pairwise(found))
    assert all(-1e-9 <= one <= 10 + 1e-9 for one in found)
    if all(other - one >= gap for one, other in pairwise(wanted)) and all(0 <= one <= 10 for one in wanted):
        assert found == pytest.approx(wanted, abs=1e-9) or wanted[-1] > 10 - gap


def test_quiet_years_are_drawn_short_and_time_never_runs_back() -> None:
    stops = [parse_instant(day) for day in ("2018-04-02", "2020-02-14", "2025-02-04", "2026-12-31")]
    time = Time.of(stops[0], stops[-1], stops[1:3])
    assert time.quiet is not None and stops[1] < time.quiet[0] < time.quiet[1] < stops[2]
    days = range(stops[0], stops[-1], 40 * DAY)
    assert all(time(one) < time(other) for one, other in pairwise(days))
    busy = [stops[0] + number * 100 * DAY for number in range(30)]
    assert Time.of(stops[0], stops[-1], busy).quiet is None


matplotlib = pytest.importorskip("matplotlib", reason="charts are drawn by the extra plot")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tidewaiter.averages.chart import Chart, draw

    where = tmp_path_factory.mktemp("charts")
    chart = Chart.of(both(), list(drawn()))
    for name in ("one.svg", "two.svg", "one.png"):
        draw(chart, where / name)
    return where


def test_the_svg_holds_both_series_and_every_mark(folder: Path) -> None:
    tree = ElementTree.parse(folder / "one.svg")
    ids = {element.get("id") for element in tree.iter() if element.get("id")}
    for into in ("US", "CN"):
        assert {f"series-{into}-headline", f"series-{into}-weighted"} <= ids
    assert "series-US-headline-owed" in ids
    assert "series-CN-headline-as-reported-0" in ids
    assert "series-CN-headline-owed" not in ids
    numbers = [mark.number for mark in marks([row for row in drawn() if row.scenario == "law"])]
    assert len(numbers) > 25
    assert {f"act-{number}" for number in numbers} <= ids
    assert f"act-{numbers[-1] + 1}" not in ids


def test_the_svg_says_what_it_is(folder: Path) -> None:
    """Texts stand in the file as comments beside their outlines."""
    text = " ".join(re.findall("<!-- (.*?) -->", (folder / "one.svg").read_text(encoding="utf-8")))
    for said in (
        "Tariffs: United States on China and China on the United States, 2018-2026",
        "EO 14266: Reciprocal tariff 84% becomes 125%",
        "scenarios law, as-reported",
        f"law as known on {TODAY}",
        "US imports for consumption of 2024 (Census Bureau)",
        "WTO-IMF Tariff Tracker",
        "145.0%",
        "125.0%",
    ):
        assert said in text, said


@pytest.mark.parametrize("several", [drawn, rows], ids=["two panels and two scenarios", "three panels"])
def test_no_text_leaves_the_page_or_lies_on_another(several: Callable[[], tuple[BothRow, ...]]) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    from tidewaiter.averages.chart import Chart, drawing

    figure = drawing(Chart.of(both(), list(several())))
    FigureCanvasAgg(figure).draw()
    width, height = figure.get_size_inches() * figure.dpi
    texts = [*figure.texts, *(text for axes in figure.axes for text in axes.texts), *figure.legends[0].get_texts()]
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts]
    assert len(boxes) > 100
    for said, box in boxes:
        assert min(box.x0, box.y0) >= 0 and box.x1 <= width and box.y1 <= height, said
    for (said, box), (other, place) in combinations(boxes, 2):
        across = min(box.x1, place.x1) - max(box.x0, place.x0)
        down = min(box.y1, place.y1) - max(box.y0, place.y0)
        # Lines of text stand close: their boxes hold the room of letters that hang down.
        assert across <= 0 or down <= 1.5, (said, other)


def test_the_same_chart_is_the_same_file(folder: Path) -> None:
    assert (folder / "one.svg").read_bytes() == (folder / "two.svg").read_bytes()
    assert "<dc:date>" not in (folder / "one.svg").read_text(encoding="utf-8")


def test_the_png_is_large_enough_for_print(folder: Path) -> None:
    data = (folder / "one.png").read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", data[16:24])
    assert width == 2200 and height > 1500
    assert len(data) < 400_000


def test_without_matplotlib_the_extra_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from tidewaiter.averages.chart import Chart, draw

    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(FileError) as caught:
        draw(Chart.of(both(), list(drawn())), tmp_path / "chart.svg")
    assert (caught.value.code, "tidewaiter[plot]" in caught.value.hint) == ("missing_extra", True)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    from tidewaiter.averages.chart import Chart, draw

    with pytest.raises(FileError) as caught:
        draw(Chart.of(both(), list(drawn())), tmp_path / "nowhere" / "chart.png")
    assert caught.value.code == "cannot_write"
