"""Connections that are kept at hand are still of one pool, and go to whoever waits."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from service.errors import Overloaded
from service.postgres.database import SNAPSHOT, WRITE, Database
from service.reading.reader import Reader
from service.settings import Settings
from tests.kit.client import Client, freed


@pytest.fixture
async def two(database_url: str) -> AsyncIterator[Database]:
    database = Database(Settings(pool_size=2, pool_timeout=1, tenant_share=1), database_url)
    yield database
    await database.dispose()


async def read(client: Client, database: Database) -> int:
    """The process of Postgres that a read was served by."""
    async with database.open_connection(database.primary, SNAPSHOT, client.organization_id) as pooled:
        return int(await pooled.driver.fetchval("SELECT pg_backend_pid()"))


async def test_a_connection_that_was_read_with_is_at_hand(client: Client, two: Database) -> None:
    first = await read(client, two)
    assert [await read(client, two) for _ in range(3)] == [first] * 3
    assert two.primary.in_use == 0


async def test_who_writes_gets_one_that_is_at_hand(client: Client, two: Database) -> None:
    await asyncio.gather(read(client, two), read(client, two))
    for _ in range(3):
        writing = two.open_connection(two.primary, WRITE, client.organization_id, only_read=False)
        also_writing = two.open_connection(two.primary, WRITE, client.organization_id, only_read=False)
        async with writing as one, also_writing as other:
            assert one is not other
            assert two.primary.in_use == 2
            with pytest.raises(Overloaded):
                await read(client, two)
    assert two.primary.in_use == 0


async def test_who_waits_gets_the_next_that_comes_back(client: Client, two: Database) -> None:
    async def reading() -> None:
        async with two.open_connection(two.primary, SNAPSHOT, client.organization_id) as pooled:
            await pooled.driver.execute("SELECT pg_sleep(0.05)")

    await asyncio.gather(*(reading() for _ in range(6)))
    assert two.primary.in_use == 0


async def test_one_that_ended_meanwhile_is_replaced(client: Client, two: Database) -> None:
    first = await read(client, two)
    async with client.database.primary.connect() as connection:
        await connection.exec_driver_sql(f"SELECT pg_terminate_backend({first})")
    assert await read(client, two) != first
    assert two.primary.in_use == 0


async def test_all_that_ended_meanwhile_are_replaced(client: Client, two: Database) -> None:
    first, second = await asyncio.gather(read(client, two), read(client, two))
    async with client.database.primary.connect() as connection:
        await connection.exec_driver_sql(f"SELECT pg_terminate_backend({first}), pg_terminate_backend({second})")
    assert {await read(client, two), await read(client, two)}.isdisjoint({first, second})
    assert two.primary.in_use == 0


async def test_a_read_that_fails_leaves_nothing_open(client: Client, two: Database) -> None:
    async def failing() -> None:
        async with two.open_connection(two.primary, SNAPSHOT, client.organization_id) as pooled:
            await pooled.driver.execute("SELECT 1")
            raise ZeroDivisionError

    for _ in range(4):
        with pytest.raises(ZeroDivisionError):
            await failing()
    async with two.primary.connect() as connection:
        state = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' AND pid = "
        assert two.primary.in_use == 1
        assert (await connection.exec_driver_sql(state + "pg_backend_pid()")).scalar() == 0


async def test_a_read_that_is_given_up_leaves_nothing_open(client: Client, two: Database) -> None:
    async def reading() -> None:
        async with two.open_connection(two.primary, SNAPSHOT, client.organization_id) as pooled:
            await pooled.driver.execute("SELECT pg_sleep(10)")

    for _ in range(3):
        task = asyncio.create_task(reading())
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert two.primary.in_use == 0
    assert await read(client, two)


async def test_who_gives_up_closing_a_reader_keeps_nothing(client: Client, two: Database) -> None:
    """As when the server stops while a request that ran out of time winds down."""
    reader = Reader(two, client.organization_id)
    reading = asyncio.create_task(reader.rows(text("SELECT pg_sleep(10)")))
    await asyncio.sleep(0.05)
    closing = asyncio.create_task(reader.close())
    await asyncio.sleep(0)
    closing.cancel()
    for task in (reading, closing):
        with pytest.raises(asyncio.CancelledError):
            await task
    assert await freed(two) == 0


async def test_a_reader_that_could_not_open_does_not_wait_again(client: Client, two: Database) -> None:
    held = two.open_connection(two.primary, SNAPSHOT, client.organization_id)
    also_held = two.open_connection(two.primary, SNAPSHOT, client.organization_id)
    reader = Reader(two, client.organization_id)
    async with held, also_held:
        with pytest.raises(Overloaded):
            await reader.rows(text("SELECT 1"))
    with pytest.raises(Overloaded):
        await reader.rows(text("SELECT 1"))
    await reader.close()
    assert two.primary.in_use == 0


async def test_what_comes_back_after_the_end_is_closed(client: Client, two: Database) -> None:
    async with two.open_connection(two.primary, SNAPSHOT, client.organization_id) as pooled:
        await two.dispose()
    assert (pooled.driver.is_closed(), two.primary.in_use) == (True, 0)
