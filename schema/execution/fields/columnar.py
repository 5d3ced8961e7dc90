"""Functions on objects that are stored as columns or as a list: take, concatenate, group and find by key."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain
from operator import attrgetter, itemgetter
from typing import Any, Protocol, Self, TypeGuard

# A class sets `attributes_are_items = True` if its items have the names of its attributes and are faster to read.
ATTRIBUTES_ARE_ITEMS = "attributes_are_items"


class ColumnBatch(Protocol):
    """Objects stored as columns: one list of values for each attribute; None stands for a missing object.

    Any sequence with `is_column_batch = True` and these methods is a column batch.
    """

    @property
    def kinds(self) -> frozenset[type]:
        """The types of the objects, as `is_type_of` receives them."""

    def column(self, name: str) -> list[Any]:
        """The values of an attribute, one for each object; callers must not change the list. Raises KeyError."""

    def typed(self, name: str) -> tuple[list[Any], frozenset[type]]:
        """The result of `column`, and the types of its values. Raises KeyError."""

    def typed_columns(self, names: Sequence[str]) -> tuple[list[list[Any]], tuple[frozenset[type], ...]]:
        """The results of `typed` for several attributes: all lists, and the types of each. Raises KeyError."""

    def take(self, positions: Iterable[int | None]) -> Self:
        """The objects at these positions; a missing object where a position is None."""

    def present(self) -> list[int]:
        """The positions of the objects that are not missing."""

    def grouped(self, name: str, keys: Sequence[Any]) -> "GroupedRows":
        """For each key the objects that have it as the value of an attribute."""

    def joined(self, others: Iterable[Self]) -> Self | None:
        """These objects followed by those of `others`; None if they cannot form one batch."""


class GroupedRows(Protocol):
    """A sequence of column batches that are slices of one batch; it has `is_grouped_rows = True`."""

    @property
    def kinds(self) -> frozenset[type]:
        """The types of the slices."""

    @property
    def lengths(self) -> list[int]:
        """The number of objects in each slice."""

    @property
    def flat(self) -> ColumnBatch:
        """The objects of all slices in one batch."""


def is_column_batch(values: Any) -> TypeGuard[Any]:
    """Whether values are a column batch."""
    return getattr(type(values), "is_column_batch", False)


def is_column_batch_type(python_type: type) -> bool:
    """Whether instances of a class are column batches."""
    return getattr(python_type, "is_column_batch", False)


def is_grouped_rows(values: Any) -> TypeGuard[Any]:
    """Whether values are slices of one column batch."""
    return getattr(type(values), "is_grouped_rows", False)


def types_of(values: Sequence[Any]) -> frozenset[type]:
    """The Python types of values."""
    if type(values) is list or not (is_column_batch(values) or is_grouped_rows(values)):
        return frozenset(map(type, values))
    kinds: frozenset[type] = values.kinds
    return kinds


def attribute_values(objects: Sequence[Any], name: str) -> list[Any]:
    """The values of an attribute, one for each object; callers must not change the list.

    Raises AttributeError or KeyError if an object has no such attribute.
    """
    if is_column_batch(objects):
        column: list[Any] = objects.column(name)
        return column
    if len(objects) == 1:
        [each] = objects
        return [each[name] if getattr(type(each), ATTRIBUTES_ARE_ITEMS, False) else getattr(each, name)]
    types = set(map(type, objects))
    has_items = len(types) == 1 and getattr(next(iter(types)), ATTRIBUTES_ARE_ITEMS, False)
    get = itemgetter(name) if has_items else attrgetter(name)
    # Not by `map`, which ends where a property raises StopIteration.
    return [get(each) for each in objects]


def attribute_values_and_types(objects: Sequence[Any], name: str) -> tuple[list[Any], frozenset[type]]:
    """The result of `attribute_values`, and the Python types of these values."""
    if is_column_batch(objects):
        result: tuple[list[Any], frozenset[type]] = objects.typed(name)
        return result
    values = attribute_values(objects, name)
    return values, frozenset(map(type, values))


def typed_attributes(
    objects: Sequence[Any], names: Sequence[str]
) -> tuple[list[list[Any]], tuple[frozenset[type], ...]]:
    """The values of several attributes, for each a list with one for each object, and the Python types of each list.

    Raises AttributeError or KeyError if an object has no such attribute.
    """
    if is_column_batch(objects):
        typed: tuple[list[list[Any]], tuple[frozenset[type], ...]] = objects.typed_columns(names)
        return typed
    columns = [attribute_values(objects, name) for name in names]
    return columns, tuple([frozenset(map(type, values)) for values in columns])


def take(values: Sequence[Any], positions: Sequence[int]) -> Sequence[Any]:
    """The values at these positions."""
    return values.take(positions) if is_column_batch(values) else [values[position] for position in positions]


def non_null_positions(values: Sequence[Any]) -> list[int]:
    """The positions of the values that are not null."""
    if is_column_batch(values):
        positions: list[int] = values.present()
        return positions
    return [position for position, value in enumerate(values) if value is not None]


def null_positions(lists: Sequence[Sequence[Any] | None]) -> list[int]:
    """The positions of the lists that are null."""
    return [] if is_grouped_rows(lists) else [position for position, values in enumerate(lists) if values is None]


def concatenate(batches: Sequence[Sequence[Any]]) -> Sequence[Any]:
    """The values of all batches, one batch after another."""
    if batches and all(map(is_column_batch, batches)):
        first: Any = batches[0]
        batch = first.joined(batches[1:])
        if batch is not None:
            return batch
    return list(chain.from_iterable(batches))


def flatten(lists: Sequence[Sequence[Any] | None]) -> tuple[Sequence[Any], list[int]]:
    """The items of all lists, one list after another, and the length of each list; a null list has length 0."""
    if is_grouped_rows(lists):
        return lists.flat, lists.lengths
    lengths = [0 if values is None else len(values) for values in lists]
    return concatenate([values for values in lists if values is not None]), lengths


def group_by_key(rows: Sequence[Any], name: str, keys: Sequence[Any]) -> Sequence[Sequence[Any]]:
    """For each key the rows that have it as the value of an attribute, in their order."""
    if is_column_batch(rows):
        slices: Sequence[Sequence[Any]] = rows.grouped(name, keys)
        return slices
    groups: dict[Any, list[Any]] = defaultdict(list)
    for key, row in zip(attribute_values(rows, name), rows, strict=True):
        groups[key].append(row)
    return [groups.get(key, []) for key in keys]


def find_by_key(rows: Sequence[Any], name: str, keys: Sequence[Any]) -> Sequence[Any]:
    """For each key the row that has it as the value of an attribute, or None."""
    positions = {key: position for position, key in enumerate(attribute_values(rows, name))}
    row_positions = [positions.get(key) for key in keys]
    if is_column_batch(rows):
        return rows.take(row_positions)
    return [None if position is None else rows[position] for position in row_positions]
