"""Checks that a connection pooler before Postgres supports prepared statements."""

import asyncio
from secrets import token_hex
from typing import Any

import asyncpg

from service.settings import connect_arguments

# Comparisons of the processes of two sessions. One is not enough, as other clients share the connections.
MAX_COMPARISONS = 20
MAX_COMPARISON_SECONDS = 2.0
PREPARED_STATEMENT_EXISTS = "SELECT EXISTS (SELECT FROM pg_prepared_statements WHERE name = $1)"


class PoolerUnsuitable(Exception):
    """The pooler before Postgres hands connections on between transactions and forgets prepared statements."""

    def __init__(self) -> None:
        super().__init__(
            "its connection pooler hands connections on after each transaction and keeps no prepared statements. Use"
            " pgbouncer 1.21 or newer with max_prepared_statements above 0, or pool_mode = session, or the address of"
            " Postgres itself."
        )


async def ensure_pooler_suitable(url: str) -> None:
    """Raises PoolerUnsuitable if prepared statements do not outlive a transaction at `url`.

    Raises OSError and errors of asyncpg if there is no connection.
    """
    session = await _connect(url)
    try:
        if await _is_direct(session) or await _renames_statements(session):
            return
        if await _hands_on_connections(session, url):
            raise PoolerUnsuitable
    finally:
        session.terminate()


async def _connect(url: str) -> Any:
    # Without a cache the driver uses unnamed statements, which cannot collide with those of other clients.
    return await asyncpg.connect(**connect_arguments(url), statement_cache_size=0)


async def _is_direct(session: Any) -> bool:
    """Whether the process id of the login is that of the server process. A pooler invents an id."""
    return bool(await _server_pid(session) == session.get_server_pid())


async def _renames_statements(session: Any) -> bool:
    """Whether a prepared statement has another name in Postgres, which means that the pooler tracks it."""
    name = f"okrgraph_{token_hex(8)}"
    async with session.transaction():
        # The variable keeps the statement: the driver closes one without references.
        statement = await session.prepare("SELECT 1", name=name)
        return not await session.fetchval(PREPARED_STATEMENT_EXISTS, statement.get_name())


async def _hands_on_connections(session: Any, url: str) -> bool:
    """Whether two open sessions use the same server process, or one session uses two."""
    other = None
    try:
        async with asyncio.timeout(MAX_COMPARISON_SECONDS):
            other = await _connect(url)
            session_pids, other_pids = set(), set()
            for _ in range(MAX_COMPARISONS):
                session_pids.add(await _server_pid(session))
                other_pids.add(await _server_pid(other))
                if len(session_pids) > 1 or session_pids & other_pids:
                    return True
    except TimeoutError:
        # A session pooler has no free connection left.
        return False
    finally:
        if other is not None:
            other.terminate()
    return False


async def _server_pid(session: Any) -> Any:
    # In a transaction, as a pooler may send preparation and execution to different processes.
    async with session.transaction():
        return await session.fetchval("SELECT pg_backend_pid()")
