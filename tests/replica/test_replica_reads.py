"""Reads from a replica: own writes, lag, and what happens when it pauses, dies, freezes or is promoted."""

import asyncio
from typing import Any

import asyncpg
import pytest

from service.app import create_app
from service.postgres.database import Database
from service.postgres.replica import ReplicaStatus
from service.postgres.server_session import MAX_ANSWER_SECONDS
from service.settings import Settings
from tests.kit.client import Client, Clock
from tests.kit.standby import Standby
from tests.replica.conftest import replica_of, until

TITLES = "{ objectives { nodes { title } } }"
RENAME = """mutation($id: ID!, $title: String!) {
    objectiveUpdate(input: {id: $id, title: $title}) { userErrors { code } } }"""


async def titles(client: Client, **headers: str) -> list[str]:
    response = await client.http.post("/graphql", json={"query": TITLES}, headers=headers)
    assert (response.status_code, response.json().get("errors")) == (200, None)
    return [node["title"] for node in response.json()["data"]["objectives"]["nodes"]]


async def rename(client: Client, id: str, title: str) -> str:
    """The position that the response tells."""
    response = await client.http.post("/graphql", json={"query": RENAME, "variables": {"id": id, "title": title}})
    assert response.json() == {"data": {"objectiveUpdate": {"userErrors": []}}}
    return str(response.headers["x-write-position"])


async def test_queries_are_read_from_the_replica(client: Client, database: Database) -> None:
    await client.objective(await client.cycle(), "First")
    replica = replica_of(database)
    await until(lambda: replica.is_usable)
    pool = await database.read_pool()
    assert pool is replica.pool
    # That a connection lies there says that it was used. Until its own writes have arrived, they are read elsewhere.
    async with asyncio.timeout(15):
        while not replica.pool._idle:
            assert await titles(client) == ["First"]


async def test_two_hundred_operations_of_ten_clients(client: Client) -> None:
    """Each client reads after each write what it has written, whichever server answers."""
    cycle = await client.cycle()
    ids = [await client.objective(cycle, f"Objective {n}") for n in range(10)]

    async def work(id: str) -> None:
        for n in range(10):
            title = f"{id[-8:]} {n}"
            result = await client.data(RENAME, id=id, title=title)
            assert result == {"objectiveUpdate": {"userErrors": []}}
            assert title in await titles(client)

    await asyncio.gather(*map(work, ids))
    assert sorted(await titles(client)) == sorted(f"{id[-8:]} 9" for id in ids)


async def test_own_writes_are_read_while_replay_is_paused(
    client: Client, database: Database, standby: Standby, clock: Clock
) -> None:
    id = await client.objective(await client.cycle(), "Before")
    assert await titles(client) == ["Before"]
    other = Database(Settings(), str(database.primary.engine.url.render_as_string(False)), standby.url("okrgraph"))
    replica_of(other).watch()
    await until(lambda: replica_of(other).is_usable and replica_of(database).is_usable)
    app = create_app(Settings(), other, clock)
    async with Client(app, other, clock, client.organization_id, client.person_id, client.key) as elsewhere:
        assert await titles(elsewhere) == ["Before"]
        standby.execute("SELECT pg_wal_replay_pause()")
        try:
            position = await rename(client, id, "After")
            assert await titles(client) == ["After"], "the process remembers who has written"
            assert await titles(elsewhere) == ["Before"], "another process does not, and the replica is still allowed"
            assert await titles(elsewhere, **{"X-Write-Position": position}) == ["After"], "unless the client says so"
            await until(lambda: replica_of(database).status is ReplicaStatus.LAGGING)
            await until(lambda: replica_of(other).status is ReplicaStatus.FOLLOWING, 1)
        finally:
            standby.execute("SELECT pg_wal_replay_resume()")
        await until(lambda: replica_of(database).is_usable)
        assert await titles(elsewhere) == ["After"]
    await other.dispose()


async def test_a_replica_that_is_behind_is_not_read_from(
    client: Client, database: Database, standby: Standby, superuser: asyncpg.Connection
) -> None:
    """Everybody sees what is newer than the limit of 2 s, also who has written nothing."""
    await client.objective(await client.cycle(), "Before")
    await until(lambda: replica_of(database).is_usable)
    standby.execute("SELECT pg_wal_replay_pause()")
    try:
        await superuser.execute("UPDATE objectives SET title = 'After'")
        replica_of(database)._written.clear()
        await until(lambda: replica_of(database).status is ReplicaStatus.LAGGING)
        assert await titles(client) == ["After"]
        state = (await client.http.get("/ready")).json()
        assert (state["status"], state["replica"]["status"]) == ("ok", "LAGGING")
        assert 2 <= state["replica"]["lagSeconds"] < 15
        gauges = gauges_of((await client.http.get("/metrics")).text)
        assert gauges["okrgraph_replica_usable"] == 0
        assert gauges["okrgraph_replica_lag_seconds"] >= 2
    finally:
        standby.execute("SELECT pg_wal_replay_resume()")
    await until(lambda: replica_of(database).is_usable)
    gauges = gauges_of((await client.http.get("/metrics")).text)
    assert gauges["okrgraph_replica_usable"] == 1
    assert gauges["okrgraph_replica_lag_seconds"] < 2
    assert (await client.http.get("/ready")).json()["replica"]["status"] == "FOLLOWING"


