"""The contract as the tests hold answers against it: the shipped JSON Schemas, and sums that must come out."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from tests.conftest import TODAY, TOY, engine_seen_from

from tidewaiter.assess.batch import Result, assess_records
from tidewaiter.assess.records import Record
from tidewaiter.assess.schema import schema

Json = dict[str, Any]


@cache
def validator(name: str) -> Draft202012Validator:
    """The validator of a shipped schema."""
    return Draft202012Validator(schema(name))


def faults(name: str, said: Any) -> list[str]:
    """What a schema has against a JSON value."""
    return [f"{'/'.join(map(str, one.path))}: {one.message}" for one in validator(name).iter_errors(said)]


def answers(*lines: Json, known_on: str = TODAY, scenario: str = "law", **options: bool) -> list[Result]:
    """The results of lines as given in a file."""
    records = [
        Record(number, {"hts": TOY, "origin": "CN", "value": "10000", **one}) for number, one in enumerate(lines, 1)
    ]
    return list(assess_records(engine_seen_from(known_on, scenario), records, **options))


def answer(known_on: str = TODAY, scenario: str = "law", **given: Any) -> Json:
    """One line's JSON object, answer or error, after it has passed through text and the schema."""
    (result,) = answers(given, known_on=known_on, scenario=scenario)
    said: Json = json.loads(json.dumps(result.as_json(), ensure_ascii=False, allow_nan=False))
    name = "error" if "error" in said else "assessment"
    assert faults(name, said) == []
    if name == "assessment":
        check_sums(said)
    return said


def refused(known_on: str = TODAY, **given: Any) -> Json:
    """The ``error`` object of a line that must be refused."""
    said = answer(known_on, **given)
    assert "error" in said, f"answered with {said.get('total_duty')}"
    error: Json = said["error"]
    return error


def check_sums(said: Json) -> None:
    """The sums that the contract promises."""
    base = Decimal(said["base"]["amount"])
    amounts = sum((Decimal(layer["amount"]) for layer in said["layers"]), base)
    owed = sum((Decimal(layer["owed"]) for layer in said["layers"]), base)
    fees = sum((Decimal(fee["amount"]) for fee in said["fees"]), Decimal(0))
    assert Decimal(said["total_duty"]) == amounts
    assert Decimal(said["total_owed"]) == owed
    assert Decimal(said["refundable"]) == amounts - owed >= 0
    assert Decimal(said["total_fees"]) == fees
    assert Decimal(said["total"]) == amounts + fees
