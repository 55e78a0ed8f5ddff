"""Tariff numbers as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewaiter.schedule.errors import MalformedNumberError
from tidewaiter.schedule.numbers import digits, dotted

ten_digits = st.text("0123456789", min_size=10, max_size=10)


@given(ten_digits)
def test_points_change_nothing(number: str) -> None:
    usitc = f"{number[:4]}.{number[4:6]}.{number[6:8]}.{number[8:]}"
    assert digits(dotted(number)) == digits(usitc) == digits(number) == number


def test_a_lost_leading_zero_is_named_not_guessed() -> None:
    with pytest.raises(MalformedNumberError) as caught:
        digits("101210010")
    assert caught.value.code == "malformed_number"
    assert "0101.21.0010" in caught.value.hint


@pytest.mark.parametrize("text", ["701.1", "101.30", "402.21.05"])
def test_three_digits_before_a_point_are_a_number_that_a_spreadsheet_cut(text: str) -> None:
    """0701.10 (potatoes, seed) read as a number is 701.1: that is no number of heading 7011 (glass envelopes)."""
    with pytest.raises(MalformedNumberError) as caught:
        digits(text)
    assert f"0{text}" in caught.value.hint


@pytest.mark.parametrize(
    "text", ["", "85", "8507.6", "850760002", "85O7600020", "8507-60", "８５０７６０００９０", "1" * 11]
)
def test_what_is_no_tariff_number(text: str) -> None:
    with pytest.raises(MalformedNumberError):
        digits(text)
