"""docs/coverage.md against the data: every program is there, and its headings, rates and days are those of the ledger.

A row names codes in full (9903.88.03, TC2018-8.1), then by their end (.04), and ranges by "to"; a percentage belongs to the
codes of its own clause, which semicolons part; a day without an hour is 00:01.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from tests.conftest import duty_on, engine_seen_from

from tidewaiter.assess.assessment import Assessment
from tidewaiter.assess.schema import schema
from tidewaiter.ledger.classes import instants_apart
from tidewaiter.ledger.instants import ALWAYS, FOREVER, local_day
from tidewaiter.ledger.model import Program
from tidewaiter.ledger.regime import Regime

ROOT = Path(__file__).resolve().parents[2]
PAGE, SOURCE = ROOT / "docs" / "coverage.md", ROOT / "src" / "tidewaiter"
COLUMNS = ["program", "for whom", "headings and rates", "from", "to", "asked"]
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
PERCENT = re.compile(r"\d+(?:\.\d+)?%")
CODE = re.compile(r"(to )?\b(\d{4}\.\d{2}\.\d{2}|[A-Z]{2}\d{4}-\d+(?:\.[a-z0-9]+)*)\b|(to )?(?<![\d.])\.(\d{2})\b(?!%)")
PLACE = re.compile(r"\b[A-Z]{2}\b")


@cache
def rows() -> dict[str, list[dict[str, str]]]:
    """The rows of the program tables, by program: a row without a program goes on with the one before."""
    found: dict[str, list[dict[str, str]]] = {}
    columns: list[str] = []
    program = ""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line[1:-1].split("|")] if line.startswith("|") else []
        if not cells:
            columns = []
        elif not columns:
            columns = cells
        elif columns == COLUMNS and not line.startswith("|--"):
            named = re.match(r"`([a-z]{2}-[a-z0-9-]+)`", cells[0])
            if named:
                program = named[1]
                assert program not in found, f"{program} stands twice"
            found.setdefault(program, []).append(dict(zip(COLUMNS, cells, strict=True)))
    return found


def codes(clause: str, before: str = "") -> list[tuple[str, str]]:
    """The ranges of a clause, first and last code; a single code is a range of one."""
    found: list[tuple[str, str]] = []
    last = before
    for to, full, to_end, end in CODE.findall(clause):
        last = full or f"{last[:7]}.{end}"
        if to or to_end:
            found[-1] = (found[-1][0], last)
        else:
            found.append((last, last))
    return found


def told(program: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Each clause of a program's rows with its codes; a clause without a full code goes on in the subchapter before it."""
    found: list[tuple[str, list[tuple[str, str]]]] = []
    for row in rows()[program]:
        last = ""
        for clause in row["headings and rates"].split(";"):
            ranges = codes(clause, last)
            last = ranges[-1][1] if ranges else last
            found.append((clause, ranges))
    return found


def law(program: str) -> Program:
    return engine_seen_from().regime.ledger.programs[program]


def regime_of(program: str) -> Regime:
    """The regime in which the program charges at all: one whose goods are only reported charges as reported."""
    published = engine_seen_from().regime
    imposed = {target for act in published.acts.values() for effect in act.effects for target in effect.targets}
    charging = {row.key for row in law(program).rows if row.kind != "relief"}
    lives = any(state.live for key in charging & imposed for state in published.tracks[key].states()[1])
    return published if lives else engine_seen_from(scenario="as-reported").regime


def known_codes(program: str) -> set[str]:
    """The codes under which a program may be reported, those of its interactions included."""
    ledger = engine_seen_from().regime.ledger
    mine = {code for row in law(program).rows for code in (row.code, row.zero) if code}
    keys = {row.key for row in law(program).rows} | {program}
    return mine | {one.report.removeprefix("us/") for one in ledger.interactions if keys & set(one.yields)}


