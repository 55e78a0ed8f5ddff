"""Programs, product lists, interactions, bases, fees, facts, groups and coverage, from data files to nouns."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from tidewaiter.ledger.conditions import All, Condition
from tidewaiter.ledger.errors import LawError, Problem
from tidewaiter.ledger.instants import ALWAYS, FOREVER, parse_instant
from tidewaiter.ledger.instants import zone as time_zone
from tidewaiter.ledger.located import Fields, Located, read_text, read_yaml
from tidewaiter.ledger.model import (
    BASE,
    HEADING_KINDS,
    NOTHING,
    REPLACED,
    STATES,
    BasisRule,
    Coverage,
    FactName,
    Fee,
    GroupRow,
    Interaction,
    Jurisdiction,
    ListRow,
    Matter,
    PanelStart,
    ProductList,
    Program,
    Row,
    SpecialProgram,
    Version,
)
from tidewaiter.ledger.read_conditions import (
    Context,
    read_instant,
    read_number,
    read_portion,
    read_version,
    read_when,
)

FACT_TYPES = frozenset({"yes/no", "money", "number", "share", "instant", "code", "text"})
FACT_WARNINGS = frozenset({"shipped_from_differs"})
"""When the possibility of a claim is a warning by itself: goods that were shipped from elsewhere than their origin."""
BASES = frozenset({"value", "ch98_value", "value_less_ch98"}) | NOTHING
_LIST_COLUMNS = frozenset(["prefix", "class", "from", "until", "act", "until_act", "scope", "claim", "share", "note"])


def read_jurisdictions(path: Path, shown_as: str) -> Iterator[tuple[Jurisdiction, dict[str, str]]]:
    """Importing countries, each with the statutes behind the authorities that programs name."""
    for country, place in read_yaml(path, shown_as).entries().items():
        fields = Fields(place)
        found = fields.need("zone")
        found.read(time_zone)
        statutes = {name: statute.text() for name, statute in fields.need("authorities").entries().items()}
        jurisdiction = Jurisdiction(
            code=country,
            zone=found.text(),
            schedule=fields.text("schedule"),
            tariff=fields.text("tariff"),
            general=fields.text("general"),
            origin_rule=fields.text("origin_rule"),
            column_2=fields.text("column_2"),
            whole_units=fields.flag("whole_units"),
            imports=fields.text("imports"),
            imports_title=fields.text("imports_title"),
        )
        fields.done()
        yield jurisdiction, statutes


def read_matters(path: Path, shown_as: str) -> Iterator[Matter]:
    """What acts are about besides headings, by name. Raises ``LawError`` that names the line."""
    for name, located in read_yaml(path, shown_as).entries().items():
        fields = Fields(located)
        concerns = fields.need("concerns")
        matter = Matter(
            id=name,
            title=fields.need("title").text(),
            concerns=frozenset(one.text() for one in concerns.items()),
            bears=fields.text("bears"),
            file=shown_as,
            line=located.line,
        )
        fields.done()
        if matter.kind not in STATES or not name.partition(":")[2]:
            raise located.fail(f"a matter is one of {', '.join(sorted(STATES))}, a colon and its name")
        yield matter


def read_program(path: Path, shown_as: str, zones: dict[str, str], uses: list[Context]) -> Program:
    """One program file with its waterfall of headings. Raises ``LawError`` that names the line."""
    located = read_yaml(path, shown_as)
    fields = Fields(located)
    into = fields.need("into").text()
    program_id = fields.need("id").text()
    context = Context(zones[into]) if into in zones else None
    if context is None:
        raise located.fail(f"unknown importing country {into!r}")
    uses.append(context)
    common = fields.take("when")
    common_when = read_when(common, context) if common else None
    program = Program(
        id=program_id,
        title=fields.need("title").text(),
        authority=fields.need("authority").text(),
        into=into,
        reporting_order=fields.integer("reporting_order"),
        drawback=fields.text("drawback"),
        country_wide=fields.flag("country_wide"),
        locks_at_admission=fields.word("privileged_foreign", ("locks", "entry"), "locks") == "locks",
        rows=tuple(
            _row(item, place, program_id, into, common_when, context, uses)
            for place, item in enumerate(fields.need("headings").items())
        ),
        file=shown_as,
    )
    fields.text("notes")
    fields.done()
    return program


def _row(
    item: Located, place: int, program: str, into: str, common: Condition | None, context: Context, uses: list[Context]
) -> Row:
    fields = Fields(item)
    code = fields.need("code").text()
    own = Context(context.zone, code)
    uses.append(own)
    when = fields.take("when")
    conditions = [part for part in (common, read_when(when, own) if when else None) if part is not None]
    kind = fields.need("kind")
    if kind.text() not in HEADING_KINDS:
        raise kind.fail(f"a heading is one of {', '.join(sorted(HEADING_KINDS))}")
    row = Row(
        key=f"{into.lower()}/{code}",
        code=code,
        program=program,
        place=place,
        kind=kind.text(),
        when=conditions[0] if len(conditions) == 1 else All(tuple(conditions)),
        portion=read_portion(fields.take("portion"), own),
        fallback=fields.flag("fallback"),
        zero=fields.text("zero"),
        cap_on=fields.word("cap_on", ("general", "applied"), "general"),
        text=fields.text("text"),
        cite=fields.text("cite"),
        version=read_version(fields, context.zone),
        line=item.line,
    )
    fields.done()
    return row


def read_list(path: Path, shown_as: str, zone: str) -> ProductList:
    """One product list (CSV with comment lines first). Raises ``LawError`` naming every bad line."""
    head: dict[str, str] = {}
    rows: list[ListRow] = []
    problems: list[Problem] = []
    lines = list(io.StringIO(read_text(path, shown_as), newline=""))
    skipped = 0
    while skipped < len(lines) and lines[skipped].startswith("#"):
        key, _, value = lines[skipped].lstrip("# ").partition(":")
        head[key.strip()] = value.strip()
        skipped += 1
    reader = csv.DictReader(lines[skipped:])
    unknown = set(reader.fieldnames or ()) - _LIST_COLUMNS
    if unknown or not {"prefix", "from", "act"} <= set(reader.fieldnames or ()):
        raise LawError([Problem(shown_as, skipped + 1, f"columns must be among {', '.join(sorted(_LIST_COLUMNS))}")])
    for number, cells in enumerate(reader, start=skipped + 2):
        if None in cells or None in cells.values():
            problems.append(Problem(shown_as, number, "more or fewer cells than columns"))
            continue
        try:
            rows.append(_list_row(cells, zone, number))
        except ValueError as error:
            problems.append(Problem(shown_as, number, str(error)))
    if problems:
        raise LawError(problems)
    if not (head.get("title") and head.get("citation")):
        raise LawError([Problem(shown_as, 1, "a list begins with '# title: ...' and '# citation: ...'")])
    return ProductList(path.stem, head["title"], head["citation"], tuple(rows), shown_as)


def _list_row(cells: dict[str, str], zone: str, number: int) -> ListRow:
    prefix, act = cells["prefix"], cells["act"]
    if not prefix.isdigit() or not 2 <= len(prefix) <= 10:
        raise ValueError(f"a prefix has 2 to 10 digits, not {prefix!r}")
    if not act:
        raise ValueError("every list line has an act")
    start, until = cells["from"], cells.get("until") or ""
    version = Version(
        parse_instant(start, zone) if start else ALWAYS,
        parse_instant(until, zone) if until else FOREVER,
        act,
        cells.get("until_act") or act,
    )
    if version.until <= version.start:
        raise ValueError("until lies before from")
    share = Fraction(cells["share"]) if cells.get("share") else None
    if share is not None and (not 0 < share < 1 or cells.get("scope") or cells.get("claim")):
        raise ValueError("a share lies between 0 and 1, and stands beside no scope or claim")
    return ListRow(
        prefix,
        cells.get("class") or "",
        version,
        cells.get("scope") or "",
        cells.get("claim") or "",
        cells.get("note") or "",
        number,
        share,
    )


def read_interactions(path: Path, shown_as: str, zone: str) -> Iterator[Interaction]:
    """The interactions of one file, in order."""
    for item in read_yaml(path, shown_as).items():
        fields = Fields(item)
        takes = fields.need("takes")
        if takes.text() not in ("whole", "covered"):
            raise takes.fail("takes is whole or covered")
        interaction = Interaction(
            id=fields.need("id").text(),
            over=frozenset(one.text() for one in fields.need("over").items()),
            yields=tuple(one.text() for one in fields.need("yields").items()),
            whole=takes.text() == "whole",
            report=fields.text("report"),
            charged=fields.flag("charged"),
            cite=fields.text("cite"),
            version=read_version(fields, zone),
            file=shown_as,
            line=item.line,
        )
        fields.text("notes")
        fields.done()
        yield interaction


def read_bases(path: Path, shown_as: str, zone: str, uses: list[Context], into: str) -> Iterator[BasisRule]:
    """The basis rules of one file, in order; ``into`` is the importing country whose law they are."""
    for item in read_yaml(path, shown_as).items():
        fields = Fields(item)
        context = Context(zone)
        uses.append(context)
        programs = fields.need("programs")
        excepting = isinstance(programs.value, dict)
        named = Fields(programs).need("except") if excepting else programs
        basis = fields.need("basis")
        if basis.text() not in BASES:
            raise basis.fail(f"a basis is one of {', '.join(sorted(BASES))}")
        if basis.text() == REPLACED and (excepting or [one.text() for one in named.items()] != [BASE]):
            raise basis.fail(f"{REPLACED} is said of the {BASE} duty alone")
        rule = BasisRule(
            id=fields.need("id").text(),
            when=read_when(fields.need("when"), context),
            programs=frozenset(one.text() for one in named.items()),
            excepting=excepting,
            basis=basis.text(),
            cite=fields.text("cite"),
            version=read_version(fields, zone),
            into=into,
        )
        fields.text("notes")
        fields.done()
        yield rule


def read_fees(path: Path, shown_as: str, zones: dict[str, str], uses: list[Context]) -> Iterator[Fee]:
    """The fees, one row for each stretch of time with one rate."""
    for item in read_yaml(path, shown_as).items():
        fields = Fields(item)
        into = fields.need("into")
        if into.text() not in zones:
            raise into.fail(f"unknown importing country {into.text()!r}")
        zone = zones[into.text()]
        context = Context(zone)
        uses.append(context)
        stated = fields.take("rate_fact")
        if stated is not None:
            context.name("facts", stated)
        when = fields.take("when")
        amounts = {
            name: found.read(read_number) if (found := fields.take(name)) else None
            for name in ("min", "max", "informal", "informal_upto")
        }
        start, until = fields.take("from"), fields.take("until")
        types = fields.take("informal_types")
        fee = Fee(
            code=fields.need("code").text(),
            title=fields.need("title").text(),
            rate=fields.need("rate").read(read_number),
            minimum=amounts["min"],
            maximum=amounts["max"],
            informal=amounts["informal"],
            informal_types=frozenset(one.text() for one in types.items()) if types else frozenset(),
            informal_upto=amounts["informal_upto"],
            per_entry=fields.word("per", ("line", "entry"), "line") == "entry",
            when=read_when(when, context) if when else All(()),
            cite=fields.need("cite").text(),
            start=read_instant(start, zone) if start else ALWAYS,
            until=read_instant(until, zone) if until else FOREVER,
            into=into.text(),
            on_duty=fields.word("on", ("value", "value_and_duty"), "value") == "value_and_duty",
            rate_fact=stated.text() if stated else "",
            warning=fields.text("warning"),
        )
        fields.text("notes")
        fields.done()
        yield fee


def read_facts(path: Path, shown_as: str) -> Iterator[FactName]:
    """The declared claims, scopes and facts of one file, and the claims that are refused."""
    fields = Fields(read_yaml(path, shown_as))
    for group in ("claims", "scopes", "facts"):
        found = fields.take(group)
        for name, value in found.entries().items() if found else ():
            own = Fields(value)
            yield FactName(
                name=name,
                group=group,
                type=own.word("type", FACT_TYPES, "yes/no"),
                unit=own.text("unit"),
                text=own.need("text").text(),
                ask=own.flag("ask", True),
                warn_when=own.word("warn_when", FACT_WARNINGS, ""),
            )
            own.done()
    refused = fields.take("not_covered_claims")
    for name, reason in refused.entries().items() if refused else ():
        yield FactName(name, "claims", "yes/no", "", reason.text(), ask=False, refused=reason.text())
    fields.done()


def read_special(path: Path, shown_as: str, zone: str) -> Iterator[SpecialProgram]:
    """Special programs: ``- {spi: [S, S+], title:, cite:, countries: [{country:, from:, until:, act:}], ...}``."""
    for item in read_yaml(path, shown_as).items():
        fields = Fields(item)
        codes = tuple(code.text() for code in fields.need("spi").items())
        title, cite, note = fields.need("title").text(), fields.need("cite").text(), fields.text("note")
        members: list[GroupRow] = []
        countries = fields.take("countries")
        for row in countries.items() if countries else ():
            own = Fields(row)
            places = own.need("country").items()
            version = read_version(own, zone)
            own.text("cite")
            own.done()
            members += [GroupRow(codes[0], place.text(), version) for place in places]
        refused = fields.take("not_covered")
        reason, within = "", (ALWAYS, ALWAYS)
        if refused is not None:
            own = Fields(refused)
            reason, version = own.need("why").text(), read_version(own, zone)
            within = (version.start, version.until)
            own.done()
        fields.done()
        yield SpecialProgram(codes, title, cite, tuple(members), reason, within, note)


def read_groups(path: Path, shown_as: str, zone: str) -> Iterator[GroupRow]:
    """Country groups: ``EU: [{country: AT, from: ..., until: ...}, DE, ...]``."""
    for group, members in read_yaml(path, shown_as).entries().items():
        for item in members.items():
            if isinstance(item.value, str):
                yield GroupRow(group, item.text(), Version())
                continue
            fields = Fields(item)
            countries = fields.need("country")
            version = read_version(fields, zone)
            fields.text("cite")
            fields.done()
            yield from (GroupRow(group, country.text(), version) for country in countries.items())


def read_coverage(path: Path, shown_as: str, zones: dict[str, str]) -> Iterator[Coverage]:
    """Which origins' additional duties are known, and from when."""
    for item in read_yaml(path, shown_as).items():
        fields = Fields(item)
        place = fields.need("into")
        into = place.text()
        if into not in zones:
            raise place.fail(f"unknown importing country {into!r}")
        zone = zones[into]
        reconstructed, since = fields.take("reconstructed_before"), fields.take("reconstructed_from")
        panel = fields.take("panel")
        coverage = Coverage(
            into=into,
            origins=frozenset(one.text() for one in fields.need("origins").items()),
            start=read_instant(fields.need("from"), zone),
            reconstructed_before=read_instant(reconstructed, zone) if reconstructed else ALWAYS,
            note=fields.text("note"),
            panel=tuple(_panel_start(one, zone) for one in panel.items()) if panel else (),
            reconstructed_from=read_instant(since, zone) if since else ALWAYS,
            reconstructed=fields.text("reconstructed"),
        )
        fields.done()
        yield coverage


def _panel_start(item: Located, zone: str) -> PanelStart:
    fields = Fields(item)
    origins = frozenset(one.text() for one in fields.need("origins").items())
    found = PanelStart(origins, read_instant(fields.need("from"), zone))
    fields.done()
    return found
