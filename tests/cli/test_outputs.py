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


def test_a_value_added_tax_where_there_is_none_is_not_passed_over(tmp_path: Path) -> None:
    """fees.yaml: the United States have no value-added tax on imports, China has."""
    words = ["duty", "9503.00.0073", "--origin", "CN", "--value", "10000", "--on", "2026-08-01", "--vat", "9"]
    said = CliRunner().invoke(app, words)
    assert (said.exit_code, said.stdout) == (2, "")
    assert said.stderr == (
        "error: vat_not_applied: imports into US pay no VAT\n  hint: leave --vat out, or name the country: --into CN\n"
    )
    assert "error: not_covered" in CliRunner().invoke(app, [*words, "--into", "XX"]).stderr
    lines = tmp_path / "lines.csv"
    line = "9503.00.0073,CN,10000,2026-08-01"
    lines.write_text(f"hts,origin,value,entered_at,into\n{line},\n{line},US\n")
    file = ["assess", str(lines), "--vat", "9", "--json"]
    said = CliRunner().invoke(app, file)
    assert said.exit_code == 0
    assert said.stderr.startswith("vat_not_applied: no line is into a country")
    lines.write_text(f"{lines.read_text()}1201.90.11,US,10000,2025-10-01,CN\n")
    both = CliRunner().invoke(app, file)
    assert (both.stderr, "1332.00" in both.stdout) == ("", True)


@pytest.mark.parametrize(("vat", "fee"), [("9", "1332.00"), ("9%", "1332.00"), ("0", "0.00")])
def test_a_rate_of_value_added_tax_is_a_percentage(vat: str, fee: str) -> None:
    """Soybeans, 1 October 2025: 48% of duty (see test_china_lines), 9% on 14,800."""
    words = ["duty", "1201.90.11", "--into", "CN", "--origin", "US", "--value", "10000", "--on", "2025-10-01"]
    assert fee in CliRunner().invoke(app, [*words, "--vat", vat, "--json"]).stdout
    refused = CliRunner().invoke(app, [*words, "--vat", "0.09"])
    assert (refused.exit_code, "bad_number" in refused.output) == (2, True)
