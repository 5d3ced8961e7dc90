"""Warns of more workers than the database has connections for."""

import asyncpg

from service.cli.console import report
from service.settings import Settings, connect_arguments

# `reserved_connections` exists from Postgres 16 on.
AVAILABLE_CONNECTIONS = """
    SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
        - coalesce(current_setting('reserved_connections', true)::int, 0)"""


async def warn_of_too_many_connections(settings: Settings, url: str, workers: int) -> None:
    """Prints a warning if the pools of all workers may need more connections than the server at `url` allows.

    Raises OSError and errors of asyncpg if it cannot be reached.
    """
    connection = await asyncpg.connect(**connect_arguments(url))
    try:
        available: int = await connection.fetchval(AVAILABLE_CONNECTIONS)
    finally:
        await connection.close()
    # One more for the lookup of API keys.
    needed = workers * (settings.pool_size + 1)
    if needed > available:
        report(
            "Warning:",
            f"{workers} workers may open {needed} connections, and Postgres allows {available}. Without a pooler"
            " between them, lower OKRGRAPH_POOL_SIZE or start fewer workers.",
        )
