# ruff: noqa: E501 - rows of data read best in one line
"""A law of refunds in a few lines, for the tests: a process, interest, working days, contested rights."""

from __future__ import annotations

PROCESS_FILE, INTEREST_FILE, DAYS_FILE, RIGHTS_FILE = (
    "refunds/us-desk.yaml",
    "interest.yaml",
    "working_days.yaml",
    "rights.yaml",
)
PROCESS = """id: us-desk
title: A desk
into: US
serves:
  - {authority: IEEPA, from: 2025-06-01, act: act-1}
assume: {drawback: no, hold: none}
clocks:
  - {id: window, days: 80, after: [liquidation_date], text: eighty days, cite: a statute, confidence: published}
  - {id: paid, working_days: 10, after: [summary_date, entry_date], text: ten, cite: a rule, confidence: reported}
routes:
  - id: drawn
    when: {drawback: yes}
    bucket: not eligible
    reason: On drawback.
    next: Choose.
    cite: a message
  - {id: late, when: {past: window, entry_type: ["01"]}, bucket: court, deadline: window, reason: Late., next: Sue., cite: a statute}
  - {id: rest, bucket: claim now, deadline: window, reason: Open., next: Declare., cite: a message}
"""
INTEREST = """into: US
title: Interest
cite: a statute
days_in_year: 365
days_in_leap_year: 366
classes: {corporation: a corporation, other: anyone else}
quarters:
  - {from: 2025-01-01, until: 2025-04-01, rates: {corporation: 6%, other: 7%}, citation: a ruling, sources: [{note: read}], confidence: published}
  - {from: 2025-04-01, until: 2025-07-01, rates: {corporation: 5%, other: 6%}, derived: [corporation], citation: a ruling, sources: [{note: read}], confidence: reported}
"""
DAYS = """US:
  cite: a rule
  holidays:
    - {name: New Year, month: 1, day: 1}
    - {name: Thanksgiving, month: 11, weekday: thursday, nth: 4}
"""
RIGHTS = "- {id: one, title: One, programs: [us-one], process: us-desk, clocks: [window], keep: Protest., cite: a statute, confidence: reported}\n"
FILES = {PROCESS_FILE: PROCESS, INTEREST_FILE: INTEREST, DAYS_FILE: DAYS, RIGHTS_FILE: RIGHTS}
