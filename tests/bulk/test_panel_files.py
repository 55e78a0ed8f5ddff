"""Panels on disk: partitioned by origin, written whole or not at all, linked where the law is the same."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import polars as pl
import pyarrow.parquet as pq
import pytest
from polars.testing import assert_frame_equal
from tests import profiles
from tests.bulk.panels import kernel, panel
from tests.conftest import TODAY, engine_seen_from, shipped_schedule
from typer.testing import CliRunner

from tidewaiter import Regime
from tidewaiter.assess.errors import FileError, LineError
from tidewaiter.bulk.kernel import Kernel
from tidewaiter.bulk.panel import ORIGIN, Panel, PanelOptions
from tidewaiter.bulk.panel_files import META, read_meta, write_panel
from tidewaiter.cli.app import app
from tidewaiter.ledger.instants import FOREVER, parse_instant
from tidewaiter.ledger.model import Act, Effect, Scenario, Source

BATTERIES = ("8507.60", "9503000073", "7208101500", "8703230190")
PLACES = ("CN", "VN", "DE", "FR", "CA", "BR")
FIRST = parse_instant("2025-01-01")
OPTIONS: dict[str, Any] = {"origins": PLACES, "products": BATTERIES, "start": FIRST}


def read(folder: Path) -> pl.DataFrame:
    frame = pl.scan_parquet(folder / "*/*.parquet", hive_partitioning=True).collect()
    return frame.with_columns(pl.col(pl.Categorical).cast(pl.String)).select(ORIGIN, pl.exclude(ORIGIN))


def test_what_is_read_back_is_what_was_found(tmp_path: Path) -> None:
    done = write_panel(panel(**OPTIONS), tmp_path / "panel")
    frame = panel(**OPTIONS).frame()
    assert_frame_equal(
        read(tmp_path / "panel").sort(ORIGIN, "hts", "valid_from"), frame.sort(ORIGIN, "hts", "valid_from")
    )
    assert sum(done.rows.values()) == frame.height
    schema = pq.read_schema(tmp_path / "panel" / "origin=CN" / "part-0.parquet")
    assert schema.names == panel(**OPTIONS).schema.names
    # Rates are stored in 32 bits.
    file = pq.ParquetFile(tmp_path / "panel" / "origin=CN" / "part-0.parquet")
    assert file.schema.column(schema.names.index("total_rate")).physical_type == "INT32"


def test_the_folder_says_what_it_is(tmp_path: Path) -> None:
    write_panel(panel(**OPTIONS), tmp_path / "panel")
    meta = read_meta(tmp_path / "panel")
    assert (meta["known_on"], meta["scenario"], meta["layout"]) == (TODAY, "law", "wide")
    assert meta["begins"]["VN"] == "2025-01-01T00:01:00-05:00"
    assert meta["until"] is None
    assert meta["schedule"]["editions"][-1] == "2026 rev 10"
    assert set(meta["rows"]) == set(PLACES)
    assert meta["programs"]["us_301_china"]["authority"] == "Section 301"
    assert list(meta["columns"])[:3] == ["origin", "hts", "valid_from"]


def test_origins_that_the_law_treats_alike_share_a_file(tmp_path: Path) -> None:
    write_panel(panel(**OPTIONS), tmp_path / "panel")
    france, germany = ((tmp_path / "panel" / f"origin={one}" / "part-0.parquet").stat() for one in ("FR", "DE"))
    assert france.st_ino == germany.st_ino
    assert france.st_ino != (tmp_path / "panel" / "origin=CN" / "part-0.parquet").stat().st_ino


def test_the_first_days_are_those_of_coverage() -> None:
    several = Panel(kernel(), PanelOptions(origins=("CN", "VN"), products=("9503000073",))).frame()
    first = dict(several.group_by(ORIGIN).agg(pl.col("valid_from").min()).iter_rows())
    # List 1 (83 FR 28710) began on 6 July 2018 at 00:01 Eastern.
    assert str(first["CN"]) == "2018-07-06 04:01:00+00:00"
    assert str(first["VN"]) == "2025-01-01 05:01:00+00:00"


def test_days_cut_the_rows() -> None:
    day = {"start": parse_instant("2025-04-09"), "end": parse_instant("2025-04-10")}
    toy = panel(products=("9503000073",), origins=("CN",), **day).frame()
    # EO 14259: 84 percent on top of 20 on that one day.
    assert toy["total_rate"].to_list() == [Decimal("1.04")]
    assert toy["valid_until"].to_list() == [None]


def test_chosen_programs_get_columns_and_totals_count_all() -> None:
    several = {"products": ("8507600090",), "origins": ("CN",), "start": parse_instant("2026-11-22")}
    frame = panel(programs=("us_301_china",), **several).frame()
    assert [name for name in frame.columns if name.startswith("us_")] == ["us_301_china"]
    # 3.4 and 25 (89 FR 76581) and 12.5 percent (91 FR 47318).
    assert frame["total_rate"].to_list() == [Decimal("0.409")]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"origins": ("Narnia",)}, "unknown_origin"),
        ({"products": ("9x",)}, "malformed_number"),
        ({"products": ("7799",)}, "unknown_number"),
        ({"programs": ("us-999",)}, "unknown_program"),
        ({"start": parse_instant("2018-01-01")}, "date_before_coverage"),
        ({"start": parse_instant("2026-01-01"), "end": parse_instant("2025-01-01")}, "bad_date"),
    ],
)
def test_what_cannot_be_is_refused(options: dict[str, Any], code: str) -> None:
    with pytest.raises(LineError) as caught:
        panel(**{"origins": ("CN",), "products": ("9503",), **options})
    assert caught.value.code == code


def test_nothing_but_a_panel_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(FileError) as caught:
        write_panel(panel(**OPTIONS), tmp_path / "mine")
    assert caught.value.code == "not_a_panel"
    assert (tmp_path / "mine" / "letter.txt").read_text() == "dear"
    write_panel(panel(**OPTIONS), tmp_path / "panel")
    write_panel(panel(**{**OPTIONS, "origins": ("CN",)}), tmp_path / "panel")
    assert {one.name for one in (tmp_path / "panel").iterdir()} == {META, "origin=CN"}
    assert {one.name for one in tmp_path.iterdir()} == {"mine", "panel"}


def test_killed_half_way_nothing_stands_under_the_name(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "tidewaiter",
        "panel",
        "-o",
        str(tmp_path / "panel"),
        "--origins",
        "CN,BR,CA,IN,JP,RU,GB",
    ]
    run = subprocess.Popen([*command, "--known-on", TODAY], stderr=subprocess.DEVNULL)
    beside = tmp_path / ".panel.tmp"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and run.poll() is None and not list(beside.glob("origin=*")):
        time.sleep(0.01)
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    assert list(beside.glob("origin=*"))
    assert not (tmp_path / "panel").exists()
    write_panel(panel(**OPTIONS), tmp_path / "panel")
    assert {one.name for one in tmp_path.iterdir()} == {"panel"}


# Scenarios


def scenario_of(*effects: Effect) -> Scenario:
    source = Source("", "primary", "made up")
    act = Act(
        "hypothesis", "hypothesis", "US", "A hypothesis", "2026-11-23", 0, "none", (source,), "unverified", "made up", "", "", "",
        (), effects, "made-up.yaml",
    )  # fmt: skip
    return Scenario("what-if", "What if", "made up", False, (act,))


def random_effect(draw: Random) -> Effect:
    """Something done to a heading that once lived: ended, suspended for a while, or given another rate."""
    regime = engine_seen_from().regime
    keys = sorted(key for key, track in regime.tracks.items() if any(state.live for state in track.states()[1]))
    at = draw.choice([one for one in regime.cuts if one > FIRST]) + draw.choice([0, 86_400 * 20])
    verb = draw.choice(["end", "suspend", "set_rate"])
    until = at + 86_400 * 90 if verb == "suspend" else FOREVER
    rate = "33%" if verb == "set_rate" else ""
    return Effect(verb, at, (draw.choice(keys),), until, rate)


@pytest.mark.parametrize("seed", range(4 if profiles.name() == "ci" else 100))
def test_what_a_scenario_takes_over_is_what_it_would_have_compiled(seed: int, tmp_path: Path) -> None:
    law = engine_seen_from().regime
    regime = law.under(scenario_of(random_effect(Random(seed)), random_effect(Random(seed + 1000))))
    products = (*BATTERIES, "2804610000", "8541430080", "4407110002", "4101", "8708295060")
    options = PanelOptions(**{**OPTIONS, "origins": ("CN", "VN", "DE", "CA", "RU", "IN"), "products": products})
    Panel(kernel(), options).groups()
    taken_over = Panel(Kernel(regime, shipped_schedule(), like=kernel()), options).frame()
    compiled = Panel(Kernel(regime, shipped_schedule()), options).frame()
    assert_frame_equal(taken_over, compiled)


def test_only_what_a_scenario_changes_is_written_anew(tmp_path: Path) -> None:
    write_panel(panel(**OPTIONS), tmp_path / "law")
    # The forced-labor heading of Vietnam alone ends.
    effect = Effect("end", parse_instant("2026-12-15"), ("us/9903.05.84",))
    regime = engine_seen_from().regime.under(scenario_of(effect))
    what_if = Kernel(regime, shipped_schedule(), like=kernel())
    wanted = Panel(what_if, PanelOptions(**OPTIONS))
    done = write_panel(wanted, tmp_path / "what-if", base=kernel(), changed_from=tmp_path / "law")
    assert done.linked == len(PLACES) - 1
    inode = {one: (tmp_path / one / "origin=CN" / "part-0.parquet").stat().st_ino for one in ("law", "what-if")}
    assert inode["law"] == inode["what-if"]
    assert_frame_equal(read(tmp_path / "what-if"), wanted.frame().sort(ORIGIN, maintain_order=True))
    last = read(tmp_path / "what-if").filter(pl.col("valid_until").is_null(), pl.col("hts") == "9503000073")
    rates = dict(last.select(ORIGIN, "us_301_forced_labor").iter_rows())
    assert rates["VN"] is None
    assert rates["CN"] == Decimal("0.125")


def test_a_panel_of_another_shape_is_no_base(tmp_path: Path) -> None:
    write_panel(panel(**OPTIONS), tmp_path / "law")
    with pytest.raises(FileError) as caught:
        write_panel(
            panel(**{**OPTIONS, "products": ("8507",)}), tmp_path / "x", base=kernel(), changed_from=tmp_path / "law"
        )
    assert caught.value.code == "panel_differs"


# The command, Python, and the questions of docs/panel.md


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    end = "id: hypothesis-end\n    kind: hypothesis\n    by: US\n    title: An end\n    announced: 2026-11-22\n"
    end += "    citation: none\n"
    end += "    sources: [{note: made up, kind: primary}]\n    confidence: unverified\n    summary: It ends.\n"
    end += '    effects: [{at: "2026-12-15 00:01 America/New_York", end: us/9903.05.31}]\n'
    Path("my-acts.yaml").write_text(f"id: mine\ntitle: Mine\nexplanation: Mine.\nacts:\n  - {end}")
    small = ["--origins", "CN,EU", "--products", "8507,9503", "--known-on", TODAY]
    result = CliRunner().invoke(app, ["panel", "-o", "panel", *small, "--json"])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert (told["origins"], told["linked"]) == (28, 0)
    more = ["--scenario", "my-acts.yaml", "--changed-from", "panel", "--json"]
    result = CliRunner().invoke(app, ["panel", "-o", "what-if", *small, *more])
    assert json.loads(result.stdout)["linked"] == 27
    result = CliRunner().invoke(app, ["panel", "-o", "-", "--origins", "CN", "--products", "9503000073"])
    assert result.stdout.splitlines()[1].startswith("CN,9503000073,2018-07-06T04:01:00")
    result = CliRunner().invoke(app, ["panel", "-o", "x", "--origins", "Narnia"])
    assert (result.exit_code, "unknown_origin" in result.output) == (2, True)


def test_from_python(tmp_path: Path) -> None:
    regime = Regime.load(TODAY)
    frame = regime.panel(origins=["CN"], products=["8507.60.00.90"], start="2026-11-22", end="2026-11-22")
    assert frame["total_rate"].to_list() == [Decimal("0.409")]
    done = regime.write_panel(tmp_path / "panel", origins=["CN"], products=["8507.60.00.90"], layers=True)
    assert sum(done.rows.values()) == read(tmp_path / "panel").height


DOCS = Path(__file__).resolve().parents[2] / "docs" / "panel.md"
QUERIES = [part.partition("```")[0] for part in DOCS.read_text(encoding="utf-8").split("```sql\n")[1:]]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> list[list[tuple[Any, ...]]]:
    """What DuckDB answers to each query of the page, on a panel of a few products and origins."""
    folder = tmp_path_factory.mktemp("queries")
    options = {**OPTIONS, "products": (*BATTERIES, "2402208000", "0402910600", "2804610000", "8541430080")}
    write_panel(panel(**options), folder / "panel")
    effect = Effect("end", parse_instant("2026-12-15"), ("us/9903.05.31",))
    regime = engine_seen_from().regime.under(scenario_of(effect))
    write_panel(Panel(Kernel(regime, shipped_schedule(), like=kernel()), PanelOptions(**options)), folder / "what-if")
    with duckdb.connect() as database:
        return [
            database.sql(
                query.replace("'panel/", f"'{folder}/panel/").replace("'what-if/", f"'{folder}/what-if/")
            ).fetchall()
            for query in QUERIES
        ]


def test_every_query_of_the_page_answers(answers: list[list[tuple[Any, ...]]]) -> None:
    assert len(answers) == 7
    assert all(answers)


def test_the_answers_are_the_law(answers: list[list[tuple[Any, ...]]]) -> None:
    day, changes, chapters, jumps, falls, scenario, quantities = answers
    # 89 FR 76581 (25 percent from 2026) and 91 FR 47318 (12.5 percent).
    assert [(row[0], row[4]) for row in day] == [("CN", Decimal("0.409")), ("VN", Decimal("0.159"))]
    assert [(str(row[0]), row[1]) for row in changes][3:6] == [
        ("2025-04-05", Decimal("0.3")),
        ("2025-04-09", Decimal("1.04")),
        ("2025-04-10", Decimal("1.45")),
    ]
    assert {row[0] for row in chapters} == {"72", "85", "87", "95", "28"}
    # From 20 to 145 percent: EO 14257, 14259, 14266.
    assert (jumps[0][0], jumps[0][4]) == ("CN", Decimal("1.25"))
    assert {row[0]: row[2] for row in falls}["VN"] == 0.125
    assert {row[0] for row in scenario} == {"CN"}
    assert all(row[2] - row[3] == Decimal("0.125") for row in scenario if row[2] is not None and row[3] is not None)
    told = {row[0]: row for row in quantities}
    assert set(told) >= {"2402208000", "0402910600", "2804610000"}
    assert told["2804610000"][5] == "us-232-polysilicon-price: pending:us-232-polysilicon-kg $21/kg"
