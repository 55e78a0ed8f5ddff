"""Where answers go: files that cannot be written, kinds that are not, and questions that cannot be meant."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from tidewaiter.cli.app import app

SHORT = ["averages", "--origins", "CN", "--from", "2025-01-01", "--to", "2025-01-02"]


@pytest.mark.parametrize("name", ["x.csv", "x.jsonl", "x.parquet"])
def test_a_place_that_cannot_be_written_is_an_error_and_no_trace(tmp_path: Path, name: str) -> None:
    said = CliRunner().invoke(app, [*SHORT, "-o", str(tmp_path / "none" / name)])
    assert (said.exit_code, said.output.startswith("error: cannot_write")) == (2, True)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    said = CliRunner().invoke(app, [*SHORT, "-o", str(tmp_path / "x.csv" / "..")])
    assert said.exit_code == 2


@pytest.mark.parametrize("name", ["x.xlsx", "x", "x.txt"])
def test_a_kind_of_file_that_is_not_written_is_refused_and_not_written_as_another(tmp_path: Path, name: str) -> None:
    said = CliRunner().invoke(app, [*SHORT, "-o", str(tmp_path / name)])
    assert (said.exit_code, "bad_file_type" in said.output) == (2, True)
    assert not (tmp_path / name).exists()


def test_a_panel_of_no_product_is_refused(tmp_path: Path) -> None:
    said = CliRunner().invoke(app, ["panel", "-o", str(tmp_path / "panel"), "--products", "9999"])
    assert (said.exit_code, "unknown_number" in said.output) == (2, True)


@pytest.mark.parametrize(("vat", "fee"), [("9", "1332.00"), ("9%", "1332.00"), ("0", "0.00")])
def test_a_rate_of_value_added_tax_is_a_percentage(vat: str, fee: str) -> None:
    """Soybeans, 1 October 2025: 48% of duty (see test_china_lines), 9% on 14,800."""
    words = ["duty", "1201.90.11", "--into", "CN", "--origin", "US", "--value", "10000", "--on", "2025-10-01"]
    assert fee in CliRunner().invoke(app, [*words, "--vat", vat, "--json"]).stdout
    refused = CliRunner().invoke(app, [*words, "--vat", "0.09"])
    assert (refused.exit_code, "bad_number" in refused.output) == (2, True)
