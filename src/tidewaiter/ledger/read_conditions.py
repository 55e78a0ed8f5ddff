"""``when:`` maps, portions and windows, from located YAML to the nouns of the ledger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from tidewaiter.ledger.conditions import (
    COMPARISONS,
    All,
    AnyOf,
    Claim,
    Condition,
    DatedBefore,
    Denied,
    EnteredBefore,
    Measure,
    Not,
    OnList,
    Origin,
    Prefix,
    Scope,
    Word,
)
from tidewaiter.ledger.instants import ALWAYS, FOREVER, Instant, parse_instant
from tidewaiter.ledger.located import Fields, Located
from tidewaiter.ledger.model import ANYWHERE, REST, Portion, Version


@dataclass(slots=True)
class Context:
    """What a ``when:`` is read against: the zone of its country, the heading it belongs to, and the names it uses."""

    zone: str
    code: str = ""
    names_used: list[tuple[str, str, Located]] = field(default_factory=list)
    lists_used: list[tuple[str, str, Located]] = field(default_factory=list)
    places_used: list[tuple[str, Located]] = field(default_factory=list)

    def name(self, group: str, located: Located) -> str:
        """The text, noted as a name that must be declared in ``facts/``."""
        self.names_used.append((group, located.text(), located))
        return located.text()


def read_when(located: Located, context: Context) -> Condition:
    """A ``when:`` map as one condition; the entries of a map are joined by AND."""
    parts: list[Condition] = []
    for word, value in located.entries().items():
        reader = _WORDS.get(word)
        if reader is None:
            raise value.fail(f"unknown condition {word!r}", f"known: {', '.join(sorted(_WORDS))}")
        part = reader(value, context)
        if part is not None:
            parts.append(part)
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def read_portion(located: Located | None, context: Context) -> Portion:
    """``rest``, a money fact, ``{fact: FACT, upto: SHARE}``, ``{content: FACT, pool: NAME}`` or ``{less: FACT}``."""
    if located is None:
        return REST
    if isinstance(located.value, str):
        if located.text() == "rest":
            return REST
        return Portion("fact", context.name("facts", located))
    fields = Fields(located)
    named = [(kind, fact) for kind in ("fact", "content", "less") if (fact := fields.take(kind)) is not None]
    pool, upto = fields.text("pool"), fields.take("upto")
    fields.done()
    if len(named) == 1:
        kind, fact = named[0]
        if (not pool or kind == "content") and (upto is None) == (kind != "fact"):
            share = upto.read(read_number) if upto is not None else None
            return Portion(kind, context.name("facts", fact), pool, share)
    known = "rest, a fact, {fact: FACT, upto: SHARE}, {content: FACT, pool: NAME} or {less: FACT}"
    raise located.fail(f"a portion is {known}")


def read_version(fields: Fields, zone: str) -> Version:
    """``from``, ``until``, ``act``, ``until_act`` of any dated row."""
    start, until = fields.take("from"), fields.take("until")
    act = fields.text("act")
    return Version(
        start=read_instant(start, zone) if start else ALWAYS,
        until=read_instant(until, zone) if until else FOREVER,
        act=act,
        until_act=fields.text("until_act") or act,
    )


def read_instant(located: Located, zone: str) -> Instant:
    """An instant; a bare date is 00:01 in the zone of the importing country."""
    return located.read(lambda text: parse_instant(text, zone))


def read_number(text: str) -> Decimal:
    """A plain number of the law's data; ``15%`` is 0.15. Raises ``ValueError``."""
    try:
        return Decimal(text[:-1]) / 100 if text.endswith("%") else Decimal(text)
    except InvalidOperation as error:
        raise ValueError(f"not a number: {text!r}") from error


