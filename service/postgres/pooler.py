"""Whether what stands before Postgres can be used: a pooler of transactions has to keep prepared statements."""

import asyncio
from secrets import token_hex
from typing import Any

import asyncpg

from service.settings import connect_arguments

# So often two sessions are compared: other clients may take shared connections in between.
MAX_COMPARISONS = 20
COMPARING_SECONDS = 2.0
KEPT = "SELECT EXISTS (SELECT FROM pg_prepared_statements WHERE name = $1)"


class PoolerUnsuitable(Exception):
    """The pooler before Postgres hands connections on between transactions and forgets prepared statements."""

    def __init__(self) -> None:
        super().__init__(
            "its connection pooler hands connections on after each transaction and keeps no prepared statements. Use"
            " pgbouncer 1.21 or newer with max_prepared_statements above 0, or pool_mode = session, or the address of"
            " Postgres itself."
        )


async def ensure_suitable(url: str) -> None:
    """Raises PoolerUnsuitable when prepared statements do not outlive a transaction at `url`; OSError and errors of
    asyncpg when there is no connection."""
    session = await _connect(url)
    try:
        if await _is_direct(session) or await _renames_statements(session):
            return
        if await _hands_on_connections(session, url):
            raise PoolerUnsuitable
    finally:
        session.terminate()


async def _connect(url: str) -> Any:
    # Without a cache the driver names no statement, so that none can meet one that another client has left.
    return await asyncpg.connect(**connect_arguments(url), statement_cache_size=0)


async def _is_direct(session: Any) -> bool:
    """Whether the process that answered the login is the one that executes; a pooler makes up a number."""
    return bool(await _server_pid(session) == session.get_server_pid())


async def _renames_statements(session: Any) -> bool:
    """Whether a prepared statement has another name in Postgres: the pooler keeps track of it."""
    name = f"okrgraph_{token_hex(8)}"
    async with session.transaction():
        # Held, since the driver closes a statement that nobody holds.
        statement = await session.prepare("SELECT 1", name=name)
        return not await session.fetchval(KEPT, statement.get_name())


async def _hands_on_connections(session: Any, url: str) -> bool:
    """Whether two sessions that are both open execute in one process of Postgres, or one session in two."""
    other = None
    try:
        async with asyncio.timeout(COMPARING_SECONDS):
            other = await _connect(url)
            own, others = set(), set()
            for _ in range(MAX_COMPARISONS):
                own.add(await _server_pid(session))
                others.add(await _server_pid(other))
                if len(own) > 1 or own & others:
                    return True
    except TimeoutError:
        # A pooler that hands on whole sessions has none left.
        return False
    finally:
        if other is not None:
            other.terminate()
    return False


async def _server_pid(session: Any) -> Any:
    # In a transaction, since a pooler may hand the statement and its execution to different processes.
    async with session.transaction():
        return await session.fetchval("SELECT pg_backend_pid()")
