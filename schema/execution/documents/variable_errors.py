"""Tells of variables that cannot be coerced, each with the path of its value; in items read one by one, to the item."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, TypeVar

from graphql import (
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    OperationDefinitionNode,
    VariableDefinitionNode,
    get_nullable_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    type_from_ast,
)
from graphql.execution.get_variable_signature import get_variable_signature
from graphql.pyutils import Undefined, print_path_list
from graphql.utilities.validate_input_value import validate_input_value

from schema.execution.documents.input_values import Path, coded, non_null_fields, null_refused
from schema.execution.traceback_release import let_go

MAX_VARIABLE_ERRORS = 5_000
# Errors that a client is told of. More are only looked for where each item of many may fail alone.
MAX_TOLD_ERRORS = 50
READ_ITEM_BY_ITEM = "__read_item_by_item__"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What a resolver is given of a value that its scalar cannot read, and why."""

    problem: str


def read_item_by_item(input_type: T) -> T:
    """Says of an input type that what cannot be read in a variable of it is left to the resolver, as Unreadable.

    One item of many that has a bad value then fails alone. Scalars of its fields hand Unreadable through.
    """
    setattr(input_type, READ_ITEM_BY_ITEM, True)
    return input_type


class _Enough(Exception):
    """There are as many errors as are told."""


def variable_errors(
    schema: GraphQLSchema, operation: OperationDefinitionNode, variables: Mapping[str, object]
) -> list[GraphQLError]:
    """The errors of variables that could not be coerced, each with the path of its value; at most 5 000."""
    errors: list[GraphQLError] = []

    def add(definition: VariableDefinitionNode, error: GraphQLError, path: Path) -> None:
        name = definition.variable.name.value
        message = f"Variable '${name}' has invalid value{print_path_list(path)}: {error.message}"
        extensions = {"inputPath": [name, *path]}
        errors.append(coded(GraphQLError(message, definition, original_error=error, extensions=extensions)))
        if len(errors) == MAX_VARIABLE_ERRORS:
            raise _Enough

    try:
        for definition in operation.variable_definitions or ():
            for error, path in _errors_of(schema, definition, variables):
                add(definition, error, path)
    except (_Enough, RecursionError):
        pass
    return errors


def with_unreadable(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    variables: Mapping[str, Any],
    errors: Iterable[GraphQLError],
) -> dict[str, Any] | None:
    """The variables with Unreadable in place of each value at fault; None unless all are in items read one by one."""
    types = {
        definition.variable.name.value: type_from_ast(schema, definition.type)
        for definition in operation.variable_definitions or ()
    }
    found = list(errors)
    if not all(_is_in_an_item(types, (error.extensions or {})["inputPath"]) for error in found):
        return None
    # Values are put in place, and the request's own stay as they are.
    changed = deepcopy(dict(variables))
    for error in found:
        *above, last = (error.extensions or {})["inputPath"]
        holder: Any = changed
        for key in above:
            holder = holder[key]
        cause = error.original_error
        holder[last] = Unreadable(cause.message if isinstance(cause, GraphQLError) else error.message)
    return changed


def _is_in_an_item(types: Mapping[str, Any], path: Path) -> bool:
    """Whether a path leads to a scalar that is a member of an item read on its own."""
    name, *rest = path
    kind: Any = types[str(name)]
    is_item = False
    for key in rest:
        inner: Any = get_nullable_type(kind)
        is_item = is_input_object_type(inner) and _is_read_item_by_item(inner) and key in inner.fields
        kind = inner.fields[key].type if is_input_object_type(inner) and key in inner.fields else inner.of_type
    return is_item and isinstance(get_nullable_type(kind), GraphQLScalarType)


def _is_read_item_by_item(kind: GraphQLInputObjectType) -> bool:
    definition = kind.extensions.get("strawberry-definition")
    return bool(getattr(getattr(definition, "origin", None), READ_ITEM_BY_ITEM, False))


def _errors_of(
    schema: GraphQLSchema, definition: VariableDefinitionNode, variables: Mapping[str, object]
) -> Iterable[tuple[GraphQLError, Path]]:
    signature = get_variable_signature(schema, definition)
    if isinstance(signature, GraphQLError):
        return [(signature, [])]
    value = variables.get(signature.name, Undefined)
    if value is Undefined and (definition.default_value or not is_non_null_type(signature.type)):
        return []
    found: list[tuple[GraphQLError, Path]] = []
    types, most = {signature.name: signature.type}, MAX_VARIABLE_ERRORS

    def note(error: GraphQLError, path: Path) -> None:
        nonlocal most
        found.append((error, path))
        if not _is_in_an_item(types, [signature.name, *path]):
            most = MAX_TOLD_ERRORS
        if len(found) >= most:
            raise _Enough

    with suppress(_Enough):
        validate_input_value(value, signature.type, note)
    # There may be very many, of which few are told.
    for error, _ in found:
        let_go(error)
    found += [(GraphQLError(null_refused(str(path[-1]))), path) for path in _nulls(value, signature.type, [])]
    return found


def _nulls(value: Any, kind: Any, path: list[str | int]) -> Iterator[list[str | int]]:
    """The paths of nulls in a value where a field may only be left out."""
    inner: Any = get_nullable_type(kind)
    if is_list_type(inner) and isinstance(value, list):
        for index, each in enumerate(value):
            yield from _nulls(each, inner.of_type, [*path, index])
    elif is_input_object_type(inner) and isinstance(value, dict):
        for name, field in inner.fields.items():
            if name in value and value[name] is None and name in non_null_fields(inner):
                yield [*path, name]
            elif value.get(name) is not None:
                yield from _nulls(value[name], field.type, [*path, name])
