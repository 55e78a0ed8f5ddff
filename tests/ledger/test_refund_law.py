"""The law of refunds is read strictly: one mistake, one error that names the file and the line."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.ledger.lawdir import act, edited, problems_of, regime_of
from tests.ledger.refundlaw import DAYS_FILE, FILES, INTEREST_FILE, PROCESS_FILE, RIGHTS_FILE

from tidewaiter.ledger.check import check
from tidewaiter.ledger.show import show


def changed(file: str, old: str, new: str) -> tuple[str, dict[str, str | None]]:
    return file, {**FILES, file: edited(FILES[file], old, new)}


def cautioned(when: str, times: int = 1) -> tuple[str, dict[str, str | None]]:
    row = f"  - {{id: zone, when: {when}, text: Look., cite: a rule, confidence: published}}\n"
    return changed(PROCESS_FILE, "routes:\n", f"cautions:\n{row * times}routes:\n")


MISTAKES: dict[str, tuple[tuple[str, dict[str, str | None]], int, str]] = {
    "no such country": (changed(PROCESS_FILE, "into: US", "into: XX"), 3, "unknown importing country 'XX'"),
    "no such authority": (changed(PROCESS_FILE, "IEEPA", "IEPA"), 5, "no authority 'IEPA'"),
    "no such act": (changed(PROCESS_FILE, "act: act-1", "act: act-2"), 5, "no act 'act-2'"),
    "a day that is none": (changed(PROCESS_FILE, "2025-06-01", "2025-06-31"), 5, "day is out of range"),
    "an assumed fact that is none": (changed(PROCESS_FILE, "{drawback: no,", "{drawbak: no,"), 6, "no fact 'drawbak'"),
    "an assumed word that is none": (changed(PROCESS_FILE, "hold: none", "hold: nonne"), 6, "hold is one of"),
    "a clock of two lengths": (changed(PROCESS_FILE, "days: 80,", "days: 80, years: 1,"), 8, "a clock has one length"),
    "a clock from nowhere": (changed(PROCESS_FILE, "[liquidation_date]", "[liquidation]"), 8, "a clock runs after"),
    "a clock of no number": (changed(PROCESS_FILE, "days: 80,", "days: eighty,"), 8, "not a whole number"),
    "a clock without a citation": (
        changed(PROCESS_FILE, "text: eighty days, cite: a statute", "text: eighty days"),
        8,
        "'cite' is missing",
    ),
    "a clock twice": (
        changed(
            PROCESS_FILE,
            "id: paid, working_days: 10, after: [summary_date, entry_date]",
            "id: window, days: 9, after: [liquidation_date]",
        ),
        9,
        "the clock 'window' stands twice",
    ),
    "an unknown condition": (
        changed(PROCESS_FILE, "{drawback: yes}", "{drawbacks: yes}"),
        12,
        "unknown condition 'drawbacks'",
    ),
    "a flag that is no flag": (
        changed(PROCESS_FILE, "{drawback: yes}", "{drawback: maybe}"),
        12,
        "drawback is yes or no",
    ),
    "a word of no list": (changed(PROCESS_FILE, "{drawback: yes}", "{protest: [filed]}"), 12, "protest is one of"),
    "a state that a matter never has": (
        changed(PROCESS_FILE, "{drawback: yes}", '{stands: {"refunds:ieepa": [gone]}}'),
        12,
        "refunds:ieepa is never 'gone'",
    ),
    "no such matter": (
        changed(PROCESS_FILE, "{drawback: yes}", '{stands: {"refunds:ieepa": [open]}}'),
        11,
        "no matter 'refunds:ieepa'",
    ),
    "no such clock in a condition": (
        changed(PROCESS_FILE, "past: window,", "past: windows,"),
        17,
        "no clock 'windows'",
    ),
    "a condition on a clock of working days": (
        changed(PROCESS_FILE, "past: window,", "past: paid,"),
        17,
        "no condition can hang on the clock 'paid'",
    ),
    "no such clock as a deadline": (
        changed(PROCESS_FILE, "bucket: court, deadline: window", "bucket: court, deadline: windows"),
        17,
        "no clock 'windows'",
    ),
    "no such bucket": (changed(PROCESS_FILE, "bucket: court", "bucket: courts"), 17, "a bucket is one of"),
    "what is missing is not written": (
        changed(PROCESS_FILE, "bucket: court", "bucket: missing data"),
        17,
        "a bucket is one of",
    ),
    "a route without a citation": (
        changed(PROCESS_FILE, "next: Sue., cite: a statute", "next: Sue."),
        17,
        "'cite' is missing",
    ),
    "a cliff in place of no clock": (
        changed(PROCESS_FILE, "80,", "80, cliff: {buckets: [wait], what: gone, instead_of: windows},"),
        8,
        "no clock 'windows'",
    ),
    "a cliff that hangs on a day": (
        changed(PROCESS_FILE, "80,", "80, cliff: {buckets: [wait], what: gone, when: {within: window}},"),
        8,
        "hangs on facts of the entry alone",
    ),
    "a caution that hangs on a protest": (cautioned("{protest: [open]}"), 11, "hangs on facts of the entry alone"),
    "a caution twice": (cautioned("{drawback: yes}", 2), 12, "the caution 'zone' stands twice"),
    "a route twice": (changed(PROCESS_FILE, "id: rest", "id: late"), 18, "the route 'late' stands twice"),
    "entries that find no way": (
        changed(PROCESS_FILE, "id: rest,", "id: rest, when: {drawback: no},"),
        1,
        "the last route has no when",
    ),
    "no working days for it": ((PROCESS_FILE, {**FILES, DAYS_FILE: None}), 1, "working_days.yaml does not know US"),
    "a gap between quarters": (
        changed(INTEREST_FILE, "from: 2025-04-01", "from: 2025-04-02"),
        9,
        "a quarter begins on 2025-04-02, the one before it ends on 2025-04-01",
    ),
    "a class without a rate": (
        changed(INTEREST_FILE, "{corporation: 6%, other: 7%}", "{corporation: 6%}"),
        8,
        "a rate for each of corporation, other",
    ),
    "a rate that is none": (changed(INTEREST_FILE, "other: 7%", "other: seven"), 8, "not a number: 'seven'"),
    "a derived rate as published": (
        changed(INTEREST_FILE, "confidence: reported", "confidence: published"),
        9,
        "a derived rate is not published",
    ),
    "a quarter without a citation": (
        changed(INTEREST_FILE, "derived: [corporation], citation: a ruling,", "derived: [corporation],"),
        9,
        "'citation' is missing",
    ),
    "a quarter backwards": (
        changed(INTEREST_FILE, "until: 2025-07-01", "until: 2025-03-01"),
        9,
        "until lies before from",
    ),
    "a holiday of no day": (
        changed(DAYS_FILE, "month: 1, day: 1", "month: 1"),
        4,
        "a holiday has a day, or a weekday and nth",
    ),
    "a weekday that is none": (changed(DAYS_FILE, "thursday", "thursdy"), 5, "a weekday is one of"),
    "rights in no program": (changed(RIGHTS_FILE, "us-one", "us-two"), 1, "no program 'us-two'"),
    "rights in no process": (changed(RIGHTS_FILE, "us-desk", "us-disk"), 1, "no process 'us-disk'"),
    "rights by no clock": (changed(RIGHTS_FILE, "[window]", "[windows]"), 1, "no clock 'windows' in us-desk"),
    "rights in no case": (
        changed(RIGHTS_FILE, "title: One,", 'title: One, case: "case:none",'),
        1,
        "no matter 'case:none'",
    ),
}


def test_the_small_law_is_sound(tmp_path: Path) -> None:
    assert problems_of(tmp_path, dict(FILES)) == []


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_its_line(mistake: str, tmp_path: Path) -> None:
    (file, files), line, message = MISTAKES[mistake]
    problems = problems_of(tmp_path, files)
    assert any(one.file == file and one.line == line and message in one.message for one in problems), problems


def test_a_process_refunds_what_has_fallen(tmp_path: Path) -> None:
    ruling = act("us-ruling", "2025-06-01", '{at: "2025-02-01", void: "authority:IEEPA", for: all}')
    assert check(regime_of(tmp_path, dict(FILES), dict(ruling))) == []


def test_a_process_is_shown_with_its_citations(tmp_path: Path) -> None:
    regime = regime_of(tmp_path, dict(FILES))
    assert list(show(regime, "us-desk")) == [
        "us-desk: A desk, into US",
        "  refunds duties under IEEPA from 2025-06-01T00:01:00-04:00 by act-1",
        "  clock window: eighty days (80 days after liquidation date) [a statute]",
        "  clock paid: ten (10 working days after summary date or entry date) [a rule; reported]",
        "  drawn: not eligible. On drawback. [a message]",
        "  late: court. Late. [a statute]",
        "  rest: claim now. Open. [a message]",
    ]
    assert list(show(regime, "interest")) == [
        "Interest, into US (a statute)",
        "  2025-01-01 to 2025-04-01: corporation 6%, other 7% [a ruling]",
        "  2025-04-01 to 2025-07-01: corporation 5% (derived), other 6% [a ruling; reported]",
    ]


def test_a_caution_is_shown_with_its_citation(tmp_path: Path) -> None:
    shown = list(show(regime_of(tmp_path, cautioned('{entry_type: ["06"]}')[1]), "us-desk"))
    assert "  caution zone: Look. [a rule]" in shown


def test_a_law_without_refunds_is_a_law(tmp_path: Path) -> None:
    refunds = regime_of(tmp_path).ledger.refunds
    assert refunds is not None and not refunds.processes and not refunds.interest
