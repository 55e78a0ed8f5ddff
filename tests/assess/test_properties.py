"""What must hold of every line: real numbers, every origin and program, days from 2018 to 2027, facts given or missing.

Hypothesis looks for a line that breaks the rule; ``HYPOTHESIS_PROFILE=thorough`` lets it look for longer.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from tests import profiles
from tests.assess.contract import check_sums, faults
from tests.assess.programs import CHARGED
from tests.conftest import TOY, engine_seen_from, headings, shipped_schedule

from tidewaiter.assess.assessment import Assessment
from tidewaiter.assess.batch import Result, assess_records
from tidewaiter.assess.countries import country_codes, origin_code
from tidewaiter.assess.engine import Engine
from tidewaiter.assess.errors import LineError
from tidewaiter.assess.line import FIELDS, INTO, read_line
from tidewaiter.assess.records import Record
from tidewaiter.ledger.classes import named_origins
from tidewaiter.ledger.model import PROHIBITION
from tidewaiter.ledger.regime import Regime
from tidewaiter.schedule.errors import ScheduleError

profiles.load()

Json = dict[str, Any]
PROHIBITED = "import_prohibited"
"""The refusal of goods that may not be imported."""
KNOWN = [
    "2018-07-06",
    "2020-02-14",
    "2024-09-18",
    "2025-02-04",
    "2025-04-09",
    "2025-05-28",
    "2025-08-11",
    "2026-02-20",
    "2026-04-05",
    "2026-07-23",
    "2026-11-22",
]
"""Days of knowledge: one regime each, kept by the tests."""

SPECIAL = [TOY, "8507.60.0090", "7318.15.2065", "7601.10.3000", "8541.42.0010", "2204.21.5040", "8708.29.5160"]
SPECIAL += ["8207.30.6062", "8703.23.0160", "4407.11.0001", "8471.50.0150", "9403.40.9060", "3004.90.9244"]


@cache
def numbers() -> list[str]:
    """Every tariff line of the last edition, chapters 1 to 97, after some on which several programs meet."""
    schedule = shipped_schedule()
    lines = (line.written for line in schedule.lines(schedule.last_edition))
    return SPECIAL + [number for number in lines if number[:2] not in ("98", "99")]


money = st.one_of(
    st.sampled_from(["0", "0.01", "800", "2500", "10000", "188077"]),
    st.integers(0, 10**9).map(lambda cents: f"{cents // 100}.{cents % 100:02d}"),
)
days = st.one_of(st.dates(date(2018, 7, 6), date(2027, 12, 31)), st.dates(date(2025, 2, 1), date(2027, 1, 31))).map(str)
turns = st.sampled_from(
    [
        "2018-09-24",
        "2019-05-10",
        "2020-02-14",
        "2024-09-27",
        "2025-01-01",
        "2025-02-04",
        "2025-03-04",
        "2025-04-09",
        "2025-05-14",
        "2025-08-29",
        "2025-11-10",
        "2026-01-01",
        "2026-02-24",
        "2026-04-06",
        "2026-07-24",
        "2026-11-10",
        "2026-12-04",
        "2027-06-23",
    ]
)
entered = st.one_of(days, turns, st.tuples(turns, st.sampled_from(["T00:00", "T00:01", "T12:01+08:00"])).map("".join))
shares = st.sampled_from([None, "0", "0.1", "0.6", "1"])


@cache
def origins() -> st.SearchStrategy[str]:
    """Every country, and more often those that the law's data names, and those with programs of their own."""
    named = sorted(named_origins(engine_seen_from().regime) & set(country_codes()))
    own = ["CN", "HK", "CA", "MX", "BR", "IN", "GB", "DE", "JP", "KR", "CH", "TW", "VN", "RU"]
    return st.one_of(st.sampled_from(own), st.sampled_from(named), anywhere)


anywhere = st.sampled_from(sorted(country_codes()))


@cache
def words(group: str) -> list[str]:
    """All claims or descriptions that a line may state, those that are never answered left out."""
    declared = engine_seen_from().regime.ledger.facts.values()
    return sorted(one.name for one in declared if one.group == group and not one.refused)


@cache
def programs_open(origin: str) -> list[str]:
    """The special programs that ever were for products of the origin."""
    special = engine_seen_from().regime.ledger.special
    return sorted(code for code, one in special.items() if any(row.country in (origin, "any") for row in one.members))


