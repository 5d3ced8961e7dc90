"""Counts how large a response becomes, and ends what would become too large while it is still small."""

from collections.abc import Sequence
from random import randrange
from typing import Any

from graphql import GraphQLError, OperationDefinitionNode, OperationType

# Bytes, about. Beside its values an object takes memory; telling an error takes as long as writing 20 kB.
MOST, AN_OBJECT, A_VALUE, AN_ERROR = 20_000_000, 100, 20, 20_000
OF_ANY_LENGTH = (str, dict, list)
# Of more texts some are looked at, since looking at all would be a twentieth of what a tree costs.
FEW, ALL_TEXTS = 3, 50
RESPONSE_TOO_LARGE = "RESPONSE_TOO_LARGE"


class TooLarge(Exception):
    """The response is larger than it may be."""

    def told(self, operation: OperationDefinitionNode) -> GraphQLError:
        """What the client is told of its operation."""
        message = (
            f"The response would be larger than about {MOST // 1_000_000} MB, or hold more than"
            f" {MOST // AN_ERROR} errors. Ask for smaller pages, fewer levels or fewer fields."
        )
        if operation.operation is OperationType.MUTATION:
            message += " What the operation has changed stays changed."
        extensions = {"code": RESPONSE_TOO_LARGE, "limit": "response", "maximum": MOST}
        return GraphQLError(message, [operation], extensions=extensions)


class Size:
    """How large a response is so far. Raises TooLarge where it grows beyond what a client is served."""

    __slots__ = ("_bytes",)

    def __init__(self) -> None:
        self._bytes = 0

    def objects(self, count: int, keys: int = 0) -> None:
        """Grows by so many objects or lists, each with keys of so many characters, without what they hold."""
        self._grow(count * (AN_OBJECT + keys))

    def ensure_room(self, count: int) -> None:
        """Raises TooLarge if there is no room for so many objects, without growing by them."""
        if self._bytes + count * AN_OBJECT > MOST:
            raise TooLarge

    def values(self, values: Sequence[Any], kinds: set[type]) -> None:
        """Grows by values of scalars or enums, given their types but for that of None."""
        self._grow(len(values) * A_VALUE)
        # Few texts cannot be much, and small requests would notice.
        if len(values) > FEW and not kinds.isdisjoint(OF_ANY_LENGTH):
            about = length(values, ALL_TEXTS)
            # Nothing is refused because of what was guessed.
            self._grow(about if self._bytes + about <= MOST else length(values, len(values)))

    def error(self) -> None:
        """Grows by an error."""
        self._grow(AN_ERROR)

    def _grow(self, by: int) -> None:
        self._bytes += by
        if self._bytes > MOST:
            raise TooLarge


def length(values: Sequence[Any], most: int) -> int:
    """The characters of texts or JSON, about: of more than `most` every so many one is looked at, from anywhere on."""
    every = len(values) // (most + 1) + 1
    looked_at = values[randrange(every) :: every] if every > 1 else values
    there = list(filter(None, looked_at))
    # One text tells that all are: a column is of one type but for null.
    return sum(map(len, there if there and type(there[0]) is str else map(str, there))) * every
