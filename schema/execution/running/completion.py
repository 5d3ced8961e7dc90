"""Completes the values of fields for the response, one column at a time."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Any

from graphql import GraphQLError, GraphQLObjectType, GraphQLSchema, default_type_resolver, is_object_type
from graphql.pyutils import Undefined, inspect, is_iterable

from schema.execution.fields.batched import ALWAYS_TRUE_FOR
from schema.execution.fields.columnar import (
    flatten,
    is_column_batch_type,
    non_null_positions,
    null_positions,
    take,
    types_of,
)
from schema.execution.planning.leaves import NONE_TYPE, LeafWays, serialize_leaf
from schema.execution.planning.plan import LeafShape, ListShape, ObjectShape, Selection, Shape
from schema.execution.running.invoke import is_awaitable_type
from schema.execution.running.paths import ListItems, ResponsePath, field_nodes
from schema.execution.running.response_size import VARIABLE_LENGTH_TYPES, ResponseSize

NO_TYPES: frozenset[type] = frozenset()
# For each selection. A selection has more if many of its columns are sometimes null.
MAX_LEAF_WAYS = 64
EnterSelection = Callable[[Selection, Sequence[Any], ResponsePath, Sequence[int]], list[dict[str, Any]]]


class Completion:
    """Completes the columns of one operation; `failures` collects each failed value's path, index and error.

    `enter_selection` makes the response objects of a selection from their sources. `make_info` makes the resolve info
    for `resolve_type` and `is_type_of`. `size` counts all completed values.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        size: ResponseSize,
        enter_selection: EnterSelection,
        make_info: Callable[[ResponsePath], Any],
    ) -> None:
        self._schema, self._size, self._enter_selection, self._make_info = schema, size, enter_selection, make_info
        self.failures: list[tuple[ResponsePath, int, Exception]] = []

    def complete(
        self, shape: Shape, values: Sequence[Any], types: frozenset[type], response_path: ResponsePath
    ) -> list[Any]:
        """The completed values, given their Python types; null for each failed value. Raises ResponseTooLarge."""
        if not _cannot_fail(types, shape):
            values = self._replace_failures(shape, values, response_path)
            types = types_of(values)
        types = types - {NONE_TYPE}
        if isinstance(shape, LeafShape):
            leaves = values if type(values) is list else list(values)
            self._size.add_values(leaves, types)
            serialized = shape.serialize(leaves, types)
            return self._complete_leaves(shape, leaves, response_path) if serialized is None else serialized
        if not types:
            return list(values)
        if isinstance(shape, ListShape):
            return self._complete_lists(shape, values, types, response_path)
        assert isinstance(shape, ObjectShape)
        return self._complete_objects(shape, values, response_path)

    def complete_leaves(
        self, selection: Selection, columns: Sequence[list[Any]], types: tuple[frozenset[type], ...]
    ) -> list[list[Any] | None]:
        """The completed columns of the leaf fields, given their values and the Python types of each; None
        if a value may fail. Raises ResponseTooLarge.
        """
        ways = selection.leaf_ways.get(types)
        if ways is None:
            ways = _leaf_ways(selection, types)
            if len(selection.leaf_ways) < MAX_LEAF_WAYS:
                selection.leaf_ways[types] = ways
        completed: list[list[Any] | None] = [*columns]
        for number in ways.checked:
            completed[number] = None
        for number, serialize, value_types in ways.serialized:
            completed[number] = serialize(columns[number], value_types)
        texts = [columns[number] for number in ways.texts if completed[number] is not None]
        self._size.add_columns(sum(len(values) for values in completed if values is not None), texts)
        return completed

    def _replace_failures(self, shape: Shape, values: Sequence[Any], response_path: ResponsePath) -> list[Any]:
        field = response_path.field
        completed: list[Any] = []
        for index, value in enumerate(values):
            if isinstance(value, Exception):
                self.failures.append((response_path, index, value))
                completed.append(None)
                continue
            if value is None or value is Undefined:
                completed.append(None)
                if not shape.is_nullable:
                    message = f"Cannot return null for non-nullable field {field.parent_type}.{field.name}."
                    self.failures.append((response_path, index, TypeError(message)))
                continue
            completed.append(value)
        return completed

    def _complete_leaves(self, shape: LeafShape, values: list[Any], response_path: ResponsePath) -> list[Any]:
        return self._complete_each(values, response_path, lambda value: serialize_leaf(shape.leaf_type, value))

    def _complete_lists(
        self, shape: ListShape, values: Sequence[Any], types: frozenset[type], response_path: ResponsePath
    ) -> list[Any]:
        if types != {list} and not all(map(is_column_batch_type, types)):
            values = self._complete_each(values, response_path, lambda value: _to_list(value, response_path))
        self._size.add_objects(len(values))
        flat, lengths = flatten(values)
        lists: list[list[Any] | None] = []
        items = ListItems(response_path, shape.item.is_nullable, lengths, lists)
        completed = self.complete(shape.item, flat, types_of(flat), items)
        lists += [completed[start:end] for start, end in pairwise(accumulate(lengths, initial=0))]
        for position in null_positions(values):
            lists[position] = None
        return lists

    def _complete_objects(self, shape: ObjectShape, values: Sequence[Any], response_path: ResponsePath) -> list[Any]:
        if shape.is_abstract:
            return self._complete_abstract(shape, values, response_path)
        return self._complete_objects_of_type(
            shape, shape.graphql_type, values, range(len(values)), response_path, [None] * len(values)
        )

    def _complete_abstract(self, shape: ObjectShape, values: Sequence[Any], response_path: ResponsePath) -> list[Any]:
        resolve = shape.graphql_type.resolve_type or default_type_resolver
        info = self._make_info(response_path)
        object_types = self._complete_each(
            values,
            response_path,
            lambda value: self._runtime_type(shape, resolve(value, info, shape.graphql_type), value, response_path),
        )
        completed: list[Any] = [None] * len(values)
        for object_type in dict.fromkeys(candidate for candidate in object_types if candidate is not None):
            indices = [index for index, candidate in enumerate(object_types) if candidate is object_type]
            self._complete_objects_of_type(shape, object_type, take(values, indices), indices, response_path, completed)
        return completed

    def _complete_objects_of_type(
        self,
        shape: ObjectShape,
        object_type: GraphQLObjectType,
        values: Sequence[Any],
        indices: Sequence[int],
        response_path: ResponsePath,
        completed: list[Any],
    ) -> list[Any]:
        """The completed objects of one type, written into `completed` at `indices`.

        If `indices` is a range, these are all objects of the column, and a new list is returned.
        """
        valid = self._valid_positions(object_type, values, indices, response_path)
        if len(valid) != len(values):
            values, indices = take(values, valid), [indices[index] for index in valid]
        if not values:
            return completed
        try:
            selection = shape.selection_for(object_type)
        except GraphQLError as error:
            self.failures += [(response_path, index, error) for index in indices]
            return completed
        self._size.add_objects(len(values), selection.key_characters)
        objects = self._enter_selection(selection, values, response_path, indices)
        if isinstance(indices, range):
            return objects
        for index, result in zip(indices, objects, strict=True):
            completed[index] = result
        return completed

    def _valid_positions(
        self, object_type: GraphQLObjectType, values: Sequence[Any], indices: Sequence[int], response_path: ResponsePath
    ) -> Sequence[int]:
        """The positions of the values that are not null and are of the object type."""
        is_type_of, types = object_type.is_type_of, types_of(values)
        has_no_nulls = NONE_TYPE not in types
        if is_type_of is None or _are_known(types, getattr(is_type_of, ALWAYS_TRUE_FOR, NO_TYPES)):
            return range(len(values)) if has_no_nulls else non_null_positions(values)
        info = self._make_info(response_path)
        # An error is raised again below, where each value is checked alone.
        with suppress(Exception):
            if has_no_nulls and all(is_type_of(value, info) for value in values):
                return range(len(values))
        valid = []
        for position, value in enumerate(values):
            if value is None:
                continue
            try:
                if not is_type_of(value, info):
                    message = f"Expected value of type '{object_type}' but got: {inspect(value)}."
                    raise GraphQLError(message, field_nodes(response_path))
            except Exception as error:
                self.failures.append((response_path, indices[position], error))
                continue
            valid.append(position)
        return valid

    def _runtime_type(
        self, shape: ObjectShape, name: Any, value: Any, response_path: ResponsePath
    ) -> GraphQLObjectType:
        """The object type that an interface or a union was resolved to. Raises GraphQLError."""
        field, abstract = f"{response_path.field.parent_type}.{response_path.field.name}", shape.graphql_type
        object_type = self._schema.get_type(name) if isinstance(name, str) else None
        if is_object_type(object_type) and self._schema.is_sub_type(abstract, object_type):
            return object_type
        if name is None:
            message = (
                f"Abstract type '{abstract}' must resolve to an Object type at runtime for field '{field}'."
                f" Either the '{abstract}' type should provide a 'resolve_type' function or each possible type"
                " should provide an 'is_type_of' function."
            )
        elif not isinstance(name, str):
            message = (
                f"Abstract type '{abstract}' must resolve to an Object type at runtime for field '{field}' with"
                f" value {inspect(value)}, received '{inspect(name)}', which is not a valid Object type name."
            )
        elif object_type is None:
            message = f"Abstract type '{abstract}' was resolved to a type '{name}' that does not exist inside the"
            message += " schema."
        elif not is_object_type(object_type):
            message = f"Abstract type '{abstract}' was resolved to a non-object type '{name}'."
        else:
            message = f"Runtime Object type '{object_type}' is not a possible type for '{abstract}'."
        raise GraphQLError(message, field_nodes(response_path))

    def _complete_each(
        self, values: Sequence[Any], response_path: ResponsePath, complete: Callable[[Any], Any]
    ) -> list[Any]:
        completed: list[Any] = []
        for index, value in enumerate(values):
            try:
                completed.append(None if value is None else complete(value))
            except Exception as error:
                self.failures.append((response_path, index, error))
                completed.append(None)
        return completed