@st.composite
def claims(draw: st.DrawFn) -> list[str]:
    some = st.sampled_from([*words("claims"), "9903.88.69", "9903.01.34", "not:no-metal"])
    return draw(st.one_of(st.just([]), st.just([]), st.lists(some, max_size=2)))


@st.composite
def starts(draw: st.DrawFn) -> Json:
    """What and whence and when: anything, or what a program is known to charge, moved a little."""
    at = st.integers(0, 10**6).map(lambda place: numbers()[place % len(numbers())])
    line: Json = {
        "hts": draw(st.one_of(st.sampled_from(SPECIAL), at)),
        "origin": draw(origins()),
        "value": draw(money),
        "entered_at": draw(entered),
        "transport": draw(st.sampled_from([None, "vessel", "air", "mail"])),
        "scope": draw(st.lists(st.sampled_from([*words("scopes"), "not:truck-part"]), max_size=2)),
    }
    if draw(st.booleans()):
        return line
    charged = CHARGED[draw(st.sampled_from(sorted(CHARGED)))]
    moved = draw(st.sampled_from([None, *MOVED]))
    return line | {name: value for name, value in charged.items() if name != moved}


MOVED = ["hts", "origin", "entered_at", "scope"]


@st.composite
def lines(draw: st.DrawFn) -> Json:
    """A line that can be read, with every quantity a duty could ask for, so that most are answered."""
    line = draw(starts())
    value = line["value"]
    line |= {
        "loaded_at": draw(st.one_of(st.none(), entered)),
        "entry_type": draw(st.sampled_from([None, "01", "11", "86"])),
        "metal_weight_share": draw(shares),
        "smelt_country": draw(st.one_of(st.none(), st.sampled_from(["CN", "RU", "US"]), anywhere)),
        "shipped_from": draw(st.one_of(st.none(), st.none(), origins())),
        "claims": draw(claims()),
        "items": "3",
    }
    for name in ("steel_value", "aluminum_value", "copper_value", "us_content_value"):
        share = draw(shares)
        line[name] = None if share is None else f"{Decimal(value) * Decimal(share):f}"
    if draw(st.integers(0, 3)) == 0:
        line["spi"] = draw(st.sampled_from(programs_open(line["origin"])))
    if draw(st.integers(0, 5)) == 0:
        line |= {"ch98": draw(st.sampled_from(["9802.00.50", "9802.00.80", "9801.00.10"])), "ch98_value": value}
    if draw(st.integers(0, 5)) == 0:
        line |= {"ftz_status": draw(st.sampled_from(["PF", "NPF"])), "admitted_at": draw(entered)}
    if draw(st.integers(0, 5)) == 0:
        line["imported_at"] = draw(entered)
    return line | quantities(line["hts"])


def quantities(hts: str) -> Json:
    """A quantity in each of the tariff's own units."""
    schedule = shipped_schedule()
    try:
        units = schedule.resolve(hts, schedule.last_edition).units
    except ScheduleError:  # a number that ended before the last edition
        units = ()
    found = {"quantity": "120", "quantity_2": "7.5"}
    return {name: amount for (name, amount), _ in zip(found.items(), units, strict=False)}


known = st.sampled_from(KNOWN)


def told(engine: Engine, *given_lines: Json) -> list[Result]:
    records = [Record(number, one) for number, one in enumerate(given_lines, start=1)]
    return list(assess_records(engine, records))


def assessed(line: Json, known_on: str = KNOWN[-1]) -> Assessment | None:
    """The answer, or nothing where the line is refused (for an ended number, an admission after entry ...)."""
    (result,) = told(engine_seen_from(known_on), line)
    return result.assessment


def as_text(result: Result) -> Json:
    said: Json = json.loads(json.dumps(result.as_json(), ensure_ascii=False, allow_nan=False).encode())
    return said


@pytest.mark.parametrize(
    "program", sorted(one.id for one in engine_seen_from().regime.ledger.programs.values() if one.into == INTO)
)
def test_every_program_is_reached(program: str) -> None:
    """A new program comes with a line on which it charges or prohibits, or the properties below never try it."""
    charged = CHARGED[program]
    line = {"value": "10000", **charged, **quantities(charged["hts"])}
    (result,) = told(engine_seen_from(), line)
    if result.assessment is None:
        assert result.as_json()["error"]["code"] == PROHIBITED, result.as_json()
        assert {row.kind for row in engine_seen_from().regime.ledger.programs[program].rows} == {PROHIBITION}
        return
    found = result.assessment
    assert any(layer.program == program and layer.amount for layer in found.layers), headings(found)


