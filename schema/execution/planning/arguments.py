"""The arguments of a field: coerced by the schema, and converted for its resolver."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

import strawberry
from graphql import GraphQLInputType, OperationType, get_nullable_type, is_input_object_type, is_list_type
from graphql.execution.values import get_argument_values
from strawberry.schema.schema_converter import get_arguments
from strawberry.types.field import StrawberryField

from schema.execution.graphql_core import ExecutionContext
from schema.execution.planning.plan import Field, KnownArguments

IMMUTABLE_TYPES = (str, int, float, type(None), Decimal, Enum, date)
# Of variables, a plan keeps only such as page sizes: texts may be secret or long, and equal decimals may differ.
COMPARED_TYPES = (int, type(None), Enum)


class Variable(Enum):
    """The value of a variable that a request leaves out."""

    ABSENT = "absent"


def coerce_arguments(execution: ExecutionContext, field: Field) -> dict[str, Any]:
    """The arguments, coerced to their types in the schema. Raises GraphQLError for values that do not fit."""
    if not field.definition.args and not field.nodes[0].arguments:
        return {}
    return find_arguments(execution, field).coerced


def find_arguments(execution: ExecutionContext, field: Field) -> KnownArguments:
    """The coerced arguments with what is known of them. A field keeps those of the last request, since most requests
    have the same, or variables of the same values. Raises GraphQLError for values that do not fit."""
    known = field.arguments
    if known is not None and not field.variable_names:
        return known
    values = execution.variable_values.coerced
    variables = [(type(value), value) for value in (values.get(name, Variable.ABSENT) for name in field.variable_names)]
    if known is not None and known.variables == variables:
        return known
    coerced = get_argument_values(field.definition, field.nodes[0], execution.variable_values)
    known = KnownArguments(variables, coerced)
    if all(isinstance(value, COMPARED_TYPES) for _, value in variables) and all(
        is_immutable_value(field.definition.args[name].type, value) for name, value in coerced.items()
    ):
        field.arguments = known
    return known


def convert_arguments(
    schema: strawberry.Schema,
    execution: ExecutionContext,
    field: Field,
    definition: StrawberryField,
    make_info: Callable[[], Any],
) -> dict[str, Any]:
    """The arguments as a resolver takes them, without the parent and `info`. Resolvers of queries must not change them.

    `make_info` is called if they are not known yet. Raises what `coerce_arguments` raises.
    """
    known = find_arguments(execution, field)
    if known.converted is not None:
        return known.converted
    converter = schema.schema_converter
    _, arguments = get_arguments(
        field=definition,
        source=None,
        info=make_info(),
        kwargs=known.coerced,
        config=converter.config,
        scalar_registry=converter.scalar_registry,
    )
    resolver = definition.base_resolver
    assert resolver is not None
    for parameter in (resolver.parent_parameter, resolver.root_parameter, resolver.info_parameter):
        if parameter:
            arguments.pop(parameter.name, None)
    is_query = execution.operation.operation is OperationType.QUERY
    if is_query or all(isinstance(value, IMMUTABLE_TYPES) for value in arguments.values()):
        known.converted = arguments
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