def _products(located: Located, context: Context) -> Condition:
    wanted: dict[str, set[str]] = {}
    for item in located.items():
        if isinstance(item.value, dict):
            fields = Fields(item)
            list_id = fields.need("list").text()
            classes = fields.take("class")
            fields.done()
            names = {one.text() for one in classes.items()} if classes else set()
        else:
            list_id, _, klass = item.text().partition("#")
            names = {klass} if klass else set()
        context.lists_used.extend((list_id, klass, item) for klass in names or {""})
        seen = wanted.setdefault(list_id, set(names) or {""})
        seen |= names or {""}
    parts = [OnList(list_id, frozenset(names - {""})) for list_id, names in wanted.items()]
    return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))


def _origin(located: Located, context: Context) -> Condition | None:
    places = frozenset(item.text() for item in located.items())
    if places == {ANYWHERE}:
        return None
    context.places_used.extend((item.text(), item) for item in located.items())
    return Origin(places)


def _prefixes(located: Located, context: Context) -> Condition:
    prefixes = tuple(item.text().replace(".", "") for item in located.items())
    if any(not prefix.isdigit() or len(prefix) % 2 for prefix in prefixes):
        raise located.fail("chapters and numbers have an even count of digits, such as 07 or 8708.29")
    return Prefix(prefixes)


def _dated(fact: str) -> Callable[[Located, Context], Condition]:
    return lambda located, context: DatedBefore(fact, read_instant(located, context.zone), context.zone)


def _words(fact: str, asked: bool) -> Callable[[Located, Context], Condition]:
    return lambda located, context: Word(fact, frozenset(item.text() for item in located.items()), asked)


def _claim(located: Located, context: Context) -> Condition:
    names = tuple(context.name("claims", item) for item in located.items())
    return Claim((*names, context.code) if context.code else names)


def _scope(located: Located, context: Context) -> Condition:
    parts = tuple(Scope(context.name("scopes", item)) for item in located.items())
    return parts[0] if len(parts) == 1 else AnyOf(parts)


def _denied(located: Located, context: Context) -> Condition:
    return Denied(context.name("scopes", located))


def _facts(of_value: bool) -> Callable[[Located, Context], Condition]:
    def read(located: Located, context: Context) -> Condition:
        parts: list[Condition] = []
        for name, tests in located.entries().items():
            context.names_used.append(("facts", name, tests))
            for compare, bound in tests.entries().items():
                if compare == "in" and not of_value:
                    parts.append(Word(name, frozenset(item.text() for item in bound.items()), asked=True))
                elif compare == "before" and not of_value:
                    parts.append(DatedBefore(name, read_instant(bound, context.zone), context.zone))
                elif compare in COMPARISONS:
                    parts.append(Measure(name, compare, bound.read(read_number), of_value))
                else:
                    raise bound.fail(f"unknown comparison {compare!r}", f"known: in, before, {', '.join(COMPARISONS)}")
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    return read


def _not(located: Located, context: Context) -> Condition:
    return Not(read_when(located, context))


def _any(located: Located, context: Context) -> Condition:
    return AnyOf(tuple(read_when(item, context) for item in located.items()))


def _entered_before(located: Located, context: Context) -> Condition:
    return EnteredBefore(read_instant(located, context.zone))


def _entered_from(located: Located, context: Context) -> Condition:
    return Not(EnteredBefore(read_instant(located, context.zone)))


_WORDS: dict[str, Callable[[Located, Context], Condition | None]] = {
    "products": _products,
    "origin": _origin,
    "chapter": _prefixes,
    "number": _prefixes,
    "entered_before": _entered_before,
    "entered_from": _entered_from,
    "loaded_before": _dated("loaded_at"),
    "exported_before": _dated("exported_at"),
    "imported_before": _dated("imported_at"),
    "admitted_before": _dated("admitted_at"),
    "transport": _words("transport", asked=True),
    "claim": _claim,
    "scope": _scope,
    "denied": _denied,
    "spi": _words("spi", asked=False),
    "fact": _facts(of_value=False),
    "share": _facts(of_value=True),
    "ch98": _words("ch98", asked=False),
    "entry_type": _words("entry_type", asked=False),
    "ftz_status": _words("ftz_status", asked=False),
    "not": _not,
    "any": _any,
}
