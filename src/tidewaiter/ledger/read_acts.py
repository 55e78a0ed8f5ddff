"""Acts and scenarios, from YAML (and the CSV tables beside them) to the nouns of the ledger."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

from tidewaiter.ledger.errors import LawError, Problem
from tidewaiter.ledger.instants import ALWAYS, FOREVER, local_day, parse_instant
from tidewaiter.ledger.located import Fields, Located, read_text, read_yaml
from tidewaiter.ledger.model import ACT_KINDS, CONFIDENCES, STATES, VERBS, Act, Effect, NextDate, Scenario, Source
from tidewaiter.ledger.read_conditions import read_instant
from tidewaiter.schedule.expressions import UnparsedDutyError, parse

_NO_INSTANT = frozenset({"stay", "state", "table"})
_TABLE_COLUMNS = frozenset({"heading", "rate", "from", "until"})
_DATED = re.compile(r"(\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2} [A-Za-z_]+/[A-Za-z_]+)?): (\S.*)", re.DOTALL)
_IN_A_MONTH = re.compile(r"(\d{4}-\d{2}): (\S.*)", re.DOTALL)
_LOOKS_DATED = re.compile(r"\d+-")
SOURCE_KINDS = frozenset({"primary", "secondary"})
# The words that may stand beside each verb (and `at`): a word that would do nothing is an error.
_BESIDE = {
    "impose": {"rate", "until"},
    "set_rate": {"rate", "until"},
    "suspend": {"until", "leaving"},
    "resume": {"until"},
    "end": {"binds"},
    "void": {"for", "until"},
    "stay": {"until"},
    "state": {"is", "says", "until", "next"},
    "table": {"into"},
}


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
        sequence=fields.integer("sequence", 0),
        citation=fields.text("citation"),
        sources=read_sources(fields.take("sources")),
        confidence=_word_of(fields.need("confidence"), CONFIDENCES),
        summary=fields.text("summary"),
        notes=fields.text("notes"),
        open_question=fields.text("open_question"),
        open_from=_iso(fields.take("open_from")) or announced.text(),
        touches=_texts(fields.take("touches")),
        touches_numbers=tuple(number.replace(".", "") for number in _texts(fields.take("touches_numbers"))),
        answers=_texts(fields.take("answers")),
        about=_texts(fields.take("about")),
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
    acts, name = fields.take("acts"), fields.need("id").text()
    scenario = Scenario(
        id=name,
        title=fields.need("title").text(),
        explanation=fields.need("explanation").text(),
        include_reported=fields.word("include", ("reported",), "") == "reported",
        acts=tuple(_supposed(act_from(item, zones, path.parent), name) for item in acts.items()) if acts else (),
    )
    fields.done()
    return scenario


def _supposed(act: Act, scenario: str) -> Act:
    """An act that nothing proves, with a citation by which nobody takes it for law. One with a source is cited by it."""
    if act.confidence != "unverified":
        return act
    citation = f"supposition of the scenario {scenario}: {act.citation or act.title}"
    return replace(act, citation=citation, supposed_in=scenario)


def read_sources(located: Located | None) -> tuple[Source, ...]:
    """Where something can be read: addresses, or notes that say what was read."""
    sources: list[Source] = []
    for item in located.items() if located else ():
        fields = Fields(item)
        source = Source(fields.text("url"), fields.word("kind", SOURCE_KINDS, "primary"), fields.text("note"))
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
        for word, value in entries.items():
            if word not in {verbs[0], "at"} | _BESIDE[verbs[0]]:
                raise value.fail(f"{word!r} does nothing beside {verbs[0]}", "the vocabulary is in docs/law-as-data.md")
        if verbs[0] == "table":
            effects.extend(_table(item, folder, zone))
        elif verbs[0] == "state":
            effects.append(_state(item, zone))
        else:
            effects.append(_effect(item, verbs[0], zone))
    return tuple(effects)


def _effect(item: Located, verb: str, zone: str) -> Effect:
    fields = Fields(item)
    at, until, rate = fields.take("at"), fields.take("until"), fields.take("rate")
    leaving = fields.take("leaving")
    target = fields.need(verb)
    if at is None and verb not in _NO_INSTANT:
        raise item.fail("an effect needs at: when it bites")
    if verb == "set_rate" and rate is None:
        raise item.fail("set_rate needs a rate")
    if verb == "suspend" and until is None:
        raise item.fail("suspend needs until")
    said_rate = leaving if verb == "suspend" else rate
    ends_stay = verb == "stay" and until is not None
    effect = Effect(
        verb=verb,
        at=read_instant(at, zone) if at else ALWAYS,
        targets=() if verb in _NO_INSTANT else _texts(target),
        until=read_instant(until, zone) if until and not ends_stay else FOREVER,
        rate=check_rate(said_rate) if said_rate else "",
        for_all=fields.word("for", ("all", "plaintiffs"), "all") == "all",
        binds_entry=fields.word("binds", ("entry",), "") == "entry",
        ref=target.text() if verb in _NO_INSTANT else "",
        said=until.text() if ends_stay and until else "",
        line=item.line,
    )
    fields.done()
    if effect.until <= effect.at:
        raise item.fail("until lies before at")
    return effect


def _state(item: Located, zone: str) -> Effect:
    """The state of a matter from an instant on, in a word of its kind, and what comes next."""
    fields = Fields(item)
    matter, word, until, upcoming = fields.need("state"), fields.need("is"), fields.take("until"), fields.take("next")
    kind = matter.text().partition(":")[0]
    if kind not in STATES:
        raise matter.fail(f"a matter is one of {', '.join(sorted(STATES))}, a colon and its name")
    effect = Effect(
        verb="state",
        at=read_instant(fields.need("at"), zone),
        targets=(),
        until=read_instant(until, zone) if until else FOREVER,
        ref=matter.text(),
        word=_word_of(word, STATES[kind]),
        said=fields.text("says"),
        next=tuple(one.read(lambda text: _next(text, zone)) for one in upcoming.items()) if upcoming else (),
        line=item.line,
    )
    fields.done()
    if effect.until <= effect.at:
        raise item.fail("until lies before at")
    return effect


def _next(text: str, zone: str) -> NextDate:
    """``2026-11-12: what``, with an hour (``2026-11-12 10:00 America/New_York: what``), ``2026-11: what``, or what alone."""
    if month := _IN_A_MONTH.fullmatch(text):
        return NextDate("", None, month[2], date.fromisoformat(f"{month[1]}-01").isoformat()[:7])
    dated = _DATED.fullmatch(text)
    if dated is None:
        if _LOOKS_DATED.match(text) or not text:
            raise ValueError(f"not a date and what comes then: {text!r} (write 2026-11-12: the reply brief is due)")
        return NextDate("", None, text)
    instant = parse_instant(dated[1], zone)
    timed = " " in dated[1]
    return NextDate(local_day(instant, zone).isoformat() if timed else dated[1], instant if timed else None, dated[2])


def _table(item: Located, folder: Path, zone: str) -> list[Effect]:
    fields = Fields(item)
    name = fields.need("table").text()
    prefix = fields.text("into", "us")
    fields.done()
    path = folder / name
    if not path.is_file():
        raise item.fail(f"no table {name!r} beside the act")
    shown_as = (Path(item.file).parent / name).as_posix()
    reader = csv.DictReader(io.StringIO(read_text(path, shown_as), newline=""))
    if set(reader.fieldnames or ()) - _TABLE_COLUMNS or "heading" not in (reader.fieldnames or ()):
        raise LawError([Problem(shown_as, 1, f"columns must be among {', '.join(sorted(_TABLE_COLUMNS))}")])
    return [_table_row(row, Located("", shown_as, number), prefix, zone) for number, row in enumerate(reader, start=2)]


def _table_row(row: dict[str, str], place: Located, prefix: str, zone: str) -> Effect:
    if None in row:
        raise place.fail("more cells than columns")
    cells = {name: replace(place, value=cell) for name, cell in row.items() if cell}
    for name in ("heading", "from"):
        if name not in cells:
            raise place.fail(f"{name!r} is missing")
    effect = Effect(
        verb="impose",
        at=read_instant(cells["from"], zone),
        targets=(f"{prefix}/{cells['heading'].text()}",),
        until=read_instant(cells["until"], zone) if "until" in cells else FOREVER,
        rate=check_rate(cells["rate"]) if "rate" in cells else "",
        line=place.line,
    )
    if effect.until <= effect.at:
        raise place.fail("until lies before from")
    return effect


def _texts(located: Located | None) -> tuple[str, ...]:
    return tuple(item.text() for item in located.items()) if located else ()


def _iso(located: Located | None) -> str:
    return located.read(lambda text: date.fromisoformat(text).isoformat()) if located else ""


def _word_of(located: Located, words: frozenset[str]) -> str:
    if located.text() not in words:
        raise located.fail(f"{located.text()!r} is not one of {', '.join(sorted(words))}")
    return located.text()
