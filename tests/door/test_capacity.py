"""The warning of more workers than Postgres has connections for."""

import asyncpg
import pytest

from service.cli.capacity import warn_of_too_many_connections
from service.settings import Settings


async def test_workers_that_need_too_many_connections_cause_a_warning(
    database_url: str, cleaner: asyncpg.Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    reserved = int(await cleaner.fetchval("SHOW superuser_reserved_connections"))
    available = int(await cleaner.fetchval("SHOW max_connections")) - reserved
    # With one more connection of each worker for the lookup of API keys, just as many as there are.
    await warn_of_too_many_connections(Settings(pool_size=available - 1), database_url, 1)
    assert capsys.readouterr().err == ""
    await warn_of_too_many_connections(Settings(pool_size=available), database_url, 3)
    assert capsys.readouterr().err == (
        f"Warning: 3 workers may open {3 * (available + 1)} connections, and Postgres allows {available}. Without a"
        " pooler between them, lower OKRGRAPH_POOL_SIZE or start fewer workers.\n"
    )
