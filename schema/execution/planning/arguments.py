"""The arguments of a field: coerced by the schema, and converted for its resolver."""

from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

import strawberry
from graphql import GraphQLInputType, get_nullable_type, is_input_object_type, is_list_type
from graphql.execution.values import get_argument_values
from strawberry.schema.schema_converter import get_arguments
from strawberry.types.field import StrawberryField

from schema.execution.graphql_core import ExecutionContext
from schema.execution.planning.plan import Field

IMMUTABLE_TYPES = (str, int, float, type(None), Decimal, Enum, date)


def coerce_arguments(execution: ExecutionContext, field: Field) -> dict[str, Any]:
    """The arguments, coerced to their types in the schema. Raises GraphQLError for values that do not fit."""
    if field.coerced_arguments is not None:
        return field.coerced_arguments
    if not field.definition.args and not field.nodes[0].arguments:
        return {}
    arguments = get_argument_values(field.definition, field.nodes[0], execution.variable_values)
    if field.has_constant_arguments and all(
        is_immutable_value(field.definition.args[name].type, value) for name, value in arguments.items()
    ):
        field.coerced_arguments = arguments
    return arguments


def convert_arguments(
    schema: strawberry.Schema, execution: ExecutionContext, field: Field, definition: StrawberryField, info: Any
) -> dict[str, Any]:
    """The arguments as a resolver takes them, without the parent and `info`. Raises what `coerce_arguments` raises."""
    if field.converted_arguments is not None:
        return field.converted_arguments
    converter = schema.schema_converter
    _, arguments = get_arguments(
        field=definition,
        source=None,
        info=info,
        kwargs=coerce_arguments(execution, field),
        config=converter.config,
        scalar_registry=converter.scalar_registry,
    )
    resolver = definition.base_resolver
    assert resolver is not None
    for parameter in (resolver.parent_parameter, resolver.root_parameter, resolver.info_parameter):
        if parameter:
            arguments.pop(parameter.name, None)
    # Values that a resolver could change are converted again for each call.
    if field.has_constant_arguments and all(isinstance(value, IMMUTABLE_TYPES) for value in arguments.values()):
        field.converted_arguments = arguments
    return arguments


def is_immutable_value(input_type: GraphQLInputType, value: Any) -> bool:
    """Whether a resolver cannot change a value, or receives a new one each time; not so for scalars such as JSON."""
    inner: Any = get_nullable_type(input_type)
    if is_list_type(inner) and isinstance(value, list):
        return all(is_immutable_value(inner.of_type, item) for item in value)
    if is_input_object_type(inner) and isinstance(value, dict):
        types = {field.out_name or name: field.type for name, field in inner.fields.items()}
        return all(is_immutable_value(types[name], item) for name, item in value.items())
    return isinstance(value, IMMUTABLE_TYPES)
