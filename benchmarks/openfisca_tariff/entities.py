"""The one entity: a tariff line of a shipment."""

from openfisca_core.entities import build_entity

Line = build_entity(key="line", plural="lines", label="A tariff line of a shipment", is_person=True)
