"""Finds the variables that cannot be coerced, and reports each error with the path of its value."""

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

from schema.execution.documents.input_values import (
    ValuePath,
    mark_bad_user_input,
    non_null_fields,
    null_refused_message,
)
from schema.execution.traceback_release import release_tracebacks

MAX_VARIABLE_ERRORS = 5_000
# Errors that a client receives. More are found only where each item of many may fail alone.
MAX_LISTED_ERRORS = 50
READ_ITEM_BY_ITEM = "__read_item_by_item__"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class UnreadableValue:
    """A value that its scalar cannot read, with the reason; the resolver receives it in place of the value."""

    problem: str


def read_item_by_item(input_type: T) -> T:
    """Marks an input type: its resolver receives unreadable values in variables as UnreadableValue.

    So one bad item of many fails alone. Scalars of its fields pass UnreadableValue through.
    """
    setattr(input_type, READ_ITEM_BY_ITEM, True)
    return input_type


class _MaxErrorsReached(Exception):
    """The maximum of errors was reached."""


def find_variable_errors(
    schema: GraphQLSchema, operation: OperationDefinitionNode, variables: Mapping[str, object]
) -> list[GraphQLError]:
    """The errors of variables that could not be coerced, each with the path of its value; at most 5 000."""
    errors: list[GraphQLError] = []

    def add_error(definition: VariableDefinitionNode, error: GraphQLError, path: ValuePath) -> None:
        name = definition.variable.name.value
        message = f"Variable '${name}' has invalid value{print_path_list(path)}: {error.message}"
        extensions = {"inputPath": [name, *path]}
        errors.append(
            mark_bad_user_input(GraphQLError(message, definition, original_error=error, extensions=extensions))
        )
        if len(errors) == MAX_VARIABLE_ERRORS:
            raise _MaxErrorsReached

    try:
        for definition in operation.variable_definitions or ():
            for error, path in _find_errors(schema, definition, variables):
                add_error(definition, error, path)
    except (_MaxErrorsReached, RecursionError):
        pass
    return errors


def replace_unreadable_values(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    variables: Mapping[str, Any],
    errors: Iterable[GraphQLError],
) -> dict[str, Any] | None:
    """A copy of the variables with UnreadableValue in place of each value that has an error.

    None unless all these values belong to items that are read one by one.
    """
    types = {
        definition.variable.name.value: type_from_ast(schema, definition.type)
        for definition in operation.variable_definitions or ()
    }
    error_list = list(errors)
    if not all(_is_scalar_of_item(types, (error.extensions or {})["inputPath"]) for error in error_list):
        return None
    # A copy, since the variables of the request must not change.
    copied = deepcopy(dict(variables))
    for error in error_list:
        *parent_keys, last_key = (error.extensions or {})["inputPath"]
        container: Any = copied
        for key in parent_keys:
            container = container[key]
        cause = error.original_error
        container[last_key] = UnreadableValue(cause.message if isinstance(cause, GraphQLError) else error.message)
    return copied


def _is_scalar_of_item(types: Mapping[str, Any], path: ValuePath) -> bool:
    """Whether a path leads to a scalar field of an item that is read alone."""
    name, *keys = path
    graphql_type: Any = types[str(name)]
    is_item = False
    for key in keys:
        inner: Any = get_nullable_type(graphql_type)
        is_item = is_input_object_type(inner) and _is_read_item_by_item(inner) and key in inner.fields
        graphql_type = inner.fields[key].type if is_input_object_type(inner) and key in inner.fields else inner.of_type
    return is_item and isinstance(get_nullable_type(graphql_type), GraphQLScalarType)


def _is_read_item_by_item(input_type: GraphQLInputObjectType) -> bool:
    definition = input_type.extensions.get("strawberry-definition")
    return bool(getattr(getattr(definition, "origin", None), READ_ITEM_BY_ITEM, False))


def _find_errors(
    schema: GraphQLSchema, definition: VariableDefinitionNode, variables: Mapping[str, object]
) -> Iterable[tuple[GraphQLError, ValuePath]]:
    signature = get_variable_signature(schema, definition)
    if isinstance(signature, GraphQLError):
        return [(signature, [])]
    value = variables.get(signature.name, Undefined)
    if value is Undefined and (definition.default_value or not is_non_null_type(signature.type)):
        return []
    errors: list[tuple[GraphQLError, ValuePath]] = []
    types, max_errors = {signature.name: signature.type}, MAX_VARIABLE_ERRORS

    def add_error(error: GraphQLError, path: ValuePath) -> None:
        nonlocal max_errors
        errors.append((error, path))
        if not _is_scalar_of_item(types, [signature.name, *path]):
            max_errors = MAX_LISTED_ERRORS
        if len(errors) >= max_errors:
            raise _MaxErrorsReached

    with suppress(_MaxErrorsReached):
        validate_input_value(value, signature.type, add_error)
    # There may be very many errors, of which few are reported.
    for error, _ in errors:
        release_tracebacks(error)
    errors += [
        (GraphQLError(null_refused_message(str(path[-1]))), path)
        for path in _find_null_paths(value, signature.type, [])
    ]
    return errors


def _find_null_paths(value: Any, input_type: Any, path: list[str | int]) -> Iterator[list[str | int]]:
    """The paths of nulls in a value where an optional field is not nullable."""
    inner: Any = get_nullable_type(input_type)
    if is_list_type(inner) and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _find_null_paths(item, inner.of_type, [*path, index])
    elif is_input_object_type(inner) and isinstance(value, dict):
        for name, field in inner.fields.items():
            if name in value and value[name] is None and name in non_null_fields(inner):
                yield [*path, name]
            elif value.get(name) is not None:
                yield from _find_null_paths(value[name], field.type, [*path, name])
