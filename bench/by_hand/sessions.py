"""Connections and API keys of the application by hand."""

import hmac
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg

from service.people.keys import parse

READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
WRITE = "BEGIN ISOLATION LEVEL READ COMMITTED"
MAX_CONNECTIONS = 10
KEY_SECONDS = 1.0
FIND_KEY = """
    SELECT k.secret_hash, k.expires_at, k.revoked_at, k.person_id, p.role, p.archived_at
    FROM api_keys k JOIN people p ON p.organization_id = k.organization_id AND p.id = k.person_id
    WHERE k.organization_id = $1 AND k.id = $2"""


class Viewer(NamedTuple):
    """Whose key a request has."""

    organization_id: UUID
    role: str


class Sessions:
    """The connections of the process, each used by one request at a time, and the keys that were checked lately."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._pool: asyncpg.Pool | None = None
        self._viewers: dict[str, tuple[float, Viewer]] = {}

    @asynccontextmanager
    async def transaction(self, begin: str, organization_id: UUID) -> AsyncIterator[asyncpg.pool.PoolConnectionProxy]:
        """A connection in a transaction of the application's role and one tenant. Commits at the end."""
        if self._pool is None:
            # Statements of any length are kept.
            self._pool = await asyncpg.create_pool(
                self._url, min_size=1, max_size=MAX_CONNECTIONS, reset=_keep, max_cacheable_statement_size=0
            )
        async with self._pool.acquire() as connection:
            await connection.execute(
                f"{begin}; SET LOCAL ROLE okrgraph_app; SET LOCAL app.organization_id = '{organization_id}'"
            )
            try:
                yield connection
            except BaseException:
                await connection.execute("ROLLBACK")
                raise
            await connection.execute("COMMIT")

    async def viewer(self, key: str) -> Viewer | None:
        """The viewer of an API key that is in force, remembered for a second."""
        until, viewer = self._viewers.get(key, (0.0, None))
        if viewer is not None and time.monotonic() < until:
            return viewer
        presented = parse(key)
        if presented is None:
            return None
        async with self.transaction(READ, presented.organization_id) as connection:
            row = await connection.fetchrow(FIND_KEY, presented.organization_id, presented.id)
        if (
            row is None
            or not hmac.compare_digest(row["secret_hash"], presented.secret_hash)
            or row["revoked_at"]
            or row["archived_at"]
            or (row["expires_at"] and row["expires_at"] <= datetime.now(UTC))
        ):
            return None
        viewer = Viewer(presented.organization_id, row["role"])
        self._viewers[key] = (time.monotonic() + KEY_SECONDS, viewer)
        return viewer


async def _keep(_connection: asyncpg.Connection) -> None:
    """No message to reset a connection: its transaction has ended, and with it all that was set."""
