"""A connection outside of all pools, for one statement at a time."""

import asyncio
from typing import Any

import asyncpg

from service.settings import connect_arguments

# A server that takes longer to answer counts as unreachable.
MAX_ANSWER_SECONDS = 2.0


class ServerSession:
    """A connection that is reopened after a failure. `reason` is the last failure, `system` the cluster id."""

    def __init__(self, url: str) -> None:
        self._arguments = connect_arguments(url)
        self._connection: asyncpg.Connection[Any] | None = None
        self._lock = asyncio.Lock()
        self.reason = ""
        self.system: int | None = None

    async def fetch_row(self, statement: str) -> "asyncpg.Record | None":
        """The first row of a statement; None if it fails or takes too long, which `reason` explains."""
        try:
            # The timeout includes the wait for the lock, so that callers of a frozen server wait concurrently.
            async with asyncio.timeout(MAX_ANSWER_SECONDS), self._lock:
                return await self._fetch_row(statement)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
            # TimeoutError is an OSError.
            self.reason = f"{type(error).__name__}: {error}"
            return None

    async def _fetch_row(self, statement: str) -> "asyncpg.Record | None":
        try:
            if self._connection is None:
                settings = {"application_name": "okrgraph"}
                self._connection = await asyncpg.connect(**self._arguments, server_settings=settings)
            row = await self._connection.fetchrow(statement)
        except BaseException:
            self.close()
            raise
        self.system = row["system"] if row else None
        return row

    def close(self) -> None:
        """Closes the connection without a message to the server, which may be frozen."""
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None
