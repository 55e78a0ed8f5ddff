# ruff: noqa: E501 - a mistake a line reads best
"""The vocabulary is closed: one mistake in a law directory, one error that names the file and the line."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.ledger.lawdir import SMALL, act, edited, problems_of, put

from tidewaiter.ledger.errors import LawError
from tidewaiter.ledger.instants import say_instant
from tidewaiter.ledger.snapshot import compile_law

ACT_FILE = "acts/2025/2025-01-10-act-1.yaml"
PROGRAM_FILE = "programs/us-one.yaml"
LIST_FILE = "lists/us-list.csv"
LIST = SMALL[LIST_FILE]
EFFECT = '{at: "2025-02-01 00:01 America/New_York", impose: us/9903.01.01, rate: 10%}'


def changed(file: str, old: str, new: str) -> dict[str, str]:
    return {file: edited(SMALL[file], old, new)}


def in_act(old: str, new: str) -> dict[str, str]:
    return changed(ACT_FILE, old, new)


def in_program(old: str, new: str) -> dict[str, str]:
    return changed(PROGRAM_FILE, old, new)


def effect(text: str) -> dict[str, str]:
    return in_act(EFFECT, text)


def state(text: str) -> dict[str, str]:
    return effect(f'{{at: "2025-02-01", state: {text}}}')


def row(line: str, columns: str = "prefix,class,from,until,act,until_act,scope,claim,note") -> dict[str, str]:
    return {LIST_FILE: f"# title: A list\n# citation: a note\n{columns}\n8506,a,2025-02-01,,act-1,,,,\n{line}\n"}


def when(condition: str) -> dict[str, str]:
    return in_program("when: {origin: [CN]}", f"when: {condition}")


INTERACTION = "- {id: x, over: [us/9903.01.01], yields: [us-one], takes: covered, report: us/9903.01.01}\n"
BASIS = "- {id: x, when: {ch98: [9802.00.50]}, programs: [us-one], basis: none}\n"
FEE = SMALL["fees.yaml"]
AN_ACT = "acts/2025/2025-03-01-late.yaml"

MISTAKES: dict[str, tuple[dict[str, str], str, int, str]] = {
    # acts
    "unknown word in an act": (in_act("citation:", "cited:"), ACT_FILE, 7, "unknown word 'cited'"),
    "doubled key": (in_act("by: US\n", "by: US\nby: CN\n"), ACT_FILE, 5, "'by' stands twice"),
    "no title": (in_act("title: The first act\n", ""), ACT_FILE, 2, "'title' is missing"),
    "unknown kind": (in_act("kind: notice", "kind: rumour"), ACT_FILE, 3, "'rumour' is not one of"),
    "unknown confidence": (in_act("published\n", "sure\n"), ACT_FILE, 9, "'sure' is not one of"),
    "no citation": (in_act("citation: 90 FR 1\n", ""), ACT_FILE, 2, "needs a citation and a source"),
    "no source": (in_act("sources: [{url", "notes: >-\n  [{url"), ACT_FILE, 2, "needs a citation and a source"),
    "empty source": (in_act('{url: "https://www.federalregister.gov/d/1", kind: primary}', "{kind: primary}"), ACT_FILE, 8, "url"),
    "unknown kind of source": (in_act("kind: primary", "kind: hearsay"), ACT_FILE, 8, "not 'hearsay'"),
    "bad day": (in_act("announced: 2025-01-10", "announced: 10 January"), ACT_FILE, 6, "10 January"),
    "bad sequence": (in_act("by: US\n", "by: US\nsequence: first\n"), ACT_FILE, 5, "not a whole number"),
    "no instant": (effect("{impose: us/9903.01.01, rate: 10%}"), ACT_FILE, 11, "needs at"),
    "bad instant": (effect('{at: "1 Feb", impose: us/9903.01.01}'), ACT_FILE, 11, "not an instant: '1 Feb'"),
    "unknown zone": (effect('{at: "2025-02-01 00:01 Mars/Base", impose: us/9903.01.01}'), ACT_FILE, 11, "time zone"),
    "no verb": (effect('{at: "2025-02-01", rate: 10%}'), ACT_FILE, 11, "exactly one verb"),
    "two verbs": (effect('{at: "2025-02-01", impose: us/9903.01.01, end: us/9903.01.01}'), ACT_FILE, 11, "exactly one verb"),
    "unknown heading": (effect('{at: "2025-02-01", impose: us/9903.01.02}'), ACT_FILE, 11, "no program has 'us/9903.01.02'"),
    "empty range": (effect('{at: "2025-02-01", impose: us/9903.02.01..9903.02.09}'), ACT_FILE, 11, "no program has"),
    "unknown program": (effect('{at: "2025-02-01", end: "program:us-two"}'), ACT_FILE, 11, "no program has 'program:us-two'"),
    "unknown authority": (effect('{at: "2025-02-01", end: "authority:Section 301"}'), ACT_FILE, 11, "authority:Section 301"),
    "unread rate": (effect('{at: "2025-02-01", impose: us/9903.01.01, rate: ten}'), ACT_FILE, 11, "cannot read the rate 'ten'"),
    "until before at": (effect('{at: "2025-02-01", impose: us/9903.01.01, until: "2025-02-01"}'), ACT_FILE, 11, "until lies before"),
    "set_rate without": (effect('{at: "2025-02-01", set_rate: us/9903.01.01}'), ACT_FILE, 11, "set_rate needs a rate"),
    "suspend without": (effect('{at: "2025-02-01", suspend: us/9903.01.01}'), ACT_FILE, 11, "suspend needs until"),
    "leaving beside impose": (effect('{at: "2025-02-01", impose: us/9903.01.01, leaving: 1%}'), ACT_FILE, 11, "'leaving' does nothing"),
    "rate beside end": (effect('{at: "2025-02-01", end: us/9903.01.01, rate: 1%}'), ACT_FILE, 11, "'rate' does nothing beside end"),
    "until beside end": (effect('{at: "2025-02-01", end: us/9903.01.01, until: "2026-02-01"}'), ACT_FILE, 11, "'until' does nothing"),
    "void for whom": (effect('{at: "2025-02-01", void: us/9903.01.01, for: some}'), ACT_FILE, 11, "not 'some'"),
    "binds what": (effect('{at: "2025-02-01", end: us/9903.01.01, binds: all}'), ACT_FILE, 11, "not 'all'"),
    "stay of nothing": (effect("{stay: act-9}"), ACT_FILE, 11, "no act 'act-9'"),
    "state without is": (state('"case:a"'), ACT_FILE, 11, "'is' is missing"),
    "state without at": (effect('{state: "case:a", is: filed}'), ACT_FILE, 11, "'at' is missing"),
    "state of no kind": (state("talks, is: open"), ACT_FILE, 11, "no matter 'talks'"),
    "state of an unknown kind": (state('"rumour:a", is: open'), ACT_FILE, 11, "a matter is one of case, control"),
    "state of no matter": (state('"case:a", is: filed'), ACT_FILE, 11, "no matter 'case:a'"),
    "word of another kind": (state('"case:a", is: stalled'), ACT_FILE, 11, "'stalled' is not one of affirmed"),
    "state until before at": (state('"case:a", is: filed, until: "2025-01-01"'), ACT_FILE, 11, "until lies before"),
    "next with half a date": (state('"case:a", is: filed, next: "2025-6-5: argument"'), ACT_FILE, 11, "what comes then"),
    "next in no month": (state('"case:a", is: filed, next: "2025-13: argument"'), ACT_FILE, 11, "month must be in"),
    "next on no day": (state('"case:a", is: filed, next: "2025-02-30: argument"'), ACT_FILE, 11, "day is out of range"),
    "act about no matter": (in_act("by: US\n", 'by: US\nabout: ["case:b"]\n'), ACT_FILE, 1, "no matter 'case:b'"),
    "matter of an unknown kind": ({"matters/a.yaml": "rumour:a: {title: A, concerns: [US]}\n"}, "matters/a.yaml", 1, "a matter is one of"),
    "matter without a title": ({"matters/a.yaml": "case:a: {concerns: [US]}\n"}, "matters/a.yaml", 1, "'title' is missing"),
    "matter of no country": ({"matters/a.yaml": "case:a: {title: A, concerns: [USA]}\n"}, "matters/a.yaml", 1, "no country or group 'USA'"),
    "no table": (effect("{table: none.csv}"), ACT_FILE, 11, "no table 'none.csv'"),
    "unknown touch": (in_act("by: US\n", "by: US\ntouches: [us/9903.09.09]\n"), ACT_FILE, 1, "us/9903.09.09"),
    "an id twice": (act("act-1", "2025-03-01"), "acts/2025/2025-03-01-act-1.yaml", 1, "id 'act-1' stands twice"),
    "bad YAML": ({ACT_FILE: "id: [1,\n"}, ACT_FILE, 2, ""),
    "empty file": ({ACT_FILE: "\n"}, ACT_FILE, 1, "the file is empty"),
    "a list for a map": ({ACT_FILE: "- id: x\n"}, ACT_FILE, 1, "a map"),
    "a map for a word": (in_act("citation: 90 FR 1", "citation: {a: b}"), ACT_FILE, 7, "a single value"),
    # programs
    "unknown word in a program": (in_program("title:", "titel:"), PROGRAM_FILE, 2, "'title' is missing"),
    "unknown word in a row": (in_program("kind: duty,", "kind: duty, sort: new,"), PROGRAM_FILE, 8, "unknown word 'sort'"),
    "unknown kind of heading": (in_program("kind: duty", "kind: tax"), PROGRAM_FILE, 8, "cap, duty, prohibition, relief"),
    "unknown country": (in_program("into: US", "into: FR"), PROGRAM_FILE, 2, "'FR'"),
    "authority of no statute": (in_program("authority: IEEPA", "authority: IEPA"), PROGRAM_FILE, 1, "no authority 'IEPA'"),
    "order in words": (in_program("reporting_order: 10", "reporting_order: ten"), PROGRAM_FILE, 6, "not a whole number"),
    "country-wide in words": (in_program("into: US", "into: US\ncountry_wide: yes"), PROGRAM_FILE, 6, "not 'yes'"),
    "fallback in words": (in_program("kind: duty,", "kind: duty, fallback: yes,"), PROGRAM_FILE, 8, "not 'yes'"),
    "cap on what": (in_program("kind: duty,", "kind: cap, cap_on: special,"), PROGRAM_FILE, 8, "not 'special'"),
    "status locks how": (in_program("into: US", "into: US\nprivileged_foreign: lock"), PROGRAM_FILE, 6, "not 'lock'"),
    "row of no act": (in_program("kind: duty,", "kind: duty, from: 2025-02-01, act: act-9,"), PROGRAM_FILE, 8, "no act 'act-9'"),
    # conditions
    "unknown condition": (when("{weather: rain}"), PROGRAM_FILE, 8, "unknown condition 'weather'"),
    "unknown list": (when("{products: us-other}"), PROGRAM_FILE, 8, "no product list 'us-other'"),
    "unknown class": (when("{products: us-list#z}"), PROGRAM_FILE, 8, "has no class 'z'"),
    "unknown claim": (when("{claim: gift}"), PROGRAM_FILE, 8, "'gift' is not declared under claims:"),
    "unknown scope": (when("{scope: whole}"), PROGRAM_FILE, 8, "'whole' is not declared under scopes:"),
    "unknown fact": (when("{fact: {weight: {below: 5}}}"), PROGRAM_FILE, 8, "'weight' is not declared under facts:"),
    "unknown share": (when("{share: {weight: {below: 5%}}}"), PROGRAM_FILE, 8, "'weight' is not declared under facts:"),
    "unknown comparison": (when("{fact: {steel_value: {under: 5}}}"), PROGRAM_FILE, 8, "unknown comparison 'under'"),
    "no number": (when("{fact: {steel_value: {below: five}}}"), PROGRAM_FILE, 8, "not a number: 'five'"),
    "odd digits": (when("{chapter: [7]}"), PROGRAM_FILE, 8, "an even count of digits"),
    "no country": (when("{origin: [CHN]}"), PROGRAM_FILE, 8, "no country or group 'CHN'"),
    "no group": (when("{not: {origin: THREE}}"), PROGRAM_FILE, 8, "no country or group 'THREE'"),
    "bad instant in a condition": (when('{entered_before: "soon"}'), PROGRAM_FILE, 8, "not an instant"),
    "unknown portion": (in_program("kind: duty,", "kind: duty, portion: {all: steel_value},"), PROGRAM_FILE, 8, "unknown word 'all'"),
    "portion with a share of what is no plain fact": (in_program("kind: duty,", "kind: duty, portion: {less: steel_value, upto: 0.40},"), PROGRAM_FILE, 8, "a portion is rest"),
    "portion of a fact without its share": (in_program("kind: duty,", "kind: duty, portion: {fact: steel_value},"), PROGRAM_FILE, 8, "a portion is rest"),
    "portion of no fact": (in_program("kind: duty,", "kind: duty, portion: zinc_value,"), PROGRAM_FILE, 8, "'zinc_value' is not declared"),
    # lists
    "list line without an act": (row("8507,a,2025-02-01,,,,,,"), LIST_FILE, 5, "every list line has an act"),
    "list line of no act": (row("8507,a,2025-02-01,,act-9,,,,"), LIST_FILE, 5, "no act 'act-9'"),
    "list line ended by no act": (row("8507,a,2025-02-01,2025-03-01,act-1,act-9,,,"), LIST_FILE, 5, "no act 'act-9'"),
    "points in a prefix": (row("8507.60,a,2025-02-01,,act-1,,,,"), LIST_FILE, 5, "2 to 10 digits"),
    "one digit": (row("8,a,2025-02-01,,act-1,,,,"), LIST_FILE, 5, "2 to 10 digits"),
    "bad day in a list": (row("8507,a,1 Feb,,act-1,,,,"), LIST_FILE, 5, "not an instant"),
    "until before from": (row("8507,a,2025-02-01,2025-01-01,act-1,,,,"), LIST_FILE, 5, "until lies before from"),
    "scope of no name": (row("8507,a,2025-02-01,,act-1,,whole,,"), LIST_FILE, 5, "scope 'whole' is not declared"),
    "too many cells": (row("8507,a,2025-02-01,,act-1,,,,a note, with a comma"), LIST_FILE, 5, "cells"),
    "too few cells": (row("8507,a,2025-02-01"), LIST_FILE, 5, "cells"),
    "unknown column": (row("8507,a,2025-02-01,,act-1,,,,", "prefix,class,since,until,act,a,b,c,d"), LIST_FILE, 3, "columns"),
    "no title in a list": ({LIST_FILE: LIST.replace("# title: A list\n", "")}, LIST_FILE, 1, "# title"),
    # the rest
    "unknown winner": ({"interactions/us.yaml": INTERACTION.replace("9903.01.01]", "9903.09.09]")}, "interactions/us.yaml", 1, "9903.09.09"),
    "unknown loser": ({"interactions/us.yaml": INTERACTION.replace("us-one", "us-two")}, "interactions/us.yaml", 1, "us-two"),
    "takes what": ({"interactions/us.yaml": INTERACTION.replace("covered", "all")}, "interactions/us.yaml", 1, "whole or covered"),
    "charged in words": ({"interactions/us.yaml": INTERACTION.replace("}", ", charged: yes}")}, "interactions/us.yaml", 1, "not 'yes'"),
    "unknown basis": ({"bases/us.yaml": BASIS.replace("none", "half")}, "bases/us.yaml", 1, "a basis is one of"),
    "a program replaced": ({"bases/us.yaml": BASIS.replace("none", "replaced")}, "bases/us.yaml", 1, "said of the base duty alone"),
    "basis of no program": ({"bases/us.yaml": BASIS.replace("us-one", "us-two")}, "bases (x)", 1, "no program 'us-two'"),
    "fee per what": ({"fees.yaml": FEE.replace("rate", "per: parcel, rate")}, "fees.yaml", 1, "not 'parcel'"),
    "fee in words": ({"fees.yaml": FEE.replace("1%", "little")}, "fees.yaml", 1, "not a number: 'little'"),
    "fact of no type": ({"facts/us.yaml": SMALL["facts/us.yaml"].replace("money", "gold")}, "facts/us.yaml", 3, "not 'gold'"),
    "ask in words": ({"facts/x.yaml": "claims: {x: {text: X?, ask: no}}\n"}, "facts/x.yaml", 1, "not 'no'"),
    "covered where": ({"coverage.yaml": SMALL["coverage.yaml"].replace("US", "FR")}, "coverage.yaml", 1, "'FR'"),
    "scenario including what": (
        {"scenarios/law.yaml": SMALL["scenarios/law.yaml"] + "include: all\n"},
        "scenarios/law.yaml",
        4,
        "not 'all'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_with_file_and_line(tmp_path: Path, mistake: tuple[dict[str, str], str, int, str]) -> None:
    change, file, line, said = mistake
    problems = problems_of(tmp_path, change)
    assert [(problem.file, problem.line) for problem in problems] == [(file, line)]
    assert said in str(problems[0])


def test_the_small_law_without_a_mistake_is_sound(tmp_path: Path) -> None:
    assert problems_of(tmp_path) == []


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    problems = problems_of(
        tmp_path, in_act("by: US", "von: US"), in_program("kind: duty", "kind: tax"), row("8,a,,,,,,,")
    )
    assert [problem.file for problem in problems] == [ACT_FILE, PROGRAM_FILE, LIST_FILE]


@pytest.mark.parametrize("file", [ACT_FILE, PROGRAM_FILE, LIST_FILE, "fees.yaml"])
def test_files_are_utf8(tmp_path: Path, file: str) -> None:
    put(tmp_path)
    (tmp_path / file).write_bytes(SMALL[file].encode() + b"# \xff\n")
    with pytest.raises(LawError) as caught:
        compile_law(tmp_path)
    assert [(problem.file, problem.message) for problem in caught.value.problems] == [(file, "not UTF-8")]


def test_jurisdictions_are_needed_and_their_zones_exist(tmp_path: Path) -> None:
    assert (
        problems_of(tmp_path / "a", {"jurisdictions.yaml": "US: {authorities: {}}\n"})[0].message == "'zone' is missing"
    )
    wrong = problems_of(tmp_path / "b", {"jurisdictions.yaml": "US: {zone: America/Boston, authorities: {}}\n"})
    assert "America/Boston" in wrong[0].message


def test_yaml_is_read_as_strings(tmp_path: Path) -> None:
    # NO is Norway and not false, 9903.01.10 is no number that loses its zero, 12:01 is no number in base 60.
    change = in_program("[CN]}}", "[NO, CN]}}\n  - {code: 9903.01.10, kind: relief, when: {origin: [NO]}}")
    ledger, _ = compile_law(put(tmp_path, change))
    assert [row.code for row in ledger.programs["us-one"].rows] == ["9903.01.01", "9903.01.10"]


PANEL = (
    '- {into: US, origins: [any], from: "2018-07-06 00:01 America/New_York",\n'
    "   panel: [{origins: [CN], from: 2018-07-06}, {origins: [any], from: 2025-01-01}]}\n"
)


def test_the_first_days_of_a_panel_are_data(tmp_path: Path) -> None:
    ledger, _ = compile_law(put(tmp_path, {"coverage.yaml": PANEL}))
    (coverage,) = ledger.coverage
    said = [(set(one.origins), say_instant(one.start, "America/New_York")) for one in coverage.panel]
    # A bare date is 00:01 in the zone of the importing country.
    assert said == [({"CN"}, "2018-07-06T00:01:00-04:00"), ({"any"}, "2025-01-01T00:01:00-05:00")]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("from: 2025-01-01}", "since: 2025-01-01}", "'from' is missing"),
        ("from: 2025-01-01}", "from: 2025-01-01, until: 2026-01-01}", "unknown word 'until'"),
        ("from: 2025-01-01}", "from: soon}", "not an instant"),
        ("{origins: [CN], from", "{from", "'origins' is missing"),
    ],
)
def test_a_mistake_in_the_first_days_of_a_panel(tmp_path: Path, old: str, new: str, said: str) -> None:
    (problem,) = problems_of(tmp_path, {"coverage.yaml": PANEL.replace(old, new)})
    assert (problem.file, problem.line) == ("coverage.yaml", 2)
    assert said in problem.message


# Tables


def table(text: str) -> dict[str, str]:
    return {**effect("{table: rates.csv}"), "acts/2025/rates.csv": text}


def test_a_table_imposes_line_by_line(tmp_path: Path) -> None:
    rows = "heading,rate,from,until\n9903.01.01,10%,2025-02-01,2025-03-01\n9903.01.01,5%,2025-03-01,\n"
    ledger, _ = compile_law(put(tmp_path, table(rows)))
    assert [(one.verb, one.rate, one.line) for one in ledger.acts["act-1"].effects] == [
        ("impose", "10%", 2),
        ("impose", "5%", 3),
    ]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("heading,rate,from\n9903.01.01,ten,2025-02-01\n", 2, "cannot read the rate"),
        ("heading,rate,from\n9903.01.01,10%,\n", 2, "'from' is missing"),
        ("heading,rate,from\n,10%,2025-02-01\n", 2, "'heading' is missing"),
        ("heading,rate,from\n9903.01.01,10%,2025-02-01,2025-03-01\n", 2, "more cells than columns"),
        ("heading,rate,from,until\n9903.01.01,10%,2025-02-01,2025-01-01\n", 2, "until lies before from"),
        ("heading,rate,since\n9903.01.01,10%,2025-02-01\n", 1, "columns must be among"),
        ("", 1, "columns must be among"),
    ],
)
def test_a_mistake_in_a_table(tmp_path: Path, text: str, line: int, said: str) -> None:
    (problem,) = problems_of(tmp_path, table(text))
    assert (problem.file, problem.line) == ("acts/2025/rates.csv", line)
    assert said in problem.message
