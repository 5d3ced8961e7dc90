"""Turns what fields answered with into what the response has, a whole column at a time."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Any

from graphql import GraphQLError, GraphQLObjectType, GraphQLSchema, default_type_resolver, is_object_type
from graphql.pyutils import Undefined, inspect, is_iterable

from schema.execution.fields.batched import SURE
from schema.execution.fields.columnar import absent, flattened, is_frame_type, kinds_of, present, taken
from schema.execution.planning.leaves import NOTHING, serialized
from schema.execution.planning.plan import LeafShape, ListShape, ObjectShape, Selection, Shape
from schema.execution.running.paths import Items, Place, nodes_of
from schema.execution.running.response_size import Size

Enter = Callable[[Selection, Sequence[Any], Place, Sequence[int]], list[dict[str, Any]]]


class Completion:
    """Completes columns of one run. `failures` collects what went wrong, and where.

    `enter` makes the objects of a selection from their sources; `info` gives what a field's types are asked with.
    All that it makes is counted by `size`.
    """

    def __init__(self, schema: GraphQLSchema, size: Size, enter: Enter, info: Callable[[Place], Any]) -> None:
        self._schema, self._size, self._enter, self._info = schema, size, enter, info
        self.failures: list[tuple[Place, int, Exception]] = []

    def column(self, shape: Shape, values: Sequence[Any], kinds: set[type], place: Place) -> list[Any]:
        """What the response has for each value, given the types of all; null for those that failed. Raises TooLarge."""
        if not _calm(kinds, shape):
            values = self._without_failures(shape, values, place)
            kinds = kinds_of(values)
        kinds = kinds - {NOTHING}
        if isinstance(shape, LeafShape):
            leaves = values if type(values) is list else list(values)
            self._size.values(leaves, kinds)
            found = shape.serialize(leaves, kinds)
            return self._leaves(shape, leaves, place) if found is None else found
        if not kinds:
            return list(values)
        if isinstance(shape, ListShape):
            return self._lists(shape, values, kinds, place)
        assert isinstance(shape, ObjectShape)
        return self._objects(shape, values, place)

    def _without_failures(self, shape: Shape, values: Sequence[Any], place: Place) -> list[Any]:
        field = place.field
        found: list[Any] = []
        for index, value in enumerate(values):
            if isinstance(value, Exception):
                self.failures.append((place, index, value))
                found.append(None)
                continue
            if value is None or value is Undefined:
                found.append(None)
                if not shape.nullable:
                    message = f"Cannot return null for non-nullable field {field.kind}.{field.name}."
                    self.failures.append((place, index, TypeError(message)))
                continue
            found.append(value)
        return found

    def _leaves(self, shape: LeafShape, values: list[Any], place: Place) -> list[Any]:
        return self._one_by_one(values, place, lambda value: serialized(shape.kind, value))

    def _lists(self, shape: ListShape, values: Sequence[Any], kinds: set[type], place: Place) -> list[Any]:
        if kinds != {list} and not all(map(is_frame_type, kinds)):
            values = self._one_by_one(values, place, lambda value: _listed(value, place))
        self._size.objects(len(values))
        flat, lengths = flattened(values)
        lists: list[list[Any] | None] = []
        items = Items(place, shape.item.nullable, lengths, lists)
        completed = self.column(shape.item, flat, kinds_of(flat), items)
        lists += [completed[start:end] for start, end in pairwise(accumulate(lengths, initial=0))]
        for number in absent(values):
            lists[number] = None
        return lists

    def _objects(self, shape: ObjectShape, values: Sequence[Any], place: Place) -> list[Any]:
        if shape.abstract:
            return self._abstract(shape, values, place)
        return self._of_type(shape, shape.kind, values, range(len(values)), place, [None] * len(values))

    def _abstract(self, shape: ObjectShape, values: Sequence[Any], place: Place) -> list[Any]:
        resolve = shape.kind.resolve_type or default_type_resolver
        info = self._info(place)
        kinds = self._one_by_one(
            values, place, lambda value: self._runtime_type(shape, resolve(value, info, shape.kind), value, place)
        )
        found: list[Any] = [None] * len(values)
        for kind in dict.fromkeys(each for each in kinds if each is not None):
            indices = [index for index, each in enumerate(kinds) if each is kind]
            self._of_type(shape, kind, taken(values, indices), indices, place, found)
        return found

    def _of_type(
        self,
        shape: ObjectShape,
        kind: GraphQLObjectType,
        values: Sequence[Any],
        indices: Sequence[int],
        place: Place,
        found: list[Any],
    ) -> list[Any]:
        """The objects of one type in their places: `found` with them, or they alone where they are all there are."""
        good = self._checked(kind, values, indices, place)
        if len(good) != len(values):
            values, indices = taken(values, good), [indices[index] for index in good]
        if not values:
            return found
        try:
            selection = shape.select(kind)
        except GraphQLError as error:
            self.failures += [(place, index, error) for index in indices]
            return found
        self._size.objects(len(values), selection.width)
        made = self._enter(selection, values, place, indices)
        if isinstance(indices, range):
            return made
        for index, each in zip(indices, made, strict=True):
            found[index] = each
        return found

    def _checked(
        self, kind: GraphQLObjectType, values: Sequence[Any], indices: Sequence[int], place: Place
    ) -> Sequence[int]:
        """Which of the values are there and of their type."""
        is_type_of, types = kind.is_type_of, kinds_of(values)
        complete = NOTHING not in types
        sure = (NOTHING, *getattr(is_type_of, SURE, ()))
        if is_type_of is None or all(issubclass(each, sure) for each in types):
            return range(len(values)) if complete else present(values)
        info = self._info(place)
        # Whoever raises is found again below, each value on its own.
        with suppress(Exception):
            if complete and all(is_type_of(value, info) for value in values):
                return range(len(values))
        good = []
        for number, value in enumerate(values):
            if value is None:
                continue
            try:
                if not is_type_of(value, info):
                    message = f"Expected value of type '{kind}' but got: {inspect(value)}."
                    raise GraphQLError(message, nodes_of(place))
            except Exception as error:
                self.failures.append((place, indices[number], error))
                continue
            good.append(number)
        return good

    def _runtime_type(self, shape: ObjectShape, name: Any, value: Any, place: Place) -> GraphQLObjectType:
        """The object type that an interface or a union was resolved to. Raises GraphQLError."""
        field, abstract = f"{place.field.kind}.{place.field.name}", shape.kind
        kind = self._schema.get_type(name) if isinstance(name, str) else None
        if is_object_type(kind) and self._schema.is_sub_type(abstract, kind):
            return kind
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
        elif kind is None:
            message = f"Abstract type '{abstract}' was resolved to a type '{name}' that does not exist inside the"
            message += " schema."
        elif not is_object_type(kind):
            message = f"Abstract type '{abstract}' was resolved to a non-object type '{name}'."
        else:
            message = f"Runtime Object type '{kind}' is not a possible type for '{abstract}'."
        raise GraphQLError(message, nodes_of(place))

    def _one_by_one(self, values: Sequence[Any], place: Place, complete: Callable[[Any], Any]) -> list[Any]:
        found: list[Any] = []
        for index, value in enumerate(values):
            try:
                found.append(None if value is None else complete(value))
            except Exception as error:
                self.failures.append((place, index, error))
                found.append(None)
        return found


def _calm(kinds: set[type], shape: Shape) -> bool:
    """Whether no value of these types can be a failure as it is."""
    if NOTHING in kinds and not shape.nullable:
        return False
    return not any(map(_is_failure, kinds))


@lru_cache(maxsize=4096)
def _is_failure(kind: type) -> bool:
    return issubclass(kind, Exception) or kind is type(Undefined)


def _listed(value: Any, place: Place) -> list[Any]:
    if not is_iterable(value):
        message = f"Expected Iterable, but did not find one for field '{place.field.kind}.{place.field.name}'."
        raise GraphQLError(message)
    items: Iterable[Any] = value
    return list(items)
