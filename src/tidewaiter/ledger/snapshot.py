"""The compiled snapshot: the ledger read once, kept in the user's cache, and loaded in milliseconds after that.

The snapshot is named after a fingerprint of the law's files and of the code that reads them, so that a changed file is
simply a new snapshot. It holds pickled data written by this program into the user's own cache, and nothing else reads it.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import sys
import tempfile
from functools import lru_cache
from pathlib import Path

from tidewaiter.ledger.edges import named_prefixes, written_edges
from tidewaiter.ledger.errors import LawError, Problem, UnknownScenarioError, likest_first
from tidewaiter.ledger.listindex import ListIndex
from tidewaiter.ledger.model import Ledger, Scenario
from tidewaiter.ledger.regime import LAW, Regime

LAW_DIR = Path(__file__).resolve().parent.parent / "law"
_CODE_DIR = Path(__file__).resolve().parent
_OWN = (".yaml", ".yml")
"""How the file of a scenario of one's own ends."""
_LONGEST = 100
Compiled = tuple[Ledger, dict[str, ListIndex]]


def cache_dir() -> Path:
    """Where snapshots are kept: ``$TIDEWAITER_CACHE``, or the user's cache directory."""
    told = os.environ.get("TIDEWAITER_CACHE")
    if told:
        return Path(told)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "tidewaiter"


def fingerprint(root: Path) -> str:
    """A short name for the state of the law's files: names, sizes and times of change, and the Python that reads them."""
    said = hashlib.blake2b(digest_size=12)
    said.update(sys.version.encode())
    for folder, pattern in ((root, "**/*.yaml"), (root, "**/*.csv"), (_CODE_DIR, "*.py")):
        for path in sorted(folder.glob(pattern)):
            stat = path.stat()
            said.update(f"{path}|{stat.st_size}|{stat.st_mtime_ns}\n".encode())
    return said.hexdigest()


def compile_law(root: Path = LAW_DIR) -> Compiled:
    """Read and validate the law's files. Raises ``LawError`` with every problem found."""
    from tidewaiter.ledger.read import read_ledger

    ledger = read_ledger(root)
    indexes = {name: ListIndex.of(one) for name, one in ledger.lists.items()}
    ledger.lists = {}
    written_edges(ledger)
    named_prefixes(ledger)
    return ledger, indexes


@lru_cache(maxsize=4)
def load_compiled(root: Path = LAW_DIR) -> Compiled:
    """The compiled law, from the cache where it is there, else compiled and put there."""
    path = cache_dir() / f"{fingerprint(root)}.snapshot"
    try:
        with path.open("rb") as stream:
            ledger, indexes = pickle.load(stream)
        if isinstance(ledger, Ledger) and isinstance(indexes, dict):
            return ledger, indexes
    except Exception:
        pass  # a spoilt pickle can raise anything; whatever it was, the files are read instead
    compiled = compile_law(root)
    _keep(compiled, path)
    return compiled


def _keep(compiled: Compiled, path: Path) -> None:
    """Write beside, then rename; a cache that cannot be written is no error."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as stream:
            pickle.dump(compiled, stream, protocol=pickle.HIGHEST_PROTOCOL)
        Path(stream.name).replace(path)
        _forget_old(path)
    except OSError:
        return


def _forget_old(newest: Path, keep: int = 4) -> None:
    snapshots = sorted(newest.parent.glob("*.snapshot"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in snapshots[keep:]:
        old.unlink(missing_ok=True)


def load_regime(known_on: str | None, scenario: str) -> Regime:
    """The shipped law as a regime; ``scenario`` is a shipped name, or a file, which is read anew. Raises ``LawError``."""
    ledger, _ = load_compiled()
    if scenario in ledger.scenarios:
        return _shipped(known_on, scenario)
    return _shipped(known_on, LAW).under(find_scenario(ledger, scenario))


@lru_cache(maxsize=16)
def _shipped(known_on: str | None, scenario: str) -> Regime:
    ledger, indexes = load_compiled()
    day = known_on or max(act.announced for act in ledger.acts.values())
    return Regime(ledger, indexes, day, ledger.scenarios[scenario])


def find_scenario(ledger: Ledger, scenario: str) -> Scenario:
    """A shipped scenario by name, or one read from a YAML file.

    Raises ``LawError``: ``UnknownScenarioError`` where there is neither, else with what is wrong in the file.
    """
    if scenario in ledger.scenarios:
        return ledger.scenarios[scenario]
    path = Path(scenario)
    try:
        if path.suffix in _OWN and path.is_file():
            return _read_own(path, ledger)
        raise _unknown(scenario, path, ledger)
    except OSError as error:
        # A text too long for a name of a file, or a file that may not be read.
        what = f"{scenario[:_LONGEST]!r} is no scenario that can be read: {error.strerror}"
        raise UnknownScenarioError(scenario[:_LONGEST], what, _shipped_like(scenario, ledger)) from error


def _unknown(scenario: str, path: Path, ledger: Ledger) -> UnknownScenarioError:
    """What was looked for."""
    hint = _shipped_like(scenario, ledger)
    if path.suffix in _OWN:
        return UnknownScenarioError(scenario, f"there is no scenario file {str(path.absolute())!r}", hint)
    if path.exists():
        what = f"{scenario!r} is no shipped scenario, and {str(path.absolute())!r} is no file of one"
        return UnknownScenarioError(scenario, what, f"a file of acts ends in {' or '.join(_OWN)}; {hint}")
    own = Path(f"{scenario}{_OWN[0]}")
    looked = f"there is no scenario {scenario!r}: it is none of those shipped"
    if own.is_file():
        return UnknownScenarioError(scenario, looked, f"did you mean the file {own}? {hint}")
    return UnknownScenarioError(scenario, f"{looked}, and there is no file {str(own.absolute())!r}", hint)


def _shipped_like(scenario: str, ledger: Ledger) -> str:
    return f"shipped: {', '.join(likest_first(ledger.scenarios, scenario))}"


def _read_own(path: Path, ledger: Ledger) -> Scenario:
    from dataclasses import replace

    from tidewaiter.ledger.read import link_acts
    from tidewaiter.ledger.read_acts import read_scenario
    from tidewaiter.ledger.targets import Catalogue

    found = read_scenario(path, str(path), ledger.zones)
    problems: list[Problem] = []
    acts = link_acts(found.acts, Catalogue.of(ledger.programs.values()), ledger, problems)
    doubled = [act for act in found.acts if act.id in ledger.acts]
    problems += [Problem(act.file, 1, f"the ledger already has an act {act.id!r}") for act in doubled]
    if problems:
        raise LawError(problems)
    return replace(found, acts=tuple(acts.values()))


__all__ = ["LAW", "LAW_DIR", "Compiled", "cache_dir", "compile_law", "find_scenario", "load_compiled", "load_regime"]
