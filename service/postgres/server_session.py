"""A connection of its own to a server, for one question at a time."""

import asyncio
from typing import Any

import asyncpg

from service.settings import connect_arguments

# A server that takes longer to answer counts as one that cannot be reached.
ANSWER_SECONDS = 2.0


class ServerSession:
    """A connection that is made anew after any failure; `reason` is the last one, `system` the id of the cluster."""

    def __init__(self, url: str) -> None:
        self._arguments = connect_arguments(url)
        self._connection: asyncpg.Connection[Any] | None = None
        self._turn = asyncio.Lock()
        self.reason = ""
        self.system: int | None = None

    async def ask(self, question: str) -> "asyncpg.Record | None":
        """The row that answers a question; None when there is none in time, and `reason` says why."""
        try:
            # Waiting for one's turn included: many who ask a server that stands still wait side by side.
            async with asyncio.timeout(ANSWER_SECONDS), self._turn:
                return await self._answer(question)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
            # TimeoutError is an OSError.
            self.reason = f"{type(error).__name__}: {error}"
            return None

    async def _answer(self, question: str) -> "asyncpg.Record | None":
        try:
            if self._connection is None:
                settings = {"application_name": "okrgraph"}
                self._connection = await asyncpg.connect(**self._arguments, server_settings=settings)
            row = await self._connection.fetchrow(question)
        except BaseException:
            self.close()
            raise
        self.system = row["system"] if row else None
        return row

    def close(self) -> None:
        """Ends the connection without a word to the server, which may stand still."""
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None
