"""The arguments of a field: as the document and the variables have them, and as its resolver takes them."""

from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

import strawberry
from graphql import GraphQLInputType, get_nullable_type, is_input_object_type, is_list_type
from graphql.execution.values import get_argument_values
from strawberry.schema.schema_converter import get_arguments
from strawberry.types.field import StrawberryField

from schema.execution.graphql_core import Core
from schema.execution.planning.plan import Field

UNCHANGING = (str, int, float, type(None), Decimal, Enum, date)


def coerced(core: Core, field: Field) -> dict[str, Any]:
    """The arguments by their types in the schema. Raises GraphQLError for values that do not fit."""
    if field.constant is not None:
        return field.constant
    if not field.definition.args and not field.nodes[0].arguments:
        return {}
    found = get_argument_values(field.definition, field.nodes[0], core.variable_values)
    if field.fixed and all(is_constant(field.definition.args[name].type, each) for name, each in found.items()):
        field.constant = found
    return found


def converted(
    schema: strawberry.Schema, core: Core, field: Field, definition: StrawberryField, info: Any
) -> dict[str, Any]:
    """The arguments as a resolver takes them, without the object and `info`. Raises what `coerced` raises."""
    if field.converted is not None:
        return field.converted
    converter = schema.schema_converter
    _, found = get_arguments(
        field=definition,
        source=None,
        info=info,
        kwargs=coerced(core, field),
        config=converter.config,
        scalar_registry=converter.scalar_registry,
    )
    resolver = definition.base_resolver
    assert resolver is not None
    for parameter in (resolver.parent_parameter, resolver.root_parameter, resolver.info_parameter):
        if parameter:
            found.pop(parameter.name, None)
    # What a resolver could change is made anew for each.
    if field.fixed and all(isinstance(value, UNCHANGING) for value in found.values()):
        field.converted = found
    return found


def is_constant(kind: GraphQLInputType, value: Any) -> bool:
    """Whether what a resolver is given of a value is made anew, or cannot be changed: all but scalars like JSON."""
    inner: Any = get_nullable_type(kind)
    if is_list_type(inner) and isinstance(value, list):
        return all(is_constant(inner.of_type, each) for each in value)
    if is_input_object_type(inner) and isinstance(value, dict):
        types = {field.out_name or name: field.type for name, field in inner.fields.items()}
        return all(is_constant(types[name], each) for name, each in value.items())
    return isinstance(value, UNCHANGING)
