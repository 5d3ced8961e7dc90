"""Whatever gives the rows of a statement, so that the same read serves queries and commands."""

from collections.abc import Sequence
from typing import Any, Protocol


class Rows(Protocol):
    """A reader or a transaction: whatever gives the rows of a statement."""

    async def rows(self, statement: Any, **parameters: Any) -> Sequence[Any]:
        """All rows, with the tenant bound."""
