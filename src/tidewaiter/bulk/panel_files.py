"""A panel on disk: Parquet partitioned by origin, with a file that says what it is. Written beside, and renamed when whole."""

from __future__ import annotations

import json
import os
import shutil
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tidewaiter import __version__
from tidewaiter.assess.errors import FileError
from tidewaiter.bulk.differences import changed_origins
from tidewaiter.bulk.kernel import Kernel
from tidewaiter.bulk.output import column_name
from tidewaiter.bulk.panel import ORIGIN, Group, Panel
from tidewaiter.ledger.instants import FOREVER, Instant, say_instant
from tidewaiter.ledger.model import Scenario
from tidewaiter.ledger.regime import Regime
from tidewaiter.ledger.snapshot import LAW_DIR, find_scenario

META = "panel.json"
FORMAT = 1
_PART = "part-0.parquet"
_THREADS = 2
_WAITING = 4
Told = Callable[[int, float | None], None]
"""Told how many rows are written and what part of the panel that is."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a panel on disk came to: rows by origin, and how many origins were taken from another panel."""

    rows: Mapping[str, int]
    linked: int
    bytes: int


def write_panel(
    panel: Panel,
    folder: str | Path,
    told: Told = lambda rows, part: None,
    *,
    base: Kernel | None = None,
    changed_from: str | Path | None = None,
    scenario_source: str | None = None,
) -> Written:
    """Write a panel as ``folder/origin=CN/part-0.parquet`` and so on, with ``folder/panel.json``.

    ``changed_from`` is a panel of the same shape written before, of the law of ``base``: origins on which the two laws do not
    differ are linked from it. ``scenario_source`` is where the scenario can be read again (a file).

    Raises ``FileError`` (``not_a_panel`` where the folder holds anything else); then nothing stands under its name that did not
    stand there before.
    """
    path = Path(folder)
    if path.exists() and not _replaceable(path):
        raise FileError("not_a_panel", f"{path} is there, and is no panel", "give a new folder, or an earlier panel")
    beside = path.with_name(f".{path.name}.tmp")
    try:
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(parents=True)
        earlier = None if changed_from is None else _Earlier(Path(changed_from), base)
        done = _fill(panel, beside, told, earlier, describe(panel, scenario_source))
        _put(beside, path)
    except OSError as error:
        raise FileError("cannot_write", f"{path}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return done


def read_meta(folder: str | Path) -> dict[str, Any]:
    """What ``panel.json`` says. Raises ``FileError`` ``not_a_panel``."""
    try:
        found = json.loads((Path(folder) / META).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FileError("not_a_panel", f"{folder} holds no panel", f"a panel has a {META}") from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise FileError("not_a_panel", f"{folder}: {META} is of another format")
    return found


def _replaceable(path: Path) -> bool:
    return path.is_dir() and ((path / META).is_file() or not any(path.iterdir()))


def _put(beside: Path, path: Path) -> None:
    """Rename the whole folder into place; an earlier panel stands until the new one is whole."""
    old = path.with_name(f".{path.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if path.exists():
        path.rename(old)
    beside.rename(path)
    shutil.rmtree(old, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class _Earlier:
    """A panel written before, and the kernel of its law if that is at hand."""

    path: Path
    base: Kernel | None


def _fill(panel: Panel, folder: Path, told: Told, earlier: _Earlier | None, said: dict[str, Any]) -> Written:
    rows: dict[str, int] = {}
    origins = panel.origins
    if earlier is not None:
        rows = _linked(panel, folder, earlier, said)
        origins = tuple(one for one in origins if one not in rows)
    linked = len(rows)
    waiting: deque[tuple[Group, Future[int]]] = deque()
    written = 0
    with ThreadPoolExecutor(_THREADS) as pool:
        groups = panel.groups(origins) if origins else []
        for number, group in enumerate(groups, start=1):
            waiting.append((group, pool.submit(_write, panel.table(group.first), folder, group)))
            while len(waiting) > (_WAITING if number < len(groups) else 0):
                done, future = waiting.popleft()
                count = future.result()
                written += count
                rows |= dict.fromkeys(done.origins, count)
                told(written, (len(rows) - linked) / max(1, len(origins)))
    # Origins whose rows are the same share a file on the disk.
    size = sum({(one := _file(folder, origin).stat()).st_ino: one.st_size for origin in rows}.values())
    meta = said | {"rows": {origin: rows[origin] for origin in sorted(rows)}}
    with (folder / META).open("w", encoding="utf-8") as stream:
        json.dump(meta, stream, ensure_ascii=False, indent=1)
        stream.flush()
        os.fsync(stream.fileno())
    return Written(rows, linked, size)


def _write(table: pa.Table, folder: Path, group: Group) -> int:
    """One file, and the same file under the name of every origin of the group."""
    first = _file(folder, group.first)
    first.parent.mkdir()
    pq.write_table(table, first, compression="zstd", store_decimal_as_integer=True, row_group_size=1 << 20)
    for origin in group.origins[1:]:
        _file(folder, origin).parent.mkdir()
        _link(first, _file(folder, origin))
    return int(table.num_rows)


def _file(folder: Path, origin: str) -> Path:
    return folder / f"{ORIGIN}={origin}" / _PART


def _link(source: Path, target: Path) -> None:
    """One file under two names; a copy where the disk cannot do that."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _linked(panel: Panel, folder: Path, earlier: _Earlier, said: dict[str, Any]) -> dict[str, int]:
    """The origins on which the law is that of an earlier panel, linked from it, with their rows."""
    meta = read_meta(earlier.path)
    law = earlier.base.regime if earlier.base is not None else _law_of(meta, panel.kernel.regime)
    differs = [name for name in _SHAPE if json.loads(json.dumps(said[name])) != meta.get(name)]
    if differs:
        raise FileError(
            "panel_differs",
            f"{earlier.path} is a panel of other {', '.join(differs)}",
            "ask for the same columns, products and days of the same law",
        )
    changed = changed_origins(law, panel.kernel.regime, panel.origins)
    found: dict[str, int] = {}
    for origin in panel.origins:
        same = origin not in changed and meta["begins"].get(origin) == said["begins"][origin]
        if same and origin in meta["rows"] and _file(earlier.path, origin).is_file():
            _file(folder, origin).parent.mkdir()
            _link(_file(earlier.path, origin), _file(folder, origin))
            found[origin] = meta["rows"][origin]
    return found


def _law_of(meta: Mapping[str, Any], like: Regime) -> Regime:
    """The law of a panel, over the ledger at hand: that of its day of knowledge and scenario.

    Raises ``FileError`` where it is no longer to be had, ``LawError`` for a scenario that cannot be read.
    """
    regime = like.seen_from(meta["known_on"]).under(find_scenario(like.ledger, meta["scenario_source"]))
    if scenario_mark(regime.scenario) != meta["scenario_mark"]:
        raise FileError(
            "panel_differs", f"the scenario {meta['scenario_source']} has changed since", "write that panel anew"
        )
    return regime


_SHAPE = ("law", "into", "layout", "columns", "until", "products", "unit_values", "schedule")


def describe(panel: Panel, scenario_source: str | None = None) -> dict[str, Any]:
    """What ``panel.json`` says of a panel, but for the rows."""
    kernel, options = panel.kernel, panel.options
    regime, zone = kernel.regime, kernel.regime.zone(kernel.into)
    begins = {origin: _said(panel.start_of(origin), zone) for origin in panel.origins}
    programs = [regime.ledger.programs[one] for one in panel.programs]
    return {
        "format": FORMAT,
        "tidewaiter": __version__,
        "layout": "layers" if options.layers else "wide",
        "into": kernel.into,
        "known_on": regime.known_on,
        "scenario": regime.scenario.id,
        "scenario_source": scenario_source or regime.scenario.id,
        "scenario_mark": scenario_mark(regime.scenario),
        "law": law_mark(),
        "schedule": {
            "editions": [one.name for one in kernel.schedule.editions],
            "stale_from": _said(kernel.schedule.missing_from, zone),
        },
        "begins": begins,
        "until": _said(panel.end, zone),
        "products": list(panel.prefixes),
        "unit_values": None if options.unit_values is None else options.unit_values.mark,
        "columns": {ORIGIN: "string", **{one.name: str(one.type) for one in panel.schema}},
        "programs": {
            column_name(one.id): {"id": one.id, "title": one.title, "authority": one.authority} for one in programs
        },
    }


def _said(instant: Instant | None, zone: str) -> str | None:
    return None if instant is None or instant == FOREVER else say_instant(instant, zone)


def law_mark(root: Path = LAW_DIR) -> str:
    """A short name for the content of the law's files."""
    said = blake2b(digest_size=12)
    for path in sorted(one for one in root.rglob("*") if one.is_file()):
        said.update(path.relative_to(root).as_posix().encode())
        said.update(blake2b(path.read_bytes(), digest_size=12).digest())
    return said.hexdigest()


def scenario_mark(scenario: Scenario) -> str:
    """A short name for what a scenario adds to the law."""
    effects = [(act.id, act.announced, act.sequence, act.effects) for act in scenario.acts]
    return blake2b(repr((scenario.include_reported, effects)).encode(), digest_size=12).hexdigest()
