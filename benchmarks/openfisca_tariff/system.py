"""The tax and benefit system: the entity, the parameters and the variables put together."""

from __future__ import annotations

from pathlib import Path

import numpy
from openfisca_core.taxbenefitsystems import TaxBenefitSystem

from benchmarks.openfisca_tariff.entities import Line
from benchmarks.openfisca_tariff.parameters import parameter_tree, read_rates
from benchmarks.openfisca_tariff.variables import Lookup, class_of, duty_of, rate_of, total_duty, value


class ImportDuties(TaxBenefitSystem):
    """United States import duties under the rates of a file.

    OpenFisca keeps amounts as 32-bit floats, and offers no way to say otherwise; ``wide`` puts 64-bit floats in their place.
    """

    def __init__(self, rates: Path, lookup: Lookup, wide: bool = False) -> None:
        super().__init__([Line])
        tree = read_rates(rates)
        self.parameters = parameter_tree(tree)
        self.programs = list(tree)
        self.add_variable(value)
        for program, kinds in tree.items():
            self.add_variable(class_of(program))
            self.add_variable(rate_of(program, lookup, "all_in" in kinds))
            self.add_variable(duty_of(program))
        self.add_variable(total_duty(self.programs))
        if wide:
            for variable in self.variables.values():
                if variable.value_type is float:
                    variable.dtype = numpy.float64
