"""``tidewaiter law audit``: the exit code says whether a difference stands without a reason."""

from __future__ import annotations

import json

from typer.testing import CliRunner

from tidewaiter.cli.app import app

run = CliRunner().invoke


def test_a_shipped_edition_stands_with_reasons() -> None:
    result = run(app, ["law", "audit", "2026 rev 10", "--explained", "--json"])
    assert result.exit_code == 0
    told = {(one["what"], one["kind"]) for one in json.loads(result.stdout)}
    assert ("9903.01.24", "printed_after_end") in told  # no IEEPA duty since 24 February 2026 (CSMS 67834313)
    assert ("8507.60.00", "footnote_differs") in told  # all of it in note 31(g) since 2026


def test_a_difference_without_a_reason_is_an_error() -> None:
    result = run(app, ["law", "audit", "2025 rev 12", "--on", "2025-04-15"])
    assert result.exit_code == 1
    assert "9903.01.63 suspended_note" in result.stdout


def test_an_unknown_edition_is_told() -> None:
    assert run(app, ["law", "audit", "2024 rev 3"]).exit_code == 2
