"""``when:`` maps over the facts of an entry, from located YAML to conditions."""

from __future__ import annotations

from collections.abc import Callable

from tidewaiter.ledger.located import Fields, Located
from tidewaiter.ledger.model import STATES
from tidewaiter.ledger.refund_law import (
    FLAGS,
    NO,
    WORDED,
    YES,
    AllOf,
    EntryCondition,
    Is,
    Not,
    OneOf,
    Passed,
    Stands,
)


def read_entry_when(located: Located) -> EntryCondition:
    """A ``when:`` map over the facts of an entry; the entries of the map are joined by AND."""
    parts: list[EntryCondition] = []
    for word, value in located.entries().items():
        if word in FLAGS or word in WORDED:
            parts.append(Is(word, frozenset(word_of_fact(word, one, value) for one in value.items())))
        elif word in ENTRY_WORDS:
            parts.append(ENTRY_WORDS[word](value))
        else:
            known = ", ".join(sorted({*ENTRY_WORDS, *FLAGS, *WORDED}))
            raise value.fail(f"unknown condition {word!r}", f"known: {known}")
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def word_of_fact(fact: str, value: Located, where: Located) -> str:
    """A word that the fact can be. Raises ``LawError`` for any other, and for a fact that no entry has."""
    if fact in FLAGS:
        if value.text() not in (YES, NO):
            raise value.fail(f"{fact} is {YES} or {NO}, not {value.text()!r}")
    elif fact not in WORDED:
        raise where.fail(f"no fact {fact!r} of an entry", f"known: {', '.join(sorted({*FLAGS, *WORDED}))}")
    else:
        words = WORDED[fact]
        if words is not None and value.text() not in words:
            raise value.fail(f"{fact} is one of {', '.join(sorted(words))}, not {value.text()!r}")
    return value.text()


def _left(located: Located) -> EntryCondition:
    """``left: {CLOCK: {below: 30}}``: fewer than so many days are left."""
    parts: list[EntryCondition] = []
    for clock, bound in located.entries().items():
        fields = Fields(bound)
        parts.append(Passed(clock, fields.integer("below")))
        fields.done()
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def _stands(located: Located) -> EntryCondition:
    parts: list[EntryCondition] = []
    for matter, words in located.entries().items():
        known = STATES.get(matter.partition(":")[0], frozenset())
        for one in words.items():
            if one.text() not in known:
                raise one.fail(f"{matter} is never {one.text()!r}", f"known: {', '.join(sorted(known))}")
        parts.append(Stands(matter, frozenset(one.text() for one in words.items())))
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


ENTRY_WORDS: dict[str, Callable[[Located], EntryCondition]] = {
    "past": lambda value: Passed(value.text()),
    "within": lambda value: Not(Passed(value.text())),
    "left": _left,
    "stands": _stands,
    "not": lambda value: Not(read_entry_when(value)),
    "any": lambda value: OneOf(tuple(map(read_entry_when, value.items()))),
}
