"""Applies failures to a response: sets null and adds an error with its path."""

from typing import Any

from graphql import GraphQLError, located_error

from schema.execution.running.paths import ResponsePath, field_nodes
from schema.execution.running.response_size import ResponseSize
from schema.execution.traceback_release import release_tracebacks


class ResponseIsNull(Exception):
    """The whole response became null, so that no more fields need to be resolved."""


class FieldErrors:
    """The errors of a response so far, counted by `size`, and the paths of the values that became null."""

    def __init__(self, size: ResponseSize) -> None:
        self._size = size
        self.errors: list[GraphQLError] = []
        self._null_paths: set[tuple[Any, ...]] = set()

    @property
    def is_response_null(self) -> bool:
        """Whether the whole response became null."""
        return () in self._null_paths

    def add(self, response_path: ResponsePath, index: int, error: Exception) -> None:
        """Adds an error and sets its value, or the nearest nullable value around it, to null.

        An error inside of a value that is null already is dropped. Raises ResponseTooLarge.
        """
        path = response_path.path(index)
        if any(tuple(path[:length]) in self._null_paths for length in range(len(path) + 1)):
            release_tracebacks(error)
            return
        self._size.add_error()
        self.errors.append(located_error(error, field_nodes(response_path), path))
        nearest: ResponsePath | None = response_path
        while nearest is not None and not nearest.is_nullable:
            nearest, index = nearest.parent(index)
        if nearest is None:
            self._null_paths.add(())
        else:
            self._null_paths.add(tuple(nearest.path(index)))
            nearest.set_null(index)
