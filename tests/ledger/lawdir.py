"""Small law directories for the tests: a whole law in a few lines, and one change at a time."""

from __future__ import annotations

from pathlib import Path

from tidewaiter.ledger.errors import LawError, Problem
from tidewaiter.ledger.regime import Regime
from tidewaiter.ledger.snapshot import compile_law, find_scenario

ACT = """
id: act-1
kind: notice
by: US
title: The first act
announced: 2025-01-10
citation: 90 FR 1
sources: [{url: "https://www.federalregister.gov/d/1", kind: primary}]
confidence: published
effects:
  - {at: "2025-02-01 00:01 America/New_York", impose: us/9903.01.01, rate: 10%}
"""
PROGRAM = """
id: us-one
title: Program one
authority: IEEPA
into: US
reporting_order: 10
headings:
  - {code: 9903.01.01, kind: duty, when: {origin: [CN]}}
"""
SMALL = {
    "jurisdictions.yaml": "US: {zone: America/New_York, authorities: {IEEPA: the act, Section 301: the other act}}\n",
    "coverage.yaml": '- {into: US, origins: [CN, HK], from: "2018-07-06 00:01 America/New_York"}\n',
    "groups.yaml": "TWO:\n  - {country: [CN, HK]}\n",
    "fees.yaml": "- {code: FEE, into: US, title: A fee, rate: 1%, cite: a statute}\n",
    "facts/us.yaml": "claims: {donation: {text: A donation?}}\nscopes: {part: {text: A part?}}\n"
    "facts: {steel_value: {type: money, unit: USD, text: Steel?}}\n",
    "scenarios/law.yaml": "id: law\ntitle: The law\nexplanation: As published.\n",
    "scenarios/as-reported.yaml": "id: as-reported\ntitle: Reported\nexplanation: As reported.\ninclude: reported\n",
    "programs/us-one.yaml": PROGRAM,
    "acts/2025/2025-01-10-act-1.yaml": ACT,
    "lists/us-list.csv": "# title: A list\n# citation: a note\nprefix,class,from,act\n8507,a,2025-02-01,act-1\n",
}


def act(name: str, announced: str, *effects: str, **fields: str) -> dict[str, str]:
    """One more act file: its effects as YAML flow maps, other fields as they stand in the file."""
    told = {"id": name, "kind": "notice", "by": "US", "title": name, "announced": announced, "citation": f"cite {name}"}
    told |= {"sources": '[{note: "read", kind: primary}]', "confidence": "published", **fields}
    text = "".join(f"{word}: {value}\n" for word, value in told.items())
    if effects:
        text += "effects:\n" + "".join(f"  - {effect}\n" for effect in effects)
    return {f"acts/{announced[:4]}/{announced}-{name}.yaml": text}


def edited(text: str, old: str, new: str) -> str:
    """A text with one passage replaced, which must stand there once: a mistake that is not made would prove nothing."""
    assert text.count(old) == 1, old
    return text.replace(old, new)


def put(root: Path, *changes: dict[str, str | None]) -> Path:
    """The small law with files replaced or (``None``) taken away."""
    files: dict[str, str | None] = dict(SMALL)
    for change in changes:
        files |= change
    for name, text in files.items():
        if text is not None:
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return root


def regime_of(
    root: Path, *changes: dict[str, str | None], known_on: str = "2026-12-31", scenario: str = "law"
) -> Regime:
    """The small law, changed, as a regime."""
    ledger, indexes = compile_law(put(root, *changes))
    return Regime(ledger, indexes, known_on, find_scenario(ledger, scenario))


def problems_of(root: Path, *changes: dict[str, str | None]) -> list[Problem]:
    """What the loader has against the small law, changed; nothing where it is sound."""
    try:
        compile_law(put(root, *changes))
    except LawError as error:
        return error.problems
    return []
