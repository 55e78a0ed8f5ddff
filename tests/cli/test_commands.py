"""The command line: what it prints, where errors go, exit codes, and files that are never left half-written."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.assess.contract import faults
from tests.conftest import TOY
from typer.testing import CliRunner, Result

from tidewaiter import __version__
from tidewaiter.cli.app import app

LINE = {"hts": TOY, "origin": "CN", "value": "10000", "entered_at": "2026-08-01"}
DUTY = ["duty", TOY, "--origin", "CN", "--value", "10000", "--on", "2026-08-01", "--known-on", "2026-11-22"]
SCENARIO = """
id: lapse
title: The forced-labor duties end
explanation: Nothing else changes.
acts:
  - id: hypothesis-end
    kind: hypothesis
    by: US
    title: An end
    announced: 2026-11-22
    citation: hypothesis
    sources: [{note: none, kind: secondary}]
    confidence: published
    effects:
      - {at: "2026-12-01 00:01 America/New_York", end: "program:us-301-forced-labor"}
"""


def run(*args: str, stdin: str | bytes = "") -> Result:
    return CliRunner().invoke(app, list(args), input=stdin)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def put(path: Path, *lines: object) -> str:
    path.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))
    return str(path)


# duty


def test_duty_prints_the_layers_and_why() -> None:
    result = run(*DUTY)
    assert result.exit_code == 0
    for said in ("9903.05.31", "1,250.00", "Section 301", "duty and fees", "asked", "HMF 12.50 if by vessel"):
        assert said in result.stdout
    assert result.stderr == ""


def test_a_rate_in_many_words_leaves_room_for_what_it_is() -> None:
    """A Swiss watch: 40 cents each and a rate for each of its parts (9102.11.45); 15% in all (9903.02.83)."""
    parts = {"case": "300", "strap, band or bracelet": "200", "battery": "10"}
    facts = [word for name, value in parts.items() for word in ("--set", f"value of the {name}={value}")]
    watch = [
        "9102.11.4510",
        "--origin",
        "CH",
        "--value",
        "1000",
        "--on",
        "2025-12-20",
        "--quantity",
        "10",
        "--unit",
        "No.",
    ]
    said = run("duty", *watch, *facts).stdout
    assert re.search(r"^9903\.02\.83 +Switzerland, U\.S\.", said, re.MULTILINE), said
    assert "150.00" in said


def test_duty_as_json_keeps_the_contract() -> None:
    result = run(*DUTY, "--json", "--set", "line_id=7", "--set", "transport=vessel", "--set", "smelt_country=ru")
    said = json.loads(result.stdout)
    assert faults("assessment", said) == []
    assert (said["line_id"], said["total_duty"], [fee["code"] for fee in said["fees"]]) == (
        "7",
        "1250.00",
        ["MPF", "HMF"],
    )


def test_duty_explained_step_by_step() -> None:
    result = run(*DUTY, "--explain")
    assert "step by step" in result.stdout
    assert "9903.05.31" in result.stdout.partition("step by step")[2]


def test_duty_options_reach_the_line() -> None:
    loaded = ["--loaded", "2025-04-07", "--transport", "vessel"]
    result = run(*DUTY[:-4], "--entered", "2025-04-20", *loaded, "--known-on", "2025-05-01", "--json")
    said = json.loads(result.stdout)
    assert [layer["heading"] for layer in said["layers"]] == ["9903.01.24", "9903.01.25"]
    assert said["known_on"] == "2025-05-01"


@pytest.mark.parametrize(
    ("args", "code", "status"),
    [
        (["duty", "8507.60.0020", "--origin", "CN", "--value", "1", "--on", "2026-08-01"], "ended_number", 1),
        (["duty", TOY, "--origin", "VN", "--value", "1", "--on", "2018-01-01"], "date_before_coverage", 1),
        (["duty", TOY, "--origin", "CN", "--value", "ten", "--on", "2026-08-01"], "bad_number", 1),
        (["duty", TOY, "--origin", "CN", "--value", "1", "--on", "2026-13-01"], "bad_date", 1),
        (["duty", TOY, "--origin", "CN", "--value", "1", "--known-on", "yesterday"], "bad_date", 2),
        (["duty", TOY, "--origin", "CN", "--value", "1", "--scenario", "peace"], "unknown_scenario", 2),
        (["duty", TOY, "--origin", "CN", "--value", "1", "--set", "steel_value"], "bad_field", 2),
        (["duty", TOY, "--origin", "CN", "--value", "1", "--set", "facts=1"], "bad_field", 1),
        (["duty", TOY, "--origin", "CN", "--value", "1", "--set", "colour=red"], "unknown_fact", 1),
        (["duty", TOY, "--origin", "CN", "--value", "1", "--claim", "donations"], "unknown_claim", 1),
        (["law", "show", "us-eo-99999"], "unknown_name", 1),
        (["law", "show", "9903.88.99"], "unknown_name", 1),
        (["schedule", "show", "abc"], "malformed_number", 2),
        (["schedule", "show", "9999.99"], "unknown_number", 2),
        (["schedule", "show", "8507", "--on", "tomorrow"], "bad_date", 2),
        (["assess", "no-such-file.csv"], "file_not_found", 2),
    ],
)
def test_errors_go_to_standard_error_with_their_code(args: list[str], code: str, status: int) -> None:
    result = run(*args)
    assert result.exit_code == status
    assert result.stderr.startswith(f"error: {code}: ")
    assert result.stdout == ""
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("args", "what", "instead"),
    [
        (
            ["compare", TOY, "--origins", "US", "--value", "1"],
            "compared for imports into US only",
            "tidewaiter duty HTS --into",
        ),
        (
            ["law", "changes", "--since", "2026-07-01"],
            "with --skus of products into US only",
            "tidewaiter diff DATE DATE --into",
        ),
        (["status"], "tells both sides", "tidewaiter averages --into CODE"),
        (["timeline"], "the acts of all sides", "--by CODE"),
    ],
)
def test_a_command_of_one_importing_country_says_what_answers_for_another(
    args: list[str], what: str, instead: str
) -> None:
    result = run(*args, "--into", "CN")
    assert result.exit_code == 2
    assert result.stderr.startswith("error: not_covered: --into CN: ")
    assert what in result.stderr
    assert instead in result.stderr.partition("\n  hint: ")[2]
    assert "--into" not in run(*args[: 2 if args[0] == "law" else 1], "--help").stdout


def test_a_number_that_china_does_not_have_is_sought_in_its_own_tariff() -> None:
    """9903.01.63 is a heading of the United States; below subheadings China's tariff of 2022 and after is not at hand."""
    china = ["--into", "CN", "--origin", "US", "--value", "1", "--on", "2025-10-01"]
    unknown = run("duty", "9903.01.63", *china).stderr
    assert "hint: find it by its description: tidewaiter schedule search WORDS --into CN\n" in unknown
    assert "hint: nearest: 1201.90\n" in run("schedule", "show", "1201.90.99", "--into", "CN").stderr
    assert "hint: nearest: 8507.90.4000 " in run("schedule", "show", "8507.99").stderr


