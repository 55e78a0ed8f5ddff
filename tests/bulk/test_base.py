"""Base duties of many lines: those of some of them put in the place of others."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests import profiles

from tidewaiter.bulk.arrays import Ints
from tidewaiter.bulk.base import ManyBaseDuties, Texts, charge_texts
from tidewaiter.bulk.duties import ManyQuantities

profiles.load()

WRITTEN = ("Free", "3.4%", "2.5%", "4.4¢/kg", "1.1¢/kg + 5%", "$1.50/kg + 12.5%", "See note 2", "9.5¢ each")
"""As columns 1 of the schedule print them; the last asks for a unit that nobody gives here."""
lines = st.tuples(
    st.integers(0, len(WRITTEN) - 1),
    st.one_of(st.none(), st.integers(0, len(WRITTEN) - 1)),
    st.one_of(st.integers(0, 10**12), st.sampled_from([0, 1, 49, 50])),
    st.one_of(st.none(), st.integers(0, 10**12)),
)


def charged(numbers: Ints, values: Ints, quantities: ManyQuantities) -> ManyBaseDuties:
    texts = Texts()
    for text in WRITTEN:
        texts.number(text)
    return charge_texts(texts, numbers, values, 2, quantities.of)


def as_told(duties: ManyBaseDuties) -> list[tuple[object, ...]]:
    count = len(duties.cents)
    exact, over = duties.unrounded(np.arange(count))
    return [
        (
            int(duties.cents[row]),
            int(duties.basis[row]),
            int(duties.millionths[row]),
            Fraction(int(exact[row]), int(over[row])),
            bool(duties.unread[row]),
            bool(duties.missing[row]),
        )
        for row in range(count)
    ]


@given(st.lists(lines, min_size=1, max_size=12))
def test_base_duties_put_in_the_place_of_others_are_those_charged_outright(
    drawn: list[tuple[int, int | None, int, int | None]],
) -> None:
    numbers = np.array([text for text, _, _, _ in drawn])
    others = np.array([text if other is None else other for text, other, _, _ in drawn])
    values = np.array([value for _, _, value, _ in drawn])
    given_kg = np.array([kg is not None for *_, kg in drawn])
    kg = np.array([kg or 0 for *_, kg in drawn])
    quantities = ManyQuantities({"kg": given_kg}, {"kg": kg}, {"kg": np.zeros(len(drawn), dtype=np.int64)}, 6)
    rows = np.array([row for row, (_, other, _, _) in enumerate(drawn) if other is not None], dtype=np.int64)
    part = charged(others[rows], values[rows], quantities.of(rows))
    found = charged(numbers, values, quantities).replaced(rows, part)
    assert as_told(found) == as_told(charged(others, values, quantities))