@given(lines(), known)
def test_every_answer_keeps_the_contract_and_its_sums(line: Json, known_on: str) -> None:
    (result,) = told(engine_seen_from(known_on), line)
    said = as_text(result)
    if "error" in said:
        assert faults("error", said) == []
    else:
        assert faults("assessment", said) == []
        check_sums(said)


@given(lines(), known)
def test_one_program_charges_each_portion_of_the_value_once(line: Json, known_on: str) -> None:
    engine = engine_seen_from(known_on)
    try:
        work = engine.work(read_line(line, engine.regime.ledger.zones, origin_code))
    except LineError:
        return
    taken: dict[str, Decimal] = {}
    for one in work.outcome.answers:
        assert 0 <= one.basis <= work.facts.value
        taken[one.program.id] = taken.get(one.program.id, Decimal(0)) + one.basis
    assert all(basis <= work.facts.value for basis in taken.values()), taken


@given(lines(), known)
def test_every_layer_stands_on_an_act_with_a_citation(line: Json, known_on: str) -> None:
    found = assessed(line, known_on)
    acts = engine_seen_from(known_on).regime.acts
    for layer in found.layers if found else ():
        if layer.status == "applied" or layer.start is not None:
            assert layer.acts, layer
            assert layer.citation, layer
        assert all(acts[act].announced <= known_on for act in layer.acts)


@given(st.lists(lines(), min_size=2, max_size=4))
def test_many_lines_are_answered_as_each_alone(several: list[Json]) -> None:
    engine = engine_seen_from()
    together = [as_text(one) for one in told(engine, *several)]
    alone = [as_text(told(engine, {**line, "line_id": str(number)})[0]) for number, line in enumerate(several, start=1)]
    assert together == alone


@given(lines(), st.integers(2, 5))
def test_splitting_a_line_over_an_entry_changes_duties_by_rounding_only(line: Json, parts: int) -> None:
    # Specific duties split with their quantity; a condition on the line's own value (800 dollars) does not split.
    line = {name: field for name, field in line.items() if not name.startswith("ch98")}
    if Decimal(line["value"]) <= 800 * parts:
        line["value"] = f"{Decimal(line['value']) + 800 * parts + 1}"
    whole = assessed({**line, "entry_id": "E"})
    assume(whole is not None)
    split = {name: divided(line, name, parts) for name in SPLIT if line.get(name) is not None}
    results = told(engine_seen_from(), *[{**line, **split, "entry_id": "E"}] * parts)
    pieces = [result.assessment for result in results if result.assessment is not None]
    assert whole is not None and len(pieces) == parts
    allowed = Decimal("0.005") * (parts + 1) * (1 + len(whole.layers)) + Decimal("0.001")
    assert abs(sum(one.total_duty for one in pieces) - whole.total_duty) <= allowed
    fees = [
        sum((fee.amount for one in found for fee in one.fees if fee.code == "MPF"), Decimal(0))
        for found in ([whole], pieces)
    ]
    assert fees[0] == fees[1]


SPLIT = [
    "value",
    "quantity",
    "quantity_2",
    "steel_value",
    "aluminum_value",
    "copper_value",
    "us_content_value",
    "items",
]


def divided(line: Json, name: str, parts: int) -> str:
    return f"{Decimal(line[name]) / parts:.12f}"


@given(lines(), st.lists(known, min_size=2, max_size=2, unique=True))
def test_what_was_assessed_changes_only_by_acts_announced_in_between(line: Json, between: list[str]) -> None:
    """Two days of knowledge: where no act announced in between touches a heading of the line, nothing it paid differs."""
    early, late = (engine_seen_from(day) for day in sorted(between))
    new = set(late.regime.acts) - set(early.regime.acts)
    (before,), (after,) = told(early, line), told(late, line)
    first, second = before.assessment, after.assessment
    if first is None or second is None:
        codes = {one.as_json().get("error", {}).get("code") for one in (before, after)}
        assert None not in codes or (codes == {None, PROHIBITED} and new & prohibiting(late.regime)), codes
        return
    changed = {
        heading for heading in paid(first) | paid(second) if paid_under(first, heading) != paid_under(second, heading)
    }
    if changed:
        assert new & set(touching(first, second, late.regime)), f"{changed} changed by none of {sorted(new)}"