def test_a_bare_year_is_no_day() -> None:
    hint = "  hint: a year is not enough: write a day, such as 2016-01-01\n"
    assert run(*DUTY[:-4], "--on", "2016").stderr == f"error: bad_date: entered_at '2016' is no date\n{hint}"
    assert run("status", "--on", "2016").stderr == f"error: bad_date: --on '2016' is no date\n{hint}"


def test_a_refused_line_as_json() -> None:
    result = run("duty", "8507.60.0020", "--origin", "CN", "--value", "1", "--on", "2026-08-01", "--json")
    said = json.loads(result.stdout)
    assert result.exit_code == 1
    assert faults("error", said) == []
    assert said["error"]["code"] == "ended_number"


@pytest.mark.parametrize("args", [["duty"], ["duty", TOY], ["duty", TOY, "--origin", "CN"], ["assess"], ["nonsense"]])
def test_wrong_usage_is_exit_code_2(args: list[str]) -> None:
    assert run(*args).exit_code == 2


# help


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["-h"], "Not legal advice"),
        (["duty", "--help"], "tidewaiter duty 8507.60.0090"),
        (["assess", "--help"], "exit code is 1"),
        (["law", "--help"], "check"),
        (["law", "show", "--help"], "us-eo-14298"),
        (["law", "audit", "--help"], "without a reason"),
        (["schedule", "--help"], "search"),
        (["schedule", "show", "--help"], "tidewaiter schedule show 8507.60"),
    ],
)
def test_help(args: list[str], said: str) -> None:
    result = run(*args)
    assert result.exit_code == 0
    assert said in " ".join(result.stdout.split())


