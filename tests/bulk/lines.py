"""Lines for the tests of many lines: every origin and date, every kind of fact, and what people write wrong."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from hypothesis import strategies as st
from tests.assess.programs import CHARGED
from tests.conftest import TOY, engine_seen_from, shipped_schedule

from tidewaiter.assess.countries import country_codes

Json = dict[str, Any]
SPECIAL = [TOY, "8507.60.0090", "7318.15.2065", "7601.10.3000", "8541.42.0010", "2204.21.5040", "8708.29.5160"]
SPECIAL += ["8207.30.6062", "8703.23.0160", "4407.11.0001", "8471.50.0150", "9403.40.9060", "3004.90.9244"]
SPECIAL += ["9102.11.1030", "0402.10.1000", "7202.11.5000", "2203.00.0030", "8711.50.0060"]
OWN = ["CN", "HK", "MO", "CA", "MX", "BR", "IN", "GB", "DE", "JP", "KR", "CH", "TW", "VN", "RU", "NI", "CU"]


@cache
def numbers() -> list[str]:
    """Every tariff line of the last edition and of an early one, chapters 1 to 97."""
    schedule = shipped_schedule()
    editions = (schedule.last_edition, schedule.editions[3])
    lines = {line.written: None for edition in editions for line in schedule.lines(edition)}
    return [number for number in lines if number < "98"]


def _of(words: list[str], most: int = 2) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(words), min_size=1, max_size=most).map(";".join)


@cache
def _words(group: str) -> list[str]:
    declared = [one.name for one in engine_seen_from().regime.ledger.facts.values() if one.group == group]
    return sorted([*declared, *(f"not:{name}" for name in declared), "bogus"])


@cache
def _claims() -> list[str]:
    items = sorted(engine_seen_from().regime.list_claims)[:40]
    return [*_words("claims"), *items, "9903.88.69", "9903.01.34", "plaintiff"]


days = st.one_of(st.dates(date(2025, 1, 1), date(2026, 12, 31)), st.dates(date(2018, 6, 1), date(2028, 1, 31))).map(str)
moments = st.one_of(days, days, st.tuples(days, st.sampled_from(["T00:00", "T00:01", "T12:01+08:00"])).map("".join))
cents = st.integers(0, 10**9).map(lambda amount: f"{amount // 100}.{amount % 100:02d}")
values = st.one_of(cents, cents, st.sampled_from(["0", "0.01", "0.5", "800", "2500", "10000", "188077", "123.456"]))
odd_values = st.one_of(
    st.sampled_from(["-1", "1e5", "10,000", "99999999999.123", "5000000000000", " 7 ", "+5", ".5", "", "NaN", "1.005"]),
    # Beyond ten digits, beyond six places, digits of another script: once cut off, overflown or read as zero.
    st.sampled_from(["500000000000", "9999999999", "0.0000001", "٥٠٠"]),
)
shares = st.sampled_from(["0", "0.1", "0.149999", "0.15", "0.6", "1"])


def _part_of(value: str) -> st.SearchStrategy[str]:
    """An amount no larger than the value (or a little larger)."""
    try:
        whole = float(value)
    except ValueError:
        whole = 100.0
    return st.sampled_from([0, 0.1, 0.25, 0.6, 1]).map(lambda share: f"{whole * share:.2f}")


@st.composite
def starts(draw: st.DrawFn) -> Json:
    """What, whence, when and how much."""
    at = st.integers(0, 10**6).map(lambda place: numbers()[place % len(numbers())])
    line: Json = {
        "hts": draw(st.one_of(st.sampled_from(SPECIAL), at)),
        "origin": draw(st.one_of(st.sampled_from(OWN), st.sampled_from(sorted(country_codes())))),
        "value": draw(values),
        "entered_at": draw(moments),
    }
    if draw(st.integers(0, 3)) == 0:
        line |= {
            name: text for name, text in draw(st.sampled_from(list(CHARGED.values()))).items() if isinstance(text, str)
        }
    if draw(st.integers(0, 19)) == 0:
        line["hts"] = draw(
            st.sampled_from(["1234", "abcd", "9903.88.03", "8507600", "8507.60.0091", "", line["hts"][:7]])
        )
    if draw(st.integers(0, 19)) == 0:
        line |= draw(
            st.sampled_from([{"origin": "Nowhere"}, {"origin": "UK"}, {"origin": None}, {"entered_at": "soon"}])
        )
    if draw(st.integers(0, 14)) == 0:
        line["value"] = draw(odd_values)
    return line


@st.composite
def facts(draw: st.DrawFn, value: str) -> Json:
    """What a line may say beside: amounts, claims, descriptions, dates, places, types, named facts."""
    named = [one for one in engine_seen_from().regime.ledger.facts.values() if one.group == "facts"]
    place = st.sampled_from(["RU", "GB", "CN", "VN", "US", "CA"])
    special = sorted(engine_seen_from().regime.ledger.special)
    chapter98 = [*sorted(engine_seen_from().regime.ch98_numbers), "9802.00.99"]
    fields: dict[str, st.SearchStrategy[str]] = {
        **dict.fromkeys(
            ("steel_value", "aluminum_value", "copper_value", "us_content_value", "ch98_value"), _part_of(value)
        ),
        "metal_weight_share": shares,
        "claims": _of(_claims()),
        "scope": _of(_words("scopes")),
        "spi": st.sampled_from([*special, "zz"]),
        "ch98": st.sampled_from([*chapter98, "9802.00.50", "9802.00.80"]),
        **dict.fromkeys(("loaded_at", "exported_at", "imported_at", "admitted_at"), moments),
        **dict.fromkeys(("smelt_country", "melt_country", "cast_country", "shipped_from"), place),
        "ftz_status": st.sampled_from(["PF", "PF", "NPF", "D", "q"]),
        "withdrawn_at": days,
        "entry_type": st.sampled_from(["01", "11", "86", "06", "1", "x"]),
        "items": st.sampled_from(["1", "3"]),
    }
    chosen = draw(st.lists(st.sampled_from(sorted(fields)), max_size=5, unique=True))
    found = {name: draw(fields[name]) for name in chosen}
    for one in draw(st.lists(st.sampled_from(named), max_size=2, unique_by=lambda one: one.name)):
        forms = {"money": _part_of(value), "number": st.sampled_from(["15000", "4800", "0.5"]), "share": shares}
        found[f"fact.{one.name}"] = draw(forms.get(one.type, st.one_of(days, place)))
    return found


@st.composite
def lines(draw: st.DrawFn) -> Json:
    """A line of a shipment, from plain to wild."""
    line = draw(starts())
    if draw(st.booleans()):
        line["transport"] = draw(st.sampled_from(["vessel", "air", "truck", "rail", "mail", "Vessel"]))
    if draw(st.booleans()):
        line["quantity"] = draw(st.sampled_from(["100", "12.5", "1", "0.333333", "0.1234567", "0"]))
        line["unit"] = draw(st.sampled_from([None, None, "kg", "No.", "doz.", "m2", "liter", "t", "item", "foo"]))
    if draw(st.integers(0, 2)) == 0:
        line["quantity_2"] = draw(st.sampled_from(["100", "7"]))
        line["unit_2"] = draw(st.sampled_from([None, "kg", "No.", "kgs", "t"]))
    if draw(st.booleans()):
        line |= draw(facts(str(line["value"])))
    return line


@st.composite
def files(draw: st.DrawFn, most: int = 12, of: st.SearchStrategy[Json] | None = None) -> list[Json]:
    """Lines in the order of a file: entries of several lines, lines of their own, and now and then an entry torn apart."""
    line = lines() if of is None else of
    found: list[Json] = []
    for number, size in enumerate(draw(st.lists(st.integers(1, 4), min_size=1, max_size=most // 2))):
        entry = draw(st.sampled_from([None, f"E{number}", f"E{number}", "E0"]))
        found += [{**draw(line), "entry_id": entry} for _ in range(size)]
    return found[:most]


@cache
def numbers_into_china() -> list[str]:
    """Every tariff line of 2019 and subheading of 2025, every number that a list names, and longer ones than those."""
    engine = engine_seen_from()
    schedule = engine.schedule_of("CN")
    found = {line.number for edition in schedule.editions[-2:] for line in schedule.lines(edition)}
    found |= {prefix for index in engine.regime.lists_of("CN").values() for prefix in index.entries}
    return sorted(found | {f"{number}90" for number in found if len(number) < 10})


@st.composite
def lines_into_china(draw: st.DrawFn) -> Json:
    """A line of goods into China, from plain to wild."""
    line = draw(lines())
    if draw(st.integers(0, 19)):
        line["hts"] = numbers_into_china()[draw(st.integers(0, 10**6)) % len(numbers_into_china())]
    line |= {
        "into": draw(st.sampled_from(["CN", "CN", "cn "])),
        "origin": draw(st.sampled_from(["US", "US", "US", "DE"])),
    }
    line["entered_at"] = draw(st.one_of(st.dates(date(2018, 3, 25), date(2027, 6, 30)).map(str), moments))
    if draw(st.booleans()):
        line["claims"] = draw(_of([one for one in _claims() if "cn-" in one]))
    if draw(st.integers(0, 3)) == 0:
        line["scope"] = draw(_of([one for one in _words("scopes") if "cn-" in one]))
    if draw(st.integers(0, 3)) == 0:
        line["exported_at"] = draw(st.dates(date(2025, 3, 1), date(2025, 4, 20)).map(str))
    if draw(st.integers(0, 3)) == 0:
        line["fact.vat_rate"] = draw(st.sampled_from(["0.09", "0", "0.125", "1", "1.5", "0.0333333"]))
    return line
