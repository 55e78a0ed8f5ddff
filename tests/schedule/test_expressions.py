"""The algebra of duty expressions: what it computes, what it says, and that it reads back what it says."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewaiter.schedule.expressions import (
    Added,
    AdValorem,
    AtLeast,
    AtMost,
    Compound,
    DutyInNoteError,
    Expression,
    Free,
    LessPerDegree,
    MinimumPrice,
    MissingQuantityError,
    NoChange,
    PartRate,
    RateOf,
    Refused,
    SeeNote,
    Specific,
    UndefinedEquivalentError,
    UnparsedDutyError,
    parse,
)
from tidewaiter.schedule.special import parse_special, special_rate
from tidewaiter.schedule.units import canonical_unit, units

D = Decimal
PARTS = ("case", "strap, band or bracelet", "battery", "steel content", "movement and case", "non-U.S. content")

rates = st.decimals(min_value=0, max_value=4, places=5, allow_nan=False)
amounts = st.decimals(min_value=0, max_value=99, places=6, allow_nan=False)
values = st.decimals(min_value=0, max_value=10**9, places=2, allow_nan=False)
ad_valorem = st.builds(AdValorem, rates)
specific = st.builds(Specific, amounts, st.sampled_from(sorted(units())))
per_part = st.builds(PartRate, rates, st.sampled_from(PARTS))
atoms = st.one_of(ad_valorem, specific, per_part)
sums = st.one_of(atoms, st.builds(Compound, st.lists(atoms, min_size=2, max_size=4).map(tuple)))
bounded = st.one_of(st.builds(AtLeast, sums, sums), st.builds(AtMost, sums, sums))
sugar = st.builds(LessPerDegree, amounts, amounts, st.sampled_from(["kg", "t"]))
added = st.builds(Added, st.one_of(sums, bounded)).filter(lambda each: each.extra != AdValorem(D(0)))
minimum_price = st.builds(MinimumPrice, specific)
expressions = st.one_of(sums, bounded, sugar, added, minimum_price, st.just(NoChange()), st.just(Free()))


@given(expressions)
def test_an_expression_reads_back_what_it_says(expression: Expression) -> None:
    assert parse(expression.say()) == expression


@given(ad_valorem, values, values)
def test_an_ad_valorem_duty_is_linear_in_the_value(expression: AdValorem, one: Decimal, other: Decimal) -> None:
    assert expression.duty(one + other, {}) == expression.duty(one, {}) + expression.duty(other, {})


@given(st.lists(atoms, min_size=2, max_size=4).map(tuple), values, st.decimals(0, 10**6, places=3))
def test_a_compound_duty_is_the_sum_of_its_parts(
    parts: tuple[Expression, ...], value: Decimal, quantity: Decimal
) -> None:
    compound = Compound(parts)
    quantities = dict.fromkeys(compound.units(), quantity)
    assert compound.duty(value, quantities) == sum(part.duty(value, quantities) for part in parts)


@given(sums, sums, values, st.decimals(0, 10**6, places=3))
def test_a_minimum_is_never_less_and_a_maximum_never_more(
    one: Expression, other: Expression, value: Decimal, quantity: Decimal
) -> None:
    quantities = dict.fromkeys((*one.units(), *other.units()), quantity)
    least, most = AtLeast(one, other), AtMost(one, other)
    assert most.duty(value, quantities) <= other.duty(value, quantities) <= least.duty(value, quantities)


@given(expressions)
def test_a_missing_quantity_is_named_and_never_taken_for_zero(expression: Expression) -> None:
    if expression.units():
        with pytest.raises(MissingQuantityError) as caught:
            expression.duty(D(100), {})
        assert caught.value.unit in expression.units()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Free", Free()),
        ("3.4%", AdValorem(D("0.034"))),
        ("33 1/3%", AdValorem(D(100) / 3 / 100)),
        ("$1.13/m<sup>3</sup>", Specific(D("1.13"), "m3")),
        ("14.5¢/m<sup>2 </sup>+ 0.4%", Compound((Specific(D("0.145"), "m2"), AdValorem(D("0.004"))))),
        ("90¢/pr. + 37.5%", Compound((Specific(D("0.90"), "pr."), AdValorem(D("0.375"))))),
        ("0.8¢/kg on lead content", Specific(D("0.008"), "kg lead content")),
        ("18.9¢/pf.liter", Specific(D("0.189"), "pf.liter")),
        ("68¢/head", Specific(D("0.68"), "head")),
        ("$1.34/1000", Specific(D("1.34"), "thousands")),
        ("0.18¢/line/ gross + 2.5%", Compound((Specific(D("0.0018"), "gross lines"), AdValorem(D("0.025"))))),
        ("2.5% on the value of the lead content", PartRate(D("0.025"), "lead content")),
        ("1.5 percent of the fair retail value", PartRate(D("0.015"), "fair retail value")),
        ("6.5% on the entire set", AdValorem(D("0.065"))),
        ("10% but not less than 2¢/kg", AtLeast(AdValorem(D("0.1")), Specific(D("0.02"), "kg"))),
        ("No change", NoChange()),
        ("The duty provided in the applicable subheading.", NoChange()),
        ("The duty provided in the applicable subheading + 0%", NoChange()),
        ("The duty provided inthe applicable subheading+ 25%", Added(AdValorem(D("0.25")))),
        ("The duty provided in the applicable subheading plus 25%", Added(AdValorem(D("0.25")))),
        (
            "The duty provided in the applicable subheading + a duty of 25% upon the value of the steel content.",
            Added(PartRate(D("0.25"), "steel content")),
        ),
        (
            "The duty provided in subheadings 8716.39.00, 8716.90.30 or 8716.90.50 + 100%",
            Added(AdValorem(D(1)), "subheadings 8716.39.00, 8716.90.30 or 8716.90.50"),
        ),
        ("See additional U.S. note 1", SeeNote("See additional U.S. note 1")),
        (
            "The rate applicable to the natural juice in heading 2009",
            RateOf("The rate applicable to the natural juice in heading 2009"),
        ),
    ],
)
def test_texts_of_the_schedule(text: str, expected: Expression) -> None:
    assert parse(text) == expected


def test_a_watch_is_charged_on_its_parts() -> None:
    """HTS 9102.11.25: 40¢ each + 8.5% on the case + 14% on the strap, band or bracelet + 5.3% on the battery."""
    duty = parse("40¢ each + 8.5% on the case + 14% on the strap, band or bracelet + 5.3% on the battery")
    assert duty.kind == "per_part"
    parts = {"No.": D(10), "value of the case": D(100), "value of the strap, band or bracelet": D(50)}
    with pytest.raises(MissingQuantityError, match="value of the battery"):
        duty.duty(D(500), parts)
    assert duty.duty(D(500), parts | {"value of the battery": D(10)}) == D("4") + D("8.5") + D("7") + D("0.53")


def test_raw_sugar_of_96_degrees_pays_1_377928_cents_a_kg() -> None:
    """HTS 1701.13.10; 1.4606¢/kg less 0.020668¢ for each of 4 degrees under 100."""
    text = (
        "1.4606¢/kg less 0.020668¢/kg for each degree under 100 degrees (and fractions of a degree in proportion) "
        "but not less than 0.943854¢/kg"
    )
    assert parse(text).kind == "minimum"
    assert parse(text).duty(D(0), {"kg": D(1), "sugar degrees": D(96)}) == D("0.01377928")
    assert parse(text).duty(D(0), {"kg": D(1), "sugar degrees": D(70)}) == D("0.00943854")


def test_quantities_convert_only_where_exact() -> None:
    assert parse("12¢/doz.").duty(D(0), {"No.": D(18)}) == D("0.18")
    assert parse("$4.95/t").duty(D(0), {"kg": D(500)}) == D("2.475")
    assert parse("1¢/kg").duty(D(0), {"GM": D(500)}) == D("0.005")
    with pytest.raises(MissingQuantityError, match="kg lead content"):
        parse("0.8¢/kg on lead content").duty(D(0), {"kg": D(10)})


def test_a_minimum_price_is_what_the_value_falls_short_of_it() -> None:
    assert parse("minimum price $21/kg").duty(D(9000), {"kg": D(500)}) == D(1500)
    assert parse("minimum price $21/kg").duty(D(11000), {"kg": D(500)}) == D(0)


def test_equivalents() -> None:
    assert parse("10¢/kg + 5%").ad_valorem_equivalent(D(100), {"kg": D(50)}) == D("0.1")
    assert parse("5%").ad_valorem_equivalent(D(0), {}) == D("0.05")
    with pytest.raises(UndefinedEquivalentError):
        parse("10¢/kg").ad_valorem_equivalent(D(0), {"kg": D(50)})


def test_a_duty_in_a_note_is_refused_never_zero() -> None:
    with pytest.raises(DutyInNoteError):
        parse("See additional U.S. note 1").duty(D(100), {})


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", Refused.EMPTY),
        (":", Refused.NOT_A_RATE),
        ("3¢/furlong", Refused.UNKNOWN_UNIT),
        ("The quantity specified in such notice", Refused.UNKNOWN),
        ("5% plus something", Refused.UNKNOWN),
        ("-5%", Refused.UNKNOWN),
    ],
)
def test_what_is_no_rate_is_refused(text: str, kind: Refused) -> None:
    with pytest.raises(UnparsedDutyError) as caught:
        parse(text)
    assert caught.value.kind is kind


def test_special_rates() -> None:
    text = "Free (A+, AU,BH,\nCL) 2.65%(JP) See 9822.05.15 (P+)"
    assert [rate.programs for rate in parse_special(text)] == [("A+", "AU", "BH", "CL"), ("JP",), ("P+",)]
    assert special_rate(text, "JP") == AdValorem(D("0.0265"))
    assert special_rate(text, "A") is None
    assert special_rate("", "S") is None


def test_every_spelling_names_one_unit() -> None:
    for unit in units().values():
        for spelling in (unit.name, *unit.spellings):
            assert canonical_unit(spelling) == unit.name