def test_version() -> None:
    assert run("--version").stdout == f"tidewaiter {__version__}\n"


# assess


def test_assess_answers_every_line_and_counts_the_refused(tmp_path: Path) -> None:
    file = put(tmp_path / "lines.jsonl", LINE, {**LINE, "value": "x"}, "{", {**LINE, "line_id": "last"})
    result = run("assess", file, "--json")
    said = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 1
    assert [one.get("total_duty") or one["error"]["code"] for one in said] == [
        "1250.00",
        "bad_number",
        "malformed_json",
        "1250.00",
    ]
    assert [one["line_id"] for one in said] == ["1", "2", "3", "last"]
    for one in said:
        assert faults("error" if "error" in one else "assessment", one) == []


def test_assess_prints_a_table_otherwise(tmp_path: Path) -> None:
    result = run("assess", put(tmp_path / "lines.jsonl", LINE, {**LINE, "origin": "XX"}))
    assert result.exit_code == 1
    assert "1 line(s) answered, 1 refused: duty 1,250.00" in result.stdout
    assert "unknown_origin" in result.stdout


def test_assess_reads_standard_input() -> None:
    result = run("assess", "-", "--json", stdin=b"\xef\xbb\xbf" + json.dumps(LINE).encode())
    assert result.exit_code == 0
    assert json.loads(result.stdout)["total_duty"] == "1250.00"
    assert run("assess", "-", "--json", stdin=b"\xff\xff").exit_code == 2


def test_whole_dollars_sort_and_known_on_reach_the_engine(tmp_path: Path) -> None:
    entries = [{**LINE, "value": "0.50", "entry_id": one} for one in ("A", "B", "A")]
    file = put(tmp_path / "lines.jsonl", *entries)
    assert run("assess", file, "--json").exit_code == 1
    result = run("assess", file, "--json", "--sort", "--whole-dollars", "--known-on", "2026-07-01")
    said = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert {(one["value"], one["total_duty"], one["known_on"]) for one in said} == {("1.00", "0.00", "2026-07-01")}


def test_output_goes_to_a_file(tmp_path: Path) -> None:
    file, output = put(tmp_path / "lines.jsonl", LINE, {**LINE, "value": "x"}), tmp_path / "out.jsonl"
    output.write_text("old")
    result = run("assess", file, "-o", str(output))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "1 line(s) refused" in result.stderr
    assert len(output.read_text().splitlines()) == 2
    assert names(tmp_path) == ["lines.jsonl", "out.jsonl"]


@pytest.mark.parametrize("content", ["hts,value\n1,2\n\xff", 'hts,value\n1,2\n1,"2\n', "hts,hts\n", ""])
def test_a_file_that_fails_leaves_nothing_and_what_was_there(tmp_path: Path, content: str) -> None:
    file, output = tmp_path / "lines.csv", tmp_path / "out.jsonl"
    file.write_bytes(content.encode("latin-1"))
    output.write_text("old")
    result = run("assess", str(file), "-o", str(output))
    assert result.exit_code == 2
    assert output.read_text() == "old"
    assert names(tmp_path) == ["lines.csv", "out.jsonl"]


@pytest.mark.parametrize("place", ["missing/out.jsonl", "lines.jsonl/out.jsonl", "."])
def test_an_output_that_cannot_be_written(tmp_path: Path, place: str) -> None:
    file = put(tmp_path / "lines.jsonl", LINE)
    result = run("assess", file, "-o", str(tmp_path / place))
    assert result.exit_code == 2
    assert result.stderr.startswith("error: cannot_write: ")
    assert names(tmp_path) == ["lines.jsonl"]
    assert not list(tmp_path.parent.glob(".*.tmp"))


def test_a_scenario_file(tmp_path: Path) -> None:
    scenario = put(tmp_path / "lapse.yaml", SCENARIO)
    duty = [*DUTY[:6], "--on", "2026-12-02", "--known-on", "2026-11-22", "--json"]
    law, lapse = (json.loads(run(*duty, *more).stdout) for more in ([], ["--scenario", scenario]))
    assert ([layer["heading"] for layer in law["layers"]], law["scenario"]) == (["9903.05.31"], "law")
    assert (lapse["layers"], lapse["scenario"]) == ([], "lapse")


