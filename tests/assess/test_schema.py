"""Every shape of answer against the JSON Schemas that ship with the package."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from tests.assess.contract import answer, faults, refused
from tests.conftest import TODAY, TOY

from tidewaiter.assess.line import FIELDS
from tidewaiter.assess.schema import NAMES, schema

SOLAR_CELL = "8541.42.0010"
SHAPES: dict[str, dict[str, Any]] = {
    "ad valorem": {"hts": "8507.60.0090", "entered_at": "2026-08-01"},
    "free, no layer": {"entered_at": "2024-06-01"},
    "specific base": {"hts": "2204.21.5040", "entered_at": "2026-08-01", "quantity": "100"},
    "compound base": {"hts": "0402.99.9000", "entered_at": "2026-08-01", "quantity": "12.5", "unit": "kg"},
    "per part": {"hts": "7801.10.0000", "entered_at": "2026-08-01", "facts": {"value of the lead content": 900}},
    "minimum": {
        "hts": "1701.13.1000",
        "entered_at": "2026-08-01",
        "quantity": "100",
        "unit": "kg",
        "facts": {"sugar degrees": 96},
    },
    "specific layer": {"hts": SOLAR_CELL, "entered_at": "2026-12-05", "quantity": "5000", "unit": "W"},
    "minimum price": {
        "hts": SOLAR_CELL,
        "entered_at": "2026-12-05",
        "quantity": "5000",
        "unit": "W",
        "claims": "minimum-price-documented",
    },
    "cap": {"hts": "8207.30.6062", "entered_at": "2026-08-01"},
    "relief": {"entered_at": "2025-03-05", "loaded_at": "2025-01-30", "transport": "vessel"},
    "metals over others": {"hts": "7318.15.2065", "entered_at": "2025-07-01", "steel_value": "6000"},
    "parcel": {"entered_at": "2025-06-10", "value": "90", "transport": "mail", "items": 1, "claims": "postal-per-item"},
    "chapter 98": {"entered_at": "2026-08-01", "ch98": "9802.00.80", "ch98_value": "2500"},
    # "The rate applicable to each garment in the ensemble if separately entered" (HTS 6103.22), and nothing to apply it to.
    "a text that points elsewhere": {
        "hts": "6103.22.0010",
        "origin": "VN",
        "entered_at": "2026-03-01",
        "ch98": "9801.00.10",
    },
    "value zero": {"entered_at": "2026-08-01", "value": 0},
    "with an entry, fees and extras": {
        "line_id": 7,
        "entry_id": "E1",
        "entered_at": "2026-08-01T10:00:00+08:00",
        "transport": "vessel",
        "sku": "A-1",
    },
}


@pytest.mark.parametrize("name", NAMES)
def test_the_schemas_are_schemas(name: str) -> None:
    Draft202012Validator.check_schema(schema(name))


def test_an_unknown_schema_is_refused() -> None:
    with pytest.raises(ValueError, match="one of line, assessment, error"):
        schema("shipment")


@pytest.mark.parametrize("given", SHAPES.values(), ids=SHAPES)
def test_every_shape_validates(given: dict[str, Any]) -> None:
    said = answer(**given)
    assert "error" not in said, said
    assert faults("line", {"hts": TOY, "origin": "CN", "value": "10000", **given}) == []


def test_the_shapes_are_the_shapes_they_are_named_for() -> None:
    kinds = {name: answer(**given) for name, given in SHAPES.items()}
    assert kinds["specific base"]["base"]["kind"] == "specific"
    assert kinds["compound base"]["base"]["kind"] == "compound"
    assert kinds["per part"]["base"]["kind"] == "per_part"
    assert kinds["minimum"]["base"]["kind"] == "minimum"
    assert "specific" in [layer["rate_kind"] for layer in kinds["specific layer"]["layers"]]
    assert "minimum_price" in [layer["rate_kind"] for layer in kinds["minimum price"]["layers"]]
    assert "cap" in [layer["kind"] for layer in kinds["cap"]["layers"]]
    assert "relief" in [layer["kind"] for layer in kinds["relief"]["layers"]]
    assert any(layer["from"] is None for layer in kinds["metals over others"]["layers"])  # displaced, reported
    assert "item" in [layer["unit"] for layer in kinds["parcel"]["layers"]]
    assert kinds["chapter 98"]["base"]["basis"] == "value_less_ch98"
    assert kinds["value zero"]["effective_rate"] is None
    assert kinds["with an entry, fees and extras"]["extra"] == {"sku": "A-1"}
    assert len(kinds["with an entry, fees and extras"]["fees"]) == 2


def test_a_voided_layer_and_what_is_refundable() -> None:
    # Learning Resources v. Trump, No. 24-1287 (20 February 2026): the IEEPA duties of 2025 are not owed.
    said = answer(entered_at="2025-06-01")
    voided = [layer for layer in said["layers"] if layer["voided_by"]]
    assert [layer["heading"] for layer in voided] == ["9903.01.24", "9903.01.25"]
    assert said["refundable"] == "3000.00"
    assert said["total_owed"] == "0.00"


def test_questions_and_changes_ahead() -> None:
    said = answer(known_on="2025-06-01", entered_at="2025-06-01")
    assert said["questions"][0].keys() == {"fact", "text", "effect"}
    assert said["next_changes"][0].keys() == {"at", "heading", "what", "acts"}


def test_a_quantity_is_said_as_given() -> None:
    said = answer(hts="2204.21.5040", entered_at="2026-08-01", quantity="0.125")
    assert (said["base"]["basis"], said["base"]["basis_value"]) == ("quantity", "0.125")


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("total_duty",), 1250),
        (("total_duty",), "1250.0"),
        (("total_duty",), "1,250.00"),
        (("value",), "-0.00"),
        (("surprise",), 1),
        (("base", "kind"), "see_note"),
        (("base", "basis_value"), "1E+5"),
        (("layers", 0, "surprise"), 1),
        (("layers", 0, "status"), "waived"),
        (("layers", 0, "status"), "relieved"),
        (("layers", 0, "cap"), "0.15"),
        (("layers", 0, "parts"), ["1%", "2%"]),
        (("layers", 0, "from"), "2026-07-24"),
        (("layers", 0, "acts"), ["a", "a"]),
        (("layers", 0, "heading"), "99038803"),
        (("hts",), "8507600090"),
    ],
)
def test_what_breaks_the_contract_is_caught(place: tuple[str | int, ...], value: Any) -> None:
    said = copy.deepcopy(answer(**SHAPES["ad valorem"]))
    target: Any = said
    for step in place[:-1]:
        target = target[step]
    target[place[-1]] = value
    assert faults("assessment", said)


def test_an_error_is_closed_and_carries_a_base_only_where_nothing_is_covered() -> None:
    error = {"line_id": "1", "error": {"code": "bad_date", "message": "no date", "hint": ""}}
    assert faults("error", error) == []
    assert faults("error", {**error, "base": {"text": "Free", "amount": "0.00"}})
    assert faults("error", {**error, "surprise": 1})
    assert faults("error", {"line_id": "1", "error": {"code": "oops", "message": "x", "hint": ""}})
    uncovered = {**error, "error": {"code": "not_covered", "message": "not covered", "hint": ""}}
    assert faults("error", {**uncovered, "base": {"text": "Free", "amount": "0.00"}}) == []


def test_every_code_in_the_program_is_in_the_schema_and_the_reverse() -> None:
    package = Path(__file__).resolve().parents[2] / "src" / "tidewaiter"
    source = "\n".join(path.read_text(encoding="utf-8") for path in package.glob("assess/*.py"))
    written = set(re.findall(r'(?:LineError|__init__)\(\s*"([a-z0-9_]+)"', source))
    written |= set(re.findall(r'"(unknown_(?:claim|scope|fact))"', source))
    schedule = "\n".join(path.read_text(encoding="utf-8") for path in package.glob("schedule/*.py"))
    passed_on = {
        code
        for code in re.findall(r'code = "([a-z0-9_]+)"', schedule)
        if code.endswith("_number") or code == "unknown_unit"
    }
    assert written | passed_on == set(schema("error")["properties"]["error"]["properties"]["code"]["enum"])


def test_the_line_schema_knows_every_field_of_the_contract() -> None:
    assert set(schema("line")["properties"]) == FIELDS


@pytest.mark.parametrize(
    "given",
    [
        {"value": "10,000"},
        {"value": -1},
        {"value": "-1"},
        {"value": True},
        {"value": 10**13},
        {"value": None},
        {"hts": "8507-60"},
        {"origin": "C"},
        {"origin": "57000"},
        {"origin": 5},
        {"entered_at": "22.11.2026"},
        {"transport": "ship"},
        {"metal_weight_share": 15},
        {"ftz_status": "pf?"},
        {"entry_type": "one"},
        {"facts": [1]},
        {"fact.chip_tpp": {"a": 1}},
        {"claims": {"a": 1}},
        {"quantity": "1e5"},
    ],
)
def test_the_line_schema_refuses_what_the_engine_refuses(given: dict[str, Any]) -> None:
    line = {"hts": TOY, "origin": "CN", "value": "10000", "entered_at": "2026-08-01", **given}
    assert faults("line", line)
    assert refused(TODAY, **line)["code"]
