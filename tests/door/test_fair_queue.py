"""Connections go to those who wait, in their order, and one tenant leaves some of them to the others."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from itertools import chain
from typing import Any
from uuid import UUID, uuid4

import pytest

from service.errors import Overloaded
from service.postgres.database import SNAPSHOT, Database
from service.settings import Settings
from tests.door.conftest import Door, Held, Waiting
from tests.kit.client import Client, freed

SMALL = "{ viewer { role } objectives { nodes { title } } }"
UPDATE = (
    "mutation($id: ID!, $title: String!) { objectiveUpdate(input: {id: $id, title: $title}) { objective { title } } }"
)
ONE, OTHER = uuid4(), uuid4()


@pytest.fixture
async def pools(database_url: str) -> AsyncIterator[Any]:
    databases: list[Database] = []

    def make(**changed: Any) -> Database:
        databases.append(Database(Settings(**{"pool_timeout": 5, **changed}), database_url))
        return databases[-1]

    yield make
    for each in databases:
        await each.dispose()


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_whoever_waits_longest_is_next(pools: Any) -> None:
    pool = pools(pool_size=1).primary
    order: list[int] = []

    async def ask(number: int) -> None:
        pooled = await pool.acquire(uuid4())
        order.append(number)
        await pooled.driver.execute("SELECT 1")
        await pool.release(pooled)

    held = await pool.acquire()
    asking = []
    for number in range(20):
        asking.append(asyncio.create_task(ask(number)))
        await settled()
    giving = asyncio.create_task(pool.release(held))
    # Those who come while connections go from hand to hand.
    for number in range(20, 40):
        asking.append(asyncio.create_task(ask(number)))
        await settled()
    await asyncio.gather(giving, *asking)
    assert order == list(range(40))
    assert pool.in_use == 0


async def test_who_gives_up_waiting_is_passed_over(pools: Any) -> None:
    pool = pools(pool_size=1, pool_timeout=0.2).primary
    held = await pool.acquire(ONE)
    left = asyncio.create_task(pool.acquire(ONE))
    late = asyncio.create_task(pool.acquire(OTHER))
    await settled()
    left.cancel()
    with pytest.raises(Overloaded):
        await late
    following = asyncio.create_task(pool.acquire(OTHER))
    # Handed a place in the moment in which it is given up.
    cut_off = asyncio.create_task(pool.acquire(ONE))
    await settled()
    await pool.release(held)
    pooled = await following
    await pool.release(pooled)
    cut_off.cancel()
    with pytest.raises(asyncio.CancelledError):
        await cut_off
    assert pool.in_use == 0
    await pool.release(await pool.acquire(ONE))


@pytest.mark.parametrize(
    ("size", "share", "most"),
    [(1, 0.7, 1), (2, 0.7, 1), (3, 0.7, 2), (10, 0.7, 7), (10, 0.29, 2), (100, 0.29, 29), (10, 1, 10)],
)
async def test_a_tenant_holds_its_share(pools: Any, size: int, share: float, most: int) -> None:
    queue = pools(pool_size=size, tenant_share=share).primary._queue
    for _ in range(most):
        await queue.acquire(ONE, 0.01)
    with pytest.raises(TimeoutError):
        await queue.acquire(ONE, 0.01)
    for _ in range(size - most):
        await queue.acquire(None, 0.01)
    assert queue.held == size


async def test_a_tenant_at_its_share_keeps_nobody_waiting(pools: Any) -> None:
    """Who waits for the share of a tenant is passed over, and keeps the place in its order."""
    pool = pools(pool_size=3).primary
    held = [await pool.acquire(ONE), await pool.acquire(ONE)]
    order: list[str] = []

    async def ask(name: str, tenant: UUID | None) -> None:
        pooled = await pool.acquire(tenant)
        order.append(name)
        await settled()
        await pool.release(pooled)

    asking = []
    for name, tenant in (("one", ONE), ("other", OTHER), ("again", ONE), ("nobody", None)):
        asking.append(asyncio.create_task(ask(name, tenant)))
        await asyncio.sleep(0.05)
    assert order == ["other", "nobody"]
    for pooled in held:
        await pool.release(pooled)
    await asyncio.gather(*asking)
    assert order == ["other", "nobody", "one", "again"]
    assert pool.in_use == 0


async def test_ten_waiting_writers_of_one_tenant(
    client: Client, stranger: Client, door: Door, waiting: Waiting, rows_held: Held
) -> None:
    busy = await door(pool_timeout=5, lock_timeout=5, statement_timeout=10)
    objective = await client.objective(await client.cycle(), "As it was")
    await busy.data(SMALL)
    others = {"Authorization": f"Bearer {stranger.key}"}
    async with rows_held("objectives"):
        writing = [
            asyncio.create_task(busy.data(UPDATE, id=objective, title=f"Title {number}")) for number in range(10)
        ]
        # Seven of ten connections.
        await waiting(7)
        for _ in range(5):
            answer = await asyncio.wait_for(busy.http.post("/graphql", json={"query": SMALL}, headers=others), 2)
            assert answer.json() == {"data": {"viewer": {"role": "OWNER"}, "objectives": {"nodes": []}}}
        assert not any(task.done() for task in writing)
    await asyncio.gather(*writing)
    assert (await client.data("{ objectives { nodes { version } } }"))["objectives"]["nodes"] == [{"version": 11}]


async def test_one_tenant_may_have_all(client: Client, door: Door, waiting: Waiting, rows_held: Held) -> None:
    alone = await door(pool_size=3, tenant_share=1, lock_timeout=5, statement_timeout=10)
    objective = await client.objective(await client.cycle(), "As it was")
    await alone.data(SMALL)
    async with rows_held("objectives"):
        writing = [asyncio.create_task(alone.data(UPDATE, id=objective, title="Changed")) for _ in range(3)]
        await waiting(3)
    await asyncio.gather(*writing)


async def test_a_row_that_stays_locked(client: Client, door: Door, rows_held: Held) -> None:
    hurried = await door(lock_timeout=0.3)
    objective = await client.objective(await client.cycle(), "As it was")
    facts = "{ objectives { nodes { title version } } events { totalCount } }"
    before = await client.data(facts)
    async with rows_held("objectives"):
        body = {"query": UPDATE, "variables": {"id": objective, "title": "Changed"}}
        response = await asyncio.wait_for(hurried.http.post("/graphql", json=body), 3)
    assert (response.status_code, response.headers["retry-after"]) == (503, "1")
    assert response.json() == {
        "errors": [
            {
                "message": "A statement ran past its time limit, or waited too long for others.",
                "extensions": {"code": "OPERATION_TIMEOUT"},
            }
        ]
    }
    assert await client.data(facts) == before
    assert await hurried.data(UPDATE, id=objective, title="Changed")


async def test_locks_are_waited_for_two_seconds(pools: Any, client: Client) -> None:
    for settings, timeout in (({}, "2s"), ({"statement_timeout": 0.4}, "400ms"), ({"lock_timeout": 0.5}, "500ms")):
        database = pools(**settings)
        async with database.open_connection(database.primary, SNAPSHOT, client.organization_id) as pooled:
            assert await pooled.driver.fetchval("SHOW lock_timeout") == timeout


@pytest.mark.parametrize("clients", [64, 128, 256])
async def test_many_clients_of_a_small_query(door: Door, clients: int) -> None:
    # Wide bounds: the machine may have other things to do.
    served = await door(pool_timeout=20, operation_timeout=60)
    await served.data(SMALL)

    async def asking() -> list[int]:
        return [(await served.http.post("/graphql", json={"query": SMALL})).status_code for _ in range(2)]

    answers = Counter(chain(*await asyncio.gather(*(asking() for _ in range(clients)))))
    assert answers == {200: 2 * clients}
    assert await freed(served.database) == 0