def test_a_scenario_with_a_mistake_names_file_and_line(tmp_path: Path) -> None:
    scenario = put(tmp_path / "lapse.yaml", SCENARIO.replace("end:", "stop:"))
    result = run(*DUTY, "--scenario", scenario)
    assert result.exit_code == 2
    assert f"{scenario}:15: an effect has exactly one verb" in result.stderr


# law and schedule


def test_law_check() -> None:
    result = run("law", "check")
    assert (result.exit_code, result.stdout) == (0, "the law's data is sound\n")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("us-eo-14298", "announced 2025-05-12"),
        ("9903.01.63", "suspended"),
        ("us/9903.01.63", "suspended"),
        ("us-reciprocal", "9903.01.25"),
        ("us-annex-ii", "rows on"),
        ("case:ieepa", "us-cit-25-66 (CIT Slip Op. 25-66 (Court Nos. 25-00066 and 25-00077))"),
        ("talks:us-china", "Fox News, Special Report, 29 May 2025, reported)"),
    ],
)
def test_law_show(name: str, said: str) -> None:
    result = run("law", "show", name)
    assert result.exit_code == 0
    assert said in result.stdout


@pytest.mark.parametrize("name", ["9903.01.63", "9903.80.01", "us-reciprocal", "us-232-steel"])
def test_law_show_says_nothing_twice(name: str) -> None:
    """Headings have a row for each time in which other conditions hold: what they are is the same, and said once."""
    title, *lines = run("law", "show", name).stdout.splitlines()
    assert lines.count(title) == 0
    assert len(lines) == len(set(lines))


def test_law_show_gives_the_title_of_a_heading_with_all_its_citations() -> None:
    """U.S. note 2(v); CSMS 65201773 for goods on the water: rows of one heading."""
    title, following = run("law", "show", "9903.01.63").stdout.splitlines()[:2]
    assert title == (
        "9903.01.63: duty, China, Hong Kong and Macau (U.S. note 2(v); CSMS 65201773); Reciprocal tariff (IEEPA)"
    )
    assert following == "  history:"


def test_law_show_from_another_day() -> None:
    assert "no act known on 2024-01-01" in run("law", "show", "9903.01.63", "--known-on", "2024-01-01").stdout


def test_law_claims() -> None:
    text, data = run("law", "claims"), run("law", "claims", "--json")
    rows = json.loads(data.stdout)
    assert {"claims", "scopes", "facts"} == {row["group"] for row in rows}
    assert all(row["text"] for row in rows)
    assert all(row["name"] in text.stdout for row in rows)


def test_schedule_show_and_search() -> None:
    assert "8507.60.0090" in run("schedule", "show", "8507.60").stdout
    assert "8507.60.0020" in run("schedule", "show", "8507.60", "--on", "2025-06-01").stdout
    assert json.loads(run("schedule", "show", "8507.60", "--json").stdout)
    found = run("schedule", "search", "lithium battery", "--limit", "3")
    assert (found.exit_code, "8507" in found.stdout) == (0, True)
    assert run("schedule", "search", "perpetuum mobile").exit_code == 1


# whole processes


def process(args: Sequence[str], **options: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tidewaiter", *args]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, **options)  # type: ignore[call-overload, no-any-return]


def test_a_reader_that_closes_the_pipe_early_is_no_error(tmp_path: Path) -> None:
    file = put(tmp_path / "lines.jsonl", *[LINE] * 400)
    command = f"{sys.executable} -m tidewaiter assess {file} --json | head -1; echo ${{PIPESTATUS[0]}}"
    ended = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=120, check=True)
    first, status = ended.stdout.splitlines()
    assert json.loads(first)["total_duty"] == "1250.00"
    assert (status, ended.stderr) == ("0", "")


def test_the_engine_reads_no_clock_and_the_command_passes_today() -> None:
    said = json.loads(process(["duty", TOY, "--origin", "CN", "--value", "1", "--json"]).stdout)
    assert said["known_on"] == said["entered_at"]


def test_the_single_line_path_imports_nothing_heavy() -> None:
    heavy = "pyarrow polars duckdb pydantic numpy pandas"
    code = (
        "import sys; from tidewaiter.cli.app import app\n"
        "try: app(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        f"print([name for name in {heavy.split()} if name in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", code, *DUTY], capture_output=True, text=True, timeout=120, check=True)
    assert ended.stdout.splitlines()[-1] == "[]"
