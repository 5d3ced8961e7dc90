"""The response paths of values, and the values that become null when one of them fails."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any, Protocol

from graphql import FieldNode

from schema.execution.planning.plan import Field, Selection


class ResponsePath(Protocol):
    """Values of one type that were made together, each identified by its index."""

    is_nullable: bool

    @property
    def field(self) -> Field:
        """The field that the values belong to."""
        ...

    def path(self, index: int) -> list[str | int]:
        """The path of a value in the response."""
        ...

    def sort_key(self, index: int) -> list[int]:
        """The position of a value in the response, for sorting."""
        ...

    def parent(self, index: int) -> "tuple[ResponsePath | None, int]":
        """The path and index of the value that contains a value; None for the response itself."""
        ...

    def set_null(self, index: int) -> None:
        """Sets a value to null."""
        ...


class ObjectBatch:
    """Objects of one selection at one response path; `results` are their response objects."""

    __slots__ = ("indices", "response_path", "results", "selection", "sources")

    def __init__(
        self, selection: Selection, sources: Sequence[Any], response_path: ResponsePath | None, indices: Sequence[int]
    ) -> None:
        self.selection, self.sources, self.response_path, self.indices = selection, sources, response_path, indices
        self.results: list[dict[str, Any]] = []

    @property
    def cost(self) -> int:
        """The effort to complete the objects, in objects with fewer than ten fields."""
        return len(self.sources) * self.selection.cost

    def split(self, size: int) -> "Iterator[ObjectBatch]":
        """The same objects in batches of `size` objects."""
        for start in range(0, len(self.sources), size):
            chunk = slice(start, start + size)
            batch = ObjectBatch(self.selection, self.sources[chunk], self.response_path, self.indices[chunk])
            batch.results = self.results[chunk]
            yield batch

    def path(self, index: int) -> list[str | int]:
        """The path of an object in the response."""
        return [] if self.response_path is None else self.response_path.path(self.indices[index])

    def sort_key(self, index: int) -> list[int]:
        """The position of an object in the response."""
        return [] if self.response_path is None else self.response_path.sort_key(self.indices[index])


class FieldColumn:
    """The values of one field for the objects of a batch."""

    __slots__ = ("batch", "field", "is_nullable")

    def __init__(self, batch: ObjectBatch, field: Field) -> None:
        self.batch, self.field = batch, field
        self.is_nullable = field.shape.is_nullable

    def path(self, index: int) -> list[str | int]:
        """The path of the object, and the response key of the field."""
        return [*self.batch.path(index), self.field.key]

    def sort_key(self, index: int) -> list[int]:
        """The sort key of the object, and the position of the field."""
        return [*self.batch.sort_key(index), self.field.position]

    def parent(self, index: int) -> tuple[ResponsePath | None, int]:
        """The path and index of the object."""
        return self.batch.response_path, self.batch.indices[index]

    def set_null(self, index: int) -> None:
        """Sets the field of an object to null."""
        self.batch.results[index][self.field.key] = None


class ListItems:
    """The items of many lists, one list after another; `lists` holds the completed lists."""

    __slots__ = ("_lengths", "_starts", "is_nullable", "list_path", "lists")

    def __init__(
        self, list_path: ResponsePath, is_nullable: bool, lengths: list[int], lists: list[list[Any] | None]
    ) -> None:
        self.list_path, self.is_nullable, self._lengths, self.lists = list_path, is_nullable, lengths, lists
        self._starts: list[int] | None = None

    @property
    def field(self) -> Field:
        """The field that the lists belong to."""
        return self.list_path.field

    def path(self, index: int) -> list[str | int]:
        """The path of the list, and the index of the item in it."""
        list_index, item_index = self._locate(index)
        return [*self.list_path.path(list_index), item_index]

    def sort_key(self, index: int) -> list[int]:
        """The sort key of the list, and the index of the item in it."""
        list_index, item_index = self._locate(index)
        return [*self.list_path.sort_key(list_index), item_index]

    def parent(self, index: int) -> tuple[ResponsePath | None, int]:
        """The path and index of the list."""
        return self.list_path, self._locate(index)[0]

    def set_null(self, index: int) -> None:
        """Sets an item to null."""
        list_index, item_index = self._locate(index)
        items = self.lists[list_index]
        assert items is not None
        items[item_index] = None

    def _locate(self, index: int) -> tuple[int, int]:
        if self._starts is None:
            self._starts = [0, *accumulate(self._lengths)][:-1]
        list_index = bisect_right(self._starts, index) - 1
        return list_index, index - self._starts[list_index]


def field_nodes(response_path: ResponsePath) -> list[FieldNode]:
    """The nodes of the document that select the field of a response path."""
    return response_path.field.nodes
