"""The nouns of refunds: the process with its clocks and routes, interest, working days, and rights that are contested.

No arithmetic here: the desk (:mod:`tidewaiter.refunds`) asks these. A condition is over the facts of an entry, not of a line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from tidewaiter.ledger.model import Source, Version

YES, NO = "yes", "no"
FLAGS = frozenset(
    [
        "refundable",
        "served",
        "liquidated",
        "recon_flagged",
        "recon_filed",
        "drawback",
        "statement_paid",
        "summary_accepted",
        "surety_paid",
        "corrected",
    ]
)
"""Facts of an entry that are yes or no. ``refundable``, ``served`` and ``liquidated`` the desk finds itself."""
WORDED: dict[str, frozenset[str] | None] = {
    "entry_type": None,
    "hold": frozenset({"none", "extended", "suspended", "review"}),
    "protest": frozenset({"none", "open", "suspended", "denied", "approved", "withdrawn"}),
    "ad_cvd": frozenset({"none", "suspended", "pending"}),
    "indicator": None,
}
"""Facts of an entry that are a word, with the closed list of words where there is one."""
TOLD = frozenset({*WORDED, *FLAGS}) - {"protest", "served"}
"""Facts on which a caution or a cliff can hang. The others hang on the day asked about in ways that only routes weigh."""
ASKED = "asked"
BASES = frozenset(
    [
        "entry_date",
        "summary_date",
        "deposit_date",
        "liquidation_date",
        "recon_due",
        "protest_date",
        ASKED,
    ]
)
"""From what a clock runs: days of the entry, or the day that is asked about."""
BUCKETS = ("claim now", "wait", "protest", "court", "not eligible", "missing data")
ROUTE_BUCKETS = frozenset(BUCKETS[:-1])
"""The buckets that a route can name: what is missing is found, not written."""


@dataclass(frozen=True, slots=True)
class EntryCondition:
    """A condition over the facts of an entry on a day."""

    def parts(self) -> Iterator[EntryCondition]:
        """The condition and everything within it."""
        yield self


@dataclass(frozen=True, slots=True)
class Is(EntryCondition):
    """The fact is one of the words (``yes``, ``no`` for flags)."""

    fact: str
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Passed(EntryCondition):
    """The day asked lies after the clock's last day less ``margin`` days."""

    clock: str
    margin: int = 0


@dataclass(frozen=True, slots=True)
class Stands(EntryCondition):
    """The matter is in one of these states on the day asked, by the acts that the regime counts."""

    matter: str
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class AllOf(EntryCondition):
    """All hold; of none: always."""

    conditions: tuple[EntryCondition, ...] = ()

    def parts(self) -> Iterator[EntryCondition]:
        yield self
        for one in self.conditions:
            yield from one.parts()


@dataclass(frozen=True, slots=True)
class OneOf(EntryCondition):
    """At least one holds."""

    conditions: tuple[EntryCondition, ...]

    def parts(self) -> Iterator[EntryCondition]:
        yield self
        for one in self.conditions:
            yield from one.parts()


@dataclass(frozen=True, slots=True)
class Not(EntryCondition):
    """It does not hold."""

    condition: EntryCondition

    def parts(self) -> Iterator[EntryCondition]:
        yield self
        yield from self.condition.parts()


@dataclass(frozen=True, slots=True)
class Cliff:
    """What falls out when the clock has run: which buckets are counted, and what can no longer be done.

    ``instead_of`` names a clock: only entries for which that one has no day are counted. ``when`` narrows them further.
    """

    buckets: frozenset[str]
    what: str
    instead_of: str = ""
    when: EntryCondition = AllOf()


@dataclass(frozen=True, slots=True)
class Caution:
    """What somebody must check of the entries for which ``when`` holds, whatever their bucket: no report tells it.

    ``id`` is a stable code. No amount and no bucket changes by it.
    """

    id: str
    when: EntryCondition
    text: str
    cite: str
    confidence: str
    version: Version = field(default_factory=Version)
    line: int = 0