def _cannot_fail(types: frozenset[type], shape: Shape) -> bool:
    """Whether no value of these Python types is an error, undefined or a forbidden null."""
    return not _have_failure(types) and (shape.is_nullable or NONE_TYPE not in types)


@lru_cache(maxsize=4096)
def _are_known(types: frozenset[type], known_types: frozenset[type]) -> bool:
    return all(issubclass(python_type, (NONE_TYPE, *known_types)) for python_type in types)


@lru_cache(maxsize=4096)
def _have_failure(types: frozenset[type]) -> bool:
    return any(issubclass(each, Exception) or each is type(Undefined) for each in types)


def _leaf_ways(selection: Selection, types: Sequence[frozenset[type]]) -> LeafWays:
    ways = LeafWays([], [], [])
    for number, (field, value_types) in enumerate(zip(selection.leaf_fields, types, strict=True)):
        shape: Any = field.shape
        if not _cannot_fail(value_types, shape) or any(map(is_awaitable_type, value_types)):
            ways.checked.append(number)
            continue
        if not value_types <= {NONE_TYPE, shape.serialized_type}:
            ways.serialized.append((number, shape.serialize, value_types - {NONE_TYPE}))
        if not value_types.isdisjoint(VARIABLE_LENGTH_TYPES):
            ways.texts.append(number)
    return ways


def _to_list(value: Any, response_path: ResponsePath) -> list[Any]:
    if not is_iterable(value):
        field = response_path.field
        message = f"Expected Iterable, but did not find one for field '{field.parent_type}.{field.name}'."
        raise GraphQLError(message)
    items: Iterable[Any] = value
    return list(items)
