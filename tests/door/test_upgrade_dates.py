"""Goals of an earlier database begin and are due with their cycle."""

import asyncio

import asyncpg

from service.postgres.migrate import migrate
from tests.door.conftest import DatabaseAt
from tests.door.test_upgrade import EARLIER, ENDS, MADE, furnish


async def test_goals_have_the_span_of_their_cycle(database_at: DatabaseAt) -> None:
    url = await database_at(EARLIER)
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    await furnish(connection)
    # Nothing is computed anew by it.
    await asyncio.to_thread(migrate, url)
    for table, count in (("objectives", 1), ("key_results", 2)):
        rows = await connection.fetch(f"SELECT starts_at, due_at, starts_on, due_on FROM {table}")
        assert [tuple(row) for row in rows] == [(MADE, ENDS, None, None)] * count
    secured = "SELECT relname FROM pg_class WHERE relrowsecurity AND NOT relforcerowsecurity"
    assert await connection.fetch(secured) == []
    await connection.close()
