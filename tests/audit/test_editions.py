"""All shipped editions against the ledger: every disagreement has exactly one reason, and every reason is needed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tidewaiter.audit import Difference, audit_named, say
from tidewaiter.audit.difference import KINDS, NOT_IN_LEDGER, RATE
from tidewaiter.audit.reasons import Reasons
from tidewaiter.audit.run import Audit
from tidewaiter.ledger.regime import Regime
from tidewaiter.schedule.editions import read_table

EDITIONS_AT_HAND = 44

Found = tuple[Audit, list[str], list[Difference]]


@pytest.fixture(scope="module")
def found() -> Iterator[Found]:
    audit = Audit.load()
    editions = list(audit.editions("all"))
    yield audit, [one.name for one in editions], [one for printed in editions for one in audit.of(printed)]


@pytest.mark.slow
def test_every_edition_at_hand_is_audited(found: Found) -> None:
    assert found[1] == [entry.name for entry in read_table() if entry.at_hand]
    assert len(found[1]) == EDITIONS_AT_HAND


@pytest.mark.slow
def test_every_disagreement_has_a_reason(found: Found) -> None:
    assert [say(one) for one in found[2] if not one.reason] == []


@pytest.mark.slow
def test_no_disagreement_has_two_reasons(found: Found) -> None:
    audit, _, differences = found
    assert [say(one) for one in differences if len(audit.reasons.of(one)) > 1] == []


@pytest.mark.slow
def test_no_reason_is_wider_than_what_it_explains(found: Found) -> None:
    audit, _, differences = found
    last_place = max(place for place, entry in enumerate(read_table()) if entry.at_hand)
    assert list(audit.reasons.idle(differences, last_place)) == []


@pytest.mark.slow
def test_an_idle_reason_would_be_told(found: Found) -> None:
    audit, _, differences = found
    code = "9903.55.01"
    left = [one for one in differences if one.what != code]
    assert any(code in told for told in audit.reasons.idle(left, 0))


@pytest.mark.slow
def test_no_edition_rates_a_heading_otherwise_but_one_a_day_early_and_stages(found: Found) -> None:
    # Bare rates that the audit reads as all-in: U.S. note 3 makes two of them cumulative, note 30 puts two in place of column 2.
    bare = {"9903.41.05": "40%", "9903.41.10": "40%", "9903.90.08": "35%", "9903.90.09": "70%"}
    rates = [one for one in found[2] if one.kind == "rate"]
    assert {one.what: one.ledger for one in rates if one.what in bare and one.printed == one.ledger} == bare
    rated = {(one.edition, one.what) for one in rates if one.what not in bare and not one.what.startswith("9903.45")}
    assert rated == {("2025 rev 27", "9903.01.24")}  # EO 14357: 10% from 10 November 2025


def test_a_rate_is_explained_value_by_value() -> None:
    assert all(reason.ledger for reason in Reasons.load().listed if reason.kind == RATE)


@pytest.mark.slow
def test_headings_that_name_china_and_are_in_no_program_are_those_listed(found: Found) -> None:
    """Tires (over since 2012) and the expired or derived headings of Section 301; nothing of China hides in a family."""
    audit, _, differences = found
    lacking = {one.what for one in differences if one.kind == NOT_IN_LEDGER}
    naming = {
        code
        for printed in audit.editions("2026 rev 4")
        for code, row in printed.headings.items()
        if code in lacking and any(name in row.text for name in ("China", "Hong Kong", "Macau"))
    }
    assert {code for code in naming if not code.startswith("9903.88")} == set()
    refused = {fact.name for fact in Regime.load().ledger.facts.values() if fact.refused}
    assert {code for code in naming if code.startswith("9903.88")} <= refused


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_explained_in_words(kind: str) -> None:
    assert KINDS[kind]


def test_one_edition_by_its_name() -> None:
    differences = audit_named("2025 rev 12")
    assert {one.edition for one in differences} == {"2025 rev 12"}
    assert {one.on for one in differences} == {"2025-05-14"}
    assert all(one.reason for one in differences)
    assert "9903.01.63" not in {one.what for one in differences}  # 34%, and suspended, in both
