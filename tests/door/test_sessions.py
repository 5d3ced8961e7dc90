"""Sessions are bound to one tenant at a time, and never to another than is believed."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from service.postgres.database import SNAPSHOT, Database
from service.settings import Settings
from tests.kit.client import Client

ONE, OTHER = uuid7(), uuid7()


@pytest.fixture
async def single(database_url: str) -> AsyncIterator[Database]:
    """A database with one connection."""
    database = Database(Settings(pool_size=1, tenant_share=1), database_url)
    yield database
    await database.dispose()


async def shown(database: Database, tenant: UUID) -> tuple[Any, ...]:
    """Role and tenant of a single read, and whether it is in a transaction."""
    pooled = await database.begin_single_read(database.primary, tenant)
    try:
        row = await pooled.driver.fetchrow("SELECT current_user, current_setting('app.organization_id') AS tenant")
    finally:
        await database.end_read(database.primary, pooled)
    assert row is not None
    return row["current_user"], row["tenant"], pooled.in_transaction


async def test_a_session_is_bound_to_one_tenant_at_a_time(client: Client, single: Database) -> None:
    for tenant in (ONE, OTHER, OTHER, ONE):
        assert await shown(single, tenant) == ("okrgraph_app", str(tenant), False)


async def test_a_transaction_of_another_tenant_leaves_the_session_as_it_was(client: Client, single: Database) -> None:
    await shown(single, ONE)
    async with single.open_connection(single.primary, SNAPSHOT, OTHER) as pooled:
        assert await pooled.driver.fetchval("SELECT current_setting('app.organization_id')") == str(OTHER)
    assert await shown(single, ONE) == ("okrgraph_app", str(ONE), False)


async def test_a_binding_that_was_cancelled_is_not_believed(client: Client, single: Database) -> None:
    """Whichever moment it was cancelled at: the server may have done it, or not."""
    await shown(single, ONE)
    pooled = await single.primary.acquire(OTHER)
    [message] = pooled.session.begin_binding(OTHER)
    await pooled.driver.execute(message)
    await single.primary.release(pooled)
    assert await shown(single, ONE) == ("okrgraph_app", str(ONE), False)
    for delay in (0, 0.0001, 0.001):
        binding = asyncio.create_task(shown(single, OTHER))
        await asyncio.sleep(delay)
        binding.cancel()
        await asyncio.wait([binding])
        assert await shown(single, ONE) == ("okrgraph_app", str(ONE), False)
    assert single.primary.in_use == 0


async def test_a_connection_outside_of_transactions_has_the_role_of_its_login(client: Client, single: Database) -> None:
    await shown(single, ONE)
    async with single.primary.connect() as connection:
        role = (await connection.exec_driver_sql("SELECT current_user")).scalar_one()
        login = (await connection.exec_driver_sql("SELECT session_user")).scalar_one()
    assert role == login != "okrgraph_app"
    assert await shown(single, ONE) == ("okrgraph_app", str(ONE), False)
