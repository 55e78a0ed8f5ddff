"""The snapshot: written once, used again, thrown away when the law changes, and never trusted when it is spoilt."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.ledger.lawdir import SMALL, act, put

from tidewaiter.ledger import snapshot
from tidewaiter.ledger.errors import LawError
from tidewaiter.ledger.instants import parse_instant
from tidewaiter.ledger.regime import Regime


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("TIDEWAITER_CACHE", str(tmp_path / "cache"))
    snapshot.load_compiled.cache_clear()
    yield tmp_path / "cache"
    snapshot.load_compiled.cache_clear()


@pytest.fixture
def law(tmp_path: Path) -> Path:
    return put(tmp_path / "law")


def load(law: Path) -> snapshot.Compiled:
    """As a new process would load it."""
    snapshot.load_compiled.cache_clear()
    return snapshot.load_compiled(law)


def count(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The law directories compiled from now on."""
    compiled: list[Path] = []
    original = snapshot.compile_law

    def compile_law(root: Path = snapshot.LAW_DIR) -> snapshot.Compiled:
        compiled.append(root)
        return original(root)

    monkeypatch.setattr(snapshot, "compile_law", compile_law)
    return compiled


def test_where_the_cache_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEWAITER_CACHE", "/somewhere")
    assert snapshot.cache_dir() == Path("/somewhere")
    monkeypatch.delenv("TIDEWAITER_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/xdg")
    assert snapshot.cache_dir() == Path("/xdg/tidewaiter")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert snapshot.cache_dir() == Path.home() / ".cache" / "tidewaiter"


def test_it_is_written_once_and_used_again(cache: Path, law: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = count(monkeypatch)
    first = load(law)
    assert [path.suffix for path in cache.iterdir()] == [".snapshot"]
    second = load(law)
    assert compiled == [law]
    assert first[0] == second[0]
    assert first[1].keys() == second[1].keys()


def test_a_changed_law_is_a_new_snapshot(cache: Path, law: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = count(monkeypatch)
    load(law)
    put(law, act("act-2", "2025-02-02"))
    assert "act-2" in load(law)[0].acts
    os.utime(law / "coverage.yaml", ns=(1, 1))
    load(law)
    assert len(compiled) == 3
    (law / "notes.txt").write_text("no law")
    load(law)
    assert len(compiled) == 3


def spoilt() -> dict[str, bytes]:
    whole = pickle.dumps(({"a": 1}, {}))
    return {
        "empty": b"",
        "text": b"this is no pickle",
        "cut short": whole[:-3],
        "zeros": b"\x00" * 100,
        "unknown class": b"cnowhere\nNothing\n.",
        "another thing": pickle.dumps(5),
        "another pair": whole,
        "three things": pickle.dumps((1, 2, 3)),
        "a cyclic reduce": b"\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\x7f",
    }


@pytest.mark.parametrize("content", spoilt().values(), ids=spoilt())
def test_a_spoilt_snapshot_is_ignored_and_replaced(
    cache: Path, law: Path, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(law)
    (path,) = cache.iterdir()
    path.write_bytes(content)
    compiled = count(monkeypatch)
    assert "act-1" in load(law)[0].acts
    assert compiled == [law]
    assert path.stat().st_size > 1000
    load(law)
    assert compiled == [law]


def test_a_cache_that_cannot_be_written_is_no_error(cache: Path, law: Path) -> None:
    cache.write_text("a file where the folder should be")
    assert "act-1" in load(law)[0].acts


def test_old_snapshots_are_forgotten_and_nothing_else_is(cache: Path, law: Path) -> None:
    cache.mkdir()
    (cache / "other.txt").write_text("kept")
    for age in range(8):
        path = cache / f"{age}.snapshot"
        path.write_bytes(b"old")
        os.utime(path, (age, age))
    load(law)
    assert sorted(path.name for path in cache.iterdir() if len(path.name) < 20) == [
        "5.snapshot",
        "6.snapshot",
        "7.snapshot",
        "other.txt",
    ]


def test_an_unsound_law_is_not_kept(cache: Path, law: Path) -> None:
    put(law, {"coverage.yaml": "- {into: FR}\n"})
    with pytest.raises(LawError):
        load(law)
    assert not cache.exists()


def test_the_loaded_law_answers_as_the_compiled_one(cache: Path, law: Path) -> None:
    compiled, loaded = (Regime(*load(law), "2026-01-01", load(law)[0].scenarios["law"]) for _ in range(2))
    assert compiled.tracks["us/9903.01.01"].states() == loaded.tracks["us/9903.01.01"].states()
    instant = compiled.cuts[-1]
    assert compiled.matches("us-list", "8507600090", instant) == loaded.matches("us-list", "8507600090", instant)
    assert SMALL["lists/us-list.csv"].count("8507") == len(compiled.matches("us-list", "8507600090", instant))


# Scenarios by name or file


def test_a_scenario_that_is_none_names_those_that_are(cache: Path, law: Path, tmp_path: Path) -> None:
    ledger, _ = load(law)
    for name in ("peace", str(tmp_path / "none.yaml"), str(tmp_path)):
        with pytest.raises(LawError) as caught:
            snapshot.find_scenario(ledger, name)
        assert "as-reported, law" in str(caught.value)


def test_a_hypothesis_may_not_take_the_name_of_an_act(cache: Path, law: Path, tmp_path: Path) -> None:
    (name,) = act("act-1", "2026-01-01")
    text = "".join(f"    {line}\n" for line in act("act-1", "2026-01-01")[name].splitlines())
    path = tmp_path / "twice.yaml"
    path.write_text(f"id: twice\ntitle: T\nexplanation: E\nacts:\n  -\n{text}")
    with pytest.raises(LawError) as caught:
        snapshot.find_scenario(load(law)[0], str(path))
    assert "already has an act 'act-1'" in str(caught.value)


def test_a_scenario_file_is_read_as_it_is_now(tmp_path: Path) -> None:
    """A law loaded once is kept; a user's own file may have changed, or be another of the same name."""
    path = tmp_path / "mine.yaml"
    for rate in ("10%", "20%"):
        at = '"2030-01-01 00:01 America/New_York"'
        (text,) = act("mine-1", "2026-01-01", f"{{at: {at}, set_rate: us/9903.05.31, rate: {rate}}}").values()
        indented = "".join(f"    {line}\n" for line in text.splitlines())
        path.write_text(f"id: mine\ntitle: T\nexplanation: E\nacts:\n  -\n{indented}")
        regime = Regime.load("2026-11-22", str(path))
        assert regime.state("us/9903.05.31", parse_instant("2030-06-01")).rate == rate
    assert Regime.load("2026-11-22") is Regime.load("2026-11-22")
