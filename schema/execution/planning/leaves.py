"""Writes scalars and enums as the response has them, a whole column at a time."""

from collections.abc import Callable
from math import isfinite
from typing import Any, TypeVar

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

NOTHING = type(None)
WRITTEN = "__written__"
F = TypeVar("F", bound=Callable[..., Any])
ColumnSerializer = Callable[[list[Any], set[type]], list[Any] | None]


def column_serializer(kind: GraphQLLeafType) -> ColumnSerializer:
    """A function of values and their types (NoneType left out) that answers with what the response has for them.

    It answers None when the values have to be looked at one by one, because one of them may not be legal.
    """
    if kind in (GraphQLString, GraphQLID):
        return _as_they_are(str)
    if kind is GraphQLBoolean:
        return _as_they_are(bool)
    if kind is GraphQLInt:
        return _integers
    if kind is GraphQLFloat:
        return _floats
    if isinstance(kind, GraphQLEnumType):
        return _names(kind)
    return _each(kind, getattr(kind.coerce_output_value, WRITTEN, None))


def written(function: F, python_type: type) -> F:
    """Says of a scalar's serializer that values of this type are what the response has, and stay as they are."""
    setattr(function, WRITTEN, python_type)
    return function


def serialized(kind: GraphQLLeafType, value: Any) -> Any:
    """What the response has for one value. Raises what the type raises, and TypeError for null."""
    coerced = kind.coerce_output_value(value)
    if coerced is None or coerced is Undefined:
        raise TypeError(
            f"Expected `{inspect(kind)}.coerce_output_value({inspect(value)})` to return non-nullable value,"
            f" returned: {inspect(coerced)}"
        )
    return coerced


def _as_they_are(python_type: type) -> ColumnSerializer:
    def serialize(values: list[Any], kinds: set[type]) -> list[Any] | None:
        return values if kinds <= {python_type} else None

    return serialize


def _integers(values: list[Any], kinds: set[type]) -> list[Any] | None:
    if not kinds <= {int}:
        return None
    there = [value for value in values if value is not None]
    return values if not there or (min(there) >= GRAPHQL_MIN_INT and max(there) <= GRAPHQL_MAX_INT) else None


def _floats(values: list[Any], kinds: set[type]) -> list[Any] | None:
    if not kinds <= {float}:
        return None
    return values if all(map(isfinite, filter(None, values))) else None


def _names(kind: GraphQLEnumType) -> ColumnSerializer:
    def serialize(values: list[Any], kinds: set[type]) -> list[Any] | None:
        # Values of several types may be equal without being the same.
        if len(kinds) != 1 or next(iter(kinds)).__hash__ is None:
            return values if not kinds else None
        try:
            names = {value: None if value is None else serialized(kind, value) for value in set(values)}
        except Exception:
            return None
        return [names[value] for value in values]

    return serialize


def _each(kind: GraphQLLeafType, done: type | None) -> ColumnSerializer:
    def serialize(values: list[Any], kinds: set[type]) -> list[Any] | None:
        if kinds <= {done}:
            return values
        coerce = kind.coerce_output_value
        try:
            found = [None if value is None else coerce(value) for value in values]
        except Exception:
            return None
        written = set(map(type, found))
        if type(Undefined) in written or NOTHING not in written:
            return None if type(Undefined) in written else found
        return found if all(value is None for value, each in zip(values, found, strict=True) if each is None) else None

    return serialize
