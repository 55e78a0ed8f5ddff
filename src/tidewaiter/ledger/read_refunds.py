"""The law of refunds, from YAML to its nouns: processes, interest, working days, rights that are contested."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path

from tidewaiter.ledger.located import Fields, Located, read_yaml
from tidewaiter.ledger.model import CONFIDENCES
from tidewaiter.ledger.read_acts import read_sources
from tidewaiter.ledger.read_conditions import read_number, read_version
from tidewaiter.ledger.read_entry_when import read_entry_when, word_of_fact
from tidewaiter.ledger.refund_law import (
    BASES,
    ROUTE_BUCKETS,
    TOLD,
    AllOf,
    Caution,
    Cliff,
    Clock,
    Contested,
    EntryCondition,
    Holiday,
    InterestLaw,
    Is,
    Passed,
    Quarter,
    RefundProcess,
    Route,
    Served,
    Stands,
    WorkingDays,
)

LENGTHS = ("days", "years", "working_days", "working_day_of_next_month", "open")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def read_process(path: Path, shown_as: str, zones: dict[str, str]) -> RefundProcess:
    """One process of refund. Raises ``LawError`` that names the line."""
    fields = Fields(read_yaml(path, shown_as))
    into = _into(fields, zones)
    zone = zones[into]
    clocks = tuple(_clock(one, zone) for one in fields.need("clocks").items())
    routes = tuple(_route(one, zone) for one in fields.need("routes").items())
    cautions = fields.take("cautions")
    process = RefundProcess(
        id=fields.need("id").text(),
        title=fields.need("title").text(),
        into=into,
        serves=tuple(_served(one, zone) for one in fields.need("serves").items()),
        assume=_assumed(fields.take("assume")),
        clocks=clocks,
        routes=routes,
        file=shown_as,
        cautions=tuple(_caution(one, zone) for one in cautions.items()) if cautions else (),
    )
    fields.done()
    if process.routes[-1].when != AllOf():
        raise fields.located.fail("the last route has no when: every entry must find a way")
    return process


def read_interest(path: Path, shown_as: str, zones: dict[str, str]) -> InterestLaw:
    """The rates of interest. Raises ``LawError``: a gap between quarters, a class without a rate."""
    fields = Fields(read_yaml(path, shown_as))
    classes = {name: value.text() for name, value in fields.need("classes").entries().items()}
    located = fields.need("quarters")
    quarters = [_quarter(one, classes) for one in located.items()]
    for one, following, where in zip(quarters, quarters[1:], located.items()[1:], strict=False):
        if one.until != following.start:
            raise where.fail(f"a quarter begins on {following.start}, the one before it ends on {one.until}")
    found = InterestLaw(
        into=_into(fields, zones),
        title=fields.need("title").text(),
        cite=fields.need("cite").text(),
        days_in_year=fields.integer("days_in_year"),
        days_in_leap_year=fields.integer("days_in_leap_year"),
        classes=classes,
        quarters=tuple(quarters),
        file=shown_as,
    )
    fields.done()
    return found


def read_working_days(path: Path, shown_as: str, zones: dict[str, str]) -> Iterator[WorkingDays]:
    """The holidays of each importing country."""
    for into, value in read_yaml(path, shown_as).entries().items():
        if into not in zones:
            raise value.fail(f"unknown importing country {into!r}")
        fields = Fields(value)
        cite = fields.need("cite").text()
        holidays = tuple(map(_holiday, fields.need("holidays").items()))
        fields.done()
        yield WorkingDays(into, cite, holidays)


def read_contested(path: Path, shown_as: str) -> Iterator[Contested]:
    """The duties that may fall."""
    for item in read_yaml(path, shown_as).items():
        fields = Fields(item)
        yield Contested(
            id=fields.need("id").text(),
            title=fields.need("title").text(),
            programs=_texts(fields.need("programs")),
            case=fields.text("case"),
            process=fields.need("process").text(),
            clocks=_texts(fields.need("clocks")),
            keep=fields.need("keep").text(),
            cite=fields.need("cite").text(),
            confidence=_confidence(fields.need("confidence")),
            file=shown_as,
            line=item.line,
        )
        fields.done()


def _into(fields: Fields, zones: dict[str, str]) -> str:
    into = fields.need("into")
    if into.text() not in zones:
        raise into.fail(f"unknown importing country {into.text()!r}")
    return into.text()


def _confidence(located: Located) -> str:
    if located.text() not in CONFIDENCES:
        raise located.fail(f"{located.text()!r} is not one of {', '.join(sorted(CONFIDENCES))}")
    return located.text()


def _texts(located: Located) -> tuple[str, ...]:
    return tuple(one.text() for one in located.items())


def _served(located: Located, zone: str) -> Served:
    fields = Fields(located)
    served = Served(fields.need("authority").text(), read_version(fields, zone), located.line)
    fields.done()
    return served


def _assumed(located: Located | None) -> dict[str, str]:
    found: dict[str, str] = {}
    for fact, value in located.entries().items() if located else ():
        word_of_fact(fact, value, value)
        found[fact] = value.text()
    return found


def _clock(located: Located, zone: str) -> Clock:
    fields = Fields(located)
    given = {word: found for word in LENGTHS if (found := fields.take(word)) is not None}
    if len(given) != 1:
        raise located.fail(f"a clock has one length: {', '.join(LENGTHS)}")
    after = fields.need("after")
    for one in after.items():
        if one.text() not in BASES:
            raise one.fail(f"a clock runs after {', '.join(sorted(BASES))}, not {one.text()!r}")
    when = fields.take("when")
    clock = Clock(
        id=fields.need("id").text(),
        after=_texts(after),
        text=fields.need("text").text(),
        cite=fields.need("cite").text(),
        confidence=_confidence(fields.need("confidence")),
        days=_whole(given.get("days")),
        years=_whole(given.get("years")),
        working_days=_whole(given.get("working_days")),
        working_day_of_next_month=_whole(given.get("working_day_of_next_month")),
        open="open" in given,
        types=_types(when) if when else frozenset(),
        cliff=_cliff(fields.take("cliff")),
        version=read_version(fields, zone),
        line=located.line,
    )
    fields.done()
    return clock


def _types(located: Located) -> frozenset[str]:
    """``when: {entry_type: [...]}``: a clock asks for nothing else."""
    fields = Fields(located)
    types = frozenset(_texts(fields.need("entry_type")))
    fields.done()
    return types


def _cliff(located: Located | None) -> Cliff | None:
    if located is None:
        return None
    fields = Fields(located)
    buckets = fields.need("buckets")
    for one in buckets.items():
        _bucket(one)
    when = fields.take("when")
    cliff = Cliff(
        frozenset(_texts(buckets)),
        fields.need("what").text(),
        fields.text("instead_of"),
        _told(when) if when else AllOf(),
    )
    fields.done()
    return cliff


def _told(located: Located) -> EntryCondition:
    """A ``when:`` map over facts that reports tell, and no clocks: it is asked of many entries at once."""
    when = read_entry_when(located)
    for part in when.parts():
        if isinstance(part, Passed | Stands) or (isinstance(part, Is) and part.fact not in TOLD):
            raise located.fail(
                "here a condition hangs on facts of the entry alone", f"known: {', '.join(sorted(TOLD))}"
            )
    return when


def _caution(located: Located, zone: str) -> Caution:
    fields = Fields(located)
    caution = Caution(
        id=fields.need("id").text(),
        when=_told(fields.need("when")),
        text=fields.need("text").text(),
        cite=fields.need("cite").text(),
        confidence=_confidence(fields.need("confidence")),
        version=read_version(fields, zone),
        line=located.line,
    )
    fields.done()
    return caution


def _bucket(located: Located) -> str:
    if located.text() not in ROUTE_BUCKETS:
        raise located.fail(f"a bucket is one of {', '.join(sorted(ROUTE_BUCKETS))}, not {located.text()!r}")
    return located.text()


def _whole(located: Located | None) -> int | None:
    return Fields(Located({"n": located}, located.file, located.line)).integer("n") if located else None


def _route(located: Located, zone: str) -> Route:
    fields = Fields(located)
    when, confidence, deadline = fields.take("when"), fields.take("confidence"), fields.take("deadline")
    route = Route(
        id=fields.need("id").text(),
        when=read_entry_when(when) if when else AllOf(),
        bucket=_bucket(fields.need("bucket")),
        reason=fields.need("reason").text(),
        next=fields.need("next").text(),
        cite=fields.need("cite").text(),
        confidence=_confidence(confidence) if confidence else "published",
        deadlines=_texts(deadline) if deadline else (),
        settlement=fields.text("settlement"),
        kept=fields.flag("kept"),
        version=read_version(fields, zone),
        line=located.line,
    )
    fields.done()
    return route


def _quarter(located: Located, classes: dict[str, str]) -> Quarter:
    fields = Fields(located)
    start, until = fields.need("from").read(_day), fields.need("until").read(_day)
    if until <= start:
        raise located.fail("until lies before from")
    given = fields.need("rates")
    rates = {name: value.read(lambda text: Fraction(read_number(text))) for name, value in given.entries().items()}
    if set(rates) != set(classes):
        raise given.fail(f"a rate for each of {', '.join(classes)}")
    announced, derived = fields.take("announced"), fields.take("derived")
    quarter = Quarter(
        start=start,
        until=until,
        rates=rates,
        derived=frozenset(_texts(derived)) if derived else frozenset(),
        announced=announced.read(_day) if announced else start,
        citation=fields.need("citation").text(),
        sources=read_sources(fields.need("sources")),
        confidence=_confidence(fields.need("confidence")),
        line=located.line,
    )
    fields.done()
    if not quarter.derived <= set(classes):
        raise located.fail("derived names a class that is not there")
    if quarter.derived and quarter.confidence == "published":
        raise located.fail("a derived rate is not published", "mark it reported")
    return quarter


def _day(text: str) -> str:
    if not _DAY.fullmatch(text):
        raise ValueError(f"not a day: {text!r} (write 2026-01-31)")
    return date.fromisoformat(text).isoformat()


def _holiday(located: Located) -> Holiday:
    fields = Fields(located)
    weekday = fields.take("weekday")
    if weekday is not None and weekday.text() not in WEEKDAYS:
        raise weekday.fail(f"a weekday is one of {', '.join(WEEKDAYS)}")
    holiday = Holiday(
        name=fields.need("name").text(),
        month=fields.integer("month"),
        day=fields.integer("day", 0),
        weekday=WEEKDAYS.index(weekday.text()) if weekday else 0,
        nth=fields.integer("nth", 0),
    )
    fields.done()
    if bool(holiday.day) == bool(holiday.nth) or bool(weekday) != bool(holiday.nth):
        raise located.fail("a holiday has a day, or a weekday and nth")
    return holiday
