"""Requests through a pooler of transactions: what is answered, which limits hold, and what is left behind."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from service.app import create_app
from service.postgres.database import SNAPSHOT, WRITE, Database
from service.settings import Settings
from tests.kit.client import Client, Clock, freed
from tests.kit.poolers import Version
from tests.pooler.conftest import SUITABLE, StartPooler, versions

pytestmark = pytest.mark.parametrize("version", versions(SUITABLE))
TREE = """{ objectives(first: 50) { nodes { title progress keyResults { title current progress }
    checkIns(first: 5) { nodes { note } } } } }"""
CHECK_IN = """mutation($id: ID!, $value: Decimal!) { keyResultCheckIn(input: {keyResultId: $id, value: $value}) {
    checkIn { keyResult { current } } userErrors { code } } }"""
LINEAR = {"kind": "INCREASE", "baseline": "0", "target": "100"}
LIMITS = (
    *("plan_cache_mode", "max_parallel_workers_per_gather"),
    *("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"),
)


@pytest.fixture
async def served(client: Client, clock: Clock, pooler: StartPooler, version: Version) -> AsyncIterator[Client]:
    """The owner that `client` is, at a service behind a pooler that has three connections for ten of its own."""
    settings = Settings(statement_timeout=0.5, pool_timeout=30, operation_timeout=30)
    database = Database(settings, pooler(version, default_pool_size="3").url)
    app = create_app(settings, database, clock)
    async with Client(app, database, clock, client.organization_id, client.person_id, client.key) as created:
        yield created
    await database.dispose()


async def test_two_hundred_operations_of_ten_clients(client: Client, served: Client) -> None:
    cycle = await client.cycle()
    key_results = [
        await client.key_result(await client.objective(cycle, f"Objective {n}"), **LINEAR) for n in range(10)
    ]
    before = await client.data(TREE)
    assert len(before["objectives"]["nodes"]) == 10

    async def work(key_result: str) -> None:
        for value in range(1, 11):
            created = await served.data(CHECK_IN, id=key_result, value=str(value))
            assert created == {
                "keyResultCheckIn": {"checkIn": {"keyResult": {"current": str(value)}}, "userErrors": []}
            }
            assert len((await served.data(TREE))["objectives"]["nodes"]) == 10

    await asyncio.gather(*map(work, key_results))
    after = await served.data(TREE)
    assert after == await client.data(TREE)
    assert [node["keyResults"][0]["current"] for node in after["objectives"]["nodes"]] == ["10"] * 10
    assert await freed(served.database) == 0


async def test_the_limits_are_those_of_each_transaction(served: Client, version: Version) -> None:
    database = served.database

    async def shown(begin: str) -> list[Any]:
        async with database.open_connection(database.primary, begin, served.organization_id) as pooled:
            return [await pooled.driver.fetchval(f"SHOW {name}") for name in LIMITS]

    own = ["force_generic_plan", "0", "500ms", "500ms", "1min"]
    assert await asyncio.gather(*(shown(begin) for begin in (SNAPSHOT, WRITE) * 10)) == [own] * 20
    async with database.primary.connect() as connection:
        raw = await connection.get_raw_connection()
        assert raw.driver_connection is not None
        outside = [await raw.driver_connection.fetchval(f"SHOW {name}") for name in LIMITS]
    assert outside == ["auto", "2", "0", "0", "0"]


async def test_single_reads_stay_in_transactions(served: Client, version: Version) -> None:
    pooled = await served.database.begin_single_read(served.database.primary, served.organization_id)
    await served.database.end_read(served.database.primary, pooled)
    assert (pooled.in_transaction, pooled.session.keeps_settings) == (True, False)


async def test_a_statement_ends_at_its_limit(served: Client, superuser: asyncpg.Connection, version: Version) -> None:
    async with superuser.transaction():
        await superuser.execute("LOCK TABLE objectives IN ACCESS EXCLUSIVE MODE")
        response = await served.http.post("/graphql", json={"query": TREE})
    [error] = response.json()["errors"]
    assert (response.status_code, error["extensions"]) == (503, {"code": "OPERATION_TIMEOUT"})
    assert await served.data(TREE) == {"objectives": {"nodes": []}}


async def test_a_pooler_that_is_restarted(client: Client, clock: Clock, pooler: StartPooler, version: Version) -> None:
    settings = Settings()
    bouncing = pooler(version)
    database = Database(settings, bouncing.url)
    app = create_app(settings, database, clock)
    async with Client(app, database, clock, client.organization_id, client.person_id, client.key) as served:
        await asyncio.gather(*(served.data(TREE) for _ in range(20)))
        bouncing.kill()
        response = await served.http.post("/graphql", json={"query": TREE})
        assert response.status_code == 503
        assert response.json()["errors"][0]["extensions"] == {"code": "SERVICE_UNAVAILABLE"}
        bouncing.start()
        assert await asyncio.gather(*(served.data(TREE) for _ in range(20))) == [{"objectives": {"nodes": []}}] * 20
        assert await freed(database) == 0
    await database.dispose()
