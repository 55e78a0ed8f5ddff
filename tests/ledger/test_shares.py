"""A number too short to say which tariff line it is: the share of the lines below it that a list names."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from tests.ledger.lawdir import PROGRAM, problems_of, regime_of

from tidewaiter.ledger.regime import Regime

LIST = "# title: A list\n# citation: a note\nprefix,class,from,act,scope,share\n{rows}"
ROWS = (
    "850760,a,2025-02-01,act-1,,1/3\n"
    "850760,a,2025-02-01,act-1,part,\n"
    "85076010,a,2025-02-01,act-1,,\n"
    "85076020,b,2025-02-01,act-1,,\n"
)


def law(tmp_path: Path, rows: str = ROWS) -> Regime:
    return regime_of(tmp_path, {"lists/us-list.csv": LIST.format(rows=rows)})


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("850760", [("a", "", Fraction(1, 3))]),  # the subheading itself: an average, nothing asked
        ("85076010", [("a", "", None)]),
        ("8507601090", [("a", "", None)]),
        ("85076020", [("b", "", None)]),
        ("85076030", [("a", "part", None)]),  # a line that the list does not know: asked
        ("8507", []),
    ],
)
def test_a_share_speaks_of_the_number_itself_alone(
    tmp_path: Path, number: str, expected: list[tuple[str, str, Fraction | None]]
) -> None:
    matches = law(tmp_path).matches("us-list", number, 1_800_000_000)
    assert [(match.klass, match.scope, match.share) for match in matches] == expected


def test_numbers_that_see_other_rows_are_other_classes(tmp_path: Path) -> None:
    regime = law(tmp_path)
    classes = {number: regime.product_class(number) for number in ("850760", "85076030", "85076031", "85076010")}
    assert classes["85076030"] == classes["85076031"]
    assert len(set(classes.values())) == 3


@pytest.mark.parametrize("share", ["0", "1", "3/2", "-1/3"])
def test_a_share_lies_between_nothing_and_all(tmp_path: Path, share: str) -> None:
    rows = f"850760,a,2025-02-01,act-1,,{share}\n"
    (problem,) = problems_of(tmp_path, {"lists/us-list.csv": LIST.format(rows=rows)})
    assert (problem.file, problem.line) == ("lists/us-list.csv", 4)
    assert "between 0 and 1" in problem.message


def test_a_share_stands_beside_no_description(tmp_path: Path) -> None:
    rows = "850760,a,2025-02-01,act-1,part,1/2\n"
    (problem,) = problems_of(tmp_path, {"lists/us-list.csv": LIST.format(rows=rows)})
    assert "beside no scope" in problem.message


def test_what_is_no_fraction_is_named(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, {"lists/us-list.csv": LIST.format(rows="850760,a,2025-02-01,act-1,,half\n")})
    assert problem.line == 4


def test_the_candidate_knows_its_share(tmp_path: Path) -> None:
    program = PROGRAM.replace("{origin: [CN]}", "{origin: [CN], products: us-list#a}")
    changes = {"lists/us-list.csv": LIST.format(rows=ROWS), "programs/us-one.yaml": program}
    regime = regime_of(tmp_path, changes)
    interval = regime.interval(1_800_000_000)
    shares = {
        number: [one.share for part in regime.law(number, "CN", "US", interval) for one in part.candidates]
        for number in ("850760", "85076010")
    }
    assert shares == {"850760": [Fraction(1, 3)], "85076010": [None]}
