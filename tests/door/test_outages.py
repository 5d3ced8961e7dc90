"""What the database cannot do is told as such, with one line in the log; what can be read is read."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import asyncpg
import httpx2
import pytest
from structlog.testing import capture_logs

from tests.door.conftest import Door, Held, Waiting
from tests.kit.client import Client, freed

QUERY = "{ objectives { nodes { title keyResults { title } } } }"
UPDATE = """
    mutation($id: ID!, $title: String!) { objectiveUpdate(input: {id: $id, title: $title}) {
        objective { title keyResults { title } } userErrors { code }
    } }"""
FACTS = "{ objectives { nodes { title version } } events { totalCount } }"
WHOLE = {"objectives": {"nodes": [{"title": "As it was", "keyResults": [{"title": "A key result"}]}]}}
LOST = {
    "message": "The connection to the database was lost, or there is none to be had.",
    "extensions": {"code": "SERVICE_UNAVAILABLE"},
}
FULL = {
    "message": "The database takes no changes now: its disk is full.",
    "extensions": {"code": "SERVICE_UNAVAILABLE"},
}
END = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'okrgraph'"

Killing = Callable[[], Coroutine[Any, Any, None]]


@pytest.fixture
async def objective(client: Client) -> str:
    objective = await client.objective(await client.cycle(), "As it was")
    await client.key_result(objective)
    return objective


@pytest.fixture
def kill(superuser: asyncpg.Connection, waiting: Waiting) -> Killing:
    """Ends every process of Postgres that waits for a lock, once there is one."""

    async def killing() -> None:
        await waiting(1)
        await superuser.execute(f"{END} AND wait_event_type = 'Lock'")

    return killing


@pytest.fixture
async def triggers(superuser: asyncpg.Connection) -> Callable[..., AbstractAsyncContextManager[None]]:
    """Makes Postgres do something when rows of a table are changed."""
    names = []

    @asynccontextmanager
    async def trigger(table: str, body: str, *, at_commit: bool = False) -> AsyncIterator[None]:
        name = f"fault_of_{table}"
        names.append(name)
        kind, when = ("CONSTRAINT TRIGGER", "DEFERRABLE INITIALLY DEFERRED") if at_commit else ("TRIGGER", "")
        await superuser.execute(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS"
            f" $$ BEGIN {body}; RETURN NULL; END $$;"
            f" CREATE {kind} {name} AFTER INSERT OR UPDATE ON {table} {when} FOR EACH ROW EXECUTE FUNCTION {name}()"
        )
        try:
            yield
        finally:
            await superuser.execute(f"DROP FUNCTION {name} CASCADE")

    return trigger


@asynccontextmanager
async def one_line(caplog: pytest.LogCaptureFixture, code: str | None = "SERVICE_UNAVAILABLE") -> AsyncIterator[None]:
    """What is logged inside, beside the requests, is one warning without a traceback; or nothing without a code."""
    with caplog.at_level(logging.WARNING), capture_logs() as lines:
        yield
    outages = [line for line in lines if line["event"] != "request"]
    assert [(line["event"], line.get("code"), "exc_info" in line) for line in outages] == (
        [("database unavailable", code, False)] if code else []
    )
    assert [record.getMessage() for record in caplog.records] == []


def unavailable(response: httpx2.Response, error: dict[str, Any]) -> None:
    assert (response.status_code, response.headers.get("retry-after")) == (503, "1")
    assert response.json() == {"errors": [error]}


async def sent(client: Client, document: str, **variables: Any) -> httpx2.Response:
    return await client.http.post("/graphql", json={"query": document, "variables": variables})


@pytest.mark.parametrize("table", ["objectives", "key_results"], ids=["first statement", "second statement"])
async def test_a_read_that_is_killed_is_done_again(
    door: Door, held: Held, kill: Killing, objective: str, caplog: Any, table: str
) -> None:
    served = await door(statement_timeout=20)
    await served.data("{ viewer { role } }")
    async with one_line(caplog, None):
        async with held(table):
            reading = asyncio.create_task(sent(served, QUERY))
            await kill()
        assert (await reading).json() == {"data": WHOLE}
    assert await freed(served.database) == 0


async def test_a_read_that_is_killed_again_and_again(
    door: Door, held: Held, kill: Killing, objective: str, caplog: Any
) -> None:
    served = await door(statement_timeout=20)
    await served.data("{ viewer { role } }")
    async with one_line(caplog), held("objectives"):
        reading = asyncio.create_task(sent(served, QUERY))
        for _ in range(10):
            if reading.done():
                break
            killing = asyncio.create_task(kill())
            await asyncio.wait([reading, killing], return_when=asyncio.FIRST_COMPLETED)
            killing.cancel()
        unavailable(await reading, LOST)
    assert await served.data(QUERY) == WHOLE
    assert await freed(served.database) == 0


async def test_a_key_whose_check_is_killed(
    client: Client, door: Door, held: Held, kill: Killing, objective: str, caplog: Any
) -> None:
    served = await door(statement_timeout=20)
    for document, variables in ((QUERY, {}), (UPDATE, {"id": objective, "title": "As it was"})):
        served = await door(statement_timeout=20)
        async with one_line(caplog, None):
            async with held("api_keys"):
                asking = asyncio.create_task(sent(served, document, **variables))
                await kill()
            assert "errors" not in (await asking).json()


async def test_all_connections_end_under_load(door: Door, superuser: asyncpg.Connection, objective: str) -> None:
    served = await door()
    await asyncio.gather(*(served.data(QUERY) for _ in range(20)))

    async def reading() -> None:
        for _ in range(6):
            assert await served.data(QUERY) == WHOLE

    async def ending() -> None:
        await asyncio.sleep(0.1)
        await superuser.execute(END)

    for _ in range(3):
        await asyncio.gather(ending(), *(reading() for _ in range(8)))
    assert await freed(served.database) == 0


@pytest.mark.parametrize("table", ["objectives", "events"], ids=["while it looks", "while it writes"])
async def test_a_write_that_is_killed(
    client: Client, door: Door, held: Held, kill: Killing, objective: str, caplog: Any, table: str
) -> None:
    served = await door(statement_timeout=20, lock_timeout=20)
    await served.data("{ viewer { role } }")
    before = await client.data(FACTS)
    async with one_line(caplog):
        async with held(table):
            writing = asyncio.create_task(sent(served, UPDATE, id=objective, title="Changed"))
            await kill()
            response = await writing
        unavailable(response, LOST)
    assert await client.data(FACTS) == before
    assert await freed(served.database) == 0
    assert (await served.data(UPDATE, id=objective, title="Changed"))["objectiveUpdate"]["userErrors"] == []


async def test_a_write_that_is_killed_in_its_commit(
    client: Client, door: Door, triggers: Any, objective: str, caplog: Any
) -> None:
    served = await door()
    await served.data("{ viewer { role } }")
    itself = "PERFORM pg_terminate_backend(pg_backend_pid())"
    async with one_line(caplog, "COMMIT_UNCONFIRMED"), triggers("events", itself, at_commit=True):
        response = await sent(served, UPDATE, id=objective, title="Changed")
    [error] = response.json()["errors"]
    assert (error["extensions"], error["path"]) == ({"code": "COMMIT_UNCONFIRMED"}, ["objectiveUpdate"])
    assert (response.status_code, response.json()["data"]) == (200, {"objectiveUpdate": None})
    assert "retry-after" not in response.headers
    assert await freed(served.database) == 0


async def test_a_result_that_is_killed(
    client: Client, door: Door, held: Held, kill: Killing, objective: str, caplog: Any
) -> None:
    """What is read first is read again on another connection; later the snapshot is gone, and the change is not."""
    served = await door(statement_timeout=20)
    document = """mutation($id: ID!) {
        objectiveUpdate(input: {id: $id, title: "Changed"}) {
            objective { title cycle { objectives(filter: {title: {neq: "x"}}) { nodes { kpis { name } } } } } } }"""
    async with one_line(caplog, "COMMITTED_WITHOUT_RESULT"), held("kpis"):
        writing = asyncio.create_task(sent(served, document, id=objective))
        await kill()
        response = await writing
    assert {error["extensions"]["code"] for error in response.json()["errors"]} == {"COMMITTED_WITHOUT_RESULT"}
    assert (response.status_code, "retry-after" in response.headers) == (200, False)
    assert (await client.data("{ objectives { nodes { title } } }"))["objectives"]["nodes"] == [{"title": "Changed"}]
    assert await freed(served.database) == 0


async def test_a_full_disk_takes_no_changes_and_is_read(
    client: Client, door: Door, triggers: Any, objective: str, caplog: Any
) -> None:
    """Also who was not known before is served: that a key was used cannot be noted."""
    served = await door()
    before = await client.data(FACTS)
    full = "RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'"
    async with triggers("events", full), triggers("api_keys", full), triggers("objectives", full):
        client.clock.advance(hours=1)
        async with one_line(caplog, None):
            assert await served.data(QUERY) == WHOLE
        async with one_line(caplog):
            unavailable(await sent(served, UPDATE, id=objective, title="Changed"), FULL)
        async with one_line(caplog, None):
            assert await served.data(QUERY) == WHOLE
    assert await client.data(FACTS) == before
    assert (await served.data(UPDATE, id=objective, title="Changed"))["objectiveUpdate"]["userErrors"] == []


@pytest.mark.parametrize("document", [QUERY, UPDATE])
async def test_nobody_listens(door: Door, objective: str, caplog: Any, document: str) -> None:
    alone = await door(database_url="postgresql+asyncpg://nobody@127.0.0.1:1/okrgraph")
    async with one_line(caplog):
        unavailable(await sent(alone, document, id=objective, title="Changed"), LOST)
    assert (await alone.http.get("/ready")).status_code == 503
    assert (await alone.http.get("/live")).status_code == 200
    assert await freed(alone.database) == 0
