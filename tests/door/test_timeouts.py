"""What takes too long is ended, says so, changes nothing and gives its connection back."""

import asyncio
from typing import Any

import httpx2
import orjson
import pytest
from starlette.types import Message

from tests.door.conftest import Door, Held, Waiting
from tests.kit.client import Client

QUERY = "{ objectives { nodes { id } } }"
MUTATION = """
    mutation($id: ID!, $title: String!) { objectiveUpdate(input: {id: $id, title: $title}) {
        objective { title } userErrors { code }
    } }"""
FACTS = "{ objectives { nodes { title version } } events { totalCount } }"
# One connection: whoever does not give it back is found out.
STATEMENT = {"pool_size": 1, "pool_timeout": 1, "statement_timeout": 0.4, "operation_timeout": 10}
OPERATION = {"pool_size": 1, "pool_timeout": 1, "statement_timeout": 10, "operation_timeout": 1}
LIMITS = [pytest.param(STATEMENT, id="statement"), pytest.param(OPERATION, id="operation")]


@pytest.fixture
async def objective(client: Client) -> str:
    return await client.objective(await client.cycle(), "As it was")


def timed_out(response: httpx2.Response) -> None:
    [error] = response.json()["errors"]
    assert error["extensions"] == {"code": "OPERATION_TIMEOUT"}
    assert response.json().get("data") is None
    assert (response.status_code, response.headers.get("retry-after")) == (503, "1")


@pytest.mark.parametrize("limits", LIMITS)
async def test_a_query(door: Door, held: Held, waiting: Waiting, objective: str, limits: dict[str, Any]) -> None:
    hurried = await door(**limits)
    await hurried.data("{ viewer { role } }")
    async with held("objectives"):
        response = await hurried.http.post("/graphql", json={"query": QUERY})
        await waiting(0)
        timed_out(response)
        assert await hurried.data("{ viewer { role } }") == {"viewer": {"role": "OWNER"}}
    assert len((await hurried.data(QUERY))["objectives"]["nodes"]) == 1


async def test_what_comes_after_in_the_same_query(door: Door, held: Held, objective: str) -> None:
    """The snapshot is lost with the first statement; that is the same timeout and not a bug of ours."""
    hurried = await door(**STATEMENT)
    document = "query($id: ID!) { objective(id: $id) { title } keyResult(id: $id) { title } viewer { role } }"
    async with held("objectives"):
        response = await hurried.http.post("/graphql", json={"query": document, "variables": {"id": objective}})
    errors = response.json()["errors"]
    assert [error["extensions"] for error in errors] == [{"code": "OPERATION_TIMEOUT"}] * len(errors)


@pytest.mark.parametrize("limits", LIMITS)
@pytest.mark.parametrize("table", ["objectives", "events"], ids=["while it looks", "while it writes"])
async def test_a_mutation(
    client: Client, door: Door, held: Held, waiting: Waiting, objective: str, limits: dict[str, Any], table: str
) -> None:
    hurried = await door(**limits)
    await hurried.data("{ viewer { role } }")
    before = await client.data(FACTS)
    body = {"query": MUTATION, "variables": {"id": objective, "title": "Changed"}}
    async with held(table):
        response = await hurried.http.post("/graphql", json=body)
        await waiting(0)
    timed_out(response)
    assert await client.data(FACTS) == before
    assert (await hurried.http.post("/graphql", json=body)).json()["data"]["objectiveUpdate"]["userErrors"] == []


@pytest.mark.parametrize("limits", LIMITS)
async def test_a_mutation_that_waits_for_the_graph(
    client: Client, door: Door, waiting: Waiting, objective: str, limits: dict[str, Any]
) -> None:
    """As while an import runs: the lock is taken in the message that opens the transaction."""
    hurried = await door(**limits)
    await hurried.data("{ viewer { role } }")
    before = await client.data(FACTS)
    body = {"query": MUTATION, "variables": {"id": objective, "title": "Changed"}}
    key = int.from_bytes(client.organization_id.bytes[8:], signed=True)
    async with client.database.primary.connect() as connection:
        raw: Any = (await connection.get_raw_connection()).driver_connection
        await raw.execute(f"SELECT pg_advisory_lock({key})")
        try:
            response = await hurried.http.post("/graphql", json=body)
            await waiting(0)
        finally:
            await raw.execute(f"SELECT pg_advisory_unlock({key})")
    timed_out(response)
    assert await client.data(FACTS) == before
    assert (await hurried.http.post("/graphql", json=body)).json()["data"]["objectiveUpdate"]["userErrors"] == []


async def test_of_two_changes_the_second(client: Client, door: Door, held: Held, objective: str) -> None:
    """The first is committed by then, so the answer has to say that it was the second that failed."""
    hurried = await door(**STATEMENT)
    document = """
        mutation($id: ID!) {
            first: pillarCreate(input: {name: "Growth"}) { pillar { name } }
            second: objectiveUpdate(input: {id: $id, title: "Changed"}) { objective { title } }
        }"""
    async with held("objectives"):
        response = await hurried.http.post("/graphql", json={"query": document, "variables": {"id": objective}})
    [error] = response.json()["errors"]
    assert error["extensions"] == {"code": "OPERATION_TIMEOUT"}
    assert len((await client.data("{ pillars { nodes { id } } }"))["pillars"]["nodes"]) == 1
    assert error["path"] == ["second"]


async def test_a_client_that_leaves(client: Client, door: Door, held: Held, waiting: Waiting, objective: str) -> None:
    patient = await door(pool_size=1, pool_timeout=1, statement_timeout=20, operation_timeout=30)
    await patient.data("{ viewer { role } }")
    before = await client.data(FACTS)
    for query, table in ((QUERY, "objectives"), (MUTATION, "events")):
        body = orjson.dumps({"query": query, "variables": {"id": objective, "title": "Changed"}})
        messages: asyncio.Queue[Message] = asyncio.Queue()
        messages.put_nowait({"type": "http.request", "body": body})
        sent: list[Message] = []
        async with held(table):
            serving = asyncio.ensure_future(patient.app(scope_of(patient), messages.get, noting(sent)))
            await waiting(1)
            messages.put_nowait({"type": "http.disconnect"})
            await asyncio.wait_for(serving, 2)
            await waiting(0)
            assert await patient.data("{ viewer { role } }") == {"viewer": {"role": "OWNER"}}
        assert sent == []
    assert await client.data(FACTS) == before


def scope_of(client: Client) -> dict[str, Any]:
    headers = [(b"content-type", b"application/json"), (b"authorization", f"Bearer {client.key}".encode())]
    return {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "headers": headers}


def noting(sent: list[Message]) -> Any:
    async def send(message: Message) -> None:
        sent.append(message)

    return send
