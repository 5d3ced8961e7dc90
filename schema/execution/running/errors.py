"""Applies what failed to a response: null where it may stand, and an error that says why."""

from typing import Any

from graphql import GraphQLError, located_error

from schema.execution.running.paths import Place, nodes_of
from schema.execution.running.response_size import Size
from schema.execution.traceback_release import let_go


class NothingLeft(Exception):
    """Nothing of the response is left, so that nothing needs to be read any more."""


class Failures:
    """The errors of a response so far, counted by `size`, and the places that became null by them."""

    def __init__(self, size: Size) -> None:
        self._size = size
        self.errors: list[GraphQLError] = []
        self._nulled: set[tuple[Any, ...]] = set()

    @property
    def nothing_left(self) -> bool:
        """Whether the whole response became null."""
        return () in self._nulled

    def add(self, place: Place, index: int, error: Exception) -> None:
        """Null for a value that failed, or for the nearest thing around it that may be null.

        What lies inside of something that is null already is not told. Raises TooLarge.
        """
        path = place.path(index)
        if any(tuple(path[:length]) in self._nulled for length in range(len(path) + 1)):
            let_go(error)
            return
        self._size.error()
        self.errors.append(located_error(error, nodes_of(place), path))
        found: Place | None = place
        while found is not None and not found.nullable:
            found, index = found.above(index)
        if found is None:
            self._nulled.add(())
        else:
            self._nulled.add(tuple(found.path(index)))
            found.clear(index)
