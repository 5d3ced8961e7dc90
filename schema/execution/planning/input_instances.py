"""Makes the instances of input types by facts of their fields that are worked out once for a schema.

Strawberry works them out for each value of each request, which takes as long as a small change of a row.
"""

from collections.abc import Iterable, Mapping
from dataclasses import MISSING
from enum import Enum
from typing import Any, NamedTuple

import strawberry
from graphql import GraphQLInputObjectType, GraphQLNamedType, GraphQLObjectType
from strawberry import Some
from strawberry.annotation import StrawberryAnnotation
from strawberry.relay import GlobalID
from strawberry.scalars import is_scalar
from strawberry.types.arguments import InputContext
from strawberry.types.base import StrawberryContainer, StrawberryMaybe, StrawberryOptional
from strawberry.types.enum import StrawberryEnumDefinition
from strawberry.types.lazy_type import LazyType


class Conversion(Enum):
    """How a value of a field becomes that of the instance: it stays as it is, comes into a `Some`, or is converted."""

    AS_IT_IS = 1
    INTO_SOME = 2
    CONVERTED = 3


class InputField(NamedTuple):
    """A field of an input type, by its name in the schema."""

    name: str
    python_name: str
    type: Any
    conversion: Conversion


class InputFactory:
    """Makes the instances of one input type, with the results of Strawberry."""

    def __init__(self, schema: strawberry.Schema, definition: Any) -> None:
        converter = schema.schema_converter
        self._fields = []
        # What is left out is null, unless it has a default value.
        self._absent: dict[str, Any] = {}
        for field in definition.fields:
            field_type = _resolved(field.resolve_type(type_definition=definition))
            name, conversion = converter.config.name_converter.from_field(field), _conversion(converter, field_type)
            self._fields.append(InputField(name, field.python_name, field_type, conversion))
            if field.default_value is MISSING and field.default_factory is MISSING:
                self._absent[field.python_name] = None

    def __call__(self, input_type: Any, value: Mapping[str, Any], context: InputContext) -> Any:
        """The instance for a value that the schema has coerced."""
        arguments = self._absent.copy()
        for name, python_name, field_type, conversion in self._fields:
            if name not in value:
                continue
            if conversion is Conversion.AS_IT_IS:
                arguments[python_name] = value[name]
            elif conversion is Conversion.INTO_SOME:
                arguments[python_name] = Some(value[name])
            else:
                arguments[python_name] = context.convert(value[name], field_type, name)
        return input_type(**arguments)


def install_input_factories(schema: strawberry.Schema, types: Iterable[GraphQLNamedType]) -> None:
    """Makes the instances of all input types of a schema by factories, unless a type makes its own."""
    for graphql_type in types:
        if isinstance(graphql_type, GraphQLInputObjectType):
            definition = graphql_type.extensions["strawberry-definition"]
            if definition.from_input is None:
                definition.from_input = InputFactory(schema, definition)


def resolve_argument_types(types: Iterable[GraphQLNamedType]) -> None:
    """Resolves the types of arguments that are named with their modules: to find a module each time takes long."""
    for graphql_type in types:
        if isinstance(graphql_type, GraphQLObjectType):
            for graphql_field in graphql_type.fields.values():
                field = graphql_field.extensions.get("strawberry-definition")
                for argument in field.arguments if field else ():
                    argument.type_annotation = StrawberryAnnotation(_resolved(argument.type))


def _resolved(type_: Any) -> Any:
    """A type of a field or an argument without lazy types in it."""
    if isinstance(type_, LazyType):
        return type_.resolve_type()
    if isinstance(type_, StrawberryContainer) and (inner := _resolved(type_.of_type)) is not type_.of_type:
        return type(type_)(inner)
    return type_


def _conversion(converter: Any, field_type: Any) -> Conversion:
    if isinstance(field_type, StrawberryMaybe):
        # A Maybe of what is not nullable refuses null.
        inner = field_type.of_type
        is_plain = isinstance(inner, StrawberryOptional) and _is_leaf(converter, inner.of_type)
        return Conversion.INTO_SOME if is_plain else Conversion.CONVERTED
    inner = field_type.of_type if isinstance(field_type, StrawberryOptional) else field_type
    return Conversion.AS_IT_IS if _is_leaf(converter, inner) else Conversion.CONVERTED


def _is_leaf(converter: Any, field_type: Any) -> bool:
    if isinstance(field_type, StrawberryEnumDefinition):
        return True
    return field_type is not GlobalID and is_scalar(field_type, converter.scalar_registry)