def rates_of(program: str, ranges: list[tuple[str, str]]) -> set[str]:
    """All rates at which headings of the program ever lived: those within the ranges, or all where there are none."""
    tracks = regime_of(program).tracks
    several = {row.key for row in law(program).rows if not ranges or any(a <= row.code <= b for a, b in ranges)}
    return {state.rate for key in several if key in tracks for state in tracks[key].states()[1] if state.live}


def charged_share(found: Assessment, program: str) -> str:
    """What a program charged on 10,000 dollars, as a percentage."""
    amount = sum((layer.amount for layer in found.layers if layer.program == program), Decimal(0))
    return f"{(amount / 100).normalize():f}%"


def test_every_program_stands_in_the_page_once() -> None:
    assert set(rows()) == set(engine_seen_from().regime.ledger.programs)


PROGRAMS = sorted(engine_seen_from().regime.ledger.programs)


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_headings_are_those_of_the_program(program: str) -> None:
    ranges = [one for _, several in told(program) for one in several]
    known = known_codes(program)
    assert {code for one in ranges for code in one} <= known
    charged = {row.code for row in law(program).rows if row.kind != "relief" and not row.code.startswith("pending:")}
    unsaid = {code for code in charged if not any(first <= code <= last for first, last in ranges)}
    assert not unsaid


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_rates_are_those_of_the_headings(program: str) -> None:
    for clause, ranges in told(program):
        # "11% to 50%" of a range of headings; "falling to 14%" of the headings before.
        said = set(PERCENT.findall(clause))
        assert said <= rates_of(program, ranges), clause


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_days_are_days_of_the_program(program: str) -> None:
    regime = regime_of(program)
    groups = {edge for row in regime.ledger.groups for edge in (row.version.start, row.version.until)}
    edges = {*groups, *instants_apart(regime, law(program).rows)} - {ALWAYS, FOREVER}
    known = {str(local_day(edge, regime.zone(law(program).into))) for edge in edges}
    for row in rows()[program]:
        said = {day for name in ("for whom", "headings and rates", "from", "to") for day in DAY.findall(row[name])}
        # Goods exported, or made of metal smelted, before a day: written in the condition itself.
        said -= {"2019-05-10"}
        assert said <= known, row["program"]


def test_the_rates_by_economy_are_those_charged() -> None:
    """EO 14326, Annex I: on 1 October 2025, on a product free of duty, what each row of the table says."""
    page = PAGE.read_text(encoding="utf-8")
    table = page[page.index("| rate | economies |") :].split("\n\n")[0]
    lines = (line.strip("| ").split(" | ") for line in table.splitlines()[2:])
    said = [(place, cells[0]) for cells in lines for place in PLACE.findall(cells[1])]
    assert len(said) == 67  # headings 9903.02.02 to .71 without the European Union and Japan, whose rates are caps
    for place, rate in said:
        found = duty_on(hts="9503.00.0073", origin=place, entered_at="2025-10-10")
        assert charged_share(found, "us-reciprocal") == rate, place


@pytest.mark.parametrize("row", [row for row in rows()["us-301-forced-labor"] if "economies" in row["program"]][:2])
def test_the_forced_labor_rates_are_those_charged(row: dict[str, str]) -> None:
    """91 FR 47318: each economy of the row, on a product free of duty."""
    (rate,) = PERCENT.findall(row["headings and rates"])
    places = PLACE.findall(row["for whom"])
    assert str(len(places)) in row["program"]
    for place in places:
        found = duty_on(hts="9503.00.0073", origin=place, entered_at="2026-08-01")
        assert charged_share(found, "us-301-forced-labor") == rate, place


def test_every_error_code_is_in_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    declared = schema("error")["properties"]["error"]["properties"]["code"]["enum"]
    assert [code for code in declared if f"`{code}`" not in page] == []


def test_every_warning_code_is_in_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    text = "".join(path.read_text(encoding="utf-8") for path in (SOURCE / "assess").glob("*.py"))
    written = set(re.findall(r'Caution\(\s*"([a-z_]+)"', text))
    assert len(written) > 10
    assert [code for code in sorted(written) if f"`{code}`" not in page] == []
