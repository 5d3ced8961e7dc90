"""Serializes scalars and enums for the response, one column at a time."""

from collections.abc import Callable, Set
from math import isfinite
from typing import Any, NamedTuple, TypeVar

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLString,
)
from graphql.pyutils import Undefined, inspect
from graphql.type import GRAPHQL_MAX_INT, GRAPHQL_MIN_INT

NONE_TYPE = type(None)
SERIALIZED_TYPE = "__written__"
F = TypeVar("F", bound=Callable[..., Any])
ColumnSerializer = Callable[[list[Any], Set[type]], list[Any] | None]


class LeafWays(NamedTuple):
    """How columns of leaves are completed, by their numbers: some are `checked` one value after another, some are
    `serialized`, with the serializer and the Python types of the values, and all others are the response as they are.

    `texts` are those whose values differ in length.
    """

    checked: list[int]
    serialized: list[tuple[int, ColumnSerializer, Set[type]]]
    texts: list[int]


def column_serializer(leaf_type: GraphQLLeafType) -> ColumnSerializer:
    """A function that serializes a column of values, given their Python types without NoneType.

    It returns None if the values have to be serialized one by one, because one of them may be invalid.
    """
    python_type = serialized_type(leaf_type)
    if leaf_type in (GraphQLString, GraphQLID, GraphQLBoolean):
        return _pass_through_serializer(python_type)
    if leaf_type is GraphQLInt:
        return _serialize_integers
    if leaf_type is GraphQLFloat:
        return _serialize_floats
    if isinstance(leaf_type, GraphQLEnumType):
        return _enum_serializer(leaf_type)
    return _scalar_serializer(leaf_type, python_type)


def serialized_type(leaf_type: GraphQLLeafType) -> type | None:
    """The Python type whose values are serialized already; None if each value has to be looked at."""
    if leaf_type in (GraphQLString, GraphQLID):
        return str
    if leaf_type is GraphQLBoolean:
        return bool
    if leaf_type in (GraphQLInt, GraphQLFloat) or isinstance(leaf_type, GraphQLEnumType):
        return None
    python_type: type | None = getattr(leaf_type.coerce_output_value, SERIALIZED_TYPE, None)
    return python_type


def with_serialized_type(function: F, python_type: type) -> F:
    """Marks the serializer of a scalar: values of this Python type are serialized already."""
    setattr(function, SERIALIZED_TYPE, python_type)
    return function


def serialize_leaf(leaf_type: GraphQLLeafType, value: Any) -> Any:
    """The serialized value. Raises what the type raises, and TypeError for null."""
    coerced = leaf_type.coerce_output_value(value)
    if coerced is None or coerced is Undefined:
        raise TypeError(
            f"Expected `{inspect(leaf_type)}.coerce_output_value({inspect(value)})` to return non-nullable value,"
            f" returned: {inspect(coerced)}"
        )
    return coerced


def _pass_through_serializer(python_type: type | None) -> ColumnSerializer:
    def serialize(values: list[Any], types: Set[type]) -> list[Any] | None:
        return values if types <= {python_type} else None

    return serialize


def _serialize_integers(values: list[Any], types: Set[type]) -> list[Any] | None:
    if not types <= {int}:
        return None
    integers = [value for value in values if value is not None]
    return values if not integers or (min(integers) >= GRAPHQL_MIN_INT and max(integers) <= GRAPHQL_MAX_INT) else None


def _serialize_floats(values: list[Any], types: Set[type]) -> list[Any] | None:
    if not types <= {float}:
        return None
    return values if all(map(isfinite, filter(None, values))) else None


def _enum_serializer(leaf_type: GraphQLEnumType) -> ColumnSerializer:
    def serialize(values: list[Any], types: Set[type]) -> list[Any] | None:
        # Values of different types may be equal, such as 1 and True.
        if len(types) != 1 or next(iter(types)).__hash__ is None:
            return values if not types else None
        try:
            names = {value: None if value is None else serialize_leaf(leaf_type, value) for value in set(values)}
        except Exception:
            return None
        return [names[value] for value in values]

    return serialize


def _scalar_serializer(leaf_type: GraphQLLeafType, python_type: type | None) -> ColumnSerializer:
    def serialize(values: list[Any], types: Set[type]) -> list[Any] | None:
        if types <= {python_type}:
            return values
        coerce = leaf_type.coerce_output_value
        try:
            results = [None if value is None else coerce(value) for value in values]
        except Exception:
            return None
        result_types = set(map(type, results))
        if type(Undefined) in result_types or NONE_TYPE not in result_types:
            return None if type(Undefined) in result_types else results
        return (
            results
            if all(value is None for value, result in zip(values, results, strict=True) if result is None)
            else None
        )

    return serialize
