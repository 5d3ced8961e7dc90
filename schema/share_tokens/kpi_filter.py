"""Filters of KPIs as share tokens keep them: by the names of the schema, as JSON."""

import dataclasses
from collections.abc import Mapping
from enum import Enum
from typing import Any

import strawberry
from graphql import Undefined, coerce_input_value
from strawberry.types.arguments import convert_argument

from schema.kpis.queries import KpiFilter
from schema.relay.filters import plain
from service.all_entities import reference_types
from service.errors import BadUserInput
from service.kpis.entity import KPI
from service.reading.filters import ParsedFilter, parse_filter
from service.values.names import to_camel_case
from service.values.parsing import to_json_value


def filter_as_json(filter: Any) -> dict[str, Any]:
    """The comparisons of a filter, also those nested in it, by their names in the schema; null is as good as absent."""
    pairs = [(field.name, getattr(filter, field.name)) for field in dataclasses.fields(filter)]
    return {
        to_camel_case(name.strip("_")): _as_json(value)
        for name, value in pairs
        if value is not strawberry.UNSET and value is not None
    }


def parse_kpi_filter(schema: strawberry.Schema, json: Mapping[str, Any]) -> ParsedFilter:
    """The parsed filter of its JSON. Raises BadUserInput if the schema does not take it."""
    converter = schema.schema_converter
    coerced = coerce_input_value(dict(json), schema._schema.type_map["KpiFilter"])  # type: ignore[arg-type]
    if coerced is Undefined:
        raise BadUserInput("The schema does not take this filter.")
    return parse_typed(convert_argument(coerced, KpiFilter, converter.scalar_registry, converter.config))


def parse_typed(filter: Any) -> ParsedFilter:
    """The parsed filter of an input. Raises BadUserInput for one that a list of KPIs does not take."""
    return parse_filter(plain(filter, reference_types(KPI.name), None))


def _as_json(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return filter_as_json(value)
    if isinstance(value, list):
        return [_as_json(each) for each in value]
    return value.name if isinstance(value, Enum) else to_json_value(value)
