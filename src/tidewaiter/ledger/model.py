"""The nouns of the ledger: acts and their effects, programs and their headings, lists, interactions, bases, fees, facts."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from tidewaiter.ledger.conditions import Condition, Noun
from tidewaiter.ledger.instants import ALWAYS, FOREVER, Instant

if TYPE_CHECKING:
    from tidewaiter.ledger.refund_law import RefundLaw

ACT_KINDS = frozenset(
    [
        "executive_order",
        "proclamation",
        "notice",
        "customs_message",
        "statute",
        "ruling",
        "court_order",
        "statement",
        "talks",
        "call",
        "deal",
        "announcement",
        "press",
        "control",
        "memorandum",
        "edition",
        "hypothesis",
    ]
)
CONFIDENCES = frozenset({"published", "reported", "unverified"})
VERBS = frozenset(["impose", "set_rate", "suspend", "resume", "end", "void", "stay", "table", "state"])
STATES = {
    "talks": frozenset(["open", "stalled", "agreed", "extended", "lapsed"]),
    "truce": frozenset(["in force", "extended", "lapsed", "ended"]),
    "case": frozenset(["filed", "argued", "ruled", "stayed", "affirmed", "reversed", "dismissed", "mandate"]),
    "refunds": frozenset(["ordered", "open", "contested", "closed"]),
    "deal": frozenset(["negotiating", "agreed", "signed", "in force", "suspended", "ended"]),
    "control": frozenset(["proposed", "announced", "in force", "suspended", "eased", "ended"]),
    "measure": frozenset(
        ["investigated", "proposed", "announced", "in force", "postponed", "suspended", "eased", "ended"]
    ),
}
"""The kinds of matters (what stands before the colon of their name) and the states that each can be in."""
LAPSED = "lapsed"
"""The state of a matter whose last state has run out, where nothing else is said of it."""
BASE = "base"
"""The name under which basis rules speak of the base duty."""
NONE = "none"
REPLACED = "replaced"
"""The basis of a base duty in whose place the duty of a heading is charged: none of the value."""
NOTHING = frozenset({NONE, REPLACED})
"""The bases on which nothing is charged."""
ALL_PROGRAMS = "all"
ANYWHERE = "any"
"""Every country of origin."""
PROHIBITION = "prohibition"
"""The kind of a heading under which goods may not be imported: a line under it is refused."""
CHARGING_KINDS = frozenset({"duty", "cap"})
HEADING_KINDS = CHARGING_KINDS | {"relief", PROHIBITION}


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """An importing country: the clock its law is written in, its tariff, and what answers say of both.

    ``schedule`` is the file of its tariff, ``tariff`` and ``general`` what the tariff and the rate for most origins are called,
    ``origin_rule`` the citation for which origin counts, ``column_2`` the group of countries whose goods pay another column;
    ``whole_units`` says that values are entered without fractions; ``imports`` is the file of its imports (``data/``) by which
    averages are weighted unless told otherwise, ``imports_title`` what they are.
    """

    code: str
    zone: str
    schedule: str
    tariff: str
    general: str
    origin_rule: str
    column_2: str
    whole_units: bool
    imports: str = ""
    imports_title: str = ""


@dataclass(frozen=True, slots=True)
class Source(Noun):
    """Where an act can be read: an address, or a note where no address is at hand."""

    url: str
    kind: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class NextDate(Noun):
    """What comes next in a matter: an ISO date (empty: no day is known), the instant if an hour is given, and what.

    ``month`` (``2026-11``) is there where the month is known and no day.
    """

    day: str
    at: Instant | None
    what: str
    month: str = ""


@dataclass(frozen=True, slots=True)
class Effect(Noun):
    """One thing an act does. ``targets`` are heading keys (``us/9903.01.63``) once the ledger is linked.

    A ``state`` has its matter in ``ref``, the word in ``word``, a sentence in ``said``, and what comes ``next``.
    """

    verb: str
    at: Instant
    targets: tuple[str, ...]
    until: Instant = FOREVER
    rate: str = ""
    for_all: bool = True
    binds_entry: bool = False
    ref: str = ""
    said: str = ""
    line: int = 0
    word: str = ""
    next: tuple[NextDate, ...] = ()


@dataclass(frozen=True, slots=True)
class Matter(Noun):
    """What acts are about besides headings: talks, a truce, a case, a deal, a control. Its name is ``kind:slug``.

    ``concerns`` are the countries whose trade it is about; ``bears`` says why it matters to others all the same.
    """

    id: str
    title: str
    concerns: frozenset[str]
    bears: str
    file: str
    line: int

    @property
    def kind(self) -> str:
        """One of ``STATES``."""
        return self.id.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Act(Noun):
    """Anything that happened on a day and has a citation. ``announced`` is an ISO date.

    ``supposed_in`` is the scenario that supposes it for the sake of argument; its citation says so.
    """

    id: str
    kind: str
    by: str
    title: str
    announced: str
    sequence: int
    citation: str
    sources: tuple[Source, ...]
    confidence: str
    summary: str
    notes: str
    open_question: str
    open_from: str
    touches: tuple[str, ...]
    effects: tuple[Effect, ...]
    file: str
    touches_numbers: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    supposed_in: str = ""

    @property
    def mark(self) -> str:
        """What is said after its citation where no published text is at hand; a supposition is cited as one anyway."""
        return "" if self.confidence == "published" or self.supposed_in else f", {self.confidence}"

    @property
    def matters(self) -> tuple[str, ...]:
        """The matters that the act is about: those whose state it sets, and those it names."""
        return tuple(dict.fromkeys([*(one.ref for one in self.effects if one.verb == "state"), *self.about]))

    @property
    def order(self) -> tuple[str, int, str]:
        """The order in which acts fold: announced, sequence, id."""
        return (self.announced, self.sequence, self.id)


@dataclass(frozen=True, slots=True)
class Portion(Noun):
    """What part of the value a heading takes: ``rest``, a money fact, a metal content of a pool, or value less a fact.

    ``upto`` caps a money fact at that share of the line's value; what is above it falls through.
    """

    kind: str = "rest"
    fact: str = ""
    pool: str = ""
    upto: Decimal | None = None

    @property
    def closes(self) -> bool:
        """Whether what is left falls through to the next heading of the program (it does after a money fact only)."""
        return self.kind != "fact"


REST = Portion()


@dataclass(frozen=True, slots=True)
class Version(Noun):
    """When a row of data is law, by which act, and when that act is known: the two clocks of every row."""

    start: Instant = ALWAYS
    until: Instant = FOREVER
    act: str = ""
    until_act: str = ""


@dataclass(frozen=True, slots=True)
class Row(Noun):
    """One heading's row in its program's waterfall."""

    key: str
    code: str
    program: str
    place: int
    kind: str
    when: Condition
    portion: Portion = REST
    fallback: bool = False
    zero: str = ""
    cap_on: str = "general"
    text: str = ""
    cite: str = ""
    version: Version = Version()
    line: int = 0


@dataclass(frozen=True, slots=True)
class Program(Noun):
    """The headings of one authority and purpose that answer together: at most one heading for each portion of value.

    A ``country_wide`` one charges the goods of a country whatever they are: the headline rate is the sum of those.
    """

    id: str
    title: str
    authority: str
    into: str
    reporting_order: int
    drawback: str
    locks_at_admission: bool
    rows: tuple[Row, ...]
    file: str
    country_wide: bool = False


@dataclass(frozen=True, slots=True)
class ListRow:
    """A line of a product list: digits, class, window, and what else must be true of the article."""

    prefix: str
    klass: str
    version: Version
    scope: str
    claim: str
    note: str
    line: int
    share: Fraction | None = None
    """For a number no longer than the prefix: what share of the tariff lines below it the row covers."""


@dataclass(frozen=True, slots=True)
class ProductList:
    """A named, dated list of tariff-number prefixes."""

    id: str
    title: str
    citation: str
    rows: tuple[ListRow, ...]
    file: str


@dataclass(frozen=True, slots=True)
class Interaction(Noun):
    """Which headings displace which programs (or single headings), on what portion, and what is reported instead."""

    id: str
    over: frozenset[str]
    yields: tuple[str, ...]
    whole: bool
    report: str
    charged: bool
    cite: str
    version: Version
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class BasisRule(Noun):
    """When W, programs P see basis B (chapter 98, parcels, de minimis)."""

    id: str
    when: Condition
    programs: frozenset[str]
    excepting: bool
    basis: str
    cite: str
    version: Version
    into: str = ""


@dataclass(frozen=True, slots=True)
class Fee(Noun):
    """A fee or tax on importation: rate, entry-level minimum and maximum, the informal amount, and when it applies.

    It falls on the value, or with ``on_duty`` on the value and the duty together; the fact ``rate_fact`` states another rate
    than ``rate``. ``warning`` stands on every answer that shows the fee.
    """

    code: str
    title: str
    rate: Decimal
    minimum: Decimal | None
    maximum: Decimal | None
    informal: Decimal | None
    informal_types: frozenset[str]
    informal_upto: Decimal | None
    per_entry: bool
    when: Condition
    cite: str
    start: Instant
    until: Instant
    into: str
    on_duty: bool = False
    rate_fact: str = ""
    warning: str = ""


@dataclass(frozen=True, slots=True)
class FactName(Noun):
    """A name that conditions may use: a claim, a description (scope) or a fact, with the question put to a person."""

    name: str
    group: str
    type: str
    unit: str
    text: str
    ask: bool
    refused: str = ""
    warn_when: str = ""


@dataclass(frozen=True, slots=True)
class GroupRow(Noun):
    """Membership of a country in a group for a window of time."""

    group: str
    country: str
    version: Version


@dataclass(frozen=True, slots=True)
class SpecialProgram:
    """A preference claimed on the entry by its indicators (SPI): its countries by date, and what is not known of it.

    ``members`` are rows of country (or ``any``) and window; ``refused`` says why a claim cannot be decided, for entries
    in ``refused_within``.
    """

    codes: tuple[str, ...]
    title: str
    cite: str
    members: tuple[GroupRow, ...]
    refused: str = ""
    refused_within: tuple[Instant, Instant] = (ALWAYS, ALWAYS)
    note: str = ""


@dataclass(frozen=True, slots=True)
class PanelStart:
    """From when a panel of rates begins for some origins, unless another day is asked for."""

    origins: frozenset[str]
    start: Instant


@dataclass(frozen=True, slots=True)
class Coverage:
    """For which origins the additional duties are known, from when, and before when they are reconstructed.

    ``panel`` says from when a panel of rates begins, by origin: the first row that names the origin (or ``any``) counts.
    ``reconstructed`` says why answers from ``reconstructed_from`` to ``reconstructed_before`` are.
    """

    into: str
    origins: frozenset[str]
    start: Instant
    reconstructed_before: Instant
    note: str
    panel: tuple[PanelStart, ...] = ()
    reconstructed_from: Instant = ALWAYS
    reconstructed: str = ""


@dataclass(frozen=True, slots=True)
class Scenario:
    """Hypothetical acts to append to the ledger, or the instruction to fold what is only reported."""

    id: str
    title: str
    explanation: str
    include_reported: bool
    acts: tuple[Act, ...]


@dataclass(slots=True)
class Ledger:
    """All of the law as data, linked and checked, not yet folded."""

    acts: dict[str, Act] = field(default_factory=dict)
    matters: dict[str, Matter] = field(default_factory=dict)
    programs: dict[str, Program] = field(default_factory=dict)
    lists: dict[str, ProductList] = field(default_factory=dict)
    interactions: tuple[Interaction, ...] = ()
    bases: tuple[BasisRule, ...] = ()
    fees: tuple[Fee, ...] = ()
    facts: dict[str, FactName] = field(default_factory=dict)
    groups: tuple[GroupRow, ...] = ()
    special: dict[str, SpecialProgram] = field(default_factory=dict)
    coverage: tuple[Coverage, ...] = ()
    scenarios: dict[str, Scenario] = field(default_factory=dict)
    written_edges: frozenset[Instant] | None = None
    named_prefixes: tuple[str, ...] | None = None
    zones: dict[str, str] = field(default_factory=dict)
    jurisdictions: dict[str, Jurisdiction] = field(default_factory=dict)
    authorities: dict[str, str] = field(default_factory=dict)
    refunds: RefundLaw | None = None

    def rows(self) -> dict[str, list[Row]]:
        """All heading rows by heading key, in waterfall order."""
        found: dict[str, list[Row]] = {}
        for program in self.programs.values():
            for row in program.rows:
                found.setdefault(row.key, []).append(row)
                if row.zero:
                    found.setdefault(f"{row.key.split('/')[0]}/{row.zero}", [])
        return found
