"""Variables: the value of a line and its class in each program are given; duties are formulas over them and the rates of the day.

Each program's duty is rounded half-up to the cent, as each heading's is, and then summed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy
from openfisca_core.periods import DateUnit
from openfisca_core.variables import Variable

from benchmarks.openfisca_tariff.entities import Line
from benchmarks.openfisca_tariff.parameters import BASE

Array = numpy.ndarray[Any, Any]
Lookup = Callable[[Any, Array], Array]


class value(Variable):  # noqa: N801 - OpenFisca names a variable by its class
    """The customs value."""

    value_type = float
    entity = Line
    definition_period = DateUnit.DAY
    label = "Customs value in US dollars"
    unit = "currency-USD"


def fancy(node: Any, classes: Array) -> Array:
    """A rate for each line, by OpenFisca's own fancy indexing of parameters."""
    rates: Array = node[classes]
    return rates


def take(node: Any, classes: Array) -> Array:
    """A rate for each line, from an array of all rates of the node: the same in fewer steps."""
    return numpy.array([node[name] for name in node])[classes]


LOOKUPS: dict[str, Lookup] = {"fancy": fancy, "take": take}


def half_up(amount: Array) -> Array:
    """Rounded half-up to the cent."""
    return numpy.floor(amount * 100 + 0.5) / 100


def class_of(program: str) -> type[Variable]:
    """The input that says which class of the program a line is in."""
    return _variable(f"{program}_class", int, f"Class of the line in {program}")


def rate_of(program: str, lookup: Lookup, has_caps: bool) -> type[Variable]:
    """The rate of one program on the day: its own, or what an all-in rate leaves above the base rate."""

    def formula(line: Any, period: Any, parameters: Any) -> Array:
        classes = line(f"{program}_class", period)
        rates = parameters(period)[program]
        rate = lookup(rates.rate, classes)
        if has_caps:
            in_all = lookup(rates.all_in, classes)
            rate = numpy.where(in_all > 0, numpy.maximum(0, in_all - line(f"{BASE}_rate", period)), rate)
        return rate

    return _variable(f"{program}_rate", float, f"Rate under {program}", formula)


def duty_of(program: str) -> type[Variable]:
    """The duty of one program on the value."""

    def formula(line: Any, period: Any) -> Array:
        return half_up(line("value", period) * line(f"{program}_rate", period))

    return _variable(f"{program}_duty", float, f"Duty under {program}", formula)


def total_duty(programs: Iterable[str]) -> type[Variable]:
    """The sum of all programs' duties."""
    names = [f"{program}_duty" for program in programs]

    def formula(line: Any, period: Any) -> Array:
        duties: Array = sum(line(name, period) for name in names)
        return duties

    return _variable("total_duty", float, "All duty", formula)


def _variable(name: str, kind: type, label: str, formula: Callable[..., Array] | None = None) -> type[Variable]:
    body: dict[str, Any] = {
        "value_type": kind,
        "entity": Line,
        "definition_period": DateUnit.DAY,
        "label": label,
    }
    if formula is not None:
        body["formula"] = formula
    return type(name, (Variable,), body)