def prohibiting(regime: Regime) -> set[str]:
    """The acts that put goods under a prohibition."""
    rows = (row for program in regime.ledger.programs.values() for row in program.rows)
    keys = {row.key for row in rows if row.kind == PROHIBITION}
    return {act.id for act in regime.acts.values() for effect in act.effects if keys & set(effect.targets)}


def paid(found: Assessment) -> set[str]:
    return {layer.heading for layer in found.layers}


def paid_under(found: Assessment, heading: str) -> list[Decimal]:
    return [layer.amount for layer in found.layers if layer.heading == heading]


def touching(first: Assessment, second: Assessment, regime: Regime) -> set[str]:
    """The acts behind either answer, and those that ended or suspended a heading which the first paid."""
    keys = {f"us/{heading}" for heading in paid(first) | paid(second)}
    acts = {act for found in (first, second) for layer in found.layers for act in layer.acts}
    acts |= {act.id for act in regime.acts.values() for effect in act.effects if keys & set(effect.targets)}
    rows = [row.version for program in regime.ledger.programs.values() for row in program.rows if row.key in keys]
    rows += [one.version for one in regime.ledger.interactions]
    rows += [rule.version for rule in regime.ledger.bases]
    acts |= {act for version in rows for act in (version.act, version.until_act)}
    lists = (entry for index in regime.list_names.values() for rows in index.entries.values() for entry in rows)
    return acts | {act for _, _, act, until_act, _ in lists for act in (act, until_act)}


@given(lines(), st.dates(date(2018, 7, 6), date(2026, 11, 21)))
def test_a_day_on_which_nothing_was_announced_changes_nothing(line: Json, day: date) -> None:
    announced = {act.announced for act in engine_seen_from().regime.ledger.acts.values()}
    later = day + timedelta(days=1)
    assume(str(later) not in announced)
    base = engine_seen_from()
    one, other = (Engine(base.regime.seen_from(str(on)), base.schedule) for on in (day, later))
    before, after = (as_text(told(engine, line)[0]) for engine in (one, other))
    for said in (before, after):
        said.pop("known_on", None)
    assert before == after


@given(lines())
def test_a_later_court_does_not_rewrite_what_was_assessed(line: Json) -> None:
    """The Supreme Court's word of 20 February 2026 changes what is owed, never what was assessed, for entries before it."""
    assume(line["entered_at"] < "2026-02-19" and line.get("ftz_status") != "PF")
    before, after = assessed(line, "2026-02-19"), assessed(line, "2026-02-20")
    assert (before is None) == (after is None)
    if before is not None and after is not None:
        assert [(one.heading, one.amount) for one in before.layers] == [
            (one.heading, one.amount) for one in after.layers
        ]
        assert after.total_owed <= after.total_duty == before.total_duty


@given(lines())
# A duty imposed and suspended before it began (EO 14193, EO 14197): on 4 March 2025 it revives, and is paid for the first time.
@example(
    {"hts": "9503.00.0073", "origin": "CA", "value": "1000", "entered_at": "2018-07-06", "claims": [], "scope": []}
)
def test_what_changes_next_is_what_a_later_entry_pays(line: Json) -> None:
    found = assessed({**line, "ftz_status": None, "admitted_at": None})
    if found is None or not found.next_changes:
        return
    first = found.next_changes[0]
    if not first.heading:  # "cannot be computed without more"
        return
    there = assessed({**line, "ftz_status": None, "admitted_at": None, "entered_at": first.at})
    assume(there is not None)
    assert there is not None
    before = {layer.heading for layer in found.layers}
    after = {layer.heading for layer in there.layers}
    if first.what.startswith(("begins", "revives")):
        assert first.heading in after - before
    elif first.what.startswith(("ends", "suspended")):
        assert first.heading in before - after
    else:
        assert first.heading in before & after


@given(lines(), known)
def test_a_cap_never_lowers_the_base_and_reaches_no_further_than_it_says(line: Json, known_on: str) -> None:
    """All-in: what a cap adds is what the base duty leaves of it, on its portion of the value, and never less than nothing."""
    found = assessed(line, known_on)
    for layer in found.layers if found else ():
        if layer.cap is None:
            continue
        assert found is not None and layer.base_rate is not None
        assert layer.amount >= 0
        assert found.total_duty >= found.base.amount
        added = max(Decimal(0), layer.cap - layer.base_rate) * layer.basis_value
        assert abs(layer.amount - added) <= CENT


