"""Counts the size of a response, and ends the operation before the response becomes too large."""

from collections.abc import Sequence, Set
from random import randrange
from typing import Any

from graphql import GraphQLError, OperationDefinitionNode, OperationType

MAX_RESPONSE_BYTES = 20_000_000
# The memory of an object without its values.
BYTES_PER_OBJECT = 100
BYTES_PER_VALUE = 20
# Reporting an error takes as long as writing 20 kB.
BYTES_PER_ERROR = 20_000
VARIABLE_LENGTH_TYPES = (str, dict, list)
# Texts of so few values are not measured, since that would slow down small requests.
MAX_UNMEASURED_VALUES = 3
# Of more texts a sample is measured: measuring all would take a twentieth of the time of a tree.
TEXT_SAMPLE_SIZE = 50
RESPONSE_TOO_LARGE = "RESPONSE_TOO_LARGE"


class ResponseTooLarge(Exception):
    """The response is larger than MAX_RESPONSE_BYTES."""

    def to_graphql_error(self, operation: OperationDefinitionNode) -> GraphQLError:
        """The error for the client."""
        message = (
            f"The response would be larger than about {MAX_RESPONSE_BYTES // 1_000_000} MB, or hold more than"
            f" {MAX_RESPONSE_BYTES // BYTES_PER_ERROR} errors. Ask for smaller pages, fewer levels or fewer fields."
        )
        if operation.operation is OperationType.MUTATION:
            message += " What the operation has changed stays changed."
        extensions = {"code": RESPONSE_TOO_LARGE, "limit": "response", "maximum": MAX_RESPONSE_BYTES}
        return GraphQLError(message, [operation], extensions=extensions)


class ResponseSize:
    """The approximate size of a response so far. Its methods raise ResponseTooLarge above MAX_RESPONSE_BYTES."""

    __slots__ = ("_bytes",)

    def __init__(self) -> None:
        self._bytes = 0

    def add_objects(self, count: int, keys: int = 0) -> None:
        """Adds so many objects or lists without their values; each has keys of `keys` characters."""
        self._add(count * (BYTES_PER_OBJECT + keys))

    def ensure_room(self, count: int) -> None:
        """Raises ResponseTooLarge if so many more objects would not fit, without adding them."""
        if self._bytes + count * BYTES_PER_OBJECT > MAX_RESPONSE_BYTES:
            raise ResponseTooLarge

    def add_values(self, values: Sequence[Any], types: Set[type]) -> None:
        """Adds values of scalars or enums, given their Python types."""
        self.add_columns(len(values), () if types.isdisjoint(VARIABLE_LENGTH_TYPES) else (values,))

    def add_columns(self, count: int, texts: Sequence[Sequence[Any]]) -> None:
        """Adds `count` values of scalars or enums. `texts` are those columns of them that hold texts or JSON."""
        self._add(count * BYTES_PER_VALUE)
        for values in texts:
            if len(values) > MAX_UNMEASURED_VALUES:
                estimate = estimate_characters(values, TEXT_SAMPLE_SIZE)
                # An estimate alone never refuses a response.
                is_small = self._bytes + estimate <= MAX_RESPONSE_BYTES
                self._add(estimate if is_small else estimate_characters(values, len(values)))

    def add_error(self) -> None:
        """Adds an error."""
        self._add(BYTES_PER_ERROR)

    def _add(self, by: int) -> None:
        self._bytes += by
        if self._bytes > MAX_RESPONSE_BYTES:
            raise ResponseTooLarge


def estimate_characters(values: Sequence[Any], sample_size: int) -> int:
    """The approximate number of characters of texts or JSON values.

    Of more than `sample_size` values every n-th one is measured, from a random start.
    """
    step = len(values) // (sample_size + 1) + 1
    sample = values[randrange(step) :: step] if step > 1 else values
    texts = list(filter(None, sample))
    # If the first is a text, all are: a column has one type except for null.
    return sum(map(len, texts if texts and type(texts[0]) is str else map(str, texts))) * step
