"""Where values stand in a response: their paths, and what becomes null when one of them fails."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any, Protocol

from graphql import FieldNode

from schema.execution.planning.plan import Field, Selection


class Place(Protocol):
    """Values of one type that were made together, by their numbers."""

    nullable: bool

    @property
    def field(self) -> Field:
        """The field that they came from."""
        ...

    def path(self, index: int) -> list[str | int]:
        """Where a value stands in the response."""
        ...

    def rank(self, index: int) -> list[int]:
        """Where a value comes in the response, for sorting."""
        ...

    def above(self, index: int) -> "tuple[Place | None, int]":
        """The value that a value is part of; None for the response itself."""
        ...

    def clear(self, index: int) -> None:
        """Puts null where a value stands."""
        ...


class Batch:
    """Objects of one selection that stand at one place; `results` are what the response has for them."""

    __slots__ = ("indices", "place", "results", "selection", "sources")

    def __init__(
        self, selection: Selection, sources: Sequence[Any], place: Place | None, indices: Sequence[int]
    ) -> None:
        self.selection, self.sources, self.place, self.indices = selection, sources, place, indices
        self.results: list[dict[str, Any]] = []

    @property
    def work(self) -> int:
        """How much it is to complete the objects, in objects of a few fields."""
        return len(self.sources) * (1 + len(self.selection.fields) // 10)

    def parts(self, size: int) -> "Iterator[Batch]":
        """The same objects in batches of so many."""
        for start in range(0, len(self.sources), size):
            some = slice(start, start + size)
            part = Batch(self.selection, self.sources[some], self.place, self.indices[some])
            part.results = self.results[some]
            yield part

    def path(self, index: int) -> list[str | int]:
        """Where an object stands in the response."""
        return [] if self.place is None else self.place.path(self.indices[index])

    def rank(self, index: int) -> list[int]:
        """Where an object comes in the response."""
        return [] if self.place is None else self.place.rank(self.indices[index])


class Column:
    """What one field has for each object of a batch."""

    __slots__ = ("batch", "field", "nullable")

    def __init__(self, batch: Batch, field: Field) -> None:
        self.batch, self.field = batch, field
        self.nullable = field.shape.nullable

    def path(self, index: int) -> list[str | int]:
        """The path of the object, and the field's key."""
        return [*self.batch.path(index), self.field.key]

    def rank(self, index: int) -> list[int]:
        """The rank of the object, and the field's position."""
        return [*self.batch.rank(index), self.field.position]

    def above(self, index: int) -> tuple[Place | None, int]:
        """The object."""
        return self.batch.place, self.batch.indices[index]

    def clear(self, index: int) -> None:
        """Null for the field of that object."""
        self.batch.results[index][self.field.key] = None


class Items:
    """The items of many lists of some lengths, one list after another; `lists` has them when they are made."""

    __slots__ = ("_lengths", "_starts", "lists", "nullable", "outer")

    def __init__(self, outer: Place, nullable: bool, lengths: list[int], lists: list[list[Any] | None]) -> None:
        self.outer, self.nullable, self._lengths, self.lists = outer, nullable, lengths, lists
        self._starts: list[int] | None = None

    @property
    def field(self) -> Field:
        """The field that the lists came from."""
        return self.outer.field

    def path(self, index: int) -> list[str | int]:
        """The path of the list, and the place in it."""
        number, within = self._find(index)
        return [*self.outer.path(number), within]

    def rank(self, index: int) -> list[int]:
        """The rank of the list, and the place in it."""
        number, within = self._find(index)
        return [*self.outer.rank(number), within]

    def above(self, index: int) -> tuple[Place | None, int]:
        """The list."""
        return self.outer, self._find(index)[0]

    def clear(self, index: int) -> None:
        """Null for that item."""
        number, within = self._find(index)
        wanted = self.lists[number]
        assert wanted is not None
        wanted[within] = None

    def _find(self, index: int) -> tuple[int, int]:
        if self._starts is None:
            self._starts = [0, *accumulate(self._lengths)][:-1]
        number = bisect_right(self._starts, index) - 1
        return number, index - self._starts[number]


def nodes_of(place: Place) -> list[FieldNode]:
    """Where in the document the field of a place is selected."""
    return place.field.nodes