CENT = Decimal("0.01")


@given(lines(), known)
def test_a_flat_rate_is_charged_whatever_the_base_duty_is(line: Json, known_on: str) -> None:
    """Only caps look at the base duty: 20 percent is 20 percent of the value on free goods and on dutiable ones."""
    found = assessed(line, known_on)
    for layer in found.layers if found else ():
        if layer.cap is None and layer.rate_kind == "ad_valorem" and layer.status == "applied":
            assert layer.rate is not None
            assert abs(layer.amount - layer.rate * layer.basis_value) <= CENT / 2


@cache
def preferred() -> list[tuple[str, str]]:
    """Origins and the special programs made for them."""
    special = engine_seen_from().regime.ledger.special
    return sorted((row.country, code) for code, one in special.items() for row in one.members if row.country != "any")


@given(lines(), known, st.data())
def test_a_preference_changes_a_flat_rate_only_by_relieving_it(line: Json, known_on: str, data: st.DataObject) -> None:
    """With a special program claimed the base falls; a heading that still answers, and is no cap, takes what it took."""
    line["origin"], line["spi"] = data.draw(st.sampled_from(preferred()))
    claimed, silent = assessed(line, known_on), assessed({**line, "spi": None}, known_on)
    assume(claimed is not None and silent is not None)
    assert claimed is not None and silent is not None
    flat = [{one.heading: one for one in found.layers if one.cap is None} for found in (claimed, silent)]
    for heading in flat[0].keys() & flat[1].keys():
        ours, theirs = (several[heading] for several in flat)
        assert ours.rate == theirs.rate
        if ours.basis_value == theirs.basis_value:
            assert ours.amount == theirs.amount


@cache
def unnamed() -> list[str]:
    """The countries that no heading, group or special program of the law's data names."""
    regime = engine_seen_from().regime
    special = {row.country for one in regime.ledger.special.values() for row in one.members}
    return sorted(set(country_codes()) - named_origins(regime) - special)


@given(lines(), st.data())
def test_origins_that_the_law_does_not_name_are_treated_alike(line: Json, data: st.DataObject) -> None:
    one, other = data.draw(st.lists(st.sampled_from(unnamed()), min_size=2, max_size=2, unique=True))
    line |= {"spi": None, "shipped_from": None}
    first, second = (told(engine_seen_from(), {**line, "origin": origin})[0] for origin in (one, other))
    assert (first.assessment is None) == (second.assessment is None)
    if first.assessment is not None and second.assessment is not None:
        assert [one.as_json() for one in first.assessment.layers] == [one.as_json() for one in second.assessment.layers]
        assert first.assessment.total_duty == second.assessment.total_duty


# Junk: whatever comes, the answer is an answer or an error of the contract.

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(
        ["9802.00.80", "PF", "2025-04-10", "0", "-1", "NaN", "not:", ";;", "1e9", "\x00", "US", "kg", "item"]
    ),
    st.dates(),
    st.datetimes(),
)
values = st.recursive(
    scalars, lambda deeper: st.lists(deeper, max_size=3) | st.dictionaries(st.text(max_size=8), deeper, max_size=3)
)
names = st.sampled_from([*sorted(FIELDS), "fact.chip_tpp", "fact.", "fact.value of the case", "sku", ""])


@given(st.dictionaries(names | st.text(max_size=8), values, max_size=12), st.booleans())
def test_junk_is_answered_or_refused_and_never_breaks(junk: Json, start_well: bool) -> None:
    line = {"hts": TOY, "origin": "CN", "value": "1", "entered_at": "2026-08-01", **junk} if start_well else junk
    (result,) = told(engine_seen_from(), line)
    said = json.loads(json.dumps(result.as_json(), allow_nan=False))
    assert faults("error" if "error" in said else "assessment", said) == []


@given(lines(), names, values)
def test_one_field_of_junk_in_a_good_line(line: Json, name: str, value: Any) -> None:
    (result,) = told(engine_seen_from(), {**line, name: value})
    said = json.loads(json.dumps(result.as_json(), allow_nan=False))
    assert faults("error" if "error" in said else "assessment", said) == []
