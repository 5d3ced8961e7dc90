"""The interface that readers and transactions share, so that queries and commands use the same reads."""

from collections.abc import Sequence
from typing import Any, Protocol


class RowSource(Protocol):
    """A reader or a transaction."""

    async def rows(self, statement: Any, **parameters: Any) -> Sequence[Any]:
        """All rows of a statement, with the tenant bound."""