async def test_a_replica_that_is_killed(client: Client, database: Database, standby: Standby) -> None:
    """No query fails, neither those that run nor later ones; it is read from again when it is back."""
    await client.objective(await client.cycle(), "Only")
    await until(lambda: replica_of(database).is_usable)
    killed = asyncio.Event()
    reading = asyncio.gather(*(many(client, killed) for _ in range(8)))
    await asyncio.sleep(0.2)
    await asyncio.to_thread(standby.kill)
    killed.set()
    try:
        for answers in await reading:
            assert answers == [["Only"]] * len(answers)
        assert not replica_of(database).is_usable
        assert (await client.http.get("/ready")).status_code == 200
        assert (await client.http.get("/ready")).json()["replica"]["status"] == "UNREACHABLE"
    finally:
        await asyncio.to_thread(standby.start)
    await until(lambda: replica_of(database).is_usable)
    assert await titles(client) == ["Only"]


async def many(client: Client, killed: asyncio.Event) -> list[list[str]]:
    """What is read until the replica is killed, and thirty times afterwards."""
    answers = []
    while not killed.is_set():
        answers.append(await titles(client))
    return answers + [await titles(client) for _ in range(30)]


async def test_a_replica_that_is_frozen(client: Client, database: Database, standby: Standby) -> None:
    await client.objective(await client.cycle(), "Only")
    await until(lambda: replica_of(database).is_usable)
    standby.freeze()
    try:
        began = asyncio.get_running_loop().time()
        assert await titles(client) == ["Only"]
        assert asyncio.get_running_loop().time() - began < MAX_ANSWER_SECONDS, (
            "0.1 s for the replica to show what was written"
        )
        await until(lambda: not replica_of(database).is_usable)
    finally:
        standby.thaw()
    await until(lambda: replica_of(database).is_usable)


async def test_a_read_that_replay_ends(
    client: Client, database: Database, standby: Standby, superuser: asyncpg.Connection
) -> None:
    """The replica cancels a read of a table that it has to lock; the query is read from the primary."""
    await client.objective(await client.cycle(), "Only")
    await until(lambda: replica_of(database).is_usable)
    context = replica_of(database).pool
    async with database.open_connection(
        context, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", client.organization_id
    ):
        await superuser.execute("ALTER TABLE objectives SET (fillfactor = 90)")
        assert await titles(client) == ["Only"]
    await superuser.execute("ALTER TABLE objectives RESET (fillfactor)")


async def test_a_commit_whose_position_cannot_be_asked(client: Client, database: Database, monkeypatch: Any) -> None:
    """It counts as written: the next read waits for wherever the primary is by then."""
    from schema import context

    id = await client.objective(await client.cycle(), "Before")

    async def fail(_lease: object) -> int:
        raise asyncpg.InterfaceError("connection is closed")

    monkeypatch.setattr(context, "read_written_position", fail)
    response = await client.http.post("/graphql", json={"query": RENAME, "variables": {"id": id, "title": "After"}})
    assert response.json() == {"data": {"objectiveUpdate": {"userErrors": []}}}
    assert "x-write-position" not in response.headers
    assert await titles(client) == ["After"]


@pytest.mark.parametrize("position", ["", "x", "-1", "1.5", "9" * 20])
async def test_a_position_that_is_none(client: Client, position: str) -> None:
    response = await client.http.post("/graphql", json={"query": TITLES}, headers={"X-Write-Position": position})
    assert response.status_code == 400
    [error] = response.json()["errors"]
    assert error["message"] == (
        "Send as X-Write-Position what a response to a mutation had there, or leave the header out."
    )
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}


async def test_a_position_that_is_never_reached(client: Client, database: Database) -> None:
    """It is read from the primary, and costs nobody else the replica."""
    await client.objective(await client.cycle(), "Only")
    assert await titles(client, **{"X-Write-Position": "9" * 18}) == ["Only"]
    assert replica_of(database).is_usable


def gauges_of(text: str) -> dict[str, float]:
    """The values of /metrics by their names."""
    lines = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in lines}