@dataclass(frozen=True, slots=True)
class Clock:
    """A span of time from a day of the entry to the last day on which something can be done.

    One of ``days``, ``years``, ``working_days`` and ``working_day_of_next_month`` gives the length; ``open`` says that no
    day can be told. ``after`` names the days from which it runs, the first that is known counts; ``types`` the entry
    types it is for (none: all the others).
    """

    id: str
    after: tuple[str, ...]
    text: str
    cite: str
    confidence: str
    days: int | None = None
    years: int | None = None
    working_days: int | None = None
    working_day_of_next_month: int | None = None
    open: bool = False
    types: frozenset[str] = frozenset()
    cliff: Cliff | None = None
    version: Version = field(default_factory=Version)
    line: int = 0


@dataclass(frozen=True, slots=True)
class Route:
    """One way for an entry: if its condition holds, the bucket, the reason, the next step, and the clocks that bound it.

    Of the clocks the first to run out governs. ``kept`` says that what has been filed keeps the claim: no window closes on it.
    ``settlement`` is the clock by which an entry that is claimed on the day asked is expected to be (re)liquidated.
    """

    id: str
    when: EntryCondition
    bucket: str
    reason: str
    next: str
    cite: str
    confidence: str
    deadlines: tuple[str, ...] = ()
    settlement: str = ""
    kept: bool = False
    version: Version = field(default_factory=Version)
    line: int = 0


@dataclass(frozen=True, slots=True)
class Served:
    """An authority whose duties the process refunds, within a window."""

    authority: str
    version: Version
    line: int = 0


@dataclass(frozen=True, slots=True)
class RefundProcess:
    """A process of refund: whom it serves, what it takes where reports are silent, its clocks, routes in order, and cautions."""

    id: str
    title: str
    into: str
    serves: tuple[Served, ...]
    assume: dict[str, str]
    clocks: tuple[Clock, ...]
    routes: tuple[Route, ...]
    file: str
    cautions: tuple[Caution, ...] = ()

    def versions(self) -> Iterator[tuple[Version, int]]:
        """Every dated row, with its line."""
        yield from ((one.version, one.line) for one in self.serves)
        yield from ((one.version, one.line) for one in self.clocks)
        yield from ((one.version, one.line) for one in self.routes)
        yield from ((one.version, one.line) for one in self.cautions)


@dataclass(frozen=True, slots=True)
class Quarter:
    """The yearly rates of interest by class from one day (in) to another (out); ISO dates.

    ``derived`` names the classes whose rate no source states; ``announced`` is the day from which the rate is known.
    """

    start: str
    until: str
    rates: dict[str, Fraction]
    derived: frozenset[str]
    announced: str
    citation: str
    sources: tuple[Source, ...]
    confidence: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class InterestLaw:
    """Interest on refunds: its classes, its quarters in order of time, and by how many days a year's rate is divided."""

    into: str
    title: str
    cite: str
    days_in_year: int
    days_in_leap_year: int
    classes: dict[str, str]
    quarters: tuple[Quarter, ...]
    file: str


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day on which customs do not work: a date of each year, or the nth such weekday of a month (Monday is 0)."""

    name: str
    month: int
    day: int = 0
    weekday: int = 0
    nth: int = 0


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """The holidays of an importing country, beside Saturdays and Sundays."""

    into: str
    cite: str
    holidays: tuple[Holiday, ...]


@dataclass(frozen=True, slots=True)
class Contested:
    """Duties that may fall: the programs, the case (a matter; may be empty), and the clocks of a process that run."""

    id: str
    title: str
    programs: tuple[str, ...]
    case: str
    process: str
    clocks: tuple[str, ...]
    keep: str
    cite: str
    confidence: str
    file: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class RefundLaw:
    """All of it."""

    processes: dict[str, RefundProcess] = field(default_factory=dict)
    interest: dict[str, InterestLaw] = field(default_factory=dict)
    working_days: dict[str, WorkingDays] = field(default_factory=dict)
    contested: tuple[Contested, ...] = ()
