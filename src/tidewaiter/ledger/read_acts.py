"""Acts and scenarios, from YAML (and the CSV tables beside them) to the nouns of the ledger."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from tidewaiter.ledger.instants import ALWAYS, FOREVER, Instant
from tidewaiter.ledger.located import Fields, Located, read_yaml
from tidewaiter.ledger.model import ACT_KINDS, CONFIDENCES, VERBS, Act, Effect, Scenario, Source
from tidewaiter.ledger.read_conditions import read_instant
from tidewaiter.schedule.expressions import UnparsedDutyError, parse

_NO_INSTANT = frozenset({"stay", "state", "table"})


def check_rate(located: Located) -> str:
    """The text of a rate that the duty algebra understands. Raises ``LawError``."""
    try:
        parse(located.text())
    except UnparsedDutyError as error:
        raise located.fail(str(error)) from error
    return located.text()


def read_act(path: Path, shown_as: str, zones: dict[str, str]) -> Act:
    """One act file. Raises ``LawError`` that names the line."""
    return act_from(read_yaml(path, shown_as), zones, path.parent)


def act_from(located: Located, zones: dict[str, str], folder: Path) -> Act:
    """One act from its located map; ``folder`` is where its tables stand."""
    fields = Fields(located)
    by = fields.need("by").text()
    zone = zones.get(by, "UTC")
    announced = fields.need("announced")
    act = Act(
        id=fields.need("id").text(),
        kind=_word_of(fields.need("kind"), ACT_KINDS),
        by=by,
        title=fields.need("title").text(),
        announced=announced.read(lambda text: date.fromisoformat(text).isoformat()),
        sequence=int(fields.text("sequence", "0")),
        citation=fields.text("citation"),
        sources=_sources(fields.take("sources")),
        confidence=_word_of(fields.need("confidence"), CONFIDENCES),
        summary=fields.text("summary"),
        notes=fields.text("notes"),
        open_question=fields.text("open_question"),
        open_from=_iso(fields.take("open_from")) or announced.text(),
        touches=_texts(fields.take("touches")),
        effects=_effects(fields.take("effects"), zone, folder),
        file=located.file,
    )
    fields.done()
    if act.confidence == "published" and not (act.citation and act.sources):
        raise located.fail("a published act needs a citation and a source", "or mark it reported or unverified")
    return act


def read_scenario(path: Path, shown_as: str, zones: dict[str, str]) -> Scenario:
    """A scenario file: its own explanation and a list of hypothetical acts."""
    located = read_yaml(path, shown_as)
    fields = Fields(located)
    acts = fields.take("acts")
    scenario = Scenario(
        id=fields.need("id").text(),
        title=fields.need("title").text(),
        explanation=fields.need("explanation").text(),
        include_reported=fields.text("include", "") == "reported",
        acts=tuple(act_from(item, zones, path.parent) for item in acts.items()) if acts else (),
    )
    fields.done()
    return scenario


def _sources(located: Located | None) -> tuple[Source, ...]:
    sources: list[Source] = []
    for item in located.items() if located else ():
        fields = Fields(item)
        source = Source(fields.text("url"), fields.text("kind", "primary"), fields.text("note"))
        fields.done()
        if not (source.url or source.note):
            raise item.fail("a source needs a url or a note that says what was read")
        sources.append(source)
    return tuple(sources)


def _effects(located: Located | None, zone: str, folder: Path) -> tuple[Effect, ...]:
    effects: list[Effect] = []
    for item in located.items() if located else ():
        entries = item.entries()
        verbs = [key for key in entries if key in VERBS]
        if len(verbs) != 1:
            raise item.fail("an effect has exactly one verb", f"known: {', '.join(sorted(VERBS))}")
        if verbs[0] == "table":
            effects.extend(_table(item, folder, zone))
        else:
            effects.append(_effect(item, verbs[0], zone))
    return tuple(effects)


def _effect(item: Located, verb: str, zone: str) -> Effect:
    fields = Fields(item)
    at, until, rate = fields.take("at"), fields.take("until"), fields.take("rate")
    leaving, said = fields.take("leaving"), fields.text("is")
    target = fields.need(verb)
    if at is None and verb not in _NO_INSTANT:
        raise item.fail("an effect needs at: when it bites")
    if verb == "set_rate" and rate is None:
        raise item.fail("set_rate needs a rate")
    if verb == "suspend" and until is None:
        raise item.fail("suspend needs until")
    if leaving is not None and verb != "suspend":
        raise item.fail("leaving belongs to suspend")
    said_rate = leaving if verb == "suspend" else rate
    ends_stay = verb == "stay" and until is not None
    effect = Effect(
        verb=verb,
        at=read_instant(at, zone) if at else ALWAYS,
        targets=() if verb in _NO_INSTANT else _texts(target),
        until=read_instant(until, zone) if until and not ends_stay else FOREVER,
        rate=check_rate(said_rate) if said_rate else "",
        for_all=fields.text("for", "all") == "all",
        binds_entry=fields.text("binds") == "entry",
        ref=target.text() if verb in _NO_INSTANT else "",
        said=until.text() if ends_stay and until else _said(said, fields),
        line=item.line,
    )
    fields.done()
    if effect.until <= effect.at:
        raise item.fail("until lies before at")
    return effect


def _said(said: str, fields: Fields) -> str:
    upcoming = fields.text("next")
    return f"{said}; next {upcoming}" if upcoming else said


def _table(item: Located, folder: Path, zone: str) -> list[Effect]:
    fields = Fields(item)
    name = fields.need("table").text()
    prefix = fields.text("into", "us")
    fields.done()
    path = folder / name
    if not path.is_file():
        raise item.fail(f"no table {name!r} beside the act")
    effects: list[Effect] = []
    with path.open(encoding="utf-8", newline="") as stream:
        for number, row in enumerate(csv.DictReader(stream), start=2):

            def cell(column: str, row: dict[str, str] = row, number: int = number) -> Located:
                return Located(row.get(column) or "", str(Path(item.file).parent / name), number)

            rate = cell("rate")
            effects.append(
                Effect(
                    verb="impose",
                    at=read_instant(cell("from"), zone),
                    targets=(f"{prefix}/{cell('heading').text()}",),
                    until=_until(cell("until"), zone),
                    rate=check_rate(rate) if rate.value else "",
                    line=number,
                )
            )
    return effects


def _until(located: Located, zone: str) -> Instant:
    return read_instant(located, zone) if located.value else FOREVER


def _texts(located: Located | None) -> tuple[str, ...]:
    return tuple(item.text() for item in located.items()) if located else ()


def _iso(located: Located | None) -> str:
    return located.read(lambda text: date.fromisoformat(text).isoformat()) if located else ""


def _word_of(located: Located, words: frozenset[str]) -> str:
    if located.text() not in words:
        raise located.fail(f"{located.text()!r} is not one of {', '.join(sorted(words))}")
    return located.text()
